//! The estate: what is asked of AWS, and of the sandbox in its place.

use async_trait::async_trait;
use domain::{
    alarms::{AlarmReading, AlarmRef, AlarmTransition, MetricRef, Series},
    capacity::{Activity, Target, TargetRef},
    coverage::{AgentMetric, Balancer},
    estate::Scope,
    fit::Traffic,
    log_filters::LiveFilter,
    log_lines::{LogLines, LogQuestion, MetricFilter},
    log_queries::{LogQueryAnswer, LogQueryRun},
    plan::Call,
    queues::{QueueMessage, QueueRef},
    refreshes::Refresh,
    sns::{ConfirmToken, TopicArn},
    spot::SpotPrice,
    time::Timestamp,
    trail::TrailCall,
};
use serde::{Deserialize, Serialize};

/// What kind of failure it was; the caller decides by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CloudErrorKind {
    /// Too many calls; try later.
    Throttled,
    /// The credentials may not do it.
    Denied,
    /// The credentials are missing, expired or wrong.
    Credentials,
    /// The thing is not there.
    NotFound,
    /// AWS refuses the parameters; trying again will not help.
    Invalid,
    /// Time-out, no connection, 5xx; try later.
    Unavailable,
}

impl CloudErrorKind {
    /// Trying again later can help.
    #[must_use]
    pub const fn is_passing(self) -> bool {
        matches!(
            self,
            Self::Throttled | Self::Unavailable | Self::Credentials
        )
    }
}

/// A failed call.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{action} failed: {message}")]
pub struct CloudError {
    /// What kind.
    pub kind: CloudErrorKind,
    /// The call in IAM's words: `autoscaling:UpdateAutoScalingGroup`.
    pub action: &'static str,
    /// What the other side said, without secrets.
    pub message: String,
    /// Of several things that the call asks for, some were done.
    pub partly: bool,
}

impl CloudError {
    /// The permission that is missing, in IAM's words, if that is why.
    #[must_use]
    pub fn missing_permission(&self) -> Option<String> {
        let denied = matches!(self.kind, CloudErrorKind::Denied);
        denied.then(|| self.action.to_owned())
    }
}

/// Who we are there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The account, twelve digits.
    pub account: String,
    /// The caller's ARN.
    pub arn: String,
}

/// A question for metric data.
#[derive(Debug, Clone, PartialEq)]
pub struct MetricRequest {
    /// Which metric, statistic and period.
    pub metric: MetricRef,
    /// From, inclusive.
    pub from: Timestamp,
    /// Until, exclusive.
    pub until: Timestamp,
}

/// How a permission stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum ProbeOutcome {
    /// Granted.
    Ok,
    /// Missing.
    Denied,
    /// Could not be found out.
    Unknown {
        /// Why.
        why: String,
    },
}

/// One permission that the product uses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Probe {
    /// In IAM's words: `cloudwatch:DescribeAlarms`.
    pub action: String,
    /// What it is for, in English.
    pub used_for: String,
    /// How it stands.
    #[serde(flatten)]
    pub outcome: ProbeOutcome,
}

/// The estate. Every reading is complete: paging is the implementation's
/// matter, bounded by `domain::limits`.
///
/// # Errors
/// Every method fails with [`CloudError`]; a list that is empty is no error.
#[async_trait]
pub trait Cloud: Send + Sync {
    /// The accounts and regions of the estate, in the order of the configuration.
    fn scopes(&self) -> Vec<Scope>;

    /// The role under which timers call in an account; none where none is configured,
    /// and then nothing asks EventBridge Scheduler anything there.
    fn timer_role(&self, scope: &Scope) -> Option<String>;

    /// Who we are in an account.
    async fn identity(&self, scope: &Scope) -> Result<Identity, CloudError>;

    /// Every alarm: metric and composite.
    async fn alarms(&self, scope: &Scope) -> Result<Vec<AlarmReading>, CloudError>;

    /// One alarm afresh; none if it is not there.
    async fn alarm(&self, alarm: &AlarmRef) -> Result<Option<AlarmReading>, CloudError>;

