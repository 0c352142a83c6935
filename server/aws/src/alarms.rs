//! CloudWatch alarms and their history.

use crate::{
    convert::{count, date_time, instant, size},
    error::cloud_error,
    pages::{self, Bound},
    permissions::Action,
};
use aws_sdk_cloudwatch::{
    Client,
    operation::describe_alarms::builders::DescribeAlarmsFluentBuilder,
    types::{
        AlarmHistoryItem, AlarmType, ComparisonOperator, CompositeAlarm, Dimension,
        EvaluationCriteria, HistoryItemType, MetricAlarm, MetricDataQuery, MetricStat, ScanBy,
        StandardUnit, StateValue, Statistic,
    },
};
use aws_smithy_types::DateTime;
use domain::{
    alarms::{
        AlarmKind, AlarmReading, AlarmRef, AlarmRule, AlarmState, AlarmTransition, MetricRef,
        definition::AlarmDefinition,
    },
    estate::Scope,
    limits,
    time::Timestamp,
};
use ports::CloudError;
use serde::Deserialize;

/// CloudWatch answers with metric alarms only, unless it is asked for both.
const TYPES: [AlarmType; 2] = [AlarmType::MetricAlarm, AlarmType::CompositeAlarm];

const ALARMS: Bound = Bound {
    what: "alarms",
    most: limits::ALARMS_PER_SCOPE_MAX,
};

/// Every metric and composite alarm.
pub async fn read_all(client: &Client, scope: &Scope) -> Result<Vec<AlarmReading>, CloudError> {
    let asked = client.describe_alarms().max_records(limits::AWS_PAGE_ROWS);
    read(asked, scope).await
}

/// One alarm; none if it is not there.
pub async fn read_one(
    client: &Client,
    alarm: &AlarmRef,
) -> Result<Option<AlarmReading>, CloudError> {
    let asked = client.describe_alarms().alarm_names(&alarm.name);
    let found = read(asked, &alarm.scope).await?;
    Ok(found.into_iter().next())
}

async fn read(
    asked: DescribeAlarmsFluentBuilder,
    scope: &Scope,
) -> Result<Vec<AlarmReading>, CloudError> {
    let asked = asked.set_alarm_types(Some(TYPES.to_vec()));
    let pages = asked.into_paginator().send();
    pages::all(Action::DescribeAlarms, ALARMS, pages, |page| {
        let metric = page.metric_alarms.unwrap_or_default().into_iter();
        let composite = page.composite_alarms.unwrap_or_default().into_iter();
        let metric = metric.map(|alarm| metric_alarm(scope, alarm));
        let composite = composite.map(|alarm| composite_alarm(scope, alarm));
        metric.chain(composite).collect()
    })
    .await
}

fn metric_alarm(scope: &Scope, alarm: MetricAlarm) -> AlarmReading {
    let queries = alarm.metrics.as_deref().unwrap_or_default();
    let (kind, expression) = kind_and_expression(&alarm, queries);
    let unmodelled = unmodelled(&alarm);
    let periods = count(alarm.evaluation_periods.unwrap_or(1));
    let rule = AlarmRule {
        comparison: text(alarm.comparison_operator.as_ref().map(|c| c.as_str())),
        threshold: alarm.threshold.filter(|_| kind != AlarmKind::Anomaly),
        evaluation_periods: periods,
        datapoints_to_alarm: alarm.datapoints_to_alarm.map_or(periods, count),
        missing_data: alarm
            .treat_missing_data
            .clone()
            .unwrap_or_else(|| "missing".to_owned()),
        metric: own_metric(&alarm).or_else(|| only_metric(queries)),
        expression,
    };
    AlarmReading {
        scope: scope.clone(),
        kind,
        state: state(alarm.state_value.as_ref()),
        state_at: since([
            alarm.state_transitioned_timestamp,
            alarm.state_updated_timestamp,
            alarm.alarm_configuration_updated_timestamp,
        ]),
        rule,
        name: alarm.alarm_name.unwrap_or_default(),
        arn: alarm.alarm_arn.unwrap_or_default(),
        description: alarm.alarm_description.unwrap_or_default(),
        reason: alarm.state_reason.unwrap_or_default(),
        actions_enabled: alarm.actions_enabled.unwrap_or(true),
        alarm_actions: alarm.alarm_actions.unwrap_or_default(),
        ok_actions: alarm.ok_actions.unwrap_or_default(),
        insufficient_data_actions: alarm.insufficient_data_actions.unwrap_or_default(),
        unmodelled,
    }
}

