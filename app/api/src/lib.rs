//! The contract between the services and everybody who calls them: the pages
//! through server functions, programs through `/api/v1`.
//!
//! Requests and views are plain data that the browser may hold. The traits
//! (feature `server`) are implemented once, by the services, for one caller at
//! a time: a [`Backend`] is made for each request and knows who asks.
//!
//! **Invariant:** nothing here decides; nothing here names a database or AWS.

pub mod agent;
pub mod alarms;
pub mod audit;
pub mod aws_events;
pub mod calendars;
pub mod capacity;
pub mod changes;
pub mod checks;
pub mod coverage;
pub mod drills;
pub mod error;
pub mod fit;
pub mod freezes;
pub mod log_lines;
pub mod log_queries;
pub mod notifications;
pub mod on_call;
pub mod overview;
pub mod page;
pub mod people;
pub mod prices;
pub mod queues;
pub mod sandbox;
pub mod schedules;
pub mod silences;
pub mod sources;
pub mod spot;
pub mod stream;
pub mod system;
pub mod timeline;
pub mod tokens;

pub use error::{ApiError, ErrorCode, FieldError};
pub use page::{Page, PageQuery};

/// Everything one caller can ask for.
#[cfg(feature = "server")]
pub trait Backend:
    agent::Agent
    + alarms::Alarms
    + audit::Audit
    + aws_events::AwsEvents
    + calendars::Calendars
    + capacity::Targets
    + changes::Changes
    + checks::Checks
    + coverage::Coverage
    + drills::Drills
    + fit::Fits
    + freezes::Freezes
    + log_lines::Logs
    + notifications::Notifications
    + on_call::OnCall
    + overview::Overviews
    + people::People
    + prices::Prices
    + queues::Queues
    + sandbox::Sandbox
    + schedules::Schedules
    + silences::Silences
    + sources::Sources
    + spot::Spot
    + system::System
    + timeline::Timelines
    + tokens::Tokens
    + Send
    + Sync
{
}

/// Shorthand for what every method answers.
pub type ApiResult<T> = Result<T, ApiError>;
