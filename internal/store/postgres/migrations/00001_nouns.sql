-- +goose Up
CREATE TABLE organizations (
	id      TEXT COLLATE "C" PRIMARY KEY,
	created BIGINT NOT NULL,
	name    TEXT NOT NULL,
	doc     TEXT NOT NULL
);
CREATE INDEX organizations_order ON organizations (created, id);

CREATE TABLE workspaces (
	id              TEXT COLLATE "C" PRIMARY KEY,
	created         BIGINT NOT NULL,
	organization_id TEXT COLLATE "C" NOT NULL,
	name            TEXT NOT NULL,
	deleted         INTEGER NOT NULL,
	doc             TEXT NOT NULL
);
CREATE INDEX workspaces_order ON workspaces (deleted, created, id);
CREATE INDEX workspaces_organization ON workspaces (organization_id, deleted, created, id);

CREATE TABLE applications (
	id              TEXT COLLATE "C" PRIMARY KEY,
	created         BIGINT NOT NULL,
	organization_id TEXT COLLATE "C" NOT NULL,
	name            TEXT NOT NULL,
	lookup          TEXT NOT NULL UNIQUE,
	doc             TEXT NOT NULL
);
CREATE INDEX applications_order ON applications (created, id);

CREATE TABLE tags (
	id           TEXT COLLATE "C" PRIMARY KEY,
	created      BIGINT NOT NULL,
	workspace_id TEXT COLLATE "C" NOT NULL,
	name         TEXT NOT NULL,
	doc          TEXT NOT NULL,
	UNIQUE (workspace_id, name)
);
CREATE INDEX tags_order ON tags (workspace_id, created, id);

CREATE TABLE definitions (
	id           TEXT COLLATE "C" PRIMARY KEY,
	created      BIGINT NOT NULL,
	workspace_id TEXT COLLATE "C" NOT NULL,
	kind         TEXT NOT NULL,
	name         TEXT NOT NULL,
	deleted      INTEGER NOT NULL,
	doc          TEXT NOT NULL
);
CREATE INDEX definitions_order ON definitions (workspace_id, deleted, created, id);

CREATE TABLE manifests (
	id            TEXT COLLATE "C" PRIMARY KEY,
	created       BIGINT NOT NULL,
	definition_id TEXT COLLATE "C" NOT NULL REFERENCES definitions (id) ON DELETE CASCADE,
	doc           TEXT NOT NULL
);
CREATE INDEX manifests_order ON manifests (definition_id, created, id);

CREATE TABLE projects (
	id            TEXT COLLATE "C" PRIMARY KEY,
	created       BIGINT NOT NULL,
	workspace_id  TEXT COLLATE "C" NOT NULL,
	definition_id TEXT COLLATE "C" NOT NULL,
	name          TEXT NOT NULL,
	deleted       INTEGER NOT NULL,
	doc           TEXT NOT NULL
);
CREATE INDEX projects_order ON projects (workspace_id, deleted, created, id);
CREATE INDEX projects_definition ON projects (definition_id) WHERE definition_id <> '';

CREATE TABLE actors (
	id            TEXT COLLATE "C" PRIMARY KEY,
	created       BIGINT NOT NULL,
	workspace_id  TEXT COLLATE "C" NOT NULL,
	kind          TEXT NOT NULL,
	definition_id TEXT COLLATE "C" NOT NULL,
	name          TEXT NOT NULL,
	deleted       INTEGER NOT NULL,
	doc           TEXT NOT NULL
);
CREATE INDEX actors_order ON actors (kind, deleted, created, id, workspace_id);
CREATE INDEX actors_workspace ON actors (workspace_id, kind, deleted, created, id);
CREATE INDEX actors_definition ON actors (definition_id, deleted);
CREATE INDEX actors_name ON actors USING hash (name); -- a B-tree refuses long ones

CREATE TABLE catalogs (
	id       TEXT COLLATE "C" PRIMARY KEY,
	created  BIGINT NOT NULL,
	actor_id TEXT COLLATE "C" NOT NULL REFERENCES actors (id) ON DELETE CASCADE,
	lookup   TEXT NOT NULL,
	doc      TEXT NOT NULL
);
CREATE INDEX catalogs_actor ON catalogs (actor_id, created, id);

CREATE TABLE connections (
	id             TEXT COLLATE "C" PRIMARY KEY,
	created        BIGINT NOT NULL,
	workspace_id   TEXT COLLATE "C" NOT NULL,
	source_id      TEXT COLLATE "C" NOT NULL REFERENCES actors (id),
	destination_id TEXT COLLATE "C" NOT NULL REFERENCES actors (id),
	name           TEXT NOT NULL,
	tag_ids        TEXT NOT NULL,
	deleted        INTEGER NOT NULL,
	next_sync      BIGINT,
	doc            TEXT NOT NULL
);
CREATE INDEX connections_order ON connections (deleted, created, id, workspace_id);
CREATE INDEX connections_workspace ON connections (workspace_id, deleted, created, id);
CREATE INDEX connections_source ON connections (source_id, deleted);
CREATE INDEX connections_destination ON connections (destination_id, deleted);
CREATE INDEX connections_name ON connections USING hash (name);
CREATE INDEX connections_due ON connections (next_sync) WHERE next_sync IS NOT NULL;

-- +goose Down
DROP TABLE connections;
DROP TABLE catalogs;
DROP TABLE actors;
DROP TABLE projects;
DROP TABLE manifests;
DROP TABLE definitions;
DROP TABLE tags;
DROP TABLE applications;
DROP TABLE workspaces;
DROP TABLE organizations;
