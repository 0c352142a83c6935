//! What Alertmanager (webhook version 4) and Grafana (its webhook contact point) post.
//!
//! Both send a batch of alerts; Grafana's is Alertmanager's with more links. Fields that
//! are unknown are ignored, for both add some from time to time.

use crate::FileError;
use domain::{
    alarms::AlarmState,
    limits,
    sources::{AlarmNotes, AlarmReport, HookKind, Link, LinkKind, series_name},
    time::Timestamp,
};
use serde::Deserialize;
use std::collections::BTreeMap;

/// What the body is called in an error.
const BODY: &str = "body";

/// The version of Alertmanager's webhook that is understood.
const ALERTMANAGER_VERSION: &str = "4";

#[derive(Deserialize)]
struct Batch {
    version: Option<String>,
    alerts: Vec<Alert>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Alert {
    status: Status,
    labels: BTreeMap<String, String>,
    annotations: Option<BTreeMap<String, String>>,
    starts_at: Timestamp,
    ends_at: Option<Timestamp>,
    #[serde(rename = "generatorURL")]
    generator_url: Option<String>,
    #[serde(rename = "dashboardURL")]
    dashboard_url: Option<String>,
    #[serde(rename = "panelURL")]
    panel_url: Option<String>,
    #[serde(rename = "silenceURL")]
    silence_url: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Status {
    Firing,
    Resolved,
}

/// Reads the alerts of one call.
///
/// # Errors
/// [`FileError`] says what is wrong with the body.
pub fn read_alerts(kind: HookKind, body: &[u8]) -> Result<Vec<AlarmReport>, FileError> {
    let batch: Batch =
        serde_json::from_slice(body).map_err(|error| FileError::json(BODY, &error))?;
    let version = batch.version.as_deref().unwrap_or_default();
    if kind == HookKind::Prometheus && version != ALERTMANAGER_VERSION {
        let message = format!(
            "this is version `{version}` of Alertmanager's webhook; only {ALERTMANAGER_VERSION} is \
             understood"
        );
        return Err(FileError {
            field: "version".into(),
            ..FileError::whole(BODY, message)
        });
    }
    let alerts = batch.alerts.into_iter().enumerate();
    alerts.map(|(index, alert)| alert.report(index)).collect()
}

impl Alert {
    fn report(self, index: usize) -> Result<AlarmReport, FileError> {
        let too_long = |text: &String| text.len() > limits::LABEL_BYTES_MAX;
        let long = self
            .labels
            .iter()
            .any(|(name, value)| too_long(name) || too_long(value));
        if self.labels.len() > limits::LABELS_MAX || long {
            let message = format!(
                "has more than {} labels, or one of more than {} bytes",
                limits::LABELS_MAX,
                limits::LABEL_BYTES_MAX
            );
            return Err(FileError {
                field: format!("alerts[{index}].labels"),
                ..FileError::whole(BODY, message)
            });
        }
        let annotations = kept(self.annotations.unwrap_or_default());
        let annotation = |name: &str| annotations.get(name).cloned();
        let description = annotation("description").or_else(|| annotation("message"));
        let description = description.unwrap_or_default();
        let reason = annotation("summary").unwrap_or_else(|| description.clone());
        let links = [
            (LinkKind::Runbook, annotation("runbook_url")),
            (LinkKind::Rule, self.generator_url),
            (LinkKind::Dashboard, self.dashboard_url),
            (LinkKind::Panel, self.panel_url),
            (LinkKind::Silence, self.silence_url),
        ];
        let links = links
            .into_iter()
            .filter_map(|(kind, url)| Link::new(kind, &url?));
        let (state, state_at) = match self.status {
            Status::Firing => (AlarmState::Alarm, self.starts_at),
            // An end is after its beginning, also where both were rounded.
            Status::Resolved => {
                let least = self.starts_at.plus_ms(1);
                (AlarmState::Ok, self.ends_at.unwrap_or(least).max(least))
            }
        };
        Ok(AlarmReport {
            name: series_name(&self.labels),
            description,
            state,
            state_at,
            reason,
            notes: AlarmNotes {
                links: links.collect(),
                labels: self.labels,
                annotations,
            },
        })
    }
}

/// Annotations as far as they are kept.
fn kept(annotations: BTreeMap<String, String>) -> BTreeMap<String, String> {
    let cut = |text: String| text.chars().take(limits::ANNOTATION_CHARS_MAX).collect();
    let kept = annotations.into_iter().take(limits::LABELS_MAX);
    kept.map(|(name, value)| (cut(name), cut(value))).collect()
}
