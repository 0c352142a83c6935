-- How the queries of logs that the configuration names came out, and what they scanned.
CREATE TABLE log_queries (
    name TEXT NOT NULL PRIMARY KEY,
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    -- Of the alarm: what the newest window told.
    state TEXT NOT NULL,
    state_at_ms INTEGER NOT NULL,
    reason TEXT NOT NULL,
    -- The end of the newest window that was looked at.
    window_until_ms INTEGER NOT NULL,
    -- The end of the newest window that was answered about; null before.
    answered_until_ms INTEGER,
    -- The last run; null before the first.
    ran_at_ms INTEGER,
    row_total INTEGER,
    scanned_bytes INTEGER NOT NULL,
    -- The day whose budget is used, and how much of it is.
    day_ms INTEGER NOT NULL,
    day_bytes INTEGER NOT NULL
) STRICT;
