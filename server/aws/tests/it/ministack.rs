//! The adapter against ministack, which serves CloudWatch as the SDK speaks it.
//! An access key of twelve digits is an account of its own there.

use crate::peers::{self, REGION, cloud, group, scope, unique};
use aws::{Access, Action, AwsCloud, AwsEstate, Watch, policy};
use aws_config::SdkConfig;
use aws_sdk_autoscaling::types::Tag;
use aws_sdk_cloudwatch::types::{
    ComparisonOperator, Dimension, MetricDatum, StandardUnit, StateValue, Statistic,
};
use aws_smithy_types::DateTime;
use domain::{
    alarms::{
        AlarmKind, AlarmRef, AlarmState, MetricRef,
        definition::{AlarmDefinition, MissingData},
    },
    capacity::Purchase,
    decimals::Decimal,
    plan::Call,
    refreshes::{Pace, RefreshState, started_since},
    step_policies::Comparison,
    time::MINUTE_MS,
};
use ports::{Cloud, CloudErrorKind, MetricRequest, ProbeOutcome};

/// The peer, asked by an account that no other test uses.
fn peer(account: &str) -> Option<(SdkConfig, AwsCloud)> {
    let config = peers::config(&peers::ministack()?, account);
    let cloud = cloud(account, &config);
    Some((config, cloud))
}

#[tokio::test]
async fn identity_is_the_accounts() {
    let account = "300000000001";
    let Some((config, ours)) = peer(account) else {
        return;
    };
    let identity = ours.identity(&scope(account)).await.expect("an identity");
    assert_eq!(identity.account, account);
    assert!(identity.arn.starts_with("arn:aws:"), "{}", identity.arn);

    let other = cloud("300000000099", &config);
    let error = other
        .alarms(&scope("300000000099"))
        .await
        .expect_err("another account");
    assert_eq!(error.kind, CloudErrorKind::Credentials);
    assert!(error.message.contains(account), "{error}");
}

#[tokio::test]
async fn a_role_is_assumed_with_its_external_id_only() {
    let account = "300000000002";
    let Some((config, _)) = peer(account) else {
        return;
    };
    let url = peers::ministack().expect("asked before");
    let role = unique("lamplighter");
    let trust = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"sts:AssumeRole",
        "Principal":{{"AWS":"arn:aws:iam::{account}:root"}},
        "Condition":{{"StringEquals":{{"sts:ExternalId":"e-1"}}}}}}]}}"#
    );
    let parameters = [
        ("Action", "CreateRole"),
        ("RoleName", role.as_str()),
        ("AssumeRolePolicyDocument", trust.as_str()),
    ];
    peers::query(&url, ("iam", "2010-05-08"), account, &parameters).await;
    let identity = async |external_id: &str| {
        let mut estate: AwsEstate = peers::estate(account);
        let arn = format!("arn:aws:iam::{account}:role/{role}");
        estate.accounts[0].role = Some(peers::role(&arn, Some(external_id)));
        let cloud = AwsCloud::with_config(&estate, config.clone());
        cloud.identity(&scope(account)).await
    };
    let ours = identity("e-1").await.expect("an identity");
    let end = format!("assumed-role/{role}/lamplighter");
    assert!(ours.arn.ends_with(&end), "{}", ours.arn);
    let error = identity("e-2").await.expect_err("another external id");
    assert_eq!(error.kind, CloudErrorKind::Credentials);
    let start = "the role cannot be assumed: AccessDenied";
    assert!(error.message.starts_with(start), "{error}");
}

