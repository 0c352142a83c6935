//! Silences: for a time nobody is told of what goes off, by Alertmanager's matchers. Alarms are
//! seen as ever, and what still stands when the last silence over it ends is told then. Unlike
//! there, who was told that one began is told that it is over.

use crate::{
    estate::Environment,
    ids::SilenceId,
    labels::{LabelMatchers, Labels},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// How a silence stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SilenceState {
    /// It begins later.
    Pending,
    /// It holds.
    Active,
    /// It is over.
    Expired,
}

/// A silence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Silence {
    /// Its id.
    pub id: SilenceId,
    /// Of these environments; empty means all.
    pub environments: Vec<Environment>,
    /// And with such labels.
    pub matchers: LabelMatchers,
    /// First silent instant.
    pub from: Timestamp,
    /// First instant after it.
    pub until: Timestamp,
    /// Why.
    pub comment: String,
    /// The name of who asked for it.
    pub by: String,
    /// The name of who ended it before its time.
    pub ended_by: Option<String>,
}

impl SilenceState {
    /// How a silence from an instant until another stands.
    #[must_use]
    pub fn of(from: Timestamp, until: Timestamp, now: Timestamp) -> Self {
        if now >= until {
            Self::Expired
        } else if now >= from {
            Self::Active
        } else {
            Self::Pending
        }
    }
}

impl Silence {
    /// How it stands.
    #[must_use]
    pub fn state(&self, now: Timestamp) -> SilenceState {
        SilenceState::of(self.from, self.until, now)
    }

    /// Whether it is about alarms of that environment with these labels.
    #[must_use]
    pub fn is_about(&self, environment: &Environment, labels: &Labels) -> bool {
        (self.environments.is_empty() || self.environments.contains(environment))
            && self.matchers.fits(labels)
    }

    /// Whether it is about everything that there is.
    #[must_use]
    pub fn is_boundless(&self) -> bool {
        self.environments.is_empty() && self.matchers.fits_nothing_known()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn silence(environments: &[&str], matchers: &str) -> Silence {
        Silence {
            id: SilenceId::from_parts(0, 1),
            environments: environments.iter().map(|name| (*name).into()).collect(),
            matchers: matchers.parse().expect("matchers"),
            from: Timestamp::from_ms(10),
            until: Timestamp::from_ms(20),
            comment: String::new(),
            by: String::new(),
            ended_by: None,
        }
    }

    #[test]
    fn it_holds_from_its_first_instant_to_before_its_last() {
        let silence = silence(&[], "a=b");
        for (at, state) in [
            (9, SilenceState::Pending),
            (10, SilenceState::Active),
            (19, SilenceState::Active),
            (20, SilenceState::Expired),
        ] {
            assert_eq!(silence.state(Timestamp::from_ms(at)), state, "{at}");
        }
    }

    #[test]
    fn environment_and_labels_have_to_fit() {
        let labels = Labels::from([("team".to_owned(), "pay".to_owned())]);
        for (environments, matchers, fits) in [
            (&["prod"][..], "", true),
            (&["prod"], "team=pay", true),
            (&["prod"], "team=shop", false),
            (&["dev"], "team=pay", false),
            (&[], "team=pay", true),
        ] {
            let silence = silence(environments, matchers);
            assert_eq!(
                silence.is_about(&"prod".into(), &labels),
                fits,
                "{matchers}"
            );
        }
    }

    #[test]
    fn what_asks_for_nothing_is_boundless() {
        assert!(silence(&[], "").is_boundless());
        assert!(silence(&[], "team!=x").is_boundless());
        assert!(!silence(&["prod"], "").is_boundless());
        assert!(!silence(&[], "team=x").is_boundless());
    }
}
