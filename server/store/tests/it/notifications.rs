//! Notifications: what is to be sent next, and what an attempt leaves.

use crate::{
    alarms::{find, input, save},
    database::{Database, at, on_both},
};
use domain::{
    alarms::AlarmState,
    channels::ChannelName,
    ids::{DeliveryId, ThreadId},
    notifications::{DeliveryState, Event, FailureKind, Message, Next, Thread},
    routes::groups::{GroupStands, ThreadGroup},
};
use store::{DueDelivery, NewDelivery, Store, StoreError};

on_both! {
    a_channel_hears_of_one_life_of_an_alarm_once
    within_a_thread_nothing_overtakes
    an_attempt_that_nobody_recorded_is_made_again
    what_an_earlier_attempt_says_comes_too_late
    a_closed_thread_goes_with_its_messages
    those_of_one_group_are_found_together_and_nobody_else
}

fn channel() -> ChannelName {
    "ops".parse().expect("a name")
}

fn thread(number: u128) -> Thread {
    Thread {
        id: ThreadId::from_parts(1, number),
        alarm: None,
        channel: channel(),
        state: AlarmState::Alarm,
        group: None,
        has_message: false,
    }
}

fn delivery(number: u128, thread: &Thread, event: Event) -> NewDelivery {
    NewDelivery {
        id: DeliveryId::from_parts(1, number),
        thread: thread.id,
        channel: channel(),
        event,
        message: Message::default(),
        state: DeliveryState::Waiting,
        not_before: at(1),
        group: None,
    }
}

/// Opens a thread with these messages.
async fn write(store: &Store, thread: &Thread, deliveries: &[NewDelivery]) {
    let mut tx = store.begin().await.expect("begins");
    tx.open_thread(thread, at(1)).await.expect("opens");
    for delivery in deliveries {
        tx.insert_delivery(delivery, at(1)).await.expect("kept");
    }
    tx.commit().await.expect("commits");
}

async fn claim(store: &Store, now: i64, until: i64) -> Option<DueDelivery> {
    let mut tx = store.begin().await.expect("begins");
    let next = tx.read().next_delivery(&channel(), at(now)).await;
    let mut next = next.expect("reads");
    if let Some(due) = &mut next {
        tx.claim_delivery(due, at(until)).await.expect("claims");
    }
    tx.commit().await.expect("commits");
    next
}

/// Records that the channel took the message; whether that was still wanted.
async fn sent(store: &Store, due: &DueDelivery, reference: Option<&str>) -> bool {
    let mut tx = store.begin().await.expect("begins");
    let kept = tx.delivery_sent(&due.row, "r", reference, at(9)).await;
    tx.commit().await.expect("commits");
    kept.expect("records")
}

async fn a_channel_hears_of_one_life_of_an_alarm_once(db: &Database) {
    save(&db.store, &[input("cpu", AlarmState::Alarm, 1)], 1).await;
    let alarm = find(&db.store, "cpu").await.expect("an alarm").id;
    let of_alarm = |number| Thread {
        alarm: Some(alarm),
        ..thread(number)
    };
    write(&db.store, &of_alarm(1), &[]).await;
    let open = db.store.read().open_threads(&[alarm]).await.expect("reads");
    assert_eq!(open, [of_alarm(1)]);
    let mut tx = db.store.begin().await.expect("begins");
    let twice = tx.open_thread(&of_alarm(2), at(2)).await;
    assert!(
        matches!(twice, Err(StoreError::Duplicate { .. })),
        "{twice:?}"
    );
    tx.rollback().await.expect("forgets");

    let mut tx = db.store.begin().await.expect("begins");
    tx.close_thread(of_alarm(1).id, at(3))
        .await
        .expect("closes");
    tx.open_thread(&of_alarm(2), at(3)).await.expect("opens");
    tx.commit().await.expect("commits");
    let open = db.store.read().open_threads(&[alarm]).await.expect("reads");
    assert_eq!(open, [of_alarm(2)]);
}

async fn within_a_thread_nothing_overtakes(db: &Database) {
    let one = thread(1);
    let first = delivery(1, &one, Event::Test);
    let second = delivery(2, &one, Event::Resolved);
    write(&db.store, &one, &[first.clone(), second.clone()]).await;
    let other = thread(2);
    write(&db.store, &other, &[delivery(3, &other, Event::Resolved)]).await;

    let due = claim(&db.store, 2, 5).await.expect("a message");
    assert_eq!((due.row.id, due.row.attempts), (first.id, 1));
    // Beside it only another thread's message may go.
    let beside = claim(&db.store, 2, 5).await.expect("a message");
    assert_eq!(beside.row.id, DeliveryId::from_parts(1, 3));
    assert_eq!(claim(&db.store, 2, 5).await, None);
    assert!(sent(&db.store, &due, Some("C1/1.0")).await);
    let next = claim(&db.store, 2, 5).await.expect("a message");
    assert_eq!(next.row.id, second.id);
    assert_eq!(next.reference.as_deref(), Some("C1/1.0"));
}

async fn an_attempt_that_nobody_recorded_is_made_again(db: &Database) {
    let one = thread(1);
    write(&db.store, &one, &[delivery(1, &one, Event::Test)]).await;
    let first = claim(&db.store, 2, 5).await.expect("a message");
    assert_eq!(first.row.state, DeliveryState::Waiting);
    assert_eq!(claim(&db.store, 4, 9).await, None);
    let again = claim(&db.store, 5, 9).await.expect("again");
    assert_eq!(
        (again.row.state, again.row.attempts),
        (DeliveryState::Sending, 2)
    );
}

