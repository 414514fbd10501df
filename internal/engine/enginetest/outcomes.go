package enginetest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/protocol"
)

const incremental = "incremental_append"

func testSync(t *testing.T, w *world) {
	t.Helper()
	w.start()
	c := w.connect("plain", incremental, platform.Schedule{}, func(ctx context.Context, req connector.ReadRequest, emit connector.Emit) error {
		if err := emit(protocol.LogMessage(protocol.LevelInfo, "logged in with "+code)); err != nil {
			return err
		}
		return counting(3)(ctx, req, emit)
	})
	job := w.sync(c)
	w.wantStatus(job, platform.JobSucceeded, 1)
	w.wantRows("plain", text(1), text(2), text(3))
	w.wantState(c, "3")
	if got := job.Totals(); got.RecordsEmitted != 3 || got.RecordsCommitted != 3 || got.BytesCommitted != 24 {
		t.Errorf("totals %+v", got)
	}
	if a := job.Attempts[0]; a.Status != platform.AttemptSucceeded || a.EndedAt.IsZero() || a.Streams[0].Status != protocol.StreamComplete {
		t.Errorf("attempt %+v", a)
	}
	checkLog(t, w.logs(job), "source INFO logged in with ", "platform INFO attempt 0", "platform INFO stream "+job.Attempts[0].Streams[0].Stream.String()+": 3 records read, 3 committed")
}

// checkLog makes sure that a line begins with each of the given texts and that none tells the secret.
func checkLog(t *testing.T, lines []string, beginnings ...string) {
	t.Helper()
	for _, begin := range beginnings {
		if !slices.ContainsFunc(lines, func(l string) bool { return strings.HasPrefix(l, begin) }) {
			t.Errorf("no line of the log begins with %q:\n%s", begin, strings.Join(lines, "\n"))
		}
	}
	if all := strings.Join(lines, "\n"); strings.Contains(all, code) {
		t.Errorf("the log tells the secret:\n%s", all)
	}
}

// testQueued starts the engine after the job.
func testQueued(_ *testing.T, w *world) {
	c := w.connect("queued", incremental, platform.Schedule{}, counting(2))
	id := w.create(c, platform.JobSync)
	w.start()
	job := w.await(id, func(j platform.Job) bool { return j.Status.Final() })
	w.wantStatus(job, platform.JobSucceeded, 1)
	w.wantRows("queued", text(1), text(2))
}

// failing runs one script after the other, one a call.
func failing(scripts ...script) script {
	calls := make(chan script, len(scripts))
	for _, s := range scripts {
		calls <- s
	}
	return func(ctx context.Context, req connector.ReadRequest, emit connector.Emit) error {
		return (<-calls)(ctx, req, emit)
	}
}

// breaking reads up to a number and then fails.
func breaking(upTo int, err error) script {
	return func(ctx context.Context, req connector.ReadRequest, emit connector.Emit) error {
		return errors.Join(counting(upTo)(ctx, req, emit), err)
	}
}

// testRetryResumes breaks an attempt off after it has made progress: the next one starts at once, from the state.
func testRetryResumes(t *testing.T, w *world) {
	t.Helper()
	w.start()
	c := w.connect("flaky", incremental, platform.Schedule{}, failing(breaking(2, connector.TransientError("rate limit")), counting(4)))
	job := w.sync(c)
	w.wantStatus(job, platform.JobSucceeded, 2)
	w.wantRows("flaky", text(1), text(2), text(3), text(4))
	w.wantState(c, "4")
	first := job.Attempts[0]
	if first.Status != platform.AttemptFailed || len(first.Failures) == 0 || first.Failures[0].Message != "rate limit" ||
		first.Failures[0].Origin != platform.OriginSource || first.Failures[0].Type != "transient_error" {
		t.Errorf("first attempt %+v", first)
	}
	if got := job.Totals().RecordsCommitted; got != 4 {
		t.Errorf("%d records committed in all", got)
	}
	if !job.Attempts[1].Streams[0].WasResumed {
		t.Error("the second attempt does not say that it resumed")
	}
}

