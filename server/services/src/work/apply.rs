//! Carries approved change requests out.
//!
//! ```text
//! claim ─ begin: look, plan ─┬ another plan → revised, votes void
//!                            ├ the checks forbid → failed, nothing done
//!                            └ tx{applying, steps waiting}
//!   for each step: tx{begun, audit begun} ─ call AWS ─ tx{done, audit done}
//!                                              ├ passing error → its target rests, others go on
//!                                              └ else → tx{failed} ─ undo in reverse ─ tx{failed}
//!   finish: read back ─ tx{applied | applied with difference}
//! ```
//!
//! **After a kill** at any arrow, the database says how far it came. A step that
//! is `begun` is first looked for in AWS: if it was done, it is done; if not, it
//! is called again, unless its time is past, and an undo that was under way goes
//! on. The claim is a lease, so that two servers do not do the same work; should
//! a call outlast it, every transaction holds it again and checks the row's
//! version, and nothing is recorded twice.
//!
//! **Where AWS asks for patience,** the target's other steps wait for this one; those
//! of other targets do not.

use super::{
    crash::{self, CrashPoint},
    finish::finish,
    schedules, undo,
};
use crate::{
    Services,
    changes::{self, ballot, plan, remark::Remark, sight::NoSubject, void::Void},
    cx::{AuditEntryExt, system_audit},
    failure::{Failure, Outcome},
    health::KeptFault,
};
use api::system::WorkerReport;
use domain::{
    approvals::Outcome as Tally,
    audit::{AuditEntry, AuditOutcome},
    capacity::TargetRef,
    changes::{ChangeState, Move, StepState},
    checks::{Finding, Severity, blocks, frozen},
    limits,
    log_filters::named,
    plan::{Call, cancel_differences},
    refreshes::started_since,
    time::Timestamp,
};
use futures::{StreamExt as _, stream};
use ports::{CloudError, CloudErrorKind};
use serde_json::json;
use std::collections::HashSet;
use store::{ChangeRow, StepRow, StoreError};

/// One turn: everything that is due.
pub(super) async fn turn(s: &Services) -> Outcome<WorkerReport> {
    let mut taken = HashSet::new();
    let mut failed = None;
    loop {
        let mut due = claim(s).await?;
        due.retain(|row| !taken.contains(&row.id));
        if due.is_empty() {
            return match (failed, taken.len()) {
                (Some(failure), _) => Err(failure),
                (None, changes) => Ok(WorkerReport::Carried { changes }),
            };
        }
        taken.extend(due.iter().map(|row| row.id));
        // What waits for a region that does not answer must not hold up the others.
        let queues = by_target(due).into_iter().map(|queue| carry_all(s, queue));
        let mut ended = stream::iter(queues).buffer_unordered(limits::CHANGES_AT_ONCE_MAX);
        while let Some(failure) = ended.next().await {
            failed = failed.or(failure);
        }
    }
}

/// The change requests of one target stay one behind the other; those of several, and those
/// that another server has, are kept apart when they begin.
fn by_target(due: Vec<ChangeRow>) -> Vec<Vec<ChangeRow>> {
    let mut queues: Vec<Vec<ChangeRow>> = Vec::new();
    for row in due {
        let mut own = queues.iter_mut();
        match own.find(|queue| queue.iter().any(|before| before.target == row.target)) {
            Some(queue) => queue.push(row),
            None => queues.push(vec![row]),
        }
    }
    queues
}

/// Carries out one after the other; the first failure that is a fault.
async fn carry_all(s: &Services, queue: Vec<ChangeRow>) -> Option<Failure> {
    let mut failed = None;
    for row in queue {
        let id = row.id;
        match carry(s, row).await {
            Ok(()) => {}
            Err(Failure::Store(StoreError::Conflict { .. })) => {
                tracing::info!(change.id = %id, "another server has taken a change request over");
            }
            // One that cannot be carried out must not hold up those behind it.
            Err(failure) => {
                tracing::error!(change.id = %id, error = %failure, "a change request could not be worked on");
                failed = failed.or(Some(failure));
            }
        }
    }
    failed
}

