package platform

import (
	"context"
	"time"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/protocol"
)

// Store keeps everything that must outlive the process. Functions given to Read and Write run in one transaction; Write's
// changes are durable when it returns nil and gone when fn or the commit fails. fn may run again after a lost race, so it has
// no effects of its own.
type Store interface {
	Read(ctx context.Context, fn func(Tables) error) error
	Write(ctx context.Context, fn func(Tables) error) error
	Close() error
}

// Tables is one transaction's view of the store, a table for each noun.
type Tables struct {
	Organizations Table[Organization]
	Workspaces    Table[Workspace]
	Actors        Table[Actor]
	Connections   Table[Connection]
	Definitions   Table[Definition]
	Manifests     Table[ManifestVersion]
	Projects      Table[BuilderProject]
	Applications  Table[Application]
	Users         Table[User]
	Permissions   Table[Permission]
	Tags          Table[Tag]
	Catalogs      Table[CachedCatalog]
	Notices       Table[Notice]
	Marks         Table[Mark]
	Changes       Table[Change]
	Jobs          JobTable
	Attempts      AttemptTable
	Queue         QueueTable
	States        StateTable
	Generations   GenerationTable
	Logs          LogTable
	History       HistoryTable
	Counts        CountTable
}

// Table keeps nouns of one kind by id.
type Table[T any] interface {
	Get(ctx context.Context, id string) (T, error) // ErrNotFound
	List(ctx context.Context, f Filter) ([]T, error)
	Insert(ctx context.Context, t T) error // ErrConflict when the id is taken
	Update(ctx context.Context, t T) error // ErrNotFound
	Delete(ctx context.Context, id string) error
}

// Filter narrows a list. Zero fields do not narrow. Rows come in the order of creation, ties by id, unless a
// further filter says otherwise.
type Filter struct {
	WorkspaceIDs   []string
	OrganizationID string
	Kind           connector.Kind
	ActorID        string // connections: as source or as destination; catalogs: of the actor
	ConnectionID   string // changes alone
	DefinitionID   string
	Name           string // exact
	NameContains   string // case-insensitive
	TagIDs         []string
	Key            string // applications: client id; catalogs: configuration hash
	UserID         string
	IDs            []string
	Within         *Reach // nil: no bound
	IncludeDeleted bool
	Connections    *ConnectionFilter // connections alone; nil: no further bound
	Actors         *ActorFilter      // sources or destinations alone, of the Kind; nil: no further bound
	Offset         int
	Limit          int // 0: all
}

// ConnectionFilter narrows a list of connections further, and orders it in another way. Zero fields do not narrow.
type ConnectionFilter struct {
	SourceIDs                []string
	DestinationIDs           []string
	SourceDefinitionIDs      []string
	DestinationDefinitionIDs []string
	Statuses                 []ConnectionStatus
	Health                   []ConnectionHealth // one of them
	Search                   string             // case-insensitive, in the names of the connection, its source or its destination
	Order                    ConnectionOrder
	Descending               bool
	After                    string // the id of a connection; the list begins with the one after it. An unknown one is that of no connection
}

// ConnectionHealth is how a connection is, by its last job.
type ConnectionHealth string

// What a connection can be. One that is paused may have any last job.
const (
	HealthHealthy ConnectionHealth = "healthy" // the last job has succeeded
	HealthFailed  ConnectionHealth = "failed"  // it has failed, was cancelled or is to be tried again
	HealthRunning ConnectionHealth = "running"
	HealthPaused  ConnectionHealth = "paused" // the connection is inactive
)

// ConnectionOrder is what connections are ordered by. Ties go by id.
type ConnectionOrder string

// The orders of connections. Names are compared byte by byte, and maybe by their first 64 characters alone.
const (
	ByCreation        ConnectionOrder = ""
	ByName            ConnectionOrder = "name"
	BySourceName      ConnectionOrder = "source"
	ByDestinationName ConnectionOrder = "destination"
	ByLastJob         ConnectionOrder = "last_job" // by its creation; without any job comes first
)

// ActorFilter narrows a list of sources or destinations further, and orders it in another way. Zero fields do not narrow.
type ActorFilter struct {
	States     []ActorState      // one of them
	Search     string            // case-insensitive, in the names of the actor or its definition
	Titles     map[string]string // what definitions are called, by id
	Order      ActorOrder
	Descending bool
	After      string // as that of a [ConnectionFilter]
}

// ActorState tells whether a source or destination is at work.
type ActorState string

// What sources and destinations can be.
const (
	ActorActive   ActorState = "active" // a connection of it is active
	ActorInactive ActorState = "inactive"
)

// ActorOrder is what sources and destinations are ordered by. Ties go by id.
type ActorOrder string

// The orders of sources and destinations. Names are compared as those of connections are.
const (
	ActorsByCreation ActorOrder = ""
	ActorsByName     ActorOrder = "name"
	ActorsByTitle    ActorOrder = "title"    // of the definition
	ActorsByLastJob  ActorOrder = "last_job" // of the connections that are not deleted; without any job comes first
)

// Reach bounds a list to some workspaces, and to all of those of some organizations. The zero Reach lets nothing through.
type Reach struct {
	OrganizationIDs []string
	WorkspaceIDs    []string
}

