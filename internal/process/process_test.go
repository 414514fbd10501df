//go:build unix

package process_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/process"
	"github.com/airfielddev/airfield/protocol"
	"github.com/google/go-cmp/cmp"
)

// TestMain plays the connector when the test binary is started as one.
func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == "as-connector" {
		os.Exit(play(os.Args[2], os.Args[3:]))
	}
	os.Exit(m.Run())
}

// play acts one part of a connector. The first argument after the part is the protocol's verb.
func play(part string, args []string) int {
	files := map[string]string{}
	for i := 1; i+1 < len(args); i += 2 {
		files[strings.TrimPrefix(args[i], "--")] = args[i+1]
	}
	switch part {
	case "good":
		return playGood(args[0], files)
	case "crash":
		fmt.Println(`{"type":"RECORD","record":{"stream":"a","data":{"n":1},"emitted_at":1}}`)
		fmt.Fprintln(os.Stderr, "out of luck")
		return 3
	case "trace":
		fmt.Println(`{"type":"TRACE","trace":{"type":"ERROR","emitted_at":1,"error":{"message":"the key is wrong","internal_message":"401","failure_type":"config_error"}}}`)
		return 1
	case "garbage":
		fmt.Println(`{"type":"RECORD","record":{"stream":"a","data":{"n":}}}`)
		return 0
	case "long":
		fmt.Println(`{"type":"RECORD","record":{"stream":"a","data":{"n":"` + strings.Repeat("x", 5<<20) + `"},"emitted_at":1}}`)
		return 0
	case "stubborn":
		return playStubborn(files["config"])
	}
	return 9
}

func playGood(verb string, files map[string]string) int {
	switch verb {
	case "spec":
		fmt.Println("Starting up...")
		fmt.Println(`{"type":"SPEC","spec":{"connectionSpecification":{"type":"object","properties":{}}}}`)
	case "check":
		config, _ := os.ReadFile(files["config"])
		info, _ := os.Stat(files["config"])
		status := fmt.Sprintf("%s %s secret=%q", config, info.Mode(), os.Getenv("AIRBYTE_CLIENT_SECRET"))
		body, _ := json.Marshal(protocol.ConnectionStatus{Status: protocol.StatusSucceeded, Message: status})
		fmt.Printf(`{"type":"CONNECTION_STATUS","connectionStatus":%s}`+"\n", body)
	case "discover":
		fmt.Println(`{"type":"CATALOG","catalog":{"streams":[{"name":"a","json_schema":{},"supported_sync_modes":["full_refresh"]}]}}`)
	case "read":
		state, _ := os.ReadFile(files["state"])
		fmt.Printf(`{"type":"RECORD","record":{"stream":"a","data":{"state":%s},"emitted_at":1}}`+"\n", state)
	case "write":
		return playWrite()
	}
	return 0
}

// playWrite counts records and echoes each state with the count.
func playWrite() int {
	in := bufio.NewReader(os.Stdin)
	records := 0
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			return 0
		}
		var m protocol.Message
		if err := m.Parse(line); err != nil {
			return 4
		}
		switch m.Type {
		case protocol.TypeRecord:
			records++
		case protocol.TypeState:
			m.State.DestinationStats = &protocol.Stats{RecordCount: protocol.Count(records)}
			out, _ := m.Append(nil)
			fmt.Println(string(out))
		}
	}
}

// playStubborn starts a grandchild, writes both process ids beside the configuration it was given, and ignores being asked to stop.
func playStubborn(config string) int {
	body, _ := os.ReadFile(config)
	var where struct{ PIDs string }
	_ = json.Unmarshal(body, &where)
	grandchild := exec.Command("sh", "-c", "trap '' TERM; while :; do sleep 1; done")
	grandchild.Stdout = os.Stdout
	if grandchild.Start() != nil {
		return 5
	}
	_ = os.WriteFile(where.PIDs, []byte(strconv.Itoa(os.Getpid())+" "+strconv.Itoa(grandchild.Process.Pid)), 0o600)
	fmt.Println(`{"type":"LOG","log":{"level":"INFO","message":"ready"}}`)
	_ = grandchild.Wait()
	return 0
}

