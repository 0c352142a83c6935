//! Schedules against a walk over every minute.
//!
//! The walk knows nothing of the evaluator: it has its own calendar, and its own
//! idea of a clock that changes — a hand that never goes back. What the hand has
//! shown, it has shown: a time that comes twice counts the first time, and a time
//! that is skipped is passed at the end of the gap.
//!
//! `LAMPLIGHTER_SCHEDULES=2000` walks more of them, `LAMPLIGHTER_SEED=…` other ones.

use domain::{
    schedules::{Schedule, Timetable, Zones},
    time::{DAY_MS, MINUTE_MS, Timestamp, Zone},
};
use serde_json::{Value, json};
use std::{collections::HashMap, env};

const ZONES: [&str; 8] = [
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "Africa/Casablanca",
    "Asia/Kathmandu",
    "America/Sao_Paulo",
    "America/New_York",
    "Asia/Seoul",
    "UTC",
];
const DAYS: i64 = 400;
const DAY_MINUTES: i64 = 24 * 60;
/// Days before and after a walk on which a window that touches it may start.
const EARLY_DAYS: i64 = 4;

#[test]
fn every_minute_of_random_schedules_is_as_a_walk_finds_it() {
    let number = |name, default: u64| {
        env::var(name)
            .ok()
            .and_then(|n| n.parse().ok())
            .unwrap_or(default)
    };
    let count = number("LAMPLIGHTER_SCHEDULES", 16);
    let seed = number("LAMPLIGHTER_SEED", 20_261_121);
    println!("{count} schedules from seed {seed}");
    let mut hands = HashMap::new();
    for index in 0..count {
        let mut dice = Dice(seed.wrapping_add(index));
        let plan = Plan::draw(&mut dice);
        walk(
            &plan,
            &mut dice,
            &mut hands,
            &format!("seed {}", seed.wrapping_add(index)),
        );
    }
}

/// Sao Paulo changed its clock at midnight, Apia skipped a day, and St John's day
/// of change began twice.
#[test]
fn clocks_that_changed_at_midnight_are_walked_too() {
    for (zone, from) in [
        ("America/Sao_Paulo", "2017-09-01"),
        ("Pacific/Apia", "2011-08-01"),
        ("America/St_Johns", "2010-02-01"),
        ("America/Havana", "2026-02-01"),
        ("Africa/Casablanca", "2025-01-01"),
    ] {
        let mut hands = HashMap::new();
        for seed in 0..2 {
            let mut dice = Dice(seed);
            let mut plan = Plan::draw(&mut dice);
            plan.zone = zone;
            plan.from = days_of(from);
            for window in &mut plan.windows {
                window.zone = None;
            }
            walk(&plan, &mut dice, &mut hands, &format!("{zone} seed {seed}"));
        }
    }
}

fn walk(plan: &Plan, dice: &mut Dice, hands: &mut HashMap<&'static str, Hand>, told: &str) {
    let written = plan.written();
    let schedule: Schedule = serde_json::from_value(written.clone())
        .unwrap_or_else(|error| panic!("{told}: {error}\n{written:#}"));
    let zones = Zones::named_by(&schedule).expect("zones");
    let timetable = Timetable::new(&schedule, &zones).expect("zones");
    let first = plan.from * DAY_MINUTES;
    let last = first + DAYS * DAY_MINUTES;
    for zone in plan
        .windows
        .iter()
        .filter_map(|w| w.zone)
        .chain([plan.zone])
    {
        hands
            .entry(zone)
            .or_insert_with(|| Hand::new(zone, plan.from));
        let hand = hands.get_mut(zone).expect("just made");
        if hand.from != plan.from {
            *hand = Hand::new(zone, plan.from);
        }
    }
    let at = |minute: i64| Timestamp::from_ms(minute * MINUTE_MS);
    let transitions = timetable.timeline(at(first), at(last));
    let walker = Walker::new(plan, hands);
    let mut next = transitions.iter().peekable();
    let (mut now, mut place) = (None, None);
    let mut looks: Vec<i64> = (0..40)
        .map(|_| first + dice.below(DAYS * DAY_MINUTES))
        .collect();
    looks.sort_unstable();
    let mut looks = looks.into_iter().peekable();
    for minute in first..last {
        let text = || format!("{told} at {}\n{written:#}", at(minute));
        let found = next.next_if(|transition| transition.at == at(minute));
        let expected = walker.at(minute);
        assert_eq!(
            found.is_some(),
            place != Some(expected),
            "a change: {}",
            text()
        );
        place = Some(expected);
        now = found.or(now);
        let now = now.expect("the first minute is a change");
        if found.is_some() {
            let found = (now.rule.text(&schedule), min_of(now.level));
            assert_eq!(found, walker.rule(expected), "{}", text());
        }
        while looks.next_if_eq(&minute).is_some() {
            let (rule, level) = timetable.capacity_at(at(minute).plus_ms(59_999));
            assert_eq!((rule, level), (now.rule, now.level), "{}", text());
            let after = timetable.next(at(minute), 3);
            let within = after.iter().filter(|change| change.at < at(last));
            let listed = transitions
                .iter()
                .filter(|change| change.at > at(minute))
                .take(3);
            assert!(within.eq(listed), "the next changes after {}", text());
        }
    }
    assert_eq!(
        next.next(),
        None,
        "{told}: more than the walk saw\n{written:#}"
    );
}

