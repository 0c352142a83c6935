//! The timeline: what was planned, what was there, and what is to come.

use crate::story::{SCALED, applied, at_least_later, refused};
use api::{
    ErrorCode, PageQuery,
    freezes::NewFreeze,
    timeline::{Lane, Timeline, TimelineQuery},
};
use domain::{
    capacity::Capacity,
    changes::Change,
    estate::Environment,
    people::{Reach, Role},
    time::{DAY_MS, HOUR_MS, MINUTE_MS, Timestamp},
    timeline::Cause,
};
use serde_json::json;
use testkit::{Harness, story};

/// A group with scheduled actions that people made by hand.
const BY_HAND: &str = "web-dev";

async fn timeline(h: &Harness, query: TimelineQuery) -> Timeline {
    let viewer = h.as_role(Role::Viewer);
    viewer.timeline(query).await.expect("a timeline")
}

async fn lane(h: &Harness, name: &str) -> Lane {
    let query = TimelineQuery {
        text: name.into(),
        ..TimelineQuery::default()
    };
    let lanes = timeline(h, query).await.lanes.rows;
    let mut own = lanes.into_iter().filter(|lane| lane.reference.name == name);
    own.next().expect("a lane")
}

/// What is planned at an instant.
fn planned_at(lane: &Lane, at: Timestamp) -> (Capacity, &Cause) {
    let before = lane.planned.iter().take_while(|step| step.at <= at);
    let step = before.last().expect("a step");
    (step.capacity, &step.by)
}

/// How many served at an instant.
fn served_at(lane: &Lane, at: Timestamp) -> Option<u32> {
    let before = lane.actual.iter().take_while(|step| step.at <= at);
    before.last().and_then(|step| step.in_service)
}

story!(a_week_shows_what_was_and_what_is_to_come, |h| async move {
    let week = timeline(&h, TimelineQuery::default()).await;
    assert!(week.from.plus_ms(DAY_MS) < week.now && week.now < week.until);
    assert_eq!(week.until.since_ms(week.from), 7 * DAY_MS);
    let names = week.lanes.rows.iter();
    let names: Vec<_> = names
        .map(|lane| (&lane.environment, lane.reference.name.to_lowercase()))
        .collect();
    assert!(names.is_sorted() && week.lanes.total == names.len() as u64);

    // The sandbox remembers a day: before it nobody looked, and after now nobody can.
    let own = lane(&h, BY_HAND).await;
    let viewer = h.as_role(Role::Viewer);
    let samples = viewer.target_samples(own.target, 24).await;
    let samples = samples.expect("samples");
    let served: Vec<_> = own
        .actual
        .iter()
        .filter(|step| step.in_service.is_some())
        .collect();
    assert!(served.len() > 1, "{:?}", own.actual);
    for step in served {
        let sample = samples.iter().find(|sample| sample.at == step.at);
        assert_eq!(sample.map(|sample| sample.in_service), step.in_service);
    }
    assert_eq!(served_at(&own, week.from), None);
    assert!(served_at(&own, week.now.plus_ms(-HOUR_MS)).is_some());
    assert_eq!(served_at(&own, week.now.plus_ms(HOUR_MS)), None);
    let by: Vec<_> = own.planned.iter().map(|step| &step.by).collect();
    for name in ["office-closes", "office-opens"] {
        let of_action = |by: &&&Cause| matches!(by, Cause::Action { name: own } if own == name);
        assert!(
            (4..=7).contains(&by.iter().filter(of_action).count()),
            "{name}: {by:?}"
        );
    }
    assert!(own.planned.is_sorted_by(|a, b| a.at <= b.at));
});

story!(
    an_event_stands_in_the_timeline_and_so_does_its_return,
    |h| async move {
        let before = h.live(SCALED).await.capacity;
        let count = before.max + 2;
        let change = at_least_later(&h, SCALED, count).await;
        let id = applied(&h, change).await;
        let own = lane(&h, SCALED).await;
        assert!(own.scales_itself);
        let [event] = &own.events[..] else {
            panic!("one event: {:?}", own.events);
        };
        assert_eq!((event.change, event.count), (id, count));
        let (during, by) = planned_at(&own, event.from.plus_ms(MINUTE_MS));
        assert_eq!(
            (during.min, during.max, by),
            (count, count, &Cause::Start { change: id })
        );
        let (after, by) = planned_at(&own, event.until.plus_ms(MINUTE_MS));
        assert_eq!((after.min, after.max), (before.min, before.max));
        assert_eq!(by, &Cause::Return { change: id });
        let starts = own
            .planned
            .iter()
            .filter(|step| step.by == Cause::Start { change: id });
        assert_eq!(
            starts.count(),
            1,
            "its own scheduled actions are not told again"
        );

        // Hours later it is over, and still stands where it was.
        let (from, until) = (event.from, event.until);
        for _ in 0..8 {
            h.fast_forward(30 * MINUTE_MS).await;
        }
        let later = lane(&h, SCALED).await;
        assert_eq!(later.events.len(), 1);
        assert_eq!(planned_at(&later, from.plus_ms(MINUTE_MS)).0.min, count);
        let middle = from.plus_ms(until.since_ms(from) / 2);
        assert!(
            served_at(&later, middle).is_some_and(|served| served >= count),
            "{:?}",
            later.actual
        );
    }
);

