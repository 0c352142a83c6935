//! Drills: list, preview, start, end, and what they proved.
//!
//! A drill is an alarm of its own origin. It is told by the same transaction, routes, steps and
//! workers as any other, so what is proved is the way itself. Routes and silences see the name,
//! labels and place that it plays; people see the mark. Nothing counts it.
//!
//! **After a kill:** it begins in one transaction with its messages and ends in one with the
//! messages that it is over, so neither is half done. The worker `end drills` goes on from the row.

mod recurring;

pub use recurring::list as list_recurring;
pub(crate) use recurring::start_due;

use crate::{
    Services,
    alarms::{self, Labelled, labels, labels_before_priority},
    cx::{AuditEntryExt, Cx},
    failure::Outcome,
    inhibitions,
    notifications::outbox,
    on_call, silences, texts,
};
use api::{
    ApiError,
    drills::{
        DrillAcknowledgement, DrillDetail, DrillPreview, DrillRow as DrillView, DrillSubject,
        NewDrill,
    },
};
use domain::{
    alarms::{AlarmKind, AlarmRule, AlarmState, Priority, prioritise},
    audit::AuditEntry,
    channels::ChannelName,
    drills::{
        DrillMessage, Expected, Held, Outcome as Got, Progress, Receipt, Verdict, marked, outcome,
    },
    estate::{Environment, Scope},
    i18n::{Lang, notifications as words},
    ids::{AlarmId, DrillId},
    labels::{Labels, NAME},
    limits,
    notifications::DeliveryState,
    people::{Actor, Reach},
    policy::{Action, Resource},
    routes::{self, Explanation, Moment, Quiet, Verdict as RouteVerdict},
    sources::{AlarmNotes, AlarmReport, Origin, SourceKind},
    text,
    time::{MINUTE_MS, Timestamp},
};
use serde_json::json;
use std::collections::BTreeMap;
use store::{
    AlarmRow, DeliveryFilter, DeliveryRow, DrillEnd, DrillRow, Read, ReportInput, Slice, Tx,
};

/// The newest drills that the caller sees.
///
/// # Errors
/// `unauthenticated`.
pub async fn list(s: &Services, cx: &Cx) -> Outcome<Vec<DrillView>> {
    let sees = cx.sees()?;
    let mut read = s.store.read();
    let found = read.drills(&sees, limits::DRILLS_LISTED_MAX).await?;
    Ok(found.iter().map(|drill| view(cx, drill)).collect())
}

fn view(cx: &Cx, drill: &DrillRow) -> DrillView {
    let refused = match drill.ended_at {
        Some(_) => Some(texts::drill_over(cx.lang).to_owned()),
        None => cx.refusal(Action::StartDrill, Resource::In(&drill.environment)),
    };
    DrillView {
        id: drill.id,
        alarm: drill.alarm,
        environment: drill.environment.clone(),
        name: drill.name.clone(),
        priority: drill.priority,
        note: drill.note.clone(),
        started_by: drill.started_by.clone(),
        started_at: drill.started_at,
        ends_at: drill.ends_at,
        ended_at: drill.ended_at,
        ended_by: drill.ended_by.clone(),
        acknowledge_minutes: drill.acknowledge_minutes,
        verdict: drill.verdict,
        end_refused: refused,
    }
}

/// One drill, with what each channel got.
///
/// # Errors
/// `not_found`.
pub async fn detail(s: &Services, cx: &Cx, id: DrillId) -> Outcome<DrillDetail> {
    let drill = seen(s, cx, id).await?;
    let mut read = s.store.read();
    let receipts = match &drill.receipts {
        Some(kept) => kept.clone(),
        None => receipts(&mut read, &drill, cx.now).await?,
    };
    let acknowledged = drill.acknowledged.clone();
    let missed = receipts
        .iter()
        .filter(|receipt| matches!(receipt.outcome, Got::Missed | Got::Held));
    let missed = missed.map(|receipt| receipt.expected.channel.clone());
    Ok(DrillDetail {
        row: view(cx, &drill),
        acknowledged: acknowledged.map(|(by, at)| DrillAcknowledgement { by, at }),
        missed: missed.collect(),
        receipts,
    })
}

