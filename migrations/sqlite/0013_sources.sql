-- Alarms know their source. Those of a source that calls us lie in no account: theirs is
-- empty, and the region is the source's name.
ALTER TABLE alarms ADD COLUMN source TEXT NOT NULL DEFAULT 'cloudwatch';
CREATE INDEX alarms_source ON alarms (source, account, region) WHERE gone_at_ms IS NULL;

-- What AWS told by events, as it came.
CREATE TABLE aws_events (
    id TEXT NOT NULL PRIMARY KEY,
    -- AWS's own id, or a hash of the whole: an event that comes twice is kept once.
    event_key TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    -- Empty where the event does not tell.
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    environment TEXT NOT NULL,
    subject TEXT NOT NULL,
    -- Name and subject in lower case: what a search looks at.
    words TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    received_at_ms INTEGER NOT NULL,
    -- When to ask why an instance ended.
    judge_at_ms INTEGER,
    judged INTEGER NOT NULL DEFAULT 0,
    -- Why it ended, where that is known.
    explanation TEXT,
    -- The alarm that its end became.
    alarm_id TEXT,
    payload TEXT NOT NULL
) STRICT;
CREATE INDEX aws_events_newest ON aws_events (at_ms DESC, id DESC);
CREATE INDEX aws_events_received ON aws_events (received_at_ms);
CREATE INDEX aws_events_subject ON aws_events (subject, at_ms);
CREATE INDEX aws_events_due ON aws_events (judge_at_ms) WHERE judge_at_ms IS NOT NULL;
