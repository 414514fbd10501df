package cloud_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/airfielddev/airfield/cloud"
	"github.com/airfielddev/airfield/protocol"
)

func TestConditions(t *testing.T) {
	t.Parallel()
	all := []error{
		cloud.ErrNotFound, cloud.ErrUnauthorized, cloud.ErrForbidden, cloud.ErrConflict, cloud.ErrDuplicateName, cloud.ErrMultipleFound,
		cloud.ErrSafeMode, cloud.ErrInvalidInput, cloud.ErrMissingSecret, cloud.ErrRateLimited, cloud.ErrSyncFailed, cloud.ErrSyncActive,
		cloud.ErrTimeout, cloud.ErrWorkspaceMismatch, cloud.ErrWorkspaceNotEmpty, cloud.ErrUnsupported, cloud.ErrUnreachable,
	}
	f := func(r reply, want ...error) {
		t.Helper()
		f := serve(t, map[string]handler{"GET /sources/s": always(r)})
		_, err := f.workspace().Source("s").Info(t.Context())
		for _, condition := range all {
			expected := slices.Contains(want, condition)
			if errors.Is(err, condition) != expected {
				t.Errorf("%d %s: is %q: %v", r.status, r.body, condition, !expected)
			}
		}
		fault, isError := errors.AsType[*cloud.Error](err)
		if !isError || fault.Status != r.status || fault.Resource != "source" || fault.ID != "s" || fault.Op != "getting source s" ||
			fault.Method != "GET" || !strings.HasSuffix(fault.URL, publicBase+"/sources/s") {
			t.Errorf("%d: %+v", r.status, fault)
		}
	}
	f(reply{status: 400}, cloud.ErrInvalidInput)
	f(reply{status: 401}, cloud.ErrUnauthorized)
	f(reply{status: 403}, cloud.ErrForbidden)
	f(reply{status: 404, body: problem404}, cloud.ErrNotFound)
	f(reply{status: 408}, cloud.ErrTimeout)
	f(reply{status: 409}, cloud.ErrConflict)
	f(conflict("running"), cloud.ErrConflict, cloud.ErrSyncActive)
	f(reply{status: 409, body: `{"type":"error:tag-already-exists"}`}, cloud.ErrConflict, cloud.ErrDuplicateName)
	f(reply{status: 410}, cloud.ErrNotFound)
	f(reply{status: 422}, cloud.ErrInvalidInput)
	f(reply{status: 423}, cloud.ErrConflict, cloud.ErrSyncActive)
	f(reply{status: 429}, cloud.ErrRateLimited)
	f(reply{status: 500})
	f(reply{status: 501}, cloud.ErrUnsupported)
	f(reply{status: 502, body: "<html>", kind: "text/html"})
	f(reply{status: 504}, cloud.ErrTimeout)
	f(reply{}, cloud.ErrUnreachable)
}

