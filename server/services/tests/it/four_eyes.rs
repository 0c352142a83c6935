//! Nobody approves what they had a hand in, in any role.

use crate::story::{SCALED, at_least_later, at_least_now, proposed, refused};
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
    let note = match vote {
        Vote::Approve => String::new(),
        Vote::Reject => "not on a Friday".into(),
    };
    backend.vote_change(id, vote, hash, note).await
}

story!(the_author_never_votes_in_any_role, |h| async move {
    for role in [Role::Operator, Role::Approver, Role::Admin] {
        let author = h.people[role.as_str()].clone();
        let change = at_least_now(&h, "web-prod", 8).await;
        let id = h
            .of(&author)
            .propose_change(change.into(), None)
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
        .edit_change(id, edited.into(), seen.hash)
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
        viewer.propose_change(change.into(), None).await,
        ErrorCode::Forbidden,
    );
});

story!(one_vote_against_is_enough_and_final, |h| async move {
    let id = proposed(&h, at_least_now(&h, "web-prod", 8).await).await;
    let approver = h.people["approver"].clone();
    let (backend, hash) = (h.of(&approver), h.change(id).await.hash);
    let silent = backend.vote_change(id, Vote::Reject, hash, " ".into());
    let error = refused(silent.await, ErrorCode::Invalid);
    assert_eq!(error.fields[0].field, "note", "the author is told why");
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
        .propose_change(change.clone().into(), key())
        .await
        .expect("a proposal");
    let again = operator
        .propose_change(change.clone().into(), key())
        .await
        .expect("the same");
    assert_eq!(first, again);
    let another = at_least_now(&h, "web-prod", 9).await;
    refused(
        operator.propose_change(another.into(), key()).await,
        ErrorCode::Conflict,
    );
    let admin = h.as_role(Role::Admin);
    let other = admin
        .propose_change(change.clone().into(), key())
        .await
        .expect("another author's own");
    assert_ne!(first, other);
    for bad in ["", "a b", &"x".repeat(65)] {
        refused(
            operator
                .propose_change(change.clone().into(), Some(bad.into()))
                .await,
            ErrorCode::Invalid,
        );
    }
});

story!(a_repeat_is_compared_with_what_was_posted, |h| async move {
    let operator = h.as_role(Role::Operator);
    let key = || Some("deploy-43".to_owned());
    let posted = at_least_now(&h, "web-prod", 8).await;
    let id = operator
        .propose_change(posted.clone().into(), key())
        .await
        .expect("a proposal");
    let edited = at_least_now(&h, "web-prod", 9).await;
    let hash = operator.change(id).await.expect("it").hash;
    operator
        .edit_change(id, edited.clone().into(), hash)
        .await
        .expect("an edit");
    // The answer to the post was lost; its repeat is still the same post.
    let again = operator.propose_change(posted.into(), key()).await;
    assert_eq!(again.expect("the same"), id);
    // What it was edited into was never posted with this key.
    let other = operator.propose_change(edited.into(), key()).await;
    refused(other, ErrorCode::Conflict);
});

async fn more_are_asked_for(h: &mut Harness) {
    h.reconfigure(|settings| {
        settings.approvals.insert("prod".into(), 2);
    })
    .await;
}

story!(approvals_asked_for_later_count_at_once, |h| async move {
    let mut h = h;
    let id = proposed(&h, at_least_now(&h, "web-prod", 40).await).await;
    assert_eq!(h.change(id).await.row.approvals_needed, 1);
    more_are_asked_for(&mut h).await;
    assert_eq!(h.change(id).await.row.approvals_needed, 2);
    let rows = h
        .as_role(Role::Approver)
        .list_changes(api::changes::ChangeQuery::default())
        .await
        .expect("a page")
        .rows;
    assert_eq!(rows[0].approvals_needed, 2);
    h.approve(Role::Approver, id).await.expect("one of two");
    h.drain().await;
    assert_eq!(h.change(id).await.row.state, ChangeState::Proposed);
    h.approve(Role::Admin, id).await.expect("two of two");
    h.drain().await;
    assert_eq!(h.change(id).await.row.state, ChangeState::Applied);
    // What was decided stays as it was decided.
    h.reconfigure(|settings| {
        settings.approvals.insert("prod".into(), 5);
    })
    .await;
    assert_eq!(h.change(id).await.row.approvals_needed, 2);
});

