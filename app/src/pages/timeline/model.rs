//! A lane as curves and marks, and as words.

use crate::{pages::schedules::rule_words, texts::timeline as t};
use api::timeline::{Lane, Timeline};
use domain::{
    capacity::Capacity,
    freezes::Freeze,
    i18n::Lang,
    time::{HOUR_MS, MINUTE_MS, Timestamp},
    timeline::{Cause, PlannedStep},
};
use kit::{
    Tone,
    chart::{Band, LaneData, Series},
};

/// Days that are offered.
pub(super) const DAYS_OFFERED: [u32; 3] = [1, 7, 28];

/// What the reader's line stands on, by how many days are shown.
pub(super) const fn grid_ms(days: u32) -> i64 {
    match days {
        0..=1 => 15 * MINUTE_MS,
        2..=7 => HOUR_MS,
        _ => 4 * HOUR_MS,
    }
}

/// The least and the most that a plan leads to: they differ where a policy decides.
fn reach(lane: &Lane, capacity: Capacity) -> (u32, u32) {
    match lane.scales_itself {
        true => (capacity.min, capacity.max),
        false => (capacity.desired, capacity.desired),
    }
}

/// A lane as it is drawn.
pub(super) fn drawn(lang: Lang, timeline: &Timeline, lane: &Lane) -> LaneData {
    let planned = |name: &str, count: fn((u32, u32)) -> u32| {
        let at = |at: Timestamp, step: &PlannedStep| {
            let count = count(reach(lane, step.capacity));
            (at.ms(), Some(f64::from(count)))
        };
        let steps = lane.planned.iter().map(|step| at(step.at, step));
        // The last step holds until the end.
        let end = lane.planned.last().map(|step| at(timeline.until, step));
        Series::new(name, steps.chain(end).collect())
    };
    let up_to = match lane.scales_itself {
        true => planned(t::up_to(lang), |(_, most)| most),
        false => Series::default(),
    };
    let served = lane.actual.iter();
    let served = served.map(|step| (step.at.ms(), step.in_service.map(f64::from)));
    let events = lane.events.iter().map(|event| Band {
        from_ms: event.from.ms(),
        to_ms: event.until.ms(),
        label: t::event_count(lang, event.count),
        tone: Tone::Info,
    });
    let now = timeline.from <= timeline.now && timeline.now < timeline.until;
    LaneData {
        surfaces: vec![up_to, planned(t::planned(lang), |(least, _)| least)],
        line: Series::new(t::in_service(lang), served.collect()),
        hatched: frozen(lang, timeline, lane),
        marked: overrides(lang, timeline, lane).chain(events).collect(),
        now_ms: now.then_some(timeline.now.ms()),
    }
}

fn frozen(lang: Lang, timeline: &Timeline, lane: &Lane) -> Vec<Band> {
    let concerns =
        |freeze: &&Freeze| freeze.overlaps(&lane.environment, timeline.from, timeline.until);
    let band = |freeze: &Freeze| Band {
        from_ms: freeze.from.ms(),
        to_ms: freeze.until.ms(),
        label: t::frozen(lang, &freeze.name),
        tone: Tone::Warning,
    };
    timeline.freezes.iter().filter(concerns).map(band).collect()
}

/// The times in which an override of a schedule holds.
fn overrides<'a>(
    lang: Lang,
    timeline: &'a Timeline,
    lane: &'a Lane,
) -> impl Iterator<Item = Band> + use<'a> {
    let ends = lane.planned.iter().skip(1).map(|step| step.at);
    let steps = lane.planned.iter().zip(ends.chain([timeline.until]));
    steps.filter_map(move |(step, end)| match &step.by {
        Cause::Schedule { rule, .. } if rule.starts_with("override:") => Some(Band {
            from_ms: step.at.ms(),
            to_ms: end.ms(),
            label: t::override_mark(lang).into(),
            tone: Tone::Neutral,
        }),
        _ => None,
    })
}

/// What is planned at an instant of the timeline.
fn planned_at(lane: &Lane, at: Timestamp) -> Option<&PlannedStep> {
    let after = lane.planned.partition_point(|step| step.at <= at);
    lane.planned.get(after.checked_sub(1)?)
}

/// What is planned and what was there at an instant, in one line.
pub(super) fn reading(lang: Lang, lane: &Lane, at: Timestamp) -> String {
    let after = lane.actual.partition_point(|step| step.at <= at);
    let last = after.checked_sub(1).and_then(|last| lane.actual.get(last));
    let served = last.and_then(|step| step.in_service);
    let planned = planned_at(lane, at);
    let mut parts: Vec<String> = Vec::new();
    parts.extend(planned.map(|step| planned_words(lang, lane, step.capacity)));
    parts.extend(served.map(|count| t::served(lang, count)));
    parts.extend(planned.map(|step| cause_words(lang, &step.by)));
    parts.join(" · ")
}

