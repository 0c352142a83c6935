-- Alarms as last read, and their state changes.

CREATE TABLE alarms (
    id TEXT NOT NULL PRIMARY KEY,
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    sort_name TEXT NOT NULL,
    -- Name and description in lower case: what a search looks at.
    words TEXT NOT NULL,
    environment TEXT NOT NULL,
    priority TEXT NOT NULL,
    priority_rule INTEGER NOT NULL,
    state TEXT NOT NULL,
    -- State, then priority, as one number: the order of a list by urgency.
    urgency INTEGER NOT NULL,
    state_at_ms INTEGER NOT NULL,
    reason TEXT NOT NULL,
    -- What no query asks for: ARN, kind, description, rule and actions.
    detail_json TEXT NOT NULL,
    -- Of the whole reading: an unchanged alarm is not written again. 0: not from a reading.
    fingerprint INTEGER NOT NULL,
    acknowledged_by TEXT,
    acknowledged_name TEXT,
    acknowledged_at_ms INTEGER,
    acknowledged_note TEXT,
    first_seen_at_ms INTEGER NOT NULL,
    gone_at_ms INTEGER,
    version INTEGER NOT NULL,
    UNIQUE (account, region, name)
) STRICT;
-- Each order of the list, and the counts from the index alone.
CREATE INDEX alarms_urgency ON alarms (urgency, state_at_ms DESC, id) WHERE gone_at_ms IS NULL;
CREATE INDEX alarms_newest ON alarms (state_at_ms DESC, id) WHERE gone_at_ms IS NULL;
CREATE INDEX alarms_name ON alarms (sort_name, id) WHERE gone_at_ms IS NULL;
CREATE INDEX alarms_counts ON alarms (environment, state, priority, acknowledged_at_ms)
WHERE gone_at_ms IS NULL;
CREATE INDEX alarms_gone ON alarms (gone_at_ms) WHERE gone_at_ms IS NOT NULL;

CREATE TABLE alarm_transitions (
    alarm_id TEXT NOT NULL REFERENCES alarms (id) ON DELETE CASCADE,
    at_ms INTEGER NOT NULL,
    to_state TEXT NOT NULL,
    from_state TEXT,
    reason TEXT NOT NULL,
    PRIMARY KEY (alarm_id, at_ms, to_state)
) STRICT;
CREATE INDEX alarm_transitions_at ON alarm_transitions (at_ms);