#[tokio::test]
async fn alarms_come_from_every_page_with_their_states() {
    let account = "300000000003";
    let Some((config, cloud)) = peer(account) else {
        return;
    };
    let name = |number: usize| format!("{}-{number:03}", unique("prod-cpu"));
    let client = aws_sdk_cloudwatch::Client::new(&config);
    let mut names = Vec::new();
    for number in 0..120 {
        let name = name(number);
        let alarm = client
            .put_metric_alarm()
            .alarm_name(&name)
            .alarm_description("too busy")
            .namespace("AWS/EC2")
            .metric_name("CPUUtilization")
            .dimensions(dimension("InstanceId", "i-1"))
            .dimensions(dimension("AutoScalingGroupName", "web"))
            .extended_statistic("p99")
            .period(60)
            .evaluation_periods(3)
            .datapoints_to_alarm(2)
            .threshold(80.5)
            .comparison_operator(ComparisonOperator::GreaterThanThreshold)
            .treat_missing_data("notBreaching")
            .alarm_actions("arn:aws:sns:ap-northeast-2:300000000003:ops");
        alarm.send().await.expect("an alarm");
        names.push(name);
    }
    let composite = unique("prod-all");
    client
        .put_composite_alarm()
        .alarm_name(&composite)
        .alarm_rule(format!("ALARM(\"{}\")", names[0]))
        .send()
        .await
        .expect("a composite alarm");
    client
        .set_alarm_state()
        .alarm_name(&names[7])
        .state_value(StateValue::Alarm)
        .state_reason("a test")
        .send()
        .await
        .expect("a state");

    let alarms = cloud.alarms(&scope(account)).await.expect("alarms");
    for name in names.iter().chain([&composite]) {
        assert!(alarms.iter().any(|alarm| &alarm.name == name), "{name}");
    }
    let find = |name: &str| alarms.iter().find(|a| a.name == name).expect("the alarm");
    let alarm = find(&names[7]);
    assert_eq!(alarm.state, AlarmState::Alarm);
    assert_eq!(alarm.reason, "a test");
    assert!(peers::now().since_ms(alarm.state_at) < 10 * MINUTE_MS);
    assert_eq!(alarm.kind, AlarmKind::Metric);
    assert_eq!(alarm.description, "too busy");
    assert_eq!(alarm.rule.threshold, Some(80.5));
    assert_eq!(alarm.rule.datapoints_to_alarm, 2);
    assert_eq!(alarm.rule.missing_data, "notBreaching");
    assert_eq!(alarm.alarm_actions.len(), 1);
    let metric = alarm.rule.metric.as_ref().expect("a metric");
    assert_eq!((metric.statistic.as_str(), metric.period_s), ("p99", 60));
    assert_eq!(metric.dimensions[0].0, "AutoScalingGroupName");
    let composite = find(&composite);
    assert_eq!(composite.kind, AlarmKind::Composite);
    let rule = composite.rule.expression.as_deref().unwrap_or_default();
    assert!(rule.contains(&names[0]), "{rule}");
}

#[tokio::test]
async fn an_alarms_actions_are_switched_and_read_again() {
    let account = "300000000009";
    let Some((config, cloud)) = peer(account) else {
        return;
    };
    let alarm = AlarmRef {
        scope: scope(account),
        name: unique("prod-errors"),
    };
    aws_sdk_cloudwatch::Client::new(&config)
        .put_metric_alarm()
        .alarm_name(&alarm.name)
        .namespace("App")
        .metric_name("Errors")
        .statistic(Statistic::Sum)
        .period(60)
        .evaluation_periods(1)
        .threshold(1.0)
        .comparison_operator(ComparisonOperator::GreaterThanThreshold)
        .send()
        .await
        .expect("an alarm");
    for enabled in [false, true] {
        let call = Call::SetAlarmActions {
            alarm: alarm.clone(),
            enabled,
        };
        for _ in 0..2 {
            cloud.carry_out(&call).await.expect("switched");
        }
        let read = cloud.alarm(&alarm).await.expect("a reading");
        let read = read.expect("the alarm");
        assert_eq!(
            (read.name, read.actions_enabled),
            (alarm.name.clone(), enabled)
        );
    }
    let nothing = AlarmRef {
        name: unique("nothing-here"),
        ..alarm
    };
    assert_eq!(cloud.alarm(&nothing).await, Ok(None));
}

