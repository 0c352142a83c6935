//! Routes that are tried: what they would change is told, and nobody hears of it.

use super::{Estate, connected, escalations::hours, everything};
use crate::story::refused;
use api::{
    ErrorCode,
    notifications::{RouteTrial, RouteTried},
};
use domain::{
    alarms::{AlarmState, Priority},
    channels::ChannelKind::{Pagerduty, Slack},
    limits,
    people::Role,
    routes::{EscalationStep, Matchers, Recipients, Route},
    time::{HOUR_MS, MINUTE_MS},
};
use testkit::{Harness, story};

/// Tries routes; these stories write them as JSON.
async fn tried(h: &Harness, routes: &[Route]) -> RouteTried {
    let text = serde_json::to_string(routes).expect("JSON");
    let trial = RouteTrial { text, at: None };
    let tried = h.as_role(Role::Viewer).try_routes(trial).await;
    tried.expect("tried")
}

async fn two_alarms(h: &Harness, estate: &mut Estate) {
    estate.set(h, "prod-web-5xx", AlarmState::Alarm);
    estate.set(h, "prod-web-cpu", AlarmState::Ok);
    h.fast_forward(MINUTE_MS).await;
}

story!(
    routes_that_are_tried_tell_what_would_change_and_tell_nobody,
    |h| async move {
        let mut h = h;
        let kinds = [Slack, Pagerduty];
        let in_force = vec![everything(&[Slack])];
        let (sink, mut estate) = connected(&mut h, &kinds, in_force.clone()).await;
        two_alarms(&h, &mut estate).await;
        sink.expect(&["slack post: :red_circle: *P1 ALARM · prod · prod-web-5xx*"]);

        let same = tried(&h, &in_force).await;
        assert_eq!((same.looked_at, same.total, same.changed), (2, 2, 0));

        // Urgent ones call, and somebody follows; the rest reach nobody.
        let urgent = Route {
            matchers: Matchers {
                priority: vec![Priority::P1],
                ..Matchers::default()
            },
            escalation: vec![EscalationStep {
                after_minutes: 10,
                recipients: Recipients::of("slack".parse().into_iter().collect()),
            }],
            ..everything(&[Pagerduty])
        };
        let other = tried(&h, &[urgent]).await;
        assert_eq!(
            (other.changed, other.nobody_before, other.nobody_after),
            (2, 0, 1)
        );
        let [first, second] = &other.rows[..] else {
            panic!("{:?}", other.rows);
        };
        // What goes off stands first.
        assert_eq!(
            (first.name.as_str(), first.state),
            ("prod-web-5xx", AlarmState::Alarm)
        );
        assert_eq!(first.before.at_once[0].as_str(), "slack");
        assert_eq!(first.after.at_once[0].as_str(), "pagerduty");
        assert_eq!(first.after.escalation[0].after_minutes, 10);
        assert_eq!(second.name, "prod-web-cpu");
        assert!(second.after.is_nobody(), "{second:?}");

        h.pass(3 * MINUTE_MS).await;
        sink.expect(&[]);
    }
);

story!(what_changes_at_night_is_told_at_noon, |h| async move {
    let mut h = h;
    let in_force = vec![everything(&[Slack])];
    let (sink, mut estate) = connected(&mut h, &[Slack], in_force.clone()).await;
    two_alarms(&h, &mut estate).await;
    sink.expect(&["slack post: :red_circle: *P1 ALARM · prod · prod-web-5xx*"]);
    // Hours that do not hold now.
    let begins = h.now().plus_ms(5 * HOUR_MS);
    let nights = hours(&h, 5 * 60, 8 * 60);
    h.reconfigure(|settings| settings.routing.time_intervals = vec![nights])
        .await;
    let muted = Route {
        mute_time_intervals: "hours".parse().into_iter().collect(),
        ..in_force[0].clone()
    };
    let tried = tried(&h, &[muted]).await;
    assert_eq!(tried.changed, 2, "{tried:?}");
    let first = &tried.rows[0];
    assert!(first.at >= begins.plus_ms(-HOUR_MS), "{first:?}");
    assert!(
        first.after.at_once.is_empty() && !first.after.later.is_empty(),
        "{first:?}"
    );
});

story!(
    routes_that_cannot_be_read_are_refused_with_the_reason,
    |h| async move {
        let viewer = h.as_role(Role::Viewer);
        let trial = |text: String| RouteTrial { text, at: None };
        refused(
            viewer.try_routes(trial("[{".into())).await,
            ErrorCode::Invalid,
        );
        let long = " ".repeat(limits::ROUTES_TEXT_BYTES_MAX + 1);
        refused(viewer.try_routes(trial(long)).await, ErrorCode::Invalid);
    }
);
