//! Sources that must call: when one is late, and the alarm that says so.

use crate::{
    alarms::AlarmState,
    labels,
    sources::{AlarmNotes, AlarmReport, SourceName, series_name},
    time::{MINUTE_MS, Timestamp},
};
use std::collections::BTreeMap;

/// What the alarm of a source that does not call is named by.
const NAME: &str = "heartbeat";

/// When a source is late, unless it calls until then. It has a whole period from its last call
/// and from when somebody began to listen: what nobody could hear is not held against it.
#[must_use]
pub fn due_at(beat_at: Timestamp, listening_since: Timestamp, minutes: u32) -> Timestamp {
    let from = beat_at.max(listening_since);
    from.plus_ms(i64::from(minutes) * MINUTE_MS)
}

/// The labels of a source's heartbeat.
#[must_use]
pub fn heartbeat_labels(source: &SourceName) -> BTreeMap<String, String> {
    let label = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    BTreeMap::from([label(labels::NAME, NAME), label("source", source.as_str())])
}

/// The alarm of a source that must call.
#[must_use]
pub fn heartbeat_report(
    source: &SourceName,
    minutes: u32,
    state: AlarmState,
    state_at: Timestamp,
) -> AlarmReport {
    let labels = heartbeat_labels(source);
    let reason = match state {
        AlarmState::Alarm => format!("{source} has not called for {minutes} minutes"),
        AlarmState::Ok => format!("{source} calls"),
        AlarmState::InsufficientData => format!("waiting for the first call of {source}"),
    };
    AlarmReport {
        name: series_name(&labels),
        description: format!("{source} must call every {minutes} minutes"),
        state,
        state_at,
        reason,
        notes: AlarmNotes {
            labels,
            ..AlarmNotes::default()
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_has_a_whole_period_from_its_call_and_from_our_start() {
        let t = |minutes: i64| Timestamp::from_ms(minutes * MINUTE_MS);
        for (beat, listening, due) in [(10, 0, 15), (10, 10, 15), (10, 12, 17)] {
            assert_eq!(due_at(t(beat), t(listening), 5), t(due));
        }
    }

    #[test]
    fn the_alarm_is_named_after_the_source() {
        let source: SourceName = "backup".parse().expect("a name");
        let report = heartbeat_report(&source, 5, AlarmState::Alarm, Timestamp::from_ms(0));
        assert_eq!(report.name, r#"heartbeat{source="backup"}"#);
    }
}
