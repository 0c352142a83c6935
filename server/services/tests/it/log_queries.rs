//! Queries of logs that run on a schedule: when their alarm goes off, and what they may cost.

use crate::sources::listening;
use api::{
    alarms::{AlarmQuery, AlarmRow},
    log_queries::LogQueryView,
};
use domain::{
    alarms::{AlarmState, Priority},
    log_queries::{LogQuery, LogQueryAnswer, LogQueryEnd},
    people::Role,
    sources::{EnvironmentRule, HookKind, SourceKind},
    time::{DAY_MS, MINUTE_MS},
};
use ports::CloudErrorKind;
use services::{SourceSettings, work};
use testkit::{Asked, Harness, Sink, story};

const OFF: &str = "webhook: P1 ALARM · prod · enrol";
const OVER: &str = "webhook: Recovered · prod · enrol";
const GROUP: &str = "/aws/lambda/enrol";

/// Every five minutes; one row is too much.
fn query(h: &Harness) -> LogQuery {
    LogQuery {
        name: "enrol".parse().expect("a name"),
        scope: h.services.cloud.scopes().remove(0),
        groups: vec![GROUP.into()],
        text: "filter @message like /ERROR/".into(),
        every_minutes: 5,
        window_minutes: 5,
        above: 0,
        environment: "prod".into(),
        labels: [("team".to_owned(), "payments".to_owned())].into(),
        description: "Enrolments fail".into(),
        scan_gb_a_day: 20,
    }
}

fn comes_to(h: &Harness, end: LogQueryEnd, bytes_scanned: u64) {
    h.cloud
        .log_queries_answer(LogQueryAnswer { end, bytes_scanned });
}

fn answers(h: &Harness, rows: u32) {
    comes_to(h, LogQueryEnd::Rows(rows), 1_000_000);
}

async fn connected(h: &mut Harness) -> Sink {
    answers(h, 0);
    let query = query(h);
    h.reconfigure(|settings| settings.log_queries = vec![query])
        .await;
    let source = SourceSettings::new(
        "prometheus".parse().expect("a name"),
        HookKind::Prometheus,
        EnvironmentRule::To("prod".into()),
        "s3cret",
    );
    listening(h, source).await
}

async fn rows(h: &Harness) -> Vec<AlarmRow> {
    let query = AlarmQuery {
        source: vec![SourceKind::LogQuery],
        ..AlarmQuery::default()
    };
    let page = h.as_role(Role::Viewer).list_alarms(query).await;
    page.expect("alarms").rows
}

async fn alarm(h: &Harness) -> AlarmRow {
    let mut rows = rows(h).await;
    assert_eq!(rows.len(), 1, "{rows:?}");
    rows.remove(0)
}

async fn shown(h: &Harness) -> LogQueryView {
    let queries = h.as_role(Role::Admin).list_log_queries().await;
    queries.expect("queries").remove(0)
}

story!(
    a_query_that_answers_rows_is_told_once_and_so_is_its_end,
    |h| async move {
        let mut h = h;
        let sink = connected(&mut h).await;
        h.pass(10 * MINUTE_MS).await;
        sink.expect(&[]);
        assert_eq!(alarm(&h).await.state, AlarmState::Ok);
        let runs = h.cloud.log_runs();
        assert!(runs.len() >= 2, "{runs:?}");
        for pair in runs.windows(2) {
            // Nothing is left out and nothing asked twice.
            assert_eq!(pair[0].until, pair[1].from);
        }

        answers(&h, 7);
        h.pass(6 * MINUTE_MS).await;
        sink.expect(&[OFF]);
        let off = alarm(&h).await;
        assert_eq!((off.state, off.priority), (AlarmState::Alarm, Priority::P1));
        assert_eq!(off.reason, "7 rows, more than 0");
        let run = h.cloud.log_runs().pop().expect("a run");
        assert_eq!(off.state_at, run.until);
        let detail = h.as_role(Role::Viewer).alarm(off.id).await;
        let notes = detail.expect("an alarm").notes;
        assert_eq!(notes.annotations["log_groups"], GROUP);
        assert_eq!(notes.labels["team"], "payments");
        assert!(notes.links[0].url.contains("logs-insights"), "{notes:?}");

        // Another number of rows is the same life; neither time nor a new server tells it again.
        answers(&h, 9);
        h.pass(6 * MINUTE_MS).await;
        h.restart().await;
        h.pass(10 * MINUTE_MS).await;
        sink.expect(&[]);
        let still = alarm(&h).await;
        assert_eq!(still.state_at, off.state_at);
        assert_eq!(still.reason, "9 rows, more than 0");

        answers(&h, 0);
        h.pass(6 * MINUTE_MS).await;
        sink.expect(&[OVER]);
        let view = shown(&h).await;
        assert_eq!((view.rows, view.state), (Some(0), AlarmState::Ok));
        assert_eq!(view.alarm, Some(off.id));
        assert!(view.scanned_today_bytes > view.scanned_bytes, "{view:?}");
    }
);

