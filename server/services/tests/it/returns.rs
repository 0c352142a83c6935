//! The return: by AWS alone, verified afterwards; and the end before time.

use crate::story::{
    SCALED, applied, at_least_later, at_least_now, audit_is_whole, has_action, refused, verbs,
};
use api::{ErrorCode, changes::ChangeQuery};
use domain::{
    capacity::{CapacityChange, TargetKind},
    changes::{Change, ChangeState},
    people::Role,
    plan::{Call, action_name},
    scale_events::{EventPhase, Hold},
    time::{DAY_MS, HOUR_MS, MINUTE_MS},
};
use testkit::{Harness, story};

fn ending(event: domain::ids::ChangeId) -> Change {
    Change::EndScaleEvent {
        event,
        reason: "the rush is over".into(),
    }
}

story!(
    the_return_happens_while_the_console_is_down,
    |h| async move {
        let before = h.live(SCALED).await.capacity;
        let id = applied(&h, at_least_now(&h, SCALED, before.min + 4).await).await;
        // Nobody looks for three hours.
        h.step(3 * HOUR_MS);
        let after = h.live(SCALED).await.capacity;
        assert_eq!((after.min, after.max), (before.min, before.max));
        assert!(!has_action(&h, SCALED, id, "return").await);
        h.drain().await;
        let detail = h.change(id).await;
        assert_eq!(detail.row.phase, Some(EventPhase::Over));
        assert_eq!(verbs(&detail).last(), Some(&"event.return"));
        let overview = h
            .as_role(Role::Viewer)
            .overview()
            .await
            .expect("an overview");
        assert!(overview.drift.is_empty(), "{:?}", overview.drift);
        audit_is_whole(&h).await;
    }
);

story!(the_start_is_told_once_when_aws_shows_it, |h| async move {
    let before = h.live(SCALED).await.capacity;
    let id = applied(&h, at_least_later(&h, SCALED, before.min + 4).await).await;
    h.fast_forward(20 * MINUTE_MS).await;
    let told = |detail: &api::changes::ChangeDetail| {
        let told = verbs(detail).into_iter();
        told.filter(|verb| *verb == "event.start").count()
    };
    assert_eq!(told(&h.change(id).await), 0);
    h.fast_forward(15 * MINUTE_MS).await;
    h.fast_forward(15 * MINUTE_MS).await;
    let detail = h.change(id).await;
    assert_eq!(told(&detail), 1, "{:?}", verbs(&detail));
    let start = detail.story.last().expect("a story");
    let shown = h.live(SCALED).await.capacity;
    assert!(
        start.detail.contains(&format!("AWS shows {}–", shown.min)),
        "{}",
        start.detail
    );
});

story!(
    a_return_that_did_not_happen_is_drift_until_it_has,
    |h| async move {
        let before = h.live(SCALED).await;
        let id = applied(&h, at_least_now(&h, SCALED, before.capacity.min + 4).await).await;
        // Somebody deletes the return behind the console's back.
        let name = action_name(id, "return");
        h.by_hand(&Call::DeleteScheduledAction {
            target: before.reference.clone(),
            name,
        })
        .await;
        h.fast_forward(MINUTE_MS).await;
        let viewer = h.as_role(Role::Viewer);
        let drift = viewer.overview().await.expect("an overview").drift;
        assert_eq!(drift.len(), 1);
        assert!(drift[0].differences[0].contains("missing"), "{drift:?}");
        assert!(verbs(&h.change(id).await).contains(&"event.drift"));

        h.fast_forward(3 * HOUR_MS).await;
        let viewer = h.as_role(Role::Viewer);
        assert_eq!(viewer.overview().await.expect("an overview").drift.len(), 1);
        assert!(verbs(&h.change(id).await).contains(&"event.return_missing"));

        // Somebody brings it back by hand: the drift is over.
        let capacity = CapacityChange::from(before.capacity);
        let capacity = CapacityChange {
            desired: None,
            ..capacity
        };
        h.by_hand(&Call::SetCapacity {
            target: before.reference,
            capacity,
        })
        .await;
        h.fast_forward(MINUTE_MS).await;
        let viewer = h.as_role(Role::Viewer);
        assert!(
            viewer
                .overview()
                .await
                .expect("an overview")
                .drift
                .is_empty()
        );
        assert_eq!(verbs(&h.change(id).await).last(), Some(&"event.return"));
    }
);

story!(a_missing_return_is_given_up_after_a_day, |h| async move {
    let before = h.live(SCALED).await;
    let id = applied(&h, at_least_now(&h, SCALED, before.capacity.min + 4).await).await;
    let name = action_name(id, "return");
    h.by_hand(&Call::DeleteScheduledAction {
        target: before.reference,
        name,
    })
    .await;
    h.fast_forward(3 * HOUR_MS).await;
    h.fast_forward(DAY_MS).await;
    assert_eq!(
        verbs(&h.change(id).await).last(),
        Some(&"event.return_given_up")
    );
    let viewer = h.as_role(Role::Viewer);
    assert!(
        viewer
            .overview()
            .await
            .expect("an overview")
            .drift
            .is_empty()
    );
});