async fn claim(s: &Services) -> Outcome<Vec<ChangeRow>> {
    let now = s.clock.now();
    let until = now.plus_ms(limits::CHANGE_LEASE_MS);
    let mut tx = s.store.begin().await?;
    let due = tx
        .claim_changes(&s.holder, now, until, limits::CHANGES_CLAIMED_MAX)
        .await?;
    tx.commit().await?;
    Ok(due)
}

async fn carry(s: &Services, row: ChangeRow) -> Outcome<()> {
    let mut job = Job { s, row };
    if job.row.state == ChangeState::Approved && !begin(&mut job).await? {
        return Ok(());
    }
    let mut resting = Resting::default();
    loop {
        let mut read = s.store.read();
        let steps = read.steps_of(job.row.id, job.row.revision).await?;
        if undo::is_under_way(&steps) {
            return undo::go_on(&mut job, steps).await;
        }
        let open = steps
            .into_iter()
            .filter(|step| step.state != StepState::Done);
        let mut open = open.peekable();
        if open.peek().is_none() {
            return finish(&mut job).await;
        }
        let Some(step) = open.find(|step| resting.lets(&step.step.call)) else {
            return job.postpone(resting.pause_ms).await;
        };
        let call = step.step.call.clone();
        match carry_step(&mut job, step).await? {
            Went::On => resting.throttled = 0,
            Went::Waits {
                pause_ms,
                throttled,
            } => resting.add(&call, pause_ms, throttled),
        }
    }
}

/// How a step went.
enum Went {
    /// The next one follows.
    On,
    /// It is tried again after a pause.
    Waits {
        pause_ms: i64,
        /// Because AWS is asked too often.
        throttled: bool,
    },
}

/// What waits within a turn.
#[derive(Default)]
struct Resting {
    /// Whose steps wait; an alarm is no target.
    targets: HashSet<Option<TargetRef>>,
    /// The longest pause that any of them is to be given.
    pause_ms: i64,
    /// How many were throttled one after the other.
    throttled: usize,
}

impl Resting {
    fn add(&mut self, call: &Call, pause_ms: i64, throttled: bool) {
        self.targets.insert(call.target().cloned());
        self.pause_ms = self.pause_ms.max(pause_ms);
        self.throttled += usize::from(throttled);
    }

    /// Whether a step may be taken now. Who throttles whatever is asked is left alone.
    fn lets(&self, call: &Call) -> bool {
        self.throttled < limits::STEPS_THROTTLED_MAX
            && !self.targets.contains(&call.target().cloned())
    }
}

/// A change request under this worker's hands.
pub(super) struct Job<'a> {
    pub s: &'a Services,
    pub row: ChangeRow,
}

