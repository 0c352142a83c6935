//! A change request for people to see, with what the caller may do about it.

use super::{
    ballot::{Papers, approvals_needed, freeze_findings, freezes_over, votes_that_count},
    comment,
    edit::not_open,
    emergency,
    plan::NoPlan,
    remark, seen, story, withdraw,
};
use crate::{Services, cx::Cx, failure::Outcome, texts};
use api::changes::{ChangeDetail, ChangeRow as ChangeView, EmergencyMark, StepView, VoteView};
use domain::{
    approvals::Vote,
    changes::{Change, ChangeState, Move, StepState},
    checks::{Finding, frozen},
    ids::ChangeId,
    limits,
    plan::{Plan, Step},
    policy::{Action, Resource},
    scale_events::{EventLife, EventPhase, ScaleEvent},
    time::Timestamp,
};
use store::{AuthorRow, ChangeRow, ListedChange, StepRow, VoteRow};

/// As in a list.
pub(crate) fn listed(s: &Services, listed: ListedChange, now: Timestamp) -> ChangeView {
    let ListedChange {
        row,
        approvals,
        emergency_at,
        reviewed_at,
    } = listed;
    // What was decided stays as it was decided.
    let open = matches!(row.state, ChangeState::Proposed | ChangeState::Approved);
    let approvals_needed = match open {
        true => approvals_needed(s, &row),
        false => row.approvals_needed,
    };
    ChangeView {
        id: row.id,
        target_name: row.target_name.clone(),
        target: row.target,
        environment: row.environment.clone(),
        state: row.state,
        phase: event_phase(&row, now),
        from: row.from,
        until: row.until,
        planned_for: row.planned_for,
        author: row.author_name.clone(),
        created_at: row.created_at,
        updated_at: row.updated_at,
        approvals,
        approvals_needed,
        emergency: emergency_at.map(|_| match reviewed_at {
            None => EmergencyMark::ToReview,
            Some(_) => EmergencyMark::Reviewed,
        }),
        version: row.version,
        change: row.change,
    }
}

/// Where a scale event that stands in AWS is in its own life.
fn event_phase(row: &ChangeRow, now: Timestamp) -> Option<EventPhase> {
    let Change::ScaleEvent(event) = &row.change else {
        return None;
    };
    if !row.state.stands() {
        return None;
    }
    Some(life_of(row, event, now).phase(now))
}

/// The life of a scale event; one that begins when applied has begun by now.
pub(crate) fn life_of(row: &ChangeRow, event: &ScaleEvent, now: Timestamp) -> EventLife {
    EventLife {
        from: row.from.or(row.applied_at).unwrap_or(now),
        until: row.until.unwrap_or(event.until),
        ended_at: row.ended_at,
        return_settled: row.return_verified_at.is_some(),
    }
}

/// One change request.
///
/// # Errors
/// `not_found`.
pub async fn detail(s: &Services, cx: &Cx, id: ChangeId) -> Outcome<ChangeDetail> {
    let row = seen(s, cx, id).await?;
    let mut read = s.store.read();
    let authors = read.authors_of(id).await?;
    let votes = read.votes_of(id).await?;
    let steps = read.steps_of(id, row.revision).await?;
    let audit = read
        .audit_of(&id.to_string(), limits::STORY_LINES_MAX)
        .await?;
    let freezes = freezes_over(s, &row, cx.now).await?;
    let ending = read.end_change_of(id).await?;
    let comments = read.comments_of(id).await?;
    let emergency = read.emergency_of(id).await?;
    let list_row = read
        .listed_change(id)
        .await?
        .ok_or_else(|| cx.not_found())?;

    let freezing = freeze_findings(&row, &freezes, cx.now);
    let counted = votes_that_count(read, &row).await?;
    let papers = Papers::new(s, &row, &authors, &counted, frozen(&freezing));
    let refused = |vote| {
        let admitted = papers.admit(cx, &row, vote, &row.hash);
        admitted.err().map(|error| error.message)
    };
    Ok(ChangeDetail {
        row: listed(s, list_row, cx.now),
        revision: row.revision,
        hash: row.hash.clone(),
        authors: authors.iter().map(|author| author.name.clone()).collect(),
        votes: votes
            .iter()
            .map(|vote| vote_view(cx, &row, vote, &authors))
            .collect(),
        comments: comments.into_iter().map(comment::shown).collect(),
        comment_refused: cx.refusal(Action::CommentChange, Resource::In(&row.environment)),
        break_refused: emergency::break_refused(cx, &row),
        review_refused: emergency::admit_review(cx, &row, &authors, emergency.as_ref())
            .err()
            .map(|error| error.message),
        emergency: emergency.map(|emergency| emergency::shown(&row, emergency)),
        steps: step_views(cx, &row, &steps),
        result: remark::told(cx, &row.environment, &row.result),
        story: story::lines(cx, &row.environment, audit),
        approve_refused: refused(Vote::Approve),
        reject_refused: refused(Vote::Reject),
        edit_refused: edit_refused(cx, &row),
        withdraw_refused: withdraw::refuse(cx, &row, &authors)
            .err()
            .map(|error| error.message),
        end_refused: end_refused(cx, &row, ending.as_ref()),
        ended_by: row.ended_by.or(ending.map(|ending| ending.id)),
        plan: shown_plan(row, freezing),
    })
}

