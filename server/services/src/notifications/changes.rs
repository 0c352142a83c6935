//! Tells channels of change requests that were applied.

use super::outbox::{new_thread, news_of_none, write};
use crate::{Services, failure::Outcome};
use domain::{
    alarms::AlarmState,
    changes::Change,
    i18n::change_titles::title,
    notifications::{ChangeTold, Event, Message},
    time::Timestamp,
};
use store::{ChangeRow, FeedEntry, Tx};

/// Tells those that are told of its environment, in the transaction that ends it.
///
/// # Errors
/// The database's.
pub(crate) async fn applied(
    s: &Services,
    tx: &mut Tx,
    row: &ChangeRow,
    now: Timestamp,
) -> Outcome<Vec<FeedEntry>> {
    let mut feed = Vec::new();
    // What goes on as it was approved is no news, day after day.
    if matches!(row.change, Change::ExtendSchedule { .. }) {
        return Ok(feed);
    }
    for lane in &s.channels {
        let channel = &lane.channel;
        if !channel.changes.covers(&row.environment) {
            continue;
        }
        let told = ChangeTold {
            id: row.id,
            kind: row.change.kind().to_owned(),
            title: title(channel.lang, &row.change, &row.target_name),
            target: row.target_name.clone(),
            environment: row.environment.clone(),
            state: row.state,
            at: row.applied_at.unwrap_or(now),
        };
        let message = Message {
            by: Some(row.author_name.clone()),
            note: Some(row.change.reason().to_owned()).filter(|reason| !reason.is_empty()),
            change: Some(told),
            ..Message::default()
        };
        let thread = new_thread(s, None, &channel.name, AlarmState::Ok, now);
        tx.open_thread(&thread, now).await?;
        write(s, tx, lane, &thread, Event::Changed, &message, now).await?;
        tx.close_thread(thread.id, now).await?;
        feed.push(news_of_none(&row.environment));
    }
    Ok(feed)
}
