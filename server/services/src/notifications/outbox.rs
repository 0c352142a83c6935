//! What channels are to be told, written in the transaction that changes the alarm:
//! either both are kept or neither is.

use super::Lane;
use crate::{
    Services,
    alarms::labels,
    failure::Outcome,
    inhibitions::{self, held_by},
    on_call, silences,
};
use api::alarms::NextTold;
use domain::{
    alarms::AlarmState,
    channels::ChannelName,
    digests::DigestName,
    drills,
    estate::Environment,
    i18n::notifications::digest_lines,
    ids::{AlarmId, DeliveryId, ThreadId},
    inhibitions::Causes,
    limits,
    notifications::{
        Act, AlarmTold, Collapse, DeliveryState, Event, Message, Thread, acts, collapse,
    },
    on_call::Cover,
    routes::{
        self, Escalation, Explanation, Moment, Subject,
        groups::{Group, ThreadGroup},
    },
    silences::Silence,
    sources::Origin,
    time::{Timestamp, Zone},
};
use std::collections::{HashMap, HashSet};
use store::{
    AlarmNews, AlarmNewsKind, AlarmRow, DeliveryRow, DrillRow, FeedEntry, FeedTopic, NewDelivery,
    Read, Tx,
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
    let is_new_or_other = |news: &&AlarmNews| match news.what {
        AlarmNewsKind::New => !first_reading || news.row.state_at >= known_of,
        AlarmNewsKind::Content => news.row.state != AlarmState::Ok,
        _ => true,
    };
    inhibitions::note(s, tx, news, now).await?;
    let news: Vec<_> = news.iter().filter(is_new_or_other).collect();
    let rows: Vec<_> = news.iter().map(|news| &news.row).collect();
    let known = Known::of(s, tx.read(), &rows).await?;
    let mut feed = Vec::new();
    for AlarmNews { row, what } in news {
        if *what == AlarmNewsKind::Content && !known.may_reach_others(s, row) {
            continue;
        }
        let what = known.decide(s, row, now);
        if write_down(s, tx, row, &what, now).await? {
            feed.push(news_about(row));
        }
    }
    Ok(feed)
}

/// What followed for alarms when time had passed.
#[derive(Default)]
pub(crate) struct Passed {
    /// What the feed says of it.
    pub feed: Vec<FeedEntry>,
    /// Alarms of which somebody is told.
    pub told: usize,
}

/// Writes down what follows for alarms that were held back or that nobody takes on, now that
/// time has passed.
pub(crate) async fn time_passed(
    s: &Services,
    tx: &mut Tx,
    alarms: &[AlarmRow],
    now: Timestamp,
) -> Outcome<Passed> {
    let rows: Vec<_> = alarms.iter().collect();
    let known = Known::of(s, tx.read(), &rows).await?;
    let mut passed = Passed::default();
    for row in rows {
        let what = known.decide(s, row, now);
        if what.is_news() {
            passed.told += usize::from(write_down(s, tx, row, &what, now).await?);
            passed.feed.push(news_about(row));
        }
    }
    Ok(passed)
}

/// Whether anything follows for one of these alarms, now that time has passed.
pub(crate) async fn has_news(
    s: &Services,
    read: Read<'_>,
    alarms: &[AlarmRow],
    now: Timestamp,
) -> Outcome<bool> {
    let rows: Vec<_> = alarms.iter().collect();
    let known = Known::of(s, read, &rows).await?;
    let mut rows = rows.into_iter();
    Ok(rows.any(|row| known.decide(s, row, now).is_news()))
}

