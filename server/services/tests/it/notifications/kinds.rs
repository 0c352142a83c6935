//! Mail, Discord and Teams through the outbox: what each hears, and what an outage of each
//! leaves.

use super::{Discord, Email, Sms, Teams, acknowledge, connected, everything, messages, states};
use domain::{
    alarms::AlarmState,
    notifications::DeliveryState,
    people::Role,
    time::{MINUTE_MS, SECOND_MS},
};
use testkit::{Reply, story};

story!(
    mail_discord_and_teams_hear_of_an_alarm_once_and_of_its_end,
    |h| async move {
        let mut h = h;
        let kinds = [Email, Discord, Teams];
        let (sink, mut estate) = connected(&mut h, &kinds, vec![everything(&kinds)]).await;
        estate.set(&h, "prod-web-5xx", AlarmState::Alarm);
        h.fast_forward(MINUTE_MS).await;
        sink.expect(&[
            "email: P1 ALARM · prod · prod-web-5xx",
            "discord post: P1 ALARM · prod · prod-web-5xx",
            "teams: P1 ALARM · prod · prod-web-5xx",
        ]);
        h.restart().await;
        h.pass(3 * MINUTE_MS).await;
        sink.expect(&[]);

        acknowledge(&h, "prod-web-5xx").await;
        h.fast_forward(MINUTE_MS).await;
        estate.set(&h, "prod-web-5xx", AlarmState::Ok);
        h.fast_forward(MINUTE_MS).await;
        sink.expect(&[
            "email: operator looks after it · prod · prod-web-5xx",
            "discord edit 1: operator looks after it · prod · prod-web-5xx",
            "teams: operator looks after it · prod · prod-web-5xx",
            "email: Recovered · prod · prod-web-5xx",
            "discord edit 1: Recovered · prod · prod-web-5xx",
            "teams: Recovered · prod · prod-web-5xx",
        ]);
        let rows = messages(&h, Role::Viewer).await;
        let receipts: Vec<_> = rows
            .iter()
            .rev()
            .take(3)
            .map(|row| row.receipt.as_deref())
            .collect();
        assert_eq!(
            receipts,
            [Some("250 2.0.0 queued as 1"), Some("1"), Some("run-1")]
        );
    }
);

story!(
    mail_is_repeated_under_one_id_until_a_server_says_it_has_it,
    |h| async move {
        let mut h = h;
        let (sink, mut estate) = connected(&mut h, &[Email], vec![everything(&[Email])]).await;
        sink.reply([
            Reply::Says("greeting", "421 4.3.2 busy"),
            Reply::Drop,
            Reply::Says("RCPT", "450 4.2.0 greylisted"),
            Reply::Slow,
        ]);
        estate.set(&h, "prod-cpu", AlarmState::Alarm);
        for (attempts, state) in [
            (1, DeliveryState::Failed),
            (2, DeliveryState::Unknown),
            (3, DeliveryState::Failed),
            (4, DeliveryState::Unknown),
            (5, DeliveryState::Sent),
        ] {
            h.fast_forward(10 * SECOND_MS).await;
            assert_eq!(states(&h).await, [(state, attempts)]);
        }
        let heard = sink.take();
        assert_eq!(heard.len(), 3);
        assert!(heard.iter().all(|mail| mail.text == heard[0].text));
        let id = messages(&h, Role::Viewer).await[0].id;
        assert_eq!(
            heard[0].headers["message-id"],
            format!("<{id}@example.com>")
        );
    }
);

story!(
    mail_that_a_server_refuses_is_given_up_and_says_why,
    |h| async move {
        let mut h = h;
        let (sink, mut estate) = connected(&mut h, &[Email], vec![everything(&[Email])]).await;
        sink.reply([Reply::Says("RCPT", "550 5.1.1 no such user")]);
        estate.set(&h, "prod-web-5xx", AlarmState::Alarm);
        estate.set(&h, "prod-cpu", AlarmState::Alarm);
        h.fast_forward(MINUTE_MS).await;
        sink.expect(&["email: P2 ALARM · prod · prod-cpu"]);
        let rows = messages(&h, Role::Viewer).await;
        let dead = rows.iter().find(|row| row.state == DeliveryState::Dead);
        let why = dead
            .and_then(|row| row.failure.as_deref())
            .expect("a reason");
        assert!(why.contains("5.1.1 no such user"), "{why}");
    }
);

