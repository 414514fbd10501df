package platform_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/protocol"
)

const (
	dropAddress = `{"id":"d1","type":"field-filtering","mapperConfiguration":{"targetField":"address"}}`
	mapperKey   = "00112233445566778899AAbbccddeeff"
	otherKey    = "ffeeddccbbaa99887766554433221100"
)

// encryptAddress is a mapper with an id, "" for none, and a key.
func encryptAddress(id, key string) string {
	if id != "" {
		id = `"id":"` + id + `",`
	}
	return `[{` + id + `"type":"encryption","mapperConfiguration":{"algorithm":"AES","targetField":"address","key":"` + key +
		`","mode":"CBC","padding":"PKCS5Padding","fieldNameSuffix":"_e"}}]`
}

type mapperText struct {
	ID     string          `json:"id"`
	Config json.RawMessage `json:"mapperConfiguration"`
}

// onlyMapper is the one mapper of a connection's first stream.
func onlyMapper(t *testing.T, c platform.Connection) mapperText {
	t.Helper()
	var list []mapperText
	if err := json.Unmarshal(c.Streams[0].Mappers, &list); err != nil || len(list) != 1 {
		t.Fatalf("mappers %s: %v", c.Streams[0].Mappers, err)
	}
	return list[0]
}

// runsWith is the configuration of the mapper that the next attempt gets.
func (d *deployment) runsWith(t *testing.T, connectionID string) string {
	t.Helper()
	d.create(t, connectionID, platform.JobSync, platform.JobOptions{})
	run := d.next(t)
	defer d.finish(t, run, platform.AttemptResult{Status: platform.OutcomeSucceeded})
	mappers := run.Mappers[protocol.StreamDescriptor{Name: "customers"}]
	if len(mappers) != 1 {
		t.Fatalf("the attempt has the mappers %v", run.Mappers)
	}
	return string(mappers[0].Config)
}

