//! Freezes, and the calendars that name them.

use crate::database::{Database, at, on_both};
use domain::{
    freezes::Freeze,
    ids::{FreezeId, PersonId},
};
use store::CalendarRow;

on_both! {
    freezes_are_found_by_time
    the_freezes_of_a_calendar_are_its_own
    how_a_calendar_does_is_kept
}

async fn freezes_are_found_by_time(db: &Database) {
    let freeze = |n, environments: &[&str], from, until| Freeze {
        id: FreezeId::from_parts(1, n),
        name: "설날".into(),
        environments: environments.iter().map(|name| (*name).into()).collect(),
        from: at(from),
        until: at(until),
        reason: "holidays".into(),
        calendar: None,
    };
    let (soon, far) = (
        freeze(1, &["prod", "dev"], 100, 200),
        freeze(2, &[], 300, 400),
    );
    let creator = PersonId::from_parts(1, 1);
    let mut tx = db.store.begin().await.expect("begins");
    for freeze in [&far, &soon] {
        tx.insert_freeze(freeze, Some(creator), at(1))
            .await
            .expect("kept");
    }
    let mut read = tx.read();
    assert_eq!(
        read.freezes(at(199)).await.expect("reads"),
        [soon.clone(), far.clone()]
    );
    assert_eq!(
        read.freezes(at(200)).await.expect("reads"),
        std::slice::from_ref(&far)
    );
    assert_eq!(
        read.freezes_between(at(200), at(300)).await.expect("reads"),
        []
    );
    let found = read.freezes_between(at(199), at(301)).await.expect("reads");
    assert_eq!(found, [soon.clone(), far.clone()]);
    assert_eq!(
        read.freeze(soon.id).await.expect("reads"),
        Some(soon.clone())
    );
    assert_eq!(read.count_freezes().await.expect("reads"), 2);
    assert!(tx.delete_freeze(far.id).await.expect("runs"));
    assert!(!tx.delete_freeze(far.id).await.expect("runs"));
    assert_eq!(tx.purge_freezes(at(201)).await.expect("runs"), 1);
}

async fn the_freezes_of_a_calendar_are_its_own(db: &Database) {
    let freeze = |n, calendar: Option<&str>, until| Freeze {
        id: FreezeId::from_parts(1, n),
        name: "exams".into(),
        environments: Vec::new(),
        from: at(10),
        until: at(until),
        reason: String::new(),
        calendar: calendar.map(str::to_owned),
    };
    let (declared, named) = (freeze(1, None, 90), freeze(2, Some("exams"), 90));
    let (over, other) = (freeze(3, Some("exams"), 20), freeze(4, Some("sales"), 90));
    let mut tx = db.store.begin().await.expect("begins");
    tx.insert_freeze(&declared, Some(PersonId::from_parts(1, 1)), at(1))
        .await
        .expect("kept");
    for freeze in [&named, &over, &other] {
        tx.insert_freeze(freeze, None, at(1)).await.expect("kept");
    }
    let found = tx.read().freezes_of("exams", at(20)).await.expect("reads");
    assert_eq!(found, [named]);
    assert_eq!(tx.read().freezes(at(20)).await.expect("reads").len(), 3);
}

async fn how_a_calendar_does_is_kept(db: &Database) {
    let mut tx = db.store.begin().await.expect("begins");
    let row = |tried, read: Option<i64>, error: Option<&str>| CalendarRow {
        name: "exams".into(),
        tried_at: at(tried),
        read_at: read.map(at),
        error: error.map(str::to_owned),
    };
    tx.calendar_failed("exams", at(1), "it is away")
        .await
        .expect("kept");
    let rows = tx.read().calendars().await.expect("reads");
    assert_eq!(rows, [row(1, None, Some("it is away"))]);
    tx.calendar_read("exams", at(2)).await.expect("kept");
    assert_eq!(
        tx.read().calendars().await.expect("reads"),
        [row(2, Some(2), None)]
    );
    let text = tx.read().calendar_text("exams").await.expect("reads");
    assert_eq!(text, None);
    tx.put_calendar_text("exams", "시험").await.expect("kept");
    tx.calendar_failed("exams", at(3), "no")
        .await
        .expect("kept");
    let text = tx.read().calendar_text("exams").await.expect("reads");
    assert_eq!(text.as_deref(), Some("시험"));
    let rows = tx.read().calendars().await.expect("reads");
    assert_eq!(rows, [row(3, Some(2), Some("no"))]);
    assert!(tx.forget_calendar("exams").await.expect("runs"));
    assert!(!tx.forget_calendar("exams").await.expect("runs"));
}
