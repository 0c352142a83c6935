//! The simulated world: targets, traffic, metrics and alarms, moved from event
//! to event.
//!
//! The cast: a [`Group`] lives by itself between minutes (members come and go,
//! scheduled actions run, at their exact instants); at the end of each minute
//! traffic is shared out, load measured and kept, alarms look, policies act, and
//! chance strikes. [`World::advance`] is the only thing that moves time, so the
//! story does not depend on how often somebody looks.

mod activities;
mod group;
mod load;
mod machines;
mod policies;
mod refreshes;
mod requests;
mod schedule;
mod shortage;
mod spot;
mod timers;

use crate::{
    alarms::Alarms,
    chance::Dice,
    estate::{self, STREAMS, Scaling, Work},
    history::{History, Measure, Row},
    log_lines::{self, PutFilter},
    metrics::{Metrics, Readings},
    traffic::Stream,
};
use domain::{
    capacity::{Activity, ScheduledAction, Target, TargetRef},
    cron,
    estate::Scope,
    limits,
    plan::Call,
    refreshes::Refresh,
    time::{DAY_MS, MINUTE_MS, Timestamp},
};
use group::Group;
use machines::Machines;
use policies::Scaler;
pub(crate) use policies::Signal;
use ports::CloudErrorKind;

/// Days without an interruption that one spot instance may expect.
const SPOT_DAYS: f64 = 5.0;
/// Days without a failed health check that one target may expect.
const HEALTHY_DAYS: f64 = 12.0;
/// How far back the last run of a scheduled action is looked for at the start.
const RUNS_LOOKED_BACK_MS: i64 = 8 * DAY_MS;

/// Why the simulated AWS refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub kind: CloudErrorKind,
    /// In AWS's words.
    pub message: String,
}

impl Refusal {
    pub fn invalid(message: impl Into<String>) -> Self {
        Self {
            kind: CloudErrorKind::Invalid,
            message: message.into(),
        }
    }

    pub fn not_found(message: impl Into<String>) -> Self {
        Self {
            kind: CloudErrorKind::NotFound,
            message: message.into(),
        }
    }
}

/// More or less traffic than normal, for a while.
#[derive(Debug, Clone, Copy)]
struct Boost {
    from: Timestamp,
    until: Timestamp,
    factor: f64,
}

/// The world.
pub(crate) struct World {
    pub scopes: Vec<Scope>,
    pub alarms: Alarms,
    pub metrics: Metrics,
    /// Metric filters that were put.
    pub filters: Vec<PutFilter>,
    pub readings: Readings,
    now: Timestamp,
    /// The minute that is going on, counted from 1970.
    minute: i64,
    dice: Dice,
    groups: Vec<Group>,
    machines: Vec<Machines>,
    scalers: Vec<Scaler>,
    backlogs: Vec<f64>,
    keys: Vec<u64>,
    boost: Option<Boost>,
}

impl World {
    /// A world that has stood for a while; `now` is the start of a minute.
    pub fn new(seed: u64, alarms: u32, now: Timestamp) -> Self {
        let mut dice = Dice::new(seed);
        let scopes = estate::scopes();
        let minute = now.ms().div_euclid(MINUTE_MS);
        let streams: Vec<Stream> = STREAMS
            .iter()
            .map(|plan| Stream::new(plan, dice.number()))
            .collect();
        let mut groups = Vec::new();
        let mut scalers = Vec::new();
        for plan in estate::targets() {
            scalers.push(Scaler::new(&plan, &mut dice));
            let demand = streams[plan.stream].demand(minute);
            groups.push(standing(plan, &scopes, demand, now, &mut dice));
        }
        let names: Vec<_> = groups.iter().map(|group| group.plan.name).collect();
        let mut metrics = Metrics::new(&groups.iter().map(|group| &group.plan).collect::<Vec<_>>());
        let alarms = Alarms::new(alarms, &scopes, &names, &mut metrics, now, &mut dice);
        let machines = estate::machines().into_iter();
        let machines = machines.map(|plan| {
            let scope = scopes[plan.scope].clone();
            Machines::new(plan, scope)
        });
        let history = History::new(groups.len() + STREAMS.len(), minute);
        Self {
            backlogs: vec![0.0; groups.len()],
            keys: groups.iter().map(|_| dice.number()).collect(),
            readings: Readings { history, streams },
            machines: machines.collect(),
            scopes,
            alarms,
            metrics,
            filters: Vec::new(),
            now,
            minute,
            dice,
            groups,
            scalers,
            boost: None,
        }
    }

