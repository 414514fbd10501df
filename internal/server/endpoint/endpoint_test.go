package endpoint

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/wire/config"
	"github.com/airfielddev/airfield/internal/wire/public"
)

func TestProblemOf(t *testing.T) {
	t.Parallel()
	f := func(err error, status int, kind, title string, data map[string]any) {
		t.Helper()
		p := ProblemOf(fmt.Errorf("doing something: %w", err))
		var got map[string]any
		if err := json.Unmarshal(p.Data, &got); err != nil {
			t.Fatal(err)
		}
		if p.Status != status || p.Type != kind || p.Title != title {
			t.Errorf("%v: got %d %s %s", err, p.Status, p.Type, p.Title)
		}
		if diff := cmp.Diff(data, got); diff != "" {
			t.Errorf("%v: data (-want +got):\n%s", err, diff)
		}
	}
	const reference = "https://reference.airbyte.com/reference/errors"
	refuse := func(condition error, problem string) error {
		return &platform.Error{Condition: condition, Problem: problem, Message: "m"}
	}
	m := map[string]any{"message": "m"}
	f(platform.NotFound("source", "x"), 404, reference+"#resource-not-found", "resource-not-found",
		map[string]any{"message": "There is no source x.", "resourceType": "source", "resourceId": "x"})
	f(refuse(platform.ErrInvalid, ""), 400, reference+"#bad-request", "bad-request", m)
	f(refuse(platform.ErrUnprocessed, ""), 422, reference+"#unprocessable-entity", "unprocessable-entity", m)
	f(refuse(platform.ErrForbidden, ""), 403, reference+"#forbidden", "forbidden", m)
	f(refuse(platform.ErrConflict, ""), 409, reference+"#409-state-conflict", "state-conflict", m)
	f(refuse(platform.ErrSyncRunning, ""), 409, reference+"#try-again-later", "try-again-later", m)
	f(refuse(platform.ErrConflict, "error:tag-already-exists"), 409, "error:tag-already-exists", "Tag already exists", m)
	f(refuse(platform.ErrInvalid, "value-not-found"), 400, reference, "value-not-found", m)
	f(refuse(platform.ErrConnector, "unexpected-problem"), 422, reference, "unexpected-problem", m)
	f(refuse(platform.ErrInvalid, "error:brand-new"), 400, "error:brand-new", "error:brand-new", m)
	f(&platform.Error{Condition: platform.ErrSyncRunning, Message: "m", Data: map[string]any{"jobId": 7}}, 409,
		reference+"#try-again-later", "try-again-later", map[string]any{"message": "m", "jobId": 7.0})
	f(BadRequest("m"), 400, reference+"#bad-request", "bad-request", m)
}

func TestProblemOfUnknownErrorTellsNothing(t *testing.T) {
	t.Parallel()
	p := ProblemOf(errors.New("password=hunter2"))
	text, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	if p.Status != 500 || strings.Contains(string(text), "hunter2") {
		t.Errorf("got %s", text)
	}
}

func TestDecode(t *testing.T) {
	t.Parallel()
	f := func(body string, status int, about string) {
		t.Helper()
		var in public.SourceCreateRequest
		err := Decode(strings.NewReader(body), &in)
		if status == 200 {
			if err != nil {
				t.Errorf("%s: %v", body, err)
			}
			return
		}
		if p := ProblemOf(err); err == nil || p.Status != status || !strings.Contains(err.Error(), about) {
			t.Errorf("%s: got %v, want %d about %q", body, err, status, about)
		}
	}
	f(``, 200, "")
	f(`{}`, 200, "")
	f(` {"name":"n","unknown":[1,{}]} `, 200, "")
	f(`{"resourceAllocation":null,"name":null}`, 200, "")
	f(`{"name":1}`, 422, `"name" must be a string; it is a number`)
	f(`{"resourceAllocation":[]}`, 422, `"resourceAllocation" must be an object; it is an array`)
	f(`{"name":"n"`, 422, "not valid JSON")
	f(`{"name":"n"} x`, 422, "not valid JSON")
	f(`[]`, 422, "must be a JSON object")
	f(`null`, 422, "must be a JSON object")
	f(`"x"`, 422, "must be a JSON object")
	f(`{"name":"a\u0000"}`, 422, "U+0000")
	f(`{"name":"a\\\u0000"}`, 422, "U+0000")
	f(`{"name":"a\\u0000"}`, 200, "")
}

