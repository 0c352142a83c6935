//! The sandbox behind the cloud port. Every call first brings the world to the
//! clock's now; a call that must fail fails as AWS would, and changes nothing.

use crate::{
    clock::DemoClock,
    log_lines, log_queries,
    metrics::Statistic,
    queue::{Messages, queue},
    watched,
    world::{Refusal, World},
};
use async_trait::async_trait;
use domain::{
    alarms::{AlarmReading, AlarmRef, AlarmTransition, Series},
    capacity::{Activity, Target, TargetKind, TargetRef},
    coverage::{AgentMetric, Balancer},
    estate::Scope,
    fit::Traffic,
    limits,
    log_filters::LiveFilter,
    log_lines::{LogLines, LogQuestion, MetricFilter},
    log_queries::{LogQueryAnswer, LogQueryRun},
    plan::Call,
    queues::{QueueMessage, QueueRef},
    refreshes::Refresh,
    schedules::Power,
    sns::{ConfirmToken, TopicArn},
    spot::SpotPrice,
    time::{MINUTE_MS, Timestamp},
    trail::TrailCall,
};
use ports::{
    Clock, Cloud, CloudError, CloudErrorKind, Identity, MetricRequest, Probe, ProbeOutcome,
};
use serde_json::json;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How the simulated AWS fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Not at all.
    None,
    /// Too many calls.
    Throttled,
    /// Out of order.
    Unavailable,
    /// The role may do nothing.
    Denied,
}

impl Fault {
    /// Reads `none`, `throttled`, `unavailable` or `denied`.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "none" => Self::None,
            "throttled" => Self::Throttled,
            "unavailable" => Self::Unavailable,
            "denied" => Self::Denied,
            _ => return None,
        })
    }
}

struct State {
    world: World,
    fault: Fault,
    fault_until: Timestamp,
    /// Calls that others made.
    trail: Vec<(TargetRef, TrailCall)>,
    queue: Messages,
}

impl State {
    fn fault_now(&self) -> Fault {
        match self.world.now() < self.fault_until {
            true => self.fault,
            false => Fault::None,
        }
    }
}

/// The cloud of the sandbox.
pub(crate) struct DemoCloud {
    clock: Arc<DemoClock>,
    scopes: Vec<Scope>,
    state: Mutex<State>,
}

impl DemoCloud {
    pub fn new(world: World, clock: Arc<DemoClock>) -> Self {
        Self {
            clock,
            scopes: world.scopes.clone(),
            state: Mutex::new(State {
                world,
                fault: Fault::None,
                fault_until: Timestamp::default(),
                trail: Vec::new(),
                queue: Messages::default(),
            }),
        }
    }

    /// Lets the world catch up with the clock.
    pub fn look(&self) {
        drop(self.state());
    }

    pub fn traffic(&self, percent: u32, minutes: u32) {
        self.state().world.traffic(percent, minutes);
    }

    pub fn spot_shortage(&self, zone: Option<char>, minutes: u32) {
        self.state().world.spot_shortage(zone, minutes);
    }

    pub fn interrupt_spot(&self) -> Option<String> {
        let mut state = self.state();
        let (scope, id) = state.world.interrupt_spot()?;
        let at = state.world.now();
        // As the EC2 User Guide has it ("Spot Instance interruption notices").
        let event = json!({
            "version": "0",
            "id": format!("{id}-{}", at.seconds()),
            "detail-type": "EC2 Spot Instance Interruption Warning",
            "source": "aws.ec2",
            "account": scope.account,
            "time": at,
            "region": scope.region,
            "resources": [],
            "detail": { "instance-id": id, "instance-action": "terminate" },
        });
        state.queue.send(event.to_string(), at);
        Some(id)
    }

    /// Somebody makes a call past the console; CloudTrail records it.
    pub fn by_hand(&self, who: &str, call: &Call) -> Result<(), CloudError> {
        let action = writes(call);
        let mut state = self.state();
        state.world.carry_out(call).map_err(refused(action))?;
        let (_, name) = action.split_once(':').unwrap_or_default();
        let recorded = TrailCall {
            at: state.world.now(),
            who: who.to_owned(),
            call: name.to_owned(),
        };
        let target = call.target().cloned();
        state.trail.extend(target.map(|target| (target, recorded)));
        Ok(())
    }

    /// Puts a message into the queue of events.
    pub fn send(&self, body: &str) {
        let mut state = self.state();
        let now = state.world.now();
        state.queue.send(body.to_owned(), now);
    }

