//! What AWS told by events, as it came, and why instances ended.

use crate::{
    error::StoreError,
    filter::{Rows, Slice},
    health,
    sql::{Examples, Row, Sql, Statement, statements},
    transaction::{Read, Tx},
};
use domain::{
    aws_events::{AwsEventKind, EndReason},
    estate::{Environment, Scope},
    ids::{AlarmId, AwsEventId},
    people::Reach,
    time::Timestamp,
};

statements! { "aws_events";
    BY_ID = "SELECT * FROM aws_events WHERE id = $1";
    INSERT =
        "INSERT INTO aws_events (id, event_key, kind, name, account, region, environment, subject,
            words, at_ms, received_at_ms, judge_at_ms, payload)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
        ON CONFLICT (event_key) DO NOTHING
        RETURNING *";
    OF_SUBJECT =
        "SELECT * FROM aws_events WHERE subject = $1 AND account = $2 AND region = $3
            AND at_ms >= $4 AND at_ms <= $5
        ORDER BY at_ms, id LIMIT $6";
    DUE =
        "SELECT * FROM aws_events WHERE judge_at_ms <= $1 ORDER BY judge_at_ms, id LIMIT $2";
    JUDGE_AGAIN =
        "UPDATE aws_events SET judge_at_ms = $1
        WHERE subject = $2 AND account = $3 AND region = $4 AND kind = 'instance'
            AND judged = 1 AND explanation IS NULL";
    JUDGED =
        "UPDATE aws_events SET judge_at_ms = NULL, judged = 1, explanation = $2, alarm_id = $3,
            environment = $4
        WHERE id = $1
        RETURNING *";
    CHANGED =
        "SELECT COUNT(*) AS total FROM change_steps s JOIN changes c ON c.id = s.change_id
        JOIN targets t ON t.id = c.target_id OR t.id IN
            (SELECT target_id FROM change_targets WHERE change_id = c.id)
        WHERE t.account = $1 AND t.region = $2 AND t.kind = 'asg' AND t.name = $3
            AND s.ended_at_ms >= $4 AND s.ended_at_ms <= $5";
    PURGE = "DELETE FROM aws_events WHERE received_at_ms < $1";
    PURGE_BEYOND =
        "DELETE FROM aws_events WHERE received_at_ms <
            (SELECT received_at_ms FROM aws_events ORDER BY received_at_ms DESC LIMIT 1 OFFSET $1)";
}
const PAGE: Statement = Statement::beginning(
    "AWS_EVENTS_PAGE",
    "aws_events",
    "SELECT * FROM aws_events WHERE 1 = 1",
);
const PAGE_COUNT: Statement = Statement::beginning(
    "AWS_EVENTS_COUNT",
    "aws_events",
    "SELECT COUNT(*) AS total FROM aws_events WHERE 1 = 1",
);

/// An event to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAwsEvent {
    /// Its id.
    pub id: AwsEventId,
    /// What tells that it came before: AWS's own id, or a hash.
    pub key: String,
    /// What it is about.
    pub kind: AwsEventKind,
    /// AWS's name for it.
    pub name: String,
    /// Account and region, if told.
    pub scope: Option<Scope>,
    /// Decides who may see it.
    pub environment: Environment,
    /// What it is about.
    pub subject: String,
    /// When it happened.
    pub at: Timestamp,
    /// When to ask why an instance ended; none for other events.
    pub judge_at: Option<Timestamp>,
    /// As it came.
    pub payload: String,
}

/// An event that was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwsEventRow {
    /// Its id.
    pub id: AwsEventId,
    /// What it is about.
    pub kind: AwsEventKind,
    /// AWS's name for it.
    pub name: String,
    /// Account and region, if told.
    pub scope: Option<Scope>,
    /// Decides who may see it.
    pub environment: Environment,
    /// What it is about.
    pub subject: String,
    /// When it happened.
    pub at: Timestamp,
    /// When it came.
    pub received_at: Timestamp,
    /// Why the instance ended.
    pub explanation: Option<EndReason>,
    /// The alarm that it became.
    pub alarm: Option<AlarmId>,
    /// As it came.
    pub payload: String,
}

/// Which events. An empty list means any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwsEventFilter {
    /// What the caller may see.
    pub reach: Reach,
    /// Of these kinds.
    pub kinds: Vec<AwsEventKind>,
    /// Words that name or subject contain, all of them, any case.
    pub text: String,
}

fn event(row: &Row) -> Result<AwsEventRow, StoreError> {
    let explanation = match row.text_or_none("explanation")? {
        None => None,
        Some(word) => Some(EndReason::parse(&word).ok_or_else(|| row.inconsistent("explanation"))?),
    };
    let scope = health::scope(row)?;
    Ok(AwsEventRow {
        id: row.parse("id")?,
        kind: row.word("kind", AwsEventKind::parse)?,
        name: row.text("name")?,
        scope: Some(scope).filter(|scope| !scope.account.as_str().is_empty()),
        environment: Environment::new(row.text("environment")?),
        subject: row.text("subject")?,
        at: row.at("at_ms")?,
        received_at: row.at("received_at_ms")?,
        explanation,
        alarm: row.parse_or_none("alarm_id")?,
        payload: row.text("payload")?,
    })
}

