//! The words of the pages, English and Korean side by side, one file for each
//! area. A message with only one language does not compile.

pub(crate) mod activity;
pub(crate) mod agent;
pub(crate) mod alarm_puts;
pub(crate) mod alarms;
pub(crate) mod aws_events;
pub(crate) mod calendars;
pub(crate) mod capacity;
pub(crate) mod changes;
pub(crate) mod checks;
pub(crate) mod comments;
pub(crate) mod common;
pub(crate) mod coverage;
pub(crate) mod drills;
pub(crate) mod emergencies;
pub(crate) mod events;
pub(crate) mod fit;
pub(crate) mod mixes;
pub(crate) mod notifications;
pub(crate) mod on_call;
pub(crate) mod overrides;
pub(crate) mod overview;
pub(crate) mod power;
pub(crate) mod prices;
pub(crate) mod processes;
pub(crate) mod refreshes;
pub(crate) mod schedules;
pub(crate) mod set_aside;
pub(crate) mod settings;
pub(crate) mod sign_in;
pub(crate) mod silences;
pub(crate) mod sources;
pub(crate) mod spot;
pub(crate) mod timeline;
pub(crate) mod words;
pub(crate) mod workers;