func TestMapperKeysAreKept(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	update := func(id string, choice platform.StreamChoice) (platform.Connection, error) {
		choice.Name = "customers"
		return d.UpdateConnection(t.Context(), id, platform.ConnectionUpdate{Streams: []platform.StreamChoice{choice}})
	}
	must := func(c platform.Connection, err error) platform.Connection {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	c := d.connect(t, platform.StreamChoice{Name: "customers", Mappers: []byte(encryptAddress("", mapperKey))})
	m := onlyMapper(t, c)
	masked := strings.Replace(string(m.Config), platform.Mask, mapperKey, 1)
	if m.ID == "" || !strings.Contains(encryptAddress("", mapperKey), masked) {
		t.Errorf("got %+v", m)
	}
	d.nowhere(t, mapperKey)
	for _, seen := range []platform.Connection{must(d.Connection(t.Context(), c.ID)), must(update(c.ID, platform.StreamChoice{}))} {
		if diff := cmp.Diff(m, onlyMapper(t, seen)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	listed, err := d.Connections(t.Context(), platform.Filter{})
	if err != nil || len(listed) != 1 || onlyMapper(t, listed[0]).ID != m.ID || strings.Contains(string(listed[0].Streams[0].Mappers), "_secret") {
		t.Errorf("listed %+v, %v", listed, err)
	}
	runs := func(want string) {
		t.Helper()
		if got := d.runsWith(t, c.ID); !strings.Contains(got, `"key":"`+want+`"`) {
			t.Errorf("the attempt has %s, want the key %s", got, want)
		}
	}
	runs(mapperKey)
	changed := strings.Replace(encryptAddress(m.ID, platform.Mask), "_e", "_sealed", 1)
	if got := onlyMapper(t, must(update(c.ID, platform.StreamChoice{Mappers: []byte(changed)}))); !strings.Contains(string(got.Config), "_sealed") {
		t.Errorf("got %+v", got)
	}
	runs(mapperKey)
	must(update(c.ID, platform.StreamChoice{Mappers: []byte(encryptAddress(m.ID, otherKey))}))
	runs(otherKey)
	d.nowhere(t, otherKey)

	other := d.connect(t, platform.StreamChoice{Name: "customers"})
	for _, f := range []struct{ connection, id string }{{c.ID, ""}, {c.ID, "00000000-0000-4000-8000-000000000000"}, {other.ID, m.ID}} {
		_, err := update(f.connection, platform.StreamChoice{Mappers: []byte(encryptAddress(f.id, platform.Mask))})
		e := refused(t, err, platform.ErrInvalid, "no stored key")
		if e.Problem != "error:mapper-validation/secret-not-found" || f.id != "" && e.Data["mapperId"] != f.id {
			t.Errorf("got problem %q with %v", e.Problem, e.Data)
		}
	}
	runs(otherKey)
	if got := must(update(c.ID, platform.StreamChoice{Mappers: []byte(`[]`)})); got.Streams[0].Mappers != nil {
		t.Errorf("the mappers are still there: %s", got.Streams[0].Mappers)
	}
}

// nowhere looks for a secret in every file of the server.
func (d *deployment) nowhere(t *testing.T, secret string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(d.dir, "*"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		if text, err := os.ReadFile(name); err != nil || strings.Contains(string(text), secret) {
			t.Errorf("%s holds the secret, or cannot be read: %v", name, err)
		}
	}
}

func TestMappersRefused(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	s := d.newSource(t, shopConfig)
	to := d.newActor(t, connector.KindDestination, lakeID, lakeConfig)
	f := func(problem, words, mappers string, edit func(*platform.StreamChoice)) map[string]any {
		t.Helper()
		choice := platform.StreamChoice{Name: "customers", Mappers: []byte(mappers)}
		if edit != nil {
			edit(&choice)
		}
		_, err := d.CreateConnection(t.Context(), platform.NewConnection{SourceID: s.ID, DestinationID: to.ID, Streams: []platform.StreamChoice{choice}})
		e := refused(t, err, platform.ErrInvalid, words)
		if e.Problem != problem {
			t.Errorf("got problem %q, want %q", e.Problem, problem)
		}
		return e.Data
	}
	f("bad-request", "not a list", `{}`, nil)
	data := f("error:mapper-validation/missing-required-param", "fieldNameSuffix", `[{"id":"h1","type":"hashing","mapperConfiguration":{"targetField":"id","method":"MD5"}}]`, nil)
	if data["mapperId"] != "h1" {
		t.Errorf("got %v", data)
	}
	f("error:mapper-validation/invalid-config", "MD2", `[{"type":"hashing","mapperConfiguration":{"targetField":"id","method":"MD2","fieldNameSuffix":""}}]`, nil)
	f("error:mapper-validation/invalid-config", "twice", strings.Replace(encryptAddress("e1", mapperKey), `"mode"`, `"key":"00","mode"`, 1), nil)
	f("error:mapper-validation/invalid-config", "key must be a string", strings.Replace(encryptAddress("e1", mapperKey), `"`+mapperKey+`"`, `{"_secret":"abc"}`, 1), nil)
	f("error:mapper-validation", "no field address", `[`+dropAddress+`]`, func(c *platform.StreamChoice) { c.SelectedFields = [][]string{{"id"}} })
	f("error:mapper-validation", "primary key", strings.ReplaceAll(encryptAddress("e1", mapperKey), "address", "id"), func(c *platform.StreamChoice) {
		c.SyncMode, c.CursorField, c.PrimaryKey = "incremental_deduped_history", []string{"at"}, [][]string{{"id"}}
	})
	data = f("error:mapper-validation", "Stream customers: The field address cannot become id",
		`[{"id":"r1","type":"field-renaming","mapperConfiguration":{"originalFieldName":"address","newFieldName":"id"}},`+
			strings.Replace(encryptAddress("e1", mapperKey[:10]), "[", "", 1), nil)
	text, err := json.Marshal(data["errors"])
	if err != nil {
		t.Fatal(err)
	}
	want := `[{"error":"FIELD_ALREADY_EXISTS","mapper":{"id":"r1","type":"field-renaming","mapperConfiguration":{"originalFieldName":"address","newFieldName":"id"}},` +
		`"message":"The field address cannot become id: the stream has a field of that name.","stream":"customers"},` +
		`{"error":"INVALID_MAPPER_CONFIG","mapper":` + strings.Trim(encryptAddress("e1", platform.Mask), "[]") + `,` +
		`"message":"The key must be 32, 48 or 64 hexadecimal digits, for AES of 128, 192 or 256 bits.","stream":"customers"}]`
	if diff := cmp.Diff(want, string(text)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Fields that are to be hashed in the old way are.
func TestHashedFields(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	c := d.connect(t, platform.StreamChoice{Name: "customers"})
	c.Streams[0].HashedFields = []byte(`[{"fieldPath":["address"]}]`)
	if _, err := d.UpdateConnection(t.Context(), c.ID, platform.ConnectionUpdate{Catalog: c.Streams}); err != nil {
		t.Fatal(err)
	}
	if got, want := d.runsWith(t, c.ID), `{"fieldNameSuffix":"_hashed","method":"SHA-256","targetField":"address"}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// Mappers that cannot be read fail the job, because their stream must not be moved in clear.
func TestMappersUnreadable(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	c := d.connect(t, platform.StreamChoice{Name: "customers", Mappers: []byte(encryptAddress("", mapperKey))})
	err := d.store.Write(t.Context(), func(tb platform.Tables) error {
		stored, err := tb.Connections.Get(t.Context(), c.ID)
		if err != nil {
			return err
		}
		stored.Streams[0].Mappers = []byte(strings.Replace(string(stored.Streams[0].Mappers), `"id":"`, `"id":"0`, 1))
		return tb.Connections.Update(t.Context(), stored)
	})
	if err != nil {
		t.Fatal(err)
	}
	d.create(t, c.ID, platform.JobSync, platform.JobOptions{})
	claimed, _, err := d.ClaimJob(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, err = d.StartAttempt(t.Context(), claimed.ID)
	refused(t, err, platform.ErrConflict, "mappers of stream customers cannot be read")
}
