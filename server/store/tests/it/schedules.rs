//! Schedules that stand, and the targets of change requests that have several.

use crate::{
    changes::change,
    database::{Database, at, on_both, scope},
    targets,
};
use domain::{
    capacity::{Capacity, TargetKind, TargetRef},
    changes::{Change, ChangeState},
    ids::TargetId,
    people::Reach,
    plan::{ScheduleBase, ScheduleTarget},
    schedules::{Schedule, ScheduleName},
    time::Timestamp,
};
use serde_json::json;
use store::{ChangeFilter, ChangeRow, ScheduleRow, Slice, Store};

on_both! {
    a_schedule_comes_back_as_it_was_kept
    what_is_good_for_too_short_is_found_until_somebody_extends_it
    a_schedule_is_found_by_its_targets
    a_change_of_several_targets_is_found_by_each
}

fn schedule(name: &str) -> Schedule {
    let whole = json!({"name": name, "timezone": "UTC", "targets": [{"asg": "web"}],
        "base": {"min": 0, "desired": 0, "max": 2}});
    serde_json::from_value(whole).expect("a schedule")
}

fn row(name: &str, environment: &str, change: &ChangeRow, good_until: Timestamp) -> ScheduleRow {
    ScheduleRow {
        schedule: schedule(name),
        scope: scope(),
        environment: environment.into(),
        targets: vec![ScheduleTarget {
            target: TargetRef {
                scope: scope(),
                kind: TargetKind::Asg,
                name: "web".into(),
            },
            before: Capacity {
                min: 1,
                desired: 1,
                max: 2,
            },
            level: None,
            base: ScheduleBase {
                timer_role: None,
                scales_itself: false,
                suspended: Vec::new(),
                actions: Vec::new(),
                taken: Vec::new(),
            },
            objects: Vec::new(),
        }],
        good_until,
        change: change.id,
        applied_at: at(20),
        updated_at: at(20),
    }
}

fn name(text: &str) -> ScheduleName {
    ScheduleName::new(text).expect("a name")
}

pub async fn saved(store: &Store, name: &str, now: i64) -> TargetId {
    let known = store.read().targets(&Reach::All).await.expect("read");
    let known = known.into_iter().map(|row| row.target);
    let all: Vec<_> = known
        .chain([targets::target(TargetKind::Asg, name, "prod", 2)])
        .collect();
    let news = targets::save(store, &all, now).await;
    news.into_iter()
        .map(|(id, _)| id)
        .next_back()
        .expect("a target")
}

/// A target, and a change request on it.
async fn begun(store: &Store) -> (TargetId, ChangeRow) {
    let target = saved(store, "web", 20).await;
    let change = change(1, target);
    let mut tx = store.begin().await.expect("begins");
    tx.insert_change(&change).await.expect("kept");
    tx.commit().await.expect("kept");
    (target, change)
}

async fn put(store: &Store, row: &ScheduleRow, targets: &[TargetId]) {
    let mut tx = store.begin().await.expect("begins");
    tx.put_schedule(row, targets).await.expect("kept");
    tx.commit().await.expect("kept");
}

