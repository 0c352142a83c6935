//! Notifications: threads and their deliveries, and which is to be sent next.
//!
//! A worker claims a delivery before it sends it and records the outcome after;
//! each is a transaction of its own, so a kill in between leaves a row that says
//! what is known. Within a thread a delivery waits for those before it.

use crate::{
    error::StoreError,
    filter::{Rows, Slice},
    sql::{Examples, Row, Sql, Statement, Table, Value, json, statements},
    transaction::{Read, Tx},
};
use domain::{
    channels::ChannelName,
    estate::Environment,
    ids::{AlarmId, DeliveryId, ThreadId},
    notifications::{DeliveryState, Event, FailureKind, Message, Next, Unsettled},
    people::Reach,
    routes::groups::GroupStands,
    time::Timestamp,
};

const TABLE: Table = Table("deliveries");

statements! { "deliveries";
    UNSETTLED =
        "SELECT id, number, event, state FROM deliveries
        WHERE thread_id = $1 AND state IN ('waiting', 'sending', 'failed', 'unknown')
        ORDER BY number";
    COLLAPSE =
        "UPDATE deliveries SET state = 'collapsed'
        WHERE id = $1 AND state IN ('waiting', 'failed')";
    INSERT =
        "INSERT INTO deliveries (id, thread_id, number, channel, alarm_id, environment, event,
            urgency, state, message_json, attempts, created_at_ms, not_before_ms, sending_until_ms,
            group_key)
        SELECT $1, $2, COALESCE(MAX(number), 0) + 1, $3, $4, $5, $6, $7, $8, $9, 0, $10, $11, 0, $12
        FROM deliveries WHERE thread_id = $2";
    BY_ID = "SELECT * FROM deliveries WHERE id = $1";
    GROUP_STANDS =
        "SELECT (SELECT not_before_ms FROM deliveries
                WHERE channel = $1 AND group_key = $2 AND group_key IS NOT NULL
                AND state IN ('waiting', 'sending', 'failed', 'unknown') AND state <> 'sending'
                ORDER BY not_before_ms LIMIT 1) AS waits_until_ms,
            (SELECT attempted_at_ms FROM deliveries
                WHERE channel = $1 AND group_key = $2 AND group_key IS NOT NULL AND state = 'sent'
                ORDER BY attempted_at_ms DESC LIMIT 1) AS told_at_ms";
    OF_GROUP =
        "SELECT d.*, t.reference FROM deliveries d JOIN threads t ON t.id = d.thread_id
        WHERE d.channel = $1 AND d.group_key = $2 AND d.group_key IS NOT NULL
            AND d.state IN ('waiting', 'sending', 'failed', 'unknown')
            AND (d.state <> 'sending' OR d.sending_until_ms <= $3)
            AND d.event IN ('firing', 'resolved') AND t.reference IS NULL
            AND NOT EXISTS (SELECT 1 FROM deliveries earlier
                WHERE earlier.thread_id = d.thread_id AND earlier.number < d.number
                AND earlier.state IN ('waiting', 'sending', 'failed', 'unknown'))
        ORDER BY d.urgency, d.created_at_ms, d.id LIMIT $4";
    OF_URGENCY =
        "SELECT d.*, t.reference FROM deliveries d JOIN threads t ON t.id = d.thread_id
        WHERE d.channel = $1 AND d.urgency = $2 AND d.group_key IS NULL
            AND d.state IN ('waiting', 'sending', 'failed', 'unknown') AND d.not_before_ms <= $3
            AND (d.state <> 'sending' OR d.sending_until_ms <= $3)
            AND d.event IN ('firing', 'resolved') AND t.reference IS NULL
            AND NOT EXISTS (SELECT 1 FROM deliveries earlier
                WHERE earlier.thread_id = d.thread_id AND earlier.number < d.number
                AND earlier.state IN ('waiting', 'sending', 'failed', 'unknown'))
        ORDER BY d.created_at_ms, d.id LIMIT $4";
    NEXT =
        "SELECT d.*, t.reference FROM deliveries d JOIN threads t ON t.id = d.thread_id
        WHERE d.channel = $1 AND d.state IN ('waiting', 'sending', 'failed', 'unknown')
            AND d.not_before_ms <= $2 AND (d.state <> 'sending' OR d.sending_until_ms <= $2)
            AND NOT EXISTS (SELECT 1 FROM deliveries earlier
                WHERE earlier.thread_id = d.thread_id AND earlier.number < d.number
                AND earlier.state IN ('waiting', 'sending', 'failed', 'unknown'))
        ORDER BY d.urgency, d.created_at_ms, d.id LIMIT 1";
    CLAIM =
        "UPDATE deliveries SET state = 'sending', attempts = attempts + 1, sending_until_ms = $2
        WHERE id = $1";
    SENT =
        "UPDATE deliveries SET state = 'sent', attempted_at_ms = $3, receipt = $4, failure = NULL,
            failure_message = NULL
        WHERE id = $1 AND attempts = $2 AND state = 'sending'";
    REFER = "UPDATE threads SET reference = $2 WHERE id = $1";
    FAILED =
        "UPDATE deliveries SET state = $3, attempted_at_ms = $4, not_before_ms = $5, failure = $6,
            failure_message = $7
        WHERE id = $1 AND attempts = $2 AND state = 'sending'";
    WAKE =
        "UPDATE deliveries SET not_before_ms = $2
        WHERE channel = $1 AND state IN ('failed', 'unknown') AND not_before_ms > $2";
    SEND_AGAIN =
        "UPDATE deliveries SET state = 'waiting', attempts = 0, not_before_ms = $2
        WHERE id = $1 AND state = 'dead'";
}
const GIVE_UP: Statement = Statement::beginning(
    "GIVE_UP",
    "deliveries",
    "UPDATE deliveries SET state = 'dead', failure = 'unconfigured', failure_message = ''
    WHERE state IN ('waiting', 'failed', 'unknown')",
);
const CHANNELS: Statement = Statement::beginning(
    "CHANNELS",
    "deliveries",
    "SELECT channel,
        CAST(SUM(CASE WHEN state IN ('waiting', 'sending', 'failed', 'unknown') THEN 1 ELSE 0 END) AS BIGINT) AS unsettled,
        CAST(SUM(CASE WHEN state = 'dead' THEN 1 ELSE 0 END) AS BIGINT) AS dead,
        MAX(CASE WHEN state = 'sent' THEN attempted_at_ms END) AS sent_at_ms
    FROM deliveries WHERE 1 = 1",
);
const PAGE: Statement =
    Statement::beginning("PAGE", "deliveries", "SELECT * FROM deliveries WHERE 1 = 1");
