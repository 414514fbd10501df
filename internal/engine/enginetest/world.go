package enginetest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/platform/seal"
	"github.com/airfielddev/airfield/protocol"
)

// soon is how long the suite waits for something that an engine should do at once. It is generous because test machines are
// busy.
const soon = 2 * time.Minute

// code is the secret in every configuration. It must never reach a log.
const code = "tr0ub4dor-and-3"

// world is a platform with a workspace, over real parts, for one test.
type world struct {
	testing    *testing.T
	suite      Case
	store      *watched
	clock      *Clock
	connectors *connectors
	platform   *platform.Platform
	workspace  string
	engine     *handle
}

// watched is a store that tells when something was written, so that tests wait for events.
type watched struct {
	platform.Store
	mu      sync.Mutex
	changed chan struct{}
}

func (w *watched) Write(ctx context.Context, fn func(platform.Tables) error) error {
	err := w.Store.Write(ctx, fn)
	w.mu.Lock()
	defer w.mu.Unlock()
	close(w.changed)
	w.changed = make(chan struct{})
	return err
}

func (w *watched) next() <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.changed
}

// handle is what the platform is attached to: the engine of the moment.
type handle struct {
	mu sync.Mutex
	Engine
}

func (h *handle) set(e Engine) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.Engine = e
}

func (h *handle) get() Engine {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.Engine
}

func (h *handle) Wake() {
	if e := h.get(); e != nil {
		e.Wake()
	}
}

func (h *handle) Cancel(jobID int64) {
	if e := h.get(); e != nil {
		e.Cancel(jobID)
	}
}

func newWorld(t *testing.T, c Case) *world {
	t.Helper()
	box, err := seal.New(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	w := &world{
		testing: t, suite: c,
		store:      &watched{Store: c.Store(t), changed: make(chan struct{})},
		clock:      NewClock(time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)),
		connectors: newConnectors(),
		engine:     &handle{},
	}
	w.platform = platform.New(platform.Config{Store: w.store, Connectors: w.connectors, Secrets: box, Now: w.clock.Now})
	w.platform.Attach(w.engine)
	seed, err := w.platform.Seed(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	w.workspace = seed.WorkspaceID
	return w
}

// start runs an engine until the returned function is called, which waits for it to end.
func (w *world) start() (stop func()) { return w.startWith(Parts{}) }

// startWith is start with the bounds that are set in p.
func (w *world) startWith(p Parts) (stop func()) {
	p.Platform, p.Connectors, p.Clock = w.platform, w.connectors, w.clock
	e := w.suite.Engine(w.testing, p)
	w.engine.set(e)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- e.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			w.testing.Errorf("Run: %v", err)
		}
	})
	w.testing.Cleanup(stop)
	return stop
}

// connect makes a connection from a new script to a new table, both called name.
func (w *world) connect(name string, mode string, schedule platform.Schedule, run script) platform.Connection {
	w.testing.Helper()
	w.connectors.mu.Lock()
	w.connectors.scripts[name] = run
	w.connectors.mu.Unlock()
	source := w.actor(connector.KindSource, sourceID, name)
	destination := w.actor(connector.KindDestination, destinationID, name)
	made, err := w.platform.CreateConnection(w.testing.Context(), platform.NewConnection{
		SourceID: source.ID, DestinationID: destination.ID, Name: name, Schedule: schedule,
		Streams: []platform.StreamChoice{{Name: "users", SyncMode: mode}},
	})
	if err != nil {
		w.testing.Fatal(err)
	}
	return made
}

func (w *world) actor(kind connector.Kind, definition, name string) platform.Actor {
	w.testing.Helper()
	actor, err := w.platform.CreateActor(w.testing.Context(), platform.NewActor{
		Kind: kind, WorkspaceID: w.workspace, DefinitionID: definition, Name: name,
		Config: json.RawMessage(fmt.Sprintf(`{"name":%q,"code":%q}`, name, code)),
	})
	if err != nil {
		w.testing.Fatal(err)
	}
	return actor
}

