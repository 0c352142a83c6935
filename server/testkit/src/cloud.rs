//! The sandbox's cloud, with failures that a story scripts call by call, and a
//! record of every write.

use async_trait::async_trait;
use domain::{
    alarms::{AlarmReading, AlarmRef, AlarmTransition, Series},
    capacity::{Activity, Target, TargetRef},
    coverage::{AgentMetric, Balancer},
    estate::{Environment, Scope},
    fit::Traffic,
    log_filters::LiveFilter,
    log_lines::{LogLines, LogQuestion, MetricFilter},
    log_queries::{LogQueryAnswer, LogQueryRun},
    plan::Call,
    queues::{QueueMessage, QueueRef},
    refreshes::Refresh,
    sns::{ConfirmToken, TopicArn},
    spot::SpotPrice,
    time::Timestamp,
    trail::TrailCall,
};
use ports::{Cloud, CloudError, CloudErrorKind, Identity, MetricRequest, Probe};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// What is asked of the cloud.
#[derive(Debug, Clone, PartialEq)]
#[expect(
    clippy::large_enum_variant,
    reason = "one at a time, and stories look into the call by pattern"
)]
pub enum Asked {
    /// All alarms of a scope.
    Alarms(Scope),
    /// One alarm.
    Alarm(AlarmRef),
    /// All targets of a scope.
    Targets(Scope),
    /// One target.
    Target(TargetRef),
    /// The instance refreshes of a target.
    Refreshes(TargetRef),
    /// Who changed something.
    Trail,
    /// The Application Load Balancers of a scope.
    Balancers(Scope),
    /// The functions of a scope.
    Functions(Scope),
    /// What the CloudWatch agent reports in a scope.
    AgentMetrics(Scope),
    /// The metric filters of a scope.
    MetricFilters(Scope),
    /// Lines of a log group.
    LogLines(String),
    /// The metric filters of a log group.
    LogFilters(String),
    /// That a query over logs runs.
    LogQuery(LogQueryRun),
    /// The messages of a queue.
    Messages(QueueRef),
    /// That messages of a queue are deleted.
    DeleteMessages(QueueRef),
    /// That a subscription is confirmed.
    ConfirmTopic(TopicArn),
    /// A write.
    CarryOut(Call),
    /// Anything else.
    Other,
}

/// Answers what goes wrong, if anything.
pub type Script = Box<dyn Fn(&Asked) -> Option<CloudErrorKind> + Send + Sync>;

/// A cloud between the services and the sandbox's.
pub struct ScriptedCloud {
    inner: Arc<dyn Cloud>,
    script: Mutex<Option<Script>>,
    writes: Mutex<Vec<Call>>,
    confirmed: Mutex<Vec<(TopicArn, String)>>,
    hidden: Mutex<Vec<Scope>>,
    moved: Mutex<BTreeMap<String, Environment>>,
    alarms: Mutex<Option<Vec<AlarmReading>>>,
    log_answer: Mutex<Option<LogQueryAnswer>>,
    log_runs: Mutex<Vec<LogQueryRun>>,
}

