//! Alarms on lines of logs: a metric filter is put with the alarm, tried on what was written
//! lately, and taken back with it.

use crate::story::{applied, audit_is_whole, called, refused};
use api::{ErrorCode, alarms::AlarmQuery, changes::Preview};
use domain::{
    alarms::{
        AlarmRef, AlarmState, MetricRef,
        definition::{AlarmDefinition, MissingData},
    },
    changes::{Change, ChangeState},
    checks::{Finding, alarms::AlarmFinding},
    decimals::Decimal,
    estate::Scope,
    ids::{AlarmId, ChangeId},
    log_filters::{CountedLines, NAMESPACE, named},
    people::{Reach, Role},
    plan::Call,
    step_policies::Comparison,
    time::MINUTE_MS,
};
use ports::{Cloud, CloudErrorKind};
use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};
use testkit::{Asked, Backing, Harness, story};

const NAME: &str = "prod-certificates-called";
const GROUP: &str = "/aws/lambda/prod-certificate-issuer";

fn seoul(h: &Harness) -> Scope {
    let cloud: &dyn Cloud = &*h.cloud;
    cloud.scopes().into_iter().next().expect("a scope")
}

/// Every call of a function ends with a line: the alarm goes off as soon as it is put.
fn definition(group: &str, pattern: &str) -> AlarmDefinition {
    AlarmDefinition {
        description: String::new(),
        metric: MetricRef {
            namespace: NAMESPACE.into(),
            name: NAME.into(),
            dimensions: Vec::new(),
            statistic: "Sum".into(),
            period_s: 60,
            unit: String::new(),
        },
        comparison: Comparison::Greater,
        threshold: Decimal::of(0.0).expect("finite"),
        evaluation_periods: 1,
        datapoints_to_alarm: 1,
        missing_data: MissingData::NotBreaching,
        actions_enabled: true,
        alarm_actions: vec!["arn:aws:sns:ap-northeast-2:111122223333:ops".into()],
        ok_actions: Vec::new(),
        insufficient_data_actions: Vec::new(),
        lines: Some(CountedLines {
            group: group.into(),
            filter: NAME.into(),
            pattern: pattern.into(),
        }),
    }
}

fn put(h: &Harness, replaces: Option<AlarmId>, definition: AlarmDefinition) -> Change {
    Change::PutAlarm {
        alarm: AlarmRef {
            scope: seoul(h),
            name: NAME.into(),
        },
        replaces,
        definition: Box::new(definition),
        reason: "nobody reads this log".into(),
    }
}

fn back(put: ChangeId) -> Change {
    Change::PutAlarmBack {
        put,
        reason: "it was a trial".into(),
    }
}

async fn previewed(h: &Harness, change: Change) -> Preview {
    let operator = h.as_role(Role::Operator);
    operator
        .preview_change(change.into())
        .await
        .expect("a preview")
}

fn rules(preview: &Preview) -> Vec<&'static str> {
    preview.plan.findings.iter().map(Finding::rule).collect()
}

async fn pattern(h: &Harness) -> Option<String> {
    let cloud: &dyn Cloud = &*h.cloud;
    let filters = cloud.log_filters(&seoul(h), GROUP).await.expect("read");
    let filters = filters.expect("the group");
    named(&filters, NAME).map(|filter| filter.pattern.clone())
}

async fn held(h: &Harness) -> Option<(AlarmId, AlarmState, String)> {
    let query = AlarmQuery {
        text: NAME.into(),
        ..AlarmQuery::default()
    };
    let found = h.as_role(Role::Admin).list_alarms(query).await;
    let row = found.expect("alarms").rows.into_iter().next()?;
    Some((row.id, row.state, row.environment.to_string()))
}