#[tokio::test]
async fn an_alarm_is_put_changed_and_deleted_and_read_again() {
    let account = "300000000013";
    let Some((_, cloud)) = peer(account) else {
        return;
    };
    let alarm = AlarmRef {
        scope: scope(account),
        name: unique("prod-errors"),
    };
    let topic = |name: &str| format!("arn:aws:sns:ap-northeast-2:{account}:{name}");
    let mut definition = AlarmDefinition {
        description: "too many".into(),
        metric: MetricRef {
            namespace: "App".into(),
            name: "Errors".into(),
            dimensions: vec![
                ("Service".into(), "web".into()),
                ("Zone".into(), "a".into()),
            ],
            statistic: "Sum".into(),
            period_s: 60,
            unit: "Count".into(),
        },
        comparison: Comparison::Greater,
        threshold: Decimal::parse("0.1").expect("a decimal"),
        evaluation_periods: 5,
        datapoints_to_alarm: 3,
        missing_data: MissingData::NotBreaching,
        actions_enabled: true,
        alarm_actions: vec![topic("ops")],
        ok_actions: vec![topic("calm")],
        insufficient_data_actions: vec![topic("blind")],
        lines: None,
    };
    for (statistic, threshold) in [("Sum", "0.1"), ("p99.9", "-12.5")] {
        definition.metric.statistic = statistic.into();
        definition.threshold = Decimal::parse(threshold).expect("a decimal");
        let put = Call::PutAlarm {
            alarm: alarm.clone(),
            definition: Box::new(definition.clone()),
        };
        for _ in 0..2 {
            cloud.carry_out(&put).await.expect("put");
        }
        let read = cloud.alarm(&alarm).await.expect("a reading");
        let read = read.and_then(|read| read.definition());
        assert_eq!(read, Some(definition.clone()));
    }
    let delete = Call::DeleteAlarm {
        alarm: alarm.clone(),
    };
    for _ in 0..2 {
        cloud.carry_out(&delete).await.expect("deleted");
    }
    assert_eq!(cloud.alarm(&alarm).await, Ok(None));
}

fn dimension(name: &str, value: &str) -> Dimension {
    Dimension::builder().name(name).value(value).build()
}

#[tokio::test]
async fn history_tells_each_change_newest_first() {
    let account = "300000000004";
    let Some((config, cloud)) = peer(account) else {
        return;
    };
    let client = aws_sdk_cloudwatch::Client::new(&config);
    let name = unique("prod-errors");
    let alarm = client
        .put_metric_alarm()
        .alarm_name(&name)
        .namespace("App")
        .metric_name("Errors")
        .statistic(Statistic::Sum)
        .period(60)
        .evaluation_periods(1)
        .threshold(1.0)
        .comparison_operator(ComparisonOperator::GreaterThanThreshold);
    alarm.send().await.expect("an alarm");
    for (state, reason) in [(StateValue::Ok, "quiet"), (StateValue::Alarm, "loud")] {
        client
            .set_alarm_state()
            .alarm_name(&name)
            .state_value(state)
            .state_reason(reason)
            .send()
            .await
            .expect("a state");
    }
    let now = peers::now();
    let read = |from_ms: i64, until_ms: i64| {
        let (from, until) = (now.plus_ms(from_ms), now.plus_ms(until_ms));
        let (cloud, name) = (&cloud, &name);
        async move {
            let scope = scope(account);
            let read = cloud.alarm_history(&scope, name, from, until);
            read.await.expect("history")
        }
    };
    let history = read(-MINUTE_MS, MINUTE_MS).await;
    let newest = history.first().expect("a change");
    assert_eq!(newest.from, Some(AlarmState::Ok));
    assert_eq!(newest.to, AlarmState::Alarm);
    assert!(newest.reason.contains("loud"), "{}", newest.reason);
    assert!(history.is_sorted_by(|a, b| a.at >= b.at));
    assert!(read(-3 * MINUTE_MS, -2 * MINUTE_MS).await.is_empty());
}

#[tokio::test]
async fn metrics_are_read_with_averages_and_percentiles() {
    let account = "300000000005";
    let Some((config, cloud)) = peer(account) else {
        return;
    };
    let start = peers::now().floor_minute().plus_ms(-10 * MINUTE_MS);
    let namespace = unique("App");
    let mut put = aws_sdk_cloudwatch::Client::new(&config)
        .put_metric_data()
        .namespace(&namespace);
    for (minute, value) in [(0, 1.0), (0, 3.0), (1, 10.0), (2, 20.0)] {
        let at = DateTime::from_millis(start.plus_ms(minute * MINUTE_MS).ms());
        let datum = MetricDatum::builder()
            .metric_name("Latency")
            .dimensions(dimension("Service", "api"))
            .timestamp(at)
            .value(value)
            .unit(StandardUnit::Milliseconds)
            .build();
        put = put.metric_data(datum);
    }
    put.send().await.expect("data");
    let request = |statistic: &str| MetricRequest {
        metric: MetricRef {
            namespace: namespace.clone(),
            name: "Latency".into(),
            dimensions: vec![("Service".into(), "api".into())],
            statistic: statistic.into(),
            period_s: 60,
            unit: String::new(),
        },
        from: start,
        until: start.plus_ms(5 * MINUTE_MS),
    };
    let scope = scope(account);
    let average = cloud.metric(&scope, &request("Average")).await;
    let average = average.expect("a series");
    assert_eq!(average.values, [2.0, 10.0, 20.0]);
    assert_eq!(average.at[1].since_ms(start), MINUTE_MS);
    assert_eq!(average.period_s, 60);
    let p99 = cloud.metric(&scope, &request("p99")).await;
    let p99 = p99.expect("a series");
    assert!(p99.values[0] > 2.5 && p99.values[0] <= 3.0, "{p99:?}");
}

