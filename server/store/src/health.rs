//! How fresh the reading of each account and region is.

use crate::{
    error::StoreError,
    sql::{Row, statements},
    transaction::{Read, Tx},
};
use domain::{
    estate::{AccountId, Region, Scope},
    time::Timestamp,
};

statements! { "scope_health";
    ALL = "SELECT * FROM scope_health ORDER BY account, region";
    ONE = "SELECT * FROM scope_health WHERE account = $1 AND region = $2";
    HELD =
        "SELECT account, region FROM alarms WHERE gone_at_ms IS NULL AND source = 'cloudwatch'
        UNION SELECT account, region FROM targets WHERE gone_at_ms IS NULL
        ORDER BY account, region";
    READ =
        "INSERT INTO scope_health (account, region, read_at_ms, attempted_at_ms, error)
        VALUES ($1, $2, $3, $4, NULL)
        ON CONFLICT (account, region) DO UPDATE SET read_at_ms = excluded.read_at_ms,
            attempted_at_ms = excluded.attempted_at_ms, error = NULL";
    ALARMS_READ =
        "INSERT INTO scope_health (account, region, attempted_at_ms, alarms_read_at_ms)
        VALUES ($1, $2, $3, $3)
        ON CONFLICT (account, region) DO UPDATE SET alarms_read_at_ms = excluded.alarms_read_at_ms";
    FAILED =
        "INSERT INTO scope_health (account, region, read_at_ms, attempted_at_ms, error)
        VALUES ($1, $2, NULL, $3, $4)
        ON CONFLICT (account, region) DO UPDATE SET attempted_at_ms = excluded.attempted_at_ms,
            error = excluded.error";
}

/// An account and region's freshness.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopeHealthRow {
    /// Which.
    pub scope: Scope,
    /// Last complete reading.
    pub read_at: Option<Timestamp>,
    /// Last attempt.
    pub attempted_at: Timestamp,
    /// Why the last attempt failed, as the caller of [`Tx::scope_failed`] wrote it.
    pub error: Option<String>,
}

/// The scope in a row's columns `account` and `region`.
pub(crate) fn scope(row: &Row) -> Result<Scope, StoreError> {
    Ok(Scope {
        account: AccountId::new(row.text("account")?),
        region: Region::new(row.text("region")?),
    })
}

fn health(row: &Row) -> Result<ScopeHealthRow, StoreError> {
    Ok(ScopeHealthRow {
        scope: scope(row)?,
        read_at: row.at_or_none("read_at_ms")?,
        attempted_at: row.at("attempted_at_ms")?,
        error: row.text_or_none("error")?,
    })
}

impl Read<'_> {
    /// Every account and region that was ever tried.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn scope_health(&mut self) -> Result<Vec<ScopeHealthRow>, StoreError> {
        self.all(ALL.sql()).await?.iter().map(health).collect()
    }

    /// Every account and region of which there is anything that is not gone.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn scopes_held(&mut self) -> Result<Vec<Scope>, StoreError> {
        self.all(HELD.sql()).await?.iter().map(scope).collect()
    }

    /// One account and region, if it was ever tried.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn scope_health_of(
        &mut self,
        scope: &Scope,
    ) -> Result<Option<ScopeHealthRow>, StoreError> {
        let sql = ONE.bind(&scope.account).bind(&scope.region);
        self.first(sql).await?.as_ref().map(health).transpose()
    }
}

impl Tx {
    /// Records a complete reading.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn scope_read(&mut self, scope: &Scope, now: Timestamp) -> Result<(), StoreError> {
        let sql = READ.bind(&scope.account).bind(&scope.region);
        self.run_one(sql.bind(now).bind(now)).await
    }

    /// Records that the alarms were read, whatever became of the rest.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn alarms_read(&mut self, scope: &Scope, now: Timestamp) -> Result<(), StoreError> {
        let sql = ALARMS_READ.bind(&scope.account).bind(&scope.region);
        self.run_one(sql.bind(now)).await
    }

    /// Records a failed attempt; the last complete reading stays known.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn scope_failed(
        &mut self,
        scope: &Scope,
        now: Timestamp,
        error: &str,
    ) -> Result<(), StoreError> {
        let sql = FAILED.bind(&scope.account).bind(&scope.region);
        self.run_one(sql.bind(now).bind(error)).await
    }
}
