//! Alarms: lists, counts, one alarm, its state changes, acknowledgement.
//! Readings of the source come in through [`crate::AlarmInput`].

use crate::{
    error::StoreError,
    filter::{Rows, Slice},
    health,
    sql::{Examples, Row, Sql, Statement, Value, statements},
    transaction::{Read, Tx},
};
use domain::{
    alarms::{AlarmKind, AlarmReading, AlarmRule, AlarmState, AlarmTransition, Priority},
    estate::{Environment, Scope},
    ids::{AlarmId, PersonId},
    limits,
    people::Reach,
    sources::{AlarmNotes, HookKind, Origin, SourceKind},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

statements! { "alarms";
    BY_ID = "SELECT * FROM alarms WHERE id = $1";
    ALL =
        "SELECT * FROM alarms WHERE gone_at_ms IS NULL AND source = 'cloudwatch'
        ORDER BY sort_name, id LIMIT $1";
    IN_SCOPE =
        "SELECT * FROM alarms WHERE gone_at_ms IS NULL AND source = 'cloudwatch' AND account = $1
        AND region = $2
        ORDER BY sort_name, id LIMIT $3";
    ACKNOWLEDGE =
        "UPDATE alarms SET acknowledged_by = $2, acknowledged_name = $3, acknowledged_at_ms = $4,
            acknowledged_note = $5, version = version + 1
        WHERE id = $1 AND state = 'alarm' AND gone_at_ms IS NULL
        RETURNING *";
    UNACKNOWLEDGE =
        "UPDATE alarms SET acknowledged_by = NULL, acknowledged_name = NULL,
            acknowledged_at_ms = NULL, acknowledged_note = NULL, version = version + 1
        WHERE id = $1 AND acknowledged_at_ms IS NOT NULL
        RETURNING *";
    ACKNOWLEDGED_BEFORE =
        "SELECT * FROM alarms WHERE acknowledged_at_ms <= $1
        ORDER BY acknowledged_at_ms, id LIMIT $2";
    TRANSITIONS =
        "SELECT * FROM alarm_transitions WHERE alarm_id = $1 AND at_ms >= $2 AND at_ms < $3
        ORDER BY at_ms DESC, to_state LIMIT $4";
    COUNT_IN =
        "SELECT COUNT(*) AS total FROM alarms WHERE gone_at_ms IS NULL AND source = 'cloudwatch'
            AND account = $1 AND region = $2";
    PURGE_GONE =
        "DELETE FROM alarms WHERE gone_at_ms IS NOT NULL AND gone_at_ms < $1
            AND NOT EXISTS (SELECT 1 FROM changes c WHERE c.alarm_id = alarms.id)";
    PURGE_TRANSITIONS = "DELETE FROM alarm_transitions WHERE at_ms < $1";
}
const PAGE: Statement = Statement::beginning(
    "PAGE",
    "alarms",
    "SELECT * FROM alarms WHERE gone_at_ms IS NULL",
);
const NAMED: Statement = Statement::beginning(
    "NAMED",
    "alarms",
    "SELECT * FROM alarms WHERE gone_at_ms IS NULL AND source = 'cloudwatch' AND account = $1
        AND region = $2",
);
const PAGE_COUNT: Statement = Statement::beginning(
    "PAGE_COUNT",
    "alarms",
    "SELECT COUNT(*) AS total FROM alarms WHERE gone_at_ms IS NULL",
);
const COUNTS: Statement = Statement::beginning(
    "COUNTS",
    "alarms",
    "SELECT environment, state, priority, COUNT(*) AS total FROM alarms WHERE gone_at_ms IS NULL
        AND source <> 'drill'",
);
const INSERT_TRANSITIONS: Statement = Statement::beginning(
    "INSERT_TRANSITIONS",
    "alarm_transitions",
    "INSERT INTO alarm_transitions (alarm_id, at_ms, to_state, from_state, reason) VALUES ",
);

/// Who looks after an alarm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledgement {
    /// Who.
    pub by: PersonId,
    /// The name they had then.
    pub name: String,
    /// When.
    pub at: Timestamp,
    /// What they wrote.
    pub note: Option<String>,
}

