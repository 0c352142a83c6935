//! Schedules that change how a group buys its instances: AWS itself does it at night,
//! and what a kill leaves is made good.

use crate::{
    schedules::{has_actions, killed_at, listed, until_hour},
    story::{applied, audit_is_whole, called, proposed, refused},
};
use api::ErrorCode;
use domain::{
    aws_timing::Effect,
    capacity::{Purchase, SpotMix},
    changes::{Change, ChangeState},
    checks::Finding,
    mixes::{Mix, SpotStrategy},
    people::Role,
    plan::{Call, Difference},
    schedules::{Schedule, ScheduleName, SpotShare},
    time::{DAY_MS, HOUR_MS, MINUTE_MS},
};
use serde_json::json;
use testkit::{Backing, Harness, story};

/// A group with a mixed instances policy and scheduled actions that people made.
const GROUP: &str = "batch-dev";

const DAY: SpotShare = SpotShare {
    on_demand_base: 0,
    on_demand_percent: 100,
};
const NIGHT: SpotShare = SpotShare {
    on_demand_base: 1,
    on_demand_percent: 0,
};

/// From one to five four machines; from midnight to six bought as spot but for one.
async fn spot_nights(h: &Harness) -> Change {
    let schedule = json!({
        "name": "spot-nights",
        "timezone": "Asia/Seoul",
        "targets": [{"asg": GROUP}],
        "base": {"min": 0, "desired": 0, "max": 6, "spot": DAY},
        "windows": [
            {"name": "night", "from": "00:00", "to": "06:00", "capacity": {"spot": NIGHT}},
            {"name": "batch", "from": "01:00", "to": "05:00",
                "capacity": {"desired": 4, "spot": NIGHT}},
        ],
    });
    let schedule: Schedule = serde_json::from_value(schedule).expect("a schedule");
    Change::ApplySchedule {
        scope: h.live(GROUP).await.reference.scope,
        schedule: Box::new(schedule),
        takes_over: ["batch-begins", "batch-ends"].map(str::to_owned).to_vec(),
        reason: "spot is cheaper at night".into(),
    }
}

async fn share(h: &Harness) -> SpotShare {
    let mix = h.live(GROUP).await.mix;
    mix.map(SpotMix::share).expect("a mix")
}

async fn bought(h: &Harness, purchase: Purchase) -> usize {
    let instances = h.live(GROUP).await.instances;
    let serving = instances.iter().filter(|instance| instance.in_service());
    serving.filter(|one| one.purchase == purchase).count()
}

story!(
    at_night_a_group_buys_spot_without_the_console,
    |h| async move {
        until_hour(&h, 12).await;
        let change = spot_nights(&h).await;
        applied(&h, change).await;
        let live = h.live(GROUP).await;
        assert_eq!((live.actions.len(), live.timers.len()), (2, 2));
        assert_eq!(share(&h).await, DAY);
        audit_is_whole(&h).await;

        // Nobody looks; AWS keeps the time.
        h.step(14 * HOUR_MS);
        assert_eq!(share(&h).await, NIGHT);
        assert_eq!(bought(&h, Purchase::OnDemand).await, 1);
        assert_eq!(bought(&h, Purchase::Spot).await, 3);
        h.step(10 * HOUR_MS);
        assert_eq!(share(&h).await, DAY);
        assert_eq!(bought(&h, Purchase::Spot).await, 0);
        h.drain().await;
        let row = &listed(&h).await[0];
        assert_eq!((row.rule.as_str(), row.drift), ("base", 0));
    }
);

story!(
    what_runs_stays_until_it_is_replaced_and_people_know_before,
    |h| async move {
        until_hour(&h, 2).await;
        let spot = bought(&h, Purchase::Spot).await;
        assert!(spot > 0);
        let preview = h
            .as_role(Role::Operator)
            .preview_change(spot_nights(&h).await.into())
            .await
            .expect("a preview");
        assert!(!preview.blocked, "{:?}", preview.plan.findings);
        let stay = preview.plan.findings.iter();
        let stay = stay.filter(|finding| finding.rule() == "instances-stay");
        assert_eq!(stay.count(), 1);
        applied(&h, spot_nights(&h).await).await;
        assert_eq!(share(&h).await, NIGHT);
        assert_eq!(bought(&h, Purchase::Spot).await, spot);
    }
);

story!(
    a_timer_somebody_deleted_is_drift_and_the_mix_is_shown_ahead,
    |h| async move {
        until_hour(&h, 12).await;
        let change = spot_nights(&h).await;
        applied(&h, change.clone()).await;
        h.fast_forward(2 * MINUTE_MS).await;
        let row = listed(&h).await.remove(0);
        assert_eq!(row.drift, 0);
        let live = h.live(GROUP).await;
        let detail = h
            .as_role(Role::Viewer)
            .target(h.target_id(GROUP).await)
            .await;
        let runs = detail.expect("the target").runs;
        let next: Vec<_> = runs.iter().take(3).map(|next| next.sets).collect();
        assert_eq!(next, [NIGHT, DAY, NIGHT].map(Effect::Mix));

        let name = live.timers[0].object.name.clone();
        h.by_hand(&Call::DeleteTimer {
            target: live.reference,
            name: name.clone(),
        })
        .await;
        h.fast_forward(2 * MINUTE_MS).await;
        let viewer = h.as_role(Role::Viewer);
        let detail = viewer.schedule("spot-nights".into()).await;
        let missing = Difference::ActionMissing { action: name };
        assert_eq!(detail.expect("a schedule").differences, [missing]);
        applied(&h, change).await;
        h.fast_forward(2 * MINUTE_MS).await;
        assert_eq!(listed(&h).await[0].drift, 0);
        assert_eq!(h.live(GROUP).await.timers.len(), 2);
    }
);

