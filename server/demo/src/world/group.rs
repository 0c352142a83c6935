//! One group or service: its members' lives, its capacity, its activities.

use super::{
    Refusal, activities::Activities, refreshes::Refreshes, schedule::Schedule, shortage::Shortage,
    stamp, timers::Timers,
};
use crate::{chance::Dice, estate::TargetPlan};
use domain::{
    aws_timing::Effect,
    capacity::{
        Activity, Capacity, CapacityChange, Instance, Purchase, ScalingPolicy, ScheduledAction,
        SpotMix, Target, TargetKind, TargetRef,
    },
    estate::{Environment, Scope},
    mixes::Mix,
    processes::Process,
    refreshes::Pace,
    time::Timestamp,
    timers::Timer,
};

/// Seconds between the notice and the end of a spot instance (EC2 User Guide).
const NOTICE_S: i64 = 120;
/// Seconds that a group takes to notice and take out an unhealthy instance.
const UNHEALTHY_S: i64 = 150;
/// Seconds that a member takes to leave.
const LEAVING_S: i64 = 30;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Pending { until: Timestamp },
    Serving,
    Terminating { until: Timestamp },
}

/// Why a member will be taken out although nobody asked for fewer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Doom {
    /// Its spot capacity is wanted back.
    Interrupted,
    /// It fails its health check.
    Unhealthy,
}

struct Member {
    id: String,
    zone: usize,
    instance_type: &'static str,
    purchase: Purchase,
    phase: Phase,
    doom: Option<(Doom, Timestamp)>,
    /// Number of the activity that is not over yet.
    activity: Option<u64>,
    launched_at: Timestamp,
}

impl Member {
    fn active(&self) -> bool {
        !matches!(self.phase, Phase::Terminating { .. })
    }

    fn serving(&self) -> bool {
        self.phase == Phase::Serving
    }

    fn healthy(&self) -> bool {
        !matches!(self.doom, Some((Doom::Unhealthy, _)))
    }

    fn next_event(&self) -> Option<Timestamp> {
        match self.phase {
            Phase::Pending { until } | Phase::Terminating { until } => Some(until),
            Phase::Serving => self.doom.map(|(_, at)| at),
        }
    }
}

/// A group or service.
pub(super) struct Group {
    pub plan: TargetPlan,
    pub reference: TargetRef,
    pub environment: Environment,
    pub capacity: Capacity,
    pub schedule: Schedule,
    pub timers: Timers,
    pub refreshes: Refreshes,
    pub shortage: Shortage,
    /// When something next happens here by itself.
    pub next_event: Option<Timestamp>,
    members: Vec<Member>,
    activities: Activities,
    policies: Vec<ScalingPolicy>,
    suspended: Vec<Process>,
    /// What last changed the wanted number, until it is reached.
    cause: Option<String>,
}

impl Group {
    /// A group that has stood for a while: its members serve already.
    pub fn new(
        plan: TargetPlan,
        scope: Scope,
        environment: Environment,
        policies: Vec<ScalingPolicy>,
        now: Timestamp,
        dice: &mut Dice,
    ) -> Self {
        let mut group = Self {
            reference: TargetRef {
                scope,
                kind: plan.kind,
                name: plan.name.into(),
            },
            environment,
            capacity: plan.capacity(),
            schedule: Schedule::new(plan.kind),
            timers: Timers::default(),
            refreshes: Refreshes::default(),
            shortage: Shortage::default(),
            next_event: None,
            members: Vec::new(),
            activities: Activities::default(),
            policies,
            suspended: plan.suspended.to_vec(),
            cause: None,
            plan,
        };
        group.reconcile(now, dice);
        for member in &mut group.members {
            member.phase = Phase::Serving;
            member.activity = None;
            member.launched_at = now.plus_ms(-dice.between(3_600, 20 * 86_400) * 1_000);
        }
        group.activities = Activities::default();
        group.plan_next_event();
        group
    }

