//! Alarms whose metric filter is put, changed and taken back with them.

use super::{
    super::{Difference, filter_differences},
    tests::{World, definition_of_lines as counting},
    *,
};
use crate::{
    log_filters::{CountedLines, Fitting, LiveFilter},
    plan::fixtures::rules,
};

fn lines(pattern: &str) -> CountedLines {
    CountedLines {
        group: "/aws/lambda/prod-pay".into(),
        filter: "pay-errors".into(),
        pattern: pattern.into(),
    }
}

fn live(pattern: &str) -> LiveFilter {
    LiveFilter {
        name: "pay-errors".into(),
        pattern: pattern.into(),
        counts: Some(("LogMetrics".into(), "pay-errors".into())),
    }
}

fn sight(filters: &[LiveFilter]) -> Option<LinesSight> {
    Some(LinesSight {
        filters: Some(filters.to_vec()),
        ..LinesSight::default()
    })
}

fn actions(plan: &Plan) -> Vec<String> {
    let calls = plan.steps.iter().flat_map(|step| step.call.aws());
    calls.map(|call| call.action).collect()
}

fn undone(plan: &Plan) -> Vec<String> {
    let undos = plan.steps.iter().filter_map(|step| step.undo.as_ref());
    undos.flat_map(Call::aws).map(|call| call.action).collect()
}

#[test]
fn the_filter_is_put_before_the_alarm_and_taken_back_after_it() {
    let mut world = World::empty();
    let wanted = counting(lines("ERROR"));
    world.lines = sight(&[]);
    let plan = world.plan(Some(&wanted));
    assert_eq!(
        actions(&plan),
        ["logs:PutMetricFilter", "cloudwatch:PutMetricAlarm"]
    );
    assert_eq!(
        undone(&plan),
        ["logs:DeleteMetricFilter", "cloudwatch:DeleteAlarms"]
    );
    let calls = plan.steps.iter().flat_map(|step| step.call.aws());
    let told: Vec<_> = calls.flat_map(|call| call.parameters).collect();
    for (name, value) in [
        ("logGroupName", "/aws/lambda/prod-pay"),
        ("filterPattern", "ERROR"),
        ("metricTransformations.member.1.metricName", "pay-errors"),
        ("metricTransformations.member.1.metricValue", "1"),
        ("metricTransformations.member.1.defaultValue", "0"),
    ] {
        assert!(told.contains(&(name.into(), value.into())), "{name}");
    }
    // Taken back.
    world.live = Some(world.reads(&wanted));
    world.supposed = Supposed::Left(Some(Box::new(wanted)));
    world.lines = sight(&[live("ERROR")]);
    let back = world.plan(None);
    assert_eq!(
        actions(&back),
        ["cloudwatch:DeleteAlarms", "logs:DeleteMetricFilter"]
    );
    assert_eq!(rules(&back), [""; 0]);
    world.lines = sight(&[]);
    assert_eq!(actions(&world.plan(None)), ["cloudwatch:DeleteAlarms"]);
}

#[test]
fn a_filter_that_stands_as_wanted_is_left_alone_and_another_is_no_ones_to_take() {
    let mut world = World::empty();
    let wanted = counting(lines("ERROR"));
    world.lines = sight(&[live("ERROR")]);
    let plan = world.plan(Some(&wanted));
    assert_eq!(actions(&plan), ["cloudwatch:PutMetricAlarm"]);
    world.lines = sight(&[live("FATAL")]);
    assert_eq!(rules(&world.plan(Some(&wanted))), ["alarm-filter-taken"]);
    let mut foreign = live("ERROR");
    foreign.counts = None;
    world.lines = sight(&[foreign]);
    let plan = world.plan(Some(&wanted));
    assert_eq!(rules(&plan), ["alarm-filter-taken"]);
    assert_eq!(actions(&plan), ["cloudwatch:PutMetricAlarm"]);
}

#[test]
fn another_pattern_of_an_alarm_that_stands_is_one_call_and_warns_those_who_share_it() {
    let mut world = World::empty();
    let (before, wanted) = (counting(lines("ERROR")), counting(lines("?ERROR ?FATAL")));
    world.live = Some(world.reads(&before));
    world.supposed = Supposed::One;
    world.lines = sight(&[live("ERROR")]);
    let plan = world.plan(Some(&wanted));
    assert_eq!(actions(&plan), ["logs:PutMetricFilter"]);
    assert_eq!(undone(&plan), ["logs:PutMetricFilter"]);
    let Effect::Alarm(effect) = &plan.effect else {
        panic!("an alarm");
    };
    assert_eq!(effect.before.as_deref(), Some(&before));
    assert_eq!(filter_differences(effect, &[live("?ERROR ?FATAL")]), []);
    let gone = Difference::FilterGone {
        filter: "pay-errors".into(),
    };
    assert_eq!(filter_differences(effect, &[]), [gone]);
    assert_eq!(filter_differences(effect, &[live("ERROR")]).len(), 1);
    // It goes back to what it was, and the same again is nothing.
    assert_eq!(actions(&world.plan(Some(&before))), [""; 0]);
    world
        .lines
        .iter_mut()
        .for_each(|sight| sight.shared = vec!["other".into()]);
    assert_eq!(rules(&world.plan(Some(&wanted))), ["alarm-metric-shared"]);
}

#[test]
fn each_check_of_lines_says_what_is_wrong() {
    let fitting = |lines: u64, values: &[f64]| Fitting {
        lines,
        hours: 3,
        more: false,
        series: Some(super::tests::series(300, values)),
    };
    type Spoil = fn(&mut AlarmDefinition, &mut LinesSight);
    let spoilt: [(&str, Spoil); 7] = [
        ("alarm-metric-elsewhere", |_, sight| sight.elsewhere = 2),
        ("alarm-metric-made", |_, sight| {
            sight.making = vec!["pay (/aws/lambda/prod-pay)".into()];
        }),
        ("alarm-log-group-missing", |_, sight| sight.filters = None),
        ("alarm-filter-quota", |_, sight| {
            let other = |n: usize| LiveFilter {
                name: format!("f{n}"),
                pattern: String::new(),
                counts: None,
            };
            sight.filters = Some((0..100).map(other).collect());
        }),
        ("alarm-pattern-refused", |_, sight| {
            sight.lately = Some(Err("Invalid metric filter pattern".into()));
        }),
        ("alarm-not-summed", |definition, _| {
            definition.metric.statistic = "Average".into();
        }),
        ("alarm-refused", |definition, _| {
            definition.metric.namespace = "AWS/Logs".into();
        }),
    ];
    for (rule, spoil) in spoilt {
        let (mut world, mut wanted) = (World::empty(), counting(lines("ERROR")));
        let mut sight = LinesSight {
            filters: Some(Vec::new()),
            ..LinesSight::default()
        };
        spoil(&mut wanted, &mut sight);
        world.lines = Some(sight);
        assert_eq!(rules(&world.plan(Some(&wanted))), [rule]);
    }
    // What fits is judged as the metric would be.
    let mut world = World::empty();
    world.lines = sight(&[]);
    let wanted = counting(lines("ERROR"));
    world
        .lines
        .iter_mut()
        .for_each(|sight| sight.lately = Some(Ok(fitting(9, &[4.0, 5.0]))));
    assert_eq!(
        rules(&world.plan(Some(&wanted))),
        ["alarm-breaches-mostly", "alarm-lines-fit"]
    );
}
