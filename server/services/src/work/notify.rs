//! Sends what one channel is to be told.
//!
//! ```text
//! next due ─ token ─ tx{lease, sending, attempts + 1} ─ call ┬ taken → tx{sent}
//!                                                            └ else  → tx{failed | unknown | dead}
//! ```
//!
//! **After a kill** at any arrow the row says how far it came. One that is
//! `sending` and whose time has run out may have arrived or not: it is sent again
//! under the same id. The lease keeps a second server from sending beside this one,
//! which would be twice as fast as the channel allows; that no message is sent by
//! both is the row's own matter.
//!
//! A message that fails waits for its own time, and the others go on. When one is
//! taken after several have failed the channel is back, and all that wait for it
//! are due at once, the most urgent first.
//!
//! A *bundle* is several messages that leave in one call, where people read: those of one group
//! ([`domain::routes::groups`]), or of one urgency when very many wait. Each stays a row of its own
//! with its own attempts; what becomes of the call becomes of them all.

use super::crash::{self, CrashPoint};
use crate::{Lane, Services, failure::Outcome, notifications::outbox};
use api::system::WorkerReport;
use domain::{
    channels::ChannelName,
    i18n::notifications::bundle_line,
    limits,
    notifications::{DeliveryState, Event, FailureKind, Message, Together, after_failure},
    time::Timestamp,
};
use ports::{Post, Receipt, SendError};
use std::iter;
use store::{DeliveryRow, DueDelivery, Read, Tx};

/// One turn: everything that is due, until the channel fails or has had enough.
pub(super) async fn turn(s: &Services, name: &ChannelName) -> Outcome<WorkerReport> {
    let Some(lane) = s.lane(name) else {
        return Ok(WorkerReport::NotConfigured);
    };
    let mut messages = 0_u32;
    for _ in 0..limits::DELIVERIES_PER_TURN_MAX {
        let now = s.clock.now();
        // A look without a lock: mostly there is nothing.
        if s.store.read().next_delivery(name, now).await?.is_none() {
            break;
        }
        if !lane.take(now) {
            return Ok(WorkerReport::Sent {
                messages,
                more: true,
            });
        }
        let due = match claim(s, lane).await? {
            Claim::Elsewhere => return Ok(WorkerReport::Elsewhere),
            Claim::Nothing => break,
            Claim::Due(due) => due,
        };
        crash::pass(s, CrashPoint::BeforeCall)?;
        let answer = lane.sender.send(&post(s, lane, &due)).await;
        crash::pass(s, CrashPoint::AfterCall)?;
        match answer {
            Ok(receipt) => {
                record_sent(s, lane, &due, &receipt).await?;
                messages += u32::try_from(due.all().count()).unwrap_or(u32::MAX);
            }
            Err(error) => {
                let kind = error.kind;
                record_failure(s, lane, &due, &error).await?;
                // What was wrong with the message alone says nothing of the next.
                if !matches!(kind, FailureKind::Refused | FailureKind::Gone) {
                    return Ok(WorkerReport::SentThenFailed {
                        messages,
                        error: error.to_string(),
                    });
                }
            }
        }
    }
    Ok(WorkerReport::Sent {
        messages,
        more: false,
    })
}

/// What there is to send.
enum Claim {
    /// Another server sends to this channel.
    Elsewhere,
    /// Nothing any more.
    Nothing,
    /// This.
    Due(Bundle),
}

/// What one call sends: a message, or several that are told together.
struct Bundle {
    first: Box<DueDelivery>,
    others: Vec<DueDelivery>,
}

impl Bundle {
    fn all(&self) -> impl Iterator<Item = &DueDelivery> {
        iter::once(&*self.first).chain(&self.others)
    }
}

