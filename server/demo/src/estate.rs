//! What stands in the sandbox when it begins: accounts, load balancers, groups
//! and services of an online-course company. Nothing but data.

use domain::{
    capacity::{Capacity, CapacityChange, ScheduledAction, SpotMix, TargetKind, Timing},
    estate::{AccountId, Region, Scope},
    mixes::SpotStrategy,
    processes::Process,
    step_policies::{Aggregation, Step},
};

/// Index of the main account's region in [`scopes`].
pub(crate) const SEOUL: usize = 0;
/// Index of the American account's region in [`scopes`].
pub(crate) const VIRGINIA: usize = 1;

/// The accounts and regions.
pub(crate) fn scopes() -> Vec<Scope> {
    let scope = |account: &str, region: &str| Scope {
        account: AccountId::from(account),
        region: Region::from(region),
    };
    vec![
        scope("111122223333", "ap-northeast-2"),
        scope("444455556666", "us-east-1"),
    ]
}

/// How a day goes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Curve {
    /// Students: quiet before dawn, busiest at nine in the evening.
    Learners,
    /// People at work, Monday to Friday; nothing at night.
    Office,
    /// Jobs from one to five in the morning.
    Nightly,
}

/// Requests that arrive from outside.
pub(crate) struct StreamPlan {
    pub scope: usize,
    pub environment: &'static str,
    /// CloudWatch's `LoadBalancer` dimension; none for jobs.
    pub balancer: Option<&'static str>,
    pub zone: &'static str,
    pub curve: Curve,
    /// With a rush when courses open for registration.
    pub rush: bool,
    /// Requests a second at the busiest hour of an ordinary day.
    pub peak_rps: f64,
}

/// Index in [`STREAMS`].
pub(crate) const PROD: usize = 0;
/// Index in [`STREAMS`].
pub(crate) const STAGING: usize = 1;
/// Index in [`STREAMS`].
pub(crate) const DEV: usize = 2;
/// Index in [`STREAMS`].
pub(crate) const US_PROD: usize = 3;
/// Index in [`STREAMS`].
pub(crate) const BATCH: usize = 4;

pub(crate) const STREAMS: [StreamPlan; 5] = [
    StreamPlan {
        scope: SEOUL,
        environment: "prod",
        balancer: Some("app/prod-public/50dc6c495c0c9188"),
        zone: "Asia/Seoul",
        curve: Curve::Learners,
        rush: true,
        peak_rps: 900.0,
    },
    StreamPlan {
        scope: SEOUL,
        environment: "staging",
        balancer: Some("app/staging-public/7a1c2f9be03d4456"),
        zone: "Asia/Seoul",
        curve: Curve::Office,
        rush: false,
        peak_rps: 14.0,
    },
    StreamPlan {
        scope: SEOUL,
        environment: "dev",
        balancer: Some("app/dev-public/c03e8d17ab52f690"),
        zone: "Asia/Seoul",
        curve: Curve::Office,
        rush: false,
        peak_rps: 4.0,
    },
    StreamPlan {
        scope: VIRGINIA,
        environment: "prod",
        balancer: Some("app/us-prod-public/2b9f64d07ce1835a"),
        zone: "America/New_York",
        curve: Curve::Learners,
        rush: false,
        peak_rps: 260.0,
    },
    StreamPlan {
        scope: SEOUL,
        environment: "dev",
        balancer: None,
        zone: "Asia/Seoul",
        curve: Curve::Nightly,
        rush: false,
        peak_rps: 25.0,
    },
];

/// What a target does with its requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Work {
    /// Answers them behind the load balancer.
    Front,
    /// Answers the front.
    Behind,
    /// Takes them from a queue, where they wait.
    Queue,
}

/// What moves a target's capacity by itself, with alarms of its own.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Scaling {
    /// Nothing.
    None,
    /// Target tracking of average CPU, in percent.
    Tracking { policy: &'static str, percent: f64 },
}

/// A step policy, which changes the capacity by a count when an alarm of the sandbox
/// goes off.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StepPolicy {
    pub name: &'static str,
    pub alarm: &'static str,
    pub aggregation: Aggregation,
    pub steps: &'static [Step],
}

