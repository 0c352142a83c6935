//! Alarms: readings, lists, acknowledgement.

use crate::database::{Database, HOSTILE, at, on_both, scope};
use domain::{
    alarms::{AlarmKind, AlarmReading, AlarmRule, AlarmState, Priority},
    estate::Scope,
    ids::{AlarmId, PersonId},
    people::Reach,
    sources::{AlarmNotes, AlarmReport, HookKind, Origin, SourceKind},
};
use store::{
    Acknowledgement, AlarmFilter, AlarmInput, AlarmNews, AlarmNewsKind, AlarmRow, AlarmSort,
    ReportInput, Slice, Store,
};

on_both! {
    a_reading_writes_only_what_changed
    news_never_runs_backwards
    a_reading_tells_more_of_an_instant_than_what_was_told_before
    an_acknowledgement_ends_with_the_life_of_the_state
    what_is_missing_is_gone_and_may_come_back
    a_state_change_is_recorded_once
    lists_filter_sort_and_count
    search_finds_letters_and_never_reads_them_as_signs
    nobody_sees_out_of_reach
    alarms_are_found_by_name_in_their_place
    old_things_are_dropped
    a_reading_leaves_the_alarms_of_sources_alone
}

pub const PAGE: Slice = Slice {
    offset: 0,
    limit: 200,
};

pub fn input(name: &str, state: AlarmState, state_at: i64) -> AlarmInput {
    AlarmInput {
        reading: AlarmReading {
            scope: scope(),
            name: name.into(),
            arn: format!("arn:aws:cloudwatch:ap-northeast-2:111122223333:alarm:{name}"),
            kind: AlarmKind::Metric,
            description: "Too Much Load".into(),
            state,
            state_at: at(state_at),
            reason: format!("because {state_at}"),
            rule: AlarmRule {
                comparison: "GreaterThanThreshold".into(),
                threshold: Some(0.1),
                evaluation_periods: 3,
                datapoints_to_alarm: 2,
                missing_data: "missing".into(),
                metric: None,
                expression: None,
            },
            actions_enabled: true,
            alarm_actions: vec!["arn:aws:sns:x".into()],
            ok_actions: vec!["arn:aws:sns:y".into()],
            insufficient_data_actions: vec!["arn:aws:sns:z".into()],
            unmodelled: vec![],
        },
        environment: "prod".into(),
        priority: Priority::P2,
        priority_rule: 4,
    }
}

/// New ids of a reading at an instant.
pub fn ids(now: i64) -> impl FnMut() -> AlarmId + Send {
    let mut next = 0;
    move || {
        next += 1;
        AlarmId::from_parts(now, next)
    }
}

pub async fn save(store: &Store, inputs: &[AlarmInput], now: i64) -> Vec<AlarmNews> {
    let mut tx = store.begin().await.expect("begins");
    let news = tx
        .save_alarms(&scope(), inputs, at(now), &mut ids(now))
        .await;
    tx.commit().await.expect("commits");
    let mut news = news.expect("saves");
    news.sort_by(|a, b| a.row.name.cmp(&b.row.name));
    news
}

fn brief(news: &[AlarmNews]) -> Vec<(&str, AlarmNewsKind)> {
    let brief = news.iter().map(|news| (news.row.name.as_str(), news.what));
    brief.collect()
}

/// The alarm with this name, if it is not gone.
pub async fn find(store: &Store, name: &str) -> Option<AlarmRow> {
    let filter = AlarmFilter::within(Reach::All);
    let page = store.read().alarm_page(&filter, PAGE).await.expect("reads");
    page.rows.into_iter().find(|row| row.name == name)
}

async fn named(store: &Store, name: &str) -> AlarmRow {
    find(store, name).await.expect("is there")
}

async fn history(store: &Store, id: AlarmId) -> Vec<(i64, Option<AlarmState>, AlarmState)> {
    let mut read = store.read();
    let all = read.alarm_transitions(id, at(0), at(i64::MAX), 100);
    let all = all.await.expect("reads");
    all.iter().map(|t| (t.at.ms(), t.from, t.to)).collect()
}

