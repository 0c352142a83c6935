-- Drills: marked alarms that prove who is told. They outlive the alarm itself, so nothing here
-- refers to its row.

CREATE TABLE drills (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    alarm_id TEXT NOT NULL,
    environment TEXT COLLATE "C" NOT NULL,
    name TEXT NOT NULL,
    priority TEXT NOT NULL,
    note TEXT,
    -- Who should be told when, as the routes said when it began.
    expected_json TEXT NOT NULL,
    -- Somebody must take it on within so many minutes, or it fails.
    acknowledge_minutes BIGINT,
    started_by TEXT NOT NULL,
    -- The name that they had then.
    started_name TEXT NOT NULL,
    started_at_ms BIGINT NOT NULL,
    ends_at_ms BIGINT NOT NULL,
    ended_at_ms BIGINT,
    -- Who ended it before its time.
    ended_name TEXT,
    acknowledged_name TEXT,
    acknowledged_at_ms BIGINT,
    -- The receipts as they were when all messages had gone or been given up.
    receipts_json TEXT,
    concluded_at_ms BIGINT,
    verdict TEXT
);
CREATE INDEX drills_newest ON drills (started_at_ms DESC, id DESC);
CREATE INDEX drills_standing ON drills (ends_at_ms) WHERE concluded_at_ms IS NULL;
