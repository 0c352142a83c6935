//! What AWS tells by events: an alarm's state at once, and instances that ended for no reason.

use crate::{
    sources::{listening, told_by},
    story::refused,
};
use api::{
    ErrorCode, Page,
    alarms::{AlarmQuery, AlarmRow},
    aws_events::{AwsEventQuery, AwsEventRow},
    sources::Taken,
};
use domain::{
    alarms::{AlarmState, Priority},
    aws_events::{AwsEventKind, EndReason},
    limits,
    people::{Reach, Role},
    sources::{EnvironmentRule, HookKind, SourceKind},
    time::{DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, Timestamp},
};
use serde_json::{Value, json};
use services::SourceSettings;
use testkit::{Harness, Heard, Sink, story};

/// An event of EventBridge in the first scope of the estate.
pub fn event(
    h: &Harness,
    id: &str,
    source: &str,
    name: &str,
    at: Timestamp,
    detail: &Value,
) -> Value {
    let scope = h.sandbox.cloud().scopes()[0].clone();
    json!({
        "version": "0", "id": id, "source": source, "detail-type": name,
        "account": scope.account, "region": scope.region,
        "time": at.to_string(), "resources": [], "detail": detail,
    })
}

fn terminated(h: &Harness, id: &str, instance: &str) -> Value {
    let detail = json!({ "instance-id": instance, "state": "terminated" });
    event(
        h,
        id,
        "aws.ec2",
        "EC2 Instance State-change Notification",
        h.now(),
        &detail,
    )
}

pub fn ended_by_group(h: &Harness, id: &str, instance: &str, group: &str, cause: &str) -> Value {
    let detail =
        json!({ "EC2InstanceId": instance, "AutoScalingGroupName": group, "Cause": cause });
    event(
        h,
        id,
        "aws.autoscaling",
        "EC2 Instance Terminate Successful",
        h.now(),
        &detail,
    )
}

pub async fn take(h: &Harness, event: &Value) -> api::ApiResult<Taken> {
    told_by(h, HookKind::Eventbridge, "aws", Some("s3cret"), event).await
}

/// A source of events.
fn aws() -> SourceSettings {
    SourceSettings::new(
        "aws".parse().expect("a name"),
        HookKind::Eventbridge,
        EnvironmentRule::ByLabel("environment".into()),
        "s3cret",
    )
}

/// A source of events, and a receiver that hears of everything.
pub async fn connected(h: &mut Harness) -> Sink {
    listening(h, aws()).await
}

async fn events(h: &Harness) -> Page<AwsEventRow> {
    let viewer = h.as_role(Role::Viewer);
    let list = viewer.list_aws_events(AwsEventQuery::default()).await;
    list.expect("events")
}

async fn alarms(h: &Harness, source: SourceKind) -> Vec<AlarmRow> {
    let query = AlarmQuery {
        source: vec![source],
        ..AlarmQuery::default()
    };
    h.as_role(Role::Viewer)
        .list_alarms(query)
        .await
        .expect("alarms")
        .rows
}

/// What the receiver heard of one instance.
fn heard(sink: &Sink) -> Vec<String> {
    sink.take().iter().map(Heard::told).collect()
}

story!(
    an_instance_that_ends_for_no_reason_wakes_somebody,
    |h| async move {
        let mut h = h;
        let sink = connected(&mut h).await;
        let group = h.live("web-prod").await;
        let instance = group.instances[0].id.clone();
        let told = terminated(&h, "e-1", &instance);
        assert_eq!(take(&h, &told).await.expect("taken").changed, 1);
        // The moment of grace is not over.
        h.fast_forward(30 * SECOND_MS).await;
        sink.expect(&[]);
        h.fast_forward(MINUTE_MS).await;
        let alarm = format!("P1 ALARM · prod · EC2 terminated: {instance}");
        assert_eq!(heard(&sink), [format!("webhook: {alarm}")]);
        let row = alarms(&h, SourceKind::Event).await.remove(0);
        assert_eq!(
            (row.priority, row.environment.as_str()),
            (Priority::P1, "prod")
        );
        assert_eq!(row.scope, Some(group.reference.scope));
        assert_eq!(events(&h).await.rows[0].alarm, Some(row.id));

        // The same event again, a reading of AWS and a restart tell nothing new.
        assert_eq!(take(&h, &told).await.expect("taken").changed, 0);
        h.restart().await;
        h.pass(5 * MINUTE_MS).await;
        sink.expect(&[]);

        // After a day there is nothing to do about it any more.
        h.fast_forward(DAY_MS).await;
        h.fast_forward(MINUTE_MS).await;
        let over = format!("webhook: Recovered · prod · EC2 terminated: {instance}");
        assert_eq!(heard(&sink), [over]);
    }
);

