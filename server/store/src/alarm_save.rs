//! What comes in about alarms: whole readings of a scope, and what sources report.
//!
//! A reading of 10,000 alarms must not write 10,000 rows each minute: a
//! fingerprint of each reading tells which rows to write, and those go in
//! batches. News of a state counts only when it is newer than what is held;
//! the statement says so too, so that no caller can move a state backwards.

use crate::{
    alarms::{AlarmRow, Detail, alarm},
    error::StoreError,
    sql::{Examples, Row, Sql, Statement, Table, Value, json, statements},
    transaction::Tx,
};
use domain::{
    alarms::{AlarmReading, AlarmState, AlarmTransition, Priority, is_news},
    estate::{Environment, Scope},
    ids::AlarmId,
    limits,
    sources::{AlarmNotes, HookKind, Origin, SourceKind},
    time::Timestamp,
};
use std::collections::{BTreeMap, HashMap};

const TABLE: Table = Table("alarms");

statements! { "alarms";
    HELD =
        "SELECT id, name, state, state_at_ms, fingerprint, gone_at_ms FROM alarms
        WHERE source = 'cloudwatch' AND account = $1 AND region = $2";
    HELD_ONE =
        "SELECT id, name, state, state_at_ms, fingerprint, gone_at_ms FROM alarms
        WHERE source = 'cloudwatch' AND account = $1 AND region = $2 AND name = $3
            AND gone_at_ms IS NULL";
    MARK_GONE =
        "UPDATE alarms SET gone_at_ms = $2, acknowledged_by = NULL, acknowledged_name = NULL,
            acknowledged_at_ms = NULL, acknowledged_note = NULL, version = version + 1
        WHERE id = $1 AND gone_at_ms IS NULL
        RETURNING *";
}
const SAVE: Statement = Statement::beginning(
    "SAVE",
    "alarms",
    "INSERT INTO alarms (id, source, account, region, name, sort_name, words, environment, priority,
        priority_rule, state, urgency, state_at_ms, reason, detail_json, fingerprint,
        first_seen_at_ms, version)
    VALUES ",
);
/// News of the state is taken when it is newer, or when the alarm was gone: then it is another
/// alarm of the same name. The acknowledgement ends with the life of the state. What a source
/// told that is of another kind now stays the same alarm.
const SAVE_END: &str = "
    ON CONFLICT (account, region, name) DO UPDATE SET
        source = excluded.source, sort_name = excluded.sort_name, words = excluded.words,
        environment = excluded.environment, priority = excluded.priority,
        priority_rule = excluded.priority_rule, detail_json = excluded.detail_json,
        fingerprint = excluded.fingerprint, gone_at_ms = NULL, version = alarms.version + 1,
        state = CASE WHEN excluded.state_at_ms > alarms.state_at_ms
            OR alarms.gone_at_ms IS NOT NULL THEN excluded.state ELSE alarms.state END,
        urgency = CASE WHEN excluded.state_at_ms > alarms.state_at_ms
            OR alarms.gone_at_ms IS NOT NULL THEN excluded.urgency
            ELSE alarms.urgency - alarms.urgency % 10 + excluded.urgency % 10 END,
        reason = CASE WHEN excluded.state_at_ms > alarms.state_at_ms
            OR alarms.gone_at_ms IS NOT NULL
            OR (excluded.state_at_ms = alarms.state_at_ms AND excluded.state = alarms.state)
            THEN excluded.reason ELSE alarms.reason END,
        state_at_ms = CASE WHEN excluded.state_at_ms > alarms.state_at_ms
            OR alarms.gone_at_ms IS NOT NULL THEN excluded.state_at_ms
            ELSE alarms.state_at_ms END,
        acknowledged_by = CASE WHEN excluded.state_at_ms > alarms.state_at_ms
            OR alarms.gone_at_ms IS NOT NULL THEN NULL ELSE alarms.acknowledged_by END,
        acknowledged_name = CASE WHEN excluded.state_at_ms > alarms.state_at_ms
            OR alarms.gone_at_ms IS NOT NULL THEN NULL ELSE alarms.acknowledged_name END,
        acknowledged_at_ms = CASE WHEN excluded.state_at_ms > alarms.state_at_ms
            OR alarms.gone_at_ms IS NOT NULL THEN NULL ELSE alarms.acknowledged_at_ms END,
        acknowledged_note = CASE WHEN excluded.state_at_ms > alarms.state_at_ms
            OR alarms.gone_at_ms IS NOT NULL THEN NULL ELSE alarms.acknowledged_note END
    WHERE alarms.source = excluded.source OR (alarms.account = ''
        AND alarms.source NOT IN ('heartbeat', 'drill') AND excluded.source NOT IN ('heartbeat', 'drill'))
    RETURNING *";

