//! What a change of an alarm is about, as the database knows it and as AWS shows it now.

use super::{
    plan::NoPlan,
    sight::{NoSubject, Subject},
};
use crate::{Services, alarms::environment_of, failure::Outcome};
use domain::{
    alarms::{AlarmReading, AlarmRef, Series, definition::AlarmDefinition},
    capacity::Target,
    changes::Change,
    estate::{Environment, Scope},
    freezes::Freeze,
    ids::{AlarmId, ChangeId},
    plan::{
        AlarmSituation, Effect, Plan, PutSituation, Supposed, look_s, plan_alarm_actions,
        plan_put_alarm,
    },
    sources::Origin,
    time::{SECOND_MS, Timestamp},
};
use ports::MetricRequest;
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
    let (wanted, supposed) = (effect.before, Supposed::Left(effect.after));
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
    Ok(Subject::Alarm(Box::new(AlarmSubject {
        alarm: alarm.clone(),
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
        std::iter::once(&self.environment).chain(becomes).collect()
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
        let series = match wanted {
            Some(wanted) => lately(s, &self.alarm, wanted).await,
            None => None,
        };
        Ok(Some(AlarmSight {
            subject: self,
            live,
            series,
        }))
    }
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