// Every method must turn the three ways of going wrong into an *Error that says which.
func TestEveryMethodFailsWell(t *testing.T) {
	t.Parallel()
	stream := protocol.StreamDescriptor{Name: "users"}
	faker := cloud.Configuration{"sourceType": "faker", "destinationType": "x"}
	spec := cloud.ConnectionSpec{Source: cloud.SourceID("s"), Destination: cloud.DestinationID("d"), AllStreams: true}
	state, err := cloud.ParseState([]byte(`[]`))
	if err != nil {
		t.Fatal(err)
	}
	catalog, err := cloud.ParseCatalog([]byte(`{"streams":[]}`))
	if err != nil {
		t.Fatal(err)
	}
	second := func(_ any, err error) error { return err }
	methods := map[string]func(context.Context, *cloud.Workspace) error{
		"Workspace.Connect":      func(ctx context.Context, w *cloud.Workspace) error { return w.Connect(ctx) },
		"Workspace.Organization": func(ctx context.Context, w *cloud.Workspace) error { return second(w.Organization(ctx)) },
		"Workspace.Rename":       func(ctx context.Context, w *cloud.Workspace) error { return w.Rename(ctx, "n") },
		"Workspace.Delete":       func(ctx context.Context, w *cloud.Workspace) error { return w.PermanentlyDelete(ctx) },
		"Workspace.Job":          func(ctx context.Context, w *cloud.Workspace) error { return second(w.Job(ctx, 7)) },
		"Client.Workspaces": func(ctx context.Context, w *cloud.Workspace) error {
			return second(cloud.Collect(w.Client().Workspaces(ctx)))
		},
		"Client.Create": func(ctx context.Context, w *cloud.Workspace) error {
			return second(w.Client().CreateWorkspace(ctx, "n"))
		},
		"Client.Organizations": func(ctx context.Context, w *cloud.Workspace) error {
			return second(cloud.Collect(w.Client().Organizations(ctx)))
		},
		"Client.Do": func(ctx context.Context, w *cloud.Workspace) error {
			return w.Client().Do(ctx, "GET", "/v1/x", nil, nil, nil)
		},
		"Sources":      func(ctx context.Context, w *cloud.Workspace) error { return second(cloud.Collect(w.Sources(ctx))) },
		"Destinations": func(ctx context.Context, w *cloud.Workspace) error { return second(cloud.Collect(w.Destinations(ctx))) },
		"Connections":  func(ctx context.Context, w *cloud.Workspace) error { return second(cloud.Collect(w.Connections(ctx))) },
		"Definitions/yaml": func(ctx context.Context, w *cloud.Workspace) error {
			return second(cloud.Collect(w.CustomSourceDefinitions(ctx, cloud.DefinitionYAML)))
		},
		"Definitions/docker": func(ctx context.Context, w *cloud.Workspace) error {
			return second(cloud.Collect(w.CustomSourceDefinitions(ctx, cloud.DefinitionDocker)))
		},
		"DeploySource": func(ctx context.Context, w *cloud.Workspace) error {
			return second(w.DeploySource(ctx, "n", faker, cloud.AllowDuplicateName()))
		},
		"DeployConnection": func(ctx context.Context, w *cloud.Workspace) error { return second(w.DeployConnection(ctx, spec)) },
		"Publish": func(ctx context.Context, w *cloud.Workspace) error {
			return second(w.PublishCustomSourceDefinition(ctx, "n", cloud.DockerImage("a", "b"), cloud.AllowDuplicateDefinition()))
		},
		"Source.Info":         func(ctx context.Context, w *cloud.Workspace) error { return second(w.Source("s").Info(ctx)) },
		"Source.Check":        func(ctx context.Context, w *cloud.Workspace) error { return second(w.Source("s").Check(ctx)) },
		"Source.Discover":     func(ctx context.Context, w *cloud.Workspace) error { return second(w.Source("s").Discover(ctx)) },
		"Source.UpdateConfig": func(ctx context.Context, w *cloud.Workspace) error { return w.Source("s").UpdateConfig(ctx, faker) },
		"Source.Delete":       func(ctx context.Context, w *cloud.Workspace) error { return w.Source("s").PermanentlyDelete(ctx) },
		"Destination.Check":   func(ctx context.Context, w *cloud.Workspace) error { return second(w.Destination("s").Check(ctx)) },
		"Destination.Replace": func(ctx context.Context, w *cloud.Workspace) error {
			return w.Destination("s").ReplaceConfig(ctx, faker)
		},
		"Destination.Rename": func(ctx context.Context, w *cloud.Workspace) error { return w.Destination("s").Rename(ctx, "n") },
		"Connection.Info":    func(ctx context.Context, w *cloud.Workspace) error { return second(w.Connection("c").Info(ctx)) },
		"Connection.SetStreams": func(ctx context.Context, w *cloud.Workspace) error {
			return w.Connection("c").SetStreams(ctx, cloud.Streams("a"))
		},
		"Connection.Rename": func(ctx context.Context, w *cloud.Workspace) error { return w.Connection("c").Rename(ctx, "n") },
		"Connection.Schedule": func(ctx context.Context, w *cloud.Workspace) error {
			return w.Connection("c").SetSchedule(ctx, cloud.CronIn("x", "Europe/Berlin"))
		},
		"Connection.RunSync": func(ctx context.Context, w *cloud.Workspace) error {
			return second(w.Connection("c").RunSync(ctx, cloud.OnConflict(cloud.Fail)))
		},
		"Connection.Reset": func(ctx context.Context, w *cloud.Workspace) error { return second(w.Connection("c").Reset(ctx)) },
		"Connection.Jobs": func(ctx context.Context, w *cloud.Workspace) error {
			return second(cloud.Collect(w.Connection("c").SyncResults(ctx)))
		},
		"Connection.LastSync": func(ctx context.Context, w *cloud.Workspace) error { return second(w.Connection("c").LastSync(ctx)) },
		"Connection.State":    func(ctx context.Context, w *cloud.Workspace) error { return second(w.Connection("c").State(ctx)) },
		"Connection.SetState": func(ctx context.Context, w *cloud.Workspace) error { return w.Connection("c").SetState(ctx, state) },
		"Connection.StreamState": func(ctx context.Context, w *cloud.Workspace) error {
			return w.Connection("c").SetStreamState(ctx, stream, nil)
		},
		"Connection.Catalog":    func(ctx context.Context, w *cloud.Workspace) error { return second(w.Connection("c").Catalog(ctx)) },
		"Connection.SetCatalog": func(ctx context.Context, w *cloud.Workspace) error { return w.Connection("c").SetCatalog(ctx, catalog) },
		"Result.Status": func(ctx context.Context, w *cloud.Workspace) error {
			return second(w.Connection("c").SyncResult(7).Status(ctx))
		},
		"Result.Attempts": func(ctx context.Context, w *cloud.Workspace) error {
			return second(w.Connection("c").SyncResult(7).Attempts(ctx))
		},
		"Result.Logs": func(ctx context.Context, w *cloud.Workspace) error {
			return second(cloud.Collect(w.Connection("c").SyncResult(7).Logs(ctx)))
		},
		"Result.Cancel": func(ctx context.Context, w *cloud.Workspace) error {
			return w.Connection("c").SyncResult(7).Cancel(ctx)
		},
		"Result.Rows": func(ctx context.Context, w *cloud.Workspace) error {
			return second(cloud.Collect(w.Connection("c").SyncResult(7).Rows(ctx, "a")))
		},
		"Definition.Info": func(ctx context.Context, w *cloud.Workspace) error {
			return second(w.CustomSourceDefinition("d", cloud.DefinitionYAML).Info(ctx))
		},
		"Definition.Rename": func(ctx context.Context, w *cloud.Workspace) error {
			return w.CustomSourceDefinition("d", cloud.DefinitionYAML).Rename(ctx, "n")
		},
		"Definition.Delete": func(ctx context.Context, w *cloud.Workspace) error {
			return w.CustomSourceDefinition("d", cloud.DefinitionYAML).PermanentlyDelete(ctx)
		},
		"Definition.HasDraft": func(ctx context.Context, w *cloud.Workspace) error {
			return second(w.CustomSourceDefinition("d", cloud.DefinitionYAML).HasDraft(ctx))
		},
	}
	failures := map[string]struct {
		reply  reply
		status int
		is     error
		says   string
	}{
		"404 JSON":  {reply{status: 404, body: problem404}, 404, cloud.ErrNotFound, "The requested resource could not be found. thing 7"},
		"502 HTML":  {reply{status: 502, body: "<html>Bad Gateway</html>", kind: "text/html"}, 502, nil, "the answer is a web page"},
		"cut short": {reply{body: "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{\"na"}, 0, cloud.ErrUnreachable, "unexpected EOF"},
	}
	for name, method := range methods {
		for kind, failure := range failures {
			t.Run(name+"/"+kind, func(t *testing.T) {
				t.Parallel()
				f := serve(t, nil)
				f.fallback = always(failure.reply)
				err := method(t.Context(), f.workspace())
				fault, ok := errors.AsType[*cloud.Error](err)
				if !ok || fault.Status != failure.status || !strings.Contains(err.Error(), failure.says) {
					t.Fatalf("%v", err)
				}
				if failure.is != nil && !errors.Is(err, failure.is) {
					t.Errorf("not %q: %v", failure.is, err)
				}
			})
		}
	}
}

