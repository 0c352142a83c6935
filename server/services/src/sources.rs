//! Sources that call us about alarms and events.
//!
//! A call is admitted first (its token, how often it comes) and read only then. All that it
//! tells is taken in one transaction with the messages that follow, and answered after the
//! commit: a source that hears nothing sends again, and what came already changes nothing.

use crate::{
    Services,
    alarms::news as alarm_news,
    alarms::{Labelled, labels_before_priority},
    aws_events,
    cx::Cx,
    failure::Outcome,
    heartbeats, mapped,
    notifications::outbox,
    sign_in::secret,
    texts,
};
use api::{ApiError, ErrorCode, sources::Taken};
use domain::{
    alarms::{PriorityRule, prioritise},
    estate::Environment,
    ids::AlarmId,
    limits,
    sources::{AlarmReport, EnvironmentRule, HookKind, Origin, SourceName},
    time::Timestamp,
};
use files::Mapping;
use store::{ReportInput, Tx};

/// A source as the configuration tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceSettings {
    /// Its name, which stands in its address.
    pub name: SourceName,
    /// What calls.
    pub kind: HookKind,
    /// How the environment of its alarms is known.
    pub environment: EnvironmentRule,
    /// What is kept of its token: see [`secret::hash`].
    pub token_hash: String,
    /// Alarms it may have at once.
    pub alarms_max: u32,
    /// How often it may call in a minute.
    pub calls_a_minute_max: u32,
    /// Minutes from a call to the next, at most; none where it need not call.
    pub heartbeat_minutes: Option<u32>,
    /// How what it posts tells of alarms, where its kind leaves that open.
    pub mapping: Option<Mapping>,
}

impl SourceSettings {
    /// A source with a token and the usual limits.
    #[must_use]
    pub fn new(
        name: SourceName,
        kind: HookKind,
        environment: EnvironmentRule,
        token: &str,
    ) -> Self {
        Self {
            name,
            kind,
            environment,
            token_hash: secret::hash(token),
            alarms_max: limits::SOURCE_ALARMS_DEFAULT,
            calls_a_minute_max: limits::SOURCE_CALLS_A_MINUTE_DEFAULT,
            heartbeat_minutes: None,
            mapping: None,
        }
    }
}

/// Lets a call in, or not. A name that is not there and a token that is wrong are one
/// answer: nobody learns which sources there are.
///
/// # Errors
/// `unauthenticated`; `too_many` in a minute.
pub fn admit<'a>(
    s: &'a Services,
    cx: &Cx,
    kind: HookKind,
    name: &str,
    token: Option<&str>,
) -> Result<&'a SourceSettings, ApiError> {
    let mut sources = s.settings.sources.iter();
    let found = sources.find(|source| source.kind == kind && source.name.as_str() == name);
    // Compared as hashes: the time taken tells nothing about the token.
    let fits = |source: &&SourceSettings| {
        token.is_some_and(|token| secret::hash(token) == source.token_hash)
    };
    let source = found.filter(fits).ok_or_else(|| {
        let message = texts::source_unknown(cx.lang);
        ApiError::new(ErrorCode::Unauthenticated, message)
    })?;
    let most = source.calls_a_minute_max;
    if !s.calls.count(source.name.clone(), most, cx.now) {
        let message = texts::source_too_often(cx.lang, most);
        return Err(ApiError::new(ErrorCode::TooMany, message));
    }
    Ok(source)
}

/// Takes in what an admitted source tells.
///
/// # Errors
/// `invalid` body; the database's.
pub async fn take(s: &Services, cx: &Cx, source: &SourceSettings, body: &[u8]) -> Outcome<Taken> {
    let now = cx.now;
    let read = match source.kind {
        HookKind::Eventbridge => match files::read_aws_event(body) {
            Ok(event) => {
                let mut tx = s.store.begin().await?;
                let kept = aws_events::put(s, &mut tx, &event, body, now).await?;
                let is_news = heartbeats::beat(s, &mut tx, &source.name, now).await?;
                tx.commit().await?;
                settled(s, is_news);
                return Ok(kept.tell(s));
            }
            Err(error) => Err(error),
        },
        // That it calls is all that it tells.
        HookKind::Heartbeat => Ok(Vec::new()),
        HookKind::Prometheus | HookKind::Grafana | HookKind::Json => match &source.mapping {
            Some(mapping) => mapped::read(cx, mapping, body).await?,
            None => files::read_alerts(source.kind, body),
        },
    };
    let reports = match read {
        Ok(reports) => reports,
        Err(error) => {
            let why = error.to_string();
            refuse(s, cx, &source.name, &why).await;
            return Err(cx.invalid("body", why).into());
        }
    };
    let inputs: Vec<ReportInput> = reports
        .into_iter()
        .map(|report| input(s, source, report))
        .collect();
    let taken = save(s, source, &inputs, now).await?;
    if taken.left_out > 0 {
        tracing::warn!(
            source = %source.name,
            alarms = taken.left_out,
            alarms_max = source.alarms_max,
            "a source has more alarms than it may have; the new ones were left out"
        );
    }
    Ok(taken)
}

