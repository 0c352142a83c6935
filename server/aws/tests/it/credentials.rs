//! Accounts, roles and permissions, replayed.

use crate::{
    peers::{self, REGION, scope},
    wire::{ACCOUNT, Answer, NOW_S, Wire, caller, cloud, cloud_with_everything, config, estate},
};
use aws::{Access, Action, AwsCloud, AwsEstate};
use aws_smithy_async::time::TimeSource;
use domain::{
    estate::{AccountId, Region, Scope},
    limits::AWS_IDENTITY_MS,
};
use ports::{Cloud, CloudErrorKind, ProbeOutcome};
use serde_json::json;
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

const ROLE: &str = "arn:aws:iam::111122223333:role/lamplighter";

fn no_alarms() -> Answer {
    Answer::cbor(200, &json!({ "MetricAlarms": [], "CompositeAlarms": [] }))
}

fn with_role() -> AwsEstate {
    let mut estate = estate();
    estate.accounts[0].role = Some(peers::role(ROLE, Some("e-1")));
    estate.accounts[0].regions = vec![Region::from(REGION), Region::from("us-east-1")];
    estate
}

fn assumed() -> Answer {
    let expires = domain::time::Timestamp::from_ms((NOW_S as i64 + 3_600) * 1_000);
    Answer::xml(
        200,
        format!(
            "<AssumeRoleResponse><AssumeRoleResult><Credentials>\
             <AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey>\
             <SessionToken>role-token</SessionToken><Expiration>{expires}</Expiration>\
             </Credentials></AssumeRoleResult></AssumeRoleResponse>"
        ),
    )
}

#[tokio::test]
async fn a_role_is_assumed_once_for_all_regions_and_calls() {
    let wire = Wire::new();
    wire.answer("AssumeRole", assumed())
        .answers("DescribeAlarms", 2, &no_alarms());
    let cloud = AwsCloud::with_config(&with_role(), config(wire.client()));
    let scopes = cloud.scopes();
    assert_eq!(scopes.len(), 2);
    for scope in &scopes {
        assert_eq!(cloud.alarms(scope).await, Ok(Vec::new()));
    }
    assert_eq!(wire.count("AssumeRole"), 1);
    assert_eq!(wire.count("GetCallerIdentity"), 1);
    let asked = wire.asked();
    let assume = &asked[0];
    assert_eq!(assume.parameters["RoleArn"], ROLE);
    assert_eq!(assume.parameters["RoleSessionName"], "lamplighter");
    assert_eq!(assume.parameters["ExternalId"], "e-1");
    assert!(assume.headers["authorization"].contains("Credential=AKIDBASE/"));
    for (alarms, region) in asked[1..].iter().zip([REGION, "us-east-1"]) {
        let authorization = &alarms.headers["authorization"];
        assert!(authorization.contains("Credential=ASIAROLE/"));
        assert!(authorization.contains(&format!("/{region}/monitoring/")));
        assert_eq!(alarms.headers["x-amz-security-token"], "role-token");
    }
}

#[tokio::test]
async fn a_role_that_may_not_be_assumed_says_so() {
    let wire = Wire::new();
    let said = "User: arn:aws:iam::111122223333:user/ops is not authorized to perform: \
        sts:AssumeRole on resource: arn:aws:iam::111122223333:role/lamplighter";
    wire.answer("AssumeRole", Answer::query_error(403, "AccessDenied", said));
    let cloud = AwsCloud::with_config(&with_role(), config(wire.client()));
    let error = cloud.alarms(&scope(ACCOUNT)).await.expect_err("no role");
    assert_eq!(error.kind, CloudErrorKind::Credentials);
    let start = "the role cannot be assumed: AccessDenied: User: arn:aws:iam::111122223333:user";
    assert!(error.message.starts_with(start), "{error}");
}