async fn seen(s: &Services, cx: &Cx, id: DrillId) -> Outcome<DrillRow> {
    let drill = s.store.read().drill(id).await?;
    let drill = drill.ok_or_else(|| cx.not_found())?;
    cx.authorize(Action::View, Resource::In(&drill.environment))?;
    Ok(drill)
}

/// What a drill plays, checked.
struct Draft {
    environment: Environment,
    name: String,
    priority: (Priority, u32),
    scope: Option<Scope>,
    labels: Labels,
    minutes: u32,
}

async fn draft(s: &Services, cx: &Cx, subject: &DrillSubject) -> Outcome<Draft> {
    let like = match subject.as_alarm {
        Some(id) => Some(alarms::seen(s, cx, id).await?),
        None => None,
    };
    let named = subject.environment.as_ref();
    let environment = named.or(like.as_ref().map(|row| &row.environment));
    let environment = environment.and_then(|e| Environment::parse(e.as_str()));
    let Some(environment) = environment else {
        let what = texts::environment_form(cx.lang);
        return Err(cx.invalid("environment", what).into());
    };
    cx.authorize(Action::StartDrill, Resource::In(&environment))?;
    if like.is_none() && !s.store.read().environments().await?.contains(&environment) {
        // A slip of the pen would prove the routes of nowhere.
        let what = texts::drill_environment(cx.lang, environment.as_str());
        return Err(cx.invalid("environment", what).into());
    }
    let minutes = subject.minutes.unwrap_or(limits::DRILL_MINUTES_DEFAULT);
    let minutes = bounded(cx, "minutes", minutes)?;
    let name = match (&subject.name, &like) {
        (Some(name), _) => cx.text("name", text::line(name))?,
        (None, Some(row)) => outbox::subject(row).name,
        (None, None) => "drill".to_owned(),
    };
    let scope = subject
        .scope
        .clone()
        .or_else(|| like.as_ref().and_then(|row| row.origin.scope().cloned()));
    if let Some(scope) = &scope {
        cx.text("scope", text::line(scope.account.as_str()))?;
        cx.text("scope", text::line(scope.region.as_str()))?;
    }
    let labels = own_labels(cx, subject, like.as_ref(), &name)?;
    let ruled = || ruled(s, &environment, &name, scope.as_ref(), &labels);
    let priority = match (subject.priority, &like) {
        (Some(priority), _) => (priority, 0),
        (None, Some(row)) => (row.priority, row.priority_rule),
        (None, None) => ruled(),
    };
    Ok(Draft {
        environment,
        name,
        priority,
        scope,
        labels,
        minutes,
    })
}

/// How much it matters by the rules.
fn ruled(
    s: &Services,
    environment: &Environment,
    name: &str,
    scope: Option<&Scope>,
    labels: &Labels,
) -> (Priority, u32) {
    let labels = labels_before_priority(&Labelled {
        name,
        own: labels,
        metric: None,
        scope,
        source: labels.get("source").map_or("", String::as_str),
        environment,
    });
    prioritise(&s.settings.priority_rules, environment, name, &labels)
}

fn bounded(cx: &Cx, field: &str, minutes: u32) -> Result<u32, ApiError> {
    match minutes {
        1..=limits::DRILL_MINUTES_MAX => Ok(minutes),
        _ => Err(cx.invalid(
            field,
            texts::drill_minutes(cx.lang, limits::DRILL_MINUTES_MAX),
        )),
    }
}

