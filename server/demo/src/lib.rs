//! The sandbox: a simulated estate that reacts, behind the very ports that AWS
//! stands behind. Demonstrations, browser tests and story tests run on it.
//!
//! **Invariants.** The same seed and the same calls at the same instants give
//! the same story: all randomness comes from one seeded ChaCha, no wall clock is
//! read but the one handed in, and how often the world is looked at does not
//! change it. It opens no socket and keeps nothing on disk; its memory is
//! bounded (metrics of four days, fifty activities a target, a hundred
//! transitions an alarm).
//!
//! What is simulated: an online-course company with two accounts, one in
//! `ap-northeast-2`, one in `us-east-1`. Traffic follows its students' day, with
//! a rush at 10:00 in Seoul when courses open for registration; load follows
//! traffic over the instances in service; alarms follow load, policies follow
//! alarms, instances take their time, spot instances are now and then taken
//! away, and scheduled actions run by AWS's own rules (`domain::cron`).
//!
//! Metrics, besides those of the alarms: `AWS/ApplicationELB` `RequestCount`
//! (Sum) of each load balancer in [`load_balancers`]; for groups
//! `AWS/AutoScaling` `GroupMinSize`, `GroupDesiredCapacity`, `GroupMaxSize`,
//! `GroupInServiceInstances`, `GroupPendingInstances` and `AWS/EC2`
//! `CPUUtilization` by `AutoScalingGroupName`; for services
//! `ECS/ContainerInsights` `DesiredTaskCount`, `RunningTaskCount`,
//! `PendingTaskCount` and `AWS/ECS` `CPUUtilization` by `ClusterName` and
//! `ServiceName`; `CWAgent` `mem_used_percent` and `disk_used_percent` of some groups; what
//! load balancers and functions report of their errors (`watched.rs`), and what functions and
//! services write into their logs (`log_lines.rs`).
//!
//! Left out, unlike AWS: the alarms that target tracking makes for itself are
//! not listed, and what a policy may do to a warming instance is simplified to
//! one pause after each change.

mod alarms;
mod calendar;
mod chance;
mod clock;
mod cloud;
mod controls;
mod estate;
mod history;
mod inbox;
mod log_lines;
mod log_queries;
mod metrics;
mod patterns;
mod queue;
mod traffic;
mod watched;
mod world;

pub use calendar::DemoCalendar;
pub use clock::ClockMode;
pub use cloud::Fault;
pub use inbox::{Inbox, channels, routing};
pub use log_queries::log_queries;

use clock::DemoClock;
use cloud::DemoCloud;
use domain::{
    calendars::Calendar,
    estate::{Environment, Scope},
    mappings::MappingText,
    plan::Call,
    time::{DAY_MS, Timestamp},
};
use ports::{Clock, Cloud, CloudError};
use std::sync::Arc;
use world::World;

/// The token of the sandbox's own sources: there is nothing to guard.
pub const SOURCE_TOKEN: &str = "sandbox";

/// How often the source that only has to call must call, in the sandbox.
pub const HEARTBEAT_MINUTES: u32 = 15;

/// How the sandbox's source of any JSON tells of alarms.
#[must_use]
pub fn mapping() -> MappingText {
    let text = |text: &str| Some(text.to_owned());
    MappingText {
        labels: "{alertname: title, host: host, environment: environment}".to_owned(),
        state: "status".to_owned(),
        at: text("at"),
        description: text("text"),
        link: text("url"),
        ..MappingText::default()
    }
}

/// How a sandbox begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SandboxConfig {
    /// What its story is drawn from.
    pub seed: u64,
    /// How many alarms there are (60 tell the story; more are for measuring).
    pub alarms: u32,
    /// How its clock runs.
    pub clock: ClockMode,
}

impl Default for SandboxConfig {
    fn default() -> Self {
        Self {
            seed: 7,
            alarms: 60,
            clock: ClockMode::Running { speed: 1 },
        }
    }
}

/// A load balancer of the sandbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadBalancer {
    /// Account and region.
    pub scope: Scope,
    /// The environment it serves.
    pub environment: Environment,
    /// CloudWatch's `LoadBalancer` dimension: `app/prod-public/50dc6c495c0c9188`.
    pub load_balancer: String,
}

