//! Targets, samples, the freshness of scopes.

use crate::database::{Database, HOSTILE, at, on_both, scope};
use domain::{
    capacity::{Capacity, Target, TargetKind, TargetRef},
    ids::TargetId,
    limits,
    people::Reach,
};
use store::{
    CapacitySample, MetricSample, ScopeHealthRow, SeriesPoint, Slice, Store, TargetFilter,
    TargetNewsKind, metric,
};

on_both! {
    a_target_keeps_its_id_and_is_written_when_it_changed
    lists_filter_and_stay_within_reach
    a_chart_gets_true_samples_and_not_too_many
    a_shortfall_begins_after_the_last_whole_sample
    numbers_of_an_environment_are_means_summed_over_sources
    a_scope_remembers_its_last_good_reading
}

pub fn target(kind: TargetKind, name: &str, environment: &str, desired: u32) -> Target {
    Target {
        reference: TargetRef {
            scope: scope(),
            kind,
            name: name.into(),
        },
        environment: environment.into(),
        capacity: Capacity {
            min: 1,
            desired,
            max: 10,
        },
        instances: Vec::new(),
        in_service: desired,
        pending: 0,
        suspended: vec!["AZRebalance".into()],
        mix: None,
        policies: Vec::new(),
        actions: Vec::new(),
        timers: vec![],
    }
}

pub fn ids(now: i64) -> impl FnMut() -> TargetId + Send {
    let mut next = 0;
    move || {
        next += 1;
        TargetId::from_parts(now, next)
    }
}

pub async fn save(store: &Store, targets: &[Target], now: i64) -> Vec<(TargetId, TargetNewsKind)> {
    let mut tx = store.begin().await.expect("begins");
    let news = tx
        .save_targets(&scope(), targets, at(now), &mut ids(now))
        .await;
    tx.scope_read(&scope(), at(now)).await.expect("runs");
    tx.commit().await.expect("commits");
    let news = news.expect("saves");
    news.into_iter().map(|news| (news.id, news.what)).collect()
}

async fn a_target_keeps_its_id_and_is_written_when_it_changed(db: &Database) {
    let store = &db.store;
    let web = target(TargetKind::Asg, "web", "prod", 3);
    let mut api = target(TargetKind::EcsService, "web", "prod", 2);
    let news = save(store, &[web.clone(), api.clone()], 100).await;
    assert_eq!(news.len(), 2);
    let found = store.read().target_by_reference(&web.reference).await;
    let first = found.expect("reads").expect("is there");
    assert_eq!((&first.target, first.version), (&web, 1));

    assert_eq!(save(store, &[web.clone(), api.clone()], 200).await, []);
    let again = store.read().target(first.id).await.expect("reads");
    let again = again.expect("is there");
    assert_eq!((again.version, again.read_at), (1, at(200)));

    api.capacity.desired = 5;
    let news = save(store, &[api.clone()], 300).await;
    let gone = (first.id, TargetNewsKind::Gone);
    assert!(news.contains(&gone) && news.len() == 2, "{news:?}");
    let row = store.read().target(first.id).await.expect("reads");
    assert_eq!(row.expect("is there").gone_at, Some(at(300)));
    assert_eq!(
        store
            .read()
            .targets(&Reach::All)
            .await
            .expect("reads")
            .len(),
        1
    );

    // One target read by itself: nothing new, then back, then changed.
    let mut tx = store.begin().await.expect("begins");
    let same = tx.save_target(&api, at(400), &mut ids(400)).await;
    assert_eq!(same.expect("saves"), None);
    let fresh = tx.read().target_by_reference(&api.reference).await;
    assert_eq!(fresh.expect("reads").expect("is there").read_at, at(400));
    // A reading that began before that one says nothing new, nor that it is gone.
    let mut late = api.clone();
    late.capacity.desired += 1;
    let old = tx.save_target(&late, at(399), &mut ids(399)).await;
    assert_eq!(old.expect("saves"), None);
    for reading in [vec![late], vec![]] {
        let old = tx
            .save_targets(&scope(), &reading, at(399), &mut ids(399))
            .await;
        assert_eq!(old.expect("saves"), []);
    }
    let back = tx.save_target(&web, at(500), &mut ids(500)).await;
    let back = back.expect("saves").expect("news");
    assert_eq!((back.id, back.what), (first.id, TargetNewsKind::Back));
    let new = target(TargetKind::Asg, "new", "dev", 1);
    let news = tx.save_target(&new, at(600), &mut ids(600)).await;
    let news = news.expect("saves").expect("news");
    assert_eq!(news.what, TargetNewsKind::New);
    let environments = tx.read().environments().await.expect("reads");
    assert_eq!(environments, ["dev".into(), "prod".into()]);
    tx.commit().await.expect("commits");

    save(store, &[], 700).await;
    let mut tx = store.begin().await.expect("begins");
    assert_eq!(tx.purge_targets(at(700)).await.expect("runs"), 0);
    assert_eq!(tx.purge_targets(at(701)).await.expect("runs"), 3);
}

