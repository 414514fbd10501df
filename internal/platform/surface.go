package platform

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/protocol"
)

type schemaCache struct{}
type flights struct{}

var errSoon = errors.ErrUnsupported

// --- stubs

func (p *Platform) Seed(ctx context.Context) (Seed, error) { return Seed{}, errSoon }
func (p *Platform) Authenticate(ctx context.Context, clientID, clientSecret string) (Application, error) {
	return Application{}, errSoon
}
func (p *Platform) Applications(ctx context.Context) ([]Application, error) { return nil, errSoon }
func (p *Platform) CreateApplication(ctx context.Context, name string) (app Application, clientSecret string, err error) {
	return Application{}, "", errSoon
}
func (p *Platform) Application(ctx context.Context, id string) (Application, error) {
	return Application{}, errSoon
}
func (p *Platform) DeleteApplication(ctx context.Context, id string) (Application, error) {
	return Application{}, errSoon
}

func (p *Platform) Organizations(ctx context.Context) ([]Organization, error) { return nil, errSoon }
func (p *Platform) Organization(ctx context.Context, id string) (Organization, error) {
	return Organization{}, errSoon
}
func (p *Platform) OrganizationOf(ctx context.Context, workspaceID string) (Organization, error) {
	return Organization{}, errSoon
}
func (p *Platform) UpdateOrganization(ctx context.Context, id string, u OrganizationUpdate) (Organization, error) {
	return Organization{}, errSoon
}

func (p *Platform) Workspaces(ctx context.Context, f Filter) ([]Workspace, error) {
	return nil, errSoon
}
func (p *Platform) Workspace(ctx context.Context, id string) (Workspace, error) {
	return Workspace{}, errSoon
}
func (p *Platform) CreateWorkspace(ctx context.Context, n NewWorkspace) (Workspace, error) {
	return Workspace{}, errSoon
}
func (p *Platform) UpdateWorkspace(ctx context.Context, id string, u WorkspaceUpdate) (Workspace, error) {
	return Workspace{}, errSoon
}
func (p *Platform) DeleteWorkspace(ctx context.Context, id string) error { return errSoon }

func (p *Platform) Tags(ctx context.Context, f Filter) ([]Tag, error) { return nil, errSoon }
func (p *Platform) Tag(ctx context.Context, id string) (Tag, error)   { return Tag{}, errSoon }
func (p *Platform) CreateTag(ctx context.Context, workspaceID, name, color string) (Tag, error) {
	return Tag{}, errSoon
}
func (p *Platform) UpdateTag(ctx context.Context, id, name, color string) (Tag, error) {
	return Tag{}, errSoon
}
func (p *Platform) DeleteTag(ctx context.Context, id string) error { return errSoon }

func (p *Platform) Actors(ctx context.Context, kind connector.Kind, f Filter) ([]Actor, error) {
	return nil, errSoon
}
func (p *Platform) Actor(ctx context.Context, kind connector.Kind, id string) (Actor, error) {
	return Actor{}, errSoon
}
func (p *Platform) CreateActor(ctx context.Context, n NewActor) (Actor, error) {
	return Actor{}, errSoon
}
func (p *Platform) PatchActor(ctx context.Context, kind connector.Kind, id string, c ActorPatch) (Actor, error) {
	return Actor{}, errSoon
}
func (p *Platform) ReplaceActor(ctx context.Context, kind connector.Kind, id string, r ActorReplacement) (Actor, error) {
	return Actor{}, errSoon
}
func (p *Platform) DeleteActor(ctx context.Context, kind connector.Kind, id string) error {
	return errSoon
}
func (p *Platform) CheckActor(ctx context.Context, kind connector.Kind, id string) (Report, error) {
	return Report{}, errSoon
}
func (p *Platform) CheckConfig(ctx context.Context, definitionID string, config json.RawMessage) (Report, error) {
	return Report{}, errSoon
}
func (p *Platform) CheckForUpdate(ctx context.Context, kind connector.Kind, id, name string, config json.RawMessage) (Report, error) {
	return Report{}, errSoon
}
func (p *Platform) Discover(ctx context.Context, sourceID string, ignoreCache bool) (Discovery, error) {
	return Discovery{}, errSoon
}
func (p *Platform) DiscoverConfig(ctx context.Context, definitionID string, config json.RawMessage) (Discovery, error) {
	return Discovery{}, errSoon
}

func (p *Platform) Definitions(ctx context.Context, kind connector.Kind, workspaceID string) ([]Definition, error) {
	return nil, errSoon
}
func (p *Platform) Definition(ctx context.Context, id string) (Definition, error) {
	return Definition{}, errSoon
}
func (p *Platform) ResolveType(kind connector.Kind, typeName string) (Definition, error) {
	return Definition{}, errSoon
}
func (p *Platform) ResolveDefinition(ctx context.Context, kind connector.Kind, workspaceID, ref string) (Definition, error) {
	return Definition{}, errSoon
}
func (p *Platform) Spec(ctx context.Context, definitionID string) (protocol.Spec, error) {
	return protocol.Spec{}, errSoon
}
func (p *Platform) CreateImageDefinition(ctx context.Context, n NewImageDefinition) (Definition, error) {
	return Definition{}, errSoon
}
func (p *Platform) UpdateImageDefinition(ctx context.Context, id string, u ImageDefinitionUpdate) (Definition, error) {
	return Definition{}, errSoon
}
func (p *Platform) CreateManifestDefinition(ctx context.Context, n NewManifestDefinition) (Definition, error) {
	return Definition{}, errSoon
}
func (p *Platform) UpdateManifestDefinition(ctx context.Context, id string, n NewManifest) (Definition, error) {
	return Definition{}, errSoon
}
func (p *Platform) ActivateManifest(ctx context.Context, definitionID string, version int64) error {
	return errSoon
}
func (p *Platform) Manifests(ctx context.Context, definitionID string) ([]ManifestVersion, error) {
	return nil, errSoon
}
func (p *Platform) DeleteDefinition(ctx context.Context, id string) (Definition, error) {
	return Definition{}, errSoon
}

