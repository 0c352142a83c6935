//! Checks over the estate, made of the last readings when somebody asks.
//!
//! They are made of everything, whoever asks: an alarm in one environment may run a
//! policy in another. Only then is left out what the caller may not see. They are made
//! anew when there was news: whatever changes a target or an alarm is news in the same
//! transaction. What becomes a finding by lasting is looked at again when it does.

use crate::{Services, cx::Cx, failure::Outcome, findings, page, shortfalls};
use api::checks::{CheckAlarm, CheckList, CheckQuery, CheckRow, CheckTarget};
use domain::{
    alarms::AlarmReading,
    capacity::TargetRef,
    changes::ChangeState,
    checks::{
        Severity,
        estate::{EstateFinding, below_desired, check_estate, left_behind},
    },
    estate::{Environment, Scope},
    i18n::checks::explain,
    ids::{AlarmId, TargetId},
    people::Reach,
    plan::action_owner,
    time::Timestamp,
};
use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
};
use store::{Read, TargetRow};

/// A page of what the checks found.
///
/// # Errors
/// `unauthenticated`, `invalid`.
pub async fn list(s: &Services, cx: &Cx, query: CheckQuery) -> Outcome<CheckList> {
    let text = page::search(cx, "text", &query.text)?.to_lowercase();
    let sees = cx.sees()?;
    let all = latest(s).await?;
    let counts = findings::counts(within(&all, &sees).map(Found::kind));
    let fits = |one: &&Found| one.kind().fits(&query) && names(&one.finding, &text);
    let fitting: Vec<&Found> = within(&all, &sees).filter(fits).collect();
    let page = findings::page(&query, fitting, |one| view(cx, &sees, one));
    Ok(CheckList { counts, page })
}

/// How many findings are of some severities.
///
/// # Errors
/// The database's.
pub(crate) async fn count(s: &Services, sees: &Reach, of: &[Severity]) -> Outcome<u32> {
    let all = latest(s).await?;
    let fits = |one: &&Found| of.contains(&one.finding.problem.severity());
    let count = within(&all, sees).filter(fits).count();
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}

fn within<'a>(all: &'a [Found], sees: &'a Reach) -> impl Iterator<Item = &'a Found> {
    all.iter().filter(|one| sees.covers(&one.environment))
}

/// Whether the names in a finding contain every word.
fn names(finding: &EstateFinding, words: &str) -> bool {
    let target = finding.target.as_ref().map(|target| target.name.as_str());
    let names = [target, finding.problem.policy(), finding.alarm.as_deref()];
    let names = names.into_iter().flatten().map(str::to_lowercase);
    let names: Vec<String> = names.collect();
    let mut words = words.split_whitespace();
    words.all(|word| names.iter().any(|name| name.contains(word)))
}

/// What the checks found last.
#[derive(Default)]
pub(crate) struct Latest(Mutex<Option<Look>>);

/// One look over the estate.
struct Look {
    /// The number of the news that it was made after.
    after: i64,
    /// When it finds more without any news; none where nothing waits.
    until: Option<Timestamp>,
    found: Arc<[Found]>,
}

/// A finding and what it is about, as the database knows it.
struct Found {
    finding: EstateFinding,
    environment: Environment,
    target: Option<TargetId>,
    alarm: Option<(AlarmId, Environment)>,
}

impl Found {
    const fn kind(&self) -> findings::Kind<'_> {
        findings::Kind {
            severity: self.finding.problem.severity(),
            rule: self.finding.problem.rule(),
            environment: &self.environment,
        }
    }
}

/// Every finding, the worst first.
async fn latest(s: &Services) -> Outcome<Arc<[Found]>> {
    // Read first: news that comes meanwhile makes the next caller look again.
    let news = s.store.read().feed_head().await?;
    let kept = || s.checks.0.lock().unwrap_or_else(PoisonError::into_inner);
    let now = s.clock.now();
    if let Some(look) = kept().as_ref()
        && look.after == news
        && look.until.is_none_or(|until| now < until)
    {
        return Ok(Arc::clone(&look.found));
    }
    let (found, until) = found(s, now).await?;
    let found: Arc<[Found]> = found.into();
    *kept() = Some(Look {
        after: news,
        until,
        found: Arc::clone(&found),
    });
    Ok(found)
}

