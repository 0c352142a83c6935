//! What AWS does by itself, switched off and on again: processes of a target, and the
//! actions of an alarm.

use crate::story::{SCALED, applied, at_least_now, audit_is_whole, called, proposed, refused};
use api::{
    ErrorCode,
    alarms::{AlarmDetail, AlarmQuery},
};
use domain::{
    changes::{Change, ChangeState},
    checks::Finding,
    ids::AlarmId,
    people::{Reach, Role},
    plan::Call,
    processes::Process,
    time::{DAY_MS, HOUR_MS, MINUTE_MS},
};
use ports::CloudErrorKind;
use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};
use testkit::{Asked, Harness, story};

/// A group with two scheduled actions of nobody's.
const NIGHTLY: &str = "api-prod";
/// A group that two alarms scale, and one of them.
const WORKER: (&str, &str) = ("worker-prod", "worker-prod-queue-age-high");

async fn switched(h: &Harness, target: &str, processes: &[Process], suspended: bool) -> Change {
    Change::SetProcesses {
        target: h.target_id(target).await,
        processes: processes.to_vec(),
        suspended,
        reason: "the template is being repaired".into(),
    }
}

fn rules(findings: &[Finding]) -> Vec<&'static str> {
    findings.iter().map(Finding::rule).collect()
}

story!(
    suspended_processes_stay_out_until_they_are_resumed,
    |h| async move {
        let suspend = switched(&h, NIGHTLY, &[Process::ScheduledActions], true).await;
        let preview = h
            .as_role(Role::Operator)
            .preview_change(suspend.clone().into())
            .await;
        let found = rules(&preview.expect("a preview").plan.findings);
        let stops = found.iter().filter(|rule| **rule == "stops-runs").count();
        assert_eq!(stops, 2, "each of its actions stays out: {found:?}");
        assert!(found.contains(&"until-resumed"), "{found:?}");

        let id = applied(&h, suspend).await;
        assert_eq!(called(&h.cloud.writes()), ["autoscaling:SuspendProcesses"]);
        assert_eq!(h.live(NIGHTLY).await.suspended, ["ScheduledActions"]);
        assert_eq!(h.change(id).await.row.phase, None);
        // The evening comes without its floor.
        let before = h.live(NIGHTLY).await.capacity.min;
        h.fast_forward(10 * HOUR_MS).await;
        assert_eq!(h.live(NIGHTLY).await.capacity.min, before);

        let resume = switched(&h, NIGHTLY, &[Process::ScheduledActions], false).await;
        applied(&h, resume).await;
        assert!(h.live(NIGHTLY).await.suspended.is_empty());
        h.fast_forward(DAY_MS).await;
        assert_ne!(h.live(NIGHTLY).await.capacity.min, before);
        audit_is_whole(&h).await;
    }
);

story!(
    nobody_suspends_the_way_back_of_a_scale_event,
    |h| async move {
        applied(&h, at_least_now(&h, SCALED, 12).await).await;
        let suspend = switched(&h, SCALED, &[Process::ScheduledActions], true).await;
        let operator = h.as_role(Role::Operator);
        let error = refused(
            operator.propose_change(suspend.into(), None).await,
            ErrorCode::Invalid,
        );
        assert_eq!(error.fields[0].field, "processes");
        assert!(error.fields[0].message.contains("bring the capacity back"));
        // What the return does not need can be.
        let rebalance = switched(&h, SCALED, &[Process::AzRebalance], true).await;
        applied(&h, rebalance).await;
    }
);

story!(
    processes_are_chosen_among_those_of_the_target,
    |h| async move {
        let operator = h.as_role(Role::Operator);
        let check = async |change: Change, words: &str| {
            let answer = operator.propose_change(change.into(), None).await;
            let error = refused(answer, ErrorCode::Invalid);
            let told: Vec<_> = error.fields.iter().map(|at| &at.message).collect();
            assert!(told.iter().any(|told| told.contains(words)), "{told:?}");
        };
        check(switched(&h, SCALED, &[], true).await, "at least one").await;
        let foreign = switched(&h, SCALED, &[Process::DynamicScalingIn], true).await;
        check(foreign, "no process").await;
        let running = switched(&h, SCALED, &[Process::Launch], false).await;
        check(running, "It is so already").await;
        let viewer = h.as_role(Role::Viewer);
        let suspend = switched(&h, SCALED, &[Process::Launch], true).await;
        refused(
            viewer.propose_change(suspend.into(), None).await,
            ErrorCode::Forbidden,
        );
    }
);

story!(
    an_approval_is_for_the_switches_as_they_stood,
    |h| async move {
        let wanted = [Process::Launch, Process::Terminate];
        let id = proposed(&h, switched(&h, SCALED, &wanted, true).await).await;
        let target = h.live(SCALED).await.reference;
        h.by_hand(&Call::SetProcesses {
            target,
            suspend: vec![Process::Launch],
            resume: vec![],
        })
        .await;
        refused(h.approve(Role::Approver, id).await, ErrorCode::Conflict);
        let detail = h.change(id).await;
        assert_eq!(
            (detail.row.state, detail.revision),
            (ChangeState::Proposed, 2)
        );
        h.approve(Role::Approver, id).await.expect("seen anew");
        h.drain().await;
        assert_eq!(h.live(SCALED).await.suspended, ["Launch", "Terminate"]);
        // Only what was not so yet was asked of AWS.
        let parameters = h.change(id).await.steps[0].calls[0].parameters.clone();
        let last = parameters.last().map(|(_, value)| value.as_str());
        assert_eq!((parameters.len(), last), (2, Some("Terminate")));
    }
);

