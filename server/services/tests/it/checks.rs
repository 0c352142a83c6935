//! The checks of the estate: what the sandbox's people got wrong is told, to those who
//! may see it, until it is mended.

use crate::{
    schedules::office,
    story::{applied, at_least_now},
};
use api::{
    ErrorCode, PageQuery,
    checks::{CheckList, CheckQuery, CheckRow},
};
use domain::{
    capacity::{CapacityChange, ScheduledAction, Timing},
    checks::{Severity, blocks},
    estate::Environment,
    i18n::Lang,
    people::{Reach, Role},
    plan::Call,
    time::{HOUR_MS, MINUTE_MS},
};
use serde_json::json;
use testkit::{Harness, story};

/// What stands wrong in the sandbox: rule, environment, target or alarm.
const WRONG: [[&str; 3]; 8] = [
    ["step-gap", "prod", "worker-prod"],
    ["spot-without-rebalance", "dev", "batch-dev"],
    ["spot-few-types", "dev", "batch-dev"],
    ["alarm-muted", "prod", "us-prod/player"],
    ["spot-few-types", "prod", "us-web-prod"],
    ["spot-without-rebalance", "prod", "worker-prod"],
    ["suspended-process", "staging", "worker-staging"],
    [
        "alarm-without-action",
        "staging",
        "staging-payment-webhook-lambda-errors",
    ],
];

async fn checks(h: &Harness, query: CheckQuery) -> CheckList {
    let viewer = h.as_role(Role::Viewer);
    viewer.list_checks(query).await.expect("checks")
}

/// Rule, environment, and target or alarm.
fn told(list: &CheckList) -> Vec<[String; 3]> {
    let line = |row: &CheckRow| {
        let target = row.target.as_ref().map(|target| target.name.clone());
        let alarm = row.alarm.as_ref().map(|alarm| alarm.name.clone());
        let subject = target.or(alarm).unwrap_or_default();
        [row.rule.clone(), row.environment.to_string(), subject]
    };
    list.page.rows.iter().map(line).collect()
}

story!(what_stands_wrong_is_told_the_worst_first, |h| async move {
    let all = checks(&h, CheckQuery::default()).await;
    assert_eq!(told(&all), WRONG);
    assert_eq!(all.page.total, 8);

    let gap = &all.page.rows[0];
    assert_eq!(gap.severity, Severity::Error);
    assert_eq!(gap.policy.as_deref(), Some("worker-prod-backlog-out"));
    assert!(
        gap.what.contains("worker-prod-backlog-high"),
        "{}",
        gap.what
    );
    assert!(gap.what.contains("50000"), "the threshold: {}", gap.what);
    assert!(gap.evidence[0].contains("10000 to 100000 → +3"), "{gap:?}");
    let target = gap.target.as_ref().expect("a target");
    assert_eq!(target.id, h.target_id("worker-prod").await);
    let alarm = gap.alarm.as_ref().and_then(|alarm| alarm.id);
    let alarm = h
        .as_role(Role::Viewer)
        .alarm(alarm.expect("an alarm"))
        .await;
    assert_eq!(alarm.expect("seen").row.name, "worker-prod-backlog-high");

    // What needs a look stands on the overview; what is good to know does not.
    let overview = h.as_role(Role::Viewer).overview().await;
    let overview = overview.expect("an overview");
    assert_eq!((overview.checks, overview.checks_failing), (7, 1));
});

story!(
    what_nothing_stands_for_is_told_until_a_schedule_takes_its_place,
    |h| async move {
        let left = || CheckQuery {
            rule: vec!["left-behind".into()],
            ..CheckQuery::default()
        };
        let live = h.live("web-dev").await;
        let lost = ScheduledAction {
            name: "lamplighter/office-hours/0800.lost".into(),
            timing: Timing::Once {
                at: h.now().plus_ms(5 * HOUR_MS),
            },
            ..live.actions[0].clone()
        };
        h.by_hand(&Call::PutScheduledAction {
            target: live.reference,
            action: lost.clone(),
        })
        .await;
        h.fast_forward(2 * MINUTE_MS).await;
        let found = checks(&h, left()).await;
        assert_eq!(told(&found), [["left-behind", "dev", "web-dev"]]);
        assert_eq!(found.page.rows[0].evidence, [lost.name]);

        // A schedule of that name owns it. What it and a scale event put there is wanted.
        applied(&h, office(&h, json!({})).await).await;
        let event = at_least_now(&h, "web-prod", 14).await;
        applied(&h, event).await;
        h.fast_forward(2 * MINUTE_MS).await;
        assert_eq!(told(&checks(&h, left()).await), [[""; 3]; 0]);
    }
);