    pub fn fault(&self, fault: Fault, seconds: u32) {
        let mut state = self.state();
        let seconds = seconds.min(limits::SANDBOX_FAULT_S_MAX);
        state.fault = fault;
        state.fault_until = state.world.now().plus_ms(i64::from(seconds) * 1_000);
    }

    /// The world's now.
    pub fn now(&self) -> Timestamp {
        self.state().world.now()
    }

    /// The fault that calls meet now.
    pub fn fault_now(&self) -> Fault {
        self.state().fault_now()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.world.advance(self.clock.now());
        state
    }

    /// The world, unless it is to fail this call.
    fn open(
        &self,
        scope: &Scope,
        action: &'static str,
    ) -> Result<MutexGuard<'_, State>, CloudError> {
        let state = self.state();
        let (kind, message) = match state.fault_now() {
            Fault::None => return Ok(state),
            Fault::Throttled => (CloudErrorKind::Throttled, "Rate exceeded".to_owned()),
            Fault::Unavailable => (
                CloudErrorKind::Unavailable,
                "the service is unavailable (HTTP 503)".to_owned(),
            ),
            Fault::Denied => (
                CloudErrorKind::Denied,
                format!(
                    "User: {} is not authorized to perform: {action} because no identity-based \
                     policy allows the {action} action",
                    arn(scope)
                ),
            ),
        };
        Err(CloudError {
            kind,
            action,
            message,
            partly: false,
        })
    }

    /// Its index among the scopes of the estate.
    fn index(&self, scope: &Scope, action: &'static str) -> Result<usize, CloudError> {
        let mut scopes = self.scopes.iter();
        scopes
            .position(|known| known == scope)
            .ok_or_else(|| CloudError {
                kind: CloudErrorKind::NotFound,
                action,
                message: format!("{scope} is not part of the sandbox"),
                partly: false,
            })
    }
}

fn arn(scope: &Scope) -> String {
    format!(
        "arn:aws:sts::{}:assumed-role/lamplighter/sandbox",
        scope.account
    )
}

fn refused(action: &'static str) -> impl Fn(Refusal) -> CloudError {
    move |refusal| CloudError {
        kind: refusal.kind,
        action,
        message: refusal.message,
        partly: false,
    }
}

const IDENTITY: &str = "sts:GetCallerIdentity";
const ALARMS: &str = "cloudwatch:DescribeAlarms";
const ALARM_HISTORY: &str = "cloudwatch:DescribeAlarmHistory";
const METRIC: &str = "cloudwatch:GetMetricData";
const GROUPS: &str = "autoscaling:DescribeAutoScalingGroups";
const GROUP_ACTIVITIES: &str = "autoscaling:DescribeScalingActivities";
const SERVICES: &str = "application-autoscaling:DescribeScalableTargets";
const SERVICE_ACTIVITIES: &str = "application-autoscaling:DescribeScalingActivities";
const GROUP_PUT: &str = "autoscaling:PutScheduledUpdateGroupAction";
const GROUP_DELETE: &str = "autoscaling:DeleteScheduledAction";
const GROUP_PUT_BATCH: &str = "autoscaling:BatchPutScheduledUpdateGroupAction";
const GROUP_DELETE_BATCH: &str = "autoscaling:BatchDeleteScheduledAction";
const GROUP_SET: &str = "autoscaling:UpdateAutoScalingGroup";
const SERVICE_PUT: &str = "application-autoscaling:PutScheduledAction";
const SERVICE_DELETE: &str = "application-autoscaling:DeleteScheduledAction";
const SERVICE_BOUNDS: &str = "application-autoscaling:RegisterScalableTarget";
const SERVICE_SET: &str = "ecs:UpdateService";
const TIMER_CREATE: &str = "scheduler:CreateSchedule";
const TIMER_UPDATE: &str = "scheduler:UpdateSchedule";
const TIMER_DELETE: &str = "scheduler:DeleteSchedule";
const GROUP_SUSPEND: &str = "autoscaling:SuspendProcesses";
const GROUP_RESUME: &str = "autoscaling:ResumeProcesses";
const NODE_GROUPS: &str = "eks:DescribeNodegroup";
const NODE_GROUP_SET: &str = "eks:UpdateNodegroupConfig";
const INSTANCES: &str = "ec2:DescribeInstances";
const TRAIL: &str = "cloudtrail:LookupEvents";
const QUEUE_TAKE: &str = "sqs:ReceiveMessage";
const QUEUE_DELETE: &str = "sqs:DeleteMessage";
const TOPIC_CONFIRM: &str = "sns:ConfirmSubscription";
const BALANCERS: &str = "elasticloadbalancing:DescribeLoadBalancers";
const FUNCTIONS: &str = "lambda:ListFunctions";
const AGENT_METRICS: &str = "cloudwatch:ListMetrics";
const METRIC_FILTERS: &str = "logs:DescribeMetricFilters";
const LOG_LINES: &str = "logs:FilterLogEvents";
const FILTER_PUT: &str = "logs:PutMetricFilter";
const FILTER_DELETE: &str = "logs:DeleteMetricFilter";
const LOG_QUERY_START: &str = "logs:StartQuery";
const LOG_QUERY_READ: &str = "logs:GetQueryResults";
const LOG_QUERY_STOP: &str = "logs:StopQuery";
const SPOT_PRICES: &str = "ec2:DescribeSpotPriceHistory";
const INSTANCES_START: &str = "ec2:StartInstances";
const INSTANCES_STOP: &str = "ec2:StopInstances";
const DATABASES: &str = "rds:DescribeDBInstances";
const DATABASE_START: &str = "rds:StartDBInstance";
const DATABASE_STOP: &str = "rds:StopDBInstance";
const CLUSTERS: &str = "rds:DescribeDBClusters";
const CLUSTER_START: &str = "rds:StartDBCluster";
const CLUSTER_STOP: &str = "rds:StopDBCluster";
const REFRESHES: &str = "autoscaling:DescribeInstanceRefreshes";
const REFRESH_START: &str = "autoscaling:StartInstanceRefresh";
const REFRESH_CANCEL: &str = "autoscaling:CancelInstanceRefresh";
const ALARM_ENABLE: &str = "cloudwatch:EnableAlarmActions";
const ALARM_DISABLE: &str = "cloudwatch:DisableAlarmActions";
const ALARM_PUT: &str = "cloudwatch:PutMetricAlarm";
const ALARM_DELETE: &str = "cloudwatch:DeleteAlarms";

