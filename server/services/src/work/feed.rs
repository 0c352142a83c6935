//! Turns the database's feed into news for the live stream.

use crate::{Services, alarms, failure::Outcome, health, stream::Told};
use api::stream::News;
use api::system::WorkerReport;
use domain::{estate::Environment, limits, silences::Silence};
use std::{collections::HashSet, sync::Arc};
use store::{FeedEntry, FeedRow, FeedTopic};

/// One turn: everything that is new.
pub(super) async fn turn(s: &Services) -> Outcome<WorkerReport> {
    let mut read = s.store.read();
    let mut cursor = s.hub.cursor.lock().await;
    let Some(mut seen) = *cursor else {
        // Whoever follows already may have missed what came before.
        reload(s);
        *cursor = Some(read.feed_head().await?);
        return Ok(WorkerReport::FollowsFromHere);
    };
    if read.feed_floor().await? > seen {
        reload(s);
        *cursor = Some(read.feed_head().await?);
        return Ok(WorkerReport::MissedTooMuch);
    }
    let mut news = 0;
    loop {
        let rows = read.feed_since(seen, limits::FEED_ROWS_MAX).await?;
        let Some(last) = rows.last() else {
            break;
        };
        seen = last.seq;
        let full = rows.len() == limits::FEED_ROWS_MAX as usize;
        if s.hub.followers() > 0 {
            news += tell(s, rows).await?;
        }
        *cursor = Some(seen);
        if !full {
            break;
        }
    }
    Ok(WorkerReport::Told {
        news,
        followers: s.hub.followers(),
    })
}

fn reload(s: &Services) {
    s.hub.tell(Told {
        environment: None,
        news: Arc::new(News::Reload),
    });
}

/// Tells a batch: of several rows about one thing only the last.
async fn tell(s: &Services, rows: Vec<FeedRow>) -> Outcome<usize> {
    let mut named = HashSet::new();
    let mut last: Vec<FeedEntry> = rows
        .into_iter()
        .rev()
        .filter_map(|row| row.entry)
        .filter(|entry| named.insert((entry.topic, entry.subject.clone())))
        .collect();
    last.reverse();
    if last.len() > limits::FEED_NEWS_MAX {
        reload(s);
        return Ok(1);
    }
    let count = last.len();
    let silences = match last.iter().any(|entry| entry.topic == FeedTopic::Alarm) {
        true => s.store.read().silences_at(s.clock.now()).await?,
        false => Vec::new(),
    };
    for entry in last {
        if let Some((environment, news)) = news(s, entry, &silences).await? {
            s.hub.tell(Told {
                environment,
                news: Arc::new(news),
            });
        }
    }
    Ok(count)
}

/// The news of an entry and the environment it is told in; none for all of them.
async fn news(
    s: &Services,
    entry: FeedEntry,
    silences: &[Silence],
) -> Outcome<Option<(Option<Environment>, News)>> {
    let news = match entry.topic {
        FeedTopic::Alarm => {
            let Ok(id) = entry.subject.parse() else {
                return Ok(None);
            };
            let row = s.store.read().alarm(id).await?;
            // The row is told as it is now, so to those who see where it is now.
            return Ok(row.map(|row| {
                let environment = row.environment.clone();
                let row = Box::new(alarms::listed(row, silences));
                (Some(environment), News::Alarm { row })
            }));
        }
        FeedTopic::Change => entry.subject.parse().ok().map(|id| News::Change {
            id,
            version: entry.version,
        }),
        FeedTopic::Notification => Some(News::Notification {
            alarm: entry.subject.parse().ok(),
        }),
        FeedTopic::Target => entry.subject.parse().ok().map(|id| News::Target { id }),
        FeedTopic::Scope => {
            let unread = health::unread(s).await?;
            return Ok(Some((None, News::Scopes { unread })));
        }
        // They may be about any alarm, and are seldom.
        FeedTopic::Silence | FeedTopic::OnCall => return Ok(Some((None, News::Reload))),
    };
    Ok(news.map(|news| (Some(entry.environment), news)))
}
