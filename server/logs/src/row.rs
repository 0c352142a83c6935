//! One request: a line of an access log with its values read.

use crate::{
    fields::{Fault, Field, Fields, Quotes, is_none},
    others::Other,
    request::Request,
    times::{Times, micros},
};
use memchr::memchr;

/// What kind of connection a request came by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// HTTP.
    Http,
    /// HTTP over TLS.
    Https,
    /// HTTP/2 over TLS.
    H2,
    /// gRPC over TLS.
    Grpcs,
    /// WebSocket.
    Ws,
    /// WebSocket over TLS.
    Wss,
}

impl Kind {
    pub(crate) fn read(text: &[u8]) -> Option<Self> {
        Some(match text {
            b"http" => Self::Http,
            b"https" => Self::Https,
            b"h2" => Self::H2,
            b"grpcs" => Self::Grpcs,
            b"ws" => Self::Ws,
            b"wss" => Self::Wss,
            _ => return None,
        })
    }

    /// Whether the times of such a request are those of a connection that stays open.
    #[must_use]
    pub const fn is_websocket(self) -> bool {
        matches!(self, Self::Ws | Self::Wss)
    }
}

/// An address with its port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Address<'a> {
    /// The address as it was written, without brackets.
    pub ip: &'a [u8],
    /// The port.
    pub port: u16,
}

/// Why a line is no row.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reject {
    /// It does not begin as a line of a load balancer does.
    #[error("not a line of a load balancer's log")]
    Foreign,
    /// It is cut, or never was one.
    #[error("{0} fields; every format has at least 17")]
    TooFewFields(usize),
    /// Quotes do not come in pairs.
    #[error("a text in quotes has no end")]
    Quotes,
    /// A value that is none.
    #[error("{} is not {expected}", .field.name())]
    Value {
        /// The field.
        field: Field,
        /// What it should be.
        expected: &'static str,
    },
    /// Longer than any request.
    #[error("longer than {0} bytes")]
    TooLong(usize),
    /// The gzip data around it cannot be read to their end.
    #[error("the gzip data are damaged: {0}")]
    Damaged(String),
    /// The gzip data expand to far more than a log does.
    #[error("the gzip data expand to more than {0} times their size: not a log")]
    Bomb(u64),
}

/// One request.
#[derive(Debug, Clone)]
pub struct Row<'a> {
    /// What kind of connection it came by.
    pub kind: Kind,
    /// When the answer was sent; of a WebSocket, when it was closed. Microseconds since 1970.
    pub time_us: i64,
    /// Who asked.
    pub client: Option<Address<'a>>,
    /// Who answered.
    pub target: Option<Address<'a>>,
    /// Time until the request was sent to the target; none where the log says −1.
    pub request_us: Option<u64>,
    /// Time until the target began to answer; none where the log says −1.
    pub target_us: Option<u64>,
    /// Time until the answer was sent on; none where the log says −1.
    pub response_us: Option<u64>,
    /// The status that the load balancer answered with.
    pub elb_status: Option<u16>,
    /// The status that the target answered with.
    pub target_status: Option<u16>,
    /// Size of the request.
    pub received_bytes: Option<u64>,
    /// Size of the answer.
    pub sent_bytes: Option<u64>,
    pub(crate) fields: Fields<'a>,
}

/// What a line turned out to be.
#[derive(Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "there is one at a time, and nearly every one is a row"
)]
pub enum Reading<'a> {
    /// A request.
    Row(Row<'a>),
    /// Something else that may well stand there.
    Other(Other),
    /// Something is wrong with it.
    Rejected(Reject),
}

/// Reads a line, without its end.
pub fn read_line<'a>(line: &'a [u8], times: &mut Times) -> Reading<'a> {
    let reject = match Row::read(line, Quotes::Escaped, times) {
        Ok(row) => return Reading::Row(row),
        Err(reject) => reject,
    };
    if let Some(other) = Other::recognise(line, times) {
        return Reading::Other(other);
    }
    match Row::read(line, Quotes::Stray, times) {
        Ok(row) => Reading::Row(row),
        Err(_) => Reading::Rejected(reject),
    }
}

