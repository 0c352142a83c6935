-- How the queries of logs that the configuration names came out, and what they scanned.
CREATE TABLE log_queries (
    name TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    account TEXT COLLATE "C" NOT NULL,
    region TEXT COLLATE "C" NOT NULL,
    -- Of the alarm: what the newest window told.
    state TEXT COLLATE "C" NOT NULL,
    state_at_ms BIGINT NOT NULL,
    reason TEXT NOT NULL,
    -- The end of the newest window that was looked at.
    window_until_ms BIGINT NOT NULL,
    -- The end of the newest window that was answered about; null before.
    answered_until_ms BIGINT,
    -- The last run; null before the first.
    ran_at_ms BIGINT,
    row_total BIGINT,
    scanned_bytes BIGINT NOT NULL,
    -- The day whose budget is used, and how much of it is.
    day_ms BIGINT NOT NULL,
    day_bytes BIGINT NOT NULL
);
