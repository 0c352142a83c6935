//! Alarms that are there and tell nothing: without a value, switched off, without an action,
//! or so quiet that nobody knows whether they work.

use super::{Draft, Gap, Problem, Subject, View};
use crate::{
    alarms::{AlarmKind, AlarmReading, AlarmState},
    checks::estate::children,
    limits::{COVERAGE_QUIET_DAYS, COVERAGE_STUCK_HOURS},
    time::{DAY_MS, HOUR_MS, Timestamp},
};
use std::collections::HashSet;

/// The gaps of the alarms, one by one.
pub(super) fn gaps<'a>(view: &View<'a>) -> impl Iterator<Item = Gap> {
    let alarms = view.alarms;
    let composites = alarms
        .iter()
        .filter(|alarm| alarm.kind == AlarmKind::Composite);
    // What a composite alarm looks at is heard through that.
    let heard: HashSet<&str> = composites
        .flat_map(|alarm| children(alarm.rule.expression.as_deref().unwrap_or_default()))
        .collect();
    let now = view.now;
    alarms.iter().flat_map(move |alarm| {
        let is_heard = heard.contains(alarm.name.as_str());
        [unheard(alarm).filter(|_| !is_heard), still(alarm, now)]
            .into_iter()
            .flatten()
    })
}

fn gap(alarm: &AlarmReading, problem: Problem, seen: String, draft: Option<Draft>) -> Gap {
    super::missing(Subject::Alarm(alarm.name.clone()), problem, seen, draft)
}

/// It tells nobody when it goes off.
fn unheard(alarm: &AlarmReading) -> Option<Gap> {
    if alarm.alarm_actions.is_empty() {
        let draft = alarm.definition().map(Box::new).map(Draft::Tell);
        let seen = "AlarmActions []".to_owned();
        return Some(gap(alarm, Problem::TellsNobody, seen, draft));
    }
    let muted = !alarm.actions_enabled;
    muted.then(|| {
        let seen = "ActionsEnabled false".to_owned();
        gap(alarm, Problem::SwitchedOff, seen, Some(Draft::SwitchOn))
    })
}

/// Its state has not moved for long.
fn still(alarm: &AlarmReading, now: Timestamp) -> Option<Gap> {
    let for_ms = now.since_ms(alarm.state_at);
    let whole = |unit_ms| u32::try_from(for_ms / unit_ms).unwrap_or(0);
    let (hours, days) = (whole(HOUR_MS), whole(DAY_MS));
    let problem = match alarm.state {
        AlarmState::InsufficientData if hours >= COVERAGE_STUCK_HOURS => {
            Problem::CannotTell { hours }
        }
        AlarmState::Ok if days >= COVERAGE_QUIET_DAYS => Problem::NeverFired { days },
        _ => return None,
    };
    let seen = format!("StateTransitionedTimestamp {}", alarm.state_at);
    Some(gap(alarm, problem, seen, None))
}
