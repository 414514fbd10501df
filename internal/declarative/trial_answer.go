package declarative

import (
	"encoding/json"
	"strings"

	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/internal/wire/config"
	"github.com/airfielddev/airfield/protocol"
)

// answer is what was gathered, without secrets. Nobody else works on the read any more.
func (t *trial) answer() config.BuilderStream {
	t.describe()
	out := t.out
	out.TestReadLimitReached = t.limited()
	for i := range out.Slices {
		t.hideSlice(&out.Slices[i])
	}
	for i := range out.AuxiliaryRequests {
		t.hideExchange(out.AuxiliaryRequests[i].Request, out.AuxiliaryRequests[i].Response)
	}
	for i := range out.Logs {
		out.Logs[i].Message = t.mask.Text(out.Logs[i].Message)
		out.Logs[i].InternalMessage = t.mask.Text(out.Logs[i].InternalMessage)
	}
	return out
}

// describe says what the records look like. A key that no record has is an error: nothing would be deduplicated by it.
func (t *trial) describe() {
	if formats, err := template.AppendJSON(nil, t.formats.JSON()); err == nil {
		t.out.InferredDatetimeFormats = formats
	}
	if t.schema.Empty() {
		return
	}
	required := t.stream.PrimaryKey
	if t.stream.Incremental != nil && t.stream.Incremental.Field() != "" {
		required = append(required[:len(required):len(required)], []string{t.stream.Incremental.Field()})
	}
	schema, missing := t.schema.JSON(required...)
	for _, path := range missing {
		t.out.Logs = append(t.out.Logs, config.BuilderLog{
			Level:   string(protocol.LevelError),
			Message: "No record has the field " + strings.Join(path, ".") + ", which is part of the primary key or the cursor of the stream.",
		})
	}
	if text, err := template.AppendJSON(nil, schema); err == nil {
		t.out.InferredSchema = text
	}
}

// limited tells whether any limit was reached, and with it whether there may be more.
func (t *trial) limited() bool {
	if len(t.out.Slices) >= t.in.Slices || t.records >= t.in.Records || t.received > shownTotal {
		return true
	}
	for _, s := range t.out.Slices {
		if len(s.Pages) >= t.in.Pages {
			return true
		}
	}
	return false
}

func (t *trial) hideSlice(s *config.BuilderSlice) {
	s.SliceDescriptor = t.mask.JSON(s.SliceDescriptor)
	for i := range s.State {
		s.State[i] = t.mask.JSON(s.State[i])
	}
	for i := range s.AuxiliaryRequests {
		t.hideExchange(s.AuxiliaryRequests[i].Request, s.AuxiliaryRequests[i].Response)
	}
	for i := range s.Pages {
		page := &s.Pages[i]
		t.hideExchange(page.Request, page.Response)
		for j := range page.Records {
			page.Records[j] = t.mask.JSON(page.Records[j])
		}
	}
}

func (t *trial) hideExchange(request *config.BuilderRequest, response *config.BuilderResponse) {
	if request != nil {
		t.mask.Request(request)
	}
	if response != nil {
		t.mask.Response(response)
	}
}

// ownConfig is a configuration as its user has it: without the platform's own members, which begin with two underscores. The
// result is nil when it is none.
func ownConfig(raw json.RawMessage) json.RawMessage {
	v, err := template.DecodeJSON(raw)
	d, ok := v.(*template.Dict)
	if err != nil || !ok {
		return nil
	}
	clean := template.NewDict(d.Len())
	for key, value := range d.All() {
		if name := template.Str(key); !strings.HasPrefix(name, "__") {
			clean.Set(name, value)
		}
	}
	text, err := template.AppendJSON(nil, clean)
	if err != nil {
		return nil
	}
	return text
}
