//! Spot capacity that does not come: it is waited for, told, and bought on demand instead.

use crate::story::{applied, refused};
use api::{ErrorCode, checks::CheckQuery, sandbox::SandboxAct};
use domain::{
    capacity::{Capacity, CapacityChange, Purchase},
    changes::Change,
    checks::{Finding, estate::BELOW_DESIRED},
    mixes::Mix,
    people::Role,
    plan::Call,
    schedules::SpotShare,
    shortfalls::Shortfall,
    time::MINUTE_MS,
};
use testkit::{Harness, story};

/// Buys nine of ten above the first as spot.
const GROUP: &str = "worker-prod";
const WANTED: u32 = 16;

/// There is no spot capacity for two hours, and the group wants more than it has.
async fn starved(h: &Harness) {
    let act = SandboxAct::SpotShortage {
        zone: None,
        minutes: 120,
    };
    let operator = h.as_role(Role::Operator);
    operator.sandbox_act(act).await.expect("a sandbox");
    // Its policies cannot want less.
    h.by_hand(&Call::SetCapacity {
        target: h.live(GROUP).await.reference,
        capacity: CapacityChange {
            min: Some(WANTED),
            desired: Some(WANTED),
            max: Some(WANTED),
        },
    })
    .await;
    h.drain().await;
}

async fn shortfall(h: &Harness) -> Option<Shortfall> {
    let id = h.target_id(GROUP).await;
    let detail = h.as_role(Role::Viewer).target(id).await;
    detail.expect("a target").shortfall
}

/// By which evidence the page of checks tells it.
async fn told(h: &Harness) -> Vec<String> {
    let query = CheckQuery {
        rule: vec![BELOW_DESIRED.into()],
        ..CheckQuery::default()
    };
    let list = h.as_role(Role::Viewer).list_checks(query).await;
    let rows = list.expect("checks").page.rows.into_iter();
    rows.flat_map(|row| row.evidence).collect()
}

async fn on_demand(h: &Harness, percent: u32) -> Change {
    Change::SetMix {
        target: h.target_id(GROUP).await,
        mix: Mix::from(SpotShare {
            on_demand_base: 1,
            on_demand_percent: percent,
        }),
        refresh: None,
        reason: "there is no spot capacity".into(),
    }
}

story!(
    a_group_that_gets_no_spot_is_told_in_time_and_bought_on_demand_instead,
    |h| async move {
        assert_eq!(shortfall(&h).await, None);
        starved(&h).await;
        h.fast_forward(MINUTE_MS).await;
        let began = h.now();
        h.fast_forward(2 * MINUTE_MS).await;
        let short = shortfall(&h).await.expect("below what it wants");
        let live = h.live(GROUP).await;
        assert_eq!(short.missing, WANTED - live.in_service);
        assert!(short.missing > 1, "{live:?}");
        assert_eq!(short.since, began);
        assert_eq!(short.told_from, began.plus_ms(15 * MINUTE_MS));

        // It is told by lasting alone: nobody reads AWS meanwhile, and there is no news.
        assert_eq!(told(&h).await, [""; 0]);
        h.step(12 * MINUTE_MS);
        assert_eq!(told(&h).await, [""; 0]);
        h.step(MINUTE_MS);
        let evidence = told(&h).await;
        let seen = format!("InService {} · DesiredCapacity 16 · ", live.in_service);
        assert!(evidence[0].starts_with(&seen), "{evidence:?}");

        applied(&h, on_demand(&h, 100).await).await;
        h.pass(5 * MINUTE_MS).await;
        let live = h.live(GROUP).await;
        assert_eq!(live.in_service, WANTED);
        let bought = live.instances.iter();
        let bought = bought.filter(|one| one.purchase == Purchase::OnDemand);
        assert!(bought.count() > WANTED as usize / 2, "{live:?}");
        assert_eq!(shortfall(&h).await, None);
        assert_eq!(told(&h).await, [""; 0]);
    }
);

story!(
    the_watch_lasts_as_long_as_is_configured_and_ends_with_the_shortage,
    |h| async move {
        let mut h = h;
        h.reconfigure(|settings| settings.below_desired_minutes = 60)
            .await;
        starved(&h).await;
        h.pass(58 * MINUTE_MS).await;
        assert_eq!(told(&h).await, [""; 0]);
        h.pass(3 * MINUTE_MS).await;
        assert_eq!(told(&h).await.len(), 1);
        // Spot capacity is back, and the group asks for it by itself.
        h.pass(65 * MINUTE_MS).await;
        assert_eq!(h.live(GROUP).await.in_service, WANTED);
        assert_eq!(shortfall(&h).await, None);
        assert_eq!(told(&h).await, [""; 0]);
    }
);

story!(
    a_plan_says_what_aws_does_itself_and_what_is_watched,
    |h| async move {
        for (percent, watched) in [(50, true), (100, false)] {
            let operator = h.as_role(Role::Operator);
            let preview = operator.preview_change(on_demand(&h, percent).await.into());
            let findings = preview.await.expect("a preview").plan.findings;
            let told = findings.contains(&Finding::SpotMayLack {
                on_demand_base: 1,
                minutes: 15,
            });
            assert_eq!(told, watched, "{findings:?}");
        }
    }
);

story!(
    a_shortage_in_one_zone_is_made_good_in_the_others,
    |h| async move {
        let operator = h.as_role(Role::Operator);
        for (zone, minutes) in [(Some('z'), 10), (None, 0), (None, 10_000)] {
            let act = SandboxAct::SpotShortage { zone, minutes };
            refused(operator.sandbox_act(act).await, ErrorCode::Invalid);
        }
        let act = SandboxAct::SpotShortage {
            zone: Some('a'),
            minutes: 120,
        };
        operator.sandbox_act(act).await.expect("a sandbox");
        let before = h.live(GROUP).await;
        let known: Vec<_> = before.instances.iter().map(|one| &one.id).collect();
        let Capacity { desired, .. } = before.capacity;
        h.by_hand(&Call::SetCapacity {
            target: before.reference.clone(),
            capacity: CapacityChange {
                min: Some(desired + 4),
                desired: Some(desired + 4),
                max: Some(desired + 4),
            },
        })
        .await;
        h.pass(3 * MINUTE_MS).await;
        assert_eq!(shortfall(&h).await, None);
        let after = h.live(GROUP).await;
        let launched = after.instances.iter();
        let launched = launched.filter(|one| !known.contains(&&one.id));
        let spot = launched.filter(|one| one.purchase == Purchase::Spot);
        let spot: Vec<_> = spot.collect();
        assert!(!spot.is_empty(), "{after:?}");
        assert!(spot.iter().all(|one| !one.zone.ends_with('a')), "{after:?}");
    }
);
