//! The adapter against moto, which knows mixed instances policies, suspended
//! processes, Application Auto Scaling and ECS.

use crate::group_actions::write_several;
use crate::peers::{self, MOTO_ACCOUNT, REGION, cloud, group, routed, scope, service, unique};
use aws::{AwsCloud, AwsEstate};
use aws_config::SdkConfig;
use aws_sdk_applicationautoscaling::types::{
    AdjustmentType, MetricType, PolicyType, PredefinedMetricSpecification, ServiceNamespace,
    StepAdjustment, StepScalingPolicyConfiguration, SuspendedState,
    TargetTrackingScalingPolicyConfiguration,
};
use aws_sdk_autoscaling::types::{
    InstancesDistribution, LaunchTemplate, LaunchTemplateSpecification, MixedInstancesPolicy, Tag,
};
use aws_sdk_ecs::types::{ContainerDefinition, LaunchType, Tag as EcsTag};
use domain::{
    capacity::{Instance, PolicyKind, Purchase, SpotMix, Timing},
    limits::SPOT_PRICES_MS,
    processes::Process,
};
use ports::{Cloud, ProbeOutcome};

fn peer() -> Option<(SdkConfig, AwsCloud)> {
    let config = peers::config(&peers::moto()?, "test");
    let cloud = cloud(MOTO_ACCOUNT, &config);
    Some((config, cloud))
}

#[tokio::test]
async fn identity_and_roles() {
    let Some((config, cloud)) = peer() else {
        return;
    };
    let scope = scope(MOTO_ACCOUNT);
    let identity = cloud.identity(&scope).await.expect("an identity");
    assert_eq!(identity.account, MOTO_ACCOUNT);
    let mut estate: AwsEstate = peers::estate(MOTO_ACCOUNT);
    let arn = format!("arn:aws:iam::{MOTO_ACCOUNT}:role/lamplighter");
    estate.accounts[0].role = Some(peers::role(&arn, None));
    let cloud = AwsCloud::with_config(&estate, config);
    let identity = cloud.identity(&scope).await.expect("an identity");
    let end = "assumed-role/lamplighter/lamplighter";
    assert!(identity.arn.ends_with(end), "{}", identity.arn);
}

/// Moto takes a launch configuration for plain groups, but a mixed instances
/// policy needs a launch template, which only EC2 makes.
async fn make_template(name: &str) -> String {
    let url = peers::moto().expect("asked before");
    let answer = peers::query(
        &url,
        ("ec2", "2016-11-15"),
        "test",
        &[
            ("Action", "CreateLaunchTemplate"),
            ("LaunchTemplateName", name),
            ("LaunchTemplateData.ImageId", "ami-12c6146b"),
            ("LaunchTemplateData.InstanceType", "t3.micro"),
        ],
    )
    .await;
    peers::element(&answer, "launchTemplateId")
}

/// A group of two instances with a mixed instances policy.
pub async fn make_group(config: &SdkConfig, name: &str, on_demand_percent: i32) {
    let template = make_template(name).await;
    let client = aws_sdk_autoscaling::Client::new(config);
    let template = LaunchTemplateSpecification::builder()
        .launch_template_id(template)
        .version("1")
        .build();
    let policy = MixedInstancesPolicy::builder()
        .launch_template(
            LaunchTemplate::builder()
                .launch_template_specification(template)
                .build(),
        )
        .instances_distribution(
            InstancesDistribution::builder()
                .on_demand_percentage_above_base_capacity(on_demand_percent)
                .build(),
        )
        .build();
    let tag = Tag::builder()
        .key("Environment")
        .value("prod")
        .resource_id(name)
        .resource_type("auto-scaling-group")
        .propagate_at_launch(true)
        .build();
    client
        .create_auto_scaling_group()
        .auto_scaling_group_name(name)
        .mixed_instances_policy(policy)
        .availability_zones(format!("{REGION}a"))
        .min_size(1)
        .max_size(5)
        .desired_capacity(2)
        .capacity_rebalance(true)
        .tags(tag)
        .send()
        .await
        .expect("a group");
}

