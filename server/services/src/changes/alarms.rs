//! What a change of an alarm is about, as the database knows it and as AWS shows it now.

use super::{
    plan::NoPlan,
    sight::{NoSubject, Subject},
};
use crate::{Services, alarms::environment_of, failure::Outcome};
use domain::{
    alarms::{AlarmReading, AlarmRef, MetricRef, Series, definition::AlarmDefinition},
    capacity::Target,
    changes::Change,
    estate::{Environment, Scope},
    freezes::Freeze,
    ids::{AlarmId, ChangeId},
    limits::{self, LOG_COUNTED_MAX, LOG_LOOK_S_MAX},
    log_filters::{CountedLines, Fitting, named},
    log_lines::{LogQuestion, MetricFilter},
    plan::{
        AlarmSituation, Call, Effect, LinesSight, Plan, PutSituation, Supposed, lines_of, look_s,
        plan_alarm_actions, plan_put_alarm,
    },
    sources::Origin,
    time::{SECOND_MS, Timestamp},
};
use ports::{CloudErrorKind, MetricRequest};
use store::Read;

/// An alarm, and what hangs on it.
#[derive(Debug, Clone)]
pub(crate) struct AlarmSubject {
    /// Which.
    pub alarm: AlarmRef,
    /// The environment whose people decide.
    pub environment: Environment,
    /// Targets of its environment in its account and region. Those of another environment
    /// are not for everybody to know.
    targets: Vec<Target>,
    /// The environment that the log's own name tells, where lines of one are counted.
    of_log: Option<Environment>,
    /// What is put; none where only its actions are switched.
    put: Option<Put>,
}

/// What an alarm becomes.
#[derive(Debug, Clone)]
struct Put {
    /// Its definition; none where it is deleted.
    wanted: Option<Box<AlarmDefinition>>,
    /// What is supposed to be there.
    supposed: Supposed,
    /// Where it belongs from then on.
    becomes: Environment,
    /// Alarms of its account and region.
    count: u64,
}

/// An alarm whose actions are switched.
pub(super) async fn switched(
    mut read: Read<'_>,
    alarm: AlarmId,
) -> Outcome<Result<Subject, NoSubject>> {
    let Some(row) = read.alarm(alarm).await? else {
        return Ok(Err(NoSubject::NotThere));
    };
    let Origin::Cloudwatch(scope) = row.origin else {
        return Ok(Err(NoSubject::NotThere));
    };
    let mut targets = targets_in(&mut read, &scope).await?;
    targets.retain(|target| target.environment == row.environment);
    Ok(Ok(Subject::Alarm(Box::new(AlarmSubject {
        alarm: AlarmRef {
            scope,
            name: row.name,
        },
        environment: row.environment,
        targets,
        of_log: None,
        put: None,
    }))))
}

/// An alarm that is put.
pub(super) async fn put(
    s: &Services,
    alarm: &AlarmRef,
    replaces: Option<AlarmId>,
    definition: &AlarmDefinition,
) -> Outcome<Result<Subject, NoSubject>> {
    let (supposed, environment) = match replaces {
        Some(id) => {
            let row = s.store.read().alarm(id).await?;
            let is_it = |origin: &Origin, name: &str| {
                *origin == Origin::Cloudwatch(alarm.scope.clone()) && name == alarm.name
            };
            let Some(row) = row.filter(|row| is_it(&row.origin, &row.name)) else {
                return Ok(Err(NoSubject::NotThere));
            };
            (Supposed::One, Some(row.environment))
        }
        None => (Supposed::Nothing, held_in(s, alarm).await?),
    };
    let wanted = Some(Box::new(definition.clone()));
    Ok(Ok(putting(s, alarm, wanted, environment, supposed).await?))
}

