//! Two events on one target never overlap.

use crate::story::{SCALED, applied, at_least_later, at_least_now, proposed, refused};
use api::ErrorCode;
use domain::{
    changes::ChangeState,
    checks::Finding,
    people::Role,
    scale_events::Hold,
    time::{HOUR_MS, MINUTE_MS},
};
use testkit::story;

story!(an_event_that_stands_keeps_its_target, |h| async move {
    let first = applied(&h, at_least_later(&h, SCALED, 8).await).await;
    let until = h.now().plus_ms(HOUR_MS);
    let overlapping = h.event(SCALED, Hold::AtLeast, 9, None, until).await;
    let operator = h.as_role(Role::Operator);
    let preview = operator
        .preview_change(overlapping.clone().into())
        .await
        .expect("a preview");
    let named = |finding: &Finding| matches!(finding, Finding::EventOverlap { change, .. } if *change == first);
    assert!(preview.blocked && preview.plan.findings.iter().any(named));
    refused(
        operator.propose_change(overlapping.into(), None).await,
        ErrorCode::Invalid,
    );
    // Another target is another matter.
    applied(&h, at_least_now(&h, "api-prod", 40).await).await;
});

story!(
    a_proposal_is_checked_again_when_it_is_approved,
    |h| async move {
        let one = proposed(&h, at_least_later(&h, SCALED, 8).await).await;
        let two = proposed(&h, at_least_later(&h, SCALED, 9).await).await;
        h.approve(Role::Approver, one).await.expect("an approval");
        let error = refused(h.approve(Role::Approver, two).await, ErrorCode::Invalid);
        assert!(
            error
                .fields
                .iter()
                .any(|field| field.message.contains(&one.to_string())),
            "{error:?}"
        );
        assert_eq!(h.change(two).await.row.state, ChangeState::Proposed);
    }
);

story!(
    the_next_event_keeps_clear_of_a_late_return,
    |h| async move {
        let first = applied(&h, at_least_now(&h, SCALED, 8).await).await;
        let until = h.change(first).await.row.until.expect("an end");
        h.step(until.since_ms(h.now()) + MINUTE_MS);
        let soon = h
            .event(SCALED, Hold::AtLeast, 9, None, h.now().plus_ms(HOUR_MS))
            .await;
        let operator = h.as_role(Role::Operator);
        refused(
            operator.propose_change(soon.into(), None).await,
            ErrorCode::Invalid,
        );
        h.step(2 * MINUTE_MS);
        applied(&h, at_least_now(&h, SCALED, 9).await).await;
    }
);
