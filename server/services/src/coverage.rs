//! What has no alarm, looked for when somebody asks.
//!
//! Alarms and targets are those of the last reading. Balancers, functions and what the
//! CloudWatch agent reports are listed then, and kept for a quarter of an hour: whoever asks
//! meanwhile costs AWS nothing, and while one asks the others wait. What could not be listed
//! is told, for it is not covered only because nothing is found.

use crate::{
    Services, alarms::environment_of, cx::Cx, failure::Outcome, findings, health::KeptFault, page,
    texts::coverage as texts,
};
use api::{
    checks::CheckQuery,
    coverage::{
        CoverageBlind, CoverageDraft, CoverageList, CoverageRow, CoverageSeen, CoverageSubject,
    },
};
use domain::{
    alarms::{AlarmReading, AlarmRef, MetricRef, definition::AlarmDefinition},
    capacity::{Target, TargetRef},
    changes::Change,
    coverage::{AgentMetric, Balancer, Draft, Gap, Subject, View, gaps, usual_topic},
    estate::{Environment, Scope},
    i18n::coverage::{description, explain, why},
    ids::{AlarmId, TargetId},
    limits,
    people::Reach,
    time::Timestamp,
};
use futures::lock::Mutex;
use ports::CloudError;
use std::{collections::HashMap, sync::Arc};

/// What was listed of each account and region.
#[derive(Debug, Default)]
pub(crate) struct Listed(Mutex<HashMap<Scope, Arc<Listing>>>);

/// One listing.
#[derive(Debug)]
struct Listing {
    at: Timestamp,
    balancers: Result<Vec<Balancer>, CloudError>,
    functions: Result<Vec<String>, CloudError>,
    agent: Result<Vec<AgentMetric>, CloudError>,
}

impl Listing {
    fn failures(&self) -> [Option<&CloudError>; 3] {
        [
            self.balancers.as_ref().err(),
            self.functions.as_ref().err(),
            self.agent.as_ref().err(),
        ]
    }

    /// A clock that was set back makes nothing fresh.
    fn is_fresh(&self, now: Timestamp) -> bool {
        let whole = self.failures().iter().all(Option::is_none);
        let kept_ms = match whole {
            true => limits::COVERAGE_KEPT_MS,
            false => limits::COVERAGE_FAILED_KEPT_MS,
        };
        (0..kept_ms).contains(&now.since_ms(self.at))
    }
}

/// What the CloudWatch agent reports in an account and region, as last listed.
///
/// # Errors
/// The cloud's.
pub(crate) async fn agent_metrics(
    s: &Services,
    scope: &Scope,
) -> Result<Vec<AgentMetric>, CloudError> {
    let listed = listings(s, vec![scope.clone()]).await;
    let mut agents = listed.iter().map(|(_, listing)| listing.agent.clone());
    agents.next().unwrap_or_else(|| Ok(Vec::new()))
}

/// The listings of some accounts and regions, asked for where they are not fresh.
async fn listings(s: &Services, scopes: Vec<Scope>) -> Vec<(Scope, Arc<Listing>)> {
    let now = s.clock.now();
    let mut kept = s.listed.0.lock().await;
    let stale = scopes.iter().filter(|scope| {
        let known = kept.get(*scope);
        known.is_none_or(|listing| !listing.is_fresh(now))
    });
    let asked = stale.map(|scope| async move {
        let (balancers, functions, agent) = futures::join!(
            s.cloud.balancers(scope),
            s.cloud.functions(scope),
            s.cloud.agent_metrics(scope)
        );
        let listing = Listing {
            at: now,
            balancers,
            functions,
            agent,
        };
        for error in listing.failures().into_iter().flatten() {
            tracing::warn!(scope = %scope, error = %error, "what may lack an alarm could not be listed");
        }
        (scope.clone(), Arc::new(listing))
    });
    let listed = futures::future::join_all(asked).await;
    kept.extend(listed);
    let known = scopes.into_iter();
    let known = known.filter_map(|scope| {
        let listing = Arc::clone(kept.get(&scope)?);
        Some((scope, listing))
    });
    known.collect()
}

/// What the database knows of one account and region.
#[derive(Default)]
struct Held {
    alarms: Vec<AlarmReading>,
    /// Of each alarm, in the same order.
    alarm_rows: Vec<(AlarmId, Environment)>,
    /// Their places, by name.
    places: HashMap<String, usize>,
    targets: Vec<(TargetId, Target)>,
}

impl Held {
    fn alarm(&self, name: &str) -> Option<&(AlarmId, Environment)> {
        self.alarm_rows.get(*self.places.get(name)?)
    }

