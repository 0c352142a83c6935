//! What may lack an alarm: load balancers, functions and what the CloudWatch agent reports, as
//! AWS writes it, and against moto, which serves load balancers truthfully.

use crate::{
    peers::{self, MOTO_ACCOUNT, scope},
    wire::{ACCOUNT, Answer, Wire, cloud},
};
use domain::coverage::{AgentMetric, Balancer};
use ports::{Cloud, CloudErrorKind};
use serde_json::json;

const ARN: &str = "arn:aws:elasticloadbalancing:ap-northeast-2:111122223333";

fn page(call: &str, list: &str, rows: &str, marker: &str) -> Answer {
    Answer::xml(
        200,
        format!(
            "<{call}Response xmlns=\"http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/\">\
             <{call}Result><{list}>{rows}</{list}>{marker}</{call}Result>\
             <ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></{call}Response>"
        ),
    )
}

fn balancer(kind: &str, path: &str) -> String {
    format!(
        "<member><LoadBalancerArn>{ARN}:loadbalancer/{path}</LoadBalancerArn>\
         <LoadBalancerName>x</LoadBalancerName><Type>{kind}</Type><State><Code>active</Code>\
         </State><AvailabilityZones><member><ZoneName>a</ZoneName></member></AvailabilityZones>\
         </member>"
    )
}

fn target_group(path: &str, balancers: &str) -> String {
    format!(
        "<member><TargetGroupArn>{ARN}:targetgroup/{path}</TargetGroupArn>\
         <LoadBalancerArns>{balancers}</LoadBalancerArns><Matcher><HttpCode>200</HttpCode>\
         </Matcher></member>"
    )
}

#[tokio::test]
async fn every_page_of_application_load_balancers_is_read_with_its_target_groups() {
    let wire = Wire::new();
    let (call, list) = ("DescribeLoadBalancers", "LoadBalancers");
    let first = balancer("application", "app/prod-public/50dc6c495c0c9188")
        + &balancer("network", "net/prod-tcp/1111111111111111");
    wire.answer(
        call,
        page(call, list, &first, "<NextMarker>more</NextMarker>"),
    );
    let second = balancer("application", "app/idle/2222222222222222");
    wire.answer(call, page(call, list, &second, ""));
    let (call, list) = ("DescribeTargetGroups", "TargetGroups");
    let own = format!("<member>{ARN}:loadbalancer/app/prod-public/50dc6c495c0c9188</member>");
    let rows =
        target_group("web/1", &own) + &target_group("unused/2", "") + &target_group("api/3", &own);
    wire.answer(call, page(call, list, &rows, ""));
    let told = cloud(&wire).balancers(&scope(ACCOUNT)).await;
    let expected = [
        Balancer {
            name: "app/prod-public/50dc6c495c0c9188".into(),
            target_groups: vec!["targetgroup/web/1".into(), "targetgroup/api/3".into()],
        },
        Balancer {
            name: "app/idle/2222222222222222".into(),
            target_groups: Vec::new(),
        },
    ];
    assert_eq!(told.expect("load balancers"), expected);
    let asked = wire.asked();
    let pages = asked
        .iter()
        .filter(|one| one.action == "DescribeLoadBalancers");
    let markers: Vec<_> = pages
        .map(|one| one.parameters.get("Marker").map(String::as_str))
        .collect();
    assert_eq!(markers, [None, Some("more")]);
}

#[tokio::test]
async fn an_account_without_load_balancers_has_none() {
    let wire = Wire::new();
    for (call, list) in [
        ("DescribeLoadBalancers", "LoadBalancers"),
        ("DescribeTargetGroups", "TargetGroups"),
    ] {
        wire.answer(call, page(call, list, "", ""));
    }
    let told = cloud(&wire).balancers(&scope(ACCOUNT)).await;
    assert_eq!(told.expect("an answer"), []);
}

#[tokio::test]
async fn what_is_denied_names_the_permission() {
    let wire = Wire::new();
    let denied = Answer::query_error(403, "AccessDenied", "no");
    wire.answer("DescribeLoadBalancers", denied);
    let error = cloud(&wire).balancers(&scope(ACCOUNT)).await;
    let error = error.expect_err("denied");
    assert_eq!(error.kind, CloudErrorKind::Denied);
    assert_eq!(error.action, "elasticloadbalancing:DescribeLoadBalancers");
    let denied = Answer::json_error(403, "AccessDeniedException", "no");
    wire.answer("ListFunctions", denied);
    let error = cloud(&wire).functions(&scope(ACCOUNT)).await;
    let error = error.expect_err("denied");
    assert_eq!(error.kind, CloudErrorKind::Denied);
    assert_eq!(error.action, "lambda:ListFunctions");
}

