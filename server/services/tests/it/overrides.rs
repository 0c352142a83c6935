//! Overrides: another capacity for a time than a schedule says, approved by people, come
//! and gone by itself, or ended before.

use crate::{
    schedules::{GROUP, has_actions, killed_at, office},
    story::{applied, audit_is_whole, proposed, refused},
};
use api::{ErrorCode, freezes::NewFreeze, schedules::ScheduleDetail};
use domain::{
    capacity::Capacity,
    changes::{Change, ChangeState, Proposal},
    checks::frozen,
    people::{Reach, Role},
    schedules::{LevelChange, ScheduleName},
    time::{HOUR_MS, MINUTE_MS, Timestamp},
};
use serde_json::json;
use testkit::{Backing, Harness, story};

/// What the office has by day.
const BY_DAY: Capacity = Capacity {
    min: 2,
    desired: 2,
    max: 3,
};

fn office_name() -> ScheduleName {
    ScheduleName::new("office-hours").expect("a name")
}

/// So many in the office, from when until when, counted from now.
fn over(h: &Harness, from_ms: i64, until_ms: i64, count: u32) -> Change {
    Change::Override {
        schedule: office_name(),
        from: h.now().plus_ms(from_ms),
        until: h.now().plus_ms(until_ms),
        capacity: LevelChange {
            min: Some(count),
            desired: Some(count),
            max: Some(count),
            ..LevelChange::default()
        },
        reason: "a rehearsal".into(),
    }
}

/// The end of an override.
fn end_of(over: &Change) -> Change {
    let Change::Override {
        schedule,
        from,
        until,
        ..
    } = over
    else {
        panic!("an override");
    };
    Change::EndOverride {
        schedule: schedule.clone(),
        from: *from,
        until: *until,
        reason: "it was called off".into(),
    }
}

async fn standing(h: &Harness) -> ScheduleDetail {
    let viewer = h.as_role(Role::Viewer);
    let detail = viewer.schedule(office_name().to_string()).await;
    detail.expect("a schedule")
}

/// The times of the overrides of the schedule that stands.
async fn times(h: &Harness) -> Vec<(Timestamp, Timestamp)> {
    let schedule = standing(h).await.reading.schedule.expect("a schedule");
    let overrides = schedule.overrides().iter();
    overrides.map(|one| (one.from, one.until)).collect()
}

fn time(over: &Change) -> (Timestamp, Timestamp) {
    match over {
        Change::Override { from, until, .. } => (*from, *until),
        other => panic!("an override: {other:?}"),
    }
}

async fn capacity(h: &Harness) -> Capacity {
    h.live(GROUP).await.capacity
}

const fn all(count: u32) -> Capacity {
    Capacity {
        min: count,
        desired: count,
        max: count,
    }
}

story!(an_override_comes_and_goes_by_itself, |h| async move {
    let office = applied(&h, office(&h, json!({})).await).await;
    let change = over(&h, 2 * HOUR_MS, 4 * HOUR_MS, 5);
    let id = proposed(&h, change.clone()).await;
    let detail = h.change(id).await;
    let effect = detail.plan.schedule().expect("a schedule");
    assert_eq!(effect.replaces, Some(office));
    let overriding = effect.overriding.as_deref().expect("an override");
    let levels = [overriding.before, overriding.after].map(|level| level.to_string());
    assert_eq!(levels, ["2–2–3", "5–5–5"]);
    refused(h.approve(Role::Operator, id).await, ErrorCode::Forbidden);
    assert_eq!(times(&h).await, []);
    h.approve(Role::Approver, id).await.expect("an approval");
    h.drain().await;
    let detail = h.change(id).await;
    assert_eq!(
        detail.row.state,
        ChangeState::Applied,
        "{:?}",
        detail.result
    );
    assert_eq!(times(&h).await, [time(&change)]);
    assert_eq!(
        (standing(&h).await.row.change, capacity(&h).await),
        (id, BY_DAY)
    );

    // Nobody looks; AWS keeps the time.
    h.step(2 * HOUR_MS + MINUTE_MS);
    assert_eq!(capacity(&h).await, all(5));
    h.drain().await;
    let row = standing(&h).await.row;
    assert_eq!((row.rule.as_str(), row.drift), ("override:0", 0));
    h.step(2 * HOUR_MS);
    assert_eq!(capacity(&h).await, BY_DAY);
    h.drain().await;
    let row = standing(&h).await.row;
    assert_eq!((row.rule.as_str(), row.drift), ("window:day", 0));
    audit_is_whole(&h).await;
});

story!(
    of_two_overrides_the_later_wins_and_one_that_is_over_goes,
    |h| async move {
        applied(&h, office(&h, json!({})).await).await;
        let first = over(&h, HOUR_MS, 3 * HOUR_MS, 5);
        let second = over(&h, 2 * HOUR_MS, 4 * HOUR_MS, 6);
        applied(&h, first.clone()).await;
        applied(&h, second.clone()).await;
        assert_eq!(times(&h).await, [time(&first), time(&second)]);
        h.fast_forward(90 * MINUTE_MS).await;
        assert_eq!(capacity(&h).await, all(5));
        h.fast_forward(HOUR_MS).await;
        assert_eq!(capacity(&h).await, all(6));
        h.fast_forward(HOUR_MS).await;
        let third = over(&h, 2 * HOUR_MS, 3 * HOUR_MS, 7);
        applied(&h, third.clone()).await;
        assert_eq!(times(&h).await, [time(&second), time(&third)]);
        assert_eq!(capacity(&h).await, all(6), "the second goes on");
    }
);

