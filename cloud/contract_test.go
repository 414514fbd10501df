package cloud_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/airfielddev/airfield/airfieldtest"
	"github.com/airfielddev/airfield/cloud"
	"github.com/airfielddev/airfield/internal/contract"
	"github.com/airfielddev/airfield/protocol"
)

// conversation is a client whose requests, and the answers that it gets, are held to the official documents. Its things are made by
// the first operations of the table, and gone after the last.
type conversation struct {
	t           *testing.T
	client      *cloud.Client
	workspace   *cloud.Workspace
	source      *cloud.Source
	destination *cloud.Destination
	connection  *cloud.Connection
	result      *cloud.SyncResult
	definition  *cloud.CustomSourceDefinition
	home        *cloud.Organization
	called      string // the operation under way
	requests    int    // that it has made
}

func converse(t *testing.T) *conversation {
	t.Helper()
	public, err := contract.Public()
	if errors.Is(err, os.ErrNotExist) {
		t.Skip("the official OpenAPI documents are not here")
	}
	config, configErr := contract.Config()
	whole, wholeErr := contract.Open("api.yaml")
	if err := errors.Join(err, configErr, wholeErr); err != nil {
		t.Fatal(err)
	}
	c := &conversation{t: t}
	s := airfieldtest.New(t)
	cfg := s.Config
	cfg.HTTPClient = &http.Client{Transport: &contract.Transport{
		Public: []*contract.Document{whole, public}, Config: config,
		Report: func(err error) { t.Errorf("%s: %v", c.called, err) },
		Heard:  func(string, string) { c.requests++ },
	}}
	if c.client, err = cloud.NewClient(cfg); err != nil {
		t.Fatal(err)
	}
	c.workspace = c.client.Workspace(s.Workspace.ID())
	return c
}

// exchange is an operation of the package and a call of it.
type exchange struct {
	operation string // the type and the method; a name after a space tells calls of the same method apart
	call      func(ctx context.Context, c *conversation) error
}

// kept keeps what a call has made.
func kept[T any](place *T) func(T, error) error {
	return func(made T, err error) error {
		if err == nil {
			*place = made
		}
		return err
	}
}

// some is the error of a call whose result is tested elsewhere.
func some[T any](_ T, err error) error { return err }

// listed is the error of a list, or of one that is empty.
func listed[T any](all []T, err error) error {
	if err == nil && len(all) == 0 {
		return errors.New("the list is empty")
	}
	return err
}

var devNull = cloud.Configuration{"destinationType": "dev-null", "test_destination": map[string]any{"test_destination_type": "SILENT"}}

var exchanges = slices.Concat(workspaceExchanges, actorExchanges, connectionExchanges, stateExchanges, jobExchanges, definitionExchanges, lastExchanges)

var workspaceExchanges = []exchange{
	{"Workspace.Connect", func(ctx context.Context, c *conversation) error { return c.workspace.Connect(ctx) }},
	{"Workspace.Info", func(ctx context.Context, c *conversation) error { return some(c.workspace.Info(ctx)) }},
	{"Workspace.Refresh", func(ctx context.Context, c *conversation) error { return some(c.workspace.Refresh(ctx)) }},
	{"Workspace.Name", func(ctx context.Context, c *conversation) error { return some(c.workspace.Name(ctx)) }},
	{"Workspace.Rename", func(ctx context.Context, c *conversation) error { return c.workspace.Rename(ctx, "renamed") }},
	{"Workspace.Organization", func(ctx context.Context, c *conversation) error { return kept(&c.home)(c.workspace.Organization(ctx)) }},
	{"Client.Organizations", func(ctx context.Context, c *conversation) error {
		return listed(cloud.Collect(c.client.Organizations(ctx)))
	}},
	{"Client.OrganizationByName", func(ctx context.Context, c *conversation) error {
		return some(c.client.OrganizationByName(ctx, "Default Organization"))
	}},
	{"Client.Workspaces", func(ctx context.Context, c *conversation) error {
		return listed(cloud.Collect(c.client.Workspaces(ctx, cloud.PageSize(1), cloud.IncludeDeleted())))
	}},
	{"Client.Workspaces of an organization", func(ctx context.Context, c *conversation) error {
		return listed(cloud.Collect(c.client.Workspaces(ctx, cloud.InOrganization(c.home.ID), cloud.ByName("renamed"))))
	}},
	{"Client.Do", func(ctx context.Context, c *conversation) error {
		return c.client.Do(ctx, http.MethodGet, "/health", nil, nil, nil)
	}},
	{"Organization.Workspaces", func(ctx context.Context, c *conversation) error { return listed(cloud.Collect(c.home.Workspaces(ctx))) }},
	{"Organization.Locked", func(ctx context.Context, c *conversation) error { return some(c.home.Locked(ctx)) }},
	{"Organization.PaymentStatus", func(ctx context.Context, c *conversation) error { return some(c.home.PaymentStatus(ctx)) }},
	{"Organization.SubscriptionStatus", func(ctx context.Context, c *conversation) error { return some(c.home.SubscriptionStatus(ctx)) }},
}

