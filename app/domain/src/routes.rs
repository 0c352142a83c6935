//! Routes: who is told of an alarm. A tree, as Alertmanager's: of the routes on
//! one level the first that fits is taken, and those after it only when it says
//! `continue`; below a route that fits its own routes are asked in the same way,
//! and when none of them fits the route itself counts.
//!
//! A route may be mute in named hours, or active only then: what it does not tell
//! is told when it may and the alarm still stands. While nobody takes an alarm on,
//! a route escalates: after so many minutes it tells others, too.
//!
//! [`explain`] is the decision itself: what tells people why is what decides.

pub mod groups;
mod matchers;
pub mod text;
pub mod trial;

use crate::{
    alarms::{AlarmState, FlapRule, Priority},
    channels::ChannelName,
    digests::{Digest, DigestName},
    estate::{Environment, Scope},
    inhibitions::InhibitRule,
    labels::{self, Labels},
    on_call::{ContactName, Cover, Roster, RotationName},
    time::{MINUTE_MS, Timestamp},
    time_intervals::{TimeInterval, TimeIntervalName},
};
use groups::{Group, Grouping};
pub use matchers::{Matchers, Mismatch};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Whom a route or a step tells.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Recipients {
    /// These channels.
    pub channels: Vec<ChannelName>,
    /// These people, by their own channels and outside of their quiet hours.
    pub contacts: Vec<ContactName>,
    /// Whoever is on call in these rotations, likewise.
    pub on_call: Vec<RotationName>,
}

impl Recipients {
    /// Channels alone.
    #[must_use]
    pub const fn of(channels: Vec<ChannelName>) -> Self {
        Self {
            channels,
            contacts: Vec::new(),
            on_call: Vec::new(),
        }
    }

    /// Whether nobody is named.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.channels.is_empty() && self.contacts.is_empty() && self.on_call.is_empty()
    }
}

/// Who else is told of an alarm that nobody has taken on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EscalationStep {
    /// After so long without anybody who has the alarm: since it was first told, given back, or
    /// a silence of it ended. A route that begins to tell later tells at once those of the steps
    /// that have passed.
    pub after_minutes: u32,
    /// Whom.
    #[serde(flatten)]
    pub recipients: Recipients,
}

impl EscalationStep {
    fn after_ms(&self) -> i64 {
        i64::from(self.after_minutes) * MINUTE_MS
    }

    /// When it comes for an alarm that nobody has had since then.
    #[must_use]
    pub fn due(&self, since: Timestamp) -> Timestamp {
        since.plus_ms(self.after_ms())
    }
}

/// A route.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Route {
    /// Which alarms.
    pub matchers: Matchers,
    /// Who is told; when nobody is named, whoever the route above tells.
    #[serde(flatten)]
    pub recipients: Recipients,
    /// Who else is told while nobody takes the alarm on; when no step is named, those of the
    /// route above.
    pub escalation: Vec<EscalationStep>,
    /// It tells nobody of an alarm while one of these holds, but whoever was told before hears
    /// who has it and that it is over. As in Alertmanager, this is not inherited.
    pub mute_time_intervals: Vec<TimeIntervalName>,
    /// It tells only while one of these holds; at any time when none is named.
    pub active_time_intervals: Vec<TimeIntervalName>,
    /// It tells nobody at once, but all that still stands in this digest; as the hours, it is not
    /// inherited, and nobody else is told while nobody takes the alarm on.
    #[cfg_attr(feature = "openapi", schema(nullable))]
    pub digest: Option<DigestName>,
    /// Which alarms are told together; when nothing is said, as the route above says.
    #[cfg_attr(feature = "openapi", schema(nullable))]
    pub grouping: Option<Grouping>,
    /// The routes after this one are asked too.
    pub goes_on: bool,
    /// The routes below.
    #[cfg_attr(feature = "openapi", schema(no_recursion))]
    pub routes: Vec<Route>,
}

/// The routes, and what they name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Routing {
    /// The routes.
    pub routes: Vec<Route>,
    /// The time intervals.
    pub time_intervals: Vec<TimeInterval>,
    /// The people, and how they take turns.
    pub roster: Roster,
    /// When what is not urgent is told.
    pub digests: Vec<Digest>,
    /// Which alarms hold which others back.
    pub inhibit_rules: Vec<InhibitRule>,
    /// When an alarm is flapping; never when there is none.
    pub flapping: Option<FlapRule>,
}

