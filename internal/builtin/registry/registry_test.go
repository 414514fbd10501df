package registry_test

import (
	"bytes"
	"errors"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/builtin"
	"github.com/airfielddev/airfield/internal/builtin/registry"
	"github.com/airfielddev/airfield/protocol"
)

var uuid = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

func TestTable(t *testing.T) {
	t.Parallel()
	ids, names, sources := map[string]string{}, map[string]bool{}, 0
	for _, d := range registry.All() {
		if !uuid.MatchString(d.ID) {
			t.Errorf("%s has the id %q", d.Name, d.ID)
		}
		if other, taken := ids[d.ID]; taken {
			t.Errorf("%s and %s share an id", d.Name, other)
		}
		if names[string(d.Kind)+d.Name] {
			t.Errorf("%s is there twice", d.Name)
		}
		ids[d.ID], names[string(d.Kind)+d.Name] = d.Name, true
		if d.Kind == connector.KindSource {
			sources++
		}
	}
	if destinations := len(ids) - sources; sources < 290 || destinations < 60 {
		t.Errorf("got %d sources and %d destinations", sources, destinations)
	}
	for _, b := range builtin.All(builtin.Options{}) {
		if d, ok := registry.Find(b.Kind, b.Name); !ok || d.ID != b.ID || d.DockerRepository != b.DockerRepository {
			t.Errorf("%s is built in as %s of %s and listed as %s of %s", b.Name, b.ID, b.DockerRepository, d.ID, d.DockerRepository)
		}
	}
}

func TestFind(t *testing.T) {
	t.Parallel()
	got, ok := registry.Find(connector.KindSource, "source-github")
	want := connector.Definition{
		ID: "ef69ef6e-aa7f-4af1-a01d-ef775033524e", Kind: connector.KindSource, Name: "source-github", DockerRepository: "airbyte/source-github",
		DockerImageTag: "latest", DocumentationURL: "https://docs.airbyte.com/integrations/sources/github",
	}
	if diff := cmp.Diff(want, got); !ok || diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got.Type() != "github" {
		t.Errorf("the type is %q", got.Type())
	}
	if d, ok := registry.Find(connector.KindDestination, "source-github"); ok {
		t.Errorf("found the destination %+v", d)
	}
}

func TestTableIsAsFormatWritesIt(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := registry.Format(&out, registry.All()); err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("registry.tsv")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), out.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	const id = "ef69ef6e-aa7f-4af1-a01d-ef775033524e"
	for _, row := range []string{
		"source", "source\t" + id, "thing\t" + id + "\tx", "source\t123\tx", "source\t" + id + "\t", "source\t" + id + "\tx\t1\tX\tmore",
	} {
		if got, err := registry.Parse(strings.NewReader(row)); err == nil || !strings.Contains(err.Error(), "line 1") {
			t.Errorf("%q: got %+v, %v", row, got, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("source\tef69ef6e-aa7f-4af1-a01d-ef775033524e\tacme/source-x\t1.2.3\tThe X\n# comment\n")
	f.Fuzz(func(t *testing.T, text string) {
		first, err := registry.Parse(strings.NewReader(text))
		if err != nil {
			return
		}
		var out bytes.Buffer
		if err := registry.Format(&out, first); err != nil {
			t.Fatal(err)
		}
		second, err := registry.Parse(bytes.NewReader(out.Bytes()))
		if err != nil || len(second) != len(first) {
			t.Fatalf("%d definitions became %d: %v", len(first), len(second), err)
		}
		var again bytes.Buffer
		if err := registry.Format(&again, second); err != nil || again.String() != out.String() {
			t.Errorf("%v, and the table changed from\n%s to\n%s", err, &out, &again)
		}
	})
}

func TestStandIn(t *testing.T) {
	t.Parallel()
	reason := errors.New("start the server with --allow-exec")
	s := registry.NewStandIn(reason)
	spec, err := s.Spec(t.Context())
	if err != nil || len(spec.ConnectionSpecification) == 0 || len(spec.SupportedDestinationSyncModes) != 3 {
		t.Errorf("got %+v, %v", spec, err)
	}
	if status, err := s.Check(t.Context(), nil, connector.Discard); err != nil || status.Status != protocol.StatusFailed || status.Message != reason.Error() {
		t.Errorf("got %+v, %v", status, err)
	}
	_, discovered := s.Discover(t.Context(), nil, connector.Discard)
	for _, err := range []error{
		discovered,
		s.Read(t.Context(), connector.ReadRequest{}, connector.Discard),
		s.Write(t.Context(), connector.WriteRequest{}, nil, connector.Discard),
	} {
		if !errors.Is(err, reason) || connector.FailureOf(err) != protocol.FailureConfig {
			t.Errorf("got %v of type %s", err, connector.FailureOf(err))
		}
	}
}
