//! A button in Slack does what whoever presses it may do here, and does it once.

use super::{Estate, alarm, everything};
use api::{
    alarms::AlarmQuery,
    audit::AuditQuery,
    drills::{DrillSubject, NewDrill},
};
use domain::{
    alarms::AlarmState,
    channels::ChannelKind::Slack,
    i18n::Lang,
    ids::AlarmId,
    on_call::SlackPerson,
    people::Role,
    time::{HOUR_MS, MINUTE_MS},
};
use files::{SlackButton, SlackPress};
use serde_json::Value;
use services::{Cx, presses, sign_in};
use std::sync::Arc;
use testkit::{Harness, Sink, story};

/// A channel with buttons, and who is who in it: an operator, an approver, a viewer, and somebody
/// whose account is not there.
async fn with_buttons(h: &mut Harness) -> (Sink, Estate) {
    let sink = Sink::start().await;
    let estate = Estate::default();
    estate.tell(h);
    let (channel, _) = sink.channel(Slack);
    let sender: Arc<dyn ports::Channel> = Arc::new(sink.slack().with_buttons());
    h.reroute(vec![(channel, sender)], vec![everything(&[Slack])])
        .await;
    h.reconfigure(|settings| {
        settings.public_url = Some("https://ops.example.com".into());
        let people = [
            ("U1", "operator"),
            ("U2", "approver"),
            ("U3", "viewer"),
            ("U4", "gone"),
        ];
        let person = |(user, account): (&str, &str)| SlackPerson {
            contact: account.parse().expect("a name"),
            team: "T1".into(),
            user: user.into(),
            account: format!("{account}@example.com"),
        };
        settings.routing.roster.in_slack = people.into_iter().map(person).collect();
    })
    .await;
    h.fast_forward(2 * MINUTE_MS).await;
    (sink, estate)
}

/// As the button under the message says.
fn pressed(by: &str, button: SlackButton, about: AlarmId, at: &str) -> SlackPress {
    SlackPress {
        team: "T1".into(),
        user: by.into(),
        button,
        alarm: about,
        at: at.into(),
        message: "1.0".into(),
    }
}

async fn press(h: &Harness, press: &SlackPress) -> Option<String> {
    let cx: Cx = sign_in::nobody(&h.services, Lang::En, "test");
    let done = presses::press(&h.services, &cx, press).await;
    done.expect("an answer")
}

/// The `action_id` of each button under a message.
fn buttons(body: &Value) -> Vec<&str> {
    let elements = body["blocks"][1]["elements"].as_array();
    let ids = elements.into_iter().flatten();
    ids.filter_map(|button| button["action_id"].as_str())
        .collect()
}

/// Who did what of a kind, by the audit log.
async fn audited(h: &Harness, action: &str) -> Vec<String> {
    let query = AuditQuery {
        action: action.to_owned(),
        ..AuditQuery::default()
    };
    let page = h.as_role(Role::Admin).list_audit(query).await;
    let rows = page.expect("the audit log").rows.into_iter();
    rows.map(|row| row.actor_name).collect()
}

use SlackButton::{Acknowledge, Silence};

story!(
    a_button_in_slack_takes_an_alarm_on_once_for_whoever_may,
    |h| async move {
        let mut h = h;
        let (sink, mut estate) = with_buttons(&mut h).await;
        estate.set(&h, "prod-web-5xx", AlarmState::Alarm);
        h.fast_forward(MINUTE_MS).await;
        let heard = sink.take();
        let all = ["alarm.acknowledge", "alarm.silence", "alarm.open"];
        assert_eq!(buttons(&heard[0].body), all);
        let elements = &heard[0].body["blocks"][1]["elements"];
        let about = alarm(&h, "prod-web-5xx").await;
        assert_eq!(elements[0]["value"], about.to_string());
        let page = format!("https://ops.example.com/alarms/{about}");
        assert_eq!(elements[2]["url"], page);

        // Nobody who is not known, may not, or is known in another workspace.
        let told = press(&h, &pressed("U9", Acknowledge, about, "5.1")).await;
        let told = told.expect("an answer");
        assert!(told.contains("slack_user = \"U9\""), "{told}");
        let mut elsewhere = pressed("U1", Acknowledge, about, "5.2");
        elsewhere.team = "T2".into();
        let told = press(&h, &elsewhere).await.expect("an answer");
        assert!(told.contains("slack_team = \"T2\""), "{told}");
        let told = press(&h, &pressed("U3", Acknowledge, about, "5.3")).await;
        assert!(told.expect("an answer").contains("needs the role"));
        let told = press(&h, &pressed("U4", Acknowledge, about, "5.4")).await;
        assert!(told.expect("an answer").contains("gone@example.com"));
        h.fast_forward(MINUTE_MS).await;
        sink.expect(&[]);
        assert!(audited(&h, "alarm.acknowledge").await.is_empty());

        let first = pressed("U1", Acknowledge, about, "6.1");
        assert_eq!(press(&h, &first).await, None);
        h.fast_forward(MINUTE_MS).await;
        let heard = sink.take();
        assert_eq!(
            heard[0].told(),
            "slack edit 1.0: :large_yellow_circle: *operator (Slack) looks after it · prod · prod-web-5xx*"
        );
        assert_eq!(buttons(&heard[0].body), all[1..]);

        // The same call once more, and somebody who is too late.
        assert_eq!(press(&h, &first).await, None);
        let told = press(&h, &pressed("U2", Acknowledge, about, "6.2")).await;
        assert!(told.expect("an answer").contains("operator (Slack)"));
        h.fast_forward(MINUTE_MS).await;
        sink.expect(&[]);
        assert_eq!(audited(&h, "alarm.acknowledge").await, ["operator (Slack)"]);

        // What is over has no buttons, and pressing an old one changes nothing.
        estate.set(&h, "prod-web-5xx", AlarmState::Ok);
        h.fast_forward(MINUTE_MS).await;
        let heard = sink.take();
        assert_eq!(heard[0].body["blocks"], serde_json::json!([]));
        assert!(press(&h, &first).await.is_some());
        h.fast_forward(MINUTE_MS).await;
        sink.expect(&[]);
    }
);

