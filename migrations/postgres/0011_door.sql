-- Change requests about alarms, comments on change requests, and those that were carried
-- out without an approval.

-- A change request about an alarm has no target.
ALTER TABLE changes ALTER COLUMN target_id DROP NOT NULL;

ALTER TABLE changes ADD COLUMN alarm_id TEXT REFERENCES alarms (id);
CREATE INDEX changes_alarm ON changes (alarm_id, created_at_ms DESC) WHERE alarm_id IS NOT NULL;

CREATE TABLE change_comments (
    id TEXT NOT NULL PRIMARY KEY,
    change_id TEXT NOT NULL REFERENCES changes (id) ON DELETE CASCADE,
    person_id TEXT NOT NULL,
    name TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    text TEXT NOT NULL
);
CREATE INDEX change_comments_change ON change_comments (change_id, at_ms, id);

CREATE TABLE emergencies (
    change_id TEXT NOT NULL PRIMARY KEY REFERENCES changes (id) ON DELETE CASCADE,
    person_id TEXT NOT NULL,
    name TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    reason TEXT NOT NULL,
    -- The content that may be carried out without an approval.
    hash TEXT NOT NULL,
    -- Who has looked at it afterwards, and what they say; missing until then.
    reviewed_by TEXT,
    reviewed_name TEXT,
    reviewed_at_ms BIGINT,
    review TEXT
);
