//! Words and tones for the states of things, the same on every page.

use super::distance;
use crate::{
    live::use_live,
    texts::{changes, common, emergencies, words as t},
    viewer::Viewing,
};
use api::changes::{ChangeRow, EmergencyMark};
use domain::{
    alarms::{AlarmState, Priority},
    audit::AuditOutcome,
    capacity::{PolicyKind, Purchase, TargetKind},
    changes::{Change, ChangeState, StepState},
    checks::Severity,
    estate::Environment,
    i18n::{Lang, change_titles::title},
    scale_events::EventPhase,
    text::TextError,
    time::Timestamp,
};
use kit::{Badge, StateChip, Tone};
use leptos::prelude::*;

/// An alarm's state.
pub(crate) fn alarm_state(lang: Lang, state: AlarmState) -> (Tone, &'static str) {
    match state {
        AlarmState::Alarm => (Tone::Alarm, t::alarm_alarm(lang)),
        AlarmState::InsufficientData => (Tone::Unknown, t::alarm_unknown(lang)),
        AlarmState::Ok => (Tone::Ok, t::alarm_ok(lang)),
    }
}

/// What a priority asks of people.
pub(crate) fn priority_meaning(lang: Lang, priority: Priority) -> &'static str {
    match priority {
        Priority::P1 => t::p1(lang),
        Priority::P2 => t::p2(lang),
        Priority::P3 => t::p3(lang),
        Priority::P4 => t::p4(lang),
    }
}

/// A priority's tint.
pub(crate) fn priority_tone(priority: Priority) -> Tone {
    match priority {
        Priority::P1 => Tone::Alarm,
        Priority::P2 => Tone::Warning,
        Priority::P3 | Priority::P4 => Tone::Neutral,
    }
}

/// A kind of target.
pub(crate) fn target_kind(lang: Lang, kind: TargetKind) -> &'static str {
    match kind {
        TargetKind::Asg => t::kind_asg(lang),
        TargetKind::EcsService => t::kind_ecs(lang),
        TargetKind::Eks => t::kind_eks(lang),
        TargetKind::Ec2Tag => t::kind_ec2_tag(lang),
        TargetKind::Rds => t::kind_rds(lang),
        TargetKind::RdsCluster => t::kind_rds_cluster(lang),
    }
}

/// Why targets of a kind take no scale events, if they do not.
pub(crate) fn no_events(lang: Lang, kind: TargetKind) -> Option<String> {
    (!kind.has_actions()).then(|| t::no_events(lang).to_owned())
}

/// A kind of scaling policy.
pub(crate) fn policy_kind(lang: Lang, kind: PolicyKind) -> &'static str {
    match kind {
        PolicyKind::TargetTracking => t::policy_tracking(lang),
        PolicyKind::Step => t::policy_step(lang),
        PolicyKind::Simple => t::policy_simple(lang),
        PolicyKind::Predictive => t::policy_predictive(lang),
    }
}

/// How an instance is bought.
pub(crate) fn purchase(lang: Lang, purchase: Purchase) -> &'static str {
    match purchase {
        Purchase::OnDemand => t::on_demand(lang),
        Purchase::Spot => t::spot(lang),
        Purchase::Unknown => t::purchase_unknown(lang),
    }
}

/// A change request's state.
pub(crate) fn change_state(lang: Lang, state: ChangeState) -> (Tone, &'static str) {
    match state {
        ChangeState::Proposed => (Tone::Warning, t::change_proposed(lang)),
        ChangeState::Approved => (Tone::Info, t::change_approved(lang)),
        ChangeState::Applying => (Tone::Info, t::change_applying(lang)),
        ChangeState::Applied => (Tone::Ok, t::change_applied(lang)),
        ChangeState::AppliedWithDifference => (Tone::Warning, t::change_different(lang)),
        ChangeState::Failed => (Tone::Alarm, t::change_failed(lang)),
        ChangeState::Rejected => (Tone::Neutral, t::change_rejected(lang)),
        ChangeState::Withdrawn => (Tone::Neutral, t::change_withdrawn(lang)),
        ChangeState::Expired => (Tone::Neutral, t::change_expired(lang)),
    }
}

/// A phase of a scale event.
pub(crate) fn phase(lang: Lang, phase: EventPhase) -> (Tone, &'static str) {
    match phase {
        EventPhase::Waiting => (Tone::Info, t::phase_waiting(lang)),
        EventPhase::Running => (Tone::Ok, t::phase_running(lang)),
        EventPhase::Returning => (Tone::Info, t::phase_returning(lang)),
        EventPhase::Over => (Tone::Neutral, t::phase_over(lang)),
        EventPhase::Cancelled => (Tone::Neutral, t::phase_cancelled(lang)),
    }
}

/// A step's state.
pub(crate) fn step_state(lang: Lang, state: StepState) -> (kit::StepState, &'static str) {
    match state {
        StepState::Waiting => (kit::StepState::Waiting, t::step_waiting(lang)),
        StepState::Begun => (kit::StepState::Running, t::step_begun(lang)),
        StepState::Done => (kit::StepState::Done, t::step_done(lang)),
        StepState::Failed => (kit::StepState::Failed, t::step_failed(lang)),
        StepState::Undone => (kit::StepState::Skipped, t::step_undone(lang)),
    }
}

