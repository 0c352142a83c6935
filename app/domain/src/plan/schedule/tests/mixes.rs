//! A schedule that changes how a group buys its instances: timers beside scheduled
//! actions.

use super::*;
use crate::capacity::{Instance, Purchase, SpotMix};

/// By day some on demand, at night all spot; the sizes stay.
fn spot_nights(parts: &Value) -> Schedule {
    let mut whole = json!({
        "base": {"min": 2, "desired": 4, "max": 8,
            "spot": {"on_demand_base": 0, "on_demand_percent": 0}},
        "windows": [{"name": "day", "days": ["mon..fri"], "from": "08:00", "to": "20:00",
            "capacity": {"spot": {"on_demand_base": 1, "on_demand_percent": 50}}}],
    });
    for (key, value) in parts.as_object().expect("an object") {
        whole[key] = value.clone();
    }
    schedule(&whole)
}

fn instance(purchase: Purchase) -> Instance {
    Instance {
        id: "i-1".into(),
        zone: "ap-northeast-2a".into(),
        instance_type: "m7g.large".into(),
        lifecycle_state: "InService".into(),
        healthy: true,
        purchase,
        protected: false,
    }
}

/// Four instances on demand, as the group buys them.
fn mixed() -> Target {
    Target {
        capacity: Capacity {
            min: 2,
            desired: 4,
            max: 8,
        },
        mix: Some(SpotMix {
            on_demand_base: 0,
            on_demand_percent: 100,
            rebalance: true,
            types: None,
            zones: None,
            strategy: None,
        }),
        instances: vec![instance(Purchase::OnDemand); 4],
        ..group()
    }
}

fn applied_to(live: &Target, schedule: &Schedule) -> (Plan, Target) {
    let live = [live.clone()];
    let plan = planned(schedule, &situation(&live, at(NOW)));
    let after = carried_out(&live, &plan).remove(0);
    (plan, after)
}

/// Without the hashes at the end of names.
fn short(calls: &[String]) -> Vec<&str> {
    let calls = calls.iter();
    calls
        .map(|call| {
            call.rsplit_once('.')
                .map_or(call.as_str(), |(name, _)| name)
        })
        .collect()
}

#[test]
fn timers_are_put_before_the_mix_is_set_and_the_second_time_nothing_is_called() {
    let schedule = spot_nights(&json!({}));
    let (plan, after) = applied_to(&mixed(), &schedule);
    assert_eq!(
        short(&calls(&plan)),
        [
            "put lamplighter.office-hours.0800",
            "put lamplighter.office-hours.2000",
            "buy on demand 1 + 50 %",
        ]
    );
    // Of four that run on demand three would be bought so by day, and none at night.
    assert_eq!(rules(&plan), ["spot-may-lack", "instances-stay"]);
    assert!(plan.findings.contains(&Finding::InstancesStay { count: 4 }));
    let again = planned(&schedule, &situation(&[after], at(NOW).plus_ms(HOUR_MS)));
    assert_eq!(calls(&again), [""; 0]);
    assert_eq!(rules(&again), ["spot-may-lack", "instances-stay"]);
}

#[test]
fn every_step_has_a_way_back_and_a_removal_leaves_nothing() {
    let schedule = spot_nights(&json!({}));
    let before = mixed();
    let (plan, after) = applied_to(&before, &schedule);
    let mut undone = [after.clone()];
    for step in plan.steps.iter().rev() {
        carry_out(&mut undone, step.undo.as_ref().expect("a way back"));
    }
    assert_eq!(undone[0], before);

    let standing = [after];
    let removal = plan_removal(schedule.name(), &situation(&standing, at(NOW)));
    let [gone] = carried_out(&standing, &removal)
        .try_into()
        .expect("one target");
    assert_eq!(gone.timers, []);
    let creates = |call: &Call| {
        matches!(
            call,
            Call::PutTimer {
                replaces: false,
                ..
            }
        )
    };
    let undos = removal.steps.iter().filter_map(|step| step.undo.as_ref());
    assert_eq!(undos.filter(|undo| creates(undo)).count(), 2);
}

