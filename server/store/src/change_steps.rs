//! The steps of a change request as they are carried out, and what differs
//! from them later.

use crate::{
    error::StoreError,
    sql::{Examples, Row, Sql, Statement, Table, json, statements},
    transaction::{Read, Tx},
};
use domain::{
    changes::StepState,
    estate::Environment,
    ids::{ChangeId, TargetId},
    people::Reach,
    plan::{Difference, Step},
    time::Timestamp,
    trail::Attribution,
};

const STEPS: Table = Table("change_steps");
const DRIFT: Table = Table("drift");

statements! { "change_steps";
    OF_CHANGE =
        "SELECT * FROM change_steps WHERE change_id = $1 AND revision = $2 ORDER BY number";
    INSERT_STEP =
        "INSERT INTO change_steps (change_id, revision, number, step_json, state, attempts)
        VALUES ($1, $2, $3, $4, $5, 0)";
    UPDATE_STEP =
        "UPDATE change_steps SET state = $4, attempts = $5, begun_at_ms = $6, ended_at_ms = $7,
            error = $8
        WHERE change_id = $1 AND revision = $2 AND number = $3";
    GET_DRIFT = "SELECT change_id, differences_json FROM drift WHERE change_id = $1";
    PUT_DRIFT =
        "INSERT INTO drift (change_id, differences_json, since_ms, seen_at_ms)
        VALUES ($1, $2, $3, $4)
        ON CONFLICT (change_id) DO UPDATE SET differences_json = excluded.differences_json,
            seen_at_ms = excluded.seen_at_ms,
            attribution_json = CASE WHEN drift.differences_json = excluded.differences_json
                THEN drift.attribution_json END,
            asked_at_ms = CASE WHEN drift.differences_json = excluded.differences_json
                THEN drift.asked_at_ms END";
    ATTRIBUTE_DRIFT =
        "UPDATE drift SET attribution_json = $2, asked_at_ms = $3
        WHERE change_id = $1 AND seen_at_ms = $4";
    CLEAR_DRIFT = "DELETE FROM drift WHERE change_id = $1";
}
const DRIFTS: Statement = Statement::beginning(
    "DRIFTS",
    "drift",
    "SELECT d.change_id, d.differences_json, d.since_ms, d.seen_at_ms, d.attribution_json,
        d.asked_at_ms, c.target_id,
        c.target_name, c.environment
    FROM drift d JOIN changes c ON c.id = d.change_id WHERE 1 = 1",
);

/// A step of a change request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepRow {
    /// Its place, from 1.
    pub number: u32,
    /// The call and its undo.
    pub step: Step,
    /// Where it stands.
    pub state: StepState,
    /// Attempts so far.
    pub attempts: u32,
    /// First begun.
    pub begun_at: Option<Timestamp>,
    /// Done, failed or undone.
    pub ended_at: Option<Timestamp>,
    /// The last error.
    pub error: Option<String>,
}

/// An applied change that AWS no longer shows as applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DriftRow {
    /// The change request.
    pub change: ChangeId,
    /// The target.
    pub target: TargetId,
    /// Its name.
    pub target_name: String,
    /// Its environment.
    pub environment: Environment,
    /// What differs.
    pub differences: Vec<Difference>,
    /// First seen.
    pub since: Timestamp,
    /// When it was last seen to be another.
    pub seen_at: Timestamp,
    /// What was learnt of who made it, and when.
    pub attribution: Option<(Attribution, Timestamp)>,
}

fn step(row: &Row) -> Result<StepRow, StoreError> {
    Ok(StepRow {
        number: row.count("number")?,
        step: row.json("step_json")?,
        state: row.word("state", StepState::parse)?,
        attempts: row.count("attempts")?,
        begun_at: row.at_or_none("begun_at_ms")?,
        ended_at: row.at_or_none("ended_at_ms")?,
        error: row.text_or_none("error")?,
    })
}