async fn claim(s: &Services, lane: &Lane) -> Outcome<Claim> {
    let name = &lane.channel.name;
    let now = s.clock.now();
    let lease = format!("notify {name}");
    let until = now.plus_ms(limits::CHANNEL_LEASE_MS);
    let mut tx = s.store.begin().await?;
    if !tx.take_lease(&lease, &s.holder, now, until).await? {
        return Ok(Claim::Elsewhere);
    }
    let Some(next) = next(lane, &mut tx, now).await? else {
        commit(s, tx).await?;
        s.signals.feed();
        return Ok(Claim::Nothing);
    };
    let mut bundle = bundled(lane, tx.read(), next, now).await?;
    let ends = now.plus_ms(limits::DELIVERY_ATTEMPT_MS);
    tx.claim_delivery(&mut bundle.first, ends).await?;
    for other in &mut bundle.others {
        tx.claim_delivery(other, ends).await?;
    }
    commit(s, tx).await?;
    for row in bundle.all().map(|due| &due.row) {
        if row.state == DeliveryState::Sending {
            tracing::warn!(delivery.id = %row.id, channel = %name, "an attempt was not recorded; the message is sent again");
        }
    }
    Ok(Claim::Due(bundle))
}

/// The next message that may be sent. Where a repeat does harm, one whose attempt nobody recorded is
/// given up: it may have arrived.
async fn next(lane: &Lane, tx: &mut Tx, now: Timestamp) -> Outcome<Option<DueDelivery>> {
    let kind = lane.channel.kind;
    for _ in 0..limits::DELIVERIES_PER_TURN_MAX {
        let next = tx.read().next_delivery(&lane.channel.name, now).await?;
        let lost = |due: &DueDelivery| due.row.state == DeliveryState::Sending && !kind.repeats();
        let Some(due) = next.as_ref().filter(|due| lost(due)) else {
            return Ok(next);
        };
        let row = &due.row;
        let given_up = after_failure(kind, FailureKind::Uncertain, row.attempts, None, now);
        let why = (FailureKind::Uncertain, "");
        tx.delivery_failed(row, given_up, why, now).await?;
        tx.feed(&[outbox::news_of(row)], now).await?;
        tracing::warn!(delivery.id = %row.id, channel = %lane.channel.name, "an attempt was not recorded; the message may have arrived and is given up");
    }
    Ok(None)
}

/// Whether a message may be told with others: that an alarm goes off or is over, where there is no
/// message of its own that it would edit. A drill is told alone, for nobody must take it, or what
/// stands beside it, for the other.
fn is_told_with_others(due: &DueDelivery) -> bool {
    let row = &due.row;
    let alarm = row.message.alarm.as_ref();
    matches!(row.event, Event::Firing | Event::Resolved)
        && due.reference.is_none()
        && alarm.is_some_and(|alarm| !alarm.drill)
}

/// The next message with those that are told with it.
async fn bundled(
    lane: &Lane,
    mut read: Read<'_>,
    next: DueDelivery,
    now: Timestamp,
) -> Outcome<Bundle> {
    let alone = |next| Bundle {
        first: Box::new(next),
        others: Vec::new(),
    };
    if !lane.channel.kind.is_bundled() || !is_told_with_others(&next) {
        return Ok(alone(next));
    }
    let mut found = read.fellows(&next, now, limits::BUNDLE_MAX).await?;
    let repeats = lane.channel.kind.repeats();
    let known = |due: &DueDelivery| {
        repeats
            || matches!(
                due.row.state,
                DeliveryState::Waiting | DeliveryState::Failed
            )
    };
    found.retain(|due| is_told_with_others(due) && known(due));
    let from = match next.row.group {
        Some(_) => 1,
        None => limits::BUNDLED_FROM,
    };
    if found.len() <= from {
        return Ok(alone(next));
    }
    // The next itself is among them, or, of a larger group, its turn comes with those after them.
    let others = found.split_off(1);
    Ok(match found.pop() {
        Some(first) => Bundle {
            first: Box::new(first),
            others,
        },
        None => alone(next),
    })
}

