//! What has no alarm, or one that would tell nobody: a look over one account and region.
//! The words for people are in [`crate::i18n::coverage`].
//!
//! An alarm counts by the metric that it is on, whatever its threshold. Of metric math AWS
//! tells no single metric, so such alarms count for nothing, and each gap says how many there
//! are. What could not be listed is no gap: whoever looks must say that it was not seen.

mod agent;
mod alarms;
mod balancers;
mod drafts;
mod functions;
mod groups;

#[cfg(test)]
mod tests;

use crate::{
    alarms::{AlarmKind, AlarmReading, definition::AlarmDefinition},
    capacity::{Target, TargetRef},
    checks::Severity,
    estate::Scope,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};

pub use agent::{AGENT, DISK, MEMORY, of_target};

/// Every rule, in the order in which they are offered.
pub const RULES: [&str; 12] = [
    "alarm-cannot-tell",
    "alarm-switched-off",
    "alarm-tells-nobody",
    "alarm-never-fired",
    "group-no-termination-alarm",
    "balancer-no-5xx-alarm",
    "target-group-no-unhealthy-alarm",
    "function-no-error-alarm",
    "no-memory-metric",
    "no-memory-alarm",
    "no-disk-metric",
    "no-disk-alarm",
];

/// An Application Load Balancer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Balancer {
    /// CloudWatch's `LoadBalancer` dimension: `app/prod-public/50dc6c495c0c9188`.
    pub name: String,
    /// CloudWatch's `TargetGroup` dimensions: `targetgroup/web/73e2d6bc24d8a067`.
    pub target_groups: Vec<String>,
}

/// A metric that the CloudWatch agent reported lately.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentMetric {
    /// Such as `mem_used_percent`.
    pub name: String,
    /// Name and value, sorted by name.
    pub dimensions: Vec<(String, String)>,
}

/// What one account and region show. A list that could not be had is none.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// Which.
    pub scope: &'a Scope,
    /// Its alarms.
    pub alarms: &'a [AlarmReading],
    /// Its targets.
    pub targets: &'a [&'a Target],
    /// Its Application Load Balancers.
    pub balancers: Option<&'a [Balancer]>,
    /// The names of its functions.
    pub functions: Option<&'a [String]>,
    /// What the agent reports there.
    pub agent: Option<&'a [AgentMetric]>,
    /// When this is looked at.
    pub now: Timestamp,
}

/// What a gap is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// An alarm, by its name.
    Alarm(String),
    /// A target.
    Target(TargetRef),
    /// A load balancer, as CloudWatch names it.
    Balancer(String),
    /// A target group and the load balancer that sends to it, as CloudWatch names them.
    TargetGroup {
        /// The load balancer.
        balancer: String,
        /// The target group.
        group: String,
    },
    /// A function, by its name.
    Function(String),
}

/// What is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Problem {
    /// An alarm has had nothing to judge for long.
    CannotTell {
        /// Whole hours.
        hours: u32,
    },
    /// An alarm's actions are switched off.
    SwitchedOff,
    /// An alarm has no action for when it goes off.
    TellsNobody,
    /// An alarm's state has not changed for long.
    NeverFired {
        /// Whole days, as far as can be looked back.
        days: u32,
    },
    /// No alarm tells when a group loses instances.
    NoTermination,
    /// No alarm tells of a load balancer's errors.
    No5xx,
    /// No alarm tells of a target group's unhealthy hosts.
    NoUnhealthy,
    /// No alarm tells of a function's errors.
    NoErrors,
    /// Nothing reports the memory of instances.
    NoMemoryMetric {
        /// Of so many.
        instances: u32,
    },
    /// Memory is reported and no alarm looks at it.
    NoMemoryAlarm,
    /// Nothing reports the disks of instances.
    NoDiskMetric {
        /// Of so many.
        instances: u32,
    },
    /// Disks are reported and no alarm looks at them.
    NoDiskAlarm,
}

impl Problem {
    /// How bad it is.
    #[must_use]
    pub const fn severity(self) -> Severity {
        match self {
            Self::CannotTell { .. } => Severity::Error,
            Self::SwitchedOff
            | Self::TellsNobody
            | Self::NoTermination
            | Self::No5xx
            | Self::NoUnhealthy
            | Self::NoErrors => Severity::Warning,
            Self::NeverFired { .. }
            | Self::NoMemoryMetric { .. }
            | Self::NoMemoryAlarm
            | Self::NoDiskMetric { .. }
            | Self::NoDiskAlarm => Severity::Info,
        }
    }

