//! The audit log, the feed and the leases: what several servers write at once.

use crate::database::{Database, at, on_both};
use domain::{
    audit::{AuditEntry, AuditOutcome, ChainError},
    people::Reach,
};
use store::{AuditFilter, FeedEntry, FeedTopic, Slice, Store, StoreError};

on_both! {
    the_chain_holds_and_pages_filter
    a_person_is_found_by_the_name_of_then_and_of_now
    an_edit_a_deletion_a_reordering_and_a_cut_are_found
    two_servers_do_not_fork_the_chain
    a_follower_misses_nothing
    the_feed_forgets_and_says_so
    a_lease_is_given_once
}

pub fn entry(action: &str, subject: &str, environment: &str) -> AuditEntry {
    AuditEntry {
        at: at(1),
        actor: "system".into(),
        actor_name: "system".into(),
        action: action.into(),
        subject: subject.into(),
        environment: environment.into(),
        outcome: AuditOutcome::Done,
        detail_json: "{\"text\":\"경보 '%_\\\\\"}".into(),
        request_id: "r".into(),
    }
}

async fn append(store: &Store, entries: &[AuditEntry]) {
    let mut tx = store.begin().await.expect("begins");
    for entry in entries {
        tx.audit(entry).await.expect("kept");
    }
    tx.commit().await.expect("commits");
}

async fn verify(store: &Store) -> Result<i64, ChainError> {
    store.verify_audit().await.expect("reads")
}

async fn the_chain_holds_and_pages_filter(db: &Database) {
    let store = &db.store;
    assert_eq!(verify(store).await, Ok(0));
    let nul = entry("session.sign_in", "per_\0x", "");
    append(
        store,
        &[
            entry("change.approve", "chg_1", "prod"),
            entry("change.propose", "chg_2", "dev"),
            nul,
            entry("changeling", "chg_1", "prod"),
        ],
    )
    .await;
    // What is undone leaves no gap.
    let mut tx = store.begin().await.expect("begins");
    assert_eq!(tx.audit(&entry("undone", "", "")).await.expect("kept"), 5);
    drop(tx);
    append(store, &[entry("last", "", "")]).await;
    assert_eq!(verify(store).await, Ok(5));

    let any = || AuditFilter {
        subject: String::new(),
        action: String::new(),
        actor: String::new(),
        person: String::new(),
        from: None,
        reach: Reach::All,
    };
    let check = async |filter: AuditFilter, expect: &[i64]| {
        let slice = Slice {
            offset: 0,
            limit: 50,
        };
        let page = store
            .read()
            .audit_page(&filter, slice)
            .await
            .expect("reads");
        let seqs: Vec<_> = page.rows.iter().map(|row| row.seq).collect();
        assert_eq!((seqs.as_slice(), page.total), (expect, expect.len() as u64));
    };
    check(any(), &[5, 4, 3, 2, 1]).await;
    let subject = "chg_1".into();
    check(AuditFilter { subject, ..any() }, &[4, 1]).await;
    let action = "Change.".into();
    check(AuditFilter { action, ..any() }, &[2, 1]).await;
    let action = "change_".into();
    check(AuditFilter { action, ..any() }, &[]).await;
    let actor = "nobody".into();
    check(AuditFilter { actor, ..any() }, &[]).await;
    for (person, expect) in [
        ("SYS tem", &[5, 4, 3, 2, 1][..]),
        ("nobody", &[]),
        ("%", &[]),
        ("sys nobody", &[]),
    ] {
        let person = person.into();
        check(AuditFilter { person, ..any() }, expect).await;
    }
    let at = entry("", "", "").at;
    let from = Some(at);
    check(AuditFilter { from, ..any() }, &[5, 4, 3, 2, 1]).await;
    let from = Some(at.plus_ms(1));
    check(AuditFilter { from, ..any() }, &[]).await;
    let reach = Reach::Only(vec!["prod".into()]);
    check(AuditFilter { reach, ..any() }, &[4, 1]).await;
    let of = store.read().audit_of("chg_1", 10).await.expect("reads");
    assert_eq!(of.iter().map(|row| row.seq).collect::<Vec<_>>(), [1, 4]);
    assert_eq!(of[0].entry, entry("change.approve", "chg_1", "prod"));
    let newest = store.read().audit_of("chg_1", 1).await.expect("reads");
    assert_eq!(newest[0].seq, 4);
}

