//! Change requests: record, lists, votes, steps, leases, drift.

use crate::{
    database::{Database, HOSTILE, at, on_both, scope},
    targets,
};
use domain::{
    approvals::Vote,
    capacity::{Capacity, CapacityChange, TargetKind, TargetRef},
    changes::{Change, ChangeState, StepState},
    freezes::Freeze,
    ids::{ApprovalId, ChangeId, FreezeId, PersonId, TargetId},
    limits,
    people::{Reach, Role},
    plan::{Base, Call, Difference, Effect, EventEffect, Plan, Step},
    scale_events::{Hold, ScaleEvent},
};
use store::{
    AuthorRow, ChangeFilter, ChangeRow, Slice, StepRow, Store, StoreError, VoteRow, Waiting,
};

on_both! {
    a_change_comes_back_as_it_was_kept
    a_key_is_used_once_by_each_author
    an_old_version_is_refused
    only_votes_on_the_present_content_by_others_count
    a_change_waits_for_those_who_may_decide
    what_is_frozen_waits_for_freeze_approvers_only
    lists_filter_and_stay_within_reach
    steps_are_kept_by_revision
    a_change_is_in_one_workers_hands
    what_nobody_decided_is_found
    drift_keeps_when_it_was_first_seen
    a_target_that_a_change_names_stays
}

pub const ANA: u128 = 1;
pub const BOB: u128 = 2;

pub fn person(n: u128) -> PersonId {
    PersonId::from_parts(0, n)
}

fn plan() -> Plan {
    let target = TargetRef {
        scope: scope(),
        kind: TargetKind::Asg,
        name: "web".into(),
    };
    let capacity = CapacityChange {
        min: Some(0),
        desired: None,
        max: Some(9),
    };
    Plan {
        from: Some(at(100)),
        until: Some(at(200)),
        effect: Effect::Event(EventEffect {
            target: target.clone(),
            before: Capacity {
                min: 1,
                desired: 2,
                max: 3,
            },
            during: capacity,
            after: CapacityChange::default(),
            base: Base {
                min: 1,
                desired: None,
                max: 3,
                suspended: Vec::new(),
                actions: Vec::new(),
            },
            firings: Vec::new(),
        }),
        steps: vec![Step {
            call: Call::SetCapacity { target, capacity },
            undo: None,
        }],
        findings: Vec::new(),
    }
}

pub fn change(n: u128, target: TargetId) -> ChangeRow {
    let event = ScaleEvent {
        target,
        hold: Hold::AtLeast,
        count: 4,
        from: Some(at(100)),
        until: at(200),
        reason: "Big Sale".into(),
    };
    ChangeRow {
        id: ChangeId::from_parts(10, n),
        change: Change::ScaleEvent(event),
        state: ChangeState::Proposed,
        revision: 1,
        hash: "h1".into(),
        plan: plan(),
        environment: "prod".into(),
        target: Some(target),
        target_name: "web".into(),
        from: Some(at(100)),
        until: Some(at(200)),
        author: person(ANA),
        author_name: "Ana".into(),
        approvals_needed: 1,
        created_at: at(10),
        updated_at: at(10),
        expires_at: at(1_000),
        planned_for: None,
        not_before: at(0),
        idempotency_key: None,
        event: None,
        applied_at: None,
        ended_by: None,
        ended_at: None,
        return_verified_at: None,
        result: Vec::new(),
        version: 1,
    }
}

fn vote(n: u128, by: Option<u128>, vote: Vote, hash: &str) -> VoteRow {
    VoteRow {
        id: ApprovalId::from_parts(1, n),
        person: by.map(person),
        name: "x".into(),
        role: by.map(|_| Role::Approver),
        vote,
        hash: hash.into(),
        at: at(20),
        note: Some("looks right".into()),
    }
}

/// A target to hang changes on.
pub async fn a_target(store: &Store) -> TargetId {
    let web = targets::target(TargetKind::Asg, "web", "prod", 2);
    targets::save(store, &[web], 1).await[0].0
}

pub async fn insert(store: &Store, rows: &[&ChangeRow]) {
    let mut tx = store.begin().await.expect("begins");
    for row in rows {
        tx.insert_change(row).await.expect("kept");
    }
    tx.commit().await.expect("commits");
}

