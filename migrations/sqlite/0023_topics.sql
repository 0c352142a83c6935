-- How our subscriptions to topics of SNS stand, for each source that names them.
CREATE TABLE topics (
    source TEXT NOT NULL,
    topic TEXT NOT NULL,
    state TEXT NOT NULL,
    -- When the last message about the subscription was written.
    told_at_ms INTEGER,
    -- What confirms the subscription; null when it is no more needed.
    token TEXT,
    tries INTEGER NOT NULL,
    next_try_at_ms INTEGER,
    -- Why the last try failed.
    error TEXT,
    -- When the last notification came, and how many did.
    heard_at_ms INTEGER,
    messages INTEGER NOT NULL,
    PRIMARY KEY (source, topic)
) STRICT;
