package platform_test

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/platform/seal"
	"github.com/airfielddev/airfield/internal/store/sqlite"
	"github.com/airfielddev/airfield/protocol"
)

var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

// deployment is a platform over a real database with connectors of this test.
type deployment struct {
	*platform.Platform
	store     platform.Store
	dir       string
	workspace string
	source    *source
	clock     *clock
	engine    *engine
}

// clock is set by hand.
type clock struct{ nanos atomic.Int64 }

func (c *clock) now() time.Time          { return time.Unix(0, c.nanos.Load()).UTC() }
func (c *clock) advance(d time.Duration) { c.nanos.Add(int64(d)) }

// engine notes what it is told.
type engine struct {
	mu        sync.Mutex
	woken     int
	cancelled []int64
}

func (e *engine) Wake() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.woken++
}

func (e *engine) Cancel(jobID int64) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.cancelled = append(e.cancelled, jobID)
}

func deploy(tb testing.TB) *deployment {
	tb.Helper()
	return deployWith(tb, func(*platform.Config) {})
}

func deployWith(tb testing.TB, change func(*platform.Config)) *deployment {
	tb.Helper()
	d := &deployment{dir: tb.TempDir(), source: newSource(), clock: &clock{}, engine: &engine{}}
	d.clock.nanos.Store(noon.UnixNano())
	store, err := sqlite.Open(tb.Context(), filepath.Join(d.dir, "airfield.db"))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := store.Close(); err != nil {
			tb.Error(err)
		}
	})
	box, err := seal.OpenFile(filepath.Join(d.dir, "key"))
	if err != nil {
		tb.Fatal(err)
	}
	d.store = store
	cfg := platform.Config{Store: store, Connectors: runtime{d.source}, Secrets: box, Now: d.clock.now}
	change(&cfg)
	d.Platform = platform.New(cfg)
	d.Attach(d.engine)
	seed, err := d.Seed(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	d.workspace = seed.WorkspaceID
	return d
}

const (
	shopID      = "11111111-1111-4111-8111-111111111111"
	lakeID      = "22222222-2222-4222-8222-222222222222"
	plainID     = "33333333-3333-4333-8333-333333333333"
	brokenID    = "44444444-4444-4444-8444-444444444444"
	shopConfig  = `{"zone":"eu","account":12345678901234567890,"password":"hunter2","rate":1.50}`
	lakeConfig  = `{"path":"/tmp"}`
	plainConfig = `{}`
)

// runtime knows the connectors of this test: one source, a destination with generations, one without, and a source that cannot run.
type runtime struct{ source *source }

func (r runtime) Known() []connector.Definition {
	return []connector.Definition{
		{ID: shopID, Kind: connector.KindSource, Name: "source-shop", Title: "The Shop", DockerRepository: "acme/source-shop", DockerImageTag: "1.0.0"},
		{ID: lakeID, Kind: connector.KindDestination, Name: "destination-lake", Title: "Lake", SupportsRefreshes: true},
		{ID: plainID, Kind: connector.KindDestination, Name: "destination-plain", Title: "Plain"},
		{ID: brokenID, Kind: connector.KindSource, Name: "source-broken", Title: "Broken"},
	}
}

func (r runtime) Source(_ context.Context, ref connector.Ref) (connector.Source, error) {
	if ref.Name == "source-shop" || ref.Manifest != nil {
		return r.source, nil
	}
	return nil, connector.ConfigError("%s cannot be run here", ref.Name+ref.Image)
}

func (r runtime) Destination(_ context.Context, ref connector.Ref) (connector.Destination, error) {
	if ref.Image != "" {
		return nil, connector.ConfigError("images cannot be run here")
	}
	return lake{}, nil
}

const shopSpec = `{"type":"object","required":["password"],"properties":{
	"zone":{"type":"string","enum":["eu","us"]},"account":{"type":"integer"},"rate":{"type":"number"},
	"password":{"type":"string","airbyte_secret":true,"minLength":3},
	"login":{"type":"object","oneOf":[
		{"required":["kind"],"properties":{"kind":{"const":"key"},"secret":{"type":"string","airbyte_secret":true}}},
		{"required":["kind"],"properties":{"kind":{"const":"oauth"},"secret":{"type":"string","airbyte_secret":true}}}]}}}`

// source is a shop with customers, orders and views.
type source struct {
	mu        sync.Mutex
	discovers int
	check     func(ctx context.Context, config json.RawMessage, emit connector.Emit) (protocol.ConnectionStatus, error)
	discover  func(ctx context.Context, config json.RawMessage, emit connector.Emit) (protocol.Catalog, error)
}

func newSource() *source {
	s := &source{}
	s.check = func(context.Context, json.RawMessage, connector.Emit) (protocol.ConnectionStatus, error) {
		return connector.Succeeded(), nil
	}
	s.discover = func(context.Context, json.RawMessage, connector.Emit) (protocol.Catalog, error) {
		return shopCatalog(), nil
	}
	return s
}

