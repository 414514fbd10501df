package cloud_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/airfielddev/airfield/cloud"
)

func TestSafeMode(t *testing.T) {
	t.Parallel()
	f := func(name string, kept bool, opts ...cloud.DeleteOption) {
		t.Helper()
		f := serve(t, map[string]handler{
			"GET /sources/" + sourceID:    always(ok(sourceJSON(sourceID, name))),
			"DELETE /sources/" + sourceID: always(reply{status: 204}),
		})
		err := f.workspace().PermanentlyDeleteSource(t.Context(), cloud.SourceID(sourceID), opts...)
		deleted := strings.Contains(strings.Join(f.asked(), ","), "DELETE")
		if errors.Is(err, cloud.ErrSafeMode) != kept || deleted == kept || (err != nil) != kept {
			t.Errorf("%q: deleted %v, %v", name, deleted, err)
		}
		if kept && !strings.Contains(err.Error(), name) {
			t.Errorf("the error does not name %q: %v", name, err)
		}
	}
	f("production", true)
	f("", true)
	f("test-delete-me", false)
	f("Test DeleteMe 7", false)
	f("DELETE-ME", false)
	f("delete me", true)
	f("production", false, cloud.WithoutSafeMode())
}

func TestDeleteWithoutSafeModeAsksForNothing(t *testing.T) {
	t.Parallel()
	f := serve(t, map[string]handler{"DELETE /destinations/" + destinationID: always(reply{status: 204})})
	if err := f.workspace().PermanentlyDeleteDestination(t.Context(), cloud.DestinationID(destinationID), cloud.WithoutSafeMode()); err != nil {
		t.Error(err)
	}
	f.wants("DELETE /destinations/" + destinationID)
}

func TestDeleteOfNothing(t *testing.T) {
	t.Parallel()
	w := serve(t, nil).workspace()
	var none *cloud.Source
	for _, err := range []error{
		w.PermanentlyDeleteSource(t.Context(), nil, cloud.WithoutSafeMode()),
		w.PermanentlyDeleteSource(t.Context(), none, cloud.WithoutSafeMode()),
		w.PermanentlyDeleteConnection(t.Context(), cloud.ConnectionID(""), cloud.WithoutSafeMode()),
		w.PermanentlyDeleteSource(t.Context(), cloud.SourceID("s"), cloud.CascadeSource()),
	} {
		if !errors.Is(err, cloud.ErrInvalidInput) {
			t.Error(err)
		}
	}
}

// cascadeRoutes are those of a connection whose ends have these names, and which is or is not alone in using them.
func cascadeRoutes(sourceName, destinationName string, others ...string) map[string]handler {
	list := append([]string{connectionJSON(connectionID, "c-delete-me", "[]")}, others...)
	return map[string]handler{
		"GET /connections/" + connectionID:      always(ok(connectionJSON(connectionID, "c-delete-me", "[]"))),
		"GET /sources/" + sourceID:              always(ok(sourceJSON(sourceID, sourceName))),
		"GET /destinations/" + destinationID:    always(ok(destinationJSON(destinationID, destinationName, "x", "{}"))),
		"GET /connections":                      inTurn(ok(pageJSON(list...)), ok(pageJSON())),
		"DELETE /connections/" + connectionID:   always(reply{status: 204}),
		"DELETE /sources/" + sourceID:           always(reply{status: 204}),
		"DELETE /destinations/" + destinationID: always(reply{status: 204}),
	}
}

func deletes(f *fake) string {
	var list []string
	for _, c := range f.asked() {
		if rest, ok := strings.CutPrefix(c, "DELETE /"); ok {
			list = append(list, rest[:3])
		}
	}
	return strings.Join(list, " ")
}

func TestCascade(t *testing.T) {
	t.Parallel()
	both := []cloud.DeleteOption{cloud.CascadeSource(), cloud.CascadeDestination()}
	f := func(routes map[string]handler, wantDeletes string, want error, opts ...cloud.DeleteOption) {
		t.Helper()
		f := serve(t, routes)
		err := f.workspace().PermanentlyDeleteConnection(t.Context(), cloud.ConnectionID(connectionID), opts...)
		if got := deletes(f); got != wantDeletes || !errors.Is(err, want) || (want == nil) != (err == nil) {
			t.Errorf("deleted %q, %v; want %q, %v", got, err, wantDeletes, want)
		}
	}
	f(cascadeRoutes("s", "d"), "con", nil)
	f(cascadeRoutes("s-deleteme", "d-deleteme"), "con sou des", nil, both...)
	f(cascadeRoutes("s-deleteme", "d"), "con sou", nil, cloud.CascadeSource())
	// What must stay is found out before anything is deleted.
	f(cascadeRoutes("s-deleteme", "d"), "", cloud.ErrSafeMode, both...)
	f(cascadeRoutes("s", "d-deleteme"), "", cloud.ErrSafeMode, both...)
	f(cascadeRoutes("s", "d"), "con sou des", nil, append(both, cloud.WithoutSafeMode())...)
	f(cascadeRoutes("s-deleteme", "d-deleteme", connectionJSON("other", "other", "[]")), "", cloud.ErrConflict, both...)
}

func TestCascadeTellsWhatIsLeft(t *testing.T) {
	t.Parallel()
	routes := cascadeRoutes("s-deleteme", "d-deleteme")
	routes["DELETE /sources/"+sourceID] = always(reply{status: 403, body: `{"title":"forbidden","detail":"not yours"}`})
	f := serve(t, routes)
	err := f.workspace().PermanentlyDeleteConnection(t.Context(), cloud.ConnectionID(connectionID), cloud.CascadeSource(), cloud.CascadeDestination())
	if !errors.Is(err, cloud.ErrForbidden) || deletes(f) != "con sou des" {
		t.Fatalf("deleted %q, %v", deletes(f), err)
	}
	for _, part := range []string{"the connection was deleted", "not deleted: source " + sourceID, "not yours"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("the error does not say %q: %v", part, err)
		}
	}
	if strings.Contains(err.Error(), "destination "+destinationID) {
		t.Errorf("the error names what was deleted: %v", err)
	}
}

func TestDeleteWorkspace(t *testing.T) {
	t.Parallel()
	const path = "/workspaces/" + workspaceID
	f := func(name string, connections []string, want error, opts ...cloud.DeleteOption) {
		t.Helper()
		f := serve(t, map[string]handler{
			"GET " + path:      always(ok(fmt.Sprintf(`{"workspaceId":%q,"name":%q}`, workspaceID, name))),
			"GET /connections": inTurn(ok(pageJSON(connections...)), ok(pageJSON())),
			"DELETE " + path:   always(reply{status: 204}),
		})
		err := f.workspace().PermanentlyDelete(t.Context(), opts...)
		gone := strings.Contains(strings.Join(f.asked(), ","), "DELETE")
		if !errors.Is(err, want) || (want == nil) != gone {
			t.Errorf("%q: deleted %v, %v", name, gone, err)
		}
		if errors.Is(want, cloud.ErrWorkspaceNotEmpty) && (!strings.Contains(err.Error(), "c1") || !errors.Is(err, cloud.ErrConflict)) {
			t.Errorf("the error does not name the connections: %v", err)
		}
	}
	some := []string{connectionJSON("c1", "n", "[]")}
	f("deleteme", nil, nil)
	f("home", nil, cloud.ErrSafeMode)
	f("home", nil, nil, cloud.WithoutSafeMode())
	f("deleteme", some, cloud.ErrWorkspaceNotEmpty)
	f("home", some, cloud.ErrWorkspaceNotEmpty, cloud.WithoutSafeMode())
}