/// Those that routes, silences and rules see, but for what the drill says of itself.
fn own_labels(
    cx: &Cx,
    subject: &DrillSubject,
    like: Option<&AlarmRow>,
    name: &str,
) -> Result<Labels, ApiError> {
    let mut own = like.map(labels).unwrap_or_default();
    own.remove("priority");
    if subject.name.is_some() {
        own.remove(NAME);
    }
    if subject.labels.len() > limits::DRILL_LABELS_MAX {
        let what = texts::drill_labels(cx.lang, limits::DRILL_LABELS_MAX);
        return Err(cx.invalid("labels", what));
    }
    for (label, value) in &subject.labels {
        let label = cx.text("labels", text::line(label))?;
        own.insert(label, cx.text("labels", text::line(value))?);
    }
    if subject.source.is_some_and(SourceKind::is_drill) {
        return Err(cx.invalid("source", texts::drill_source(cx.lang)));
    }
    let kind = subject.source.map(SourceKind::as_str);
    let source_name = subject.source_name.as_ref().map(|name| name.as_str());
    if let Some(played) = source_name.or(kind) {
        own.insert("source".to_owned(), played.to_owned());
    }
    Ok(played_labels(own, name))
}

/// With the name, and a source where none is named.
fn played_labels(mut own: Labels, name: &str) -> Labels {
    own.entry(NAME.to_owned())
        .or_insert_with(|| name.to_owned());
    let source = own.entry("source".to_owned());
    source.or_insert_with(|| SourceKind::Cloudwatch.as_str().to_owned());
    own
}

impl Draft {
    /// The marked alarm of a drill that begins now, by whom and why.
    fn drilled(
        &self,
        s: &Services,
        id: DrillId,
        (by, note): (&str, Option<&str>),
        now: Timestamp,
    ) -> AlarmRow {
        let text = id.to_string().to_lowercase();
        let tag = text.chars().skip(text.len().saturating_sub(6));
        let name = marked(&self.name, &tag.collect::<String>());
        let said = note.map(|note| format!(": {note}"));
        // It is read in every language, where the mark may have been cut off.
        let reason = format!("DRILL / 훈련 ({by}){}", said.unwrap_or_default());
        let alarm = AlarmId::from_parts(now.ms(), s.ids.random());
        self.row(alarm, name, reason, now)
    }

    /// The alarm as it would be.
    fn row(&self, id: AlarmId, name: String, reason: String, now: Timestamp) -> AlarmRow {
        AlarmRow {
            id,
            origin: Origin::Drill(self.scope.clone()),
            name,
            arn: String::new(),
            kind: AlarmKind::Reported,
            description: String::new(),
            environment: self.environment.clone(),
            priority: self.priority.0,
            priority_rule: self.priority.1,
            state: AlarmState::Alarm,
            // So that it can end in the very millisecond in which it begins.
            state_at: now.plus_ms(-1),
            reason,
            rule: AlarmRule::default(),
            actions_enabled: false,
            alarm_actions: Vec::new(),
            ok_actions: Vec::new(),
            insufficient_data_actions: Vec::new(),
            notes: AlarmNotes {
                labels: self.labels.clone(),
                ..AlarmNotes::default()
            },
            acknowledgement: None,
            first_seen_at: now,
            gone_at: None,
            version: 0,
        }
    }
}

/// Who would be told of a drill.
///
/// # Errors
/// `not_found`; `forbidden`; `invalid`.
pub async fn preview(s: &Services, cx: &Cx, subject: DrillSubject) -> Outcome<DrillPreview> {
    let draft = draft(s, cx, &subject).await?;
    let name = marked(&draft.name, "");
    let row = draft.row(AlarmId::from_parts(0, 0), name, String::new(), cx.now);
    let expected = expected(s, s.store.read(), &row, draft.minutes, cx.now).await?;
    Ok(DrillPreview {
        environment: draft.environment,
        name: draft.name,
        priority: draft.priority.0,
        minutes: draft.minutes,
        tells: told(&expected),
        expected,
    })
}

/// Those that nothing holds back.
fn told(expected: &[Expected]) -> Vec<ChannelName> {
    let told = expected.iter().filter(|one| one.held.is_none());
    told.map(|one| one.channel.clone()).collect()
}

