//! Schedules that stand in AWS, and the targets of change requests that have several.

use crate::{
    changes::{ChangeRow, change},
    error::StoreError,
    sql::{Examples, Row, Sql, Statement, Table, Value, json, statements},
    transaction::{Read, Tx},
};
use domain::{
    changes::Change,
    estate::{AccountId, Environment, Region, Scope},
    ids::{ChangeId, PersonId, TargetId},
    limits,
    people::Reach,
    plan::ScheduleTarget,
    schedules::{Schedule, ScheduleName},
    time::Timestamp,
};

const TABLE: Table = Table("schedules");

statements! { "schedules";
    BY_NAME = "SELECT * FROM schedules WHERE name = $1";
    AFTER = "SELECT * FROM schedules WHERE name > $1 ORDER BY name LIMIT $2";
    TO_EXTEND =
        "SELECT * FROM schedules WHERE good_until_ms < $1
            AND NOT EXISTS (SELECT 1 FROM changes c WHERE c.schedule = schedules.name
                AND (c.state IN ('approved', 'applying')
                    OR (c.kind = 'extend_schedule' AND c.created_at_ms > $2)))
        ORDER BY good_until_ms, name LIMIT $3";
    MOVING =
        "SELECT DISTINCT schedule FROM changes
        WHERE state IN ('approved', 'applying') AND schedule IS NOT NULL ORDER BY schedule";
    MOVES =
        "SELECT COUNT(*) AS total FROM changes
        WHERE schedule = $1 AND state IN ('approved', 'applying')";
    BUSY =
        "SELECT COUNT(*) AS total FROM changes o
        WHERE o.id <> $1
            AND (o.updated_at_ms > $3
                AND o.state IN ('applied', 'applied_with_difference', 'failed')
                OR o.state = 'applying' AND (o.schedule IS NOT NULL AND COALESCE($2, '') <> ''
                    OR EXISTS (SELECT 1 FROM change_steps s WHERE s.change_id = o.id
                        AND s.revision = o.revision AND s.state <> 'done')))
            AND (o.schedule = $2
                OR o.target_id IS NULL AND o.schedule IS NULL AND o.target_name IN
                    (SELECT target_name FROM changes
                    WHERE id = $1 AND target_id IS NULL AND schedule IS NULL)
                OR o.target_id IN (SELECT target_id FROM changes WHERE id = $1)
                OR o.target_id IN (SELECT target_id FROM change_targets WHERE change_id = $1)
                OR EXISTS (SELECT 1 FROM change_targets t WHERE t.change_id = o.id
                    AND (t.target_id IN (SELECT target_id FROM changes WHERE id = $1)
                        OR t.target_id IN
                            (SELECT target_id FROM change_targets WHERE change_id = $1))))";
    OF_TARGET = "SELECT schedule FROM schedule_targets WHERE target_id = $1 ORDER BY schedule";
    CHANGES =
        "SELECT * FROM changes WHERE schedule = $1 ORDER BY created_at_ms DESC, id DESC LIMIT $2";
    DRAFTED =
        "SELECT id, posted_json FROM changes
        WHERE schedule = $1 AND author_id = $2 AND kind = 'apply_schedule'
        ORDER BY created_at_ms DESC, id DESC LIMIT 1";
    PUT =
        "INSERT INTO schedules (name, account, region, environment, schedule_json, targets_json,
            good_until_ms, change_id, applied_at_ms, updated_at_ms, version)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1)
        ON CONFLICT (name) DO UPDATE SET account = $2, region = $3, environment = $4,
            schedule_json = $5, targets_json = $6, good_until_ms = $7, change_id = $8,
            applied_at_ms = $9, updated_at_ms = $10, version = schedules.version + 1";
    DELETE = "DELETE FROM schedules WHERE name = $1";
    LEAVE_TARGETS = "DELETE FROM schedule_targets WHERE schedule = $1";
    TAKE_TARGET =
        "INSERT INTO schedule_targets (schedule, target_id) VALUES ($1, $2)
        ON CONFLICT (schedule, target_id) DO NOTHING";
    FORGET_TARGETS = "DELETE FROM change_targets WHERE change_id = $1";
    TOUCH_TARGET =
        "INSERT INTO change_targets (change_id, target_id) VALUES ($1, $2)
        ON CONFLICT (change_id, target_id) DO NOTHING";
}
const LIST: Statement =
    Statement::beginning("LIST", "schedules", "SELECT * FROM schedules s WHERE 1 = 1");

