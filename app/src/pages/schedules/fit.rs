//! How a schedule fits the traffic of its target: planned over needed, advice with its
//! numbers, and the way to draft it.

use super::{model::Known, rpc::read_traffic};
use crate::{
    live::use_live,
    paths,
    shared::{COUNT_AXIS, chart_format, chart_text, count_text, grouped, loaded_part},
    texts::fit as t,
    viewer::use_viewing,
};
use api::{fit::TargetTraffic, schedules::ScheduleDetail};
use domain::{
    fit::{Advice, Edit, Fit, Quarter, TooLittle, WeekPart},
    i18n::Lang,
    limits,
    schedules::Level,
};
use kit::{
    Button, ButtonSize, Callout, Card, LinkButton, Tone,
    chart::{ChartData, ChartSize, Rest, Series, StepChart},
};
use leptos::prelude::*;

/// What the page of a schedule says of its traffic; nothing for what is only on or off.
#[component]
pub(super) fn TrafficFit(value: RwSignal<ScheduleDetail>, known: Signal<Known>) -> impl IntoView {
    let lang = use_viewing().lang;
    if known.with_untracked(|known| matches!(known.schedule.base(), Level::Power { .. })) {
        return ().into_any();
    }
    let targets = value.with_untracked(|detail| {
        let parts = detail.parts.iter();
        parts.map(|part| part.id).collect::<Vec<_>>()
    });
    let content = match targets.as_slice() {
        [Some(id)] => {
            let id = *id;
            let traffic = Resource::new(move || id, read_traffic);
            loaded_part(traffic, move |traffic| {
                // A schedule that was replaced meanwhile is compared anew.
                move || known.with(|known| compared(lang, &traffic, value, known))
            })
        }
        [None] | [] => view! { <p class="muted">{t::no_balancer(lang)}</p> }.into_any(),
        _ => view! { <p class="muted">{t::several(lang)}</p> }.into_any(),
    };
    view! { <Card title=t::title(lang)>{content}</Card> }.into_any()
}

fn compared(
    lang: Lang,
    read: &TargetTraffic,
    value: RwSignal<ScheduleDetail>,
    known: &Known,
) -> AnyView {
    if let Some(note) = read.note.clone() {
        return view! { <Callout tone=Tone::Warning>{note}</Callout> }.into_any();
    }
    let Some(traffic) = &read.traffic else {
        return view! { <p class="muted">{t::no_balancer(lang)}</p> }.into_any();
    };
    // A minute more changes nothing of a week.
    let now = use_live().now.get_untracked();
    match known.fit(traffic, now) {
        Err(TooLittle::Days(days)) => {
            let words = t::few_days(lang, days, limits::FIT_DAYS_MIN);
            view! { <p class="muted">{words}</p> }.into_any()
        }
        Err(TooLittle::Carried) => {
            view! { <p class="muted">{t::carried_unknown(lang)}</p> }.into_any()
        }
        Ok(None) => ().into_any(),
        Ok(Some(fit)) => view! { <Fitting fit value/> }.into_any(),
    }
}

#[component]
fn Fitting(fit: Fit, value: RwSignal<ScheduleDetail>) -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let now = use_live().now.get_untracked();
    let data = picture(lang, &fit.quarters);
    let format = chart_format(viewing, now, count_text);
    let text = chart_text(viewing, t::chart(lang));
    let explained = t::explained(lang, fit.days, &grouped(u64::from(fit.carried)));
    let name = value.with_untracked(|detail| detail.row.name.clone());
    let refused = value.with_untracked(|detail| detail.propose_refused.clone());
    let items = fit.advice.iter().map(|advice| {
        let (what, why) = words(lang, advice);
        let act = match refused.clone() {
            None => {
                let href = paths::edit_schedule_so(&name, &advice.edit);
                view! { <LinkButton href size=ButtonSize::Small>{t::draft(lang)}</LinkButton> }
                    .into_any()
            }
            Some(reason) => view! {
                <Button size=ButtonSize::Small disabled_reason=reason>{t::draft(lang)}</Button>
            }
            .into_any(),
        };
        view! {
            <li class="list-item"><strong>{what}</strong> <span class="muted">{why}</span> <span class="row">{act}</span></li>
        }
    });
    let items = items.collect_view();
    let list = match fit.advice.is_empty() {
        true => view! { <p>{t::fits(lang)}</p> }.into_any(),
        false => {
            view! { <ul class="plain-list" aria-label=t::advice(lang)>{items}</ul> }.into_any()
        }
    };
    view! {
        <p class="muted">{explained}</p>
        <StepChart data=Signal::stored(data) text format size=ChartSize::Small/>
        {list}
    }
    .into_any()
}