story!(
    a_button_in_slack_silences_one_alarm_for_an_hour_once,
    |h| async move {
        let mut h = h;
        let (sink, mut estate) = with_buttons(&mut h).await;
        estate.set(&h, "prod-web-5xx", AlarmState::Alarm);
        h.fast_forward(MINUTE_MS).await;
        drop(sink.take());
        let about = alarm(&h, "prod-web-5xx").await;
        let told = press(&h, &pressed("U3", Silence, about, "7.0")).await;
        assert!(told.expect("an answer").contains("needs the role"));
        let first = pressed("U1", Silence, about, "7.1");
        let (now, told) = (h.now(), "This alarm is silenced for 60 minutes.");
        assert_eq!(press(&h, &first).await.as_deref(), Some(told));
        h.fast_forward(MINUTE_MS).await;
        assert_eq!(press(&h, &first).await.as_deref(), Some(told));
        let viewer = h.as_role(Role::Viewer);
        let silences = viewer.list_silences().await.expect("silences");
        let found: Vec<_> = silences
            .iter()
            .map(|one| (one.by.as_str(), one.scope.matchers.as_str(), one.until))
            .collect();
        let hour = now.plus_ms(HOUR_MS);
        let matchers = "alertname=\"prod-web-5xx\"";
        assert_eq!(found, [("operator (Slack)", matchers, hour)]);
        assert_eq!(audited(&h, "silence.add").await, ["operator (Slack)"]);
        // Pressed anew it is another wish.
        let again = pressed("U1", Silence, about, "7.2");
        assert_eq!(press(&h, &again).await.as_deref(), Some(told));
        assert_eq!(audited(&h, "silence.add").await.len(), 2);
        sink.expect(&[]);
    }
);

story!(
    a_button_in_slack_takes_a_drill_on_and_silences_none,
    |h| async move {
        let mut h = h;
        let (sink, _estate) = with_buttons(&mut h).await;
        let operator = h.as_role(Role::Operator);
        let drill = NewDrill {
            subject: DrillSubject {
                environment: Some("prod".into()),
                name: Some("prod-web-5xx".into()),
                ..DrillSubject::default()
            },
            tells: vec!["slack".parse().expect("a name")],
            acknowledge_minutes: None,
            note: String::new(),
        };
        operator.start_drill(drill).await.expect("a drill");
        h.fast_forward(MINUTE_MS).await;
        let heard = sink.take();
        assert_eq!(buttons(&heard[0].body), ["alarm.acknowledge", "alarm.open"]);
        let found = operator.list_alarms(AlarmQuery::default()).await;
        let about = found.expect("alarms").rows[0].id;
        // As if somebody made up a button.
        let told = press(&h, &pressed("U1", Silence, about, "8.1")).await;
        assert!(told.expect("an answer").contains("A drill is not silenced"));
        let silences = operator.list_silences().await.expect("silences");
        assert!(silences.is_empty());
        assert_eq!(
            press(&h, &pressed("U1", Acknowledge, about, "8.2")).await,
            None
        );
        h.fast_forward(MINUTE_MS).await;
        let told = sink.take()[0].told();
        assert!(
            told.contains("DRILL: operator (Slack) looks after it"),
            "{told}"
        );
    }
);
