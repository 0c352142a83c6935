//! Targets as last read.

use crate::{
    alarm_save::fingerprint,
    error::StoreError,
    filter::{Rows, Slice},
    sql::{Examples, Row, Sql, Statement, Table, json, statements},
    transaction::{Read, Tx},
};
use domain::{
    capacity::{Target, TargetKind, TargetRef},
    estate::{Environment, Scope},
    ids::TargetId,
    limits,
    people::Reach,
    time::Timestamp,
};
use std::collections::{BTreeMap, HashMap};

const TABLE: Table = Table("targets");

statements! { "targets";
    BY_ID =
        "SELECT t.*, h.read_at_ms AS scope_read_at_ms FROM targets t
        LEFT JOIN scope_health h ON h.account = t.account AND h.region = t.region
        WHERE t.id = $1";
    BY_REFERENCE =
        "SELECT t.*, h.read_at_ms AS scope_read_at_ms FROM targets t
        LEFT JOIN scope_health h ON h.account = t.account AND h.region = t.region
        WHERE t.account = $1 AND t.region = $2 AND t.kind = $3 AND t.name = $4";
    ENVIRONMENTS =
        "SELECT environment FROM alarms WHERE gone_at_ms IS NULL AND source <> 'drill'
        UNION SELECT environment FROM targets WHERE gone_at_ms IS NULL
        ORDER BY environment LIMIT $1";
    IN_SCOPE =
        "SELECT t.*, h.read_at_ms AS scope_read_at_ms FROM targets t
        LEFT JOIN scope_health h ON h.account = t.account AND h.region = t.region
        WHERE t.gone_at_ms IS NULL AND t.account = $1 AND t.region = $2
        ORDER BY t.kind, t.name LIMIT $3";
    HELD =
        "SELECT id, kind, name, fingerprint, read_at_ms, gone_at_ms FROM targets
        WHERE account = $1 AND region = $2";
    HELD_ONE =
        "SELECT id, kind, name, fingerprint, read_at_ms, gone_at_ms FROM targets
        WHERE account = $1 AND region = $2 AND kind = $3 AND name = $4";
    SAVE =
        "INSERT INTO targets (id, account, region, kind, name, sort_name, environment,
            capacity_min, capacity_desired, capacity_max, in_service, target_json, fingerprint,
            read_at_ms, version)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 1)
        ON CONFLICT (account, region, kind, name) DO UPDATE SET
            environment = excluded.environment, capacity_min = excluded.capacity_min,
            capacity_desired = excluded.capacity_desired, capacity_max = excluded.capacity_max,
            in_service = excluded.in_service, target_json = excluded.target_json,
            fingerprint = excluded.fingerprint, read_at_ms = excluded.read_at_ms,
            gone_at_ms = NULL, version = targets.version + 1";
    READ_AGAIN = "UPDATE targets SET read_at_ms = $2 WHERE id = $1 AND read_at_ms < $2";
    MARK_GONE =
        "UPDATE targets SET gone_at_ms = $2, version = version + 1
        WHERE id = $1 AND gone_at_ms IS NULL
        RETURNING environment";
    PURGE =
        "DELETE FROM targets WHERE gone_at_ms IS NOT NULL AND gone_at_ms < $1
            AND NOT EXISTS (SELECT 1 FROM changes c WHERE c.target_id = targets.id)
            AND NOT EXISTS (SELECT 1 FROM change_targets c WHERE c.target_id = targets.id)
            AND NOT EXISTS (SELECT 1 FROM schedule_targets s WHERE s.target_id = targets.id)";
}
const LIST: Statement = Statement::beginning(
    "LIST",
    "targets",
    "SELECT t.*, h.read_at_ms AS scope_read_at_ms FROM targets t
    LEFT JOIN scope_health h ON h.account = t.account AND h.region = t.region
    WHERE t.gone_at_ms IS NULL",
);
const LIST_COUNT: Statement = Statement::beginning(
    "LIST_COUNT",
    "targets",
    "SELECT COUNT(*) AS total FROM targets t WHERE t.gone_at_ms IS NULL",
);
const ORDER: &str = " ORDER BY t.environment, t.sort_name, t.id";

/// A target.
#[derive(Debug, Clone, PartialEq)]
pub struct TargetRow {
    /// Its id, for as long as AWS has it under this name.
    pub id: TargetId,
    /// As last read.
    pub target: Target,
    /// When: by itself or with its whole scope.
    pub read_at: Timestamp,
    /// AWS no longer had it then.
    pub gone_at: Option<Timestamp>,
    /// Grows with every change.
    pub version: i64,
}

/// Which targets. An empty list means any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetFilter {
    /// What the caller may see.
    pub reach: Reach,
    /// Of these kinds.
    pub kinds: Vec<TargetKind>,
    /// Of these environments.
    pub environments: Vec<Environment>,
    /// Words that the name contains, any case.
    pub text: String,
}

