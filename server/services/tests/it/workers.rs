//! The workers run by themselves, survive each other's panics, and stop.

use crate::story::{SCALED, at_least_now};
use domain::{changes::ChangeState, people::Role};
use services::work::Driver;
use std::time::Duration;
use testkit::{Asked, story};

story!(an_approval_is_carried_out_without_a_nudge, |h| async move {
    let driver = Driver::start(&h.services);
    let before = h.live(SCALED).await.capacity;
    let id = h
        .approved(at_least_now(&h, SCALED, before.min + 4).await)
        .await;
    let mut state = ChangeState::Approved;
    for _ in 0..200 {
        state = h.change(id).await.row.state;
        if state.is_final() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(state, ChangeState::Applied);
    driver.stop(Duration::from_secs(10)).await;
    let runs = |h: &testkit::Harness| {
        h.services
            .statuses
            .rows()
            .iter()
            .map(|status| status.row().runs)
            .sum::<u64>()
    };
    let stopped = runs(&h);
    tokio::time::sleep(Duration::from_millis(700)).await;
    assert_eq!(runs(&h), stopped, "nothing runs after the stop");
});

story!(a_panic_in_one_worker_stops_no_other, |h| async move {
    h.cloud.script(Box::new(|asked| match asked {
        Asked::Alarms(scope) if scope.region.as_str() == "us-east-1" => panic!("of all things"),
        _ => None,
    }));
    h.fast_forward(60_000).await;
    let system = h.as_role(Role::Admin).system().await;
    let rows = system.expect("the system page").workers;
    let poll = |region: &str| {
        let found = rows.iter().find(|row| row.name.contains(region));
        found.expect("a poller").clone()
    };
    let broken = poll("us-east-1");
    assert!(
        broken
            .error
            .is_some_and(|error| error.contains("of all things"))
    );
    assert_eq!(broken.failures, 1);
    assert_eq!(poll("ap-northeast-2").error, None);
    h.cloud.clear();
    h.fast_forward(60_000).await;
    let admin = h
        .as_role(Role::Admin)
        .system()
        .await
        .expect("the system page");
    assert!(
        admin.workers.iter().all(|row| row.error.is_none()),
        "{:?}",
        admin.workers
    );
    assert!(admin.workers.iter().all(|row| row.runs >= 2));
});
