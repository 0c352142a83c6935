//! What follows from another alarm, and what goes off again and again, is told once at most.

use super::{silences::silenced_for, *};
use domain::{alarms::FlapRule, inhibitions::InhibitRule, routes::EscalationStep};
use ports::CloudErrorKind;
use testkit::Asked;

const CAUSE: &str = "slack post: :red_circle: *P1 ALARM · prod · prod-web-5xx*";
const OVER: &str = "slack edit 1.0: :large_green_circle: *Recovered · prod · prod-web-5xx*";
const OTHER: &str = "slack post: :red_circle: *P2 ALARM · prod · prod-db-cpu*";

/// While `prod-web-5xx` stands nobody is told of other alarms of its environment.
fn rules() -> Vec<InhibitRule> {
    vec![InhibitRule {
        source_matchers: "alertname=prod-web-5xx".parse().expect("matchers"),
        target_matchers: "priority=~\"P[2-4]\"".parse().expect("matchers"),
        equal: vec!["environment".into()],
    }]
}

fn alarms_cannot_be_read(h: &Harness) {
    let fails =
        |asked: &Asked| matches!(asked, Asked::Alarms(_)).then_some(CloudErrorKind::Unavailable);
    h.cloud.script(Box::new(fails));
}

async fn with(
    h: &mut Harness,
    rules: Vec<InhibitRule>,
    flapping: Option<FlapRule>,
) -> (Sink, Estate) {
    let (sink, estate) = connected(h, &[Slack], vec![everything(&[Slack])]).await;
    h.reconfigure(|settings| {
        settings.routing.inhibit_rules = rules;
        settings.routing.flapping = flapping;
    })
    .await;
    // The leases of the server before run out.
    h.fast_forward(2 * MINUTE_MS).await;
    (sink, estate)
}

/// The alarm that holds others back goes off, and that is told.
async fn cause_stands(h: &mut Harness, rules: Vec<InhibitRule>) -> (Sink, Estate) {
    let (sink, mut estate) = with(h, rules, None).await;
    estate.set(h, "prod-web-5xx", AlarmState::Alarm);
    h.fast_forward(MINUTE_MS).await;
    sink.expect(&[CAUSE]);
    (sink, estate)
}

story!(
    while_the_cause_stands_nobody_is_told_of_what_follows_from_it,
    |h| async move {
        let mut h = h;
        let (sink, mut estate) = with(&mut h, rules(), None).await;
        // Both in one reading, in the order in which they would be told.
        estate.set(&h, "prod-db-cpu", AlarmState::Alarm);
        estate.set(&h, "prod-web-5xx", AlarmState::Alarm);
        h.fast_forward(MINUTE_MS).await;
        sink.expect(&[CAUSE]);
        let id = alarm(&h, "prod-db-cpu").await;
        let viewer = h.as_role(Role::Viewer);
        let held = viewer.alarm(id).await.expect("an alarm").inhibited;
        assert_eq!(held.and_then(|by| by.name).as_deref(), Some("prod-web-5xx"));
        h.restart().await;
        h.pass(10 * MINUTE_MS).await;
        sink.expect(&[]);
        // What is over before the cause is was nobody's matter.
        estate.set(&h, "prod-db-cpu", AlarmState::Ok);
        h.pass(2 * MINUTE_MS).await;
        estate.set(&h, "prod-web-5xx", AlarmState::Ok);
        h.pass(2 * MINUTE_MS).await;
        sink.expect(&[OVER]);
    }
);

story!(
    what_still_stands_when_its_cause_is_over_is_told_then,
    |h| async move {
        let mut h = h;
        let (sink, mut estate) = cause_stands(&mut h, rules()).await;
        estate.set(&h, "prod-db-cpu", AlarmState::Alarm);
        h.pass(5 * MINUTE_MS).await;
        sink.expect(&[]);
        estate.set(&h, "prod-web-5xx", AlarmState::Ok);
        h.pass(2 * MINUTE_MS).await;
        sink.expect(&[OVER]);
        // What follows is often over soon after its cause: it is told after a grace, also when
        // nobody was there to see its beginning.
        h.restart().await;
        h.pass(2 * MINUTE_MS).await;
        sink.expect(&[]);
        h.pass(2 * MINUTE_MS).await;
        sink.expect(&[OTHER]);
    }
);