async fn acknowledge(store: &Store, id: AlarmId) -> Option<AlarmRow> {
    let mut tx = store.begin().await.expect("begins");
    let by = Acknowledgement {
        by: PersonId::from_parts(1, 1),
        name: "Ana".into(),
        at: at(77),
        note: Some("mine".into()),
    };
    let row = tx.acknowledge_alarm(id, &by).await.expect("runs");
    tx.commit().await.expect("commits");
    if let Some(row) = &row {
        assert_eq!(row.acknowledgement.as_ref(), Some(&by));
    }
    row
}

async fn a_reading_writes_only_what_changed(db: &Database) {
    use AlarmNewsKind as What;
    use AlarmState::{Alarm, Ok};
    let store = &db.store;
    let mut inputs = vec![input("a", Ok, 10), input("b", Alarm, 20)];
    let news = save(store, &inputs, 100).await;
    assert_eq!(brief(&news), [("a", What::New), ("b", What::New)]);
    let first = named(store, "a").await;
    assert_eq!(first, news[0].row);
    assert_eq!((first.version, first.first_seen_at), (1, at(100)));
    assert_eq!(first.arn, inputs[0].reading.arn);
    assert_eq!(first.rule, inputs[0].reading.rule);
    assert_eq!(first.alarm_actions, inputs[0].reading.alarm_actions);
    assert_eq!(first.ok_actions, inputs[0].reading.ok_actions);
    assert_eq!(
        first.insufficient_data_actions,
        inputs[0].reading.insufficient_data_actions
    );

    assert_eq!(brief(&save(store, &inputs, 200).await), []);
    assert_eq!(named(store, "a").await, first);

    inputs[0].reading.description = "another".into();
    inputs[1].priority = Priority::P1;
    let news = save(store, &inputs, 300).await;
    assert_eq!(brief(&news), [("a", What::Content), ("b", What::Content)]);
    let changed = named(store, "a").await;
    assert_eq!((changed.id, changed.version), (first.id, 2));
    assert_eq!(changed.description, "another");
    assert_eq!(named(store, "b").await.priority, Priority::P1);
    assert_eq!(history(store, first.id).await, [(10, None, Ok)]);

    // One name twice in one reading: the later counts, and nothing breaks.
    let twice = [
        input("a", Ok, 10),
        input("a", Alarm, 400),
        inputs[1].clone(),
    ];
    let news = save(store, &twice, 400).await;
    assert_eq!(brief(&news), [("a", What::State { from: Ok })]);
    assert_eq!(
        history(store, first.id).await,
        [(400, Some(Ok), Alarm), (10, None, Ok)]
    );
}

async fn news_never_runs_backwards(db: &Database) {
    use AlarmState::{Alarm, Ok};
    let store = &db.store;
    save(store, &[input("a", Alarm, 50)], 100).await;
    let id = named(store, "a").await.id;
    save(store, &[input("a", Ok, 49)], 200).await;
    let held = named(store, "a").await;
    assert_eq!((held.state, held.state_at), (Alarm, at(50)));
    assert_eq!(held.reason, "because 50");
    assert_eq!(history(store, id).await, [(50, None, Alarm)]);
    let urgent = AlarmFilter {
        priorities: vec![Priority::P2],
        ..AlarmFilter::within(Reach::All)
    };
    let page = store.read().alarm_page(&urgent, PAGE).await.expect("reads");
    assert_eq!(page.total, 1);

    // The same moment with better words for it.
    let mut better = input("a", Alarm, 50);
    better.reading.reason = "better words".into();
    save(store, &[better], 300).await;
    assert_eq!(named(store, "a").await.reason, "better words");
}

