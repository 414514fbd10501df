package declarative

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/manifest"
)

// StreamConfig is one stream of a manifest.
type StreamConfig struct {
	Name            string               `manifest:"name"`
	Retriever       Of[Retriever]        `manifest:"retriever,required,default=SimpleRetriever"`
	Incremental     Of[IncrementalSync]  `manifest:"incremental_sync"`
	PrimaryKey      PrimaryKey           `manifest:"primary_key"`
	SchemaLoader    SchemaLoaders        `manifest:"schema_loader,default=JsonFileSchemaLoader"`
	Transformations []Of[Transformation] `manifest:"transformations"`
	Migrations      []Of[StateMigration] `manifest:"state_migrations"`
	FileUploader    *FileUploader        `manifest:"file_uploader"`
}

// UnmarshalManifest checks what the fields say together.
func (c *StreamConfig) UnmarshalManifest(d *manifest.Decoder, n *manifest.Node) {
	type plain StreamConfig
	d.Decode(n, (*plain)(c))
	c.checkLess(d, n)
}

// StateMigration brings states of earlier versions of a connector into the present form. It gives back the state unchanged when
// there is nothing to do.
type StateMigration interface {
	Migrate(state json.RawMessage, stream *Stream) (json.RawMessage, error)
}

// Stream is a stream ready to be read.
type Stream struct {
	Name        string
	PrimaryKey  [][]string
	Schemas     SchemaLoader
	Retriever   Retriever
	Incremental IncrementalSync // nil: the stream is always read in full
	files       *fileUploader   // nil: records are not about files
	migrations  []StateMigration
	rules       *recordRules
	choices     *choices // nil: there is but one way to read the stream
}

// Build makes the stream, for one check, discover or read.
func (c *StreamConfig) Build(env *Env) (*Stream, error) {
	env = env.in(c.Name)
	s := &Stream{Name: c.Name, PrimaryKey: c.PrimaryKey}
	loader, err := c.SchemaLoader.Build(env)
	if err != nil {
		return nil, err
	}
	s.Schemas = &cachedSchema{loader: loader}
	rules := &recordRules{}
	if rules.transformations, err = buildAll(env, c.Transformations); err != nil {
		return nil, err
	}
	env.records = rules
	if s.Incremental, err = c.Incremental.Build(env); err != nil {
		return nil, err
	}
	if f, ok := s.Incremental.(interface{ FiltersRecords() bool }); ok {
		rules.clientSide = f.FiltersRecords()
	}
	if s.Retriever, err = c.Retriever.Build(env); err != nil {
		return nil, err
	}
	if c.FileUploader != nil {
		if s.files, err = c.FileUploader.build(env); err != nil {
			return nil, err
		}
	}
	s.rules = rules
	s.migrations, err = buildAll(env, c.Migrations)
	return s, err
}

func buildAll[T any](env *Env, slots []Of[T]) ([]T, error) {
	list := make([]T, len(slots))
	for i := range slots {
		var err error
		if list[i], err = slots[i].Build(env); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// ready tells why no read of the stream can begin, where that needs neither a state nor partitions to know.
func (s *Stream) ready() error {
	if s.choices != nil {
		return s.choices.full.ready()
	}
	r, ok := s.Incremental.(interface{ Ready() error })
	if !ok || s.Retriever.Router() != nil {
		return nil
	}
	return r.Ready()
}

// Open begins a read from a state, which may be nil.
func (s *Stream) Open(state json.RawMessage) (Cursor, error) {
	if s.choices != nil {
		return s.choices.open(state)
	}
	router := s.Retriever.Router()
	cursor, err := s.open(state, router)
	if p, ok := s.Retriever.(Preparer); ok && err == nil {
		cursor = p.Prepare(cursor)
	}
	return cursor, err
}

func (s *Stream) open(state json.RawMessage, router PartitionRouter) (Cursor, error) {
	if s.Incremental == nil {
		return newFullCursor(router)
	}
	for _, m := range s.migrations {
		if state == nil {
			break
		}
		var err error
		if state, err = m.Migrate(state, s); err != nil {
			return nil, fmt.Errorf("migrating state of stream %s: %w", s.Name, err)
		}
	}
	return s.Incremental.Open(CursorInput{Stream: s.Name, State: state, Router: router})
}

// ReadSlice calls yield for each record of a slice. The cursor has yet to observe them, and to be told that the slice was read.
func (s *Stream) ReadSlice(ctx context.Context, cursor Cursor, slice Slice, yield func(*template.Dict) error) error {
	if c, ok := cursor.(chosenCursor); ok {
		return c.stream.ReadSlice(ctx, c.Cursor, slice, yield)
	}
	q, err := cursor.Query(slice)
	if err != nil {
		return err
	}
	if s.rules.normalizes {
		if q.Schema, err = s.Schemas.Schema(ctx, s.Name); err != nil {
			return err
		}
	}
	return s.Retriever.Read(ctx, q, yield)
}

// PrimaryKey is the paths of the fields that name a record. A manifest writes one name, a list of names, or a list of lists.
type PrimaryKey [][]string

// UnmarshalManifest reads all spellings.
func (k *PrimaryKey) UnmarshalManifest(d *manifest.Decoder, n *manifest.Node) {
	if n.Null() {
		return
	}
	if n.Kind() == manifest.Scalar {
		if n.Text() != "" {
			*k = PrimaryKey{{n.Text()}}
		}
		return
	}
	for i, item := range n.Items() {
		if item.Kind() == manifest.Scalar {
			*k = append(*k, []string{item.Text()})
			continue
		}
		var path []string
		d.In("["+strconv.Itoa(i)+"]", func() { d.Decode(item, &path) })
		if len(path) > 0 {
			*k = append(*k, path)
		}
	}
}

var errNoSlices = errors.New("no stream slices were found, likely because the parent stream is empty")
