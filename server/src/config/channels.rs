//! `[[channels]]` and `[[routes]]`: who is told of alarms, and where they are.
//!
//! Their secrets are read only when messages are about to be sent.

use super::{ConfigError, Source, check_account, check_region, ways::Way};
use domain::{
    alarms::{AlarmState, Priority},
    channels::{Channel, ChannelKind, ChannelName},
    digests::{Digest, DigestName},
    estate::Environment,
    i18n::Lang,
    labels::LabelMatchers,
    limits,
    on_call::{Contact, ContactName, Roster, Rotation, RotationName},
    routes::{EscalationStep, Matchers, Recipients, Route, Routing},
    text,
    time_intervals::{TimeInterval, TimeIntervalName},
};
use serde::Deserialize;
use std::path::PathBuf;
use toml::Spanned;

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
    pub(super) signing_secret_env: Option<Spanned<String>>,
    pub(super) signing_secret_file: Option<PathBuf>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RouteSection {
    environment: Vec<Spanned<String>>,
    priority: Vec<Spanned<String>>,
    name_contains: Vec<String>,
    account: Vec<Spanned<String>>,
    region: Vec<Spanned<String>>,
    state: Vec<Spanned<String>>,
    labels: Option<Spanned<String>>,
    channels: Vec<Spanned<String>>,
    contacts: Vec<Spanned<String>>,
    on_call: Vec<Spanned<String>>,
    escalation: Vec<StepSection>,
    mute_time_intervals: Vec<Spanned<String>>,
    active_time_intervals: Vec<Spanned<String>>,
    digest: Option<Spanned<String>>,
    #[serde(rename = "continue")]
    goes_on: bool,
    routes: Vec<RouteSection>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StepSection {
    after_minutes: Spanned<u32>,
    #[serde(default)]
    channels: Vec<Spanned<String>>,
    #[serde(default)]
    contacts: Vec<Spanned<String>>,
    #[serde(default)]
    on_call: Vec<Spanned<String>>,
}

/// Whom a route or a step names.
struct Named<'a> {
    channels: &'a [Spanned<String>],
    contacts: &'a [Spanned<String>],
    on_call: &'a [Spanned<String>],
}

impl<'a> Named<'a> {
    /// Each with what it is.
    fn all(&self) -> Vec<(&'static str, &'a str)> {
        let kinds = [
            ("channel", self.channels),
            ("contact", self.contacts),
            ("rotation", self.on_call),
        ];
        let names = kinds.into_iter().flat_map(|(kind, names)| {
            names
                .iter()
                .map(move |name| (kind, name.get_ref().as_str()))
        });
        names.collect()
    }
}

impl RouteSection {
    fn named(&self) -> Named<'_> {
        Named {
            channels: &self.channels,
            contacts: &self.contacts,
            on_call: &self.on_call,
        }
    }
}

impl StepSection {
    fn named(&self) -> Named<'_> {
        Named {
            channels: &self.channels,
            contacts: &self.contacts,
            on_call: &self.on_call,
        }
    }
}

pub(super) fn check_channels(
    given: Vec<ChannelSection>,
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
        checked.push(section.check(name, source)?);
    }
    Ok(checked)
}

impl ChannelSection {
    fn check(self, name: ChannelName, source: &Source) -> Result<ChannelConfig, ConfigError> {
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
        let (way, place) = self.way(kind, source)?;
        let channel = Channel {
            name,
            kind,
            lang,
            place,
        };
        Ok(ChannelConfig { channel, way })
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

/// The routes, and what they name.
pub(super) fn check_routes(
    given: Vec<RouteSection>,
    channels: &[ChannelConfig],
    time_intervals: Vec<TimeInterval>,
    roster: Roster,
    digests: Vec<Digest>,
    source: &Source,
) -> Result<Routing, ConfigError> {
    let mut check = RouteCheck {
        channels: channels.iter().map(|one| &one.channel.name).collect(),
        time_intervals: time_intervals.iter().map(TimeInterval::name).collect(),
        contacts: roster
            .contacts
            .iter()
            .map(|one: &Contact| &one.name)
            .collect(),
        rotations: roster.rotations.iter().map(Rotation::name).collect(),
        digests: digests.iter().map(|digest| &digest.name).collect(),
        source,
        count: 0,
    };
    let routes = check.level(given, 1)?;
    Ok(Routing {
        routes,
        time_intervals,
        roster,
        digests,
        ..Routing::default()
    })
}

struct RouteCheck<'a> {
    channels: Vec<&'a ChannelName>,
    time_intervals: Vec<&'a TimeIntervalName>,
    contacts: Vec<&'a ContactName>,
    rotations: Vec<&'a RotationName>,
    digests: Vec<&'a DigestName>,
    source: &'a Source,
    count: usize,
}

impl RouteCheck<'_> {
    fn level(&mut self, given: Vec<RouteSection>, level: usize) -> Result<Vec<Route>, ConfigError> {
        given
            .into_iter()
            .map(|section| self.route(section, level))
            .collect()
    }

