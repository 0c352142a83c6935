//! Checks over the estate: what is the matter with targets, policies and alarms as
//! they stand.

#[cfg(feature = "server")]
use crate::ApiResult;
use crate::{Page, PageQuery};
use domain::{
    checks::Severity,
    estate::{Environment, Scope},
    ids::{AlarmId, TargetId},
};
use serde::{Deserialize, Serialize};

/// Which findings: of the checks, or of what has no alarm.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct CheckQuery {
    /// Only so bad; empty means all.
    pub severity: Vec<Severity>,
    /// Only of these environments; empty means all that the caller sees.
    pub environment: Vec<Environment>,
    /// Only by these rules; empty means all.
    pub rule: Vec<String>,
    /// Words in the names of what a finding is about.
    pub text: String,
    /// Which page.
    pub page: PageQuery,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CheckRow {
    /// The rule's stable name.
    pub rule: String,
    /// How bad it is.
    pub severity: Severity,
    /// Its environment.
    pub environment: Environment,
    /// Account and region.
    pub scope: Scope,
    /// The target that it is about; none where it is about an alarm alone.
    pub target: Option<CheckTarget>,
    /// The policy that it is about.
    pub policy: Option<String>,
    /// The alarm that it is about.
    pub alarm: Option<CheckAlarm>,
    /// What is the matter, in the caller's language.
    pub what: String,
    /// What it was seen by, in AWS's own terms.
    pub evidence: Vec<String>,
    /// What to do, in the caller's language.
    pub fix: String,
}

/// A target that a finding is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CheckTarget {
    /// Its id.
    pub id: TargetId,
    /// Its name.
    pub name: String,
}

/// An alarm that a finding is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CheckAlarm {
    /// Its id; none where the caller may not see it.
    pub id: Option<AlarmId>,
    /// Its name.
    pub name: String,
}

/// How many findings share rule, severity and environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CheckCount {
    /// The rule.
    pub rule: String,
    /// The severity.
    pub severity: Severity,
    /// The environment.
    pub environment: Environment,
    /// How many.
    pub count: u32,
}

/// A page of findings, and what there is besides.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CheckList {
    /// All that the caller sees, whatever is filtered.
    pub counts: Vec<CheckCount>,
    /// The page, the worst first.
    pub page: Page<CheckRow>,
}

/// What can be asked about checks.
#[cfg(feature = "server")]
#[async_trait::async_trait]
pub trait Checks {
    /// A page of findings, the worst first.
    async fn list_checks(&self, query: CheckQuery) -> ApiResult<CheckList>;
}
