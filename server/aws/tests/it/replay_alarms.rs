//! Alarms, history and metrics as CloudWatch writes them, where no peer does.

use crate::{
    peers::scope,
    wire::{ACCOUNT, Answer, NOW_S, Wire, cloud},
};
use domain::{
    alarms::{AlarmKind, AlarmReading, AlarmState, MetricRef},
    time::Timestamp,
};
use ports::{Cloud, CloudErrorKind, MetricRequest};
use serde_json::{Value, json};

fn alarm(name: &str, extra: Value) -> Value {
    let mut alarm = json!({
        "AlarmName": name,
        "AlarmArn": format!("arn:aws:cloudwatch:ap-northeast-2:{ACCOUNT}:alarm:{name}"),
        "StateValue": "ALARM",
        "StateReason": "Threshold Crossed",
        "StateUpdatedTimestamp": { "@time": NOW_S },
        "StateTransitionedTimestamp": { "@time": NOW_S - 3_600 },
        "ComparisonOperator": "GreaterThanThreshold",
        "EvaluationPeriods": 3,
        "ActionsEnabled": false,
        "AlarmActions": ["arn:aws:sns:ap-northeast-2:111122223333:ops"],
        "OKActions": ["arn:aws:sns:ap-northeast-2:111122223333:calm"],
        "FieldOfTheFuture": [1, { "a": null }],
    });
    let fields = alarm.as_object_mut().expect("an object");
    for (name, value) in extra.as_object().expect("an object") {
        fields.insert(name.clone(), value.clone());
    }
    alarm
}

fn stat(id: &str, name: &str) -> Value {
    json!({ "Id": id, "ReturnData": true, "MetricStat": {
        "Metric": { "Namespace": "AWS/ApplicationELB", "MetricName": name, "Dimensions": [
            { "Name": "TargetGroup", "Value": "tg/1" }, { "Name": "LoadBalancer", "Value": "app/1" },
        ]},
        "Period": 60, "Stat": "Sum" } })
}

async fn read(alarms: Vec<Value>) -> Vec<AlarmReading> {
    let wire = Wire::new();
    let body = json!({ "MetricAlarms": alarms, "CompositeAlarms": [] });
    wire.answer("DescribeAlarms", Answer::cbor(200, &body));
    let alarms = cloud(&wire).alarms(&scope(ACCOUNT)).await.expect("alarms");
    let asked = &wire.asked()[0];
    assert!(asked.has("MetricAlarm") && asked.has("CompositeAlarm"));
    alarms
}

#[tokio::test]
async fn what_a_put_would_lose_is_named() {
    let plain = json!({
        "Namespace": "AWS/EC2", "MetricName": "CPUUtilization", "Statistic": "Average", "Period": 60,
        "Threshold": 80.1, "EvaluateLowSampleCountPercentile": "evaluate",
    });
    let with = |field: &str, value: Value| {
        let mut fields = plain.clone();
        fields[field] = value;
        alarm(field, fields)
    };
    let elsewhere = json!([{ "Id": "m1", "AccountId": "999900000000", "ReturnData": true,
        "MetricStat": stat("m1", "RequestCount")["MetricStat"] }]);
    let alarms = read(vec![
        alarm("plain", plain.clone()),
        with("EvaluateLowSampleCountPercentile", json!("ignore")),
        with("Metrics", elsewhere),
        with("EvaluationInterval", json!(60)),
    ])
    .await;
    for (alarm, unmodelled) in alarms.iter().zip([
        &[] as &[&str],
        &["EvaluateLowSampleCountPercentile"],
        &["Metrics"],
        &["EvaluationInterval"],
    ]) {
        assert_eq!(alarm.unmodelled, unmodelled, "{}", alarm.name);
        assert_eq!(alarm.definition().is_some(), unmodelled.is_empty());
    }
    let definition = alarms[0].definition().expect("a plain alarm");
    assert_eq!(definition.threshold.to_string(), "80.1");
}

