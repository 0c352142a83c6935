//! Several scheduled actions in one call, of which AWS may refuse some.

use crate::{
    peers::{capacity, group, now},
    wire::{ACCOUNT, Answer, Wire, cloud},
};
use aws::AwsCloud;
use domain::{
    capacity::{ScheduledAction, TargetRef, Timing},
    plan::Call,
    time::{HOUR_MS, MINUTE_MS, Timestamp},
};
use ports::{Cloud, CloudErrorKind};

fn action(name: &str, at: Timestamp) -> ScheduledAction {
    ScheduledAction {
        name: name.into(),
        timing: Timing::Once { at },
        capacity: capacity(1, None, None),
        next_run_at: None,
    }
}

fn put(target: &TargetRef, actions: Vec<ScheduledAction>) -> Call {
    Call::PutScheduledActions {
        target: target.clone(),
        actions,
    }
}

fn delete(target: &TargetRef, names: &[&str]) -> Call {
    Call::DeleteScheduledActions {
        target: target.clone(),
        names: names.iter().map(|name| (*name).to_owned()).collect(),
    }
}

/// 200, with the list of those that were refused.
fn refusing(action: &str, list: &str, refused: &[(&str, &str, &str)]) -> Answer {
    let members = refused.iter().map(|(name, code, message)| {
        format!(
            "<member><ScheduledActionName>{name}</ScheduledActionName><ErrorCode>{code}</ErrorCode>\
             <ErrorMessage>{message}</ErrorMessage></member>"
        )
    });
    let members: String = members.collect();
    let body = format!(
        "<{action}Response><{action}Result><{list}>{members}</{list}></{action}Result></{action}Response>"
    );
    Answer::xml(200, body)
}

const PUT: (&str, &str) = (
    "BatchPutScheduledUpdateGroupAction",
    "FailedScheduledUpdateGroupActions",
);
const DELETE: (&str, &str) = ("BatchDeleteScheduledAction", "FailedScheduledActions");

#[tokio::test]
async fn those_that_are_refused_are_told_by_name() {
    use CloudErrorKind::{Invalid, Unavailable};
    let web = group(ACCOUNT, "prod-web");
    let puts = || {
        let at = Timestamp::from_ms(1_772_409_600_000);
        put(
            &web,
            vec![action("a", at), action("b", at.plus_ms(HOUR_MS))],
        )
    };
    let busy = ("a", "ResourceContention", "wait");
    let past = ("b", "ValidationError", "Given start time is in the past");
    let gone = ("a", "ValidationError", "Scheduled action name not found");
    for (call, (asked, list), refused, expected) in [
        (puts(), PUT, vec![], Ok(())),
        (puts(), PUT, vec![busy], Err(Unavailable)),
        (puts(), PUT, vec![busy, past], Err(Invalid)),
        (delete(&web, &["a", "b"]), DELETE, vec![gone], Ok(())),
        (
            delete(&web, &["a", "b"]),
            DELETE,
            vec![gone, ("b", "ResourceContention", "wait")],
            Err(Unavailable),
        ),
    ] {
        let wire = Wire::new();
        wire.answer(asked, refusing(asked, list, &refused));
        let answer = cloud(&wire).carry_out(&call).await;
        let told = answer.as_ref().err().map(|error| error.message.clone());
        let partly = answer.as_ref().is_err_and(|error| error.partly);
        assert_eq!(partly, expected.is_err(), "{refused:?}");
        assert_eq!(answer.map_err(|error| error.kind), expected, "{refused:?}");
        for (name, code, message) in refused.iter().filter(|refused| **refused != gone) {
            let told = told.as_deref().unwrap_or_default();
            assert!(
                told.contains(&format!("{code}: {message} ({name})")),
                "{told}"
            );
        }
        assert_eq!(wire.asked().len(), 1);
    }
}

#[tokio::test]
async fn a_call_that_is_refused_as_a_whole_has_done_nothing() {
    let web = group(ACCOUNT, "prod-web");
    let at = Timestamp::from_ms(1_772_409_600_000);
    let gone = "ValidationError: AutoScalingGroup name not found";
    let (code, message) = gone.split_once(": ").expect("two parts");
    let refusal = || {
        let body = format!(
            "<ErrorResponse><Error><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"
        );
        Answer::xml(400, body)
    };
    let wire = Wire::new();
    wire.answer(PUT.0, refusal());
    let error = cloud(&wire)
        .carry_out(&put(&web, vec![action("a", at)]))
        .await;
    let error = error.expect_err("refused");
    assert_eq!(
        (error.kind, error.partly),
        (CloudErrorKind::NotFound, false)
    );
    // Of a group that is gone nothing is left to be deleted.
    wire.answer(DELETE.0, refusal());
    let deleted = cloud(&wire).carry_out(&delete(&web, &["a"])).await;
    deleted.expect("it is not there");
}

/// On a peer, which refuses to delete what is not there: several are put and deleted, each
/// twice.
pub async fn write_several(cloud: &AwsCloud, target: &TargetRef) {
    let names = async || {
        let read = cloud.target(target).await.expect("a reading");
        let actions = read.expect("the target").actions.into_iter();
        actions.map(|action| action.name).collect::<Vec<_>>()
    };
    let at = now().ceil_minute().plus_ms(HOUR_MS);
    let several = vec![action("a", at), action("b", at.plus_ms(MINUTE_MS))];
    for _ in 0..2 {
        let put = cloud.carry_out(&put(target, several.clone())).await;
        put.expect("put");
    }
    assert_eq!(names().await, ["a", "b"]);
    for _ in 0..2 {
        let deleted = cloud.carry_out(&delete(target, &["a", "gone", "b"])).await;
        deleted.expect("deleted, or not there");
    }
    assert_eq!(names().await, [""; 0]);
}
