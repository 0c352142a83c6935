//! An alarm in the making: from the few words that tell it apart to what it is
//! in its account.

use super::{Watch, judge::Rule};
use crate::metrics::{Metrics, Source, Statistic};
use domain::{
    alarms::{AlarmKind, AlarmReading, AlarmRule, AlarmState, MetricRef, definition::MissingData},
    capacity::TargetKind,
    estate::Scope,
    step_policies::Comparison,
    time::Timestamp,
};
use std::collections::{HashMap, VecDeque};

/// What an alarm looks at, before it stands in its account.
pub(super) enum Subject {
    Metric {
        metric: Box<MetricRef>,
        source: Source,
        rule: Rule,
    },
    /// Alarms of the same account and region, by name.
    Composite { of: Vec<&'static str>, all: bool },
}

/// Whom an alarm tells when it goes off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tells {
    /// The people on duty.
    People,
    /// Nobody.
    Nobody,
    /// People, were its actions not switched off.
    Muted,
}

/// A policy that an alarm runs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Runs {
    pub kind: TargetKind,
    pub target: &'static str,
    pub policy: &'static str,
}

impl Runs {
    fn arn(self, scope: &Scope) -> String {
        let Scope { account, region } = scope;
        let owner = match self.kind {
            TargetKind::EcsService => "resource/ecs/service",
            _ => "autoScalingGroupName",
        };
        format!(
            "arn:aws:autoscaling:{region}:{account}:scalingPolicy:\
             5c1e6a4e-7d0b-4a53-9d0c-3f2b8f6f1a77:{owner}/{}:policyName/{}",
            self.target, self.policy
        )
    }
}

/// An alarm to be made.
pub(super) struct Draft {
    pub scope: usize,
    pub name: String,
    pub description: String,
    pub tells: Tells,
    pub runs: Vec<Runs>,
    pub subject: Subject,
}

impl Draft {
    /// Names its metric, so that it can be asked for.
    pub fn name_metric(&self, metrics: &mut Metrics) {
        if let Subject::Metric { metric, source, .. } = &self.subject {
            let MetricRef {
                namespace,
                name,
                dimensions,
                ..
            } = &**metric;
            metrics.add(self.scope, namespace, name, dimensions, *source);
        }
    }

    /// The alarm in its account. Composite alarms forget those that were not made.
    pub fn finish(
        self,
        scope: &Scope,
        since: Timestamp,
        made: &HashMap<(usize, String), usize>,
    ) -> (AlarmReading, Watch) {
        let runs = self.runs.iter().map(|runs| runs.arn(scope));
        let told = (self.tells != Tells::Nobody)
            .then(|| format!("arn:aws:sns:{}:{}:ops-alarms", scope.region, scope.account));
        let alarm_actions = runs.chain(told).collect();
        let (kind, rule, watch) = match self.subject {
            Subject::Metric {
                metric,
                source,
                rule,
            } => metric_alarm(*metric, source, rule),
            Subject::Composite { of, all } => {
                let made: Vec<(&str, usize)> = of
                    .into_iter()
                    .filter_map(|name| Some((name, *made.get(&(self.scope, name.to_owned()))?)))
                    .collect();
                let joint = if all { " AND " } else { " OR " };
                let parts: Vec<_> = made
                    .iter()
                    .map(|(name, _)| format!("ALARM(\"{name}\")"))
                    .collect();
                let of = made.into_iter().map(|(_, index)| index).collect();
                composite_alarm(parts.join(joint), of, all)
            }
        };
        let reading = AlarmReading {
            scope: scope.clone(),
            arn: arn(scope, &self.name),
            name: self.name,
            kind,
            description: self.description,
            state: AlarmState::InsufficientData,
            state_at: since,
            reason: "Unchecked: Initial alarm creation".into(),
            rule,
            actions_enabled: self.tells != Tells::Muted,
            alarm_actions,
            ok_actions: Vec::new(),
            insufficient_data_actions: Vec::new(),
            unmodelled: Vec::new(),
        };
        (reading, watch)
    }
}

/// AWS's identity of an alarm.
pub(super) fn arn(scope: &Scope, name: &str) -> String {
    let Scope { account, region } = scope;
    format!("arn:aws:cloudwatch:{region}:{account}:alarm:{name}")
}

fn metric_alarm(metric: MetricRef, source: Source, rule: Rule) -> (AlarmKind, AlarmRule, Watch) {
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let watch = Watch::Metric {
        source,
        statistic: Statistic::parse(&metric.statistic).unwrap_or(Statistic::Average),
        period_minutes: i64::from(metric.period_s / 60).max(1),
        rule,
        window: VecDeque::with_capacity(rule.periods),
    };
    let told = AlarmRule {
        comparison: rule.comparison.as_str().into(),
        threshold: Some(rule.threshold),
        evaluation_periods: count(rule.periods),
        datapoints_to_alarm: count(rule.must_breach),
        missing_data: rule.missing.as_str().into(),
        metric: Some(metric),
        expression: None,
    };
    (AlarmKind::Metric, told, watch)
}

fn composite_alarm(expression: String, of: Vec<usize>, all: bool) -> (AlarmKind, AlarmRule, Watch) {
    let told = AlarmRule {
        comparison: String::new(),
        threshold: None,
        evaluation_periods: 1,
        datapoints_to_alarm: 1,
        missing_data: MissingData::Missing.as_str().into(),
        metric: None,
        expression: Some(expression),
    };
    (AlarmKind::Composite, told, Watch::Composite { of, all })
}

/// A metric alarm in the making: the commonest settings, to be changed.
pub(super) struct Maker {
    pub scope: usize,
    pub name: String,
    pub description: String,
    pub namespace: &'static str,
    pub metric: &'static str,
    pub dimensions: Vec<(String, String)>,
    pub statistic: &'static str,
    pub period_s: u32,
    pub unit: &'static str,
    pub source: Source,
    pub comparison: Comparison,
    pub threshold: f64,
    /// M out of N.
    pub points: (usize, usize),
    pub missing: MissingData,
    pub tells: Tells,
}

impl Maker {
    /// Ready to be made.
    pub fn draft(self) -> Draft {
        let (must_breach, periods) = self.points;
        Draft {
            scope: self.scope,
            name: self.name,
            description: self.description,
            tells: self.tells,
            runs: Vec::new(),
            subject: Subject::Metric {
                metric: Box::new(MetricRef {
                    namespace: self.namespace.into(),
                    name: self.metric.into(),
                    dimensions: self.dimensions,
                    statistic: self.statistic.into(),
                    period_s: self.period_s,
                    unit: self.unit.into(),
                }),
                source: self.source,
                rule: Rule {
                    comparison: self.comparison,
                    threshold: self.threshold,
                    periods,
                    must_breach,
                    missing: self.missing,
                },
            },
        }
    }
}
