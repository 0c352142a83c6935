//! Freezes: who declares them, what they hold.

use crate::story::{SCALED, at_least_now, proposed, refused};
use api::{
    ErrorCode,
    changes::{ChangeQuery, ChangeRow},
    freezes::NewFreeze,
};
use domain::{
    changes::ChangeState,
    checks::frozen,
    estate::Environment,
    people::{Reach, Role},
    time::{DAY_MS, HOUR_MS, MINUTE_MS},
};
use testkit::{Harness, story};

fn freeze(h: &Harness, environments: &[&str]) -> NewFreeze {
    NewFreeze {
        name: "registration week".into(),
        environments: environments.iter().map(|e| Environment::from(*e)).collect(),
        from: h.now(),
        until: h.now().plus_ms(DAY_MS),
        reason: "do not touch".into(),
    }
}

story!(
    in_a_freeze_only_a_freeze_approver_approves,
    |h| async move {
        let admin = h.as_role(Role::Admin);
        admin
            .declare_freeze(freeze(&h, &["prod"]))
            .await
            .expect("a freeze");
        let change = at_least_now(&h, SCALED, 8).await;
        let preview = h
            .as_role(Role::Operator)
            .preview_change(change.clone().into())
            .await;
        let preview = preview.expect("a preview");
        assert!(frozen(&preview.plan.findings) && !preview.blocked);
        let id = proposed(&h, change).await;
        let error = refused(h.approve(Role::Approver, id).await, ErrorCode::Forbidden);
        assert!(error.message.contains("freeze"), "{}", error.message);
        let seen = h
            .as_role(Role::Approver)
            .change(id)
            .await
            .expect("a change request");
        assert!(
            seen.approve_refused
                .is_some_and(|why| why.contains("freeze"))
        );
        // Saying no is never frozen.
        assert_eq!(seen.reject_refused, None);
        h.approve(Role::Admin, id).await.expect("a freeze approver");
        h.drain().await;
        assert_eq!(h.change(id).await.row.state, ChangeState::Applied);
    }
);

story!(a_lifted_freeze_holds_nobody, |h| async move {
    let admin = h.as_role(Role::Admin);
    let id = admin
        .declare_freeze(freeze(&h, &[]))
        .await
        .expect("a freeze");
    let change = proposed(&h, at_least_now(&h, SCALED, 8).await).await;
    refused(
        h.approve(Role::Approver, change).await,
        ErrorCode::Forbidden,
    );
    h.as_role(Role::Admin)
        .lift_freeze(id)
        .await
        .expect("lifted");
    refused(
        h.as_role(Role::Admin).lift_freeze(id).await,
        ErrorCode::NotFound,
    );
    h.approve(Role::Approver, change)
        .await
        .expect("an approval");
});

story!(
    freezes_are_declared_by_admins_of_what_they_freeze,
    |h| async move {
        for role in [Role::Viewer, Role::Operator, Role::Approver] {
            let declared = h.as_role(role).declare_freeze(freeze(&h, &["prod"])).await;
            refused(declared, ErrorCode::Forbidden);
        }
        let reach = Reach::Only(vec!["staging".into()]);
        let scoped = h.person("staging-admin", Role::Admin, reach).await;
        let scoped = h.of(&scoped);
        refused(
            scoped.declare_freeze(freeze(&h, &[])).await,
            ErrorCode::Forbidden,
        );
        refused(
            scoped.declare_freeze(freeze(&h, &["prod"])).await,
            ErrorCode::NotFound,
        );
        scoped
            .declare_freeze(freeze(&h, &["Staging"]))
            .await
            .expect("their own");
        let prod = h
            .as_role(Role::Admin)
            .declare_freeze(freeze(&h, &["prod"]))
            .await;
        let prod = prod.expect("a freeze");
        let seen = scoped.list_freezes().await.expect("a list");
        assert_eq!(seen.len(), 1);
        assert_eq!(seen[0].environments, [Environment::from("staging")]);
        refused(scoped.lift_freeze(prod).await, ErrorCode::NotFound);
        // One that is shared names to them only what they see.
        let shared = freeze(&h, &["prod", "staging"]);
        let shared = h.as_role(Role::Admin).declare_freeze(shared).await;
        shared.expect("a freeze");
        for freeze in scoped.list_freezes().await.expect("a list") {
            assert_eq!(freeze.environments, [Environment::from("staging")]);
        }
    }
);

