//! Who is told, when and why: the routes asked as alarms ask them.

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
        recipients: Recipients::of(names(channels)),
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

fn just_now() -> Moment<'static> {
    Moment {
        at: "2026-11-20T12:00:00Z".parse().expect("a time"),
        unattended_ms: Some(0),
        covers: &[],
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
        people: Vec::new(),
        later: Vec::new(),
        quiet: None,
        digest: None,
        group: None,
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
        let labels: crate::labels::LabelMatchers = labels.parse().expect("matchers");
        labels.fits(&subject.labels)
    };
    assert!(!fits(&asked));
    assert!(fits(&asked.with_own_labels()));
}

/// After how many minutes without anybody others are told.
fn minutes_to_others(explanation: &Explanation) -> Option<i64> {
    let at = explanation.others_at(Timestamp::from_ms(0));
    at.map(|at| at.ms() / MINUTE_MS)
}

#[test]
fn it_escalates_while_nobody_takes_the_alarm_on() {
    let step = |after_minutes, channels: &[&str]| EscalationStep {
        after_minutes,
        recipients: Recipients::of(names(channels)),
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
        let step = minutes_to_others(&found);
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
        recipients: Recipients::of(names(&["phone"])),
    }];
    let mut active = route(Matchers::default(), &["night-shift"]);
    active.goes_on = true;
    active.active_time_intervals = vec![nights.clone()];
    let routing = Routing {
        routes: vec![mute, active, route(Matchers::default(), &["all"])],
        time_intervals: vec![interval],
        ..Routing::default()
    };
    let check = |at: &str, told: &[&str], quiet: &[&str], next| {
        let moment = Moment {
            at: at.parse().expect("a time"),
            ..just_now()
        };
        let found = explain(&routing, &subject("prod", Priority::P1, "x"), moment);
        let step = minutes_to_others(&found);
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

#[cfg(feature = "tzdb")]
mod people {
    use super::*;
    use crate::{
        ids::CoverId,
        on_call::{Contact, QuietHours, Rotation},
        time::Zone,
    };

    fn contact(name: &str, quiet_hours: Vec<QuietHours>) -> Contact {
        Contact {
            name: name.parse().expect("a name"),
            channels: names(&[&format!("{name}-phone")]),
            quiet_hours,
        }
    }

    /// Ann and Bob take turns day by day from 09:00; Ann does not want to hear of P3 at night.
    fn routing() -> Routing {
        let hours: Vec<_> =
            serde_json::from_value(json!([{"from": "22:00", "to": "07:00"}])).expect("hours");
        let night: TimeIntervalName = "night".parse().expect("a name");
        let quiet = QuietHours {
            priority: vec![Priority::P3],
            time_intervals: vec![night.clone()],
        };
        let people = ["ann", "bob"].map(|name| name.parse().expect("a name"));
        let rotation = Rotation::new(
            "web".parse().expect("a name"),
            Zone::utc(),
            "2026-11-20T09:00".parse().expect("a local time"),
            "1 day".parse().expect("a length"),
            people.to_vec(),
        );
        let web = Recipients {
            on_call: vec!["web".parse().expect("a name")],
            ..Recipients::of(names(&["team"]))
        };
        let lead = Recipients {
            contacts: vec!["cho".parse().expect("a name")],
            ..Recipients::default()
        };
        let route = Route {
            recipients: web,
            escalation: vec![EscalationStep {
                after_minutes: 15,
                recipients: lead,
            }],
            ..Route::default()
        };
        let contacts = [
            contact("ann", vec![quiet]),
            contact("bob", vec![]),
            contact("cho", vec![]),
        ];
        Routing {
            routes: vec![route],
            time_intervals: vec![
                TimeInterval::new(night, Zone::utc(), &hours).expect("an interval"),
            ],
            roster: Roster {
                contacts: contacts.to_vec(),
                rotations: vec![rotation.expect("a rotation")],
                ..Roster::default()
            },
            ..Routing::default()
        }
    }

    fn asked(at: &str, minutes: i64, priority: Priority, covers: &[Cover]) -> Explanation {
        let moment = Moment {
            at: at.parse().expect("a time"),
            unattended_ms: Some(minutes * MINUTE_MS),
            covers,
        };
        explain(&routing(), &subject("prod", priority, "x"), moment)
    }

    #[test]
    fn whoever_is_on_call_is_told_by_their_own_channels() {
        for (at, told) in [
            ("2026-11-20T09:00:00Z", "ann-phone"),
            ("2026-11-21T08:59:59Z", "ann-phone"),
            ("2026-11-21T09:00:00Z", "bob-phone"),
        ] {
            let found = asked(at, 0, Priority::P1, &[]);
            assert_eq!(found.told, names(&["team", told]), "{at}");
        }
        let later = asked("2026-11-20T12:00:00Z", 15, Priority::P1, &[]);
        assert_eq!(later.told, names(&["team", "ann-phone", "cho-phone"]));
    }

    #[test]
    fn others_are_told_at_the_next_step_or_when_somebody_else_comes_on_call() {
        let others = |at: &str, minutes: i64| {
            let since: Timestamp = at.parse().expect("a time");
            let since = since.plus_ms(-minutes * MINUTE_MS);
            asked(at, minutes, Priority::P1, &[]).others_at(since)
        };
        let at = |text: &str| Some(text.parse().expect("a time"));
        assert_eq!(
            others("2026-11-21T08:40:00Z", 0),
            at("2026-11-21T08:55:00Z")
        );
        assert_eq!(
            others("2026-11-21T08:50:00Z", 0),
            at("2026-11-21T09:00:00Z")
        );
        assert_eq!(
            others("2026-11-21T08:55:00Z", 15),
            at("2026-11-21T09:00:00Z")
        );
        assert_eq!(
            others("2026-11-21T09:00:00Z", 20),
            at("2026-11-22T09:00:00Z")
        );
    }

    #[test]
    fn a_cover_is_told_instead_and_one_of_nobody_known_counts_for_nothing() {
        let mut cover = Cover {
            id: CoverId::from_parts(0, 1),
            rotation: "web".parse().expect("a name"),
            contact: "cho".parse().expect("a name"),
            from: "2026-11-20T18:00:00Z".parse().expect("a time"),
            until: "2026-11-20T20:00:00Z".parse().expect("a time"),
            note: String::new(),
            by: String::new(),
        };
        let told = |cover: &Cover| {
            let covers = routing().roster.known([cover]);
            asked("2026-11-20T19:00:00Z", 0, Priority::P1, &covers).told
        };
        assert_eq!(told(&cover), names(&["team", "cho-phone"]));
        cover.contact = "gone".parse().expect("a name");
        assert_eq!(told(&cover), names(&["team", "ann-phone"]));
    }

    #[test]
    fn in_their_quiet_hours_people_hear_later_and_only_of_what_is_not_urgent() {
        let night = "2026-11-20T23:00:00Z";
        let quiet = asked(night, 0, Priority::P3, &[]);
        assert_eq!(
            (quiet.told, quiet.quiet),
            (names(&["team"]), names(&["ann-phone"]))
        );
        let urgent = asked(night, 0, Priority::P1, &[]);
        assert_eq!(urgent.told, names(&["team", "ann-phone"]));
        let day = asked("2026-11-20T12:00:00Z", 0, Priority::P3, &[]);
        assert_eq!(day.told, names(&["team", "ann-phone"]));
    }
}

#[test]
fn a_channel_is_told_in_the_group_of_the_route_that_tells_it() {
    let by = |labels: &[&str]| {
        Some(Grouping {
            by: labels.iter().map(|label| (*label).to_owned()).collect(),
            wait_seconds: groups::WAIT_SECONDS,
            interval_minutes: groups::INTERVAL_MINUTES,
        })
    };
    let route = |channel: &[&str], grouping, routes| Route {
        recipients: Recipients::of(names(channel)),
        grouping,
        goes_on: true,
        routes,
        ..Route::default()
    };
    let routes = vec![
        route(&["a"], by(&["team"]), vec![route(&["b"], None, Vec::new())]),
        route(
            &[],
            by(&["team"]),
            vec![route(&["c"], by(&[groups::EACH_ALONE]), Vec::new())],
        ),
        route(&["b", "d"], by(&["pod"]), Vec::new()),
        route(&["e"], None, Vec::new()),
    ];
    let mut subject = subject("prod", Priority::P3, "web-cpu");
    subject.labels.insert("team".into(), "payments".into());
    let found = explain(&Routing::of(routes), &subject, just_now());
    let key = |channel: &str| {
        let channel = channel.parse().expect("a name");
        found.group(&channel).map(Group::key)
    };
    // A route below groups as the one above it, and by the first that tells a channel.
    assert_eq!(key("b").as_deref(), Some(r#"1.1 team="payments""#));
    assert_eq!(key("c"), None);
    assert_eq!(key("d").as_deref(), Some(r#"3 pod="""#));
    assert_eq!(key("e"), None);
    assert_eq!(key("z"), None);
}