story!(
    a_cause_that_comes_and_goes_lets_nothing_loose_in_between,
    |h| async move {
        let mut h = h;
        let (sink, mut estate) = cause_stands(&mut h, rules()).await;
        estate.set(&h, "prod-db-cpu", AlarmState::Alarm);
        h.fast_forward(MINUTE_MS).await;
        for _ in 0..4 {
            estate.set(&h, "prod-web-5xx", AlarmState::Ok);
            h.pass(3 * MINUTE_MS).await;
            estate.set(&h, "prod-web-5xx", AlarmState::Alarm);
            h.pass(2 * MINUTE_MS).await;
        }
        let heard = sink.take();
        assert_eq!(heard.len(), 8, "{heard:?}");
        assert!(
            heard.iter().all(|one| one.text.contains("prod-web-5xx")),
            "{heard:?}"
        );
    }
);

story!(
    a_cause_that_can_no_longer_be_read_holds_nothing_back,
    |h| async move {
        let mut h = h;
        let (sink, mut estate) = cause_stands(&mut h, rules()).await;
        estate.set(&h, "prod-db-cpu", AlarmState::Alarm);
        h.fast_forward(MINUTE_MS).await;
        sink.expect(&[]);
        alarms_cannot_be_read(&h);
        h.pass(10 * MINUTE_MS).await;
        sink.expect(&[]);
        h.pass(10 * MINUTE_MS).await;
        sink.expect(&[OTHER]);
    }
);

story!(
    an_account_that_is_read_again_tells_nothing_that_its_causes_hold_back,
    |h| async move {
        let mut h = h;
        let (sink, mut estate) = cause_stands(&mut h, rules()).await;
        alarms_cannot_be_read(&h);
        h.pass(18 * MINUTE_MS).await;
        // It goes off while nobody can look, and is read in one reading with its cause.
        estate.set(&h, "prod-db-cpu", AlarmState::Alarm);
        h.pass(2 * MINUTE_MS).await;
        h.cloud.clear();
        h.pass(5 * MINUTE_MS).await;
        sink.expect(&[]);
        // Nor does a console that was down for long, and cannot read at once.
        h.step(30 * MINUTE_MS);
        alarms_cannot_be_read(&h);
        h.restart().await;
        h.pass(5 * MINUTE_MS).await;
        h.cloud.clear();
        h.pass(5 * MINUTE_MS).await;
        sink.expect(&[]);
    }
);

story!(
    what_goes_off_after_the_cause_is_over_does_not_wait,
    |h| async move {
        let mut h = h;
        let (sink, mut estate) = with(&mut h, rules(), None).await;
        estate.set(&h, "prod-web-5xx", AlarmState::Alarm);
        h.fast_forward(MINUTE_MS).await;
        estate.set(&h, "prod-web-5xx", AlarmState::Ok);
        h.fast_forward(MINUTE_MS).await;
        assert_eq!(sink.take().len(), 2);
        estate.set(&h, "prod-db-cpu", AlarmState::Alarm);
        h.fast_forward(MINUTE_MS).await;
        sink.expect(&[OTHER]);
    }
);

story!(
    once_the_cause_has_come_nobody_else_is_told_and_who_was_told_hears_the_end,
    |h| async move {
        let mut h = h;
        let lead = Route {
            matchers: Matchers {
                priority: vec![Priority::P2],
                ..Matchers::default()
            },
            escalation: vec![EscalationStep {
                after_minutes: 10,
                recipients: Recipients::of("webhook".parse().into_iter().collect()),
            }],
            ..everything(&[Slack])
        };
        let (sink, mut estate) =
            connected(&mut h, &[Slack, Webhook], vec![lead, everything(&[Slack])]).await;
        h.reconfigure(|settings| settings.routing.inhibit_rules = rules())
            .await;
        h.fast_forward(2 * MINUTE_MS).await;
        estate.set(&h, "prod-db-cpu", AlarmState::Alarm);
        h.fast_forward(MINUTE_MS).await;
        sink.expect(&[OTHER]);
        estate.set(&h, "prod-web-5xx", AlarmState::Alarm);
        h.fast_forward(MINUTE_MS).await;
        sink.expect(&[CAUSE]);
        // Nobody takes it on, but its step does not come.
        h.pass(15 * MINUTE_MS).await;
        sink.expect(&[]);
        estate.set(&h, "prod-db-cpu", AlarmState::Ok);
        h.fast_forward(MINUTE_MS).await;
        sink.expect(&["slack edit 1.0: :large_green_circle: *Recovered · prod · prod-db-cpu*"]);
    }
);

