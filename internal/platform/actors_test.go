package platform_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/platform"
)

func TestConfigurationsComeBackAsSent(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	a := d.newActor(t, connector.KindSource, "", `{"zone":"eu", "sourceType":"shop","account":12345678901234567890,"password":"hunter2","rate":1.50,"extra":{"sourceType":"kept"}}`)
	const want = `{"zone":"eu","account":12345678901234567890,"password":"**********","rate":1.50,"extra":{"sourceType":"kept"}}`
	if string(a.Config) != want || a.DefinitionID != shopID {
		t.Errorf("created: got %s of %s\nwant %s", a.Config, a.DefinitionID, want)
	}
	a, err := d.Actor(t.Context(), connector.KindSource, a.ID)
	if err != nil || string(a.Config) != want {
		t.Errorf("read: got %s, %v\nwant %s", a.Config, err, want)
	}
	list, err := d.Actors(t.Context(), connector.KindSource, platform.Filter{WorkspaceIDs: []string{d.workspace}})
	if err != nil || len(list) != 1 || string(list[0].Config) != want {
		t.Errorf("listed: got %v, %v", list, err)
	}
	_, err = d.Actor(t.Context(), connector.KindDestination, a.ID)
	refused(t, err, platform.ErrNotFound)
}

func TestSecretsAreSealedAtRest(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	d.newSource(t, shopConfig)
	files, err := filepath.Glob(filepath.Join(d.dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(text, []byte("hunter2")) {
			t.Errorf("%s holds the secret in plain text", filepath.Base(name))
		}
	}
}

// stored tells the configuration that a source is run with.
func (d *deployment) stored(t *testing.T, id string) string {
	t.Helper()
	var got json.RawMessage
	check := d.source.check
	d.source.check = func(ctx ctx, config json.RawMessage, emit connector.Emit) (status, error) {
		got = config
		return check(ctx, config, emit)
	}
	if _, err := d.CheckActor(t.Context(), connector.KindSource, id); err != nil {
		t.Fatal(err)
	}
	d.source.check = check
	return string(got)
}

func TestMasksKeepSecrets(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	a := d.newSource(t, `{"password":"hunter2","login":{"kind":"key","secret":"s1"},"zone":"eu"}`)
	patch := func(config, want string) {
		t.Helper()
		if _, err := d.PatchActor(t.Context(), connector.KindSource, a.ID, platform.ActorPatch{Config: json.RawMessage(config)}); err != nil {
			t.Fatal(err)
		}
		if got := d.stored(t, a.ID); got != want {
			t.Errorf("after patching with %s\n got %s\nwant %s", config, got, want)
		}
	}
	patch(`{"password":"**********","zone":"us","sourceType":"shop"}`, `{"password":"hunter2","login":{"kind":"key","secret":"s1"},"zone":"us"}`)
	patch(`{"login":{"secret":"**********"}}`, `{"password":"hunter2","login":{"kind":"key","secret":"s1"},"zone":"us"}`)
	patch(`{"password":"hunter3"}`, `{"password":"hunter3","login":{"kind":"key","secret":"s1"},"zone":"us"}`)
	replacement := platform.ActorReplacement{Name: "new", Config: json.RawMessage(`{"zone":"eu","password":"**********"}`)}
	got, err := d.ReplaceActor(t.Context(), connector.KindSource, a.ID, replacement)
	if err != nil || string(got.Config) != `{"zone":"eu","password":"**********"}` || got.Name != "new" {
		t.Errorf("replaced: got %+v, %v", got, err)
	}
	if got := d.stored(t, a.ID); got != `{"zone":"eu","password":"hunter3"}` {
		t.Errorf("after replacing: got %s", got)
	}
}

func TestMaskOfAnotherBranchIsRefused(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	a := d.newSource(t, `{"password":"hunter2","login":{"kind":"key","secret":"s1"}}`)
	_, err := d.PatchActor(t.Context(), connector.KindSource, a.ID, platform.ActorPatch{Config: json.RawMessage(`{"login":{"kind":"oauth","secret":"**********"}}`)})
	refused(t, err, platform.ErrUnprocessed, "/login/secret")
	_, err = d.CreateActor(t.Context(), platform.NewActor{
		Kind: connector.KindSource, WorkspaceID: d.workspace, DefinitionID: shopID, Name: "x", Config: json.RawMessage(`{"password":"**********"}`),
	})
	refused(t, err, platform.ErrUnprocessed, "/password")
	if got := d.stored(t, a.ID); got != `{"password":"hunter2","login":{"kind":"key","secret":"s1"}}` {
		t.Errorf("what was refused has changed the configuration: %s", got)
	}
}

func TestInvalidConfigurations(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	create := func(definitionID, config string) error {
		_, err := d.CreateActor(t.Context(), platform.NewActor{
			Kind: connector.KindSource, WorkspaceID: d.workspace, DefinitionID: definitionID, Name: "x", Config: json.RawMessage(config),
		})
		return err
	}
	e := refused(t, create(shopID, `{"zone":"mars","rate":"fast","password":"xy"}`), platform.ErrUnprocessed, "/zone", "/rate", "/password")
	if strings.Contains(e.Message, "xy") {
		t.Errorf("the message tells a secret: %s", e.Message)
	}
	refused(t, create(shopID, `{"password":`), platform.ErrInvalid)
	refused(t, create(shopID, `[]`), platform.ErrInvalid)
	refused(t, create("", `{"password":"hunter2"}`), platform.ErrUnprocessed, "sourceType")
	if e := refused(t, create("", `{"sourceType":"nothing"}`), platform.ErrInvalid); e.Problem != "value-not-found" || e.Data["value"] != "nothing" {
		t.Errorf("an unknown type: got %+v", e)
	}
	refused(t, create("55555555-5555-4555-8555-555555555555", `{"password":"hunter2"}`), platform.ErrNotFound)
	refused(t, create(lakeID, `{"password":"hunter2"}`), platform.ErrNotFound)
	refused(t, create(brokenID, `{}`), platform.ErrUnprocessed, "cannot be run here")
	_, err := d.CreateActor(t.Context(), platform.NewActor{Kind: connector.KindSource, WorkspaceID: "nowhere", DefinitionID: shopID, Name: "x", Config: json.RawMessage(shopConfig)})
	refused(t, err, platform.ErrNotFound)
}

func TestDeletingAnActorDeletesItsConnections(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	c := d.connect(t)
	d.create(t, c.ID, platform.JobSync, platform.JobOptions{})
	run := d.next(t)
	if err := d.DeleteActor(t.Context(), connector.KindSource, c.SourceID); err != nil {
		t.Fatal(err)
	}
	_, err := d.Actor(t.Context(), connector.KindSource, c.SourceID)
	refused(t, err, platform.ErrNotFound)
	refused(t, d.DeleteActor(t.Context(), connector.KindSource, c.SourceID), platform.ErrNotFound)
	c, err = d.Connection(t.Context(), c.ID)
	if err != nil || c.Status != platform.ConnectionDeprecated {
		t.Errorf("the connection is %s, %v", c.Status, err)
	}
	if len(d.engine.cancelled) != 1 || d.engine.cancelled[0] != run.Job.ID {
		t.Errorf("the engine was asked to cancel %v", d.engine.cancelled)
	}
	if j := d.finish(t, run, failed("system_error", 0)); j.Status != platform.JobCancelled {
		t.Errorf("the job is %s", j.Status)
	}
	gone, err := d.Actors(t.Context(), connector.KindSource, platform.Filter{IncludeDeleted: true})
	if err != nil || len(gone) != 1 || gone[0].Config != nil {
		t.Errorf("deleted sources: got %+v, %v; want one without a configuration", gone, err)
	}
}

func TestConnectorConfigIsKept(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	a := d.newSource(t, shopConfig)
	if _, err := d.Discover(t.Context(), a.ID, false); err != nil {
		t.Fatal(err)
	}
	err := d.StoreConnectorConfig(t.Context(), connector.KindSource, a.ID, json.RawMessage(`{"password":"renewed","__injected_declarative_manifest":{}}`))
	if err != nil {
		t.Fatal(err)
	}
	if got := d.stored(t, a.ID); got != `{"password":"renewed"}` {
		t.Errorf("got %s", got)
	}
	if _, err := d.Discover(t.Context(), a.ID, false); err != nil || d.source.discovered() != 1 {
		t.Errorf("a renewed token made the source discover again: %d times, %v", d.source.discovered(), err)
	}
}
