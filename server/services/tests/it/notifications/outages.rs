//! Channels that are slow, full, broken or gone, and servers that are killed.

use super::{Slack, Sms, Webhook, connected, everything, messages, states};
use crate::story::refused;
use api::ErrorCode;
use domain::{
    alarms::AlarmState,
    limits,
    notifications::DeliveryState,
    people::Role,
    time::{MINUTE_MS, SECOND_MS},
};
use services::work;
use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};
use testkit::{Reply, story};

story!(
    a_webhook_is_signed_and_a_repeat_has_the_same_key,
    |h| async move {
        let mut h = h;
        let (sink, mut estate) = connected(&mut h, &[Webhook], vec![everything(&[Webhook])]).await;
        // Heard, but never answered; then answered too late; then too little; then well.
        sink.reply([Reply::Drop, Reply::Slow, Reply::Status(500, None)]);
        estate.set(&h, "prod-cpu", AlarmState::Alarm);
        for (attempts, state) in [
            (1, DeliveryState::Unknown),
            (2, DeliveryState::Unknown),
            (3, DeliveryState::Unknown),
            (4, DeliveryState::Sent),
        ] {
            h.fast_forward(5 * SECOND_MS).await;
            assert_eq!(states(&h).await, [(state, attempts)]);
        }
        let heard = sink.take();
        assert_eq!(heard.len(), 4);
        let key = messages(&h, Role::Viewer).await[0].id.to_string();
        for request in &heard {
            assert_eq!(request.headers["idempotency-key"], key);
            assert_eq!(request.body["id"], key.as_str());
            assert_eq!(request.body["event"], "firing");
            assert_eq!(request.body["alarm"]["priority"], "P2");
            let signature = &request.headers["lamplighter-signature"];
            assert!(
                signature.starts_with("v1=") && signature.len() == 3 + 64,
                "{signature}"
            );
            assert!(!request.text.contains("s3cret"));
        }
        let times: Vec<_> = heard
            .iter()
            .map(|r| r.headers["lamplighter-timestamp"].clone())
            .collect();
        assert!(times.is_sorted() && times[0] < times[3], "{times:?}");
    }
);

story!(
    a_channel_that_asks_for_rest_is_left_alone_so_long,
    |h| async move {
        let mut h = h;
        let (sink, mut estate) = connected(&mut h, &[Webhook], vec![everything(&[Webhook])]).await;
        sink.reply([Reply::Status(429, Some(120))]);
        estate.set(&h, "prod-cpu", AlarmState::Alarm);
        h.fast_forward(SECOND_MS).await;
        estate.set(&h, "prod-web-5xx", AlarmState::Alarm);
        h.fast_forward(SECOND_MS).await;
        sink.expect(&["webhook: P2 ALARM · prod · prod-cpu"]);
        let routing = h.as_role(Role::Viewer).routing().await.expect("channels");
        assert!(routing.channels[0].rests_until.is_some());
        assert_eq!(routing.channels[0].unsettled, 2);
        h.fast_forward(117 * SECOND_MS).await;
        sink.expect(&[]);
        h.fast_forward(2 * SECOND_MS).await;
        sink.expect(&[
            "webhook: P1 ALARM · prod · prod-web-5xx",
            "webhook: P2 ALARM · prod · prod-cpu",
        ]);
    }
);

story!(
    failed_attempts_are_repeated_after_growing_pauses,
    |h| async move {
        let mut h = h;
        let (sink, mut estate) = connected(&mut h, &[Webhook], vec![everything(&[Webhook])]).await;
        sink.always(Some(Reply::Status(502, None)));
        estate.set(&h, "prod-cpu", AlarmState::Alarm);
        let begun = h.now();
        let mut at_s = Vec::new();
        for _ in 0..40 {
            h.fast_forward(SECOND_MS).await;
            let heard = sink.take().len();
            assert!(heard <= 1);
            if heard == 1 {
                at_s.push(h.now().since_ms(begun) / SECOND_MS);
            }
        }
        assert_eq!(at_s, [1, 2, 4, 8, 16, 32]);
    }
);

story!(
    an_hour_of_outage_drains_in_the_order_of_priority,
    |h| async move {
        let mut h = h;
        let (sink, mut estate) = connected(&mut h, &[Webhook], vec![everything(&[Webhook])]).await;
        sink.always(Some(Reply::Status(503, None)));
        for name in ["dev-cpu", "staging-cpu", "prod-cpu", "prod-web-5xx"] {
            estate.set(&h, name, AlarmState::Alarm);
            h.fast_forward(15 * MINUTE_MS).await;
        }
        assert!(!sink.take().is_empty(), "it was tried");
        let rows = messages(&h, Role::Viewer).await;
        assert!(
            rows.iter()
                .all(|row| row.state == DeliveryState::Unknown && row.next_at.is_some())
        );
        sink.always(None);
        h.fast_forward(5 * MINUTE_MS).await;
        sink.expect(&[
            "webhook: P1 ALARM · prod · prod-web-5xx",
            "webhook: P2 ALARM · prod · prod-cpu",
            "webhook: P3 ALARM · staging · staging-cpu",
            "webhook: P4 ALARM · dev · dev-cpu",
        ]);
    }
);

