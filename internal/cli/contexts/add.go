package contexts

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/airfielddev/airfield/internal/cli/exit"
	"github.com/airfielddev/airfield/internal/cli/profile"
	"github.com/airfielddev/airfield/internal/cli/session"
	"github.com/airfielddev/airfield/secret"
)

type addOptions struct {
	credentials             string // file in the form of credentials.json
	apiRoot, configAPIRoot  string
	workspace, organization string
	clientID, clientSecret  string
	bearerToken             string
	use, replace            bool
}

func newAdd(s *session.Session) *cobra.Command {
	var o addOptions
	cmd := &cobra.Command{
		Use:   "add NAME",
		Short: "Name a server and keep the credentials for it",
		Long: `Name a server and keep the credentials for it, in a file that only you can read.

A secret is best given as a reference, which is kept instead of it: env:NAME or file:PATH. - reads it from stdin.`,
		Example: `  airfield context add prod --api-root https://airbyte.example.com --client-id ID --client-secret env:AIRBYTE_PROD_SECRET
  airfield context add cloud --client-id ID --client-secret - < secret.txt
  airfield context add ci --credentials data/credentials.json`,
		Args: session.Words("NAME"),
	}
	cmd.RunE = s.Run(func(_ context.Context, args []string) error {
		o.apiRoot, o.workspace = s.APIRootFlag(), s.WorkspaceFlag()
		return add(s, args[0], o)
	})
	f := cmd.Flags()
	f.StringVar(&o.credentials, "credentials", "", "take everything from a `file` like the credentials.json that a server writes")
	f.StringVar(&o.configAPIRoot, "config-api-root", "", "`address` of the configuration API, when it cannot be told from --api-root")
	f.StringVar(&o.organization, "organization", "", "`id` of the organization")
	f.StringVar(&o.clientID, "client-id", "", "`id` of the application")
	f.StringVar(&o.clientSecret, "client-secret", "", "`secret` of the application, or a reference to it, or -")
	f.StringVar(&o.bearerToken, "bearer-token", "", "`token` instead of an application, or a reference to it, or -")
	f.BoolVar(&o.use, "use", false, "make it the current context")
	f.BoolVar(&o.replace, "replace", false, "replace the context of that name")
	s.BindChange(cmd)
	return cmd
}

func add(s *session.Session, name string, o addOptions) error {
	p, err := o.profile(s)
	if err != nil {
		return err
	}
	contexts, err := profile.Load(s.World)
	if err != nil {
		return err
	}
	if _, taken := contexts.Contexts[name]; taken && !o.replace {
		return exit.Hint(exit.With(exit.Conflict, fmt.Errorf("there is a context %q already", name)), "add --replace, or choose another name")
	}
	if done, err := s.Preview(session.Change{Action: "add", Resource: "context", Name: name, Detail: rowOf(name, p)}); done {
		return err
	}
	contexts.Contexts[name] = p
	if o.use || contexts.Current == "" {
		contexts.Current = name
	}
	if err := contexts.Save(s.World); err != nil {
		return err
	}
	return showOne(s, name, contexts)
}

func (o addOptions) profile(s *session.Session) (profile.Profile, error) {
	var p profile.Profile
	if o.credentials != "" {
		text, err := s.World.ReadFile(o.credentials)
		if err != nil {
			return p, exit.With(exit.Usage, fmt.Errorf("reading --credentials: %w", err))
		}
		if err := json.Unmarshal(text, &p); err != nil {
			return p, exit.Usagef("reading --credentials: %w", err)
		}
	}
	o.overlay(&p)
	return p, o.secrets(s, &p)
}

func (o addOptions) overlay(p *profile.Profile) {
	for _, f := range []struct {
		to   *string
		from string
	}{
		{&p.APIRoot, o.apiRoot}, {&p.ConfigAPIRoot, o.configAPIRoot}, {&p.WorkspaceID, o.workspace},
		{&p.OrganizationID, o.organization}, {&p.ClientID, o.clientID},
	} {
		if f.from != "" {
			*f.to = f.from
		}
	}
}

func (o addOptions) secrets(s *session.Session, p *profile.Profile) error {
	for _, f := range []struct {
		to   *secret.String
		from string
	}{{&p.ClientSecret, o.clientSecret}, {&p.BearerToken, o.bearerToken}} {
		if f.from == "" {
			continue
		}
		if f.from == "-" {
			text, err := s.World.ReadFile("-")
			if err != nil {
				return err
			}
			f.from = strings.TrimSpace(string(text))
		}
		*f.to = secret.String(f.from)
	}
	return complete(*p)
}

func complete(p profile.Profile) error {
	switch {
	case !p.BearerToken.IsZero() && (p.ClientID != "" || !p.ClientSecret.IsZero()):
		return exit.Usagef("--bearer-token does not go with --client-id and --client-secret")
	case (p.ClientID == "") != p.ClientSecret.IsZero():
		return exit.Usagef("--client-id and --client-secret go together")
	case p.Auth() == "none" && p.APIRoot == "":
		return exit.Usagef("there is nothing to keep: give --api-root, credentials, or both")
	}
	return nil
}
