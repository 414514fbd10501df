package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"time"

	"github.com/airfielddev/airfield"
	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/pipeline"
	"github.com/airfielddev/airfield/protocol"
)

// childCommand makes the program run one sync and print what it saw. Each measurement has a process of its own, so that its
// memory is its own.
const childCommand = "one-sync"

// oneSync says what a child does.
type oneSync struct {
	Source, Destination             string // names; no destination: records are dropped as the source emits them
	Manifest                        string // of the source, which is then no more than a name
	SourceConfig, DestinationConfig json.RawMessage
	Stream                          string
	Dedup                           bool
}

type outcome struct {
	Rows    int64
	Seconds float64
	Peak    int64 // bytes of resident memory at most
	Private int64 `json:"-"` // of them, those that are no pages of files; seen from outside
}

// inChild runs a sync in a process of its own.
func inChild(ctx context.Context, job oneSync) (outcome, error) {
	self, err := os.Executable()
	if err != nil {
		return outcome{}, err
	}
	body, err := json.Marshal(job)
	if err != nil {
		return outcome{}, err
	}
	cmd := exec.CommandContext(ctx, self, childCommand)
	cmd.Stdin, cmd.Stderr = bytes.NewReader(body), os.Stderr
	return outcomeOf(cmd)
}

// outcomeOf runs a program that prints its outcome.
func outcomeOf(cmd *exec.Cmd) (outcome, error) {
	out, private, err := watched(cmd)
	if err != nil {
		return outcome{}, fmt.Errorf("measuring in a child: %w", err)
	}
	var o outcome
	if err := json.Unmarshal(out, &o); err != nil {
		return outcome{}, fmt.Errorf("reading what a child has measured: %w", err)
	}
	o.Private = private
	return o, nil
}

func (o outcome) sample() sample {
	return sample{Rate: float64(o.Rows) / o.Seconds, Peak: o.Peak, Private: o.Private}
}

func child() int {
	var job oneSync
	err := json.NewDecoder(os.Stdin).Decode(&job)
	if err == nil {
		var o outcome
		if o, err = job.run(context.Background()); err == nil {
			err = json.NewEncoder(os.Stdout).Encode(o)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func (j oneSync) run(ctx context.Context) (outcome, error) {
	connectors := airfield.NewConnectors(airfield.ConnectorOptions{AllowPrivateAddresses: true})
	source, err := connectors.Source(ctx, j.ref())
	if err != nil {
		return outcome{}, err
	}
	catalog, err := j.catalog(ctx, source)
	if err != nil {
		return outcome{}, err
	}
	if j.Destination == "" {
		return j.drop(ctx, source, catalog)
	}
	destination, err := connectors.Destination(ctx, connector.Ref{Name: j.Destination})
	if err != nil {
		return outcome{}, err
	}
	start := time.Now()
	result := pipeline.Run(ctx, pipeline.Job{
		Source: source, SourceConfig: j.SourceConfig,
		Destination: destination, DestinationConfig: j.DestinationConfig,
		SupportsRefreshes: true, Catalog: catalog,
	})
	if result.Status != pipeline.Succeeded {
		return outcome{}, fmt.Errorf("the sync ended %s: %+v", result.Status, result.Failures)
	}
	return outcome{Rows: result.Counts.Total.RecordsCommitted, Seconds: time.Since(start).Seconds(), Peak: peakMemory()}, nil
}

func (j oneSync) ref() connector.Ref {
	ref := connector.Ref{Name: j.Source}
	if j.Manifest != "" {
		ref.Manifest = []byte(j.Manifest)
	}
	return ref
}

// drop reads without anything behind the source.
func (j oneSync) drop(ctx context.Context, source connector.Source, catalog protocol.ConfiguredCatalog) (outcome, error) {
	var rows int64
	start := time.Now()
	err := source.Read(ctx, connector.ReadRequest{Config: j.SourceConfig, Catalog: catalog}, func(m protocol.Message) error {
		if m.Type == protocol.TypeRecord {
			rows++
		}
		return nil
	})
	return outcome{Rows: rows, Seconds: time.Since(start).Seconds(), Peak: peakMemory()}, err
}

func (j oneSync) catalog(ctx context.Context, source connector.Source) (protocol.ConfiguredCatalog, error) {
	found, err := source.Discover(ctx, j.SourceConfig, connector.Discard)
	if err != nil {
		return protocol.ConfiguredCatalog{}, err
	}
	for _, stream := range found.Streams {
		if stream.Name != j.Stream {
			continue
		}
		configured := protocol.ConfiguredStream{
			Stream: stream, SyncMode: protocol.FullRefresh, DestinationSyncMode: protocol.Append,
			CursorField: stream.DefaultCursorField, PrimaryKey: stream.SourceDefinedPrimaryKey, GenerationID: 1, SyncID: 1,
		}
		if j.Dedup {
			configured.SyncMode, configured.DestinationSyncMode = protocol.Incremental, protocol.AppendDedup
		}
		return protocol.ConfiguredCatalog{Streams: []protocol.ConfiguredStream{configured}}, nil
	}
	return protocol.ConfiguredCatalog{}, fmt.Errorf("%s has no stream %s", j.Source, j.Stream)
}

// jsonBody is a value as the body of a request.
func jsonBody(v any) *bytes.Reader { return bytes.NewReader(encode(v)) }
