//! What the configuration tells the services. Plain data; reading it from a
//! file is the server's matter.

use crate::{sources::SourceSettings, topics::TopicSource};
use domain::{
    alarms::{PriorityRule, default_priority_rules},
    channels::ChannelName,
    drills::RecurringDrill,
    estate::{Environment, Scope},
    limits,
    log_queries::LogQuery,
    routes::{Route, Routing},
};
use std::collections::BTreeMap;

/// A load balancer whose requests are counted for the overview.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadBalancer {
    /// Account and region.
    pub scope: Scope,
    /// The environment its requests count for.
    pub environment: Environment,
    /// CloudWatch's `LoadBalancer` dimension: `app/prod-public/50dc6c495c0c9188`.
    pub load_balancer: String,
}

/// Reads routes that somebody wrote, which may name what a routing and these channels have. An
/// error says where and what to do.
pub type ReadRoutes = fn(&str, &Routing, &[ChannelName]) -> Result<Vec<Route>, String>;

/// The settings.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The program's version.
    pub version: String,
    /// Which alarms matter how much; the first rule that fits wins.
    pub priority_rules: Vec<PriorityRule>,
    /// Approvals an environment asks for.
    pub approvals: BTreeMap<Environment, u32>,
    /// Approvals every other environment asks for.
    pub approvals_default: u32,
    /// Who may call us about alarms.
    pub sources: Vec<SourceSettings>,
    /// Which topics may tell us.
    pub topic_sources: Vec<TopicSource>,
    /// Queries of logs that run on a schedule.
    pub log_queries: Vec<LogQuery>,
    /// Who is told of which alarms.
    pub routing: Routing,
    /// How routes are read that somebody wants to try.
    pub read_routes: ReadRoutes,
    /// After how long an acknowledgement ends by itself; none for with the alarm alone.
    pub acknowledgement_minutes: Option<u32>,
    /// At the first reading of an account and region, alarms that went off longer ago
    /// are told to nobody.
    pub first_reading_news_ms: i64,
    /// The address people type, for links in messages.
    pub public_url: Option<String>,
    /// Drills that begin by themselves.
    pub drills: Vec<RecurringDrill>,
    /// Load balancers counted for the overview.
    pub load_balancers: Vec<LoadBalancer>,
    /// How often each account and region is read.
    pub poll_period_ms: u64,
    /// How long a group that buys spot may be below what it wants before people are told.
    pub below_desired_minutes: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            version: env!("CARGO_PKG_VERSION").into(),
            priority_rules: default_priority_rules(),
            approvals: BTreeMap::new(),
            approvals_default: 1,
            sources: Vec::new(),
            log_queries: Vec::new(),
            routing: Routing::default(),
            // Programs that read no configuration write them as JSON.
            read_routes: |text, _, _| serde_json::from_str(text).map_err(|error| error.to_string()),
            acknowledgement_minutes: None,
            topic_sources: Vec::new(),
            first_reading_news_ms: limits::FIRST_READING_NEWS_MS,
            public_url: None,
            drills: Vec::new(),
            load_balancers: Vec::new(),
            poll_period_ms: 15_000,
            below_desired_minutes: limits::BELOW_DESIRED_MINUTES_DEFAULT,
        }
    }
}

impl Settings {
    /// After how long without a reading it is not known what an account and region hold: three
    /// readings may fail, or be slow.
    #[must_use]
    pub fn unread_after_ms(&self) -> i64 {
        let readings_ms = i64::try_from(3 * self.poll_period_ms).unwrap_or(i64::MAX);
        readings_ms.max(limits::UNREAD_AFTER_MS)
    }

    /// Approvals that a change in this environment needs: at least one, whatever
    /// the configuration says, or four eyes would be two.
    #[must_use]
    pub fn approvals_needed(&self, environment: &Environment) -> u32 {
        self.approvals
            .get(environment)
            .copied()
            .unwrap_or(self.approvals_default)
            .clamp(1, limits::APPROVALS_MAX)
    }
}
