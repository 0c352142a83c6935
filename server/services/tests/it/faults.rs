//! AWS fails as AWS fails: throttled, out of reach, denied.

use crate::story::{
    SCALED, at_least_later, at_least_now, audit_is_whole, has_action, refused, verbs,
};
use api::ErrorCode;
use domain::{
    changes::{ChangeState, StepState},
    people::{Reach, Role},
    plan::Call,
    time::MINUTE_MS,
};
use ports::CloudErrorKind;
use testkit::{Asked, Backing, Fault, Harness, HarnessConfig, story};

const fn is_set_capacity(asked: &Asked) -> bool {
    matches!(asked, Asked::CarryOut(Call::SetCapacity { .. }))
}

story!(throttled_for_a_minute_and_then_done, |h| async move {
    let before = h.live(SCALED).await.capacity;
    let id = h
        .approved(at_least_now(&h, SCALED, before.min + 4).await)
        .await;
    h.sandbox.fault(Fault::Throttled, 60);
    for _ in 0..10 {
        h.fast_forward(5_000).await;
    }
    let waiting = h.change(id).await;
    assert!(!waiting.row.state.is_final(), "{:?}", waiting.result);
    h.pass(3 * MINUTE_MS).await;
    let detail = h.change(id).await;
    assert_eq!(
        detail.row.state,
        ChangeState::Applied,
        "{:?}",
        detail.result
    );
    assert_eq!(h.live(SCALED).await.capacity.min, before.min + 4);
});

story!(
    a_throttled_step_is_tried_again_with_pauses,
    |h| async move {
        let before = h.live(SCALED).await.capacity;
        let id = h
            .approved(at_least_now(&h, SCALED, before.min + 4).await)
            .await;
        let throttled = |asked: &Asked| is_set_capacity(asked).then_some(CloudErrorKind::Throttled);
        h.cloud.script(Box::new(throttled));
        h.drain().await;
        let detail = h.change(id).await;
        assert_eq!(detail.row.state, ChangeState::Applying);
        let last = detail.steps.last().expect("steps");
        assert_eq!((last.state, last.attempts), (StepState::Begun, 1));
        assert!(
            last.error
                .as_deref()
                .is_some_and(|e| e.contains("throttling")),
            "{last:?}"
        );
        // Not before its pause has passed.
        h.drain().await;
        assert_eq!(h.change(id).await.steps.last().expect("steps").attempts, 1);
        h.fast_forward(2_000).await;
        assert_eq!(h.change(id).await.steps.last().expect("steps").attempts, 2);
        h.cloud.clear();
        h.fast_forward(MINUTE_MS).await;
        assert_eq!(h.change(id).await.row.state, ChangeState::Applied);
    }
);

story!(a_denied_step_undoes_what_was_done, |h| async move {
    let before = h.live(SCALED).await.capacity;
    let id = h
        .approved(at_least_now(&h, SCALED, before.min + 4).await)
        .await;
    let denied = |asked: &Asked| is_set_capacity(asked).then_some(CloudErrorKind::Denied);
    h.cloud.script(Box::new(denied));
    h.drain().await;
    let detail = h.change(id).await;
    assert_eq!(detail.row.state, ChangeState::Failed);
    assert_eq!(detail.steps.last().expect("steps").state, StepState::Failed);
    assert_eq!(detail.steps[0].state, StepState::Undone);
    assert!(
        detail.result.iter().any(|line| line.contains("failed")),
        "{:?}",
        detail.result
    );
    assert!(
        detail.result.iter().any(|line| line.contains("undone")),
        "{:?}",
        detail.result
    );
    assert!(!has_action(&h, SCALED, id, "return").await);
    assert_eq!(h.live(SCALED).await.capacity, before);
    assert!(verbs(&detail).contains(&"change.undo"));
    audit_is_whole(&h).await;
});

