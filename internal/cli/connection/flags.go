package connection

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"

	"github.com/airfielddev/airfield/cloud"
	"github.com/airfielddev/airfield/internal/cli/exit"
	"github.com/airfielddev/airfield/internal/cli/session"
)

// streamFlags choose streams.
type streamFlags struct {
	streams  string
	syncMode string
}

func (f *streamFlags) bind(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.streams, "streams", "", "`names` with commas between them; or JSON or YAML like that of connection streams, @FILE, or -")
	cmd.Flags().StringVar(&f.syncMode, "sync-mode", "", "`mode` of the streams that name none, such as full_refresh_append or incremental_deduped_history")
}

// chosen are the streams that were asked for; none when nothing was asked, or all were asked for with *.
func (f streamFlags) chosen(s *session.Session) ([]cloud.Stream, error) {
	if f.streams == "" || f.streams == "*" {
		if f.syncMode != "" {
			return nil, exit.Usagef("--sync-mode needs streams that are named with --streams")
		}
		return nil, nil
	}
	text, err := s.Text("streams", f.streams)
	if err != nil {
		return nil, err
	}
	rows, err := parseStreams(text)
	if err != nil {
		return nil, exit.Hint(exit.Usagef("reading --streams: %w", err), `give names, such as users,products, or a list of objects: [{"name": "users", "syncMode": "full_refresh_append"}]`)
	}
	streams := make([]cloud.Stream, len(rows))
	for i, r := range rows {
		if r.SyncMode == "" {
			r.SyncMode = f.syncMode
		}
		streams[i] = r.stream()
	}
	return streams, nil
}

// parseStreams reads a list of objects, or names with commas or line breaks between them.
func parseStreams(text []byte) ([]streamRow, error) {
	var list []any
	if yaml.Unmarshal(text, &list) == nil && len(list) > 0 {
		plain, err := json.Marshal(list)
		if err != nil {
			return nil, err
		}
		return decodeStreams(plain)
	}
	var rows []streamRow
	for _, name := range strings.FieldsFunc(string(text), func(r rune) bool { return r == ',' || r == '\n' }) {
		if name = strings.TrimSpace(name); name != "" {
			rows = append(rows, streamRow{Name: name})
		}
	}
	return rows, nil
}

// decodeStreams takes names for objects, and refuses members that it does not know: a mistyped one would be lost.
func decodeStreams(text []byte) ([]streamRow, error) {
	var items []json.RawMessage
	if err := json.Unmarshal(text, &items); err != nil {
		return nil, err
	}
	rows := make([]streamRow, len(items))
	for i, item := range items {
		if json.Unmarshal(item, &rows[i].Name) == nil {
			continue
		}
		dec := json.NewDecoder(bytes.NewReader(item))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&rows[i]); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// scheduleFlags choose when a connection syncs.
type scheduleFlags struct {
	cron     string
	timeZone string
	every    time.Duration
	manual   bool
}

func (f *scheduleFlags) bind(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.cron, "cron", "", "sync by this cron `expression`, such as \"0 0 12 * * ?\"")
	cmd.Flags().StringVar(&f.timeZone, "time-zone", "", "`zone` of --cron, such as Europe/Berlin; UTC without it")
	cmd.Flags().DurationVar(&f.every, "every", 0, "sync in such `intervals`, such as 6h")
	cmd.Flags().BoolVar(&f.manual, "manual", false, "sync only when told to")
	cmd.MarkFlagsMutuallyExclusive("cron", "every", "manual")
}

// chosen is the schedule that was asked for, nil when none was.
func (f scheduleFlags) chosen() (*cloud.Schedule, error) {
	switch {
	case f.timeZone != "" && f.cron == "":
		return nil, exit.Usagef("--time-zone goes with --cron")
	case f.cron != "":
		return new(cloud.CronIn(f.cron, f.timeZone)), nil
	case f.every != 0:
		return new(cloud.Every(f.every)), nil
	case f.manual:
		return new(cloud.Manual()), nil
	}
	return nil, nil
}
