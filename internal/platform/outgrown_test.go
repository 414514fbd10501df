package platform_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/platform"
)

// requiring is the manifest of these tests with some fields that a configuration must have.
func requiring(fields string) platform.NewManifest {
	return platform.NewManifest{Manifest: json.RawMessage(strings.Replace(manifest, `"type":"object",`, `"type":"object","required":[`+fields+`],`, 1))}
}

func TestNoticesOfBreakingVersions(t *testing.T) {
	t.Parallel()
	m := newMailbox()
	d := deployWith(t, func(c *platform.Config) { c.Poster = m })
	d.notify(t, `{"breakingChangeWarning":{"webhook":{"enabled":true,"url":"http://hooks/b"}}}`)
	def := d.publish(t, "Animals")
	to := d.newActor(t, connector.KindDestination, lakeID, plainConfig)
	connection := func(config string, status platform.ConnectionStatus) {
		t.Helper()
		a := d.newActor(t, connector.KindSource, def.ID, config)
		err := d.store.Write(t.Context(), func(tb platform.Tables) error {
			return tb.Connections.Insert(t.Context(), platform.Connection{
				ID: "c" + a.ID, WorkspaceID: d.workspace, SourceID: a.ID, DestinationID: to.ID, Name: "to the lake", Status: status, CreatedAt: d.clock.now(),
			})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	connection(`{"api_key":"hunter2"}`, platform.ConnectionActive)
	connection(`{"api_key":"hunter2","start":"now"}`, platform.ConnectionActive)
	connection(`{"start":"paused"}`, platform.ConnectionInactive)
	publish := func(n platform.NewManifest) {
		t.Helper()
		if _, err := d.UpdateManifestDefinition(t.Context(), def.ID, n); err != nil {
			t.Fatal(err)
		}
	}
	inactive := requiring(`"start"`)
	inactive.Inactive = true
	publish(requiring(`"api_key"`)) // the one that lacks it does not run
	publish(inactive)
	if n := d.notices(t, false); n != 0 {
		t.Fatalf("%d notices of versions that break nothing", n)
	}
	publish(requiring(`"start"`))
	publish(requiring(`"start","start"`)) // it was told already
	d.deliver(t, m, 1)
	bodies := m.take()
	if len(bodies) != 1 {
		t.Fatalf("got %q", bodies)
	}
	for _, want := range []string{"Connector changed: ", "Animals", "start", `"errorType":"config_error"`, `"errorOrigin":"source"`} {
		if !strings.Contains(bodies[0], want) {
			t.Errorf("the notice lacks %s: %s", want, bodies[0])
		}
	}
	if strings.Contains(bodies[0], "hunter2") {
		t.Errorf("the notice tells a secret: %s", bodies[0])
	}
}

func TestNoticesOfQueuedSyncs(t *testing.T) {
	t.Parallel()
	m := newMailbox()
	d := deployWith(t, func(c *platform.Config) { c.Poster = m })
	d.notify(t, `{"connectionSyncQueued":{"webhook":{"enabled":true,"url":"http://hooks/q"}}}`)
	tell := func(want int) {
		t.Helper()
		if err := d.TellQueued(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := d.notices(t, false); n != want {
			t.Errorf("%d notices, want %d", n, want)
		}
	}
	for range 2 {
		c := d.connect(t, platform.StreamChoice{Name: "customers"})
		d.create(t, c.ID, platform.JobSync, platform.JobOptions{})
	}
	run := d.next(t)
	tell(0)
	d.clock.advance(2 * time.Minute)
	tell(1)
	late := d.create(t, d.connect(t, platform.StreamChoice{Name: "customers"}).ID, platform.JobSync, platform.JobOptions{})
	d.create(t, d.connect(t, platform.StreamChoice{Name: "customers"}).ID, platform.JobClear, platform.JobOptions{})
	tell(1)
	d.finish(t, run, succeeded)
	d.clock.advance(2 * time.Minute)
	tell(2)
	tell(2)
	d.deliver(t, m, 2)
	bodies := strings.Join(m.take(), "\n")
	for _, want := range []string{"Sync queued: ", "Job 2 waits", "Job 3 waits"} {
		if !strings.Contains(bodies, want) {
			t.Errorf("the notices lack %q: %s", want, bodies)
		}
	}
	if late.ID != 3 {
		t.Errorf("the late job is %d", late.ID)
	}
}
