package airfield_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/airfielddev/airfield"

// layers holds the house: a package imports only packages of lower layers, or of its own folder.
var layers = map[string]int{
	"internal/rawjson": 0,
	"protocol":         1, "secret": 1, "internal/wire": 1, "internal/template": 1, "internal/contract": 1, "internal/misfit": 1, "internal/reach": 1, "internal/scratch": 1,
	"connector": 2, "manifest": 2, "internal/transport": 2,
	"internal/pipeline": 3, "internal/builtin": 3, "internal/process": 3, "internal/declarative": 3,
	".": 4, "cloud": 4, "internal/platform": 4,
	"internal/store": 5, "internal/engine": 5,
	"internal/server": 6, "internal/ui": 6, "internal/plan": 6,
	"internal/cli": 7, "airfieldtest": 7,
	"cmd/airfield": 8, "examples": 8, "bench": 8,
}

// confined lists the outside modules that one folder alone may import, so that a user of the others never compiles them.
var confined = map[string][]string{
	"modernc.org/sqlite":                       {"internal/store", "internal/builtin/sqlite", "internal/cli", "airfieldtest", "cloud_test", "bench"},
	"github.com/jackc/pgx/v5":                  {"internal/store", "internal/builtin", "bench"},
	"github.com/spf13/cobra":                   {"internal/cli"},
	"github.com/parquet-go/parquet-go":         {"internal/builtin/file"},
	"github.com/golang-jwt/jwt/v5":             {"internal/server", "internal/declarative"},
	"github.com/pressly/goose/v3":              {"internal/store"},
	"github.com/santhosh-tekuri/jsonschema/v6": {"internal/platform", "connector/conformance", "manifest", "internal/contract", "internal/misfit"},
}

type sourceFile struct {
	path    string // relative to the root, with forward slashes
	folder  string
	imports []string
}

func (f sourceFile) isTest() bool { return strings.HasSuffix(f.path, "_test.go") }

func TestLayers(t *testing.T) {
	t.Parallel()
	for _, file := range sourceFiles(t) {
		home, layer, ok := layerOf(file.folder)
		if !ok {
			t.Errorf("%s: the folder has no layer", file.path)
			continue
		}
		for _, imported := range file.imports {
			folder, ok := strings.CutPrefix(imported, module)
			if !ok {
				continue
			}
			target, targetLayer, ok := layerOf(folderOf(folder))
			if !ok {
				t.Errorf("%s imports %s, which has no layer", file.path, imported)
			} else if target != home && targetLayer >= layer && !file.isTest() {
				t.Errorf("%s (layer %d) imports %s (layer %d)", file.path, layer, imported, targetLayer)
			}
		}
	}
}

func TestConfinedModules(t *testing.T) {
	t.Parallel()
	for _, file := range sourceFiles(t) {
		if file.isTest() {
			continue
		}
		for _, imported := range file.imports {
			for outside, homes := range confined {
				if (imported == outside || strings.HasPrefix(imported, outside+"/")) && !within(file.folder, homes) {
					t.Errorf("%s imports %s, which only %s may", file.path, imported, strings.Join(homes, ", "))
				}
			}
		}
	}
}

func TestFileSizes(t *testing.T) {
	t.Parallel()
	for _, file := range sourceFiles(t) {
		body, err := os.ReadFile(file.path)
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(body), "\n"); n > 600 {
			t.Errorf("%s has %d lines; split it by noun or verb", file.path, n)
		}
	}
}

// TestDependenciesHaveReasons asks that every module this one requires by itself is argued for in a decision record.
func TestDependenciesHaveReasons(t *testing.T) {
	t.Parallel()
	records, err := filepath.Glob("docs/adr/*.md")
	if err != nil || len(records) == 0 {
		t.Fatalf("no decision records: %v", err)
	}
	var reasons strings.Builder
	for _, record := range records {
		body, err := os.ReadFile(record)
		if err != nil {
			t.Fatal(err)
		}
		reasons.Write(body)
	}
	for _, required := range directRequirements(t) {
		if !strings.Contains(reasons.String(), "`"+required+"`") {
			t.Errorf("docs/adr gives no reason for %s", required)
		}
	}
}

func directRequirements(t *testing.T) []string {
	t.Helper()
	body, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	var direct []string
	for line := range strings.Lines(string(body)) {
		fields := strings.Fields(line)
		if len(fields) == 2 && strings.HasPrefix(fields[1], "v") && strings.Contains(fields[0], ".") {
			direct = append(direct, fields[0])
		}
	}
	if len(direct) == 0 {
		t.Fatal("go.mod requires nothing")
	}
	return direct
}

func within(folder string, homes []string) bool {
	for _, home := range homes {
		if folder == home || strings.HasPrefix(folder, home+"/") {
			return true
		}
	}
	return false
}

// layerOf finds the folder in the house that a package lives in.
func layerOf(folder string) (home string, layer int, ok bool) {
	for home = folder; ; home = path.Dir(home) {
		if layer, ok = layers[home]; ok && (home != "." || folder == ".") {
			return home, layer, true
		}
		if home == "." {
			return "", 0, false
		}
	}
}

func folderOf(imported string) string {
	if imported == "" {
		return "."
	}
	return strings.TrimPrefix(imported, "/")
}

func sourceFiles(t *testing.T) []sourceFile {
	t.Helper()
	var files []sourceFile
	err := filepath.WalkDir(".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && name != "." && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "testdata") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(name, ".go") {
			return nil
		}
		file, err := parseImports(filepath.ToSlash(name))
		files = append(files, file)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func parseImports(name string) (sourceFile, error) {
	parsed, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
	if err != nil {
		return sourceFile{}, err
	}
	file := sourceFile{path: name, folder: path.Dir(name)}
	for _, spec := range parsed.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return sourceFile{}, err
		}
		file.imports = append(file.imports, imported)
	}
	return file, nil
}
