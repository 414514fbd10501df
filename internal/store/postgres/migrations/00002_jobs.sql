-- +goose Up
CREATE TABLE jobs (
	id               BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	connection_id    TEXT COLLATE "C" NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
	workspace_id     TEXT COLLATE "C" NOT NULL,
	type             TEXT NOT NULL,
	status           TEXT NOT NULL,
	streams          TEXT NOT NULL,
	refresh_mode     TEXT NOT NULL,
	cancel_requested INTEGER NOT NULL,
	not_before       BIGINT NOT NULL,
	created          BIGINT NOT NULL,
	started          BIGINT NOT NULL,
	updated          BIGINT NOT NULL
);
CREATE INDEX jobs_created ON jobs (created, id);
CREATE INDEX jobs_updated ON jobs (updated, id);
CREATE INDEX jobs_connection ON jobs (connection_id, created, id);
CREATE INDEX jobs_workspace ON jobs (workspace_id, created, id);
CREATE INDEX jobs_active ON jobs (status, id) WHERE status IN ('pending', 'running', 'incomplete');
CREATE UNIQUE INDEX jobs_one_sync ON jobs (connection_id)
	WHERE status IN ('pending', 'running', 'incomplete') AND type IN ('sync', 'refresh');

CREATE TABLE attempts (
	job_id  BIGINT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
	number  INTEGER NOT NULL,
	doc     TEXT NOT NULL,
	PRIMARY KEY (job_id, number)
);

CREATE TABLE log_lines (
	job_id   BIGINT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
	attempt  INTEGER NOT NULL,
	position INTEGER NOT NULL,
	at       BIGINT NOT NULL,
	level    TEXT NOT NULL,
	source   TEXT NOT NULL,
	message  TEXT NOT NULL,
	stack    TEXT NOT NULL,
	PRIMARY KEY (job_id, attempt, position)
);

CREATE TABLE connection_states (
	connection_id TEXT COLLATE "C" PRIMARY KEY REFERENCES connections (id) ON DELETE CASCADE,
	type          TEXT NOT NULL,
	shared        TEXT,
	legacy        TEXT
);

CREATE TABLE stream_states (
	connection_id TEXT COLLATE "C" NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
	namespace     TEXT COLLATE "C" NOT NULL,
	name          TEXT COLLATE "C" NOT NULL,
	state         TEXT NOT NULL,
	PRIMARY KEY (connection_id, namespace, name)
);

CREATE TABLE generations (
	connection_id TEXT COLLATE "C" NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
	namespace     TEXT COLLATE "C" NOT NULL,
	name          TEXT COLLATE "C" NOT NULL,
	generation    BIGINT NOT NULL,
	PRIMARY KEY (connection_id, namespace, name)
);

-- +goose Down
DROP TABLE generations;
DROP TABLE stream_states;
DROP TABLE connection_states;
DROP TABLE log_lines;
DROP TABLE attempts;
DROP TABLE jobs;
