//! Each check of an alarm that is put, and what is put back.

use super::*;
use crate::{
    alarms::{
        MetricRef,
        definition::{AlarmField, tests::definition},
    },
    capacity::{ScalingPolicy, TargetKind},
    changes::Change,
    checks::blocks,
    decimals::Decimal,
    i18n::{Lang, changes::explain},
    log_filters::CountedLines,
    plan::fixtures::{rules, target},
    step_policies::{Adjusting, AdjustmentType, Aggregation, Movement, Step as PolicyStep},
    time::{MINUTE_MS, Zone},
};

const POLICY: &str = "arn:aws:autoscaling:ap-northeast-2:111122223333:scalingPolicy:\
                      5c1e6a4e:autoScalingGroupName/web:policyName/out";

/// The group `web`, whose policy adds one for a breach of up to 10 and two beyond.
fn group() -> Target {
    let step = |lower, upper, adjustment| PolicyStep {
        lower,
        upper,
        adjustment,
    };
    let steps = vec![step(Some(5.0), Some(10.0), 1), step(Some(10.0), None, 2)];
    let mut target = target(TargetKind::Asg, 4);
    target.policies = vec![ScalingPolicy {
        name: "out".into(),
        kind: PolicyKind::Step,
        enabled: true,
        alarms: Vec::new(),
        summary: String::new(),
        adjusting: Some(Adjusting {
            kind: AdjustmentType::ChangeInCapacity,
            magnitude_min: None,
            movement: Movement::Steps {
                steps,
                aggregation: Aggregation::Average,
            },
        }),
        target_value: None,
    }];
    target
}

pub(super) fn series(period_s: u32, values: &[f64]) -> Series {
    let at = (0..).map(|n| Timestamp::from_ms(n * i64::from(period_s) * 1_000));
    Series {
        at: at.take(values.len()).collect(),
        values: values.to_vec(),
        period_s,
    }
}

/// A situation to be spoilt, part by part.
pub(super) struct World {
    pub alarm: AlarmRef,
    pub live: Option<AlarmReading>,
    pub supposed: Supposed,
    becomes: Environment,
    targets: Vec<Target>,
    series: Option<Series>,
    pub lines: Option<LinesSight>,
    count: u64,
    freezes: Vec<Freeze>,
}

impl World {
    /// Nothing of the name is there.
    pub fn empty() -> Self {
        Self {
            alarm: AlarmRef {
                scope: target(TargetKind::Asg, 1).reference.scope,
                name: "web-busy".into(),
            },
            live: None,
            supposed: Supposed::Nothing,
            becomes: "prod".into(),
            targets: vec![group()],
            series: None,
            lines: None,
            count: 7,
            freezes: Vec::new(),
        }
    }

    /// The alarm of the fixture is there.
    fn standing() -> Self {
        let mut world = Self::empty();
        world.live = Some(world.reads(&definition()));
        world.supposed = Supposed::One;
        world
    }

    pub fn reads(&self, wanted: &AlarmDefinition) -> AlarmReading {
        self.with(|situation| reading(wanted, situation))
    }

