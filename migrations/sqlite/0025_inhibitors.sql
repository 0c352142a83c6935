-- Alarms in ALARM that may hold others back, by the rules of the configuration.

CREATE TABLE inhibitors (
    alarm_id TEXT NOT NULL PRIMARY KEY REFERENCES alarms (id) ON DELETE CASCADE
) STRICT;