    const fn is_asg(&self) -> bool {
        matches!(self.plan.kind, TargetKind::Asg)
    }

    /// A process of AWS is suspended here.
    pub fn is_suspended(&self, process: Process) -> bool {
        self.suspended.contains(&process)
    }

    /// A caller suspends processes and resumes others. What was held back happens now,
    /// but runs that were skipped stay skipped.
    pub fn set_processes(
        &mut self,
        suspend: &[Process],
        resume: &[Process],
        now: Timestamp,
        dice: &mut Dice,
    ) {
        self.suspended
            .retain(|process| !resume.contains(process) && !suspend.contains(process));
        self.suspended.extend(suspend);
        self.suspended
            .sort_unstable_by_key(|process| process.as_str());
        self.reconcile(now, dice);
    }

    /// Members that take requests.
    pub fn serving(&self) -> u32 {
        self.count(|member| member.serving() && member.healthy())
    }

    /// Members in service, healthy or not.
    pub fn in_service(&self) -> u32 {
        self.count(Member::serving)
    }

    /// Members on their way.
    pub fn pending(&self) -> u32 {
        self.count(|member| matches!(member.phase, Phase::Pending { .. }))
    }

    /// Members that fail their health check.
    pub fn unhealthy(&self) -> u32 {
        self.count(|member| member.active() && !member.healthy())
    }

    /// Spot instances that serve and have no notice yet.
    pub fn interruptible(&self) -> u32 {
        self.count(is_interruptible)
    }

    fn count(&self, fits: impl Fn(&Member) -> bool) -> u32 {
        let count = self.members.iter().filter(|member| fits(member)).count();
        u32::try_from(count).unwrap_or(u32::MAX)
    }

    /// Everything that happens here at this instant.
    pub fn happen(&mut self, now: Timestamp, dice: &mut Dice) {
        self.settle_members(now, dice);
        for action in self.schedule.take_due(now) {
            self.run(&action, now, dice);
        }
        for timer in self.timers.take_due(now) {
            self.called_by(&timer);
        }
        self.reconcile(now, dice);
        self.refresh_on(now, dice);
    }

    /// A caller has the members replaced. All of them have the group's template, so a
    /// refresh that skips what matches has nothing to do.
    pub fn start_refresh(
        &mut self,
        pace: &Pace,
        now: Timestamp,
        dice: &mut Dice,
    ) -> Result<(), Refusal> {
        let members = self.members.iter().filter(|member| member.active());
        let members = members.filter(|_| !pace.skip_matching);
        let members = members.map(|member| member.id.clone()).collect();
        self.refreshes.start(pace, members, now, dice)?;
        self.refresh_on(now, dice);
        Ok(())
    }

    /// Lets a refresh take what goes next, and launches what comes instead.
    fn refresh_on(&mut self, now: Timestamp, dice: &mut Dice) {
        if self.is_suspended(Process::InstanceRefresh) {
            return;
        }
        let active = self.members.iter().filter(|member| member.active());
        let active: Vec<_> = active.map(|member| member.id.clone()).collect();
        let wanted = self.capacity.desired;
        let settled = self.serving() == wanted && self.count(Member::active) == wanted;
        for id in self.refreshes.take(&active, wanted, settled, now) {
            let mut members = self.members.iter();
            let Some(index) = members.position(|member| member.id == id) else {
                continue;
            };
            let cause = format!(
                "At {} an instance was taken out of service in response to an instance refresh.",
                stamp(now)
            );
            self.terminate(index, cause, now, dice);
        }
        self.reconcile(now, dice);
    }

    fn settle_members(&mut self, now: Timestamp, dice: &mut Dice) {
        for index in 0..self.members.len() {
            let member = &mut self.members[index];
            if member.next_event().is_none_or(|at| at > now) {
                continue;
            }
            match (member.phase, member.doom) {
                (Phase::Pending { .. }, _) => {
                    member.phase = Phase::Serving;
                    self.activities.end(member.activity.take(), now);
                }
                (Phase::Serving, Some((doom, _))) => self.take_out(index, doom, now, dice),
                (Phase::Serving, None) => {}
                (Phase::Terminating { .. }, _) => {
                    self.activities.end(member.activity.take(), now);
                }
            }
        }
        self.members
            .retain(|member| !matches!(member.phase, Phase::Terminating { until } if until <= now));
    }

