//! Change requests: the one door for every write to AWS.
//!
//! ```text
//! preview ─ look at AWS, plan ─────────────────────────────→ shown, not kept
//! propose ─ look, plan, checks ─ tx{change, audit, feed} ──→ proposed
//! edit ──── look, plan, checks ─ tx{revision+1 …} ─────────→ proposed, votes void
//! vote ──── admitted? ─ look ─ tx{plan again; same hash?}
//!              │                   ├ no  → revised, votes void, voter told
//!              │                   └ yes → vote kept; enough → approved → apply worker
//! ```
//!
//! A look at AWS happens before the transaction and the plan is made inside it,
//! from that look and from what the database holds *then*: two people who decide
//! at once are put in order, and the second one's plan sees the first one's event.
//!
//! What a vote is bound to is the `ballot_hash`: the revision and the content
//! hash, so that content which comes back to an earlier state does not bring
//! its votes back with it.

mod alarms;
pub(crate) mod ballot;
mod comment;
mod edit;
mod emergency;
mod propose;
pub(crate) mod remark;
pub(crate) mod sight;
mod story;
mod view;
pub(crate) mod void;
mod vote;
mod withdraw;

pub(crate) mod plan;

pub use comment::comment;
pub use edit::edit;
pub use emergency::{break_glass, review};
pub(crate) use propose::{Wanted, policy_vote, row};
pub use propose::{preview, propose};
pub use view::detail;
pub(crate) use view::{life_of, listed};
pub use vote::vote;
pub use withdraw::withdraw;

use crate::{Services, cx::Cx, failure::Outcome, page};
use api::{
    Page,
    changes::{ChangeQuery, ChangeRow as ChangeView},
};
use domain::{
    changes::{Change, planned_until},
    checks::{Finding, blocks},
    i18n::changes::explain,
    ids::ChangeId,
    limits,
    people::Reach,
    plan::Plan,
    policy::{Action, Resource},
    time::Timestamp,
};
use store::{ChangeRow, FeedEntry, FeedTopic, Waiting};

/// A page of change requests that the caller sees, newest first.
///
/// # Errors
/// `unauthenticated`; `forbidden` for "waiting for me" to those who decide nowhere.
pub async fn list(s: &Services, cx: &Cx, query: ChangeQuery) -> Outcome<Page<ChangeView>> {
    let waiting_for = match query.waiting_for_me {
        true => Some(waiting_for(s, cx).await?),
        false => None,
    };
    let in_phase = (!query.phase.is_empty()).then_some(store::Phases {
        phases: query.phase,
        now: cx.now,
    });
    let filter = store::ChangeFilter {
        reach: cx.sees()?,
        states: page::any_of(cx, "state", query.state)?,
        environments: page::any_of(cx, "environment", query.environment)?,
        target: query.target,
        written_by: None,
        in_phase,
        waiting_for,
        to_review: false,
        text: page::search(cx, "text", &query.text)?,
    };
    let (slice, paged) = page::of(query.page);
    let found = s.store.read().change_page(&filter, slice).await?;
    Ok(paged.fill(found, |row| listed(s, row, cx.now)))
}

/// What waits for the caller: they may approve it now.
///
/// # Errors
/// `unauthenticated`; `forbidden` to those who decide nowhere.
pub(crate) async fn waiting_for(s: &Services, cx: &Cx) -> Outcome<Waiting> {
    let reach = cx.reach_for(Action::DecideChange)?;
    // Nowhere is an answer here: then every freeze holds.
    let nowhere = Reach::Only(Vec::new());
    let reach_frozen = cx.reach_for(Action::DecideFrozenChange).unwrap_or(nowhere);
    Ok(Waiting {
        person: cx.actor()?.person,
        reach,
        reach_frozen,
        freezes: plan::freezes_ahead(&mut s.store.read(), cx.now).await?,
        now: cx.now,
    })
}

/// A change request that the caller may see.
pub(crate) async fn seen(s: &Services, cx: &Cx, id: ChangeId) -> Outcome<ChangeRow> {
    let row = s.store.read().change(id).await?;
    let row = row.ok_or_else(|| cx.not_found())?;
    cx.authorize(Action::View, Resource::In(&row.environment))?;
    Ok(row)
}

/// What votes are bound to.
pub(crate) fn ballot_hash(
    revision: u32,
    change: &Change,
    planned_for: Option<Timestamp>,
    plan: &Plan,
) -> String {
    format!("{revision}-{}", plan.content_hash(change, planned_for))
}

/// When a change request that nobody took up has lost its sense: some time after the one
/// that it is planned for; else after a week, or when its start (or, for one that starts
/// when approved, its end) has come. An override may begin late, but not after its end.
pub(crate) fn expires_at(
    created_at: Timestamp,
    change: &Change,
    planned_for: Option<Timestamp>,
    plan: &Plan,
) -> Timestamp {
    if let Some(at) = planned_for {
        return planned_until(at);
    }
    let latest = created_at.plus_ms(limits::PROPOSAL_MS_MAX);
    let ends_at = match change {
        Change::Override { until, .. } => Some(*until),
        _ => plan.from.or(plan.until),
    };
    ends_at.unwrap_or(latest).min(latest)
}

