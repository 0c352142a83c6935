//! What a schedule costs, before and after: worked out where it is looked at, from the
//! prices that the server knows.

use super::{model::Known, rpc::show_prices};
use crate::{
    shared::{hours_text, loaded_part, money_text},
    texts::prices as t,
    viewer::use_viewing,
};
use api::prices::{MonthPrices, PriceQuery};
use domain::{
    estate::Scope,
    i18n::Lang,
    prices::{Between, UnitPrice, Usage},
};
use kit::{Card, Cell, Column, Narrow, Row, Table};
use leptos::prelude::*;

/// The targets of a schedule, as prices are asked for.
fn query(known: &Known, scope: Scope) -> PriceQuery {
    let schedule = &known.schedule;
    PriceQuery {
        scope,
        kind: schedule.kind(),
        targets: schedule.targets().iter().map(ToString::to_string).collect(),
    }
}

/// Money and hours before and after a schedule.
#[component]
pub(super) fn Money(
    /// The schedule.
    known: Signal<Known>,
    /// Where its targets are.
    scope: Signal<Option<Scope>>,
) -> impl IntoView {
    let lang = use_viewing().lang;
    let asked = Memo::new(move |_| {
        let scope = scope.get()?;
        Some(known.with(|known| query(known, scope)))
    });
    let prices = Resource::new(
        move || asked.get(),
        |asked| async move {
            match asked {
                Some(asked) => show_prices(asked).await.map(Some),
                None => Ok(None),
            }
        },
    );
    let body = loaded_part(prices, move |prices: Option<MonthPrices>| {
        let prices = prices.filter(|prices| !prices.targets.is_empty());
        let Some(prices) = prices else {
            return view! { <p class="muted">{t::nothing(lang)}</p> }.into_any();
        };
        let told = Memo::new(move |_| known.with(|known| bill(known, &prices)));
        let body = move || {
            told.with(|bill| match bill {
                Some(bill) => shown(lang, bill),
                None => view! { <p class="muted">{t::no_sizes(lang)}</p> }.into_any(),
            })
        };
        body.into_any()
    });
    view! { <Card title=t::money(lang)>{body}</Card> }.into_any()
}

/// What runs and what it costs, before and after.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Bill {
    before: Usage,
    after: Usage,
    /// In millionths of a US dollar; none where a price is unknown.
    cost: Option<(Between, Between)>,
    /// Where the prices come from: their state, and who says so.
    sources: Vec<(String, String)>,
    /// Targets without a price.
    unpriced: Vec<String>,
    spot_percent: u64,
}

/// The bill of a schedule over a month; none where it has no sizes.
fn bill(known: &Known, prices: &MonthPrices) -> Option<Bill> {
    let mut bill = Bill {
        before: Usage::default(),
        after: Usage::default(),
        cost: Some(Default::default()),
        sources: Vec::new(),
        unpriced: Vec::new(),
        spot_percent: prices.spot_percent,
    };
    for target in &prices.targets {
        let after = known.ask(|timetable| {
            let buying = target.buying;
            buying.scheduled(timetable, prices.from, prices.until)
        });
        let after = after.flatten()?;
        bill.before += target.before;
        bill.after += after;
        match &target.price {
            Some(price) => bill.add(price, target.before, after),
            None => {
                bill.cost = None;
                bill.unpriced.push(target.name.clone());
            }
        }
    }
    Some(bill)
}

impl Bill {
    fn add(&mut self, price: &UnitPrice, before: Usage, after: Usage) {
        self.cost = self.cost.map(|(old, new)| {
            let old = old + before.cost_micro_usd(price);
            (old, new + after.cost_micro_usd(price))
        });
        let source = (price.source.state.clone(), price.source.name.clone());
        if !self.sources.contains(&source) {
            self.sources.push(source);
        }
    }

    fn has_spot(&self) -> bool {
        self.before.spot_ms.most > 0 || self.after.spot_ms.most > 0
    }

    /// A policy decides about a part of it.
    fn is_open(&self) -> bool {
        let open = |usage: Usage| usage.all_ms().least != usage.all_ms().most;
        open(self.before) || open(self.after)
    }
}

/// One amount, or from one to the other.
fn between(amount: Between, text: fn(u64) -> String) -> String {
    let (least, most) = (text(amount.least), text(amount.most));
    match least == most {
        true => least,
        false => format!("{least}–{most}"),
    }
}

/// The least and the most that a change can make of it.
fn difference(before: Between, after: Between, text: fn(u64) -> String) -> String {
    let signed = |before: u64, after: u64| match after.cmp(&before) {
        std::cmp::Ordering::Less => format!("−{}", text(before - after)),
        std::cmp::Ordering::Equal => text(0),
        std::cmp::Ordering::Greater => format!("+{}", text(after - before)),
    };
    let (least, most) = (
        signed(before.least, after.least),
        signed(before.most, after.most),
    );
    match least == most {
        true => least,
        false => format!("{least} … {most}"),
    }
}

/// The bill in one sentence.
fn sentence(lang: Lang, bill: &Bill) -> String {
    let hours = |usage: Usage| between(usage.all_ms(), hours_text);
    let hours = t::hours_said(lang, &hours(bill.before), &hours(bill.after));
    match bill.cost {
        Some((before, after)) => t::said(lang, &difference(before, after, money_text), &hours),
        None => t::said_unknown(lang, &hours),
    }
}

