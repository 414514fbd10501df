package cloud_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield/cloud"
)

// manySources answers lists of n sources as an Airbyte server does: next is there whenever a page has rows.
func manySources(n int) handler {
	return func(c call) reply {
		limit, _ := strconv.Atoi(c.Query.Get("limit"))
		offset, _ := strconv.Atoi(c.Query.Get("offset"))
		var items []string
		for i := offset; i < min(n, offset+limit); i++ {
			items = append(items, sourceJSON(fmt.Sprintf("id-%03d", i), fmt.Sprintf("name-%d", i%10)))
		}
		return ok(pageJSON(items...))
	}
}

func TestListsAllPages(t *testing.T) {
	t.Parallel()
	f := serve(t, map[string]handler{"GET /sources": manySources(250)})
	sources, err := cloud.Collect(f.workspace().Sources(t.Context()))
	if err != nil || len(sources) != 250 {
		t.Fatalf("%d sources, %v", len(sources), err)
	}
	for i, s := range sources {
		if want := fmt.Sprintf("id-%03d", i); s.ID() != want {
			t.Fatalf("source %d is %s", i, s.ID())
		}
		if name, err := s.Name(t.Context()); err != nil || name != fmt.Sprintf("name-%d", i%10) {
			t.Fatalf("name of source %d: %q, %v", i, name, err)
		}
	}
	f.wants("GET /sources", "GET /sources", "GET /sources", "GET /sources")
	want := map[string][]string{"includeDeleted": {"false"}, "limit": {"100"}, "offset": {"250"}, "workspaceIds": {workspaceID}}
	if diff := cmp.Diff(want, map[string][]string(f.last("GET /sources").Query)); diff != "" {
		t.Errorf("query (-want +got):\n%s", diff)
	}
}

func TestListsEndWithoutNext(t *testing.T) {
	t.Parallel()
	f := serve(t, map[string]handler{"GET /sources": always(ok(`{"data":[` + sourceJSON("a", "n") + `]}`))})
	if got, err := cloud.Collect(f.workspace().Sources(t.Context())); err != nil || len(got) != 1 {
		t.Errorf("%v, %v", got, err)
	}
	f.wants("GET /sources")
}

func TestListsAreLazyAndRangeAgain(t *testing.T) {
	t.Parallel()
	f := serve(t, map[string]handler{"GET /sources": manySources(150)})
	seq := f.workspace().Sources(t.Context())
	if got := f.asked(); len(got) != 0 {
		t.Fatalf("asked before the range: %v", got)
	}
	for range seq {
		break
	}
	if got := f.asked(); len(got) != 1 {
		t.Errorf("a break after the first source: %v", got)
	}
	for range 2 {
		if got, err := cloud.Collect(seq); err != nil || len(got) != 150 || got[0].ID() != "id-000" {
			t.Errorf("%d sources, %v", len(got), err)
		}
	}
}

func TestListOptions(t *testing.T) {
	t.Parallel()
	count := func(wantCalls, want int, opts ...cloud.ListOption) {
		t.Helper()
		f := serve(t, map[string]handler{"GET /sources": manySources(250)})
		got, err := cloud.Collect(f.workspace().Sources(t.Context(), opts...))
		if err != nil || len(got) != want || len(f.asked()) != wantCalls {
			t.Errorf("%d sources in %d calls, %v; want %d in %d", len(got), len(f.asked()), err, want, wantCalls)
		}
	}
	count(4, 25, cloud.ByName("name-3"))
	count(4, 0, cloud.ByName("NAME-3"))
	count(4, 0, cloud.ByName(""))
	count(4, 50, cloud.Where(func(name string) bool { return name == "name-1" || name == "name-2" }))
	count(1, 7, cloud.Limit(7))
	count(2, 120, cloud.Limit(120))
	count(1, 2, cloud.ByName("name-3"), cloud.Limit(2))
	count(26, 250, cloud.PageSize(10))
	refused := func(opts ...cloud.ListOption) {
		t.Helper()
		f := serve(t, nil)
		steps := 0
		for s, err := range f.workspace().Sources(t.Context(), opts...) {
			steps++
			if s != nil || !errors.Is(err, cloud.ErrInvalidInput) {
				t.Errorf("%v, %v", s, err)
			}
		}
		if steps != 1 || len(f.asked()) != 0 {
			t.Errorf("%d steps, %v", steps, f.asked())
		}
	}
	refused(cloud.ByName("a"), cloud.Where(func(string) bool { return true }))
	refused(cloud.Limit(0))
	refused(cloud.Limit(-1))
	refused(cloud.PageSize(101))
}

func TestListErrorsComeOnce(t *testing.T) {
	t.Parallel()
	first := manySources(250)
	f := serve(t, map[string]handler{"GET /sources": func(c call) reply {
		if c.Query.Get("offset") == "0" {
			return first(c)
		}
		return reply{status: 404, body: problem404}
	}})
	rows, faults := 0, 0
	for s, err := range f.workspace().Sources(t.Context()) {
		if err != nil {
			faults++
			if s != nil || !errors.Is(err, cloud.ErrNotFound) {
				t.Errorf("%v, %v", s, err)
			}
			continue
		}
		rows++
	}
	if rows != 100 || faults != 1 {
		t.Errorf("%d rows and %d errors", rows, faults)
	}
	if got, err := cloud.Collect(f.workspace().Sources(t.Context())); err == nil || len(got) != 100 {
		t.Errorf("Collect: %d rows, %v", len(got), err)
	}
}

