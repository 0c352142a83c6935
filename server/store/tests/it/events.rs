//! Scale events among the change requests: standing, passed, in which phase, and
//! what was done beside them.

use crate::{
    changes::{ANA, BOB, a_target, change, insert, listed, person},
    database::{Database, at, on_both},
};
use domain::{
    changes::{Change, ChangeState},
    ids::TargetId,
    people::Reach,
    scale_events::{EventLife, EventPhase},
};
use store::{ChangeFilter, ChangeRow, Phases};

on_both! {
    standing_and_passed_events_are_found
    lists_tell_phases_as_the_life_of_an_event_does
    what_was_done_beside_a_change_is_found
}

async fn standing_and_passed_events_are_found(db: &Database) {
    let store = &db.store;
    let target = a_target(store).await;
    let with = |n, state| ChangeRow {
        state,
        ..change(n, target)
    };
    let approved = with(1, ChangeState::Approved);
    // One that began at once: it has no start of its own.
    let applied = ChangeRow {
        from: None,
        ..with(2, ChangeState::Applied)
    };
    let mut ended = with(3, ChangeState::Applied);
    ended.ended_at = Some(at(150));
    let proposed = with(4, ChangeState::Proposed);
    let differs = ChangeRow {
        from: Some(at(20)),
        until: Some(at(900)),
        ..with(5, ChangeState::AppliedWithDifference)
    };
    let mut end = change(6, target);
    end.change = Change::EndScaleEvent {
        event: applied.id,
        reason: "x".into(),
    };
    end.event = Some(applied.id);
    end.state = ChangeState::Approved;
    insert(
        store,
        &[&approved, &applied, &ended, &proposed, &differs, &end],
    )
    .await;

    let brief = |rows: Vec<ChangeRow>| rows.iter().map(|row| row.id).collect::<Vec<_>>();
    let mut read = store.read();
    let standing = read.standing_events(target, at(199)).await.expect("reads");
    assert_eq!(brief(standing), [applied.id, differs.id, approved.id]);
    let standing = read.standing_events(target, at(200)).await.expect("reads");
    assert_eq!(brief(standing), [differs.id]);
    let elsewhere = read
        .standing_events(TargetId::from_parts(9, 9), at(0))
        .await;
    assert_eq!(brief(elsewhere.expect("reads")), []);
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let batch = read.standing_events_after(at(199), after, 2).await;
        let batch = brief(batch.expect("reads"));
        let Some(last) = batch.last() else {
            break;
        };
        after = Some(*last);
        all.extend(batch);
    }
    let mut standing = [applied.id, differs.id, approved.id];
    standing.sort_unstable();
    assert_eq!(all, standing);
    let seen = read.standing_events_seen(&Reach::All, at(199), 2).await;
    let seen: Vec<_> = seen.expect("reads").iter().map(|l| l.row.id).collect();
    assert_eq!(seen, [applied.id, differs.id]);
    let dev = Reach::Only(vec!["dev".into()]);
    let seen = read.standing_events_seen(&dev, at(199), 2).await;
    assert_eq!(seen.expect("reads").len(), 0);

    let passed = read
        .events_to_verify(at(200), None, 10)
        .await
        .expect("reads");
    assert_eq!(brief(passed), [applied.id]);
    assert_eq!(
        brief(
            read.events_to_verify(at(199), None, 10)
                .await
                .expect("reads")
        ),
        []
    );
    let found = read.end_change_of(applied.id).await.expect("reads");
    assert_eq!(found.map(|row| row.id), Some(end.id));
    assert_eq!(read.end_change_of(approved.id).await.expect("reads"), None);

    let mut verified = applied.clone();
    verified.return_verified_at = Some(at(210));
    end.state = ChangeState::Failed;
    let mut tx = store.begin().await.expect("begins");
    tx.update_change(&verified).await.expect("written");
    tx.update_change(&end).await.expect("written");
    let mut read = tx.read();
    assert_eq!(
        brief(
            read.events_to_verify(at(200), None, 10)
                .await
                .expect("reads")
        ),
        []
    );
    // An end that failed is none: another may be proposed.
    assert_eq!(read.end_change_of(applied.id).await.expect("reads"), None);
}

async fn lists_tell_phases_as_the_life_of_an_event_does(db: &Database) {
    let store = &db.store;
    let target = a_target(store).await;
    let with = |n: u128| ChangeRow {
        state: ChangeState::Applied,
        applied_at: Some(at(50)),
        ..change(n, target)
    };
    let plain = with(1);
    let at_once = ChangeRow {
        from: None,
        ..with(2)
    };
    let seen = ChangeRow {
        return_verified_at: Some(at(250)),
        ..with(3)
    };
    let cut_short = ChangeRow {
        ended_at: Some(at(150)),
        ..with(4)
    };
    let cancelled = ChangeRow {
        ended_at: Some(at(99)),
        ..with(5)
    };
    let proposed = change(6, target);
    let rows = [&plain, &at_once, &seen, &cut_short, &cancelled, &proposed];
    insert(store, &rows).await;
    for now in [49, 50, 99, 100, 199, 200, 300] {
        for phase in EventPhase::ALL {
            let filter = ChangeFilter {
                in_phase: Some(Phases {
                    phases: vec![phase],
                    now: at(now),
                }),
                ..ChangeFilter::within(Reach::All)
            };
            let mut found = listed(store, &filter).await;
            found.sort_unstable();
            let life = |row: &ChangeRow| EventLife {
                from: row.from.or(row.applied_at).unwrap_or(at(now)),
                until: at(200),
                ended_at: row.ended_at,
                return_settled: row.return_verified_at.is_some(),
            };
            let standing = rows[..5].iter();
            let expect = standing.filter(|row| life(row).phase(at(now)) == phase);
            let expect: Vec<_> = expect.map(|row| row.id).collect();
            assert_eq!(found, expect, "{phase:?} at {now}");
        }
    }
    let written = ChangeFilter {
        written_by: Some(person(ANA)),
        states: vec![ChangeState::Proposed],
        ..ChangeFilter::within(Reach::All)
    };
    assert_eq!(listed(store, &written).await, [proposed.id]);
    let written = ChangeFilter {
        written_by: Some(person(BOB)),
        ..written
    };
    assert_eq!(listed(store, &written).await, []);
}

async fn what_was_done_beside_a_change_is_found(db: &Database) {
    let store = &db.store;
    let target = a_target(store).await;
    let with = |n: u128, state| ChangeRow {
        state,
        applied_at: Some(at(50)),
        updated_at: at(i64::try_from(n).expect("small")),
        ..change(n, target)
    };
    let one = with(1, ChangeState::Applied);
    let next = ChangeRow {
        until: Some(at(400)),
        ..with(2, ChangeState::AppliedWithDifference)
    };
    let before = ChangeRow {
        until: Some(at(49)),
        applied_at: Some(at(10)),
        ..with(3, ChangeState::Applied)
    };
    let mut end = with(4, ChangeState::Applied);
    (end.from, end.until) = (None, None);
    end.change = Change::EndScaleEvent {
        event: next.id,
        reason: "x".into(),
    };
    end.event = Some(next.id);
    let moving = ChangeRow {
        applied_at: None,
        ..with(5, ChangeState::Applying)
    };
    let failed = with(6, ChangeState::Failed);
    insert(store, &[&one, &next, &before, &end, &moving, &failed]).await;
    let beside = store.read().changes_beside(&one, at(50)).await;
    let beside: Vec<_> = beside.expect("reads").iter().map(|row| row.id).collect();
    assert_eq!(beside, [moving.id, end.id, next.id]);
}