story!(
    a_schedule_stands_in_the_timeline_from_its_application_on,
    |h| async move {
        let schedule = json!({
            "name": "office-hours", "timezone": "Asia/Seoul", "targets": [{"asg": BY_HAND}],
            "base": {"min": 1, "desired": 1, "max": 1},
            "windows": [{"name": "day", "from": "08:00", "to": "20:00",
                "capacity": {"min": 2, "desired": 2, "max": 3}}],
        });
        let change = Change::ApplySchedule {
            scope: h.live(BY_HAND).await.reference.scope,
            schedule: Box::new(serde_json::from_value(schedule).expect("a schedule")),
            takes_over: vec!["office-closes".into(), "office-opens".into()],
            reason: "nobody works at night".into(),
        };
        applied(&h, change).await;
        // What it took the place of is gone with the next reading.
        h.fast_forward(MINUTE_MS).await;
        let own = lane(&h, BY_HAND).await;
        assert_eq!(own.schedule.as_deref(), Some("office-hours"));
        let (earlier, later): (Vec<_>, Vec<_>) =
            own.planned.iter().partition(|step| step.at < h.now());
        let of_schedule =
            |by: &Cause| matches!(by, Cause::Schedule { name, .. } if name == "office-hours");
        assert!(
            earlier
                .iter()
                .all(|step| !of_schedule(&step.by) || h.now().since_ms(step.at) < HOUR_MS)
        );
        assert!(
            later.len() >= 6 && later.iter().all(|step| of_schedule(&step.by)),
            "{later:?}"
        );
        let capacities: Vec<String> = later.iter().map(|step| step.capacity.to_string()).collect();
        assert!(
            capacities.windows(2).all(|two| two[0] != two[1]),
            "{capacities:?}"
        );
        assert!(
            capacities
                .iter()
                .all(|one| ["1–1–1", "2–2–3"].contains(&one.as_str()))
        );
    }
);

story!(
    a_timeline_tells_nobody_more_than_they_may_see,
    |h| async move {
        let now = h.now();
        for environment in ["prod", "staging"] {
            let freeze = NewFreeze {
                name: format!("{environment} stands still"),
                environments: vec![Environment::from(environment)],
                from: now.plus_ms(HOUR_MS),
                until: now.plus_ms(2 * HOUR_MS),
                reason: "exams".into(),
            };
            let admin = h.as_role(Role::Admin);
            admin.declare_freeze(freeze).await.expect("a freeze");
        }
        let staging = Environment::from("staging");
        let reach = Reach::Only(vec![staging.clone()]);
        let viewer = h.person("staging-viewer", Role::Viewer, reach).await;
        let viewer = h.of(&viewer);
        let seen = viewer
            .timeline(TimelineQuery::default())
            .await
            .expect("a timeline");
        assert!(seen.lanes.total > 0);
        assert!(
            seen.lanes
                .rows
                .iter()
                .all(|lane| lane.environment == staging)
        );
        let names: Vec<_> = seen
            .freezes
            .iter()
            .map(|freeze| freeze.name.as_str())
            .collect();
        assert_eq!(names, ["staging stands still"]);
        let asked = TimelineQuery {
            environment: vec!["prod".into()],
            ..TimelineQuery::default()
        };
        assert_eq!(viewer.timeline(asked).await.expect("none").lanes.total, 0);
    }
);

story!(a_timeline_is_bounded, |h| async move {
    let viewer = h.as_role(Role::Viewer);
    for query in [
        TimelineQuery {
            days: 0,
            ..TimelineQuery::default()
        },
        TimelineQuery {
            days: 29,
            ..TimelineQuery::default()
        },
        TimelineQuery {
            from: Some(h.now().plus_ms(-36 * DAY_MS)),
            ..TimelineQuery::default()
        },
        TimelineQuery {
            from: Some(h.now().plus_ms(61 * DAY_MS)),
            ..TimelineQuery::default()
        },
    ] {
        refused(viewer.timeline(query).await, ErrorCode::Invalid);
    }
    let page = PageQuery {
        offset: 1,
        limit: 2,
    };
    let second = timeline(
        &h,
        TimelineQuery {
            page,
            days: 28,
            ..TimelineQuery::default()
        },
    )
    .await;
    assert_eq!((second.lanes.rows.len(), second.lanes.offset), (2, 1));
    // An hour that is still to come is planned from what is there.
    let from = Some(h.now().plus_ms(40 * DAY_MS));
    let ahead = timeline(
        &h,
        TimelineQuery {
            from,
            days: 1,
            ..TimelineQuery::default()
        },
    )
    .await;
    assert!(
        ahead
            .lanes
            .rows
            .iter()
            .all(|lane| lane.actual.is_empty() && !lane.planned.is_empty())
    );
});
