//! Filters and pages of lists: the address holds them, so that a view can be
//! shared, bookmarked and gone back to. A filter bar is a plain GET form that
//! works before the browser's program runs; with it, nothing is loaded anew.

use crate::{
    paths::Query,
    texts::{alarms as words, common as t},
    viewer::{Viewing, use_viewing},
};
use api::PageQuery;
use domain::estate::Environment;
use kit::{Button, ButtonType, ButtonVariant, Choice, LinkButton, Pagination, Tab, Tabs};
use leptos::{ev, prelude::*};
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate, use_params_map},
};
use wasm_bindgen::{JsCast, JsValue};

/// The query of this page as a value. It stands still while the address moves
/// on to another page, so that a page that is being left reads nothing.
pub(crate) fn page_query<T>(read: fn(&Query) -> T) -> Memo<T>
where
    T: PartialEq + Send + Sync + 'static,
{
    let location = use_location();
    let own_path = location.pathname.get_untracked();
    let search = Memo::new(move |last: Option<&String>| {
        if location.pathname.get() == own_path {
            location.search.get()
        } else {
            last.cloned().unwrap_or_default()
        }
    });
    Memo::new(move |_| read(&Query::parse(&search.get())))
}

/// The id in the path of this page; none if it is no id. It stands still, too.
pub(crate) fn page_id<T>() -> Memo<Option<T>>
where
    T: std::str::FromStr + Copy + PartialEq + Send + Sync + 'static,
{
    let params = use_params_map();
    Memo::new(
        move |last: Option<&Option<T>>| match params.read().get("id") {
            Some(text) => text.parse().ok(),
            None => last.copied().flatten(),
        },
    )
}

/// The hours of a chart's range, from the address; one of those offered.
pub(crate) fn page_hours() -> Memo<u32> {
    page_query(|query| {
        let asked = query.get("hours").and_then(|text| text.parse().ok());
        asked
            .filter(|hours| HOURS_OFFERED.contains(hours))
            .unwrap_or(HOURS_OFFERED[1])
    })
}

/// Ranges of a chart that are offered; the second unless asked otherwise.
pub(crate) const HOURS_OFFERED: [u32; 3] = [3, 24, 168];

/// Links that choose the range of a chart.
pub(crate) fn range_tabs(
    viewing: Viewing,
    hours: Memo<u32>,
    href: impl Fn(u32) -> String + Send + Sync + 'static,
) -> impl IntoView {
    let lang = viewing.lang;
    let label = move |hours| match hours {
        3 => words::hours_3(lang),
        24 => words::hours_24(lang),
        _ => words::hours_168(lang),
    };
    let tabs = Signal::derive(move || {
        let tab = |offered: u32| Tab {
            label: label(offered).into(),
            href: href(offered),
            current: offered == hours.get(),
            ..Tab::default()
        };
        HOURS_OFFERED.into_iter().map(tab).collect::<Vec<_>>()
    });
    view! { <Tabs label=words::range(lang) tabs/> }
}

/// What a filter form does when it is sent: goes to its address without loading
/// the page, leaving out what is empty.
pub(crate) fn go_on_submit(path: &'static str) -> impl Fn(ev::SubmitEvent) + Clone {
    let navigate = use_navigate();
    move |event| {
        let form = event
            .target()
            .and_then(|target| target.dyn_into::<web_sys::HtmlFormElement>().ok());
        let Some(query) = form.as_ref().and_then(form_query) else {
            return;
        };
        event.prevent_default();
        navigate(&query.on(path), NavigateOptions::default());
    }
}

/// A choice in a filter form applies at once; typed words wait for Enter.
pub(crate) fn send_on_change(event: ev::Event) {
    let Some(target) = event.target() else { return };
    let form = match target.dyn_ref::<web_sys::HtmlSelectElement>() {
        Some(select) => select.form(),
        None => return,
    };
    if let Some(form) = form {
        // Fails only for a form outside the document.
        let _ = form.request_submit();
    }
}

fn form_query(form: &web_sys::HtmlFormElement) -> Option<Query> {
    let data = web_sys::FormData::new_with_form(form).ok()?;
    let pairs = js_sys::try_iter(&JsValue::from(data)).ok()??;
    let mut query = Query::default();
    for pair in pairs {
        let pair = js_sys::Array::from(&pair.ok()?);
        let name = pair.get(0).as_string()?;
        query = query.with(&name, pair.get(1).as_string().unwrap_or_default());
    }
    Some(query)
}

/// The end of a filter bar: apply, and clear where something is filtered.
pub(crate) fn filter_actions(
    path: &'static str,
    is_filtered: impl Fn() -> bool + Send + Sync + 'static,
) -> impl IntoView {
    let lang = use_viewing().lang;
    view! {
        <Button kind=ButtonType::Submit>{t::apply_filters(lang)}</Button>
        {move || is_filtered().then(|| view! {
            <LinkButton href=path variant=ButtonVariant::Ghost>{t::clear_filters(lang)}</LinkButton>
        })}
    }
}

/// The choices of an environment filter, "all" first.
pub(crate) fn environment_choices(viewing: Viewing) -> Vec<Choice> {
    let all = Choice::new("", t::all_environments(viewing.lang));
    let own = viewing
        .environments()
        .into_iter()
        .map(|environment: Environment| Choice::new(environment.as_str(), environment.as_str()));
    std::iter::once(all).chain(own).collect()
}

/// The first of several, as the value of a select.
pub(crate) fn first_word<T>(values: &[T], word: impl Fn(&T) -> String) -> String {
    values.first().map(word).unwrap_or_default()
}

/// Steps through a list.
#[component]
pub(crate) fn Pages(
    /// Rows of the whole list.
    total: u64,
    /// Where this page begins.
    offset: u32,
    /// Rows of a page.
    limit: u32,
    /// The address of the page that begins elsewhere.
    #[prop(into)]
    href: Callback<PageQuery, String>,
) -> impl IntoView {
    let lang = use_viewing().lang;
    let steps = page_steps(total, offset, limit);
    let to = move |offset: u32| href.run(PageQuery { offset, limit });
    let summary = t::page_summary(lang, steps.first, steps.last, total);
    (total > 0).then(|| {
        view! {
            <Pagination label=t::pages(lang)
                previous_label=t::previous_page(lang) previous=steps.previous.map(to)
                next_label=t::next_page(lang) next=steps.next.map(to)
                summary=summary/>
        }
    })
}

#[derive(Debug, PartialEq, Eq)]
struct PageSteps {
    first: u64,
    last: u64,
    previous: Option<u32>,
    next: Option<u32>,
}

fn page_steps(total: u64, offset: u32, limit: u32) -> PageSteps {
    let end = u64::from(offset) + u64::from(limit);
    PageSteps {
        first: (u64::from(offset) + 1).min(total),
        last: end.min(total),
        previous: (offset > 0).then(|| offset.saturating_sub(limit)),
        next: (end < total).then(|| offset.saturating_add(limit)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_stay_inside_the_list() {
        let steps = |total, offset| {
            let steps = page_steps(total, offset, 50);
            (steps.first, steps.last, steps.previous, steps.next)
        };
        assert_eq!(steps(120, 0), (1, 50, None, Some(50)));
        assert_eq!(steps(120, 50), (51, 100, Some(0), Some(100)));
        assert_eq!(steps(120, 100), (101, 120, Some(50), None));
        assert_eq!(steps(120, 20), (21, 70, Some(0), Some(70)));
        assert_eq!(steps(50, 0), (1, 50, None, None));
        assert_eq!(steps(0, 0), (0, 0, None, None));
    }
}
