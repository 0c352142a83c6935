//! What is only on or off, and node groups: against moto each kind is read, switched or
//! sized, and its timers stand beside it; replayed is what moto does not tell.

use crate::{
    peers::{
        self, MOTO_ACCOUNT, REGION, posted, query, scope, timer_role, unique, with_everything,
    },
    wire::{ACCOUNT, Answer, Wire, cloud_with_everything},
};
use aws::AwsCloud;
use domain::{
    aws_timing::{FlexibleTimeWindow, Object, ObjectKind, UNIVERSAL_TARGET},
    capacity::{Capacity, CapacityChange, Target, TargetKind, TargetRef},
    plan::Call,
    schedules::Power,
    timers::Timer,
};
use ports::{Cloud, CloudErrorKind, ProbeOutcome};
use serde_json::{Value, json};

const RDS: (&str, &str) = ("rds", "2014-10-31");
const EC2: (&str, &str) = ("ec2", "2016-11-15");

fn peer(tag: &str) -> Option<(String, AwsCloud)> {
    let url = peers::moto()?;
    let config = peers::config(&url, "test");
    let estate = with_everything(peers::estate(MOTO_ACCOUNT), tag);
    Some((url, AwsCloud::with_config(&estate, config)))
}

fn target(kind: TargetKind, name: &str) -> TargetRef {
    TargetRef {
        kind,
        ..peers::group(MOTO_ACCOUNT, name)
    }
}

async fn read(cloud: &AwsCloud, target: &TargetRef) -> Target {
    let found = cloud.target(target).await.expect("a reading");
    found.expect("the target")
}

/// A timer of a target stands beside it in both readings, and is deleted.
async fn keeps_a_timer(cloud: &AwsCloud, of: &TargetRef, action: &str, input: Value) {
    let object = Object {
        kind: ObjectKind::SchedulerSchedule,
        name: unique("lamplighter.night"),
        target: format!("{UNIVERSAL_TARGET}{action}"),
        start: None,
        end: None,
        recurrence: Some("cron(0 20 * * ? *)".into()),
        timezone: "Asia/Seoul".into(),
        input,
        retry_policy: None,
        flexible_time_window: Some(FlexibleTimeWindow::Off),
    };
    let timer = Timer::new(object, &timer_role(MOTO_ACCOUNT));
    let put = Call::PutTimer {
        target: of.clone(),
        timer: timer.clone(),
        replaces: false,
    };
    cloud.carry_out(&put).await.expect("put");
    let kept = read(cloud, of).await.timers;
    let names: Vec<_> = kept.iter().map(|kept| &kept.object.name).collect();
    assert_eq!(names, [&timer.object.name]);
    let all = cloud.targets(&scope(MOTO_ACCOUNT)).await.expect("targets");
    let listed = all.iter().find(|listed| listed.reference == *of);
    assert_eq!(listed.expect("listed").timers, kept);
    let delete = Call::DeleteTimer {
        target: of.clone(),
        name: timer.object.name,
    };
    cloud.carry_out(&delete).await.expect("deleted");
    assert_eq!(read(cloud, of).await.timers, []);
}

/// Stopped and started, each twice as after a kill, and read back each time.
async fn switch(cloud: &AwsCloud, of: &TargetRef) {
    for power in [Power::Stopped, Power::Running] {
        let live = read(cloud, of).await;
        let named = live.named_to_switch();
        let call = Call::SetPower {
            target: of.clone(),
            power,
            instances: named.map(|instance| instance.id.clone()).collect(),
        };
        assert!(!call.is_done(&live, peers::now()), "{power:?}");
        for _ in 0..2 {
            cloud.carry_out(&call).await.expect("switched");
        }
        let live = read(cloud, of).await;
        assert_eq!(live.power(), Some(power));
        assert!(call.is_done(&live, peers::now()), "{power:?}");
    }
}

