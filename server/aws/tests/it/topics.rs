//! Subscriptions to topics, confirmed: the whole handshake on ministack, and replayed what no
//! peer does.

use crate::{
    peers::{self, element, query, scope, unique},
    wire::{ACCOUNT, Answer, Wire, cloud},
};
use aws::AwsCloud;
use domain::sns::{ConfirmToken, TopicArn};
use ports::{Cloud as _, CloudErrorKind, ProbeOutcome};
use std::time::Duration;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
    time::timeout,
};

const SNS: (&str, &str) = ("sns", "2010-03-31");

fn token(text: &str) -> ConfirmToken {
    ConfirmToken::new(text).expect("a token")
}

/// One request that a peer posts to us, answered 200: its body.
async fn posted_to(listener: &TcpListener) -> serde_json::Value {
    let (mut stream, _) = listener.accept().await.expect("a connection");
    let mut text = Vec::new();
    let mut part = [0; 4_096];
    loop {
        let count = stream.read(&mut part).await.expect("bytes");
        text.extend_from_slice(&part[..count]);
        let whole = String::from_utf8_lossy(&text).into_owned();
        let body = whole.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        if let Ok(value) = serde_json::from_str(body) {
            let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
            stream.write_all(answer).await.expect("an answer");
            return value;
        }
        assert!(count > 0, "it ended: {whole}");
    }
}

#[tokio::test]
async fn ministack_takes_the_token_that_it_sent() {
    let Some(url) = peers::ministack() else {
        return;
    };
    let account = "300000000042";
    let name = unique("alarms");
    let made = [("Action", "CreateTopic"), ("Name", name.as_str())];
    let made = query(&url, SNS, account, &made).await;
    let topic = TopicArn::parse(&element(&made, "TopicArn")).expect("an ARN");
    assert_eq!(topic, TopicArn::named(&scope(account), &name));

    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let endpoint = format!("http://127.0.0.1:{port}/hooks/sns/aws");
    let form = [
        ("Action", "Subscribe"),
        ("TopicArn", topic.as_str()),
        ("Protocol", "http"),
        ("Endpoint", endpoint.as_str()),
    ];
    let subscribed = query(&url, SNS, account, &form);
    let (_, told) = tokio::join!(
        subscribed,
        timeout(Duration::from_secs(20), posted_to(&listener))
    );
    let told = told.expect("a confirmation in time");
    assert_eq!(told["Type"], "SubscriptionConfirmation");
    assert_eq!(told["TopicArn"], topic.as_str());
    let given = token(told["Token"].as_str().expect("a token"));

    let cloud = AwsCloud::with_config(&peers::estate(account), peers::config(&url, account));
    let list = [
        ("Action", "ListSubscriptionsByTopic"),
        ("TopicArn", topic.as_str()),
    ];
    let list = query(&url, SNS, account, &list).await;
    let subscription = element(&list, "SubscriptionArn");
    let pending = async || {
        let form = [
            ("Action", "GetSubscriptionAttributes"),
            ("SubscriptionArn", subscription.as_str()),
        ];
        let told = query(&url, SNS, account, &form).await;
        let after = told.split_once("<key>PendingConfirmation</key>");
        element(after.map_or("", |(_, rest)| rest), "value")
    };
    assert_eq!(pending().await, "true");
    assert_eq!(cloud.confirm_topic(&topic, &given).await, Ok(()));
    assert_eq!(pending().await, "false");
    // Once more, as after a kill before it was recorded. Ministack forgets a token that was
    // used; what AWS answers is written nowhere. Either way it stays confirmed.
    let again = cloud.confirm_topic(&topic, &given).await;
    let kind = again.err().map(|error| error.kind);
    assert_eq!(kind, Some(CloudErrorKind::Invalid));
    assert_eq!(pending().await, "false");
    let nobody = TopicArn::named(&scope(account), "lamplighter-nobody");
    let error = cloud
        .confirm_topic(&nobody, &given)
        .await
        .expect_err("no topic");
    assert!(!error.kind.is_passing(), "{error:?}");
}

