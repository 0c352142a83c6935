//! What a change is about, as the database knows it and as AWS shows it now.

use super::alarms::{self, AlarmSight, AlarmSubject};
use crate::{Services, cx::Cx, failure::Outcome, texts};
use domain::{
    capacity::{Target, TargetKind, TargetRef},
    changes::Change,
    estate::{Environment, Scope},
    i18n::schedules::problem,
    ids::{ChangeId, TargetId},
    limits,
    plan::{ScheduleTarget, Taken},
    policy::{Action, Resource},
    refreshes::Refresh,
    schedules::{self, OverrideDraft, Schedule, ScheduleError, ScheduleName},
    time::Timestamp,
};
use store::{Read, ScheduleRow, TargetRow};

/// Which targets a change is about, before AWS is asked.
#[derive(Debug, Clone)]
pub(crate) enum Subject {
    /// One target.
    Target(Box<TargetRow>),
    /// One target and its instance refreshes.
    Refreshed(Box<TargetRow>),
    /// Those of a schedule.
    Schedule(Box<ScheduleSubject>),
    /// None, but an alarm.
    Alarm(Box<AlarmSubject>),
}

/// The targets of a schedule.
#[derive(Debug, Clone)]
pub(crate) struct ScheduleSubject {
    /// The schedule that is to hold; none when it is to be removed.
    pub schedule: Option<Schedule>,
    /// Its name.
    pub name: ScheduleName,
    /// The target that the record hangs on.
    pub first: TargetRow,
    /// Targets that it names and the database knows.
    pub named: Vec<TargetRow>,
    /// Targets that it names and nobody knows.
    pub unknown: Vec<String>,
    /// Targets that it stands on and names no more.
    pub leaving: Vec<TargetRow>,
    /// Actions that are its own although their names do not tell.
    pub taken: Taken,
    /// The change request that applied the schedule of its name as it stands.
    pub replaces: Option<ChangeId>,
    /// What of it is asked for.
    pub asked: Asked,
    /// The environment in which it stands; else the first target's.
    pub environment: Environment,
}

/// What of a schedule is asked for.
#[derive(Debug, Clone)]
pub(crate) enum Asked {
    /// All of it, or its end.
    Whole,
    /// The days to come, after what was done to its targets.
    Extension(Vec<ScheduleTarget>),
    /// An override more or less.
    Override {
        /// The schedule that stands.
        standing: Box<Schedule>,
        /// The override's first instant.
        from: Timestamp,
        /// The first instant after it, of one more.
        until: Option<Timestamp>,
    },
}

/// Why a change is about nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NoSubject {
    /// No such target or event, or no such alarm of CloudWatch.
    NotThere,
    /// No such schedule stands.
    NoSchedule,
    /// None of the targets is known.
    NoTarget,
    /// The override is over before it could begin.
    OverridePast,
    /// The schedule has no such override ahead.
    OverrideGone,
    /// The override does not fit the schedule.
    OverrideMisfit(Box<ScheduleError>),
}

impl NoSubject {
    /// What the caller is told.
    pub fn told(self, cx: &Cx) -> api::ApiError {
        match self {
            Self::NotThere => cx.not_found(),
            Self::NoSchedule => cx.conflict(texts::no_schedule(cx.lang)),
            Self::NoTarget => cx.invalid("targets", texts::no_target_known(cx.lang)),
            Self::OverridePast => cx.invalid("until", texts::override_past(cx.lang)),
            Self::OverrideGone => cx.conflict(texts::override_gone(cx.lang)),
            Self::OverrideMisfit(error) => {
                let field = error.path.last().map_or("capacity", String::as_str);
                cx.invalid(field, problem(cx.lang, &error.problem))
            }
        }
    }
}