/// A reading with what the product adds to it.
#[derive(Debug, Clone, PartialEq)]
pub struct AlarmInput {
    /// As the source tells.
    pub reading: AlarmReading,
    /// Its environment.
    pub environment: Environment,
    /// How much it matters.
    pub priority: Priority,
    /// The rule that says so; 0 for none.
    pub priority_rule: u32,
}

/// What is new about an alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AlarmNewsKind {
    /// Never seen before.
    New,
    /// Its state is news.
    State {
        /// What it was.
        from: AlarmState,
    },
    /// Something else about it.
    Content,
    /// The source has it again.
    Back,
    /// The source has it no longer.
    Gone,
}

/// An alarm that changed.
#[derive(Debug, Clone, PartialEq)]
pub struct AlarmNews {
    /// As it is now.
    pub row: AlarmRow,
    /// What is new.
    pub what: AlarmNewsKind,
}

/// What is held of an alarm, as far as a reading needs to know.
pub(crate) struct Held {
    pub id: AlarmId,
    pub state: AlarmState,
    pub state_at: Timestamp,
    pub fingerprint: i64,
    pub gone: bool,
}

pub(crate) fn held(row: &Row) -> Result<(String, Held), StoreError> {
    let held = Held {
        id: row.parse("id")?,
        state: row.word("state", AlarmState::parse)?,
        state_at: row.at("state_at_ms")?,
        fingerprint: row.int("fingerprint")?,
        gone: row.int_or_none("gone_at_ms")?.is_some(),
    };
    Ok((row.text("name")?, held))
}

/// FNV-1a, 64 bits: equal on every machine and in every version of the program.
pub(crate) fn fingerprint(text: &str) -> i64 {
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    hash.cast_signed()
}

const fn state_rank(state: AlarmState) -> i64 {
    match state {
        AlarmState::Alarm => 0,
        AlarmState::InsufficientData => 10,
        AlarmState::Ok => 20,
    }
}

const fn priority_rank(priority: Priority) -> i64 {
    match priority {
        Priority::P1 => 1,
        Priority::P2 => 2,
        Priority::P3 => 3,
        Priority::P4 => 4,
    }
}

/// What a row says of an alarm, whoever told it.
pub(crate) struct Content<'a> {
    pub name: &'a str,
    pub description: &'a str,
    pub environment: &'a Environment,
    pub priority: Priority,
    pub priority_rule: u32,
    pub state: AlarmState,
    pub state_at: Timestamp,
    pub reason: &'a str,
}

impl Content<'_> {
    /// The fingerprint of the whole, and its detail as JSON.
    pub fn digest(&self, detail: &Detail) -> Result<(i64, String), StoreError> {
        let detail_json = json(detail, TABLE, "detail_json")?;
        let whole = format!(
            "{}\n{}\n{}\n{}\n{}\n{}\n{detail_json}",
            self.environment,
            self.priority.as_str(),
            self.priority_rule,
            self.state.as_str(),
            self.state_at.ms(),
            self.reason,
        );
        Ok((fingerprint(&whole), detail_json))
    }
}

/// A row to be written.
pub(crate) struct Writing<'a> {
    pub id: AlarmId,
    pub content: Content<'a>,
    pub fingerprint: i64,
    pub detail_json: String,
}

