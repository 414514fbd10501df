package job

import (
	"context"
	"strconv"
	"time"

	"github.com/airfielddev/airfield/cloud"
	"github.com/airfielddev/airfield/internal/cli/output"
	"github.com/airfielddev/airfield/internal/cli/progress"
	"github.com/airfielddev/airfield/internal/cli/session"
)

// row is a job under the API's names.
type row struct {
	ID           int64     `json:"jobId"`
	Type         string    `json:"jobType"`
	Status       string    `json:"status"`
	ConnectionID string    `json:"connectionId"`
	StartTime    time.Time `json:"startTime,omitzero"`
	LastUpdated  time.Time `json:"lastUpdatedAt,omitzero"`
	Seconds      float64   `json:"durationSeconds"`
	Records      int64     `json:"rowsSynced"`
	Bytes        int64     `json:"bytesSynced"`
	URL          string    `json:"url"`
}

func rowOf(ctx context.Context, r *cloud.SyncResult) (row, error) {
	info, err := r.Info(ctx)
	if err != nil {
		return row{}, err
	}
	return row{
		ID: info.ID, Type: string(info.Type), Status: string(info.Status), ConnectionID: info.ConnectionID, StartTime: info.StartTime,
		LastUpdated: info.LastUpdated, Seconds: info.Duration.Seconds(), Records: info.RecordsSynced, Bytes: info.BytesSynced,
		URL: r.URL(),
	}, nil
}

func view() output.View[row] {
	return output.View[row]{
		Name: func(r row) string { return strconv.FormatInt(r.ID, 10) },
		Columns: []output.Column[row]{
			{Title: "job", Text: func(r row) string { return strconv.FormatInt(r.ID, 10) }},
			{Title: "type", Text: func(r row) string { return r.Type }},
			{Title: "status", Text: func(r row) string { return r.Status }},
			{Title: "connection", Text: func(r row) string { return r.ConnectionID }},
			{Title: "started", Text: func(r row) string { return session.Date(r.StartTime) }},
			{Title: "took", Text: func(r row) string { return time.Duration(r.Seconds * float64(time.Second)).String() }},
			{Title: "records", Text: func(r row) string { return strconv.FormatInt(r.Records, 10) }},
			{Title: "data", Text: func(r row) string { return progress.Bytes(r.Bytes) }},
			{Title: "url", Text: func(r row) string { return r.URL }, Detail: true},
		},
	}
}