async fn a_person_is_found_by_the_name_of_then_and_of_now(db: &Database) {
    let store = &db.store;
    let mut person = crate::people::person(1);
    person.name = "Éva Kovács".into();
    let mut tx = store.begin().await.expect("begins");
    tx.insert_person(&person, None).await.expect("kept");
    tx.commit().await.expect("commits");
    let by = |actor_name: &str| AuditEntry {
        actor: person.id.to_string(),
        actor_name: actor_name.into(),
        ..entry("change.vote", "", "")
    };
    let gone = |actor_name: &str| AuditEntry {
        actor: domain::ids::PersonId::from_parts(7, 7).to_string(),
        ..by(actor_name)
    };
    append(
        store,
        &[
            by("Eva Nagy"),
            entry("other", "", ""),
            by("Éva Kovács"),
            gone("ÁNGEL Ünal"),
            gone("민준 · Minjun"),
        ],
    )
    .await;
    for (name, expect) in [
        ("nagy", &[1][..]),
        ("KOVÁCS", &[3, 1]),
        ("éva kov", &[3, 1]),
        ("eva", &[1]),
        ("system", &[2]),
        // Folded by every database alike, also of somebody who is not there any more.
        ("ángel ünal", &[4]),
        ("ÜNAL", &[4]),
        ("민준", &[5]),
        ("MINJUN", &[5]),
    ] {
        let filter = AuditFilter {
            subject: String::new(),
            action: String::new(),
            actor: String::new(),
            person: name.into(),
            from: None,
            reach: Reach::All,
        };
        let slice = Slice {
            offset: 0,
            limit: 50,
        };
        let page = store.read().audit_page(&filter, slice).await;
        let rows = page.expect("reads").rows;
        let seqs: Vec<_> = rows.iter().map(|row| row.seq).collect();
        assert_eq!(seqs, expect, "{name}");
    }
}

async fn an_edit_a_deletion_a_reordering_and_a_cut_are_found(db: &Database) {
    let store = &db.store;
    let entries: Vec<_> = (1..=5).map(|n| entry(&format!("a{n}"), "", "")).collect();
    append(store, &entries).await;
    assert_eq!(verify(store).await, Ok(5));
    let check = async |meddle: &str, mend: &str, expect: ChainError| {
        db.meddle(meddle).await;
        assert_eq!(verify(store).await, Err(expect), "{meddle}");
        db.meddle(mend).await;
        assert_eq!(verify(store).await, Ok(5), "{mend}");
    };
    check(
        "UPDATE audit SET actor_name = 'somebody else' WHERE seq = 2",
        "UPDATE audit SET actor_name = 'system' WHERE seq = 2",
        ChainError::Hash(2),
    )
    .await;
    check(
        "UPDATE audit SET actor_words = 'nobody' WHERE seq = 2",
        "UPDATE audit SET actor_words = 'system' WHERE seq = 2",
        ChainError::Hash(2),
    )
    .await;
    check(
        "UPDATE audit SET outcome = 'perhaps' WHERE seq = 4",
        "UPDATE audit SET outcome = 'done' WHERE seq = 4",
        ChainError::Hash(4),
    )
    .await;
    check(
        "UPDATE audit SET seq = 100 WHERE seq = 3",
        "UPDATE audit SET seq = 3 WHERE seq = 100",
        ChainError::Sequence {
            expected: 3,
            found: 4,
        },
    )
    .await;
    let swap = "UPDATE audit SET action = CASE action WHEN 'a2' THEN 'a3' ELSE 'a2' END
        WHERE action IN ('a2', 'a3')";
    check(swap, swap, ChainError::Hash(2)).await;
    check(
        "UPDATE ledger_head SET audit_seq = 6",
        "UPDATE ledger_head SET audit_seq = 5",
        ChainError::Truncated {
            expected: 6,
            found: 5,
        },
    )
    .await;
    check(
        "UPDATE ledger_head SET audit_seq = 0",
        "UPDATE ledger_head SET audit_seq = 5",
        ChainError::Truncated {
            expected: 0,
            found: 5,
        },
    )
    .await;
    db.meddle("DELETE FROM audit WHERE seq >= 4").await;
    let cut = ChainError::Truncated {
        expected: 5,
        found: 3,
    };
    assert_eq!(verify(store).await, Err(cut));
    db.meddle("DELETE FROM audit WHERE seq = 1").await;
    let gone = ChainError::Sequence {
        expected: 1,
        found: 2,
    };
    assert_eq!(verify(store).await, Err(gone));
    // A word that nobody writes is named, not shown as something else.
    db.meddle("UPDATE audit SET outcome = 'perhaps'").await;
    let mut read = store.read();
    let error = read.audit_of("", 1).await.expect_err("inconsistent");
    assert!(
        matches!(&error, StoreError::Inconsistent { table: "audit", column: "outcome", row }
            if row == "3"),
        "{error:?}"
    );
}

