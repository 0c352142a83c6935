//! People, sessions, tokens, sign-in failures, the set-up link.

use crate::database::{Database, at, on_both};
use domain::{
    i18n::Lang,
    ids::{PersonId, SessionId, TokenId},
    limits,
    people::{Grant, Reach, Role},
};
use store::{PersonRow, SessionRow, StoreError, TokenRow};

on_both! {
    a_person_is_kept_and_a_login_is_taken_once
    the_last_admin_can_be_told
    a_session_lives_until_its_time_or_its_person_ends
    a_person_has_so_many_sessions_and_no_more
    a_token_lives_until_its_time_or_its_person_ends
    failures_count_within_their_window
    a_setup_link_works_once_and_in_time
    an_installation_keeps_its_first_id
    what_is_not_committed_is_not_there
}

pub fn person(n: u128) -> PersonRow {
    PersonRow {
        id: PersonId::from_parts(1, n),
        login: format!("p{n}@example.com"),
        name: format!("P{n}"),
        grants: vec![Grant {
            role: Role::Viewer,
            reach: Reach::All,
        }],
        disabled: false,
        lang: None,
        zone: "Asia/Seoul".into(),
        theme: "dark".into(),
        created_at: at(10),
        updated_at: at(10),
        signed_in_at: None,
    }
}

fn session(n: u128, person: PersonId, created: i64) -> SessionRow {
    SessionRow {
        id: SessionId::from_parts(created, n),
        person,
        created_at: at(created),
        used_at: at(created),
        idle_until: at(created + 100),
        ends_at: at(created + 1_000),
        agent: "Firefox 🦊".into(),
    }
}

async fn a_person_is_kept_and_a_login_is_taken_once(db: &Database) {
    let mut ana = person(1);
    let mut tx = db.store.begin().await.expect("begins");
    tx.insert_person(&ana, Some("hash")).await.expect("kept");
    let error = tx
        .insert_person(
            &PersonRow {
                id: PersonId::from_parts(1, 2),
                ..ana.clone()
            },
            None,
        )
        .await
        .expect_err("taken");
    assert!(matches!(error, StoreError::Duplicate { table: "people" }));
    drop(tx);

    let mut tx = db.store.begin().await.expect("begins");
    tx.insert_person(&ana, Some("hash")).await.expect("kept");
    tx.insert_person(&person(2), None).await.expect("kept");
    let seen = tx.read().person(ana.id).await.expect("reads");
    assert_eq!(seen, Some(ana.clone()));
    ana.name = "ábel".into();
    ana.grants = vec![Grant {
        role: Role::Approver,
        reach: Reach::Only(vec!["prod".into(), "dev".into()]),
    }];
    ana.disabled = true;
    tx.update_person(ana.id, &ana.name, &ana.grants, true, at(20))
        .await
        .expect("changed");
    tx.set_profile(ana.id, Some(Lang::Ko), "UTC", "light", at(30))
        .await
        .expect("changed");
    tx.set_signed_in(ana.id, at(40)).await.expect("changed");
    tx.set_password(ana.id, "other", at(50))
        .await
        .expect("changed");
    let nobody = PersonId::from_parts(9, 9);
    assert!(matches!(
        tx.set_signed_in(nobody, at(1)).await,
        Err(StoreError::RowsAffected { actual: 0, .. })
    ));
    tx.commit().await.expect("commits");

    (ana.lang, ana.zone, ana.theme) = (Some(Lang::Ko), "UTC".into(), "light".into());
    (ana.updated_at, ana.signed_in_at) = (at(50), Some(at(40)));
    let mut read = db.store.read();
    let found = read.person_by_login("p1@example.com").await.expect("reads");
    assert_eq!(found, Some(ana.clone()));
    assert_eq!(
        read.person_by_login("P1@example.com").await.expect("reads"),
        None
    );
    let names: Vec<_> = read.people().await.expect("reads");
    let names: Vec<_> = names.iter().map(|p| p.name.as_str()).collect();
    assert_eq!(names, ["P2", "ábel"]);
    assert_eq!(read.count_people().await.expect("reads"), 2);
    let hash = read.password_hash(ana.id).await.expect("reads");
    assert_eq!(hash.as_deref(), Some("other"));
    assert_eq!(read.password_hash(person(2).id).await.expect("reads"), None);
    assert_eq!(read.password_hash(nobody).await.expect("reads"), None);
}

async fn the_last_admin_can_be_told(db: &Database) {
    let grant = |role, reach| vec![Grant { role, reach }];
    let mut tx = db.store.begin().await.expect("begins");
    let some = Reach::Only(vec!["prod".into()]);
    for (n, grants, disabled) in [
        (1, grant(Role::Admin, Reach::All), false),
        (2, grant(Role::Admin, Reach::All), true),
        (3, grant(Role::Admin, some), false),
        (4, grant(Role::Approver, Reach::All), false),
    ] {
        let person = PersonRow {
            grants,
            disabled,
            ..person(n)
        };
        tx.insert_person(&person, None).await.expect("kept");
    }
    let mut read = tx.read();
    assert_eq!(read.count_admins_without(None).await.expect("reads"), 1);
    let last = person(1).id;
    assert_eq!(
        read.count_admins_without(Some(last)).await.expect("reads"),
        0
    );
    let other = person(2);
    tx.update_person(other.id, "x", &grant(Role::Admin, Reach::All), false, at(1))
        .await
        .expect("changed");
    let left = tx.read().count_admins_without(Some(last)).await;
    assert_eq!(left.expect("reads"), 1);
}

