//! The use cases: everything the console does, for one caller at a time or in
//! a worker.
//!
//! Every use case that changes something is the same sentence: authorize → read
//! → pure decision in `domain` → one transaction {state, audit, feed} → signal
//! the workers. Nothing that is watched is written to in AWS except by the apply worker, from a
//! change request that was approved, or let through in an emergency; intent is in the database before the call
//! and its end after it. So it is of subscriptions of ours, which `work::topics` confirms.
//!
//! **Invariant:** no SQL, no AWS, no HTTP here; the world comes in by the ports
//! and by `store`. No clock but `ports::Clock`, no dice but `ports::Ids`.

mod agent;
pub mod alarms;
mod asking;
pub mod audit;
pub mod aws_events;
pub mod calendars;
mod caller;
pub mod changes;
mod checks;
mod coverage;
pub mod cx;
mod drills;
mod environments;
mod failure;
mod findings;
mod fit;
pub mod freezes;
pub mod health;
mod heartbeats;
mod inhibitions;
mod log_queries;
mod mapped;
pub mod notifications;
mod off_thread;
mod on_call;
pub mod overview;
mod own_alarms;
mod page;
pub mod pagerduty;
pub mod people;
pub mod presses;
mod prices;
mod queues;
pub mod sandbox;
mod schedules;
pub mod sessions;
pub mod settings;
mod shortfalls;
pub mod sign_in;
mod silences;
pub mod source_views;
pub mod sources;
mod spot;
pub mod stream;
pub mod system;
pub mod targets;
pub mod texts;
mod timeline;
pub mod tokens;
pub mod topics;
pub mod work;

pub use calendars::Subscription;
pub use cx::{AuditEntryExt, Cx, settle, system_audit};
pub use failure::{Failure, Outcome};
pub use notifications::Lane;
pub use settings::{LoadBalancer, Settings};
pub use sources::SourceSettings;
pub use topics::TopicSource;

use domain::{
    channels::ChannelName,
    estate::Scope,
    ids::PersonId,
    per_minute::PerMinute,
    sources::{HookKind, Origin, SourceName},
    time::Timestamp,
};
use ports::{Clock, Cloud, Ids};
use sandbox::SandboxControl;
use std::{
    collections::HashMap,
    ops::Deref,
    sync::{Arc, Mutex, PoisonError},
};
use store::Store;
use stream::Hub;
use work::{CrashHook, Signals, Statuses};

/// What the services are made of.
pub struct Setup {
    /// The database.
    pub store: Store,
    /// AWS, or the sandbox in its place.
    pub cloud: Arc<dyn Cloud>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The dice.
    pub ids: Arc<dyn Ids>,
    /// The configuration.
    pub settings: Settings,
    /// Where messages about alarms go.
    pub channels: Vec<Lane>,
    /// Calendars whose times are freezes.
    pub calendars: Vec<Subscription>,
    /// The sandbox's controls, if it is running.
    pub sandbox: Option<Arc<dyn SandboxControl>>,
    /// Aborts a worker between two writes, for tests of what a kill leaves
    /// behind; none in production.
    pub crash: Option<CrashHook>,
}

/// The parts that use cases work with.
pub struct Parts {
    /// The database.
    pub store: Store,
    /// AWS, or the sandbox in its place.
    pub cloud: Arc<dyn Cloud>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The dice.
    pub ids: Arc<dyn Ids>,
    /// The configuration.
    pub settings: Settings,
    /// Where messages about alarms go.
    pub channels: Vec<Lane>,
    /// Calendars whose times are freezes.
    pub calendars: Vec<Subscription>,
    /// The sandbox's controls, if it is running.
    pub sandbox: Option<Arc<dyn SandboxControl>>,
    /// Wakes workers.
    pub signals: Signals,
    /// How the workers are doing.
    pub statuses: Statuses,
    /// Live news.
    pub hub: Hub,
    /// When these services were made.
    pub started_at: Timestamp,
    /// The name under which this process holds leases.
    pub(crate) holder: String,
    pub(crate) crash: Option<CrashHook>,
    checks: checks::Latest,
    listed: coverage::Listed,
    log_lines: alarms::KeptLines,
    spot_prices: spot::Kept,
    /// Up to when each load balancer's requests have been read.
    requests_read: Mutex<HashMap<String, Timestamp>>,
    /// How often people have AWS asked.
    asking: PerMinute<PersonId>,
    /// How often sources call.
    calls: PerMinute<SourceName>,
    /// How often a refusal of theirs is logged.
    complaints: PerMinute<SourceName>,
    /// How often it is kept that they could not be read.
    refusals: PerMinute<SourceName>,
}

