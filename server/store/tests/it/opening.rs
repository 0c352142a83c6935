//! Opening, refusing, backing up.

use crate::{
    alarms,
    database::{Database, at, on_both, postgres_url, run_unmigrated},
    ledgers, people,
};
use domain::alarms::AlarmState;
use store::{DatabaseKind, Store, StoreError};

on_both! {
    every_statement_prepares
    a_newer_database_is_refused
    a_second_writer_waits_its_turn
    readers_do_not_wait_for_writers
}

async fn every_statement_prepares(db: &Database) {
    let count = db.store.prepare_all().await.expect("every statement fits");
    assert!(count > 120, "{count}");
    db.store.ping().await.expect("answers");
    assert!(db.store.pool_sizes().size > 0);
}

async fn a_newer_database_is_refused(db: &Database) {
    let known = db.store.known_schema_version();
    assert_eq!(db.store.schema_version().await.expect("reads"), known);
    assert!(!db.store.needs_migration().await.expect("reads"));
    db.meddle(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
        VALUES (9999, 'from the future', TRUE, '', 0)",
    )
    .await;
    let refused = |error: StoreError| {
        let expect =
            matches!(error, StoreError::NewerSchema { found: 9999, known: k } if k == known);
        assert!(expect, "{error:?}");
        assert!(error.to_string().contains("newer program"), "{error}");
    };
    refused(Store::open(&db.url).await.expect_err("newer"));
    refused(db.store.migrate().await.expect_err("newer"));
}

async fn a_second_writer_waits_its_turn(db: &Database) {
    let other = db.another().await;
    let mut tx = db.store.begin().await.expect("begins");
    tx.insert_person(&people::person(1), None)
        .await
        .expect("kept");
    let (second, ()) = tokio::join!(
        async {
            let mut tx = other.begin().await.expect("begins");
            // It sees what the first has finished.
            tx.read().count_people().await.expect("reads")
        },
        async {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            tx.commit().await.expect("commits");
        }
    );
    assert_eq!(second, 1);
    other.close().await;
}

async fn readers_do_not_wait_for_writers(db: &Database) {
    let held = db.store.begin().await.expect("begins");
    // More than the pool has connections.
    let waiting = futures::future::join_all((0..30).map(|_| async {
        let tx = db.store.begin().await.expect("begins");
        tx.commit().await.expect("commits");
    }));
    let reading = async {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        for _ in 0..20 {
            let read = db.store.read().count_people().await;
            assert_eq!(read.expect("reads"), 0);
        }
        held.commit().await.expect("commits");
    };
    tokio::join!(waiting, reading);
}

fn migrates_once_when_two_start_together(kind: DatabaseKind) {
    run_unmigrated(kind, async |db| {
        assert_eq!(db.store.schema_version().await.expect("reads"), 0);
        assert!(db.store.needs_migration().await.expect("reads"));
        let other = db.another().await;
        let (one, two) = tokio::join!(db.store.migrate(), other.migrate());
        one.expect("migrates");
        two.expect("migrates");
        db.store.migrate().await.expect("nothing to do");
        other.prepare_all().await.expect("complete");
        other.close().await;
    });
}

#[test]
fn two_servers_migrate_one_sqlite_file() {
    migrates_once_when_two_start_together(DatabaseKind::Sqlite);
}

#[test]
fn two_servers_migrate_one_postgres_database() {
    migrates_once_when_two_start_together(DatabaseKind::Postgres);
}

#[test]
fn a_backup_of_sqlite_restores() {
    crate::database::run(DatabaseKind::Sqlite, async |db| {
        let path = db.folder.path().join("copy's 사본.db");
        let mut tx = db.store.begin().await.expect("begins");
        tx.audit(&ledgers::entry("a", "b", "c"))
            .await
            .expect("kept");
        tx.commit().await.expect("commits");
        alarms::save(&db.store, &[alarms::input("a", AlarmState::Alarm, 1)], 5).await;
        // A writer at work does not stop it and is not in it.
        let mut tx = db.store.begin().await.expect("begins");
        tx.insert_person(&people::person(1), None)
            .await
            .expect("kept");
        db.store.backup(&path).await.expect("written");
        tx.commit().await.expect("commits");

        let again = db.store.backup(&path).await.expect_err("exists");
        assert!(again.to_string().contains("name a new file"), "{again}");
        let nowhere = db.folder.path().join("no/such/folder.db");
        let error = db.store.backup(&nowhere).await.expect_err("no folder");
        assert!(matches!(error, StoreError::Backup(_)), "{error:?}");

        let restored = Store::open(&format!("sqlite://{}", path.display())).await;
        let restored = restored.expect("opens");
        assert!(!restored.needs_migration().await.expect("reads"));
        restored.prepare_all().await.expect("complete");
        assert_eq!(restored.verify_audit().await.expect("reads"), Ok(1));
        assert_eq!(restored.read().count_people().await.expect("reads"), 0);
        assert!(crate::alarms::find(&restored, "a").await.is_some());
        restored.close().await;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            for file in [path, db.folder.path().join("test.db")] {
                let mode = std::fs::metadata(&file)
                    .expect("is there")
                    .permissions()
                    .mode();
                assert_eq!(mode & 0o777, 0o600, "{}", file.display());
            }
        }
    });
}

#[test]
fn a_backup_of_postgres_names_its_tool() {
    crate::database::run(DatabaseKind::Postgres, async |db| {
        let path = db.folder.path().join("copy.db");
        let error = db.store.backup(&path).await.expect_err("not ours to do");
        assert!(error.to_string().contains("pg_dump"), "{error}");
        assert!(!path.exists());
    });
}

#[tokio::test]
async fn wrong_urls_say_what_to_write_and_nothing_secret() {
    for url in [
        "",
        "hunter2",
        "mysql://u:hunter2@localhost/x",
        "sqlite://",
        "sqlite:///no/such/folder/x.db",
        "sqlite://x.db?mode=hunter2",
        "postgres://u:hunter2@localhost:port/x",
        "postgres://u:hunter2@127.0.0.1:notaport/x",
    ] {
        let error = Store::open(url).await.expect_err(url);
        let shown = format!("{error} {error:?}");
        assert!(matches!(error, StoreError::Url(_)), "{url}: {shown}");
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}

#[tokio::test]
async fn an_unreachable_or_refusing_server_is_unavailable() {
    let Some(server) = postgres_url() else { return };
    let (base, _) = server.rsplit_once('/').expect("a database in the URL");
    for url in [
        format!("{base}/no_such_database_hunter2x"),
        // Port 1 is reserved and nobody listens on it.
        "postgres://u:hunter2@127.0.0.1:1/x".to_owned(),
    ] {
        let error = Store::open(&url).await.expect_err("unreachable");
        assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
        assert!(error.is_passing());
        assert!(!format!("{error} {error:?}").contains("u:hunter2"));
    }
}

#[tokio::test]
async fn a_database_in_memory_works_for_tests() {
    let store = Store::open("sqlite::memory:").await.expect("opens");
    store.migrate().await.expect("migrates");
    let mut tx = store.begin().await.expect("begins");
    tx.installation_id("x", at(1)).await.expect("kept");
    tx.commit().await.expect("commits");
    let mut tx = store.begin().await.expect("begins");
    let id = tx.installation_id("y", at(2)).await.expect("reads");
    assert_eq!(id, "x");
}
