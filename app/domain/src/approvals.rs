//! Four eyes: who may vote on a change request, and when it is approved.
//!
//! An author, a co-author or the last editor never approves, in any role.
//! A vote names the hash of what its voter saw; any edit makes another hash
//! and the votes of the old one count no more.

use crate::{
    ids::PersonId,
    people::Role,
    policy::Action,
    text::{self, TextError},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// A vote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Vote {
    /// For.
    Approve,
    /// Against; one is enough.
    Reject,
}

impl Vote {
    /// What its voter says beside it, trimmed. Whoever rejects says why: the author
    /// has to know what to propose instead.
    ///
    /// # Errors
    /// [`TextError`] says what is wrong; a rejection without words is empty.
    pub fn note(self, words: &str) -> Result<Option<String>, TextError> {
        match self {
            Self::Approve => text::optional_note(words),
            Self::Reject => text::note(words).map(Some),
        }
    }
}

/// A vote that was cast.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// Who.
    pub person: PersonId,
    /// What.
    pub vote: Vote,
    /// The content hash that the voter saw.
    pub hash: String,
    /// The role held at the time.
    pub role: Role,
    /// When.
    pub at: Timestamp,
}

/// What a vote is measured against.
#[derive(Debug, Clone, Copy)]
pub struct Ballot<'a> {
    /// Everybody who wrote any part of the request.
    pub authors: &'a [PersonId],
    /// The hash of the request as it stands.
    pub hash: &'a str,
    /// Approvals the environment asks for, at least one.
    pub needed: u32,
    /// A freeze covers the change.
    pub frozen: bool,
    /// Votes cast so far, on any hash.
    pub cast: &'a [Approval],
    /// The hash that somebody has let through without an approval.
    pub emergency: Option<&'a str>,
}

/// Why a vote was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum VoteRefusal {
    /// The voter wrote a part of it.
    #[error("an author of a change request cannot approve it")]
    Author,
    /// The request is not the one that the voter saw.
    #[error("the change request was edited since you opened it")]
    Stale,
    /// The voter has voted on this very content.
    #[error("you have already voted on this change request")]
    Repeated,
    /// A freeze is on and the voter is no freeze approver.
    #[error("a freeze covers this change; it needs a freeze approver")]
    Frozen,
}

/// What a vote leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// More approvals are needed: so many.
    Open(u32),
    /// Enough.
    Approved,
    /// Refused by this vote.
    Rejected,
}

/// The least role whose approval counts during a freeze.
const fn freeze_role() -> Role {
    Action::DecideFrozenChange.least_role()
}