/// An alarm.
#[derive(Debug, Clone, PartialEq)]
pub struct AlarmRow {
    /// Its id, for as long as the source has it under this name.
    pub id: AlarmId,
    /// Where it comes from.
    pub origin: Origin,
    /// Unique where it comes from.
    pub name: String,
    /// CloudWatch's own identity; empty for other sources.
    pub arn: String,
    /// What kind.
    pub kind: AlarmKind,
    /// Its description; may be empty.
    pub description: String,
    /// Its environment.
    pub environment: Environment,
    /// How much it matters.
    pub priority: Priority,
    /// The rule that says so; 0 for none.
    pub priority_rule: u32,
    /// Its state.
    pub state: AlarmState,
    /// Since when.
    pub state_at: Timestamp,
    /// Why, in the source's words.
    pub reason: String,
    /// What makes it go off.
    pub rule: AlarmRule,
    /// Actions are on.
    pub actions_enabled: bool,
    /// ARNs told when it goes off.
    pub alarm_actions: Vec<String>,
    /// ARNs told when it is well again.
    pub ok_actions: Vec<String>,
    /// ARNs told when there is nothing to judge.
    pub insufficient_data_actions: Vec<String>,
    /// Labels, annotations and links of a source that calls us.
    pub notes: AlarmNotes,
    /// Who looks after it. Gone with the life of the alarm: any accepted news of
    /// its state ends it.
    pub acknowledgement: Option<Acknowledgement>,
    /// First read.
    pub first_seen_at: Timestamp,
    /// The source no longer had it then.
    pub gone_at: Option<Timestamp>,
    /// Grows with every change.
    pub version: i64,
}

impl AlarmRow {
    /// The alarm as CloudWatch last told of it; none of another source.
    #[must_use]
    pub fn into_reading(self) -> Option<AlarmReading> {
        let Origin::Cloudwatch(scope) = self.origin else {
            return None;
        };
        Some(AlarmReading {
            scope,
            name: self.name,
            arn: self.arn,
            kind: self.kind,
            description: self.description,
            state: self.state,
            state_at: self.state_at,
            reason: self.reason,
            rule: self.rule,
            actions_enabled: self.actions_enabled,
            alarm_actions: self.alarm_actions,
            ok_actions: self.ok_actions,
            insufficient_data_actions: self.insufficient_data_actions,
            unmodelled: Vec::new(),
        })
    }
}

/// What no query asks for.
#[derive(Serialize, Deserialize)]
pub(crate) struct Detail {
    pub arn: String,
    pub kind: AlarmKind,
    pub description: String,
    pub rule: AlarmRule,
    pub actions_enabled: bool,
    pub alarm_actions: Vec<String>,
    // Not in rows that an older version wrote.
    #[serde(default)]
    pub ok_actions: Vec<String>,
    #[serde(default)]
    pub insufficient_data_actions: Vec<String>,
    #[serde(default)]
    pub notes: AlarmNotes,
}

/// How a list is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AlarmSort {
    /// State (ALARM first), then priority, then the newest change.
    #[default]
    Urgency,
    /// The newest change first.
    Newest,
    /// By name, upper and lower case alike.
    Name,
}

/// Which alarms. An empty list means any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlarmFilter {
    /// What the caller may see.
    pub reach: Reach,
    /// In these states.
    pub states: Vec<AlarmState>,
    /// Of these environments.
    pub environments: Vec<Environment>,
    /// Of these priorities.
    pub priorities: Vec<Priority>,
    /// Of these kinds of source.
    pub sources: Vec<SourceKind>,
    /// Only acknowledged, or only not.
    pub acknowledged: Option<bool>,
    /// Words that name or description contain, all of them, any case.
    pub text: String,
    /// Order.
    pub sort: AlarmSort,
}

impl AlarmFilter {
    /// All that the caller may see, by urgency.
    #[must_use]
    pub const fn within(reach: Reach) -> Self {
        Self {
            reach,
            states: Vec::new(),
            environments: Vec::new(),
            priorities: Vec::new(),
            sources: Vec::new(),
            acknowledged: None,
            text: String::new(),
            sort: AlarmSort::Urgency,
        }
    }
}

