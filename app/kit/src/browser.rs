//! The few calls to the browser that Leptos has no form for. Nothing here runs
//! on the server: each is called from an event listener or an effect.

use leptos::prelude::window;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::js_sys::{Function, Promise, Reflect};

/// Copies a text and calls `done` once the browser did it. Outside a secure
/// context there is no clipboard; then nothing happens.
pub(crate) fn copy_text(text: &str, done: impl FnOnce() + 'static) {
    let Some(promise) = write_to_clipboard(text) else {
        return;
    };
    // Freed by the browser's program when the promise is kept, once per press.
    let told = Closure::once(move |_: JsValue| done());
    let _ = promise.then(&told);
    told.forget();
}

fn write_to_clipboard(text: &str) -> Option<Promise> {
    let clipboard = Reflect::get(&window().navigator(), &"clipboard".into()).ok()?;
    let write = Reflect::get(&clipboard, &"writeText".into())
        .ok()?
        .dyn_into::<Function>()
        .ok()?;
    write
        .call1(&clipboard, &text.into())
        .ok()?
        .dyn_into::<Promise>()
        .ok()
}
