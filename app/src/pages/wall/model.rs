//! What stands on the wall, worked out from what the services say.

use api::{
    Page,
    alarms::{AlarmCount, AlarmQuery, AlarmRow, AlarmSort},
    on_call::{OnCallBoard, RotationRow},
    page::PageQuery,
};
use domain::{
    alarms::{AlarmState, Priority},
    estate::Environment,
    on_call::Shift,
    sources::SourceKind,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// Alarms that are drawn: more cannot be read from across a room.
const TILES_MAX: u32 = 60;

/// Everything that the wall shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Wall {
    /// Alarms going off that nobody looks after, urgent ones first.
    pub open: Page<AlarmRow>,
    /// Alarms going off that somebody looks after, urgent ones first.
    pub taken: Page<AlarmRow>,
    /// All alarms, counted.
    pub counts: Vec<AlarmCount>,
    /// Who is on call.
    pub on_call: OnCallBoard,
}

impl Wall {
    /// The alarms that are drawn: those without an owner first.
    #[must_use]
    pub fn tiles(&self) -> Vec<AlarmRow> {
        // One that was taken on between the two readings stands in both.
        let open = |row: &&AlarmRow| self.open.rows.iter().any(|one| one.id == row.id);
        let taken = self.taken.rows.iter().filter(|row| !open(row));
        let rows = self.open.rows.iter().chain(taken);
        rows.take(TILES_MAX as usize).cloned().collect()
    }

    /// Alarms that go off and are not drawn.
    #[must_use]
    pub fn hidden(&self) -> u64 {
        let drawn = self.open.rows.len() + self.taken.rows.len();
        let drawn = drawn.min(TILES_MAX as usize) as u64;
        (self.open.total + self.taken.total).saturating_sub(drawn)
    }
}

/// The alarms that the wall asks for: going off, of the environments and priorities of its address.
#[must_use]
pub(super) fn asked(query: &AlarmQuery, acknowledged: bool) -> AlarmQuery {
    AlarmQuery {
        state: vec![AlarmState::Alarm],
        environment: query.environment.clone(),
        priority: query.priority.clone(),
        acknowledged: Some(acknowledged),
        // A drill stands in no count, and nobody must take it for more.
        source: SourceKind::real(),
        sort: AlarmSort::Urgency,
        page: PageQuery {
            offset: 0,
            limit: TILES_MAX,
        },
        ..AlarmQuery::default()
    }
}

/// The priorities of which the wall shows the count.
#[must_use]
pub(super) fn priorities(query: &AlarmQuery) -> Vec<Priority> {
    let asked = |one: &Priority| query.priority.is_empty() || query.priority.contains(one);
    Priority::ALL.into_iter().filter(asked).collect()
}

/// How many alarms of a priority go off in the environments asked for.
#[must_use]
pub(super) fn going_off(counts: &[AlarmCount], query: &AlarmQuery, priority: Priority) -> u64 {
    let asked = |count: &&AlarmCount| {
        count.state == AlarmState::Alarm
            && count.priority == priority
            && (query.environment.is_empty() || query.environment.contains(&count.environment))
    };
    counts.iter().filter(asked).map(|count| count.count).sum()
}

/// How many alarms of what is asked for cannot tell: nothing goes off where nothing is measured.
#[must_use]
pub(super) fn without_data(counts: &[AlarmCount], query: &AlarmQuery) -> u64 {
    let asked = |count: &&AlarmCount| {
        count.state == AlarmState::InsufficientData
            && (query.priority.is_empty() || query.priority.contains(&count.priority))
            && (query.environment.is_empty() || query.environment.contains(&count.environment))
    };
    counts.iter().filter(asked).map(|count| count.count).sum()
}

/// Environments asked for that nobody knows. A board of one would look calm for ever.
#[must_use]
pub(super) fn unknown(query: &AlarmQuery, known: &[Environment]) -> Vec<String> {
    let asked = query.environment.iter();
    let unknown = asked.filter(|one| !known.contains(one));
    unknown.map(ToString::to_string).collect()
}

/// The shift that runs.
#[must_use]
pub(super) fn current(rotation: &RotationRow, now: Timestamp) -> Option<&Shift> {
    let mut shifts = rotation.shifts.iter();
    shifts.find(|shift| shift.from <= now && now < shift.until)
}

/// Whether news has stopped: the server tells its clock every few seconds, also over a line
/// that the browser still takes for an open one.
#[must_use]
pub(super) fn is_stale(last: Option<Timestamp>, now: Timestamp) -> bool {
    last == Some(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(state: AlarmState, priority: Priority, environment: &str) -> AlarmCount {
        AlarmCount {
            state,
            priority,
            environment: Environment::from(environment),
            count: 3,
        }
    }

    #[test]
    fn the_wall_counts_what_its_address_asks_for() {
        let counts = [
            count(AlarmState::Alarm, Priority::P1, "prod"),
            count(AlarmState::Alarm, Priority::P1, "dev"),
            count(AlarmState::Alarm, Priority::P2, "prod"),
            count(AlarmState::Ok, Priority::P1, "prod"),
        ];
        let all = AlarmQuery::default();
        let prod = AlarmQuery {
            environment: vec![Environment::from("prod")],
            priority: vec![Priority::P1],
            ..AlarmQuery::default()
        };
        assert_eq!(going_off(&counts, &all, Priority::P1), 6);
        assert_eq!(going_off(&counts, &prod, Priority::P1), 3);
        let silent = [count(AlarmState::InsufficientData, Priority::P1, "prod")];
        assert_eq!(
            (without_data(&silent, &all), without_data(&counts, &all)),
            (3, 0)
        );
        assert_eq!(priorities(&all), Priority::ALL);
        assert_eq!(priorities(&prod), [Priority::P1]);
        assert!(unknown(&prod, &prod.environment).is_empty());
        assert_eq!(unknown(&prod, &[Environment::from("dev")]), ["prod"]);
    }

    #[test]
    fn a_filter_by_state_or_order_is_no_matter_of_the_wall() {
        let query = AlarmQuery {
            state: vec![AlarmState::Ok],
            sort: AlarmSort::Name,
            text: "x".into(),
            ..AlarmQuery::default()
        };
        let asked = asked(&query, false);
        assert_eq!(asked.state, [AlarmState::Alarm]);
        assert_eq!((asked.sort, asked.text.as_str()), (AlarmSort::Urgency, ""));
        assert_eq!(asked.acknowledged, Some(false));
    }

    #[test]
    fn the_shift_that_runs_is_found_by_the_clock() {
        let at = |hour: i64| Timestamp::from_ms(hour * 3_600_000);
        let shift = |from, contact: &str| Shift {
            contact: contact.parse().expect("a name"),
            from: at(from),
            until: at(from + 1),
            cover: None,
        };
        let rotation = RotationRow {
            name: "primary".parse().expect("a name"),
            timezone: "UTC".into(),
            shift: "1 hour".into(),
            contacts: Vec::new(),
            shifts: vec![shift(0, "mina"), shift(1, "jun")],
        };
        let name = |now| current(&rotation, now).map(|shift| shift.contact.to_string());
        assert_eq!(name(at(0)), Some("mina".into()));
        assert_eq!(
            name(at(1)),
            Some("jun".into()),
            "the last instant is the next one's"
        );
        assert_eq!(name(at(2)), None);
    }
}
