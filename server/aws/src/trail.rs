//! Who changed a target, as CloudTrail tells it (AWS CloudTrail API Reference, LookupEvents).
//!
//! One question can name one kind of call and no target, so each call that writes to a
//! target of the kind is asked for, and what was about another is left out.

use crate::{
    connect::Clients,
    permissions::Action,
    signed::{Model, Request, Service, Signed},
};
use aws_types::SdkConfig;
use domain::{
    capacity::{TargetKind, TargetRef},
    limits::{TRAIL_CALLS_MAX, TRAIL_PAGES_MAX, TRAIL_ROWS_MAX},
    time::Timestamp,
    trail::TrailCall,
};
use ports::CloudError;
use serde::Deserialize;
use serde_json::{Value, json};

const CLOUD_TRAIL: Service = Service {
    id: "CloudTrail",
    name: "cloudtrail",
    fips: "cloudtrail-fips",
};
const MODEL: Model = Model {
    name: "CloudTrail_20131101",
    content_type: "application/x-amz-json-1.1",
};
/// In CloudTrail's record of a call that this console made.
const OURS: &str = "lamplighter";

/// A client for one account and region.
#[derive(Debug)]
pub struct Trail {
    signed: Signed,
}

/// The calls that write to a target of a kind.
const fn writes(kind: TargetKind) -> &'static [&'static str] {
    match kind {
        TargetKind::Asg => &[
            "UpdateAutoScalingGroup",
            "SetDesiredCapacity",
            "PutScheduledUpdateGroupAction",
            "BatchPutScheduledUpdateGroupAction",
            "DeleteScheduledAction",
            "BatchDeleteScheduledAction",
            "SuspendProcesses",
            "ResumeProcesses",
            "DeleteAutoScalingGroup",
        ],
        TargetKind::EcsService => &[
            "RegisterScalableTarget",
            "DeregisterScalableTarget",
            "PutScheduledAction",
            "DeleteScheduledAction",
            "UpdateService",
            "DeleteService",
        ],
        TargetKind::Eks => &["UpdateNodegroupConfig", "DeleteNodegroup"],
        TargetKind::Rds => &["StartDBInstance", "StopDBInstance", "DeleteDBInstance"],
        TargetKind::RdsCluster => &["StartDBCluster", "StopDBCluster", "DeleteDBCluster"],
        // They name instances, and those of a tag are others every day.
        TargetKind::Ec2Tag => &[],
    }
}

impl Trail {
    /// Makes a client of the same configuration as the SDK's.
    ///
    /// # Errors
    /// As [`Signed::new`].
    pub fn new(config: &SdkConfig) -> Result<Self, CloudError> {
        let signed = Signed::new(config, &CLOUD_TRAIL)?;
        Ok(Self { signed })
    }

    /// Asks for next to nothing, to see whether it may be asked at all.
    ///
    /// # Errors
    /// As every call.
    pub async fn probe(&self) -> Result<(), CloudError> {
        self.page(&json!({ "MaxResults": 1 })).await.map(|_| ())
    }