async fn commit(s: &Services, tx: Tx) -> Outcome<()> {
    crash::pass(s, CrashPoint::BeforeCommit)?;
    tx.commit().await?;
    crash::pass(s, CrashPoint::AfterCommit)
}

fn post(s: &Services, lane: &Lane, due: &Bundle) -> Post {
    let row = &due.first.row;
    let base = s.settings.public_url.as_deref();
    let alone = Post {
        id: row.id,
        thread: row.thread,
        event: row.event,
        message: row.message.clone(),
        lang: lane.channel.lang,
        link: base.and_then(|base| {
            let change = row.message.change.as_ref();
            let of_change = change.map(|change| format!("{base}/changes/{}", change.id));
            of_change.or_else(|| Some(format!("{base}/alarms/{}", row.alarm?)))
        }),
        reference: due.first.reference.clone(),
        created_at: row.created_at,
        now: s.clock.now(),
    };
    if due.others.is_empty() {
        return alone;
    }
    let lang = lane.channel.lang;
    let rows = || due.all().map(|due| &due.row);
    let line = |row: &DeliveryRow| bundle_line(lang, row.event, &row.message);
    let lines: Vec<_> = rows().map(line).collect();
    let count = |event| {
        let of = rows().filter(|row| row.event == event).count();
        u32::try_from(of).unwrap_or(u32::MAX)
    };
    let together = Together {
        went_off: count(Event::Firing),
        over: count(Event::Resolved),
    };
    Post {
        event: match together.went_off {
            0 => Event::Resolved,
            _ => Event::Firing,
        },
        message: Message {
            note: Some(lines.join("\n")),
            together: Some(together),
            ..Message::default()
        },
        link: base.map(|base| format!("{base}/alarms")),
        ..alone
    }
}

async fn record_sent(s: &Services, lane: &Lane, due: &Bundle, receipt: &Receipt) -> Outcome<()> {
    let now = s.clock.now();
    // What tells of several belongs to none of them.
    let reference = receipt.reference.as_deref();
    let reference = reference.filter(|_| due.others.is_empty());
    let mut tx = s.store.begin().await?;
    let mut late = Vec::new();
    let mut news = Vec::new();
    for row in due.all().map(|due| &due.row) {
        let kept = tx.delivery_sent(row, &receipt.id, reference, now).await?;
        late.extend((!kept).then_some(row.id));
        news.push(outbox::news_of(row));
    }
    if lane.note_success() {
        let woken = tx.wake_deliveries(&lane.channel.name, now).await?;
        tracing::info!(channel = %lane.channel.name, waiting = woken, "a channel is back");
    }
    tx.feed(&news, now).await?;
    commit(s, tx).await?;
    s.signals.feed();
    for id in late {
        tracing::warn!(delivery.id = %id, "a message was sent so slowly that another attempt was made");
    }
    Ok(())
}

async fn record_failure(s: &Services, lane: &Lane, due: &Bundle, error: &SendError) -> Outcome<()> {
    let now = s.clock.now();
    lane.note_failure(now, error.retry_after_ms);
    let failure = (error.kind, error.message.as_str());
    let mut tx = s.store.begin().await?;
    let mut news = Vec::new();
    for row in due.all().map(|due| &due.row) {
        let (channel, asked_ms) = (lane.channel.kind, error.retry_after_ms);
        let next = after_failure(channel, error.kind, row.attempts, asked_ms, now);
        tx.delivery_failed(row, next, failure, now).await?;
        news.push(outbox::news_of(row));
        let (id, state) = (row.id, next.state.as_str());
        tracing::warn!(delivery.id = %id, channel = %lane.channel.name, attempts = row.attempts, state, error = %error, "a message could not be sent");
    }
    tx.feed(&news, now).await?;
    commit(s, tx).await?;
    s.signals.feed();
    Ok(())
}
