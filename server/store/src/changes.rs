//! Change requests: the record, its lists and the lease of the worker that
//! carries it out. Votes, steps and scale events have files of their own.

use crate::{
    error::StoreError,
    filter::{Rows, Slice},
    sql::{Examples, Row, Sql, Statement, Table, json, statements},
    transaction::{Read, Tx},
};
use domain::{
    changes::{Change, ChangeState, Proposal},
    estate::Environment,
    freezes::Freeze,
    ids::{ChangeId, FreezeId, PersonId, TargetId},
    limits,
    people::Reach,
    plan::Plan,
    scale_events::EventPhase,
    schedules::ScheduleName,
    time::Timestamp,
};

const TABLE: Table = Table("changes");

statements! { "changes";
    BY_ID = "SELECT * FROM changes WHERE id = $1";
    BY_KEY =
        "SELECT id, COALESCE(posted_json, change_json) AS posted_json FROM changes
        WHERE author_id = $1 AND idempotency_key = $2";
    TO_EXPIRE =
        "SELECT id FROM changes WHERE state IN ('proposed', 'approved') AND expires_at_ms <= $1
        ORDER BY expires_at_ms, id LIMIT $2";
    INSERT =
        "INSERT INTO changes (id, kind, change_json, state, revision, hash, plan_json,
            environment, target_id, target_name, words, from_ms, until_ms, author_id, author_name,
            approvals_needed, created_at_ms, updated_at_ms, expires_at_ms, not_before_ms,
            idempotency_key, event_id, applied_at_ms, ended_by, ended_at_ms,
            return_verified_at_ms, result_json, lease_until_ms, version, posted_json, schedule,
            alarm_id, planned_ms)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
            $19, $20, $21, $22, $23, $24, $25, $26, $27, 0, $28, $29, $30, $31, $32)";
    UPDATE =
        "UPDATE changes SET kind = $2, change_json = $3, state = $4, revision = $5, hash = $6,
            plan_json = $7, environment = $8, target_id = $9, target_name = $10, words = $11,
            from_ms = $12, until_ms = $13, approvals_needed = $14, updated_at_ms = $15,
            expires_at_ms = $16, not_before_ms = $17, event_id = $18, applied_at_ms = $19,
            ended_by = $20, ended_at_ms = $21, return_verified_at_ms = $22, result_json = $23,
            planned_ms = $24, version = version + 1
        WHERE id = $1 AND version = $25";
    CLAIM =
        "UPDATE changes SET lease_owner = $1, lease_until_ms = $3
        WHERE id IN
            (SELECT id FROM changes
            WHERE state IN ('approved', 'applying')
                AND (not_before_ms <= $2 OR not_before_ms - $2 > $5)
                AND (planned_ms IS NULL OR state = 'applying'
                    OR (planned_ms <= $2 AND expires_at_ms > $2))
                AND (lease_until_ms <= $2 OR lease_owner = $1
                    OR lease_until_ms - $2 > 2 * ($3 - $2))
            ORDER BY not_before_ms, id LIMIT $4)
        RETURNING *";
    HOLD =
        "UPDATE changes SET lease_owner = $2, lease_until_ms = $4
        WHERE id = $1 AND (lease_owner = $2 OR lease_until_ms <= $3
            OR lease_until_ms - $3 > 2 * ($4 - $3))";
    RELEASE =
        "UPDATE changes SET lease_owner = NULL, lease_until_ms = 0
        WHERE id = $1 AND lease_owner = $2";
}
/// A change with the approvals that count: on its present hash, by people who wrote no part of
/// it; the policy's own vote has no person.
pub(crate) const LISTED: Statement = Statement::beginning(
    "LISTED",
    "changes",
    "SELECT c.*, (SELECT COUNT(*) FROM change_votes v
        WHERE v.change_id = c.id AND v.hash = c.hash AND v.vote = 'approve'
            AND NOT EXISTS (SELECT 1 FROM change_authors a
                WHERE a.change_id = c.id AND a.person_id = v.person_id)) AS approvals,
        e.at_ms AS emergency_at_ms, e.reviewed_at_ms
    FROM changes c LEFT JOIN emergencies e ON e.change_id = c.id WHERE 1 = 1",
);
const PAGE_COUNT: Statement = Statement::beginning(
    "PAGE_COUNT",
    "changes",
    "SELECT COUNT(*) AS total FROM changes c WHERE 1 = 1",
);