func TestCancelledListsFail(t *testing.T) {
	t.Parallel()
	f := serve(t, map[string]handler{"GET /sources": manySources(250)})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var last error
	rows := 0
	for _, err := range f.workspace().Sources(ctx) {
		if last = err; err == nil {
			rows++
			cancel()
		}
	}
	if !errors.Is(last, context.Canceled) || rows != 100 {
		t.Errorf("after %d rows: %v", rows, last)
	}
}

func TestWorkspaces(t *testing.T) {
	t.Parallel()
	row := func(id, name string) string {
		return fmt.Sprintf(`{"workspaceId":%q,"name":%q,"dataResidency":"eu","notifications":{},"organizationId":"o1"}`, id, name)
	}
	f := serve(t, map[string]handler{
		"GET /workspaces": inTurn(ok(pageJSON(row("w1", "one"), row("w2", "two"))), ok(pageJSON())),
		"POST config/workspaces/list_by_organization_id": always(ok(`{"workspaces":[{"workspaceId":"w3","name":"three","organizationId":"o1","notifications":[]}]}`)),
		"POST /workspaces":     always(ok(row("w4", "four"))),
		"PATCH /workspaces/w4": always(ok(row("w4", "fourth"))),
	})
	c := f.client()
	got, err := cloud.Collect(c.Workspaces(t.Context()))
	if err != nil || len(got) != 2 || got[1].ID() != "w2" {
		t.Fatalf("%v, %v", got, err)
	}
	if info, err := got[0].Info(t.Context()); err != nil || *info != (cloud.WorkspaceInfo{ID: "w1", Name: "one", DataResidency: "eu"}) {
		t.Errorf("%+v, %v", info, err)
	}
	got, err = cloud.Collect(c.Workspaces(t.Context(), cloud.InOrganization("o1"), cloud.ByName("three")))
	if err != nil || len(got) != 1 || got[0].ID() != "w3" {
		t.Fatalf("%v, %v", got, err)
	}
	f.body("POST config/workspaces/list_by_organization_id", `{"organizationId":"o1","pagination":{"pageSize":100},"nameContains":"three"}`)
	w, err := c.CreateWorkspace(t.Context(), "four", cloud.InOrganization("o1"), cloud.InRegion("r1"))
	if err != nil || w.ID() != "w4" {
		t.Fatalf("%v, %v", w, err)
	}
	f.body("POST /workspaces", `{"name":"four","organizationId":"o1","regionId":"r1"}`)
	if err := w.Rename(t.Context(), "fourth"); err != nil {
		t.Fatal(err)
	}
	f.body("PATCH /workspaces/w4", `{"name":"fourth"}`)
	if name, err := w.Name(t.Context()); err != nil || name != "fourth" {
		t.Errorf("%q, %v", name, err)
	}
	if _, err := c.CreateWorkspace(t.Context(), " "); !errors.Is(err, cloud.ErrInvalidInput) {
		t.Errorf("a workspace without name: %v", err)
	}
}

func TestOrganizations(t *testing.T) {
	t.Parallel()
	const info = "POST config/organizations/get_organization_info"
	f := serve(t, map[string]handler{
		"GET /organizations": always(ok(`{"data":[{"organizationId":"o1","organizationName":"Acme","email":"a@x"},
			{"organizationId":"o2","organizationName":"Twin","email":""},{"organizationId":"o3","organizationName":"Twin","email":""}]}`)),
		info: always(ok(`{"organizationId":"o1","organizationName":"Acme","sso":false,"scim":false,
			"billing":{"paymentStatus":"locked","subscriptionStatus":"subscribed"}}`)),
		"POST config/workspaces/get_organization_info": always(ok(`{"organizationId":"o9","organizationName":"Home","sso":false,"scim":false}`)),
	})
	c := f.client()
	o, err := c.OrganizationByName(t.Context(), "Acme")
	if err != nil || o.ID != "o1" || o.Email != "a@x" {
		t.Fatalf("%+v, %v", o, err)
	}
	payment, err := o.PaymentStatus(t.Context())
	locked, lockedErr := o.Locked(t.Context())
	if err != nil || lockedErr != nil || payment != cloud.PaymentLocked || !locked {
		t.Errorf("payment %s, locked %v, %v, %v", payment, locked, err, lockedErr)
	}
	f.body(info, `{"organizationId":"o1"}`)
	if _, err := c.OrganizationByName(t.Context(), "Twin"); !errors.Is(err, cloud.ErrMultipleFound) {
		t.Errorf("two of a name: %v", err)
	}
	if _, err := c.OrganizationByName(t.Context(), "None"); !errors.Is(err, cloud.ErrNotFound) {
		t.Errorf("none of a name: %v", err)
	}
	home, err := c.Workspace("w").Organization(t.Context())
	if err != nil || home.ID != "o9" || home.Name != "Home" {
		t.Fatalf("%+v, %v", home, err)
	}
	if locked, err := home.Locked(t.Context()); err != nil || locked {
		t.Errorf("a server without billing: locked %v, %v", locked, err)
	}
	if n := len(f.asked()); n != 5 {
		t.Errorf("%d calls: %s", n, strings.Join(f.asked(), ", "))
	}
}
