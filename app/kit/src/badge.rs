//! Small labels: a badge for a fact, a chip for a state.

use crate::{Tone, ToneMark};
use leptos::prelude::*;

/// A short fact in a frame ("prod", "12", "spot"). It says what its text says;
/// the tone only tints it.
#[component]
pub fn Badge(
    /// Its tint.
    #[prop(optional)]
    tone: Tone,
    /// The text.
    children: Children,
) -> impl IntoView {
    view! { <span class="badge" data-tone=tone.as_str()>{children()}</span> }
}

/// A state: shape and text together, so it reads without colour.
#[component]
pub fn StateChip(
    /// Which shape and tint.
    tone: Tone,
    /// The state in words.
    #[prop(into)]
    label: Signal<String>,
) -> impl IntoView {
    view! {
        <span class="chip" data-tone=tone.as_str()>
            <ToneMark tone/>
            <span class="chip-text">{label}</span>
        </span>
    }
}
