//! Databases on a PostgreSQL server: made and dropped by whoever sets up a
//! server or a test, never by the running product.

use crate::error::StoreError;
use sqlx::{
    AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _, postgres::PgConnectOptions,
};
use std::str::FromStr as _;

/// Makes an empty database; answers its URL.
///
/// `server_url` names a role that may create databases. `name` is 1 to 60 of
/// `a-z 0-9 _`.
///
/// # Errors
/// [`StoreError::Url`] for a name or URL of another form,
/// [`StoreError::Unavailable`] when the server does not do it.
pub async fn create_database(server_url: &str, name: &str) -> Result<String, StoreError> {
    run(
        server_url,
        "CREATE DATABASE ",
        name,
        " ENCODING 'UTF8' TEMPLATE template0",
    )
    .await?;
    let options = options(server_url)?.database(name);
    Ok(options.to_url_lossy().to_string())
}

/// Drops a database and every connection to it; one that is not there is fine.
///
/// # Errors
/// As [`create_database`].
pub async fn drop_database(server_url: &str, name: &str) -> Result<(), StoreError> {
    run(
        server_url,
        "DROP DATABASE IF EXISTS ",
        name,
        " WITH (FORCE)",
    )
    .await
}

fn options(url: &str) -> Result<PgConnectOptions, StoreError> {
    // The parser's own words may quote the URL and with it the password.
    PgConnectOptions::from_str(url).map_err(|_| {
        StoreError::Url("it is not of the form postgres://USER@HOST:PORT/DATABASE".into())
    })
}

async fn run(url: &str, before: &str, name: &str, after: &str) -> Result<(), StoreError> {
    // A database's name cannot be a parameter; what is not of this alphabet is refused.
    let fits = (1..=60).contains(&name.len())
        && name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if !fits {
        return Err(StoreError::Url(
            "a database's name has 1 to 60 of a-z, 0-9 and _".into(),
        ));
    }
    let sql = AssertSqlSafe(format!("{before}\"{name}\"{after}"));
    let mut connection = options(url)?
        .connect()
        .await
        .map_err(StoreError::Unavailable)?;
    let done = connection.execute(sql).await.map(drop);
    // The statement's own failure is the one to tell.
    let _ = connection.close().await;
    done.map_err(StoreError::Unavailable)
}
