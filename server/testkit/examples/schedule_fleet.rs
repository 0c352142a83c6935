//! Prints what schedules of a whole fleet cost: looking for drift, extending all of
//! them a day later, and applying while AWS says that it is called too often.
//!
//! `cargo run --release -p testkit --example schedule_fleet [-- --quick]`

use async_trait::async_trait;
use domain::{
    alarms::{AlarmReading, AlarmRef, AlarmTransition, Series},
    capacity::{Activity, Capacity, ScheduledAction, Target, TargetKind, TargetRef},
    changes::Change,
    coverage::{AgentMetric, Balancer},
    estate::Scope,
    fit::Traffic,
    limits,
    log_filters::LiveFilter,
    log_lines::{LogLines, LogQuestion, MetricFilter},
    log_queries::{LogQueryAnswer, LogQueryEnd, LogQueryRun},
    people::Reach,
    plan::Call,
    queues::{QueueMessage, QueueRef},
    refreshes::Refresh,
    schedules::Schedule,
    sns::{ConfirmToken, TopicArn},
    spot::SpotPrice,
    time::{HOUR_MS, MINUTE_MS, Timestamp},
    trail::TrailCall,
};
use ports::{Clock, Cloud, CloudError, CloudErrorKind, Identity, MetricRequest, Probe};
use serde_json::json;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};
use testkit::{Backing, Harness, HarnessConfig};

/// How much is measured: groups of the drift sweep, of the re-planning, of the apply.
const FULL: [usize; 3] = [1_000, 2_000, 100];
const QUICK: [usize; 3] = [100, 200, 100];
/// Under throttling one write in so many is refused.
const REFUSED_ONE_IN: u64 = 3;
/// Turns after which something is wrong.
const TURNS_MAX: usize = 500;

fn main() {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let [sweep, replan, apply] = if quick { QUICK } else { FULL };
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        throttled(apply).await;
        let fleet = swept(sweep).await;
        drop(fleet);
        replanned(replan).await;
    });
    tell(&format!("peak memory: {}", peak_memory()));
}

/// Groups that keep their scheduled actions and count the calls that AWS would get.
struct Fleet {
    scope: Scope,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    targets: BTreeMap<String, Target>,
    calls: BTreeMap<&'static str, u64>,
    throttles: bool,
    writes: u64,
}

impl Fleet {
    fn new(groups: usize, scope: Scope, clock: Arc<dyn Clock>) -> Self {
        let group = |number: usize| {
            let name = group_name(number);
            let target = Target {
                reference: TargetRef {
                    scope: scope.clone(),
                    kind: TargetKind::Asg,
                    name: name.clone(),
                },
                environment: "dev".into(),
                capacity: Capacity {
                    min: 2,
                    desired: 2,
                    max: 4,
                },
                instances: Vec::new(),
                in_service: 2,
                pending: 0,
                suspended: Vec::new(),
                mix: None,
                policies: Vec::new(),
                actions: Vec::new(),
                timers: Vec::new(),
            };
            (name, target)
        };
        let state = State {
            targets: (0..groups).map(group).collect(),
            ..State::default()
        };
        Self {
            scope,
            clock,
            state: Mutex::new(state),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.clock.now();
        for target in state.targets.values_mut() {
            target
                .actions
                .retain(|action| !action.timing.has_ended(now));
        }
        state
    }

    /// The calls since the last look, by their names.
    fn calls(&self) -> String {
        let calls = std::mem::take(&mut self.state().calls);
        let told: Vec<_> = calls
            .iter()
            .map(|(name, count)| format!("{count} {name}"))
            .collect();
        told.join(", ")
    }
}

fn group_name(number: usize) -> String {
    format!("group-{number:05}")
}

impl State {
    fn count(&mut self, name: &'static str, calls: usize) {
        *self.calls.entry(name).or_default() += calls as u64;
    }
}

/// Pages that AWS's lists take.
fn pages(rows: usize) -> usize {
    rows.div_ceil(usize::try_from(limits::AWS_PAGE_ROWS).unwrap_or(100))
        .max(1)
}

#[async_trait]
impl Cloud for Fleet {
    fn scopes(&self) -> Vec<Scope> {
        vec![self.scope.clone()]
    }

