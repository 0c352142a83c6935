-- When each drill that recurs was due last: it begins once, whichever server does.

CREATE TABLE recurring_drills (
    name TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    due_at_ms BIGINT NOT NULL
);