/// How bad a finding is.
pub(crate) fn severity(lang: Lang, severity: Severity) -> (Tone, &'static str) {
    match severity {
        Severity::Error => (Tone::Alarm, t::severity_error(lang)),
        Severity::Warning => (Tone::Warning, t::severity_warning(lang)),
        Severity::Info => (Tone::Info, t::severity_info(lang)),
    }
}

/// How an audited act ended.
pub(crate) fn outcome(lang: Lang, outcome: AuditOutcome) -> (Tone, &'static str) {
    match outcome {
        AuditOutcome::Begun => (Tone::Info, t::outcome_begun(lang)),
        AuditOutcome::Done => (Tone::Ok, t::outcome_done(lang)),
        AuditOutcome::Failed => (Tone::Alarm, t::outcome_failed(lang)),
    }
}

/// One line that says what a change request asks for.
pub(crate) fn change_title(lang: Lang, row: &ChangeRow) -> String {
    title(lang, &row.change, &row.target_name)
}

/// From when until when a change request holds.
pub(crate) fn change_span(viewing: Viewing, row: &ChangeRow) -> String {
    let (from, until) = match row.change {
        // AWS keeps its time, whenever that was put there.
        Change::Override { from, until, .. } => (Some(from), Some(until)),
        _ => (row.from, row.until),
    };
    let from = from.map_or_else(
        || changes::when_approved(viewing.lang).to_owned(),
        |at| viewing.minute(at),
    );
    match until {
        Some(until) => format!("{from} – {}", viewing.minute(until)),
        None => from,
    }
}

/// The same for what still waits to be carried out at a time, with how far that is.
pub(crate) fn change_when(viewing: Viewing, row: &ChangeRow) -> AnyView {
    let Some(at) = awaited(row) else {
        return change_span(viewing, row).into_any();
    };
    let (lang, now, when) = (viewing.lang, use_live().now, viewing.minute(at));
    let words = move || match now.get() {
        now if now < at => changes::is_planned(lang, &when, &distance(lang, now, at)),
        _ => changes::was_planned(lang, &when),
    };
    words.into_any()
}

/// When a change request is to be carried out that has not been begun.
pub(crate) fn awaited(row: &ChangeRow) -> Option<Timestamp> {
    let open = matches!(row.state, ChangeState::Proposed | ChangeState::Approved);
    row.planned_for.filter(|_| open)
}

/// What is wrong with a typed text; what an empty one lacks is its field's to say.
pub(crate) fn text_error(lang: Lang, error: &TextError, empty: &str) -> String {
    match error {
        TextError::Empty => empty.to_owned(),
        TextError::TooLong(limit) => common::too_long(lang, *limit),
        TextError::Control => common::control_character(lang).to_owned(),
        TextError::NotAnAddress => common::not_an_address(lang).to_owned(),
    }
}

/// A name of AWS that may break between its words: after hyphens, slashes, dots
/// and colons, and before the capitals inside `ApproximateNumberOfMessages`.
pub(crate) fn breakable(name: &str) -> impl IntoView + use<> {
    let mut parts = vec![String::new()];
    let mut last = ' ';
    for letter in name.chars() {
        let begins = matches!(last, '-' | '/' | '_' | '.' | ':')
            || (last.is_lowercase() && letter.is_uppercase());
        if begins {
            parts.push(String::new());
        }
        if let Some(part) = parts.last_mut() {
            part.push(letter);
        }
        last = letter;
    }
    parts
        .into_iter()
        .map(|part| view! { {part}<wbr/> })
        .collect_view()
}

/// The chip of an alarm's state.
pub(crate) fn alarm_chip(lang: Lang, state: AlarmState) -> impl IntoView {
    let (tone, label) = alarm_state(lang, state);
    view! { <StateChip tone label/> }
}

/// The chip of a change request's state; an applied event shows its own life, and one
/// that nobody approved says so.
pub(crate) fn change_chip(lang: Lang, row: &ChangeRow) -> impl IntoView + use<> {
    let (tone, label) = match (row.state, row.phase) {
        (ChangeState::Applied, Some(at)) => phase(lang, at),
        (state, _) => change_state(lang, state),
    };
    let mark = row.emergency.map(|mark| match mark {
        EmergencyMark::ToReview => (Tone::Alarm, emergencies::mark_to_review(lang)),
        EmergencyMark::Reviewed => (Tone::Neutral, emergencies::mark_reviewed(lang)),
    });
    let mark = mark.map(|(tone, label)| view! { <StateChip tone label/> });
    view! { <StateChip tone label/> {mark} }
}

/// An alarm's priority; it has a colour only while the alarm goes off.
pub(crate) fn priority_badge(priority: Priority, state: AlarmState) -> impl IntoView {
    let tone = match state {
        AlarmState::Alarm => priority_tone(priority),
        AlarmState::InsufficientData | AlarmState::Ok => Tone::Neutral,
    };
    view! { <Badge tone>{priority.as_str()}</Badge> }
}

/// Environments that something is about; none means all.
pub(crate) fn environment_badges(lang: Lang, environments: &[Environment]) -> AnyView {
    if environments.is_empty() {
        return view! { <Badge>{common::all_environments(lang)}</Badge> }.into_any();
    }
    let badges = environments.iter().map(environment_badge);
    badges.collect_view().into_any()
}

/// An environment.
pub(crate) fn environment_badge(environment: &Environment) -> impl IntoView + use<> {
    let name = environment.to_string();
    view! { <Badge>{name}</Badge> }
}