var actorExchanges = []exchange{
	{"Workspace.DeploySource", func(ctx context.Context, c *conversation) error {
		return kept(&c.source)(c.workspace.DeploySource(ctx, "s", cloud.Configuration{"sourceType": "faker", "count": 10}))
	}},
	{"Workspace.DeploySource of a definition", func(ctx context.Context, c *conversation) error {
		return some(c.workspace.DeploySource(ctx, "s", cloud.Configuration{"count": 1}, cloud.WithDefinitionID("dfd88b22-b603-4c3d-aad7-3701784586b1"), cloud.RandomNameSuffix()))
	}},
	{"Workspace.DeployDestination", func(ctx context.Context, c *conversation) error {
		return kept(&c.destination)(c.workspace.DeployDestination(ctx, "d", devNull))
	}},
	{"Workspace.EnsureSource", func(ctx context.Context, c *conversation) error {
		return some(c.workspace.EnsureSource(ctx, "s", cloud.Configuration{"sourceType": "faker", "count": 11}))
	}},
	{"Workspace.EnsureDestination", func(ctx context.Context, c *conversation) error {
		return some(c.workspace.EnsureDestination(ctx, "d", devNull))
	}},
	{"Workspace.Sources", func(ctx context.Context, c *conversation) error {
		return listed(cloud.Collect(c.workspace.Sources(ctx, cloud.PageSize(1), cloud.IncludeDeleted())))
	}},
	{"Workspace.Destinations", func(ctx context.Context, c *conversation) error {
		return listed(cloud.Collect(c.workspace.Destinations(ctx, cloud.Limit(1))))
	}},
	{"Workspace.SourceByName", func(ctx context.Context, c *conversation) error { return some(c.workspace.SourceByName(ctx, "s")) }},
	{"Workspace.DestinationByName", func(ctx context.Context, c *conversation) error { return some(c.workspace.DestinationByName(ctx, "d")) }},
	{"Source.Info", func(ctx context.Context, c *conversation) error { return some(c.source.Info(ctx)) }},
	{"Source.Refresh", func(ctx context.Context, c *conversation) error { return some(c.source.Refresh(ctx)) }},
	{"Source.Name", func(ctx context.Context, c *conversation) error { return some(c.source.Name(ctx)) }},
	{"Source.DefinitionID", func(ctx context.Context, c *conversation) error { return some(c.source.DefinitionID(ctx)) }},
	{"Source.Check", func(ctx context.Context, c *conversation) error { return some(c.source.Check(ctx)) }},
	{"Source.Discover", func(ctx context.Context, c *conversation) error {
		return some(c.source.Discover(ctx, cloud.WithoutCache()))
	}},
	{"Source.Rename", func(ctx context.Context, c *conversation) error { return c.source.Rename(ctx, "s-deleteme") }},
	{"Source.UpdateConfig", func(ctx context.Context, c *conversation) error {
		return c.source.UpdateConfig(ctx, cloud.Configuration{"seed": 4})
	}},
	{"Source.ReplaceConfig", func(ctx context.Context, c *conversation) error {
		return c.source.ReplaceConfig(ctx, cloud.Configuration{"count": 12})
	}},
	{"Destination.Info", func(ctx context.Context, c *conversation) error { return some(c.destination.Info(ctx)) }},
	{"Destination.Refresh", func(ctx context.Context, c *conversation) error { return some(c.destination.Refresh(ctx)) }},
	{"Destination.Name", func(ctx context.Context, c *conversation) error { return some(c.destination.Name(ctx)) }},
	{"Destination.DefinitionID", func(ctx context.Context, c *conversation) error { return some(c.destination.DefinitionID(ctx)) }},
	{"Destination.Check", func(ctx context.Context, c *conversation) error { return some(c.destination.Check(ctx)) }},
	{"Destination.Rename", func(ctx context.Context, c *conversation) error { return c.destination.Rename(ctx, "d-deleteme") }},
	{"Destination.UpdateConfig", func(ctx context.Context, c *conversation) error { return c.destination.UpdateConfig(ctx, devNull) }},
	{"Destination.ReplaceConfig", func(ctx context.Context, c *conversation) error { return c.destination.ReplaceConfig(ctx, devNull) }},
}

