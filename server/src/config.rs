//! The configuration: one TOML file, and environment variables that win over it.
//!
//! Whatever is wrong is told with the file, the line, the key and what to do; a
//! misspelt key is refused with the nearest known one. Nothing here touches the
//! network or the database.

mod alarms;
mod calendars;
mod channels;
mod digests;
mod drills;
mod inhibit_rules;
mod load_balancers;
mod log_queries;
mod mappings;
mod on_call;
mod routes;
mod secrets;
mod sources;
mod time_intervals;
mod topics;
mod watched;
mod ways;

pub use calendars::{CalendarConfig, CalendarPlace};
pub use channels::ChannelConfig;
pub use routes::read_routes;
pub use secrets::SecretPlace;
pub use sources::SourceConfig;
pub use ways::Way;

use aws::{AccountConfig, AssumedRole, AwsEstate, RoleArn, Watch};
use domain::{
    alarms::{PriorityRule, default_priority_rules},
    drills::RecurringDrill,
    estate::{AccountId, Environment, Region, Scope},
    limits::{self, POLL_S_DEFAULT, POLL_S_MAX, POLL_S_MIN},
    log_queries::LogQuery,
    routes::Routing,
    text,
};
use serde::Deserialize;
use services::{TopicSource, settings::LoadBalancer};
use std::{
    collections::{BTreeMap, HashSet},
    fmt,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
};
use toml::Spanned;

/// What the server runs with.
#[derive(Clone)]
pub struct Config {
    /// Where it listens.
    pub listen: SocketAddr,
    /// The address people type, without a slash at the end.
    pub public_url: Option<String>,
    /// Plain HTTP on other than loopback is wanted.
    pub insecure_http: bool,
    /// Where it keeps files.
    pub data_dir: PathBuf,
    /// The database; none means SQLite in the data directory. May hold a password.
    pub database_url: Option<String>,
    /// The header in which a proxy in front tells the client's address.
    pub trusted_proxy_header: Option<String>,
    /// What is logged, in `tracing`'s filter language.
    pub log: String,
    /// Log lines are JSON.
    pub log_json: bool,
    /// The accounts to watch.
    pub estate: AwsEstate,
    /// Pause between two readings of the estate.
    pub poll_period_ms: u64,
    /// How long a group that buys spot may be below what it wants before people are told.
    pub below_desired_minutes: u32,
    /// Approvals that a change needs, by environment.
    pub approvals: BTreeMap<Environment, u32>,
    /// Approvals in an environment that is not named.
    pub approvals_default: u32,
    /// How alarms get their priority; the first rule that fits.
    pub priority_rules: Vec<PriorityRule>,
    /// Who may call us about alarms.
    pub sources: Vec<SourceConfig>,
    /// Which topics of SNS may tell us.
    pub topic_sources: Vec<TopicSource>,
    /// Where messages about alarms go.
    pub channels: Vec<ChannelConfig>,
    /// Who is told of which alarms.
    pub routing: Routing,
    /// After how long an acknowledgement ends by itself.
    pub acknowledgement_minutes: Option<u32>,
    /// Calendars whose times are freezes.
    pub calendars: Vec<CalendarConfig>,
    /// Load balancers whose requests the overview shows.
    pub load_balancers: Vec<LoadBalancer>,
    /// Drills that begin by themselves.
    pub drills: Vec<RecurringDrill>,
    /// Queries of logs that run on a schedule.
    pub log_queries: Vec<LogQuery>,
}

impl fmt::Debug for Config {
    /// Without the database's URL, which may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("listen", &self.listen)
            .field("public_url", &self.public_url)
            .field("data_dir", &self.data_dir)
            .field("database_url", &self.database_url.as_ref().map(|_| "…"))
            .finish_non_exhaustive()
    }
}

/// What is wrong with the configuration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {message}")]
pub struct ConfigError {
    /// `lamplighter.toml line 3`, or the environment variable.
    pub place: String,
    /// What is wrong with which key, and what to do.
    pub message: String,
}

impl Config {
    /// Reads the file, if one is given, and the environment.
    ///
    /// # Errors
    /// [`ConfigError`] names the first thing that is wrong.
    pub fn load(
        file: Option<&Path>,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, ConfigError> {
        let (name, text) = match file {
            Some(path) => (path.display().to_string(), read(path)?),
            None => ("configuration".to_owned(), String::new()),
        };
        let source = Source { name, text };
        let given: File = toml::from_str(&source.text).map_err(|error| source.syntax(&error))?;
        given.check(&source, environment)
    }

    /// Cookies are sent over HTTPS only.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.public_url
            .as_deref()
            .is_some_and(|url| url.starts_with("https://"))
    }