story!(
    a_switch_that_a_kill_interrupts_is_looked_for_and_not_lost,
    |h| async move {
        let mut h = h;
        let id = h
            .approved(switched(&h, "prod/checkout", &[Process::DynamicScalingIn], true).await)
            .await;
        // The kill comes between the call and the note that it was made.
        let seen = Arc::new(AtomicU32::new(0));
        let count = seen.clone();
        let crash = move |point| {
            point == services::work::CrashPoint::AfterCall
                && count.fetch_add(1, Ordering::Relaxed) == 0
        };
        h.restart_with(Arc::new(crash)).await;
        h.drain().await;
        assert_eq!(h.change(id).await.row.state, ChangeState::Applying);
        h.restart().await;
        h.pass(5 * MINUTE_MS).await;
        let detail = h.change(id).await;
        assert_eq!(
            detail.row.state,
            ChangeState::Applied,
            "{:?}",
            detail.result
        );
        assert_eq!(h.cloud.writes().len(), 1, "it is not asked for twice");
        let suspended = h.live("prod/checkout").await.suspended;
        assert_eq!(suspended, ["DynamicScalingIn"]);
    }
);

story!(
    a_refused_switch_changes_nothing_and_says_why,
    |h| async move {
        let id = h
            .approved(switched(&h, SCALED, &[Process::Launch], true).await)
            .await;
        h.cloud.script(Box::new(|asked| {
            matches!(asked, Asked::CarryOut(_)).then_some(CloudErrorKind::Denied)
        }));
        h.drain().await;
        let detail = h.change(id).await;
        assert_eq!(detail.row.state, ChangeState::Failed);
        assert!(
            detail.result[0].contains("may not do this"),
            "{:?}",
            detail.result
        );
        assert!(h.live(SCALED).await.suspended.is_empty());
    }
);

async fn alarm(h: &Harness, name: &str) -> AlarmDetail {
    let admin = h.as_role(Role::Admin);
    let query = AlarmQuery {
        text: name.into(),
        ..AlarmQuery::default()
    };
    let found = admin.list_alarms(query).await.expect("alarms").rows;
    let row = found.into_iter().find(|row| row.name == name);
    let id = row.expect("the alarm").id;
    admin.alarm(id).await.expect("the alarm")
}

fn told(alarm: AlarmId, enabled: bool) -> Change {
    Change::SetAlarmActions {
        alarm,
        enabled,
        reason: "it cries wolf".into(),
    }
}

story!(
    muting_an_alarm_names_the_policy_that_hangs_on_it,
    |h| async move {
        let (group, name) = WORKER;
        let before = alarm(&h, name).await;
        assert!(before.actions_enabled);
        let mute = told(before.row.id, false);
        let preview = h
            .as_role(Role::Operator)
            .preview_change(mute.clone().into())
            .await;
        let preview = preview.expect("a preview");
        let hit = preview.plan.findings.iter().any(
            |finding| matches!(finding, Finding::MutesPolicy { target, .. } if target == group),
        );
        assert!(hit, "{:?}", preview.plan.findings);

        let id = applied(&h, mute).await;
        assert_eq!(
            called(&h.cloud.writes()),
            ["cloudwatch:DisableAlarmActions"]
        );
        let row = h.change(id).await.row;
        assert_eq!((row.target, row.target_name.as_str()), (None, name));
        h.pass(MINUTE_MS).await;
        assert!(!alarm(&h, name).await.actions_enabled);

        applied(&h, told(before.row.id, true)).await;
        h.pass(MINUTE_MS).await;
        assert!(alarm(&h, name).await.actions_enabled);
        audit_is_whole(&h).await;
    }
);

story!(
    alarms_are_switched_by_the_people_of_their_environment,
    |h| async move {
        let id = alarm(&h, WORKER.1).await.row.id;
        let reach = Reach::Only(vec!["dev".into()]);
        let stranger = h.person("stranger", Role::Admin, reach).await;
        let answer = h
            .of(&stranger)
            .propose_change(told(id, false).into(), None)
            .await;
        refused(answer, ErrorCode::NotFound);
        let viewer = h.as_role(Role::Viewer);
        let answer = viewer.propose_change(told(id, false).into(), None).await;
        refused(answer, ErrorCode::Forbidden);
        let operator = h.as_role(Role::Operator);
        let answer = operator.propose_change(told(id, true).into(), None).await;
        let error = refused(answer, ErrorCode::Invalid);
        assert!(error.fields[0].message.contains("so already"), "{error:?}");
    }
);

story!(
    what_could_not_be_read_back_is_told_by_the_next_poll,
    |h| async move {
        let id = alarm(&h, WORKER.1).await.row.id;
        let mute = h.approved(told(id, false)).await;
        // It is looked at when it begins, and then not any more.
        let looks = Arc::new(AtomicU32::new(0));
        h.cloud.script(Box::new(move |asked| match asked {
            Asked::Alarm(_) if looks.fetch_add(1, Ordering::Relaxed) > 0 => {
                Some(CloudErrorKind::Denied)
            }
            _ => None,
        }));
        h.drain().await;
        let state = h.change(mute).await.row.state;
        assert_eq!(state, ChangeState::AppliedWithDifference);
        h.pass(5 * MINUTE_MS).await;
        assert_eq!(h.change(mute).await.row.state, ChangeState::Applied);
    }
);