    /// A scheduled action runs.
    fn run(&mut self, action: &ScheduledAction, now: Timestamp, dice: &mut Dice) {
        let process = match self.plan.kind {
            TargetKind::EcsService => Process::ScheduledScaling,
            _ => Process::ScheduledActions,
        };
        // A suspended process is skipped silently (EC2 Auto Scaling User Guide,
        // "Suspend and resume processes").
        if self.is_suspended(process) {
            return;
        }
        let before = self.capacity;
        let after = before.with(action.capacity);
        let name = &action.name;
        if let Err(refusal) = check_order(self.plan.kind, Some(after.min), Some(after.max)) {
            let description = format!("Executing scheduled action {name}");
            let cause = format!("At {} {}", stamp(now), refusal.message);
            self.activities
                .record("Failed", description, cause, now, dice);
            return;
        }
        if self.is_asg() {
            let mut cause = format!("the scheduled action {name} executed.");
            for (what, from, to) in [
                ("min size", before.min, after.min),
                ("max size", before.max, after.max),
                ("desired capacity", before.desired, after.desired),
            ] {
                if from != to {
                    cause.push_str(&format!(" Setting {what} from {from} to {to}."));
                }
            }
            self.take_capacity(after, cause, now, dice);
            return;
        }
        let cause = format!("scheduled action name {name} was triggered");
        if (before.min, before.max) != (after.min, after.max) {
            let description = format!(
                "Setting min capacity to {} and max capacity to {}",
                after.min, after.max
            );
            self.activities
                .record("Successful", description, cause.clone(), now, dice);
        }
        self.take_capacity(after, cause, now, dice);
    }

    /// EventBridge Scheduler makes a timer's call. What the call is refused for, nobody
    /// is told: there is no dead-letter queue.
    fn called_by(&mut self, timer: &Timer) {
        if let Ok(Effect::Mix(share)) = timer.object.effect() {
            let _ = self.set_mix(share.into());
        }
    }

    /// A caller sets how instances are bought from now on. Those that run stay.
    pub fn set_mix(&mut self, wanted: Mix) -> Result<(), Refusal> {
        let Some(mix) = self.plan.mix.filter(|_| self.is_asg()) else {
            return Err(Refusal::invalid(
                "You must use a valid fully-formed launch template with a mixed instances policy.",
            ));
        };
        self.plan.mix = Some(mix.with(wanted));
        Ok(())
    }

    /// A caller sets the capacity, by the rules of the API it takes.
    pub fn set_capacity(
        &mut self,
        change: CapacityChange,
        now: Timestamp,
        dice: &mut Dice,
    ) -> Result<(), Refusal> {
        let mut after = self.capacity.with(change);
        check_order(self.plan.kind, Some(after.min), Some(after.max))?;
        if let Some(desired) = change.desired {
            if self.is_asg() && !(after.min..=after.max).contains(&desired) {
                return Err(Refusal::invalid(format!(
                    "Desired capacity:{desired} must be between the specified min size:{} and max \
                     size:{}",
                    after.min, after.max
                )));
            }
            // ECS UpdateService does not ask Application Auto Scaling for its bounds.
            after.desired = desired;
        }
        let cause = match self.plan.kind {
            TargetKind::Asg => format!(
                "a user request update of AutoScalingGroup constraints to min: {}, max: {}, \
                 desired: {} changing the desired capacity from {} to {}.",
                after.min, after.max, after.desired, self.capacity.desired, after.desired
            ),
            _ => "a user request updated the service".into(),
        };
        self.take_capacity(after, cause, now, dice);
        Ok(())
    }

