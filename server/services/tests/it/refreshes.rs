//! Instances that are replaced some at a time, followed to the end, and cancelled.

use crate::story::{SCALED, applied, audit_is_whole, called, proposed, refused};
use api::ErrorCode;
use domain::{
    capacity::Purchase,
    changes::{Change, ChangeState},
    ids::ChangeId,
    mixes::Mix,
    people::Role,
    processes::Process,
    refreshes::Pace,
    schedules::SpotShare,
    time::{HOUR_MS, MINUTE_MS},
};
use ports::CloudErrorKind;
use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};
use testkit::{Asked, Backing, Harness, story};

async fn replaced(h: &Harness, target: &str, pace: Pace) -> Change {
    Change::RefreshInstances {
        target: h.target_id(target).await,
        pace,
        reason: "a new template".into(),
    }
}

async fn members(h: &Harness) -> BTreeSet<String> {
    let live = h.live(SCALED).await;
    live.instances.into_iter().map(|one| one.id).collect()
}

/// Lets time pass until the change request rests.
async fn settled(h: &Harness, id: ChangeId) -> ChangeState {
    for _ in 0..120 {
        let state = h.change(id).await.row.state;
        if state.is_final() {
            return state;
        }
        h.pass(MINUTE_MS).await;
    }
    panic!("it never came to rest: {:?}", h.change(id).await.result);
}

story!(
    instances_are_replaced_some_at_a_time_and_followed_to_the_end,
    |h| async move {
        let before = members(&h).await;
        let id = h
            .approved(replaced(&h, SCALED, Pace::default()).await)
            .await;
        h.drain().await;
        h.pass(5 * MINUTE_MS).await;
        let detail = h.change(id).await;
        assert_eq!(detail.row.state, ChangeState::Applying);
        assert!(
            detail.result[0].contains("% replaced"),
            "{:?}",
            detail.result
        );
        // Most of the group serves all the time.
        let live = h.live(SCALED).await;
        assert!(
            live.in_service * 10 >= live.capacity.desired * 8,
            "{live:?}"
        );

        assert_eq!(settled(&h, id).await, ChangeState::Applied);
        let after = members(&h).await;
        assert!(before.is_disjoint(&after), "{before:?} {after:?}");
        assert_eq!(
            called(&h.cloud.writes()),
            ["autoscaling:StartInstanceRefresh"]
        );
        assert!(h.change(id).await.result.is_empty());
        audit_is_whole(&h).await;
    }
);

story!(one_that_is_cancelled_says_how_far_it_came, |h| async move {
    let id = h
        .approved(replaced(&h, SCALED, Pace::default()).await)
        .await;
    h.drain().await;
    h.pass(5 * MINUTE_MS).await;
    let viewer = h.as_role(Role::Viewer);
    let cancel = Change::CancelRefresh {
        refresh: id,
        reason: "the template is wrong".into(),
    };
    let answer = viewer.propose_change(cancel.clone().into(), None).await;
    refused(answer, ErrorCode::Forbidden);
    // Nobody needs to be asked to end what goes on.
    let ending = proposed(&h, cancel.clone()).await;
    h.pass(MINUTE_MS).await;
    assert_eq!(h.change(ending).await.row.state, ChangeState::Applied);
    let state = settled(&h, id).await;
    assert_eq!(state, ChangeState::AppliedWithDifference);
    let result = h.change(id).await.result;
    assert!(result[0].contains("cancelled"), "{result:?}");
    let operator = h.as_role(Role::Operator);
    refused(
        operator.propose_change(cancel.into(), None).await,
        ErrorCode::Invalid,
    );
    audit_is_whole(&h).await;
});

