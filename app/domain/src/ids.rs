//! The registry of identifiers: one distinct type per kind of thing.
//!
//! An id is a ULID inside and reads `<prefix>_<26 characters>` wherever people
//! or other programs see it, so that an id pasted into the wrong field is
//! refused instead of finding something else. Keep the list alphabetical.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::{fmt, str::FromStr};
use ulid::Ulid;

/// Why a text is not an id of the wanted kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not an id of the form {prefix}_<26 characters>")]
pub struct IdError {
    /// The prefix that was wanted, without the underscore.
    pub prefix: &'static str,
    /// What was given, cut to a readable length.
    pub text: String,
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Ulid);

        impl $name {
            /// What stands before the underscore.
            pub const PREFIX: &'static str = $prefix;

            /// Makes an id from the time of creation (milliseconds since 1970)
            /// and 80 random bits; both come from the caller's ports.
            #[must_use]
            pub fn from_parts(at_ms: i64, random: u128) -> Self {
                Self(Ulid::from_parts(u64::try_from(at_ms).unwrap_or(0), random))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}_{}", Self::PREFIX, self.0)
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                let error = || IdError {
                    prefix: Self::PREFIX,
                    text: text.chars().take(64).collect(),
                };
                let body = text
                    .strip_prefix(Self::PREFIX)
                    .and_then(|rest| rest.strip_prefix('_'))
                    .ok_or_else(error)?;
                let ulid = Ulid::from_string(body).map_err(|_| error())?;
                // Crockford's alphabet reads lower case and look-alikes too; one
                // thing has one spelling, or links and comparisons would disagree.
                if ulid.to_string() != body {
                    return Err(error());
                }
                Ok(Self(ulid))
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .examples([format!("{}_01ARZ3NDEKTSV4RRFFQ69G5FAV", $prefix)])
                    .into()
            }
        }
        #[cfg(feature = "openapi")]
        impl utoipa::ToSchema for $name {}
    )*};
}

ids! {
    /// An alarm, from any source.
    AlarmId = "alm";
    /// One vote on a change request.
    ApprovalId = "apv";
    /// Something that AWS told by an event.
    AwsEventId = "evt";
    /// A change request.
    ChangeId = "chg";
    /// A comment on a change request.
    CommentId = "cmt";
    /// Somebody who is on call instead of another.
    CoverId = "cov";
    /// A message to a channel.
    DeliveryId = "dlv";
    /// A drill.
    DrillId = "drl";
    /// A freeze.
    FreezeId = "frz";
    /// A person with an account.
    PersonId = "per";
    /// A message of a queue that was set aside.
    SetAsideId = "qua";
    /// A signed-in session (its public handle, not its secret).
    SessionId = "ses";
    /// A silence.
    SilenceId = "sil";
    /// A target whose capacity can be set.
    TargetId = "tgt";
    /// What one channel is told of one life of an alarm.
    ThreadId = "thr";
    /// An API token (its public handle, not its secret).
    TokenId = "tok";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_as_itself_and_only_as_its_kind() {
        let id = ChangeId::from_parts(1_700_000_000_000, 42);
        assert_eq!(id.to_string().parse::<ChangeId>(), Ok(id));
        assert!(id.to_string().parse::<AlarmId>().is_err());
        assert!(id.to_string().to_lowercase().parse::<ChangeId>().is_err());
        assert!("chg_".parse::<ChangeId>().is_err());
        assert!("".parse::<ChangeId>().is_err());
    }
}
