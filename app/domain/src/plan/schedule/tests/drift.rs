//! What differs from a schedule that stands, and what does not.

use super::*;

#[test]
fn thirty_days_of_an_untouched_schedule_are_no_drift_and_a_minute_edited_is_exactly_one() {
    let schedule = schedule(&json!({
        "overrides": [{"from": "2026-03-10T10:00:00+09:00", "until": "2026-03-10T12:00:00+09:00",
            "capacity": {"min": 8, "desired": 8, "max": 9}, "reason": "sale"}],
    }));
    let live = [group()];
    let plan = planned(&schedule, &situation(&live, at(NOW)));
    let mut live = carried_out(&live, &plan).remove(0);
    let minute = MINUTE_MS;
    for passed in (0..30 * 24 * 60).step_by(5) {
        let now = at(NOW).plus_ms(passed * minute);
        // AWS fires, forgets what has run once, and tells the next run as the start.
        for action in &mut live.actions {
            let fires = cron::next_firing(TargetKind::Asg, action, now.plus_ms(-1)).expect("read");
            if fires == Some(now) {
                live.capacity = live.capacity.with(action.capacity);
            }
        }
        live.actions
            .retain(|action| !matches!(action.timing, Timing::Once { at } if at <= now));
        if passed % 7 != 0 {
            continue;
        }
        let mut told = live.clone();
        for action in &mut told.actions {
            action.next_run_at = cron::next_firing(TargetKind::Asg, action, now).expect("read");
            if let Timing::Recurring { starts_at, .. } = &mut action.timing {
                *starts_at = None;
            }
        }
        assert_eq!(differences(&schedule, &plan, &told, now), [], "{now}");
    }
    let now = at("2026-03-20T03:00:00Z");
    for action in &mut live.actions {
        if let Timing::Recurring { expression, .. } = &mut action.timing
            && expression.starts_with("0 8 ")
        {
            *expression = expression.replacen("0 8 ", "1 8 ", 1);
        }
    }
    live.capacity = Capacity {
        min: 2,
        desired: 2,
        max: 6,
    };
    let found = differences(&schedule, &plan, &live, now);
    assert!(
        matches!(found.as_slice(), [Difference::ActionDiffers { .. }]),
        "{found:?}"
    );
    live.actions.clear();
    assert!(
        differences(&schedule, &plan, &live, now)
            .iter()
            .all(|found| matches!(found, Difference::ActionMissing { .. }))
    );
    live.capacity.max = 40;
    let found = differences(&schedule, &plan, &live, now);
    assert!(
        found
            .iter()
            .any(|found| matches!(found, Difference::Number { .. }))
    );
}
