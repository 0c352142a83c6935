//! Puts the parts together: database, estate, clock and dice become services.

use crate::{
    config::{
        CalendarConfig, CalendarPlace, ChannelConfig, Config, ConfigError, SourceConfig, Way,
        read_routes,
    },
    sandbox::Controls,
    system::{SystemClock, SystemIds},
};
use aws::{AwsCloud, ChangeCalendar, Sms};
use connect::{
    Certificates, Client, ClientError, Discord, Email, HttpCalendar, MailLogin, Pagerduty,
    PagerdutyDoor, Roots, Slack, SlackDoor, Teams, Timeouts, Webhook,
};
use demo::{ClockMode, Sandbox, SandboxConfig};
use domain::{
    limits,
    sources::{EnvironmentRule, HookKind},
    time::DAY_MS,
};
use files::Mapping;
use ports::{Calendar, Channel, Clock, Cloud};
use services::{
    Failure, Lane, LoadBalancer, Services, Settings, Setup, SourceSettings, Subscription,
    sandbox::SandboxControl,
    sign_in::sandbox::{Belongs, belongs, seed_people},
};
use std::{env, error::Error, io::ErrorKind, path::Path, sync::Arc};
use store::{Store, StoreError};

/// Why the program could not do what it was asked to.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The configuration is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The command line, or what it names, is wrong.
    #[error("{0}")]
    Usage(String),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Channels cannot be spoken to.
    #[error(transparent)]
    Channels(#[from] ClientError),
    /// A use case.
    #[error(transparent)]
    Failure(#[from] Failure),
    /// The machine.
    #[error("{what}: {source}")]
    Machine {
        /// What could not be done, and what to do.
        what: String,
        /// Why.
        source: std::io::Error,
    },
}

impl StartError {
    /// 2 for what the caller must correct, 3 for an outside system that failed.
    #[must_use]
    pub const fn exit_code(&self) -> u8 {
        match self {
            Self::Config(_) | Self::Usage(_) => 2,
            Self::Store(
                StoreError::Url(_) | StoreError::NewerSchema { .. } | StoreError::Backup(_),
            )
            | Self::Failure(Failure::Told(_)) => 2,
            Self::Store(_) | Self::Failure(_) | Self::Channels(_) | Self::Machine { .. } => 3,
        }
    }

    /// Everything there is to say, cause by cause, on one line.
    #[must_use]
    pub fn told(&self) -> String {
        let mut text = self.to_string();
        if let Self::Failure(Failure::Told(error)) = self {
            for field in &error.fields {
                text = format!("{}: {}", field.field, field.message);
            }
        }
        let mut cause = self.source();
        while let Some(error) = cause {
            let words = error.to_string();
            if !text.contains(&words) {
                text = format!("{text}: {words}");
            }
            cause = error.source();
        }
        text
    }
}

/// How the sandbox is wanted.
#[derive(Debug, Clone, Copy)]
pub struct SandboxOptions {
    /// What its story is drawn from.
    pub seed: u64,
    /// How many alarms it has.
    pub alarms: u32,
    /// How its clock runs.
    pub clock: ClockMode,
}

/// Opens the database, making the data directory for its file.
///
/// # Errors
/// [`StartError`] says what to do.
pub async fn open_store(config: &Config) -> Result<Store, StartError> {
    make_data_dir(config)?;
    Ok(Store::open(&config.database_url()).await?)
}

/// Makes the data directory, for this user alone, when the database is in it.
///
/// # Errors
/// [`StartError::Machine`] names the folder.
pub fn make_data_dir(config: &Config) -> Result<(), StartError> {
    if config.database_url.is_some() {
        return Ok(());
    }
    let folder = &config.data_dir;
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder
        .create(folder)
        .map_err(|source| StartError::Machine {
            what: format!(
                "the data directory {} cannot be made; choose another with --data",
                folder.display()
            ),
            source,
        })
}

/// What the configuration says. Who may call is left out: that takes secrets, see [`sources`].
fn settings(config: &Config) -> Settings {
    Settings {
        sources: Vec::new(),
        topic_sources: config.topic_sources.clone(),
        version: env!("CARGO_PKG_VERSION").into(),
        priority_rules: config.priority_rules.clone(),
        approvals: config.approvals.clone(),
        approvals_default: config.approvals_default,
        routing: config.routing.clone(),
        read_routes,
        acknowledgement_minutes: config.acknowledgement_minutes,
        first_reading_news_ms: limits::FIRST_READING_NEWS_MS,
        public_url: config.public_url.clone(),
        load_balancers: config.load_balancers.clone(),
        drills: config.drills.clone(),
        log_queries: config.log_queries.clone(),
        poll_period_ms: config.poll_period_ms,
        below_desired_minutes: config.below_desired_minutes,
    }
}

/// The configured sources, with what is kept of their tokens.
///
/// # Errors
/// [`StartError`] names the token that is missing.
fn sources(config: &Config) -> Result<Vec<SourceSettings>, StartError> {
    let read = |given: &SourceConfig| {
        let token = given.token.read(&|name| env::var(name).ok())?;
        let (name, environment) = (given.name.clone(), given.environment.clone());
        Ok(SourceSettings {
            alarms_max: given.alarms_max,
            calls_a_minute_max: given.calls_a_minute_max,
            heartbeat_minutes: given.heartbeat_minutes,
            mapping: given.mapping.clone(),
            ..SourceSettings::new(name, given.kind, environment, token.reveal())
        })
    };
    config.sources.iter().map(read).collect()
}

/// What proves the messages of topics; none where no topic may tell us.
///
/// # Errors
/// [`StartError`] when this machine trusts nobody.
pub fn certificates(config: &Config) -> Result<Option<Certificates>, StartError> {
    if config.topic_sources.is_empty() {
        return Ok(None);
    }
    let client = Client::new(Timeouts::default())?;
    Ok(Some(Certificates::new(client)))
}

/// Where presses in Slack come in: at every channel that has what proves them.
///
/// # Errors
/// [`StartError`] names the secret that is missing.
pub fn slack_doors(config: &Config) -> Result<Vec<SlackDoor>, StartError> {
    let environment = |name: &str| env::var(name).ok();
    let mut doors = Vec::new();
    for given in &config.channels {
        let Way::Slack {
            base,
            channel,
            token,
            signing: Some(signing),
        } = &given.way
        else {
            continue;
        };
        let secret = signing.read(&environment)?;
        let client = Client::new(Timeouts::default())?;
        let slack = Slack::new(client, base.as_ref(), channel, token.read(&environment)?);
        let (name, lang) = (given.channel.name.clone(), given.channel.lang);
        doors.push(SlackDoor::new(name, lang, secret, slack));
    }
    Ok(doors)
}

/// Where PagerDuty tells what became of incidents: at every channel that has what proves it.
///
/// # Errors
/// [`StartError`] names the secret that is missing.
pub fn pagerduty_doors(config: &Config) -> Result<Vec<PagerdutyDoor>, StartError> {
    let environment = |name: &str| env::var(name).ok();
    let mut doors = Vec::new();
    for given in &config.channels {
        if let Way::Pagerduty {
            signing: Some(signing),
            ..
        } = &given.way
        {
            let secret = signing.read(&environment)?;
            let (name, lang) = (given.channel.name.clone(), given.channel.lang);
            doors.push(PagerdutyDoor::new(name, lang, secret));
        }
    }
    Ok(doors)
}

/// The configured channels, with their secrets.
///
/// # Errors
/// [`StartError`] names the secret that is missing.
fn channels(config: &Config, cloud: &Arc<AwsCloud>) -> Result<Vec<Lane>, StartError> {
    if config.channels.is_empty() {
        return Ok(Vec::new());
    }
    let client = Client::new(Timeouts::default())?;
    let lane = |given: &ChannelConfig| {
        let sender = sender(given, client.clone(), cloud)?;
        Ok(Lane::new(given.channel.clone(), sender))
    };
    config.channels.iter().map(lane).collect()
}

/// What sends to a channel, with its secret.
///
/// # Errors
/// [`StartError`] names the secret that is missing, or that cannot be one.
pub fn sender(
    given: &ChannelConfig,
    client: Client,
    cloud: &Arc<AwsCloud>,
) -> Result<Arc<dyn Channel>, StartError> {
    let environment = |name: &str| env::var(name).ok();
    Ok(match &given.way {
        Way::Slack {
            base,
            channel,
            token,
            signing,
        } => {
            let slack = Slack::new(client, base.as_ref(), channel, token.read(&environment)?);
            match signing {
                None => Arc::new(slack),
                Some(_) => Arc::new(slack.with_buttons()),
            }
        }
        Way::Pagerduty { base, key, .. } => {
            let key = key.read(&environment)?;
            Arc::new(Pagerduty::new(client, base.as_ref(), key))
        }
        Way::Webhook { address, secret } => {
            Arc::new(Webhook::new(client, address, secret.read(&environment)?))
        }
        Way::Email { route, login } => {
            let login = match login {
                None => None,
                Some((user, password)) => Some(MailLogin {
                    user: user.clone(),
                    password: password.read(&environment)?,
                }),
            };
            let email = Email::new(route.clone(), login, &Roots::Machine, Timeouts::mail());
            Arc::new(email?)
        }
        Way::Discord(place) => {
            let address = place.read_address(&environment)?;
            let what = "is not a webhook's; copy it in Discord, where it looks like \
                        https://discord.com/api/webhooks/ID/TOKEN";
            Arc::new(Discord::new(client, &address).ok_or_else(|| place.wrong(what))?)
        }
        Way::Teams(place) => {
            let address = place.read_address(&environment)?;
            let what = "is no address to call";
            Arc::new(Teams::new(client, &address).ok_or_else(|| place.wrong(what))?)
        }
        Way::Sms { scope, to } => Arc::new(Sms::new(Arc::clone(cloud), scope.clone(), to.clone())),
    })
}

/// The configured calendars; those in AWS are read there, in a sandbox too.
///
/// # Errors
/// [`StartError`] names the address that is missing.
fn calendars(config: &Config, cloud: &Arc<AwsCloud>) -> Result<Vec<Subscription>, StartError> {
    if config.calendars.is_empty() {
        return Ok(Vec::new());
    }
    let client = Client::new(Timeouts::default())?;
    let subscription = |given: &CalendarConfig| {
        let (calendar, place) = given.read(&|name| env::var(name).ok())?;
        let reader: Arc<dyn Calendar> = match place {
            CalendarPlace::Address(address) => {
                Arc::new(HttpCalendar::new(client.clone(), &address))
            }
            CalendarPlace::Document(scope, name) => {
                Arc::new(ChangeCalendar::new(Arc::clone(cloud), scope, name))
            }
        };
        Ok(Subscription::new(calendar, reader))
    };
    config.calendars.iter().map(subscription).collect()
}

/// The services over AWS, on a database as it is, without channels and calendars: for
/// what is done at the console, sends nothing and follows nothing.
#[must_use]
pub fn services(config: &Config, store: Store) -> Services {
    let cloud = Arc::new(AwsCloud::new(&config.estate));
    over_aws(config, store, cloud, Vec::new(), Outside::default())
}

fn over_aws(
    config: &Config,
    store: Store,
    cloud: Arc<AwsCloud>,
    sources: Vec<SourceSettings>,
    outside: Outside,
) -> Services {
    let clock = Arc::new(SystemClock);
    let settings = Settings {
        sources,
        ..settings(config)
    };
    assemble(store, cloud, clock, settings, outside, None)
}

/// What is spoken to beside the estate.
#[derive(Default)]
struct Outside {
    channels: Vec<Lane>,
    calendars: Vec<Subscription>,
}

/// The services over AWS, on a migrated database that is no sandbox's.
///
/// # Errors
/// [`StartError`] says what to do.
pub async fn installation(config: &Config, store: Store) -> Result<Services, StartError> {
    let cloud = Arc::new(AwsCloud::new(&config.estate));
    let outside = Outside {
        channels: channels(config, &cloud)?,
        calendars: calendars(config, &cloud)?,
    };
    let services = over_aws(config, store, cloud, sources(config)?, outside);
    migrate(&services).await?;
    if belongs(&services).await? == Belongs::ToSandbox {
        return Err(StartError::Usage(
            "this database belongs to a sandbox, and its people would be admins here; name \
             another with --data or database.url"
                .into(),
        ));
    }
    Ok(services)
}

/// The services over the simulated estate, with its four people.
///
/// The estate and its clock begin anew at every start, and what an earlier one
/// wrote would contradict them: so the SQLite file of the data directory is
/// emptied, when it is a sandbox's. A database that the configuration names
/// stays as it is.
///
/// # Errors
/// [`StartError`] says what to do.
pub async fn sandbox(
    config: &Config,
    options: SandboxOptions,
    store: Store,
) -> Result<Services, StartError> {
    let mut services = simulated(config, options, store)?;
    migrate(&services).await?;
    match belongs(&services).await? {
        Belongs::ToInstallation => {
            return Err(StartError::Usage(
                "this database belongs to an installation and not to a sandbox; name another \
                 with --data or database.url"
                    .into(),
            ));
        }
        Belongs::ToSandbox if config.database_url.is_none() => {
            services.store.close().await;
            remove_database(&config.database_file())?;
            services = simulated(config, options, open_store(config).await?)?;
            migrate(&services).await?;
        }
        Belongs::ToSandbox | Belongs::ToNobody => {}
    }
    seed_people(&services, options.seed).await?;
    Ok(services)
}

fn simulated(
    config: &Config,
    options: SandboxOptions,
    store: Store,
) -> Result<Services, StartError> {
    let world = SandboxConfig {
        seed: options.seed,
        alarms: options.alarms,
        clock: options.clock,
    };
    let world = Sandbox::start(world, Arc::new(SystemClock));
    let load_balancers = demo::load_balancers().into_iter().map(|lb| LoadBalancer {
        scope: lb.scope,
        environment: lb.environment,
        load_balancer: lb.load_balancer,
    });
    let mut settings = Settings {
        load_balancers: load_balancers.collect(),
        poll_period_ms: limits::SANDBOX_POLL_MS,
        sources: sources(config)?,
        ..settings(config)
    };
    if settings.sources.is_empty() {
        settings.sources = sandbox_sources();
    }
    if settings.log_queries.is_empty() {
        settings.log_queries = demo::log_queries();
    }
    let aws = Arc::new(AwsCloud::new(&config.estate));
    let mut channels = channels(config, &aws)?;
    if channels.is_empty() {
        let inbox = |channel| Lane::new(channel, Arc::new(world.inbox()));
        channels = demo::channels().into_iter().map(inbox).collect();
        settings.routing = demo::routing();
        // So that its pages have something to show.
        settings.first_reading_news_ms = DAY_MS;
    }
    let mut calendars = calendars(config, &aws)?;
    if calendars.is_empty() {
        let own = world.calendars().into_iter();
        calendars.extend(own.map(|(own, reader)| Subscription::new(own, Arc::new(reader))));
    }
    let outside = Outside {
        channels,
        calendars,
    };
    let (cloud, clock) = (world.cloud(), world.clock());
    let controls = Some(Arc::new(Controls(world)) as Arc<dyn SandboxControl>);
    Ok(assemble(store, cloud, clock, settings, outside, controls))
}

/// Sources that may be tried in the sandbox when the configuration names none.
fn sandbox_sources() -> Vec<SourceSettings> {
    let source = |kind: HookKind| {
        let environment = match kind {
            HookKind::Heartbeat => EnvironmentRule::To("dev".into()),
            _ => EnvironmentRule::ByLabel("environment".into()),
        };
        let name = kind.as_str().parse().ok()?;
        let is_mapped = kind == HookKind::Json;
        Some(SourceSettings {
            mapping: is_mapped
                .then(|| Mapping::compile(demo::mapping()).ok())
                .flatten(),
            heartbeat_minutes: (kind == HookKind::Heartbeat).then_some(demo::HEARTBEAT_MINUTES),
            ..SourceSettings::new(name, kind, environment, demo::SOURCE_TOKEN)
        })
    };
    HookKind::ALL.into_iter().filter_map(source).collect()
}

/// Removes a closed SQLite database with the files that SQLite keeps beside it.
fn remove_database(file: &Path) -> Result<(), StartError> {
    for end in ["", "-wal", "-shm"] {
        let mut name = file.as_os_str().to_owned();
        name.push(end);
        match std::fs::remove_file(&name) {
            Err(source) if source.kind() != ErrorKind::NotFound => {
                let what = format!(
                    "{} of an earlier sandbox cannot be removed; choose another folder with --data",
                    Path::new(&name).display()
                );
                return Err(StartError::Machine { what, source });
            }
            _ => {}
        }
    }
    Ok(())
}

fn assemble(
    store: Store,
    cloud: Arc<dyn Cloud>,
    clock: Arc<dyn Clock>,
    settings: Settings,
    outside: Outside,
    sandbox: Option<Arc<dyn SandboxControl>>,
) -> Services {
    let ids = Arc::new(SystemIds);
    let setup = Setup {
        store,
        cloud,
        clock,
        ids,
        settings,
        channels: outside.channels,
        calendars: outside.calendars,
        sandbox,
        crash: None,
    };
    Services::new(setup)
}

/// Takes up at once what a server that was killed left in its hands. Only for
/// who holds the lock: elsewhere the leases run out.
///
/// # Errors
/// The database's.
pub async fn take_over(services: &Services) -> Result<(), StartError> {
    let mut tx = services.store.begin().await?;
    tx.free_leases().await?;
    tx.commit().await?;
    Ok(())
}

/// Brings the database up to date and gives it its name if it has none.
async fn migrate(services: &Services) -> Result<(), StartError> {
    services.store.migrate().await?;
    let candidate = format!("{:032x}", services.ids.random());
    let mut tx = services.store.begin().await?;
    tx.installation_id(&candidate, services.clock.now()).await?;
    tx.commit().await?;
    Ok(())
}
