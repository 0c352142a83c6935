//! Planning a scale event, and its end before time.

use super::shared_checks::{
    action_quota, freezes_within, max_below_policy, policies, spot_without_rebalance,
};
use super::{
    Base, Call, Effect, EventEffect, Firing, OtherEvent, Plan, Situation, Step, action_name,
};
use crate::{
    capacity::{Capacity, CapacityChange, ScheduledAction, Target, TargetKind, Timing},
    checks::Finding,
    cron,
    ids::ChangeId,
    limits,
    scale_events::{Hold, ScaleEvent},
    time::{DAY_MS, MINUTE_MS, Timestamp},
};

/// The part of a start's name after the change request.
const START: &str = "start";

/// The scheduled actions of other owners, and what they do to capacity.
struct Forecast {
    live: Capacity,
    firings: Vec<Firing>,
    unreadable: Vec<Finding>,
}

impl Forecast {
    /// Looks from `from` (whose capacity is `live`) until `until`, both included.
    fn new(
        target: &Target,
        own: ChangeId,
        live: Capacity,
        from: Timestamp,
        until: Timestamp,
    ) -> Self {
        let own_prefix = action_name(own, "");
        let mut firings = Vec::new();
        let mut unreadable = Vec::new();
        for action in target
            .actions
            .iter()
            .filter(|action| !action.name.starts_with(&own_prefix))
        {
            match cron::firings(
                target.reference.kind,
                action,
                from.plus_ms(1),
                until.plus_ms(1),
            ) {
                // A list that was cut says nothing about what comes after its end.
                Ok(found) if found.len() >= limits::FIRINGS_MAX => {
                    let max = limits::FIRINGS_MAX;
                    unreadable.push(Finding::ActionUnreadable {
                        action: action.name.clone(),
                        reason: format!("it fires more than {max} times before the end"),
                    });
                }
                Ok(found) => firings.extend(found.into_iter().map(|at| Firing {
                    at,
                    action: action.name.clone(),
                    sets: action.capacity,
                })),
                Err(error) => unreadable.push(Finding::ActionUnreadable {
                    action: action.name.clone(),
                    reason: error.reason,
                }),
            }
        }
        firings.sort_by(|a, b| (a.at, &a.action).cmp(&(b.at, &b.action)));
        Self {
            live,
            firings,
            unreadable,
        }
    }

    /// The capacity at an instant, were there no event.
    fn at(&self, at: Timestamp) -> Capacity {
        let passed = self.firings.iter().take_while(|firing| firing.at <= at);
        passed.fold(self.live, |capacity, firing| capacity.with(firing.sets))
    }
}

/// Plans "be at N from T1 to T2, then return". Seconds are dropped: AWS fires by
/// the minute.
#[must_use]
pub fn plan_scale_event(event: &ScaleEvent, situation: &Situation<'_>) -> Plan {
    let target = situation.target;
    let from = event.from.map(Timestamp::floor_minute);
    let start = from.unwrap_or(situation.now);
    let until = event.until.floor_minute();
    let forecast = Forecast::new(
        target,
        situation.change,
        target.capacity,
        situation.now,
        until.plus_ms(limits::FIRING_LATE_MS),
    );
    let otherwise = forecast.at(start);
    let during = event.sets(otherwise);
    let returns = returns(target, situation.change, forecast.at(until), until);
    let after = returns
        .last()
        .map(|action| action.capacity)
        .unwrap_or_default();

    let mut steps: Vec<Step> = returns
        .into_iter()
        .map(|action| put(target, action))
        .collect();
    steps.push(match from {
        Some(at) => put(target, start_action(target, situation.change, at, during)),
        None => set_now(event, target, during),
    });

    let base = base(target, situation.change, &forecast, otherwise, start);
    let mut plan = Plan {
        from,
        until: Some(until),
        effect: Effect::Event(EventEffect {
            target: target.reference.clone(),
            before: target.capacity,
            during,
            after,
            base,
            firings: forecast
                .firings
                .iter()
                .take(limits::PLAN_FIRINGS_MAX)
                .cloned()
                .collect(),
        }),
        steps,
        findings: Vec::new(),
    };
    plan.findings = check(
        event,
        situation,
        &plan.steps,
        during,
        &forecast,
        (start, until),
    );
    plan
}

