// Package crashtest kills destinations while they write, to see that what they echoed is stored.
//
// A test binary calls [Main] from its TestMain; [Kill] then starts that binary again as the victim.
package crashtest

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"os"
	"os/exec"
	"strconv"
	"testing"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/protocol"
)

// environment tells a test binary that it is the victim; its value is the victim's job as JSON.
const environment = "AIRFIELD_CRASHTEST"

// perState is how many records stand between two states.
const perState = 500

// Job is what the victim writes: records {"id":n,"pad":"..."} with n from First on, for ever.
type Job struct {
	Config json.RawMessage
	Stream protocol.ConfiguredStream
	First  int
}

// Main runs the tests, or the victim when this process is one. The result is the exit code.
func Main(m *testing.M, d connector.Destination) int {
	text := os.Getenv(environment)
	if text == "" {
		return m.Run()
	}
	var job Job
	if err := json.Unmarshal([]byte(text), &job); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	if err := job.run(d, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// run writes and tells of every state that comes back the id before it, one to a line.
func (j *Job) run(d connector.Destination, out io.Writer) error {
	emit := func(m protocol.Message) error {
		if m.Type != protocol.TypeState {
			return nil
		}
		_, err := fmt.Fprintf(out, "%s\n", m.State.Stream.StreamState)
		return err
	}
	catalog := protocol.ConfiguredCatalog{Streams: []protocol.ConfiguredStream{j.Stream}}
	return d.Write(context.Background(), connector.WriteRequest{Config: j.Config, Catalog: catalog}, j.messages(), emit)
}

func (j *Job) messages() iter.Seq2[*protocol.Message, error] {
	d := j.Stream.Descriptor()
	pad := make([]byte, 300)
	for i := range pad {
		pad[i] = byte('a' + i%26)
	}
	return func(yield func(*protocol.Message, error) bool) {
		for id := j.First; ; id++ {
			data := fmt.Appendf(nil, `{"id":%d,"pad":"%s"}`, id, pad)
			m := protocol.RecordMessage(protocol.Record{Stream: d.Name, Namespace: d.Namespace, Data: data, EmittedAt: int64(id)})
			if !yield(&m, nil) {
				return
			}
			state := protocol.StateMessage(protocol.NewStreamState(d, strconv.AppendInt(nil, int64(id), 10)))
			if id%perState == 0 && !yield(&state, nil) {
				return
			}
		}
	}
}

// Kill starts a victim, waits until it has echoed a number of states beyond those that came with the first commit, and kills
// it. The result is the id that the last state it told of stood for.
func Kill(t *testing.T, job Job, states int) int {
	t.Helper()
	text, err := json.Marshal(job)
	if err != nil {
		t.Fatal(err)
	}
	victim := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^$")
	victim.Env = append(os.Environ(), environment+"="+string(text))
	victim.Stderr = os.Stderr
	out, err := victim.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := victim.Start(); err != nil {
		t.Fatal(err)
	}
	last := 0
	scanner := bufio.NewScanner(out)
	for n := 0; scanner.Scan(); n++ {
		if last, err = strconv.Atoi(scanner.Text()); err != nil {
			t.Fatalf("the victim said %q", scanner.Text())
		}
		if n == states {
			if err := victim.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := victim.Wait(); err == nil {
		t.Fatal("the victim ended before it was killed")
	}
	if last == 0 {
		t.Fatal("the victim echoed no state")
	}
	return last
}
