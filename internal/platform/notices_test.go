package platform_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/protocol"
)

// mailbox keeps what is posted to it, unless it is told to refuse.
type mailbox struct {
	mu      sync.Mutex
	refuse  error
	bodies  []string
	posted  chan string // the URL of each call
	refused int
}

func newMailbox() *mailbox { return &mailbox{posted: make(chan string, 100)} }

func (m *mailbox) Post(_ context.Context, url string, body []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	defer func() { m.posted <- url }()
	if m.refuse != nil {
		m.refused++
		return m.refuse
	}
	m.bodies = append(m.bodies, string(body))
	return nil
}

func (m *mailbox) take() (bodies []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	bodies, m.bodies = m.bodies, nil
	return bodies
}

// deliver runs deliveries until there were some calls.
func (d *deployment) deliver(t *testing.T, m *mailbox, calls int) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- d.DeliverNotices(ctx) }()
	for range calls {
		select {
		case <-m.posted:
		case <-time.After(2 * time.Minute):
			t.Error("nothing is posted")
		}
	}
	d.eventually(t, func() bool { return d.notices(t, true) == 0 })
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func (d *deployment) eventually(t *testing.T, ok func() bool) {
	t.Helper()
	deadline := time.After(2 * time.Minute)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-deadline:
			t.Fatal("waited too long")
		case <-tick.C:
		}
	}
}

