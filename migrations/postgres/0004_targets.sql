-- Targets as last read, and numbers over time.

CREATE TABLE targets (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    account TEXT COLLATE "C" NOT NULL,
    region TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    sort_name TEXT COLLATE "C" NOT NULL,
    environment TEXT COLLATE "C" NOT NULL,
    capacity_min BIGINT NOT NULL,
    capacity_desired BIGINT NOT NULL,
    capacity_max BIGINT NOT NULL,
    in_service BIGINT NOT NULL,
    -- The whole reading.
    target_json TEXT COLLATE "C" NOT NULL,
    fingerprint BIGINT NOT NULL,
    read_at_ms BIGINT NOT NULL,
    gone_at_ms BIGINT,
    version BIGINT NOT NULL,
    UNIQUE (account, region, kind, name)
);
CREATE INDEX targets_list ON targets (environment, sort_name, id) WHERE gone_at_ms IS NULL;

CREATE TABLE capacity_samples (
    target_id TEXT COLLATE "C" NOT NULL REFERENCES targets (id) ON DELETE CASCADE,
    at_ms BIGINT NOT NULL,
    capacity_min BIGINT NOT NULL,
    capacity_desired BIGINT NOT NULL,
    capacity_max BIGINT NOT NULL,
    in_service BIGINT NOT NULL,
    PRIMARY KEY (target_id, at_ms)
);
CREATE INDEX capacity_samples_at ON capacity_samples (at_ms);

CREATE TABLE metric_samples (
    metric TEXT COLLATE "C" NOT NULL,
    environment TEXT COLLATE "C" NOT NULL,
    -- Where the number comes from: an account and region, or a load balancer.
    source TEXT COLLATE "C" NOT NULL,
    at_ms BIGINT NOT NULL,
    value DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (metric, at_ms, environment, source)
);
CREATE INDEX metric_samples_at ON metric_samples (at_ms);