/// A change request.
#[derive(Debug, Clone, PartialEq)]
pub struct ChangeRow {
    /// Its id.
    pub id: ChangeId,
    /// What is asked for.
    pub change: Change,
    /// Where it stands.
    pub state: ChangeState,
    /// Counts edits, from 1.
    pub revision: u32,
    /// The content hash that a vote names.
    pub hash: String,
    /// The plan.
    pub plan: Plan,
    /// Its environment.
    pub environment: Environment,
    /// The target; of a schedule, the first; none of an alarm.
    pub target: Option<TargetId>,
    /// The target's or alarm's name in AWS, or the schedule's.
    pub target_name: String,
    /// From when it takes effect; none until it is applied at once.
    pub from: Option<Timestamp>,
    /// Until when; none for a change that does not return.
    pub until: Option<Timestamp>,
    /// Who proposed it.
    pub author: PersonId,
    /// The name they had then.
    pub author_name: String,
    /// Approvals needed.
    pub approvals_needed: u32,
    /// Proposed.
    pub created_at: Timestamp,
    /// Last change of any kind.
    pub updated_at: Timestamp,
    /// Expires then if it is not begun.
    pub expires_at: Timestamp,
    /// A worker leaves it alone until then: the pause between two attempts, at
    /// most [`limits::STEP_PAUSE_MS_MAX`].
    pub not_before: Timestamp,
    /// It is not begun before then, and not after it expires.
    pub planned_for: Option<Timestamp>,
    /// The caller's own key, unique among the author's.
    pub idempotency_key: Option<String>,
    /// The scale event that this change ends.
    pub event: Option<ChangeId>,
    /// Every step done and read back.
    pub applied_at: Option<Timestamp>,
    /// The change that ends this scale event early.
    pub ended_by: Option<ChangeId>,
    /// This scale event ended early then.
    pub ended_at: Option<Timestamp>,
    /// The return was read back then.
    pub return_verified_at: Option<Timestamp>,
    /// Where AWS differs from what was predicted, or why it failed.
    pub result: Vec<String>,
    /// Grows with every change.
    pub version: i64,
}

impl ChangeRow {
    /// What is asked for, and when.
    #[must_use]
    pub fn proposal(&self) -> Proposal {
        Proposal {
            change: self.change.clone(),
            planned_for: self.planned_for,
        }
    }
}

/// A change request in a list.
#[derive(Debug, Clone, PartialEq)]
pub struct ListedChange {
    /// The record.
    pub row: ChangeRow,
    /// Approvals that count on the present content.
    pub approvals: u32,
    /// Somebody let it through without them then.
    pub emergency_at: Option<Timestamp>,
    /// Another person looked at that then.
    pub reviewed_at: Option<Timestamp>,
}

/// Whose decision is waited for: proposed, not written by this person, not yet
/// voted on by them as it stands, where they may decide, and not frozen for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Who.
    pub person: PersonId,
    /// Where they may decide.
    pub reach: Reach,
    /// Where they may approve during a freeze.
    pub reach_frozen: Reach,
    /// Freezes to look at.
    pub freezes: Vec<Freeze>,
    /// Now: what has no start yet would start then.
    pub now: Timestamp,
}

/// Scale events that stand in AWS, by where they are in their life.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phases {
    /// In one of these.
    pub phases: Vec<EventPhase>,
    /// At this instant.
    pub now: Timestamp,
}