/// What a put that says nothing of it would lose. A put leaves tags as they are, and to
/// evaluate few samples is what CloudWatch does when nobody says otherwise.
fn unmodelled(alarm: &MetricAlarm) -> Vec<String> {
    let low_samples = alarm.evaluate_low_sample_count_percentile.as_deref();
    let fields = [
        ("Metrics", !alarm.metrics().is_empty()),
        ("ThresholdMetricId", alarm.threshold_metric_id.is_some()),
        (
            "EvaluateLowSampleCountPercentile",
            low_samples.is_some_and(|word| word != "evaluate"),
        ),
        ("EvaluationWindow", alarm.evaluation_window.is_some()),
        ("WarmUpConfiguration", alarm.warm_up_configuration.is_some()),
        ("EvaluationCriteria", alarm.evaluation_criteria.is_some()),
        ("EvaluationInterval", alarm.evaluation_interval.is_some()),
        ("ActionConfiguration", alarm.action_configuration.is_some()),
    ];
    let there = fields.into_iter().filter(|(_, is_there)| *is_there);
    there.map(|(name, _)| name.to_owned()).collect()
}

fn composite_alarm(scope: &Scope, alarm: CompositeAlarm) -> AlarmReading {
    AlarmReading {
        scope: scope.clone(),
        kind: AlarmKind::Composite,
        state: state(alarm.state_value.as_ref()),
        state_at: since([
            alarm.state_transitioned_timestamp,
            alarm.state_updated_timestamp,
            alarm.alarm_configuration_updated_timestamp,
        ]),
        rule: AlarmRule {
            comparison: String::new(),
            threshold: None,
            evaluation_periods: 0,
            datapoints_to_alarm: 0,
            missing_data: String::new(),
            metric: None,
            expression: alarm.alarm_rule,
        },
        name: alarm.alarm_name.unwrap_or_default(),
        arn: alarm.alarm_arn.unwrap_or_default(),
        description: alarm.alarm_description.unwrap_or_default(),
        reason: alarm.state_reason.unwrap_or_default(),
        actions_enabled: alarm.actions_enabled.unwrap_or(true),
        alarm_actions: alarm.alarm_actions.unwrap_or_default(),
        ok_actions: alarm.ok_actions.unwrap_or_default(),
        insufficient_data_actions: alarm.insufficient_data_actions.unwrap_or_default(),
        unmodelled: Vec::new(),
    }
}

/// An anomaly alarm names its band by `ThresholdMetricId`; a lone metric in
/// `Metrics` is a plain alarm on another account's metric.
fn kind_and_expression(
    alarm: &MetricAlarm,
    queries: &[MetricDataQuery],
) -> (AlarmKind, Option<String>) {
    if let Some(EvaluationCriteria::PromQlCriteria(criteria)) = &alarm.evaluation_criteria {
        return (AlarmKind::MetricMath, criteria.query.clone());
    }
    let expressions: Vec<String> = queries
        .iter()
        .filter_map(|query| {
            let id = query.id.as_deref().unwrap_or_default();
            query
                .expression
                .as_ref()
                .map(|text| format!("{id} = {text}"))
        })
        .collect();
    let kind = if alarm.threshold_metric_id.is_some() {
        AlarmKind::Anomaly
    } else if expressions.is_empty() {
        AlarmKind::Metric
    } else {
        AlarmKind::MetricMath
    };
    (
        kind,
        (!expressions.is_empty()).then(|| expressions.join("\n")),
    )
}

fn own_metric(alarm: &MetricAlarm) -> Option<MetricRef> {
    let name = alarm.metric_name.clone()?;
    let percentile = alarm.extended_statistic.clone();
    let statistic =
        percentile.unwrap_or_else(|| text(alarm.statistic.as_ref().map(|s| s.as_str())));
    Some(MetricRef {
        namespace: alarm.namespace.clone().unwrap_or_default(),
        name,
        dimensions: dimensions(alarm.dimensions.as_deref().unwrap_or_default()),
        statistic,
        period_s: count(alarm.period.unwrap_or(60)),
        unit: text(alarm.unit.as_ref().map(|unit| unit.as_str())),
    })
}

