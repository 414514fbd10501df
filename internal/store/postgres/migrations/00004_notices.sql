-- +goose Up
CREATE TABLE notices (
	id           TEXT COLLATE "C" PRIMARY KEY,
	created      BIGINT NOT NULL,
	workspace_id TEXT COLLATE "C" NOT NULL,
	doc          TEXT NOT NULL
);

CREATE TABLE marks (
	id      TEXT COLLATE "C" PRIMARY KEY,
	created BIGINT NOT NULL,
	doc     TEXT NOT NULL
);

-- +goose Down
DROP TABLE marks;
DROP TABLE notices;