pub async fn listed(store: &Store, filter: &ChangeFilter) -> Vec<ChangeId> {
    let slice = Slice {
        offset: 0,
        limit: 50,
    };
    let page = store
        .read()
        .change_page(filter, slice)
        .await
        .expect("reads");
    assert_eq!(page.total, page.rows.len() as u64);
    page.rows.iter().map(|listed| listed.row.id).collect()
}

async fn a_change_comes_back_as_it_was_kept(db: &Database) {
    let store = &db.store;
    let target = a_target(store).await;
    let mut row = change(1, target);
    row.idempotency_key = Some("k".into());
    insert(store, &[&row]).await;
    assert_eq!(
        store.read().change(row.id).await.expect("reads"),
        Some(row.clone())
    );
    let authors = store.read().authors_of(row.id).await.expect("reads");
    let ana = AuthorRow {
        person: person(ANA),
        name: "Ana".into(),
        since: at(10),
    };
    assert_eq!(authors, [ana]);

    let end = ChangeRow {
        id: ChangeId::from_parts(10, 2),
        change: Change::EndScaleEvent {
            event: row.id,
            reason: "over".into(),
        },
        until: None,
        event: Some(row.id),
        ..change(2, target)
    };
    let mut tx = store.begin().await.expect("begins");
    tx.insert_change(&end).await.expect("kept");
    row.state = ChangeState::AppliedWithDifference;
    row.revision = 3;
    row.hash = "h3".into();
    row.plan.until = Some(at(250));
    row.from = None;
    row.until = Some(at(300));
    row.approvals_needed = 2;
    row.updated_at = at(50);
    row.expires_at = at(60);
    row.not_before = at(70);
    row.applied_at = Some(at(80));
    row.ended_by = Some(end.id);
    row.ended_at = Some(at(90));
    row.return_verified_at = Some(at(95));
    row.result = vec!["min is 3".into(), "경보".into()];
    row.version = tx.update_change(&row).await.expect("written");
    assert_eq!(row.version, 2);
    tx.commit().await.expect("commits");
    let mut read = store.read();
    assert_eq!(read.change(row.id).await.expect("reads"), Some(row));
    assert_eq!(read.change(end.id).await.expect("reads"), Some(end));
    let nothing = read.change(ChangeId::from_parts(9, 9)).await;
    assert_eq!(nothing.expect("reads"), None);
}

async fn a_key_is_used_once_by_each_author(db: &Database) {
    let store = &db.store;
    let target = a_target(store).await;
    let with = |n, author, key: Option<&str>| ChangeRow {
        author: person(author),
        idempotency_key: key.map(str::to_owned),
        ..change(n, target)
    };
    let first = with(1, ANA, Some("k"));
    insert(
        store,
        &[&first, &with(2, BOB, Some("k")), &with(3, ANA, None)],
    )
    .await;
    insert(store, &[&with(4, ANA, None)]).await;
    let mut tx = store.begin().await.expect("begins");
    let again = tx.insert_change(&with(5, ANA, Some("k"))).await;
    assert!(matches!(
        again,
        Err(StoreError::Duplicate { table: "changes" })
    ));
    drop(tx);
    let mut read = store.read();
    let found = read.change_by_key(person(ANA), "k").await.expect("reads");
    assert_eq!(found, Some((first.id, first.proposal())));
    // An edit changes what is asked for, not what was posted.
    let mut edited = first.clone();
    let end = Change::EndScaleEvent {
        event: first.id,
        reason: "something else".into(),
    };
    edited.change = end;
    let mut tx = store.begin().await.expect("begins");
    tx.update_change(&edited).await.expect("written");
    tx.commit().await.expect("commits");
    let mut read = store.read();
    let found = read.change_by_key(person(ANA), "k").await.expect("reads");
    assert_eq!(found, Some((first.id, first.proposal())));
    assert_eq!(
        read.change_by_key(person(ANA), "other")
            .await
            .expect("reads"),
        None
    );
}