fn min_of(level: domain::schedules::Level) -> u64 {
    serde_json::to_value(level).expect("json")["min"]
        .as_u64()
        .expect("a number")
}

/// The walk's answer, minute by minute.
struct Walker<'a> {
    plan: &'a Plan,
    hand: &'a Hand,
    /// Of each window, and whether it starts on each day of the walk.
    windows: Vec<(&'a Drawn, &'a Hand, Vec<bool>)>,
}

impl<'a> Walker<'a> {
    fn new(plan: &'a Plan, hands: &'a HashMap<&'static str, Hand>) -> Self {
        let days = plan.from - EARLY_DAYS..plan.from + DAYS + EARLY_DAYS;
        let windows = plan.windows.iter().map(|window| {
            let replaced = |day| plan.exceptions.iter().any(|(days, _)| days.contains(&day));
            let starts = days.clone().map(|day| window.starts(day) && !replaced(day));
            (
                window,
                &hands[window.zone.unwrap_or(plan.zone)],
                starts.collect(),
            )
        });
        Self {
            plan,
            hand: &hands[plan.zone],
            windows: windows.collect(),
        }
    }

    fn at(&self, minute: i64) -> Place {
        let plan = self.plan;
        for (n, (from, until, _)) in plan.overrides.iter().enumerate().rev() {
            if (*from..*until).contains(&minute) {
                return Place::Override(n);
            }
        }
        let today = self.hand.shown(minute).div_euclid(DAY_MINUTES);
        for (n, (days, _)) in plan.exceptions.iter().enumerate().rev() {
            if days.contains(&today) {
                return Place::Exception(n);
            }
        }
        for (n, (window, hand, starts)) in self.windows.iter().enumerate().rev() {
            let shown = hand.shown(minute);
            let (day, time) = (shown.div_euclid(DAY_MINUTES), shown.rem_euclid(DAY_MINUTES));
            let starts = |day: i64| starts[index(day - plan.from + EARLY_DAYS)];
            let on = match window.to > window.from {
                true => time >= window.from && time < window.to && starts(day),
                false => {
                    (time >= window.from && starts(day)) || (time < window.to && starts(day - 1))
                }
            };
            if on {
                return Place::Window(n);
            }
        }
        Place::Base
    }

