//! Silences, and the alarms that are held back.

use crate::{
    alarms::{input, save},
    database::{Database, at, on_both},
};
use domain::{
    alarms::AlarmState,
    ids::{PersonId, SilenceId},
    silences::Silence,
};

on_both! {
    silences_are_found_by_time
    what_is_held_back_is_held_once
}

fn silence(n: u128, environments: &[&str], from: i64, until: i64) -> Silence {
    Silence {
        id: SilenceId::from_parts(1, n),
        environments: environments.iter().map(|name| (*name).into()).collect(),
        matchers: r#"alertname=~"웹.*", team!="pay""#.parse().expect("matchers"),
        from: at(from),
        until: at(until),
        comment: "이사".into(),
        by: "Mina".into(),
        ended_by: None,
    }
}

async fn silences_are_found_by_time(db: &Database) {
    let (first, second) = (
        silence(1, &["dev", "prod"], 100, 200),
        silence(2, &[], 150, 300),
    );
    let mut tx = db.store.begin().await.expect("begins");
    for silence in [&first, &second] {
        tx.insert_silence(silence, PersonId::from_parts(1, 1), at(1))
            .await
            .expect("kept");
    }
    let mut read = tx.read();
    for (now, expected) in [
        (99, vec![]),
        (100, vec![first.clone()]),
        (199, vec![first.clone(), second.clone()]),
        (200, vec![second.clone()]),
        (300, vec![]),
    ] {
        assert_eq!(read.silences_at(at(now)).await.expect("reads"), expected);
    }
    let since = read.silences_since(at(199), 9).await.expect("reads");
    assert_eq!(since, [second.clone(), first.clone()]);
    assert_eq!(read.count_silences(at(200)).await.expect("reads"), 1);

    // One that has not begun is over without having been.
    assert!(
        tx.end_silence(second.id, "Jun", at(120))
            .await
            .expect("runs")
    );
    assert!(
        !tx.end_silence(second.id, "Eve", at(121))
            .await
            .expect("runs")
    );
    let ended = tx.read().silence(second.id).await.expect("reads");
    let expected = Silence {
        from: at(120),
        until: at(120),
        ended_by: Some("Jun".into()),
        ..second
    };
    assert_eq!(ended, Some(expected));
    assert_eq!(tx.purge_silences(at(150)).await.expect("runs"), 1);
}

async fn what_is_held_back_is_held_once(db: &Database) {
    let alarms = ["a", "b", "c"].map(|name| input(name, AlarmState::Alarm, 1));
    let saved = save(&db.store, &alarms, 1).await;
    let mut ids: Vec<_> = saved.iter().map(|news| news.row.id).collect();
    ids.sort_unstable();
    let mut tx = db.store.begin().await.expect("begins");
    for (alarm, now) in [(ids[0], 10), (ids[2], 11), (ids[0], 12)] {
        tx.hold_alarm(alarm, at(now)).await.expect("held");
    }
    let of = async |tx: &mut store::Tx, after, limit| {
        let rows = tx.read().held_alarms(after, limit).await.expect("reads");
        rows.iter().map(|row| row.id).collect::<Vec<_>>()
    };
    assert_eq!(of(&mut tx, None, 9).await, [ids[0], ids[2]]);
    assert_eq!(of(&mut tx, None, 1).await, [ids[0]]);
    assert_eq!(of(&mut tx, Some(ids[0]), 9).await, [ids[2]]);
    let held = tx.read().held_of(&ids[1..]).await.expect("reads");
    assert_eq!(held, [ids[2]]);
    assert_eq!(tx.read().held_of(&[]).await.expect("reads"), []);
    tx.let_alarm_go(ids[0]).await.expect("let go");
    tx.let_alarm_go(ids[0]).await.expect("let go");
    assert_eq!(of(&mut tx, None, 9).await, [ids[2]]);
}
