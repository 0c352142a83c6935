-- How our subscriptions to topics of SNS stand, for each source that names them.
CREATE TABLE topics (
    source TEXT COLLATE "C" NOT NULL,
    topic TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    -- When the last message about the subscription was written.
    told_at_ms BIGINT,
    -- What confirms the subscription; null when it is no more needed.
    token TEXT,
    tries BIGINT NOT NULL,
    next_try_at_ms BIGINT,
    -- Why the last try failed.
    error TEXT,
    -- When the last notification came, and how many did.
    heard_at_ms BIGINT,
    messages BIGINT NOT NULL,
    PRIMARY KEY (source, topic)
);
