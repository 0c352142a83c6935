-- When each digest was told last: once, whichever server does.

CREATE TABLE digests (
    name TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    told_at_ms BIGINT NOT NULL
);
