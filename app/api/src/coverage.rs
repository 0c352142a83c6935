//! What has no alarm, or one that would tell nobody.

#[cfg(feature = "server")]
use crate::ApiResult;
#[cfg(feature = "server")]
use crate::checks::CheckQuery;
use crate::{Page, checks::CheckCount};
use domain::{
    changes::Change,
    checks::Severity,
    estate::{Environment, Scope},
    ids::{AlarmId, TargetId},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// Kinds of what can lack an alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CoverageSubject {
    /// An alarm itself.
    Alarm,
    /// A target.
    Target,
    /// An Application Load Balancer.
    Balancer,
    /// A target group of one.
    TargetGroup,
    /// A Lambda function.
    Function,
}

/// Something that nobody would hear of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CoverageRow {
    /// The rule's stable name.
    pub rule: String,
    /// How bad it is.
    pub severity: Severity,
    /// Its environment.
    pub environment: Environment,
    /// Account and region.
    pub scope: Scope,
    /// What it is about.
    pub subject: CoverageSubject,
    /// The name of that, as CloudWatch has it.
    pub name: String,
    /// The alarm, where it is about one.
    pub alarm: Option<AlarmId>,
    /// The target, where it is about one.
    pub target: Option<TargetId>,
    /// What is missing, in the caller's language.
    pub what: String,
    /// What it was seen by, in AWS's own terms.
    pub evidence: Vec<String>,
    /// What to do, in the caller's language.
    pub fix: String,
    /// What would close it.
    pub draft: Option<CoverageDraft>,
}

/// A change request as a start: it is proposed with a reason, and approved, as any other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CoverageDraft {
    /// What would be proposed; its reason is empty.
    pub change: Change,
    /// Why it is as it is, in the caller's language; may be empty.
    pub why: String,
}

/// What could not be listed, so that nothing is known of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CoverageBlind {
    /// Account and region.
    pub scope: Scope,
    /// What, in the caller's language.
    pub what: String,
    /// Why, in the caller's language.
    pub why: String,
    /// The permission that is missing, in IAM's words.
    pub missing: Option<String>,
}

/// How much was looked at, within what the caller sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CoverageSeen {
    /// Alarms of CloudWatch.
    pub alarms: u32,
    /// Targets.
    pub targets: u32,
    /// Application Load Balancers.
    pub balancers: u32,
    /// Functions.
    pub functions: u32,
}

/// A page of gaps, and what there is besides.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CoverageList {
    /// All that the caller sees, whatever is filtered.
    pub counts: Vec<CheckCount>,
    /// How much was looked at.
    pub seen: CoverageSeen,
    /// When the oldest list of balancers, functions and agents was read; alarms and targets
    /// are as last read.
    pub listed_at: Option<Timestamp>,
    /// What could not be listed.
    pub blind: Vec<CoverageBlind>,
    /// The page, the worst first.
    pub page: Page<CoverageRow>,
}

/// What can be asked about coverage.
#[cfg(feature = "server")]
#[async_trait::async_trait]
pub trait Coverage {
    /// A page of gaps, the worst first.
    async fn list_coverage(&self, query: CheckQuery) -> ApiResult<CoverageList>;
}
