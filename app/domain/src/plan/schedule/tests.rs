//! Tests of planning schedules: what is called, in which order, and what a kill in
//! between leaves.
use super::*;
use crate::{
    capacity::{PolicyKind, ScalingPolicy, TargetKind, Timing},
    changes::Change,
    checks::Severity,
    cron,
    estate::{AccountId, Environment, Region, Scope},
    ids::{ChangeId, FreezeId},
    plan::{Difference, Standing, fixtures::rules, schedule_differences},
    schedules::{Schedule, Zones},
    step_policies::{Adjusting, AdjustmentType, Movement},
    time::{HOUR_MS, MINUTE_MS},
};
use called::{calls, carried_out, carry_out, singly};
use serde_json::{Value, json};

mod called;
mod drift;
mod levels;
mod mixes;
mod overrides;

static NOTHING: Taken = Taken::new();

/// Under which timers call.
const ROLE: &str = "arn:aws:iam::111122223333:role/lamplighter-scheduler";

/// A Monday, nine in the morning in Seoul.
const NOW: &str = "2026-03-02T00:00:00Z";

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn schedule(parts: &Value) -> Schedule {
    let mut whole = json!({
        "name": "office-hours",
        "timezone": "Asia/Seoul",
        "targets": [{"asg": "web-prod"}],
        "base": {"min": 0, "desired": 0, "max": 0},
        "windows": [{"name": "day", "days": ["mon..fri"], "from": "08:00", "to": "20:00",
            "capacity": {"min": 2, "desired": 2, "max": 6}}],
    });
    for (key, value) in parts.as_object().expect("an object") {
        whole[key] = value.clone();
    }
    serde_json::from_value(whole).expect("a schedule")
}

fn target(kind: TargetKind, name: &str) -> Target {
    Target {
        reference: TargetRef {
            scope: Scope {
                account: AccountId::from("111122223333"),
                region: Region::from("ap-northeast-2"),
            },
            kind,
            name: name.into(),
        },
        environment: Environment::from("prod"),
        capacity: Capacity {
            min: 4,
            desired: 5,
            max: 8,
        },
        instances: vec![],
        in_service: 5,
        pending: 0,
        suspended: vec![],
        mix: None,
        policies: vec![],
        actions: vec![],
        timers: Vec::new(),
    }
}

fn group() -> Target {
    target(TargetKind::Asg, "web-prod")
}

fn named(name: &str) -> Option<Zone> {
    Zone::named(name).ok()
}

fn situation(targets: &[Target], now: Timestamp) -> ScheduleSituation<'_> {
    ScheduleSituation {
        targets,
        missing: &[],
        leaving: &[],
        alarms: &[],
        taken: &NOTHING,
        replaces: None,
        events: &[],
        schedules: &[],
        timer_role: Some(ROLE),
        freezes: &[],
        below_desired_minutes: 15,
        zones: &named,
        now,
    }
}

/// Plans a schedule in a situation made ready by `ready`.
fn planned(schedule: &Schedule, situation: &ScheduleSituation<'_>) -> Plan {
    let zones = Zones::named_by(schedule).expect("zones");
    let timetable = Timetable::new(schedule, &zones).expect("zones");
    plan_schedule(&timetable, situation)
}

fn foreign(name: &str, when: &str) -> ScheduledAction {
    ScheduledAction {
        name: name.into(),
        timing: Timing::Once { at: at(when) },
        capacity: CapacityChange {
            min: Some(1),
            desired: None,
            max: None,
        },
        next_run_at: None,
    }
}

fn differences(schedule: &Schedule, plan: &Plan, live: &Target, now: Timestamp) -> Vec<Difference> {
    let zones = Zones::named_by(schedule).expect("zones");
    let timetable = Timetable::new(schedule, &zones).expect("zones");
    let effect = plan.schedule().expect("a schedule's");
    let standing = Standing {
        timetable: &timetable,
        part: &effect.targets[0],
        in_event: false,
    };
    schedule_differences(standing, live, now)
}

