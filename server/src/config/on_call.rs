//! `[[contacts]]` and `[[rotations]]`: people who can be told, and how they take turns.

use super::{
    ConfigError, Source,
    channels::{ChannelConfig, each, one_of, word},
};
use domain::{
    alarms::Priority,
    limits,
    on_call::{
        Contact, ContactName, PagerdutyPerson, QuietHours, Roster, Rotation, RotationName,
        ShiftLength, SlackPerson, is_chat_id,
    },
    time::Zone,
    time_intervals::TimeInterval,
};
use serde::Deserialize;
use std::{fmt, str::FromStr};
use toml::Spanned;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ContactSection {
    name: Spanned<String>,
    channels: Vec<Spanned<String>>,
    #[serde(default)]
    quiet_hours: Vec<QuietSection>,
    account: Option<Spanned<String>>,
    slack_team: Option<Spanned<String>>,
    slack_user: Option<Spanned<String>>,
    pagerduty_user: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct QuietSection {
    #[serde(default)]
    priority: Vec<Spanned<String>>,
    time_intervals: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RotationSection {
    name: Spanned<String>,
    timezone: Spanned<String>,
    first_shift: Spanned<String>,
    shift: Spanned<String>,
    contacts: Vec<Spanned<String>>,
}

/// The people and their turns.
pub(super) fn check(
    contacts: Vec<ContactSection>,
    rotations: Vec<RotationSection>,
    channels: &[ChannelConfig],
    time_intervals: &[TimeInterval],
    source: &Source,
) -> Result<Roster, ConfigError> {
    let mut roster = Roster::default();
    for section in contacts {
        let key = "contacts.name";
        let names = roster.contacts.iter().map(|contact| &contact.name);
        let name: ContactName = new_name(&section.name, key, names, limits::CONTACTS_MAX, source)?;
        if section.channels.is_empty() {
            let what = "has no `channels`: name those by which they are told";
            return Err(source.value(&section.name, key, what));
        }
        let known: Vec<_> = channels.iter().map(|one| &one.channel.name).collect();
        let intervals: Vec<_> = time_intervals.iter().map(TimeInterval::name).collect();
        let most = limits::QUIET_HOURS_MAX;
        if section.quiet_hours.len() > most {
            let what = format!("has more than {most} `quiet_hours`");
            return Err(source.value(&section.name, key, what));
        }
        let priorities = || Priority::ALL.map(Priority::as_str).join(", ");
        let hours = section.quiet_hours.iter().map(|hours| {
            if hours.time_intervals.is_empty() {
                let what = "has `quiet_hours` without `time_intervals`: name those in which they \
                    are quiet";
                return Err(source.value(&section.name, key, what));
            }
            Ok(QuietHours {
                priority: each(&hours.priority, |given| {
                    let key = "contacts.quiet_hours.priority";
                    word(given, key, source, Priority::parse, priorities)
                })?,
                time_intervals: each(&hours.time_intervals, |given| {
                    let key = "contacts.quiet_hours.time_intervals";
                    one_of(given, key, &intervals, "time interval", source)
                })?,
            })
        });
        let quiet_hours = hours.collect::<Result<_, _>>()?;
        let (in_slack, in_pagerduty) = section.elsewhere(&name, &roster, source)?;
        roster.in_slack.extend(in_slack);
        roster.in_pagerduty.extend(in_pagerduty);
        roster.contacts.push(Contact {
            channels: each(&section.channels, |given| {
                one_of(given, "contacts.channels", &known, "channel", source)
            })?,
            name,
            quiet_hours,
        });
    }
    for section in rotations {
        let rotation = section.check(&roster, source)?;
        roster.rotations.push(rotation);
    }
    Ok(roster)
}

impl ContactSection {
    /// Who they are in Slack and in PagerDuty, and as which account they act here.
    fn elsewhere(
        &self,
        name: &ContactName,
        roster: &Roster,
        source: &Source,
    ) -> Result<(Option<SlackPerson>, Option<PagerdutyPerson>), ConfigError> {
        let ids = [&self.slack_team, &self.slack_user, &self.pagerduty_user];
        let id = |given: &Spanned<String>, key: &str, example: &str| {
            let id = given.get_ref();
            if !is_chat_id(id) {
                let what = format!("is `{id}`, which is no id, as {example}");
                return Err(source.value(given, key, what));
            }
            Ok(id.clone())
        };
        let Some(account) = &self.account else {
            let Some(lonely) = ids.into_iter().flatten().next() else {
                return Ok((None, None));
            };
            let what = "stands without account: who acts elsewhere acts as an account here";
            return Err(source.value(lonely, "contacts", what));
        };
        if ids.iter().all(|id| id.is_none()) {
            let what = "stands alone: say by slack_team and slack_user, or by pagerduty_user, who \
                        acts as this account";
            return Err(source.value(account, "contacts.account", what));
        }
        let account = account.get_ref().trim().to_lowercase();
        let in_slack = match (&self.slack_team, &self.slack_user) {
            (None, None) => None,
            (Some(team), Some(user)) => {
                let person = SlackPerson {
                    contact: name.clone(),
                    team: id(team, "contacts.slack_team", "T0123456789")?,
                    user: id(user, "contacts.slack_user", "U0123456789")?,
                    account: account.clone(),
                };
                if let Some(first) = roster.slack_person(&person.team, &person.user) {
                    let what = format!("is `{}` already, the id of {}", person.user, first.contact);
                    return Err(source.value(user, "contacts.slack_user", what));
                }
                Some(person)
            }
            (Some(lonely), None) | (None, Some(lonely)) => {
                let what = "stands alone: whoever presses a button in Slack needs account, \
                            slack_team and slack_user";
                return Err(source.value(lonely, "contacts", what));
            }
        };
        let Some(user) = &self.pagerduty_user else {
            return Ok((in_slack, None));
        };
        let person = PagerdutyPerson {
            contact: name.clone(),
            user: id(user, "contacts.pagerduty_user", "PXPGF42")?,
            account,
        };
        if let Some(first) = roster.pagerduty_person(&person.user) {
            let what = format!("is `{}` already, the id of {}", person.user, first.contact);
            return Err(source.value(user, "contacts.pagerduty_user", what));
        }
        Ok((in_slack, Some(person)))
    }
}

impl RotationSection {
    fn check(self, roster: &Roster, source: &Source) -> Result<Rotation, ConfigError> {
        let key = |name: &str| format!("rotations.{name}");
        let names = roster.rotations.iter().map(Rotation::name);
        let most = limits::ROTATIONS_MAX;
        let name: RotationName = new_name(&self.name, &key("name"), names, most, source)?;
        let zone = Zone::named(self.timezone.get_ref()).map_err(|error| {
            let what = format!("is refused: {error}");
            source.value(&self.timezone, &key("timezone"), what)
        })?;
        let first = self.first_shift.get_ref().parse().map_err(|_| {
            let what = format!(
                "is `{}`; write the local time at which the first contact's shift began, as \
                 2026-11-02T09:00",
                self.first_shift.get_ref()
            );
            source.value(&self.first_shift, &key("first_shift"), what)
        })?;
        let length = self
            .shift
            .get_ref()
            .parse::<ShiftLength>()
            .map_err(|error| {
                let what = format!("is `{}`; {error}", self.shift.get_ref());
                source.value(&self.shift, &key("shift"), what)
            })?;
        let people: Vec<_> = roster.contacts.iter().map(|one| &one.name).collect();
        let contacts = each(&self.contacts, |given| {
            one_of(given, &key("contacts"), &people, "contact", source)
        })?;
        Rotation::new(name, zone, first, length, contacts)
            .map_err(|error| source.value(&self.name, "rotations", error))
    }
}

/// A name that none of those before has.
pub(super) fn new_name<'a, T>(
    given: &Spanned<String>,
    key: &str,
    before: impl ExactSizeIterator<Item = &'a T>,
    most: usize,
    source: &Source,
) -> Result<T, ConfigError>
where
    T: FromStr<Err: fmt::Display> + PartialEq + 'a,
{
    let written = given.get_ref();
    let name: T = written
        .parse()
        .map_err(|error| source.value(given, key, format!("is `{written}`; {error}")))?;
    if before.len() >= most {
        return Err(source.value(given, key, format!("is one more than {most}")));
    }
    let mut before = before;
    if before.any(|one| *one == name) {
        let what = format!("is `{written}` a second time; give each its own name");
        return Err(source.value(given, key, what));
    }
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::super::tests::load;

    const PEOPLE: &str = "[[channels]]\nname = \"duty\"\nkind = \"pagerduty\"\nsecret_env = \"KEY\"\n\
        [[time_intervals]]\nname = \"night\"\ntimezone = \"Asia/Seoul\"\nwindows = [{ from = \"22:00\", to = \"07:00\" }]\n\
        [[contacts]]\nname = \"mina\"\nchannels = [\"duty\"]\nquiet_hours = [{ priority = [\"P3\"], time_intervals = [\"night\"] }]\n\
        [[contacts]]\nname = \"jun\"\nchannels = [\"duty\"]\n";
    const ROTATION: &str = "[[rotations]]\nname = \"web\"\ntimezone = \"Asia/Seoul\"\nfirst_shift = \"2026-11-02T09:00\"\nshift = \"1 week\"\ncontacts = [\"mina\", \"jun\"]\n";

    #[test]
    fn people_take_turns_and_routes_name_them() {
        let routes = "[[routes]]\non_call = [\"web\"]\nescalation = [{ after_minutes = 10, contacts = [\"jun\"] }]\n";
        let config = load(&format!("{PEOPLE}{ROTATION}{routes}"), &[]).expect("a configuration");
        let roster = &config.routing.roster;
        assert_eq!(roster.contacts[0].quiet_hours[0].time_intervals.len(), 1);
        assert_eq!(roster.rotations[0].contacts().len(), 2);
        let route = &config.routing.routes[0];
        assert_eq!(route.recipients.on_call[0].as_str(), "web");
        assert_eq!(route.escalation[0].recipients.contacts[0].as_str(), "jun");
    }

    #[test]
    fn what_makes_no_sense_is_told_where_it_stands() {
        let check = |text: String, expected: &str| {
            let error = load(&text, &[]).expect_err("an error");
            assert!(error.contains(expected), "{error}\n{expected}");
        };
        let people = |from: &str, to: &str| format!("{}{ROTATION}", PEOPLE.replace(from, to));
        let rotation = |from: &str, to: &str| format!("{PEOPLE}{}", ROTATION.replace(from, to));
        check(
            people("[\"duty\"]\nquiet", "[\"dutty\"]\nquiet"),
            "did you mean `duty`",
        );
        check(
            people("[\"duty\"]\nquiet", "[]\nquiet"),
            "`contacts.name` has no `channels`",
        );
        check(
            people("[\"night\"]", "[\"nihgt\"]"),
            "`contacts.quiet_hours.time_intervals` is `nihgt`",
        );
        check(people("[\"night\"]", "[]"), "without `time_intervals`");
        check(people("\"P3\"", "\"P9\""), "not one of: P1, P2, P3, P4");
        check(people("name = \"jun\"", "name = \"mina\""), "a second time");
        check(
            rotation("\"jun\"", "\"joon\""),
            "line 21: `rotations.contacts` is `joon`",
        );
        check(
            rotation("1 week", "1 month"),
            "line 20: `rotations.shift` is `1 month`",
        );
        check(
            rotation("2026-11-02T09:00", "monday"),
            "line 19: `rotations.first_shift`",
        );
        check(
            rotation("Asia/Seoul", "KST"),
            "`rotations.timezone` is refused",
        );
        check(rotation("[\"mina\", \"jun\"]", "[]"), "needs 1 to");
        let slack = |lines: &str| format!("{PEOPLE}{lines}\n{ROTATION}");
        let jun = "account = \"Jun\"\nslack_team = \"T1\"\nslack_user = \"U1\"";
        let config = load(&slack(jun), &[]).expect("a configuration");
        let person = config.routing.roster.slack_person("T1", "U1");
        assert_eq!(person.map(|one| one.account.as_str()), Some("jun"));
        assert!(config.routing.roster.slack_person("T2", "U1").is_none());
        check(slack("account = \"jun\""), "or by pagerduty_user");
        check(
            slack("account = \"jun\"\nslack_team = \"T1\""),
            "needs account, slack_team",
        );
        check(slack("pagerduty_user = \"P1\""), "stands without account");
        check(
            slack(&jun.replace("U1", "@jun")),
            "`@jun`, which is no id, as U0123456789",
        );
        let duty = "account = \"jun\"\npagerduty_user = \"PXPGF42\"";
        let config = load(&slack(duty), &[]).expect("a configuration");
        let person = config.routing.roster.pagerduty_person("PXPGF42");
        assert_eq!(person.map(|one| one.account.as_str()), Some("jun"));
        assert!(config.routing.roster.in_slack.is_empty());
        let sora = format!("[[contacts]]\nname = \"sora\"\nchannels = [\"duty\"]\n{duty}");
        check(slack(&format!("{duty}\n{sora}")), "the id of jun");
        let mina = format!("[[contacts]]\nname = \"sora\"\nchannels = [\"duty\"]\n{jun}");
        check(slack(&format!("{jun}\n{mina}")), "the id of jun");
        let route = "[[routes]]\non_call = [\"wbe\"]\n";
        check(format!("{PEOPLE}{ROTATION}{route}"), "did you mean `web`");
        let step = "[[routes]]\non_call = [\"web\"]\nescalation = [{ after_minutes = 5, on_call = [\"web\"] }]\n";
        check(format!("{PEOPLE}{ROTATION}{step}"), "was not told before");
    }
}
