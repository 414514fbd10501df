package server_test

import (
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield/internal/server"
)

var update = flag.Bool("update", false, "write the generated documents anew")

// compatibility keeps docs/compatibility.md the same as what the routes say and what the tests have sent and heard. It fails when an
// operation was not tried.
func compatibility(t *testing.T, operations []server.Operation, said *ledger) {
	t.Helper()
	for _, op := range operations {
		done, refused := said.of(op.API, op.Operation)
		if op.Implemented && len(done) == 0 || !op.Implemented && !slices.Equal(refused, []int{http.StatusNotImplemented}) {
			t.Errorf("%s of the %s is untested: %v %v", op.Operation, op.API, done, refused)
		}
	}
	path := filepath.Join("..", "..", "docs", "compatibility.md")
	want := compatibilityPage(operations, said, clientsOf(t))
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
		t.Errorf("docs/compatibility.md is not what the routes and the tests say; run go test ./internal/server -run TestOperations -update (-want +got):\n%s", diff)
	}
}

const compatibilityHead = `# Compatibility

What ` + "`airfield server`" + ` answers, operation by operation: the role that the caller needs, the statuses with which the tests saw it answer, the
clients of other people that call it in tests, and where it differs. This page is written by those tests: each operation is sent what its official
document allows and what it forbids, and every answer is held to the document. An operation that was not tried cannot be on this page.

Without credentials every operation that needs a role answers 401. Differences that are not about one operation:
[differences.md](differences.md).
`

func compatibilityPage(operations []server.Operation, said *ledger, clients map[string][]string) string {
	var page strings.Builder
	page.WriteString(compatibilityHead)
	api := ""
	for _, op := range operations {
		if op.API != api {
			api = op.API
			fmt.Fprintf(&page, "\n## %s\n\n%s\n\n| Operation | Role | Answered | Tested | Differences |\n|---|---|---|---|---|\n", api, tally(operations, api))
		}
		answered := "yes"
		if !op.Implemented {
			answered = "501: " + op.Why
		}
		row := []string{
			fmt.Sprintf("%s `%s` %s", op.Method, strings.TrimSuffix(op.Paths[0], "{$}"), op.Operation),
			string(op.Role), answered, testedBy(op, said, clients), strings.Join(differencesOf(op.Operation), " "),
		}
		page.WriteString("| " + strings.Join(row, " | ") + " |\n")
	}
	return page.String()
}

func tally(operations []server.Operation, api string) string {
	count, done := 0, 0
	for _, op := range operations {
		if op.API == api {
			count++
			if op.Implemented {
				done++
			}
		}
	}
	if done == count {
		return fmt.Sprintf("All of %d operations are implemented.", count)
	}
	return fmt.Sprintf("%d of %d operations are implemented; the others answer 501 and say why.", done, count)
}

// testedBy tells the statuses that were answered, and the clients that asked.
func testedBy(op server.Operation, said *ledger, clients map[string][]string) string {
	done, refused := said.of(op.API, op.Operation)
	refused = slices.DeleteFunc(refused, func(status int) bool { return status == http.StatusUnauthorized })
	var out []string
	for _, statuses := range [][]int{done, refused} {
		if len(statuses) > 0 {
			out = append(out, strings.Trim(fmt.Sprint(statuses), "[]"))
		}
	}
	text := strings.Join(out, ", refused ")
	for _, client := range clients[op.Operation] {
		text += "; " + client
	}
	return text
}

// clientsOf are the clients by the operations that they call, as their own tests wrote down.
func clientsOf(t *testing.T) map[string][]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "..", "cmd", "airfield", "testdata", "interop", "*.operations"))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]string{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for operation := range strings.FieldsSeq(string(text)) {
			out[operation] = append(out[operation], strings.TrimSuffix(filepath.Base(file), ".operations"))
		}
	}
	return out
}

// differencesOf are the reasons for which an operation is not held to the document in everything, and what it does better.
func differencesOf(operation string) (out []string) {
	for _, list := range [][]exception{better, faults, undocumented, notRead} {
		for _, e := range list {
			if e.operation == operation && !slices.Contains(out, e.why) {
				out = append(out, e.why)
			}
		}
	}
	return out
}

const (
	keepsMasks = "A mask that is sent back keeps the secret."
	failsIn422 = "A discover that fails is 422, not 500."
)

// better is what operations do otherwise than Airbyte's own server on purpose.
var better = []exception{
	{"patchSource", "", keepsMasks},
	{"patchDestination", "", keepsMasks},
	{"sources.partial_update", "", keepsMasks},
	{"destinations.partial_update", "", keepsMasks},
	{"createSource", "", "secretId is refused: there are no consent flows."},
	{"createPermission", "", "Both a workspaceId and an organizationId are refused."},
	{"createConnection", "", "Without streams, all of them are selected."},
	{"createConnection", "", failsIn422},
	{"patchConnection", "", "A stream that is named without a sync mode keeps the one it has."},
	{"patchConnection", "", failsIn422},
	{"getStreamProperties", "", failsIn422},
	{"cancelJob", "", "Acts on the job that is named, not on whatever its connection runs."},
	{"jobs.cancel", "", "Acts on the job that is named, not on whatever its connection runs."},
	{"getJob", "", "An unknown id is 404. Times have their seconds."},
	{"listApplications", "", "Secrets are masked."},
	{"state.create_or_update", "", "sharedState is read as shared_state is."},
	{"state.create_or_update_safe", "", "sharedState is read as shared_state is."},
	{"connections.create", "", "A config without selected counts as not selected."},
	{"openapi", "", "The document is of this server."},
}
