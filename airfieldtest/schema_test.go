package airfieldtest_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield/airfieldtest"
	"github.com/airfielddev/airfield/cloud"
	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/protocol"
)

// shop is a source over an SQLite database: its streams are the tables of the moment, read in full or by the cursor that is chosen.
type shop struct{ path string }

func (s shop) Spec(context.Context) (protocol.Spec, error) {
	return protocol.Spec{ConnectionSpecification: json.RawMessage(`{"type":"object"}`)}, nil
}

func (s shop) Check(context.Context, json.RawMessage, connector.Emit) (protocol.ConnectionStatus, error) {
	return connector.Succeeded(), nil
}

func (s shop) Discover(ctx context.Context, _ json.RawMessage, _ connector.Emit) (protocol.Catalog, error) {
	db, err := sql.Open("sqlite", s.path)
	if err != nil {
		return protocol.Catalog{}, err
	}
	defer db.Close()
	rows, err := db.QueryContext(ctx, `select m.name, c.name, c.type, c.pk from sqlite_master m, pragma_table_info(m.name) c where m.type = 'table' order by 1, c.cid`)
	if err != nil {
		return protocol.Catalog{}, err
	}
	defer rows.Close()
	var catalog protocol.Catalog
	fields := map[string]map[string]any{}
	for rows.Next() {
		var table, column, kind string
		var key bool
		if err := rows.Scan(&table, &column, &kind, &key); err != nil {
			return catalog, err
		}
		if fields[table] == nil {
			fields[table] = map[string]any{}
			catalog.Streams = append(catalog.Streams, protocol.Stream{
				Name: table, SupportedSyncModes: []protocol.SyncMode{protocol.FullRefresh, protocol.Incremental},
			})
		}
		fields[table][column] = map[string]any{"type": []string{"null", map[string]string{"INTEGER": "integer"}[kind] + map[string]string{"TEXT": "string"}[kind]}}
	}
	for i := range catalog.Streams {
		s := &catalog.Streams[i]
		if s.JSONSchema, err = json.Marshal(map[string]any{"type": "object", "properties": fields[s.Name]}); err != nil {
			return catalog, err
		}
	}
	return catalog, rows.Err()
}

func (s shop) Read(ctx context.Context, req connector.ReadRequest, emit connector.Emit) error {
	db, err := sql.Open("sqlite", s.path)
	if err != nil {
		return err
	}
	defer db.Close()
	for _, stream := range req.Catalog.Streams {
		if err := s.read(ctx, db, stream, req.State, emit); err != nil {
			return err
		}
	}
	return nil
}

