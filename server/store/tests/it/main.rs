//! The store's promises, each kept on SQLite and on PostgreSQL.

mod alarms;
mod changes;
mod database;
mod emergencies;
mod escalations;
mod events;
mod freezes;
mod ledgers;
mod notifications;
mod opening;
mod people;
mod scale;
mod schedules;
mod schema;
mod silences;
mod targets;
