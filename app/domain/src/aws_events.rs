//! What AWS tells by EventBridge, and why an instance ended.
//!
//! An event is kept as it came, whether it is understood or not. Two kinds do more: a change
//! of an alarm's state is taken like a reading, and the end of an instance is an alarm unless
//! something explains it.

use crate::{alarms::AlarmState, estate::Scope, limits, time::Timestamp};
use serde::{Deserialize, Serialize};

/// What an event is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AwsEventKind {
    /// An alarm of CloudWatch: its state, its contributors, its configuration.
    Alarm,
    /// An instance of EC2 changed its state.
    Instance,
    /// A spot instance is about to be taken away, or likely to be.
    Spot,
    /// An Auto Scaling group launched or ended an instance, or tried to.
    Scaling,
    /// A task or a deployment of ECS.
    Ecs,
    /// A database.
    Rds,
    /// AWS's own health.
    Health,
    /// Anything else.
    Other,
}

impl AwsEventKind {
    /// All.
    pub const ALL: [Self; 8] = [
        Self::Alarm,
        Self::Instance,
        Self::Spot,
        Self::Scaling,
        Self::Ecs,
        Self::Rds,
        Self::Health,
        Self::Other,
    ];

    /// The word stored and shown to programs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Alarm => "alarm",
            Self::Instance => "instance",
            Self::Spot => "spot",
            Self::Scaling => "scaling",
            Self::Ecs => "ecs",
            Self::Rds => "rds",
            Self::Health => "health",
            Self::Other => "other",
        }
    }

    /// Reads what [`AwsEventKind::as_str`] wrote.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// An event, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwsEvent {
    /// AWS's own id of it; none where it has none.
    pub id: Option<String>,
    /// What it is about.
    pub kind: AwsEventKind,
    /// AWS's name for it, such as `EC2 Instance State-change Notification`.
    pub name: String,
    /// Account and region, where both are told.
    pub scope: Option<Scope>,
    /// When it happened; none where the time cannot be read.
    pub at: Option<Timestamp>,
    /// The name or id of what it is about; may be empty.
    pub subject: String,
    /// What follows from it.
    pub fact: Fact,
}

/// What follows from an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    /// Nothing: it is kept.
    Kept,
    /// An alarm of CloudWatch is in this state.
    Alarm {
        /// Its state.
        state: AlarmState,
        /// Since when.
        at: Timestamp,
        /// Why, in CloudWatch's words.
        reason: String,
    },
    /// An instance is gone: the subject.
    Terminated,
    /// The subject, an instance, is about to be taken away by AWS.
    SpotInterrupted,
    /// The subject, an instance, is likely to be taken away by AWS.
    SpotAtRisk,
    /// A group ended the subject, an instance.
    GroupTerminated {
        /// The group.
        group: String,
        /// Why, in AWS's words.
        cause: String,
    },
}

/// Why an instance ended, when nobody needs to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// AWS took the spot instance away.
    Spot,
    /// A scheduled action lowered the group's capacity.
    ScheduledAction,
    /// A policy scaled the group in.
    ScaleIn,
    /// The group replaced an instance that was not healthy.
    HealthReplacement,
    /// The group replaced its instances or spread them anew.
    Rebalanced,
    /// A change request that was carried out lowered the group's capacity.
    Change,
}

impl EndReason {
    /// All.
    pub const ALL: [Self; 6] = [
        Self::Spot,
        Self::ScheduledAction,
        Self::ScaleIn,
        Self::HealthReplacement,
        Self::Rebalanced,
        Self::Change,
    ];

    /// The word stored and shown to programs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Spot => "spot",
            Self::ScheduledAction => "scheduled_action",
            Self::ScaleIn => "scale_in",
            Self::HealthReplacement => "health_replacement",
            Self::Rebalanced => "rebalanced",
            Self::Change => "change",
        }
    }

    /// Reads what [`EndReason::as_str`] wrote.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|why| why.as_str() == text)
    }
}