impl Job<'_> {
    /// Aborts where a test wants it.
    pub fn pass(&self, point: CrashPoint) -> Outcome<()> {
        crash::pass(self.s, point)
    }

    /// An audit entry about this change request.
    pub fn audit(&self, action: &str) -> AuditEntry {
        let now = self.s.clock.now();
        system_audit(now, action, self.row.id).within(&self.row.environment)
    }

    /// One transaction: the row, perhaps a step, what the audit log says.
    ///
    /// # Errors
    /// `Conflict` when another server has taken over.
    pub async fn write(&mut self, step: Option<&StepRow>, audit: &[AuditEntry]) -> Outcome<()> {
        let s = self.s;
        let now = s.clock.now();
        let mut tx = s.store.begin().await?;
        let until = now.plus_ms(limits::CHANGE_LEASE_MS);
        tx.hold_change(self.row.id, &s.holder, now, until).await?;
        if let Some(step) = step {
            tx.update_step(self.row.id, self.row.revision, step).await?;
        }
        self.row.updated_at = now;
        let version = tx.update_change(&self.row).await?;
        for entry in audit {
            tx.audit(entry).await?;
        }
        tx.feed(&[changes::news(&self.row, version)], now).await?;
        if self.row.state.is_final() || self.row.not_before > now {
            tx.release_change(self.row.id, &s.holder).await?;
        }
        self.pass(CrashPoint::BeforeCommit)?;
        tx.commit().await?;
        self.row.version = version;
        s.signals.feed();
        self.pass(CrashPoint::AfterCommit)
    }

    /// Leaves it for later.
    pub async fn postpone(&mut self, pause_ms: i64) -> Outcome<()> {
        self.row.not_before = self.s.clock.now().plus_ms(pause_ms);
        self.write(None, &[]).await
    }

    /// Ends it as failed.
    pub async fn fail(&mut self, remarks: Vec<Remark>) -> Outcome<()> {
        self.row.state = self.row.state.after(Move::Fail).map_err(Failure::defect)?;
        self.row.result = remarks.iter().map(Remark::to_json).collect();
        let findings: Vec<_> = remarks
            .into_iter()
            .filter_map(|remark| match remark {
                Remark::Blocked { finding } => Some(finding),
                _ => None,
            })
            .collect();
        let audit = self.audit("change.fail").ended(AuditOutcome::Failed);
        let audit = audit.detail(&json!({ "findings": findings }));
        self.write(None, &[audit]).await
    }
}

/// The pause before the next attempt: doubling, up to a minute.
pub(super) fn pause_ms(attempts: u32) -> i64 {
    let doubled = 1_000_i64 << attempts.min(10);
    doubled.min(limits::STEP_PAUSE_MS_MAX)
}