story!(
    a_freeze_needs_a_name_a_reason_and_a_future,
    |h| async move {
        let admin = h.as_role(Role::Admin);
        let good = freeze(&h, &["prod"]);
        let now = h.now();
        for (field, bad) in [
            (
                "name",
                NewFreeze {
                    name: " ".into(),
                    ..good.clone()
                },
            ),
            (
                "name",
                NewFreeze {
                    name: "x".repeat(201),
                    ..good.clone()
                },
            ),
            (
                "reason",
                NewFreeze {
                    reason: String::new(),
                    ..good.clone()
                },
            ),
            (
                "until",
                NewFreeze {
                    until: now,
                    ..good.clone()
                },
            ),
            (
                "until",
                NewFreeze {
                    from: now.plus_ms(-2 * HOUR_MS),
                    until: now.plus_ms(-HOUR_MS),
                    ..good.clone()
                },
            ),
            (
                "environments",
                NewFreeze {
                    environments: vec!["a b".into()],
                    ..good.clone()
                },
            ),
        ] {
            let error = refused(admin.declare_freeze(bad).await, ErrorCode::Invalid);
            assert_eq!(error.fields[0].field, field);
        }
    }
);

story!(
    what_a_freeze_keeps_from_an_approver_does_not_wait_for_them,
    |h| async move {
        let frozen_one = proposed(&h, at_least_now(&h, SCALED, 8).await).await;
        // Two of one instant have no order.
        h.step(MINUTE_MS);
        let free_one = proposed(&h, at_least_now(&h, "web-staging", 3).await).await;
        let waiting = async |role| {
            let backend = h.as_role(role);
            let query = ChangeQuery {
                waiting_for_me: true,
                ..ChangeQuery::default()
            };
            let page = backend.list_changes(query).await.expect("a page");
            let overview = backend.overview().await.expect("an overview").waiting;
            let ids = |rows: &[ChangeRow]| rows.iter().map(|row| row.id).collect::<Vec<_>>();
            assert_eq!(ids(&page.rows), ids(&overview));
            assert_eq!(page.total, page.rows.len() as u64);
            ids(&overview)
        };
        let both = [free_one, frozen_one];
        assert_eq!(waiting(Role::Approver).await, both);
        let admin = h.as_role(Role::Admin);
        let declared = admin.declare_freeze(freeze(&h, &["prod"])).await;
        let declared = declared.expect("a freeze");
        assert_eq!(waiting(Role::Approver).await, [free_one]);
        assert_eq!(waiting(Role::Admin).await, both);
        // One that is over before a request begins keeps nothing from anybody.
        admin.lift_freeze(declared).await.expect("lifted");
        let later = NewFreeze {
            from: h.now().plus_ms(DAY_MS),
            until: h.now().plus_ms(2 * DAY_MS),
            ..freeze(&h, &[])
        };
        admin.declare_freeze(later).await.expect("a freeze");
        assert_eq!(waiting(Role::Approver).await, both);

        // Who proposed them sees that they wait for others.
        let own = async |role| {
            let overview = h.as_role(role).overview().await.expect("an overview");
            let rows = overview.proposed.into_iter();
            rows.map(|row| row.id).collect::<Vec<_>>()
        };
        assert_eq!(own(Role::Operator).await, both);
        assert_eq!(own(Role::Approver).await, []);
        assert_eq!(own(Role::Viewer).await, []);
    }
);
