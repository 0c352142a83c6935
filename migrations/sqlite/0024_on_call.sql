-- Who is on call instead of whoever's turn it is. Rotations and people stand in the configuration.

CREATE TABLE covers (
    id TEXT NOT NULL PRIMARY KEY,
    rotation TEXT NOT NULL,
    contact TEXT NOT NULL,
    note TEXT NOT NULL,
    from_ms INTEGER NOT NULL,
    until_ms INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    -- The name that they had then.
    created_name TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX covers_until ON covers (until_ms);
