//! What AWS tells by events: kept, taken for what it means, and asked why an instance ended.
//!
//! An event and all that follows from it are one transaction, so what came twice changes
//! nothing. The end of an instance waits a moment for what explains it, for AWS tells the two
//! apart and in any order; what nothing explains becomes an alarm, and an explanation that
//! comes later ends the alarm.

use crate::{
    Services, alarms::news as alarm_news, cx::Cx, failure::Outcome, notifications::outbox, page,
    sign_in::secret,
};
use api::{
    Page,
    aws_events::{AwsEventDetail, AwsEventQuery, AwsEventRow as AwsEventView},
    sources::Taken,
    system::WorkerReport,
};
use domain::{
    alarms::{AlarmState, Priority},
    aws_events::{AwsEvent, AwsEventKind, EndReason, Fact, Witness, explain},
    capacity::{Instance, TargetKind, TargetRef},
    estate::{Environment, Scope},
    ids::{AlarmId, AwsEventId},
    limits,
    policy::{Action, Resource},
    sources::{AlarmNotes, AlarmReport, Origin},
    spot::SpotNoticeKind as Kind,
    time::Timestamp,
};
use std::{collections::BTreeSet, slice};
use store::{
    AlarmInput, AlarmNews, AlarmRow, AwsEventFilter, AwsEventRow, FeedEntry, NewAwsEvent,
    ReportInput, SpotNoticeRow, TargetRow, Tx,
};

/// A page of events in what the caller sees, newest first.
///
/// # Errors
/// `unauthenticated`.
pub async fn list(s: &Services, cx: &Cx, query: AwsEventQuery) -> Outcome<Page<AwsEventView>> {
    let filter = AwsEventFilter {
        reach: cx.sees()?,
        kinds: page::any_of(cx, "kind", query.kind)?,
        text: page::search(cx, "text", &query.text)?,
    };
    let (slice, paged) = page::of(query.page);
    let found = s.store.read().aws_event_page(&filter, slice).await?;
    Ok(paged.fill(found, |row| view(&row)))
}

/// One event, as it came.
///
/// # Errors
/// `not_found`.
pub async fn detail(s: &Services, cx: &Cx, id: AwsEventId) -> Outcome<AwsEventDetail> {
    let row = s.store.read().aws_event(id).await?;
    let row = row.ok_or_else(|| cx.not_found())?;
    cx.authorize(Action::View, Resource::In(&row.environment))?;
    Ok(AwsEventDetail {
        row: view(&row),
        payload: row.payload,
    })
}

fn view(row: &AwsEventRow) -> AwsEventView {
    AwsEventView {
        id: row.id,
        kind: row.kind,
        name: row.name.clone(),
        scope: row.scope.clone(),
        environment: row.environment.clone(),
        subject: row.subject.clone(),
        at: row.at,
        received_at: row.received_at,
        explanation: row.explanation,
        alarm: row.alarm,
    }
}

/// Keeps an event that was read from this body, with all that follows from it.
///
/// # Errors
/// The database's.
pub(crate) async fn keep(
    s: &Services,
    event: &AwsEvent,
    body: &[u8],
    now: Timestamp,
) -> Outcome<Taken> {
    let mut tx = s.store.begin().await?;
    let kept = put(s, &mut tx, event, body, now).await?;
    tx.commit().await?;
    Ok(kept.tell(s))
}

/// What became of an event in a transaction that is not committed yet.
pub(crate) struct Kept {
    is_news: bool,
    feed: Vec<FeedEntry>,
    unknown_alarm: Option<Scope>,
}

impl Kept {
    /// Whether it had not come before.
    pub const fn is_news(&self) -> bool {
        self.is_news
    }

    /// Wakes the workers that it is about, once it is committed.
    pub fn tell(self, s: &Services) -> Taken {
        if let Some(scope) = &self.unknown_alarm {
            s.signals.poll(scope);
        }
        signal(s, &self.feed);
        Taken {
            told: 1,
            changed: self.is_news.into(),
            left_out: 0,
        }
    }
}

