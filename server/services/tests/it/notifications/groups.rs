//! Alarms that are told together: those of one group, and those of which very many wait.

use super::{
    Estate, Pagerduty, Reply, Slack, Webhook, acknowledge, connected, everything, messages, states,
};
use domain::{
    alarms::AlarmState,
    channels::ChannelKind,
    limits,
    notifications::DeliveryState,
    people::Role,
    routes::{Route, groups::Grouping},
    time::{MINUTE_MS, SECOND_MS},
};
use testkit::{Harness, story};

/// Everything to these channels, grouped by environment.
fn grouped(kinds: &[ChannelKind]) -> Route {
    Route {
        grouping: Some(Grouping {
            by: vec!["environment".into()],
            wait_seconds: 30,
            interval_minutes: 5,
        }),
        ..everything(kinds)
    }
}

/// So many alarms of an environment of little weight.
fn many(estate: &mut Estate, h: &Harness, count: usize, state: AlarmState) {
    for number in 0..count {
        let name: &'static str = Box::leak(format!("dev-batch-{number:02}").into_boxed_str());
        estate.set(h, name, state);
    }
}

story!(
    alarms_of_one_group_are_told_in_one_message_after_a_wait,
    |h| async move {
        let mut h = h;
        let (sink, mut estate) = connected(&mut h, &[Slack], vec![grouped(&[Slack])]).await;
        estate.set(&h, "prod-web-5xx", AlarmState::Alarm);
        estate.set(&h, "prod-cpu", AlarmState::Alarm);
        estate.set(&h, "dev-cpu", AlarmState::Alarm);
        h.fast_forward(10 * SECOND_MS).await;
        sink.expect(&[]);
        h.restart().await;
        h.pass(2 * MINUTE_MS).await;
        let mut heard = sink.take();
        heard.sort_by(|one, other| one.text.cmp(&other.text));
        let texts: Vec<&str> = heard
            .iter()
            .filter_map(|one| one.body["text"].as_str())
            .collect();
        assert_eq!(texts.len(), 2, "{texts:?}");
        let group = texts.iter().find(|text| text.contains("2 alarms"));
        let group = group.expect("a message of both");
        assert!(
            group.starts_with(
                ":red_circle: *2 alarms went off*\n> P1 ALARM · prod · prod-web-5xx\n\
                 > P2 ALARM · prod · prod-cpu"
            ),
            "{group}"
        );
        // Whoever is alone in its group is told as ever.
        let alone = texts.iter().find(|text| text.contains("dev-cpu"));
        let alone = alone.expect("the other's message");
        assert!(
            alone.starts_with(":red_circle: *P4 ALARM · dev · dev-cpu*"),
            "{alone}"
        );
        let rows = messages(&h, Role::Viewer).await;
        let sent = rows.iter().filter(|row| row.state == DeliveryState::Sent);
        assert_eq!(sent.count(), 3, "each alarm's page says that it was told");
    }
);

story!(
    what_joins_a_group_later_is_told_after_its_interval,
    |h| async move {
        let mut h = h;
        let (sink, mut estate) = connected(&mut h, &[Slack], vec![grouped(&[Slack])]).await;
        estate.set(&h, "prod-web-5xx", AlarmState::Alarm);
        h.pass(2 * MINUTE_MS).await;
        sink.expect(&["slack post: :red_circle: *P1 ALARM · prod · prod-web-5xx*"]);
        estate.set(&h, "prod-cpu", AlarmState::Alarm);
        h.pass(MINUTE_MS).await;
        estate.set(&h, "prod-db-cpu", AlarmState::Alarm);
        h.pass(2 * MINUTE_MS).await;
        sink.expect(&[]);
        h.pass(2 * MINUTE_MS).await;
        sink.expect(&["slack post: :red_circle: *2 alarms went off*"]);
        // The end of what has a message of its own only edits it, so it waits for nobody.
        estate.set(&h, "prod-web-5xx", AlarmState::Ok);
        h.pass(MINUTE_MS).await;
        sink.expect(&["slack edit 1.0: :large_green_circle: *Recovered · prod · prod-web-5xx*"]);
        // The others' ends are told together, once the interval has passed.
        estate.set(&h, "prod-cpu", AlarmState::Ok);
        estate.set(&h, "prod-db-cpu", AlarmState::Ok);
        h.pass(MINUTE_MS).await;
        sink.expect(&[]);
        h.pass(5 * MINUTE_MS).await;
        sink.expect(&["slack post: :large_green_circle: *2 alarms are over*"]);
    }
);