/// Who is told next of an alarm while nobody takes it on, and when: of the steps and handovers to
/// come the first at which somebody is told who has not been, as hours, silences and covers are
/// known now.
pub(crate) async fn next_told(
    s: &Services,
    mut read: Read<'_>,
    row: &AlarmRow,
    now: Timestamp,
) -> Outcome<Option<NextTold>> {
    let known = read.escalations_of(&[row.id]).await?;
    let Some(since) = known.get(&row.id).map(|known| known.since) else {
        return Ok(None);
    };
    let open = read.open_threads(&[row.id]).await?;
    let drill = match row.origin {
        Origin::Drill(_) => read.drills_going_on().await?,
        _ => Vec::new(),
    };
    let drill = drill.into_iter().find(|drill| drill.alarm == row.id);
    let covers = on_call::covers(s, read, now).await?;
    let subject = subject(row);
    let explained = |at: Timestamp| {
        let moment = Moment {
            at,
            unattended_ms: Some(at.since_ms(since)),
            covers: &covers,
        };
        routes::explain(&s.settings.routing, &subject, moment)
    };
    let mut explanation = explained(now);
    for _ in 0..limits::NEXT_TOLD_LOOKS_MAX {
        let Some(at) = explanation.others_at(since) else {
            break;
        };
        explanation = explained(at);
        let mut channels = explanation.told.clone();
        channels.retain(|channel| !open.iter().any(|thread| thread.channel == *channel));
        if let Some(drill) = &drill {
            channels.retain(|channel| drill.confirmed(channel));
        }
        if !channels.is_empty() {
            let silences = s.store.read().silences_at(at).await?;
            let is_silent = silences::about(&silences, row).next().is_some()
                || held_by(s, s.store.read(), row, now).await?.is_some();
            return Ok((!is_silent).then_some(NextTold { at, channels }));
        }
    }
    Ok(None)
}

/// What bears on some alarms.
struct Known {
    open: HashMap<AlarmId, Vec<Thread>>,
    held: HashSet<AlarmId>,
    escalations: HashMap<AlarmId, Escalation>,
    silences: Vec<Silence>,
    covers: Vec<Cover>,
    /// Alarms that may hold others back, as they are now.
    causes: Causes,
    flapping: HashSet<AlarmId>,
    /// Drills that have not ended; one that begins in this very transaction is not among them.
    drills: HashMap<AlarmId, DrillRow>,
}

/// What follows for one alarm.
struct What {
    acts: Vec<Decided>,
    was_held: bool,
    is_held: bool,
    known: Option<Escalation>,
    escalation: Option<Escalation>,
    state: AlarmState,
    flapping: bool,
}

/// An [`Act`] that owns what it names.
enum Decided {
    Open(ChannelName, Option<ThreadGroup>),
    Update(Thread),
    Close(Thread),
}

impl What {
    /// Whether it differs from what was written down before.
    fn is_news(&self) -> bool {
        !self.acts.is_empty() || self.was_held != self.is_held || self.known != self.escalation
    }
}

impl Known {
    async fn of(s: &Services, mut read: Read<'_>, alarms: &[&AlarmRow]) -> Outcome<Self> {
        let ids: Vec<AlarmId> = alarms.iter().map(|row| row.id).collect();
        let mut open: HashMap<AlarmId, Vec<Thread>> = HashMap::new();
        for thread in read.open_threads(&ids).await? {
            if let Some(alarm) = thread.alarm {
                open.entry(alarm).or_default().push(thread);
            }
        }
        let now = s.clock.now();
        let mut flapping = HashSet::new();
        if let Some(rule) = s.settings.routing.flapping {
            let went_off = read.went_off_since(&ids, rule.since(now)).await?;
            let often = |times: &u64| *times >= u64::from(rule.times);
            flapping.extend(
                went_off
                    .iter()
                    .filter(|(_, times)| often(times))
                    .map(|(id, _)| *id),
            );
        }
        let is_drill = |row: &&AlarmRow| matches!(row.origin, Origin::Drill(_));
        let drills = match alarms.iter().any(is_drill) {
            true => read.drills_going_on().await?,
            false => Vec::new(),
        };
        Ok(Self {
            open,
            drills: drills.into_iter().map(|one| (one.alarm, one)).collect(),
            causes: inhibitions::causes(s, &mut read, now).await?,
            flapping,
            held: read.held_of(&ids).await?.into_iter().collect(),
            escalations: read.escalations_of(&ids).await?,
            // A reading began before now, and a silence may have come in between.
            silences: read.silences_at(now).await?,
            covers: on_call::covers(s, read, now).await?,
        })
    }

