//! A schedule and a change of it, for rendering pages in tests.

use super::simple::example;
use crate::pages::{
    changes::model::tests::detail as event_detail,
    fake::{MARKUP, at, scope},
};
use api::{
    changes::ChangeDetail,
    schedules::{
        Adoption, NextChange, ScheduleCalendar, ScheduleDetail, SchedulePart, ScheduleReading,
        ScheduleRow,
    },
};
use domain::{
    aws_timing::{Object, ObjectKind},
    capacity::{Capacity, TargetKind, TargetRef},
    changes::Change,
    checks::Finding,
    estate::Environment,
    ids::{ChangeId, TargetId},
    plan::{Difference, Effect, ScheduleBase, ScheduleEffect, ScheduleTarget},
    schedules::{Schedule, TargetKind as ScheduledKind},
    time::Zone,
    trail::{Attribution, TrailCall},
};
use serde_json::json;

/// The change request that brings it.
pub(in crate::pages) fn change_id() -> ChangeId {
    ChangeId::from_parts(0, 3)
}

const CAPACITY: Capacity = Capacity {
    min: 2,
    desired: 2,
    max: 4,
};

fn target() -> TargetRef {
    TargetRef {
        scope: scope(),
        kind: TargetKind::Asg,
        name: format!("web-dev {MARKUP}"),
    }
}

fn schedule() -> Schedule {
    let name = target().name;
    let mut value = example("asg", &name, CAPACITY, "Asia/Seoul");
    value["overrides"] = json!([{
        "from": at(0).floor_minute(), "until": at(60).floor_minute(), "capacity": { "max": 9 }, "reason": MARKUP,
    }]);
    serde_json::from_value(value).expect("a schedule")
}

fn object() -> Object {
    serde_json::from_value(json!({
        "kind": ObjectKind::AsgScheduledAction, "name": MARKUP, "target": MARKUP, "start": at(0), "end": null,
        "recurrence": "0 20 * * *", "timezone": "Asia/Seoul", "input": { "MinSize": 0, "Tag": [MARKUP] },
    }))
    .expect("an object")
}

pub(in crate::pages) fn reading() -> ScheduleReading {
    ScheduleReading {
        schedule: Some(schedule()),
        zones: vec![Zone::named("Asia/Seoul").expect("a zone")],
        text: format!("name: night\n# {MARKUP}\n"),
        error: None,
    }
}

pub(in crate::pages) fn adoption() -> Adoption {
    Adoption {
        scope: scope(),
        reading: ScheduleReading::default(),
        takes_over: vec![],
        refused: Some(MARKUP.into()),
    }
}

pub(in crate::pages) fn row() -> ScheduleRow {
    let level = schedule().base();
    ScheduleRow {
        name: "night".into(),
        environment: Environment::from("dev"),
        scope: scope(),
        kind: ScheduledKind::Asg,
        targets: vec![target().name],
        timezone: "Asia/Seoul".into(),
        rule: format!("window:{MARKUP}"),
        level,
        next: Some(NextChange {
            at: at(600),
            rule: "base".into(),
            level,
        }),
        good_until: at(9_000),
        drift: 1,
        change: change_id(),
        applied_at: at(-600),
    }
}

pub(in crate::pages) fn detail() -> ScheduleDetail {
    ScheduleDetail {
        row: row(),
        reading: reading(),
        parts: vec![SchedulePart {
            id: Some(TargetId::from_parts(0, 1)),
            target: target(),
            objects: vec![object()],
        }],
        drift_since: Some(at(-5)),
        drift_by: Some(Attribution::Calls {
            calls: vec![TrailCall {
                at: at(-6),
                who: MARKUP.into(),
                call: MARKUP.into(),
            }],
        }),
        differences: vec![Difference::ActionMissing {
            action: MARKUP.into(),
        }],
        calendars: vec![ScheduleCalendar {
            name: MARKUP.into(),
            read_at: Some(at(-7)),
            error: Some(MARKUP.into()),
            followed: true,
        }],
        calendar_edit: Some(change_id()),
        changes: vec![change().row],
        propose_refused: None,
    }
}

/// A proposal of the schedule.
pub(in crate::pages) fn change() -> ChangeDetail {
    let mut detail = event_detail();
    let schedule = schedule();
    detail.plan.effect = Effect::Schedule(ScheduleEffect {
        schedule: schedule.name().clone(),
        replaces: None,
        overriding: None,
        good_until: Some(at(9_000)),
        targets: vec![ScheduleTarget {
            target: target(),
            before: CAPACITY,
            level: Some(schedule.base()),
            base: ScheduleBase {
                scales_itself: false,
                suspended: vec![],
                actions: vec![],
                taken: vec![],
                timer_role: None,
            },
            objects: vec![object()],
        }],
    });
    (detail.plan.from, detail.plan.until) = (None, None);
    detail.plan.findings = vec![Finding::TargetMissing {
        target: MARKUP.into(),
    }];
    detail.row.id = change_id();
    detail.row.target_name = schedule.name().to_string();
    (detail.row.from, detail.row.until) = (None, None);
    detail.row.change = Change::ApplySchedule {
        scope: scope(),
        schedule: Box::new(schedule),
        takes_over: vec![MARKUP.into()],
        reason: MARKUP.into(),
    };
    detail
}
