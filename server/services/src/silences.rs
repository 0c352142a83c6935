//! Silences: list, preview, add, end. What they hold back is decided in
//! `notifications::outbox`, and told later by the worker `held`.

use crate::{
    Services,
    alarms::{labels, listed},
    cx::{AuditEntryExt, Cx},
    environments::{authorize, concern, named, within},
    failure::Outcome,
    off_thread, texts,
};
use api::{
    ApiError, ErrorCode,
    silences::{NewSilence, SilencePreview, SilenceRow, SilenceScope},
};
use domain::{
    alarms::AlarmState,
    audit::AuditEntry,
    estate::Environment,
    ids::SilenceId,
    labels::LabelMatchers,
    limits,
    people::Reach,
    policy::Action,
    silences::Silence,
    sources::SourceKind,
    text,
    time::{DAY_MS, Timestamp},
};
use serde_json::{Value, json};
use store::{AlarmFilter, AlarmRow, FeedEntry, FeedTopic, Rows, Slice};

/// Silences that are not over or were not a week ago, and that touch what the caller sees.
///
/// # Errors
/// `unauthenticated`.
pub async fn list(s: &Services, cx: &Cx) -> Outcome<Vec<SilenceRow>> {
    let sees = cx.sees()?;
    let since = cx.now.plus_ms(-limits::SILENCES_SHOWN_MS);
    let mut read = s.store.read();
    let mut silences = read
        .silences_since(since, limits::SILENCES_LISTED_MAX)
        .await?;
    silences.retain(|silence| concern(&silence.environments, &sees));
    let rows = silences.into_iter().map(|silence| row(cx, silence, &sees));
    Ok(rows.collect())
}

pub(crate) fn row(cx: &Cx, silence: Silence, sees: &Reach) -> SilenceRow {
    let refused = authorize(cx, Action::SilenceAlarms, &silence.environments).err();
    let refused = refused.map(|error| match error.code {
        // They see it for another of its environments.
        ErrorCode::NotFound => texts::silence_elsewhere(cx.lang).to_owned(),
        _ => error.message,
    });
    SilenceRow {
        id: silence.id,
        state: silence.state(cx.now),
        scope: SilenceScope {
            matchers: silence.matchers.to_string(),
            environments: within(silence.environments, sees),
        },
        from: silence.from,
        until: silence.until,
        comment: silence.comment,
        by: silence.by,
        ended_by: silence.ended_by,
        end_refused: refused,
    }
}

/// Of which alarms nobody would be told.
///
/// # Errors
/// `forbidden` to those who may silence nothing; `invalid`.
pub async fn preview(s: &Services, cx: &Cx, scope: SilenceScope) -> Outcome<SilencePreview> {
    let reach = cx.reach_for(Action::SilenceAlarms)?;
    let (environments, matchers) = checked(cx, &scope)?;
    let filter = AlarmFilter {
        environments,
        sources: SourceKind::real(),
        ..AlarmFilter::within(reach)
    };
    let slice = Slice {
        offset: 0,
        limit: limits::SILENCED_LOOKED_AT_MAX,
    };
    let mut read = s.store.read();
    let found = read.alarm_page(&filter, slice).await?;
    let silences = read.silences_at(cx.now).await?;
    // Patterns over thousands of alarms: no other request waits for that.
    off_thread::run(move || counted(found, &matchers, &silences)).await
}

fn counted(
    found: Rows<AlarmRow>,
    matchers: &LabelMatchers,
    silences: &[Silence],
) -> SilencePreview {
    let looked_at = u64::try_from(found.rows.len()).unwrap_or(u64::MAX);
    let mut preview = SilencePreview {
        alarms: 0,
        firing: 0,
        first: Vec::new(),
        cut: found.total > looked_at,
    };
    let fitting = found.rows.into_iter();
    for row in fitting.filter(|row| matchers.fits(&labels(row))) {
        preview.alarms += 1;
        preview.firing += u64::from(row.state == AlarmState::Alarm);
        if preview.first.len() < limits::SILENCED_NAMED_MAX {
            preview.first.push(listed(row, silences));
        }
    }
    preview
}

/// Adds a silence.
///
/// # Errors
/// `forbidden`; `invalid`; `conflict` when there are too many.
pub async fn add(s: &Services, cx: &Cx, new: NewSilence) -> Outcome<SilenceId> {
    let id = SilenceId::from_parts(cx.now.ms(), s.ids.random());
    add_once(s, cx, id, new).await
}

