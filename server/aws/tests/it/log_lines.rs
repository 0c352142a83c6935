//! Lines of logs and the filters that read them, as AWS writes them, and against both peers.

use crate::{
    peers::{self, MOTO_ACCOUNT, scope, unique},
    wire::{ACCOUNT, Answer, Wire, cloud},
};
use aws::AwsCloud;
use domain::{
    limits::{ALARM_LOG_LINE_BYTES_MAX, LOG_PAGES_MAX},
    log_lines::{LogQuestion, MetricFilter},
    time::Timestamp,
};
use ports::{Cloud, CloudErrorKind};
use serde_json::{Value, json};

fn question(group: &str, pattern: &str) -> LogQuestion {
    LogQuestion {
        group: group.into(),
        pattern: pattern.into(),
        from: Timestamp::from_ms(1_000),
        until: Timestamp::from_ms(9_000),
        lines_max: 3,
    }
}

fn event(at_ms: i64, message: &str) -> Value {
    json!({
        "eventId": "e", "ingestionTime": at_ms, "logStreamName": "s", "timestamp": at_ms,
        "message": message,
    })
}

fn page(events: &[Value], token: Option<&str>) -> Answer {
    let mut body = json!({ "events": events, "searchedLogStreams": [] });
    if let Some(token) = token {
        body["nextToken"] = token.into();
    }
    Answer::json(200, body)
}

#[tokio::test]
async fn lines_are_read_past_empty_pages_until_there_are_enough() {
    let wire = Wire::new();
    let long = "가".repeat(ALARM_LOG_LINE_BYTES_MAX);
    wire.answer("FilterLogEvents", page(&[], Some("a")))
        .answer(
            "FilterLogEvents",
            page(&[event(3_000, "third\n")], Some("b")),
        )
        .answer(
            "FilterLogEvents",
            page(
                &[
                    event(1_000, "first\u{7}"),
                    event(2_000, &long),
                    event(4_000, "fourth"),
                ],
                None,
            ),
        );
    let asked = question("/app", "?ERROR");
    let found = cloud(&wire).log_lines(&scope(ACCOUNT), &asked).await;
    let found = found.expect("lines");
    let texts: Vec<&str> = found.lines.iter().map(|line| line.text.as_str()).collect();
    assert_eq!(texts[0], "first\u{fffd}");
    assert!(found.lines[1].cut && texts[1].len() <= ALARM_LOG_LINE_BYTES_MAX);
    assert_eq!(texts[2], "third");
    assert_eq!((found.lines.len(), found.more), (3, true));
    let asked = wire.asked();
    assert_eq!(asked[0].service, "Logs_20140328");
    assert!(asked[0].host.starts_with("logs."), "{}", asked[0].host);
    let tokens: Vec<_> = asked
        .iter()
        .map(|one| one.parameters.get("nextToken").map(String::as_str))
        .collect();
    assert_eq!(tokens, [None, Some("a"), Some("b")]);
    let given = &asked[2].parameters;
    for (name, value) in [
        ("logGroupName", "/app"),
        ("filterPattern", "?ERROR"),
        ("startTime", "1000"),
        ("endTime", "9000"),
        ("limit", "3"),
    ] {
        assert_eq!(given.get(name).map(String::as_str), Some(value), "{name}");
    }
}

#[tokio::test]
async fn a_log_that_is_looked_through_without_end_is_given_up_and_said_so() {
    let wire = Wire::new();
    wire.answers("FilterLogEvents", LOG_PAGES_MAX, &page(&[], Some("on")));
    let asked = question("/app", "");
    let found = cloud(&wire).log_lines(&scope(ACCOUNT), &asked).await;
    let found = found.expect("lines");
    assert_eq!((found.lines, found.more), (Vec::new(), true));
    assert_eq!(wire.count("FilterLogEvents"), LOG_PAGES_MAX);
    assert_eq!(wire.asked()[0].parameters.get("filterPattern"), None);
}

#[tokio::test]
async fn what_is_denied_or_absent_is_told_apart() {
    let wire = Wire::new();
    wire.answer(
        "FilterLogEvents",
        Answer::json_error(400, "AccessDeniedException", "no"),
    )
    .answer(
        "FilterLogEvents",
        Answer::json_error(400, "ResourceNotFoundException", "no such group"),
    )
    .answer(
        "FilterLogEvents",
        Answer::json(200, json!({ "events": "?" })),
    );
    let cloud = cloud(&wire);
    for (kind, action) in [
        (CloudErrorKind::Denied, "logs:FilterLogEvents"),
        (CloudErrorKind::NotFound, "logs:FilterLogEvents"),
        (CloudErrorKind::Unavailable, "logs:FilterLogEvents"),
    ] {
        let error = cloud
            .log_lines(&scope(ACCOUNT), &question("/app", ""))
            .await;
        let error = error.expect_err("no lines");
        assert_eq!((error.kind, error.action), (kind, action));
    }
}

