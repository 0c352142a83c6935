//! The documented rules of AWS as cases, and documents as the command line
//! prints them.

use super::{report::Report, *};
use crate::i18n::Lang;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// A document with one policy of an Auto Scaling group and its alarm.
fn pair(policy: &Value, alarm: Option<&Value>) -> Value {
    let arn = "arn:aws:autoscaling:eu-west-1:111122223333:scalingPolicy:1:autoScalingGroupName/web:policyName/p";
    let mut policy_with = json!({
        "PolicyName": "p", "PolicyARN": arn, "AutoScalingGroupName": "web",
        "PolicyType": "StepScaling", "AdjustmentType": "ChangeInCapacity",
    });
    merge(&mut policy_with, policy);
    let alarms: Vec<Value> = alarm
        .map(|alarm| {
            let mut with = json!({"AlarmName": "a", "AlarmActions": [arn]});
            merge(&mut with, alarm);
            with
        })
        .into_iter()
        .collect();
    json!({"ScalingPolicies": [policy_with], "MetricAlarms": alarms})
}

fn merge(into: &mut Value, from: &Value) {
    for (key, value) in from.as_object().expect("an object") {
        into[key] = value.clone();
    }
}

fn step(lower: Option<f64>, upper: Option<f64>, adjustment: i32) -> Value {
    json!({"MetricIntervalLowerBound": lower, "MetricIntervalUpperBound": upper,
        "ScalingAdjustment": adjustment})
}

fn findings(document: &Value) -> Vec<Finding> {
    lint(&Document::read(document.to_string().as_bytes()).expect("a document"))
}

fn rules(document: &Value) -> Vec<&'static str> {
    let findings = findings(document);
    findings.iter().map(|found| found.problem.rule()).collect()
}

#[test]
fn the_rules_that_aws_documents_are_found_case_by_case() {
    let mut probes = 0;
    for line in include_str!("cases.ndjson").lines() {
        let case: Value = serde_json::from_str(line).expect("a case");
        let steps: Vec<Value> = case["steps"]
            .as_array()
            .expect("steps")
            .iter()
            .map(|given| {
                let adjustment = given["adjust"].as_i64().and_then(|n| i32::try_from(n).ok());
                let (lower, upper) = (given["lower"].as_f64(), given["upper"].as_f64());
                step(lower, upper, adjustment.expect("an adjustment"))
            })
            .collect();
        let policy = json!({"AdjustmentType": case["adjustment_type"], "StepAdjustments": steps});
        let alarm = case["alarm"].as_object().map(|alarm| {
            json!({"ComparisonOperator": alarm["comparison"], "Threshold": alarm["threshold"]})
        });
        let document = pair(&policy, alarm.as_ref());
        let mut expected: BTreeSet<&str> = case["lint"]
            .as_array()
            .expect("rules")
            .iter()
            .map(|rule| match rule.as_str().expect("a rule") {
                "both-null" | "two-null-lower" | "upper-not-greater" => "step-bounds",
                "exact-negative" => "negative-exact",
                rule if rule.starts_with("overlap") => "step-overlap",
                other => panic!("{other}: a rule that this test does not know"),
            })
            .collect();
        if alarm.is_none() {
            expected.insert("no-alarm");
        }
        let found: BTreeSet<&str> = rules(&document).into_iter().collect();
        assert_eq!(found, expected, "{line}");
        probes += probed(&case, &document);
    }
    assert!(probes > 15, "{probes} probes");
}

fn probed(case: &Value, document: &Value) -> usize {
    let read = Document::read(document.to_string().as_bytes()).expect("a document");
    let policy = &read.policies.expect("policies")[0];
    let Some(Movement::Steps { steps, .. }) = policy.adjusting.as_ref().map(|a| &a.movement) else {
        panic!("a step policy");
    };
    let probes = case["probes"].as_array().expect("probes");
    for probe in probes {
        let alarm = &read.alarms.as_deref().expect("alarms")[0];
        let metric = probe["metric"].as_f64().expect("a metric");
        let taken = intervals::step_for(
            steps,
            alarm.comparison.expect("a comparison"),
            alarm.threshold.expect("a threshold"),
            metric,
        );
        let adjustment = taken.map(|step| i64::from(step.adjustment));
        assert_eq!(
            adjustment,
            probe["step_adjust"].as_i64(),
            "{metric}: {case}"
        );
    }
    probes.len()
}

const HIGH: &str = "GreaterThanOrEqualToThreshold";
const LOW: &str = "LessThanThreshold";

