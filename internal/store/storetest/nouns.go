package storetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/protocol"
)

// roundTrip inserts, reads, updates, reads and deletes one thing.
func roundTrip[T any](t *testing.T, s platform.Store, pick func(platform.Tables) platform.Table[T], id string, first, second T) {
	t.Helper()
	get := func() (got T, err error) {
		err = s.Read(t.Context(), func(tb platform.Tables) (err error) {
			got, err = pick(tb).Get(t.Context(), id)
			return err
		})
		return got, err
	}
	equal := func(want T) {
		t.Helper()
		got, err := get()
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%T came back different (-want +got):\n%s", want, diff)
		}
	}
	write(t, s, func(ctx context.Context, tb platform.Tables) error { return pick(tb).Insert(ctx, first) })
	equal(first)
	write(t, s, func(ctx context.Context, tb platform.Tables) error { return pick(tb).Update(ctx, second) })
	equal(second)
	write(t, s, func(ctx context.Context, tb platform.Tables) error { return pick(tb).Delete(ctx, id) })
	if _, err := get(); !errors.Is(err, platform.ErrNotFound) {
		t.Errorf("%T after its deletion: got %v, want ErrNotFound", first, err)
	}
}

func testRoundTrips(t *testing.T, s platform.Store) {
	t.Helper()
	connect(t, s, 0)
	later := start.Add(time.Hour)
	org := platform.Organization{ID: "o", Name: "Ünï <b>", Email: "a@b.c", CreatedAt: start}
	roundTrip(t, s, func(tb platform.Tables) platform.Table[platform.Organization] { return tb.Organizations }, "o",
		org, platform.Organization{ID: "o", Name: "other", CreatedAt: start})
	roundTrip(t, s, func(tb platform.Tables) platform.Table[platform.Workspace] { return tb.Workspaces }, "w",
		platform.Workspace{ID: "w", OrganizationID: "o", Name: "n", Slug: "n", Notifications: json.RawMessage(`{"a":1}`), CreatedAt: start, UpdatedAt: start},
		platform.Workspace{ID: "w", OrganizationID: "o", Name: "m", CreatedAt: start, UpdatedAt: later, Deleted: true})
	roundTrip(t, s, func(tb platform.Tables) platform.Table[platform.Application] { return tb.Applications }, "a",
		platform.Application{ID: "a", Name: "n", ClientID: "id", SecretHash: []byte{0, 255}, CreatedAt: start},
		platform.Application{ID: "a", Name: "m", ClientID: "id", CreatedAt: start})
	user := platform.User{ID: "u", OrganizationID: "o", Name: "n", Email: "a@b.c", CreatedAt: start}
	roundTrip(t, s, func(tb platform.Tables) platform.Table[platform.User] { return tb.Users }, "u",
		user, platform.User{ID: "u", OrganizationID: "o", Name: "m", CreatedAt: start})
	write(t, s, func(ctx context.Context, tb platform.Tables) error { return tb.Users.Insert(ctx, user) })
	roundTrip(t, s, func(tb platform.Tables) platform.Table[platform.Permission] { return tb.Permissions }, "p",
		platform.Permission{ID: "p", UserID: "u", Role: platform.RoleWorkspaceReader, WorkspaceID: "w", CreatedAt: start},
		platform.Permission{ID: "p", UserID: "u", Role: platform.RoleWorkspaceEditor, WorkspaceID: "w", CreatedAt: start})
	roundTrip(t, s, func(tb platform.Tables) platform.Table[platform.Notice] { return tb.Notices }, "n",
		platform.Notice{ID: "n", WorkspaceID: "w", Trigger: platform.TriggerFailure, URL: "http://h", Body: json.RawMessage(`{"text":"a"}`), CreatedAt: start},
		platform.Notice{ID: "n", WorkspaceID: "w", Trigger: platform.TriggerFailure, URL: "http://h", Body: json.RawMessage(`{"text":"a"}`), Failures: 1, NotBefore: later, CreatedAt: start})
	roundTrip(t, s, func(tb platform.Tables) platform.Table[platform.Mark] { return tb.Marks }, "m",
		platform.Mark{ID: "m", Value: []byte{0, 255}, CreatedAt: start}, platform.Mark{ID: "m", Value: []byte("x"), CreatedAt: start})
	roundTrip(t, s, func(tb platform.Tables) platform.Table[platform.Tag] { return tb.Tags }, "t",
		platform.Tag{ID: "t", WorkspaceID: "w", Name: "n", Color: "ff00ff", CreatedAt: start},
		platform.Tag{ID: "t", WorkspaceID: "w", Name: "m", Color: "000000", CreatedAt: start})
	roundTrip(t, s, func(tb platform.Tables) platform.Table[platform.Actor] { return tb.Actors }, "x",
		platform.Actor{ID: "x", WorkspaceID: "w", DefinitionID: "d", Kind: connector.KindSource, Name: "n",
			Config: json.RawMessage(`"c2VhbGVk"`), ConfigVersion: "1", CreatedAt: start, UpdatedAt: start},
		platform.Actor{ID: "x", WorkspaceID: "w", DefinitionID: "d", Kind: connector.KindSource, Name: "n", CreatedAt: start, UpdatedAt: later, Deleted: true})
	definition := platform.Definition{Definition: connector.Definition{ID: "d", Kind: connector.KindSource, Name: "n"}, WorkspaceID: "w",
		Manifest: json.RawMessage(`{"z":1,"a":12345678901234567890}`), ManifestVersion: 3, CreatedAt: start,
		Spec: &protocol.Spec{ConnectionSpecification: json.RawMessage(`{"pattern":"^<[a-z]&$"}`)}}
	roundTrip(t, s, func(tb platform.Tables) platform.Table[platform.Definition] { return tb.Definitions }, "d",
		definition, platform.Definition{Definition: connector.Definition{ID: "d", Kind: connector.KindSource}, Executable: []string{"x"}, CreatedAt: start})
	write(t, s, func(ctx context.Context, tb platform.Tables) error { return tb.Definitions.Insert(ctx, definition) })
	version := platform.ManifestVersion{DefinitionID: "d", Version: 2, Manifest: json.RawMessage(`{}`), Spec: json.RawMessage(`{}`), CreatedAt: start}
	roundTrip(t, s, func(tb platform.Tables) platform.Table[platform.ManifestVersion] { return tb.Manifests }, version.ID(),
		version, platform.ManifestVersion{DefinitionID: "d", Version: 2, Description: "x", CreatedAt: start})
	roundTrip(t, s, func(tb platform.Tables) platform.Table[platform.BuilderProject] { return tb.Projects }, "p",
		platform.BuilderProject{ID: "p", WorkspaceID: "w", Name: "n", Draft: json.RawMessage(`{"b":1,"a":2}`), CreatedAt: start, UpdatedAt: start},
		platform.BuilderProject{ID: "p", WorkspaceID: "w", DefinitionID: "d", CreatedAt: start, UpdatedAt: later, Deleted: true})
	catalog := protocol.Catalog{Streams: []protocol.Stream{{Name: "users", JSONSchema: json.RawMessage(`{"type":"object"}`)}}}
	roundTrip(t, s, func(tb platform.Tables) platform.Table[platform.CachedCatalog] { return tb.Catalogs }, "k",
		platform.CachedCatalog{ID: "k", ActorID: "source", ConfigHash: "h", Catalog: catalog, DiscoveredAt: start},
		platform.CachedCatalog{ID: "k", ActorID: "source", ConfigHash: "i", DiscoveredAt: later})
	roundTrip(t, s, func(tb platform.Tables) platform.Table[platform.Connection] { return tb.Connections }, "c",
		platform.Connection{ID: "c", WorkspaceID: "w", SourceID: "source", DestinationID: "destination", Name: "n", Status: platform.ConnectionActive,
			Schedule: platform.Schedule{Type: platform.ScheduleCron, Cron: "0 0 * * * ?"}, TagIDs: []string{"a", "b"},
			Streams:   []platform.ConnectionStream{{Stream: catalog.Streams[0], PrimaryKey: [][]string{{"id"}}, Mappers: json.RawMessage(`[]`)}},
			CreatedAt: start, UpdatedAt: start},
		platform.Connection{ID: "c", WorkspaceID: "w", SourceID: "source", DestinationID: "destination", CreatedAt: start, UpdatedAt: later})
}