/// The live state a plan rests on: what would be there at its start.
fn base(
    target: &Target,
    own: ChangeId,
    forecast: &Forecast,
    otherwise: Capacity,
    start: Timestamp,
) -> Base {
    let own_prefix = action_name(own, "");
    let fires = |action: &ScheduledAction| {
        forecast
            .firings
            .iter()
            .any(|firing| firing.at >= start && firing.action == action.name)
    };
    let mut actions: Vec<_> = target
        .actions
        .iter()
        .filter(|action| !action.name.starts_with(&own_prefix) && fires(action))
        .map(|action| ScheduledAction {
            next_run_at: None,
            ..action.clone()
        })
        .collect();
    actions.sort_by(|a, b| a.name.cmp(&b.name));
    let mut suspended = target.suspended.clone();
    suspended.sort();
    Base {
        min: otherwise.min,
        desired: (!target.scales_itself()).then_some(otherwise.desired),
        max: otherwise.max,
        suspended,
        actions,
    }
}

fn put(target: &Target, action: ScheduledAction) -> Step {
    let undo = Call::DeleteScheduledAction {
        target: target.reference.clone(),
        name: action.name.clone(),
    };
    Step {
        call: Call::PutScheduledAction {
            target: target.reference.clone(),
            action,
        },
        undo: Some(undo),
    }
}

fn once(change: ChangeId, part: &str, at: Timestamp, capacity: CapacityChange) -> ScheduledAction {
    ScheduledAction {
        name: action_name(change, part),
        timing: Timing::Once { at },
        capacity,
        next_run_at: None,
    }
}

/// The scheduled actions that bring the capacity back.
///
/// Where a policy scales the target, only the bounds go back: the policy knows
/// the load, we do not. A service without a policy keeps whatever count it has
/// inside its bounds (Application Auto Scaling sets no desired count), so the
/// count is first squeezed between equal bounds and a minute later freed.
fn returns(
    target: &Target,
    change: ChangeId,
    to: Capacity,
    until: Timestamp,
) -> Vec<ScheduledAction> {
    let bounds = CapacityChange {
        min: Some(to.min),
        desired: None,
        max: Some(to.max),
    };
    match (target.reference.kind, target.scales_itself()) {
        (_, true) => vec![once(change, "return", until, bounds)],
        (TargetKind::EcsService, false) => {
            let squeeze = CapacityChange {
                min: Some(to.desired),
                desired: None,
                max: Some(to.desired),
            };
            vec![
                once(change, "return", until, squeeze),
                once(change, "return-bounds", until.plus_ms(MINUTE_MS), bounds),
            ]
        }
        (_, false) => vec![once(change, "return", until, to.into())],
    }
}

fn start_action(
    target: &Target,
    change: ChangeId,
    at: Timestamp,
    during: CapacityChange,
) -> ScheduledAction {
    let capacity = match target.reference.kind {
        TargetKind::EcsService => CapacityChange {
            desired: None,
            ..during
        },
        _ => during,
    };
    once(change, START, at, capacity)
}

/// Sets the capacity at once. Registering new bounds does not move a service's
/// count until something else scales it, so the count is set beside them.
fn set_now(event: &ScaleEvent, target: &Target, during: CapacityChange) -> Step {
    let below = target.capacity.desired < event.count;
    let desired = match (target.reference.kind, event.hold) {
        (TargetKind::EcsService, Hold::AtLeast) if below => Some(event.count),
        _ => during.desired,
    };
    let undo = CapacityChange {
        min: Some(target.capacity.min),
        desired: (!target.scales_itself()).then_some(target.capacity.desired),
        max: Some(target.capacity.max),
    };
    let reference = || target.reference.clone();
    Step {
        call: Call::SetCapacity {
            target: reference(),
            capacity: CapacityChange { desired, ..during },
        },
        undo: Some(Call::SetCapacity {
            target: reference(),
            capacity: undo,
        }),
    }
}

/// Every check, worst findings first.
fn check(
    event: &ScaleEvent,
    situation: &Situation<'_>,
    steps: &[Step],
    during: CapacityChange,
    forecast: &Forecast,
    (start, until): (Timestamp, Timestamp),
) -> Vec<Finding> {
    let otherwise = forecast.at(start);
    let held = otherwise.with(during);
    let mut findings = Vec::new();
    if !situation.target.reference.kind.has_actions() {
        findings.push(Finding::NoScaleEvents);
    }
    check_times(event, situation.now, start, until, &mut findings);
    check_numbers(event, otherwise, held, forecast.at(until), &mut findings);
    check_collisions(
        event,
        situation,
        steps,
        forecast,
        (start, until),
        &mut findings,
    );
    check_target(situation.target, otherwise, held, &mut findings);
    findings.extend(policies(situation.target, situation.alarms));
    findings.extend(max_below_policy(situation.target, held.max));
    let environment = &situation.target.environment;
    findings.extend(freezes_within(situation.freezes, environment, start..until));
    findings.sort_by_key(Finding::severity);
    findings
}

