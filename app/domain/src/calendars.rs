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

/// More times than freezes are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the calendar names more than {most} times within {days} days", most = limits::CALENDAR_FREEZES_MAX, days = limits::CALENDAR_AHEAD_DAYS)]
pub struct TooManyTimes;

/// What of a calendar becomes freezes: every time that is not over and begins within
/// [`limits::CALENDAR_AHEAD_DAYS`], soonest first, each once and with a name of one
/// line. What has no name gets this one.
///
/// # Errors
/// [`TooManyTimes`].
pub fn ahead(
    found: Vec<Occurrence>,
    now: Timestamp,
    name: &str,
) -> Result<Vec<Occurrence>, TooManyTimes> {
    let end = now.plus_ms(limits::CALENDAR_AHEAD_DAYS * DAY_MS);
    let is_ahead = |one: &Occurrence| one.from < one.until && one.until > now && one.from < end;
    let named = found.into_iter().filter(is_ahead).map(|one| Occurrence {
        title: line_of(&one.title, name),
        ..one
    });
    let ahead: BTreeSet<Occurrence> = named.collect();
    if ahead.len() > limits::CALENDAR_FREEZES_MAX {
        return Err(TooManyTimes);
    }
    Ok(ahead.into_iter().collect())
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
            ahead(found, at(0), "releases").map(titles),
            Ok(["running", "soon", "releases", "a b"]
                .map(str::to_owned)
                .to_vec())
        );
        let most = i64::try_from(limits::CALENDAR_FREEZES_MAX).expect("a number");
        let many = |count: i64| (0..count).map(|n| one("x", n, n + 1)).collect();
        assert!(ahead(many(most), at(0), "x").is_ok());
        assert_eq!(ahead(many(most + 1), at(0), "x"), Err(TooManyTimes));
    }

    #[test]
    fn only_what_differs_is_lifted_or_declared() {
        let calendar = Calendar {
            name: "releases".into(),
            environments: vec!["prod".into()],
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