story!(a_kill_while_undoing_goes_on_undoing, |h| async move {
    let mut h = h;
    let id = h.approved(at_least_now(&h, SCALED, 40).await).await;
    let denied = |asked: &Asked| is_set_capacity(asked).then_some(CloudErrorKind::Denied);
    h.cloud.script(Box::new(denied));
    // Aborts at the first call that takes something back.
    let cloud = h.cloud.clone();
    let crash = move |point: services::work::CrashPoint| {
        let undone = |call: &Call| matches!(call, Call::DeleteScheduledAction { .. });
        point == services::work::CrashPoint::AfterCall && cloud.writes().iter().any(undone)
    };
    h.restart_with(std::sync::Arc::new(crash)).await;
    h.drain().await;
    assert_eq!(h.change(id).await.row.state, ChangeState::Applying);
    h.restart().await;
    h.fast_forward(2 * MINUTE_MS).await;
    let detail = h.change(id).await;
    assert_eq!(detail.row.state, ChangeState::Failed);
    assert_eq!(detail.steps[0].state, StepState::Undone);
    assert!(!has_action(&h, SCALED, id, "return").await);
});

story!(
    a_step_that_never_answers_is_given_up_and_undone,
    |h| async move {
        let before = h.live(SCALED).await.capacity;
        let id = h
            .approved(at_least_now(&h, SCALED, before.min + 4).await)
            .await;
        let limit = domain::limits::STEP_ATTEMPTS_MAX;
        let attempts = std::sync::atomic::AtomicU32::new(0);
        // The last undo answers: by then twice as many attempts have been made.
        h.cloud.script(Box::new(move |asked| {
            let silent = is_set_capacity(asked)
                && attempts.fetch_add(1, std::sync::atomic::Ordering::SeqCst) < limit;
            silent.then_some(CloudErrorKind::Unavailable)
        }));
        h.pass(15 * MINUTE_MS).await;
        let detail = h.change(id).await;
        assert_eq!(detail.row.state, ChangeState::Failed, "{:?}", detail.steps);
        // AWS may have heard of it: it is taken back all the same.
        assert!(
            detail
                .steps
                .iter()
                .all(|step| step.state == StepState::Undone)
        );
        assert!(!has_action(&h, SCALED, id, "return").await);
        let after = h.live(SCALED).await.capacity;
        assert_eq!((after.min, after.max), (before.min, before.max));
        assert!(
            detail.result.iter().any(|line| line.contains("failed")),
            "{:?}",
            detail.result
        );
    }
);

async fn unreachable_at_start(backing: Backing) {
    let config = HarnessConfig {
        backing,
        alarms: 60,
        approvals: std::collections::BTreeMap::new(),
    };
    let h = Harness::prepare(config).await;
    h.sandbox.fault(Fault::Unavailable, 120);
    h.drain().await;
    let viewer = h.as_role(Role::Viewer);
    let overview = viewer.overview().await.expect("the page is served");
    assert!(
        overview
            .scopes
            .iter()
            .all(|scope| scope.error.is_some() && scope.read_at.is_none())
    );
    assert!(overview.alarms.is_empty());
    let failed = h.services.statuses.rows();
    assert!(
        failed
            .iter()
            .any(|status| status.row().name.starts_with("poll") && status.failed())
    );

    h.fast_forward(3 * MINUTE_MS).await;
    let viewer = h.as_role(Role::Viewer);
    let overview = viewer.overview().await.expect("the page is served");
    assert!(
        overview
            .scopes
            .iter()
            .all(|scope| scope.error.is_none() && scope.read_at.is_some())
    );
    assert!(!overview.alarms.is_empty());
    // Again, with something to show: what was read last stays.
    h.sandbox.fault(Fault::Throttled, 60);
    h.fast_forward(30_000).await;
    let viewer = h.as_role(Role::Viewer);
    let overview = viewer.overview().await.expect("the page is served");
    assert!(
        overview
            .scopes
            .iter()
            .all(|scope| scope.error.is_some() && scope.read_at.is_some())
    );
    assert!(!overview.alarms.is_empty());
}

#[tokio::test]
async fn out_of_reach_at_the_start_it_serves_says_so_and_recovers_on_sqlite() {
    unreachable_at_start(Backing::Sqlite).await;
}

#[tokio::test]
async fn out_of_reach_at_the_start_it_serves_says_so_and_recovers_on_postgres() {
    if let Some(backing) = Backing::postgres() {
        unreachable_at_start(backing).await;
    }
}

