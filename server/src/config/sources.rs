//! `[[sources]]`: who may call us about alarms.

use super::{
    ConfigError, Source,
    channels::word,
    mappings::MappingSection,
    secrets::{SecretKeys, SecretPlace},
    topics,
};
use aws::AwsEstate;
use domain::{
    estate::Environment,
    limits,
    sources::{EnvironmentRule, HookKind, SourceName},
};
use files::Mapping;
use serde::Deserialize;
use services::TopicSource;
use std::path::PathBuf;
use toml::Spanned;

/// The label that tells an alarm's environment when the configuration names no other.
const ENVIRONMENT_LABEL: &str = "environment";

/// A source as the configuration tells it.
#[derive(Debug, Clone)]
pub struct SourceConfig {
    /// Its name.
    pub name: SourceName,
    /// What calls.
    pub kind: HookKind,
    /// How the environment of its alarms is known.
    pub environment: EnvironmentRule,
    /// Alarms it may have at once.
    pub alarms_max: u32,
    /// How often it may call in a minute.
    pub calls_a_minute_max: u32,
    /// Minutes from a call to the next, at most; none where it need not call.
    pub heartbeat_minutes: Option<u32>,
    /// How what it posts tells of alarms, where its kind leaves that open.
    pub mapping: Option<Mapping>,
    /// Where its token is.
    pub token: SecretPlace,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SourceSection {
    name: Spanned<String>,
    pub(super) kind: Spanned<String>,
    pub(super) token_env: Option<Spanned<String>>,
    pub(super) token_file: Option<PathBuf>,
    pub(super) environment: Option<Spanned<String>>,
    pub(super) environment_label: Option<Spanned<String>>,
    pub(super) alarms_max: Option<Spanned<u32>>,
    calls_per_minute: Option<Spanned<u32>>,
    heartbeat_minutes: Option<Spanned<u32>>,
    pub(super) mapping: Option<Spanned<MappingSection>>,
    pub(super) topics: Option<Vec<Spanned<String>>>,
    pub(super) signature_version_min: Option<Spanned<u32>>,
}

/// Who may call: by a token, and by a signature.
#[derive(Default)]
pub(super) struct Sources {
    pub hooks: Vec<SourceConfig>,
    pub topics: Vec<TopicSource>,
}

impl Sources {
    fn has(&self, name: &SourceName) -> bool {
        let hooks = self.hooks.iter().map(|source| &source.name);
        let topics = self.topics.iter().map(|source| &source.name);
        hooks.chain(topics).any(|known| known == name)
    }

