//! The server as a whole: real router, real services, real database, simulated
//! estate, and a clock that only the tests move.

mod accounts;
mod alertmanager;
mod binary;
mod burst;
mod console;
mod coverage;
mod cut_off;
mod gate;
mod kept;
mod kill;
mod logs;
mod mappings;
mod notifications;
mod openapi;
mod pagerduty;
mod peers_journey;
mod policy_lint;
mod power;
mod presses;
mod queues;
mod security;
mod signing_in;
mod slack;
mod sources;
mod stream;
mod timers;
mod topics;
mod two_servers;
mod world;