story!(
    what_a_silence_and_a_cause_hold_back_is_told_when_the_last_of_them_is_over,
    |h| async move {
        let mut h = h;
        let (sink, mut estate) = cause_stands(&mut h, rules()).await;
        let both = ["prod-db-cpu", "prod-queue-age"];
        for name in both {
            estate.set(&h, name, AlarmState::Alarm);
        }
        // The silence of one of them outlasts the cause, that of the other does not.
        silenced_for(&h, "prod-db-cpu", 20 * MINUTE_MS).await;
        silenced_for(&h, "prod-queue-age", 3 * MINUTE_MS).await;
        h.pass(5 * MINUTE_MS).await;
        sink.expect(&[]);
        estate.set(&h, "prod-web-5xx", AlarmState::Ok);
        h.pass(MINUTE_MS).await;
        sink.expect(&[OVER]);
        h.pass(6 * MINUTE_MS).await;
        sink.expect(&["slack post: :red_circle: *P2 ALARM · prod · prod-queue-age*"]);
        h.pass(12 * MINUTE_MS).await;
        sink.expect(&[OTHER]);
    }
);

story!(
    rules_that_are_new_hold_for_alarms_that_stand_already,
    |h| async move {
        let mut h = h;
        let (sink, mut estate) = with(&mut h, Vec::new(), None).await;
        estate.set(&h, "prod-web-5xx", AlarmState::Alarm);
        h.fast_forward(MINUTE_MS).await;
        sink.expect(&[CAUSE]);
        h.reconfigure(|settings| settings.routing.inhibit_rules = rules())
            .await;
        h.fast_forward(2 * MINUTE_MS).await;
        estate.set(&h, "prod-db-cpu", AlarmState::Alarm);
        h.pass(3 * MINUTE_MS).await;
        sink.expect(&[]);
        // And once they are taken away they hold nothing.
        h.reconfigure(|settings| settings.routing.inhibit_rules.clear())
            .await;
        h.pass(4 * MINUTE_MS).await;
        sink.expect(&[OTHER]);
    }
);

story!(
    what_goes_off_again_and_again_is_told_once_until_it_has_calmed_down,
    |h| async move {
        let mut h = h;
        let rule = FlapRule {
            times: 3,
            within_minutes: 20,
        };
        let (sink, mut estate) = with(&mut h, Vec::new(), Some(rule)).await;
        for _ in 0..2 {
            estate.set(&h, "prod-web-5xx", AlarmState::Alarm);
            h.fast_forward(MINUTE_MS).await;
            estate.set(&h, "prod-web-5xx", AlarmState::Ok);
            h.fast_forward(MINUTE_MS).await;
            assert_eq!(sink.take().len(), 2);
        }
        // The third time it is flapping: that is said, and then nothing more.
        estate.set(&h, "prod-web-5xx", AlarmState::Alarm);
        h.fast_forward(MINUTE_MS).await;
        sink.expect(&["slack post: :red_circle: *P1 ALARM, flapping · prod · prod-web-5xx*"]);
        for _ in 0..4 {
            estate.set(&h, "prod-web-5xx", AlarmState::Ok);
            h.fast_forward(MINUTE_MS).await;
            estate.set(&h, "prod-web-5xx", AlarmState::Alarm);
            h.fast_forward(MINUTE_MS).await;
        }
        sink.expect(&[]);
        let id = alarm(&h, "prod-web-5xx").await;
        let viewer = h.as_role(Role::Viewer);
        let flapping = viewer.alarm(id).await.expect("an alarm").flapping;
        assert_eq!(flapping.map(|rule| rule.times), Some(7));
        // It is said to be over when it has gone off less often than three times within twenty
        // minutes: twenty after the last time but two, four minutes before the last.
        estate.set(&h, "prod-web-5xx", AlarmState::Ok);
        h.pass(13 * MINUTE_MS).await;
        sink.expect(&[]);
        h.restart().await;
        h.pass(4 * MINUTE_MS).await;
        sink.expect(&["slack edit 3.0: :large_green_circle: *Recovered · prod · prod-web-5xx*"]);
    }
);

story!(
    what_flaps_and_stands_at_the_end_is_told_to_be_over_when_it_is,
    |h| async move {
        let mut h = h;
        let rule = FlapRule {
            times: 2,
            within_minutes: 10,
        };
        let (sink, mut estate) = with(&mut h, Vec::new(), Some(rule)).await;
        for state in [AlarmState::Alarm, AlarmState::Ok, AlarmState::Alarm] {
            estate.set(&h, "prod-web-5xx", state);
            h.fast_forward(MINUTE_MS).await;
        }
        assert_eq!(sink.take().len(), 3);
        h.pass(30 * MINUTE_MS).await;
        sink.expect(&[]);
        estate.set(&h, "prod-web-5xx", AlarmState::Ok);
        h.fast_forward(MINUTE_MS).await;
        sink.expect(&["slack edit 2.0: :large_green_circle: *Recovered · prod · prod-web-5xx*"]);
    }
);
