//! Both folders of migrations make the same database.

use crate::database::run;
use sqlx::{
    ConnectOptions as _, Row as _, postgres::PgConnectOptions, sqlite::SqliteConnectOptions,
};
use std::{cell::RefCell, collections::BTreeSet, fs, path::Path, str::FromStr as _};
use store::DatabaseKind;

fn names(folder: &str) -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations");
    let entries = fs::read_dir(root.join(folder)).expect("a folder");
    entries
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .into_string()
                .expect("UTF-8")
        })
        .collect()
}

#[test]
fn both_folders_have_the_same_steps() {
    assert_eq!(names("sqlite"), names("postgres"));
}

/// A step changes the schema of SQLite in place, which nothing but this looks at.
#[test]
fn a_migrated_file_is_whole() {
    run(DatabaseKind::Sqlite, async |db| {
        let path = db.url.trim_start_matches("sqlite://");
        let options = SqliteConnectOptions::new().filename(path);
        let mut connection = options.connect().await.expect("a connection");
        let found: Vec<String> = sqlx::query_scalar("PRAGMA integrity_check")
            .fetch_all(&mut connection)
            .await
            .expect("reads");
        assert_eq!(found, ["ok"]);
    });
}

/// Table, column, kind of value, and whether it may be missing.
type Column = (String, String, &'static str, bool);

fn kind(declared: &str, booleans: bool) -> &'static str {
    match declared.to_ascii_lowercase().as_str() {
        "integer" | "bigint" => "integer",
        "real" | "double precision" => "real",
        "text" => "text",
        // SQLite has no booleans of its own.
        "boolean" if booleans => "integer",
        _ => "something else",
    }
}

#[test]
fn both_databases_have_the_same_columns() {
    let mut columns: [BTreeSet<Column>; 2] = Default::default();
    let found = RefCell::new(BTreeSet::new());
    run(DatabaseKind::Sqlite, async |db| {
        let path = db.url.trim_start_matches("sqlite://");
        let options = SqliteConnectOptions::new().filename(path);
        let mut connection = options.connect().await.expect("a connection");
        let rows = sqlx::query(
            "SELECT t.name AS table_name, c.name AS column_name, c.type AS kind,
                c.\"notnull\" = 0 AS optional
            FROM sqlite_schema t JOIN pragma_table_info(t.name) c
            WHERE t.type = 'table' AND t.name NOT LIKE '\\_%' ESCAPE '\\'
                AND t.name NOT LIKE 'sqlite%'",
        )
        .fetch_all(&mut connection)
        .await
        .expect("reads");
        for row in rows {
            let declared: String = row.get("kind");
            found.borrow_mut().insert((
                row.get("table_name"),
                row.get("column_name"),
                kind(&declared, false),
                row.get::<bool, _>("optional"),
            ));
        }
    });
    columns[0] = found.take();
    run(DatabaseKind::Postgres, async |db| {
        let options = PgConnectOptions::from_str(&db.url).expect("a URL");
        let mut connection = options.connect().await.expect("a connection");
        let rows = sqlx::query(
            "SELECT table_name::text, column_name::text, data_type::text AS kind,
                is_nullable = 'YES' AS optional
            FROM information_schema.columns
            WHERE table_schema = current_schema() AND table_name NOT LIKE '\\_%'",
        )
        .fetch_all(&mut connection)
        .await
        .expect("reads");
        for row in rows {
            let declared: String = row.get("kind");
            found.borrow_mut().insert((
                row.get("table_name"),
                row.get("column_name"),
                kind(&declared, true),
                row.get::<bool, _>("optional"),
            ));
        }
    });
    columns[1] = found.take();
    let [sqlite, postgres] = columns;
    assert!(sqlite.len() > 100, "{}", sqlite.len());
    if postgres.is_empty() && crate::database::postgres_url().is_none() {
        return;
    }
    let differing: Vec<_> = sqlite.symmetric_difference(&postgres).collect();
    assert_eq!(differing, Vec::<&Column>::new());
}
