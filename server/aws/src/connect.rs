//! Clients: one set for each account and region, made when first needed and
//! shared from then on. An account is used only after its credentials were
//! seen to belong to it.

use crate::{
    balancers::Balancers,
    calendars::Documents,
    config::{AccountConfig, AwsEstate, RoleArn, Timeouts, Watch},
    convert,
    databases::Databases,
    ec2::Ec2,
    error::{cloud_error, own_error},
    functions::Functions,
    log_lines::Logs,
    node_groups::NodeGroups,
    permissions::Action,
    profile::NamedProfile,
    queues::Queues,
    sms::Texts,
    timers::Timers,
    topics::Topics,
    trail::Trail,
};
use aws_config::{
    AppName, BehaviorVersion, SdkConfig, identity::IdentityCache, sts::AssumeRoleProvider,
};
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_types::{region::Region, service_config::ServiceConfigKey};
use domain::{estate::Scope, limits::AWS_IDENTITY_MS, queues::QueueRef, time::Timestamp};
use ports::{CloudError, CloudErrorKind, Identity};
use std::{collections::HashMap, sync::Arc};
use tokio::sync::{Mutex, OnceCell};

/// The name of our role sessions in CloudTrail, and of us in user agents.
const NAME: &str = "lamplighter";

/// The clients of one account and region.
#[derive(Debug)]
pub struct Clients {
    /// CloudWatch.
    pub cloudwatch: aws_sdk_cloudwatch::Client,
    /// EC2 Auto Scaling.
    pub autoscaling: aws_sdk_autoscaling::Client,
    /// Application Auto Scaling.
    pub application: aws_sdk_applicationautoscaling::Client,
    /// ECS.
    pub ecs: aws_sdk_ecs::Client,
    /// STS.
    pub sts: aws_sdk_sts::Client,
    /// EC2.
    pub ec2: Ec2,
    /// RDS.
    pub databases: Databases,
    /// EKS.
    pub node_groups: NodeGroups,
    /// Elastic Load Balancing.
    pub balancers: Balancers,
    /// Lambda.
    pub functions: Functions,
    /// CloudWatch Logs.
    pub logs: Logs,
    /// CloudTrail.
    pub trail: Trail,
    /// SQS.
    pub queues: Queues,
    /// SNS.
    pub topics: Topics,
    /// SNS, for texts.
    pub texts: Texts,
    /// Systems Manager.
    pub documents: Documents,
    /// EventBridge Scheduler, where a role is configured for it.
    pub timers: Option<Timers>,
    /// What is watched besides groups and services.
    pub watch: Watch,
    config: SdkConfig,
}

impl Clients {
    fn new(config: SdkConfig, account: &AccountConfig) -> Result<Self, CloudError> {
        let timer_role = account.timer_role.as_ref();
        Ok(Self {
            cloudwatch: aws_sdk_cloudwatch::Client::new(&config),
            autoscaling: aws_sdk_autoscaling::Client::new(&config),
            application: aws_sdk_applicationautoscaling::Client::new(&config),
            ecs: aws_sdk_ecs::Client::new(&config),
            sts: aws_sdk_sts::Client::new(&config),
            ec2: Ec2::new(&config)?,
            databases: Databases::new(&config)?,
            node_groups: NodeGroups::new(&config)?,
            balancers: Balancers::new(&config)?,
            functions: Functions::new(&config)?,
            logs: Logs::new(&config)?,
            trail: Trail::new(&config)?,
            queues: Queues::new(&config)?,
            topics: Topics::new(&config)?,
            texts: Texts::new(&config)?,
            documents: Documents::new(&config)?,
            watch: account.watch.within(config.region()),
            timers: timer_role.map(|role| Timers::new(&config, role.as_str())),
            config,
        })
    }

    /// Now, by the clock that requests are signed with. It only chooses how fine
    /// a metric may be asked for, and when to look again whose the credentials are.
    pub fn now(&self) -> Timestamp {
        self.config
            .time_source()
            .map_or(Timestamp::default(), |source| {
                convert::instant(&source.now().into())
            })
    }

