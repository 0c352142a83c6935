//! Actions that people made by hand, told as schedules.
use crate::{
    capacity::{Capacity, CapacityChange, ScheduledAction, Target, TargetKind, TargetRef, Timing},
    estate::{AccountId, Environment, Region, Scope},
    schedules::{AdoptRefusal, Schedule, ScheduleName, adopt},
    time::{Timestamp, Zone},
};

fn action(name: &str, expression: &str, [min, desired, max]: [Option<u32>; 3]) -> ScheduledAction {
    ScheduledAction {
        name: name.into(),
        timing: Timing::Recurring {
            expression: expression.into(),
            timezone: "Asia/Seoul".into(),
            starts_at: None,
            ends_at: None,
        },
        capacity: CapacityChange { min, desired, max },
        next_run_at: None,
    }
}

fn all(count: u32) -> [Option<u32>; 3] {
    [Some(count); 3]
}

fn target(kind: TargetKind, actions: Vec<ScheduledAction>) -> Target {
    Target {
        reference: TargetRef {
            scope: Scope {
                account: AccountId::from("111122223333"),
                region: Region::from("ap-northeast-2"),
            },
            kind,
            name: match kind {
                TargetKind::EcsService => "dev/api".into(),
                _ => "web-dev".into(),
            },
        },
        environment: Environment::from("dev"),
        capacity: Capacity {
            min: 1,
            desired: 1,
            max: 2,
        },
        instances: vec![],
        in_service: 1,
        pending: 0,
        suspended: vec![],
        mix: None,
        policies: vec![],
        actions,
        timers: Vec::new(),
    }
}

fn adopted(kind: TargetKind, actions: Vec<ScheduledAction>) -> Result<Schedule, AdoptRefusal> {
    let now: Timestamp = "2026-03-04T03:00:00Z".parse().expect("a time");
    let name = ScheduleName::new("adopted").expect("a name");
    adopt(
        name,
        &target(kind, actions),
        &|name| Zone::named(name).ok(),
        now,
    )
}

/// Each window on a line: days, from, to, capacity.
fn windows(schedule: &Schedule) -> Vec<String> {
    let windows = schedule.draft().windows.iter();
    windows
        .map(|window| {
            let days = serde_json::to_value(&window.days).expect("json");
            let text = serde_json::to_value((window.from, window.to)).expect("json");
            format!("{days} {text} {}", schedule.windows()[0].level)
        })
        .collect()
}

#[test]
fn office_hours_are_one_window() {
    let schedule = adopted(
        TargetKind::Asg,
        vec![
            action("closes", "0 20 * * MON-FRI", all(0)),
            action("opens", "50 7 * * MON-FRI", [Some(1), Some(1), Some(2)]),
        ],
    );
    let schedule = schedule.expect("a schedule");
    assert_eq!(schedule.base().to_string(), "0–0–0");
    assert_eq!(
        windows(&schedule),
        [r#"["mon..fri"] ["07:50","20:00"] 1–1–2"#]
    );
}

#[test]
fn a_weekend_is_one_window_for_each_of_its_days() {
    let schedule = adopted(
        TargetKind::Asg,
        vec![
            action("friday", "0 21 * * FRI", all(0)),
            action("monday", "0 8 * * MON", all(2)),
        ],
    );
    let schedule = schedule.expect("a schedule");
    assert_eq!(schedule.base().to_string(), "2–2–2");
    let windows = windows(&schedule);
    assert_eq!(windows.len(), 2, "{windows:?}: whole days, and the rest");
}

#[test]
fn bounds_of_a_service_are_taken_as_they_are() {
    let schedule = adopted(
        TargetKind::EcsService,
        vec![
            action("ready", "cron(50 9 * * ? *)", [Some(12), None, Some(30)]),
            action("over", "cron(40 10 * * ? *)", [Some(3), None, Some(30)]),
        ],
    );
    let schedule = schedule.expect("a schedule");
    assert_eq!(schedule.base().to_string(), "3–30");
    assert_eq!(windows(&schedule).len(), 1);
}

#[test]
fn what_is_no_schedule_is_refused_with_the_reason() {
    use AdoptRefusal as R;
    let asg = |actions| adopted(TargetKind::Asg, actions).expect_err("a refusal");
    assert_eq!(asg(vec![]), R::Nothing);
    assert!(matches!(
        asg(vec![action("monthly", "0 8 1 * *", all(1))]),
        R::NotWeekly { .. }
    ));
    assert!(matches!(
        asg(vec![action("floor", "0 8 * * *", [Some(1), None, None])]),
        R::NoDesired { .. }
    ));
    assert!(matches!(
        asg(vec![action("odd", "every day", all(1))]),
        R::Unreadable { .. }
    ));
    let mut elsewhere = action("elsewhere", "0 8 * * *", all(1));
    if let Timing::Recurring { timezone, .. } = &mut elsewhere.timing {
        *timezone = "UTC".into();
    }
    assert!(matches!(
        asg(vec![elsewhere, action("here", "0 8 * * *", all(2))]),
        R::SeveralZones { .. }
    ));
    let mut once = action("once", "0 8 * * *", all(1));
    once.timing = Timing::Once {
        at: Timestamp::from_ms(0),
    };
    assert!(matches!(asg(vec![once]), R::NotForEver { .. }));
    // Two at one instant: AWS documents no winner.
    assert!(matches!(
        asg(vec![
            action("one", "0 8 * * *", all(1)),
            action("other", "0 8 * * *", all(2)),
            action("night", "0 20 * * *", all(0)),
        ]),
        R::NotEqual { .. }
    ));
}
