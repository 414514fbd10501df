package cloud_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield/cloud"
)

const (
	postJob    = "POST /jobs"
	listJobs   = "GET /jobs"
	getJob     = "GET /jobs/7"
	cancelJob  = "DELETE /jobs/7"
	getJobInfo = "POST config/jobs/get"
)

func job(status string) reply { return ok(jobJSON(7, status)) }

// inBubble runs a test whose time is its own against a fake that needs no network.
func inBubble(t *testing.T, routes map[string]handler, run func(t *testing.T, f *fake, c *cloud.Connection)) {
	t.Helper()
	inBubbleAt(t, "https://remote.example", routes, run)
}

// inBubbleAt is inBubble where the fake seems to be at an address.
func inBubbleAt(t *testing.T, address string, routes map[string]handler, run func(t *testing.T, f *fake, c *cloud.Connection)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		f := &fake{t: t, url: address + below, routes: routes}
		client, err := cloud.NewClient(cloud.Config{BearerToken: "b", APIRoot: f.url, HTTPClient: &http.Client{Transport: f}})
		if err != nil {
			t.Fatal(err)
		}
		run(t, f, client.Workspace(workspaceID).Connection(connectionID))
	})
}

func TestRunSync(t *testing.T) {
	t.Parallel()
	inBubble(t, map[string]handler{
		postJob: always(job("pending")),
		getJob:  inTurn(job("pending"), job("queued"), job("running"), job("incomplete"), job("running"), job("succeeded")),
	}, func(t *testing.T, f *fake, c *cloud.Connection) {
		t.Helper()
		var seen []cloud.JobStatus
		r, err := c.RunSync(t.Context(), cloud.OnProgress(func(p cloud.Progress) {
			seen = append(seen, p.Status)
			if p.JobID != 7 || p.RecordsSynced != 1000 || p.BytesSynced != 52341 {
				t.Errorf("progress %+v", p)
			}
		}))
		if err != nil || r.JobID() != 7 {
			t.Fatalf("%v, %v", r, err)
		}
		f.body(postJob, `{"connectionId":"`+connectionID+`","jobType":"sync"}`)
		want := []cloud.JobStatus{"pending", "queued", "running", "incomplete", "running", "succeeded"}
		if diff := cmp.Diff(want, seen); diff != "" {
			t.Errorf("progress (-want +got):\n%s", diff)
		}
		calls := len(f.asked())
		status, err := r.Status(t.Context())
		records, recordsErr := r.RecordsSynced(t.Context())
		bytes, bytesErr := r.BytesSynced(t.Context())
		start, startErr := r.StartTime(t.Context())
		if err := errors.Join(err, recordsErr, bytesErr, startErr, r.Err(t.Context())); err != nil {
			t.Fatal(err)
		}
		if status != cloud.JobSucceeded || records != 1000 || bytes != 52341 || !start.Equal(time.Date(2026, 1, 2, 3, 4, 0, 0, time.UTC)) {
			t.Errorf("%s, %d records, %d bytes, from %s", status, records, bytes, start)
		}
		if len(f.asked()) != calls {
			t.Errorf("a job that has ended was asked for again")
		}
		if got, want := r.URL(), c.JobHistoryURL()+"#7::0"; got != want {
			t.Errorf("URL = %s", got)
		}
	})
}

func TestPollsGrow(t *testing.T) {
	t.Parallel()
	inBubble(t, map[string]handler{getJob: always(job("running"))}, func(t *testing.T, f *fake, c *cloud.Connection) {
		t.Helper()
		var at []time.Duration
		_, err := c.SyncResult(7).Wait(t.Context(), cloud.Timeout(5*time.Minute), cloud.OnProgress(func(p cloud.Progress) { at = append(at, p.Elapsed) }))
		if !errors.Is(err, cloud.ErrTimeout) || len(at) < 30 || len(at) > 45 {
			t.Fatalf("%d polls, %v", len(at), err)
		}
		if at[0] != 0 || at[1] < time.Second || at[1] > 1200*time.Millisecond {
			t.Errorf("the first polls are at %v", at[:2])
		}
		if last := at[len(at)-1] - at[len(at)-2]; last != 10*time.Second {
			t.Errorf("the last polls are %s apart", last)
		}
	})
}

