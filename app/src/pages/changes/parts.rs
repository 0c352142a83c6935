//! The cards of a change request, from plain values.

use super::{model::short_hash, plan::call};
use crate::{
    paths,
    shared::{Moment, outcome, step_state},
    texts::{activity, alarm_puts, changes as t, events, schedules},
    viewer::Viewing,
};
use api::{
    alarms::AlarmQuery,
    capacity::TargetQuery,
    changes::{ChangeDetail, StepView, StoryLine, VoteView},
};
use domain::{approvals::Vote, audit::AuditOutcome, changes::Change, i18n::Lang, plan::Effect};
use kit::{
    Card, EmptyState, Glyph, KeyValue, KeyValues, StateChip, StepState, Timeline, TimelineItem,
    Tone,
};
use leptos::prelude::*;

/// Steps with their calls, as planned or as carried out.
pub(super) fn steps(viewing: Viewing, steps: Vec<StepView>, began: bool) -> AnyView {
    let lang = viewing.lang;
    let title = if began {
        t::steps(lang)
    } else {
        t::steps_planned(lang)
    };
    if steps.is_empty() {
        return view! { <Card title><p class="muted">{events::calls_empty(lang)}</p></Card> }
            .into_any();
    }
    let items = steps
        .into_iter()
        .map(|one| step(lang, one, began))
        .collect_view();
    view! { <Card title><ol class="calls">{items}</ol></Card> }.into_any()
}

fn step(lang: Lang, step: StepView, began: bool) -> AnyView {
    let (state, label) = step_state(lang, step.state);
    let tone = match state {
        StepState::Done => Tone::Ok,
        StepState::Failed => Tone::Alarm,
        StepState::Running => Tone::Info,
        StepState::Skipped => Tone::Warning,
        StepState::Waiting => Tone::Neutral,
    };
    let when = step.ended_at.or(step.begun_at);
    let attempts = (step.attempts > 1).then(|| t::attempts(lang, step.attempts));
    let head = began.then(|| {
        view! {
            <p class="row">
                <StateChip tone label/>
                {when.map(|at| view! { <span class="muted"><Moment at seconds=true/></span> })}
                {attempts.map(|text| view! { <span class="muted">{text}</span> })}
            </p>
        }
    });
    let error = step
        .error
        .map(|error| view! { <p class="step-error">{error}</p> });
    let calls = step.calls.into_iter().map(call).collect_view();
    view! { <li>{head} {calls} {error}</li> }.into_any()
}

/// Why it is asked for: what a decision rests on comes first.
pub(super) fn why(lang: Lang, reason: &str) -> AnyView {
    let reason = reason.to_owned();
    view! {
        <Card>
            <KeyValues>
                <KeyValue label=t::reason(lang)><span class="prose">{reason}</span></KeyValue>
            </KeyValues>
        </Card>
    }
    .into_any()
}

/// What it is about, and who wrote it.
pub(super) fn about(viewing: Viewing, detail: ChangeDetail) -> AnyView {
    let lang = viewing.lang;
    let row = detail.row;
    let ended = match &row.change {
        Change::EndScaleEvent { event, .. } => Some((t::ends_event(lang), *event)),
        Change::PutAlarmBack { put, .. } => Some((alarm_puts::takes_back(lang), *put)),
        _ => None,
    };
    let ended = ended.map(|(label, ended)| {
        view! {
            <KeyValue label><a href=paths::change(ended)>{t::open_it(lang)}</a></KeyValue>
        }
    });
    let (label, href) = match (row.change.schedule(), row.change.alarm(), row.target) {
        (Some(name), ..) => (schedules::schedule(lang), paths::schedule(name.as_str())),
        (None, Some(alarm), _) => (t::alarm(lang), paths::alarm(alarm)),
        // One that was new when this was asked for is found by its name.
        (None, None, _) if matches!(detail.plan.effect, Effect::Alarm(_)) => {
            let named = AlarmQuery {
                text: row.target_name.clone(),
                ..AlarmQuery::default()
            };
            (t::alarm(lang), paths::alarms(&named))
        }
        (None, None, Some(target)) => (t::target(lang), paths::target(target)),
        (None, None, None) => (t::target(lang), paths::targets(&TargetQuery::default())),
    };
    let planned = row.planned_for.map(|at| {
        view! {
            <KeyValue label=t::planned_for(lang)><Moment at/></KeyValue>
        }
    });
    let hash = short_hash(&detail.hash);
    let created_at = row.created_at;
    view! {
        <Card title=t::about(lang)>
            <KeyValues>
                <KeyValue label><a href=href>{row.target_name}</a></KeyValue>
                {ended}
                <KeyValue label=t::co_authors(lang)>{detail.authors.join(", ")}</KeyValue>
                {planned}
                <KeyValue label=t::proposed(lang)><Moment at=created_at/></KeyValue>
                <KeyValue label=t::revision(lang)><span class="numeric">{detail.revision}</span></KeyValue>
                <KeyValue label=t::content_hash(lang)><code title=detail.hash>{hash}</code></KeyValue>
            </KeyValues>
        </Card>
    }
    .into_any()
}