#[tokio::test]
async fn metric_math_anomaly_and_promql_alarms_are_told_apart() {
    let alarms = read(vec![
        alarm(
            "ratio",
            json!({ "Threshold": 5.5, "Metrics": [
                { "Id": "e1", "Expression": "100 * m1 / m2", "ReturnData": true },
                stat("m1", "HTTPCode_ELB_5XX_Count"), stat("m2", "RequestCount"),
            ]}),
        ),
        alarm(
            "band",
            json!({ "ThresholdMetricId": "ad1", "Metrics": [
                stat("m1", "RequestCount"),
                { "Id": "ad1", "Expression": "ANOMALY_DETECTION_BAND(m1, 2)" },
            ]}),
        ),
        alarm(
            "elsewhere",
            json!({ "Threshold": 1.5, "Metrics": [stat("m1", "RequestCount")] }),
        ),
        alarm(
            "promql",
            json!({ "EvaluationCriteria": { "PromQLCriteria": { "Query": "up == 0" } } }),
        ),
    ])
    .await;
    let [ratio, band, elsewhere, promql] = alarms.as_slice() else {
        panic!("four alarms");
    };
    assert_eq!(ratio.kind, AlarmKind::MetricMath);
    assert_eq!(ratio.rule.expression.as_deref(), Some("e1 = 100 * m1 / m2"));
    assert_eq!(ratio.rule.threshold, Some(5.5));
    assert_eq!(ratio.rule.metric, None, "two metrics are not one");
    assert_eq!(
        ratio.state_at,
        Timestamp::from_ms((NOW_S as i64 - 3_600) * 1_000)
    );
    assert_eq!(
        ratio.rule.datapoints_to_alarm, 3,
        "as many as are looked at"
    );
    assert_eq!(ratio.rule.missing_data, "missing");
    assert!(!ratio.actions_enabled);
    assert_eq!(ratio.alarm_actions.len(), 1);
    assert!(ratio.ok_actions[0].ends_with(":calm"), "{ratio:?}");
    assert_eq!(ratio.insufficient_data_actions, [""; 0]);

    assert_eq!(band.kind, AlarmKind::Anomaly);
    assert_eq!(band.rule.threshold, None);
    let metric = band.rule.metric.as_ref().expect("one metric");
    assert_eq!(metric.name, "RequestCount");
    assert_eq!(metric.statistic, "Sum");
    let names: Vec<&str> = metric
        .dimensions
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(names, ["LoadBalancer", "TargetGroup"]);

    assert_eq!(elsewhere.kind, AlarmKind::Metric);
    assert!(elsewhere.rule.metric.is_some() && elsewhere.rule.expression.is_none());
    assert_eq!(promql.kind, AlarmKind::MetricMath);
    assert_eq!(promql.rule.expression.as_deref(), Some("up == 0"));
}

#[tokio::test]
async fn an_alarm_that_never_changed_state_has_the_time_it_was_updated() {
    let metric = json!({ "Threshold": 1.5, "Namespace": "App", "MetricName": "Latency",
        "ExtendedStatistic": "p99", "Period": 300, "Unit": "Milliseconds" });
    let mut old = alarm("old", metric);
    old.as_object_mut()
        .expect("an object")
        .remove("StateTransitionedTimestamp");
    old["StateValue"] = json!("SOMETHING_NEW");
    let alarms = read(vec![old]).await;
    assert_eq!(alarms[0].state_at, Timestamp::from_ms(NOW_S as i64 * 1_000));
    assert_eq!(alarms[0].state, AlarmState::InsufficientData);
    let metric = alarms[0].rule.metric.as_ref().expect("a metric");
    assert_eq!((metric.statistic.as_str(), metric.period_s), ("p99", 300));
    assert_eq!(metric.unit, "Milliseconds");
}

#[tokio::test]
async fn half_a_list_is_no_list() {
    let wire = Wire::new();
    let page = json!({ "MetricAlarms": [alarm("a", json!({}))], "NextToken": "t" });
    wire.answer("DescribeAlarms", Answer::cbor(200, &page));
    wire.answers(
        "DescribeAlarms",
        3,
        &Answer::cbor_error(500, "InternalServiceFault", "no"),
    );
    let error = cloud(&wire)
        .alarms(&scope(ACCOUNT))
        .await
        .expect_err("the second page failed");
    assert_eq!(error.kind, CloudErrorKind::Unavailable);
    assert_eq!(error.action, "cloudwatch:DescribeAlarms");
    assert!(wire.asked()[1].has("NextToken"));
}

