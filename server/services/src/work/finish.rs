//! The end of a change request whose calls were made: what AWS shows is compared with what
//! was predicted, and what goes on by itself is followed until it is over.

use super::{
    apply::{Job, commit},
    beside::{self, Beside},
    poll::target_news,
    schedules,
};
use crate::{
    changes::{self, remark::Remark},
    cx::{AuditEntryExt, system_audit},
    failure::{Failure, Outcome},
    health::KeptFault,
    notifications,
};
use domain::{
    capacity::Target,
    changes::{ChangeState, Move},
    ids::{ChangeId, TargetId},
    limits,
    plan::{
        Call, Difference, Effect, EventEffect, MixEffect, PowerEffect, ProcessesEffect,
        RefreshEffect, alarm_differences, cancel_differences, definition_differences, differences,
        filter_differences, filter_group, refresh_differences,
    },
    refreshes::started_since,
    time::Timestamp,
};
use serde_json::json;
use store::{ChangeRow, FeedEntry, StepRow};

/// Reads back and ends it.
pub(super) async fn finish(job: &mut Job<'_>) -> Outcome<()> {
    let s = job.s;
    let mut read = s.store.read();
    let steps = read.steps_of(job.row.id, job.row.revision).await?;
    let now = s.clock.now();
    let applied_at = steps
        .iter()
        .filter_map(|step| step.ended_at)
        .max()
        .unwrap_or(now);
    let reading = match read_back(job, &steps, applied_at, now).await {
        Ok(Reading {
            goes_on: Some(progress),
            ..
        }) => {
            job.row.result = vec![progress.to_json()];
            return job.postpone(limits::REFRESH_PAUSE_MS).await;
        }
        Ok(reading) => reading,
        Err(Failure::Cloud(error)) => {
            // What goes on was seen since its call was made.
            let seen = job.row.result.iter();
            let seen_at = seen.filter_map(|kept| Remark::seen_at(kept)).max();
            let waited_ms = now.since_ms(seen_at.unwrap_or(applied_at));
            if error.kind.is_passing() && waited_ms < limits::READ_BACK_WATCH_MS {
                return job.postpone(limits::LOOK_PAUSE_MS).await;
            }
            let since = error.kind.is_passing().then_some(applied_at);
            let fault = KeptFault::from(&error);
            Reading {
                remarks: vec![Remark::Unread {
                    fault: fault.clone(),
                    since,
                }],
                fault: Some(fault),
                ..Reading::of(Vec::new())
            }
        }
        Err(failure) => return Err(failure),
    };
    if !reading.differences.is_empty() && now.since_ms(applied_at) < limits::READ_BACK_MS {
        return job.postpone(limits::READ_BACK_PAUSE_MS).await;
    }
    let wanted = match reading.remarks.is_empty() {
        true => Move::Finish,
        false => Move::FinishDifferent,
    };
    job.row.state = job.row.state.after(wanted).map_err(Failure::defect)?;
    job.row.result = reading.remarks.iter().map(Remark::to_json).collect();
    job.row.applied_at = Some(applied_at);
    if job.row.event.is_none() {
        job.row.from = job.row.from.or(Some(applied_at));
    }
    close(job, reading, now).await
}

/// Looks at every target that was touched.
async fn read_back(
    job: &Job<'_>,
    steps: &[StepRow],
    applied_at: Timestamp,
    now: Timestamp,
) -> Outcome<Reading> {
    let (s, row) = (job.s, &job.row);
    let mut refresh = match read_refresh(job, steps, applied_at, now).await? {
        Followed::Over(found) => found,
        Followed::GoesOn(progress) => {
            return Ok(Reading {
                goes_on: Some(progress),
                ..Reading::of(Vec::new())
            });
        }
    };
    match &row.plan.effect {
        Effect::AlarmActions(effect) => {
            let live = s.cloud.alarm(&effect.alarm).await?;
            let live = live.map(|live| live.actions_enabled);
            Ok(Reading::of(alarm_differences(effect, live)))
        }
        Effect::Alarm(effect) => {
            let live = s.cloud.alarm(&effect.alarm).await?;
            let mut found = definition_differences(effect, live.as_ref());
            if let Some(group) = filter_group(effect) {
                let scope = &effect.alarm.scope;
                let filters = s.cloud.log_filters(scope, group).await?.unwrap_or_default();
                found.append(&mut filter_differences(effect, &filters));
            }
            Ok(Reading::of(found))
        }
        Effect::Event(EventEffect { target, .. })
        | Effect::Power(PowerEffect { target, .. })
        | Effect::Mix(MixEffect { target, .. })
        | Effect::Refresh(RefreshEffect { target, .. })
        | Effect::Processes(ProcessesEffect { target, .. }) => {
            let beside = Beside::read(s, row, applied_at).await?;
            let Some(live) = s.cloud.target(target).await? else {
                return Ok(Reading::of(vec![Difference::TargetGone]));
            };
            let applied = beside::applied(row, applied_at);
            let mut found = differences(applied, &beside.applied(), &live, now);
            found.append(&mut refresh);
            Ok(Reading {
                live: vec![live],
                ..Reading::of(found)
            })
        }
        Effect::Schedule(effect) => {
            let (found, live) = schedules::read_back(s, &row.change, effect, now).await?;
            Ok(Reading {
                live,
                ..Reading::of(found)
            })
        }
    }
}

