//! A server outside the sandbox. Its clock is set back: nothing waits for the
//! future to come again, and nothing that was read in that future passes for news.

use crate::{
    levels::DATABASE,
    power::switched,
    story::{SCALED, applied, at_least_now, audit_is_whole},
};
use api::people::NewPerson;
use domain::{
    capacity::CapacityChange,
    changes::{ChangeState, Proposal},
    ids::ChangeId,
    people::{Grant, Reach, Role},
    plan::Call,
    schedules::Power,
    time::{HOUR_MS, MINUTE_MS, Timestamp},
};
use ports::{Clock, CloudErrorKind};
use services::{Failure, Services, Setup, people, work};
use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};
use testkit::{Asked, CountedIds, Fault, Harness, story};

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
        channels: Vec::new(),
        calendars: Vec::new(),
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

/// Who stands where: a server of its own on the harness's database.
fn server(h: &mut Harness, clock: &Arc<OffClock>, off_ms: i64) {
    clock.off_ms.store(off_ms, Ordering::SeqCst);
    h.services = services(h, clock);
}

/// A change whose last step AWS has throttled once, by a clock that is this much fast.
async fn throttled_once(h: &mut Harness, clock: &Arc<OffClock>, off_ms: i64) -> ChangeId {
    server(h, clock, off_ms);
    let id = h.approved(at_least_now(h, SCALED, 40).await).await;
    let raises = |asked: &Asked| matches!(asked, Asked::CarryOut(Call::SetCapacity { .. }));
    h.cloud.script(Box::new(move |asked| {
        raises(asked).then_some(CloudErrorKind::Throttled)
    }));
    h.drain().await;
    let steps = h.change(id).await.steps;
    assert_eq!(steps.last().expect("steps").attempts, 1);
    h.cloud.clear();
    id
}

fn off_clock(h: &Harness) -> Arc<OffClock> {
    Arc::new(OffClock {
        inner: h.sandbox.clock(),
        off_ms: AtomicI64::new(0),
    })
}

story!(
    a_pause_taken_by_a_clock_an_hour_fast_is_over_at_once,
    |h| async move {
        let mut h = h;
        let clock = off_clock(&h);
        let id = throttled_once(&mut h, &clock, HOUR_MS).await;
        server(&mut h, &clock, 0);
        h.drain().await;
        assert_eq!(h.change(id).await.row.state, ChangeState::Applied);
        assert_eq!(h.live(SCALED).await.capacity.min, 40);
    }
);

story!(
    a_pause_taken_by_a_clock_a_minute_fast_lasts_a_minute_longer,
    |h| async move {
        let mut h = h;
        let clock = off_clock(&h);
        let id = throttled_once(&mut h, &clock, MINUTE_MS).await;
        server(&mut h, &clock, 0);
        h.drain().await;
        // A minute cannot be told from a pause that was meant: it is kept.
        assert_eq!(h.change(id).await.row.state, ChangeState::Applying);
        for _ in 0..6 {
            h.fast_forward(10_000).await;
            let steps = h.change(id).await.steps;
            assert_eq!(steps.last().expect("steps").attempts, 1);
        }
        h.fast_forward(10_000).await;
        assert_eq!(h.change(id).await.row.state, ChangeState::Applied);
        audit_is_whole(&h).await;
    }
);

story!(
    drift_is_seen_and_passes_though_the_clock_was_set_back,
    |h| async move {
        let mut h = h;
        let clock = off_clock(&h);
        // Everything was read an hour ahead.
        server(&mut h, &clock, HOUR_MS);
        h.drain().await;
        server(&mut h, &clock, 0);
        h.drain().await;
        let before = h.live(SCALED).await;
        let id = applied(&h, at_least_now(&h, SCALED, 40).await).await;
        let drift = async |h: &Harness| {
            let overview = h.as_role(Role::Viewer).overview().await;
            overview.expect("an overview").drift
        };
        h.pass(5 * MINUTE_MS).await;
        assert_eq!(drift(&h).await, [], "what was read before is not drift");
        // Somebody lowers it behind the console's back, and raises it again.
        let set = async |h: &Harness, min| {
            let capacity = CapacityChange {
                min: Some(min),
                ..CapacityChange::default()
            };
            let target = before.reference.clone();
            h.by_hand(&Call::SetCapacity { target, capacity }).await;
        };
        set(&h, 7).await;
        h.fast_forward(MINUTE_MS).await;
        let found = drift(&h).await;
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!((found[0].change, found[0].since), (id, h.now()));
        assert!(found[0].differences[0].contains("40"), "{found:?}");
        set(&h, 40).await;
        h.fast_forward(MINUTE_MS).await;
        assert_eq!(drift(&h).await, []);
    }
);

story!(
    throttled_for_a_minute_while_the_clock_is_set_back,
    |h| async move {
        let mut h = h;
        let clock = off_clock(&h);
        server(&mut h, &clock, MINUTE_MS);
        let id = h.approved(at_least_now(&h, SCALED, 40).await).await;
        h.sandbox.fault(Fault::Throttled, 60);
        for second in 0..6 {
            if second == 3 {
                server(&mut h, &clock, 0);
            }
            h.fast_forward(9_000).await;
            let waiting = h.change(id).await;
            assert!(!waiting.row.state.is_final(), "{:?}", waiting.result);
            assert_eq!(h.cloud.writes(), []);
        }
        h.pass(4 * MINUTE_MS).await;
        let detail = h.change(id).await;
        assert_eq!(
            detail.row.state,
            ChangeState::Applied,
            "{:?}",
            detail.result
        );
        let [first, last] = detail.steps.as_slice() else {
            panic!("{:?}", detail.steps);
        };
        assert_eq!((first.attempts, last.attempts), (1, 1));
        audit_is_whole(&h).await;
    }
);

story!(
    what_is_planned_waits_for_its_time_by_the_clock,
    |h| async move {
        let mut h = h;
        let clock = off_clock(&h);
        server(&mut h, &clock, 0);
        let wanted = Proposal {
            planned_for: Some(h.now().plus_ms(HOUR_MS)),
            ..switched(&h, DATABASE, Power::Stopped).await.into()
        };
        let id = h.approved(wanted).await;
        h.fast_forward(HOUR_MS - MINUTE_MS).await;
        // The clock is set back: its time is an hour and a minute away again.
        server(&mut h, &clock, -HOUR_MS);
        h.fast_forward(2 * MINUTE_MS).await;
        assert_eq!(h.change(id).await.row.state, ChangeState::Approved);
        h.step(HOUR_MS);
        let carries_out = |asked: &Asked| matches!(asked, Asked::CarryOut(_));
        h.cloud.script(Box::new(move |asked| {
            carries_out(asked).then_some(CloudErrorKind::Throttled)
        }));
        h.drain().await;
        h.cloud.clear();
        assert_eq!(h.change(id).await.row.state, ChangeState::Applying);
        // What was begun at its time goes on, whatever the clock says then.
        server(&mut h, &clock, -3 * HOUR_MS);
        h.drain().await;
        assert_eq!(h.change(id).await.row.state, ChangeState::Applied);
        assert_eq!(h.cloud.writes().len(), 1);
    }
);
