//! A database that is stopped now through the real program: `kill -9` before AWS has the
//! call and after it has done it, and the next start brings it to its end.

use crate::{
    console::{Installation, Peers, element, peers, query},
    gate::{Gate, Hold},
};
use serde_json::json;

/// No other test uses this region of the peers.
const REGION: &str = "eu-central-2";
const RDS: (&str, &str) = ("Version", "2014-10-31");

#[test]
fn a_kill_at_the_call_stops_a_database_once() {
    let Some(peers) = peers() else {
        return;
    };
    std::thread::scope(|scope| {
        for hold in [Hold::Request, Hold::Answer] {
            let peers = &peers;
            scope.spawn(move || killed(peers, hold));
        }
    });
}

fn killed(peers: &Peers, hold: Hold) {
    let name = format!("orders-{hold:?}-{}", std::process::id()).to_lowercase();
    let made = [
        ("Action", "CreateDBInstance"),
        RDS,
        ("DBInstanceIdentifier", &name),
        ("DBInstanceClass", "db.m7g.large"),
        ("Engine", "postgres"),
        ("AllocatedStorage", "20"),
    ];
    query(&peers.moto, REGION, "rds", &made);
    let gate = Gate::before(&peers.moto, 0, hold);
    let installation = Installation::with_databases(REGION, &peers.ministack, gate.address());
    let operator = installation.person("olga@example.com", "operator");
    let approver = installation.person("anna@example.com", "approver");
    let console = installation.serve();
    let target = console.target(&operator, &name);
    let stop = json!({
        "kind": "set_power", "target": target, "power": "stopped", "reason": "the term is over",
    });
    let id = console.propose(&operator, &stop);
    let (status, answer) = console.approve(&approver, &id);
    assert_eq!(status, 204, "{hold:?}: {answer:#}");
    gate.wait();
    drop(console);

    gate.open();
    let console = installation.serve();
    let applied = console.applied(&operator, &id);
    assert_eq!(applied["result"], json!([]), "{hold:?}");
    // What AWS has done already is looked for and not done again.
    assert_eq!(gate.writes(), ["StopDBInstance"], "{hold:?}");
    let asked = [
        ("Action", "DescribeDBInstances"),
        RDS,
        ("DBInstanceIdentifier", &name),
    ];
    let held = query(&peers.moto, REGION, "rds", &asked);
    assert_eq!(element(&held, "DBInstanceStatus"), "stopped", "{hold:?}");
    drop(console);
    installation.run(&["audit", "verify"]);
}
