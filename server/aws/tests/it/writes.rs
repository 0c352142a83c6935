//! What people approve is what goes out: every write, on the wire, against the
//! parameters that `Call::aws` shows.

use crate::{
    peers::{group, service, timer_role},
    wire::{ACCOUNT, Answer, Asked, Wire, cloud, cloud_with_timers},
};
use domain::{
    alarms::{
        AlarmRef, MetricRef,
        definition::{AlarmDefinition, MissingData},
    },
    aws_timing::{FlexibleTimeWindow, Object, ObjectKind, RetryPolicy, UNIVERSAL_TARGET},
    capacity::{CapacityChange, ScheduledAction, TargetKind, TargetRef, Timing},
    decimals::Decimal,
    mixes::{Mix, SpotStrategy},
    plan::Call,
    processes::Process,
    refreshes::Pace,
    schedules::{Power, SpotShare},
    step_policies::Comparison,
    time::Timestamp,
    timers::Timer,
};
use ports::{Cloud, CloudErrorKind};
use serde_json::json;
use std::collections::BTreeMap;

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn change(min: Option<u32>, desired: Option<u32>, max: Option<u32>) -> CapacityChange {
    CapacityChange { min, desired, max }
}

fn once() -> Timing {
    Timing::Once {
        at: at("2026-03-02T00:00:00Z"),
    }
}

fn recurring(bounded: bool) -> Timing {
    Timing::Recurring {
        expression: "0 9 * * MON-FRI".into(),
        timezone: "Asia/Seoul".into(),
        starts_at: bounded.then(|| at("2026-03-02T00:00:00Z")),
        ends_at: bounded.then(|| at("2026-04-01T00:00:00Z")),
    }
}

fn put(target: TargetRef, timing: Timing, capacity: CapacityChange) -> Call {
    Call::PutScheduledAction {
        target,
        action: ScheduledAction {
            name: "lamplighter-chg_1-start & more".into(),
            timing,
            capacity,
            next_run_at: None,
        },
    }
}

fn delete(target: TargetRef) -> Call {
    Call::DeleteScheduledAction {
        target,
        name: "lamplighter-chg_1-return".into(),
    }
}

/// Every way in which a call can look.
fn calls() -> Vec<Call> {
    let mut calls = Vec::new();
    for target in [group(ACCOUNT, "prod-web"), service(ACCOUNT, "prod/api")] {
        for capacity in [
            change(Some(4), None, Some(12)),
            change(Some(0), Some(0), Some(0)),
            change(None, None, Some(3)),
            change(Some(1), Some(2), None),
        ] {
            calls.push(put(target.clone(), once(), capacity));
            calls.push(Call::SetCapacity {
                target: target.clone(),
                capacity,
            });
        }
        for bounded in [false, true] {
            let capacity = change(Some(1), None, None);
            calls.push(put(target.clone(), recurring(bounded), capacity));
        }
        calls.push(Call::SetCapacity {
            target: target.clone(),
            capacity: change(None, Some(7), None),
        });
        let processes = Process::of(target.kind);
        for suspended in [processes.len(), 1, 0] {
            let (suspend, resume) = processes.split_at(suspended);
            calls.push(Call::SetProcesses {
                target: target.clone(),
                suspend: suspend.to_vec(),
                resume: resume.to_vec(),
            });
        }
        calls.push(delete(target));
    }
    let action = |name: &str, timing| ScheduledAction {
        name: name.into(),
        timing,
        capacity: change(Some(1), Some(2), Some(3)),
        next_run_at: None,
    };
    calls.push(Call::PutScheduledActions {
        target: group(ACCOUNT, "prod-web"),
        actions: vec![
            action("lamplighter/office/0800 & more", recurring(false)),
            action("lamplighter/office/2000", recurring(true)),
            action("lamplighter/office/once", once()),
        ],
    });
    calls.push(Call::DeleteScheduledActions {
        target: group(ACCOUNT, "prod-web"),
        names: vec!["lamplighter/office/0800 & more".into(), "b".into()],
    });
    calls
}

