//! Events as AWS documents them, and as they are damaged.

use domain::{
    alarms::AlarmState,
    aws_events::{AwsEventKind, Fact},
};
use files::read_aws_event;
use serde_json::{Value, json};

/// The cases of AWS's documentation and of public fixtures.
fn cases() -> Vec<(String, Value)> {
    let lines = include_str!("cases/aws_events.ndjson").lines();
    lines
        .map(|line| {
            let case: Value = serde_json::from_str(line).expect("a case");
            (
                case["kind"].as_str().expect("a kind").to_owned(),
                case["payload"].clone(),
            )
        })
        .collect()
}

#[test]
fn every_documented_event_is_read_for_what_it_is() {
    use AwsEventKind as Kind;
    for (case, payload) in cases() {
        let event = read_aws_event(payload.to_string().as_bytes()).expect("an event");
        let name = case.split_once(':').map_or(case.as_str(), |(_, name)| name);
        let expected = match name {
            "EC2 Instance State-change Notification" => Kind::Instance,
            "EC2 Instance Rebalance Recommendation" | "EC2 Spot Instance Interruption Warning" => {
                Kind::Spot
            }
            name if name.starts_with("CloudWatch Alarm") => Kind::Alarm,
            "lambda-alarm-action" | "sns-alarm-message" => Kind::Alarm,
            name if name.starts_with("EC2 Instance") => Kind::Scaling,
            "sns-autoscaling-message" => Kind::Scaling,
            "AWS Health Event" => Kind::Health,
            _ => Kind::Other,
        };
        assert_eq!(event.kind, expected, "{case}");
        if let Some(id) = payload["id"].as_str() {
            assert_eq!(event.id.as_deref(), Some(id), "{case}");
            assert!(event.scope.is_some(), "{case}");
        }
        // A documented placeholder is no time, and no reason to refuse the event.
        let told = payload["time"].as_str();
        if told.is_some_and(|time| time.starts_with("yyyy")) {
            assert_eq!(event.at, None, "{case}");
        }
    }
    assert_eq!(cases().len(), 20);
}

fn read(payload: &Value) -> (String, Fact) {
    let event = read_aws_event(payload.to_string().as_bytes()).expect("an event");
    (event.subject, event.fact)
}

fn case(kind: &str) -> Value {
    let found = cases().into_iter().find(|(name, _)| name == kind);
    found.unwrap_or_else(|| panic!("no case {kind}")).1
}

#[test]
fn an_alarms_state_is_read_from_each_shape_in_which_it_comes() {
    for (kind, name, at) in [
        (
            "eventbridge:CloudWatch Alarm State Change",
            "ServerCpuTooHigh",
            "2019-10-02T17:04:40.989Z",
        ),
        (
            "lambda-alarm-action",
            "CompositeDemo.Main",
            "2023-08-04T12:56:46.138Z",
        ),
        ("sns-alarm-message", "EXAMPLE", "2015-06-03T17:43:27.123Z"),
    ] {
        let (subject, fact) = read(&case(kind));
        let Fact::Alarm {
            state,
            at: since,
            reason,
        } = fact
        else {
            panic!("{kind}: {fact:?}");
        };
        assert_eq!(
            (subject.as_str(), state),
            (name, AlarmState::Alarm),
            "{kind}"
        );
        assert_eq!(since.to_string(), at, "{kind}");
        assert!(!reason.is_empty(), "{kind}");
    }
    // One contributor of an alarm is not the alarm.
    let mut contributor = case("eventbridge:CloudWatch Alarm State Change");
    contributor["detail-type"] = json!("CloudWatch Alarm Contributor State Change");
    assert_eq!(read(&contributor).1, Fact::Kept);
}

#[test]
fn what_ends_an_instance_is_read() {
    let mut state = case("eventbridge:EC2 Instance State-change Notification");
    assert_eq!(read(&state), ("i-abcd1111".into(), Fact::Kept));
    state["detail"]["state"] = json!("terminated");
    assert_eq!(read(&state), ("i-abcd1111".into(), Fact::Terminated));

    let spot = case("eventbridge:EC2 Spot Instance Interruption Warning");
    assert_eq!(read(&spot).1, Fact::SpotInterrupted);
    let ended = Fact::GroupTerminated {
        group: "my-auto-scaling-group".into(),
        cause: "description-text".into(),
    };
    assert_eq!(
        read(&case("eventbridge:EC2 Instance Terminate Successful")).1,
        ended
    );
    let (subject, fact) = read(&case("sns-autoscaling-message"));
    assert_eq!(subject, "i-00000000");
    assert!(matches!(fact, Fact::GroupTerminated { group, .. } if group == "autoscale-group-name"));
}

#[test]
fn a_message_of_sns_is_opened() {
    let inner = case("eventbridge:CloudWatch Alarm State Change");
    let mut outer = json!({ "Type": "Notification", "Message": inner.to_string() });
    assert_eq!(read(&outer), read(&inner));
    // Envelopes in envelopes end somewhere.
    for _ in 0..10 {
        outer = json!({ "Type": "Notification", "Message": outer.to_string(), "TopicArn": "t" });
    }
    assert_eq!(read(&outer), ("t".into(), Fact::Kept));
}

#[test]
fn what_is_no_object_is_refused() {
    for (body, told) in [
        ("", "event line 1: EOF"),
        ("[]", "event: this is no JSON object"),
        ("{", "event line 1: EOF"),
    ] {
        let error = read_aws_event(body.as_bytes()).expect_err("an error");
        assert!(error.to_string().starts_with(told), "{error}");
    }
}

/// Every value of every case is replaced by every other shape of value: an event with odd
/// fields is an event.
#[test]
fn odd_fields_never_make_an_event_an_error() {
    fn replaced(value: &Value, with: &Value, found: &mut Vec<Value>) {
        if let Value::Object(fields) = value {
            for (name, field) in fields {
                let mut changed = value.clone();
                changed[name] = with.clone();
                found.push(changed);
                let mut inner = Vec::new();
                replaced(field, with, &mut inner);
                for inner in inner {
                    let mut changed = value.clone();
                    changed[name] = inner;
                    found.push(changed);
                }
            }
        }
    }
    let odd = [
        Value::Null,
        json!(1),
        json!(""),
        json!([]),
        json!({}),
        json!("\u{0}"),
        json!(true),
    ];
    let mut read = 0_u32;
    for (case, payload) in cases() {
        for with in &odd {
            let mut all = Vec::new();
            replaced(&payload, with, &mut all);
            for body in all {
                assert!(
                    read_aws_event(body.to_string().as_bytes()).is_ok(),
                    "{case}: {body}"
                );
                read += 1;
            }
        }
    }
    assert!(read > 1_000, "{read}");
}
