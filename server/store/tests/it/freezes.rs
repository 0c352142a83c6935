//! Freezes.

use crate::database::{Database, at, on_both};
use domain::{
    freezes::Freeze,
    ids::{FreezeId, PersonId},
};

on_both! { freezes_are_found_by_time }

async fn freezes_are_found_by_time(db: &Database) {
    let freeze = |n, environments: &[&str], from, until| Freeze {
        id: FreezeId::from_parts(1, n),
        name: "설날".into(),
        environments: environments.iter().map(|name| (*name).into()).collect(),
        from: at(from),
        until: at(until),
        reason: "holidays".into(),
    };
    let (soon, far) = (
        freeze(1, &["prod", "dev"], 100, 200),
        freeze(2, &[], 300, 400),
    );
    let creator = PersonId::from_parts(1, 1);
    let mut tx = db.store.begin().await.expect("begins");
    for freeze in [&far, &soon] {
        tx.insert_freeze(freeze, creator, at(1))
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