var connectionExchanges = []exchange{
	{"Workspace.DeployConnection", func(ctx context.Context, c *conversation) error {
		return kept(&c.connection)(c.workspace.DeployConnection(ctx, cloud.ConnectionSpec{
			Name: "c-deleteme", Source: c.source, Destination: c.destination, TablePrefix: "p_", Schedule: cloud.Cron("0 0 4 * * ?"),
			Streams: []cloud.Stream{{Name: "users", SyncMode: cloud.IncrementalAppend, CursorField: []string{"updated_at"}}, {Name: "products"}},
		}))
	}},
	{"Workspace.Connections", func(ctx context.Context, c *conversation) error {
		return listed(cloud.Collect(c.workspace.Connections(ctx)))
	}},
	{"Workspace.ConnectionByName", func(ctx context.Context, c *conversation) error {
		return some(c.workspace.ConnectionByName(ctx, "c-deleteme"))
	}},
	{"Connection.Info", func(ctx context.Context, c *conversation) error { return some(c.connection.Info(ctx)) }},
	{"Connection.Refresh", func(ctx context.Context, c *conversation) error { return some(c.connection.Refresh(ctx)) }},
	{"Connection.Name", func(ctx context.Context, c *conversation) error { return some(c.connection.Name(ctx)) }},
	{"Connection.Source", func(ctx context.Context, c *conversation) error { return some(c.connection.Source(ctx)) }},
	{"Connection.Destination", func(ctx context.Context, c *conversation) error { return some(c.connection.Destination(ctx)) }},
	{"Connection.CheckValid", func(ctx context.Context, c *conversation) error { return c.connection.CheckValid(ctx) }},
	{"Connection.Enabled", func(ctx context.Context, c *conversation) error { return some(c.connection.Enabled(ctx)) }},
	{"Connection.Schedule", func(ctx context.Context, c *conversation) error { return some(c.connection.Schedule(ctx)) }},
	{"Connection.StreamNames", func(ctx context.Context, c *conversation) error { return listed(c.connection.StreamNames(ctx)) }},
	{"Connection.Streams", func(ctx context.Context, c *conversation) error { return listed(c.connection.Streams(ctx)) }},
	{"Connection.TablePrefix", func(ctx context.Context, c *conversation) error { return some(c.connection.TablePrefix(ctx)) }},
	{"Connection.Rename", func(ctx context.Context, c *conversation) error { return c.connection.Rename(ctx, "c2-deleteme") }},
	{"Connection.SetTablePrefix", func(ctx context.Context, c *conversation) error { return c.connection.SetTablePrefix(ctx, "q_") }},
	{"Connection.SetEnabled", func(ctx context.Context, c *conversation) error {
		return errors.Join(c.connection.SetEnabled(ctx, false), c.connection.SetEnabled(ctx, true))
	}},
	{"Connection.SetNamespace", func(ctx context.Context, c *conversation) error {
		return c.connection.SetNamespace(ctx, cloud.NamespaceCustomFormat, "x_${SOURCE_NAMESPACE}")
	}},
	{"Connection.SetSchedule", func(ctx context.Context, c *conversation) error {
		return errors.Join(c.connection.SetSchedule(ctx, cloud.CronIn("0 0 4 * * ?", "Europe/Berlin")), c.connection.SetSchedule(ctx, cloud.Manual()))
	}},
	{"Connection.SetSchedule of an interval", func(ctx context.Context, c *conversation) error {
		return errors.Join(c.connection.SetSchedule(ctx, cloud.Every(24*time.Hour)), c.connection.SetSchedule(ctx, cloud.Manual()))
	}},
	{"Connection.SetSchemaChanges", func(ctx context.Context, c *conversation) error {
		return c.connection.SetSchemaChanges(ctx, cloud.PropagateColumns)
	}},
	{"Connection.SetStreams", func(ctx context.Context, c *conversation) error {
		return c.connection.SetStreams(ctx, []cloud.Stream{{Name: "users", SelectedFields: []string{"id", "name", "updated_at"}}, {Name: "products"}})
	}},
	{"Connection.UpdateStream", func(ctx context.Context, c *conversation) error {
		return c.connection.UpdateStream(ctx, cloud.Stream{Name: "users", SyncMode: cloud.IncrementalAppend})
	}},
	{"Connection.SetTags", func(ctx context.Context, c *conversation) error {
		tag := cloud.Tag{Name: "t", Color: "00ff00"}
		var made struct{ TagID string }
		body := map[string]any{"name": tag.Name, "color": tag.Color, "workspaceId": c.workspace.ID()}
		if err := c.client.Do(ctx, http.MethodPost, "/tags", nil, body, &made); err != nil {
			return err
		}
		tag.ID = made.TagID
		return c.connection.SetTags(ctx, tag)
	}},
	{"Connection.Catalog", func(ctx context.Context, c *conversation) error { return some(c.connection.Catalog(ctx)) }},
	{"Connection.SetCatalog", func(ctx context.Context, c *conversation) error {
		catalog, err := c.connection.Catalog(ctx)
		if err != nil {
			return err
		}
		return c.connection.SetCatalog(ctx, catalog)
	}},
}

