// Package lines writes streams to files of text, a file for each stream and a line for each record. Files that records are about go
// into a folder beside them.
//
// A commit is an fsync. A new generation is written to a file beside the one it replaces, and renamed over it when the
// stream is complete.
package lines

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/builtin/batch"
	"github.com/airfielddev/airfield/internal/builtin/table"
	"github.com/airfielddev/airfield/protocol"
)

// commitBytes is how much is written between two commits. It is more than the default because an fsync waits for the disk,
// and files take bytes faster than databases take rows.
const commitBytes = 64 << 20

// Format is how records become lines. Lines have no line breaks inside.
type Format interface {
	// Extension is what the names of files end with, such as ".csv".
	Extension() string
	// Header is the first line of each file with its line break; nil: none.
	Header() []byte
	// Generation reads the generation off a line.
	Generation(line []byte) (int64, bool)
	// Encoder writes the lines of one stream.
	Encoder(stream *protocol.ConfiguredStream) batch.Encoder
}

// naming keeps names portable: file systems that do not tell cases apart exist, and names are short everywhere.
var naming = table.Naming{MaxBytes: 200, FoldCase: true}

// Writer writes the streams of one sync into a directory.
type Writer struct {
	Dir     string
	Format  Format
	Staging string // the folder of the files that records are about; "": none has one
}

// Write stores the records of a sync. See [connector.Destination].
func (w *Writer) Write(ctx context.Context, catalog *protocol.ConfiguredCatalog, in connector.Messages, emit connector.Emit) (err error) {
	if err := requireAppending(catalog); err != nil {
		return err
	}
	if err := os.MkdirAll(w.Dir, 0o755); err != nil {
		return connector.ConfigError("creating directory %s: %w", w.Dir, err)
	}
	job := batch.Job{Catalog: catalog, Emit: emit, CommitBytes: commitBytes}
	st := &store{dir: w.Dir}
	defer func() { err = errors.Join(err, st.close()) }()
	if w.Staging != "" {
		if st.taken, err = openFiles(w.Staging, w.Dir); err != nil {
			return err
		}
	}
	for i, name := range w.names(catalog) {
		f, err := w.prepare(&catalog.Streams[i], name)
		if err != nil {
			return streamError(&catalog.Streams[i], err)
		}
		st.files = append(st.files, f)
		encoder, err := w.encoder(&catalog.Streams[i], name, st.taken)
		if err != nil {
			return streamError(&catalog.Streams[i], err)
		}
		job.Encoders = append(job.Encoders, encoder)
		where := fmt.Sprintf("stream %s is written to %s", catalog.Streams[i].Descriptor(), f.path())
		if err := emit(protocol.LogMessage(protocol.LevelInfo, where)); err != nil {
			return err
		}
	}
	if err := syncDir(w.Dir); err != nil {
		return err
	}
	job.Store = st
	return batch.Run(ctx, job, in)
}

// encoder writes the lines of a stream, and takes the files of its records where they are asked for.
func (w *Writer) encoder(s *protocol.ConfiguredStream, name string, files *takenFiles) (batch.Encoder, error) {
	inner := w.Format.Encoder(s)
	if files == nil || !s.MovesFiles() {
		return inner, nil
	}
	return files.encoder(inner, name)
}

// requireAppending refuses modes that need rows to be found again.
func requireAppending(catalog *protocol.ConfiguredCatalog) error {
	for i := range catalog.Streams {
		switch mode := catalog.Streams[i].DestinationSyncMode; mode {
		case protocol.Append, protocol.Overwrite, "":
		default:
			return streamError(&catalog.Streams[i], connector.ConfigError("files cannot be written in mode %s; choose append or overwrite", mode))
		}
	}
	return nil
}

func streamError(s *protocol.ConfiguredStream, err error) error {
	d := s.Descriptor()
	return &connector.Error{Type: connector.FailureOf(err), Message: err.Error(), Stream: &d, Cause: err}
}

// Path is the file of a stream, as long as no other stream of the sync has a name that is the same to file systems.
func (w *Writer) Path(d protocol.StreamDescriptor) string {
	return filepath.Join(w.Dir, w.fileName(naming.Name(text(d))))
}

// fileName is what Airbyte's destinations for files call a stream's file.
func (w *Writer) fileName(name string) string { return "_airbyte_raw_" + name + w.Format.Extension() }

func text(d protocol.StreamDescriptor) string {
	if d.Namespace == "" {
		return d.Name
	}
	return d.Namespace + "_" + d.Name
}

func (w *Writer) names(catalog *protocol.ConfiguredCatalog) []string {
	texts := make([]string, len(catalog.Streams))
	for i := range catalog.Streams {
		texts[i] = text(catalog.Streams[i].Descriptor())
	}
	return naming.Distinct(texts)
}

// prepare drops what other generations left aside and opens the file that the stream's lines go to.
func (w *Writer) prepare(s *protocol.ConfiguredStream, name string) (*file, error) {
	final := filepath.Join(w.Dir, w.fileName(name))
	f := &file{final: final}
	truncates := s.Truncates() || s.DestinationSyncMode == protocol.Overwrite
	aside := final + ".generation-" + strconv.FormatInt(s.GenerationID, 10)
	waits, err := dropAside(final, aside, s.Truncates() || !truncates)
	if err != nil {
		return nil, err
	}
	if truncates && (waits || !s.Truncates() || !w.alreadyVisible(final, s.GenerationID)) {
		f.aside = aside
	}
	if err := f.open(w.Format.Header()); err != nil {
		return nil, errors.Join(err, f.close())
	}
	if waits && !truncates {
		err = f.adopt(aside, len(w.Format.Header()))
	}
	return f, err
}

// dropAside removes the files of other generations, and of this one unless it goes on.
func dropAside(final, aside string, goesOn bool) (waits bool, err error) {
	found, err := filepath.Glob(escapeGlob(final) + ".generation-*")
	if err != nil {
		return false, err
	}
	for _, path := range found {
		if path == aside && goesOn {
			waits = true
			continue
		}
		if err := os.Remove(path); err != nil {
			return false, fmt.Errorf("removing the file of another generation: %w", err)
		}
	}
	return waits, nil
}

func escapeGlob(path string) string {
	var out []rune
	for _, r := range path {
		if r == '*' || r == '?' || r == '[' || r == '\\' {
			out = append(out, '\\')
		}
		out = append(out, r)
	}
	return string(out)
}

// alreadyVisible tells whether the first record of a file is of a generation: then an earlier attempt completed it.
func (w *Writer) alreadyVisible(path string, generation int64) bool {
	line, err := firstRecord(path, len(w.Format.Header()))
	if err != nil {
		return false
	}
	found, ok := w.Format.Generation(line)
	return ok && found == generation
}

// Check makes the directory and a file in it, which goes again.
func (w *Writer) Check() error {
	if err := os.MkdirAll(w.Dir, 0o755); err != nil {
		return connector.ConfigError("creating directory %s: %w", w.Dir, err)
	}
	f, err := os.CreateTemp(w.Dir, ".airbyte_connection_test_*")
	if err != nil {
		return connector.ConfigError("writing to directory %s: %w", w.Dir, err)
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}
