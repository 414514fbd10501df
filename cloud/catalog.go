package cloud

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"unicode"

	"github.com/airfielddev/airfield/internal/wire"
	"github.com/airfielddev/airfield/internal/wire/config"
	"github.com/airfielddev/airfield/protocol"
)

// Catalog is what a connection can sync and how it does: every stream that was discovered, the unselected ones too. It has two forms: that
// of the Config API, which it marshals to as JSON, and that of the Airbyte protocol, see [Catalog.ProtocolJSON]; [ParseCatalog] reads both.
// Members that this package does not know survive in both.
type Catalog struct {
	streams []catalogStream
}

// catalogStream is a stream and its configuration in the form of the Config API.
type catalogStream struct {
	Stream json.RawMessage `json:"stream"`
	Config json.RawMessage `json:"config"`
}

// MarshalJSON prints the catalog in the form of the Config API, in camelCase.
func (c *Catalog) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Streams wire.List[catalogStream] `json:"streams"`
	}{c.streams})
}

// UnmarshalJSON reads the catalog in either form, see [ParseCatalog].
func (c *Catalog) UnmarshalJSON(text []byte) error {
	parsed, err := ParseCatalog(text)
	if err != nil {
		return err
	}
	*c = *parsed
	return nil
}

// Configured is the selected streams as connectors are given them.
func (c *Catalog) Configured() (*protocol.ConfiguredCatalog, error) {
	configured := &protocol.ConfiguredCatalog{Streams: []protocol.ConfiguredStream{}}
	for _, s := range c.streams {
		var chosen config.StreamConfiguration
		if err := json.Unmarshal(s.Config, &chosen); err != nil {
			return nil, refuse(ErrInvalidInput, "reading catalog", "catalog", "", "the configuration of a stream: %v", err)
		}
		if !chosen.Selected {
			continue
		}
		text, err := s.protocol()
		if err != nil {
			return nil, err
		}
		var stream protocol.ConfiguredStream
		if err := json.Unmarshal(text, &stream); err != nil {
			return nil, refuse(ErrInvalidInput, "reading catalog", "catalog", "", "a stream: %v", err)
		}
		configured.Streams = append(configured.Streams, stream)
	}
	return configured, nil
}

// ProtocolJSON prints the catalog in the form of the Airbyte protocol: snake_case, with the configuration beside the stream. Whether a stream is selected
// and all else that the protocol does not have stays as further members.
func (c *Catalog) ProtocolJSON() (json.RawMessage, error) {
	list := make(wire.List[json.RawMessage], len(c.streams))
	for i, s := range c.streams {
		text, err := s.protocol()
		if err != nil {
			return nil, err
		}
		list[i] = text
	}
	return json.Marshal(struct {
		Streams wire.List[json.RawMessage] `json:"streams"`
	}{list})
}

func (s catalogStream) protocol() (json.RawMessage, error) {
	stream, err := respell(s.Stream, snake)
	if err != nil {
		return nil, err
	}
	members, err := wire.Members(s.Config)
	if err != nil {
		return nil, refuse(ErrInvalidInput, "reading catalog", "catalog", "", "%v", err)
	}
	all := []wire.Member{{Name: "stream", Value: stream}}
	for _, m := range members {
		all = append(all, wire.Member{Name: snake(m.Name), Value: m.Value})
	}
	return wire.Object(all)
}

// respell changes the names of an object's members and nothing below them: schemas and mappers have spellings of their own.
func respell(object json.RawMessage, spelling func(string) string) (json.RawMessage, error) {
	members, err := wire.Members(object)
	if err != nil {
		return nil, refuse(ErrInvalidInput, "reading catalog", "catalog", "", "%v", err)
	}
	for i := range members {
		members[i].Name = spelling(members[i].Name)
	}
	return wire.Object(members)
}

func snake(name string) string {
	var b strings.Builder
	for _, r := range name {
		if unicode.IsUpper(r) {
			b.WriteByte('_')
			r = unicode.ToLower(r)
		}
		b.WriteRune(r)
	}
	return b.String()
}

func camel(name string) string {
	words := strings.Split(name, "_")
	for i, w := range words[1:] {
		if w != "" {
			words[i+1] = strings.ToUpper(w[:1]) + w[1:]
		}
	}
	return strings.Join(words, "")
}