/// Which change requests. An empty list means any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeFilter {
    /// What the caller may see.
    pub reach: Reach,
    /// In these states.
    pub states: Vec<ChangeState>,
    /// Of these environments.
    pub environments: Vec<Environment>,
    /// Of this target.
    pub target: Option<TargetId>,
    /// Scale events in these phases.
    pub in_phase: Option<Phases>,
    /// That this person wrote a part of.
    pub written_by: Option<PersonId>,
    /// That wait for this person.
    pub waiting_for: Option<Waiting>,
    /// That were let through without an approval and wait for a review.
    pub to_review: bool,
    /// Words that target, reason or author contain, any case.
    pub text: String,
}

impl ChangeFilter {
    /// All that the caller may see.
    #[must_use]
    pub const fn within(reach: Reach) -> Self {
        Self {
            reach,
            states: Vec::new(),
            environments: Vec::new(),
            target: None,
            in_phase: None,
            written_by: None,
            waiting_for: None,
            to_review: false,
            text: String::new(),
        }
    }
}

/// The change in the columns of `changes`.
pub(crate) fn change(row: &Row) -> Result<ChangeRow, StoreError> {
    Ok(ChangeRow {
        id: row.parse("id")?,
        change: row.json("change_json")?,
        state: row.word("state", ChangeState::parse)?,
        revision: row.count("revision")?,
        hash: row.text("hash")?,
        plan: row.json("plan_json")?,
        environment: Environment::new(row.text("environment")?),
        target: row.parse_or_none("target_id")?,
        target_name: row.text("target_name")?,
        from: row.at_or_none("from_ms")?,
        until: row.at_or_none("until_ms")?,
        author: row.parse("author_id")?,
        author_name: row.text("author_name")?,
        approvals_needed: row.count("approvals_needed")?,
        created_at: row.at("created_at_ms")?,
        updated_at: row.at("updated_at_ms")?,
        expires_at: row.at("expires_at_ms")?,
        not_before: row.at("not_before_ms")?,
        planned_for: row.at_or_none("planned_ms")?,
        idempotency_key: row.text_or_none("idempotency_key")?,
        event: row.parse_or_none("event_id")?,
        applied_at: row.at_or_none("applied_at_ms")?,
        ended_by: row.parse_or_none("ended_by")?,
        ended_at: row.at_or_none("ended_at_ms")?,
        return_verified_at: row.at_or_none("return_verified_at_ms")?,
        result: row.json("result_json")?,
        version: row.int("version")?,
    })
}

/// The change in the columns of [`LISTED`].
pub(crate) fn listed(row: &Row) -> Result<ListedChange, StoreError> {
    Ok(ListedChange {
        row: change(row)?,
        approvals: row.count("approvals")?,
        emergency_at: row.at_or_none("emergency_at_ms")?,
        reviewed_at: row.at_or_none("reviewed_at_ms")?,
    })
}

fn filtered(statement: Statement, filter: &ChangeFilter) -> Sql {
    let mut sql = statement.sql();
    sql.within("c.environment", &filter.reach)
        .any_of("c.environment", &filter.environments, Environment::as_str)
        .any_of("c.state", &filter.states, |state| state.as_str());
    if let Some(target) = filter.target {
        sql.push(" AND (c.target_id = ")
            .push_bind(target)
            .push(
                " OR EXISTS (SELECT 1 FROM change_targets t
                WHERE t.change_id = c.id AND t.target_id = ",
            )
            .push_bind(target)
            .push("))");
    }
    if let Some(wanted) = &filter.in_phase {
        in_phase(&mut sql, wanted);
    }
    if let Some(person) = filter.written_by {
        sql.push(" AND EXISTS (SELECT 1 FROM change_authors w WHERE w.change_id = c.id AND w.person_id = ")
            .push_bind(person)
            .push(")");
    }
    if let Some(waiting) = &filter.waiting_for {
        waiting_for(&mut sql, waiting);
    }
    if filter.to_review {
        sql.push(
            " AND c.id IN
            (SELECT r.change_id FROM emergencies r WHERE r.reviewed_at_ms IS NULL)",
        );
    }
    sql.containing("c.words", &filter.text);
    sql
}