impl Routing {
    /// Routes that name no time interval and no person.
    #[must_use]
    pub fn of(routes: Vec<Route>) -> Self {
        Self {
            routes,
            ..Self::default()
        }
    }

    /// Whether a named time interval holds at an instant.
    fn holds(&self, name: &TimeIntervalName, at: Timestamp) -> bool {
        let mut known = self.time_intervals.iter();
        known.any(|interval| interval.name() == name && interval.holds(at))
    }

    /// What keeps a route from telling at an instant.
    fn quiet(&self, route: &Route, at: Timestamp) -> Option<Quiet> {
        let holds = |name: &&TimeIntervalName| self.holds(name, at);
        if let Some(mute) = route.mute_time_intervals.iter().find(holds) {
            return Some(Quiet::Mute {
                interval: mute.clone(),
            });
        }
        let active = &route.active_time_intervals;
        let is_active = active.is_empty() || active.iter().any(|name| holds(&name));
        (!is_active).then(|| Quiet::Inactive {
            intervals: active.clone(),
        })
    }

    /// The people that a route or a step names, as they can be told at a moment.
    fn people(&self, named: &Recipients, priority: Priority, moment: Moment<'_>) -> Vec<Person> {
        let mut people = Vec::new();
        let on_call = named.on_call.iter().filter_map(|name| {
            let rotation = self.roster.rotation(name)?;
            let shift = rotation.shift(moment.covers, moment.at);
            Some((shift.contact, Some((name.clone(), shift.until))))
        });
        let contacts = named.contacts.iter().map(|name| (name.clone(), None));
        for (name, turn) in contacts.chain(on_call) {
            let Some(contact) = self.roster.contact(&name) else {
                continue;
            };
            let quiet = contact.quiet_hours.iter().find_map(|hours| {
                let is_about = hours.are_about(priority);
                let mut intervals = hours.time_intervals.iter().filter(|_| is_about);
                intervals.find(|interval| self.holds(interval, moment.at))
            });
            let (rotation, until) = turn.unzip();
            people.push(Person {
                contact: name,
                rotation,
                until,
                quiet: quiet.cloned(),
                channels: contact.channels.clone(),
            });
        }
        people
    }
}

/// A person whom a route tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Person {
    /// Who.
    pub contact: ContactName,
    /// The rotation in which they are on call; none when the route names them.
    #[cfg_attr(feature = "openapi", schema(nullable))]
    pub rotation: Option<RotationName>,
    /// Until when they are.
    #[cfg_attr(feature = "openapi", schema(nullable))]
    pub until: Option<Timestamp>,
    /// The hours of theirs for whose sake they are told later only.
    #[cfg_attr(feature = "openapi", schema(nullable))]
    pub quiet: Option<TimeIntervalName>,
    /// By which channels.
    pub channels: Vec<ChannelName>,
}

/// Why a route that fits tells nobody now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "quiet", rename_all = "snake_case")]
pub enum Quiet {
    /// One in which it is mute holds.
    Mute {
        /// Which.
        interval: TimeIntervalName,
    },
    /// None of those in which it is active holds.
    Inactive {
        /// Which.
        intervals: Vec<TimeIntervalName>,
    },
}

/// The place of a route in the tree: `2.1` is the first route below the second.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct RoutePath(Vec<u32>);

impl RoutePath {
    fn below(&self, number: u32) -> Self {
        let mut path = self.0.clone();
        path.push(number);
        Self(path)
    }
}

impl fmt::Display for RoutePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (level, number) in self.0.iter().enumerate() {
            let dot = if level == 0 { "" } else { "." };
            write!(f, "{dot}{number}")?;
        }
        Ok(())
    }
}

/// What a route looks at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Subject {
    /// The alarm's environment.
    pub environment: Environment,
    /// Its priority.
    pub priority: Priority,
    /// Its name.
    pub name: String,
    /// Its account and region; none fits only routes that do not ask.
    pub scope: Option<Scope>,
    /// Its state.
    pub state: AlarmState,
    /// Its labels.
    #[serde(default)]
    pub labels: Labels,
}

impl Subject {
    /// With the labels that every such alarm has; `source` alone is not known.
    #[must_use]
    pub fn with_own_labels(mut self) -> Self {
        let named = self.labels.entry(labels::NAME.to_owned());
        named.or_insert_with(|| self.name.clone());
        let scope = self.scope.as_ref();
        let own = [
            ("environment", Some(self.environment.as_str())),
            ("priority", Some(self.priority.as_str())),
            ("account", scope.map(|scope| scope.account.as_str())),
            ("region", scope.map(|scope| scope.region.as_str())),
        ];
        for (name, value) in own {
            if let Some(value) = value {
                self.labels.insert(name.to_owned(), value.to_owned());
            }
        }
        self
    }
}