impl TargetFilter {
    /// All that the caller may see.
    #[must_use]
    pub const fn within(reach: Reach) -> Self {
        Self {
            reach,
            kinds: Vec::new(),
            environments: Vec::new(),
            text: String::new(),
        }
    }
}

/// What is new about a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TargetNewsKind {
    /// Never seen before.
    New,
    /// Read differently.
    Changed,
    /// AWS has it again.
    Back,
    /// AWS has it no longer.
    Gone,
}

/// A target that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetNews {
    /// Which.
    pub id: TargetId,
    /// Its environment.
    pub environment: Environment,
    /// What is new.
    pub what: TargetNewsKind,
}

fn target(row: &Row) -> Result<TargetRow, StoreError> {
    let own = row.at("read_at_ms")?;
    let with_scope = row.at_or_none("scope_read_at_ms")?;
    let gone_at = row.at_or_none("gone_at_ms")?;
    Ok(TargetRow {
        id: row.parse("id")?,
        target: row.json("target_json")?,
        // A reading of the scope that found it unchanged did not write it.
        read_at: with_scope.map_or(own, |at| at.max(own)),
        gone_at,
        version: row.int("version")?,
    })
}

struct Held {
    id: TargetId,
    fingerprint: i64,
    read_at: Timestamp,
    gone: bool,
}

impl Held {
    /// Whether it was read later than a reading that began then: what was read
    /// before a write must not pass for what is there after it.
    fn is_newer(&self, read_at: Timestamp) -> bool {
        (1..=limits::READING_MS_MAX).contains(&self.read_at.since_ms(read_at))
    }
}

fn held(row: &Row) -> Result<((TargetKind, String), Held), StoreError> {
    let key = (row.word("kind", TargetKind::parse)?, row.text("name")?);
    let held = Held {
        id: row.parse("id")?,
        fingerprint: row.int("fingerprint")?,
        read_at: row.at("read_at_ms")?,
        gone: row.int_or_none("gone_at_ms")?.is_some(),
    };
    Ok((key, held))
}

fn filtered(statement: Statement, filter: &TargetFilter) -> Sql {
    let mut sql = statement.sql();
    sql.within("t.environment", &filter.reach)
        .any_of("t.environment", &filter.environments, Environment::as_str)
        .any_of("t.kind", &filter.kinds, |kind| kind.as_str())
        .containing("t.sort_name", &filter.text);
    sql
}

fn page(filter: &TargetFilter, slice: Slice) -> Sql {
    let mut sql = filtered(LIST, filter);
    sql.push(ORDER).slice(slice);
    sql
}

/// The statements that are put together, with every filter on.
pub(crate) fn examples() -> Examples {
    let filter = TargetFilter {
        reach: Reach::Only(vec!["x".into()]),
        kinds: vec![TargetKind::Asg],
        environments: vec!["x".into()],
        text: "x".into(),
    };
    let slice = Slice {
        offset: 0,
        limit: 1,
    };
    vec![
        (LIST.name, page(&filter, slice)),
        (LIST_COUNT.name, filtered(LIST_COUNT, &filter)),
    ]
}

impl Read<'_> {
    /// One target, also one that is gone.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn target(&mut self, id: TargetId) -> Result<Option<TargetRow>, StoreError> {
        let row = self.first(BY_ID.bind(id)).await?;
        row.as_ref().map(target).transpose()
    }

    /// The target that AWS names so, also one that is gone.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn target_by_reference(
        &mut self,
        reference: &TargetRef,
    ) -> Result<Option<TargetRow>, StoreError> {
        let sql = referenced(BY_REFERENCE, reference);
        let row = self.first(sql).await?;
        row.as_ref().map(target).transpose()
    }

    /// The targets of an account and region that are not gone, by kind and name.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn targets_in(&mut self, scope: &Scope) -> Result<Vec<TargetRow>, StoreError> {
        let sql = IN_SCOPE.bind(&scope.account).bind(&scope.region);
        let rows = self.all(sql.bind(limits::TARGETS_READ_MAX)).await?;
        rows.iter().map(target).collect()
    }

    /// A page of targets that are not gone, by environment and name.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn target_page(
        &mut self,
        filter: &TargetFilter,
        slice: Slice,
    ) -> Result<Rows<TargetRow>, StoreError> {
        let rows = self.all(page(filter, slice)).await?;
        let total = self.one(filtered(LIST_COUNT, filter)).await?;
        Ok(Rows {
            rows: rows.iter().map(target).collect::<Result<_, _>>()?,
            total: total.total("total")?,
        })
    }

    /// The targets within reach that are not gone, by environment and name.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn targets(&mut self, reach: &Reach) -> Result<Vec<TargetRow>, StoreError> {
        let mut sql = filtered(LIST, &TargetFilter::within(reach.clone()));
        sql.push(ORDER)
            .push(" LIMIT ")
            .push_bind(limits::TARGETS_READ_MAX);
        self.all(sql).await?.iter().map(target).collect()
    }

    /// The environments of everything that is not gone, by name.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn environments(&mut self) -> Result<Vec<Environment>, StoreError> {
        let rows = self
            .all(ENVIRONMENTS.bind(limits::ENVIRONMENTS_READ_MAX))
            .await?;
        let name = |row: &Row| Ok(Environment::new(row.text("environment")?));
        rows.iter().map(name).collect()
    }
}

