//! Lines of logs stand around the last time that an alarm went off, for those who may read them,
//! and where there are none it is said why.

use crate::story::refused;
use api::{
    ErrorCode,
    alarms::{AlarmQuery, AlarmRow},
    audit::AuditQuery,
    log_lines::{AlarmLogs, LogGroupLines},
    page::PageQuery,
};
use domain::{
    i18n::Lang,
    limits,
    log_lines::FAILURES,
    people::{Reach, Role},
    time::SECOND_MS,
};
use ports::CloudErrorKind;
use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};
use testkit::{Asked, Harness, story};

const SERVICE: &str = "prod-enrol-latency-p95";

async fn named(h: &Harness, text: &str) -> Vec<AlarmRow> {
    let query = AlarmQuery {
        text: text.into(),
        page: PageQuery {
            offset: 0,
            limit: 200,
        },
        ..AlarmQuery::default()
    };
    let page = h.as_role(Role::Viewer).list_alarms(query).await;
    page.expect("alarms").rows
}

async fn logs(h: &Harness, alarm: &AlarmRow) -> AlarmLogs {
    let operator = h.as_role(Role::Operator);
    operator.alarm_logs(alarm.id).await.expect("an answer")
}

/// What is read of the one log group of an alarm.
async fn only(h: &Harness, alarm: &AlarmRow) -> LogGroupLines {
    let mut told = logs(h, alarm).await;
    assert_eq!((told.groups.len(), told.left_out), (1, 0), "{told:?}");
    assert_eq!(told.note, None);
    for line in &told.groups[0].lines {
        assert!((told.from..=told.until).contains(&line.at), "{line:?}");
        assert!(line.text.len() <= limits::ALARM_LOG_LINE_BYTES_MAX);
    }
    let group = told.groups.remove(0);
    assert!(group.lines.len() <= limits::LOG_LINES_MAX);
    assert!(group.lines.is_sorted_by_key(|line| line.at));
    group
}

fn scripted(h: &Harness, kind: CloudErrorKind) {
    h.cloud.script(Box::new(move |asked| {
        let is_logs = matches!(asked, Asked::LogLines(_) | Asked::MetricFilters(_));
        is_logs.then_some(kind)
    }));
}

story!(
    a_function_that_failed_is_told_by_the_lines_it_failed_with,
    |h| async move {
        let (mut failed, mut quiet) = (0, 0);
        for alarm in named(&h, "lambda-errors").await {
            let group = only(&h, &alarm).await;
            let function = alarm.name.strip_suffix("-lambda-errors");
            let function = function.expect("the alarm of a function");
            assert_eq!(group.group, format!("/aws/lambda/{function}"));
            assert_eq!((group.filter, group.note), (None, None));
            assert!(!group.lines.is_empty(), "{}", alarm.name);
            if group.pattern == FAILURES {
                failed += 1;
                let failures = group.lines.iter().all(|line| line.text.contains("ERROR"));
                assert!(failures, "{:?}", group.lines);
            } else {
                // Where nothing failed, everything is shown.
                quiet += 1;
                assert_eq!(group.pattern, "");
                let starts = |text: &str| text.starts_with("START RequestId: ");
                assert!(group.lines.iter().any(|line| starts(&line.text)));
            }
        }
        assert!(failed > 0 && failed + quiet == 5, "{failed} {quiet}");
    }
);

story!(
    a_metric_of_a_filter_is_told_by_the_lines_that_the_filter_counts,
    |h| async move {
        let alarm = named(&h, SERVICE).await.remove(0);
        let group = only(&h, &alarm).await;
        assert_eq!(group.group, "/company/services");
        assert_eq!(group.filter.as_deref(), Some("request-latency"));
        assert_eq!(
            group.pattern,
            "{ ($.event = \"request\") && ($.service = \"prod/enrol\") }"
        );
        assert!(!group.lines.is_empty());
        let own = "\"service\":\"prod/enrol\"";
        assert!(group.lines.iter().all(|line| line.text.contains(own)));
        // A metric that a program reports by itself, and one of AWS without a log group.
        for (name, said) in [
            ("backup-age", "Company/Backup AgeHours"),
            ("prod-course-db-cpu", ""),
        ] {
            let alarm = named(&h, name).await.remove(0);
            let told = logs(&h, &alarm).await;
            assert_eq!(told.groups, []);
            let note = told.note.expect("why");
            assert!(note.contains(said), "{note}");
            assert_eq!(told.missing, None);
        }
    }
);

