-- Alarms know their source. Those of a source that calls us lie in no account: theirs is
-- empty, and the region is the source's name.
ALTER TABLE alarms ADD COLUMN source TEXT COLLATE "C" NOT NULL DEFAULT 'cloudwatch';
CREATE INDEX alarms_source ON alarms (source, account, region) WHERE gone_at_ms IS NULL;
