//! An override of the schedule that stands, or the end of one.

use super::*;
use crate::{schedules::OverrideDraft, time::DAY_MS};

/// An override of the office so many days from now, for an hour at noon.
fn noon(days: i64, count: u32) -> OverrideDraft {
    let from = at(NOW).plus_ms(days * DAY_MS + 3 * HOUR_MS);
    let draft = json!({
        "from": from, "until": from.plus_ms(HOUR_MS), "reason": "a rehearsal",
        "capacity": {"min": count, "desired": count, "max": 6},
    });
    serde_json::from_value(draft).expect("an override")
}

/// What is found about an override of the office as it stands, how many calls it takes,
/// and what it changes.
fn overridden(over: OverrideDraft) -> (Vec<Finding>, usize, [String; 2]) {
    let standing = schedule(&json!({}));
    let plan = planned(&standing, &situation(&[group()], at(NOW)));
    let live = carried_out(&[group()], &plan);
    let span = (over.from, Some(over.until));
    let wanted = standing.with_override(over, at(NOW)).expect("it fits");
    let zones = Zones::named_by(&standing).expect("zones");
    let [before, after] = [&standing, &wanted].map(|one| Timetable::new(one, &zones));
    let (before, after) = (before.expect("zones"), after.expect("zones"));
    let plan = plan_override(&before, &after, span, &situation(&live, at(NOW)));
    let overriding = plan.schedule().and_then(|one| one.overriding.clone());
    let overriding = overriding.expect("an override");
    assert_eq!(overriding.schedule, wanted);
    let levels = [overriding.before, overriding.after].map(|level| level.to_string());
    (plan.findings, plan.steps.len(), levels)
}

#[test]
fn it_says_what_it_changes() {
    let levels = |before: &str, after: &str| [before.to_owned(), after.to_owned()];
    let (findings, steps, told) = overridden(noon(1, 4));
    assert!(!findings.contains(&Finding::NoEffect) && steps > 0);
    assert_eq!(told, levels("2–2–6", "4–4–6"));
    let (findings, steps, told) = overridden(noon(1, 2));
    assert!(findings.contains(&Finding::NoEffect) && steps == 0);
    assert_eq!(told, levels("2–2–6", "2–2–6"));
}

#[test]
fn what_aws_is_told_later_is_an_effect_too() {
    let (findings, steps, _) = overridden(noon(100, 4));
    assert!(!findings.contains(&Finding::NoEffect) && steps == 0);
}