func TestDeadlines(t *testing.T) {
	t.Parallel()
	f := serve(t, map[string]handler{"GET /sources/s": always(ok("{}"))})
	ctx, cancel := context.WithTimeout(t.Context(), -1)
	defer cancel()
	_, err := f.workspace().Source("s").Info(ctx)
	if !errors.Is(err, cloud.ErrTimeout) || !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, cloud.ErrUnreachable) {
		t.Errorf("%v", err)
	}
}

func TestALostPostIsTold(t *testing.T) {
	t.Parallel()
	f := serve(t, map[string]handler{"POST /sources": always(reply{}), "GET /sources/s": always(reply{})})
	w := f.workspace()
	_, err := w.DeploySource(t.Context(), "n", cloud.Configuration{"sourceType": "x"}, cloud.AllowDuplicateName())
	if fault, ok := errors.AsType[*cloud.Error](err); !ok || !fault.MayBeDone || !strings.Contains(err.Error(), "may have been done") {
		t.Errorf("a lost POST: %v", err)
	}
	f.wants("POST /sources")
	_, err = w.Source("s").Info(t.Context())
	if fault, ok := errors.AsType[*cloud.Error](err); !ok || fault.MayBeDone {
		t.Errorf("a lost GET: %v", err)
	}
	if n := len(f.asked()); n != 6 {
		t.Errorf("%d calls, want one POST and five GETs", n)
	}
}

