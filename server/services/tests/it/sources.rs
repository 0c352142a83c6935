//! Sources call us late, twice and in any order; each alarm is told of once.

use crate::story::refused;
use api::{
    ErrorCode,
    alarms::{AlarmDetail, AlarmQuery, AlarmRow},
    silences::{NewSilence, SilenceScope},
    sources::Taken,
};
use domain::{
    alarms::{AlarmState, Priority},
    channels::ChannelKind,
    limits,
    people::{Reach, Role},
    routes::{Recipients, Route},
    sources::{EnvironmentRule, HookKind, SourceKind},
    time::{DAY_MS, HOUR_MS, MINUTE_MS, Timestamp},
};
use serde_json::{Value, json};
use services::{SourceSettings, settle, sources};
use std::slice;
use testkit::{Harness, Sink, story};

const TOKEN: &str = "s3cret";

/// One alert: `name` of a machine, firing since or resolved at.
fn alert(name: &str, instance: &str, since: Timestamp, until: Option<Timestamp>) -> Value {
    json!({
        "status": if until.is_some() { "resolved" } else { "firing" },
        "labels": { "alertname": name, "environment": "prod", "instance": instance },
        "annotations": { "summary": format!("{name} on {instance}") },
        "startsAt": since.to_string(),
        "endsAt": until.map_or("0001-01-01T00:00:00Z".to_owned(), |at| at.to_string()),
        "generatorURL": "http://prometheus:9090/graph",
    })
}

/// One call of the source, by its own token.
async fn call(h: &Harness, alerts: &[Value]) -> api::ApiResult<Taken> {
    call_by(h, "prometheus", Some(TOKEN), &batch(alerts)).await
}

fn batch(alerts: &[Value]) -> Value {
    json!({ "version": "4", "status": "firing", "alerts": alerts })
}

async fn call_by(
    h: &Harness,
    name: &str,
    token: Option<&str>,
    body: &Value,
) -> api::ApiResult<Taken> {
    told_by(h, HookKind::Prometheus, name, token, body).await
}

/// One call of a source of any kind.
pub async fn told_by(
    h: &Harness,
    kind: HookKind,
    name: &str,
    token: Option<&str>,
    body: &Value,
) -> api::ApiResult<Taken> {
    told_later(h, h.now(), kind, name, token, body).await
}

/// A call that was admitted at an instant that has passed.
pub async fn told_later(
    h: &Harness,
    admitted_at: Timestamp,
    kind: HookKind,
    name: &str,
    token: Option<&str>,
    body: &Value,
) -> api::ApiResult<Taken> {
    let mut cx = h.cx(&h.people[Role::Viewer.as_str()]);
    cx.now = admitted_at;
    let s = &h.services;
    let source = sources::admit(s, &cx, kind, name, token)?;
    settle(
        &cx,
        sources::take(s, &cx, source, body.to_string().as_bytes()).await,
    )
}

/// A source with room for three alarms, and a receiver that hears of everything.
async fn connected(h: &mut Harness) -> Sink {
    let source = SourceSettings {
        alarms_max: 3,
        calls_a_minute_max: 30,
        ..SourceSettings::new(
            "prometheus".parse().expect("a name"),
            HookKind::Prometheus,
            EnvironmentRule::ByLabel("environment".into()),
            TOKEN,
        )
    };
    listening(h, source).await
}

/// The only source, and a receiver that hears of everything.
pub async fn listening(h: &mut Harness, source: SourceSettings) -> Sink {
    let sink = Sink::start().await;
    h.cloud.alarms_are(&[]);
    h.reconfigure(|settings| settings.sources = vec![source])
        .await;
    let route = Route {
        recipients: Recipients::of(vec!["webhook".parse().expect("a name")]),
        ..Route::default()
    };
    h.reroute(vec![sink.channel(ChannelKind::Webhook)], vec![route])
        .await;
    // The leases of the server before run out.
    h.fast_forward(2 * MINUTE_MS).await;
    sink
}

async fn alarms(h: &Harness) -> Vec<AlarmRow> {
    let query = AlarmQuery {
        source: vec![SourceKind::Prometheus],
        ..AlarmQuery::default()
    };
    let page = h.as_role(Role::Viewer).list_alarms(query).await;
    page.expect("alarms").rows
}