async fn a_reading_tells_more_of_an_instant_than_what_was_told_before(db: &Database) {
    use AlarmState::{Alarm, InsufficientData};
    let store = &db.store;
    save(store, &[input("a", InsufficientData, 1_000)], 100).await;
    // The source's clock knows whole seconds only.
    for now in [200, 300, 400] {
        let news = save(store, &[input("a", Alarm, 1_000)], now).await;
        let held = named(store, "a").await;
        assert_eq!((held.state, held.state_at), (Alarm, at(1_001)));
        let from = AlarmNewsKind::State {
            from: InsufficientData,
        };
        match now {
            200 => assert_eq!(brief(&news), [("a", from)]),
            300 => assert_eq!(brief(&news), [("a", AlarmNewsKind::Content)]),
            _ => assert_eq!(brief(&news), []),
        }
    }
}

async fn an_acknowledgement_ends_with_the_life_of_the_state(db: &Database) {
    use AlarmState::{Alarm, Ok};
    let store = &db.store;
    save(store, &[input("a", Ok, 10)], 100).await;
    let id = named(store, "a").await.id;
    assert_eq!(acknowledge(store, id).await, None);

    save(store, &[input("a", Alarm, 20)], 110).await;
    let taken = acknowledge(store, id).await.expect("taken on");
    assert_eq!(taken.version, 3);
    // Other news about it leaves the acknowledgement alone.
    let mut content = input("a", Alarm, 20);
    content.reading.description = "x".into();
    save(store, &[content], 120).await;
    assert!(named(store, "a").await.acknowledgement.is_some());
    save(store, &[input("a", Ok, 30)], 130).await;
    assert_eq!(named(store, "a").await.acknowledgement, None);

    // It went off again while nobody looked: another life.
    save(store, &[input("a", Alarm, 40)], 140).await;
    acknowledge(store, id).await.expect("taken on");
    save(store, &[input("a", Alarm, 60)], 150).await;
    assert_eq!(named(store, "a").await.acknowledgement, None);

    acknowledge(store, id).await.expect("taken on");
    let mut tx = store.begin().await.expect("begins");
    let back = tx.unacknowledge_alarm(id).await.expect("runs");
    assert_eq!(back.expect("was taken").acknowledgement, None);
    assert_eq!(tx.unacknowledge_alarm(id).await.expect("runs"), None);
    tx.commit().await.expect("commits");

    acknowledge(store, id).await.expect("taken on");
    save(store, &[input("a", Ok, 70)], 160).await;
    assert_eq!(named(store, "a").await.acknowledgement, None);
}

async fn what_is_missing_is_gone_and_may_come_back(db: &Database) {
    use AlarmNewsKind as What;
    use AlarmState::{Alarm, Ok};
    let store = &db.store;
    save(store, &[input("a", Alarm, 50), input("b", Ok, 1)], 100).await;
    let id = named(store, "a").await.id;
    acknowledge(store, id).await.expect("taken on");
    let news = save(store, &[input("b", Ok, 1)], 200).await;
    assert_eq!(brief(&news), [("a", What::Gone)]);
    let gone = store.read().alarm(id).await.expect("reads");
    let gone = gone.expect("is kept");
    assert_eq!(
        (gone.gone_at, &gone.acknowledgement),
        (Some(at(200)), &None)
    );
    assert_eq!(acknowledge(store, id).await, None);
    assert_eq!(brief(&save(store, &[input("b", Ok, 1)], 300).await), []);
    let everything = AlarmFilter::within(Reach::All);
    let page = store.read().alarm_page(&everything, PAGE).await;
    assert_eq!(page.expect("reads").total, 1);

    // Another account's reading touches nothing of this one.
    let mut elsewhere = scope();
    elsewhere.region = "us-east-1".into();
    let mut tx = store.begin().await.expect("begins");
    let none = tx
        .save_alarms(&elsewhere, &[], at(300), &mut ids(300))
        .await;
    assert_eq!(none.expect("saves"), []);
    drop(tx);

    // Back under the same name and id; its state counts though it is older.
    let news = save(store, &[input("a", Ok, 40), input("b", Ok, 1)], 400).await;
    assert_eq!(brief(&news), [("a", What::Back)]);
    let back = named(store, "a").await;
    assert_eq!((back.id, back.gone_at), (id, None));
    assert_eq!((back.state, back.state_at), (Ok, at(40)));
}

