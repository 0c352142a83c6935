-- For a time nobody is told of some alarms; and the alarms that somebody would have been told of.

CREATE TABLE silences (
    id TEXT NOT NULL PRIMARY KEY,
    environments_json TEXT NOT NULL,
    -- As Alertmanager writes them.
    matchers TEXT NOT NULL,
    comment TEXT NOT NULL,
    from_ms INTEGER NOT NULL,
    until_ms INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    -- The name that they had then.
    created_name TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL,
    -- Who ended it before its time.
    ended_name TEXT
) STRICT;
CREATE INDEX silences_until ON silences (until_ms);

-- Told when nothing silences them any more.
CREATE TABLE held_alarms (
    alarm_id TEXT NOT NULL PRIMARY KEY REFERENCES alarms (id) ON DELETE CASCADE,
    since_ms INTEGER NOT NULL
) STRICT;
