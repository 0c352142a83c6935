//! Schedules: proposed, approved, put into AWS, fired by AWS, watched, extended and
//! removed; and what a kill in between leaves.

use crate::story::{applied, audit_is_whole, proposed, refused};
use api::{ErrorCode, changes::ChangeDetail, schedules::ScheduleRow};
use domain::{
    capacity::{Capacity, CapacityChange, Target, Timing},
    changes::{Change, ChangeState, StepState},
    ids::ChangeId,
    people::Role,
    plan::{Call, Difference},
    schedules::{Schedule, ScheduleName},
    time::{DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, Zone},
};
use serde_json::{Value, json};
use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};
use testkit::{Backing, Harness, story};

/// A group with scheduled actions that people made by hand.
pub const GROUP: &str = "web-dev";
/// Their names.
const BY_HAND: [&str; 2] = ["office-closes", "office-opens"];

/// Two machines by day, none at night.
pub async fn office(h: &Harness, parts: Value) -> Change {
    let mut whole = json!({
        "name": "office-hours",
        "timezone": "Asia/Seoul",
        "targets": [{"asg": GROUP}],
        "base": {"min": 0, "desired": 0, "max": 0},
        "windows": [{"name": "day", "from": "08:00", "to": "20:00",
            "capacity": {"min": 2, "desired": 2, "max": 3}}],
    });
    for (key, value) in parts.as_object().expect("an object") {
        whole[key] = value.clone();
    }
    let schedule: Schedule = serde_json::from_value(whole).expect("a schedule");
    Change::ApplySchedule {
        scope: h.live(GROUP).await.reference.scope,
        schedule: Box::new(schedule),
        takes_over: BY_HAND.map(str::to_owned).to_vec(),
        reason: "nobody works at night".into(),
    }
}

pub async fn listed(h: &Harness) -> Vec<ScheduleRow> {
    let viewer = h.as_role(Role::Viewer);
    viewer.list_schedules().await.expect("schedules")
}

/// Lets time pass until the clock of Seoul shows an hour, the workers looking
/// every ten minutes.
pub async fn until_hour(h: &Harness, hour: i8) {
    let seoul = Zone::named("Asia/Seoul").expect("a zone");
    for _ in 0..24 * 6 {
        let local = seoul.civil(h.now());
        if local.hour() == hour && local.minute() >= 10 {
            return;
        }
        h.fast_forward(10 * MINUTE_MS).await;
    }
    panic!("{hour} o'clock never came");
}

/// The same in one leap, the workers looking once at its end: nothing stands yet that
/// they would have to see on the way.
pub async fn leap_to_hour(h: &Harness, hour: i64) {
    const SEOUL_AHEAD_MS: i64 = 9 * HOUR_MS;
    let ten_past = hour * HOUR_MS + 10 * MINUTE_MS;
    let since_midnight = (h.now().ms() + SEOUL_AHEAD_MS).rem_euclid(DAY_MS);
    h.fast_forward((ten_past - since_midnight).rem_euclid(DAY_MS))
        .await;
}

/// Somebody sets the maximum to nine behind the console's back.
async fn raised_by_hand(h: &Harness) {
    h.by_hand(&Call::SetCapacity {
        target: h.live(GROUP).await.reference,
        capacity: CapacityChange {
            max: Some(9),
            ..CapacityChange::default()
        },
    })
    .await;
}

/// The night begins a minute later.
pub async fn edited_minute(h: &Harness) -> Call {
    let live = h.live(GROUP).await;
    let mut actions = live.actions.iter();
    let night = actions.find(|action| action.capacity.max == Some(0));
    let mut edited = night.expect("the night").clone();
    let Timing::Recurring {
        expression,
        starts_at,
        ..
    } = &mut edited.timing
    else {
        panic!("it recurs");
    };
    *starts_at = None;
    *expression = expression.replacen("0 20", "1 20", 1);
    Call::PutScheduledAction {
        target: live.reference,
        action: edited,
    }
}

async fn of_name(h: &Harness, kind: &str) -> Vec<ChangeDetail> {
    let name = ScheduleName::new("office-hours").expect("a name");
    let mut read = h.services.store.read();
    let rows = read.changes_of_schedule(&name, 50).await.expect("changes");
    let mut found = Vec::new();
    for row in rows.iter().filter(|row| row.change.kind() == kind) {
        found.push(h.change(row.id).await);
    }
    found
}

