-- Alarms know their source. Those of a source that calls us lie in no account: theirs is
-- empty, and the region is the source's name.
ALTER TABLE alarms ADD COLUMN source TEXT COLLATE "C" NOT NULL DEFAULT 'cloudwatch';
CREATE INDEX alarms_source ON alarms (source, account, region) WHERE gone_at_ms IS NULL;

-- What AWS told by events, as it came.
CREATE TABLE aws_events (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    -- AWS's own id, or a hash of the whole: an event that comes twice is kept once.
    event_key TEXT COLLATE "C" NOT NULL UNIQUE,
    kind TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    -- Empty where the event does not tell.
    account TEXT COLLATE "C" NOT NULL,
    region TEXT COLLATE "C" NOT NULL,
    environment TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    -- Name and subject in lower case: what a search looks at.
    words TEXT COLLATE "C" NOT NULL,
    at_ms BIGINT NOT NULL,
    received_at_ms BIGINT NOT NULL,
    -- When to ask why an instance ended.
    judge_at_ms BIGINT,
    judged BIGINT NOT NULL DEFAULT 0,
    -- Why it ended, where that is known.
    explanation TEXT COLLATE "C",
    -- The alarm that its end became.
    alarm_id TEXT COLLATE "C",
    payload TEXT COLLATE "C" NOT NULL
);
CREATE INDEX aws_events_newest ON aws_events (at_ms DESC, id DESC);
CREATE INDEX aws_events_received ON aws_events (received_at_ms);
CREATE INDEX aws_events_subject ON aws_events (subject, at_ms);
CREATE INDEX aws_events_due ON aws_events (judge_at_ms) WHERE judge_at_ms IS NOT NULL;
