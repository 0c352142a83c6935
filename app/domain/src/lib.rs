//! The rules of the product: pure types, decisions and words.
//!
//! **Invariant:** this crate does no I/O, reads no clock, draws no random
//! number, spawns nothing, and cannot fail except by returning its own enums.
//! It compiles for the browser, where the very same code previews what the
//! server will do. One noun names its file here and in every other layer.

pub mod alarms;
pub mod approvals;
pub mod audit;
pub mod aws_events;
pub mod aws_timing;
pub mod calendars;
pub mod capacity;
pub mod changes;
pub mod channels;
pub mod checks;
pub mod coverage;
pub mod cron;
pub mod decimals;
pub mod digests;
pub mod drills;
pub mod emergencies;
pub mod estate;
pub mod fit;
pub mod freezes;
pub mod heartbeats;
pub mod i18n;
pub mod ids;
pub mod inhibitions;
pub mod labels;
pub mod limits;
pub mod log_filters;
pub mod log_lines;
pub mod log_queries;
pub mod mappings;
pub mod mixes;
mod names;
pub mod notifications;
pub mod on_call;
pub mod people;
pub mod per_minute;
pub mod plan;
pub mod policy;
pub mod prices;
pub mod processes;
pub mod queues;
pub mod recurrences;
pub mod refreshes;
pub mod routes;
pub mod scale_events;
pub mod schedules;
pub mod shortfalls;
pub mod silences;
pub mod sns;
pub mod sources;
pub mod spot;
pub mod step_policies;
pub mod text;
pub mod time;
pub mod time_intervals;
pub mod timeline;
pub mod timers;
pub mod trail;
