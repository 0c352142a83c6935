-- When each digest was told last: once, whichever server does.

CREATE TABLE digests (
    name TEXT NOT NULL PRIMARY KEY,
    told_at_ms INTEGER NOT NULL
) STRICT;
