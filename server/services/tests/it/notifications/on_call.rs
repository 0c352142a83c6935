//! Who is on call is told: by their own channels, in their turn, unless somebody covers.

use super::*;
use api::on_call::NewCover;
use domain::{
    ids::CoverId,
    on_call::{Contact, QuietHours, Roster, Rotation, ShiftLength},
    routes::Recipients,
    time::{Timestamp, Zone},
    time_intervals::TimeInterval,
};
use serde_json::json;

/// Ann's message.
const ANN: &str = "pagerduty trigger: P1 ALARM · prod · prod-web-5xx";
/// Bob's message.
const BOB: &str = "webhook: P1 ALARM · prod · prod-web-5xx";

/// Ann, by PagerDuty, is on call until in half an hour; then Bob, by the webhook, for an hour,
/// and so on. Ann's quiet hours are those given.
async fn turns(h: &mut Harness, quiet_hours: Vec<QuietHours>) -> (Sink, Estate) {
    let (sink, estate) = connected(h, &[Pagerduty, Webhook], Vec::new()).await;
    let contact = |name: &str, channel: ChannelKind, quiet_hours| Contact {
        name: name.parse().expect("a name"),
        channels: vec![channel.as_str().parse().expect("a name")],
        quiet_hours,
    };
    let contacts = vec![
        contact("ann", Pagerduty, quiet_hours),
        contact("bob", Webhook, Vec::new()),
    ];
    let now = h.now();
    let rotation = Rotation::new(
        "web".parse().expect("a name"),
        Zone::utc(),
        Zone::utc().civil(now.plus_ms(30 * MINUTE_MS)),
        ShiftLength::Hours(1),
        vec![contacts[1].name.clone(), contacts[0].name.clone()],
    );
    let roster = Roster {
        contacts,
        rotations: vec![rotation.expect("a rotation")],
        ..Roster::default()
    };
    let route = Route {
        recipients: Recipients {
            on_call: vec!["web".parse().expect("a name")],
            ..Recipients::default()
        },
        ..Route::default()
    };
    // `2026-11-22T09:00` without its date.
    let clock = |ms: i64| Zone::utc().field_text(now.plus_ms(ms)).split_off(11);
    let hours = json!([{ "from": clock(-HOUR_MS), "to": clock(10 * MINUTE_MS) }]);
    let hours: Vec<_> = serde_json::from_value(hours).expect("hours");
    let night = "night".parse().expect("a name");
    let night = TimeInterval::new(night, Zone::utc(), &hours).expect("an interval");
    h.reconfigure(|settings| {
        settings.routing.routes = vec![route];
        settings.routing.roster = roster;
        settings.routing.time_intervals = vec![night];
    })
    .await;
    // The leases of the server before run out.
    h.fast_forward(2 * MINUTE_MS).await;
    (sink, estate)
}

fn cover(contact: &str, from: Option<Timestamp>, until: Timestamp) -> NewCover {
    NewCover {
        rotation: "web".parse().expect("a name"),
        contact: contact.parse().expect("a name"),
        from,
        until,
        note: "a wedding".into(),
    }
}

async fn add(h: &Harness, cover: NewCover) -> CoverId {
    let operator = h.as_role(Role::Operator);
    operator.add_cover(cover).await.expect("a cover")
}

story!(
    whoever_comes_on_call_is_told_of_what_nobody_has_taken_on,
    |h| async move {
        let mut h = h;
        let (sink, mut estate) = turns(&mut h, Vec::new()).await;
        estate.set(&h, "prod-web-5xx", AlarmState::Alarm);
        h.fast_forward(MINUTE_MS).await;
        sink.expect(&[ANN]);
        let viewer = h.as_role(Role::Viewer);
        let id = alarm(&h, "prod-web-5xx").await;
        let next = viewer.alarm(id).await.expect("an alarm").next_told;
        assert_eq!(next.expect("somebody").channels[0].as_str(), "webhook");
        h.pass(24 * MINUTE_MS).await;
        sink.expect(&[]);
        h.pass(5 * MINUTE_MS).await;
        sink.expect(&[BOB]);
        // Each is told once, however often they take turns.
        h.pass(3 * HOUR_MS).await;
        sink.expect(&[]);
        estate.set(&h, "prod-web-5xx", AlarmState::Ok);
        h.fast_forward(MINUTE_MS).await;
        sink.expect(&[
            "pagerduty resolve: ",
            "webhook: Recovered · prod · prod-web-5xx",
        ]);
    }
);

story!(
    whoever_comes_on_call_is_not_told_of_what_somebody_has_taken_on,
    |h| async move {
        let mut h = h;
        let (sink, mut estate) = turns(&mut h, Vec::new()).await;
        estate.set(&h, "prod-web-5xx", AlarmState::Alarm);
        h.fast_forward(MINUTE_MS).await;
        acknowledge(&h, "prod-web-5xx").await;
        h.fast_forward(MINUTE_MS).await;
        sink.expect(&[ANN, "pagerduty acknowledge: "]);
        h.pass(2 * HOUR_MS).await;
        sink.expect(&[]);
    }
);

