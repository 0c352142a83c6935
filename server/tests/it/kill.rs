//! `kill -9` at every step of carrying out, before AWS has a call and after it
//! has done it: the program that is started again brings the scale event or the
//! schedule to its end, and AWS gets every call exactly once.

use crate::{
    console::{
        Console, Installation, Peers, apply, by_path, database_state, held, machines_in,
        make_database, make_group, make_machines, make_node_group, node_group_sizes, office, peers,
    },
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
    /// Of a database, which is stopped at once; AWS's timers start and stop it later.
    Database,
    /// The same of machines that carry a tag.
    Machines,
    /// The same of a node group, which gets smaller.
    Nodes,
}

const PUT: &str = "PutScheduledUpdateGroupAction";
const PUTS: &str = "BatchPutScheduledUpdateGroupAction";
const SET: &str = "UpdateAutoScalingGroup";
const TIMER: &str = "CreateSchedule";
const STOP: &str = "StopDBInstance";
const HALT: &str = "StopInstances";
const SIZE: &str = "UpdateNodegroupConfig";

impl Wanted {
    /// The calls that carry it out, in their order.
    const fn calls(self) -> &'static [&'static str] {
        match self {
            // The way back is put first.
            Self::EventNow => &[PUT, SET],
            Self::EventInAnHour => &[PUT, PUT],
            Self::Schedule => &[PUTS, SET],
            Self::Database => &[TIMER, TIMER, STOP],
            Self::Machines => &[TIMER, TIMER, HALT],
            Self::Nodes => &[TIMER, TIMER, SIZE],
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::EventNow => "now",
            Self::EventInAnHour => "later",
            Self::Schedule => "schedule",
            Self::Database => "database",
            Self::Machines => "machines",
            Self::Nodes => "nodes",
        }
    }

    fn make(self, moto: &str, target: &str) {
        match self {
            Self::Database => make_database(moto, REGION, target),
            Self::Machines => make_machines(moto, REGION, target),
            Self::Nodes => make_node_group(moto, REGION, target),
            _ => make_group(moto, REGION, target),
        }
    }

    fn install(self, peers: &Peers, gate: &Gate) -> Installation {
        match self {
            Self::Database | Self::Machines | Self::Nodes => {
                Installation::with_everything(REGION, &peers.ministack, gate.address())
            }
            _ => Installation::new(REGION, &peers.ministack, gate.address()),
        }
    }

    /// Fails unless AWS has at last what was wanted.
    fn is_left(self, moto: &str, id: &str, target: &str, case: &str) {
        let event = |part: &str| format!("lamplighter-{id}-{part}<");
        let (min, actions) = match self {
            Self::EventNow => ("4", vec![(event("start"), 0), (event("return"), 1)]),
            Self::EventInAnHour => ("1", vec![(event("start"), 1), (event("return"), 1)]),
            Self::Schedule => ("2", vec![(format!("lamplighter/{target}/"), 2)]),
            Self::Database => {
                assert_eq!(database_state(moto, REGION, target), "stopped", "{case}");
                return two_timers(moto, target, case);
            }
            Self::Machines => {
                assert_eq!(machines_in(moto, REGION, target, "stopped"), 2, "{case}");
                return two_timers(moto, target, case);
            }
            Self::Nodes => {
                let sizes = json!({"minSize": 1, "desiredSize": 1, "maxSize": 3});
                assert_eq!(node_group_sizes(moto, REGION, target), sizes, "{case}");
                return two_timers(moto, target, case);
            }
        };
        let (min_left, actions_left) = held(moto, REGION, target);
        assert_eq!(min_left, min, "{case}");
        for (part, count) in actions {
            let name = format!("<ScheduledActionName>{part}");
            let found = actions_left.matches(&name).count();
            assert_eq!(found, count, "{case}: {actions_left}");
        }
    }
}