const PAGE_COUNT: Statement = Statement::beginning(
    "PAGE_COUNT",
    "deliveries",
    "SELECT COUNT(*) AS total FROM deliveries WHERE 1 = 1",
);

/// A message to be written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDelivery {
    /// Its id.
    pub id: DeliveryId,
    /// The thread it goes on with.
    pub thread: ThreadId,
    /// The thread's channel.
    pub channel: ChannelName,
    /// What it says.
    pub event: Event,
    /// About what.
    pub message: Message,
    /// Waiting, or collapsed at once.
    pub state: DeliveryState,
    /// It is not tried before.
    pub not_before: Timestamp,
    /// The group with which it is told.
    pub group: Option<String>,
}

/// A message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryRow {
    /// Its id.
    pub id: DeliveryId,
    /// Its thread.
    pub thread: ThreadId,
    /// Its channel.
    pub channel: ChannelName,
    /// The alarm; none for a test.
    pub alarm: Option<AlarmId>,
    /// The alarm's environment when it was written, or the change request's; none for a test.
    pub environment: Option<Environment>,
    /// What it says.
    pub event: Event,
    /// About what.
    pub message: Message,
    /// How it stands.
    pub state: DeliveryState,
    /// Attempts so far.
    pub attempts: u32,
    /// When it was written.
    pub created_at: Timestamp,
    /// It is not tried before.
    pub not_before: Timestamp,
    /// When the last attempt ended.
    pub attempted_at: Option<Timestamp>,
    /// The group with which it is told.
    pub group: Option<String>,
    /// What the channel gave for it.
    pub receipt: Option<String>,
    /// Why the last attempt failed, and in the channel's words.
    pub failure: Option<(FailureKind, String)>,
}

