//! How the console itself is doing.

#[cfg(feature = "server")]
use crate::ApiResult;
use domain::time::Timestamp;
use serde::{Deserialize, Serialize};

/// A background worker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WorkerRow {
    /// Its name.
    pub name: String,
    /// How often it runs by itself.
    pub period_ms: u64,
    /// Last began.
    pub begun_at: Option<Timestamp>,
    /// How long the last run took.
    pub took_ms: Option<u64>,
    /// Runs since the start.
    pub runs: u64,
    /// Failed runs since the start.
    pub failures: u64,
    /// The last run's own words.
    pub status: String,
    /// The last failure, if the last run failed.
    pub error: Option<String>,
}

/// The installation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SystemView {
    /// The program's version.
    pub version: String,
    /// `sqlite` or `postgres`.
    pub database: String,
    /// Started.
    pub started_at: Timestamp,
    /// Workers, by name.
    pub workers: Vec<WorkerRow>,
    /// Browsers that follow the live stream.
    pub stream_clients: u32,
    /// Accounts and regions.
    pub scopes: Vec<crate::overview::ScopeHealth>,
    /// Environment and approvals it needs.
    pub approvals: Vec<(String, u32)>,
}

/// What can be asked about the console.
#[cfg(feature = "server")]
#[async_trait::async_trait]
pub trait System {
    /// How it is doing.
    async fn system(&self) -> ApiResult<SystemView>;
}