async fn an_old_version_is_refused(db: &Database) {
    let store = &db.store;
    let row = change(1, a_target(store).await);
    insert(store, &[&row]).await;
    // Two servers have read the same version and decide each for themselves.
    let other = db.another().await;
    let attempt = async |store: &Store, hash: &str| {
        let mut tx = store.begin().await?;
        let mine = ChangeRow {
            hash: hash.into(),
            ..row.clone()
        };
        let version = tx.update_change(&mine).await?;
        tx.commit().await?;
        Ok::<_, StoreError>(version)
    };
    let both = tokio::join!(attempt(store, "one"), attempt(&other, "two"));
    let (won, lost): (Vec<_>, Vec<_>) = [both.0, both.1].into_iter().partition(Result::is_ok);
    assert_eq!((won.len(), lost.len()), (1, 1), "{won:?} {lost:?}");
    assert!(matches!(
        lost[0],
        Err(StoreError::Conflict {
            table: "changes",
            ..
        })
    ));
    other.close().await;
}

async fn only_votes_on_the_present_content_by_others_count(db: &Database) {
    let store = &db.store;
    let mut row = change(1, a_target(store).await);
    insert(store, &[&row]).await;
    let approvals = async || {
        let listed = store.read().listed_change(row.id).await.expect("reads");
        listed.expect("is there").approvals
    };
    let mut tx = store.begin().await.expect("begins");
    for vote in [
        vote(1, Some(ANA), Vote::Approve, "h1"),
        vote(2, Some(BOB), Vote::Approve, "h1"),
        vote(3, Some(3), Vote::Approve, "h0"),
        vote(4, Some(4), Vote::Reject, "h1"),
        vote(5, None, Vote::Approve, "h1"),
    ] {
        tx.insert_vote(row.id, &vote).await.expect("kept");
    }
    tx.commit().await.expect("commits");
    // Bob's and the policy's own.
    assert_eq!(approvals().await, 2);
    let votes = store.read().votes_of(row.id).await.expect("reads");
    assert_eq!(votes[1], vote(2, Some(BOB), Vote::Approve, "h1"));
    assert_eq!(votes[1].approval().map(|a| a.person), Some(person(BOB)));
    assert_eq!(votes[4].approval(), None);

    let mut tx = store.begin().await.expect("begins");
    let again = tx
        .insert_vote(row.id, &vote(6, Some(BOB), Vote::Reject, "h1"))
        .await;
    assert!(
        matches!(again, Err(StoreError::Duplicate { .. })),
        "{again:?}"
    );
    drop(tx);
    // Bob edits a word: he is an author now, and every vote is on another content.
    let mut tx = store.begin().await.expect("begins");
    let bob = AuthorRow {
        person: person(BOB),
        name: "Bob".into(),
        since: at(30),
    };
    tx.add_author(row.id, &bob).await.expect("added");
    tx.add_author(row.id, &bob).await.expect("is there already");
    tx.commit().await.expect("commits");
    assert_eq!(approvals().await, 1);
    row.hash = "h2".into();
    let mut tx = store.begin().await.expect("begins");
    tx.update_change(&row).await.expect("written");
    tx.commit().await.expect("commits");
    let listed = store.read().listed_change(row.id).await.expect("reads");
    assert_eq!(listed.expect("is there").approvals, 0);
}

async fn a_change_waits_for_those_who_may_decide(db: &Database) {
    let store = &db.store;
    let target = a_target(store).await;
    let mut row = change(1, target);
    let approved = ChangeRow {
        state: ChangeState::Approved,
        ..change(2, target)
    };
    insert(store, &[&row, &approved]).await;
    let waiting = async |n: u128, reach: Reach| {
        let filter = ChangeFilter {
            waiting_for: Some(Waiting {
                person: person(n),
                reach,
                reach_frozen: Reach::Only(Vec::new()),
                freezes: Vec::new(),
                now: at(20),
            }),
            ..ChangeFilter::within(Reach::All)
        };
        listed(store, &filter).await
    };
    assert_eq!(waiting(ANA, Reach::All).await, []);
    assert_eq!(waiting(BOB, Reach::All).await, [row.id]);
    let only = |name: &str| Reach::Only(vec![name.into()]);
    assert_eq!(waiting(BOB, only("prod")).await, [row.id]);
    assert_eq!(waiting(BOB, only("dev")).await, []);
    assert_eq!(waiting(BOB, Reach::Only(Vec::new())).await, []);
    let mut tx = store.begin().await.expect("begins");
    let cast = vote(1, Some(BOB), Vote::Approve, "h1");
    tx.insert_vote(row.id, &cast).await.expect("kept");
    tx.commit().await.expect("commits");
    assert_eq!(waiting(BOB, Reach::All).await, []);
    // Edited since: it waits for Bob again.
    row.hash = "h2".into();
    let mut tx = store.begin().await.expect("begins");
    tx.update_change(&row).await.expect("written");
    tx.commit().await.expect("commits");
    assert_eq!(waiting(BOB, Reach::All).await, [row.id]);
}

