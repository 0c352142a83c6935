-- What was first asked for with an idempotency key: an edit changes the request, not what a repeat
-- of the first post is compared with. Rows from before are compared with what they ask for now.

ALTER TABLE changes ADD COLUMN posted_json TEXT COLLATE "C";
