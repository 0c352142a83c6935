-- What AWS told of spot instances, with the target that held each: the instance itself is
-- soon gone, and the event is kept for less long.
CREATE TABLE spot_notices (
    -- The event's.
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    instance TEXT NOT NULL,
    -- Null until a target is known to have held it.
    target_id TEXT,
    -- Empty where nobody knew the instance.
    zone TEXT NOT NULL,
    instance_type TEXT NOT NULL,
    at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX spot_notices_target ON spot_notices (target_id, at_ms);
CREATE INDEX spot_notices_instance ON spot_notices (instance);
CREATE INDEX spot_notices_newest ON spot_notices (at_ms);
