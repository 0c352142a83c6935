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
//! | `follow calendars` | makes the times that calendars name freezes, under a lease |
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
mod calendars;
mod crash;
mod driver;
mod expire;
mod feed;
mod notify;
mod poll;
mod reread;
mod retain;
mod schedules;
mod scopes;
mod status;
mod undo;
mod watch;

pub use crash::{CrashHook, CrashPoint};
pub use driver::Driver;
pub use status::Statuses;

use crate::{
    Services,
    failure::{Failure, Outcome},
    settings::Settings,
};
use domain::{channels::ChannelName, estate::Scope, ids::ChangeId};
use std::sync::Arc;
use tokio::sync::Notify;

/// Tells of a change request that cannot be looked at; it must not hold up those
/// behind it.
fn tell_held_up(id: ChangeId, failure: &Failure) {
    tracing::error!(change.id = %id, error = %failure, "a change request could not be looked at");
}

/// The kinds of worker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Reads one account and region.
    Poll(Scope),
    /// Sends to one channel.
    Notify(ChannelName),
    /// Reads the feed.
    Feed,
    /// Carries out.
    Apply,
    /// Watches events.
    Watch,
    /// Looks after schedules.
    Schedules,
    /// Reads calendars.
    Calendars,
    /// Expires proposals.
    Expire,
    /// Lets go of what is configured no more.
    Scopes,
    /// Deletes what is old.
    Retain,
}

/// A worker.
#[derive(Debug, Clone)]
pub struct Worker {
    /// What it does.
    pub kind: Kind,
    /// Its name on the system page.
    pub name: String,
    /// How often it runs by itself.
    pub period_ms: u64,
    /// Wakes it before its time.
    pub(crate) signal: Arc<Notify>,
}

impl Worker {
    fn new(kind: Kind, settings: &Settings) -> Self {
        let (name, period_ms) = match &kind {
            Kind::Poll(scope) => (format!("poll {scope}"), settings.poll_period_ms),
            Kind::Notify(channel) => (format!("notify {channel}"), 1_000),
            Kind::Feed => ("follow feed".into(), 250),
            Kind::Apply => ("apply changes".into(), 5_000),
            Kind::Watch => ("watch events".into(), 30_000),
            Kind::Schedules => ("look after schedules".into(), 60_000),
            Kind::Calendars => ("follow calendars".into(), 60_000),
            Kind::Expire => ("expire changes".into(), 30_000),
            Kind::Scopes => ("follow configuration".into(), 10 * 60_000),
            Kind::Retain => ("retain".into(), 10 * 60_000),
        };
        Self {
            kind,
            name,
            period_ms,
            signal: Arc::default(),
        }
    }
}

/// Wakes workers whose work has just arrived.
#[derive(Debug)]
pub struct Signals(Vec<Worker>);

impl Signals {
    /// The workers of an estate and its channels.
    #[must_use]
    pub fn new(scopes: Vec<Scope>, channels: Vec<ChannelName>, settings: &Settings) -> Self {
        let polls = scopes.into_iter().map(Kind::Poll);
        // The order in which `run_once` takes them: read, decide, act, look, tell.
        let decide = [
            Kind::Calendars,
            Kind::Expire,
            Kind::Apply,
            Kind::Watch,
            Kind::Schedules,
            Kind::Scopes,
        ];
        let tell = channels.into_iter().map(Kind::Notify);
        let workers = polls
            .chain(decide)
            .chain(tell)
            .chain([Kind::Feed, Kind::Retain]);
        Self(workers.map(|kind| Worker::new(kind, settings)).collect())
    }

    /// Every worker.
    #[must_use]
    pub fn workers(&self) -> &[Worker] {
        &self.0
    }

    /// There is something to carry out.
    pub fn apply(&self) {
        self.wake(|kind| *kind == Kind::Apply);
    }

    /// There is something to send.
    pub fn notify(&self) {
        self.wake(|kind| matches!(kind, Kind::Notify(_)));
    }

    /// There is something to tell.
    pub fn feed(&self) {
        self.wake(|kind| *kind == Kind::Feed);
    }

    /// The live state of a scope has just been changed or read.
    pub fn poll(&self, scope: &Scope) {
        self.wake(|kind| matches!(kind, Kind::Poll(polled) if polled == scope));
    }

    /// There is something to look after.
    pub fn watch(&self) {
        self.wake(|kind| matches!(kind, Kind::Watch | Kind::Schedules));
    }

    /// The world has moved: everybody looks.
    pub fn all(&self) {
        self.wake(|_| true);
    }

    fn wake(&self, whom: impl Fn(&Kind) -> bool) {
        for worker in self.0.iter().filter(|worker| whom(&worker.kind)) {
            worker.signal.notify_one();
        }
    }
}

/// One turn; answers the worker's own words for the system page.
async fn turn(s: &Services, worker: &Worker) -> Outcome<String> {
    match &worker.kind {
        Kind::Poll(scope) => poll::turn(s, scope).await,
        Kind::Notify(channel) => notify::turn(s, channel).await,
        Kind::Feed => feed::turn(s).await,
        Kind::Apply => apply::turn(s).await,
        Kind::Watch => watch::turn(s).await,
        Kind::Schedules => schedules::turn(s).await,
        Kind::Calendars => calendars::turn(s).await,
        Kind::Expire => expire::turn(s).await,
        Kind::Scopes => scopes::turn(s).await,
        Kind::Retain => retain::turn(s).await,
    }
}

/// Lets every worker take one turn, one after the other, with its status kept.
/// For programs that must not run in the background, such as tests.
pub async fn run_once(s: &Services) {
    for worker in s.signals.workers() {
        driver::take_turn(s, worker).await;
    }
}
