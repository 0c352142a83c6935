//! Calendars of other programs (RFC 5545, `.ics`): the dates on which something is.
//!
//! Of an event count its title and its time, or all the local dates that it touches,
//! again and again as its rule says. What would make other times of it and is not
//! understood is refused with its line, never skipped. Alarms, time zone definitions
//! and all that is not an event are passed over.

mod lines;
mod rules;

use crate::FileError;
use domain::{
    calendars::{Occurrence, Times},
    limits,
    schedules::{DateRange, Dates},
    time::{DAY_MS, HOUR_MS, MINUTE_MS, Timestamp, Zone},
};
use jiff::{
    ToSpan,
    civil::{Date, DateTime},
};
use lines::Line;
use rules::Rule;
use std::collections::{HashMap, HashSet};

/// The dates of a calendar, by the clock of a zone.
///
/// # Errors
/// [`FileError`] names the file, the line, the property and what is not understood.
pub fn parse_calendar(file: &str, text: &str, zone: &Zone) -> Result<Dates, FileError> {
    let until = Timestamp::from_ms(limits::TIME_MAX_MS);
    let found = match parse_times(file, text, zone, until)? {
        Times::Closed(found) => found,
        Times::Open(_) => {
            let what = "it names the times in which changes may be made (it is closed by default), \
                        not days that differ from others; name another calendar";
            return Err(FileError {
                file: file.to_owned(),
                ..FileError::whole("X-CALENDAR-TYPE", what)
            });
        }
    };
    Ok(Dates::of(found.iter().map(|one| touched(one, zone))))
}

/// Every time that a calendar names and that begins before `until`, in no order. A zone's clock tells when the days
/// and times begin that name no zone of their own. They are closed ones, unless it is a
/// Change Calendar of AWS Systems Manager that is closed but in them.
///
/// # Errors
/// As [`parse_calendar`].
pub fn parse_times(
    file: &str,
    text: &str,
    zone: &Zone,
    until: Timestamp,
) -> Result<Times, FileError> {
    if text.len() > limits::CALENDAR_FILE_BYTES_MAX {
        let most = limits::CALENDAR_FILE_BYTES_MAX;
        let message = format!("the calendar is longer than {most} bytes; split it");
        return Err(FileError::whole(file, message));
    }
    times(text, zone, until).map_err(|error| FileError {
        file: file.to_owned(),
        line: Some(error.line),
        field: error.property,
        message: error.message,
    })
}

/// The local dates that a time touches.
fn touched(found: &Occurrence, zone: &Zone) -> DateRange {
    let lasts_ms = found.until.since_ms(found.from);
    // An end is the first instant after the event.
    let last = found.from.plus_ms((lasts_ms - 1).max(0));
    DateRange {
        first: zone.civil(found.from).date(),
        last: zone.civil(last).date(),
    }
}

/// What is not understood, and where.
#[derive(Debug, Clone, PartialEq)]
struct CalendarError {
    line: usize,
    property: String,
    message: String,
}

impl CalendarError {
    fn new(line: &Line, message: impl Into<String>) -> Self {
        Self {
            line: line.number,
            property: line.name.clone(),
            message: message.into(),
        }
    }
}

/// When something is: a date, or a time by some clock.
#[derive(Debug, Clone, PartialEq)]
enum When {
    Date(Date),
    /// By the clock on the wall, wherever that is.
    Local(DateTime),
    /// An instant, and the clock by which it was written.
    Instant(Timestamp, Zone),
}

impl When {
    /// The date by the clock by which it was written: the one that rules repeat.
    fn own_date(&self) -> Date {
        match self {
            Self::Date(date) => *date,
            Self::Local(local) => local.date(),
            Self::Instant(at, zone) => zone.civil(*at).date(),
        }
    }

    /// The date by the clock of an event's start, however it was itself written:
    /// `20260302T230000Z` is an occurrence of 3 March when the start is in Seoul.
    fn date_by(&self, start: &Self, zone: &Zone) -> Date {
        match (self, start) {
            (Self::Instant(at, _), Self::Instant(_, clock)) => clock.civil(*at).date(),
            (Self::Instant(at, _), Self::Local(_)) => zone.civil(*at).date(),
            _ => self.own_date(),
        }
    }

