//! Sources that must call.
//!
//! Each call that is taken in is a beat, written in the transaction of what the call told: either
//! both are kept or neither is. A beat ends the alarm that says that a source does not call; that
//! it is late, a worker finds, and writes it in one transaction that looks again. So two servers
//! do not tell it twice, and a kill between leaves it to the next turn.
//!
//! A source is late a whole period after its last call, and not before this server has listened
//! for a whole period: what nobody could hear is not held against it. Before its first call ever
//! it is not late either; its alarm waits in INSUFFICIENT_DATA.

use crate::{
    Services,
    failure::Outcome,
    own_alarms::{Own, report, since, tell},
    sources::settled,
};
use api::system::{WorkerKind, WorkerReport};
use domain::{
    alarms::{AlarmState, Priority, default_priority_rules},
    heartbeats::{due_at, heartbeat_report},
    limits,
    sources::{EnvironmentRule, Origin, SourceName},
    time::Timestamp,
};
use store::{HeartbeatRow, ReportInput, Tx};

/// A source that must call.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MustCall<'a> {
    /// Its name.
    pub name: &'a SourceName,
    /// Minutes from a call to the next, at most.
    pub minutes: u32,
    /// How the environment of its alarms is known; none where AWS's events tell.
    pub environment: Option<&'a EnvironmentRule>,
}

impl Services {
    /// All sources that must call.
    pub(crate) fn all_that_must_call(&self) -> impl Iterator<Item = MustCall<'_>> {
        let hooks = self.settings.sources.iter().filter_map(|source| {
            Some(MustCall {
                name: &source.name,
                minutes: source.heartbeat_minutes?,
                environment: Some(&source.environment),
            })
        });
        let topics = self.settings.topic_sources.iter().filter_map(|source| {
            Some(MustCall {
                name: &source.name,
                minutes: source.heartbeat_minutes?,
                environment: None,
            })
        });
        hooks.chain(topics)
    }

    /// A source of this name, if it must call.
    pub(crate) fn must_call(&self, name: &SourceName) -> Option<MustCall<'_>> {
        self.all_that_must_call().find(|source| source.name == name)
    }

    /// When a source is late, unless it calls until then.
    pub(crate) fn due_at(&self, source: &MustCall<'_>, beat_at: Timestamp) -> Timestamp {
        due_at(beat_at, self.started_at, source.minutes)
    }
}

/// Notes that a call of a source was taken in; whether that is news to anybody.
pub(crate) async fn beat(
    s: &Services,
    tx: &mut Tx,
    name: &SourceName,
    now: Timestamp,
) -> Outcome<bool> {
    tx.beat(name, now).await?;
    let Some(source) = s.must_call(name) else {
        return Ok(false);
    };
    let row = tx.read().heartbeat(name).await?;
    let stands = row.and_then(|row| row.stands);
    if stands.is_some_and(|(state, _)| state == AlarmState::Ok) {
        return Ok(false);
    }
    stand(s, tx, &source, AlarmState::Ok, now, now).await
}

/// One turn: what is late, and what the configuration changed.
pub(crate) async fn turn(s: &Services) -> Outcome<WorkerReport> {
    let now = s.clock.now();
    let rows = s.store.read().heartbeats().await?;
    let row_of = |name: &SourceName| rows.iter().find(|row| row.source == *name);
    // What is said of a source may be another since the last start.
    let is_first = s.statuses.is_first_turn(&WorkerKind::Heartbeats);
    let (mut late, mut watched) = (0, 0);
    for source in s.all_that_must_call() {
        watched += 1;
        let row = row_of(source.name);
        if !is_first && next(s, &source, row, now).is_none() {
            continue;
        }
        late += u32::from(look(s, &source, is_first, now).await?);
    }
    Ok(WorkerReport::Listened { watched, late })
}

