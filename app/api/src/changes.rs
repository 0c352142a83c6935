//! Change requests: propose, look, vote, withdraw, end.

use crate::page::PageQuery;
#[cfg(feature = "server")]
use crate::{ApiResult, Page};
#[cfg(feature = "server")]
use domain::changes::Proposal;
use domain::{
    approvals::Vote,
    audit::AuditOutcome,
    changes::{Change, ChangeState, StepState},
    estate::Environment,
    ids::{ChangeId, CommentId, PersonId, TargetId},
    plan::{AwsCall, Plan},
    scale_events::EventPhase,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// Which change requests.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct ChangeQuery {
    /// Only in these states; empty means all.
    pub state: Vec<ChangeState>,
    /// Only scale events that stand in AWS in these phases; empty means all.
    pub phase: Vec<EventPhase>,
    /// Only of these environments; empty means all that the caller sees.
    pub environment: Vec<Environment>,
    /// Only of this target.
    pub target: Option<TargetId>,
    /// Only those that the caller may approve now.
    pub waiting_for_me: bool,
    /// Words that title or reason contain.
    pub text: String,
    /// Which page.
    pub page: PageQuery,
}

/// A change request in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChangeRow {
    /// Its id.
    pub id: ChangeId,
    /// What is asked for.
    pub change: Change,
    /// The name of the target or alarm in AWS, or of the schedule.
    pub target_name: String,
    /// The target; of a schedule, the first; none of an alarm.
    pub target: Option<TargetId>,
    /// Its environment.
    pub environment: Environment,
    /// Where it stands.
    pub state: ChangeState,
    /// For a scale event that stands in AWS: where it is in its own life.
    pub phase: Option<EventPhase>,
    /// From when it takes effect.
    pub from: Option<Timestamp>,
    /// Until when.
    pub until: Option<Timestamp>,
    /// When it is carried out, and not before; none means as soon as it is approved.
    pub planned_for: Option<Timestamp>,
    /// Who proposed it.
    pub author: String,
    /// When.
    pub created_at: Timestamp,
    /// Last change of any kind.
    pub updated_at: Timestamp,
    /// Approvals so far on the present content.
    pub approvals: u32,
    /// Approvals needed; until it is applied at least as many as the configuration asks for now.
    pub approvals_needed: u32,
    /// Somebody let it through without them.
    pub emergency: Option<EmergencyMark>,
    /// Grows with every change.
    pub version: i64,
}

/// What a list says of a change request that was let through without an approval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum EmergencyMark {
    /// Another person has to look at it.
    ToReview,
    /// Another person has looked at it.
    Reviewed,
}

/// Who let a change request through without an approval, and who looked at it afterwards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EmergencyView {
    /// Who.
    pub name: String,
    /// When.
    pub at: Timestamp,
    /// Why nobody could be asked.
    pub reason: String,
    /// It was let through with an earlier content, and counts no more.
    pub void: bool,
    /// What another person said about it.
    pub review: Option<ReviewView>,
}

/// A signature below an emergency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReviewView {
    /// Who.
    pub name: String,
    /// When.
    pub at: Timestamp,
    /// What they say.
    pub text: String,
}

/// A comment for people to see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CommentView {
    /// Its id.
    pub id: CommentId,
    /// Who.
    pub name: String,
    /// When.
    pub at: Timestamp,
    /// What they wrote.
    pub text: String,
}

/// A vote for people to see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VoteView {
    /// Who; none when the policy approved by itself.
    pub person: Option<PersonId>,
    /// The name.
    pub name: String,
    /// For or against.
    pub vote: Vote,
    /// When.
    pub at: Timestamp,
    /// What they wrote.
    pub note: Option<String>,
    /// It was cast on an earlier content and counts no more.
    pub void: bool,
}

/// A step for people to see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StepView {
    /// The calls in AWS's terms.
    pub calls: Vec<AwsCall>,
    /// Where it stands.
    pub state: StepState,
    /// Attempts so far.
    pub attempts: u32,
    /// Began.
    pub begun_at: Option<Timestamp>,
    /// Ended.
    pub ended_at: Option<Timestamp>,
    /// The last error.
    pub error: Option<String>,
}