/// Who should be told of an alarm that begins now, at once and at each later step that comes
/// before its end while nobody takes it on.
async fn expected(
    s: &Services,
    mut read: Read<'_>,
    row: &AlarmRow,
    minutes: u32,
    now: Timestamp,
) -> Outcome<Vec<Expected>> {
    let silences = read.silences_at(now).await?;
    let silence = silences::about(&silences, row).next();
    let silence = silence.map(|silence| Held::Silence {
        silence: silence.id,
        comment: silence.comment.clone(),
    });
    let inhibited = inhibitions::held_by(s, s.store.read(), row, now).await?;
    let held = silence.or(inhibited.map(|_| Held::Inhibited));
    let subject = outbox::subject(row);
    let covers = on_call::covers(s, read, now).await?;
    let ends_at = now.plus_ms(i64::from(minutes) * MINUTE_MS);
    let mut found: Vec<Expected> = Vec::new();
    let mut at = now;
    loop {
        let unattended_ms = at.since_ms(now);
        // A handover may come within a minute: what is to happen after it is told as of the next.
        let after_minutes = u32::try_from(at.ceil_minute().since_ms(now.ceil_minute()) / MINUTE_MS);
        let after_minutes = after_minutes.unwrap_or(u32::MAX);
        let moment = Moment {
            at,
            unattended_ms: Some(unattended_ms),
            covers: &covers,
        };
        let explanation = routes::explain(&s.settings.routing, &subject, moment);
        let told = explanation.told.iter().map(|channel| (channel, None));
        let quiet = explanation.quiet.iter();
        let quiet = quiet.map(|channel| (channel, quiet_of(&explanation, channel)));
        for (channel, hours) in told.chain(quiet) {
            if found.iter().all(|known| known.channel != *channel) {
                found.push(Expected {
                    channel: channel.clone(),
                    after_minutes,
                    held: held.clone().or(hours.map(|quiet| Held::Hours { quiet })),
                });
            }
        }
        match explanation.others_at(now) {
            Some(next) if next < ends_at => at = next,
            _ => return Ok(found),
        }
    }
}

/// Why a channel is not told now: the route's hours, or those of the person.
fn quiet_of(explanation: &Explanation, channel: &ChannelName) -> Option<Quiet> {
    let mut steps = explanation.steps.iter();
    steps.find_map(|step| match &step.verdict {
        RouteVerdict::Tells {
            channels,
            people,
            quiet,
            ..
        } => {
            let own = quiet.clone().filter(|_| channels.contains(channel));
            own.or_else(|| {
                let mut people = people.iter();
                let person = people.find(|person| person.channels.contains(channel))?;
                let interval = person.quiet.clone()?;
                Some(Quiet::Mute { interval })
            })
        }
        _ => None,
    })
}

/// Starts a drill, if it calls those whom the caller has confirmed.
///
/// # Errors
/// `not_found`; `forbidden`; `invalid`; `conflict` when others would be told, or when there are
/// too many drills.
pub async fn start(s: &Services, cx: &Cx, new: NewDrill) -> Outcome<DrillId> {
    let draft = draft(s, cx, &new.subject).await?;
    let wanted = new.acknowledge_minutes;
    let acknowledge_minutes = wanted
        .map(|minutes| bounded(cx, "acknowledge_minutes", minutes))
        .transpose()?;
    if acknowledge_minutes.is_some_and(|minutes| minutes > draft.minutes) {
        let what = texts::drill_too_short(cx.lang, draft.minutes);
        return Err(cx.invalid("acknowledge_minutes", what).into());
    }
    let note = cx.text("note", text::optional_note(&new.note))?;
    let actor = cx.actor()?;
    let now = cx.now;
    let id = DrillId::from_parts(now.ms(), s.ids.random());
    let row = draft.drilled(s, id, (&actor.name, note.as_deref()), now);

    let mut tx = s.store.begin().await?;
    if tx.read().count_drills().await? >= limits::DRILLS_RUNNING_MAX {
        return Err(cx.conflict(texts::drills_full(cx.lang)).into());
    }
    let expected = expected(s, tx.read(), &row, draft.minutes, now).await?;
    are_confirmed(cx, told(&expected), new.tells)?;
    let beginning = Beginning {
        id,
        row,
        expected,
        minutes: draft.minutes,
        acknowledge_minutes,
        note,
        by: actor,
    };
    if !begin(s, &mut tx, beginning, cx.audit("drill.start", id)?, now).await? {
        return Err(cx.conflict(texts::drills_listed(cx.lang)).into());
    }
    tx.commit().await?;
    s.signals.notify();
    s.signals.feed();
    Ok(id)
}

