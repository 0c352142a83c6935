//! `/api/v1/changes`.

use super::{
    extract::{Body, Caller, Id, Parameters},
    failure::{Failure, Failures},
};
use api::{
    Page,
    changes::{ChangeDetail, ChangeQuery, ChangeRow, Preview},
};
use axum::{
    Json,
    http::{HeaderMap, StatusCode},
};
use domain::{
    approvals::Vote,
    changes::{ChangeState, Proposal},
    estate::Environment,
    ids::ChangeId,
    scale_events::EventPhase,
};
use serde::{Deserialize, Serialize};
use utoipa_axum::{router::OpenApiRouter, routes};

/// The header that makes a proposal safe to repeat.
const IDEMPOTENCY_KEY: &str = "Idempotency-Key";

pub(super) fn routes() -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list, propose))
        .routes(routes!(preview))
        .routes(routes!(detail, edit))
        .routes(routes!(vote))
        .routes(routes!(withdraw))
        .routes(routes!(comment))
        .routes(routes!(break_glass))
        .routes(routes!(review))
}

/// Lists change requests, newest first.
#[utoipa::path(
    get, path = "/changes", tag = "changes", operation_id = "list_changes",
    params(
        ("state" = Option<Vec<ChangeState>>, Query, description = "Only these states; repeat for several."),
        ("phase" = Option<Vec<EventPhase>>, Query, description = "Only scale events in these phases."),
        ("environment" = Option<Vec<Environment>>, Query, description = "Only these environments."),
        ("target" = Option<domain::ids::TargetId>, Query, description = "Only of this target."),
        ("waiting_for_me" = Option<bool>, Query, description = "Only those the caller may approve now."),
        ("text" = Option<String>, Query, description = "Words in title or reason."),
        ("offset" = Option<u32>, Query, description = "Rows to leave out."),
        ("limit" = Option<u32>, Query, description = "Rows on the page, at most 200."),
    ),
    responses((status = 200, body = Page<ChangeRow>), Failures)
)]
async fn list(caller: Caller, mut given: Parameters) -> Result<Json<Page<ChangeRow>>, Failure> {
    let query = ChangeQuery {
        state: given.many("state", ChangeState::parse)?,
        phase: given.many("phase", EventPhase::parse)?,
        environment: given.many("environment", Environment::parse)?,
        target: given.one("target", |text| text.parse().ok())?,
        waiting_for_me: given
            .one("waiting_for_me", |text| text.parse().ok())?
            .unwrap_or_default(),
        text: given.text("text")?,
        page: given.page()?,
    };
    given.finish()?;
    Ok(Json(caller.0.list_changes(query).await?))
}

/// The id of what was made.
#[derive(Serialize, utoipa::ToSchema)]
struct Proposed {
    /// The change request.
    id: ChangeId,
}

/// Proposes a change.
#[utoipa::path(
    post, path = "/changes", tag = "changes", operation_id = "propose_change", request_body = Proposal,
    params(("Idempotency-Key" = Option<String>, Header,
            description = "1 to 64 characters; a repeat with the same key answers the first id.")),
    responses((status = 201, body = Proposed), Failures)
)]
async fn propose(
    caller: Caller,
    headers: HeaderMap,
    Body(proposal): Body<Proposal>,
) -> Result<(StatusCode, Json<Proposed>), Failure> {
    let key = match headers.get(IDEMPOTENCY_KEY).map(|key| key.to_str()) {
        None => None,
        Some(Ok(key)) => Some(key.to_owned()),
        Some(Err(_)) => {
            return Err(Failure::invalid(
                IDEMPOTENCY_KEY,
                "use visible ASCII characters",
            ));
        }
    };
    let id = caller.0.propose_change(proposal, key).await?;
    Ok((StatusCode::CREATED, Json(Proposed { id })))
}

/// Shows what a change would do; nothing is kept.
#[utoipa::path(
    post, path = "/changes/preview", tag = "changes", operation_id = "preview_change", request_body = Proposal,
    responses((status = 200, body = Preview), Failures)
)]
async fn preview(caller: Caller, Body(proposal): Body<Proposal>) -> Result<Json<Preview>, Failure> {
    Ok(Json(caller.0.preview_change(proposal).await?))
}