/// From approved to applying; false when it goes no further now.
async fn begin(job: &mut Job<'_>) -> Outcome<bool> {
    let s = job.s;
    let (id, schedule) = (job.row.id, job.row.change.schedule());
    // Before AWS is looked at: what is seen while another makes its calls is old at once.
    if s.store.read().is_busy_beside(id, schedule, None).await? {
        job.postpone(limits::LOOK_PAUSE_MS).await?;
        return Ok(false);
    }
    let looked_at = s.clock.now();
    let subject = match plan::subject_of(s, &job.row).await? {
        Ok(subject) => subject,
        // It is too late by now: `expire changes` says so.
        Err(NoSubject::OverridePast) => return Ok(false),
        Err(why) => {
            job.fail(vec![Remark::without_subject(&why)]).await?;
            return Ok(false);
        }
    };
    let sight = match subject.look(s).await {
        Ok(sight) => sight,
        Err(Failure::Cloud(error)) => {
            tracing::warn!(change.id = %job.row.id, error = %error, "a change request waits for the cloud");
            job.postpone(limits::LOOK_PAUSE_MS).await?;
            return Ok(false);
        }
        Err(failure) => return Err(failure),
    };
    let Some(sight) = sight else {
        job.fail(vec![Remark::TargetGone]).await?;
        return Ok(false);
    };

    let now = s.clock.now();
    let mut tx = s.store.begin().await?;
    let until = now.plus_ms(limits::CHANGE_LEASE_MS);
    tx.hold_change(job.row.id, &s.holder, now, until).await?;
    let schedule = job.row.change.schedule();
    let since = Some(looked_at);
    if tx.read().is_busy_beside(id, schedule, since).await? {
        drop(tx);
        job.postpone(limits::LOOK_PAUSE_MS).await?;
        return Ok(false);
    }
    if job.row.planned_for.is_some() && job.row.expires_at <= now {
        // It is too late by now: `expire changes` says so.
        return Ok(false);
    }
    let (change, planned_for) = (&job.row.change, job.row.planned_for);
    let fresh = plan::plan(tx.read(), id, change, planned_for, &sight, now).await?;
    let Ok(fresh) = fresh else {
        drop(tx);
        job.fail(vec![Remark::EventOver]).await?;
        return Ok(false);
    };
    let votes = ballot::votes_that_count(tx.read(), &job.row).await?;
    let authors = tx.read().authors_of(id).await?;
    let emergency = tx.read().emergency_of(id).await?;
    let papers = ballot::Papers::new(s, &job.row, &authors, &votes, frozen(&fresh.findings))
        .with_emergency(emergency);
    let by_policy = job.row.change.is_by_policy();
    let moved = *sight.environment() != job.row.environment;
    if moved && by_policy && job.row.change.schedule().is_some() {
        // Other people decide there.
        drop(tx);
        let environments = [&job.row.environment, sight.environment()];
        let environments = environments.map(ToString::to_string).to_vec();
        let finding = Finding::SeveralEnvironments { environments };
        job.fail(vec![Remark::Blocked { finding }]).await?;
        return Ok(false);
    }
    let next = if ballot::is_another(&job.row, &fresh, sight.environment()) {
        Begin::Revise(Void::LiveState)
    } else if blocks(&fresh.findings) {
        Begin::Forbid
    } else if !by_policy && papers.tally() != Tally::Approved {
        Begin::Revise(Void::VotesShort)
    } else {
        Begin::Go
    };
    match next {
        Begin::Forbid => {
            drop(tx);
            job.fail(forbidding(fresh.findings)).await?;
            return Ok(false);
        }
        Begin::Revise(why) => {
            let audit = system_audit(now, "change.void", id).detail(&json!({ "void": why }));
            let row = job.row.clone();
            job.row =
                ballot::revise(s, &mut tx, row, fresh, sight.environment(), audit, now).await?;
            if !by_policy {
                tx.release_change(id, &s.holder).await?;
                commit(job, tx).await?;
                return Ok(false);
            }
            // The policy approves the return to what was approved, whatever the
            // live state is that it returns from.
            job.row.state = job
                .row
                .state
                .after(Move::Approve)
                .map_err(Failure::defect)?;
            tx.insert_vote(id, &changes::policy_vote(s, &job.row, now))
                .await?;
            if blocks(&job.row.plan.findings) {
                let findings = job.row.plan.findings.clone();
                job.row.version = tx.update_change(&job.row).await?;
                commit(job, tx).await?;
                job.fail(forbidding(findings)).await?;
                return Ok(false);
            }
        }
        Begin::Go => job.row.plan = fresh,
    }
    job.row.state = job.row.state.after(Move::Begin).map_err(Failure::defect)?;
    job.row.updated_at = now;
    job.row.version = tx.update_change(&job.row).await?;
    tx.insert_steps(id, job.row.revision, &job.row.plan.steps)
        .await?;
    let audit = job.audit("change.begin").ended(AuditOutcome::Begun);
    tx.audit(&audit.detail(&json!({ "hash": job.row.hash })))
        .await?;
    tx.feed(&[changes::news(&job.row, job.row.version)], now)
        .await?;
    commit(job, tx).await?;
    Ok(true)
}

enum Begin {
    Go,
    Forbid,
    Revise(Void),
}

pub(super) async fn commit(job: &Job<'_>, tx: store::Tx) -> Outcome<()> {
    job.pass(CrashPoint::BeforeCommit)?;
    tx.commit().await?;
    job.s.signals.feed();
    job.pass(CrashPoint::AfterCommit)
}

fn forbidding(findings: Vec<Finding>) -> Vec<Remark> {
    let errors = findings.into_iter();
    let errors = errors.filter(|finding| finding.severity() == Severity::Error);
    errors.map(|finding| Remark::Blocked { finding }).collect()
}

