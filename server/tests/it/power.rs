//! A database that is stopped now through the real program: `kill -9` before AWS has the
//! call and after it has done it, and the next start brings it to its end.

use crate::{
    console::{Installation, Peers, database_state, make_database, peers},
    gate::{Gate, Hold},
};
use serde_json::json;

/// No other test uses this region of the peers.
const REGION: &str = "eu-central-2";

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
    make_database(&peers.moto, REGION, &name);
    let gate = Gate::before(&peers.moto, 0, hold);
    let installation = Installation::with_everything(REGION, &peers.ministack, gate.address());
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
    let state = database_state(&peers.moto, REGION, &name);
    assert_eq!(state, "stopped", "{hold:?}");
    drop(console);
    installation.run(&["audit", "verify"]);
}
