//! The server: one binary that reads its configuration, puts the parts
//! together and answers HTTP.
//!
//! **Invariants.** Only [`http`] and the serving loop name the web framework. Only [`system`] reads
//! the machine's clock and dice. Nothing here decides what somebody may do, and
//! nothing here talks to a database or to AWS except through `services`.

mod accept;
pub mod cli;
pub mod compose;
pub mod config;
mod console;
mod doctor;
pub mod http;
mod lock;
mod log;
mod logs;
mod policy_lint;
mod route;
mod sandbox;
mod schedule;
mod serve;
mod shutdown;
mod source;
pub mod system;
mod tables;