    /// The instant, by the clock of a zone where it has none of its own.
    fn instant(&self, zone: &Zone) -> Timestamp {
        match self {
            Self::Date(date) => zone.instant(date.at(0, 0, 0, 0)),
            Self::Local(local) => zone.instant(*local),
            Self::Instant(at, _) => *at,
        }
    }

    /// The same time of day on another date of its own clock.
    fn on(&self, date: Date) -> Self {
        match self {
            Self::Date(_) => Self::Date(date),
            Self::Local(local) => Self::Local(date.to_datetime(local.time())),
            Self::Instant(at, zone) => {
                let local = date.to_datetime(zone.civil(*at).time());
                Self::Instant(zone.instant(local), zone.clone())
            }
        }
    }
}

/// An event as its lines tell it.
#[derive(Debug, Default)]
struct Event {
    uid: String,
    title: String,
    start: Option<When>,
    end: Option<When>,
    lasts_ms: Option<i64>,
    rule: Option<(Line, Rule)>,
    more: Vec<When>,
    without: Vec<When>,
    /// The occurrence of another event that this one stands for.
    instead_of: Option<When>,
    /// It is called off, or only advises: AWS does not close a Change Calendar for it.
    without_effect: bool,
}

/// What a calendar is made of.
#[derive(Debug)]
struct Parts {
    /// Nothing should change but in the events (X-CALENDAR-TYPE of a Change Calendar).
    opens: bool,
    /// Each with the line on which it begins.
    events: Vec<(Line, Event)>,
}

fn times(text: &str, zone: &Zone, until: Timestamp) -> Result<Times, CalendarError> {
    let Parts { opens, events } = parts(text)?;
    let found = occurrences(&events, zone, until)?;
    Ok(match opens {
        true => Times::Open(found),
        false => Times::Closed(found),
    })
}

fn occurrences(
    events: &[(Line, Event)],
    zone: &Zone,
    until: Timestamp,
) -> Result<Vec<Occurrence>, CalendarError> {
    // An occurrence that was moved or cancelled by itself is not where its rule has it.
    let mut moved: HashMap<&str, Vec<&When>> = HashMap::new();
    for (_, event) in events {
        if let Some(when) = &event.instead_of {
            moved.entry(&event.uid).or_default().push(when);
        }
    }
    let mut found = Vec::new();
    for (begin, event) in events.iter().filter(|(_, event)| !event.without_effect) {
        let moved = match event.instead_of {
            Some(_) => None,
            None => moved.get(event.uid.as_str()),
        };
        let usual = event.start(begin)?;
        let without: HashSet<Date> = (event.without.iter())
            .chain(moved.into_iter().flatten().copied())
            .map(|when| when.date_by(usual, zone))
            .collect();
        for start in starts(event, usual, zone, until) {
            if without.contains(&start.date_by(usual, zone)) {
                continue;
            }
            found.push(occurrence(begin, event, usual, &start, zone)?);
            if found.len() > limits::SCHEDULE_DATES_MAX {
                let most = limits::SCHEDULE_DATES_MAX;
                let message = format!("the calendar has more than {most} dates; give it an end");
                return Err(CalendarError::new(begin, message));
            }
        }
    }
    Ok(found)
}

/// Every start of an event before an instant.
fn starts(event: &Event, start: &When, zone: &Zone, before: Timestamp) -> Vec<When> {
    let is_before = |when: &When| when.instant(zone) < before;
    let mut starts = vec![start.clone()];
    if let Some((_, rule)) = &event.rule {
        let repeats = rule.dates(start.own_date()).map(|date| start.on(date));
        let until = |when: &When| {
            rule.until
                .as_ref()
                .is_none_or(|until| !is_after(when, until, zone))
        };
        starts = repeats.take_while(until).take_while(is_before).collect();
    }
    starts.extend(event.more.iter().cloned());
    starts.retain(is_before);
    starts
}

/// An end is the last time at which a start may be; a bare date is its whole day.
fn is_after(when: &When, until: &When, zone: &Zone) -> bool {
    match until {
        When::Date(date) => when.own_date() > *date,
        until => when.instant(zone) > until.instant(zone),
    }
}

