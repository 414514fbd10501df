package conformance

import (
	"testing"

	"github.com/airfielddev/airfield/protocol"
)

// people is a stream written in a mode, with one row of generation 1 in the destination.
func (s destinationSuite) people(t *testing.T, mode protocol.DestinationSyncMode) (config []byte, users protocol.ConfiguredStream) {
	t.Helper()
	config, users = s.Config(t), stream("users", idAndName)
	users.DestinationSyncMode = mode
	first := replacing(users, 1)
	s.write(t, config, catalog(first), new(input).rows(first, `{"id":1,"name":"Old"}`).state(first).complete(first))
	s.want(t, config, users, person("1", "Old"))
	return config, users
}

func (s destinationSuite) testReplace(t *testing.T, mode protocol.DestinationSyncMode) {
	t.Helper()
	config, users := s.people(t, mode)
	second := replacing(users, 2)
	seen := s.write(t, config, catalog(second), new(input).
		rows(second, `{"id":2,"name":"New"}`).state(second).rows(second, `{"id":3,"name":"Newer"}`).state(second).complete(second))
	s.compare(t, seen[0], person("1", "Old"))
	s.compare(t, seen[1], person("1", "Old"))
	s.want(t, config, users, person("2", "New"), person("3", "Newer"))
	appended := users
	appended.DestinationSyncMode, appended.GenerationID = protocol.Append, 2
	s.write(t, config, catalog(appended), new(input).rows(appended, `{"id":4,"name":"More"}`).state(appended).complete(appended))
	s.want(t, config, users, person("2", "New"), person("3", "Newer"), person("4", "More"))
}

// testReplaceRetry breaks a replacement off: the old rows stay, and the next attempt goes on with what waits aside.
func (s destinationSuite) testReplaceRetry(t *testing.T, mode protocol.DestinationSyncMode) {
	t.Helper()
	config, users := s.people(t, mode)
	second := replacing(users, 2)
	seen := s.write(t, config, catalog(second), new(input).rows(second, `{"id":2,"name":"New"}`).state(second).breaks())
	s.want(t, config, users, person("1", "Old"))
	rest := new(input)
	if len(seen) == 0 { // nothing was committed, so a source starts again
		rest.rows(second, `{"id":2,"name":"New"}`)
	}
	s.write(t, config, catalog(second), rest.rows(second, `{"id":3,"name":"Newer"}`).state(second).complete(second))
	s.want(t, config, users, person("2", "New"), person("3", "Newer"))
}

// testReplaceAbandoned never completes generation 2: its rows must not turn up in generation 3.
func (s destinationSuite) testReplaceAbandoned(t *testing.T, mode protocol.DestinationSyncMode) {
	t.Helper()
	config, users := s.people(t, mode)
	second, third := replacing(users, 2), replacing(users, 3)
	s.write(t, config, catalog(second), new(input).rows(second, `{"id":2,"name":"New"}`).state(second).breaks())
	s.write(t, config, catalog(third), new(input).rows(third, `{"id":3,"name":"Newest"}`).state(third).complete(third))
	s.want(t, config, users, person("3", "Newest"))
}

func (s destinationSuite) testReplaceWithNothing(t *testing.T, mode protocol.DestinationSyncMode) {
	t.Helper()
	config, users := s.people(t, mode)
	second := replacing(users, 2)
	s.write(t, config, catalog(second), new(input).state(second).complete(second))
	s.want(t, config, users)
}
