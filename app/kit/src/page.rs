//! The parts a page is made of: header, card, figure, filter bar.

use leptos::prelude::*;

/// The head of a page: its title, and what can be done with the whole of it.
#[component]
pub fn PageHeader(
    /// The page's title, its only `<h1>`.
    #[prop(into)]
    title: Signal<String>,
    /// One line about it.
    #[prop(optional, into)]
    subtitle: MaybeProp<String>,
    /// What stands above the title, usually `Breadcrumbs`.
    #[prop(optional, into)]
    above: Option<ViewFnOnce>,
    /// What stands beside the title: states, badges.
    #[prop(optional, into)]
    beside: Option<ViewFnOnce>,
    /// What can be done.
    #[prop(optional, into)]
    actions: Option<ViewFnOnce>,
) -> impl IntoView {
    view! {
        <header class="page-header">
            {above.map(ViewFnOnce::run)}
            <div class="page-header-line">
                <div class="page-header-text">
                    <div class="page-title"><h1>{title}</h1>{beside.map(ViewFnOnce::run)}</div>
                    {move || subtitle.get().map(|text| view! { <p class="page-subtitle">{text}</p> })}
                </div>
                {actions.map(|actions| view! { <div class="actions">{actions.run()}</div> })}
            </div>
        </header>
    }
}

/// A surface around things that belong together.
#[component]
pub fn Card(
    /// Its title, an `<h2>`.
    #[prop(optional, into)]
    title: MaybeProp<String>,
    /// What stands at the end of the title's line.
    #[prop(optional, into)]
    actions: Option<ViewFnOnce>,
    /// No inner margin: for tables that reach the edge.
    #[prop(optional)]
    flush: bool,
    /// The content.
    children: Children,
) -> impl IntoView {
    let has_head = title.get_untracked().is_some() || actions.is_some();
    view! {
        <section class="card" data-flush=flush.then_some("true")>
            {has_head.then(|| view! {
                <div class="card-head">
                    {move || title.get().map(|title| view! { <h2>{title}</h2> })}
                    {actions.map(|actions| view! { <div class="actions">{actions.run()}</div> })}
                </div>
            })}
            <div class="card-body">{children()}</div>
        </section>
    }
}

/// The filters of a list: a GET form, so that the address holds them. Listen to
/// `on:submit` to go there without loading the page.
#[component]
pub fn FilterBar(
    /// What it filters.
    #[prop(into)]
    label: String,
    /// The list's address.
    #[prop(into)]
    action: String,
    /// What stands at the end of the bar: apply, reset.
    #[prop(optional, into)]
    actions: Option<ViewFnOnce>,
    /// The controls.
    children: Children,
) -> impl IntoView {
    view! {
        <form class="filter-bar" method="get" role="search" action=action aria-label=label>
            {children()}
            {actions.map(|actions| view! { <div class="actions">{actions.run()}</div> })}
        </form>
    }
}

/// Text for assistive technology only.
#[component]
pub fn VisuallyHidden(
    /// The text.
    children: Children,
) -> impl IntoView {
    view! { <span class="visually-hidden">{children()}</span> }
}
