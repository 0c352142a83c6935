-- Freezes that calendars of the configuration name, and how those calendars do.

-- Of a calendar's freezes `created_by` is empty: nobody declared them.
ALTER TABLE freezes ADD COLUMN calendar TEXT COLLATE "C";

CREATE TABLE calendars (
    name TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    tried_at_ms BIGINT NOT NULL,
    read_at_ms BIGINT,
    error TEXT COLLATE "C"
);
