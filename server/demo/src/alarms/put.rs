//! Alarms that are put and deleted while the world goes on.

use super::{
    Alarm, Alarms, Record, Watch,
    draft::arn,
    judge::{Point, Rule},
};
use crate::{
    metrics::{Metrics, Readings, Source, Statistic},
    world::Refusal,
};
use domain::{
    alarms::{AlarmKind, AlarmReading, AlarmState, definition::AlarmDefinition},
    estate::Scope,
    time::{MINUTE_MS, Timestamp},
};
use std::collections::VecDeque;

impl Alarms {
    /// Puts an alarm into an account and region. A new one cannot tell yet; of one that is
    /// there all but the state is replaced (PutMetricAlarm).
    pub fn put(
        &mut self,
        (index, scope): (usize, &Scope),
        name: &str,
        definition: &AlarmDefinition,
        (metrics, readings): (&Metrics, &Readings),
        now: Timestamp,
    ) {
        let source = metrics.source(index, &definition.metric);
        let watch = watch(source, definition, readings, now);
        let key = (index, name.to_owned());
        let held = self.by_name.get(&key).copied();
        let held = held.and_then(|position| self.alarms.get_mut(position));
        let (state, state_at, reason) = match &held {
            Some(held) => {
                let held = &held.record.reading;
                (held.state, held.state_at, held.reason.clone())
            }
            None => {
                let reason = "Unchecked: Initial alarm creation".to_owned();
                (AlarmState::InsufficientData, now, reason)
            }
        };
        let reading = AlarmReading {
            scope: scope.clone(),
            name: name.to_owned(),
            arn: arn(scope, name),
            kind: AlarmKind::Metric,
            description: definition.description.clone(),
            state,
            state_at,
            reason,
            rule: definition.rule(),
            actions_enabled: definition.actions_enabled,
            alarm_actions: definition.alarm_actions.clone(),
            ok_actions: definition.ok_actions.clone(),
            insufficient_data_actions: definition.insufficient_data_actions.clone(),
            unmodelled: Vec::new(),
        };
        if let Some(held) = held {
            (held.watch, held.record.reading) = (watch, reading);
            return;
        }
        self.by_name.insert(key, self.alarms.len());
        self.alarms.push(Alarm {
            scope: index,
            watch,
            record: Record {
                reading,
                settled: true,
                transitions: VecDeque::new(),
            },
        });
    }

    /// What comes from elsewhere from now on: the metric of that name.
    pub fn rewire(&mut self, scope: usize, (namespace, name): (&str, &str), to: Source) {
        for alarm in self.alarms.iter_mut().filter(|alarm| alarm.scope == scope) {
            let metric = alarm.record.reading.rule.metric.as_ref();
            let is_it = metric.is_some_and(|metric| {
                metric.namespace == namespace && metric.name == name && metric.dimensions.is_empty()
            });
            if let Watch::Metric { source, .. } = &mut alarm.watch
                && is_it
            {
                *source = to;
            }
        }
    }

    /// Deletes an alarm; one that is not there is passed over.
    pub fn delete(&mut self, scope: usize, name: &str) -> Result<(), Refusal> {
        let key = (scope, name.to_owned());
        let Some(gone) = self.by_name.get(&key).copied() else {
            return Ok(());
        };
        let depends = |alarm: &Alarm| match &alarm.watch {
            Watch::Composite { of, .. } => of.contains(&gone),
            Watch::Metric { .. } => false,
        };
        if self.alarms.iter().any(depends) {
            return Err(Refusal::invalid(format!(
                "Cannot delete {name} as there are composite alarm(s) depending on it."
            )));
        }
        self.by_name.remove(&key);
        self.alarms.remove(gone);
        for position in self.by_name.values_mut() {
            *position -= usize::from(*position > gone);
        }
        for alarm in &mut self.alarms {
            if let Watch::Composite { of, .. } = &mut alarm.watch {
                for position in of {
                    *position -= usize::from(*position > gone);
                }
            }
        }
        Ok(())
    }
}

/// What it looks at, with the periods that are over.
fn watch(
    source: Source,
    definition: &AlarmDefinition,
    readings: &Readings,
    now: Timestamp,
) -> Watch {
    let metric = &definition.metric;
    let statistic = Statistic::parse(&metric.statistic).unwrap_or(Statistic::Average);
    let period_minutes = i64::from(metric.period_s / 60).max(1);
    let count = |periods: u32| usize::try_from(periods).unwrap_or(usize::MAX);
    let rule = Rule {
        comparison: definition.comparison,
        threshold: definition.threshold.value(),
        periods: count(definition.evaluation_periods),
        must_breach: count(definition.datapoints_to_alarm),
        missing: definition.missing_data,
    };
    let begun = now.ms().div_euclid(period_minutes * MINUTE_MS) * period_minutes;
    let periods = 1..=i64::from(definition.evaluation_periods);
    let point = |back: i64| {
        let first = begun - back * period_minutes;
        Point {
            at: Timestamp::from_ms(first * MINUTE_MS),
            value: readings.value(&source, first, period_minutes, statistic),
        }
    };
    Watch::Metric {
        source,
        statistic,
        period_minutes,
        rule,
        window: periods.map(point).collect(),
    }
}
