//! A text that a program reads, such as a schedule's file.

use crate::{field::FieldWiring, input::tell};
use leptos::prelude::*;

/// Lines that stand there however short the text is.
const LINES_MIN: usize = 12;

/// Several lines that do not wrap, with their numbers; the one that is wrong is
/// marked. It is as high as its text, so numbers and lines never part.
#[component]
pub fn CodeArea(
    /// Its name in the form.
    #[prop(into)]
    name: String,
    /// Its text. It appears once the browser's program runs.
    #[prop(into)]
    value: Signal<String>,
    /// Told the whole text on every key.
    #[prop(optional, into)]
    on_input: Option<Callback<String>>,
    /// The line that is wrong, from 1.
    #[prop(optional, into)]
    wrong_line: Signal<Option<usize>>,
) -> impl IntoView {
    let wiring = FieldWiring::current();
    let described_by = wiring.described_by;
    let lines = Memo::new(move |_| value.with(|text| text.split('\n').count().max(LINES_MIN)));
    let numbers = move || {
        (1..=lines.get())
            .map(|line| {
                let wrong = move || (wrong_line.get() == Some(line)).then_some("true");
                view! { <span data-wrong=wrong>{line}</span> }
            })
            .collect_view()
    };
    view! {
        <div class="code-area">
            <div class="code-lines" aria-hidden="true">{numbers}</div>
            <textarea
                class="input textarea code"
                id=wiring.id.clone()
                name=name
                wrap="off"
                spellcheck="false"
                autocomplete="off"
                autocapitalize="off"
                rows=move || lines.get().to_string()
                prop:value=value
                aria-describedby=move || described_by.get()
                aria-invalid=wiring.aria_invalid()
                aria-required=wiring.aria_required()
                on:input=move |event| tell(on_input, event_target_value(&event))
            ></textarea>
        </div>
    }
}