async fn detail(h: &Harness) -> AlarmDetail {
    let id = alarms(h).await[0].id;
    h.as_role(Role::Viewer).alarm(id).await.expect("an alarm")
}

const HIGH: &str = r#"HighErrors{environment="prod",instance="web-1"}"#;

story!(an_alert_is_told_once_and_so_is_its_end, |h| async move {
    let mut h = h;
    let sink = connected(&mut h).await;
    let since = h.now().plus_ms(-MINUTE_MS);
    let firing = alert("HighErrors", "web-1", since, None);
    let taken = call(&h, slice::from_ref(&firing)).await.expect("taken");
    assert_eq!((taken.told, taken.changed, taken.left_out), (1, 1, 0));
    h.fast_forward(MINUTE_MS).await;
    sink.expect(&[&format!("webhook: P1 ALARM · prod · {HIGH}")]);

    let row = alarms(&h).await.remove(0);
    assert_eq!(
        (row.name.as_str(), row.state, row.state_at),
        (HIGH, AlarmState::Alarm, since)
    );
    assert_eq!((row.priority, row.scope), (Priority::P1, None));
    assert_eq!(row.source_name.expect("a name").as_str(), "prometheus");

    // Alertmanager repeats, also after a restart of ours.
    for _ in 0..3 {
        let taken = call(&h, slice::from_ref(&firing)).await.expect("taken");
        assert_eq!(taken.changed, 0);
        h.restart().await;
        h.fast_forward(HOUR_MS).await;
    }
    sink.expect(&[]);

    let over = alert("HighErrors", "web-1", since, Some(h.now()));
    call(&h, slice::from_ref(&over)).await.expect("taken");
    h.fast_forward(MINUTE_MS).await;
    sink.expect(&[&format!("webhook: Recovered · prod · {HIGH}")]);
    call(&h, &[over]).await.expect("taken");
    h.pass(3 * MINUTE_MS).await;
    sink.expect(&[]);
});

story!(
    late_news_of_a_source_never_moves_a_state_back,
    |h| async move {
        let mut h = h;
        let sink = connected(&mut h).await;
        let (since, until) = (
            h.now().plus_ms(-10 * MINUTE_MS),
            h.now().plus_ms(-5 * MINUTE_MS),
        );
        let firing = alert("HighErrors", "web-1", since, None);
        let over = alert("HighErrors", "web-1", since, Some(until));
        // The end comes first, and its beginning after it.
        for told in [&over, &firing, &over, &firing] {
            call(&h, slice::from_ref(told)).await.expect("taken");
            h.fast_forward(MINUTE_MS).await;
        }
        let row = alarms(&h).await.remove(0);
        assert_eq!((row.state, row.state_at), (AlarmState::Ok, until));
        sink.expect(&[]);

        // It goes off again, and the old end is repeated.
        let again = h.now();
        call(&h, &[alert("HighErrors", "web-1", again, None)])
            .await
            .expect("taken");
        call(&h, &[over, firing]).await.expect("taken");
        let row = alarms(&h).await.remove(0);
        assert_eq!((row.state, row.state_at), (AlarmState::Alarm, again));
        h.fast_forward(MINUTE_MS).await;
        sink.expect(&[&format!("webhook: P1 ALARM · prod · {HIGH}")]);
    }
);

story!(
    a_source_whose_clock_is_ahead_is_heard_now_and_its_end_counts,
    |h| async move {
        let mut h = h;
        let sink = connected(&mut h).await;
        let ahead = h.now().plus_ms(HOUR_MS);
        let firing = alert("HighErrors", "web-1", ahead, None);
        let began = h.now();
        call(&h, slice::from_ref(&firing)).await.expect("taken");
        h.fast_forward(MINUTE_MS).await;
        call(&h, &[firing]).await.expect("taken");
        assert_eq!(alarms(&h).await[0].state_at, began);
        let over = alert("HighErrors", "web-1", ahead, Some(ahead.plus_ms(MINUTE_MS)));
        call(&h, &[over]).await.expect("taken");
        assert_eq!(alarms(&h).await[0].state, AlarmState::Ok);
        h.fast_forward(MINUTE_MS).await;
        sink.expect(&[
            &format!("webhook: P1 ALARM · prod · {HIGH}"),
            &format!("webhook: Recovered · prod · {HIGH}"),
        ]);
    }
);

