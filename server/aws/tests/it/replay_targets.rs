//! Groups and services as AWS writes them, where no peer does.

use crate::{
    peers::{group, scope, service},
    wire::{ACCOUNT, Answer, NOW_S, Wire, cloud},
};
use domain::{
    capacity::{CapacityChange, PolicyKind, Purchase, SpotMix, Target, Timing},
    limits::EC2_PAGES_MAX,
    refreshes::{Refresh, RefreshState},
    step_policies::{Adjusting, AdjustmentType, Aggregation, Movement, Step},
    time::Timestamp,
};
use ports::{Cloud, CloudErrorKind};
use serde_json::{Value, json};

pub fn list(action: &str, member: &str, items: &str, token: &str) -> Answer {
    Answer::xml(
        200,
        format!(
            "<{action}Response xmlns=\"http://autoscaling.amazonaws.com/doc/2011-01-01/\">\
             <{action}Result><{member}>{items}</{member}>{token}</{action}Result>\
             </{action}Response>"
        ),
    )
}

const GROUP: &str = "<member><AutoScalingGroupName>web-prod</AutoScalingGroupName>\
    <MinSize>2</MinSize><MaxSize>9</MaxSize><DesiredCapacity>4</DesiredCapacity>\
    <CapacityRebalance>true</CapacityRebalance>\
    <MixedInstancesPolicy><InstancesDistribution><OnDemandBaseCapacity>1</OnDemandBaseCapacity>\
    <OnDemandPercentageAboveBaseCapacity>25</OnDemandPercentageAboveBaseCapacity>\
    </InstancesDistribution><LaunchTemplate><Overrides>\
    <member><InstanceType>m7g.large</InstanceType></member>\
    <member><InstanceType>m6g.large</InstanceType></member>\
    <member><InstanceType>m7g.large</InstanceType><WeightedCapacity>2</WeightedCapacity></member>\
    </Overrides></LaunchTemplate></MixedInstancesPolicy>\
    <AvailabilityZones><member>ap-northeast-2a</member><member>ap-northeast-2b</member>\
    <member>ap-northeast-2c</member></AvailabilityZones>\
    <SuspendedProcesses><member><ProcessName>ScheduledActions</ProcessName></member>\
    <member><ProcessName>AZRebalance</ProcessName></member></SuspendedProcesses>\
    <Instances><member><InstanceId>i-1</InstanceId><AvailabilityZone>ap-northeast-2a</AvailabilityZone>\
    <LifecycleState>InService</LifecycleState><HealthStatus>Healthy</HealthStatus>\
    <InstanceType>m7g.large</InstanceType><ProtectedFromScaleIn>true</ProtectedFromScaleIn></member>\
    <member><InstanceId>i-2</InstanceId><AvailabilityZone>ap-northeast-2b</AvailabilityZone>\
    <LifecycleState>Pending:Wait</LifecycleState><HealthStatus>Unhealthy</HealthStatus></member>\
    </Instances><Tags><member><Key>environment</Key><Value>Staging</Value></member></Tags></member>";

const POLICIES: &str = "<member><AutoScalingGroupName>web-prod</AutoScalingGroupName>\
    <PolicyName>forecast</PolicyName><PolicyType>PredictiveScaling</PolicyType>\
    <PredictiveScalingConfiguration><Mode>ForecastAndScale</Mode><MetricSpecifications><member>\
    <TargetValue>40.0</TargetValue><PredefinedMetricPairSpecification>\
    <PredefinedMetricType>ASGCPUUtilization</PredefinedMetricType>\
    </PredefinedMetricPairSpecification></member></MetricSpecifications>\
    </PredictiveScalingConfiguration><Enabled>false</Enabled></member>\
    <member><AutoScalingGroupName>web-prod</AutoScalingGroupName><PolicyName>cpu</PolicyName>\
    <PolicyType>TargetTrackingScaling</PolicyType><TargetTrackingConfiguration>\
    <PredefinedMetricSpecification><PredefinedMetricType>ASGAverageCPUUtilization\
    </PredefinedMetricType></PredefinedMetricSpecification><TargetValue>50.0</TargetValue>\
    </TargetTrackingConfiguration><Alarms><member><AlarmName>tt-high</AlarmName></member></Alarms>\
    </member>\
    <member><AutoScalingGroupName>web-prod</AutoScalingGroupName><PolicyName>queue</PolicyName>\
    <PolicyType>StepScaling</PolicyType><AdjustmentType>PercentChangeInCapacity</AdjustmentType>\
    <MinAdjustmentMagnitude>2</MinAdjustmentMagnitude>\
    <MetricAggregationType>Maximum</MetricAggregationType><StepAdjustments>\
    <member><MetricIntervalLowerBound>0.0</MetricIntervalLowerBound>\
    <MetricIntervalUpperBound>2.5</MetricIntervalUpperBound>\
    <ScalingAdjustment>10</ScalingAdjustment></member>\
    <member><MetricIntervalLowerBound>2.5</MetricIntervalLowerBound>\
    <ScalingAdjustment>30</ScalingAdjustment></member></StepAdjustments></member>\
    <member><AutoScalingGroupName>web-prod</AutoScalingGroupName><PolicyName>simple</PolicyName>\
    <AdjustmentType>ExactCapacity</AdjustmentType><ScalingAdjustment>4</ScalingAdjustment></member>";