/// Every way in which a call about timers and mixes can look.
fn timer_calls() -> Vec<Call> {
    let target = group(ACCOUNT, "prod-web");
    let mix = Mix {
        share: SpotShare {
            on_demand_base: 1,
            on_demand_percent: 0,
        },
        strategy: None,
    };
    let pools = Mix {
        strategy: Some(SpotStrategy::CapacityOptimizedPrioritized),
        ..mix
    };
    let put = |timer: Timer, replaces| Call::PutTimer {
        target: target.clone(),
        timer,
        replaces,
    };
    vec![
        put(timer(false), false),
        put(timer(true), false),
        put(timer(true), true),
        put(
            Timer {
                enabled: false,
                ..timer(false)
            },
            true,
        ),
        Call::DeleteTimer {
            target: target.clone(),
            name: timer(false).object.name,
        },
        Call::SetMix {
            target: target.clone(),
            mix,
        },
        Call::SetMix {
            target: target.clone(),
            mix: pools,
        },
        Call::StartRefresh {
            target: target.clone(),
            pace: Pace::default(),
        },
        Call::StartRefresh {
            target: target.clone(),
            pace: Pace {
                min_healthy_percent: 80,
                max_healthy_percent: Some(120),
                warm_up_s: Some(90),
                skip_matching: true,
                checkpoints: vec![25, 100],
                checkpoint_pause_s: Some(600),
            },
        },
        Call::CancelRefresh { target },
    ]
}

/// Every way in which a call to what has no scheduled actions can look.
fn level_calls() -> Vec<Call> {
    let target = |kind, name: &str| TargetRef {
        kind,
        ..group(ACCOUNT, name)
    };
    let mut calls = vec![Call::SetCapacity {
        target: target(TargetKind::Eks, "main/workers"),
        capacity: change(Some(0), Some(2), Some(5)),
    }];
    for power in [Power::Running, Power::Stopped] {
        for (kind, name, instances) in [
            (TargetKind::Rds, "orders", vec![]),
            (TargetKind::RdsCluster, "reports", vec![]),
            (TargetKind::Ec2Tag, "Schedule=office", vec!["i-1", "i-2"]),
        ] {
            calls.push(Call::SetPower {
                target: target(kind, name),
                power,
                instances: instances.into_iter().map(str::to_owned).collect(),
            });
        }
    }
    calls
}

/// One that buys spot at night.
fn timer(bounded: bool) -> Timer {
    let mix = json!({
        "AutoScalingGroupName": "prod-web",
        "MixedInstancesPolicy": {"InstancesDistribution": {
            "OnDemandBaseCapacity": 0, "OnDemandPercentageAboveBaseCapacity": 0,
        }},
    });
    let object = Object {
        kind: ObjectKind::SchedulerSchedule,
        name: "lamplighter.spot-nights.2000.0123456789abcdef".into(),
        target: format!("{UNIVERSAL_TARGET}autoscaling:updateAutoScalingGroup"),
        start: bounded.then(|| at("2026-03-02T00:00:00Z")),
        end: bounded.then(|| at("2026-04-01T00:00:00Z")),
        recurrence: Some("cron(0 20 ? * MON-FRI *)".into()),
        timezone: "Asia/Seoul".into(),
        input: mix,
        retry_policy: Some(RetryPolicy {
            maximum_retry_attempts: 185,
            maximum_event_age_seconds: 600,
        }),
        flexible_time_window: Some(FlexibleTimeWindow::Off),
    };
    Timer::new(object, &timer_role(ACCOUNT))
}

