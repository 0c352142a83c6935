//! Lines of CloudWatch Logs, and the metric filters that read them (Amazon CloudWatch Logs API
//! Reference, FilterLogEvents and DescribeMetricFilters).

use crate::{
    error::own_error,
    permissions::Action,
    signed::{Model, Request, Service, Signed},
};
use aws_types::SdkConfig;
use domain::{
    limits::{LOG_FILTERS_LISTED_MAX, LOG_PAGES_MAX, LOG_READ_MS},
    log_lines::{LogLine, LogLines, LogQuestion, MetricFilter},
    time::Timestamp,
};
use ports::{CloudError, CloudErrorKind};
use serde::Deserialize;
use serde_json::{Value, json};
use std::{collections::BTreeMap, sync::Arc, time::Duration};

const LOGS: Service = Service {
    id: "CloudWatch Logs",
    name: "logs",
    fips: "logs-fips",
};
pub(crate) const MODEL: Model = Model {
    name: "Logs_20140328",
    content_type: "application/x-amz-json-1.1",
};

/// A client for one account and region.
#[derive(Debug)]
pub struct Logs {
    /// Shared with queries, which are stopped when nobody waits for them any more.
    pub(crate) signed: Arc<Signed>,
}

impl Logs {
    /// Makes a client of the same configuration as the SDK's.
    ///
    /// # Errors
    /// As [`Signed::new`].
    pub fn new(config: &SdkConfig) -> Result<Self, CloudError> {
        let signed = Arc::new(Signed::new(config, &LOGS)?);
        Ok(Self { signed })
    }

    /// The filters that make a metric. A page holds all that are wanted.
    ///
    /// # Errors
    /// As every call.
    pub async fn filters(
        &self,
        namespace: &str,
        metric: &str,
    ) -> Result<Vec<MetricFilter>, CloudError> {
        let action = Action::DescribeMetricFilters;
        let question = json!({
            "metricNamespace": namespace,
            "metricName": metric,
            "limit": LOG_FILTERS_LISTED_MAX,
        });
        let request = Request::target(MODEL, action, &question);
        let page: FiltersJson = self.signed.json(action, request).await?;
        let named = page.filters.into_iter();
        let named = named.filter_map(|filter| filter.read(namespace, metric));
        let mut filters: Vec<_> = named.take(LOG_FILTERS_LISTED_MAX).collect();
        filters.sort();
        Ok(filters)
    }

    /// Lines of a log group, the oldest first.
    ///
    /// # Errors
    /// As every call; [`CloudErrorKind::Unavailable`] when it takes too long.
    pub async fn lines(&self, question: &LogQuestion) -> Result<LogLines, CloudError> {
        let time = Duration::from_millis(LOG_READ_MS);
        match tokio::time::timeout(time, self.pages(question)).await {
            Ok(lines) => lines,
            Err(_) => Err(own_error(
                Action::FilterLogEvents,
                CloudErrorKind::Unavailable,
                "the log group was not read in time",
            )),
        }
    }

    /// AWS looks through a part of the log for each page, which may hold no line.
    async fn pages(&self, question: &LogQuestion) -> Result<LogLines, CloudError> {
        let mut asked = json!({
            "logGroupName": question.group,
            "startTime": question.from.ms(),
            "endTime": question.until.ms(),
            "limit": question.lines_max,
        });
        if !question.pattern.is_empty() {
            asked["filterPattern"] = question.pattern.as_str().into();
        }
        let mut found = LogLines::default();
        for _ in 0..LOG_PAGES_MAX {
            let page = self.page(&asked).await?;
            let room = question.lines_max.saturating_sub(found.lines.len());
            found.more = page.next_token.is_some() || page.events.len() > room;
            let events = page.events.into_iter().take(room);
            found.lines.extend(events.map(EventJson::read));
            let Some(token) = page.next_token else { break };
            if found.lines.len() >= question.lines_max {
                break;
            }
            asked["nextToken"] = token.into();
        }
        found.lines.sort_by_key(|line| line.at);
        Ok(found)
    }

    async fn page(&self, asked: &Value) -> Result<PageJson, CloudError> {
        let action = Action::FilterLogEvents;
        let request = Request::target(MODEL, action, asked);
        self.signed.json(action, request).await
    }

    /// Asks about a log group and a metric that nobody has, to see whether it may be asked.
    ///
    /// # Errors
    /// As every call.
    pub async fn probe(&self, action: Action, nobody: &str) -> Result<(), CloudError> {
        let question = match action {
            Action::FilterLogEvents => json!({ "logGroupName": nobody, "limit": 1 }),
            _ => json!({ "metricNamespace": nobody, "metricName": nobody, "limit": 1 }),
        };
        let request = Request::target(MODEL, action, &question);
        self.signed.send(action, request).await.map(|_| ())
    }
}

#[derive(Debug, Deserialize)]
struct PageJson {
    #[serde(default)]
    events: Vec<EventJson>,
    #[serde(rename = "nextToken")]
    next_token: Option<String>,
}

#[derive(Debug, Deserialize)]
struct EventJson {
    #[serde(rename = "logStreamName", default)]
    stream: String,
    /// Milliseconds since 1970.
    #[serde(rename = "timestamp", default)]
    at_ms: i64,
    #[serde(default)]
    message: String,
}

impl EventJson {
    fn read(self) -> LogLine {
        LogLine::read(Timestamp::from_ms(self.at_ms), &self.stream, &self.message)
    }
}

#[derive(Debug, Deserialize)]
struct FiltersJson {
    #[serde(rename = "metricFilters", default)]
    filters: Vec<FilterJson>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct FilterJson {
    #[serde(default)]
    filter_name: String,
    #[serde(default)]
    filter_pattern: String,
    #[serde(default)]
    log_group_name: String,
    #[serde(default)]
    metric_transformations: Vec<TransformationJson>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct TransformationJson {
    #[serde(default)]
    metric_name: String,
    #[serde(default)]
    metric_namespace: String,
    /// AWS leaves it out where there are none; others write null.
    dimensions: Option<BTreeMap<String, String>>,
}

impl FilterJson {
    /// None for one of another metric: not everybody who answers looks at what was asked.
    fn read(self, namespace: &str, metric: &str) -> Option<MetricFilter> {
        let made = self
            .metric_transformations
            .into_iter()
            .find(|made| made.metric_namespace == namespace && made.metric_name == metric)?;
        Some(MetricFilter {
            group: self.log_group_name,
            name: self.filter_name,
            pattern: self.filter_pattern,
            dimensions: made.dimensions.unwrap_or_default().into_iter().collect(),
        })
    }
}
