-- Who was told what of an alarm. A thread is one channel's part in one life of an alarm; its
-- deliveries are the messages, written with the change they tell of.

CREATE TABLE threads (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    -- None for a test of a channel.
    alarm_id TEXT COLLATE "C" REFERENCES alarms (id) ON DELETE CASCADE,
    channel TEXT COLLATE "C" NOT NULL,
    -- The state of the alarm that was last told.
    state TEXT COLLATE "C" NOT NULL,
    opened_at_ms BIGINT NOT NULL,
    closed_at_ms BIGINT,
    -- The channel's own name of the message that is edited in place.
    reference TEXT COLLATE "C"
);
-- A channel hears of one life of an alarm once.
CREATE UNIQUE INDEX threads_open ON threads (alarm_id, channel) WHERE closed_at_ms IS NULL;
CREATE INDEX threads_closed ON threads (closed_at_ms) WHERE closed_at_ms IS NOT NULL;

CREATE TABLE deliveries (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    thread_id TEXT COLLATE "C" NOT NULL REFERENCES threads (id) ON DELETE CASCADE,
    -- The order within the thread.
    number BIGINT NOT NULL,
    channel TEXT COLLATE "C" NOT NULL,
    alarm_id TEXT COLLATE "C",
    -- Decides who may see it; empty for a test, which belongs to the whole installation.
    environment TEXT COLLATE "C" NOT NULL,
    event TEXT COLLATE "C" NOT NULL,
    urgency BIGINT NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    message_json TEXT COLLATE "C" NOT NULL,
    attempts BIGINT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    not_before_ms BIGINT NOT NULL,
    -- When an attempt that nobody recorded counts as ended.
    sending_until_ms BIGINT NOT NULL,
    -- When the last attempt ended.
    attempted_at_ms BIGINT,
    -- What the channel gave for it.
    receipt TEXT COLLATE "C",
    -- Why the last attempt failed.
    failure TEXT COLLATE "C",
    failure_message TEXT COLLATE "C",
    UNIQUE (thread_id, number)
);
-- What a channel has still to be told, in its order.
CREATE INDEX deliveries_unsettled ON deliveries (channel, urgency, created_at_ms, id)
WHERE state IN ('waiting', 'sending', 'failed', 'unknown');
CREATE INDEX deliveries_newest ON deliveries (created_at_ms DESC, id DESC);
CREATE INDEX deliveries_alarm ON deliveries (alarm_id, created_at_ms DESC, id DESC);
CREATE INDEX deliveries_channel ON deliveries (channel, state, attempted_at_ms);
