//! Notifications: what was told to whom, the channels, and whom the routes would
//! tell.
//!
//! **The way of a message.** Whoever changes an alarm's state or its owner writes,
//! in the same transaction, what channels are to be told (`outbox`). A worker for
//! each channel (`work::notify`) sends it: the attempt is written down before the
//! call and its outcome after. After a kill in between, the outcome is unknown and
//! the message is sent again under the same id: every kind of channel that we have
//! knows a repeat, and says on its page what that means.

pub(crate) mod changes;
pub(crate) mod outbox;
mod trial;

pub use trial::try_routes;

use crate::{
    Services,
    cx::{AuditEntryExt, Cx},
    failure::Outcome,
    on_call, page, texts,
};
use api::{
    Page,
    notifications::{
        ChannelRow, DigestRow, NotificationQuery, NotificationRow, RouteExplanation, RouteQuestion,
        Routing, TimeIntervalRow,
    },
};
use domain::{
    alarms::AlarmState,
    channels::{Bucket, Channel, ChannelName},
    digests::Digest,
    i18n::{Lang, notifications as words},
    ids::DeliveryId,
    limits,
    notifications::DeliveryState,
    policy::{Action, Resource},
    routes::{self, Moment},
    time::{MINUTE_MS, Timestamp},
    time_intervals::TimeInterval,
};
use serde_json::json;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use store::{ChannelCount, DeliveryFilter, DeliveryRow};

/// A channel with what this process knows of it.
pub struct Lane {
    /// As it is configured.
    pub channel: Channel,
    /// Who sends.
    pub(crate) sender: Arc<dyn ports::Channel>,
    traffic: Mutex<Traffic>,
}

/// How a channel has been doing lately.
struct Traffic {
    bucket: Bucket,
    /// Attempts that failed since the last one that did not.
    failures: u32,
}

impl Lane {
    /// A channel that nothing was sent to yet.
    #[must_use]
    pub fn new(channel: Channel, sender: Arc<dyn ports::Channel>) -> Self {
        let bucket = Bucket::new(channel.kind.pace());
        Self {
            channel,
            sender,
            traffic: Mutex::new(Traffic {
                bucket,
                failures: 0,
            }),
        }
    }

    /// Whether one more message may go now.
    pub(crate) fn take(&self, now: Timestamp) -> bool {
        self.traffic().bucket.take(now)
    }

    /// Notes that a message was taken; whether the channel had been down before.
    pub(crate) fn note_success(&self) -> bool {
        std::mem::take(&mut self.traffic().failures) > 1
    }

    /// Notes that an attempt failed, and how long the channel asks to be left alone.
    pub(crate) fn note_failure(&self, now: Timestamp, rest_ms: Option<i64>) {
        let mut traffic = self.traffic();
        traffic.failures = traffic.failures.saturating_add(1);
        if let Some(ms) = rest_ms {
            traffic.bucket.rest(now, ms);
        }
    }