async fn a_schedule_comes_back_as_it_was_kept(db: &Database) {
    let store = &db.store;
    let (target, change) = begun(store).await;
    let mut kept = row("nights", "prod", &change, at(500));
    put(store, &kept, &[target]).await;
    put(store, &row("days", "dev", &change, at(600)), &[]).await;
    let mut read = store.read();
    let found = read.schedule(&name("nights")).await.expect("read");
    assert_eq!(found.as_ref(), Some(&kept));
    assert_eq!(read.schedule(&name("none")).await.expect("read"), None);

    kept.good_until = at(900);
    kept.environment = "staging".into();
    put(store, &kept, &[target]).await;
    let found = store.read().schedule(&name("nights")).await.expect("read");
    assert_eq!(found.as_ref(), Some(&kept));

    let names = |rows: Vec<ScheduleRow>| -> Vec<String> {
        let names = rows.iter().map(|row| row.schedule.name().to_string());
        names.collect()
    };
    let all = store.read().schedules(&Reach::All).await.expect("read");
    assert_eq!(names(all), ["days", "nights"]);
    let reach = Reach::Only(vec!["dev".into()]);
    let seen = store.read().schedules(&reach).await.expect("read");
    assert_eq!(names(seen), ["days"]);
    let mut read = store.read();
    let first = read.schedules_after(None, 1).await.expect("read");
    let rest = read.schedules_after(Some(&name("days")), 10).await;
    assert_eq!(
        [names(first), names(rest.expect("read"))],
        [["days"], ["nights"]]
    );

    let mut tx = store.begin().await.expect("begins");
    assert!(tx.delete_schedule(&name("nights")).await.expect("deleted"));
    assert!(!tx.delete_schedule(&name("nights")).await.expect("gone"));
    tx.commit().await.expect("kept");
    let left = store.read().schedules_of(target).await.expect("read");
    assert_eq!(left, [""; 0]);
}

async fn what_is_good_for_too_short_is_found_until_somebody_extends_it(db: &Database) {
    let store = &db.store;
    let (target, first) = begun(store).await;
    put(store, &row("nights", "prod", &first, at(500)), &[target]).await;
    let due = async |until, not_since| {
        let mut read = store.read();
        let rows = read.schedules_to_extend(at(until), at(not_since), 10).await;
        rows.expect("read").len()
    };
    assert_eq!([due(500, 0).await, due(501, 0).await], [0, 1]);
    let extension = ChangeRow {
        change: Change::ExtendSchedule {
            schedule: name("nights"),
            reason: "the days to come".into(),
        },
        state: ChangeState::Failed,
        ..change(2, target)
    };
    let mut tx = store.begin().await.expect("begins");
    tx.insert_change(&extension).await.expect("kept");
    tx.commit().await.expect("kept");
    let tried = extension.created_at.ms();
    assert_eq!(due(501, tried - 1).await, 0, "it was tried just now");
    assert_eq!(due(501, tried).await, 1, "that is long ago");
    let mut read = store.read();
    let about = read.changes_of_schedule(&name("nights"), 10).await;
    let about: Vec<_> = about.expect("read").iter().map(|row| row.id).collect();
    assert_eq!(about, [extension.id]);
}

async fn a_schedule_is_found_by_its_targets(db: &Database) {
    let store = &db.store;
    let (target, change) = begun(store).await;
    put(store, &row("nights", "prod", &change, at(500)), &[target]).await;
    let of = async || store.read().schedules_of(target).await.expect("read");
    assert_eq!(of().await, ["nights"]);
    put(store, &row("nights", "prod", &change, at(500)), &[]).await;
    assert_eq!(of().await, [""; 0]);
}

async fn a_change_of_several_targets_is_found_by_each(db: &Database) {
    let store = &db.store;
    let (_, first) = begun(store).await;
    let other = saved(store, "api", 21).await;
    let mut tx = store.begin().await.expect("begins");
    tx.touch_targets(first.id, &[other, other])
        .await
        .expect("noted");
    tx.commit().await.expect("kept");
    let filter = ChangeFilter {
        target: Some(other),
        ..ChangeFilter::within(Reach::All)
    };
    let slice = Slice {
        offset: 0,
        limit: 10,
    };
    let page = store
        .read()
        .change_page(&filter, slice)
        .await
        .expect("read");
    assert_eq!((page.total, page.rows[0].row.id), (1, first.id));
    // An edit that names it no more lets go of it.
    let mut tx = store.begin().await.expect("begins");
    tx.touch_targets(first.id, &[]).await.expect("noted");
    tx.commit().await.expect("kept");
    let left = store.read().change_page(&filter, slice).await;
    assert_eq!(left.expect("read").total, 0);
    let second = change(2, other);
    let beside = store.read().changes_beside(&second, at(0)).await;
    assert_eq!(beside.expect("read").len(), 0, "it is not carried out");
}
