//! Change requests that were applied, told to channels that are told of their environment.

use super::{Estate, Pagerduty, Slack, Webhook, everything, messages, states};
use crate::story::applied;
use domain::{
    changes::Change,
    channels::ChannelKind,
    ids::ChangeId,
    notifications::{DeliveryState, Event},
    people::{Reach, Role},
    processes::Process,
    routes::Route,
    time::MINUTE_MS,
};
use testkit::{Harness, Heard, Reply, Sink, story};

/// Channels of these kinds that are told of changes of an environment, and alarms that go nowhere.
async fn told_of(h: &mut Harness, kinds: &[ChannelKind], environment: &str) -> Sink {
    let sink = Sink::start().await;
    Estate::default().tell(h);
    let channels = kinds.iter().map(|kind| {
        let (mut channel, sender) = sink.channel(*kind);
        channel.changes = Reach::Only(vec![environment.into()]);
        (channel, sender)
    });
    let routes: Vec<Route> = vec![everything(&[])];
    h.reroute(channels.collect(), routes).await;
    h.fast_forward(2 * MINUTE_MS).await;
    sink
}

async fn suspended(h: &Harness) -> ChangeId {
    let change = Change::SetProcesses {
        target: h.target_id("web-prod").await,
        processes: vec![Process::AzRebalance],
        suspended: true,
        reason: "moving the shop".into(),
    };
    applied(h, change).await
}

const TOLD: &str = "Applied · prod · web-prod: suspend AZRebalance";

story!(
    an_applied_change_is_a_change_event_in_pagerduty_and_a_message_where_people_read,
    |h| async move {
        let mut h = h;
        h.reconfigure(|settings| settings.public_url = Some("https://ops.example.com".into()))
            .await;
        let sink = told_of(&mut h, &[Pagerduty, Slack, Webhook], "prod").await;
        let id = suspended(&h).await;
        h.fast_forward(MINUTE_MS).await;
        let mut heard = sink.take();
        heard.sort_by_key(Heard::told);
        let texts: Vec<_> = heard.iter().map(Heard::told).collect();
        assert_eq!(texts[0], format!("pagerduty change: {TOLD}"));
        assert!(
            texts[1].starts_with("slack post: ") && texts[1].contains(TOLD),
            "{texts:?}"
        );
        assert_eq!(texts[2], format!("webhook: {TOLD}"));
        assert_eq!(texts.len(), 3);
        let body = &heard[0].body;
        assert_eq!(
            body["payload"]["custom_details"]["reason"],
            "moving the shop"
        );
        assert_eq!(body["payload"]["custom_details"]["change"], id.to_string());
        let link = body["links"][0]["href"].as_str().expect("a link");
        assert!(link.ends_with(&format!("/changes/{id}")), "{link}");
        assert!(
            body.get("event_action").is_none(),
            "it calls nobody: {body}"
        );
        assert_eq!(heard[2].body["change"]["kind"], "set_processes");
        assert_eq!(heard[2].body["event"], "changed");
        // Everybody of the environment sees that it was told, and nobody else.
        assert_eq!(messages(&h, Role::Viewer).await[0].event, Event::Changed);
        let of_dev = h.person("dora", Role::Viewer, Reach::Only(vec!["dev".into()]));
        let of_dev = of_dev.await;
        let query = api::notifications::NotificationQuery::default();
        let seen = h.of(&of_dev).list_notifications(query).await;
        assert_eq!(seen.expect("messages").rows, []);
    }
);

story!(
    changes_of_another_environment_are_not_told,
    |h| async move {
        let mut h = h;
        let sink = told_of(&mut h, &[Pagerduty], "dev").await;
        suspended(&h).await;
        h.fast_forward(MINUTE_MS).await;
        sink.expect(&[]);
    }
);

story!(
    a_change_that_pagerduty_could_not_take_is_told_when_it_is_back,
    |h| async move {
        let mut h = h;
        let sink = told_of(&mut h, &[Pagerduty], "prod").await;
        sink.always(Some(Reply::Status(503, None)));
        suspended(&h).await;
        h.fast_forward(MINUTE_MS).await;
        let _ = sink.take();
        h.restart().await;
        sink.always(None);
        h.pass(10 * MINUTE_MS).await;
        sink.expect(&[&format!("pagerduty change: {TOLD}")]);
        assert_eq!(states(&h).await[0].0, DeliveryState::Sent);
    }
);