story!(findings_are_filtered_counted_and_paged, |h| async move {
    let only = |query: CheckQuery| async { checks(&h, query).await };
    let errors = only(CheckQuery {
        severity: vec![Severity::Error],
        ..CheckQuery::default()
    })
    .await;
    assert_eq!(told(&errors), WRONG[..1]);
    // The counts are of everything, whatever is filtered.
    let counted: u32 = errors.counts.iter().map(|count| count.count).sum();
    assert_eq!(counted, 8);
    let dev = only(CheckQuery {
        environment: vec![Environment::from("dev")],
        ..CheckQuery::default()
    })
    .await;
    assert_eq!(told(&dev), WRONG[1..3]);
    let bare = only(CheckQuery {
        rule: vec!["spot-without-rebalance".into()],
        ..CheckQuery::default()
    })
    .await;
    assert_eq!(told(&bare), [WRONG[1], WRONG[5]]);
    // Words are looked for in the names of target, policy and alarm alike.
    for text in ["PLAYER-latency", "us-prod p95"] {
        let found = only(CheckQuery {
            text: text.into(),
            ..CheckQuery::default()
        })
        .await;
        assert_eq!(told(&found), WRONG[3..4], "{text}");
    }
    let second = only(CheckQuery {
        page: PageQuery {
            offset: 3,
            limit: 2,
        },
        ..CheckQuery::default()
    })
    .await;
    assert_eq!(told(&second), WRONG[3..5]);
    assert_eq!(second.page.total, 8);
    let viewer = h.as_role(Role::Viewer);
    let long = viewer.list_checks(CheckQuery {
        text: "x".repeat(500),
        ..CheckQuery::default()
    });
    let refused = long.await.expect_err("too long");
    assert_eq!(refused.code, ErrorCode::Invalid);
});

story!(nobody_hears_of_what_they_may_not_see, |h| async move {
    let reach = Reach::Only(vec![Environment::from("dev")]);
    let developer = h.person("dana", Role::Operator, reach).await;
    let seen = h.of(&developer).list_checks(CheckQuery::default()).await;
    let seen = seen.expect("checks");
    assert_eq!(told(&seen), WRONG[1..3]);
    assert!(
        seen.counts
            .iter()
            .all(|count| count.environment.as_str() == "dev")
    );
    let overview = h.of(&developer).overview().await.expect("an overview");
    assert_eq!(overview.checks, 2);
});

story!(a_finding_goes_when_it_is_mended, |h| async move {
    let sets = |desired| CapacityChange {
        desired: Some(desired),
        ..CapacityChange::default()
    };
    let low = |list: &CheckList| {
        let mut rows = list.page.rows.iter();
        rows.any(|row| row.rule == "min-above-desired")
    };
    let target = h.live("staging/checkout").await.reference;
    for (desired, wrong) in [(1, true), (2, false)] {
        h.by_hand(&Call::SetCapacity {
            target: target.clone(),
            capacity: sets(desired),
        })
        .await;
        h.drain().await;
        let list = checks(&h, CheckQuery::default()).await;
        assert_eq!(low(&list), wrong, "{desired} tasks: {list:?}");
    }
});

story!(findings_speak_the_callers_language, |h| async move {
    let mut h = h;
    let english = checks(&h, CheckQuery::default()).await;
    h.lang = Lang::Ko;
    let korean = checks(&h, CheckQuery::default()).await;
    for (english, korean) in english.page.rows.iter().zip(&korean.page.rows) {
        assert_eq!(english.evidence, korean.evidence, "AWS's own terms");
        assert!(
            !korean.what.is_ascii() && !korean.fix.is_ascii(),
            "{korean:?}"
        );
        assert_ne!(english.what, korean.what);
    }
});

story!(
    a_plan_says_what_is_the_matter_with_the_policies,
    |h| async move {
        let rules = async |target: &str, count| {
            let change = at_least_now(&h, target, count).await;
            let operator = h.as_role(Role::Operator);
            let preview = operator
                .preview_change(change.into())
                .await
                .expect("a preview");
            let findings = preview.plan.findings;
            assert!(!blocks(&findings), "{findings:?}");
            findings.iter().map(|one| one.rule()).collect::<Vec<_>>()
        };
        let workers = rules("worker-prod", 12).await;
        assert!(workers.contains(&"step-gap"), "{workers:?}");
        assert!(!workers.contains(&"alarm-muted"), "{workers:?}");
        let player = rules("us-prod/player", 12).await;
        assert!(player.contains(&"alarm-muted"), "{player:?}");
        let web = rules("web-prod", 22).await;
        assert!(!web.contains(&"step-gap"), "{web:?}");
        assert!(!web.contains(&"alarm-muted"), "{web:?}");
    }
);
