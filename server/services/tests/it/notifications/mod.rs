//! Who hears of an alarm: each once, in order, and nothing is lost. Messages go over
//! real HTTP to a receiver that fails the story when it hears what was not expected.

mod changes;
mod digests;
mod drills;
mod escalations;
mod groups;
mod inhibitions;
mod kinds;
mod on_call;
mod outages;
mod presses;
mod recurring_drills;
mod silences;
mod trial;

use crate::story::{SCALED, refused};
use api::{
    ErrorCode,
    notifications::{NotificationQuery, NotificationRow},
};
use domain::{
    alarms::{AlarmKind, AlarmReading, AlarmRule, AlarmState, MetricRef, Priority},
    channels::ChannelKind,
    ids::AlarmId,
    notifications::{DeliveryState, Event},
    people::{Reach, Role},
    routes::{Matchers, Recipients, Route},
    time::{DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS},
};
use std::collections::BTreeMap;
use testkit::{Backing, Harness, HarnessConfig, Reply, Sink, story};

use ChannelKind::{Discord, Email, Pagerduty, Slack, Sms, Teams, Webhook};

/// Alarms that go off when a story says so.
#[derive(Default)]
struct Estate(BTreeMap<&'static str, AlarmReading>);

impl Estate {
    /// From now on the alarm is in this state.
    fn set(&mut self, h: &Harness, name: &'static str, state: AlarmState) {
        let reading = AlarmReading {
            scope: h.sandbox.cloud().scopes()[0].clone(),
            name: name.to_owned(),
            arn: format!("arn:aws:cloudwatch:::alarm:{name}"),
            kind: AlarmKind::Metric,
            description: String::new(),
            state,
            state_at: h.now(),
            reason: "Threshold Crossed".into(),
            rule: AlarmRule {
                comparison: "GreaterThanThreshold".into(),
                threshold: Some(1.0),
                evaluation_periods: 1,
                datapoints_to_alarm: 1,
                missing_data: "missing".into(),
                metric: None,
                expression: None,
            },
            actions_enabled: true,
            alarm_actions: Vec::new(),
            ok_actions: Vec::new(),
            insufficient_data_actions: Vec::new(),
            unmodelled: Vec::new(),
        };
        self.0.insert(name, reading);
        self.tell(h);
    }

    /// The same, of a metric of a group.
    fn set_on(&mut self, h: &Harness, name: &'static str, state: AlarmState, group: &str) {
        self.set(h, name, state);
        if let Some(reading) = self.0.get_mut(name) {
            reading.rule.metric = Some(MetricRef {
                namespace: "AWS/EC2".into(),
                name: "CPUUtilization".into(),
                dimensions: vec![("AutoScalingGroupName".into(), group.to_owned())],
                statistic: "Average".into(),
                period_s: 60,
                unit: String::new(),
            });
        }
        self.tell(h);
    }

    fn remove(&mut self, h: &Harness, name: &str) {
        self.0.remove(name);
        self.tell(h);
    }

    fn tell(&self, h: &Harness) {
        let readings: Vec<_> = self.0.values().cloned().collect();
        h.cloud.alarms_are(&readings);
    }
}

/// A route that tells these channels of everything.
fn everything(kinds: &[ChannelKind]) -> Route {
    let channels = kinds
        .iter()
        .map(|kind| kind.as_str().parse().expect("a name"));
    Route {
        recipients: Recipients::of(channels.collect()),
        ..Route::default()
    }
}

/// An estate without an alarm, and channels of these kinds with these routes.
async fn connected(h: &mut Harness, kinds: &[ChannelKind], routes: Vec<Route>) -> (Sink, Estate) {
    let sink = Sink::start().await;
    let estate = Estate::default();
    estate.tell(h);
    let channels = kinds.iter().map(|kind| sink.channel(*kind)).collect();
    h.reroute(channels, routes).await;
    // The leases of the server before run out.
    h.fast_forward(2 * MINUTE_MS).await;
    (sink, estate)
}

async fn messages(h: &Harness, role: Role) -> Vec<NotificationRow> {
    let query = NotificationQuery::default();
    let page = h.as_role(role).list_notifications(query).await;
    page.expect("messages").rows
}

/// Every message, newest first, as its state and the attempts it took.
async fn states(h: &Harness) -> Vec<(DeliveryState, u32)> {
    let rows = messages(h, Role::Viewer).await;
    rows.iter().map(|row| (row.state, row.attempts)).collect()
}

async fn alarm(h: &Harness, name: &str) -> AlarmId {
    let query = api::alarms::AlarmQuery {
        text: name.to_owned(),
        ..Default::default()
    };
    let found = h.as_role(Role::Viewer).list_alarms(query).await;
    found.expect("alarms").rows[0].id
}

async fn acknowledge(h: &Harness, name: &str) {
    let id = alarm(h, name).await;
    let operator = h.as_role(Role::Operator);
    let taken = operator.acknowledge_alarm(id, "on it".into()).await;
    taken.expect("taken");
}

async fn give_back(h: &Harness, name: &str) {
    let id = alarm(h, name).await;
    let operator = h.as_role(Role::Operator);
    operator.unacknowledge_alarm(id).await.expect("given back");
}

story!(
    every_channel_hears_of_an_alarm_once_and_of_its_end,
    |h| async move {
        let mut h = h;
        let kinds = [Slack, Pagerduty, Webhook];
        let (sink, mut estate) = connected(&mut h, &kinds, vec![everything(&kinds)]).await;
        estate.set(&h, "prod-web-5xx", AlarmState::Alarm);
        h.fast_forward(MINUTE_MS).await;
        sink.expect(&[
            "slack post: :red_circle: *P1 ALARM · prod · prod-web-5xx*",
            "pagerduty trigger: P1 ALARM · prod · prod-web-5xx",
            "webhook: P1 ALARM · prod · prod-web-5xx",
        ]);
        h.pass(3 * MINUTE_MS).await;
        h.restart().await;
        h.pass(3 * MINUTE_MS).await;
        sink.expect(&[]);

        acknowledge(&h, "prod-web-5xx").await;
        h.fast_forward(MINUTE_MS).await;
        sink.expect(&[
            "slack edit 1.0: :large_yellow_circle: *operator looks after it · prod · prod-web-5xx*",
            "pagerduty acknowledge: ",
            "webhook: operator looks after it · prod · prod-web-5xx",
        ]);
        give_back(&h, "prod-web-5xx").await;
        h.fast_forward(MINUTE_MS).await;
        sink.expect(&[
            "slack edit 1.0: :red_circle: *Nobody looks after it now · prod · prod-web-5xx*",
            "webhook: Nobody looks after it now · prod · prod-web-5xx",
        ]);

        estate.set(&h, "prod-web-5xx", AlarmState::Ok);
        h.fast_forward(MINUTE_MS).await;
        sink.expect(&[
            "slack edit 1.0: :large_green_circle: *Recovered · prod · prod-web-5xx*",
            "pagerduty resolve: ",
            "webhook: Recovered · prod · prod-web-5xx",
        ]);

        // Its next life is told anew.
        estate.set(&h, "prod-web-5xx", AlarmState::Alarm);
        h.fast_forward(MINUTE_MS).await;
        sink.expect(&[
            "slack post: :red_circle: *P1 ALARM · prod · prod-web-5xx*",
            "pagerduty trigger: P1 ALARM · prod · prod-web-5xx",
            "webhook: P1 ALARM · prod · prod-web-5xx",
        ]);
        let rows = messages(&h, Role::Viewer).await;
        assert!(
            rows.iter()
                .all(|row| row.state == DeliveryState::Sent && row.attempts == 1)
        );
    }
);

story!(
    to_acknowledge_stops_no_message_that_is_on_its_way,
    |h| async move {
        let mut h = h;
        let kinds = [Slack, Pagerduty];
        let (sink, mut estate) = connected(&mut h, &kinds, vec![everything(&kinds)]).await;
        sink.reply([Reply::Ok, Reply::Status(429, None)]);
        estate.set(&h, "prod-web-5xx", AlarmState::Alarm);
        h.fast_forward(SECOND_MS).await;
        sink.expect(&[
            "slack post: :red_circle: *P1 ALARM · prod · prod-web-5xx*",
            "pagerduty trigger: P1 ALARM · prod · prod-web-5xx",
        ]);
        acknowledge(&h, "prod-web-5xx").await;
        h.fast_forward(MINUTE_MS).await;
        sink.expect(&[
            "slack edit 1.0: :large_yellow_circle: *operator looks after it · prod · prod-web-5xx*",
            "pagerduty trigger: P1 ALARM · prod · prod-web-5xx",
            "pagerduty acknowledge: ",
        ]);
    }
);

story!(
    nobody_is_called_for_what_was_over_before_the_call_went,
    |h| async move {
        let mut h = h;
        let kinds = [Slack, Pagerduty, Webhook];
        let (sink, mut estate) = connected(&mut h, &kinds, vec![everything(&kinds)]).await;
        sink.always(Some(Reply::Status(429, Some(600))));
        estate.set(&h, "prod-web-5xx", AlarmState::Alarm);
        h.fast_forward(MINUTE_MS).await;
        assert_eq!(sink.take().len(), 3);
        estate.set(&h, "prod-web-5xx", AlarmState::Ok);
        h.fast_forward(MINUTE_MS).await;
        sink.always(None);
        h.pass(15 * MINUTE_MS).await;
        sink.expect(&[
            "slack post: :large_green_circle: *Recovered · prod · prod-web-5xx*",
            "webhook: P1 ALARM · prod · prod-web-5xx",
            "webhook: Recovered · prod · prod-web-5xx",
        ]);
        let rows = messages(&h, Role::Viewer).await;
        let of = |channel: &str| -> Vec<_> {
            let own = rows.iter().filter(|row| row.channel.as_str() == channel);
            own.map(|row| (row.event, row.state)).collect()
        };
        let collapsed = DeliveryState::Collapsed;
        assert_eq!(
            of("pagerduty"),
            [(Event::Resolved, collapsed), (Event::Firing, collapsed)]
        );
        assert_eq!(
            of("slack"),
            [
                (Event::Resolved, DeliveryState::Sent),
                (Event::Firing, collapsed)
            ]
        );
    }
);

story!(a_call_that_may_have_gone_is_ended, |h| async move {
    let mut h = h;
    let (sink, mut estate) = connected(&mut h, &[Pagerduty], vec![everything(&[Pagerduty])]).await;
    sink.reply([Reply::Drop]);
    estate.set(&h, "prod-web-5xx", AlarmState::Alarm);
    h.fast_forward(SECOND_MS).await;
    estate.set(&h, "prod-web-5xx", AlarmState::Ok);
    h.fast_forward(MINUTE_MS).await;
    let heard = sink.take();
    let told: Vec<_> = heard.iter().map(testkit::Heard::told).collect();
    assert_eq!(
        told,
        [
            "pagerduty trigger: P1 ALARM · prod · prod-web-5xx",
            "pagerduty trigger: P1 ALARM · prod · prod-web-5xx",
            "pagerduty resolve: ",
        ]
    );
    assert!(
        heard
            .iter()
            .all(|request| request.body["dedup_key"] == heard[0].body["dedup_key"])
    );
});

story!(
    a_message_that_somebody_deleted_is_written_anew,
    |h| async move {
        let mut h = h;
        let (sink, mut estate) = connected(&mut h, &[Slack], vec![everything(&[Slack])]).await;
        estate.set(&h, "prod-cpu", AlarmState::Alarm);
        h.fast_forward(MINUTE_MS).await;
        sink.reply([Reply::SlackError("message_not_found")]);
        estate.set(&h, "prod-cpu", AlarmState::Ok);
        h.fast_forward(MINUTE_MS).await;
        sink.expect(&[
            "slack post: :red_circle: *P2 ALARM · prod · prod-cpu*",
            "slack edit 1.0: :large_green_circle: *Recovered · prod · prod-cpu*",
            "slack post: :large_green_circle: *Recovered · prod · prod-cpu*",
        ]);
    }
);

story!(
    an_alarm_without_data_is_neither_new_nor_over,
    |h| async move {
        let mut h = h;
        let unknown_too = Route {
            matchers: Matchers {
                priority: vec![Priority::P1],
                state: vec![AlarmState::Alarm, AlarmState::InsufficientData],
                ..Matchers::default()
            },
            ..everything(&[Webhook])
        };
        let routes = vec![unknown_too, everything(&[Webhook])];
        let (sink, mut estate) = connected(&mut h, &[Webhook], routes).await;
        for state in [
            AlarmState::InsufficientData,
            AlarmState::Alarm,
            AlarmState::InsufficientData,
        ] {
            estate.set(&h, "prod-cpu", state);
            h.fast_forward(MINUTE_MS).await;
        }
        estate.set(&h, "prod-cpu", AlarmState::Alarm);
        h.fast_forward(MINUTE_MS).await;
        estate.set(&h, "prod-cpu", AlarmState::Ok);
        h.fast_forward(MINUTE_MS).await;
        sink.expect(&[
            "webhook: P2 ALARM · prod · prod-cpu",
            "webhook: Recovered · prod · prod-cpu",
        ]);
        for state in [
            AlarmState::InsufficientData,
            AlarmState::Alarm,
            AlarmState::Ok,
        ] {
            estate.set(&h, "prod-web-5xx", state);
            h.fast_forward(MINUTE_MS).await;
        }
        sink.expect(&[
            "webhook: P1 no data · prod · prod-web-5xx",
            "webhook: P1 ALARM · prod · prod-web-5xx",
            "webhook: Recovered · prod · prod-web-5xx",
        ]);
    }
);

story!(
    an_alarm_whose_environment_becomes_known_is_told_to_those_of_that_environment,
    |h| async move {
        let mut h = h;
        let of_prod = Route {
            matchers: Matchers {
                environment: vec!["prod".into()],
                ..Matchers::default()
            },
            ..everything(&[Pagerduty])
        };
        let routes = vec![of_prod, everything(&[Slack])];
        let (sink, mut estate) = connected(&mut h, &[Slack, Pagerduty], routes).await;
        h.cloud.tag(SCALED, "untagged".into());
        h.fast_forward(MINUTE_MS).await;
        estate.set_on(&h, "cpu-high", AlarmState::Alarm, SCALED);
        h.fast_forward(MINUTE_MS).await;
        sink.expect(&["slack post: :red_circle: *P4 ALARM · untagged · cpu-high*"]);
        // Its group is tagged while it stands: whoever looks after prod has to know.
        h.cloud.tag(SCALED, "prod".into());
        h.pass(2 * MINUTE_MS).await;
        sink.expect(&["pagerduty trigger: P2 ALARM · prod · cpu-high"]);
        h.restart().await;
        h.pass(3 * MINUTE_MS).await;
        sink.expect(&[]);
        estate.set_on(&h, "cpu-high", AlarmState::Ok, SCALED);
        h.fast_forward(MINUTE_MS).await;
        sink.expect(&[
            "slack edit 1.0: :large_green_circle: *Recovered · prod · cpu-high*",
            "pagerduty resolve: ",
        ]);
    }
);

story!(an_alarm_that_is_deleted_is_told_as_over, |h| async move {
    let mut h = h;
    let (sink, mut estate) = connected(&mut h, &[Webhook], vec![everything(&[Webhook])]).await;
    estate.set(&h, "prod-cpu", AlarmState::Alarm);
    h.fast_forward(MINUTE_MS).await;
    estate.remove(&h, "prod-cpu");
    h.fast_forward(MINUTE_MS).await;
    sink.expect(&[
        "webhook: P2 ALARM · prod · prod-cpu",
        "webhook: No longer watched · prod · prod-cpu",
    ]);
});

story!(only_those_whom_the_routes_name_are_told, |h| async move {
    let mut h = h;
    let kinds = [Pagerduty, Webhook];
    let urgent = Route {
        matchers: Matchers {
            environment: vec!["prod".into()],
            priority: vec![Priority::P1],
            ..Matchers::default()
        },
        goes_on: true,
        ..everything(&[Pagerduty])
    };
    let team = Route {
        matchers: Matchers {
            environment: vec!["prod".into()],
            ..Matchers::default()
        },
        ..everything(&[Webhook])
    };
    let (sink, mut estate) = connected(&mut h, &kinds, vec![urgent, team]).await;
    for name in ["dev-cpu", "prod-cpu", "prod-web-5xx"] {
        estate.set(&h, name, AlarmState::Alarm);
    }
    h.fast_forward(MINUTE_MS).await;
    sink.expect(&[
        "pagerduty trigger: P1 ALARM · prod · prod-web-5xx",
        "webhook: P1 ALARM · prod · prod-web-5xx",
        "webhook: P2 ALARM · prod · prod-cpu",
    ]);
    // Who was told hears of the end, whatever the routes say now.
    h.reconfigure(|settings| settings.routing.routes.clear())
        .await;
    estate.set(&h, "prod-web-5xx", AlarmState::Ok);
    h.pass(3 * MINUTE_MS).await;
    sink.expect(&[
        "pagerduty resolve: ",
        "webhook: Recovered · prod · prod-web-5xx",
    ]);
});

story!(
    a_test_reaches_the_channel_and_leaves_nothing_open,
    |h| async move {
        let mut h = h;
        let kinds = [Slack, Pagerduty];
        let (sink, _estate) = connected(&mut h, &kinds, Vec::new()).await;
        let name = |kind: ChannelKind| kind.as_str().parse().expect("a name");
        let viewer = h.as_role(Role::Viewer).test_channel(name(Slack)).await;
        refused(viewer, ErrorCode::Forbidden);
        let operator = h.as_role(Role::Operator);
        refused(
            operator.test_channel(name(Webhook)).await,
            ErrorCode::NotFound,
        );
        for kind in kinds {
            operator.test_channel(name(kind)).await.expect("a test");
        }
        h.fast_forward(MINUTE_MS).await;
        sink.expect(&[
            "slack post: :bell: *Test by operator: messages from Lamplighter arrive here.*",
            "pagerduty trigger: Test by operator: messages from Lamplighter arrive here.",
            "pagerduty resolve: ",
        ]);
        let counts = operator.routing().await.expect("channels").channels;
        assert!(
            counts
                .iter()
                .all(|channel| channel.unsettled == 0 && channel.sent_at.is_some())
        );
    }
);

story!(
    nobody_sees_messages_about_what_they_may_not_see,
    |h| async move {
        let mut h = h;
        let (sink, mut estate) = connected(&mut h, &[Webhook], vec![everything(&[Webhook])]).await;
        sink.always(Some(Reply::Status(400, None)));
        estate.set(&h, "prod-cpu", AlarmState::Alarm);
        estate.set(&h, "dev-cpu", AlarmState::Alarm);
        let operator = h.as_role(Role::Operator);
        let name = Webhook.as_str().parse().expect("a name");
        operator.test_channel(name).await.expect("a test");
        h.fast_forward(MINUTE_MS).await;
        assert_eq!(sink.take().len(), 3);

        let dev = h
            .person("dev", Role::Operator, Reach::Only(vec!["dev".into()]))
            .await;
        let seen = h
            .of(&dev)
            .list_notifications(NotificationQuery::default())
            .await;
        let seen = seen.expect("messages");
        let about: Vec<_> = seen
            .rows
            .iter()
            .map(|row| row.environment.clone())
            .collect();
        assert_eq!((seen.total, about), (1, vec![Some("dev".into())]));
        assert_eq!(
            h.of(&dev).routing().await.expect("channels").channels[0].dead,
            1
        );
        for row in messages(&h, Role::Admin).await {
            let answer = h.of(&dev).send_again(row.id).await;
            match row.environment.as_ref().map(|e| e.as_str()) {
                Some("dev") => assert!(answer.is_ok()),
                Some(_) => drop(refused(answer, ErrorCode::NotFound)),
                None => drop(refused(answer, ErrorCode::Forbidden)),
            }
        }
    }
);

async fn first_reading(backing: Backing) {
    let config = HarnessConfig {
        backing,
        alarms: 60,
        approvals: BTreeMap::new(),
    };
    let mut h = Harness::prepare(config).await;
    let mut estate = Estate::default();
    h.cloud.tag(SCALED, "untagged".into());
    estate.set_on(&h, "prod-old", AlarmState::Alarm, SCALED);
    h.step(DAY_MS);
    estate.set(&h, "prod-new", AlarmState::Alarm);
    h.step(MINUTE_MS);
    let sink = Sink::start().await;
    h.reroute(vec![sink.channel(Webhook)], vec![everything(&[Webhook])])
        .await;
    h.drain().await;
    sink.expect(&["webhook: P2 ALARM · prod · prod-new"]);
    h.restart().await;
    h.pass(5 * MINUTE_MS).await;
    sink.expect(&[]);
    // Nor is it told when more becomes known of it.
    h.cloud.tag(SCALED, "prod".into());
    h.pass(2 * MINUTE_MS).await;
    sink.expect(&[]);
    // What went off while the console was down is told late, but told.
    estate.set(&h, "prod-late", AlarmState::Alarm);
    h.step(3 * HOUR_MS);
    h.restart().await;
    h.drain().await;
    sink.expect(&["webhook: P2 ALARM · prod · prod-late"]);
}

#[tokio::test]
async fn the_first_reading_tells_only_what_has_just_gone_off_sqlite() {
    first_reading(Backing::Sqlite).await;
}

#[tokio::test]
async fn the_first_reading_tells_only_what_has_just_gone_off_postgres() {
    if let Some(backing) = Backing::postgres() {
        first_reading(backing).await;
    }
}
