-- What is known of the calls of each source, and how its heartbeat stands.
CREATE TABLE heartbeats (
    source TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    -- When its last call was taken in.
    beat_at_ms BIGINT,
    -- When its last call was refused that could not be read, and why.
    refused_at_ms BIGINT,
    refused_why TEXT,
    -- Of the alarm that says whether it calls; null where it need not.
    state TEXT COLLATE "C",
    state_at_ms BIGINT
);
