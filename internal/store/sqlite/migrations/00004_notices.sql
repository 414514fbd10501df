-- +goose Up
CREATE TABLE notices (
	id           TEXT PRIMARY KEY,
	created      INTEGER NOT NULL,
	workspace_id TEXT NOT NULL,
	doc          TEXT NOT NULL
) STRICT;

CREATE TABLE marks (
	id      TEXT PRIMARY KEY,
	created INTEGER NOT NULL,
	doc     TEXT NOT NULL
) STRICT;

-- +goose Down
DROP TABLE marks;
DROP TABLE notices;
