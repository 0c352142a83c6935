//! Emergencies: change requests that are carried out at once, without an approval, and
//! that another person must look at afterwards.
//!
//! Breaking the glass skips votes and freezes, never the checks. It holds for the very
//! content that was seen: an edit, or another live state, makes another hash.

use crate::{ids::PersonId, time::Timestamp};
use serde::{Deserialize, Serialize};

/// Who broke the glass, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Emergency {
    /// Who.
    pub person: PersonId,
    /// The name they had then.
    pub name: String,
    /// When.
    pub at: Timestamp,
    /// Why nobody could be asked.
    pub reason: String,
    /// The content that is carried out without an approval.
    pub hash: String,
    /// What another person said about it afterwards.
    pub review: Option<Review>,
}

/// The signature of somebody who has looked at it afterwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    /// Who.
    pub person: PersonId,
    /// The name they had then.
    pub name: String,
    /// When.
    pub at: Timestamp,
    /// What they say.
    pub text: String,
}

/// Why a review was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum ReviewRefusal {
    /// It is their own doing.
    #[error("whoever wrote a change request or broke the glass cannot review it")]
    Own,
    /// Somebody has reviewed it already.
    #[error("it has been reviewed already")]
    Reviewed,
}

impl Emergency {
    /// Whether this person may review it.
    ///
    /// # Errors
    /// [`ReviewRefusal`] says why not.
    pub fn admit_review(
        &self,
        reviewer: PersonId,
        authors: &[PersonId],
    ) -> Result<(), ReviewRefusal> {
        if self.person == reviewer || authors.contains(&reviewer) {
            return Err(ReviewRefusal::Own);
        }
        if self.review.is_some() {
            return Err(ReviewRefusal::Reviewed);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_other_person_reviews_it() {
        let person = |n| PersonId::from_parts(0, n);
        let mut emergency = Emergency {
            person: person(1),
            name: "Ana".into(),
            at: Timestamp::default(),
            reason: "it burns".into(),
            hash: "h".into(),
            review: None,
        };
        let authors = [person(2)];
        let check = |emergency: &Emergency, reviewer, expected| {
            assert_eq!(
                emergency.admit_review(person(reviewer), &authors),
                expected,
                "{reviewer}"
            );
        };
        check(&emergency, 1, Err(ReviewRefusal::Own));
        check(&emergency, 2, Err(ReviewRefusal::Own));
        check(&emergency, 3, Ok(()));
        emergency.review = Some(Review {
            person: person(3),
            name: "Bo".into(),
            at: Timestamp::default(),
            text: "it did burn".into(),
        });
        check(&emergency, 4, Err(ReviewRefusal::Reviewed));
    }
}