func TestLoopbackPollsAreFast(t *testing.T) {
	t.Parallel()
	routes := map[string]handler{getJob: inTurn(job("running"), job("running"), job("running"), job("succeeded"))}
	inBubbleAt(t, "http://127.0.0.1:8000", routes, func(t *testing.T, _ *fake, c *cloud.Connection) {
		t.Helper()
		start := time.Now()
		status, err := c.SyncResult(7).Wait(t.Context())
		if err != nil || status != cloud.JobSucceeded || time.Since(start) > 300*time.Millisecond {
			t.Errorf("%s after %s, %v", status, time.Since(start), err)
		}
	})
}

func TestNoWait(t *testing.T) {
	t.Parallel()
	f := serve(t, map[string]handler{postJob: always(job("pending"))})
	r, err := f.connection().RunSync(t.Context(), cloud.NoWait())
	if err != nil || r.JobID() != 7 {
		t.Fatalf("%v, %v", r, err)
	}
	f.wants(postJob)
}

const failedAttempts = `{"job":{"id":7},"attempts":[
	{"attempt":{"id":0,"status":"failed","createdAt":1750000003,"updatedAt":1750000009,"endedAt":1750000009,
	  "failureSummary":{"failures":[{"failureOrigin":"source","failureType":"transient_error","externalMessage":"first try","timestamp":1}],"partialSuccess":true}},
	 "logType":"formatted","logs":{"logLines":["line one","line two"]}},
	{"attempt":{"id":1,"status":"failed","createdAt":1750000013,"updatedAt":1750000019,"bytesSynced":100,"recordsSynced":10,
	  "streamStats":[{"streamName":"users","streamNamespace":"public","stats":{"recordsEmitted":12,"recordsCommitted":10,"bytesEmitted":120,"bytesCommitted":100}}],
	  "failureSummary":{"failures":[{"failureOrigin":"destination","failureType":"config_error","externalMessage":"disk is full",
	   "internalMessage":"ENOSPC","timestamp":1750000019000,"streamDescriptor":{"name":"users"}}]}},
	 "logType":"structured","logs":{"version":"1","events":[{"timestamp":1750000003123,"message":"boom","level":"error","logSource":"destination"}]}}]}`

func TestFailedSync(t *testing.T) {
	t.Parallel()
	f := func(status cloud.JobStatus, attempts reply, want string) {
		t.Helper()
		inBubble(t, map[string]handler{postJob: always(job("running")), getJob: always(job(string(status))), getJobInfo: always(attempts)},
			func(t *testing.T, f *fake, c *cloud.Connection) {
				t.Helper()
				r, err := c.RunSync(t.Context())
				fault, ok := errors.AsType[*cloud.Error](err)
				if !ok || !errors.Is(err, cloud.ErrSyncFailed) || r == nil || fault.JobStatus != status || !strings.Contains(err.Error(), want) {
					t.Errorf("%s: %v, %v", status, r, err)
				}
				if got, err := r.Wait(t.Context()); err != nil || got != status {
					t.Errorf("Wait of a %s job: %s, %v", status, got, err)
				}
			})
	}
	f(cloud.JobFailed, ok(failedAttempts), "job 7 failed: destination: disk is full")
	f(cloud.JobCancelled, ok(`{"job":{},"attempts":[]}`), "job 7 cancelled")
	f(cloud.JobFailed, reply{status: 403, body: "{}"}, "job 7 failed")
}

