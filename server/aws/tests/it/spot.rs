//! Which instances are spot and what they cost: as EC2 writes it, and against moto, which
//! makes prices up but takes the same questions. ministack does not know spot prices.

use crate::{
    peers::{group, scope},
    replay_targets::{group_script, list},
    wire::{ACCOUNT, Answer, Wire, cloud},
};
use domain::{
    capacity::Purchase,
    limits::{SPOT_PRICE_PAGES_MAX, SPOT_PRICES_MS},
    spot::SpotPrice,
    time::Timestamp,
};
use ports::{Cloud, CloudErrorKind};
use serde_json::json;

fn script() -> Wire {
    let wire = group_script();
    wire.answer(
        "DescribeScalableTargets",
        Answer::json(200, json!({ "ScalableTargets": [] })),
    );
    wire
}

async fn purchases(wire: &Wire) -> Vec<(String, Purchase)> {
    let targets = cloud(wire).targets(&scope(ACCOUNT)).await;
    let targets = targets.expect("targets");
    let instances = targets.iter().flat_map(|target| &target.instances);
    instances
        .map(|instance| (instance.id.clone(), instance.purchase))
        .collect()
}

#[tokio::test]
async fn one_question_tells_spot_from_on_demand_for_all_groups() {
    let wire = script();
    let spot = "<DescribeInstancesResponse><reservationSet><item><instancesSet>\
        <item><instanceId>i-1</instanceId></item>\
        <item><instanceId>i-2</instanceId><instanceLifecycle>spot</instanceLifecycle></item>\
        </instancesSet></item></reservationSet></DescribeInstancesResponse>";
    wire.answer("DescribeInstances", Answer::xml(200, spot));
    let found = purchases(&wire).await;
    let expected = [
        ("i-1".to_owned(), Purchase::OnDemand),
        ("i-2".to_owned(), Purchase::Spot),
    ];
    assert_eq!(found, expected);
    let asked = wire.asked();
    let mut asked = asked.iter().filter(|one| one.action == "DescribeInstances");
    let question = asked.next().expect("a question");
    assert_eq!(question.parameters["Filter.1.Name"], "instance-id");
    assert_eq!(question.parameters["Filter.1.Value.1"], "i-1");
    assert_eq!(question.parameters["Filter.1.Value.2"], "i-2");
    assert!(asked.next().is_none());
}

#[tokio::test]
async fn where_ec2_may_not_be_asked_groups_are_read_all_the_same() {
    let wire = script();
    let denied = Answer::ec2_error(403, "UnauthorizedOperation", "no");
    wire.answer("DescribeInstances", denied);
    let found = purchases(&wire).await;
    let kinds: Vec<_> = found.into_iter().map(|(_, purchase)| purchase).collect();
    assert_eq!(kinds, [Purchase::Unknown, Purchase::Unknown]);
}

fn page(items: &str, token: &str) -> Answer {
    Answer::xml(
        200,
        format!(
            "<DescribeSpotPriceHistoryResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">\
             <spotPriceHistorySet>{items}</spotPriceHistorySet><nextToken>{token}</nextToken>\
             </DescribeSpotPriceHistoryResponse>"
        ),
    )
}

fn item(name: &str, zone: &str, price: &str, at: &str) -> String {
    format!(
        "<item><instanceType>{name}</instanceType><productDescription>Linux/UNIX\
         </productDescription><spotPrice>{price}</spotPrice><timestamp>{at}</timestamp>\
         <availabilityZone>{zone}</availabilityZone></item>"
    )
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

#[tokio::test]
async fn prices_are_those_of_the_types_and_zones_of_a_group() {
    let wire = group_script();
    let first = item(
        "m7g.large",
        "ap-northeast-2a",
        "0.040100",
        "2026-03-01T00:00:00.000Z",
    ) + &item(
        "m7g.large",
        "ap-northeast-2d",
        "0.010000",
        "2026-03-01T00:00:00.000Z",
    );
    let second = item(
        "m6g.large",
        "ap-northeast-2c",
        "0.0388",
        "2026-03-02T04:00:00Z",
    ) + &item(
        "m6g.large",
        "ap-northeast-2c",
        "none",
        "2026-03-02T05:00:00Z",
    );
    wire.answer("DescribeSpotPriceHistory", page(&first, "more"))
        .answer("DescribeSpotPriceHistory", page(&second, ""));
    let until = at("2026-03-15T00:00:00Z");
    let from = until.plus_ms(-SPOT_PRICES_MS);
    let told = cloud(&wire)
        .spot_prices(&group(ACCOUNT, "web-prod"), from, until)
        .await
        .expect("prices");
    let price = |instance_type: &str, zone: &str, time, micro_usd| SpotPrice {
        instance_type: instance_type.into(),
        zone: zone.into(),
        at: at(time),
        micro_usd,
    };
    assert_eq!(
        told,
        [
            price(
                "m7g.large",
                "ap-northeast-2a",
                "2026-03-01T00:00:00Z",
                40_100
            ),
            price(
                "m6g.large",
                "ap-northeast-2c",
                "2026-03-02T04:00:00Z",
                38_800
            ),
        ]
    );
    let asked = wire.asked();
    let mut asked = asked
        .iter()
        .filter(|one| one.action == "DescribeSpotPriceHistory");
    let question = asked.next().expect("a question");
    for (name, value) in [
        ("InstanceType.1", "m6g.large"),
        ("InstanceType.2", "m7g.large"),
        ("ProductDescription.1", "Linux/UNIX"),
        ("StartTime", "2026-03-01T00:00:00Z"),
        ("EndTime", "2026-03-15T00:00:00Z"),
    ] {
        assert_eq!(question.parameters[name], value);
    }
    assert!(!question.parameters.contains_key("InstanceType.3"));
    assert_eq!(
        asked.next().expect("one more").parameters["NextToken"],
        "more"
    );
}

#[tokio::test]
async fn prices_that_never_come_to_an_end_are_an_error() {
    let wire = group_script();
    let endless = page("", "more");
    wire.answers(
        "DescribeSpotPriceHistory",
        SPOT_PRICE_PAGES_MAX + 1,
        &endless,
    );
    let until = at("2026-03-15T00:00:00Z");
    let told = cloud(&wire)
        .spot_prices(
            &group(ACCOUNT, "web-prod"),
            at("2026-03-01T00:00:00Z"),
            until,
        )
        .await;
    let error = told.expect_err("no end");
    assert_eq!(error.kind, CloudErrorKind::Invalid);
    assert_eq!(wire.count("DescribeSpotPriceHistory"), SPOT_PRICE_PAGES_MAX);
}

#[tokio::test]
async fn what_is_not_there_has_no_prices_and_ec2_is_not_asked_for_all_types() {
    let wire = Wire::new();
    wire.answer(
        "DescribeAutoScalingGroups",
        list("DescribeAutoScalingGroups", "AutoScalingGroups", "", ""),
    );
    let until = at("2026-03-15T00:00:00Z");
    let told = cloud(&wire)
        .spot_prices(&group(ACCOUNT, "gone"), at("2026-03-01T00:00:00Z"), until)
        .await;
    assert_eq!(told.expect("an answer"), []);
    assert_eq!(wire.count("DescribeSpotPriceHistory"), 0);
}
