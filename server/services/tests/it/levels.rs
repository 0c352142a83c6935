//! What is only on or off, and node groups: AWS itself stops them in the evening and
//! starts them in the morning, and what a kill leaves is made good.

use crate::{
    schedules::{killed_at, leap_to_hour, listed, until_hour},
    story::{applied, audit_is_whole, proposed},
};
use domain::{
    capacity::{Capacity, Target},
    changes::Change,
    people::Role,
    plan::{Call, Difference},
    schedules::{Power, Schedule},
    time::{DAY_MS, HOUR_MS, MINUTE_MS},
};
use serde_json::{Value, json};
use testkit::{Backing, Harness, story};

pub const DATABASE: &str = "staging-course-db";
const CLUSTER: &str = "dev-reports";
pub const MACHINES: &str = "Schedule=office";
const NODES: &str = "dev/runners";

/// On by day, off from eight to eight.
async fn nights(h: &Harness, name: &str, of: &str, target: Value) -> Change {
    let (day, night) = match of {
        NODES => (
            json!({"min": 1, "desired": 3, "max": 6}),
            json!({"min": 0, "desired": 0}),
        ),
        _ => (json!({"state": "running"}), json!({"state": "stopped"})),
    };
    let schedule = json!({
        "name": name,
        "timezone": "Asia/Seoul",
        "targets": [target],
        "base": day,
        "windows": [{"name": "night", "from": "20:00", "to": "08:00", "capacity": night}],
    });
    let schedule: Schedule = serde_json::from_value(schedule).expect("a schedule");
    Change::ApplySchedule {
        scope: h.live(of).await.reference.scope,
        schedule: Box::new(schedule),
        takes_over: vec![],
        reason: "nobody works at night".into(),
    }
}

pub async fn database_nights(h: &Harness) -> Change {
    nights(h, "database-nights", DATABASE, json!({"rds": DATABASE})).await
}

async fn is_on(h: &Harness, name: &str) -> (u32, u32) {
    let live = h.live(name).await;
    (live.capacity.desired, live.in_service)
}

story!(
    everything_that_can_be_off_is_off_at_night_without_the_console,
    |h| async move {
        until_hour(&h, 12).await;
        let tag = json!({"ec2_tag": {"key": "Schedule", "value": "office"}});
        for (name, of, target) in [
            ("database-nights", DATABASE, json!({"rds": DATABASE})),
            ("cluster-nights", CLUSTER, json!({"rds_cluster": CLUSTER})),
            ("machine-nights", MACHINES, tag),
            ("node-nights", NODES, json!({"eks": NODES})),
        ] {
            let change = nights(&h, name, of, target).await;
            applied(&h, change).await;
            let live = h.live(of).await;
            assert_eq!((live.actions.len(), live.timers.len()), (0, 2), "{of}");
        }
        audit_is_whole(&h).await;
        let on = [(DATABASE, 1), (CLUSTER, 1), (MACHINES, 4), (NODES, 3)];

        // Nobody looks; AWS keeps the time.
        h.step(8 * HOUR_MS + 10 * MINUTE_MS);
        for (name, _) in on {
            assert_eq!(is_on(&h, name).await, (0, 0), "{name} at night");
        }
        // What is stopped is still there; nodes are gone.
        let kept = [DATABASE, CLUSTER, MACHINES, NODES];
        let mut members = Vec::new();
        for name in kept {
            members.push(h.live(name).await.instances.len());
        }
        assert_eq!(members, [1, 2, 4, 0]);

        // Each takes its time to start.
        h.step(11 * HOUR_MS + 42 * MINUTE_MS);
        assert_eq!(is_on(&h, DATABASE).await, (1, 0), "on its way");
        h.step(10 * MINUTE_MS);
        for (name, count) in on {
            assert_eq!(is_on(&h, name).await, (count, count), "{name} by day");
        }
        h.drain().await;
        for row in listed(&h).await {
            assert_eq!((row.rule.as_str(), row.drift), ("base", 0), "{}", row.name);
        }
    }
);