    /// State changes of one alarm, newest first, at most
    /// `domain::limits::ALARM_HISTORY_ROWS_MAX`.
    async fn alarm_history(
        &self,
        scope: &Scope,
        name: &str,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<AlarmTransition>, CloudError>;

    /// A metric's values, ascending in time.
    async fn metric(&self, scope: &Scope, request: &MetricRequest) -> Result<Series, CloudError>;

    /// What load balancers sent to a target in whole quarter hours of `[from, until)`; none
    /// where none sends to it.
    async fn traffic(
        &self,
        target: &TargetRef,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Option<Traffic>, CloudError>;

    /// What the instance types of a group have cost as spot in its zones since `from`, with
    /// what held then; nothing for what is no group.
    async fn spot_prices(
        &self,
        target: &TargetRef,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<SpotPrice>, CloudError>;

    /// Every target, with policies, scheduled actions and timers of ours. Purchase options of
    /// instances may be left `Unknown`.
    async fn targets(&self, scope: &Scope) -> Result<Vec<Target>, CloudError>;

    /// One target afresh, complete with purchase options; none if it is not there.
    async fn target(&self, target: &TargetRef) -> Result<Option<Target>, CloudError>;

    /// Recent scaling activities, newest first, at most `domain::limits::ACTIVITIES_MAX`.
    async fn activities(&self, target: &TargetRef) -> Result<Vec<Activity>, CloudError>;

    /// The latest instance refreshes of a group, newest first.
    async fn refreshes(&self, target: &TargetRef) -> Result<Vec<Refresh>, CloudError>;

    /// Calls by which others than this console changed a target in `[from, until)`, newest
    /// first, at most `domain::limits::TRAIL_CALLS_MAX`.
    async fn trail(
        &self,
        target: &TargetRef,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<TrailCall>, CloudError>;

    /// The Application Load Balancers, each with its target groups.
    async fn balancers(&self, scope: &Scope) -> Result<Vec<Balancer>, CloudError>;

    /// The names of the functions.
    async fn functions(&self, scope: &Scope) -> Result<Vec<String>, CloudError>;

    /// What the CloudWatch agent reported of memory and disks in the last hours.
    async fn agent_metrics(&self, scope: &Scope) -> Result<Vec<AgentMetric>, CloudError>;

    /// The metric filters that make a metric, at most
    /// `domain::limits::LOG_FILTERS_LISTED_MAX`.
    async fn metric_filters(
        &self,
        scope: &Scope,
        namespace: &str,
        metric: &str,
    ) -> Result<Vec<MetricFilter>, CloudError>;

    /// Lines of a log group, the oldest first; where there are more than asked for, the first.
    async fn log_lines(
        &self,
        scope: &Scope,
        question: &LogQuestion,
    ) -> Result<LogLines, CloudError>;

    /// The metric filters of a log group; none where there is no such group.
    async fn log_filters(
        &self,
        scope: &Scope,
        group: &str,
    ) -> Result<Option<Vec<LiveFilter>>, CloudError>;

    /// Runs a query over logs to its end, for at most `domain::limits::LOG_QUERY_MS`; one that
    /// takes longer, or that nobody waits for any more, is stopped.
    async fn run_log_query(
        &self,
        scope: &Scope,
        run: &LogQueryRun,
    ) -> Result<LogQueryAnswer, CloudError>;

    /// The queues from which events are taken, in the order of the configuration.
    fn queues(&self) -> Vec<QueueRef>;

    /// Takes messages from a queue, at most `domain::limits::QUEUE_BATCH_MAX`, waiting a
    /// moment for the first. What is not deleted soon can be taken again.
    async fn take_messages(&self, queue: &QueueRef) -> Result<Vec<QueueMessage>, CloudError>;

    /// Deletes messages of one taking by their receipts; at least one.
    async fn delete_messages(
        &self,
        queue: &QueueRef,
        receipts: &[String],
    ) -> Result<(), CloudError>;

    /// Confirms the subscription of ours that a topic has a token for. Repeating it leaves
    /// what it left the first time.
    async fn confirm_topic(&self, topic: &TopicArn, token: &ConfirmToken)
    -> Result<(), CloudError>;

    /// Carries out one call. Repeating it leaves what it left the first time.
    async fn carry_out(&self, call: &Call) -> Result<(), CloudError>;

    /// Tries every permission that the product uses without changing anything.
    async fn probe(&self, scope: &Scope) -> Vec<Probe>;
}
