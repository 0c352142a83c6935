//! Notifications: who was told what of an alarm, the channels, and whom the routes
//! would tell.

use crate::page::PageQuery;
#[cfg(feature = "server")]
use crate::{ApiResult, Page};
use domain::{
    alarms::{AlarmState, FlapRule, Priority},
    channels::{ChannelKind, ChannelName},
    digests::DigestName,
    estate::Environment,
    ids::{AlarmId, DeliveryId},
    inhibitions::InhibitRule,
    notifications::{DeliveryState, Event},
    routes::{Explanation, Route, Subject, trial::Reached},
    time::Timestamp,
    time_intervals::TimeIntervalName,
};
use serde::{Deserialize, Serialize};

/// Which messages.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct NotificationQuery {
    /// Only in these states; empty means all.
    pub state: Vec<DeliveryState>,
    /// Only to these channels; empty means all.
    pub channel: Vec<ChannelName>,
    /// Only about this alarm.
    pub alarm: Option<AlarmId>,
    /// Which page.
    pub page: PageQuery,
}

/// A message to a channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NotificationRow {
    /// Its id.
    pub id: DeliveryId,
    /// Its channel.
    pub channel: ChannelName,
    /// What it says.
    pub event: Event,
    /// The same in one line, in the caller's language.
    pub text: String,
    /// The alarm; none for a test.
    pub alarm: Option<AlarmId>,
    /// The alarm's environment; none for a test.
    pub environment: Option<Environment>,
    /// How it stands.
    pub state: DeliveryState,
    /// Attempts so far.
    pub attempts: u32,
    /// When it was written.
    pub created_at: Timestamp,
    /// When the last attempt ended.
    pub attempted_at: Option<Timestamp>,
    /// When it is tried again; none when it is not.
    pub next_at: Option<Timestamp>,
    /// What the channel gave for it: its own id of the message.
    pub receipt: Option<String>,
    /// Why the last attempt failed, in the caller's language, and in the channel's words.
    pub failure: Option<String>,
}

/// A channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChannelRow {
    /// Its name.
    pub name: ChannelName,
    /// Its kind.
    pub kind: ChannelKind,
    /// Where messages go; never a secret.
    pub place: String,
    /// What it promises, in the caller's language.
    pub promise: String,
    /// Messages still to be sent.
    pub unsettled: u64,
    /// Messages given up.
    pub dead: u64,
    /// When it last took a message.
    pub sent_at: Option<Timestamp>,
    /// It asked to be left alone until then.
    pub rests_until: Option<Timestamp>,
}

/// The channels and the routes, as they are configured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Routing {
    /// The channels, in the order of the configuration.
    pub channels: Vec<ChannelRow>,
    /// The routes, in their order.
    pub routes: Vec<Route>,
    /// The time intervals that they may name.
    pub time_intervals: Vec<TimeIntervalRow>,
    /// When what is not urgent is told.
    pub digests: Vec<DigestRow>,
    /// Which alarms hold which others back.
    pub inhibit_rules: Vec<InhibitRule>,
    /// When an alarm is flapping; never when there is none.
    #[cfg_attr(feature = "openapi", schema(nullable))]
    pub flapping: Option<FlapRule>,
    /// After how long an acknowledgement ends by itself; none for with the alarm alone.
    pub acknowledgement_minutes: Option<u32>,
    /// The routes as the configuration may write them, in TOML.
    pub text: String,
}

/// A digest, as it is configured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DigestRow {
    /// Its name.
    pub name: DigestName,
    /// The zone by whose clock it comes.
    pub timezone: String,
    /// When: `mon..fri 09:00`.
    pub at: String,
}

/// A time interval, as it is configured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TimeIntervalRow {
    /// Its name.
    pub name: TimeIntervalName,
    /// The zone by whose clock it goes.
    pub timezone: String,
    /// Its hours: `mon..fri 22:00–07:00`.
    pub hours: String,
}

/// Who would be told of such an alarm?
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RouteQuestion {
    /// The alarm.
    #[serde(flatten)]
    pub subject: Subject,
    /// When; now when it is left out.
    #[serde(default)]
    pub at: Option<Timestamp>,
    /// For how many minutes nobody has taken it on.
    #[serde(default)]
    pub unattended_minutes: u32,
}

/// Whom the routes would tell, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RouteExplanation {
    /// The decision, route by route.
    #[serde(flatten)]
    pub explanation: Explanation,
    /// Who is told, as a sentence in the caller's language.
    pub conclusion: String,
    /// What became of each route, one line for each, in the caller's language.
    pub reasons: Vec<String>,
}

/// Other routes, to see what they would change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RouteTrial {
    /// All of them, as `[[routes]]` in TOML. They may name the channels, people, rotations, hours
    /// and digests that are configured.
    pub text: String,
    /// When the alarms would go off. When it is left out: now, and within the next week when each
    /// of the time intervals begins or ceases to hold.
    #[serde(default)]
    pub at: Option<Timestamp>,
}

/// What other routes would change for the alarms that are known, were each of them to go off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RouteTried {
    /// The instants at which they would go off, the first of them now or as it was asked.
    pub at: Vec<Timestamp>,
    /// Alarms that were looked at, those going off first.
    pub looked_at: u32,
    /// Alarms there are.
    pub total: u64,
    /// Of those looked at, those that would reach somebody else.
    pub changed: u32,
    /// Of those looked at, those of which nobody hears by the routes in force, at some instant.
    pub nobody_before: u32,
    /// Of those looked at, those of which nobody would hear, at some instant.
    pub nobody_after: u32,
    /// What would change; the first of them.
    pub rows: Vec<RouteChange>,
}

/// An alarm that would reach somebody else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RouteChange {
    /// The alarm.
    pub alarm: AlarmId,
    /// Its name.
    pub name: String,
    /// Its environment.
    pub environment: Environment,
    /// Its priority.
    pub priority: Priority,
    /// Its state now.
    pub state: AlarmState,
    /// The first of the instants at which it would reach somebody else.
    pub at: Timestamp,
    /// Whom it reaches by the routes in force.
    pub before: Reached,
    /// Whom it would reach.
    pub after: Reached,
}

/// What can be asked about notifications.
#[cfg(feature = "server")]
#[async_trait::async_trait]
pub trait Notifications {
    /// A page of messages, newest first.
    async fn list_notifications(
        &self,
        query: NotificationQuery,
    ) -> ApiResult<Page<NotificationRow>>;
    /// Sends a message again that was given up.
    async fn send_again(&self, id: DeliveryId) -> ApiResult<NotificationRow>;
    /// The channels and the routes.
    async fn routing(&self) -> ApiResult<Routing>;
    /// Sends a test to a channel.
    async fn test_channel(&self, name: ChannelName) -> ApiResult<()>;
    /// Whom the routes would tell of such an alarm.
    async fn explain_route(&self, question: RouteQuestion) -> ApiResult<RouteExplanation>;
    /// What other routes would change. Nothing is written.
    async fn try_routes(&self, trial: RouteTrial) -> ApiResult<RouteTried>;
}
