//! What is only on or off, started and stopped now by two people, with what switches it
//! back told before.

use crate::{
    levels::{DATABASE, MACHINES, database_nights},
    schedules::{listed, until_hour},
    story::{SCALED, applied, audit_is_whole, called, proposed, refused},
};
use api::ErrorCode;
use domain::{
    changes::{Change, ChangeState},
    checks::Finding,
    people::Role,
    plan::{Call, Effect},
    schedules::Power,
    time::{DAY_MS, HOUR_MS, MINUTE_MS},
};
use ports::CloudErrorKind;
use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};
use testkit::{Asked, Backing, Harness, story};

pub async fn switched(h: &Harness, target: &str, power: Power) -> Change {
    Change::SetPower {
        target: h.target_id(target).await,
        power,
        reason: "nobody works today".into(),
    }
}

async fn found(h: &Harness, change: &Change) -> Vec<Finding> {
    let operator = h.as_role(Role::Operator);
    let preview = operator.preview_change(change.clone().into()).await;
    preview.expect("a preview").plan.findings
}

fn rules(findings: &[Finding]) -> Vec<&'static str> {
    findings.iter().map(Finding::rule).collect()
}

story!(
    a_database_is_stopped_now_and_its_schedule_starts_it_again,
    |h| async move {
        until_hour(&h, 12).await;
        let nights = database_nights(&h).await;
        applied(&h, nights).await;
        let stop = switched(&h, DATABASE, Power::Stopped).await;
        let told = found(&h, &stop).await;
        assert_eq!(rules(&told), ["stops-now", "disks-billed", "switched-back"]);
        let morning = told.iter().find_map(|one| match one {
            Finding::SwitchedBack { schedule, at, .. } => Some((schedule.as_str(), *at)),
            _ => None,
        });
        let (schedule, morning) = morning.expect("its schedule");
        assert_eq!(schedule, "database-nights");

        let before = h.cloud.writes().len();
        let id = applied(&h, stop).await;
        let writes = h.cloud.writes().split_off(before);
        assert_eq!(called(&writes), ["rds:StopDBInstance"]);
        assert_eq!(h.live(DATABASE).await.power(), Some(Power::Stopped));
        let Effect::Power(effect) = h.change(id).await.plan.effect else {
            panic!("it switches");
        };
        let named: Vec<_> = effect
            .before
            .iter()
            .map(|one| (one.id.as_str(), one.on))
            .collect();
        assert_eq!(named, [(DATABASE, true)]);
        h.fast_forward(20 * MINUTE_MS).await;
        assert_eq!(
            listed(&h).await[0].drift,
            1,
            "the schedule wants it running"
        );

        // AWS itself starts it at the time that was told.
        h.step(morning.since_ms(h.now()) + 20 * MINUTE_MS);
        h.drain().await;
        assert_eq!(h.live(DATABASE).await.power(), Some(Power::Running));
        assert_eq!(listed(&h).await[0].drift, 0);
        audit_is_whole(&h).await;
    }
);

story!(
    machines_are_named_one_by_one_and_stay_until_somebody_starts_them,
    |h| async move {
        let stop = switched(&h, MACHINES, Power::Stopped).await;
        let told = rules(&found(&h, &stop).await);
        assert_eq!(told, ["stops-now", "disks-billed", "stays-switched"]);
        let id = applied(&h, stop.clone()).await;
        let ids: Vec<_> = h
            .live(MACHINES)
            .await
            .instances
            .into_iter()
            .map(|one| one.id)
            .collect();
        let called = &h.change(id).await.steps[0].calls[0];
        let named: Vec<_> = called.parameters.iter().map(|(_, id)| id.clone()).collect();
        assert_eq!((called.action.as_str(), named), ("ec2:StopInstances", ids));
        h.fast_forward(2 * DAY_MS).await;
        assert_eq!(h.live(MACHINES).await.power(), Some(Power::Stopped));

        let again = h
            .as_role(Role::Operator)
            .propose_change(stop.into(), None)
            .await;
        let error = refused(again, ErrorCode::Invalid);
        assert!(error.fields[0].message.contains("so already"), "{error:?}");
        let start = switched(&h, MACHINES, Power::Running).await;
        applied(&h, start).await;
        h.fast_forward(10 * MINUTE_MS).await;
        let live = h.live(MACHINES).await;
        assert_eq!(live.in_service, live.capacity.max);
    }
);

