//! How sources stand, and what a mapping makes of a sample.

use crate::{
    Services, cx::Cx, failure::Outcome, heartbeats::MustCall, mapped, sources::prioritised, texts,
};
use api::sources::{HeartbeatView, Refusal, SourceView, Trial, Tried, TriedAlarm};
use domain::{
    alarms::{AlarmState, PriorityRule},
    i18n::{self, Lang},
    limits,
    policy::{Action, Resource},
    sources::{AlarmReport, EnvironmentRule, HookKind, Origin, SourceName},
    time::Timestamp,
};
use files::Mapping;
use store::HeartbeatRow;

/// The word of a source that topics of SNS call.
const TOPICS: &str = "sns";

/// The label that tells the environment where no source says better.
const ENVIRONMENT_LABEL: &str = "environment";

/// All sources that the configuration names.
///
/// # Errors
/// `forbidden` to all but admins of the whole installation.
pub(crate) async fn list(s: &Services, cx: &Cx) -> Outcome<Vec<SourceView>> {
    cx.authorize(Action::ReadSystem, Resource::Installation)?;
    let mut read = s.store.read();
    let rows = read.heartbeats().await?;
    let row_of = |name: &SourceName| rows.iter().find(|row| row.source == *name);
    let mut views = Vec::new();
    for source in &s.settings.sources {
        let tells = !matches!(source.kind, HookKind::Eventbridge | HookKind::Heartbeat);
        let origin = Origin::Hook(source.kind, source.name.clone());
        let alarms = match tells {
            true => Some(read.reported_total(&origin).await?),
            false => None,
        };
        views.push(SourceView {
            kind: source.kind.as_str().to_owned(),
            path: source.kind.path(&source.name),
            alarms,
            alarms_max: tells.then_some(source.alarms_max),
            calls_a_minute_max: source.calls_a_minute_max,
            mapping: source
                .mapping
                .as_ref()
                .map(|mapping| mapping.text().clone()),
            ..view(s, &source.name, row_of(&source.name))
        });
    }
    for source in &s.settings.topic_sources {
        views.push(SourceView {
            kind: TOPICS.to_owned(),
            path: format!("/hooks/{TOPICS}/{}", source.name),
            calls_a_minute_max: source.calls_a_minute_max,
            ..view(s, &source.name, row_of(&source.name))
        });
    }
    Ok(views)
}

/// What is known of its calls.
fn view(s: &Services, name: &SourceName, row: Option<&HeartbeatRow>) -> SourceView {
    let refused = row.and_then(|row| row.refused.clone());
    SourceView {
        name: name.clone(),
        kind: String::new(),
        path: String::new(),
        called_at: row.and_then(|row| row.beat_at),
        refused: refused.map(|(at, why)| Refusal { at, why }),
        alarms: None,
        alarms_max: None,
        calls_a_minute_max: 0,
        heartbeat: s.must_call(name).map(|source| heartbeat(s, &source, row)),
        mapping: None,
    }
}

fn heartbeat(s: &Services, source: &MustCall<'_>, row: Option<&HeartbeatRow>) -> HeartbeatView {
    let stands = row.and_then(|row| row.stands);
    let beat_at = row.and_then(|row| row.beat_at);
    HeartbeatView {
        minutes: source.minutes,
        state: stands.map_or(AlarmState::InsufficientData, |(state, _)| state),
        due_at: beat_at.map(|beat_at| s.due_at(source, beat_at)),
    }
}

/// What a mapping makes of a sample. Nothing is written.
///
/// # Errors
/// `forbidden` to all but admins of the whole installation; `invalid` names the expression or
/// the place in the sample.
pub(crate) async fn try_mapping(s: &Services, cx: &Cx, trial: Trial) -> Outcome<Tried> {
    cx.authorize(Action::ReadSystem, Resource::Installation)?;
    if trial.sample.len() > limits::SAMPLE_BYTES_MAX {
        let message = texts::sample_too_long(cx.lang, limits::SAMPLE_BYTES_MAX / 1024);
        return Err(cx.invalid("sample", message).into());
    }
    let mapping = Mapping::compile(trial.mapping).map_err(|error| {
        let field = format!("mapping.{}", error.key);
        cx.invalid(&field, error.to_string())
    })?;
    let mut sources = s.settings.sources.iter();
    let source = sources.find(|source| Some(&source.name) == trial.source.as_ref());
    let by_label = EnvironmentRule::ByLabel(ENVIRONMENT_LABEL.to_owned());
    let trying = Trying {
        rules: &s.settings.priority_rules,
        source: source.map(|source| &source.name),
        environment: source.map_or(&by_label, |source| &source.environment),
    };
    let reports = mapped::read(cx, &mapping, trial.sample.as_bytes())
        .await?
        .map_err(|error| cx.invalid("sample", error.to_string()))?;
    let alarms = tried(&trying, reports, cx.now, cx.lang);
    Ok(Tried { alarms })
}

/// What a sample is tried with.
#[derive(Debug, Clone, Copy)]
pub struct Trying<'a> {
    /// The rules that give priorities.
    pub rules: &'a [PriorityRule],
    /// The source, where there is one.
    pub source: Option<&'a SourceName>,
    /// How the environment is known.
    pub environment: &'a EnvironmentRule,
}

/// The alarms that the reports of a sample would be.
#[must_use]
pub fn tried(
    with: &Trying<'_>,
    reports: Vec<AlarmReport>,
    now: Timestamp,
    lang: Lang,
) -> Vec<TriedAlarm> {
    let alarm = |report: AlarmReport| {
        let environment = with.environment.environment(&report.notes.labels);
        let source = with.source.map_or("", SourceName::as_str);
        let input = prioritised(with.rules, source, environment, report);
        let number = usize::try_from(input.priority_rule).unwrap_or_default();
        let rule = number
            .checked_sub(1)
            .and_then(|index| with.rules.get(index));
        TriedAlarm {
            name: input.report.name,
            state: input.report.state,
            state_at: input.report.state_at.min(now),
            labels: input.report.notes.labels,
            environment: input.environment,
            priority: input.priority,
            priority_rule: input.priority_rule,
            priority_because: rule.map(|rule| i18n::priorities::because(lang, rule)),
            description: input.report.description,
            reason: input.report.reason,
            links: input.report.notes.links,
        }
    };
    reports.into_iter().map(alarm).collect()
}