/// CloudTrail tells of a call so long after it.
const TRAIL_DELAY_MS: i64 = 3 * MINUTE_MS;

/// The permissions that a probe tells about, and what each is for.
const PROBES: [(&str, &str); 55] = [
    (
        IDENTITY,
        "making sure that the credentials belong to the account",
    ),
    (ALARMS, "listing alarms and their states"),
    (ALARM_HISTORY, "showing when an alarm changed state"),
    (METRIC, "drawing metrics"),
    (AGENT_METRICS, "telling what the CloudWatch agent reports"),
    (BALANCERS, "telling which load balancers have no alarm"),
    (FUNCTIONS, "telling which functions have no alarm"),
    (METRIC_FILTERS, "finding the log groups behind an alarm"),
    (LOG_LINES, "showing lines of logs around an alarm"),
    (
        LOG_QUERY_START,
        "running the queries of logs that the configuration names",
    ),
    (LOG_QUERY_READ, "counting the rows that they answer"),
    (LOG_QUERY_STOP, "ending those that take too long"),
    (GROUPS, "listing groups and their instances"),
    (GROUP_ACTIVITIES, "showing what a group did and why"),
    (SERVICES, "listing services that scale"),
    (SERVICE_ACTIVITIES, "showing what a service did and why"),
    (NODE_GROUPS, "showing the sizes of a node group"),
    (INSTANCES, "telling spot from on-demand instances"),
    (
        SPOT_PRICES,
        "showing what a group's instance types cost as spot",
    ),
    (DATABASES, "showing whether databases run"),
    (CLUSTERS, "showing whether Aurora clusters run"),
    (TRAIL, "telling who changed what a schedule had set"),
    (QUEUE_TAKE, "taking events from their queue"),
    (QUEUE_DELETE, "letting go of events that are kept"),
    (
        TOPIC_CONFIRM,
        "confirming that a topic may tell us what it publishes",
    ),
    (GROUP_PUT, "scheduling an approved change of a group"),
    (GROUP_DELETE, "taking a scheduled change of a group back"),
    (GROUP_PUT_BATCH, "scheduling several of them at once"),
    (GROUP_DELETE_BATCH, "taking several of them back at once"),
    (GROUP_SET, "setting a group's capacity now"),
    (SERVICE_PUT, "scheduling an approved change of a service"),
    (
        SERVICE_DELETE,
        "taking a scheduled change of a service back",
    ),
    (SERVICE_BOUNDS, "setting a service's bounds now"),
    (SERVICE_SET, "setting a service's task count now"),
    (
        TIMER_CREATE,
        "letting AWS make at a time what no scheduled action can do",
    ),
    (TIMER_UPDATE, "replacing such a schedule"),
    (TIMER_DELETE, "taking such a schedule back"),
    (NODE_GROUP_SET, "setting the sizes of a node group now"),
    (INSTANCES_START, "starting the instances of a tag now"),
    (INSTANCES_STOP, "stopping the instances of a tag now"),
    (DATABASE_START, "starting a database now"),
    (DATABASE_STOP, "stopping a database now"),
    (CLUSTER_START, "starting an Aurora cluster now"),
    (CLUSTER_STOP, "stopping an Aurora cluster now"),
    (GROUP_SUSPEND, "suspending processes of a group"),
    (GROUP_RESUME, "resuming processes of a group"),
    (REFRESHES, "following an instance refresh to its end"),
    (REFRESH_START, "replacing the instances of a group"),
    (REFRESH_CANCEL, "ending that early"),
    (ALARM_ENABLE, "switching an alarm's actions on"),
    (ALARM_DISABLE, "switching an alarm's actions off"),
    (ALARM_PUT, "making an alarm, or changing one"),
    (ALARM_DELETE, "taking a new alarm back"),
    (FILTER_PUT, "counting lines of a log for an alarm"),
    (FILTER_DELETE, "taking such a count back"),
];

