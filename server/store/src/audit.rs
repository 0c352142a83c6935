//! The audit log: entries chained by hash, only ever added.
//!
//! The head (last number and hash) stands apart in `ledger_head`, so that a
//! missing end shows too. It is read and moved inside the transaction that the
//! entry tells about; as writers come one by one, the chain cannot fork.

use crate::{
    error::StoreError,
    filter::{Rows, Slice},
    open::Store,
    sql::{Examples, Row, Sql, Statement, statements, without_nul},
    transaction::{Read, Tx},
};
use domain::{
    audit::{AuditEntry, AuditOutcome, ChainError, ChainWalk},
    limits,
    people::Reach,
    time::Timestamp,
};

statements! { "audit";
    HEAD = "SELECT audit_seq, audit_hash FROM ledger_head WHERE id = 1";
    MOVE_HEAD = "UPDATE ledger_head SET audit_seq = $1, audit_hash = $2 WHERE id = 1";
    INSERT =
        "INSERT INTO audit (seq, at_ms, actor, actor_name, action, subject, environment, outcome,
            detail_json, request_id, hash, actor_words)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    OF_SUBJECT =
        "SELECT * FROM (SELECT * FROM audit WHERE subject = $1 ORDER BY seq DESC LIMIT $2) newest
        ORDER BY seq";
    HAS = "SELECT COUNT(*) AS total FROM audit WHERE subject = $1 AND action = $2";
    AFTER = "SELECT * FROM audit WHERE seq > $1 ORDER BY seq LIMIT $2";
}
const PAGE: Statement = Statement::beginning("PAGE", "audit", "SELECT * FROM audit WHERE 1 = 1");
const PAGE_COUNT: Statement = Statement::beginning(
    "PAGE_COUNT",
    "audit",
    "SELECT COUNT(*) AS total FROM audit WHERE 1 = 1",
);

/// An entry in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    /// Its number, from 1.
    pub seq: i64,
    /// What it says.
    pub entry: AuditEntry,
    /// Its hash in the chain.
    pub hash: String,
}

/// Which entries. An empty text means any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditFilter {
    /// About this thing.
    pub subject: String,
    /// Verbs that begin so.
    pub action: String,
    /// By this person.
    pub actor: String,
    /// By people whose name, then or now, contains these words, any case.
    pub person: String,
    /// Not older than this.
    pub from: Option<Timestamp>,
    /// Of these environments. Entries of the installation belong to [`Reach::All`] alone.
    pub reach: Reach,
}

fn audit_row(row: &Row) -> Result<AuditRow, StoreError> {
    Ok(AuditRow {
        seq: row.int("seq")?,
        entry: AuditEntry {
            at: row.at("at_ms")?,
            actor: row.text("actor")?,
            actor_name: row.text("actor_name")?,
            action: row.text("action")?,
            subject: row.text("subject")?,
            environment: row.text("environment")?,
            outcome: row.word("outcome", AuditOutcome::parse)?,
            detail_json: row.text("detail_json")?,
            request_id: row.text("request_id")?,
        },
        hash: row.text("hash")?,
    })
}

/// The entry as the database will give it back, so that its hash stays true.
fn storable(entry: &AuditEntry) -> AuditEntry {
    AuditEntry {
        at: entry.at,
        actor: without_nul(&entry.actor),
        actor_name: without_nul(&entry.actor_name),
        action: without_nul(&entry.action),
        subject: without_nul(&entry.subject),
        environment: without_nul(&entry.environment),
        outcome: entry.outcome,
        detail_json: without_nul(&entry.detail_json),
        request_id: without_nul(&entry.request_id),
    }
}

fn filtered(statement: Statement, filter: &AuditFilter) -> Sql {
    let mut sql = statement.sql();
    sql.within("environment", &filter.reach);
    if !filter.subject.is_empty() {
        sql.push(" AND subject = ")
            .push_bind(filter.subject.as_str());
    }
    if !filter.actor.is_empty() {
        sql.push(" AND actor = ").push_bind(filter.actor.as_str());
    }
    if let Some(from) = filter.from {
        sql.push(" AND at_ms >= ").push_bind(from);
    }
    let names = [
        "actor_words",
        "(SELECT p.sort_name FROM people p WHERE p.id = actor)",
    ];
    sql.containing_in(&names, &filter.person);
    // Verbs are in lower case; SQLite's LIKE would not tell, PostgreSQL's does.
    sql.beginning("action", &filter.action.to_lowercase());
    sql
}

fn page(filter: &AuditFilter, slice: Slice) -> Sql {
    let mut sql = filtered(PAGE, filter);
    sql.push(" ORDER BY seq DESC").slice(slice);
    sql
}

/// The statements that are put together, with every filter on.
pub(crate) fn examples() -> Examples {
    let filter = AuditFilter {
        subject: "x".into(),
        action: "x".into(),
        actor: "x".into(),
        person: "x y".into(),
        from: Some(Timestamp::default()),
        reach: Reach::Only(vec!["x".into()]),
    };
    let slice = Slice {
        offset: 0,
        limit: 1,
    };
    vec![
        (PAGE.name, page(&filter, slice)),
        (PAGE_COUNT.name, filtered(PAGE_COUNT, &filter)),
    ]
}

