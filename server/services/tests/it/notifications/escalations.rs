//! While nobody takes an alarm on, others are told; what a mute route does not tell is told later.

use super::{Estate, acknowledge, alarm, connected, everything, give_back};
use api::silences::{NewSilence, SilenceScope};
use domain::{
    alarms::AlarmState,
    channels::ChannelKind::{self, Pagerduty, Slack, Webhook},
    people::Role,
    routes::{EscalationStep, Matchers, Recipients, Route},
    time::{HOUR_MS, MINUTE_MS, Zone},
    time_intervals::{TimeInterval, TimeIntervalName},
};
use serde_json::json;
use testkit::{Harness, Sink, story};

const POST: &str = "slack post: :red_circle: *P1 ALARM · prod · prod-web-5xx*";
const CALL: &str = "pagerduty trigger: P1 ALARM · prod · prod-web-5xx";
const HOOK: &str = "webhook: P1 ALARM · prod · prod-web-5xx";

/// Slack at once, PagerDuty after ten minutes, the webhook after thirty.
fn steps() -> Route {
    let step = |after_minutes, kind: ChannelKind| EscalationStep {
        after_minutes,
        recipients: Recipients::of(kind.as_str().parse().into_iter().collect()),
    };
    Route {
        escalation: vec![step(10, Pagerduty), step(30, Webhook)],
        ..everything(&[Slack])
    }
}

async fn escalating(h: &mut Harness) -> (Sink, Estate) {
    connected(h, &[Slack, Pagerduty, Webhook], vec![steps()]).await
}

/// Hours that begin and end so many minutes from now.
pub(super) fn hours(h: &Harness, from_minutes: i64, to_minutes: i64) -> TimeInterval {
    let name: TimeIntervalName = "hours".parse().expect("a name");
    let zone = Zone::named("Asia/Seoul").expect("a zone");
    let now = zone.civil(h.now());
    let at = |minutes: i64| {
        let minute = i64::from(now.hour()) * 60 + i64::from(now.minute()) + minutes;
        let minute = minute.rem_euclid(24 * 60);
        format!("{:02}:{:02}", minute / 60, minute % 60)
    };
    let hours = json!([{ "from": at(from_minutes), "to": at(to_minutes) }]);
    let hours: Vec<_> = serde_json::from_value(hours).expect("hours");
    TimeInterval::new(name, zone, &hours).expect("an interval")
}

/// Makes all routes mute in such hours.
async fn mute_from(h: &mut Harness, from_minutes: i64, to_minutes: i64) {
    let interval = hours(h, from_minutes, to_minutes);
    h.reconfigure(|settings| {
        for route in &mut settings.routing.routes {
            route.mute_time_intervals = vec![interval.name().clone()];
        }
        settings.routing.time_intervals = vec![interval];
    })
    .await;
    // The leases of the server before run out.
    h.fast_forward(2 * MINUTE_MS).await;
}

fn silence_for(h: &Harness, ms: i64) -> NewSilence {
    NewSilence {
        scope: SilenceScope {
            environments: vec!["prod".into()],
            matchers: String::new(),
        },
        from: None,
        until: h.now().plus_ms(ms),
        comment: "a restart".into(),
    }
}

story!(
    while_nobody_takes_it_on_others_are_told_step_by_step,
    |h| async move {
        let mut h = h;
        let (sink, mut estate) = escalating(&mut h).await;
        estate.set(&h, "prod-web-5xx", AlarmState::Alarm);
        h.fast_forward(MINUTE_MS).await;
        sink.expect(&[POST]);
        let viewer = h.as_role(Role::Viewer);
        let id = alarm(&h, "prod-web-5xx").await;
        let next = viewer.alarm(id).await.expect("an alarm").next_told;
        let next = next.expect("a next step");
        assert_eq!(next.channels[0].as_str(), "pagerduty");

        h.pass(7 * MINUTE_MS).await;
        sink.expect(&[]);
        // Neither a restart nor a second reading begins it anew.
        h.restart().await;
        h.pass(4 * MINUTE_MS).await;
        sink.expect(&[CALL]);
        h.pass(15 * MINUTE_MS).await;
        sink.expect(&[]);
        h.pass(6 * MINUTE_MS).await;
        sink.expect(&[HOOK]);
        h.pass(3 * HOUR_MS).await;
        sink.expect(&[]);
        let viewer = h.as_role(Role::Viewer);
        assert_eq!(viewer.alarm(id).await.expect("an alarm").next_told, None);

        // All of them hear of the end, and its next life begins with the first.
        estate.set(&h, "prod-web-5xx", AlarmState::Ok);
        h.fast_forward(MINUTE_MS).await;
        assert_eq!(sink.take().len(), 3);
        h.pass(HOUR_MS).await;
        sink.expect(&[]);
        estate.set(&h, "prod-web-5xx", AlarmState::Alarm);
        h.fast_forward(MINUTE_MS).await;
        sink.expect(&[POST]);
    }
);