async fn lists_filter_and_stay_within_reach(db: &Database) {
    let store = &db.store;
    save(
        store,
        &[
            target(TargetKind::Asg, "Web", "prod", 3),
            target(TargetKind::Asg, "api", "prod", 3),
            target(TargetKind::EcsService, "main/job", "dev", 3),
        ],
        100,
    )
    .await;
    let all = || TargetFilter::within(Reach::All);
    let check = async |filter: TargetFilter, expect: &[&str]| {
        let slice = Slice {
            offset: 0,
            limit: 50,
        };
        let page = store
            .read()
            .target_page(&filter, slice)
            .await
            .expect("reads");
        let names: Vec<_> = page
            .rows
            .iter()
            .map(|row| row.target.reference.name.as_str())
            .collect();
        assert_eq!(
            (names.as_slice(), page.total),
            (expect, expect.len() as u64)
        );
    };
    check(all(), &["main/job", "api", "Web"]).await;
    let kinds = vec![TargetKind::EcsService];
    check(TargetFilter { kinds, ..all() }, &["main/job"]).await;
    let environments = vec!["prod".into()];
    check(
        TargetFilter {
            environments,
            ..all()
        },
        &["api", "Web"],
    )
    .await;
    let text = "WE".into();
    check(TargetFilter { text, ..all() }, &["Web"]).await;
    for text in HOSTILE {
        check(
            TargetFilter {
                text: text.into(),
                ..all()
            },
            &[],
        )
        .await;
    }
    let dev = Reach::Only(vec!["dev".into()]);
    check(TargetFilter::within(dev.clone()), &["main/job"]).await;
    check(TargetFilter::within(Reach::Only(Vec::new())), &[]).await;
    assert_eq!(store.read().targets(&dev).await.expect("reads").len(), 1);
}

async fn a_chart_gets_true_samples_and_not_too_many(db: &Database) {
    let store = &db.store;
    let web = target(TargetKind::Asg, "web", "prod", 3);
    let (id, _) = save(store, std::slice::from_ref(&web), 1).await[0];
    let mut tx = store.begin().await.expect("begins");
    let most = i64::try_from(limits::CAPACITY_POINTS_MAX).expect("small");
    for n in 0..most + 1 {
        tx.sample_capacity(&scope(), at(1_000 + n * 10))
            .await
            .expect("samples");
    }
    // A second time at one instant is nothing new.
    tx.sample_capacity(&scope(), at(1_000))
        .await
        .expect("samples");
    tx.commit().await.expect("commits");
    let mut read = store.read();
    let few = read
        .capacity_samples(id, at(1_010), at(1_040))
        .await
        .expect("reads");
    let times: Vec<_> = few.iter().map(|sample| sample.at.ms()).collect();
    assert_eq!(times, [1_010, 1_020, 1_030]);
    assert_eq!(
        (few[0].min, few[0].desired, few[0].max, few[0].in_service),
        (1, 3, 10, 3)
    );
    let all = read
        .capacity_samples(id, at(0), at(1_000_000))
        .await
        .expect("reads");
    assert!(
        all.len() <= limits::CAPACITY_POINTS_MAX && all.len() > 20,
        "{}",
        all.len()
    );
    assert_eq!(
        all.last().map(|sample| sample.at),
        Some(at(1_000 + most * 10))
    );
    assert!(all.is_sorted_by_key(|sample| sample.at));
    let rest = CapacitySample {
        at: at(900),
        ..few[0]
    };
    let known = CapacitySample {
        desired: 9,
        ..few[0]
    };
    let mut tx = store.begin().await.expect("begins");
    tx.insert_capacity_samples(id, &[rest, known])
        .await
        .expect("kept");
    tx.commit().await.expect("commits");
    let filled = read
        .capacity_samples(id, at(900), at(1_011))
        .await
        .expect("reads");
    assert_eq!((filled.len(), filled[0], filled[2]), (3, rest, few[0]));
    let backwards = read.capacity_samples(id, at(2_000), at(1_000)).await;
    assert_eq!(backwards.expect("reads"), []);

    let mut tx = store.begin().await.expect("begins");
    // The samples before, and both sums of those that were taken here.
    assert_eq!(tx.purge_samples(at(1_020)).await.expect("runs"), 7);
}