#[tokio::test]
async fn a_database_is_stopped_and_started_and_replicas_are_none_of_ours() {
    let Some((url, cloud)) = peer("Schedule") else {
        return;
    };
    let name = unique("orders");
    let replica = unique("replica");
    let lonely = unique("lonely");
    for name in [&name, &lonely] {
        query(
            &url,
            RDS,
            "test",
            &[
                ("Action", "CreateDBInstance"),
                ("DBInstanceIdentifier", name),
                ("DBInstanceClass", "db.m7g.large"),
                ("Engine", "postgres"),
                ("AllocatedStorage", "20"),
                ("Tags.Tag.1.Key", "Environment"),
                ("Tags.Tag.1.Value", "staging"),
            ],
        )
        .await;
    }
    query(
        &url,
        RDS,
        "test",
        &[
            ("Action", "CreateDBInstanceReadReplica"),
            ("DBInstanceIdentifier", &replica),
            ("SourceDBInstanceIdentifier", &lonely),
        ],
    )
    .await;
    let of = target(TargetKind::Rds, &name);
    let live = read(&cloud, &of).await;
    assert_eq!(live.environment.as_str(), "staging");
    assert_eq!(live.capacity, Capacity::switched(1, 1));
    assert_eq!((live.in_service, live.pending), (1, 0));
    assert_eq!(live.instances[0].instance_type, "db.m7g.large");
    for tied in [&replica, &lonely] {
        let found = cloud.target(&target(TargetKind::Rds, tied)).await;
        assert_eq!(found, Ok(None), "AWS stops neither of the two");
    }
    switch(&cloud, &of).await;
    let input = json!({"DbInstanceIdentifier": name});
    keeps_a_timer(&cloud, &of, "rds:stopDBInstance", input).await;
}

#[tokio::test]
async fn an_aurora_cluster_is_one_thing_with_its_members() {
    let Some((url, cloud)) = peer("Schedule") else {
        return;
    };
    let name = unique("reports");
    query(
        &url,
        RDS,
        "test",
        &[
            ("Action", "CreateDBCluster"),
            ("DBClusterIdentifier", &name),
            ("Engine", "aurora-postgresql"),
            ("MasterUsername", "admin"),
            ("MasterUserPassword", "a long secret"),
        ],
    )
    .await;
    let member = unique("member");
    query(
        &url,
        RDS,
        "test",
        &[
            ("Action", "CreateDBInstance"),
            ("DBInstanceIdentifier", &member),
            ("DBInstanceClass", "db.r7g.large"),
            ("Engine", "aurora-postgresql"),
            ("DBClusterIdentifier", &name),
        ],
    )
    .await;
    let of = target(TargetKind::RdsCluster, &name);
    let live = read(&cloud, &of).await;
    assert_eq!(live.capacity, Capacity::switched(1, 1));
    let members: Vec<_> = live.instances.iter().map(|one| one.id.as_str()).collect();
    assert_eq!(members, [member.as_str()]);
    let alone = cloud.target(&target(TargetKind::Rds, &member)).await;
    assert_eq!(alone, Ok(None), "its cluster is what is stopped");
    switch(&cloud, &of).await;
    let input = json!({"DbClusterIdentifier": name});
    keeps_a_timer(&cloud, &of, "rds:stopDBCluster", input).await;
}

