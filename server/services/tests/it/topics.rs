//! Topics that tell us by HTTPS: what is looked at before anything is fetched, what becomes of
//! a message once, and subscriptions that are confirmed by a call of ours.
//!
//! That a signature proves what it should is tested where the network is.

use crate::story::{audit_is_whole, refused};
use api::{
    ApiResult, ErrorCode, audit::AuditQuery, aws_events::AwsEventQuery, sources::Taken,
    system::TopicView,
};
use domain::{
    audit::AuditOutcome,
    limits,
    people::Role,
    sns::{ProofError, SignatureVersion, TopicArn, TopicState},
    time::{DAY_MS, HOUR_MS, MINUTE_MS, Timestamp},
};
use ports::CloudErrorKind;
use serde_json::{Value, json};
use services::{
    TopicSource, settle,
    topics::{self, TopicCall},
};
use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};
use testkit::{Asked, Harness, story};

const NAME: &str = "aws";

fn arn(h: &Harness, name: &str) -> TopicArn {
    TopicArn::named(&h.sandbox.cloud().scopes()[0], name)
}

/// A source that names one topic.
async fn listening(h: &mut Harness) {
    let source = TopicSource {
        name: NAME.parse().expect("a name"),
        topics: vec![arn(h, "alarms")],
        signature_least: SignatureVersion::One,
        calls_a_minute_max: 5,
        heartbeat_minutes: None,
    };
    h.reconfigure(|settings| settings.topic_sources = vec![source])
        .await;
}

/// A message as SNS writes them, but for its signature.
fn message(h: &Harness, kind: &str, id: &str, at: Timestamp) -> Value {
    let topic = arn(h, "alarms");
    let region = &topic.scope().region;
    json!({
        "Type": kind, "MessageId": id, "TopicArn": topic, "Message": "hello",
        "Timestamp": at.to_string(), "SignatureVersion": "1", "Signature": "AAAA",
        "SigningCertURL": format!("https://sns.{region}.amazonaws.com/S-1.pem"),
        "SubscribeURL": "https://sns.example/?Token=secret", "Token": format!("secret-{id}"),
        "UnsubscribeURL": "https://sns.example/?secret",
    })
}

/// Sends it; how often somebody asked whether SNS signed it, who says so.
async fn sent(h: &Harness, body: &Value, proof: Result<(), ProofError>) -> (ApiResult<Taken>, u32) {
    let person = h.people[Role::Viewer.as_str()].clone();
    let cx = services::Cx {
        actor: None,
        ..h.cx(&person)
    };
    let source = topics::admit(&h.services, &cx, NAME).expect("a source");
    let body = body.to_string();
    let call = TopicCall {
        is_raw: false,
        body: body.as_bytes(),
    };
    let asked = AtomicU32::new(0);
    let prove = |_, _| {
        asked.fetch_add(1, Ordering::SeqCst);
        std::future::ready(proof)
    };
    let taken = topics::take(&h.services, &cx, source, call, prove).await;
    (settle(&cx, taken), asked.load(Ordering::SeqCst))
}

async fn take(h: &Harness, body: &Value) -> Taken {
    sent(h, body, Ok(())).await.0.expect("taken")
}

async fn topic(h: &Harness) -> TopicView {
    let system = h.as_role(Role::Admin).system().await.expect("the system");
    let [topic] = &system.topics[..] else {
        panic!("{:?}", system.topics);
    };
    topic.clone()
}

/// How the audit log tells of confirmations, oldest first.
async fn audited(h: &Harness) -> Vec<(String, AuditOutcome)> {
    let log = h
        .as_role(Role::Admin)
        .list_audit(AuditQuery::default())
        .await;
    let rows = log.expect("the audit log").rows.into_iter().rev();
    let rows = rows.filter(|row| row.action.starts_with("topic."));
    rows.map(|row| (row.action, row.outcome)).collect()
}

async fn kept(h: &Harness) -> Vec<(String, String)> {
    let viewer = h.as_role(Role::Viewer);
    let page = viewer.list_aws_events(AwsEventQuery::default()).await;
    let mut found = Vec::new();
    for row in page.expect("events").rows {
        let detail = viewer.aws_event(row.id).await.expect("an event");
        found.push((row.name, detail.payload));
    }
    found
}