story!(
    what_is_applied_at_night_is_stopped_at_once_and_people_know_before,
    |h| async move {
        until_hour(&h, 21).await;
        let preview = h
            .as_role(Role::Operator)
            .preview_change(database_nights(&h).await.into())
            .await
            .expect("a preview");
        assert!(!preview.blocked, "{:?}", preview.plan.findings);
        let rules: Vec<_> = preview.plan.findings.iter().map(|one| one.rule()).collect();
        assert_eq!(rules, ["stops-now", "disks-billed"]);
        applied(&h, database_nights(&h).await).await;
        assert_eq!(h.live(DATABASE).await.power(), Some(Power::Stopped));
        h.fast_forward(20 * MINUTE_MS).await;
        assert_eq!(listed(&h).await[0].drift, 0);
    }
);

/// What is stopped has the timers that start it.
fn has_its_way_back(live: &Target) -> bool {
    live.power() != Some(Power::Stopped) || live.timers.len() == 2
}

#[tokio::test]
async fn a_kill_between_any_two_writes_never_leaves_a_database_off_for_good() {
    let mut points = 0;
    loop {
        let h = Harness::start(Backing::Sqlite).await;
        leap_to_hour(&h, 21).await;
        let change = database_nights(&h).await;
        let (h, killed) = killed_at(h, points, change, (DATABASE, has_its_way_back)).await;
        let live = h.live(DATABASE).await;
        assert_eq!(live.power(), Some(Power::Stopped), "killed at {points}");
        assert_eq!(live.timers.len(), 2, "killed at {points}");
        if !killed {
            break;
        }
        points += 1;
    }
    assert!(points > 9, "{points}");
}

story!(
    what_somebody_starts_at_night_is_drift_and_is_put_back,
    |h| async move {
        until_hour(&h, 21).await;
        let change = database_nights(&h).await;
        applied(&h, change.clone()).await;
        h.fast_forward(20 * MINUTE_MS).await;
        h.by_hand(&Call::SetPower {
            target: h.live(DATABASE).await.reference,
            power: Power::Running,
            instances: vec![],
        })
        .await;
        h.fast_forward(10 * MINUTE_MS).await;
        let viewer = h.as_role(Role::Viewer);
        let detail = viewer.schedule("database-nights".into()).await;
        let found = Difference::Power {
            expected: Power::Stopped,
            on: 1,
            all: 1,
        };
        assert_eq!(detail.expect("a schedule").differences, [found]);
        applied(&h, change).await;
        h.fast_forward(20 * MINUTE_MS).await;
        assert_eq!(listed(&h).await[0].drift, 0);
        assert_eq!(h.live(DATABASE).await.power(), Some(Power::Stopped));
    }
);

story!(
    a_database_that_aws_starts_after_seven_days_is_stopped_again_and_no_drift,
    |h| async move {
        let Change::ApplySchedule { scope, .. } = database_nights(&h).await else {
            panic!("it applies one");
        };
        let schedule = json!({
            "name": "closed",
            "timezone": "Asia/Seoul",
            "targets": [{"rds": DATABASE}],
            "base": {"state": "stopped"},
        });
        let change = Change::ApplySchedule {
            scope,
            schedule: Box::new(serde_json::from_value(schedule).expect("a schedule")),
            takes_over: vec![],
            reason: "the courses are over".into(),
        };
        applied(&h, change).await;
        let mut hours_on = 0;
        for _ in 0..10 * 24 {
            h.step(HOUR_MS);
            hours_on += h.live(DATABASE).await.capacity.desired;
        }
        assert!((1..=3).contains(&hours_on), "{hours_on} hours");
        h.fast_forward(DAY_MS).await;
        assert_eq!(listed(&h).await[0].drift, 0);
    }
);

story!(
    what_has_no_scheduled_actions_takes_no_scale_event,
    |h| async move {
        let until = h.now().plus_ms(2 * HOUR_MS);
        let hold = domain::scale_events::Hold::AtLeast;
        let event = h.event(NODES, hold, 5, None, until).await;
        let operator = h.as_role(Role::Operator);
        let error = operator.propose_change(event.into(), None).await;
        let error = error.expect_err("nothing would bring it back");
        assert!(error.fields.iter().any(|field| field.field == "target"));
        let id = proposed(&h, database_nights(&h).await).await;
        let plan = h.change(id).await.plan;
        let before = plan.schedule().expect("a schedule's").targets[0].before;
        assert_eq!(before, Capacity::switched(1, 1));
    }
);
