//! Words that the stories share.

use api::{ApiError, ErrorCode, changes::ChangeDetail};
use domain::{
    changes::{Change, ChangeState, Proposal},
    ids::ChangeId,
    people::Role,
    plan::{Call, action_name},
    scale_events::Hold,
    time::{HOUR_MS, MINUTE_MS},
};
use testkit::Harness;

/// A group that a policy scales.
pub const SCALED: &str = "web-prod";

/// "At least `count` on the target, from now, for two hours."
pub async fn at_least_now(h: &Harness, target: &str, count: u32) -> Change {
    let until = h.now().plus_ms(2 * HOUR_MS);
    h.event(target, Hold::AtLeast, count, None, until).await
}

/// "At least `count` on the target, in half an hour, for two hours."
pub async fn at_least_later(h: &Harness, target: &str, count: u32) -> Change {
    let from = h.now().plus_ms(30 * MINUTE_MS);
    let until = from.plus_ms(2 * HOUR_MS);
    h.event(target, Hold::AtLeast, count, Some(from), until)
        .await
}

/// Proposed by the operator.
pub async fn proposed(h: &Harness, proposal: impl Into<Proposal>) -> ChangeId {
    let operator = h.as_role(Role::Operator);
    operator
        .propose_change(proposal.into(), None)
        .await
        .expect("a proposal")
}

/// Approved and carried out.
pub async fn applied(h: &Harness, change: Change) -> ChangeId {
    let id = h.approved(change).await;
    h.drain().await;
    let detail = h.change(id).await;
    assert_eq!(
        detail.row.state,
        ChangeState::Applied,
        "{:?}",
        detail.result
    );
    id
}

/// The verbs of a change request's story, oldest first.
pub fn verbs(detail: &ChangeDetail) -> Vec<&str> {
    detail
        .story
        .iter()
        .map(|line| line.action.as_str())
        .collect()
}

/// Refused with this code.
pub fn refused<T: std::fmt::Debug>(answer: Result<T, ApiError>, code: ErrorCode) -> ApiError {
    let error = answer.expect_err("a refusal");
    assert_eq!(error.code, code, "{error:?}");
    assert!(!error.message.is_empty());
    error
}

/// Whether AWS holds this part of a change request.
pub async fn has_action(h: &Harness, target: &str, change: ChangeId, part: &str) -> bool {
    let name = action_name(change, part);
    h.live(target)
        .await
        .actions
        .iter()
        .any(|action| action.name == name)
}

/// Whether the audit log is whole, and how long it is.
pub async fn audit_is_whole(h: &Harness) -> i64 {
    let verified = h.services.store.verify_audit().await.expect("a database");
    verified.expect("an unbroken chain")
}

/// The names of the calls that reached AWS.
pub fn called(calls: &[Call]) -> Vec<String> {
    let aws = calls.iter().flat_map(Call::aws);
    aws.map(|call| call.action).collect()
}
