package airfield_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestReadmeNames asks that every Go name in the README's tables is there.
func TestReadmeNames(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	known := exportedNames(t, "cloud")
	local := exportedNames(t, ".")
	quoted := regexp.MustCompile("`(?:(cloud|airfield)\\.)?([A-Z][A-Za-z]+(?:\\.[A-Z][A-Za-z]+)?)`")
	seen := 0
	for _, row := range strings.Split(string(readme), "\n") {
		cells := strings.Split(row, "|")
		if len(cells) < 4 {
			continue
		}
		for _, name := range quoted.FindAllStringSubmatch(cells[2], -1) {
			seen++
			if name[1] == "airfield" && !local[name[2]] || name[1] != "airfield" && !known[name[2]] {
				t.Errorf("README.md speaks of %s, which is not there", name[0])
			}
		}
	}
	if seen < 80 {
		t.Errorf("only %d names were found in the README's tables", seen)
	}
}

// exportedNames lists a package's functions, types, variables and methods, the latter as Type.Method.
func exportedNames(t *testing.T, folder string) map[string]bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, declaration := range parsed.Decls {
			addNames(names, declaration)
		}
	}
	return names
}

func addNames(names map[string]bool, declaration ast.Decl) {
	switch d := declaration.(type) {
	case *ast.FuncDecl:
		names[receiver(d)+d.Name.Name] = true
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch s := spec.(type) {
			case *ast.TypeSpec:
				names[s.Name.Name] = true
			case *ast.ValueSpec:
				for _, name := range s.Names {
					names[name.Name] = true
				}
			}
		}
	}
}

func receiver(d *ast.FuncDecl) string {
	if d.Recv == nil {
		return ""
	}
	kind := d.Recv.List[0].Type
	if star, ok := kind.(*ast.StarExpr); ok {
		kind = star.X
	}
	if name, ok := kind.(*ast.Ident); ok {
		return name.Name + "."
	}
	return ""
}