func (s shop) read(ctx context.Context, db *sql.DB, stream protocol.ConfiguredStream, states []*protocol.State, emit connector.Emit) error {
	after := int64(-1)
	for _, state := range states {
		if stream.SyncMode == protocol.Incremental && state.Stream.StreamDescriptor == stream.Descriptor() {
			if err := json.Unmarshal(state.Stream.StreamState, &after); err != nil {
				return err
			}
		}
	}
	rows, err := db.QueryContext(ctx, "select * from "+stream.Stream.Name+" where id > ? order by id", after)
	if err != nil {
		return err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	for rows.Next() {
		values := make([]any, len(columns))
		at := make([]any, len(columns))
		for i := range values {
			at[i] = &values[i]
		}
		if err := rows.Scan(at...); err != nil {
			return err
		}
		record := map[string]any{}
		for i, c := range columns {
			record[c] = values[i]
		}
		data, err := json.Marshal(record)
		if err != nil {
			return err
		}
		after = max(after, record["id"].(int64))
		if err := emit(protocol.RecordMessage(protocol.Record{Stream: stream.Stream.Name, Data: data, EmittedAt: 1})); err != nil {
			return err
		}
	}
	if stream.SyncMode == protocol.Incremental {
		if err := emit(protocol.StateMessage(protocol.NewStreamState(stream.Descriptor(), fmt.Append(nil, after)))); err != nil {
			return err
		}
	}
	return rows.Err()
}

// market is a shop, what it is synced into, and the server between the two.
type market struct {
	*airfieldtest.Server
	t          *testing.T
	from, into string
	connection *cloud.Connection
}

// newMarket connects a shop with the tables people and orders, of which some streams are selected.
func newMarket(t *testing.T, changes cloud.SchemaChanges, streams ...cloud.Stream) *market {
	t.Helper()
	m := &market{t: t, from: filepath.Join(t.TempDir(), "shop.db"), into: filepath.Join(t.TempDir(), "lake.db")}
	m.exec(`create table people (id integer, name text, age integer)`, `create table orders (id integer, total integer)`,
		`insert into people values (1, 'Ada', 36)`, `insert into orders values (1, 10)`)
	m.Server = airfieldtest.New(t, airfieldtest.WithSource("shop", shop{m.from}))
	source, err := m.Workspace.DeploySource(t.Context(), "shop", cloud.Configuration{"sourceType": "shop"})
	if err != nil {
		t.Fatal(err)
	}
	lake, err := m.Workspace.DeployDestination(t.Context(), "lake", cloud.Configuration{"destinationType": "sqlite", "destination_path": m.into})
	if err != nil {
		t.Fatal(err)
	}
	m.connection, err = m.Workspace.DeployConnection(t.Context(), cloud.ConnectionSpec{
		Name: "market", Source: source, Destination: lake, Streams: streams, SchemaChanges: changes,
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// exec changes the shop.
func (m *market) exec(statements ...string) {
	m.t.Helper()
	db, err := sql.Open("sqlite", m.from)
	if err != nil {
		m.t.Fatal(err)
	}
	defer db.Close()
	for _, s := range statements {
		if _, err := db.ExecContext(m.t.Context(), s); err != nil {
			m.t.Fatal(err)
		}
	}
}

// tomorrow is when the schema is looked at again.
func (m *market) tomorrow() {
	m.t.Helper()
	if err := m.Clock.Advance(m.t.Context(), 25*time.Hour); err != nil {
		m.t.Fatal(err)
	}
}

// sync runs a sync to its end.
func (m *market) sync(want cloud.JobStatus) *cloud.SyncResult {
	m.t.Helper()
	result, err := m.connection.RunSync(m.t.Context())
	if result == nil {
		m.t.Fatalf("syncing: %v", err)
	}
	info, err := result.Info(m.t.Context())
	if err != nil {
		m.t.Fatal(err)
	}
	if info.Status != want {
		m.t.Fatalf("the sync is %s, want %s: %s", info.Status, want, m.log(result))
	}
	return result
}

// log is what was logged by all attempts of a sync.
func (m *market) log(result *cloud.SyncResult) string {
	m.t.Helper()
	lines, err := cloud.Collect(result.Logs(m.t.Context()))
	if err != nil {
		m.t.Fatal(err)
	}
	return fmt.Sprint(lines)
}

// columns are those of the user in each table of the destination: "people(age id name)".
func (m *market) columns() []string {
	m.t.Helper()
	var out []string
	for _, row := range table(m.t, m.into, `select m.name as t, group_concat(c.name, ' ') as c from sqlite_master m, pragma_table_info(m.name) c
		where m.type = 'table' and c.name not like '\_%' escape '\' and m.name not like '\_%' escape '\' group by m.name order by m.name`) {
		names := strings.Fields(row["c"])
		slices.Sort(names)
		out = append(out, row["t"]+"("+strings.Join(names, " ")+")")
	}
	return out
}

func (m *market) want(columns ...string) {
	m.t.Helper()
	if diff := cmp.Diff(columns, m.columns()); diff != "" {
		m.t.Errorf("columns of the destination (-want +got):\n%s", diff)
	}
}

// config asks the Config API about the connection.
func (m *market) config(path, more string) map[string]any {
	m.t.Helper()
	return m.post("/api/v1"+path, `{"connectionId":"`+m.connection.ID()+`"`+more+`}`, m.token())
}

func (m *market) token() string {
	m.t.Helper()
	answer := m.post("/api/v1/applications/token", fmt.Sprintf(`{"client_id":%q,"client_secret":%q}`, m.Config.ClientID, m.Config.ClientSecret.Reveal()), "")
	return answer["access_token"].(string)
}

func (m *market) post(path, body, token string) (out map[string]any) {
	m.t.Helper()
	req, err := http.NewRequestWithContext(m.t.Context(), http.MethodPost, m.URL+path, bytes.NewBufferString(body))
	if err != nil {
		m.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		m.t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(&out); err != nil || resp.StatusCode != http.StatusOK {
		m.t.Fatalf("%s: status %d, %v: %v", path, resp.StatusCode, err, out)
	}
	return out
}

// wantSchema checks what the web reads of the connection.
func (m *market) wantSchema(change, status string) {
	m.t.Helper()
	c := m.config("/web_backend/connections/get", "")
	if c["schemaChange"] != change || c["status"] != status {
		m.t.Errorf("schemaChange %v, status %v (%v); want %s, %s", c["schemaChange"], c["status"], c["statusReason"], change, status)
	}
}

func people(fields ...string) cloud.Stream {
	return cloud.Stream{Name: "people", SelectedFields: fields}
}

// change is what happens to the shop between two syncs.
var change = []string{
	`alter table people add column email text`, `alter table people drop column age`, `update people set email = 'ada@example.com'`,
	`drop table orders`, `create table visits (id integer, page text)`, `insert into visits values (1, '/')`,
}

func TestSchemaChangesAreIgnored(t *testing.T) {
	t.Parallel()
	m := newMarket(t, cloud.IgnoreSchemaChanges, people("id", "name"))
	m.sync(cloud.JobSucceeded)
	m.exec(change...)
	m.wantSchema("no_change", "active")
	m.tomorrow()
	m.sync(cloud.JobSucceeded)
	m.want("people(id name)")
	m.wantSchema("non_breaking", "active")
}

func TestSchemaChangesAreLookedForOnceADay(t *testing.T) {
	t.Parallel()
	m := newMarket(t, cloud.PropagateColumns, people())
	m.sync(cloud.JobSucceeded)
	m.exec(change...)
	m.sync(cloud.JobSucceeded)
	m.want("people(age id name)")
}

func TestSchemaChangesOfColumnsArePropagated(t *testing.T) {
	t.Parallel()
	m := newMarket(t, cloud.PropagateColumns, people("id", "name", "age"))
	m.sync(cloud.JobSucceeded)
	m.want("people(age id name)")
	m.exec(change...)
	m.tomorrow()
	result := m.sync(cloud.JobSucceeded)
	m.want("people(email id name)")
	if rows := table(t, m.into, `select email from people`); len(rows) != 1 || rows[0]["email"] != "ada@example.com" {
		t.Errorf("people have the addresses %v", rows)
	}
	m.wantSchema("no_change", "active")
	if log := m.log(result); !strings.Contains(log, "stream people has changed: new fields [email], fields that are gone [age]") {
		t.Errorf("the log does not tell of the change: %s", log)
	}
}

func TestSchemaChangesArePropagatedFully(t *testing.T) {
	t.Parallel()
	m := newMarket(t, cloud.PropagateColumnsStreams, people("id", "name", "age"), cloud.Stream{Name: "orders", SyncMode: cloud.IncrementalAppend, CursorField: []string{"id"}})
	m.sync(cloud.JobSucceeded)
	m.want("orders(id total)", "people(age id name)")
	if state := m.config("/state/get", ""); state["stateType"] != "stream" {
		t.Fatalf("state %v", state)
	}
	m.exec(change...)
	m.tomorrow()
	m.sync(cloud.JobSucceeded)
	m.want("orders(id total)", "people(email id name)", "visits(id page)")
	if _, err := m.connection.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	names, err := m.connection.StreamNames(t.Context())
	if err != nil || !slices.Equal(names, []string{"people", "visits"}) {
		t.Errorf("the connection syncs %v, %v", names, err)
	}
	if state := m.config("/state/get", ""); strings.Contains(fmt.Sprint(state), "orders") {
		t.Errorf("the state of the stream that is gone is kept: %v", state)
	}
	m.wantSchema("no_change", "active")
}

func TestSchemaChangesDisableTheConnection(t *testing.T) {
	t.Parallel()
	m := newMarket(t, cloud.DisableOnSchemaChanges, people())
	m.sync(cloud.JobSucceeded)
	m.exec(change...)
	m.tomorrow()
	m.sync(cloud.JobCancelled)
	m.want("people(age id name)")
	m.wantSchema("non_breaking", "inactive")
	job := m.config("/jobs/get_last_replication_job", "")["job"].(map[string]any)
	info := m.post("/api/v1/jobs/get", fmt.Sprintf(`{"id":%v}`, job["id"]), m.token())
	if text := fmt.Sprint(info["attempts"]); !strings.Contains(text, "new fields [email]") || !strings.Contains(text, "refresh_schema") {
		t.Errorf("the job does not say why it was cancelled: %s", text)
	}
}

// A cursor that is gone breaks the connection whatever it asks for, until somebody has chosen another.
func TestSchemaChangesThatBreak(t *testing.T) {
	t.Parallel()
	m := newMarket(t, cloud.PropagateColumnsStreams, cloud.Stream{Name: "people", SyncMode: cloud.IncrementalAppend, CursorField: []string{"age"}})
	m.sync(cloud.JobSucceeded)
	m.exec(change...)
	m.tomorrow()
	m.sync(cloud.JobCancelled)
	m.want("people(age id name)")
	m.wantSchema("breaking", "inactive")

	refreshed := m.config("/web_backend/connections/get", `,"withRefreshedCatalog":true`)
	if text, err := json.Marshal(refreshed["catalogDiff"]); err != nil || !strings.Contains(string(text), `{"breaking":true,"fieldName":["age"]`) {
		t.Errorf("the change is %s, %v", text, err)
	}
	streams := refreshed["syncCatalog"].(map[string]any)["streams"].([]any)
	for _, s := range streams {
		if s := s.(map[string]any); s["stream"].(map[string]any)["name"] == "people" {
			s["config"].(map[string]any)["cursorField"] = []string{"id"}
		}
	}
	catalog, err := json.Marshal(refreshed["syncCatalog"])
	if err != nil {
		t.Fatal(err)
	}
	m.config("/web_backend/connections/update", fmt.Sprintf(`,"status":"active","skipReset":true,"sourceCatalogId":%q,"syncCatalog":%s`, refreshed["catalogId"], catalog))
	m.wantSchema("no_change", "active")
	m.sync(cloud.JobSucceeded)
	m.want("people(age email id name)")
}

func TestSchemaChangesAreAppliedOnRequest(t *testing.T) {
	t.Parallel()
	m := newMarket(t, cloud.PropagateColumns, people())
	m.sync(cloud.JobSucceeded)
	m.exec(change...)
	source, err := m.connection.Source(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	seen := m.config("/sources/discover_schema", `,"sourceId":"`+source.ID()+`","disable_cache":true`)
	if seen["breakingChange"] != false || seen["connectionStatus"] != "active" {
		t.Errorf("the discover says %v, %v", seen["breakingChange"], seen["connectionStatus"])
	}
	catalog, err := json.Marshal(seen["catalog"])
	if err != nil {
		t.Fatal(err)
	}
	applied := m.config("/connections/apply_schema_changes", fmt.Sprintf(`,"workspaceId":%q,"catalogId":%q,"catalog":%s`, m.Workspace.ID(), seen["catalogId"], catalog))
	transforms := applied["propagatedDiff"].(map[string]any)["transforms"].([]any)
	if len(transforms) != 1 || transforms[0].(map[string]any)["transformType"] != "update_stream" {
		t.Errorf("applied %v", applied)
	}
	m.wantSchema("no_change", "active")
	m.sync(cloud.JobSucceeded)
	m.want("people(email id name)")
}
