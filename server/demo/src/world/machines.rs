//! What is started and stopped as a whole and keeps its members: machines by tag and
//! databases; and node groups, whose members come and go as they are counted.
//!
//! Nothing here is left to chance, so that a sandbox with more of it tells the same story.

use super::{Refusal, group::ZONES, timers::Timers};
use crate::estate::MachinesPlan;
use domain::{
    aws_timing::Effect,
    capacity::{Capacity, CapacityChange, Instance, Purchase, Target, TargetKind, TargetRef},
    estate::{Environment, Scope},
    limits,
    schedules::Power,
    time::{SECOND_MS, Timestamp},
    timers::Timer,
};
use ports::CloudErrorKind;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Off,
    Starting { until: Timestamp },
    On,
    Stopping { until: Timestamp },
}

impl Phase {
    const fn ends(self) -> Option<Timestamp> {
        match self {
            Self::Starting { until } | Self::Stopping { until } => Some(until),
            Self::Off | Self::On => None,
        }
    }
}

struct Member {
    id: String,
    zone: char,
    phase: Phase,
}

/// A call of EventBridge Scheduler that was refused and is made again.
struct Retried {
    effect: Effect,
    until: Timestamp,
}

/// Machines that carry a tag, a database, or a node group.
pub(super) struct Machines {
    pub reference: TargetRef,
    pub timers: Timers,
    /// When something next happens here by itself.
    pub next_event: Option<Timestamp>,
    plan: MachinesPlan,
    capacity: Capacity,
    members: Vec<Member>,
    /// Members that there ever were.
    made: u32,
    stopped_at: Option<Timestamp>,
    retried: Option<Retried>,
}

impl Machines {
    /// Some that have stood for a while.
    pub fn new(plan: MachinesPlan, scope: Scope) -> Self {
        let mut machines = Self {
            reference: TargetRef {
                scope,
                kind: plan.kind,
                name: plan.name.into(),
            },
            timers: Timers::default(),
            next_event: None,
            capacity: plan.capacity,
            members: Vec::new(),
            made: 0,
            stopped_at: None,
            retried: None,
            plan,
        };
        for _ in 0..machines.plan.members {
            machines.add(Phase::On);
        }
        machines
    }

    /// One more, in the next zone. A database has the names of its members, machines have
    /// numbers.
    fn add(&mut self, phase: Phase) {
        self.made += 1;
        let Self { plan, made, .. } = self;
        let id = match plan.kind {
            TargetKind::Rds => plan.name.to_owned(),
            TargetKind::RdsCluster => format!("{}-{made}", plan.name),
            _ => format!("i-0{:08x}{made:08x}", plan.number),
        };
        let zone = ZONES[*made as usize % ZONES.len()];
        self.members.push(Member { id, zone, phase });
    }

    const fn is_database(&self) -> bool {
        self.plan.kind.restarts_itself()
    }

    fn is_in_between(&self) -> bool {
        self.members
            .iter()
            .any(|member| member.phase.ends().is_some())
    }

    /// Everything that happens here at this instant.
    pub fn happen(&mut self, now: Timestamp) {
        for member in &mut self.members {
            match member.phase {
                Phase::Starting { until } if until <= now => member.phase = Phase::On,
                Phase::Stopping { until } if until <= now => member.phase = Phase::Off,
                _ => {}
            }
        }
        if self.plan.kind == TargetKind::Eks {
            self.members.retain(|member| member.phase != Phase::Off);
        }
        if let Some(Retried { effect, until }) = self.retried.take()
            && now <= until
        {
            self.called(effect, until, now);
        }
        for timer in self.timers.take_due(now) {
            self.called_by(&timer, now);
        }
        // Amazon RDS User Guide: what has been stopped for seven days is started.
        let due = |at: Timestamp| at.plus_ms(limits::DATABASE_STOPPED_MS_MAX) <= now;
        if self.stopped_at.is_some_and(due) {
            self.want(1, now);
        }
        self.plan_next_event();
    }

    fn called_by(&mut self, timer: &Timer, now: Timestamp) {
        let Ok(effect) = timer.object.effect() else {
            return;
        };
        let policy = timer.object.retry_policy;
        let tried = policy.filter(|policy| policy.maximum_retry_attempts > 0);
        let tried_ms = tried.map_or(0, |policy| {
            i64::from(policy.maximum_event_age_seconds) * SECOND_MS
        });
        self.called(effect, now.plus_ms(tried_ms), now);
    }

    /// What is refused only because it is in between is tried again until then.
    fn called(&mut self, effect: Effect, until: Timestamp, now: Timestamp) {
        let done = match effect {
            Effect::Running(true) => self.set_power(Power::Running, now),
            Effect::Running(false) => self.set_power(Power::Stopped, now),
            Effect::Sizes(sizes) => self.set_sizes(sizes, now),
            Effect::Bounds(_) | Effect::Mix(_) => return,
        };
        if done.is_err() && now < until && self.is_in_between() {
            self.retried = Some(Retried { effect, until });
        }
    }

