//! What sources report of alarms, call by call.
//!
//! A call tells of some alarms and says nothing of the others. Calls come late, twice and
//! in any order, so each is held against what is known (`domain::sources::counts_from`).

use crate::{
    alarm_save::{AlarmNews, AlarmNewsKind, Content, Held, Writing, held, place},
    alarms::{AlarmRow, Detail, alarm},
    error::StoreError,
    sql::{Examples, Sql, Statement, statements},
    transaction::{Read, Tx},
};
use domain::{
    alarms::{AlarmKind, AlarmRule, Priority},
    estate::Environment,
    ids::AlarmId,
    limits,
    sources::{AlarmReport, HeldState, Origin, began, counts_from},
    time::Timestamp,
};
use std::collections::{BTreeMap, HashMap};

statements! { "alarms";
    REPORTED_COUNT =
        "SELECT COUNT(*) AS total FROM alarms
        WHERE gone_at_ms IS NULL AND account = $2 AND region = $3
            AND (source = $1 OR (account = '' AND source NOT IN ('heartbeat', 'drill') AND $1 <> 'heartbeat'))";
    EVENTS_BEFORE =
        "SELECT * FROM alarms WHERE source = 'event' AND gone_at_ms IS NULL AND state = 'alarm'
            AND state_at_ms < $1
        ORDER BY state_at_ms, id LIMIT $2";
    CLEAR =
        "UPDATE alarms SET gone_at_ms = $2, version = version + 1
        WHERE source NOT IN ('cloudwatch', 'heartbeat', 'log_query') AND gone_at_ms IS NULL AND state = 'ok' AND state_at_ms < $1
        RETURNING *";
}
const REPORTED: Statement = Statement::beginning(
    "REPORTED",
    "alarms",
    "SELECT id, name, state, state_at_ms, fingerprint, gone_at_ms FROM alarms
    WHERE account = $2 AND region = $3
        AND (source = $1 OR (account = '' AND source NOT IN ('heartbeat', 'drill') AND $1 <> 'heartbeat'))",
);

/// A report with what the product adds to it.
#[derive(Debug, Clone, PartialEq)]
pub struct ReportInput {
    /// As the source tells.
    pub report: AlarmReport,
    /// Its environment.
    pub environment: Environment,
    /// How much it matters.
    pub priority: Priority,
    /// The rule that says so; 0 for none.
    pub priority_rule: u32,
}

/// What became of a call's reports.
#[derive(Debug, Clone, PartialEq)]
pub struct Reported {
    /// What changed, in no special order.
    pub news: Vec<AlarmNews>,
    /// New alarms for which the source has no room.
    pub left_out: u32,
}

fn reported(origin: &Origin, names: &[&str]) -> Sql {
    let (source, account, region) = place(origin);
    let mut sql = REPORTED.bind(source.as_str()).bind(account).bind(region);
    sql.any_of("name", names, |name| name);
    sql
}

/// What a report says since an instant, and what no query asks for.
fn content(input: &ReportInput, at: Timestamp) -> (Content<'_>, Detail) {
    let report = &input.report;
    let detail = Detail {
        arn: String::new(),
        kind: AlarmKind::Reported,
        description: report.description.clone(),
        rule: AlarmRule::default(),
        actions_enabled: false,
        alarm_actions: Vec::new(),
        ok_actions: Vec::new(),
        insufficient_data_actions: Vec::new(),
        notes: report.notes.clone(),
    };
    let content = Content {
        name: &report.name,
        description: &report.description,
        environment: &input.environment,
        priority: input.priority,
        priority_rule: input.priority_rule,
        state: report.state,
        state_at: at,
        reason: &report.reason,
    };
    (content, detail)
}

impl Read<'_> {
    /// How many alarms a source has.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn reported_total(&mut self, origin: &Origin) -> Result<u64, StoreError> {
        let (source, account, region) = place(origin);
        let sql = REPORTED_COUNT
            .bind(source.as_str())
            .bind(account)
            .bind(region);
        self.one(sql).await?.total("total")
    }

    /// Alarms by events that have stood since before an instant, the oldest first.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn event_alarms_before(
        &mut self,
        before: Timestamp,
        limit: u32,
    ) -> Result<Vec<AlarmRow>, StoreError> {
        let rows = self.all(EVENTS_BEFORE.bind(before).bind(limit)).await?;
        rows.iter().map(alarm).collect()
    }
}

