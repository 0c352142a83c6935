//! The few calls to the browser that Leptos has no form for. Nothing here runs
//! on the server: each is called from an event listener or an effect.

use leptos::prelude::{request_animation_frame, window};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{
    Element,
    js_sys::{Function, Promise, Reflect},
};

/// Copies a text and calls `done` once the browser did it. It does not where
/// there is no clipboard (outside a secure context) or it is refused: then the
/// text is selected, so that a key copies it.
pub(crate) fn copy_text(text: &str, shown: Option<Element>, done: impl FnOnce() + 'static) {
    let Some(promise) = write_to_clipboard(text) else {
        return select(shown.as_ref());
    };
    // Freed by the browser's program when the promise is kept, once per press.
    let told = Closure::once(move |_: JsValue| done());
    let refused = Closure::once(move |_: JsValue| select(shown.as_ref()));
    let _ = promise.then2(&told, &refused);
    told.forget();
    refused.forget();
}

/// Does what the end of an attention asks for (a pointer that leaves, a focus that is
/// lost) one frame later. A page that goes away takes the focus with it and is disposed of
/// in the same turn: what was set at once would wake readers of values that are gone.
pub(crate) fn after_leaving(done: impl FnOnce() + 'static) {
    request_animation_frame(done);
}

/// Scrolls a strip sideways until what is current in it is in the middle.
pub(crate) fn show_current(strip: &Element) {
    if let Ok(Some(current)) = strip.query_selector("[aria-current]") {
        let (around, own) = (
            strip.get_bounding_client_rect(),
            current.get_bounding_client_rect(),
        );
        let middle = |left: f64, width: f64| left + width / 2.0;
        let off = middle(own.left(), own.width()) - middle(around.left(), around.width());
        strip.scroll_by_with_x_and_y(off, 0.0);
    }
}

fn select(shown: Option<&Element>) {
    if let (Some(shown), Ok(Some(selection))) = (shown, window().get_selection()) {
        // Fails only for an element outside the document.
        let _ = selection.select_all_children(shown);
    }
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