    fn timer_role(&self, _scope: &Scope) -> Option<String> {
        None
    }

    async fn identity(&self, scope: &Scope) -> Result<Identity, CloudError> {
        Ok(Identity {
            account: scope.account.to_string(),
            arn: String::new(),
        })
    }

    async fn alarms(&self, _scope: &Scope) -> Result<Vec<AlarmReading>, CloudError> {
        Ok(Vec::new())
    }

    async fn alarm(&self, _alarm: &AlarmRef) -> Result<Option<AlarmReading>, CloudError> {
        Ok(None)
    }

    async fn alarm_history(
        &self,
        _scope: &Scope,
        _name: &str,
        _from: Timestamp,
        _until: Timestamp,
    ) -> Result<Vec<AlarmTransition>, CloudError> {
        Ok(Vec::new())
    }

    async fn metric(&self, _scope: &Scope, _request: &MetricRequest) -> Result<Series, CloudError> {
        Ok(Series::default())
    }

    async fn traffic(
        &self,
        _target: &TargetRef,
        _from: Timestamp,
        _until: Timestamp,
    ) -> Result<Option<Traffic>, CloudError> {
        Ok(None)
    }

    async fn spot_prices(
        &self,
        _target: &TargetRef,
        _from: Timestamp,
        _until: Timestamp,
    ) -> Result<Vec<SpotPrice>, CloudError> {
        Ok(Vec::new())
    }

    async fn trail(
        &self,
        _target: &TargetRef,
        _from: Timestamp,
        _until: Timestamp,
    ) -> Result<Vec<TrailCall>, CloudError> {
        Ok(Vec::new())
    }

    async fn targets(&self, _scope: &Scope) -> Result<Vec<Target>, CloudError> {
        let mut state = self.state();
        let targets: Vec<Target> = state.targets.values().cloned().collect();
        let actions = targets.iter().map(|target| target.actions.len()).sum();
        // Groups, their policies, their actions.
        state.count("reads of a list", pages(targets.len()) + 1 + pages(actions));
        Ok(targets)
    }

    async fn target(&self, target: &TargetRef) -> Result<Option<Target>, CloudError> {
        let mut state = self.state();
        state.count("reads of one group", 3);
        Ok(state.targets.get(&target.name).cloned())
    }

    async fn activities(&self, _target: &TargetRef) -> Result<Vec<Activity>, CloudError> {
        Ok(Vec::new())
    }

    async fn refreshes(&self, _target: &TargetRef) -> Result<Vec<Refresh>, CloudError> {
        Ok(Vec::new())
    }

    async fn balancers(&self, _scope: &Scope) -> Result<Vec<Balancer>, CloudError> {
        Ok(Vec::new())
    }

    async fn functions(&self, _scope: &Scope) -> Result<Vec<String>, CloudError> {
        Ok(Vec::new())
    }

    async fn agent_metrics(&self, _scope: &Scope) -> Result<Vec<AgentMetric>, CloudError> {
        Ok(Vec::new())
    }

    async fn metric_filters(
        &self,
        _scope: &Scope,
        _namespace: &str,
        _metric: &str,
    ) -> Result<Vec<MetricFilter>, CloudError> {
        Ok(Vec::new())
    }

    async fn log_filters(
        &self,
        _scope: &Scope,
        _group: &str,
    ) -> Result<Option<Vec<LiveFilter>>, CloudError> {
        Ok(None)
    }

    async fn log_lines(
        &self,
        _scope: &Scope,
        _question: &LogQuestion,
    ) -> Result<LogLines, CloudError> {
        Ok(LogLines::default())
    }

    async fn run_log_query(
        &self,
        _scope: &Scope,
        _run: &LogQueryRun,
    ) -> Result<LogQueryAnswer, CloudError> {
        Ok(LogQueryAnswer {
            end: LogQueryEnd::Rows(0),
            bytes_scanned: 0,
        })
    }