async fn a_state_change_is_recorded_once(db: &Database) {
    use AlarmState::{Alarm, InsufficientData, Ok};
    let store = &db.store;
    save(store, &[input("a", Ok, 10)], 100).await;
    let news = save(store, &[input("a", Alarm, 20)], 110).await;
    assert_eq!(brief(&news), [("a", AlarmNewsKind::State { from: Ok })]);
    let id = news[0].row.id;
    // The next reading tells the same again; an older one comes late.
    assert_eq!(save(store, &[input("a", Alarm, 20)], 120).await, []);
    for (state, ms) in [(InsufficientData, 19), (Ok, 15)] {
        save(store, &[input("a", state, ms)], 130).await;
        assert_eq!(named(store, "a").await.state, Alarm, "{state:?} {ms}");
    }
    assert_eq!(
        history(store, id).await,
        [(20, Some(Ok), Alarm), (10, None, Ok)]
    );
    // Sorted as urgent as it is.
    save(store, &[input("a", Alarm, 20), input("p1", Ok, 999)], 300).await;
    let page = store
        .read()
        .alarm_page(&AlarmFilter::within(Reach::All), PAGE)
        .await;
    assert_eq!(page.expect("reads").rows[0].name, "a");
}

async fn lists_filter_sort_and_count(db: &Database) {
    use AlarmState::{Alarm, InsufficientData, Ok};
    let store = &db.store;
    let with = |name: &str, state, ms, environment: &str, priority| AlarmInput {
        environment: environment.into(),
        priority,
        ..input(name, state, ms)
    };
    let inputs = [
        with("Beta", Alarm, 10, "prod", Priority::P2),
        with("alpha", Alarm, 30, "prod", Priority::P1),
        with("gamma", Alarm, 20, "prod", Priority::P1),
        with("delta", Ok, 99, "dev", Priority::P1),
        with("eps", InsufficientData, 98, "staging", Priority::P4),
    ];
    save(store, &inputs, 100).await;
    let beta = named(store, "Beta").await.id;
    acknowledge(store, beta).await.expect("taken on");
    let all = || AlarmFilter::within(Reach::All);
    let check = async |filter: AlarmFilter, expect: &[&str]| {
        let page = store.read().alarm_page(&filter, PAGE).await.expect("reads");
        let names: Vec<_> = page.rows.iter().map(|row| row.name.as_str()).collect();
        assert_eq!(names, expect, "{filter:?}");
        assert_eq!(page.total, expect.len() as u64);
    };
    check(all(), &["alpha", "gamma", "Beta", "eps", "delta"]).await;
    let sorted = |sort| AlarmFilter { sort, ..all() };
    let newest = ["delta", "eps", "alpha", "gamma", "Beta"];
    check(sorted(AlarmSort::Newest), &newest).await;
    let by_name = ["alpha", "Beta", "delta", "eps", "gamma"];
    check(sorted(AlarmSort::Name), &by_name).await;
    let states = vec![Ok, InsufficientData];
    check(AlarmFilter { states, ..all() }, &["eps", "delta"]).await;
    let environments = vec!["dev".into(), "staging".into(), "none".into()];
    check(
        AlarmFilter {
            environments,
            ..all()
        },
        &["eps", "delta"],
    )
    .await;
    let priorities = vec![Priority::P1];
    check(
        AlarmFilter {
            priorities,
            ..all()
        },
        &["alpha", "gamma", "delta"],
    )
    .await;
    let acknowledged = Some(true);
    check(
        AlarmFilter {
            acknowledged,
            ..all()
        },
        &["Beta"],
    )
    .await;
    let acknowledged = Some(false);
    let states = vec![Alarm];
    check(
        AlarmFilter {
            acknowledged,
            states,
            ..all()
        },
        &["alpha", "gamma"],
    )
    .await;
    let text = "LOAD  bET".into();
    check(AlarmFilter { text, ..all() }, &["Beta"]).await;

    let slice = Slice {
        offset: 1,
        limit: 2,
    };
    let page = store.read().alarm_page(&all(), slice).await.expect("reads");
    let names: Vec<_> = page.rows.iter().map(|row| row.name.as_str()).collect();
    assert_eq!((names, page.total), (vec!["gamma", "Beta"], 5));
    let wide = Slice {
        offset: u32::MAX,
        limit: u32::MAX,
    };
    let page = store.read().alarm_page(&all(), wide).await.expect("reads");
    assert_eq!((page.rows, page.total), (Vec::new(), 5));

    let counts = store.read().alarm_counts(&Reach::All).await.expect("reads");
    let brief: Vec<_> = counts
        .iter()
        .map(|c| {
            (
                c.environment.as_str(),
                c.state,
                c.priority.as_str(),
                c.count,
            )
        })
        .collect();
    assert_eq!(
        brief,
        [
            ("dev", Ok, "P1", 1),
            ("prod", Alarm, "P1", 2),
            ("prod", Alarm, "P2", 1),
            ("staging", InsufficientData, "P4", 1),
        ]
    );
}