async fn what_is_frozen_waits_for_freeze_approvers_only(db: &Database) {
    let store = &db.store;
    let target = a_target(store).await;
    let planned = change(1, target);
    let at_once = ChangeRow {
        from: None,
        ..change(2, target)
    };
    insert(store, &[&planned, &at_once]).await;
    let freeze = |from, until, environments: &[&str]| Freeze {
        id: FreezeId::from_parts(0, 0),
        name: "x".into(),
        environments: environments.iter().map(|e| (*e).into()).collect(),
        from: at(from),
        until: at(until),
        reason: "x".into(),
        calendar: None,
    };
    let waiting = async |freezes: &[Freeze], reach_frozen: Reach| {
        let filter = ChangeFilter {
            waiting_for: Some(Waiting {
                person: person(BOB),
                reach: Reach::All,
                reach_frozen,
                freezes: freezes.to_vec(),
                now: at(20),
            }),
            ..ChangeFilter::within(Reach::All)
        };
        listed(store, &filter).await
    };
    let only = |names: &[&str]| Reach::Only(names.iter().map(|name| (*name).into()).collect());
    let nowhere = || only(&[]);
    let both = [at_once.id, planned.id];
    // Events last from 100, or from now, until 200.
    let check = async |from, until, environments: &[&str], expect: &[ChangeId]| {
        let freeze = freeze(from, until, environments);
        assert_eq!(
            waiting(std::slice::from_ref(&freeze), nowhere()).await,
            expect,
            "{freeze:?}"
        );
        assert!(freeze.overlaps(&"prod".into(), at(100), at(200)) != expect.contains(&planned.id));
        assert!(freeze.overlaps(&"prod".into(), at(20), at(200)) != expect.contains(&at_once.id));
    };
    check(0, 20, &[], &both).await;
    check(0, 21, &[], &[planned.id]).await;
    check(0, 100, &["prod"], &[planned.id]).await;
    check(0, 101, &["dev", "prod"], &[]).await;
    check(0, 101, &["dev"], &both).await;
    check(199, 300, &[], &[]).await;
    check(200, 300, &[], &both).await;
    let two = [freeze(0, 21, &["prod"]), freeze(90, 110, &["prod"])];
    assert_eq!(waiting(&two, nowhere()).await, []);
    assert_eq!(waiting(&two, only(&["dev"])).await, []);
    assert_eq!(waiting(&two, only(&["dev", "prod"])).await, both);
    assert_eq!(waiting(&two, Reach::All).await, both);

    // As many as can be kept, each for as many environments as there can be.
    let names: Vec<_> = (0..limits::ENVIRONMENTS_MAX)
        .map(|n| format!("e{n}"))
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let most = vec![freeze(0, 300, &names); limits::FREEZES_MAX];
    assert_eq!(waiting(&most, only(&names)).await, both);
}

async fn lists_filter_and_stay_within_reach(db: &Database) {
    let store = &db.store;
    let target = a_target(store).await;
    let old = change(1, target);
    let new = ChangeRow {
        environment: "dev".into(),
        state: ChangeState::Failed,
        created_at: at(20),
        ..change(2, target)
    };
    insert(store, &[&old, &new]).await;
    let all = || ChangeFilter::within(Reach::All);
    let check = async |filter: ChangeFilter, expect: &[ChangeId]| {
        assert_eq!(listed(store, &filter).await, expect, "{filter:?}");
    };
    check(all(), &[new.id, old.id]).await;
    let states = vec![ChangeState::Failed, ChangeState::Expired];
    check(ChangeFilter { states, ..all() }, &[new.id]).await;
    let environments = vec!["prod".into()];
    check(
        ChangeFilter {
            environments,
            ..all()
        },
        &[old.id],
    )
    .await;
    let mine = ChangeFilter {
        target: Some(target),
        ..all()
    };
    check(mine, &[new.id, old.id]).await;
    let other = ChangeFilter {
        target: Some(TargetId::from_parts(9, 9)),
        ..all()
    };
    check(other, &[]).await;
    let dev = Reach::Only(vec!["dev".into()]);
    check(ChangeFilter::within(dev), &[new.id]).await;
    check(ChangeFilter::within(Reach::Only(Vec::new())), &[]).await;
    let text = "SALE big ana".into();
    check(ChangeFilter { text, ..all() }, &[new.id, old.id]).await;
    for text in HOSTILE {
        let text = text.into();
        check(ChangeFilter { text, ..all() }, &[]).await;
    }
}

