//! Any JSON, by a mapping: what it tells is told as any alarm, and tried without a trace.

use crate::{
    sources::{listening, told_by},
    story::refused,
};
use api::{
    ErrorCode,
    alarms::{AlarmQuery, AlarmRow},
    sources::Trial,
};
use domain::{
    alarms::AlarmState,
    channels::ChannelKind,
    mappings::MappingText,
    people::Role,
    routes::{Recipients, Route},
    sources::{EnvironmentRule, HookKind, SourceKind},
    time::{MINUTE_MS, Timestamp},
};
use files::Mapping;
use serde_json::{Value, json};
use services::SourceSettings;
use testkit::{Harness, story};

const TOKEN: &str = "s3cret";
const NAME: &str = r#"CPU is high{host="web-1"}"#;

fn mapping() -> MappingText {
    MappingText {
        labels: "{alertname: title, host: host}".into(),
        state: "status".into(),
        at: Some("at".into()),
        reason: Some("text".into()),
        ..MappingText::default()
    }
}

fn source() -> SourceSettings {
    SourceSettings {
        mapping: Some(Mapping::compile(mapping()).expect("a mapping")),
        ..SourceSettings::new(
            "own".parse().expect("a name"),
            HookKind::Json,
            EnvironmentRule::To("prod".into()),
            TOKEN,
        )
    }
}

fn body(status: &str, at: Option<Timestamp>) -> Value {
    json!({
        "title": "CPU is high", "host": "web-1", "status": status,
        "at": at.map(|at| at.to_string()), "text": "above 90 %",
    })
}

async fn tell(h: &Harness, body: &Value) -> u32 {
    let told = told_by(h, HookKind::Json, "own", Some(TOKEN), body).await;
    told.expect("taken").changed
}

async fn alarms(h: &Harness) -> Vec<AlarmRow> {
    let query = AlarmQuery {
        source: vec![SourceKind::Json],
        ..AlarmQuery::default()
    };
    let page = h.as_role(Role::Viewer).list_alarms(query).await;
    page.expect("alarms").rows
}

story!(what_anybody_posts_is_told_in_slack, |h| async move {
    let mut h = h;
    let sink = listening(&mut h, source()).await;
    let route = Route {
        recipients: Recipients::of(vec!["slack".parse().expect("a name")]),
        ..Route::default()
    };
    h.reroute(vec![sink.channel(ChannelKind::Slack)], vec![route])
        .await;
    h.fast_forward(2 * MINUTE_MS).await;
    assert_eq!(tell(&h, &body("Triggered", Some(h.now()))).await, 1);
    h.fast_forward(MINUTE_MS).await;
    sink.expect(&[&format!(
        "slack post: :red_circle: *P2 ALARM · prod · {NAME}*"
    )]);
    assert_eq!(tell(&h, &body("Recovered", Some(h.now()))).await, 1);
    h.fast_forward(MINUTE_MS).await;
    let edited = format!("slack edit 1.0: :large_green_circle: *Recovered · prod · {NAME}*");
    let posted = format!("slack post: :large_green_circle: *Recovered · prod · {NAME}*");
    let heard: Vec<_> = sink.take().iter().map(testkit::Heard::told).collect();
    assert_eq!(heard.first(), Some(&edited), "{heard:?}");
    assert!(heard[1..].iter().all(|told| *told == posted), "{heard:?}");
});

story!(
    late_json_never_moves_a_state_back_and_a_repeat_is_no_news,
    |h| async move {
        let mut h = h;
        let sink = listening(&mut h, source()).await;
        let since = h.now().plus_ms(-10 * MINUTE_MS);
        let until = h.now().plus_ms(-5 * MINUTE_MS);
        let (fires, ends) = (body("down", Some(since)), body("up", Some(until)));
        for told in [&ends, &fires, &ends, &fires] {
            tell(&h, told).await;
            h.fast_forward(MINUTE_MS).await;
        }
        let row = alarms(&h).await.remove(0);
        assert_eq!((row.state, row.state_at), (AlarmState::Ok, until));
        sink.expect(&[]);

        // Without a time it counts since its call, and a repeat is the same life.
        let began = h.now();
        assert_eq!(tell(&h, &body("down", None)).await, 1);
        h.fast_forward(MINUTE_MS).await;
        assert_eq!(tell(&h, &body("down", None)).await, 0);
        let row = alarms(&h).await.remove(0);
        assert_eq!((row.state, row.state_at), (AlarmState::Alarm, began));
        assert_eq!(tell(&h, &body("up", None)).await, 1);
        h.fast_forward(MINUTE_MS).await;
        sink.expect(&[
            &format!("webhook: P2 ALARM · prod · {NAME}"),
            &format!("webhook: Recovered · prod · {NAME}"),
        ]);
    }
);