    fn target(&self, reference: &TargetRef) -> Option<&(TargetId, Target)> {
        let mut targets = self.targets.iter();
        targets.find(|(_, target)| target.reference == *reference)
    }

    /// The topic that is told most in an environment.
    fn topic(&self, scope: &Scope, environment: &Environment) -> Option<String> {
        let own = self.alarms.iter().zip(&self.alarm_rows);
        let own = own.filter(|(_, (_, of))| of == environment);
        usual_topic(scope, own.map(|(alarm, _)| alarm))
    }
}

async fn held(s: &Services) -> Outcome<HashMap<Scope, Held>> {
    let mut held: HashMap<Scope, Held> = HashMap::new();
    let mut read = s.store.read();
    for row in read.alarms().await? {
        let known = (row.id, row.environment.clone());
        let Some(reading) = row.into_reading() else {
            continue;
        };
        let here = held.entry(reading.scope.clone()).or_default();
        here.places.insert(reading.name.clone(), here.alarms.len());
        here.alarms.push(reading);
        here.alarm_rows.push(known);
    }
    for row in read.targets(&Reach::All).await? {
        let scope = row.target.reference.scope.clone();
        let here = held.entry(scope).or_default();
        here.targets.push((row.id, row.target));
    }
    Ok(held)
}

/// A gap and where it belongs.
struct Found<'a> {
    gap: Gap,
    scope: &'a Scope,
    environment: Environment,
    held: &'a Held,
}

impl Found<'_> {
    const fn kind(&self) -> findings::Kind<'_> {
        findings::Kind {
            severity: self.gap.problem.severity(),
            rule: self.gap.problem.rule(),
            environment: &self.environment,
        }
    }
}

/// A page of what has no alarm.
///
/// # Errors
/// `unauthenticated`, `invalid`.
pub async fn list(s: &Services, cx: &Cx, query: CheckQuery) -> Outcome<CoverageList> {
    let text = page::search(cx, "text", &query.text)?.to_lowercase();
    let sees = cx.sees()?;
    let listings = listings(s, s.cloud.scopes()).await;
    let held = held(s).await?;
    let nothing = Held::default();
    let mut seen = CoverageSeen::default();
    let mut found = Vec::new();
    for (scope, listing) in &listings {
        let here = held.get(scope).unwrap_or(&nothing);
        count_seen(s, &sees, scope, (here, listing), &mut seen);
        let targets: Vec<&Target> = here.targets.iter().map(|(_, target)| target).collect();
        let view = View {
            scope,
            alarms: &here.alarms,
            targets: &targets,
            balancers: listing.balancers.as_deref().ok(),
            functions: listing.functions.as_deref().ok(),
            agent: listing.agent.as_deref().ok(),
            now: s.clock.now(),
        };
        let placed = gaps(&view).into_iter().map(|gap| Found {
            environment: environment(s, scope, here, &gap.subject),
            gap,
            scope,
            held: here,
        });
        found.extend(placed.filter(|one| sees.covers(&one.environment)));
    }
    // Within a severity they stay as they were found.
    found.sort_by_key(|one| one.gap.problem.severity());
    let counts = findings::counts(found.iter().map(Found::kind));
    found.retain(|one| one.kind().fits(&query) && names(&one.gap.subject, &text));
    let page = findings::page(&query, found, |one| row(cx, &one));
    Ok(CoverageList {
        counts,
        seen,
        listed_at: listings.iter().map(|(_, listing)| listing.at).min(),
        blind: blind(cx, &listings),
        page,
    })
}

/// As CloudWatch names it.
fn name(subject: &Subject) -> &str {
    match subject {
        Subject::Alarm(name) | Subject::Balancer(name) | Subject::Function(name) => name,
        Subject::Target(target) => &target.name,
        Subject::TargetGroup { group, .. } => group,
    }
}

/// Whether what it is about is named by every word.
fn names(subject: &Subject, words: &str) -> bool {
    let name = name(subject).to_lowercase();
    let balancer = match subject {
        Subject::TargetGroup { balancer, .. } => balancer.to_lowercase(),
        _ => String::new(),
    };
    let mut words = words.split_whitespace();
    words.all(|word| name.contains(word) || balancer.contains(word))
}

