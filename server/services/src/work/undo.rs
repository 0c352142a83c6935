//! Takes back what was done when a later step cannot be done: in reverse, each
//! undo recorded, so that a kill in between goes on where it was.

use super::{
    apply::{Job, pause_ms},
    crash::CrashPoint,
};
use crate::{changes::remark::Remark, cx::AuditEntryExt, failure::Outcome, health::KeptFault};
use domain::{
    audit::AuditOutcome, capacity::CapacityChange, changes::StepState, limits, plan::Call,
};
use serde_json::json;
use store::StepRow;

/// Attempts at an undo come on top of those at the step.
const ATTEMPTS_MAX: u32 = 2 * limits::STEP_ATTEMPTS_MAX;

/// Whether a step has failed for good.
pub(super) fn is_under_way(steps: &[StepRow]) -> bool {
    steps
        .iter()
        .any(|step| step.state == StepState::Failed || is_uncertain(step))
}

/// AWS may have done it, and it will not be tried again.
fn is_uncertain(step: &StepRow) -> bool {
    step.state == StepState::Begun
        && step.attempts >= limits::STEP_ATTEMPTS_MAX
        && step.error.is_some()
}

/// Undoes what is left to undo, then ends the change request as failed.
pub(super) async fn go_on(job: &mut Job<'_>, mut steps: Vec<StepRow>) -> Outcome<()> {
    for at in (0..steps.len()).rev() {
        let step = &mut steps[at];
        // One that was begun and waits for another attempt may have been done.
        let done = matches!(step.state, StepState::Done | StepState::Begun);
        if !done || step.step.undo.is_none() {
            continue;
        }
        if !given_up(step) && !undo(job, step).await? {
            return Ok(());
        }
        // What could not be undone needs the steps before it: a capacity that
        // stays raised keeps its return.
        if given_up(&steps[at]) {
            break;
        }
    }
    let numbered = (1..).zip(&steps);
    let remarks = numbered.flat_map(|(number, step)| remarks(number, step));
    job.fail(remarks.collect()).await
}

/// Every way back was tried.
fn given_up(step: &StepRow) -> bool {
    step.state != StepState::Undone && step.attempts > ATTEMPTS_MAX
}

/// The calls that take a step back, in order. A one-time start whose time is past
/// may have run: then the capacity goes back, too. What would have fired by now and only
/// once is not put back.
fn way_back(job: &Job<'_>, step: &StepRow) -> Vec<Call> {
    let now = job.s.clock.now();
    let undo = step.step.undo.clone();
    let mut calls: Vec<Call> = undo
        .and_then(|call| call.due_after(now))
        .into_iter()
        .collect();
    let Some(event) = job.row.plan.event() else {
        return calls;
    };
    let starts = matches!(&step.step.call, Call::PutScheduledAction { action, .. }
        if action.capacity == event.during || action.name.ends_with("-start"));
    if starts && step.step.call.time_has_passed(now) {
        let base = &event.base;
        calls.push(Call::SetCapacity {
            target: event.target.clone(),
            capacity: CapacityChange {
                min: Some(base.min),
                desired: base.desired,
                max: Some(base.max),
            },
        });
    }
    calls
}

/// One undo; false when it is left for later.
async fn undo(job: &mut Job<'_>, step: &mut StepRow) -> Outcome<bool> {
    let way_back = way_back(job, step);
    let aws: Vec<_> = way_back.iter().flat_map(Call::aws).collect();
    let calls = json!({ "step": step.number, "calls": aws });
    step.attempts += 1;
    let audit = job.audit("change.undo").ended(AuditOutcome::Begun);
    job.write(Some(step), &[audit.detail(&calls)]).await?;

    job.pass(CrashPoint::BeforeCall)?;
    let mut answer = Ok(());
    for call in &way_back {
        answer = job.s.cloud.carry_out(call).await;
        if answer.is_err() {
            break;
        }
    }
    job.pass(CrashPoint::AfterCall)?;

    let audit = job.audit("change.undo");
    let Err(error) = answer else {
        step.state = StepState::Undone;
        job.write(Some(step), &[audit.detail(&calls)]).await?;
        return Ok(true);
    };
    let fault = KeptFault::from(&error);
    let retries = error.kind.is_passing() && step.attempts < ATTEMPTS_MAX;
    step.error = Some(fault.to_json());
    if retries {
        let tried = step.attempts % limits::STEP_ATTEMPTS_MAX;
        job.row.not_before = job.s.clock.now().plus_ms(pause_ms(tried));
    } else {
        step.attempts = ATTEMPTS_MAX + 1;
    }
    let detail = json!({ "step": step.number, "fault": fault, "again": retries });
    let audit = audit.ended(AuditOutcome::Failed).detail(&detail);
    job.write(Some(step), &[audit]).await?;
    Ok(!retries)
}

/// What is told about a step of a failed change request.
fn remarks(step: usize, row: &StepRow) -> Vec<Remark> {
    let kept = row.error.as_deref();
    let fault: Option<KeptFault> = kept.and_then(|kept| serde_json::from_str(kept).ok());
    let failed = |fault| Remark::StepFailed { step, fault };
    let has_undo = row.step.undo.is_some();
    match row.state {
        StepState::Waiting => Vec::new(),
        StepState::Failed => fault.map(failed).into_iter().collect(),
        // One that may have been done has both: why it failed, and that it is gone.
        StepState::Undone => {
            let mut both: Vec<_> = fault.map(failed).into_iter().collect();
            both.push(Remark::Undone { step });
            both
        }
        StepState::Done if !has_undo => vec![Remark::NoUndo { step }],
        StepState::Begun if !has_undo => fault.map(failed).into_iter().collect(),
        StepState::Done | StepState::Begun => {
            let undo_failed = fault.map(|fault| Remark::UndoFailed { step, fault });
            undo_failed.into_iter().collect()
        }
    }
}
