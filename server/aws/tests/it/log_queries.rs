//! Queries over logs, as AWS writes them, and against both peers.

use crate::{
    peers::{self, MOTO_ACCOUNT, scope, unique},
    wire::{ACCOUNT, Answer, Wire, cloud},
};
use aws::AwsCloud;
use domain::{
    limits::LOG_QUERY_ROWS_MAX,
    log_queries::{LogQueryAnswer, LogQueryEnd, LogQueryRun},
    time::Timestamp,
};
use ports::{Cloud, CloudErrorKind};
use serde_json::{Value, json};
use std::time::Duration;

fn run(groups: &[&str]) -> LogQueryRun {
    LogQueryRun {
        groups: groups.iter().map(|&group| group.to_owned()).collect(),
        text: "filter @message like /ERROR/".into(),
        from: Timestamp::from_ms(60_000),
        until: Timestamp::from_ms(360_000),
    }
}

fn started() -> Answer {
    Answer::json(200, json!({ "queryId": "q-1" }))
}

fn looked(status: &str, rows: usize, bytes: f64) -> Answer {
    let row =
        json!([{ "field": "@message", "value": "ERROR x" }, { "field": "@ptr", "value": "1" }]);
    let statistics = json!({ "recordsMatched": 9.0, "recordsScanned": 9.0, "bytesScanned": bytes });
    Answer::json(
        200,
        json!({ "status": status, "results": vec![row; rows], "statistics": statistics }),
    )
}

