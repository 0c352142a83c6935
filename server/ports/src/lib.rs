//! The ports: what the services need of the world outside the database.
//!
//! **Invariant:** a trait stands here only because two real implementations
//! exist (AWS and the sandbox; the system's clock and a test's; the network's
//! channels and calendars, and the sandbox's). No trait here
//! decides anything; decisions are in `domain`.

pub mod calendar;
pub mod channel;
pub mod clock;
pub mod cloud;

pub use calendar::{Calendar, CalendarError, CalendarReading};
pub use channel::{Channel, Post, Receipt, SendError};
pub use clock::{Clock, Ids};
pub use cloud::{Cloud, CloudError, CloudErrorKind, Identity, MetricRequest, Probe, ProbeOutcome};
