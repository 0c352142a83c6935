//! Sending something that changes the world: one at a time, errors at their
//! fields, everything else as a toast.

use crate::{
    rpc::UiError,
    viewer::{Viewing, use_viewing},
};
use api::FieldError;
use kit::{Toasts, Tone, use_toasts};
use leptos::{prelude::*, task::spawn_local};
use std::future::Future;

/// A form's or a button's way to the server.
#[derive(Clone, Copy)]
pub(crate) struct Sending {
    /// Under way.
    pub busy: RwSignal<bool>,
    errors: RwSignal<Vec<FieldError>>,
    failed: RwSignal<Option<String>>,
    viewing: Viewing,
    toasts: Option<Toasts>,
}

impl Sending {
    /// One for each form.
    pub fn new() -> Self {
        Self {
            busy: RwSignal::new(false),
            errors: RwSignal::new(Vec::new()),
            failed: RwSignal::new(None),
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
        self.errors.set(Vec::new());
        self.failed.set(None);
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

    fn fail(self, error: &UiError) {
        let message = error.message(self.viewing.lang);
        if let UiError::Api(error) = error {
            let _ = self.errors.try_set(error.fields.clone());
        }
        let _ = self.failed.try_set(Some(message.clone()));
        self.say(Tone::Alarm, message);
    }

    /// Refuses before anything is sent.
    pub fn refuse(self, field: &str, message: impl Into<String>) {
        let error = FieldError {
            field: field.into(),
            message: message.into(),
        };
        self.errors.update(|errors| errors.push(error));
    }

    /// Forgets what was wrong last time.
    pub fn clear(self) {
        self.errors.set(Vec::new());
        self.failed.set(None);
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
        MaybeProp::derive(move || {
            self.errors.with(|errors| {
                let own = |error: &&FieldError| error.field.rsplit('.').next() == Some(field);
                errors.iter().find(own).map(|error| error.message.clone())
            })
        })
    }

    /// What failed, for the foot of the form.
    pub fn failed(self) -> impl IntoView {
        move || {
            self.failed.get().map(|text| {
                view! { <kit::Callout tone=Tone::Alarm>{text}</kit::Callout> }
            })
        }
    }
}
