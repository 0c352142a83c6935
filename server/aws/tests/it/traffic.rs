//! What load balancers sent to a group: its target groups against moto, and metrics as a
//! load balancer would report them against ministack, which speaks CloudWatch's CBOR.

use crate::peers::{self, MOTO_ACCOUNT, REGION, cloud, group, routed, unique};
use aws_sdk_cloudwatch::types::{Dimension, MetricDatum};
use aws_smithy_types::DateTime;
use domain::{
    fit::{QUARTER_MS, span},
    time::MINUTE_MS,
};
use ports::Cloud as _;

const NAMESPACE: &str = "AWS/ApplicationELB";

async fn make_target_group(name: &str) -> String {
    let url = peers::moto().expect("asked before");
    let vpcs = peers::query(
        &url,
        ("ec2", "2016-11-15"),
        "test",
        &[("Action", "DescribeVpcs")],
    )
    .await;
    let vpc = peers::element(&vpcs, "vpcId");
    let made = peers::query(
        &url,
        ("elasticloadbalancing", "2015-12-01"),
        "test",
        &[
            ("Action", "CreateTargetGroup"),
            ("Name", name),
            ("Protocol", "HTTP"),
            ("Port", "80"),
            ("VpcId", &vpc),
        ],
    )
    .await;
    peers::element(&made, "TargetGroupArn")
}

fn dimension(name: &str, value: &str) -> Dimension {
    Dimension::builder().name(name).value(value).build()
}

#[tokio::test]
async fn requests_come_from_the_target_groups_of_a_group() {
    let (Some(ministack), Some(moto)) = (peers::ministack(), peers::moto()) else {
        return;
    };
    let config = peers::config(&moto, "test");
    let routes = vec![
        ("CloudWatch", ministack),
        ("STS", moto.clone()),
        ("Auto Scaling", moto),
    ];
    let routed = routed(routes, "300000000009");
    let cloud = cloud(MOTO_ACCOUNT, &routed);
    let name = unique("web");
    let short = format!("t{}", peers::now().ms());
    let arn = make_target_group(&short).await;
    let client = aws_sdk_autoscaling::Client::new(&config);
    client
        .create_launch_configuration()
        .launch_configuration_name(&name)
        .image_id("ami-12c6146b")
        .instance_type("t3.micro")
        .send()
        .await
        .expect("a launch configuration");
    client
        .create_auto_scaling_group()
        .auto_scaling_group_name(&name)
        .launch_configuration_name(&name)
        .availability_zones(format!("{REGION}a"))
        .min_size(0)
        .max_size(5)
        .desired_capacity(0)
        .target_group_arns(&arn)
        .send()
        .await
        .expect("a group");
    let (from, until) = span(peers::now());
    let target = group(MOTO_ACCOUNT, &name);
    // Registered, but nothing was ever sent to it.
    let silent = cloud.traffic(&target, from, until).await;
    assert_eq!(silent.expect("an answer"), None);

    let (_, target_group) = arn.rsplit_once(':').expect("an ARN");
    let metrics = aws_sdk_cloudwatch::Client::new(&routed);
    let first = until.plus_ms(-2 * QUARTER_MS);
    let put = async |metric: &str, zone: Option<&str>, minutes: i64, value: f64| {
        let at = first.plus_ms(minutes * MINUTE_MS);
        let datum = MetricDatum::builder()
            .metric_name(metric)
            .dimensions(dimension("TargetGroup", target_group))
            .dimensions(dimension("LoadBalancer", "app/web/50dc6c495c0c9188"));
        let datum = match zone {
            Some(zone) => datum.dimensions(dimension("AvailabilityZone", zone)),
            None => datum,
        };
        let datum = datum.timestamp(DateTime::from_millis(at.ms())).value(value);
        let request = metrics.put_metric_data().namespace(NAMESPACE);
        let put = request.metric_data(datum.build()).send().await;
        put.expect("data");
    };
    put("RequestCount", None, 1, 400.0).await;
    put("RequestCount", None, 9, 500.0).await;
    put("RequestCount", Some("ap-northeast-2a"), 1, 400.0).await;
    put("RequestCount", None, 16, 90.0).await;
    put("RequestCountPerTarget", None, 1, 450.0).await;
    let read = cloud.traffic(&target, from, until).await;
    let read = read.expect("an answer").expect("traffic");
    let quarters = read.requests.len();
    assert_eq!((read.first, quarters), (from, 28 * 96));
    assert_eq!(read.requests[quarters - 2..], [Some(900), Some(90)]);
    assert_eq!(read.per_member[quarters - 2..], [Some(450), None]);
    assert!(read.requests[..quarters - 2].iter().all(Option::is_none));
    let nobody = cloud
        .traffic(&group(MOTO_ACCOUNT, "nobody"), from, until)
        .await;
    assert_eq!(nobody.expect("an answer"), None);
}