func shopCatalog() protocol.Catalog {
	schema := json.RawMessage(`{"type":"object","properties":{"id":{"type":"integer"},"at":{"type":"string"},"address":{"type":"object","properties":{"city":{"type":"string"}}}}}`)
	both := []protocol.SyncMode{protocol.FullRefresh, protocol.Incremental}
	return protocol.Catalog{Streams: []protocol.Stream{
		{Name: "customers", JSONSchema: schema, SupportedSyncModes: both, IsResumable: true},
		{Name: "orders", Namespace: "shop", JSONSchema: schema, SupportedSyncModes: both, SourceDefinedCursor: true,
			DefaultCursorField: []string{"at"}, SourceDefinedPrimaryKey: [][]string{{"id"}}},
		{Name: "views", Namespace: "a", JSONSchema: schema, SupportedSyncModes: []protocol.SyncMode{protocol.FullRefresh}},
		{Name: "views", Namespace: "b", JSONSchema: schema, SupportedSyncModes: []protocol.SyncMode{protocol.FullRefresh}},
	}}
}

func (s *source) Spec(context.Context) (protocol.Spec, error) {
	return protocol.Spec{ConnectionSpecification: json.RawMessage(shopSpec)}, nil
}

func (s *source) Check(ctx context.Context, config json.RawMessage, emit connector.Emit) (protocol.ConnectionStatus, error) {
	return s.check(ctx, config, emit)
}

func (s *source) Discover(ctx context.Context, config json.RawMessage, emit connector.Emit) (protocol.Catalog, error) {
	s.mu.Lock()
	s.discovers++
	discover := s.discover
	s.mu.Unlock()
	return discover(ctx, config, emit)
}

func (s *source) Read(context.Context, connector.ReadRequest, connector.Emit) error { return nil }

func (s *source) discovered() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.discovers
}

// lake is a destination that can write in every mode of the protocol but soft_delete.
type lake struct{}

func (lake) Spec(context.Context) (protocol.Spec, error) {
	return protocol.Spec{
		ConnectionSpecification:       json.RawMessage(`{"type":"object","properties":{"path":{"type":"string"}}}`),
		SupportedDestinationSyncModes: []protocol.DestinationSyncMode{protocol.Append, protocol.Overwrite, protocol.AppendDedup, protocol.Update},
	}, nil
}

func (lake) Check(context.Context, json.RawMessage, connector.Emit) (protocol.ConnectionStatus, error) {
	return connector.Succeeded(), nil
}

func (lake) Write(context.Context, connector.WriteRequest, connector.Messages, connector.Emit) error {
	return nil
}

func (d *deployment) newSource(tb testing.TB, config string) platform.Actor {
	tb.Helper()
	return d.newActor(tb, connector.KindSource, shopID, config)
}

func (d *deployment) newActor(tb testing.TB, kind connector.Kind, definitionID, config string) platform.Actor {
	tb.Helper()
	a, err := d.CreateActor(tb.Context(), platform.NewActor{
		Kind: kind, WorkspaceID: d.workspace, DefinitionID: definitionID, Name: "my " + string(kind), Config: json.RawMessage(config),
	})
	if err != nil {
		tb.Fatal(err)
	}
	return a
}

// connect makes a connection of the shop's streams to a destination with generations.
func (d *deployment) connect(tb testing.TB, streams ...platform.StreamChoice) platform.Connection {
	tb.Helper()
	return d.connectTo(tb, lakeID, streams...)
}

func (d *deployment) connectTo(tb testing.TB, destinationDefinition string, streams ...platform.StreamChoice) platform.Connection {
	tb.Helper()
	s := d.newSource(tb, shopConfig)
	to := d.newActor(tb, connector.KindDestination, destinationDefinition, plainConfig)
	c, err := d.CreateConnection(tb.Context(), platform.NewConnection{SourceID: s.ID, DestinationID: to.ID, Streams: streams})
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// refused asks for a refusal of some condition whose message holds some words.
func refused(tb testing.TB, err, condition error, words ...string) *platform.Error {
	tb.Helper()
	var e *platform.Error
	if !errors.As(err, &e) || !errors.Is(err, condition) {
		tb.Fatalf("got %v, want a refusal: %v", err, condition)
	}
	for _, w := range words {
		if !strings.Contains(e.Message, w) {
			tb.Errorf("the message %q lacks %q", e.Message, w)
		}
	}
	return e
}

// next claims the waiting job and starts an attempt of it.
func (d *deployment) next(tb testing.TB) platform.Run {
	tb.Helper()
	j, ok, err := d.ClaimJob(tb.Context())
	if err != nil || !ok {
		tb.Fatalf("claiming a job: %v, %v", ok, err)
	}
	run, err := d.StartAttempt(tb.Context(), j.ID)
	if err != nil {
		tb.Fatal(err)
	}
	return run
}

func (d *deployment) finish(tb testing.TB, run platform.Run, r platform.AttemptResult) platform.Job {
	tb.Helper()
	j, err := d.FinishAttempt(tb.Context(), run.Job.ID, run.Attempt.Number, r)
	if err != nil {
		tb.Fatal(err)
	}
	return j
}

func (d *deployment) create(tb testing.TB, connectionID string, kind platform.JobType, o platform.JobOptions) platform.Job {
	tb.Helper()
	j, err := d.CreateJob(tb.Context(), connectionID, kind, o)
	if err != nil {
		tb.Fatal(err)
	}
	return j
}

var succeeded = platform.AttemptResult{Status: platform.OutcomeSucceeded}

func failed(kind protocol.FailureType, committed int64) platform.AttemptResult {
	return platform.AttemptResult{
		Status: platform.OutcomeFailed, Total: platform.Stats{RecordsEmitted: committed + 1, RecordsCommitted: committed},
		Failures: []platform.Failure{{Origin: platform.OriginSource, Type: string(kind), Message: "no"}},
	}
}