#[test]
fn objects_are_put_before_capacity_is_set_and_the_second_time_nothing_is_called() {
    let live = [group()];
    let schedule = schedule(&json!({}));
    let plan = planned(&schedule, &situation(&live, at(NOW)));
    assert_eq!(
        calls(&plan),
        [
            "put lamplighter/office-hours/0800.mon-fri min 2 · desired 2 · max 6",
            "put lamplighter/office-hours/2000.mon-fri min 0 · desired 0 · max 0",
            "set min 2 · desired 2 · max 6",
        ]
    );
    assert_eq!(rules(&plan), ["scales-down"]);
    let after = carried_out(&live, &plan);
    let again = planned(&schedule, &situation(&after, at(NOW).plus_ms(HOUR_MS)));
    assert_eq!(calls(&again), [""; 0]);
    assert_eq!(rules(&again), ["no-effect"]);
}

#[test]
fn a_policy_keeps_its_desired_capacity_inside_the_bounds() {
    let mut live = [group()];
    live[0].policies = vec![ScalingPolicy {
        name: "cpu".into(),
        kind: PolicyKind::TargetTracking,
        enabled: true,
        alarms: vec![],
        summary: String::new(),
        adjusting: None,
        target_value: None,
    }];
    let plan = planned(&schedule(&json!({})), &situation(&live, at(NOW)));
    assert_eq!(
        calls(&plan).last().map(String::as_str),
        Some("set min 2 · max 6")
    );
    assert_eq!(rules(&plan), ["policy-moves-desired"]);
}

#[test]
fn a_service_has_bounds_and_comes_inside_them() {
    let live = [target(TargetKind::EcsService, "main/api")];
    let schedule = schedule(&json!({
        "targets": [{"ecs": "main/api"}],
        "base": {"min": 1, "max": 2},
        "windows": [{"name": "day", "from": "08:00", "to": "20:00", "days": ["mon..fri"],
            "capacity": {"min": 2, "max": 3}}],
    }));
    let plan = planned(&schedule, &situation(&live, at(NOW)));
    assert_eq!(
        calls(&plan),
        [
            "put lamplighter.office-hours.0800.mon-fri min 2 · max 3",
            "put lamplighter.office-hours.2000.mon-fri min 1 · max 2",
            "set min 2 · desired 3 · max 3",
        ]
    );
}

#[test]
fn a_kill_between_any_two_calls_never_leaves_a_group_without_objects_and_the_next_run_converges() {
    let first = schedule(&json!({}));
    let second = schedule(&json!({
        "windows": [
            {"name": "day", "days": ["mon..fri"], "from": "07:30", "to": "21:00",
                "capacity": {"min": 3, "desired": 3, "max": 9}},
            {"name": "sale", "dates": ["2026-03-07"], "from": "10:00", "to": "12:00",
                "capacity": {"min": 6, "desired": 6, "max": 9}},
        ],
        "exceptions": [{"dates": ["2026-03-05"], "use": "base"}],
    }));
    let live = [group()];
    let live = carried_out(&live, &planned(&first, &situation(&live, at(NOW))));
    let whole = planned(&second, &situation(&live, at(NOW)));
    let wanted = &carried_out(&live, &whole)[0];
    // AWS may have done a part of a batch.
    let parts: Vec<_> = whole
        .steps
        .iter()
        .flat_map(|step| singly(&step.call))
        .collect();
    assert!(parts.len() > 4 && parts.len() > whole.steps.len());
    for killed_after in 0..=parts.len() {
        let mut left = live.clone();
        for call in &parts[..killed_after] {
            carry_out(&mut left, call);
            assert!(!left[0].actions.is_empty(), "after {killed_after}");
        }
        let rest = planned(&second, &situation(&left, at(NOW)));
        let done = &carried_out(&left, &rest)[0];
        let fires = |target: &Target| {
            let mut fires: Vec<_> = target
                .actions
                .iter()
                .flat_map(|action| {
                    let until = at(NOW).plus_ms(20 * 24 * HOUR_MS);
                    let found = cron::firings(TargetKind::Asg, action, at(NOW), until);
                    found
                        .expect("firings")
                        .into_iter()
                        .map(|at| (at, action.capacity))
                })
                .collect();
            fires.sort_by_key(|(at, _)| *at);
            fires
        };
        assert_eq!(fires(done), fires(wanted), "killed after {killed_after}");
        assert_eq!(
            done.capacity, wanted.capacity,
            "killed after {killed_after}"
        );
    }
}