/// What is the key of an alarm beside its name: its source, account and region.
pub(crate) fn place(origin: &Origin) -> (SourceKind, &str, &str) {
    let (account, region) = match origin {
        Origin::Drill(None) => ("", ""),
        Origin::Cloudwatch(scope)
        | Origin::Event(scope)
        | Origin::LogQuery(scope)
        | Origin::Drill(Some(scope)) => (scope.account.as_str(), scope.region.as_str()),
        // Beside what the source itself tells, which may bear the same name.
        Origin::Hook(HookKind::Heartbeat, name) => ("heartbeat", name.as_str()),
        Origin::Hook(_, name) => ("", name.as_str()),
    };
    (origin.kind(), account, region)
}

fn save(origin: &Origin, rows: &[Writing<'_>], now: Timestamp) -> Sql {
    let mut sql = SAVE.sql();
    let (source, account, region) = place(origin);
    for (index, row) in rows.iter().enumerate() {
        let content = &row.content;
        let words = format!("{}\n{}", content.name, content.description).to_lowercase();
        sql.push(if index == 0 { "" } else { ", " });
        sql.push_list([
            Value::from(row.id),
            Value::from(source.as_str()),
            Value::from(account),
            Value::from(region),
            Value::from(content.name),
            Value::from(content.name.to_lowercase()),
            Value::from(words),
            Value::from(content.environment),
            Value::from(content.priority.as_str()),
            Value::from(content.priority_rule),
            Value::from(content.state.as_str()),
            Value::from(state_rank(content.state) + priority_rank(content.priority)),
            Value::from(content.state_at),
            Value::from(content.reason),
            Value::from(row.detail_json.as_str()),
            Value::from(row.fingerprint),
            Value::from(now),
            Value::from(1_i64),
        ]);
    }
    sql.push(SAVE_END);
    sql
}

/// What a reading says, and what no query asks for.
fn content(input: &AlarmInput) -> (Content<'_>, Detail) {
    let reading = &input.reading;
    let detail = Detail {
        arn: reading.arn.clone(),
        kind: reading.kind,
        description: reading.description.clone(),
        rule: reading.rule.clone(),
        actions_enabled: reading.actions_enabled,
        alarm_actions: reading.alarm_actions.clone(),
        ok_actions: reading.ok_actions.clone(),
        insufficient_data_actions: reading.insufficient_data_actions.clone(),
        notes: AlarmNotes::default(),
    };
    let content = Content {
        name: &reading.name,
        description: &reading.description,
        environment: &input.environment,
        priority: input.priority,
        priority_rule: input.priority_rule,
        state: reading.state,
        state_at: reading.state_at,
        reason: &reading.reason,
    };
    (content, detail)
}

impl Tx {
    /// Takes in a complete reading of a scope: writes what changed, records
    /// state changes, marks what is missing as gone. Of two readings with one
    /// name the later counts. What changed comes back, in no special order.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn save_alarms(
        &mut self,
        scope: &Scope,
        inputs: &[AlarmInput],
        now: Timestamp,
        new_id: &mut (dyn FnMut() -> AlarmId + Send),
    ) -> Result<Vec<AlarmNews>, StoreError> {
        let sql = HELD.bind(&scope.account).bind(&scope.region);
        let rows = self.read().all(sql).await?;
        let held: HashMap<String, Held> = rows.iter().map(held).collect::<Result<_, _>>()?;
        let inputs: BTreeMap<&str, &AlarmInput> = inputs
            .iter()
            .map(|input| (input.reading.name.as_str(), input))
            .collect();

        let mut changed = Vec::new();
        for (name, input) in &inputs {
            let known = held.get(*name);
            let (mut content, detail) = content(input);
            content.state_at = place_in_time(known, content.state, content.state_at);
            let (fingerprint, detail_json) = content.digest(&detail)?;
            if known.is_some_and(|held| !held.gone && held.fingerprint == fingerprint) {
                continue;
            }
            changed.push(Writing {
                id: known.map_or_else(&mut *new_id, |held| held.id),
                content,
                fingerprint,
                detail_json,
            });
        }
        let origin = Origin::Cloudwatch(scope.clone());
        let mut news = self.write_alarms(&origin, &changed, &held, now).await?;

        let missing = held
            .iter()
            .filter(|(name, held)| !held.gone && !inputs.contains_key(name.as_str()));
        for (_, held) in missing {
            let row = self.read().one(MARK_GONE.bind(held.id).bind(now)).await?;
            let row = alarm(&row)?;
            let what = AlarmNewsKind::Gone;
            news.push(AlarmNews { row, what });
        }
        Ok(news)
    }

    /// Takes in what is told of one alarm between two readings; `None` when the alarm is
    /// not there or its state is no news.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn save_alarm(
        &mut self,
        input: &AlarmInput,
        now: Timestamp,
    ) -> Result<Option<AlarmNews>, StoreError> {
        let (scope, name) = (&input.reading.scope, input.reading.name.as_str());
        let sql = HELD_ONE.bind(&scope.account).bind(&scope.region).bind(name);
        let Some(row) = self.read().first(sql).await? else {
            return Ok(None);
        };
        let (name, known) = held(&row)?;
        let told = (input.reading.state, input.reading.state_at);
        if !is_news((known.state, known.state_at), told) {
            return Ok(None);
        }
        let (content, detail) = content(input);
        let (fingerprint, detail_json) = content.digest(&detail)?;
        let writing = Writing {
            id: known.id,
            content,
            fingerprint,
            detail_json,
        };
        let origin = Origin::Cloudwatch(scope.clone());
        let held = HashMap::from([(name, known)]);
        let mut news = self.write_alarms(&origin, &[writing], &held, now).await?;
        Ok(news.pop())
    }

    /// Writes rows and the state changes in them; what is new about each.
    pub(crate) async fn write_alarms(
        &mut self,
        origin: &Origin,
        rows: &[Writing<'_>],
        held: &HashMap<String, Held>,
        now: Timestamp,
    ) -> Result<Vec<AlarmNews>, StoreError> {
        let mut news = Vec::with_capacity(rows.len());
        for batch in rows.chunks(limits::INSERT_ROWS_MAX) {
            for row in self.read().all(save(origin, batch, now)).await? {
                let row = alarm(&row)?;
                let what = what_is_new(held.get(&row.name), &row);
                news.push(AlarmNews { row, what });
            }
        }
        let transitions: Vec<_> = news.iter().filter_map(transition).collect();
        self.keep_transitions(&transitions).await?;
        Ok(news)
    }
}

