-- Change requests: what is asked for, who decided, what was done. And freezes.

CREATE TABLE changes (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    kind TEXT COLLATE "C" NOT NULL,
    change_json TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    revision BIGINT NOT NULL,
    hash TEXT COLLATE "C" NOT NULL,
    plan_json TEXT COLLATE "C" NOT NULL,
    environment TEXT COLLATE "C" NOT NULL,
    target_id TEXT COLLATE "C" NOT NULL REFERENCES targets (id),
    target_name TEXT COLLATE "C" NOT NULL,
    -- Target, reason and author in lower case: what a search looks at.
    words TEXT COLLATE "C" NOT NULL,
    from_ms BIGINT,
    until_ms BIGINT,
    author_id TEXT COLLATE "C" NOT NULL,
    author_name TEXT COLLATE "C" NOT NULL,
    approvals_needed BIGINT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    updated_at_ms BIGINT NOT NULL,
    expires_at_ms BIGINT NOT NULL,
    -- A worker leaves it alone until then.
    not_before_ms BIGINT NOT NULL,
    idempotency_key TEXT COLLATE "C",
    -- The scale event that this change ends.
    event_id TEXT COLLATE "C" REFERENCES changes (id),
    applied_at_ms BIGINT,
    -- The change that ended this scale event early.
    ended_by TEXT COLLATE "C" REFERENCES changes (id),
    ended_at_ms BIGINT,
    return_verified_at_ms BIGINT,
    result_json TEXT COLLATE "C" NOT NULL,
    lease_owner TEXT COLLATE "C",
    lease_until_ms BIGINT NOT NULL,
    version BIGINT NOT NULL,
    UNIQUE (author_id, idempotency_key)
);
CREATE INDEX changes_newest ON changes (created_at_ms DESC, id DESC);
CREATE INDEX changes_state ON changes (state, not_before_ms);
CREATE INDEX changes_target ON changes (target_id, created_at_ms DESC);
CREATE INDEX changes_event ON changes (event_id) WHERE event_id IS NOT NULL;
CREATE INDEX changes_until ON changes (until_ms) WHERE kind = 'scale_event';

CREATE TABLE change_authors (
    change_id TEXT COLLATE "C" NOT NULL REFERENCES changes (id) ON DELETE CASCADE,
    person_id TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    since_ms BIGINT NOT NULL,
    PRIMARY KEY (change_id, person_id)
);

CREATE TABLE change_votes (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    change_id TEXT COLLATE "C" NOT NULL REFERENCES changes (id) ON DELETE CASCADE,
    -- Nobody when the policy approved by itself.
    person_id TEXT COLLATE "C",
    name TEXT COLLATE "C" NOT NULL,
    role TEXT COLLATE "C",
    vote TEXT COLLATE "C" NOT NULL,
    hash TEXT COLLATE "C" NOT NULL,
    at_ms BIGINT NOT NULL,
    note TEXT COLLATE "C",
    UNIQUE (change_id, hash, person_id)
);

CREATE TABLE change_steps (
    change_id TEXT COLLATE "C" NOT NULL REFERENCES changes (id) ON DELETE CASCADE,
    revision BIGINT NOT NULL,
    number BIGINT NOT NULL,
    step_json TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    attempts BIGINT NOT NULL,
    begun_at_ms BIGINT,
    ended_at_ms BIGINT,
    error TEXT COLLATE "C",
    PRIMARY KEY (change_id, revision, number)
);

-- An applied change that AWS no longer shows as applied.
CREATE TABLE drift (
    change_id TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES changes (id) ON DELETE CASCADE,
    differences_json TEXT COLLATE "C" NOT NULL,
    since_ms BIGINT NOT NULL,
    seen_at_ms BIGINT NOT NULL
);

CREATE TABLE freezes (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL,
    environments_json TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    from_ms BIGINT NOT NULL,
    until_ms BIGINT NOT NULL,
    created_by TEXT COLLATE "C" NOT NULL,
    created_at_ms BIGINT NOT NULL
);
CREATE INDEX freezes_until ON freezes (until_ms);