var users = protocol.StreamDescriptor{Name: "users"}

var stateExchanges = []exchange{
	{"Connection.State", func(ctx context.Context, c *conversation) error { return some(c.connection.State(ctx)) }},
	{"Connection.SetState", func(ctx context.Context, c *conversation) error {
		state, err := cloud.NewState(*protocol.NewStreamState(users, json.RawMessage(`{"updated_at":"2020-01-01T00:00:00Z"}`)))
		if err != nil {
			return err
		}
		return c.connection.SetState(ctx, state)
	}},
	{"Connection.ReplaceState", func(ctx context.Context, c *conversation) error {
		state, err := cloud.NewState(*protocol.NewStreamState(protocol.StreamDescriptor{Name: "products"}, json.RawMessage(`{"n":1}`)))
		if err != nil {
			return err
		}
		return c.connection.ReplaceState(ctx, state)
	}},
	{"Connection.SetStreamState", func(ctx context.Context, c *conversation) error {
		return c.connection.SetStreamState(ctx, users, json.RawMessage(`{"updated_at":"2021-01-01T00:00:00Z"}`))
	}},
	{"Connection.StreamState", func(ctx context.Context, c *conversation) error { return some(c.connection.StreamState(ctx, users)) }},
}

var jobExchanges = []exchange{
	{"Connection.RunSync", func(ctx context.Context, c *conversation) error { return kept(&c.result)(c.connection.RunSync(ctx)) }},
	{"Connection.LastSync", func(ctx context.Context, c *conversation) error { return some(c.connection.LastSync(ctx)) }},
	{"Connection.SyncResults", func(ctx context.Context, c *conversation) error {
		return listed(cloud.Collect(c.connection.SyncResults(ctx, cloud.OldestFirst(), cloud.OfType(cloud.JobSync))))
	}},
	{"Workspace.Job", func(ctx context.Context, c *conversation) error { return some(c.workspace.Job(ctx, c.result.JobID())) }},
	{"Workspace.Jobs", func(ctx context.Context, c *conversation) error { return listed(cloud.Collect(c.workspace.Jobs(ctx))) }},
	{"SyncResult.Info", func(ctx context.Context, c *conversation) error { return some(c.result.Info(ctx)) }},
	{"SyncResult.Refresh", func(ctx context.Context, c *conversation) error { return some(c.result.Refresh(ctx)) }},
	{"SyncResult.Status", func(ctx context.Context, c *conversation) error { return some(c.result.Status(ctx)) }},
	{"SyncResult.Done", func(ctx context.Context, c *conversation) error { return some(c.result.Done(ctx)) }},
	{"SyncResult.Err", func(ctx context.Context, c *conversation) error { return c.result.Err(ctx) }},
	{"SyncResult.Wait", func(ctx context.Context, c *conversation) error { return some(c.result.Wait(ctx)) }},
	{"SyncResult.BytesSynced", func(ctx context.Context, c *conversation) error { return some(c.result.BytesSynced(ctx)) }},
	{"SyncResult.RecordsSynced", func(ctx context.Context, c *conversation) error { return some(c.result.RecordsSynced(ctx)) }},
	{"SyncResult.StartTime", func(ctx context.Context, c *conversation) error { return some(c.result.StartTime(ctx)) }},
	{"SyncResult.Attempts", func(ctx context.Context, c *conversation) error { return listed(c.result.Attempts(ctx)) }},
	{"SyncResult.Logs", func(ctx context.Context, c *conversation) error { return listed(cloud.Collect(c.result.Logs(ctx))) }},
	{"SyncResult.Rows", func(ctx context.Context, c *conversation) error {
		// The destination keeps nothing, and what it was asked for is what counts here.
		if err := some(cloud.Collect(c.result.Rows(ctx, "users"))); !errors.Is(err, cloud.ErrUnsupported) {
			return errors.New("rows were read of a destination that keeps none")
		}
		return nil
	}},
	{"SyncResult.Cancel", func(ctx context.Context, c *conversation) error {
		result, err := c.connection.RunSync(ctx, cloud.NoWait(), cloud.OnConflict(cloud.Adopt))
		if err != nil {
			return err
		}
		return errors.Join(result.Cancel(ctx), some(result.Wait(ctx)))
	}},
	{"Connection.Reset", func(ctx context.Context, c *conversation) error {
		result, err := c.connection.Reset(ctx)
		if err != nil {
			return err
		}
		return some(result.Wait(ctx))
	}},
}