/// Keeps an event that was read from this body in a transaction of the caller's.
///
/// # Errors
/// The database's.
pub(crate) async fn put(
    s: &Services,
    tx: &mut Tx,
    event: &AwsEvent,
    body: &[u8],
    now: Timestamp,
) -> Outcome<Kept> {
    let holder = holder(tx, event).await?;
    let new = new_event(s, tx, event, holder.as_ref(), body, now).await?;
    let is_news = tx.insert_aws_event(&new, now).await?.is_some();
    let (mut feed, mut unknown_alarm) = (Vec::new(), None);
    if let (true, Some(scope)) = (is_news, &event.scope) {
        match &event.fact {
            Fact::Alarm { state, at, reason } => {
                let told = (*state, (*at).min(now), reason.as_str());
                match alarm_in(tx, scope, &event.subject).await? {
                    Some(row) => feed = alarm_changed(s, tx, row, told, now).await?,
                    None => unknown_alarm = Some(scope.clone()),
                }
            }
            Fact::SpotInterrupted => {
                note(tx, &new, scope, Kind::Interruption, holder.as_ref()).await?;
                tx.judge_again(scope, &event.subject, now).await?;
            }
            Fact::SpotAtRisk => {
                note(tx, &new, scope, Kind::Rebalance, holder.as_ref()).await?;
            }
            Fact::GroupTerminated { .. } => {
                if let Some(group) = &holder {
                    tx.place_spot_notices(scope, &event.subject, group.id)
                        .await?;
                }
                tx.judge_again(scope, &event.subject, now).await?;
            }
            Fact::Kept | Fact::Terminated => {}
        }
    }
    if !feed.is_empty() {
        tx.feed(&feed, now).await?;
    }
    Ok(Kept {
        is_news,
        feed,
        unknown_alarm,
    })
}

fn signal(s: &Services, feed: &[FeedEntry]) {
    if !feed.is_empty() {
        s.signals.feed();
        s.signals.notify();
    }
}

async fn new_event(
    s: &Services,
    tx: &mut Tx,
    event: &AwsEvent,
    holder: Option<&TargetRow>,
    body: &[u8],
    now: Timestamp,
) -> Outcome<NewAwsEvent> {
    let payload = String::from_utf8_lossy(body).into_owned();
    let ended = event.fact == Fact::Terminated && event.scope.is_some();
    Ok(NewAwsEvent {
        id: AwsEventId::from_parts(now.ms(), s.ids.random()),
        key: event.id.clone().unwrap_or_else(|| secret::hash(&payload)),
        kind: event.kind,
        name: event.name.clone(),
        scope: event.scope.clone(),
        environment: environment(tx, event, holder).await?,
        subject: event.subject.clone(),
        at: event.at.unwrap_or(now).min(now),
        judge_at: ended.then(|| now.plus_ms(limits::EXPLANATION_GRACE_MS)),
        payload,
    })
}

/// The target of an instance that an event is about: the group that it names, or what holds
/// the instance.
async fn holder(tx: &mut Tx, event: &AwsEvent) -> Outcome<Option<TargetRow>> {
    let Some(scope) = &event.scope else {
        return Ok(None);
    };
    if let Fact::GroupTerminated { group, .. } = &event.fact
        && let Some(row) = group_row(tx, scope, group).await?
    {
        return Ok(Some(row));
    }
    let of_instance = [
        AwsEventKind::Instance,
        AwsEventKind::Scaling,
        AwsEventKind::Spot,
    ];
    if !of_instance.contains(&event.kind) {
        return Ok(None);
    }
    let targets = tx.read().targets_in(scope).await?;
    let holds = |row: &TargetRow| {
        let mut instances = row.target.instances.iter();
        instances.any(|instance| instance.id == event.subject)
    };
    Ok(targets.into_iter().find(holds))
}

/// Where an event belongs: to its alarm, to the target of its instance, or where its name
/// says.
async fn environment(
    tx: &mut Tx,
    event: &AwsEvent,
    holder: Option<&TargetRow>,
) -> Outcome<Environment> {
    if let (Some(scope), Fact::Alarm { .. }) = (&event.scope, &event.fact)
        && let Some(row) = alarm_in(tx, scope, &event.subject).await?
    {
        return Ok(row.environment);
    }
    Ok(match holder {
        Some(row) => row.target.environment.clone(),
        None => Environment::from_name(&event.subject).unwrap_or_else(Environment::untagged),
    })
}