func TestAttempts(t *testing.T) {
	t.Parallel()
	f := serve(t, map[string]handler{getJobInfo: always(ok(failedAttempts))})
	r := f.connection().SyncResult(7)
	attempts, err := r.Attempts(t.Context())
	if err != nil || len(attempts) != 2 {
		t.Fatalf("%v, %v", attempts, err)
	}
	f.body(getJobInfo, `{"id":7}`)
	first, second := attempts[0], attempts[1]
	if first.Number != 0 || !first.PartialSuccess || first.LogText() != "line one\nline two\n" || first.EndedAt.Unix() != 1750000009 {
		t.Errorf("first: %+v", first)
	}
	if second.Number != 1 || second.Status != cloud.AttemptFailed || second.BytesSynced != 100 || second.RecordsSynced != 10 || !second.EndedAt.IsZero() {
		t.Errorf("second: %+v", second)
	}
	wantStats := cloud.StreamStats{RecordsEmitted: 12, RecordsCommitted: 10, BytesEmitted: 120, BytesCommitted: 100}
	wantStats.Stream.Name, wantStats.Stream.Namespace = "users", "public"
	if diff := cmp.Diff([]cloud.StreamStats{wantStats}, second.Streams); diff != "" {
		t.Error(diff)
	}
	wantFailure := cloud.Failure{
		Origin: "destination", Type: "config_error", Message: "disk is full", Internal: "ENOSPC", Stream: "users",
		Time: time.UnixMilli(1750000019000).UTC(),
	}
	if diff := cmp.Diff([]cloud.Failure{wantFailure}, second.Failures); diff != "" {
		t.Error(diff)
	}
	entries, err := cloud.Collect(r.Logs(t.Context()))
	if err != nil || len(entries) != 3 {
		t.Fatalf("%v, %v", entries, err)
	}
	if got, want := entries[2].String(), "2025-06-15T15:06:43Z ERROR destination: boom"; got != want || entries[2].Attempt != 1 {
		t.Errorf("entry %q of attempt %d", got, entries[2].Attempt)
	}
}

func TestConflictAdopts(t *testing.T) {
	t.Parallel()
	inBubble(t, map[string]handler{
		postJob:  always(conflict("A sync is already running for: " + connectionID)),
		listJobs: always(ok(pageJSON(jobJSON(7, "running"), jobJSON(6, "succeeded")))),
		getJob:   inTurn(job("running"), job("succeeded")),
	}, func(t *testing.T, f *fake, c *cloud.Connection) {
		t.Helper()
		r, err := c.RunSync(t.Context())
		if err != nil || r.JobID() != 7 {
			t.Fatalf("%v, %v", r, err)
		}
		f.wants(postJob, listJobs, getJob, getJob)
		q := f.last(listJobs).Query
		if q.Get("connectionId") != connectionID || q.Get("orderBy") != "createdAt|DESC" || q.Get("jobType") != "sync" || q.Has("workspaceIds") {
			t.Errorf("query %v", q)
		}
	})
}

func TestConflictThatPassed(t *testing.T) {
	t.Parallel()
	inBubble(t, map[string]handler{
		postJob:  inTurn(conflict("A sync is already running for: x"), job("pending")),
		listJobs: inTurn(ok(pageJSON(jobJSON(6, "succeeded"))), ok(pageJSON())),
		getJob:   always(job("succeeded")),
	}, func(t *testing.T, f *fake, c *cloud.Connection) {
		t.Helper()
		if r, err := c.RunSync(t.Context()); err != nil || r.JobID() != 7 {
			t.Fatalf("%v, %v", r, err)
		}
		f.wants(postJob, listJobs, listJobs, postJob, getJob)
	})
}

func TestConflictFails(t *testing.T) {
	t.Parallel()
	f := serve(t, map[string]handler{postJob: always(conflict("A sync is already running for: x"))})
	r, err := f.connection().RunSync(t.Context(), cloud.OnConflict(cloud.Fail))
	if r != nil || !errors.Is(err, cloud.ErrSyncActive) || !errors.Is(err, cloud.ErrConflict) || !strings.Contains(err.Error(), "already running") {
		t.Errorf("%v, %v", r, err)
	}
	f.wants(postJob)
}

func TestInactiveConnectionIsNoRunningSync(t *testing.T) {
	t.Parallel()
	f := serve(t, map[string]handler{postJob: always(reply{status: 409, body: `{"type":"https://reference.airbyte.com/reference/errors#409-state-conflict",
		"title":"state-conflict","data":{"message":"Could not fulfill request"}}`})})
	_, err := f.connection().RunSync(t.Context())
	if !errors.Is(err, cloud.ErrConflict) || errors.Is(err, cloud.ErrSyncActive) {
		t.Errorf("%v", err)
	}
	f.wants(postJob)
}

