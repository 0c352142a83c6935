//! Carrying out: exact calls, recorded steps, and convergence after a kill
//! between any two writes.

use crate::story::{
    SCALED, applied, at_least_later, at_least_now, audit_is_whole, called, has_action, refused,
    verbs,
};
use api::ErrorCode;
use domain::{
    changes::{Change, ChangeState, StepState},
    people::Role,
    scale_events::{EventPhase, Hold},
    time::{HOUR_MS, MINUTE_MS},
};
use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};
use testkit::{Backing, Harness, story};

story!(an_event_now_is_carried_out_and_read_back, |h| async move {
    let before = h.live(SCALED).await.capacity;
    let change = at_least_now(&h, SCALED, before.min + 4).await;
    let preview = h
        .as_role(Role::Operator)
        .preview_change(change.clone().into())
        .await;
    let preview = preview.expect("a preview");
    assert!(!preview.blocked);
    let id = applied(&h, change).await;

    let detail = h.change(id).await;
    assert_eq!(detail.row.phase, Some(EventPhase::Running));
    assert!(detail.result.is_empty());
    assert!(
        detail
            .steps
            .iter()
            .all(|step| step.state == StepState::Done && step.attempts == 1)
    );
    assert_eq!(h.live(SCALED).await.capacity.min, before.min + 4);
    assert!(has_action(&h, SCALED, id, "return").await);
    let promised: Vec<_> = preview.calls.into_iter().map(|call| call.action).collect();
    assert_eq!(called(&h.cloud.writes()), promised);
    let story = verbs(&detail);
    for verb in [
        "change.propose",
        "change.approve",
        "change.begin",
        "change.step",
        "change.applied",
    ] {
        assert!(story.contains(&verb), "{verb} in {story:?}");
    }
    // The log tells each call before and after it was made, the story once.
    assert_eq!(
        story.iter().filter(|verb| **verb == "change.step").count(),
        detail.steps.len()
    );
    let query = api::audit::AuditQuery {
        subject: id.to_string(),
        action: "change.step".into(),
        ..api::audit::AuditQuery::default()
    };
    let log = h.as_role(Role::Admin).list_audit(query).await;
    let log = log.expect("the audit log").total;
    assert_eq!(log, 2 * detail.steps.len() as u64);
    let read_back = detail.story.last().expect("a story");
    assert!(
        read_back.detail.contains("AWS shows"),
        "{}",
        read_back.detail
    );
    audit_is_whole(&h).await;
});

story!(a_planned_event_is_only_told_to_aws, |h| async move {
    let before = h.live(SCALED).await.capacity;
    let id = applied(&h, at_least_later(&h, SCALED, before.min + 4).await).await;
    assert_eq!(h.change(id).await.row.phase, Some(EventPhase::Waiting));
    assert_eq!(h.live(SCALED).await.capacity.min, before.min);
    assert!(has_action(&h, SCALED, id, "start").await);
    assert!(has_action(&h, SCALED, id, "return").await);
    // AWS does it, whether anybody looks or not.
    h.step(33 * MINUTE_MS);
    assert_eq!(h.live(SCALED).await.capacity.min, before.min + 4);
    h.drain().await;
    assert_eq!(h.change(id).await.row.phase, Some(EventPhase::Running));
});

story!(what_the_checks_forbid_is_not_proposed, |h| async move {
    let operator = h.as_role(Role::Operator);
    let (now, hold) = (h.now(), Hold::AtLeast);
    let until = now.plus_ms(HOUR_MS);
    let wrong = [
        (h.event(SCALED, hold, 5_001, None, until).await, "count"),
        (
            h.event(SCALED, hold, 8, Some(now.plus_ms(-MINUTE_MS)), until)
                .await,
            "from",
        ),
        (
            h.event(SCALED, hold, 8, None, now.plus_ms(-MINUTE_MS))
                .await,
            "until",
        ),
        (
            h.event(SCALED, hold, 8, None, now.plus_ms(MINUTE_MS)).await,
            "until",
        ),
    ];
    for (change, field) in wrong {
        let preview = operator
            .preview_change(change.clone().into())
            .await
            .expect("a preview");
        assert!(preview.blocked, "{change:?}");
        let error = refused(
            operator.propose_change(change.into(), None).await,
            ErrorCode::Invalid,
        );
        assert!(error.fields.iter().any(|at| at.field == field), "{error:?}");
    }
    let Change::ScaleEvent(event) = at_least_now(&h, SCALED, 8).await else {
        panic!("a scale event");
    };
    for reason in ["", "   ", &"x".repeat(2_001), "a\u{7}b"] {
        let change = Change::ScaleEvent(domain::scale_events::ScaleEvent {
            reason: reason.into(),
            ..event.clone()
        });
        let error = refused(
            operator.propose_change(change.into(), None).await,
            ErrorCode::Invalid,
        );
        assert_eq!(error.fields[0].field, "reason");
    }
    h.drain().await;
    assert_eq!(h.cloud.writes(), []);
});