    fn with<T>(&self, look: impl FnOnce(&PutSituation<'_>) -> T) -> T {
        look(&PutSituation {
            alarm: &self.alarm,
            supposed: &self.supposed,
            live: self.live.as_ref(),
            environment: &"prod".into(),
            becomes: &self.becomes,
            targets: &self.targets,
            series: self.series.as_ref(),
            lines: self.lines.as_ref(),
            count: self.count,
            freezes: &self.freezes,
            now: Timestamp::default(),
        })
    }

    pub fn plan(&self, wanted: Option<&AlarmDefinition>) -> Plan {
        self.with(|situation| plan_put_alarm(wanted, situation))
    }
}

/// An alarm that counts lines: more than three in five minutes.
pub(super) fn definition_of_lines(lines: CountedLines) -> AlarmDefinition {
    edited(|d| {
        d.metric = MetricRef {
            namespace: "LogMetrics".into(),
            name: lines.filter.clone(),
            dimensions: Vec::new(),
            statistic: "Sum".into(),
            period_s: 300,
            unit: String::new(),
        };
        d.threshold = Decimal::of(3.0).expect("finite");
        d.missing_data = MissingData::NotBreaching;
        d.lines = Some(lines);
    })
}

/// A request has left the alarm of the fixture.
fn left() -> Supposed {
    Supposed::Left(Some(Box::new(definition())))
}

fn edited(edit: impl FnOnce(&mut AlarmDefinition)) -> AlarmDefinition {
    let mut definition = definition();
    edit(&mut definition);
    definition
}

fn threshold(text: &str) -> AlarmDefinition {
    edited(|d| d.threshold = Decimal::parse(text).expect("a decimal"))
}

#[test]
fn a_new_alarm_is_put_and_taken_back_by_deleting_it() {
    let plan = World::empty().plan(Some(&threshold("0.1")));
    assert_eq!(rules(&plan), [""; 0]);
    let calls = plan.steps[0].call.aws();
    assert_eq!(calls[0].action, "cloudwatch:PutMetricAlarm");
    let sent = |name: &str| {
        let mut sent = calls[0].parameters.iter();
        sent.find(|(own, _)| own == name).map(|(_, v)| v.as_str())
    };
    assert_eq!(sent("Threshold"), Some("0.1"));
    assert_eq!(
        sent("Dimensions.member.1.Name"),
        Some("AutoScalingGroupName")
    );
    assert_eq!(sent("Unit"), None);
    let undo = plan.steps[0].undo.as_ref().map(Call::aws);
    assert_eq!(undo.expect("an undo")[0].action, "cloudwatch:DeleteAlarms");
}

#[test]
fn another_definition_is_taken_back_by_the_old_one() {
    let world = World::standing();
    let plan = world.plan(Some(&threshold("72.5")));
    assert!(!blocks(&plan.findings), "{:?}", plan.findings);
    let back = Call::PutAlarm {
        alarm: world.alarm.clone(),
        definition: Box::new(definition()),
    };
    assert_eq!(plan.steps[0].undo.as_ref(), Some(&back));
    let same = world.plan(Some(&definition()));
    assert_eq!(rules(&same), ["already-so"]);
    assert!(same.steps.is_empty());
}

#[test]
fn each_check_has_its_case_and_its_words() {
    type Spoil = fn(&mut World);
    let cases: &[(&str, bool, Option<AlarmDefinition>, Spoil)] = &[
        (
            "alarm-refused",
            true,
            Some(edited(|d| d.metric.period_s = 7)),
            |_| {},
        ),
        ("alarm-name-taken", true, Some(threshold("1")), |world| {
            world.supposed = Supposed::Nothing;
        }),
        ("alarm-unmodelled", true, Some(threshold("1")), |world| {
            let live = world.live.as_mut().expect("an alarm");
            live.unmodelled = vec!["EvaluationWindow".into()];
        }),
        ("alarm-managed", true, Some(threshold("1")), |world| {
            let policy = &mut world.targets[0].policies[0];
            policy.kind = PolicyKind::TargetTracking;
            policy.alarms = vec!["web-busy".into()];
        }),
        ("alarm-moves", true, Some(threshold("1")), |world| {
            world.becomes = "dev".into();
        }),
        (
            "alarm-foreign-action",
            true,
            Some(edited(|d| {
                let stop = "arn:aws:automate:ap-northeast-2:ec2:terminate";
                d.ok_actions = vec![stop.into()];
            })),
            |_| {},
        ),
        (
            "alarm-foreign-action",
            true,
            Some(edited(|d| d.alarm_actions = vec![POLICY.into()])),
            |world| world.targets.clear(),
        ),
        ("alarm-changed-since", false, None, |world| {
            world.live = Some(world.reads(&threshold("1")));
            world.supposed = left();
        }),
        ("alarm-quota", false, Some(definition()), |world| {
            *world = World::empty();
            world.count = 5_000;
        }),
        ("alarm-no-values", false, Some(threshold("1")), |world| {
            world.series = Some(Series::default());
        }),
        (
            "alarm-period-too-short",
            false,
            Some(threshold("80")),
            |world| world.series = Some(series(300, &[60.0, 81.0, 70.0])),
        ),
        (
            "alarm-breaches-mostly",
            false,
            Some(threshold("1")),
            |world| world.series = Some(series(60, &[0.5, 1.5, 2.0, 3.0])),
        ),
        ("alarm-never-near", false, Some(threshold("50")), |world| {
            world.series = Some(series(60, &[10.0, 12.5, 11.0]));
        }),
        (
            "alarm-silent-when-missing",
            false,
            Some(edited(|d| {
                d.comparison = Comparison::Less;
                d.missing_data = MissingData::NotBreaching;
            })),
            |_| {},
        ),
        (
            "tells-nobody",
            false,
            Some(edited(|d| d.alarm_actions.clear())),
            |_| {},
        ),
    ];
    for (rule, forbids, wanted, spoil) in cases {
        let mut world = World::standing();
        spoil(&mut world);
        let plan = world.plan(wanted.as_ref());
        assert_eq!(rules(&plan), [*rule], "{:?}", plan.findings);
        assert_eq!(blocks(&plan.findings), *forbids, "{rule}");
        let words =
            [Lang::En, Lang::Ko].map(|lang| explain(lang, &Zone::utc(), &plan.findings[0]).what);
        assert!(words[0] != words[1] && !words[1].is_empty(), "{words:?}");
    }
}

#[test]
fn values_between_breaches_are_no_finding() {
    let mut world = World::standing();
    world.series = Some(series(60, &[40.0, 85.0, 60.0, 91.0]));
    assert_eq!(rules(&world.plan(Some(&threshold("88")))), [""; 0]);
}

#[test]
fn what_stands_may_stay_on_the_same_thing_and_nowhere_else() {
    let stop = "arn:aws:automate:ap-northeast-2:ec2:stop";
    let stops = |name: &str| {
        edited(|d| {
            d.alarm_actions = vec![stop.into()];
            d.metric.dimensions = vec![("InstanceId".into(), name.into())];
            d.threshold = Decimal::of(1.0).expect("finite");
        })
    };
    let mut world = World::standing();
    let before = AlarmDefinition {
        threshold: definition().threshold,
        ..stops("i-1")
    };
    world.live = Some(world.reads(&before));
    assert_eq!(rules(&world.plan(Some(&stops("i-1")))), [""; 0]);
    let moved = world.plan(Some(&stops("i-2")));
    assert_eq!(rules(&moved), ["alarm-foreign-action"]);
}

#[test]
fn policies_that_are_wired_are_judged_against_the_new_threshold() {
    let wired = edited(|d| d.alarm_actions = vec![POLICY.into()]);
    let world = World::empty();
    // From 90 up to 95 no step fits.
    assert_eq!(rules(&world.plan(Some(&wired))), ["step-gap"]);
    let mut standing = World::standing();
    standing.live = Some(standing.reads(&wired));
    let unwired = standing.plan(Some(&definition()));
    assert_eq!(rules(&unwired), ["mutes-a-policy"]);
    let deleted = standing.plan(None);
    assert_eq!(rules(&deleted), ["mutes-a-policy"]);
}

#[test]
fn what_was_put_is_taken_back_to_what_was_before() {
    let mut world = World::standing();
    world.supposed = left();
    let plan = world.plan(None);
    assert_eq!(rules(&plan), [""; 0]);
    assert_eq!(
        plan.steps[0].call.aws()[0].action,
        "cloudwatch:DeleteAlarms"
    );
    world.live = None;
    world.supposed = Supposed::Left(None);
    let gone = world.plan(None);
    assert!(blocks(&gone.findings) && gone.steps.is_empty());
}

#[test]
fn reading_back_names_each_part_that_is_another() {
    let world = World::standing();
    let plan = world.plan(Some(&threshold("72.5")));
    let Effect::Alarm(effect) = &plan.effect else {
        panic!("an alarm");
    };
    let check = |live: Option<&AlarmReading>| super::super::definition_differences(effect, live);
    assert_eq!(check(Some(&world.reads(&threshold("72.5")))), []);
    assert_eq!(
        check(world.live.as_ref()),
        [super::super::Difference::AlarmField {
            field: AlarmField::Threshold,
            expected: "72.5".into(),
            found: Some("90".into()),
        }]
    );
    assert_eq!(check(None), [super::super::Difference::AlarmGone]);
}

#[test]
fn approvals_rest_on_the_live_definition_and_not_on_the_metric() {
    let wanted = threshold("72.5");
    let change = Change::PutAlarm {
        alarm: World::empty().alarm,
        replaces: None,
        definition: Box::new(wanted.clone()),
        reason: "a test".into(),
    };
    let hash = |world: &World| world.plan(Some(&wanted)).content_hash(&change, None);
    let mut world = World::standing();
    let before = hash(&world);
    world.series = Some(series(60, &[1.0, 2.0]));
    assert_eq!(before, hash(&world));
    world.live = Some(world.reads(&threshold("80")));
    assert_ne!(before, hash(&world));
}

#[test]
fn periods_are_looked_at_as_the_alarm_does() {
    for (period_s, hours) in [(10, 2), (60, 24), (300, 72), (3_600, 72)] {
        assert_eq!(look_s(period_s), hours * 3_600, "{period_s}");
        assert!(i64::from(period_s) * 1_000 <= MINUTE_MS || hours >= 24);
    }
}
