//! Nobody approves what they had a hand in, in any role.

use crate::story::{at_least_now, proposed, refused};
use api::ErrorCode;
use domain::{
    approvals::Vote,
    changes::{Change, ChangeState},
    people::{Reach, Role},
};
use testkit::{Harness, Person, story};

async fn vote(
    h: &Harness,
    person: &Person,
    id: domain::ids::ChangeId,
    vote: Vote,
) -> api::ApiResult<()> {
    let backend = h.of(person);
    let hash = backend.change(id).await?.hash;
    backend.vote_change(id, vote, hash, String::new()).await
}

story!(the_author_never_votes_in_any_role, |h| async move {
    for role in [Role::Operator, Role::Approver, Role::Admin] {
        let author = h.people[role.as_str()].clone();
        let change = at_least_now(&h, "web-prod", 8).await;
        let id = h
            .of(&author)
            .propose_change(change, None)
            .await
            .expect("a proposal");
        for ballot in [Vote::Approve, Vote::Reject] {
            refused(vote(&h, &author, id, ballot).await, ErrorCode::Forbidden);
        }
        let detail = h.of(&author).change(id).await.expect("a change request");
        assert!(detail.approve_refused.is_some() && detail.reject_refused.is_some());
        assert_eq!(detail.row.state, ChangeState::Proposed);
        assert_eq!(detail.row.approvals, 0);
    }
});

story!(whoever_edited_it_is_an_author_too, |h| async move {
    let id = proposed(&h, at_least_now(&h, "web-prod", 8).await).await;
    let editor = h.person("editor", Role::Admin, Reach::All).await;
    let seen = h.of(&editor).change(id).await.expect("a change request");
    let Change::ScaleEvent(event) = seen.row.change else {
        panic!("a scale event");
    };
    let edited = Change::ScaleEvent(domain::scale_events::ScaleEvent { count: 9, ..event });
    h.of(&editor)
        .edit_change(id, edited, seen.hash)
        .await
        .expect("an edit");

    refused(
        vote(&h, &editor, id, Vote::Approve).await,
        ErrorCode::Forbidden,
    );
    let operator = h.people["operator"].clone();
    refused(
        vote(&h, &operator, id, Vote::Approve).await,
        ErrorCode::Forbidden,
    );
    let detail = h.change(id).await;
    assert_eq!(detail.authors, ["operator", "editor"]);
    assert_eq!(detail.revision, 2);
    h.approve(Role::Approver, id).await.expect("an approval");
    assert_eq!(h.change(id).await.row.state, ChangeState::Approved);
});

story!(viewers_and_operators_do_not_decide, |h| async move {
    let id = proposed(&h, at_least_now(&h, "web-prod", 8).await).await;
    let colleague = h.person("colleague", Role::Operator, Reach::All).await;
    for person in [&h.people["viewer"], &colleague] {
        let error = refused(
            vote(&h, person, id, Vote::Approve).await,
            ErrorCode::Forbidden,
        );
        assert!(error.message.contains("approver"), "{}", error.message);
    }
    let viewer = h.as_role(Role::Viewer);
    let change = at_least_now(&h, "web-prod", 8).await;
    refused(
        viewer.propose_change(change, None).await,
        ErrorCode::Forbidden,
    );
});

story!(one_vote_against_is_enough_and_final, |h| async move {
    let id = proposed(&h, at_least_now(&h, "web-prod", 8).await).await;
    let approver = h.people["approver"].clone();
    vote(&h, &approver, id, Vote::Reject)
        .await
        .expect("a rejection");
    assert_eq!(h.change(id).await.row.state, ChangeState::Rejected);
    refused(h.approve(Role::Admin, id).await, ErrorCode::Conflict);
    h.drain().await;
    assert_eq!(h.cloud.writes(), []);
});

story!(a_vote_names_what_its_voter_saw, |h| async move {
    let id = proposed(&h, at_least_now(&h, "web-prod", 8).await).await;
    let approver = h.as_role(Role::Approver);
    let stale = approver
        .vote_change(id, Vote::Approve, "1-beef".into(), String::new())
        .await;
    refused(stale, ErrorCode::Conflict);
    assert_eq!(h.change(id).await.row.state, ChangeState::Proposed);
});

story!(only_an_author_withdraws, |h| async move {
    let id = proposed(&h, at_least_now(&h, "web-prod", 8).await).await;
    refused(
        h.as_role(Role::Admin).withdraw_change(id).await,
        ErrorCode::Forbidden,
    );
    h.as_role(Role::Operator)
        .withdraw_change(id)
        .await
        .expect("a withdrawal");
    assert_eq!(h.change(id).await.row.state, ChangeState::Withdrawn);
    refused(h.approve(Role::Approver, id).await, ErrorCode::Conflict);
});

story!(a_key_makes_a_repeat_harmless, |h| async move {
    let operator = h.as_role(Role::Operator);
    let change = at_least_now(&h, "web-prod", 8).await;
    let key = || Some("deploy-42".to_owned());
    let first = operator
        .propose_change(change.clone(), key())
        .await
        .expect("a proposal");
    let again = operator
        .propose_change(change.clone(), key())
        .await
        .expect("the same");
    assert_eq!(first, again);
    let another = at_least_now(&h, "web-prod", 9).await;
    refused(
        operator.propose_change(another, key()).await,
        ErrorCode::Conflict,
    );
    let admin = h.as_role(Role::Admin);
    let other = admin
        .propose_change(change.clone(), key())
        .await
        .expect("another author's own");
    assert_ne!(first, other);
    for bad in ["", "a b", &"x".repeat(65)] {
        refused(
            operator
                .propose_change(change.clone(), Some(bad.into()))
                .await,
            ErrorCode::Invalid,
        );
    }
});