#[tokio::test]
async fn every_page_of_functions_is_read() {
    let wire = Wire::new();
    let function = |name: &str| json!({ "FunctionName": name, "Environment": { "Variables": {} } });
    let first = json!({ "Functions": [function("a"), function("b")], "NextMarker": "m/1" });
    wire.answer("ListFunctions", Answer::json(200, first));
    let last = json!({ "Functions": [function("c")], "NextMarker": null });
    wire.answer("ListFunctions", Answer::json(200, last));
    let names = cloud(&wire).functions(&scope(ACCOUNT)).await;
    assert_eq!(names.expect("names"), ["a", "b", "c"]);
    let asked = wire.asked();
    assert_eq!(asked[0].parameters.get("Marker"), None);
    assert_eq!(asked[1].parameters["Marker"], "m/1");
    assert!(asked[0].host.starts_with("lambda."), "{}", asked[0].host);
}

#[tokio::test]
async fn the_agents_metrics_of_memory_and_disks_are_those_reported_lately() {
    let wire = Wire::new();
    let metric = |name: &str, dimensions: &[(&str, &str)]| {
        let pairs = dimensions.iter();
        let pairs: Vec<_> = pairs
            .map(|(n, v)| json!({ "Name": n, "Value": v }))
            .collect();
        json!({ "Namespace": "CWAgent", "MetricName": name, "Dimensions": pairs })
    };
    let memory = metric(
        "mem_used_percent",
        &[("b", "2"), ("AutoScalingGroupName", "web")],
    );
    for metrics in [json!([memory]), json!([]), json!([]), json!([])] {
        wire.answer(
            "ListMetrics",
            Answer::cbor(200, &json!({ "Metrics": metrics })),
        );
    }
    let told = cloud(&wire).agent_metrics(&scope(ACCOUNT)).await;
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let expected = AgentMetric {
        name: "mem_used_percent".into(),
        dimensions: vec![pair("AutoScalingGroupName", "web"), pair("b", "2")],
    };
    assert_eq!(told.expect("metrics"), [expected]);
    let asked = wire.asked();
    assert_eq!(asked.len(), 4);
    assert!(
        asked
            .iter()
            .all(|one| one.has("CWAgent") && one.has("PT3H"))
    );
    assert!(asked[2].has("disk_used_percent"));
}

#[tokio::test]
async fn a_load_balancer_is_known_with_the_target_groups_of_its_listeners() {
    let Some(url) = peers::moto() else {
        return;
    };
    let cloud = peers::cloud(MOTO_ACCOUNT, &peers::config(&url, "test"));
    let elb = async |parameters: &[(&str, &str)]| {
        peers::query(
            &url,
            ("elasticloadbalancing", "2015-12-01"),
            "test",
            parameters,
        )
        .await
    };
    let ec2 = ("ec2", "2016-11-15");
    let subnets = peers::query(&url, ec2, "test", &[("Action", "DescribeSubnets")]).await;
    let subnet = peers::element(&subnets, "subnetId");
    let vpc = peers::element(&subnets, "vpcId");
    let number = peers::now().ms();
    let name = format!("b{number}");
    let made = elb(&[
        ("Action", "CreateLoadBalancer"),
        ("Name", &name),
        ("Subnets.member.1", &subnet),
    ])
    .await;
    let balancer = peers::element(&made, "LoadBalancerArn");
    let group = elb(&[
        ("Action", "CreateTargetGroup"),
        ("Name", &format!("g{number}")),
        ("Protocol", "HTTP"),
        ("Port", "80"),
        ("VpcId", &vpc),
    ])
    .await;
    let group = peers::element(&group, "TargetGroupArn");
    elb(&[
        ("Action", "CreateListener"),
        ("LoadBalancerArn", &balancer),
        ("Protocol", "HTTP"),
        ("Port", "80"),
        ("DefaultActions.member.1.Type", "forward"),
        ("DefaultActions.member.1.TargetGroupArn", &group),
    ])
    .await;
    let found = cloud.balancers(&scope(MOTO_ACCOUNT)).await;
    let found = found.expect("load balancers").into_iter();
    let mine: Vec<Balancer> = found
        .filter(|one| one.name.starts_with(&format!("app/{name}/")))
        .collect();
    assert_eq!(mine.len(), 1);
    assert_eq!(mine[0].target_groups.len(), 1);
    assert!(mine[0].target_groups[0].starts_with(&format!("targetgroup/g{number}/")));
    let functions = cloud.functions(&scope(MOTO_ACCOUNT)).await;
    assert_eq!(functions.expect("an answer"), [""; 0]);
}