fn check_times(
    event: &ScaleEvent,
    now: Timestamp,
    start: Timestamp,
    until: Timestamp,
    findings: &mut Vec<Finding>,
) {
    if event.from.is_some() {
        if start < now.plus_ms(limits::SCALE_EVENT_LEAD_MS_MIN) {
            findings.push(Finding::StartPassed { from: start });
        } else if start.since_ms(now) > limits::SCALE_EVENT_AHEAD_MS_MAX {
            findings.push(Finding::TooFarAhead {
                days_max: whole(limits::SCALE_EVENT_AHEAD_MS_MAX, DAY_MS),
            });
        }
    }
    if until <= now {
        findings.push(Finding::EndPassed { until });
    } else if until.since_ms(start) < limits::SCALE_EVENT_MS_MIN {
        findings.push(Finding::TooShort {
            minutes_min: whole(limits::SCALE_EVENT_MS_MIN, MINUTE_MS),
        });
    } else if until.since_ms(start) > limits::SCALE_EVENT_MS_MAX {
        findings.push(Finding::TooLong {
            days_max: whole(limits::SCALE_EVENT_MS_MAX, DAY_MS),
        });
    }
}

fn whole(ms: i64, unit_ms: i64) -> u32 {
    u32::try_from(ms / unit_ms).unwrap_or(u32::MAX)
}

fn check_numbers(
    event: &ScaleEvent,
    otherwise: Capacity,
    held: Capacity,
    returned: Capacity,
    findings: &mut Vec<Finding>,
) {
    if event.count > limits::CAPACITY_MAX {
        findings.push(Finding::CountOverLimit {
            count: event.count,
            limit: limits::CAPACITY_MAX,
        });
    }
    for capacity in [held, returned] {
        if !capacity.is_ordered() {
            findings.push(Finding::CapacityOrder { capacity });
        }
    }
    if held == otherwise {
        findings.push(Finding::NoEffect);
    }
    if held.max > otherwise.max {
        findings.push(Finding::RaisesMax {
            from: otherwise.max,
            to: held.max,
        });
    }
    if held.desired < otherwise.desired {
        findings.push(Finding::ScalesDown {
            from: otherwise.desired,
            to: held.desired,
        });
    }
    if held.max == 0 {
        findings.push(Finding::OffUntilReturn);
    }
}

fn check_collisions(
    event: &ScaleEvent,
    situation: &Situation<'_>,
    steps: &[Step],
    forecast: &Forecast,
    (start, until): (Timestamp, Timestamp),
    findings: &mut Vec<Finding>,
) {
    findings.extend(forecast.unreadable.iter().cloned());
    let own_instants: Vec<Timestamp> = steps
        .iter()
        .filter_map(|step| match &step.call {
            Call::PutScheduledAction { action, .. } => match action.timing {
                Timing::Once { at } => Some(at),
                Timing::Recurring { .. } => None,
            },
            _ => None,
        })
        .collect();
    let mut named: Vec<&str> = Vec::new();
    for firing in &forecast.firings {
        let action = firing.action.clone();
        if own_instants.contains(&firing.at) {
            findings.push(Finding::SameInstant {
                action,
                at: firing.at,
            });
        } else if start < firing.at
            && firing.at <= until.plus_ms(limits::FIRING_LATE_MS)
            && !named.contains(&firing.action.as_str())
        {
            named.push(&firing.action);
            let sets = firing.sets;
            findings.push(Finding::ActionDuring {
                action,
                at: firing.at,
                sets,
                // After the end it only races with the return, which may be late.
                undercuts: firing.at < until && undercuts(event, sets),
            });
        }
    }
    // A return may run two minutes late; an event that follows at once would be
    // overwritten by it.
    let near = |other: &&OtherEvent| {
        other.change != situation.change
            && other.from <= until.plus_ms(limits::FIRING_LATE_MS)
            && start <= other.until.plus_ms(limits::FIRING_LATE_MS)
    };
    findings.extend(
        situation
            .others
            .iter()
            .filter(near)
            .map(|other| Finding::EventOverlap {
                change: other.change,
                from: other.from,
                until: other.until,
            }),
    );
    let adds = own_instants.len();
    findings.extend(action_quota(situation.target, adds));
}

/// Whether what an action sets breaks what the event promises.
fn undercuts(event: &ScaleEvent, sets: CapacityChange) -> bool {
    let count = event.count;
    match event.hold {
        Hold::AtLeast => {
            sets.min.is_some_and(|min| min < count) || sets.max.is_some_and(|max| max < count)
        }
        Hold::Exactly => [sets.min, sets.desired, sets.max]
            .into_iter()
            .flatten()
            .any(|value| value != count),
    }
}