story!(a_night_comes_and_goes_without_the_console, |h| async move {
    let change = office(&h, json!({})).await;
    let preview = h
        .as_role(Role::Operator)
        .preview_change(change.clone().into())
        .await;
    let preview = preview.expect("a preview");
    assert!(!preview.blocked, "{:?}", preview.plan.findings);
    applied(&h, change).await;
    let live = h.live(GROUP).await;
    for by_hand in BY_HAND {
        let left = live.actions.iter().find(|action| action.name == by_hand);
        let opens_at_eight = |action: &domain::capacity::ScheduledAction| matches!(&action.timing, Timing::Recurring { expression, .. } if expression.starts_with("0 "));
        assert!(left.is_none_or(opens_at_eight), "{left:?}");
    }
    assert_eq!(live.actions.len(), 2);
    audit_is_whole(&h).await;

    // Nobody looks for a whole day; AWS keeps the time.
    until_hour(&h, 12).await;
    let off = Capacity {
        min: 0,
        desired: 0,
        max: 0,
    };
    let on = Capacity {
        min: 2,
        desired: 2,
        max: 3,
    };
    assert_eq!(h.live(GROUP).await.capacity, on);
    h.step(9 * HOUR_MS);
    assert_eq!(h.live(GROUP).await.capacity, off);
    h.step(12 * HOUR_MS);
    assert_eq!(h.live(GROUP).await.capacity, on);
    h.drain().await;
    let row = &listed(&h).await[0];
    assert_eq!((row.rule.as_str(), row.drift), ("window:day", 0));
});

story!(nobody_approves_their_own_schedule, |h| async move {
    let approver = h.as_role(Role::Approver);
    let change = office(&h, json!({})).await;
    let id = approver
        .propose_change(change.into(), None)
        .await
        .expect("a proposal");
    refused(h.approve(Role::Approver, id).await, ErrorCode::Forbidden);
    h.drain().await;
    assert_eq!(listed(&h).await.len(), 0);
    assert_eq!(h.cloud.writes(), []);
});

story!(a_schedule_of_what_nobody_knows_is_refused, |h| async move {
    let operator = h.as_role(Role::Operator);
    let change = office(&h, json!({"targets": [{"asg": "not-there"}]})).await;
    let error = refused(
        operator.preview_change(change.into()).await,
        ErrorCode::Invalid,
    );
    assert_eq!(error.fields[0].field, "targets");
    let change = office(
        &h,
        json!({"targets": [{"asg": GROUP}, {"asg": "not-there"}]}),
    )
    .await;
    let preview = operator
        .preview_change(change.clone().into())
        .await
        .expect("a preview");
    assert!(preview.blocked);
    refused(
        operator.propose_change(change.into(), None).await,
        ErrorCode::Invalid,
    );
    let remove = Change::RemoveSchedule {
        schedule: ScheduleName::new("not-there").expect("a name"),
        reason: "gone".into(),
    };
    refused(
        operator.propose_change(remove.into(), None).await,
        ErrorCode::NotFound,
    );
    let extend = Change::ExtendSchedule {
        schedule: ScheduleName::new("office-hours").expect("a name"),
        reason: "more".into(),
    };
    refused(
        operator.propose_change(extend.into(), None).await,
        ErrorCode::Invalid,
    );
});

story!(
    without_taking_over_what_stands_there_two_would_act_at_once,
    |h| async move {
        let Change::ApplySchedule {
            scope,
            schedule,
            reason,
            ..
        } = office(
            &h,
            json!({
                "windows": [{"name": "day", "days": ["mon..fri"], "from": "07:50", "to": "20:00",
                    "capacity": {"min": 2, "desired": 2, "max": 3}}],
            }),
        )
        .await
        else {
            panic!("a schedule");
        };
        let change = Change::ApplySchedule {
            scope,
            schedule,
            reason,
            takes_over: vec![],
        };
        let preview = h
            .as_role(Role::Operator)
            .preview_change(change.into())
            .await;
        let preview = preview.expect("a preview");
        assert_eq!(preview.plan.findings[0].rule(), "same-instant");
    }
);

