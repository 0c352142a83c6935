//! Spot capacity on the pages of targets and schedules: how much there is, what AWS told of
//! it, what it costs.

mod model;
mod rpc;

use crate::{
    live::use_live,
    shared::{Moment, breakable, chart_format, chart_text, loaded_part, price_text},
    texts::{common, spot as t},
    viewer::use_viewing,
};
use api::{
    spot::{SpotNotice, SpotPrices, SpotReport},
    stream::News,
};
use domain::{
    i18n::Lang,
    ids::TargetId,
    limits,
    spot::{Bought, SpotNoticeKind, SpotPart, TypePrices, percent_of},
};
use kit::{
    Callout, Card, Cell, Column, Row, StateChip, Table, Tone,
    chart::{ChartSize, StepChart},
};
use leptos::prelude::*;
use rpc::{target_spot, target_spot_prices};

/// Notices that are shown unfolded.
const NOTICES_SHOWN: usize = 5;
/// Instance types whose prices are shown unfolded.
const TYPES_SHOWN: usize = 2;

/// What is known of a target's spot instances now, kept up to date.
fn report_of(id: TargetId) -> Resource<Result<SpotReport, crate::rpc::UiError>> {
    let report = Resource::new(move || id, target_spot);
    use_live().listen(move |news| {
        let of_target = matches!(news, News::Target { id: told } if *told == id);
        if of_target || matches!(news, News::Reload) {
            report.refetch();
        }
    });
    report
}

/// How much of a group is spot now, and what AWS told of it.
#[component]
pub(crate) fn Spot(id: TargetId) -> impl IntoView {
    let lang = use_viewing().lang;
    let content = loaded_part(report_of(id), move |report: SpotReport| {
        let zones = parts(lang, t::by_zone(lang), report.zones);
        let types = parts(lang, t::by_type(lang), report.types);
        view! {
            <p>{share(lang, report.bought)}</p>
            <div class="grid capacity-wide">{zones} {types}</div>
            {notices(lang, report.notices)}
        }
    });
    view! { <Card title=t::title(lang)><div class="stack-tight">{content}</div></Card> }
}

/// What AWS told of a schedule's spot instances.
#[component]
pub(crate) fn SpotNotices(
    /// The groups of the schedule, as far as they are known.
    targets: Vec<TargetId>,
) -> impl IntoView {
    let lang = use_viewing().lang;
    let content = match targets.as_slice() {
        [id] => loaded_part(report_of(*id), move |report: SpotReport| {
            view! { <p>{share(lang, report.bought)}</p> {notices(lang, report.notices)} }
        }),
        [] => return ().into_any(),
        _ => view! { <p class="muted">{t::several(lang)}</p> }.into_any(),
    };
    view! { <Card title=t::notices(lang)><div class="stack-tight">{content}</div></Card> }
        .into_any()
}

/// How much is spot, in a sentence.
fn share(lang: Lang, bought: Bought) -> String {
    match bought.spot_percent() {
        Some(percent) => t::share(lang, bought.spot, bought.all(), percent),
        None if bought.all() == 0 => t::share_nothing(lang).to_owned(),
        None => t::share_unknown(lang).to_owned(),
    }
}

/// How much is spot, for a cell of a list.
pub(crate) fn share_text(bought: Bought) -> String {
    match bought.spot_percent() {
        Some(percent) => format!("{} · {percent} %", bought.spot),
        None if bought.all() == 0 => "0".to_owned(),
        None => "–".to_owned(),
    }
}

fn parts(lang: Lang, caption: &'static str, parts: Vec<SpotPart>) -> AnyView {
    if parts.is_empty() {
        return ().into_any();
    }
    let columns = vec![
        Column::text(caption),
        Column::number(t::spot(lang)),
        Column::number(t::on_demand(lang)),
        Column::number(t::unknown(lang)),
        Column::number(t::percent(lang)),
    ];
    let rows = parts.into_iter().map(|SpotPart { name, bought }| {
        let percent = bought.spot_percent();
        view! {
            <Row>
                <Cell heading=true>{name}</Cell>
                <Cell label=t::spot(lang) numeric=true>{bought.spot}</Cell>
                <Cell label=t::on_demand(lang) numeric=true>{bought.on_demand}</Cell>
                <Cell label=t::unknown(lang) numeric=true>{bought.unknown}</Cell>
                <Cell label=t::percent(lang) numeric=true>{percent.map(|percent| format!("{percent} %"))}</Cell>
            </Row>
        }
    });
    let rows = rows.collect_view();
    view! { <Table caption columns=columns dense=true>{rows}</Table> }.into_any()
}

fn notices(lang: Lang, told: Vec<SpotNotice>) -> AnyView {
    let of_kind = |kind| told.iter().filter(|notice| notice.kind == kind).count();
    let counted = t::counted(
        lang,
        of_kind(SpotNoticeKind::Interruption),
        of_kind(SpotNoticeKind::Rebalance),
    );
    if told.is_empty() {
        return view! { <p>{counted}</p> <p class="muted">{t::from_events(lang)}</p> }.into_any();
    }
    let most = limits::SPOT_NOTICES_LISTED_MAX as usize;
    let is_cut = told.len() == most;
    let cut = is_cut.then(|| view! { <p class="muted">{t::counted_most(lang, most)}</p> });
    let mut shown = told;
    let older = shown.split_off(shown.len().min(NOTICES_SHOWN));
    let older = (!older.is_empty()).then(|| {
        let label = t::older(lang, older.len());
        view! { <details class="detail"><summary>{label}</summary>{list(lang, older)}</details> }
    });
    view! { <p>{counted}</p> {cut} {list(lang, shown)} {older} }.into_any()
}

