//! What is not urgent: nobody is told at once, and once a day of all that still stands.

use super::{silences::silenced_for, *};
use domain::{
    digests::Digest,
    recurrences::Recurrence,
    schedules::{DayTime, Days},
    time::Zone,
};
use services::work;

/// Every day in so many minutes from now: what is not P1 is told in Slack then.
async fn tracking(h: &mut Harness, minutes: i64) -> (Sink, Estate) {
    let urgent = Route {
        matchers: Matchers {
            priority: vec![Priority::P1],
            ..Matchers::default()
        },
        ..everything(&[Slack])
    };
    let (sink, estate) = connected(h, &[Slack, Pagerduty], Vec::new()).await;
    let zone = Zone::named("Asia/Seoul").expect("a zone");
    let at = zone.civil(h.now().plus_ms(minutes * MINUTE_MS));
    let name: domain::digests::DigestName = "morning".parse().expect("a name");
    let digest = Digest {
        name: name.clone(),
        when: Recurrence {
            days: Days::of(None, None, None, None).expect("days"),
            at: DayTime::new(at.hour().into(), at.minute().into()).expect("a time"),
            zone,
        },
    };
    let other = Route {
        digest: Some(name),
        ..everything(&[Slack, Pagerduty])
    };
    h.reconfigure(|settings| {
        settings.routing.routes = vec![urgent, other];
        settings.routing.digests = vec![digest];
    })
    .await;
    // The leases of the server before run out.
    h.fast_forward(2 * MINUTE_MS).await;
    (sink, estate)
}

story!(
    what_is_not_urgent_is_told_in_the_morning_if_it_still_stands,
    |h| async move {
        let mut h = h;
        let (sink, mut estate) = tracking(&mut h, 30).await;
        estate.set(&h, "prod-db-cpu", AlarmState::Alarm);
        estate.set(&h, "dev-db-cpu", AlarmState::Alarm);
        h.fast_forward(MINUTE_MS).await;
        // What is urgent is told at once.
        estate.set(&h, "prod-web-5xx", AlarmState::Alarm);
        h.fast_forward(MINUTE_MS).await;
        sink.expect(&["slack post: :red_circle: *P1 ALARM · prod · prod-web-5xx*"]);
        // Of what came and went nobody hears.
        estate.set(&h, "dev-db-cpu", AlarmState::Ok);
        h.pass(24 * MINUTE_MS).await;
        sink.expect(&[]);
        assert_eq!(messages(&h, Role::Viewer).await.len(), 1, "nothing waits");
        // A restart does not tell it twice.
        h.restart().await;
        h.pass(6 * MINUTE_MS).await;
        let told = sink.take();
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(
            told[0].text.contains("Not urgent and still standing: 1"),
            "{told:?}"
        );
        assert_eq!(messages(&h, Role::Viewer).await[0].event, Event::Digest);
        h.restart().await;
        h.pass(HOUR_MS).await;
        sink.expect(&[]);
        // That it is over nobody has to hear, and with nothing left there is no message the
        // next day.
        estate.set(&h, "prod-db-cpu", AlarmState::Ok);
        h.pass(2 * MINUTE_MS).await;
        h.step(22 * HOUR_MS);
        h.pass(2 * HOUR_MS).await;
        sink.expect(&[]);
    }
);

story!(
    two_servers_tell_a_digest_once_and_each_day_anew,
    |h| async move {
        let mut h = h;
        let (sink, mut estate) = tracking(&mut h, 30).await;
        estate.set(&h, "prod-db-cpu", AlarmState::Alarm);
        h.fast_forward(MINUTE_MS).await;
        let other = h.another(None).await;
        for _ in 0..2 {
            h.step(30 * MINUTE_MS);
            for _ in 0..3 {
                tokio::join!(work::run_once(&h.services), work::run_once(&other));
            }
            h.pass(3 * MINUTE_MS).await;
            let told = sink.take();
            assert_eq!(told.len(), 1, "{told:?}");
            assert!(told[0].text.contains("still standing: 1"), "{told:?}");
            h.step(DAY_MS - 33 * MINUTE_MS);
        }
    }
);

story!(
    what_is_silenced_is_not_in_the_digest_and_one_that_is_far_too_late_is_left_out,
    |h| async move {
        let mut h = h;
        let (sink, mut estate) = tracking(&mut h, 30).await;
        estate.set(&h, "prod-db-cpu", AlarmState::Alarm);
        estate.set(&h, "prod-queue-age", AlarmState::Alarm);
        h.fast_forward(MINUTE_MS).await;
        silenced_for(&h, "prod-db-cpu", 2 * DAY_MS).await;
        h.pass(30 * MINUTE_MS).await;
        let told = sink.take();
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(
            told[0].text.contains("prod-queue-age") && !told[0].text.contains("prod-db-cpu"),
            "{told:?}"
        );
        // Nobody was at work for seven hours after the time of the next one.
        h.step(DAY_MS + 7 * HOUR_MS);
        h.restart().await;
        h.pass(10 * MINUTE_MS).await;
        sink.expect(&[]);
    }
);

story!(what_is_taken_on_is_not_in_the_digest, |h| async move {
    let mut h = h;
    let (sink, mut estate) = tracking(&mut h, 20).await;
    estate.set(&h, "prod-db-cpu", AlarmState::Alarm);
    h.fast_forward(MINUTE_MS).await;
    acknowledge(&h, "prod-db-cpu").await;
    h.pass(30 * MINUTE_MS).await;
    sink.expect(&[]);
});