fn only_metric(queries: &[MetricDataQuery]) -> Option<MetricRef> {
    let mut metrics = queries
        .iter()
        .filter_map(|query| query.metric_stat.as_ref());
    let only = metrics.next()?;
    metrics.next().is_none().then(|| metric_ref(only)).flatten()
}

fn metric_ref(stat: &MetricStat) -> Option<MetricRef> {
    let metric = stat.metric.as_ref()?;
    Some(MetricRef {
        namespace: metric.namespace.clone().unwrap_or_default(),
        name: metric.metric_name.clone().unwrap_or_default(),
        dimensions: dimensions(metric.dimensions()),
        statistic: stat.stat.clone().unwrap_or_default(),
        period_s: count(stat.period.unwrap_or(60)),
        unit: text(stat.unit.as_ref().map(|unit| unit.as_str())),
    })
}

fn dimensions(given: &[Dimension]) -> Vec<(String, String)> {
    let pair = |d: &Dimension| {
        (
            d.name.clone().unwrap_or_default(),
            d.value.clone().unwrap_or_default(),
        )
    };
    let mut dimensions: Vec<_> = given.iter().map(pair).collect();
    dimensions.sort();
    dimensions
}

fn text(value: Option<&str>) -> String {
    value.unwrap_or_default().to_owned()
}

/// A state that CloudWatch may invent later is one that we cannot tell.
fn state(value: Option<&StateValue>) -> AlarmState {
    match value {
        Some(StateValue::Alarm) => AlarmState::Alarm,
        Some(StateValue::Ok) => AlarmState::Ok,
        _ => AlarmState::InsufficientData,
    }
}

/// The first of these that is there: a configuration change moves
/// `StateUpdatedTimestamp`, but not the time of the last transition.
fn since(candidates: [Option<DateTime>; 3]) -> Timestamp {
    candidates
        .into_iter()
        .flatten()
        .next()
        .map_or(Timestamp::default(), |at| instant(&at))
}

/// Creates an alarm, or replaces all that it is told to do.
pub async fn put(
    client: &Client,
    name: &str,
    definition: &AlarmDefinition,
) -> Result<(), CloudError> {
    let metric = &definition.metric;
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let list = |actions: &[String]| (!actions.is_empty()).then(|| actions.to_vec());
    let dimensions = metric.dimensions.iter();
    let dimensions: Vec<_> = dimensions.map(dimension).collect();
    let (statistic, extended) = match definition.is_extended() {
        true => (None, Some(metric.statistic.clone())),
        false => (Some(Statistic::from(metric.statistic.as_str())), None),
    };
    client
        .put_metric_alarm()
        .alarm_name(name)
        .set_alarm_description(some(&definition.description))
        .namespace(&metric.namespace)
        .metric_name(&metric.name)
        .set_dimensions((!dimensions.is_empty()).then_some(dimensions))
        .set_statistic(statistic)
        .set_extended_statistic(extended)
        .period(size(metric.period_s))
        .set_unit(some(&metric.unit).map(|unit| StandardUnit::from(unit.as_str())))
        .evaluation_periods(size(definition.evaluation_periods))
        .datapoints_to_alarm(size(definition.datapoints_to_alarm))
        .threshold(definition.threshold.value())
        .comparison_operator(definition.comparison.as_str().into())
        .treat_missing_data(definition.missing_data.as_str())
        .actions_enabled(definition.actions_enabled)
        .set_alarm_actions(list(&definition.alarm_actions))
        .set_ok_actions(list(&definition.ok_actions))
        .set_insufficient_data_actions(list(&definition.insufficient_data_actions))
        .send()
        .await
        .map(|_| ())
        .map_err(|error| cloud_error(Action::PutAlarm, &error))
}

/// A put that CloudWatch refuses, whoever may put: no period would have to breach.
pub async fn try_put(client: &Client, name: &str) -> Result<(), CloudError> {
    client
        .put_metric_alarm()
        .alarm_name(name)
        .comparison_operator(ComparisonOperator::GreaterThanThreshold)
        .evaluation_periods(1)
        .datapoints_to_alarm(0)
        .send()
        .await
        .map(|_| ())
        .map_err(|error| cloud_error(Action::PutAlarm, &error))
}

/// Deletes an alarm.
pub async fn delete(client: &Client, name: &str) -> Result<(), CloudError> {
    client
        .delete_alarms()
        .alarm_names(name)
        .send()
        .await
        .map(|_| ())
        .map_err(|error| cloud_error(Action::DeleteAlarms, &error))
}