story!(only_the_sources_own_token_lets_it_call, |h| async move {
    let mut h = h;
    connected(&mut h).await;
    let body = batch(&[]);
    for (name, token) in [
        ("prometheus", None),
        ("prometheus", Some("")),
        ("prometheus", Some("S3cret")),
        ("nowhere", Some(TOKEN)),
    ] {
        refused(
            call_by(&h, name, token, &body).await,
            ErrorCode::Unauthenticated,
        );
    }
    let cx = h.cx(&h.people[Role::Viewer.as_str()]);
    let other = sources::admit(
        &h.services,
        &cx,
        HookKind::Grafana,
        "prometheus",
        Some(TOKEN),
    );
    refused(
        other.map(|source| source.name.clone()),
        ErrorCode::Unauthenticated,
    );
    call_by(&h, "prometheus", Some(TOKEN), &body)
        .await
        .expect("let in");
});

story!(
    a_source_that_calls_too_often_waits_for_the_next_minute,
    |h| async move {
        let mut h = h;
        connected(&mut h).await;
        for _ in 0..30 {
            call(&h, &[]).await.expect("taken");
        }
        refused(call(&h, &[]).await, ErrorCode::TooMany);
        h.fast_forward(MINUTE_MS).await;
        call(&h, &[]).await.expect("taken");
    }
);