story!(
    a_minute_edited_by_hand_is_one_finding_and_is_put_back,
    |h| async move {
        let id = applied(&h, office(&h, json!({})).await).await;
        for _ in 0..10 {
            h.fast_forward(3 * HOUR_MS + MINUTE_MS).await;
            assert_eq!(listed(&h).await[0].drift, 0, "{}", h.now());
        }
        until_hour(&h, 14).await;
        let edit = edited_minute(&h).await;
        h.by_hand(&edit).await;
        h.fast_forward(2 * MINUTE_MS).await;
        let viewer = h.as_role(Role::Viewer);
        let detail = viewer
            .schedule("office-hours".into())
            .await
            .expect("a schedule");
        assert!(
            matches!(
                detail.differences.as_slice(),
                [Difference::ActionDiffers { .. }]
            ),
            "{:?}",
            detail.differences
        );
        assert!(detail.drift_since.is_some());

        // Put back: the same schedule, once more.
        let again = applied(&h, h.change(id).await.row.change).await;
        h.fast_forward(2 * MINUTE_MS).await;
        let row = &listed(&h).await[0];
        assert_eq!((row.drift, row.change), (0, again));
    }
);

story!(
    a_capacity_moved_by_hand_is_drift_until_the_next_edge,
    |h| async move {
        applied(&h, office(&h, json!({})).await).await;
        until_hour(&h, 14).await;
        raised_by_hand(&h).await;
        h.fast_forward(2 * MINUTE_MS).await;
        assert_eq!(listed(&h).await[0].drift, 1);
        until_hour(&h, 22).await;
        assert_eq!(listed(&h).await[0].drift, 0);
    }
);

story!(
    the_days_to_come_are_put_once_a_day_without_asking_anybody,
    |h| async move {
        let seoul = Zone::named("Asia/Seoul").expect("a zone");
        // An exception beyond the horizon: nothing in AWS knows of it yet.
        let holiday = seoul.civil(h.now().plus_ms(63 * DAY_MS)).date();
        let change = office(
            &h,
            json!({
                "exceptions": [{"dates": [holiday.to_string()], "use": "base"}],
            }),
        )
        .await;
        applied(&h, change).await;
        let first = listed(&h).await[0].good_until;
        let approved = listed(&h).await[0].change;
        let names = |live: &domain::capacity::Target| {
            let mut names: Vec<_> = live
                .actions
                .iter()
                .map(|action| action.name.clone())
                .collect();
            names.sort();
            names
        };
        let before = names(&h.live(GROUP).await);
        for _ in 0..6 {
            h.fast_forward(DAY_MS).await;
            h.fast_forward(MINUTE_MS).await;
        }
        let row = &listed(&h).await[0];
        assert!(row.good_until >= first.plus_ms(5 * DAY_MS));
        assert_eq!(
            (row.change, row.drift),
            (approved, 0),
            "people approved it once"
        );
        assert_ne!(
            names(&h.live(GROUP).await),
            before,
            "the exception cuts the recurrences"
        );
        let extensions = of_name(&h, "extend_schedule").await;
        assert!(
            !extensions.is_empty() && extensions.len() <= 2,
            "{}",
            extensions.len()
        );
        for extension in extensions {
            assert_eq!(
                extension.row.state,
                ChangeState::Applied,
                "{:?}",
                extension.result
            );
            assert!(extension.votes.iter().all(|vote| vote.person.is_none()));
        }
        audit_is_whole(&h).await;
    }
);

story!(
    a_removed_schedule_leaves_nothing_but_the_capacity,
    |h| async move {
        applied(&h, office(&h, json!({})).await).await;
        until_hour(&h, 14).await;
        let before = h.live(GROUP).await.capacity;
        let remove = Change::RemoveSchedule {
            schedule: ScheduleName::new("office-hours").expect("a name"),
            reason: "the team moved".into(),
        };
        applied(&h, remove).await;
        let live = h.live(GROUP).await;
        assert_eq!((live.capacity, live.actions.len()), (before, 0));
        assert_eq!(listed(&h).await.len(), 0);
    }
);