/// How many alarms share state, priority and environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlarmCount {
    /// State.
    pub state: AlarmState,
    /// Priority.
    pub priority: Priority,
    /// Environment.
    pub environment: Environment,
    /// How many.
    pub count: u64,
}

/// Where the alarm in the columns of `alarms` comes from.
fn origin(row: &Row) -> Result<Origin, StoreError> {
    let hook = match row.word("source", SourceKind::parse)? {
        SourceKind::Cloudwatch => return Ok(Origin::Cloudwatch(health::scope(row)?)),
        SourceKind::Event => return Ok(Origin::Event(health::scope(row)?)),
        SourceKind::LogQuery => return Ok(Origin::LogQuery(health::scope(row)?)),
        SourceKind::Drill if row.text("account")?.is_empty() => return Ok(Origin::Drill(None)),
        SourceKind::Drill => return Ok(Origin::Drill(Some(health::scope(row)?))),
        SourceKind::Prometheus => HookKind::Prometheus,
        SourceKind::Grafana => HookKind::Grafana,
        SourceKind::Json => HookKind::Json,
        SourceKind::Heartbeat => HookKind::Heartbeat,
    };
    Ok(Origin::Hook(hook, row.parse("region")?))
}

/// The alarm in the columns of `alarms`.
pub(crate) fn alarm(row: &Row) -> Result<AlarmRow, StoreError> {
    let detail: Detail = row.json("detail_json")?;
    let acknowledgement = match row.parse_or_none("acknowledged_by")? {
        None => None,
        Some(by) => Some(Acknowledgement {
            by,
            name: row.text("acknowledged_name")?,
            at: row.at("acknowledged_at_ms")?,
            note: row.text_or_none("acknowledged_note")?,
        }),
    };
    Ok(AlarmRow {
        id: row.parse("id")?,
        origin: origin(row)?,
        name: row.text("name")?,
        arn: detail.arn,
        kind: detail.kind,
        description: detail.description,
        environment: Environment::new(row.text("environment")?),
        priority: row.word("priority", Priority::parse)?,
        priority_rule: row.count("priority_rule")?,
        state: row.word("state", AlarmState::parse)?,
        state_at: row.at("state_at_ms")?,
        reason: row.text("reason")?,
        rule: detail.rule,
        actions_enabled: detail.actions_enabled,
        alarm_actions: detail.alarm_actions,
        ok_actions: detail.ok_actions,
        insufficient_data_actions: detail.insufficient_data_actions,
        notes: detail.notes,
        acknowledgement,
        first_seen_at: row.at("first_seen_at_ms")?,
        gone_at: row.at_or_none("gone_at_ms")?,
        version: row.int("version")?,
    })
}

fn count(row: &Row) -> Result<AlarmCount, StoreError> {
    Ok(AlarmCount {
        state: row.word("state", AlarmState::parse)?,
        priority: row.word("priority", Priority::parse)?,
        environment: Environment::new(row.text("environment")?),
        count: row.total("total")?,
    })
}

fn transition(row: &Row) -> Result<AlarmTransition, StoreError> {
    let from = match row.text_or_none("from_state")? {
        None => None,
        Some(word) => Some(AlarmState::parse(&word).ok_or_else(|| row.inconsistent("from_state"))?),
    };
    Ok(AlarmTransition {
        at: row.at("at_ms")?,
        from,
        to: row.word("to_state", AlarmState::parse)?,
        reason: row.text("reason")?,
    })
}

fn filtered(statement: Statement, filter: &AlarmFilter) -> Sql {
    let mut sql = statement.sql();
    sql.within("environment", &filter.reach)
        .any_of("environment", &filter.environments, Environment::as_str)
        .any_of("state", &filter.states, |state| state.as_str())
        .any_of("priority", &filter.priorities, |priority| priority.as_str())
        .any_of("source", &filter.sources, |source| source.as_str());
    match filter.acknowledged {
        Some(true) => sql.push(" AND acknowledged_at_ms IS NOT NULL"),
        Some(false) => sql.push(" AND acknowledged_at_ms IS NULL"),
        None => &mut sql,
    };
    sql.containing("words", &filter.text);
    sql
}