const ON: Statement = Statement::beginning(
    "ON",
    "schedules",
    "SELECT * FROM schedules s WHERE EXISTS
        (SELECT 1 FROM schedule_targets t WHERE t.schedule = s.name AND t.target_id IN ",
);

/// A schedule that stands in AWS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScheduleRow {
    /// As people approved it.
    pub schedule: Schedule,
    /// Where its targets are.
    pub scope: Scope,
    /// Theirs.
    pub environment: Environment,
    /// What was done to each target, and the objects that AWS keeps.
    pub targets: Vec<ScheduleTarget>,
    /// Until when those objects make every change.
    pub good_until: Timestamp,
    /// The change request that people approved.
    pub change: ChangeId,
    /// When that was carried out.
    pub applied_at: Timestamp,
    /// The last change, extensions included.
    pub updated_at: Timestamp,
}

fn schedule(row: &Row) -> Result<ScheduleRow, StoreError> {
    Ok(ScheduleRow {
        schedule: row.json("schedule_json")?,
        scope: Scope {
            account: AccountId::new(row.text("account")?),
            region: Region::new(row.text("region")?),
        },
        environment: Environment::new(row.text("environment")?),
        targets: row.json("targets_json")?,
        good_until: row.at("good_until_ms")?,
        change: row.parse("change_id")?,
        applied_at: row.at("applied_at_ms")?,
        updated_at: row.at("updated_at_ms")?,
    })
}

fn list(reach: &Reach, limit: u32) -> Sql {
    let mut sql = LIST.sql();
    sql.within("s.environment", reach)
        .push(" ORDER BY s.environment, s.name LIMIT ")
        .push_bind(limit);
    sql
}

fn on(targets: &[TargetId]) -> Sql {
    let mut sql = ON.sql();
    sql.push_list(targets.iter().copied().map(Value::from))
        .push(") ORDER BY s.name");
    sql
}

/// The statements that are put together, with every filter on.
pub(crate) fn examples() -> Examples {
    let reach = Reach::Only(vec!["x".into()]);
    vec![
        (LIST.name, list(&reach, 1)),
        (ON.name, on(&[TargetId::from_parts(0, 0)])),
    ]
}

