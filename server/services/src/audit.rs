//! Reading the audit log. Writing it is part of every use case's transaction.

use crate::{Services, cx::Cx, failure::Outcome, page, texts};
use api::{
    Page,
    audit::{AuditQuery, AuditRow},
};
use domain::{
    changes::Change,
    i18n::changes::buys,
    ids::{
        AlarmId, ChangeId, CoverId, DrillId, FreezeId, PersonId, SessionId, SilenceId, TargetId,
        TokenId,
    },
    policy::Action,
    scale_events::Hold,
    schedules::Power,
    time::HOUR_MS,
};
use std::collections::HashMap;
use store::{AuditFilter, ChangeRow, Read};

/// The name of what an entry is about, as long as it is known.
async fn name_of(read: &mut Read<'_>, cx: &Cx, subject: &str) -> Outcome<Option<String>> {
    if let Ok(id) = subject.parse::<ChangeId>() {
        return Ok(read.change(id).await?.map(|row| titled(cx, &row)));
    }
    if let Ok(id) = subject.parse::<AlarmId>() {
        return Ok(read.alarm(id).await?.map(|row| row.name));
    }
    if let Ok(id) = subject.parse::<TargetId>() {
        let row = read.target(id).await?;
        return Ok(row.map(|row| row.target.reference.name));
    }
    if let Ok(id) = subject.parse::<PersonId>() {
        return Ok(read.person(id).await?.map(|row| row.name));
    }
    if let Ok(id) = subject.parse::<FreezeId>() {
        return Ok(read.freeze(id).await?.map(|row| row.name));
    }
    if let Ok(id) = subject.parse::<CoverId>() {
        let cover = read.cover(id).await?;
        return Ok(cover.map(|cover| format!("{} · {}", cover.rotation, cover.contact)));
    }
    if let Ok(id) = subject.parse::<SilenceId>() {
        return Ok(read.silence(id).await?.map(|row| row.comment));
    }
    if let Ok(id) = subject.parse::<DrillId>() {
        return Ok(read.drill(id).await?.map(|row| row.name));
    }
    let word = if subject.parse::<SessionId>().is_ok() {
        Some(texts::a_session(cx.lang))
    } else if subject.parse::<TokenId>().is_ok() {
        Some(texts::a_token(cx.lang))
    } else {
        None
    };
    Ok(word.map(str::to_owned))
}

/// A change request in a few words.
fn titled(cx: &Cx, row: &ChangeRow) -> String {
    let what = match &row.change {
        Change::ScaleEvent(event) => match event.hold {
            Hold::AtLeast => texts::at_least(cx.lang, event.count),
            Hold::Exactly => texts::exactly(cx.lang, event.count),
        },
        Change::EndScaleEvent { .. } => texts::an_end(cx.lang).to_owned(),
        Change::ApplySchedule { .. } => texts::a_schedule(cx.lang).to_owned(),
        Change::RemoveSchedule { .. } => texts::a_removal(cx.lang).to_owned(),
        Change::Override { .. } => texts::an_override(cx.lang).to_owned(),
        Change::EndOverride { .. } => texts::an_override_end(cx.lang).to_owned(),
        Change::ExtendSchedule { .. } => texts::an_extension(cx.lang).to_owned(),
        Change::SetProcesses {
            processes,
            suspended,
            ..
        } => {
            let names: Vec<_> = processes.iter().map(ToString::to_string).collect();
            match suspended {
                true => texts::a_suspension(cx.lang, &names.join(", ")),
                false => texts::a_resumption(cx.lang, &names.join(", ")),
            }
        }
        Change::SetPower { power, .. } => match power {
            Power::Running => texts::a_start(cx.lang).to_owned(),
            Power::Stopped => texts::a_stop(cx.lang).to_owned(),
        },
        Change::SetMix { mix, .. } => buys(cx.lang, mix.share),
        Change::RefreshInstances { .. } => texts::a_refresh(cx.lang).to_owned(),
        Change::CancelRefresh { .. } => texts::a_refresh_end(cx.lang).to_owned(),
        Change::SetAlarmActions { enabled: true, .. } => texts::actions_on(cx.lang).to_owned(),
        Change::SetAlarmActions { enabled: false, .. } => texts::actions_off(cx.lang).to_owned(),
        Change::PutAlarm { replaces: None, .. } => texts::an_alarm(cx.lang).to_owned(),
        Change::PutAlarm { .. } => texts::a_definition(cx.lang).to_owned(),
        Change::PutAlarmBack { .. } => texts::an_alarm_back(cx.lang).to_owned(),
    };
    format!("{}: {what}", row.target_name)
}

/// A page of entries, newest first: of the environments in which the caller may
/// read them, and of the installation if that is everywhere.
///
/// # Errors
/// `forbidden` to those who may read them nowhere.
pub async fn list(s: &Services, cx: &Cx, query: AuditQuery) -> Outcome<Page<AuditRow>> {
    let filter = AuditFilter {
        subject: query.subject.trim().into(),
        action: query.action.trim().into(),
        actor: query.actor.trim().into(),
        person: page::search(cx, "person", &query.person)?,
        from: query
            .hours
            .map(|hours| cx.now.plus_ms(-i64::from(hours) * HOUR_MS)),
        reach: cx.reach_for(Action::ReadAudit)?,
    };
    let (slice, paged) = page::of(query.page);
    let mut read = s.store.read();
    let found = read.audit_page(&filter, slice).await?;
    let mut names = HashMap::new();
    for row in &found.rows {
        let subject = row.entry.subject.as_str();
        if !names.contains_key(subject) {
            let name = name_of(&mut read, cx, subject).await?;
            names.insert(subject.to_owned(), name.unwrap_or_default());
        }
    }
    Ok(paged.fill(found, |row| AuditRow {
        subject_name: names.get(&row.entry.subject).cloned().unwrap_or_default(),
        seq: row.seq,
        at: row.entry.at,
        actor: row.entry.actor,
        actor_name: row.entry.actor_name,
        action: row.entry.action,
        subject: row.entry.subject,
        environment: row.entry.environment,
        outcome: row.entry.outcome,
        detail_json: row.entry.detail_json,
        hash: row.hash,
    }))
}