#[tokio::test]
async fn groups_are_read_with_mix_processes_policies_and_purchases() {
    let Some((config, cloud)) = peer() else {
        return;
    };
    let name = unique("web");
    make_group(&config, &name, 25).await;
    let client = aws_sdk_autoscaling::Client::new(&config);
    client
        .suspend_processes()
        .auto_scaling_group_name(&name)
        .scaling_processes("ScheduledActions")
        .send()
        .await
        .expect("suspended");
    client
        .put_scaling_policy()
        .auto_scaling_group_name(&name)
        .policy_name("out")
        .policy_type("SimpleScaling")
        .adjustment_type("ChangeInCapacity")
        .scaling_adjustment(2)
        .send()
        .await
        .expect("a policy");
    client
        .put_scheduled_update_group_action()
        .auto_scaling_group_name(&name)
        .scheduled_action_name("by hand")
        .recurrence("0 9 * * MON-FRI")
        .time_zone("Asia/Seoul")
        .min_size(0)
        .send()
        .await
        .expect("an action");

    let all = cloud.targets(&scope(MOTO_ACCOUNT)).await.expect("targets");
    let listed = all.iter().find(|target| target.reference.name == name);
    let listed = listed.expect("the group").clone();
    assert_eq!(listed.environment.as_str(), "prod");
    assert_eq!(listed.suspended, ["ScheduledActions"]);
    assert_eq!(
        listed
            .mix
            .map(|mix| (mix.on_demand_base, mix.on_demand_percent)),
        Some((0, 25))
    );
    let policy = &listed.policies[0];
    assert_eq!(policy.kind, PolicyKind::Simple);
    assert_eq!(policy.summary, "ChangeInCapacity: +2");
    let Timing::Recurring {
        expression,
        timezone,
        starts_at,
        ends_at,
    } = &listed.actions[0].timing
    else {
        panic!("it recurs");
    };
    assert_eq!(
        (expression.as_str(), timezone.as_str()),
        ("0 9 * * MON-FRI", "Asia/Seoul")
    );
    assert_eq!((starts_at, ends_at), (&None, &None));
    assert_eq!(listed.actions[0].capacity.min, Some(0));

    let read = cloud.target(&group(MOTO_ACCOUNT, &name)).await;
    let read = read.expect("a reading").expect("the group");
    assert!(!read.instances.is_empty());
    for instance in &read.instances {
        assert_ne!(instance.purchase, Purchase::Unknown, "EC2 knows it");
        assert_eq!(instance.instance_type, "t3.micro");
    }
    assert_eq!(read.actions, listed.actions);
    let mix = read.mix.expect("a mix");
    let expected = SpotMix {
        on_demand_base: 0,
        on_demand_percent: 25,
        ..mix
    };
    assert_eq!(mix, expected);
    let told = |instances: &[Instance]| -> Vec<_> {
        let instances = instances.iter();
        instances
            .map(|one| (one.id.clone(), one.purchase))
            .collect()
    };
    assert_eq!(told(&listed.instances), told(&read.instances));

    let until = peers::now();
    let from = until.plus_ms(-SPOT_PRICES_MS);
    let target = group(MOTO_ACCOUNT, &name);
    let prices = cloud.spot_prices(&target, from, until).await;
    let prices = prices.expect("prices");
    assert!(!prices.is_empty());
    for price in &prices {
        assert_eq!(price.instance_type, "t3.micro");
        assert!(price.zone.starts_with(REGION), "{price:?}");
    }
}

#[tokio::test]
async fn groups_are_written() {
    let Some((config, cloud)) = peer() else {
        return;
    };
    let name = unique("api");
    make_group(&config, &name, 100).await;
    let target = group(MOTO_ACCOUNT, &name);
    let planned = peers::capacity(1, Some(2), Some(5));
    let set = peers::capacity(3, Some(4), Some(9));
    peers::write_twice(&cloud, &target, planned, set).await;
    write_several(&cloud, &target).await;
    peers::switch_processes(&cloud, &target, &[]).await;
    assert_eq!(cloud.activities(&target).await, Ok(Vec::new()));
    peers::write_nothing(&cloud, group(MOTO_ACCOUNT, "nothing-here")).await;
}

/// A cluster with one service of two tasks; gives `cluster/service`.
async fn make_service(config: &SdkConfig) -> String {
    let client = aws_sdk_ecs::Client::new(config);
    let cluster = unique("main");
    let made = client.create_cluster().cluster_name(&cluster).send().await;
    made.expect("a cluster");
    let container = ContainerDefinition::builder()
        .name("app")
        .image("app:1")
        .memory(128)
        .build();
    client
        .register_task_definition()
        .family(&cluster)
        .container_definitions(container)
        .send()
        .await
        .expect("a task definition");
    client
        .create_service()
        .cluster(&cluster)
        .service_name("api")
        .task_definition(&cluster)
        .desired_count(2)
        .launch_type(LaunchType::Fargate)
        .tags(EcsTag::builder().key("Environment").value("prod").build())
        .send()
        .await
        .expect("a service");
    format!("{cluster}/api")
}