/// A dimension in the SDK's terms.
pub fn dimension((name, value): &(String, String)) -> Dimension {
    Dimension::builder().name(name).value(value).build()
}

/// State changes of one alarm in `[from, until)`, newest first.
pub async fn history(
    client: &Client,
    name: &str,
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<AlarmTransition>, CloudError> {
    let mut pages = client
        .describe_alarm_history()
        .alarm_name(name)
        .set_alarm_types(Some(TYPES.to_vec()))
        .history_item_type(HistoryItemType::StateUpdate)
        .start_date(date_time(from))
        .end_date(date_time(until))
        .scan_by(ScanBy::TimestampDescending)
        .max_records(limits::AWS_PAGE_ROWS)
        .into_paginator()
        .send();
    let mut transitions = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| cloud_error(Action::DescribeAlarmHistory, &error))?;
        let items = page.alarm_history_items.unwrap_or_default();
        transitions.extend(items.iter().filter_map(transition));
        if transitions.len() >= limits::ALARM_HISTORY_ROWS_MAX {
            break;
        }
    }
    transitions.sort_by_key(|transition| std::cmp::Reverse(transition.at));
    transitions.truncate(limits::ALARM_HISTORY_ROWS_MAX);
    Ok(transitions)
}

/// `HistoryData` as CloudWatch writes it; its fields are nowhere promised.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct HistoryData {
    old_state: HistoryState,
    new_state: HistoryState,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct HistoryState {
    state_value: Option<String>,
    state_reason: Option<String>,
}

/// A transition; none for an item from which no new state can be read.
fn transition(item: &AlarmHistoryItem) -> Option<AlarmTransition> {
    let at = instant(item.timestamp.as_ref()?);
    let data: HistoryData = item
        .history_data
        .as_deref()
        .and_then(|json| serde_json::from_str(json).ok())
        .unwrap_or_default();
    let summary = item.history_summary.as_deref().unwrap_or_default();
    let (summary_from, summary_to) = summary_states(summary);
    let read = |told: Option<&str>, summed: Option<&str>| {
        told.and_then(state_word).or(summed.and_then(state_word))
    };
    Some(AlarmTransition {
        at,
        from: read(data.old_state.state_value.as_deref(), summary_from),
        to: read(data.new_state.state_value.as_deref(), summary_to)?,
        reason: data
            .new_state
            .state_reason
            .unwrap_or_else(|| summary.to_owned()),
    })
}

/// `Alarm updated from OK to ALARM`.
fn summary_states(summary: &str) -> (Option<&str>, Option<&str>) {
    let mut words = summary.split_whitespace();
    let from = words
        .by_ref()
        .find(|word| *word == "from")
        .and_then(|_| words.next());
    let to = words
        .by_ref()
        .find(|word| *word == "to")
        .and_then(|_| words.next());
    (from, to)
}

fn state_word(word: &str) -> Option<AlarmState> {
    match word {
        "ALARM" => Some(AlarmState::Alarm),
        "OK" => Some(AlarmState::Ok),
        "INSUFFICIENT_DATA" => Some(AlarmState::InsufficientData),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn history_is_read_leniently() {
        let check = |data: &str, summary: &str| {
            let item = AlarmHistoryItem::builder()
                .timestamp(DateTime::from_secs(60))
                .history_data(data)
                .history_summary(summary)
                .build();
            transition(&item).map(|t| (t.from, t.to, t.reason))
        };
        let full = r#"{"version":"1.0","oldState":{"stateValue":"OK"},"newState":
            {"stateValue":"ALARM","stateReason":"too hot","stateReasonData":{"a":1}}}"#;
        assert_eq!(
            check(full, ""),
            Some((Some(AlarmState::Ok), AlarmState::Alarm, "too hot".into()))
        );
        let summary = "Alarm updated from INSUFFICIENT_DATA to OK";
        let told = Some((
            Some(AlarmState::InsufficientData),
            AlarmState::Ok,
            summary.to_owned(),
        ));
        assert_eq!(check("{", summary), told);
        assert_eq!(check(r#"{"newState":{"stateValue":7}}"#, summary), told);
        assert_eq!(check("{}", "Alarm deleted"), None);
        assert_eq!(check(r#"{"newState":{"stateValue":"PURPLE"}}"#, ""), None);
    }
}
