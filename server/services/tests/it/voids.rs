//! What voids an approval: any edit, any change of the live state, a freeze.

use crate::story::{SCALED, at_least_later, at_least_now, proposed, refused, verbs};
use api::{ErrorCode, freezes::NewFreeze};
use domain::{
    approvals::Vote,
    capacity::CapacityChange,
    changes::{Change, ChangeState},
    people::{Reach, Role},
    plan::Call,
    scale_events::ScaleEvent,
    time::{DAY_MS, HOUR_MS},
};
use std::collections::BTreeMap;
use testkit::{Backing, Harness, HarnessConfig, story};

/// Production wants two approvals.
async fn with_two_approvals(backing: Backing) -> Harness {
    let h = Harness::prepare(HarnessConfig {
        backing,
        alarms: 60,
        approvals: BTreeMap::from([("prod".into(), 2)]),
    })
    .await;
    h.drain().await;
    h
}

async fn raise_by_hand(h: &Harness, target: &str) {
    let live = h.live(target).await;
    let capacity = CapacityChange {
        max: Some(live.capacity.max + 1),
        ..CapacityChange::default()
    };
    h.by_hand(&Call::SetCapacity {
        target: live.reference,
        capacity,
    })
    .await;
}

async fn an_edit_voids(h: Harness) {
    let id = proposed(&h, at_least_now(&h, SCALED, 8).await).await;
    h.approve(Role::Approver, id)
        .await
        .expect("a first approval");
    let seen = h.change(id).await;
    assert_eq!((seen.row.approvals, seen.row.approvals_needed), (1, 2));

    let Change::ScaleEvent(event) = seen.row.change.clone() else {
        panic!("a scale event");
    };
    let operator = h.as_role(Role::Operator);
    let edit = |count| {
        Change::ScaleEvent(ScaleEvent {
            count,
            ..event.clone()
        })
    };
    operator
        .edit_change(id, edit(9).into(), seen.hash.clone())
        .await
        .expect("an edit");
    let stale = operator
        .edit_change(id, edit(10).into(), seen.hash.clone())
        .await;
    refused(stale, ErrorCode::Conflict);
    let edited = h.change(id).await;
    assert_ne!(edited.hash, seen.hash);
    assert_eq!(edited.row.approvals, 0);
    assert!(edited.votes.iter().all(|vote| vote.void));

    // Back to the very content that was approved: the vote stays void.
    operator
        .edit_change(id, edit(8).into(), edited.hash)
        .await
        .expect("an edit back");
    let back = h.change(id).await;
    assert_eq!(back.row.approvals, 0);
    assert!(back.votes.iter().all(|vote| vote.void));
    h.approve(Role::Admin, id).await.expect("one of two");
    h.drain().await;
    assert_eq!(h.change(id).await.row.state, ChangeState::Proposed);
    h.approve(Role::Approver, id).await.expect("two of two");
    h.drain().await;
    assert_eq!(h.change(id).await.row.state, ChangeState::Applied);
}

#[tokio::test]
async fn an_edit_voids_votes_for_good_on_sqlite() {
    an_edit_voids(with_two_approvals(Backing::Sqlite).await).await;
}

#[tokio::test]
async fn an_edit_voids_votes_for_good_on_postgres() {
    if let Some(backing) = Backing::postgres() {
        an_edit_voids(with_two_approvals(backing).await).await;
    }
}

story!(a_live_change_before_the_vote_voids_it, |h| async move {
    let id = proposed(&h, at_least_now(&h, SCALED, 8).await).await;
    let seen = h.change(id).await;
    raise_by_hand(&h, SCALED).await;
    let error = refused(h.approve(Role::Approver, id).await, ErrorCode::Conflict);
    assert!(error.message.contains("live state"), "{}", error.message);
    let now = h.change(id).await;
    assert_eq!(now.row.state, ChangeState::Proposed);
    assert_eq!(now.revision, 2);
    assert_ne!(now.hash, seen.hash);
    assert!(verbs(&now).contains(&"change.void"));
    // The same approver looks again and approves the new plan.
    h.approve(Role::Approver, id)
        .await
        .expect("an approval of the new plan");
    h.drain().await;
    assert_eq!(h.change(id).await.row.state, ChangeState::Applied);
});

