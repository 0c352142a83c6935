//! `[[routes]]`: who is told of which alarms.

use super::{
    ConfigError, Source,
    channels::{ChannelConfig, each, one_of, word},
    check_account, check_region,
};
use domain::{
    alarms::{AlarmState, Priority},
    channels::ChannelName,
    digests::{Digest, DigestName},
    estate::Environment,
    labels::LabelMatchers,
    limits,
    on_call::{Contact, ContactName, Roster, Rotation, RotationName},
    routes::{
        EscalationStep, Matchers, Recipients, Route, Routing,
        groups::{self, Grouping},
    },
    time_intervals::{TimeInterval, TimeIntervalName},
};
use serde::Deserialize;
use std::collections::BTreeSet;
use toml::Spanned;

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RouteSection {
    environment: Vec<Spanned<String>>,
    priority: Vec<Spanned<String>>,
    name_contains: Vec<Spanned<String>>,
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
    group_by: Vec<Spanned<String>>,
    group_wait_seconds: Option<Spanned<u32>>,
    group_interval_minutes: Option<Spanned<u32>>,
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

/// The routes, and what they name.
pub(super) fn check_routes(
    given: Vec<RouteSection>,
    channels: &[ChannelConfig],
    time_intervals: Vec<TimeInterval>,
    roster: Roster,
    digests: Vec<Digest>,
    source: &Source,
) -> Result<Routing, ConfigError> {
    let named = Routing {
        time_intervals,
        roster,
        digests,
        ..Routing::default()
    };
    let channels = channels.iter().map(|one| &one.channel.name).collect();
    let routes = RouteCheck::new(&named, channels, source).level(given, 1)?;
    Ok(Routing { routes, ..named })
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct RouteFile {
    routes: Vec<RouteSection>,
}

/// Reads `[[routes]]` alone, by the rules of a configuration: somebody wants to try them.
///
/// # Errors
/// The first thing that is wrong, with its line.
pub fn read_routes(
    text: &str,
    named: &Routing,
    channels: &[ChannelName],
) -> Result<Vec<Route>, String> {
    let source = Source {
        name: "text".into(),
        text: text.to_owned(),
    };
    let read = || -> Result<Vec<Route>, ConfigError> {
        let given: RouteFile =
            toml::from_str(&source.text).map_err(|error| source.syntax(&error))?;
        RouteCheck::new(named, channels.iter().collect(), &source).level(given.routes, 1)
    };
    read().map_err(|error| error.to_string())
}

/// Whether a name is among those that were given.
fn names(given: &[Spanned<String>], name: &str) -> bool {
    given.iter().any(|one| one.get_ref() == name)
}

struct RouteCheck<'a> {
    channels: Vec<&'a ChannelName>,
    time_intervals: Vec<&'a TimeIntervalName>,
    contacts: Vec<&'a ContactName>,
    rotations: Vec<&'a RotationName>,
    digests: Vec<&'a DigestName>,
    roster: &'a Roster,
    source: &'a Source,
    count: usize,
}

impl<'a> RouteCheck<'a> {
    fn new(named: &'a Routing, channels: Vec<&'a ChannelName>, source: &'a Source) -> Self {
        let people = named.roster.contacts.iter();
        Self {
            channels,
            time_intervals: named
                .time_intervals
                .iter()
                .map(TimeInterval::name)
                .collect(),
            contacts: people.map(|one: &Contact| &one.name).collect(),
            rotations: named.roster.rotations.iter().map(Rotation::name).collect(),
            roster: &named.roster,
            digests: named.digests.iter().map(|one| &one.name).collect(),
            source,
            count: 0,
        }
    }

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
        let grouping = self.grouping(&section)?;
        if let Some(digest) = &section.digest {
            let has_hours = !section.mute_time_intervals.is_empty()
                || !section.active_time_intervals.is_empty();
            if has_hours || !section.escalation.is_empty() || grouping.is_some() {
                let what = "comes at its own time: leave out mute_time_intervals, \
                            active_time_intervals, escalation and group_by";
                return Err(source.value(digest, "routes.digest", what));
            }
        }
        let recipients = self.recipients(&section.named(), "routes")?;
        let priorities = || Priority::ALL.map(Priority::as_str).join(", ");
        let states = || AlarmState::ALL.map(AlarmState::as_str).join(", ");
        if let Some(word) = section.name_contains.get(limits::ROUTE_WORDS_MAX) {
            let what = format!("is one word more than {}", limits::ROUTE_WORDS_MAX);
            return Err(source.value(word, "routes.name_contains", what));
        }
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
            name_contains: each(&section.name_contains, |given| Ok(given.get_ref().clone()))?,
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
            grouping,
            goes_on: section.goes_on,
            routes: self.level(section.routes, level + 1)?,
        })
    }

    /// How its alarms are told together; none where nothing is said of that.
    fn grouping(&self, route: &RouteSection) -> Result<Option<Grouping>, ConfigError> {
        let source = self.source;
        let (by, wait) = ("routes.group_by", "routes.group_wait_seconds");
        let interval = "routes.group_interval_minutes";
        let within = |given: &Option<Spanned<u32>>, key: &str, usual, most| match given {
            None => Ok(usual),
            Some(given) if *given.get_ref() <= most => Ok(*given.get_ref()),
            Some(given) => {
                let what = format!("is {}; write at most {most}", given.get_ref());
                Err(source.value(given, key, what))
            }
        };
        if route.group_by.is_empty() {
            let what = "stands alone: write in group_by by which labels alarms are grouped";
            if let Some(given) = &route.group_wait_seconds {
                return Err(source.value(given, wait, what));
            }
            if let Some(given) = &route.group_interval_minutes {
                return Err(source.value(given, interval, what));
            }
            return Ok(None);
        }
        if let Some(label) = route.group_by.get(limits::GROUP_LABELS_MAX) {
            let what = format!("is one label more than {}", limits::GROUP_LABELS_MAX);
            return Err(source.value(label, by, what));
        }
        let alone = |given: &&Spanned<String>| given.get_ref() == groups::EACH_ALONE;
        if let Some(given) = route.group_by.iter().find(alone)
            && route.group_by.len() > 1
        {
            let what = "is `...`, each alarm alone: no label stands beside it";
            return Err(source.value(given, by, what));
        }
        let by = each(&route.group_by, |given| {
            let label = given.get_ref();
            let is_label = !label.is_empty();
            is_label.then(|| label.clone()).ok_or_else(|| {
                let what = "is empty; write the name of a label, as environment or alertname";
                source.value(given, by, what)
            })
        })?;
        Ok(Some(Grouping {
            by,
            wait_seconds: within(
                &route.group_wait_seconds,
                wait,
                groups::WAIT_SECONDS,
                limits::GROUP_WAIT_SECONDS_MAX,
            )?,
            interval_minutes: within(
                &route.group_interval_minutes,
                interval,
                groups::INTERVAL_MINUTES,
                limits::GROUP_INTERVAL_MINUTES_MAX,
            )?,
        }))
    }

    fn escalation(&self, route: &RouteSection) -> Result<Vec<EscalationStep>, ConfigError> {
        let key = "routes.escalation.after_minutes";
        let given = &route.escalation;
        let mut before = route.named().all();
        let mut told: BTreeSet<&ChannelName> = self.surely(&route.named());
        let (steps, longest) = (limits::ESCALATION_STEPS_MAX, limits::ESCALATION_MINUTES_MAX);
        let mut minutes_before = 0;
        let mut checked = Vec::with_capacity(given.len());
        for section in given {
            let recipients = self.recipients(&section.named(), "routes.escalation")?;
            let given = &section.after_minutes;
            let minutes = *given.get_ref();
            if checked.len() == steps {
                let what = format!("is one step more than {steps}");
                return Err(self.source.value(given, key, what));
            }
            if minutes <= minutes_before || minutes > longest {
                let what = format!("is {minutes}; write steps in their order, from 1 to {longest}");
                return Err(self.source.value(given, key, what));
            }
            let named = section.named();
            let names = named.all();
            let is_known = names.iter().all(|name| before.contains(name));
            if is_known || self.perhaps(&named).iter().all(|name| told.contains(name)) {
                let what = "is of a step that tells nobody who was not told before, for each \
                    channel is told once: name others in its `channels`, `contacts` or `on_call`";
                return Err(self.source.value(given, key, what));
            }
            told.extend(self.surely(&named));
            minutes_before = minutes;
            before.extend(names);
            checked.push(EscalationStep {
                after_minutes: minutes,
                recipients,
            });
        }
        Ok(checked)
    }

    /// The channels that are told by these names whoever is on call, and at whatever hour.
    fn surely(&self, named: &Named<'_>) -> BTreeSet<&'a ChannelName> {
        let has_no_quiet_hours = |one: &&Contact| one.quiet_hours.is_empty();
        let people = self.people(named).into_iter().filter(has_no_quiet_hours);
        let mut channels = self.fixed(named);
        channels.extend(people.flat_map(|one| &one.channels));
        for rotation in self.rotations(named) {
            let own = |name| {
                let contact = self.roster.contact(name).filter(has_no_quiet_hours);
                contact.map(|one| one.channels.iter().collect())
            };
            let mut each = rotation
                .contacts()
                .iter()
                .map(own)
                .map(Option::unwrap_or_default);
            let first: BTreeSet<&ChannelName> = each.next().unwrap_or_default();
            channels.extend(each.fold(first, |all, own| &all & &own));
        }
        channels
    }

    /// The channels that these names may tell.
    fn perhaps(&self, named: &Named<'_>) -> BTreeSet<&'a ChannelName> {
        let taking_turns = self.rotations(named);
        let taking_turns = taking_turns.iter().flat_map(|rotation| rotation.contacts());
        let taking_turns = taking_turns.filter_map(|name| self.roster.contact(name));
        let people = self.people(named).into_iter().chain(taking_turns);
        let mut channels = self.fixed(named);
        channels.extend(people.flat_map(|one| &one.channels));
        channels
    }

    fn fixed(&self, named: &Named<'_>) -> BTreeSet<&'a ChannelName> {
        let known = self.channels.iter().copied();
        known
            .filter(|one| names(named.channels, one.as_str()))
            .collect()
    }

    fn people(&self, named: &Named<'_>) -> Vec<&'a Contact> {
        let known = self.roster.contacts.iter();
        known
            .filter(|one| names(named.contacts, one.name.as_str()))
            .collect()
    }

    fn rotations(&self, named: &Named<'_>) -> Vec<&'a Rotation> {
        let known = self.roster.rotations.iter();
        known
            .filter(|one| names(named.on_call, one.name().as_str()))
            .collect()
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

#[cfg(test)]
mod tests {
    use super::{super::tests::load, *};

    const SLACK: &str = "[[channels]]\nname = \"ops\"\nkind = \"slack\"\nchannel = \"C0123\"\nsecret_env = \"TOKEN\"\n";

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

    #[test]
    fn how_alarms_are_grouped_is_said_in_full_and_within_bounds() {
        let route = |lines: &str| format!("{SLACK}[[routes]]\nchannels = [\"ops\"]\n{lines}\n");
        let config = load(&route("group_by = [\"alertname\"]"), &[]).expect("a configuration");
        let grouping = config.routing.routes[0].grouping.as_ref();
        let grouping = grouping.expect("a grouping");
        assert_eq!(grouping.by, ["alertname"]);
        assert_eq!(
            (grouping.wait_seconds, grouping.interval_minutes),
            (groups::WAIT_SECONDS, groups::INTERVAL_MINUTES)
        );
        for (lines, error) in [
            (
                "group_wait_seconds = 5",
                "`routes.group_wait_seconds` stands alone",
            ),
            (
                "group_interval_minutes = 5",
                "`routes.group_interval_minutes` stands alone",
            ),
            (
                "group_by = [\"a\"]\ngroup_wait_seconds = 601",
                "is 601; write at most 600",
            ),
            (
                "group_by = [\"a\"]\ngroup_interval_minutes = 1441",
                "is 1441; write at most 1440",
            ),
            ("group_by = [\"a\", \"...\"]", "no label stands beside it"),
            ("group_by = [\"\"]", "`routes.group_by` is empty"),
        ] {
            let found = load(&route(lines), &[]).expect_err("an error");
            assert!(found.contains(error), "{found}");
        }
    }

    #[test]
    fn a_step_must_reach_a_channel_that_was_not_told_before() {
        let people = |jun: &str| {
            format!(
                "{SLACK}{}[[contacts]]\nname = \"mina\"\nchannels = [\"ops\"]\n\
                 [[contacts]]\nname = \"jun\"\nchannels = [\"{jun}\"]\n\
                 [[rotations]]\nname = \"web\"\ntimezone = \"UTC\"\nfirst_shift = \"2026-11-02T09:00\"\n\
                 shift = \"1 day\"\ncontacts = [\"mina\", \"jun\"]\n",
                SLACK.replace("\"ops\"", "\"duty\"")
            )
        };
        let step = |told: &str, then: &str| {
            format!("[[routes]]\n{told}\n[[routes.escalation]]\nafter_minutes = 5\n{then}\n")
        };
        let works = |jun: &str, told: &str, then: &str| {
            let config = load(&format!("{}{}", people(jun), step(told, then)), &[]);
            match config {
                Ok(_) => true,
                Err(error) => {
                    assert!(error.contains("nobody who was not told before"), "{error}");
                    false
                }
            }
        };
        let (web, ops) = ("on_call = [\"web\"]", "channels = [\"ops\"]");
        let jun = "contacts = [\"jun\"]";
        // All of them share a channel.
        assert!(!works("ops", web, jun));
        assert!(!works("ops", ops, web));
        // He may not be the one on call.
        assert!(works("duty", web, jun));
        assert!(works("duty", ops, web));
        assert!(!works("duty", "channels = [\"ops\", \"duty\"]", web));
    }

    #[test]
    fn routes_are_written_as_they_are_read() {
        let text = format!(
            "{SLACK}[[contacts]]\nname = \"mina\"\nchannels = [\"ops\"]\n\
             [[time_intervals]]\nname = \"night\"\ntimezone = \"Asia/Seoul\"\nwindows = [{{ from = \"22:00\", to = \"07:00\" }}]\n\
             [[routes]]\nenvironment = [\"prod\"]\npriority = [\"P1\", \"P2\"]\n\
             name_contains = [\"a \\\"b\\\"\\\\\"]\nlabels = \"team=~\\\"a|b\\\"\"\nstate = [\"alarm\", \"insufficient_data\"]\n\
             mute_time_intervals = [\"night\"]\ncontinue = true\n\
             group_by = [\"environment\", \"team\"]\ngroup_wait_seconds = 10\n\
             [[routes.escalation]]\nafter_minutes = 10\ncontacts = [\"mina\"]\n\
             [[routes.routes]]\naccount = [\"111122223333\"]\nregion = [\"ap-northeast-2\"]\n\
             [[routes]]\nchannels = [\"ops\"]\nactive_time_intervals = [\"night\"]\n\
             [[routes]]\non_call = [\"web\"]\n\
             [[routes]]\nchannels = [\"ops\"]\ndigest = \"morning\"\n\
             [[digests]]\nname = \"morning\"\ntimezone = \"Asia/Seoul\"\nat = \"09:00\"\n\
             [[rotations]]\nname = \"web\"\ntimezone = \"UTC\"\nfirst_shift = \"2026-11-02T09:00\"\n\
             shift = \"1 day\"\ncontacts = [\"mina\"]\n"
        );
        let config = load(&text, &[]).expect("a configuration");
        let [.., digest] = &config.routing.routes[..] else {
            panic!("no routes");
        };
        assert!(digest.digest.is_some());
        let written = domain::routes::text::toml(&config.routing.routes);
        let channels: Vec<_> = config
            .channels
            .iter()
            .map(|one| one.channel.name.clone())
            .collect();
        let read = read_routes(&written, &config.routing, &channels);
        assert_eq!(read.as_ref(), Ok(&config.routing.routes), "{written}");

        for (text, error) in [
            (
                "[[routes]]\n\nchannels = [\"opps\"]\n",
                "text line 3: `routes.channels` is `opps`, not one of: ops",
            ),
            (
                "[[channels]]\nname = \"x\"\n",
                "text line 1: unknown field `channels`",
            ),
            (
                "[[routes]]\nchanels = []\n",
                "text line 2: unknown field `chanels`",
            ),
            ("[[routes", "text line 1: "),
        ] {
            let found = read_routes(text, &config.routing, &channels).expect_err("an error");
            assert!(found.starts_with(error), "{found}");
        }
        assert_eq!(read_routes("", &config.routing, &channels), Ok(Vec::new()));
    }

    #[test]
    fn a_digest_comes_at_its_own_time_and_to_nobody_step_by_step() {
        let digest = "[[digests]]\nname = \"morning\"\ntimezone = \"Asia/Seoul\"\nat = \"09:00\"\n\
            [[time_intervals]]\nname = \"night\"\ntimezone = \"Asia/Seoul\"\nwindows = [{ from = \"22:00\", to = \"07:00\" }]\n";
        for other in [
            "mute_time_intervals = [\"night\"]",
            "active_time_intervals = [\"night\"]",
            "escalation = [{ after_minutes = 5, channels = [\"duty\"] }]",
            "group_by = [\"team\"]",
        ] {
            let duty = SLACK.replace("\"ops\"", "\"duty\"");
            let text = format!(
                "{SLACK}{duty}{digest}[[routes]]\nchannels = [\"ops\"]\ndigest = \"morning\"\n{other}\n"
            );
            let error = load(&text, &[]).expect_err("an error");
            assert!(
                error.contains("`routes.digest` comes at its own time"),
                "{error}"
            );
        }
    }
}