/// The plan as it was carried out; before that with the freezes of now in the
/// place of those of its making.
fn shown_plan(row: ChangeRow, freezing: Vec<Finding>) -> Plan {
    let mut plan = row.plan;
    if row.state.is_final() {
        // One that began when applied began then, whenever it is looked at.
        plan.from = plan.from.or(row.applied_at);
        let cut_short = row.ended_at.filter(|ended_at| plan.from <= Some(*ended_at));
        plan.until = cut_short.or(plan.until);
        return plan;
    }
    plan.findings
        .retain(|finding| !matches!(finding, Finding::Frozen { .. }));
    plan.findings.extend(freezing);
    plan.findings.sort_by_key(Finding::severity);
    plan
}

fn vote_view(cx: &Cx, row: &ChangeRow, vote: &VoteRow, authors: &[AuthorRow]) -> VoteView {
    let by_author = authors
        .iter()
        .any(|author| Some(author.person) == vote.person);
    let by_policy = vote.person.is_none();
    VoteView {
        person: vote.person,
        name: match by_policy {
            true => texts::by_policy(cx.lang).into(),
            false => vote.name.clone(),
        },
        vote: vote.vote,
        at: vote.at,
        note: match by_policy {
            true => Some(texts::by_policy_note(cx.lang).into()),
            false => vote.note.clone(),
        },
        void: vote.hash != row.hash || by_author,
    }
}

/// The recorded steps; before they are recorded, those of the plan.
fn step_views(cx: &Cx, row: &ChangeRow, recorded: &[StepRow]) -> Vec<StepView> {
    if recorded.is_empty() {
        let waiting = |step: &Step| StepView {
            calls: step.call.aws(),
            state: StepState::Waiting,
            attempts: 0,
            begun_at: None,
            ended_at: None,
            error: None,
        };
        return row.plan.steps.iter().map(waiting).collect();
    }
    let fault = |kept: &str| story::fault(cx, &row.environment, kept);
    let view = |row: &StepRow| StepView {
        calls: row.step.call.aws(),
        state: row.state,
        attempts: row.attempts,
        begun_at: row.begun_at,
        ended_at: row.ended_at,
        error: row.error.as_deref().map(fault),
    };
    recorded.iter().map(view).collect()
}

fn edit_refused(cx: &Cx, row: &ChangeRow) -> Option<String> {
    if let Some(refused) = cx.refusal(Action::ProposeChange, Resource::In(&row.environment)) {
        return Some(refused);
    }
    if row.event.is_some() {
        return Some(texts::end_not_edited(cx.lang).into());
    }
    let revised = row.state.after(Move::Revise);
    revised.err().map(|_| not_open(cx, row).message)
}

/// Why the caller cannot end the event, or the refresh, before its time.
fn end_refused(cx: &Cx, row: &ChangeRow, ending: Option<&ChangeRow>) -> Option<String> {
    if let Some(refused) = cx.refusal(Action::ProposeChange, Resource::In(&row.environment)) {
        return Some(refused);
    }
    // An instance refresh ends early only while it goes on.
    if row.plan.starts_refresh() && row.state == ChangeState::Applying {
        return None;
    }
    let why = match event_phase(row, cx.now) {
        None if row.event.is_some() => NoPlan::NotAnEvent,
        None => NoPlan::NotStanding(row.state),
        Some(EventPhase::Returning | EventPhase::Over | EventPhase::Cancelled) => NoPlan::Over,
        Some(_) if ending.is_some() => NoPlan::Ending,
        Some(_) => return None,
    };
    Some(why.told(cx).message)
}
