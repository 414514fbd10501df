package declarative

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"go.yaml.in/yaml/v3"
)

// scenario is one manifest with the API it speaks to and what is done with it. In a file of its own it is an archive of
//
//	manifest.yaml  the manifest; version, type, check and spec may be left out
//	api.yaml       a list of rules, of which the first that fits a request answers it
//	runs.yaml      a list of runs; none: one that reads the stream items
//	config.json    the configuration; none: {}
//
// and what comes before them says what it is about. API stands for the address of the server in each of them.
type scenario struct {
	manifest string
	rules    []rule
	runs     []runPlan
	config   json.RawMessage
}

// rule says which requests are answered how.
type rule struct {
	On     string            `yaml:"on"`     // method, path and those parameters of the query that must be there
	With   map[string]string `yaml:"with"`   // headers that must be there
	Body   []string          `yaml:"body"`   // texts that the body must contain
	Times  int               `yaml:"times"`  // how often the rule may answer; 0: always
	Status int               `yaml:"status"` // 0: 200
	Header map[string]string `yaml:"header"`
	JSON   any               `yaml:"json"`
	Text   string            `yaml:"text"`
	Gzip   bool              `yaml:"gzip"`   // compress the body, without saying so in a header
	Zip    []string          `yaml:"zip"`    // put the body into an archive, once under each of these names
	Broken string            `yaml:"broken"` // how the connection fails: reset, cut in the middle of the body, or silent
}

// runPlan is one command.
type runPlan struct {
	Read        []string       `yaml:"read"` // streams in this order
	Incremental bool           `yaml:"incremental"`
	Cursor      []string       `yaml:"cursor"` // the field chosen in the catalog
	State       []any          `yaml:"state"`
	Resume      bool           `yaml:"resume"` // go on from the states of the run before, each runtime from the other's
	Files       bool           `yaml:"files"`  // with the files that records are about
	Check       bool           `yaml:"check"`
	Discover    bool           `yaml:"discover"`
	Spec        bool           `yaml:"spec"`
	Config      map[string]any `yaml:"config"`    // added to the configuration of the scenario
	Unordered   bool           `yaml:"unordered"` // requests and records come in any order
	Shuffled    bool           `yaml:"shuffled"`  // the keys of records come in any order
	// Differs says, of parts of what is compared, why they are not the same. They must not be.
	Differs map[string]string `yaml:"differs"`
}

func (p runPlan) command() string {
	switch {
	case p.Check:
		return "check"
	case p.Discover:
		return "discover"
	case p.Spec:
		return "spec"
	}
	return "read"
}

func readScenario(t *testing.T, file, server string) scenario {
	t.Helper()
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	s := scenario{config: json.RawMessage("{}"), runs: []runPlan{{Read: []string{"items"}}}}
	for _, f := range archive.Files {
		text := address.ReplaceAllString(string(f.Data), server)
		var err error
		switch f.Name {
		case "manifest.yaml":
			s.manifest = completed(text)
		case "api.yaml":
			err = decodeStrict(text, &s.rules)
		case "runs.yaml":
			err = decodeStrict(text, &s.runs)
		case "config.json":
			s.config = json.RawMessage(text)
		default:
			t.Fatalf("%s: what is %s?", file, f.Name)
		}
		if err != nil {
			t.Fatalf("%s: %s: %v", file, f.Name, err)
		}
	}
	if s.manifest == "" || len(strings.TrimSpace(string(archive.Comment))) == 0 {
		t.Fatalf("%s needs a manifest and a sentence about it", file)
	}
	return s
}

// completed is a manifest with what every one has, where the scenario does not care.
func completed(text string) string {
	for _, part := range []string{
		"version: 6.0.0",
		"type: DeclarativeSource",
		"check: {type: CheckStream, stream_names: [items]}",
		"spec: {type: Spec, connection_specification: {type: object, properties: {}}}",
	} {
		key, _, _ := strings.Cut(part, ":")
		if !strings.HasPrefix(text, key+":") && !strings.Contains(text, "\n"+key+":") {
			text += part + "\n"
		}
	}
	return text
}

func decodeStrict(text string, into any) error {
	d := yaml.NewDecoder(strings.NewReader(text))
	d.KnownFields(true)
	return d.Decode(into)
}

// configFor is the configuration of a run.
func (s scenario) configFor(t *testing.T, p runPlan) json.RawMessage {
	t.Helper()
	if p.Config == nil {
		return s.config
	}
	var merged map[string]any
	if err := json.Unmarshal(s.config, &merged); err != nil {
		t.Fatal(err)
	}
	for key, value := range p.Config {
		merged[key] = value
	}
	return encoded(t, merged)
}

func encoded(t *testing.T, v any) json.RawMessage {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// uncompared are components that no scenario can hold to the reference, and why.
var uncompared = map[string]string{
	"JsonFileSchemaLoader": "it reads files of the connector's package",
	"PredicateValidator":   "the reference fails whatever it is given",
}

var typeOfComponent = regexp.MustCompile(`\btype: "?([A-Z]\w*)`)

// TestScenariosCoverComponents expects every component in some scenario.
func TestScenariosCoverComponents(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	for _, file := range scenarioFiles(t) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range typeOfComponent.FindAllSubmatch(text, -1) {
			used[string(match[1])] = true
		}
	}
	registry := Registry()
	for _, name := range registry.Names() {
		if _, known := uncompared[name]; registry.Supported(name) && used[name] == known {
			t.Errorf("%s: in a scenario %t, said to be in none %t", name, used[name], known)
		}
	}
}

func scenarioFiles(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/differential/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no scenarios", err)
	}
	return files
}