/// Finds what a change is about.
///
/// # Errors
/// The database's.
pub(crate) async fn subject(s: &Services, change: &Change) -> Outcome<Result<Subject, NoSubject>> {
    let mut read = s.store.read();
    let target = match change {
        Change::ScaleEvent(event) => event.target,
        Change::EndScaleEvent { event, .. } => {
            let event = read.change(*event).await?;
            let Some(target) = event.and_then(|event| event.target) else {
                return Ok(Err(NoSubject::NotThere));
            };
            target
        }
        Change::ApplySchedule {
            scope,
            schedule,
            takes_over,
            ..
        } => {
            let standing = read.schedule(schedule.name()).await?;
            let schedule = Some((**schedule).clone());
            let (scope, asked) = (scope.clone(), Asked::Whole);
            return scheduled(read, scope, schedule, asked, standing, takes_over).await;
        }
        Change::RemoveSchedule { schedule, .. }
        | Change::Override { schedule, .. }
        | Change::EndOverride { schedule, .. }
        | Change::ExtendSchedule { schedule, .. } => {
            let Some(standing) = read.schedule(schedule).await? else {
                return Ok(Err(NoSubject::NoSchedule));
            };
            let (wanted, asked) = match instead(change, &standing, s.clock.now()) {
                Ok(wanted) => wanted,
                Err(why) => return Ok(Err(why)),
            };
            let scope = standing.scope.clone();
            return scheduled(read, scope, wanted, asked, Some(standing), &[]).await;
        }
        Change::RefreshInstances { target, .. }
        | Change::SetMix {
            target,
            refresh: Some(_),
            ..
        } => {
            let row = read.target(*target).await?.map(Box::new);
            return Ok(row.map(Subject::Refreshed).ok_or(NoSubject::NotThere));
        }
        Change::CancelRefresh { refresh, .. } => {
            let started = read.change(*refresh).await?;
            let started = started.filter(|row| row.plan.starts_refresh());
            let row = match started.and_then(|row| row.target) {
                Some(target) => read.target(target).await?.map(Box::new),
                None => None,
            };
            return Ok(row.map(Subject::Refreshed).ok_or(NoSubject::NotThere));
        }
        Change::SetPower { target, .. }
        | Change::SetMix { target, .. }
        | Change::SetProcesses { target, .. } => *target,
        Change::SetAlarmActions { alarm, .. } => return alarms::switched(read, *alarm).await,
        Change::PutAlarm {
            alarm,
            replaces,
            definition,
            ..
        } => return alarms::put(s, alarm, *replaces, definition).await,
        Change::PutAlarmBack { put, .. } => return alarms::put_back(s, *put).await,
    };
    let row = read.target(target).await?.map(Box::new);
    Ok(row.map(Subject::Target).ok_or(NoSubject::NotThere))
}

/// What is to hold instead of a schedule that stands, if anything, and what of it is asked
/// for.
fn instead(
    change: &Change,
    standing: &ScheduleRow,
    now: Timestamp,
) -> Result<(Option<Schedule>, Asked), NoSubject> {
    let held = &standing.schedule;
    let overriding = |from: Timestamp, until: Option<Timestamp>| Asked::Override {
        standing: Box::new(held.clone()),
        from,
        until,
    };
    match change {
        Change::Override {
            from,
            until,
            capacity,
            reason,
            ..
        } => {
            if *until <= now {
                return Err(NoSubject::OverridePast);
            }
            let over = OverrideDraft {
                from: *from,
                until: *until,
                capacity: *capacity,
                reason: reason.clone(),
            };
            let wanted = held.with_override(over, now);
            let wanted = wanted.map_err(|error| NoSubject::OverrideMisfit(Box::new(error)))?;
            Ok((Some(wanted), overriding(*from, Some(*until))))
        }
        Change::EndOverride { from, until, .. } => {
            let wanted = held.without_override(*from, *until, now);
            let wanted = wanted.ok_or(NoSubject::OverrideGone)?;
            Ok((Some(wanted), overriding(*from, None)))
        }
        Change::ExtendSchedule { .. } => {
            let done = Asked::Extension(standing.targets.clone());
            Ok((Some(held.clone()), done))
        }
        // Its end.
        _ => Ok((None, Asked::Whole)),
    }
}

async fn scheduled(
    mut read: Read<'_>,
    scope: Scope,
    schedule: Option<Schedule>,
    asked: Asked,
    standing: Option<ScheduleRow>,
    takes_over: &[String],
) -> Outcome<Result<Subject, NoSubject>> {
    let named = schedule.as_ref().map(Schedule::targets).unwrap_or_default();
    let (mut rows, mut unknown) = (Vec::new(), Vec::new());
    for target in named {
        let row = read.target_by_reference(&reference(&scope, target)).await?;
        match row.filter(|row| row.gone_at.is_none()) {
            Some(row) => rows.push(row),
            None => unknown.push(target.to_string()),
        }
    }
    let parts = standing.iter().flat_map(|standing| &standing.targets);
    let kept = parts.flat_map(|part| {
        let objects = part.objects.iter();
        objects.map(|object| (part.target.clone(), object.name.clone()))
    });
    let over = rows.iter().flat_map(|row: &TargetRow| {
        let names = takes_over.iter();
        names.map(|name| (row.target.reference.clone(), name.clone()))
    });
    let taken = kept.chain(over).collect();
    let stands_on = standing.iter().flat_map(|standing| &standing.targets);
    let mut leaving = Vec::new();
    for part in stands_on {
        let is_named = rows.iter().any(|row| row.target.reference == part.target);
        if is_named || unknown.contains(&part.target.name) {
            continue;
        }
        leaving.extend(read.target_by_reference(&part.target).await?);
    }
    let held = schedule
        .as_ref()
        .or(standing.as_ref().map(|standing| &standing.schedule));
    let name = held.map(|schedule| schedule.name().clone());
    let first = rows.first().or(leaving.first()).cloned();
    let (Some(name), Some(first)) = (name, first) else {
        return Ok(Err(NoSubject::NoTarget));
    };
    let environment = match &standing {
        Some(standing) => standing.environment.clone(),
        None => first.target.environment.clone(),
    };
    Ok(Ok(Subject::Schedule(Box::new(ScheduleSubject {
        schedule,
        name,
        first,
        named: rows,
        unknown,
        leaving,
        taken,
        replaces: standing.as_ref().map(|standing| standing.change),
        asked,
        environment,
    }))))
}

