-- +goose Up
ALTER TABLE connections ADD COLUMN status TEXT NOT NULL DEFAULT '';
UPDATE connections SET status = doc::json ->> 'Status';
CREATE INDEX connections_all ON connections (created, id, workspace_id);
CREATE INDEX connections_workspace_all ON connections (workspace_id, created, id);
CREATE INDEX connections_by_name ON connections (workspace_id, deleted, (left(name, 64) COLLATE "C"), id);

CREATE TABLE connection_tags (
	tag_id       TEXT COLLATE "C" NOT NULL,
	id           TEXT COLLATE "C" NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
	created      BIGINT NOT NULL,
	workspace_id TEXT COLLATE "C" NOT NULL,
	deleted      INTEGER NOT NULL,
	PRIMARY KEY (tag_id, id)
);
INSERT INTO connection_tags (tag_id, id, created, workspace_id, deleted)
	SELECT DISTINCT t.value, c.id, c.created, c.workspace_id, c.deleted
	FROM connections c, json_array_elements_text(c.doc::json -> 'TagIDs') AS t (value) WHERE c.tag_ids <> '';
CREATE INDEX connection_tags_order ON connection_tags (tag_id, deleted, created, id, workspace_id);
CREATE INDEX connection_tags_all ON connection_tags (tag_id, created, id, workspace_id, deleted);
CREATE INDEX connection_tags_connection ON connection_tags (id);

DROP INDEX jobs_created;
DROP INDEX jobs_updated;
DROP INDEX jobs_connection;
DROP INDEX jobs_workspace;
CREATE INDEX jobs_created ON jobs (created, id, type, status, workspace_id);
CREATE INDEX jobs_updated ON jobs (updated, id, type, status, workspace_id);
CREATE INDEX jobs_connection ON jobs (connection_id, created, id, type, status);
CREATE INDEX jobs_connection_updated ON jobs (connection_id, updated, id, type, status);
CREATE INDEX jobs_connection_status ON jobs (connection_id, status, created, id);
CREATE INDEX jobs_workspace ON jobs (workspace_id, created, id, type, status);
CREATE INDEX jobs_workspace_updated ON jobs (workspace_id, updated, id, type, status);

-- +goose Down
DROP INDEX jobs_workspace_updated;
DROP INDEX jobs_workspace;
DROP INDEX jobs_connection_status;
DROP INDEX jobs_connection_updated;
DROP INDEX jobs_connection;
DROP INDEX jobs_updated;
DROP INDEX jobs_created;
CREATE INDEX jobs_created ON jobs (created, id);
CREATE INDEX jobs_updated ON jobs (updated, id);
CREATE INDEX jobs_connection ON jobs (connection_id, created, id);
CREATE INDEX jobs_workspace ON jobs (workspace_id, created, id);
DROP TABLE connection_tags;
DROP INDEX connections_by_name;
DROP INDEX connections_workspace_all;
DROP INDEX connections_all;
ALTER TABLE connections DROP COLUMN status;
