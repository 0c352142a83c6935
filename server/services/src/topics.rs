//! Topics of SNS that tell us by HTTPS.
//!
//! Nothing but its signature says who calls, so what costs nothing is looked at first: the
//! source, the form, the topic, the age. Only then is the certificate fetched and the signature
//! checked, by whoever may use the network; and only what is proved is counted, so a stranger
//! cannot use up what the topics may send.
//!
//! What a topic publishes goes the way of every event of AWS. What it says of our subscription
//! is kept beside: a subscription waits to be confirmed by the worker, and one that somebody
//! ended is shown and left so. SNS tries again what is answered 5xx: three times within a
//! minute, or for as long as the subscription's delivery policy says, at most an hour. It takes
//! everything else for an end; so what may pass later is always "unavailable".

use crate::{
    Services, aws_events,
    cx::{AuditEntryExt, Cx, system_audit},
    failure::Outcome,
    health, heartbeats,
    sources::settled,
    texts,
};
use api::{ApiError, ErrorCode, sources::Taken, system::TopicView};
use domain::{
    aws_events::{AwsEvent, AwsEventKind, Fact},
    limits,
    sns::{
        ProofError, Seal, SignatureVersion, TopicArn, TopicMessage, TopicMessageKind, TopicState,
    },
    sources::SourceName,
    time::Timestamp,
};
use serde_json::json;
use std::future::Future;
use store::{TopicRow, Tx};

/// Stands in the row of a subscription whose token grew too old, where a fault would.
pub(crate) const EXPIRED: &str = "expired";

/// A source of topics as the configuration tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopicSource {
    /// Its name, which stands in its address.
    pub name: SourceName,
    /// The topics that may tell us.
    pub topics: Vec<TopicArn>,
    /// The least version of signatures that is taken.
    pub signature_least: SignatureVersion,
    /// How many messages it may send in a minute.
    pub calls_a_minute_max: u32,
    /// Minutes from a message to the next, at most; none where it need not send any.
    pub heartbeat_minutes: Option<u32>,
}

/// A call as it came.
#[derive(Debug, Clone, Copy)]
pub struct TopicCall<'a> {
    /// Its headers say that it is raw.
    pub is_raw: bool,
    /// What it says.
    pub body: &'a [u8],
}

/// The source of this name.
///
/// # Errors
/// `unauthenticated` when there is none.
pub fn admit<'a>(s: &'a Services, cx: &Cx, name: &str) -> Result<&'a TopicSource, ApiError> {
    let mut sources = s.settings.topic_sources.iter();
    let found = sources.find(|source| source.name.as_str() == name);
    found.ok_or_else(|| ApiError::new(ErrorCode::Unauthenticated, texts::topics_unknown(cx.lang)))
}

/// Takes a message in, once `prove` has said that SNS signed it. That is asked only about
/// what could be taken.
///
/// # Errors
/// `invalid`, `forbidden` and `unauthenticated` for what SNS need not send again;
/// `unavailable` for what it should.
pub async fn take<P, F>(
    s: &Services,
    cx: &Cx,
    source: &TopicSource,
    call: TopicCall<'_>,
    prove: P,
) -> Outcome<Taken>
where
    P: FnOnce(TopicArn, Seal) -> F,
    F: Future<Output = Result<(), ProofError>>,
{
    let message = read(cx, source, call).inspect_err(|error| complain(s, cx, source, error))?;
    if let Err(why) = prove(message.topic.clone(), message.seal.clone()).await {
        let lang = cx.lang;
        let error = match &why {
            ProofError::Later(_) => {
                ApiError::new(ErrorCode::Unavailable, texts::topics_later(lang))
            }
            ProofError::Never(_) => {
                ApiError::new(ErrorCode::Unauthenticated, texts::topics_unproved(lang))
            }
        };
        complain(s, cx, source, &why);
        return Err(error.into());
    }
    let most = source.calls_a_minute_max;
    if !s.calls.count(source.name.clone(), most, cx.now) {
        let message = texts::topics_rest(cx.lang, most);
        return Err(ApiError::new(ErrorCode::Unavailable, message).into());
    }
    keep(s, cx, source, &message, call.body).await
}

/// SNS tells nobody of a refusal, so the log does; a stranger must not fill it.
fn complain(s: &Services, cx: &Cx, source: &TopicSource, error: &dyn std::error::Error) {
    let most = limits::TOPIC_COMPLAINTS_A_MINUTE_MAX;
    if s.complaints.count(source.name.clone(), most, cx.now) {
        tracing::warn!(source = %source.name, error = %error, "a message to a source of topics was refused");
    }
}

/// What can be said of a message without the network.
fn read(cx: &Cx, source: &TopicSource, call: TopicCall<'_>) -> Result<TopicMessage, ApiError> {
    let lang = cx.lang;
    if call.is_raw {
        return Err(cx.invalid("body", texts::topics_raw(lang)));
    }
    let message = files::read_topic_message(call.body)
        .map_err(|error| cx.invalid("body", error.to_string()))?;
    if !source.topics.contains(&message.topic) {
        let words = texts::topics_unlisted(lang, message.topic.as_str());
        return Err(ApiError::new(ErrorCode::Forbidden, words));
    }
    if message.seal.version < source.signature_least {
        let words = texts::topics_version(lang, source.signature_least.number());
        return Err(cx.invalid("SignatureVersion", words));
    }
    if !message.is_of(cx.now) {
        return Err(cx.invalid("Timestamp", texts::topics_old(lang)));
    }
    Ok(message)
}

