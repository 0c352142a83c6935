//! Alarms that this console itself raises about what it watches: a source that does not call, a
//! query of logs that answers too much. What changes now is later than what it changes, whatever
//! clocks did.

use crate::{Services, alarms::news as alarm_news, failure::Outcome, notifications::outbox};
use domain::{alarms::AlarmState, ids::AlarmId, limits, sources::Origin, time::Timestamp};
use store::{AlarmNews, ReportInput, Tx};

/// What stood before, and since when.
pub(crate) type Stood = Option<(AlarmState, Timestamp)>;

/// Since when a state counts that is to follow what stood.
pub(crate) fn since(before: Stood, state: AlarmState, at: Timestamp, now: Timestamp) -> Timestamp {
    match before {
        // Of what a clock far ahead has left nothing is learned.
        Some((stood, since)) if stood != state && since <= now.plus_ms(limits::CLOCKS_APART_MS) => {
            at.max(since.plus_ms(1))
        }
        _ => at,
    }
}

/// An alarm of ours, with what is told of it.
pub(crate) struct Own<'a> {
    /// Where it comes from.
    pub origin: &'a Origin,
    /// How many may come from there.
    pub alarms_max: u32,
    /// Whether its state changes.
    pub changes: bool,
    /// Since when it stands.
    pub at: Timestamp,
}

/// Writes an alarm with the messages that follow; whether that is news.
pub(crate) async fn report(
    s: &Services,
    tx: &mut Tx,
    own: Own<'_>,
    input: impl Fn(Timestamp) -> ReportInput,
    now: Timestamp,
) -> Outcome<bool> {
    let now = now.max(own.at);
    let mut new_id = || AlarmId::from_parts(now.ms(), s.ids.random());
    let told = [input(own.at)];
    let mut reported = tx
        .report_alarms(own.origin, &told, own.alarms_max, now, &mut new_id)
        .await?;
    if own.changes && reported.news.is_empty() {
        // The alarm has a later past than we remember; what holds now counts anyway.
        let told = [input(now.plus_ms(1))];
        reported = tx
            .report_alarms(own.origin, &told, own.alarms_max, now, &mut new_id)
            .await?;
    }
    tell(s, tx, &reported.news, now).await
}

/// Writes what follows from news about alarms of ours; whether there is any.
pub(crate) async fn tell(
    s: &Services,
    tx: &mut Tx,
    news: &[AlarmNews],
    now: Timestamp,
) -> Outcome<bool> {
    let mut feed: Vec<_> = news.iter().map(|news| alarm_news(&news.row)).collect();
    feed.extend(outbox::alarms_changed(s, tx, news, false, now).await?);
    if !feed.is_empty() {
        tx.feed(&feed, now).await?;
    }
    Ok(!feed.is_empty())
}