// notices counts what is on its way, or the part of it that is due.
func (d *deployment) notices(t *testing.T, due bool) (n int) {
	t.Helper()
	err := d.store.Read(t.Context(), func(tb platform.Tables) error {
		all, err := tb.Notices.List(t.Context(), platform.Filter{})
		n = 0
		for _, notice := range all {
			if !due || !notice.NotBefore.After(d.clock.now()) {
				n++
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func (d *deployment) notify(t *testing.T, notifications string) {
	t.Helper()
	if _, err := d.UpdateWorkspace(t.Context(), d.workspace, platform.WorkspaceUpdate{Notifications: json.RawMessage(notifications)}); err != nil {
		t.Fatal(err)
	}
}

func TestNotices(t *testing.T) {
	t.Parallel()
	m := newMailbox()
	d := deployWith(t, func(c *platform.Config) { c.Poster = m })
	c := d.connect(t, platform.StreamChoice{Name: "customers"})
	sync := func(r platform.AttemptResult) {
		t.Helper()
		d.create(t, c.ID, platform.JobSync, platform.JobOptions{})
		run := d.next(t)
		r.Streams = []platform.StreamStats{{Stream: protocol.StreamDescriptor{Name: "customers"}, Stats: r.Total}}
		d.clock.advance(90 * time.Second)
		d.finish(t, run, r)
	}
	sync(succeeded)
	if n := d.notices(t, false); n != 0 {
		t.Errorf("%d notices that nobody asked for", n)
	}
	d.notify(t, `{"failure":{"webhook":{"enabled":true,"url":"http://hooks/f"}},"success":{"webhook":{"enabled":false,"url":"http://hooks/s"}}}`)
	sync(succeeded)
	sync(failed(protocol.FailureConfig, 7))
	d.deliver(t, m, 1)
	bodies := m.take()
	if len(bodies) != 1 {
		t.Fatalf("got %q", bodies)
	}
	var got struct {
		Text string
		Data map[string]any
	}
	if err := json.Unmarshal([]byte(bodies[0]), &got); err != nil {
		t.Fatal(err)
	}
	for _, member := range []string{"workspace", "source", "destination"} {
		if got.Data[member].(map[string]any)["name"] == "" {
			t.Errorf("no name of the %s in %s", member, bodies[0])
		}
		delete(got.Data, member)
	}
	want := map[string]any{
		"connection": map[string]any{"id": c.ID, "name": c.Name}, "jobId": 3.0, "success": false, "startedAt": "2026-03-04T12:03:00Z", "finishedAt": "2026-03-04T12:04:30Z",
		"recordsEmitted": 8.0, "recordsCommitted": 7.0, "bytesEmitted": 0.0, "bytesCommitted": 0.0, "bytesEmittedPretty": "0 B", "bytesCommittedPretty": "0 B",
		"errorMessage": "no", "errorType": "config_error", "errorOrigin": "source", "durationInSeconds": 90.0, "durationFormatted": "1m30s",
	}
	if diff := cmp.Diff(want, got.Data); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if !strings.Contains(got.Text, c.Name) || !strings.Contains(got.Text, "Sync failed") {
		t.Errorf("got %q", got.Text)
	}
	if n := d.notices(t, false); n != 0 {
		t.Errorf("%d notices stay behind", n)
	}
}

// TestNoticesAreToldAgain tells a web hook that does not answer once more, later, and gives it up at last.
func TestNoticesAreToldAgain(t *testing.T) {
	t.Parallel()
	m := newMailbox()
	m.refuse = errors.New("closed")
	d := deployWith(t, func(c *platform.Config) { c.Poster = m })
	c := d.connect(t, platform.StreamChoice{Name: "customers"})
	d.notify(t, `{"success":{"webhook":{"enabled":true,"url":"http://hooks/s"}}}`)
	sync := func() {
		t.Helper()
		d.create(t, c.ID, platform.JobSync, platform.JobOptions{})
		d.finish(t, d.next(t), succeeded)
	}
	sync()
	d.deliver(t, m, 1)
	if n := d.notices(t, false); n != 1 {
		t.Errorf("%d notices, want the one that was refused", n)
	}
	d.clock.advance(9 * time.Second)
	if n := d.notices(t, true); n != 0 {
		t.Error("it is told again too early")
	}
	m.refuse = nil
	d.clock.advance(2 * time.Second)
	d.deliver(t, m, 1)
	if got := m.take(); len(got) != 1 || d.notices(t, false) != 0 {
		t.Errorf("got %q", got)
	}

	m.refuse = errors.New("closed")
	sync()
	tries := 0
	for d.notices(t, false) > 0 && tries < 20 {
		d.deliver(t, m, 1)
		tries++
		d.clock.advance(3 * time.Hour)
	}
	if tries != 6 {
		t.Errorf("given up after %d tries", tries)
	}
}

// TestFailingConnectionsAreDisabled warns at 20 jobs and 4 days without success, and disables at 30 jobs and 7 days.
func TestFailingConnectionsAreDisabled(t *testing.T) {
	t.Parallel()
	m := newMailbox()
	d := deployWith(t, func(c *platform.Config) { c.Poster = m })
	c := d.connect(t, platform.StreamChoice{Name: "customers"})
	d.notify(t, `{"syncDisabled":{"webhook":{"enabled":true,"url":"http://hooks/d"}},"syncDisabledWarning":{"webhook":{"enabled":true,"url":"http://hooks/w"}}}`)
	now := func() platform.Connection {
		t.Helper()
		found, err := d.Connection(t.Context(), c.ID)
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	run := func(r platform.AttemptResult, n int, pause time.Duration) {
		t.Helper()
		for range n {
			d.create(t, c.ID, platform.JobSync, platform.JobOptions{})
			d.finish(t, d.next(t), r)
			d.clock.advance(pause)
		}
	}
	expect := func(when string, status platform.ConnectionStatus, notices int) {
		t.Helper()
		if got := now(); got.Status != status || d.notices(t, false) != notices {
			t.Errorf("%s: status %s, %d notices, want %s and %d", when, got.Status, d.notices(t, false), status, notices)
		}
	}
	bad := failed(protocol.FailureConfig, 0)
	run(bad, 40, time.Hour)
	expect("after many failures in two days", platform.ConnectionActive, 0)
	run(succeeded, 1, 0)
	run(bad, 19, 24*time.Hour)
	expect("after few failures in many days", platform.ConnectionActive, 0)
	run(bad, 1, time.Hour)
	expect("after 20 failures", platform.ConnectionActive, 1)
	run(bad, 9, time.Hour)
	expect("after 29 failures", platform.ConnectionActive, 1)
	run(bad, 1, time.Hour)
	expect("after 30 failures", platform.ConnectionInactive, 2)
	if got := now(); got.StatusReason != platform.ReasonFailures {
		t.Errorf("the reason is %q", got.StatusReason)
	}
	_, err := d.CreateJob(t.Context(), c.ID, platform.JobSync, platform.JobOptions{})
	refused(t, err, platform.ErrConflict)

	active := platform.ConnectionActive
	if _, err := d.UpdateConnection(t.Context(), c.ID, platform.ConnectionUpdate{Status: &active}); err != nil {
		t.Fatal(err)
	}
	run(succeeded, 1, time.Hour)
	run(bad, 25, 12*time.Hour)
	expect("in the next streak", platform.ConnectionActive, 3)
	if disabled, err := d.DisableFailing(t.Context(), c.ID); disabled || err != nil {
		t.Errorf("%v, %v", disabled, err)
	}
}

func TestFailingConnectionsStayWhereTheServerSaysSo(t *testing.T) {
	t.Parallel()
	d := deployWith(t, func(c *platform.Config) { c.Disable.Off = true })
	c := d.connect(t, platform.StreamChoice{Name: "customers"})
	for range 35 {
		d.create(t, c.ID, platform.JobSync, platform.JobOptions{})
		d.finish(t, d.next(t), failed(protocol.FailureConfig, 0))
		d.clock.advance(24 * time.Hour)
	}
	if got, err := d.Connection(t.Context(), c.ID); err != nil || got.Status != platform.ConnectionActive {
		t.Errorf("%s, %v", got.Status, err)
	}
	if disabled, err := d.DisableFailing(t.Context(), c.ID); disabled || err != nil {
		t.Errorf("%v, %v", disabled, err)
	}
}

// TestNoticesOfSchemaChanges tells of what a connection takes over, if it wants that told, and of what disables it.
func TestNoticesOfSchemaChanges(t *testing.T) {
	t.Parallel()
	m := newMailbox()
	d := deployWith(t, func(c *platform.Config) { c.Poster = m })
	d.notify(t, `{"connectionUpdate":{"webhook":{"enabled":true,"url":"http://hooks/u"}},"connectionUpdateActionRequired":{"webhook":{"enabled":true,"url":"http://hooks/a"}}}`)
	c := d.connect(t, platform.StreamChoice{Name: "customers"}, platform.StreamChoice{Name: "orders", SyncMode: "incremental_deduped_history"})
	change := func(u platform.ConnectionUpdate) {
		t.Helper()
		if _, err := d.UpdateConnection(t.Context(), c.ID, u); err != nil {
			t.Fatal(err)
		}
	}
	discovered := func(edit func(*protocol.Catalog)) {
		t.Helper()
		d.has(edit)
		r, err := d.ReviewSchema(t.Context(), c.ID, true)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.ApplySchema(t.Context(), c.ID, r.CatalogID, *r.Catalog); err != nil {
			t.Fatal(err)
		}
	}
	change(platform.ConnectionUpdate{NonBreakingChanges: new("propagate_columns")})
	discovered(withFields("customers", `"id":{"type":"integer"},"quiet":{"type":"string"}`))
	if n := d.notices(t, false); n != 0 {
		t.Errorf("%d notices of a connection that wants none", n)
	}
	change(platform.ConnectionUpdate{NotifySchemaChanges: new(true)})
	discovered(withFields("customers", `"id":{"type":"integer"},"loud":{"type":"string"}`))
	broken := withFields("orders", `"id":{"type":"integer"}`)
	discovered(broken)
	discovered(broken)
	d.deliver(t, m, 2)
	bodies := m.take()
	if len(bodies) != 2 {
		t.Fatalf("got %d: %q", len(bodies), bodies)
	}
	slices.Sort(bodies)
	for i, want := range []string{"Connection disabled: ", "Connection updated: "} {
		var got struct {
			Text string
			Data struct {
				Connection struct{ ID string }
				Changes    []string
				Success    bool
			}
		}
		if err := json.Unmarshal([]byte(bodies[i]), &got); err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(got.Text, want+c.Name) || got.Data.Connection.ID != c.ID || len(got.Data.Changes) == 0 || got.Data.Success != (i == 1) {
			t.Errorf("got %s, want %s", bodies[i], want)
		}
	}
	if !strings.Contains(bodies[1], "[loud]") || !strings.Contains(bodies[0], "orders") {
		t.Errorf("the changes are %s and %s", bodies[1], bodies[0])
	}
}
