package declarative

import (
	"strings"
	"testing"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/protocol"
)

// beginning is a stream that begins where a setting says.
func beginning(more string) string {
	return items(more + `
  incremental_sync: {type: DatetimeBasedCursor, cursor_field: at, datetime_format: "%Y-%m-%d", start_datetime: "{{ config['day'] }}"}
`)
}

// TestNoStart tells of a beginning that is not there as soon as it is needed, and whose fault it is.
func TestNoStart(t *testing.T) {
	t.Parallel()
	const partitions = "    partition_router: {type: ListPartitionRouter, values: [a], cursor_field: part}"
	for name, test := range map[string]struct {
		more       string
		day        any
		discovered bool
		want       string
	}{
		"empty":           {"", "", false, "{{ config['day'] }} is empty, where a datetime is needed"},
		"null":            {"", nil, false, `reading "None" as a datetime of format "%Y-%m-%d"`},
		"no datetime":     {"", "soon", false, `reading "soon" as a datetime of format "%Y-%m-%d"`},
		"with partitions": {partitions, "", true, "{{ config['day'] }} is empty, where a datetime is needed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := pages(t, nil)
			f := load(t, a, beginning(test.more))
			f.config["day"] = test.day
			if _, err := f.Discover(t.Context(), f.json(t), connector.Discard); (err == nil) != test.discovered {
				t.Errorf("discovering: %v", err)
			}
			err := f.read(t, "items")
			if err == nil || !strings.Contains(err.Error(), "streams[0].incremental_sync.start_datetime: "+test.want) {
				t.Errorf("reading: %v", err)
			}
			equal(t, "failure", connector.FailureOf(err), protocol.FailureConfig)
			equal(t, "requests", len(a.calls), 0)
		})
	}
}

// TestNoEnd reads to the present.
func TestNoEnd(t *testing.T) {
	t.Parallel()
	a := pages(t, map[string]string{"/v1/items": `{"data":[{"at":"2024-02-01"}]}`})
	f := load(t, a, strings.Replace(beginning(""), `start_datetime: "{{ config['day'] }}"`, `start_datetime: "2024-01-01", end_datetime: ""`, 1))
	if err := f.read(t, "items"); err != nil || len(f.records("items")) != 1 {
		t.Errorf("got %v and %v", f.records("items"), err)
	}
}