async fn a_session_lives_until_its_time_or_its_person_ends(db: &Database) {
    let ana = person(1);
    let mut tx = db.store.begin().await.expect("begins");
    tx.insert_person(&ana, None).await.expect("kept");
    let first = session(1, ana.id, 100);
    tx.insert_session(&first, "h1").await.expect("kept");
    tx.insert_session(&session(2, ana.id, 101), "h2")
        .await
        .expect("kept");
    tx.insert_session(&session(3, ana.id, 102), "h3")
        .await
        .expect("kept");
    tx.commit().await.expect("commits");

    let mut read = db.store.read();
    let found = read.session_by_hash("h1", at(150)).await.expect("reads");
    assert_eq!(found, Some((first.clone(), ana.clone())));
    assert_eq!(
        read.session_by_hash("h9", at(150)).await.expect("reads"),
        None
    );
    assert_eq!(
        read.session_by_hash("h1", at(200)).await.expect("reads"),
        None
    );
    let newest: Vec<_> = read.sessions_of(ana.id, at(150)).await.expect("reads");
    let newest: Vec<_> = newest.iter().map(|s| s.created_at.ms()).collect();
    assert_eq!(newest, [102, 101, 100]);

    let mut tx = db.store.begin().await.expect("begins");
    tx.touch_session(first.id, at(190), at(5_000))
        .await
        .expect("touched");
    // A request that was slower than the one after it.
    tx.touch_session(first.id, at(180), at(280))
        .await
        .expect("touched");
    let (touched, _) = tx
        .read()
        .session_by_hash("h1", at(999))
        .await
        .expect("reads")
        .expect("alive");
    assert_eq!((touched.used_at, touched.idle_until), (at(190), at(5_000)));
    // The absolute end holds, however much it is used.
    let over = tx.read().session_by_hash("h1", at(1_100)).await;
    assert_eq!(over.expect("reads"), None);

    let stranger = PersonId::from_parts(7, 7);
    assert!(!tx.end_session(first.id, stranger).await.expect("runs"));
    let others = tx.end_sessions(ana.id, Some(first.id)).await;
    assert_eq!(others.expect("runs"), 2);
    let alive = tx.read().session_by_hash("h1", at(150)).await;
    assert!(alive.expect("reads").is_some());
    tx.update_person(ana.id, "x", &ana.grants, true, at(1))
        .await
        .expect("changed");
    let disabled = tx.read().session_by_hash("h1", at(150)).await;
    assert_eq!(disabled.expect("reads"), None);
    assert!(tx.end_session(first.id, ana.id).await.expect("runs"));
    tx.insert_session(&session(4, ana.id, 100), "h4")
        .await
        .expect("kept");
    assert_eq!(tx.purge_sessions(at(199)).await.expect("runs"), 0);
    assert_eq!(tx.purge_sessions(at(200)).await.expect("runs"), 1);
}

async fn a_person_has_so_many_sessions_and_no_more(db: &Database) {
    let (ana, bob) = (person(1), person(2));
    let mut tx = db.store.begin().await.expect("begins");
    tx.insert_person(&ana, None).await.expect("kept");
    tx.insert_person(&bob, None).await.expect("kept");
    tx.insert_session(&session(900, bob.id, 1), "bob")
        .await
        .expect("kept");
    let most = i64::try_from(limits::SESSIONS_PER_PERSON_MAX).expect("small");
    for n in 0..=most {
        let row = session(1, ana.id, 100 + n);
        tx.insert_session(&row, &format!("h{n}"))
            .await
            .expect("kept");
    }
    let mut read = tx.read();
    let alive = read.sessions_of(ana.id, at(150)).await.expect("reads");
    assert_eq!(alive.len(), limits::SESSIONS_PER_PERSON_MAX);
    assert_eq!(
        read.session_by_hash("h0", at(150)).await.expect("reads"),
        None
    );
    assert!(
        read.session_by_hash("bob", at(50))
            .await
            .expect("reads")
            .is_some()
    );
}

