-- An alarm that is over holds others back for a grace: what follows from it is often over just
-- after it, and what flaps is soon back.

ALTER TABLE inhibitors ADD COLUMN ended_at_ms INTEGER;