    /// Now, as far as the world has come.
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// Lets everything happen until an instant, that instant included. Earlier
    /// ones change nothing.
    pub fn advance(&mut self, to: Timestamp) {
        while let Some(at) = self.next_event(to) {
            self.now = at;
            for group in &mut self.groups {
                if group.next_event.is_some_and(|event| event <= at) {
                    group.happen(at, &mut self.dice);
                }
            }
            for machines in &mut self.machines {
                if machines.next_event.is_some_and(|event| event <= at) {
                    machines.happen(at);
                }
            }
            if at == self.minute_end() {
                self.end_minute();
            }
        }
        self.now = self.now.max(to);
    }

    fn minute_end(&self) -> Timestamp {
        Timestamp::from_ms((self.minute + 1) * MINUTE_MS)
    }

    fn next_event(&self, to: Timestamp) -> Option<Timestamp> {
        let groups = self.groups.iter().filter_map(|group| group.next_event);
        let machines = self.machines.iter();
        let machines = machines.filter_map(|machines| machines.next_event);
        let next = groups.chain(machines).fold(self.minute_end(), Ord::min);
        // What is overdue happens now: time does not run backwards.
        (next <= to).then(|| next.max(self.now))
    }

    fn end_minute(&mut self) {
        let (now, minute) = (self.now, self.minute);
        let factor = self.boost_factor();
        let demands: Vec<_> = self
            .readings
            .streams
            .iter()
            .map(|stream| {
                let mut demand = stream.demand(minute);
                demand.rps *= factor;
                demand
            })
            .collect();
        let mut rows = vec![Row::EMPTY; self.groups.len() + STREAMS.len()];
        let (group_rows, stream_rows) = rows.split_at_mut(self.groups.len());
        for (row, demand) in stream_rows.iter_mut().zip(&demands) {
            row.set(Measure::Requests, (demand.rps * 60.0).round());
            row.set(Measure::Errors, 0.0);
            row.set(Measure::Unhealthy, 0.0);
        }
        for (index, group) in self.groups.iter().enumerate() {
            let stream = group.plan.stream;
            let row = load::measure(
                &group.plan,
                demands[stream],
                group.serving(),
                &mut self.backlogs[index],
                self.keys[index],
                minute,
            );
            group_rows[index] = with_capacity(row, group);
            let balancer = &mut stream_rows[stream];
            if group.plan.work != Work::Queue {
                balancer.add(Measure::Errors, row.get(Measure::Errors));
            }
            if group.plan.work == Work::Front {
                balancer.add(Measure::Unhealthy, Some(f64::from(group.unhealthy())));
                if let Some(latency_s) = row.get(Measure::LatencyS) {
                    balancer.set(Measure::LatencyS, latency_s);
                }
            }
        }
        self.readings.history.push(&rows);
        self.minute += 1;
        self.alarms.look(&self.readings, self.minute);
        self.scale(now, minute);
        self.strike(now);
    }

    fn boost_factor(&mut self) -> f64 {
        let now = self.now;
        self.boost
            .filter(|boost| boost.from < now && now <= boost.until)
            .map_or(1.0, |boost| boost.factor)
    }

