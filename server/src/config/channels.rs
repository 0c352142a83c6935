//! `[[channels]]`: where people are told of alarms.
//!
//! Their secrets are read only when messages are about to be sent.

use super::{ConfigError, Source, ways::Way};
use aws::AwsEstate;
use domain::{
    channels::{Channel, ChannelKind, ChannelName},
    estate::Environment,
    i18n::Lang,
    limits,
    notifications::Event,
    people::Reach,
    text,
};
use serde::Deserialize;
use std::path::PathBuf;
use toml::Spanned;

/// Every environment.
const EVERYWHERE: &str = "*";

/// A channel as the configuration tells it.
#[derive(Debug, Clone)]
pub struct ChannelConfig {
    /// What there is to know of it.
    pub channel: Channel,
    /// How it is reached, and where its secret is.
    pub way: Way,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ChannelSection {
    pub(super) name: Spanned<String>,
    pub(super) kind: Spanned<String>,
    lang: Option<Spanned<String>>,
    pub(super) url: Option<Spanned<String>>,
    pub(super) channel: Option<Spanned<String>>,
    pub(super) server: Option<Spanned<String>>,
    pub(super) port: Option<Spanned<u16>>,
    pub(super) tls: Option<Spanned<String>>,
    pub(super) user: Option<Spanned<String>>,
    pub(super) from: Option<Spanned<String>>,
    pub(super) to: Option<Spanned<Vec<Spanned<String>>>>,
    pub(super) secret_env: Option<Spanned<String>>,
    pub(super) secret_file: Option<PathBuf>,
    pub(super) account: Option<Spanned<String>>,
    pub(super) region: Option<Spanned<String>>,
    pub(super) signing_secret_env: Option<Spanned<String>>,
    pub(super) signing_secret_file: Option<PathBuf>,
    changes: Option<Spanned<Vec<Spanned<String>>>>,
}

pub(super) fn check_channels(
    given: Vec<ChannelSection>,
    estate: &mut AwsEstate,
    source: &Source,
) -> Result<Vec<ChannelConfig>, ConfigError> {
    let mut checked: Vec<ChannelConfig> = Vec::new();
    for section in given {
        let key = "channels.name";
        let name: ChannelName = section.name.get_ref().parse().map_err(|error| {
            let what = format!("is `{}`; {error}", section.name.get_ref());
            source.value(&section.name, key, what)
        })?;
        if checked.iter().any(|channel| channel.channel.name == name) {
            let what = format!("is `{name}` a second time; give each channel its own name");
            return Err(source.value(&section.name, key, what));
        }
        if checked.len() >= limits::CHANNELS_MAX {
            let what = format!("is one channel more than {}", limits::CHANNELS_MAX);
            return Err(source.value(&section.name, key, what));
        }
        checked.push(section.check(name, estate, source)?);
    }
    Ok(checked)
}

impl ChannelSection {
    fn check(
        self,
        name: ChannelName,
        estate: &mut AwsEstate,
        source: &Source,
    ) -> Result<ChannelConfig, ConfigError> {
        let lang = match &self.lang {
            None => Lang::default(),
            Some(given) => Lang::parse(given.get_ref())
                .ok_or_else(|| source.value(given, "channels.lang", "is not one of: en, ko"))?,
        };
        let kind = word(
            &self.kind,
            "channels.kind",
            source,
            ChannelKind::parse,
            || {
                let kinds = ChannelKind::ALL.into_iter();
                let kinds = kinds.filter(|kind| *kind != ChannelKind::Inbox);
                kinds
                    .map(ChannelKind::as_str)
                    .collect::<Vec<_>>()
                    .join(", ")
            },
        )?;
        let changes = self.changes(kind, source)?;
        let (way, place) = self.way(kind, estate, source)?;
        let channel = Channel {
            name,
            kind,
            lang,
            place,
            changes,
        };
        Ok(ChannelConfig { channel, way })
    }

