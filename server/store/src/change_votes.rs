//! Who wrote a change request, and who voted on it.

use crate::{
    error::StoreError,
    sql::{Row, statements},
    transaction::{Read, Tx},
};
use domain::{
    approvals::{Approval, Vote},
    ids::{ApprovalId, ChangeId, PersonId},
    people::Role,
    time::Timestamp,
};

statements! { "change_votes";
    AUTHORS = "SELECT * FROM change_authors WHERE change_id = $1 ORDER BY since_ms, person_id";
    ADD_AUTHOR =
        "INSERT INTO change_authors (change_id, person_id, name, since_ms)
        VALUES ($1, $2, $3, $4)
        ON CONFLICT (change_id, person_id) DO NOTHING";
    VOTES = "SELECT * FROM change_votes WHERE change_id = $1 ORDER BY at_ms, id";
    VOTE =
        "INSERT INTO change_votes (id, change_id, person_id, name, role, vote, hash, at_ms, note)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
}

/// Somebody who wrote a part of a change request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorRow {
    /// Who.
    pub person: PersonId,
    /// The name they had then.
    pub name: String,
    /// Since when.
    pub since: Timestamp,
}

/// A vote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoteRow {
    /// Its id.
    pub id: ApprovalId,
    /// Who; nobody when the policy approved by itself.
    pub person: Option<PersonId>,
    /// The name they had then.
    pub name: String,
    /// The role they held then.
    pub role: Option<Role>,
    /// For or against.
    pub vote: Vote,
    /// The content hash that the voter saw.
    pub hash: String,
    /// When.
    pub at: Timestamp,
    /// What they wrote.
    pub note: Option<String>,
}

impl VoteRow {
    /// The vote as the rules of approval know it; none for the policy's own.
    #[must_use]
    pub fn approval(&self) -> Option<Approval> {
        Some(Approval {
            person: self.person?,
            vote: self.vote,
            hash: self.hash.clone(),
            role: self.role?,
            at: self.at,
        })
    }
}

const fn vote_word(vote: Vote) -> &'static str {
    match vote {
        Vote::Approve => "approve",
        Vote::Reject => "reject",
    }
}

fn parse_vote(word: &str) -> Option<Vote> {
    [Vote::Approve, Vote::Reject]
        .into_iter()
        .find(|vote| vote_word(*vote) == word)
}

fn author(row: &Row) -> Result<AuthorRow, StoreError> {
    Ok(AuthorRow {
        person: row.parse("person_id")?,
        name: row.text("name")?,
        since: row.at("since_ms")?,
    })
}

fn vote(row: &Row) -> Result<VoteRow, StoreError> {
    let role = match row.text_or_none("role")? {
        None => None,
        Some(word) => Some(Role::parse(&word).ok_or_else(|| row.inconsistent("role"))?),
    };
    Ok(VoteRow {
        id: row.parse("id")?,
        person: row.parse_or_none("person_id")?,
        name: row.text("name")?,
        role,
        vote: row.word("vote", parse_vote)?,
        hash: row.text("hash")?,
        at: row.at("at_ms")?,
        note: row.text_or_none("note")?,
    })
}

impl Read<'_> {
    /// Everybody who wrote a part of a change request, the first author first.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn authors_of(&mut self, id: ChangeId) -> Result<Vec<AuthorRow>, StoreError> {
        self.all(AUTHORS.bind(id))
            .await?
            .iter()
            .map(author)
            .collect()
    }

    /// Votes on any content of a change request, oldest first.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn votes_of(&mut self, id: ChangeId) -> Result<Vec<VoteRow>, StoreError> {
        self.all(VOTES.bind(id)).await?.iter().map(vote).collect()
    }
}

impl Tx {
    /// Adds an author; one who is there already stays as they are.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn add_author(
        &mut self,
        change: ChangeId,
        author: &AuthorRow,
    ) -> Result<(), StoreError> {
        let sql = ADD_AUTHOR.bind(change).bind(author.person);
        self.run(sql.bind(author.name.as_str()).bind(author.since))
            .await?;
        Ok(())
    }

    /// Records a vote.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] when the person has voted on this very content.
    pub async fn insert_vote(
        &mut self,
        change: ChangeId,
        vote: &VoteRow,
    ) -> Result<(), StoreError> {
        let sql = VOTE
            .bind(vote.id)
            .bind(change)
            .bind(vote.person)
            .bind(vote.name.as_str())
            .bind(vote.role.map(Role::as_str))
            .bind(vote_word(vote.vote))
            .bind(vote.hash.as_str())
            .bind(vote.at)
            .bind(vote.note.as_deref());
        self.run_one(sql).await
    }
}