/// One step.
async fn carry_step(job: &mut Job<'_>, mut step: StepRow) -> Outcome<Went> {
    let now = job.s.clock.now();
    let Some(call) = schedules::as_of(&job.row, step.step.call.clone(), now)? else {
        step.state = StepState::Done;
        step.ended_at = Some(now);
        let audit = job.audit("change.step");
        let detail = json!({ "step": step.number, "past": step.step.call.aws() });
        job.write(Some(&step), &[audit.detail(&detail)]).await?;
        return Ok(Went::On);
    };
    let calls = json!({ "step": step.number, "calls": call.aws() });
    let too_late = is_too_late(job, &call, now);
    if step.attempts > 0 || too_late {
        match look_before(job, &call, step.begun_at.unwrap_or(now), now).await? {
            Seen::Done => {
                step.state = StepState::Done;
                step.ended_at = Some(now);
                step.error = None;
                let audit = job.audit("change.step");
                job.write(Some(&step), &[audit.detail(&calls)]).await?;
                return Ok(Went::On);
            }
            Seen::Unknown if may_wait(&step, now) => {
                return Ok(Went::Waits {
                    pause_ms: limits::LOOK_PAUSE_MS,
                    throttled: false,
                });
            }
            // What could not be seen for so long is tried; the call itself will tell.
            Seen::Missing | Seen::Unknown if too_late => {
                return give_up_late(job, step, &call).await;
            }
            Seen::Missing | Seen::Unknown => {}
        }
    }
    step.state = StepState::Begun;
    step.attempts += 1;
    step.begun_at = step.begun_at.or(Some(now));
    // Of this attempt nothing is known yet: after a kill it is looked for, not given up.
    step.error = None;
    let audit = job.audit("change.step").ended(AuditOutcome::Begun);
    job.write(Some(&step), &[audit.detail(&calls)]).await?;

    job.pass(CrashPoint::BeforeCall)?;
    let answer = job.s.cloud.carry_out(&call).await;
    job.pass(CrashPoint::AfterCall)?;

    let audit = job.audit("change.step");
    step.ended_at = Some(job.s.clock.now());
    let Err(error) = answer else {
        step.state = StepState::Done;
        step.error = None;
        job.write(Some(&step), &[audit.detail(&calls)]).await?;
        return Ok(Went::On);
    };
    let fault = KeptFault::from(&error);
    step.error = Some(fault.to_json());
    let retries = error.kind.is_passing() && step.attempts < limits::STEP_ATTEMPTS_MAX;
    let pause_ms = pause_ms(step.attempts);
    if retries {
        step.ended_at = None;
        // Kept with the step: after a kill it waits as well.
        let not_before = job.s.clock.now().plus_ms(pause_ms);
        job.row.not_before = job.row.not_before.max(not_before);
    } else if may_have_happened(&call, &error) {
        // Stays begun, with no attempt left: to be undone like a done one.
        step.attempts = limits::STEP_ATTEMPTS_MAX;
    } else {
        step.state = StepState::Failed;
    }
    let detail = json!({ "step": step.number, "fault": fault, "again": retries });
    let audit = audit.ended(AuditOutcome::Failed).detail(&detail);
    job.write(Some(&step), &[audit]).await?;
    Ok(match retries {
        true => Went::Waits {
            pause_ms,
            throttled: error.kind == CloudErrorKind::Throttled,
        },
        false => Went::On,
    })
}

/// What AWS shows of a call that may have been made.
enum Seen {
    Done,
    Missing,
    /// AWS cannot be looked at now.
    Unknown,
}

/// Whether it is worth waiting until AWS can be looked at: a step that was never
/// begun has left nothing to be seen, and no outage is waited out for ever.
fn may_wait(step: &StepRow, now: Timestamp) -> bool {
    step.begun_at
        .is_some_and(|begun_at| now.since_ms(begun_at) < limits::STEP_LOOK_MS_MAX)
}