impl Read<'_> {
    /// The schedule of a name, if it stands.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn schedule(
        &mut self,
        name: &ScheduleName,
    ) -> Result<Option<ScheduleRow>, StoreError> {
        let row = self.first(BY_NAME.bind(name.as_str())).await?;
        row.as_ref().map(schedule).transpose()
    }

    /// Schedules within reach, by environment and name, at most
    /// [`limits::SCHEDULES_LISTED_MAX`].
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn schedules(&mut self, reach: &Reach) -> Result<Vec<ScheduleRow>, StoreError> {
        let rows = self.all(list(reach, limits::SCHEDULES_LISTED_MAX)).await?;
        rows.iter().map(schedule).collect()
    }

    /// Every schedule, by name, those after one at a time.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn schedules_after(
        &mut self,
        after: Option<&ScheduleName>,
        limit: u32,
    ) -> Result<Vec<ScheduleRow>, StoreError> {
        let after = after.map(ScheduleName::as_str).unwrap_or_default();
        let rows = self.all(AFTER.bind(after).bind(limit)).await?;
        rows.iter().map(schedule).collect()
    }

    /// Schedules whose objects are good for less than until then and that nobody
    /// changes, or has tried to extend since another instant, the most urgent first.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn schedules_to_extend(
        &mut self,
        until: Timestamp,
        not_since: Timestamp,
        limit: u32,
    ) -> Result<Vec<ScheduleRow>, StoreError> {
        let sql = TO_EXTEND.bind(until).bind(not_since).bind(limit);
        let rows = self.all(sql).await?;
        rows.iter().map(schedule).collect()
    }

    /// The schedules of which a change is about to be carried out, or under way, by name.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn moving_schedules(&mut self) -> Result<Vec<ScheduleName>, StoreError> {
        let rows = self.all(MOVING.sql()).await?;
        rows.iter().map(|row| row.parse("schedule")).collect()
    }

    /// Whether a change of the schedule is about to be carried out, or under way.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn schedule_moves(&mut self, name: &ScheduleName) -> Result<bool, StoreError> {
        let row = self.one(MOVES.bind(name.as_str())).await?;
        Ok(row.total("total")? > 0)
    }

    /// Whether another change of the same targets, alarm or schedule makes its calls. One
    /// that only follows what it has begun, such as a refresh, is in nobody's way; between
    /// schedules one is until it was read back. One that came to its end after `since` has
    /// moved what was looked at then.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn is_busy_beside(
        &mut self,
        change: ChangeId,
        schedule: Option<&ScheduleName>,
        since: Option<Timestamp>,
    ) -> Result<bool, StoreError> {
        let schedule = schedule.map(ScheduleName::as_str);
        let row = self
            .one(BUSY.bind(change).bind(schedule).bind(since))
            .await?;
        Ok(row.total("total")? > 0)
    }

    /// The names of the schedules that stand on a target.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn schedules_of(&mut self, target: TargetId) -> Result<Vec<String>, StoreError> {
        let rows = self.all(OF_TARGET.bind(target)).await?;
        rows.iter().map(|row| row.text("schedule")).collect()
    }

    /// The schedules that stand on any of some targets, by name.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn schedules_on(
        &mut self,
        targets: &[TargetId],
    ) -> Result<Vec<ScheduleRow>, StoreError> {
        if targets.is_empty() {
            return Ok(Vec::new());
        }
        let rows = self.all(on(targets)).await?;
        rows.iter().map(schedule).collect()
    }

    /// The newest change requests about a schedule.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn changes_of_schedule(
        &mut self,
        name: &ScheduleName,
        limit: u32,
    ) -> Result<Vec<ChangeRow>, StoreError> {
        let rows = self.all(CHANGES.bind(name.as_str()).bind(limit)).await?;
        rows.iter().map(change).collect()
    }

    /// The newest change request by which somebody asked for a schedule of this name, and
    /// the schedule as it was first asked for.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn drafted(
        &mut self,
        name: &ScheduleName,
        author: PersonId,
    ) -> Result<Option<(ChangeId, Change)>, StoreError> {
        let row = self.first(DRAFTED.bind(name.as_str()).bind(author)).await?;
        row.map(|row| Ok((row.parse("id")?, row.json("posted_json")?)))
            .transpose()
    }
}

impl Tx {
    /// Keeps a schedule that stands now, in place of the one of its name.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn put_schedule(
        &mut self,
        row: &ScheduleRow,
        targets: &[TargetId],
    ) -> Result<(), StoreError> {
        let name = row.schedule.name().as_str();
        let sql = PUT
            .bind(name)
            .bind(row.scope.account.as_str())
            .bind(row.scope.region.as_str())
            .bind(&row.environment)
            .bind(json(&row.schedule, TABLE, "schedule_json")?)
            .bind(json(&row.targets, TABLE, "targets_json")?)
            .bind(row.good_until)
            .bind(row.change)
            .bind(row.applied_at)
            .bind(row.updated_at);
        self.run_one(sql).await?;
        self.run(LEAVE_TARGETS.bind(name)).await?;
        for target in targets {
            self.run(TAKE_TARGET.bind(name).bind(*target)).await?;
        }
        Ok(())
    }

    /// Forgets a schedule that stands no more; answers whether it did.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn delete_schedule(&mut self, name: &ScheduleName) -> Result<bool, StoreError> {
        self.run(LEAVE_TARGETS.bind(name.as_str())).await?;
        Ok(self.run(DELETE.bind(name.as_str())).await? > 0)
    }

    /// Notes that a change request touches these targets, too, and no others any more.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn touch_targets(
        &mut self,
        change: ChangeId,
        targets: &[TargetId],
    ) -> Result<(), StoreError> {
        self.run(FORGET_TARGETS.bind(change)).await?;
        for target in targets {
            self.run(TOUCH_TARGET.bind(change).bind(*target)).await?;
        }
        Ok(())
    }
}