/// A group or service as it begins.
pub(crate) struct TargetPlan {
    pub kind: TargetKind,
    pub name: &'static str,
    /// Index in [`STREAMS`]; account, region and environment are the stream's.
    pub stream: usize,
    pub work: Work,
    /// Share of the stream's requests.
    pub share: f64,
    /// Times as many at the height of a rush.
    pub rush_factor: f64,
    /// Requests a second that fill one member wholly.
    pub member_rps: f64,
    /// Slowest one in twenty, in seconds, when idle.
    pub latency_s: f64,
    pub min: u32,
    pub desired: u32,
    pub max: u32,
    pub types: &'static [&'static str],
    pub mix: Option<SpotMix>,
    pub scaling: Scaling,
    /// The first whose alarm goes off and that has a step for it acts.
    pub steps: &'static [StepPolicy],
    pub suspended: &'static [Process],
    pub actions: Vec<ScheduledAction>,
}

impl TargetPlan {
    pub fn capacity(&self) -> Capacity {
        Capacity {
            min: self.min,
            desired: self.desired,
            max: self.max,
        }
    }
}

/// What is started and stopped as a whole, or a node group, as it begins.
pub(crate) struct MachinesPlan {
    pub kind: TargetKind,
    pub name: &'static str,
    /// Index in [`scopes`].
    pub scope: usize,
    pub environment: &'static str,
    pub capacity: Capacity,
    /// Machines, or instances of a database.
    pub members: u32,
    pub instance_type: &'static str,
    /// Seconds until one serves.
    pub start_s: i64,
    /// Seconds until one has stopped.
    pub stop_s: i64,
    /// Part of its machines' ids.
    pub number: u32,
}

/// All of them, in the order in which they are listed.
pub(crate) fn machines() -> Vec<MachinesPlan> {
    let database = |kind, name, environment, members, instance_type| MachinesPlan {
        kind,
        name,
        scope: SEOUL,
        environment,
        capacity: Capacity::switched(1, 1),
        members,
        instance_type,
        start_s: 6 * 60,
        stop_s: 4 * 60,
        number: 0,
    };
    vec![
        MachinesPlan {
            kind: TargetKind::Eks,
            name: "dev/runners",
            scope: SEOUL,
            environment: "dev",
            capacity: Capacity {
                min: 1,
                desired: 3,
                max: 6,
            },
            members: 3,
            instance_type: "m7g.xlarge",
            start_s: 85,
            stop_s: 90,
            number: 0x2b7e_1516,
        },
        MachinesPlan {
            kind: TargetKind::Ec2Tag,
            name: "Schedule=office",
            scope: SEOUL,
            environment: "dev",
            capacity: Capacity::switched(4, 4),
            members: 4,
            instance_type: "m7g.large",
            start_s: 45,
            stop_s: 60,
            number: 0x6c07_3fa9,
        },
        database(
            TargetKind::Rds,
            "staging-course-db",
            "staging",
            1,
            "db.m7g.large",
        ),
        database(
            TargetKind::RdsCluster,
            "dev-reports",
            "dev",
            2,
            "db.r7g.large",
        ),
    ]
}

fn action(
    name: &str,
    expression: &str,
    (min, desired, max): (u32, Option<u32>, u32),
) -> ScheduledAction {
    ScheduledAction {
        name: name.into(),
        timing: Timing::Recurring {
            expression: expression.into(),
            timezone: "Asia/Seoul".into(),
            starts_at: None,
            ends_at: None,
        },
        capacity: CapacityChange {
            min: Some(min),
            desired,
            max: Some(max),
        },
        next_run_at: None,
    }
}

/// A group of the plainest kind, for the plans to differ from.
fn group(name: &'static str, stream: usize) -> TargetPlan {
    TargetPlan {
        kind: TargetKind::Asg,
        name,
        stream,
        work: Work::Behind,
        share: 1.0,
        rush_factor: 1.0,
        member_rps: 10.0,
        latency_s: 0.1,
        min: 1,
        desired: 1,
        max: 3,
        types: &["m7g.large"],
        mix: None,
        scaling: Scaling::None,
        steps: &[],
        suspended: &[],
        actions: Vec::new(),
    }
}

