//! The workers: everything that happens without a request.
//!
//! | worker | what it does |
//! |---|---|
//! | `poll ACCOUNT/REGION` | reads alarms, targets and requests of one scope, under a lease |
//! | `follow feed` | turns the database's feed into news for the live stream |
//! | `apply changes` | carries approved change requests out, step by recorded step |
//! | `notify CHANNEL` | sends what a channel is to be told, under a lease |
//! | `watch events` | looks for drift while an event stands, for its start and its return, and reads back what could not be |
//! | `look after schedules` | looks for drift of schedules, and puts the objects of the next days |
//! | `take ACCOUNT/REGION/QUEUE` | takes events from one queue, and deletes what is kept |
//! | `follow calendars` | makes the times that calendars name freezes and proposes edits of schedules that name them, under a lease |
//! | `judge ends` | asks why instances ended, and makes an alarm of what nothing explains |
//! | `end drills` | begins drills that recur, ends drills at their time, and settles what they proved |
//! | `tell of held alarms` | tells of what still stands when nothing silences it any more |
//! | `tell digests` | tells of what is not urgent and still stands, at the times of digests |
//! | `escalate alarms` | tells others of what nobody takes on, and gives back what was taken on too long ago |
//! | `listen for heartbeats` | finds sources that must call and have not |
//! | `run log queries` | runs the queries of logs whose time it is, each under a lease |
//! | `confirm subscriptions` | confirms subscriptions to topics, audited before and after, under a lease |
//! | `expire changes` | ends proposals that nobody decided in time |
//! | `follow configuration` | lets go of accounts and regions that are configured no more |
//! | `retain` | deletes what has been kept long enough |
//!
//! Workers take no input, are idempotent and do not retry inside: the next turn
//! is the retry. Two servers on one database share the work by leases; a lease
//! saves work, correctness comes from versions checked in every transaction.
//! After a kill at any instant the next turn of any server goes on from what
//! the database holds.

mod apply;
mod backfill;
mod beside;
pub(crate) mod calendar_edits;
mod calendars;
mod crash;
mod digests;
mod drills;
mod driver;
mod escalate;
mod expire;
mod feed;
mod finish;
mod held;
mod notify;
mod poll;
mod queues;
mod reread;
mod retain;
mod schedules;
mod scopes;
mod status;
mod topics;
mod trail;
mod undo;
mod watch;

pub use crash::{CrashHook, CrashPoint};
pub use driver::Driver;
pub use status::{Status, Statuses};

use crate::{
    Services, aws_events,
    failure::{Failure, Outcome},
    heartbeats, log_queries,
    settings::Settings,
};
use api::system::{WorkerKind, WorkerReport};
use domain::{channels::ChannelName, estate::Scope, ids::ChangeId, queues::QueueRef};
use std::sync::Arc;
use tokio::sync::Notify;

/// Tells of a change request that cannot be looked at; it must not hold up those
/// behind it.
fn tell_held_up(id: ChangeId, failure: &Failure) {
    tracing::error!(change.id = %id, error = %failure, "a change request could not be looked at");
}

/// A worker.
#[derive(Debug, Clone)]
pub struct Worker {
    /// What it does.
    pub kind: WorkerKind,
    /// How often it runs by itself.
    pub period_ms: u64,
    /// Wakes it before its time.
    pub(crate) signal: Arc<Notify>,
}

impl Worker {
    fn new(kind: WorkerKind, settings: &Settings) -> Self {
        let period_ms = match &kind {
            WorkerKind::Poll { .. } => settings.poll_period_ms,
            WorkerKind::Notify { .. } | WorkerKind::Queue { .. } => 1_000,
            WorkerKind::Feed => 250,
            WorkerKind::Ends
            | WorkerKind::Held
            | WorkerKind::Escalate
            | WorkerKind::Heartbeats
            | WorkerKind::LogQueries
            | WorkerKind::Digests
            | WorkerKind::Drills
            | WorkerKind::Topics => 10_000,
            WorkerKind::Apply => 5_000,
            WorkerKind::Schedules | WorkerKind::Calendars => 60_000,
            WorkerKind::Watch | WorkerKind::Expire => 30_000,
            WorkerKind::Scopes | WorkerKind::Retain => 10 * 60_000,
        };
        Self {
            kind,
            period_ms,
            signal: Arc::default(),
        }
    }
}

/// Wakes workers whose work has just arrived.
#[derive(Debug)]
pub struct Signals(Vec<Worker>);

