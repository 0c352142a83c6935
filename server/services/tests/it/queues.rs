//! Events from a queue: kept before they are deleted, and set aside when they cannot be.

use crate::{
    aws_events::event,
    story::{audit_is_whole, refused},
};
use api::{ErrorCode, PageQuery, aws_events::AwsEventQuery, queues::SetAsideRow};
use domain::{
    limits,
    people::{Reach, Role},
    queues::QueueRef,
    time::MINUTE_MS,
};
use ports::CloudErrorKind;
use serde_json::json;
use testkit::{Asked, Harness, story};

/// An event that means nothing to the console, and is kept.
fn note(h: &Harness, id: &str) -> String {
    event(h, id, "aws.health", "AWS Health Event", h.now(), &json!({})).to_string()
}

fn queue(h: &Harness) -> QueueRef {
    h.sandbox.cloud().queues().remove(0)
}

async fn kept(h: &Harness) -> u64 {
    let query = AwsEventQuery::default();
    let page = h.as_role(Role::Viewer).list_aws_events(query).await;
    page.expect("events").total
}

async fn set_aside(h: &Harness) -> Vec<SetAsideRow> {
    let query = PageQuery::default();
    let page = h.as_role(Role::Operator).list_set_aside(query).await;
    page.expect("messages").rows
}

story!(
    an_event_is_kept_once_however_often_it_is_taken,
    |h| async move {
        for id in ["e-1", "e-2", "e-1"] {
            h.sandbox.send(&note(&h, id));
        }
        // The call that deletes what was kept fails, as after a kill: it comes again.
        let fails = |asked: &Asked| {
            let deletes = matches!(asked, Asked::DeleteMessages(_));
            deletes.then_some(CloudErrorKind::Unavailable)
        };
        h.cloud.script(Box::new(fails));
        h.drain().await;
        assert_eq!(kept(&h).await, 2);
        h.cloud.clear();
        h.fast_forward(MINUTE_MS).await;
        assert_eq!(kept(&h).await, 2);
        let queue = queue(&h);
        h.fast_forward(MINUTE_MS).await;
        let left = h.sandbox.cloud().take_messages(&queue).await;
        assert_eq!(left, Ok(Vec::new()));
        assert!(set_aside(&h).await.is_empty());
    }
);

story!(more_than_a_batch_is_taken_in_one_turn, |h| async move {
    let many = 3 * limits::QUEUE_BATCH_MAX + 1;
    for n in 0..many {
        h.sandbox.send(&note(&h, &format!("e-{n}")));
    }
    h.drain().await;
    assert_eq!(kept(&h).await, many as u64);
});

story!(
    what_is_no_event_is_set_aside_and_holds_nobody_up,
    |h| async move {
        h.sandbox.send("<html>not JSON</html>");
        h.sandbox.send(&note(&h, "e-1"));
        h.drain().await;
        assert_eq!(kept(&h).await, 1);
        let rows = set_aside(&h).await;
        let [row] = rows.as_slice() else {
            panic!("one message: {rows:?}");
        };
        assert!(row.error.is_some());
        assert_eq!(row.takings, 1);
        let operator = h.as_role(Role::Operator);
        let detail = operator.set_aside(row.id).await.expect("a message");
        assert_eq!(detail.body, "<html>not JSON</html>");

        // It may be of any environment.
        refused(
            h.as_role(Role::Viewer).set_aside(row.id).await,
            ErrorCode::Forbidden,
        );
        let reach = Reach::Only(vec!["dev".into()]);
        let dev = h.person("dev", Role::Admin, reach).await;
        refused(h.of(&dev).set_aside(row.id).await, ErrorCode::Forbidden);

        refused(operator.take_again(row.id).await, ErrorCode::Conflict);
        operator.discard_set_aside(row.id).await.expect("gone");
        refused(
            operator.discard_set_aside(row.id).await,
            ErrorCode::NotFound,
        );
        assert!(set_aside(&h).await.is_empty());
        audit_is_whole(&h).await;
    }
);

story!(an_outage_however_long_sets_no_event_aside, |h| async move {
    h.sandbox.send(&note(&h, "e-1"));
    let queue = queue(&h);
    for _ in 0..2 * limits::QUEUE_TAKINGS_MAX {
        // As by a server that is killed each time before it is done.
        let taken = h.sandbox.cloud().take_messages(&queue).await;
        assert_eq!(taken.expect("a message").len(), 1);
        h.step(MINUTE_MS);
    }
    h.drain().await;
    assert_eq!(kept(&h).await, 1);
    assert!(set_aside(&h).await.is_empty());
});

story!(an_event_of_odd_characters_holds_nobody_up, |h| async move {
    let odd = event(&h, "e-1", "aws.health", "A\u{0}", h.now(), &json!({}));
    h.sandbox.send(&odd.to_string());
    h.sandbox.send(&note(&h, "e-2"));
    h.drain().await;
    assert_eq!(kept(&h).await, 2);
    assert!(set_aside(&h).await.is_empty());
});

story!(
    where_there_is_no_room_a_message_stays_in_its_queue,
    |h| async move {
        let many = limits::SET_ASIDE_MAX + 1;
        for n in 0..many {
            h.sandbox.send(&format!("no event {n}"));
        }
        // A turn takes a bounded number.
        for _ in 0..4 {
            h.drain().await;
        }
        let operator = h.as_role(Role::Operator);
        let page = operator.list_set_aside(PageQuery::default()).await;
        let total = page.expect("messages").total;
        assert_eq!(total, u64::from(limits::SET_ASIDE_MAX));
        let first = set_aside(&h).await[0].id;
        operator.discard_set_aside(first).await.expect("gone");
        h.fast_forward(MINUTE_MS).await;
        let page = operator.list_set_aside(PageQuery::default()).await;
        assert_eq!(page.expect("messages").total, total);
    }
);