    fn count(&self) -> usize {
        self.hooks.len() + self.topics.len()
    }
}

pub(super) fn check_sources(
    given: Vec<SourceSection>,
    estate: &mut AwsEstate,
    source: &Source,
) -> Result<Sources, ConfigError> {
    let mut checked = Sources::default();
    for section in given {
        let key = "sources.name";
        let name: SourceName = section.name.get_ref().parse().map_err(|error| {
            let what = format!("is `{}`; {error}", section.name.get_ref());
            source.value(&section.name, key, what)
        })?;
        if checked.has(&name) {
            let what = format!("is `{name}` a second time; give each source its own name");
            return Err(source.value(&section.name, key, what));
        }
        if checked.count() >= limits::SOURCES_MAX {
            let what = format!("is one source more than {}", limits::SOURCES_MAX);
            return Err(source.value(&section.name, key, what));
        }
        match topics::is_about(&section.kind) {
            true => checked
                .topics
                .push(section.check_topics(name, estate, source)?),
            false => checked.hooks.push(section.check(name, source)?),
        }
    }
    Ok(checked)
}

impl SourceSection {
    fn check(self, name: SourceName, source: &Source) -> Result<SourceConfig, ConfigError> {
        let known = || {
            let mut words = HookKind::ALL.map(HookKind::as_str).to_vec();
            words.push(topics::KIND);
            words.join(", ")
        };
        let kind = word(&self.kind, "sources.kind", source, HookKind::parse, known)?;
        for (key, given) in [
            ("sources.environment", &self.environment),
            ("sources.environment_label", &self.environment_label),
        ] {
            if let (HookKind::Eventbridge, Some(given)) = (kind, given) {
                let what = "has no use for kind = \"eventbridge\": an event belongs where its alarm \
                            or its instance does";
                return Err(source.value(given, key, what));
            }
        }
        self.refuse_topics(source)?;
        let calls_a_minute_max = self.check_calls(source)?;
        let heartbeat_minutes = self.check_heartbeat(source)?;
        if kind == HookKind::Heartbeat {
            if heartbeat_minutes.is_none() {
                let what = "= \"heartbeat\" needs `heartbeat_minutes`: how often it must call";
                return Err(source.value(&self.kind, "sources.kind", what));
            }
            if let Some(given) = &self.alarms_max {
                let what = "has no use for kind = \"heartbeat\", which tells of no alarms";
                return Err(source.value(given, "sources.alarms_max", what));
            }
        }
        let mapping = match (kind, self.mapping) {
            (HookKind::Json, Some(given)) => Some(given.into_inner().check(source)?),
            (HookKind::Json, None) => {
                let what = "= \"json\" needs [sources.mapping], which says where the alarms are";
                return Err(source.value(&self.kind, "sources.kind", what));
            }
            (_, Some(given)) => {
                let what = "is of use for kind = \"json\" only";
                return Err(source.value(&given, "sources.mapping", what));
            }
            (_, None) => None,
        };
        let token = SecretKeys::SOURCE
            .find(self.token_env.as_ref(), self.token_file, &self.name, source)?
            .ok_or_else(|| {
                let what = "needs a token that proves who calls: add `token_env` or `token_file`";
                source.value(&self.kind, "sources.kind", what)
            })?;
        Ok(SourceConfig {
            name,
            kind,
            environment: environment_rule(self.environment, self.environment_label, source)?,
            alarms_max: within(
                self.alarms_max,
                "sources.alarms_max",
                limits::SOURCE_ALARMS_DEFAULT,
                limits::SOURCE_ALARMS_MAX,
                source,
            )?,
            calls_a_minute_max,
            heartbeat_minutes,
            mapping,
            token,
        })
    }

    pub(super) fn check_heartbeat(&self, source: &Source) -> Result<Option<u32>, ConfigError> {
        let Some(given) = &self.heartbeat_minutes else {
            return Ok(None);
        };
        let most = limits::HEARTBEAT_MINUTES_MAX;
        let key = "sources.heartbeat_minutes";
        within(Some(given.clone()), key, most, most, source).map(Some)
    }

    pub(super) fn check_calls(&self, source: &Source) -> Result<u32, ConfigError> {
        within(
            self.calls_per_minute.clone(),
            "sources.calls_per_minute",
            limits::SOURCE_CALLS_A_MINUTE_DEFAULT,
            limits::SOURCE_CALLS_A_MINUTE_MAX,
            source,
        )
    }
}

fn environment_rule(
    environment: Option<Spanned<String>>,
    label: Option<Spanned<String>>,
    source: &Source,
) -> Result<EnvironmentRule, ConfigError> {
    match (environment, label) {
        (Some(given), None) => {
            let read = Environment::parse(given.get_ref()).map(EnvironmentRule::To);
            let what = "is not the name of an environment";
            read.ok_or_else(|| source.value(&given, "sources.environment", what))
        }
        (Some(given), Some(_)) => {
            let what = "stands beside environment_label; leave one out";
            Err(source.value(&given, "sources.environment", what))
        }
        (None, Some(label)) => Ok(EnvironmentRule::ByLabel(label.into_inner())),
        (None, None) => Ok(EnvironmentRule::ByLabel(ENVIRONMENT_LABEL.to_owned())),
    }
}

/// A number from 1 to the most there may be.
fn within(
    given: Option<Spanned<u32>>,
    key: &str,
    default: u32,
    most: u32,
    source: &Source,
) -> Result<u32, ConfigError> {
    let Some(given) = given else {
        return Ok(default);
    };
    if !(1..=most).contains(given.get_ref()) {
        return Err(source.value(&given, key, format!("must be 1 to {most}")));
    }
    Ok(given.into_inner())
}

#[cfg(test)]
mod tests {
    use super::{super::tests::load, *};