story!(
    a_subscription_is_confirmed_by_a_call_of_ours_and_shown,
    |h| async move {
        let mut h = h;
        listening(&mut h).await;
        assert_eq!(topic(&h).await.state, TopicState::Unheard);
        let body = message(&h, "SubscriptionConfirmation", "m-1", h.now());
        assert_eq!(take(&h, &body).await.changed, 1);
        assert_eq!(topic(&h).await.state, TopicState::Waiting);
        // What is kept for people does not let them subscribe us.
        let events = kept(&h).await;
        assert_eq!(events.len(), 1);
        assert_eq!(events[0].0, "SubscriptionConfirmation");
        assert!(!events[0].1.contains("secret"), "{}", events[0].1);

        h.drain().await;
        let confirmed = vec![(arn(&h, "alarms"), "secret-m-1".to_owned())];
        assert_eq!(h.cloud.confirmed(), confirmed);
        assert_eq!(topic(&h).await.state, TopicState::Confirmed);
        let [begun, done] = ["topic.confirm"; 2].map(str::to_owned);
        assert_eq!(
            audited(&h).await,
            [(begun, AuditOutcome::Begun), (done, AuditOutcome::Done)]
        );
        // SNS sends it once more: nothing follows.
        assert_eq!(take(&h, &body).await.changed, 0);
        h.fast_forward(MINUTE_MS).await;
        assert_eq!(h.cloud.confirmed(), confirmed);
        audit_is_whole(&h).await;
    }
);

story!(
    what_is_not_ours_is_refused_before_anything_is_fetched,
    |h| async move {
        let mut h = h;
        listening(&mut h).await;
        let good = message(&h, "Notification", "m-1", h.now());
        let changed = |field: &str, value: Value| {
            let mut body = good.clone();
            body[field] = value;
            body
        };
        let old = h.now().plus_ms(-limits::TOPIC_MESSAGE_OLD_MS - 1);
        let ahead = h.now().plus_ms(limits::TOPIC_MESSAGE_AHEAD_MS + 1);
        for (body, code) in [
            (
                changed("TopicArn", json!(arn(&h, "other"))),
                ErrorCode::Forbidden,
            ),
            (
                changed("Timestamp", json!(old.to_string())),
                ErrorCode::Invalid,
            ),
            (
                changed("Timestamp", json!(ahead.to_string())),
                ErrorCode::Invalid,
            ),
            (
                changed("SigningCertURL", json!("https://evil.example/x.pem")),
                ErrorCode::Invalid,
            ),
            (changed("SignatureVersion", json!("3")), ErrorCode::Invalid),
            (changed("Type", json!("Other")), ErrorCode::Invalid),
            (json!({ "AlarmName": "cpu" }), ErrorCode::Invalid),
        ] {
            let (answer, asked) = sent(&h, &body, Ok(())).await;
            refused(answer, code);
            assert_eq!(asked, 0, "{body}");
        }
        h.reconfigure(|settings| {
            settings.topic_sources[0].signature_least = SignatureVersion::Two;
        })
        .await;
        let (answer, asked) = sent(&h, &good, Ok(())).await;
        let error = refused(answer, ErrorCode::Invalid);
        assert!(error.message.contains("SignatureVersion to 2"), "{error}");
        assert_eq!(asked, 0);
        assert!(kept(&h).await.is_empty());
        assert_eq!(topic(&h).await.state, TopicState::Unheard);
    }
);

