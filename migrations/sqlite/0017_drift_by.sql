-- Who made a difference, as CloudTrail tells it, and when it was last asked.
ALTER TABLE drift ADD COLUMN attribution_json TEXT;
ALTER TABLE drift ADD COLUMN asked_at_ms INTEGER;
