//! The browser's entry point: takes over the page that the server rendered. Nothing else belongs
//! here; what the pages do is in crate `app`.

use wasm_bindgen::prelude::wasm_bindgen;

/// Called once by the page's script after the module is loaded. Marks the document as
/// `data-hydrated="true"` when every button answers.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(app::App);
    if let Some(document) = leptos::prelude::document().document_element() {
        // It fails only for a malformed attribute name.
        let _ = document.set_attribute("data-hydrated", "true");
    }
}