async fn a_token_lives_until_its_time_or_its_person_ends(db: &Database) {
    let ana = person(1);
    let token = TokenRow {
        id: TokenId::from_parts(1, 1),
        person: ana.id,
        name: "ci".into(),
        role: Role::Operator,
        created_at: at(10),
        expires_at: at(100),
        used_at: None,
    };
    let mut tx = db.store.begin().await.expect("begins");
    tx.insert_person(&ana, None).await.expect("kept");
    tx.insert_token(&token, "h").await.expect("kept");
    tx.commit().await.expect("commits");
    let mut read = db.store.read();
    let found = read.token_by_hash("h", at(99)).await.expect("reads");
    assert_eq!(found, Some((token.clone(), ana.clone())));
    assert_eq!(read.token_by_hash("h", at(100)).await.expect("reads"), None);

    let mut tx = db.store.begin().await.expect("begins");
    tx.touch_token(token.id, at(20)).await.expect("touched");
    tx.touch_token(token.id, at(15)).await.expect("touched");
    let held = tx.read().tokens_of(ana.id, at(50)).await.expect("reads");
    assert_eq!(held[0].used_at, Some(at(20)));
    tx.update_person(ana.id, "x", &ana.grants, true, at(1))
        .await
        .expect("changed");
    assert_eq!(
        tx.read().token_by_hash("h", at(50)).await.expect("reads"),
        None
    );
    let stranger = PersonId::from_parts(7, 7);
    assert!(!tx.revoke_token(token.id, stranger).await.expect("runs"));
    assert!(tx.revoke_token(token.id, ana.id).await.expect("runs"));
    tx.insert_token(&token, "h").await.expect("kept");
    assert_eq!(tx.purge_tokens(at(99)).await.expect("runs"), 0);
    assert_eq!(tx.purge_tokens(at(100)).await.expect("runs"), 1);
    tx.insert_token(&token, "h").await.expect("kept");
    assert_eq!(tx.revoke_tokens(ana.id).await.expect("runs"), 1);
}

async fn failures_count_within_their_window(db: &Database) {
    let mut tx = db.store.begin().await.expect("begins");
    for (key, ms) in [("ana", 10), ("ana", 20), ("ana", 30), ("10.0.0.1", 30)] {
        tx.record_sign_in_failure(key, at(ms)).await.expect("kept");
    }
    let mut read = tx.read();
    assert_eq!(
        read.sign_in_failures("ana", at(10), at(99))
            .await
            .expect("reads"),
        2
    );
    assert_eq!(
        read.sign_in_failures("10.0.0.1", at(0), at(99))
            .await
            .expect("reads"),
        1
    );
    assert_eq!(
        read.sign_in_failures("%", at(0), at(99))
            .await
            .expect("reads"),
        0
    );
    // The clock was set back: what lies ahead does not count.
    let ahead = read.sign_in_failures("ana", at(0), at(20)).await;
    assert_eq!(ahead.expect("reads"), 2);
    assert_eq!(tx.purge_sign_in_failures(at(20)).await.expect("runs"), 1);
    tx.clear_sign_in_failures("ana").await.expect("runs");
    let mut read = tx.read();
    assert_eq!(
        read.sign_in_failures("ana", at(0), at(99))
            .await
            .expect("reads"),
        0
    );
    assert_eq!(
        read.sign_in_failures("10.0.0.1", at(0), at(99))
            .await
            .expect("reads"),
        1
    );
}

async fn a_setup_link_works_once_and_in_time(db: &Database) {
    let mut tx = db.store.begin().await.expect("begins");
    tx.put_setup_link("old", at(100)).await.expect("kept");
    tx.put_setup_link("new", at(100)).await.expect("kept");
    assert!(!tx.take_setup_link("old", at(1)).await.expect("runs"));
    assert!(!tx.take_setup_link("new", at(100)).await.expect("runs"));
    assert!(
        tx.read()
            .setup_link_is_live("new", at(99))
            .await
            .expect("reads")
    );
    assert!(tx.take_setup_link("new", at(99)).await.expect("runs"));
    assert!(!tx.take_setup_link("new", at(99)).await.expect("runs"));
}

async fn an_installation_keeps_its_first_id(db: &Database) {
    for candidate in ["first", "second"] {
        let mut tx = db.store.begin().await.expect("begins");
        let id = tx.installation_id(candidate, at(1)).await.expect("runs");
        assert_eq!(id, "first");
        tx.commit().await.expect("commits");
    }
    let mut tx = db.another().await.begin().await.expect("begins");
    let known = tx.installation_id("third", at(2)).await;
    assert_eq!(known.expect("reads"), "first");
}

async fn what_is_not_committed_is_not_there(db: &Database) {
    let mut tx = db.store.begin().await.expect("begins");
    tx.insert_person(&person(1), None).await.expect("kept");
    assert_eq!(tx.read().count_people().await.expect("reads"), 1);
    // Readers do not wait for the writer, and do not see what it has not finished.
    assert_eq!(db.store.read().count_people().await.expect("reads"), 0);
    drop(tx);
    let mut tx = db.store.begin().await.expect("begins");
    assert_eq!(tx.read().count_people().await.expect("reads"), 0);
    tx.insert_person(&person(2), None).await.expect("kept");
    tx.rollback().await.expect("rolls back");
    assert_eq!(db.store.read().count_people().await.expect("reads"), 0);
}
