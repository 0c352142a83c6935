//! Live news for browsers and programs, as server-sent events at
//! `/api/v1/stream` (WHATWG HTML, 9.2). Each event's data is one [`News`].

use crate::alarms::AlarmRow;
use domain::{
    ids::{AlarmId, ChangeId, TargetId},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// One piece of news. Only what the follower may see is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "topic", rename_all = "snake_case")]
pub enum News {
    /// An alarm is new or has changed.
    Alarm {
        /// The alarm as it is now.
        row: Box<AlarmRow>,
    },
    /// A change request is new or has changed: read it again.
    Change {
        /// Which.
        id: ChangeId,
        /// Its version.
        version: i64,
    },
    /// Messages about an alarm are new or have moved: read them again.
    Notification {
        /// The alarm; none for a test of a channel.
        alarm: Option<AlarmId>,
    },
    /// A target has changed: read it again.
    Target {
        /// Which.
        id: TargetId,
    },
    /// An account and region can no longer be read, or can be read again.
    Scopes {
        /// All that cannot be read now.
        unread: Vec<String>,
    },
    /// The server's clock, every few seconds.
    Tick {
        /// Now.
        at: Timestamp,
    },
    /// The follower was too slow or was away too long: read everything again.
    Reload,
}