impl Store {
    /// Walks the whole chain. The outer result is the database's, the inner one
    /// the chain's: its length, or what is wrong with it.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn verify_audit(&self) -> Result<Result<i64, ChainError>, StoreError> {
        let mut walk = ChainWalk::default();
        let mut last = 0;
        loop {
            let batch = self
                .read()
                .chain_batch(last, limits::AUDIT_BATCH_ROWS)
                .await?;
            if let Err(error) = take_all(&mut walk, &batch, &mut last) {
                return Ok(Err(error));
            }
            if batch.len() < limits::AUDIT_BATCH_ROWS as usize {
                break;
            }
        }
        // The rest and the head are read while no writer can add to them.
        let mut tx = self.begin().await?;
        let rest = tx.read().chain_batch(last, u32::MAX).await?;
        let (head_seq, head_hash) = tx.read().audit_head().await?;
        tx.rollback().await?;
        if let Err(error) = take_all(&mut walk, &rest, &mut last) {
            return Ok(Err(error));
        }
        Ok(walk.finish(head_seq, &head_hash))
    }
}

/// An entry of the chain, or what is wrong with its row.
type Link = Result<AuditRow, ChainError>;

/// A row of the chain. One that holds what nobody writes was changed; so was one
/// that is no longer found by the name in it.
fn link(row: &Row) -> Result<Link, StoreError> {
    match audit_row(row) {
        Ok(found) => {
            let (words, name) = (row.text("actor_words")?, &found.entry.actor_name);
            // Those from before the column was there were folded by SQLite: ASCII only.
            let kept = words == name.to_lowercase() || words == name.to_ascii_lowercase();
            Ok(kept
                .then_some(found)
                .ok_or(ChainError::Hash(row.int("seq")?)))
        }
        Err(StoreError::Inconsistent { .. }) => Ok(Err(ChainError::Hash(row.int("seq")?))),
        Err(error) => Err(error),
    }
}

fn take_all(walk: &mut ChainWalk, links: &[Link], last: &mut i64) -> Result<(), ChainError> {
    for link in links {
        let row = link.as_ref().map_err(Clone::clone)?;
        walk.take(row.seq, &row.entry, &row.hash)?;
        *last = row.seq;
    }
    Ok(())
}

impl Read<'_> {
    /// A page of entries, newest first.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn audit_page(
        &mut self,
        filter: &AuditFilter,
        slice: Slice,
    ) -> Result<Rows<AuditRow>, StoreError> {
        let rows = self.all(page(filter, slice)).await?;
        Ok(Rows {
            rows: rows.iter().map(audit_row).collect::<Result<_, _>>()?,
            total: self
                .one(filtered(PAGE_COUNT, filter))
                .await?
                .total("total")?,
        })
    }

    /// The newest entries about a thing, oldest of them first.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn audit_of(
        &mut self,
        subject: &str,
        limit: u32,
    ) -> Result<Vec<AuditRow>, StoreError> {
        let rows = self.all(OF_SUBJECT.bind(subject).bind(limit)).await?;
        rows.iter().map(audit_row).collect()
    }

    /// Whether there is an entry about a thing with this verb.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn audit_has(&mut self, subject: &str, action: &str) -> Result<bool, StoreError> {
        let row = self.one(HAS.bind(subject).bind(action)).await?;
        Ok(row.total("total")? > 0)
    }

    /// Entries after a number, in order.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn audit_batch(
        &mut self,
        after: i64,
        limit: u32,
    ) -> Result<Vec<AuditRow>, StoreError> {
        let rows = self.all(AFTER.bind(after).bind(limit)).await?;
        rows.iter().map(audit_row).collect()
    }

    async fn chain_batch(&mut self, after: i64, limit: u32) -> Result<Vec<Link>, StoreError> {
        let rows = self.all(AFTER.bind(after).bind(limit)).await?;
        rows.iter().map(link).collect()
    }

    /// The last entry's number and hash, as kept apart.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn audit_head(&mut self) -> Result<(i64, String), StoreError> {
        let row = self.one(HEAD.sql()).await?;
        Ok((row.int("audit_seq")?, row.text("audit_hash")?))
    }
}

impl Tx {
    /// Adds an entry; its number.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn audit(&mut self, entry: &AuditEntry) -> Result<i64, StoreError> {
        let entry = storable(entry);
        let (last, previous) = self.read().audit_head().await?;
        let seq = last + 1;
        let hash = entry.chain_hash(seq, &previous);
        let words = entry.actor_name.to_lowercase();
        let sql = INSERT
            .bind(seq)
            .bind(entry.at)
            .bind(entry.actor)
            .bind(entry.actor_name)
            .bind(entry.action)
            .bind(entry.subject)
            .bind(entry.environment)
            .bind(entry.outcome.as_str())
            .bind(entry.detail_json)
            .bind(entry.request_id)
            .bind(hash.as_str())
            .bind(words);
        self.run_one(sql).await?;
        self.run_one(MOVE_HEAD.bind(seq).bind(hash)).await?;
        Ok(seq)
    }
}