/// Planned and needed, where they change.
fn picture(lang: Lang, quarters: &[Quarter]) -> ChartData {
    let line = |name: &str, value: fn(&Quarter) -> u32| {
        let mut points: Vec<(i64, Option<f64>)> = Vec::new();
        for (place, quarter) in quarters.iter().enumerate() {
            let point = (quarter.at.ms(), Some(f64::from(value(quarter))));
            let same = points.last().is_some_and(|last| last.1 == point.1);
            if !same || place + 1 == quarters.len() {
                points.push(point);
            }
        }
        Series::new(name, points)
    };
    let end = |quarter: Option<&Quarter>| quarter.map(|quarter| quarter.at.ms());
    ChartData {
        from_ms: end(quarters.first()).unwrap_or_default(),
        to_ms: end(quarters.last()).unwrap_or_default(),
        series: vec![
            line(t::planned(lang), |quarter| quarter.planned),
            line(t::needed(lang), |quarter| quarter.needed),
        ],
        rest: Rest::Nothing,
        y_max: Some(COUNT_AXIS),
        ..ChartData::default()
    }
}

/// What to change, and why.
fn words(lang: Lang, advice: &Advice) -> (String, String) {
    let requests = grouped(u64::from(advice.requests));
    let short = || t::short(lang, advice.planned, advice.needed, &requests);
    match &advice.edit {
        Edit::Start { window, at } => {
            let what = t::start(lang, window.as_str(), advice.minutes, &at.to_string());
            (what, short())
        }
        Edit::End { window, at } => {
            let what = t::end(lang, window.as_str(), advice.minutes, &at.to_string());
            (what, short())
        }
        Edit::Quiet { from, to, .. } => {
            let days = match advice.days {
                WeekPart::Every => t::every_day(lang),
                WeekPart::Weekdays => t::weekdays(lang),
                WeekPart::Weekends => t::weekends(lang),
            };
            let (from, to) = (from.to_string(), to.to_string());
            let what = t::quiet(lang, advice.planned, &from, &to, days);
            (what, t::unused(lang, advice.needed, &requests))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{schedules::WindowName, time::Timestamp};

    #[test]
    fn lines_turn_where_numbers_change_and_reach_to_the_end() {
        let quarter = |at: i64, planned| Quarter {
            at: Timestamp::from_ms(at),
            planned,
            needed: 1,
        };
        let data = picture(
            Lang::En,
            &[quarter(0, 2), quarter(1, 2), quarter(2, 6), quarter(3, 6)],
        );
        let points = |index: usize| data.series[index].points.clone();
        assert_eq!(points(0), [(0, Some(2.0)), (2, Some(6.0)), (3, Some(6.0))]);
        assert_eq!(points(1), [(0, Some(1.0)), (3, Some(1.0))]);
        assert_eq!((data.from_ms, data.to_ms), (0, 3));
    }

    #[test]
    fn advice_is_told_with_its_numbers() {
        let advice = Advice {
            edit: Edit::Start {
                window: WindowName::new("day").expect("a name"),
                at: "07:30".parse().expect("a time"),
            },
            days: WeekPart::Every,
            minutes: 30,
            planned: 2,
            needed: 6,
            requests: 5_400,
        };
        assert_eq!(
            words(Lang::En, &advice),
            (
                "Start “day” 30 minutes earlier, at 07:30.".to_owned(),
                "Planned there are 2, and up to 6 were needed: 5,400 requests in a quarter hour."
                    .to_owned()
            )
        );
    }
}
