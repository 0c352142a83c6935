//! What channels are to be told, written in the transaction that changes the alarm:
//! either both are kept or neither is.

use super::Lane;
use crate::{Services, failure::Outcome, silences};
use domain::{
    alarms::AlarmState,
    channels::ChannelName,
    estate::Environment,
    ids::{AlarmId, DeliveryId, ThreadId},
    limits,
    notifications::{
        Act, AlarmTold, Collapse, DeliveryState, Event, Message, Thread, acts, collapse,
    },
    routes::{self, Subject},
    silences::Silence,
    time::Timestamp,
};
use std::collections::{HashMap, HashSet};
use store::{
    AlarmNews, AlarmNewsKind, AlarmRow, DeliveryRow, FeedEntry, FeedTopic, NewDelivery, Tx,
};

/// Writes down what follows from news about alarms; what the feed says of it.
///
/// At the first reading of an account and region everything is new: of what went
/// off long ago nobody is told.
pub(crate) async fn alarms_changed(
    s: &Services,
    tx: &mut Tx,
    news: &[AlarmNews],
    first_reading: bool,
    now: Timestamp,
) -> Outcome<Vec<FeedEntry>> {
    let known_of = now.plus_ms(-s.settings.first_reading_news_ms);
    let old = |news: &AlarmNews| {
        first_reading && news.what == AlarmNewsKind::New && news.row.state_at < known_of
    };
    let news: Vec<_> = news
        .iter()
        .filter(|news| news.what != AlarmNewsKind::Content && !old(news))
        .collect();
    let ids: Vec<AlarmId> = news.iter().map(|news| news.row.id).collect();
    let known = Known::of(s, tx, &ids).await?;
    let mut feed = Vec::new();
    for news in news {
        if alarm_changed(s, tx, &news.row, &known, now).await? {
            feed.push(news_about(&news.row));
        }
    }
    Ok(feed)
}

/// Writes down what follows for alarms that were held back and that nothing silences now;
/// what the feed says of it. Of what somebody has taken on nobody needs to be told until
/// they give it back.
pub(crate) async fn held_back(
    s: &Services,
    tx: &mut Tx,
    held: &[AlarmRow],
    now: Timestamp,
) -> Outcome<Vec<FeedEntry>> {
    let ids: Vec<AlarmId> = held.iter().map(|row| row.id).collect();
    let known = Known::of(s, tx, &ids).await?;
    let mut feed = Vec::new();
    for row in held {
        if !may_be_told(row, &known.silences) {
            continue;
        }
        // Whether or not the routes still name somebody, it is held no more.
        alarm_changed(s, tx, row, &known, now).await?;
        feed.push(news_about(row));
    }
    Ok(feed)
}

/// What bears on some alarms.
struct Known {
    open: HashMap<AlarmId, Vec<Thread>>,
    held: HashSet<AlarmId>,
    silences: Vec<Silence>,
}

impl Known {
    async fn of(s: &Services, tx: &mut Tx, alarms: &[AlarmId]) -> Outcome<Self> {
        let mut read = tx.read();
        let mut open: HashMap<AlarmId, Vec<Thread>> = HashMap::new();
        for thread in read.open_threads(alarms).await? {
            if let Some(alarm) = thread.alarm {
                open.entry(alarm).or_default().push(thread);
            }
        }
        Ok(Self {
            open,
            held: read.held_of(alarms).await?.into_iter().collect(),
            // A reading began before now, and a silence may have come in between.
            silences: read.silences_at(s.clock.now()).await?,
        })
    }
}

fn is_silenced(row: &AlarmRow, silences: &[Silence]) -> bool {
    silences::about(silences, row).next().is_some()
}

/// Whether a held alarm may be told of now.
pub(crate) fn may_be_told(row: &AlarmRow, silences: &[Silence]) -> bool {
    row.acknowledgement.is_none() && !is_silenced(row, silences)
}

/// Writes down what follows for one alarm; whether anybody is told anything.
async fn alarm_changed(
    s: &Services,
    tx: &mut Tx,
    row: &AlarmRow,
    known: &Known,
    now: Timestamp,
) -> Outcome<bool> {
    let open = known.open.get(&row.id).map_or(&[][..], Vec::as_slice);
    let state = match row.gone_at {
        Some(_) => AlarmState::Ok,
        None => row.state,
    };
    let told = match state {
        AlarmState::Ok => Vec::new(),
        AlarmState::Alarm | AlarmState::InsufficientData => told(s, row),
    };
    let message = about(row);
    let mut acts = acts(state, &told, open);
    let news = acts.len();
    if is_silenced(row, &known.silences) {
        // Who was told that it began is told that it is over.
        acts.retain(|act| matches!(act, Act::Close(_)));
    }
    let (is_held, was_held) = (acts.len() < news, known.held.contains(&row.id));
    match (was_held, is_held) {
        (false, true) => tx.hold_alarm(row.id, now).await?,
        (true, false) => tx.let_alarm_go(row.id).await?,
        _ => {}
    }
    for act in &acts {
        match act {
            Act::Open(channel) => {
                // A route names configured channels only.
                let Some(lane) = s.lane(channel) else {
                    continue;
                };
                let thread = new_thread(s, Some(row.id), &lane.channel.name, state, now);
                tx.open_thread(&thread, now).await?;
                write(s, tx, lane, &thread, Event::Firing, &message, now).await?;
            }
            Act::Update(thread) => {
                tx.update_thread(thread.id, state).await?;
                if let Some(lane) = s.lane(&thread.channel) {
                    write(s, tx, lane, thread, Event::Firing, &message, now).await?;
                }
            }
            Act::Close(thread) => {
                tx.close_thread(thread.id, now).await?;
                if let Some(lane) = s.lane(&thread.channel) {
                    write(s, tx, lane, thread, Event::Resolved, &message, now).await?;
                }
            }
        }
    }
    Ok(!acts.is_empty())
}

