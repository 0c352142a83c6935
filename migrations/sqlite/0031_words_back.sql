-- When the last word that a channel's own service said of a thread was said, so that what comes late,
-- or twice, changes nothing.
ALTER TABLE threads ADD COLUMN word_at_ms INTEGER;
