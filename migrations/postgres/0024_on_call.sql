-- Who is on call instead of whoever's turn it is. Rotations and people stand in the configuration.

CREATE TABLE covers (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    rotation TEXT COLLATE "C" NOT NULL,
    contact TEXT COLLATE "C" NOT NULL,
    note TEXT COLLATE "C" NOT NULL,
    from_ms BIGINT NOT NULL,
    until_ms BIGINT NOT NULL,
    created_by TEXT COLLATE "C" NOT NULL,
    -- The name that they had then.
    created_name TEXT COLLATE "C" NOT NULL,
    created_at_ms BIGINT NOT NULL
);
CREATE INDEX covers_until ON covers (until_ms);
