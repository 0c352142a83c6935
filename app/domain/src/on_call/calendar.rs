//! Shifts as a calendar, to be read by calendar programs (RFC 5545).

use super::{RotationName, Shift};
use crate::time::{Timestamp, Zone};
use std::fmt::Write as _;

/// Bytes of a line after which it is folded (RFC 5545, 3.1).
const LINE_BYTES: usize = 75;

/// A calendar of shifts. What an event is called is asked with its contact. A shift keeps its
/// `UID` while it begins at the same time, so a program that reads the calendar again moves
/// nothing about; the one that goes on at the time of writing begins then.
#[must_use]
pub fn write(
    rotation: &RotationName,
    title: &str,
    shifts: &[Shift],
    summary: impl Fn(&str) -> String,
    now: Timestamp,
) -> String {
    let mut text = String::new();
    let mut line = |name: &str, value: &str| fold(&mut text, &format!("{name}:{value}"));
    line("BEGIN", "VCALENDAR");
    line("VERSION", "2.0");
    line("PRODID", "-//Lamplighter//On call//EN");
    line("X-WR-CALNAME", &escaped(title));
    for shift in shifts {
        line("BEGIN", "VEVENT");
        let began = shift.from.ms();
        line("UID", &format!("{rotation}-{began}@lamplighter"));
        line("DTSTAMP", &utc(now));
        line("DTSTART", &utc(shift.from));
        line("DTEND", &utc(shift.until));
        line("SUMMARY", &escaped(&summary(shift.contact.as_str())));
        line("END", "VEVENT");
    }
    line("END", "VCALENDAR");
    text
}

/// `20261122T090000Z`.
fn utc(at: Timestamp) -> String {
    let civil = Zone::utc().civil(at);
    format!(
        "{:04}{:02}{:02}T{:02}{:02}{:02}Z",
        civil.year(),
        civil.month(),
        civil.day(),
        civil.hour(),
        civil.minute(),
        civil.second()
    )
}

/// A text as a value (RFC 5545, 3.3.11).
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => {
                escaped.push('\\');
                escaped.push(c);
            }
            '\n' => escaped.push_str("\\n"),
            c if c.is_control() => {}
            c => escaped.push(c),
        }
    }
    escaped
}

/// Writes a line, folded between characters where it is too long.
fn fold(text: &mut String, line: &str) {
    let mut length = 0;
    for c in line.chars() {
        if length + c.len_utf8() > LINE_BYTES {
            text.push_str("\r\n ");
            length = 1;
        }
        text.push(c);
        length += c.len_utf8();
    }
    let _ = write!(text, "\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shifts_are_events_in_utc_whose_long_lines_are_folded() {
        let at = |text: &str| text.parse::<Timestamp>().expect("a time");
        let shift = Shift {
            contact: "mina".parse().expect("a name"),
            from: at("2026-11-22T09:00:00+09:00"),
            until: at("2026-11-23T09:00:00+09:00"),
            cover: None,
        };
        let name = "web".parse().expect("a name");
        let summary = |contact: &str| format!("{contact}; {}", "당직".repeat(20));
        let text = write(
            &name,
            "On call, web",
            &[shift],
            summary,
            at("2026-11-22T03:04:05Z"),
        );
        for line in text.split("\r\n") {
            assert!(line.len() <= LINE_BYTES, "{line}");
        }
        let unfolded = text.replace("\r\n ", "");
        let lines: Vec<&str> = unfolded.lines().collect();
        let summary = format!("SUMMARY:mina\\; {}", "당직".repeat(20));
        assert_eq!(
            lines,
            [
                "BEGIN:VCALENDAR",
                "VERSION:2.0",
                "PRODID:-//Lamplighter//On call//EN",
                "X-WR-CALNAME:On call\\, web",
                "BEGIN:VEVENT",
                "UID:web-1795305600000@lamplighter",
                "DTSTAMP:20261122T030405Z",
                "DTSTART:20261122T000000Z",
                "DTEND:20261123T000000Z",
                &summary,
                "END:VEVENT",
                "END:VCALENDAR",
            ]
        );
    }
}