#[tokio::test]
async fn every_value_of_a_watched_tag_is_a_target() {
    let tag = unique("Schedule");
    let Some((url, cloud)) = peer(&tag) else {
        return;
    };
    for (value, count) in [("office", "2"), ("lab", "1")] {
        query(
            &url,
            EC2,
            "test",
            &[
                ("Action", "RunInstances"),
                ("ImageId", "ami-12c6146b"),
                ("InstanceType", "m5.large"),
                ("MinCount", count),
                ("MaxCount", count),
                ("TagSpecification.1.ResourceType", "instance"),
                ("TagSpecification.1.Tag.1.Key", &tag),
                ("TagSpecification.1.Tag.1.Value", value),
                ("TagSpecification.1.Tag.2.Key", "Environment"),
                ("TagSpecification.1.Tag.2.Value", "dev"),
            ],
        )
        .await;
    }
    let of = target(TargetKind::Ec2Tag, &format!("{tag}=office"));
    let live = read(&cloud, &of).await;
    assert_eq!(live.capacity, Capacity::switched(2, 2));
    assert_eq!(live.environment.as_str(), "dev");
    assert_eq!((live.in_service, live.instances.len()), (2, 2));
    let all = cloud.targets(&scope(MOTO_ACCOUNT)).await.expect("targets");
    let mine = all
        .iter()
        .filter(|one| one.reference.name.starts_with(&tag));
    assert_eq!(mine.count(), 2);
    switch(&cloud, &of).await;
    let nobody = target(TargetKind::Ec2Tag, &format!("{tag}=nobody"));
    assert_eq!(cloud.target(&nobody).await, Ok(None));
    let unwatched = target(TargetKind::Ec2Tag, "Name=office");
    assert_eq!(cloud.target(&unwatched).await, Ok(None));
    let input = json!({
        "DocumentName": "AWS-StopEC2Instance",
        "TargetParameterName": "InstanceId",
        "Targets": [{"Key": format!("tag:{tag}"), "Values": ["office"]}],
    });
    keeps_a_timer(&cloud, &of, "ssm:startAutomationExecution", input).await;
}

#[tokio::test]
async fn a_node_group_is_sized() {
    let Some((url, cloud)) = peer("Schedule") else {
        return;
    };
    let cluster = unique("main");
    let eks = async |path: &str, body: Value| {
        posted(
            &url,
            (path, "application/json"),
            "eks",
            "test",
            &body.to_string(),
        )
        .await
    };
    let role = "arn:aws:iam::123456789012:role/eks";
    eks(
        "/clusters",
        json!({"name": cluster, "roleArn": role, "resourcesVpcConfig": {"subnetIds": []}}),
    )
    .await;
    eks(
        &format!("/clusters/{cluster}/node-groups"),
        json!({
            "nodegroupName": "workers", "nodeRole": role, "subnets": ["subnet-1"],
            "scalingConfig": {"minSize": 1, "maxSize": 4, "desiredSize": 2},
            "tags": {"Environment": "staging"},
        }),
    )
    .await;
    let name = format!("{cluster}/workers");
    let of = target(TargetKind::Eks, &name);
    let live = read(&cloud, &of).await;
    assert_eq!(live.environment.as_str(), "staging");
    assert_eq!(
        (live.capacity.min, live.capacity.desired, live.capacity.max),
        (1, 2, 4)
    );
    let set = Call::SetCapacity {
        target: of.clone(),
        capacity: CapacityChange {
            min: Some(0),
            desired: Some(0),
            max: Some(3),
        },
    };
    for _ in 0..2 {
        cloud.carry_out(&set).await.expect("sized");
    }
    let live = read(&cloud, &of).await;
    assert!(set.is_done(&live, peers::now()), "{:?}", live.capacity);
    let gone = target(TargetKind::Eks, &format!("{cluster}/gone"));
    assert_eq!(cloud.target(&gone).await, Ok(None));
    let input = json!({
        "ClusterName": cluster, "NodegroupName": "workers",
        "ScalingConfig": {"MinSize": 0, "MaxSize": 3, "DesiredSize": 0},
    });
    keeps_a_timer(&cloud, &of, "eks:updateNodegroupConfig", input).await;
}

#[tokio::test]
async fn permissions_for_what_is_watched_are_tried_without_changing_anything() {
    let Some((_, cloud)) = peer("Schedule") else {
        return;
    };
    let probes = cloud.probe(&scope(MOTO_ACCOUNT)).await;
    let asked: Vec<_> = probes
        .iter()
        .filter(|probe| {
            ["rds:", "eks:", "ssm:", "sqs:", "sns:", "ec2:St"]
                .iter()
                .any(|of| probe.action.starts_with(of))
        })
        .collect();
    assert_eq!(asked.len(), 18);
    // Of a cluster that is not there moto breaks instead of saying so.
    let served = asked
        .iter()
        .filter(|probe| probe.action != "eks:ListNodegroups");
    for probe in served {
        assert_eq!(probe.outcome, ProbeOutcome::Ok, "{}", probe.action);
    }
}

