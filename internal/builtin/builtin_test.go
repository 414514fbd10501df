package builtin_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/builtin"
)

func TestEntries(t *testing.T) {
	t.Parallel()
	uuid := regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
	seen := map[string]bool{}
	for _, entry := range builtin.All(builtin.Options{}) {
		if seen[entry.ID] || seen[entry.Name] {
			t.Errorf("%s: id or name is used twice", entry.Name)
		}
		seen[entry.ID], seen[entry.Name] = true, true
		if !uuid.MatchString(entry.ID) {
			t.Errorf("%s: %q is not a UUID in lower case", entry.Name, entry.ID)
		}
		if !strings.HasPrefix(entry.Name, string(entry.Kind)+"-") || entry.DockerRepository != "airbyte/"+entry.Name {
			t.Errorf("%s: name and repository %s do not tell the kind %s", entry.Name, entry.DockerRepository, entry.Kind)
		}
		if entry.Title == "" || entry.DockerImageTag == "" || entry.DocumentationURL == "" {
			t.Errorf("%s: the definition is not complete: %+v", entry.Name, entry.Definition)
		}
		if (entry.Kind == connector.KindSource) != (entry.Source != nil) || (entry.Kind == connector.KindDestination) != (entry.Destination != nil) {
			t.Errorf("%s: kind %s does not fit what runs it", entry.Name, entry.Kind)
		}
	}
}
