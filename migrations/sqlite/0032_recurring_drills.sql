-- When each drill that recurs was due last: it begins once, whichever server does.

CREATE TABLE recurring_drills (
    name TEXT NOT NULL PRIMARY KEY,
    due_at_ms INTEGER NOT NULL
) STRICT;