/// Where an alarm on it would belong.
fn environment(s: &Services, scope: &Scope, held: &Held, subject: &Subject) -> Environment {
    let of_name = |name: &str, balancer: Option<&str>| {
        let metric = balancer.map(|balancer| MetricRef {
            namespace: String::new(),
            name: String::new(),
            dimensions: vec![("LoadBalancer".to_owned(), balancer.to_owned())],
            statistic: String::new(),
            period_s: 0,
            unit: String::new(),
        });
        environment_of(s, scope, name, metric.as_ref(), |_| None)
    };
    match subject {
        Subject::Alarm(name) => held.alarm(name).map(|(_, environment)| environment.clone()),
        Subject::Target(target) => held
            .target(target)
            .map(|(_, target)| target.environment.clone()),
        Subject::Balancer(name) => Some(of_name(name, Some(name))),
        // It belongs where its load balancer does.
        Subject::TargetGroup { balancer, .. } => Some(of_name(balancer, Some(balancer))),
        Subject::Function(name) => Some(of_name(name, None)),
    }
    .unwrap_or_else(Environment::untagged)
}

fn count_seen(
    s: &Services,
    sees: &Reach,
    scope: &Scope,
    (held, listing): (&Held, &Listing),
    seen: &mut CoverageSeen,
) {
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let within = |subject: &Subject| sees.covers(&environment(s, scope, held, subject));
    let alarms = held.alarm_rows.iter().filter(|(_, of)| sees.covers(of));
    seen.alarms += count(alarms.count());
    let targets = held.targets.iter();
    let targets = targets.filter(|(_, target)| sees.covers(&target.environment));
    seen.targets += count(targets.count());
    let balancers = listing.balancers.iter().flatten();
    let balancers = balancers.filter(|one| within(&Subject::Balancer(one.name.clone())));
    seen.balancers += count(balancers.count());
    let functions = listing.functions.iter().flatten();
    let functions = functions.filter(|one| within(&Subject::Function((*one).clone())));
    seen.functions += count(functions.count());
}

/// What could not be listed, and why.
fn blind(cx: &Cx, listings: &[(Scope, Arc<Listing>)]) -> Vec<CoverageBlind> {
    let words = [
        texts::blind_balancers(cx.lang),
        texts::blind_functions(cx.lang),
        texts::blind_agent(cx.lang),
    ];
    let mut blind = Vec::new();
    for (scope, listing) in listings {
        for (what, error) in words.into_iter().zip(listing.failures()) {
            let Some(error) = error else { continue };
            blind.push(CoverageBlind {
                scope: scope.clone(),
                what: what.to_owned(),
                why: KeptFault::from(error).told(cx),
                missing: error.missing_permission(),
            });
        }
    }
    blind
}

fn row(cx: &Cx, one: &Found<'_>) -> CoverageRow {
    let gap = &one.gap;
    let explanation = explain(cx.lang, gap);
    let (subject, alarm, target) = match &gap.subject {
        Subject::Alarm(name) => {
            let id = one.held.alarm(name).map(|(id, _)| *id);
            (CoverageSubject::Alarm, id, None)
        }
        Subject::Target(target) => {
            let id = one.held.target(target).map(|(id, _)| *id);
            (CoverageSubject::Target, None, id)
        }
        Subject::Balancer(_) => (CoverageSubject::Balancer, None, None),
        Subject::TargetGroup { .. } => (CoverageSubject::TargetGroup, None, None),
        Subject::Function(_) => (CoverageSubject::Function, None, None),
    };
    CoverageRow {
        rule: gap.problem.rule().to_owned(),
        severity: gap.problem.severity(),
        environment: one.environment.clone(),
        scope: one.scope.clone(),
        subject,
        name: name(&gap.subject).to_owned(),
        alarm,
        target,
        what: explanation.what,
        evidence: gap.evidence.clone(),
        fix: explanation.fix,
        draft: draft(cx, one, alarm),
    }
}

/// What would be proposed: it tells the topic that is told most where it belongs.
fn draft(cx: &Cx, one: &Found<'_>, alarm: Option<AlarmId>) -> Option<CoverageDraft> {
    let put = |name: &str, mut definition: Box<AlarmDefinition>, replaces| {
        let topic = one.held.topic(one.scope, &one.environment);
        definition.alarm_actions.extend(topic);
        definition.actions_enabled = true;
        Change::PutAlarm {
            alarm: AlarmRef {
                scope: one.scope.clone(),
                name: name.to_owned(),
            },
            replaces,
            definition,
            reason: String::new(),
        }
    };
    let gap = &one.gap;
    let change = match gap.draft.as_ref()? {
        Draft::New { name, definition } => {
            let mut definition = definition.clone();
            definition.description = description(cx.lang, gap.problem).to_owned();
            put(name, definition, None)
        }
        Draft::Tell(definition) => put(name(&gap.subject), definition.clone(), Some(alarm?)),
        Draft::SwitchOn => Change::SetAlarmActions {
            alarm: alarm?,
            enabled: true,
            reason: String::new(),
        },
    };
    let why = why(cx.lang, gap);
    Some(CoverageDraft { change, why })
}
