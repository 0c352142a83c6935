//! A server outside the sandbox. Its clock is set back: nothing waits for the
//! future to come again.

use crate::story::{SCALED, at_least_now, audit_is_whole};
use api::people::NewPerson;
use domain::{
    changes::ChangeState,
    people::{Grant, Reach, Role},
    time::{HOUR_MS, MINUTE_MS, Timestamp},
};
use ports::Clock;
use services::{Failure, Services, Setup, people, work};
use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};
use testkit::{CountedIds, Harness, story};

/// The sandbox's clock, some time off.
struct OffClock {
    inner: Arc<dyn Clock>,
    off_ms: AtomicI64,
}

impl Clock for OffClock {
    fn now(&self) -> Timestamp {
        self.inner.now().plus_ms(self.off_ms.load(Ordering::SeqCst))
    }
}

fn services(h: &Harness, clock: &Arc<OffClock>) -> Services {
    Services::new(Setup {
        store: h.services.store.clone(),
        cloud: h.cloud.clone(),
        clock: clock.clone(),
        ids: Arc::new(CountedIds::beginning_at(1 << 40)),
        settings: h.services.settings.clone(),
        sandbox: None,
        crash: None,
    })
}

story!(
    outside_the_sandbox_its_sign_in_names_are_refused,
    |h| async move {
        let clock = Arc::new(OffClock {
            inner: h.sandbox.clock(),
            off_ms: AtomicI64::new(0),
        });
        let person = NewPerson {
            login: "Admin@Sandbox.invalid".into(),
            name: "Ana".into(),
            grants: vec![Grant {
                role: Role::Viewer,
                reach: Reach::All,
            }],
            password: "a long enough one 47".into(),
        };
        let added = people::add_at_console(&services(&h, &clock), person).await;
        let Err(Failure::Told(error)) = added else {
            panic!("{added:?}");
        };
        assert_eq!(error.fields[0].field, "login");
        assert!(error.message.contains("sandbox"), "{}", error.message);
    }
);

story!(work_goes_on_when_the_clock_is_set_back, |h| async move {
    let mut h = h;
    let clock = Arc::new(OffClock {
        inner: h.sandbox.clock(),
        off_ms: AtomicI64::new(HOUR_MS),
    });
    // A server an hour fast polls, claims and dies in the middle.
    h.services = services(&h, &clock);
    work::run_once(&h.services).await;
    let before = h.live(SCALED).await.capacity;
    let id = h
        .approved(at_least_now(&h, SCALED, before.min + 4).await)
        .await;
    let now = clock.now();
    let mut tx = h.services.store.begin().await.expect("a transaction");
    let claimed = tx
        .claim_changes("a dead server", now, now.plus_ms(MINUTE_MS), 10)
        .await;
    assert_eq!(claimed.expect("a claim").len(), 1);
    tx.commit().await.expect("commit");

    // The clock is corrected; the next server takes everything over at once.
    clock.off_ms.store(0, Ordering::SeqCst);
    h.services = services(&h, &clock);
    h.drain().await;
    let detail = h.change(id).await;
    assert_eq!(
        detail.row.state,
        ChangeState::Applied,
        "{:?}",
        detail.result
    );
    let overview = h
        .as_role(Role::Viewer)
        .overview()
        .await
        .expect("an overview");
    assert!(overview.scopes.iter().all(|scope| scope.error.is_none()));
    audit_is_whole(&h).await;
});