impl Ballot<'_> {
    /// Whether this person may cast this vote now.
    ///
    /// An author may not vote at all: withdrawing is the author's way to say no.
    ///
    /// # Errors
    /// [`VoteRefusal`] says why not.
    pub fn admit(
        &self,
        voter: PersonId,
        role: Role,
        vote: Vote,
        seen_hash: &str,
    ) -> Result<(), VoteRefusal> {
        if self.authors.contains(&voter) {
            return Err(VoteRefusal::Author);
        }
        if seen_hash != self.hash {
            return Err(VoteRefusal::Stale);
        }
        if self
            .cast
            .iter()
            .any(|cast| cast.person == voter && cast.hash == self.hash)
        {
            return Err(VoteRefusal::Repeated);
        }
        if self.frozen && vote == Vote::Approve && role < freeze_role() {
            return Err(VoteRefusal::Frozen);
        }
        Ok(())
    }

    /// What the votes cast so far amount to. Only votes on the present hash
    /// by people who are not authors count, whatever was admitted earlier.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        let valid = || {
            let fits =
                |cast: &&Approval| cast.hash == self.hash && !self.authors.contains(&cast.person);
            self.cast.iter().filter(fits)
        };
        if valid().any(|cast| cast.vote == Vote::Reject) {
            return Outcome::Rejected;
        }
        if self.emergency == Some(self.hash) {
            return Outcome::Approved;
        }
        let mut approvers: Vec<_> = valid()
            .filter(|cast| !self.frozen || cast.role >= freeze_role())
            .map(|cast| cast.person)
            .collect();
        approvers.sort_unstable();
        approvers.dedup();
        let have = u32::try_from(approvers.len()).unwrap_or(u32::MAX);
        match self.needed.max(1).saturating_sub(have) {
            0 => Outcome::Approved,
            missing => Outcome::Open(missing),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(n: u128) -> PersonId {
        PersonId::from_parts(0, n)
    }

    fn yes(n: u128, hash: &str, role: Role) -> Approval {
        Approval {
            person: person(n),
            vote: Vote::Approve,
            hash: hash.into(),
            role,
            at: Timestamp::default(),
        }
    }

    #[test]
    fn no_author_votes_in_any_role() {
        let authors = [person(1), person(2)];
        let ballot = Ballot {
            authors: &authors,
            hash: "h",
            needed: 1,
            frozen: false,
            cast: &[],
            emergency: None,
        };
        for role in Role::ALL {
            for author in authors {
                for vote in [Vote::Approve, Vote::Reject] {
                    assert_eq!(
                        ballot.admit(author, role, vote, "h"),
                        Err(VoteRefusal::Author)
                    );
                }
            }
        }
        assert_eq!(
            ballot.admit(person(3), Role::Approver, Vote::Approve, "h"),
            Ok(())
        );
    }

    #[test]
    fn votes_on_another_hash_do_not_count() {
        let authors = [person(1)];
        let cast = [yes(2, "old", Role::Approver)];
        let ballot = Ballot {
            authors: &authors,
            hash: "new",
            needed: 1,
            frozen: false,
            cast: &cast,
            emergency: None,
        };
        assert_eq!(ballot.outcome(), Outcome::Open(1));
        assert_eq!(
            ballot.admit(person(2), Role::Approver, Vote::Approve, "old"),
            Err(VoteRefusal::Stale)
        );
        assert_eq!(
            ballot.admit(person(2), Role::Approver, Vote::Approve, "new"),
            Ok(())
        );
    }

    #[test]
    fn a_voter_who_became_an_author_counts_no_more() {
        let authors = [person(1), person(2)];
        let cast = [yes(2, "h", Role::Admin)];
        let ballot = Ballot {
            authors: &authors,
            hash: "h",
            needed: 1,
            frozen: false,
            cast: &cast,
            emergency: None,
        };
        assert_eq!(ballot.outcome(), Outcome::Open(1));
    }

    #[test]
    fn a_freeze_needs_a_freeze_approver_but_anyone_may_reject() {
        let cast = [yes(2, "h", Role::Approver)];
        let ballot = Ballot {
            authors: &[],
            hash: "h",
            needed: 1,
            frozen: true,
            cast: &cast,
            emergency: None,
        };
        assert_eq!(ballot.outcome(), Outcome::Open(1));
        let vote = |vote| ballot.admit(person(3), Role::Approver, vote, "h");
        assert_eq!(vote(Vote::Approve), Err(VoteRefusal::Frozen));
        assert_eq!(vote(Vote::Reject), Ok(()));
        assert_eq!(
            ballot.admit(person(3), Role::Admin, Vote::Approve, "h"),
            Ok(())
        );
    }

    #[test]
    fn an_emergency_lets_this_very_content_through_even_in_a_freeze() {
        let outcome = |emergency| {
            let ballot = Ballot {
                authors: &[],
                hash: "new",
                needed: 2,
                frozen: true,
                cast: &[],
                emergency,
            };
            ballot.outcome()
        };
        assert_eq!(outcome(Some("new")), Outcome::Approved);
        assert_eq!(outcome(Some("old")), Outcome::Open(2));
    }

    #[test]
    fn one_person_is_one_approval() {
        let cast = [yes(2, "h", Role::Admin), yes(2, "h", Role::Admin)];
        let ballot = Ballot {
            authors: &[],
            hash: "h",
            needed: 2,
            frozen: false,
            cast: &cast,
            emergency: None,
        };
        assert_eq!(ballot.outcome(), Outcome::Open(1));
        assert_eq!(
            ballot.admit(person(2), Role::Admin, Vote::Approve, "h"),
            Err(VoteRefusal::Repeated)
        );
    }
}