#[test]
fn each_rule_is_found_where_it_is_broken_and_nowhere_else() {
    let none = None;
    let out = [step(Some(0.0), none, 1)];
    let down = [step(none, Some(0.0), -1)];
    let alarm = |comparison: &str, threshold: f64| json!({"ComparisonOperator": comparison, "Threshold": threshold});
    let with = |mut base: Value, more: Value| {
        merge(&mut base, &more);
        base
    };
    let steps = |steps: &[Value]| json!({"StepAdjustments": steps});
    let percent = |steps: &[Value]| json!({"AdjustmentType": "PercentChangeInCapacity", "StepAdjustments": steps});
    let high = || alarm(HIGH, 60.0);
    let low = || alarm(LOW, 20.0);
    for (policy, alarm, expected) in [
        (steps(&out), high(), vec![]),
        (steps(&down), low(), vec![]),
        // The mistake of the field: a scale-in policy shaped like a scale-out one.
        (steps(&[step(Some(0.0), none, -1)]), low(), vec!["step-gap"]),
        (steps(&[step(none, Some(0.0), 1)]), high(), vec!["step-gap"]),
        (steps(&[step(Some(5.0), none, 1)]), high(), vec!["step-gap"]),
        (steps(&[]), high(), vec!["step-gap"]),
        (
            steps(&[step(Some(0.0), Some(10.0), 1), step(Some(20.0), none, 2)]),
            high(),
            vec!["step-gap"],
        ),
        (
            steps(&[step(Some(0.0), Some(10.0), 1)]),
            high(),
            vec!["step-bounds", "step-gap"],
        ),
        (
            steps(&[step(Some(-10.0), Some(0.0), -1)]),
            low(),
            vec!["step-bounds", "step-gap"],
        ),
        (
            steps(&[step(Some(0.0), none, 1), step(Some(5.0), none, 1)]),
            high(),
            vec!["step-bounds", "step-overlap"],
        ),
        // Bounds that are values: AWS takes the policy and adds them to 60.
        (
            steps(&[step(Some(60.0), Some(80.0), 1), step(Some(80.0), none, 2)]),
            high(),
            vec!["step-gap", "absolute-bounds"],
        ),
        (
            steps(&[step(none, Some(10.0), -2), step(Some(10.0), Some(20.0), -1)]),
            low(),
            vec!["step-bounds", "absolute-bounds", "step-unreachable"],
        ),
        (steps(&[step(none, Some(0.0), 1)]), low(), vec!["direction"]),
        (
            steps(&[step(Some(0.0), none, -1)]),
            high(),
            vec!["direction"],
        ),
        (
            steps(&[step(none, Some(0.0), 1)]),
            with(low(), json!({"MetricName": "FreeableMemory"})),
            vec![],
        ),
        (
            steps(&[step(none, Some(-5.0), 1), step(Some(-5.0), Some(0.0), -1)]),
            with(low(), json!({"MetricName": "FreeableMemory"})),
            vec!["direction"],
        ),
        (
            percent(&[step(Some(0.0), none, 0)]),
            high(),
            vec!["percent-no-effect"],
        ),
        (
            steps(&[step(Some(0.0), none, 0)]),
            high(),
            vec!["change-no-effect"],
        ),
        (
            percent(&[step(Some(0.0), Some(9.0), 10), step(Some(9.0), none, 0)]),
            high(),
            vec!["percent-no-effect"],
        ),
        (
            with(steps(&out), json!({"MinAdjustmentMagnitude": 2})),
            high(),
            vec!["min-magnitude-unused"],
        ),
        (
            with(percent(&out), json!({"MinAdjustmentMagnitude": 2})),
            high(),
            vec![],
        ),
        (
            steps(&[step(Some(0.0), none, 1), step(none, Some(0.0), -1)]),
            high(),
            vec!["step-unreachable"],
        ),
        (
            steps(&out),
            with(high(), json!({"TreatMissingData": "breaching"})),
            vec!["missing-data"],
        ),
        (
            steps(&out),
            with(high(), json!({"ActionsEnabled": false})),
            vec!["alarm-muted"],
        ),
        (
            steps(&out),
            with(
                high(),
                json!({"Statistic": "Maximum", "EvaluationPeriods": 3}),
            ),
            vec!["statistic-mismatch"],
        ),
        (
            with(steps(&out), json!({"MetricAggregationType": "Maximum"})),
            with(high(), json!({"Statistic": "Maximum"})),
            vec![],
        ),
        (
            steps(&out),
            with(high(), json!({"Statistic": "Sum"})),
            vec![],
        ),
        (
            steps(&out),
            json!({"ComparisonOperator": HIGH}),
            vec!["alarm-unchecked"],
        ),
        (steps(&out), json!({}), vec!["alarm-unchecked"]),
        // Outside a band the alarm has values on both sides.
        (
            steps(&out),
            json!({"ComparisonOperator": "LessThanLowerOrGreaterThanUpperThreshold"}),
            vec!["step-gap"],
        ),
        (
            steps(&[step(Some(0.0), none, 1), step(none, Some(0.0), -1)]),
            json!({"ComparisonOperator": "LessThanLowerOrGreaterThanUpperThreshold"}),
            vec![],
        ),
        (
            steps(&out),
            json!({"ComparisonOperator": "GreaterThanUpperThreshold"}),
            vec![],
        ),
        // Policies without steps, and those that look after themselves.
        (
            json!({"PolicyType": "SimpleScaling", "ScalingAdjustment": 1}),
            low(),
            vec!["direction"],
        ),
        (
            json!({"PolicyType": "SimpleScaling", "ScalingAdjustment": -1, "AdjustmentType": "ExactCapacity"}),
            low(),
            vec!["negative-exact"],
        ),
        (
            json!({"PolicyType": "SimpleScaling", "ScalingAdjustment": 0, "AdjustmentType": "PercentChangeInCapacity"}),
            high(),
            vec!["percent-no-effect"],
        ),
        (
            json!({"PolicyType": "TargetTrackingScaling", "StepAdjustments": []}),
            low(),
            vec![],
        ),
    ] {
        let document = pair(&policy, Some(&alarm));
        assert_eq!(rules(&document), expected, "{document}");
    }
}

