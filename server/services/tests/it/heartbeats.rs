//! Sources that must call: the alarm of one that does not.

use crate::{
    sources::{listening, told_by, told_later},
    story::refused,
};
use api::{
    ErrorCode,
    alarms::{AlarmQuery, AlarmRow},
    sources::SourceView,
};
use domain::{
    alarms::{AlarmState, Priority},
    people::Role,
    sources::{EnvironmentRule, HookKind, SourceKind},
    time::{DAY_MS, HOUR_MS, MINUTE_MS},
};
use serde_json::{Value, json};
use services::{SourceSettings, work};
use testkit::{Harness, Sink, story};

const TOKEN: &str = "s3cret";
const LATE: &str = r#"webhook: P2 ALARM · prod · heartbeat{source="backup"}"#;
const BACK: &str = r#"webhook: Recovered · prod · heartbeat{source="backup"}"#;

/// A source that must call every ten minutes.
fn source(kind: HookKind) -> SourceSettings {
    SourceSettings {
        heartbeat_minutes: Some(10),
        alarms_max: 1,
        ..SourceSettings::new(
            "backup".parse().expect("a name"),
            kind,
            EnvironmentRule::To("prod".into()),
            TOKEN,
        )
    }
}

async fn connected(h: &mut Harness) -> Sink {
    listening(h, source(HookKind::Heartbeat)).await
}

async fn beat(h: &Harness) {
    let told = told_by(h, HookKind::Heartbeat, "backup", Some(TOKEN), &Value::Null).await;
    told.expect("a beat");
}

async fn heartbeats(h: &Harness) -> Vec<AlarmRow> {
    let query = AlarmQuery {
        source: vec![SourceKind::Heartbeat],
        ..AlarmQuery::default()
    };
    let page = h.as_role(Role::Viewer).list_alarms(query).await;
    page.expect("alarms").rows
}

async fn state(h: &Harness) -> AlarmState {
    let rows = heartbeats(h).await;
    assert_eq!(rows.len(), 1, "{rows:?}");
    rows[0].state
}

async fn shown(h: &Harness) -> SourceView {
    let sources = h.as_role(Role::Admin).list_sources().await;
    sources.expect("sources").remove(0)
}

story!(
    a_source_that_does_not_call_is_told_once_and_so_is_its_return,
    |h| async move {
        let mut h = h;
        let sink = connected(&mut h).await;
        for _ in 0..4 {
            beat(&h).await;
            h.pass(8 * MINUTE_MS).await;
        }
        beat(&h).await;
        let last = h.now();
        assert_eq!(state(&h).await, AlarmState::Ok);
        h.pass(10 * MINUTE_MS).await;
        sink.expect(&[]);
        h.pass(MINUTE_MS).await;
        sink.expect(&[LATE]);
        let row = heartbeats(&h).await.remove(0);
        let due = last.plus_ms(10 * MINUTE_MS);
        assert_eq!((row.state, row.state_at), (AlarmState::Alarm, due));
        assert_eq!(
            (row.priority, row.environment.as_str()),
            (Priority::P2, "prod")
        );
        assert_eq!(row.source_name.expect("a source").as_str(), "backup");

        // Neither time nor a new server tells it again.
        h.pass(HOUR_MS).await;
        h.restart().await;
        h.pass(HOUR_MS).await;
        sink.expect(&[]);
        assert_eq!(state(&h).await, AlarmState::Alarm);

        beat(&h).await;
        h.pass(MINUTE_MS).await;
        sink.expect(&[BACK]);
        let view = shown(&h).await;
        let beats = view.heartbeat.expect("a heartbeat");
        let called = view.called_at.expect("a call");
        assert_eq!(beats.state, AlarmState::Ok);
        assert_eq!(beats.due_at, Some(called.plus_ms(10 * MINUTE_MS)));
    }
);

story!(
    nobody_is_told_of_a_source_before_its_first_call,
    |h| async move {
        let mut h = h;
        let sink = connected(&mut h).await;
        h.fast_forward(3 * DAY_MS).await;
        h.pass(20 * MINUTE_MS).await;
        sink.expect(&[]);
        assert_eq!(state(&h).await, AlarmState::InsufficientData);
        assert_eq!(shown(&h).await.heartbeat.expect("one").due_at, None);
        beat(&h).await;
        assert_eq!(state(&h).await, AlarmState::Ok);
        h.pass(11 * MINUTE_MS).await;
        sink.expect(&[LATE]);
    }
);

story!(
    what_nobody_could_hear_is_not_held_against_a_source,
    |h| async move {
        let mut h = h;
        let sink = connected(&mut h).await;
        beat(&h).await;
        h.pass(MINUTE_MS).await;
        // The console is down for longer than the source may be silent.
        h.step(HOUR_MS);
        h.restart().await;
        h.pass(10 * MINUTE_MS).await;
        sink.expect(&[]);
        assert_eq!(state(&h).await, AlarmState::Ok);
        h.pass(MINUTE_MS).await;
        sink.expect(&[LATE]);
    }
);