fn drift(row: &Row) -> Result<DriftRow, StoreError> {
    let learnt = match row.text_or_none("attribution_json")? {
        Some(_) => Some(row.json("attribution_json")?),
        None => None,
    };
    Ok(DriftRow {
        change: row.parse("change_id")?,
        target: row.parse("target_id")?,
        target_name: row.text("target_name")?,
        environment: Environment::new(row.text("environment")?),
        differences: row.json("differences_json")?,
        since: row.at("since_ms")?,
        seen_at: row.at("seen_at_ms")?,
        attribution: learnt.zip(row.at_or_none("asked_at_ms")?),
    })
}

fn drifts(reach: &Reach, limit: u32) -> Sql {
    let mut sql = DRIFTS.sql();
    sql.within("c.environment", reach)
        .push(" ORDER BY d.since_ms, d.change_id LIMIT ")
        .push_bind(limit);
    sql
}

/// The statements that are put together, with every filter on.
pub(crate) fn examples() -> Examples {
    let reach = Reach::Only(vec!["x".into()]);
    vec![(DRIFTS.name, drifts(&reach, 1))]
}

impl Read<'_> {
    /// The steps of a revision, in order.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn steps_of(
        &mut self,
        change: ChangeId,
        revision: u32,
    ) -> Result<Vec<StepRow>, StoreError> {
        let rows = self.all(OF_CHANGE.bind(change).bind(revision)).await?;
        rows.iter().map(step).collect()
    }

    /// Drift within reach, the oldest first.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn drifts(&mut self, reach: &Reach, limit: u32) -> Result<Vec<DriftRow>, StoreError> {
        let rows = self.all(drifts(reach, limit)).await?;
        rows.iter().map(drift).collect()
    }

    /// The drift of one change.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn drift_of(&mut self, change: ChangeId) -> Result<Option<DriftRow>, StoreError> {
        let mut sql = DRIFTS.sql();
        sql.push(" AND d.change_id = ").push_bind(change);
        self.first(sql).await?.as_ref().map(drift).transpose()
    }
}

impl Tx {
    /// Keeps the steps of a revision, all waiting, numbered from 1.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] when the revision has steps already.
    pub async fn insert_steps(
        &mut self,
        change: ChangeId,
        revision: u32,
        steps: &[Step],
    ) -> Result<(), StoreError> {
        for (number, step) in (1_u32..).zip(steps) {
            let sql = INSERT_STEP
                .bind(change)
                .bind(revision)
                .bind(number)
                .bind(json(step, STEPS, "step_json")?)
                .bind(StepState::Waiting.as_str());
            self.run_one(sql).await?;
        }
        Ok(())
    }

    /// Writes where a step stands.
    ///
    /// # Errors
    /// [`StoreError::RowsAffected`] when there is no such step.
    pub async fn update_step(
        &mut self,
        change: ChangeId,
        revision: u32,
        step: &StepRow,
    ) -> Result<(), StoreError> {
        let sql = UPDATE_STEP
            .bind(change)
            .bind(revision)
            .bind(step.number)
            .bind(step.state.as_str())
            .bind(step.attempts)
            .bind(step.begun_at)
            .bind(step.ended_at)
            .bind(step.error.as_deref());
        self.run_one(sql).await
    }

    /// Records drift; `false` when it was known as it is. When it was first seen stays.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn put_drift(
        &mut self,
        change: ChangeId,
        differences: &[Difference],
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let differences = json(&differences, DRIFT, "differences_json")?;
        let known = self.read().first(GET_DRIFT.bind(change)).await?;
        let known = known.map(|row| row.text("differences_json")).transpose()?;
        let changed = known.as_ref() != Some(&differences);
        let sql = PUT_DRIFT.bind(change).bind(differences).bind(now).bind(now);
        self.run_one(sql).await?;
        Ok(changed)
    }

    /// Keeps what was learnt of who made a difference, unless it has become another.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn attribute_drift(
        &mut self,
        row: &DriftRow,
        attribution: &Attribution,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let attribution = json(attribution, DRIFT, "attribution_json")?;
        let sql = ATTRIBUTE_DRIFT.bind(row.change).bind(attribution);
        self.run(sql.bind(now).bind(row.seen_at)).await?;
        Ok(())
    }

    /// Forgets drift; `false` when there was none.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn clear_drift(&mut self, change: ChangeId) -> Result<bool, StoreError> {
        Ok(self.run(CLEAR_DRIFT.bind(change)).await? == 1)
    }
}