story!(
    what_was_not_answered_about_is_asked_again_and_missed_by_nobody,
    |h| async move {
        let mut h = h;
        let _sink = connected(&mut h).await;
        h.pass(10 * MINUTE_MS).await;
        let answered = h.cloud.log_runs().pop().expect("a run").until;
        h.cloud.script(Box::new(|asked| {
            matches!(asked, Asked::LogQuery(_)).then_some(CloudErrorKind::Throttled)
        }));
        h.pass(12 * MINUTE_MS).await;
        assert!(!h.cloud.log_runs().is_empty());
        h.cloud.script(Box::new(|_| None));
        h.pass(6 * MINUTE_MS).await;
        let runs = h.cloud.log_runs();
        assert_eq!(runs[0].from, answered, "{runs:?}");
        // So is what came while nobody was at work; a day back, and no more.
        let until = runs.last().expect("a run").until;
        h.step(3 * 24 * 60 * MINUTE_MS);
        h.drain().await;
        let run = h.cloud.log_runs().pop().expect("a run");
        assert!(run.from > until);
        assert_eq!(run.until.since_ms(run.from), 24 * 60 * MINUTE_MS);
    }
);

story!(
    what_keeps_a_query_from_answering_is_told_in_words_and_never_as_ok,
    |h| async move {
        let mut h = h;
        let _sink = connected(&mut h).await;
        for (kind, words) in [
            (CloudErrorKind::Denied, "test:Scripted is not granted in "),
            (
                CloudErrorKind::NotFound,
                "a log group is not there, of /aws/lambda/enrol",
            ),
            (CloudErrorKind::Invalid, "AWS refuses the query: "),
            (CloudErrorKind::Unavailable, "test:Scripted failed: "),
        ] {
            h.cloud.script(Box::new(move |asked| {
                matches!(asked, Asked::LogQuery(_)).then_some(kind)
            }));
            h.pass(6 * MINUTE_MS).await;
            let row = alarm(&h).await;
            assert_eq!(row.state, AlarmState::InsufficientData);
            assert!(row.reason.starts_with(words), "{}", row.reason);
            assert_eq!(shown(&h).await.rows, None);
        }
        h.cloud.script(Box::new(|_| None));
        for end in [LogQueryEnd::Stopped, LogQueryEnd::GivenUp("Failed".into())] {
            comes_to(&h, end, 1);
            h.pass(6 * MINUTE_MS).await;
            assert_eq!(alarm(&h).await.state, AlarmState::InsufficientData);
        }
        answers(&h, 0);
        h.pass(6 * MINUTE_MS).await;
        assert_eq!(alarm(&h).await.state, AlarmState::Ok);
    }
);

story!(
    a_query_stops_where_its_budget_is_spent_and_goes_on_the_day_after,
    |h| async move {
        let mut h = h;
        let _sink = connected(&mut h).await;
        comes_to(&h, LogQueryEnd::Rows(0), 12_000_000_000);
        // Begin with a day that is new.
        h.fast_forward(DAY_MS).await;
        h.pass(5 * MINUTE_MS).await;
        assert!(shown(&h).await.scanned_today_bytes >= 12_000_000_000);
        h.pass(10 * MINUTE_MS).await;
        drop(h.cloud.log_runs());
        h.pass(11 * MINUTE_MS).await;
        // A new server knows what was spent.
        h.restart().await;
        h.pass(11 * MINUTE_MS).await;
        assert_eq!(h.cloud.log_runs(), []);
        let row = alarm(&h).await;
        assert_eq!(row.state, AlarmState::InsufficientData);
        let words = "the budget of 20 GB a day is spent: 24.0 GB scanned today";
        assert!(row.reason.starts_with(words), "{}", row.reason);
        answers(&h, 0);
        h.fast_forward(DAY_MS).await;
        assert_eq!(alarm(&h).await.state, AlarmState::Ok);
        assert_eq!(shown(&h).await.scanned_today_bytes, 1_000_000);
    }
);

story!(two_servers_run_a_query_once, |h| async move {
    let mut h = h;
    let sink = connected(&mut h).await;
    let other = h.another(None).await;
    answers(&h, 3);
    drop(h.cloud.log_runs());
    for _ in 0..20 {
        h.step(MINUTE_MS);
        tokio::join!(work::run_once(&h.services), work::run_once(&other));
    }
    let runs = h.cloud.log_runs();
    assert_eq!(runs.len(), 4, "{runs:?}");
    for pair in runs.windows(2) {
        assert_eq!(pair[0].until, pair[1].from);
    }
    sink.expect(&[OFF]);
});

story!(
    a_query_that_is_configured_no_more_leaves_the_list,
    |h| async move {
        let mut h = h;
        let sink = connected(&mut h).await;
        h.pass(5 * MINUTE_MS).await;
        assert_eq!(alarm(&h).await.state, AlarmState::Ok);
        // While servers are replaced one of them does not know it yet.
        let own = h.services.settings.log_queries.clone();
        h.reconfigure(|settings| settings.log_queries.clear()).await;
        h.pass(5 * MINUTE_MS).await;
        assert_eq!(rows(&h).await.len(), 1);
        h.pass(30 * MINUTE_MS).await;
        assert_eq!(rows(&h).await, []);
        h.reconfigure(|settings| settings.log_queries = own).await;
        h.pass(5 * MINUTE_MS).await;
        assert_eq!(alarm(&h).await.state, AlarmState::Ok);
        sink.expect(&[]);
    }
);
