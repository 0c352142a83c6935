//! Tests of what a plan says of the policies that move its target.
use super::*;
use crate::{
    alarms::{AlarmKind, AlarmReading, AlarmRule, AlarmState},
    i18n::{Lang, changes::explain},
    step_policies::{self, Adjusting, AdjustmentType, Aggregation, Movement},
    time::Zone,
};

/// An alarm on CPU over 85 percent.
fn alarm(name: &str, actions_enabled: bool) -> AlarmReading {
    AlarmReading {
        scope: target(TargetKind::Asg, false).reference.scope,
        name: name.into(),
        arn: String::new(),
        kind: AlarmKind::Metric,
        description: String::new(),
        state: AlarmState::Ok,
        state_at: now(),
        reason: String::new(),
        rule: AlarmRule {
            comparison: "GreaterThanThreshold".into(),
            threshold: Some(85.0),
            evaluation_periods: 1,
            datapoints_to_alarm: 1,
            missing_data: "missing".into(),
            metric: None,
            expression: None,
        },
        actions_enabled,
        alarm_actions: vec![],
        ok_actions: vec![],
        insufficient_data_actions: vec![],
        unmodelled: vec![],
    }
}

/// A step policy with one step that begins so far above its alarm's threshold.
fn stepping(kind: AdjustmentType, lower: f64, adjustment: i32, alarm: &str) -> ScalingPolicy {
    ScalingPolicy {
        name: "out".into(),
        kind: PolicyKind::Step,
        enabled: true,
        alarms: vec![alarm.into()],
        summary: String::new(),
        adjusting: Some(Adjusting {
            kind,
            magnitude_min: None,
            movement: Movement::Steps {
                steps: vec![step_policies::Step {
                    lower: Some(lower),
                    upper: None,
                    adjustment,
                }],
                aggregation: Aggregation::Average,
            },
        }),
        target_value: None,
    }
}

#[test]
fn what_is_the_matter_with_the_policies_is_told_and_blocks_nothing() {
    use AdjustmentType::{ChangeInCapacity, ExactCapacity};
    let alarms = [alarm("high", true), alarm("muted", false)];
    let wanted = event(Hold::AtLeast, 6, None, "2026-03-02T03:00:00Z");
    let check = |policy: ScalingPolicy, expected: &[&str]| {
        let mut live = target(TargetKind::Asg, false);
        live.policies = vec![policy];
        let plan = |alarms| {
            let situation = Situation {
                alarms,
                ..situation(&live)
            };
            plan_scale_event(&wanted, &situation)
        };
        // What the plan itself has to say is said without them, too.
        let (without, plan) = (plan(&[]), plan(alarms.as_slice()));
        let mut told: Vec<&str> = plan.findings.iter().map(Finding::rule).collect();
        for own in without.findings.iter().map(Finding::rule) {
            if let Some(at) = told.iter().position(|rule| *rule == own) {
                told.remove(at);
            }
        }
        assert_eq!(told, expected, "{:?}", live.policies);
        assert!(!blocks(&plan.findings), "{:?}", plan.findings);
        plan
    };
    check(stepping(ChangeInCapacity, 0.0, 2, "high"), &[]);
    let plan = check(stepping(ChangeInCapacity, 5.0, 2, "high"), &["step-gap"]);
    let zone = Zone::named("UTC").expect("a zone");
    let found = plan.findings.iter().find(|one| one.rule() == "step-gap");
    let told = explain(Lang::En, &zone, found.expect("a gap"));
    assert!(told.what.starts_with("out: "), "{}", told.what);
    assert!(told.what.contains("87.5"), "an example: {}", told.what);
    check(stepping(ChangeInCapacity, 0.0, -2, "high"), &["direction"]);
    check(
        stepping(ChangeInCapacity, 0.0, 2, "muted"),
        &["alarm-muted"],
    );
    check(stepping(ExactCapacity, 0.0, 8, "high"), &[]);

    // What is only good to know stays out of a plan, and so does an alarm that was not read.
    check(stepping(ChangeInCapacity, 0.0, 2, "gone"), &[]);

    let mut live = target(TargetKind::Asg, false);
    live.policies = vec![stepping(ExactCapacity, 0.0, 12, "high")];
    let plan = plan_scale_event(&wanted, &situation(&live));
    let rules: Vec<&str> = plan.findings.iter().map(Finding::rule).collect();
    assert!(rules.contains(&"max-below-policy"), "{rules:?}");
    let higher = event(Hold::AtLeast, 12, None, "2026-03-02T03:00:00Z");
    let plan = plan_scale_event(&higher, &situation(&live));
    let rules: Vec<&str> = plan.findings.iter().map(Finding::rule).collect();
    assert!(!rules.contains(&"max-below-policy"), "{rules:?}");
    let off = event(Hold::Exactly, 0, None, "2026-03-02T03:00:00Z");
    let plan = plan_scale_event(&off, &situation(&live));
    let rules: Vec<&str> = plan.findings.iter().map(Finding::rule).collect();
    assert!(!rules.contains(&"max-below-policy"), "{rules:?}");
}

#[test]
fn a_plan_with_findings_about_policies_is_kept_as_it_is() {
    let mut live = target(TargetKind::Asg, false);
    let mut many = vec![stepping(AdjustmentType::ChangeInCapacity, 5.0, 2, "high")];
    let mut broken = stepping(AdjustmentType::ExactCapacity, 85.0, -1, "high");
    broken.name = "broken".into();
    many.push(broken);
    let mut idle = stepping(AdjustmentType::PercentChangeInCapacity, 0.0, 0, "muted");
    idle.name = "idle".into();
    many.push(idle);
    live.policies = many;
    let alarms = [alarm("high", true), alarm("muted", false)];
    let situation = Situation {
        alarms: &alarms,
        ..situation(&live)
    };
    let wanted = event(Hold::AtLeast, 6, None, "2026-03-02T03:00:00Z");
    let plan = plan_scale_event(&wanted, &situation);
    assert!(plan.findings.len() > 4, "{:?}", plan.findings);
    let json = serde_json::to_string(&plan).expect("JSON");
    let kept: Plan = serde_json::from_str(&json).expect("the same plan");
    assert_eq!(kept, plan);
}
