//! Calendars of other programs that say when changes need a freeze approver: what of
//! a calendar becomes freezes, and what differs from those that stand.

use crate::{
    estate::Environment,
    freezes::Freeze,
    ids::FreezeId,
    limits,
    time::{DAY_MS, Timestamp},
};
use std::collections::BTreeSet;

/// A calendar in the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    /// Its name, unique in the configuration.
    pub name: String,
    /// The environments that it freezes; empty means all.
    pub environments: Vec<Environment>,
    /// Its times are freezes; else it is there for the schedules that name it.
    pub freezes: bool,
    /// The IANA zone of its days, and of times that name none.
    pub timezone: String,
    /// Where it is read, without secrets.
    pub place: String,
}

/// A time that a calendar names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Occurrence {
    /// Its first instant.
    pub from: Timestamp,
    /// The first instant after it; `from` where it takes no time.
    pub until: Timestamp,
    /// What it is called; may be empty.
    pub title: String,
}

/// What the times of a calendar mean (AWS Systems Manager User Guide, Change Calendar).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Times {
    /// In them nothing should change.
    Closed(Vec<Occurrence>),
    /// Nothing should change but in them.
    Open(Vec<Occurrence>),
}

/// More times than freezes are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the calendar names more than {most} times within {days} days", most = limits::CALENDAR_FREEZES_MAX, days = limits::CALENDAR_AHEAD_DAYS)]
pub struct TooManyTimes;

/// Until when a calendar is followed.
#[must_use]
pub fn horizon(now: Timestamp) -> Timestamp {
    now.plus_ms(limits::CALENDAR_AHEAD_DAYS * DAY_MS)
}

/// What of a calendar becomes freezes: every closed time that is not over and begins
/// within [`limits::CALENDAR_AHEAD_DAYS`], soonest first, each once and with a name of
/// one line. What has no name gets this one.
///
/// # Errors
/// [`TooManyTimes`], where the calendar names closed times.
pub fn ahead(found: Times, now: Timestamp, name: &str) -> Result<Vec<Occurrence>, TooManyTimes> {
    let end = horizon(now);
    let is_ahead = |one: &Occurrence| one.from < one.until && one.until > now && one.from < end;
    let opens = matches!(found, Times::Open(_));
    let closed = match found {
        Times::Closed(closed) => closed,
        Times::Open(open) => between(open),
    };
    let named = closed.into_iter().filter(is_ahead).map(|one| Occurrence {
        title: line_of(&one.title, name),
        ..one
    });
    let ahead: BTreeSet<Occurrence> = named.collect();
    let mut ahead: Vec<Occurrence> = ahead.into_iter().collect();
    if ahead.len() > limits::CALENDAR_FREEZES_MAX {
        if !opens {
            return Err(TooManyTimes);
        }
        // What opens so far ahead is told when it comes nearer; until then it is closed.
        ahead.truncate(limits::CALENDAR_FREEZES_MAX);
        if let Some(last) = ahead.last_mut() {
            last.until = Timestamp::from_ms(limits::TIME_MAX_MS);
        }
    }
    Ok(ahead)
}

/// The times that are in none of these, from the first instant to the last: the same ones
/// whenever they are asked for.
fn between(mut open: Vec<Occurrence>) -> Vec<Occurrence> {
    open.sort_unstable();
    let mut closed = Vec::with_capacity(open.len() + 1);
    let mut from = Timestamp::from_ms(limits::TIME_MIN_MS);
    let gap = |from, until| Occurrence {
        from,
        until,
        title: String::new(),
    };
    for one in open {
        closed.push(gap(from, one.from));
        from = from.max(one.until);
    }
    closed.push(gap(from, Timestamp::from_ms(limits::TIME_MAX_MS)));
    closed
}

/// A title as a line of text, or the name instead of nothing.
fn line_of(title: &str, name: &str) -> String {
    let clean: String = title
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(limits::LINE_CHARS_MAX)
        .collect();
    match clean.trim() {
        "" => name.to_owned(),
        clean => clean.to_owned(),
    }
}

/// What a new reading of a calendar changes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Changes {
    /// Freezes that it names no more.
    pub lifted: Vec<FreezeId>,
    /// Times that it names anew.
    pub declared: Vec<Occurrence>,
}

