//! Ways around: tabs, pages of a list, bread crumbs, a skip link, a menu.

use crate::{Glyph, Icon, browser::show_current};
use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;

/// One tab: a link to the same subject seen another way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tab {
    /// Its text.
    pub label: String,
    /// Where it goes.
    pub href: String,
    /// Whether we are there.
    pub current: bool,
    /// How many things are there, as text.
    pub count: Option<String>,
    /// Why one may not go there; the tab is then no link, and says why.
    pub disabled_reason: Option<String>,
}

fn tab_view(tab: Tab) -> AnyView {
    let count = tab
        .count
        .map(|count| view! { <span class="tab-count">{count}</span> });
    match tab.disabled_reason {
        None => view! {
            <a class="tab" href=tab.href aria-current=tab.current.then_some("page")>{tab.label}{count}</a>
        }
        .into_any(),
        Some(reason) => {
            view! { <BlockedLink class="tab" reason>{tab.label}{count}</BlockedLink> }.into_any()
        }
    }
}

/// Where a link would stand that leads to what one may not see: it stays in the
/// tab order and says why, instead of vanishing.
#[component]
pub fn BlockedLink(
    /// The class of the link that would be here.
    #[prop(optional, into)]
    class: String,
    /// Why one may not go there.
    #[prop(into)]
    reason: String,
    /// What the link would show.
    children: Children,
) -> impl IntoView {
    let description = reason.clone();
    view! {
        <span class=format!("blocked-link {class}") role="link" tabindex="0" aria-disabled="true"
            aria-description=description>
            {children()}
            <span class="tip" aria-hidden="true">{reason}</span>
        </span>
    }
}

/// Tabs that are links, so that the address says which one is open.
#[component]
pub fn Tabs(
    /// What the tabs choose between.
    #[prop(into)]
    label: String,
    /// The tabs.
    #[prop(into)]
    tabs: Signal<Vec<Tab>>,
) -> impl IntoView {
    let strip = NodeRef::<html::Nav>::new();
    // On a telephone the current one may be off the screen.
    Effect::new(move |_| {
        tabs.track();
        if let Some(strip) = strip.get() {
            request_animation_frame(move || show_current(&strip));
        }
    });
    view! {
        <nav class="tabs" aria-label=label node_ref=strip>
            <ul>
                {move || tabs.get().into_iter().map(|tab| view! { <li>{tab_view(tab)}</li> }).collect_view()}
            </ul>
        </nav>
    }
}

/// One numbered page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageLink {
    /// Its number as text.
    pub label: String,
    /// Where it goes.
    pub href: String,
    /// Whether we are there.
    pub current: bool,
}

/// Steps through the pages of a list by links. A step that leads nowhere is
/// shown, but is no link.
#[component]
pub fn Pagination(
    /// What is paged.
    #[prop(into)]
    label: String,
    /// Text of the step back.
    #[prop(into)]
    previous_label: String,
    /// Address of the page before, if there is one.
    #[prop(optional, into)]
    previous: MaybeProp<String>,
    /// Text of the step forward.
    #[prop(into)]
    next_label: String,
    /// Address of the page after, if there is one.
    #[prop(optional, into)]
    next: MaybeProp<String>,
    /// Where we are in words ("51–100 of 412").
    #[prop(optional, into)]
    summary: MaybeProp<String>,
    /// Numbered pages, when they can be known.
    #[prop(optional)]
    pages: Vec<PageLink>,
) -> impl IntoView {
    let pages = (!pages.is_empty()).then(|| view! {
        <ol class="page-numbers">
            {pages.into_iter().map(|page| view! {
                <li><a href=page.href aria-current=page.current.then_some("page")>{page.label}</a></li>
            }).collect_view()}
        </ol>
    });
    view! {
        <nav class="pagination" aria-label=label>
            <span class="page-summary">{move || summary.get()}</span>
            {pages}
            <span class="page-steps">
                {step(previous_label, previous, "prev", Glyph::ChevronLeft)}
                {step(next_label, next, "next", Glyph::ChevronRight)}
            </span>
        </nav>
    }
}

fn step(label: String, href: MaybeProp<String>, rel: &'static str, glyph: Glyph) -> impl IntoView {
    move || {
        let label = label.clone();
        let content = view! { <Icon glyph/><span class="button-text">{label}</span> };
        match href.get() {
            Some(href) => view! {
                <a class="button" data-variant="secondary" data-size="small" rel=rel href=href>{content}</a>
            }
            .into_any(),
            None => view! {
                <span class="button" data-variant="secondary" data-size="small" data-off="true">{content}</span>
            }
            .into_any(),
        }
    }
}

/// One step of the way here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crumb {
    /// Its text.
    pub label: String,
    /// Where it goes; none for the page itself.
    pub href: Option<String>,
}

/// The way here.
#[component]
pub fn Breadcrumbs(
    /// What this list is ("You are here").
    #[prop(into)]
    label: String,
    /// From the root to this page.
    crumbs: Vec<Crumb>,
) -> impl IntoView {
    view! {
        <nav class="breadcrumbs" aria-label=label>
            <ol>
                {crumbs.into_iter().map(|crumb| match crumb.href {
                    Some(href) => view! { <li><a href=href>{crumb.label}</a></li> }.into_any(),
                    None => view! { <li><span aria-current="page">{crumb.label}</span></li> }.into_any(),
                }).collect_view()}
            </ol>
        </nav>
    }
}

/// The first link of a page: past the navigation, to the content.
#[component]
pub fn SkipLink(
    /// The content's fragment, with `#`.
    #[prop(default = "#main".to_owned(), into)]
    href: String,
    /// Its text.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    view! { <a class="skip-link" href=href>{text}</a> }
}

/// A button that unfolds a panel of links or controls. It unfolds without
/// script; with it, Escape, a press elsewhere, going on elsewhere by keyboard
/// or picking something folds it again.
#[component]
pub fn Menu(
    /// What unfolding shows; read out before what the button shows.
    #[prop(into)]
    label: String,
    /// What the button shows.
    #[prop(into)]
    button: ViewFnOnce,
    /// The panel.
    children: Children,
) -> impl IntoView {
    let node = NodeRef::<html::Details>::new();
    let fold = move || {
        if let Some(menu) = node.get_untracked() {
            menu.set_open(false);
        }
    };
    let fold_outside = move |target: Option<web_sys::EventTarget>| {
        let target = target.and_then(|target| target.dyn_into::<web_sys::Node>().ok());
        let inside = node
            .get_untracked()
            .is_some_and(|menu| menu.contains(target.as_ref()));
        if !inside {
            fold();
        }
    };
    // The focus that goes nowhere does not fold: a press on something that takes
    // no focus, a window that is left, an element that is drawn anew would take
    // the menu away between the press of a button in it and its click.
    let left = move |event: ev::FocusEvent| {
        if let Some(next) = event.related_target() {
            fold_outside(Some(next));
        }
    };
    Effect::new(move |_| {
        let handle = window_event_listener(ev::pointerdown, move |event| {
            fold_outside(event.target());
        });
        on_cleanup(move || handle.remove());
    });
    let key = move |event: ev::KeyboardEvent| {
        if event.key() == "Escape" {
            fold();
        }
    };
    view! {
        <details class="menu" node_ref=node on:focusout=left on:keydown=key>
            <summary class="button" data-variant="ghost" data-size="medium">
                <span class="visually-hidden">{label}" "</span>
                {button.run()}
            </summary>
            // Focusable, so that a press on its margin does not count as leaving.
            <div class="menu-panel" tabindex="-1" on:click=move |_| fold()>{children()}</div>
        </details>
    }
}
