//! The estate: accounts, regions, environments and the names of things in them.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Wraps a name that comes from AWS or has passed its own check.
            #[must_use]
            pub fn new(name: impl Into<String>) -> Self {
                Self(name.into())
            }
            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }
    };
}

name! {
    /// An AWS account: twelve digits.
    AccountId
}
name! {
    /// An AWS region such as `ap-northeast-2`.
    Region
}
name! {
    /// An environment such as `prod`; lower case.
    Environment
}

impl AccountId {
    /// Reads twelve digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        (text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())).then(|| Self::new(text))
    }
}

impl Region {
    /// Reads a region's name. It ends up in host names, so nothing but its own
    /// letters may pass.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        let words = text.split('-');
        let fits = text.len() <= 32
            && text.bytes().all(fits)
            && words.clone().count() >= 3
            && words.clone().all(|word| !word.is_empty());
        fits.then(|| Self::new(text))
    }
}

impl Environment {
    /// What a thing without the environment tag belongs to.
    pub const UNTAGGED: &'static str = "untagged";

    /// Reads 1 to 32 of `a-z 0-9 -`; upper case is folded.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_lowercase();
        let fits = (1..=32).contains(&text.len())
            && text
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        fits.then(|| Self::new(text))
    }

    /// The environment of things that carry no tag.
    #[must_use]
    pub fn untagged() -> Self {
        Self::new(Self::UNTAGGED)
    }

    /// Guesses from the words of a name, for things that cannot be tagged
    /// with an environment or were not: `prod-web-cpu` → `prod`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        name.split(|c: char| !c.is_ascii_alphanumeric())
            .find_map(|word| {
                let known = match word.to_ascii_lowercase().as_str() {
                    "prod" | "production" | "prd" => "prod",
                    "staging" | "stage" | "stg" => "staging",
                    "dev" | "development" => "dev",
                    "test" | "qa" => "test",
                    _ => return None,
                };
                Some(Self::new(known))
            })
    }
}

/// One account in one region: the unit in which AWS is asked.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Scope {
    /// The account.
    pub account: AccountId,
    /// The region.
    pub region: Region,
}

impl Scope {
    /// Reads what [`fmt::Display`] wrote.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (account, region) = text.split_once('/')?;
        Some(Self {
            account: AccountId::parse(account)?,
            region: Region::parse(region)?,
        })
    }

    /// The AWS console's host, which depends on the partition (AWS General Reference, "AWS
    /// Management Console endpoints").
    #[must_use]
    pub fn console_host(&self) -> &'static str {
        let region = self.region.as_str();
        if region.starts_with("cn-") {
            "console.amazonaws.cn"
        } else if region.starts_with("us-gov-") {
            "console.amazonaws-us-gov.com"
        } else {
            "console.aws.amazon.com"
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.account, self.region)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_regions_name_is_words_of_its_own_letters() {
        for good in ["us-east-1", "ap-northeast-2", "us-gov-west-1"] {
            assert_eq!(Region::parse(good), Some(Region::from(good)));
        }
        for bad in [
            "",
            "Seoul",
            "us-east",
            "us--1",
            "us-east-1.evil.example",
            "US-EAST-1",
            "--",
        ] {
            assert_eq!(Region::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn environments_are_read_from_tags_and_guessed_from_names() {
        assert_eq!(
            Environment::parse(" Prod "),
            Some(Environment::from("prod"))
        );
        assert_eq!(Environment::parse("a b"), None);
        assert_eq!(
            Environment::from_name("web-PROD-cpu"),
            Some(Environment::from("prod"))
        );
        assert_eq!(
            Environment::from_name("stg/api"),
            Some(Environment::from("staging"))
        );
        assert_eq!(Environment::from_name("product-api"), None);
    }
}