story!(
    a_source_with_too_many_alarms_keeps_those_it_has,
    |h| async move {
        let mut h = h;
        let sink = connected(&mut h).await;
        let since = h.now();
        let some: Vec<_> = (0..5)
            .map(|n| alert("Down", &format!("web-{n}"), since, None))
            .collect();
        let taken = call(&h, &some).await.expect("taken");
        assert_eq!((taken.changed, taken.left_out), (3, 2));
        assert_eq!(alarms(&h).await.len(), 3);
        h.fast_forward(MINUTE_MS).await;
        // What came in one call leaves in no special order.
        let heard = || {
            let mut heard: Vec<_> = sink.take().iter().map(testkit::Heard::told).collect();
            heard.sort();
            heard
        };
        let told = |what: &str, n| {
            format!(r#"webhook: {what} · prod · Down{{environment="prod",instance="web-{n}"}}"#)
        };
        assert_eq!(
            heard(),
            [
                told("P2 ALARM", 0),
                told("P2 ALARM", 1),
                told("P2 ALARM", 2)
            ]
        );

        // What it has goes on, and what was over for long makes room.
        let over: Vec<_> = (0..3)
            .map(|n| alert("Down", &format!("web-{n}"), since, Some(h.now())))
            .collect();
        let taken = call(&h, &over).await.expect("taken");
        assert_eq!((taken.changed, taken.left_out), (3, 0));
        h.fast_forward(MINUTE_MS).await;
        assert_eq!(
            heard(),
            [
                told("Recovered", 0),
                told("Recovered", 1),
                told("Recovered", 2)
            ]
        );
        assert_eq!(call(&h, &some).await.expect("taken").left_out, 2);
        h.fast_forward(limits::REPORTED_OK_KEEP_MS + DAY_MS).await;
        assert!(alarms(&h).await.is_empty());
        let since = h.now();
        let new: Vec<_> = (0..3)
            .map(|n| alert("Down", &format!("db-{n}"), since, None))
            .collect();
        assert_eq!(call(&h, &new).await.expect("taken").left_out, 0);
    }
);

story!(a_call_that_cannot_be_read_changes_nothing, |h| async move {
    let mut h = h;
    connected(&mut h).await;
    let good = alert("Down", "web-1", h.now(), None);
    let mut bad = good.clone();
    bad["startsAt"] = json!("yesterday");
    let error = refused(call(&h, &[good, bad]).await, ErrorCode::Invalid);
    assert!(
        error.message.contains("`yesterday` is not a time"),
        "{error:?}"
    );
    assert!(alarms(&h).await.is_empty());
});

story!(
    an_alarm_of_a_source_is_seen_where_it_belongs_and_switched_by_nobody,
    |h| async move {
        let mut h = h;
        connected(&mut h).await;
        let mut dev = alert("Down", "web-1", h.now(), None);
        dev["labels"]["environment"] = json!("dev");
        call(&h, &[alert("Down", "web-1", h.now(), None), dev])
            .await
            .expect("taken");
        let ben = h
            .person("ben", Role::Operator, Reach::Only(vec!["prod".into()]))
            .await;
        let page = h
            .of(&ben)
            .list_alarms(AlarmQuery::default())
            .await
            .expect("alarms");
        assert_eq!(page.total, 1);
        let id = page.rows[0].id;
        h.of(&ben)
            .acknowledge_alarm(id, "mine".into())
            .await
            .expect("taken on");
        let change = domain::changes::Change::SetAlarmActions {
            alarm: id,
            enabled: false,
            reason: "quiet".into(),
        };
        refused(
            h.of(&ben).propose_change(change.into(), None).await,
            ErrorCode::NotFound,
        );
        let chart = h.of(&ben).alarm_chart(id, 3).await.expect("a chart");
        assert!(chart.note.is_some() && chart.transitions.len() == 1);
    }
);

story!(
    an_alarm_shows_its_labels_links_and_whether_its_source_still_calls,
    |h| async move {
        let mut h = h;
        connected(&mut h).await;
        call(&h, &[alert("HighErrors", "web-1", h.now(), None)])
            .await
            .expect("taken");
        let shown = detail(&h).await;
        assert_eq!(shown.notes.labels["instance"], "web-1");
        assert_eq!(shown.notes.annotations["summary"], "HighErrors on web-1");
        assert_eq!(shown.notes.links[0].url, "http://prometheus:9090/graph");
        assert!(shown.configured && !shown.gone && shown.console_url.is_none());
        h.reconfigure(|settings| settings.sources.clear()).await;
        h.fast_forward(HOUR_MS).await;
        let shown = detail(&h).await;
        assert!(!shown.configured && !shown.gone);
    }
);

story!(
    an_alarm_is_silenced_by_the_labels_that_it_has_here,
    |h| async move {
        let mut h = h;
        let source = SourceSettings::new(
            "prometheus".parse().expect("a name"),
            HookKind::Prometheus,
            EnvironmentRule::To("prod".into()),
            TOKEN,
        );
        let sink = listening(&mut h, source).await;
        // Its source has other words for where it belongs and how much it matters.
        let labels = json!({
            "alertname": "Lag", "environment": "production", "priority": "high", "source": "eu",
        });
        let of = |h: &Harness, until: Option<Timestamp>| {
            let mut alert = alert("Lag", "a", h.now(), until);
            alert["labels"] = labels.clone();
            alert
        };
        call(&h, &[of(&h, Some(h.now()))]).await.expect("taken");
        let detail = h.as_role(Role::Viewer).alarm(alarms(&h).await[0].id).await;
        let scope = SilenceScope {
            environments: vec!["prod".into()],
            matchers: detail.expect("an alarm").matchers,
        };
        let operator = h.as_role(Role::Operator);
        let preview = operator.preview_silence(scope.clone()).await;
        assert_eq!(preview.expect("a preview").alarms, 1, "{scope:?}");
        let silence = NewSilence {
            scope,
            from: None,
            until: h.now().plus_ms(HOUR_MS),
            comment: "known".into(),
        };
        operator.add_silence(silence).await.expect("a silence");
        h.fast_forward(MINUTE_MS).await;
        sink.expect(&[]);
        call(&h, &[of(&h, None)]).await.expect("taken");
        h.fast_forward(MINUTE_MS).await;
        sink.expect(&[]);
        // Of more labels than matchers may ask for the name is enough.
        let mut many = alert("Many", "a", h.now(), Some(h.now()));
        for number in 0..limits::MATCHERS_MAX {
            many["labels"][format!("label{number}")] = json!("x");
        }
        call(&h, &[many]).await.expect("taken");
        let rows = alarms(&h).await;
        let many = rows.iter().find(|row| row.name.starts_with("Many"));
        let detail = h
            .as_role(Role::Viewer)
            .alarm(many.expect("an alarm").id)
            .await;
        assert_eq!(detail.expect("an alarm").matchers, r#"alertname="Many""#);
    }
);
