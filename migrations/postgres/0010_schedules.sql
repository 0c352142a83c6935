-- Schedules that stand in AWS, and the targets of change requests that have several.

CREATE TABLE schedules (
    name TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    account TEXT COLLATE "C" NOT NULL,
    region TEXT COLLATE "C" NOT NULL,
    environment TEXT COLLATE "C" NOT NULL,
    schedule_json TEXT COLLATE "C" NOT NULL,
    -- What was done to each target, and the objects that AWS keeps.
    targets_json TEXT COLLATE "C" NOT NULL,
    good_until_ms BIGINT NOT NULL,
    -- The change request that people approved; later ones only extend it.
    change_id TEXT COLLATE "C" NOT NULL REFERENCES changes (id),
    applied_at_ms BIGINT NOT NULL,
    updated_at_ms BIGINT NOT NULL,
    version BIGINT NOT NULL
);
CREATE INDEX schedules_good_until ON schedules (good_until_ms);

CREATE TABLE schedule_targets (
    schedule TEXT COLLATE "C" NOT NULL REFERENCES schedules (name) ON DELETE CASCADE,
    target_id TEXT COLLATE "C" NOT NULL REFERENCES targets (id),
    PRIMARY KEY (schedule, target_id)
);
CREATE INDEX schedule_targets_target ON schedule_targets (target_id);

CREATE TABLE change_targets (
    change_id TEXT COLLATE "C" NOT NULL REFERENCES changes (id) ON DELETE CASCADE,
    target_id TEXT COLLATE "C" NOT NULL REFERENCES targets (id),
    PRIMARY KEY (change_id, target_id)
);
CREATE INDEX change_targets_target ON change_targets (target_id);

ALTER TABLE changes ADD COLUMN schedule TEXT COLLATE "C";
CREATE INDEX changes_schedule ON changes (schedule, created_at_ms DESC) WHERE schedule IS NOT NULL;
