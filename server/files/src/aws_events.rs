//! Events as AWS sends them: by EventBridge, as messages of SNS (an alarm's or a group's own
//! notifications), and to functions.
//!
//! Whatever is JSON is an event: what is not understood is of kind "other" and kept. A
//! message of SNS is opened, for what it carries is the event.

use crate::FileError;
use domain::{
    alarms::AlarmState,
    aws_events::{AwsEvent, AwsEventKind, Fact},
    estate::{AccountId, Region, Scope},
    time::Timestamp,
};
use serde_json::Value;

/// Envelopes inside each other that are opened.
const ENVELOPES_MAX: usize = 3;

/// Reads one event.
///
/// # Errors
/// [`FileError`] when it is no JSON object.
pub fn read_aws_event(body: &[u8]) -> Result<AwsEvent, FileError> {
    let mut value: Value =
        serde_json::from_slice(body).map_err(|error| FileError::json("event", &error))?;
    let mut envelope = None;
    for _ in 0..ENVELOPES_MAX {
        match carried(&value) {
            Some(inner) => {
                envelope = text(&value, "MessageId").or(envelope);
                value = inner;
            }
            None => break,
        }
    }
    if !value.is_object() {
        return Err(FileError::whole("event", "this is no JSON object"));
    }
    let mut event = event(&value);
    // An alarm's notification has no id of its own; its envelope's is the same by whichever
    // way, and however often, it comes.
    event.id = event.id.or(envelope);
    Ok(event)
}

/// What a message of SNS carries, when that is an object.
fn carried(value: &Value) -> Option<Value> {
    if value["Type"] != "Notification" {
        return None;
    }
    let inner: Value = serde_json::from_str(value["Message"].as_str()?).ok()?;
    inner.is_object().then_some(inner)
}

fn event(value: &Value) -> AwsEvent {
    if value["detail-type"].is_string() {
        return by_event_bridge(value);
    }
    if value["alarmData"].is_object() {
        return alarm_action(value);
    }
    if value["NewStateValue"].is_string() {
        return alarm_message(value);
    }
    if value["AutoScalingGroupName"].is_string() {
        return group_message(value);
    }
    AwsEvent {
        id: text(value, "MessageId"),
        kind: AwsEventKind::Other,
        name: text(value, "Type").unwrap_or_default(),
        scope: None,
        at: at(&value["Timestamp"]),
        subject: text(value, "TopicArn").unwrap_or_default(),
        fact: Fact::Kept,
    }
}

/// The envelope of EventBridge: `source`, `detail-type`, `detail`.
fn by_event_bridge(value: &Value) -> AwsEvent {
    let detail = &value["detail"];
    let name = text(value, "detail-type").unwrap_or_default();
    let source = value["source"].as_str().unwrap_or_default();
    let happened = at(&value["time"]);
    let instance = || {
        let found = text(detail, "instance-id").or_else(|| text(detail, "EC2InstanceId"));
        found.unwrap_or_default()
    };
    let (kind, subject, fact) = match (source, name.as_str()) {
        ("aws.cloudwatch", "CloudWatch Alarm State Change") => {
            let fact = alarm_fact(&detail["state"]);
            (
                AwsEventKind::Alarm,
                text(detail, "alarmName").unwrap_or_default(),
                fact,
            )
        }
        ("aws.cloudwatch", _) => {
            // One contributor is not the alarm.
            (
                AwsEventKind::Alarm,
                text(detail, "alarmName").unwrap_or_default(),
                Fact::Kept,
            )
        }
        ("aws.ec2", "EC2 Instance State-change Notification") => {
            let fact = match detail["state"].as_str() {
                Some("terminated") => Fact::Terminated,
                _ => Fact::Kept,
            };
            (AwsEventKind::Instance, instance(), fact)
        }
        ("aws.ec2", "EC2 Spot Instance Interruption Warning") => {
            (AwsEventKind::Spot, instance(), Fact::SpotInterrupted)
        }
        ("aws.ec2", "EC2 Instance Rebalance Recommendation") => {
            (AwsEventKind::Spot, instance(), Fact::SpotAtRisk)
        }
        ("aws.autoscaling", "EC2 Instance Terminate Successful") => {
            (AwsEventKind::Scaling, instance(), group_fact(detail))
        }
        ("aws.autoscaling", _) => (AwsEventKind::Scaling, instance(), Fact::Kept),
        ("aws.ecs", _) => (AwsEventKind::Ecs, first_resource(value), Fact::Kept),
        ("aws.rds", _) => {
            let subject = text(detail, "SourceIdentifier");
            (
                AwsEventKind::Rds,
                subject.unwrap_or_else(|| first_resource(value)),
                Fact::Kept,
            )
        }
        ("aws.health", _) => (
            AwsEventKind::Health,
            text(detail, "eventTypeCode").unwrap_or_default(),
            Fact::Kept,
        ),
        _ => (AwsEventKind::Other, first_resource(value), Fact::Kept),
    };
    AwsEvent {
        id: text(value, "id"),
        kind,
        name,
        scope: scope(value["account"].as_str(), value["region"].as_str()),
        at: happened,
        subject,
        fact,
    }
}