async fn two_servers_do_not_fork_the_chain(db: &Database) {
    let other = db.another().await;
    let write = async |store: &Store, name: &str| {
        for n in 0..40 {
            append(store, &[entry(&format!("{name}.{n}"), "", "")]).await;
        }
    };
    tokio::join!(
        write(&db.store, "one"),
        write(&other, "two"),
        write(&db.store, "three"),
    );
    assert_eq!(verify(&db.store).await, Ok(120));
    assert_eq!(verify(&other).await, Ok(120));
    other.close().await;
}

fn news(subject: String) -> FeedEntry {
    FeedEntry {
        topic: FeedTopic::Change,
        subject,
        environment: "prod".into(),
        version: 7,
    }
}

async fn a_follower_misses_nothing(db: &Database) {
    let other = db.another().await;
    let write = async |store: &Store, name: &str| {
        for n in 0..30 {
            let mut tx = store.begin().await.expect("begins");
            let entries = [news(format!("{name}.{n}.a")), news(format!("{name}.{n}.b"))];
            tx.feed(&entries, at(5)).await.expect("kept");
            tokio::task::yield_now().await;
            // Every third changes its mind.
            if n % 3 == 0 {
                drop(tx);
            } else {
                tx.commit().await.expect("commits");
            }
        }
    };
    let follow = async || {
        let mut seen = Vec::new();
        while seen.len() < 80 {
            let last = seen.last().copied().unwrap_or(0);
            let rows = other.read().feed_since(last, 7).await.expect("reads");
            seen.extend(rows.iter().map(|row| row.seq));
            tokio::task::yield_now().await;
        }
        seen
    };
    let ((), (), seen) = tokio::join!(write(&db.store, "one"), write(&other, "two"), follow());
    assert_eq!(seen, (1..=80).collect::<Vec<i64>>());
    assert_eq!(db.store.read().feed_head().await.expect("reads"), 80);
    let first = db.store.read().feed_since(0, 1).await.expect("reads");
    assert_eq!(
        (
            first[0].entry.as_ref().map(|entry| entry.version),
            first[0].at
        ),
        (Some(7), at(5))
    );
    other.close().await;
}

async fn the_feed_forgets_and_says_so(db: &Database) {
    let mut tx = db.store.begin().await.expect("begins");
    tx.feed(&[], at(1)).await.expect("nothing");
    let many: Vec<_> = (0..1_200).map(|n| news(n.to_string())).collect();
    tx.feed(&many, at(10)).await.expect("kept");
    tx.feed(&many[..1], at(20)).await.expect("kept");
    assert_eq!(tx.purge_feed(at(10)).await.expect("runs"), 0);
    assert_eq!(tx.read().feed_floor().await.expect("reads"), 0);
    assert_eq!(tx.purge_feed(at(11)).await.expect("runs"), 1_200);
    assert_eq!(tx.read().feed_floor().await.expect("reads"), 1_200);
    let left = tx.read().feed_since(0, 10).await.expect("reads");
    assert_eq!(left.iter().map(|row| row.seq).collect::<Vec<_>>(), [1_201]);
    assert_eq!(tx.purge_feed(at(5)).await.expect("runs"), 0);
    assert_eq!(tx.purge_feed(at(100)).await.expect("runs"), 1);
    // Numbers go on after everything was forgotten.
    tx.feed(&many[..1], at(30)).await.expect("kept");
    assert_eq!(tx.read().feed_head().await.expect("reads"), 1_202);
    assert_eq!(tx.read().feed_floor().await.expect("reads"), 1_201);
}

async fn a_lease_is_given_once(db: &Database) {
    let other = db.another().await;
    let take = async |store: &Store, owner: &str, now: i64| {
        let mut tx = store.begin().await.expect("begins");
        let taken = tx.take_lease("poll/x", owner, at(now), at(now + 100)).await;
        tx.commit().await.expect("commits");
        taken.expect("runs")
    };
    let (one, two) = tokio::join!(take(&db.store, "one", 10), take(&other, "two", 10));
    assert!(one ^ two);
    let (holder, rival) = if one { ("one", "two") } else { ("two", "one") };
    assert!(take(&db.store, holder, 50).await);
    assert!(!take(&db.store, rival, 149).await);
    assert!(take(&db.store, rival, 150).await);
    assert!(take(&db.store, holder, 1_000).await);
    // The clock was set back: nobody could hold it until then.
    assert!(!take(&db.store, rival, 950).await);
    assert!(take(&db.store, rival, 800).await);
    other.close().await;
}