fn shown(lang: Lang, bill: &Bill) -> AnyView {
    // Ranges are told apart in the sentence: a column more of them would not fit.
    let is_open = bill.is_open();
    let mut columns = vec![
        Column::text(t::what(lang)),
        Column::number(t::before(lang)),
        Column::number(t::after(lang)),
    ];
    columns.extend((!is_open).then(|| Column::number(t::difference(lang))));
    let line = |label: String, before: Between, after: Between, text: fn(u64) -> String| {
        let (old, new) = (between(before, text), between(after, text));
        let difference = (!is_open).then(|| difference(before, after, text));
        row(lang, label, old, new, difference)
    };
    let mut rows = vec![line(
        t::hours(lang).into(),
        bill.before.all_ms(),
        bill.after.all_ms(),
        hours_text,
    )];
    if bill.has_spot() {
        let part = |word| format!("… {word}");
        rows.push(line(
            part(t::hours_on_demand(lang)),
            bill.before.on_demand_ms,
            bill.after.on_demand_ms,
            hours_text,
        ));
        rows.push(line(
            part(t::hours_spot(lang)),
            bill.before.spot_ms,
            bill.after.spot_ms,
            hours_text,
        ));
    }
    rows.push(match bill.cost {
        Some((before, after)) => line(t::cost(lang).into(), before, after, money_text),
        None => {
            let unknown = || t::unknown(lang).to_owned();
            let difference = (!is_open).then(unknown);
            row(lang, t::cost(lang).into(), unknown(), unknown(), difference)
        }
    });
    let mut remarks: Vec<String> = Vec::new();
    if !bill.unpriced.is_empty() {
        remarks.push(t::no_price(lang, &bill.unpriced.join(", ")));
    }
    if is_open {
        remarks.push(t::between(lang).to_owned());
    }
    if bill.cost.is_some() {
        let sources = bill.sources.iter();
        remarks.extend(sources.map(|(state, name)| t::source(lang, state, name)));
        if bill.has_spot() {
            remarks.push(t::spot_assumed(lang, bill.spot_percent));
        }
    }
    let remarks = remarks
        .into_iter()
        .map(|remark| view! { <p class="muted">{remark}</p> });
    view! {
        <p class="money-said">{sentence(lang, bill)}</p>
        <Table caption=t::title(lang) columns dense=true narrow=Narrow::Scroll>{rows}</Table>
        {remarks.collect_view()}
    }
    .into_any()
}

fn row(
    lang: Lang,
    label: String,
    before: String,
    after: String,
    difference: Option<String>,
) -> AnyView {
    let difference = difference.map(|difference| {
        view! { <Cell label=t::difference(lang) numeric=true>{difference}</Cell> }
    });
    view! {
        <Row>
            <Cell heading=true>{label}</Cell>
            <Cell label=t::before(lang) numeric=true>{before}</Cell>
            <Cell label=t::after(lang) numeric=true>{after}</Cell>
            {difference}
        </Row>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use api::{prices::TargetPrice, schedules::ScheduleReading};
    use domain::{
        prices::{Buying, PriceSource},
        schedules::SpotShare,
        time::{DAY_MS, Timestamp, Zone},
    };
    use serde_json::json;

    const HOUR_MS: u64 = 3_600_000;

    fn known() -> Known {
        let night = json!({
            "name": "night", "timezone": "UTC", "targets": [{"asg": "web"}],
            "base": {"min": 2, "desired": 2, "max": 4},
            "windows": [{"name": "night", "from": "20:00", "to": "08:00",
                "capacity": {"min": 0, "desired": 0, "max": 0}}],
        });
        let reading = ScheduleReading {
            schedule: Some(serde_json::from_value(night).expect("a schedule")),
            zones: vec![Zone::utc()],
            ..ScheduleReading::default()
        };
        Known::of(&reading).expect("a schedule")
    }

    fn prices(buying: Buying, micro_usd: Option<u64>) -> MonthPrices {
        let from = Timestamp::from_ms(0);
        let all_day = |count: u64| Between {
            least: count * 30 * 24 * HOUR_MS,
            most: count * 30 * 24 * HOUR_MS,
        };
        MonthPrices {
            from,
            until: from.plus_ms(30 * DAY_MS),
            spot_percent: 45,
            targets: vec![TargetPrice {
                name: "web".into(),
                buying,
                price: micro_usd.map(|on_demand_micro_usd| UnitPrice {
                    on_demand_micro_usd,
                    instance_types: vec!["c7g.large".into()],
                    source: PriceSource {
                        name: "a list".into(),
                        state: "2026-01-19".into(),
                    },
                }),
                before: Usage {
                    on_demand_ms: all_day(2),
                    ..Usage::default()
                },
            }],
        }
    }

    fn check(buying: Buying, micro_usd: Option<u64>, english: &str, korean: &str) {
        let bill = bill(&known(), &prices(buying, micro_usd)).expect("a bill");
        assert_eq!(sentence(Lang::En, &bill), english);
        assert_eq!(sentence(Lang::Ko, &bill), korean);
    }

    #[test]
    fn a_bill_is_one_sentence() {
        let fixed = Buying {
            scales_itself: false,
            mix: None,
        };
        check(
            fixed,
            Some(100_000),
            "−$72.00 in 30 days, from 1,440 to 720 instance hours.",
            "30일간 −$72.00, 인스턴스 1,440시간에서 720시간으로.",
        );
        check(
            fixed,
            None,
            "The cost is unknown; from 1,440 to 720 instance hours.",
            "비용을 알 수 없습니다. 인스턴스 1,440시간에서 720시간으로.",
        );
        let scaling = Buying {
            scales_itself: true,
            mix: Some(SpotShare {
                on_demand_base: 0,
                on_demand_percent: 0,
            }),
        };
        check(
            scaling,
            Some(100_000),
            "−$111.60 … −$79.20 in 30 days, from 1,440 to 720–1,440 instance hours.",
            "30일간 −$111.60 … −$79.20, 인스턴스 1,440시간에서 720–1,440시간으로.",
        );
    }
}