/// As [`domain::scale_events::EventLife::phase`] tells.
fn in_phase(sql: &mut Sql, Phases { phases, now }: &Phases) {
    sql.push(
        " AND c.kind = 'scale_event' AND c.state IN ('applied', 'applied_with_difference')
        AND (1 = 0",
    );
    for phase in phases {
        match phase {
            EventPhase::Waiting => sql
                .push(" OR (c.ended_at_ms IS NULL AND COALESCE(c.from_ms, c.applied_at_ms) > ")
                .push_bind(*now)
                .push(")"),
            EventPhase::Running => sql
                .push(" OR (c.ended_at_ms IS NULL AND COALESCE(c.from_ms, c.applied_at_ms) <= ")
                .push_bind(*now)
                .push(" AND c.until_ms > ")
                .push_bind(*now)
                .push(")"),
            EventPhase::Returning => sql
                .push(
                    " OR (c.ended_at_ms IS NULL AND c.return_verified_at_ms IS NULL
                    AND c.until_ms <= ",
                )
                .push_bind(*now)
                .push(")"),
            EventPhase::Over => sql
                .push(
                    " OR c.ended_at_ms >= COALESCE(c.from_ms, c.applied_at_ms)
                    OR (c.ended_at_ms IS NULL AND c.return_verified_at_ms IS NOT NULL
                    AND c.until_ms <= ",
                )
                .push_bind(*now)
                .push(")"),
            EventPhase::Cancelled => {
                sql.push(" OR c.ended_at_ms < COALESCE(c.from_ms, c.applied_at_ms)")
            }
        };
    }
    sql.push(")");
}

fn waiting_for(sql: &mut Sql, waiting: &Waiting) {
    sql.within("c.environment", &waiting.reach)
        .push(
            " AND c.state = 'proposed' AND NOT EXISTS (SELECT 1 FROM change_authors a
            WHERE a.change_id = c.id AND a.person_id = ",
        )
        .push_bind(waiting.person)
        .push(
            ") AND NOT EXISTS (SELECT 1 FROM change_votes v
            WHERE v.change_id = c.id AND v.hash = c.hash AND v.person_id = ",
        )
        .push_bind(waiting.person)
        .push(")");
    for freeze in &waiting.freezes {
        sql.push(" AND NOT (c.event_id IS NULL AND COALESCE(c.from_ms, ")
            .push_bind(waiting.now)
            .push(") < ")
            .push_bind(freeze.until)
            .push(" AND COALESCE(c.until_ms, COALESCE(c.from_ms, ")
            .push_bind(waiting.now)
            .push(") + 1) > ")
            .push_bind(freeze.from)
            .any_of("c.environment", &freeze.environments, Environment::as_str)
            .without("c.environment", &waiting.reach_frozen)
            .push(")");
    }
}

fn page(filter: &ChangeFilter, slice: Slice) -> Sql {
    let mut sql = filtered(LISTED, filter);
    sql.push(" ORDER BY c.created_at_ms DESC, c.id DESC")
        .slice(slice);
    sql
}

/// The statements that are put together, with every filter on.
pub(crate) fn examples() -> Examples {
    let reach = Reach::Only(vec!["x".into()]);
    let filter = ChangeFilter {
        reach: reach.clone(),
        states: vec![ChangeState::Proposed],
        environments: vec!["x".into()],
        target: Some(TargetId::from_parts(0, 0)),
        in_phase: Some(Phases {
            phases: EventPhase::ALL.to_vec(),
            now: Timestamp::from_ms(0),
        }),
        written_by: Some(PersonId::from_parts(0, 0)),
        waiting_for: Some(Waiting {
            person: PersonId::from_parts(0, 0),
            reach: reach.clone(),
            reach_frozen: reach,
            freezes: vec![Freeze {
                id: FreezeId::from_parts(0, 0),
                name: String::new(),
                environments: vec!["x".into()],
                from: Timestamp::from_ms(0),
                until: Timestamp::from_ms(1),
                reason: String::new(),
                calendar: None,
            }],
            now: Timestamp::from_ms(0),
        }),
        to_review: true,
        text: "x y".into(),
    };
    let slice = Slice {
        offset: 0,
        limit: 1,
    };
    vec![
        (LISTED.name, page(&filter, slice)),
        (PAGE_COUNT.name, filtered(PAGE_COUNT, &filter)),
    ]
}

fn words(row: &ChangeRow) -> String {
    let (target, author) = (&row.target_name, &row.author_name);
    format!("{target}\n{}\n{author}", row.change.reason()).to_lowercase()
}

impl Read<'_> {
    /// One change request.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn change(&mut self, id: ChangeId) -> Result<Option<ChangeRow>, StoreError> {
        let row = self.first(BY_ID.bind(id)).await?;
        row.as_ref().map(change).transpose()
    }

    /// One change request as in a list.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn listed_change(
        &mut self,
        id: ChangeId,
    ) -> Result<Option<ListedChange>, StoreError> {
        let mut sql = LISTED.sql();
        sql.push(" AND c.id = ").push_bind(id);
        self.first(sql).await?.as_ref().map(listed).transpose()
    }

    /// The change request that an author proposed with this key, and what they
    /// asked for then, whatever it was edited into.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn change_by_key(
        &mut self,
        author: PersonId,
        key: &str,
    ) -> Result<Option<(ChangeId, Proposal)>, StoreError> {
        let row = self.first(BY_KEY.bind(author).bind(key)).await?;
        row.map(|row| Ok((row.parse("id")?, row.json("posted_json")?)))
            .transpose()
    }

    /// A page of change requests, newest first.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn change_page(
        &mut self,
        filter: &ChangeFilter,
        slice: Slice,
    ) -> Result<Rows<ListedChange>, StoreError> {
        let rows = self.all(page(filter, slice)).await?;
        let total = self.one(filtered(PAGE_COUNT, filter)).await?;
        Ok(Rows {
            rows: rows.iter().map(listed).collect::<Result<_, _>>()?,
            total: total.total("total")?,
        })
    }

    /// Change requests that nobody began in time, the longest waiting first.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn changes_to_expire(
        &mut self,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<ChangeId>, StoreError> {
        let rows = self.all(TO_EXPIRE.bind(now).bind(limit)).await?;
        rows.iter().map(|row| row.parse("id")).collect()
    }
}