    fn queues(&self) -> Vec<QueueRef> {
        Vec::new()
    }

    async fn take_messages(&self, _queue: &QueueRef) -> Result<Vec<QueueMessage>, CloudError> {
        Ok(Vec::new())
    }

    async fn delete_messages(
        &self,
        _queue: &QueueRef,
        _receipts: &[String],
    ) -> Result<(), CloudError> {
        Ok(())
    }

    async fn confirm_topic(
        &self,
        _topic: &TopicArn,
        _token: &ConfirmToken,
    ) -> Result<(), CloudError> {
        Ok(())
    }

    async fn carry_out(&self, call: &Call) -> Result<(), CloudError> {
        let mut state = self.state();
        state.count("writes", 1);
        state.writes += 1;
        if state.throttles && state.writes.is_multiple_of(REFUSED_ONE_IN) {
            state.count("writes refused", 1);
            return Err(CloudError {
                kind: CloudErrorKind::Throttled,
                action: "autoscaling:PutScheduledUpdateGroupAction",
                message: "Rate exceeded".into(),
                partly: false,
            });
        }
        let of = |target: &TargetRef| target.name.clone();
        match call {
            Call::PutScheduledAction { target, action } => {
                let target = state.targets.get_mut(&of(target)).expect("a group");
                target.actions.retain(|known| known.name != action.name);
                target.actions.push(action.clone());
                target.actions.sort_by(|a, b| a.name.cmp(&b.name));
            }
            Call::DeleteScheduledAction { target, name, .. } => {
                let target = state.targets.get_mut(&of(target)).expect("a group");
                target.actions.retain(|known| known.name != *name);
            }
            Call::PutScheduledActions { target, actions } => {
                let target = state.targets.get_mut(&of(target)).expect("a group");
                target.actions.extend(actions.iter().cloned());
                target.actions.sort_by(|a, b| a.name.cmp(&b.name));
            }
            Call::DeleteScheduledActions { target, names } => {
                let target = state.targets.get_mut(&of(target)).expect("a group");
                let goes = |action: &ScheduledAction| names.contains(&action.name);
                target.actions.retain(|known| !goes(known));
            }
            Call::SetCapacity { target, capacity } => {
                let target = state.targets.get_mut(&of(target)).expect("a group");
                target.capacity = target.capacity.with(*capacity);
            }
            other => panic!("a plain group has no use for {other:?}"),
        }
        Ok(())
    }

