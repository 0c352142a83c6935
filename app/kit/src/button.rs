//! Things to press. A button that may not be pressed stays in the tab order
//! and says why, instead of vanishing.

use crate::{Glyph, Icon};
use leptos::{ev, prelude::*};

/// How much a button asks for attention.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonVariant {
    /// The one thing to do here; at most one per view.
    Primary,
    /// Any other action.
    #[default]
    Secondary,
    /// Destroys or interrupts something.
    Danger,
    /// Quiet, in rows and tool bars.
    Ghost,
}

impl ButtonVariant {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Primary => "primary",
            Self::Secondary => "secondary",
            Self::Danger => "danger",
            Self::Ghost => "ghost",
        }
    }
}

/// How big a button is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonSize {
    /// For rows of a table.
    Small,
    /// Everywhere else.
    #[default]
    Medium,
    /// For a page with one action.
    Large,
}

impl ButtonSize {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Small => "small",
            Self::Medium => "medium",
            Self::Large => "large",
        }
    }
}

/// What a button does to the form it stands in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonType {
    /// Nothing by itself.
    #[default]
    Button,
    /// Sends the form.
    Submit,
    /// Empties the form.
    Reset,
}

impl ButtonType {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Button => "button",
            Self::Submit => "submit",
            Self::Reset => "reset",
        }
    }
}

/// Swallows a press on a blocked button before any other listener sees it.
/// The button's own listener is attached first, so it runs first.
fn block(event: &ev::MouseEvent) {
    event.prevent_default();
    event.stop_immediate_propagation();
}

/// A button. Attributes and `on:click` given to it land on the `<button>`.
#[component]
pub fn Button(
    /// How much it asks for attention.
    #[prop(optional)]
    variant: ButtonVariant,
    /// How big it is.
    #[prop(optional)]
    size: ButtonSize,
    /// What it does to its form.
    #[prop(optional)]
    kind: ButtonType,
    /// Why it may not be pressed now; while this is there, presses do nothing
    /// and the reason is its description and its tooltip.
    #[prop(optional, into)]
    disabled_reason: MaybeProp<String>,
    /// Its work is under way; presses do nothing.
    #[prop(optional, into)]
    busy: Signal<bool>,
    /// An icon before the text.
    #[prop(optional)]
    glyph: Option<Glyph>,
    /// The text.
    children: Children,
) -> impl IntoView {
    let blocked = Signal::derive(move || busy.get() || disabled_reason.get().is_some());
    view! {
        <button
            class="button"
            data-variant=variant.as_str()
            data-size=size.as_str()
            type=move || if blocked.get() { "button" } else { kind.as_str() }
            aria-disabled=move || blocked.get().then_some("true")
            aria-busy=move || busy.get().then_some("true")
            aria-description=move || disabled_reason.get()
            on:click=move |event| if blocked.get_untracked() { block(&event) }
        >
            {glyph.map(|glyph| view! { <Icon glyph/> })}
            <span class="button-text">{children()}</span>
            {move || disabled_reason.get().map(|reason| view! {
                <span class="tip" aria-hidden="true">{reason}</span>
            })}
        </button>
    }
}

/// A link that looks like a button: it goes somewhere, it does nothing.
#[component]
pub fn LinkButton(
    /// Where it goes.
    #[prop(into)]
    href: Signal<String>,
    /// How much it asks for attention.
    #[prop(optional)]
    variant: ButtonVariant,
    /// How big it is.
    #[prop(optional)]
    size: ButtonSize,
    /// An icon before the text.
    #[prop(optional)]
    glyph: Option<Glyph>,
    /// The text.
    children: Children,
) -> impl IntoView {
    view! {
        <a class="button" data-variant=variant.as_str() data-size=size.as_str() href=href>
            {glyph.map(|glyph| view! { <Icon glyph/> })}
            <span class="button-text">{children()}</span>
        </a>
    }
}

/// A button that shows only an icon; its label is its name and its tooltip.
#[component]
pub fn IconButton(
    /// Which icon.
    #[prop(into)]
    glyph: Signal<Glyph>,
    /// What pressing it does.
    #[prop(into)]
    label: Signal<String>,
    /// How big it is.
    #[prop(optional)]
    size: ButtonSize,
    /// What it does to its form.
    #[prop(optional)]
    kind: ButtonType,
    /// For a button that stays pressed: whether it is.
    #[prop(optional, into)]
    pressed: MaybeProp<bool>,
    /// Why it may not be pressed now.
    #[prop(optional, into)]
    disabled_reason: MaybeProp<String>,
) -> impl IntoView {
    let blocked = Signal::derive(move || disabled_reason.get().is_some());
    view! {
        <button
            class="button icon-button"
            data-variant="ghost"
            data-size=size.as_str()
            type=move || if blocked.get() { "button" } else { kind.as_str() }
            aria-label=label
            aria-pressed=move || pressed.get().map(|on| if on { "true" } else { "false" })
            aria-disabled=move || blocked.get().then_some("true")
            aria-description=move || disabled_reason.get()
            on:click=move |event| if blocked.get_untracked() { block(&event) }
        >
            {move || view! { <Icon glyph=glyph.get()/> }}
            <span class="tip" aria-hidden="true">
                {move || disabled_reason.get().unwrap_or_else(|| label.get())}
            </span>
        </button>
    }
}