    fn route(&mut self, section: RouteSection, level: usize) -> Result<Route, ConfigError> {
        let source = self.source;
        self.count += 1;
        if self.count > limits::ROUTES_MAX || level > limits::ROUTE_LEVELS_MAX {
            let message = format!(
                "`routes`: at most {} routes on {} levels",
                limits::ROUTES_MAX,
                limits::ROUTE_LEVELS_MAX
            );
            let at = section.channels.first();
            return Err(source.error(at.map_or(0, |at| at.span().start), message));
        }
        let escalation = self.escalation(&section)?;
        let recipients = self.recipients(&section.named(), "routes")?;
        let priorities = || Priority::ALL.map(Priority::as_str).join(", ");
        let states = || AlarmState::ALL.map(AlarmState::as_str).join(", ");
        let matchers = Matchers {
            environment: each(&section.environment, |given| {
                Environment::parse(given.get_ref()).ok_or_else(|| {
                    let what = "is not the name of an environment";
                    source.value(given, "routes.environment", what)
                })
            })?,
            priority: each(&section.priority, |given| {
                word(
                    given,
                    "routes.priority",
                    source,
                    Priority::parse,
                    priorities,
                )
            })?,
            name_contains: section.name_contains,
            account: each(&section.account, |given| {
                check_account(given, "routes.account", source)
            })?,
            region: each(&section.region, |given| {
                check_region(given, "routes.region", source)
            })?,
            state: each(&section.state, |given| {
                // What is over is told to whoever was told of its beginning.
                let open = |text: &str| AlarmState::parse(text).filter(|s| *s != AlarmState::Ok);
                word(given, "routes.state", source, open, states)
            })?,
            labels: match &section.labels {
                None => LabelMatchers::default(),
                Some(given) => given
                    .get_ref()
                    .parse()
                    .map_err(|what| source.value(given, "routes.labels", what))?,
            },
        };
        Ok(Route {
            matchers,
            recipients,
            escalation,
            mute_time_intervals: each(&section.mute_time_intervals, |given| {
                self.interval(given, "routes.mute_time_intervals")
            })?,
            active_time_intervals: each(&section.active_time_intervals, |given| {
                self.interval(given, "routes.active_time_intervals")
            })?,
            digest: match &section.digest {
                None => None,
                Some(given) => Some(one_of(
                    given,
                    "routes.digest",
                    &self.digests,
                    "digest",
                    source,
                )?),
            },
            goes_on: section.goes_on,
            routes: self.level(section.routes, level + 1)?,
        })
    }

    fn escalation(&self, route: &RouteSection) -> Result<Vec<EscalationStep>, ConfigError> {
        let key = "routes.escalation.after_minutes";
        let given = &route.escalation;
        let mut told = route.named().all();
        let (steps, longest) = (limits::ESCALATION_STEPS_MAX, limits::ESCALATION_MINUTES_MAX);
        let mut before = 0;
        let mut checked = Vec::with_capacity(given.len());
        for section in given {
            let given = &section.after_minutes;
            let minutes = *given.get_ref();
            if checked.len() == steps {
                let what = format!("is one step more than {steps}");
                return Err(self.source.value(given, key, what));
            }
            if minutes <= before || minutes > longest {
                let what = format!("is {minutes}; write steps in their order, from 1 to {longest}");
                return Err(self.source.value(given, key, what));
            }
            let own = section.named().all();
            if own.iter().all(|name| told.contains(name)) {
                let what = "is of a step that tells nobody who was not told before: name others \
                    in its `channels`, `contacts` or `on_call`";
                return Err(self.source.value(given, key, what));
            }
            told.extend(own);
            before = minutes;
            checked.push(EscalationStep {
                after_minutes: minutes,
                recipients: self.recipients(&section.named(), "routes.escalation")?,
            });
        }
        Ok(checked)
    }