fn databases(instances: &str, clusters: &str) -> Wire {
    let wire = Wire::new();
    let list = |action: &str, list: &str, rows: &str| {
        Answer::xml(
            200,
            format!(
                "<{action}Response xmlns=\"http://rds.amazonaws.com/doc/2014-10-31/\">\
                 <{action}Result><{list}>{rows}</{list}></{action}Result></{action}Response>"
            ),
        )
    };
    wire.answers(
        "DescribeDBInstances",
        3,
        &list("DescribeDBInstances", "DBInstances", instances),
    )
    .answers(
        "DescribeDBClusters",
        3,
        &list("DescribeDBClusters", "DBClusters", clusters),
    )
    .answers(
        "ListSchedules",
        3,
        &Answer::json(200, json!({"Schedules": []})),
    );
    wire
}

#[tokio::test]
async fn a_database_in_between_is_tried_again_later_and_one_that_is_so_is_done() {
    let of = TargetRef {
        kind: TargetKind::Rds,
        ..peers::group(ACCOUNT, "orders")
    };
    let stop = Call::SetPower {
        target: of.clone(),
        power: Power::Stopped,
        instances: vec![],
    };
    let refused = Answer::query_error(400, "InvalidDBInstanceState", "not available");
    for (status, is_done) in [("backing-up", false), ("stopping", true), ("stopped", true)] {
        let row = format!(
            "<DBInstance><DBInstanceIdentifier>orders</DBInstanceIdentifier>\
             <DBInstanceStatus>{status}</DBInstanceStatus></DBInstance>"
        );
        let wire = databases(&row, "");
        wire.answer("StopDBInstance", refused.clone());
        let outcome = cloud_with_everything(&wire).carry_out(&stop).await;
        assert_eq!(outcome.is_ok(), is_done, "{status}: {outcome:?}");
        if let Err(error) = outcome {
            assert_eq!(error.kind, CloudErrorKind::Unavailable);
        }
    }
}

#[tokio::test]
async fn clusters_that_aws_cannot_stop_are_no_targets() {
    let cluster = |name: &str, engine: &str, mode: &str| {
        format!(
            "<DBCluster><DBClusterIdentifier>{name}</DBClusterIdentifier><Status>available</Status>\
             <Engine>{engine}</Engine><EngineMode>{mode}</EngineMode></DBCluster>"
        )
    };
    let rows = [
        cluster("reports", "aurora-mysql", "provisioned"),
        cluster("graph", "neptune", "provisioned"),
        cluster("old", "aurora", "serverless"),
    ];
    let wire = databases("", &rows.concat());
    let cloud = cloud_with_everything(&wire);
    for (name, is_there) in [("reports", true), ("graph", false), ("old", false)] {
        let of = TargetRef {
            kind: TargetKind::RdsCluster,
            ..peers::group(ACCOUNT, name)
        };
        let found = cloud.target(&of).await.expect("a reading");
        assert_eq!(found.is_some(), is_there, "{name}");
    }
    let asked = wire.asked();
    assert_eq!(asked[0].host, format!("rds.{REGION}.amazonaws.com"));
    let authorization = &asked[0].headers["authorization"];
    assert!(
        authorization.contains("/rds/aws4_request"),
        "{authorization}"
    );
}

#[tokio::test]
async fn a_node_group_that_is_updated_just_now_is_tried_again_later() {
    let wire = Wire::new();
    let busy = Answer::json_error(409, "ResourceInUseException", "being updated");
    wire.answer("UpdateNodegroupConfig", busy);
    let set = Call::SetCapacity {
        target: TargetRef {
            kind: TargetKind::Eks,
            ..peers::group(ACCOUNT, "main/workers")
        },
        capacity: peers::capacity(0, Some(0), Some(1)),
    };
    let error = cloud_with_everything(&wire)
        .carry_out(&set)
        .await
        .expect_err("busy");
    assert_eq!(error.kind, CloudErrorKind::Unavailable, "{error}");
    assert_eq!(error.action, "eks:UpdateNodegroupConfig");
}
