-- +goose Up
CREATE TABLE jobs (
	id               INTEGER PRIMARY KEY AUTOINCREMENT,
	connection_id    TEXT NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
	workspace_id     TEXT NOT NULL,
	type             TEXT NOT NULL,
	status           TEXT NOT NULL,
	streams          TEXT NOT NULL,
	refresh_mode     TEXT NOT NULL,
	cancel_requested INTEGER NOT NULL,
	not_before       INTEGER NOT NULL,
	created          INTEGER NOT NULL,
	started          INTEGER NOT NULL,
	updated          INTEGER NOT NULL
) STRICT;
CREATE INDEX jobs_created ON jobs (created, id);
CREATE INDEX jobs_updated ON jobs (updated, id);
CREATE INDEX jobs_connection ON jobs (connection_id, created, id);
CREATE INDEX jobs_workspace ON jobs (workspace_id, created, id);
CREATE INDEX jobs_active ON jobs (status, id) WHERE status IN ('pending', 'running', 'incomplete');
CREATE UNIQUE INDEX jobs_one_sync ON jobs (connection_id)
	WHERE status IN ('pending', 'running', 'incomplete') AND type IN ('sync', 'refresh');

CREATE TABLE attempts (
	job_id  INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
	number  INTEGER NOT NULL,
	doc     TEXT NOT NULL,
	PRIMARY KEY (job_id, number)
) STRICT;

CREATE TABLE log_lines (
	job_id   INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
	attempt  INTEGER NOT NULL,
	position INTEGER NOT NULL,
	at       INTEGER NOT NULL,
	level    TEXT NOT NULL,
	source   TEXT NOT NULL,
	message  TEXT NOT NULL,
	stack    TEXT NOT NULL,
	PRIMARY KEY (job_id, attempt, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE connection_states (
	connection_id TEXT PRIMARY KEY REFERENCES connections (id) ON DELETE CASCADE,
	type          TEXT NOT NULL,
	shared        TEXT,
	legacy        TEXT
) STRICT;

CREATE TABLE stream_states (
	connection_id TEXT NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
	namespace     TEXT NOT NULL,
	name          TEXT NOT NULL,
	state         TEXT NOT NULL,
	PRIMARY KEY (connection_id, namespace, name)
) STRICT;

CREATE TABLE generations (
	connection_id TEXT NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
	namespace     TEXT NOT NULL,
	name          TEXT NOT NULL,
	generation    INTEGER NOT NULL,
	PRIMARY KEY (connection_id, namespace, name)
) STRICT, WITHOUT ROWID;

-- +goose Down
DROP TABLE generations;
DROP TABLE stream_states;
DROP TABLE connection_states;
DROP TABLE log_lines;
DROP TABLE attempts;
DROP TABLE jobs;