/// Writes down that an alarm was taken on or given back, for whoever knows of it;
/// what the feed says of it.
pub(crate) async fn owner_changed(
    s: &Services,
    tx: &mut Tx,
    row: &AlarmRow,
    event: Event,
    by: &str,
    now: Timestamp,
) -> Outcome<Vec<FeedEntry>> {
    let note = row.acknowledgement.as_ref().and_then(|a| a.note.clone());
    let message = Message {
        by: Some(by.to_owned()),
        note,
        ..about(row)
    };
    let open = tx.read().open_threads(&[row.id]).await?;
    for thread in &open {
        if let Some(lane) = s.lane(&thread.channel) {
            write(s, tx, lane, thread, event, &message, now).await?;
        }
    }
    let told = (!open.is_empty()).then(|| news_about(row));
    Ok(told.into_iter().collect())
}

/// Writes a test of a channel down; what the feed says of it. A test begins and ends
/// in one go, so that where a message opens something nothing stays open.
pub(super) async fn test(
    s: &Services,
    tx: &mut Tx,
    lane: &Lane,
    by: &str,
    now: Timestamp,
) -> Outcome<Vec<FeedEntry>> {
    let message = Message {
        by: Some(by.to_owned()),
        ..Message::default()
    };
    let thread = new_thread(s, None, &lane.channel.name, AlarmState::Ok, now);
    tx.open_thread(&thread, now).await?;
    write(s, tx, lane, &thread, Event::Test, &message, now).await?;
    if lane.channel.kind.stays_open() {
        write(s, tx, lane, &thread, Event::Resolved, &message, now).await?;
    }
    tx.close_thread(thread.id, now).await?;
    Ok(vec![FeedEntry {
        topic: FeedTopic::Notification,
        subject: String::new(),
        environment: Environment::new(""),
        version: 0,
    }])
}

/// What the feed says of a message.
pub(crate) fn news_of(row: &DeliveryRow) -> FeedEntry {
    FeedEntry {
        topic: FeedTopic::Notification,
        subject: row.alarm.map(|id| id.to_string()).unwrap_or_default(),
        environment: row
            .environment
            .clone()
            .unwrap_or_else(|| Environment::new("")),
        version: 0,
    }
}

fn news_about(row: &AlarmRow) -> FeedEntry {
    FeedEntry {
        topic: FeedTopic::Notification,
        subject: row.id.to_string(),
        environment: row.environment.clone(),
        version: 0,
    }
}

/// The channels that the routes name for an alarm.
fn told(s: &Services, row: &AlarmRow) -> Vec<ChannelName> {
    let subject = Subject {
        environment: row.environment.clone(),
        priority: row.priority,
        name: row.name.clone(),
        scope: row.origin.scope().cloned(),
        state: row.state,
    };
    routes::explain(&s.settings.routes, &subject).told
}

fn about(row: &AlarmRow) -> Message {
    let reason = row.reason.chars().take(limits::MESSAGE_REASON_CHARS_MAX);
    Message {
        alarm: Some(AlarmTold {
            id: row.id,
            name: row.name.clone(),
            environment: row.environment.clone(),
            priority: row.priority,
            scope: row.origin.scope().cloned(),
            source: row.origin.source_name().cloned(),
            state: row.state,
            state_at: row.state_at,
            reason: reason.collect(),
            gone: row.gone_at.is_some(),
        }),
        ..Message::default()
    }
}

fn new_thread(
    s: &Services,
    alarm: Option<AlarmId>,
    channel: &ChannelName,
    state: AlarmState,
    now: Timestamp,
) -> Thread {
    Thread {
        id: ThreadId::from_parts(now.ms(), s.ids.random()),
        alarm,
        channel: channel.clone(),
        state,
    }
}

/// Writes a message down, and leaves out what it makes needless.
async fn write(
    s: &Services,
    tx: &mut Tx,
    lane: &Lane,
    thread: &Thread,
    event: Event,
    message: &Message,
    now: Timestamp,
) -> Outcome<()> {
    if !lane.channel.kind.is_told(event) {
        return Ok(());
    }
    let unsettled = tx.read().unsettled(thread.id).await?;
    let Collapse { older, itself } = collapse(lane.channel.kind, &unsettled, event);
    for id in older {
        tx.collapse_delivery(id).await?;
    }
    let new = NewDelivery {
        id: DeliveryId::from_parts(now.ms(), s.ids.random()),
        thread: thread.id,
        channel: thread.channel.clone(),
        event,
        message: message.clone(),
        state: match itself {
            true => DeliveryState::Collapsed,
            false => DeliveryState::Waiting,
        },
    };
    tx.insert_delivery(&new, now).await?;
    Ok(())
}
