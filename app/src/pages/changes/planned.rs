//! When a change is carried out: one field for every form that proposes what acts at once.

use crate::{
    live::use_live,
    shared::Sending,
    texts::{changes as t, events},
    viewer::{Viewing, use_viewing},
};
use domain::time::Timestamp;
use kit::{DateTimeInput, Field};
use leptos::prelude::*;

/// What is typed into the field; nothing means as soon as it is approved.
#[derive(Clone, Copy)]
pub(crate) struct PlannedText(RwSignal<String>);

impl PlannedText {
    /// Filled in as it was planned before.
    pub fn new(viewing: Viewing, planned_for: Option<Timestamp>) -> Self {
        let text = planned_for.map(|at| viewing.field(at));
        Self(RwSignal::new(text.unwrap_or_default()))
    }

    /// The time that it says.
    ///
    /// # Errors
    /// What the field tells.
    pub fn read(self, viewing: Viewing) -> Result<Option<Timestamp>, &'static str> {
        self.0.with_untracked(|text| match text.trim() {
            "" => Ok(None),
            text => match viewing.parse_field(text) {
                Ok(at) => Ok(Some(at)),
                Err(_) => Err(events::time_missing(viewing.lang)),
            },
        })
    }
}

/// Asks for the time.
#[component]
pub(crate) fn PlannedField(
    /// Unique on the page.
    #[prop(into)]
    name: String,
    planned: PlannedText,
    sending: Sending,
    /// Told that something else was typed.
    #[prop(optional, into)]
    on_input: Option<Callback<()>>,
) -> impl IntoView {
    let viewing = use_viewing();
    let zone = viewing.zone_text(use_live().now.get_untracked());
    let PlannedText(text) = planned;
    view! {
        <Field name=name.clone() label=t::not_before(viewing.lang) hint=t::not_before_hint(viewing.lang, &zone)
            error=sending.error_of("planned_for")>
            <DateTimeInput name value=text on_input=move |typed| {
                text.set(typed);
                if let Some(told) = on_input {
                    told.run(());
                }
            }/>
        </Field>
    }
}
