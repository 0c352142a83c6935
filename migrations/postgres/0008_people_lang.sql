-- Whether the language was chosen. Until it is, the console speaks that of the browser.

ALTER TABLE people ADD COLUMN lang_chosen BOOLEAN NOT NULL DEFAULT FALSE;