func program(t *testing.T, part string) process.Program {
	t.Helper()
	p, err := process.Executable("source-test", os.Args[0], "as-connector", part)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestSourceVerbs(t *testing.T) {
	t.Setenv("AIRBYTE_CLIENT_SECRET", "canary")
	source := process.NewSource(program(t, "good"))
	spec, err := source.Spec(t.Context())
	if err != nil || len(spec.ConnectionSpecification) == 0 {
		t.Fatalf("spec: %+v, %v", spec, err)
	}
	status, err := source.Check(t.Context(), json.RawMessage(`{"a":1}`), connector.Discard)
	if err != nil || status.Message != `{"a":1} -rw------- secret=""` {
		t.Errorf("check: %+v, %v", status, err)
	}
	catalog, err := source.Discover(t.Context(), nil, connector.Discard)
	if err != nil || len(catalog.Streams) != 1 || catalog.Streams[0].Name != "a" {
		t.Errorf("discover: %+v, %v", catalog, err)
	}
	state := protocol.NewStreamState(protocol.StreamDescriptor{Name: "a"}, json.RawMessage(`{"n":7}`))
	var got []string
	err = source.Read(t.Context(), connector.ReadRequest{State: []*protocol.State{state}}, func(m protocol.Message) error {
		got = append(got, string(m.Record.Data))
		return nil
	})
	want := []string{`{"state":[{"type":"STREAM","stream":{"stream_descriptor":{"name":"a"},"stream_state":{"n":7}}}]}`}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("read: %v (-want +got):\n%s", err, diff)
	}
}

func TestDestinationEchoesStates(t *testing.T) {
	t.Parallel()
	destination := process.NewDestination(program(t, "good"))
	in := func(yield func(*protocol.Message, error) bool) {
		for i := range 3 {
			record := protocol.RecordMessage(protocol.Record{Stream: "a", Data: []byte(`{"text":"line\nbreak"}`)})
			if !yield(&record, nil) {
				return
			}
			state := protocol.StateMessage(protocol.NewStreamState(protocol.StreamDescriptor{Name: "a"}, json.RawMessage(strconv.Itoa(i))))
			if !yield(&state, nil) {
				return
			}
		}
	}
	var got []string
	err := destination.Write(t.Context(), connector.WriteRequest{}, in, func(m protocol.Message) error {
		got = append(got, fmt.Sprintf("%s:%d", m.State.Stream.StreamState, m.State.DestinationStats.RecordCount))
		return nil
	})
	if diff := cmp.Diff([]string{"0:1", "1:2", "2:3"}, got); err != nil || diff != "" {
		t.Errorf("states: %v (-want +got):\n%s", err, diff)
	}
}

func TestFailuresNameTheConnector(t *testing.T) {
	t.Parallel()
	f := func(part string, kind protocol.FailureType, want ...string) {
		t.Helper()
		err := process.NewSource(program(t, part)).Read(t.Context(), connector.ReadRequest{}, connector.Discard)
		if err == nil {
			t.Fatalf("%s: no error", part)
		}
		for _, text := range want {
			if !strings.Contains(err.Error(), text) {
				t.Errorf("%s: %q does not say %q", part, err, text)
			}
		}
		if got := connector.FailureOf(err); got != kind {
			t.Errorf("%s: type %s, want %s", part, got, kind)
		}
	}
	f("crash", protocol.FailureSystem, "source-test", "exit code 3", "out of luck")
	f("trace", protocol.FailureConfig, "the key is wrong")
	f("garbage", protocol.FailureSystem, "source-test", "line 1", "not valid JSON")
}

