//! The database: every statement of the product, written once and run on
//! SQLite and on PostgreSQL.
//!
//! # The cast
//! [`Store`] opens a database. [`Read`] asks it: [`Store::read`] on the read
//! pool, [`Tx::read`] inside a transaction, where it sees that transaction's
//! own writes. [`Tx`] writes. One noun is one file and holds its statements,
//! its rows and its methods.
//!
//! # One writer at a time
//! On both databases a [`Tx`] is alone among writers from [`Store::begin`] to
//! its end: SQLite by `BEGIN IMMEDIATE` on the one writing connection,
//! PostgreSQL by a lock on the row `ledger_head`. To read, decide and write in
//! one `Tx` therefore needs no further lock; two servers cannot fork the audit
//! log; and the feed's numbers come in the order of the commits. The price is
//! that a `Tx` must be short: no network call, no second `begin` inside it.
//!
//! # SQL that both databases read
//! Ids and words are `TEXT`, instants milliseconds in `*_at_ms`, JSON is text
//! that no query looks into. No `now()`, no `random()`, no default: time and
//! ids are the caller's. `$1` placeholders, `ON CONFLICT`, `RETURNING`, CTEs
//! and window functions are common ground; what is not is in `dialect`.
//! Sums and counts are cast to `BIGINT`, for PostgreSQL would answer
//! `NUMERIC`. Text never holds a NUL, which PostgreSQL cannot store.
//!
//! Statements are constants in a list (`statements!`), and a test prepares the
//! whole list on both databases; filters are put together from constants only
//! (`Sql::push` takes `&'static str`), so nothing a person typed is ever SQL.
//!
//! **Invariant:** only this crate names `sqlx`. It decides nothing about the
//! product, reads no clock and draws no random number. "Not found" is `None`.

mod alarm_reports;
mod alarm_save;
mod alarms;
mod audit;
mod aws_events;
mod backup;
mod calendars;
mod catalog;
mod change_steps;
mod change_votes;
mod changes;
mod comments;
mod dialect;
mod digests;
mod drills;
mod emergencies;
mod error;
mod escalations;
mod events;
mod feed;
mod filter;
mod freezes;
mod health;
mod heartbeats;
mod inhibitors;
mod leases;
mod log_queries;
pub mod maintenance;
mod meta;
mod notifications;
mod on_call;
mod open;
mod people;
mod recurring_drills;
mod samples;
mod schedules;
mod sessions;
mod set_aside;
mod setup;
mod sign_in;
mod silences;
mod spot;
mod sql;
mod targets;
mod threads;
mod tokens;
mod topics;
mod transaction;

pub use alarm_reports::{ReportInput, Reported};
pub use alarm_save::{AlarmInput, AlarmNews, AlarmNewsKind};
pub use alarms::{Acknowledgement, AlarmCount, AlarmFilter, AlarmRow, AlarmSort};
pub use audit::{AuditFilter, AuditRow};
pub use aws_events::{AwsEventFilter, AwsEventRow, NewAwsEvent};
pub use calendars::CalendarRow;
pub use change_steps::{DriftRow, StepRow};
pub use change_votes::{AuthorRow, VoteRow};
pub use changes::{ChangeFilter, ChangeRow, ListedChange, Phases, Waiting};
pub use comments::CommentRow;
pub use drills::{DrillEnd, DrillRow};
pub use error::StoreError;
pub use feed::{FeedEntry, FeedRow, FeedTopic};
pub use filter::{Rows, Slice};
pub use health::ScopeHealthRow;
pub use heartbeats::HeartbeatRow;
pub use log_queries::LogQueryRow;
pub use notifications::{ChannelCount, DeliveryFilter, DeliveryRow, DueDelivery, NewDelivery};
pub use open::{DatabaseKind, PoolSizes, Store};
pub use people::PersonRow;
pub use samples::{CapacitySample, MetricSample, SeriesPoint, metric};
pub use schedules::ScheduleRow;
pub use sessions::SessionRow;
pub use set_aside::SetAsideRow;
pub use spot::SpotNoticeRow;
pub use targets::{TargetFilter, TargetNews, TargetNewsKind, TargetRow};
pub use tokens::TokenRow;
pub use topics::TopicRow;
pub use transaction::{Read, Tx};
