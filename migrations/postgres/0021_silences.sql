-- For a time nobody is told of some alarms; and the alarms that somebody would have been told of.

CREATE TABLE silences (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    environments_json TEXT COLLATE "C" NOT NULL,
    -- As Alertmanager writes them.
    matchers TEXT COLLATE "C" NOT NULL,
    comment TEXT COLLATE "C" NOT NULL,
    from_ms BIGINT NOT NULL,
    until_ms BIGINT NOT NULL,
    created_by TEXT COLLATE "C" NOT NULL,
    -- The name that they had then.
    created_name TEXT COLLATE "C" NOT NULL,
    created_at_ms BIGINT NOT NULL,
    -- Who ended it before its time.
    ended_name TEXT COLLATE "C"
);
CREATE INDEX silences_until ON silences (until_ms);

-- Told when nothing silences them any more.
CREATE TABLE held_alarms (
    alarm_id TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES alarms (id) ON DELETE CASCADE,
    since_ms BIGINT NOT NULL
);