async fn ended(h: &Harness, event: domain::ids::ChangeId) -> domain::ids::ChangeId {
    let operator = h.as_role(Role::Operator);
    let end = operator
        .propose_change(ending(event).into(), None)
        .await
        .expect("an end");
    let detail = h.change(end).await;
    // The policy approves it: it returns to what was approved with the event.
    assert_eq!(detail.row.state, ChangeState::Approved);
    assert_eq!(detail.votes.len(), 1);
    assert_eq!(detail.votes[0].person, None);
    h.drain().await;
    let detail = h.change(end).await;
    assert_eq!(
        detail.row.state,
        ChangeState::Applied,
        "{:?}",
        detail.result
    );
    end
}

story!(an_event_that_waits_is_cancelled, |h| async move {
    let before = h.live(SCALED).await.capacity;
    let id = applied(&h, at_least_later(&h, SCALED, before.min + 4).await).await;
    let end = ended(&h, id).await;
    assert!(!has_action(&h, SCALED, id, "start").await);
    assert!(!has_action(&h, SCALED, id, "return").await);
    let detail = h.change(id).await;
    assert_eq!(detail.row.phase, Some(EventPhase::Cancelled));
    assert_eq!(detail.ended_by, Some(end));
    assert!(detail.end_refused.is_some());
    h.fast_forward(3 * HOUR_MS).await;
    assert_eq!(h.live(SCALED).await.capacity.min, before.min);
    let viewer = h.as_role(Role::Viewer);
    assert!(
        viewer
            .overview()
            .await
            .expect("an overview")
            .drift
            .is_empty()
    );
});

story!(an_event_that_runs_returns_early, |h| async move {
    let before = h.live(SCALED).await.capacity;
    let id = applied(&h, at_least_now(&h, SCALED, before.min + 4).await).await;
    h.fast_forward(20 * MINUTE_MS).await;
    assert_eq!(h.live(SCALED).await.capacity.min, before.min + 4);
    ended(&h, id).await;
    let after = h.live(SCALED).await.capacity;
    assert_eq!((after.min, after.max), (before.min, before.max));
    assert!(!has_action(&h, SCALED, id, "return").await);
    let again = h
        .as_role(Role::Operator)
        .propose_change(ending(id).into(), None)
        .await;
    refused(again, ErrorCode::Conflict);
});

story!(
    there_is_nothing_to_end_before_it_is_applied,
    |h| async move {
        let id = crate::story::proposed(&h, at_least_now(&h, SCALED, 8).await).await;
        let operator = h.as_role(Role::Operator);
        refused(
            operator.propose_change(ending(id).into(), None).await,
            ErrorCode::Conflict,
        );
        let viewer = h.as_role(Role::Viewer);
        refused(
            viewer.propose_change(ending(id).into(), None).await,
            ErrorCode::Forbidden,
        );
    }
);

story!(
    an_end_survives_the_event_going_on_meanwhile,
    |h| async move {
        // Proposed while the event waits, begun after it has started.
        let before = h.live(SCALED).await.capacity;
        let id = applied(&h, at_least_later(&h, SCALED, before.min + 4).await).await;
        let operator = h.as_role(Role::Operator);
        let end = operator
            .propose_change(ending(id).into(), None)
            .await
            .expect("an end");
        h.step(40 * MINUTE_MS);
        assert_eq!(h.live(SCALED).await.capacity.min, before.min + 4);
        h.drain().await;
        assert_eq!(h.change(end).await.row.state, ChangeState::Applied);
        assert_eq!(h.live(SCALED).await.capacity.min, before.min);
    }
);