fn service(name: &'static str, stream: usize) -> TargetPlan {
    TargetPlan {
        kind: TargetKind::EcsService,
        types: &["FARGATE"],
        ..group(name, stream)
    }
}

const fn mix(on_demand_base: u32, on_demand_percent: u32, rebalance: bool) -> Option<SpotMix> {
    Some(SpotMix {
        on_demand_base,
        on_demand_percent,
        rebalance,
        // A group knows them when it stands.
        types: None,
        zones: None,
        strategy: Some(SpotStrategy::PriceCapacityOptimized),
    })
}

const fn tracking(policy: &'static str, percent: f64) -> Scaling {
    Scaling::Tracking { policy, percent }
}

/// Every target, in the order in which they are listed.
pub(crate) fn targets() -> Vec<TargetPlan> {
    let mut targets = production();
    targets.extend(rehearsal());
    targets
}

fn production() -> Vec<TargetPlan> {
    vec![
        TargetPlan {
            work: Work::Front,
            member_rps: 90.0,
            latency_s: 0.18,
            min: 6,
            desired: 10,
            max: 24,
            types: &["m7g.large", "m6g.large", "c7g.large"],
            mix: mix(4, 40, true),
            scaling: tracking("web-prod-cpu-55", 55.0),
            ..group("web-prod", PROD)
        },
        TargetPlan {
            share: 0.7,
            member_rps: 70.0,
            latency_s: 0.09,
            min: 6,
            desired: 8,
            max: 20,
            types: &["c7g.xlarge"],
            scaling: tracking("api-prod-cpu-60", 60.0),
            actions: vec![
                action("evening-floor", "0 18 * * *", (9, None, 20)),
                action("night-floor", "0 1 * * *", (6, None, 20)),
            ],
            ..group("api-prod", PROD)
        },
        TargetPlan {
            work: Work::Queue,
            share: 0.3,
            member_rps: 22.0,
            min: 3,
            desired: 8,
            max: 16,
            types: &["c7g.large", "c6g.large", "m7g.large", "c6gn.large"],
            mix: mix(1, 10, false),
            steps: &WORKER_STEPS,
            ..group("worker-prod", PROD)
        },
        TargetPlan {
            share: 0.05,
            member_rps: 4.0,
            latency_s: 0.22,
            min: 4,
            desired: 10,
            max: 24,
            scaling: tracking("checkout-cpu-50", 50.0),
            ..service("prod/checkout", PROD)
        },
        TargetPlan {
            share: 0.04,
            rush_factor: 4.0,
            member_rps: 9.0,
            latency_s: 0.25,
            min: 3,
            desired: 5,
            max: 30,
            scaling: tracking("enrol-cpu-55", 55.0),
            actions: vec![
                action("rush-ready", "cron(50 9 * * ? *)", (12, None, 30)),
                action("rush-over", "cron(40 10 * * ? *)", (3, None, 30)),
            ],
            ..service("prod/enrol", PROD)
        },
        TargetPlan {
            work: Work::Front,
            member_rps: 60.0,
            latency_s: 0.2,
            min: 3,
            desired: 4,
            max: 12,
            types: &["m7g.large", "m6g.large"],
            mix: mix(2, 50, true),
            scaling: tracking("us-web-prod-cpu-55", 55.0),
            ..group("us-web-prod", US_PROD)
        },
        TargetPlan {
            share: 0.5,
            member_rps: 12.0,
            latency_s: 0.15,
            min: 4,
            desired: 8,
            max: 20,
            scaling: tracking("player-cpu-60", 60.0),
            steps: &PLAYER_STEPS,
            ..service("us-prod/player", US_PROD)
        },
    ]
}