story!(
    who_covers_is_told_and_when_the_cover_is_ended_whoever_has_the_turn,
    |h| async move {
        let mut h = h;
        let (sink, mut estate) = turns(&mut h, Vec::new()).await;
        let id = add(&h, cover("bob", None, h.now().plus_ms(20 * MINUTE_MS))).await;
        let board = h.as_role(Role::Viewer).on_call().await.expect("a board");
        let shifts = &board.rotations[0].shifts;
        assert_eq!(shifts[0].cover, Some(id));
        assert_eq!(shifts[1].contact.as_str(), "ann");
        estate.set(&h, "prod-web-5xx", AlarmState::Alarm);
        h.fast_forward(MINUTE_MS).await;
        sink.expect(&[BOB]);
        let operator = h.as_role(Role::Operator);
        operator.end_cover(id).await.expect("ended");
        h.fast_forward(MINUTE_MS).await;
        sink.expect(&[ANN]);
        refused(operator.end_cover(id).await, ErrorCode::Conflict);
        h.pass(2 * HOUR_MS).await;
        sink.expect(&[]);
    }
);

story!(
    a_cover_that_begins_later_is_told_from_then_on,
    |h| async move {
        let mut h = h;
        let (sink, mut estate) = turns(&mut h, Vec::new()).await;
        estate.set(&h, "prod-web-5xx", AlarmState::Alarm);
        h.fast_forward(MINUTE_MS).await;
        sink.expect(&[ANN]);
        let (from, until) = (10 * MINUTE_MS, 15 * MINUTE_MS);
        let (from, until) = (h.now().plus_ms(from), h.now().plus_ms(until));
        add(&h, cover("bob", Some(from), until)).await;
        h.pass(9 * MINUTE_MS).await;
        sink.expect(&[]);
        h.pass(2 * MINUTE_MS).await;
        sink.expect(&[BOB]);
    }
);

story!(
    in_quiet_hours_a_person_hears_of_what_still_stands_when_they_end,
    |h| async move {
        let mut h = h;
        let quiet = QuietHours {
            priority: vec![Priority::P1],
            time_intervals: vec!["night".parse().expect("a name")],
        };
        let (sink, mut estate) = turns(&mut h, vec![quiet]).await;
        estate.set(&h, "prod-web-5xx", AlarmState::Alarm);
        estate.set(&h, "prod-api-5xx", AlarmState::Alarm);
        h.fast_forward(MINUTE_MS).await;
        sink.expect(&[]);
        // What is over by then was nobody's night.
        estate.set(&h, "prod-api-5xx", AlarmState::Ok);
        h.pass(5 * MINUTE_MS).await;
        sink.expect(&[]);
        h.pass(3 * MINUTE_MS).await;
        sink.expect(&[ANN]);
    }
);

story!(a_cover_that_makes_no_sense_is_refused, |h| async move {
    let mut h = h;
    turns(&mut h, Vec::new()).await;
    let later = h.now().plus_ms(HOUR_MS);
    let operator = h.as_role(Role::Operator);
    add(&h, cover("bob", None, later)).await;
    let mut unknown = cover("bob", Some(later), later.plus_ms(HOUR_MS));
    unknown.rotation = "wbe".parse().expect("a name");
    let end = later.plus_ms(HOUR_MS);
    for (cover, code) in [
        (cover("ann", None, end), ErrorCode::Conflict),
        (cover("cho", Some(later), end), ErrorCode::Invalid),
        (cover("ann", Some(end), end), ErrorCode::Invalid),
        (
            cover("ann", Some(later), later.plus_ms(400 * DAY_MS)),
            ErrorCode::Invalid,
        ),
        (unknown, ErrorCode::Invalid),
    ] {
        refused(operator.add_cover(cover).await, code);
    }
    let viewer = h.as_role(Role::Viewer);
    let wanted = cover("ann", Some(later), end);
    let forbidden = viewer.add_cover(wanted.clone()).await;
    refused(forbidden, ErrorCode::Forbidden);
    // Where one ends another may begin.
    operator.add_cover(wanted).await.expect("a cover");
    let calendar = viewer
        .on_call_calendar("web".parse().expect("a name"))
        .await;
    let calendar = calendar.expect("a calendar");
    assert!(
        calendar.contains("SUMMARY:bob is on call in web"),
        "{calendar}"
    );
});

story!(
    a_handover_after_mute_hours_is_told_whatever_happens_in_them,
    |h| async move {
        let mut h = h;
        let (sink, mut estate) = turns(&mut h, Vec::new()).await;
        estate.set(&h, "prod-web-5xx", AlarmState::Alarm);
        h.fast_forward(MINUTE_MS).await;
        sink.expect(&[ANN]);
        // A start in mute hours looks at all that nobody has taken on; so does a cover.
        h.reconfigure(|settings| {
            let night = "night".parse().expect("a name");
            settings.routing.routes[0].mute_time_intervals = vec![night];
        })
        .await;
        h.pass(2 * MINUTE_MS).await;
        let later = h.now().plus_ms(DAY_MS);
        add(&h, cover("ann", Some(later), later.plus_ms(HOUR_MS))).await;
        h.pass(22 * MINUTE_MS).await;
        sink.expect(&[]);
        h.pass(5 * MINUTE_MS).await;
        sink.expect(&[BOB]);
    }
);

story!(
    quiet_hours_that_name_no_priority_are_not_about_p1,
    |h| async move {
        let mut h = h;
        let quiet = QuietHours {
            priority: Vec::new(),
            time_intervals: vec!["night".parse().expect("a name")],
        };
        let (sink, mut estate) = turns(&mut h, vec![quiet]).await;
        estate.set(&h, "prod-db-cpu", AlarmState::Alarm);
        estate.set(&h, "prod-web-5xx", AlarmState::Alarm);
        h.fast_forward(MINUTE_MS).await;
        sink.expect(&[ANN]);
    }
);