fn page(filter: &AlarmFilter, slice: Slice) -> Sql {
    let mut sql = filtered(PAGE, filter);
    sql.push(match filter.sort {
        AlarmSort::Urgency => " ORDER BY urgency, state_at_ms DESC, id",
        AlarmSort::Newest => " ORDER BY state_at_ms DESC, id",
        AlarmSort::Name => " ORDER BY sort_name, id",
    });
    sql.slice(slice);
    sql
}

fn named(scope: &Scope, names: &[&str]) -> Sql {
    let mut sql = NAMED.bind(&scope.account).bind(&scope.region);
    sql.any_of("name", names, |name| name);
    sql
}

fn counts(reach: &Reach) -> Sql {
    let mut sql = COUNTS.sql();
    sql.within("environment", reach)
        .push(" GROUP BY environment, state, priority ORDER BY environment, state, priority");
    sql
}

/// State changes of alarms, each once.
pub(crate) fn insert_transitions(transitions: &[(AlarmId, AlarmTransition)]) -> Sql {
    let mut sql = INSERT_TRANSITIONS.sql();
    for (index, (alarm, transition)) in transitions.iter().enumerate() {
        sql.push(if index == 0 { "" } else { ", " });
        sql.push_list([
            Value::from(*alarm),
            Value::from(transition.at),
            Value::from(transition.to.as_str()),
            Value::from(transition.from.map(AlarmState::as_str)),
            Value::from(transition.reason.as_str()),
        ]);
    }
    sql.push(" ON CONFLICT (alarm_id, at_ms, to_state) DO NOTHING");
    sql
}

/// The statements that are put together, with every filter on.
pub(crate) fn examples() -> Examples {
    let slice = Slice {
        offset: 0,
        limit: 1,
    };
    let full = |sort| AlarmFilter {
        reach: Reach::Only(vec!["x".into()]),
        states: AlarmState::ALL.to_vec(),
        environments: vec!["x".into(), "y".into()],
        priorities: Priority::ALL.to_vec(),
        sources: SourceKind::ALL.to_vec(),
        acknowledged: Some(true),
        text: "x y".into(),
        sort,
    };
    let change = AlarmTransition {
        at: Timestamp::from_ms(0),
        from: None,
        to: AlarmState::Ok,
        reason: String::new(),
    };
    let id = AlarmId::from_parts(0, 0);
    let scope = Scope {
        account: "x".into(),
        region: "x".into(),
    };
    vec![
        (PAGE.name, page(&full(AlarmSort::Urgency), slice)),
        (PAGE.name, page(&full(AlarmSort::Newest), slice)),
        (PAGE.name, page(&full(AlarmSort::Name), slice)),
        (
            PAGE_COUNT.name,
            filtered(PAGE_COUNT, &full(AlarmSort::Name)),
        ),
        (NAMED.name, named(&scope, &["x", "y"])),
        (COUNTS.name, counts(&Reach::Only(vec!["x".into()]))),
        (
            INSERT_TRANSITIONS.name,
            insert_transitions(&[(id, change.clone()), (id, change)]),
        ),
    ]
}