#[test]
fn a_gap_is_told_in_values_of_the_metric_with_one_that_fails() {
    let document = pair(
        &json!({"StepAdjustments": [step(Some(-10.0), Some(0.0), -1)]}),
        Some(&json!({"ComparisonOperator": "LessThanOrEqualToThreshold", "Threshold": 10})),
    );
    let report = Report::new(Lang::En, &findings(&document));
    let report = serde_json::to_value(&report).expect("json");
    assert_eq!(
        report["findings"][1],
        json!({
            "rule": "step-gap", "severity": "error", "policy": "p", "target": "web", "alarm": "a",
            "uncovered": [{"from": null, "to": 0.0, "from_inclusive": false, "to_inclusive": true}],
            "example_metric": 0.0,
            "message": "Alarm “a” goes off at ≤ 10, but no step takes a metric x with x ≤ 0. At 0, for one, \
                AWS says “No step adjustment found” and the capacity stays as it is.",
            "fix": "Leave out the lower bound of the lowest step.",
        })
    );
}

#[test]
fn a_band_has_no_number_to_add_so_distances_are_told() {
    let document = pair(
        &json!({"StepAdjustments": [step(Some(2.0), None, 1)]}),
        Some(
            &json!({"ComparisonOperator": "GreaterThanUpperThreshold", "ThresholdMetricId": "ad1"}),
        ),
    );
    let report = serde_json::to_value(Report::new(Lang::En, &findings(&document))).expect("json");
    let row = &report["findings"][0];
    assert_eq!(row["uncovered"], json!([]));
    assert_eq!(row["example_metric"], Value::Null);
    let distance =
        json!([{"from": 0.0, "to": 2.0, "from_inclusive": false, "to_inclusive": false}]);
    assert_eq!(row["uncovered_distance"], distance);
}