/// A drill that is about to begin.
struct Beginning<'a> {
    id: DrillId,
    /// Its alarm.
    row: AlarmRow,
    /// Who should be told.
    expected: Vec<Expected>,
    minutes: u32,
    acknowledge_minutes: Option<u32>,
    note: Option<String>,
    /// Who starts it.
    by: &'a Actor,
}

/// Begins a drill, with its messages; `false` where its alarm could not be listed.
async fn begin(
    s: &Services,
    tx: &mut Tx,
    beginning: Beginning<'_>,
    audit: AuditEntry,
    now: Timestamp,
) -> Outcome<bool> {
    let Beginning {
        id, row, minutes, ..
    } = beginning;
    if !report(s, tx, &row, now).await? {
        return Ok(false);
    }
    let drill = DrillRow {
        id,
        alarm: row.id,
        environment: row.environment,
        name: row.name,
        priority: row.priority,
        note: beginning.note,
        expected: beginning.expected,
        acknowledge_minutes: beginning.acknowledge_minutes,
        started_by: beginning.by.name.clone(),
        started_at: now,
        ends_at: now.plus_ms(i64::from(minutes) * MINUTE_MS),
        ended_at: None,
        ended_by: None,
        acknowledged: None,
        receipts: None,
        verdict: Verdict::Open,
    };
    tx.insert_drill(&drill, beginning.by.person).await?;
    let audit = audit.within(&drill.environment).detail(&json!({
        "name": drill.name, "priority": drill.priority, "minutes": minutes,
        "tells": told(&drill.expected), "note": drill.note,
    }));
    tx.audit(&audit).await?;
    Ok(true)
}

/// Nobody is called by surprise.
fn are_confirmed(
    cx: &Cx,
    mut now: Vec<ChannelName>,
    mut confirmed: Vec<ChannelName>,
) -> Result<(), ApiError> {
    let named = match words::channel_list(&now) {
        none if none.is_empty() => texts::drill_nobody(cx.lang).to_owned(),
        named => named,
    };
    let by_name = |a: &ChannelName, b: &ChannelName| a.as_str().cmp(b.as_str());
    now.sort_by(by_name);
    confirmed.sort_by(by_name);
    confirmed.dedup();
    match now == confirmed {
        true => Ok(()),
        false => Err(cx.conflict(texts::drill_others(cx.lang, &named))),
    }
}

/// Takes the state of a drill's alarm in as any source's is, and writes down who is told; whether
/// that was news.
async fn report(s: &Services, tx: &mut Tx, row: &AlarmRow, now: Timestamp) -> Outcome<bool> {
    let input = ReportInput {
        report: AlarmReport {
            name: row.name.clone(),
            description: row.description.clone(),
            state: row.state,
            state_at: row.state_at,
            reason: row.reason.clone(),
            notes: row.notes.clone(),
        },
        environment: row.environment.clone(),
        priority: row.priority,
        priority_rule: row.priority_rule,
    };
    let most = limits::DRILL_ALARMS_MAX;
    let reported = tx
        .report_alarms(&row.origin, &[input], most, now, &mut || row.id)
        .await?;
    let mut feed: Vec<_> = reported
        .news
        .iter()
        .map(|news| alarms::news(&news.row))
        .collect();
    feed.extend(outbox::alarms_changed(s, tx, &reported.news, false, now).await?);
    if !feed.is_empty() {
        tx.feed(&feed, now).await?;
    }
    Ok(reported.news.iter().any(|news| news.row.id == row.id))
}

/// Ends a drill before its time.
///
/// # Errors
/// `not_found`; `forbidden`; `conflict` when it is over.
pub async fn end(s: &Services, cx: &Cx, id: DrillId) -> Outcome<()> {
    let drill = seen(s, cx, id).await?;
    let actor = cx.authorize(Action::StartDrill, Resource::In(&drill.environment))?;
    let audit = cx.audit("drill.end", id)?;
    if !finish(s, &drill, Some(&actor.name), audit, cx.now).await? {
        return Err(cx.conflict(texts::drill_over(cx.lang)).into());
    }
    Ok(())
}

