//! Tests of the AWS adapter: against independent peers, and against replayed
//! wire responses for what no peer serves. The crate's documentation says which
//! call is proved where.

mod calendars;
mod chain;
mod coverage;
mod credentials;
mod faults;
mod group_actions;
mod levels;
mod log_lines;
mod log_queries;
mod ministack;
mod moto;
mod peers;
mod queues;
mod replay_alarms;
mod replay_targets;
mod sms;
mod spot;
mod timers;
mod topics;
mod traffic;
mod trail;
mod wire;
mod writes;