/// Both services, two regions with equal names, and every way of being wired.
fn estate() -> Value {
    let group = |region: &str, name: &str| {
        format!(
            "arn:aws:autoscaling:{region}:111122223333:scalingPolicy:1:autoScalingGroupName/web:policyName/{name}"
        )
    };
    let service = "arn:aws:autoscaling:eu-west-1:111122223333:scalingPolicy:2:resource/ecs/service/shop/api:policyName/in";
    let alarm_arn =
        |region: &str, name: &str| format!("arn:aws:cloudwatch:{region}:111122223333:alarm:{name}");
    json!({
        "ScalingPolicies": [
            {"PolicyName": "out", "PolicyARN": group("eu-west-1", "out"), "AutoScalingGroupName": "web",
             "PolicyType": "StepScaling", "AdjustmentType": "ChangeInCapacity", "MetricAggregationType": "Average",
             "StepAdjustments": [step(Some(0.0), None, 1)],
             "Alarms": [{"AlarmName": "high", "AlarmARN": alarm_arn("eu-west-1", "high")}]},
            {"PolicyName": "out", "PolicyARN": group("us-east-1", "out"), "AutoScalingGroupName": "web",
             "PolicyType": "StepScaling", "AdjustmentType": "ChangeInCapacity",
             "StepAdjustments": [step(Some(0.0), None, 1)],
             "Alarms": [{"AlarmName": "high", "AlarmARN": alarm_arn("us-east-1", "high")}]},
            {"PolicyName": "in", "PolicyARN": service, "ServiceNamespace": "ecs", "ResourceId": "service/shop/api",
             "PolicyType": "StepScaling",
             "StepScalingPolicyConfiguration": {"AdjustmentType": "ChangeInCapacity",
                "StepAdjustments": [step(Some(0.0), None, -1)], "Cooldown": 60},
             "Alarms": []},
            {"PolicyName": "cpu50", "AutoScalingGroupName": "web", "PolicyType": "TargetTrackingScaling",
             "Alarms": [{"AlarmName": "TargetTracking-web-AlarmHigh"}]},
        ],
        "MetricAlarms": [
            {"AlarmName": "high", "AlarmArn": alarm_arn("eu-west-1", "high"), "Threshold": 60,
             "ComparisonOperator": HIGH, "AlarmActions": [group("eu-west-1", "out"), "arn:aws:sns:eu-west-1:1:t"]},
            {"AlarmName": "idle", "AlarmArn": alarm_arn("eu-west-1", "idle"), "Threshold": 5,
             "ComparisonOperator": LOW, "AlarmActions": [format!("{service}:createdBy/u-1")]},
            {"AlarmName": "stale", "AlarmArn": alarm_arn("eu-west-1", "stale"), "Threshold": 5,
             "ComparisonOperator": LOW, "AlarmActions": [group("eu-west-1", "gone")]},
        ],
    })
}

fn told(document: &Value) -> Vec<(&'static str, String, Option<String>)> {
    findings(document)
        .into_iter()
        .map(|found| (found.problem.rule(), found.policy, found.alarm))
        .collect()
}

#[test]
fn policies_and_alarms_are_joined_by_what_aws_calls_them() {
    let expect =
        |rule, policy: &str, alarm: &str| (rule, policy.to_owned(), Some(alarm.to_owned()));
    assert_eq!(
        told(&estate()),
        [
            // The other region's alarm of that name is not this policy's.
            expect("alarm-unchecked", "out", "high"),
            expect("step-gap", "in", "idle"),
            expect("policy-unknown", "gone", "stale"),
        ]
    );
    let mut policies_only = estate();
    let fields = policies_only.as_object_mut().expect("an object");
    fields.remove("MetricAlarms");
    assert_eq!(
        told(&policies_only),
        [
            expect("alarm-unchecked", "out", "high"),
            expect("alarm-unchecked", "out", "high"),
            ("no-alarm", "in".into(), None),
        ]
    );
    let mut alarms_only = estate();
    let fields = alarms_only.as_object_mut().expect("an object");
    fields.remove("ScalingPolicies");
    assert_eq!(told(&alarms_only), []);
}

#[test]
fn a_document_without_arns_is_joined_by_names() {
    let mut document = pair(
        &json!({"PolicyARN": null, "StepAdjustments": [step(Some(0.0), None, 1)]}),
        Some(&json!({"ComparisonOperator": LOW, "Threshold": 1})),
    );
    assert_eq!(rules(&document), ["step-gap", "direction"]);
    document["MetricAlarms"][0]["AlarmActions"] = json!([]);
    document["ScalingPolicies"][0]["Alarms"] = json!([{"AlarmName": "a"}]);
    assert_eq!(rules(&document), ["step-gap", "direction"]);
    document["ScalingPolicies"][0]["Alarms"] = json!([]);
    assert_eq!(rules(&document), ["no-alarm"]);
}

#[test]
fn an_alarm_with_both_policies_of_a_target_is_told_once() {
    let mut document = pair(
        &json!({"StepAdjustments": [step(Some(0.0), None, 1)]}),
        Some(&json!({"ComparisonOperator": HIGH, "Threshold": 1})),
    );
    let mut second = document["ScalingPolicies"][0].clone();
    merge(
        &mut second,
        &json!({"PolicyName": "q", "PolicyARN": "arn:q", "Alarms": [{"AlarmName": "a"}]}),
    );
    let policies = document["ScalingPolicies"]
        .as_array_mut()
        .expect("policies");
    policies.push(second);
    let found = findings(&document);
    let [shared] = found.as_slice() else {
        panic!("{found:?}");
    };
    let others = vec!["q".to_owned()];
    assert_eq!(shared.problem, Problem::SharedAlarm { others, count: 1 });
    assert_eq!(shared.policy, "p");
    // Two groups may well follow one alarm.
    document["ScalingPolicies"][1]["AutoScalingGroupName"] = json!("api");
    assert_eq!(rules(&document), [""; 0]);
}

