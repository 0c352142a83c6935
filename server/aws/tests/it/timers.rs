//! Timers against moto: put, read back, replaced and deleted; and that only what was
//! modified is read again.

use crate::{
    moto::make_group,
    peers::{self, MOTO_ACCOUNT, group, scope, timer_role, unique, with_timers},
    wire::{ACCOUNT, Answer, NOW_S, Wire, cloud, cloud_with_timers},
};
use aws::AwsCloud;
use domain::{
    aws_timing::{FlexibleTimeWindow, Object, ObjectKind, RetryPolicy, UNIVERSAL_TARGET},
    capacity::{Target, TargetRef},
    plan::Call,
    time::{HOUR_MS, Timestamp},
    timers::Timer,
};
use ports::Cloud;
use serde_json::json;

fn spot_at(group: &str, account: &str, recurrence: &str, start: Option<Timestamp>) -> Timer {
    let object = Object {
        kind: ObjectKind::SchedulerSchedule,
        name: format!("lamplighter.{group}"),
        target: format!("{UNIVERSAL_TARGET}autoscaling:updateAutoScalingGroup"),
        start,
        end: start.map(|start| start.plus_ms(24 * HOUR_MS)),
        recurrence: Some(recurrence.to_owned()),
        timezone: "Asia/Seoul".into(),
        input: json!({
            "AutoScalingGroupName": group,
            "MixedInstancesPolicy": {"InstancesDistribution": {
                "OnDemandBaseCapacity": 1, "OnDemandPercentageAboveBaseCapacity": 0,
            }},
        }),
        retry_policy: Some(RetryPolicy {
            maximum_retry_attempts: 185,
            maximum_event_age_seconds: 600,
        }),
        flexible_time_window: Some(FlexibleTimeWindow::Off),
    };
    Timer::new(object, &timer_role(account))
}

async fn read(cloud: &AwsCloud, target: &TargetRef) -> Target {
    let found = cloud.target(target).await.expect("a reading");
    found.expect("the group")
}

#[tokio::test]
async fn a_timer_is_put_read_replaced_and_deleted() {
    let Some(url) = peers::moto() else {
        return;
    };
    let config = peers::config(&url, "test");
    let estate = with_timers(peers::estate(MOTO_ACCOUNT));
    let cloud = AwsCloud::with_config(&estate, config.clone());
    let name = unique("mixed");
    make_group(&config, &name, 50).await;
    let target = group(MOTO_ACCOUNT, &name);
    let put = |timer: &Timer, replaces| Call::PutTimer {
        target: target.clone(),
        timer: timer.clone(),
        replaces,
    };
    let start = peers::now().ceil_minute().plus_ms(HOUR_MS);
    let first = spot_at(&name, MOTO_ACCOUNT, "cron(0 20 ? * MON-FRI *)", Some(start));
    // Twice, as after a kill.
    for _ in 0..2 {
        cloud.carry_out(&put(&first, false)).await.expect("put");
    }
    assert_eq!(read(&cloud, &target).await.timers, [first]);
    let all = cloud.targets(&scope(MOTO_ACCOUNT)).await.expect("targets");
    let listed = all.iter().find(|listed| listed.reference == target);
    assert_eq!(listed.expect("the group").timers.len(), 1);
    let others = all.iter().filter(|other| other.reference != target);
    assert!(
        others
            .flat_map(|other| &other.timers)
            .all(|timer| !timer.object.name.contains(&name))
    );

    let second = spot_at(&name, MOTO_ACCOUNT, "cron(30 21 * * ? *)", None);
    cloud
        .carry_out(&put(&second, true))
        .await
        .expect("replaced");
    assert_eq!(
        read(&cloud, &target).await.timers,
        std::slice::from_ref(&second)
    );

    let delete = Call::DeleteTimer {
        target: target.clone(),
        name: second.object.name.clone(),
    };
    for _ in 0..2 {
        cloud
            .carry_out(&delete)
            .await
            .expect("deleted, or not there");
    }
    assert_eq!(read(&cloud, &target).await.timers, []);
    // Gone meanwhile: an update makes it anew.
    cloud
        .carry_out(&put(&second, true))
        .await
        .expect("made anew");
    assert_eq!(read(&cloud, &target).await.timers, [second]);
    cloud.carry_out(&delete).await.expect("deleted");
}