/// Keeps what an event told of a spot instance.
async fn note(
    tx: &mut Tx,
    event: &NewAwsEvent,
    scope: &Scope,
    kind: Kind,
    holder: Option<&TargetRow>,
) -> Outcome<()> {
    let known = holder.and_then(|row| {
        let mut instances = row.target.instances.iter();
        instances.find(|instance| instance.id == event.subject)
    });
    let text = |field: fn(&Instance) -> &String| known.map(field).cloned().unwrap_or_default();
    let row = SpotNoticeRow {
        id: event.id,
        kind,
        instance: event.subject.clone(),
        zone: text(|instance| &instance.zone),
        instance_type: text(|instance| &instance.instance_type),
        at: event.at,
    };
    let target = holder.map(|row| row.id);
    Ok(tx.insert_spot_notice(&row, scope, target).await?)
}

async fn group_row(tx: &mut Tx, scope: &Scope, group: &str) -> Outcome<Option<TargetRow>> {
    let reference = TargetRef {
        scope: scope.clone(),
        kind: TargetKind::Asg,
        name: group.to_owned(),
    };
    Ok(tx.read().target_by_reference(&reference).await?)
}

async fn alarm_in(tx: &mut Tx, scope: &Scope, name: &str) -> Outcome<Option<AlarmRow>> {
    Ok(tx.read().alarms_named(scope, &[name]).await?.pop())
}

/// Saves a told state of an alarm as a reading would be; what the feed says of it.
async fn alarm_changed(
    s: &Services,
    tx: &mut Tx,
    row: AlarmRow,
    (state, state_at, reason): (AlarmState, Timestamp, &str),
    now: Timestamp,
) -> Outcome<Vec<FeedEntry>> {
    let (environment, priority) = (row.environment.clone(), row.priority);
    let priority_rule = row.priority_rule;
    let Some(mut reading) = row.into_reading() else {
        return Ok(Vec::new());
    };
    reading.state = state;
    reading.state_at = state_at;
    reason.clone_into(&mut reading.reason);
    let input = AlarmInput {
        reading,
        environment,
        priority,
        priority_rule,
    };
    match tx.save_alarm(&input, now).await? {
        Some(news) => tell(s, tx, &news, now).await,
        None => Ok(Vec::new()),
    }
}

async fn tell(
    s: &Services,
    tx: &mut Tx,
    news: &AlarmNews,
    now: Timestamp,
) -> Outcome<Vec<FeedEntry>> {
    let mut feed = vec![alarm_news(&news.row)];
    feed.extend(outbox::alarms_changed(s, tx, slice::from_ref(news), false, now).await?);
    Ok(feed)
}

/// Asks why instances ended whose moment of grace is over, and ends alarms that have stood
/// for a day: there is nothing that could still be done about the instance.
///
/// # Errors
/// The database's.
pub(crate) async fn judge_ends(s: &Services) -> Outcome<WorkerReport> {
    let now = s.clock.now();
    let mut read = s.store.read();
    let due = read.ends_to_judge(now, limits::ENDS_PER_TURN_MAX).await?;
    let old = now.plus_ms(-limits::ENDED_ALARM_MS);
    let stale = read
        .event_alarms_before(old, limits::ENDS_PER_TURN_MAX)
        .await?;
    for end in &due {
        judge(s, end, now).await?;
    }
    for row in &stale {
        let mut tx = s.store.begin().await?;
        let report = AlarmReport {
            name: row.name.clone(),
            description: row.description.clone(),
            state: AlarmState::Ok,
            state_at: now,
            reason: row.reason.clone(),
            notes: row.notes.clone(),
        };
        let (_, feed) = report_end(s, &mut tx, &row.origin, report, &row.environment, now).await?;
        tx.feed(&feed, now).await?;
        tx.commit().await?;
        signal(s, &feed);
    }
    Ok(WorkerReport::Judged {
        ends: due.len(),
        over: stale.len(),
    })
}