fn filtered(statement: Statement, filter: &AwsEventFilter) -> Sql {
    let mut sql = statement.sql();
    sql.within("environment", &filter.reach)
        .any_of("kind", &filter.kinds, |kind| kind.as_str())
        .containing("words", &filter.text);
    sql
}

fn page(filter: &AwsEventFilter, slice: Slice) -> Sql {
    let mut sql = filtered(PAGE, filter);
    sql.push(" ORDER BY at_ms DESC, id DESC");
    sql.slice(slice);
    sql
}

/// The statements that are put together, with every filter on.
pub(crate) fn examples() -> Examples {
    let slice = Slice {
        offset: 0,
        limit: 1,
    };
    let full = AwsEventFilter {
        reach: Reach::Only(vec!["x".into()]),
        kinds: AwsEventKind::ALL.to_vec(),
        text: "x y".into(),
    };
    vec![
        (PAGE.name, page(&full, slice)),
        (PAGE_COUNT.name, filtered(PAGE_COUNT, &full)),
    ]
}

impl Read<'_> {
    /// One event.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn aws_event(&mut self, id: AwsEventId) -> Result<Option<AwsEventRow>, StoreError> {
        let row = self.first(BY_ID.bind(id)).await?;
        row.as_ref().map(event).transpose()
    }

    /// A page of events, newest first.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn aws_event_page(
        &mut self,
        filter: &AwsEventFilter,
        slice: Slice,
    ) -> Result<Rows<AwsEventRow>, StoreError> {
        let rows = self.all(page(filter, slice)).await?;
        let total = self.one(filtered(PAGE_COUNT, filter)).await?;
        Ok(Rows {
            rows: rows.iter().map(event).collect::<Result<_, _>>()?,
            total: total.total("total")?,
        })
    }

    /// What was told of a subject in `[from, until]`, oldest first.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn aws_events_of(
        &mut self,
        scope: &Scope,
        subject: &str,
        from: Timestamp,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<AwsEventRow>, StoreError> {
        let sql = OF_SUBJECT
            .bind(subject)
            .bind(&scope.account)
            .bind(&scope.region)
            .bind(from)
            .bind(until)
            .bind(limit);
        self.all(sql).await?.iter().map(event).collect()
    }

    /// Ends of instances whose reason is to be asked for now.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn ends_to_judge(
        &mut self,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<AwsEventRow>, StoreError> {
        let rows = self.all(DUE.bind(now).bind(limit)).await?;
        rows.iter().map(event).collect()
    }

    /// Whether a change request was carried out on a group in `[from, until]`.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn group_was_changed(
        &mut self,
        scope: &Scope,
        group: &str,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<bool, StoreError> {
        let sql = CHANGED
            .bind(&scope.account)
            .bind(&scope.region)
            .bind(group)
            .bind(from)
            .bind(until);
        Ok(self.one(sql).await?.total("total")? > 0)
    }
}

impl Tx {
    /// Keeps an event; `None` when it came before.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn insert_aws_event(
        &mut self,
        new: &NewAwsEvent,
        now: Timestamp,
    ) -> Result<Option<AwsEventRow>, StoreError> {
        let scope = new.scope.as_ref();
        let sql = INSERT
            .bind(new.id)
            .bind(new.key.as_str())
            .bind(new.kind.as_str())
            .bind(new.name.as_str())
            .bind(scope.map_or("", |scope| scope.account.as_str()))
            .bind(scope.map_or("", |scope| scope.region.as_str()))
            .bind(&new.environment)
            .bind(new.subject.as_str())
            .bind(format!("{}\n{}", new.name, new.subject).to_lowercase())
            .bind(new.at)
            .bind(now)
            .bind(new.judge_at)
            .bind(new.payload.as_str());
        let row = self.read().first(sql).await?;
        row.as_ref().map(event).transpose()
    }

    /// What was told of an instance since: its end is judged again, unless it is explained.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn judge_again(
        &mut self,
        scope: &Scope,
        instance: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let sql = JUDGE_AGAIN
            .bind(now)
            .bind(instance)
            .bind(&scope.account)
            .bind(&scope.region);
        self.run(sql).await?;
        Ok(())
    }

    /// Records why an instance ended, or the alarm that it became.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn end_judged(
        &mut self,
        id: AwsEventId,
        explanation: Option<EndReason>,
        alarm: Option<AlarmId>,
        environment: &Environment,
    ) -> Result<(), StoreError> {
        let sql = JUDGED
            .bind(id)
            .bind(explanation.map(EndReason::as_str))
            .bind(alarm)
            .bind(environment);
        self.read().first(sql).await?;
        Ok(())
    }

    /// Drops events that came before an instant, and the oldest beyond a number; how many.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn purge_aws_events(
        &mut self,
        before: Timestamp,
        most: u32,
    ) -> Result<u64, StoreError> {
        let old = self.run(PURGE.bind(before)).await?;
        Ok(old + self.run(PURGE_BEYOND.bind(most)).await?)
    }
}