/// Compares the freezes of a calendar that are not over with what it names now.
#[must_use]
pub fn compare(standing: &[Freeze], wanted: &[Occurrence], calendar: &Calendar) -> Changes {
    let same = |freeze: &Freeze, one: &Occurrence| {
        (freeze.from, freeze.until, &freeze.name) == (one.from, one.until, &one.title)
            && freeze.environments == calendar.environments
    };
    let lifted = standing
        .iter()
        .filter(|freeze| !wanted.iter().any(|one| same(freeze, one)));
    let declared = wanted
        .iter()
        .filter(|one| !standing.iter().any(|freeze| same(freeze, one)));
    Changes {
        lifted: lifted.map(|freeze| freeze.id).collect(),
        declared: declared.cloned().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::HOUR_MS;

    fn at(hours: i64) -> Timestamp {
        Timestamp::from_ms(1_772_409_600_000 + hours * HOUR_MS)
    }

    fn one(title: &str, from: i64, until: i64) -> Occurrence {
        Occurrence {
            from: at(from),
            until: at(until),
            title: title.into(),
        }
    }

    #[test]
    fn what_is_over_far_ahead_or_no_time_at_all_freezes_nothing() {
        let far = limits::CALENDAR_AHEAD_DAYS * DAY_MS / HOUR_MS;
        let found = vec![
            one("soon", 5, 6),
            one("running", -1, 1),
            one("over", -2, 0),
            one("far", far, far + 1),
            one("nothing", 3, 3),
            one(" a\u{7}b ", 8, 9),
            one("", 7, 8),
            one("soon", 5, 6),
        ];
        let titles = |found: Vec<Occurrence>| -> Vec<String> {
            found.into_iter().map(|one| one.title).collect()
        };
        assert_eq!(
            ahead(Times::Closed(found), at(0), "releases").map(titles),
            Ok(["running", "soon", "releases", "a b"]
                .map(str::to_owned)
                .to_vec())
        );
        let most = i64::try_from(limits::CALENDAR_FREEZES_MAX).expect("a number");
        let many = |count: i64| Times::Closed((0..count).map(|n| one("x", n, n + 1)).collect());
        assert!(ahead(many(most), at(0), "x").is_ok());
        assert_eq!(ahead(many(most + 1), at(0), "x"), Err(TooManyTimes));
    }

    #[test]
    fn a_calendar_of_open_times_freezes_what_lies_between_them() {
        let check = |open: &[(i64, i64)], expected: &[(Timestamp, Timestamp)]| {
            let open = open
                .iter()
                .map(|(from, until)| one("deploys", *from, *until));
            let found = ahead(Times::Open(open.collect()), at(0), "windows").expect("freezes");
            assert!(found.iter().all(|one| one.title == "windows"));
            let spans: Vec<_> = found.iter().map(|one| (one.from, one.until)).collect();
            assert_eq!(spans, expected);
        };
        let first = Timestamp::from_ms(limits::TIME_MIN_MS);
        let last = Timestamp::from_ms(limits::TIME_MAX_MS);
        check(&[], &[(first, last)]);
        check(&[(-9, -8)], &[(at(-8), last)]);
        // In any order; one within another and one that touches make no gap.
        check(
            &[(12, 14), (2, 10), (3, 4), (10, 12)],
            &[(first, at(2)), (at(14), last)],
        );
        check(&[(-1, 1)], &[(at(1), last)]);
        // More than are kept: the last one kept holds until it is known better.
        let most = i64::try_from(limits::CALENDAR_FREEZES_MAX).expect("a number");
        let open = (0..2 * most).map(|n| one("", 2 * n + 1, 2 * n + 2));
        let found = ahead(Times::Open(open.collect()), at(0), "windows").expect("freezes");
        assert_eq!(found.len(), limits::CALENDAR_FREEZES_MAX);
        let end = found.last().expect("freezes");
        assert_eq!((end.from, end.until), (at(2 * most - 2), last));
    }

    #[test]
    fn only_what_differs_is_lifted_or_declared() {
        let calendar = Calendar {
            name: "releases".into(),
            environments: vec!["prod".into()],
            freezes: true,
            timezone: "UTC".into(),
            place: "calendar.example.com".into(),
        };
        let freeze = |n: u128, one: &Occurrence, environment: &str| Freeze {
            id: FreezeId::from_parts(1, n),
            name: one.title.clone(),
            environments: vec![environment.into()],
            from: one.from,
            until: one.until,
            reason: String::new(),
            calendar: Some("releases".into()),
        };
        let (kept, moved, new) = (one("a", 1, 2), one("b", 3, 4), one("b", 3, 5));
        let standing = [
            freeze(1, &kept, "prod"),
            freeze(2, &moved, "prod"),
            freeze(3, &kept, "staging"),
        ];
        let found = compare(&standing, &[kept.clone(), new.clone()], &calendar);
        assert_eq!(
            found,
            Changes {
                lifted: vec![standing[1].id, standing[2].id],
                declared: vec![new]
            }
        );
        assert_eq!(
            compare(&standing[..1], &[kept], &calendar),
            Changes::default()
        );
    }
}
