//! What is typed, once the keys have rested.

use domain::limits;
use leptos::prelude::*;
use std::time::Duration;

/// Follows a value that changes with each key, a pause behind it.
pub(crate) fn rested<T>(typed: impl Fn() -> T + Send + Sync + 'static) -> ReadSignal<T>
where
    T: Clone + PartialEq + Send + Sync + 'static,
{
    let typed = Memo::new(move |_| typed());
    let (settled, settle) = signal(typed.get_untracked());
    Effect::new(move |_| {
        let wanted = typed.get();
        set_timeout(
            move || {
                // Of keys that follow each other only the last one counts.
                if typed.try_get_untracked().as_ref() == Some(&wanted) {
                    let _ = settle.try_set(wanted);
                }
            },
            Duration::from_millis(limits::TYPING_PAUSE_MS),
        );
    });
    settled
}