/// Why one instance ended: recorded, or an alarm.
async fn judge(s: &Services, end: &AwsEventRow, now: Timestamp) -> Outcome<()> {
    let Some(scope) = &end.scope else {
        return Ok(());
    };
    let from = end.at.plus_ms(-limits::EXPLANATION_MS);
    let until = end.at.plus_ms(limits::EXPLANATION_MS);
    let mut tx = s.store.begin().await?;
    let most = limits::WITNESSES_MAX;
    let told = tx
        .read()
        .aws_events_of(scope, &end.subject, from, until, most)
        .await?;
    let mut witnesses = Vec::new();
    let mut changed = BTreeSet::new();
    let mut environment = end.environment.clone();
    let mut notes = AlarmNotes::default();
    notes.labels.insert("instance".into(), end.subject.clone());
    for row in &told {
        // What is kept was read once; should a later version not read it, it says nothing.
        let Ok(event) = files::read_aws_event(row.payload.as_bytes()) else {
            continue;
        };
        if let Fact::GroupTerminated { group, cause } = &event.fact {
            if tx
                .read()
                .group_was_changed(scope, group, from, until)
                .await?
            {
                changed.insert(group.clone());
            }
            if let Some(row) = group_row(&mut tx, scope, group).await? {
                environment = row.target.environment;
            }
            notes.labels.insert("group".into(), group.clone());
            notes.annotations.insert("cause".into(), cause.clone());
        }
        witnesses.push(Witness {
            at: row.at,
            fact: event.fact,
        });
    }
    let explanation = explain(end.at, &witnesses, |group| changed.contains(group));
    let (alarm, feed) = match alarm_state(end, explanation, now) {
        None => (end.alarm, Vec::new()),
        Some((state, state_at)) => {
            let cause = notes.annotations.get("cause").cloned();
            let report = AlarmReport {
                name: format!("EC2 terminated: {}", end.subject),
                description: String::new(),
                state,
                state_at,
                reason: cause.unwrap_or_else(|| end.name.clone()),
                notes,
            };
            let origin = Origin::Event(scope.clone());
            let (id, feed) = report_end(s, &mut tx, &origin, report, &environment, now).await?;
            (id.or(end.alarm), feed)
        }
    };
    tx.end_judged(end.id, explanation, alarm, &environment)
        .await?;
    if !feed.is_empty() {
        tx.feed(&feed, now).await?;
    }
    tx.commit().await?;
    signal(s, &feed);
    Ok(())
}

/// The state of the alarm that an end becomes; none when there is no alarm to speak of.
fn alarm_state(
    end: &AwsEventRow,
    explanation: Option<EndReason>,
    now: Timestamp,
) -> Option<(AlarmState, Timestamp)> {
    let recent = now.since_ms(end.at) < limits::ENDED_ALARM_MS;
    match (explanation, end.alarm) {
        (Some(_), Some(_)) => Some((AlarmState::Ok, now)),
        (None, None) if recent => Some((AlarmState::Alarm, end.at)),
        _ => None,
    }
}

/// Reports the alarm of an end; its id, if there is news of it, and what the feed says.
async fn report_end(
    s: &Services,
    tx: &mut Tx,
    origin: &Origin,
    report: AlarmReport,
    environment: &Environment,
    now: Timestamp,
) -> Outcome<(Option<AlarmId>, Vec<FeedEntry>)> {
    let input = ReportInput {
        report,
        environment: environment.clone(),
        priority: Priority::P1,
        priority_rule: 0,
    };
    let mut new_id = || AlarmId::from_parts(now.ms(), s.ids.random());
    let most = limits::SOURCE_ALARMS_MAX;
    let reported = tx
        .report_alarms(origin, slice::from_ref(&input), most, now, &mut new_id)
        .await?;
    let Some(news) = reported.news.first() else {
        return Ok((None, Vec::new()));
    };
    let feed = tell(s, tx, news, now).await?;
    Ok((Some(news.row.id), feed))
}
