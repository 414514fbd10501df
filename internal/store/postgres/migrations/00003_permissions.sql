-- +goose Up
CREATE TABLE users (
	id              TEXT COLLATE "C" PRIMARY KEY,
	created         BIGINT NOT NULL,
	organization_id TEXT COLLATE "C" NOT NULL,
	name            TEXT NOT NULL,
	doc             TEXT NOT NULL
);
CREATE INDEX users_organization ON users (organization_id, created, id);

CREATE TABLE permissions (
	id              TEXT COLLATE "C" PRIMARY KEY,
	created         BIGINT NOT NULL,
	user_id         TEXT COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
	organization_id TEXT COLLATE "C" NOT NULL,
	workspace_id    TEXT COLLATE "C" NOT NULL,
	doc             TEXT NOT NULL,
	UNIQUE (user_id, organization_id, workspace_id)
);
CREATE INDEX permissions_organization ON permissions (organization_id, created, id);
CREATE INDEX permissions_workspace ON permissions (workspace_id, created, id);

-- +goose Down
DROP TABLE permissions;
DROP TABLE users;