const ACTIONS: &str = "<member><AutoScalingGroupName>web-prod</AutoScalingGroupName>\
    <ScheduledActionName>night</ScheduledActionName><Recurrence>0 15 * * *</Recurrence>\
    <StartTime>2026-03-01T15:00:00Z</StartTime><Time>2026-03-01T15:00:00Z</Time>\
    <MinSize>0</MinSize></member>\
    <member><AutoScalingGroupName>web-prod</AutoScalingGroupName>\
    <ScheduledActionName>day</ScheduledActionName><Recurrence>0 9 * * *</Recurrence>\
    <TimeZone>Asia/Seoul</TimeZone><StartTime>2026-03-02T00:00:00Z</StartTime>\
    <EndTime>2026-12-31T00:00:00Z</EndTime><MinSize>2</MinSize><MaxSize>9</MaxSize>\
    <DesiredCapacity>4</DesiredCapacity></member>\
    <member><AutoScalingGroupName>web-prod</AutoScalingGroupName>\
    <ScheduledActionName>sale</ScheduledActionName><StartTime>2026-03-05T00:00:00Z</StartTime>\
    <DesiredCapacity>8</DesiredCapacity></member>";

pub fn group_script() -> Wire {
    let wire = Wire::new();
    let groups = |items, token| {
        let action = "DescribeAutoScalingGroups";
        list(action, "AutoScalingGroups", items, token)
    };
    wire.answer("DescribeAutoScalingGroups", groups(GROUP, ""))
        .answer(
            "DescribePolicies",
            list("DescribePolicies", "ScalingPolicies", POLICIES, ""),
        )
        .answer(
            "DescribeScheduledActions",
            list(
                "DescribeScheduledActions",
                "ScheduledUpdateGroupActions",
                ACTIONS,
                "",
            ),
        );
    wire
}

async fn read_group(wire: &Wire) -> Target {
    cloud(wire)
        .target(&group(ACCOUNT, "web-prod"))
        .await
        .expect("a reading")
        .expect("the group")
}

