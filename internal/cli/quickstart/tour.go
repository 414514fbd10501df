package quickstart

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"github.com/airfielddev/airfield/cloud"
	"github.com/airfielddev/airfield/internal/cli/output"
	"github.com/airfielddev/airfield/internal/cli/progress"
	"github.com/airfielddev/airfield/internal/cli/session"
	"github.com/airfielddev/airfield/internal/server/embed"
	"github.com/airfielddev/airfield/secret"
)

// The names of what is deployed.
const (
	sourceName      = "people"
	destinationName = "lake"
	connectionName  = "people-to-lake"
)

// tour is one walk through all the steps.
type tour struct {
	session   *session.Session
	printer   *output.Printer
	options   options
	server    *embed.Server
	workspace *cloud.Workspace
	database  string // the destination's file
	began     time.Time

	source      *cloud.Source
	destination *cloud.Destination
	connection  *cloud.Connection
	result      *cloud.SyncResult
}

func newTour(s *session.Session, o options, dir string, server *embed.Server) (*tour, error) {
	p, err := s.Printer()
	if err != nil {
		return nil, err
	}
	workspace, err := cloud.NewWorkspace(server.Credentials.WorkspaceID, cloud.Config{
		ClientID: server.Credentials.ClientID, ClientSecret: secret.String(server.Credentials.ClientSecret),
		APIRoot: server.Credentials.APIRoot, Logger: s.Logger(),
	})
	if err != nil {
		return nil, err
	}
	return &tour{
		session: s, printer: p, options: o, server: server, workspace: workspace,
		database: filepath.Join(dir, "lake.db"), began: s.World.Now(),
	}, nil
}

func (t *tour) sourceConfig() cloud.Configuration {
	return cloud.Configuration{"sourceType": "faker", "count": t.options.count, "seed": 1}
}

func (t *tour) destinationConfig() cloud.Configuration {
	return cloud.Configuration{"destinationType": "sqlite", "destination_path": t.database}
}

func (t *tour) walk(ctx context.Context) error {
	t.say("server       %s\n", t.server.URL)
	for _, step := range []func(context.Context) error{t.deploySource, t.deployDestination, t.connect, t.sync} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (t *tour) deploySource(ctx context.Context) (err error) {
	if t.source, err = t.workspace.EnsureSource(ctx, sourceName, t.sourceConfig()); err != nil {
		return err
	}
	check, err := t.source.Check(ctx)
	if err != nil {
		return err
	}
	t.say("source       %s, made-up people, check: %s\n", sourceName, check)
	return check.Err()
}

func (t *tour) deployDestination(ctx context.Context) (err error) {
	if t.destination, err = t.workspace.EnsureDestination(ctx, destinationName, t.destinationConfig()); err != nil {
		return err
	}
	check, err := t.destination.Check(ctx)
	if err != nil {
		return err
	}
	t.say("destination  %s, %s, check: %s\n", destinationName, t.database, check)
	return check.Err()
}

// connect takes the connection that an earlier run in the same directory has left.
func (t *tour) connect(ctx context.Context) error {
	for c, err := range t.workspace.Connections(ctx, cloud.ByName(connectionName), cloud.Limit(1)) {
		t.connection = c
		if err != nil {
			return err
		}
	}
	if t.connection == nil {
		c, err := t.workspace.DeployConnection(ctx, cloud.ConnectionSpec{
			Name: connectionName, Source: t.source, Destination: t.destination, AllStreams: true,
		})
		if err != nil {
			return err
		}
		t.connection = c
	}
	streams, err := t.connection.StreamNames(ctx)
	if err != nil {
		return err
	}
	t.say("connection   %s, %d streams\n", connectionName, len(streams))
	return nil
}

// pollInterval is short, because the server is in this process.
const pollInterval = 50 * time.Millisecond

// There are about two records for each person, the person and a purchase, and some products.
const perPerson, products = 2, 100

func (t *tour) sync(ctx context.Context) (err error) {
	bar := progress.Start(t.session.World, "sync", int64(perPerson*t.options.count+products))
	defer bar.Stop()
	t.result, err = t.connection.RunSync(ctx, cloud.CancelOnTimeout(), cloud.PollEvery(pollInterval), cloud.OnProgress(bar.Update))
	return err
}

// summary is what a program learns from a walk.
type summary struct {
	URL           string         `json:"url"`
	WorkspaceID   string         `json:"workspaceId"`
	SourceID      string         `json:"sourceId"`
	DestinationID string         `json:"destinationId"`
	ConnectionID  string         `json:"connectionId"`
	JobID         int64          `json:"jobId"`
	Status        string         `json:"status"`
	Records       int64          `json:"rowsSynced"`
	Bytes         int64          `json:"bytesSynced"`
	Rows          map[string]int `json:"rows"` // in the destination, by stream
	Seconds       float64        `json:"seconds"`
}

func (t *tour) summary(ctx context.Context, rows map[string]int) (summary, error) {
	info, err := t.result.Info(ctx)
	if err != nil {
		return summary{}, err
	}
	return summary{
		URL: t.server.URL, WorkspaceID: t.workspace.ID(), SourceID: t.source.ID(), DestinationID: t.destination.ID(),
		ConnectionID: t.connection.ID(), JobID: info.ID, Status: string(info.Status), Records: info.RecordsSynced,
		Bytes: info.BytesSynced, Rows: rows, Seconds: t.session.World.Now().Sub(t.began).Seconds(),
	}, nil
}

func (s summary) String() string {
	return fmt.Sprintf("job %d %s, %d records, %s", s.JobID, s.Status, s.Records, progress.Bytes(s.Bytes))
}