const fn describes(kind: TargetKind) -> &'static str {
    match kind {
        TargetKind::Asg => GROUPS,
        TargetKind::EcsService => SERVICES,
        TargetKind::Eks => NODE_GROUPS,
        TargetKind::Ec2Tag => INSTANCES,
        TargetKind::Rds => DATABASES,
        TargetKind::RdsCluster => CLUSTERS,
    }
}

/// The call that fails first, if AWS fails.
const fn writes(call: &Call) -> &'static str {
    match call {
        Call::PutScheduledAction { target, .. } => match target.kind {
            TargetKind::EcsService => SERVICE_PUT,
            _ => GROUP_PUT,
        },
        Call::DeleteScheduledAction { target, .. } => match target.kind {
            TargetKind::EcsService => SERVICE_DELETE,
            _ => GROUP_DELETE,
        },
        Call::PutScheduledActions { .. } => GROUP_PUT_BATCH,
        Call::DeleteScheduledActions { .. } => GROUP_DELETE_BATCH,
        Call::SetCapacity { target, capacity } => match (target.kind, capacity.min, capacity.max) {
            (TargetKind::Eks, ..) => NODE_GROUP_SET,
            (TargetKind::EcsService, None, None) => SERVICE_SET,
            (TargetKind::EcsService, ..) => SERVICE_BOUNDS,
            _ => GROUP_SET,
        },
        Call::SetPower { target, power, .. } => match (target.kind, power) {
            (TargetKind::Rds, Power::Running) => DATABASE_START,
            (TargetKind::Rds, Power::Stopped) => DATABASE_STOP,
            (TargetKind::RdsCluster, Power::Running) => CLUSTER_START,
            (TargetKind::RdsCluster, Power::Stopped) => CLUSTER_STOP,
            (_, Power::Running) => INSTANCES_START,
            (_, Power::Stopped) => INSTANCES_STOP,
        },
        Call::SetProcesses {
            target, suspend, ..
        } => match target.kind {
            TargetKind::EcsService => SERVICE_BOUNDS,
            _ if suspend.is_empty() => GROUP_RESUME,
            _ => GROUP_SUSPEND,
        },
        Call::PutTimer { replaces: true, .. } => TIMER_UPDATE,
        Call::PutTimer { .. } => TIMER_CREATE,
        Call::DeleteTimer { .. } => TIMER_DELETE,
        Call::SetMix { .. } => GROUP_SET,
        Call::StartRefresh { .. } => REFRESH_START,
        Call::CancelRefresh { .. } => REFRESH_CANCEL,
        Call::SetAlarmActions { enabled: true, .. } => ALARM_ENABLE,
        Call::SetAlarmActions { enabled: false, .. } => ALARM_DISABLE,
        Call::PutAlarm { .. } => ALARM_PUT,
        Call::DeleteAlarm { .. } => ALARM_DELETE,
        Call::PutMetricFilter { .. } => FILTER_PUT,
        Call::DeleteMetricFilter { .. } => FILTER_DELETE,
    }
}

