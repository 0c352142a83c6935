//! The audit log's chain: each entry's hash covers its content and the hash
//! before it, so that an edit, a deletion or a reordering shows.

use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// How an audited act ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AuditOutcome {
    /// About to act on something outside the database; a later entry tells the end.
    Begun,
    /// Done.
    Done,
    /// Tried and failed.
    Failed,
}

impl AuditOutcome {
    /// The word stored and hashed.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Begun => "begun",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }

    /// Reads what [`AuditOutcome::as_str`] wrote.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Begun, Self::Done, Self::Failed]
            .into_iter()
            .find(|o| o.as_str() == text)
    }
}

/// What an entry says; the chain adds sequence number and hashes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// When.
    pub at: Timestamp,
    /// The person's id, or `system` for a worker.
    pub actor: String,
    /// The name the person had then.
    pub actor_name: String,
    /// A dotted verb such as `change.approve`.
    pub action: String,
    /// The id of what it was done to; empty for the installation.
    pub subject: String,
    /// Its environment; empty for the installation.
    pub environment: String,
    /// How it ended.
    pub outcome: AuditOutcome,
    /// What else there is to know, as a JSON object; never a secret.
    pub detail_json: String,
    /// The request that caused it; empty for a worker.
    pub request_id: String,
}

/// The hash before the first entry.
pub const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

impl AuditEntry {
    /// The hash of this entry at place `seq` after the entry with hash
    /// `previous`: SHA-256 over length-prefixed fields, in hexadecimal.
    #[must_use]
    pub fn chain_hash(&self, seq: i64, previous: &str) -> String {
        let mut hasher = Sha256::new();
        let (seq, at_ms) = (seq.to_string(), self.at.ms().to_string());
        for field in [
            "lamplighter-audit-1",
            previous,
            &seq,
            &at_ms,
            &self.actor,
            &self.actor_name,
            &self.action,
            &self.subject,
            &self.environment,
            self.outcome.as_str(),
            &self.detail_json,
            &self.request_id,
        ] {
            // The length first, or ("ab","c") and ("a","bc") would hash alike.
            hasher.update((field.len() as u64).to_be_bytes());
            hasher.update(field.as_bytes());
        }
        crate::audit::hex(&hasher.finalize())
    }
}

/// Lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// What is wrong with a chain.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChainError {
    /// A number is missing or stands twice.
    #[error("entry {expected} is missing: entry {found} stands in its place")]
    Sequence {
        /// The number that should be here.
        expected: i64,
        /// The number that is.
        found: i64,
    },
    /// The entry or its place was changed.
    #[error("entry {0} does not match its hash: it, or an entry before it, was changed")]
    Hash(i64),
    /// Entries at the end are gone: the kept head names a later one.
    #[error("the log ends at entry {found} but entry {expected} was written")]
    Truncated {
        /// The last number written.
        expected: i64,
        /// The last number found.
        found: i64,
    },
}

/// Walks a chain entry by entry.
#[derive(Debug, Clone)]
pub struct ChainWalk {
    seq: i64,
    hash: String,
}

impl Default for ChainWalk {
    fn default() -> Self {
        Self {
            seq: 0,
            hash: GENESIS.into(),
        }
    }
}

impl ChainWalk {
    /// Takes the next entry.
    ///
    /// # Errors
    /// [`ChainError`] says what is wrong with it.
    pub fn take(&mut self, seq: i64, entry: &AuditEntry, hash: &str) -> Result<(), ChainError> {
        if seq != self.seq + 1 {
            return Err(ChainError::Sequence {
                expected: self.seq + 1,
                found: seq,
            });
        }
        if entry.chain_hash(seq, &self.hash) != hash {
            return Err(ChainError::Hash(seq));
        }
        self.seq = seq;
        hash.clone_into(&mut self.hash);
        Ok(())
    }

    /// Compares the end with the head that is kept apart.
    ///
    /// # Errors
    /// [`ChainError::Truncated`] or [`ChainError::Hash`] when they differ.
    pub fn finish(self, head_seq: i64, head_hash: &str) -> Result<i64, ChainError> {
        if self.seq != head_seq {
            return Err(ChainError::Truncated {
                expected: head_seq,
                found: self.seq,
            });
        }
        if self.hash != head_hash {
            return Err(ChainError::Hash(self.seq));
        }
        Ok(self.seq)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(n: i64) -> AuditEntry {
        AuditEntry {
            at: Timestamp::from_ms(n),
            actor: "system".into(),
            actor_name: "system".into(),
            action: format!("test.{n}"),
            subject: String::new(),
            environment: String::new(),
            outcome: AuditOutcome::Done,
            detail_json: "{}".into(),
            request_id: String::new(),
        }
    }

    fn chain() -> Vec<(i64, AuditEntry, String)> {
        let mut previous = GENESIS.to_owned();
        (1..=4)
            .map(|seq| {
                let entry = entry(seq);
                previous = entry.chain_hash(seq, &previous);
                (seq, entry, previous.clone())
            })
            .collect()
    }

    fn verify(chain: &[(i64, AuditEntry, String)], head: (i64, &str)) -> Result<i64, ChainError> {
        let mut walk = ChainWalk::default();
        for (seq, entry, hash) in chain {
            walk.take(*seq, entry, hash)?;
        }
        walk.finish(head.0, head.1)
    }

    #[test]
    fn an_edit_a_deletion_and_a_reordering_show() {
        let good = chain();
        let head_hash = good[3].2.clone();
        let head = (4, head_hash.as_str());
        assert_eq!(verify(&good, head), Ok(4));

        let mut edited = good.clone();
        edited[1].1.detail_json = "{\"x\":1}".into();
        assert_eq!(verify(&edited, head), Err(ChainError::Hash(2)));

        let mut deleted = good.clone();
        deleted.remove(1);
        assert_eq!(
            verify(&deleted, head),
            Err(ChainError::Sequence {
                expected: 2,
                found: 3
            })
        );

        let mut swapped = good.clone();
        swapped.swap(1, 2);
        swapped[1].0 = 2;
        swapped[2].0 = 3;
        assert_eq!(verify(&swapped, head), Err(ChainError::Hash(2)));

        assert_eq!(
            verify(&good[..3], head),
            Err(ChainError::Truncated {
                expected: 4,
                found: 3
            })
        );
    }

    #[test]
    fn fields_do_not_run_into_each_other() {
        let (mut a, mut b) = (entry(1), entry(1));
        (a.actor, a.actor_name) = ("ab".into(), "c".into());
        (b.actor, b.actor_name) = ("a".into(), "bc".into());
        assert_ne!(a.chain_hash(1, GENESIS), b.chain_hash(1, GENESIS));
    }
}
