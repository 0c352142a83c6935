//! Messages, channels and routes of the canned backend.

use super::{Fake, MARKUP, at, prod};
use api::{ApiResult, Page, notifications::*};
use domain::{
    alarms::FlapRule,
    channels::{ChannelKind, ChannelName},
    ids::{AlarmId, DeliveryId},
    inhibitions::InhibitRule,
    labels::LabelMatchers,
    notifications::{DeliveryState, Event},
    routes::{Explanation, Matchers, Route},
};

fn notification() -> NotificationRow {
    NotificationRow {
        id: DeliveryId::from_parts(0, 1),
        channel: "ops".parse().expect("a name"),
        event: Event::Firing,
        text: MARKUP.into(),
        alarm: Some(AlarmId::from_parts(0, 1)),
        environment: Some(prod()),
        state: DeliveryState::Dead,
        attempts: 3,
        created_at: at(-5),
        attempted_at: Some(at(-1)),
        next_at: Some(at(1)),
        receipt: Some(MARKUP.into()),
        failure: Some(MARKUP.into()),
    }
}

#[async_trait::async_trait]
impl Notifications for Fake {
    async fn list_notifications(&self, _: NotificationQuery) -> ApiResult<Page<NotificationRow>> {
        self.page(notification)
    }
    async fn send_again(&self, _id: DeliveryId) -> ApiResult<NotificationRow> {
        self.one(notification)
    }
    async fn routing(&self) -> ApiResult<Routing> {
        let channels = self.many(|| ChannelRow {
            name: "ops".parse().expect("a name"),
            kind: ChannelKind::Slack,
            place: MARKUP.into(),
            promise: MARKUP.into(),
            unsettled: 2,
            dead: 1,
            sent_at: None,
            rests_until: Some(at(1)),
        })?;
        let matchers = Matchers {
            name_contains: vec![MARKUP.into()],
            ..Matchers::default()
        };
        let routes = self.many(|| Route {
            matchers,
            ..Route::default()
        })?;
        let time_intervals = self.many(|| TimeIntervalRow {
            name: "nights".parse().expect("a name"),
            timezone: MARKUP.into(),
            hours: MARKUP.into(),
        })?;
        Ok(Routing {
            channels,
            routes,
            time_intervals,
            digests: self.many(|| DigestRow {
                name: "morning".parse().expect("a name"),
                timezone: MARKUP.into(),
                at: MARKUP.into(),
            })?,
            inhibit_rules: self.many(|| InhibitRule {
                source_matchers: "alertname=down".parse().expect("matchers"),
                target_matchers: LabelMatchers::exactly([("team", MARKUP)]),
                equal: vec![MARKUP.into()],
            })?,
            flapping: Some(FlapRule {
                times: 4,
                within_minutes: 30,
            }),
            acknowledgement_minutes: Some(90),
            text: MARKUP.into(),
        })
    }
    async fn test_channel(&self, _name: ChannelName) -> ApiResult<()> {
        self.one(|| ())
    }
    async fn explain_route(&self, _question: RouteQuestion) -> ApiResult<RouteExplanation> {
        self.one(|| RouteExplanation {
            explanation: Explanation::default(),
            conclusion: MARKUP.into(),
            reasons: vec![MARKUP.into()],
        })
    }
    async fn try_routes(&self, trial: RouteTrial) -> ApiResult<RouteTried> {
        self.one(|| RouteTried {
            at: vec![trial.at.unwrap_or_default()],
            looked_at: 0,
            total: 0,
            changed: 0,
            nobody_before: 0,
            nobody_after: 0,
            rows: Vec::new(),
        })
    }
}
