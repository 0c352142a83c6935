//! A drill takes the way of every alarm, is marked in every message, counts nowhere, and says who
//! never got it.

use super::{Discord, Email, Pagerduty, Slack, Teams, Webhook, connected, everything};
use crate::story::refused;
use api::{
    ErrorCode,
    drills::{DrillDetail, DrillSubject, NewDrill},
};
use domain::{
    alarms::{AlarmState, Priority},
    channels::{ChannelKind, ChannelName},
    drills::{Held, Outcome, Verdict},
    ids::DrillId,
    people::Role,
    routes::{EscalationStep, Recipients, Route},
    time::{HOUR_MS, MINUTE_MS, SECOND_MS},
};
use services::work;
use std::sync::Arc;
use testkit::{Harness, Reply, story};

const NAME: &str = "prod-web-5xx";

fn subject() -> DrillSubject {
    DrillSubject {
        environment: Some("prod".into()),
        name: Some(NAME.into()),
        ..DrillSubject::default()
    }
}

fn name(kind: ChannelKind) -> ChannelName {
    kind.as_str().parse().expect("a name")
}

fn drill(kinds: &[ChannelKind]) -> NewDrill {
    NewDrill {
        subject: subject(),
        tells: kinds.iter().map(|kind| name(*kind)).collect(),
        acknowledge_minutes: None,
        note: String::new(),
    }
}

async fn started(h: &Harness, drill: NewDrill) -> DrillId {
    let operator = h.as_role(Role::Operator);
    operator.start_drill(drill).await.expect("a drill")
}

async fn seen(h: &Harness, id: DrillId) -> DrillDetail {
    h.as_role(Role::Viewer).drill(id).await.expect("a drill")
}

fn outcomes(detail: &DrillDetail) -> Vec<(&str, Outcome)> {
    let receipts = detail.receipts.iter();
    receipts
        .map(|receipt| (receipt.expected.channel.as_str(), receipt.outcome))
        .collect()
}

/// Slack at once, PagerDuty after five minutes.
fn stepped() -> Route {
    Route {
        escalation: vec![EscalationStep {
            after_minutes: 5,
            recipients: Recipients::of(vec![name(Pagerduty)]),
        }],
        ..everything(&[Slack])
    }
}

story!(
    a_drill_is_marked_in_every_message_of_every_kind_and_ends_by_itself,
    |h| async move {
        let mut h = h;
        let kinds = [Slack, Pagerduty, Webhook, Email, Discord, Teams];
        let (sink, _estate) = connected(&mut h, &kinds, vec![everything(&kinds)]).await;
        let id = started(&h, drill(&kinds)).await;
        h.fast_forward(MINUTE_MS).await;
        let heard = sink.take();
        assert_eq!(heard.len(), kinds.len());
        for message in &heard {
            // Discord reads signs as format, so they are escaped there.
            let told = message.told().replace('\\', "");
            assert!(
                told.contains("DRILL: P1 ALARM · prod · prod-web-5xx #"),
                "{told}"
            );
            if told.starts_with("webhook") {
                assert_eq!(message.body["drill"], true);
            }
            if told.starts_with("pagerduty") {
                assert_eq!(message.body["payload"]["custom_details"]["drill"], true);
                assert_eq!(message.body["payload"]["severity"], "critical");
            }
        }
        assert_eq!(seen(&h, id).await.row.verdict, Verdict::Open);

        // It counts nowhere, and is seen where all alarms are, by its mark.
        let viewer = h.as_role(Role::Viewer);
        let overview = viewer.overview().await.expect("an overview");
        assert!(overview.urgent.is_empty() && overview.alarms.is_empty());
        let found = viewer.list_alarms(api::alarms::AlarmQuery::default()).await;
        let found = found.expect("alarms").rows;
        assert!(found[0].name.starts_with("DRILL ") && found[0].source.is_drill());

        h.pass(10 * MINUTE_MS).await;
        let ends = sink.take();
        assert_eq!(ends.len(), kinds.len());
        for message in ends {
            let told = message.told().replace('\\', "");
            let unnamed = told == "pagerduty resolve: ";
            assert!(unnamed || told.contains("DRILL: Recovered"), "{told}");
        }
        let detail = seen(&h, id).await;
        assert_eq!(detail.row.verdict, Verdict::Passed);
        assert!(detail.missed.is_empty() && detail.row.ended_by.is_none());
        for receipt in &detail.receipts {
            assert_eq!(receipt.outcome, Outcome::Took);
            assert_eq!(receipt.messages.len(), 2);
            let first = &receipt.messages[0];
            assert!(first.receipt.is_some() && first.took_ms.is_some());
        }
        h.pass(HOUR_MS).await;
        sink.expect(&[]);
    }
);