#[tokio::test]
async fn the_filters_of_a_metric_are_told_with_their_dimensions() {
    let wire = Wire::new();
    let filter = |name: &str, transformation: Value| {
        json!({
            "filterName": name, "filterPattern": "{ $.level = \"error\" }",
            "metricTransformations": [transformation], "logGroupName": "/app",
            "creationTime": 1,
        })
    };
    let filters = [
        filter(
            "errors",
            json!({ "metricName": "Failures", "metricNamespace": "Shop", "metricValue": "1",
                    "dimensions": { "Service": "$.service" } }),
        ),
        filter(
            "all",
            json!({ "metricName": "Failures", "metricNamespace": "Shop", "metricValue": "1" }),
        ),
        filter(
            "other",
            json!({ "metricName": "Logins", "metricNamespace": "Shop", "metricValue": "1" }),
        ),
    ];
    wire.answer(
        "DescribeMetricFilters",
        Answer::json(200, json!({ "metricFilters": filters })),
    );
    let told = cloud(&wire);
    let told = told
        .metric_filters(&scope(ACCOUNT), "Shop", "Failures")
        .await;
    let own = |name: &str, dimensions: &[(&str, &str)]| MetricFilter {
        group: "/app".into(),
        name: name.into(),
        pattern: "{ $.level = \"error\" }".into(),
        dimensions: dimensions
            .iter()
            .map(|(name, field)| ((*name).into(), (*field).into()))
            .collect(),
    };
    let expected = [own("all", &[]), own("errors", &[("Service", "$.service")])];
    assert_eq!(told.expect("filters"), expected);
    let asked = wire.asked();
    let given = &asked[0].parameters;
    assert_eq!(given["metricName"], "Failures");
    assert_eq!(given["metricNamespace"], "Shop");
}

/// A log group with four lines and a filter, then what the console reads of it.
async fn is_read(url: &str, key: &str, cloud: &AwsCloud, account: &str) {
    let group = format!("/lamplighter/{}", unique("logs"));
    let namespace = unique("Shop");
    let now = peers::now();
    let call = async |name: &str, body: Value| {
        peers::targeted(url, "logs", &format!("Logs_20140328.{name}"), key, &body).await
    };
    call("CreateLogGroup", json!({ "logGroupName": group })).await;
    let stream = json!({ "logGroupName": group, "logStreamName": "web/1" });
    call("CreateLogStream", stream.clone()).await;
    let mut put = stream;
    put["logEvents"] = json!([
        { "timestamp": now.ms() - 3_000, "message": "GET /courses 200" },
        { "timestamp": now.ms() - 2_000, "message": "ERROR could not enrol" },
        { "timestamp": now.ms() - 1_000, "message": "GET /courses 200" },
        { "timestamp": now.ms(), "message": "ERROR could not pay" },
    ]);
    call("PutLogEvents", put).await;
    let transformation = json!({
        "metricName": "Failures", "metricNamespace": namespace, "metricValue": "1",
    });
    let filter = json!({
        "logGroupName": group, "filterName": "failures", "filterPattern": "ERROR",
        "metricTransformations": [transformation],
    });
    call("PutMetricFilter", filter).await;

    let scope = scope(account);
    let filters = cloud.metric_filters(&scope, &namespace, "Failures").await;
    let expected = MetricFilter {
        group: group.clone(),
        name: "failures".into(),
        pattern: "ERROR".into(),
        dimensions: Vec::new(),
    };
    assert_eq!(filters.expect("filters"), [expected]);
    let question = |pattern: &str, lines_max: usize| LogQuestion {
        group: group.clone(),
        pattern: pattern.into(),
        from: now.plus_ms(-60_000),
        until: now.plus_ms(1_000),
        lines_max,
    };
    let read = async |pattern: &str, lines_max: usize| {
        let found = cloud.log_lines(&scope, &question(pattern, lines_max)).await;
        let lines = found.expect("lines").lines.into_iter();
        lines.map(|line| line.text).collect::<Vec<_>>()
    };
    assert_eq!(
        read("ERROR", 10).await,
        ["ERROR could not enrol", "ERROR could not pay"]
    );
    assert_eq!(read("", 10).await.len(), 4);
    assert_eq!(
        read("", 2).await,
        ["GET /courses 200", "ERROR could not enrol"]
    );
    let absent = LogQuestion {
        group: unique("/lamplighter/none"),
        ..question("", 1)
    };
    let error = cloud.log_lines(&scope, &absent).await;
    assert_eq!(error.expect_err("no group").kind, CloudErrorKind::NotFound);
}

#[tokio::test]
async fn lines_and_filters_are_read_of_moto() {
    let Some(url) = peers::moto() else {
        return;
    };
    let cloud = peers::cloud(MOTO_ACCOUNT, &peers::config(&url, "test"));
    is_read(&url, "test", &cloud, MOTO_ACCOUNT).await;
}

#[tokio::test]
async fn lines_and_filters_are_read_of_ministack() {
    let Some(url) = peers::ministack() else {
        return;
    };
    let cloud = peers::cloud(ACCOUNT, &peers::config(&url, ACCOUNT));
    is_read(&url, ACCOUNT, &cloud, ACCOUNT).await;
}