async fn look_before(
    job: &Job<'_>,
    call: &Call,
    begun_at: Timestamp,
    now: Timestamp,
) -> Outcome<Seen> {
    let cloud = &job.s.cloud;
    let done = match (call, call.target()) {
        (Call::SetAlarmActions { alarm, enabled }, _) => {
            let live = cloud.alarm(alarm).await;
            live.map(|live| live.is_some_and(|live| live.actions_enabled == *enabled))
        }
        (Call::PutAlarm { alarm, definition }, _) => {
            let live = cloud.alarm(alarm).await;
            live.map(|live| live.and_then(|live| live.definition()).as_ref() == Some(&**definition))
        }
        (Call::DeleteAlarm { alarm }, _) => {
            let live = cloud.alarm(alarm).await;
            live.map(|live| live.is_none())
        }
        (
            Call::PutMetricFilter {
                scope,
                lines,
                namespace,
                metric,
            },
            _,
        ) => {
            let filters = cloud.log_filters(scope, &lines.group).await;
            filters.map(|filters| {
                let live = filters.as_deref().and_then(|all| named(all, &lines.filter));
                let counts = Some((namespace.clone(), metric.clone()));
                live.is_some_and(|live| live.pattern == lines.pattern && live.counts == counts)
            })
        }
        (
            Call::DeleteMetricFilter {
                scope,
                group,
                filter,
            },
            _,
        ) => {
            let filters = cloud.log_filters(scope, group).await;
            filters.map(|filters| filters.is_none_or(|all| named(&all, filter).is_none()))
        }
        (Call::StartRefresh { target, .. }, _) => {
            let all = cloud.refreshes(target).await;
            all.map(|all| started_since(&all, begun_at).is_some())
        }
        (Call::CancelRefresh { target }, _) => {
            let all = cloud.refreshes(target).await;
            all.map(|all| cancel_differences(&all).is_empty())
        }
        (_, Some(target)) => {
            let live = cloud.target(target).await;
            live.map(|live| live.is_some_and(|live| call.is_done(&live, now)))
        }
        (_, None) => Ok(false),
    };
    match done {
        Ok(true) => Ok(Seen::Done),
        Ok(false) => Ok(Seen::Missing),
        Err(error) if error.kind.is_passing() => Ok(Seen::Unknown),
        // What may not be read is tried; the call itself says what is wrong.
        Err(_) => Ok(Seen::Missing),
    }
}

/// Whether the call would come after its own time: a start whose time is past,
/// or a rise so close to the return that it could come after it and stay.
fn is_too_late(job: &Job<'_>, call: &Call, now: Timestamp) -> bool {
    if call.time_has_passed(now) {
        return true;
    }
    let rises = matches!(call, Call::SetCapacity { .. });
    let near = |until: Timestamp| now.plus_ms(limits::SCALE_EVENT_LEAD_MS_MIN) >= until;
    rises && job.row.plan.until.is_some_and(near)
}

/// Ends a step whose time is past. One that was tried is undone like a done one:
/// the first of two calls may have gone through.
async fn give_up_late(job: &mut Job<'_>, mut step: StepRow, call: &Call) -> Outcome<Went> {
    let fault = KeptFault {
        kind: CloudErrorKind::Invalid,
        action: call.aws().pop().map(|call| call.action).unwrap_or_default(),
        message: "its time was past before it could be carried out".to_owned(),
    };
    step.error = Some(fault.to_json());
    step.ended_at = Some(job.s.clock.now());
    if step.attempts > 0 {
        step.state = StepState::Begun;
        step.attempts = step.attempts.max(limits::STEP_ATTEMPTS_MAX);
    } else {
        step.state = StepState::Failed;
    }
    let audit = job.audit("change.step").ended(AuditOutcome::Failed);
    let detail = json!({ "step": step.number, "fault": fault, "again": false });
    job.write(Some(&step), &[audit.detail(&detail)]).await?;
    Ok(Went::On)
}

/// Whether AWS may have done something although the call failed: an answer that never
/// came, a part of what a call asks for, or the first of two calls.
fn may_have_happened(call: &Call, error: &CloudError) -> bool {
    error.kind.is_passing() || error.partly || call.aws().len() > 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_a_minute() {
        assert_eq!(pause_ms(1), 2_000);
        assert_eq!(pause_ms(4), 16_000);
        assert_eq!(pause_ms(12), 60_000);
        assert_eq!(pause_ms(u32::MAX), 60_000);
    }
}