/// Adds a silence by this id, unless there is one already: the same wish asked twice is one.
///
/// # Errors
/// As [`add`].
pub(crate) async fn add_once(
    s: &Services,
    cx: &Cx,
    id: SilenceId,
    new: NewSilence,
) -> Outcome<SilenceId> {
    let (environments, matchers) = checked(cx, &new.scope)?;
    authorize(cx, Action::SilenceAlarms, &environments)?;
    let silence = Silence {
        id,
        environments,
        matchers,
        from: new.from.map_or(cx.now, |from| from.max(cx.now)),
        until: new.until,
        comment: cx.text("comment", text::note(&new.comment))?,
        by: cx.actor()?.name.clone(),
        ended_by: None,
    };
    lasts_as_it_may(cx, &silence)?;
    if silence.is_boundless() {
        return Err(cx
            .invalid("matchers", texts::silence_boundless(cx.lang))
            .into());
    }
    let audit = within_one(cx.audit("silence.add", silence.id)?, &silence);
    let mut tx = s.store.begin().await?;
    if tx.read().silence(id).await?.is_some() {
        return Ok(id);
    }
    let kept = tx.read().count_silences(cx.now).await?;
    if kept >= limits::SILENCES_MAX as u64 {
        return Err(cx.conflict(texts::silences_full(cx.lang)).into());
    }
    tx.insert_silence(&silence, cx.actor()?.person, cx.now)
        .await?;
    tx.audit(&audit.detail(&told(&silence))).await?;
    tx.feed(&[news(silence.id)], cx.now).await?;
    tx.commit().await?;
    s.signals.feed();
    Ok(silence.id)
}

fn lasts_as_it_may(cx: &Cx, silence: &Silence) -> Result<(), ApiError> {
    if silence.until <= silence.from {
        return Err(cx.invalid("until", texts::silence_order(cx.lang)));
    }
    let (longest, furthest) = (limits::SILENCE_DAYS_MAX, limits::SILENCE_AHEAD_DAYS_MAX);
    if silence.until.since_ms(silence.from) > longest * DAY_MS {
        return Err(cx.invalid("until", texts::silence_long(cx.lang, longest)));
    }
    if silence.from.since_ms(cx.now) > furthest * DAY_MS {
        return Err(cx.invalid("from", texts::silence_far(cx.lang, furthest)));
    }
    Ok(())
}

fn checked(cx: &Cx, scope: &SilenceScope) -> Result<(Vec<Environment>, LabelMatchers), ApiError> {
    let environments = named(cx, &scope.environments)?;
    let matchers: Result<LabelMatchers, _> = scope.matchers.parse();
    let matchers =
        matchers.map_err(|error| cx.invalid("matchers", texts::matchers_error(cx.lang, &error)))?;
    Ok((environments, matchers))
}

/// Of one environment, or of the installation.
fn within_one(audit: AuditEntry, silence: &Silence) -> AuditEntry {
    match silence.environments.as_slice() {
        [environment] => audit.within(environment),
        _ => audit,
    }
}

/// What the audit log tells of a silence.
fn told(silence: &Silence) -> Value {
    json!({
        "environments": silence.environments,
        "matchers": silence.matchers,
        "from": silence.from,
        "until": silence.until,
        "comment": silence.comment,
    })
}

/// Ends a silence before its time: what it held back and still stands is told.
///
/// # Errors
/// `not_found`; `forbidden`; `conflict` when it is over.
pub async fn end(s: &Services, cx: &Cx, id: SilenceId) -> Outcome<()> {
    let sees = cx.sees()?;
    let silence = s.store.read().silence(id).await?;
    let Some(silence) = silence.filter(|silence| concern(&silence.environments, &sees)) else {
        return Err(cx.not_found().into());
    };
    let actor = authorize(cx, Action::SilenceAlarms, &silence.environments)?;
    let audit = within_one(cx.audit("silence.end", id)?, &silence);
    let mut tx = s.store.begin().await?;
    if !tx.end_silence(id, &actor.name, cx.now).await? {
        return Err(cx.conflict(texts::silence_over(cx.lang)).into());
    }
    tx.audit(&audit.detail(&told(&silence))).await?;
    tx.feed(&[news(id)], cx.now).await?;
    tx.commit().await?;
    s.signals.held();
    s.signals.feed();
    Ok(())
}

fn news(id: SilenceId) -> FeedEntry {
    FeedEntry {
        topic: FeedTopic::Silence,
        subject: id.to_string(),
        environment: Environment::new(""),
        version: 0,
    }
}

/// Those of some silences that are about an alarm.
pub(crate) fn about<'a>(
    silences: &'a [Silence],
    row: &AlarmRow,
) -> impl Iterator<Item = &'a Silence> {
    // Of the labels nobody asks where nothing is silenced.
    let labels = (!silences.is_empty()).then(|| labels(row));
    let environment = row.environment.clone();
    silences.iter().filter(move |silence| {
        let labels = labels.as_ref();
        labels.is_some_and(|labels| silence.is_about(&environment, labels))
    })
}

/// Until when an alarm is silenced by some silences; none where it is not.
pub(crate) fn until(silences: &[Silence], row: &AlarmRow) -> Option<Timestamp> {
    about(silences, row).map(|silence| silence.until).max()
}