/// The target that a schedule names, in AWS's terms.
fn reference(scope: &Scope, target: &schedules::Target) -> TargetRef {
    TargetRef {
        scope: scope.clone(),
        kind: target.kind().into(),
        name: target.to_string(),
    }
}

impl Subject {
    /// Every target.
    pub fn rows(&self) -> Vec<&TargetRow> {
        match self {
            Self::Target(row) | Self::Refreshed(row) => vec![row],
            Self::Schedule(subject) => subject.named.iter().chain(&subject.leaving).collect(),
            Self::Alarm(_) => Vec::new(),
        }
    }

    /// The target that the record hangs on; none of an alarm.
    pub fn first(&self) -> Option<&TargetRow> {
        match self {
            Self::Target(row) | Self::Refreshed(row) => Some(row),
            Self::Schedule(subject) => Some(&subject.first),
            Self::Alarm(_) => None,
        }
    }

    /// What the record calls it.
    pub fn name(&self) -> String {
        match self {
            Self::Target(row) | Self::Refreshed(row) => row.target.reference.name.clone(),
            Self::Schedule(subject) => subject.name.to_string(),
            Self::Alarm(subject) => subject.alarm.name.clone(),
        }
    }

    /// The environments of everything that is touched.
    fn environments(&self) -> Vec<&Environment> {
        match self {
            Self::Alarm(subject) => subject.environments(),
            _ => {
                let rows = self.rows().into_iter();
                rows.map(|row| &row.target.environment).collect()
            }
        }
    }

    /// Refuses who may not propose changes of all that is touched. What cannot be
    /// seen is not there.
    ///
    /// # Errors
    /// `not_found`, `forbidden`.
    pub fn authorize(&self, cx: &Cx) -> Result<(), api::ApiError> {
        for environment in self.environments() {
            cx.authorize(Action::View, Resource::In(environment))?;
            cx.authorize(Action::ProposeChange, Resource::In(environment))?;
        }
        Ok(())
    }

    /// Looks at AWS; none when it shows nothing of it.
    ///
    /// # Errors
    /// What the cloud answers.
    pub async fn look(self, s: &Services) -> Outcome<Option<Sight>> {
        let below_desired_minutes = s.settings.below_desired_minutes;
        match self {
            Self::Target(row) => {
                let live = s.cloud.target(&row.target.reference).await?;
                Ok(live.map(|live| Sight::Target {
                    row,
                    live: Box::new(live),
                    refreshes: Vec::new(),
                    below_desired_minutes,
                }))
            }
            Self::Refreshed(row) => {
                let reference = &row.target.reference;
                let Some(live) = s.cloud.target(reference).await? else {
                    return Ok(None);
                };
                // Others have none to be asked for.
                let refreshes = match reference.kind {
                    TargetKind::Asg => s.cloud.refreshes(reference).await?,
                    _ => Vec::new(),
                };
                Ok(Some(Sight::Target {
                    row,
                    live: Box::new(live),
                    refreshes,
                    below_desired_minutes,
                }))
            }
            Self::Alarm(subject) => {
                let sight = subject.look(s).await?;
                Ok(sight.map(|sight| Sight::Alarm(Box::new(sight))))
            }
            Self::Schedule(subject) => {
                let mut missing = subject.unknown.clone();
                let named = look_at(s, &references(&subject.named)).await?;
                let mut live = Vec::new();
                for (row, found) in subject.named.iter().zip(named) {
                    match found {
                        Some(found) => live.push(found),
                        None => missing.push(row.target.reference.name.clone()),
                    }
                }
                let leaving = look_at(s, &references(&subject.leaving)).await?;
                let leaving: Vec<_> = leaving.into_iter().flatten().collect();
                let first = live.first().or(leaving.first());
                let environment = match first {
                    Some(first) => first.environment.clone(),
                    // What is gone can still be let go of.
                    None if subject.schedule.is_none() => subject.environment.clone(),
                    None => return Ok(None),
                };
                let scope = &subject.first.target.reference.scope;
                Ok(Some(Sight::Schedule(Box::new(ScheduleSight {
                    environment,
                    timer_role: s.cloud.timer_role(scope),
                    below_desired_minutes,
                    subject: *subject,
                    live,
                    missing,
                    leaving,
                }))))
            }
        }
    }
}