async fn steps_are_kept_by_revision(db: &Database) {
    let store = &db.store;
    let row = change(1, a_target(store).await);
    insert(store, &[&row]).await;
    let steps = [plan().steps[0].clone(), plan().steps[0].clone()];
    let mut tx = store.begin().await.expect("begins");
    tx.insert_steps(row.id, 1, &steps).await.expect("kept");
    tx.insert_steps(row.id, 2, &steps[..1]).await.expect("kept");
    let begun = StepRow {
        number: 2,
        step: steps[1].clone(),
        state: StepState::Begun,
        attempts: 3,
        begun_at: Some(at(5)),
        ended_at: None,
        error: Some("Throttling: slow down".into()),
    };
    tx.update_step(row.id, 1, &begun).await.expect("written");
    let nowhere = StepRow {
        number: 3,
        ..begun.clone()
    };
    let missing = tx.update_step(row.id, 1, &nowhere).await;
    assert!(matches!(missing, Err(StoreError::RowsAffected { .. })));
    tx.commit().await.expect("commits");
    let mut read = store.read();
    let held = read.steps_of(row.id, 1).await.expect("reads");
    assert_eq!(
        (held.len(), held[0].number, held[0].state),
        (2, 1, StepState::Waiting)
    );
    assert_eq!(held[1], begun);
    assert_eq!(read.steps_of(row.id, 2).await.expect("reads").len(), 1);
    let mut tx = store.begin().await.expect("begins");
    let again = tx.insert_steps(row.id, 1, &steps).await;
    assert!(matches!(again, Err(StoreError::Duplicate { .. })));
}

async fn a_change_is_in_one_workers_hands(db: &Database) {
    let store = &db.store;
    let target = a_target(store).await;
    let with = |n, state, not_before| ChangeRow {
        state,
        not_before: at(not_before),
        ..change(n, target)
    };
    let ready = with(1, ChangeState::Approved, 50);
    let later = with(2, ChangeState::Applying, 500);
    insert(store, &[&ready, &later, &with(3, ChangeState::Proposed, 0)]).await;
    let claim = async |store: &Store, owner: &str, now: i64| {
        let mut tx = store.begin().await.expect("begins");
        let claimed = tx.claim_changes(owner, at(now), at(now + 60), 10).await;
        tx.commit().await.expect("commits");
        let claimed = claimed.expect("claims");
        claimed.iter().map(|row| row.id).collect::<Vec<_>>()
    };
    assert_eq!(claim(store, "one", 49).await, []);
    // Two servers reach for it at once.
    let other = db.another().await;
    let (one, two) = tokio::join!(claim(store, "one", 50), claim(&other, "two", 50));
    assert_eq!([one.len(), two.len()].iter().sum::<usize>(), 1);
    let (holder, rival) = if one.is_empty() {
        ("two", "one")
    } else {
        ("one", "two")
    };
    assert_eq!(claim(store, rival, 109).await, []);
    assert_eq!(claim(store, holder, 60).await, [ready.id]);

    let mut tx = store.begin().await.expect("begins");
    tx.hold_change(ready.id, holder, at(100), at(200))
        .await
        .expect("held");
    let taken = tx.hold_change(ready.id, rival, at(199), at(300)).await;
    assert!(matches!(taken, Err(StoreError::Conflict { .. })));
    // Not theirs to give back.
    tx.release_change(ready.id, rival).await.expect("runs");
    tx.commit().await.expect("commits");
    assert_eq!(claim(store, rival, 199).await, []);
    assert_eq!(claim(store, rival, 200).await, [ready.id]);
    let mut tx = store.begin().await.expect("begins");
    let lost = tx.hold_change(ready.id, holder, at(210), at(400)).await;
    assert!(matches!(lost, Err(StoreError::Conflict { .. })));
    tx.release_change(ready.id, rival).await.expect("runs");
    tx.commit().await.expect("commits");
    assert_eq!(claim(store, holder, 500).await, [ready.id, later.id]);
    // The clock was set back by more than any lease or pause: neither holds.
    let back = at(500).ms() - 1_000_000;
    assert_eq!(claim(store, rival, back).await, [ready.id, later.id]);
    // One that is planned waits for its time by the clock, and not for ever.
    let planned = ChangeRow {
        planned_for: Some(at(5_000)),
        expires_at: at(6_000),
        ..with(4, ChangeState::Approved, 0)
    };
    let begun = ChangeRow {
        planned_for: planned.planned_for,
        expires_at: planned.expires_at,
        ..with(5, ChangeState::Applying, 0)
    };
    insert(store, &[&planned, &begun]).await;
    let mine = async |now| {
        let mut claimed = claim(store, holder, now).await;
        claimed.retain(|id| [planned.id, begun.id].contains(id));
        claimed
    };
    assert_eq!(mine(4_999).await, [begun.id]);
    assert_eq!(mine(5_000).await, [planned.id, begun.id]);
    assert_eq!(mine(6_000).await, [begun.id]);
    assert_eq!(mine(1_000).await, [begun.id], "the clock was set back");
    // A claim is no change: whoever read the record before may still write it.
    let mut tx = store.begin().await.expect("begins");
    tx.update_change(&ready).await.expect("written");
    other.close().await;
}

