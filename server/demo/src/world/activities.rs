//! What a target did, newest last, at most as many as are shown.

use crate::chance::Dice;
use domain::{capacity::Activity, limits, time::Timestamp};
use std::collections::VecDeque;

#[derive(Default)]
pub(super) struct Activities {
    kept: VecDeque<(u64, Activity)>,
    next: u64,
}

impl Activities {
    /// Begins an activity; its number ends it later.
    pub fn begin(
        &mut self,
        description: String,
        cause: String,
        now: Timestamp,
        dice: &mut Dice,
    ) -> u64 {
        if self.kept.len() >= limits::ACTIVITIES_MAX {
            self.kept.pop_front();
        }
        let number = self.next;
        self.next += 1;
        let activity = Activity {
            id: dice.uuid(),
            started_at: now,
            ended_at: None,
            status: "InProgress".into(),
            description,
            cause,
        };
        self.kept.push_back((number, activity));
        number
    }

    /// Something that was over as soon as it began.
    pub fn record(
        &mut self,
        status: &str,
        description: String,
        cause: String,
        now: Timestamp,
        dice: &mut Dice,
    ) {
        let number = self.begin(description, cause, now, dice);
        self.close(Some(number), status, now);
    }

    /// Ends an activity well.
    pub fn end(&mut self, number: Option<u64>, now: Timestamp) {
        self.close(number, "Successful", now);
    }

    /// Ends an activity that is no longer wanted.
    pub fn cancel(&mut self, number: Option<u64>, now: Timestamp) {
        self.close(number, "Cancelled", now);
    }

    fn close(&mut self, number: Option<u64>, status: &str, now: Timestamp) {
        let found = self
            .kept
            .iter_mut()
            .rev()
            .find(|(at, _)| Some(*at) == number);
        // An old one may have been forgotten already.
        if let Some((_, activity)) = found {
            activity.status = status.into();
            activity.ended_at = Some(now);
        }
    }

    /// Newest first.
    pub fn list(&self) -> Vec<Activity> {
        let newest_first = self.kept.iter().rev();
        newest_first.map(|(_, activity)| activity.clone()).collect()
    }
}