story!(
    a_target_that_is_named_no_more_loses_its_objects,
    |h| async move {
        let both = json!({"targets": [{"asg": GROUP}, {"asg": "batch-dev"}]});
        let Change::ApplySchedule {
            scope,
            schedule,
            reason,
            mut takes_over,
        } = office(&h, both).await
        else {
            panic!("a schedule");
        };
        takes_over.extend(["batch-begins".to_owned(), "batch-ends".to_owned()]);
        applied(
            &h,
            Change::ApplySchedule {
                scope,
                schedule,
                reason,
                takes_over,
            },
        )
        .await;
        assert_eq!(h.live("batch-dev").await.actions.len(), 2);
        let viewer = h.as_role(Role::Viewer);
        assert_eq!(
            viewer
                .schedule("office-hours".into())
                .await
                .expect("one")
                .parts
                .len(),
            2
        );
        applied(&h, office(&h, json!({})).await).await;
        assert_eq!(h.live("batch-dev").await.actions.len(), 0);
        assert_eq!(
            viewer
                .schedule("office-hours".into())
                .await
                .expect("one")
                .parts
                .len(),
            1
        );
    }
);

story!(an_edit_voids_and_a_live_change_too, |h| async move {
    let id = proposed(&h, office(&h, json!({})).await).await;
    let hash = h.change(id).await.hash;
    let wider = office(
        &h,
        json!({"windows": [{"name": "day", "from": "07:00", "to": "21:00",
        "capacity": {"min": 2, "desired": 2, "max": 3}}]}),
    )
    .await;
    let operator = h.as_role(Role::Operator);
    operator
        .edit_change(id, wider.into(), hash.clone())
        .await
        .expect("an edit");
    assert_ne!(h.change(id).await.hash, hash);
    // Somebody puts an action beside it before the approver decides.
    let live = h.live(GROUP).await;
    h.by_hand(&Call::PutScheduledAction {
        target: live.reference.clone(),
        action: domain::capacity::ScheduledAction {
            name: "promo".into(),
            timing: Timing::Once {
                at: h.now().plus_ms(3 * DAY_MS).floor_minute(),
            },
            capacity: CapacityChange {
                min: Some(1),
                ..CapacityChange::default()
            },
            next_run_at: None,
        },
    })
    .await;
    refused(h.approve(Role::Approver, id).await, ErrorCode::Conflict);
    h.approve(Role::Approver, id)
        .await
        .expect("what is there now");
    h.drain().await;
    let detail = h.change(id).await;
    assert_eq!(
        detail.row.state,
        ChangeState::Applied,
        "{:?}",
        detail.result
    );
});

/// Kills the apply worker at its `at`-th crash point; answers whether it came so far. What
/// a kill leaves of the target must be safe.
pub async fn killed_at(
    mut h: Harness,
    at: u32,
    change: Change,
    (target, is_safe): (&str, fn(&Target) -> bool),
) -> (Harness, bool) {
    let id: ChangeId = h.approved(change).await;
    let passed = Arc::new(AtomicU32::new(0));
    let counter = passed.clone();
    h.restart_with(Arc::new(move |_| {
        counter.fetch_add(1, Ordering::SeqCst) == at
    }))
    .await;
    h.drain().await;
    let killed = passed.load(Ordering::SeqCst) > at;
    assert!(is_safe(&h.live(target).await), "killed at {at}");

    h.restart().await;
    h.fast_forward(2 * MINUTE_MS).await;
    let detail = h.change(id).await;
    assert_eq!(
        detail.row.state,
        ChangeState::Applied,
        "killed at {at}: {:?}",
        detail.result
    );
    assert!(
        detail
            .steps
            .iter()
            .all(|step| step.state == StepState::Done)
    );
    assert_eq!(listed(&h).await.len(), 1, "killed at {at}");
    audit_is_whole(&h).await;
    (h, killed)
}

/// It is never without actions.
pub fn has_actions(live: &Target) -> bool {
    !live.actions.is_empty()
}

async fn killed_everywhere(backing: Backing) {
    let mut points = 0;
    loop {
        let h = Harness::start(backing.clone()).await;
        let change = office(&h, json!({})).await;
        let (h, killed) = killed_at(h, points, change, (GROUP, has_actions)).await;
        assert_eq!(h.live(GROUP).await.actions.len(), 2, "killed at {points}");
        if !killed {
            break;
        }
        points += 1;
    }
    assert!(points > 12, "{points}");
}

/// One test for each database: together they would be slow.
mod a_kill_between_any_two_writes_converges {
    use super::{Backing, killed_everywhere};

    #[tokio::test]
    async fn on_sqlite() {
        killed_everywhere(Backing::Sqlite).await;
    }