async fn what_an_earlier_attempt_says_comes_too_late(db: &Database) {
    let one = thread(1);
    write(&db.store, &one, &[delivery(1, &one, Event::Test)]).await;
    let first = claim(&db.store, 2, 5).await.expect("a message");
    let second = claim(&db.store, 5, 9).await.expect("again");
    let next = Next {
        state: DeliveryState::Failed,
        not_before: at(20),
    };
    let mut tx = db.store.begin().await.expect("begins");
    let failure = (FailureKind::Unreachable, "no route");
    let kept = tx.delivery_failed(&first.row, next, failure, at(6)).await;
    assert!(!kept.expect("runs"));
    let kept = tx.delivery_failed(&second.row, next, failure, at(6)).await;
    assert!(kept.expect("runs"));
    tx.commit().await.expect("commits");
    assert!(!sent(&db.store, &first, None).await);

    let row = db.store.read().delivery(first.row.id).await.expect("reads");
    let row = row.expect("a row");
    assert_eq!((row.state, row.not_before), (DeliveryState::Failed, at(20)));
    assert_eq!(
        row.failure,
        Some((FailureKind::Unreachable, "no route".into()))
    );
    assert_eq!(claim(&db.store, 19, 30).await, None);
    let mut tx = db.store.begin().await.expect("begins");
    assert_eq!(
        tx.wake_deliveries(&channel(), at(10)).await.expect("runs"),
        1
    );
    tx.commit().await.expect("commits");
    assert!(claim(&db.store, 10, 30).await.is_some());
}

async fn a_closed_thread_goes_with_its_messages(db: &Database) {
    let (old, open) = (thread(1), thread(2));
    write(&db.store, &old, &[delivery(1, &old, Event::Test)]).await;
    write(&db.store, &open, &[delivery(2, &open, Event::Test)]).await;
    let mut tx = db.store.begin().await.expect("begins");
    tx.close_thread(old.id, at(5)).await.expect("closes");
    assert_eq!(tx.purge_threads(at(5)).await.expect("runs"), 0);
    assert_eq!(tx.purge_threads(at(6)).await.expect("runs"), 1);
    tx.commit().await.expect("commits");
    let mut read = db.store.read();
    let gone = read.delivery(DeliveryId::from_parts(1, 1)).await;
    assert_eq!(gone.expect("reads"), None);
    let kept = read.delivery(DeliveryId::from_parts(1, 2)).await;
    assert!(kept.expect("reads").is_some());
}

async fn those_of_one_group_are_found_together_and_nobody_else(db: &Database) {
    let group = |key: &str| {
        Some(ThreadGroup {
            key: key.into(),
            wait_ms: 10,
            interval_ms: 20,
        })
    };
    let grouped = |number, key: &str, event, not_before| {
        let thread = Thread {
            group: group(key),
            ..thread(number)
        };
        let delivery = NewDelivery {
            not_before: at(not_before),
            group: Some(key.into()),
            ..delivery(number, &thread, event)
        };
        (thread, delivery)
    };
    let stands = async |key: &str| {
        let mut read = db.store.read();
        let stands = read.group_stands(&channel(), key).await;
        stands.expect("reads")
    };
    assert_eq!(stands("a").await, GroupStands::default());
    for (thread, delivery) in [
        grouped(1, "a", Event::Firing, 10),
        grouped(2, "a", Event::Resolved, 12),
        grouped(3, "b", Event::Firing, 10),
        // That somebody has it waits for nobody.
        grouped(4, "a", Event::Acknowledged, 30),
    ] {
        write(&db.store, &thread, std::slice::from_ref(&delivery)).await;
    }
    let alone = thread(5);
    write(&db.store, &alone, &[delivery(5, &alone, Event::Firing)]).await;
    assert_eq!(stands("a").await.waits_until, Some(at(10)));

    let fellows = async |of: &DueDelivery, now| {
        let mut read = db.store.read();
        let found = read.fellows(of, at(now), 10).await.expect("reads");
        let ids = found.into_iter().map(|due| due.row.id);
        ids.collect::<Vec<_>>()
    };
    let ids = |numbers: &[u128]| -> Vec<_> {
        let ids = numbers.iter();
        ids.map(|n| DeliveryId::from_parts(1, *n)).collect()
    };
    let due = claim(&db.store, 2, 5).await.expect("a message");
    assert_eq!(due.row.id, DeliveryId::from_parts(1, 5));
    // It is being sent until then.
    assert_eq!(fellows(&due, 2).await, ids(&[]));
    assert_eq!(fellows(&due, 5).await, ids(&[5]));
    assert!(sent(&db.store, &due, None).await);
    let due = claim(&db.store, 10, 15).await.expect("a message");
    assert_eq!(due.row.group.as_deref(), Some("a"));
    assert_eq!(fellows(&due, 10).await, ids(&[2]));
    assert_eq!(fellows(&due, 15).await, ids(&[1, 2]));
    assert!(sent(&db.store, &due, Some("C1/1.0")).await);
    let told = stands("a").await;
    assert_eq!(
        (told.told_at, told.waits_until),
        (Some(at(9)), Some(at(12)))
    );
}
