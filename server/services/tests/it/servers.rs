//! Two servers on one database, two browsers at once.

use crate::story::{SCALED, at_least_later, at_least_now, audit_is_whole, proposed};
use api::{ErrorCode, system::WorkerReport};
use domain::{
    approvals::Vote,
    changes::ChangeState,
    people::{Reach, Role},
    time::{HOUR_MS, MINUTE_MS},
};
use services::work;
use testkit::story;

story!(two_servers_carry_each_step_out_once, |h| async move {
    let before = h.live(SCALED).await.capacity;
    let other = h.another(None).await;
    let id = h
        .approved(at_least_now(&h, SCALED, before.min + 4).await)
        .await;
    tokio::join!(work::run_once(&h.services), work::run_once(&other));
    // Whoever lost the race looks again.
    tokio::join!(work::run_once(&h.services), work::run_once(&other));
    let detail = h.change(id).await;
    assert_eq!(
        detail.row.state,
        ChangeState::Applied,
        "{:?}",
        detail.result
    );
    assert!(detail.steps.iter().all(|step| step.attempts == 1));
    assert_eq!(h.cloud.writes().len(), detail.steps.len());
    audit_is_whole(&h).await;
});

story!(one_of_two_servers_reads_each_scope, |h| async move {
    let other = h.another(None).await;
    tokio::join!(work::run_once(&h.services), work::run_once(&other));
    let rows = other.statuses.rows();
    let polls = rows
        .iter()
        .filter(|status| status.row().name.starts_with("poll"));
    assert!(polls.clone().count() > 0);
    for poll in polls {
        assert_eq!(poll.row().report, Some(WorkerReport::Elsewhere));
    }
    // The first one dies; the second takes over when the lease has run out.
    h.step(5 * MINUTE_MS);
    work::run_once(&other).await;
    let rows = other.statuses.rows();
    let mut polls = rows
        .iter()
        .filter(|status| status.row().name.starts_with("poll"));
    assert!(
        polls.all(|status| matches!(
            status.row().report,
            Some(WorkerReport::Read { alarms: 1.., .. })
        )),
        "{rows:?}"
    );
});

story!(two_approvers_at_once_one_wins, |h| async move {
    let id = proposed(&h, at_least_now(&h, SCALED, 8).await).await;
    let hash = h.change(id).await.hash;
    let (first, second) = (h.as_role(Role::Approver), h.as_role(Role::Admin));
    let vote = |backend: std::sync::Arc<dyn api::Backend>, hash: String| async move {
        backend
            .vote_change(id, Vote::Approve, hash, String::new())
            .await
    };
    let answers = tokio::join!(vote(first, hash.clone()), vote(second, hash));
    let mut answers = [answers.0, answers.1];
    answers.sort_by_key(Result::is_err);
    let [won, lost] = answers;
    won.expect("one vote counts");
    assert_eq!(
        lost.expect_err("the other comes too late").code,
        ErrorCode::Conflict
    );
    assert_eq!(h.change(id).await.votes.len(), 1);
});

story!(the_same_browser_twice_votes_once, |h| async move {
    let id = proposed(&h, at_least_now(&h, SCALED, 8).await).await;
    let hash = h.change(id).await.hash;
    let approver = h.as_role(Role::Approver);
    let vote = || approver.vote_change(id, Vote::Approve, hash.clone(), String::new());
    let (one, two) = tokio::join!(vote(), vote());
    assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
    assert_eq!(h.change(id).await.votes.len(), 1);
});

story!(
    two_events_on_one_target_are_not_both_approved,
    |h| async move {
        let one = proposed(&h, at_least_later(&h, SCALED, 8).await).await;
        let two = proposed(&h, at_least_later(&h, SCALED, 9).await).await;
        let (first, second) =
            tokio::join!(h.approve(Role::Approver, one), h.approve(Role::Admin, two));
        assert!(first.is_ok() != second.is_ok(), "{first:?} {second:?}");
        h.drain().await;
        let states = [h.change(one).await.row.state, h.change(two).await.row.state];
        assert_eq!(
            states
                .iter()
                .filter(|state| **state == ChangeState::Applied)
                .count(),
            1
        );
    }
);

story!(
    an_edit_and_a_vote_at_once_never_approve_the_unseen,
    |h| async move {
        let until = h.now().plus_ms(2 * HOUR_MS);
        let hold = domain::scale_events::Hold::AtLeast;
        let id = proposed(&h, h.event(SCALED, hold, 8, None, until).await).await;
        let hash = h.change(id).await.hash;
        let editor = h.person("editor", Role::Operator, Reach::All).await;
        let (editor, approver) = (h.of(&editor), h.as_role(Role::Approver));
        let edited = h.event(SCALED, hold, 9, None, until).await;
        let (edit, vote) = tokio::join!(
            editor.edit_change(id, edited.into(), hash.clone()),
            approver.vote_change(id, Vote::Approve, hash.clone(), String::new())
        );
        let detail = h.change(id).await;
        if edit.is_ok() {
            // Edited last or first: approved it is not.
            assert_eq!(detail.row.state, ChangeState::Proposed, "{vote:?}");
            assert_eq!(detail.row.approvals, 0);
        } else {
            vote.expect("the vote was first");
            assert_eq!(detail.hash, hash);
        }
    }
);