story!(
    an_explained_end_is_recorded_and_wakes_nobody,
    |h| async move {
        let mut h = h;
        let sink = connected(&mut h).await;
        let spot = json!({ "instance-id": "i-1", "instance-action": "terminate" });
        let name = "EC2 Spot Instance Interruption Warning";
        let warning = event(&h, "e-0", "aws.ec2", name, h.now(), &spot);
        take(&h, &warning).await.expect("taken");
        h.fast_forward(2 * MINUTE_MS).await;
        take(&h, &terminated(&h, "e-1", "i-1"))
            .await
            .expect("taken");
        // AWS tells of the group's reason before or after the end.
        for (n, instance, cause) in [
            (
                2,
                "i-2",
                "a monitor alarm web-low in state ALARM triggered policy scale-in",
            ),
            (
                4,
                "i-3",
                "a scheduled action update of AutoScalingGroup constraints",
            ),
            (
                6,
                "i-4",
                "taken out of service in response to an ELB system health check failure",
            ),
        ] {
            let first = terminated(&h, &format!("e-{n}"), instance);
            let second = ended_by_group(&h, &format!("e-{}", n + 1), instance, "web-prod", cause);
            take(&h, &first).await.expect("taken");
            take(&h, &second).await.expect("taken");
        }
        h.pass(5 * MINUTE_MS).await;
        sink.expect(&[]);
        assert!(alarms(&h, SourceKind::Event).await.is_empty());
        let rows = events(&h).await.rows;
        let why = |instance: &str| {
            let mut ends = rows.iter().filter(|row| row.kind == AwsEventKind::Instance);
            ends.find(|row| row.subject == instance)
                .and_then(|row| row.explanation)
        };
        assert_eq!(why("i-1"), Some(EndReason::Spot));
        assert_eq!(why("i-2"), Some(EndReason::ScaleIn));
        assert_eq!(why("i-3"), Some(EndReason::ScheduledAction));
        assert_eq!(why("i-4"), Some(EndReason::HealthReplacement));
    }
);

story!(
    somebody_who_ends_an_instance_by_hand_is_not_explained_by_the_group_that_replaces_it,
    |h| async move {
        let mut h = h;
        let sink = connected(&mut h).await;
        take(&h, &terminated(&h, "e-1", "i-1"))
            .await
            .expect("taken");
        let cause = "an instance was taken out of service in response to an EC2 health check indicating \
                 it has been terminated or stopped";
        take(&h, &ended_by_group(&h, "e-2", "i-1", "web-prod", cause))
            .await
            .expect("taken");
        h.fast_forward(2 * MINUTE_MS).await;
        assert_eq!(
            heard(&sink),
            ["webhook: P1 ALARM · prod · EC2 terminated: i-1"]
        );
    }
);

story!(
    an_explanation_that_comes_late_ends_the_alarm,
    |h| async move {
        let mut h = h;
        let sink = connected(&mut h).await;
        take(&h, &terminated(&h, "e-1", "i-1"))
            .await
            .expect("taken");
        h.fast_forward(5 * MINUTE_MS).await;
        assert_eq!(heard(&sink).len(), 1);
        let cause = "a scheduled action update of AutoScalingGroup constraints";
        take(&h, &ended_by_group(&h, "e-2", "i-1", "web-prod", cause))
            .await
            .expect("taken");
        h.fast_forward(MINUTE_MS).await;
        assert_eq!(alarms(&h, SourceKind::Event).await[0].state, AlarmState::Ok);
        assert_eq!(heard(&sink).len(), 1);
        // What came far from it explains nothing.
        take(&h, &terminated(&h, "e-3", "i-5"))
            .await
            .expect("taken");
        h.fast_forward(limits::EXPLANATION_MS + MINUTE_MS).await;
        take(&h, &ended_by_group(&h, "e-4", "i-5", "web-prod", cause))
            .await
            .expect("taken");
        h.fast_forward(MINUTE_MS).await;
        let alarm = "webhook: P1 ALARM · untagged · EC2 terminated: i-5";
        assert_eq!(heard(&sink), [alarm]);
    }
);