impl Tx {
    /// Keeps a new change request; its author becomes the first of its authors.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] when the author has used its key before.
    pub async fn insert_change(&mut self, row: &ChangeRow) -> Result<(), StoreError> {
        let sql = INSERT
            .bind(row.id)
            .bind(row.change.kind())
            .bind(json(&row.change, TABLE, "change_json")?)
            .bind(row.state.as_str())
            .bind(row.revision)
            .bind(row.hash.as_str())
            .bind(json(&row.plan, TABLE, "plan_json")?)
            .bind(&row.environment)
            .bind(row.target)
            .bind(row.target_name.as_str())
            .bind(words(row))
            .bind(row.from)
            .bind(row.until)
            .bind(row.author)
            .bind(row.author_name.as_str())
            .bind(row.approvals_needed)
            .bind(row.created_at)
            .bind(row.updated_at)
            .bind(row.expires_at)
            .bind(row.not_before)
            .bind(row.idempotency_key.as_deref())
            .bind(row.event)
            .bind(row.applied_at)
            .bind(row.ended_by)
            .bind(row.ended_at)
            .bind(row.return_verified_at)
            .bind(json(&row.result, TABLE, "result_json")?)
            .bind(row.version)
            .bind(json(&row.proposal(), TABLE, "posted_json")?)
            .bind(row.change.schedule().map(ScheduleName::as_str))
            .bind(row.change.alarm())
            .bind(row.planned_for);
        self.run_one(sql).await?;
        let author = crate::AuthorRow {
            person: row.author,
            name: row.author_name.clone(),
            since: row.created_at,
        };
        self.add_author(row.id, &author).await
    }