#[tokio::test]
async fn a_query_is_asked_for_whole_seconds_and_its_rows_are_counted_when_it_is_complete() {
    let wire = Wire::new();
    wire.answer("StartQuery", started())
        .answer("GetQueryResults", looked("Scheduled", 0, 0.0))
        .answer("GetQueryResults", looked("Running", 1, 12.0))
        .answer("GetQueryResults", looked("Complete", 7, 123_456_789.0));
    let answer = cloud(&wire)
        .run_log_query(&scope(ACCOUNT), &run(&["/a", "/b"]))
        .await;
    let expected = LogQueryAnswer {
        end: LogQueryEnd::Rows(7),
        bytes_scanned: 123_456_789,
    };
    assert_eq!(answer.expect("an answer"), expected);
    let asked = wire.asked();
    assert_eq!(asked[0].service, "Logs_20140328");
    for (name, value) in [
        ("queryString", "filter @message like /ERROR/"),
        ("startTime", "60"),
        ("endTime", "360"),
        ("limit", "1000"),
    ] {
        let given = asked[0].parameters.get(name).map(String::as_str);
        assert_eq!(given, Some(value), "{name}");
    }
    assert!(asked[0].has(r#""logGroupNames":["/a","/b"]"#));
    let id = asked[3].parameters.get("queryId").map(String::as_str);
    assert_eq!(id, Some("q-1"));
    assert_eq!(wire.count("StopQuery"), 0);
}

#[tokio::test]
async fn what_ends_without_an_answer_is_told_with_what_it_cost() {
    for status in ["Failed", "Cancelled", "Timeout"] {
        let wire = Wire::new();
        wire.answer("StartQuery", started())
            .answer("GetQueryResults", looked(status, 3, 1_000.0));
        let answer = cloud(&wire)
            .run_log_query(&scope(ACCOUNT), &run(&["/a"]))
            .await;
        let expected = LogQueryAnswer {
            end: LogQueryEnd::GivenUp(status.into()),
            bytes_scanned: 1_000,
        };
        assert_eq!(answer.expect("an end"), expected);
        assert_eq!(wire.count("StopQuery"), 0);
    }
    let many = LOG_QUERY_ROWS_MAX as usize + 1;
    let wire = Wire::new();
    wire.answer("StartQuery", started())
        .answer("GetQueryResults", looked("Complete", many, 1.0));
    let answer = cloud(&wire)
        .run_log_query(&scope(ACCOUNT), &run(&["/a"]))
        .await;
    let end = answer.expect("an answer").end;
    assert_eq!(end, LogQueryEnd::Rows(LOG_QUERY_ROWS_MAX));
}

#[tokio::test]
async fn what_is_refused_is_told_apart_by_the_call_that_was() {
    for (code, kind) in [
        ("AccessDeniedException", CloudErrorKind::Denied),
        ("ResourceNotFoundException", CloudErrorKind::NotFound),
        ("MalformedQueryException", CloudErrorKind::Invalid),
    ] {
        let wire = Wire::new();
        wire.answer("StartQuery", Answer::json_error(400, code, "no"));
        let error = cloud(&wire)
            .run_log_query(&scope(ACCOUNT), &run(&["/a"]))
            .await;
        let error = error.expect_err("no answer");
        assert_eq!((error.kind, error.action), (kind, "logs:StartQuery"));
    }
}

/// Until what was done behind one's back has been.
async fn is_stopped(wire: &Wire) {
    for _ in 0..100 {
        if wire.count("StopQuery") == 1 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("nobody stopped it");
}

#[tokio::test]
async fn a_query_that_nobody_waits_for_any_more_is_stopped() {
    let stopped = || Answer::json(200, json!({ "success": true }));
    // The turn was given up.
    let wire = Wire::new();
    wire.answer("StartQuery", started())
        .answers("GetQueryResults", 3, &looked("Running", 0, 1.0))
        .answer("StopQuery", stopped());
    let told = cloud(&wire);
    let (place, asked) = (scope(ACCOUNT), run(&["/a"]));
    let running = told.run_log_query(&place, &asked);
    let patience = Duration::from_millis(300);
    assert!(tokio::time::timeout(patience, running).await.is_err());
    is_stopped(&wire).await;
    // Its results may not be read.
    let wire = Wire::new();
    wire.answer("StartQuery", started())
        .answer(
            "GetQueryResults",
            Answer::json_error(400, "AccessDeniedException", "no"),
        )
        .answer("StopQuery", stopped());
    let error = cloud(&wire).run_log_query(&place, &asked).await;
    let error = error.expect_err("no answer");
    assert_eq!(
        error.missing_permission().as_deref(),
        Some("logs:GetQueryResults")
    );
    is_stopped(&wire).await;
}

/// A log group with two failures, then what a query finds of them.
async fn is_counted(url: &str, key: &str, cloud: &AwsCloud, account: &str) {
    let group = format!("/lamplighter/{}", unique("queries"));
    let now = peers::now();
    let call = async |name: &str, body: Value| {
        peers::targeted(url, "logs", &format!("Logs_20140328.{name}"), key, &body).await
    };
    call("CreateLogGroup", json!({ "logGroupName": group })).await;
    let stream = json!({ "logGroupName": group, "logStreamName": "web/1" });
    call("CreateLogStream", stream.clone()).await;
    let mut put = stream;
    put["logEvents"] = json!([
        { "timestamp": now.ms() - 3_000, "message": "ERROR could not enrol" },
        { "timestamp": now.ms() - 2_000, "message": "ERROR could not pay" },
    ]);
    call("PutLogEvents", put).await;
    let asked = LogQueryRun {
        text: "fields @timestamp, @message".into(),
        from: now.plus_ms(-60_000),
        until: now.plus_ms(60_000),
        ..run(&[&group])
    };
    let answer = cloud.run_log_query(&scope(account), &asked).await;
    assert_eq!(answer.expect("an answer").end, LogQueryEnd::Rows(2));
}

#[tokio::test]
async fn rows_are_counted_of_moto() {
    let Some(url) = peers::moto() else {
        return;
    };
    let cloud = peers::cloud(MOTO_ACCOUNT, &peers::config(&url, "test"));
    is_counted(&url, "test", &cloud, MOTO_ACCOUNT).await;
}

#[tokio::test]
async fn rows_are_counted_of_ministack() {
    let Some(url) = peers::ministack() else {
        return;
    };
    let cloud = peers::cloud(ACCOUNT, &peers::config(&url, ACCOUNT));
    is_counted(&url, ACCOUNT, &cloud, ACCOUNT).await;
}