/// What CloudWatch hands to a function.
fn alarm_action(value: &Value) -> AwsEvent {
    let data = &value["alarmData"];
    AwsEvent {
        id: None,
        kind: AwsEventKind::Alarm,
        name: "CloudWatch Alarm Action".into(),
        scope: scope(value["accountId"].as_str(), value["region"].as_str()),
        at: at(&value["time"]),
        subject: text(data, "alarmName").unwrap_or_default(),
        fact: alarm_fact(&data["state"]),
    }
}

/// What CloudWatch tells a topic. Its region is spelt out in words; the ARN has its name.
fn alarm_message(value: &Value) -> AwsEvent {
    let mut arn = value["AlarmArn"].as_str().unwrap_or_default().split(':');
    let region = arn.nth(3);
    let changed = at(&value["StateChangeTime"]);
    let state = value["NewStateValue"].as_str().and_then(state);
    let fact = state
        .zip(changed)
        .map_or(Fact::Kept, |(state, at)| Fact::Alarm {
            state,
            at,
            reason: text(value, "NewStateReason").unwrap_or_default(),
        });
    AwsEvent {
        id: None,
        kind: AwsEventKind::Alarm,
        name: "CloudWatch alarm notification".into(),
        scope: scope(value["AWSAccountId"].as_str(), region),
        at: changed,
        subject: text(value, "AlarmName").unwrap_or_default(),
        fact,
    }
}

/// What an Auto Scaling group tells a topic.
fn group_message(value: &Value) -> AwsEvent {
    let name = text(value, "Event").unwrap_or_default();
    let mut arn = value["AutoScalingGroupARN"]
        .as_str()
        .unwrap_or_default()
        .split(':');
    let fact = match name.as_str() {
        "autoscaling:EC2_INSTANCE_TERMINATE" => group_fact(value),
        _ => Fact::Kept,
    };
    AwsEvent {
        id: text(value, "ActivityId").map(|id| format!("{id} {name}")),
        kind: AwsEventKind::Scaling,
        name,
        scope: scope(value["AccountId"].as_str(), arn.nth(3)),
        at: at(&value["Time"]),
        subject: text(value, "EC2InstanceId").unwrap_or_default(),
        fact,
    }
}

fn group_fact(detail: &Value) -> Fact {
    match text(detail, "AutoScalingGroupName") {
        Some(group) => Fact::GroupTerminated {
            group,
            cause: text(detail, "Cause").unwrap_or_default(),
        },
        None => Fact::Kept,
    }
}

/// `{ value, reason, timestamp }`.
fn alarm_fact(told: &Value) -> Fact {
    let state = told["value"].as_str().and_then(state);
    let at = at(&told["timestamp"]);
    state.zip(at).map_or(Fact::Kept, |(state, at)| Fact::Alarm {
        state,
        at,
        reason: text(told, "reason").unwrap_or_default(),
    })
}

fn state(word: &str) -> Option<AlarmState> {
    match word {
        "ALARM" => Some(AlarmState::Alarm),
        "OK" => Some(AlarmState::Ok),
        "INSUFFICIENT_DATA" => Some(AlarmState::InsufficientData),
        _ => None,
    }
}

fn text(value: &Value, key: &str) -> Option<String> {
    value[key].as_str().map(str::to_owned)
}

fn at(value: &Value) -> Option<Timestamp> {
    value.as_str()?.parse().ok()
}

fn scope(account: Option<&str>, region: Option<&str>) -> Option<Scope> {
    Some(Scope {
        account: AccountId::parse(account?)?,
        region: Region::parse(region?)?,
    })
}

fn first_resource(value: &Value) -> String {
    value["resources"][0]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}
