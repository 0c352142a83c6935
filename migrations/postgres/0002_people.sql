-- People, how they sign in, and what they hold. Secrets are kept as hashes only.

CREATE TABLE people (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    login TEXT COLLATE "C" NOT NULL UNIQUE,
    name TEXT COLLATE "C" NOT NULL,
    sort_name TEXT COLLATE "C" NOT NULL,
    password_hash TEXT COLLATE "C",
    grants_json TEXT COLLATE "C" NOT NULL,
    -- Taken from the grants, to count the admins: JSON is never asked inside.
    admin_everywhere BOOLEAN NOT NULL,
    disabled BOOLEAN NOT NULL,
    lang TEXT COLLATE "C" NOT NULL,
    zone TEXT COLLATE "C" NOT NULL,
    theme TEXT COLLATE "C" NOT NULL,
    created_at_ms BIGINT NOT NULL,
    updated_at_ms BIGINT NOT NULL,
    signed_in_at_ms BIGINT
);

CREATE TABLE sessions (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    token_hash TEXT COLLATE "C" NOT NULL UNIQUE,
    person_id TEXT COLLATE "C" NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    created_at_ms BIGINT NOT NULL,
    used_at_ms BIGINT NOT NULL,
    idle_until_ms BIGINT NOT NULL,
    ends_at_ms BIGINT NOT NULL,
    agent TEXT COLLATE "C" NOT NULL
);
CREATE INDEX sessions_person ON sessions (person_id, created_at_ms);

CREATE TABLE tokens (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    token_hash TEXT COLLATE "C" NOT NULL UNIQUE,
    person_id TEXT COLLATE "C" NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    name TEXT COLLATE "C" NOT NULL,
    role TEXT COLLATE "C" NOT NULL,
    created_at_ms BIGINT NOT NULL,
    expires_at_ms BIGINT NOT NULL,
    used_at_ms BIGINT
);
CREATE INDEX tokens_person ON tokens (person_id, created_at_ms);

CREATE TABLE sign_in_failures (
    failure_key TEXT COLLATE "C" NOT NULL,
    at_ms BIGINT NOT NULL
);
CREATE INDEX sign_in_failures_key ON sign_in_failures (failure_key, at_ms);
CREATE INDEX sign_in_failures_at ON sign_in_failures (at_ms);

CREATE TABLE setup_link (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    token_hash TEXT COLLATE "C" NOT NULL,
    expires_at_ms BIGINT NOT NULL
);