async fn what_nobody_decided_is_found(db: &Database) {
    let store = &db.store;
    let target = a_target(store).await;
    let with = |n, state, expires| ChangeRow {
        state,
        expires_at: at(expires),
        ..change(n, target)
    };
    let late = with(1, ChangeState::Proposed, 100);
    let later = with(2, ChangeState::Approved, 50);
    insert(
        store,
        &[
            &late,
            &later,
            &with(3, ChangeState::Proposed, 101),
            &with(4, ChangeState::Applying, 10),
            &with(5, ChangeState::Rejected, 10),
        ],
    )
    .await;
    let mut read = store.read();
    let found = read.changes_to_expire(at(100), 10).await.expect("reads");
    assert_eq!(found, [later.id, late.id]);
    let found = read.changes_to_expire(at(100), 1).await.expect("reads");
    assert_eq!(found, [later.id]);
}

async fn drift_keeps_when_it_was_first_seen(db: &Database) {
    let store = &db.store;
    let row = change(1, a_target(store).await);
    insert(store, &[&row]).await;
    let gone = [Difference::TargetGone];
    let number = [Difference::Number {
        field: "min".into(),
        expected: 3,
        found: 1,
    }];
    let mut tx = store.begin().await.expect("begins");
    assert!(tx.put_drift(row.id, &gone, at(10)).await.expect("runs"));
    assert!(!tx.put_drift(row.id, &gone, at(20)).await.expect("runs"));
    assert!(tx.put_drift(row.id, &number, at(30)).await.expect("runs"));
    let drift = tx.read().drift_of(row.id).await.expect("reads");
    let drift = drift.expect("is there");
    assert_eq!((drift.since, drift.seen_at), (at(10), at(30)));
    assert_eq!(drift.differences, number);
    let mut read = tx.read();
    assert_eq!(read.drifts(&Reach::All, 10).await.expect("reads"), [drift]);
    let dev = Reach::Only(vec!["dev".into()]);
    assert_eq!(read.drifts(&dev, 10).await.expect("reads"), []);
    assert!(tx.clear_drift(row.id).await.expect("runs"));
    assert!(!tx.clear_drift(row.id).await.expect("runs"));
}

async fn a_target_that_a_change_names_stays(db: &Database) {
    let store = &db.store;
    let target = a_target(store).await;
    insert(store, &[&change(1, target)]).await;
    targets::save(store, &[], 100).await;
    let mut tx = store.begin().await.expect("begins");
    assert_eq!(tx.purge_targets(at(1_000)).await.expect("runs"), 0);
    assert!(tx.read().target(target).await.expect("reads").is_some());
}