story!(
    nobody_else_is_told_of_what_somebody_has_taken_on,
    |h| async move {
        let mut h = h;
        let (sink, mut estate) = escalating(&mut h).await;
        estate.set(&h, "prod-web-5xx", AlarmState::Alarm);
        h.fast_forward(MINUTE_MS).await;
        acknowledge(&h, "prod-web-5xx").await;
        h.fast_forward(MINUTE_MS).await;
        assert_eq!(sink.take().len(), 2);
        h.pass(2 * HOUR_MS).await;
        sink.expect(&[]);

        // Given back, it begins anew.
        give_back(&h, "prod-web-5xx").await;
        h.pass(9 * MINUTE_MS).await;
        sink.expect(&[
            "slack edit 1.0: :red_circle: *Nobody looks after it now · prod · prod-web-5xx*",
        ]);
        h.pass(2 * MINUTE_MS).await;
        sink.expect(&[CALL]);
    }
);

story!(
    what_is_over_or_silenced_before_a_step_reaches_nobody_else,
    |h| async move {
        let mut h = h;
        let (sink, mut estate) = escalating(&mut h).await;
        estate.set(&h, "prod-web-5xx", AlarmState::Alarm);
        estate.set(&h, "prod-db-errors", AlarmState::Alarm);
        h.fast_forward(MINUTE_MS).await;
        assert_eq!(sink.take().len(), 2);
        estate.set(&h, "prod-db-errors", AlarmState::Ok);
        crate::notifications::silences::silenced(&h, &["prod"], r#"alertname="prod-web-5xx""#)
            .await;
        h.fast_forward(MINUTE_MS).await;
        assert_eq!(sink.take().len(), 1, "the end of one");
        h.pass(55 * MINUTE_MS).await;
        sink.expect(&[]);
        // The silence of an hour ends; nobody has taken it on since then.
        h.pass(10 * MINUTE_MS).await;
        sink.expect(&[]);
        h.pass(6 * MINUTE_MS).await;
        sink.expect(&[CALL]);
    }
);

story!(
    an_acknowledgement_ends_by_its_age_and_that_is_told,
    |h| async move {
        let mut h = h;
        let (sink, mut estate) = escalating(&mut h).await;
        h.reconfigure(|settings| settings.acknowledgement_minutes = Some(60))
            .await;
        h.fast_forward(2 * MINUTE_MS).await;
        estate.set(&h, "prod-web-5xx", AlarmState::Alarm);
        h.fast_forward(MINUTE_MS).await;
        acknowledge(&h, "prod-web-5xx").await;
        h.fast_forward(MINUTE_MS).await;
        assert_eq!(sink.take().len(), 2);
        let id = alarm(&h, "prod-web-5xx").await;
        let viewer = h.as_role(Role::Viewer);
        let detail = viewer.alarm(id).await.expect("an alarm");
        let taken = detail.row.acknowledged.expect("taken on");
        assert_eq!(detail.acknowledged_until, Some(taken.at.plus_ms(HOUR_MS)));

        h.pass(57 * MINUTE_MS).await;
        sink.expect(&[]);
        h.pass(4 * MINUTE_MS).await;
        sink.expect(&[
            "slack edit 1.0: :red_circle: *Nobody looks after it now · prod · prod-web-5xx*",
        ]);
        let row = viewer.alarm(id).await.expect("an alarm").row;
        assert_eq!(row.acknowledged, None);
        h.pass(11 * MINUTE_MS).await;
        sink.expect(&[CALL]);
        crate::story::audit_is_whole(&h).await;
    }
);

story!(
    what_a_mute_route_holds_is_told_when_it_may,
    |h| async move {
        let mut h = h;
        let kinds = [Slack, Pagerduty];
        let (sink, mut estate) = connected(&mut h, &kinds, vec![everything(&[Slack])]).await;
        mute_from(&mut h, -60, 120).await;
        h.reconfigure(|settings| {
            settings.routing.routes[0].goes_on = true;
            settings.routing.routes.push(everything(&[Pagerduty]));
        })
        .await;
        h.fast_forward(2 * MINUTE_MS).await;

        estate.set(&h, "prod-web-5xx", AlarmState::Alarm);
        estate.set(&h, "prod-db-errors", AlarmState::Alarm);
        h.fast_forward(MINUTE_MS).await;
        assert_eq!(sink.take().len(), 2, "the calls go as ever");
        // What is over in time is not the team's matter.
        estate.set(&h, "prod-db-errors", AlarmState::Ok);
        h.restart().await;
        h.fast_forward(MINUTE_MS).await;
        sink.expect(&["pagerduty resolve: "]);
        h.pass(2 * HOUR_MS).await;
        sink.expect(&[POST]);
        h.pass(HOUR_MS).await;
        sink.expect(&[]);
    }
);

story!(
    hours_that_begin_between_two_steps_put_the_second_off,
    |h| async move {
        let mut h = h;
        let (sink, mut estate) = escalating(&mut h).await;
        mute_from(&mut h, 6, 60).await;
        estate.set(&h, "prod-web-5xx", AlarmState::Alarm);
        h.fast_forward(MINUTE_MS).await;
        sink.expect(&[POST]);
        h.pass(50 * MINUTE_MS).await;
        sink.expect(&[]);
        h.restart().await;
        h.pass(10 * MINUTE_MS).await;
        sink.expect(&[CALL, HOOK]);
    }
);

story!(a_silence_within_mute_hours_loses_no_step, |h| async move {
    let mut h = h;
    let (sink, mut estate) = escalating(&mut h).await;
    mute_from(&mut h, 6, 60).await;
    estate.set(&h, "prod-web-5xx", AlarmState::Alarm);
    h.fast_forward(MINUTE_MS).await;
    sink.expect(&[POST]);
    h.pass(20 * MINUTE_MS).await;
    let operator = h.as_role(Role::Operator);
    let silence = silence_for(&h, 5 * MINUTE_MS);
    operator.add_silence(silence).await.expect("a silence");
    h.pass(30 * MINUTE_MS).await;
    sink.expect(&[]);
    // The hours end; nobody is known to have had it since then.
    h.pass(24 * MINUTE_MS).await;
    sink.expect(&[CALL]);
    h.pass(HOUR_MS).await;
    sink.expect(&[HOOK]);
});

story!(no_data_between_holds_an_escalation_up, |h| async move {
    let mut h = h;
    let (sink, mut estate) = escalating(&mut h).await;
    estate.set(&h, "prod-web-5xx", AlarmState::Alarm);
    h.fast_forward(MINUTE_MS).await;
    sink.expect(&[POST]);
    for state in [AlarmState::InsufficientData, AlarmState::Alarm] {
        h.pass(6 * MINUTE_MS).await;
        sink.expect(&[]);
        estate.set(&h, "prod-web-5xx", state);
    }
    h.pass(MINUTE_MS).await;
    sink.expect(&[CALL]);
});

story!(
    what_changes_in_mute_hours_is_told_after_them,
    |h| async move {
        let mut h = h;
        let states = [AlarmState::Alarm, AlarmState::InsufficientData];
        let route = Route {
            matchers: Matchers {
                state: states.to_vec(),
                ..Matchers::default()
            },
            ..everything(&[Slack])
        };
        let (sink, mut estate) = connected(&mut h, &[Slack], vec![route]).await;
        mute_from(&mut h, 6, 60).await;
        estate.set(&h, "prod-web-5xx", AlarmState::InsufficientData);
        h.fast_forward(MINUTE_MS).await;
        sink.expect(&["slack post: :white_circle: *P1 no data · prod · prod-web-5xx*"]);
        h.pass(20 * MINUTE_MS).await;
        estate.set(&h, "prod-web-5xx", AlarmState::Alarm);
        h.pass(20 * MINUTE_MS).await;
        sink.expect(&[]);
        h.pass(30 * MINUTE_MS).await;
        sink.expect(&["slack edit 1.0: :red_circle: *P1 ALARM · prod · prod-web-5xx*"]);
    }
);

story!(
    taking_on_and_giving_back_makes_no_news_of_what_was_nobodys_matter,
    |h| async move {
        let mut h = h;
        let kinds = [Slack, Pagerduty, Webhook];
        let (sink, mut estate) = connected(&mut h, &kinds, vec![]).await;
        estate.set(&h, "prod-web-5xx", AlarmState::Alarm);
        h.fast_forward(MINUTE_MS).await;
        h.reconfigure(|settings| settings.routing.routes = vec![steps()])
            .await;
        h.fast_forward(2 * MINUTE_MS).await;
        acknowledge(&h, "prod-web-5xx").await;
        h.pass(5 * MINUTE_MS).await;
        give_back(&h, "prod-web-5xx").await;
        h.pass(HOUR_MS).await;
        sink.expect(&[]);
    }
);

story!(
    steps_that_come_into_the_configuration_count_for_what_stands,
    |h| async move {
        let mut h = h;
        let kinds = [Slack, Pagerduty, Webhook];
        let (sink, mut estate) = connected(&mut h, &kinds, vec![everything(&[Slack])]).await;
        estate.set(&h, "prod-web-5xx", AlarmState::Alarm);
        h.fast_forward(MINUTE_MS).await;
        sink.expect(&[POST]);
        h.pass(HOUR_MS).await;
        h.reconfigure(|settings| settings.routing.routes = vec![steps()])
            .await;
        h.pass(9 * MINUTE_MS).await;
        sink.expect(&[]);
        h.pass(4 * MINUTE_MS).await;
        sink.expect(&[CALL]);
    }
);

story!(two_servers_escalate_once, |h| async move {
    let mut h = h;
    let (sink, mut estate) = escalating(&mut h).await;
    let other = h.another(None).await;
    estate.set(&h, "prod-web-5xx", AlarmState::Alarm);
    h.fast_forward(MINUTE_MS).await;
    sink.expect(&[POST]);
    h.step(10 * MINUTE_MS);
    tokio::join!(
        services::work::run_once(&h.services),
        services::work::run_once(&other)
    );
    h.fast_forward(2 * MINUTE_MS).await;
    sink.expect(&[CALL]);
});