fn referenced(statement: Statement, reference: &TargetRef) -> Sql {
    statement
        .bind(&reference.scope.account)
        .bind(&reference.scope.region)
        .bind(reference.kind.as_str())
        .bind(reference.name.as_str())
}

impl Tx {
    /// Takes in a complete reading of a scope that began at `read_at`: writes what
    /// changed and marks what is missing as gone. A target that was read later by
    /// itself stays as it is. What changed comes back, in no special order.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn save_targets(
        &mut self,
        scope: &Scope,
        targets: &[Target],
        read_at: Timestamp,
        new_id: &mut (dyn FnMut() -> TargetId + Send),
    ) -> Result<Vec<TargetNews>, StoreError> {
        let sql = HELD.bind(&scope.account).bind(&scope.region);
        let rows = self.read().all(sql).await?;
        let mut held: HashMap<_, Held> = rows.iter().map(held).collect::<Result<_, _>>()?;
        let targets: BTreeMap<_, _> = targets
            .iter()
            .map(|target| ((target.reference.kind, &target.reference.name), target))
            .collect();
        let mut news = Vec::new();
        for ((kind, name), target) in targets {
            let known = held.remove(&(kind, name.clone()));
            news.extend(self.write_target(target, known, read_at, new_id).await?);
        }
        let missed = |held: &Held| !held.gone && !held.is_newer(read_at);
        for missing in held.into_values().filter(missed) {
            let sql = MARK_GONE.bind(missing.id).bind(read_at);
            let row = self.read().one(sql).await?;
            news.push(TargetNews {
                id: missing.id,
                environment: Environment::new(row.text("environment")?),
                what: TargetNewsKind::Gone,
            });
        }
        Ok(news)
    }

    /// Takes in one target that was read by itself at `read_at`; `None` when nothing
    /// changed or it was read later already.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn save_target(
        &mut self,
        target: &Target,
        read_at: Timestamp,
        new_id: &mut (dyn FnMut() -> TargetId + Send),
    ) -> Result<Option<TargetNews>, StoreError> {
        let sql = referenced(HELD_ONE, &target.reference);
        let known = self.read().first(sql).await?;
        let known = known.as_ref().map(held).transpose()?.map(|(_, held)| held);
        if let Some(held) = &known {
            self.run(READ_AGAIN.bind(held.id).bind(read_at)).await?;
        }
        self.write_target(target, known, read_at, new_id).await
    }

    async fn write_target(
        &mut self,
        target: &Target,
        known: Option<Held>,
        read_at: Timestamp,
        new_id: &mut (dyn FnMut() -> TargetId + Send),
    ) -> Result<Option<TargetNews>, StoreError> {
        let target_json = json(target, TABLE, "target_json")?;
        let fingerprint = fingerprint(&target_json);
        let (id, what) = match known {
            None => (new_id(), TargetNewsKind::New),
            Some(held) if held.is_newer(read_at) => return Ok(None),
            Some(held) if held.gone => (held.id, TargetNewsKind::Back),
            Some(held) if held.fingerprint == fingerprint => return Ok(None),
            Some(held) => (held.id, TargetNewsKind::Changed),
        };
        let reference = &target.reference;
        let sql = SAVE
            .bind(id)
            .bind(&reference.scope.account)
            .bind(&reference.scope.region)
            .bind(reference.kind.as_str())
            .bind(reference.name.as_str())
            .bind(reference.name.to_lowercase())
            .bind(&target.environment)
            .bind(target.capacity.min)
            .bind(target.capacity.desired)
            .bind(target.capacity.max)
            .bind(target.in_service)
            .bind(target_json)
            .bind(fingerprint)
            .bind(read_at);
        self.run_one(sql).await?;
        let environment = target.environment.clone();
        Ok(Some(TargetNews {
            id,
            environment,
            what,
        }))
    }

    /// Drops targets that were gone before an instant and that no change request
    /// names; how many.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn purge_targets(&mut self, before: Timestamp) -> Result<u64, StoreError> {
        self.run(PURGE.bind(before)).await
    }
}
