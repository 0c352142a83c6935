//! Controls that pick from what is offered: select, checkbox, radio group.

use crate::field::{FieldWiring, until_touched};
use crate::{Tone, ToneMark};
use leptos::prelude::*;

/// One thing to pick.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What the form sends.
    pub value: String,
    /// What the person reads.
    pub label: String,
    /// More about it; a select shows none.
    pub hint: Option<String>,
    /// Whether it may not be picked now.
    pub disabled: bool,
}

impl Choice {
    /// An enabled choice without a hint.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            label: label.into(),
            hint: None,
            disabled: false,
        }
    }

    /// The same with a hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The same, not to be picked.
    #[must_use]
    pub fn disabled(mut self, disabled: bool) -> Self {
        self.disabled = disabled;
        self
    }
}

/// One of many, folded.
#[component]
pub fn Select(
    /// Its name in the form.
    #[prop(into)]
    name: String,
    /// What is offered.
    #[prop(into)]
    choices: Signal<Vec<Choice>>,
    /// The picked value: an initial value or a signal.
    #[prop(optional, into)]
    value: Signal<String>,
    /// Told the picked value.
    #[prop(optional, into)]
    on_change: Option<Callback<String>>,
    /// Its name for assistive technology, where no `Field` is around.
    #[prop(optional, into)]
    aria_label: Option<String>,
) -> impl IntoView {
    let wiring = FieldWiring::current();
    let described_by = wiring.described_by;
    // Each option carries its own `selected`: a property on the select itself
    // would be set before its options are there.
    let options = move || {
        choices
            .get()
            .into_iter()
            .map(|choice| {
                let picked = {
                    let own = choice.value.clone();
                    Signal::derive(move || value.with(|value| *value == own))
                };
                view! {
                    <option
                        value=choice.value
                        selected=picked.get_untracked()
                        prop:selected=picked
                        disabled=choice.disabled
                    >
                        {choice.label}
                    </option>
                }
            })
            .collect_view()
    };
    view! {
        <select
            class="input select"
            id=wiring.id.clone()
            name=name
            aria-label=aria_label
            aria-describedby=move || described_by.get()
            aria-invalid=wiring.aria_invalid()
            aria-required=wiring.aria_required()
            on:change=move |event| if let Some(listener) = on_change {
                listener.run(event_target_value(&event));
            }
        >
            {options}
        </select>
    }
}

/// Yes or no, with its label behind it.
#[component]
pub fn Checkbox(
    /// Its name in the form.
    #[prop(into)]
    name: String,
    /// What saying yes means.
    #[prop(into)]
    label: Signal<String>,
    /// What the form sends for yes; nothing is sent for no.
    #[prop(default = "true".to_owned(), into)]
    value: String,
    /// Whether it is checked: an initial value or a signal.
    #[prop(optional, into)]
    checked: Signal<bool>,
    /// Told the new state.
    #[prop(optional, into)]
    on_change: Option<Callback<bool>>,
    /// More about it.
    #[prop(optional, into)]
    hint: MaybeProp<String>,
) -> impl IntoView {
    view! {
        <label class="choice">
            <input
                type="checkbox"
                name=name
                value=value
                checked=checked.get_untracked()
                prop:checked=checked
                on:change=move |event| if let Some(listener) = on_change {
                    listener.run(event_target_checked(&event));
                }
            />
            <span class="choice-text">
                <span>{label}</span>
                {move || hint.get().map(|hint| view! { <span class="choice-hint">{hint}</span> })}
            </span>
        </label>
    }
}

/// One of a few, all visible. It brings its own legend and error: do not put it
/// in a `Field`.
#[component]
pub fn RadioGroup(
    /// Its name in the form.
    #[prop(into)]
    name: String,
    /// What is asked.
    #[prop(into)]
    label: Signal<String>,
    /// What is offered.
    choices: Vec<Choice>,
    /// The picked value: an initial value or a signal.
    #[prop(optional, into)]
    value: Signal<String>,
    /// Told the picked value.
    #[prop(optional, into)]
    on_change: Option<Callback<String>>,
    /// What is wrong with the answer and what to do.
    #[prop(optional, into)]
    error: MaybeProp<String>,
) -> impl IntoView {
    let error_id = format!("field-{name}-error");
    let (error, touched) = until_touched(error);
    let described_by = {
        let error_id = error_id.clone();
        move || error.get().map(|_| error_id.clone())
    };
    let radios = choices
        .into_iter()
        .map(|choice| {
            let own = choice.value.clone();
            let picked = Signal::derive(move || value.with(|value| *value == own));
            let sent = choice.value.clone();
            view! {
                <label class="choice">
                    <input
                        type="radio"
                        name=name.clone()
                        value=choice.value
                        checked=picked.get_untracked()
                        prop:checked=picked
                        disabled=choice.disabled
                        on:change=move |_| if let Some(listener) = on_change {
                            listener.run(sent.clone());
                        }
                    />
                    <span class="choice-text">
                        <span>{choice.label}</span>
                        {choice.hint.map(|hint| view! { <span class="choice-hint">{hint}</span> })}
                    </span>
                </label>
            }
        })
        .collect_view();
    view! {
        <fieldset class="field radio-group" role="radiogroup" aria-describedby=described_by
            aria-invalid=move || error.get().map(|_| "true") on:change=move |_| touched.set(true)>
            <legend class="field-label">{label}</legend>
            {radios}
            {move || error.get().map(|text| view! {
                <p class="field-error" id=error_id.clone()><ToneMark tone=Tone::Alarm/><span>{text}</span></p>
            })}
        </fieldset>
    }
}

/// Several [`Checkbox`]es that answer one question.
#[component]
pub fn CheckboxGroup(
    /// What is asked.
    #[prop(into)]
    label: String,
    /// Side by side where there is room.
    #[prop(optional)]
    inline: bool,
    /// The boxes.
    children: Children,
) -> impl IntoView {
    view! {
        <fieldset class="field checkbox-group" data-inline=inline.then_some("true")>
            <legend class="field-label">{label}</legend>
            <div class="checkbox-list">{children()}</div>
        </fieldset>
    }
}
