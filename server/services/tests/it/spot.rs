//! Spot capacity: how much there is, what AWS told of it, and what it costs.

use crate::{
    aws_events::{connected, ended_by_group, event, take},
    story::refused,
};
use api::{ErrorCode, capacity::TargetQuery, sandbox::SandboxAct, spot::SpotReport};
use domain::{
    capacity::Purchase,
    limits,
    people::{Reach, Role},
    spot::{SpotNoticeKind, by_type, by_zone},
    time::{DAY_MS, HOUR_MS, MINUTE_MS},
};
use serde_json::{Value, json};
use testkit::{Fault, Harness, story};

/// Buys most of its instances as spot.
const GROUP: &str = "web-prod";

fn interrupted(h: &Harness, id: &str, instance: &str) -> Value {
    let name = "EC2 Spot Instance Interruption Warning";
    let detail = json!({ "instance-id": instance, "instance-action": "terminate" });
    event(h, id, "aws.ec2", name, h.now(), &detail)
}

fn at_risk(h: &Harness, id: &str, instance: &str) -> Value {
    let name = "EC2 Instance Rebalance Recommendation";
    let detail = json!({ "instance-id": instance });
    event(h, id, "aws.ec2", name, h.now(), &detail)
}

async fn report(h: &Harness) -> SpotReport {
    let id = h.target_id(GROUP).await;
    let report = h.as_role(Role::Viewer).target_spot(id).await;
    report.expect("a report")
}

story!(
    the_share_of_spot_is_told_by_group_zone_and_type,
    |h| async move {
        let live = h.live(GROUP).await;
        let report = report(&h).await;
        assert_eq!(report.zones, by_zone(&live.instances));
        assert_eq!(report.types, by_type(&live.instances));
        assert_eq!(report.bought.all(), live.in_service);
        assert!(report.bought.spot > 0, "{:?}", report.bought);
        let query = TargetQuery {
            text: GROUP.into(),
            ..TargetQuery::default()
        };
        let list = h.as_role(Role::Viewer).list_targets(query).await;
        let rows = list.expect("targets").rows;
        let row = rows.iter().find(|row| row.reference.name == GROUP);
        assert_eq!(row.expect("listed").bought, report.bought);
    }
);

story!(
    what_aws_told_of_spot_instances_outlives_them_by_a_month,
    |h| async move {
        let mut h = h;
        let _sink = connected(&mut h).await;
        let live = h.live(GROUP).await;
        let mut spot = live.instances.iter();
        let spot = spot.find(|one| one.purchase == Purchase::Spot);
        let spot = spot.expect("a spot instance").clone();
        take(&h, &at_risk(&h, "e-1", &spot.id))
            .await
            .expect("taken");
        h.step(MINUTE_MS);
        let told = interrupted(&h, "e-2", &spot.id);
        take(&h, &told).await.expect("taken");
        // What comes twice is told once.
        take(&h, &told).await.expect("taken");
        let notices = report(&h).await.notices;
        let kinds: Vec<_> = notices.iter().map(|notice| notice.kind).collect();
        assert_eq!(
            kinds,
            [SpotNoticeKind::Interruption, SpotNoticeKind::Rebalance]
        );
        for notice in &notices {
            assert_eq!(
                (&notice.instance, &notice.zone, &notice.instance_type),
                (&spot.id, &spot.zone, &spot.instance_type)
            );
        }
        // One that was launched and taken away between two readings.
        let young = "i-0123456789abcdef0";
        take(&h, &interrupted(&h, "e-3", young))
            .await
            .expect("taken");
        assert_eq!(report(&h).await.notices.len(), 2, "whose was it?");
        let ended = ended_by_group(&h, "e-4", young, GROUP, "an EC2 Spot interruption notice");
        take(&h, &ended).await.expect("taken");
        let told = report(&h).await.notices;
        assert!(
            told.iter().any(|notice| notice.instance == young),
            "{told:?}"
        );
        h.fast_forward(20 * DAY_MS).await;
        assert_eq!(report(&h).await.notices.len(), 3, "events are gone by now");
        h.fast_forward(11 * DAY_MS).await;
        assert_eq!(report(&h).await.notices, []);
    }
);

story!(
    an_interruption_in_the_sandbox_is_told_as_aws_would,
    |h| async move {
        let act = h.as_role(Role::Operator);
        act.sandbox_act(SandboxAct::InterruptSpot)
            .await
            .expect("there are spot instances");
        // EventBridge has put it into the queue.
        h.drain().await;
        let query = TargetQuery::default();
        let all = h.as_role(Role::Viewer).list_targets(query).await;
        let mut told = Vec::new();
        for row in all.expect("targets").rows {
            let report = h.as_role(Role::Viewer).target_spot(row.id).await;
            let notices = report.expect("a report").notices;
            told.extend(notices.into_iter().map(|notice| (row.spot, notice.kind)));
        }
        let [(spot, SpotNoticeKind::Interruption)] = told.as_slice() else {
            panic!("one interruption: {told:?}");
        };
        assert!(*spot > 0);
    }
);

story!(prices_are_asked_for_once_an_hour, |h| async move {
    let id = h.target_id(GROUP).await;
    let viewer = h.as_role(Role::Viewer);
    let first = viewer.target_spot_prices(id).await.expect("prices");
    assert_eq!(first.note, None);
    assert_eq!(first.until.since_ms(first.from), limits::SPOT_PRICES_MS);
    assert!(!first.types.is_empty());
    for prices in &first.types {
        let whole = prices.on_demand_micro_usd.expect("a list price");
        assert_eq!(prices.zones.len(), 3);
        for zone in &prices.zones {
            assert_eq!(zone.points[0].at, first.from);
            assert!(zone.points.len() > 5, "{zone:?}");
            assert!(zone.now_micro_usd() < whole, "{zone:?}");
        }
    }
    // AWS is not asked again, so nobody notices that it would not answer.
    h.sandbox.fault(Fault::Denied, 7_200);
    h.step(MINUTE_MS);
    let viewer = h.as_role(Role::Viewer);
    let again = viewer.target_spot_prices(id).await.expect("prices");
    assert_eq!(again, first);
    h.step(HOUR_MS);
    let viewer = h.as_role(Role::Viewer);
    let denied = viewer.target_spot_prices(id).await.expect("an answer");
    assert_eq!(denied.types, []);
    assert!(denied.note.is_some());
    let missing = denied.missing.as_deref();
    assert_eq!(missing, Some("ec2:DescribeSpotPriceHistory"));
});

story!(what_a_caller_may_not_see_is_not_there, |h| async move {
    let id = h.target_id(GROUP).await;
    let elsewhere = h
        .person("dev-viewer", Role::Viewer, Reach::Only(vec!["dev".into()]))
        .await;
    let elsewhere = h.of(&elsewhere);
    refused(elsewhere.target_spot(id).await, ErrorCode::NotFound);
    refused(elsewhere.target_spot_prices(id).await, ErrorCode::NotFound);
});