#[tokio::test]
async fn a_confirmation_is_one_signed_call_that_names_topic_and_token() {
    let wire = Wire::new();
    let topic = TopicArn::named(&scope(ACCOUNT), "alarms");
    let arn = format!("{topic}:4b3c");
    let answer = |arn: &str| {
        Answer::xml(
            200,
            format!(
                "<ConfirmSubscriptionResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\">\
                 <ConfirmSubscriptionResult><SubscriptionArn>{arn}</SubscriptionArn>\
                 </ConfirmSubscriptionResult><ResponseMetadata><RequestId>r</RequestId>\
                 </ResponseMetadata></ConfirmSubscriptionResponse>"
            ),
        )
    };
    wire.answer("ConfirmSubscription", answer(&arn))
        .answer("ConfirmSubscription", answer("pending confirmation"))
        .answer(
            "ConfirmSubscription",
            Answer::query_error(400, "InvalidParameter", "Invalid parameter: Token"),
        )
        .answer(
            "ConfirmSubscription",
            Answer::query_error(403, "AuthorizationError", "not authorized to perform"),
        );
    let cloud = cloud(&wire);
    let given = token("2336412f37fb");
    assert_eq!(cloud.confirm_topic(&topic, &given).await, Ok(()));
    let asked = wire.asked().remove(0);
    assert_eq!(asked.parameters["TopicArn"], topic.as_str());
    assert_eq!(asked.parameters["Token"], "2336412f37fb");
    assert_eq!(asked.parameters["AuthenticateOnUnsubscribe"], "true");
    assert!(asked.has("Version=2010-03-31"));
    assert_eq!(asked.host, "sns.ap-northeast-2.amazonaws.com");
    assert!(asked.headers["authorization"].contains("/ap-northeast-2/sns/aws4_request"));
    for kind in [
        CloudErrorKind::Unavailable,
        CloudErrorKind::Invalid,
        CloudErrorKind::Denied,
    ] {
        let error = cloud
            .confirm_topic(&topic, &given)
            .await
            .expect_err("no success");
        assert_eq!(
            (error.kind, error.action),
            (kind, "sns:ConfirmSubscription")
        );
        assert!(!error.message.contains("2336412f37fb"));
    }
    // Of an account that is not configured nothing is asked.
    let before = wire.asked().len();
    let stranger = TopicArn::named(&scope("999999999999"), "alarms");
    let error = cloud
        .confirm_topic(&stranger, &given)
        .await
        .expect_err("not ours");
    assert_eq!(
        (error.kind, wire.asked().len()),
        (CloudErrorKind::Invalid, before)
    );
}

#[tokio::test]
async fn the_permission_is_tried_where_a_source_names_a_topic() {
    for (code, status, outcome) in [
        ("NotFound", 404, ProbeOutcome::Ok),
        ("InvalidParameter", 400, ProbeOutcome::Ok),
        ("AuthorizationError", 403, ProbeOutcome::Denied),
    ] {
        let wire = Wire::new();
        wire.answer(
            "ConfirmSubscription",
            Answer::query_error(status, code, "no"),
        );
        let mut estate = peers::estate(ACCOUNT);
        let topic = TopicArn::named(&scope(ACCOUNT), "alarms");
        estate.accounts[0].watch.topics.push(topic.clone());
        let cloud = AwsCloud::with_config(&estate, crate::wire::config(wire.client()));
        let probes = cloud.probe(&scope(ACCOUNT)).await;
        let of_topics = |probe: &&ports::Probe| probe.action == "sns:ConfirmSubscription";
        let probe = probes.iter().find(of_topics).expect("it is tried");
        assert_eq!(probe.outcome, outcome, "{code}");
        let asked = wire.asked();
        let asked = asked
            .iter()
            .find(|asked| asked.action == "ConfirmSubscription");
        // The topic itself, which a policy may name, and a token that is none.
        let asked = &asked.expect("a call").parameters;
        assert_eq!(asked["TopicArn"], topic.as_str());
        assert_eq!(asked["Token"], "lamplighter-permission-probe");
    }
}
