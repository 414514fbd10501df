package pipeline_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/pipeline"
	"github.com/airfielddev/airfield/protocol"
)

func control(config string) protocol.Message {
	return protocol.Message{Type: protocol.TypeControl, Control: &protocol.Control{
		Type: protocol.ControlConnectorConfig, ConnectorConfig: &protocol.ConfigEnvelope{Config: json.RawMessage(config)},
	}}
}

func traced(stream, message string) protocol.Message {
	return protocol.Message{Type: protocol.TypeTrace, Trace: &protocol.Trace{Type: protocol.TraceTypeError, Error: &protocol.TraceError{
		Message: message, FailureType: protocol.FailureTransient, StreamDescriptor: &protocol.StreamDescriptor{Name: stream},
	}}}
}

func TestHooks(t *testing.T) {
	t.Parallel()
	k := &kept{}
	src := says(errors.New("login with hunter2 refused"), protocol.LogMessage(protocol.LevelInfo, "password hunter2"), control(`{"token":"new"}`))
	j := job(src, &store{}, incremental("users"), k)
	j.Redact = func(s string) string { return strings.ReplaceAll(s, "hunter2", "***") }
	result := mustEnd(t, j, pipeline.Failed, "login with *** refused")
	if strings.Contains(result.Failures[0].Internal, "hunter2") {
		t.Errorf("the secret is in %q", result.Failures[0].Internal)
	}
	if len(k.lines) == 0 || k.lines[0].Message != "password ***" || k.lines[0].From != pipeline.FromSource || k.lines[0].Level != protocol.LevelInfo {
		t.Errorf("lines %+v", k.lines)
	}
	if !slices.Equal(k.configs, []string{`source {"token":"new"}`}) {
		t.Errorf("configurations %q", k.configs)
	}
}

func TestHooksFail(t *testing.T) {
	t.Parallel()
	for want, message := range map[string]protocol.Message{
		"committing states: database is gone":                             state("users", `{}`),
		"storing the configuration that source changed: database is gone": control(`{}`),
	} {
		k := &kept{failing: errors.New("database is gone")}
		result := mustEnd(t, job(says(nil, message), &store{}, incremental("users"), k), pipeline.Failed, want)
		if f := result.Failures[0]; f.Origin != pipeline.FromPlatform || len(result.Failures) != 1 {
			t.Errorf("failures %+v", result.Failures)
		}
	}
}

// A destination logs, renews its configuration and tells of errors as a source does; its streams are known by the source's names.
func TestDestinationSays(t *testing.T) {
	t.Parallel()
	s := &store{}
	s.edit = func(_ context.Context, m *protocol.Message, emit connector.Emit) (bool, error) {
		if m.Type != protocol.TypeRecord {
			return false, nil
		}
		return false, errors.Join(
			emit(protocol.LogMessage(protocol.LevelWarn, "slow disk")), emit(control(`{"key":2}`)), emit(traced("raw_users", "Out of space.")))
	}
	k := &kept{}
	j := job(says(nil, row("users", `{}`)), s, incremental("users"), k)
	j.Naming.Prefix = "raw_"
	result := mustEnd(t, j, pipeline.Failed, "Out of space.")
	if f := result.Failures[0]; f.Origin != pipeline.FromDestination || f.Type != "transient_error" || !f.Traced || f.Stream.Name != "users" {
		t.Errorf("failure %+v", f)
	}
	if l := k.lines[0]; l.From != pipeline.FromDestination || l.Level != protocol.LevelWarn || l.Message != "slow disk" {
		t.Errorf("lines %+v", k.lines)
	}
	if !slices.Equal(k.configs, []string{`destination {"key":2}`}) {
		t.Errorf("configurations %q", k.configs)
	}
}

// Progress is told at the pace of the job, and only when there is any.
func TestProgress(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		src := source{read: func(_ context.Context, _ connector.ReadRequest, emit connector.Emit) error {
			for range 3 {
				for range 100 {
					_ = emit(row("users", `{}`))
				}
				time.Sleep(10 * time.Second) //nolint:forbidigo // time is fake in a bubble
			}
			return nil
		}}
		var told []int64
		j := job(src, &store{}, incremental("users"), &kept{})
		j.Limits.Report = time.Second
		j.Hooks.Progress = func(_ context.Context, c pipeline.Counts) { told = append(told, c.Total.RecordsEmitted) }
		mustEnd(t, j, pipeline.Succeeded, "")
		if !slices.Equal(told, []int64{100, 200, 300}) {
			t.Errorf("progress %v", told)
		}
	})
}

// A hook that panics fails the attempt, not the process.
func TestHookPanics(t *testing.T) {
	t.Parallel()
	j := job(says(nil, state("users", `{}`)), &store{}, incremental("users"), &kept{})
	j.Hooks.Commit = func(context.Context, pipeline.Commit) error { panic("no database") }
	mustEnd(t, j, pipeline.Failed, "committing states: a hook of the attempt crashed: no database")
}
