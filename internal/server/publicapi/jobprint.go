package publicapi

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/server/endpoint"
	"github.com/airfielddev/airfield/internal/wire/public"
)

var orderGrammar = regexp.MustCompile(`([a-zA-Z0-9]+)\|(ASC|DESC)`)

// order reads a field and a direction, found anywhere in the text. Without a text the oldest come first.
func order(text string) (byUpdated, descending bool, err error) {
	if text == "" {
		return false, false, nil
	}
	found := orderGrammar.FindStringSubmatch(text)
	if found == nil || !strings.EqualFold(found[1], "createdAt") && !strings.EqualFold(found[1], "updatedAt") {
		return false, false, endpoint.BadRequest("Invalid order by clause provided: %s. It must be createdAt or updatedAt, a bar, and ASC or DESC: createdAt|DESC.", text)
	}
	return strings.EqualFold(found[1], "updatedAt"), found[2] == "DESC", nil
}

// printJob leaves the counts out, as the answers to starting and cancelling do.
func printJob(j platform.Job) public.JobResponse {
	out := public.JobResponse{
		JobID:        j.ID,
		Status:       public.JobStatus(j.Status),
		JobType:      printType(j.Type),
		StartTime:    moment(j.CreatedAt),
		ConnectionID: j.ConnectionID,
	}
	if j.Status.Final() {
		out.LastUpdatedAt = moment(j.UpdatedAt)
	}
	if j.Status != platform.JobPending {
		out.Duration = duration(lastChange(j).Sub(j.CreatedAt))
	}
	return out
}

func printCounted(j platform.Job) public.JobResponse {
	out, total := printJob(j), j.Totals()
	out.BytesSynced, out.RowsSynced = &total.BytesCommitted, &total.RecordsCommitted
	return out
}

func lastChange(j platform.Job) time.Time {
	if j.UpdatedAt.IsZero() {
		return j.CreatedAt
	}
	return j.UpdatedAt
}

func printType(t platform.JobType) public.JobType {
	if t == platform.JobReset {
		return public.JobReset
	}
	return public.JobType(t)
}

// moment always has seconds and a zone, because clients parse it with little patience.
func moment(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

// duration is in the notation of ISO 8601, with hours as the largest unit: PT26H3M.
func duration(d time.Duration) string {
	seconds := max(int64(d/time.Second), 0)
	part := func(n int64, unit string) string {
		if n == 0 {
			return ""
		}
		return fmt.Sprintf("%d%s", n, unit)
	}
	text := part(seconds/3600, "H") + part(seconds/60%60, "M") + part(seconds%60, "S")
	return "PT" + cmp.Or(text, "0S")
}