/// The services of one process; clones are handles to the same.
#[derive(Clone)]
pub struct Services(Arc<Parts>);

impl std::fmt::Debug for Services {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Services")
            .field("holder", &self.holder)
            .finish_non_exhaustive()
    }
}

impl Deref for Services {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl Services {
    /// Puts the parts together; starts nothing.
    #[must_use]
    pub fn new(setup: Setup) -> Self {
        let channels = setup.channels.iter().map(|lane| lane.channel.name.clone());
        let signals = Signals::new(
            setup.cloud.scopes(),
            setup.cloud.queues(),
            channels.collect(),
            &setup.settings,
        );
        let statuses = Statuses::new(signals.workers());
        let started_at = setup.clock.now();
        let holder = format!("{:032x}", setup.ids.random());
        Self(Arc::new(Parts {
            store: setup.store,
            cloud: setup.cloud,
            clock: setup.clock,
            ids: setup.ids,
            settings: setup.settings,
            channels: setup.channels,
            calendars: setup.calendars,
            sandbox: setup.sandbox,
            signals,
            statuses,
            hub: Hub::default(),
            started_at,
            holder,
            crash: setup.crash,
            checks: checks::Latest::default(),
            listed: coverage::Listed::default(),
            log_lines: alarms::KeptLines::default(),
            spot_prices: spot::Kept::default(),
            requests_read: Mutex::default(),
            asking: PerMinute::default(),
            calls: PerMinute::default(),
            complaints: PerMinute::default(),
            refusals: PerMinute::default(),
        }))
    }

    /// Whether an account and region is configured: else nobody reads it.
    pub(crate) fn reads(&self, scope: &Scope) -> bool {
        self.cloud.scopes().contains(scope)
    }

    /// Whether the source of an alarm is configured: else it cannot call.
    pub(crate) fn hears(&self, origin: &Origin) -> bool {
        let mut sources = self.settings.sources.iter();
        match origin {
            Origin::Hook(HookKind::Heartbeat, name) => self.must_call(name).is_some(),
            Origin::Hook(kind, name) => {
                sources.any(|source| source.kind == *kind && source.name == *name)
            }
            Origin::Cloudwatch(_) | Origin::Event(_) | Origin::LogQuery(_) | Origin::Drill(_) => {
                false
            }
        }
    }

    /// Whether there is a source of this name, of whatever kind.
    pub(crate) fn is_source(&self, name: &SourceName) -> bool {
        let hooks = self.settings.sources.iter().map(|source| &source.name);
        let topics = self.settings.topic_sources.iter();
        let mut names = hooks.chain(topics.map(|source| &source.name));
        names.any(|known| known == name)
    }

    /// A channel by its name; none when it is not configured.
    pub(crate) fn lane(&self, name: &ChannelName) -> Option<&Lane> {
        self.channels.iter().find(|lane| lane.channel.name == *name)
    }

    /// Up to when a load balancer's requests have been read by this process.
    pub(crate) fn requests_read_until(&self, load_balancer: &str) -> Option<Timestamp> {
        let read = self.requests_read.lock();
        let read = read.unwrap_or_else(PoisonError::into_inner);
        read.get(load_balancer).copied()
    }

    /// Remembers up to when requests have been read.
    pub(crate) fn note_requests_read(&self, read: Vec<(String, Timestamp)>) {
        let known = self.requests_read.lock();
        known.unwrap_or_else(PoisonError::into_inner).extend(read);
    }

    /// Everything one caller can ask for.
    #[must_use]
    pub fn caller(&self, cx: Cx) -> Arc<dyn api::Backend> {
        Arc::new(caller::Caller::new(self.clone(), cx))
    }
}
