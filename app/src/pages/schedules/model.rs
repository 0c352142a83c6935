//! What a schedule does, for charts and lists: worked out where it is looked at,
//! by the evaluator that the server plans with.

use crate::{shared::COUNT_AXIS, texts::schedules as t};
use api::schedules::ScheduleReading;
use domain::{
    fit::{self, Fit, TooLittle, Traffic},
    i18n::{Lang, changes::power, schedules::note},
    limits,
    schedules::{Level, Power, Rule, Schedule, Timetable, Transition, Zones, day_range},
    time::{DAY_MS, Timestamp, Zone},
};
use kit::{
    Tone,
    chart::{ChartData, HEAT_SHADES_MAX, HeatData, HeatKey, HeatRow, HeatStretch, Series},
};
use serde_json::Value;

/// Days of a week of the heat map.
const WEEK_DAYS: i64 = 7;
/// Weeks that can be paged through: as far as AWS is told beforehand.
pub(super) const WEEKS_SHOWN: i64 = limits::COMPILE_DAYS_DEFAULT / WEEK_DAYS;
/// Days of the line.
const LINE_DAYS: i64 = 14;
/// Changes that are listed.
const RUNS_SHOWN: usize = 8;
const MINUTES_OF_DAY: f64 = 24.0 * 60.0;

/// A schedule with the rules of its zones: all that its future takes.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Known {
    pub schedule: Schedule,
    zones: Zones,
}

impl Known {
    /// What was read; none when the text is no schedule.
    pub fn of(reading: &ScheduleReading) -> Option<Self> {
        Some(Self {
            schedule: reading.schedule.clone()?,
            zones: Zones::of(reading.zones.iter().cloned()),
        })
    }

    /// Compares it with traffic.
    ///
    /// # Errors
    /// [`TooLittle`].
    pub fn fit(&self, traffic: &Traffic, now: Timestamp) -> Result<Option<Fit>, TooLittle> {
        fit::compare(&self.schedule, &self.zones, traffic, now)
    }

    /// Asks its timetable; none when a zone is missing, which no reading is.
    pub fn ask<T>(&self, question: impl FnOnce(&Timetable<'_>) -> T) -> Option<T> {
        let timetable = Timetable::new(&self.schedule, &self.zones).ok()?;
        Some(question(&timetable))
    }
}

/// A change that is to come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ComingRun {
    pub at: Timestamp,
    pub rule: String,
    pub level: Level,
}

/// A rule as the API names it, in words; numbers count from 0, as in notes and files.
pub(crate) fn rule_words(lang: Lang, rule: &str) -> String {
    match rule.split_once(':') {
        Some(("window", name)) => t::rule_window(lang, name),
        Some(("exception", number)) => t::rule_exception(lang, number),
        Some(("override", number)) => t::rule_override(lang, number),
        _ => t::rule_base(lang).to_owned(),
    }
}

/// A capacity in words.
pub(super) fn level_words(lang: Lang, level: Level) -> String {
    match level {
        Level::Power { state } => power(lang, state).to_owned(),
        level => level.to_string(),
    }
}

/// The number that stands for a capacity: what is wanted, or the least.
fn amount(level: Level) -> u32 {
    match level {
        Level::Group { capacity, .. } => capacity.desired,
        Level::Bounds { min, .. } => min,
        Level::Power { state } => u32::from(state == Power::Running),
    }
}

/// The most that a schedule ever wants; its shades are measured against it.
fn most(schedule: &Schedule) -> u32 {
    let windows = schedule.windows().iter().map(|window| window.level);
    let overrides = schedule.overrides().iter().map(|over| over.level);
    let levels = windows.chain(overrides).chain([schedule.base()]);
    levels.map(amount).max().unwrap_or_default()
}

fn shade(level: Level, most: u32) -> u8 {
    let shade = (amount(level) * u32::from(HEAT_SHADES_MAX)).div_ceil(most.max(1));
    u8::try_from(shade).unwrap_or(HEAT_SHADES_MAX)
}

