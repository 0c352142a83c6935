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

use crate::{
    alarms::{AlarmState, Priority},
    channels::ChannelName,
    estate::{AccountId, Environment, Region, Scope},
    labels::{self, LabelMatchers, Labels},
    time::{MINUTE_MS, Timestamp},
    time_intervals::{TimeInterval, TimeIntervalName},
};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Which alarms a route is about. An empty list is about any.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Matchers {
    /// Of these environments.
    pub environment: Vec<Environment>,
    /// Of these priorities.
    pub priority: Vec<Priority>,
    /// Whose name contains one of these, upper and lower case alike.
    pub name_contains: Vec<String>,
    /// In these accounts.
    pub account: Vec<AccountId>,
    /// In these regions.
    pub region: Vec<Region>,
    /// In these states; when none is named, in ALARM.
    pub state: Vec<AlarmState>,
    /// With such labels, by Alertmanager's matchers.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub labels: LabelMatchers,
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
    pub channels: Vec<ChannelName>,
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
    pub channels: Vec<ChannelName>,
    /// Who else is told while nobody takes the alarm on; when no step is named, those of the
    /// route above.
    pub escalation: Vec<EscalationStep>,
    /// It tells nobody of an alarm while one of these holds, but whoever was told before hears
    /// who has it and that it is over. As in Alertmanager, this is not inherited.
    pub mute_time_intervals: Vec<TimeIntervalName>,
    /// It tells only while one of these holds; at any time when none is named.
    pub active_time_intervals: Vec<TimeIntervalName>,
    /// The routes after this one are asked too.
    pub goes_on: bool,
    /// The routes below.
    #[cfg_attr(feature = "openapi", schema(no_recursion))]
    pub routes: Vec<Route>,
}

/// The routes, and the time intervals that they name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Routing {
    /// The routes.
    pub routes: Vec<Route>,
    /// The time intervals.
    pub time_intervals: Vec<TimeInterval>,
}

impl Routing {
    /// Routes that name no time interval.
    #[must_use]
    pub const fn of(routes: Vec<Route>) -> Self {
        Self {
            routes,
            time_intervals: Vec::new(),
        }
    }

    /// What keeps a route from telling at an instant.
    fn quiet(&self, route: &Route, at: Timestamp) -> Option<Quiet> {
        let holds = |name: &&TimeIntervalName| {
            let mut known = self.time_intervals.iter();
            known.any(|interval| interval.name() == *name && interval.holds(at))
        };
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

/// When it is asked who is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The instant.
    pub at: Timestamp,
    /// For how long nobody has taken the alarm on; none while somebody has, and for what
    /// nobody can take on.
    pub unattended_ms: Option<i64>,
}

/// An alarm that nobody has taken on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Escalation {
    /// Since when nobody has.
    pub since: Timestamp,
    /// When others are told; none when all have been.
    pub due: Option<Timestamp>,
}

/// What did not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Mismatch {
    /// Another state.
    State,
    /// Another environment.
    Environment,
    /// Another priority.
    Priority,
    /// None of the words is in the name.
    Name,
    /// Another account.
    Account,
    /// Another region.
    Region,
    /// Other labels.
    Labels,
}

/// What became of a route.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    /// It fits, and tells these channels.
    Tells {
        /// Whom, with those of the steps of its escalation that have come.
        channels: Vec<ChannelName>,
        /// The steps to come while nobody takes the alarm on.
        later: Vec<EscalationStep>,
        /// Why it tells them later only.
        #[cfg_attr(feature = "openapi", schema(nullable))]
        quiet: Option<Quiet>,
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
    /// Those that only mute or inactive routes tell: told when these may and the alarm
    /// still stands.
    pub quiet: Vec<ChannelName>,
    /// The routes that were looked at, in their order. Those below a route that
    /// does not fit are left out.
    pub steps: Vec<Step>,
}

impl Explanation {
    /// Whether a route that is quiet now has steps to come.
    #[must_use]
    pub fn escalates_later(&self) -> bool {
        self.steps.iter().any(|step| match &step.verdict {
            Verdict::Tells { later, quiet, .. } => quiet.is_some() && !later.is_empty(),
            _ => false,
        })
    }

    /// The next step of all escalations, as one, while nobody takes the alarm on.
    #[must_use]
    pub fn next_step(&self) -> Option<EscalationStep> {
        let telling = self.steps.iter().filter_map(|step| match &step.verdict {
            Verdict::Tells {
                later, quiet: None, ..
            } => Some(later),
            _ => None,
        });
        let later: Vec<&EscalationStep> = telling.flatten().collect();
        let after_minutes = later.iter().map(|step| step.after_minutes).min()?;
        let mut channels = Vec::new();
        for step in later {
            if step.after_minutes == after_minutes {
                add(&mut channels, &step.channels);
            }
        }
        Some(EscalationStep {
            after_minutes,
            channels,
        })
    }
}

