//! Access logs of Application Load Balancers: files become rows, rows become a report.
//!
//! The cast, in the order of the flow: [`LineReader`] takes a file apart into lines, gunzipping
//! on the way; [`read_line`] makes a typed [`Row`] of a line, or says why it is none; an
//! [`Aggregate`] counts rows and can be added to another; [`scan()`] does so for many files on all
//! cores; a [`Report`] is what an aggregate has to tell.
//!
//! **Invariants.** Whatever bytes a file holds, memory stays bounded and nothing panics: a line
//! that is no row is counted with its reason, and a row never holds a value that its line does
//! not. The report is the same for any order of files and any number of threads. There is no AWS,
//! no clock and no database here.

mod aggregate;
mod devices;
mod endpoints;
mod fields;
mod histogram;
mod lines;
mod ndjson;
mod others;
mod report;
mod request;
mod row;
mod scan;
mod tally;
mod times;

pub use aggregate::{Aggregate, Errors, Lines, Range, Rejected};
pub use devices::Device;
pub use endpoints::template;
pub use fields::{FIELDS, Field};
pub use histogram::Histogram;
pub use lines::LineReader;
pub use others::Other;
pub use report::Report;
pub use request::Request;
pub use row::{Address, Kind, Reading, Reject, Row, read_line};
pub use scan::{Progress, ScanError, list_files, read_file, scan};
pub use times::{Times, rfc_3339};
