package server_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield/internal/server"
)

var update = flag.Bool("update", false, "write the generated documents anew")

// TestDocumentedOperations keeps the table of operations in the documentation the same as that of the routes.
func TestDocumentedOperations(t *testing.T) {
	t.Parallel()
	path := filepath.Join("..", "..", "docs", "operations.md")
	want := operationsPage(deploy(t).Operations())
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("docs/operations.md is not what the routes say; run go test ./internal/server -run Documented -update (-want +got):\n%s", diff)
	}
}

func operationsPage(operations []server.Operation) string {
	var page strings.Builder
	page.WriteString("# Operations\n\nWhat `airfield server` answers, and the role that the caller needs. This page is generated from the server's routes.\n")
	api := ""
	for _, op := range operations {
		if op.API != api {
			api = op.API
			count, done := 0, 0
			for _, o := range operations {
				if o.API == api {
					count++
					if o.Implemented {
						done++
					}
				}
			}
			fmt.Fprintf(&page, "\n## %s\n\n%d of %d operations are implemented; the others answer 501 and say why.\n\n", api, done, count)
			page.WriteString("| Method | Path | Operation | Role | Answered |\n|---|---|---|---|---|\n")
		}
		answered := "yes"
		if !op.Implemented {
			answered = "501: " + op.Why
		}
		fmt.Fprintf(&page, "| %s | `%s` | %s | %s | %s |\n", op.Method, strings.TrimSuffix(op.Paths[0], "{$}"), op.Operation, op.Role, answered)
	}
	return page.String()
}