/// What reading back gave.
struct Reading {
    remarks: Vec<Remark>,
    differences: Vec<Difference>,
    /// Why there was nothing to read.
    fault: Option<KeptFault>,
    live: Vec<Target>,
    /// What was begun goes on, and is looked for again.
    goes_on: Option<Remark>,
}

impl Reading {
    fn of(differences: Vec<Difference>) -> Self {
        Self {
            remarks: differences.iter().map(Remark::of).collect(),
            differences,
            fault: None,
            live: Vec::new(),
            goes_on: None,
        }
    }
}

/// The last transaction: the end of the change request, what it means for the
/// event it ends, and the target as it was just read.
async fn close(job: &mut Job<'_>, reading: Reading, now: Timestamp) -> Outcome<()> {
    let s = job.s;
    let mut tx = s.store.begin().await?;
    let until = now.plus_ms(limits::CHANGE_LEASE_MS);
    tx.hold_change(job.row.id, &s.holder, now, until).await?;
    job.row.updated_at = now;
    job.row.version = tx.update_change(&job.row).await?;
    let detail = json!({
        "differences": reading.differences,
        "fault": reading.fault,
        "capacity": match reading.live.as_slice() {
            [live] => Some(live.capacity),
            _ => None,
        },
        "state": job.row.state,
    });
    tx.audit(&job.audit("change.applied").detail(&detail))
        .await?;
    let mut feed = vec![changes::news(&job.row, job.row.version)];
    if let Some(event) = job.row.event {
        // An end that left something behind leaves the event standing and watched.
        if job.row.state == ChangeState::Applied {
            feed.push(end_event(&mut tx, &job.row, event, now).await?);
        }
    } else if let Some(effect) = job.row.plan.schedule() {
        schedules::keep(&mut tx, &job.row, effect, &reading.differences, now).await?;
    } else if job.row.plan.event().is_some() && !reading.differences.is_empty() {
        tx.put_drift(job.row.id, &reading.differences, now).await?;
    }
    feed.append(&mut notifications::changes::applied(s, &mut tx, &job.row, now).await?);
    for live in &reading.live {
        let mut new_id = || TargetId::from_parts(now.ms(), s.ids.random());
        let news = tx.save_target(live, now, &mut new_id).await?;
        feed.extend(news.map(target_news));
    }
    tx.feed(&feed, now).await?;
    tx.release_change(job.row.id, &s.holder).await?;
    commit(job, tx).await?;
    for scope in job.row.plan.scopes() {
        s.signals.poll(scope);
    }
    s.signals.watch();
    s.signals.notify();
    Ok(())
}

/// Marks the event as ended by this change request.
pub(super) async fn end_event(
    tx: &mut store::Tx,
    end: &ChangeRow,
    event: ChangeId,
    now: Timestamp,
) -> Outcome<FeedEntry> {
    let row = tx.read().change(event).await?;
    let mut row = row.ok_or_else(|| Failure::defect(format!("{} ends {event}", end.id)))?;
    row.ended_by = Some(end.id);
    row.ended_at = end.applied_at;
    row.updated_at = now;
    let version = tx.update_change(&row).await?;
    tx.clear_drift(event).await?;
    let audit = system_audit(now, "event.end", event).within(&row.environment);
    tx.audit(&audit.detail(&json!({ "by": end.id }))).await?;
    Ok(changes::news(&row, version))
}

/// How far an instance refresh is.
enum Followed {
    /// What is not as predicted; nothing where there was no refresh.
    Over(Vec<Difference>),
    /// It goes on.
    GoesOn(Remark),
}

/// Looks at the refresh that a step started, or ended.
async fn read_refresh(
    job: &Job<'_>,
    steps: &[StepRow],
    applied_at: Timestamp,
    now: Timestamp,
) -> Outcome<Followed> {
    let cloud = &job.s.cloud;
    for step in steps {
        match &step.step.call {
            Call::StartRefresh { target, .. } => {
                let since = step.begun_at.unwrap_or(applied_at);
                let all = cloud.refreshes(target).await?;
                let ours = started_since(&all, since);
                if let Some(found) = refresh_differences(ours) {
                    return Ok(Followed::Over(found));
                }
                return Ok(match ours {
                    Some(ours) if now.since_ms(since) < limits::REFRESH_WATCH_MS => {
                        Followed::GoesOn(Remark::Refreshing {
                            percent: ours.percent,
                            left: ours.left,
                            seen_at: now,
                        })
                    }
                    _ => Followed::Over(vec![Difference::RefreshGoesOn]),
                });
            }
            Call::CancelRefresh { target } => {
                let all = cloud.refreshes(target).await?;
                return Ok(Followed::Over(cancel_differences(&all)));
            }
            _ => {}
        }
    }
    Ok(Followed::Over(Vec::new()))
}