/// When a reading's state counts as begun. A reading tells how things are now, so what it tells
/// otherwise of the very instant that is held came after: clocks of sources may be as coarse as a
/// second.
fn place_in_time(held: Option<&Held>, state: AlarmState, state_at: Timestamp) -> Timestamp {
    match held {
        Some(held) if !held.gone && held.state != state && held.state_at == state_at => {
            state_at.plus_ms(1)
        }
        _ => state_at,
    }
}

fn what_is_new(held: Option<&Held>, row: &AlarmRow) -> AlarmNewsKind {
    match held {
        None => AlarmNewsKind::New,
        Some(held) if held.gone => AlarmNewsKind::Back,
        Some(held) if is_news((held.state, held.state_at), (row.state, row.state_at)) => {
            AlarmNewsKind::State { from: held.state }
        }
        Some(_) => AlarmNewsKind::Content,
    }
}

/// The state change to be recorded, if there was one.
fn transition(news: &AlarmNews) -> Option<(AlarmId, AlarmTransition)> {
    let from = match news.what {
        AlarmNewsKind::State { from } => Some(from),
        AlarmNewsKind::New | AlarmNewsKind::Back => None,
        AlarmNewsKind::Content | AlarmNewsKind::Gone => return None,
    };
    let transition = AlarmTransition {
        at: news.row.state_at,
        from,
        to: news.row.state,
        reason: news.row.reason.clone(),
    };
    Some((news.row.id, transition))
}

/// The statements that are put together, with made-up values.
pub(crate) fn examples() -> Examples {
    let mut sql = SAVE.sql();
    sql.push_list((0..18).map(|_| Value::from("")));
    sql.push(SAVE_END);
    vec![(SAVE.name, sql)]
}