    /// Who the credentials belong to.
    ///
    /// # Errors
    /// As every call.
    pub async fn identity(&self) -> Result<Identity, CloudError> {
        let caller = self
            .sts
            .get_caller_identity()
            .send()
            .await
            .map_err(|error| cloud_error(Action::GetCallerIdentity, &error))?;
        Ok(Identity {
            account: caller.account.unwrap_or_default(),
            arn: caller.arn.unwrap_or_default(),
        })
    }
}

/// Where the accounts' SDK configuration comes from.
#[derive(Debug)]
enum Source {
    /// The SDK's own chain, with one HTTP client for all.
    Chain(SharedHttpClient),
    /// Given, the same for every account.
    Given(Box<SdkConfig>),
}

#[derive(Debug)]
struct Account {
    config: AccountConfig,
    base: OnceCell<SdkConfig>,
    /// When the credentials were last seen to belong to the account.
    verified_at: Mutex<Option<Timestamp>>,
}

/// All accounts and regions of the estate.
#[derive(Debug)]
pub struct Connections {
    source: Source,
    timeouts: Timeouts,
    scopes: Vec<Scope>,
    queues: Vec<QueueRef>,
    clients: HashMap<Scope, (Arc<Account>, OnceCell<Clients>)>,
}

impl Connections {
    /// Over the SDK's own chain; nothing is asked yet.
    pub fn from_chain(estate: &AwsEstate) -> Self {
        let client = aws_smithy_http_client::Builder::new()
            .tls_provider(Provider::Rustls(CryptoMode::Ring))
            .build_https();
        Self::new(estate, Source::Chain(client))
    }

    /// Over a given configuration, of which region, time-outs, retries and
    /// role are replaced.
    pub fn from_config(estate: &AwsEstate, config: SdkConfig) -> Self {
        Self::new(estate, Source::Given(Box::new(config)))
    }

    fn new(estate: &AwsEstate, source: Source) -> Self {
        let mut connections = Self {
            source,
            timeouts: estate.timeouts,
            scopes: Vec::new(),
            queues: Vec::new(),
            clients: HashMap::new(),
        };
        for config in &estate.accounts {
            let account = Arc::new(Account {
                config: config.clone(),
                base: OnceCell::new(),
                verified_at: Mutex::default(),
            });
            connections.queues.extend(config.watch.queues.clone());
            for region in &config.regions {
                let scope = Scope {
                    account: config.id.clone(),
                    region: region.clone(),
                };
                connections.scopes.push(scope.clone());
                connections
                    .clients
                    .insert(scope, (Arc::clone(&account), OnceCell::new()));
            }
        }
        connections
    }

    /// Every account and region, in the order of the configuration.
    pub fn scopes(&self) -> &[Scope] {
        &self.scopes
    }

    /// The role under which timers call in a scope's account.
    pub fn timer_role(&self, scope: &Scope) -> Option<&RoleArn> {
        let (account, _) = self.clients.get(scope)?;
        account.config.timer_role.as_ref()
    }

    /// Every queue, in the order of the configuration.
    pub fn queues(&self) -> &[QueueRef] {
        &self.queues
    }

    /// The clients of a scope whose account is verified.
    ///
    /// # Errors
    /// [`CloudErrorKind::Invalid`] for a scope that is not configured,
    /// [`CloudErrorKind::Credentials`] when the credentials belong to another
    /// account, and what STS fails with.
    pub async fn clients(&self, scope: &Scope) -> Result<&Clients, CloudError> {
        let (account, clients) = self.unverified(scope).await?;
        account.verify(clients).await?;
        Ok(clients)
    }

    /// Who we are in a scope, asked afresh and whatever the answer is.
    ///
    /// # Errors
    /// As [`Connections::clients`], but for the account.
    pub async fn identity(&self, scope: &Scope) -> Result<Identity, CloudError> {
        let (_, clients) = self.unverified(scope).await?;
        clients.identity().await
    }