    /// Records of one kind of call. Of more than some pages the oldest are left out.
    async fn lookup(
        &self,
        call: &str,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<EventJson>, CloudError> {
        let mut question = json!({
            "LookupAttributes": [{ "AttributeKey": "EventName", "AttributeValue": call }],
            "StartTime": from.seconds(),
            "EndTime": until.seconds(),
            "MaxResults": TRAIL_ROWS_MAX,
        });
        let mut found = Vec::new();
        for _ in 0..TRAIL_PAGES_MAX {
            let page = self.page(&question).await?;
            found.extend(page.events);
            let Some(token) = page.next_token else {
                break;
            };
            question["NextToken"] = token.into();
        }
        Ok(found)
    }

    async fn page(&self, question: &Value) -> Result<Page, CloudError> {
        let action = Action::LookupEvents;
        let request = Request::target(MODEL, action, question);
        self.signed.json(action, request).await
    }
}

/// The calls on a target in `[from, until]` that others made, newest first.
pub async fn calls(
    clients: &Clients,
    target: &TargetRef,
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<TrailCall>, CloudError> {
    let mut found = Vec::new();
    // One after the other: CloudTrail answers two questions a second.
    for call in writes(target.kind) {
        let records = clients.trail.lookup(call, from, until).await?;
        found.extend(records.iter().filter_map(|record| record.read(target)));
    }
    found.sort_by(|one, other| other.cmp(one));
    found.truncate(TRAIL_CALLS_MAX);
    Ok(found)
}

#[derive(Debug, Deserialize)]
struct Page {
    #[serde(rename = "Events", default)]
    events: Vec<EventJson>,
    #[serde(rename = "NextToken")]
    next_token: Option<String>,
}

#[derive(Debug, Deserialize)]
struct EventJson {
    /// Seconds since 1970.
    #[serde(rename = "EventTime", default)]
    at_s: f64,
    #[serde(rename = "EventName", default)]
    name: String,
    #[serde(rename = "Username", default)]
    user: String,
    /// The whole record, as a text of JSON.
    #[serde(rename = "CloudTrailEvent", default)]
    record: String,
}

/// The record of a call (CloudTrail User Guide, "CloudTrail record contents").
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    #[serde(default)]
    user_identity: UserIdentity,
    #[serde(default)]
    user_agent: String,
    #[serde(default)]
    error_code: Option<String>,
    #[serde(default)]
    request_parameters: Value,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct UserIdentity {
    arn: Option<String>,
    invoked_by: Option<String>,
}

impl EventJson {
    /// None for what failed, was about another target, or was our own call.
    fn read(&self, target: &TargetRef) -> Option<TrailCall> {
        let record: Record = serde_json::from_str(&self.record).ok()?;
        let is_ours = record.user_agent.contains(OURS);
        if is_ours || record.error_code.is_some() || !concerns(&record.request_parameters, target) {
            return None;
        }
        let UserIdentity { arn, invoked_by } = record.user_identity;
        Some(TrailCall {
            at: Timestamp::from_ms((self.at_s * 1_000.0) as i64),
            who: arn.or(invoked_by).unwrap_or_else(|| self.user.clone()),
            call: self.name.clone(),
        })
    }
}

/// Whether a call names a target: by its own name, or cluster and service each by its name
/// or ARN.
fn concerns(parameters: &Value, target: &TargetRef) -> bool {
    let parts: Vec<&str> = match target.kind {
        TargetKind::EcsService | TargetKind::Eks => target.name.split('/').collect(),
        _ => vec![&target.name],
    };
    let values = parameters
        .as_object()
        .into_iter()
        .flat_map(|named| named.values());
    let given: Vec<&str> = values.filter_map(Value::as_str).collect();
    parts.iter().all(|part| {
        let mut given = given.iter();
        given.any(|given| given.split('/').any(|piece| piece == *part))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::estate::{AccountId, Region, Scope};

    #[test]
    fn a_call_concerns_the_target_that_it_names() {
        let target = |kind, name: &str| TargetRef {
            scope: Scope {
                account: AccountId::new("111122223333"),
                region: Region::new("ap-northeast-2"),
            },
            kind,
            name: name.into(),
        };
        let service = target(TargetKind::EcsService, "main/api");
        for (target, parameters, expected) in [
            (
                target(TargetKind::Asg, "web-prod"),
                json!({ "autoScalingGroupName": "web-prod", "minSize": 2 }),
                true,
            ),
            (
                target(TargetKind::Asg, "web-prod"),
                json!({ "autoScalingGroupName": "web-prod-2" }),
                false,
            ),
            (
                service.clone(),
                json!({ "resourceId": "service/main/api" }),
                true,
            ),
            (
                service.clone(),
                json!({
                    "cluster": "arn:aws:ecs:ap-northeast-2:111122223333:cluster/main",
                    "service": "api",
                }),
                true,
            ),
            (
                service.clone(),
                json!({ "resourceId": "service/other/api" }),
                false,
            ),
            (service, Value::Null, false),
        ] {
            assert_eq!(concerns(&parameters, &target), expected, "{parameters}");
        }
    }
}