story!(
    two_servers_tell_once_that_a_source_is_late,
    |h| async move {
        let mut h = h;
        let sink = connected(&mut h).await;
        beat(&h).await;
        let other = h.another(None).await;
        h.step(11 * MINUTE_MS);
        for _ in 0..3 {
            tokio::join!(work::run_once(&h.services), work::run_once(&other));
        }
        h.pass(2 * MINUTE_MS).await;
        sink.expect(&[LATE]);
        let id = heartbeats(&h).await[0].id;
        let chart = h.as_role(Role::Viewer).alarm_chart(id, 3).await;
        let transitions = chart.expect("a chart").transitions;
        let late = transitions.iter().filter(|one| one.to == AlarmState::Alarm);
        assert_eq!(late.count(), 1, "{transitions:?}");
    }
);

story!(
    a_call_that_is_read_is_a_beat_and_no_other_is,
    |h| async move {
        let mut h = h;
        let sink = listening(&mut h, source(HookKind::Prometheus)).await;
        let alert = json!({
            "status": "firing", "labels": { "alertname": "Watchdog" },
            "startsAt": h.now().to_string(),
        });
        let body = json!({ "version": "4", "alerts": [alert] });
        let kind = HookKind::Prometheus;
        let told = told_by(&h, kind, "backup", Some(TOKEN), &body).await;
        assert_eq!(told.expect("taken").changed, 1);
        // Its own alarm takes no room of the one that the source may have, and is apart.
        assert_eq!(state(&h).await, AlarmState::Ok);
        assert_eq!(shown(&h).await.alarms, Some(1));
        h.pass(9 * MINUTE_MS).await;
        sink.expect(&["webhook: P2 ALARM · prod · Watchdog"]);
        let wrong = told_by(&h, kind, "backup", Some("x"), &body).await;
        refused(wrong, ErrorCode::Unauthenticated);
        let odd = told_by(&h, kind, "backup", Some(TOKEN), &json!([])).await;
        refused(odd, ErrorCode::Invalid);
        let why = shown(&h).await.refused.expect("a refusal").why;
        assert!(why.starts_with("body line 1: "), "{why}");
        h.pass(2 * MINUTE_MS).await;
        sink.expect(&[LATE]);
    }
);

story!(
    a_heartbeat_that_is_asked_for_no_more_leaves_the_list,
    |h| async move {
        let mut h = h;
        let sink = connected(&mut h).await;
        beat(&h).await;
        h.pass(11 * MINUTE_MS).await;
        sink.expect(&[LATE]);
        h.reconfigure(|settings| settings.sources[0].heartbeat_minutes = None)
            .await;
        h.fast_forward(2 * MINUTE_MS).await;
        assert!(heartbeats(&h).await.is_empty());
        assert!(shown(&h).await.called_at.is_some());
        drop(sink.take());
        // Asked for again, it goes on from its last call; nobody is told what was known.
        h.reconfigure(|settings| settings.sources[0].heartbeat_minutes = Some(10))
            .await;
        h.fast_forward(2 * MINUTE_MS).await;
        assert_eq!(state(&h).await, AlarmState::Ok);
    }
);

story!(
    a_call_that_waited_until_it_was_late_still_ends_it,
    |h| async move {
        let mut h = h;
        let sink = connected(&mut h).await;
        beat(&h).await;
        h.pass(10 * MINUTE_MS).await;
        let before = h.now();
        h.pass(2 * MINUTE_MS).await;
        sink.expect(&[LATE]);
        // It came before its time was over, and got its turn to write only now.
        let (kind, body) = (HookKind::Heartbeat, Value::Null);
        let told = told_later(&h, before.plus_ms(-1), kind, "backup", Some(TOKEN), &body).await;
        told.expect("a beat");
        h.fast_forward(MINUTE_MS).await;
        assert_eq!(state(&h).await, AlarmState::Ok);
        sink.expect(&[BACK]);
    }
);

story!(
    a_clock_that_was_ahead_silences_no_heartbeat,
    |h| async move {
        let mut h = h;
        let sink = connected(&mut h).await;
        // Taken in by a server whose clock was a day ahead.
        let (kind, body) = (HookKind::Heartbeat, Value::Null);
        let ahead = h.now().plus_ms(DAY_MS);
        let told = told_later(&h, ahead, kind, "backup", Some(TOKEN), &body).await;
        told.expect("a beat");
        h.fast_forward(MINUTE_MS).await;
        beat(&h).await;
        h.pass(11 * MINUTE_MS).await;
        sink.expect(&[LATE]);
    }
);

story!(
    a_server_that_does_not_know_a_source_yet_forgets_nothing_of_it,
    |h| async move {
        let mut h = h;
        let sink = connected(&mut h).await;
        beat(&h).await;
        h.pass(11 * MINUTE_MS).await;
        sink.expect(&[LATE]);
        // For a while a server with the configuration of before runs, too.
        let own = h.services.settings.sources.clone();
        h.reconfigure(|settings| settings.sources.clear()).await;
        h.pass(5 * MINUTE_MS).await;
        h.reconfigure(|settings| settings.sources = own).await;
        h.pass(3 * MINUTE_MS).await;
        sink.expect(&[]);
        assert_eq!(state(&h).await, AlarmState::Alarm);
        beat(&h).await;
        h.pass(MINUTE_MS).await;
        sink.expect(&[BACK]);
        // One that is gone for good is let go.
        h.reconfigure(|settings| settings.sources.clear()).await;
        h.pass(40 * MINUTE_MS).await;
        assert!(heartbeats(&h).await.is_empty());
    }
);
