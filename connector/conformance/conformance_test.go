package conformance_test

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/airfielddev/airfield/connector/conformance"
	"github.com/airfielddev/airfield/protocol"
)

// faultVariable names the fault that a child process of the test has.
const faultVariable = "AIRFIELD_CONFORMANCE_FAULT"

// TestMemory is passed by connectors without a fault. With one, which the variable names, it has to fail.
func TestMemory(t *testing.T) {
	fault := os.Getenv(faultVariable)
	bad := map[string]json.RawMessage{"no place": json.RawMessage(`{}`)}
	t.Run("destination", func(t *testing.T) {
		places := 0
		d := newDestination(fault)
		conformance.Destination(t, conformance.DestinationCase{
			Destination: d,
			Config: func(*testing.T) json.RawMessage {
				places++
				return json.RawMessage(`{"place":"` + strings.Repeat("x", places) + `"}`)
			},
			BadConfigs: bad,
			Rows: func(_ context.Context, config json.RawMessage, stream protocol.StreamDescriptor) ([]conformance.Row, error) {
				return d.visible(config, stream), nil
			},
		})
	})
	t.Run("source", func(t *testing.T) {
		conformance.Source(t, conformance.SourceCase{Source: source{fault}, Config: json.RawMessage(`{"place":"x"}`), BadConfigs: bad})
	})
}

// TestFaults breaks one promise at a time and looks whether the suite notices, and where.
func TestFaults(t *testing.T) {
	t.Parallel()
	for fault, where := range map[string]string{
		"echo early":         "destination/append",
		"echo backwards":     "destination/interleaved streams",
		"echo other stats":   "destination/append",
		"keep bytes":         "destination/append",
		"mix namespaces":     "destination/interleaved streams",
		"swap early":         "destination/replace in mode append/swap",
		"swap without end":   "destination/replace in mode append/retry",
		"forget aside":       "destination/replace in mode append/retry",
		"keep abandoned":     "destination/replace in mode append/abandon",
		"arrival wins":       "destination/dedup",
		"keep deleted":       "destination/dedup_deletes",
		"round numbers":      "destination/values",
		"accept any config":  "destination/bad_config",
		"ignore cancel":      "source/cancel",
		"no end":             "source/read_full_refresh",
		"state too early":    "source/resume_full_refresh",
		"wrong stats":        "source/read_full_refresh",
		"unknown is nothing": "source/unknown_stream",
		"swallow":            "source/nobody_listens",
		"break lines":        "source/read_full_refresh",
		"same names":         "source/discover",
	} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			path := "TestMemory/" + strings.ReplaceAll(where, " ", "_")
			child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+strings.ReplaceAll(path, "/", "$/^")+"$")
			child.Env = append(os.Environ(), faultVariable+"="+fault)
			out, err := child.CombinedOutput()
			if err == nil || !strings.Contains(string(out), "--- FAIL: "+path) {
				t.Errorf("the suite did not fail at %s: %v\n%s", where, err, out)
			}
		})
	}
}