story!(planning_without_aws_says_so, |h| async move {
    let id = crate::story::proposed(&h, at_least_later(&h, SCALED, 8).await).await;
    let change = at_least_now(&h, SCALED, 8).await;
    h.sandbox.fault(Fault::Unavailable, 60);
    let operator = h.as_role(Role::Operator);
    refused(
        operator.preview_change(change.clone().into()).await,
        ErrorCode::Unavailable,
    );
    refused(
        operator.propose_change(change.into(), None).await,
        ErrorCode::Unavailable,
    );
    refused(h.approve(Role::Approver, id).await, ErrorCode::Unavailable);
    // Saying no needs nobody's answer.
    let approver = h.as_role(Role::Approver);
    let hash = approver.change(id).await.expect("a change request").hash;
    let vote = domain::approvals::Vote::Reject;
    approver
        .vote_change(id, vote, hash, "not today".into())
        .await
        .expect("a rejection");
    let target = h.target_id(SCALED).await;
    let detail = h
        .as_role(Role::Viewer)
        .target(target)
        .await
        .expect("as last read");
    assert!(detail.activities_note.is_some());
});

story!(
    what_the_role_may_not_read_is_told_with_the_call,
    |h| async move {
        h.sandbox.fault(Fault::Denied, 60);
        h.fast_forward(15_000).await;
        let admin = h
            .as_role(Role::Admin)
            .system()
            .await
            .expect("the system page");
        let error = admin.scopes[0].error.clone().expect("an error");
        assert!(error.contains(':'), "names the call: {error}");
        // A viewer learns that it fails, not in whose words.
        let viewer = h
            .as_role(Role::Viewer)
            .overview()
            .await
            .expect("an overview");
        let shown = viewer.scopes[0].error.clone().expect("an error");
        assert!(
            error.starts_with(&shown) && shown.len() < error.len(),
            "{shown}"
        );
        // Nor in an answer, nor beside a chart.
        let change = at_least_now(&h, SCALED, 8).await;
        let told = async |role| {
            let preview = h.as_role(role).preview_change(change.clone().into()).await;
            preview.expect_err("no answer").message
        };
        let (full, short) = (told(Role::Admin).await, told(Role::Operator).await);
        assert!(
            full.starts_with(&short) && short.len() < full.len(),
            "{short}"
        );
        let target = h.target_id(SCALED).await;
        let detail = h.as_role(Role::Viewer).target(target).await;
        let note = detail.expect("as last read").activities_note;
        assert_eq!(note.as_deref(), Some(shown.as_str()));
    }
);

story!(
    who_may_mend_a_failed_step_reads_awss_own_words,
    |h| async move {
        let id = h.approved(at_least_now(&h, SCALED, 40).await).await;
        let denied = |asked: &Asked| is_set_capacity(asked).then_some(CloudErrorKind::Denied);
        h.cloud.script(Box::new(denied));
        h.drain().await;
        let told = async |person: &testkit::Person| {
            let detail = h.of(person).change(id).await.expect("a change request");
            let errors = detail.steps.into_iter().filter_map(|step| step.error);
            let story = detail.story.into_iter().map(|line| line.detail);
            [errors.collect(), detail.result, story.collect()].map(|texts: Vec<String>| {
                let words = |text: &String| text.contains("test:Scripted: the story wants it so");
                (texts.iter().any(words), texts)
            })
        };
        let here = Reach::Only(vec!["prod".into()]);
        let here = h.person("prod-operator", Role::Operator, here).await;
        let everywhere = h.people["operator"].clone();
        for mender in [here, everywhere, h.people["admin"].clone()] {
            for (words, texts) in told(&mender).await {
                assert!(words, "{}: {texts:?}", mender.name);
            }
        }
        // Who only looks learns what kind of failure it was, not in whose words.
        for (words, texts) in told(&h.people["viewer"]).await {
            assert!(!words, "{texts:?}");
            let kind = texts
                .iter()
                .any(|text| text.contains("may not do this in AWS"));
            assert!(kind, "{texts:?}");
        }
    }
);

