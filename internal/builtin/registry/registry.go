// Package registry lists the connectors that people know by name, whether they can run here or not: their definition ids and
// images, as https://docs.airbyte.com/integrations has them.
package registry

import (
	"bufio"
	"bytes"
	"cmp"
	_ "embed"
	"fmt"
	"io"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/airfielddev/airfield/connector"
)

//go:embed registry.tsv
var table []byte

// latest is the tag of a connector whose version the table does not tell.
const latest = "latest"

// all is read at its first use. The table is part of the program and its tests hold it to its form.
var all = sync.OnceValue(func() []connector.Definition {
	definitions, err := Parse(bytes.NewReader(table))
	if err != nil {
		panic(err)
	}
	return definitions
})

// All lists the connectors, sources first, by name.
func All() []connector.Definition { return slices.Clone(all()) }

// Find is the connector with a name such as "source-github".
func Find(kind connector.Kind, name string) (connector.Definition, bool) {
	i := slices.IndexFunc(all(), func(d connector.Definition) bool { return d.Kind == kind && d.Name == name })
	if i < 0 {
		return connector.Definition{}, false
	}
	return all()[i], true
}

// Parse reads a table as [Format] writes it.
func Parse(r io.Reader) ([]connector.Definition, error) {
	var out []connector.Definition
	lines := bufio.NewScanner(r)
	for number := 1; lines.Scan(); number++ {
		line := lines.Text()
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		d, err := parseRow(line)
		if err != nil {
			return nil, fmt.Errorf("reading line %d of the registry: %w", number, err)
		}
		out = append(out, d)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("reading the registry: %w", err)
	}
	return out, nil
}

func parseRow(line string) (connector.Definition, error) {
	columns := strings.Split(line, "\t")
	if len(columns) < 3 || len(columns) > 5 {
		return connector.Definition{}, fmt.Errorf("%d columns, want 3 to 5", len(columns))
	}
	columns = append(columns, "", "")
	return Definition(connector.Kind(columns[0]), columns[1], columns[2], columns[3], columns[4])
}

// takesFiles is the one destination of Airbyte's that takes files beside records:
// https://docs.airbyte.com/platform/next/using-airbyte/sync-files-and-records.
const takesFiles = publisher + "/destination-s3"

// publisher is whose repositories are written without the slash.
const publisher = "airbyte"

var (
	uuid  = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)
	image = regexp.MustCompile(`^[a-z0-9][a-z0-9._:-]*(/[a-z0-9][a-z0-9._-]*)*$`)
)

// Definition makes a definition of what a registry tells. A repository without a slash is Airbyte's own.
func Definition(kind connector.Kind, id, repository, tag, title string) (connector.Definition, error) {
	if kind != connector.KindSource && kind != connector.KindDestination {
		return connector.Definition{}, fmt.Errorf("%q is no kind of connector", kind)
	}
	if !uuid.MatchString(id) {
		return connector.Definition{}, fmt.Errorf("%q is no id", id)
	}
	if !image.MatchString(repository) {
		return connector.Definition{}, fmt.Errorf("%q is no repository", repository)
	}
	if strings.ContainsAny(tag+title, "\t\r\n") {
		return connector.Definition{}, fmt.Errorf("%q of %q has a tab or a line break", title, repository)
	}
	if !strings.Contains(repository, "/") {
		repository = publisher + "/" + repository
	}
	d := connector.Definition{
		ID: strings.ToLower(id), Kind: kind, Name: path.Base(repository), Title: title, DockerRepository: repository, DockerImageTag: cmp.Or(tag, latest),
	}
	d.SupportsFiles = repository == takesFiles
	if strings.HasPrefix(repository, publisher+"/") {
		d.DocumentationURL = "https://docs.airbyte.com/integrations/" + string(kind) + "s/" + d.Type()
	}
	return d, nil
}

const header = `# Connectors by definition: kind, id, image repository (of airbyte/ when it has no slash), tag, title. Empty ends are left out.
# Rewritten by: go run ./internal/builtin/registry/refresh -registry FILE
`

// Format writes a table that [Parse] reads: sources first, by name.
func Format(w io.Writer, definitions []connector.Definition) error {
	definitions = slices.SortedStableFunc(slices.Values(definitions), func(a, b connector.Definition) int {
		return cmp.Or(-cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	var out strings.Builder
	out.WriteString(header)
	for _, d := range definitions {
		tag := d.DockerImageTag
		if tag == latest {
			tag = ""
		}
		repository, own := strings.CutPrefix(d.DockerRepository, publisher+"/")
		if !own || strings.Contains(repository, "/") {
			repository = d.DockerRepository
		}
		row := strings.Join([]string{string(d.Kind), d.ID, repository, tag, d.Title}, "\t")
		out.WriteString(strings.TrimRight(row, "\t") + "\n")
	}
	_, err := io.WriteString(w, out.String())
	return err
}