fn check_target(target: &Target, otherwise: Capacity, held: Capacity, findings: &mut Vec<Finding>) {
    let raises = held.desired > otherwise.desired;
    for process in &target.suspended {
        let process = process.clone();
        match process.as_str() {
            // The return itself is a scheduled action.
            "ScheduledActions" | "ScheduledScaling" => {
                findings.push(Finding::ProcessBlocks { process })
            }
            "Launch" if raises => findings.push(Finding::ProcessBlocks { process }),
            "Launch" | "Terminate" => findings.push(Finding::ProcessSuspended { process }),
            "AlarmNotification" | "DynamicScalingIn" | "DynamicScalingOut"
                if target.scales_itself() =>
            {
                findings.push(Finding::ProcessSuspended { process });
            }
            _ => {}
        }
    }
    findings.extend(spot_without_rebalance(target, None).filter(|_| raises));
    if target.scales_itself() {
        // Where the event holds nothing up, nothing has to come down after it.
        if held.min > otherwise.min || raises {
            findings.push(Finding::PolicyReturns);
        }
    } else if target.reference.kind == TargetKind::EcsService {
        findings.push(Finding::TwoStepReturn);
    }
}

/// Plans the end of a scale event before its time: its start is taken out, the
/// capacity is set to what would be there without it, and only then it loses its
/// return. One that waits is ended the same way: should its start fire while the
/// end is under way, nothing is left raised.
///
/// `event_change`, `event_plan` and `event_from` are the event's change request,
/// its applied plan and the instant it took effect.
#[must_use]
pub fn plan_end(
    event: &ScaleEvent,
    event_change: ChangeId,
    event_plan: &Plan,
    event_from: Timestamp,
    situation: &Situation<'_>,
) -> Plan {
    let target = situation.target;
    let until = event_plan.until.unwrap_or(event.until);
    let over = until <= situation.now;
    let during = otherwise_now(event_change, event_plan, event_from, situation);
    let mut steps = Vec::new();
    if !over {
        let puts = event_plan.steps.iter().map(|step| &step.call);
        let puts = puts.filter_map(|call| take_out(call, situation.now));
        let (returns, starts): (Vec<_>, Vec<_>) = puts.partition(is_return);
        steps.extend(starts);
        steps.push(Step {
            call: Call::SetCapacity {
                target: target.reference.clone(),
                capacity: during,
            },
            undo: None,
        });
        steps.extend(returns.into_iter().rev());
    }
    let mut suspended = target.suspended.clone();
    suspended.sort();
    Plan {
        from: None,
        until: None,
        effect: Effect::Event(EventEffect {
            target: target.reference.clone(),
            before: target.capacity,
            during,
            after: CapacityChange::default(),
            base: Base {
                min: target.capacity.min,
                desired: None,
                max: target.capacity.max,
                suspended,
                actions: Vec::new(),
            },
            firings: Vec::new(),
        }),
        steps,
        findings: match over {
            true => vec![Finding::EndPassed { until }],
            false => Vec::new(),
        },
    }
}

/// What would be there now, were there no event: what it set out from, and what
/// other owners' actions have done since.
fn otherwise_now(
    event_change: ChangeId,
    event_plan: &Plan,
    event_from: Timestamp,
    situation: &Situation<'_>,
) -> CapacityChange {
    let target = situation.target;
    let running = event_plan.event().filter(|_| event_from <= situation.now);
    let otherwise = running.map_or(target.capacity, |event| {
        let base = &event.base;
        let at_start = Capacity {
            min: base.min,
            desired: base.desired.unwrap_or(event.before.desired),
            max: base.max,
        };
        let forecast = Forecast::new(target, event_change, at_start, event_from, situation.now);
        forecast.at(situation.now)
    });
    CapacityChange {
        min: Some(otherwise.min),
        desired: (!target.scales_itself()).then_some(otherwise.desired),
        max: Some(otherwise.max),
    }
}

/// The deletion of what the event put. A start is deleted even when its time is
/// past, because AWS may run it late; a return that has run is left alone.
fn take_out(put: &Call, now: Timestamp) -> Option<Step> {
    let Call::PutScheduledAction { target, action } = put else {
        return None;
    };
    let past = matches!(action.timing, Timing::Once { at } if at <= now);
    if past && !is_start(&action.name) {
        return None;
    }
    let call = Call::DeleteScheduledAction {
        target: target.clone(),
        name: action.name.clone(),
    };
    let undo = (!past).then(|| put.clone());
    Some(Step { call, undo })
}

fn is_return(step: &Step) -> bool {
    let Call::DeleteScheduledAction { name, .. } = &step.call else {
        return false;
    };
    !is_start(name)
}

/// Whether a scheduled action of an event, by its name, is the event's start.
pub(super) fn is_start(name: &str) -> bool {
    name.ends_with(START)
}

#[cfg(all(test, feature = "tzdb"))]
mod tests;
