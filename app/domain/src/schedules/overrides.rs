//! A schedule with an override more, or one less.

use super::{OverrideDraft, Schedule, ScheduleError};
use crate::time::Timestamp;

impl Schedule {
    /// The same with an override more, which wins over those before it. Those that are over
    /// by now are left out.
    ///
    /// # Errors
    /// [`ScheduleError`] when the override does not fit the schedule.
    pub fn with_override(
        &self,
        over: OverrideDraft,
        now: Timestamp,
    ) -> Result<Self, ScheduleError> {
        let mut draft = self.draft.clone();
        draft.overrides.retain(|one| one.until > now);
        draft.overrides.push(over);
        Self::try_from(draft)
    }

    /// The same without its override of exactly that time, and without those that are over
    /// by now; of several of one time the one that wins goes. None where there is none ahead.
    #[must_use]
    pub fn without_override(
        &self,
        from: Timestamp,
        until: Timestamp,
        now: Timestamp,
    ) -> Option<Self> {
        let mut draft = self.draft.clone();
        draft.overrides.retain(|one| one.until > now);
        let mut overrides = draft.overrides.iter();
        let winning = overrides.rposition(|one| (one.from, one.until) == (from, until))?;
        draft.overrides.remove(winning);
        // A schedule without one of its overrides is a schedule.
        Self::try_from(draft).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        schedules::{LevelChange, ScheduleProblem},
        time::MINUTE_MS,
    };
    use serde_json::json;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_ms(minute * MINUTE_MS)
    }

    fn over(from: i64, until: i64, max: u32) -> OverrideDraft {
        OverrideDraft {
            from: at(from),
            until: at(until),
            capacity: LevelChange {
                max: Some(max),
                ..LevelChange::default()
            },
            reason: "a rehearsal".into(),
        }
    }

    fn with(overrides: &[(i64, i64)]) -> Schedule {
        let drafts = overrides.iter();
        let drafts: Vec<_> = drafts.map(|&(from, until)| over(from, until, 3)).collect();
        let schedule = json!({
            "name": "office", "timezone": "UTC", "targets": [{"asg": "web"}],
            "base": {"min": 1, "desired": 1, "max": 2}, "overrides": drafts,
        });
        serde_json::from_value(schedule).expect("a schedule")
    }

    #[test]
    fn what_is_over_goes_with_the_next_one() {
        for (now, left) in [(19, with(&[(10, 20), (15, 30)])), (20, with(&[(15, 30)]))] {
            let more = with(&[(10, 20)]).with_override(over(15, 30, 3), at(now));
            assert_eq!(more, Ok(left), "{now}");
        }
    }

    #[test]
    fn exactly_one_goes_and_only_before_its_end() {
        let both = with(&[(10, 20), (30, 40)]);
        for (from, until, now, left) in [
            (10, 20, 0, Some(with(&[(30, 40)]))),
            (10, 20, 19, Some(with(&[(30, 40)]))),
            (10, 20, 20, None),
            (30, 40, 20, Some(with(&[]))),
            (10, 40, 0, None),
        ] {
            let less = both.without_override(at(from), at(until), at(now));
            assert_eq!(less, left, "{from}–{until} at {now}");
        }
    }

    #[test]
    fn of_two_of_one_time_the_one_that_wins_goes() {
        let both = with(&[(10, 20)]).with_override(over(10, 20, 4), at(0));
        let one = both
            .expect("it fits")
            .without_override(at(10), at(20), at(0));
        assert_eq!(one, Some(with(&[(10, 20)])));
    }

    #[test]
    fn what_does_not_fit_says_where() {
        let wrong = with(&[]).with_override(over(10, 20, 0), at(0));
        let error = wrong.expect_err("min and desired are above it");
        assert_eq!(error.path[..3], ["overrides", "0", "capacity"]);
        assert!(
            matches!(error.problem, ScheduleProblem::Level(_)),
            "{error:?}"
        );
    }
}