async fn search_finds_letters_and_never_reads_them_as_signs(db: &Database) {
    let store = &db.store;
    let mut inputs: Vec<_> = HOSTILE
        .iter()
        .enumerate()
        .map(|(n, text)| {
            let mut input = input(&format!("n{n}"), AlarmState::Ok, 1);
            input.reading.description = format!("x{text}y");
            input
        })
        .collect();
    inputs.push(input("plain", AlarmState::Ok, 1));
    save(store, &inputs, 100).await;
    for (n, text) in HOSTILE.iter().enumerate() {
        let filter = AlarmFilter {
            text: (*text).into(),
            ..AlarmFilter::within(Reach::All)
        };
        let page = store.read().alarm_page(&filter, PAGE).await.expect("reads");
        let names: Vec<_> = page.rows.iter().map(|row| row.name.clone()).collect();
        assert!(names.contains(&format!("n{n}")), "{text:?} {names:?}");
        assert!(!names.contains(&"plain".to_owned()), "{text:?} {names:?}");
    }
    // Longer than any search may be.
    let filter = AlarmFilter {
        text: "load ".repeat(100_000),
        ..AlarmFilter::within(Reach::All)
    };
    let page = store.read().alarm_page(&filter, PAGE).await.expect("reads");
    assert_eq!(page.total, 1);
    // Other environments' names are bound too.
    let filter = AlarmFilter {
        environments: HOSTILE.iter().map(|text| (*text).into()).collect(),
        ..AlarmFilter::within(Reach::All)
    };
    let page = store.read().alarm_page(&filter, PAGE).await.expect("reads");
    assert_eq!(page.total, 0);
}

async fn nobody_sees_out_of_reach(db: &Database) {
    let store = &db.store;
    let mut other = input("b", AlarmState::Alarm, 1);
    other.environment = "dev".into();
    save(store, &[input("a", AlarmState::Alarm, 1), other], 100).await;
    let check = async |reach: Reach, expect: &[&str]| {
        let mut filter = AlarmFilter::within(reach.clone());
        let page = store.read().alarm_page(&filter, PAGE).await.expect("reads");
        let names: Vec<_> = page.rows.iter().map(|row| row.name.as_str()).collect();
        assert_eq!(
            (names.as_slice(), page.total),
            (expect, expect.len() as u64)
        );
        let counts = store.read().alarm_counts(&reach).await.expect("reads");
        assert_eq!(counts.len(), expect.len());
        // Asking for what is out of reach does not bring it into reach.
        filter.environments = vec!["prod".into()];
        let page = store.read().alarm_page(&filter, PAGE).await.expect("reads");
        let prod = usize::from(expect.contains(&"a"));
        assert_eq!(page.rows.len(), prod);
    };
    check(Reach::All, &["a", "b"]).await;
    check(Reach::Only(vec!["dev".into()]), &["b"]).await;
    check(Reach::Only(vec!["none".into()]), &[]).await;
    check(Reach::Only(Vec::new()), &[]).await;
}