story!(
    what_is_not_proved_is_not_kept_and_uses_nothing_up,
    |h| async move {
        let mut h = h;
        listening(&mut h).await;
        let good = message(&h, "Notification", "m-1", h.now());
        for _ in 0..10 {
            let forged = ProofError::Never("the signature".into());
            let (answer, asked) = sent(&h, &good, Err(forged)).await;
            refused(answer, ErrorCode::Unauthenticated);
            assert_eq!(asked, 1);
        }
        let later = ProofError::Later("no answer".into());
        refused(sent(&h, &good, Err(later)).await.0, ErrorCode::Unavailable);
        assert!(kept(&h).await.is_empty());
        // Strangers have not used up what the topic may send; it may send five a minute, and
        // SNS sends again what is answered so.
        for n in 0..5 {
            let body = message(&h, "Notification", &format!("m-{n}"), h.now());
            assert_eq!(take(&h, &body).await.changed, 1);
        }
        let body = message(&h, "Notification", "m-9", h.now());
        refused(sent(&h, &body, Ok(())).await.0, ErrorCode::Unavailable);
        h.step(MINUTE_MS);
        assert_eq!(take(&h, &body).await.changed, 1);
    }
);

story!(
    a_notification_has_one_effect_however_often_it_comes_and_says_that_we_are_subscribed,
    |h| async move {
        let mut h = h;
        listening(&mut h).await;
        let body = message(&h, "Notification", "m-1", h.now());
        let told = |changed| Taken {
            told: 1,
            changed,
            left_out: 0,
        };
        assert_eq!(take(&h, &body).await, told(1));
        assert_eq!(take(&h, &body).await, told(0));
        // Signed anew, as after a change of certificates.
        let mut again = body.clone();
        again["Signature"] = json!("BBBB");
        assert_eq!(take(&h, &again).await, told(0));
        let view = topic(&h).await;
        assert_eq!((view.state, view.messages), (TopicState::Confirmed, 1));
        assert_eq!(view.heard_at, Some(h.now()));
        // It carried nothing that is understood: kept and counted, no error.
        let events = kept(&h).await;
        assert_eq!(events.len(), 1);
        assert!(events[0].1.contains("hello"), "{}", events[0].1);
        h.drain().await;
        assert!(h.cloud.confirmed().is_empty());
    }
);

story!(
    what_came_by_a_queue_before_is_one_event_and_the_topic_is_heard_all_the_same,
    |h| async move {
        let mut h = h;
        listening(&mut h).await;
        let body = message(&h, "Notification", "m-1", h.now());
        h.sandbox.send(&body.to_string());
        h.drain().await;
        assert_eq!(kept(&h).await.len(), 1);
        assert_eq!(take(&h, &body).await.changed, 0);
        assert_eq!(kept(&h).await.len(), 1);
        let view = topic(&h).await;
        assert_eq!((view.state, view.messages), (TopicState::Confirmed, 1));
        take(&h, &body).await;
        assert_eq!(topic(&h).await.messages, 1);
    }
);

story!(
    an_alarm_that_a_topic_tells_of_changes_at_once_and_never_back,
    |h| async move {
        let mut h = h;
        listening(&mut h).await;
        let query = api::alarms::AlarmQuery {
            state: vec![domain::alarms::AlarmState::Ok],
            ..api::alarms::AlarmQuery::default()
        };
        let viewer = h.as_role(Role::Viewer);
        let page = viewer.list_alarms(query).await.expect("alarms");
        let scope = h.sandbox.cloud().scopes()[0].clone();
        let mut rows = page.rows.into_iter();
        let row = rows
            .find(|row| row.scope.as_ref() == Some(&scope))
            .expect("an alarm");
        let state = |word: &str, at: Timestamp| {
            json!({
                "AlarmName": row.name, "AWSAccountId": scope.account,
                "NewStateValue": word, "NewStateReason": "threshold crossed",
                "StateChangeTime": at.to_string(),
                "AlarmArn": format!("arn:aws:cloudwatch:{}:{}:alarm:x", scope.region, scope.account),
            })
        };
        h.step(MINUTE_MS);
        let at = h.now();
        let mut body = message(&h, "Notification", "m-1", at);
        body["Message"] = json!(state("ALARM", at).to_string());
        body["Subject"] = json!("ALARM: cpu");
        assert_eq!(take(&h, &body).await.changed, 1);
        let alarm = viewer.alarm(row.id).await.expect("an alarm");
        assert_eq!(alarm.row.state, domain::alarms::AlarmState::Alarm);
        // An older state comes late.
        let mut late = message(&h, "Notification", "m-2", at);
        late["Message"] = json!(state("OK", at.plus_ms(-30_000)).to_string());
        assert_eq!(take(&h, &late).await.changed, 1);
        let alarm = viewer.alarm(row.id).await.expect("an alarm");
        assert_eq!(alarm.row.state, domain::alarms::AlarmState::Alarm);
    }
);