/// A message to be sent, with the message it edits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueDelivery {
    /// The message.
    pub row: DeliveryRow,
    /// The channel's own name of the message that is edited.
    pub reference: Option<String>,
}

/// Which deliveries. An empty list means any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryFilter {
    /// What the caller may see.
    pub reach: Reach,
    /// In these states.
    pub states: Vec<DeliveryState>,
    /// To these channels.
    pub channels: Vec<ChannelName>,
    /// About this alarm.
    pub alarm: Option<AlarmId>,
}

/// How a channel's deliveries stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelCount {
    /// Which channel.
    pub channel: ChannelName,
    /// Still to be sent.
    pub unsettled: u64,
    /// Given up.
    pub dead: u64,
    /// When it last took one.
    pub sent_at: Option<Timestamp>,
}

const fn failure_word(kind: FailureKind) -> &'static str {
    match kind {
        FailureKind::Limited => "limited",
        FailureKind::Unreachable => "unreachable",
        FailureKind::Denied => "denied",
        FailureKind::Uncertain => "uncertain",
        FailureKind::Gone => "gone",
        FailureKind::Refused => "refused",
        FailureKind::Unconfigured => "unconfigured",
    }
}

fn failure_kind(word: &str) -> Option<FailureKind> {
    [
        FailureKind::Limited,
        FailureKind::Unreachable,
        FailureKind::Denied,
        FailureKind::Uncertain,
        FailureKind::Gone,
        FailureKind::Refused,
        FailureKind::Unconfigured,
    ]
    .into_iter()
    .find(|kind| failure_word(*kind) == word)
}

fn delivery(row: &Row) -> Result<DeliveryRow, StoreError> {
    let environment = row.text("environment")?;
    let failure = match row.text_or_none("failure")? {
        None => None,
        Some(word) => {
            let kind = failure_kind(&word).ok_or_else(|| row.inconsistent("failure"))?;
            let message = row.text_or_none("failure_message")?;
            Some((kind, message.unwrap_or_default()))
        }
    };
    Ok(DeliveryRow {
        id: row.parse("id")?,
        thread: row.parse("thread_id")?,
        channel: row.parse("channel")?,
        alarm: row.parse_or_none("alarm_id")?,
        environment: (!environment.is_empty()).then(|| Environment::new(environment)),
        event: row.word("event", Event::parse)?,
        message: row.json("message_json")?,
        state: row.word("state", DeliveryState::parse)?,
        attempts: row.count("attempts")?,
        created_at: row.at("created_at_ms")?,
        not_before: row.at("not_before_ms")?,
        attempted_at: row.at_or_none("attempted_at_ms")?,
        group: row.text_or_none("group_key")?,
        receipt: row.text_or_none("receipt")?,
        failure,
    })
}

fn due(row: &Row) -> Result<DueDelivery, StoreError> {
    Ok(DueDelivery {
        row: delivery(row)?,
        reference: row.text_or_none("reference")?,
    })
}

fn give_up(configured: &[ChannelName]) -> Sql {
    let mut sql = GIVE_UP.sql();
    if !configured.is_empty() {
        sql.push(" AND channel NOT IN ");
        sql.push_list(configured.iter().map(|name| Value::from(name.as_str())));
    }
    sql
}

fn filtered(statement: Statement, filter: &DeliveryFilter) -> Sql {
    let mut sql = statement.sql();
    sql.within("environment", &filter.reach)
        .any_of("state", &filter.states, |state| state.as_str())
        .any_of("channel", &filter.channels, ChannelName::as_str);
    if let Some(alarm) = filter.alarm {
        sql.push(" AND alarm_id = ").push_bind(alarm);
    }
    sql
}

