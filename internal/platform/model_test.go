package platform_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/protocol"
)

// legal are the ways a job's status may change from one look to the next.
var legal = map[platform.JobStatus][]platform.JobStatus{
	platform.JobPending:    {platform.JobPending, platform.JobRunning, platform.JobCancelled},
	platform.JobRunning:    {platform.JobRunning, platform.JobPending, platform.JobIncomplete, platform.JobSucceeded, platform.JobFailed, platform.JobCancelled},
	platform.JobIncomplete: {platform.JobIncomplete, platform.JobRunning, platform.JobCancelled},
	platform.JobSucceeded:  {platform.JobSucceeded},
	platform.JobFailed:     {platform.JobFailed},
	platform.JobCancelled:  {platform.JobCancelled},
}

// player does at random what users, engines and crashes do, and looks after each step whether everything still fits together.
type player struct {
	*deployment
	rand        *rand.Rand
	connections []platform.Connection
	running     []platform.Run
	seen        map[int64]platform.JobStatus
	newest      map[string]int64 // generations by connection and stream
}

func TestJobsAtRandom(t *testing.T) {
	t.Parallel()
	for seed := range uint64(8) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			p := &player{deployment: deploy(t), rand: rand.New(rand.NewPCG(seed, 1)), seen: map[int64]platform.JobStatus{}, newest: map[string]int64{}}
			p.connections = []platform.Connection{p.connect(t, fullOverwrite, changes), p.connect(t, changes)}
			for range 120 {
				p.step(t)
				p.look(t)
			}
		})
	}
}

func (p *player) step(t *testing.T) {
	t.Helper()
	c := p.connections[p.rand.IntN(len(p.connections))]
	switch p.rand.IntN(9) {
	case 0, 1:
		p.tolerate(t, p.createAny(t, c))
	case 2, 3:
		p.start(t)
	case 4, 5:
		p.end(t)
	case 6:
		p.commitSome(t)
	case 7:
		if n := int64(len(p.seen)); n > 0 {
			_, err := p.CancelJob(t.Context(), 1+p.rand.Int64N(n))
			p.tolerate(t, err)
		}
	case 8:
		p.clock.advance(time.Duration(p.rand.IntN(60)) * time.Second)
		if p.rand.IntN(4) == 0 { // the server is killed and starts again
			p.running = nil
			p.tolerate(t, p.Recover(t.Context()))
		}
	}
}

// tolerate lets refusals pass: the player does not know what is allowed.
func (p *player) tolerate(t *testing.T, err error) {
	t.Helper()
	if err != nil && !errors.Is(err, platform.ErrSyncRunning) && !errors.Is(err, platform.ErrConflict) {
		t.Fatal(err)
	}
}

func (p *player) createAny(t *testing.T, c platform.Connection) error {
	t.Helper()
	kinds := []platform.JobType{platform.JobSync, platform.JobSync, platform.JobRefresh, platform.JobClear}
	_, err := p.CreateJob(t.Context(), c.ID, kinds[p.rand.IntN(len(kinds))], platform.JobOptions{})
	return err
}

func (p *player) start(t *testing.T) {
	t.Helper()
	j, ok, err := p.ClaimJob(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !ok || p.rand.IntN(8) == 0 { // or the server is killed between the two
		return
	}
	run, err := p.StartAttempt(t.Context(), j.ID)
	p.tolerate(t, err)
	if err != nil {
		return
	}
	p.running = append(p.running, run)
	for _, s := range run.Catalog.Streams {
		key := run.Connection.ID + s.Descriptor().String()
		if s.GenerationID < p.newest[key] || s.MinimumGenerationID > s.GenerationID {
			t.Errorf("stream %s has generation %d, minimum %d, after %d", s.Descriptor(), s.GenerationID, s.MinimumGenerationID, p.newest[key])
		}
		p.newest[key] = s.GenerationID
	}
}

func (p *player) commitSome(t *testing.T) {
	t.Helper()
	if len(p.running) == 0 {
		return
	}
	run := p.running[p.rand.IntN(len(p.running))]
	states := []*protocol.State{protocol.NewStreamState(orders, fmt.Appendf(nil, "%d", run.Job.ID))}
	p.tolerate(t, p.CommitStates(t.Context(), run.Job.ID, run.Attempt.Number, states, nil, platform.Stats{RecordsCommitted: 1}))
}

func (p *player) end(t *testing.T) {
	t.Helper()
	if len(p.running) == 0 {
		return
	}
	i := p.rand.IntN(len(p.running))
	run := p.running[i]
	p.running = slices.Delete(p.running, i, i+1)
	results := []platform.AttemptResult{succeeded, partly, failed("system_error", 0), failed("config_error", 0),
		{Status: platform.OutcomeInterrupted}, {Status: platform.OutcomeCancelled}}
	_, err := p.FinishAttempt(t.Context(), run.Job.ID, run.Attempt.Number, results[p.rand.IntN(len(results))])
	p.tolerate(t, err)
}

func (p *player) look(t *testing.T) {
	t.Helper()
	jobs, err := p.Jobs(t.Context(), platform.JobFilter{})
	if err != nil {
		t.Fatal(err)
	}
	busy, syncs := map[string]int{}, map[string]int{}
	for _, j := range jobs {
		if before, ok := p.seen[j.ID]; ok && !slices.Contains(legal[before], j.Status) {
			t.Errorf("job %d went from %s to %s", j.ID, before, j.Status)
		}
		p.seen[j.ID] = j.Status
		if j.Status == platform.JobRunning {
			busy[j.ConnectionID]++
		}
		if !j.Status.Final() && (j.Type == platform.JobSync || j.Type == platform.JobRefresh) {
			syncs[j.ConnectionID]++
		}
		for n, a := range j.Attempts {
			last := n == len(j.Attempts)-1
			if a.Number != n || (a.Status == platform.AttemptRunning) != a.EndedAt.IsZero() ||
				(a.Status == platform.AttemptRunning && (!last || j.Status != platform.JobRunning)) ||
				(a.Status == platform.AttemptFailed) != (len(a.Failures) > 0) ||
				(a.Status == platform.AttemptSucceeded) != (last && j.Status == platform.JobSucceeded) {
				t.Errorf("job %d is %s with attempt %+v", j.ID, j.Status, a)
			}
		}
	}
	for _, c := range p.connections {
		if busy[c.ID] > 1 || syncs[c.ID] > 1 {
			t.Errorf("a connection has %d running jobs and %d syncs", busy[c.ID], syncs[c.ID])
		}
	}
}