func TestLostStart(t *testing.T) {
	t.Parallel()
	// The job was started although no answer came: it is found and not started again.
	f := serve(t, map[string]handler{postJob: always(reply{}), listJobs: always(ok(pageJSON(jobJSON(7, "running")))), getJob: always(job("succeeded"))})
	if r, err := f.connection().RunSync(t.Context()); err != nil || r.JobID() != 7 {
		t.Errorf("%v, %v", r, err)
	}
	f.wants(postJob, listJobs, getJob)
	// Nothing runs: nobody knows, and so nothing is started.
	f = serve(t, map[string]handler{postJob: always(reply{status: 504}), listJobs: always(ok(pageJSON()))})
	r, err := f.connection().RunSync(t.Context())
	if fault, ok := errors.AsType[*cloud.Error](err); r != nil || !ok || !fault.MayBeDone {
		t.Errorf("%v, %v", r, err)
	}
	f.wants(postJob, listJobs)
}

func TestWaitSurvivesFailingPolls(t *testing.T) {
	t.Parallel()
	bad := []reply{{status: 502, body: "<html>", kind: "text/html"}, {status: 500}, {status: 503}, {status: 429}, {status: 504}}
	inBubble(t, map[string]handler{getJob: inTurn(append(slices.Repeat(bad, 4), job("succeeded"))...)}, func(t *testing.T, _ *fake, c *cloud.Connection) {
		t.Helper()
		if status, err := c.SyncResult(7).Wait(t.Context()); err != nil || status != cloud.JobSucceeded {
			t.Errorf("%s, %v", status, err)
		}
	})
	for _, final := range []int{401, 403, 404} {
		inBubble(t, map[string]handler{getJob: inTurn(job("running"), reply{status: final})}, func(t *testing.T, f *fake, c *cloud.Connection) {
			t.Helper()
			status, err := c.SyncResult(7).Wait(t.Context())
			if fault, ok := errors.AsType[*cloud.Error](err); !ok || fault.Status != final || status != cloud.JobRunning {
				t.Errorf("%d: %s, %v", final, status, err)
			}
			f.wants(getJob, getJob)
		})
	}
}

func TestPatienceEnds(t *testing.T) {
	t.Parallel()
	inBubble(t, map[string]handler{getJob: always(reply{status: 500})}, func(t *testing.T, _ *fake, c *cloud.Connection) {
		t.Helper()
		start := time.Now()
		_, err := c.SyncResult(7).Wait(t.Context(), cloud.Patience(2*time.Minute))
		fault, ok := errors.AsType[*cloud.Error](err)
		if !ok || fault.Status != 500 || time.Since(start) < 2*time.Minute || time.Since(start) > 3*time.Minute {
			t.Errorf("after %s: %v", time.Since(start), err)
		}
	})
}

func TestTimeouts(t *testing.T) {
	t.Parallel()
	cancelled := false
	routes := func() map[string]handler {
		cancelled = false
		return map[string]handler{
			postJob: always(job("running")), getJob: always(job("running")),
			cancelJob: func(call) reply { cancelled = true; return job("cancelled") },
		}
	}
	inBubble(t, routes(), func(t *testing.T, _ *fake, c *cloud.Connection) {
		t.Helper()
		start := time.Now()
		r, err := c.RunSync(t.Context(), cloud.Timeout(time.Minute))
		fault, ok := errors.AsType[*cloud.Error](err)
		if !ok || r == nil || !errors.Is(err, cloud.ErrTimeout) || !errors.Is(err, context.DeadlineExceeded) || fault.JobStatus != cloud.JobRunning {
			t.Errorf("%v, %v", r, err)
		}
		if time.Since(start) != time.Minute || cancelled {
			t.Errorf("after %s, cancelled %v", time.Since(start), cancelled)
		}
	})
	inBubble(t, routes(), func(t *testing.T, f *fake, c *cloud.Connection) {
		t.Helper()
		if _, err := c.RunSync(t.Context(), cloud.Timeout(time.Minute), cloud.CancelOnTimeout()); !errors.Is(err, cloud.ErrTimeout) || !cancelled {
			t.Errorf("cancelled %v, %v", cancelled, err)
		}
	})
	inBubble(t, routes(), func(t *testing.T, _ *fake, c *cloud.Connection) {
		t.Helper()
		ctx, stop := context.WithTimeout(t.Context(), time.Minute)
		defer stop()
		if _, err := c.SyncResult(7).Wait(ctx, cloud.CancelOnTimeout()); !errors.Is(err, cloud.ErrTimeout) || !cancelled {
			t.Errorf("cancelled %v, %v", cancelled, err)
		}
	})
	inBubble(t, routes(), func(t *testing.T, _ *fake, c *cloud.Connection) {
		t.Helper()
		ctx, stop := context.WithCancel(t.Context())
		time.AfterFunc(time.Minute, stop)
		_, err := c.SyncResult(7).Wait(ctx, cloud.CancelOnTimeout())
		if !errors.Is(err, context.Canceled) || errors.Is(err, cloud.ErrTimeout) || !cancelled {
			t.Errorf("cancelled %v, %v", cancelled, err)
		}
	})
}

