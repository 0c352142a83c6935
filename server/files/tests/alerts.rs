//! Alerts as Alertmanager and Grafana post them.

mod dice;

use dice::Dice;
use domain::{
    alarms::AlarmState,
    limits,
    sources::{HookKind, LinkKind},
};
use files::read_alerts;
use serde_json::{Value, json};

fn alert(status: &str) -> Value {
    json!({
        "status": status,
        "labels": { "alertname": "HighErrorRate", "env": "prod", "job": "api" },
        "annotations": {
            "summary": "5 % of requests fail",
            "description": "for ten minutes",
            "runbook_url": "https://wiki.example/5xx",
        },
        "startsAt": "2026-03-02T09:00:00.123456789+09:00",
        "endsAt": "0001-01-01T00:00:00Z",
        "generatorURL": "http://prometheus:9090/graph?g0.expr=x",
        "fingerprint": "9aa2c1f5c0ff3b5f",
    })
}

/// Alertmanager's documented body, with a field that a later version may add.
fn batch(alerts: &[Value]) -> Value {
    json!({
        "version": "4",
        "groupKey": "{}:{alertname=\"HighErrorRate\"}",
        "truncatedAlerts": 0,
        "status": "firing",
        "receiver": "lamplighter",
        "groupLabels": {},
        "commonLabels": {},
        "commonAnnotations": {},
        "externalURL": "http://alertmanager:9093",
        "notification_reason": "new",
        "alerts": alerts,
    })
}

#[test]
fn an_alert_becomes_an_alarm_named_by_its_labels() {
    let body = batch(&[alert("firing")]).to_string();
    let reports = read_alerts(HookKind::Prometheus, body.as_bytes()).expect("alerts");
    let [report] = &reports[..] else {
        panic!("{reports:?}");
    };
    assert_eq!(report.name, r#"HighErrorRate{env="prod",job="api"}"#);
    assert_eq!(report.state, AlarmState::Alarm);
    assert_eq!(report.state_at.to_string(), "2026-03-02T00:00:00.123Z");
    assert_eq!(report.reason, "5 % of requests fail");
    assert_eq!(report.description, "for ten minutes");
    let links: Vec<_> = report.notes.links.iter().map(|link| link.kind).collect();
    assert_eq!(links, [LinkKind::Runbook, LinkKind::Rule]);
}

#[test]
fn an_end_counts_from_when_it_ended_and_is_after_its_beginning() {
    let at = |ends: Value| {
        let mut resolved = alert("resolved");
        resolved["endsAt"] = ends;
        let body = batch(&[resolved]).to_string();
        let reports = read_alerts(HookKind::Prometheus, body.as_bytes()).expect("alerts");
        assert_eq!(reports[0].state, AlarmState::Ok);
        reports[0].state_at.to_string()
    };
    assert_eq!(at(json!("2026-03-02T00:05:00Z")), "2026-03-02T00:05:00Z");
    for odd in [
        json!("2026-03-02T00:00:00.123Z"),
        json!("0001-01-01T00:00:00Z"),
        Value::Null,
    ] {
        assert_eq!(at(odd), "2026-03-02T00:00:00.124Z");
    }
}

#[test]
fn grafanas_own_links_and_empty_fields_are_read() {
    let mut firing = alert("firing");
    firing["annotations"] = Value::Null;
    firing["dashboardURL"] = json!("https://grafana.example/d/1");
    firing["panelURL"] = json!("");
    firing["silenceURL"] = json!("javascript:alert(1)");
    firing["values"] = json!({ "A": 1.5 });
    firing["imageURL"] = Value::Null;
    let body = json!({ "version": "1", "orgId": 1, "title": "x", "alerts": [firing] }).to_string();
    let reports = read_alerts(HookKind::Grafana, body.as_bytes()).expect("alerts");
    let links: Vec<_> = reports[0]
        .notes
        .links
        .iter()
        .map(|link| link.kind)
        .collect();
    assert_eq!(links, [LinkKind::Rule, LinkKind::Dashboard]);
    assert_eq!(reports[0].reason, "");
}

#[test]
fn what_is_wrong_with_a_body_is_told() {
    let mut other = batch(&[]);
    other["version"] = json!("3");
    let mut many = alert("firing");
    many["labels"] = (0..=limits::LABELS_MAX)
        .map(|n| (n.to_string(), json!("x")))
        .collect();
    let mut long = alert("firing");
    long["labels"]["job"] = json!("x".repeat(limits::LABEL_BYTES_MAX + 1));
    let mut timeless = alert("firing");
    timeless["startsAt"] = json!("yesterday");
    for (body, told) in [
        (String::new(), "body line 1: EOF"),
        ("[]".into(), "body line 1: invalid"),
        (other.to_string(), "body, `version`: this is version `3`"),
        (
            batch(&[many]).to_string(),
            "body, `alerts[0].labels`: has more than 64",
        ),
        (
            batch(&[alert("firing"), long]).to_string(),
            "body, `alerts[1].labels`: has more",
        ),
        (
            batch(&[timeless]).to_string(),
            "body line 1: `yesterday` is not a time",
        ),
        (
            batch(&[alert("pending")]).to_string(),
            "body line 1: unknown variant `pending`",
        ),
    ] {
        let found = read_alerts(HookKind::Prometheus, body.as_bytes()).expect_err("an error");
        assert!(found.to_string().starts_with(told), "{found}\n{told}");
    }
}

/// Whatever happens to a body on its way, the answer is alarms within the limits or an
/// error: never a panic.
#[test]
fn damaged_bodies_are_read_or_refused() {
    let whole = batch(&[alert("firing"), alert("resolved")])
        .to_string()
        .into_bytes();
    let mut dice = Dice(7);
    let (mut read, mut refused) = (0_u32, 0_u32);
    for _ in 0..20_000 {
        let body = dice.damaged(&whole);
        match read_alerts(HookKind::Grafana, &body) {
            Ok(reports) => {
                read += 1;
                assert!(
                    reports
                        .iter()
                        .all(|report| report.notes.links.iter().all(|link| {
                            link.url.starts_with("http://") || link.url.starts_with("https://")
                        }))
                );
            }
            Err(error) => {
                refused += 1;
                assert!(!error.message.is_empty());
            }
        }
    }
    assert!(read > 1_000 && refused > 1_000, "{read} {refused}");
}