/// Seven days from today, or from so many weeks later, by the schedule's clock.
pub(super) fn week(lang: Lang, timetable: &Timetable<'_>, now: Timestamp, week: i64) -> HeatData {
    let zone = timetable.zone();
    let today = zone.civil(now).date();
    let begins = |day: i64| day_range(zone, today, week * WEEK_DAYS + day).1;
    let transitions = timetable.timeline(begins(0), begins(WEEK_DAYS));
    let most = most(timetable.schedule());
    let mut data = HeatData::default();
    for day in 0..WEEK_DAYS {
        let (from, until) = (begins(day), begins(day + 1));
        let part = |at: Timestamp| {
            let clock = zone.civil(at);
            f64::from(i32::from(clock.hour()) * 60 + i32::from(clock.minute())) / MINUTES_OF_DAY
        };
        let mut row = HeatRow {
            label: day_label(lang, zone, from),
            now: (from..until).contains(&now).then(|| part(now)),
            ..HeatRow::default()
        };
        for (index, held) in transitions.iter().enumerate() {
            let next = transitions.get(index + 1).map_or(until, |next| next.at);
            let (first, last) = (held.at.max(from), next.min(until));
            if first >= last {
                continue;
            }
            let (begin, end) = (part(first), if last == until { 1.0 } else { part(last) });
            // An hour that happens twice has no second place on the clock.
            if begin < end {
                let hours = format!("{}–{}", clock_text(begin), clock_text(end));
                row.stretches
                    .push(stretch(lang, timetable, held, (begin, end), &hours, most));
            }
            let key = HeatKey {
                shade: shade(held.level, most),
                label: level_words(lang, held.level),
            };
            if !data.keys.contains(&key) {
                data.keys.push(key);
            }
        }
        data.rows.push(row);
    }
    data.keys.sort_by_key(|key| key.shade);
    data
}

fn stretch(
    lang: Lang,
    timetable: &Timetable<'_>,
    held: &Transition,
    (from, to): (f64, f64),
    hours: &str,
    most: u32,
) -> HeatStretch {
    let level = level_words(lang, held.level);
    let rule = rule_words(lang, &held.rule.text(timetable.schedule()));
    let short = match held.level {
        Level::Group { capacity, .. } => vec![capacity.to_string(), capacity.desired.to_string()],
        _ => vec![level.clone()],
    };
    HeatStretch {
        from,
        to,
        shade: shade(held.level, most),
        labels: short,
        text: format!("{hours} · {rule} · {level}"),
        tone: match held.rule {
            Rule::Override(_) => Tone::Warning,
            Rule::Exception(_) => Tone::Info,
            Rule::Base | Rule::Window(_) => Tone::Neutral,
        },
    }
}

/// `Mon 03-02`.
fn day_label(lang: Lang, zone: &Zone, at: Timestamp) -> String {
    let weekday = zone.civil(at).date().weekday().to_monday_zero_offset();
    let text = zone.minute_text(at);
    let day = text.get(5..10).unwrap_or_default();
    format!("{} {day}", weekday_word(lang, weekday))
}

/// A day of the week, Monday being 0.
pub(super) fn weekday_word(lang: Lang, weekday: i8) -> &'static str {
    match weekday {
        0 => t::monday(lang),
        1 => t::tuesday(lang),
        2 => t::wednesday(lang),
        3 => t::thursday(lang),
        4 => t::friday(lang),
        5 => t::saturday(lang),
        _ => t::sunday(lang),
    }
}

fn clock_text(part: f64) -> String {
    let minutes = (part * MINUTES_OF_DAY).round();
    format!("{:02}:{:02}", (minutes / 60.0).floor(), minutes % 60.0)
}

