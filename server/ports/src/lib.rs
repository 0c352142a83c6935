//! The ports: what the services need of the world outside the database.
//!
//! **Invariant:** a trait stands here only because two real implementations
//! exist (AWS and the sandbox; the system's clock and a test's; the network's
//! channels and the sandbox's inbox). No trait here
//! decides anything; decisions are in `domain`.

pub mod channel;
pub mod clock;
pub mod cloud;

pub use channel::{Channel, Post, Receipt, SendError};
pub use clock::{Clock, Ids};
pub use cloud::{Cloud, CloudError, CloudErrorKind, Identity, MetricRequest, Probe, ProbeOutcome};
