//! What AWS told of spot instances, by the target that held each.

use crate::{
    error::StoreError,
    sql::{Row, statements},
    transaction::{Read, Tx},
};
use domain::{
    estate::Scope,
    ids::{AwsEventId, TargetId},
    spot::SpotNoticeKind,
    time::Timestamp,
};

statements! { "spot_notices";
    INSERT =
        "INSERT INTO spot_notices
            (id, kind, account, region, instance, target_id, zone, instance_type, at_ms)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    OF_TARGET =
        "SELECT * FROM spot_notices WHERE target_id = $1 AND at_ms >= $2
        ORDER BY at_ms DESC, id DESC LIMIT $3";
    PLACE =
        "UPDATE spot_notices SET target_id = $1
        WHERE instance = $2 AND account = $3 AND region = $4 AND target_id IS NULL";
    PURGE = "DELETE FROM spot_notices WHERE at_ms < $1";
    PURGE_BEYOND =
        "DELETE FROM spot_notices WHERE at_ms <
            (SELECT at_ms FROM spot_notices ORDER BY at_ms DESC LIMIT 1 OFFSET $1)";
}

/// What AWS told of a spot instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpotNoticeRow {
    /// The event that told it.
    pub id: AwsEventId,
    /// What.
    pub kind: SpotNoticeKind,
    /// `i-…`.
    pub instance: String,
    /// Where it ran; empty where nobody knew.
    pub zone: String,
    /// Its type; empty where nobody knew.
    pub instance_type: String,
    /// When.
    pub at: Timestamp,
}

fn notice(row: &Row) -> Result<SpotNoticeRow, StoreError> {
    Ok(SpotNoticeRow {
        id: row.parse("id")?,
        kind: row.word("kind", SpotNoticeKind::parse)?,
        instance: row.text("instance")?,
        zone: row.text("zone")?,
        instance_type: row.text("instance_type")?,
        at: row.at("at_ms")?,
    })
}

impl Read<'_> {
    /// What was told of a target's instances since an instant, newest first.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn spot_notices(
        &mut self,
        target: TargetId,
        since: Timestamp,
        limit: u32,
    ) -> Result<Vec<SpotNoticeRow>, StoreError> {
        let rows = self.all(OF_TARGET.bind(target).bind(since).bind(limit));
        rows.await?.iter().map(notice).collect()
    }
}

impl Tx {
    /// Keeps a notice, with the target that holds the instance, where one does.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn insert_spot_notice(
        &mut self,
        row: &SpotNoticeRow,
        scope: &Scope,
        target: Option<TargetId>,
    ) -> Result<(), StoreError> {
        let sql = INSERT
            .bind(row.id)
            .bind(row.kind.as_str())
            .bind(&scope.account)
            .bind(&scope.region)
            .bind(row.instance.as_str())
            .bind(target)
            .bind(row.zone.as_str())
            .bind(row.instance_type.as_str())
            .bind(row.at);
        self.run_one(sql).await
    }

    /// Gives what was told of an instance to the target that turns out to have held it.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn place_spot_notices(
        &mut self,
        scope: &Scope,
        instance: &str,
        target: TargetId,
    ) -> Result<(), StoreError> {
        let sql = PLACE
            .bind(target)
            .bind(instance)
            .bind(&scope.account)
            .bind(&scope.region);
        self.run(sql).await?;
        Ok(())
    }

    /// Drops notices from before an instant, and the oldest beyond a number; how many.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn purge_spot_notices(
        &mut self,
        before: Timestamp,
        most: u32,
    ) -> Result<u64, StoreError> {
        let old = self.run(PURGE.bind(before)).await?;
        Ok(old + self.run(PURGE_BEYOND.bind(most)).await?)
    }
}
