-- +goose Up
CREATE TABLE connection_changes (
	id            TEXT PRIMARY KEY,
	created       INTEGER NOT NULL,
	workspace_id  TEXT NOT NULL,
	connection_id TEXT NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
	doc           TEXT NOT NULL
) STRICT;
CREATE INDEX connection_changes_connection ON connection_changes (connection_id, created, id);
CREATE INDEX connection_changes_workspace ON connection_changes (workspace_id, created, id);
CREATE INDEX connection_changes_created ON connection_changes (created);

-- +goose Down
DROP TABLE connection_changes;