// ParseCatalog reads a catalog from JSON in either form, told apart by the first stream: in the form of the protocol it has a
// sync_mode. A configuration that does not say whether its stream is selected selects it. The error matches [ErrInvalidInput].
func ParseCatalog(text []byte) (*Catalog, error) {
	var form struct {
		Streams []json.RawMessage `json:"streams"`
	}
	if err := json.Unmarshal(text, &form); err != nil {
		return nil, refuse(ErrInvalidInput, "reading catalog", "catalog", "", "it is no catalog: %v", err)
	}
	if form.Streams == nil {
		return nil, refuse(ErrInvalidInput, "reading catalog", "catalog", "", "it has no streams")
	}
	c := &Catalog{}
	for _, raw := range form.Streams {
		s, err := parseCatalogStream(raw)
		if err != nil {
			return nil, err
		}
		c.streams = append(c.streams, s)
	}
	return c, nil
}

func parseCatalogStream(raw json.RawMessage) (catalogStream, error) {
	members, err := wire.Members(raw)
	if err != nil {
		return catalogStream{}, refuse(ErrInvalidInput, "reading catalog", "catalog", "", "%v", err)
	}
	var s catalogStream
	var rest []wire.Member
	for _, m := range members {
		switch m.Name {
		case "stream":
			s.Stream = m.Value
		case "config":
			s.Config = m.Value
		default:
			rest = append(rest, wire.Member{Name: camel(m.Name), Value: m.Value})
		}
	}
	if s.Config == nil {
		if s.Config, err = wire.Object(rest); err != nil {
			return s, err
		}
		if s.Stream, err = respell(s.Stream, camel); err != nil {
			return s, err
		}
	}
	if len(s.Stream) == 0 {
		return s, refuse(ErrInvalidInput, "reading catalog", "catalog", "", "a stream has no description")
	}
	s.Config, err = withSelected(s.Config)
	return s, err
}

// withSelected adds the member that servers need in writes where it is absent.
func withSelected(configuration json.RawMessage) (json.RawMessage, error) {
	members, err := wire.Members(configuration)
	if err != nil {
		return nil, refuse(ErrInvalidInput, "reading catalog", "catalog", "", "%v", err)
	}
	for _, m := range members {
		if m.Name == "selected" {
			return configuration, nil
		}
	}
	return wire.Object(append(members, wire.Member{Name: "selected", Value: json.RawMessage("true")}))
}

// Catalog is what the connection can sync and how it does.
func (c *Connection) Catalog(ctx context.Context) (*Catalog, error) {
	req := c.workspace.client.query("getting catalog of connection "+c.id,
		config.WebBackendConnectionRequest{ConnectionID: c.id}, "web_backend", "connections", "get")
	answer, err := ask[struct {
		SyncCatalog json.RawMessage `json:"syncCatalog"`
	}](ctx, c.workspace.client, req, "connection", c.id)
	if err != nil {
		return nil, err
	}
	if len(bytes.TrimSpace(answer.SyncCatalog)) == 0 {
		return nil, &Error{Op: req.Op, Resource: "connection", ID: c.id, Detail: "the answer holds no catalog", Err: ErrNotFound}
	}
	return ParseCatalog(answer.SyncCatalog)
}

// SetCatalog replaces what the connection syncs and how. Streams whose configuration has selected false, and those that are not in the catalog,
// are synced no more. Nothing is reset: no data and no state is deleted.
func (c *Connection) SetCatalog(ctx context.Context, catalog *Catalog) error {
	op := "setting catalog of connection " + c.id
	if catalog == nil || c.id == "" {
		return refuse(ErrInvalidInput, op, "connection", c.id, "an ID and a catalog are needed")
	}
	body := struct {
		ConnectionID string   `json:"connectionId"`
		SyncCatalog  *Catalog `json:"syncCatalog"`
		SkipReset    bool     `json:"skipReset"`
	}{c.id, catalog, true}
	err := c.workspace.client.tell(ctx, c.workspace.client.query(op, body, "web_backend", "connections", "update"), "connection", c.id)
	if err == nil {
		c.info.forget()
	}
	return err
}