story!(
    approvals_asked_for_before_it_is_applied_void_too_few,
    |h| async move {
        let mut h = h;
        let id = h.approved(at_least_now(&h, "web-prod", 40).await).await;
        more_are_asked_for(&mut h).await;
        h.drain().await;
        let detail = h.change(id).await;
        assert_eq!(detail.row.state, ChangeState::Proposed);
        assert_eq!((detail.row.approvals, detail.row.approvals_needed), (0, 2));
        let void = detail
            .story
            .iter()
            .find(|line| line.action == "change.void");
        let told = &void.expect("a line of the story").detail;
        assert!(told.contains("More approvals are needed"), "{told}");
        assert_eq!(h.cloud.writes(), []);
    }
);

story!(an_edit_says_what_it_changed, |h| async move {
    let mut h = h;
    let id = proposed(&h, at_least_now(&h, "web-prod", 8).await).await;
    let seen = h.change(id).await;
    let Change::ScaleEvent(event) = seen.row.change else {
        panic!("a scale event");
    };
    let edited = domain::scale_events::ScaleEvent {
        count: 9,
        from: Some(h.now().plus_ms(30 * 60_000)),
        reason: "one more".into(),
        ..event
    };
    let operator = h.as_role(Role::Operator);
    operator
        .edit_change(id, Change::ScaleEvent(edited).into(), seen.hash)
        .await
        .expect("an edit");
    let told = async |h: &Harness| {
        let story = h.change(id).await.story;
        let line = story.into_iter().find(|line| line.action == "change.edit");
        line.expect("a line of the story").detail
    };
    assert_eq!(
        told(&h).await,
        "Capacity: at least 8 → at least 9. Start: when approved → 2026-03-02 09:30. \
         Reason: “registration opens” → “one more”."
    );
    h.lang = domain::i18n::Lang::Ko;
    let korean = told(&h).await;
    assert!(korean.starts_with("용량: 8 이상 → 9 이상."), "{korean}");
});

story!(a_text_that_is_too_long_is_refused_not_cut, |h| async move {
    let long = "가".repeat(domain::limits::NOTE_CHARS_MAX + 1);
    let search = "x".repeat(domain::limits::SEARCH_CHARS_MAX + 1);
    let operator = h.as_role(Role::Operator);
    let approver = h.as_role(Role::Approver);
    let Change::ScaleEvent(event) = at_least_now(&h, "web-prod", 8).await else {
        panic!("a scale event");
    };
    let wordy = Change::ScaleEvent(domain::scale_events::ScaleEvent {
        reason: long.clone(),
        ..event.clone()
    });
    let id = proposed(&h, Change::ScaleEvent(event)).await;
    let hash = h.change(id).await.hash;
    let check = |error: api::ApiError, field: &str| {
        assert_eq!(error.fields[0].field, field, "{error:?}");
        assert!(error.fields[0].message.starts_with("Longer than"));
    };
    let invalid = ErrorCode::Invalid;
    let proposal = operator.propose_change(wordy.clone().into(), None).await;
    check(refused(proposal, invalid), "reason");
    let edit = operator.edit_change(id, wordy.into(), hash.clone()).await;
    check(refused(edit, invalid), "reason");
    let vote = approver.vote_change(id, Vote::Reject, hash, long).await;
    check(refused(vote, invalid), "note");
    let query = api::changes::ChangeQuery {
        text: search.clone(),
        ..Default::default()
    };
    check(refused(operator.list_changes(query).await, invalid), "text");
    let query = api::alarms::AlarmQuery {
        text: search.clone(),
        ..Default::default()
    };
    check(refused(operator.list_alarms(query).await, invalid), "text");
    let query = api::capacity::TargetQuery {
        text: search.clone(),
        ..Default::default()
    };
    check(refused(operator.list_targets(query).await, invalid), "text");
    let query = api::audit::AuditQuery {
        person: search,
        ..Default::default()
    };
    check(refused(approver.list_audit(query).await, invalid), "person");
});

story!(the_log_names_what_its_entries_are_about, |h| async move {
    let id = proposed(&h, at_least_later(&h, SCALED, 40).await).await;
    let named = async |subject: String| {
        let query = api::audit::AuditQuery {
            subject,
            ..api::audit::AuditQuery::default()
        };
        let log = h.as_role(Role::Admin).list_audit(query).await;
        log.expect("the audit log").rows[0].subject_name.clone()
    };
    assert_eq!(
        named(id.to_string()).await,
        format!("{SCALED}: at least 40")
    );
});
