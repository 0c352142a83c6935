//! Alarms: ten thousand of them, their states, and who looks after them.

use crate::story::refused;
use api::{
    ErrorCode,
    alarms::{AlarmQuery, AlarmRow, AlarmSort},
    page::PageQuery,
};
use domain::{
    alarms::{AlarmState, Priority},
    estate::Environment,
    people::{Reach, Role},
    time::MINUTE_MS,
};
use std::collections::BTreeMap;
use testkit::{Backing, Harness, HarnessConfig, story};

async fn urgent(h: &Harness) -> Vec<AlarmRow> {
    let query = AlarmQuery {
        state: vec![AlarmState::Alarm],
        ..AlarmQuery::default()
    };
    h.as_role(Role::Viewer)
        .list_alarms(query)
        .await
        .expect("alarms")
        .rows
}

/// Raises traffic until an alarm goes off that was quiet before.
async fn until_something_alarms(h: &Harness) -> AlarmRow {
    let before: Vec<_> = urgent(h).await.into_iter().map(|row| row.id).collect();
    h.sandbox.traffic(600, 60);
    for _ in 0..60 {
        let now = urgent(h).await;
        if let Some(row) = now.into_iter().find(|row| !before.contains(&row.id)) {
            return row;
        }
        h.fast_forward(MINUTE_MS).await;
    }
    panic!("six times the traffic and nothing alarms");
}

story!(
    an_acknowledgement_lasts_as_long_as_the_alarm,
    |h| async move {
        let alarm = until_something_alarms(&h).await;
        refused(
            h.as_role(Role::Viewer)
                .acknowledge_alarm(alarm.id, String::new())
                .await,
            ErrorCode::Forbidden,
        );
        let operator = h.as_role(Role::Operator);
        let long = operator
            .acknowledge_alarm(alarm.id, "x".repeat(2_001))
            .await;
        assert_eq!(refused(long, ErrorCode::Invalid).fields[0].field, "note");
        let taken = operator
            .acknowledge_alarm(alarm.id, "looking <b>".into())
            .await
            .expect("taken");
        let by = taken.acknowledged.expect("an acknowledgement");
        assert_eq!(
            (by.by.as_str(), by.note.as_deref()),
            ("operator", Some("looking <b>"))
        );
        let twice = h
            .as_role(Role::Approver)
            .acknowledge_alarm(alarm.id, String::new())
            .await;
        let error = refused(twice, ErrorCode::Conflict);
        assert!(error.message.contains("operator"), "{}", error.message);
        assert!(
            urgent_unacknowledged(&h)
                .await
                .iter()
                .all(|row| row.id != alarm.id)
        );

        let back = h
            .as_role(Role::Approver)
            .unacknowledge_alarm(alarm.id)
            .await
            .expect("given back");
        assert_eq!(back.acknowledged, None);
        refused(
            operator.unacknowledge_alarm(alarm.id).await,
            ErrorCode::Conflict,
        );
        operator
            .acknowledge_alarm(alarm.id, String::new())
            .await
            .expect("taken again");

        // Traffic falls, the alarm ends, and with it the acknowledgement.
        h.sandbox.traffic(10, 600);
        for _ in 0..120 {
            h.fast_forward(MINUTE_MS).await;
            let now = h
                .as_role(Role::Viewer)
                .alarm(alarm.id)
                .await
                .expect("an alarm")
                .row;
            if now.state != AlarmState::Alarm {
                assert_eq!(now.acknowledged, None);
                assert!(now.version > back.version);
                let operator = h.as_role(Role::Operator);
                let late = operator.acknowledge_alarm(alarm.id, String::new()).await;
                refused(late, ErrorCode::Conflict);
                let history = operator.alarm_history(alarm.id).await.expect("a history");
                assert!(
                    history.len() >= 2 && history.is_sorted_by_key(|t| std::cmp::Reverse(t.at))
                );
                return;
            }
        }
        panic!("a tenth of the traffic and it still alarms");
    }
);

async fn urgent_unacknowledged(h: &Harness) -> Vec<AlarmRow> {
    h.as_role(Role::Viewer)
        .overview()
        .await
        .expect("an overview")
        .urgent
}

