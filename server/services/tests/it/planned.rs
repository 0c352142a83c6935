//! Changes that are approved now and carried out at a time: not before it, not long after
//! it, and not if another plan would be carried out than was approved.

use crate::{
    levels::{DATABASE, MACHINES},
    power::switched,
    story::{SCALED, at_least_now, audit_is_whole, called, proposed, refused, verbs},
};
use api::{ErrorCode, changes::ChangeQuery, freezes::NewFreeze};
use domain::{
    changes::{ChangeState, Proposal},
    checks::frozen,
    limits,
    people::Role,
    plan::Call,
    schedules::Power,
    time::{DAY_MS, HOUR_MS, MINUTE_MS, Timestamp},
};
use ports::CloudErrorKind;
use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};
use testkit::{Backing, Harness, story};

/// The database stopped so long from now.
async fn stop_in(h: &Harness, ms: i64) -> Proposal {
    planned(h, DATABASE, h.now().plus_ms(ms)).await
}

async fn planned(h: &Harness, target: &str, at: Timestamp) -> Proposal {
    Proposal {
        planned_for: Some(at),
        ..switched(h, target, Power::Stopped).await.into()
    }
}

story!(what_is_planned_is_carried_out_at_its_time, |h| async move {
    let wanted = stop_in(&h, 3 * HOUR_MS).await;
    let at = wanted.planned_for.expect("a time");
    let id = h.approved(wanted).await;
    h.fast_forward(3 * HOUR_MS - MINUTE_MS).await;
    let detail = h.change(id).await;
    assert_eq!(detail.row.state, ChangeState::Approved);
    assert_eq!(
        (detail.row.planned_for, detail.row.from),
        (Some(at), Some(at))
    );
    assert_eq!(h.cloud.writes(), []);
    h.fast_forward(MINUTE_MS).await;
    assert_eq!(h.change(id).await.row.state, ChangeState::Applied);
    assert_eq!(called(&h.cloud.writes()), ["rds:StopDBInstance"]);
    assert_eq!(h.live(DATABASE).await.power(), Some(Power::Stopped));
    audit_is_whole(&h).await;
});

story!(a_time_that_makes_no_sense_is_refused, |h| async move {
    let operator = h.as_role(Role::Operator);
    let event = Proposal {
        planned_for: Some(h.now().plus_ms(HOUR_MS)),
        ..at_least_now(&h, SCALED, 14).await.into()
    };
    let far = stop_in(&h, limits::PLANNED_AHEAD_MS_MAX + MINUTE_MS).await;
    for wrong in [
        stop_in(&h, -MINUTE_MS).await,
        stop_in(&h, 0).await,
        far,
        event,
    ] {
        let preview = operator.preview_change(wrong.clone()).await;
        let told = refused(preview, ErrorCode::Invalid);
        assert_eq!(told.fields[0].field, "planned_for", "{wrong:?}");
        refused(
            operator.propose_change(wrong, None).await,
            ErrorCode::Invalid,
        );
    }
});

story!(a_freeze_holds_what_is_planned_inside_it, |h| async move {
    let freeze = NewFreeze {
        name: "tonight".into(),
        environments: Vec::new(),
        from: h.now().plus_ms(2 * HOUR_MS),
        until: h.now().plus_ms(4 * HOUR_MS),
        reason: "do not touch".into(),
    };
    let admin = h.as_role(Role::Admin);
    admin.declare_freeze(freeze).await.expect("a freeze");
    let operator = h.as_role(Role::Operator);
    for (ms, held) in [(HOUR_MS, false), (3 * HOUR_MS, true), (4 * HOUR_MS, false)] {
        let preview = operator.preview_change(stop_in(&h, ms).await).await;
        let findings = preview.expect("a preview").plan.findings;
        assert_eq!(frozen(&findings), held, "in {ms} ms");
    }
    let id = proposed(&h, stop_in(&h, 3 * HOUR_MS).await).await;
    refused(h.approve(Role::Approver, id).await, ErrorCode::Forbidden);
    let waiting = |role: Role| {
        let backend = h.as_role(role);
        async move {
            let query = ChangeQuery {
                waiting_for_me: true,
                ..ChangeQuery::default()
            };
            backend.list_changes(query).await.expect("a page").total
        }
    };
    assert_eq!(
        (waiting(Role::Approver).await, waiting(Role::Admin).await),
        (0, 1)
    );
    h.approve(Role::Admin, id).await.expect("a freeze approver");
    h.fast_forward(3 * HOUR_MS).await;
    assert_eq!(h.change(id).await.row.state, ChangeState::Applied);
});

story!(another_time_makes_the_votes_void, |h| async move {
    let id = h.approved(stop_in(&h, HOUR_MS).await).await;
    let seen = h.change(id).await;
    let later = stop_in(&h, 2 * HOUR_MS).await;
    let operator = h.as_role(Role::Operator);
    operator
        .edit_change(id, later, seen.hash.clone())
        .await
        .expect("an edit");
    let detail = h.change(id).await;
    assert_ne!(detail.hash, seen.hash);
    assert!(detail.votes.iter().all(|vote| vote.void));
    let told = &detail.story.last().expect("a story").detail;
    assert!(
        told.contains("10:00 → ") && told.contains("11:00"),
        "{told}"
    );
    h.fast_forward(HOUR_MS).await;
    assert_eq!(h.change(id).await.row.state, ChangeState::Proposed);
    h.approve(Role::Approver, id).await.expect("an approval");
    h.fast_forward(HOUR_MS).await;
    assert_eq!(h.change(id).await.row.state, ChangeState::Applied);
});