story!(
    days_go_by_without_drift_and_a_removal_takes_the_timers_along,
    |h| async move {
        applied(&h, spot_nights(&h).await).await;
        for _ in 0..5 {
            h.fast_forward(DAY_MS).await;
            h.fast_forward(10 * MINUTE_MS).await;
            assert_eq!(listed(&h).await[0].drift, 0, "{}", h.now());
        }
        let remove = Change::RemoveSchedule {
            schedule: ScheduleName::new("spot-nights").expect("a name"),
            reason: "spot is dear now".into(),
        };
        let id = applied(&h, remove).await;
        assert_eq!(h.change(id).await.row.state, ChangeState::Applied);
        let live = h.live(GROUP).await;
        assert_eq!((live.actions.len(), live.timers.len()), (0, 0));
    }
);

async fn set_now(h: &Harness, target: &str, share: SpotShare) -> Change {
    Change::SetMix {
        target: h.target_id(target).await,
        mix: Mix {
            share,
            strategy: Some(SpotStrategy::CapacityOptimized),
        },
        refresh: None,
        reason: "spot is interrupted today".into(),
    }
}

story!(
    a_mix_is_set_now_and_its_schedule_sets_it_back_at_the_time_that_was_told,
    |h| async move {
        until_hour(&h, 12).await;
        let change = spot_nights(&h).await;
        applied(&h, change).await;
        let wanted = SpotShare {
            on_demand_base: 2,
            on_demand_percent: 50,
        };
        let set = set_now(&h, GROUP, wanted).await;
        let preview = h
            .as_role(Role::Operator)
            .preview_change(set.clone().into())
            .await;
        let findings = preview.expect("a preview").plan.findings;
        let back = findings.iter().find_map(|finding| match finding {
            Finding::MixSetBack {
                schedule,
                at,
                share,
            } => Some((schedule.clone(), *at, *share)),
            _ => None,
        });
        let (schedule, at, share_then) = back.expect("its schedule");
        assert_eq!((schedule.as_str(), share_then), ("spot-nights", NIGHT));

        let before = h.cloud.writes().len();
        applied(&h, set).await;
        let writes = h.cloud.writes().split_off(before);
        assert_eq!(called(&writes), ["autoscaling:UpdateAutoScalingGroup"]);
        assert_eq!(share(&h).await, wanted);
        let strategy = h.live(GROUP).await.mix.and_then(|mix| mix.strategy);
        assert_eq!(strategy, Some(SpotStrategy::CapacityOptimized));
        h.step(at.since_ms(h.now()) + 5 * MINUTE_MS);
        assert_eq!(share(&h).await, NIGHT);
        let strategy = h.live(GROUP).await.mix.and_then(|mix| mix.strategy);
        assert_eq!(
            strategy,
            Some(SpotStrategy::CapacityOptimized),
            "it names none"
        );
        audit_is_whole(&h).await;
    }
);

story!(
    an_approval_of_a_mix_is_for_the_mix_as_it_was,
    |h| async move {
        let wanted = SpotShare {
            on_demand_base: 2,
            on_demand_percent: 0,
        };
        let id = proposed(&h, set_now(&h, GROUP, wanted).await).await;
        h.by_hand(&Call::SetMix {
            target: h.live(GROUP).await.reference,
            mix: DAY.into(),
        })
        .await;
        refused(h.approve(Role::Approver, id).await, ErrorCode::Conflict);
        h.approve(Role::Approver, id).await.expect("seen anew");
        h.drain().await;
        assert_eq!(share(&h).await, wanted);
        // What is not bought by a policy cannot be mixed.
        let nowhere = set_now(&h, "prod/checkout", wanted).await;
        let operator = h.as_role(Role::Operator);
        refused(
            operator.propose_change(nowhere.into(), None).await,
            ErrorCode::Invalid,
        );
    }
);

#[tokio::test]
async fn a_kill_between_any_two_writes_leaves_timers_that_converge() {
    let mut points = 0;
    loop {
        let h = Harness::start(Backing::Sqlite).await;
        let change = spot_nights(&h).await;
        let (h, killed) = killed_at(h, points, change, (GROUP, has_actions)).await;
        let live = h.live(GROUP).await;
        let objects = (live.actions.len(), live.timers.len());
        assert_eq!(objects, (2, 2), "killed at {points}");
        if !killed {
            break;
        }
        points += 1;
    }
    assert!(points > 12, "{points}");
}