story!(
    what_is_over_before_its_group_was_told_is_told_to_nobody,
    |h| async move {
        let mut h = h;
        let (sink, mut estate) = connected(&mut h, &[Slack], vec![grouped(&[Slack])]).await;
        estate.set(&h, "prod-cpu", AlarmState::Alarm);
        estate.set(&h, "prod-web-5xx", AlarmState::Alarm);
        h.fast_forward(10 * SECOND_MS).await;
        estate.set(&h, "prod-cpu", AlarmState::Ok);
        h.fast_forward(10 * SECOND_MS).await;
        h.pass(2 * MINUTE_MS).await;
        sink.expect(&["slack post: :red_circle: *P1 ALARM · prod · prod-web-5xx*"]);
        h.pass(10 * MINUTE_MS).await;
        sink.expect(&[]);
    }
);

story!(
    that_somebody_has_taken_an_alarm_on_does_not_wait_for_its_group,
    |h| async move {
        let mut h = h;
        let (sink, mut estate) = connected(&mut h, &[Slack], vec![grouped(&[Slack])]).await;
        estate.set(&h, "prod-web-5xx", AlarmState::Alarm);
        estate.set(&h, "prod-cpu", AlarmState::Alarm);
        h.pass(2 * MINUTE_MS).await;
        sink.expect(&["slack post: :red_circle: *2 alarms went off*"]);
        acknowledge(&h, "prod-cpu").await;
        h.fast_forward(5 * SECOND_MS).await;
        sink.expect(&[
            "slack post: :large_yellow_circle: *operator looks after it · prod · prod-cpu*",
        ]);
    }
);

story!(
    pagers_and_programs_hear_of_each_alarm_of_a_group_at_once,
    |h| async move {
        let mut h = h;
        let kinds = [Pagerduty, Webhook];
        let (sink, mut estate) = connected(&mut h, &kinds, vec![grouped(&kinds)]).await;
        estate.set(&h, "prod-web-5xx", AlarmState::Alarm);
        estate.set(&h, "prod-cpu", AlarmState::Alarm);
        h.fast_forward(5 * SECOND_MS).await;
        sink.expect(&[
            "pagerduty trigger: P1 ALARM · prod · prod-web-5xx",
            "pagerduty trigger: P2 ALARM · prod · prod-cpu",
            "webhook: P1 ALARM · prod · prod-web-5xx",
            "webhook: P2 ALARM · prod · prod-cpu",
        ]);
    }
);

story!(
    very_many_alarms_are_told_in_few_messages_and_the_urgent_ones_first,
    |h| async move {
        let mut h = h;
        let (sink, mut estate) = connected(&mut h, &[Slack], vec![everything(&[Slack])]).await;
        many(&mut estate, &h, 35, AlarmState::Alarm);
        estate.set(&h, "prod-web-5xx", AlarmState::Alarm);
        h.pass(2 * MINUTE_MS).await;
        sink.expect(&[
            "slack post: :red_circle: *P1 ALARM · prod · prod-web-5xx*",
            "slack post: :red_circle: *20 alarms went off*",
            "slack post: :red_circle: *15 alarms went off*",
        ]);
        many(&mut estate, &h, 35, AlarmState::Ok);
        h.pass(2 * MINUTE_MS).await;
        sink.expect(&[
            "slack post: :large_green_circle: *20 alarms are over*",
            "slack post: :large_green_circle: *15 alarms are over*",
        ]);
        // As many as can be read one by one are told one by one, with what can be done about each.
        many(&mut estate, &h, limits::BUNDLED_FROM, AlarmState::Alarm);
        h.pass(10 * MINUTE_MS).await;
        let heard = sink.take();
        assert_eq!(heard.len(), limits::BUNDLED_FROM);
        assert!(heard.iter().all(|one| one.text.contains("P4 ALARM")));
    }
);

story!(
    what_becomes_of_one_call_becomes_of_all_that_it_tells,
    |h| async move {
        let mut h = h;
        let (sink, mut estate) = connected(&mut h, &[Slack], vec![everything(&[Slack])]).await;
        sink.reply([Reply::Drop]);
        many(&mut estate, &h, 12, AlarmState::Alarm);
        h.fast_forward(5 * SECOND_MS).await;
        assert_eq!(states(&h).await, [(DeliveryState::Unknown, 1); 12]);
        h.restart().await;
        h.pass(2 * MINUTE_MS).await;
        assert_eq!(states(&h).await, [(DeliveryState::Sent, 2); 12]);
        let told = "slack post: :red_circle: *12 alarms went off*";
        sink.expect(&[told, told]);
    }
);
