//! Metric filters that count lines for alarms (Amazon CloudWatch Logs API Reference,
//! DescribeMetricFilters, PutMetricFilter and DeleteMetricFilter).

use crate::{
    log_lines::{Logs, MODEL},
    permissions::Action,
    signed::Request,
};
use domain::{
    limits::{LOG_FILTERS_LISTED_MAX, LOG_FILTERS_QUOTA},
    log_filters::{CountedLines, DEFAULT_VALUE, LiveFilter, VALUE},
};
use ports::{CloudError, CloudErrorKind};
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// What a filter has beside its name, group, pattern and metric that does not change what it
/// counts.
const HARMLESS: [&str; 1] = ["creationTime"];

impl Logs {
    /// The filters of a log group; none where there is no such group.
    ///
    /// # Errors
    /// As every call.
    pub async fn filters_of(&self, group: &str) -> Result<Option<Vec<LiveFilter>>, CloudError> {
        let action = Action::DescribeMetricFilters;
        let mut question = json!({ "logGroupName": group, "limit": LOG_FILTERS_LISTED_MAX });
        let mut filters = Vec::new();
        for _ in 0..=LOG_FILTERS_QUOTA / LOG_FILTERS_LISTED_MAX {
            let request = Request::target(MODEL, action, &question);
            let page: FiltersJson = match self.signed.json(action, request).await {
                Err(error) if error.kind == CloudErrorKind::NotFound => return Ok(None),
                page => page?,
            };
            // Not everybody who answers looks at what was asked.
            let own = page.filters.into_iter();
            let own = own.filter(|filter| filter.group.as_deref().is_none_or(|own| own == group));
            filters.extend(own.map(FilterJson::read));
            let Some(token) = page.next_token else { break };
            question["nextToken"] = token.into();
        }
        Ok(Some(filters))
    }

    /// Puts a filter that counts lines.
    ///
    /// # Errors
    /// As every call.
    pub async fn put_filter(
        &self,
        lines: &CountedLines,
        namespace: &str,
        metric: &str,
    ) -> Result<(), CloudError> {
        let question = json!({
            "logGroupName": lines.group,
            "filterName": lines.filter,
            "filterPattern": lines.pattern,
            "metricTransformations": [{
                "metricNamespace": namespace,
                "metricName": metric,
                "metricValue": VALUE,
                "defaultValue": DEFAULT_VALUE,
            }],
        });
        let request = Request::target(MODEL, Action::PutMetricFilter, &question);
        let sent = self.signed.send(Action::PutMetricFilter, request).await;
        sent.map(|_| ())
    }

    /// Deletes a filter.
    ///
    /// # Errors
    /// As every call; [`CloudErrorKind::NotFound`] where it, or its group, is not there.
    pub async fn delete_filter(&self, group: &str, filter: &str) -> Result<(), CloudError> {
        let question = json!({ "logGroupName": group, "filterName": filter });
        let request = Request::target(MODEL, Action::DeleteMetricFilter, &question);
        let sent = self.signed.send(Action::DeleteMetricFilter, request).await;
        sent.map(|_| ())
    }
}

#[derive(Debug, Deserialize)]
struct FiltersJson {
    #[serde(rename = "metricFilters", default)]
    filters: Vec<FilterJson>,
    #[serde(rename = "nextToken")]
    next_token: Option<String>,
}

#[derive(Debug, Deserialize)]
struct FilterJson {
    #[serde(rename = "filterName", default)]
    name: String,
    #[serde(rename = "filterPattern", default)]
    pattern: String,
    #[serde(rename = "logGroupName")]
    group: Option<String>,
    #[serde(rename = "metricTransformations", default)]
    made: Vec<Map<String, Value>>,
    #[serde(flatten)]
    more: Map<String, Value>,
}

impl FilterJson {
    fn read(self) -> LiveFilter {
        let is_plain = self
            .more
            .iter()
            .all(|(name, value)| HARMLESS.contains(&name.as_str()) || is_nothing(value));
        let counts = match self.made.as_slice() {
            [made] if is_plain => counted(made),
            _ => None,
        };
        LiveFilter {
            name: self.name,
            pattern: self.pattern,
            counts,
        }
    }
}

/// The metric for which a transformation counts lines; none where it does anything else.
fn counted(made: &Map<String, Value>) -> Option<(String, String)> {
    let text = |name: &str| made.get(name).and_then(Value::as_str);
    let known = [
        "metricNamespace",
        "metricName",
        "metricValue",
        "defaultValue",
    ];
    let more = made
        .iter()
        .filter(|(name, _)| !known.contains(&name.as_str()));
    let is_plain = more.into_iter().all(|(name, value)| {
        is_nothing(value) || (name == "unit" && value.as_str() == Some("None"))
    });
    let counts = text("metricValue") == Some(VALUE)
        && made.get("defaultValue").and_then(Value::as_f64) == Some(DEFAULT_VALUE);
    let metric = (text("metricNamespace")?, text("metricName")?);
    (is_plain && counts).then(|| (metric.0.to_owned(), metric.1.to_owned()))
}

/// As good as left out.
fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Bool(true) | Value::Number(_) => false,
    }
}