    /// A policy sets the desired capacity, inside the bounds.
    pub fn follow_policy(
        &mut self,
        desired: u32,
        alarm: &str,
        policy: &str,
        now: Timestamp,
        dice: &mut Dice,
    ) {
        let before = self.capacity;
        let after = Capacity {
            desired: desired.min(before.max).max(before.min),
            ..before
        };
        let cause = format!("monitor alarm {alarm} in state ALARM triggered policy {policy}");
        let cause = match self.plan.kind {
            TargetKind::Asg => format!(
                "a {cause} changing the desired capacity from {} to {}.",
                before.desired, after.desired
            ),
            _ => cause,
        };
        self.take_capacity(after, cause, now, dice);
    }

    fn take_capacity(&mut self, after: Capacity, cause: String, now: Timestamp, dice: &mut Dice) {
        let moved = after.desired != self.capacity.desired;
        self.capacity = after;
        if moved && self.is_asg() {
            self.cause = Some(format!("At {} {cause}", stamp(now)));
        } else if moved {
            let description = format!("Setting desired count to {}.", after.desired);
            self.activities
                .record("Successful", description, cause, now, dice);
        }
        self.reconcile(now, dice);
    }

    /// Launches or takes out members until as many are active as are wanted.
    fn reconcile(&mut self, now: Timestamp, dice: &mut Dice) {
        self.shortage.wake(now);
        let rebalances = self.plan.mix.is_some_and(|mix| mix.rebalance);
        // With capacity rebalancing a replacement comes before the interrupted one goes.
        let counts = |member: &Member| member.active() && !(rebalances && member.doom.is_some());
        let have = self.count(counts);
        let wanted = self.capacity.desired;
        if have < wanted && !self.is_suspended(Process::Launch) {
            for number in have..wanted {
                self.launch(number, now, dice);
            }
        } else if have > wanted && !self.is_suspended(Process::Terminate) {
            for number in (wanted..have).rev() {
                self.shrink(number + 1, now, dice);
            }
        }
        self.cause = None;
        self.plan_next_event();
    }

    fn launch(&mut self, number: u32, now: Timestamp, dice: &mut Dice) {
        let purchase = self.next_purchase();
        let Some(zone) = self.next_zone(purchase, now) else {
            self.fail_launch(now, dice);
            return;
        };
        let asg = self.is_asg();
        let (id, takes_s) = match asg {
            true => (format!("i-0{}", dice.hex(16)), dice.between(40, 90)),
            false => (dice.hex(32), dice.between(40, 70)),
        };
        let types = self.plan.types;
        let pick = dice.number() % types.len().max(1) as u64;
        let activity = asg.then(|| {
            let cause = format!(
                "{}At {} an instance was started in response to a difference between desired and \
                 actual capacity, increasing the capacity from {number} to {}.",
                self.cause
                    .as_ref()
                    .map(|cause| format!("{cause}  "))
                    .unwrap_or_default(),
                stamp(now),
                number + 1
            );
            let description = format!("Launching a new EC2 instance: {id}");
            self.activities.begin(description, cause, now, dice)
        });
        let member = Member {
            id,
            zone,
            instance_type: types[pick as usize],
            purchase,
            phase: Phase::Pending {
                until: now.plus_ms(takes_s * 1_000),
            },
            doom: None,
            activity,
            launched_at: now,
        };
        self.members.push(member);
    }

    fn in_zones(&self) -> [u32; ZONES.len()] {
        let mut counts = [0; ZONES.len()];
        for member in self.members.iter().filter(|member| member.active()) {
            counts[member.zone] += 1;
        }
        counts
    }

    /// The emptiest zone that has capacity of this kind.
    fn next_zone(&self, purchase: Purchase, now: Timestamp) -> Option<usize> {
        let counts = self.in_zones();
        (0..ZONES.len())
            .filter(|zone| purchase != Purchase::Spot || self.shortage.spares(*zone, now))
            .min_by_key(|zone| counts[*zone])
    }

