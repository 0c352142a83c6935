//! Two processes of the program on one PostgreSQL: whatever is asked of either
//! happens once, and what one was doing when it was killed the other ends.

use crate::{
    console::{Installation, apply, held, make_group, office, peers},
    gate::{Gate, Hold},
};
use domain::limits;
use serde_json::json;
use std::time::Duration;
use testkit::{Backing, Database};

/// No other test uses this region of the peers.
const REGION: &str = "eu-north-1";
const CALLS: [&str; 2] = [
    "BatchPutScheduledUpdateGroupAction",
    "UpdateAutoScalingGroup",
];

#[test]
fn what_a_killed_server_was_doing_the_other_one_ends() {
    let (Some(peers), Some(backing)) = (peers(), Backing::postgres()) else {
        return;
    };
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let database = runtime.block_on(Database::make(&backing));
    let group = format!("prod-two-{}", std::process::id());
    make_group(&peers.moto, REGION, &group);
    // AWS has done the first call, and whoever made it never hears of it.
    let gate = Gate::before(&peers.moto, 0, Hold::Answer);
    let installation =
        Installation::shared(REGION, &peers.ministack, gate.address(), database.url());
    let operator = installation.person("olga@example.com", "operator");
    let approver = installation.person("anna@example.com", "approver");

    let first = installation.serve();
    let schedule = office(&format!("two-{}", std::process::id()), &group, "20:00");
    first.target(&operator, &group);
    let id = first.propose(&operator, &apply(REGION, &schedule));
    let (status, answer) = first.approve(&approver, &id);
    assert_eq!(status, 204, "{answer:#}");
    gate.wait();
    // The second one comes while the first is at it, and sees what it has recorded.
    let second = installation.serve();
    let path = format!("/changes/{id}");
    second.until(&operator, &path, |change| {
        change["row"]["state"] == "applying"
    });
    drop(first);
    gate.open();

    // Until then the first one may still be at it, for all the second one knows.
    let lease_ms = u64::try_from(limits::CHANGE_LEASE_MS).expect("positive");
    std::thread::sleep(Duration::from_millis(lease_ms));
    let applied = second.applied(&operator, &id);
    assert_eq!(applied["result"], json!([]));
    assert_eq!(gate.writes(), CALLS, "no call was made twice");
    let (min, _) = held(&peers.moto, REGION, &group);
    assert_eq!(min, "2");

    // A third takes the place of the first: asked of one, told by the other.
    let third = installation.serve();
    let comment = json!({ "text": "done in the morning" });
    let (status, answer) = third.ask(&operator, "POST", &format!("{path}/comments"), &comment);
    assert_eq!(status, 204, "{answer:#}");
    second.until(&approver, &path, |change| {
        change["comments"][0]["text"] == "done in the morning"
    });
    drop((second, third));
    installation.run(&["audit", "verify"]);
}