#[async_trait]
impl Cloud for DemoCloud {
    fn scopes(&self) -> Vec<Scope> {
        self.scopes.clone()
    }

    fn timer_role(&self, scope: &Scope) -> Option<String> {
        let account = &scope.account;
        Some(format!("arn:aws:iam::{account}:role/lamplighter-scheduler"))
    }

    async fn identity(&self, scope: &Scope) -> Result<Identity, CloudError> {
        self.index(scope, IDENTITY)?;
        drop(self.open(scope, IDENTITY)?);
        Ok(Identity {
            account: scope.account.to_string(),
            arn: arn(scope),
        })
    }

    async fn alarms(&self, scope: &Scope) -> Result<Vec<AlarmReading>, CloudError> {
        let index = self.index(scope, ALARMS)?;
        Ok(self.open(scope, ALARMS)?.world.alarms.list(index))
    }

    async fn alarm(&self, alarm: &AlarmRef) -> Result<Option<AlarmReading>, CloudError> {
        let index = self.index(&alarm.scope, ALARMS)?;
        let state = self.open(&alarm.scope, ALARMS)?;
        Ok(state.world.alarms.one(index, &alarm.name))
    }

    async fn alarm_history(
        &self,
        scope: &Scope,
        name: &str,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<AlarmTransition>, CloudError> {
        let index = self.index(scope, ALARM_HISTORY)?;
        let state = self.open(scope, ALARM_HISTORY)?;
        // DescribeAlarmHistory of an unknown alarm is an empty list.
        let history = state.world.alarms.history(index, name, from, until);
        Ok(history.unwrap_or_default())
    }

    async fn metric(&self, scope: &Scope, request: &MetricRequest) -> Result<Series, CloudError> {
        let index = self.index(scope, METRIC)?;
        let state = self.open(scope, METRIC)?;
        let word = &request.metric.statistic;
        let statistic = Statistic::parse(word).ok_or_else(|| CloudError {
            kind: CloudErrorKind::Invalid,
            action: METRIC,
            message: format!("The value {word} for parameter Stat is not supported."),
            partly: false,
        })?;
        let world = &state.world;
        Ok(world.metrics.series(
            &world.readings,
            index,
            &request.metric,
            statistic,
            (request.from, request.until),
            world.now().floor_minute(),
        ))
    }

    async fn traffic(
        &self,
        target: &TargetRef,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Option<Traffic>, CloudError> {
        self.index(&target.scope, METRIC)?;
        let state = self.open(&target.scope, METRIC)?;
        Ok(state.world.requests(target, from, until))
    }

    async fn spot_prices(
        &self,
        target: &TargetRef,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<SpotPrice>, CloudError> {
        self.index(&target.scope, SPOT_PRICES)?;
        let state = self.open(&target.scope, SPOT_PRICES)?;
        Ok(state.world.spot_prices(target, from, until))
    }

    async fn targets(&self, scope: &Scope) -> Result<Vec<Target>, CloudError> {
        self.index(scope, GROUPS)?;
        Ok(self.open(scope, GROUPS)?.world.targets(scope))
    }

    async fn target(&self, target: &TargetRef) -> Result<Option<Target>, CloudError> {
        let action = describes(target.kind);
        self.index(&target.scope, action)?;
        Ok(self.open(&target.scope, action)?.world.target(target))
    }

    async fn activities(&self, target: &TargetRef) -> Result<Vec<Activity>, CloudError> {
        let action = match target.kind {
            TargetKind::EcsService => SERVICE_ACTIVITIES,
            _ => GROUP_ACTIVITIES,
        };
        self.index(&target.scope, action)?;
        let state = self.open(&target.scope, action)?;
        state.world.activities(target).map_err(refused(action))
    }

    async fn refreshes(&self, target: &TargetRef) -> Result<Vec<Refresh>, CloudError> {
        self.index(&target.scope, REFRESHES)?;
        let state = self.open(&target.scope, REFRESHES)?;
        state.world.refreshes(target).map_err(refused(REFRESHES))
    }

    async fn trail(
        &self,
        target: &TargetRef,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<TrailCall>, CloudError> {
        self.index(&target.scope, TRAIL)?;
        let state = self.open(&target.scope, TRAIL)?;
        // CloudTrail tells of a call some minutes after it.
        let told = state.world.now().plus_ms(-TRAIL_DELAY_MS);
        let calls = state.trail.iter().rev().filter(|(changed, call)| {
            changed == target && (from..until).contains(&call.at) && call.at <= told
        });
        let calls = calls.map(|(_, call)| call.clone());
        Ok(calls.take(limits::TRAIL_CALLS_MAX).collect())
    }

    async fn balancers(&self, scope: &Scope) -> Result<Vec<Balancer>, CloudError> {
        let index = self.index(scope, BALANCERS)?;
        drop(self.open(scope, BALANCERS)?);
        Ok(watched::balancers(index))
    }

    async fn functions(&self, scope: &Scope) -> Result<Vec<String>, CloudError> {
        let index = self.index(scope, FUNCTIONS)?;
        drop(self.open(scope, FUNCTIONS)?);
        Ok(watched::functions(index))
    }

    async fn agent_metrics(&self, scope: &Scope) -> Result<Vec<AgentMetric>, CloudError> {
        let index = self.index(scope, AGENT_METRICS)?;
        let state = self.open(scope, AGENT_METRICS)?;
        Ok(state.world.metrics.of_agent(index))
    }

    async fn metric_filters(
        &self,
        scope: &Scope,
        namespace: &str,
        metric: &str,
    ) -> Result<Vec<MetricFilter>, CloudError> {
        let index = self.index(scope, METRIC_FILTERS)?;
        let state = self.open(scope, METRIC_FILTERS)?;
        Ok(log_lines::filters(&state.world, index, namespace, metric))
    }

    async fn log_lines(
        &self,
        scope: &Scope,
        question: &LogQuestion,
    ) -> Result<LogLines, CloudError> {
        let index = self.index(scope, LOG_LINES)?;
        let state = self.open(scope, LOG_LINES)?;
        let found = log_lines::lines(&state.world, index, question);
        found.map_err(refused(LOG_LINES))
    }

    async fn log_filters(
        &self,
        scope: &Scope,
        group: &str,
    ) -> Result<Option<Vec<LiveFilter>>, CloudError> {
        let index = self.index(scope, METRIC_FILTERS)?;
        let state = self.open(scope, METRIC_FILTERS)?;
        Ok(log_lines::filters_of(&state.world, index, group))
    }

    async fn run_log_query(
        &self,
        scope: &Scope,
        run: &LogQueryRun,
    ) -> Result<LogQueryAnswer, CloudError> {
        let index = self.index(scope, LOG_QUERY_START)?;
        let state = self.open(scope, LOG_QUERY_START)?;
        let answer = log_queries::answer(&state.world, index, run);
        answer.map_err(refused(LOG_QUERY_START))
    }

    fn queues(&self) -> Vec<QueueRef> {
        self.scopes.first().and_then(queue).into_iter().collect()
    }

    async fn take_messages(&self, queue: &QueueRef) -> Result<Vec<QueueMessage>, CloudError> {
        self.index(&queue.scope, QUEUE_TAKE)?;
        let mut state = self.open(&queue.scope, QUEUE_TAKE)?;
        let now = state.world.now();
        Ok(state.queue.take(now))
    }

    async fn delete_messages(
        &self,
        queue: &QueueRef,
        receipts: &[String],
    ) -> Result<(), CloudError> {
        self.index(&queue.scope, QUEUE_DELETE)?;
        self.open(&queue.scope, QUEUE_DELETE)?
            .queue
            .delete(receipts);
        Ok(())
    }

    async fn confirm_topic(
        &self,
        topic: &TopicArn,
        _token: &ConfirmToken,
    ) -> Result<(), CloudError> {
        self.index(topic.scope(), TOPIC_CONFIRM)?;
        self.open(topic.scope(), TOPIC_CONFIRM).map(drop)
    }

    async fn carry_out(&self, call: &Call) -> Result<(), CloudError> {
        let action = writes(call);
        let scope = call.scope();
        self.index(scope, action)?;
        let mut state = self.open(scope, action)?;
        state.world.carry_out(call).map_err(refused(action))
    }

    async fn probe(&self, scope: &Scope) -> Vec<Probe> {
        let outcome = |action| match self.index(scope, action).and_then(|_| {
            // Only whether it would be answered.
            self.open(scope, action).map(drop)
        }) {
            Ok(()) => ProbeOutcome::Ok,
            Err(error) if error.kind == CloudErrorKind::Denied => ProbeOutcome::Denied,
            Err(error) => ProbeOutcome::Unknown { why: error.message },
        };
        PROBES
            .iter()
            .map(|(action, used_for)| Probe {
                action: (*action).into(),
                used_for: (*used_for).into(),
                outcome: outcome(action),
            })
            .collect()
    }
}
