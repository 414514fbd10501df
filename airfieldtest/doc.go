// Package airfieldtest runs a real Airbyte-compatible server inside a test: the same HTTP APIs, rules, engine and connectors as
// airfield server, over SQLite in a temporary directory, ready in some milliseconds and gone with the test.
//
// A team that drives Airbyte from Go tests its own code against it:
//
//	func TestNightlyLoad(t *testing.T) {
//		server := airfieldtest.New(t)
//
//		// The code under test takes a *cloud.Workspace and does not know that it is not in production.
//		if err := warehouse.Provision(t.Context(), server.Workspace); err != nil {
//			t.Fatal(err)
//		}
//
//		// Whatever it has scheduled for the night runs now.
//		if err := server.Clock.Advance(t.Context(), 24*time.Hour); err != nil {
//			t.Fatal(err)
//		}
//
//		connection, err := server.Workspace.ConnectionByName(t.Context(), "nightly")
//		if err != nil {
//			t.Fatal(err)
//		}
//		if last, err := connection.LastSync(t.Context()); err != nil || last == nil {
//			t.Fatalf("nothing was synced: %v", err)
//		}
//	}
//
// Connectors of a test's own are given with [WithSource] and [WithDestination] and deployed by name like any other. What goes wrong in
// production, such as answers that are lost, tokens that expire and sources that break in the middle, is brought about with the
// server's [Faults].
//
// [New] is for tests; [Start] is for what has no testing.TB at hand.
package airfieldtest
