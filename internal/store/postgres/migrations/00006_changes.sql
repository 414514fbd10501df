-- +goose Up
CREATE TABLE connection_changes (
	id            TEXT COLLATE "C" PRIMARY KEY,
	created       BIGINT NOT NULL,
	workspace_id  TEXT COLLATE "C" NOT NULL,
	connection_id TEXT COLLATE "C" NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
	doc           TEXT NOT NULL
);
CREATE INDEX connection_changes_connection ON connection_changes (connection_id, created, id);
CREATE INDEX connection_changes_workspace ON connection_changes (workspace_id, created, id);
CREATE INDEX connection_changes_created ON connection_changes (created);

-- +goose Down
DROP TABLE connection_changes;
