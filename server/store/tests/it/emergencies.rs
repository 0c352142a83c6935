//! Comments on change requests, and those that were let through without an approval.

use crate::{
    changes::change,
    database::{Database, at, on_both},
    schedules::saved,
};
use domain::{
    emergencies::{Emergency, Review},
    ids::{ChangeId, CommentId, PersonId},
    people::Reach,
};
use store::{ChangeFilter, CommentRow, Slice, Store};

on_both! {
    comments_come_back_in_order
    an_emergency_waits_for_one_review
    another_emergency_takes_the_place_of_one_that_became_void
}

fn person(n: u128) -> PersonId {
    PersonId::from_parts(1, n)
}

/// A kept change request.
async fn begun(store: &Store) -> ChangeId {
    let target = saved(store, "web", 20).await;
    let row = change(1, target);
    let mut tx = store.begin().await.expect("begins");
    tx.insert_change(&row).await.expect("kept");
    tx.commit().await.expect("kept");
    row.id
}

fn emergency(n: u128, hash: &str) -> Emergency {
    Emergency {
        person: person(n),
        name: format!("Ana {n}"),
        at: at(30),
        reason: "it burns".into(),
        hash: hash.into(),
        review: None,
    }
}

async fn put(store: &Store, id: ChangeId, emergency: &Emergency) {
    let mut tx = store.begin().await.expect("begins");
    tx.put_emergency(id, emergency).await.expect("put");
    tx.commit().await.expect("kept");
}

async fn comments_come_back_in_order(db: &Database) {
    let store = &db.store;
    let id = begun(store).await;
    let said = [(40, "first"), (41, "second \u{1f525}\nin two lines")];
    let rows = said.map(|(ms, text)| CommentRow {
        id: CommentId::from_parts(ms, 7),
        person: person(2),
        name: "Bo".into(),
        at: at(ms),
        text: text.into(),
    });
    let mut tx = store.begin().await.expect("begins");
    for row in rows.iter().rev() {
        tx.insert_comment(id, row).await.expect("kept");
    }
    tx.commit().await.expect("kept");
    let kept = store.read().comments_of(id).await.expect("read");
    assert_eq!(kept, rows);
    assert_eq!(store.read().comment_count(id).await.expect("read"), 2);
}

async fn an_emergency_waits_for_one_review(db: &Database) {
    let store = &db.store;
    let id = begun(store).await;
    let filter = ChangeFilter {
        to_review: true,
        ..ChangeFilter::within(Reach::All)
    };
    let slice = Slice {
        offset: 0,
        limit: 10,
    };
    let waiting = async || {
        let page = store.read().change_page(&filter, slice).await;
        let page = page.expect("read");
        assert_eq!(page.total as usize, page.rows.len());
        page.rows
            .into_iter()
            .map(|row| row.row.id)
            .collect::<Vec<_>>()
    };
    assert!(waiting().await.is_empty());
    put(store, id, &emergency(1, "h1")).await;
    assert_eq!(waiting().await, [id]);
    let review = Review {
        person: person(2),
        name: "Bo".into(),
        at: at(50),
        text: "it did burn".into(),
    };
    let mut tx = store.begin().await.expect("begins");
    let mut sign = async |hash| tx.review_emergency(id, hash, &review).await;
    assert!(!sign("h0").await.expect("another content"));
    assert!(sign("h1").await.expect("signed"));
    assert!(!sign("h1").await.expect("once"));
    tx.commit().await.expect("kept");
    assert!(waiting().await.is_empty());
    let kept = store.read().emergency_of(id).await.expect("read");
    let expected = Emergency {
        review: Some(review.clone()),
        ..emergency(1, "h1")
    };
    assert_eq!(kept, Some(expected));
    let listed = store.read().listed_change(id).await.expect("read");
    let listed = listed.expect("the change request");
    assert_eq!(
        (listed.emergency_at, listed.reviewed_at),
        (Some(at(30)), Some(at(50)))
    );
    // Let through once more, it is to be reviewed once more.
    put(store, id, &emergency(1, "h2")).await;
    assert_eq!(waiting().await, [id]);
    let kept = store.read().emergency_of(id).await.expect("read");
    assert_eq!(kept, Some(emergency(1, "h2")));
}

async fn another_emergency_takes_the_place_of_one_that_became_void(db: &Database) {
    let store = &db.store;
    let id = begun(store).await;
    put(store, id, &emergency(1, "h1")).await;
    put(store, id, &emergency(2, "h2")).await;
    let kept = store.read().emergency_of(id).await.expect("read");
    assert_eq!(kept, Some(emergency(2, "h2")));
}
