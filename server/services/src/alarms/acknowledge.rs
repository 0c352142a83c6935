//! Taking an alarm on, and giving it back.

use super::{listed, seen};
use crate::{
    Services,
    cx::{AuditEntryExt, Cx, system_audit},
    failure::Outcome,
    notifications::outbox,
    texts,
};
use api::alarms::AlarmRow as AlarmView;
use domain::{
    alarms::AlarmState,
    ids::AlarmId,
    limits,
    notifications::Event,
    policy::{Action, Resource},
    sources::Origin,
    text,
    time::Timestamp,
};
use serde_json::json;
use store::{Acknowledgement, AlarmRow, FeedEntry, FeedTopic, Tx};

/// Takes an alarm on. It ends with the alarm: the next news about its state
/// clears it.
///
/// # Errors
/// `not_found`; `forbidden`; `invalid` note; `conflict` when it is not in ALARM
/// or when somebody else was first.
pub async fn acknowledge(s: &Services, cx: &Cx, id: AlarmId, note: String) -> Outcome<AlarmView> {
    take_on(s, cx, id, &note, Again::Renews).await
}

/// What it does to take on an alarm that one has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Again {
    /// It is new, with its time and its note.
    Renews,
    /// Nothing: it is the same word that comes a second time.
    IsNothing,
}

/// As [`acknowledge`].
///
/// # Errors
/// As [`acknowledge`].
pub(crate) async fn take_on(
    s: &Services,
    cx: &Cx,
    id: AlarmId,
    note: &str,
    again: Again,
) -> Outcome<AlarmView> {
    let row = seen(s, cx, id).await?;
    let actor = cx.authorize(Action::AcknowledgeAlarm, Resource::In(&row.environment))?;
    let acknowledgement = Acknowledgement {
        by: actor.person,
        name: actor.name.clone(),
        at: cx.now,
        note: cx.text("note", text::optional_note(note))?,
    };
    let audit = cx
        .audit("alarm.acknowledge", id)?
        .within(&row.environment)
        .detail(&json!({ "alarm": row.name, "note": acknowledgement.note }));

    let mut tx = s.store.begin().await?;
    let held = tx.read().alarm(id).await?.ok_or_else(|| cx.not_found())?;
    if held.gone_at.is_some() {
        let why = match &held.origin {
            Origin::Cloudwatch(scope) if s.reads(scope) => texts::alarm_gone(cx.lang),
            Origin::Cloudwatch(_) => texts::alarm_unconfigured(cx.lang),
            Origin::Event(_) | Origin::Hook(..) | Origin::LogQuery(_) | Origin::Drill(_) => {
                texts::alarm_over(cx.lang)
            }
        };
        return Err(cx.conflict(why).into());
    }
    if held.state != AlarmState::Alarm {
        return Err(cx.conflict(texts::not_in_alarm(cx.lang)).into());
    }
    let own = |first: &Acknowledgement| first.by == actor.person;
    // Two open pages, or a second press: who has it says nothing new by saying the same.
    let same = |first: &Acknowledgement| {
        let is_repeat = cx.now.since_ms(first.at) < limits::REPEATED_PRESS_MS;
        own(first) && first.note == acknowledgement.note && is_repeat
    };
    let is_nothing = held
        .acknowledgement
        .as_ref()
        .is_some_and(|first| same(first) || (again == Again::IsNothing && own(first)));
    if is_nothing {
        let silences = tx.read().silences_at(cx.now).await?;
        return Ok(listed(held, &silences));
    }
    if let Some(first) = held.acknowledgement.filter(|first| !own(first)) {
        let message = texts::already_acknowledged(cx.lang, &first.name);
        return Err(cx.conflict(message).into());
    }
    let Some(row) = tx.acknowledge_alarm(id, &acknowledgement).await? else {
        return Err(cx.conflict(texts::not_in_alarm(cx.lang)).into());
    };
    if matches!(row.origin, Origin::Drill(_)) {
        tx.attend_drill(id, &actor.name, cx.now).await?;
    }
    tx.audit(&audit).await?;
    tell(s, cx, &mut tx, &row, Event::Acknowledged).await?;
    let silences = tx.read().silences_at(cx.now).await?;
    tx.commit().await?;
    s.signals.notify();
    s.signals.feed();
    Ok(listed(row, &silences))
}

/// Gives an alarm back.
///
/// # Errors
/// `not_found`; `forbidden`; `conflict` when nobody has it.
pub async fn unacknowledge(s: &Services, cx: &Cx, id: AlarmId) -> Outcome<AlarmView> {
    let row = seen(s, cx, id).await?;
    cx.authorize(Action::AcknowledgeAlarm, Resource::In(&row.environment))?;
    let audit = cx
        .audit("alarm.unacknowledge", id)?
        .within(&row.environment);

    let mut tx = s.store.begin().await?;
    let held = tx.read().alarm(id).await?.ok_or_else(|| cx.not_found())?;
    let Some(first) = held.acknowledgement else {
        return Err(cx.conflict(texts::not_acknowledged(cx.lang)).into());
    };
    let Some(row) = tx.unacknowledge_alarm(id).await? else {
        return Err(cx.conflict(texts::not_acknowledged(cx.lang)).into());
    };
    let detail = json!({ "alarm": row.name, "was": first.name });
    tx.audit(&audit.detail(&detail)).await?;
    tell(s, cx, &mut tx, &row, Event::Released).await?;
    let silences = tx.read().silences_at(cx.now).await?;
    tx.commit().await?;
    s.signals.notify();
    s.signals.feed();
    Ok(listed(row, &silences))
}

/// Gives back an alarm that somebody took on by `before`, `minutes` ago, and has not taken on
/// again since; whether it was so.
///
/// # Errors
/// The database's.
pub(crate) async fn lapse(
    s: &Services,
    id: AlarmId,
    before: Timestamp,
    minutes: u32,
    now: Timestamp,
) -> Outcome<bool> {
    let mut tx = s.store.begin().await?;
    let held = tx.read().alarm(id).await?;
    let first = held.and_then(|held| held.acknowledgement);
    let Some(first) = first.filter(|first| first.at <= before) else {
        return Ok(false);
    };
    let Some(row) = tx.unacknowledge_alarm(id).await? else {
        return Ok(false);
    };
    let detail = json!({ "alarm": row.name, "was": first.name, "after_minutes": minutes });
    let audit = system_audit(now, "alarm.unacknowledge", id).within(&row.environment);
    tx.audit(&audit.detail(&detail)).await?;
    let mut feed = vec![news(&row)];
    let told = outbox::owner_changed(s, &mut tx, &row, Event::Released, None, now);
    feed.extend(told.await?);
    tx.feed(&feed, now).await?;
    tx.commit().await?;
    Ok(true)
}

/// Tells the pages, and the channels that know of the alarm.
async fn tell(s: &Services, cx: &Cx, tx: &mut Tx, row: &AlarmRow, event: Event) -> Outcome<()> {
    let by = Some(cx.actor()?.name.as_str());
    let mut feed = vec![news(row)];
    feed.extend(outbox::owner_changed(s, tx, row, event, by, cx.now).await?);
    Ok(tx.feed(&feed, cx.now).await?)
}

/// What the feed says about an alarm.
pub(crate) fn news(row: &AlarmRow) -> FeedEntry {
    FeedEntry {
        topic: FeedTopic::Alarm,
        subject: row.id.to_string(),
        environment: row.environment.clone(),
        version: row.version,
    }
}
