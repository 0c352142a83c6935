//! What people say about a change request, and what they do when nobody can be asked.

use crate::{
    story::{SCALED, at_least_now, audit_is_whole, proposed, refused, verbs},
    stream::{following, heard},
};
use api::{ErrorCode, changes::EmergencyMark, freezes::NewFreeze, stream::News};
use domain::{
    capacity::CapacityChange,
    changes::{Change, ChangeState},
    ids::ChangeId,
    limits,
    people::{Reach, Role},
    plan::Call,
    scale_events::Hold,
    time::{DAY_MS, HOUR_MS},
};
use testkit::{Harness, story};

async fn break_glass(h: &Harness, role: Role, id: ChangeId, reason: &str) -> api::ApiResult<()> {
    let hash = h.change(id).await.hash;
    h.as_role(role).break_glass(id, hash, reason.into()).await
}

story!(
    a_broken_glass_applies_at_once_and_waits_for_a_review,
    |h| async move {
        // Not even a freeze holds it up.
        let freeze = NewFreeze {
            name: "registration week".into(),
            environments: vec![],
            from: h.now(),
            until: h.now().plus_ms(DAY_MS),
            reason: "do not touch".into(),
        };
        let admin = h.as_role(Role::Admin);
        admin.declare_freeze(freeze).await.expect("a freeze");
        let id = proposed(&h, at_least_now(&h, SCALED, 14).await).await;
        let without = break_glass(&h, Role::Operator, id, "  ").await;
        refused(without, ErrorCode::Invalid);
        break_glass(&h, Role::Operator, id, "checkout is down, nobody answers")
            .await
            .expect("the glass is broken");
        h.drain().await;
        let detail = h.change(id).await;
        assert_eq!(
            detail.row.state,
            ChangeState::Applied,
            "{:?}",
            detail.result
        );
        assert_eq!(h.live(SCALED).await.capacity.min, 14);
        assert_eq!((detail.row.approvals, detail.votes.len()), (0, 0));
        assert_eq!(detail.row.emergency, Some(EmergencyMark::ToReview));
        let emergency = detail.emergency.as_ref().expect("an emergency");
        assert_eq!(emergency.reason, "checkout is down, nobody answers");
        assert!(verbs(&detail).contains(&"change.break_glass"));

        let waits = async || {
            let overview = h.as_role(Role::Viewer).overview().await;
            let rows = overview.expect("an overview").to_review;
            rows.iter().map(|row| row.id).collect::<Vec<_>>()
        };
        assert_eq!(waits().await, [id]);
        let hash = detail.hash.clone();
        let review = |role: Role, text: &'static str| {
            let (backend, hash) = (h.as_role(role), hash.clone());
            async move { backend.review_change(id, hash, text.into()).await }
        };
        refused(review(Role::Operator, "fine").await, ErrorCode::Forbidden);
        refused(review(Role::Approver, " ").await, ErrorCode::Invalid);
        let told = h.as_role(Role::Approver).change(id).await;
        assert_eq!(told.expect("a change request").review_refused, None);
        review(Role::Approver, "it was right; the pager was silent")
            .await
            .expect("a review");
        refused(review(Role::Admin, "me too").await, ErrorCode::Conflict);
        assert!(waits().await.is_empty());
        let detail = h.change(id).await;
        assert_eq!(detail.row.emergency, Some(EmergencyMark::Reviewed));
        let review = detail.emergency.and_then(|emergency| emergency.review);
        assert_eq!(
            review.map(|review| review.text).as_deref(),
            Some("it was right; the pager was silent")
        );
        audit_is_whole(&h).await;
    }
);

story!(
    nobody_reviews_what_they_wrote_or_let_through,
    |h| async move {
        let change = at_least_now(&h, SCALED, 14).await;
        let author = h.as_role(Role::Approver);
        let id = author
            .propose_change(change.into(), None)
            .await
            .expect("proposed");
        break_glass(&h, Role::Admin, id, "it burns")
            .await
            .expect("the glass is broken");
        let hash = h.change(id).await.hash;
        for role in [Role::Approver, Role::Admin] {
            let backend = h.as_role(role);
            let answer = backend.review_change(id, hash.clone(), "fine".into()).await;
            refused(answer, ErrorCode::Forbidden);
        }
        let another = h.person("another", Role::Approver, Reach::All).await;
        let another = h.of(&another);
        let unseen = another.review_change(id, "x".into(), "fine".into()).await;
        refused(unseen, ErrorCode::Conflict);
        another
            .review_change(id, hash, "fine".into())
            .await
            .expect("a review");
    }
);