#[test]
fn a_policy_on_the_wrong_state_of_an_alarm_is_told() {
    let policy =
        json!({"StepAdjustments": [step(Some(0.0), None, 1)], "Alarms": [{"AlarmName": "a"}]});
    let mut document = pair(
        &policy,
        Some(&json!({"ComparisonOperator": HIGH, "Threshold": 1})),
    );
    let arn = document["MetricAlarms"][0]["AlarmActions"].take();
    document["MetricAlarms"][0]["OKActions"] = arn.clone();
    assert_eq!(rules(&document), ["no-alarm", "runs-on-ok"]);
    document["MetricAlarms"][0]["OKActions"] = Value::Null;
    document["MetricAlarms"][0]["InsufficientDataActions"] = arn;
    assert_eq!(rules(&document), ["no-alarm", "missing-data"]);
}

#[test]
fn every_finding_has_words_and_a_fix_in_both_languages() {
    let threshold = 60.0;
    let uncovered = vec![intervals::Interval {
        from: Some(1e300),
        to: None,
        from_inclusive: true,
        to_inclusive: false,
    }];
    let gap = |alarm, mend| {
        Problem::StepGap(Gap {
            uncovered: uncovered.clone(),
            relative: false,
            example_metric: Some(1e300),
            alarm,
            mends: vec![mend],
        })
    };
    let mut problems = vec![
        Problem::StepOverlap {
            lower: None,
            upper: Some(1.5),
        },
        Problem::Direction {
            side: intervals::Side::Above,
            adjustment: -1,
        },
        Problem::Direction {
            side: intervals::Side::Below,
            adjustment: 1,
        },
        Problem::AbsoluteBounds { threshold },
        Problem::NoAlarm,
        Problem::NegativeExact { adjustment: -1 },
        Problem::NoEffect {
            percent: true,
            larger_breach: false,
        },
        Problem::NoEffect {
            percent: false,
            larger_breach: false,
        },
        Problem::NoEffect {
            percent: false,
            larger_breach: true,
        },
        Problem::MagnitudeUnused,
        Problem::StepUnreachable {
            lower: Some(1.0),
            upper: None,
        },
        Problem::SharedAlarm {
            others: vec!["q".into()],
            count: 2,
        },
        Problem::MissingData { insufficient: true },
        Problem::MissingData {
            insufficient: false,
        },
        Problem::RunsOnOk,
        Problem::StatisticMismatch {
            statistic: "Maximum".into(),
            aggregation: Aggregation::Minimum,
            periods: None,
        },
        Problem::AlarmMuted,
        Problem::AlarmUnchecked(Unchecked::NotGiven),
        Problem::AlarmUnchecked(Unchecked::NoThreshold),
        Problem::PolicyUnknown,
        gap(None, Mend::Join),
    ];
    for bounds in [
        Bounds::BothOpen,
        Bounds::TwoOpenLower,
        Bounds::TwoOpenUpper,
        Bounds::UpperNotAbove {
            lower: 1.0,
            upper: 1.0,
        },
        Bounds::NoOpenLower { lower: -1.0 },
        Bounds::NoOpenUpper { upper: 1.0 },
    ] {
        problems.push(Problem::StepBounds(bounds));
    }
    for comparison in [
        Comparison::Greater,
        Comparison::LessOrEqual,
        Comparison::OutsideBand,
    ] {
        let number = Some(threshold).filter(|_| !comparison.is_band());
        for mend in [
            Mend::OtherSide,
            Mend::BeginAtThreshold,
            Mend::OpenEnd,
            Mend::Join,
            Mend::AddStep,
        ] {
            problems.push(gap(Some((comparison, number)), mend));
        }
    }
    for problem in problems {
        let finding = Finding {
            policy: "p".into(),
            target: None,
            alarm: Some("a".into()),
            problem,
        };
        let english = Report::new(Lang::En, std::slice::from_ref(&finding))
            .findings
            .remove(0);
        let korean = Report::new(Lang::Ko, std::slice::from_ref(&finding))
            .findings
            .remove(0);
        for (row, hangul) in [(&english, false), (&korean, true)] {
            for words in [&row.message, &row.fix] {
                let has_hangul = words.chars().any(|c| ('가'..='힣').contains(&c));
                assert_eq!(has_hangul, hangul, "{}: {words}", row.rule);
                assert!(words.len() < 500, "{words}");
            }
        }
    }
}
