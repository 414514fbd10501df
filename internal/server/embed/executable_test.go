package embed_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield"
	"github.com/airfielddev/airfield/cloud"
	"github.com/airfielddev/airfield/internal/server/embed"
	"github.com/airfielddev/airfield/protocol"
)

// TestMain plays a connector when the test binary is started as one.
func TestMain(m *testing.M) {
	if i := slices.Index(os.Args, "as-connector"); i == 1 && len(os.Args) > 5 {
		os.Exit(play(os.Args[2], os.Args[3:5], os.Args[5], os.Args[6:]))
	}
	os.Exit(m.Run())
}

const childSpec = `{"type":"object","required":["password"],"properties":{"password":{"type":"string","airbyte_secret":true},"out":{"type":"string"}}}`

// play is a source that reads three numbers, or a destination that writes what it gets into a file.
func play(part string, own []string, verb string, flags []string) int {
	files := map[string]string{}
	for i := 0; i+1 < len(flags); i += 2 {
		files[strings.TrimPrefix(flags[i], "--")] = flags[i+1]
	}
	switch {
	case part == "filer":
		return playFiler(verb, files["config"])
	case verb == "spec":
		fmt.Println(`{"type":"SPEC","spec":{"supported_destination_sync_modes":["append","overwrite"],"connectionSpecification":` + childSpec + `}}`)
	case verb == "check":
		// What others on the machine can see of the process.
		seen, _ := json.Marshal(map[string]any{"own": own, "process": append(slices.Clone(os.Args), os.Environ()...)})
		told, _ := json.Marshal(string(seen))
		fmt.Printf(`{"type":"CONNECTION_STATUS","connectionStatus":{"status":"FAILED","message":%s}}`+"\n", told)
	case verb == "discover":
		fmt.Println(`{"type":"CATALOG","catalog":{"streams":[{"name":"numbers","json_schema":{"type":"object","properties":{"n":{"type":"integer"}}},"supported_sync_modes":["full_refresh"]}]}}`)
	case verb == "read":
		for n := range 3 {
			fmt.Printf(`{"type":"RECORD","record":{"stream":"numbers","data":{"n":%d},"emitted_at":1}}`+"\n", n)
		}
		for _, status := range []string{"STARTED", "COMPLETE"} {
			fmt.Printf(`{"type":"TRACE","trace":{"type":"STREAM_STATUS","emitted_at":1,"stream_status":{"stream_descriptor":{"name":"numbers"},"status":"%s"}}}`+"\n", status)
		}
	case verb == "write":
		return playWrite(files["config"], part)
	}
	return 0
}

func playWrite(config, part string) int {
	text, _ := os.ReadFile(config)
	var c struct{ Out string }
	if err := json.Unmarshal(text, &c); err != nil || part != "destination" {
		return 2
	}
	out, err := os.Create(c.Out)
	if err != nil {
		return 3
	}
	defer out.Close()
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var m protocol.Message
		if err := m.Parse(lines.Bytes()); err != nil {
			return 4
		}
		switch m.Type {
		case protocol.TypeRecord:
			fmt.Fprintf(out, "%s\n", m.Record.Data)
		case protocol.TypeState:
			fmt.Println(lines.Text())
		}
	}
	return 0
}

// odd are arguments that a shell would do something with.
func odd(dir string) []string {
	return []string{"$(touch " + filepath.Join(dir, "pwned") + "); *", "two words"}
}

const hidden = "hunter2-of-the-child"