story!(
    somebody_who_unsubscribes_us_is_told_of_and_not_undone,
    |h| async move {
        let mut h = h;
        listening(&mut h).await;
        let begun = h.now();
        take(&h, &message(&h, "Notification", "m-1", begun)).await;
        h.step(10 * MINUTE_MS);
        let ended = h.now();
        take(&h, &message(&h, "UnsubscribeConfirmation", "m-2", ended)).await;
        assert_eq!(topic(&h).await.state, TopicState::Unsubscribed);
        assert_eq!(
            audited(&h).await,
            [("topic.unsubscribed".to_owned(), AuditOutcome::Done)]
        );
        let tokens = kept(&h).await;
        assert!(
            tokens
                .iter()
                .all(|(_, payload)| !payload.contains("secret")),
            "{tokens:?}"
        );
        h.fast_forward(MINUTE_MS).await;
        assert!(h.cloud.confirmed().is_empty());
        // What was written before comes late: it is kept, and moves nothing back.
        let late = begun.plus_ms(MINUTE_MS);
        take(&h, &message(&h, "Notification", "m-3", late)).await;
        take(&h, &message(&h, "SubscriptionConfirmation", "m-4", late)).await;
        h.fast_forward(MINUTE_MS).await;
        assert_eq!(topic(&h).await.state, TopicState::Unsubscribed);
        assert!(h.cloud.confirmed().is_empty());
        // Subscribed anew.
        take(&h, &message(&h, "SubscriptionConfirmation", "m-5", h.now())).await;
        h.fast_forward(MINUTE_MS).await;
        assert_eq!(topic(&h).await.state, TopicState::Confirmed);
        assert_eq!(h.cloud.confirmed().len(), 1);
    }
);

story!(
    a_confirmation_that_fails_is_tried_again_until_it_cannot_help,
    |h| async move {
        let mut h = h;
        listening(&mut h).await;
        let fails = |kind: CloudErrorKind| {
            h.cloud.script(Box::new(move |asked: &Asked| {
                matches!(asked, Asked::ConfirmTopic(_)).then_some(kind)
            }));
        };
        let subscribe = |h: &Harness, id: &str| message(h, "SubscriptionConfirmation", id, h.now());
        // A permission is missing: it may be granted.
        fails(CloudErrorKind::Denied);
        take(&h, &subscribe(&h, "m-1")).await;
        h.drain().await;
        let view = topic(&h).await;
        assert_eq!(view.state, TopicState::Waiting);
        assert!(
            view.error
                .is_some_and(|error| error.contains("the story wants it so"))
        );
        // It is not asked again before its pause is over.
        let tries = audited(&h).await.len();
        h.step(1_000);
        h.drain().await;
        assert_eq!(audited(&h).await.len(), tries);
        h.cloud.clear();
        h.fast_forward(MINUTE_MS).await;
        let view = topic(&h).await;
        assert_eq!((view.state, view.error), (TopicState::Confirmed, None));

        // SNS says that the token is none: nothing can help.
        fails(CloudErrorKind::Invalid);
        take(&h, &subscribe(&h, "m-2")).await;
        h.drain().await;
        let view = topic(&h).await;
        assert_eq!(view.state, TopicState::Refused);
        assert!(view.error.is_some());
        h.cloud.clear();
        h.fast_forward(HOUR_MS).await;
        assert_eq!(h.cloud.confirmed().len(), 1);
        // Should it have been confirmed all the same, its first message says so.
        take(&h, &message(&h, "Notification", "m-4", h.now())).await;
        let view = topic(&h).await;
        assert_eq!((view.state, view.error), (TopicState::Confirmed, None));

        // AWS is away for longer than a token is good.
        h.step(1_000);
        fails(CloudErrorKind::Unavailable);
        take(&h, &subscribe(&h, "m-3")).await;
        h.drain().await;
        h.step(3 * DAY_MS + HOUR_MS);
        h.cloud.clear();
        h.drain().await;
        let view = topic(&h).await;
        assert_eq!(view.state, TopicState::Refused);
        assert!(view.error.is_some_and(|error| error.contains("too old")));
        assert_eq!(h.cloud.confirmed().len(), 1);
        audit_is_whole(&h).await;
    }
);