/// When it is asked who is told, and what holds then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment<'a> {
    /// The instant.
    pub at: Timestamp,
    /// For how long nobody has taken the alarm on; none while somebody has, and for what
    /// nobody can take on.
    pub unattended_ms: Option<i64>,
    /// Who covers for whom.
    pub covers: &'a [Cover],
}

/// An alarm that nobody has taken on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Escalation {
    /// Since when nobody has.
    pub since: Timestamp,
    /// When others are told; none when all have been.
    pub due: Option<Timestamp>,
}

/// What became of a route.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    /// It fits, and tells these channels.
    Tells {
        /// Whom, with those of the steps of its escalation that have come, and by which channels
        /// people are told.
        channels: Vec<ChannelName>,
        /// The people among them, and those who want to be told later.
        people: Vec<Person>,
        /// The steps to come while nobody takes the alarm on.
        later: Vec<EscalationStep>,
        /// Why it tells them later only.
        #[cfg_attr(feature = "openapi", schema(nullable))]
        quiet: Option<Quiet>,
        /// It tells them in this digest only.
        #[cfg_attr(feature = "openapi", schema(nullable))]
        digest: Option<DigestName>,
        /// It tells them of others in the same message.
        #[cfg_attr(feature = "openapi", schema(nullable))]
        group: Option<Group>,
    },
    /// It fits, and a route below it was taken.
    Below,
    /// It does not fit.
    Passed {
        /// Because of this.
        mismatch: Mismatch,
    },
    /// It was not asked: a route before it was taken.
    NotAsked {
        /// Which.
        taken: RoutePath,
    },
}

/// A route and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Step {
    /// Which route.
    pub route: RoutePath,
    /// What became of it.
    #[serde(flatten)]
    pub verdict: Verdict,
}

/// Who is told, and why.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Explanation {
    /// Every channel once, in the order of the routes.
    pub told: Vec<ChannelName>,
    /// Those that only mute or inactive routes tell, or people in their quiet hours: told when
    /// these end and the alarm still stands.
    pub quiet: Vec<ChannelName>,
    /// The routes that were looked at, in their order. Those below a route that
    /// does not fit are left out.
    pub steps: Vec<Step>,
}

impl Explanation {
    /// In which group a channel is told: by the first route that tells it.
    #[must_use]
    pub fn group(&self, channel: &ChannelName) -> Option<&Group> {
        self.steps.iter().find_map(|step| match &step.verdict {
            Verdict::Tells {
                channels,
                quiet: None,
                digest: None,
                group,
                ..
            } if channels.contains(channel) => Some(group.as_ref()),
            _ => None,
        })?
    }

    /// The channels that are told in a digest: of people in their quiet hours, too, for when it
    /// comes was chosen.
    #[must_use]
    pub fn told_in(&self, name: &DigestName) -> Vec<ChannelName> {
        let mut channels = Vec::new();
        for step in &self.steps {
            match &step.verdict {
                Verdict::Tells {
                    channels: told,
                    people,
                    digest: Some(digest),
                    ..
                } if digest == name => {
                    add(&mut channels, told);
                    for person in people {
                        add(&mut channels, &person.channels);
                    }
                }
                _ => {}
            }
        }
        channels
    }

    /// Whether a route that is quiet now has steps or handovers to come.
    #[must_use]
    pub fn escalates_later(&self) -> bool {
        self.steps.iter().any(|step| match &step.verdict {
            Verdict::Tells {
                people,
                later,
                quiet: Some(_),
                digest: None,
                ..
            } => !later.is_empty() || people.iter().any(|person| person.until.is_some()),
            _ => false,
        })
    }

    /// When others may be told while nobody takes the alarm on, which nobody has had since then:
    /// the next step of an escalation comes, or somebody else comes on call.
    #[must_use]
    pub fn others_at(&self, since: Timestamp) -> Option<Timestamp> {
        let telling = self.steps.iter().filter_map(|step| match &step.verdict {
            Verdict::Tells {
                people,
                later,
                quiet: None,
                digest: None,
                ..
            } => Some((people, later)),
            _ => None,
        });
        let instants = telling.flat_map(|(people, later)| {
            let handovers = people.iter().filter_map(|person| person.until);
            let steps = later.iter().map(|step| step.due(since));
            handovers.chain(steps)
        });
        instants.min()
    }
}

