package connection

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/spf13/cobra"

	"github.com/airfielddev/airfield/cloud"
	"github.com/airfielddev/airfield/internal/cli/exit"
	"github.com/airfielddev/airfield/internal/cli/session"
	"github.com/airfielddev/airfield/protocol"
)

func newState(s *session.Session) *cobra.Command {
	return session.Group("state", "Read and write how far a connection has come", newStateGet(s), newStateSet(s))
}

func newStateGet(s *session.Session) *cobra.Command {
	var stream string
	cmd := &cobra.Command{
		Use:     "get ID|NAME",
		Short:   "Print how far a connection has come, as JSON",
		Example: "  airfield connection state get people-to-files > state.json\n  airfield connection state get people-to-files --stream users",
		Args:    session.Words("ID|NAME"),
		RunE: on(s, func(ctx context.Context, c *cloud.Connection, _ []string) error {
			return getState(ctx, s, c, stream)
		}),
		ValidArgsFunction: complete(s),
	}
	cmd.Flags().StringVar(&stream, "stream", "", "only the stream of this `name`, or namespace.name")
	return cmd
}

func getState(ctx context.Context, s *session.Session, c *cloud.Connection, stream string) error {
	state, err := c.State(ctx)
	if err != nil {
		return err
	}
	p, err := s.JSONPrinter()
	if err != nil {
		return err
	}
	if stream == "" {
		return p.Value(state)
	}
	blob := state.Stream(descriptor(stream))
	if blob == nil {
		blob = json.RawMessage("null")
	}
	return p.Raw(blob)
}

func descriptor(text string) protocol.StreamDescriptor {
	if namespace, name, ok := strings.Cut(text, "."); ok {
		return protocol.StreamDescriptor{Namespace: namespace, Name: name}
	}
	return protocol.StreamDescriptor{Name: text}
}

type setOptions struct {
	data    string
	stream  string
	replace bool
}

func newStateSet(s *session.Session) *cobra.Command {
	var o setOptions
	cmd := &cobra.Command{
		Use:   "set ID|NAME --data STATE",
		Short: "Write how far a connection has come",
		Long: `Write how far a connection has come: what state get has printed, or a list of the protocol's state messages. Streams that it does not
mention keep their state, unless --replace is given. The state that is overwritten is printed, so that it can be put back.

While a sync is running nothing is written, and the exit code is 5.`,
		Example: `  airfield connection state set people-to-files --data @state.json > before.json
  airfield connection state set people-to-files --stream users --data '{"cursor": "2026-01-01"}'
  airfield connection state set people-to-files --stream users --data null`,
		Args: session.Words("ID|NAME"),
		RunE: on(s, func(ctx context.Context, c *cloud.Connection, _ []string) error {
			return setState(ctx, s, c, o)
		}),
		ValidArgsFunction: complete(s),
	}
	cmd.Flags().StringVar(&o.data, "data", "", "the `state` as JSON, @FILE, or -")
	cmd.Flags().StringVar(&o.stream, "stream", "", "only the stream of this `name`, or namespace.name; null forgets it")
	cmd.Flags().BoolVar(&o.replace, "replace", false, "forget what the given state does not mention")
	cmd.MarkFlagsMutuallyExclusive("stream", "replace")
	s.BindChange(cmd)
	return cmd
}

func setState(ctx context.Context, s *session.Session, c *cloud.Connection, o setOptions) error {
	if err := session.Required(session.Flag{Name: "data", Value: o.data}); err != nil {
		return err
	}
	text, err := s.Text("data", o.data)
	if err != nil {
		return err
	}
	write, err := o.write(c, text)
	if err != nil {
		return err
	}
	before, err := c.State(ctx)
	if err != nil {
		return err
	}
	if done, err := s.Preview(session.Change{Action: "write the state of", Resource: "connection", ID: c.ID(), Detail: map[string]any{"before": before}}); done {
		return err
	}
	if err := write(ctx); err != nil {
		return err
	}
	p, err := s.JSONPrinter()
	if err != nil {
		return err
	}
	return p.Value(before)
}

// write is how the text is to be written.
func (o setOptions) write(c *cloud.Connection, text []byte) (func(ctx context.Context) error, error) {
	if o.stream == "" {
		state, err := cloud.ParseState(text)
		if err != nil {
			return nil, err
		}
		if o.replace {
			return func(ctx context.Context) error { return c.ReplaceState(ctx, state) }, nil
		}
		return func(ctx context.Context) error { return c.SetState(ctx, state) }, nil
	}
	blob := json.RawMessage(strings.TrimSpace(string(text)))
	if !json.Valid(blob) {
		return nil, exit.Usagef("reading --data: it is no JSON")
	}
	if string(blob) == "null" {
		blob = nil
	}
	return func(ctx context.Context) error { return c.SetStreamState(ctx, descriptor(o.stream), blob) }, nil
}