func TestLineOverTheLimit(t *testing.T) {
	t.Parallel()
	p := program(t, "long")
	p.MaxLine = 1 << 20
	err := process.NewSource(p).Read(t.Context(), connector.ReadRequest{}, connector.Discard)
	if err == nil || !strings.Contains(err.Error(), "too long") {
		t.Errorf("got %v", err)
	}
	p.MaxLine = 0
	size := 0
	err = process.NewSource(p).Read(t.Context(), connector.ReadRequest{}, func(m protocol.Message) error {
		size = len(m.Record.Data)
		return nil
	})
	if err != nil || size < 5<<20 {
		t.Errorf("under the limit: %d bytes, %v", size, err)
	}
}

// TestTemp has the files of a run where they are to be, as long as it lasts.
func TestTemp(t *testing.T) {
	t.Parallel()
	p := program(t, "good")
	p.Temp = filepath.Join(t.TempDir(), "new")
	files := func() int {
		found, err := filepath.Glob(filepath.Join(p.Temp, "airfield-*", "config.json"))
		if err != nil {
			t.Error(err)
		}
		return len(found)
	}
	req := connector.ReadRequest{State: []*protocol.State{{Data: json.RawMessage(`{}`)}}}
	err := process.NewSource(p).Read(t.Context(), req, func(protocol.Message) error {
		if n := files(); n != 1 {
			t.Errorf("%d configurations while it runs", n)
		}
		return nil
	})
	if n := files(); err != nil || n != 0 {
		t.Errorf("%d configurations afterwards, %v", n, err)
	}
}

func TestListenerGone(t *testing.T) {
	t.Parallel()
	gone := errors.New("nobody listens")
	err := process.NewSource(program(t, "good")).Read(t.Context(), connector.ReadRequest{
		State: []*protocol.State{{Data: json.RawMessage(`{}`)}},
	}, func(protocol.Message) error { return gone })
	if !errors.Is(err, gone) {
		t.Errorf("got %v", err)
	}
}

func TestCancelEndsTheWholeTree(t *testing.T) {
	t.Parallel()
	pids := filepath.Join(t.TempDir(), "pids")
	config, err := json.Marshal(map[string]string{"PIDs": pids})
	if err != nil {
		t.Fatal(err)
	}
	p := program(t, "stubborn")
	p.Grace = 50 * time.Millisecond
	ctx, cancel := context.WithCancel(t.Context())
	err = process.NewSource(p).Read(ctx, connector.ReadRequest{Config: config}, func(m protocol.Message) error {
		if m.Log != nil && m.Log.Message == "ready" {
			cancel()
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	text, err := os.ReadFile(pids)
	if err != nil {
		t.Fatal(err)
	}
	for _, field := range strings.Fields(string(text)) {
		pid, err := strconv.Atoi(field)
		if err != nil {
			t.Fatal(err)
		}
		waitGone(t, pid)
	}
}

// waitGone polls because a killed grandchild belongs to init, which reaps it in its own time.
func waitGone(t *testing.T, pid int) {
	t.Helper()
	deadline := time.After(time.Minute)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for alive(pid) {
		select {
		case <-deadline:
			t.Fatalf("process %d is still there", pid)
		case <-tick.C:
		}
	}
}

func alive(pid int) bool {
	if syscall.Kill(pid, 0) != nil {
		return false
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err != nil || !strings.Contains(string(stat), ") Z ")
}

func TestExecutableNotThere(t *testing.T) {
	t.Parallel()
	if _, err := process.Executable("source-x", "/no/such/program"); err == nil || !strings.Contains(err.Error(), "source-x") {
		t.Errorf("got %v", err)
	}
	if _, err := process.Executable("source-x"); err == nil {
		t.Error("an empty command must be refused")
	}
}

func TestNameOf(t *testing.T) {
	t.Parallel()
	for reference, want := range map[string]string{
		"airbyte/source-faker:6.2.14": "source-faker", "/opt/source-x.sh": "source-x", "ghcr.io/a/b/source-y@sha256:12": "source-y",
	} {
		if got := process.NameOf(reference); got != want {
			t.Errorf("%s: got %s, want %s", reference, got, want)
		}
	}
}