    /// Whether an alarm that stands and of which something else is known now, as its environment
    /// or its priority, may be another's matter than before. What CloudWatch had said long before
    /// it was first read, and nobody was told of, stays nobody's.
    fn may_reach_others(&self, s: &Services, row: &AlarmRow) -> bool {
        let known_of = row.first_seen_at.plus_ms(-s.settings.first_reading_news_ms);
        !matches!(row.origin, Origin::Cloudwatch(_))
            || row.state_at >= known_of
            || self.open.contains_key(&row.id)
            || self.held.contains(&row.id)
            || self.escalations.contains_key(&row.id)
    }

    /// Whether a silence or another alarm holds one back: then nobody new is told for a time.
    fn holds_back(&self, s: &Services, row: &AlarmRow, subject: &Subject) -> bool {
        let rules = &s.settings.routing.inhibit_rules;
        let held = inhibitions::held(row, &subject.labels);
        silences::about(&self.silences, row).next().is_some()
            || self.causes.inhibitor(rules, held).is_some()
    }

    /// What follows for one of them.
    fn decide(&self, s: &Services, row: &AlarmRow, now: Timestamp) -> What {
        let open = self.open.get(&row.id).map_or(&[][..], Vec::as_slice);
        let state = match row.gone_at {
            Some(_) => AlarmState::Ok,
            None => row.state,
        };
        let known = self.escalations.get(&row.id).copied();
        let was_held = self.held.contains(&row.id);
        let flapping = self.flapping.contains(&row.id);
        if flapping && row.gone_at.is_none() && state == AlarmState::Ok && !open.is_empty() {
            // It counts as standing until it goes off less often.
            return What {
                acts: Vec::new(),
                was_held,
                is_held: true,
                escalation: known.map(|known| Escalation { due: None, ..known }),
                known,
                state,
                flapping,
            };
        }
        let subject = subject(row);
        let silenced = self.holds_back(s, row, &subject);
        // Of what somebody has taken on nobody needs to be told until they give it back.
        let stays_quiet = silenced || row.acknowledgement.is_some();
        let attended = state != AlarmState::Alarm || stays_quiet;
        let since = known.map_or(now, |known| known.since);
        let moment = Moment {
            at: now,
            unattended_ms: (!attended).then(|| now.since_ms(since)),
            covers: &self.covers,
        };
        let mut asked = match state {
            AlarmState::Ok => Explanation::default(),
            AlarmState::Alarm | AlarmState::InsufficientData => {
                routes::explain(&s.settings.routing, &subject, moment)
            }
        };
        if let Some(drill) = self.drills.get(&row.id) {
            // Nobody is called whom its starter did not confirm, nor anybody new at its end.
            let may = |channel: &ChannelName| now < drill.ends_at && drill.confirmed(channel);
            asked.told.retain(&may);
            asked.quiet.retain(&may);
        }
        let acts = acts(state, &asked.told, open);
        let knows = |channel: &ChannelName| {
            let mut open = open.iter();
            open.any(|thread| thread.channel == *channel && thread.state == state)
        };
        let mut is_held = !asked.quiet.iter().all(knows) || asked.escalates_later();
        let news = acts.len();
        let acts = acts.into_iter().map(|act| Decided::new(act, &asked));
        let mut acts: Vec<_> = acts.collect();
        if flapping {
            // That it goes on and off is said already.
            acts.retain(|act| !matches!(act, Decided::Update(_)));
        }
        if stays_quiet {
            // Who was told that it began is told that it is over.
            acts.retain(|act| matches!(act, Decided::Close(_)));
        }
        if silenced && state == AlarmState::Alarm && row.acknowledgement.is_none() {
            // When the silence ends, it begins to be known that nobody takes it on.
            let anew = Moment {
                at: now,
                unattended_ms: Some(0),
                covers: &self.covers,
            };
            let anew = routes::explain(&s.settings.routing, &subject, anew);
            is_held |= anew.others_at(now).is_some() || anew.escalates_later();
        }
        if silenced {
            is_held |= acts.len() < news;
        } else if row.acknowledgement.is_some() {
            // What nobody was to be told of does not become news by being taken on.
            is_held = was_held;
        }
        let due = asked.others_at(since);
        What {
            acts,
            was_held,
            is_held,
            // Until it is over, taken on or silenced it is known since when nobody has it; while
            // there is no data nobody else is told.
            escalation: match (state, known, due) {
                (AlarmState::Ok, ..) => None,
                _ if stays_quiet => None,
                (AlarmState::InsufficientData, known, _) => {
                    known.map(|known| Escalation { due: None, ..known })
                }
                (AlarmState::Alarm, None, None) => None,
                (AlarmState::Alarm, _, due) => Some(Escalation { since, due }),
            },
            known,
            state,
            flapping,
        }
    }
}

