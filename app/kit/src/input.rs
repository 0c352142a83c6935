//! Text-like controls: one line, a number, an instant, several lines, hidden.
//!
//! The `value` of each is written as an attribute for the server's page and as
//! a property in the browser. A textarea has only the property: Leptos 0.8 does
//! not escape its children.
//!
//! Nothing a person wrote is cut off in silence: near the most characters a
//! counter appears, and beyond it the form says so. Only a search is cut, which
//! nobody keeps.

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

pub(crate) fn tell(listener: Option<Callback<String>>, value: String) {
    if let Some(listener) = listener {
        listener.run(value);
    }
}

/// How many characters stand there of how many; said from nine tenths on.
fn counter(value: Signal<String>, maxlength: Option<u32>) -> impl IntoView {
    maxlength.map(|most| {
        let most = most as usize;
        let count = Memo::new(move |_| value.with(|text| text.chars().count()));
        move || {
            let count = count.get();
            (count * 10 >= most * 9).then(|| {
                view! {
                    <p class="field-counter" data-over=(count > most).then_some("true")>{format!("{count} / {most}")}</p>
                }
            })
        }
    })
}

/// What the one-line controls differ in.
#[derive(Default)]
struct Line {
    kind: &'static str,
    numeric: bool,
    name: String,
    value: Signal<String>,
    on_input: Option<Callback<String>>,
    placeholder: Option<String>,
    autocomplete: Option<String>,
    inputmode: Option<&'static str>,
    maxlength: Option<u32>,
    min: Option<String>,
    max: Option<String>,
    step: Option<String>,
    aria_label: Option<String>,
}

fn line(line: Line) -> AnyView {
    let wiring = FieldWiring::current();
    let described_by = wiring.described_by;
    let (value, on_input) = (line.value, line.on_input);
    view! {
        <input
            class=if line.numeric { "input numeric" } else { "input" }
            type=line.kind
            inputmode=line.inputmode
            id=wiring.id.clone()
            name=line.name
            value=value.get_untracked()
            prop:value=value
            placeholder=line.placeholder
            autocomplete=line.autocomplete
            maxlength=line.maxlength.map(|n| n.to_string())
            min=line.min
            max=line.max
            step=line.step
            aria-label=line.aria_label
            aria-describedby=move || described_by.get()
            aria-invalid=wiring.aria_invalid()
            aria-required=wiring.aria_required()
            on:input=move |event| tell(on_input, event_target_value(&event))
        />
    }
    .into_any()
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
    /// The most characters.
    #[prop(optional)]
    maxlength: Option<u32>,
    /// Its name for assistive technology, where no `Field` is around.
    #[prop(optional, into)]
    aria_label: Option<String>,
) -> impl IntoView {
    let (cut, counted) = match kind {
        InputKind::Search => (maxlength, None),
        _ => (None, maxlength),
    };
    let line = line(Line {
        kind: kind.as_str(),
        name,
        value,
        on_input,
        placeholder,
        autocomplete,
        maxlength: cut,
        aria_label,
        ..Line::default()
    });
    view! { {line} {counter(value, counted)} }
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
    let line = line(Line {
        kind: "number",
        numeric: true,
        name,
        value,
        on_input,
        autocomplete: Some("off".into()),
        inputmode: Some("decimal"),
        min: min.map(|n| n.to_string()),
        max: max.map(|n| n.to_string()),
        step,
        aria_label,
        ..Line::default()
    });
    view! {
        <span class="input-group">
            {line}
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
    line(Line {
        kind: "datetime-local",
        numeric: true,
        name,
        value,
        on_input,
        min,
        max,
        aria_label,
        ..Line::default()
    })
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
    /// The most characters.
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
            aria-label=aria_label
            aria-describedby=move || described_by.get()
            aria-invalid=wiring.aria_invalid()
            aria-required=wiring.aria_required()
            on:input=move |event| tell(on_input, event_target_value(&event))
        ></textarea>
        {counter(value, maxlength)}
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