story!(
    a_message_deleted_in_discord_is_written_anew_and_a_webhook_is_not_called_again,
    |h| async move {
        let mut h = h;
        let (sink, mut estate) = connected(&mut h, &[Discord], vec![everything(&[Discord])]).await;
        estate.set(&h, "prod-cpu", AlarmState::Alarm);
        h.fast_forward(MINUTE_MS).await;
        sink.reply([Reply::Json(404, r#"{"code": 10008}"#)]);
        estate.set(&h, "prod-cpu", AlarmState::Ok);
        h.fast_forward(MINUTE_MS).await;
        sink.expect(&[
            "discord post: P2 ALARM · prod · prod-cpu",
            "discord edit 1: Recovered · prod · prod-cpu",
            "discord post: Recovered · prod · prod-cpu",
        ]);

        sink.reply([Reply::Json(404, r#"{"code": 10015}"#)]);
        estate.set(&h, "prod-cpu", AlarmState::Alarm);
        h.pass(15 * MINUTE_MS).await;
        sink.expect(&["discord post: P2 ALARM · prod · prod-cpu"]);
        let row = messages(&h, Role::Viewer).await.remove(0);
        assert_eq!((row.state, row.attempts), (DeliveryState::Dead, 1));
        let why = row.failure.expect("a reason");
        assert!(why.contains("the webhook was deleted"), "{why}");
    }
);

story!(
    teams_is_left_alone_when_it_asks_and_then_told_only_the_newest,
    |h| async move {
        let mut h = h;
        let (sink, mut estate) = connected(&mut h, &[Teams], vec![everything(&[Teams])]).await;
        sink.reply([Reply::Status(429, Some(600))]);
        estate.set(&h, "prod-cpu", AlarmState::Alarm);
        h.fast_forward(MINUTE_MS).await;
        sink.expect(&["teams: P2 ALARM · prod · prod-cpu"]);
        estate.set(&h, "prod-cpu", AlarmState::Ok);
        h.pass(8 * MINUTE_MS).await;
        sink.expect(&[]);
        h.pass(5 * MINUTE_MS).await;
        sink.expect(&["teams: Recovered · prod · prod-cpu"]);
    }
);

story!(a_test_reaches_each_of_them, |h| async move {
    let mut h = h;
    let kinds = [Email, Discord, Teams];
    let (sink, _estate) = connected(&mut h, &kinds, Vec::new()).await;
    let operator = h.as_role(Role::Operator);
    for kind in kinds {
        let name = kind.as_str().parse().expect("a name");
        operator.test_channel(name).await.expect("a test");
    }
    h.fast_forward(MINUTE_MS).await;
    sink.expect(&[
        "email: Test by operator: messages from Lamplighter arrive here.",
        "discord post: Test by operator\\: messages from Lamplighter arrive here.",
        "teams: Test by operator: messages from Lamplighter arrive here.",
    ]);
    let channels = operator.routing().await.expect("channels").channels;
    assert!(
        channels
            .iter()
            .all(|channel| channel.unsettled == 0 && channel.sent_at.is_some())
    );
});

story!(
    a_text_whose_outcome_nobody_knows_is_given_up_until_somebody_sends_it_again,
    |h| async move {
        let mut h = h;
        let (sink, mut estate) = connected(&mut h, &[Sms], vec![everything(&[Sms])]).await;
        sink.reply([Reply::Drop]);
        estate.set(&h, "prod-web-5xx", AlarmState::Alarm);
        h.pass(10 * MINUTE_MS).await;
        h.restart().await;
        h.pass(10 * MINUTE_MS).await;
        let told = "webhook: P1 ALARM · prod · prod-web-5xx";
        sink.expect(&[told]);
        assert_eq!(states(&h).await, [(DeliveryState::Dead, 1)]);
        let operator = h.as_role(Role::Operator);
        let id = messages(&h, Role::Viewer).await[0].id;
        operator.send_again(id).await.expect("sent again");
        h.fast_forward(MINUTE_MS).await;
        sink.expect(&[told]);
        assert_eq!(states(&h).await, [(DeliveryState::Sent, 1)]);
    }
);

story!(
    a_telephone_hears_that_an_alarm_goes_off_and_is_over_and_not_who_has_it,
    |h| async move {
        let mut h = h;
        let (sink, mut estate) = connected(&mut h, &[Sms], vec![everything(&[Sms])]).await;
        // What surely did not go is tried again.
        sink.reply([Reply::Status(429, None)]);
        estate.set(&h, "prod-web-5xx", AlarmState::Alarm);
        h.pass(3 * MINUTE_MS).await;
        let told = "webhook: P1 ALARM · prod · prod-web-5xx";
        sink.expect(&[told, told]);
        acknowledge(&h, "prod-web-5xx").await;
        h.fast_forward(MINUTE_MS).await;
        sink.expect(&[]);
        estate.set(&h, "prod-web-5xx", AlarmState::Ok);
        h.fast_forward(MINUTE_MS).await;
        sink.expect(&["webhook: Recovered · prod · prod-web-5xx"]);
    }
);