impl Decided {
    fn new(act: Act<'_>, asked: &Explanation) -> Self {
        match act {
            Act::Open(channel) => {
                Self::Open(channel.clone(), asked.group(channel).map(Group::kept))
            }
            Act::Update(thread) => Self::Update(thread.clone()),
            Act::Close(thread) => Self::Close(thread.clone()),
        }
    }
}

/// Writes down what follows for one alarm; whether anybody is told anything.
async fn write_down(
    s: &Services,
    tx: &mut Tx,
    row: &AlarmRow,
    what: &What,
    now: Timestamp,
) -> Outcome<bool> {
    match (what.was_held, what.is_held) {
        (false, true) => tx.hold_alarm(row.id, now).await?,
        (true, false) => tx.let_alarm_go(row.id).await?,
        _ => {}
    }
    match (what.known, what.escalation) {
        (known, wanted) if known == wanted => {}
        (_, Some(escalation)) => tx.set_escalation(row.id, escalation).await?,
        (_, None) => tx.end_escalation(row.id).await?,
    }
    let mut message = about(row);
    if let Some(alarm) = &mut message.alarm {
        alarm.flapping = what.flapping;
    }
    for act in &what.acts {
        match act {
            Decided::Open(channel, group) => {
                // A route names configured channels only.
                let Some(lane) = s.lane(channel) else {
                    continue;
                };
                let group = group.clone().filter(|_| !row.origin.kind().is_drill());
                let thread = Thread {
                    group,
                    ..new_thread(s, Some(row.id), &lane.channel.name, what.state, now)
                };
                tx.open_thread(&thread, now).await?;
                write(s, tx, lane, &thread, Event::Firing, &message, now).await?;
            }
            Decided::Update(thread) => {
                tx.update_thread(thread.id, what.state).await?;
                if let Some(lane) = s.lane(&thread.channel) {
                    write(s, tx, lane, thread, Event::Firing, &message, now).await?;
                }
            }
            Decided::Close(thread) => {
                tx.close_thread(thread.id, now).await?;
                if let Some(lane) = s.lane(&thread.channel) {
                    write(s, tx, lane, thread, Event::Resolved, &message, now).await?;
                }
            }
        }
    }
    Ok(!what.acts.is_empty())
}

/// Writes down that an alarm was taken on or given back, for whoever knows of it; what the feed
/// says of it. Nobody else is told of what somebody has taken on; once it is given back that
/// begins anew. What nobody was to be told of does not become news by that.
pub(crate) async fn owner_changed(
    s: &Services,
    tx: &mut Tx,
    row: &AlarmRow,
    event: Event,
    by: Option<&str>,
    now: Timestamp,
) -> Outcome<Vec<FeedEntry>> {
    let note = row.acknowledgement.as_ref().and_then(|a| a.note.clone());
    let message = Message {
        by: by.map(str::to_owned),
        note,
        ..about(row)
    };
    let open = tx.read().open_threads(&[row.id]).await?;
    for thread in &open {
        if let Some(lane) = s.lane(&thread.channel) {
            write(s, tx, lane, thread, event, &message, now).await?;
        }
    }
    tx.end_escalation(row.id).await?;
    let is_known = !open.is_empty() || !tx.read().held_of(&[row.id]).await?.is_empty();
    let mut feed = Vec::new();
    if event == Event::Released && is_known {
        feed = time_passed(s, tx, std::slice::from_ref(row), now)
            .await?
            .feed;
    }
    if feed.is_empty() && !open.is_empty() {
        feed.push(news_about(row));
    }
    Ok(feed)
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
    Ok(vec![news_of_none(&Environment::new(""))])
}

