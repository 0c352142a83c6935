//! Scaling policies: what moves a target's desired capacity by itself.
//!
//! Target tracking as its two alarms do it: out after three minutes above the
//! target, in after fifteen below nine tenths of it, to the number that would
//! bring the metric to the target. Step policies follow alarms of the sandbox, by the
//! same rules by which the product judges them. After a change all wait: members must
//! warm up before they count.

use super::group::Group;
use crate::{
    chance::Dice,
    estate::{Scaling, StepPolicy, TargetPlan},
};
use domain::{
    capacity::{PolicyKind, ScalingPolicy, TargetKind},
    processes::Process,
    step_policies::{self, Adjusting, AdjustmentType, Comparison, Movement, intervals::step_for},
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

/// An alarm that goes off and whose actions are on, as a step policy sees it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Signal {
    pub comparison: Comparison,
    pub threshold: f64,
    pub metric: f64,
}

/// The policies of one target and what they have seen.
pub(super) struct Scaler {
    scaling: Scaling,
    steps: &'static [StepPolicy],
    high: u32,
    low: u32,
    quiet_until: Timestamp,
    /// Ends the names of the alarms that target tracking makes.
    suffix: String,
}

impl Scaler {
    pub fn new(plan: &TargetPlan, dice: &mut Dice) -> Self {
        Self {
            scaling: plan.scaling,
            steps: plan.steps,
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
        signal: impl Fn(&str, &str) -> Option<Signal>,
        now: Timestamp,
        dice: &mut Dice,
    ) {
        match (self.scaling, cpu) {
            (Scaling::None, _) => {}
            (Scaling::Tracking { policy, percent }, Some(cpu)) => {
                self.track(group, policy, cpu / percent, now, dice);
            }
            (Scaling::Tracking { .. }, None) => {
                self.high = 0;
                self.low = 0;
            }
        }
        let acts = |policy: &'static StepPolicy| {
            let Signal {
                comparison,
                threshold,
                metric,
            } = signal(policy.alarm, policy.name)?;
            let step = step_for(policy.steps, comparison, threshold, metric)?;
            Some((policy, step.adjustment))
        };
        if let Some((policy, adjustment)) = self.steps.iter().find_map(acts) {
            let desired = group.capacity.desired.saturating_add_signed(adjustment);
            self.change(group, desired, (policy.name, policy.alarm), now, dice);
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
            TargetKind::EcsService => format!("service/{}", group.plan.name),
            _ => group.plan.name.to_owned(),
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
            (TargetKind::EcsService, true) => Process::DynamicScalingOut,
            (TargetKind::EcsService, false) => Process::DynamicScalingIn,
            _ => Process::AlarmNotification,
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
    let tracking = match plan.scaling {
        Scaling::None => None,
        Scaling::Tracking { policy, percent } => {
            let metric = match plan.kind {
                TargetKind::EcsService => "ECSServiceAverageCPUUtilization",
                _ => "ASGAverageCPUUtilization",
            };
            Some(ScalingPolicy {
                name: policy.into(),
                kind: PolicyKind::TargetTracking,
                enabled: true,
                alarms: Vec::new(),
                summary: format!("{metric} = {percent}"),
                adjusting: None,
                target_value: Some(percent),
            })
        }
    };
    let steps = plan.steps.iter().map(|policy| {
        let adjusting = Adjusting {
            kind: AdjustmentType::ChangeInCapacity,
            magnitude_min: None,
            movement: Movement::Steps {
                steps: policy.steps.to_vec(),
                aggregation: policy.aggregation,
            },
        };
        ScalingPolicy {
            name: policy.name.into(),
            kind: PolicyKind::Step,
            enabled: true,
            alarms: vec![policy.alarm.into()],
            summary: step_policies::summary(&adjusting),
            adjusting: Some(adjusting),
            target_value: None,
        }
    });
    tracking.into_iter().chain(steps).collect()
}