#[tokio::test]
async fn no_call_is_made_with_another_accounts_credentials() {
    let wire = Wire::new();
    wire.answers("GetCallerIdentity", 3, &caller("999900001111"));
    let cloud = cloud(&wire);
    let error = cloud
        .alarms(&scope(ACCOUNT))
        .await
        .expect_err("another account");
    assert_eq!(error.kind, CloudErrorKind::Credentials);
    assert!(
        error
            .message
            .starts_with("the credentials belong to account 999900001111 (arn:"),
        "{error}"
    );
    assert!(error.message.contains("not to 111122223333"), "{error}");
    assert!(wire.asked().is_empty());
    // Whoever asks who we are is told.
    let identity = cloud.identity(&scope(ACCOUNT)).await.expect("an identity");
    assert_eq!(identity.account, "999900001111");
    // Once corrected it works without a restart.
    wire.answer("GetCallerIdentity", caller(ACCOUNT))
        .answer("DescribeAlarms", no_alarms());
    let _ = cloud.alarms(&scope(ACCOUNT)).await;
    assert_eq!(cloud.alarms(&scope(ACCOUNT)).await.map(|a| a.len()), Ok(0));
}

/// A clock that the test moves.
#[derive(Debug, Clone)]
struct MovedClock(Arc<AtomicU64>);

impl MovedClock {
    fn pass(&self, ms: i64) {
        self.0.fetch_add(ms.unsigned_abs(), Ordering::Relaxed);
    }
}

impl TimeSource for MovedClock {
    fn now(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_millis(self.0.load(Ordering::Relaxed))
    }
}

/// The cloud over a script, and its clock.
fn clocked(wire: &Wire) -> (AwsCloud, MovedClock) {
    let clock = MovedClock(Arc::new(AtomicU64::new(NOW_S * 1_000)));
    let config = config(wire.client()).into_builder();
    let config = config.time_source(clock.clone()).build();
    (AwsCloud::with_config(&estate(), config), clock)
}

#[tokio::test]
async fn credentials_that_come_to_belong_to_another_account_are_noticed() {
    let wire = Wire::new();
    wire.answers("DescribeAlarms", 3, &no_alarms());
    let (cloud, clock) = clocked(&wire);
    let scope = scope(ACCOUNT);
    let read = async || cloud.alarms(&scope).await.map(|alarms| alarms.len());
    assert_eq!(read().await, Ok(0));
    clock.pass(AWS_IDENTITY_MS - 1);
    assert_eq!(read().await, Ok(0));
    assert_eq!(wire.count("GetCallerIdentity"), 1);
    wire.answer("GetCallerIdentity", caller("999900001111"));
    clock.pass(1);
    let error = read().await.expect_err("another account");
    assert_eq!(error.kind, CloudErrorKind::Credentials);
    assert_eq!(wire.count("DescribeAlarms"), 2);
    // Nothing is remembered of it: once corrected it works.
    assert_eq!(read().await, Ok(0));
}

#[tokio::test]
async fn while_sts_is_away_the_last_look_counts_as_long_again() {
    let wire = Wire::new();
    let away = Answer::query_error(503, "ServiceUnavailable", "later");
    wire.answers("DescribeAlarms", 2, &no_alarms())
        .answer("GetCallerIdentity", caller(ACCOUNT))
        .answers("GetCallerIdentity", 6, &away);
    let (cloud, clock) = clocked(&wire);
    let scope = scope(ACCOUNT);
    let read = async || cloud.alarms(&scope).await.map(|alarms| alarms.len());
    assert_eq!(read().await, Ok(0));
    clock.pass(2 * AWS_IDENTITY_MS - 1);
    assert_eq!(read().await, Ok(0));
    clock.pass(1);
    let error = read().await.expect_err("nobody says whose they are");
    assert_eq!(error.kind, CloudErrorKind::Unavailable);
}

#[tokio::test]
async fn an_unknown_scope_is_refused_without_asking() {
    let wire = Wire::new();
    let elsewhere = Scope {
        account: AccountId::from(ACCOUNT),
        region: Region::from("eu-west-1"),
    };
    let error = cloud(&wire)
        .alarms(&elsewhere)
        .await
        .expect_err("not configured");
    assert_eq!(error.kind, CloudErrorKind::Invalid);
    assert!(error.message.contains("111122223333/eu-west-1"), "{error}");
    assert_eq!(wire.count("GetCallerIdentity"), 0);
}

