//! What nobody would hear of is told, with the change request that closes it.

use crate::story::{applied, refused};
use api::{
    ErrorCode,
    checks::CheckQuery,
    coverage::{CoverageList, CoverageRow, CoverageSubject},
};
use domain::{
    changes::Change,
    checks::Severity,
    coverage::RULES,
    i18n::Lang,
    limits,
    people::{Reach, Role},
    time::{MINUTE_MS, SECOND_MS},
};
use ports::CloudErrorKind;
use testkit::{Asked, Harness, story};

const TOPIC: &str = "arn:aws:sns:ap-northeast-2:111122223333:ops-alarms";

async fn coverage(h: &Harness, query: CheckQuery) -> CoverageList {
    let viewer = h.as_role(Role::Viewer);
    viewer.list_coverage(query).await.expect("coverage")
}

async fn by_rule(h: &Harness, rule: &str) -> Vec<CoverageRow> {
    let query = CheckQuery {
        rule: vec![rule.into()],
        ..CheckQuery::default()
    };
    coverage(h, query).await.page.rows
}

/// What the gaps of a rule are about, by environment.
async fn about(h: &Harness, rule: &str) -> Vec<[String; 2]> {
    let rows = by_rule(h, rule).await.into_iter();
    rows.map(|row| [row.environment.to_string(), row.name])
        .collect()
}

/// The draft of a gap, with a reason.
fn drafted(row: &CoverageRow) -> Change {
    let mut change = row.draft.clone().expect("a draft").change;
    if let Change::PutAlarm { reason, .. } | Change::SetAlarmActions { reason, .. } = &mut change {
        *reason = "nobody would hear of it".into();
    }
    change
}

story!(
    what_nobody_would_hear_of_is_told_the_worst_first,
    |h| async move {
        let told = [
            (
                "function-no-error-alarm",
                vec![
                    ["prod", "prod-invoice-mailer"],
                    ["staging", "staging-certificate-issuer"],
                    ["prod", "us-prod-certificate-issuer"],
                ],
            ),
            (
                "balancer-no-5xx-alarm",
                vec![["prod", "app/prod-internal/9d1e6a57c2b84f03"]],
            ),
            (
                "target-group-no-unhealthy-alarm",
                vec![["prod", "targetgroup/prod-internal-api/4b7c20d9e8a15f36"]],
            ),
            (
                "alarm-switched-off",
                vec![["prod", "us-prod-player-latency-p95"]],
            ),
            (
                "alarm-tells-nobody",
                vec![["staging", "staging-payment-webhook-lambda-errors"]],
            ),
            (
                "group-no-termination-alarm",
                vec![
                    ["prod", "api-prod"],
                    ["prod", "web-prod"],
                    ["prod", "worker-prod"],
                    ["prod", "us-web-prod"],
                ],
            ),
        ];
        for (rule, expected) in told {
            let mut found = about(&h, rule).await;
            let mut expected = expected.into_iter().map(|two| two.map(str::to_owned));
            let mut wanted: Vec<_> = expected.by_ref().collect();
            found.sort();
            wanted.sort();
            assert_eq!(found, wanted, "{rule}");
        }
        let all = coverage(&h, CheckQuery::default()).await;
        let severities: Vec<Severity> = all.page.rows.iter().map(|row| row.severity).collect();
        assert!(severities.is_sorted(), "{severities:?}");
        assert!(
            all.page
                .rows
                .iter()
                .all(|row| RULES.contains(&row.rule.as_str()))
        );
        let counted: u32 = all.counts.iter().map(|count| count.count).sum();
        assert_eq!(u64::from(counted), all.page.total);
        assert_eq!(
            (all.seen.alarms, all.seen.balancers, all.seen.functions),
            (60, 5, 8)
        );
        assert_eq!((all.blind, all.listed_at), (vec![], Some(h.now())));
    }
);

story!(
    a_function_without_an_alarm_gets_one_by_a_change_request_and_is_a_gap_no_more,
    |h| async move {
        const RULE: &str = "function-no-error-alarm";
        let row = by_rule(&h, RULE).await.remove(0);
        assert_eq!(row.subject, CoverageSubject::Function);
        let draft = row.draft.clone().expect("a draft");
        assert!(draft.why.contains("> 0"), "{}", draft.why);
        let Change::PutAlarm {
            alarm,
            definition,
            replaces,
            ..
        } = &draft.change
        else {
            panic!("an alarm is put: {:?}", draft.change)
        };
        assert_eq!(
            (alarm.name.as_str(), replaces),
            ("prod-invoice-mailer-errors", &None)
        );
        assert_eq!(
            definition.alarm_actions,
            [TOPIC],
            "whom the others of production tell"
        );
        // As it stands it has no reason yet.
        let operator = h.as_role(Role::Operator);
        let bare = operator
            .propose_change(draft.change.clone().into(), None)
            .await;
        refused(bare, ErrorCode::Invalid);
        applied(&h, drafted(&row)).await;
        h.pass(MINUTE_MS).await;
        let left = about(&h, RULE).await;
        assert!(!left.iter().any(|[_, name]| *name == row.name), "{left:?}");
        assert_eq!(left.len(), 2);
    }
);