/// Who is told of an alarm in this state, and why.
#[must_use]
pub fn explain(routing: &Routing, subject: &Subject, moment: Moment) -> Explanation {
    let mut asking = Asking {
        routing,
        subject,
        moment,
        steps: Vec::new(),
    };
    asking.level(&routing.routes, &RoutePath(Vec::new()), (&[], &[]));
    let mut explanation = Explanation::default();
    let mut kept = Vec::new();
    for step in &asking.steps {
        let Verdict::Tells {
            channels, quiet, ..
        } = &step.verdict
        else {
            continue;
        };
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

fn own_or<'a, T>(own: &'a [T], inherited: &'a [T]) -> &'a [T] {
    if own.is_empty() { inherited } else { own }
}

/// Adds those that are not in a list yet.
fn add(list: &mut Vec<ChannelName>, channels: &[ChannelName]) {
    for channel in channels {
        if !list.contains(channel) {
            list.push(channel.clone());
        }
    }
}

/// Whom a route tells, and who follows.
type Told<'a> = (&'a [ChannelName], &'a [EscalationStep]);

struct Asking<'a> {
    routing: &'a Routing,
    subject: &'a Subject,
    moment: Moment,
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
            let told = (
                own_or(&route.channels, inherited.0),
                own_or(&route.escalation, inherited.1),
            );
            self.note(path.clone(), Verdict::Below);
            if !self.level(&route.routes, &path, told) {
                self.steps[here].verdict = self.tells(route, told);
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

    fn tells(&self, route: &Route, (first, escalation): Told<'_>) -> Verdict {
        let mut channels = first.to_vec();
        let mut later = Vec::new();
        if let Some(unattended_ms) = self.moment.unattended_ms {
            for step in escalation {
                match step.after_ms() <= unattended_ms {
                    true => channels.extend(step.channels.iter().cloned()),
                    false => later.push(step.clone()),
                }
            }
        }
        Verdict::Tells {
            channels,
            later,
            quiet: self.routing.quiet(route, self.moment.at),
        }
    }
}

impl Matchers {
    /// What of them does not fit; none when all of them do.
    #[must_use]
    pub fn mismatch(&self, subject: &Subject) -> Option<Mismatch> {
        let name = subject.name.to_lowercase();
        let has = |part: &String| name.contains(&part.to_lowercase());
        let scope = subject.scope.as_ref();
        let state_fits = match self.state.as_slice() {
            [] => subject.state == AlarmState::Alarm,
            states => states.contains(&subject.state),
        };
        let fits = |list_is_empty: bool, fits: bool| list_is_empty || fits;
        [
            (state_fits, Mismatch::State),
            (
                fits(
                    self.environment.is_empty(),
                    self.environment.contains(&subject.environment),
                ),
                Mismatch::Environment,
            ),
            (
                fits(
                    self.priority.is_empty(),
                    self.priority.contains(&subject.priority),
                ),
                Mismatch::Priority,
            ),
            (
                fits(
                    self.name_contains.is_empty(),
                    self.name_contains.iter().any(has),
                ),
                Mismatch::Name,
            ),
            (
                fits(
                    self.account.is_empty(),
                    scope.is_some_and(|scope| self.account.contains(&scope.account)),
                ),
                Mismatch::Account,
            ),
            (
                fits(
                    self.region.is_empty(),
                    scope.is_some_and(|scope| self.region.contains(&scope.region)),
                ),
                Mismatch::Region,
            ),
            (self.labels.fits(&subject.labels), Mismatch::Labels),
        ]
        .into_iter()
        .find_map(|(fits, mismatch)| (!fits).then_some(mismatch))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn names(names: &[&str]) -> Vec<ChannelName> {
        names
            .iter()
            .map(|name| name.parse().expect("a name"))
            .collect()
    }

    fn route(matchers: Matchers, channels: &[&str]) -> Route {
        Route {
            matchers,
            channels: names(channels),
            ..Route::default()
        }
    }

    fn of_environment(environment: &str) -> Matchers {
        Matchers {
            environment: vec![environment.into()],
            ..Matchers::default()
        }
    }

    fn of_priority(priority: Priority) -> Matchers {
        Matchers {
            priority: vec![priority],
            ..Matchers::default()
        }
    }

    /// 1 prod → team, going on (1.1 P1 → phone going on, 1.2 names "db" inherits) · 2 any → all ·
    /// 3 not reached.
    fn tree() -> Vec<Route> {
        let mut phone = route(of_priority(Priority::P1), &["phone"]);
        phone.goes_on = true;
        let databases = Matchers {
            name_contains: vec!["DB".into()],
            ..Matchers::default()
        };
        let mut prod = route(of_environment("prod"), &["team"]);
        prod.goes_on = true;
        prod.routes = vec![phone, route(databases, &[])];
        vec![
            prod,
            route(Matchers::default(), &["all"]),
            route(of_environment("dev"), &["never"]),
        ]
    }

    /// Whom routes without hours tell of an alarm that went off just now.
    fn told(routes: Vec<Route>, subject: &Subject) -> Vec<ChannelName> {
        explain(&Routing::of(routes), subject, just_now()).told
    }

    fn just_now() -> Moment {
        Moment {
            at: "2026-11-20T12:00:00Z".parse().expect("a time"),
            unattended_ms: Some(0),
        }
    }

    fn subject(environment: &str, priority: Priority, name: &str) -> Subject {
        Subject {
            environment: environment.into(),
            priority,
            name: name.into(),
            scope: None,
            state: AlarmState::Alarm,
            labels: Labels::new(),
        }
    }

    #[test]
    fn the_first_route_that_fits_tells_unless_it_goes_on() {
        let check = |environment: &str, priority, name: &str, expected: &[&str]| {
            let found = told(tree(), &subject(environment, priority, name));
            assert_eq!(found, names(expected), "{environment} {name}");
        };
        check("prod", Priority::P1, "web-cpu", &["phone", "all"]);
        check(
            "prod",
            Priority::P1,
            "web-db-cpu",
            &["phone", "team", "all"],
        );
        check("prod", Priority::P3, "web-cpu", &["team", "all"]);
        check("dev", Priority::P1, "web-cpu", &["all"]);
    }

    #[test]
    fn the_explanation_names_every_route_that_was_looked_at() {
        let subject = subject("prod", Priority::P3, "web-cpu");
        let found = explain(&Routing::of(tree()), &subject, just_now());
        let steps: Vec<_> = found
            .steps
            .into_iter()
            .map(|step| (step.route.to_string(), step.verdict))
            .collect();
        let passed = |mismatch| Verdict::Passed { mismatch };
        let tells = |channels: &[&str]| Verdict::Tells {
            channels: names(channels),
            later: Vec::new(),
            quiet: None,
        };
        assert_eq!(
            steps,
            [
                ("1".into(), tells(&["team"])),
                ("1.1".into(), passed(Mismatch::Priority)),
                ("1.2".into(), passed(Mismatch::Name)),
                ("2".into(), tells(&["all"])),
                (
                    "3".into(),
                    Verdict::NotAsked {
                        taken: RoutePath(vec![2])
                    }
                ),
            ]
        );
    }

    #[test]
    fn a_route_that_names_no_state_is_about_alarm_alone() {
        let everything = vec![route(Matchers::default(), &["all"])];
        let unknown = vec![route(
            Matchers {
                state: vec![AlarmState::InsufficientData],
                ..Matchers::default()
            },
            &["all"],
        )];
        let mut subject = subject("prod", Priority::P1, "x");
        assert_eq!(told(unknown.clone(), &subject), []);
        subject.state = AlarmState::InsufficientData;
        assert_eq!(told(everything.clone(), &subject), []);
        assert_eq!(told(unknown.clone(), &subject), names(&["all"]));
    }

    #[test]
    fn a_route_that_asks_for_a_place_wants_to_know_it() {
        let seoul = vec![route(
            Matchers {
                account: vec!["111122223333".into()],
                region: vec!["ap-northeast-2".into()],
                ..Matchers::default()
            },
            &["all"],
        )];
        let mut subject = subject("prod", Priority::P1, "x");
        assert_eq!(told(seoul.clone(), &subject), []);
        let mut check = |account: &str, region: &str, expected: &[&str]| {
            subject.scope = Some(Scope {
                account: account.into(),
                region: region.into(),
            });
            assert_eq!(told(seoul.clone(), &subject), names(expected));
        };
        check("111122223333", "ap-northeast-2", &["all"]);
        check("111122223333", "us-east-1", &[]);
        check("444455556666", "ap-northeast-2", &[]);
    }

    #[test]
    fn a_route_looks_at_labels() {
        let labels = r#"team=~"pay.*", source!="grafana""#;
        let pay = route(
            Matchers {
                labels: labels.parse().expect("matchers"),
                ..Matchers::default()
            },
            &["pay"],
        );
        let mut subject = subject("prod", Priority::P1, "x");
        let found = explain(&Routing::of(vec![pay.clone()]), &subject, just_now());
        let other = Verdict::Passed {
            mismatch: Mismatch::Labels,
        };
        assert_eq!(found.steps[0].verdict, other);
        subject.labels.insert("team".into(), "payments".into());
        assert_eq!(told(vec![pay], &subject), names(&["pay"]));
    }

    #[test]
    fn an_alarm_that_is_described_has_the_labels_of_every_alarm() {
        let mut asked = subject("prod", Priority::P1, "web-5xx");
        asked.labels.insert("environment".into(), "dev".into());
        asked.scope = Some(Scope {
            account: "111122223333".into(),
            region: "ap-northeast-2".into(),
        });
        let labels =
            r#"alertname=~"web.*", environment="prod", priority="P1", region="ap-northeast-2""#;
        let fits = |subject: &Subject| {
            let labels: LabelMatchers = labels.parse().expect("matchers");
            labels.fits(&subject.labels)
        };
        assert!(!fits(&asked));
        assert!(fits(&asked.with_own_labels()));
    }

    #[test]
    fn it_escalates_while_nobody_takes_the_alarm_on() {
        let step = |after_minutes, channels: &[&str]| EscalationStep {
            after_minutes,
            channels: names(channels),
        };
        let mut prod = route(of_environment("prod"), &["team"]);
        prod.escalation = vec![step(10, &["phone"]), step(30, &["lead", "team"])];
        let mut data = route(
            Matchers {
                name_contains: vec!["db".into()],
                ..Matchers::default()
            },
            &["data"],
        );
        // The steps are those of the route above.
        prod.routes = vec![data.clone()];
        data.escalation = vec![step(5, &["data-lead"])];
        let routing = Routing::of(vec![prod, data]);
        let check = |name: &str, minutes: Option<i64>, told: &[&str], next| {
            let moment = Moment {
                unattended_ms: minutes.map(|minutes| minutes * MINUTE_MS),
                ..just_now()
            };
            let subject = subject("prod", Priority::P1, name);
            let found = explain(&routing, &subject, moment);
            let step = found.next_step().map(|step| step.after_minutes);
            assert_eq!((found.told, step), (names(told), next));
        };
        check("web", Some(0), &["team"], Some(10));
        check("web", Some(9), &["team"], Some(10));
        check("web", Some(10), &["team", "phone"], Some(30));
        check("web", Some(30), &["team", "phone", "lead"], None);
        check("web", None, &["team"], None);
        check("db", Some(12), &["data", "phone"], Some(30));
    }

    #[cfg(feature = "tzdb")]
    #[test]
    fn a_mute_route_tells_later() {
        let hours: Vec<_> =
            serde_json::from_value(json!([{"from": "22:00", "to": "07:00"}])).expect("hours");
        let zone = crate::time::Zone::named("Asia/Seoul").expect("a zone");
        let nights: TimeIntervalName = "nights".parse().expect("a name");
        let interval = TimeInterval::new(nights.clone(), zone, &hours).expect("an interval");
        let mut mute = route(Matchers::default(), &["team", "all"]);
        mute.goes_on = true;
        mute.mute_time_intervals = vec![nights.clone()];
        mute.escalation = vec![EscalationStep {
            after_minutes: 5,
            channels: names(&["phone"]),
        }];
        let mut active = route(Matchers::default(), &["night-shift"]);
        active.goes_on = true;
        active.active_time_intervals = vec![nights.clone()];
        let routing = Routing {
            routes: vec![mute, active, route(Matchers::default(), &["all"])],
            time_intervals: vec![interval],
        };
        let check = |at: &str, told: &[&str], quiet: &[&str], next| {
            let moment = Moment {
                at: at.parse().expect("a time"),
                unattended_ms: Some(0),
            };
            let found = explain(&routing, &subject("prod", Priority::P1, "x"), moment);
            let step = found.next_step().map(|step| step.after_minutes);
            assert_eq!(found.escalates_later(), step.is_none(), "{at}");
            assert_eq!(
                (found.told, found.quiet, step),
                (names(told), names(quiet), next),
                "{at}"
            );
            found.steps
        };
        let night = check(
            "2026-11-20T23:00:00+09:00",
            &["night-shift", "all"],
            &["team"],
            None,
        );
        let is_mute = |step: &Step| match &step.verdict {
            Verdict::Tells { quiet, .. } => quiet.clone(),
            _ => None,
        };
        let mute = Quiet::Mute {
            interval: nights.clone(),
        };
        assert_eq!(is_mute(&night[0]), Some(mute));
        let day = check(
            "2026-11-20T12:00:00+09:00",
            &["team", "all"],
            &["night-shift"],
            Some(5),
        );
        let inactive = Quiet::Inactive {
            intervals: vec![nights],
        };
        assert_eq!(is_mute(&day[1]), Some(inactive));
    }
}