/// The load balancers of the sandbox, whose requests can be asked for.
#[must_use]
pub fn load_balancers() -> Vec<LoadBalancer> {
    let scopes = estate::scopes();
    estate::STREAMS
        .iter()
        .filter_map(|stream| {
            Some(LoadBalancer {
                scope: scopes[stream.scope].clone(),
                environment: stream.environment.into(),
                load_balancer: stream.balancer?.into(),
            })
        })
        .collect()
}

/// The sandbox: its clock, its cloud and its controls. Clones share one world.
#[derive(Clone)]
pub struct Sandbox {
    seed: u64,
    clock: Arc<DemoClock>,
    cloud: Arc<DemoCloud>,
}

impl Sandbox {
    /// Starts a world 24 hours before the wall's now and brings it to now, so
    /// that every chart is full.
    #[must_use]
    pub fn start(config: SandboxConfig, wall: Arc<dyn Clock>) -> Self {
        let clock = Arc::new(DemoClock::new(config.clock, wall));
        let begins = clock.now().plus_ms(-DAY_MS).floor_minute();
        let world = World::new(config.seed, config.alarms, begins);
        let cloud = Arc::new(DemoCloud::new(world, Arc::clone(&clock)));
        cloud.look();
        Self {
            seed: config.seed,
            clock,
            cloud,
        }
    }

    /// The clock that the whole program goes by.
    #[must_use]
    pub fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.clock) as Arc<dyn Clock>
    }

    /// The estate. Every call first brings the world to the clock's now.
    #[must_use]
    pub fn cloud(&self) -> Arc<dyn Cloud> {
        Arc::clone(&self.cloud) as Arc<dyn Cloud>
    }

    /// An empty inbox, to be written to as a channel.
    #[must_use]
    pub fn inbox(&self) -> Inbox {
        Inbox::new(Arc::clone(&self.cloud))
    }

    /// The calendars of the company, as the world begins.
    #[must_use]
    pub fn calendars(&self) -> Vec<(Calendar, DemoCalendar)> {
        calendar::calendars(&self.cloud, self.clock.now())
    }

    /// The seed of the estate.
    #[must_use]
    pub const fn seed(&self) -> u64 {
        self.seed
    }

    /// Simulated now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// How the clock runs.
    #[must_use]
    pub fn clock_mode(&self) -> ClockMode {
        self.clock.mode()
    }

    /// Changes how the clock runs, from the instant it shows.
    pub fn set_clock(&self, mode: ClockMode) {
        self.clock.set(mode);
    }

    /// Moves the clock forward, in either mode, and lets the world catch up.
    pub fn step(&self, seconds: u32) {
        self.clock.step(seconds);
        self.cloud.look();
    }

    /// Multiplies traffic for some minutes, in percent of normal. It replaces
    /// what was asked for before.
    pub fn traffic(&self, percent: u32, minutes: u32) {
        self.cloud.traffic(percent, minutes);
    }

    /// Gives a spot instance its two-minute notice and names it; none, if no
    /// spot instance is in service.
    #[must_use = "there may be nothing to interrupt"]
    pub fn interrupt_spot(&self) -> Option<String> {
        self.cloud.interrupt_spot()
    }

    /// There is no spot capacity for some minutes, in the zones of a letter or in any: what is
    /// taken away is not replaced there.
    pub fn spot_shortage(&self, zone: Option<char>, minutes: u32) {
        self.cloud.spot_shortage(zone, minutes);
    }

    /// Somebody changes the estate past the console, and CloudTrail records who.
    ///
    /// # Errors
    /// As AWS refuses.
    pub fn by_hand(&self, who: &str, call: &Call) -> Result<(), CloudError> {
        self.cloud.by_hand(who, call)
    }

    /// Puts a message into the queue of events, as AWS or somebody else would.
    pub fn send(&self, body: &str) {
        self.cloud.send(body);
    }

    /// Makes every call fail as AWS would, for some simulated seconds.
    pub fn fault(&self, fault: Fault, seconds: u32) {
        self.cloud.fault(fault, seconds);
    }
}