story!(
    when_a_channel_is_back_nothing_waits_for_its_next_attempt,
    |h| async move {
        let mut h = h;
        let (sink, mut estate) = connected(&mut h, &[Webhook], vec![everything(&[Webhook])]).await;
        sink.always(Some(Reply::Status(503, None)));
        for name in ["dev-cpu", "staging-cpu"] {
            estate.set(&h, name, AlarmState::Alarm);
        }
        // Until both wait for minutes.
        for _ in 0..12 {
            h.fast_forward(5 * MINUTE_MS).await;
            h.fast_forward(SECOND_MS).await;
        }
        assert!(sink.take().len() > 20);
        sink.always(None);
        estate.set(&h, "prod-cpu", AlarmState::Alarm);
        h.fast_forward(SECOND_MS).await;
        sink.expect(&[
            "webhook: P2 ALARM · prod · prod-cpu",
            "webhook: P3 ALARM · staging · staging-cpu",
            "webhook: P4 ALARM · dev · dev-cpu",
        ]);
    }
);

story!(what_is_given_up_can_be_sent_again, |h| async move {
    let mut h = h;
    let (sink, mut estate) = connected(&mut h, &[Webhook], vec![everything(&[Webhook])]).await;
    sink.always(Some(Reply::Status(503, None)));
    estate.set(&h, "prod-cpu", AlarmState::Alarm);
    for _ in 0..limits::DELIVERY_ATTEMPTS_MAX + 5 {
        h.fast_forward(5 * MINUTE_MS).await;
    }
    let most = limits::DELIVERY_ATTEMPTS_MAX;
    assert_eq!(sink.take().len(), most as usize);
    assert_eq!(states(&h).await, [(DeliveryState::Dead, most)]);

    let id = messages(&h, Role::Viewer).await[0].id;
    let viewer = h.as_role(Role::Viewer).send_again(id).await;
    refused(viewer, ErrorCode::Forbidden);
    sink.always(None);
    let operator = h.as_role(Role::Operator);
    let again = operator.send_again(id).await.expect("again");
    assert_eq!((again.state, again.attempts), (DeliveryState::Waiting, 0));
    h.fast_forward(MINUTE_MS).await;
    sink.expect(&["webhook: P2 ALARM · prod · prod-cpu"]);
    refused(operator.send_again(id).await, ErrorCode::Conflict);
});

story!(
    what_waits_for_a_channel_that_is_gone_is_given_up,
    |h| async move {
        let mut h = h;
        let (sink, mut estate) = connected(&mut h, &[Webhook], vec![everything(&[Webhook])]).await;
        sink.reply([Reply::Status(503, None)]);
        estate.set(&h, "prod-cpu", AlarmState::Alarm);
        h.fast_forward(SECOND_MS).await;
        sink.expect(&["webhook: P2 ALARM · prod · prod-cpu"]);
        h.reroute(Vec::new(), Vec::new()).await;
        h.pass(3 * MINUTE_MS).await;
        let row = messages(&h, Role::Viewer).await.remove(0);
        assert_eq!(row.state, DeliveryState::Dead);
        assert!(
            row.failure
                .is_some_and(|why| why.contains("no longer configured"))
        );
        let again = h.as_role(Role::Operator).send_again(row.id).await;
        refused(again, ErrorCode::Conflict);

        h.reroute(vec![sink.channel(Webhook)], vec![everything(&[Webhook])])
            .await;
        let again = h.as_role(Role::Operator).send_again(row.id).await;
        assert_eq!(again.expect("again").state, DeliveryState::Waiting);
        h.pass(3 * MINUTE_MS).await;
        sink.expect(&["webhook: P2 ALARM · prod · prod-cpu"]);
    }
);

story!(
    what_a_channel_refuses_is_given_up_at_once_and_holds_up_nobody,
    |h| async move {
        let mut h = h;
        let (sink, mut estate) = connected(&mut h, &[Webhook], vec![everything(&[Webhook])]).await;
        sink.reply([Reply::Status(400, None)]);
        estate.set(&h, "prod-web-5xx", AlarmState::Alarm);
        estate.set(&h, "prod-cpu", AlarmState::Alarm);
        h.fast_forward(MINUTE_MS).await;
        sink.expect(&[
            "webhook: P1 ALARM · prod · prod-web-5xx",
            "webhook: P2 ALARM · prod · prod-cpu",
        ]);
        let mut found = states(&h).await;
        found.sort_by_key(|(state, _)| state.as_str());
        assert_eq!(found, [(DeliveryState::Dead, 1), (DeliveryState::Sent, 1)]);
    }
);

/// The `n`-th place between two writes, from 0, at which a server is killed while it
/// sends one message, and how often the message then arrives.
const KILLS: [(u32, usize); 6] = [
    (0, 1), // before the attempt is kept
    (1, 1), // after
    (2, 1), // before the call
    (3, 2), // after the call
    (4, 2), // before the outcome is kept
    (5, 1), // after
];