fn planned_words(lang: Lang, lane: &Lane, capacity: Capacity) -> String {
    let (least, most) = reach(lane, capacity);
    match least == most {
        true => t::planned_count(lang, least),
        false => t::planned_range(lang, least, most),
    }
}

/// What made a step.
pub(super) fn cause_words(lang: Lang, cause: &Cause) -> String {
    match cause {
        Cause::Found => t::by_found(lang).to_owned(),
        Cause::Schedule { name, rule } => t::by_schedule(lang, name, &rule_words(lang, rule)),
        Cause::Action { name } => t::by_action(lang, name),
        Cause::Start { .. } => t::by_start(lang).to_owned(),
        Cause::Return { .. } => t::by_return(lang).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use api::{Page, capacity::EventRow, timeline::ActualStep};
    use domain::{
        capacity::{TargetKind, TargetRef},
        estate::{AccountId, Environment, Region, Scope},
        ids::{ChangeId, FreezeId, TargetId},
        scale_events::EventPhase,
    };

    fn at(hour: i64) -> Timestamp {
        Timestamp::from_ms(hour * HOUR_MS)
    }

    fn lane() -> Lane {
        let step = |hour, by, min, desired, max| PlannedStep {
            at: at(hour),
            by,
            capacity: Capacity { min, desired, max },
        };
        let rule = |rule: &str| Cause::Schedule {
            name: "office".into(),
            rule: rule.into(),
        };
        Lane {
            target: TargetId::from_parts(0, 1),
            reference: TargetRef {
                scope: Scope {
                    account: AccountId::new("111122223333"),
                    region: Region::new("us-east-1"),
                },
                kind: TargetKind::Asg,
                name: "web".into(),
            },
            environment: Environment::from("prod"),
            scales_itself: true,
            schedule: None,
            suspended: vec![],
            planned: vec![
                step(0, Cause::Found, 2, 3, 8),
                step(6, rule("override:0"), 4, 4, 4),
                step(9, rule("window:day"), 2, 4, 8),
            ],
            actual: vec![
                ActualStep {
                    at: at(1),
                    in_service: Some(3),
                },
                ActualStep {
                    at: at(8),
                    in_service: None,
                },
            ],
            events: vec![EventRow {
                change: ChangeId::from_parts(0, 1),
                phase: EventPhase::Waiting,
                count: 6,
                from: at(10),
                until: at(11),
            }],
        }
    }

    fn timeline(environments: &[&str]) -> Timeline {
        Timeline {
            from: at(0),
            until: at(24),
            now: at(8),
            lanes: Page {
                rows: vec![],
                total: 0,
                offset: 0,
                limit: 50,
            },
            freezes: vec![Freeze {
                id: FreezeId::from_parts(0, 1),
                name: "exams".into(),
                environments: environments
                    .iter()
                    .map(|name| Environment::from(*name))
                    .collect(),
                from: at(20),
                until: at(30),
                reason: "exams".into(),
                calendar: None,
            }],
        }
    }

    #[test]
    fn a_line_tells_plan_presence_and_reason() {
        let mut lane = lane();
        let check = |lane: &Lane, hour, english: &str, korean: &str| {
            assert_eq!(reading(Lang::En, lane, at(hour)), english);
            assert_eq!(reading(Lang::Ko, lane, at(hour)), korean);
        };
        check(
            &lane,
            2,
            "planned 2 to 8 · in service 3 · As AWS was read",
            "계획 2~8 · 서비스 중 3 · AWS 조회 값",
        );
        check(
            &lane,
            6,
            "planned 4 · in service 3 · office: Override 0",
            "계획 4 · 서비스 중 3 · office: 재정의 0",
        );
        check(
            &lane,
            9,
            "planned 2 to 8 · office: Window day",
            "계획 2~8 · office: 구간 day",
        );
        // Nobody but the plan moves it: what is desired is what there will be.
        lane.scales_itself = false;
        assert_eq!(
            reading(Lang::En, &lane, at(9)),
            "planned 4 · office: Window day"
        );
    }

    #[test]
    fn events_overrides_and_the_own_freezes_are_marked() {
        let lane = lane();
        let marks = |drawn: &[Band]| -> Vec<(i64, i64)> {
            let hours = |ms: i64| ms / HOUR_MS;
            drawn
                .iter()
                .map(|band| (hours(band.from_ms), hours(band.to_ms)))
                .collect()
        };
        let shown = drawn(Lang::En, &timeline(&[]), &lane);
        assert_eq!(marks(&shown.marked), [(6, 9), (10, 11)]);
        assert_eq!(marks(&shown.hatched), [(20, 30)]);
        assert_eq!(shown.now_ms, Some(at(8).ms()));
        let planned = shown.surfaces.last().map(|series| series.points.as_slice());
        let end = planned.and_then(<[_]>::last);
        assert_eq!(
            end,
            Some(&(at(24).ms(), Some(2.0))),
            "it holds until the end"
        );
        let elsewhere = drawn(Lang::En, &timeline(&["dev"]), &lane);
        assert!(elsewhere.hatched.is_empty());
    }
}
