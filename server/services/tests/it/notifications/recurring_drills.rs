//! Drills that begin by themselves: once, at their time, and not while people have enough to do.

use super::{Estate, Slack, connected, everything};
use domain::{
    alarms::{AlarmState, Priority},
    drills::{RecurringDrill, Verdict},
    people::{Reach, Role},
    recurrences::Recurrence,
    schedules::{DayTime, Days},
    time::{DAY_MS, MINUTE_MS, Zone},
};
use services::work;
use testkit::{Harness, Sink, story};

/// Every day in ten minutes from now a drill of an environment begins.
async fn recurring(h: &mut Harness, environment: &str) -> (Sink, Estate) {
    let (sink, estate) = connected(h, &[Slack], vec![everything(&[Slack])]).await;
    let zone = Zone::named("Asia/Seoul").expect("a zone");
    let at = zone.civil(h.now().plus_ms(10 * MINUTE_MS));
    let drill = RecurringDrill {
        name: "monthly".parse().expect("a name"),
        when: Recurrence {
            days: Days::of(None, None, None, None).expect("days"),
            at: DayTime::new(at.hour().into(), at.minute().into()).expect("a time"),
            zone,
        },
        environment: environment.into(),
        plays: "HighErrorRate".into(),
        priority: Some(Priority::P1),
        minutes: 10,
        acknowledge_minutes: None,
    };
    h.reconfigure(|settings| settings.drills = vec![drill])
        .await;
    h.pass(2 * MINUTE_MS).await;
    sink.expect(&[]);
    (sink, estate)
}

async fn began(h: &Harness) -> usize {
    let drills = h.as_role(Role::Viewer).list_drills().await;
    drills.expect("drills").len()
}

/// The verbs about drills, the newest first, with why.
async fn verbs(h: &Harness) -> Vec<String> {
    let query = api::audit::AuditQuery {
        action: "drill.".into(),
        ..Default::default()
    };
    let found = h.as_role(Role::Admin).list_audit(query).await;
    let rows = found.expect("the audit log").rows.into_iter();
    rows.map(|row| row.action).collect()
}

story!(
    a_drill_begins_by_itself_once_a_day_whichever_server_begins_it,
    |h| async move {
        let mut h = h;
        let (sink, _estate) = recurring(&mut h, "prod").await;
        let listed = h.as_role(Role::Viewer).list_recurring_drills().await;
        let listed = listed.expect("drills");
        let next = listed[0].next_at.expect("a time");
        assert!(next > h.now() && next.since_ms(h.now()) < 10 * MINUTE_MS);
        let other = h.another(None).await;
        for _ in 0..12 {
            h.step(MINUTE_MS);
            work::run_once(&other).await;
            h.drain().await;
        }
        let heard: Vec<_> = sink.take().iter().map(testkit::Heard::told).collect();
        let begun = heard
            .iter()
            .filter(|told| told.contains("DRILL: P1 ALARM · prod · HighErrorRate #"));
        assert_eq!(begun.count(), 1, "{heard:?}");
        assert_eq!(began(&h).await, 1);
        h.pass(20 * MINUTE_MS).await;
        let drills = h.as_role(Role::Viewer).list_drills().await.expect("drills");
        assert_eq!(
            (drills[0].verdict, drills[0].started_by.as_str()),
            (Verdict::Passed, "Lamplighter")
        );
        assert_eq!(drills[0].note.as_deref(), Some("monthly"));
        h.step(DAY_MS - 40 * MINUTE_MS);
        h.pass(30 * MINUTE_MS).await;
        assert_eq!(began(&h).await, 2);
        let _ = sink.take();
        // Whoever looks after another environment knows nothing of it.
        let of_dev = h
            .person("dora", Role::Viewer, Reach::Only(vec!["dev".into()]))
            .await;
        let seen = h.of(&of_dev).list_recurring_drills().await;
        assert_eq!(seen.expect("drills"), []);
    }
);

story!(
    no_drill_begins_while_a_p1_alarm_stands_in_its_environment,
    |h| async move {
        let mut h = h;
        let (sink, mut estate) = recurring(&mut h, "prod").await;
        estate.set(&h, "prod-web-5xx", AlarmState::Alarm);
        h.pass(20 * MINUTE_MS).await;
        let heard = sink.take();
        assert!(heard.iter().all(|one| !one.told().contains("DRILL")));
        assert_eq!(began(&h).await, 0);
        assert_eq!(verbs(&h).await, ["drill.skip"]);
        // It is over: the next day it begins.
        estate.set(&h, "prod-web-5xx", AlarmState::Ok);
        h.step(DAY_MS - 40 * MINUTE_MS);
        h.pass(45 * MINUTE_MS).await;
        assert_eq!(began(&h).await, 1);
        let _ = sink.take();
    }
);

story!(
    a_drill_whose_time_passed_while_nobody_was_at_work_is_left_out,
    |h| async move {
        let mut h = h;
        let (sink, _estate) = recurring(&mut h, "prod").await;
        h.step(60 * MINUTE_MS);
        h.drain().await;
        h.pass(5 * MINUTE_MS).await;
        sink.expect(&[]);
        assert_eq!(began(&h).await, 0);
    }
);

story!(a_slip_of_the_pen_drills_nobody_nowhere, |h| async move {
    let mut h = h;
    let (sink, _estate) = recurring(&mut h, "prdo").await;
    h.pass(20 * MINUTE_MS).await;
    sink.expect(&[]);
    assert_eq!(verbs(&h).await, ["drill.skip"]);
});