/// Why a group ended an instance, by AWS's words; none when a person or a program asked for
/// it and no change request did. The words are those of scaling activities (EC2 Auto Scaling
/// user guide, "Verify a scaling activity"): sentences of which the first is the cause.
#[must_use]
pub fn explain_cause(cause: &str, changed: bool) -> Option<EndReason> {
    let cause = cause.to_lowercase();
    let says = |words: &str| cause.contains(words);
    if says("terminated or stopped") {
        // The group only found it gone and replaced it: somebody else ended it.
        None
    } else if says("spot interruption") || says("spot instance interruption") {
        Some(EndReason::Spot)
    } else if says("rebalance") || says("rebalancing") || says("instance refresh") {
        Some(EndReason::Rebalanced)
    } else if says("health check") || says("health-check") || says("status checks failure") {
        Some(EndReason::HealthReplacement)
    } else if says("scheduled action") {
        Some(EndReason::ScheduledAction)
    } else if says("triggered policy") || says("monitor alarm") {
        Some(EndReason::ScaleIn)
    } else if changed && (says("user request") || says("difference between desired and actual")) {
        Some(EndReason::Change)
    } else {
        None
    }
}

/// How an event bears on an instance's end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witness {
    /// When it happened.
    pub at: Timestamp,
    /// What it tells.
    pub fact: Fact,
}

/// Why an instance ended, by what else was told of it. `changed` says whether a change
/// request was carried out on a group shortly before.
#[must_use]
pub fn explain(
    ended_at: Timestamp,
    witnesses: &[Witness],
    changed: impl Fn(&str) -> bool,
) -> Option<EndReason> {
    let mut near = witnesses
        .iter()
        .filter(|witness| witness.at.since_ms(ended_at).abs() <= limits::EXPLANATION_MS);
    near.find_map(|witness| match &witness.fact {
        Fact::SpotInterrupted => Some(EndReason::Spot),
        Fact::GroupTerminated { group, cause } => explain_cause(cause, changed(group)),
        Fact::Kept | Fact::Alarm { .. } | Fact::SpotAtRisk | Fact::Terminated => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sentences of the EC2 Auto Scaling user guide and of published activities.
    #[test]
    fn a_cause_is_explained_by_awss_own_words() {
        use EndReason as Why;
        for (cause, changed, expected) in [
            (
                "At 2026-03-02T12:37:09Z a user request update of AutoScalingGroup constraints to \
                 min: 0, max: 0, desired: 0 changing the desired capacity from 1 to 0. At \
                 2026-03-02T12:37:38Z an instance was taken out of service in response to a \
                 difference between desired and actual capacity, shrinking the capacity from 1 to 0.",
                false,
                None,
            ),
            (
                "At T a user request update of AutoScalingGroup constraints to min: 0",
                true,
                Some(Why::Change),
            ),
            (
                "At T instance i-1 was taken out of service in response to a user request, keeping \
                 the capacity at the current 2.",
                false,
                None,
            ),
            (
                "At T a scheduled action update of AutoScalingGroup constraints to min: 1, max: 5",
                false,
                Some(Why::ScheduledAction),
            ),
            (
                "At T a monitor alarm web-low in state ALARM triggered policy in changing the \
                 desired capacity from 3 to 2.",
                false,
                Some(Why::ScaleIn),
            ),
            (
                "At T an instance was taken out of service in response to an EC2 health check \
                 indicating it has been terminated or stopped.",
                false,
                None,
            ),
            (
                "At T an instance was taken out of service in response to an ELB system health \
                 check failure.",
                false,
                Some(Why::HealthReplacement),
            ),
            (
                "At T an instance was taken out of service in response to an EC2 Spot interruption notice.",
                false,
                Some(Why::Spot),
            ),
            (
                "At T instances were launched to balance instances in zones; availability zone rebalancing",
                false,
                Some(Why::Rebalanced),
            ),
            ("description-text", true, None),
            ("", false, None),
        ] {
            assert_eq!(explain_cause(cause, changed), expected, "{cause}");
        }
    }

    #[test]
    fn only_what_happened_about_then_explains_an_end() {
        let t = Timestamp::from_ms;
        let spot = |at| Witness {
            at: t(at),
            fact: Fact::SpotInterrupted,
        };
        let ended = t(10 * limits::EXPLANATION_MS);
        let of = |witness: Witness| explain(ended, &[witness], |_| false);
        assert_eq!(of(spot(ended.ms() - 1)), Some(EndReason::Spot));
        assert_eq!(
            of(spot(ended.ms() + limits::EXPLANATION_MS)),
            Some(EndReason::Spot)
        );
        assert_eq!(of(spot(ended.ms() - limits::EXPLANATION_MS - 1)), None);
        let by_hand = Witness {
            at: ended,
            fact: Fact::GroupTerminated {
                group: "web".into(),
                cause: "a user request update".into(),
            },
        };
        assert_eq!(of(by_hand.clone()), None);
        assert_eq!(
            explain(ended, &[by_hand, spot(ended.ms())], |group| group == "web"),
            Some(EndReason::Change)
        );
    }
}