func testMissingAndTaken(t *testing.T, s platform.Store) {
	t.Helper()
	ctx := t.Context()
	tag := platform.Tag{ID: "t", WorkspaceID: "w", Name: "n"}
	write(t, s, func(ctx context.Context, tb platform.Tables) error { return tb.Tags.Insert(ctx, tag) })
	f := func(name string, want error, fn func(platform.Tables) error) {
		t.Helper()
		if err := s.Write(ctx, fn); !errors.Is(err, want) {
			t.Errorf("%s: got %v, want %v", name, err, want)
		}
	}
	f("taken id", platform.ErrConflict, func(tb platform.Tables) error { return tb.Tags.Insert(ctx, tag) })
	f("taken name", platform.ErrConflict, func(tb platform.Tables) error {
		return tb.Tags.Insert(ctx, platform.Tag{ID: "u", WorkspaceID: "w", Name: "n"})
	})
	f("updating nothing", platform.ErrNotFound, func(tb platform.Tables) error { return tb.Tags.Update(ctx, platform.Tag{ID: "v"}) })
	f("deleting nothing", platform.ErrNotFound, func(tb platform.Tables) error { return tb.Tags.Delete(ctx, "v") })
	f("job", platform.ErrNotFound, func(tb platform.Tables) error { _, err := tb.Jobs.Get(ctx, 7); return err })
	f("updating no job", platform.ErrNotFound, func(tb platform.Tables) error { return tb.Jobs.Update(ctx, platform.Job{ID: 7}) })
	f("attempt", platform.ErrNotFound, func(tb platform.Tables) error { _, err := tb.Attempts.Get(ctx, 7, 0); return err })
	f("scheduling nothing", platform.ErrNotFound, func(tb platform.Tables) error { return tb.Queue.Schedule(ctx, "v", start) })
}

