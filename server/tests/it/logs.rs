//! `lamplighter logs` as scripts call it: what it prints, where, and how it ends.

use crate::{
    binary::{expect, program, run, text},
    kept,
};
use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};
use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    process::Stdio,
};
use tempfile::TempDir;

const LOG: &str = include_str!("../logs/shop.txt");

/// A folder of logs: one plain, one gzip, and AWS's test of the bucket.
fn logs() -> TempDir {
    let folder = TempDir::new().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    fs::create_dir_all(at("logs/2026/03")).expect("made");
    fs::write(at("logs/2026/03/b.log"), LOG).expect("written");
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(LOG.as_bytes()).expect("written");
    let bytes = gzip.finish().expect("finished");
    fs::write(at("logs/2026/03/a.log.gz"), bytes).expect("written");
    fs::write(
        at("logs/ELBAccessLogTestFile"),
        "Enable AccessLog for ELB: shop",
    )
    .expect("written");
    folder
}

fn json_of(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).expect("one JSON document")
}

#[test]
fn a_folder_is_reported_to_programs_and_to_people() {
    let folder = logs();
    let output = run(&folder, &["logs", "report", "logs", "--format", "json"]);
    expect(&output, 0, &[]);
    assert_eq!(text(&output.stderr), "");
    kept::check("logs/report.json", &text(&output.stdout));
    let output = run(&folder, &["logs", "report", "logs", "--top", "2"]);
    expect(&output, 0, &[]);
    kept::check("logs/report.txt", &text(&output.stdout));
    let output = run(
        &folder,
        &["logs", "report", "logs", "--top", "2", "--lang", "ko"],
    );
    kept::check("logs/report.ko.txt", &text(&output.stdout));
}

#[test]
fn a_report_can_be_of_some_files_and_of_some_time() {
    let folder = logs();
    let report = |options: &[&str]| {
        let words = [
            &["logs", "report", "logs/2026/03/b.log", "--format", "json"],
            options,
        ];
        let output = run(&folder, &words.concat());
        expect(&output, 0, &[]);
        json_of(&output.stdout)
    };
    assert_eq!(report(&[])["requests"], 5);
    assert_eq!(report(&["logs/2026/03/a.log.gz"])["requests"], 10);
    assert_eq!(
        report(&["logs/2026/03/b.log"])["requests"],
        5,
        "once is enough"
    );
    let until = ["--from", "2026-03-02", "--to", "2026-03-02T10:02:05+09:00"];
    let part = report(&until);
    assert_eq!(part["requests"], 2);
    assert_eq!(part["lines"]["parsed"], 5);
    assert_eq!(
        report(&["--top", "1"])["paths"].as_array().map(Vec::len),
        Some(1)
    );
}

#[test]
fn each_line_is_printed_as_an_object() {
    let folder = logs();
    for file in ["logs/2026/03/b.log", "logs/2026/03/a.log.gz"] {
        let output = run(&folder, &["logs", "parse", file, "--format", "ndjson"]);
        expect(&output, 0, &[]);
        kept::check("logs/parse.ndjson", &text(&output.stdout));
    }
}

#[test]
fn too_many_rejected_lines_end_with_1() {
    let folder = logs();
    let file = "logs/2026/03/b.log";
    for (ask, most, code) in [
        ("report", "0", 1),
        ("report", "1", 0),
        ("parse", "0", 1),
        ("parse", "1", 0),
    ] {
        let output = run(&folder, &["logs", ask, file, "--max-rejects", most]);
        expect(&output, code, &[]);
        assert!(!output.stdout.is_empty(), "{ask}: told all the same");
    }
}

#[test]
fn what_cannot_be_read_is_2_and_names_the_file() {
    let folder = logs();
    for (words, told) in [
        (vec!["report", "none"], "cannot read none: "),
        (vec!["report", "logs", "none"], "cannot read none: "),
        (vec!["parse", "none"], "cannot read none: "),
        (vec!["parse", "logs"], "cannot read logs: "),
        (
            vec!["report", "s3://bucket/logs"],
            "s3://bucket/logs: logs are not read from S3",
        ),
        (
            vec!["parse", "s3://bucket/logs"],
            "aws s3 sync s3://bucket/logs",
        ),
        (vec!["report"], "PATH"),
        (
            vec![
                "report",
                "logs",
                "--from",
                "2026-03-02",
                "--to",
                "2026-03-02",
            ],
            "--from: it must be before --to",
        ),
        (
            vec!["report", "logs", "--from", "noon"],
            "`noon` is not a time",
        ),
        (
            vec!["report", "logs", "--top", "0"],
            "write a number from 1 to 10000",
        ),
        (
            vec!["report", "logs", "--max-rejects", "many"],
            "--max-rejects",
        ),
        (
            vec!["parse", "logs/2026/03/b.log", "--format", "json"],
            "ndjson",
        ),
    ] {
        let output = run(&folder, &[&["logs"], &words[..]].concat());
        expect(&output, 2, &[told]);
        assert_eq!(text(&output.stdout), "", "{words:?}");
    }
}

#[test]
fn a_folder_without_requests_is_reported_as_such() {
    let folder = TempDir::new().expect("a folder");
    fs::create_dir(folder.path().join("logs")).expect("made");
    let output = run(&folder, &["logs", "report", "logs", "--format", "json"]);
    expect(&output, 0, &[]);
    let report = json_of(&output.stdout);
    assert_eq!(
        report["lines"],
        json!({"total": 0, "parsed": 0, "rejected": 0, "ignored": 0})
    );
    let output = run(&folder, &["logs", "report", "logs"]);
    assert!(text(&output.stdout).contains("No request to tell of."));
}

#[test]
fn whoever_has_read_enough_may_leave() {
    let folder = TempDir::new().expect("a folder");
    fs::write(folder.path().join("long.log"), LOG.repeat(20_000)).expect("written");
    let mut child = program(&folder)
        .args(["logs", "parse", "long.log"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    let stdout = child.stdout.take().expect("standard output");
    let first = BufReader::new(stdout).lines().next().expect("a line");
    assert_eq!(json_of(first.expect("text").as_bytes())["type"], "h2");
    let output = child.wait_with_output().expect("the program ends");
    expect(&output, 0, &[]);
    assert_eq!(text(&output.stderr), "");
}
