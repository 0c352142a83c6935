//! A change request's story: its lines in the audit log, for people.

use crate::{cx::Cx, health::KeptFault};
use api::changes::StoryLine;
use domain::{
    checks::Finding,
    i18n::changes::{difference, explain},
    plan::{AwsCall, Difference},
};
use serde::Deserialize;
use store::AuditRow;

/// Lines of a story.
pub(super) const LINES_MAX: u32 = 500;

/// What a line's detail may hold that people want to read.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Known {
    reason: Option<String>,
    note: Option<String>,
    calls: Vec<AwsCall>,
    fault: Option<KeptFault>,
    differences: Vec<Difference>,
    findings: Vec<Finding>,
}

/// One line.
pub(super) fn line(cx: &Cx, row: AuditRow) -> StoryLine {
    // What is not of a known form is in the audit log for those who look there.
    let known: Known = serde_json::from_str(&row.entry.detail_json).unwrap_or_default();
    StoryLine {
        at: row.entry.at,
        who: row.entry.actor_name,
        action: row.entry.action,
        outcome: row.entry.outcome,
        detail: detail(cx, known),
    }
}

fn detail(cx: &Cx, known: Known) -> String {
    let mut parts: Vec<String> = Vec::new();
    parts.extend(known.reason);
    parts.extend(known.note);
    parts.extend(known.calls.iter().map(call));
    parts.extend(known.fault.map(|fault| fault.told(cx)));
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
pub(super) fn fault(cx: &Cx, kept: &str) -> String {
    let fault = serde_json::from_str::<KeptFault>(kept);
    fault.map_or_else(|_| kept.to_owned(), |fault| fault.told(cx))
}
