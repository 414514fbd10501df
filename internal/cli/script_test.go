package cli_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/airfielddev/airfield/airfieldtest"
	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/cli"
	"github.com/airfielddev/airfield/internal/cli/world"
	"github.com/airfielddev/airfield/protocol"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"airfield": func() { os.Exit(cli.Run(context.Background(), cli.FromOS())) },
	})
}

// TestScripts runs each script against a server of its own, which the command finds as the one on this machine.
func TestScripts(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			server := airfieldtest.New(t,
				airfieldtest.WithSource("stuck", scripted{read: readUntilStopped}),
				airfieldtest.WithSource("broken", scripted{read: readAndBreak}),
				airfieldtest.WithSource("unfit", scripted{read: readNothing, unfit: "the password is wrong"}),
			)
			testscript.Run(t, testscript.Params{
				Files: []string{file}, Setup: func(env *testscript.Env) error { return setUp(env, server) },
				Cmds:          map[string]func(*testscript.TestScript, bool, []string){"airfield": airfield, "exits": exits, "save": save, "closes-api": closesAPI, "envsubst": envsubst, "replaces": replaces},
				UpdateScripts: os.Getenv("UPDATE_SCRIPTS") != "",
			})
		})
	}
}

func setUp(env *testscript.Env, server *airfieldtest.Server) error {
	startAPI(env)
	env.Setenv("HOME", env.WorkDir)
	env.Setenv("XDG_CONFIG_HOME", filepath.Join(env.WorkDir, "config"))
	env.Setenv("XDG_DATA_HOME", filepath.Join(env.WorkDir, "data"))
	env.Setenv("TMPDIR", env.WorkDir)
	env.Setenv("URL", server.URL)
	env.Setenv("WORKSPACE", server.Workspace.ID())
	env.Setenv("CLIENT_ID", server.Config.ClientID)
	env.Setenv("SECRET", server.Config.ClientSecret.Reveal())
	return leaveCredentials(env.WorkDir, server)
}

// leaveCredentials makes the server the one on this machine, as airfield server does.
func leaveCredentials(home string, server *airfieldtest.Server) error {
	text, err := json.Marshal(map[string]string{
		"api_root": server.Config.APIRoot, "workspace_id": server.Workspace.ID(),
		"client_id": server.Config.ClientID, "client_secret": server.Config.ClientSecret.Reveal(),
	})
	if err != nil {
		return err
	}
	dir := filepath.Join(home, "data", "airfield")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "credentials.json"), text, 0o600)
}

// airfield runs a command line inside the test, which is much faster than a process: airfield source list. To read stdin it takes
// exec airfield.
func airfield(ts *testscript.TestScript, neg bool, args []string) {
	code := inProcess(ts, args)
	if neg != (code != 0) {
		ts.Fatalf("airfield %s exited with %d", strings.Join(args, " "), code)
	}
}

// exits wants a command line to exit with a code: exits 2 airfield source list.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 || args[1] != "airfield" {
		ts.Fatalf("usage: exits CODE airfield ...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	if got := inProcess(ts, args[2:]); got != want {
		ts.Fatalf("%s exited with %d, not %d", strings.Join(args[1:], " "), got, want)
	}
}

func inProcess(ts *testscript.TestScript, args []string) int {
	return cli.Run(context.Background(), world.World{
		Args: args, Env: ts.Getenv, Dir: ts.MkAbs("."), Stdin: strings.NewReader(""), Stdout: ts.Stdout(), Stderr: ts.Stderr(),
		Now: time.Now,
	})
}

// save keeps what the last command printed in a variable: save ID.
func save(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: save VARIABLE")
	}
	ts.Setenv(args[0], strings.TrimSpace(ts.ReadFile("stdout")))
}

// scripted is a source with one stream that does as a test needs.
type scripted struct {
	read  func(ctx context.Context, emit connector.Emit) error
	unfit string // what a check finds; "": nothing
}

func (scripted) Spec(context.Context) (protocol.Spec, error) {
	return protocol.Spec{ConnectionSpecification: json.RawMessage(`{
		"type": "object",
		"properties": {"password": {"type": "string", "airbyte_secret": true}, "start": {"type": "string"}}
	}`)}, nil
}

func (s scripted) Check(context.Context, json.RawMessage, connector.Emit) (protocol.ConnectionStatus, error) {
	if s.unfit != "" {
		return connector.Failed(errors.New(s.unfit)), nil
	}
	return connector.Succeeded(), nil
}

func (scripted) Discover(context.Context, json.RawMessage, connector.Emit) (protocol.Catalog, error) {
	return protocol.Catalog{Streams: []protocol.Stream{{
		Name: "events", JSONSchema: json.RawMessage(`{"type": "object", "properties": {"id": {"type": "integer"}}}`),
		SupportedSyncModes: []protocol.SyncMode{protocol.FullRefresh},
	}}}, nil
}

func (s scripted) Read(ctx context.Context, _ connector.ReadRequest, emit connector.Emit) error {
	return s.read(ctx, emit)
}

func readNothing(context.Context, connector.Emit) error { return nil }

func readUntilStopped(ctx context.Context, _ connector.Emit) error {
	<-ctx.Done()
	return ctx.Err()
}

func readAndBreak(context.Context, connector.Emit) error {
	return connector.ConfigError("the table events is gone")
}
