-- Change requests: what is asked for, who decided, what was done. And freezes.

CREATE TABLE changes (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    change_json TEXT NOT NULL,
    state TEXT NOT NULL,
    revision INTEGER NOT NULL,
    hash TEXT NOT NULL,
    plan_json TEXT NOT NULL,
    environment TEXT NOT NULL,
    target_id TEXT NOT NULL REFERENCES targets (id),
    target_name TEXT NOT NULL,
    -- Target, reason and author in lower case: what a search looks at.
    words TEXT NOT NULL,
    from_ms INTEGER,
    until_ms INTEGER,
    author_id TEXT NOT NULL,
    author_name TEXT NOT NULL,
    approvals_needed INTEGER NOT NULL,
    created_at_ms INTEGER NOT NULL,
    updated_at_ms INTEGER NOT NULL,
    expires_at_ms INTEGER NOT NULL,
    -- A worker leaves it alone until then.
    not_before_ms INTEGER NOT NULL,
    idempotency_key TEXT,
    -- The scale event that this change ends.
    event_id TEXT REFERENCES changes (id),
    applied_at_ms INTEGER,
    -- The change that ended this scale event early.
    ended_by TEXT REFERENCES changes (id),
    ended_at_ms INTEGER,
    return_verified_at_ms INTEGER,
    result_json TEXT NOT NULL,
    lease_owner TEXT,
    lease_until_ms INTEGER NOT NULL,
    version INTEGER NOT NULL,
    UNIQUE (author_id, idempotency_key)
) STRICT;
CREATE INDEX changes_newest ON changes (created_at_ms DESC, id DESC);
CREATE INDEX changes_state ON changes (state, not_before_ms);
CREATE INDEX changes_target ON changes (target_id, created_at_ms DESC);
CREATE INDEX changes_event ON changes (event_id) WHERE event_id IS NOT NULL;
CREATE INDEX changes_until ON changes (until_ms) WHERE kind = 'scale_event';

CREATE TABLE change_authors (
    change_id TEXT NOT NULL REFERENCES changes (id) ON DELETE CASCADE,
    person_id TEXT NOT NULL,
    name TEXT NOT NULL,
    since_ms INTEGER NOT NULL,
    PRIMARY KEY (change_id, person_id)
) STRICT;

CREATE TABLE change_votes (
    id TEXT NOT NULL PRIMARY KEY,
    change_id TEXT NOT NULL REFERENCES changes (id) ON DELETE CASCADE,
    -- Nobody when the policy approved by itself.
    person_id TEXT,
    name TEXT NOT NULL,
    role TEXT,
    vote TEXT NOT NULL,
    hash TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    note TEXT,
    UNIQUE (change_id, hash, person_id)
) STRICT;

CREATE TABLE change_steps (
    change_id TEXT NOT NULL REFERENCES changes (id) ON DELETE CASCADE,
    revision INTEGER NOT NULL,
    number INTEGER NOT NULL,
    step_json TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    begun_at_ms INTEGER,
    ended_at_ms INTEGER,
    error TEXT,
    PRIMARY KEY (change_id, revision, number)
) STRICT;

-- An applied change that AWS no longer shows as applied.
CREATE TABLE drift (
    change_id TEXT NOT NULL PRIMARY KEY REFERENCES changes (id) ON DELETE CASCADE,
    differences_json TEXT NOT NULL,
    since_ms INTEGER NOT NULL,
    seen_at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE freezes (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    environments_json TEXT NOT NULL,
    reason TEXT NOT NULL,
    from_ms INTEGER NOT NULL,
    until_ms INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX freezes_until ON freezes (until_ms);