func (w *world) create(c platform.Connection, kind platform.JobType) int64 {
	w.testing.Helper()
	job, err := w.platform.CreateJob(w.testing.Context(), c.ID, kind, platform.JobOptions{})
	if err != nil {
		w.testing.Fatal(err)
	}
	return job.ID
}

// sync runs a sync of the connection to its end.
func (w *world) sync(c platform.Connection) platform.Job {
	w.testing.Helper()
	return w.await(w.create(c, platform.JobSync), func(j platform.Job) bool { return j.Status.Final() })
}

// await waits until a job is as it should be.
func (w *world) await(id int64, done func(platform.Job) bool) platform.Job {
	w.testing.Helper()
	ctx, cancel := context.WithTimeout(w.testing.Context(), soon)
	defer cancel()
	for {
		changed := w.store.next()
		job, err := w.platform.Job(ctx, id)
		if err != nil {
			w.testing.Fatalf("reading job %d: %v", id, err)
		}
		if done(job) {
			return job
		}
		select {
		case <-changed:
		case <-ctx.Done():
			w.testing.Fatalf("job %d did not come to what was expected: %+v", id, job)
		}
	}
}

func (w *world) wantStatus(job platform.Job, status platform.JobStatus, attempts int) {
	w.testing.Helper()
	if job.Status != status || len(job.Attempts) != attempts {
		w.testing.Fatalf("job is %s after %d attempts, want %s after %d: %+v\n%s",
			job.Status, len(job.Attempts), status, attempts, job, strings.Join(w.logs(job), "\n"))
	}
}

func (w *world) wantRows(name string, want ...string) {
	w.testing.Helper()
	if diff := cmp.Diff(want, w.connectors.rows(name)); diff != "" {
		w.testing.Errorf("rows of %s (-want +got):\n%s", name, diff)
	}
}

// wantState checks the committed state of the stream; "" is none.
func (w *world) wantState(c platform.Connection, want string) {
	w.testing.Helper()
	state, err := w.platform.State(w.testing.Context(), c.ID)
	if err != nil {
		w.testing.Fatal(err)
	}
	got := ""
	for _, s := range state.Streams {
		got += string(s.StreamState)
	}
	if got != want {
		w.testing.Errorf("committed state is %q, want %q", got, want)
	}
}

// logs are the lines of all attempts at a job.
func (w *world) logs(job platform.Job) []string {
	w.testing.Helper()
	var out []string
	for _, a := range job.Attempts {
		lines, err := w.platform.Logs(w.testing.Context(), job.ID, a.Number, 0, 0)
		if err != nil {
			w.testing.Fatal(err)
		}
		for _, l := range lines {
			out = append(out, fmt.Sprintf("%s %s %s", l.Source, l.Level, l.Message))
		}
	}
	return out
}

func row(id int) protocol.Message {
	return protocol.RecordMessage(protocol.Record{Stream: "users", Data: []byte(text(id)), EmittedAt: 1})
}

func text(id int) string { return fmt.Sprintf(`{"id":%d}`, id) }

func cursor(id int) protocol.Message {
	return protocol.StateMessage(protocol.NewStreamState(protocol.StreamDescriptor{Name: "users"}, fmt.Appendf(nil, "%d", id)))
}

// position is the cursor that a source was given; 0: none.
func position(req connector.ReadRequest) int {
	at := 0
	for _, s := range req.State {
		if s.Stream != nil {
			_ = json.Unmarshal(s.Stream.StreamState, &at) // anything that is no number is the beginning
		}
	}
	return at
}

// counting reads ids up to a number, from where the state says, with a state after each.
func counting(upTo int) script {
	return func(_ context.Context, req connector.ReadRequest, emit connector.Emit) error {
		for id := position(req) + 1; id <= upTo; id++ {
			if err := say(emit, row(id), cursor(id)); err != nil {
				return err
			}
		}
		return nil
	}
}

func say(emit connector.Emit, messages ...protocol.Message) error {
	for _, m := range messages {
		if err := emit(m); err != nil {
			return err
		}
	}
	return nil
}

// states is the committed form of a cursor.
func states(id int) []*protocol.State { return []*protocol.State{cursor(id).State} }