/// Success, once, of every write to that kind of target.
fn script(kind: TargetKind) -> Wire {
    let wire = Wire::new();
    match kind {
        TargetKind::Asg => {
            for action in [
                "PutScheduledUpdateGroupAction",
                "UpdateAutoScalingGroup",
                "DeleteScheduledAction",
                "BatchPutScheduledUpdateGroupAction",
                "BatchDeleteScheduledAction",
                "SuspendProcesses",
                "ResumeProcesses",
                "StartInstanceRefresh",
                "CancelInstanceRefresh",
            ] {
                let body = format!("<{action}Response><{action}Result/></{action}Response>");
                wire.answer(action, Answer::xml(200, body));
            }
            for action in ["CreateSchedule", "UpdateSchedule"] {
                let answer = json!({"ScheduleArn": "arn:aws:scheduler:::schedule/default/x"});
                wire.answer(action, Answer::json(200, answer));
            }
            wire.answer("DeleteSchedule", Answer::json(200, json!({})));
        }
        TargetKind::EcsService => {
            for action in [
                "PutScheduledAction",
                "RegisterScalableTarget",
                "DeleteScheduledAction",
                "UpdateService",
            ] {
                wire.answer(action, Answer::json(200, json!({})));
            }
        }
        TargetKind::Eks => {
            wire.answer("UpdateNodegroupConfig", Answer::json(200, json!({})));
        }
        TargetKind::Ec2Tag | TargetKind::Rds | TargetKind::RdsCluster => {
            for action in [
                "StartInstances",
                "StopInstances",
                "StartDBInstance",
                "StopDBInstance",
                "StartDBCluster",
                "StopDBCluster",
            ] {
                wire.answer(action, Answer::xml(200, format!("<{action}Response/>")));
            }
        }
    }
    wire
}

/// The action in IAM's words: JSON services name themselves in a header.
fn iam_action(asked: &Asked) -> String {
    let service = match asked.service.as_str() {
        "" => {
            let by_host = asked.host.split('.').next();
            by_host
                .filter(|service| ["ec2", "rds"].contains(service))
                .unwrap_or("autoscaling")
        }
        "AnyScaleFrontendService" => "application-autoscaling",
        "AmazonEC2ContainerServiceV20141113" => "ecs",
        other => other,
    };
    format!("{service}:{}", asked.action)
}

/// JSON services take times as seconds since 1970; people read RFC 3339.
fn readable(asked: &Asked) -> BTreeMap<String, String> {
    let mut parameters = asked.parameters.clone();
    for name in ["StartTime", "EndTime", "StartDate", "EndDate"] {
        if let Some(text) = parameters.get_mut(name)
            && let Ok(seconds) = text.parse::<i64>()
        {
            *text = Timestamp::from_ms(seconds * 1_000).to_string();
        }
    }
    parameters
}

#[tokio::test]
async fn every_write_sends_exactly_what_was_shown() {
    let calls = calls().into_iter().chain(timer_calls());
    for call in calls.chain(level_calls()) {
        let wire = script(call.target().expect("a target").kind);
        let done = cloud_with_timers(&wire).carry_out(&call).await;
        done.expect("carried out");
        let sent: Vec<_> = wire
            .asked()
            .iter()
            .map(|asked| (iam_action(asked), readable(asked)))
            .collect();
        let shown: Vec<_> = call
            .aws()
            .into_iter()
            .map(|call| (call.action, call.parameters.into_iter().collect()))
            .collect();
        assert_eq!(sent, shown, "{call:?}");
    }
}

/// CloudWatch is asked in CBOR: its bodies are looked into, not read.
#[tokio::test]
async fn an_alarms_actions_are_switched_by_its_name() {
    for (enabled, action) in [(true, "EnableAlarmActions"), (false, "DisableAlarmActions")] {
        let wire = Wire::new();
        wire.answer(action, Answer::cbor(200, &json!({})));
        let call = Call::SetAlarmActions {
            alarm: AlarmRef {
                scope: group(ACCOUNT, "").scope,
                name: "prod & more".into(),
            },
            enabled,
        };
        cloud(&wire).carry_out(&call).await.expect("carried out");
        let shown = call.aws().pop().expect("a call");
        assert_eq!(shown.action, format!("cloudwatch:{action}"));
        let asked = wire.asked().pop().expect("a request");
        for (name, value) in &shown.parameters {
            assert!(asked.has(name) && asked.has(value), "{name} {value}");
        }
    }
}

