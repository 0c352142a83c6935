//! What a page says when there is nothing, not yet, or not any more: empty and
//! error states, placeholders, callouts.

use crate::{Button, ButtonVariant, Glyph, Icon, Tone, ToneMark};
use leptos::prelude::*;

/// Nothing is here: why, and what to do about it.
#[component]
pub fn EmptyState(
    /// A picture of what would be here.
    #[prop(default = Glyph::List)]
    glyph: Glyph,
    /// What is not here.
    #[prop(into)]
    title: String,
    /// Why, and what would bring it.
    #[prop(optional, into)]
    text: MaybeProp<String>,
    /// What to do.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty-state">
            <span class="empty-glyph"><Icon glyph/></span>
            <p class="empty-title">{title}</p>
            {move || text.get().map(|text| view! { <p class="empty-text">{text}</p> })}
            {children.map(|children| view! { <div class="actions">{children()}</div> })}
        </div>
    }
}

/// Something failed: what, why, and a way to try again.
#[component]
pub fn ErrorState(
    /// What failed.
    #[prop(into)]
    title: String,
    /// Why, and what to do.
    #[prop(into)]
    text: Signal<String>,
    /// What to quote to an administrator: a request id, a code.
    #[prop(optional, into)]
    reference: MaybeProp<String>,
    /// Text of the button that tries again; without it there is none.
    #[prop(optional, into)]
    retry_label: Option<String>,
    /// Tries again.
    #[prop(optional, into)]
    on_retry: Option<Callback<()>>,
) -> impl IntoView {
    let retry = retry_label.zip(on_retry).map(|(label, retry)| view! {
        <div class="actions">
            <Button glyph=Glyph::Refresh variant=ButtonVariant::Secondary on:click=move |_| retry.run(())>{label}</Button>
        </div>
    });
    view! {
        <div class="error-state" role="alert">
            <p class="empty-title"><ToneMark tone=Tone::Alarm/><span>{title}</span></p>
            <p class="empty-text">{text}</p>
            {move || reference.get().map(|reference| view! { <p class="error-reference"><code>{reference}</code></p> })}
            {retry}
        </div>
    }
}

/// Stands where content will be.
#[component]
pub fn Skeleton(
    /// How many lines.
    #[prop(default = 3)]
    lines: u8,
    /// What is being loaded, for assistive technology.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    view! {
        <div class="skeleton" role="status" aria-busy="true">
            <span class="visually-hidden">{label}</span>
            {(0..lines).map(|_| view! { <span class="skeleton-line"></span> }).collect_view()}
        </div>
    }
}

/// Work is under way.
#[component]
pub fn Spinner(
    /// What is being done, for assistive technology.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    view! {
        <span class="spinner" role="status">
            <svg class="spinner-ring" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
                <path d="M8 2a6 6 0 1 1-6 6"/>
            </svg>
            <span class="visually-hidden">{label}</span>
        </span>
    }
}

/// A remark that stands out of its page.
#[component]
pub fn Callout(
    /// How serious it is.
    #[prop(optional)]
    tone: Tone,
    /// Its title.
    #[prop(optional, into)]
    title: MaybeProp<String>,
    /// The remark.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="callout" data-tone=tone.as_str() role="note">
            <ToneMark tone/>
            <div class="callout-body">
                {move || title.get().map(|title| view! { <p class="callout-title">{title}</p> })}
                {children.map(|children| view! { <div class="callout-text">{children()}</div> })}
            </div>
        </div>
    }
}