/// An event as it is when it starts then.
fn occurrence(
    begin: &Line,
    event: &Event,
    usual: &When,
    start: &When,
    zone: &Zone,
) -> Result<Occurrence, CalendarError> {
    let from = start.instant(zone);
    let until = match (start, &event.end, event.lasts_ms) {
        (When::Date(date), end, lasts_ms) => {
            let days = match (end, lasts_ms) {
                (Some(end), _) => days_between(usual.own_date(), end.own_date()),
                (None, Some(ms)) => i32::try_from(ms / DAY_MS).unwrap_or(i32::MAX),
                (None, None) => 1,
            };
            // More than a year is refused below; what no date can hold must come so far.
            When::Date(date.saturating_add(days.clamp(1, 1_000).days())).instant(zone)
        }
        (_, Some(end), _) => from.plus_ms(end.instant(zone).since_ms(usual.instant(zone))),
        (_, None, lasts_ms) => from.plus_ms(lasts_ms.unwrap_or(0)),
    };
    let occurrence = Occurrence {
        title: event.title.clone(),
        from,
        until: until.max(from),
    };
    let years = limits::SCHEDULE_YEAR_MIN..=limits::SCHEDULE_YEAR_MAX;
    let DateRange { first, last } = touched(&occurrence, zone);
    let days = days_between(first, last);
    if !years.contains(&first.year()) || !years.contains(&last.year()) || days > 366 {
        let message = "this event lies before 2000 or after 2199, or lasts longer than a year";
        return Err(CalendarError::new(begin, message));
    }
    Ok(occurrence)
}

fn days_between(first: Date, last: Date) -> i32 {
    first.until(last).map_or(i32::MAX, |span| span.get_days())
}

fn parts(text: &str) -> Result<Parts, CalendarError> {
    let (mut opens, mut events) = (false, Vec::new());
    let mut inside: Vec<String> = Vec::new();
    let mut seen = false;
    for line in lines::unfold(text) {
        let line = line?;
        match line.name.as_str() {
            "BEGIN" => {
                let part = line.value.to_ascii_uppercase();
                seen |= part == "VCALENDAR";
                if part == "VEVENT" {
                    if events.len() == limits::CALENDAR_EVENTS_MAX {
                        let most = limits::CALENDAR_EVENTS_MAX;
                        let message = format!("the calendar has more than {most} events");
                        return Err(CalendarError::new(&line, message));
                    }
                    events.push((line, Event::default()));
                }
                inside.push(part);
            }
            "END" => {
                let part = line.value.to_ascii_uppercase();
                if inside.pop() != Some(part) {
                    return Err(CalendarError::new(&line, "this END has no BEGIN"));
                }
            }
            "X-CALENDAR-TYPE" => opens = opens_in_events(&line)?,
            _ if inside.last().is_some_and(|part| part == "VEVENT") => {
                if let Some((_, event)) = events.last_mut() {
                    event.take(line)?;
                }
            }
            _ => {}
        }
    }
    if seen && inside.is_empty() {
        return Ok(Parts { opens, events });
    }
    Err(CalendarError {
        line: text.lines().count().max(1),
        property: String::new(),
        message: match seen {
            true => "the calendar breaks off; its END:VCALENDAR is missing".into(),
            false => "this is not a calendar: it has no BEGIN:VCALENDAR".into(),
        },
    })
}

fn opens_in_events(line: &Line) -> Result<bool, CalendarError> {
    match line.value.as_str() {
        "DEFAULT_OPEN" => Ok(false),
        "DEFAULT_CLOSED" => Ok(true),
        other => {
            let message = format!("`{other}` is neither DEFAULT_OPEN nor DEFAULT_CLOSED");
            Err(CalendarError::new(line, message))
        }
    }
}

impl Event {
    fn start(&self, begin: &Line) -> Result<&When, CalendarError> {
        let start = self.start.as_ref();
        start.ok_or_else(|| CalendarError::new(begin, "this event has no DTSTART"))
    }