/// One line of a change request's story.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StoryLine {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub who: String,
    /// The audit log's verb.
    pub action: String,
    /// How it ended; what reaches AWS is told twice, when it begins and when it ends.
    pub outcome: AuditOutcome,
    /// More, for people.
    pub detail: String,
}

/// A change request with all that is known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChangeDetail {
    /// As in the list.
    pub row: ChangeRow,
    /// Counts edits, from 1.
    pub revision: u32,
    /// The content hash that a vote names.
    pub hash: String,
    /// The plan; once it is applied, with the times at which it was carried out.
    pub plan: Plan,
    /// Everybody who wrote a part.
    pub authors: Vec<String>,
    /// Votes, oldest first.
    pub votes: Vec<VoteView>,
    /// Comments, oldest first.
    pub comments: Vec<CommentView>,
    /// Who let it through without an approval.
    pub emergency: Option<EmergencyView>,
    /// Steps, in order.
    pub steps: Vec<StepView>,
    /// Where AWS differs from what was predicted, or why it failed.
    pub result: Vec<String>,
    /// The audit log's lines about it, oldest first.
    pub story: Vec<StoryLine>,
    /// The change request that ended this event early.
    pub ended_by: Option<ChangeId>,
    /// Why the caller cannot approve, in the caller's language; none if they can.
    pub approve_refused: Option<String>,
    /// Why the caller cannot reject; none if they can.
    pub reject_refused: Option<String>,
    /// Why the caller cannot edit; none if they can.
    pub edit_refused: Option<String>,
    /// Why the caller cannot withdraw; none if they can.
    pub withdraw_refused: Option<String>,
    /// Why the caller cannot end the event; none if they can.
    pub end_refused: Option<String>,
    /// Why the caller cannot comment; none if they can.
    pub comment_refused: Option<String>,
    /// Why the caller cannot let it through without an approval; none if they can.
    pub break_refused: Option<String>,
    /// Why the caller cannot review it; none if they can.
    pub review_refused: Option<String>,
}

/// What a proposal would do, before it is made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Preview {
    /// The plan with its findings.
    pub plan: Plan,
    /// The exact calls, in order.
    pub calls: Vec<AwsCall>,
    /// Approvals it will need.
    pub approvals_needed: u32,
    /// Something forbids it.
    pub blocked: bool,
}

/// What can be asked about change requests.
#[cfg(feature = "server")]
#[async_trait::async_trait]
pub trait Changes {
    /// A page of change requests, newest first.
    async fn list_changes(&self, query: ChangeQuery) -> ApiResult<Page<ChangeRow>>;
    /// One change request.
    async fn change(&self, id: ChangeId) -> ApiResult<ChangeDetail>;
    /// What a change would do; nothing is kept.
    async fn preview_change(&self, proposal: Proposal) -> ApiResult<Preview>;
    /// Proposes a change. A repeat with the same `key` (1 to 64 characters,
    /// chosen by the caller) answers the first one's id.
    async fn propose_change(&self, proposal: Proposal, key: Option<String>) -> ApiResult<ChangeId>;
    /// Changes what is asked for: votes are void, the editor becomes an author.
    async fn edit_change(
        &self,
        id: ChangeId,
        proposal: Proposal,
        seen_hash: String,
    ) -> ApiResult<()>;
    /// Votes on the content with this hash.
    async fn vote_change(
        &self,
        id: ChangeId,
        vote: Vote,
        seen_hash: String,
        note: String,
    ) -> ApiResult<()>;
    /// Takes a proposal back.
    async fn withdraw_change(&self, id: ChangeId) -> ApiResult<()>;
    /// Says something about it.
    async fn comment_on_change(&self, id: ChangeId, text: String) -> ApiResult<()>;
    /// Has the content with this hash carried out at once, without an approval. Another
    /// person must review it afterwards.
    async fn break_glass(&self, id: ChangeId, seen_hash: String, reason: String) -> ApiResult<()>;
    /// Signs the review of the content with this hash, which was carried out without an
    /// approval.
    async fn review_change(&self, id: ChangeId, seen_hash: String, text: String) -> ApiResult<()>;
}