// testRetryWaits fails without progress: the next attempt waits for the time that the policy gives.
func testRetryWaits(t *testing.T, w *world) {
	t.Helper()
	w.start()
	c := w.connect("down", incremental, platform.Schedule{}, failing(breaking(0, errors.New("no route to host")), counting(1)))
	id := w.create(c, platform.JobSync)
	waiting := w.await(id, func(j platform.Job) bool { return j.Status == platform.JobIncomplete })
	w.wantStatus(waiting, platform.JobIncomplete, 1)
	wait := waiting.NotBefore.Sub(w.clock.Now())
	if wait <= 0 || wait > time.Minute {
		t.Fatalf("the next attempt is due in %v", wait)
	}
	w.clock.Advance(wait - time.Millisecond)
	w.engine.Wake()
	w.clock.Advance(time.Millisecond)
	job := w.await(id, func(j platform.Job) bool { return j.Status.Final() })
	w.wantStatus(job, platform.JobSucceeded, 2)
	if started := job.Attempts[1].CreatedAt; started.Before(waiting.NotBefore) {
		t.Errorf("the second attempt began at %v, before %v", started, waiting.NotBefore)
	}
}

func testConfigError(t *testing.T, w *world) {
	t.Helper()
	w.start()
	c := w.connect("misconfigured", incremental, platform.Schedule{}, breaking(1, connector.ConfigError("The key %s has expired.", code)))
	job := w.sync(c)
	w.wantStatus(job, platform.JobFailed, 1)
	f := job.Attempts[0].Failures[0]
	if f.Type != "config_error" || f.Retryable || !strings.HasPrefix(f.Message, "The key ") || strings.Contains(f.Message+f.Internal, code) {
		t.Errorf("failure %+v", f)
	}
	w.wantState(c, "1")
	checkLog(t, w.logs(job), "platform ERROR failure of the source (config_error): The key ")
}

// testUnavailableConnector cannot start the source: that is a failure with a reason, never a success of nothing.
func testUnavailableConnector(t *testing.T, w *world) {
	t.Helper()
	w.start()
	c := w.connect("gone", incremental, platform.Schedule{}, counting(1))
	w.connectors.fetchWith(func(context.Context) error { return errors.New("image example/source is not there") })
	job := w.sync(c)
	w.wantStatus(job, platform.JobFailed, 1)
	if f := job.Attempts[0].Failures[0]; !strings.Contains(f.Message, "cannot be run: image example/source is not there") ||
		f.Origin != platform.OriginSource || f.Retryable {
		t.Errorf("failure %+v", f)
	}
}

func testPanic(t *testing.T, w *world) {
	t.Helper()
	w.start()
	c := w.connect("bug", incremental, platform.Schedule{}, failing(
		func(_ context.Context, _ connector.ReadRequest, emit connector.Emit) error {
			_ = say(emit, row(1), cursor(1))
			panic("index out of range")
		}, counting(2)))
	job := w.sync(c)
	w.wantStatus(job, platform.JobSucceeded, 2)
	if f := job.Attempts[0].Failures[0]; f.Type != "system_error" || !strings.Contains(f.Message, "crashed: index out of range") || f.Stack == "" {
		t.Errorf("failure %+v", f)
	}
	w.wantRows("bug", text(1), text(2))
}

// testRenewedConfig keeps a configuration that the source has changed, and hides the new secret.
func testRenewedConfig(t *testing.T, w *world) {
	t.Helper()
	w.start()
	const renewed = "renewed-c0de-42"
	seen := make(chan string, 2)
	c := w.connect("renewing", incremental, platform.Schedule{}, func(_ context.Context, req connector.ReadRequest, emit connector.Emit) error {
		seen <- string(req.Config)
		return say(emit, protocol.Message{Type: protocol.TypeControl, Control: &protocol.Control{
			Type:            protocol.ControlConnectorConfig,
			ConnectorConfig: &protocol.ConfigEnvelope{Config: []byte(`{"name":"renewing","code":"` + renewed + `"}`)},
		}}, protocol.LogMessage(protocol.LevelInfo, "the code is now "+renewed))
	})
	first := w.sync(c)
	w.wantStatus(first, platform.JobSucceeded, 1)
	for _, line := range w.logs(first) {
		if strings.Contains(line, renewed) {
			t.Errorf("the log tells the new secret: %s", line)
		}
	}
	w.wantStatus(w.sync(c), platform.JobSucceeded, 1)
	if before, after := <-seen, <-seen; !strings.Contains(before, code) || !strings.Contains(after, renewed) {
		t.Errorf("the source was given %s and then %s", before, after)
	}
}
