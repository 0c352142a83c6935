//! `kill -9` at every step of carrying out, before AWS has a call and after it
//! has done it: the program that is started again brings the scale event or the
//! schedule to its end, and AWS gets every call exactly once.

use crate::{
    console::{Console, Installation, Peers, apply, held, make_group, office, peers},
    gate::{Gate, Hold},
};
use serde_json::{Value, json};

/// No other test uses this region of the peers.
const REGION: &str = "eu-west-3";

/// What is carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    EventNow,
    EventInAnHour,
    Schedule,
}

const PUT: &str = "PutScheduledUpdateGroupAction";
const SET: &str = "UpdateAutoScalingGroup";

impl Wanted {
    /// The calls that carry it out, in their order.
    const fn calls(self) -> &'static [&'static str] {
        match self {
            // The way back is put first.
            Self::EventNow => &[PUT, SET],
            Self::EventInAnHour => &[PUT, PUT],
            Self::Schedule => &[PUT, PUT, SET],
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::EventNow => "now",
            Self::EventInAnHour => "later",
            Self::Schedule => "schedule",
        }
    }

    /// What AWS has at last: the minimum, and the actions by a part of their names.
    fn left(self, id: &str, group: &str) -> (&'static str, Vec<(String, usize)>) {
        let event = |part: &str| format!("lamplighter-{id}-{part}<");
        match self {
            Self::EventNow => ("4", vec![(event("start"), 0), (event("return"), 1)]),
            Self::EventInAnHour => ("1", vec![(event("start"), 1), (event("return"), 1)]),
            Self::Schedule => (
                "2",
                vec![(format!("lamplighter/{}/", schedule_of(group)), 2)],
            ),
        }
    }
}

#[test]
fn a_kill_at_any_call_is_made_good_by_the_next_start() {
    let Some(peers) = peers() else {
        return;
    };
    let mut cases = Vec::new();
    for wanted in [Wanted::EventNow, Wanted::EventInAnHour, Wanted::Schedule] {
        for before in 0..wanted.calls().len() {
            for hold in [Hold::Request, Hold::Answer] {
                cases.push((wanted, before, hold));
            }
        }
    }
    // Side by side: most of each is waiting.
    std::thread::scope(|scope| {
        for (wanted, before, hold) in cases {
            let peers = &peers;
            scope.spawn(move || killed(peers, wanted, before, hold));
        }
    });
}

/// One kill, at the call after `before` calls.
fn killed(peers: &Peers, wanted: Wanted, before: usize, hold: Hold) {
    let case = format!("{wanted:?}, {hold:?} of call {before} held");
    let group = format!(
        "prod-{}-{before}-{hold:?}-{}",
        wanted.name(),
        std::process::id()
    );
    make_group(&peers.moto, REGION, &group);
    let gate = Gate::before(&peers.moto, before, hold);
    let installation = Installation::new(REGION, &peers.ministack, gate.address());
    let operator = installation.person("olga@example.com", "operator");
    let approver = installation.person("anna@example.com", "approver");

    let console = installation.serve();
    let id = propose(&console, &operator, wanted, &group);
    let (status, answer) = console.approve(&approver, &id);
    assert_eq!(status, 204, "{case}: {answer:#}");
    gate.wait();
    drop(console);
    let reached = before + usize::from(hold == Hold::Answer);
    assert_eq!(gate.writes(), wanted.calls()[..reached], "{case}");

    gate.open();
    let console = installation.serve();
    let applied = console.applied(&operator, &id);
    let steps = applied["steps"].as_array().expect("steps");
    let states: Vec<_> = steps.iter().map(|step| &step["state"]).collect();
    assert!(states.iter().all(|state| *state == "done"), "{case}");
    // What AWS has done already is looked for and not done again.
    let attempts: Vec<_> = steps.iter().map(|step| &step["attempts"]).collect();
    let expected = |step| match hold {
        Hold::Request if step == before => 2,
        _ => 1,
    };
    let expected: Vec<_> = (0..wanted.calls().len()).map(expected).collect();
    assert_eq!(attempts, expected, "{case}");
    assert_eq!(gate.writes(), wanted.calls(), "{case}");
    assert_eq!(applied["result"], json!([]), "{case}");

    let (min, actions) = held(&peers.moto, REGION, &group);
    let (min_left, parts) = wanted.left(&id, &group);
    assert_eq!(min, min_left, "{case}");
    for (part, count) in parts {
        let name = format!("<ScheduledActionName>{part}");
        assert_eq!(actions.matches(&name).count(), count, "{case}: {actions}");
    }
    drop(console);
    installation.run(&["audit", "verify"]);
}

/// The peer keeps one action of a name in a whole region, so each case has its own.
fn schedule_of(group: &str) -> String {
    group.to_lowercase()
}

fn propose(console: &Console, operator: &str, wanted: Wanted, group: &str) -> String {
    let target = console.target(operator, group);
    if wanted == Wanted::Schedule {
        let schedule = office(&schedule_of(group), group, "20:00");
        return console.propose(operator, &apply(REGION, &schedule));
    }
    let from = match wanted {
        Wanted::EventInAnHour => json!(console.hours_ahead(operator, 1)),
        _ => Value::Null,
    };
    let event = json!({
        "kind": "scale_event", "target": target, "hold": "at_least", "count": 4,
        "from": from, "until": console.hours_ahead(operator, 2),
        "reason": "course registration",
    });
    console.propose(operator, &event)
}
