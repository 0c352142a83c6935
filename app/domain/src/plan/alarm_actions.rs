//! Planning that an alarm's actions are switched on or off: whether it tells anybody,
//! and whether the policies that hang on it run.

use super::{Call, Effect, Plan, Step, shared_checks::freezes_now};
use crate::{
    alarms::{AlarmReading, AlarmRef},
    checks::Finding,
    estate::Environment,
    freezes::Freeze,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// What is done to an alarm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AlarmActionsEffect {
    /// Which.
    pub alarm: AlarmRef,
    /// Its actions were on when the plan was made: the live state it rests on.
    pub before: bool,
    /// They are on from then on.
    pub enabled: bool,
}

/// Everything such a plan is made of, read beforehand.
#[derive(Debug, Clone, Copy)]
pub struct AlarmSituation<'a> {
    /// The live alarm.
    pub alarm: &'a AlarmReading,
    /// Its environment.
    pub environment: &'a Environment,
    /// Scaling policies that hang on it: the target's name and the policy's.
    pub policies: &'a [(String, String)],
    /// All freezes.
    pub freezes: &'a [Freeze],
    /// Now.
    pub now: Timestamp,
}

/// Plans that an alarm's actions are on from now on, or off.
#[must_use]
pub fn plan_alarm_actions(enabled: bool, situation: &AlarmSituation<'_>) -> Plan {
    let live = situation.alarm;
    let alarm = live.reference();
    let set = |enabled| Call::SetAlarmActions {
        alarm: alarm.clone(),
        enabled,
    };
    let step = Step {
        call: set(enabled),
        undo: Some(set(live.actions_enabled)),
    };
    Plan {
        from: None,
        until: None,
        findings: check(enabled, situation),
        steps: match live.actions_enabled == enabled {
            true => Vec::new(),
            false => vec![step],
        },
        effect: Effect::AlarmActions(AlarmActionsEffect {
            alarm,
            before: live.actions_enabled,
            enabled,
        }),
    }
}

/// Every check, worst findings first.
fn check(enabled: bool, situation: &AlarmSituation<'_>) -> Vec<Finding> {
    let live = situation.alarm;
    let mut findings = Vec::new();
    if live.actions_enabled == enabled {
        findings.push(Finding::AlreadySo);
    }
    if enabled {
        findings.push(Finding::TellsNextTime);
    } else {
        let policies = situation.policies.iter();
        findings.extend(policies.map(|(target, policy)| Finding::MutesPolicy {
            target: target.clone(),
            policy: policy.clone(),
        }));
        findings.push(Finding::TellsNobody);
    }
    findings.extend(freezes_now(
        situation.freezes,
        situation.environment,
        situation.now,
    ));
    findings.sort_by_key(Finding::severity);
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        alarms::{AlarmKind, AlarmRule, AlarmState},
        checks::blocks,
        estate::Scope,
        ids::AlarmId,
    };
    use crate::{changes::Change, ids::FreezeId};

    fn alarm(actions_enabled: bool) -> AlarmReading {
        AlarmReading {
            scope: Scope {
                account: "111122223333".into(),
                region: "ap-northeast-2".into(),
            },
            name: "worker-queue-age".into(),
            arn: String::new(),
            kind: AlarmKind::Metric,
            description: String::new(),
            state: AlarmState::Ok,
            state_at: Timestamp::default(),
            reason: String::new(),
            rule: AlarmRule {
                comparison: "GreaterThanThreshold".into(),
                threshold: Some(1.0),
                evaluation_periods: 1,
                datapoints_to_alarm: 1,
                missing_data: "missing".into(),
                metric: None,
                expression: None,
            },
            actions_enabled,
            alarm_actions: Vec::new(),
            ok_actions: Vec::new(),
            insufficient_data_actions: Vec::new(),
            unmodelled: Vec::new(),
        }
    }

    fn plan(live: &AlarmReading, enabled: bool, freezes: &[Freeze]) -> Plan {
        plan_alarm_actions(
            enabled,
            &AlarmSituation {
                alarm: live,
                environment: &"prod".into(),
                policies: &[("worker".into(), "out".into())],
                freezes,
                now: Timestamp::default(),
            },
        )
    }

    fn rules(plan: &Plan) -> Vec<&'static str> {
        plan.findings.iter().map(Finding::rule).collect()
    }

    #[test]
    fn switching_off_names_the_policies_that_then_stand_still() {
        let off = plan(&alarm(true), false, &[]);
        assert_eq!(rules(&off), ["mutes-a-policy", "tells-nobody"]);
        assert_eq!(off.steps.len(), 1);
        let on = plan(&alarm(false), true, &[]);
        assert_eq!(rules(&on), ["tells-next-time"]);
        assert_eq!(
            off.steps[0].undo.as_ref(),
            Some(&on.steps[0].call),
            "the way back of one is the other"
        );
    }

    #[test]
    fn what_is_so_already_cannot_be_asked_for() {
        for enabled in [false, true] {
            let plan = plan(&alarm(enabled), enabled, &[]);
            assert!(blocks(&plan.findings) && plan.steps.is_empty());
        }
    }

    #[test]
    fn approvals_rest_on_the_live_switch() {
        let change = Change::SetAlarmActions {
            alarm: AlarmId::from_parts(0, 1),
            enabled: false,
            reason: "a test".into(),
        };
        let hash = |live| plan(&alarm(live), false, &[]).content_hash(&change, None);
        assert_ne!(hash(true), hash(false));
    }

    #[test]
    fn a_freeze_covers_it() {
        let freeze = Freeze {
            id: FreezeId::from_parts(0, 1),
            name: "sale".into(),
            environments: vec!["prod".into()],
            from: Timestamp::from_ms(-1),
            until: Timestamp::from_ms(1),
            reason: String::new(),
            calendar: None,
        };
        assert!(rules(&plan(&alarm(true), false, &[freeze])).contains(&"frozen"));
    }
}