/// Ends a drill, and tells whoever was told that it is over; `false` when somebody else did.
pub(crate) async fn finish(
    s: &Services,
    drill: &DrillRow,
    by: Option<&str>,
    audit: AuditEntry,
    now: Timestamp,
) -> Outcome<bool> {
    let mut tx = s.store.begin().await?;
    let alarm = tx.read().alarm(drill.alarm).await?;
    let end = DrillEnd {
        at: now,
        by: by.map(str::to_owned),
    };
    if !tx.end_drill(drill.id, &end).await? {
        return Ok(false);
    }
    if let Some(mut row) = alarm.filter(|row| row.gone_at.is_none()) {
        // Another server's clock may be behind, and what has ended must not go on calling.
        let over = now.max(row.state_at.plus_ms(1));
        row.state = AlarmState::Ok;
        row.state_at = over;
        report(s, &mut tx, &row, over).await?;
    }
    let detail = json!({ "name": drill.name });
    let audit = audit.within(&drill.environment).detail(&detail);
    tx.audit(&audit).await?;
    tx.commit().await?;
    s.signals.notify();
    s.signals.feed();
    Ok(true)
}

/// What each channel has got so far: those that were expected, then whoever else was told.
pub(crate) async fn receipts(
    read: &mut Read<'_>,
    drill: &DrillRow,
    now: Timestamp,
) -> Outcome<Vec<Receipt>> {
    let filter = DeliveryFilter {
        reach: Reach::All,
        states: Vec::new(),
        channels: Vec::new(),
        alarm: Some(drill.alarm),
    };
    let slice = Slice {
        offset: 0,
        limit: limits::DRILL_MESSAGES_MAX,
    };
    let found = read.delivery_page(&filter, slice).await?;
    let mut by_channel: BTreeMap<String, (ChannelName, Vec<DrillMessage>)> = BTreeMap::new();
    for row in found.rows.into_iter().rev() {
        let name = row.channel.clone();
        let known = by_channel.entry(name.as_str().to_owned());
        let (_, messages) = known.or_insert_with(|| (name, Vec::new()));
        messages.push(message(row));
    }
    let progress = Progress {
        is_over: drill.ended_at.is_some(),
        is_settled: drill
            .ended_at
            .is_some_and(|ended| now.since_ms(ended) >= limits::DRILL_SETTLE_MS),
    };
    let mut receipts = Vec::new();
    for expected in &drill.expected {
        let messages = by_channel.remove(expected.channel.as_str());
        let messages = messages.map(|(_, messages)| messages).unwrap_or_default();
        receipts.push(receipt(expected.clone(), messages, progress));
    }
    for (channel, messages) in by_channel.into_values() {
        let first = messages.first().map_or(drill.started_at, |m| m.written_at);
        let after = first.since_ms(drill.started_at) / MINUTE_MS;
        let expected = Expected {
            channel,
            after_minutes: u32::try_from(after).unwrap_or_default(),
            held: None,
        };
        receipts.push(receipt(expected, messages, progress));
    }
    Ok(receipts)
}

fn receipt(expected: Expected, messages: Vec<DrillMessage>, progress: Progress) -> Receipt {
    Receipt {
        outcome: outcome(&expected, &messages, progress),
        expected,
        messages,
    }
}

fn message(row: DeliveryRow) -> DrillMessage {
    let took = row
        .attempted_at
        .filter(|_| row.state == DeliveryState::Sent);
    let failure = row.failure.map(|(kind, said)| {
        let word = words::failure_word(Lang::En, kind);
        match said.is_empty() {
            true => word.to_owned(),
            false => format!("{word} ({said})"),
        }
    });
    DrillMessage {
        event: row.event,
        state: row.state,
        written_at: row.created_at,
        took_ms: took.map(|at| at.since_ms(row.created_at)),
        receipt: row.receipt,
        failure,
    }
}