    const SOURCE: &str =
        "[[sources]]\nname = \"prometheus\"\nkind = \"prometheus\"\ntoken_env = \"TOKEN\"\n";

    #[test]
    fn a_source_is_read_with_its_limits_and_without_its_token() {
        let text = format!(
            "{SOURCE}environment = \"prod\"\nalarms_max = 50\n[[sources]]\nname = \"g\"\n\
             kind = \"grafana\"\ntoken_file = \"no-such-file\"\nenvironment_label = \"env\"\n"
        );
        let config = load(&text, &[]).expect("a configuration");
        let [first, second] = &config.sources[..] else {
            panic!("{:?}", config.sources);
        };
        assert_eq!((first.kind, first.alarms_max), (HookKind::Prometheus, 50));
        assert_eq!(first.environment, EnvironmentRule::To("prod".into()));
        assert_eq!(
            first.calls_a_minute_max,
            limits::SOURCE_CALLS_A_MINUTE_DEFAULT
        );
        assert_eq!(second.environment, EnvironmentRule::ByLabel("env".into()));
        let missing = first
            .token
            .read(&|_| None)
            .expect_err("no token")
            .to_string();
        assert!(
            missing.ends_with("line 2: `sources.token_env`: TOKEN is not set"),
            "{missing}"
        );
    }

    #[test]
    fn what_is_wrong_with_a_source_is_told_with_its_line() {
        let with = |line: &str| format!("{SOURCE}{line}\n");
        for (text, error) in [
            (with("tokn = 1"), "F line 5: unknown field `tokn`"),
            (
                SOURCE.replace("kind = \"prometheus\"", "kind = \"prometeus\""),
                "F line 3: `sources.kind` is `prometeus`, not one of: prometheus, grafana, eventbridge, json, heartbeat, sns; did you mean `prometheus`?",
            ),
            (
                SOURCE.replace("token_env = \"TOKEN\"\n", ""),
                "F line 3: `sources.kind` needs a token",
            ),
            (
                with("token_file = \"x\""),
                "F line 4: `sources.token_env` stands beside token_file",
            ),
            (
                with("environment = \"a b\""),
                "F line 5: `sources.environment` is not the name",
            ),
            (
                with("environment = \"a\"\nenvironment_label = \"b\""),
                "F line 5: `sources.environment` stands beside environment_label",
            ),
            (
                with("environment = \"prod\"")
                    .replace("kind = \"prometheus\"", "kind = \"eventbridge\""),
                "F line 5: `sources.environment` has no use",
            ),
            (
                with("alarms_max = 0"),
                "F line 5: `sources.alarms_max` must be 1 to 10000",
            ),
            (
                with("calls_per_minute = 6001"),
                "F line 5: `sources.calls_per_minute` must be 1 to 6000",
            ),
            (
                with("heartbeat_minutes = 0"),
                "F line 5: `sources.heartbeat_minutes` must be 1 to 10080",
            ),
            (
                SOURCE.replace("kind = \"prometheus\"", "kind = \"heartbeat\""),
                "F line 3: `sources.kind` = \"heartbeat\" needs `heartbeat_minutes`",
            ),
            (
                SOURCE.replace("kind = \"prometheus\"", "kind = \"json\""),
                "F line 3: `sources.kind` = \"json\" needs [sources.mapping]",
            ),
            (
                with("[sources.mapping]\nlabels = \"@\"\nstate = \"s\""),
                "F line 5: `sources.mapping` is of use for kind = \"json\" only",
            ),
            (
                format!("{SOURCE}{SOURCE}"),
                "F line 6: `sources.name` is `prometheus` a second time",
            ),
            (
                SOURCE.replace("name = \"prometheus\"", "name = \"a b\""),
                "F line 2: `sources.name` is `a b`",
            ),
        ] {
            let found = load(&text, &[]).expect_err("an error");
            assert!(found.starts_with(error), "{found}\n{error}");
        }
    }
}
