package server_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/airfielddev/airfield"
	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/platform/seal"
	"github.com/airfielddev/airfield/internal/server"
	"github.com/airfielddev/airfield/internal/store/postgres"
	"github.com/airfielddev/airfield/internal/store/sqlite"
	"github.com/airfielddev/airfield/secret"
)

// How much the benchmark of listings lists: connections with a job each, one in ten deleted, and the jobs of one of them.
const (
	listedConnections = 100_000
	listedJobs        = 100_000
)

// BenchmarkListings asks for pages of a hundred at the start, in the middle and at the end of long lists, without the network.
func BenchmarkListings(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) {
		store, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "airfield.db"))
		if err != nil {
			b.Fatal(err)
		}
		defer store.Close()
		newCrowd(b, store).measure(b)
	})
	b.Run("postgres", func(b *testing.B) {
		store, err := postgres.Open(b.Context(), secret.String(ownDatabase(b)))
		if err != nil {
			b.Fatal(err)
		}
		defer store.Close()
		newCrowd(b, store).measure(b)
	})
}

// ownDatabase makes a PostgreSQL database for one benchmark.
func ownDatabase(b *testing.B) string {
	b.Helper()
	address := os.Getenv("AIRFIELD_TEST_POSTGRES_URL")
	if address == "" {
		b.Skip("AIRFIELD_TEST_POSTGRES_URL is not set")
	}
	conn, err := pgx.Connect(b.Context(), address)
	if err != nil {
		b.Fatal(err)
	}
	name := fmt.Sprintf("airfield_listings_%d", os.Getpid())
	if _, err := conn.Exec(b.Context(), "CREATE DATABASE "+name); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		ctx := context.WithoutCancel(b.Context())
		if _, err := conn.Exec(ctx, "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			b.Error(err)
		}
		if err := conn.Close(ctx); err != nil {
			b.Error(err)
		}
	})
	own, err := url.Parse(address)
	if err != nil {
		b.Fatal(err)
	}
	own.Path = "/" + name
	return own.String()
}

// crowd is a server with many connections in its workspace.
type crowd struct {
	server          *server.Server
	token           string
	workspace       string
	common, rare    platform.Tag // of every second connection, and of every thousandth
	busy            string       // the connection with many jobs
	middle, nearEnd string       // connections
	jobInMiddle     int64
}

func newCrowd(b *testing.B, store platform.Store) *crowd {
	b.Helper()
	check := func(err error) {
		if err != nil {
			b.Fatal(err)
		}
	}
	box, err := seal.New([]byte(strings.Repeat("m", 32)))
	check(err)
	p := platform.New(platform.Config{Store: store, Connectors: airfield.NewConnectors(airfield.ConnectorOptions{}), Secrets: box})
	seed, err := p.Seed(b.Context())
	check(err)
	source, err := p.CreateActor(b.Context(), platform.NewActor{
		Kind: connector.KindSource, WorkspaceID: seed.WorkspaceID, Name: "people", Config: json.RawMessage(`{"sourceType":"faker","count":10}`),
	})
	check(err)
	destination, err := p.CreateActor(b.Context(), platform.NewActor{
		Kind: connector.KindDestination, WorkspaceID: seed.WorkspaceID, Name: "nowhere",
		Config: json.RawMessage(`{"destinationType":"dev-null","test_destination":{"test_destination_type":"SILENT"}}`),
	})
	check(err)
	c := &crowd{workspace: seed.WorkspaceID}
	c.common, err = p.CreateTag(b.Context(), seed.WorkspaceID, "common", "aabbcc")
	check(err)
	c.rare, err = p.CreateTag(b.Context(), seed.WorkspaceID, "rare", "aabbcc")
	check(err)
	first, err := p.CreateConnection(b.Context(), platform.NewConnection{SourceID: source.ID, DestinationID: destination.ID})
	check(err)
	check(c.fill(b.Context(), store, first))
	c.server, err = server.New(server.Config{Platform: p, SigningKey: []byte(strings.Repeat("k", 32))})
	check(err)
	w := httptest.NewRecorder()
	c.server.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/v1/applications/token",
		strings.NewReader(quote("client_id", seed.Application.ClientID, "client_secret", seed.ClientSecret))))
	var token struct {
		AccessToken string `json:"access_token"`
	}
	check(json.Unmarshal(w.Body.Bytes(), &token))
	c.token = token.AccessToken
	return c
}

