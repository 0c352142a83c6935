-- The installation itself: who it is, the heads of its two ledgers, leases, and how fresh each
-- account and region is.

CREATE TABLE installation (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    installation_id TEXT COLLATE "C" NOT NULL,
    created_at_ms BIGINT NOT NULL
);

-- One row: the last entry of the audit log and of the live feed. Whoever writes holds it.
CREATE TABLE ledger_head (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    audit_seq BIGINT NOT NULL,
    audit_hash TEXT COLLATE "C" NOT NULL,
    feed_seq BIGINT NOT NULL,
    feed_floor BIGINT NOT NULL
);
INSERT INTO ledger_head (id, audit_seq, audit_hash, feed_seq, feed_floor)
VALUES (1, 0, '0000000000000000000000000000000000000000000000000000000000000000', 0, 0);

CREATE TABLE leases (
    name TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    owner TEXT COLLATE "C" NOT NULL,
    until_ms BIGINT NOT NULL
);

CREATE TABLE scope_health (
    account TEXT COLLATE "C" NOT NULL,
    region TEXT COLLATE "C" NOT NULL,
    read_at_ms BIGINT,
    attempted_at_ms BIGINT NOT NULL,
    error TEXT COLLATE "C",
    PRIMARY KEY (account, region)
);

CREATE TABLE feed (
    seq BIGINT NOT NULL PRIMARY KEY,
    topic TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    environment TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    at_ms BIGINT NOT NULL
);
CREATE INDEX feed_at ON feed (at_ms);