func (p *Platform) Projects(ctx context.Context, workspaceID string) ([]BuilderProject, error) {
	return nil, errSoon
}
func (p *Platform) Project(ctx context.Context, workspaceID, id string) (BuilderProject, error) {
	return BuilderProject{}, errSoon
}
func (p *Platform) ProjectForDefinition(ctx context.Context, definitionID string) (BuilderProject, error) {
	return BuilderProject{}, errSoon
}
func (p *Platform) CreateProject(ctx context.Context, n NewProject) (BuilderProject, error) {
	return BuilderProject{}, errSoon
}
func (p *Platform) UpdateProject(ctx context.Context, workspaceID, id string, u ProjectUpdate) (BuilderProject, error) {
	return BuilderProject{}, errSoon
}
func (p *Platform) DeleteProject(ctx context.Context, workspaceID, id string) error { return errSoon }
func (p *Platform) PublishProject(ctx context.Context, workspaceID, id string, pub Publication) (Definition, error) {
	return Definition{}, errSoon
}
func (p *Platform) SetTestingValues(ctx context.Context, workspaceID, id string, spec, values json.RawMessage) (json.RawMessage, error) {
	return nil, errSoon
}

func (p *Platform) Connections(ctx context.Context, f Filter) ([]Connection, error) {
	return nil, errSoon
}
func (p *Platform) Connection(ctx context.Context, id string) (Connection, error) {
	return Connection{}, errSoon
}
func (p *Platform) CreateConnection(ctx context.Context, n NewConnection) (Connection, error) {
	return Connection{}, errSoon
}
func (p *Platform) UpdateConnection(ctx context.Context, id string, u ConnectionUpdate) (Connection, error) {
	return Connection{}, errSoon
}
func (p *Platform) DeleteConnection(ctx context.Context, id string) error { return errSoon }
func (p *Platform) StreamProperties(ctx context.Context, sourceID, destinationID string, ignoreCache bool) ([]StreamProperty, error) {
	return nil, errSoon
}
func (p *Platform) AllStreams(ctx context.Context, c Connection) ([]CatalogEntry, error) {
	return nil, errSoon
}
func (p *Platform) State(ctx context.Context, connectionID string) (ConnectionState, error) {
	return ConnectionState{}, errSoon
}
func (p *Platform) SetState(ctx context.Context, connectionID string, s ConnectionState, safe bool) (ConnectionState, error) {
	return ConnectionState{}, errSoon
}

func (p *Platform) CreateJob(ctx context.Context, connectionID string, t JobType, o JobOptions) (Job, error) {
	return Job{}, errSoon
}
func (p *Platform) Job(ctx context.Context, id int64) (Job, error)            { return Job{}, errSoon }
func (p *Platform) Jobs(ctx context.Context, f JobFilter) ([]Job, error)      { return nil, errSoon }
func (p *Platform) CountJobs(ctx context.Context, f JobFilter) (int64, error) { return 0, errSoon }
func (p *Platform) CancelJob(ctx context.Context, id int64) (Job, error)      { return Job{}, errSoon }
func (p *Platform) Logs(ctx context.Context, jobID int64, attempt, from, limit int) ([]LogLine, error) {
	return nil, errSoon
}

func (p *Platform) Recover(ctx context.Context) error               { return errSoon }
func (p *Platform) ClaimJob(ctx context.Context) (Job, bool, error) { return Job{}, false, errSoon }
func (p *Platform) NextWake(ctx context.Context) (time.Time, bool, error) {
	return time.Time{}, false, errSoon
}
func (p *Platform) StartAttempt(ctx context.Context, jobID int64) (Run, error) {
	return Run{}, errSoon
}
func (p *Platform) CommitStates(ctx context.Context, jobID int64, attempt int, states []*protocol.State, streams []StreamStats, total Stats) error {
	return errSoon
}
func (p *Platform) Progress(ctx context.Context, jobID int64, attempt int, streams []StreamStats, total Stats) error {
	return errSoon
}
func (p *Platform) FinishAttempt(ctx context.Context, jobID int64, attempt int, r AttemptResult) (Job, error) {
	return Job{}, errSoon
}
func (p *Platform) AppendLogs(ctx context.Context, jobID int64, attempt int, lines []LogLine) error {
	return errSoon
}
func (p *Platform) StoreConnectorConfig(ctx context.Context, kind connector.Kind, actorID string, config json.RawMessage) error {
	return errSoon
}
func (p *Platform) RunSchedules(ctx context.Context) error { return errSoon }

// Totals counts what the job moved, over its attempts.
func (j Job) Totals() Stats { return Stats{} }

// StreamTotals are the totals of each stream, in the order of the job's streams.
func (j Job) StreamTotals() []StreamStats { return nil }

// ParseSyncMode reads a public name of a pair of modes, such as incremental_deduped_history.
func ParseSyncMode(name string) (protocol.SyncMode, protocol.DestinationSyncMode, bool) {
	return "", "", false
}

// SyncModeName is the public name of a pair of modes, or "" when the pair has none.
func SyncModeName(s protocol.SyncMode, d protocol.DestinationSyncMode) string { return "" }
