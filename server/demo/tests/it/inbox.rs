//! The inbox: what it is sent stays there once, and it fails when the sandbox does.

use crate::kit::*;
use demo::Fault;
use domain::{
    i18n::Lang,
    ids::{DeliveryId, ThreadId},
    notifications::{Event, FailureKind, Message},
    time::Timestamp,
};
use ports::{Channel as _, Post};

fn post(number: u128) -> Post {
    Post {
        id: DeliveryId::from_parts(0, number),
        thread: ThreadId::from_parts(0, number),
        event: Event::Test,
        message: Message::default(),
        lang: Lang::En,
        link: None,
        reference: None,
        created_at: Timestamp::from_ms(0),
        now: Timestamp::from_ms(0),
    }
}

#[test]
fn a_message_that_comes_twice_is_there_once() {
    let sandbox = sandbox(7, MONDAY_9);
    let inbox = sandbox.inbox();
    let send = |number| now(inbox.send(&post(number)));
    for number in [1, 2, 1] {
        send(number).expect("taken");
    }
    let ids: Vec<_> = inbox.posts().into_iter().map(|post| post.id).collect();
    assert_eq!(ids, [post(2).id, post(1).id]);

    sandbox.fault(Fault::Unavailable, 60);
    let error = send(3).expect_err("a fault");
    assert_eq!(error.kind, FailureKind::Unreachable);
    assert_eq!(inbox.posts().len(), 2);
    sandbox.step(61);
    send(3).expect("taken");
}