    /// A caller starts or stops it.
    pub fn set_power(&mut self, power: Power, now: Timestamp) -> Result<(), Refusal> {
        let wanted = match power {
            Power::Running => self.capacity.max,
            Power::Stopped => 0,
        };
        if self.is_database() && wanted != self.capacity.desired && self.is_in_between() {
            return Err(Refusal {
                kind: CloudErrorKind::Unavailable,
                message: format!(
                    "InvalidDBInstanceState: {} is neither available nor stopped",
                    self.plan.name
                ),
            });
        }
        self.want(wanted, now);
        Ok(())
    }

    /// A caller sets the sizes of a node group.
    pub fn set_sizes(&mut self, change: CapacityChange, now: Timestamp) -> Result<(), Refusal> {
        let after = self.capacity.with(change);
        if self.plan.kind != TargetKind::Eks || after.max == 0 || after.min > after.max {
            let message = "InvalidParameterException: the scaling config is not valid";
            return Err(Refusal::invalid(message));
        }
        self.capacity = after;
        self.want(after.desired, now);
        Ok(())
    }

    fn want(&mut self, wanted: u32, now: Timestamp) {
        self.capacity.desired = wanted;
        let members = match self.is_database() {
            true => wanted * self.plan.members,
            false => wanted,
        };
        let starts = Phase::Starting {
            until: now.plus_ms(self.plan.start_s * SECOND_MS),
        };
        let stops = Phase::Stopping {
            until: now.plus_ms(self.plan.stop_s * SECOND_MS),
        };
        let is_on =
            |member: &&mut Member| matches!(member.phase, Phase::On | Phase::Starting { .. });
        let have = self.members.iter_mut().filter(is_on).count();
        let have = u32::try_from(have).unwrap_or(u32::MAX);
        let missing = usize::try_from(members.saturating_sub(have)).unwrap_or_default();
        let spare = usize::try_from(have.saturating_sub(members)).unwrap_or_default();
        for member in self.members.iter_mut().filter(is_on).take(spare) {
            member.phase = stops;
        }
        let off = self.members.iter_mut().filter(|member| !is_on(member));
        let started = match self.plan.kind {
            // A node that leaves does not come back; another takes its place.
            TargetKind::Eks => 0,
            _ => off
                .take(missing)
                .map(|member| member.phase = starts)
                .count(),
        };
        if self.plan.kind == TargetKind::Eks {
            for _ in started..missing {
                self.add(starts);
            }
        }
        self.stopped_at =
            (self.is_database() && wanted == 0).then(|| self.stopped_at.unwrap_or(now));
        self.plan_next_event();
    }

    /// Notes when something next happens here by itself.
    pub fn plan_next_event(&mut self) {
        let phases = self.members.iter().filter_map(|member| member.phase.ends());
        let restart = self
            .stopped_at
            .map(|at| at.plus_ms(limits::DATABASE_STOPPED_MS_MAX));
        self.next_event = phases.chain(restart).chain(self.timers.next_event()).min();
    }

    fn count(&self, fits: impl Fn(Phase) -> bool) -> u32 {
        let count = self
            .members
            .iter()
            .filter(|member| fits(member.phase))
            .count();
        match u32::try_from(count).unwrap_or(u32::MAX) {
            // A database is one thing, however many members it has.
            count if self.is_database() => u32::from(count == self.plan.members),
            count => count,
        }
    }

    /// As described to a caller.
    pub fn describe(&self) -> Target {
        Target {
            reference: self.reference.clone(),
            environment: Environment::from(self.plan.environment),
            capacity: self.capacity,
            instances: self
                .members
                .iter()
                .map(|member| self.instance(member))
                .collect(),
            in_service: self.count(|phase| phase == Phase::On),
            pending: self.count(|phase| matches!(phase, Phase::Starting { .. })),
            suspended: Vec::new(),
            mix: None,
            policies: Vec::new(),
            actions: Vec::new(),
            timers: self.timers.list(),
        }
    }

    fn instance(&self, member: &Member) -> Instance {
        let state = match (self.is_database(), member.phase) {
            (true, Phase::On) => "available",
            (true, Phase::Starting { .. }) => "starting",
            (false, Phase::On) => "running",
            (false, Phase::Starting { .. }) => "pending",
            (_, Phase::Stopping { .. }) => "stopping",
            (_, Phase::Off) => "stopped",
        };
        Instance {
            id: member.id.clone(),
            zone: format!("{}{}", self.reference.scope.region, member.zone),
            instance_type: self.plan.instance_type.into(),
            lifecycle_state: state.into(),
            healthy: true,
            purchase: Purchase::OnDemand,
            protected: false,
        }
    }
}
