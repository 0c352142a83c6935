//! Alarms that nobody has taken on.

use crate::{
    alarms::{input, save},
    database::{Database, at, on_both},
};
use domain::{alarms::AlarmState, ids::PersonId, routes::Escalation};
use store::Acknowledgement;

on_both! {
    an_escalation_is_found_when_it_is_due
    what_was_taken_on_long_ago_is_found
}

async fn an_escalation_is_found_when_it_is_due(db: &Database) {
    let alarms = ["a", "b", "c"].map(|name| input(name, AlarmState::Alarm, 1));
    let saved = save(&db.store, &alarms, 1).await;
    let ids: Vec<_> = saved.iter().map(|news| news.row.id).collect();
    let mut tx = db.store.begin().await.expect("begins");
    let of = |since, due: Option<i64>| Escalation {
        since: at(since),
        due: due.map(at),
    };
    for (id, escalation) in [
        (ids[0], of(10, Some(30))),
        (ids[1], of(20, Some(25))),
        (ids[2], of(20, None)),
        // What is set again is as it was set last.
        (ids[0], of(10, Some(40))),
    ] {
        tx.set_escalation(id, escalation).await.expect("kept");
    }
    let mut read = tx.read();
    for (now, expected) in [(24, vec![]), (25, vec![ids[1]]), (40, vec![ids[1], ids[0]])] {
        let due = read.escalations_due(at(now), 9).await.expect("reads");
        let due: Vec<_> = due.iter().map(|row| row.id).collect();
        assert_eq!(due, expected, "{now}");
    }
    assert_eq!(
        read.escalations_due(at(40), 1).await.expect("reads").len(),
        1
    );
    let known = read.escalations_of(&ids).await.expect("reads");
    assert_eq!(known[&ids[0]], of(10, Some(40)));
    assert_eq!(known[&ids[2]], of(20, None));
    tx.end_escalation(ids[1]).await.expect("ends");
    let due = tx.read().escalations_due(at(40), 9).await.expect("reads");
    assert_eq!(due.len(), 1);
}

async fn what_was_taken_on_long_ago_is_found(db: &Database) {
    let alarms = ["a", "b", "c"].map(|name| input(name, AlarmState::Alarm, 1));
    let saved = save(&db.store, &alarms, 1).await;
    let mut tx = db.store.begin().await.expect("begins");
    for (news, taken) in saved.iter().zip([20, 10]) {
        let acknowledgement = Acknowledgement {
            by: PersonId::from_parts(1, 1),
            name: "Mina".into(),
            at: at(taken),
            note: None,
        };
        let row = tx.acknowledge_alarm(news.row.id, &acknowledgement).await;
        row.expect("runs").expect("an alarm");
    }
    for (before, expected) in [(9, vec![]), (10, vec![10]), (20, vec![10, 20])] {
        let found = tx
            .read()
            .acknowledged_before(at(before), 9)
            .await
            .expect("reads");
        let taken = found.iter().filter_map(|row| row.acknowledgement.as_ref());
        let taken: Vec<_> = taken.map(|taken| taken.at.ms()).collect();
        assert_eq!(taken, expected, "{before}");
    }
}