story!(
    the_glass_is_broken_for_what_was_seen_and_never_for_what_is_forbidden,
    |h| async move {
        let id = proposed(&h, at_least_now(&h, SCALED, 14).await).await;
        let viewer = break_glass(&h, Role::Viewer, id, "it burns").await;
        refused(viewer, ErrorCode::Forbidden);
        let operator = h.as_role(Role::Operator);
        let stale = operator
            .break_glass(id, "another".into(), "it burns".into())
            .await;
        refused(stale, ErrorCode::Conflict);
        // Somebody changes AWS by hand: the plan is another, and must be seen first.
        let target = h.live(SCALED).await.reference;
        h.by_hand(&Call::SetCapacity {
            target,
            capacity: CapacityChange {
                max: Some(30),
                ..CapacityChange::default()
            },
        })
        .await;
        let moved = break_glass(&h, Role::Operator, id, "it burns").await;
        refused(moved, ErrorCode::Conflict);
        assert_eq!(h.change(id).await.row.emergency, None);
        break_glass(&h, Role::Operator, id, "it burns")
            .await
            .expect("seen anew");
        let twice = break_glass(&h, Role::Operator, id, "it burns").await;
        refused(twice, ErrorCode::Conflict);
        h.drain().await;
        assert_eq!(h.change(id).await.row.state, ChangeState::Applied);

        // Another event on the same target is forbidden, glass or no glass.
        let hold = Hold::AtLeast;
        let soon = h.now().plus_ms(3 * HOUR_MS);
        let later = h
            .event(SCALED, hold, 15, Some(soon), soon.plus_ms(HOUR_MS))
            .await;
        let id = proposed(&h, later).await;
        h.step(2 * HOUR_MS + 59 * 60_000 + 30_000);
        let late = break_glass(&h, Role::Operator, id, "it burns").await;
        refused(late, ErrorCode::Invalid);
    }
);

story!(comments_are_told_live_and_kept_in_order, |h| async move {
    let id = proposed(&h, at_least_now(&h, SCALED, 14).await).await;
    let mut viewer = following(&h, Role::Viewer);
    h.drain().await;
    heard(&mut viewer).await;
    let say = |role: Role, text: String| {
        let backend = h.as_role(role);
        async move { backend.comment_on_change(id, text).await }
    };
    say(Role::Approver, "why 14?".into()).await.expect("said");
    h.step(1_000);
    say(Role::Operator, "12 was too few\nlast time".into())
        .await
        .expect("said");
    let detail = h.change(id).await;
    let said: Vec<_> = detail
        .comments
        .iter()
        .map(|comment| (comment.name.as_str(), comment.text.as_str()))
        .collect();
    assert_eq!(
        said,
        [
            ("approver", "why 14?"),
            ("operator", "12 was too few\nlast time")
        ]
    );
    assert!(verbs(&detail).contains(&"change.comment"));
    // Words change nothing: votes on the content stay as they are.
    assert_eq!(detail.revision, 1);
    refused(say(Role::Viewer, "hm".into()).await, ErrorCode::Forbidden);
    refused(say(Role::Operator, " ".into()).await, ErrorCode::Invalid);
    let long = "x".repeat(limits::NOTE_CHARS_MAX + 1);
    refused(say(Role::Operator, long).await, ErrorCode::Invalid);
    h.drain().await;
    let told = heard(&mut viewer).await;
    let about = |news: &News| matches!(news, News::Change { id: told, .. } if *told == id);
    assert!(told.iter().any(about), "{told:?}");
});

story!(
    an_edit_and_a_reach_keep_comments_where_they_belong,
    |h| async move {
        let id = proposed(&h, at_least_now(&h, SCALED, 14).await).await;
        let reach = Reach::Only(vec!["dev".into()]);
        let stranger = h.person("stranger", Role::Admin, reach).await;
        let stranger = h.of(&stranger);
        let answer = stranger.comment_on_change(id, "hello".into()).await;
        refused(answer, ErrorCode::NotFound);
        let answer = stranger.break_glass(id, "x".into(), "x".into()).await;
        refused(answer, ErrorCode::NotFound);
        let answer = stranger.review_change(id, "x".into(), "x".into()).await;
        refused(answer, ErrorCode::NotFound);
        let operator = h.as_role(Role::Operator);
        operator
            .comment_on_change(id, "one more is better".into())
            .await
            .expect("said");
        let Change::ScaleEvent(event) = at_least_now(&h, SCALED, 15).await else {
            panic!("a scale event");
        };
        let hash = h.change(id).await.hash;
        operator
            .edit_change(id, Change::ScaleEvent(event).into(), hash)
            .await
            .expect("edited");
        assert_eq!(h.change(id).await.comments.len(), 1);
    }
);