async fn make_scalable(config: &SdkConfig, name: &str) {
    let client = aws_sdk_applicationautoscaling::Client::new(config);
    let resource = format!("service/{name}");
    let dimension =
        aws_sdk_applicationautoscaling::types::ScalableDimension::EcsServiceDesiredCount;
    client
        .register_scalable_target()
        .service_namespace(ServiceNamespace::Ecs)
        .resource_id(&resource)
        .scalable_dimension(dimension.clone())
        .min_capacity(1)
        .max_capacity(6)
        .suspended_state(
            SuspendedState::builder()
                .dynamic_scaling_in_suspended(true)
                .dynamic_scaling_out_suspended(false)
                .scheduled_scaling_suspended(false)
                .build(),
        )
        .send()
        .await
        .expect("a scalable target");
    let policy = |name: &str, kind: PolicyType| {
        client
            .put_scaling_policy()
            .service_namespace(ServiceNamespace::Ecs)
            .resource_id(&resource)
            .scalable_dimension(dimension.clone())
            .policy_name(name)
            .policy_type(kind)
    };
    let step = StepAdjustment::builder()
        .metric_interval_lower_bound(0.0)
        .scaling_adjustment(1)
        .build();
    let steps = StepScalingPolicyConfiguration::builder()
        .adjustment_type(AdjustmentType::ChangeInCapacity)
        .step_adjustments(step.expect("a step"))
        .build();
    policy("steps", PolicyType::StepScaling)
        .step_scaling_policy_configuration(steps)
        .send()
        .await
        .expect("a step policy");
    let metric = PredefinedMetricSpecification::builder()
        .predefined_metric_type(MetricType::EcsServiceAverageCpuUtilization)
        .build();
    let tracking = TargetTrackingScalingPolicyConfiguration::builder()
        .target_value(60.0)
        .predefined_metric_specification(metric.expect("a metric"))
        .build();
    policy("cpu", PolicyType::TargetTrackingScaling)
        .target_tracking_scaling_policy_configuration(tracking.expect("a configuration"))
        .send()
        .await
        .expect("a tracking policy");
}

#[tokio::test]
async fn services_are_read_and_written() {
    let Some((config, cloud)) = peer() else {
        return;
    };
    let name = make_service(&config).await;
    let target = service(MOTO_ACCOUNT, &name);
    assert_eq!(
        cloud.target(&target).await,
        Ok(None),
        "it does not scale yet"
    );
    make_scalable(&config, &name).await;

    let all = cloud.targets(&scope(MOTO_ACCOUNT)).await.expect("targets");
    let listed = all.iter().find(|t| t.reference == target).expect("listed");
    assert_eq!(listed.environment.as_str(), "prod");
    assert_eq!(listed.capacity.to_string(), "1–2–6");
    assert_eq!(listed.suspended, ["DynamicScalingIn"]);
    let policies: Vec<_> = listed
        .policies
        .iter()
        .map(|policy| (policy.kind, policy.summary.as_str()))
        .collect();
    assert_eq!(
        policies,
        [
            (
                PolicyKind::TargetTracking,
                "ECSServiceAverageCPUUtilization = 60"
            ),
            (PolicyKind::Step, "ChangeInCapacity: from 0 → +1"),
        ]
    );

    let planned = peers::capacity(0, None, Some(0));
    let set = peers::capacity(2, Some(3), Some(8));
    peers::write_twice(&cloud, &target, planned, set).await;
    peers::switch_processes(&cloud, &target, &[Process::DynamicScalingIn]).await;
}

#[tokio::test]
async fn probing_is_answered_and_leaves_nothing_behind() {
    let Some((config, cloud)) = peer() else {
        return;
    };
    let probes = cloud.probe(&scope(MOTO_ACCOUNT)).await;
    for probe in &probes {
        // CloudWatch is not served in CBOR; these activities, refreshes and CloudTrail not at
        // all; and processes of a group that is not there are an error of the peer's own.
        let served = !probe.action.starts_with("cloudwatch:")
            && !probe.action.ends_with("Processes")
            && !probe.action.contains("InstanceRefresh")
            && probe.action != "cloudtrail:LookupEvents"
            && probe.action != "application-autoscaling:DescribeScalingActivities";
        if served {
            assert_eq!(probe.outcome, ProbeOutcome::Ok, "{}", probe.action);
        }
    }
    let client = aws_sdk_applicationautoscaling::Client::new(&config);
    let targets = client
        .describe_scalable_targets()
        .service_namespace(ServiceNamespace::Ecs)
        .resource_ids("service/lamplighter-permission-probe/nothing")
        .send()
        .await
        .expect("targets");
    assert!(targets.scalable_targets().is_empty());
}

#[tokio::test]
async fn each_service_goes_to_its_own_endpoint() {
    let (Some(ministack), Some(moto)) = (peers::ministack(), peers::moto()) else {
        return;
    };
    let routes = vec![
        ("CloudWatch", ministack),
        ("STS", moto.clone()),
        ("Auto Scaling", moto.clone()),
        ("EC2", moto.clone()),
    ];
    let cloud = cloud(MOTO_ACCOUNT, &routed(routes, "300000000008"));
    let alarms = cloud.alarms(&scope(MOTO_ACCOUNT)).await;
    assert_eq!(alarms, Ok(Vec::new()), "only one of them speaks CBOR");
    let name = unique("routed");
    make_group(&peers::config(&moto, "test"), &name, 100).await;
    let target = cloud.target(&group(MOTO_ACCOUNT, &name)).await;
    let target = target.expect("a reading").expect("the group");
    assert_eq!(target.instances[0].purchase, Purchase::OnDemand);
}