story!(
    nothing_is_started_where_it_could_not_go_on,
    |h| async move {
        let operator = h.as_role(Role::Operator);
        let check = async |change: Change, words: &str| {
            let answer = operator.propose_change(change.into(), None).await;
            let error = refused(answer, ErrorCode::Invalid);
            let told: Vec<_> = error.fields.iter().map(|at| &at.message).collect();
            assert!(told.iter().any(|told| told.contains(words)), "{told:?}");
        };
        let service = replaced(&h, "prod/checkout", Pace::default()).await;
        check(service, "Only Auto Scaling groups").await;
        let steep = Pace {
            max_healthy_percent: Some(201),
            ..Pace::default()
        };
        check(replaced(&h, SCALED, steep).await, "from 100 to 200").await;
        let id = h
            .approved(replaced(&h, SCALED, Pace::default()).await)
            .await;
        h.drain().await;
        check(
            replaced(&h, SCALED, Pace::default()).await,
            "refuses a second",
        )
        .await;
        settled(&h, id).await;
        let hold = Change::SetProcesses {
            target: h.target_id(SCALED).await,
            processes: vec![Process::InstanceRefresh],
            suspended: true,
            reason: "a test".into(),
        };
        applied(&h, hold).await;
        check(replaced(&h, SCALED, Pace::default()).await, "stand still").await;
    }
);

story!(
    a_mix_replaces_what_was_bought_otherwise_when_it_is_asked_to,
    |h| async move {
        let wanted = SpotShare {
            on_demand_base: 0,
            on_demand_percent: 0,
        };
        let change = Change::SetMix {
            target: h.target_id(SCALED).await,
            mix: Mix::from(wanted),
            refresh: Some(Pace::default()),
            reason: "spot is safe again".into(),
        };
        let preview = h
            .as_role(Role::Operator)
            .preview_change(change.clone().into())
            .await;
        let found = preview.expect("a preview").plan.findings;
        let rules: Vec<_> = found.iter().map(|one| one.rule()).collect();
        assert!(!rules.contains(&"instances-stay"), "{rules:?}");
        let id = h.approved(change).await;
        assert_eq!(settled(&h, id).await, ChangeState::Applied);
        let live = h.live(SCALED).await;
        let bought = live.instances.iter().map(|one| one.purchase);
        assert!(
            bought
                .into_iter()
                .all(|purchase| purchase == Purchase::Spot)
        );
    }
);

story!(an_outage_while_it_goes_on_loses_nothing, |h| async move {
    let id = h
        .approved(replaced(&h, SCALED, Pace::default()).await)
        .await;
    h.drain().await;
    h.pass(10 * MINUTE_MS).await;
    h.cloud.script(Box::new(|asked| {
        matches!(asked, Asked::Refreshes(_)).then_some(CloudErrorKind::Unavailable)
    }));
    h.pass(20 * MINUTE_MS).await;
    assert_eq!(h.change(id).await.row.state, ChangeState::Applying);
    h.cloud.clear();
    assert_eq!(settled(&h, id).await, ChangeState::Applied);
});

#[tokio::test]
async fn a_kill_between_any_two_writes_starts_one_refresh() {
    let mut point = 0;
    loop {
        let mut h = Harness::start(Backing::Sqlite).await;
        let id = h
            .approved(replaced(&h, SCALED, Pace::default()).await)
            .await;
        let passed = Arc::new(AtomicU32::new(0));
        let counter = passed.clone();
        let crash = move |_| counter.fetch_add(1, Ordering::SeqCst) == point;
        h.restart_with(Arc::new(crash)).await;
        h.drain().await;
        let killed = passed.load(Ordering::SeqCst) > point;
        h.restart().await;
        h.step(2 * HOUR_MS);
        let state = settled(&h, id).await;
        let result = h.change(id).await.result;
        assert_eq!(state, ChangeState::Applied, "killed at {point}: {result:?}");
        let starts = called(&h.cloud.writes());
        assert_eq!(
            starts,
            ["autoscaling:StartInstanceRefresh"],
            "killed at {point}"
        );
        audit_is_whole(&h).await;
        if !killed {
            break;
        }
        point += 1;
    }
    assert!(point > 5, "{point}");
}