    fn scale(&mut self, now: Timestamp, minute: i64) {
        let alarms = &self.alarms;
        let history = &self.readings.history;
        for (index, group) in self.groups.iter_mut().enumerate() {
            let scope = STREAMS[group.plan.stream].scope;
            let cpu = history.get(index, Measure::Cpu, minute);
            let signal = |name: &str, policy: &str| alarms.signal(scope, name, policy);
            self.scalers[index].look(group, cpu, signal, now, &mut self.dice);
        }
    }

    /// Spot capacity is wanted back, an instance falls ill.
    fn strike(&mut self, now: Timestamp) {
        const MINUTES_A_DAY: f64 = 24.0 * 60.0;
        for group in &mut self.groups {
            let spot = f64::from(group.interruptible());
            if self.dice.happens(spot / (SPOT_DAYS * MINUTES_A_DAY)) {
                // There is one: the chance of an empty group is zero.
                let _ = group.interrupt(now, &mut self.dice);
            }
            if self.dice.happens(1.0 / (HEALTHY_DAYS * MINUTES_A_DAY)) {
                group.sicken(now, &mut self.dice);
            }
        }
    }

    /// Multiplies traffic from now on, for some minutes.
    pub fn traffic(&mut self, percent: u32, minutes: u32) {
        let percent = percent.min(limits::SANDBOX_TRAFFIC_PERCENT_MAX);
        let minutes = minutes.min(limits::SANDBOX_WEATHER_MINUTES_MAX);
        self.boost = Some(Boost {
            from: self.now,
            until: self
                .now
                .plus_ms(i64::from(minutes) * MINUTE_MS)
                .ceil_minute(),
            factor: f64::from(percent) / 100.0,
        });
    }

    /// There is no spot capacity from now on for some minutes, in the zones of a letter or in any.
    pub fn spot_shortage(&mut self, zone: Option<char>, minutes: u32) {
        let minutes = minutes.min(limits::SANDBOX_WEATHER_MINUTES_MAX);
        let until = self.now.plus_ms(i64::from(minutes) * MINUTE_MS);
        for group in &mut self.groups {
            group.shortage.begin(zone, until);
        }
    }

    /// Interrupts one spot instance and says where it is, of the group that has most of them.
    pub fn interrupt_spot(&mut self) -> Option<(Scope, String)> {
        let group = self
            .groups
            .iter_mut()
            .max_by_key(|group| group.interruptible())?;
        let id = group.interrupt(self.now, &mut self.dice)?;
        Some((group.reference.scope.clone(), id))
    }

    /// The targets of an account and region.
    pub fn targets(&self, scope: &Scope) -> Vec<Target> {
        let groups = self.groups.iter();
        let groups = groups.filter(|group| group.reference.scope == *scope);
        let machines = self.machines.iter();
        let machines = machines.filter(|machines| machines.reference.scope == *scope);
        groups
            .map(Group::describe)
            .chain(machines.map(Machines::describe))
            .collect()
    }

    /// One target, if it is there.
    pub fn target(&self, reference: &TargetRef) -> Option<Target> {
        let mut groups = self.groups.iter();
        let group = groups.find(|group| group.reference == *reference);
        let mut machines = self.machines.iter();
        let machines = machines.find(|machines| machines.reference == *reference);
        group
            .map(Group::describe)
            .or_else(|| machines.map(Machines::describe))
    }

    /// What a target did lately, newest first.
    pub fn activities(&self, reference: &TargetRef) -> Result<Vec<Activity>, Refusal> {
        // AWS keeps no list of what the others did.
        if !reference.kind.has_actions() {
            return Ok(Vec::new());
        }
        let mut groups = self.groups.iter();
        groups
            .find(|group| group.reference == *reference)
            .map(Group::activities)
            .ok_or_else(|| absent(reference))
    }

    /// The latest instance refreshes of a target, newest first.
    pub fn refreshes(&self, reference: &TargetRef) -> Result<Vec<Refresh>, Refusal> {
        let mut groups = self.groups.iter();
        groups
            .find(|group| group.reference == *reference)
            .map(|group| group.refreshes.list())
            .ok_or_else(|| absent(reference))
    }