/// Shows one change request.
#[utoipa::path(
    get, path = "/changes/{id}", tag = "changes", operation_id = "show_change", params(("id" = ChangeId, Path)),
    responses((status = 200, body = ChangeDetail), Failures)
)]
async fn detail(caller: Caller, Id(id): Id<ChangeId>) -> Result<Json<ChangeDetail>, Failure> {
    Ok(Json(caller.0.change(id).await?))
}

/// An edit.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct Edit {
    /// What is asked for now.
    change: Proposal,
    /// The content hash that the editor saw.
    hash: String,
}

/// Changes what is asked for. Votes are void; the editor becomes an author.
#[utoipa::path(
    put, path = "/changes/{id}", tag = "changes", operation_id = "edit_change", params(("id" = ChangeId, Path)),
    request_body = Edit, responses((status = 204), Failures)
)]
async fn edit(
    caller: Caller,
    Id(id): Id<ChangeId>,
    Body(given): Body<Edit>,
) -> Result<StatusCode, Failure> {
    caller.0.edit_change(id, given.change, given.hash).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A vote.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct NewVote {
    /// For or against.
    vote: Vote,
    /// The content hash that the voter saw.
    hash: String,
    /// What to tell the author; may be left out.
    #[serde(default)]
    note: String,
}

/// Votes on a change request.
#[utoipa::path(
    post, path = "/changes/{id}/votes", tag = "changes", operation_id = "vote_on_change", params(("id" = ChangeId, Path)),
    request_body = NewVote, responses((status = 204), Failures)
)]
async fn vote(
    caller: Caller,
    Id(id): Id<ChangeId>,
    Body(given): Body<NewVote>,
) -> Result<StatusCode, Failure> {
    caller
        .0
        .vote_change(id, given.vote, given.hash, given.note)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a proposal back.
#[utoipa::path(
    post, path = "/changes/{id}/withdrawal", tag = "changes", operation_id = "withdraw_change", params(("id" = ChangeId, Path)),
    responses((status = 204), Failures)
)]
async fn withdraw(caller: Caller, Id(id): Id<ChangeId>) -> Result<StatusCode, Failure> {
    caller.0.withdraw_change(id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Something that a person says.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct Said {
    /// What.
    text: String,
}

/// Says something about a change request.
#[utoipa::path(
    post, path = "/changes/{id}/comments", tag = "changes", operation_id = "comment_on_change", params(("id" = ChangeId, Path)),
    request_body = Said, responses((status = 204), Failures)
)]
async fn comment(
    caller: Caller,
    Id(id): Id<ChangeId>,
    Body(given): Body<Said>,
) -> Result<StatusCode, Failure> {
    caller.0.comment_on_change(id, given.text).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// An emergency.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct NewEmergency {
    /// The content hash that the caller saw.
    hash: String,
    /// Why nobody can be asked.
    reason: String,
}

/// Has a change request carried out at once, without an approval. Somebody else must
/// review it afterwards.
#[utoipa::path(
    post, path = "/changes/{id}/emergency", tag = "changes", operation_id = "break_glass", params(("id" = ChangeId, Path)),
    request_body = NewEmergency, responses((status = 204), Failures)
)]
async fn break_glass(
    caller: Caller,
    Id(id): Id<ChangeId>,
    Body(given): Body<NewEmergency>,
) -> Result<StatusCode, Failure> {
    caller.0.break_glass(id, given.hash, given.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A review.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct NewReview {
    /// The content hash that the reviewer saw.
    hash: String,
    /// What is to be said of it.
    text: String,
}

/// Signs the review of a change request that nobody approved.
#[utoipa::path(
    post, path = "/changes/{id}/review", tag = "changes", operation_id = "review_change", params(("id" = ChangeId, Path)),
    request_body = NewReview, responses((status = 204), Failures)
)]
async fn review(
    caller: Caller,
    Id(id): Id<ChangeId>,
    Body(given): Body<NewReview>,
) -> Result<StatusCode, Failure> {
    caller.0.review_change(id, given.hash, given.text).await?;
    Ok(StatusCode::NO_CONTENT)
}
