-- Alarms that nobody has taken on, and when others are told of them.

CREATE TABLE escalations (
    alarm_id TEXT NOT NULL PRIMARY KEY REFERENCES alarms (id) ON DELETE CASCADE,
    -- Since when nobody has.
    since_ms INTEGER NOT NULL,
    -- The next step; none when all have come.
    due_ms INTEGER
) STRICT;
CREATE INDEX escalations_due ON escalations (due_ms);
CREATE INDEX alarms_acknowledged ON alarms (acknowledged_at_ms) WHERE acknowledged_at_ms IS NOT NULL;