    /// A panic in between leaves numbers that are merely old.
    fn traffic(&self) -> MutexGuard<'_, Traffic> {
        self.traffic.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A page of messages that the caller may see, newest first.
///
/// # Errors
/// `unauthenticated`.
pub async fn list(
    s: &Services,
    cx: &Cx,
    query: NotificationQuery,
) -> Outcome<Page<NotificationRow>> {
    let filter = DeliveryFilter {
        reach: cx.sees()?,
        states: query.state,
        channels: query.channel,
        alarm: query.alarm,
    };
    let (slice, paged) = page::of(query.page);
    let found = s.store.read().delivery_page(&filter, slice).await?;
    Ok(paged.fill(found, |row| view(cx.lang, row)))
}

/// Sends a message again that was given up.
///
/// # Errors
/// `not_found`; `forbidden`; `conflict` when it was not given up, or when its channel
/// is configured no more.
pub async fn send_again(s: &Services, cx: &Cx, id: DeliveryId) -> Outcome<NotificationRow> {
    let row = s.store.read().delivery(id).await?;
    let row = row.ok_or_else(|| cx.not_found())?;
    let place = match &row.environment {
        Some(environment) => Resource::In(environment),
        None => Resource::Installation,
    };
    cx.authorize(Action::SendNotifications, place)?;
    if s.lane(&row.channel).is_none() {
        return Err(cx.conflict(texts::channel_unconfigured(cx.lang)).into());
    }
    let mut audit = cx.audit("notification.send_again", id)?;
    if let Some(environment) = &row.environment {
        audit = audit.within(environment);
    }
    let detail = json!({ "channel": row.channel, "event": row.event });

    let mut tx = s.store.begin().await?;
    if !tx.send_again(id, cx.now).await? {
        return Err(cx.conflict(texts::not_given_up(cx.lang)).into());
    }
    tx.audit(&audit.detail(&detail)).await?;
    tx.feed(&[outbox::news_of(&row)], cx.now).await?;
    tx.commit().await?;
    s.signals.notify();
    s.signals.feed();
    let row = s.store.read().delivery(id).await?;
    Ok(view(cx.lang, row.ok_or_else(|| cx.not_found())?))
}

/// The channels and the routes, as they are configured.
///
/// # Errors
/// `unauthenticated`.
pub async fn routing(s: &Services, cx: &Cx) -> Outcome<Routing> {
    let counts = s.store.read().channel_counts(&cx.sees()?).await?;
    let row = |lane: &Lane| {
        let name = &lane.channel.name;
        let count = counts.iter().find(|count| count.channel == *name);
        channel_row(cx, lane, count)
    };
    Ok(Routing {
        channels: s.channels.iter().map(row).collect(),
        routes: s.settings.routing.routes.clone(),
        time_intervals: s
            .settings
            .routing
            .time_intervals
            .iter()
            .map(hours)
            .collect(),
        digests: s.settings.routing.digests.iter().map(digest_row).collect(),
        inhibit_rules: s.settings.routing.inhibit_rules.clone(),
        flapping: s.settings.routing.flapping,
        acknowledgement_minutes: s.settings.acknowledgement_minutes,
        text: routes::text::toml(&s.settings.routing.routes),
    })
}

/// Sends a test to a channel.
///
/// # Errors
/// `forbidden`; `not_found`.
pub async fn test_channel(s: &Services, cx: &Cx, name: ChannelName) -> Outcome<()> {
    let actor = cx.authorize(Action::SendNotifications, Resource::Installation)?;
    let lane = s.lane(&name).ok_or_else(|| cx.not_found())?;
    let audit = cx.audit("channel.test", &name)?;
    let mut tx = s.store.begin().await?;
    let feed = outbox::test(s, &mut tx, lane, &actor.name, cx.now).await?;
    tx.audit(&audit).await?;
    tx.feed(&feed, cx.now).await?;
    tx.commit().await?;
    s.signals.notify();
    s.signals.feed();
    Ok(())
}

/// Whom the routes would tell of such an alarm, and why.
///
/// # Errors
/// `unauthenticated`; `invalid` for a name that is too long.
pub async fn explain(s: &Services, cx: &Cx, question: RouteQuestion) -> Outcome<RouteExplanation> {
    cx.authorize(Action::View, Resource::Own)?;
    page::search(cx, "name", &question.subject.name)?;
    let (minutes, most) = (question.unattended_minutes, limits::ESCALATION_MINUTES_MAX);
    if minutes > most {
        let what = texts::at_most_minutes(cx.lang, most);
        return Err(cx.invalid("unattended_minutes", what).into());
    }
    // Only what goes off can be taken on.
    let goes_off = question.subject.state == AlarmState::Alarm;
    let at = question.at.unwrap_or(cx.now);
    let moment = Moment {
        at,
        unattended_ms: goes_off.then(|| i64::from(minutes) * MINUTE_MS),
        covers: &on_call::covers(s, s.store.read(), at).await?,
    };
    let subject = question.subject.with_own_labels();
    let explanation = routes::explain(&s.settings.routing, &subject, moment);
    Ok(RouteExplanation {
        conclusion: words::conclusion(cx.lang, &explanation),
        reasons: words::reasons(cx.lang, &explanation),
        explanation,
    })
}

fn digest_row(digest: &Digest) -> DigestRow {
    DigestRow {
        name: digest.name.clone(),
        timezone: digest.when.zone.name().to_owned(),
        at: digest.when.to_string(),
    }
}

fn hours(interval: &TimeInterval) -> TimeIntervalRow {
    TimeIntervalRow {
        name: interval.name().clone(),
        timezone: interval.zone().name().to_owned(),
        hours: interval.to_string(),
    }
}

fn channel_row(cx: &Cx, lane: &Lane, count: Option<&ChannelCount>) -> ChannelRow {
    let channel = &lane.channel;
    ChannelRow {
        name: channel.name.clone(),
        kind: channel.kind,
        place: channel.place.clone(),
        promise: words::promise(cx.lang, channel.kind).to_owned(),
        unsettled: count.map_or(0, |count| count.unsettled),
        dead: count.map_or(0, |count| count.dead),
        sent_at: count.and_then(|count| count.sent_at),
        rests_until: lane.traffic().bucket.rests_until(cx.now),
    }
}

fn view(lang: Lang, row: DeliveryRow) -> NotificationRow {
    let is_tried_again = matches!(row.state, DeliveryState::Failed | DeliveryState::Unknown);
    let failure = row.failure.map(|(kind, message)| {
        let word = words::failure_word(lang, kind);
        match message.is_empty() {
            true => word.to_owned(),
            false => format!("{word} ({message})"),
        }
    });
    NotificationRow {
        id: row.id,
        channel: row.channel,
        event: row.event,
        text: words::headline(lang, row.event, &row.message),
        alarm: row.alarm,
        environment: row.environment,
        state: row.state,
        attempts: row.attempts,
        created_at: row.created_at,
        attempted_at: row.attempted_at,
        next_at: is_tried_again.then_some(row.not_before),
        receipt: row.receipt,
        failure,
    }
}
