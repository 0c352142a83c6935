//! Drills that begin by themselves, at the times of the configuration.
//!
//! That a time was taken is noted in the transaction that begins the drill, so of two servers one
//! begins it, and a kill neither doubles nor loses it. One whose time passed while nobody was at work
//! is left out: nobody reckons with it later.

use super::{Beginning, Draft, begin, expected, played_labels, ruled};
use crate::{
    Services,
    cx::{AuditEntryExt, Cx, system_audit},
    failure::Outcome,
};
use api::drills::RecurringDrillRow;
use domain::{
    alarms::{AlarmState, Priority},
    drills::{DrillSkipped, RecurringDrill},
    ids::DrillId,
    labels::Labels,
    limits,
    people::{Actor, Reach},
    policy::{Action, Resource},
    time::Timestamp,
};
use serde_json::json;
use store::{Read, Tx};

/// Those that the caller sees, as the configuration has them.
///
/// # Errors
/// `unauthenticated`.
pub async fn list(s: &Services, cx: &Cx) -> Outcome<Vec<RecurringDrillRow>> {
    cx.actor()?;
    let drills = s.settings.drills.iter();
    let seen = drills.filter(|drill| cx.may(Action::View, Resource::In(&drill.environment)));
    let row = |drill: &RecurringDrill| RecurringDrillRow {
        name: drill.name.clone(),
        environment: drill.environment.clone(),
        plays: drill.plays.clone(),
        at: drill.when.to_string(),
        timezone: drill.when.zone.name().to_owned(),
        minutes: drill.minutes,
        acknowledge_minutes: drill.acknowledge_minutes,
        next_at: drill.when.next_due(cx.now),
    };
    Ok(seen.map(row).collect())
}

/// Begins those whose time has come; how many. One that cannot begin holds up no other.
pub(crate) async fn start_due(s: &Services) -> u32 {
    let now = s.clock.now();
    let mut started = 0;
    for drill in &s.settings.drills {
        let due = drill.when.last_due(now);
        let in_time = |due: &Timestamp| now.since_ms(*due) <= limits::RECURRING_DRILL_LATE_MS;
        if let Some(due) = due.filter(in_time) {
            match start(s, drill, due, now).await {
                Ok(began) => started += u32::from(began),
                Err(error) => {
                    tracing::error!(drill = %drill.name, %error, "a drill could not begin")
                }
            }
        }
    }
    started
}

async fn start(
    s: &Services,
    drill: &RecurringDrill,
    due: Timestamp,
    now: Timestamp,
) -> Outcome<bool> {
    let mut tx = s.store.begin().await?;
    let today = drill.when.day_of(due);
    if !tx
        .take_recurring_drill(&drill.name, (due, today), now)
        .await?
    {
        return Ok(false);
    }
    let why = match skipped(tx.read(), drill).await? {
        None if put(s, &mut tx, drill, now).await? => None,
        None => Some(DrillSkipped::TooManyRun),
        why => why,
    };
    let began = match why {
        None => true,
        Some(why) => {
            let detail = json!({ "name": drill.name, "why": why });
            let audit = system_audit(now, "drill.skip", &drill.name).within(&drill.environment);
            tx.audit(&audit.detail(&detail)).await?;
            tracing::warn!(drill = %drill.name, ?why, "a drill did not begin at its time");
            false
        }
    };
    tx.commit().await?;
    s.signals.notify();
    s.signals.feed();
    Ok(began)
}

/// Why it had better not begin.
async fn skipped(mut read: Read<'_>, drill: &RecurringDrill) -> Outcome<Option<DrillSkipped>> {
    if !read.environments().await?.contains(&drill.environment) {
        return Ok(Some(DrillSkipped::NoSuchEnvironment));
    }
    let reach = Reach::Only(vec![drill.environment.clone()]);
    let counts = read.alarm_counts(&reach).await?;
    let is_urgent = |state, priority| state == AlarmState::Alarm && priority == Priority::P1;
    if counts
        .iter()
        .any(|one| is_urgent(one.state, one.priority) && one.count > 0)
    {
        return Ok(Some(DrillSkipped::UrgentAlarmStands));
    }
    let is_full = read.count_drills().await? >= limits::DRILLS_RUNNING_MAX;
    Ok(is_full.then_some(DrillSkipped::TooManyRun))
}

async fn put(s: &Services, tx: &mut Tx, drill: &RecurringDrill, now: Timestamp) -> Outcome<bool> {
    let labels = played_labels(Labels::new(), &drill.plays);
    let priority = drill.priority.map(|priority| (priority, 0));
    let draft = Draft {
        environment: drill.environment.clone(),
        name: drill.plays.clone(),
        priority: priority
            .unwrap_or_else(|| ruled(s, &drill.environment, &drill.plays, None, &labels)),
        scope: None,
        labels,
        minutes: drill.minutes,
    };
    let id = DrillId::from_parts(now.ms(), s.ids.random());
    let by = Actor::console();
    let row = draft.drilled(s, id, (&by.name, Some(drill.name.as_str())), now);
    let beginning = Beginning {
        id,
        expected: expected(s, tx.read(), &row, draft.minutes, now).await?,
        row,
        minutes: draft.minutes,
        acknowledge_minutes: drill.acknowledge_minutes,
        note: Some(drill.name.to_string()),
        by: &by,
    };
    begin(s, tx, beginning, system_audit(now, "drill.start", id), now).await
}