#[tokio::test]
async fn an_alarm_is_put_with_every_part_that_was_shown() {
    let wire = Wire::new();
    wire.answer("PutMetricAlarm", Answer::cbor(200, &json!({})));
    let topic = |name: &str| format!("arn:aws:sns:ap-northeast-2:{ACCOUNT}:{name}");
    let call = Call::PutAlarm {
        alarm: AlarmRef {
            scope: group(ACCOUNT, "").scope,
            name: "prod & more".into(),
        },
        definition: Box::new(AlarmDefinition {
            description: "one in a hundred is slow".into(),
            metric: MetricRef {
                namespace: "AWS/ApplicationELB".into(),
                name: "TargetResponseTime".into(),
                dimensions: vec![("LoadBalancer".into(), "app/web/1".into())],
                statistic: "p99.9".into(),
                period_s: 60,
                unit: "Seconds".into(),
            },
            comparison: Comparison::GreaterOrEqual,
            threshold: Decimal::parse("0.75").expect("a decimal"),
            evaluation_periods: 5,
            datapoints_to_alarm: 3,
            missing_data: MissingData::NotBreaching,
            actions_enabled: true,
            alarm_actions: vec![topic("ops")],
            ok_actions: vec![topic("calm")],
            insufficient_data_actions: vec![topic("blind")],
            lines: None,
        }),
    };
    cloud(&wire).carry_out(&call).await.expect("carried out");
    let shown = call.aws().pop().expect("a call");
    assert_eq!(shown.action, "cloudwatch:PutMetricAlarm");
    let asked = wire.asked().pop().expect("a request");
    for (name, value) in &shown.parameters {
        // Lists have no numbers in CBOR.
        let (list, field) = (name.split('.').next(), name.split('.').next_back());
        let field = field.filter(|field| field.parse::<u32>().is_err());
        for key in [list, field].into_iter().flatten() {
            assert!(asked.has(key), "{key}");
        }
        // Numbers and truths are no text in CBOR.
        let is_text = value.parse::<f64>().is_err() && value != "true";
        assert!(!is_text || asked.has(value), "{name} {value}");
    }
    for absent in ["Metrics", "ThresholdMetricId", "Tags"] {
        assert!(!asked.has(absent), "{absent}");
    }
}

#[tokio::test]
async fn an_alarm_that_is_not_there_is_deleted() {
    let wire = Wire::new();
    let gone = Answer::cbor_error(404, "ResourceNotFound", "no such alarm");
    wire.answer("DeleteAlarms", gone);
    let call = Call::DeleteAlarm {
        alarm: AlarmRef {
            scope: group(ACCOUNT, "").scope,
            name: "prod & more".into(),
        },
    };
    assert_eq!(cloud(&wire).carry_out(&call).await, Ok(()));
    assert!(wire.asked()[0].has("prod & more"));
}

#[tokio::test]
async fn deleting_what_is_not_there_is_done() {
    let wire = Wire::new();
    wire.answer(
        "DeleteScheduledAction",
        Answer::query_error(400, "ValidationError", "Scheduled action name not found"),
    )
    .answer(
        "DeleteScheduledAction",
        Answer::json_error(
            400,
            "ObjectNotFoundException",
            "No scheduled action found for service namespace: ecs",
        ),
    );
    let cloud = cloud(&wire);
    for target in [group(ACCOUNT, "prod-web"), service(ACCOUNT, "prod/api")] {
        assert_eq!(cloud.carry_out(&delete(target)).await, Ok(()));
    }
    assert_eq!(wire.asked().len(), 2);
}

