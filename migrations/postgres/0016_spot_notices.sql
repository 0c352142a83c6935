-- What AWS told of spot instances, with the target that held each: the instance itself is
-- soon gone, and the event is kept for less long.
CREATE TABLE spot_notices (
    -- The event's.
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    kind TEXT COLLATE "C" NOT NULL,
    account TEXT COLLATE "C" NOT NULL,
    region TEXT COLLATE "C" NOT NULL,
    instance TEXT COLLATE "C" NOT NULL,
    -- Null until a target is known to have held it.
    target_id TEXT COLLATE "C",
    -- Empty where nobody knew the instance.
    zone TEXT COLLATE "C" NOT NULL,
    instance_type TEXT COLLATE "C" NOT NULL,
    at_ms BIGINT NOT NULL
);
CREATE INDEX spot_notices_target ON spot_notices (target_id, at_ms);
CREATE INDEX spot_notices_instance ON spot_notices (instance);
CREATE INDEX spot_notices_newest ON spot_notices (at_ms);
