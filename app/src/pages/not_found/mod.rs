//! What stands at an address that leads nowhere.

use crate::shared::missing;
use leptos::prelude::*;

/// "Not found", with status 404.
#[component]
pub(crate) fn NotFoundPage() -> impl IntoView {
    view! { <h1 class="visually-hidden">{crate::texts::common::missing_title(crate::viewer::use_viewing().lang)}</h1> {missing()} }
}