/// Keeps why a call could not be read, for those who wonder: a source tells nobody of a refusal
/// and does not come again.
async fn refuse(s: &Services, cx: &Cx, name: &SourceName, why: &str) {
    tracing::warn!(source = %name, error = why, "a call of a source could not be read");
    let most = limits::REFUSALS_KEPT_A_MINUTE_MAX;
    if !s.refusals.count(name.clone(), most, cx.now) {
        return;
    }
    let why: String = why.chars().take(limits::REFUSAL_CHARS_MAX).collect();
    if let Err(error) = keep_refusal(s, name, &why, cx.now).await {
        tracing::warn!(source = %name, error = %error, "why a call could not be read is not kept");
    }
}

async fn keep_refusal(s: &Services, name: &SourceName, why: &str, now: Timestamp) -> Outcome<()> {
    let mut tx = s.store.begin().await?;
    tx.refuse_call(name, now, why).await?;
    Ok(tx.commit().await?)
}

/// What is saved of a report: its environment and priority beside it.
pub(crate) fn input(s: &Services, source: &SourceSettings, report: AlarmReport) -> ReportInput {
    let environment = source.environment.environment(&report.notes.labels);
    let rules = &s.settings.priority_rules;
    prioritised(rules, source.name.as_str(), environment, report)
}

/// A report with the priority that rules give it.
pub(crate) fn prioritised(
    rules: &[PriorityRule],
    source: &str,
    environment: Environment,
    report: AlarmReport,
) -> ReportInput {
    let labels = labels_before_priority(&Labelled {
        name: &report.name,
        own: &report.notes.labels,
        metric: None,
        scope: None,
        source,
        environment: &environment,
    });
    let (priority, priority_rule) = prioritise(rules, &environment, &report.name, &labels);
    ReportInput {
        report,
        environment,
        priority,
        priority_rule,
    }
}

async fn save(
    s: &Services,
    source: &SourceSettings,
    inputs: &[ReportInput],
    now: Timestamp,
) -> Outcome<Taken> {
    let mut tx = s.store.begin().await?;
    let (taken, is_news) = report(s, &mut tx, source, inputs, now).await?;
    let is_beat_news = heartbeats::beat(s, &mut tx, &source.name, now).await?;
    tx.commit().await?;
    settled(s, is_news || is_beat_news);
    Ok(taken)
}

/// What became of the reports of a call, and whether anybody is told.
async fn report(
    s: &Services,
    tx: &mut Tx,
    source: &SourceSettings,
    inputs: &[ReportInput],
    now: Timestamp,
) -> Outcome<(Taken, bool)> {
    let origin = Origin::Hook(source.kind, source.name.clone());
    let mut new_id = || AlarmId::from_parts(now.ms(), s.ids.random());
    let reported = tx
        .report_alarms(&origin, inputs, source.alarms_max, now, &mut new_id)
        .await?;
    let mut feed: Vec<_> = reported.news.iter().map(|n| alarm_news(&n.row)).collect();
    feed.extend(outbox::alarms_changed(s, tx, &reported.news, false, now).await?);
    if !feed.is_empty() {
        tx.feed(&feed, now).await?;
    }
    let count = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
    let taken = Taken {
        told: count(inputs.len()),
        changed: count(reported.news.len()),
        left_out: reported.left_out,
    };
    Ok((taken, !feed.is_empty()))
}

/// Wakes who tells of news that has just been committed.
pub(crate) fn settled(s: &Services, is_news: bool) {
    if is_news {
        s.signals.feed();
        s.signals.notify();
    }
}
