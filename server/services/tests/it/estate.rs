//! What is configured, and what is configured no more.

use crate::story::{SCALED, applied, at_least_now, audit_is_whole, verbs};
use api::{
    alarms::{AlarmQuery, AlarmRow},
    audit::AuditQuery,
    capacity::{TargetQuery, TargetRow},
    page::PageQuery,
};
use domain::{
    estate::Scope,
    people::Role,
    time::{HOUR_MS, MINUTE_MS},
};
use ports::Cloud as _;
use testkit::{Harness, story};

const ALL: PageQuery = PageQuery {
    offset: 0,
    limit: 200,
};

async fn targets(h: &Harness) -> Vec<TargetRow> {
    let query = TargetQuery {
        page: ALL,
        ..TargetQuery::default()
    };
    let page = h.as_role(Role::Viewer).list_targets(query).await;
    page.expect("targets").rows
}

async fn alarms(h: &Harness) -> Vec<AlarmRow> {
    let query = AlarmQuery {
        page: ALL,
        ..AlarmQuery::default()
    };
    let page = h.as_role(Role::Viewer).list_alarms(query).await;
    page.expect("alarms").rows
}

async fn let_go(h: &Harness) -> Vec<api::audit::AuditRow> {
    let query = AuditQuery {
        action: "estate.".into(),
        ..AuditQuery::default()
    };
    let page = h.as_role(Role::Admin).list_audit(query).await;
    page.expect("the audit log").rows
}

story!(
    what_is_configured_no_more_is_not_called_drift,
    |h| async move {
        let mut h = h;
        let target = h.target_id(SCALED).await;
        let scope = h.live(SCALED).await.reference.scope;
        let id = applied(&h, at_least_now(&h, SCALED, 40).await).await;
        h.cloud.configure_without(std::slice::from_ref(&scope));
        h.restart().await;
        h.fast_forward(HOUR_MS).await;
        let viewer = h.as_role(Role::Viewer);
        assert_eq!(viewer.overview().await.expect("an overview").drift, []);
        let detail = viewer.target(target).await.expect("a target");
        assert!(detail.gone && !detail.configured);
        let operator = h.as_role(Role::Operator);
        let detail = operator.target(target).await.expect("a target");
        let why = detail.propose_refused.expect("a reason");
        assert!(why.contains("no longer configured"), "{why}");
        // Nor is its return said to be missing; nobody has looked.
        h.fast_forward(3 * HOUR_MS).await;
        let detail = h.change(id).await;
        let told = verbs(&detail);
        assert!(
            !told.iter().any(|verb| verb.starts_with("event.")),
            "{told:?}"
        );

        // Configured again, the return is seen.
        h.cloud.configure_without(&[]);
        h.restart().await;
        h.fast_forward(MINUTE_MS).await;
        assert_eq!(verbs(&h.change(id).await).last(), Some(&"event.return"));
    }
);

story!(
    what_is_configured_no_more_is_let_go_and_comes_back,
    |h| async move {
        let mut h = h;
        let gone: Scope = h.cloud.scopes().pop().expect("a scope");
        let (targets_before, alarms_before) = (targets(&h).await, alarms(&h).await);
        let is_there = |row: &&TargetRow| row.reference.scope == gone;
        let there = targets_before.iter().filter(is_there).count();
        let ringing = alarms_before
            .iter()
            .filter(|row| row.scope.as_ref() == Some(&gone));
        let ringing = ringing.count();
        assert!(there > 0 && ringing > 0, "{there} {ringing}");

        h.cloud.configure_without(std::slice::from_ref(&gone));
        h.restart().await;
        h.drain().await;
        let left = targets(&h).await;
        assert_eq!(left.len(), targets_before.len() - there);
        assert!(left.iter().all(|row| row.reference.scope != gone));
        let left = alarms(&h).await;
        assert_eq!(left.len(), alarms_before.len() - ringing);
        assert!(left.iter().all(|row| row.scope.as_ref() != Some(&gone)));
        // Said once, by the system.
        h.fast_forward(HOUR_MS).await;
        let said = let_go(&h).await;
        assert_eq!(said.len(), 1, "{said:?}");
        assert_eq!(said[0].actor, "system");
        assert_eq!(said[0].subject, gone.to_string());
        let detail: serde_json::Value =
            serde_json::from_str(&said[0].detail_json).expect("an object");
        assert_eq!(
            (&detail["targets"], &detail["alarms"]),
            (&there.into(), &ringing.into())
        );

        // Configured again: the same things under the same ids.
        h.cloud.configure_without(&[]);
        h.restart().await;
        h.drain().await;
        let ids = |rows: &[TargetRow]| {
            let mut ids: Vec<_> = rows.iter().map(|row| row.id).collect();
            ids.sort_unstable();
            ids
        };
        assert_eq!(ids(&targets(&h).await), ids(&targets_before));
        assert_eq!(alarms(&h).await.len(), alarms_before.len());
        assert_eq!(let_go(&h).await.len(), 1);
        audit_is_whole(&h).await;
    }
);
