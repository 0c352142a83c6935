//! What the two databases say differently. Nothing else in the crate does.

use crate::{
    open::DatabaseKind,
    sql::{Statement, Table},
};

/// Makes a PostgreSQL transaction the only writer until it ends, without
/// writing: `FOR UPDATE` is unknown to SQLite, whose `BEGIN IMMEDIATE` does the same.
pub(crate) const LOCK_HEAD_POSTGRES: &str =
    "SELECT feed_seq FROM ledger_head WHERE id = 1 FOR UPDATE";

/// Whether the table of migrations exists, as `total`.
pub(crate) const fn migrations_table_exists(kind: DatabaseKind) -> Statement {
    Statement {
        name: "MIGRATIONS_TABLE_EXISTS",
        table: Table("_sqlx_migrations"),
        text: match kind {
            DatabaseKind::Sqlite => {
                "SELECT COUNT(*) AS total FROM sqlite_schema WHERE name = '_sqlx_migrations'"
            }
            DatabaseKind::Postgres => {
                "SELECT COUNT(*) AS total FROM pg_catalog.pg_tables
                WHERE tablename = '_sqlx_migrations' AND schemaname = current_schema()"
            }
        },
    }
}
