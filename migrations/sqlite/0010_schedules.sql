-- Schedules that stand in AWS, and the targets of change requests that have several.

CREATE TABLE schedules (
    name TEXT NOT NULL PRIMARY KEY,
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    environment TEXT NOT NULL,
    schedule_json TEXT NOT NULL,
    -- What was done to each target, and the objects that AWS keeps.
    targets_json TEXT NOT NULL,
    good_until_ms INTEGER NOT NULL,
    -- The change request that people approved; later ones only extend it.
    change_id TEXT NOT NULL REFERENCES changes (id),
    applied_at_ms INTEGER NOT NULL,
    updated_at_ms INTEGER NOT NULL,
    version INTEGER NOT NULL
) STRICT;
CREATE INDEX schedules_good_until ON schedules (good_until_ms);

CREATE TABLE schedule_targets (
    schedule TEXT NOT NULL REFERENCES schedules (name) ON DELETE CASCADE,
    target_id TEXT NOT NULL REFERENCES targets (id),
    PRIMARY KEY (schedule, target_id)
) STRICT;
CREATE INDEX schedule_targets_target ON schedule_targets (target_id);

CREATE TABLE change_targets (
    change_id TEXT NOT NULL REFERENCES changes (id) ON DELETE CASCADE,
    target_id TEXT NOT NULL REFERENCES targets (id),
    PRIMARY KEY (change_id, target_id)
) STRICT;
CREATE INDEX change_targets_target ON change_targets (target_id);

ALTER TABLE changes ADD COLUMN schedule TEXT;
CREATE INDEX changes_schedule ON changes (schedule, created_at_ms DESC) WHERE schedule IS NOT NULL;