fn page(filter: &DeliveryFilter, slice: Slice) -> Sql {
    let mut sql = filtered(PAGE, filter);
    sql.push(" ORDER BY created_at_ms DESC, id DESC");
    sql.slice(slice);
    sql
}

fn channels(reach: &Reach) -> Sql {
    let mut sql = CHANNELS.sql();
    sql.within("environment", reach)
        .push(" GROUP BY channel ORDER BY channel");
    sql
}

/// The statements that are put together, with every filter on.
pub(crate) fn examples() -> Examples {
    let slice = Slice {
        offset: 0,
        limit: 1,
    };
    let id = AlarmId::from_parts(0, 0);
    let full = DeliveryFilter {
        reach: Reach::Only(vec!["x".into()]),
        states: DeliveryState::ALL.to_vec(),
        channels: "x".parse().into_iter().collect(),
        alarm: Some(id),
    };
    vec![
        (GIVE_UP.name, give_up(&full.channels)),
        (CHANNELS.name, channels(&full.reach)),
        (PAGE.name, page(&full, slice)),
        (PAGE_COUNT.name, filtered(PAGE_COUNT, &full)),
    ]
}

impl Read<'_> {
    /// What of a thread is not yet settled, oldest first.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn unsettled(&mut self, thread: ThreadId) -> Result<Vec<Unsettled>, StoreError> {
        let rows = self.all(UNSETTLED.bind(thread)).await?;
        let unsettled = |row: &Row| {
            Ok(Unsettled {
                id: row.parse("id")?,
                event: row.word("event", Event::parse)?,
                state: row.word("state", DeliveryState::parse)?,
                is_first: row.int("number")? == 1,
            })
        };
        rows.iter().map(unsettled).collect()
    }

    /// How a group stands in its channel.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn group_stands(
        &mut self,
        channel: &ChannelName,
        key: &str,
    ) -> Result<GroupStands, StoreError> {
        let sql = GROUP_STANDS.bind(channel.as_str()).bind(key);
        let row = self.one(sql).await?;
        Ok(GroupStands {
            waits_until: row.at_or_none("waits_until_ms")?,
            told_at: row.at_or_none("told_at_ms")?,
        })
    }

    /// What can be told with a message, itself among it, the most urgent first: what waits of its
    /// group, or what is due and as urgent as it. What edits a message stays apart.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn fellows(
        &mut self,
        of: &DueDelivery,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<DueDelivery>, StoreError> {
        let row = &of.row;
        let channel = row.channel.as_str();
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let sql = match &row.group {
            Some(group) => OF_GROUP.bind(channel).bind(group.as_str()),
            None => OF_URGENCY
                .bind(channel)
                .bind(row.message.urgency(row.event)),
        };
        let sql = sql.bind(now).bind(limit);
        self.all(sql).await?.iter().map(due).collect()
    }

    /// One delivery.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn delivery(&mut self, id: DeliveryId) -> Result<Option<DeliveryRow>, StoreError> {
        let row = self.first(BY_ID.bind(id)).await?;
        row.as_ref().map(delivery).transpose()
    }

    /// The most urgent message that a channel may be sent now: never tried, due for
    /// another attempt, or with one that was begun and never recorded.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn next_delivery(
        &mut self,
        channel: &ChannelName,
        now: Timestamp,
    ) -> Result<Option<DueDelivery>, StoreError> {
        let row = self.first(NEXT.bind(channel.as_str()).bind(now)).await?;
        row.as_ref().map(due).transpose()
    }

    /// A page of deliveries, newest first.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn delivery_page(
        &mut self,
        filter: &DeliveryFilter,
        slice: Slice,
    ) -> Result<Rows<DeliveryRow>, StoreError> {
        let rows = self.all(page(filter, slice)).await?;
        let total = self.one(filtered(PAGE_COUNT, filter)).await?;
        Ok(Rows {
            rows: rows.iter().map(delivery).collect::<Result<_, _>>()?,
            total: total.total("total")?,
        })
    }

    /// How each channel's deliveries stand, of those within reach.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn channel_counts(&mut self, reach: &Reach) -> Result<Vec<ChannelCount>, StoreError> {
        let rows = self.all(channels(reach)).await?;
        let count = |row: &Row| {
            Ok(ChannelCount {
                channel: row.parse("channel")?,
                unsettled: row.total("unsettled")?,
                dead: row.total("dead")?,
                sent_at: row.at_or_none("sent_at_ms")?,
            })
        };
        rows.iter().map(count).collect()
    }
}

