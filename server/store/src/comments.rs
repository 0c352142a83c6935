//! Comments on change requests.

use crate::{
    error::StoreError,
    sql::{Row, statements},
    transaction::{Read, Tx},
};
use domain::{
    ids::{ChangeId, CommentId, PersonId},
    limits,
    time::Timestamp,
};

statements! { "change_comments";
    OF_CHANGE =
        "SELECT * FROM change_comments WHERE change_id = $1 ORDER BY at_ms, id LIMIT $2";
    COUNT = "SELECT COUNT(*) AS total FROM change_comments WHERE change_id = $1";
    INSERT =
        "INSERT INTO change_comments (id, change_id, person_id, name, at_ms, text)
        VALUES ($1, $2, $3, $4, $5, $6)";
}

/// A comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommentRow {
    /// Its id.
    pub id: CommentId,
    /// Who.
    pub person: PersonId,
    /// The name they had then.
    pub name: String,
    /// When.
    pub at: Timestamp,
    /// What they wrote.
    pub text: String,
}

fn comment(row: &Row) -> Result<CommentRow, StoreError> {
    Ok(CommentRow {
        id: row.parse("id")?,
        person: row.parse("person_id")?,
        name: row.text("name")?,
        at: row.at("at_ms")?,
        text: row.text("text")?,
    })
}

impl Read<'_> {
    /// The comments on a change request, oldest first.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn comments_of(&mut self, change: ChangeId) -> Result<Vec<CommentRow>, StoreError> {
        let sql = OF_CHANGE.bind(change).bind(limits::COMMENTS_MAX);
        self.all(sql).await?.iter().map(comment).collect()
    }

    /// How many comments a change request has.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn comment_count(&mut self, change: ChangeId) -> Result<u64, StoreError> {
        self.one(COUNT.bind(change)).await?.total("total")
    }
}

impl Tx {
    /// Keeps a comment.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn insert_comment(
        &mut self,
        change: ChangeId,
        comment: &CommentRow,
    ) -> Result<(), StoreError> {
        let sql = INSERT
            .bind(comment.id)
            .bind(change)
            .bind(comment.person)
            .bind(comment.name.as_str())
            .bind(comment.at)
            .bind(comment.text.as_str());
        self.run_one(sql).await
    }
}
