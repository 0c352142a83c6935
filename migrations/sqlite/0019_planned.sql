-- When an approved change request is carried out, and not before; missing when at once.

ALTER TABLE changes ADD COLUMN planned_ms INTEGER;