story!(
    another_plan_at_its_time_makes_the_votes_void,
    |h| async move {
        let at = h.now().plus_ms(HOUR_MS);
        let id = h.approved(planned(&h, MACHINES, at).await).await;
        let live = h.live(MACHINES).await;
        let one = live.instances.first().expect("a machine").id.clone();
        h.by_hand(&Call::SetPower {
            target: live.reference,
            power: Power::Stopped,
            instances: vec![one],
        })
        .await;
        h.fast_forward(HOUR_MS).await;
        let detail = h.change(id).await;
        assert_eq!(
            (detail.row.state, detail.revision),
            (ChangeState::Proposed, 2)
        );
        assert!(verbs(&detail).contains(&"change.void"));
        assert_eq!(h.cloud.writes(), []);
    }
);

story!(
    what_nobody_approves_in_time_expires_and_says_so,
    |h| async move {
        let id = proposed(&h, stop_in(&h, HOUR_MS).await).await;
        h.fast_forward(2 * HOUR_MS - MINUTE_MS).await;
        assert_eq!(h.change(id).await.row.state, ChangeState::Proposed);
        h.fast_forward(MINUTE_MS).await;
        let detail = h.change(id).await;
        assert_eq!(detail.row.state, ChangeState::Expired);
        assert!(detail.result[0].contains("approved"), "{:?}", detail.result);
    }
);

story!(
    what_cannot_be_begun_in_time_expires_and_says_so,
    |h| async move {
        let id = h.approved(stop_in(&h, HOUR_MS).await).await;
        h.cloud
            .script(Box::new(|_| Some(CloudErrorKind::Unavailable)));
        h.pass(2 * HOUR_MS - MINUTE_MS).await;
        assert_eq!(h.change(id).await.row.state, ChangeState::Approved);
        h.cloud.clear();
        // The console itself is down until the time is over.
        h.step(MINUTE_MS);
        h.drain().await;
        let detail = h.change(id).await;
        assert_eq!(detail.row.state, ChangeState::Expired);
        assert!(detail.result[0].contains("begun"), "{:?}", detail.result);
        h.fast_forward(DAY_MS).await;
        assert_eq!(h.cloud.writes(), []);
        audit_is_whole(&h).await;
    }
);

story!(
    until_its_time_it_is_withdrawn_but_no_emergency,
    |h| async move {
        let id = proposed(&h, stop_in(&h, HOUR_MS).await).await;
        let hash = h.change(id).await.hash;
        let admin = h.as_role(Role::Admin);
        let told = refused(
            admin.break_glass(id, hash, "it burns".into()).await,
            ErrorCode::Conflict,
        );
        assert!(told.message.contains("planned"), "{}", told.message);
        h.approve(Role::Approver, id).await.expect("an approval");
        let operator = h.as_role(Role::Operator);
        operator.withdraw_change(id).await.expect("withdrawn");
        h.fast_forward(HOUR_MS).await;
        assert_eq!(h.change(id).await.row.state, ChangeState::Withdrawn);
        assert_eq!(h.cloud.writes(), []);
    }
);

story!(a_key_is_for_one_time, |h| async move {
    let operator = h.as_role(Role::Operator);
    let key = || Some("tonight".to_owned());
    let first = stop_in(&h, HOUR_MS).await;
    let id = operator.propose_change(first.clone(), key()).await;
    let id = id.expect("a proposal");
    let again = operator.propose_change(first, key()).await;
    assert_eq!(again.expect("the same"), id);
    let later = stop_in(&h, 2 * HOUR_MS).await;
    refused(
        operator.propose_change(later, key()).await,
        ErrorCode::Conflict,
    );
});

#[tokio::test]
async fn a_kill_between_any_two_writes_at_its_time_carries_it_out_once() {
    let mut point = 0;
    loop {
        let mut h = Harness::start(Backing::Sqlite).await;
        let id = h.approved(stop_in(&h, HOUR_MS).await).await;
        h.step(HOUR_MS);
        let passed = Arc::new(AtomicU32::new(0));
        let counter = passed.clone();
        let crash = move |_| counter.fetch_add(1, Ordering::SeqCst) == point;
        h.restart_with(Arc::new(crash)).await;
        h.drain().await;
        let killed = passed.load(Ordering::SeqCst) > point;
        h.restart().await;
        h.fast_forward(2 * MINUTE_MS).await;
        let detail = h.change(id).await;
        assert_eq!(
            detail.row.state,
            ChangeState::Applied,
            "killed at {point}: {:?}",
            detail.result
        );
        assert_eq!(h.cloud.writes().len(), 1, "killed at {point}");
        audit_is_whole(&h).await;
        if !killed {
            break;
        }
        point += 1;
    }
    assert!(point > 6, "{point}");
}