func TestEnumsIgnoreCaseAndAreNamedWhenUnknown(t *testing.T) {
	t.Parallel()
	var in public.JobCreateRequest
	if err := Decode(strings.NewReader(`{"jobType":"SYNC"}`), &in); err != nil || in.JobType != public.JobSync {
		t.Errorf("got %q, %v", in.JobType, err)
	}
	if err := Decode(strings.NewReader(`{"jobType":"dance"}`), &in); err != nil {
		t.Fatal(err)
	}
	err := Known("jobType", in.JobType)
	if err == nil || !strings.Contains(err.Error(), "dance") || !strings.Contains(err.Error(), "sync") {
		t.Errorf("got %v, want the value and the choices", err)
	}
}

// queryOf is the query of a request to a route that declares every type of parameter.
func queryOf(query string) (Query, error) {
	route := &Route{Query: []Parameter{
		{Name: "workspaceIds", Type: Names}, {Name: "id", Type: Name}, {Name: "emails", Type: Texts}, {Name: "order", Type: Text},
		{Name: "limit", Type: Number, Low: 1, High: 100, Otherwise: 20}, {Name: "offset", Type: Number, High: 9},
		{Name: "deleted", Type: Flag}, {Name: "other", Type: Flag}, {Name: "at", Type: Moment}, {Name: "then", Type: Moment},
		OneOf[public.JobType]("jobType", ""), {Name: "sourceId", Type: Name, Required: true},
	}}
	return Params{Request: httptest.NewRequest("GET", "/?"+query, nil), route: route}.Query()
}

func TestQuery(t *testing.T) {
	t.Parallel()
	q, err := queryOf("sourceId=S&workspaceIds=A,b&workspaceIds=c&id=+X&emails=A@b&limit=7&deleted=TRUE&at=2026-01-02T03:04:05Z&jobType=SYNC&undeclared=%20")
	if err != nil {
		t.Fatal(err)
	}
	got := []any{
		q.Texts("workspaceIds"), q.Text("id"), q.Texts("emails"), q.Text("order"), q.Number("limit"), q.Number("offset"),
		q.Flag("deleted"), q.Flag("other"), q.Moment("at"), q.Moment("then"), q.Text("jobType"), q.Text("sourceId"),
	}
	want := []any{[]string{"a", "b", "c"}, "x", []string{"A@b"}, "", 7, 0, true, false, int64(1767323045000), int64(0), "sync", "s"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if q, err := queryOf("sourceId=s"); err != nil || q.Number("limit") != 20 {
		t.Errorf("an absent number is %d, %v", q.Number("limit"), err)
	}
	for _, bad := range []string{"limit=0", "limit=101", "limit=x", "limit=99999999999999999999", "deleted=perhaps", "at=yesterday", "jobType=dance", "%zz"} {
		if _, err := queryOf("sourceId=s&" + bad); ProblemOf(err).Status != 400 {
			t.Errorf("%s: got %v, want 400", bad, err)
		}
	}
	if _, err := queryOf(""); ProblemOf(err).Status != 400 || !strings.Contains(err.Error(), "sourceId") {
		t.Errorf("without what is required: got %v, want 400 about it", err)
	}
}

func TestUndeclaredParametersCannotBeRead(t *testing.T) {
	t.Parallel()
	q, err := queryOf("sourceId=s")
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if reason, _ := recover().(string); !strings.Contains(reason, "undeclared") {
			t.Errorf("reading it gave %q", reason)
		}
	}()
	q.Text("undeclared")
}

// Whatever a caller sends is either read or refused in words; it is never the server's fault.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{`{}`, `{"streams":[{"name":"a"}]}`, `{"configurations":{"streams":[{}]}}`, `[`, `{"name":"\ud800"}`, `{"globalState":{"sharedState":1}}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		for _, into := range []any{
			&public.ConnectionCreateRequest{}, &public.ConnectionPatchRequest{}, &public.SourcePatchRequest{}, &public.JobCreateRequest{},
			&public.WorkspaceUpdateRequest{}, &config.ConnectionStateCreateOrUpdate{}, &config.ConnectionUpdate{}, &config.JobList{},
		} {
			if err := Decode(strings.NewReader(body), into); err != nil {
				if p := ProblemOf(err); p.Status != 422 {
					t.Errorf("%T: %q gave %d: %v", into, body, p.Status, err)
				}
			}
		}
	})
}