fn references(rows: &[TargetRow]) -> Vec<&TargetRef> {
    rows.iter().map(|row| &row.target.reference).collect()
}

/// Reads targets afresh, in their order: a few one by one, many by reading whole
/// regions.
///
/// # Errors
/// What the cloud answers.
pub(crate) async fn look_at(s: &Services, targets: &[&TargetRef]) -> Outcome<Vec<Option<Target>>> {
    let mut found = Vec::with_capacity(targets.len());
    if targets.len() <= limits::TARGETS_LOOKED_AT_MAX {
        for target in targets {
            found.push(s.cloud.target(target).await?);
        }
        return Ok(found);
    }
    let mut scopes: Vec<&Scope> = targets.iter().map(|target| &target.scope).collect();
    scopes.sort_unstable();
    scopes.dedup();
    let mut all = Vec::new();
    for scope in scopes {
        all.append(&mut s.cloud.targets(scope).await?);
    }
    let live = |target: &&TargetRef| {
        let mut all = all.iter();
        all.find(|live| live.reference == **target).cloned()
    };
    found.extend(targets.iter().map(live));
    Ok(found)
}

/// What a change is about, as AWS shows it now.
#[derive(Debug, Clone)]
pub(crate) enum Sight {
    /// One target.
    Target {
        /// As the database knows it.
        row: Box<TargetRow>,
        /// As AWS shows it.
        live: Box<Target>,
        /// Its instance refreshes, where they were asked for.
        refreshes: Vec<Refresh>,
        /// For how long people wait for spot capacity.
        below_desired_minutes: u32,
    },
    /// Those of a schedule.
    Schedule(Box<ScheduleSight>),
    /// None, but an alarm.
    Alarm(Box<AlarmSight>),
}

/// The live targets of a schedule.
#[derive(Debug, Clone)]
pub(crate) struct ScheduleSight {
    /// As the database knows them.
    pub subject: ScheduleSubject,
    /// The first live target's. All are of one: a check sees to it.
    pub environment: Environment,
    /// The role under which timers call there, if one is configured.
    pub timer_role: Option<String>,
    /// For how long people wait for spot capacity.
    pub below_desired_minutes: u32,
    /// Those that it names.
    pub live: Vec<Target>,
    /// Those that it names and AWS does not show.
    pub missing: Vec<String>,
    /// Those that it stands on and names no more.
    pub leaving: Vec<Target>,
}

impl Sight {
    /// Every live target.
    pub fn live(&self) -> Vec<&Target> {
        match self {
            Self::Target { live, .. } => vec![live],
            Self::Schedule(sight) => sight.live.iter().chain(&sight.leaving).collect(),
            Self::Alarm(_) => Vec::new(),
        }
    }

    /// The environment whose people decide.
    pub fn environment(&self) -> &Environment {
        match self {
            Self::Target { live, .. } => &live.environment,
            Self::Schedule(sight) => &sight.environment,
            Self::Alarm(sight) => &sight.subject.environment,
        }
    }

    /// Refuses who may not propose changes there: a tag may have changed since the
    /// target was polled, and what AWS says now counts.
    ///
    /// # Errors
    /// `forbidden`.
    pub fn authorize(&self, cx: &Cx) -> Result<(), api::ApiError> {
        for live in self.live() {
            cx.authorize(Action::ProposeChange, Resource::In(&live.environment))?;
        }
        Ok(())
    }
}

/// Notes the targets of a change request but the first, which the record itself has.
///
/// # Errors
/// The database's.
pub(crate) async fn note_targets(
    tx: &mut store::Tx,
    change: ChangeId,
    subject: &Subject,
) -> Outcome<()> {
    let first = subject.first().map(|row| row.id);
    let ids = subject.rows().into_iter().map(|row| row.id);
    let further: Vec<TargetId> = ids.filter(|id| Some(*id) != first).collect();
    Ok(tx.touch_targets(change, &further).await?)
}