story!(
    an_alarm_that_tells_nobody_is_told_whom_to_tell,
    |h| async move {
        for rule in ["alarm-switched-off", "alarm-tells-nobody"] {
            let row = by_rule(&h, rule).await.remove(0);
            let id = row.alarm.expect("an alarm");
            applied(&h, drafted(&row)).await;
            h.pass(MINUTE_MS).await;
            assert_eq!(about(&h, rule).await, [[""; 2]; 0], "{rule}");
            let alarm = h.as_role(Role::Viewer).alarm(id).await.expect("the alarm");
            assert!(alarm.actions_enabled && !alarm.alarm_actions.is_empty());
        }
    }
);

story!(
    what_may_not_be_listed_is_said_and_nothing_is_called_covered,
    |h| async move {
        h.cloud.script(Box::new(|asked| {
            let kind = CloudErrorKind::Denied;
            matches!(asked, Asked::Functions(_)).then_some(kind)
        }));
        let list = coverage(&h, CheckQuery::default()).await;
        assert_eq!(list.blind.len(), 2, "in both accounts: {:?}", list.blind);
        assert!(
            list.blind.iter().all(|one| one.missing.is_some()),
            "{:?}",
            list.blind
        );
        assert_eq!(list.seen.functions, 0);
        assert_eq!(about(&h, "function-no-error-alarm").await, [[""; 2]; 0]);
        // The permission is granted: soon they are listed.
        h.cloud.clear();
        h.pass(limits::COVERAGE_FAILED_KEPT_MS).await;
        assert_eq!(coverage(&h, CheckQuery::default()).await.blind, []);
        assert_eq!(about(&h, "function-no-error-alarm").await.len(), 3);
    }
);

story!(
    whoever_asks_again_costs_aws_nothing_for_a_while,
    |h| async move {
        coverage(&h, CheckQuery::default()).await;
        // From now on AWS would refuse.
        h.cloud.script(Box::new(|asked| {
            let kind = CloudErrorKind::Throttled;
            matches!(asked, Asked::Balancers(_)).then_some(kind)
        }));
        h.step(limits::COVERAGE_KEPT_MS - SECOND_MS);
        assert_eq!(coverage(&h, CheckQuery::default()).await.blind, []);
        h.step(SECOND_MS);
        assert_eq!(coverage(&h, CheckQuery::default()).await.blind.len(), 2);
    }
);

story!(
    a_gap_is_for_those_who_see_its_environment_and_is_narrowed_by_words,
    |h| async move {
        let staging = Reach::Only(vec!["staging".into()]);
        let somebody = h.person("Sera", Role::Viewer, staging).await;
        let seen = h.of(&somebody).list_coverage(CheckQuery::default()).await;
        let seen = seen.expect("coverage");
        assert!(seen.page.total > 0);
        assert!(
            seen.page
                .rows
                .iter()
                .all(|row| row.environment.as_str() == "staging")
        );
        assert_eq!((seen.seen.balancers, seen.seen.functions), (1, 2));
        let narrowed = CheckQuery {
            text: "INTERNAL-api".into(),
            severity: vec![Severity::Warning],
            environment: vec!["prod".into()],
            ..CheckQuery::default()
        };
        let found = coverage(&h, narrowed).await;
        assert_eq!(found.page.total, 1);
        assert!(found.counts.len() > 1, "the counts are of all");
        let mut h = h;
        h.lang = Lang::Ko;
        let rows = coverage(&h, CheckQuery::default()).await.page.rows;
        assert!(
            rows.iter()
                .all(|row| !row.what.is_ascii() && !row.fix.is_ascii())
        );
    }
);

story!(
    memory_and_disks_of_a_group_are_those_that_the_agent_reported_last,
    |h| async move {
        let viewer = h.as_role(Role::Viewer);
        let told = viewer.target_agent(h.target_id("web-prod").await).await;
        let told = told.expect("a report");
        let metrics: Vec<&str> = told.rows.iter().map(|row| row.metric.as_str()).collect();
        assert_eq!(metrics, ["mem_used_percent", "disk_used_percent"]);
        for row in &told.rows {
            let percent = row.percent.expect("a value");
            assert!((1.0..100.0).contains(&percent), "{row:?}");
            assert!(
                row.at
                    .is_some_and(|at| h.now().since_ms(at) < 10 * MINUTE_MS)
            );
        }
        assert_eq!((told.left_out, told.note), (0, None));
        let silent = viewer
            .target_agent(h.target_id("worker-staging").await)
            .await;
        assert_eq!(silent.expect("a report").rows, []);
        // Without the permission it says so.
        h.step(limits::COVERAGE_KEPT_MS);
        h.cloud.script(Box::new(|asked| {
            let kind = CloudErrorKind::Denied;
            matches!(asked, Asked::AgentMetrics(_)).then_some(kind)
        }));
        let viewer = h.as_role(Role::Viewer);
        let denied = viewer.target_agent(h.target_id("web-prod").await).await;
        let denied = denied.expect("a report");
        assert!(
            denied.note.is_some() && denied.missing.is_some(),
            "{denied:?}"
        );
    }
);
