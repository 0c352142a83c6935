//! Short messages that pass. One region for the whole application reads them
//! out: alarms at once, the rest when the person pauses.

use crate::{Glyph, IconButton, Tone, ToneMark};
use leptos::prelude::*;
use std::time::Duration;

/// How long a toast stays.
const TOAST_MS: u64 = 6_000;
/// How often a toast that is being read looks whether it may go.
const TOAST_HELD_MS: u64 = 1_000;
/// How many toasts are shown; older ones give way.
const TOASTS_MAX: usize = 4;

#[derive(Clone, Debug, PartialEq, Eq)]
struct Toast {
    id: u32,
    tone: Tone,
    text: String,
}

/// The toasts of the application.
#[derive(Clone, Copy, Debug)]
pub struct Toasts {
    shown: RwSignal<Vec<Toast>>,
    last_id: StoredValue<u32>,
    held: RwSignal<bool>,
}

impl Toasts {
    /// Shows a message. Call it from an event or an effect: a toast pushed while
    /// the server renders would never go.
    pub fn push(self, tone: Tone, text: impl Into<String>) {
        let id = self.last_id.get_value().wrapping_add(1);
        self.last_id.set_value(id);
        let text = text.into();
        self.shown.update(|shown| {
            shown.push(Toast { id, tone, text });
            let surplus = shown.len().saturating_sub(TOASTS_MAX);
            shown.drain(..surplus);
        });
        self.expire_after(id, TOAST_MS);
    }

    fn expire_after(self, id: u32, wait_ms: u64) {
        set_timeout(
            move || {
                // A toast under the pointer or with the focus in it is being read.
                if self.held.try_get_untracked() == Some(true) {
                    self.expire_after(id, TOAST_HELD_MS);
                } else {
                    self.dismiss(id);
                }
            },
            Duration::from_millis(wait_ms),
        );
    }

    fn dismiss(self, id: u32) {
        // The region may be gone by the time a timer fires.
        self.shown
            .try_update(|shown| shown.retain(|toast| toast.id != id));
    }
}

/// Makes the toasts; once, at the root of the application.
pub fn provide_toasts() -> Toasts {
    let toasts = Toasts {
        shown: RwSignal::new(Vec::new()),
        last_id: StoredValue::new(0),
        held: RwSignal::new(false),
    };
    provide_context(toasts);
    toasts
}

/// The toasts of the application, or none outside one.
#[must_use]
pub fn use_toasts() -> Option<Toasts> {
    use_context()
}

/// Where toasts appear; once, at the end of the shell.
#[component]
pub fn ToastRegion(
    /// What the region is.
    #[prop(into)]
    label: String,
    /// Name of the button that takes a toast away.
    #[prop(into)]
    dismiss_label: String,
) -> impl IntoView {
    let toasts = use_toasts().unwrap_or_else(provide_toasts);
    let held = toasts.held;
    let list = move |urgent: bool| {
        let dismiss_label = dismiss_label.clone();
        let of_this_list = move || {
            let mut shown = toasts.shown.get();
            shown.retain(|toast| (toast.tone == Tone::Alarm) == urgent);
            shown
        };
        view! {
            <For each=of_this_list key=|toast| toast.id let:toast>
                <div class="toast" data-tone=toast.tone.as_str()>
                    <ToneMark tone=toast.tone/>
                    <span class="toast-text">{toast.text}</span>
                    <IconButton glyph=Glyph::X label=dismiss_label.clone()
                        on:click=move |_| toasts.dismiss(toast.id)/>
                </div>
            </For>
        }
    };
    view! {
        <section class="toasts" aria-label=label
            on:pointerenter=move |_| held.set(true)
            on:pointerleave=move |_| held.set(false)
            on:focusin=move |_| held.set(true)
            on:focusout=move |_| held.set(false)>
            <div class="toast-list" aria-live="assertive">{list(true)}</div>
            <div class="toast-list" aria-live="polite">{list(false)}</div>
        </section>
    }
}
