//! Instance refreshes: AWS replaces the instances of a group, some at a time.

use crate::{limits, time::Timestamp};
use serde::{Deserialize, Serialize};

/// How fast and how carefully instances are replaced (EC2 Auto Scaling API Reference,
/// RefreshPreferences). What is left out is as the group has it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Pace {
    /// Percent of the desired capacity that stay in service at least.
    pub min_healthy_percent: u32,
    /// Percent of it that run at most; more than 100 launches before it terminates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_healthy_percent: Option<u32>,
    /// How long a new instance serves before the next is replaced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warm_up_s: Option<u32>,
    /// Instances of the group's template and types stay.
    #[serde(default)]
    pub skip_matching: bool,
    /// Percent at which it pauses, ascending.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checkpoints: Vec<u32>,
    /// How long it pauses there; an hour when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checkpoint_pause_s: Option<u32>,
}

impl Default for Pace {
    /// What AWS does when nobody says otherwise.
    fn default() -> Self {
        Self {
            min_healthy_percent: 90,
            max_healthy_percent: None,
            warm_up_s: None,
            skip_matching: false,
            checkpoints: Vec::new(),
            checkpoint_pause_s: None,
        }
    }
}

impl Pace {
    /// The first field that AWS would refuse.
    #[must_use]
    pub fn refused_field(&self) -> Option<PaceField> {
        let min = self.min_healthy_percent;
        let fits_max = |max: u32| (100..=200).contains(&max) && max.saturating_sub(min) <= 100;
        let ascends = self.checkpoints.is_sorted_by(|one, next| one < next);
        let in_range = self.checkpoints.iter().all(|one| (1..=100).contains(one));
        let pause = self.checkpoint_pause_s;
        let pause_fits = pause.is_none_or(|pause| {
            pause <= limits::CHECKPOINT_PAUSE_S_MAX && !self.checkpoints.is_empty()
        });
        [
            (PaceField::MinHealthy, min <= 100),
            (
                PaceField::MaxHealthy,
                self.max_healthy_percent.is_none_or(fits_max),
            ),
            (
                PaceField::WarmUp,
                self.warm_up_s
                    .is_none_or(|warm| warm <= limits::WARM_UP_S_MAX),
            ),
            (
                PaceField::Checkpoints,
                ascends && in_range && self.checkpoints.len() <= limits::CHECKPOINTS_MAX,
            ),
            (PaceField::CheckpointPause, pause_fits),
        ]
        .into_iter()
        .find_map(|(field, fits)| (!fits).then_some(field))
    }
}

/// A field of a pace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PaceField {
    /// At least in service.
    MinHealthy,
    /// At most running.
    MaxHealthy,
    /// How long a new instance serves first.
    WarmUp,
    /// Where it pauses.
    Checkpoints,
    /// How long it pauses.
    CheckpointPause,
}

/// Where a refresh stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum RefreshState {
    /// It goes on.
    Running,
    /// It is being cancelled or rolled back.
    Ending,
    /// Every instance that was to be replaced is.
    Successful,
    /// AWS gave it up.
    Failed,
    /// Somebody cancelled it, or it was rolled back.
    Cancelled,
}

impl RefreshState {
    /// No other can be started beside it.
    #[must_use]
    pub const fn is_active(self) -> bool {
        matches!(self, Self::Running | Self::Ending)
    }
}

/// One refresh, as AWS tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refresh {
    /// AWS's id.
    pub id: String,
    /// Where it stands.
    pub state: RefreshState,
    /// When it began; none of one that waits.
    pub started_at: Option<Timestamp>,
    /// Percent that are replaced.
    pub percent: u32,
    /// How many are left.
    pub left: u32,
    /// AWS's own words about it.
    pub reason: String,
}

/// The refresh that was started from an instant on, as a call at that instant did: the
/// oldest of them, for no other can begin beside it.
#[must_use]
pub fn started_since(refreshes: &[Refresh], since: Timestamp) -> Option<&Refresh> {
    let since = since.plus_ms(-limits::REFRESH_CLOCK_SKEW_MS);
    let started = |refresh: &&Refresh| refresh.started_at.is_none_or(|at| at >= since);
    let ours = refreshes.iter().filter(started);
    ours.min_by_key(|refresh| refresh.started_at.unwrap_or(Timestamp::from_ms(i64::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pace_that_aws_would_refuse_names_its_field() {
        let pace = Pace::default;
        for (pace, field) in [
            (pace(), None),
            (
                Pace {
                    min_healthy_percent: 101,
                    ..pace()
                },
                Some(PaceField::MinHealthy),
            ),
            (
                Pace {
                    max_healthy_percent: Some(99),
                    ..pace()
                },
                Some(PaceField::MaxHealthy),
            ),
            (
                Pace {
                    min_healthy_percent: 50,
                    max_healthy_percent: Some(160),
                    ..pace()
                },
                Some(PaceField::MaxHealthy),
            ),
            (
                Pace {
                    checkpoints: vec![50, 50],
                    ..pace()
                },
                Some(PaceField::Checkpoints),
            ),
            (
                Pace {
                    checkpoint_pause_s: Some(60),
                    ..pace()
                },
                Some(PaceField::CheckpointPause),
            ),
            (
                Pace {
                    checkpoints: vec![25, 100],
                    checkpoint_pause_s: Some(60),
                    ..pace()
                },
                None,
            ),
        ] {
            assert_eq!(pace.refused_field(), field, "{pace:?}");
        }
    }

    #[test]
    fn ours_is_the_first_that_began_after_the_call() {
        let refresh = |id: &str, at| Refresh {
            id: id.into(),
            state: RefreshState::Successful,
            started_at: Some(Timestamp::from_ms(at)),
            percent: 100,
            left: 0,
            reason: String::new(),
        };
        let hour = 3_600_000;
        let all = [
            refresh("later", 3 * hour),
            refresh("ours", 2 * hour),
            refresh("before", hour),
        ];
        let found = |since| {
            started_since(&all, Timestamp::from_ms(since)).map(|refresh| refresh.id.as_str())
        };
        assert_eq!(
            found(2 * hour + 1_000),
            Some("ours"),
            "clocks differ by a moment"
        );
        assert_eq!(found(4 * hour), None);
    }
}
