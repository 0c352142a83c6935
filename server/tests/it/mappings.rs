//! `lamplighter source try`: a mapping on a file, with no server.

use crate::binary::{expect, run, text};
use serde_json::Value;
use std::fs;
use tempfile::TempDir;

const CONFIG: &str = r#"
[[sources]]
name = "own"
kind = "json"
token_env = "OWN_TOKEN"
environment = "prod"
[sources.mapping]
alerts = "items"
labels = "{alertname: name}"
state = "status"
at = "at"
"#;

#[test]
fn a_mapping_is_tried_on_a_file_by_its_configured_source() {
    let folder = TempDir::new().expect("a folder");
    let written = |name: &str, words: &str| {
        fs::write(folder.path().join(name), words).expect("written");
    };
    written("c.toml", CONFIG);
    written(
        "good.json",
        r#"{"items": [{"name": "Disk", "status": "down", "at": 1772438400}]}"#,
    );
    written(
        "odd.json",
        r#"{"items": [{"name": "Disk", "status": "?"}]}"#,
    );
    written("none.json", r#"{"items": []}"#);
    let with = |name: &str, file: &str, rest: &[&str]| {
        let asked = ["source", "try", name, file, "--config", "c.toml"];
        run(&folder, &[&asked[..], rest].concat())
    };
    let output = with("own", "good.json", &[]);
    expect(&output, 0, &[]);
    let told = text(&output.stdout);
    assert!(
        told.starts_with("alarm P2 prod Disk\n  since 2026-03-02T08:00:00Z\n"),
        "{told}"
    );
    let output = with("own", "good.json", &["--format", "json"]);
    let told: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(told["alarms"][0]["priority_rule"], 5, "{told}");
    expect(&with("own", "none.json", &[]), 1, &[]);
    expect(
        &with("own", "odd.json", &[]),
        2,
        &["`alerts[0].state`: is `?`"],
    );
    expect(&with("own", "nowhere.json", &[]), 2, &["nowhere.json"]);
    expect(&with("other", "good.json", &[]), 2, &["no source `other`"]);
}
