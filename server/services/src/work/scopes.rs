//! Lets go of what is configured no more. What was read of accounts and regions is
//! marked as gone, for nobody reads any longer whether it is still so; configured
//! again, the next reading brings it back under its old ids. What waits for a
//! channel is given up, where people see it and can send it again. What says whether a source
//! calls is gone when the source need not call any more, and so is the alarm of a query of logs.
//!
//! The work is done at every start, which is when a configuration changes, and
//! again from time to time: while a server with the old configuration still runs
//! beside this one, it would bring everything back.

use crate::{
    Services,
    alarms::news as alarm_news,
    cx::{AuditEntryExt, system_audit},
    failure::Outcome,
    heartbeats, inhibitions, log_queries,
    notifications::outbox,
    work::poll::target_news,
};
use api::system::WorkerReport;
use domain::{
    estate::Scope,
    ids::{AlarmId, TargetId},
    time::Timestamp,
};
use serde_json::json;

/// One turn.
pub(super) async fn turn(s: &Services) -> Outcome<WorkerReport> {
    let now = s.clock.now();
    // A server with other rules may have kept other causes.
    inhibitions::look_for_causes(s, now).await?;
    let configured = s.cloud.scopes();
    let held = s.store.read().scopes_held().await?;
    let mut dropped = 0_u32;
    for scope in held.iter().filter(|scope| !configured.contains(scope)) {
        dropped += u32::from(let_go(s, scope, now).await?);
    }
    if dropped > 0 {
        s.signals.feed();
        s.signals.notify();
        s.signals.watch();
    }
    heartbeats::let_go(s, now).await?;
    log_queries::let_go(s, now).await?;
    let channels: Vec<_> = s
        .channels
        .iter()
        .map(|lane| lane.channel.name.clone())
        .collect();
    let mut tx = s.store.begin().await?;
    let given_up = tx.give_up_deliveries(&channels).await?;
    tx.commit().await?;
    if given_up > 0 {
        tracing::warn!(
            messages = given_up,
            "messages to channels that are configured no more were given up"
        );
    }
    Ok(WorkerReport::LetGo {
        scopes: dropped,
        messages: given_up,
    })
}

/// Answers whether there was anything left of it.
async fn let_go(s: &Services, scope: &Scope, now: Timestamp) -> Outcome<bool> {
    // As if AWS had been read and had shown nothing: no id is ever asked for.
    let mut new_target = || TargetId::from_parts(now.ms(), s.ids.random());
    let mut new_alarm = || AlarmId::from_parts(now.ms(), s.ids.random());
    let mut tx = s.store.begin().await?;
    let targets = tx.save_targets(scope, &[], now, &mut new_target).await?;
    let alarms = tx.save_alarms(scope, &[], now, &mut new_alarm).await?;
    if targets.is_empty() && alarms.is_empty() {
        return Ok(false);
    }
    let audit = system_audit(now, "estate.let_go", scope);
    let detail = json!({ "targets": targets.len(), "alarms": alarms.len() });
    tx.audit(&audit.detail(&detail)).await?;
    let mut feed: Vec<_> = alarms.iter().map(|news| alarm_news(&news.row)).collect();
    feed.extend(targets.into_iter().map(target_news));
    feed.extend(outbox::alarms_changed(s, &mut tx, &alarms, false, now).await?);
    tx.feed(&feed, now).await?;
    tx.commit().await?;
    tracing::info!(scope = %scope, "an account and region is configured no more and was let go");
    Ok(true)
}
