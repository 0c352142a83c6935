-- Messages of queues that could not be taken in, until somebody has them taken again or
-- lets go of them.
CREATE TABLE set_aside (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    account TEXT COLLATE "C" NOT NULL,
    region TEXT COLLATE "C" NOT NULL,
    queue TEXT COLLATE "C" NOT NULL,
    -- The queue's own id of it.
    message TEXT COLLATE "C" NOT NULL,
    body TEXT NOT NULL,
    -- Why it could not be read; null where it was begun again and again.
    error TEXT,
    takings BIGINT NOT NULL,
    sent_at_ms BIGINT,
    at_ms BIGINT NOT NULL
);
CREATE UNIQUE INDEX set_aside_message ON set_aside (account, region, queue, message);
CREATE INDEX set_aside_newest ON set_aside (at_ms);
