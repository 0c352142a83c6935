//! Who is on call: the rotations of the configuration, and covers, which people add.
//!
//! Whom an alarm tells is worked out from both when it is told (`notifications::outbox`). A cover
//! that is added or ended may change who that is, so in the same transaction all alarms of which
//! others are to be told are made to be looked at again.

use crate::{
    Services,
    cx::{AuditEntryExt, Cx},
    failure::Outcome,
    texts::on_call as t,
};
use api::on_call::{CoverRow, NewCover, OnCallBoard, RotationRow};
use domain::{
    estate::Environment,
    ids::CoverId,
    limits,
    on_call::{Cover, Rotation, RotationName, calendar},
    policy::{Action, Resource},
    text,
    time::{DAY_MS, Timestamp},
};
use serde_json::{Value, json};
use store::{FeedEntry, FeedTopic, Read};

/// Covers that count at an instant.
pub(crate) async fn covers(s: &Services, mut read: Read<'_>, at: Timestamp) -> Outcome<Vec<Cover>> {
    let roster = &s.settings.routing.roster;
    if roster.rotations.is_empty() {
        return Ok(Vec::new());
    }
    let covers = read.covers_from(at).await?;
    Ok(roster.known(&covers))
}

/// Who is on call, and will be.
///
/// # Errors
/// `unauthenticated`.
pub async fn board(s: &Services, cx: &Cx) -> Outcome<OnCallBoard> {
    cx.actor()?;
    let roster = &s.settings.routing.roster;
    let covers = s.store.read().covers_from(cx.now).await?;
    let known = roster.known(&covers);
    let span = (cx.now, cx.now.plus_ms(limits::SHIFTS_SHOWN_MS));
    let rotation = |rotation: &Rotation| RotationRow {
        name: rotation.name().clone(),
        timezone: rotation.zone().name().to_owned(),
        shift: rotation.length().to_string(),
        contacts: rotation.contacts().to_vec(),
        shifts: rotation.shifts(&known, span, limits::SHIFTS_MAX),
    };
    let rotations = roster.rotations.iter().map(rotation).collect();
    let cover = |cover: Cover| CoverRow {
        is_void: !known.iter().any(|known| known.id == cover.id),
        id: cover.id,
        rotation: cover.rotation,
        contact: cover.contact,
        from: cover.from,
        until: cover.until,
        note: cover.note,
        by: cover.by,
    };
    Ok(OnCallBoard {
        rotations,
        contacts: roster.contacts.clone(),
        covers: covers.into_iter().map(cover).collect(),
    })
}

/// The shifts of a rotation as a calendar.
///
/// # Errors
/// `unauthenticated`; `not_found`.
pub async fn calendar(s: &Services, cx: &Cx, name: RotationName) -> Outcome<String> {
    cx.actor()?;
    let roster = &s.settings.routing.roster;
    let rotation = roster.rotation(&name).ok_or_else(|| cx.not_found())?;
    let covers = covers(s, s.store.read(), cx.now).await?;
    let span = (cx.now, cx.now.plus_ms(limits::SHIFTS_TOLD_MS));
    let shifts = rotation.shifts(&covers, span, limits::SHIFTS_MAX);
    let title = t::calendar_name(cx.lang, name.as_str());
    let summary = |contact: &str| t::calendar_shift(cx.lang, contact, name.as_str());
    Ok(calendar::write(&name, &title, &shifts, summary, cx.now))
}

/// Adds a cover.
///
/// # Errors
/// `forbidden`; `invalid`; `conflict` when somebody covers then, or when there are too many.
pub async fn add(s: &Services, cx: &Cx, new: NewCover) -> Outcome<CoverId> {
    cx.authorize(Action::ManageOnCall, Resource::Installation)?;
    let roster = &s.settings.routing.roster;
    if roster.rotation(&new.rotation).is_none() {
        return Err(cx.invalid("rotation", t::no_rotation(cx.lang)).into());
    }
    if roster.contact(&new.contact).is_none() {
        return Err(cx.invalid("contact", t::no_contact(cx.lang)).into());
    }
    let cover = Cover {
        id: CoverId::from_parts(cx.now.ms(), s.ids.random()),
        rotation: new.rotation,
        contact: new.contact,
        from: new.from.map_or(cx.now, |from| from.max(cx.now)),
        until: new.until,
        note: cx
            .text("note", text::optional_note(&new.note))?
            .unwrap_or_default(),
        by: cx.actor()?.name.clone(),
    };
    if cover.until <= cover.from {
        return Err(cx.invalid("until", t::cover_order(cx.lang)).into());
    }
    let days = limits::COVER_DAYS_MAX;
    if cover.until.since_ms(cx.now) > days * DAY_MS {
        return Err(cx.invalid("until", t::cover_far(cx.lang, days)).into());
    }
    let audit = cx.audit("cover.add", cover.id)?.detail(&told(&cover));
    let mut tx = s.store.begin().await?;
    let others = tx.read().covers_from(cx.now).await?;
    let known = roster.known(&others);
    if others.len() >= limits::COVERS_MAX as usize {
        return Err(cx.conflict(t::covers_full(cx.lang)).into());
    }
    // One of whom is configured no more counts for nothing, so it is in nobody's way.
    let mut others = known.iter().filter(|other| {
        other.rotation == cover.rotation && other.from < cover.until && cover.from < other.until
    });
    if let Some(other) = others.next() {
        let (from, until) = (
            cx.zone.minute_text(other.from),
            cx.zone.minute_text(other.until),
        );
        let message = t::cover_overlaps(cx.lang, other.contact.as_str(), &from, &until);
        return Err(cx.conflict(message).into());
    }
    tx.insert_cover(&cover, cx.actor()?.person, cx.now).await?;
    tx.look_for_others(cx.now).await?;
    tx.audit(&audit).await?;
    tx.feed(&[news(cover.id)], cx.now).await?;
    tx.commit().await?;
    s.signals.escalate();
    s.signals.feed();
    Ok(cover.id)
}

/// Ends a cover before its time: whoever's turn it is is on call again.
///
/// # Errors
/// `forbidden`; `not_found`; `conflict` when it is over.
pub async fn end(s: &Services, cx: &Cx, id: CoverId) -> Outcome<()> {
    cx.authorize(Action::ManageOnCall, Resource::Installation)?;
    let cover = s.store.read().cover(id).await?;
    let cover = cover.ok_or_else(|| cx.not_found())?;
    let audit = cx.audit("cover.end", id)?.detail(&told(&cover));
    let mut tx = s.store.begin().await?;
    if !tx.end_cover(id, cx.now).await? {
        return Err(cx.conflict(t::cover_over(cx.lang)).into());
    }
    tx.look_for_others(cx.now).await?;
    tx.audit(&audit).await?;
    tx.feed(&[news(id)], cx.now).await?;
    tx.commit().await?;
    s.signals.escalate();
    s.signals.feed();
    Ok(())
}

/// What the audit log tells of a cover.
fn told(cover: &Cover) -> Value {
    json!({
        "rotation": cover.rotation,
        "contact": cover.contact,
        "from": cover.from,
        "until": cover.until,
        "note": cover.note,
    })
}

fn news(id: CoverId) -> FeedEntry {
    FeedEntry {
        topic: FeedTopic::OnCall,
        subject: id.to_string(),
        environment: Environment::new(""),
        version: 0,
    }
}
