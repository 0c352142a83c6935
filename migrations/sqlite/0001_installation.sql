-- The installation itself: who it is, the heads of its two ledgers, leases, and how fresh each
-- account and region is.

CREATE TABLE installation (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    installation_id TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL
) STRICT;

-- One row: the last entry of the audit log and of the live feed. Whoever writes holds it.
CREATE TABLE ledger_head (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    audit_seq INTEGER NOT NULL,
    audit_hash TEXT NOT NULL,
    feed_seq INTEGER NOT NULL,
    feed_floor INTEGER NOT NULL
) STRICT;
INSERT INTO ledger_head (id, audit_seq, audit_hash, feed_seq, feed_floor)
VALUES (1, 0, '0000000000000000000000000000000000000000000000000000000000000000', 0, 0);

CREATE TABLE leases (
    name TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL,
    until_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE scope_health (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    read_at_ms INTEGER,
    attempted_at_ms INTEGER NOT NULL,
    error TEXT,
    PRIMARY KEY (account, region)
) STRICT;

CREATE TABLE feed (
    seq INTEGER NOT NULL PRIMARY KEY,
    topic TEXT NOT NULL,
    subject TEXT NOT NULL,
    environment TEXT NOT NULL,
    version INTEGER NOT NULL,
    at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX feed_at ON feed (at_ms);
