//! A line as one JSON object, for programs. The names are a contract: fields may be added, never
//! renamed.

use crate::{
    fields::{FIELDS, Field, is_none},
    row::{Reading, Row},
};
use serde::{Serialize, Serializer, ser::SerializeMap as _};
use serde_json::Number;
use std::{borrow::Cow, io};

impl Reading<'_> {
    /// Writes what a line is as one JSON object: its fields under AWS's names, or why there are
    /// none.
    ///
    /// # Errors
    /// The writer fails.
    pub fn write(&self, line: u64, mut out: impl io::Write) -> io::Result<()> {
        let no_row = |error: String, ignored: bool| NoRow {
            error,
            line,
            ignored,
        };
        match self {
            Self::Row(row) => serde_json::to_writer(&mut out, row),
            Self::Other(other) => serde_json::to_writer(&mut out, &no_row(other.to_string(), true)),
            Self::Rejected(reject) => {
                serde_json::to_writer(&mut out, &no_row(reject.to_string(), false))
            }
        }?;
        out.write_all(b"\n")
    }
}

#[derive(Serialize)]
struct NoRow {
    error: String,
    line: u64,
    /// Nothing is wrong with the line: it is of another log.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    ignored: bool,
}

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (field, name) in FIELDS {
            // A line of a time before the field does not have it.
            let Some(text) = self.fields.get(field) else {
                break;
            };
            match field {
                Field::Client => {
                    map.serialize_entry("client_ip", &self.client.map(|client| lossy(client.ip)))?;
                    map.serialize_entry("client_port", &self.client.map(|client| client.port))?;
                }
                Field::Target => {
                    map.serialize_entry("target_ip", &self.target.map(|target| lossy(target.ip)))?;
                    map.serialize_entry("target_port", &self.target.map(|target| target.port))?;
                }
                Field::Request => {
                    let request = self.request();
                    map.serialize_entry(name, &some(text))?;
                    map.serialize_entry("method", &request.method.map(lossy))?;
                    map.serialize_entry("url", &request.url.map(lossy))?;
                    map.serialize_entry("protocol", &request.protocol.map(lossy))?;
                }
                Field::RequestProcessingTime
                | Field::TargetProcessingTime
                | Field::ResponseProcessingTime
                | Field::ElbStatusCode
                | Field::TargetStatusCode
                | Field::ReceivedBytes
                | Field::SentBytes => map.serialize_entry(name, &number(text))?,
                Field::ActionsExecuted | Field::TargetPortList | Field::TargetStatusCodeList => {
                    map.serialize_entry(name, &some(text).map(list))?;
                }
                // Some clients send a space before the name.
                Field::DomainName => map.serialize_entry(name, &some(text.trim_ascii()))?,
                _ => map.serialize_entry(name, &some(text))?,
            }
        }
        let unknown: Vec<_> = self.unknown().map(some).collect();
        map.serialize_entry("unknown", &unknown)?;
        map.end()
    }
}

/// The text as it was written, escapes included; none for `-`.
fn some(text: &[u8]) -> Option<Cow<'_, str>> {
    (!is_none(text)).then(|| lossy(text))
}

fn lossy(text: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(text)
}

fn list(text: Cow<'_, str>) -> Vec<String> {
    let items = text.split([',', ' ']).filter(|item| !item.is_empty());
    items.map(str::to_owned).collect()
}

/// A number as it was written, so that −1 stays −1; none for `-`.
fn number(text: &[u8]) -> Option<Number> {
    let text = str::from_utf8(text).ok()?;
    let whole = || text.parse::<u64>().map(Number::from).ok();
    let negative = || text.parse::<i64>().map(Number::from).ok();
    let fraction = || text.parse::<f64>().ok().and_then(Number::from_f64);
    whole().or_else(negative).or_else(fraction)
}