async fn make_group(config: &SdkConfig, name: &str) {
    let client = aws_sdk_autoscaling::Client::new(config);
    client
        .create_launch_configuration()
        .launch_configuration_name(name)
        .image_id("ami-12345678")
        .instance_type("t3.micro")
        .send()
        .await
        .expect("a launch configuration");
    let tag = Tag::builder()
        .key("environment")
        .value("Staging")
        .resource_id(name)
        .resource_type("auto-scaling-group")
        .propagate_at_launch(false)
        .build();
    client
        .create_auto_scaling_group()
        .auto_scaling_group_name(name)
        .launch_configuration_name(name)
        .availability_zones(format!("{REGION}a"))
        .min_size(1)
        .max_size(4)
        .desired_capacity(2)
        .tags(tag)
        .send()
        .await
        .expect("a group");
}

#[tokio::test]
async fn groups_are_read_and_written() {
    let account = "300000000006";
    let Some((config, cloud)) = peer(account) else {
        return;
    };
    let name = unique("web");
    make_group(&config, &name).await;
    let target = group(account, &name);
    let all = cloud.targets(&scope(account)).await;
    let ecs = "application-autoscaling:DescribeScalableTargets";
    let error = all.expect_err("this peer has no scalable targets");
    assert_eq!(error.action, ecs);

    let before = cloud.target(&target).await.expect("a reading");
    let before = before.expect("the group");
    assert_eq!(before.environment.as_str(), "staging");
    assert_eq!(before.capacity.to_string(), "1–2–4");
    assert_eq!((before.instances.len(), before.in_service), (2, 2));
    assert!(before.instances[0].id.starts_with("i-"));
    assert!(before.instances[0].healthy);
    // This peer's EC2 does not know the group's instances.
    assert_eq!(before.instances[0].purchase, Purchase::Unknown);

    let planned = peers::capacity(0, Some(3), None);
    let set = peers::capacity(2, Some(3), Some(6));
    peers::write_twice(&cloud, &target, planned, set).await;
    assert_eq!(cloud.activities(&target).await, Ok(Vec::new()));
    peers::write_nothing(&cloud, group(account, "nothing-here")).await;
}

#[tokio::test]
async fn instances_are_replaced_and_the_end_of_it_is_read() {
    let account = "300000000012";
    let Some((config, cloud)) = peer(account) else {
        return;
    };
    let name = unique("web");
    make_group(&config, &name).await;
    let target = group(account, &name);
    assert_eq!(cloud.refreshes(&target).await, Ok(Vec::new()));
    let cancel = Call::CancelRefresh {
        target: target.clone(),
    };
    assert_eq!(cloud.carry_out(&cancel).await, Ok(()), "none goes on");
    let before = peers::now();
    let start = Call::StartRefresh {
        target: target.clone(),
        pace: Pace::default(),
    };
    cloud.carry_out(&start).await.expect("started");
    // This peer is done at once.
    let told = cloud.refreshes(&target).await.expect("refreshes");
    let ours = started_since(&told, before).expect("ours");
    assert_eq!((ours.state, ours.percent), (RefreshState::Successful, 100));
    let nothing = cloud.refreshes(&group(account, "nothing-here")).await;
    assert_eq!(
        nothing.expect_err("no group").kind,
        CloudErrorKind::NotFound
    );
}