/// The state that a source comes to by time alone, and since when; none while it stays.
fn next(
    s: &Services,
    source: &MustCall<'_>,
    row: Option<&HeartbeatRow>,
    now: Timestamp,
) -> Option<(AlarmState, Timestamp)> {
    let beat_at = row.and_then(|row| row.beat_at);
    let stands = row.and_then(|row| row.stands);
    match (stands.map(|(state, _)| state), beat_at) {
        // It is asked for since now, and a call of this very instant is later. What an alarm of
        // this name was before it left the list is older.
        (None, None) => Some((AlarmState::InsufficientData, now.plus_ms(-1))),
        (None, Some(_)) => Some((AlarmState::Ok, now.plus_ms(-1))),
        (Some(AlarmState::Ok), Some(beat_at)) => {
            let due = s.due_at(source, beat_at);
            (due < now).then_some((AlarmState::Alarm, due))
        }
        // Only a call ends these.
        _ => None,
    }
}

/// Looks at one source again, alone among writers; whether it is late now and was not before.
async fn look(
    s: &Services,
    source: &MustCall<'_>,
    is_first: bool,
    now: Timestamp,
) -> Outcome<bool> {
    let mut tx = s.store.begin().await?;
    let row = tx.read().heartbeat(source.name).await?;
    let stood = row.as_ref().and_then(|row| row.stands);
    let after = next(s, source, row.as_ref(), now);
    let Some((state, at)) = after.or(stood.filter(|_| is_first)) else {
        return Ok(false);
    };
    let is_news = stand(s, &mut tx, source, state, at, now).await?;
    tx.commit().await?;
    settled(s, is_news);
    let is_late = after.is_some_and(|(state, _)| state == AlarmState::Alarm);
    if is_late {
        tracing::warn!(
            source = %source.name,
            heartbeat_minutes = source.minutes,
            "a source that must call has not called"
        );
    }
    Ok(is_late)
}

/// Writes how a heartbeat stands, with its alarm and the messages that follow; whether that is
/// news.
async fn stand(
    s: &Services,
    tx: &mut Tx,
    source: &MustCall<'_>,
    state: AlarmState,
    at: Timestamp,
    now: Timestamp,
) -> Outcome<bool> {
    // A call that waited for the writer until others found it late, or one that a server with a
    // slower clock took, came before its time: what changes now is later than what it changes.
    let row = tx.read().heartbeat(source.name).await?;
    let before = row.and_then(|row| row.stands);
    let changes = before.is_none_or(|(before, _)| before != state);
    let at = since(before, state, at, now);
    tx.put_heartbeat(source.name, state, at).await?;
    let own = Own {
        origin: &Origin::heartbeat(source.name.clone()),
        alarms_max: 1,
        changes,
        at,
    };
    report(s, tx, own, |at| input(s, source, state, at), now).await
}

/// What is saved of it. Rules of the configuration give its priority as any alarm's. Where it
/// names none, or none fits, it is P2: who hears nothing of a source cannot know how much what
/// is not told would matter.
fn input(s: &Services, source: &MustCall<'_>, state: AlarmState, at: Timestamp) -> ReportInput {
    let report = heartbeat_report(source.name, source.minutes, state, at);
    let rule = source.environment;
    let usual = s.settings.priority_rules == default_priority_rules();
    let rules = if usual {
        &[]
    } else {
        &s.settings.priority_rules[..]
    };
    let environment = rule.map_or_else(domain::estate::Environment::untagged, |rule| {
        rule.environment(&report.notes.labels)
    });
    let mut input = crate::sources::prioritised(rules, source.name.as_str(), environment, report);
    if input.priority_rule == 0 {
        input.priority = Priority::P2;
    }
    input
}

/// Lets go of the heartbeats of sources that need not call any more, and of what is known of
/// sources that are configured no more.
pub(crate) async fn let_go(s: &Services, now: Timestamp) -> Outcome<()> {
    for row in s.store.read().heartbeats().await? {
        let is_configured = s.is_source(&row.source);
        let is_over = row.stands.is_some() && s.must_call(&row.source).is_none();
        if is_configured && !is_over {
            continue;
        }
        // Another server may have a newer configuration, and hear it.
        let last = row.beat_at.max(row.stands.map(|(_, at)| at));
        if !is_configured && last.is_some_and(|at| now.since_ms(at) < limits::SOURCE_LET_GO_MS) {
            continue;
        }
        let mut tx = s.store.begin().await?;
        let gone = tx.end_heartbeat(&row.source, is_configured, now).await?;
        let is_news = tell(s, &mut tx, &gone, now).await?;
        tx.commit().await?;
        settled(s, is_news);
    }
    Ok(())
}
