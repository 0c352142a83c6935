//! Messages of queues that could not be taken in.

use crate::{
    error::StoreError,
    filter::{Rows, Slice},
    health,
    sql::{Examples, Row, Sql, Statement, statements},
    transaction::{Read, Tx},
};
use domain::{
    ids::SetAsideId,
    queues::{QueueMessage, QueueRef},
    time::Timestamp,
};

statements! { "set_aside";
    BY_ID = "SELECT * FROM set_aside WHERE id = $1";
    COUNT = "SELECT COUNT(*) AS total FROM set_aside";
    INSERT =
        "INSERT INTO set_aside (id, account, region, queue, message, body, error, takings,
            sent_at_ms, at_ms)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        ON CONFLICT (account, region, queue, message) DO NOTHING";
    DELETE = "DELETE FROM set_aside WHERE id = $1";
}

const PAGE: Statement = Statement::beginning(
    "SET_ASIDE_PAGE",
    "set_aside",
    "SELECT * FROM set_aside ORDER BY at_ms DESC, id DESC",
);

fn page(slice: Slice) -> Sql {
    let mut sql = PAGE.sql();
    sql.slice(slice);
    sql
}

/// The statement that is put together.
pub(crate) fn examples() -> Examples {
    let slice = Slice {
        offset: 0,
        limit: 1,
    };
    vec![(PAGE.name, page(slice))]
}

/// A message that was set aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetAsideRow {
    /// Its id.
    pub id: SetAsideId,
    /// Where it came from.
    pub queue: QueueRef,
    /// The queue's own id of it.
    pub message: String,
    /// What it says.
    pub body: String,
    /// Why it could not be read; none where it was begun again and again.
    pub error: Option<String>,
    /// How often it was taken.
    pub takings: u32,
    /// When it was sent, where that is known.
    pub sent_at: Option<Timestamp>,
    /// When it was set aside.
    pub at: Timestamp,
}

impl SetAsideRow {
    /// A message that is to be set aside.
    #[must_use]
    pub fn new(
        id: SetAsideId,
        queue: &QueueRef,
        message: &QueueMessage,
        error: Option<String>,
        at: Timestamp,
    ) -> Self {
        Self {
            id,
            queue: queue.clone(),
            message: message.id.clone(),
            body: message.body.clone(),
            error,
            takings: message.takings,
            sent_at: message.sent_at,
            at,
        }
    }
}

fn set_aside(row: &Row) -> Result<SetAsideRow, StoreError> {
    Ok(SetAsideRow {
        id: row.parse("id")?,
        queue: QueueRef {
            scope: health::scope(row)?,
            name: row.text("queue")?,
        },
        message: row.text("message")?,
        body: row.text("body")?,
        error: row.text_or_none("error")?,
        takings: row.count("takings")?,
        sent_at: row.at_or_none("sent_at_ms")?,
        at: row.at("at_ms")?,
    })
}

impl Read<'_> {
    /// One message.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn set_aside(&mut self, id: SetAsideId) -> Result<Option<SetAsideRow>, StoreError> {
        let row = self.first(BY_ID.bind(id)).await?;
        row.as_ref().map(set_aside).transpose()
    }

    /// A page of messages, newest first.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn set_aside_page(&mut self, slice: Slice) -> Result<Rows<SetAsideRow>, StoreError> {
        let rows = self.all(page(slice)).await?;
        Ok(Rows {
            rows: rows.iter().map(set_aside).collect::<Result<_, _>>()?,
            total: self.count_set_aside().await?,
        })
    }

    /// How many there are.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn count_set_aside(&mut self) -> Result<u64, StoreError> {
        self.one(COUNT.sql()).await?.total("total")
    }
}

impl Tx {
    /// Sets a message aside; one that is there already stays as it is.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn insert_set_aside(&mut self, row: &SetAsideRow) -> Result<(), StoreError> {
        let sql = INSERT
            .bind(row.id)
            .bind(&row.queue.scope.account)
            .bind(&row.queue.scope.region)
            .bind(row.queue.name.as_str())
            .bind(row.message.as_str())
            .bind(row.body.as_str())
            .bind(row.error.as_deref())
            .bind(row.takings)
            .bind(row.sent_at)
            .bind(row.at);
        self.run(sql).await?;
        Ok(())
    }

    /// Lets go of a message; whether it was there.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn delete_set_aside(&mut self, id: SetAsideId) -> Result<bool, StoreError> {
        Ok(self.run(DELETE.bind(id)).await? > 0)
    }
}