/// An alarm that goes back to what it was before a request put it.
pub(super) async fn put_back(s: &Services, put: ChangeId) -> Outcome<Result<Subject, NoSubject>> {
    let row = s.store.read().change(put).await?;
    let Some(row) = row.filter(|row| row.state.stands()) else {
        return Ok(Err(NoSubject::NotThere));
    };
    let Effect::Alarm(effect) = row.plan.effect else {
        return Ok(Err(NoSubject::NotThere));
    };
    let held = held_in(s, &effect.alarm).await?;
    let environment = held.unwrap_or(row.environment);
    let mut left = effect.after;
    let calls = row.plan.steps.iter().map(|step| &step.call);
    let has_put_filter = |call: &Call| matches!(call, Call::PutMetricFilter { .. });
    let had_lines = effect
        .before
        .as_ref()
        .is_some_and(|before| before.lines.is_some());
    if let Some(left) = &mut left
        && !had_lines
        && !calls.into_iter().any(has_put_filter)
    {
        // The filter was there before: it is not this request's to take back.
        left.lines = None;
    }
    let (wanted, supposed) = (effect.before, Supposed::Left(left));
    let subject = putting(s, &effect.alarm, wanted, Some(environment), supposed).await?;
    Ok(Ok(subject))
}

/// Where the database knows an alarm of that name.
async fn held_in(s: &Services, alarm: &AlarmRef) -> Outcome<Option<Environment>> {
    let mut read = s.store.read();
    let mut held = read.alarms_named(&alarm.scope, &[&alarm.name]).await?;
    Ok(held.pop().map(|row| row.environment))
}

/// An alarm of that environment, or of the one where it will belong.
async fn putting(
    s: &Services,
    alarm: &AlarmRef,
    wanted: Option<Box<AlarmDefinition>>,
    environment: Option<Environment>,
    supposed: Supposed,
) -> Outcome<Subject> {
    let mut read = s.store.read();
    let mut targets = targets_in(&mut read, &alarm.scope).await?;
    let becomes = wanted.as_deref().map(|wanted| {
        environment_of(
            s,
            &alarm.scope,
            &alarm.name,
            Some(&wanted.metric),
            |reference| {
                let mut targets = targets.iter();
                let target = targets.find(|target| target.reference == *reference);
                target.map(|target| target.environment.clone())
            },
        )
    });
    let environment = environment.or_else(|| becomes.clone());
    let environment = environment.unwrap_or_else(Environment::untagged);
    targets.retain(|target| target.environment == environment);
    let of_log = lines_of(wanted.as_deref(), &supposed)
        .and_then(|(lines, _)| Environment::from_name(&lines.group));
    Ok(Subject::Alarm(Box::new(AlarmSubject {
        alarm: alarm.clone(),
        of_log,
        put: Some(Put {
            wanted,
            supposed,
            becomes: becomes.unwrap_or_else(|| environment.clone()),
            count: read.alarms_in(&alarm.scope).await?,
        }),
        environment,
        targets,
    })))
}

async fn targets_in(read: &mut Read<'_>, scope: &Scope) -> Outcome<Vec<Target>> {
    let rows = read.targets_in(scope).await?;
    Ok(rows.into_iter().map(|row| row.target).collect())
}

impl AlarmSubject {
    /// The environments of everything that is touched.
    pub fn environments(&self) -> Vec<&Environment> {
        let becomes = self.put.as_ref().map(|put| &put.becomes);
        let touched = std::iter::once(&self.environment);
        touched.chain(becomes).chain(&self.of_log).collect()
    }