story!(
    a_kill_at_any_point_of_a_confirmation_leaves_it_confirmed_in_the_end,
    |h| async move {
        let mut h = h;
        listening(&mut h).await;
        for at in 0..2 {
            let id = format!("m-{at}");
            h.step(MINUTE_MS);
            take(&h, &message(&h, "SubscriptionConfirmation", &id, h.now())).await;
            let passed = Arc::new(AtomicU32::new(0));
            let counter = Arc::clone(&passed);
            h.restart_with(Arc::new(move |_| {
                counter.fetch_add(1, Ordering::SeqCst) == at
            }))
            .await;
            h.drain().await;
            assert!(passed.load(Ordering::SeqCst) > at);
            assert_eq!(topic(&h).await.state, TopicState::Waiting);
            // The dead one's lease runs out.
            h.restart().await;
            h.fast_forward(2 * MINUTE_MS).await;
            assert_eq!(topic(&h).await.state, TopicState::Confirmed);
            let tokens: Vec<_> = h
                .cloud
                .confirmed()
                .into_iter()
                .map(|(_, token)| token)
                .collect();
            assert_eq!(
                tokens.last().map(String::as_str),
                Some(format!("secret-{id}").as_str())
            );
        }
        audit_is_whole(&h).await;
    }
);

story!(
    a_notification_ends_no_wait_and_moves_no_subscription_ahead,
    |h| async move {
        let mut h = h;
        listening(&mut h).await;
        h.step(10 * MINUTE_MS);
        // Another subscriber handed on what the topic told it, before and after we were asked
        // to confirm.
        take(&h, &message(&h, "Notification", "m-1", h.now())).await;
        let asked = h.now().plus_ms(-MINUTE_MS);
        take(&h, &message(&h, "SubscriptionConfirmation", "m-2", asked)).await;
        assert_eq!(topic(&h).await.state, TopicState::Waiting);
        take(&h, &message(&h, "Notification", "m-3", h.now())).await;
        let view = topic(&h).await;
        assert_eq!((view.state, view.messages), (TopicState::Waiting, 2));
        h.drain().await;
        let confirmed = vec![(arn(&h, "alarms"), "secret-m-2".to_owned())];
        assert_eq!(h.cloud.confirmed(), confirmed);
        let view = topic(&h).await;
        assert_eq!(
            (view.state, view.told_at),
            (TopicState::Confirmed, Some(asked))
        );
    }
);

story!(
    a_topic_that_is_configured_no_more_is_not_confirmed_and_forgotten_with_its_token,
    |h| async move {
        let mut h = h;
        listening(&mut h).await;
        let none = |settings: &mut services::Settings| settings.topic_sources.clear();
        take(&h, &message(&h, "SubscriptionConfirmation", "m-1", h.now())).await;
        h.reconfigure(none).await;
        h.drain().await;
        assert!(h.cloud.confirmed().is_empty());
        // It was a server that does not know of it yet: the next one confirms it.
        listening(&mut h).await;
        h.drain().await;
        assert_eq!(h.cloud.confirmed().len(), 1);
        h.step(MINUTE_MS);
        take(&h, &message(&h, "SubscriptionConfirmation", "m-2", h.now())).await;
        h.reconfigure(none).await;
        h.step(limits::TOPIC_TOKEN_MS + 1_000);
        h.drain().await;
        listening(&mut h).await;
        h.drain().await;
        assert_eq!(topic(&h).await.state, TopicState::Unheard);
        assert_eq!(h.cloud.confirmed().len(), 1);
    }
);