story!(
    an_alarms_state_comes_by_event_before_the_next_reading_and_never_backwards,
    |h| async move {
        let query = AlarmQuery {
            state: vec![AlarmState::Ok],
            source: vec![SourceKind::Cloudwatch],
            ..AlarmQuery::default()
        };
        let mut h = h;
        h.reconfigure(|settings| settings.sources = vec![aws()])
            .await;
        let viewer = h.as_role(Role::Viewer);
        let quiet = viewer.list_alarms(query).await.expect("alarms").rows;
        let scope = h.sandbox.cloud().scopes()[0].clone();
        let row = quiet
            .into_iter()
            .find(|row| row.scope.as_ref() == Some(&scope));
        let row = row.expect("a quiet alarm");
        let state = |word: &str, at: Timestamp| {
            let at = at.to_string().replace('Z', "+0000");
            json!({ "alarmName": row.name, "state": { "value": word, "reason": "told", "timestamp": at } })
        };
        let name = "CloudWatch Alarm State Change";
        let now = h.now();
        let goes_off = event(&h, "e-1", "aws.cloudwatch", name, now, &state("ALARM", now));
        take(&h, &goes_off).await.expect("taken");
        let shown = viewer.alarm(row.id).await.expect("an alarm").row;
        assert_eq!(
            (shown.state, shown.state_at, shown.reason.as_str()),
            (AlarmState::Alarm, now, "told")
        );

        let before = now.plus_ms(-MINUTE_MS);
        let late = event(
            &h,
            "e-2",
            "aws.cloudwatch",
            name,
            before,
            &state("OK", before),
        );
        take(&h, &late).await.expect("taken");
        assert_eq!(
            viewer.alarm(row.id).await.expect("an alarm").row.state,
            AlarmState::Alarm
        );
        // An alarm that is not known yet comes with the next reading.
        let detail = json!({ "alarmName": "nobody-knows", "state": { "value": "ALARM" } });
        let unknown = event(&h, "e-3", "aws.cloudwatch", name, now, &detail);
        take(&h, &unknown).await.expect("taken");
        assert_eq!(events(&h).await.total, 3);
    }
);

story!(
    whatever_is_unknown_is_kept_and_only_what_is_no_event_is_refused,
    |h| async move {
        let mut h = h;
        connected(&mut h).await;
        let odd = json!({ "hello": "world" });
        take(&h, &odd).await.expect("taken");
        take(&h, &odd).await.expect("taken");
        let page = events(&h).await;
        assert_eq!((page.total, page.rows[0].kind), (1, AwsEventKind::Other));
        let detail = h
            .as_role(Role::Viewer)
            .aws_event(page.rows[0].id)
            .await
            .expect("an event");
        assert_eq!(detail.payload, odd.to_string());
        refused(take(&h, &json!(["no", "event"])).await, ErrorCode::Invalid);
        h.fast_forward(limits::AWS_EVENTS_KEEP_MS + HOUR_MS).await;
        assert_eq!(events(&h).await.total, 0);
    }
);

story!(an_event_is_seen_where_it_belongs, |h| async move {
    let mut h = h;
    connected(&mut h).await;
    let instance = h.live("web-prod").await.instances[0].id.clone();
    take(&h, &terminated(&h, "e-1", &instance))
        .await
        .expect("taken");
    let id = events(&h).await.rows[0].id;
    let ben = h
        .person("ben", Role::Admin, Reach::Only(vec!["dev".into()]))
        .await;
    refused(h.of(&ben).aws_event(id).await, ErrorCode::NotFound);
    let list = h.of(&ben).list_aws_events(AwsEventQuery::default()).await;
    assert_eq!(list.expect("events").total, 0);
});