async fn a_shortfall_begins_after_the_last_whole_sample(db: &Database) {
    let store = &db.store;
    let both = [
        target(TargetKind::Asg, "web", "prod", 3),
        target(TargetKind::Asg, "other", "prod", 3),
    ];
    let saved = save(store, &both, 1).await;
    let ((id, _), (other, _)) = (saved[0], saved[1]);
    let sample = |ms, desired, in_service| CapacitySample {
        at: at(ms),
        min: 1,
        desired,
        max: 10,
        in_service,
    };
    let check = async |samples: &[CapacitySample], since: Option<i64>| {
        let mut tx = store.begin().await.expect("begins");
        tx.insert_capacity_samples(id, samples).await.expect("kept");
        tx.commit().await.expect("commits");
        let found = store.read().below_desired_since(id).await.expect("reads");
        assert_eq!(found, since.map(at), "{samples:?}");
    };
    check(&[], None).await;
    check(&[sample(10, 4, 3), sample(20, 4, 2)], Some(10)).await;
    // More than wanted is whole, too; so is less that was wanted.
    check(&[sample(30, 4, 5), sample(40, 2, 2)], None).await;
    check(&[sample(50, 4, 3)], Some(50)).await;
    // More is wanted before the rest came: it has been below all the time.
    check(&[sample(60, 6, 5)], Some(50)).await;
    let mut tx = store.begin().await.expect("begins");
    let whole = [sample(55, 3, 3)];
    tx.insert_capacity_samples(other, &whole)
        .await
        .expect("kept");
    tx.commit().await.expect("commits");
    check(&[], Some(50)).await;
}

async fn numbers_of_an_environment_are_means_summed_over_sources(db: &Database) {
    let store = &db.store;
    save(
        store,
        &[
            target(TargetKind::Asg, "a", "prod", 3),
            target(TargetKind::Asg, "b", "prod", 4),
            target(TargetKind::Asg, "c", "dev", 1),
        ],
        1,
    )
    .await;
    let number = |source: &str, ms, value| MetricSample {
        metric: metric::REQUESTS_PER_MINUTE.into(),
        environment: "prod".into(),
        source: source.into(),
        at: at(ms),
        value,
    };
    let mut tx = store.begin().await.expect("begins");
    tx.sample_capacity(&scope(), at(50)).await.expect("samples");
    tx.insert_metric_samples(&[
        number("lb1", 10, 100.0),
        number("lb1", 20, 300.0),
        number("lb2", 10, 7.5),
        number("lb1", 110, 1.0),
        number("lb1", 110, 2.0),
        number("lb1", 120, f64::NAN),
    ])
    .await
    .expect("kept");
    tx.insert_metric_samples(&[number("lb2", 10, 8.5)])
        .await
        .expect("replaced");
    tx.commit().await.expect("commits");

    let check = async |metric: &str, reach: Reach, expect: &[(&str, i64, f64)]| {
        let series = store
            .read()
            .environment_series(metric, &reach, at(0), at(200), 100)
            .await
            .expect("reads");
        let expect: Vec<_> = expect
            .iter()
            .map(|(environment, ms, value)| SeriesPoint {
                environment: (*environment).into(),
                at: at(*ms),
                value: *value,
            })
            .collect();
        assert_eq!(series, expect);
    };
    let requests = metric::REQUESTS_PER_MINUTE;
    check(
        requests,
        Reach::All,
        &[("prod", 0, 208.5), ("prod", 100, 2.0)],
    )
    .await;
    check(
        metric::IN_SERVICE,
        Reach::All,
        &[("dev", 0, 1.0), ("prod", 0, 7.0)],
    )
    .await;
    let dev = Reach::Only(vec!["dev".into()]);
    check(metric::DESIRED, dev, &[("dev", 0, 1.0)]).await;
}

async fn a_scope_remembers_its_last_good_reading(db: &Database) {
    let mut tx = db.store.begin().await.expect("begins");
    let row = |read_at: Option<i64>, attempted: i64, error: Option<&str>| ScopeHealthRow {
        scope: scope(),
        read_at: read_at.map(at),
        attempted_at: at(attempted),
        error: error.map(str::to_owned),
    };
    assert_eq!(
        tx.read().scope_health_of(&scope()).await.expect("reads"),
        None
    );
    tx.scope_failed(&scope(), at(1), "throttled")
        .await
        .expect("runs");
    let held = tx.read().scope_health_of(&scope()).await.expect("reads");
    assert_eq!(held, Some(row(None, 1, Some("throttled"))));
    tx.scope_read(&scope(), at(2)).await.expect("runs");
    let held = tx.read().scope_health().await.expect("reads");
    assert_eq!(held, [row(Some(2), 2, None)]);
    tx.scope_failed(&scope(), at(3), "denied")
        .await
        .expect("runs");
    let held = tx.read().scope_health_of(&scope()).await.expect("reads");
    assert_eq!(held, Some(row(Some(2), 3, Some("denied"))));
}
