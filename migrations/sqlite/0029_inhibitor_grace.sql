-- An alarm that is over holds others back for a grace: what follows from it is often over just
-- after it, and what flaps is soon back.

ALTER TABLE inhibitors ADD COLUMN ended_at_ms INTEGER;

-- When the alarms of an account and region were read last, whether the rest could be read or not:
-- what is not known to stand holds nothing back.
ALTER TABLE scope_health ADD COLUMN alarms_read_at_ms INTEGER;
