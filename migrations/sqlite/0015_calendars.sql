-- Freezes that calendars of the configuration name, and how those calendars do.

-- Of a calendar's freezes `created_by` is empty: nobody declared them.
ALTER TABLE freezes ADD COLUMN calendar TEXT;

CREATE TABLE calendars (
    name TEXT NOT NULL PRIMARY KEY,
    tried_at_ms INTEGER NOT NULL,
    read_at_ms INTEGER,
    error TEXT
) STRICT;
