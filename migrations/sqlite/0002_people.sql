-- People, how they sign in, and what they hold. Secrets are kept as hashes only.

CREATE TABLE people (
    id TEXT NOT NULL PRIMARY KEY,
    login TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    sort_name TEXT NOT NULL,
    password_hash TEXT,
    grants_json TEXT NOT NULL,
    -- Taken from the grants, to count the admins: JSON is never asked inside.
    admin_everywhere INTEGER NOT NULL,
    disabled INTEGER NOT NULL,
    lang TEXT NOT NULL,
    zone TEXT NOT NULL,
    theme TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL,
    updated_at_ms INTEGER NOT NULL,
    signed_in_at_ms INTEGER
) STRICT;

CREATE TABLE sessions (
    id TEXT NOT NULL PRIMARY KEY,
    token_hash TEXT NOT NULL UNIQUE,
    person_id TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    created_at_ms INTEGER NOT NULL,
    used_at_ms INTEGER NOT NULL,
    idle_until_ms INTEGER NOT NULL,
    ends_at_ms INTEGER NOT NULL,
    agent TEXT NOT NULL
) STRICT;
CREATE INDEX sessions_person ON sessions (person_id, created_at_ms);

CREATE TABLE tokens (
    id TEXT NOT NULL PRIMARY KEY,
    token_hash TEXT NOT NULL UNIQUE,
    person_id TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL,
    expires_at_ms INTEGER NOT NULL,
    used_at_ms INTEGER
) STRICT;
CREATE INDEX tokens_person ON tokens (person_id, created_at_ms);

CREATE TABLE sign_in_failures (
    failure_key TEXT NOT NULL,
    at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX sign_in_failures_key ON sign_in_failures (failure_key, at_ms);
CREATE INDEX sign_in_failures_at ON sign_in_failures (at_ms);

CREATE TABLE setup_link (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    token_hash TEXT NOT NULL,
    expires_at_ms INTEGER NOT NULL
) STRICT;