    /// Carries out a call.
    pub fn carry_out(&mut self, call: &Call) -> Result<(), Refusal> {
        let target = call.target();
        let mut machines = self.machines.iter_mut();
        if let Some(machines) = machines.find(|one| Some(&one.reference) == target) {
            return on_machines(machines, call, self.now);
        }
        match call {
            Call::PutScheduledAction { target, action } => self.on(target, |group, now, _| {
                group.schedule.put(action.clone(), now)
            }),
            Call::DeleteScheduledAction { target, name } => self.on(target, |group, _, _| {
                group.schedule.delete(name);
                Ok(())
            }),
            Call::PutScheduledActions { target, actions } => self.on(target, |group, now, _| {
                // As AWS does it: those after one that is refused are put as well.
                let put = |action: &ScheduledAction| group.schedule.put(action.clone(), now);
                let refused: Vec<_> = actions.iter().map(put).filter_map(Result::err).collect();
                refused.into_iter().next().map_or(Ok(()), Err)
            }),
            Call::DeleteScheduledActions { target, names } => self.on(target, |group, _, _| {
                names.iter().for_each(|name| group.schedule.delete(name));
                Ok(())
            }),
            Call::SetCapacity { target, capacity } => self.on(target, |group, now, dice| {
                group.set_capacity(*capacity, now, dice)
            }),
            Call::PutTimer { target, timer, .. } => {
                self.on(target, |group, now, _| group.timers.put(timer.clone(), now))
            }
            Call::DeleteTimer { target, name } => self.on(target, |group, _, _| {
                group.timers.delete(name);
                Ok(())
            }),
            Call::SetPower { target, .. } => Err(absent(target)),
            Call::SetMix { target, mix } => self.on(target, |group, _, _| group.set_mix(*mix)),
            Call::StartRefresh { target, pace } => self.on(target, |group, now, dice| {
                group.start_refresh(pace, now, dice)
            }),
            Call::CancelRefresh { target } => self.on(target, |group, _, _| {
                group.refreshes.cancel();
                Ok(())
            }),
            Call::SetProcesses {
                target,
                suspend,
                resume,
            } => self.on(target, |group, now, dice| {
                group.set_processes(suspend, resume, now, dice);
                Ok(())
            }),
            Call::SetAlarmActions { alarm, enabled } => {
                self.alarms.set_actions(&self.scopes, alarm, *enabled);
                Ok(())
            }
            Call::PutAlarm { alarm, definition } => {
                let place = self.place(&alarm.scope)?;
                let (alarms, known) = (&mut self.alarms, (&self.metrics, &self.readings));
                let place = (place, &alarm.scope);
                alarms.put(place, &alarm.name, definition, known, self.now);
                Ok(())
            }
            Call::DeleteAlarm { alarm } => {
                let place = self.place(&alarm.scope)?;
                self.alarms.delete(place, &alarm.name)
            }
            Call::PutMetricFilter {
                scope,
                lines,
                namespace,
                metric,
            } => {
                let place = self.place(scope)?;
                log_lines::put_filter(self, place, lines, (namespace, metric))
            }
            Call::DeleteMetricFilter {
                scope,
                group,
                filter,
            } => {
                let place = self.place(scope)?;
                log_lines::delete_filter(self, place, group, filter);
                Ok(())
            }
        }
    }

    /// Which account and region it is, as alarms are counted by.
    fn place(&self, scope: &Scope) -> Result<usize, Refusal> {
        let place = self.scopes.iter().position(|own| own == scope);
        place.ok_or_else(|| Refusal::not_found(format!("{scope} is not there")))
    }

    /// Does something to one target.
    fn on(
        &mut self,
        reference: &TargetRef,
        act: impl FnOnce(&mut Group, Timestamp, &mut Dice) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        let group = self
            .groups
            .iter_mut()
            .find(|group| group.reference == *reference)
            .ok_or_else(|| absent(reference))?;
        act(group, self.now, &mut self.dice)?;
        group.plan_next_event();
        Ok(())
    }
}

