package platform

import (
	"context"
	"time"

	"github.com/airfielddev/airfield/connector"
)

// ActorUse is what the connections of a source or destination come to.
type ActorUse struct {
	Connections int
	Active      int
	LastJob     time.Time // when the newest job was made; zero: there is none
	ByLastJob   map[JobStatus]int
}

// With is the use with so many more connections of one status, whose last jobs are of one status too; "" is that of no job.
func (u ActorUse) With(status ConnectionStatus, last JobStatus, n int, at time.Time) ActorUse {
	u.Connections += n
	if status == ConnectionActive {
		u.Active += n
	}
	if at.After(u.LastJob) {
		u.LastJob = at
	}
	if last != "" {
		if u.ByLastJob == nil {
			u.ByLastJob = make(map[JobStatus]int)
		}
		u.ByLastJob[last] += n
	}
	return u
}

// State is what sources and destinations are narrowed by.
func (u ActorUse) State() ActorState {
	if u.Active > 0 {
		return ActorActive
	}
	return ActorInactive
}

// Uses sums up the connections of sources or destinations that the caller was shown.
func (p *Platform) Uses(ctx context.Context, kind connector.Kind, rows []Actor) (map[string]ActorUse, error) {
	ids := make([]string, 0, len(rows))
	for _, a := range rows {
		ids = append(ids, a.ID)
	}
	return view(ctx, p, func(tb Tables) (map[string]ActorUse, error) { return tb.Counts.Uses(ctx, kind, ids) })
}

// CountActors counts the sources or destinations that a filter lets through, whatever its beginning, its offset and its limit.
func (p *Platform) CountActors(ctx context.Context, kind connector.Kind, f Filter) (int, error) {
	f.Kind, f.Within = kind, grantsOf(ctx).reach()
	return view(ctx, p, func(tb Tables) (int, error) {
		if err := p.entitle(ctx, tb, &f); err != nil {
			return 0, err
		}
		return tb.Counts.Actors(ctx, f)
	})
}

// entitle tells a filter what the definitions of its workspaces are called, when it asks for that.
func (p *Platform) entitle(ctx context.Context, tb Tables, f *Filter) error {
	if f.Actors == nil || f.Actors.Search == "" && f.Actors.Order != ActorsByTitle {
		return nil
	}
	own, err := tb.Definitions.List(ctx, Filter{Kind: f.Kind, WorkspaceIDs: f.WorkspaceIDs, Within: f.Within})
	if err != nil {
		return err
	}
	of := *f.Actors
	of.Titles = make(map[string]string, len(own))
	for _, d := range own {
		of.Titles[d.ID] = d.DisplayName()
	}
	for _, d := range p.connectors.Known() {
		if d.Kind == f.Kind {
			of.Titles[d.ID] = Definition{Definition: d}.DisplayName()
		}
	}
	f.Actors = &of
	return nil
}