// fill makes copies of a connection, and jobs.
func (c *crowd) fill(ctx context.Context, store platform.Store, first platform.Connection) error {
	const batch = 1000
	start := first.CreatedAt
	c.busy = first.ID
	for from := 0; from < listedConnections; from += batch {
		err := store.Write(ctx, func(tb platform.Tables) error {
			for i := from; i < from+batch; i++ {
				if err := c.add(ctx, tb, first, i, start.Add(time.Duration(i)*time.Millisecond)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	for from := 0; from < listedJobs; from += batch {
		err := store.Write(ctx, func(tb platform.Tables) error {
			for i := from; i < from+batch; i++ {
				id, err := addJob(ctx, tb, first, start.Add(time.Duration(i)*time.Second))
				if err != nil {
					return err
				}
				if i == listedJobs-2*batch {
					c.jobInMiddle = id
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *crowd) add(ctx context.Context, tb platform.Tables, first platform.Connection, i int, at time.Time) error {
	next := first
	next.ID, next.Name, next.CreatedAt = fmt.Sprintf("%08x-0000-4000-8000-000000000000", i*2654435761%(1<<32)), fmt.Sprint("connection ", i), at
	next.TagIDs = nil
	if i%2 == 0 {
		next.TagIDs = append(next.TagIDs, c.common.ID)
	}
	if i%1000 == 0 {
		next.TagIDs = append(next.TagIDs, c.rare.ID)
	}
	if i%10 == 9 {
		next.Status = platform.ConnectionDeprecated
	}
	switch i {
	case listedConnections / 2:
		c.middle = next.ID
	case listedConnections - 200:
		c.nearEnd = next.ID
	}
	if err := tb.Connections.Insert(ctx, next); err != nil {
		return err
	}
	_, err := addJob(ctx, tb, next, at)
	return err
}

func addJob(ctx context.Context, tb platform.Tables, c platform.Connection, at time.Time) (int64, error) {
	j := platform.Job{ConnectionID: c.ID, WorkspaceID: c.WorkspaceID, Type: platform.JobSync, Status: platform.JobSucceeded, CreatedAt: at, StartedAt: at, UpdatedAt: at}
	id, err := tb.Jobs.Insert(ctx, j)
	if err != nil {
		return 0, err
	}
	a := platform.Attempt{Status: platform.AttemptSucceeded, Stats: platform.Stats{RecordsEmitted: 10, RecordsCommitted: 10}, CreatedAt: at, UpdatedAt: at, EndedAt: at}
	return id, tb.Attempts.Put(ctx, id, a)
}

func (c *crowd) measure(b *testing.B) {
	b.Helper()
	deep := listedConnections*9/10 - 100
	for _, l := range []struct{ name, method, path, body string }{
		{"connections/first", "GET", "/v1/connections?limit=100", ""},
		{"connections/middle", "GET", fmt.Sprintf("/v1/connections?limit=100&offset=%d", deep/2), ""},
		{"connections/last", "GET", fmt.Sprintf("/v1/connections?limit=100&offset=%d", deep), ""},
		{"connections/workspace-last", "GET", fmt.Sprintf("/v1/connections?limit=100&offset=%d&workspaceIds=%s", deep, c.workspace), ""},
		{"connections/deleted-last", "GET", fmt.Sprintf("/v1/connections?limit=100&offset=%d&includeDeleted=true", listedConnections-100), ""},
		{"connections/deleted-workspace-last", "GET", fmt.Sprintf("/v1/connections?limit=100&offset=%d&includeDeleted=true&workspaceIds=%s", listedConnections-100, c.workspace), ""},
		{"connections/tag-last", "GET", fmt.Sprintf("/v1/connections?limit=100&offset=%d&tagIds=%s", listedConnections/2-100, c.common.ID), ""},
		{"connections/rare-tag", "GET", "/v1/connections?limit=100&tagIds=" + c.rare.ID, ""},
		{"connections/two-tags-last", "GET", fmt.Sprintf("/v1/connections?limit=100&offset=%d&tagIds=%s,%s", listedConnections/2-100, c.common.ID, c.rare.ID), ""},
		{"list_paginated/last", "POST", "/api/v1/connections/list_paginated", fmt.Sprintf(`{"workspaceIds":[%q],"pagination":{"pageSize":100,"rowOffset":%d}}`, c.workspace, deep)},
		{"web_backend/first", "POST", "/api/v1/web_backend/connections/list", fmt.Sprintf(`{"workspaceId":%q,"pageSize":100}`, c.workspace)},
		{"web_backend/middle", "POST", "/api/v1/web_backend/connections/list", fmt.Sprintf(`{"workspaceId":%q,"pageSize":100,"cursor":%q}`, c.workspace, c.middle)},
		{"web_backend/last", "POST", "/api/v1/web_backend/connections/list", fmt.Sprintf(`{"workspaceId":%q,"pageSize":100,"cursor":%q}`, c.workspace, c.nearEnd)},
		{"web_backend/name", "POST", "/api/v1/web_backend/connections/list", fmt.Sprintf(`{"workspaceId":%q,"pageSize":100,"filters":{"searchTerm":"connection 9999"}}`, c.workspace)},
		{"jobs/first", "GET", "/v1/jobs?limit=100&connectionId=" + c.busy, ""},
		{"jobs/last", "GET", fmt.Sprintf("/v1/jobs?limit=100&offset=%d&connectionId=%s", listedJobs-100, c.busy), ""},
		{"jobs/newest", "GET", "/v1/jobs?limit=100&orderBy=createdAt%7CDESC&connectionId=" + c.busy, ""},
		{"jobs/updated-last", "GET", fmt.Sprintf("/v1/jobs?limit=100&offset=%d&orderBy=updatedAt%%7CDESC&connectionId=%s", listedJobs-100, c.busy), ""},
		{"jobs/failed", "GET", "/v1/jobs?limit=100&status=failed&connectionId=" + c.busy, ""},
		{"jobs/all-last", "GET", fmt.Sprintf("/v1/jobs?limit=100&offset=%d", listedConnections+listedJobs-100), ""},
		{"jobs/list-last", "POST", "/api/v1/jobs/list", fmt.Sprintf(`{"configTypes":["sync"],"configId":%q,"pagination":{"pageSize":100,"rowOffset":%d}}`, c.busy, listedJobs-100)},
		{"jobs/get", "GET", fmt.Sprint("/v1/jobs/", c.jobInMiddle), ""},
	} {
		b.Run(l.name, func(b *testing.B) {
			best := time.Hour
			for b.Loop() {
				began := time.Now()
				r := httptest.NewRequest(l.method, l.path, strings.NewReader(l.body))
				r.Header.Set("Authorization", "Bearer "+c.token)
				w := httptest.NewRecorder()
				if c.server.ServeHTTP(w, r); w.Code != http.StatusOK {
					b.Fatal(w.Code, w.Body.String())
				}
				best = min(best, time.Since(began))
			}
			b.ReportMetric(float64(best.Microseconds())/1000, "best-ms/op")
		})
	}
}
