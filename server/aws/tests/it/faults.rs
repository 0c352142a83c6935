//! Faults: what is tried again, what is not, and what the caller is told.

use crate::{
    peers::{group, scope},
    wire::{ACCOUNT, Answer, Wire, cloud, config, estate},
};
use aws::{AwsCloud, AwsEstate, Timeouts};
use aws_smithy_http_client::test_util::{NeverClient, ReplayEvent, StaticReplayClient};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_types::body::SdkBody;
use domain::limits::CLOUD_MESSAGE_CHARS_MAX;
use ports::{Cloud, CloudError, CloudErrorKind, ProbeOutcome};
use serde_json::json;

const NO_GROUPS: &str = "<DescribeAutoScalingGroupsResponse><DescribeAutoScalingGroupsResult>\
    <AutoScalingGroups/></DescribeAutoScalingGroupsResult></DescribeAutoScalingGroupsResponse>";

fn html(status: u16) -> Answer {
    Answer::xml(status, "<html><body>Service Unavailable</body></html>")
}

/// The three wire formats, each by a call of its own, with its throttling,
/// denial and expiry.
struct Format {
    action: &'static str,
    good: Answer,
    error: fn(u16, &str, &str) -> Answer,
    throttling: (u16, &'static str),
    denied: (u16, &'static str),
    expired: (u16, &'static str),
}

fn formats() -> [Format; 3] {
    [
        Format {
            action: "DescribeAutoScalingGroups",
            good: Answer::xml(200, NO_GROUPS),
            error: Answer::query_error,
            throttling: (400, "Throttling"),
            denied: (403, "AccessDenied"),
            expired: (403, "ExpiredToken"),
        },
        Format {
            action: "DescribeScalableTargets",
            good: Answer::json(200, json!({ "ScalableTargets": [] })),
            error: Answer::json_error,
            throttling: (400, "ThrottlingException"),
            denied: (400, "AccessDeniedException"),
            expired: (400, "ExpiredTokenException"),
        },
        Format {
            action: "DescribeAlarms",
            good: Answer::cbor(200, &json!({ "MetricAlarms": [] })),
            error: Answer::cbor_error,
            throttling: (400, "ThrottlingException"),
            denied: (403, "AccessDeniedException"),
            expired: (403, "ExpiredTokenException"),
        },
    ]
}

/// Reads what the format's call belongs to, everything else being well.
async fn read(wire: &Wire, action: &str) -> Result<usize, CloudError> {
    let cloud = cloud(wire);
    if action == "DescribeAlarms" {
        return Ok(cloud.alarms(&scope(ACCOUNT)).await?.len());
    }
    for format in formats() {
        if format.action != action {
            wire.answer(format.action, format.good);
        }
    }
    Ok(cloud.targets(&scope(ACCOUNT)).await?.len())
}

#[tokio::test]
async fn throttling_and_server_errors_pass_and_are_tried_again() {
    for format in formats() {
        let (status, code) = format.throttling;
        let wire = Wire::new();
        wire.answer(format.action, (format.error)(status, code, "Rate exceeded"))
            .answer(format.action, html(503))
            .answer(format.action, format.good);
        assert_eq!(read(&wire, format.action).await, Ok(0), "{}", format.action);
        assert_eq!(wire.count(format.action), 3);
    }
}

#[tokio::test]
async fn what_does_not_pass_ends_after_the_bound() {
    for format in formats() {
        let (status, code) = format.throttling;
        for (answer, kind, words) in [
            (
                (format.error)(status, code, "Rate exceeded"),
                CloudErrorKind::Throttled,
                "Rate exceeded",
            ),
            (html(503), CloudErrorKind::Unavailable, "503"),
        ] {
            let wire = Wire::new();
            wire.answers(format.action, 9, &answer);
            let error = read(&wire, format.action).await.expect_err("it never ends");
            assert_eq!(error.kind, kind, "{error}");
            assert!(error.message.contains(words), "{error}");
            assert!(error.action.ends_with(format.action), "{error}");
            assert_eq!(wire.count(format.action), 3, "{}", format.action);
        }
    }
}

#[tokio::test]
async fn denied_and_expired_are_not_tried_again() {
    for format in formats() {
        for ((status, code), kind) in [
            (format.denied, CloudErrorKind::Denied),
            (format.expired, CloudErrorKind::Credentials),
        ] {
            let wire = Wire::new();
            wire.answers(format.action, 9, &(format.error)(status, code, "no"));
            let error = read(&wire, format.action).await.expect_err("refused");
            assert_eq!(error.kind, kind, "{error}");
            assert_eq!(wire.count(format.action), 1, "{error}");
        }
    }
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_is_no_empty_list() {
    for (action, body) in [
        (
            "DescribeAutoScalingGroups",
            "<DescribeAutoScalingGroupsResponse><Desc",
        ),
        ("DescribeAutoScalingGroups", "<html>a proxy's page</html>"),
        ("DescribeScalableTargets", "{\"ScalableTargets\": [{"),
        ("DescribeAlarms", "<html>a proxy's page</html>"),
    ] {
        let wire = Wire::new();
        wire.answers(action, 3, &Answer::xml(200, body));
        let error = read(&wire, action).await.expect_err("not readable");
        assert_eq!(error.kind, CloudErrorKind::Unavailable, "{error}");
        assert!(error.message.contains("cannot be read"), "{error}");
    }
}

/// The scripted group of two instances, so that EC2 is asked.
fn with_instances() -> Wire {
    let wire = Wire::new();
    wire.answer(
        "DescribeAutoScalingGroups",
        Answer::xml(
            200,
            "<DescribeAutoScalingGroupsResponse><DescribeAutoScalingGroupsResult>\
             <AutoScalingGroups><member><AutoScalingGroupName>g</AutoScalingGroupName>\
             <Instances><member><InstanceId>i-1</InstanceId></member></Instances></member>\
             </AutoScalingGroups></DescribeAutoScalingGroupsResult>\
             </DescribeAutoScalingGroupsResponse>",
        ),
    );
    for action in ["DescribePolicies", "DescribeScheduledActions"] {
        let body = format!("<{action}Response><{action}Result/></{action}Response>");
        wire.answer(action, Answer::xml(200, body));
    }
    wire
}

#[tokio::test]
async fn the_ec2_client_tries_again_and_gives_up_as_the_sdks_do() {
    let good = Answer::xml(
        200,
        "<DescribeInstancesResponse><reservationSet/></DescribeInstancesResponse>",
    );
    let throttled = Answer::ec2_error(503, "RequestLimitExceeded", "Request limit exceeded.");
    let throttled_400 = Answer::ec2_error(400, "Throttling", "Rate exceeded");
    let wire = with_instances();
    wire.answer("DescribeInstances", throttled.clone())
        .answer("DescribeInstances", throttled_400.clone())
        .answer("DescribeInstances", good);
    let target = cloud(&wire).target(&group(ACCOUNT, "g")).await;
    assert!(target.expect("a reading").is_some());
    assert_eq!(wire.count("DescribeInstances"), 3);

    for (answer, kind, times) in [
        (throttled, CloudErrorKind::Throttled, 3),
        (throttled_400, CloudErrorKind::Throttled, 3),
        (html(502), CloudErrorKind::Unavailable, 3),
        (
            Answer::xml(200, "<DescribeInstancesResponse><res"),
            CloudErrorKind::Unavailable,
            1,
        ),
        (
            Answer::xml(200, "<html>a proxy's page</html>"),
            CloudErrorKind::Unavailable,
            1,
        ),
        (
            Answer::ec2_error(401, "AuthFailure", "AWS was not able to validate"),
            CloudErrorKind::Credentials,
            1,
        ),
        (
            Answer::ec2_error(400, "RequestExpired", "Request has expired."),
            CloudErrorKind::Credentials,
            1,
        ),
        (
            Answer::ec2_error(400, "InvalidParameterValue", "bad"),
            CloudErrorKind::Invalid,
            1,
        ),
    ] {
        let wire = with_instances();
        wire.answers("DescribeInstances", 9, &answer);
        let error = cloud(&wire)
            .target(&group(ACCOUNT, "g"))
            .await
            .expect_err("EC2 failed");
        assert_eq!(error.kind, kind, "{error}");
        assert_eq!(error.action, "ec2:DescribeInstances");
        assert_eq!(wire.count("DescribeInstances"), times, "{error}");
    }
}

fn quick(client: SharedHttpClient) -> AwsCloud {
    let estate = AwsEstate {
        timeouts: Timeouts {
            attempt_ms: 20,
            operation_ms: 5_000,
            attempts_max: 2,
            ..estate().timeouts
        },
        ..estate()
    };
    AwsCloud::with_config(&estate, config(client))
}

#[tokio::test]
async fn silence_ends_in_time() {
    let never = NeverClient::new();
    let cloud = quick(SharedHttpClient::new(never.clone()));
    let error = cloud
        .identity(&scope(ACCOUNT))
        .await
        .expect_err("nobody answers");
    assert_eq!(error.kind, CloudErrorKind::Unavailable);
    assert_eq!(error.message, "no answer in time");
    assert_eq!(never.num_calls(), 2);
    assert!(error.kind.is_passing());
    let probes = cloud.probe(&scope(ACCOUNT)).await;
    let unknown = |outcome: &ProbeOutcome| matches!(outcome, ProbeOutcome::Unknown { .. });
    assert!(probes.len() > 20 && probes.iter().all(|probe| unknown(&probe.outcome)));
}

#[tokio::test]
async fn nobody_listening_is_unavailable() {
    // A port that was free a moment ago.
    let socket = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", socket.local_addr().expect("an address"));
    drop(socket);
    let client = aws_smithy_http_client::Builder::new().build_http();
    let config = config(client).into_builder().endpoint_url(url).build();
    let cloud = AwsCloud::with_config(&estate(), config);
    let error = cloud.alarms(&scope(ACCOUNT)).await.expect_err("no server");
    assert_eq!(error.kind, CloudErrorKind::Unavailable);
    assert!(error.message.starts_with("no connection: "), "{error}");
}

#[tokio::test]
async fn requests_replay_in_order_with_our_name_and_our_hosts() {
    let event = |body: &str| {
        let request = http::Request::builder()
            .uri("https://any")
            .body(SdkBody::empty());
        let response = http::Response::builder()
            .status(200)
            .body(SdkBody::from(body));
        ReplayEvent::new(request.expect("a request"), response.expect("a response"))
    };
    let who = "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>111122223333</Account>\
        </GetCallerIdentityResult></GetCallerIdentityResponse>";
    let activities = "<DescribeScalingActivitiesResponse><DescribeScalingActivitiesResult>\
        <Activities/></DescribeScalingActivitiesResult></DescribeScalingActivitiesResponse>";
    let replay = StaticReplayClient::new(vec![event(who), event(activities), event(activities)]);
    let cloud = AwsCloud::with_config(&estate(), config(SharedHttpClient::new(replay.clone())));
    for _ in 0..2 {
        let read = cloud.activities(&group(ACCOUNT, "g")).await;
        assert_eq!(read, Ok(Vec::new()));
    }
    let hosts: Vec<&str> = replay
        .actual_requests()
        .map(|request| request.uri().split('/').nth(2).unwrap_or_default())
        .collect();
    assert_eq!(
        hosts,
        [
            "sts.ap-northeast-2.amazonaws.com",
            "autoscaling.ap-northeast-2.amazonaws.com",
            "autoscaling.ap-northeast-2.amazonaws.com",
        ],
        "the account is verified once"
    );
    for request in replay.actual_requests() {
        let agent = request.headers().get("user-agent").unwrap_or_default();
        assert!(agent.contains("app/lamplighter"), "{agent}");
    }
}

#[tokio::test]
async fn what_aws_says_is_passed_on_bounded_and_without_secrets() {
    let wire = Wire::new();
    let said = format!(
        "session-token:{} {}",
        "IQoJb3JpZ2luX2Vj".repeat(9),
        "x ".repeat(900)
    );
    wire.answer(
        "DescribeAlarms",
        Answer::cbor_error(403, "AccessDenied", &said),
    );
    let error = cloud(&wire)
        .alarms(&scope(ACCOUNT))
        .await
        .expect_err("denied");
    assert_eq!(error.kind, CloudErrorKind::Denied);
    assert!(!error.message.contains("IQoJ"), "{error}");
    assert!(error.message.chars().count() <= CLOUD_MESSAGE_CHARS_MAX + 1);

    let wire = Wire::new();
    let said = "The Canonical String should have been x-amz-security-token:abc";
    wire.answer(
        "DescribeAlarms",
        Answer::cbor_error(403, "SignatureDoesNotMatch", said),
    );
    let error = cloud(&wire)
        .alarms(&scope(ACCOUNT))
        .await
        .expect_err("denied");
    assert_eq!(error.kind, CloudErrorKind::Credentials);
    assert!(!error.message.contains("abc"), "{error}");
}