// TestExecutables takes programs on this machine through their whole life: published, checked, discovered, synced, restarted, denied.
func TestExecutables(t *testing.T) {
	t.Parallel()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir, scratch := t.TempDir(), t.TempDir()
	allowed := config(dir)
	allowed.Connectors = airfield.NewConnectors(airfield.ConnectorOptions{AllowExec: true})
	first, stop := serve(t, allowed)
	w := workspaceOf(t, first)
	command := append([]string{"as-connector", "source"}, odd(scratch)...)
	definition, err := w.PublishCustomSourceDefinition(t.Context(), "numbers", cloud.Executable(program, command...))
	if err != nil {
		t.Fatal(err)
	}
	seen(t, w, definition, append([]string{program}, command...))
	source, err := definition.DeploySource(t.Context(), "numbers", cloud.Configuration{"password": hidden})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := definition.DeploySource(t.Context(), "none", cloud.Configuration{}); !errors.Is(err, cloud.ErrInvalidInput) {
		t.Errorf("a configuration that the program's specification refuses: %v", err)
	}
	check, err := source.Check(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	examine(t, check.Message, odd(scratch))
	if entries, err := os.ReadDir(scratch); err != nil || len(entries) > 0 {
		t.Errorf("a shell read the arguments: %v, %v", entries, err)
	}
	connection := connect(t, first, source, program, filepath.Join(scratch, "out"))
	syncNumbers(t, connection, filepath.Join(scratch, "out"))
	stop()

	again, stop := serve(t, allowed)
	syncNumbers(t, workspaceOf(t, again).Connection(connection.ID()), filepath.Join(scratch, "out"))
	stop()

	denied, stop := serve(t, config(dir))
	defer stop()
	refused(t, workspaceOf(t, denied), definition.ID(), source.ID(), connection.ID())
}

// seen checks how a program shows among the definitions.
func seen(t *testing.T, w *cloud.Workspace, d *cloud.CustomSourceDefinition, command []string) {
	t.Helper()
	info, err := w.CustomSourceDefinition(d.ID(), cloud.DefinitionExecutable).Info(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := &cloud.DefinitionInfo{ID: d.ID(), Name: "numbers", Type: cloud.DefinitionExecutable, Command: command, DockerImageTag: "1"}
	if diff := cmp.Diff(want, info); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for kind, n := range map[cloud.DefinitionType]int{cloud.DefinitionExecutable: 1, cloud.DefinitionDocker: 0, cloud.DefinitionYAML: 0} {
		if found, err := cloud.Collect(w.CustomSourceDefinitions(t.Context(), kind)); err != nil || len(found) != n {
			t.Errorf("%d definitions of type %s, %v, want %d", len(found), kind, err, n)
		}
	}
	// To those who know Airbyte's APIs alone it is a custom definition like others.
	image, err := w.CustomSourceDefinition(d.ID(), cloud.DefinitionDocker).Info(t.Context())
	if err != nil || image.DockerRepository != "executable/"+filepath.Base(command[0]) || image.DockerImageTag != "1" {
		t.Errorf("%+v, %v", image, err)
	}
	if err := w.CustomSourceDefinition(d.ID(), cloud.DefinitionDocker).Update(t.Context(), cloud.DockerImage(image.DockerRepository, "2")); !errors.Is(err, cloud.ErrInvalidInput) {
		t.Errorf("another tag of a program: %v", err)
	}
}

// examine checks what a child got: its arguments as they were given, and the configuration nowhere where others can read it.
func examine(t *testing.T, report string, own []string) {
	t.Helper()
	var got struct{ Own, Process []string }
	if err := json.Unmarshal([]byte(report), &got); err != nil {
		t.Fatalf("%v in %s", err, report)
	}
	if diff := cmp.Diff(own, got.Own); diff != "" {
		t.Errorf("arguments (-want +got):\n%s", diff)
	}
	if len(got.Process) == 0 || strings.Contains(strings.Join(got.Process, "\n"), hidden) {
		t.Errorf("the secret shows in %q", got.Process)
	}
}

// connect makes a destination that is a program too, and a connection to it.
func connect(t *testing.T, s *embed.Server, source *cloud.Source, program, out string) *cloud.Connection {
	t.Helper()
	w := workspaceOf(t, s)
	command := cloud.Executable(program, "as-connector", "destination", "a", "b")
	made, err := w.PublishCustomDestinationDefinition(t.Context(), "file", command)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{program, "as-connector", "destination", "a", "b"}, made.Command); diff != "" || made.Name != "file" {
		t.Errorf("the definition is called %s, and its command (-want +got):\n%s", made.Name, diff)
	}
	if _, err := w.PublishCustomDestinationDefinition(t.Context(), "file", command); !errors.Is(err, cloud.ErrDuplicateName) {
		t.Errorf("a name that is taken: %v", err)
	}
	configuration := cloud.Configuration{"destinationType": "file", "password": hidden, "out": out}
	destination, err := w.DeployDestination(t.Context(), "file", configuration, cloud.WithDefinitionID(made.ID))
	if err != nil {
		t.Fatal(err)
	}
	connection, err := w.DeployConnection(t.Context(), cloud.ConnectionSpec{Name: "c", Source: source, Destination: destination, Streams: cloud.Streams("numbers")})
	if err != nil {
		t.Fatal(err)
	}
	return connection
}

func syncNumbers(t *testing.T, c *cloud.Connection, out string) {
	t.Helper()
	if err := os.RemoveAll(out); err != nil {
		t.Fatal(err)
	}
	if _, err := c.RunSync(t.Context()); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(out)
	if diff := cmp.Diff("{\"n\":0}\n{\"n\":1}\n{\"n\":2}\n", string(got)); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

// refused checks what is left of programs on a server that may not run them: everything is there, and what would start one says why not.
func refused(t *testing.T, w *cloud.Workspace, definitionID, sourceID, connectionID string) {
	t.Helper()
	why := func(doing string, text string) {
		t.Helper()
		if !strings.Contains(text, "--allow-exec") || strings.Contains(text, hidden) {
			t.Errorf("%s: %s", doing, text)
		}
	}
	_, err := w.PublishCustomSourceDefinition(t.Context(), "more", cloud.Executable("/bin/true"))
	if !errors.Is(err, cloud.ErrInvalidInput) {
		t.Errorf("publishing a program: %v", err)
	}
	why("publishing", fmt.Sprint(err))
	d := w.CustomSourceDefinition(definitionID, cloud.DefinitionExecutable)
	if err := d.Update(t.Context(), cloud.Executable("/bin/true")); err == nil {
		t.Error("a program is updated where none may run")
	}
	if err := w.CustomSourceDefinition(definitionID, cloud.DefinitionDocker).Rename(t.Context(), "renamed"); err != nil {
		t.Error(err)
	}
	check, err := w.Source(sourceID).Check(t.Context())
	if err != nil || check.Succeeded {
		t.Errorf("%+v, %v", check, err)
	}
	why("checking", check.Message)
	info, err := w.Source(sourceID).Info(t.Context())
	if err != nil || strings.Contains(string(info.Configuration), hidden) {
		t.Errorf("%+v, %v", info, err)
	}
	_, err = w.Connection(connectionID).RunSync(t.Context())
	if !errors.Is(err, cloud.ErrSyncFailed) {
		t.Errorf("syncing: %v", err)
	}
	why("syncing", fmt.Sprint(err))
}
