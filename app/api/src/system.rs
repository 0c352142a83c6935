//! How the console itself is doing.

#[cfg(feature = "server")]
use crate::ApiResult;
use domain::{
    channels::ChannelName,
    estate::Scope,
    queues::QueueRef,
    sns::{TopicArn, TopicState},
    sources::SourceName,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What a background worker is there for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum WorkerKind {
    /// Reads one account and region.
    Poll {
        /// Which.
        scope: Scope,
    },
    /// Sends to one channel.
    Notify {
        /// Which.
        channel: ChannelName,
    },
    /// Turns the database's feed into news for open browsers.
    Feed,
    /// Carries approved change requests out.
    Apply,
    /// Looks after events: drift, start and return.
    Watch,
    /// Looks after schedules: drift, and the objects of the next days.
    Schedules,
    /// Takes events from one queue.
    Queue {
        /// Which.
        queue: QueueRef,
    },
    /// Makes the times that calendars name freezes.
    Calendars,
    /// Asks why instances ended.
    Ends,
    /// Tells of alarms that nothing silences any more.
    Held,
    /// Tells others of what nobody takes on.
    Escalate,
    /// Finds sources that must call and have not.
    Heartbeats,
    /// Runs queries of logs.
    LogQueries,
    /// Tells what is not urgent, at the times of digests.
    Digests,
    /// Ends drills and settles their receipts.
    Drills,
    /// Confirms subscriptions to topics.
    Topics,
    /// Ends proposals that nobody decided in time.
    Expire,
    /// Lets go of what is configured no more.
    Scopes,
    /// Deletes what has been kept long enough.
    Retain,
}

/// The worker's name in logs and metrics.
impl fmt::Display for WorkerKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Poll { scope } => return write!(f, "poll {scope}"),
            Self::Notify { channel } => return write!(f, "notify {channel}"),
            Self::Queue { queue } => return write!(f, "take {queue}"),
            Self::Feed => "follow feed",
            Self::Apply => "apply changes",
            Self::Watch => "watch events",
            Self::Schedules => "look after schedules",
            Self::Calendars => "follow calendars",
            Self::Ends => "judge ends",
            Self::Held => "tell of held alarms",
            Self::Escalate => "escalate alarms",
            Self::Heartbeats => "listen for heartbeats",
            Self::LogQueries => "run log queries",
            Self::Digests => "tell digests",
            Self::Drills => "end drills",
            Self::Topics => "confirm subscriptions",
            Self::Expire => "expire changes",
            Self::Scopes => "follow configuration",
            Self::Retain => "retain",
        })
    }
}

/// What one turn of a worker did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum WorkerReport {
    /// Another server holds the lease.
    Elsewhere,
    /// There is no such channel any more.
    NotConfigured,
    /// The feed is followed from here on.
    FollowsFromHere,
    /// So much happened meanwhile that open browsers were told to load again.
    MissedTooMuch,
    /// Read a scope.
    Read {
        /// Alarms there.
        alarms: usize,
        /// Targets there.
        targets: usize,
    },
    /// Sent messages.
    Sent {
        /// How many.
        messages: u32,
        /// Whether more wait until the channel's rate lets them go.
        more: bool,
    },
    /// Sent messages until one failed.
    SentThenFailed {
        /// How many had been sent.
        messages: u32,
        /// What the channel said.
        error: String,
    },
    /// Told news.
    Told {
        /// How many.
        news: usize,
        /// Browsers that follow.
        followers: u32,
    },
    /// Carried out.
    Carried {
        /// How many change requests.
        changes: usize,
    },
    /// Looked after events.
    Watched {
        /// Events that stand.
        standing: usize,
        /// Of them, new drift.
        drifted: u32,
        /// Returns looked for.
        returns: usize,
        /// Change requests read back late.
        reread: usize,
    },
    /// Looked after schedules.
    LookedAfter {
        /// Schedules that stand.
        standing: usize,
        /// Of them, new drift.
        drifted: u32,
        /// Of them, extended.
        extended: u32,
    },
    /// Followed calendars.
    Followed {
        /// Calendars that were read.
        read: u32,
        /// Those that could not be.
        failed: u32,
    },
    /// Took messages from a queue.
    Took {
        /// Those that tell something that is kept now.
        kept: u32,
        /// Those that were set aside.
        set_aside: u32,
        /// Those that stay in the queue.
        left: u32,
    },
    /// Judged why instances ended.
    Judged {
        /// How many.
        ends: usize,
        /// Alarms about ends that are over.
        over: usize,
    },
    /// Told of alarms that had been held back.
    Released {
        /// How many.
        alarms: usize,
    },
    /// Told others of alarms that nobody had taken on.
    Escalated {
        /// How many.
        alarms: usize,
        /// Acknowledgements that ended by their age.
        released: usize,
    },
    /// Listened for sources that must call.
    Listened {
        /// How many must.
        watched: u32,
        /// Those that are late since this turn.
        late: u32,
    },
    /// Ran queries of logs.
    Queried {
        /// Those whose time it was.
        asked: u32,
        /// Those that gave no answer.
        unanswered: u32,
    },
    /// Told digests.
    Digested {
        /// Messages that were written down.
        messages: u32,
    },
    /// Looked after drills.
    Drilled {
        /// Those that began by themselves.
        #[serde(default)]
        started: u32,
        /// Those that ended.
        ended: u32,
        /// Those whose receipts are settled.
        concluded: u32,
    },
    /// Confirmed subscriptions to topics.
    Confirmed {
        /// Those that are now.
        confirmed: u32,
        /// Those that SNS did not take.
        failed: u32,
    },
    /// Ended proposals.
    Expired {
        /// How many.
        changes: u32,
    },
    /// Let go of what is configured no more.
    LetGo {
        /// Accounts and regions.
        scopes: u32,
        /// Messages to channels.
        messages: u64,
    },
    /// Deleted what is old.
    Deleted {
        /// Rows.
        rows: u64,
    },
}

/// A background worker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WorkerRow {
    /// Its name in logs and metrics.
    pub name: String,
    /// What it is there for.
    pub kind: WorkerKind,
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
    /// What the last run did that did not fail.
    pub report: Option<WorkerReport>,
    /// The last failure, if the last run failed, in the caller's language.
    pub error: Option<String>,
}

/// A topic of SNS that may tell us.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TopicView {
    /// The source that names it.
    pub source: SourceName,
    /// Its ARN.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub topic: TopicArn,
    /// How our subscription stands.
    pub state: TopicState,
    /// When the last message about the subscription was written, by SNS's clock.
    pub told_at: Option<Timestamp>,
    /// When the last notification was written that came.
    pub heard_at: Option<Timestamp>,
    /// Notifications that came.
    pub messages: u32,
    /// Why the last try to confirm failed, in the caller's language.
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
    /// Topics that may tell us, and how our subscriptions to them stand.
    #[serde(default)]
    pub topics: Vec<TopicView>,
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