    /// Looks at AWS; none when it shows nothing of what is to be changed.
    ///
    /// # Errors
    /// What the cloud answers.
    pub async fn look(self, s: &Services) -> Outcome<Option<AlarmSight>> {
        let live = s.cloud.alarm(&self.alarm).await?;
        let supposed = self.put.as_ref().map(|put| &put.supposed);
        let needed = supposed.is_none_or(|supposed| *supposed == Supposed::One);
        if needed && live.is_none() {
            return Ok(None);
        }
        let wanted = self.put.as_ref().and_then(|put| put.wanted.as_deref());
        let lines = match &self.put {
            Some(put) => lines_sight(s, &self.alarm, &self.environment, put).await?,
            None => None,
        };
        // Of a metric that a filter is put for there are no values before.
        let wanted = wanted.filter(|wanted| wanted.lines.is_none());
        let series = match wanted {
            Some(wanted) => lately(s, &self.alarm, wanted).await,
            None => None,
        };
        Ok(Some(AlarmSight {
            subject: self,
            live,
            lines,
            series,
        }))
    }
}

/// The log whose lines are counted; none where none are, or AWS would refuse to count them.
async fn lines_sight(
    s: &Services,
    alarm: &AlarmRef,
    environment: &Environment,
    put: &Put,
) -> Outcome<Option<LinesSight>> {
    let wanted = put.wanted.as_deref();
    let Some((lines, metric)) = lines_of(wanted, &put.supposed) else {
        return Ok(None);
    };
    if wanted.is_some_and(|wanted| !wanted.refused_fields(&alarm.name).is_empty()) {
        return Ok(None);
    }
    let mut filters = s.cloud.log_filters(&alarm.scope, &lines.group).await?;
    let is_counted = wanted.is_some_and(|wanted| wanted.lines.is_some());
    let lately = match &filters {
        Some(_) if is_counted => fitting(s, alarm, lines, metric.period_s).await,
        _ => None,
    };
    let lately = match lately {
        Some(Tried::Fits(fitting)) => Some(Ok(fitting)),
        Some(Tried::Refused(message)) => Some(Err(message)),
        Some(Tried::NoGroup) => {
            filters = None;
            None
        }
        None => None,
    };
    let live = filters.as_deref().and_then(|all| named(all, &lines.filter));
    // One that stands as wanted is not touched, whoever looks at what it makes.
    if is_counted && live.is_some_and(|live| live.pattern == lines.pattern) {
        return Ok(Some(LinesSight {
            filters,
            lately,
            ..LinesSight::default()
        }));
    }
    let (shared, elsewhere) = alarms_on(s, alarm, environment, metric).await?;
    let (namespace, name) = (&metric.namespace, &metric.name);
    let making = s
        .cloud
        .metric_filters(&alarm.scope, namespace, name)
        .await?;
    let is_own = |one: &MetricFilter| one.group == lines.group && one.name == lines.filter;
    let making = making.into_iter().filter(|one| !is_own(one));
    let making = making.map(|one| format!("{} ({})", one.name, one.group));
    Ok(Some(LinesSight {
        filters,
        lately,
        shared,
        elsewhere,
        making: making.take(limits::ALARMS_NAMED_MAX).collect(),
    }))
}

/// What comes of trying a pattern.
enum Tried {
    Fits(Fitting),
    /// AWS does not take it, in AWS's words.
    Refused(String),
    NoGroup,
}

/// Tries a pattern on what was written lately. Without it the plan is made all the same.
async fn fitting(
    s: &Services,
    alarm: &AlarmRef,
    lines: &CountedLines,
    period_s: u32,
) -> Option<Tried> {
    let until = s.clock.now();
    let look_s = look_s(period_s).min(LOG_LOOK_S_MAX);
    let from = until.plus_ms(-i64::from(look_s) * SECOND_MS);
    let question = LogQuestion {
        group: lines.group.clone(),
        pattern: lines.pattern.clone(),
        from,
        until,
        lines_max: LOG_COUNTED_MAX,
    };
    match s.cloud.log_lines(&alarm.scope, &question).await {
        Ok(found) => Some(Tried::Fits(Fitting::of(&found, (from, until), period_s))),
        Err(error) if error.kind == CloudErrorKind::Invalid => Some(Tried::Refused(error.message)),
        Err(error) if error.kind == CloudErrorKind::NotFound => Some(Tried::NoGroup),
        Err(error) => {
            tracing::debug!(alarm.name, error = %error, "no lines to try a pattern on");
            None
        }
    }
}

