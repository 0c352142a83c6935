//! Scaling policies: what moves a target's desired capacity by itself.
//!
//! Target tracking as its two alarms do it: out after three minutes above the
//! target, in after fifteen below nine tenths of it, to the number that would
//! bring the metric to the target. Step policies follow two alarms of the
//! sandbox. After a change both wait: members must warm up before they count.

use super::group::Group;
use crate::{
    chance::Dice,
    estate::{Scaling, TargetPlan},
};
use domain::{
    alarms::AlarmState,
    capacity::{PolicyKind, ScalingPolicy, TargetKind},
    processes::Process,
    time::Timestamp,
};

/// Minutes above the target before target tracking adds.
const HIGH_MINUTES: u32 = 3;
/// Minutes below the target before target tracking removes.
const LOW_MINUTES: u32 = 15;
/// Below this share of the target, target tracking may remove.
const LOW_SHARE: f64 = 0.9;
/// Seconds without a change after members were added.
const WARM_UP_S: i64 = 120;
/// Seconds without a change after members were removed (the default cooldown).
const COOL_DOWN_S: i64 = 300;
/// Steps out: members added below and from this many seconds over the threshold.
const STEPS_OUT: (u32, f64, u32) = (2, 180.0, 4);

/// An alarm as a step policy sees it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Signal {
    pub state: AlarmState,
    /// How far the metric is above the threshold.
    pub over: f64,
}

/// The policies of one target and what they have seen.
pub(super) struct Scaler {
    scaling: Scaling,
    high: u32,
    low: u32,
    quiet_until: Timestamp,
    /// Ends the names of the alarms that target tracking makes.
    suffix: String,
}

impl Scaler {
    pub fn new(scaling: Scaling, dice: &mut Dice) -> Self {
        Self {
            scaling,
            high: 0,
            low: 0,
            quiet_until: Timestamp::default(),
            suffix: dice.uuid(),
        }
    }

    /// Looks at the minute that has just ended.
    pub fn look(
        &mut self,
        group: &mut Group,
        cpu: Option<f64>,
        signal: impl Fn(&str) -> Option<Signal>,
        now: Timestamp,
        dice: &mut Dice,
    ) {
        match self.scaling {
            Scaling::None => {}
            Scaling::Tracking { policy, percent } => {
                let Some(cpu) = cpu else {
                    self.high = 0;
                    self.low = 0;
                    return;
                };
                self.track(group, policy, cpu / percent, now, dice);
            }
            Scaling::Steps {
                policy_out,
                policy_in,
                alarm_out,
                alarm_in,
            } => {
                let ringing = |alarm| signal(alarm).filter(|s| s.state == AlarmState::Alarm);
                if let Some(out) = ringing(alarm_out) {
                    let (few, from, many) = STEPS_OUT;
                    let add = if out.over < from { few } else { many };
                    let desired = group.capacity.desired.saturating_add(add);
                    self.change(group, desired, (policy_out, alarm_out), now, dice);
                } else if ringing(alarm_in).is_some() {
                    let desired = group.capacity.desired.saturating_sub(1);
                    self.change(group, desired, (policy_in, alarm_in), now, dice);
                }
            }
        }
    }

    /// `share` is the metric over its target.
    fn track(
        &mut self,
        group: &mut Group,
        policy: &str,
        share: f64,
        now: Timestamp,
        dice: &mut Dice,
    ) {
        self.high = if share > 1.0 { self.high + 1 } else { 0 };
        self.low = if share < LOW_SHARE { self.low + 1 } else { 0 };
        let desired = group.capacity.desired;
        // Inside u32: at most twice as many as the bounds allow, and never negative.
        let fitting = (f64::from(group.in_service()) * share).ceil() as u32;
        let (wanted, side) = if self.high >= HIGH_MINUTES {
            (fitting.max(desired), "AlarmHigh")
        } else if self.low >= LOW_MINUTES && group.pending() == 0 {
            (fitting.min(desired), "AlarmLow")
        } else {
            return;
        };
        let subject = match group.plan.kind {
            TargetKind::Asg => group.plan.name.to_owned(),
            TargetKind::EcsService => format!("service/{}", group.plan.name),
        };
        let alarm = format!("TargetTracking-{subject}-{side}-{}", self.suffix);
        self.change(group, wanted, (policy, &alarm), now, dice);
    }

    fn change(
        &mut self,
        group: &mut Group,
        desired: u32,
        (policy, alarm): (&str, &str),
        now: Timestamp,
        dice: &mut Dice,
    ) {
        let before = group.capacity;
        let desired = desired.min(before.max).max(before.min);
        if now < self.quiet_until || desired == before.desired {
            return;
        }
        let out = desired > before.desired;
        let process = match (group.plan.kind, out) {
            (TargetKind::Asg, _) => Process::AlarmNotification,
            (TargetKind::EcsService, true) => Process::DynamicScalingOut,
            (TargetKind::EcsService, false) => Process::DynamicScalingIn,
        };
        if group.is_suspended(process) {
            return;
        }
        let quiet_s = if out { WARM_UP_S } else { COOL_DOWN_S };
        self.quiet_until = now.plus_ms(quiet_s * 1_000);
        self.low = 0;
        group.follow_policy(desired, alarm, policy, now, dice);
    }
}

/// The policies of a target as they are described to callers.
pub(super) fn describe(plan: &TargetPlan) -> Vec<ScalingPolicy> {
    let policy = |name: &str, kind, alarms: &[&str], summary: String| ScalingPolicy {
        name: name.into(),
        kind,
        enabled: true,
        alarms: alarms.iter().map(ToString::to_string).collect(),
        summary,
    };
    match plan.scaling {
        Scaling::None => Vec::new(),
        Scaling::Tracking {
            policy: name,
            percent,
        } => {
            let metric = match plan.kind {
                TargetKind::Asg => "ASGAverageCPUUtilization",
                TargetKind::EcsService => "ECSServiceAverageCPUUtilization",
            };
            let summary = format!("{metric} = {percent}");
            vec![policy(name, PolicyKind::TargetTracking, &[], summary)]
        }
        Scaling::Steps {
            policy_out,
            policy_in,
            alarm_out,
            alarm_in,
        } => {
            let (few, from, many) = STEPS_OUT;
            let out = format!("ChangeInCapacity [0, {from}) +{few}, [{from}, ∞) +{many}");
            vec![
                policy(policy_out, PolicyKind::Step, &[alarm_out], out),
                policy(
                    policy_in,
                    PolicyKind::Step,
                    &[alarm_in],
                    "ChangeInCapacity (−∞, 0] −1".into(),
                ),
            ]
        }
    }
}
