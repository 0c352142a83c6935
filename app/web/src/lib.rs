//! The browser's entry point: takes over the page that the server rendered. Nothing else belongs
//! here; what the pages do is in crate `app`.

use leptos::{mount::hydrate_from_async, prelude::document, tachys::dom::body};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_futures::spawn_local;

/// Called once by the page's script after the module is loaded. Marks the document as
/// `data-hydrated="true"` when every button answers.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    spawn_local(async {
        // The code of the page may still be on its way.
        hydrate_from_async(body(), app::App).await.forget();
        if let Some(document) = document().document_element() {
            // It fails only for a malformed attribute name.
            let _ = document.set_attribute("data-hydrated", "true");
        }
    });
}