story!(
    a_mapping_is_tried_without_a_trace_and_told_what_is_wrong,
    |h| async move {
        let mut h = h;
        let sink = listening(&mut h, source()).await;
        let trial = |mapping: MappingText, sample: &str| Trial {
            source: Some("own".parse().expect("a name")),
            mapping,
            sample: sample.to_owned(),
        };
        let admin = h.as_role(Role::Admin);
        let sample = body("down", None).to_string();
        let tried = admin.try_mapping(trial(mapping(), &sample)).await;
        let tried = tried.expect("alarms").alarms.remove(0);
        assert_eq!(
            (tried.name.as_str(), tried.state),
            (NAME, AlarmState::Alarm)
        );
        assert_eq!((tried.priority.as_str(), tried.priority_rule), ("P2", 5));
        assert_eq!(tried.environment.as_str(), "prod");
        let wrong = MappingText {
            state: "status[".into(),
            ..mapping()
        };
        let error = refused(
            admin.try_mapping(trial(wrong, &sample)).await,
            ErrorCode::Invalid,
        );
        assert_eq!(error.fields[0].field, "mapping.state");
        assert!(error.message.contains("(column 8)"), "{error:?}");
        let odd = admin
            .try_mapping(trial(mapping(), r#"{"title":"x","status":"?"}"#))
            .await;
        let error = refused(odd, ErrorCode::Invalid);
        assert!(
            error.message.starts_with("body, `state`: is `?`"),
            "{error:?}"
        );
        let long = " ".repeat(domain::limits::SAMPLE_BYTES_MAX + 1);
        refused(
            admin.try_mapping(trial(mapping(), &long)).await,
            ErrorCode::Invalid,
        );
        let viewer = h.as_role(Role::Viewer);
        refused(
            viewer.try_mapping(trial(mapping(), &sample)).await,
            ErrorCode::Forbidden,
        );

        h.pass(2 * MINUTE_MS).await;
        sink.expect(&[]);
        assert!(alarms(&h).await.is_empty());
    }
);

story!(
    a_reminder_with_a_time_of_its_own_takes_the_alarm_from_nobody,
    |h| async move {
        let mut h = h;
        listening(&mut h, source()).await;
        tell(&h, &body("down", Some(h.now()))).await;
        h.fast_forward(MINUTE_MS).await;
        let viewer = h.as_role(Role::Viewer);
        let alarms = || async {
            let page = viewer.list_alarms(AlarmQuery::default()).await;
            let rows = page.expect("alarms").rows.into_iter();
            rows.filter(|row| row.name == NAME).collect::<Vec<_>>()
        };
        let found = alarms().await;
        let began = found[0].state_at;
        let operator = h.as_role(Role::Operator);
        operator
            .acknowledge_alarm(found[0].id, String::new())
            .await
            .expect("taken");
        h.fast_forward(10 * MINUTE_MS).await;
        tell(&h, &body("down", Some(h.now()))).await;
        let found = alarms().await;
        assert!(found[0].acknowledged.is_some());
        assert_eq!(found[0].state_at, began);
        h.fast_forward(MINUTE_MS).await;
        tell(&h, &body("up", Some(h.now()))).await;
        let found = alarms().await;
        assert_eq!(found[0].state, AlarmState::Ok);
    }
);

story!(
    a_source_of_another_kind_goes_on_with_its_alarms,
    |h| async move {
        let mut h = h;
        listening(&mut h, source()).await;
        tell(&h, &body("down", Some(h.now()))).await;
        h.fast_forward(MINUTE_MS).await;
        // The same alarm, told by Alertmanager under the same name of a source.
        let prometheus = SourceSettings::new(
            "own".parse().expect("a name"),
            HookKind::Prometheus,
            EnvironmentRule::To("prod".into()),
            TOKEN,
        );
        listening(&mut h, prometheus).await;
        let ended = json!({ "version": "4", "status": "resolved", "receiver": "r", "groupKey": "g",
            "groupLabels": {}, "commonLabels": {}, "commonAnnotations": {}, "externalURL": "",
            "alerts": [{ "status": "resolved", "labels": { "alertname": "CPU is high", "host": "web-1" },
                "annotations": {}, "startsAt": h.now().plus_ms(-MINUTE_MS).to_string(),
                "endsAt": h.now().to_string(), "generatorURL": "", "fingerprint": "f" }] });
        let told = told_by(&h, HookKind::Prometheus, "own", Some(TOKEN), &ended).await;
        assert_eq!(told.expect("taken").changed, 1);
        let rows = h
            .as_role(Role::Viewer)
            .list_alarms(AlarmQuery::default())
            .await;
        let rows = rows.expect("alarms").rows;
        let found: Vec<&AlarmRow> = rows.iter().filter(|row| row.name == NAME).collect();
        assert_eq!(found.len(), 1);
        assert_eq!(
            (found[0].state, found[0].source),
            (AlarmState::Ok, SourceKind::Prometheus)
        );
    }
);