// JobFilter narrows a list of jobs. Zero fields do not narrow.
type JobFilter struct {
	ConnectionID   string
	NewestOf       []string // the last job of each of these connections
	WorkspaceIDs   []string
	Within         *Reach // nil: no bound
	Types          []JobType
	Statuses       []JobStatus
	CreatedAfter   int64 // Unix milliseconds; 0: no bound
	CreatedBefore  int64
	UpdatedAfter   int64
	UpdatedBefore  int64
	OrderByUpdated bool
	Descending     bool
	Offset         int
	Limit          int
}

// CountTable counts without reading.
type CountTable interface {
	// Connections counts those that a filter lets through, whatever its order, its beginning, its offset and its limit.
	Connections(ctx context.Context, f Filter) (int, error)
	// Actors does the same for sources or destinations.
	Actors(ctx context.Context, f Filter) (int, error)
	// Uses sums up the connections of some sources or destinations that are not deleted. One without any is not in the answer.
	Uses(ctx context.Context, kind connector.Kind, ids []string) (map[string]ActorUse, error)
}

// JobTable keeps jobs. Ids count up from 1. Jobs are read with their attempts, and written without them.
type JobTable interface {
	Get(ctx context.Context, id int64) (Job, error) // ErrNotFound
	List(ctx context.Context, f JobFilter) ([]Job, error)
	Count(ctx context.Context, f JobFilter) (int64, error) // Offset and Limit do not matter
	Insert(ctx context.Context, j Job) (int64, error)      // ErrConflict when its connection has a sync or refresh that is not final
	Update(ctx context.Context, j Job) error               // ErrNotFound
}

// AttemptTable keeps the attempts of jobs.
type AttemptTable interface {
	Get(ctx context.Context, jobID int64, number int) (Attempt, error) // ErrNotFound
	Put(ctx context.Context, jobID int64, a Attempt) error             // inserts or replaces
}

// QueueTable answers what is to be done next, without reading what is not.
type QueueTable interface {
	// Waiting is the oldest job that may start at a time: pending or incomplete, with its NotBefore passed, of a connection
	// none of whose jobs is running.
	Waiting(ctx context.Context, now time.Time) (Job, bool, error)
	// Schedule sets when a connection is to sync next; the zero time is never.
	Schedule(ctx context.Context, connectionID string, at time.Time) error
	// Due lists the connections whose time has come and that have no job that is not final, the longest overdue first.
	Due(ctx context.Context, now time.Time) ([]string, error)
	// Overdue tells whether Due would list a connection.
	Overdue(ctx context.Context, connectionID string, now time.Time) (bool, error)
	// NextWake is the earliest time at which something will be waiting or due. It leaves aside what other jobs hold up.
	NextWake(ctx context.Context) (time.Time, bool, error)
}

// StateTable keeps what each connection has committed.
type StateTable interface {
	Get(ctx context.Context, connectionID string) (ConnectionState, error)
	// Type is that of the state alone, without reading what may be large; "" is no state.
	Type(ctx context.Context, connectionID string) (protocol.StateType, error)
	// Put stores the type and the streams, shared and legacy parts that are given. A stream without a state is removed, and so
	// is a shared or legacy part that is the JSON null.
	Put(ctx context.Context, connectionID string, s ConnectionState) error
	Clear(ctx context.Context, connectionID string) error
}

// GenerationTable keeps the current generation of each stream of a connection; unknown streams are at 0.
type GenerationTable interface {
	Get(ctx context.Context, connectionID string) (map[protocol.StreamDescriptor]int64, error)
	Put(ctx context.Context, connectionID string, d protocol.StreamDescriptor, generation int64) error
}

// LogTable keeps the lines of each attempt in the order they were written.
type LogTable interface {
	Append(ctx context.Context, jobID int64, attempt int, lines []LogLine) error
	// Read returns lines from the given position on, at most limit of them; 0 is all.
	Read(ctx context.Context, jobID int64, attempt, from, limit int) ([]LogLine, error)
}

// HistoryTable removes what jobs have left. Its calls remove a part of it and return how much: 0 is all that there was.
type HistoryTable interface {
	// ForgetLogs removes log lines of jobs that ended before a time.
	ForgetLogs(ctx context.Context, before time.Time) (int64, error)
	// ForgetJobs removes jobs that ended before a time, with their attempts and logs, but keeps the newest of each connection.
	ForgetJobs(ctx context.Context, before time.Time, keep int) (int64, error)
	// ForgetChanges removes changes of connections that were made before a time.
	ForgetChanges(ctx context.Context, before time.Time) (int64, error)
}

// Engine runs jobs. What it runs is in the store; these calls only tell it that something changed.
type Engine interface {
	// Wake says that a job is waiting.
	Wake()
	// Cancel asks the attempt that works on a job to stop. It does not wait.
	Cancel(jobID int64)
}

// Connectors turns references into connectors that can be called.
type Connectors interface {
	Known() []connector.Definition
	Source(ctx context.Context, ref connector.Ref) (connector.Source, error)
	Destination(ctx context.Context, ref connector.Ref) (connector.Destination, error)
}