/// Kills the apply worker at its `at`-th crash point, over and over until the
/// change request ends; answers at how many points it could be killed.
async fn killed_at(mut h: Harness, at: u32, later: bool) -> bool {
    let before = h.live(SCALED).await.capacity;
    let change = match later {
        true => at_least_later(&h, SCALED, before.min + 4).await,
        false => at_least_now(&h, SCALED, before.min + 4).await,
    };
    let id = h.approved(change).await;
    let passed = Arc::new(AtomicU32::new(0));
    let counter = passed.clone();
    h.restart_with(Arc::new(move |_| {
        counter.fetch_add(1, Ordering::SeqCst) == at
    }))
    .await;
    h.drain().await;
    let killed = passed.load(Ordering::SeqCst) > at;

    // Another process starts; the dead one's lease runs out.
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
    assert!(has_action(&h, SCALED, id, "return").await, "killed at {at}");
    let expected = if later { before.min } else { before.min + 4 };
    assert_eq!(
        h.live(SCALED).await.capacity.min,
        expected,
        "killed at {at}"
    );
    let own = h.live(SCALED).await.actions;
    let own = own
        .iter()
        .filter(|action| action.name.contains(&id.to_string()))
        .count();
    assert_eq!(own, if later { 2 } else { 1 }, "killed at {at}");
    audit_is_whole(&h).await;
    killed
}

async fn killed_everywhere(backing: Backing, later: bool) {
    let mut points = 0;
    while killed_at(Harness::start(backing.clone()).await, points, later).await {
        points += 1;
    }
    // Begin, two steps of begun, call and done, and the end: each commit and
    // each call has a point before and after it.
    assert_eq!(points, 2 * (1 + 2 * 3 + 1));
}

/// One test for each database and kind of event: together they would be slow.
mod a_kill_between_any_two_writes_converges {
    use super::{Backing, killed_everywhere};

    #[tokio::test]
    async fn now_on_sqlite() {
        killed_everywhere(Backing::Sqlite, false).await;
    }

    #[tokio::test]
    async fn planned_on_sqlite() {
        killed_everywhere(Backing::Sqlite, true).await;
    }

    #[tokio::test]
    async fn now_on_postgres() {
        if let Some(backing) = Backing::postgres() {
            killed_everywhere(backing, false).await;
        }
    }

    #[tokio::test]
    async fn planned_on_postgres() {
        if let Some(backing) = Backing::postgres() {
            killed_everywhere(backing, true).await;
        }
    }
}

/// Kills the worker at each point and lets the console sleep for so long: past
/// the start, or past the end. Capacity is never raised without a return that
/// stands, and in the end it is back.
async fn slept_through(later: bool, asleep_ms: i64) {
    for at in 0..16 {
        let mut h = Harness::start(Backing::Sqlite).await;
        let before = h.live(SCALED).await.capacity;
        let change = match later {
            true => at_least_later(&h, SCALED, before.min + 4).await,
            false => at_least_now(&h, SCALED, before.min + 4).await,
        };
        let id = h.approved(change).await;
        let passed = AtomicU32::new(0);
        h.restart_with(Arc::new(move |_| {
            passed.fetch_add(1, Ordering::SeqCst) == at
        }))
        .await;
        h.drain().await;
        h.step(asleep_ms);
        h.restart().await;
        for _ in 0..4 {
            h.fast_forward(2 * MINUTE_MS).await;
            let raised = h.live(SCALED).await.capacity.min > before.min;
            let returns = has_action(&h, SCALED, id, "return").await;
            assert!(
                !raised || returns,
                "killed at {at}: raised without a return"
            );
        }
        let state = h.change(id).await.row.state;
        assert!(state.is_final(), "killed at {at}: still {state:?}");
        h.step(4 * HOUR_MS);
        h.drain().await;
        let live = h.live(SCALED).await;
        assert_eq!(live.capacity.min, before.min, "killed at {at}: {state:?}");
        let own = live
            .actions
            .iter()
            .find(|action| action.name.contains(&id.to_string()));
        assert_eq!(own, None, "killed at {at}");
    }
}

/// One test for each, so that they run side by side.
mod a_kill_and_a_long_sleep_leave_nothing_raised {
    use super::{HOUR_MS, MINUTE_MS, slept_through};

    #[tokio::test]
    async fn past_the_start() {
        slept_through(true, 45 * MINUTE_MS).await;
    }

    #[tokio::test]
    async fn past_the_end_of_a_planned_one() {
        slept_through(true, 5 * HOUR_MS).await;
    }

    #[tokio::test]
    async fn past_the_end_of_one_that_began_at_once() {
        slept_through(false, 5 * HOUR_MS).await;
    }
}
