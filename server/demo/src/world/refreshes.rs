//! Instance refreshes of one group: which of its members go next, and when.

use super::Refusal;
use crate::chance::Dice;
use domain::{
    limits,
    refreshes::{Pace, Refresh, RefreshState},
    time::{SECOND_MS, Timestamp},
};
use std::collections::VecDeque;

/// Seconds that a new member serves before the next goes, where nobody says.
const WARM_UP_S: u32 = 60;
/// Seconds of a pause at a checkpoint, where nobody says (RefreshPreferences).
const CHECKPOINT_PAUSE_S: u32 = 3_600;

/// What the one that goes on does.
enum Phase {
    /// It may take the next members.
    Ready,
    /// Those that it took are being replaced.
    Replacing,
    /// What came serves a while before the next go.
    Resting { until: Timestamp },
}

struct Running {
    pace: Pace,
    /// Members that are still to go.
    waiting: Vec<String>,
    all: usize,
    phase: Phase,
}

/// Those of a group, newest first.
#[derive(Default)]
pub(super) struct Refreshes {
    told: VecDeque<Refresh>,
    running: Option<Running>,
}

impl Refreshes {
    /// Begins one that replaces these members.
    pub fn start(
        &mut self,
        pace: &Pace,
        members: Vec<String>,
        now: Timestamp,
        dice: &mut Dice,
    ) -> Result<(), Refusal> {
        if self.running.is_some() {
            return Err(Refusal::invalid(
                "InstanceRefreshInProgress: An Instance Refresh is already in progress and blocks \
                 the execution of this Instance Refresh.",
            ));
        }
        let left = u32::try_from(members.len()).unwrap_or(u32::MAX);
        self.told.push_front(Refresh {
            id: dice.uuid(),
            state: RefreshState::Running,
            started_at: Some(now),
            percent: 0,
            left,
            reason: String::new(),
        });
        self.told
            .truncate(usize::try_from(limits::REFRESHES_READ_MAX).unwrap_or_default());
        self.running = Some(Running {
            pace: pace.clone(),
            all: members.len(),
            waiting: members,
            phase: Phase::Ready,
        });
        Ok(())
    }

    /// Ends the one that goes on.
    pub fn cancel(&mut self) {
        self.end(RefreshState::Cancelled, "Cancelled due to user request.");
    }

    fn end(&mut self, state: RefreshState, reason: &str) {
        if self.running.take().is_none() {
            return;
        }
        if let Some(told) = self.told.front_mut() {
            told.state = state;
            reason.clone_into(&mut told.reason);
        }
    }

    /// The members that go now. `active` are those there are, `settled` says that as many
    /// serve as are wanted.
    pub fn take(
        &mut self,
        active: &[String],
        wanted: u32,
        settled: bool,
        now: Timestamp,
    ) -> Vec<String> {
        let (Some(one), Some(told)) = (&mut self.running, self.told.front_mut()) else {
            return Vec::new();
        };
        one.waiting.retain(|id| active.contains(id));
        match one.phase {
            Phase::Replacing if settled => {
                let rest_s = one.rest_s(told);
                let until = now.plus_ms(i64::from(rest_s) * SECOND_MS);
                one.phase = Phase::Resting { until };
                return Vec::new();
            }
            Phase::Replacing => return Vec::new(),
            Phase::Resting { until } if now < until => return Vec::new(),
            Phase::Ready | Phase::Resting { .. } => {}
        }
        let last = one.pace.checkpoints.last();
        if one.waiting.is_empty() || last.is_some_and(|last| told.percent >= *last) {
            told.percent = if one.waiting.is_empty() {
                100
            } else {
                told.percent
            };
            self.end(RefreshState::Successful, "");
            return Vec::new();
        }
        let spare = wanted * (100 - one.pace.min_healthy_percent.min(100)) / 100;
        let count = usize::try_from(spare.max(1)).unwrap_or(1);
        one.phase = Phase::Replacing;
        let count = count.min(one.waiting.len());
        one.waiting.drain(..count).collect()
    }

    /// When something next happens here by itself.
    pub fn next_event(&self) -> Option<Timestamp> {
        match self.running.as_ref()?.phase {
            Phase::Resting { until } => Some(until),
            Phase::Ready | Phase::Replacing => None,
        }
    }

    /// As told to a caller.
    pub fn list(&self) -> Vec<Refresh> {
        self.told.iter().cloned().collect()
    }
}

impl Running {
    /// Counts what was replaced; how long it rests then.
    fn rest_s(&self, told: &mut Refresh) -> u32 {
        let done = self.all.saturating_sub(self.waiting.len());
        let before = told.percent;
        told.left = u32::try_from(self.waiting.len()).unwrap_or(u32::MAX);
        told.percent = u32::try_from(done * 100 / self.all.max(1)).unwrap_or(100);
        let mut checkpoints = self.pace.checkpoints.iter();
        let warm_up_s = self.pace.warm_up_s.unwrap_or(WARM_UP_S);
        match checkpoints.any(|one| (before + 1..=told.percent).contains(one) && *one < 100) {
            true => warm_up_s.max(self.pace.checkpoint_pause_s.unwrap_or(CHECKPOINT_PAUSE_S)),
            false => warm_up_s,
        }
    }
}
