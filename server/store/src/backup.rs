//! Copies of a running database.

use crate::{
    error::StoreError,
    open::{Pool, Store, private_file},
};
use sqlx::{ConnectOptions as _, Connection as _, sqlite::SqliteConnectOptions};
use std::{fs, path::Path};

impl Store {
    /// Writes a complete copy of a SQLite database into a new file, while the
    /// product goes on working. The copy opens like any database: to restore,
    /// stop the server and put it in the place of the file.
    ///
    /// # Errors
    /// [`StoreError::Backup`] when the file exists, cannot be written, or the
    /// database is PostgreSQL, which has tools of its own.
    pub async fn backup(&self, path: &Path) -> Result<(), StoreError> {
        let Pool::Sqlite { writer, .. } = self.pool() else {
            return Err(StoreError::Backup(
                "the database is PostgreSQL; use pg_dump --format=custom, and pg_restore to \
                 restore"
                    .into(),
            ));
        };
        let Some(target) = path.to_str() else {
            return Err(StoreError::Backup("the path is not UTF-8".into()));
        };
        // Made here and not by SQLite: an existing file is refused in the same step, and nobody
        // else may read the copy.
        private_file(path).map_err(|error| {
            StoreError::Backup(match error.kind() {
                std::io::ErrorKind::AlreadyExists => {
                    format!("{target} exists; name a new file")
                }
                _ => format!("{target} cannot be written: {error}"),
            })
        })?;
        let options = SqliteConnectOptions::clone(&writer.connect_options());
        let written = vacuum_into(&options, target).await;
        if let Err(error) = &written {
            // A half-written copy must not be taken for one.
            let removed = fs::remove_file(path);
            tracing::warn!(%error, removed = removed.is_ok(), "backup failed");
        }
        written.map_err(|error| StoreError::Backup(format!("{target}: {error}")))
    }
}

/// On a connection of its own, so that neither readers nor the writer wait.
async fn vacuum_into(options: &SqliteConnectOptions, target: &str) -> Result<(), sqlx::Error> {
    let mut connection = options.connect().await?;
    let done = sqlx::query("VACUUM INTO $1")
        .bind(target)
        .execute(&mut connection)
        .await;
    connection.close().await?;
    done.map(drop)
}