story!(every_kind_of_target_goes_and_comes_back, |h| async move {
    let everywhere = domain::people::Reach::All;
    let targets = h
        .services
        .store
        .read()
        .targets(&everywhere)
        .await
        .expect("targets");
    let (mut went, mut blocked) = (Vec::new(), 0);
    for (count, row) in (0_u32..).zip(&targets) {
        let name = &row.target.reference.name;
        let live = h.live(name).await;
        let hold = if count % 2 == 0 {
            Hold::AtLeast
        } else {
            Hold::Exactly
        };
        let wanted = live.capacity.desired.max(live.capacity.min) + 1;
        let until = h.now().plus_ms(HOUR_MS);
        let change = h.event(name, hold, wanted, None, until).await;
        let operator = h.as_role(Role::Operator);
        let preview = operator
            .preview_change(change.clone().into())
            .await
            .expect("a preview");
        if preview.blocked {
            blocked += 1;
            continue;
        }
        went.push((name.clone(), wanted, applied(&h, change).await));
    }
    assert!(went.len() >= 8, "{went:?}, {blocked} blocked");
    let services = targets
        .iter()
        .filter(|t| t.target.reference.kind == TargetKind::EcsService);
    assert!(services.count() >= 4);
    h.fast_forward(10 * MINUTE_MS).await;
    for (name, wanted, _) in &went {
        let live = h.live(name).await.capacity;
        assert!(
            live.desired >= *wanted && live.min == *wanted,
            "{name}: {live}"
        );
    }
    let viewer = h.as_role(Role::Viewer);
    assert_eq!(viewer.overview().await.expect("an overview").drift, []);
    h.step(2 * HOUR_MS);
    h.drain().await;
    for (name, _, id) in &went {
        let detail = h.change(*id).await;
        assert_eq!(
            verbs(&detail).last(),
            Some(&"event.return"),
            "{name}: {:?}",
            detail.story
        );
    }
    let viewer = h.as_role(Role::Viewer);
    assert_eq!(viewer.overview().await.expect("an overview").drift, []);
    audit_is_whole(&h).await;
});

story!(
    the_next_event_does_not_hide_the_return_of_the_last,
    |h| async move {
        let before = h.live(SCALED).await.capacity;
        let first = applied(&h, at_least_now(&h, SCALED, before.min + 4).await).await;
        let until = h.change(first).await.row.until.expect("an end");
        let from = until.plus_ms(3 * MINUTE_MS);
        let next = h
            .event(
                SCALED,
                Hold::AtLeast,
                before.min + 6,
                Some(from),
                from.plus_ms(HOUR_MS),
            )
            .await;
        let next = applied(&h, next).await;
        h.fast_forward(until.since_ms(h.now())).await;
        h.pass(15 * MINUTE_MS).await;
        assert_eq!(h.live(SCALED).await.capacity.min, before.min + 6);
        for (id, phase) in [(first, EventPhase::Over), (next, EventPhase::Running)] {
            let detail = h.change(id).await;
            assert_eq!(detail.row.phase, Some(phase), "{:?}", detail.story);
            assert!(!verbs(&detail).contains(&"event.return_missing"));
            assert!(!verbs(&detail).contains(&"event.drift"));
        }
        assert_eq!(verbs(&h.change(first).await).last(), Some(&"event.return"));
        let viewer = h.as_role(Role::Viewer);
        assert_eq!(viewer.overview().await.expect("an overview").drift, []);
    }
);

story!(
    an_event_has_its_phases_and_is_found_by_them,
    |h| async move {
        let waiting = applied(&h, at_least_later(&h, "api-prod", 40).await).await;
        let id = applied(&h, at_least_now(&h, SCALED, 30).await).await;
        let row = h.change(id).await.row;
        let until = row.until.expect("an end");
        let found = async |phase: EventPhase| {
            let query = ChangeQuery {
                phase: vec![phase],
                ..ChangeQuery::default()
            };
            let page = h.as_role(Role::Viewer).list_changes(query).await;
            let rows = page.expect("a page").rows;
            assert!(rows.iter().all(|row| row.phase == Some(phase)), "{rows:?}");
            rows.into_iter().map(|row| row.id).collect::<Vec<_>>()
        };
        assert_eq!(found(EventPhase::Waiting).await, [waiting]);
        assert_eq!(found(EventPhase::Running).await, [id]);
        let cancelled = ended(&h, waiting).await;
        assert_eq!(found(EventPhase::Cancelled).await, [waiting]);
        assert_ne!(cancelled, waiting);
        h.fast_forward(until.since_ms(h.now())).await;
        // AWS has its time to return, and nobody has seen it yet.
        assert_eq!(found(EventPhase::Returning).await, [id]);
        h.pass(10 * MINUTE_MS).await;
        assert_eq!(found(EventPhase::Over).await, [id]);
        assert_eq!(found(EventPhase::Returning).await, []);
        // Its plan is told as it was carried out, whenever it is looked at.
        let plan = h.change(id).await.plan;
        assert_eq!((plan.from, plan.until), (row.from, Some(until)));
    }
);

story!(an_event_cut_short_is_told_as_it_was, |h| async move {
    let id = applied(&h, at_least_now(&h, SCALED, 30).await).await;
    h.fast_forward(20 * MINUTE_MS).await;
    let end = ended(&h, id).await;
    let (event, end) = (h.change(id).await, h.change(end).await);
    assert_eq!(event.row.phase, Some(EventPhase::Over));
    assert!(event.plan.from < event.plan.until);
    assert!(event.plan.until < event.row.until, "{:?}", event.plan.until);
    // The end took effect then, and not whenever somebody looks.
    assert_eq!(end.plan.from, event.plan.until);
});