    async fn unverified(&self, scope: &Scope) -> Result<(&Account, &Clients), CloudError> {
        let Some((account, cell)) = self.clients.get(scope) else {
            return Err(own_error(
                Action::GetCallerIdentity,
                CloudErrorKind::Invalid,
                &format!("{scope} is not in the configuration"),
            ));
        };
        let clients = cell
            .get_or_try_init(|| async {
                let base = account
                    .base
                    .get_or_init(|| self.base(&account.config))
                    .await;
                let region = Region::new(scope.region.as_str().to_owned());
                let config = base.to_builder().region(region).build();
                Clients::new(config, &account.config)
            })
            .await?;
        Ok((account, clients))
    }

    /// The configuration of an account, its role included.
    async fn base(&self, account: &AccountConfig) -> SdkConfig {
        let region = account.regions.first().map_or_else(
            || Region::from_static("us-east-1"),
            |region| Region::new(region.as_str().to_owned()),
        );
        let config = match &self.source {
            Source::Given(config) => config.as_ref().clone(),
            Source::Chain(client) => {
                let mut loader = aws_config::defaults(BehaviorVersion::latest())
                    .http_client(client.clone())
                    .region(region.clone())
                    .timeout_config(self.timeouts.time_outs());
                if let Some(profile) = &account.profile {
                    loader = loader
                        .profile_name(profile)
                        .credentials_provider(NamedProfile {
                            name: profile.clone(),
                            region: region.clone(),
                            client: client.clone(),
                            timeouts: self.timeouts,
                        });
                }
                loader.load().await
            }
        };
        let config = config
            .into_builder()
            .region(region)
            .timeout_config(self.timeouts.time_outs())
            .retry_config(self.timeouts.retries())
            .identity_cache(IdentityCache::lazy().build())
            .app_name(AppName::new(NAME).expect("a fixed name of plain letters"))
            .build();
        let Some(role) = &account.role else {
            return config;
        };
        let mut provider = AssumeRoleProvider::builder(role.arn.as_str()).session_name(NAME);
        if let Some(id) = &role.external_id {
            provider = provider.external_id(id);
        }
        let provider = provider.configure(&config).build().await;
        config
            .into_builder()
            .credentials_provider(SharedCredentialsProvider::new(provider))
            .build()
    }
}

impl Account {
    /// A mix-up of profiles must not read, and above all not change, another
    /// account. The look is good for [`AWS_IDENTITY_MS`], and for as long again
    /// while STS cannot be asked.
    async fn verify(&self, clients: &Clients) -> Result<(), CloudError> {
        // One look at a time: what waits here finds it done.
        let mut verified_at = self.verified_at.lock().await;
        let now = clients.now();
        // A clock that was set back says nothing about how old the look is.
        let age_ms = verified_at.map_or(i64::MAX, |at| now.since_ms(at));
        if (0..AWS_IDENTITY_MS).contains(&age_ms) {
            return Ok(());
        }
        match clients.identity().await {
            Ok(identity) => {
                self.judge(&identity)?;
                *verified_at = Some(now);
                Ok(())
            }
            Err(error) if error.kind.is_passing() && (0..2 * AWS_IDENTITY_MS).contains(&age_ms) => {
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    fn judge(&self, identity: &Identity) -> Result<(), CloudError> {
        let wanted = self.config.id.as_str();
        if identity.account == wanted {
            return Ok(());
        }
        Err(own_error(
            Action::GetCallerIdentity,
            CloudErrorKind::Credentials,
            &format!(
                "the credentials belong to account {} ({}), not to {wanted}; \
                 correct the account's id, profile or role in the configuration",
                identity.account, identity.arn
            ),
        ))
    }
}

/// An endpoint that the configuration names for one service or for all, found
/// the way the SDKs do it.
pub fn service_endpoint(config: &SdkConfig, service_id: &str) -> Option<String> {
    let common = || config.endpoint_url().map(str::to_owned);
    if config.get_origin("endpoint_url").is_client_config() {
        return common();
    }
    let key = ServiceConfigKey::builder()
        .service_id(service_id)
        .env("AWS_ENDPOINT_URL")
        .profile("endpoint_url")
        .build()
        .ok()?;
    config
        .service_config()
        .and_then(|settings| settings.load_config(key))
        .or_else(common)
}