    async fn probe(&self, _scope: &Scope) -> Vec<Probe> {
        Vec::new()
    }
}

/// Office hours with a holiday, for some of the groups.
fn schedule(number: usize, groups: impl Iterator<Item = usize>) -> Schedule {
    let targets: Vec<_> = groups
        .map(|group| json!({ "asg": group_name(group) }))
        .collect();
    let schedule = json!({
        "name": format!("office-{number:05}"),
        "timezone": "Asia/Seoul",
        "targets": targets,
        "base": { "min": 2, "desired": 2, "max": 4 },
        "windows": [{ "name": "day", "days": ["mon..fri"], "from": "08:00", "to": "20:00",
            "capacity": { "min": 6, "desired": 6, "max": 12 } }],
        "exceptions": [{ "dates": ["2026-03-25"], "use": "base" }],
    });
    serde_json::from_value(schedule).expect("a schedule")
}

/// A console over a fleet that it has read once.
async fn start(groups: usize) -> (Harness, Arc<Fleet>) {
    let config = HarnessConfig {
        backing: Backing::Sqlite,
        alarms: 1,
        approvals: BTreeMap::new(),
    };
    let mut made = None;
    let h = Harness::prepare_over(config, |sandbox| {
        let scope = sandbox.cloud().scopes().remove(0);
        let fleet = Arc::new(Fleet::new(groups, scope, sandbox.clock()));
        made = Some(Arc::clone(&fleet));
        fleet
    });
    let h = h.await;
    h.drain().await;
    let fleet = made.expect("the harness has asked for it");
    fleet.calls();
    (h, fleet)
}

/// Approves schedules of so many groups each, for all groups.
async fn approve(h: &Harness, fleet: &Fleet, groups: usize, of_each: usize) -> usize {
    let numbers: Vec<usize> = (0..groups).collect();
    let parts = numbers.chunks(of_each);
    let count = parts.len();
    // One asks and one decides; nobody may ask AWS more often in a minute.
    let a_minute = limits::ASKS_A_MINUTE_MAX as usize / 2;
    for (number, part) in parts.enumerate() {
        if number % a_minute == a_minute - 1 {
            h.step(MINUTE_MS);
        }
        let change = Change::ApplySchedule {
            scope: fleet.scope.clone(),
            schedule: Box::new(schedule(number, part.iter().copied())),
            takes_over: Vec::new(),
            reason: "to be measured".into(),
        };
        h.approved(change).await;
    }
    count
}

/// Lets the workers run, a minute after the other, until so many schedules stand.
async fn until_standing(h: &Harness, count: usize) -> usize {
    for turn in 1..TURNS_MAX {
        h.drain().await;
        let standing = h.services.store.read().schedules(&Reach::All).await;
        if standing.expect("schedules").len() == count {
            return turn;
        }
        h.step(MINUTE_MS);
    }
    panic!("{count} schedules never stood");
}

async fn throttled(groups: usize) {
    let (h, fleet) = start(groups).await;
    let schedules = approve(&h, &fleet, groups, limits::SCHEDULE_TARGETS_MAX).await;
    fleet.calls();
    fleet.state().throttles = true;
    let took = begin();
    let turns = until_standing(&h, schedules).await;
    tell(&format!(
        "apply to {groups} groups ({schedules} schedules), one write in {REFUSED_ONE_IN} refused: \
         {turns} turns a minute apart, {} ms of work; {}",
        took.elapsed().as_millis(),
        fleet.calls()
    ));
}

async fn swept(groups: usize) -> Arc<Fleet> {
    let (h, fleet) = start(groups).await;
    let schedules = approve(&h, &fleet, groups, 1).await;
    until_standing(&h, schedules).await;
    h.step(MINUTE_MS);
    fleet.calls();
    let took = begin();
    h.drain().await;
    tell(&format!(
        "drift sweep of {groups} groups: {} ms; {}",
        took.elapsed().as_millis(),
        fleet.calls()
    ));
    fleet
}

async fn replanned(groups: usize) {
    let (h, fleet) = start(groups).await;
    let schedules = approve(&h, &fleet, groups, 1).await;
    until_standing(&h, schedules).await;
    // The same time of a working day: nothing has drifted, and every schedule has a day less.
    h.step(24 * HOUR_MS + MINUTE_MS);
    fleet.calls();
    let before = good_until(&h).await;
    let took = begin();
    let mut turns = 0;
    while !good_until(&h).await.is_disjoint(&before) {
        assert!(turns < TURNS_MAX, "the schedules were never extended");
        h.drain().await;
        turns += 1;
    }
    tell(&format!(
        "{schedules} schedules re-planned for a day more: {turns} turns, {} ms; {}",
        took.elapsed().as_millis(),
        fleet.calls()
    ));
}

/// Until when the schedules have their objects.
async fn good_until(h: &Harness) -> BTreeSet<Timestamp> {
    let mut found = BTreeSet::new();
    let mut after = None;
    loop {
        let mut read = h.services.store.read();
        let batch = read.schedules_after(after.as_ref(), limits::SCHEDULES_AT_ONCE_MAX);
        let batch = batch.await.expect("schedules");
        let Some(last) = batch.last() else {
            return found;
        };
        after = Some(last.schedule.name().clone());
        found.extend(batch.iter().map(|row| row.good_until));
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a measuring tool reads the machine's clock"
)]
fn begin() -> Instant {
    Instant::now()
}

/// The most memory that this process ever held.
fn peak_memory() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.map_or("unknown: there is no /proc here", str::trim)
        .to_owned()
}

#[expect(clippy::print_stdout, reason = "a measuring tool prints its figures")]
fn tell(line: &str) {
    println!("{line}");
}