/// What the feed says about a change request.
pub(crate) fn news(row: &ChangeRow, version: i64) -> FeedEntry {
    FeedEntry {
        topic: FeedTopic::Change,
        subject: row.id.to_string(),
        environment: row.environment.clone(),
        version,
    }
}

/// Refuses a plan that the checks forbid, naming the fields to correct.
fn refuse_blocked(cx: &Cx, plan: &Plan) -> Result<(), api::ApiError> {
    if !blocks(&plan.findings) {
        return Ok(());
    }
    let errors = plan.findings.iter();
    let errors = errors.filter(|finding| blocks(std::slice::from_ref(finding)));
    let fields = errors.map(|finding| {
        let words = explain(cx.lang, &cx.zone, finding);
        api::FieldError {
            field: field_of(finding).into(),
            message: format!("{} {}", words.what, words.fix).trim_end().into(),
        }
    });
    Err(api::ApiError {
        fields: fields.collect(),
        ..api::ApiError::new(api::ErrorCode::Invalid, crate::texts::blocked(cx.lang))
    })
}

/// The field of a change whose correction would help.
const fn field_of(finding: &Finding) -> &'static str {
    match finding {
        Finding::CapacityOrder { .. }
        | Finding::CountOverLimit { .. }
        | Finding::RaisesMax { .. }
        | Finding::NoEffect
        | Finding::ScalesDown { .. }
        | Finding::OffUntilReturn
        | Finding::MaxBelowPolicy { .. } => "count",
        Finding::StartPassed { .. }
        | Finding::TooFarAhead { .. }
        | Finding::SameInstant { .. }
        | Finding::EventOverlap { .. }
        | Finding::Frozen { .. } => "from",
        Finding::EndPassed { .. }
        | Finding::TooShort { .. }
        | Finding::TooLong { .. }
        | Finding::ActionDuring { .. } => "until",
        Finding::OnTarget { finding, .. } => field_of(finding),
        Finding::TargetMissing { .. }
        | Finding::SeveralEnvironments { .. }
        | Finding::OtherSchedule { .. }
        | Finding::CannotReplace { .. }
        | Finding::LeavesTarget { .. }
        | Finding::NoTimerRole { .. } => "targets",
        Finding::CannotCompile { .. }
        | Finding::OffForGood { .. }
        | Finding::StopsNow { .. }
        | Finding::DisksBilled
        | Finding::AwsStartsIt
        | Finding::ForeignAction { .. }
        | Finding::PolicyMovesDesired
        | Finding::FiresInFreeze { .. }
        | Finding::ClockChange { .. }
        | Finding::NoMixedInstances
        | Finding::InstancesStay { .. }
        | Finding::OverridesPast { .. }
        | Finding::StaysAsItIs => "schedule",
        Finding::NotSwitched
        | Finding::StartsNow { .. }
        | Finding::InBetween { .. }
        | Finding::AwsStartsItLater
        | Finding::SwitchedBack { .. }
        | Finding::StaysSwitched { .. } => "power",
        Finding::MixSetBack { .. } | Finding::CheapestPools => "mix",
        Finding::NoRefreshes
        | Finding::PaceRefused { .. }
        | Finding::RefreshRuns { .. }
        | Finding::RefreshHeld { .. }
        | Finding::RefreshInEvent { .. }
        | Finding::Replaces { .. }
        | Finding::OutAtOnce { .. }
        | Finding::SkipsMatching
        | Finding::ProtectedWait { .. }
        | Finding::EndsAtCheckpoint { .. } => "pace",
        Finding::NoRefresh | Finding::CancelLeaves { .. } => "refresh",
        Finding::ProcessForeign { .. }
        | Finding::ProcessStops { .. }
        | Finding::StopsEvent { .. }
        | Finding::StopsRuns { .. }
        | Finding::PoliciesStop { .. }
        | Finding::CatchesUp { .. }
        | Finding::NotAddedLater
        | Finding::UntilResumed => "processes",
        Finding::Alarm { finding } => finding.field().as_str(),
        Finding::MutesPolicy { .. } | Finding::TellsNobody | Finding::TellsNextTime => "alarm",
        Finding::AlreadySo
        | Finding::NoScaleEvents
        | Finding::ActionUnreadable { .. }
        | Finding::ProcessBlocks { .. }
        | Finding::ProcessSuspended { .. }
        | Finding::ActionQuota { .. }
        | Finding::SpotWithoutRebalance { .. }
        | Finding::SpotMayLack { .. }
        | Finding::PolicyReturns
        | Finding::TwoStepReturn
        | Finding::Policy { .. } => "target",
    }
}