impl Signals {
    /// The workers of an estate, its queues and its channels.
    #[must_use]
    pub fn new(
        scopes: Vec<Scope>,
        queues: Vec<QueueRef>,
        channels: Vec<ChannelName>,
        settings: &Settings,
    ) -> Self {
        let polls = scopes.into_iter().map(|scope| WorkerKind::Poll { scope });
        let queues = queues.into_iter().map(|queue| WorkerKind::Queue { queue });
        // The order in which `run_once` takes them: read, decide, act, look, tell.
        let decide = [
            WorkerKind::Calendars,
            WorkerKind::Expire,
            WorkerKind::Apply,
            WorkerKind::Watch,
            WorkerKind::Schedules,
            WorkerKind::Ends,
            WorkerKind::Heartbeats,
            WorkerKind::LogQueries,
            WorkerKind::Digests,
            WorkerKind::Drills,
            WorkerKind::Held,
            WorkerKind::Escalate,
            WorkerKind::Topics,
            WorkerKind::Scopes,
        ];
        let tell = channels
            .into_iter()
            .map(|channel| WorkerKind::Notify { channel });
        let workers = polls
            .chain(queues)
            .chain(decide)
            .chain(tell)
            .chain([WorkerKind::Feed, WorkerKind::Retain]);
        Self(workers.map(|kind| Worker::new(kind, settings)).collect())
    }

    /// Every worker.
    #[must_use]
    pub fn workers(&self) -> &[Worker] {
        &self.0
    }

    /// There is something to carry out.
    pub fn apply(&self) {
        self.wake(|kind| *kind == WorkerKind::Apply);
    }

    /// There is something to send.
    pub fn notify(&self) {
        self.wake(|kind| matches!(kind, WorkerKind::Notify { .. }));
    }

    /// What was held back may be told.
    pub fn held(&self) {
        self.wake(|kind| *kind == WorkerKind::Held);
    }

    /// Others may be told of what nobody takes on.
    pub fn escalate(&self) {
        self.wake(|kind| *kind == WorkerKind::Escalate);
    }

    /// A subscription is to be confirmed.
    pub fn topics(&self) {
        self.wake(|kind| *kind == WorkerKind::Topics);
    }

    /// There is something to tell.
    pub fn feed(&self) {
        self.wake(|kind| *kind == WorkerKind::Feed);
    }

    /// The live state of a scope has just been changed or read.
    pub fn poll(&self, scope: &Scope) {
        self.wake(|kind| matches!(kind, WorkerKind::Poll { scope: polled } if polled == scope));
    }

    /// There is something to look after.
    pub fn watch(&self) {
        self.wake(|kind| matches!(kind, WorkerKind::Watch | WorkerKind::Schedules));
    }

    /// The world has moved: everybody looks.
    pub fn all(&self) {
        self.wake(|_| true);
    }

    fn wake(&self, whom: impl Fn(&WorkerKind) -> bool) {
        for worker in self.0.iter().filter(|worker| whom(&worker.kind)) {
            worker.signal.notify_one();
        }
    }
}

/// One turn.
async fn turn(s: &Services, worker: &Worker) -> Outcome<WorkerReport> {
    match &worker.kind {
        WorkerKind::Poll { scope } => poll::turn(s, scope).await,
        WorkerKind::Queue { queue } => queues::turn(s, queue).await,
        WorkerKind::Notify { channel } => notify::turn(s, channel).await,
        WorkerKind::Feed => feed::turn(s).await,
        WorkerKind::Apply => apply::turn(s).await,
        WorkerKind::Watch => watch::turn(s).await,
        WorkerKind::Schedules => schedules::turn(s).await,
        WorkerKind::Calendars => calendars::turn(s).await,
        WorkerKind::Ends => aws_events::judge_ends(s).await,
        WorkerKind::Held => held::turn(s).await,
        WorkerKind::Escalate => escalate::turn(s).await,
        WorkerKind::Heartbeats => heartbeats::turn(s).await,
        WorkerKind::LogQueries => log_queries::turn(s).await,
        WorkerKind::Digests => digests::turn(s).await,
        WorkerKind::Drills => drills::turn(s).await,
        WorkerKind::Topics => topics::turn(s).await,
        WorkerKind::Expire => expire::turn(s).await,
        WorkerKind::Scopes => scopes::turn(s).await,
        WorkerKind::Retain => retain::turn(s).await,
    }
}

/// Lets every worker take one turn, one after the other, with its status kept.
/// For programs that must not run in the background, such as tests.
pub async fn run_once(s: &Services) {
    for worker in s.signals.workers() {
        driver::take_turn(s, worker).await;
    }
}
