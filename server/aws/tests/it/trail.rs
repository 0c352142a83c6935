//! Who changed a target, as CloudTrail writes it: no peer serves LookupEvents, so these are
//! replayed records in the shape of the CloudTrail User Guide.

use crate::{
    peers::group,
    wire::{ACCOUNT, Answer, Wire, cloud},
};
use domain::{limits::TRAIL_PAGES_MAX, time::Timestamp, trail::TrailCall};
use ports::{Cloud, CloudErrorKind};
use serde_json::{Value, json};

/// The calls that can change a group, in the order in which they are asked for.
const KINDS: usize = 9;

fn record(name: &str, at_s: f64, who: &str, record: &Value) -> Value {
    let mut record = record.clone();
    record["userIdentity"] = json!({ "type": "IAMUser", "arn": who });
    json!({
        "EventId": "e", "EventName": name, "EventTime": at_s, "Username": "mina",
        "CloudTrailEvent": record.to_string(),
    })
}

fn page(events: &[Value], token: Option<&str>) -> Answer {
    Answer::json(200, json!({ "Events": events, "NextToken": token }))
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

const MINA: &str = "arn:aws:iam::111122223333:user/mina";

async fn told(wire: &Wire) -> Result<Vec<TrailCall>, ports::CloudError> {
    let (from, until) = (at("2026-03-01T00:00:00Z"), at("2026-03-01T01:00:00Z"));
    let target = group(ACCOUNT, "web-prod");
    cloud(wire).trail(&target, from, until).await
}

#[tokio::test]
async fn calls_of_others_on_this_group_are_told_newest_first() {
    let wire = Wire::new();
    let on = |group: &str| json!({ "requestParameters": { "autoScalingGroupName": group } });
    let mut failed = on("web-prod");
    failed["errorCode"] = "AccessDenied".into();
    let mut ours = on("web-prod");
    ours["userAgent"] = "aws-sdk-rust/1.3 app/lamplighter".into();
    let updates = [
        record(
            "UpdateAutoScalingGroup",
            1_772_323_300.0,
            MINA,
            &on("web-prod"),
        ),
        record(
            "UpdateAutoScalingGroup",
            1_772_323_301.0,
            MINA,
            &on("web-staging"),
        ),
        record("UpdateAutoScalingGroup", 1_772_323_302.0, MINA, &failed),
        record("UpdateAutoScalingGroup", 1_772_323_303.0, MINA, &ours),
    ];
    let mut by_service = record("SetDesiredCapacity", 1_772_323_400.5, MINA, &on("web-prod"));
    by_service["CloudTrailEvent"] = json!({
        "userIdentity": { "type": "AWSService", "invokedBy": "autoscaling.amazonaws.com" },
        "requestParameters": { "autoScalingGroupName": "web-prod" },
    })
    .to_string()
    .into();
    wire.answer("LookupEvents", page(&updates, Some("more")))
        .answer("LookupEvents", page(&[], None))
        .answer("LookupEvents", page(&[by_service], None))
        .answers("LookupEvents", KINDS - 2, &page(&[], None));
    let found = told(&wire).await.expect("calls");
    let call = |at_ms, who: &str, name: &str| TrailCall {
        at: Timestamp::from_ms(at_ms),
        who: who.into(),
        call: name.into(),
    };
    assert_eq!(
        found,
        [
            call(
                1_772_323_400_500,
                "autoscaling.amazonaws.com",
                "SetDesiredCapacity"
            ),
            call(1_772_323_300_000, MINA, "UpdateAutoScalingGroup"),
        ]
    );
    let asked = wire.asked();
    let asked: Vec<_> = asked
        .iter()
        .filter(|one| one.action == "LookupEvents")
        .collect();
    assert_eq!(asked.len(), KINDS + 1);
    assert_eq!(asked[0].service, "CloudTrail_20131101");
    assert!(
        asked[0].host.starts_with("cloudtrail."),
        "{}",
        asked[0].host
    );
    assert!(asked[0].has("\"StartTime\":1772323200"));
    assert!(asked[0].has("\"AttributeKey\":\"EventName\""));
    assert!(asked[1].has("\"NextToken\":\"more\""));
}

#[tokio::test]
async fn a_trail_without_end_is_cut() {
    let wire = Wire::new();
    let endless = page(&[], Some("more"));
    wire.answers("LookupEvents", KINDS * TRAIL_PAGES_MAX + 1, &endless);
    assert_eq!(told(&wire).await.expect("an answer"), []);
    assert_eq!(wire.count("LookupEvents"), KINDS * TRAIL_PAGES_MAX);
}

#[tokio::test]
async fn a_missing_permission_is_told_by_its_name() {
    let wire = Wire::new();
    wire.answer(
        "LookupEvents",
        Answer::json_error(400, "AccessDeniedException", "no"),
    );
    let error = told(&wire).await.expect_err("denied");
    assert_eq!(
        (error.kind, error.action),
        (CloudErrorKind::Denied, "cloudtrail:LookupEvents")
    );
}
