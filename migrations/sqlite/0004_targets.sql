-- Targets as last read, and numbers over time.

CREATE TABLE targets (
    id TEXT NOT NULL PRIMARY KEY,
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    sort_name TEXT NOT NULL,
    environment TEXT NOT NULL,
    capacity_min INTEGER NOT NULL,
    capacity_desired INTEGER NOT NULL,
    capacity_max INTEGER NOT NULL,
    in_service INTEGER NOT NULL,
    -- The whole reading.
    target_json TEXT NOT NULL,
    fingerprint INTEGER NOT NULL,
    read_at_ms INTEGER NOT NULL,
    gone_at_ms INTEGER,
    version INTEGER NOT NULL,
    UNIQUE (account, region, kind, name)
) STRICT;
CREATE INDEX targets_list ON targets (environment, sort_name, id) WHERE gone_at_ms IS NULL;

CREATE TABLE capacity_samples (
    target_id TEXT NOT NULL REFERENCES targets (id) ON DELETE CASCADE,
    at_ms INTEGER NOT NULL,
    capacity_min INTEGER NOT NULL,
    capacity_desired INTEGER NOT NULL,
    capacity_max INTEGER NOT NULL,
    in_service INTEGER NOT NULL,
    PRIMARY KEY (target_id, at_ms)
) STRICT, WITHOUT ROWID;
CREATE INDEX capacity_samples_at ON capacity_samples (at_ms);

CREATE TABLE metric_samples (
    metric TEXT NOT NULL,
    environment TEXT NOT NULL,
    -- Where the number comes from: an account and region, or a load balancer.
    source TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    value REAL NOT NULL,
    PRIMARY KEY (metric, at_ms, environment, source)
) STRICT, WITHOUT ROWID;
CREATE INDEX metric_samples_at ON metric_samples (at_ms);
