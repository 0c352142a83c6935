-- The actor's name of then in lower case, to be searched: SQLite's LOWER knows ASCII only, so the
-- program writes it. Entries from before keep what the database makes of theirs.

ALTER TABLE audit ADD COLUMN actor_words TEXT NOT NULL DEFAULT '';
UPDATE audit SET actor_words = LOWER(actor_name);