fn list(lang: Lang, told: Vec<SpotNotice>) -> AnyView {
    let items = told.into_iter().map(|notice| {
        let (tone, label) = match notice.kind {
            SpotNoticeKind::Interruption => (Tone::Warning, t::interruption(lang)),
            SpotNoticeKind::Rebalance => (Tone::Info, t::rebalance(lang)),
        };
        let place = [notice.instance_type, notice.zone].join(" ");
        view! {
            <li class="list-item">
                <span class="row"><StateChip tone label/> <Moment at=notice.at/></span>
                <span class="row muted"><code>{breakable(&notice.instance)}</code> {place}</span>
            </li>
        }
    });
    let items = items.collect_view();
    view! { <ul class="plain-list" aria-label=t::notices(lang)>{items}</ul> }.into_any()
}

/// What a group's instance types cost as spot, beside what they cost on demand.
#[component]
pub(crate) fn SpotPriceHistory(id: TargetId) -> impl IntoView {
    let lang = use_viewing().lang;
    let prices = Resource::new(move || id, target_spot_prices);
    let content = loaded_part(prices, move |prices: SpotPrices| shown(lang, prices));
    view! { <Card title=t::prices(lang)><div class="stack-tight">{content}</div></Card> }
}

fn shown(lang: Lang, prices: SpotPrices) -> AnyView {
    if let Some(note) = prices.note {
        let missing = prices
            .missing
            .map(|action| view! { <p>{common::permission_missing(lang, &action)}</p> });
        return view! { <Callout tone=Tone::Warning>{note} {missing}</Callout> }.into_any();
    }
    if prices.types.is_empty() {
        return view! { <p class="muted">{t::prices_empty(lang)}</p> }.into_any();
    }
    let span = (prices.from, prices.until);
    let source = prices
        .source
        .map(|source| t::list_source(lang, &source.name, &source.state));
    let mut first = prices.types;
    let more = first.split_off(first.len().min(TYPES_SHOWN));
    let more = (!more.is_empty()).then(|| {
        let label = t::more_types(lang, more.len());
        let charts = more.into_iter().map(|one| of_type(one, span));
        let charts = charts.collect_view();
        view! { <details class="detail"><summary>{label}</summary>{charts}</details> }
    });
    let first = first.into_iter().map(|one| of_type(one, span));
    view! {
        <p class="muted">{t::prices_about(lang)} " " {source}</p>
        {first.collect_view()}
        {more}
    }
    .into_any()
}

/// One instance type: its prices over time, and each zone's in numbers.
fn of_type(
    prices: TypePrices,
    span: (domain::time::Timestamp, domain::time::Timestamp),
) -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let whole = prices.on_demand_micro_usd;
    let data = model::chart(lang, &prices, span);
    let text = chart_text(viewing, t::prices_chart(lang, &prices.instance_type));
    let format = chart_format(viewing, span.1, model::dollars_text);
    let list_price = match whole {
        Some(price) => t::list_price(lang, &price_text(price)),
        None => t::list_unknown(lang).to_owned(),
    };
    let columns = vec![
        Column::text(t::zone(lang)),
        Column::number(t::price_now(lang)),
        Column::number(t::price_mean(lang)),
        Column::number(t::of_list(lang)),
    ];
    let rows = prices.zones.into_iter().map(|zone| {
        let percent = whole.and_then(|whole| percent_of(zone.now_micro_usd(), whole));
        let now = price_text(zone.now_micro_usd());
        view! {
            <Row>
                <Cell heading=true>{zone.zone}</Cell>
                <Cell label=t::price_now(lang) numeric=true>{now}</Cell>
                <Cell label=t::price_mean(lang) numeric=true>{price_text(zone.mean_micro_usd)}</Cell>
                <Cell label=t::of_list(lang) numeric=true>{percent.map(|percent| format!("{percent} %"))}</Cell>
            </Row>
        }
    });
    let rows = rows.collect_view();
    let caption = t::prices_chart(lang, &prices.instance_type);
    view! {
        <section class="stack-tight">
            <h3>{prices.instance_type.clone()} " " <span class="muted">{list_price}</span></h3>
            <StepChart data=Signal::stored(data) text format size=ChartSize::Small/>
            <Table caption columns dense=true>{rows}</Table>
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_short_in_a_list() {
        let bought = |on_demand, spot, unknown| Bought {
            on_demand,
            spot,
            unknown,
        };
        for (bought, text) in [
            (bought(1, 2, 0), "2 · 67 %"),
            (bought(3, 0, 0), "0 · 0 %"),
            (bought(0, 0, 0), "0"),
            (bought(1, 0, 2), "–"),
        ] {
            assert_eq!(share_text(bought), text);
        }
    }
}