impl<'a> Row<'a> {
    fn read(line: &'a [u8], quotes: Quotes, times: &mut Times) -> Result<Self, Reject> {
        let first = memchr(b' ', line).map_or(line, |end| &line[..end]);
        let kind = Kind::read(first).ok_or(Reject::Foreign)?;
        let fields = Fields::split(line, quotes).map_err(|fault| match fault {
            Fault::TooFew(count) => Reject::TooFewFields(count),
            Fault::Quotes => Reject::Quotes,
        })?;
        let values = Values(&fields);
        let time_us = values.must(Field::Time, INSTANT, |text| times.read(text))?;
        values.may(Field::RequestCreationTime, INSTANT, |text| times.read(text))?;
        Ok(Self {
            kind,
            time_us,
            client: values.may(Field::Client, ADDRESS, address)?,
            target: values.may(Field::Target, ADDRESS, address)?,
            request_us: values.duration(Field::RequestProcessingTime)?,
            target_us: values.duration(Field::TargetProcessingTime)?,
            response_us: values.duration(Field::ResponseProcessingTime)?,
            elb_status: values.may(Field::ElbStatusCode, STATUS, status)?,
            target_status: values.may(Field::TargetStatusCode, STATUS, status)?,
            received_bytes: values.may(Field::ReceivedBytes, SIZE, number)?,
            sent_bytes: values.may(Field::SentBytes, SIZE, number)?,
            fields,
        })
    }

    /// A field's text; none when it is `-` or the line is of a time before the field.
    #[must_use]
    pub fn text(&self, field: Field) -> Option<&'a [u8]> {
        self.fields.text(field)
    }

    /// The request line.
    #[must_use]
    pub fn request(&self) -> Request<'a> {
        Request::read(self.text(Field::Request).unwrap_or_default())
    }

    /// Fields behind those that AWS documents, as they were written.
    pub fn unknown(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        self.fields.unknown()
    }

    /// Time from the first byte of the request to the last of the answer; none where the log
    /// does not know one of its parts.
    #[must_use]
    pub fn total_us(&self) -> Option<u64> {
        let before = self.request_us?.saturating_add(self.target_us?);
        Some(before.saturating_add(self.response_us?))
    }
}

const INSTANT: &str = "a time";
const ADDRESS: &str = "an address with a port";
const DURATION: &str = "a number of seconds";
const STATUS: &str = "a status";
const SIZE: &str = "a size";

struct Values<'f, 'a>(&'f Fields<'a>);

impl<'a> Values<'_, 'a> {
    /// The value of a field that always has one.
    fn must<T>(
        &self,
        field: Field,
        expected: &'static str,
        read: impl FnOnce(&'a [u8]) -> Option<T>,
    ) -> Result<T, Reject> {
        let value = self.0.get(field).and_then(read);
        value.ok_or(Reject::Value { field, expected })
    }

    /// The value of a field, none for `-`.
    fn may<T>(
        &self,
        field: Field,
        expected: &'static str,
        read: impl FnOnce(&'a [u8]) -> Option<T>,
    ) -> Result<Option<T>, Reject> {
        if self.0.get(field).is_none_or(is_none) {
            return Ok(None);
        }
        self.must(field, expected, read).map(Some)
    }

    /// A time in microseconds, none for −1.
    fn duration(&self, field: Field) -> Result<Option<u64>, Reject> {
        let value = self.may(field, DURATION, |text| match text {
            [b'-', rest @ ..] => seconds(rest).map(|_| None),
            text => seconds(text).map(Some),
        });
        Ok(value?.flatten())
    }
}

fn address(text: &[u8]) -> Option<Address<'_>> {
    // An IPv6 address is not in brackets: the port is behind the last colon.
    let (ip, port) = text.split_at(text.iter().rposition(|&byte| byte == b':')?);
    let port = u16::try_from(number(&port[1..])?).ok()?;
    let bare = ip.strip_prefix(b"[").and_then(|ip| ip.strip_suffix(b"]"));
    let ip = bare.unwrap_or(ip);
    (!ip.is_empty()).then_some(Address { ip, port })
}

/// Reads a number of seconds as microseconds.
fn seconds(text: &[u8]) -> Option<u64> {
    let (whole, part) = match memchr(b'.', text) {
        None => (text, 0),
        Some(point) => (
            &text[..point],
            u64::try_from(micros(&text[point + 1..])?).ok()?,
        ),
    };
    number(whole)?.checked_mul(1_000_000)?.checked_add(part)
}

fn status(text: &[u8]) -> Option<u16> {
    (text.len() == 3)
        .then(|| number(text))?
        .and_then(|number| u16::try_from(number).ok())
}

fn number(text: &[u8]) -> Option<u64> {
    let mut number = 0_u64;
    for &byte in text {
        let digit = byte.is_ascii_digit().then(|| u64::from(byte - b'0'))?;
        number = number.checked_mul(10)?.checked_add(digit)?;
    }
    (!text.is_empty()).then_some(number)
}