story!(
    what_may_not_be_read_or_is_not_there_is_said_by_name,
    |h| async move {
        let function = named(&h, "prod-payment-webhook-lambda").await.remove(0);
        let service = named(&h, SERVICE).await.remove(0);
        let name = "/aws/lambda/";
        scripted(&h, CloudErrorKind::Denied);
        let denied = only(&h, &function).await;
        assert!(denied.note.expect("why").contains(name));
        assert!(denied.missing.is_some(), "the permission is named");
        let told = logs(&h, &service).await;
        assert!(told.note.is_some() && told.missing.is_some(), "{told:?}");
        scripted(&h, CloudErrorKind::NotFound);
        let absent = only(&h, &function).await;
        let note = absent.note.expect("why");
        assert!(
            note.contains(name) && note.contains("does not exist"),
            "{note}"
        );
        assert_eq!(absent.missing, None);
        scripted(&h, CloudErrorKind::Throttled);
        let note = only(&h, &function).await.note.expect("why");
        assert!(note.contains("throttling"), "{note}");
        assert!(
            logs(&h, &service)
                .await
                .note
                .expect("why")
                .contains("throttling")
        );
        let mut h = h;
        h.lang = Lang::Ko;
        let note = only(&h, &function).await.note.expect("why");
        assert!(!note.is_ascii(), "{note}");
        // What could not be read is asked for again at once.
        h.cloud.clear();
        assert_eq!(only(&h, &function).await.note, None);
    }
);

story!(
    lines_are_for_those_who_look_after_the_environment_and_are_kept_nowhere,
    |h| async move {
        let alarm = named(&h, "prod-payment-webhook-lambda").await.remove(0);
        let viewer = h.as_role(Role::Viewer).alarm_logs(alarm.id).await;
        refused(viewer, ErrorCode::Forbidden);
        let staging = Reach::Only(vec!["staging".into()]);
        let elsewhere = h.person("Sera", Role::Admin, staging).await;
        let elsewhere = h.of(&elsewhere).alarm_logs(alarm.id).await;
        refused(elsewhere, ErrorCode::NotFound);
        let audited = async || {
            let admin = h.as_role(Role::Admin);
            let page = admin.list_audit(AuditQuery::default()).await;
            page.expect("the log").total
        };
        let feed = async || h.services.store.read().feed_head().await.expect("a feed");
        let before = (audited().await, feed().await);
        assert!(!only(&h, &alarm).await.lines.is_empty());
        assert_eq!((audited().await, feed().await), before);
    }
);

story!(
    whoever_looks_again_at_once_costs_aws_nothing,
    |h| async move {
        let alarm = named(&h, SERVICE).await.remove(0);
        let asked = Arc::new(AtomicU32::new(0));
        let count = Arc::clone(&asked);
        h.cloud.script(Box::new(move |asked| {
            if matches!(asked, Asked::LogLines(_) | Asked::MetricFilters(_)) {
                count.fetch_add(1, Ordering::Relaxed);
            }
            None
        }));
        let first = only(&h, &alarm).await;
        assert_eq!(asked.load(Ordering::Relaxed), 2);
        h.step(limits::LOG_LINES_KEPT_MS - SECOND_MS);
        assert_eq!(only(&h, &alarm).await, first);
        assert_eq!(asked.load(Ordering::Relaxed), 2);
        h.step(SECOND_MS);
        only(&h, &alarm).await;
        assert_eq!(asked.load(Ordering::Relaxed), 4);
    }
);