/// The capacity of the coming days as lines; none for what is only on or off.
pub(super) fn line(lang: Lang, timetable: &Timetable<'_>, now: Timestamp) -> ChartData {
    let until = now.plus_ms(LINE_DAYS * DAY_MS);
    let mut stations = timetable.timeline(now, until);
    let last = stations.last().copied();
    stations.extend(last.map(|last| Transition { at: until, ..last }));
    let series = |name: &str, value: fn(Level) -> u32| {
        let point = |station: &Transition| (station.at.ms(), Some(f64::from(value(station.level))));
        Series::new(name, stations.iter().map(point).collect())
    };
    let series = match timetable.schedule().base() {
        Level::Group { .. } => vec![
            series(t::desired(lang), amount),
            series(t::min(lang), |level| bounds(level).0),
            series(t::max(lang), |level| bounds(level).1),
        ],
        Level::Bounds { .. } => vec![
            series(t::min(lang), |level| bounds(level).0),
            series(t::max(lang), |level| bounds(level).1),
        ],
        Level::Power { .. } => vec![],
    };
    ChartData {
        from_ms: now.ms(),
        to_ms: until.ms(),
        series,
        y_max: Some(COUNT_AXIS),
        ..ChartData::default()
    }
}

fn bounds(level: Level) -> (u32, u32) {
    match level {
        Level::Group { capacity, .. } => (capacity.min, capacity.max),
        Level::Bounds { min, max } => (min, max),
        Level::Power { .. } => (0, 1),
    }
}

/// The next changes.
pub(super) fn next_runs(timetable: &Timetable<'_>, now: Timestamp) -> Vec<ComingRun> {
    let runs = timetable.next(now, RUNS_SHOWN).into_iter();
    runs.map(|run| ComingRun {
        at: run.at,
        rule: run.rule.text(timetable.schedule()),
        level: run.level,
    })
    .collect()
}

/// What a reader would not expect of the days that AWS is told beforehand.
pub(super) fn notes(
    lang: Lang,
    timetable: &Timetable<'_>,
    now: Timestamp,
) -> Vec<(Timestamp, String)> {
    let until = now.plus_ms(limits::COMPILE_DAYS_DEFAULT * DAY_MS);
    let notes = timetable.outlook(now, until).notes.into_iter();
    notes
        .map(|found| (found.at, note(lang, timetable, &found)))
        .collect()
}

/// The leaves of what an object of AWS is given: `MinSize 2 · MaxSize 6`.
pub(super) fn input_text(input: &Value) -> String {
    let mut parts = Vec::new();
    push_leaves(&mut parts, "", input);
    parts.join(" · ")
}

