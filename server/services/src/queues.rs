//! Messages of queues that could not be taken in: what is there to see and to do.

use crate::{
    Services, aws_events,
    cx::{AuditEntryExt, Cx},
    failure::{Failure, Outcome},
    page, texts,
};
use api::{
    Page, PageQuery,
    queues::{SetAsideDetail, SetAsideRow as SetAsideView},
};
use domain::{
    ids::SetAsideId,
    limits,
    policy::{Action, Resource},
    queues::{QueueMessage, QueueRef},
    time::Timestamp,
};
use futures::FutureExt as _;
use serde_json::{Value, json};
use std::panic::AssertUnwindSafe;
use store::SetAsideRow;

/// What became of a message that was taken.
pub(crate) enum Taken {
    /// What it tells is kept: it may go.
    Kept,
    /// It is no event, or was begun too often: it was set aside, and may go.
    SetAside,
    /// There is no room to set it aside: it stays where it is.
    NoRoom,
}

/// Takes in a message: what it tells is kept before it may go. One that fails again and
/// again, or makes the program panic, is set aside; while the database is away nothing is,
/// for that takes the database, too.
///
/// # Errors
/// The database's, and what stands against this message so far.
pub(crate) async fn take_in(
    s: &Services,
    queue: &QueueRef,
    message: &QueueMessage,
    now: Timestamp,
) -> Outcome<Taken> {
    let body = message.body.as_bytes();
    let error = match files::read_aws_event(body) {
        Ok(event) => {
            let kept = AssertUnwindSafe(aws_events::keep(s, &event, body, now));
            let failure = match kept.catch_unwind().await {
                Ok(Ok(_)) => return Ok(Taken::Kept),
                Ok(Err(failure)) => failure,
                Err(_) => Failure::defect("keeping an event panicked"),
            };
            if !message.is_poison() {
                return Err(failure);
            }
            None
        }
        Err(error) => Some(error.to_string()),
    };
    let id = SetAsideId::from_parts(now.ms(), s.ids.random());
    let row = SetAsideRow::new(id, queue, message, error, now);
    let mut tx = s.store.begin().await?;
    if tx.read().count_set_aside().await? >= u64::from(limits::SET_ASIDE_MAX) {
        return Ok(Taken::NoRoom);
    }
    tx.insert_set_aside(&row).await?;
    tx.commit().await?;
    tracing::warn!(queue = %queue, message = %message.id, error = row.error, "a message was set aside");
    Ok(Taken::SetAside)
}

/// What was set aside, newest first. It may be of any environment, so only those who see
/// all see it.
///
/// # Errors
/// `unauthenticated`; `forbidden`.
pub async fn list(s: &Services, cx: &Cx, query: PageQuery) -> Outcome<Page<SetAsideView>> {
    cx.authorize(Action::ManageSetAside, Resource::Installation)?;
    let (slice, paged) = page::of(query);
    let found = s.store.read().set_aside_page(slice).await?;
    Ok(paged.fill(found, |row| view(&row)))
}

/// One message, as it came.
///
/// # Errors
/// `not_found`; `forbidden`.
pub async fn detail(s: &Services, cx: &Cx, id: SetAsideId) -> Outcome<SetAsideDetail> {
    let row = seen(s, cx, id).await?;
    Ok(SetAsideDetail {
        row: view(&row),
        body: row.body,
    })
}

/// Takes a message in once more; it goes when what it tells is kept.
///
/// # Errors
/// `not_found`; `forbidden`; `conflict` when it still cannot be read.
pub async fn take_again(s: &Services, cx: &Cx, id: SetAsideId) -> Outcome<()> {
    let row = seen(s, cx, id).await?;
    let event = files::read_aws_event(row.body.as_bytes())
        .map_err(|error| cx.conflict(texts::still_unread(cx.lang, &error.to_string())))?;
    aws_events::keep(s, &event, row.body.as_bytes(), cx.now).await?;
    let_go(s, cx, &row, "queue.take_again").await
}

/// Lets go of a message for good.
///
/// # Errors
/// `not_found`; `forbidden`.
pub async fn discard(s: &Services, cx: &Cx, id: SetAsideId) -> Outcome<()> {
    let row = seen(s, cx, id).await?;
    let_go(s, cx, &row, "queue.discard").await
}

async fn seen(s: &Services, cx: &Cx, id: SetAsideId) -> Outcome<SetAsideRow> {
    cx.authorize(Action::ManageSetAside, Resource::Installation)?;
    let row = s.store.read().set_aside(id).await?;
    Ok(row.ok_or_else(|| cx.not_found())?)
}

async fn let_go(s: &Services, cx: &Cx, row: &SetAsideRow, act: &str) -> Outcome<()> {
    let audit = cx.audit(act, row.id)?.detail(&told(row));
    let mut tx = s.store.begin().await?;
    // Somebody was faster: what was to be done is done.
    if tx.delete_set_aside(row.id).await? {
        tx.audit(&audit).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// What the audit log tells of a message: of a long one the beginning.
fn told(row: &SetAsideRow) -> Value {
    let body: String = row.body.chars().take(limits::NOTE_CHARS_MAX).collect();
    json!({ "queue": row.queue.to_string(), "message": row.message, "body": body })
}

fn view(row: &SetAsideRow) -> SetAsideView {
    SetAsideView {
        id: row.id,
        queue: row.queue.clone(),
        message: row.message.clone(),
        error: row.error.clone(),
        takings: row.takings,
        sent_at: row.sent_at,
        at: row.at,
    }
}
