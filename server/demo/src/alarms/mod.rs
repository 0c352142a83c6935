//! The alarms of the world: what they look at, how they stand, what they did.

mod background;
mod catalog;
mod draft;
mod judge;
mod put;

use crate::{
    chance::Dice,
    metrics::{Metrics, Readings, Source, Statistic},
    world::Signal,
};
use domain::{
    alarms::{AlarmReading, AlarmRef, AlarmState, AlarmTransition},
    estate::Scope,
    limits,
    time::{HOUR_MS, MINUTE_MS, Timestamp},
};
use judge::{Point, Rule, Verdict};
use std::collections::{HashMap, VecDeque};

/// What an alarm looks at.
enum Watch {
    Metric {
        source: Source,
        statistic: Statistic,
        period_minutes: i64,
        rule: Rule,
        /// Newest first, as many as are looked at.
        window: VecDeque<Point>,
    },
    /// Goes off with any, or with all, of some alarms.
    Composite { of: Vec<usize>, all: bool },
}

/// How an alarm stands and stood.
struct Record {
    reading: AlarmReading,
    /// Has been judged once: what it was before the world began is not told.
    settled: bool,
    /// Newest first.
    transitions: VecDeque<AlarmTransition>,
}

struct Alarm {
    scope: usize,
    watch: Watch,
    record: Record,
}

/// All alarms.
pub(crate) struct Alarms {
    alarms: Vec<Alarm>,
    by_name: HashMap<(usize, String), usize>,
}

impl Alarms {
    /// So many alarms; their metrics are named to `metrics`.
    pub fn new(
        count: u32,
        scopes: &[Scope],
        targets: &[&str],
        metrics: &mut Metrics,
        now: Timestamp,
        dice: &mut Dice,
    ) -> Self {
        let mut alarms = Vec::new();
        let mut by_name = HashMap::new();
        for draft in catalog::drafts(count as usize, targets, dice) {
            let since = now.plus_ms(-dice.between(HOUR_MS, 9 * 24 * HOUR_MS));
            let scope = draft.scope;
            draft.name_metric(metrics);
            let (reading, watch) = draft.finish(&scopes[scope], since, &by_name);
            by_name.insert((scope, reading.name.clone()), alarms.len());
            alarms.push(Alarm {
                scope,
                watch,
                record: Record {
                    reading,
                    settled: false,
                    transitions: VecDeque::new(),
                },
            });
        }
        Self { alarms, by_name }
    }

    /// Looks at what is known when a minute (counted from 1970) begins.
    pub fn look(&mut self, readings: &Readings, minute: i64) {
        let now = Timestamp::from_ms(minute * MINUTE_MS);
        for index in 0..self.alarms.len() {
            // A composite alarm stands after those it looks at.
            let (before, rest) = self.alarms.split_at_mut(index);
            let Some(alarm) = rest.first_mut() else {
                continue;
            };
            let verdict = match &mut alarm.watch {
                Watch::Metric {
                    source,
                    statistic,
                    period_minutes,
                    rule,
                    window,
                } => {
                    if minute % *period_minutes != 0 {
                        continue;
                    }
                    let first = minute - *period_minutes;
                    window.truncate(rule.periods - 1);
                    window.push_front(Point {
                        at: Timestamp::from_ms(first * MINUTE_MS),
                        value: readings.value(source, first, *period_minutes, *statistic),
                    });
                    if window.len() < rule.periods {
                        continue;
                    }
                    rule.judge(alarm.record.reading.state, window)
                }
                Watch::Composite { of, all } => {
                    let children = || of.iter().filter_map(|index| before.get(*index));
                    // What has not been judged says nothing yet.
                    if children().any(|child| !child.record.settled) {
                        continue;
                    }
                    judge_composite(before, of, *all)
                }
            };
            alarm.record.take(&verdict, now);
        }
    }

    /// The alarms of an account and region.
    pub fn list(&self, scope: usize) -> Vec<AlarmReading> {
        let alarms = self.alarms.iter().filter(|alarm| alarm.scope == scope);
        alarms.map(|alarm| alarm.record.reading.clone()).collect()
    }