var definitionExchanges = []exchange{
	{"Workspace.PublishCustomSourceDefinition", func(ctx context.Context, c *conversation) error {
		return kept(&c.definition)(c.workspace.PublishCustomSourceDefinition(ctx, "m", cloud.ManifestYAML(liveManifest), cloud.WithTestingValues(map[string]any{"api_key": "k"})))
	}},
	{"Workspace.PublishCustomSourceDefinition of an image", func(ctx context.Context, c *conversation) error {
		d, err := c.workspace.PublishCustomSourceDefinition(ctx, "i-deleteme", cloud.DockerImage("acme/source-thing", "1.0.0"))
		if err != nil {
			return err
		}
		return errors.Join(d.Update(ctx, cloud.DockerImage("acme/source-thing", "1.1.0")), some(d.DockerImageTag(ctx)), d.PermanentlyDelete(ctx))
	}},
	{"Workspace.PublishCustomDestinationDefinition", func(ctx context.Context, c *conversation) error {
		return some(c.workspace.PublishCustomDestinationDefinition(ctx, "di-deleteme", cloud.DockerImage("acme/destination-thing", "1.0.0")))
	}},
	{"Workspace.CustomSourceDefinitions", func(ctx context.Context, c *conversation) error {
		return errors.Join(
			listed(cloud.Collect(c.workspace.CustomSourceDefinitions(ctx, cloud.DefinitionYAML))),
			some(cloud.Collect(c.workspace.CustomSourceDefinitions(ctx, cloud.DefinitionDocker))),
		)
	}},
	{"CustomSourceDefinition.Info", func(ctx context.Context, c *conversation) error { return some(c.definition.Info(ctx)) }},
	{"CustomSourceDefinition.Refresh", func(ctx context.Context, c *conversation) error { return some(c.definition.Refresh(ctx)) }},
	{"CustomSourceDefinition.Name", func(ctx context.Context, c *conversation) error { return some(c.definition.Name(ctx)) }},
	{"CustomSourceDefinition.Version", func(ctx context.Context, c *conversation) error { return some(c.definition.Version(ctx)) }},
	{"CustomSourceDefinition.Manifest", func(ctx context.Context, c *conversation) error { return some(c.definition.Manifest(ctx)) }},
	{"CustomSourceDefinition.DockerRepository", func(ctx context.Context, c *conversation) error { return some(c.definition.DockerRepository(ctx)) }},
	{"CustomSourceDefinition.DockerImageTag", func(ctx context.Context, c *conversation) error { return some(c.definition.DockerImageTag(ctx)) }},
	{"CustomSourceDefinition.DocumentationURL", func(ctx context.Context, c *conversation) error { return some(c.definition.DocumentationURL(ctx)) }},
	{"CustomSourceDefinition.BuilderProjectID", func(ctx context.Context, c *conversation) error { return some(c.definition.BuilderProjectID(ctx)) }},
	{"CustomSourceDefinition.BuilderProjectURL", func(ctx context.Context, c *conversation) error { return some(c.definition.BuilderProjectURL(ctx)) }},
	{"CustomSourceDefinition.HasDraft", func(ctx context.Context, c *conversation) error { return some(c.definition.HasDraft(ctx)) }},
	{"CustomSourceDefinition.DraftManifest", func(ctx context.Context, c *conversation) error { return some(c.definition.DraftManifest(ctx)) }},
	{"CustomSourceDefinition.TestingValues", func(ctx context.Context, c *conversation) error { return some(c.definition.TestingValues(ctx)) }},
	{"CustomSourceDefinition.SetTestingValues", func(ctx context.Context, c *conversation) error {
		return c.definition.SetTestingValues(ctx, map[string]any{"api_key": "k2"})
	}},
	{"CustomSourceDefinition.ReadStream", func(ctx context.Context, c *conversation) error {
		return some(c.definition.ReadStream(ctx, "things", cloud.StreamTrial{Records: 5, Pages: 1, Slices: 1}))
	}},
	{"CustomSourceDefinition.Update", func(ctx context.Context, c *conversation) error {
		return c.definition.Update(ctx, cloud.ManifestYAML(liveManifest))
	}},
	{"CustomSourceDefinition.Rename", func(ctx context.Context, c *conversation) error { return c.definition.Rename(ctx, "m-deleteme") }},
	{"CustomSourceDefinition.DeploySource", func(ctx context.Context, c *conversation) error {
		s, err := c.definition.DeploySource(ctx, "custom-deleteme", cloud.Configuration{"api_key": "k"})
		if err != nil {
			return err
		}
		return s.PermanentlyDelete(ctx)
	}},
	{"CustomSourceDefinition.PermanentlyDelete", func(ctx context.Context, c *conversation) error { return c.definition.PermanentlyDelete(ctx) }},
}