func testFilters(t *testing.T, s platform.Store) {
	t.Helper()
	write(t, s, func(ctx context.Context, tb platform.Tables) error {
		for i, a := range []platform.Actor{
			{ID: "s1", WorkspaceID: "w1", Kind: connector.KindSource, DefinitionID: "d1", Name: "Alpha 100%"},
			{ID: "s2", WorkspaceID: "w2", Kind: connector.KindSource, DefinitionID: "d2", Name: "beta"},
			{ID: "d1", WorkspaceID: "w1", Kind: connector.KindDestination, DefinitionID: "d3", Name: "ALPHA_x"},
			{ID: "s3", WorkspaceID: "w1", Kind: connector.KindSource, DefinitionID: "d1", Name: "gone", Deleted: true},
		} {
			a.CreatedAt = start.Add(time.Duration(i) * time.Second)
			if err := tb.Actors.Insert(ctx, a); err != nil {
				return err
			}
		}
		for i, c := range []platform.Connection{
			{ID: "c1", WorkspaceID: "w1", SourceID: "s1", DestinationID: "d1", TagIDs: []string{"t1", "t2"}},
			{ID: "c2", WorkspaceID: "w1", SourceID: "s2", DestinationID: "d1", TagIDs: []string{"t10"}},
			{ID: "c3", WorkspaceID: "w1", SourceID: "s1", DestinationID: "d1", Status: platform.ConnectionDeprecated},
		} {
			c.CreatedAt = start.Add(time.Duration(i) * time.Second)
			if err := tb.Connections.Insert(ctx, c); err != nil {
				return err
			}
		}
		return nil
	})
	read(t, s, func(ctx context.Context, tb platform.Tables) error {
		actors := func(f platform.Filter, want ...string) {
			t.Helper()
			list, err := tb.Actors.List(ctx, f)
			same(t, f, err, want, ids(list, func(a platform.Actor) string { return a.ID }))
		}
		actors(platform.Filter{}, "s1", "s2", "d1")
		actors(platform.Filter{IncludeDeleted: true, Kind: connector.KindSource}, "s1", "s2", "s3")
		actors(platform.Filter{WorkspaceIDs: []string{"w1"}}, "s1", "d1")
		actors(platform.Filter{WorkspaceIDs: []string{"w2", "w1"}}, "s1", "s2", "d1")
		actors(platform.Filter{DefinitionID: "d2"}, "s2")
		actors(platform.Filter{Name: "beta"}, "s2")
		actors(platform.Filter{Name: "BETA"})
		actors(platform.Filter{NameContains: "alpha"}, "s1", "d1")
		actors(platform.Filter{NameContains: "0%"}, "s1")
		actors(platform.Filter{NameContains: "%"}, "s1")
		actors(platform.Filter{NameContains: "_"}, "d1")
		actors(platform.Filter{Name: "' OR 1=1 --"})
		connections := func(f platform.Filter, want ...string) {
			t.Helper()
			list, err := tb.Connections.List(ctx, f)
			same(t, f, err, want, ids(list, func(c platform.Connection) string { return c.ID }))
		}
		connections(platform.Filter{}, "c1", "c2")
		connections(platform.Filter{IncludeDeleted: true}, "c1", "c2", "c3")
		connections(platform.Filter{ActorID: "s1"}, "c1")
		connections(platform.Filter{ActorID: "d1"}, "c1", "c2")
		connections(platform.Filter{TagIDs: []string{"t1"}}, "c1")
		connections(platform.Filter{TagIDs: []string{"t10", "t2"}}, "c1", "c2")
		return nil
	})
}