story!(
    an_override_ends_before_it_begins_and_while_it_holds,
    |h| async move {
        applied(&h, office(&h, json!({})).await).await;
        let actions = h.live(GROUP).await.actions.len();
        let first = over(&h, HOUR_MS, 2 * HOUR_MS, 5);
        let second = over(&h, 3 * HOUR_MS, 5 * HOUR_MS, 6);
        applied(&h, first.clone()).await;
        applied(&h, second.clone()).await;
        // People decide on it: it makes AWS what the schedule says, whatever came in between.
        let id = proposed(&h, end_of(&first)).await;
        h.drain().await;
        assert_eq!(h.change(id).await.row.state, ChangeState::Proposed);
        refused(h.approve(Role::Operator, id).await, ErrorCode::Forbidden);
        h.approve(Role::Approver, id).await.expect("an approval");
        h.drain().await;
        assert_eq!(times(&h).await, [time(&second)]);
        h.fast_forward(90 * MINUTE_MS).await;
        assert_eq!(capacity(&h).await, BY_DAY);

        h.fast_forward(150 * MINUTE_MS).await;
        assert_eq!(capacity(&h).await, all(6));
        let id = applied(&h, end_of(&second)).await;
        let plan = h.change(id).await.plan;
        let overriding = plan.schedule().and_then(|one| one.overriding.clone());
        let overriding = overriding.expect("an override");
        let levels = [overriding.before, overriding.after].map(|level| level.to_string());
        assert_eq!(levels, ["6–6–6", "2–2–3"]);
        assert_eq!((times(&h).await, capacity(&h).await), (vec![], BY_DAY));
        assert_eq!(h.live(GROUP).await.actions.len(), actions);
        h.fast_forward(2 * MINUTE_MS).await;
        assert_eq!(standing(&h).await.row.drift, 0);

        let operator = h.as_role(Role::Operator);
        let again = operator.propose_change(end_of(&second).into(), None).await;
        refused(again, ErrorCode::Conflict);
        audit_is_whole(&h).await;
    }
);

story!(
    an_override_for_the_hours_of_a_freeze_takes_a_freeze_approver,
    |h| async move {
        applied(&h, office(&h, json!({})).await).await;
        let freeze = NewFreeze {
            name: "exams".into(),
            environments: Vec::new(),
            from: h.now().plus_ms(2 * HOUR_MS),
            until: h.now().plus_ms(3 * HOUR_MS),
            reason: "exams".into(),
        };
        let admin = h.as_role(Role::Admin);
        admin.declare_freeze(freeze).await.expect("a freeze");
        let within = proposed(&h, over(&h, HOUR_MS, 4 * HOUR_MS, 5)).await;
        assert!(frozen(&h.change(within).await.plan.findings));
        refused(
            h.approve(Role::Approver, within).await,
            ErrorCode::Forbidden,
        );
        h.approve(Role::Admin, within)
            .await
            .expect("a freeze approver");
        let before = proposed(&h, over(&h, HOUR_MS, 2 * HOUR_MS, 5)).await;
        assert!(!frozen(&h.change(before).await.plan.findings));
        h.approve(Role::Approver, before)
            .await
            .expect("an approval");
    }
);

story!(
    whoever_asks_again_hears_of_what_was_done_and_nobody_of_what_is_hidden,
    |h| async move {
        applied(&h, office(&h, json!({})).await).await;
        let change = over(&h, HOUR_MS, 2 * HOUR_MS, 5);
        applied(&h, change.clone()).await;
        let operator = h.as_role(Role::Operator);
        let ask = async || {
            let proposal = end_of(&change).into();
            operator.propose_change(proposal, Some("once".into())).await
        };
        let id = ask().await.expect("a proposal");
        h.approve(Role::Approver, id).await.expect("an approval");
        h.drain().await;
        assert_eq!(times(&h).await, []);
        assert_eq!(ask().await.expect("the same"), id);

        // Hidden, unknown and misfit are one answer to whoever does not see it.
        let prod = h.person("paul", Role::Operator, Reach::Only(vec!["prod".into()]));
        let prod = h.of(&prod.await);
        for change in [over(&h, HOUR_MS, 2 * HOUR_MS, 5), end_of(&change)] {
            let hidden = prod.preview_change(change.into()).await;
            refused(hidden, ErrorCode::NotFound);
        }
    }
);