fn on_machines(machines: &mut Machines, call: &Call, now: Timestamp) -> Result<(), Refusal> {
    let done = match call {
        Call::SetPower { power, .. } => machines.set_power(*power, now),
        Call::SetCapacity { capacity, .. } => machines.set_sizes(*capacity, now),
        Call::PutTimer { timer, .. } => machines.timers.put(timer.clone(), now),
        Call::DeleteTimer { name, .. } => {
            machines.timers.delete(name);
            Ok(())
        }
        _ => Err(Refusal::invalid("there is no such call for this")),
    };
    machines.plan_next_event();
    done
}

fn absent(reference: &TargetRef) -> Refusal {
    use domain::capacity::TargetKind;
    Refusal::not_found(match reference.kind {
        TargetKind::Asg => format!(
            "AutoScalingGroup name not found - AutoScalingGroup '{}' not found",
            reference.name
        ),
        TargetKind::Ec2Tag | TargetKind::Rds | TargetKind::RdsCluster | TargetKind::Eks => {
            format!("{} is not there", reference.name)
        }
        TargetKind::EcsService => format!(
            "No scalable target found for service namespace: ecs, resource ID: service/{}, \
             scalable dimension: ecs:service:DesiredCount",
            reference.name
        ),
    })
}

/// A target that has stood for a while: its scheduled actions have run as they
/// should, its policies have found the number that the traffic needs.
fn standing(
    mut plan: estate::TargetPlan,
    scopes: &[Scope],
    demand: crate::traffic::Demand,
    now: Timestamp,
    dice: &mut Dice,
) -> Group {
    let stream = &STREAMS[plan.stream];
    let actions = std::mem::take(&mut plan.actions);
    if !plan.suspended.iter().any(|process| process.runs_actions()) {
        let after = after_actions(&plan, &actions, now);
        (plan.min, plan.desired, plan.max) = (after.min, after.desired, after.max);
    }
    if let Scaling::Tracking { percent, .. } = plan.scaling {
        let rps = load::arriving_rps(&plan, demand);
        let needed = (rps / plan.member_rps / load::busy_at_cpu(percent)).ceil();
        plan.desired = (needed as u32).min(plan.max).max(plan.min);
    }
    let policies = policies::describe(&plan);
    let scope = scopes[stream.scope].clone();
    let environment = stream.environment.into();
    let mut group = Group::new(plan, scope, environment, policies, now, dice);
    for action in actions {
        group
            .schedule
            .put(action, now)
            .expect("the plans name actions that AWS accepts; a test puts each of them");
    }
    group.plan_next_event();
    group
}

/// The capacity after the last runs of the actions.
fn after_actions(
    plan: &estate::TargetPlan,
    actions: &[ScheduledAction],
    now: Timestamp,
) -> domain::capacity::Capacity {
    let from = now.plus_ms(-RUNS_LOOKED_BACK_MS);
    let mut runs = Vec::new();
    for action in actions {
        let fired = cron::firings(plan.kind, action, from, now.plus_ms(1)).unwrap_or_default();
        runs.extend(fired.into_iter().map(|at| (at, action.capacity)));
    }
    runs.sort_by_key(|(at, _)| *at);
    runs.into_iter()
        .fold(plan.capacity(), |capacity, (_, change)| {
            capacity.with(change)
        })
}

fn with_capacity(mut row: Row, group: &Group) -> Row {
    for (measure, value) in [
        (Measure::Unhealthy, group.unhealthy()),
        (Measure::Min, group.capacity.min),
        (Measure::Desired, group.capacity.desired),
        (Measure::Max, group.capacity.max),
        (Measure::InService, group.in_service()),
        (Measure::Pending, group.pending()),
    ] {
        row.set(measure, f64::from(value));
    }
    row
}

/// An instant as AWS writes it in its texts: whole seconds.
fn stamp(at: Timestamp) -> String {
    Timestamp::from_ms(at.seconds() * 1_000).to_string()
}
