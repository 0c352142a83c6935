//! A grant in one environment shows nothing of the others.

use crate::story::{SCALED, at_least_later, proposed, refused};
use api::{
    ErrorCode, alarms::AlarmQuery, audit::AuditQuery, capacity::TargetQuery, changes::ChangeQuery,
    page::PageQuery, sandbox::SandboxAct,
};
use domain::{
    approvals::Vote,
    estate::Environment,
    people::{Reach, Role},
};
use testkit::story;

fn all_rows() -> PageQuery {
    PageQuery {
        offset: 0,
        limit: 200,
    }
}

story!(a_viewer_of_staging_sees_staging_only, |h| async move {
    let id = proposed(&h, at_least_later(&h, SCALED, 8).await).await;
    let prod_target = h.target_id(SCALED).await;
    let everything = AlarmQuery {
        page: all_rows(),
        ..AlarmQuery::default()
    };
    let alarms = h
        .as_role(Role::Viewer)
        .list_alarms(everything.clone())
        .await
        .expect("alarms");
    let prod_alarm = alarms
        .rows
        .iter()
        .find(|row| row.environment.as_str() == "prod");
    let prod_alarm = prod_alarm.expect("an alarm of prod").id;

    let staging = Environment::from("staging");
    let only = |role| (role, Reach::Only(vec![Environment::from("staging")]));
    let (role, reach) = only(Role::Viewer);
    let viewer = h.person("staging-viewer", role, reach).await;
    let viewer = h.of(&viewer);

    let seen = viewer
        .list_alarms(everything.clone())
        .await
        .expect("alarms");
    assert!(seen.total > 0 && seen.rows.iter().all(|row| row.environment == staging));
    let asked = AlarmQuery {
        environment: vec!["prod".into()],
        ..everything
    };
    assert_eq!(viewer.list_alarms(asked).await.expect("none").total, 0);
    let counts = viewer.count_alarms().await.expect("counts");
    assert!(counts.iter().all(|count| count.environment == staging));
    let targets = viewer
        .list_targets(TargetQuery::default())
        .await
        .expect("targets");
    assert!(targets.total > 0 && targets.rows.iter().all(|row| row.environment == staging));
    assert_eq!(
        viewer
            .list_changes(ChangeQuery::default())
            .await
            .expect("none")
            .total,
        0
    );

    let overview = viewer.overview().await.expect("an overview");
    assert!(overview.urgent.iter().all(|row| row.environment == staging));
    assert!(
        overview
            .upcoming
            .iter()
            .all(|row| row.environment == staging)
    );
    assert!(overview.days.iter().all(|day| day.environment == staging));
    assert!(overview.events.is_empty() && overview.waiting.is_empty());

    refused(viewer.alarm(prod_alarm).await, ErrorCode::NotFound);
    refused(viewer.alarm_chart(prod_alarm, 3).await, ErrorCode::NotFound);
    refused(viewer.alarm_history(prod_alarm).await, ErrorCode::NotFound);
    refused(viewer.target(prod_target).await, ErrorCode::NotFound);
    refused(
        viewer.target_samples(prod_target, 3).await,
        ErrorCode::NotFound,
    );
    refused(viewer.change(id).await, ErrorCode::NotFound);
    refused(
        viewer.list_audit(AuditQuery::default()).await,
        ErrorCode::Forbidden,
    );
    refused(viewer.system().await, ErrorCode::Forbidden);

    // A higher role there opens nothing here either.
    let (role, reach) = only(Role::Admin);
    let admin = h.person("staging-admin", role, reach).await;
    let admin = h.of(&admin);
    refused(
        admin.acknowledge_alarm(prod_alarm, String::new()).await,
        ErrorCode::NotFound,
    );
    refused(
        admin.unacknowledge_alarm(prod_alarm).await,
        ErrorCode::NotFound,
    );
    let change = at_least_later(&h, SCALED, 8).await;
    refused(
        admin.preview_change(change.clone().into()).await,
        ErrorCode::NotFound,
    );
    refused(
        admin.propose_change(change.clone().into(), None).await,
        ErrorCode::NotFound,
    );
    let hash = h.change(id).await.hash;
    refused(
        admin.edit_change(id, change.into(), hash.clone()).await,
        ErrorCode::NotFound,
    );
    refused(
        admin
            .vote_change(id, Vote::Approve, hash, String::new())
            .await,
        ErrorCode::NotFound,
    );
    refused(admin.withdraw_change(id).await, ErrorCode::NotFound);
    refused(admin.system().await, ErrorCode::Forbidden);
    refused(
        admin.sandbox_act(SandboxAct::InterruptSpot).await,
        ErrorCode::Forbidden,
    );
    let audit = admin
        .list_audit(AuditQuery::default())
        .await
        .expect("their part");
    assert!(
        audit.rows.iter().all(|row| row.environment == "staging"),
        "{audit:?}"
    );
});

story!(nobody_is_told_to_sign_in, |h| async move {
    let mut cx = h.cx(&h.people["viewer"]);
    cx.actor = None;
    let nobody = h.services.caller(cx);
    refused(nobody.overview().await, ErrorCode::Unauthenticated);
    refused(
        nobody.list_alarms(AlarmQuery::default()).await,
        ErrorCode::Unauthenticated,
    );
    refused(
        nobody.list_changes(ChangeQuery::default()).await,
        ErrorCode::Unauthenticated,
    );
    refused(nobody.list_freezes().await, ErrorCode::Unauthenticated);
    refused(nobody.sandbox().await, ErrorCode::Unauthenticated);
});

story!(what_waits_for_me_is_what_i_may_decide, |h| async move {
    let id = proposed(&h, at_least_later(&h, SCALED, 8).await).await;
    let waiting = |backend: std::sync::Arc<dyn api::Backend>| async move {
        let overview = backend.overview().await.expect("an overview");
        overview
            .waiting
            .into_iter()
            .map(|row| row.id)
            .collect::<Vec<_>>()
    };
    assert_eq!(waiting(h.as_role(Role::Approver)).await, [id]);
    assert!(waiting(h.as_role(Role::Operator)).await.is_empty());
    assert!(waiting(h.as_role(Role::Viewer)).await.is_empty());
    let dev = h
        .person("dev", Role::Approver, Reach::Only(vec!["dev".into()]))
        .await;
    assert!(waiting(h.of(&dev)).await.is_empty());
    // An author does not wait for themselves.
    let own = h.as_role(Role::Approver);
    let change = at_least_later(&h, "api-prod", 40).await;
    own.propose_change(change.into(), None)
        .await
        .expect("a proposal");
    assert_eq!(waiting(own).await, [id]);
    h.approve(Role::Approver, id).await.expect("an approval");
    assert!(waiting(h.as_role(Role::Approver)).await.is_empty());
});
