package cloud

import (
	"context"
	"encoding/json"
	"iter"

	"github.com/airfielddev/airfield/internal/wire/config"
)

// StreamTrial says which part of a stream [CustomSourceDefinition.ReadStream] reads. The zero value of a limit is the deployment's own.
type StreamTrial struct {
	Manifest DefinitionSource  // [ManifestYAML] or [Manifest]; nil: the draft of the builder project, or what is published when there is none
	Records  int               // how many at most, of all pages together
	Pages    int               // of each slice
	Slices   int               // parts of the stream, such as days or parents
	State    []json.RawMessage // STATE messages of the protocol to go on from; nil: from the beginning
}

// StreamRead is the beginning of a stream, and how it was come by.
type StreamRead struct {
	Slices []SliceRead
	Logs   []TrialLog
	// LimitReached tells that there was more than the limits let through.
	LimitReached bool
	Schema       json.RawMessage // a JSON schema of the records, as narrow as they allow; nil: there are none
}

// SliceRead is a part of a stream.
type SliceRead struct {
	Descriptor json.RawMessage // what makes it this part; nil: the stream has no parts
	Pages      []PageRead
	State      []json.RawMessage // the STATE messages at its end
}

// PageRead is one answer of the API that is read. Secrets are masked in it.
type PageRead struct {
	Records  []json.RawMessage
	Request  *TrialRequest  // nil: it was not told
	Response *TrialResponse // nil: it was not told
}

// TrialRequest is what was asked of the API that is read.
type TrialRequest struct {
	Method  string
	URL     string
	Headers map[string]string
	Body    string
}

// TrialResponse is what the API that is read has answered.
type TrialResponse struct {
	Status  int
	Headers map[string]string
	Body    string
}

// TrialLog is a message of the reading.
type TrialLog struct {
	Level   string // INFO, WARN, ERROR or FATAL
	Message string
}

// Records are the records of all pages, in the order in which they were read.
func (r *StreamRead) Records() iter.Seq[json.RawMessage] {
	return func(yield func(json.RawMessage) bool) {
		for _, s := range r.Slices {
			for _, p := range s.Pages {
				for _, record := range p.Records {
					if !yield(record) {
						return
					}
				}
			}
		}
	}
}

// Failure is the first message of the reading that tells of an error, "" when there is none. A manifest that cannot read the stream is
// an outcome of the trial, and no error of [CustomSourceDefinition.ReadStream].
func (r *StreamRead) Failure() string {
	for _, l := range r.Logs {
		if l.Level == "ERROR" || l.Level == "FATAL" {
			return l.Message
		}
	}
	return ""
}

// ReadStream reads the beginning of a stream as the connector builder does, with the testing values of the definition, see
// [CustomSourceDefinition.SetTestingValues]. It syncs nothing. What goes wrong with the stream is told by [StreamRead.Failure]; the error
// matches [ErrUnsupported] when there is no builder project.
//
// See https://docs.airbyte.com/platform/connector-development/connector-builder-ui/overview.
func (d *CustomSourceDefinition) ReadStream(ctx context.Context, stream string, t StreamTrial) (*StreamRead, error) {
	op := "reading stream " + stream + " of definition " + d.id
	if stream == "" || min(t.Records, t.Pages, t.Slices) < 0 {
		return nil, refuse(ErrInvalidInput, op, "definition", d.id, "the name of a stream is needed, and no limit may be below 0")
	}
	id, err := d.projectID(ctx, op)
	if err != nil {
		return nil, err
	}
	manifest, err := d.triedManifest(ctx, op, t)
	if err != nil {
		return nil, err
	}
	body := config.BuilderStreamRead{
		WorkspaceID: id.WorkspaceID, BuilderProjectID: id.BuilderProjectID, Manifest: manifest, StreamName: stream,
		RecordLimit: orAbsent(t.Records), PageLimit: orAbsent(t.Pages), SliceLimit: orAbsent(t.Slices), State: t.State,
	}
	req := d.workspace.client.query(op, body, "connector_builder_projects", "read_stream")
	answer, err := ask[config.BuilderStream](ctx, d.workspace.client, req, "definition", d.id)
	if err != nil {
		return nil, err
	}
	return streamRead(answer), nil
}

// triedManifest is the manifest that is meant.
func (d *CustomSourceDefinition) triedManifest(ctx context.Context, op string, t StreamTrial) (json.RawMessage, error) {
	if t.Manifest == nil {
		draft, err := d.DraftManifest(ctx)
		if err != nil || draft != nil {
			return draft, err
		}
		return d.Manifest(ctx)
	}
	content, err := t.Manifest.definition(ctx, op)
	if err != nil {
		return nil, err
	}
	if content.kind() != DefinitionYAML {
		return nil, refuse(ErrInvalidInput, op, "definition", d.id, "only a manifest can be tried")
	}
	return content.manifest, checkManifest(op, content.manifest)
}

// orAbsent is a limit, nil when none is set.
func orAbsent(limit int) *int {
	if limit == 0 {
		return nil
	}
	return &limit
}

func streamRead(answer *config.BuilderStream) *StreamRead {
	out := &StreamRead{LimitReached: answer.TestReadLimitReached, Schema: answer.InferredSchema}
	for _, l := range answer.Logs {
		out.Logs = append(out.Logs, TrialLog{Level: l.Level, Message: l.Message})
	}
	for _, s := range answer.Slices {
		slice := SliceRead{Descriptor: s.SliceDescriptor, State: s.State}
		for _, p := range s.Pages {
			slice.Pages = append(slice.Pages, pageRead(p))
		}
		out.Slices = append(out.Slices, slice)
	}
	return out
}

func pageRead(p config.BuilderPage) PageRead {
	out := PageRead{Records: p.Records}
	if r := p.Request; r != nil {
		out.Request = &TrialRequest{Method: r.HTTPMethod, URL: r.URL, Headers: r.Headers, Body: r.Body}
	}
	if r := p.Response; r != nil {
		out.Response = &TrialResponse{Status: r.Status, Headers: r.Headers, Body: r.Body}
	}
	return out
}