var lastExchanges = []exchange{
	{"Connection.PermanentlyDelete", func(ctx context.Context, c *conversation) error { return c.connection.PermanentlyDelete(ctx) }},
	{"Workspace.PermanentlyDeleteConnection", func(ctx context.Context, c *conversation) error {
		second, err := c.workspace.DeployConnection(ctx, cloud.ConnectionSpec{Name: "c3", Source: c.source, Destination: c.destination, AllStreams: true})
		if err != nil {
			return err
		}
		return c.workspace.PermanentlyDeleteConnection(ctx, second, cloud.WithoutSafeMode())
	}},
	{"Source.PermanentlyDelete", func(ctx context.Context, c *conversation) error { return c.source.PermanentlyDelete(ctx) }},
	{"Destination.PermanentlyDelete", func(ctx context.Context, c *conversation) error { return c.destination.PermanentlyDelete(ctx) }},
	{"Workspace.PermanentlyDeleteSource", func(ctx context.Context, c *conversation) error {
		for s, err := range c.workspace.Sources(ctx) {
			if err := errors.Join(err, c.workspace.PermanentlyDeleteSource(ctx, s, cloud.WithoutSafeMode())); err != nil {
				return err
			}
		}
		return nil
	}},
	{"Workspace.PermanentlyDeleteDestination", func(ctx context.Context, c *conversation) error {
		d, err := c.workspace.DeployDestination(ctx, "last", devNull)
		if err != nil {
			return err
		}
		return c.workspace.PermanentlyDeleteDestination(ctx, d, cloud.WithoutSafeMode())
	}},
	{"Client.CreateWorkspace", func(ctx context.Context, c *conversation) error {
		return kept(&c.workspace)(c.client.CreateWorkspace(ctx, "second", cloud.InOrganization(c.home.ID)))
	}},
	{"Workspace.PermanentlyDelete", func(ctx context.Context, c *conversation) error {
		return c.workspace.PermanentlyDelete(ctx, cloud.WithoutSafeMode())
	}},
}