    /// No zone has spot capacity, and AWS buys none on demand instead.
    fn fail_launch(&mut self, now: Timestamp, dice: &mut Dice) {
        if self.shortage.failed(now) {
            let description = "Launching a new EC2 instance.  Status Reason: Could not launch Spot \
                               Instances. InsufficientInstanceCapacity - There is no Spot capacity \
                               available that matches your request. Launching EC2 instance failed.";
            let cause = format!(
                "At {} an instance was started in response to a difference between desired and \
                 actual capacity.",
                stamp(now)
            );
            self.activities
                .record("Failed", description.into(), cause, now, dice);
        }
    }

    /// How the mix buys the next instance.
    fn next_purchase(&self) -> Purchase {
        let Some(mix) = self.plan.mix else {
            return Purchase::OnDemand;
        };
        let on_demand = self.count(|m| m.active() && m.purchase == Purchase::OnDemand);
        let all = self.count(Member::active) + 1;
        match on_demand < mix.share().on_demand_of(all) {
            true => Purchase::OnDemand,
            false => Purchase::Spot,
        }
    }

    /// Takes one member out because fewer are wanted: from the fullest zone, of
    /// the kind the mix has too many of, the oldest.
    fn shrink(&mut self, number: u32, now: Timestamp, dice: &mut Dice) {
        let too_many = self.plan.mix.map(|mix| {
            let all = self.count(Member::active).saturating_sub(1);
            let on_demand = self.count(|m| m.active() && m.purchase == Purchase::OnDemand);
            match on_demand > mix.share().on_demand_of(all) {
                true => Purchase::OnDemand,
                false => Purchase::Spot,
            }
        });
        let in_zones = self.in_zones();
        let rank = |member: &Member| {
            (
                too_many.is_some_and(|kind| kind != member.purchase),
                std::cmp::Reverse(in_zones[member.zone]),
                member.launched_at,
            )
        };
        let chosen = self
            .members
            .iter()
            .enumerate()
            .filter(|(_, member)| member.active())
            .min_by_key(|(_, member)| rank(member));
        let Some((index, _)) = chosen else {
            return;
        };
        let cause = format!(
            "{}At {} an instance was taken out of service in response to a difference between \
             desired and actual capacity, shrinking the capacity from {number} to {}.  At {} \
             instance {} was selected for termination.",
            self.cause
                .as_ref()
                .map(|cause| format!("{cause}  "))
                .unwrap_or_default(),
            stamp(now),
            number - 1,
            stamp(now),
            self.members[index].id
        );
        self.terminate(index, cause, now, dice);
    }

    /// What was announced happens.
    fn take_out(&mut self, index: usize, doom: Doom, now: Timestamp, dice: &mut Dice) {
        let why = match doom {
            Doom::Interrupted => {
                "an EC2 health check indicating it has been terminated or stopped."
            }
            Doom::Unhealthy => "an ELB system health check failure.",
        };
        let cause = format!(
            "At {} an instance was taken out of service in response to {why}",
            stamp(now)
        );
        self.terminate(index, cause, now, dice);
    }

    fn terminate(&mut self, index: usize, cause: String, now: Timestamp, dice: &mut Dice) {
        let asg = self.is_asg();
        let member = &mut self.members[index];
        // One that never came into service was cancelled on its way.
        self.activities.cancel(member.activity.take(), now);
        member.phase = Phase::Terminating {
            until: now.plus_ms(LEAVING_S * 1_000),
        };
        if asg {
            let description = format!("Terminating EC2 instance: {}", member.id);
            member.activity = Some(self.activities.begin(description, cause, now, dice));
        }
    }

    /// Gives one of the spot instances its notice; answers which.
    pub fn interrupt(&mut self, now: Timestamp, dice: &mut Dice) -> Option<String> {
        self.doom(Doom::Interrupted, NOTICE_S, is_interruptible, now, dice)
    }