    #[tokio::test]
    async fn on_postgres() {
        if let Some(backing) = Backing::postgres() {
            killed_everywhere(backing).await;
        }
    }
}

story!(
    actions_made_by_hand_are_told_as_a_schedule_and_taken_over,
    |h| async move {
        let operator = h.as_role(Role::Operator);
        let target = h.target_id(GROUP).await;
        let adoption = operator.adopt_actions(target).await.expect("an adoption");
        assert_eq!(adoption.refused, None);
        let mut takes_over = adoption.takes_over.clone();
        takes_over.sort();
        assert_eq!(takes_over, BY_HAND);
        let change = Change::ApplySchedule {
            scope: adoption.scope,
            schedule: Box::new(adoption.reading.schedule.expect("a schedule")),
            takes_over,
            reason: "known at last".into(),
        };
        let before = h.live(GROUP).await.capacity;
        applied(&h, change).await;
        assert_eq!(h.live(GROUP).await.capacity, before, "it does the same");
        h.fast_forward(2 * MINUTE_MS).await;
        assert_eq!(listed(&h).await[0].drift, 0);
        let again = operator.adopt_actions(target).await.expect("an answer");
        assert!(again.refused.is_some());
        let policy = h.target_id("api-prod").await;
        let refused = operator.adopt_actions(policy).await.expect("an answer");
        assert!(
            refused.refused.is_some(),
            "it leaves the desired capacity alone"
        );
    }
);

story!(
    a_second_proposal_over_one_that_was_applied_meanwhile_is_looked_at_again,
    |h| async move {
        let first = h.approved(office(&h, json!({})).await).await;
        // Of two of one instant none is the first.
        h.step(SECOND_MS);
        let wider = office(
            &h,
            json!({"windows": [{"name": "day", "from": "07:00", "to": "21:00",
                "capacity": {"min": 2, "desired": 2, "max": 3}}]}),
        )
        .await;
        let second = h.approved(wider).await;
        h.drain().await;
        h.fast_forward(MINUTE_MS).await;
        let states = [
            h.change(first).await.row.state,
            h.change(second).await.row.state,
        ];
        assert_eq!(states, [ChangeState::Applied, ChangeState::Proposed]);
        assert_eq!(listed(&h).await[0].change, first);
    }
);

story!(
    the_next_days_leave_alone_what_somebody_set_by_hand,
    |h| async move {
        applied(&h, office(&h, json!({})).await).await;
        until_hour(&h, 21).await;
        raised_by_hand(&h).await;
        let before = listed(&h).await[0].good_until;
        until_hour(&h, 2).await;
        let row = &listed(&h).await[0];
        assert!(
            row.good_until > before,
            "the days to come were looked after"
        );
        assert_eq!((h.live(GROUP).await.capacity.max, row.drift), (9, 1));
        until_hour(&h, 9).await;
        assert_eq!(h.live(GROUP).await.capacity.max, 3);
    }
);

/// Ten to eight: killed at the `at`-th crash point, and asleep until half past eight.
async fn killed_before_an_edge(mut h: Harness, at: u32) -> bool {
    leap_to_hour(&h, 7).await;
    h.fast_forward(40 * MINUTE_MS).await;
    let id = h.approved(office(&h, json!({})).await).await;
    let passed = Arc::new(AtomicU32::new(0));
    let counter = passed.clone();
    h.restart_with(Arc::new(move |_| {
        counter.fetch_add(1, Ordering::SeqCst) == at
    }))
    .await;
    h.drain().await;
    let killed = passed.load(Ordering::SeqCst) > at;
    h.step(40 * MINUTE_MS);
    h.restart().await;
    for _ in 0..3 {
        h.fast_forward(2 * MINUTE_MS).await;
    }
    let detail = h.change(id).await;
    assert!(detail.row.state.is_final(), "killed at {at}");
    let on = Capacity {
        min: 2,
        desired: 2,
        max: 3,
    };
    let found = h.live(GROUP).await.capacity;
    assert_eq!(found, on, "killed at {at}: {:?}", detail.result);
    killed
}

#[tokio::test]
async fn a_kill_before_an_edge_and_a_sleep_over_it_leave_what_is_wanted_after_it() {
    let mut at = 0;
    while killed_before_an_edge(Harness::start(Backing::Sqlite).await, at).await {
        at += 1;
    }
    assert!(at > 12, "{at}");
}