// TestRequestsKeepTheContract calls every operation of the package and holds what goes over the wire to the official documents.
func TestRequestsKeepTheContract(t *testing.T) {
	t.Parallel()
	c := converse(t)
	for _, e := range exchanges {
		c.called = e.operation
		if err := e.call(t.Context(), c); err != nil {
			t.Fatalf("%s: %v", e.operation, err)
		}
	}
	if c.requests < len(exchanges)/2 {
		t.Errorf("%d operations made %d requests", len(exchanges), c.requests)
	}
}

// TestEveryOperationHasAnExchange looks for methods that may make requests and that no exchange calls.
func TestEveryOperationHasAnExchange(t *testing.T) {
	t.Parallel()
	called := map[string]bool{"SyncResult.FollowLogs": true} // what it asks for is Airfield's own and in no document of Airbyte's
	for _, e := range exchanges {
		name, _, _ := strings.Cut(e.operation, " ")
		called[name] = true
	}
	for _, noun := range []reflect.Type{
		reflect.TypeFor[*cloud.Client](), reflect.TypeFor[*cloud.Workspace](), reflect.TypeFor[*cloud.Organization](), reflect.TypeFor[*cloud.Source](),
		reflect.TypeFor[*cloud.Destination](), reflect.TypeFor[*cloud.Connection](), reflect.TypeFor[*cloud.SyncResult](), reflect.TypeFor[*cloud.CustomSourceDefinition](),
	} {
		for i := range noun.NumMethod() {
			method := noun.Method(i)
			name := noun.Elem().Name() + "." + method.Name
			takesContext := method.Type.NumIn() > 1 && method.Type.In(1) == reflect.TypeFor[context.Context]()
			if takesContext && !called[name] {
				t.Errorf("no exchange calls %s", name)
			}
			delete(called, name)
		}
	}
	for name := range called {
		t.Errorf("there is no operation %s", name)
	}
}