story!(
    a_chart_has_its_threshold_and_says_what_is_missing,
    |h| async move {
        let viewer = h.as_role(Role::Viewer);
        let query = AlarmQuery {
            page: PageQuery {
                offset: 0,
                limit: 200,
            },
            ..AlarmQuery::default()
        };
        let rows = viewer.list_alarms(query).await.expect("alarms").rows;
        let (mut charted, mut explained) = (0, 0);
        for row in rows {
            let detail = viewer.alarm(row.id).await.expect("an alarm");
            let chart = viewer.alarm_chart(row.id, 24).await.expect("a chart");
            match detail.rule.metric {
                Some(_) if chart.note.is_none() => {
                    charted += 1;
                    assert!(!chart.series.at.is_empty());
                    assert_eq!(chart.series.at.len(), chart.series.values.len());
                    assert!(chart.series.at.len() <= domain::limits::METRIC_POINTS_MAX);
                    assert_eq!(chart.threshold, detail.rule.threshold);
                }
                _ => {
                    explained += 1;
                    assert!(chart.note.is_some());
                }
            }
            assert_eq!(detail.console_url, None, "the sandbox has no AWS console");
        }
        assert!(charted > 40 && explained > 0, "{charted} {explained}");
        let first = until_something_alarms(&h).await.id;
        for hours in [0, 169, u32::MAX] {
            let chart = viewer.alarm_chart(first, hours).await;
            assert_eq!(refused(chart, ErrorCode::Invalid).fields[0].field, "hours");
        }
    }
);

async fn ten_thousand(backing: Backing) {
    let config = HarnessConfig {
        backing,
        alarms: 10_000,
        approvals: BTreeMap::new(),
    };
    let h = Harness::prepare(config).await;
    h.drain().await;
    let viewer = h.as_role(Role::Viewer);
    let mut seen = std::collections::BTreeSet::new();
    let mut query = AlarmQuery {
        sort: AlarmSort::Name,
        page: PageQuery {
            offset: 0,
            limit: 200,
        },
        ..AlarmQuery::default()
    };
    loop {
        let page = viewer.list_alarms(query.clone()).await.expect("a page");
        assert_eq!(page.total, 10_000);
        if page.rows.is_empty() {
            break;
        }
        assert!(page.rows.is_sorted_by_key(|row| row.name.to_lowercase()));
        seen.extend(page.rows.iter().map(|row| row.id));
        query.page.offset += 200;
    }
    assert_eq!(seen.len(), 10_000, "every alarm on exactly one page");

    let counts = viewer.count_alarms().await.expect("counts");
    assert_eq!(counts.iter().map(|count| count.count).sum::<u64>(), 10_000);
    let of = |state, environment: &str, priority| {
        let environment = Environment::from(environment);
        let fits = counts.iter().filter(|count| {
            count.state == state && count.environment == environment && count.priority == priority
        });
        fits.map(|count| count.count).sum::<u64>()
    };
    for state in AlarmState::ALL {
        for priority in Priority::ALL {
            let query = AlarmQuery {
                state: vec![state],
                environment: vec!["prod".into()],
                priority: vec![priority],
                ..AlarmQuery::default()
            };
            let page = viewer.list_alarms(query).await.expect("a page");
            assert_eq!(page.total, of(state, "prod", priority));
            assert!(page.rows.len() <= 50);
        }
    }
    // A second reading of the same ten thousand changes next to nothing.
    let before = h.services.store.read().feed_head().await.expect("a feed");
    h.drain().await;
    let after = h.services.store.read().feed_head().await.expect("a feed");
    assert!(after - before < 100, "{} rows of news", after - before);
    for text in ["%", "_", "'", "\\", "🔥", "<script>alert(1)</script>"] {
        let query = AlarmQuery {
            text: text.into(),
            ..AlarmQuery::default()
        };
        let found = viewer.list_alarms(query).await.expect("a page");
        assert!(
            found.rows.iter().all(|row| row.name.contains(text)),
            "{text}"
        );
    }
    let wild = AlarmQuery {
        page: PageQuery {
            offset: u32::MAX,
            limit: u32::MAX,
        },
        ..AlarmQuery::default()
    };
    assert!(
        viewer
            .list_alarms(wild)
            .await
            .expect("a page")
            .rows
            .is_empty()
    );
}

#[tokio::test]
async fn ten_thousand_alarms_page_and_filter_on_sqlite() {
    ten_thousand(Backing::Sqlite).await;
}

#[tokio::test]
async fn ten_thousand_alarms_page_and_filter_on_postgres() {
    if let Some(backing) = Backing::postgres() {
        ten_thousand(backing).await;
    }
}

story!(an_alarm_belongs_where_its_target_does, |h| async move {
    let viewer = h.as_role(Role::Viewer);
    let query = AlarmQuery {
        page: PageQuery {
            offset: 0,
            limit: 200,
        },
        ..AlarmQuery::default()
    };
    let mut linked = 0;
    for row in viewer.list_alarms(query).await.expect("alarms").rows {
        let detail = viewer.alarm(row.id).await.expect("an alarm");
        if let Some(target) = detail.target {
            linked += 1;
            let target = viewer.target(target).await.expect("its target");
            assert_eq!(target.target.environment, row.environment, "{}", row.name);
        }
    }
    assert!(linked > 0);
    let targets = h
        .services
        .store
        .read()
        .targets(&Reach::All)
        .await
        .expect("targets");
    assert!(targets.len() >= 10);
});