story!(
    a_pattern_is_tried_on_what_was_written_lately_before_anybody_approves_it,
    |h| async move {
        let of = |pattern: &str| put(&h, None, definition(GROUP, pattern));
        let preview = previewed(&h, of("REPORT")).await;
        assert_eq!(
            rules(&preview),
            ["alarm-breaches-mostly", "alarm-lines-fit"]
        );
        let calls: Vec<_> = preview
            .calls
            .iter()
            .map(|call| call.action.as_str())
            .collect();
        assert_eq!(calls, ["logs:PutMetricFilter", "cloudwatch:PutMetricAlarm"]);
        // Nothing fits this: it would never have gone off.
        let silent = previewed(&h, of("\"no such words\"")).await;
        let found = AlarmFinding::LinesFit {
            lines: 0,
            hours: 3,
            more: false,
        };
        assert_eq!(silent.plan.findings, [Finding::Alarm { finding: found }]);
        let wrong = previewed(&h, of("{ $.a = 1")).await;
        assert_eq!(rules(&wrong), ["alarm-pattern-refused"]);
        assert!(wrong.blocked);
        let nowhere = put(&h, None, definition("/aws/lambda/prod-nothing", "ERROR"));
        let nowhere = previewed(&h, nowhere).await;
        assert_eq!(rules(&nowhere), ["alarm-log-group-missing"]);
        let operator = h.as_role(Role::Operator);
        let spoilt = put(&h, None, definition("not a group", "ERROR"));
        let error = refused(
            operator.propose_change(spoilt.into(), None).await,
            ErrorCode::Invalid,
        );
        assert_eq!(error.fields[0].field, "log_group", "{error:?}");
        // Without the right to read lines the request can be made all the same.
        h.cloud.script(Box::new(|asked| {
            matches!(asked, Asked::LogLines(_)).then_some(CloudErrorKind::Denied)
        }));
        assert_eq!(rules(&previewed(&h, of("REPORT")).await), [""; 0]);
        assert_eq!(pattern(&h).await, None, "a preview puts nothing");
    }
);

story!(
    a_log_alarm_goes_off_by_its_lines_and_is_put_back_to_none,
    |h| async move {
        let id = applied(&h, put(&h, None, definition(GROUP, "REPORT"))).await;
        assert_eq!(h.change(id).await.row.state, ChangeState::Applied);
        assert_eq!(pattern(&h).await.as_deref(), Some("REPORT"));
        h.pass(2 * MINUTE_MS).await;
        let (alarm, state, environment) = held(&h).await.expect("the alarm");
        assert_eq!((state, environment.as_str()), (AlarmState::Alarm, "prod"));
        // Its page shows the lines that the filter counts.
        let logs = h
            .as_role(Role::Operator)
            .alarm_logs(alarm)
            .await
            .expect("lines");
        let group = logs.groups.first().expect("the filter's group");
        assert_eq!(group.filter.as_deref(), Some(NAME));
        assert!(
            group
                .lines
                .iter()
                .all(|line| line.text.starts_with("REPORT"))
        );
        assert!(!group.lines.is_empty());

        // Another pattern is one call, and goes back to the one before.
        let fewer = applied(&h, put(&h, Some(alarm), definition(GROUP, "FATAL"))).await;
        assert_eq!(pattern(&h).await.as_deref(), Some("FATAL"));
        h.pass(2 * MINUTE_MS).await;
        assert_eq!(held(&h).await.expect("the alarm").1, AlarmState::Ok);
        applied(&h, back(fewer)).await;
        assert_eq!(pattern(&h).await.as_deref(), Some("REPORT"));
        applied(&h, back(id)).await;
        h.pass(MINUTE_MS).await;
        assert_eq!((pattern(&h).await, held(&h).await), (None, None));
        assert_eq!(
            called(&h.cloud.writes()),
            [
                "logs:PutMetricFilter",
                "cloudwatch:PutMetricAlarm",
                "logs:PutMetricFilter",
                "logs:PutMetricFilter",
                "cloudwatch:DeleteAlarms",
                "logs:DeleteMetricFilter",
            ]
        );
        audit_is_whole(&h).await;
    }
);

story!(
    a_filter_that_was_there_before_stays_when_the_alarm_is_taken_back,
    |h| async move {
        let lines = definition(GROUP, "REPORT").lines.expect("lines");
        let by_hand = Call::PutMetricFilter {
            scope: seoul(&h),
            lines,
            namespace: NAMESPACE.into(),
            metric: NAME.into(),
        };
        let cloud: &dyn Cloud = &*h.cloud;
        cloud.carry_out(&by_hand).await.expect("carried out");
        // With another pattern it is somebody else's.
        let other = previewed(&h, put(&h, None, definition(GROUP, "FATAL"))).await;
        assert!(rules(&other).contains(&"alarm-filter-taken") && other.blocked);
        let id = applied(&h, put(&h, None, definition(GROUP, "REPORT"))).await;
        applied(&h, back(id)).await;
        assert_eq!(pattern(&h).await.as_deref(), Some("REPORT"));
    }
);

