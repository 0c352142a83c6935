//! An instant as the viewer reads it. The caller formats: this crate has no
//! clock and no zone, so server and browser cannot disagree.

use leptos::prelude::*;

/// An instant.
#[component]
pub fn Time(
    /// What is shown: local, or relative ("3 min ago").
    #[prop(into)]
    text: Signal<String>,
    /// The instant for machines, RFC 3339 with `Z`.
    #[prop(into)]
    datetime: Signal<String>,
    /// The tooltip: the instant in full, in UTC.
    #[prop(into)]
    title: Signal<String>,
) -> impl IntoView {
    view! { <time class="time" datetime=datetime title=title>{text}</time> }
}
