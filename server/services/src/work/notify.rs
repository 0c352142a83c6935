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

use super::crash::{self, CrashPoint};
use crate::{Lane, Services, failure::Outcome, notifications::outbox};
use api::system::WorkerReport;
use domain::{
    channels::ChannelName,
    limits,
    notifications::{DeliveryState, FailureKind, after_failure},
};
use ports::{Post, Receipt, SendError};
use store::{DueDelivery, Tx};

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
        let due = match claim(s, name).await? {
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
                messages += 1;
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
    Due(Box<DueDelivery>),
}

async fn claim(s: &Services, name: &ChannelName) -> Outcome<Claim> {
    let now = s.clock.now();
    let lease = format!("notify {name}");
    let until = now.plus_ms(limits::CHANNEL_LEASE_MS);
    let mut tx = s.store.begin().await?;
    if !tx.take_lease(&lease, &s.holder, now, until).await? {
        return Ok(Claim::Elsewhere);
    }
    let ends = now.plus_ms(limits::DELIVERY_ATTEMPT_MS);
    let due = tx.claim_delivery(name, now, ends).await?;
    commit(s, tx).await?;
    let Some(due) = due else {
        return Ok(Claim::Nothing);
    };
    if due.row.state == DeliveryState::Sending {
        let id = due.row.id;
        tracing::warn!(delivery.id = %id, channel = %name, "an attempt was not recorded; the message is sent again");
    }
    Ok(Claim::Due(Box::new(due)))
}

async fn commit(s: &Services, tx: Tx) -> Outcome<()> {
    crash::pass(s, CrashPoint::BeforeCommit)?;
    tx.commit().await?;
    crash::pass(s, CrashPoint::AfterCommit)
}

fn post(s: &Services, lane: &Lane, due: &DueDelivery) -> Post {
    let row = &due.row;
    let base = s.settings.public_url.as_deref();
    Post {
        id: row.id,
        thread: row.thread,
        event: row.event,
        message: row.message.clone(),
        lang: lane.channel.lang,
        link: base
            .zip(row.alarm)
            .map(|(base, alarm)| format!("{base}/alarms/{alarm}")),
        reference: due.reference.clone(),
        created_at: row.created_at,
        now: s.clock.now(),
    }
}

async fn record_sent(
    s: &Services,
    lane: &Lane,
    due: &DueDelivery,
    receipt: &Receipt,
) -> Outcome<()> {
    let now = s.clock.now();
    let reference = receipt.reference.as_deref();
    let mut tx = s.store.begin().await?;
    let kept = tx
        .delivery_sent(&due.row, &receipt.id, reference, now)
        .await?;
    if lane.note_success() {
        let woken = tx.wake_deliveries(&lane.channel.name, now).await?;
        tracing::info!(channel = %lane.channel.name, waiting = woken, "a channel is back");
    }
    tx.feed(&[outbox::news_of(&due.row)], now).await?;
    commit(s, tx).await?;
    s.signals.feed();
    if !kept {
        tracing::warn!(delivery.id = %due.row.id, "a message was sent so slowly that another attempt was made");
    }
    Ok(())
}

async fn record_failure(
    s: &Services,
    lane: &Lane,
    due: &DueDelivery,
    error: &SendError,
) -> Outcome<()> {
    let now = s.clock.now();
    let next = after_failure(error.kind, due.row.attempts, error.retry_after_ms, now);
    lane.note_failure(now, error.retry_after_ms);
    let failure = (error.kind, error.message.as_str());
    let mut tx = s.store.begin().await?;
    tx.delivery_failed(&due.row, next, failure, now).await?;
    tx.feed(&[outbox::news_of(&due.row)], now).await?;
    commit(s, tx).await?;
    s.signals.feed();
    let (id, state) = (due.row.id, next.state.as_str());
    tracing::warn!(delivery.id = %id, channel = %lane.channel.name, attempts = due.row.attempts, state, error = %error, "a message could not be sent");
    Ok(())
}
