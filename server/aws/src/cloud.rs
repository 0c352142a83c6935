//! [`AwsCloud`]: the port, method by method; the work is in the other files.

use crate::{
    activities, agent, alarms, config::AwsEstate, connect::Connections, databases, groups,
    machines, metrics, node_groups, probe, refreshes, services, spot, timers, traffic, trail,
    write,
};
use async_trait::async_trait;
use aws_types::SdkConfig;
use domain::{
    alarms::{AlarmReading, AlarmRef, AlarmTransition, Series},
    capacity::{Activity, Target, TargetKind, TargetRef},
    coverage::{AgentMetric, Balancer},
    estate::Scope,
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
use ports::{Cloud, CloudError, Identity, MetricRequest, Probe};

/// The estate on AWS. Making one asks nobody; clients are made when first
/// needed and shared.
#[derive(Debug)]
pub struct AwsCloud {
    connections: Connections,
    environment_tag: String,
}

impl AwsCloud {
    /// Over the SDK's own chain of profiles, roles and environment variables.
    #[must_use]
    pub fn new(estate: &AwsEstate) -> Self {
        Self {
            connections: Connections::from_chain(estate),
            environment_tag: estate.environment_tag.clone(),
        }
    }

    /// Over a configuration made elsewhere, which then serves every account;
    /// profiles are not looked at.
    #[must_use]
    pub fn with_config(estate: &AwsEstate, config: SdkConfig) -> Self {
        Self {
            connections: Connections::from_config(estate, config),
            environment_tag: estate.environment_tag.clone(),
        }
    }

    /// Texts a telephone; the text's id.
    pub(crate) async fn text(
        &self,
        scope: &Scope,
        to: &str,
        text: &str,
    ) -> Result<String, CloudError> {
        let clients = self.connections.clients(scope).await?;
        clients.texts.send(to, text).await
    }

    /// What a document of Systems Manager holds.
    pub(crate) async fn document(&self, scope: &Scope, name: &str) -> Result<String, CloudError> {
        let clients = self.connections.clients(scope).await?;
        clients.documents.content(name).await
    }
}

#[async_trait]
impl Cloud for AwsCloud {
    fn scopes(&self) -> Vec<Scope> {
        self.connections.scopes().to_vec()
    }

    fn timer_role(&self, scope: &Scope) -> Option<String> {
        self.connections.timer_role(scope).map(ToString::to_string)
    }

    async fn identity(&self, scope: &Scope) -> Result<Identity, CloudError> {
        self.connections.identity(scope).await
    }

    async fn alarms(&self, scope: &Scope) -> Result<Vec<AlarmReading>, CloudError> {
        let clients = self.connections.clients(scope).await?;
        alarms::read_all(&clients.cloudwatch, scope).await
    }

    async fn alarm(&self, alarm: &AlarmRef) -> Result<Option<AlarmReading>, CloudError> {
        let clients = self.connections.clients(&alarm.scope).await?;
        alarms::read_one(&clients.cloudwatch, alarm).await
    }

    async fn alarm_history(
        &self,
        scope: &Scope,
        name: &str,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<AlarmTransition>, CloudError> {
        let clients = self.connections.clients(scope).await?;
        alarms::history(&clients.cloudwatch, name, from, until).await
    }

    async fn metric(&self, scope: &Scope, request: &MetricRequest) -> Result<Series, CloudError> {
        let clients = self.connections.clients(scope).await?;
        metrics::read(&clients.cloudwatch, request, clients.now()).await
    }

    async fn traffic(
        &self,
        target: &TargetRef,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Option<Traffic>, CloudError> {
        let clients = self.connections.clients(&target.scope).await?;
        traffic::read(clients, target, from, until).await
    }

    async fn spot_prices(
        &self,
        target: &TargetRef,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<SpotPrice>, CloudError> {
        let clients = self.connections.clients(&target.scope).await?;
        spot::prices(clients, target, from, until).await
    }

    async fn targets(&self, scope: &Scope) -> Result<Vec<Target>, CloudError> {
        let clients = self.connections.clients(scope).await?;
        let tag = &self.environment_tag;
        let (groups, services, node_groups, machines, databases, mut timers) = tokio::try_join!(
            groups::read_all(clients, scope, tag),
            services::read_all(clients, scope, tag),
            node_groups::read_all(clients, scope, tag),
            machines::read_all(clients, scope, tag),
            databases::read_all(clients, scope, tag),
            timers::by_resource(clients),
        )?;
        let mut targets = [groups, services, node_groups, machines, databases].concat();
        for target in &mut targets {
            timers::attach(target, &mut timers);
        }
        Ok(targets)
    }

    async fn target(&self, target: &TargetRef) -> Result<Option<Target>, CloudError> {
        let clients = self.connections.clients(&target.scope).await?;
        let tag = &self.environment_tag;
        let reading = async {
            match target.kind {
                TargetKind::Asg => groups::read_one(clients, target, tag).await,
                TargetKind::EcsService => services::read_one(clients, target, tag).await,
                TargetKind::Eks => node_groups::read_one(clients, target, tag).await,
                TargetKind::Ec2Tag => machines::read_one(clients, target, tag).await,
                TargetKind::Rds | TargetKind::RdsCluster => {
                    databases::read_one(clients, target, tag).await
                }
            }
        };
        let (mut found, mut timers) = tokio::try_join!(reading, timers::by_resource(clients))?;
        if let Some(found) = &mut found {
            timers::attach(found, &mut timers);
        }
        Ok(found)
    }

    async fn activities(&self, target: &TargetRef) -> Result<Vec<Activity>, CloudError> {
        let clients = self.connections.clients(&target.scope).await?;
        activities::read(clients, target).await
    }

    async fn refreshes(&self, target: &TargetRef) -> Result<Vec<Refresh>, CloudError> {
        let clients = self.connections.clients(&target.scope).await?;
        match target.kind {
            TargetKind::Asg => refreshes::read(clients, &target.name).await,
            // Nothing else has any.
            _ => Ok(Vec::new()),
        }
    }

    async fn trail(
        &self,
        target: &TargetRef,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<TrailCall>, CloudError> {
        let clients = self.connections.clients(&target.scope).await?;
        trail::calls(clients, target, from, until).await
    }

    async fn balancers(&self, scope: &Scope) -> Result<Vec<Balancer>, CloudError> {
        let clients = self.connections.clients(scope).await?;
        clients.balancers.all().await
    }

    async fn functions(&self, scope: &Scope) -> Result<Vec<String>, CloudError> {
        let clients = self.connections.clients(scope).await?;
        clients.functions.names().await
    }

    async fn agent_metrics(&self, scope: &Scope) -> Result<Vec<AgentMetric>, CloudError> {
        let clients = self.connections.clients(scope).await?;
        agent::metrics(&clients.cloudwatch).await
    }

    async fn metric_filters(
        &self,
        scope: &Scope,
        namespace: &str,
        metric: &str,
    ) -> Result<Vec<MetricFilter>, CloudError> {
        let clients = self.connections.clients(scope).await?;
        clients.logs.filters(namespace, metric).await
    }

    async fn log_lines(
        &self,
        scope: &Scope,
        question: &LogQuestion,
    ) -> Result<LogLines, CloudError> {
        let clients = self.connections.clients(scope).await?;
        clients.logs.lines(question).await
    }

    async fn log_filters(
        &self,
        scope: &Scope,
        group: &str,
    ) -> Result<Option<Vec<LiveFilter>>, CloudError> {
        let clients = self.connections.clients(scope).await?;
        clients.logs.filters_of(group).await
    }

    async fn run_log_query(
        &self,
        scope: &Scope,
        run: &LogQueryRun,
    ) -> Result<LogQueryAnswer, CloudError> {
        let clients = self.connections.clients(scope).await?;
        clients.logs.run_query(run).await
    }

    fn queues(&self) -> Vec<QueueRef> {
        self.connections.queues().to_vec()
    }

    async fn take_messages(&self, queue: &QueueRef) -> Result<Vec<QueueMessage>, CloudError> {
        let clients = self.connections.clients(&queue.scope).await?;
        clients.queues.receive(queue).await
    }

    async fn delete_messages(
        &self,
        queue: &QueueRef,
        receipts: &[String],
    ) -> Result<(), CloudError> {
        let clients = self.connections.clients(&queue.scope).await?;
        clients.queues.delete(queue, receipts).await
    }

    async fn confirm_topic(
        &self,
        topic: &TopicArn,
        token: &ConfirmToken,
    ) -> Result<(), CloudError> {
        let clients = self.connections.clients(topic.scope()).await?;
        clients.topics.confirm(topic, token).await
    }

    async fn carry_out(&self, call: &Call) -> Result<(), CloudError> {
        let clients = self.connections.clients(call.scope()).await?;
        write::carry_out(clients, call).await
    }

    async fn probe(&self, scope: &Scope) -> Vec<Probe> {
        match self.connections.clients(scope).await {
            Ok(clients) => probe::all(clients).await,
            Err(error) => probe::unreachable(&error),
        }
    }
}
