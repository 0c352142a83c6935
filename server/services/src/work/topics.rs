//! Confirms subscriptions to topics, by SNS's own call and never by the address that a message
//! names. What the configuration names is thereby allowed: a topic that is not listed gets no
//! further than the door.
//!
//! A try is audited before and after. After a kill between the call and its record the next
//! turn calls again with the same token, which confirms nothing else. Two servers share the work by a lease.
//! Should SNS take a token only once, which is written nowhere, the subscription then stands as
//! refused until its first message says better. A newer message that came meanwhile stands.

use super::crash::{CrashPoint, pass};
use crate::{
    Services,
    cx::{AuditEntryExt, system_audit},
    failure::Outcome,
    health::KeptFault,
    topics::EXPIRED,
};
use api::system::WorkerReport;
use domain::{
    audit::AuditOutcome,
    limits,
    sns::{ConfirmToken, TopicState, confirm_pause_ms},
    time::Timestamp,
};
use ports::{CloudError, CloudErrorKind};
use serde_json::{Value, json};
use store::TopicRow;

/// One turn.
pub(super) async fn turn(s: &Services) -> Outcome<WorkerReport> {
    let rows = s.store.read().topics().await?;
    let (mut confirmed, mut failed) = (0_u32, 0_u32);
    let now = s.clock.now();
    // What only a server of another configuration confirms must not keep the lease from it.
    let is_ours = |row: &TopicRow| is_configured(s, row) && due(row, now).is_some();
    if rows.iter().any(is_ours) {
        let mut tx = s.store.begin().await?;
        let until = now.plus_ms(limits::TOPICS_LEASE_MS);
        let held = tx.take_lease("topics", &s.holder, now, until).await?;
        tx.commit().await?;
        if !held {
            return Ok(WorkerReport::Elsewhere);
        }
    }
    for row in &rows {
        let now = s.clock.now();
        if !is_configured(s, row) {
            if !is_forgotten(row, now) {
                continue;
            }
            let mut tx = s.store.begin().await?;
            tx.delete_topic(&row.source, &row.topic).await?;
            tx.commit().await?;
            continue;
        }
        let Some(token) = due(row, now) else {
            continue;
        };
        if confirmed + failed >= limits::TOPICS_PER_TURN_MAX {
            break;
        }
        match confirm(s, row, token, now).await? {
            true => confirmed += 1,
            false => failed += 1,
        }
    }
    Ok(WorkerReport::Confirmed { confirmed, failed })
}

/// What confirms a subscription, if that is to be tried now.
fn due(row: &TopicRow, now: Timestamp) -> Option<&ConfirmToken> {
    let is_due = row.state == TopicState::Waiting && row.next_try_at.is_none_or(|at| at <= now);
    row.token.as_ref().filter(|_| is_due)
}

fn is_configured(s: &Services, row: &TopicRow) -> bool {
    let mut sources = s.settings.topic_sources.iter();
    sources.any(|source| source.name == row.source && source.topics.contains(&row.topic))
}

/// Whether nothing was heard of a topic for so long that no token of it is good. While servers
/// are replaced the old ones do not know what the new ones are told of, so a topic that is not
/// configured is not forgotten at once.
fn is_forgotten(row: &TopicRow, now: Timestamp) -> bool {
    let touched = row.told_at.max(row.heard_at);
    touched.is_none_or(|at| now.since_ms(at) > limits::TOPIC_TOKEN_MS)
}

/// One subscription; whether it is confirmed.
async fn confirm(
    s: &Services,
    row: &TopicRow,
    token: &ConfirmToken,
    now: Timestamp,
) -> Outcome<bool> {
    let source = json!({ "source": row.source.as_str() });
    let is_old = |at| now.since_ms(at) > limits::TOPIC_TOKEN_MS;
    if row.told_at.is_none_or(is_old) {
        let expired = |row: &mut TopicRow| {
            row.state = TopicState::Refused;
            row.error = Some(EXPIRED.to_owned());
        };
        settle(s, row, AuditOutcome::Failed, &source, expired).await?;
        return Ok(false);
    }
    let mut tx = s.store.begin().await?;
    let audit = system_audit(now, "topic.confirm", &row.topic).ended(AuditOutcome::Begun);
    tx.audit(&audit.detail(&source)).await?;
    tx.commit().await?;
    pass(s, CrashPoint::BeforeCall)?;
    let answer = s.cloud.confirm_topic(&row.topic, token).await;
    pass(s, CrashPoint::AfterCall)?;
    let Err(error) = answer else {
        let done = |row: &mut TopicRow| {
            row.state = TopicState::Confirmed;
            row.error = None;
        };
        settle(s, row, AuditOutcome::Done, &source, done).await?;
        return Ok(true);
    };
    tracing::warn!(topic = %row.topic, error = %error, "a subscription to a topic could not be confirmed");
    let fault = KeptFault::from(&error);
    let detail = json!({ "source": row.source.as_str(), "fault": fault });
    let after = s.clock.now();
    let refused = |row: &mut TopicRow| {
        row.tries = row.tries.saturating_add(1);
        row.error = Some(fault.to_json());
        match may_pass(&error) {
            true => row.next_try_at = Some(after.plus_ms(confirm_pause_ms(row.tries))),
            false => row.state = TopicState::Refused,
        }
    };
    settle(s, row, AuditOutcome::Failed, &detail, refused).await?;
    Ok(false)
}

/// A permission can still be granted while the token is good.
const fn may_pass(error: &CloudError) -> bool {
    error.kind.is_passing() || matches!(error.kind, CloudErrorKind::Denied)
}

/// Records how a try ended, unless a newer message has come meanwhile.
async fn settle(
    s: &Services,
    before: &TopicRow,
    outcome: AuditOutcome,
    detail: &Value,
    change: impl FnOnce(&mut TopicRow),
) -> Outcome<()> {
    let mut tx = s.store.begin().await?;
    let audit = system_audit(s.clock.now(), "topic.confirm", &before.topic).ended(outcome);
    tx.audit(&audit.detail(detail)).await?;
    let row = tx.read().topic(&before.source, &before.topic).await?;
    let same = |row: &TopicRow| row.state == before.state && row.told_at == before.told_at;
    if let Some(mut row) = row.filter(same) {
        change(&mut row);
        if row.state != TopicState::Waiting {
            row.token = None;
            row.next_try_at = None;
        }
        tx.put_topic(&row).await?;
    }
    tx.commit().await?;
    Ok(())
}