#[tokio::test]
async fn probing_is_answered_and_makes_no_group() {
    let account = "300000000007";
    let Some((config, cloud)) = peer(account) else {
        return;
    };
    let probes = cloud.probe(&scope(account)).await;
    for probe in &probes {
        let served = !probe.action.starts_with("application-autoscaling:");
        if served {
            assert_eq!(probe.outcome, ProbeOutcome::Ok, "{}", probe.action);
        }
    }
    let client = aws_sdk_autoscaling::Client::new(&config);
    let groups = client.describe_auto_scaling_groups().send().await;
    assert!(groups.expect("groups").auto_scaling_groups().is_empty());
}

/// A user of the account with these policies; gives its key and secret.
async fn make_user(url: &str, account: &str, policies: &[Access]) -> (String, String) {
    let name = unique("ops");
    let iam = async |parameters: &[(&str, &str)]| {
        let mut all = vec![("UserName", name.as_str())];
        all.extend(parameters);
        peers::query(url, ("iam", "2010-05-08"), account, &all).await
    };
    iam(&[("Action", "CreateUser")]).await;
    for (number, access) in policies.iter().enumerate() {
        let (number, document) = (number.to_string(), policy(*access));
        iam(&[
            ("Action", "PutUserPolicy"),
            ("PolicyName", &number),
            ("PolicyDocument", &document),
        ])
        .await;
    }
    let key = iam(&[("Action", "CreateAccessKey")]).await;
    let key_id = peers::element(&key, "AccessKeyId");
    (key_id, peers::element(&key, "SecretAccessKey"))
}

/// What this peer checks truthfully: it does not serve Application Auto Scaling,
/// checks no policy for CloudWatch in CBOR, and takes the cluster for the
/// resource of UpdateService, which is the service.
fn is_checked(action: Action) -> bool {
    let iam = action.iam();
    !iam.starts_with("application-autoscaling:")
        && !iam.starts_with("cloudwatch:")
        && action != Action::UpdateService
}

#[tokio::test]
async fn the_policy_files_grant_what_they_say_and_no_more() {
    let account = "300000000009";
    let Some(url) = peers::ministack() else {
        return;
    };
    for policies in [
        vec![],
        vec![Access::Read],
        vec![Access::Apply],
        vec![Access::Read, Access::Apply],
    ] {
        let (key, secret) = make_user(&url, account, &policies).await;
        let cloud = cloud(account, &peers::signed(&url, &key, &secret));
        let probes = cloud.probe(&scope(account)).await;
        // No role for EventBridge Scheduler is configured, and nothing more is watched.
        let used = Action::ALL.iter();
        let used = used.filter(|action| action.is_used(false, &Watch::default()));
        for (&action, probe) in used.zip(probes) {
            let access = action.access();
            let granted = access == Access::Everybody || policies.contains(&access);
            let expected = if granted {
                ProbeOutcome::Ok
            } else {
                ProbeOutcome::Denied
            };
            if is_checked(action) {
                assert_eq!(probe.outcome, expected, "{policies:?}: {}", probe.action);
            }
        }
    }
}

#[tokio::test]
async fn wrong_secrets_and_unknown_keys_are_refused() {
    let account = "300000000011";
    let Some(url) = peers::ministack() else {
        return;
    };
    let (key, _) = make_user(&url, account, &[Access::Read]).await;
    for (key, words) in [
        (
            key.as_str(),
            "SignatureDoesNotMatch: the secret key is wrong",
        ),
        ("AKIA0000000000000000", "InvalidClientTokenId: "),
    ] {
        let cloud = cloud(account, &peers::signed(&url, key, "wrong"));
        let error = cloud
            .alarms(&scope(account))
            .await
            .expect_err("it checks signatures");
        assert_eq!(error.kind, CloudErrorKind::Credentials, "{error}");
        assert!(error.message.starts_with(words), "{error}");
    }
}

#[tokio::test]
async fn what_is_denied_says_who_may_not_do_what() {
    let account = "300000000012";
    let Some(url) = peers::ministack() else {
        return;
    };
    let (key, secret) = make_user(&url, account, &[]).await;
    let cloud = cloud(account, &peers::signed(&url, &key, &secret));
    let target = group(account, "web");
    let error = cloud.target(&target).await.expect_err("denied");
    assert_eq!(error.kind, CloudErrorKind::Denied);
    // Three calls go out at once, and none of them may.
    assert!(error.action.starts_with("autoscaling:Describe"), "{error}");
    let words = format!("User: arn:aws:iam::{account}:user/ops-");
    assert!(error.message.contains(&words), "{error}");
}