/// A lock that outlives a story's panic.
fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl ScriptedCloud {
    /// Passes everything on until a script is set.
    #[must_use]
    pub fn new(inner: Arc<dyn Cloud>) -> Self {
        Self {
            inner,
            script: Mutex::default(),
            writes: Mutex::default(),
            confirmed: Mutex::default(),
            hidden: Mutex::default(),
            moved: Mutex::default(),
            alarms: Mutex::default(),
            log_answer: Mutex::default(),
            log_runs: Mutex::default(),
        }
    }

    /// From now on exactly these accounts and regions are not configured; services
    /// look at that when they are made.
    pub fn configure_without(&self, scopes: &[Scope]) {
        *held(&self.hidden) = scopes.to_vec();
    }

    /// From now on the tag of the target with this name says this environment.
    pub fn tag(&self, target: &str, environment: Environment) {
        held(&self.moved).insert(target.to_owned(), environment);
    }

    /// From now on every query over logs comes to this.
    pub fn log_queries_answer(&self, answer: LogQueryAnswer) {
        *held(&self.log_answer) = Some(answer);
    }

    /// The queries over logs that were run since the last look.
    pub fn log_runs(&self) -> Vec<LogQueryRun> {
        std::mem::take(&mut held(&self.log_runs))
    }

    /// From now on the estate has exactly these alarms.
    pub fn alarms_are(&self, readings: &[AlarmReading]) {
        *held(&self.alarms) = Some(readings.to_vec());
    }

    fn tagged(&self, mut target: Target) -> Target {
        if let Some(environment) = held(&self.moved).get(&target.reference.name) {
            target.environment = environment.clone();
        }
        target
    }

    /// From now on this goes wrong.
    pub fn script(&self, script: Script) {
        *held(&self.script) = Some(script);
    }

    /// From now on nothing goes wrong.
    pub fn clear(&self) {
        *held(&self.script) = None;
    }

    /// Every write that reached AWS, in order.
    #[must_use]
    pub fn writes(&self) -> Vec<Call> {
        held(&self.writes).clone()
    }

    /// Every subscription that was confirmed, with its token, in order.
    #[must_use]
    pub fn confirmed(&self) -> Vec<(TopicArn, String)> {
        held(&self.confirmed).clone()
    }

    fn check(&self, asked: &Asked) -> Result<(), CloudError> {
        let script = held(&self.script);
        match script.as_ref().and_then(|script| script(asked)) {
            Some(kind) => Err(CloudError {
                kind,
                action: "test:Scripted",
                message: "the story wants it so".into(),
                partly: false,
            }),
            None => Ok(()),
        }
    }
}

#[async_trait]
impl Cloud for ScriptedCloud {
    fn scopes(&self) -> Vec<Scope> {
        let hidden = held(&self.hidden);
        let mut scopes = self.inner.scopes();
        scopes.retain(|scope| !hidden.contains(scope));
        scopes
    }

    fn timer_role(&self, scope: &Scope) -> Option<String> {
        self.inner.timer_role(scope)
    }

    async fn identity(&self, scope: &Scope) -> Result<Identity, CloudError> {
        self.check(&Asked::Other)?;
        self.inner.identity(scope).await
    }

    async fn alarms(&self, scope: &Scope) -> Result<Vec<AlarmReading>, CloudError> {
        self.check(&Asked::Alarms(scope.clone()))?;
        let given = held(&self.alarms).clone();
        if let Some(mut given) = given {
            given.retain(|reading| reading.scope == *scope);
            return Ok(given);
        }
        self.inner.alarms(scope).await
    }

    async fn alarm(&self, alarm: &AlarmRef) -> Result<Option<AlarmReading>, CloudError> {
        self.check(&Asked::Alarm(alarm.clone()))?;
        self.inner.alarm(alarm).await
    }