#[tokio::test]
async fn probing_tells_granted_from_denied_and_changes_nothing() {
    let wire = Wire::new();
    let gone = |message| Answer::query_error(400, "ValidationError", message);
    let xml = |action: &str| {
        let body = format!("<{action}Response><{action}Result/></{action}Response>");
        Answer::xml(200, body)
    };
    wire.answer("DescribeAlarms", no_alarms())
        .answer(
            "DescribeAlarmHistory",
            Answer::cbor_error(403, "AccessDenied", "no"),
        )
        .answers(
            "GetMetricData",
            3,
            &Answer::cbor_error(500, "InternalServiceFault", "later"),
        )
        .answer(
            "DescribeAutoScalingGroups",
            xml("DescribeAutoScalingGroups"),
        )
        .answer("DescribePolicies", xml("DescribePolicies"))
        .answer(
            "DescribeInstances",
            Answer::ec2_error(403, "UnauthorizedOperation", "no"),
        )
        .answer(
            "PutScheduledUpdateGroupAction",
            gone("AutoScalingGroup name not found"),
        )
        .answer(
            "UpdateAutoScalingGroup",
            Answer::query_error(403, "AccessDenied", "no"),
        )
        .answers(
            "UpdateSchedule",
            2,
            &Answer::json_error(
                403,
                "AccessDeniedException",
                "User is not authorized to perform: iam:PassRole on resource: role/x",
            ),
        )
        .answer(
            "DeleteSchedule",
            Answer::json_error(404, "ResourceNotFoundException", "Schedule does not exist."),
        )
        .answer(
            "RegisterScalableTarget",
            Answer::json_error(400, "ValidationException", "MinCapacity is required"),
        )
        .answer(
            "UpdateService",
            Answer::json_error(400, "ClusterNotFoundException", "Cluster not found."),
        );
    let probes = cloud_with_everything(&wire).probe(&scope(ACCOUNT)).await;
    let order: Vec<&str> = probes.iter().map(|probe| probe.action.as_str()).collect();
    let table: Vec<&str> = Action::ALL.iter().map(|action| action.iam()).collect();
    assert_eq!(order, table);
    let outcome = |action: Action| {
        let found = probes.iter().find(|probe| probe.action == action.iam());
        found.expect("probed").outcome.clone()
    };
    for granted in [
        Action::GetCallerIdentity,
        Action::DescribeAlarms,
        Action::DescribeAutoScalingGroups,
        Action::PutGroupAction,
        Action::RegisterScalableTarget,
        Action::UpdateService,
        Action::UpdateTimer,
        Action::DeleteTimer,
    ] {
        assert_eq!(outcome(granted), ProbeOutcome::Ok, "{granted:?}");
    }
    for denied in [
        Action::DescribeAlarmHistory,
        Action::DescribeInstances,
        Action::UpdateGroup,
        Action::PassTimerRole,
    ] {
        assert_eq!(outcome(denied), ProbeOutcome::Denied, "{denied:?}");
    }
    assert!(matches!(
        outcome(Action::GetMetricData),
        ProbeOutcome::Unknown { why } if why.contains("later")
    ));
    // Every write names what nobody has, and none could create it.
    let asked = wire.asked();
    // What is passed along with another call is no call.
    let passed = |action: &&Action| **action == Action::PassTimerRole;
    let writes = Action::ALL.iter().filter(|action| !passed(action));
    for action in writes.filter(|action| action.access() == Access::Apply) {
        let (_, verb) = action.iam().split_once(':').expect("service:Action");
        let writes: Vec<_> = asked.iter().filter(|a| a.action == verb).collect();
        assert!(!writes.is_empty(), "{verb}");
        for write in writes {
            let values = || write.parameters.values();
            let nobody = "lamplighter-permission-probe";
            let names_nobody = values().any(|v| v.contains(nobody)) || write.has(nobody);
            let is_tried = write.parameters.contains_key("DryRun");
            assert!(names_nobody || is_tried, "{verb}: {:?}", write.parameters);
            assert!(!write.parameters.contains_key("MaxCapacity"));
        }
    }
}