    /// The database's URL, with SQLite in the data directory by default.
    #[must_use]
    pub fn database_url(&self) -> String {
        let default = || format!("sqlite://{}", self.database_file().display());
        self.database_url.clone().unwrap_or_else(default)
    }

    /// The SQLite file that is used; none for another database.
    #[must_use]
    pub fn sqlite_file(&self) -> Option<PathBuf> {
        match &self.database_url {
            None => Some(self.database_file()),
            Some(url) => url.strip_prefix("sqlite://").map(PathBuf::from),
        }
    }

    /// The SQLite file in the data directory, used when no database is named.
    #[must_use]
    pub fn database_file(&self) -> PathBuf {
        self.data_dir.join("lamplighter.db")
    }
}

fn read(path: &Path) -> Result<String, ConfigError> {
    let place = path.display().to_string();
    let error = |message: String| ConfigError {
        place: place.clone(),
        message,
    };
    let length = std::fs::metadata(path)
        .map_err(|e| error(format!("cannot be read: {e}")))?
        .len();
    if length > limits::CONFIG_BYTES_MAX {
        let most = limits::CONFIG_BYTES_MAX;
        return Err(error(format!("is larger than {most} bytes")));
    }
    std::fs::read_to_string(path).map_err(|e| error(format!("cannot be read: {e}")))
}

/// The file's name and text, to tell where something stands.
struct Source {
    name: String,
    text: String,
}

impl Source {
    /// Where something stands: `lamplighter.toml line 3`.
    fn place(&self, offset: usize) -> String {
        let before = self.text.as_bytes().iter().take(offset);
        let line = before.filter(|byte| **byte == b'\n').count() + 1;
        format!("{} line {line}", self.name)
    }

    fn error(&self, offset: usize, message: String) -> ConfigError {
        ConfigError {
            place: self.place(offset),
            message,
        }
    }

    /// An error about a value that was read but cannot be used.
    fn value<T>(&self, at: &Spanned<T>, key: &str, what: impl fmt::Display) -> ConfigError {
        self.error(at.span().start, format!("`{key}` {what}"))
    }