    /// The rule as it is written, and its least capacity.
    fn rule(&self, place: Place) -> (String, u64) {
        match place {
            Place::Override(n) => (format!("override:{n}"), self.plan.overrides[n].2),
            Place::Exception(n) => {
                let window = self.plan.exceptions[n].1;
                let min = window.map_or(0, |window| self.plan.windows[window].min);
                (format!("exception:{n}"), min)
            }
            Place::Window(n) => (format!("window:w{n}"), self.plan.windows[n].min),
            Place::Base => ("base".to_owned(), 0),
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Place {
    Base,
    Window(usize),
    Exception(usize),
    Override(usize),
}

fn index(number: i64) -> usize {
    usize::try_from(number).expect("inside the walk")
}

/// What a zone's clock has shown at most, in minutes since 1970, from some days
/// before the walk.
struct Hand {
    from: i64,
    first: i64,
    shown: Vec<i64>,
}

impl Hand {
    fn new(name: &'static str, from: i64) -> Self {
        let zone = Zone::named(name).expect("a zone");
        let first = (from - EARLY_DAYS) * DAY_MINUTES;
        // Only St John's ever changed its clock at a minute past midnight.
        let step = if name == "America/St_Johns" { 1 } else { 15 };
        let mut most = i64::MIN;
        let mut shown = Vec::new();
        for look in 0..(DAYS + 5) * DAY_MINUTES / step {
            let minute = first + look * step;
            let at = Timestamp::from_ms(minute * MINUTE_MS).to_jiff();
            let offset = i64::from(zone.rules().to_offset(at).seconds()) / 60;
            for minute in minute..minute + step {
                most = most.max(minute + offset);
                shown.push(most);
            }
        }
        Self { from, first, shown }
    }

    fn shown(&self, minute: i64) -> i64 {
        self.shown[index(minute - self.first)]
    }
}

/// A schedule as the dice made it. Every window's capacity tells it from the others.
struct Plan {
    zone: &'static str,
    /// Days since 1970.
    from: i64,
    windows: Vec<Drawn>,
    /// Days, and the window whose capacity they have.
    exceptions: Vec<(Vec<i64>, Option<usize>)>,
    /// Minutes since 1970, and the least capacity.
    overrides: Vec<(i64, i64, u64)>,
}

struct Drawn {
    zone: Option<&'static str>,
    days: Vec<Weekday>,
    monthdays: Vec<Monthday>,
    /// First and last, 1 to 12.
    months: Option<(i64, i64)>,
    dates: Vec<i64>,
    from: i64,
    to: i64,
    min: u64,
}

#[derive(Clone, Copy)]
enum Weekday {
    /// First and last, 0 = Monday.
    Range(i64, i64),
    Nth(i64, i64),
    Last(i64),
}

#[derive(Clone, Copy)]
enum Monthday {
    Day(i64),
    Last,
    Nearest(i64),
}

const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];

impl Drawn {
    fn draw(dice: &mut Dice, first_day: i64, min: u64) -> Self {
        let times = [
            0, 15, 30, 60, 75, 90, 105, 120, 135, 150, 165, 180, 540, 1080, 1380, 1439,
        ];
        let time = |dice: &mut Dice| match dice.one_in(2) {
            true => times[dice.index(times.len())],
            false => dice.below(DAY_MINUTES),
        };
        let mut drawn = Self {
            zone: dice.one_in(3).then(|| ZONES[dice.index(ZONES.len())]),
            days: Vec::new(),
            monthdays: Vec::new(),
            months: None,
            dates: Vec::new(),
            from: time(dice),
            to: if dice.one_in(8) {
                DAY_MINUTES
            } else {
                time(dice)
            },
            min,
        };
        if dice.one_in(6) {
            let count = 1 + dice.below(12);
            drawn.dates = (0..count)
                .map(|_| first_day - 2 + dice.below(DAYS))
                .collect();
            return drawn;
        }
        if dice.one_in(2) {
            for _ in 0..=dice.below(2) {
                drawn.days.push(match dice.below(4) {
                    0 => Weekday::Nth(dice.below(7), 1 + dice.below(5)),
                    1 => Weekday::Last(dice.below(7)),
                    _ => Weekday::Range(dice.below(7), dice.below(7)),
                });
            }
        }
        if dice.one_in(3) {
            for _ in 0..=dice.below(5) {
                drawn.monthdays.push(match dice.below(4) {
                    0 => Monthday::Last,
                    1 => Monthday::Nearest(1 + dice.below(31)),
                    _ => Monthday::Day(1 + dice.below(31)),
                });
            }
        }
        drawn.months = dice
            .one_in(4)
            .then(|| (1 + dice.below(12), 1 + dice.below(12)));
        drawn
    }

    fn written(&self, name: usize) -> Value {
        let mut written = json!({
            "name": format!("w{name}"),
            "from": time_text(self.from),
            "to": time_text(self.to),
            "capacity": {"min": self.min, "desired": self.min, "max": self.min},
        });
        if let Some(zone) = self.zone {
            written["timezone"] = json!(zone);
        }
        let name = |day: i64| WEEKDAYS[usize::try_from(day).expect("a day")];
        let days = self.days.iter().map(|day| match *day {
            Weekday::Range(first, last) if first == last => name(first).to_owned(),
            Weekday::Range(first, last) => format!("{}..{}", name(first), name(last)),
            Weekday::Nth(day, nth) => format!("{}#{nth}", name(day)),
            Weekday::Last(day) => format!("{}#last", name(day)),
        });
        let monthdays = self.monthdays.iter().map(|day| match *day {
            Monthday::Day(day) => json!(day),
            Monthday::Last => json!("last"),
            Monthday::Nearest(day) => json!(format!("{day}w")),
        });
        if !self.days.is_empty() {
            written["days"] = days.collect();
        }
        if !self.monthdays.is_empty() {
            written["monthdays"] = monthdays.collect();
        }
        if let Some((first, last)) = self.months {
            let name = |month: i64| MONTHS[usize::try_from(month - 1).expect("a month")];
            written["months"] = json!([format!("{}..{}", name(first), name(last))]);
        }
        if !self.dates.is_empty() {
            written["dates"] = self
                .dates
                .iter()
                .map(|day| json!(date_text(*day)))
                .collect();
        }
        written
    }

    fn starts(&self, day: i64) -> bool {
        if !self.dates.is_empty() {
            return self.dates.contains(&day);
        }
        let (year, month, date) = civil(day);
        let length = month_length(year, month);
        let weekday = (day + 3).rem_euclid(7);
        let by_week = |rule: &Weekday| match *rule {
            Weekday::Range(first, last) if first <= last => (first..=last).contains(&weekday),
            Weekday::Range(first, last) => weekday >= first || weekday <= last,
            Weekday::Nth(of, nth) => weekday == of && (date + 6) / 7 == nth,
            Weekday::Last(of) => weekday == of && date + 7 > length,
        };
        let by_month = |rule: &Monthday| match *rule {
            Monthday::Day(of) => date == of,
            Monthday::Last => date == length,
            Monthday::Nearest(of) if of > length => false,
            Monthday::Nearest(of) => {
                // The working day of the month with the least way to it.
                let first = day - date + 1;
                let working = |date: &i64| (first + date - 1 + 3).rem_euclid(7) < 5;
                (1..=length)
                    .filter(working)
                    .min_by_key(|date| (date - of).abs())
                    == Some(date)
            }
        };
        let in_month = self.months.is_none_or(|(first, last)| match first <= last {
            true => (first..=last).contains(&month),
            false => month >= first || month <= last,
        });
        in_month
            && (self.days.is_empty() || self.days.iter().any(by_week))
            && (self.monthdays.is_empty() || self.monthdays.iter().any(by_month))
    }
}

impl Plan {
    fn draw(dice: &mut Dice) -> Self {
        let zone = ZONES[dice.index(ZONES.len())];
        let from = days_of("2025-01-01") + 30 * dice.below(3);
        let windows: Vec<Drawn> = (1..2 + dice.below(6).unsigned_abs())
            .map(|index| Drawn::draw(dice, from, index))
            .collect();
        let mut exceptions = Vec::new();
        for _ in 0..dice.below(3) {
            let day = from - 2 + dice.below(DAYS);
            let days = (0..=dice.below(4)).map(|n| day + n + n / 2).collect();
            let window = dice.one_in(2).then(|| dice.index(windows.len()));
            exceptions.push((days, window));
        }
        let mut overrides = Vec::new();
        for index in 0..dice.below(3).unsigned_abs() {
            let start = from * DAY_MINUTES - DAY_MINUTES + dice.below(DAYS * DAY_MINUTES);
            overrides.push((start, start + 1 + dice.below(3 * DAY_MINUTES), 100 + index));
        }
        Self {
            zone,
            from,
            windows,
            exceptions,
            overrides,
        }
    }

    fn written(&self) -> Value {
        let windows = self.windows.iter().enumerate();
        let exceptions = self.exceptions.iter().map(|(days, window)| {
            let dates: Vec<String> = days.iter().map(|day| date_text(*day)).collect();
            let instead = window.map_or("base".to_owned(), |window| format!("w{window}"));
            json!({"dates": dates, "use": instead})
        });
        let overrides = self.overrides.iter().map(|(from, until, min)| {
            let at = |minute: i64| Timestamp::from_ms(minute * MINUTE_MS);
            let capacity = json!({"min": min, "desired": min, "max": min});
            json!({"from": at(*from), "until": at(*until), "capacity": capacity, "reason": "drawn"})
        });
        json!({
            "name": "drawn",
            "timezone": self.zone,
            "targets": [{"asg": "web"}],
            "base": {"min": 0, "desired": 0, "max": 0},
            "windows": windows.map(|(index, window)| window.written(index)).collect::<Value>(),
            "exceptions": exceptions.collect::<Value>(),
            "overrides": overrides.collect::<Value>(),
        })
    }
}

/// Year, month and day of a number of days since 1970, found by counting.
fn civil(day: i64) -> (i64, i64, i64) {
    let (mut year, mut left) = (1970, day);
    while left >= 365 + i64::from(leap(year)) {
        left -= 365 + i64::from(leap(year));
        year += 1;
    }
    let mut month = 1;
    while left >= month_length(year, month) {
        left -= month_length(year, month);
        month += 1;
    }
    (year, month, left + 1)
}

fn leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn month_length(year: i64, month: i64) -> i64 {
    match month {
        2 => 28 + i64::from(leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn date_text(day: i64) -> String {
    let (year, month, day) = civil(day);
    format!("{year:04}-{month:02}-{day:02}")
}

fn time_text(minutes: i64) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

fn days_of(date: &str) -> i64 {
    let at: Timestamp = format!("{date}T00:00:00Z").parse().expect("a date");
    at.ms() / DAY_MS
}

/// `SplitMix64`: small, seeded, the same everywhere.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, count: i64) -> i64 {
        i64::try_from(self.roll() % count.unsigned_abs()).expect("below")
    }

    fn index(&mut self, count: usize) -> usize {
        usize::try_from(self.below(i64::try_from(count).expect("small"))).expect("below")
    }

    fn one_in(&mut self, count: i64) -> bool {
        self.below(count) == 0
    }
}
