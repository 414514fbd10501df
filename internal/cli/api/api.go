// Package api is the raw door to the server: any call of either API, with the credentials taken care of.
package api

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"

	"github.com/airfielddev/airfield/internal/cli/exit"
	"github.com/airfielddev/airfield/internal/cli/session"
)

type options struct {
	data  string
	query []string
}

// New is the command.
func New(s *session.Session) *cobra.Command {
	var o options
	cmd := &cobra.Command{
		Use:   "api METHOD PATH [--data JSON]",
		Short: "Call any path of the server's APIs",
		Long: `Call any path of the server's APIs, with the credentials taken care of.

Paths are below the Public API, with or without /v1 or /api/public/v1 before them; those that begin with /api/v1 are of the
configuration API.`,
		Example: `  airfield api GET /workspaces
  airfield api GET '/jobs?limit=5' --jq '.data[].jobId'
  airfield api POST /jobs --data '{"connectionId": "6d9e...", "jobType": "sync"}'
  airfield api POST /api/v1/jobs/get --data '{"id": 7}'`,
		Args: session.Words("METHOD", "PATH"),
		RunE: s.Run(func(ctx context.Context, args []string) error {
			return call(ctx, s, strings.ToUpper(args[0]), args[1], o)
		}),
	}
	cmd.Flags().StringVarP(&o.data, "data", "d", "", "`body`: JSON, YAML, @FILE or -")
	cmd.Flags().StringArrayVar(&o.query, "query", nil, "`name=value` of a parameter; may be repeated")
	s.BindChange(cmd)
	return cmd
}

func call(ctx context.Context, s *session.Session, method, path string, o options) error {
	if strings.Trim(method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return exit.Usagef("%q is no HTTP method", method)
	}
	at, err := url.Parse(path)
	if err != nil || at.Host != "" {
		return exit.Usagef("%q is no path", path)
	}
	query, err := parameters(at.Query(), o.query)
	if err != nil {
		return err
	}
	body, err := body(s, o.data)
	if err != nil {
		return err
	}
	if reads := method == http.MethodGet || method == http.MethodHead; !reads {
		change := session.Change{Action: "call", Resource: method, Name: path, Detail: body}
		if done, err := s.Preview(change); done {
			return err
		}
	}
	client, err := s.Client(ctx)
	if err != nil {
		return err
	}
	var answer json.RawMessage
	if err := client.Do(ctx, method, at.EscapedPath(), query, body, &answer); err != nil {
		return err
	}
	return show(s, answer)
}

func parameters(query url.Values, more []string) (url.Values, error) {
	for _, pair := range more {
		name, value, ok := strings.Cut(pair, "=")
		if !ok || name == "" {
			return nil, exit.Usagef("--query %s is not of the form name=value", pair)
		}
		query.Add(name, value)
	}
	return query, nil
}

// body is nil when there is none.
func body(s *session.Session, data string) (any, error) {
	if data == "" {
		return nil, nil
	}
	text, err := s.Text("data", data)
	if err != nil {
		return nil, err
	}
	if json.Valid(text) {
		return json.RawMessage(text), nil
	}
	var value any
	if err := yaml.Unmarshal(text, &value); err != nil {
		return nil, exit.Usagef("reading --data: it is neither JSON nor YAML")
	}
	if _, isText := value.(string); isText {
		return nil, exit.Usagef("reading --data: it is neither JSON nor YAML")
	}
	return value, nil
}

func show(s *session.Session, answer json.RawMessage) error {
	if len(answer) == 0 {
		return nil
	}
	p, err := s.JSONPrinter()
	if err != nil {
		return err
	}
	return p.Raw(answer)
}