/// Who voted, for what, and whether it still counts.
pub(super) fn votes(lang: Lang, votes: Vec<VoteView>) -> AnyView {
    if votes.is_empty() {
        return view! {
            <Card title=t::votes(lang)><EmptyState glyph=Glyph::Users title=t::votes_empty(lang)/></Card>
        }
        .into_any();
    }
    let items = votes.into_iter().map(|vote| {
        let (tone, word) = match (vote.void, vote.vote) {
            (true, Vote::Approve) => (Tone::Neutral, t::voted_for(lang)),
            (true, Vote::Reject) => (Tone::Neutral, t::voted_against(lang)),
            (false, Vote::Approve) => (Tone::Ok, t::voted_for(lang)),
            (false, Vote::Reject) => (Tone::Alarm, t::voted_against(lang)),
        };
        let who = if vote.person.is_some() { vote.name } else { t::by_policy(lang).to_owned() };
        let void = vote.void.then(|| view! { <p class="muted">{t::void(lang)}</p> });
        let note = vote.note.map(|note| view! { <p class="prose">{note}</p> });
        let at = vote.at;
        view! {
            <TimelineItem tone title=word who when=move || view! { <Moment at/> }>{void} {note}</TimelineItem>
        }
    });
    let items = items.collect_view();
    view! {
        <Card title=t::votes(lang)><Timeline label=t::votes(lang)>{items}</Timeline></Card>
    }
    .into_any()
}

/// The audit log's lines about it.
pub(super) fn story(lang: Lang, lines: Vec<StoryLine>) -> AnyView {
    if lines.is_empty() {
        return view! {
            <Card title=t::story(lang)><EmptyState glyph=Glyph::Book title=t::story_empty(lang)/></Card>
        }
        .into_any();
    }
    let items = lines
        .into_iter()
        .map(|line| {
            let at = line.at;
            let verb = activity::verb(lang, &line.action);
            let is_call = matches!(line.action.as_str(), "change.step" | "change.undo");
            let (tone, title) = match line.outcome {
                AuditOutcome::Done if is_call => {
                    let (_, word) = outcome(lang, AuditOutcome::Done);
                    (tone_of(&line.action), format!("{verb} · {word}"))
                }
                AuditOutcome::Done => (tone_of(&line.action), verb),
                // A beginning says by itself that it is one.
                AuditOutcome::Begun if !is_call => (tone_of(&line.action), verb),
                other => {
                    let (tone, word) = outcome(lang, other);
                    (tone, format!("{verb} · {word}"))
                }
            };
            view! {
                <TimelineItem tone title who=line.who
                    when=move || view! { <Moment at seconds=true/> }>
                    <span class="prose break">{line.detail}</span>
                </TimelineItem>
            }
        })
        .collect_view();
    view! {
        <Card title=t::story(lang)><Timeline label=t::story(lang)>{items}</Timeline></Card>
    }
    .into_any()
}

fn tone_of(action: &str) -> Tone {
    match action {
        "change.approve"
        | "change.applied"
        | "change.verified"
        | "event.start"
        | "event.return"
        | "event.drift_over"
        | "schedule.drift_over"
        | "change.review" => Tone::Ok,
        "change.reject" | "change.fail" => Tone::Alarm,
        "change.void"
        | "change.undo"
        | "change.break_glass"
        | "event.drift"
        | "event.return_missing"
        | "schedule.drift" => Tone::Warning,
        "change.begin" | "change.step" => Tone::Info,
        _ => Tone::Neutral,
    }
}
