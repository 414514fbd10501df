package declarative

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/airfielddev/airfield/manifest"
)

// realManifests are manifests of published connectors, where they are at hand.
func realManifests(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("../../../shared/manifests/*.yaml")
	if err != nil || len(files) == 0 {
		t.Skip("no published manifests at hand")
	}
	return files
}

// TestRealManifests loads published manifests. They have no errors but Python code, and what is knowingly not supported.
func TestRealManifests(t *testing.T) {
	t.Parallel()
	for _, file := range realManifests(t) {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			doc, err := manifest.Parse(filepath.Base(file), text)
			if err != nil {
				t.Fatal(err)
			}
			var config DeclarativeSource
			for _, p := range manifest.Decode(doc, "DeclarativeSource", &config, Registry(), manifest.Options{}) {
				if p.Severity == manifest.Error && p.Code != manifest.CodeCustomComponent && p.Code != manifest.CodeUnsupported {
					t.Errorf("unexpected: %s", p)
				}
			}
			if len(config.Streams.list) == 0 && !strings.Contains(string(text), "dynamic_streams") {
				t.Error("no streams")
			}
		})
	}
}