fn push_leaves(parts: &mut Vec<String>, name: &str, value: &Value) {
    match value {
        Value::Object(fields) => fields
            .iter()
            .for_each(|(name, value)| push_leaves(parts, name, value)),
        Value::Array(items) => items
            .iter()
            .for_each(|value| push_leaves(parts, name, value)),
        Value::String(text) => parts.push(format!("{name} {text}")),
        value => parts.push(format!("{name} {value}")),
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use serde_json::json;

    fn known(zone: &str, change: impl FnOnce(&mut Value)) -> Known {
        let mut value = json!({
            "name": "night",
            "timezone": zone,
            "targets": [{ "asg": "web-dev" }],
            "base": { "min": 1, "desired": 2, "max": 4 },
            "windows": [
                { "name": "night", "from": "20:00", "to": "08:00", "capacity": { "min": 0, "desired": 0, "max": 0 } },
                { "name": "rush", "days": ["wed"], "from": "10:00", "to": "10:30", "capacity": { "desired": 4 } },
            ],
        });
        change(&mut value);
        let reading = ScheduleReading {
            schedule: Some(serde_json::from_value(value).expect("a schedule")),
            zones: vec![Zone::named(zone).expect("a zone")],
            ..ScheduleReading::default()
        };
        Known::of(&reading).expect("a schedule")
    }

    fn at(text: &str) -> Timestamp {
        text.parse().expect("an instant")
    }

    fn parts(row: &HeatRow) -> Vec<(String, u8)> {
        let part = |one: &HeatStretch| {
            let hours = format!("{}–{}", clock_text(one.from), clock_text(one.to));
            (hours, one.shade)
        };
        row.stretches.iter().map(part).collect()
    }

    #[test]
    fn a_week_shows_each_day_by_the_clock_of_the_schedule() {
        let known = known("Asia/Seoul", |_| {});
        // A Tuesday noon in Seoul.
        let now = at("2026-03-03T03:00:00Z");
        let week = |number| {
            known
                .ask(|one| week(Lang::En, one, now, number))
                .expect("a zone")
        };
        let first = week(0);
        assert_eq!(first.rows.len(), 7);
        assert_eq!(
            (first.rows[0].label.as_str(), first.rows[0].now),
            ("Tue 03-03", Some(0.5))
        );
        let day = [("00:00–08:00", 0), ("08:00–20:00", 3), ("20:00–24:00", 0)];
        let day = day.map(|(hours, shade)| (hours.to_owned(), shade));
        assert_eq!(parts(&first.rows[0]), day);
        let wednesday = parts(&first.rows[1]);
        assert!(
            wednesday.contains(&("10:00–10:30".to_owned(), HEAT_SHADES_MAX)),
            "{wednesday:?}"
        );
        let keys: Vec<_> = first.keys.iter().map(|key| key.label.as_str()).collect();
        assert_eq!(
            keys,
            ["0–0–0", "1–2–4", "1–4–4"],
            "from the least to the most"
        );
        let second = week(1);
        assert_eq!(
            (second.rows[0].label.as_str(), second.rows[0].now),
            ("Tue 03-10", None)
        );
    }

    #[test]
    fn days_on_which_the_clock_changes_stay_days() {
        let known = known("America/New_York", |_| {});
        // Weeks with the 23 hours of 8 March and the 25 of 1 November.
        for now in ["2026-03-06T12:00:00Z", "2026-10-30T12:00:00Z"] {
            let week = known
                .ask(|one| week(Lang::Ko, one, at(now), 0))
                .expect("a zone");
            for row in week.rows {
                let (first, last) = (row.stretches.first(), row.stretches.last());
                assert_eq!(
                    (first.map(|one| one.from), last.map(|one| one.to)),
                    (Some(0.0), Some(1.0))
                );
                assert!(
                    row.stretches.iter().all(|one| one.from < one.to),
                    "{}",
                    row.label
                );
            }
        }
    }

    #[test]
    fn the_line_and_the_next_changes_tell_the_same() {
        let known = known("Asia/Seoul", |value| {
            value["overrides"] = json!([{
                "from": "2026-03-03T12:00:00Z", "until": "2026-03-03T13:00:00Z",
                "capacity": { "desired": 3 }, "reason": "a rehearsal",
            }]);
        });
        let now = at("2026-03-03T03:00:00Z");
        let line = known.ask(|one| line(Lang::En, one, now)).expect("a zone");
        let runs = known.ask(|one| next_runs(one, now)).expect("a zone");
        let desired = &line.series[0].points;
        assert_eq!(desired[0], (now.ms(), Some(2.0)));
        for (run, point) in runs.iter().zip(&desired[1..]) {
            assert_eq!((run.at.ms(), Some(f64::from(amount(run.level)))), *point);
        }
        let words: Vec<_> = runs
            .iter()
            .take(3)
            .map(|run| rule_words(Lang::En, &run.rule))
            .collect();
        assert_eq!(words, ["Window night", "Override 0", "Window night"]);
    }

    #[test]
    fn what_an_object_is_given_is_told_in_one_line() {
        let input = json!({ "ScalableTargetAction": { "MinCapacity": 2, "MaxCapacity": 4 }, "Ids": ["a", "b"] });
        let text = input_text(&input);
        for part in ["MinCapacity 2", "MaxCapacity 4", "Ids a · Ids b"] {
            assert!(text.contains(part), "{text}");
        }
    }
}
