package declarative

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"time"

	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/manifest"
)

// Of is a slot for a component that builds a T.
type Of[T any] = manifest.Of[T, *Env]

// Retriever reads the records of one slice.
type Retriever interface {
	// Read calls yield for each record. It stops at the first error, its own or that of yield, and returns it.
	Read(ctx context.Context, q Query, yield func(*template.Dict) error) error
	// Router is what divides the stream into partitions; nil when nothing does.
	Router() PartitionRouter
}

// Query is one slice to read, and what the stream's cursor has to say about it.
type Query struct {
	Slice   Slice
	Options Options // the cursor's request options
	// Admit tells which records the cursor wants; nil: every record. It is asked before the record filter or, where Old is set,
	// of what the selector gives, so that paginators see the others too.
	Admit Admit
	// Old tells which records were read before; nil: pages are read to the end. Paging stops after a page whose last record is old.
	Old Admit
	// Schema is what values are to be brought into the types of; nil: they stay as they are.
	Schema *template.Dict

	remainder divider   // of the slice, as its records come; nil: the cursor cannot divide it
	whole     *Slice    // what this is left of, which is what the templates of records see; nil: Slice itself
	job       *asyncJob // what has prepared the slice; nil: nothing has
}

// Admit tells whether a record belongs to a read.
type Admit func(record *template.Dict) bool

// Requester sends one request, again and again while its error handler wants to, and judges the response.
type Requester interface {
	// Send gives a response that may be used: its body must be closed. An error ends the stream.
	Send(ctx context.Context, call Call) (*Response, error)
}

// Call is what varies between the requests of a requester.
type Call struct {
	Slice   Slice
	Token   any     // the next page's token; nil on a first page
	Path    string  // a paginator's path or URL, instead of the requester's; "": none
	Options Options // from paginator, cursor and partition router
	Stream  bool    // leave the body of a good response unread, for decoders that read it bit by bit
	// Receive takes the body of a good response instead, once for each attempt; nil: nobody does. An attempt whose body breaks off
	// is a failure of the network.
	Receive func(body io.Reader) error
}

// Authenticator adds credentials to a request. It is asked before every attempt.
type Authenticator interface {
	Credentials(ctx context.Context) (Options, error)
}

// Refresher is an [Authenticator] whose credentials can be renewed before they expire.
type Refresher interface {
	// Refresh gets new credentials, unless those that were used are no longer the latest.
	Refresh(ctx context.Context, used Options) error
}

// Signer is an [Authenticator] that has to see a request to choose what it is sent with, and learns from what comes back.
type Signer interface {
	// Sign adds credentials to a request that is about to be sent. It may wait.
	Sign(ctx context.Context, req *http.Request) error
	// Learn sees the response to a request that was signed.
	Learn(req *http.Request, answer *http.Response)
	// Another tells whether a request that was refused for its rate would be sent with other credentials at once.
	Another(req *http.Request) bool
}

// ErrorHandler judges responses.
type ErrorHandler interface {
	// Judge looks at a response, or at the network error that came instead.
	Judge(r *Response, err error) (Verdict, error)
	// Retries is how often a request is repeated.
	Retries() int
	// Backoff is how long to wait before the given repetition, counted from 1; zero leaves it to the requester.
	Backoff(r *Response, attempt int) (time.Duration, error)
}

// Backoff is a strategy of waiting between attempts. Zero means that it has no opinion.
type Backoff interface {
	Wait(r *Response, attempt int) (time.Duration, error)
}

// Decoder reads the body of a response.
type Decoder interface {
	// Decode calls yield for each value in the body.
	Decode(body io.Reader, yield func(any) error) error
	// Streams tells whether values are given before the body was read to its end.
	Streams() bool
}

// Extractor finds the records in a value of a response.
type Extractor interface {
	Extract(ctx context.Context, body any, yield func(any) error) error
}

// RecordSelector makes records of the values of a response.
type RecordSelector interface {
	// Select calls yield for the records of one value, and returns how many there were before any was filtered out.
	Select(ctx context.Context, body any, q Query, yield func(*template.Dict) error) (raw int, err error)
}

// Transformation changes a record in place.
type Transformation interface {
	Transform(record *template.Dict, slice Slice) error
}

// Paginator decides which pages a slice has. A token of nil is none.
type Paginator interface {
	// First is the token of the first page.
	First() any
	// Next is the token of the page after the given one; nil when there is none.
	Next(page Page) (any, error)
	// BodyMembers are the members of a page's body that Next looks at, if the body is an object; false: it may be any.
	BodyMembers() (members []string, known bool)
	// Options are the request's part of a page of a token, and of a size unless that is 0.
	Options(token any, size int64) (options Options, path string, err error)
}

// Page is a page that was read.
type Page struct {
	Response *Response
	Body     any            // the first value of the response, an empty object if there is none
	Raw      int            // records before filters
	Emitted  int            // records after filters
	Last     *template.Dict // the last record that was emitted; nil when there was none
	Token    any            // the token the page was read with
	Slice    Slice          // the slice it is a page of
	Size     int64          // how many records were asked for; 0: as many as usual
}

// PartitionRouter divides a stream into partitions.
type PartitionRouter interface {
	// Open begins to list the partitions of a stream with the given state, nil for none. Parent streams that are read incrementally
	// go on from the "parent_state" in it, which is what [Partitions.ParentState] gave in an earlier read.
	Open(state json.RawMessage) (Partitions, error)
	// Options are the request's part of a partition.
	Options(slice Slice) (Options, error)
}

// Partitions is one listing of partitions.
type Partitions interface {
	// Each calls yield for each partition: a slice without cursor fields.
	Each(ctx context.Context, yield func(Slice) error) error
	// ParentState is how far the parent streams have been read; nil when that is not kept. It changes while Each runs.
	ParentState() json.RawMessage
}

// IncrementalSync makes the cursors of an incremental stream.
type IncrementalSync interface {
	// Field is the name of the field that records are compared by.
	Field() string
	// Open makes the cursor of one read.
	Open(in CursorInput) (Cursor, error)
}

// CursorInput is what a cursor starts from.
type CursorInput struct {
	Stream string
	State  json.RawMessage // nil: none
	Router PartitionRouter // nil: none
}

// Cursor says which slices a read of a stream has, follows their records, and says what to remember. Its methods may be called by
// several goroutines at once, for different slices.
type Cursor interface {
	// Each calls yield for each slice to read.
	Each(ctx context.Context, yield func(Slice) error) error
	// Query prepares to read a slice.
	Query(slice Slice) (Query, error)
	// Observe sees each record of a slice after it was emitted.
	Observe(slice Slice, record *template.Dict) error
	// Close is told that a slice was read to its end. It gives the state to emit now; nil for none.
	Close(slice Slice) (json.RawMessage, error)
	// Final is the state at the end of the stream, also of one that failed.
	Final() (json.RawMessage, error)
}

// SchemaLoader gives the JSON schema of a stream's records.
type SchemaLoader interface {
	Schema(ctx context.Context, stream string) (*template.Dict, error)
}