impl Tx {
    /// Takes in what a source tells of some of its alarms: what is old news changes
    /// nothing, and of alarms that are new only as many are taken as there is room for.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn report_alarms(
        &mut self,
        origin: &Origin,
        inputs: &[ReportInput],
        alarms_max: u32,
        now: Timestamp,
        new_id: &mut (dyn FnMut() -> AlarmId + Send),
    ) -> Result<Reported, StoreError> {
        // Of two reports of one alarm in a call the later counts.
        let mut latest: BTreeMap<&str, &ReportInput> = BTreeMap::new();
        for input in inputs {
            let known = latest.entry(&input.report.name).or_insert(input);
            if input.report.state_at > known.report.state_at {
                *known = input;
            }
        }
        let names: Vec<&str> = latest.keys().copied().collect();
        let held = self.reported(origin, &names).await?;
        let is_new = |name: &str| held.get(name).is_none_or(|held| held.gone);
        let mut room = match names.iter().any(|name| is_new(name)) {
            true => self.room(origin, alarms_max).await?,
            false => 0,
        };

        let (mut changed, mut left_out) = (Vec::new(), 0);
        for (name, input) in latest {
            let report = &input.report;
            let known = held.get(name);
            let before = known.map(|held| HeldState {
                state: held.state,
                state_at: held.state_at,
                gone: held.gone,
            });
            let told_at = began(origin.kind(), before, (report.state, report.state_at));
            let Some(at) = counts_from(before, (report.state, told_at), now) else {
                continue;
            };
            let (content, detail) = content(input, at);
            let (fingerprint, detail_json) = content.digest(&detail)?;
            if known.is_some_and(|held| !held.gone && held.fingerprint == fingerprint) {
                continue;
            }
            if is_new(name) {
                if room == 0 {
                    left_out += 1;
                    continue;
                }
                room -= 1;
            }
            changed.push(Writing {
                id: known.map_or_else(&mut *new_id, |held| held.id),
                content,
                fingerprint,
                detail_json,
            });
        }
        let news = self.write_alarms(origin, &changed, &held, now).await?;
        Ok(Reported { news, left_out })
    }

    async fn reported(
        &mut self,
        origin: &Origin,
        names: &[&str],
    ) -> Result<HashMap<String, Held>, StoreError> {
        let mut found = HashMap::new();
        for names in names.chunks(limits::FILTER_VALUES_MAX) {
            for row in self.read().all(reported(origin, names)).await? {
                let (name, row) = held(&row)?;
                found.insert(name, row);
            }
        }
        Ok(found)
    }

    async fn room(&mut self, origin: &Origin, alarms_max: u32) -> Result<u64, StoreError> {
        let held = self.read().reported_total(origin).await?;
        Ok(u64::from(alarms_max).saturating_sub(held))
    }

    /// Takes alarms that their source called over before an instant out of the list. What says
    /// that a source calls stays, however long it has, and what a query of logs answers.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn clear_reported(
        &mut self,
        over_before: Timestamp,
        now: Timestamp,
    ) -> Result<Vec<AlarmNews>, StoreError> {
        let rows = self.read().all(CLEAR.bind(over_before).bind(now)).await?;
        let gone = |row| {
            let what = AlarmNewsKind::Gone;
            Ok(AlarmNews {
                row: alarm(row)?,
                what,
            })
        };
        rows.iter().map(gone).collect()
    }
}

/// The statements that are put together, with made-up values.
pub(crate) fn examples() -> Examples {
    let scope = domain::estate::Scope {
        account: "x".into(),
        region: "x".into(),
    };
    let origin = Origin::Cloudwatch(scope);
    vec![(REPORTED.name, reported(&origin, &["x", "y"]))]
}
