package cloud

import (
	"context"
	"iter"
	"net/url"

	"github.com/airfielddev/airfield/internal/wire/public"
)

// Jobs lists the jobs of all connections of the workspace, the newest first, whatever their type; see [OfType] and [OldestFirst].
// Jobs have no names, so [ByName] and [Where] are refused.
//
// See https://reference.airbyte.com/reference/listjobs.
func (w *Workspace) Jobs(ctx context.Context, opts ...ListOption) iter.Seq2[*SyncResult, error] {
	op := "listing jobs of workspace " + w.id
	o, err := listOptionsOf(op, opts)
	if err != nil {
		return fails[*SyncResult](err)
	}
	if w.id == "" || o.name != nil || o.where != nil {
		return fails[*SyncResult](refuse(ErrInvalidInput, op, "workspace", w.id, "an ID is needed, and jobs have no names"))
	}
	query := url.Values{"workspaceIds": {w.id}, "orderBy": {public.OrderCreatedDesc}}
	if o.oldestFirst {
		query.Set("orderBy", public.OrderCreatedAsc)
	}
	if o.jobType != "" {
		query.Set("jobType", string(o.jobType))
	}
	rows := listPublic[public.JobResponse](ctx, w.client, op, "jobs", query, o)
	name := func(*public.JobResponse) string { return "" }
	return kept(rows, o, name, func(r *public.JobResponse) *SyncResult { return w.Connection(r.ConnectionID).result(r) })
}
