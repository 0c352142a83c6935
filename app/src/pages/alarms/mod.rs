//! Alarms: the live list and one alarm.

mod actions;
mod around;
mod coverage;
mod detail;
mod log_lines;
mod model;
mod parts;
mod put;
mod rpc;

pub(crate) use coverage::CoveragePage;
pub(crate) use detail::AlarmPage;
pub(crate) use model::source_word;
pub(crate) use rpc::list_alarms;

use crate::{
    pages::notifications::{View, tabs},
    paths,
    shared::{loaded, page_query},
    texts::{alarms as t, wall},
    viewer::use_viewing,
};
use kit::{Glyph, LinkButton, PageHeader};
use leptos::prelude::*;
use leptos_meta::Title;

/// The page at `/alarms`.
#[component]
pub(crate) fn AlarmsPage() -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let query = page_query(paths::alarm_query);
    let page = Resource::new(move || query.get(), list_alarms);
    view! {
        <Title text=t::title(lang)/>
        <PageHeader title=t::title(lang) actions=move || view! {
            <LinkButton href=Signal::derive(move || query.with(paths::wall)) glyph=Glyph::Activity>{wall::open(lang)}</LinkButton>
            <put::NewAlarm/>
        }/>
        {tabs(viewing, View::Alarms)}
        <parts::Filters query/>
        {loaded(page, move |page| view! { <parts::List page query=query.get_untracked()/> })}
    }
    .into_any()
}