fn rehearsal() -> Vec<TargetPlan> {
    vec![
        TargetPlan {
            work: Work::Front,
            member_rps: 12.0,
            latency_s: 0.2,
            min: 1,
            desired: 2,
            max: 4,
            types: &["t4g.large"],
            actions: vec![
                action("evening-down", "0 21 * * MON-FRI", (0, Some(0), 0)),
                action("morning-up", "0 8 * * MON-FRI", (1, Some(2), 4)),
            ],
            ..group("web-staging", STAGING)
        },
        TargetPlan {
            work: Work::Queue,
            share: 0.5,
            member_rps: 12.0,
            types: &["t4g.medium"],
            suspended: &[Process::ScheduledActions],
            actions: vec![
                action("evening-down", "0 21 * * MON-FRI", (0, Some(0), 0)),
                action("morning-up", "0 8 * * MON-FRI", (1, Some(1), 3)),
            ],
            ..group("worker-staging", STAGING)
        },
        TargetPlan {
            share: 0.3,
            member_rps: 4.0,
            latency_s: 0.25,
            min: 2,
            desired: 2,
            max: 4,
            actions: vec![
                action("evening-down", "cron(0 21 ? * MON-FRI *)", (0, None, 0)),
                action("morning-up", "cron(0 8 ? * MON-FRI *)", (2, None, 4)),
            ],
            ..service("staging/checkout", STAGING)
        },
        TargetPlan {
            work: Work::Front,
            member_rps: 8.0,
            latency_s: 0.2,
            max: 2,
            types: &["t4g.medium"],
            actions: vec![
                action("office-closes", "0 20 * * MON-FRI", (0, Some(0), 0)),
                action("office-opens", "50 7 * * MON-FRI", (1, Some(1), 2)),
            ],
            ..group("web-dev", DEV)
        },
        TargetPlan {
            work: Work::Queue,
            member_rps: 10.0,
            min: 0,
            desired: 0,
            max: 6,
            types: &["c7g.large", "c6g.large"],
            mix: mix(0, 0, false),
            actions: vec![
                action("batch-begins", "55 0 * * *", (0, Some(4), 6)),
                action("batch-ends", "10 5 * * *", (0, Some(0), 6)),
            ],
            ..group("batch-dev", BATCH)
        },
    ]
}

const fn step(lower: Option<f64>, upper: Option<f64>, adjustment: i32) -> Step {
    Step {
        lower,
        upper,
        adjustment,
    }
}

/// The last has a gap that people make: its bounds were thought of as counts of
/// messages, so the first ten thousand above the threshold find no step.
const WORKER_STEPS: [StepPolicy; 3] = [
    StepPolicy {
        name: "worker-prod-queue-age-out",
        alarm: WORKER_ALARM_OUT,
        aggregation: Aggregation::Maximum,
        steps: &[step(Some(0.0), Some(180.0), 2), step(Some(180.0), None, 4)],
    },
    StepPolicy {
        name: "worker-prod-cpu-in",
        alarm: WORKER_ALARM_IN,
        aggregation: Aggregation::Average,
        steps: &[step(None, Some(0.0), -1)],
    },
    StepPolicy {
        name: "worker-prod-backlog-out",
        alarm: WORKER_ALARM_BACKLOG,
        aggregation: Aggregation::Maximum,
        steps: &[
            step(Some(10_000.0), Some(100_000.0), 3),
            step(Some(100_000.0), None, 6),
        ],
    },
];

/// Its alarm was muted one night and forgotten.
const PLAYER_STEPS: [StepPolicy; 1] = [StepPolicy {
    name: "player-latency-out",
    alarm: PLAYER_ALARM_LATENCY,
    aggregation: Aggregation::Average,
    steps: &[step(Some(0.0), None, 2)],
}];

/// The alarm that makes `worker-prod` grow.
pub(crate) const WORKER_ALARM_OUT: &str = "worker-prod-queue-age-high";
/// The alarm that makes `worker-prod` shrink.
pub(crate) const WORKER_ALARM_IN: &str = "worker-prod-cpu-low";
/// The alarm that makes `worker-prod` grow fast, and tells people.
pub(crate) const WORKER_ALARM_BACKLOG: &str = "worker-prod-backlog-high";
/// The alarm of `us-prod/player` whose actions are switched off.
pub(crate) const PLAYER_ALARM_LATENCY: &str = "us-prod-player-latency-p95";