story!(a_live_change_after_the_vote_voids_it, |h| async move {
    let id = h.approved(at_least_later(&h, SCALED, 8).await).await;
    raise_by_hand(&h, SCALED).await;
    h.drain().await;
    let now = h.change(id).await;
    assert_eq!(now.row.state, ChangeState::Proposed);
    assert_eq!(now.row.approvals, 0);
    assert!(now.votes.iter().all(|vote| vote.void));
    assert_eq!(h.cloud.writes(), []);
});

story!(a_freeze_after_the_vote_voids_it, |h| async move {
    let id = h.approved(at_least_later(&h, SCALED, 8).await).await;
    let now = h.now();
    let freeze = NewFreeze {
        name: "exam week".into(),
        environments: vec!["prod".into()],
        from: now,
        until: now.plus_ms(DAY_MS),
        reason: "exams".into(),
    };
    let admin = h.as_role(Role::Admin);
    admin.declare_freeze(freeze).await.expect("a freeze");
    h.drain().await;
    assert_eq!(h.change(id).await.row.state, ChangeState::Proposed);
    refused(h.approve(Role::Approver, id).await, ErrorCode::Forbidden);
    h.approve(Role::Admin, id).await.expect("a freeze approver");
    h.drain().await;
    assert_eq!(h.change(id).await.row.state, ChangeState::Applied);
});

story!(what_nobody_decides_expires, |h| async move {
    let weekend = h.now().plus_ms(20 * DAY_MS);
    let hold = domain::scale_events::Hold::AtLeast;
    let until = weekend.plus_ms(HOUR_MS);
    let far = h.event(SCALED, hold, 8, Some(weekend), until).await;
    let far = proposed(&h, far).await;
    let soon = proposed(&h, at_least_later(&h, SCALED, 8).await).await;
    h.fast_forward(31 * 60_000).await;
    assert_eq!(h.change(soon).await.row.state, ChangeState::Expired);
    assert_eq!(h.change(far).await.row.state, ChangeState::Proposed);
    refused(h.approve(Role::Approver, soon).await, ErrorCode::Conflict);
    h.fast_forward(7 * DAY_MS).await;
    assert_eq!(h.change(far).await.row.state, ChangeState::Expired);
    assert_eq!(h.cloud.writes(), []);
});

story!(
    an_environment_that_moved_is_another_change,
    |h| async move {
        let prod_only = Reach::Only(vec!["prod".into()]);
        let prod = h.person("prod-approver", Role::Approver, prod_only).await;
        let dev_only = Reach::Only(vec!["dev".into()]);
        let dev = h.person("dev-approver", Role::Approver, dev_only).await;
        let id = proposed(&h, at_least_now(&h, SCALED, 40).await).await;
        refused(h.of(&dev).change(id).await, ErrorCode::NotFound);
        let vote = async |person: &testkit::Person, hash: &str| {
            let backend = h.of(person);
            let hash = hash.to_owned();
            backend
                .vote_change(id, Vote::Approve, hash, String::new())
                .await
        };
        let seen = h.change(id).await;

        // Somebody tags the group as another environment's: the vote on what was
        // production's is void, though not one number has changed.
        h.cloud.tag(SCALED, "dev".into());
        refused(vote(&prod, &seen.hash).await, ErrorCode::Conflict);
        let moved = h.change(id).await;
        assert_eq!(moved.row.environment, "dev".into());
        assert_eq!((moved.revision, moved.row.approvals), (2, 0));
        assert_ne!(moved.hash, seen.hash);
        let void = moved.story.last().expect("a story");
        assert_eq!(void.action, "change.void");
        assert!(void.detail.contains("live state"), "{}", void.detail);
        // From now on it is the matter of those who decide there, and theirs only.
        refused(vote(&prod, &moved.hash).await, ErrorCode::NotFound);
        refused(vote(&dev, &seen.hash).await, ErrorCode::Conflict);
        vote(&dev, &moved.hash).await.expect("an approval");
        h.drain().await;
        assert_eq!(h.change(id).await.row.state, ChangeState::Applied);
        assert_eq!(h.live(SCALED).await.capacity.min, 40);
    }
);

story!(
    an_environment_that_moved_after_the_vote_voids_it,
    |h| async move {
        let id = h.approved(at_least_now(&h, SCALED, 40).await).await;
        h.cloud.tag(SCALED, "dev".into());
        h.drain().await;
        let moved = h.change(id).await;
        assert_eq!(moved.row.state, ChangeState::Proposed);
        assert_eq!(moved.row.environment, "dev".into());
        assert_eq!(moved.row.approvals, 0);
        assert_eq!(h.cloud.writes(), []);
    }
);
