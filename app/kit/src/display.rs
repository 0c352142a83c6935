//! Single facts: a figure, a list of facts, a key, a text to copy.

use crate::{Glyph, Icon, Tone, ToneMark};
use leptos::{html, prelude::*};

/// One figure with its name. With `href` the whole of it is a link.
#[component]
pub fn Stat(
    /// What is counted or measured.
    #[prop(into)]
    label: String,
    /// The figure, formatted.
    #[prop(into)]
    value: Signal<String>,
    /// Its unit, set smaller.
    #[prop(optional, into)]
    unit: Option<String>,
    /// What to know about it ("+2 since 10:00").
    #[prop(optional, into)]
    note: MaybeProp<String>,
    /// How good it is; other than neutral shows the tone's mark.
    #[prop(optional, into)]
    tone: Signal<Tone>,
    /// Where its details are.
    #[prop(optional, into)]
    href: Option<String>,
) -> impl IntoView {
    let content = view! {
        <span class="stat-label">
            {move || (tone.get() != Tone::Neutral).then(|| view! { <ToneMark tone=tone.get()/> })}
            {label}
        </span>
        <span class="stat-value">
            {value}
            {unit.map(|unit| view! { <span class="stat-unit">{unit}</span> })}
        </span>
        {move || note.get().map(|note| view! { <span class="stat-note">{note}</span> })}
    };
    match href {
        Some(href) => view! {
            <a class="stat" data-tone=move || tone.get().as_str() href=href>{content}</a>
        }
        .into_any(),
        None => view! {
            <div class="stat" data-tone=move || tone.get().as_str()>{content}</div>
        }
        .into_any(),
    }
}

/// A list of facts: [`KeyValue`]s.
#[component]
pub fn KeyValues(
    /// Two or three facts side by side where there is room.
    #[prop(optional)]
    columns: bool,
    /// The facts.
    children: Children,
) -> impl IntoView {
    view! { <dl class="key-values" data-columns=columns.then_some("true")>{children()}</dl> }
}

/// One fact of a [`KeyValues`] list.
#[component]
pub fn KeyValue(
    /// Its name.
    #[prop(into)]
    label: String,
    /// Its value.
    children: Children,
) -> impl IntoView {
    view! { <div class="key-value"><dt>{label}</dt><dd>{children()}</dd></div> }
}

/// A key or a chord on the keyboard.
#[component]
pub fn Kbd(
    /// The keys as text.
    children: Children,
) -> impl IntoView {
    view! { <kbd class="kbd">{children()}</kbd> }
}

/// A text with a button that copies it. Where the browser refuses (no secure
/// context, no permission), nothing is claimed: the text is selected instead.
#[component]
pub fn CopyText(
    /// The text.
    #[prop(into)]
    text: String,
    /// Name of the button.
    #[prop(into)]
    copy_label: String,
    /// What is said when it is done.
    #[prop(into)]
    copied_label: String,
) -> impl IntoView {
    let copied = RwSignal::new(false);
    let source = text.clone();
    let shown = NodeRef::<html::Code>::new();
    let copy = move |_| {
        let shown = shown.get_untracked().map(Into::into);
        crate::browser::copy_text(&source, shown, move || {
            // The text may be gone by the time the browser has done it.
            let _ = copied.try_set(true);
        });
    };
    view! {
        <span class="copy-text">
            <code node_ref=shown>{text}</code>
            <button class="button icon-button" data-variant="ghost" data-size="small" type="button"
                aria-label=copy_label on:click=copy>
                {move || {
                    let glyph = if copied.get() { Glyph::Check } else { Glyph::Copy };
                    view! { <Icon glyph/> }
                }}
            </button>
            <span class="copy-done" role="status">{move || copied.get().then(|| copied_label.clone())}</span>
        </span>
    }
}
