//! `[[sources]]` of kind `sns`: which topics may tell us.

use super::{ConfigError, Source, sources::SourceSection};
use aws::AwsEstate;
use domain::{
    limits,
    sns::{SignatureVersion, TopicArn},
    sources::SourceName,
};
use services::TopicSource;
use toml::Spanned;

impl SourceSection {
    /// A source of topics. The signature proves who calls, and an event belongs where its
    /// alarm or its instance does; so the rest has no use.
    pub(super) fn check_topics(
        self,
        name: SourceName,
        estate: &mut AwsEstate,
        source: &Source,
    ) -> Result<TopicSource, ConfigError> {
        let idle = [
            ("sources.token_env", &self.token_env),
            ("sources.environment", &self.environment),
            ("sources.environment_label", &self.environment_label),
        ];
        for (key, given) in idle {
            if let Some(given) = given {
                return Err(source.value(given, key, NO_USE));
            }
        }
        if let Some(given) = &self.alarms_max {
            return Err(source.value(given, "sources.alarms_max", NO_USE));
        }
        if self.token_file.is_some() {
            let what = "= \"sns\" has no use for token_file: the signature proves who calls";
            return Err(source.value(&self.kind, "sources.kind", what));
        }
        Ok(TopicSource {
            topics: self.check_arns(estate, source)?,
            signature_least: self.check_version(source)?,
            calls_a_minute_max: self.check_calls(source)?,
            heartbeat_minutes: self.check_heartbeat(source)?,
            name,
        })
    }

    /// The accounts' own credentials confirm subscriptions, so they must be known.
    fn check_arns(
        &self,
        estate: &mut AwsEstate,
        source: &Source,
    ) -> Result<Vec<TopicArn>, ConfigError> {
        let key = "sources.topics";
        let most = limits::TOPICS_PER_SOURCE_MAX;
        let mut topics: Vec<TopicArn> = Vec::new();
        for given in self.topics.as_deref().unwrap_or_default() {
            let text = given.get_ref();
            let topic = TopicArn::parse(text).ok_or_else(|| {
                let what = format!(
                    "`{text}` is no topic; write its ARN, as \
                     arn:aws:sns:eu-west-1:123456789012:alarms"
                );
                source.value(given, key, what)
            })?;
            let scope = topic.scope();
            let mut accounts = estate.accounts.iter_mut();
            let account = accounts.find(|known| known.id == scope.account);
            let what = match account {
                None => format!(
                    "names a topic of account {}, which estate.accounts does not name",
                    scope.account
                ),
                Some(account) if !account.regions.contains(&scope.region) => format!(
                    "names a topic in {}, which account {} does not name under regions",
                    scope.region, scope.account
                ),
                _ if topics.contains(&topic) => format!("names {text} twice"),
                Some(account) if account.watch.topics.contains(&topic) => {
                    format!("names {text}, which another source names")
                }
                _ if topics.len() == most => format!("names more than {most} topics"),
                Some(account) => {
                    account.watch.topics.push(topic.clone());
                    topics.push(topic);
                    continue;
                }
            };
            return Err(source.value(given, key, what));
        }
        if topics.is_empty() {
            let what = "= \"sns\" needs `topics`, the ARNs of those that may tell us";
            return Err(source.value(&self.kind, "sources.kind", what));
        }
        Ok(topics)
    }

    fn check_version(&self, source: &Source) -> Result<SignatureVersion, ConfigError> {
        let Some(given) = &self.signature_version_min else {
            return Ok(SignatureVersion::One);
        };
        let version = SignatureVersion::from_number(*given.get_ref());
        version
            .ok_or_else(|| source.value(given, "sources.signature_version_min", "must be 1 or 2"))
    }

    /// Only topics have them.
    pub(super) fn refuse_topics(&self, source: &Source) -> Result<(), ConfigError> {
        let what = "is for kind = \"sns\" only";
        if let Some(given) = self.topics.as_deref().unwrap_or_default().first() {
            return Err(source.value(given, "sources.topics", what));
        }
        match &self.signature_version_min {
            Some(given) => Err(source.value(given, "sources.signature_version_min", what)),
            None => Ok(()),
        }
    }
}

const NO_USE: &str = "has no use for kind = \"sns\": the signature proves who calls, and an event \
                      belongs where its alarm or its instance does";

/// The word of the configuration.
pub(super) const KIND: &str = "sns";

/// Whether a section is about topics.
pub(super) fn is_about(kind: &Spanned<String>) -> bool {
    kind.get_ref() == KIND
}