#[tokio::test]
async fn instances_that_never_come_to_an_end_are_an_error() {
    let wire = group_script();
    let page = "<DescribeInstancesResponse><reservationSet/><nextToken>more</nextToken>\
        </DescribeInstancesResponse>";
    wire.answers(
        "DescribeInstances",
        EC2_PAGES_MAX + 1,
        &Answer::xml(200, page),
    );
    let error = cloud(&wire).target(&group(ACCOUNT, "web-prod")).await;
    let error = error.expect_err("no end");
    assert_eq!(error.kind, CloudErrorKind::Invalid);
    assert!(error.message.contains("50 pages of instances"), "{error}");
    assert_eq!(wire.count("DescribeInstances"), EC2_PAGES_MAX);
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

#[tokio::test]
async fn a_group_is_read_in_full() {
    let wire = group_script();
    let instances = "<DescribeInstancesResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">\
        <requestId>r</requestId><reservationSet><item><reservationId>r-1</reservationId>\
        <groupSet/><instancesSet><item><instanceId>i-1</instanceId>\
        <instanceState><code>16</code><name>running</name></instanceState>\
        <instanceType>m7g.xlarge</instanceType><instanceLifecycle>spot</instanceLifecycle>\
        <tagSet><item><key>a</key><value>b &amp; c</value></item></tagSet></item></instancesSet>\
        </item></reservationSet><nextToken>more</nextToken></DescribeInstancesResponse>";
    let more = "<DescribeInstancesResponse><reservationSet><item><instancesSet>\
        <item><instanceId>i-2</instanceId><instanceType>m7g.large</instanceType></item>\
        </instancesSet></item></reservationSet></DescribeInstancesResponse>";
    wire.answer("DescribeInstances", Answer::xml(200, instances))
        .answer("DescribeInstances", Answer::xml(200, more));
    let target = read_group(&wire).await;

    assert_eq!(target.environment.as_str(), "staging", "the tag wins");
    assert_eq!(target.capacity.to_string(), "2–4–9");
    assert_eq!((target.in_service, target.pending), (1, 1));
    assert_eq!(target.suspended, ["AZRebalance", "ScheduledActions"]);
    assert_eq!(
        target.mix,
        Some(SpotMix {
            on_demand_base: 1,
            on_demand_percent: 25,
            rebalance: true,
            types: Some(2),
            zones: Some(3),
            strategy: None,
        })
    );
    let spot = &target.instances[0];
    assert_eq!(spot.purchase, Purchase::Spot);
    assert_eq!(spot.instance_type, "m7g.xlarge");
    assert!(spot.healthy && spot.protected);
    let pending = &target.instances[1];
    assert_eq!(pending.purchase, Purchase::OnDemand);
    assert!(!pending.healthy && !pending.in_service());

    let policies: Vec<_> = target
        .policies
        .iter()
        .map(|p| (p.name.as_str(), p.kind, p.enabled, p.summary.as_str()))
        .collect();
    assert_eq!(
        policies,
        [
            (
                "cpu",
                PolicyKind::TargetTracking,
                true,
                "ASGAverageCPUUtilization = 50"
            ),
            (
                "forecast",
                PolicyKind::Predictive,
                false,
                "ForecastAndScale: ASGCPUUtilization = 40"
            ),
            (
                "queue",
                PolicyKind::Step,
                true,
                "PercentChangeInCapacity: 0 to 2.5 → +10, from 2.5 → +30"
            ),
            ("simple", PolicyKind::Simple, true, "ExactCapacity: 4"),
        ]
    );
    let [cpu, forecast, queue, simple] = target.policies.as_slice() else {
        panic!("four policies");
    };
    assert_eq!(cpu.alarms, ["tt-high"]);
    assert_eq!((cpu.target_value, &cpu.adjusting), (Some(50.0), &None));
    assert_eq!((forecast.target_value, &forecast.adjusting), (None, &None));
    let step = |lower, upper, adjustment| Step {
        lower,
        upper,
        adjustment,
    };
    assert_eq!(
        queue.adjusting,
        Some(Adjusting {
            kind: AdjustmentType::PercentChangeInCapacity,
            magnitude_min: Some(2),
            movement: Movement::Steps {
                steps: vec![step(Some(0.0), Some(2.5), 10), step(Some(2.5), None, 30)],
                aggregation: Aggregation::Maximum,
            },
        })
    );
    let simple = simple.adjusting.as_ref().expect("adjustments");
    assert_eq!(simple.movement, Movement::Simple { adjustment: 4 });

    let ec2: Vec<_> = wire.asked();
    let ec2: Vec<_> = ec2
        .iter()
        .filter(|a| a.action == "DescribeInstances")
        .collect();
    assert_eq!(ec2[0].parameters["Filter.1.Value.2"], "i-2");
    assert_eq!(ec2[1].parameters["NextToken"], "more");
    assert_eq!(ec2[0].host, "ec2.ap-northeast-2.amazonaws.com");
    let authorization = &ec2[0].headers["authorization"];
    assert!(authorization.contains("/20260301/ap-northeast-2/ec2/aws4_request"));
}

#[tokio::test]
async fn the_computed_next_run_never_becomes_a_start() {
    let wire = group_script();
    let denied = Answer::ec2_error(403, "UnauthorizedOperation", "You are not authorized");
    wire.answer("DescribeInstances", denied);
    let target = read_group(&wire).await;
    assert!(
        target
            .instances
            .iter()
            .all(|i| i.purchase == Purchase::Unknown)
    );
    let [day, night, sale] = target.actions.as_slice() else {
        panic!("three actions");
    };
    assert_eq!(
        day.timing,
        Timing::Recurring {
            expression: "0 9 * * *".into(),
            timezone: "Asia/Seoul".into(),
            starts_at: None,
            ends_at: Some(at("2026-12-31T00:00:00Z")),
        }
    );
    assert_eq!(day.next_run_at, Some(at("2026-03-02T00:00:00Z")));
    assert_eq!(
        night.timing,
        Timing::Recurring {
            expression: "0 15 * * *".into(),
            timezone: "UTC".into(),
            starts_at: None,
            ends_at: None,
        }
    );
    let zero = CapacityChange {
        min: Some(0),
        desired: None,
        max: None,
    };
    assert_eq!(night.capacity, zero, "zero is zero and unset is unset");
    let once = Timing::Once {
        at: at("2026-03-05T00:00:00Z"),
    };
    assert_eq!(sale.timing, once);
}

#[tokio::test]
async fn groups_come_page_by_page_and_share_two_bulk_readings() {
    let wire = Wire::new();
    let one = |name: &str| {
        format!(
            "<member><AutoScalingGroupName>{name}</AutoScalingGroupName><MinSize>0</MinSize>\
             <MaxSize>1</MaxSize><DesiredCapacity>1</DesiredCapacity></member>"
        )
    };
    let page = |name: &str, token: &str| {
        let action = "DescribeAutoScalingGroups";
        list(action, "AutoScalingGroups", &one(name), token)
    };
    wire.answer(
        "DescribeAutoScalingGroups",
        page("b-dev", "<NextToken>t</NextToken>"),
    )
    .answer("DescribeAutoScalingGroups", page("web-prod", ""))
    .answer(
        "DescribePolicies",
        list("DescribePolicies", "ScalingPolicies", POLICIES, ""),
    )
    .answer(
        "DescribeScheduledActions",
        list(
            "DescribeScheduledActions",
            "ScheduledUpdateGroupActions",
            ACTIONS,
            "",
        ),
    )
    .answer(
        "DescribeScalableTargets",
        Answer::json(200, json!({ "ScalableTargets": [] })),
    );
    let targets = cloud(&wire)
        .targets(&scope(ACCOUNT))
        .await
        .expect("targets");
    let seen: Vec<_> = targets
        .iter()
        .map(|t| {
            let name = t.reference.name.as_str();
            (
                name,
                t.environment.as_str(),
                t.policies.len(),
                t.actions.len(),
            )
        })
        .collect();
    assert_eq!(seen, [("b-dev", "dev", 0, 0), ("web-prod", "prod", 4, 3)]);
    assert_eq!(wire.asked().len(), 5, "no call for each group");
}

#[tokio::test]
async fn a_group_that_is_gone_is_none() {
    let wire = Wire::new();
    let action = "DescribeAutoScalingGroups";
    let absent = Answer::query_error(400, "ValidationError", "Group web-prod not found");
    wire.answer(action, list(action, "AutoScalingGroups", "", ""))
        .answer("DescribePolicies", absent.clone())
        .answer("DescribeScheduledActions", absent);
    let target = cloud(&wire).target(&group(ACCOUNT, "web-prod")).await;
    assert_eq!(target, Ok(None));
}

#[tokio::test]
async fn activities_of_a_group_are_newest_first_and_say_why_they_failed() {
    let wire = Wire::new();
    let one = |id: &str, start: &str, rest: &str| {
        format!(
            "<member><ActivityId>{id}</ActivityId><AutoScalingGroupName>web-prod\
             </AutoScalingGroupName><Description>Launching</Description><Cause>because</Cause>\
             <StartTime>{start}</StartTime>{rest}</member>"
        )
    };
    let items = one(
        "a",
        "2026-02-28T23:00:00Z",
        "<StatusCode>Successful</StatusCode><EndTime>2026-02-28T23:05:00Z</EndTime>",
    ) + &one(
        "b",
        "2026-02-28T23:30:00Z",
        "<StatusCode>Failed</StatusCode><StatusMessage>no spot capacity</StatusMessage>",
    );
    wire.answer(
        "DescribeScalingActivities",
        list("DescribeScalingActivities", "Activities", &items, ""),
    );
    let activities = cloud(&wire)
        .activities(&group(ACCOUNT, "web-prod"))
        .await
        .expect("activities");
    assert_eq!(activities[0].id, "b");
    assert_eq!(activities[0].status, "Failed");
    assert_eq!(activities[0].description, "Launching · no spot capacity");
    assert_eq!(activities[0].ended_at, None);
    assert_eq!(activities[1].ended_at, Some(at("2026-02-28T23:05:00Z")));
}

fn scalable(name: &str) -> Value {
    json!({ "ServiceNamespace": "ecs", "ResourceId": format!("service/{name}"),
        "ScalableDimension": "ecs:service:DesiredCount", "MinCapacity": 2, "MaxCapacity": 10,
        "RoleARN": "arn:aws:iam::111122223333:role/r", "CreationTime": NOW_S,
        "SuspendedState": { "DynamicScalingInSuspended": true,
            "DynamicScalingOutSuspended": false, "ScheduledScalingSuspended": true } })
}

fn service_script(services: Answer) -> Wire {
    let wire = Wire::new();
    let common = |kind: Value| {
        let mut row = json!({ "ServiceNamespace": "ecs", "ResourceId": "service/main/api",
            "ScalableDimension": "ecs:service:DesiredCount", "CreationTime": NOW_S });
        let fields = row.as_object_mut().expect("an object");
        fields.extend(kind.as_object().expect("an object").clone());
        row
    };
    let policies = json!({ "ScalingPolicies": [common(json!({
        "PolicyARN": "arn", "PolicyName": "steps", "PolicyType": "StepScaling",
        "StepScalingPolicyConfiguration": { "AdjustmentType": "ChangeInCapacity",
            "StepAdjustments": [{ "MetricIntervalLowerBound": 0.0, "ScalingAdjustment": 2 }] },
        "Alarms": [{ "AlarmName": "queue", "AlarmARN": "arn" }] }))] });
    let actions = json!({ "ScheduledActions": [
        common(json!({ "ScheduledActionName": "once", "ScheduledActionARN": "arn",
            "Schedule": "at(2026-03-02T09:00:00)", "Timezone": "Asia/Seoul",
            "ScalableTargetAction": { "MinCapacity": 0, "MaxCapacity": 0 } })),
        common(json!({ "ScheduledActionName": "daily", "ScheduledActionARN": "arn",
            "Schedule": "cron(0 9 * * ? *)", "StartTime": NOW_S + 60,
            "ScalableTargetAction": { "MinCapacity": 4 } })),
    ]});
    let scalables = json!({ "ScalableTargets": [scalable("main/api"), scalable("main/gone")] });
    wire.answer("DescribeScalableTargets", Answer::json(200, scalables))
        .answer("DescribeScalingPolicies", Answer::json(200, policies))
        .answer("DescribeScheduledActions", Answer::json(200, actions))
        .answer("DescribeServices", services);
    wire
}

fn api() -> Value {
    json!({ "serviceName": "api", "status": "ACTIVE", "desiredCount": 3, "runningCount": 2,
        "pendingCount": 1, "tags": [{ "key": "Environment", "value": "prod" }],
        "capacityProviderStrategy": [
            { "capacityProvider": "FARGATE", "weight": 1, "base": 1 },
            { "capacityProvider": "FARGATE_SPOT", "weight": 1, "base": 0 } ] })
}

fn services(failures: Value) -> Answer {
    Answer::json(200, json!({ "services": [api()], "failures": failures }))
}

#[tokio::test]
async fn a_service_is_read_in_full_with_its_tasks() {
    let wire = service_script(services(json!([])));
    let task = |id: &str, provider: &str, health: &str| {
        json!({ "taskArn": format!("arn:aws:ecs:r:1:task/main/{id}"), "lastStatus": "RUNNING",
            "availabilityZone": "ap-northeast-2a", "launchType": "FARGATE",
            "capacityProviderName": provider, "healthStatus": health })
    };
    wire.answer(
        "ListTasks",
        Answer::json(200, json!({ "taskArns": ["a", "b"] })),
    )
    .answer(
        "DescribeTasks",
        Answer::json(
            200,
            json!({ "tasks": [task("a", "FARGATE_SPOT", "UNKNOWN"),
                task("b", "FARGATE", "UNHEALTHY")], "failures": [{ "reason": "MISSING" }] }),
        ),
    );
    let target = cloud(&wire)
        .target(&service(ACCOUNT, "main/api"))
        .await
        .expect("a reading")
        .expect("the service");
    assert_eq!(target.environment.as_str(), "prod");
    assert_eq!(target.capacity.to_string(), "2–3–10");
    assert_eq!((target.in_service, target.pending), (2, 1));
    assert_eq!(target.suspended, ["DynamicScalingIn", "ScheduledScaling"]);
    assert_eq!(
        target.mix,
        Some(SpotMix {
            on_demand_base: 1,
            on_demand_percent: 50,
            rebalance: false,
            types: None,
            zones: None,
            strategy: None,
        })
    );
    let tasks: Vec<_> = target
        .instances
        .iter()
        .map(|t| (t.id.as_str(), t.purchase, t.healthy, t.in_service()))
        .collect();
    assert_eq!(
        tasks,
        [
            ("a", Purchase::Spot, true, true),
            ("b", Purchase::OnDemand, false, true)
        ]
    );
    let policy = &target.policies[0];
    assert_eq!(policy.summary, "ChangeInCapacity: from 0 → +2");
    assert_eq!(policy.alarms, ["queue"]);
    let adjusting = policy.adjusting.as_ref().expect("adjustments");
    assert_eq!(adjusting.kind, AdjustmentType::ChangeInCapacity);
    assert_eq!(adjusting.magnitude_min, None);
    let Movement::Steps { steps, aggregation } = &adjusting.movement else {
        panic!("steps");
    };
    assert_eq!(*aggregation, Aggregation::Average, "AWS's default");
    assert_eq!((steps[0].lower, steps[0].upper), (Some(0.0), None));
    let [daily, once] = target.actions.as_slice() else {
        panic!("two actions");
    };
    assert_eq!(
        once.timing,
        Timing::Once {
            at: at("2026-03-02T00:00:00Z")
        }
    );
    assert_eq!(once.capacity.max, Some(0));
    assert_eq!(
        daily.timing,
        Timing::Recurring {
            expression: "cron(0 9 * * ? *)".into(),
            timezone: "UTC".into(),
            starts_at: Some(Timestamp::from_ms((NOW_S as i64 + 60) * 1_000)),
            ends_at: None,
        }
    );
    let describe = wire.asked();
    let describe = describe.iter().find(|a| a.action == "DescribeServices");
    assert_eq!(describe.expect("asked").parameters["include.1"], "TAGS");
}

#[tokio::test]
async fn tasks_that_may_not_be_listed_leave_the_counts() {
    let wire = service_script(services(json!([])));
    let denied = Answer::json_error(400, "AccessDeniedException", "no");
    wire.answer("ListTasks", denied);
    let target = cloud(&wire)
        .target(&service(ACCOUNT, "main/api"))
        .await
        .expect("a reading")
        .expect("the service");
    assert!(target.instances.is_empty());
    assert_eq!(target.in_service, 2);
}

fn no_groups(wire: &Wire) {
    let action = "DescribeAutoScalingGroups";
    wire.answer(action, list(action, "AutoScalingGroups", "", ""));
}

#[tokio::test]
async fn a_service_that_is_gone_is_left_out_though_its_scalable_target_stands() {
    let missing = json!([{ "arn": "arn:aws:ecs:r:1:service/main/gone", "reason": "MISSING" }]);
    let wire = service_script(services(missing));
    no_groups(&wire);
    let targets = cloud(&wire)
        .targets(&scope(ACCOUNT))
        .await
        .expect("targets");
    let names: Vec<&str> = targets.iter().map(|t| t.reference.name.as_str()).collect();
    assert_eq!(names, ["main/api"]);

    let absent = Answer::json_error(400, "ClusterNotFoundException", "Cluster not found.");
    let wire = service_script(absent);
    no_groups(&wire);
    assert_eq!(cloud(&wire).targets(&scope(ACCOUNT)).await, Ok(Vec::new()));
}

#[tokio::test]
async fn a_partial_failure_fails_the_reading() {
    let failed = json!([{ "arn": "arn:aws:ecs:r:1:service/main/gone", "reason": "THROTTLED",
        "detail": "later" }]);
    let wire = service_script(services(failed));
    no_groups(&wire);
    let error = cloud(&wire)
        .targets(&scope(ACCOUNT))
        .await
        .expect_err("half a list");
    assert_eq!(error.kind, CloudErrorKind::Unavailable);
    assert!(
        error.message.contains("main/gone: THROTTLED later"),
        "{error}"
    );
}

#[tokio::test]
async fn services_are_described_ten_at_a_time() {
    let wire = Wire::new();
    let names: Vec<String> = (0..23).map(|n| format!("main/s{n:02}")).collect();
    let scalables: Vec<Value> = names.iter().map(|name| scalable(name)).collect();
    wire.answer(
        "DescribeScalableTargets",
        Answer::json(200, json!({ "ScalableTargets": scalables })),
    )
    .answer("DescribeScalingPolicies", Answer::json(200, json!({})))
    .answer("DescribeScheduledActions", Answer::json(200, json!({})))
    .answers("DescribeServices", 3, &services(json!([])));
    no_groups(&wire);
    cloud(&wire)
        .targets(&scope(ACCOUNT))
        .await
        .expect("targets");
    let mut sizes: Vec<usize> = wire
        .asked()
        .iter()
        .filter(|a| a.action == "DescribeServices")
        .map(|a| {
            a.parameters
                .keys()
                .filter(|k| k.starts_with("services."))
                .count()
        })
        .collect();
    sizes.sort_unstable();
    assert_eq!(sizes, [3, 10, 10]);
}

#[tokio::test]
async fn activities_of_a_service_are_read() {
    let wire = Wire::new();
    let body = json!({ "ScalingActivities": [{ "ActivityId": "x", "ServiceNamespace": "ecs",
        "ResourceId": "service/main/api", "ScalableDimension": "ecs:service:DesiredCount",
        "Description": "Setting desired count to 4.", "Cause": "scheduled action",
        "StartTime": NOW_S, "StatusCode": "InProgress" }] });
    wire.answer("DescribeScalingActivities", Answer::json(200, body));
    let activities = cloud(&wire)
        .activities(&service(ACCOUNT, "main/api"))
        .await
        .expect("activities");
    assert_eq!(activities[0].status, "InProgress");
    assert_eq!(activities[0].description, "Setting desired count to 4.");
    let asked = &wire.asked()[0].parameters;
    assert_eq!(asked["ResourceId"], "service/main/api");
    assert_eq!(asked["MaxResults"], "50");
}

#[tokio::test]
async fn a_refresh_goes_on_ends_or_is_being_ended() {
    use RefreshState::{Cancelled, Ending, Failed, Running, Successful};
    for (status, state) in [
        ("Pending", Running),
        ("InProgress", Running),
        ("Baking", Running),
        ("Cancelling", Ending),
        ("RollbackInProgress", Ending),
        ("Cancelled", Cancelled),
        ("RollbackSuccessful", Cancelled),
        ("Failed", Failed),
        ("RollbackFailed", Failed),
        ("Successful", Successful),
        ("SomethingNew", Running),
    ] {
        let wire = Wire::new();
        let row = format!(
            "<member><InstanceRefreshId>r-1</InstanceRefreshId><Status>{status}</Status>\
             <StatusReason>as told</StatusReason><StartTime>2026-03-02T00:00:00Z</StartTime>\
             <PercentageComplete>40</PercentageComplete>\
             <InstancesToUpdate>6</InstancesToUpdate></member>"
        );
        let body = format!(
            "<DescribeInstanceRefreshesResponse><DescribeInstanceRefreshesResult>\
             <InstanceRefreshes>{row}</InstanceRefreshes></DescribeInstanceRefreshesResult>\
             </DescribeInstanceRefreshesResponse>"
        );
        wire.answer("DescribeInstanceRefreshes", Answer::xml(200, body));
        let told = cloud(&wire).refreshes(&group(ACCOUNT, "prod-web")).await;
        let expected = Refresh {
            id: "r-1".into(),
            state,
            started_at: Some("2026-03-02T00:00:00Z".parse().expect("a time")),
            percent: 40,
            left: 6,
            reason: "as told".into(),
        };
        assert_eq!(told, Ok(vec![expected]), "{status}");
    }
}
