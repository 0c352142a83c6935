-- Alarms that are told together: the messages of a group wait for each other.

-- The group in which an alarm is told to a channel; none where it is told alone.
ALTER TABLE threads ADD COLUMN group_key TEXT;
ALTER TABLE threads ADD COLUMN group_wait_ms BIGINT;
ALTER TABLE threads ADD COLUMN group_interval_ms BIGINT;
ALTER TABLE deliveries ADD COLUMN group_key TEXT;
-- A burst writes thousands of one group, and asks at each how the group stands.
CREATE INDEX deliveries_group_waiting ON deliveries (channel, group_key, not_before_ms)
WHERE group_key IS NOT NULL AND state IN ('waiting', 'sending', 'failed', 'unknown');
CREATE INDEX deliveries_group_told ON deliveries (channel, group_key, attempted_at_ms)
WHERE group_key IS NOT NULL AND state = 'sent';
