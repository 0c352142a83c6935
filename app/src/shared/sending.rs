//! Sending something that changes the world: one at a time. What is wrong with
//! a field is said at the field, anything else at the foot of the form, and
//! what neither can show passes by as a toast: each once.

use crate::{
    rpc::UiError,
    viewer::{Viewing, use_viewing},
};
use api::FieldError;
use kit::{Toasts, Tone, use_toasts};
use leptos::{html, prelude::*, task::spawn_local};
use std::future::Future;
use wasm_bindgen::JsCast;

/// A form's or a button's way to the server.
#[derive(Clone, Copy)]
pub(crate) struct Sending {
    /// Under way.
    pub busy: RwSignal<bool>,
    errors: RwSignal<Vec<FieldError>>,
    /// The fields that say what is wrong with them.
    fields: StoredValue<Vec<&'static str>>,
    failed: RwSignal<Option<String>>,
    foot: NodeRef<html::Div>,
    viewing: Viewing,
    toasts: Option<Toasts>,
}

impl Sending {
    /// One for each form.
    pub fn new() -> Self {
        Self {
            busy: RwSignal::new(false),
            errors: RwSignal::new(Vec::new()),
            fields: StoredValue::new(Vec::new()),
            failed: RwSignal::new(None),
            foot: NodeRef::new(),
            viewing: use_viewing(),
            toasts: use_toasts(),
        }
    }

    /// Sends, unless it is sending already. What fails is told; what succeeds
    /// goes to `done`.
    pub fn send<T: 'static>(
        self,
        work: impl Future<Output = Result<T, UiError>> + 'static,
        done: impl FnOnce(T) + 'static,
    ) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.clear();
        spawn_local(async move {
            let result = work.await;
            // The form may be gone by now; its outcome is still told.
            let _ = self.busy.try_set(false);
            match result {
                Ok(value) => done(value),
                Err(error) => self.fail(&error),
            }
        });
    }

    /// Tells what failed, where the person is looking.
    pub fn fail(self, error: &UiError) {
        let message = error.message(self.viewing.lang);
        let Some(form) = self.form_in_sight() else {
            self.say(Tone::Alarm, message);
            return;
        };
        let fields = match error {
            UiError::Api(error) => error.fields.as_slice(),
            UiError::Transport(_) => &[],
        };
        let shown = |error: &FieldError| {
            let name = last_part(&error.field);
            self.fields.with_value(|fields| fields.contains(&name))
        };
        let (at_fields, elsewhere): (Vec<_>, Vec<_>) = fields.iter().cloned().partition(shown);
        let rest: Vec<String> = elsewhere.into_iter().map(|error| error.message).collect();
        if at_fields.is_empty() && rest.is_empty() {
            self.failed.set(Some(message));
        } else if !rest.is_empty() {
            self.failed.set(Some(rest.join(" ")));
        }
        if !at_fields.is_empty() {
            self.errors.set(at_fields);
            show_first_wrong(form);
        }
    }

    /// The form, unless it is gone or stands in a dialog that was closed.
    fn form_in_sight(self) -> Option<web_sys::Element> {
        let foot = self.foot.try_get_untracked().flatten()?;
        let closed = foot.closest("dialog:not([open])").ok().flatten();
        match closed {
            Some(_) => None,
            None => foot.closest("form, dialog").ok().flatten(),
        }
    }

    /// Refuses before anything is sent.
    pub fn refuse(self, field: &str, message: impl Into<String>) {
        let error = FieldError {
            field: field.into(),
            message: message.into(),
        };
        self.errors.update(|errors| errors.push(error));
        if let Some(form) = self.form_in_sight() {
            show_first_wrong(form);
        }
    }

    /// Forgets what was wrong last time.
    pub fn clear(self) {
        self.errors.set(Vec::new());
        self.failed.set(None);
    }

    /// Forgets what was wrong with a field, when another that it was measured
    /// against has changed.
    pub fn forget(self, field: &str) {
        self.errors
            .update(|errors| errors.retain(|error| error.field != field));
    }

    /// Shows a message that passes.
    pub fn say(self, tone: Tone, text: impl Into<String>) {
        if let Some(toasts) = self.toasts {
            toasts.push(tone, text);
        }
    }

    /// Whether something was refused.
    pub fn has_errors(self) -> bool {
        self.errors.with_untracked(|errors| !errors.is_empty())
    }

    /// What is wrong with a field. A nested field is found by its last part.
    pub fn error_of(self, field: &'static str) -> MaybeProp<String> {
        self.fields.update_value(|fields| fields.push(field));
        MaybeProp::derive(move || {
            self.errors.with(|errors| {
                let own = |error: &&FieldError| last_part(&error.field) == field;
                errors.iter().find(own).map(|error| error.message.clone())
            })
        })
    }

    /// What failed, for the foot of the form.
    pub fn failed(self) -> impl IntoView {
        view! {
            <div class="form-foot" role="alert" node_ref=self.foot>
                {move || self.failed.get().map(|text| view! { <kit::Callout tone=Tone::Alarm>{text}</kit::Callout> })}
            </div>
        }
    }
}

fn last_part(field: &str) -> &str {
    field.rsplit('.').next().unwrap_or(field)
}

/// Leads to the first field that is wrong, once the page shows which are.
fn show_first_wrong(form: web_sys::Element) {
    request_animation_frame(move || {
        let wrong = form
            .query_selector("[aria-invalid=\"true\"]")
            .ok()
            .flatten();
        if let Some(field) = wrong.and_then(|field| field.dyn_into::<web_sys::HtmlElement>().ok()) {
            // Fails only for an element outside the document.
            let _ = field.focus();
        }
    });
}
