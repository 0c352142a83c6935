//! Routes: who is told of an alarm. A tree, as Alertmanager's: of the routes on
//! one level the first that fits is taken, and those after it only when it says
//! `continue`; below a route that fits its own routes are asked in the same way,
//! and when none of them fits the route itself counts.
//!
//! [`explain`] is the decision itself: what tells people why is what decides.

use crate::{
    alarms::{AlarmState, Priority},
    channels::ChannelName,
    estate::{AccountId, Environment, Region, Scope},
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
}

/// A route.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Route {
    /// Which alarms.
    pub matchers: Matchers,
    /// Who is told; when nobody is named, whoever the route above tells.
    pub channels: Vec<ChannelName>,
    /// The routes after this one are asked too.
    pub goes_on: bool,
    /// The routes below.
    #[cfg_attr(feature = "openapi", schema(no_recursion))]
    pub routes: Vec<Route>,
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
}

/// What became of a route.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    /// It fits, and tells these channels.
    Tells {
        /// Whom.
        channels: Vec<ChannelName>,
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
    /// The routes that were looked at, in their order. Those below a route that
    /// does not fit are left out.
    pub steps: Vec<Step>,
}

/// Who is told of an alarm in this state, and why.
#[must_use]
pub fn explain(routes: &[Route], subject: &Subject) -> Explanation {
    let mut explanation = Explanation::default();
    ask(
        routes,
        &RoutePath(Vec::new()),
        &[],
        subject,
        &mut explanation,
    );
    for step in &explanation.steps {
        let Verdict::Tells { channels } = &step.verdict else {
            continue;
        };
        for channel in channels {
            if !explanation.told.contains(channel) {
                explanation.told.push(channel.clone());
            }
        }
    }
    explanation
}

/// Asks the routes of one level; whether one was taken.
fn ask(
    routes: &[Route],
    above: &RoutePath,
    inherited: &[ChannelName],
    subject: &Subject,
    explanation: &mut Explanation,
) -> bool {
    let mut any = false;
    let mut taken: Option<RoutePath> = None;
    for (number, route) in (1_u32..).zip(routes) {
        let path = above.below(number);
        let here = explanation.steps.len();
        if let Some(taken) = &taken {
            let verdict = Verdict::NotAsked {
                taken: taken.clone(),
            };
            explanation.steps.push(Step {
                route: path,
                verdict,
            });
            continue;
        }
        if let Some(mismatch) = route.matchers.mismatch(subject) {
            let verdict = Verdict::Passed { mismatch };
            explanation.steps.push(Step {
                route: path,
                verdict,
            });
            continue;
        }
        let channels = match route.channels.as_slice() {
            [] => inherited,
            own => own,
        };
        explanation.steps.push(Step {
            route: path.clone(),
            verdict: Verdict::Below,
        });
        if !ask(&route.routes, &path, channels, subject, explanation) {
            explanation.steps[here].verdict = Verdict::Tells {
                channels: channels.to_vec(),
            };
        }
        any = true;
        if !route.goes_on {
            taken = Some(path);
        }
    }
    any
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
        ]
        .into_iter()
        .find_map(|(fits, mismatch)| (!fits).then_some(mismatch))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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

    fn subject(environment: &str, priority: Priority, name: &str) -> Subject {
        Subject {
            environment: environment.into(),
            priority,
            name: name.into(),
            scope: None,
            state: AlarmState::Alarm,
        }
    }

    #[test]
    fn the_first_route_that_fits_tells_unless_it_goes_on() {
        let check = |environment: &str, priority, name: &str, told: &[&str]| {
            let found = explain(&tree(), &subject(environment, priority, name)).told;
            assert_eq!(found, names(told), "{environment} {name}");
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
        let found = explain(&tree(), &subject("prod", Priority::P3, "web-cpu"));
        let steps: Vec<_> = found
            .steps
            .into_iter()
            .map(|step| (step.route.to_string(), step.verdict))
            .collect();
        let passed = |mismatch| Verdict::Passed { mismatch };
        let tells = |channels: &[&str]| Verdict::Tells {
            channels: names(channels),
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
        assert_eq!(explain(&unknown, &subject).told, []);
        subject.state = AlarmState::InsufficientData;
        assert_eq!(explain(&everything, &subject).told, []);
        assert_eq!(explain(&unknown, &subject).told, names(&["all"]));
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
        assert_eq!(explain(&seoul, &subject).told, []);
        let mut check = |account: &str, region: &str, told: &[&str]| {
            subject.scope = Some(Scope {
                account: account.into(),
                region: region.into(),
            });
            assert_eq!(explain(&seoul, &subject).told, names(told));
        };
        check("111122223333", "ap-northeast-2", &["all"]);
        check("111122223333", "us-east-1", &[]);
        check("444455556666", "ap-northeast-2", &[]);
    }
}