story!(
    a_schedule_replaced_meanwhile_voids_the_votes_on_an_override,
    |h| async move {
        applied(&h, office(&h, json!({})).await).await;
        let change = over(&h, 2 * HOUR_MS, 4 * HOUR_MS, 5);
        let id = proposed(&h, change.clone()).await;
        let hash = h.change(id).await.hash;
        let wider = json!({"windows": [{"name": "day", "from": "07:00", "to": "21:00",
            "capacity": {"min": 3, "desired": 3, "max": 4}}]});
        let wider = applied(&h, office(&h, wider).await).await;
        refused(h.approve(Role::Approver, id).await, ErrorCode::Conflict);
        let revised = h.change(id).await;
        assert_ne!(revised.hash, hash);
        let effect = revised.plan.schedule().expect("a schedule");
        assert_eq!(effect.replaces, Some(wider));
        h.approve(Role::Approver, id).await.expect("an approval");
        h.drain().await;
        assert_eq!(h.change(id).await.row.state, ChangeState::Applied);
        let schedule = standing(&h).await.reading.schedule.expect("a schedule");
        assert_eq!(schedule.windows()[0].from.to_string(), "07:00");
        assert_eq!(times(&h).await, [time(&change)]);
    }
);

story!(an_override_whose_time_is_over_says_so, |h| async move {
    applied(&h, office(&h, json!({})).await).await;
    let waits = proposed(&h, over(&h, HOUR_MS, 2 * HOUR_MS, 5)).await;
    let slept_over = h.approved(over(&h, HOUR_MS, 3 * HOUR_MS, 6)).await;
    h.step(3 * HOUR_MS);
    refused(h.approve(Role::Approver, waits).await, ErrorCode::Invalid);
    h.drain().await;
    for id in [waits, slept_over] {
        let detail = h.change(id).await;
        assert_eq!(detail.row.state, ChangeState::Expired);
        assert_eq!(detail.result, ["The time of this override is over."]);
    }
    assert_eq!((times(&h).await, capacity(&h).await), (vec![], BY_DAY));
});

story!(an_override_that_makes_no_sense_is_refused, |h| async move {
    let operator = h.as_role(Role::Operator);
    let unknown = over(&h, HOUR_MS, 2 * HOUR_MS, 5);
    let nothing = operator.propose_change(unknown.clone().into(), None).await;
    refused(nothing, ErrorCode::NotFound);
    applied(&h, office(&h, json!({})).await).await;
    let none = operator.propose_change(end_of(&unknown).into(), None).await;
    refused(none, ErrorCode::Conflict);
    let Change::Override {
        schedule,
        from,
        until,
        ..
    } = unknown
    else {
        panic!("an override");
    };
    let with = |capacity| Change::Override {
        schedule: schedule.clone(),
        from,
        until,
        capacity,
        reason: "a rehearsal".into(),
    };
    let bounds = LevelChange {
        min: Some(4),
        max: Some(3),
        ..LevelChange::default()
    };
    let too_much = LevelChange {
        max: Some(u32::MAX),
        ..LevelChange::default()
    };
    let planned = Proposal {
        planned_for: Some(h.now().plus_ms(HOUR_MS)),
        ..over(&h, HOUR_MS, 2 * HOUR_MS, 5).into()
    };
    for (wrong, field) in [
        (over(&h, -HOUR_MS, 0, 5).into(), "until"),
        (over(&h, 2 * HOUR_MS, HOUR_MS, 5).into(), "until"),
        (with(bounds).into(), "capacity"),
        (with(too_much).into(), "max"),
        (planned, "planned_for"),
    ] {
        let preview = operator.preview_change(wrong).await;
        let told = refused(preview, ErrorCode::Invalid);
        assert_eq!(told.fields[0].field, field, "{told:?}");
    }
});

/// One test, on one database: the engine is the same for every schedule.
#[tokio::test]
async fn a_kill_anywhere_while_an_override_begins_converges() {
    let mut points = 0;
    loop {
        let h = Harness::start(Backing::Sqlite).await;
        applied(&h, office(&h, json!({})).await).await;
        let change = over(&h, -HOUR_MS, HOUR_MS, 5);
        let (h, killed) = killed_at(h, points, change.clone(), (GROUP, has_actions)).await;
        assert_eq!(times(&h).await, [time(&change)], "killed at {points}");
        assert_eq!(capacity(&h).await, all(5), "killed at {points}");
        if !killed {
            break;
        }
        points += 1;
    }
    assert!(points > 12, "{points}");
}

#[tokio::test]
async fn a_kill_anywhere_while_an_override_ends_converges() {
    let mut points = 0;
    loop {
        let h = Harness::start(Backing::Sqlite).await;
        applied(&h, office(&h, json!({})).await).await;
        let actions = h.live(GROUP).await.actions.len();
        let change = over(&h, -HOUR_MS, HOUR_MS, 5);
        applied(&h, change.clone()).await;
        let (h, killed) = killed_at(h, points, end_of(&change), (GROUP, has_actions)).await;
        assert_eq!(times(&h).await, [], "killed at {points}");
        let live = h.live(GROUP).await;
        assert_eq!(
            (live.capacity, live.actions.len()),
            (BY_DAY, actions),
            "killed at {points}"
        );
        if !killed {
            break;
        }
        points += 1;
    }
    assert!(points > 12, "{points}");
}
