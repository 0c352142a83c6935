//! Texts by SNS: the peers take them, and what no peer does is replayed.

use crate::{
    peers::{self, scope},
    wire::{ACCOUNT, Answer, Wire, cloud},
};
use aws::{AwsCloud, Sms};
use domain::{
    alarms::{AlarmState, Priority},
    channels::PhoneNumber,
    i18n::Lang,
    ids::{AlarmId, DeliveryId, ThreadId},
    notifications::{AlarmTold, Event, FailureKind, Message},
    time::Timestamp,
};
use ports::{Channel as _, Cloud as _, Post, ProbeOutcome};
use std::sync::Arc;

const NUMBER: &str = "+821012345678";

fn number() -> PhoneNumber {
    PhoneNumber::parse(NUMBER).expect("a number")
}

fn post() -> Post {
    let at = Timestamp::from_ms(1_793_000_000_000);
    Post {
        id: DeliveryId::from_parts(1, 2),
        thread: ThreadId::from_parts(1, 1),
        event: Event::Firing,
        message: Message {
            alarm: Some(AlarmTold {
                id: AlarmId::from_parts(1, 3),
                name: "web-5xx".into(),
                environment: "prod".into(),
                priority: Priority::P1,
                scope: None,
                source: None,
                drill: false,
                state: AlarmState::Alarm,
                state_at: at,
                reason: "5xx is 12 %".into(),
                gone: false,
                flapping: false,
            }),
            ..Message::default()
        },
        lang: Lang::En,
        link: Some("https://ops.example.com/alarms/alm_1".into()),
        reference: None,
        created_at: at,
        now: at,
    }
}

fn sms(cloud: AwsCloud, account: &str) -> Sms {
    Sms::new(Arc::new(cloud), scope(account), number())
}

#[tokio::test]
async fn a_peer_takes_a_text_and_names_it() {
    for (url, account) in [
        (peers::ministack(), "300000000043"),
        // The account that it always is.
        (peers::moto(), peers::MOTO_ACCOUNT),
    ] {
        let Some(url) = url else {
            return;
        };
        let config = peers::config(&url, account);
        let cloud = AwsCloud::with_config(&peers::estate(account), config);
        let receipt = sms(cloud, account).send(&post()).await.expect("taken");
        assert!(!receipt.id.is_empty());
        assert_eq!(receipt.reference, None);
    }
}

#[tokio::test]
async fn a_text_is_one_call_whatever_comes_back() {
    let published = "<PublishResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\">\
        <PublishResult><MessageId>567910cd</MessageId></PublishResult></PublishResponse>";
    let error = Answer::query_error;
    for (answer, expected) in [
        (Answer::xml(200, published), Ok("567910cd".to_owned())),
        // Nobody knows whether these sent it.
        (Answer::xml(200, "<html/>"), Err(FailureKind::Uncertain)),
        (Answer::xml(503, "busy"), Err(FailureKind::Uncertain)),
        (
            error(500, "InternalError", "again later"),
            Err(FailureKind::Uncertain),
        ),
        // These did not.
        (
            error(400, "Throttling", "Rate exceeded"),
            Err(FailureKind::Limited),
        ),
        (
            error(403, "AuthorizationError", "not authorized to perform"),
            Err(FailureKind::Denied),
        ),
        (
            error(400, "InvalidParameter", "+821012345678 is not valid"),
            Err(FailureKind::Refused),
        ),
    ] {
        let wire = Wire::new();
        wire.answer("Publish", answer);
        let sent = sms(cloud(&wire), ACCOUNT).send(&post()).await;
        if let Err(error) = &sent {
            assert!(!error.message.contains(NUMBER), "{}", error.message);
        }
        let found = sent.map(|receipt| receipt.id).map_err(|error| error.kind);
        assert_eq!(found, expected);
        assert_eq!(wire.count("Publish"), 1);
        let asked = wire.asked().remove(0);
        assert_eq!(asked.parameters["PhoneNumber"], NUMBER);
        assert_eq!(
            asked.parameters["Message"],
            "P1 ALARM - prod - web-5xx https://ops.example.com/alarms/alm_1"
        );
        let attribute = "MessageAttributes.entry.1";
        for (part, value) in [
            ("Name", "AWS.SNS.SMS.SMSType"),
            ("Value.DataType", "String"),
            ("Value.StringValue", "Transactional"),
        ] {
            assert_eq!(asked.parameters[&format!("{attribute}.{part}")], value);
        }
    }
}

#[tokio::test]
async fn the_permission_to_text_is_tried_where_a_channel_texts() {
    for (answer, outcome) in [
        (
            Answer::query_error(400, "InvalidParameter", "no number"),
            ProbeOutcome::Ok,
        ),
        (
            Answer::query_error(403, "AuthorizationError", "not authorized"),
            ProbeOutcome::Denied,
        ),
    ] {
        let wire = Wire::new();
        wire.answer("Publish", answer);
        let mut estate = peers::estate(ACCOUNT);
        estate.accounts[0].watch.texts = true;
        let cloud = AwsCloud::with_config(&estate, crate::wire::config(wire.client()));
        let probes = cloud.probe(&scope(ACCOUNT)).await;
        let probe = probes.iter().find(|probe| probe.action == "sns:Publish");
        assert_eq!(probe.expect("it is tried").outcome, outcome);
        let asked = wire.asked();
        let asked = asked.iter().find(|asked| asked.action == "Publish");
        assert_eq!(asked.expect("a call").parameters["PhoneNumber"], "0");
    }
}
