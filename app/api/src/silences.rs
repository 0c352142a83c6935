//! Silences: list, preview, add, end.

#[cfg(feature = "server")]
use crate::ApiResult;
use crate::alarms::AlarmRow;
use domain::{estate::Environment, ids::SilenceId, silences::SilenceState, time::Timestamp};
use serde::{Deserialize, Serialize};

/// What a silence is about.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SilenceScope {
    /// Of these environments; empty means all.
    #[serde(default)]
    pub environments: Vec<Environment>,
    /// And with such labels, as Alertmanager writes matchers: `alertname=~"web.*", team="pay"`.
    /// Every alarm has `alertname`, `environment`, `priority` and `source`; one of AWS `account`
    /// and `region`; one on a metric `namespace`, `metric` and its dimensions; one that a source
    /// reports the source's labels.
    #[serde(default)]
    pub matchers: String,
}

/// A silence to be added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewSilence {
    /// Of what.
    pub scope: SilenceScope,
    /// First silent instant; now when none is named.
    #[serde(default)]
    pub from: Option<Timestamp>,
    /// First instant after it.
    pub until: Timestamp,
    /// Why.
    pub comment: String,
}

/// A silence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SilenceRow {
    /// Its id.
    pub id: SilenceId,
    /// Of what. Of its environments only those that the caller sees.
    pub scope: SilenceScope,
    /// First silent instant.
    pub from: Timestamp,
    /// First instant after it.
    pub until: Timestamp,
    /// How it stands.
    pub state: SilenceState,
    /// Why.
    pub comment: String,
    /// Who asked for it.
    pub by: String,
    /// Who ended it before its time.
    pub ended_by: Option<String>,
    /// Why the caller may not end it, in their language.
    pub end_refused: Option<String>,
}

/// Of which alarms nobody would be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SilencePreview {
    /// How many there are that the caller sees.
    pub alarms: u64,
    /// How many of them are in ALARM.
    pub firing: u64,
    /// The most urgent ones.
    pub first: Vec<AlarmRow>,
    /// There are more alarms than were looked at.
    pub cut: bool,
}

/// What can be asked about silences.
#[cfg(feature = "server")]
#[async_trait::async_trait]
pub trait Silences {
    /// Silences that are not over or were not a week ago, those that last longest first.
    async fn list_silences(&self) -> ApiResult<Vec<SilenceRow>>;
    /// Of which alarms nobody would be told.
    async fn preview_silence(&self, scope: SilenceScope) -> ApiResult<SilencePreview>;
    /// Adds one.
    async fn add_silence(&self, silence: NewSilence) -> ApiResult<SilenceId>;
    /// Ends one before its time.
    async fn end_silence(&self, id: SilenceId) -> ApiResult<()>;
}
