-- Messages of queues that could not be taken in, until somebody has them taken again or
-- lets go of them.
CREATE TABLE set_aside (
    id TEXT NOT NULL PRIMARY KEY,
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    queue TEXT NOT NULL,
    -- The queue's own id of it.
    message TEXT NOT NULL,
    body TEXT NOT NULL,
    -- Why it could not be read; null where it was begun again and again.
    error TEXT,
    takings INTEGER NOT NULL,
    sent_at_ms INTEGER,
    at_ms INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX set_aside_message ON set_aside (account, region, queue, message);
CREATE INDEX set_aside_newest ON set_aside (at_ms);
