-- Alarms as last read, and their state changes.

CREATE TABLE alarms (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    account TEXT COLLATE "C" NOT NULL,
    region TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    sort_name TEXT COLLATE "C" NOT NULL,
    -- Name and description in lower case: what a search looks at.
    words TEXT COLLATE "C" NOT NULL,
    environment TEXT COLLATE "C" NOT NULL,
    priority TEXT COLLATE "C" NOT NULL,
    priority_rule BIGINT NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    -- State, then priority, as one number: the order of a list by urgency.
    urgency BIGINT NOT NULL,
    state_at_ms BIGINT NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    -- What no query asks for: ARN, kind, description, rule and actions.
    detail_json TEXT COLLATE "C" NOT NULL,
    -- Of the whole reading: an unchanged alarm is not written again. 0: not from a reading.
    fingerprint BIGINT NOT NULL,
    acknowledged_by TEXT COLLATE "C",
    acknowledged_name TEXT COLLATE "C",
    acknowledged_at_ms BIGINT,
    acknowledged_note TEXT COLLATE "C",
    first_seen_at_ms BIGINT NOT NULL,
    gone_at_ms BIGINT,
    version BIGINT NOT NULL,
    UNIQUE (account, region, name)
);
-- Each order of the list, and the counts from the index alone.
CREATE INDEX alarms_urgency ON alarms (urgency, state_at_ms DESC, id) WHERE gone_at_ms IS NULL;
CREATE INDEX alarms_newest ON alarms (state_at_ms DESC, id) WHERE gone_at_ms IS NULL;
CREATE INDEX alarms_name ON alarms (sort_name, id) WHERE gone_at_ms IS NULL;
CREATE INDEX alarms_counts ON alarms (environment, state, priority, acknowledged_at_ms)
WHERE gone_at_ms IS NULL;
CREATE INDEX alarms_gone ON alarms (gone_at_ms) WHERE gone_at_ms IS NOT NULL;

CREATE TABLE alarm_transitions (
    alarm_id TEXT COLLATE "C" NOT NULL REFERENCES alarms (id) ON DELETE CASCADE,
    at_ms BIGINT NOT NULL,
    to_state TEXT COLLATE "C" NOT NULL,
    from_state TEXT COLLATE "C",
    reason TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (alarm_id, at_ms, to_state)
);
CREATE INDEX alarm_transitions_at ON alarm_transitions (at_ms);