#[test]
fn another_mix_updates_the_timers_in_place() {
    let (_, live) = applied_to(&mixed(), &spot_nights(&json!({})));
    let other = spot_nights(&json!({
        "base": {"min": 2, "desired": 4, "max": 8,
            "spot": {"on_demand_base": 2, "on_demand_percent": 0}},
    }));
    let (plan, after) = applied_to(&live, &other);
    assert_eq!(short(&calls(&plan)), ["put lamplighter.office-hours.2000"]);
    let Call::PutTimer { replaces, .. } = &plan.steps[0].call else {
        panic!("a timer");
    };
    assert!(replaces);
    assert_eq!(
        plan.steps[0].call.aws()[0].action,
        "scheduler:UpdateSchedule"
    );
    assert_eq!(after.timers.len(), 2);
}

#[test]
fn what_somebody_did_to_a_timer_is_drift_and_is_put_back() {
    let schedule = spot_nights(&json!({}));
    let (plan, live) = applied_to(&mixed(), &schedule);
    let late = at(NOW).plus_ms(HOUR_MS);
    assert_eq!(differences(&schedule, &plan, &live, late), []);
    type Edit = (&'static str, fn(&mut Target));
    let edits: [Edit; 5] = [
        ("off", |live| live.timers[0].enabled = false),
        ("role", |live| {
            live.timers[0].role_arn = "arn:aws:iam::1:role/x".into()
        }),
        ("time", |live| {
            live.timers[0].object.recurrence = Some("cron(1 8 ? * MON-FRI *)".into())
        }),
        ("zone", |live| {
            live.timers[0].object.timezone = "Asia/Tokyo".into()
        }),
        ("input", |live| {
            live.timers[0].object.input["MixedInstancesPolicy"]["InstancesDistribution"]["OnDemandBaseCapacity"] =
                json!(9)
        }),
    ];
    for (what, edit) in edits {
        let mut edited = live.clone();
        edit(&mut edited);
        let found = differences(&schedule, &plan, &edited, late);
        let differs = |found: &Difference| matches!(found, Difference::ActionDiffers { .. });
        assert!(
            matches!(found.as_slice(), [one] if differs(one)),
            "{what}: {found:?}"
        );
        let again = planned(&schedule, &situation(&[edited.clone()], late));
        let [mended] = carried_out(&[edited], &again).try_into().expect("one");
        assert_eq!(differences(&schedule, &plan, &mended, late), [], "{what}");
    }
    let mut without = live.clone();
    without.timers.pop();
    let found = differences(&schedule, &plan, &without, late);
    assert!(matches!(
        found.as_slice(),
        [Difference::ActionMissing { .. }]
    ));
}

#[test]
fn a_mix_set_by_hand_is_drift_and_one_that_changes_now_is_not() {
    let schedule = spot_nights(&json!({}));
    let (plan, mut live) = applied_to(&mixed(), &schedule);
    live.mix = live.mix.map(|mix| SpotMix {
        on_demand_percent: 100,
        ..mix
    });
    let found = differences(&schedule, &plan, &live, at(NOW).plus_ms(HOUR_MS));
    let expected = Difference::Number {
        field: "on_demand_percent".into(),
        expected: 50,
        found: 100,
    };
    assert_eq!(found, [expected]);
    let evening = at("2026-03-02T11:01:00Z");
    assert_eq!(differences(&schedule, &plan, &live, evening), []);
}

#[test]
fn what_a_group_cannot_do_is_refused() {
    let schedule = spot_nights(&json!({}));
    let plain = [group()];
    let plan = planned(&schedule, &situation(&plain, at(NOW)));
    assert!(rules(&plan).contains(&"no-mixed-instances"));
    let live = [mixed()];
    let plan = planned(
        &schedule,
        &ScheduleSituation {
            timer_role: None,
            ..situation(&live, at(NOW))
        },
    );
    assert_eq!(rules(&plan)[0], "no-timer-role");
    assert_eq!(calls(&plan), [""; 0]);
}

#[test]
fn sizes_alone_need_no_role() {
    let live = [group()];
    let without = ScheduleSituation {
        timer_role: None,
        ..situation(&live, at(NOW))
    };
    assert_eq!(
        rules(&planned(&schedule(&json!({})), &without)),
        ["scales-down"]
    );
}

#[test]
fn an_action_of_others_when_only_the_mix_changes_is_no_second_one() {
    let mut live = [mixed()];
    live[0].actions = vec![foreign("by-hand", "2026-03-02T11:00:00Z")];
    let plan = planned(&spot_nights(&json!({})), &situation(&live, at(NOW)));
    assert!(
        !rules(&plan).contains(&"same-instant"),
        "{:?}",
        rules(&plan)
    );
    assert!(rules(&plan).contains(&"foreign-action"));
}
