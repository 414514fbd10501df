package airfield_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/airfielddev/airfield"
	"github.com/airfielddev/airfield/cloud"
	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/protocol"
	"github.com/airfielddev/airfield/secret"
)

var (
	_ cloud.Deployable = (*airfield.Source)(nil)
	_ cloud.Deployable = (*airfield.Destination)(nil)
)

func ExampleGetSource() {
	source, err := airfield.GetSource("source-faker", airfield.Config{"count": 3, "seed": 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	source.SelectStreams("users")
	for record, err := range source.Read(context.Background()) {
		if err != nil {
			fmt.Println(err)
			return
		}
		var user struct {
			ID int64 `json:"id"`
		}
		if err := record.Decode(&user); err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(record.Stream, user.ID)
	}
	// Output:
	// users 1
	// users 2
	// users 3
}

func TestReadResumesFromState(t *testing.T) {
	t.Parallel()
	source, err := airfield.GetSource("source-faker", airfield.Config{"count": 50, "seed": 7, "records_per_slice": 10})
	if err != nil {
		t.Fatal(err)
	}
	source.SelectStreams("users")
	var state *protocol.State
	seen := 0
	for _, err := range source.Read(t.Context(), airfield.OnState(func(s *protocol.State) { state = s })) {
		if err != nil {
			t.Fatal(err)
		}
		if seen++; state != nil {
			break
		}
	}
	if state == nil || seen >= 50 {
		t.Fatalf("no state within %d records", seen)
	}
	rest := 0
	for _, err := range source.Read(t.Context(), airfield.FromState(state)) {
		if err != nil {
			t.Fatal(err)
		}
		rest++
	}
	if rest == 0 || rest >= 50 || seen-1+rest < 50 {
		t.Errorf("%d records up to the first state and %d after it do not make 50", seen-1, rest)
	}
}

func TestEmptyManifestIsRefused(t *testing.T) {
	t.Parallel()
	if _, err := airfield.GetSource("source-faker", nil, airfield.WithManifest(nil)); err == nil || !strings.Contains(err.Error(), "the manifest is empty") {
		t.Errorf("got %v", err)
	}
}

func TestReadFromNoState(t *testing.T) {
	t.Parallel()
	source, err := airfield.GetSource("source-faker", airfield.Config{"count": 1})
	if err != nil {
		t.Fatal(err)
	}
	for _, state := range []*protocol.State{nil, {Type: protocol.StateTypeStream}, {Type: protocol.StateTypeGlobal}} {
		for _, err := range source.Read(t.Context(), airfield.FromState(state)) {
			if !errors.Is(err, protocol.ErrInvalidMessage) {
				t.Errorf("from %v: got %v", state, err)
			}
		}
	}
}

func TestReadOfUnknownStream(t *testing.T) {
	t.Parallel()
	source, err := airfield.GetSource("source-faker", nil)
	if err != nil {
		t.Fatal(err)
	}
	source.SelectStreams("users", "planes")
	for _, err := range source.Read(t.Context()) {
		if err == nil {
			t.Fatal("a record came")
		}
		if want := "reading source-faker: unknown stream: planes is not in the source; it has products, purchases, users"; err.Error() != want || !errors.Is(err, airfield.ErrUnknownStream) {
			t.Errorf("got %q", err)
		}
	}
}

func TestReadEndsWithContext(t *testing.T) {
	t.Parallel()
	source, err := airfield.GetSource("source-faker", airfield.Config{"count": 100_000_000})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var last error
	for _, err := range source.Read(ctx) {
		cancel()
		last = err
	}
	if !errors.Is(last, context.Canceled) {
		t.Errorf("got %v", last)
	}
}

func TestUnknownNames(t *testing.T) {
	t.Parallel()
	if _, err := airfield.GetSource("source-fakr", nil); !errors.Is(err, airfield.ErrUnknownConnector) {
		t.Errorf("source: %v", err)
	}
	if _, err := airfield.GetDestination("source-faker", nil); !errors.Is(err, airfield.ErrUnknownConnector) {
		t.Errorf("destination: %v", err)
	}
}

func TestConnectorsOfTheRegistry(t *testing.T) {
	t.Parallel()
	connectors := airfield.NewConnectors(airfield.ConnectorOptions{})
	names := map[string]bool{}
	for _, d := range connectors.Known() {
		if names[d.Name] {
			t.Errorf("%s is known twice", d.Name)
		}
		names[d.Name] = true
	}
	if !names["source-github"] || !names["source-faker"] || !names["destination-snowflake"] {
		t.Errorf("known are %v", names)
	}
	source, err := connectors.Source(t.Context(), connector.Ref{Name: "source-github"})
	if err != nil {
		t.Fatal(err)
	}
	if spec, err := source.Spec(t.Context()); err != nil || string(spec.ConnectionSpecification) == "" {
		t.Errorf("got %+v, %v", spec, err)
	}
	_, err = source.Discover(t.Context(), nil, connector.Discard)
	if !errors.Is(err, airfield.ErrExecDenied) || !strings.Contains(err.Error(), "--allow-exec") || !strings.Contains(err.Error(), "airbyte/source-github:latest") {
		t.Errorf("got %v", err)
	}
	destination, err := connectors.Destination(t.Context(), connector.Ref{Name: "destination-snowflake"})
	if err != nil {
		t.Fatal(err)
	}
	if err := destination.Write(t.Context(), connector.WriteRequest{}, nil, connector.Discard); connector.FailureOf(err) != protocol.FailureConfig {
		t.Errorf("got %v", err)
	}
	_, err = airfield.GetSource("source-github", nil, airfield.WithRegistry(""))
	if !errors.Is(err, airfield.ErrUnknownConnector) || !strings.Contains(err.Error(), `WithImage("airbyte/source-github:latest")`) {
		t.Errorf("a local source: %v", err)
	}
	if _, err := airfield.GetDestination("destination-snowflake", nil); !errors.Is(err, airfield.ErrUnknownConnector) {
		t.Errorf("a local destination: %v", err)
	}
}

func TestProgramsNeedPermission(t *testing.T) {
	t.Parallel()
	connectors := airfield.NewConnectors(airfield.ConnectorOptions{})
	for _, ref := range []connector.Ref{{Executable: []string{"true"}}, {Image: "airbyte/source-x:1"}} {
		if _, err := connectors.Source(t.Context(), ref); !errors.Is(err, airfield.ErrExecDenied) {
			t.Errorf("%+v: %v", ref, err)
		}
	}
}

func TestSecretsReachTheConnectorOnly(t *testing.T) {
	t.Parallel()
	config := airfield.Config{"destination_path": secret.String(filepath.Join(t.TempDir(), "canary"))}
	if text := fmt.Sprintf("%v %+v", config, config); !strings.Contains(text, "destination_path") || strings.Contains(text, "canary") {
		t.Errorf("printed: %s", text)
	}
	destination, err := airfield.GetDestination("destination-local-json", config)
	if err != nil {
		t.Fatal(err)
	}
	if status, err := destination.Check(t.Context()); err != nil || status.Status != protocol.StatusSucceeded {
		t.Errorf("check: %+v, %v", status, err)
	}
}
