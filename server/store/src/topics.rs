//! How our subscriptions to topics of SNS stand.

use crate::{
    error::StoreError,
    sql::{Row, statements},
    transaction::{Read, Tx},
};
use domain::{
    sns::{ConfirmToken, TopicArn, TopicState},
    sources::SourceName,
    time::Timestamp,
};

statements! { "topics";
    ALL = "SELECT * FROM topics ORDER BY source, topic";
    BY_KEY = "SELECT * FROM topics WHERE source = $1 AND topic = $2";
    PUT =
        "INSERT INTO topics (source, topic, state, told_at_ms, token, tries, next_try_at_ms,
            error, heard_at_ms, messages)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        ON CONFLICT (source, topic) DO UPDATE SET state = excluded.state,
            told_at_ms = excluded.told_at_ms, token = excluded.token, tries = excluded.tries,
            next_try_at_ms = excluded.next_try_at_ms, error = excluded.error,
            heard_at_ms = excluded.heard_at_ms, messages = excluded.messages";
    DELETE = "DELETE FROM topics WHERE source = $1 AND topic = $2";
}

/// How the subscription of one source to one topic stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopicRow {
    /// The source.
    pub source: SourceName,
    /// The topic.
    pub topic: TopicArn,
    /// How it stands.
    pub state: TopicState,
    /// When the last message about the subscription was written; none where there are only
    /// notifications.
    pub told_at: Option<Timestamp>,
    /// What confirms it, while it waits.
    pub token: Option<ConfirmToken>,
    /// How often that was tried.
    pub tries: u32,
    /// Not before this it is tried again.
    pub next_try_at: Option<Timestamp>,
    /// Why the last try failed.
    pub error: Option<String>,
    /// When the last notification came.
    pub heard_at: Option<Timestamp>,
    /// Notifications that came.
    pub messages: u32,
}

fn topic(row: &Row) -> Result<TopicRow, StoreError> {
    Ok(TopicRow {
        source: row.parse("source")?,
        topic: row.word("topic", TopicArn::parse)?,
        state: row.word("state", TopicState::parse)?,
        told_at: row.at_or_none("told_at_ms")?,
        token: row
            .text_or_none("token")?
            .map(|text| ConfirmToken::new(&text).ok_or_else(|| row.inconsistent("token")))
            .transpose()?,
        tries: row.count("tries")?,
        next_try_at: row.at_or_none("next_try_at_ms")?,
        error: row.text_or_none("error")?,
        heard_at: row.at_or_none("heard_at_ms")?,
        messages: row.count("messages")?,
    })
}

impl Read<'_> {
    /// All; the configuration bounds how many there are.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn topics(&mut self) -> Result<Vec<TopicRow>, StoreError> {
        let rows = self.all(ALL.sql()).await?;
        rows.iter().map(topic).collect()
    }

    /// One source's subscription to one topic.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn topic(
        &mut self,
        source: &SourceName,
        arn: &TopicArn,
    ) -> Result<Option<TopicRow>, StoreError> {
        let sql = BY_KEY.bind(source.as_str()).bind(arn.as_str());
        let row = self.first(sql).await?;
        row.as_ref().map(topic).transpose()
    }
}

impl Tx {
    /// Writes how a subscription stands.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn put_topic(&mut self, row: &TopicRow) -> Result<(), StoreError> {
        let sql = PUT
            .bind(row.source.as_str())
            .bind(row.topic.as_str())
            .bind(row.state.as_str())
            .bind(row.told_at)
            .bind(row.token.as_ref().map(ConfirmToken::reveal))
            .bind(row.tries)
            .bind(row.next_try_at)
            .bind(row.error.as_deref())
            .bind(row.heard_at)
            .bind(row.messages);
        self.run(sql).await?;
        Ok(())
    }

    /// Forgets a subscription.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn delete_topic(
        &mut self,
        source: &SourceName,
        arn: &TopicArn,
    ) -> Result<(), StoreError> {
        self.run(DELETE.bind(source.as_str()).bind(arn.as_str()))
            .await?;
        Ok(())
    }
}
