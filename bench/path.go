package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

const benchSchema = "airfield_bench"

// pathComparisons measure the sync path from the faker's users to each destination.
func pathComparisons(s settings) []comparison {
	users := func(destination string, config any) oneSync {
		return oneSync{Source: "source-faker", SourceConfig: fakerConfig(s.rows), Stream: "users", Destination: destination, DestinationConfig: encode(config)}
	}
	nothing := measured(users("", nil))
	list := []comparison{
		{"path: faker to dev-null", "records/s", measured(users("destination-dev-null", map[string]any{"test_destination": map[string]any{"test_destination_type": "SILENT"}})), nothing, "the faker alone"},
		{"path: faker to local-json", "records/s", fresh(s, users, "destination-local-json", "json"), rawFile(s), "writing the same bytes to a file"},
		{"path: faker to csv", "records/s", fresh(s, users, "destination-csv", "csv"), nil, ""},
		{"path: faker to sqlite", "records/s", fresh(s, users, "destination-sqlite", "db"), rawSQLite(s), "bare inserts of the same rows, 100 a statement"},
	}
	if s.postgres == "" {
		fmt.Fprintln(os.Stderr, "AIRFIELD_TEST_POSTGRES_URL is not set: PostgreSQL is not measured")
		return list
	}
	config, err := postgresConfig(s.postgres)
	if err != nil {
		fmt.Fprintln(os.Stderr, "AIRFIELD_TEST_POSTGRES_URL:", err)
		return list
	}
	appended := users("destination-postgres", config)
	dedup := appended
	dedup.Dedup = true
	return append(list,
		comparison{"path: faker to postgres", "records/s", emptied(s, appended), bareCopy(s), "COPY of the same rows from a file"},
		comparison{"path: faker to postgres, deduped", "records/s", emptied(s, dedup), bareCopy(s), "COPY of the same rows from a file"},
		comparison{"path: postgres to dev-null", "records/s", measured(oneSync{
			Source: "source-postgres", SourceConfig: encode(sourceConfig(config)), Stream: "users", Destination: "destination-dev-null",
			DestinationConfig: encode(map[string]any{"test_destination": map[string]any{"test_destination_type": "SILENT"}}),
		}), bareCopyOut(s), "COPY of the same table to nowhere"},
	)
}

func fakerConfig(rows int64) json.RawMessage {
	return encode(map[string]any{"count": rows, "seed": 1, "records_per_slice": 10_000})
}

func encode(v any) json.RawMessage {
	body, err := json.Marshal(v)
	if err != nil {
		panic(err) // plain maps of plain values
	}
	return body
}

// measured runs one sync and counts at the sink's own count.
func measured(job oneSync) side {
	return func(ctx context.Context) (sample, error) {
		o, err := inChild(ctx, job)
		if err != nil {
			return sample{}, err
		}
		return o.sample(), nil
	}
}

// fresh measures a sync into a place of its own, which is removed afterwards.
func fresh(s settings, users func(string, any) oneSync, destination, name string) side {
	return func(ctx context.Context) (sample, error) {
		dir, err := os.MkdirTemp(s.dir, name)
		if err != nil {
			return sample{}, err
		}
		defer os.RemoveAll(dir)
		path := dir
		if name == "db" {
			path = filepath.Join(dir, "users.db")
		}
		return measured(users(destination, map[string]any{"destination_path": path}))(ctx)
	}
}

// emptied measures a sync into an empty schema.
func emptied(s settings, job oneSync) side {
	return func(ctx context.Context) (sample, error) {
		if err := execute(ctx, s.postgres, "drop schema if exists "+benchSchema+" cascade"); err != nil {
			return sample{}, err
		}
		return measured(job)(ctx)
	}
}

func postgresConfig(address string) (map[string]any, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	port, err := strconv.Atoi(u.Port())
	if err != nil {
		return nil, fmt.Errorf("port: %w", err)
	}
	password, _ := u.User.Password()
	return map[string]any{
		"host": u.Hostname(), "port": port, "database": strings.TrimPrefix(u.Path, "/"), "schema": benchSchema,
		"username": u.User.Username(), "password": password, "ssl_mode": map[string]any{"mode": "disable"},
	}, nil
}

// sourceConfig is the same server as source-postgres is told of it.
func sourceConfig(destination map[string]any) map[string]any {
	config := map[string]any{"schemas": []string{benchSchema}, "replication_method": map[string]any{"method": "Standard"}}
	for key, value := range destination {
		if key != "schema" {
			config[key] = value
		}
	}
	return config
}