#[tokio::test]
async fn refused_writes_say_whether_trying_again_helps() {
    use CloudErrorKind::{Denied, Invalid, NotFound, Unavailable};
    let capacity = change(Some(1), None, None);
    let web = group(ACCOUNT, "prod-web");
    let api = service(ACCOUNT, "prod/api");
    let set = |target: &TargetRef| Call::SetCapacity {
        target: target.clone(),
        capacity,
    };
    let put = |target: &TargetRef| put(target.clone(), once(), capacity);
    let xml = |code, message| Answer::query_error(400, code, message);
    let json = |code, message| Answer::json_error(400, code, message);
    for (call, action, answer, kind) in [
        (
            put(&web),
            "PutScheduledUpdateGroupAction",
            xml("ValidationError", "Given start time is in the past"),
            Invalid,
        ),
        (
            put(&web),
            "PutScheduledUpdateGroupAction",
            xml("ValidationError", "AutoScalingGroup name not found"),
            NotFound,
        ),
        (
            put(&web),
            "PutScheduledUpdateGroupAction",
            xml("AlreadyExists", "Another action starts at that time"),
            Invalid,
        ),
        (
            put(&web),
            "PutScheduledUpdateGroupAction",
            xml("LimitExceeded", "125 actions"),
            Invalid,
        ),
        (
            set(&web),
            "UpdateAutoScalingGroup",
            xml("ScalingActivityInProgress", "wait"),
            Unavailable,
        ),
        (
            set(&web),
            "UpdateAutoScalingGroup",
            xml("ResourceContention", "wait"),
            Unavailable,
        ),
        (
            put(&api),
            "PutScheduledAction",
            json("ObjectNotFoundException", "No scalable target found"),
            NotFound,
        ),
        (
            set(&api),
            "RegisterScalableTarget",
            json("ValidationException", "ECS service doesn't exist"),
            NotFound,
        ),
        (
            set(&api),
            "RegisterScalableTarget",
            json("ConcurrentUpdateException", "wait"),
            Unavailable,
        ),
        (
            set(&api),
            "RegisterScalableTarget",
            json("AccessDeniedException", "not authorized"),
            Denied,
        ),
    ] {
        let wire = Wire::new();
        wire.answers(action, 3, &answer);
        let error = cloud(&wire)
            .carry_out(&call)
            .await
            .expect_err("AWS refused it");
        assert_eq!(error.kind, kind, "{error}");
        assert!(error.action.ends_with(action), "{error}");
        assert_eq!(error.kind.is_passing(), kind == Unavailable);
    }
}

#[tokio::test]
async fn bounds_that_are_refused_leave_the_count_alone() {
    let wire = Wire::new();
    let denied = Answer::json_error(400, "AccessDeniedException", "no");
    wire.answer("RegisterScalableTarget", denied);
    let call = Call::SetCapacity {
        target: service(ACCOUNT, "prod/api"),
        capacity: change(Some(1), Some(5), Some(9)),
    };
    let error = cloud(&wire).carry_out(&call).await.expect_err("denied");
    assert_eq!(
        error.action,
        "application-autoscaling:RegisterScalableTarget"
    );
    assert_eq!(wire.count("UpdateService"), 0);
}

#[tokio::test]
async fn a_timer_is_put_whatever_the_last_run_left() {
    let conflict = Answer::json_error(409, "ConflictException", "Schedule x already exists.");
    let gone = Answer::json_error(
        404,
        "ResourceNotFoundException",
        "Schedule x does not exist.",
    );
    let done = || {
        Answer::json(
            200,
            json!({"ScheduleArn": "arn:aws:scheduler:::schedule/x"}),
        )
    };
    for (replaces, first, answer, second) in [
        (false, "CreateSchedule", conflict, "UpdateSchedule"),
        (true, "UpdateSchedule", gone, "CreateSchedule"),
    ] {
        let wire = Wire::new();
        wire.answer(first, answer).answer(second, done());
        let put = Call::PutTimer {
            target: group(ACCOUNT, "prod-web"),
            timer: timer(false),
            replaces,
        };
        assert_eq!(cloud_with_timers(&wire).carry_out(&put).await, Ok(()));
        let asked: Vec<_> = wire.asked().into_iter().map(|asked| asked.action).collect();
        assert_eq!(asked, [first, second]);
    }
}

#[tokio::test]
async fn a_timer_that_is_gone_is_deleted_and_without_a_role_none_is_put() {
    let wire = Wire::new();
    let gone = Answer::json_error(
        404,
        "ResourceNotFoundException",
        "Schedule x does not exist.",
    );
    wire.answer("DeleteSchedule", gone);
    let [put, _, _, _, delete, ..] = <[Call; 10]>::try_from(timer_calls()).expect("ten");
    assert_eq!(cloud_with_timers(&wire).carry_out(&delete).await, Ok(()));
    let error = cloud(&wire).carry_out(&put).await.expect_err("no role");
    assert_eq!(error.kind, CloudErrorKind::Invalid, "{error}");
    assert!(error.message.contains("scheduler_role_arn"), "{error}");
    assert_eq!(wire.asked().len(), 1);
}