func ids[T any](list []T, id func(T) string) []string {
	var out []string
	for _, t := range list {
		out = append(out, id(t))
	}
	return out
}

func same(t *testing.T, what any, err error, want, got []string) {
	t.Helper()
	if err != nil {
		t.Errorf("%+v: %v", what, err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%+v (-want +got):\n%s", what, diff)
	}
}

func testUnknownFilter(t *testing.T, s platform.Store) {
	t.Helper()
	read(t, s, func(ctx context.Context, tb platform.Tables) error {
		if _, err := tb.Organizations.List(ctx, platform.Filter{WorkspaceIDs: []string{"w"}}); !errors.Is(err, platform.ErrInvalid) {
			t.Errorf("organizations by workspace: got %v, want ErrInvalid", err)
		}
		if _, err := tb.Tags.List(ctx, platform.Filter{ActorID: "a"}); !errors.Is(err, platform.ErrInvalid) {
			t.Errorf("tags by actor: got %v, want ErrInvalid", err)
		}
		return nil
	})
}

func testOrder(t *testing.T, s platform.Store) {
	t.Helper()
	write(t, s, func(ctx context.Context, tb platform.Tables) error {
		for _, tag := range []platform.Tag{{ID: "b", CreatedAt: start}, {ID: "c", CreatedAt: start.Add(-time.Second)}, {ID: "a", CreatedAt: start}} {
			tag.Name = tag.ID
			if err := tb.Tags.Insert(ctx, tag); err != nil {
				return err
			}
		}
		return nil
	})
	read(t, s, func(ctx context.Context, tb platform.Tables) error {
		f := func(offset, limit int, want ...string) {
			t.Helper()
			list, err := tb.Tags.List(ctx, platform.Filter{Offset: offset, Limit: limit})
			same(t, fmt.Sprint(offset, limit), err, want, ids(list, func(t platform.Tag) string { return t.ID }))
		}
		f(0, 0, "c", "a", "b")
		f(0, 2, "c", "a")
		f(1, 2, "a", "b")
		f(2, 0, "b")
		f(3, 2)
		return nil
	})
}

// manyConnections is how many connections a large workspace has.
const manyConnections = 100_000

// testManyConnections walks the pages of a large workspace.
func testManyConnections(t *testing.T, s platform.Store) {
	t.Helper()
	const n = 3_000
	connect(t, s, n)
	for _, offset := range []int{0, n / 2, n - 100} {
		list := connectionPage(t, s, offset)
		if len(list) != 100 || list[0].ID != fmt.Sprintf("c%06d", offset) || list[99].ID != fmt.Sprintf("c%06d", offset+99) {
			t.Errorf("offset %d: got %d connections from %s", offset, len(list), list[0].ID)
		}
	}
}

func connectionPage(t testing.TB, s platform.Store, offset int) []platform.Connection {
	t.Helper()
	var list []platform.Connection
	read(t, s, func(ctx context.Context, tb platform.Tables) error {
		var err error
		list, err = tb.Connections.List(ctx, platform.Filter{WorkspaceIDs: []string{"w"}, Offset: offset, Limit: 100})
		return err
	})
	return list
}

// BenchmarkPages measures pages of a hundred at the start, in the middle and at the end of a hundred thousand connections.
func BenchmarkPages(b *testing.B, s platform.Store) {
	connect(b, s, manyConnections)
	for _, offset := range []int{0, manyConnections / 2, manyConnections - 100} {
		b.Run(fmt.Sprintf("offset=%d", offset), func(b *testing.B) {
			for b.Loop() {
				connectionPage(b, s, offset)
			}
		})
	}
}