story!(
    who_is_down_is_named_and_what_the_end_overtook_was_missed,
    |h| async move {
        let mut h = h;
        let kinds = [Slack, Webhook];
        let (sink, _estate) = connected(&mut h, &kinds, vec![everything(&kinds)]).await;
        sink.always(Some(Reply::Status(503, None)));
        let id = started(&h, drill(&kinds)).await;
        h.pass(12 * MINUTE_MS).await;
        let detail = seen(&h, id).await;
        assert!(detail.row.ended_at.is_some());
        let webhook = &detail.receipts[1];
        assert!(webhook.messages[0].failure.is_some());
        h.pass(20 * MINUTE_MS).await;
        let detail = seen(&h, id).await;
        assert_eq!(detail.row.verdict, Verdict::Failed);
        assert_eq!(
            outcomes(&detail),
            [("slack", Outcome::Missed), ("webhook", Outcome::Missed)]
        );
        assert_eq!(detail.missed, [name(Slack), name(Webhook)]);
        assert!(sink.take().len() > 4);
    }
);

story!(
    a_step_of_a_drill_comes_and_whoever_takes_it_on_stops_it,
    |h| async move {
        let mut h = h;
        let kinds = [Slack, Pagerduty];
        let (sink, _estate) = connected(&mut h, &kinds, vec![stepped()]).await;
        let wanted = NewDrill {
            acknowledge_minutes: Some(3),
            ..drill(&kinds)
        };
        let first = started(&h, wanted.clone()).await;
        h.pass(4 * MINUTE_MS).await;
        assert_eq!(sink.take().len(), 1);
        assert_eq!(
            outcomes(&seen(&h, first).await),
            [("slack", Outcome::Took), ("pagerduty", Outcome::Waits)]
        );
        h.pass(2 * MINUTE_MS).await;
        let calls = sink.take();
        assert!(calls[0].told().starts_with("pagerduty trigger: DRILL: "));
        h.pass(6 * MINUTE_MS).await;
        let detail = seen(&h, first).await;
        // All of them got it, and nobody took it on.
        assert!(detail.missed.is_empty());
        assert_eq!(detail.row.verdict, Verdict::Failed);
        assert_eq!(sink.take().len(), 2);

        let second = started(&h, wanted).await;
        h.fast_forward(MINUTE_MS).await;
        let alarm = seen(&h, second).await.row.alarm;
        let operator = h.as_role(Role::Operator);
        let taken = operator.acknowledge_alarm(alarm, String::new()).await;
        taken.expect("taken on");
        h.pass(12 * MINUTE_MS).await;
        let detail = seen(&h, second).await;
        assert_eq!(detail.row.verdict, Verdict::Passed);
        let by = detail.acknowledged.as_ref().map(|taken| taken.by.as_str());
        assert_eq!(by, Some("operator"));
        assert_eq!(
            outcomes(&detail),
            [("slack", Outcome::Took), ("pagerduty", Outcome::NotReached)]
        );
        let told: Vec<_> = sink.take().iter().map(testkit::Heard::told).collect();
        assert!(
            told.iter().all(|told| told.starts_with("slack")),
            "{told:?}"
        );
    }
);

story!(
    what_a_silence_holds_is_said_to_be_held_by_it,
    |h| async move {
        let mut h = h;
        let (sink, _estate) = connected(&mut h, &[Slack], vec![everything(&[Slack])]).await;
        // By the name that the drill plays, not by the one that people see.
        let silence =
            crate::notifications::silences::silenced(&h, &["prod"], "alertname=\"prod-web-5xx\"")
                .await;
        let operator = h.as_role(Role::Operator);
        let preview = operator.preview_drill(subject()).await.expect("a preview");
        assert!(preview.tells.is_empty());
        let id = started(&h, drill(&[])).await;
        h.pass(12 * MINUTE_MS).await;
        sink.expect(&[]);
        let detail = seen(&h, id).await;
        assert_eq!(outcomes(&detail), [("slack", Outcome::Held)]);
        assert!(matches!(
            &detail.receipts[0].expected.held,
            Some(Held::Silence { silence: by, .. }) if *by == silence
        ));
        assert_eq!(detail.row.verdict, Verdict::Failed);
    }
);