async fn alarms_are_found_by_name_in_their_place(db: &Database) {
    let store = &db.store;
    let of = |name: &str| input(name, AlarmState::Ok, 1);
    save(store, &[of("a"), of("b"), of("c"), of("gone")], 10).await;
    save(store, &[of("a"), of("b"), of("c")], 20).await;
    let names = |rows: Vec<AlarmRow>| {
        let mut names: Vec<String> = rows.into_iter().map(|row| row.name).collect();
        names.sort();
        names
    };
    let mut read = store.read();
    let all = read.alarms().await.expect("reads");
    let here = scope();
    let found = read.alarms_named(&here, &["c", "a", "gone", "nowhere"]);
    let found = found.await.expect("reads");
    assert_eq!(names(found), ["a", "c"]);
    let elsewhere = Scope {
        region: "us-east-1".into(),
        ..scope()
    };
    let found = read.alarms_named(&elsewhere, &["a"]).await.expect("reads");
    assert_eq!(found.len(), 0);
    // More names than one statement takes.
    let many: Vec<String> = (0..120).map(|n| format!("x{n}")).collect();
    let mut many: Vec<&str> = many.iter().map(String::as_str).collect();
    many.push("b");
    let found = read.alarms_named(&scope(), &many).await.expect("reads");
    assert_eq!(names(found), ["b"]);
    // A row is the reading that it was made of.
    let first = all.into_iter().find(|row| row.name == "a").expect("a row");
    assert_eq!(first.into_reading(), Some(of("a").reading));
}

async fn old_things_are_dropped(db: &Database) {
    let store = &db.store;
    save(
        store,
        &[
            input("a", AlarmState::Ok, 10),
            input("b", AlarmState::Ok, 90),
        ],
        100,
    )
    .await;
    let (a, b) = (named(store, "a").await.id, named(store, "b").await.id);
    save(store, &[input("b", AlarmState::Ok, 90)], 200).await;
    let mut tx = store.begin().await.expect("begins");
    // The old state change of each; the gone alarm is not old enough.
    assert_eq!(tx.purge_alarms(at(50)).await.expect("runs"), 1);
    assert_eq!(tx.purge_alarms(at(201)).await.expect("runs"), 2);
    let gone = tx.read().alarm(a).await.expect("reads");
    assert_eq!(gone, None);
    let kept = tx.read().alarm(b).await.expect("reads");
    assert!(kept.is_some());
}

async fn a_reading_leaves_the_alarms_of_sources_alone(db: &Database) {
    let store = &db.store;
    let origin = Origin::Hook(HookKind::Grafana, "seoul".parse().expect("a name"));
    let report = ReportInput {
        report: AlarmReport {
            name: HOSTILE.concat(),
            description: String::new(),
            state: AlarmState::Alarm,
            state_at: at(50),
            reason: HOSTILE.concat(),
            notes: AlarmNotes::default(),
        },
        environment: "prod".into(),
        priority: Priority::P1,
        priority_rule: 1,
    };
    save(store, &[input("a", AlarmState::Ok, 10)], 100).await;
    let mut tx = store.begin().await.expect("begins");
    let reported = tx
        .report_alarms(&origin, &[report], 10, at(100), &mut ids(200))
        .await;
    tx.commit().await.expect("commits");
    let reported = reported.expect("saves");
    assert_eq!(reported.news[0].row.origin, origin);

    save(store, &[input("a", AlarmState::Ok, 10)], 200).await;
    let mut read = store.read();
    let kept = read
        .alarm(reported.news[0].row.id)
        .await
        .expect("reads")
        .expect("a row");
    assert_eq!(kept, reported.news[0].row);
    // What is CloudWatch's is asked for by itself.
    let all = read.alarms().await.expect("reads");
    assert_eq!(all.len(), 1);
    assert_eq!(read.scopes_held().await.expect("reads"), [scope()]);
    let filter = AlarmFilter {
        sources: vec![SourceKind::Grafana],
        ..AlarmFilter::within(Reach::All)
    };
    assert_eq!(
        read.alarm_page(&filter, PAGE).await.expect("reads").total,
        1
    );
}