/// Those of some alarms that a digest tells now, each with a channel.
pub(crate) async fn digested(
    s: &Services,
    name: &DigestName,
    alarms: Vec<AlarmRow>,
    now: Timestamp,
) -> Outcome<Vec<(ChannelName, AlarmRow)>> {
    let rows: Vec<_> = alarms.iter().collect();
    let known = Known::of(s, s.store.read(), &rows).await?;
    let mut told = Vec::new();
    let is_drill = |row: &AlarmRow| matches!(row.origin, Origin::Drill(_));
    let open = |row: &&AlarmRow| row.acknowledgement.is_none() && !is_drill(row);
    for row in alarms.iter().filter(open) {
        let subject = subject(row);
        if known.holds_back(s, row, &subject) {
            continue;
        }
        let moment = Moment {
            at: now,
            unattended_ms: None,
            covers: &known.covers,
        };
        let asked = routes::explain(&s.settings.routing, &subject, moment);
        let channels = asked.told_in(name).into_iter();
        told.extend(channels.map(|channel| (channel, row.clone())));
    }
    Ok(told)
}

/// Writes a digest down for a channel; what the feed says of it.
pub(crate) async fn digest(
    s: &Services,
    tx: &mut Tx,
    lane: &Lane,
    alarms: &[AlarmRow],
    zone: &Zone,
    now: Timestamp,
) -> Outcome<Vec<FeedEntry>> {
    if !lane.channel.kind.is_told(Event::Digest) {
        return Ok(Vec::new());
    }
    let mut alarms: Vec<&AlarmRow> = alarms.iter().collect();
    alarms.sort_by_key(|row| (row.priority, row.state_at));
    let standing = u64::try_from(alarms.len()).unwrap_or(u64::MAX);
    alarms.truncate(limits::DIGEST_NAMED_MAX);
    let more = standing.saturating_sub(limits::DIGEST_NAMED_MAX as u64);
    let told: Vec<_> = alarms.iter().filter_map(|row| about(row).alarm).collect();
    let message = Message {
        note: Some(digest_lines(lane.channel.lang, zone, &told, more)),
        standing: Some(standing),
        ..Message::default()
    };
    let thread = new_thread(s, None, &lane.channel.name, AlarmState::Ok, now);
    tx.open_thread(&thread, now).await?;
    write(s, tx, lane, &thread, Event::Digest, &message, now).await?;
    tx.close_thread(thread.id, now).await?;
    Ok(vec![news_of_none(&Environment::new(""))])
}

/// News of a message that is about no alarm.
pub(super) fn news_of_none(environment: &Environment) -> FeedEntry {
    FeedEntry {
        topic: FeedTopic::Notification,
        subject: String::new(),
        environment: environment.clone(),
        version: 0,
    }
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

/// What routes look at of an alarm.
pub(crate) fn subject(row: &AlarmRow) -> Subject {
    Subject {
        environment: row.environment.clone(),
        priority: row.priority,
        name: match row.origin {
            // Its mark must lead it to nobody else.
            Origin::Drill(_) => drills::played(&row.name).to_owned(),
            _ => row.name.clone(),
        },
        scope: row.origin.scope().cloned(),
        state: row.state,
        labels: labels(row),
    }
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
            drill: row.origin.kind().is_drill(),
            state: row.state,
            state_at: row.state_at,
            reason: reason.collect(),
            gone: row.gone_at.is_some(),
            flapping: false,
        }),
        ..Message::default()
    }
}

pub(super) fn new_thread(
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
        group: None,
        has_message: false,
    }
}

/// Writes a message down, and leaves out what it makes needless.
pub(super) async fn write(
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
    let kind = lane.channel.kind;
    let group = thread.waits_for(kind, event);
    let unsettled = tx.read().unsettled(thread.id).await?;
    let Collapse { older, itself } = collapse(kind, &unsettled, event, group.is_some());
    for id in older {
        tx.collapse_delivery(id).await?;
    }
    let not_before = match group {
        None => now,
        Some(group) => {
            let mut read = tx.read();
            let stands = read.group_stands(&thread.channel, &group.key).await?;
            group.due(stands, now, event == Event::Resolved)
        }
    };
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
        not_before,
        group: group.map(|group| group.key.clone()),
    };
    tx.insert_delivery(&new, now).await?;
    Ok(())
}