#[test]
fn every_step_can_be_taken_back() {
    let live = [group()];
    let first = schedule(&json!({}));
    let before = carried_out(&live, &planned(&first, &situation(&live, at(NOW))));
    let second = schedule(&json!({"windows": [{"name": "day", "days": ["mon..fri"],
        "from": "08:00", "to": "22:00", "capacity": {"min": 1, "desired": 1, "max": 6}}]}));
    let plan = planned(&second, &situation(&before, at(NOW)));
    let mut live = carried_out(&before, &plan);
    for step in plan.steps.iter().rev() {
        carry_out(&mut live, step.undo.as_ref().expect("a way back"));
    }
    let sorted = |mut target: Target| {
        target
            .actions
            .sort_by(|one, other| one.name.cmp(&other.name));
        target
    };
    let [live, before] = [live, before].map(|mut all| sorted(all.remove(0)));
    assert_eq!(live, before);
}

#[test]
fn what_somebody_else_put_beside_it_is_told() {
    let mut live = [group()];
    live[0].actions = vec![foreign("promo", "2026-03-03T03:30:00Z")];
    let plan = planned(&schedule(&json!({})), &situation(&live, at(NOW)));
    assert!(rules(&plan).contains(&"foreign-action"));
    live[0].actions = vec![foreign("promo", "2026-03-02T11:00:00Z")];
    let plan = planned(&schedule(&json!({})), &situation(&live, at(NOW)));
    let worst = plan.findings.first().expect("a finding");
    assert_eq!(
        (worst.rule(), worst.severity()),
        ("same-instant", Severity::Error)
    );
    assert!(
        !calls(&plan).iter().any(|call| call.contains("promo")),
        "what is not ours is left alone"
    );
}

#[test]
fn what_it_takes_over_is_replaced_and_stays_its_own() {
    let recurring = |name: &str, expression: &str, count| ScheduledAction {
        name: name.into(),
        timing: Timing::Recurring {
            expression: expression.into(),
            timezone: "Asia/Seoul".into(),
            starts_at: None,
            ends_at: None,
        },
        capacity: CapacityChange {
            min: Some(count),
            desired: Some(count),
            max: Some(count),
        },
        next_run_at: None,
    };
    let mut live = [group()];
    live[0].actions = vec![
        recurring("opens", "0 8 * * MON-FRI", 1),
        recurring("closes", "0 19 * * MON-FRI", 0),
    ];
    let schedule = schedule(&json!({}));
    let alone = planned(&schedule, &situation(&live, at(NOW)));
    assert_eq!(alone.findings[0].rule(), "same-instant");
    let key = |name: &str| (group().reference, name.to_owned());
    let taken = Taken::from([key("opens"), key("closes")]);
    let taking = |live| ScheduleSituation {
        taken: &taken,
        ..situation(live, at(NOW))
    };
    let plan = planned(&schedule, &taking(&live));
    assert_eq!(
        calls(&plan),
        [
            "put lamplighter/office-hours/2000.mon-fri min 0 · desired 0 · max 0",
            "put opens min 2 · desired 2 · max 6",
            "set min 2 · desired 2 · max 6",
            "delete closes",
        ],
        "AWS refuses a second action at eight, so the first one is changed in its place"
    );
    let after = carried_out(&live, &plan);
    let removal = plan_removal(schedule.name(), &taking(&after));
    assert_eq!(carried_out(&after, &removal)[0].actions, []);
}

