-- What calendars of the configuration held when they were last read, for the schedules that name them.

ALTER TABLE calendars ADD COLUMN text TEXT COLLATE "C";