    fn interval(
        &self,
        given: &Spanned<String>,
        key: &str,
    ) -> Result<TimeIntervalName, ConfigError> {
        one_of(
            given,
            key,
            &self.time_intervals,
            "time interval",
            self.source,
        )
    }

    fn recipients(&self, named: &Named<'_>, key: &str) -> Result<Recipients, ConfigError> {
        let key = |name: &str| format!("{key}.{name}");
        Ok(Recipients {
            channels: each(named.channels, |given| {
                let key = key("channels");
                one_of(given, &key, &self.channels, "channel", self.source)
            })?,
            contacts: each(named.contacts, |given| {
                let key = key("contacts");
                one_of(given, &key, &self.contacts, "contact", self.source)
            })?,
            on_call: each(named.on_call, |given| {
                let key = key("on_call");
                one_of(given, &key, &self.rotations, "rotation", self.source)
            })?,
        })
    }
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
                SLACK.replace("slack", "slak"),
                "F line 3: `channels.kind` is `slak`, not one of: slack, pagerduty, webhook, email, discord, teams; did you mean `slack`?",
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

    #[test]
    fn what_is_wrong_with_a_route_is_told_with_its_line() {
        for (line, error) in [
            (
                "channels = [\"opps\"]",
                "F line 7: `routes.channels` is `opps`, not one of: ops; did you mean `ops`?",
            ),
            (
                "priority = [\"P5\"]",
                "F line 7: `routes.priority` is `P5`, not one of: P1, P2, P3, P4",
            ),
            ("state = [\"ok\"]", "F line 7: `routes.state` is `ok`"),
            ("account = [\"1\"]", "F line 7: `routes.account` is `1`"),
            ("contine = true", "F line 7: unknown field `contine`"),
        ] {
            let found = load(&format!("{SLACK}[[routes]]\n{line}\n"), &[]).expect_err("an error");
            assert!(found.starts_with(error), "{found}\n{error}");
        }
    }

    #[test]
    fn a_step_time_interval_or_label_that_makes_no_sense_is_told_where_it_stands() {
        let channels = format!(
            "{SLACK}[[channels]]\nname = \"duty\"\nkind = \"pagerduty\"\nsecret_env = \"KEY\"\n"
        );
        let check = |route: &str, expected: &str| {
            let text = format!("{channels}[[routes]]\nchannels = [\"ops\"]\n{route}\n");
            let error = load(&text, &[]).expect_err("an error");
            assert!(
                error.contains("line 12") && error.contains(expected),
                "{error}"
            );
        };
        let step = |after: &str, channels: &str| {
            format!("{{ after_minutes = {after}, channels = [{channels}] }}")
        };
        let steps = |steps: &[String]| format!("escalation = [{}]", steps.join(", "));
        check(&steps(&[step("0", "\"duty\"")]), "from 1 to");
        check(&steps(&[step("20000", "\"duty\"")]), "from 1 to");
        let again = [step("5", "\"duty\""), step("5", "\"duty\"")];
        check(&steps(&again), "in their order");
        check(&steps(&[step("5", "")]), "tells nobody");
        check(&steps(&[step("5", "\"ops\"")]), "was not told before");
        check(&steps(&[step("5", "\"dty\"")]), "did you mean `duty`");
        check(
            "mute_time_intervals = [\"nights\"]",
            "no time interval is configured",
        );
        check("labels = 'team~\"pay\"'", "comes one of =, !=, =~ and !~");
        let error = load("[alarms]\nacknowledgement_minutes = 0\n", &[]).expect_err("an error");
        assert!(
            error.contains("line 2") && error.contains("write 1 to"),
            "{error}"
        );
    }
}
