//! A change request's story: its lines in the audit log, for people.

use super::void::Void;
use crate::{cx::Cx, health::KeptFault, texts};
use api::changes::StoryLine;
use domain::{
    changes::Change,
    checks::Finding,
    estate::Environment,
    i18n::changes::{difference, explain},
    plan::{AwsCall, Difference},
    scale_events::{Hold, ScaleEvent},
};
use serde::Deserialize;
use store::AuditRow;

/// What a line's detail may hold that people want to read.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Known {
    reason: Option<String>,
    note: Option<String>,
    void: Option<Void>,
    before: Option<Change>,
    after: Option<Change>,
    calls: Vec<AwsCall>,
    fault: Option<KeptFault>,
    differences: Vec<Difference>,
    findings: Vec<Finding>,
}

/// One line of a change request of this environment.
pub(super) fn line(cx: &Cx, environment: &Environment, row: AuditRow) -> StoryLine {
    // What is not of a known form is in the audit log for those who look there.
    let known: Known = serde_json::from_str(&row.entry.detail_json).unwrap_or_default();
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
    if let (Some(Change::ScaleEvent(before)), Some(Change::ScaleEvent(after))) =
        (&known.before, &known.after)
    {
        parts.extend(edited(cx, before, after));
    }
    parts.extend(known.calls.iter().map(call));
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

/// What an edit changed, from what to what.
fn edited(cx: &Cx, before: &ScaleEvent, after: &ScaleEvent) -> Vec<String> {
    let lang = cx.lang;
    let capacity = |event: &ScaleEvent| match event.hold {
        Hold::AtLeast => texts::at_least(lang, event.count),
        Hold::Exactly => texts::exactly(lang, event.count),
    };
    let start = |event: &ScaleEvent| match event.from {
        Some(from) => cx.zone.minute_text(from),
        None => texts::when_approved(lang).to_owned(),
    };
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
