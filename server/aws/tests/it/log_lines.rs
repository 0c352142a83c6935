//! Lines of logs and the filters that read them, as AWS writes them, and against both peers.

use crate::{
    peers::{self, MOTO_ACCOUNT, scope, unique},
    wire::{ACCOUNT, Answer, Wire, cloud},
};
use aws::AwsCloud;
use domain::{
    limits::{ALARM_LOG_LINE_BYTES_MAX, LOG_PAGES_MAX},
    log_filters::{CountedLines, named},
    log_lines::{LogQuestion, MetricFilter},
    plan::Call,
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

#[tokio::test]
async fn a_filter_is_put_with_every_part_that_was_shown() {
    let wire = Wire::new();
    wire.answer("PutMetricFilter", Answer::json(200, json!({})));
    let call = Call::PutMetricFilter {
        scope: scope(ACCOUNT),
        lines: CountedLines {
            group: "/aws/lambda/prod-pay".into(),
            filter: "prod pay errors".into(),
            pattern: "{ $.level = \"error\" }".into(),
        },
        namespace: "LogMetrics".into(),
        metric: "prod-pay-errors".into(),
    };
    cloud(&wire).carry_out(&call).await.expect("carried out");
    let shown = call.aws().pop().expect("a call");
    assert_eq!(shown.action, "logs:PutMetricFilter");
    let asked = wire.asked().pop().expect("a request");
    for (name, value) in &shown.parameters {
        let key = name.split('.').next_back().unwrap_or(name);
        let is_number = value.parse::<f64>().is_ok();
        // In JSON, quotation marks have a backslash.
        let value = value.replace('"', "\\\"");
        assert!(asked.has(key) && (is_number || asked.has(&value)), "{name}");
    }
}

#[tokio::test]
async fn a_filter_that_does_more_than_count_is_nobodys_to_replace() {
    let wire = Wire::new();
    let plain = json!({ "metricName": "N", "metricNamespace": "S", "metricValue": "1", "defaultValue": 0.0 });
    let with = |name: &str, value: Value| {
        let mut made = plain.clone();
        made[name] = value;
        made
    };
    let filter = |name: &str, made: Value, more: Value| {
        let mut filter = json!({ "filterName": name, "logGroupName": "/app", "filterPattern": "",
            "creationTime": 1, "metricTransformations": made });
        for (name, value) in more.as_object().into_iter().flatten() {
            filter[name] = value.clone();
        }
        filter
    };
    let filters = [
        filter(
            "plain",
            json!([plain]),
            json!({ "applyOnTransformedLogs": false }),
        ),
        filter("unit", json!([with("unit", json!("None"))]), json!({})),
        filter(
            "seconds",
            json!([with("unit", json!("Seconds"))]),
            json!({}),
        ),
        filter(
            "value",
            json!([with("metricValue", json!("$.took"))]),
            json!({}),
        ),
        filter(
            "silent",
            json!([with("defaultValue", Value::Null)]),
            json!({}),
        ),
        filter(
            "dimensions",
            json!([with("dimensions", json!({ "a": "$.a" }))]),
            json!({}),
        ),
        filter("two", json!([plain, plain]), json!({})),
        filter(
            "transformed",
            json!([plain]),
            json!({ "applyOnTransformedLogs": true }),
        ),
        filter(
            "criteria",
            json!([plain]),
            json!({ "fieldSelectionCriteria": "x" }),
        ),
    ];
    wire.answer(
        "DescribeMetricFilters",
        Answer::json(200, json!({ "metricFilters": filters })),
    );
    let read = cloud(&wire).log_filters(&scope(ACCOUNT), "/app").await;
    let read = read.expect("an answer").expect("the group");
    let counting = read.iter().filter(|filter| filter.counts.is_some());
    let names: Vec<_> = counting.map(|filter| filter.name.as_str()).collect();
    assert_eq!(names, ["plain", "unit"]);
    assert_eq!(read.len(), 9);
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
    // A filter that counts lines is put, read back as what it is, and deleted, twice each.
    let lines = CountedLines {
        group: group.clone(),
        filter: "counted".into(),
        pattern: "?ERROR ?FATAL".into(),
    };
    let put = Call::PutMetricFilter {
        scope: scope.clone(),
        lines: lines.clone(),
        namespace: namespace.clone(),
        metric: "Counted".into(),
    };
    let delete = Call::DeleteMetricFilter {
        scope: scope.clone(),
        group: group.clone(),
        filter: lines.filter.clone(),
    };
    let counted = async || {
        let filters = cloud.log_filters(&scope, &group).await.expect("filters");
        filters.expect("the group")
    };
    for call in [&put, &put] {
        cloud.carry_out(call).await.expect("put");
    }
    let all = counted().await;
    let live = named(&all, "counted").expect("it was put");
    assert_eq!(live.lines(&group), lines);
    assert_eq!(live.counts, Some((namespace.clone(), "Counted".into())));
    let other = named(&all, "failures").expect("it is there");
    assert_eq!(other.counts, None, "it has no default value");
    for call in [&delete, &delete] {
        cloud.carry_out(call).await.expect("deleted");
    }
    assert_eq!(named(&counted().await, "counted"), None);
    let nowhere = unique("/lamplighter/none");
    let none = cloud.log_filters(&scope, &nowhere).await;
    // AWS says that there is none; moto, that it has no filter.
    let none = none.expect("an answer");
    assert!(none.is_none_or(|filters| filters.is_empty()));
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