story!(
    a_kill_at_any_point_loses_nothing_and_repeats_only_under_the_same_key,
    |h| async move {
        let mut h = h;
        let (sink, mut estate) = connected(&mut h, &[Webhook], vec![everything(&[Webhook])]).await;
        for (kill, times) in KILLS {
            let passed = Arc::new(AtomicU32::new(0));
            let count = Arc::clone(&passed);
            h.restart_with(Arc::new(move |_| {
                count.fetch_add(1, Ordering::Relaxed) == kill
            }))
            .await;
            estate.set(&h, "prod-cpu", AlarmState::Alarm);
            h.fast_forward(2 * MINUTE_MS).await;
            assert_eq!(passed.load(Ordering::Relaxed), kill + 1, "it was killed");
            h.restart().await;
            h.pass(5 * MINUTE_MS).await;
            let heard = sink.take();
            let told: Vec<_> = heard.iter().map(testkit::Heard::told).collect();
            assert_eq!(
                told,
                vec!["webhook: P2 ALARM · prod · prod-cpu"; times],
                "kill {kill}"
            );
            let key = &heard[0].headers["idempotency-key"];
            assert!(
                heard
                    .iter()
                    .all(|request| request.headers["idempotency-key"] == *key)
            );
            assert_eq!(states(&h).await[0].0, DeliveryState::Sent);

            estate.set(&h, "prod-cpu", AlarmState::Ok);
            h.fast_forward(MINUTE_MS).await;
            sink.expect(&["webhook: Recovered · prod · prod-cpu"]);
        }
    }
);

story!(
    a_kill_at_any_point_texts_nobody_twice_and_what_may_be_lost_is_listed,
    |h| async move {
        let mut h = h;
        let (sink, mut estate) = connected(&mut h, &[Sms], vec![everything(&[Sms])]).await;
        for (kill, _) in KILLS {
            h.restart_with(Arc::new({
                let passed = AtomicU32::new(0);
                move |_| passed.fetch_add(1, Ordering::Relaxed) == kill
            }))
            .await;
            estate.set(&h, "prod-cpu", AlarmState::Alarm);
            h.fast_forward(2 * MINUTE_MS).await;
            h.restart().await;
            h.pass(5 * MINUTE_MS).await;
            let told = sink.take().len();
            let state = states(&h).await[0].0;
            assert!(told <= 1, "kill {kill}: {told}");
            assert!(
                told == 1 || state == DeliveryState::Dead,
                "kill {kill}: {state:?}"
            );
            let settled = [DeliveryState::Sent, DeliveryState::Dead];
            assert!(settled.contains(&state), "kill {kill}: {state:?}");
            estate.set(&h, "prod-cpu", AlarmState::Ok);
            h.pass(2 * MINUTE_MS).await;
            assert!(sink.take().len() <= 1, "kill {kill}");
        }
    }
);

story!(two_servers_send_each_message_once, |h| async move {
    let mut h = h;
    let (sink, mut estate) = connected(&mut h, &[Webhook], vec![everything(&[Webhook])]).await;
    let other = h.another(None).await;
    let names = [
        "prod-a", "prod-b", "prod-c", "prod-d", "prod-e", "prod-f", "prod-g", "prod-h", "prod-i",
    ];
    for name in names {
        estate.set(&h, name, AlarmState::Alarm);
    }
    h.step(MINUTE_MS);
    for _ in 0..3 {
        tokio::join!(work::run_once(&h.services), work::run_once(&other));
    }
    let mut told: Vec<_> = sink.take().iter().map(testkit::Heard::told).collect();
    told.sort();
    let expected: Vec<_> = names
        .iter()
        .map(|name| format!("webhook: P2 ALARM · prod · {name}"))
        .collect();
    assert_eq!(told, expected);
    // The one that sent dies; the other goes on.
    estate.set(&h, "prod-z", AlarmState::Alarm);
    h.step(5 * MINUTE_MS);
    work::run_once(&other).await;
    sink.expect(&["webhook: P2 ALARM · prod · prod-z"]);
});

story!(
    a_wrong_token_keeps_messages_until_somebody_mends_it,
    |h| async move {
        let mut h = h;
        let (sink, mut estate) = connected(&mut h, &[Slack], vec![everything(&[Slack])]).await;
        sink.reply([Reply::SlackError("invalid_auth")]);
        estate.set(&h, "prod-cpu", AlarmState::Alarm);
        h.fast_forward(SECOND_MS).await;
        let row = messages(&h, Role::Viewer).await.remove(0);
        assert_eq!(row.state, DeliveryState::Failed);
        assert!(row.failure.is_some_and(|why| why.contains("invalid_auth")));
        h.fast_forward(MINUTE_MS).await;
        sink.expect(&[
            "slack post: :red_circle: *P2 ALARM · prod · prod-cpu*",
            "slack post: :red_circle: *P2 ALARM · prod · prod-cpu*",
        ]);
    }
);