#[tokio::test]
async fn history_skips_what_it_cannot_read() {
    let item = |at: u64, data: &str, summary: &str| {
        json!({ "AlarmName": "a", "Timestamp": { "@time": at }, "HistoryItemType": "StateUpdate",
            "HistoryData": data, "HistorySummary": summary })
    };
    let full = r#"{"version":"1.0","oldState":{"stateValue":"OK"},
        "newState":{"stateValue":"ALARM","stateReason":"high"}}"#;
    let wire = Wire::new();
    let body = json!({ "AlarmHistoryItems": [
        item(NOW_S - 10, "not json", "Alarm updated from ALARM to OK"),
        item(NOW_S - 20, "{}", "Something else"),
        item(NOW_S - 5, full, ""),
    ]});
    wire.answer("DescribeAlarmHistory", Answer::cbor(200, &body));
    let from = Timestamp::from_ms(0);
    let until = Timestamp::from_ms(NOW_S as i64 * 1_000);
    let history = cloud(&wire)
        .alarm_history(&scope(ACCOUNT), "a", from, until)
        .await
        .expect("history");
    let states: Vec<_> = history.iter().map(|t| (t.from, t.to)).collect();
    assert_eq!(
        states,
        [
            (Some(AlarmState::Ok), AlarmState::Alarm),
            (Some(AlarmState::Alarm), AlarmState::Ok),
        ],
        "newest first"
    );
    assert!(wire.asked()[0].has("StateUpdate"));
}

fn request() -> MetricRequest {
    let until = Timestamp::from_ms(NOW_S as i64 * 1_000);
    MetricRequest {
        metric: MetricRef {
            namespace: "AWS/EC2".into(),
            name: "CPUUtilization".into(),
            dimensions: vec![("AutoScalingGroupName".into(), "prod-web".into())],
            statistic: "p99".into(),
            period_s: 60,
            unit: String::new(),
        },
        from: until.plus_ms(-3_600_000),
        until,
    }
}

fn data(status: &str, times: &[u64], values: &[f64]) -> Value {
    let times: Vec<Value> = times.iter().map(|at| json!({ "@time": at })).collect();
    json!({ "Id": "m", "StatusCode": status, "Timestamps": times, "Values": values,
        "Messages": [{ "Code": "C", "Value": "said" }] })
}

#[tokio::test]
async fn metric_pages_are_joined_in_order() {
    let wire = Wire::new();
    let first = json!({ "NextToken": "t",
        "MetricDataResults": [data("PartialData", &[NOW_S - 60, NOW_S - 180], &[3.5, 1.5])] });
    let second = json!({
        "MetricDataResults": [data("Complete", &[NOW_S - 120, NOW_S - 60], &[2.5, 3.5])] });
    wire.answer("GetMetricData", Answer::cbor(200, &first))
        .answer("GetMetricData", Answer::cbor(200, &second));
    let series = cloud(&wire)
        .metric(&scope(ACCOUNT), &request())
        .await
        .expect("a series");
    assert_eq!(series.values, [1.5, 2.5, 3.5]);
    assert!(series.at.is_sorted());
    assert_eq!(series.period_s, 60);
    let asked = &wire.asked()[0];
    assert!(asked.has("p99") && asked.has("prod-web") && !asked.has("Unit"));
}

#[tokio::test]
async fn a_query_that_fails_inside_a_good_answer_fails() {
    for (status, kind) in [
        ("Forbidden", CloudErrorKind::Denied),
        ("InternalError", CloudErrorKind::Unavailable),
    ] {
        let wire = Wire::new();
        let body = json!({ "MetricDataResults": [data(status, &[], &[])] });
        wire.answer("GetMetricData", Answer::cbor(200, &body));
        let error = cloud(&wire)
            .metric(&scope(ACCOUNT), &request())
            .await
            .expect_err("failed");
        assert_eq!((error.kind, error.message.as_str()), (kind, "said"));
    }
}

#[tokio::test]
async fn an_empty_span_is_not_asked_for() {
    let wire = Wire::new();
    let request = MetricRequest {
        until: request().from,
        ..request()
    };
    let series = cloud(&wire).metric(&scope(ACCOUNT), &request).await;
    assert!(series.expect("a series").at.is_empty());
    assert_eq!(wire.count("GetMetricData"), 0);
}