fn listed(modified_s: u64) -> Answer {
    Answer::json(
        200,
        json!({"Schedules": [{
            "Name": "lamplighter.web", "GroupName": "default", "State": "ENABLED",
            "LastModificationDate": modified_s,
            "Target": {"Arn": "arn:aws:scheduler:::aws-sdk:autoscaling:updateAutoScalingGroup"},
        }]}),
    )
}

fn told(input: &str, state: &str) -> Answer {
    Answer::json(
        200,
        json!({
            "Name": "lamplighter.web", "GroupName": "default", "State": state,
            "ScheduleExpression": "cron(0 20 ? * MON-FRI *)",
            "FlexibleTimeWindow": {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 5},
            "Target": {
                "Arn": "arn:aws:scheduler:::aws-sdk:autoscaling:updateAutoScalingGroup",
                "RoleArn": "arn:aws:iam::111122223333:role/other", "Input": input,
            },
        }),
    )
}

fn no_group() -> Answer {
    Answer::xml(
        200,
        "<DescribeAutoScalingGroupsResponse><DescribeAutoScalingGroupsResult>\
         <AutoScalingGroups><member><AutoScalingGroupName>web</AutoScalingGroupName>\
         <MinSize>1</MinSize><MaxSize>1</MaxSize><DesiredCapacity>1</DesiredCapacity></member>\
         </AutoScalingGroups></DescribeAutoScalingGroupsResult>\
         </DescribeAutoScalingGroupsResponse>",
    )
}

fn nothing(action: &str) -> Answer {
    Answer::xml(
        200,
        format!("<{action}Response><{action}Result/></{action}Response>"),
    )
}

#[tokio::test]
async fn only_what_was_modified_is_read_again_and_what_others_did_is_told() {
    let wire = Wire::new();
    let input = spot_at("web", ACCOUNT, "", None).object.input.to_string();
    wire.answers("DescribeAutoScalingGroups", 3, &no_group())
        .answers("DescribePolicies", 3, &nothing("DescribePolicies"))
        .answers(
            "DescribeScheduledActions",
            3,
            &nothing("DescribeScheduledActions"),
        )
        .answers(
            "DescribeScalableTargets",
            3,
            &Answer::json(200, json!({"ScalableTargets": []})),
        )
        .answers("ListSchedules", 2, &listed(NOW_S))
        .answer("ListSchedules", listed(NOW_S + 1))
        .answer("GetSchedule", told(&input, "ENABLED"))
        .answer("GetSchedule", told(&input, "DISABLED"));
    let cloud = cloud_with_timers(&wire);
    let mut seen = Vec::new();
    for _ in 0..3 {
        let targets = cloud.targets(&scope(ACCOUNT)).await.expect("targets");
        seen.push(targets[0].timers.clone());
    }
    assert_eq!(wire.count("GetSchedule"), 2);
    let [first, again, last] = [0, 1, 2].map(|reading| &seen[reading][0]);
    assert_eq!(first, again);
    assert_eq!((first.enabled, last.enabled), (true, false));
    assert_eq!(first.role_arn, "arn:aws:iam::111122223333:role/other");
    assert_eq!(first.object.timezone, "UTC");
    assert_eq!(first.object.flexible_time_window, None);
}

#[tokio::test]
async fn without_a_role_nothing_asks_for_timers() {
    let wire = Wire::new();
    wire.answer("DescribeAutoScalingGroups", no_group());
    for action in ["DescribePolicies", "DescribeScheduledActions"] {
        wire.answer(action, nothing(action));
    }
    let found = cloud(&wire).target(&group(ACCOUNT, "web")).await;
    assert_eq!(wire.count("ListSchedules"), 0);
    assert!(found.expect("a reading").is_some());
}
