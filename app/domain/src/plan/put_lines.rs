//! The metric filter that is put with an alarm, or taken back with it: its calls, and what the
//! checks find about the lines that it counts.

use super::{Call, PutSituation, Step, Supposed};
use crate::{
    alarms::{MetricRef, definition::AlarmDefinition},
    checks::alarms::AlarmFinding,
    limits,
    log_filters::{CountedLines, Fitting, LiveFilter, named},
};

/// What is known of the log group whose lines an alarm counts.
#[derive(Debug, Clone, Default)]
pub struct LinesSight {
    /// Its metric filters; none where there is no such log group.
    pub filters: Option<Vec<LiveFilter>>,
    /// What fits lately, or why AWS does not take the pattern; none where that could not be read.
    pub lately: Option<Result<Fitting, String>>,
    /// Other alarms of the environment on the metric that the filter makes.
    pub shared: Vec<String>,
    /// How many there are on it in other environments.
    pub elsewhere: usize,
    /// Other filters that make the metric, with their log groups.
    pub making: Vec<String>,
}

/// The lines that a put is about, with the metric that counts them: those wanted, or those that a
/// request has left which is taken back.
#[must_use]
pub fn lines_of<'a>(
    wanted: Option<&'a AlarmDefinition>,
    supposed: &'a Supposed,
) -> Option<(&'a CountedLines, &'a MetricRef)> {
    let of = |definition: &'a AlarmDefinition| {
        let lines = definition.lines.as_ref();
        lines.map(|lines| (lines, &definition.metric))
    };
    let left = match supposed {
        Supposed::Left(left) => left.as_deref().and_then(of),
        Supposed::Nothing | Supposed::One => None,
    };
    wanted.and_then(of).or(left)
}

/// The filter of that name as AWS shows it.
fn live<'a>(lines: &CountedLines, situation: &PutSituation<'a>) -> Option<&'a LiveFilter> {
    let filters = situation.lines.and_then(|sight| sight.filters.as_deref());
    named(filters?, &lines.filter)
}

/// A live definition with the lines that its metric counts, where the put is about them.
pub(super) fn with_lines(
    before: AlarmDefinition,
    wanted: Option<&AlarmDefinition>,
    situation: &PutSituation<'_>,
) -> AlarmDefinition {
    let lines = lines_of(wanted, situation.supposed).and_then(|(lines, _)| {
        let live = live(lines, situation)?;
        live.counts_for(&before.metric)
            .then(|| live.lines(&lines.group))
    });
    AlarmDefinition { lines, ..before }
}

/// The step that puts the filter, or deletes it; none where it stands as wanted, or is not to be
/// touched.
pub(super) fn step(wanted: Option<&AlarmDefinition>, situation: &PutSituation<'_>) -> Option<Step> {
    let (lines, metric) = lines_of(wanted, situation.supposed)?;
    let scope = &situation.alarm.scope;
    let put = |lines: CountedLines| Call::PutMetricFilter {
        scope: scope.clone(),
        lines,
        namespace: metric.namespace.clone(),
        metric: metric.name.clone(),
    };
    let delete = || Call::DeleteMetricFilter {
        scope: scope.clone(),
        group: lines.group.clone(),
        filter: lines.filter.clone(),
    };
    let live = live(lines, situation);
    // What does anything else is left alone.
    if live.is_some_and(|live| !live.counts_for(metric)) {
        return None;
    }
    let before = live.map(|live| live.lines(&lines.group));
    let is_kept = wanted.is_some_and(|wanted| wanted.lines.is_some());
    match (is_kept, before) {
        (true, Some(before)) if before == *lines => None,
        (true, before) => Some(Step {
            call: put(lines.clone()),
            undo: Some(before.map_or_else(delete, put)),
        }),
        (false, Some(before)) => Some(Step {
            call: delete(),
            undo: Some(put(before)),
        }),
        (false, None) => None,
    }
}

/// What the checks find about the lines.
pub(super) fn check(
    wanted: Option<&AlarmDefinition>,
    situation: &PutSituation<'_>,
    found: &mut Vec<AlarmFinding>,
) {
    let Some((lines, metric)) = lines_of(wanted, situation.supposed) else {
        return;
    };
    let Some(sight) = situation.lines else {
        return;
    };
    let live = live(lines, situation);
    let shared = sight.shared.clone();
    if live.is_some() && !shared.is_empty() && step(wanted, situation).is_some() {
        found.push(AlarmFinding::MetricShared { alarms: shared });
    }
    let Some(wanted) = wanted.filter(|wanted| wanted.lines.is_some()) else {
        return;
    };
    if sight.elsewhere > 0 {
        found.push(AlarmFinding::MetricElsewhere {
            alarms: sight.elsewhere,
        });
    }
    if !sight.making.is_empty() {
        found.push(AlarmFinding::MetricMade {
            filters: sight.making.clone(),
        });
    }
    let is_new = *situation.supposed == Supposed::Nothing;
    let is_as_wanted = live.is_some_and(|live| live.lines(&lines.group) == *lines);
    match (&sight.filters, live) {
        (None, _) => found.push(AlarmFinding::GroupMissing {
            group: lines.group.clone(),
        }),
        (_, Some(live)) if !live.counts_for(metric) || (is_new && !is_as_wanted) => {
            found.push(AlarmFinding::FilterTaken {
                filter: lines.filter.clone(),
            });
        }
        (Some(filters), None) if filters.len() >= limits::LOG_FILTERS_QUOTA => {
            found.push(AlarmFinding::FilterQuota {
                limit: limits::LOG_FILTERS_QUOTA,
            });
        }
        _ => {}
    }
    match &sight.lately {
        Some(Ok(fitting)) => found.push(AlarmFinding::LinesFit {
            lines: fitting.lines,
            hours: fitting.hours,
            more: fitting.more,
        }),
        Some(Err(message)) => found.push(AlarmFinding::PatternRefused {
            message: message.clone(),
        }),
        None => {}
    }
    if wanted.metric.statistic != "Sum" {
        found.push(AlarmFinding::NotSummed);
    }
}