    /// Of whose applied change requests it is told.
    fn changes(&self, kind: ChannelKind, source: &Source) -> Result<Reach, ConfigError> {
        let key = "channels.changes";
        let Some(given) = &self.changes else {
            return Ok(Reach::Only(Vec::new()));
        };
        if !kind.is_told(Event::Changed) {
            let what = format!("does not fit kind = \"{}\"; leave it out", kind.as_str());
            return Err(source.value(given, key, what));
        }
        let list = given.get_ref();
        if list.iter().any(|one| one.get_ref() == EVERYWHERE) {
            return Ok(Reach::All);
        }
        let environments = list.iter().map(|one| {
            Environment::parse(one.get_ref()).ok_or_else(|| {
                let what = format!(
                    "holds `{}`, which is no environment; write names such as prod, or {EVERYWHERE}",
                    one.get_ref()
                );
                source.value(one, key, what)
            })
        });
        Ok(Reach::Only(environments.collect::<Result<_, _>>()?))
    }
}

/// One of the known words.
pub(super) fn word<T>(
    given: &Spanned<String>,
    key: &str,
    source: &Source,
    read: impl Fn(&str) -> Option<T>,
    known: impl Fn() -> String,
) -> Result<T, ConfigError> {
    read(given.get_ref()).ok_or_else(|| {
        let known = known();
        let nearest = text::nearest(given.get_ref(), known.split(", "));
        let meant = nearest.map_or(String::new(), |word| format!("; did you mean `{word}`?"));
        let what = format!("is `{}`, not one of: {known}{meant}", given.get_ref());
        source.value(given, key, what)
    })
}

/// One of the names that are configured for a kind of thing.
pub(super) fn one_of<T: Clone + std::fmt::Display>(
    given: &Spanned<String>,
    key: &str,
    names: &[&T],
    what: &str,
    source: &Source,
) -> Result<T, ConfigError> {
    let names: Vec<(String, &T)> = names.iter().map(|one| (one.to_string(), *one)).collect();
    let read = |text: &str| {
        let found = names.iter().find(|(name, _)| name == text);
        found.map(|(_, one)| (*one).clone())
    };
    let known = || match names.as_slice() {
        [] => format!("(no {what} is configured)"),
        names => {
            let names: Vec<_> = names.iter().map(|(name, _)| name.as_str()).collect();
            names.join(", ")
        }
    };
    word(given, key, source, read, known)
}

pub(super) fn each<T>(
    given: &[Spanned<String>],
    read: impl Fn(&Spanned<String>) -> Result<T, ConfigError>,
) -> Result<Vec<T>, ConfigError> {
    given.iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::{super::tests::load, *};

    const SLACK: &str = "[[channels]]\nname = \"ops\"\nkind = \"slack\"\nchannel = \"C0123\"\nsecret_env = \"TOKEN\"\n";

    #[test]
    fn channels_and_routes_are_read_without_their_secrets() {
        let text = format!(
            "{SLACK}lang = \"ko\"\n[[channels]]\nname = \"duty\"\nkind = \"pagerduty\"\n\
             secret_file = \"no-such-file\"\n[[routes]]\nenvironment = [\"prod\"]\n\
             channels = [\"ops\"]\ncontinue = true\n[[routes.routes]]\npriority = [\"P1\"]\n\
             state = [\"alarm\", \"insufficient_data\"]\nchannels = [\"duty\"]\n"
        );
        let config = load(&text, &[]).expect("a configuration");
        let places: Vec<_> = config
            .channels
            .iter()
            .map(|c| c.channel.place.as_str())
            .collect();
        assert_eq!(places, ["Slack C0123", "PagerDuty"]);
        let route = &config.routing.routes[0];
        assert!(route.goes_on && route.routes[0].recipients.channels[0].as_str() == "duty");
        assert_eq!(route.routes[0].matchers.state.len(), 2);

        let nothing = |_: &str| None;
        let place = |n: usize| match &config.channels[n].way {
            Way::Slack { token, .. } => token,
            Way::Pagerduty { key, .. } => key,
            other => panic!("{other:?}"),
        };
        let secret = |n: usize| place(n).read(&nothing);
        let missing = secret(0).expect_err("no token").to_string();
        assert!(
            missing.ends_with("line 2: `channels.secret_env`: TOKEN is not set"),
            "{missing}"
        );
        let unreadable = secret(1).expect_err("no key").to_string();
        assert!(
            unreadable.contains("line 8: `channels.secret_file`: no-such-file"),
            "{unreadable}"
        );
        let odd = place(0).read(&|_| Some("two words".into()));
        let odd = odd.expect_err("no secret").to_string();
        assert!(!odd.contains("two words"), "{odd}");
        assert!(place(0).read(&|_| Some("xoxb-1".into())).is_ok());
    }

    #[test]
    fn what_is_wrong_with_a_channel_is_told_with_its_line() {
        let webhook = "[[channels]]\nname = \"hook\"\nkind = \"webhook\"\nsecret_env = \"S\"\n";
        let slack = |line: &str| format!("{SLACK}{line}\n");
        for (text, error) in [
            (slack("chanel = \"x\""), "F line 6: unknown field `chanel`"),
            (
                slack("changes = [\"prod\", \"a b\"]"),
                "F line 6: `channels.changes` holds `a b`, which is no environment; write names",
            ),
            (
                SLACK.replace("slack", "slak"),
                "F line 3: `channels.kind` is `slak`, not one of: slack, pagerduty, webhook, email, discord, teams, sms; did you mean `slack`?",
            ),
            (
                SLACK
                    .replace("slack", "inbox")
                    .replace("channel = \"C0123\"\n", ""),
                "F line 3: `channels.kind` is inbox, which only the sandbox has",
            ),
            (
                SLACK.replace("ops", "Ops"),
                "F line 2: `channels.name` is `Ops`; write 1 to 32",
            ),
            (
                SLACK.replace("C0123", "#ops"),
                "F line 4: `channels.channel` is `#ops`; write the channel's id",
            ),
            (
                SLACK.replace("channel = \"C0123\"\n", ""),
                "F line 3: `channels.kind` is slack, which needs the id of a channel: add `channel`",
            ),
            (
                SLACK.replace("secret_env = \"TOKEN\"\n", ""),
                "F line 3: `channels.kind` needs a secret",
            ),
            (
                slack("secret_file = \"x\""),
                "F line 5: `channels.secret_env` stands beside secret_file",
            ),
            (
                slack("lang = \"fr\""),
                "F line 6: `channels.lang` is not one of: en, ko",
            ),
            (slack("token = \"xoxb\""), "F line 6: unknown field `token`"),
            (
                format!("{SLACK}{SLACK}"),
                "F line 7: `channels.name` is `ops` a second time",
            ),
            (
                webhook.to_owned(),
                "F line 3: `channels.kind` is webhook, which needs an address: add `url`",
            ),
            (
                format!("{webhook}url = \"http://x.example/\"\n"),
                "F line 5: `channels.url` is plain http",
            ),
            (
                format!("{webhook}url = \"https://u:p@x.example/\"\n"),
                "F line 5: `channels.url` holds a name or password",
            ),
        ] {
            let found = load(&text, &[]).expect_err("an error");
            assert!(found.starts_with(error), "{found}\n{error}");
        }
    }
}