    /// Lets one member fail its health check.
    pub fn sicken(&mut self, now: Timestamp, dice: &mut Dice) {
        let fits = |member: &Member| member.serving() && member.doom.is_none();
        self.doom(Doom::Unhealthy, UNHEALTHY_S, fits, now, dice);
    }

    fn doom(
        &mut self,
        doom: Doom,
        after_s: i64,
        fits: impl Fn(&Member) -> bool,
        now: Timestamp,
        dice: &mut Dice,
    ) -> Option<String> {
        let last = i64::from(self.count(&fits)) - 1;
        let pick = usize::try_from(dice.between(0, last)).ok()?;
        let member = self.members.iter_mut().filter(|m| fits(m)).nth(pick)?;
        member.doom = Some((doom, now.plus_ms(after_s * 1_000)));
        let id = member.id.clone();
        self.reconcile(now, dice);
        Some(id)
    }

    /// Notes when something next happens here by itself.
    pub fn plan_next_event(&mut self) {
        let members = self.members.iter().filter_map(Member::next_event);
        let timing = self.schedule.next_event().into_iter();
        let timing = timing.chain(self.timers.next_event());
        let timing = timing.chain(self.refreshes.next_event());
        let timing = timing.chain(self.shortage.next_event());
        self.next_event = members.chain(timing).min();
    }

    /// Recent activities, newest first.
    pub fn activities(&self) -> Vec<Activity> {
        self.activities.list()
    }

    /// As described to a caller.
    pub fn describe(&self) -> Target {
        Target {
            reference: self.reference.clone(),
            environment: self.environment.clone(),
            capacity: self.capacity,
            instances: self
                .members
                .iter()
                .map(|m| self.describe_member(m))
                .collect(),
            in_service: self.in_service(),
            pending: self.pending(),
            suspended: self.suspended.iter().map(ToString::to_string).collect(),
            mix: self.plan.mix.map(|mix| SpotMix {
                types: u32::try_from(self.plan.types.len()).ok(),
                zones: u32::try_from(ZONES.len()).ok(),
                ..mix
            }),
            policies: self.policies.clone(),
            actions: self.schedule.list(),
            timers: self.timers.list(),
        }
    }

    fn describe_member(&self, member: &Member) -> Instance {
        let state = match (self.plan.kind, member.phase) {
            (TargetKind::Asg, Phase::Pending { .. }) => "Pending",
            (TargetKind::Asg, Phase::Serving) => "InService",
            (TargetKind::Asg, Phase::Terminating { .. }) => "Terminating",
            (_, Phase::Pending { .. }) => "PENDING",
            (_, Phase::Serving) => "RUNNING",
            (_, Phase::Terminating { .. }) => "DEACTIVATING",
        };
        Instance {
            id: member.id.clone(),
            zone: format!("{}{}", self.reference.scope.region, ZONES[member.zone]),
            instance_type: member.instance_type.into(),
            lifecycle_state: state.into(),
            healthy: member.healthy(),
            purchase: member.purchase,
            protected: false,
        }
    }
}

/// Letters of the availability zones in use.
pub(super) const ZONES: [char; 3] = ['a', 'b', 'c'];

fn is_interruptible(member: &Member) -> bool {
    member.serving() && member.purchase == Purchase::Spot && member.doom.is_none()
}

/// Minimum and maximum in AWS's own words, if they are the wrong way round.
pub(super) fn check_order(
    kind: TargetKind,
    min: Option<u32>,
    max: Option<u32>,
) -> Result<(), Refusal> {
    let (Some(min), Some(max)) = (min, max) else {
        return Ok(());
    };
    if min <= max {
        return Ok(());
    }
    Err(Refusal::invalid(match kind {
        TargetKind::EcsService => {
            format!("Maximum capacity {max} cannot be less than minimum capacity {min}")
        }
        _ => format!("Max bound, {max}, must be greater than or equal to min bound, {min}"),
    }))
}
