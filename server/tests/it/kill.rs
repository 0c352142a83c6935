//! `kill -9` at every step of carrying out, before AWS has a call and after it
//! has done it: the program that is started again brings the scale event to its
//! end, and AWS gets every call exactly once.

use crate::{
    console::{Console, Installation, Peers, held, make_group, peers},
    gate::{Gate, Hold},
};
use serde_json::{Value, json};

/// No other test uses this region of the peers.
const REGION: &str = "eu-west-3";

/// When the event begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Start {
    Now,
    InAnHour,
}

impl Start {
    /// The calls that carry it out, in their order.
    const fn calls(self) -> [&'static str; 2] {
        match self {
            // The way back is put first.
            Self::Now => ["PutScheduledUpdateGroupAction", "UpdateAutoScalingGroup"],
            Self::InAnHour => [
                "PutScheduledUpdateGroupAction",
                "PutScheduledUpdateGroupAction",
            ],
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Now => "now",
            Self::InAnHour => "later",
        }
    }
}

#[test]
fn a_kill_at_any_call_is_made_good_by_the_next_start() {
    let Some(peers) = peers() else {
        return;
    };
    let mut cases = Vec::new();
    for start in [Start::Now, Start::InAnHour] {
        for before in 0..start.calls().len() {
            for hold in [Hold::Request, Hold::Answer] {
                cases.push((start, before, hold));
            }
        }
    }
    // Side by side: most of each is waiting.
    std::thread::scope(|scope| {
        for (start, before, hold) in cases {
            let peers = &peers;
            scope.spawn(move || killed(peers, start, before, hold));
        }
    });
}

/// One kill, at the call after `before` calls.
fn killed(peers: &Peers, start: Start, before: usize, hold: Hold) {
    let case = format!("{start:?}, {hold:?} of call {before} held");
    let group = format!(
        "prod-{}-{before}-{hold:?}-{}",
        start.name(),
        std::process::id()
    );
    make_group(&peers.moto, REGION, &group);
    let gate = Gate::before(&peers.moto, before, hold);
    let installation = Installation::new(REGION, &peers.ministack, gate.address());
    let operator = installation.person("olga@example.com", "operator");
    let approver = installation.person("anna@example.com", "approver");

    let console = installation.serve();
    let id = propose(&console, &operator, start, &group);
    let (status, answer) = console.approve(&approver, &id);
    assert_eq!(status, 204, "{case}: {answer:#}");
    gate.wait();
    drop(console);
    let reached = before + usize::from(hold == Hold::Answer);
    assert_eq!(gate.writes(), start.calls()[..reached], "{case}");

    gate.open();
    let console = installation.serve();
    let applied = console.applied(&operator, &id);
    let steps = applied["steps"].as_array().expect("steps");
    let states: Vec<_> = steps.iter().map(|step| &step["state"]).collect();
    assert_eq!(states, ["done", "done"], "{case}");
    // What AWS has done already is looked for and not done again.
    let attempts: Vec<_> = steps.iter().map(|step| &step["attempts"]).collect();
    let expected = |step| match hold {
        Hold::Request if step == before => 2,
        _ => 1,
    };
    assert_eq!(attempts, [expected(0), expected(1)], "{case}");
    assert_eq!(gate.writes(), start.calls(), "{case}");
    assert_eq!(applied["result"], json!([]), "{case}");

    let (min, actions) = held(&peers.moto, REGION, &group);
    let count = |which: &str| {
        let name = format!("<ScheduledActionName>lamplighter-{id}-{which}<");
        actions.matches(&name).count()
    };
    let wanted = match start {
        Start::Now => ("4", 0, 1),
        Start::InAnHour => ("1", 1, 1),
    };
    assert_eq!(
        (min.as_str(), count("start"), count("return")),
        wanted,
        "{case}: {actions}"
    );
    drop(console);
    installation.run(&["audit", "verify"]);
}

fn propose(console: &Console, operator: &str, start: Start, group: &str) -> String {
    let target = console.target(operator, group);
    let from = match start {
        Start::Now => Value::Null,
        Start::InAnHour => json!(console.hours_ahead(operator, 1)),
    };
    let event = json!({
        "kind": "scale_event", "target": target, "hold": "at_least", "count": 4,
        "from": from, "until": console.hours_ahead(operator, 2),
        "reason": "course registration",
    });
    console.propose(operator, &event)
}