story!(
    what_aws_starts_after_seven_days_is_told_before_it_is_stopped,
    |h| async move {
        let stop = switched(&h, DATABASE, Power::Stopped).await;
        let told = rules(&found(&h, &stop).await);
        assert_eq!(told, ["stops-now", "aws-starts-it-later", "disks-billed"]);
        applied(&h, stop).await;
        h.step(7 * DAY_MS - HOUR_MS);
        assert_eq!(h.live(DATABASE).await.power(), Some(Power::Stopped));
        h.step(2 * HOUR_MS);
        assert_eq!(h.live(DATABASE).await.power(), Some(Power::Running));
    }
);

story!(
    an_approval_is_for_the_machines_as_they_ran,
    |h| async move {
        let id = proposed(&h, switched(&h, MACHINES, Power::Stopped).await).await;
        let live = h.live(MACHINES).await;
        h.by_hand(&Call::SetPower {
            instances: live.instances.into_iter().map(|one| one.id).collect(),
            target: live.reference,
            power: Power::Stopped,
        })
        .await;
        refused(h.approve(Role::Approver, id).await, ErrorCode::Conflict);
        let detail = h.change(id).await;
        assert_eq!(
            (detail.row.state, detail.revision),
            (ChangeState::Proposed, 2)
        );
        assert_eq!(rules(&detail.plan.findings), ["already-so"]);
    }
);

story!(
    what_has_sizes_is_neither_started_nor_stopped,
    |h| async move {
        let operator = h.as_role(Role::Operator);
        let stop = switched(&h, SCALED, Power::Stopped).await;
        let error = refused(
            operator.propose_change(stop.into(), None).await,
            ErrorCode::Invalid,
        );
        assert_eq!(error.fields[0].field, "power");
        let viewer = h.as_role(Role::Viewer);
        let stop = switched(&h, MACHINES, Power::Stopped).await;
        refused(
            viewer.propose_change(stop.into(), None).await,
            ErrorCode::Forbidden,
        );
    }
);

story!(
    a_call_that_may_have_been_made_is_taken_back_when_it_fails_for_good,
    |h| async move {
        let id = h
            .approved(switched(&h, MACHINES, Power::Stopped).await)
            .await;
        h.cloud.script(Box::new(|asked| match asked {
            Asked::CarryOut(Call::SetPower {
                power: Power::Stopped,
                ..
            }) => Some(CloudErrorKind::Unavailable),
            _ => None,
        }));
        h.pass(HOUR_MS).await;
        let detail = h.change(id).await;
        assert_eq!(detail.row.state, ChangeState::Failed, "{:?}", detail.result);
        let tried: Vec<_> = detail
            .story
            .iter()
            .map(|line| line.action.as_str())
            .collect();
        assert!(tried.contains(&"change.undo"), "{tried:?}");
        assert_eq!(h.live(MACHINES).await.power(), Some(Power::Running));
        audit_is_whole(&h).await;
    }
);

#[tokio::test]
async fn a_kill_between_any_two_writes_stops_it_once() {
    let mut point = 0;
    loop {
        let mut h = Harness::start(Backing::Sqlite).await;
        let id = h
            .approved(switched(&h, DATABASE, Power::Stopped).await)
            .await;
        let passed = Arc::new(AtomicU32::new(0));
        let counter = passed.clone();
        let crash = move |_| counter.fetch_add(1, Ordering::SeqCst) == point;
        h.restart_with(Arc::new(crash)).await;
        h.drain().await;
        let killed = passed.load(Ordering::SeqCst) > point;
        h.restart().await;
        h.fast_forward(2 * MINUTE_MS).await;
        let detail = h.change(id).await;
        assert_eq!(
            detail.row.state,
            ChangeState::Applied,
            "killed at {point}: {:?}",
            detail.result
        );
        assert_eq!(h.live(DATABASE).await.power(), Some(Power::Stopped));
        assert_eq!(h.cloud.writes().len(), 1, "killed at {point}");
        audit_is_whole(&h).await;
        if !killed {
            break;
        }
        point += 1;
    }
    assert!(point > 6, "{point}");
}