/// Keeps a proved message with all that follows from it.
async fn keep(
    s: &Services,
    cx: &Cx,
    source: &TopicSource,
    message: &TopicMessage,
    body: &[u8],
) -> Outcome<Taken> {
    let unreadable = |error: files::FileError| cx.invalid("body", error.to_string());
    let now = cx.now;
    // Whoever carries a genuine message can add fields: only what is signed is an event's.
    let payload = files::signed_part(body).map_err(unreadable)?;
    let event = match message.kind {
        TopicMessageKind::Notification => {
            files::read_aws_event(payload.as_bytes()).map_err(unreadable)?
        }
        TopicMessageKind::Subscription(_) => about(message, "SubscriptionConfirmation"),
        TopicMessageKind::Unsubscription => about(message, "UnsubscribeConfirmation"),
    };
    let mut tx = s.store.begin().await?;
    let kept = aws_events::put(s, &mut tx, &event, payload.as_bytes(), now).await?;
    note(&mut tx, source, message, kept.is_news(), now).await?;
    // A message about the subscription is SNS's own, not what the topic is for.
    let is_beat_news = match message.kind {
        TopicMessageKind::Notification => heartbeats::beat(s, &mut tx, &source.name, now).await?,
        _ => false,
    };
    tx.commit().await?;
    settled(s, is_beat_news);
    if kept.is_news() && message.kind != TopicMessageKind::Notification {
        s.signals.topics();
    }
    Ok(kept.tell(s))
}

/// What a message about our subscription is, among the events.
fn about(message: &TopicMessage, name: &str) -> AwsEvent {
    AwsEvent {
        id: Some(message.id.clone()),
        kind: AwsEventKind::Other,
        name: name.to_owned(),
        scope: Some(message.topic.scope().clone()),
        at: Some(message.at),
        subject: message.topic.to_string(),
        fact: Fact::Kept,
    }
}

/// Notes what a message says of the subscription that it came by. A notification that is no
/// news came by a queue before, or is a repeat: the later of the two tells it.
async fn note(
    tx: &mut Tx,
    source: &TopicSource,
    message: &TopicMessage,
    is_news: bool,
    now: Timestamp,
) -> Outcome<()> {
    let known = tx.read().topic(&source.name, &message.topic).await?;
    let mut row = known.unwrap_or_else(|| TopicRow {
        source: source.name.clone(),
        topic: message.topic.clone(),
        state: TopicState::Unheard,
        told_at: None,
        token: None,
        tries: 0,
        next_try_at: None,
        error: None,
        heard_at: None,
        messages: 0,
    });
    let is_notification = message.kind == TopicMessageKind::Notification;
    let is_later = is_notification && row.heard_at < Some(message.at);
    if !is_news && !is_later {
        return Ok(());
    }
    if is_notification {
        row.heard_at = row.heard_at.max(Some(message.at));
        row.messages = row.messages.saturating_add(1);
    }
    let after = row.state.after(row.told_at, &message.kind, message.at);
    if let Some(state) = after {
        row.state = state;
        row.tries = 0;
        row.error = None;
        if !is_notification {
            row.told_at = Some(message.at);
        }
        (row.token, row.next_try_at) = match &message.kind {
            TopicMessageKind::Subscription(token) => (Some(token.clone()), Some(now)),
            _ => (None, None),
        };
        if state == TopicState::Unsubscribed {
            let audit = system_audit(now, "topic.unsubscribed", &row.topic);
            let detail = json!({ "source": source.name.as_str() });
            tx.audit(&audit.detail(&detail)).await?;
            tracing::warn!(source = %source.name, topic = %row.topic, "somebody ended the subscription to a topic");
        }
    }
    Ok(tx.put_topic(&row).await?)
}

/// How the configured topics stand, in the order of the configuration.
///
/// # Errors
/// The database's.
pub(crate) async fn list(s: &Services, cx: &Cx) -> Outcome<Vec<TopicView>> {
    if s.settings.topic_sources.is_empty() {
        return Ok(Vec::new());
    }
    let rows = s.store.read().topics().await?;
    let mut views = Vec::new();
    for source in &s.settings.topic_sources {
        for topic in &source.topics {
            let mut known = rows.iter();
            let row = known.find(|row| row.source == source.name && row.topic == *topic);
            views.push(TopicView {
                source: source.name.clone(),
                topic: topic.clone(),
                state: row.map_or(TopicState::Unheard, |row| row.state),
                told_at: row.and_then(|row| row.told_at),
                heard_at: row.and_then(|row| row.heard_at),
                messages: row.map_or(0, |row| row.messages),
                error: row.and_then(|row| told(cx, row)),
            });
        }
    }
    Ok(views)
}

/// Why the last try to confirm failed, for this caller.
fn told(cx: &Cx, row: &TopicRow) -> Option<String> {
    Some(match row.error.as_deref()? {
        EXPIRED => texts::topics_expired(cx.lang).into(),
        kept => health::told(cx, kept),
    })
}