    async fn alarm_history(
        &self,
        scope: &Scope,
        name: &str,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<AlarmTransition>, CloudError> {
        self.check(&Asked::Other)?;
        self.inner.alarm_history(scope, name, from, until).await
    }

    async fn metric(&self, scope: &Scope, request: &MetricRequest) -> Result<Series, CloudError> {
        self.check(&Asked::Other)?;
        self.inner.metric(scope, request).await
    }

    async fn traffic(
        &self,
        target: &TargetRef,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Option<Traffic>, CloudError> {
        self.check(&Asked::Other)?;
        self.inner.traffic(target, from, until).await
    }

    async fn spot_prices(
        &self,
        target: &TargetRef,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<SpotPrice>, CloudError> {
        self.check(&Asked::Other)?;
        self.inner.spot_prices(target, from, until).await
    }

    async fn targets(&self, scope: &Scope) -> Result<Vec<Target>, CloudError> {
        self.check(&Asked::Targets(scope.clone()))?;
        let targets = self.inner.targets(scope).await?;
        Ok(targets.into_iter().map(|t| self.tagged(t)).collect())
    }

    async fn target(&self, target: &TargetRef) -> Result<Option<Target>, CloudError> {
        self.check(&Asked::Target(target.clone()))?;
        let target = self.inner.target(target).await?;
        Ok(target.map(|t| self.tagged(t)))
    }

    async fn activities(&self, target: &TargetRef) -> Result<Vec<Activity>, CloudError> {
        self.check(&Asked::Other)?;
        self.inner.activities(target).await
    }

    async fn refreshes(&self, target: &TargetRef) -> Result<Vec<Refresh>, CloudError> {
        self.check(&Asked::Refreshes(target.clone()))?;
        self.inner.refreshes(target).await
    }

    async fn trail(
        &self,
        target: &TargetRef,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<TrailCall>, CloudError> {
        self.check(&Asked::Trail)?;
        self.inner.trail(target, from, until).await
    }

    async fn balancers(&self, scope: &Scope) -> Result<Vec<Balancer>, CloudError> {
        self.check(&Asked::Balancers(scope.clone()))?;
        self.inner.balancers(scope).await
    }

    async fn functions(&self, scope: &Scope) -> Result<Vec<String>, CloudError> {
        self.check(&Asked::Functions(scope.clone()))?;
        self.inner.functions(scope).await
    }

    async fn agent_metrics(&self, scope: &Scope) -> Result<Vec<AgentMetric>, CloudError> {
        self.check(&Asked::AgentMetrics(scope.clone()))?;
        self.inner.agent_metrics(scope).await
    }

    async fn metric_filters(
        &self,
        scope: &Scope,
        namespace: &str,
        metric: &str,
    ) -> Result<Vec<MetricFilter>, CloudError> {
        self.check(&Asked::MetricFilters(scope.clone()))?;
        self.inner.metric_filters(scope, namespace, metric).await
    }

    async fn log_lines(
        &self,
        scope: &Scope,
        question: &LogQuestion,
    ) -> Result<LogLines, CloudError> {
        self.check(&Asked::LogLines(question.group.clone()))?;
        self.inner.log_lines(scope, question).await
    }

    async fn log_filters(
        &self,
        scope: &Scope,
        group: &str,
    ) -> Result<Option<Vec<LiveFilter>>, CloudError> {
        self.check(&Asked::LogFilters(group.to_owned()))?;
        self.inner.log_filters(scope, group).await
    }

    async fn run_log_query(
        &self,
        scope: &Scope,
        run: &LogQueryRun,
    ) -> Result<LogQueryAnswer, CloudError> {
        held(&self.log_runs).push(run.clone());
        self.check(&Asked::LogQuery(run.clone()))?;
        let scripted = held(&self.log_answer).clone();
        match scripted {
            Some(answer) => Ok(answer),
            None => self.inner.run_log_query(scope, run).await,
        }
    }

    fn queues(&self) -> Vec<QueueRef> {
        self.inner.queues()
    }

    async fn take_messages(&self, queue: &QueueRef) -> Result<Vec<QueueMessage>, CloudError> {
        self.check(&Asked::Messages(queue.clone()))?;
        self.inner.take_messages(queue).await
    }

    async fn delete_messages(
        &self,
        queue: &QueueRef,
        receipts: &[String],
    ) -> Result<(), CloudError> {
        self.check(&Asked::DeleteMessages(queue.clone()))?;
        self.inner.delete_messages(queue, receipts).await
    }

    async fn confirm_topic(
        &self,
        topic: &TopicArn,
        token: &ConfirmToken,
    ) -> Result<(), CloudError> {
        self.check(&Asked::ConfirmTopic(topic.clone()))?;
        self.inner.confirm_topic(topic, token).await?;
        let confirmed = (topic.clone(), token.reveal().to_owned());
        held(&self.confirmed).push(confirmed);
        Ok(())
    }

    async fn carry_out(&self, call: &Call) -> Result<(), CloudError> {
        self.check(&Asked::CarryOut(call.clone()))?;
        self.inner.carry_out(call).await?;
        held(&self.writes).push(call.clone());
        Ok(())
    }

    async fn probe(&self, scope: &Scope) -> Vec<Probe> {
        self.inner.probe(scope).await
    }
}
