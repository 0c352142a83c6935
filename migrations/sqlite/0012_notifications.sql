-- Who was told what of an alarm. A thread is one channel's part in one life of an alarm; its
-- deliveries are the messages, written with the change they tell of.

CREATE TABLE threads (
    id TEXT NOT NULL PRIMARY KEY,
    -- None for a test of a channel.
    alarm_id TEXT REFERENCES alarms (id) ON DELETE CASCADE,
    channel TEXT NOT NULL,
    -- The state of the alarm that was last told.
    state TEXT NOT NULL,
    opened_at_ms INTEGER NOT NULL,
    closed_at_ms INTEGER,
    -- The channel's own name of the message that is edited in place.
    reference TEXT
) STRICT;
-- A channel hears of one life of an alarm once.
CREATE UNIQUE INDEX threads_open ON threads (alarm_id, channel) WHERE closed_at_ms IS NULL;
CREATE INDEX threads_closed ON threads (closed_at_ms) WHERE closed_at_ms IS NOT NULL;

CREATE TABLE deliveries (
    id TEXT NOT NULL PRIMARY KEY,
    thread_id TEXT NOT NULL REFERENCES threads (id) ON DELETE CASCADE,
    -- The order within the thread.
    number INTEGER NOT NULL,
    channel TEXT NOT NULL,
    alarm_id TEXT,
    -- Decides who may see it; empty for a test, which belongs to the whole installation.
    environment TEXT NOT NULL,
    event TEXT NOT NULL,
    urgency INTEGER NOT NULL,
    state TEXT NOT NULL,
    message_json TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    created_at_ms INTEGER NOT NULL,
    not_before_ms INTEGER NOT NULL,
    -- When an attempt that nobody recorded counts as ended.
    sending_until_ms INTEGER NOT NULL,
    -- When the last attempt ended.
    attempted_at_ms INTEGER,
    -- What the channel gave for it.
    receipt TEXT,
    -- Why the last attempt failed.
    failure TEXT,
    failure_message TEXT,
    UNIQUE (thread_id, number)
) STRICT;
-- What a channel has still to be told, in its order.
CREATE INDEX deliveries_unsettled ON deliveries (channel, urgency, created_at_ms, id)
WHERE state IN ('waiting', 'sending', 'failed', 'unknown');
CREATE INDEX deliveries_newest ON deliveries (created_at_ms DESC, id DESC);
CREATE INDEX deliveries_alarm ON deliveries (alarm_id, created_at_ms DESC, id DESC);
CREATE INDEX deliveries_channel ON deliveries (channel, state, attempted_at_ms);