story!(
    what_cannot_be_read_back_ends_as_not_verified,
    |h| async move {
        let before = h.live(SCALED).await.capacity;
        let id = h
            .approved(at_least_now(&h, SCALED, before.min + 4).await)
            .await;
        // The credentials expire with the last call.
        let cloud = h.cloud.clone();
        h.cloud.script(Box::new(move |asked| {
            let raised = cloud.writes().len() >= 2;
            let read = matches!(asked, Asked::Target(_) | Asked::Targets(_));
            (raised && read).then_some(CloudErrorKind::Credentials)
        }));
        h.drain().await;
        assert_eq!(h.cloud.writes().len(), 2);
        h.pass(10 * MINUTE_MS).await;
        assert_eq!(h.change(id).await.row.state, ChangeState::Applying);
        h.pass(25 * MINUTE_MS).await;
        let detail = h.change(id).await;
        assert_eq!(detail.row.state, ChangeState::AppliedWithDifference);
        let [line] = detail.result.as_slice() else {
            panic!("{:?}", detail.result);
        };
        assert!(line.starts_with("Not verified"), "{line}");
        assert!(line.contains("read back since 2026-03-02 09:0"), "{line}");
        let ended = detail.story.last().expect("a story");
        assert_eq!(ended.action, "change.applied");
        assert!(ended.detail.contains("credentials"), "{}", ended.detail);
        // What was raised is watched, and goes back.
        h.cloud.clear();
        h.pass(2 * MINUTE_MS).await;
        let viewer = h.as_role(Role::Viewer);
        assert_eq!(viewer.overview().await.expect("an overview").drift, []);
        // The first reading that comes through makes up for it, and says so.
        let detail = h.change(id).await;
        assert_eq!(detail.row.state, ChangeState::Applied);
        assert!(detail.result.is_empty(), "{:?}", detail.result);
        let verified = detail.story.last().expect("a story");
        assert_eq!(verified.action, "change.verified");
        let shown = h.live(SCALED).await.capacity.to_string();
        assert!(verified.detail.contains(&shown), "{}", verified.detail);
        h.fast_forward(3 * domain::time::HOUR_MS).await;
        assert_eq!(verbs(&h.change(id).await).last(), Some(&"event.return"));
        assert_eq!(h.live(SCALED).await.capacity.min, before.min);
        audit_is_whole(&h).await;
    }
);

story!(
    what_is_read_back_late_and_differs_stays_different,
    |h| async move {
        let before = h.live(SCALED).await;
        let change = at_least_now(&h, SCALED, before.capacity.min + 4).await;
        let id = h.approved(change).await;
        let cloud = h.cloud.clone();
        h.cloud.script(Box::new(move |asked| {
            let raised = cloud.writes().len() >= 2;
            (raised && matches!(asked, Asked::Target(_))).then_some(CloudErrorKind::Denied)
        }));
        h.drain().await;
        let detail = h.change(id).await;
        assert_eq!(detail.row.state, ChangeState::AppliedWithDifference);
        // Meanwhile somebody takes the way back out.
        h.by_hand(&Call::DeleteScheduledAction {
            target: before.reference,
            name: domain::plan::action_name(id, "return"),
        })
        .await;
        h.cloud.clear();
        h.pass(2 * MINUTE_MS).await;
        let detail = h.change(id).await;
        assert_eq!(detail.row.state, ChangeState::AppliedWithDifference);
        assert!(detail.result[0].contains("missing"), "{:?}", detail.result);
        let said = verbs(&detail);
        let verified = said.iter().filter(|verb| **verb == "change.verified");
        assert_eq!(verified.count(), 1, "{said:?}");
    }
);

story!(no_outage_is_waited_out_for_ever_by_a_step, |h| async move {
    let from = h.now().plus_ms(20 * MINUTE_MS);
    let until = from.plus_ms(2 * domain::time::HOUR_MS);
    let hold = domain::scale_events::Hold::AtLeast;
    let id = h
        .approved(h.event(SCALED, hold, 40, Some(from), until).await)
        .await;
    // The start is put, but nobody hears the answer, and then AWS is gone.
    let silent = |asked: &Asked| {
        let starts = matches!(asked, Asked::CarryOut(Call::PutScheduledAction { action, .. })
                if action.name.ends_with("-start"));
        starts.then_some(CloudErrorKind::Unavailable)
    };
    h.cloud.script(Box::new(silent));
    h.drain().await;
    assert_eq!(h.change(id).await.row.state, ChangeState::Applying);
    h.cloud
        .script(Box::new(|_| Some(CloudErrorKind::Credentials)));
    h.pass(25 * MINUTE_MS).await;
    assert_eq!(h.change(id).await.row.state, ChangeState::Applying);
    h.pass(40 * MINUTE_MS).await;
    let detail = h.change(id).await;
    assert_eq!(detail.row.state, ChangeState::Failed, "{:?}", detail.steps);
    assert!(!detail.result.is_empty());
});