story!(
    who_looks_after_one_environment_counts_no_lines_of_another,
    |h| async move {
        let reach = Reach::Only(vec!["dev".into()]);
        let of_dev = h.person("dora", Role::Operator, reach).await;
        let Change::PutAlarm {
            mut alarm,
            definition,
            replaces,
            reason,
        } = put(&h, None, definition(GROUP, "REPORT"))
        else {
            unreachable!("it is put");
        };
        alarm.name = "dev-own-count".into();
        let change = Change::PutAlarm {
            alarm,
            replaces,
            definition,
            reason,
        };
        let answer = h.of(&of_dev).preview_change(change.into()).await;
        refused(answer, ErrorCode::NotFound);
    }
);

story!(
    no_line_counts_twice_nor_into_the_metric_of_another_environment,
    |h| async move {
        applied(&h, put(&h, None, definition(GROUP, "REPORT"))).await;
        h.pass(MINUTE_MS).await;
        let (alarm, ..) = held(&h).await.expect("the alarm");
        // Another name, or another group, would leave the first filter counting.
        let renamed = |group: &str| {
            let mut definition = definition(group, "REPORT");
            let lines = definition.lines.as_mut().expect("lines");
            lines.filter = "renamed".into();
            put(&h, Some(alarm), definition)
        };
        for group in [GROUP, "/aws/lambda/prod-video-thumbnail"] {
            let preview = previewed(&h, renamed(group)).await;
            assert!(rules(&preview).contains(&"alarm-metric-made"), "{group}");
            assert!(preview.blocked);
        }
        let Change::PutAlarm {
            mut alarm,
            definition,
            replaces,
            reason,
        } = put(
            &h,
            None,
            definition("/aws/lambda/staging-payment-webhook", "REPORT"),
        )
        else {
            unreachable!("it is put");
        };
        alarm.name = "staging-count".into();
        let change = Change::PutAlarm {
            alarm,
            replaces,
            definition,
            reason,
        };
        let preview = previewed(&h, change).await;
        assert!(preview.blocked);
        assert!(
            rules(&preview).contains(&"alarm-metric-elsewhere"),
            "{:?}",
            rules(&preview)
        );
    }
);

story!(
    a_filter_that_somebody_deleted_is_put_again_alone,
    |h| async move {
        applied(&h, put(&h, None, definition(GROUP, "REPORT"))).await;
        let gone = Call::DeleteMetricFilter {
            scope: seoul(&h),
            group: GROUP.into(),
            filter: NAME.into(),
        };
        let cloud: &dyn Cloud = &*h.cloud;
        cloud.carry_out(&gone).await.expect("carried out");
        h.pass(MINUTE_MS).await;
        let (alarm, ..) = held(&h).await.expect("the alarm");
        let again = previewed(&h, put(&h, Some(alarm), definition(GROUP, "REPORT"))).await;
        let calls: Vec<_> = again
            .calls
            .iter()
            .map(|call| call.action.as_str())
            .collect();
        assert_eq!(calls, ["logs:PutMetricFilter"]);
    }
);

#[tokio::test]
async fn a_kill_between_any_two_writes_puts_one_filter_and_one_alarm() {
    let mut point = 0;
    loop {
        let mut h = Harness::start(Backing::Sqlite).await;
        let id = h.approved(put(&h, None, definition(GROUP, "REPORT"))).await;
        let passed = Arc::new(AtomicU32::new(0));
        let counter = passed.clone();
        let crash = move |_| counter.fetch_add(1, Ordering::SeqCst) == point;
        h.restart_with(Arc::new(crash)).await;
        h.drain().await;
        let killed = passed.load(Ordering::SeqCst) > point;
        h.restart().await;
        h.pass(10 * MINUTE_MS).await;
        let detail = h.change(id).await;
        assert_eq!(detail.row.state, ChangeState::Applied, "killed at {point}");
        assert_eq!(
            called(&h.cloud.writes()),
            ["logs:PutMetricFilter", "cloudwatch:PutMetricAlarm"],
            "killed at {point}"
        );
        audit_is_whole(&h).await;
        if !killed {
            break;
        }
        point += 1;
    }
    assert!(point > 7, "{point}");
}