impl Read<'_> {
    /// One alarm, also one that is gone.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn alarm(&mut self, id: AlarmId) -> Result<Option<AlarmRow>, StoreError> {
        let row = self.first(BY_ID.bind(id)).await?;
        row.as_ref().map(alarm).transpose()
    }

    /// A page of alarms that are not gone.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn alarm_page(
        &mut self,
        filter: &AlarmFilter,
        slice: Slice,
    ) -> Result<Rows<AlarmRow>, StoreError> {
        let rows = self.all(page(filter, slice)).await?;
        let total = self.one(filtered(PAGE_COUNT, filter)).await?;
        Ok(Rows {
            rows: rows.iter().map(alarm).collect::<Result<_, _>>()?,
            total: total.total("total")?,
        })
    }

    /// Every alarm of CloudWatch that is not gone, in whatever environment.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn alarms(&mut self) -> Result<Vec<AlarmRow>, StoreError> {
        let rows = self.all(ALL.bind(limits::ALARMS_READ_MAX)).await?;
        rows.iter().map(alarm).collect()
    }

    /// CloudWatch's alarms of an account and region that are not gone, in whatever environment.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn alarms_of(&mut self, scope: &Scope) -> Result<Vec<AlarmRow>, StoreError> {
        let sql = IN_SCOPE.bind(&scope.account).bind(&scope.region);
        let rows = self.all(sql.bind(limits::ALARMS_READ_MAX)).await?;
        rows.iter().map(alarm).collect()
    }

    /// CloudWatch's alarms of an account and region that have these names and are not gone.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn alarms_named(
        &mut self,
        scope: &Scope,
        names: &[&str],
    ) -> Result<Vec<AlarmRow>, StoreError> {
        let mut found = Vec::new();
        for names in names.chunks(limits::FILTER_VALUES_MAX) {
            let rows = self.all(named(scope, names)).await?;
            found.extend(rows.iter().map(alarm).collect::<Result<Vec<_>, _>>()?);
        }
        Ok(found)
    }

    /// How many alarms of CloudWatch an account and region have.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn alarms_in(&mut self, scope: &Scope) -> Result<u64, StoreError> {
        let sql = COUNT_IN.bind(&scope.account).bind(&scope.region);
        self.one(sql).await?.total("total")
    }

    /// How many alarms there are, by environment, state and priority.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn alarm_counts(&mut self, reach: &Reach) -> Result<Vec<AlarmCount>, StoreError> {
        self.all(counts(reach)).await?.iter().map(count).collect()
    }

    /// State changes in `[from, until)`, newest first.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn alarm_transitions(
        &mut self,
        id: AlarmId,
        from: Timestamp,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<AlarmTransition>, StoreError> {
        let sql = TRANSITIONS.bind(id).bind(from).bind(until).bind(limit);
        self.all(sql).await?.iter().map(transition).collect()
    }

    /// Alarms that somebody took on by an instant and still has, the longest first.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn acknowledged_before(
        &mut self,
        at: Timestamp,
        limit: u32,
    ) -> Result<Vec<AlarmRow>, StoreError> {
        let rows = self.all(ACKNOWLEDGED_BEFORE.bind(at).bind(limit)).await?;
        rows.iter().map(alarm).collect()
    }
}

impl Tx {
    /// Takes an alarm on; `None` when it is not in ALARM, gone or unknown.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn acknowledge_alarm(
        &mut self,
        id: AlarmId,
        by: &Acknowledgement,
    ) -> Result<Option<AlarmRow>, StoreError> {
        let sql = ACKNOWLEDGE
            .bind(id)
            .bind(by.by)
            .bind(by.name.as_str())
            .bind(by.at)
            .bind(by.note.as_deref());
        self.read()
            .first(sql)
            .await?
            .as_ref()
            .map(alarm)
            .transpose()
    }

    /// Gives an alarm back; `None` when nobody looks after it.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn unacknowledge_alarm(
        &mut self,
        id: AlarmId,
    ) -> Result<Option<AlarmRow>, StoreError> {
        let row = self.read().first(UNACKNOWLEDGE.bind(id)).await?;
        row.as_ref().map(alarm).transpose()
    }

    /// Keeps state changes that are not known yet.
    pub(crate) async fn keep_transitions(
        &mut self,
        transitions: &[(AlarmId, AlarmTransition)],
    ) -> Result<(), StoreError> {
        for batch in transitions.chunks(limits::INSERT_ROWS_MAX) {
            self.run(insert_transitions(batch)).await?;
        }
        Ok(())
    }

    /// Drops alarms that were gone before an instant, and older state changes; how many rows.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn purge_alarms(&mut self, before: Timestamp) -> Result<u64, StoreError> {
        let gone = self.run(PURGE_GONE.bind(before)).await?;
        Ok(gone + self.run(PURGE_TRANSITIONS.bind(before)).await?)
    }
}