#[test]
fn each_check_finds_its_case() {
    let now = at(NOW);
    let live = [group()];
    let change = ChangeId::from_parts(1, 1);
    let base = || situation(&live, now);
    let check = |expected: &str, parts: Value, situation: ScheduleSituation<'_>| {
        let plan = planned(&schedule(&parts), &situation);
        assert!(
            rules(&plan).contains(&expected),
            "{expected}: {:?}",
            rules(&plan)
        );
    };
    let missing = ["gone".to_owned()];
    check(
        "target-missing",
        json!({}),
        ScheduleSituation {
            missing: &missing,
            ..base()
        },
    );
    let mut other = target(TargetKind::Asg, "api-dev");
    other.environment = Environment::from("dev");
    let two = [group(), other];
    check("several-environments", json!({}), situation(&two, now));
    let name = ScheduleName::new("nights").expect("a name");
    let schedules = [(live[0].reference.clone(), name)];
    check(
        "other-schedule",
        json!({}),
        ScheduleSituation {
            schedules: &schedules,
            ..base()
        },
    );
    let event = OtherEvent {
        change,
        from: at("2026-03-02T10:00:00Z"),
        until: at("2026-03-02T12:00:00Z"),
    };
    let events = [(live[0].reference.clone(), event)];
    check(
        "event-overlap",
        json!({}),
        ScheduleSituation {
            events: &events,
            ..base()
        },
    );
    let freeze = |from: &str, until: &str| Freeze {
        id: FreezeId::from_parts(1, 1),
        name: "exams".into(),
        environments: vec![],
        from: at(from),
        until: at(until),
        reason: "exams".into(),
        calendar: None,
    };
    let on = [freeze("2026-03-01T00:00:00Z", "2026-03-03T00:00:00Z")];
    check(
        "frozen",
        json!({}),
        ScheduleSituation {
            freezes: &on,
            ..base()
        },
    );
    let ahead = [freeze("2026-03-10T00:00:00Z", "2026-03-12T00:00:00Z")];
    check(
        "fires-in-freeze",
        json!({}),
        ScheduleSituation {
            freezes: &ahead,
            ..base()
        },
    );
    check("off-for-good", json!({"windows": []}), base());
    check(
        "clock-change",
        json!({"timezone": "America/New_York", "windows": [{"name": "night",
        "from": "02:30", "to": "05:00", "capacity": {"max": 2}}]}),
        base(),
    );
    let mut suspended = [group()];
    suspended[0].suspended = vec!["ScheduledActions".into()];
    check("process-blocks", json!({}), situation(&suspended, now));
}

#[test]
fn of_several_targets_each_finding_names_its_own() {
    let mut live = [group(), target(TargetKind::Asg, "api-prod")];
    live[1].suspended = vec!["ScheduledActions".into()];
    let plan = planned(
        &schedule(&json!({"targets": [{"asg": "web-prod"}, {"asg": "api-prod"}]})),
        &situation(&live, at(NOW)),
    );
    let named: Vec<_> = plan
        .findings
        .iter()
        .filter_map(|finding| match finding {
            Finding::OnTarget { target, finding } => Some((target.as_str(), finding.rule())),
            _ => None,
        })
        .collect();
    assert!(named.contains(&("api-prod", "process-blocks")));
    assert!(!named.contains(&("web-prod", "process-blocks")));
}

#[test]
fn approvals_outlive_the_hours_but_not_a_change_of_what_is_live() {
    let schedule = schedule(&json!({}));
    let change = Change::ApplySchedule {
        scope: group().reference.scope,
        schedule: Box::new(schedule.clone()),
        takes_over: vec![],
        reason: "nights".into(),
    };
    let hash = |live: &Target, now: Timestamp| {
        let live = std::slice::from_ref(live);
        planned(&schedule, &situation(live, now)).content_hash(&change, None)
    };
    let mut live = group();
    let first = hash(&live, at(NOW));
    assert_eq!(hash(&live, at(NOW).plus_ms(30 * HOUR_MS)), first);
    live.capacity.desired = 7;
    assert_eq!(
        hash(&live, at(NOW)),
        first,
        "the schedule sets every number itself"
    );
    live.actions = vec![foreign("promo", "2026-03-03T03:30:00Z")];
    assert_ne!(hash(&live, at(NOW)), first);
}