func TestCancel(t *testing.T) {
	t.Parallel()
	f := serve(t, map[string]handler{getJob: inTurn(job("running"), job("cancelled")), cancelJob: always(ok(`{"jobId":7,"status":"cancelled"}`))})
	r := f.connection().SyncResult(7)
	if err := r.Cancel(t.Context()); err != nil {
		t.Fatal(err)
	}
	f.wants(getJob, cancelJob)
	if records, err := r.RecordsSynced(t.Context()); err != nil || records != 1000 {
		t.Errorf("the counts of a cancelled job: %d, %v", records, err)
	}
	if err := r.Cancel(t.Context()); err != nil {
		t.Errorf("cancelling twice: %v", err)
	}
	// A server would cancel whatever the connection runs now.
	f = serve(t, map[string]handler{getJob: always(job("succeeded"))})
	err := f.connection().SyncResult(7).Cancel(t.Context())
	if !errors.Is(err, cloud.ErrConflict) {
		t.Errorf("cancelling a job that has succeeded: %v", err)
	}
	f.wants(getJob)
	// A cancel whose answer is lost is not repeated: it might hit the next job.
	f = serve(t, map[string]handler{getJob: always(job("running")), cancelJob: always(reply{})})
	if err := f.connection().SyncResult(7).Cancel(t.Context()); !errors.Is(err, cloud.ErrUnreachable) {
		t.Errorf("a lost cancel: %v", err)
	}
	f.wants(getJob, cancelJob)
}

func TestJobs(t *testing.T) {
	t.Parallel()
	f := serve(t, map[string]handler{
		listJobs:      inTurn(ok(pageJSON(jobJSON(9, "failed"), jobJSON(8, "succeeded"))), ok(pageJSON())),
		getJob:        always(job("succeeded")),
		getConnection: always(ok(connectionJSON(connectionID, "c", "[]"))),
	})
	c := f.connection()
	jobs, err := cloud.Collect(c.SyncResults(t.Context(), cloud.OldestFirst(), cloud.OfType(cloud.JobReset)))
	if err != nil || len(jobs) != 2 || jobs[0].JobID() != 9 {
		t.Fatalf("%v, %v", jobs, err)
	}
	if q := f.last(listJobs).Query; q.Get("orderBy") != "createdAt|ASC" || q.Get("jobType") != "reset" {
		t.Errorf("query %v", q)
	}
	info, err := jobs[1].Info(t.Context())
	want := &cloud.JobInfo{
		ID: 8, ConnectionID: connectionID, Type: cloud.JobSync, Status: cloud.JobSucceeded, BytesSynced: 52341, RecordsSynced: 1000,
		StartTime:   time.Date(2026, 1, 2, 3, 4, 0, 0, time.UTC),
		LastUpdated: time.Date(2026, 1, 2, 3, 6, 10, 0, time.UTC), Duration: 26*time.Hour + 3*time.Minute + time.Second,
	}
	if diff := cmp.Diff(want, info); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if last, err := c.LastSync(t.Context()); err != nil || last != nil {
		t.Errorf("the last of none: %v, %v", last, err)
	}
	found, err := f.workspace().Job(t.Context(), 7)
	if err != nil || found.JobID() != 7 || found.Connection().ID() != connectionID {
		t.Errorf("%v, %v", found, err)
	}
	if _, err := cloud.Collect(c.SyncResults(t.Context(), cloud.ByName("x"))); !errors.Is(err, cloud.ErrInvalidInput) {
		t.Errorf("jobs by name: %v", err)
	}
}
