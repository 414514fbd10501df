package conformance

import "testing"

const versioned = `{"id":{"type":"integer"},"name":{"type":["null","string"]},"updated_at":{"type":"string","format":"date-time","airbyte_type":"timestamp_with_timezone"}}`

func version(id, name, at string) Row { return Row{"id": id, "name": name, "updated_at": at} }

// testDedup sends several versions of a row in one sync: the greatest cursor wins, and of equal ones the last that came.
func (s destinationSuite) testDedup(t *testing.T) {
	s.requireDedup(t)
	config, users := s.Config(t), deduplicating(stream("users", versioned))
	s.write(t, config, catalog(users), new(input).
		rows(users, `{"id":1,"name":"first","updated_at":"2024-01-01T00:00:00Z"}`,
			`{"id":1,"name":"third","updated_at":"2024-01-03T00:00:00Z"}`,
			`{"id":1,"name":"second","updated_at":"2024-01-02T00:00:00Z"}`).state(users).
		rows(users, `{"id":2,"name":"early","updated_at":"2024-01-01T00:00:00Z"}`,
			`{"id":2,"name":"late","updated_at":"2024-01-01T00:00:00Z"}`).state(users).complete(users))
	s.want(t, config, users, version("1", "third", "2024-01-03T00:00:00Z"), version("2", "late", "2024-01-01T00:00:00Z"))
}

// testDedupAcrossSyncs updates a row in a later sync and lets an older version of another come late.
func (s destinationSuite) testDedupAcrossSyncs(t *testing.T) {
	s.requireDedup(t)
	config, users := s.Config(t), deduplicating(stream("users", versioned))
	s.write(t, config, catalog(users), new(input).
		rows(users, `{"id":1,"name":"Ada","updated_at":"2024-01-01T00:00:00Z"}`,
			`{"id":2,"name":"Grace","updated_at":"2024-01-05T00:00:00Z"}`,
			`{"id":3,"name":"Joan","updated_at":"2024-01-01T00:00:00Z"}`).state(users).complete(users))
	s.write(t, config, catalog(users), new(input).
		rows(users, `{"id":1,"name":"Ada Lovelace","updated_at":"2024-01-02T00:00:00Z"}`,
			`{"id":2,"name":"stale","updated_at":"2024-01-04T00:00:00Z"}`).state(users).complete(users))
	s.want(t, config, users, version("1", "Ada Lovelace", "2024-01-02T00:00:00Z"),
		version("2", "Grace", "2024-01-05T00:00:00Z"), version("3", "Joan", "2024-01-01T00:00:00Z"))
}

// testDedupDeletes sends the mark that change-data-capture sources put on rows that are gone.
func (s destinationSuite) testDedupDeletes(t *testing.T) {
	s.requireDedup(t)
	users := deduplicating(stream("users", `{"id":{"type":"integer"},"updated_at":{"type":"integer"},"_ab_cdc_deleted_at":{"type":["null","string"]}}`))
	config := s.Config(t)
	s.write(t, config, catalog(users), new(input).
		rows(users, `{"id":1,"updated_at":1,"_ab_cdc_deleted_at":null}`, `{"id":2,"updated_at":1}`).state(users).complete(users))
	s.write(t, config, catalog(users), new(input).
		rows(users, `{"id":1,"updated_at":2,"_ab_cdc_deleted_at":"2024-01-02T00:00:00Z"}`).state(users).complete(users))
	s.want(t, config, users, Row{"id": "2", "updated_at": "1"})
}

// testDedupReplace is a truncating refresh of a deduplicated stream, broken off once.
func (s destinationSuite) testDedupReplace(t *testing.T) {
	s.requireDedup(t)
	config, users := s.Config(t), deduplicating(stream("users", versioned))
	first, second := replacing(users, 1), replacing(users, 2)
	s.write(t, config, catalog(first), new(input).
		rows(first, `{"id":1,"name":"Old","updated_at":"2025-01-01T00:00:00Z"}`).state(first).complete(first))
	s.write(t, config, catalog(second), new(input).
		rows(second, `{"id":1,"name":"a","updated_at":"2024-01-01T00:00:00Z"}`).state(second).breaks())
	s.want(t, config, users, version("1", "Old", "2025-01-01T00:00:00Z"))
	s.write(t, config, catalog(second), new(input).
		rows(second, `{"id":1,"name":"a","updated_at":"2024-01-01T00:00:00Z"}`,
			`{"id":1,"name":"b","updated_at":"2024-01-02T00:00:00Z"}`,
			`{"id":2,"name":"c","updated_at":"2024-01-02T00:00:00Z"}`).state(second).complete(second))
	s.want(t, config, users, version("1", "b", "2024-01-02T00:00:00Z"), version("2", "c", "2024-01-02T00:00:00Z"))
}