    /// An error of the TOML reader.
    fn syntax(&self, error: &toml::de::Error) -> ConfigError {
        let message = text::with_nearest(error.message().trim());
        self.error(error.span().map_or(0, |span| span.start), message)
    }
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct File {
    listen: Option<Spanned<String>>,
    public_url: Option<Spanned<String>>,
    insecure_http: bool,
    data_dir: Option<PathBuf>,
    trusted_proxy_header: Option<Spanned<String>>,
    database: DatabaseSection,
    log: LogSection,
    estate: EstateSection,
    approvals: BTreeMap<String, Spanned<u32>>,
    alarms: alarms::AlarmsSection,
    sources: Vec<sources::SourceSection>,
    channels: Vec<channels::ChannelSection>,
    routes: Vec<routes::RouteSection>,
    time_intervals: Vec<time_intervals::TimeIntervalSection>,
    digests: Vec<digests::DigestSection>,
    drills: Vec<drills::DrillSection>,
    inhibit_rules: Vec<inhibit_rules::InhibitSection>,
    contacts: Vec<on_call::ContactSection>,
    rotations: Vec<on_call::RotationSection>,
    load_balancers: Vec<load_balancers::LoadBalancerSection>,
    log_queries: Vec<log_queries::LogQuerySection>,
    calendars: Vec<calendars::CalendarSection>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct DatabaseSection {
    url: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct LogSection {
    filter: Option<String>,
    json: bool,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct EstateSection {
    environment_tag: Option<Spanned<String>>,
    poll_seconds: Option<Spanned<u64>>,
    below_desired_minutes: Option<Spanned<u32>>,
    accounts: Vec<AccountSection>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AccountSection {
    id: Spanned<String>,
    profile: Option<String>,
    role_arn: Option<Spanned<String>>,
    external_id: Option<Spanned<String>>,
    scheduler_role_arn: Option<Spanned<String>>,
    #[serde(default)]
    databases: bool,
    #[serde(default)]
    node_groups: bool,
    #[serde(default)]
    instance_tags: Vec<Spanned<String>>,
    #[serde(default)]
    queues: Vec<Spanned<String>>,
    regions: Spanned<Vec<Spanned<String>>>,
}

impl File {
    fn check(
        self,
        source: &Source,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Config, ConfigError> {
        let listen = match environment("LAMPLIGHTER_LISTEN") {
            Some(text) => {
                parse_listen(&text).map_err(|what| variable("LAMPLIGHTER_LISTEN", what))?
            }
            None => match &self.listen {
                Some(given) => parse_listen(given.get_ref())
                    .map_err(|what| source.value(given, "listen", what))?,
                None => SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            },
        };
        let public_url = match environment("LAMPLIGHTER_PUBLIC_URL") {
            Some(text) => {
                Some(parse_url(&text).map_err(|what| variable("LAMPLIGHTER_PUBLIC_URL", what))?)
            }
            None => match &self.public_url {
                Some(given) => Some(
                    parse_url(given.get_ref())
                        .map_err(|what| source.value(given, "public_url", what))?,
                ),
                None => None,
            },
        };
        let poll_period_ms = 1_000 * self.estate.check_poll(source)?;
        let below_desired_minutes = self.estate.check_below_desired(source)?;
        let mut estate = self.estate.check(source)?;
        let channels = channels::check_channels(self.channels, &mut estate, source)?;
        let time_intervals = time_intervals::check(self.time_intervals, source)?;
        let digests = digests::check(self.digests, source)?;
        let (people, turns) = (self.contacts, self.rotations);
        let roster = on_call::check(people, turns, &channels, &time_intervals, source)?;
        let routing = routes::check_routes(
            self.routes,
            &channels,
            time_intervals,
            roster,
            digests,
            source,
        )?;
        let flapping = self.alarms.flapping.as_ref();
        let routing = Routing {
            inhibit_rules: inhibit_rules::check(self.inhibit_rules, source)?,
            flapping: flapping.map(|rule| rule.check(source)).transpose()?,
            ..routing
        };
        let acknowledgement_minutes = self.alarms.check_acknowledgement(source)?;
        let (approvals, approvals_default) = check_approvals(self.approvals, source)?;
        let called_by = sources::check_sources(self.sources, &mut estate, source)?;
        let config = Config {
            listen,
            public_url,
            insecure_http: self.insecure_http,
            data_dir: environment("LAMPLIGHTER_DATA_DIR")
                .map(PathBuf::from)
                .or(self.data_dir)
                .unwrap_or_else(|| PathBuf::from("data")),
            database_url: environment("LAMPLIGHTER_DATABASE_URL").or(self.database.url),
            trusted_proxy_header: check_header(self.trusted_proxy_header, source)?,
            log: environment("LAMPLIGHTER_LOG")
                .or(self.log.filter)
                .unwrap_or_else(|| "info".to_owned()),
            log_json: self.log.json,
            poll_period_ms,
            below_desired_minutes,
            approvals,
            approvals_default,
            priority_rules: self.alarms.priority.unwrap_or_else(default_priority_rules),
            sources: called_by.hooks,
            topic_sources: called_by.topics,
            channels,
            routing,
            acknowledgement_minutes,
            calendars: calendars::check_calendars(self.calendars, &mut estate, source)?,
            load_balancers: load_balancers::check(self.load_balancers, source)?,
            drills: drills::check(self.drills, source)?,
            log_queries: log_queries::check(self.log_queries, &mut estate, source)?,
            estate,
        };
        if !config.listen.ip().is_loopback() && !config.is_https() && !config.insecure_http {
            let message = format!(
                "`listen` is {}, where others can read passwords and cookies: set `public_url` to \
                 the https address of the proxy in front, or `insecure_http = true` to do without",
                config.listen
            );
            let offset = self.listen.as_ref().map_or(0, |listen| listen.span().start);
            return Err(source.error(offset, message));
        }
        if !config.listen.ip().is_loopback() && config.public_url.is_none() {
            let message = format!(
                "`insecure_http` lets others reach {}, but without `public_url` the server answers \
                 to this machine's own names only: set `public_url` to the address people type, as \
                 http://lamplighter.example.com:8080",
                config.listen
            );
            let offset = self.listen.as_ref().map_or(0, |listen| listen.span().start);
            return Err(source.error(offset, message));
        }
        Ok(config)
    }
}

fn variable(name: &str, what: impl fmt::Display) -> ConfigError {
    ConfigError {
        place: name.to_owned(),
        message: format!("the value {what}"),
    }
}

/// Reads `address:port`.
///
/// # Errors
/// Says what is wrong, to stand after the key's name.
pub fn parse_listen(text: &str) -> Result<SocketAddr, String> {
    text.parse()
        .map_err(|_| format!("is `{text}`; write an address and a port, as 127.0.0.1:8080"))
}

fn parse_url(text: &str) -> Result<String, String> {
    let url = text.trim_end_matches('/');
    let host = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"));
    match host {
        Some(host) if !host.is_empty() && !host.contains(['/', '?', '#', '@', ' ']) => {
            // Browsers leave the scheme's own port out of `Origin`.
            let own_port = if url.starts_with("https:") {
                ":443"
            } else {
                ":80"
            };
            Ok(url.strip_suffix(own_port).unwrap_or(url).to_owned())
        }
        _ => Err(format!(
            "is `{text}`; write a scheme and a host, as https://lamplighter.example.com"
        )),
    }
}

fn check_header(
    given: Option<Spanned<String>>,
    source: &Source,
) -> Result<Option<String>, ConfigError> {
    let Some(given) = given else {
        return Ok(None);
    };
    let name = given.get_ref().to_ascii_lowercase();
    // Letters, digits and hyphens: the names that proxies use are all of them.
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    if name.is_empty() || !name.bytes().all(is_name) {
        let what =
            format!("is `{name}`, which is not the name of a header such as x-forwarded-for");
        return Err(source.value(&given, "trusted_proxy_header", what));
    }
    Ok(Some(name))
}

fn check_approvals(
    given: BTreeMap<String, Spanned<u32>>,
    source: &Source,
) -> Result<(BTreeMap<Environment, u32>, u32), ConfigError> {
    let mut approvals = BTreeMap::new();
    let mut default = 1;
    for (name, count) in given {
        let key = format!("approvals.{name}");
        if !(1..=limits::APPROVALS_MAX).contains(count.get_ref()) {
            let what = format!(
                "must be 1 to {}: no change goes without a second person",
                limits::APPROVALS_MAX
            );
            return Err(source.value(&count, &key, what));
        }
        if name == "default" {
            default = count.into_inner();
            continue;
        }
        let environment = Environment::parse(&name)
            .ok_or_else(|| source.value(&count, &key, "is not the name of an environment"))?;
        approvals.insert(environment, count.into_inner());
    }
    Ok((approvals, default))
}

fn check_account(
    id: &Spanned<String>,
    key: &str,
    source: &Source,
) -> Result<AccountId, ConfigError> {
    AccountId::parse(id.get_ref()).ok_or_else(|| {
        source.value(
            id,
            key,
            format!(
                "is `{}`; an AWS account is twelve digits in quotes",
                id.get_ref()
            ),
        )
    })
}

/// What is watched in an account and region that the estate names.
fn watched<'a>(estate: &'a mut AwsEstate, scope: &Scope) -> Option<&'a mut Watch> {
    let mut accounts = estate.accounts.iter_mut();
    let known =
        accounts.find(|known| known.id == scope.account && known.regions.contains(&scope.region));
    known.map(|known| &mut known.watch)
}

fn check_region(
    region: &Spanned<String>,
    key: &str,
    source: &Source,
) -> Result<Region, ConfigError> {
    let text = region.get_ref();
    Region::parse(text).ok_or_else(|| {
        let what = format!("is `{text}`; write a region as ap-northeast-2");
        source.value(region, key, what)
    })
}

impl EstateSection {
    fn check_poll(&self, source: &Source) -> Result<u64, ConfigError> {
        let Some(given) = &self.poll_seconds else {
            return Ok(POLL_S_DEFAULT);
        };
        if !(POLL_S_MIN..=POLL_S_MAX).contains(given.get_ref()) {
            let what = format!("must be {POLL_S_MIN} to {POLL_S_MAX}");
            return Err(source.value(given, "estate.poll_seconds", what));
        }
        Ok(*given.get_ref())
    }

    fn check_below_desired(&self, source: &Source) -> Result<u32, ConfigError> {
        let Some(given) = &self.below_desired_minutes else {
            return Ok(limits::BELOW_DESIRED_MINUTES_DEFAULT);
        };
        let most = limits::BELOW_DESIRED_MINUTES_MAX;
        if !(1..=most).contains(given.get_ref()) {
            let what = format!("must be 1 to {most}");
            return Err(source.value(given, "estate.below_desired_minutes", what));
        }
        Ok(*given.get_ref())
    }

    fn check(self, source: &Source) -> Result<AwsEstate, ConfigError> {
        let mut accounts: Vec<AccountConfig> = Vec::new();
        for given in self.accounts {
            let key = "estate.accounts.id";
            let id = check_account(&given.id, key, source)?;
            if accounts.iter().any(|account| account.id == id) {
                let what = format!("is {id} a second time; give one entry all its regions");
                return Err(source.value(&given.id, key, what));
            }
            if accounts.len() >= limits::ACCOUNTS_MAX {
                let what = format!("is one account more than {}", limits::ACCOUNTS_MAX);
                return Err(source.value(&given.id, key, what));
            }
            let regions = check_regions(&given.regions, source)?;
            accounts.push(AccountConfig {
                timer_role: check_timer_role(given.scheduler_role_arn.as_ref(), &id, source)?,
                watch: Watch {
                    databases: given.databases,
                    node_groups: given.node_groups,
                    // Where the configuration names one.
                    calendars: false,
                    instance_tags: watched::check_instance_tags(&given.instance_tags, source)?,
                    queues: watched::check_queues(&given.queues, &id, &regions, source)?,
                    // Where a source names one.
                    topics: Vec::new(),
                    // Where a channel does.
                    texts: false,
                    // Where a query of logs names it.
                    log_queries: false,
                },
                id,
                role: check_role(given.role_arn.as_ref(), given.external_id.as_ref(), source)?,
                profile: given.profile,
                regions,
            });
        }
        let default = AwsEstate::default();
        Ok(AwsEstate {
            accounts,
            environment_tag: match self.environment_tag {
                Some(given) => check_tag(&given, source)?,
                None => default.environment_tag,
            },
            timeouts: default.timeouts,
        })
    }
}

fn check_tag(given: &Spanned<String>, source: &Source) -> Result<String, ConfigError> {
    let tag = given.get_ref().trim();
    if tag.is_empty() {
        let what = format!(
            "is empty; name the key of a tag, as {}",
            aws::ENVIRONMENT_TAG
        );
        return Err(source.value(given, "estate.environment_tag", what));
    }
    Ok(tag.to_owned())
}

fn check_role(
    arn: Option<&Spanned<String>>,
    external_id: Option<&Spanned<String>>,
    source: &Source,
) -> Result<Option<AssumedRole>, ConfigError> {
    let Some(given) = arn else {
        return match external_id {
            None => Ok(None),
            Some(id) => {
                let what = "has a use only together with role_arn";
                Err(source.value(id, "estate.accounts.external_id", what))
            }
        };
    };
    Ok(Some(AssumedRole {
        arn: check_role_arn(given, "estate.accounts.role_arn", source)?,
        external_id: external_id.map(|id| id.get_ref().clone()),
    }))
}

fn check_role_arn(
    given: &Spanned<String>,
    key: &str,
    source: &Source,
) -> Result<RoleArn, ConfigError> {
    RoleArn::parse(given.get_ref()).ok_or_else(|| {
        let what = format!(
            "is `{}`; write it as arn:aws:iam::111122223333:role/name",
            given.get_ref()
        );
        source.value(given, key, what)
    })
}

/// AWS takes no role of another account.
fn check_timer_role(
    given: Option<&Spanned<String>>,
    account: &AccountId,
    source: &Source,
) -> Result<Option<RoleArn>, ConfigError> {
    let Some(given) = given else {
        return Ok(None);
    };
    let key = "estate.accounts.scheduler_role_arn";
    let role = check_role_arn(given, key, source)?;
    if role.account() != account.as_str() {
        let what = format!("is a role of account {}, not of {account}", role.account());
        return Err(source.value(given, key, what));
    }
    Ok(Some(role))
}

fn check_regions(
    given: &Spanned<Vec<Spanned<String>>>,
    source: &Source,
) -> Result<Vec<Region>, ConfigError> {
    let key = "estate.accounts.regions";
    let count = given.get_ref().len();
    if count == 0 || count > limits::REGIONS_PER_ACCOUNT_MAX {
        let what = format!("must name 1 to {} regions", limits::REGIONS_PER_ACCOUNT_MAX);
        return Err(source.value(given, key, what));
    }
    let mut seen = HashSet::new();
    let mut regions = Vec::with_capacity(count);
    for text in given.get_ref() {
        let region = check_region(text, key, source)?;
        if !seen.insert(region.clone()) {
            return Err(source.value(text, key, format!("names {region} twice")));
        }
        regions.push(region);
    }
    Ok(regions)
}

#[cfg(test)]
mod tests;