    /// Writes a change request that was read at `row.version`; its new version.
    /// Id, author, proposal time and key stay.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when it has moved on since, or is not there.
    pub async fn update_change(&mut self, row: &ChangeRow) -> Result<i64, StoreError> {
        let sql = UPDATE
            .bind(row.id)
            .bind(row.change.kind())
            .bind(json(&row.change, TABLE, "change_json")?)
            .bind(row.state.as_str())
            .bind(row.revision)
            .bind(row.hash.as_str())
            .bind(json(&row.plan, TABLE, "plan_json")?)
            .bind(&row.environment)
            .bind(row.target)
            .bind(row.target_name.as_str())
            .bind(words(row))
            .bind(row.from)
            .bind(row.until)
            .bind(row.approvals_needed)
            .bind(row.updated_at)
            .bind(row.expires_at)
            .bind(row.not_before)
            .bind(row.event)
            .bind(row.applied_at)
            .bind(row.ended_by)
            .bind(row.ended_at)
            .bind(row.return_verified_at)
            .bind(json(&row.result, TABLE, "result_json")?)
            .bind(row.planned_for)
            .bind(row.version);
        if self.run(sql).await? == 0 {
            return Err(moved_on(row.id));
        }
        Ok(row.version + 1)
    }

    /// Takes change requests that are to be carried out now: approved or begun,
    /// not told to wait, in nobody else's hands, planned for no time or for one that has
    /// come and is not over; the longest waiting first.
    /// A lease that reaches more than twice the one asked for ahead, or a pause
    /// more than twice [`limits::STEP_PAUSE_MS_MAX`], was set before the clock was
    /// set back, and counts no more.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn claim_changes(
        &mut self,
        owner: &str,
        now: Timestamp,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<ChangeRow>, StoreError> {
        let sql = CLAIM.bind(owner).bind(now).bind(until).bind(limit);
        let sql = sql.bind(2 * limits::STEP_PAUSE_MS_MAX);
        let rows = self.read().all(sql).await?;
        let readable = |row| match change(row) {
            Ok(row) => Some(row),
            // One that cannot be read must not hold up all others.
            Err(error) => {
                tracing::error!(%error, "a change request cannot be carried out");
                None
            }
        };
        let mut claimed: Vec<_> = rows.iter().filter_map(readable).collect();
        // RETURNING promises no order.
        claimed.sort_by_key(|row| (row.not_before, row.id));
        Ok(claimed)
    }

    /// Keeps a claimed change request in hand for longer; or takes it, as
    /// [`Tx::claim_changes`] would.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when another owner has taken it over.
    pub async fn hold_change(
        &mut self,
        id: ChangeId,
        owner: &str,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<(), StoreError> {
        let sql = HOLD.bind(id).bind(owner).bind(now).bind(until);
        match self.run(sql).await? {
            1 => Ok(()),
            _ => Err(moved_on(id)),
        }
    }

    /// Gives a change request back. One that another owner has taken over stays theirs.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn release_change(&mut self, id: ChangeId, owner: &str) -> Result<(), StoreError> {
        self.run(RELEASE.bind(id).bind(owner)).await?;
        Ok(())
    }
}

fn moved_on(id: ChangeId) -> StoreError {
    StoreError::Conflict {
        table: TABLE.0,
        row: id.to_string(),
    }
}