#[cfg(test)]
mod tests {
    use super::{super::tests::load, *};

    const ACCOUNT: &str = "[[estate.accounts]]\nid = \"123456789012\"\nregions = [\"eu-west-1\"]\n";
    const SOURCE: &str = "[[sources]]\nname = \"aws\"\nkind = \"sns\"\n";
    const TOPIC: &str = "arn:aws:sns:eu-west-1:123456789012:alarms";

    #[test]
    fn topics_are_read_and_their_accounts_confirm_them() {
        let lines = format!("topics = [\"{TOPIC}\"]\n");
        let config = load(&format!("{ACCOUNT}{SOURCE}{lines}"), &[]).expect("a configuration");
        assert!(config.sources.is_empty());
        let [given] = &config.topic_sources[..] else {
            panic!("{:?}", config.topic_sources);
        };
        assert_eq!(given.topics[0].as_str(), TOPIC);
        assert_eq!(given.signature_least, SignatureVersion::One);
        assert_eq!(
            given.calls_a_minute_max,
            limits::SOURCE_CALLS_A_MINUTE_DEFAULT
        );
        assert_eq!(config.estate.accounts[0].watch.topics, given.topics);
        let strict = format!("{ACCOUNT}{SOURCE}{lines}signature_version_min = 2\n");
        let config = load(&strict, &[]).expect("a configuration");
        let least = config.topic_sources[0].signature_least;
        assert_eq!(least, SignatureVersion::Two);
    }

    #[test]
    fn what_is_wrong_with_topics_is_told_with_its_line() {
        let with = |line: &str| format!("{SOURCE}topics = [\"{TOPIC}\"]\n{line}\n");
        let topics = |list: &str| format!("{SOURCE}topics = [{list}]\n");
        let many = (0..=limits::TOPICS_PER_SOURCE_MAX).map(|n| format!("\"{TOPIC}{n}\", "));
        for (text, error) in [
            (
                SOURCE.to_owned(),
                "6: `sources.kind` = \"sns\" needs `topics`",
            ),
            (topics(""), "6: `sources.kind` = \"sns\" needs `topics`"),
            (
                topics("\"alarms\""),
                "7: `sources.topics` `alarms` is no topic",
            ),
            (
                topics(&format!(
                    "\"{}\"",
                    TOPIC.replace("123456789012", "210987654321")
                )),
                "7: `sources.topics` names a topic of account 210987654321, which estate.accounts",
            ),
            (
                topics(&format!("\"{}\"", TOPIC.replace("eu-west-1", "us-east-1"))),
                "7: `sources.topics` names a topic in us-east-1, which account 123456789012",
            ),
            (
                topics(&format!("\"{TOPIC}\", \"{TOPIC}\"")),
                "7: `sources.topics` names arn:aws:sns:eu-west-1:123456789012:alarms twice",
            ),
            (
                topics(&many.collect::<String>()),
                "7: `sources.topics` names more than 20 topics",
            ),
            (
                with("signature_version_min = 3"),
                "8: `sources.signature_version_min` must be 1 or 2",
            ),
            (
                with("token_env = \"T\""),
                "8: `sources.token_env` has no use",
            ),
            (
                with("token_file = \"t\""),
                "6: `sources.kind` = \"sns\" has no use for token_file",
            ),
            (
                with("environment = \"prod\""),
                "8: `sources.environment` has no use",
            ),
            (
                with("environment_label = \"e\""),
                "8: `sources.environment_label` has no use",
            ),
            (with("alarms_max = 5"), "8: `sources.alarms_max` has no use"),
            (
                with("calls_per_minute = 0"),
                "8: `sources.calls_per_minute` must be 1 to 6000",
            ),
            (
                format!(
                    "{}{}",
                    with("[[sources]]\nname = \"b\"\nkind = \"sns\""),
                    format_args!("topics = [\"{TOPIC}\"]\n")
                ),
                "11: `sources.topics` names arn:aws:sns:eu-west-1:123456789012:alarms, which another",
            ),
            (
                with("[[sources]]\nname = \"aws\"\nkind = \"grafana\"\ntoken_env = \"T\""),
                "9: `sources.name` is `aws` a second time",
            ),
            (
                with("").replace("\"sns\"", "\"grafana\"\ntoken_env = \"T\""),
                "8: `sources.topics` is for kind = \"sns\" only",
            ),
        ] {
            let told = load(&format!("{ACCOUNT}{text}"), &[]).expect_err(error);
            assert!(
                told.starts_with(&format!("F line {error}")),
                "{told}\n{error}"
            );
        }
    }
}