func TestSecretsNeverShow(t *testing.T) {
	t.Parallel()
	const canary = "canary-5f4e3d"
	var log bytes.Buffer
	f := serve(t, map[string]handler{
		"POST /sources": func(c call) reply {
			return reply{status: 422, body: fmt.Sprintf(`{"detail":"bad","data":{"message":%q}}`, "got "+c.Body+" from "+c.Header.Get("Authorization"))}
		},
		"GET /sources/" + canary: func(c call) reply { return reply{status: 500, body: c.Header.Get("Authorization"), kind: "text/plain"} },
	})
	cfg := f.config()
	cfg.BearerToken = canary
	cfg.Logger = slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	w, err := cloud.NewWorkspace(workspaceID, cfg)
	if err != nil {
		t.Fatal(err)
	}
	_, deployErr := w.DeploySource(t.Context(), "n", cloud.Configuration{"sourceType": "x", "password": "pw-canary-1", "nested": map[string]any{"api_key": canary}}, cloud.AllowDuplicateName())
	_, getErr := w.Source(canary).Info(t.Context())
	for _, text := range []string{fmt.Sprint(deployErr), fmt.Sprintf("%+v", deployErr), fmt.Sprint(getErr), log.String(), fmt.Sprintf("%+v", cfg)} {
		if strings.Contains(strings.ReplaceAll(text, "source "+canary, ""), "canary") {
			t.Errorf("leaked: %s", text)
		}
	}
	if !strings.Contains(log.String(), `"status":422`) {
		t.Errorf("the log says nothing: %s", log.String())
	}
}

func TestDo(t *testing.T) {
	t.Parallel()
	f := serve(t, map[string]handler{
		"POST /tags":                               always(ok(`{"tagId":"t"}`)),
		"GET /sources/a%2Fb":                       always(ok(`{}`)),
		"POST config/jobs/get":                     always(ok(`{}`)),
		"GET " + below + "/api/airfield/v1/health": always(ok(`{}`)),
	})
	c := f.client()
	var out struct{ TagID string }
	if err := c.Do(t.Context(), "post", "/v1/tags", nil, map[string]string{"name": "red"}, &out); err != nil || out.TagID != "t" {
		t.Errorf("%+v, %v", out, err)
	}
	f.body("POST /tags", `{"name":"red"}`)
	for _, call := range [][2]string{{"GET", "sources/a%2Fb"}, {"GET", "/api/public/v1/sources/a%2Fb"}, {"POST", "/api/v1/jobs/get"}, {"GET", "/api/airfield/v1/health"}} {
		if err := c.Do(t.Context(), call[0], call[1], nil, nil, nil); err != nil {
			t.Errorf("%v: %v", call, err)
		}
	}
	if err := c.Do(t.Context(), "GET", "/v1/a%zz", nil, nil, nil); !errors.Is(err, cloud.ErrInvalidInput) {
		t.Errorf("a path that is badly escaped: %v", err)
	}
}
