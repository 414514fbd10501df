package airfieldtest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield/airfieldtest"
	"github.com/airfielddev/airfield/cloud"
	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/protocol"
)

func TestOwnConnectors(t *testing.T) {
	t.Parallel()
	shelf := &shelf{}
	server := airfieldtest.New(t, airfieldtest.WithSource("orders", orders{}), airfieldtest.WithDestination("destination-shelf", shelf))
	source, err := server.Workspace.DeploySource(t.Context(), "o", cloud.Configuration{"sourceType": "orders", "password": "canary"})
	if err != nil {
		t.Fatal(err)
	}
	destination, err := server.Workspace.DeployDestination(t.Context(), "s", cloud.Configuration{"destinationType": "shelf"})
	if err != nil {
		t.Fatal(err)
	}
	info, err := source.Info(t.Context())
	if err != nil || strings.Contains(string(info.Configuration), "canary") {
		t.Errorf("the secret of the spec is not masked: %s, %v", info.Configuration, err)
	}
	connection, err := server.Workspace.DeployConnection(t.Context(), cloud.ConnectionSpec{Name: "c", Source: source, Destination: destination, AllStreams: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := connection.RunSync(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{`{"id":1}`, `{"id":2}`, `{"id":3}`}, shelf.taken()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestServersAreApart(t *testing.T) {
	t.Parallel()
	one, two := airfieldtest.New(t), airfieldtest.New(t)
	if _, err := provision(t.Context(), one.Workspace); err != nil {
		t.Fatal(err)
	}
	for source, err := range two.Workspace.Sources(t.Context()) {
		t.Errorf("the other server has %v, %v", source, err)
	}
	stranger := one.Config
	stranger.APIRoot = two.Config.APIRoot
	client, err := cloud.NewClient(stranger)
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Workspace(two.Workspace.ID()).Connect(t.Context()); !errors.Is(err, cloud.ErrUnauthorized) {
		t.Errorf("credentials of one server at the other: %v", err)
	}
}

func TestClock(t *testing.T) {
	t.Parallel()
	server := airfieldtest.New(t)
	connection, err := provision(t.Context(), server.Workspace)
	if err != nil {
		t.Fatal(err)
	}
	if err := connection.SetSchedule(t.Context(), cloud.Every(2*time.Hour)); err != nil {
		t.Fatal(err)
	}
	began := server.Clock.Now()
	if err := server.Clock.Advance(t.Context(), 9*time.Hour); err != nil {
		t.Fatal(err)
	}
	if passed := server.Clock.Now().Sub(began); passed < 9*time.Hour || passed > 9*time.Hour+10*time.Minute {
		t.Errorf("the clock moved by %v", passed)
	}
	jobs, err := cloud.Collect(connection.SyncResults(t.Context(), cloud.OldestFirst()))
	if err != nil {
		t.Fatal(err)
	}
	if len(jobs) != 5 {
		t.Errorf("%d syncs in nine hours, one at once and one every two hours", len(jobs))
	}
	for _, job := range jobs {
		if status, err := job.Status(t.Context()); err != nil || status != cloud.JobSucceeded {
			t.Errorf("job %d: %s, %v", job.JobID(), status, err)
		}
	}
	if err := connection.SetEnabled(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	if err := server.Clock.Advance(t.Context(), 9*time.Hour); err != nil {
		t.Fatal(err)
	}
	if more, err := cloud.Collect(connection.SyncResults(t.Context())); err != nil || len(more) != len(jobs) {
		t.Errorf("%d syncs of a connection that is off, %v", len(more)-len(jobs), err)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	server := airfieldtest.New(t)
	unavailable := server.Faults.Inject(airfieldtest.Fault{Method: http.MethodGet, Path: "/sources", Status: http.StatusServiceUnavailable, Times: 2})
	if _, err := cloud.Collect(server.Workspace.Sources(t.Context())); err != nil || unavailable.Hits() != 2 {
		t.Errorf("after %d refusals: %v", unavailable.Hits(), err)
	}
	conflict := server.Faults.Inject(airfieldtest.Fault{Path: "*/workspaces/*", Status: http.StatusConflict, Times: -1})
	for range 2 {
		if err := server.Workspace.Connect(t.Context()); !errors.Is(err, cloud.ErrConflict) {
			t.Errorf("got %v", err)
		}
	}
	if conflict.Hits() != 2 {
		t.Errorf("a conflict was asked for %d times", conflict.Hits())
	}
	server.Faults.Clear()
	if err := server.Workspace.Connect(t.Context()); err != nil {
		t.Errorf("after all is clear: %v", err)
	}
	slow := server.Faults.Inject(airfieldtest.Fault{Delay: time.Hour})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		awaitHit(ctx, slow)
		cancel()
	}()
	if err := server.Workspace.Connect(ctx); !errors.Is(err, context.Canceled) || slow.Hits() != 1 {
		t.Errorf("a slow server, %d hits: %v", slow.Hits(), err)
	}
}

// awaitHit returns when a request has met the fault.
func awaitHit(ctx context.Context, fault *airfieldtest.Injected) {
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for fault.Hits() == 0 && ctx.Err() == nil {
		<-tick.C
	}
}

func TestLostAnswer(t *testing.T) {
	t.Parallel()
	server := airfieldtest.New(t)
	lost := server.Faults.Inject(airfieldtest.Fault{Method: http.MethodPost, Path: "/sources", LoseAnswer: true})
	_, err := server.Workspace.DeploySource(t.Context(), "people", cloud.Configuration{"sourceType": "faker"})
	if fault, ok := errors.AsType[*cloud.Error](err); !ok || !fault.MayBeDone || lost.Hits() != 1 {
		t.Errorf("%d hits: %v", lost.Hits(), err)
	}
	if names, err := cloud.Collect(server.Workspace.Sources(t.Context(), cloud.ByName("people"))); err != nil || len(names) != 1 {
		t.Errorf("%d sources were made, %v", len(names), err)
	}
}

func TestExpiredTokens(t *testing.T) {
	t.Parallel()
	server := airfieldtest.New(t)
	tokens := server.Faults.Inject(airfieldtest.Fault{Path: "/applications/token", Times: -1}) // counts
	for range 2 {
		if err := server.Workspace.Connect(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if tokens.Hits() != 1 {
		t.Errorf("%d tokens for two calls", tokens.Hits())
	}
	server.Faults.ExpireTokens()
	if err := server.Workspace.Connect(t.Context()); err != nil {
		t.Errorf("after the token has expired: %v", err)
	}
	if tokens.Hits() != 2 {
		t.Errorf("%d tokens after one has expired", tokens.Hits())
	}
}

func TestBrokenReads(t *testing.T) {
	t.Parallel()
	f := func(name string, attempts int, fault airfieldtest.ReadFault, want cloud.JobStatus, wantAttempts int, why string) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := airfieldtest.New(t, airfieldtest.WithAttempts(attempts))
			connection, err := provision(t.Context(), server.Workspace)
			if err != nil {
				t.Fatal(err)
			}
			server.Faults.BreakRead(fault)
			result, err := connection.RunSync(t.Context(), cloud.PollEvery(5*time.Millisecond))
			if (err == nil) != (want == cloud.JobSucceeded) || err != nil && !strings.Contains(err.Error(), why) {
				t.Errorf("got %v, want %q", err, why)
			}
			status, err := result.Status(t.Context())
			if err != nil || status != want {
				t.Errorf("got %s, %v, want %s", status, err, want)
			}
			if tries, err := result.Attempts(t.Context()); err != nil || len(tries) != wantAttempts {
				t.Errorf("got %d attempts, %v, want %d", len(tries), err, wantAttempts)
			}
		})
	}
	f("once", 1, airfieldtest.ReadFault{AtRecord: 3}, cloud.JobFailed, 1, "told to fail at record 3")
	f("at once", 1, airfieldtest.ReadFault{AtRecord: 1, Err: connector.ConfigError("the key has expired")}, cloud.JobFailed, 1, "the key has expired")
	f("other source", 1, airfieldtest.ReadFault{Connector: "source-postgres", AtRecord: 1}, cloud.JobSucceeded, 1, "")
	f("then again", 3, airfieldtest.ReadFault{AtRecord: 3}, cloud.JobSucceeded, 2, "")
	f("always", 3, airfieldtest.ReadFault{AtRecord: 3, Times: -1}, cloud.JobFailed, 3, "told to fail at record 3")
	f("for ever by configuration", 3, airfieldtest.ReadFault{AtRecord: 3, Err: connector.ConfigError("no such table")}, cloud.JobFailed, 1, "no such table")
}

func TestStartAndClose(t *testing.T) {
	t.Parallel()
	server, err := airfieldtest.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Workspace.Connect(t.Context()); err != nil {
		t.Error(err)
	}
	for range 2 {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	}
	cfg := server.Config
	cfg.MaxAttempts = 1
	client, err := cloud.NewClient(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Workspace(server.Workspace.ID()).Connect(t.Context()); !errors.Is(err, cloud.ErrUnreachable) {
		t.Errorf("a closed server answers: %v", err)
	}
}

// orders is a source of three records.
type orders struct{}

func (orders) Spec(context.Context) (protocol.Spec, error) {
	return protocol.Spec{ConnectionSpecification: json.RawMessage(`{"type": "object", "properties": {"password": {"type": "string", "airbyte_secret": true}}}`)}, nil
}

func (orders) Check(context.Context, json.RawMessage, connector.Emit) (protocol.ConnectionStatus, error) {
	return connector.Succeeded(), nil
}

func (orders) Discover(context.Context, json.RawMessage, connector.Emit) (protocol.Catalog, error) {
	return protocol.Catalog{Streams: []protocol.Stream{{
		Name: "orders", JSONSchema: json.RawMessage(`{"type": "object", "properties": {"id": {"type": "integer"}}}`),
		SupportedSyncModes: []protocol.SyncMode{protocol.FullRefresh},
	}}}, nil
}

func (orders) Read(_ context.Context, _ connector.ReadRequest, emit connector.Emit) error {
	stream := protocol.StreamDescriptor{Name: "orders"}
	if err := emit(protocol.StatusMessage(stream, protocol.StreamStarted, time.Now())); err != nil {
		return err
	}
	for id := 1; id <= 3; id++ {
		if err := emit(protocol.RecordMessage(protocol.Record{Stream: "orders", Data: fmt.Appendf(nil, `{"id":%d}`, id), EmittedAt: 1})); err != nil {
			return err
		}
	}
	return emit(protocol.StatusMessage(stream, protocol.StreamComplete, time.Now()))
}

// shelf is a destination that keeps records in memory.
type shelf struct {
	mu      sync.Mutex
	records []string
}

func (s *shelf) taken() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string{}, s.records...)
}

func (s *shelf) Spec(context.Context) (protocol.Spec, error) {
	return protocol.Spec{
		ConnectionSpecification:       json.RawMessage(`{"type": "object"}`),
		SupportedDestinationSyncModes: []protocol.DestinationSyncMode{protocol.Append, protocol.Overwrite},
	}, nil
}

func (s *shelf) Check(context.Context, json.RawMessage, connector.Emit) (protocol.ConnectionStatus, error) {
	return connector.Succeeded(), nil
}

func (s *shelf) Write(_ context.Context, _ connector.WriteRequest, in connector.Messages, emit connector.Emit) error {
	for m, err := range in {
		if err != nil {
			return err
		}
		switch m.Type {
		case protocol.TypeRecord:
			s.mu.Lock()
			s.records = append(s.records, string(m.Record.Data))
			s.mu.Unlock()
		case protocol.TypeState:
			if err := emit(*m); err != nil {
				return err
			}
		}
	}
	return nil
}
