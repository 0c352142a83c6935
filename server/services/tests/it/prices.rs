//! What targets cost, as they are planned now.

use crate::story::{SCALED, refused};
use api::{
    ErrorCode,
    prices::{MonthPrices, PriceQuery},
};
use domain::{
    limits,
    people::{Reach, Role},
    prices::MONTH_DAYS,
    schedules::TargetKind,
};
use testkit::{Harness, story};

/// A group that people's scheduled actions open at eight and close at eight in the evening.
const OFFICE: &str = "web-dev";
const DAY_HOURS: u64 = 24;
const HOUR_MS: u64 = 3_600_000;

async fn query(h: &Harness, kind: TargetKind, name: &str) -> PriceQuery {
    PriceQuery {
        scope: h.live(name).await.reference.scope,
        kind,
        targets: vec![name.to_owned(), "nobody-knows-it".to_owned()],
    }
}

async fn prices(h: &Harness, query: PriceQuery) -> MonthPrices {
    let viewer = h.as_role(Role::Viewer);
    viewer.prices(query).await.expect("prices")
}

story!(a_month_of_a_group_has_hours_and_a_price, |h| async move {
    let month = prices(&h, query(&h, TargetKind::Asg, OFFICE).await).await;
    assert_eq!(
        month.until.since_ms(month.from),
        MONTH_DAYS * 24 * 3_600_000
    );
    let [office] = &month.targets[..] else {
        panic!("what is not there is left out: {:?}", month.targets);
    };
    let price = office.price.as_ref().expect("a price");
    assert_eq!(price.on_demand_micro_usd, 41_600, "t4g.medium in Seoul");
    assert!(!price.source.state.is_empty());
    // Weekdays from eight to eight: fewer hours than all, more than none.
    let always = u64::from(h.live(OFFICE).await.capacity.max) * 30 * DAY_HOURS * HOUR_MS;
    let runs = office.before.all_ms();
    assert!(0 < runs.most && runs.most < always, "{runs:?}");

    // A policy decides, and a part is spot.
    let month = prices(&h, query(&h, TargetKind::Asg, SCALED).await).await;
    let scaled = &month.targets[0];
    assert!(scaled.buying.scales_itself);
    let (on_demand, spot) = (scaled.before.on_demand_ms, scaled.before.spot_ms);
    assert!(on_demand.least < on_demand.most && spot.least < spot.most);
    let cost = scaled
        .price
        .as_ref()
        .map(|price| scaled.before.cost_micro_usd(price));
    assert!(cost.is_some_and(|cost| 0 < cost.least && cost.least < cost.most));
});

story!(what_nobody_knows_has_no_price, |h| async move {
    let tasks = prices(&h, query(&h, TargetKind::Ecs, "prod/checkout").await).await;
    assert_eq!(
        tasks.targets[0].price, None,
        "the size of a task is not read"
    );
    assert!(tasks.targets[0].before.all_ms().most > 0);
    let machines = query(&h, TargetKind::Asg, OFFICE).await;
    let machines = PriceQuery {
        kind: TargetKind::Ec2Tag,
        ..machines
    };
    assert!(prices(&h, machines).await.targets.is_empty());
});

story!(
    prices_are_told_to_those_who_see_the_target,
    |h| async move {
        let reach = Reach::Only(vec!["staging".into()]);
        let viewer = h.person("staging-viewer", Role::Viewer, reach).await;
        let asked = query(&h, TargetKind::Asg, SCALED).await;
        let seen = h.of(&viewer).prices(asked.clone()).await;
        assert!(seen.expect("prices").targets.is_empty());
        let many = PriceQuery {
            targets: vec!["x".into(); limits::SCHEDULE_TARGETS_MAX + 1],
            ..asked
        };
        refused(
            h.as_role(Role::Viewer).prices(many).await,
            ErrorCode::Invalid,
        );
    }
);