#[test]
fn a_removal_deletes_what_is_its_own_and_leaves_the_capacity() {
    let live = [group()];
    let schedule = schedule(&json!({}));
    let mut live = carried_out(&live, &planned(&schedule, &situation(&live, at(NOW))));
    live[0]
        .actions
        .push(foreign("promo", "2026-03-03T03:30:00Z"));
    // As for a removal in production: nothing is named any more.
    let leaving = ScheduleSituation {
        leaving: &live,
        ..situation(&[], at(NOW))
    };
    let plan = plan_removal(schedule.name(), &leaving);
    let after = &carried_out(&live, &plan)[0];
    assert_eq!(after.capacity, live[0].capacity);
    let names: Vec<_> = after
        .actions
        .iter()
        .map(|action| action.name.as_str())
        .collect();
    assert_eq!(names, ["promo"]);
    assert_eq!(rules(&plan), ["stays-as-it-is"]);
}

#[test]
fn a_target_of_another_environment_is_not_left_along_with_others() {
    let mut elsewhere = target(TargetKind::Asg, "web-dev");
    elsewhere.environment = Environment::from("dev");
    let (named, leaving) = ([elsewhere], [group()]);
    let both = ScheduleSituation {
        leaving: &leaving,
        ..situation(&named, at(NOW))
    };
    let plan = planned(&schedule(&json!({"targets": [{"asg": "web-dev"}]})), &both);
    assert!(rules(&plan).contains(&"several-environments"));
    assert!(rules(&plan).contains(&"leaves-target"));
}

#[test]
fn an_extension_sets_no_capacity_and_leaves_what_was_edited_by_hand() {
    let schedule = schedule(&json!({"exceptions": [{"dates": ["2026-05-05"], "use": "base"}]}));
    let live = [group()];
    let plan = planned(&schedule, &situation(&live, at(NOW)));
    let mut live = carried_out(&live, &plan);
    let parts = &plan.schedule().expect("a schedule's").targets;
    live[0].capacity.max = 40;
    for action in &mut live[0].actions {
        action.capacity.max = Some(41);
    }
    let zones = Zones::named_by(&schedule).expect("zones");
    let timetable = Timetable::new(&schedule, &zones).expect("zones");
    let extended = |days: i64| {
        let now = at(NOW).plus_ms(days * 24 * HOUR_MS);
        plan_extension(&timetable, parts, &situation(&live, now))
    };
    assert_eq!(calls(&extended(1)), [""; 0], "nothing new in these days");
    let calls = calls(&extended(10));
    assert!(!calls.is_empty(), "the exception has come into the horizon");
    assert!(
        calls.iter().all(|call| !call.starts_with("set ")),
        "{calls:?}"
    );
}

#[test]
fn an_edge_that_is_near_is_made_up_for() {
    let live = [group()];
    let schedule = schedule(&json!({}));
    let done = carried_out(&live, &planned(&schedule, &situation(&live, at(NOW))));
    // Ten to eight in the evening, by the clock of Seoul.
    let now = at("2026-03-02T10:50:00Z");
    let plan = planned(&schedule, &situation(&done, now));
    assert_eq!(
        calls(&plan),
        ["set min 2 · max 6"],
        "once more, when all is put"
    );
}

#[test]
fn a_schedule_leaves_its_policies_the_room_that_they_set() {
    let mut live = [group()];
    live[0].policies = vec![ScalingPolicy {
        name: "rush".into(),
        kind: PolicyKind::Simple,
        enabled: true,
        alarms: vec![],
        summary: String::new(),
        adjusting: Some(Adjusting {
            kind: AdjustmentType::ExactCapacity,
            magnitude_min: None,
            movement: Movement::Simple { adjustment: 7 },
        }),
        target_value: None,
    }];
    let told = |live: &[Target]| rules(&planned(&schedule(&json!({})), &situation(live, at(NOW))));
    let found = told(&live);
    // Its day ends at 6, and nothing runs the policy either. That nights are off is meant so.
    assert!(found.contains(&"max-below-policy"), "{found:?}");
    assert!(found.contains(&"no-alarm"), "{found:?}");
    live[0].policies[0].enabled = false;
    let found = told(&live);
    assert!(!found.contains(&"max-below-policy"), "{found:?}");
    assert!(!found.contains(&"no-alarm"), "{found:?}");
}