impl Tx {
    /// Leaves a message out that has not been sent.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn collapse_delivery(&mut self, id: DeliveryId) -> Result<(), StoreError> {
        self.run_one(COLLAPSE.bind(id)).await
    }

    /// Writes a message down, as the last of its thread.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn insert_delivery(
        &mut self,
        new: &NewDelivery,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let alarm = new.message.alarm.as_ref();
        let change = new.message.change.as_ref();
        let environment = alarm
            .map(|alarm| &alarm.environment)
            .or(change.map(|change| &change.environment))
            .map_or("", Environment::as_str);
        let sql = INSERT
            .bind(new.id)
            .bind(new.thread)
            .bind(new.channel.as_str())
            .bind(alarm.map(|alarm| alarm.id))
            .bind(environment)
            .bind(new.event.as_str())
            .bind(new.message.urgency(new.event))
            .bind(new.state.as_str())
            .bind(json(&new.message, TABLE, "message_json")?)
            .bind(now)
            .bind(new.not_before)
            .bind(new.group.as_deref());
        self.run_one(sql).await
    }

    /// Takes a message to send it; its state stays that of before. The attempt is counted, and
    /// counts as ended at `until` if nobody says more.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn claim_delivery(
        &mut self,
        due: &mut DueDelivery,
        until: Timestamp,
    ) -> Result<(), StoreError> {
        self.run_one(CLAIM.bind(due.row.id).bind(until)).await?;
        due.row.attempts += 1;
        Ok(())
    }

    /// Records that the channel took a claimed message. `false` when the attempt
    /// was given up meanwhile and another one made.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn delivery_sent(
        &mut self,
        row: &DeliveryRow,
        receipt: &str,
        reference: Option<&str>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let sql = SENT.bind(row.id).bind(row.attempts).bind(now).bind(receipt);
        if self.run(sql).await? == 0 {
            return Ok(false);
        }
        if reference.is_some() {
            self.run_one(REFER.bind(row.thread).bind(reference)).await?;
        }
        Ok(true)
    }

    /// The channel is back: what waits for another attempt is due at once.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn wake_deliveries(
        &mut self,
        channel: &ChannelName,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        self.run(WAKE.bind(channel.as_str()).bind(now)).await
    }

    /// Records that an attempt at a claimed message failed. `false` when it was
    /// given up meanwhile and another one made.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn delivery_failed(
        &mut self,
        row: &DeliveryRow,
        next: Next,
        failure: (FailureKind, &str),
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let (kind, message) = failure;
        let sql = FAILED
            .bind(row.id)
            .bind(row.attempts)
            .bind(next.state.as_str())
            .bind(now)
            .bind(next.not_before)
            .bind(failure_word(kind))
            .bind(message);
        if self.run(sql).await? == 0 {
            return Ok(false);
        }
        if kind == FailureKind::Gone {
            let nothing: Option<&str> = None;
            self.run_one(REFER.bind(row.thread).bind(nothing)).await?;
        }
        Ok(true)
    }

    /// Gives up what waits for channels that are configured no more; how many.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn give_up_deliveries(
        &mut self,
        configured: &[ChannelName],
    ) -> Result<u64, StoreError> {
        self.run(give_up(configured)).await
    }

    /// Sends a message again that was given up; `false` when it was not.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn send_again(&mut self, id: DeliveryId, now: Timestamp) -> Result<bool, StoreError> {
        Ok(self.run(SEND_AGAIN.bind(id).bind(now)).await? == 1)
    }
}
