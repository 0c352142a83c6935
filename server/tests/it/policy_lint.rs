//! `lamplighter policy lint` as scripts call it: what it prints, where, and how
//! it ends.

use crate::{
    binary::{expect, program, run, text},
    kept,
};
use std::{fs, io::Write as _, process::Stdio};
use tempfile::TempDir;

const ESTATE: &str = include_str!("../policy_lint/estate.json");

#[test]
fn findings_are_told_to_programs_and_to_people() {
    let folder = TempDir::new().expect("a folder");
    fs::write(folder.path().join("estate.json"), ESTATE).expect("written");
    let json = run(
        &folder,
        &["policy", "lint", "estate.json", "--format", "json"],
    );
    expect(&json, 1, &[]);
    assert_eq!(text(&json.stderr), "");
    kept::check("policy_lint/findings.json", &text(&json.stdout));
    let table = run(
        &folder,
        &["policy", "lint", "estate.json", "--format", "table"],
    );
    expect(&table, 1, &[]);
    assert_eq!(text(&table.stderr), "");
    kept::check("policy_lint/findings.txt", &text(&table.stdout));
    let korean = run(&folder, &["policy", "lint", "estate.json", "--lang", "ko"]);
    expect(&korean, 1, &[]);
    kept::check("policy_lint/findings.ko.txt", &text(&korean.stdout));
}

#[test]
fn a_document_in_order_from_standard_input_ends_with_0() {
    let folder = TempDir::new().expect("a folder");
    let mut child = program(&folder)
        .args(["policy", "lint", "-", "--format", "json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    let mut stdin = child.stdin.take().expect("standard input");
    let document = r#"{"ScalingPolicies":[{"PolicyName":"out","PolicyType":"StepScaling",
        "AdjustmentType":"ChangeInCapacity","Alarms":[{"AlarmName":"high"}],
        "StepAdjustments":[{"MetricIntervalLowerBound":0,"ScalingAdjustment":1}]}],
        "MetricAlarms":[{"AlarmName":"high","Threshold":60,"ComparisonOperator":"GreaterThanThreshold"}]}"#;
    stdin.write_all(document.as_bytes()).expect("written");
    drop(stdin);
    let output = child.wait_with_output().expect("the program ends");
    expect(&output, 0, &[]);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("json");
    assert_eq!(report, serde_json::json!({"findings": []}));
}

#[test]
fn what_cannot_be_read_is_2_and_names_the_place() {
    let folder = TempDir::new().expect("a folder");
    let none = run(&folder, &["policy", "lint", "none.json"]);
    let words = ["cannot read none.json: there is no such file; ", "`-`"];
    expect(&none, 2, &words);
    fs::write(
        folder.path().join("other.json"),
        r#"{"Policies":[],"Alarms":[]}"#,
    )
    .expect("written");
    let other = run(&folder, &["policy", "lint", "other.json"]);
    let words = ["neither `ScalingPolicies` nor `MetricAlarms`, but `Alarms`, `Policies`; "];
    expect(&other, 2, &words);
    // A known list beside a mistyped one: it is judged, and the other is told.
    let half = r#"{"ScalingPolicies":[],"MetricAlarm":[],"CompositeAlarms":[]}"#;
    fs::write(folder.path().join("half.json"), half).expect("written");
    let half = run(
        &folder,
        &["policy", "lint", "half.json", "--format", "json"],
    );
    expect(&half, 0, &[]);
    let note = text(&half.stderr);
    assert!(
        note.starts_with("note: `MetricAlarm` is not looked at"),
        "{note}"
    );
    let bad = ESTATE.replacen(
        "\"MetricIntervalLowerBound\": 15.0",
        "\"MetricIntervalLowerBound\": \"15\"",
        1,
    );
    fs::write(folder.path().join("bad.json"), bad).expect("written");
    let words = [
        "cannot read bad.json: line 12 column ",
        "ScalingPolicies[0].StepAdjustments[1].MetricIntervalLowerBound: invalid type: string \"15\"",
    ];
    let output = run(&folder, &["policy", "lint", "bad.json", "--format", "json"]);
    expect(&output, 2, &words);
    assert_eq!(text(&output.stdout), "");
    let format = run(&folder, &["policy", "lint", "bad.json", "--format", "xml"]);
    expect(&format, 2, &["xml"]);
}