    /// What an alarm did in `[from, until)`, newest first; none if it is not there.
    pub fn history(
        &self,
        scope: usize,
        name: &str,
        from: Timestamp,
        until: Timestamp,
    ) -> Option<Vec<AlarmTransition>> {
        let alarm = self.find(scope, name)?;
        let told = alarm.record.transitions.iter();
        let told = told.filter(|transition| from <= transition.at && transition.at < until);
        Some(told.cloned().collect())
    }

    /// One alarm, if it is there.
    pub fn one(&self, scope: usize, name: &str) -> Option<AlarmReading> {
        Some(self.find(scope, name)?.record.reading.clone())
    }

    /// Switches an alarm's actions; one that is not there is passed over, as CloudWatch does.
    pub fn set_actions(&mut self, scopes: &[Scope], alarm: &AlarmRef, enabled: bool) {
        let Some(scope) = scopes.iter().position(|scope| *scope == alarm.scope) else {
            return;
        };
        let index = self.by_name.get(&(scope, alarm.name.clone()));
        if let Some(alarm) = index.and_then(|index| self.alarms.get_mut(*index)) {
            alarm.record.reading.actions_enabled = enabled;
        }
    }

    /// What an alarm that goes off tells a policy; none when its actions are off, or do not
    /// name it.
    pub fn signal(&self, scope: usize, name: &str, policy: &str) -> Option<Signal> {
        let alarm = self.find(scope, name)?;
        let reading = &alarm.record.reading;
        let Watch::Metric { rule, window, .. } = &alarm.watch else {
            return None;
        };
        let mut actions = reading.alarm_actions.iter();
        let runs = actions.any(|arn| {
            arn.rsplit_once(":policyName/")
                .is_some_and(|(_, p)| p == policy)
        });
        if reading.state != AlarmState::Alarm || !reading.actions_enabled || !runs {
            return None;
        }
        Some(Signal {
            comparison: rule.comparison,
            threshold: rule.threshold,
            metric: window.front()?.value?,
        })
    }

    fn find(&self, scope: usize, name: &str) -> Option<&Alarm> {
        let index = self.by_name.get(&(scope, name.to_owned()))?;
        self.alarms.get(*index)
    }
}

impl Record {
    /// Takes a verdict; one that keeps the state says nothing new.
    fn take(&mut self, verdict: &Verdict<'_>, now: Timestamp) {
        let reading = &mut self.reading;
        let from = reading.state;
        if !self.settled {
            self.settled = true;
            reading.state = verdict.state;
            reading.state_at = verdict.since().unwrap_or(reading.state_at);
            // It has stood since before the estate was looked at: so have its reasons.
            let stood_ms = now.since_ms(reading.state_at).div_euclid(MINUTE_MS) * MINUTE_MS;
            reading.reason = verdict.reason(stood_ms);
            return;
        }
        if verdict.state == from {
            return;
        }
        reading.state = verdict.state;
        reading.state_at = now;
        reading.reason = verdict.reason(0);
        self.transitions
            .truncate(limits::ALARM_HISTORY_ROWS_MAX - 1);
        self.transitions.push_front(AlarmTransition {
            at: now,
            from: Some(from),
            to: reading.state,
            reason: reading.reason.clone(),
        });
    }
}

/// ALARM when enough of its alarms are; the newest change among them is named.
fn judge_composite<'a>(alarms: &'a [Alarm], of: &[usize], all: bool) -> Verdict<'a> {
    let children = || {
        let alarms = of.iter().filter_map(|index| alarms.get(*index));
        alarms.map(|alarm| &alarm.record.reading)
    };
    let ringing = |reading: &AlarmReading| reading.state == AlarmState::Alarm;
    let on = match all {
        true => children().all(ringing),
        false => children().any(ringing),
    };
    let state = match on {
        true => AlarmState::Alarm,
        false => AlarmState::Ok,
    };
    let newest = children().max_by_key(|child| (ringing(child) == on, child.state_at));
    Verdict {
        state,
        grounds: judge::Grounds::Child(newest),
    }
}
