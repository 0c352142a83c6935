//! What PagerDuty says of the incidents that we opened there.
//!
//! The door has proved that PagerDuty wrote the call. Only people count: who they are here is what
//! `[[contacts]]` say, and they act with the rights of that account, as from a button in Slack. What
//! our own messages did there, and what PagerDuty does by itself, comes back too and is nothing. A
//! call may come late and more than once: a word older than the last is passed over. PagerDuty asks
//! again until it hears that a call was taken, so a word that changes nothing is taken all the same,
//! and the audit log tells why it changed nothing.

use crate::{
    Services,
    alarms::{Again, take_on, unacknowledge},
    cx::{AuditEntryExt, Cx, system_audit},
    failure::{Failure, Outcome},
    presses::acting,
    texts,
};
use domain::{audit::AuditEntry, channels::ChannelName, ids::AlarmId};
use files::{PagerdutyWord, PagerdutyWordKind};
use serde_json::json;
use store::AlarmRow;

/// Does what a word asks for, as the person whom the configuration names.
///
/// # Errors
/// The database's: what is refused is written down.
pub async fn hear(
    s: &Services,
    cx: &Cx,
    channel: &ChannelName,
    word: &PagerdutyWord,
) -> Outcome<()> {
    let found = s.store.read().open_thread_of(word.thread).await?;
    let Some((thread, heard_at)) = found.filter(|(thread, _)| thread.channel == *channel) else {
        return Ok(());
    };
    let is_new = heard_at.is_none_or(|heard| word.at > heard);
    let (Some(alarm), Some(user), true) = (thread.alarm, &word.user, is_new) else {
        return Ok(());
    };
    let Some(row) = s.store.read().alarm(alarm).await? else {
        return Ok(());
    };
    let done = done(s, cx, &row, user, word.kind).await;
    let audit = match done {
        Ok(audit) => audit,
        Err(Failure::Told(error)) => Some(refused(cx, &row, user, &error.message)),
        Err(failure) => return Err(failure),
    };
    let mut tx = s.store.begin().await?;
    // Of two calls with one word that come at once, one tells of it.
    if tx.note_word(word.thread, word.at).await?
        && let Some(audit) = audit
    {
        tx.audit(&audit.within(&row.environment)).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Does it; what the audit log has to tell beside what was done.
async fn done(
    s: &Services,
    cx: &Cx,
    row: &AlarmRow,
    user: &str,
    kind: PagerdutyWordKind,
) -> Outcome<Option<AuditEntry>> {
    let Some(known) = s.settings.routing.roster.pagerduty_person(user) else {
        let why = texts::word_unmapped(cx.lang, user);
        return Ok(Some(refused(cx, row, user, &why)));
    };
    let cx = match acting(s, cx, &known.account, "PagerDuty").await? {
        Ok(cx) => cx,
        Err(why) => return Ok(Some(refused(cx, row, user, &why))),
    };
    match kind {
        PagerdutyWordKind::Acknowledged => {
            take_on(s, &cx, row.id, "", Again::IsNothing).await?;
            Ok(None)
        }
        PagerdutyWordKind::Unacknowledged => {
            let own = row.acknowledgement.as_ref().map(|taken| taken.by);
            // What somebody else has taken on here is theirs.
            if own == Some(cx.actor()?.person) {
                unacknowledge(s, &cx, row.id).await?;
            }
            Ok(None)
        }
        // Whether the alarm is over only its source knows.
        PagerdutyWordKind::Resolved => {
            let audit = cx.audit("alarm.resolve_in_pagerduty", row.id)?;
            Ok(Some(audit.detail(&json!({ "alarm": row.name }))))
        }
    }
}

fn refused(cx: &Cx, row: &AlarmRow, user: &str, why: &str) -> AuditEntry {
    let id: AlarmId = row.id;
    tracing::warn!(alarm.id = %id, user, why, "a word of PagerDuty changed nothing");
    let detail = json!({ "alarm": row.name, "user": user, "why": why });
    system_audit(cx.now, "pagerduty.refuse", id).detail(&detail)
}