/// Who is told of an alarm in this state, and why.
#[must_use]
pub fn explain(routing: &Routing, subject: &Subject, moment: Moment<'_>) -> Explanation {
    let mut asking = Asking {
        routing,
        subject,
        moment,
        steps: Vec::new(),
    };
    let nobody = Recipients::default();
    let above = Told {
        first: &nobody,
        escalation: &[],
        grouping: None,
    };
    asking.level(&routing.routes, &RoutePath(Vec::new()), above);
    let mut explanation = Explanation::default();
    let mut kept = Vec::new();
    for step in &asking.steps {
        let Verdict::Tells {
            channels,
            people,
            quiet,
            digest: None,
            ..
        } = &step.verdict
        else {
            continue;
        };
        for person in people.iter().filter(|person| person.quiet.is_some()) {
            add(&mut kept, &person.channels);
        }
        if quiet.is_some() {
            add(&mut kept, channels);
            continue;
        }
        add(&mut explanation.told, channels);
    }
    kept.retain(|channel| !explanation.told.contains(channel));
    explanation.quiet = kept;
    explanation.steps = asking.steps;
    explanation
}

/// Adds those that are not in a list yet.
fn add(list: &mut Vec<ChannelName>, channels: &[ChannelName]) {
    for channel in channels {
        if !list.contains(channel) {
            list.push(channel.clone());
        }
    }
}

/// Whom a route tells, who follows, and which alarms are told together.
#[derive(Clone, Copy)]
struct Told<'a> {
    first: &'a Recipients,
    escalation: &'a [EscalationStep],
    grouping: Option<&'a Grouping>,
}

struct Asking<'a> {
    routing: &'a Routing,
    subject: &'a Subject,
    moment: Moment<'a>,
    steps: Vec<Step>,
}

impl Asking<'_> {
    /// Asks the routes of one level; whether one was taken.
    fn level(&mut self, routes: &[Route], above: &RoutePath, inherited: Told<'_>) -> bool {
        let mut any = false;
        let mut taken: Option<RoutePath> = None;
        for (number, route) in (1_u32..).zip(routes) {
            let path = above.below(number);
            let here = self.steps.len();
            if let Some(taken) = &taken {
                let taken = taken.clone();
                self.note(path, Verdict::NotAsked { taken });
                continue;
            }
            if let Some(mismatch) = route.matchers.mismatch(self.subject) {
                self.note(path, Verdict::Passed { mismatch });
                continue;
            }
            let told = Told {
                first: match route.recipients.is_empty() {
                    true => inherited.first,
                    false => &route.recipients,
                },
                escalation: match route.escalation.is_empty() {
                    true => inherited.escalation,
                    false => &route.escalation,
                },
                grouping: route.grouping.as_ref().or(inherited.grouping),
            };
            self.note(path.clone(), Verdict::Below);
            if !self.level(&route.routes, &path, told) {
                let route_path = self.steps[here].route.to_string();
                self.steps[here].verdict = self.tells(route, &route_path, told);
            }
            any = true;
            if !route.goes_on {
                taken = Some(path);
            }
        }
        any
    }

    fn note(&mut self, route: RoutePath, verdict: Verdict) {
        self.steps.push(Step { route, verdict });
    }

    fn tells(&self, route: &Route, path: &str, told: Told<'_>) -> Verdict {
        let mut named = vec![told.first];
        let mut later = Vec::new();
        if let Some(unattended_ms) = self.moment.unattended_ms {
            for step in told.escalation {
                match step.after_ms() <= unattended_ms {
                    true => named.push(&step.recipients),
                    false => later.push(step.clone()),
                }
            }
        }
        let priority = self.subject.priority;
        let (mut channels, mut people) = (Vec::new(), Vec::new());
        for named in named {
            add(&mut channels, &named.channels);
            let told = self.routing.people(named, priority, self.moment);
            for person in told.iter().filter(|person| person.quiet.is_none()) {
                add(&mut channels, &person.channels);
            }
            people.extend(told);
        }
        Verdict::Tells {
            channels,
            people,
            later,
            quiet: self.routing.quiet(route, self.moment.at),
            digest: route.digest.clone(),
            group: told
                .grouping
                .filter(|_| route.digest.is_none())
                .and_then(|grouping| grouping.group(path, &self.subject.labels)),
        }
    }
}

#[cfg(test)]
mod tests;