    /// The rule's stable name.
    #[must_use]
    pub const fn rule(self) -> &'static str {
        let place = match self {
            Self::CannotTell { .. } => 0,
            Self::SwitchedOff => 1,
            Self::TellsNobody => 2,
            Self::NeverFired { .. } => 3,
            Self::NoTermination => 4,
            Self::No5xx => 5,
            Self::NoUnhealthy => 6,
            Self::NoErrors => 7,
            Self::NoMemoryMetric { .. } => 8,
            Self::NoMemoryAlarm => 9,
            Self::NoDiskMetric { .. } => 10,
            Self::NoDiskAlarm => 11,
        };
        RULES[place]
    }
}

/// What would close a gap. Whom an alarm tells is for the caller to fill in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Draft {
    /// A new alarm.
    New {
        /// A name that no alarm there has.
        name: String,
        /// What it is told to do.
        definition: Box<AlarmDefinition>,
    },
    /// Another definition of the alarm that the gap is about.
    Tell(Box<AlarmDefinition>),
    /// The actions of the alarm that the gap is about are switched on.
    SwitchOn,
}

/// Something that nobody would hear of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// What it is about.
    pub subject: Subject,
    /// What is missing.
    pub problem: Problem,
    /// What it was seen by, in AWS's own terms.
    pub evidence: Vec<String>,
    /// What would close it; none where an alarm alone does not.
    pub draft: Option<Draft>,
}

/// Every gap of an account and region: of alarms, then of what has none.
#[must_use]
pub fn gaps(view: &View<'_>) -> Vec<Gap> {
    let watched = Watched::of(view.alarms);
    let mut gaps: Vec<Gap> = alarms::gaps(view).collect();
    let known = gaps.len();
    gaps.extend(groups::gaps(view, &watched));
    gaps.extend(balancers::gaps(view, &watched));
    gaps.extend(functions::gaps(view, &watched));
    gaps.extend(agent::gaps(view, &watched));
    if watched.unread > 0 {
        let told = format!("MetricMath alarms not looked into: {}", watched.unread);
        let missing = gaps.iter_mut().skip(known);
        missing.for_each(|gap| gap.evidence.push(told.clone()));
    }
    let mut names: HashSet<String> = view.alarms.iter().map(|one| one.name.clone()).collect();
    for gap in &mut gaps {
        if let Some(Draft::New { name, .. }) = &mut gap.draft {
            *name = drafts::free(name, &names);
            names.insert(name.clone());
        }
    }
    gaps
}

/// The notification topic that most alarms tell when they go off, of those in this account
/// and region; the first by name where several are told as often.
#[must_use]
pub fn usual_topic<'a>(
    scope: &Scope,
    alarms: impl IntoIterator<Item = &'a AlarmReading>,
) -> Option<String> {
    let own = format!(":sns:{}:{}:", scope.region, scope.account);
    let mut told: HashMap<&str, u32> = HashMap::new();
    let actions = alarms.into_iter().flat_map(|alarm| &alarm.alarm_actions);
    for topic in actions.filter(|arn| arn.contains(&own)) {
        *told.entry(topic).or_default() += 1;
    }
    let most = told
        .into_iter()
        .max_by(|(a, often), (b, other)| often.cmp(other).then(b.cmp(a)));
    most.map(|(topic, _)| topic.to_owned())
}

/// Names and values.
type Dimensions = [(String, String)];

/// Which metrics alarms are on.
struct Watched<'a> {
    /// The dimensions, by namespace and name.
    metrics: HashMap<(&'a str, &'a str), Vec<&'a Dimensions>>,
    /// Alarms of whose metrics nothing is known.
    unread: usize,
}

impl<'a> Watched<'a> {
    fn of(alarms: &'a [AlarmReading]) -> Self {
        let mut watched = Self {
            metrics: HashMap::new(),
            unread: 0,
        };
        for alarm in alarms {
            match &alarm.rule.metric {
                Some(metric) => {
                    let key = (metric.namespace.as_str(), metric.name.as_str());
                    let known = watched.metrics.entry(key).or_default();
                    known.push(&metric.dimensions);
                }
                None if alarm.kind == AlarmKind::MetricMath => watched.unread += 1,
                None => {}
            }
        }
        watched
    }

    /// Whether an alarm is on a metric of one of these names whose dimensions fit.
    fn has(
        &self,
        namespace: &str,
        names: &[&str],
        fits: impl Fn(&[(String, String)]) -> bool,
    ) -> bool {
        let known = names
            .iter()
            .filter_map(|name| self.metrics.get(&(namespace, *name)));
        known.flatten().any(|dimensions| fits(dimensions))
    }
}

/// The value of a dimension.
fn value<'a>(dimensions: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let mut found = dimensions.iter().filter(|(one, _)| one == name);
    found.next().map(|(_, value)| value.as_str())
}

/// A gap about what no alarm is on.
fn missing(subject: Subject, problem: Problem, seen: String, draft: Option<Draft>) -> Gap {
    Gap {
        subject,
        problem,
        evidence: vec![seen],
        draft,
    }
}
