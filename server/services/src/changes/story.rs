//! A change request's story: its lines in the audit log, for people.

use super::void::Void;
use crate::{cx::Cx, health::KeptFault, texts};
use api::changes::StoryLine;
use domain::{
    audit::AuditOutcome,
    capacity::Capacity,
    changes::{Change, Proposal},
    checks::Finding,
    estate::Environment,
    i18n::changes::{difference, explain},
    plan::{AwsCall, Difference},
    scale_events::{Hold, ScaleEvent},
    time::Timestamp,
};
use serde::Deserialize;
use store::AuditRow;

/// What a line's detail may hold that people want to read.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Known {
    step: Option<u32>,
    capacity: Option<Capacity>,
    reason: Option<String>,
    note: Option<String>,
    void: Option<Void>,
    before: Option<Proposal>,
    after: Option<Proposal>,
    calls: Vec<AwsCall>,
    fault: Option<KeptFault>,
    differences: Vec<Difference>,
    findings: Vec<Finding>,
}

/// The lines of a change request of this environment. The log holds a call twice,
/// before and after it was made: its story tells it once, with how it ended.
pub(super) fn lines(cx: &Cx, environment: &Environment, rows: Vec<AuditRow>) -> Vec<StoryLine> {
    let mut told: Vec<(AuditRow, Known)> = Vec::with_capacity(rows.len());
    for row in rows {
        // What is not of a known form is in the audit log for those who look there.
        let mut known: Known = serde_json::from_str(&row.entry.detail_json).unwrap_or_default();
        let begun = told.iter().rposition(|(before, of)| {
            before.entry.outcome == AuditOutcome::Begun
                && before.entry.action == row.entry.action
                && of.step == known.step
        });
        if let Some((_, begun)) = begun
            .filter(|_| known.step.is_some())
            .map(|at| told.remove(at))
            && known.calls.is_empty()
        {
            known.calls = begun.calls;
        }
        told.push((row, known));
    }
    let lines = told.into_iter();
    lines
        .map(|(row, known)| line(cx, environment, row, known))
        .collect()
}

fn line(cx: &Cx, environment: &Environment, row: AuditRow, known: Known) -> StoryLine {
    StoryLine {
        at: row.entry.at,
        who: row.entry.actor_name,
        action: row.entry.action,
        outcome: row.entry.outcome,
        detail: detail(cx, environment, known),
    }
}

fn detail(cx: &Cx, environment: &Environment, known: Known) -> String {
    let mut parts: Vec<String> = Vec::new();
    parts.extend(known.reason);
    parts.extend(known.note);
    parts.extend(known.void.map(|void| void.told(cx.lang).to_owned()));
    if let (Some(before), Some(after)) = (&known.before, &known.after) {
        parts.extend(moved(cx, before.planned_for, after.planned_for));
        if let (Change::ScaleEvent(before), Change::ScaleEvent(after)) =
            (&before.change, &after.change)
        {
            parts.extend(edited(cx, before, after));
        }
    }
    parts.extend(known.calls.iter().map(call));
    let capacity = known.capacity.map(|capacity| capacity.to_string());
    parts.extend(capacity.map(|capacity| texts::read_back(cx.lang, &capacity)));
    parts.extend(known.fault.map(|fault| fault.told_within(cx, environment)));
    parts.extend(
        known
            .differences
            .iter()
            .map(|found| difference(cx.lang, found)),
    );
    let explained = known.findings.iter();
    parts.extend(explained.map(|finding| explain(cx.lang, &cx.zone, finding).what));
    parts.join(" ")
}

/// Another time at which it is carried out.
fn moved(cx: &Cx, before: Option<Timestamp>, after: Option<Timestamp>) -> Option<String> {
    let [from, to] = [before, after].map(|at| start(cx, at));
    let what = texts::edited_planned(cx.lang);
    (before != after).then(|| texts::edited(cx.lang, what, &from, &to))
}

/// When something begins.
fn start(cx: &Cx, at: Option<Timestamp>) -> String {
    at.map_or_else(
        || texts::when_approved(cx.lang).to_owned(),
        |at| cx.zone.minute_text(at),
    )
}

/// What an edit changed of a scale event, from what to what.
fn edited(cx: &Cx, before: &ScaleEvent, after: &ScaleEvent) -> Vec<String> {
    let lang = cx.lang;
    let capacity = |event: &ScaleEvent| match event.hold {
        Hold::AtLeast => texts::at_least(lang, event.count),
        Hold::Exactly => texts::exactly(lang, event.count),
    };
    let start = |event: &ScaleEvent| start(cx, event.from);
    let end = |event: &ScaleEvent| cx.zone.minute_text(event.until);
    let quoted = |event: &ScaleEvent| format!("“{}”", event.reason);
    let told = [
        (texts::edited_capacity(lang), [before, after].map(capacity)),
        (texts::edited_start(lang), [before, after].map(start)),
        (texts::edited_end(lang), [before, after].map(end)),
        (texts::edited_reason(lang), [before, after].map(quoted)),
    ];
    let moved = told.into_iter().filter(|(_, [from, to])| from != to);
    moved
        .map(|(what, [from, to])| texts::edited(lang, what, &from, &to))
        .collect()
}

/// `autoscaling:UpdateAutoScalingGroup(AutoScalingGroupName=web-prod, MinSize=8)`.
fn call(call: &AwsCall) -> String {
    let parameters: Vec<_> = call
        .parameters
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    format!("{}({})", call.action, parameters.join(", "))
}

/// A kept fault for people; a text of an unknown form is shown as it is.
pub(super) fn fault(cx: &Cx, environment: &Environment, kept: &str) -> String {
    let fault = serde_json::from_str::<KeptFault>(kept);
    fault.map_or_else(
        |_| kept.to_owned(),
        |fault| fault.told_within(cx, environment),
    )
}