/// Other alarms on a metric: the names of those of this environment, and how many there are in
/// others, whose names are not for everybody to know.
async fn alarms_on(
    s: &Services,
    alarm: &AlarmRef,
    environment: &Environment,
    metric: &MetricRef,
) -> Outcome<(Vec<String>, usize)> {
    let is_on = |own: &MetricRef| own.namespace == metric.namespace && own.name == metric.name;
    let rows = s.store.read().alarms_of(&alarm.scope).await?.into_iter();
    let others =
        rows.filter(|row| row.name != alarm.name && row.rule.metric.as_ref().is_some_and(is_on));
    let (own, elsewhere): (Vec<_>, Vec<_>) =
        others.partition(|row| row.environment == *environment);
    let names = own.into_iter().map(|row| row.name);
    Ok((
        names.take(limits::ALARMS_NAMED_MAX).collect(),
        elsewhere.len(),
    ))
}

/// The metric lately, in the alarm's own periods. Without it the plan is made all the same.
async fn lately(s: &Services, alarm: &AlarmRef, wanted: &AlarmDefinition) -> Option<Series> {
    let metric = &wanted.metric;
    if !wanted.refused_fields(&alarm.name).is_empty() {
        return None;
    }
    let until = s.clock.now();
    let request = MetricRequest {
        metric: metric.clone(),
        from: until.plus_ms(-i64::from(look_s(metric.period_s)) * SECOND_MS),
        until,
    };
    match s.cloud.metric(&alarm.scope, &request).await {
        Ok(series) => Some(series).filter(|series| series.period_s == metric.period_s),
        Err(error) => {
            tracing::debug!(alarm.name, error = %error, "no metric to compare an alarm with");
            None
        }
    }
}

/// An alarm as AWS shows it now.
#[derive(Debug, Clone)]
pub(crate) struct AlarmSight {
    /// As the database knows it.
    pub subject: AlarmSubject,
    live: Option<AlarmReading>,
    lines: Option<LinesSight>,
    series: Option<Series>,
}

impl AlarmSight {
    /// Plans a change of it.
    pub fn plan(
        &self,
        change: &Change,
        freezes: &[Freeze],
        now: Timestamp,
    ) -> Result<Plan, NoPlan> {
        let subject = &self.subject;
        match (&subject.put, &self.live, change) {
            (Some(put), live, _) => {
                let situation = PutSituation {
                    alarm: &subject.alarm,
                    supposed: &put.supposed,
                    live: live.as_ref(),
                    environment: &subject.environment,
                    becomes: &put.becomes,
                    targets: &subject.targets,
                    lines: self.lines.as_ref(),
                    series: self.series.as_ref(),
                    count: put.count,
                    freezes,
                    now,
                };
                Ok(plan_put_alarm(put.wanted.as_deref(), &situation))
            }
            (None, Some(live), Change::SetAlarmActions { enabled, .. }) => {
                let situation = AlarmSituation {
                    alarm: live,
                    environment: &subject.environment,
                    policies: &policies_on(&subject.targets, &subject.alarm.name),
                    freezes,
                    now,
                };
                Ok(plan_alarm_actions(*enabled, &situation))
            }
            (None, ..) => Err(NoPlan::NotAnEvent),
        }
    }
}

/// Scaling policies that an alarm runs: the target's name and the policy's.
fn policies_on(targets: &[Target], alarm: &str) -> Vec<(String, String)> {
    let mut policies = Vec::new();
    for target in targets {
        let wired = target
            .policies
            .iter()
            .filter(|policy| policy.enabled && policy.alarms.iter().any(|name| name == alarm));
        policies.extend(wired.map(|policy| (target.reference.name.clone(), policy.name.clone())));
    }
    policies
}
