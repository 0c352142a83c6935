//! Instants as access logs write them. Microseconds since 1970, UTC.

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};

/// A text such as `2018-07-02T22:23`.
type MinuteText = [u8; 16];

/// Reads instants. The rows of a file are of a few minutes, so the last one read is kept.
#[derive(Debug, Default)]
pub struct Times {
    minute: Option<(MinuteText, i64)>,
}

impl Times {
    /// Reads an instant such as `2018-07-02T22:23:00.186641Z`.
    pub fn read(&mut self, text: &[u8]) -> Option<i64> {
        let (minute, rest) = text.split_first_chunk()?;
        let (&[b':', tens, ones], rest) = rest.split_first_chunk()? else {
            return None;
        };
        let seconds = 10 * digit(tens)? + digit(ones)?;
        let micros = match rest.strip_suffix(b"Z")? {
            [] => 0,
            [b'.', digits @ ..] => micros(digits)?,
            _ => return None,
        };
        (seconds < 60).then_some(self.start_of(minute)? + seconds * 1_000_000 + micros)
    }

    fn start_of(&mut self, text: &MinuteText) -> Option<i64> {
        if let Some((_, start)) = self.minute.filter(|(known, _)| known == text) {
            return Some(start);
        }
        let start = minute_start(text)?;
        self.minute = Some((*text, start));
        Some(start)
    }
}

fn minute_start(text: &MinuteText) -> Option<i64> {
    let text = str::from_utf8(text).ok()?;
    let civil: DateTime = text.parse().ok()?;
    // The library also reads other ways of writing it.
    let same = civil.strftime("%Y-%m-%dT%H:%M").to_string() == text;
    let instant = TimeZone::UTC.to_timestamp(civil).ok()?;
    same.then_some(instant.as_microsecond())
}

/// Reads the digits behind a decimal point as millionths; further ones are dropped.
pub(crate) fn micros(digits: &[u8]) -> Option<i64> {
    if digits.is_empty() {
        return None;
    }
    let mut micros = 0;
    let mut worth = 100_000;
    for &byte in digits {
        micros += digit(byte)? * worth;
        worth /= 10;
    }
    Some(micros)
}

fn digit(byte: u8) -> Option<i64> {
    byte.is_ascii_digit().then(|| i64::from(byte - b'0'))
}

/// Writes an instant.
#[must_use]
pub fn rfc_3339(time_us: i64) -> String {
    Timestamp::from_microsecond(time_us).map_or_else(|_| String::new(), |time| time.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_read_to_the_microsecond_and_written_back() {
        let mut times = Times::default();
        for text in [
            "2018-07-02T22:23:00.186641Z",
            "2018-07-02T22:23:59.9Z",
            "2016-02-29T00:00:00Z",
            "1969-12-31T23:59:59.000001Z",
        ] {
            let read = times.read(text.as_bytes()).map(rfc_3339);
            assert_eq!(read.as_deref(), Some(text));
        }
    }

    #[test]
    fn what_is_no_instant_is_refused() {
        let mut times = Times::default();
        for text in [
            "",
            "-",
            "Z",
            "2018-07-02T22:23:00",
            "2018-07-02T22:23:00.Z",
            "2018-07-02T22:23:60Z",
            "2018-07-02T22:23:0xZ",
            "2018-07-02T22:23:00.1a1Z",
            "2018-07-02T22:23:00+00:00Z",
            "2018-07-02 22:23:00Z",
            "2018-02-30T22:23:00Z",
            "2018-07-02T24:23:00Z",
            "20180702T22:2300:00Z",
            "\u{661}18-07-02T22:23:00Z",
        ] {
            assert_eq!(times.read(text.as_bytes()), None, "{text}");
        }
    }
}