story!(
    nobody_is_called_whom_its_starter_has_not_confirmed,
    |h| async move {
        let mut h = h;
        let kinds = [Slack, Pagerduty];
        let (sink, _estate) = connected(&mut h, &kinds, vec![stepped()]).await;
        let operator = h.as_role(Role::Operator);
        let preview = operator.preview_drill(subject()).await.expect("a preview");
        assert_eq!((preview.priority, preview.minutes), (Priority::P1, 10));
        let steps: Vec<_> = preview.expected.iter().map(|e| e.after_minutes).collect();
        assert_eq!(steps, [0, 5]);
        refused(
            operator.start_drill(drill(&[Slack])).await,
            ErrorCode::Conflict,
        );
        let viewer = h.as_role(Role::Viewer);
        refused(viewer.preview_drill(subject()).await, ErrorCode::Forbidden);
        refused(
            viewer.start_drill(drill(&kinds)).await,
            ErrorCode::Forbidden,
        );
        let short = DrillSubject {
            minutes: Some(5),
            ..subject()
        };
        let preview = operator.preview_drill(short).await.expect("a preview");
        assert_eq!(preview.tells, [name(Slack)]);
        h.pass(2 * MINUTE_MS).await;
        sink.expect(&[]);

        let id = started(&h, drill(&kinds)).await;
        refused(viewer.end_drill(id).await, ErrorCode::Forbidden);
        operator.end_drill(id).await.expect("ended");
        refused(operator.end_drill(id).await, ErrorCode::Conflict);
        h.pass(30 * MINUTE_MS).await;
        let detail = seen(&h, id).await;
        assert_eq!(detail.row.ended_by.as_deref(), Some("operator"));
        // By a clock that was behind: it ended all the same, and before anybody was called.
        let told: Vec<_> = sink.take().iter().map(testkit::Heard::told).collect();
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].contains("DRILL: Recovered"), "{told:?}");
        assert_eq!(detail.row.verdict, Verdict::Failed);
    }
);

story!(
    a_drill_as_an_alarm_is_told_to_those_who_are_told_of_it,
    |h| async move {
        let mut h = h;
        let (sink, mut estate) = connected(&mut h, &[Slack], vec![everything(&[Slack])]).await;
        estate.set(&h, NAME, AlarmState::Ok);
        h.fast_forward(2 * MINUTE_MS).await;
        let like = DrillSubject {
            as_alarm: Some(crate::notifications::alarm(&h, NAME).await),
            ..DrillSubject::default()
        };
        let operator = h.as_role(Role::Operator);
        let preview = operator
            .preview_drill(like.clone())
            .await
            .expect("a preview");
        assert_eq!(
            (preview.name.as_str(), preview.priority),
            (NAME, Priority::P1)
        );
        let new = NewDrill {
            subject: like,
            ..drill(&[Slack])
        };
        started(&h, new).await;
        // A reading of the same account takes nothing away.
        h.pass(3 * MINUTE_MS).await;
        assert_eq!(sink.take().len(), 1);
    }
);

story!(two_servers_and_a_kill_end_a_drill_once, |h| async move {
    let mut h = h;
    let (sink, _estate) = connected(&mut h, &[Webhook], vec![everything(&[Webhook])]).await;
    let id = started(&h, drill(&[Webhook])).await;
    // Killed before the message went: it goes when a server is back.
    let crash: work::CrashHook = Arc::new(|point| point == work::CrashPoint::BeforeCall);
    h.restart_with(crash).await;
    h.fast_forward(SECOND_MS).await;
    sink.expect(&[]);
    h.restart().await;
    h.pass(3 * MINUTE_MS).await;
    assert_eq!(sink.take().len(), 1);
    let other = h.another(None).await;
    h.step(10 * MINUTE_MS);
    for _ in 0..3 {
        tokio::join!(work::run_once(&h.services), work::run_once(&other));
        h.step(MINUTE_MS);
    }
    let told: Vec<_> = sink.take().iter().map(testkit::Heard::told).collect();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].starts_with("webhook: DRILL: Recovered"));
    assert_eq!(seen(&h, id).await.row.verdict, Verdict::Passed);
});
