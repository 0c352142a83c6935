//! Text-like controls: one line, a number, an instant, several lines, hidden.
//!
//! The `value` of each is written as an attribute for the server's page and as
//! a property in the browser. A textarea has only the property: Leptos 0.8 does
//! not escape its children.

use crate::field::FieldWiring;
use leptos::prelude::*;

/// What a one-line control holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InputKind {
    /// Any text.
    #[default]
    Text,
    /// An e-mail address.
    Email,
    /// A secret.
    Password,
    /// Words to look for.
    Search,
    /// An address.
    Url,
}

impl InputKind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Email => "email",
            Self::Password => "password",
            Self::Search => "search",
            Self::Url => "url",
        }
    }
}

fn tell(listener: Option<Callback<String>>, value: String) {
    if let Some(listener) = listener {
        listener.run(value);
    }
}

/// One line of text.
#[component]
pub fn Input(
    /// Its name in the form.
    #[prop(into)]
    name: String,
    /// What it holds.
    #[prop(optional)]
    kind: InputKind,
    /// Its text: an initial value or a signal.
    #[prop(optional, into)]
    value: Signal<String>,
    /// Told the whole text on every key.
    #[prop(optional, into)]
    on_input: Option<Callback<String>>,
    /// An example; never the label.
    #[prop(optional, into)]
    placeholder: Option<String>,
    /// The browser's `autocomplete` token.
    #[prop(optional, into)]
    autocomplete: Option<String>,
    /// The longest text, in UTF-16 units.
    #[prop(optional)]
    maxlength: Option<u32>,
    /// Its name for assistive technology, where no `Field` is around.
    #[prop(optional, into)]
    aria_label: Option<String>,
) -> impl IntoView {
    let wiring = FieldWiring::current();
    let described_by = wiring.described_by;
    view! {
        <input
            class="input"
            type=kind.as_str()
            id=wiring.id.clone()
            name=name
            value=value.get_untracked()
            prop:value=value
            placeholder=placeholder
            autocomplete=autocomplete
            maxlength=maxlength.map(|n| n.to_string())
            aria-label=aria_label
            aria-describedby=move || described_by.get()
            aria-invalid=wiring.aria_invalid()
            aria-required=wiring.aria_required()
            on:input=move |event| tell(on_input, event_target_value(&event))
        />
    }
}

/// A whole or decimal number. The value stays text: the caller parses it and
/// says what is wrong with it.
#[component]
pub fn NumberInput(
    /// Its name in the form.
    #[prop(into)]
    name: String,
    /// Its text: an initial value or a signal.
    #[prop(optional, into)]
    value: Signal<String>,
    /// Told the whole text on every key.
    #[prop(optional, into)]
    on_input: Option<Callback<String>>,
    /// Smallest value.
    #[prop(optional, into)]
    min: Option<i64>,
    /// Largest value.
    #[prop(optional, into)]
    max: Option<i64>,
    /// Distance of two values; `"any"` for decimals.
    #[prop(optional, into)]
    step: Option<String>,
    /// The unit, shown behind the number.
    #[prop(optional, into)]
    unit: Option<String>,
    /// Its name for assistive technology, where no `Field` is around.
    #[prop(optional, into)]
    aria_label: Option<String>,
) -> impl IntoView {
    let wiring = FieldWiring::current();
    let described_by = wiring.described_by;
    view! {
        <span class="input-group">
            <input
                class="input numeric"
                type="number"
                inputmode="decimal"
                autocomplete="off"
                id=wiring.id.clone()
                name=name
                value=value.get_untracked()
                prop:value=value
                min=min.map(|n| n.to_string())
                max=max.map(|n| n.to_string())
                step=step
                aria-label=aria_label
                aria-describedby=move || described_by.get()
                aria-invalid=wiring.aria_invalid()
                aria-required=wiring.aria_required()
                on:input=move |event| tell(on_input, event_target_value(&event))
            />
            {unit.map(|unit| view! { <span class="input-unit">{unit}</span> })}
        </span>
    }
}

/// A civil date and time, `YYYY-MM-DDTHH:MM`, in whatever zone the caller says
/// in the field's hint.
#[component]
pub fn DateTimeInput(
    /// Its name in the form.
    #[prop(into)]
    name: String,
    /// Its text: an initial value or a signal.
    #[prop(optional, into)]
    value: Signal<String>,
    /// Told the whole text on every change.
    #[prop(optional, into)]
    on_input: Option<Callback<String>>,
    /// Earliest value, same format.
    #[prop(optional, into)]
    min: Option<String>,
    /// Latest value, same format.
    #[prop(optional, into)]
    max: Option<String>,
    /// Its name for assistive technology, where no `Field` is around.
    #[prop(optional, into)]
    aria_label: Option<String>,
) -> impl IntoView {
    let wiring = FieldWiring::current();
    let described_by = wiring.described_by;
    view! {
        <input
            class="input numeric"
            type="datetime-local"
            id=wiring.id.clone()
            name=name
            value=value.get_untracked()
            prop:value=value
            min=min
            max=max
            aria-label=aria_label
            aria-describedby=move || described_by.get()
            aria-invalid=wiring.aria_invalid()
            aria-required=wiring.aria_required()
            on:input=move |event| tell(on_input, event_target_value(&event))
        />
    }
}

/// Several lines of text.
#[component]
pub fn TextArea(
    /// Its name in the form.
    #[prop(into)]
    name: String,
    /// Its text: an initial value or a signal. It appears once the browser's
    /// program runs.
    #[prop(optional, into)]
    value: Signal<String>,
    /// Told the whole text on every key.
    #[prop(optional, into)]
    on_input: Option<Callback<String>>,
    /// Visible lines.
    #[prop(default = 3)]
    rows: u32,
    /// An example; never the label.
    #[prop(optional, into)]
    placeholder: Option<String>,
    /// The longest text, in UTF-16 units.
    #[prop(optional)]
    maxlength: Option<u32>,
    /// Its name for assistive technology, where no `Field` is around.
    #[prop(optional, into)]
    aria_label: Option<String>,
) -> impl IntoView {
    let wiring = FieldWiring::current();
    let described_by = wiring.described_by;
    view! {
        <textarea
            class="input textarea"
            id=wiring.id.clone()
            name=name
            rows=rows.to_string()
            prop:value=value
            placeholder=placeholder
            maxlength=maxlength.map(|n| n.to_string())
            aria-label=aria_label
            aria-describedby=move || described_by.get()
            aria-invalid=wiring.aria_invalid()
            aria-required=wiring.aria_required()
            on:input=move |event| tell(on_input, event_target_value(&event))
        ></textarea>
    }
}

/// A value the form carries and nobody sees.
#[component]
pub fn HiddenInput(
    /// Its name in the form.
    #[prop(into)]
    name: String,
    /// Its value.
    #[prop(into)]
    value: Signal<String>,
) -> impl IntoView {
    view! { <input type="hidden" name=name value=value/> }
}