    fn take(&mut self, line: Line) -> Result<(), CalendarError> {
        match line.name.as_str() {
            "UID" => self.uid = line.value,
            "SUMMARY" => self.title = plain(&line.value),
            "DTSTART" => self.start = Some(when(&line, &line.value)?),
            "DTEND" => self.end = Some(when(&line, &line.value)?),
            "DURATION" => self.lasts_ms = Some(duration_ms(&line)?),
            "RECURRENCE-ID" if line.parameter("RANGE").is_some() => {
                let message = "RANGE is not understood: it changes every later occurrence too; end \
                               the series with UNTIL and make a second one of what follows";
                return Err(CalendarError::new(&line, message));
            }
            "RECURRENCE-ID" => self.instead_of = Some(when(&line, &line.value)?),
            "STATUS" => self.without_effect |= line.value.eq_ignore_ascii_case("CANCELLED"),
            "X-EVENT-TYPE" => self.without_effect |= line.value == "ADVISORY",
            "EXDATE" => extend(&mut self.without, &line)?,
            "RDATE" => extend(&mut self.more, &line)?,
            "RRULE" if self.rule.is_some() => {
                return Err(CalendarError::new(
                    &line,
                    "only one RRULE of an event is understood",
                ));
            }
            "RRULE" => {
                let rule = Rule::parse(&line)?;
                self.rule = Some((line, rule));
            }
            "EXRULE" => return Err(CalendarError::new(&line, "EXRULE is not understood")),
            _ => {}
        }
        Ok(())
    }
}

/// A text without its escapes (RFC 5545, 3.3.11); a new line becomes a space.
fn plain(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    let mut escaped = false;
    for c in value.chars() {
        match (escaped, c) {
            (false, '\\') => {
                escaped = true;
                continue;
            }
            (true, 'n' | 'N') => text.push(' '),
            (_, c) => text.push(c),
        }
        escaped = false;
    }
    text
}

/// Adds what a line lists to what the lines before it did.
fn extend(list: &mut Vec<When>, line: &Line) -> Result<(), CalendarError> {
    let most = limits::CALENDAR_EVENT_DATES_MAX;
    for value in line.value.split(',') {
        if list.len() == most {
            let message = format!(
                "this event lists more than {most} dates in {}; split it",
                line.name
            );
            return Err(CalendarError::new(line, message));
        }
        list.push(when(line, value)?);
    }
    Ok(())
}

/// A date or a time, as a property writes it.
fn when(line: &Line, value: &str) -> Result<When, CalendarError> {
    let wrong = || {
        let cut: String = value.chars().take(64).collect();
        let message =
            format!("`{cut}` is not a date such as 20261225 or a time such as 20261225T090000Z");
        CalendarError::new(line, message)
    };
    if let Ok(date) = Date::strptime("%Y%m%d", value) {
        return Ok(When::Date(date));
    }
    if let Some(utc) = value.strip_suffix('Z') {
        let local = DateTime::strptime("%Y%m%dT%H%M%S", utc).map_err(|_| wrong())?;
        return Ok(When::Instant(Zone::utc().instant(local), Zone::utc()));
    }
    let local = DateTime::strptime("%Y%m%dT%H%M%S", value).map_err(|_| wrong())?;
    let Some(name) = line.parameter("TZID") else {
        return Ok(When::Local(local));
    };
    // Some programs name zones in ways of their own. By another clock the event may
    // lie on another date, so none is put in its place.
    let zone = Zone::named(name).map_err(|_| {
        let cut: String = name.chars().take(64).collect();
        let message = format!("`{cut}` is no IANA zone; write TZID as one such as Asia/Seoul");
        CalendarError::new(line, message)
    })?;
    Ok(When::Instant(zone.instant(local), zone))
}

/// `P1D`, `P2W`, `PT1H30M`.
fn duration_ms(line: &Line) -> Result<i64, CalendarError> {
    let wrong = || CalendarError::new(line, "a duration is written P1D, P2W or PT1H30M");
    let rest = line.value.strip_prefix('+').unwrap_or(&line.value);
    let rest = rest.strip_prefix('P').ok_or_else(wrong)?;
    let (mut total_ms, mut number, mut time) = (0_i64, String::new(), false);
    for c in rest.chars() {
        let unit_ms = match c {
            'T' if !time && number.is_empty() => {
                time = true;
                continue;
            }
            '0'..='9' if number.len() < 6 => {
                number.push(c);
                continue;
            }
            'W' if !time => 7 * DAY_MS,
            'D' if !time => DAY_MS,
            'H' if time => HOUR_MS,
            'M' if time => MINUTE_MS,
            'S' if time => 1_000,
            _ => return Err(wrong()),
        };
        let count: i64 = number.parse().map_err(|_| wrong())?;
        total_ms += count * unit_ms;
        number.clear();
    }
    match number.is_empty() && !rest.is_empty() {
        true => Ok(total_ms),
        false => Err(wrong()),
    }
}
