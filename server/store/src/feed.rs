//! The live feed: what changed, for every server to tell its followers.
//!
//! A row is written in the transaction that makes the change, numbered under
//! the writers' lock. So numbers come in the order of the commits, without
//! gaps, and a reader that has seen number n will never find a smaller one
//! later: on PostgreSQL a sequence would not promise that.

use crate::{
    error::StoreError,
    sql::{Examples, Row, Sql, Statement, Value, statements},
    transaction::{Read, Tx},
};
use domain::{estate::Environment, limits, time::Timestamp};

statements! { "feed";
    TAKE_NUMBERS =
        "UPDATE ledger_head SET feed_seq = feed_seq + $1 WHERE id = 1 RETURNING feed_seq";
    SINCE = "SELECT * FROM feed WHERE seq > $1 ORDER BY seq LIMIT $2";
    HEAD = "SELECT feed_seq, feed_floor FROM ledger_head WHERE id = 1";
    RAISE_FLOOR =
        "UPDATE ledger_head SET feed_floor =
            COALESCE((SELECT MAX(seq) FROM feed WHERE at_ms < $1), feed_floor)
        WHERE id = 1";
    PURGE =
        "DELETE FROM feed WHERE seq <= (SELECT feed_floor FROM ledger_head WHERE id = 1)";
}

const INSERT: Statement = Statement::beginning(
    "INSERT",
    "feed",
    "INSERT INTO feed (seq, topic, subject, environment, version, at_ms) VALUES ",
);

/// The statements that are put together, with made-up values.
pub(crate) fn examples() -> Examples {
    let entry = FeedEntry {
        topic: FeedTopic::Alarm,
        subject: String::new(),
        environment: Environment::untagged(),
        version: 1,
    };
    let entries = [entry.clone(), entry];
    vec![(INSERT.name, insert(&entries, 0, Timestamp::from_ms(0)))]
}

/// Numbers the entries from `after + 1`.
fn insert(entries: &[FeedEntry], after: i64, now: Timestamp) -> Sql {
    let mut sql = INSERT.sql();
    for (seq, entry) in (after + 1..).zip(entries) {
        sql.push(if seq == after + 1 { "" } else { ", " });
        sql.push_list([
            Value::from(seq),
            Value::from(entry.topic.as_str()),
            Value::from(entry.subject.as_str()),
            Value::from(&entry.environment),
            Value::from(entry.version),
            Value::from(now),
        ]);
    }
    sql
}

/// What a piece of news is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FeedTopic {
    /// An alarm.
    Alarm,
    /// A change request.
    Change,
    /// Messages about an alarm; a test's subject is empty.
    Notification,
    /// A target.
    Target,
    /// Whether an account and region can be read. It is of no environment.
    Scope,
    /// Of what nobody is told. It is of no environment.
    Silence,
    /// Who is on call. It is of no environment.
    OnCall,
}

impl FeedTopic {
    const ALL: [Self; 7] = [
        Self::Alarm,
        Self::Change,
        Self::Notification,
        Self::Target,
        Self::Scope,
        Self::Silence,
        Self::OnCall,
    ];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Alarm => "alarm",
            Self::Change => "change",
            Self::Notification => "notification",
            Self::Target => "target",
            Self::Scope => "scope",
            Self::Silence => "silence",
            Self::OnCall => "on_call",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|topic| topic.as_str() == text)
    }
}

/// A piece of news.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedEntry {
    /// About what.
    pub topic: FeedTopic,
    /// Its id.
    pub subject: String,
    /// Its environment, which decides who may hear of it.
    pub environment: Environment,
    /// Its version after the change.
    pub version: i64,
}

/// A piece of news in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedRow {
    /// Its number, from 1, without gaps.
    pub seq: i64,
    /// The news; none where a newer version of the program told of what this one does not
    /// know.
    pub entry: Option<FeedEntry>,
    /// When.
    pub at: Timestamp,
}

fn feed_row(row: &Row) -> Result<FeedRow, StoreError> {
    let entry = match FeedTopic::parse(&row.text("topic")?) {
        None => None,
        Some(topic) => Some(FeedEntry {
            topic,
            subject: row.text("subject")?,
            environment: Environment::new(row.text("environment")?),
            version: row.int("version")?,
        }),
    };
    Ok(FeedRow {
        seq: row.int("seq")?,
        entry,
        at: row.at("at_ms")?,
    })
}

impl Read<'_> {
    /// News after a number, in order.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn feed_since(&mut self, seq: i64, limit: u32) -> Result<Vec<FeedRow>, StoreError> {
        let rows = self.all(SINCE.bind(seq).bind(limit)).await?;
        rows.iter().map(feed_row).collect()
    }

    /// The newest number; 0 before the first news.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn feed_head(&mut self) -> Result<i64, StoreError> {
        self.one(HEAD.sql()).await?.int("feed_seq")
    }

    /// The newest number that was purged: a follower that has seen less must
    /// read everything again.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn feed_floor(&mut self) -> Result<i64, StoreError> {
        self.one(HEAD.sql()).await?.int("feed_floor")
    }
}

impl Tx {
    /// Adds news of what this transaction changes.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn feed(&mut self, entries: &[FeedEntry], now: Timestamp) -> Result<(), StoreError> {
        if entries.is_empty() {
            return Ok(());
        }
        let count = i64::try_from(entries.len()).unwrap_or(i64::MAX);
        let head = self.read().one(TAKE_NUMBERS.bind(count)).await?;
        let mut seq = head.int("feed_seq")? - count;
        for batch in entries.chunks(limits::INSERT_ROWS_MAX) {
            self.run(insert(batch, seq, now)).await?;
            seq += i64::try_from(batch.len()).unwrap_or(i64::MAX);
        }
        Ok(())
    }

    /// Drops news from before an instant; how many.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn purge_feed(&mut self, before: Timestamp) -> Result<u64, StoreError> {
        self.run_one(RAISE_FLOOR.bind(before)).await?;
        self.run(PURGE.sql()).await
    }
}