/// A schedule's way down and its way up, each once.
fn two_timers(moto: &str, schedule: &str, case: &str) {
    // A timer's name holds only the beginning of its schedule's.
    let request = format!("GET /schedules?NamePrefix=lamplighter.{schedule:.24}.");
    let timers = by_path(moto, REGION, "scheduler", &request, &Value::Null);
    let timers = timers["Schedules"].as_array().expect("a list").len();
    assert_eq!(timers, 2, "{case}");
}

#[test]
fn a_kill_at_any_call_is_made_good_by_the_next_start() {
    let Some(peers) = peers() else {
        return;
    };
    // Side by side, as most of each is waiting, but not all at once: a call that waits too
    // long for its answer is made again.
    for batch in [
        &[Wanted::EventNow, Wanted::EventInAnHour, Wanted::Schedule][..],
        &[Wanted::Database],
        &[Wanted::Machines],
        &[Wanted::Nodes],
    ] {
        std::thread::scope(|scope| {
            for wanted in batch {
                for before in 0..wanted.calls().len() {
                    for hold in [Hold::Request, Hold::Answer] {
                        let peers = &peers;
                        scope.spawn(move || killed(peers, *wanted, before, hold));
                    }
                }
            }
        });
    }
}

/// One kill, at the call after `before` calls.
fn killed(peers: &Peers, wanted: Wanted, before: usize, hold: Hold) {
    let case = format!("{wanted:?}, {hold:?} of call {before} held");
    let target = format!(
        "prod-{}-{before}-{hold:?}-{}",
        wanted.name(),
        std::process::id()
    )
    .to_lowercase();
    wanted.make(&peers.moto, &target);
    let gate = Gate::before(&peers.moto, before, hold);
    let installation = wanted.install(peers, &gate);
    let operator = installation.person("olga@example.com", "operator");
    let approver = installation.person("anna@example.com", "approver");

    let console = installation.serve();
    let id = propose(&console, &operator, wanted, &target);
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

    wanted.is_left(&peers.moto, &id, &target, &case);
    drop(console);
    installation.run(&["audit", "verify"]);
}

fn propose(console: &Console, operator: &str, wanted: Wanted, name: &str) -> String {
    let target = console.target(operator, name);
    let from = match wanted {
        Wanted::Schedule => {
            // The peer keeps one action of a name in a whole region, so each case has its own.
            let schedule = office(name, name, "20:00");
            return console.propose(operator, &apply(REGION, &schedule));
        }
        Wanted::Database => {
            let of = json!({"rds": name});
            return console.propose(operator, &apply(REGION, &asleep(name, &of)));
        }
        Wanted::Machines => {
            let of = json!({"ec2_tag": {"key": "Schedule", "value": name}});
            return console.propose(operator, &apply(REGION, &asleep(name, &of)));
        }
        Wanted::Nodes => {
            return console.propose(operator, &apply(REGION, &smaller(name)));
        }
        Wanted::EventInAnHour => json!(console.hours_ahead(operator, 1)),
        Wanted::EventNow => Value::Null,
    };
    let event = json!({
        "kind": "scale_event", "target": target, "hold": "at_least", "count": 4,
        "from": from, "until": console.hours_ahead(operator, 2),
        "reason": "course registration",
    });
    console.propose(operator, &event)
}

/// Stopped but for two minutes a day.
fn asleep(name: &str, target: &Value) -> Value {
    json!({
        "name": name, "timezone": "Asia/Seoul", "targets": [target],
        "base": {"state": "running"},
        "windows": [{"name": "term-break", "from": "00:00", "to": "23:58",
            "capacity": {"state": "stopped"}}],
    })
}

/// One node but for two minutes a day.
fn smaller(cluster: &str) -> Value {
    json!({
        "name": cluster, "timezone": "Asia/Seoul", "targets": [{"eks": format!("{cluster}/workers")}],
        "base": {"min": 1, "desired": 2, "max": 6},
        "windows": [{"name": "term-break", "from": "00:00", "to": "23:58",
            "capacity": {"min": 1, "desired": 1, "max": 3}}],
    })
}