/// Every finding, and when there are more without any news.
async fn found(s: &Services, now: Timestamp) -> Outcome<(Vec<Found>, Option<Timestamp>)> {
    let mut read = s.store.read();
    let targets = read.targets(&Reach::All).await?;
    let mut alarm_ids: HashMap<(Scope, String), (AlarmId, Environment)> = HashMap::new();
    let mut alarms: Vec<AlarmReading> = Vec::new();
    for row in read.alarms().await? {
        let (id, environment) = (row.id, row.environment.clone());
        let Some(reading) = row.into_reading() else {
            continue;
        };
        let key = (reading.scope.clone(), reading.name.clone());
        alarm_ids.insert(key, (id, environment));
        alarms.push(reading);
    }
    let target_ids: HashMap<&TargetRef, (TargetId, &Environment)> = targets
        .iter()
        .map(|row| (&row.target.reference, (row.id, &row.target.environment)))
        .collect();
    let mut findings = check_estate(targets.iter().map(|row| &row.target), &alarms);
    findings.extend(left_behind_of(&mut read, &targets).await?);
    let mut until = None;
    for row in &targets {
        let short = shortfalls::of(s, &mut read, row.id, &row.target, row.read_at).await?;
        match short {
            Some(short) if short.is_told(now) => {
                findings.push(below_desired(&row.target, &short));
            }
            Some(short) => until = until.into_iter().chain([short.told_from]).min(),
            None => {}
        }
    }
    let place = |finding: EstateFinding| {
        let name = finding.alarm.clone();
        let alarm = name.and_then(|name| alarm_ids.get(&(finding.scope.clone(), name)).cloned());
        let target = finding.target.as_ref();
        let target = target.and_then(|target| target_ids.get(target));
        let environment = match (target, &alarm) {
            (Some((_, environment)), _) => (*environment).clone(),
            (None, Some((_, environment))) => environment.clone(),
            (None, None) => return None,
        };
        Some(Found {
            environment,
            target: target.map(|(id, _)| *id),
            alarm,
            finding,
        })
    };
    let mut found: Vec<Found> = findings.into_iter().filter_map(place).collect();
    // Within a severity they stay in the order of the targets.
    found.sort_by_key(|one| one.finding.problem.severity());
    Ok((found, until))
}

/// What nothing that stands, or is being applied, has put on the targets.
async fn left_behind_of(read: &mut Read<'_>, targets: &[TargetRow]) -> Outcome<Vec<EstateFinding>> {
    let standing = read.schedules(&Reach::All).await?;
    let moving = read.moving_schedules().await?;
    let mut lost = HashSet::new();
    let names = targets.iter().flat_map(|row| &row.target.actions);
    let events: HashSet<_> = names
        .filter_map(|action| action_owner(&action.name))
        .collect();
    for event in events {
        let row = read.change(event).await?;
        if row.is_none_or(|row| row.state == ChangeState::Failed) {
            lost.insert(event);
        }
    }
    let finding = |row: &TargetRow| {
        let target = &row.target;
        let here = standing.iter().filter(|schedule| {
            let mut targets = schedule.targets.iter();
            targets.any(|one| one.target == target.reference)
        });
        let names: Vec<_> = here.map(|row| row.schedule.name()).chain(&moving).collect();
        left_behind(target, &names, |event| lost.contains(&event))
    };
    Ok(targets.iter().filter_map(finding).collect())
}

fn view(cx: &Cx, sees: &Reach, one: &Found) -> CheckRow {
    let finding = &one.finding;
    let explanation = explain(cx.lang, finding);
    let alarm = one.alarm.as_ref();
    let seen = alarm.filter(|(_, environment)| sees.covers(environment));
    let name = finding.target.as_ref().map(|target| target.name.clone());
    CheckRow {
        rule: finding.problem.rule().to_owned(),
        severity: finding.problem.severity(),
        environment: one.environment.clone(),
        scope: finding.scope.clone(),
        target: one
            .target
            .zip(name)
            .map(|(id, name)| CheckTarget { id, name }),
        policy: finding.problem.policy().map(str::to_owned),
        alarm: finding.alarm.clone().map(|name| CheckAlarm {
            id: seen.map(|(id, _)| *id),
            name,
        }),
        what: explanation.what,
        evidence: finding.evidence.clone(),
        fix: explanation.fix,
    }
}
