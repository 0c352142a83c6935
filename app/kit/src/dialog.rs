//! Dialogs on the browser's own `<dialog>`: it keeps the focus inside, closes
//! on Escape, makes the rest inert and gives the focus back.

use crate::{Button, ButtonVariant, Glyph, IconButton};
use leptos::{html, prelude::*};
use web_sys::HtmlDialogElement;

/// How wide a dialog may get.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DialogSize {
    /// A question.
    Small,
    /// A form.
    #[default]
    Medium,
    /// A table or a comparison.
    Large,
}

impl DialogSize {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Small => "small",
            Self::Medium => "medium",
            Self::Large => "large",
        }
    }
}

/// For how many frames of the browser a dialog waits for its place in the document: two seconds.
const FRAMES_MAX: u32 = 120;

/// Keeps a `<dialog>` as open as the signal says.
pub(crate) fn follow(open: RwSignal<bool>) -> NodeRef<html::Dialog> {
    let node = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        open.track();
        if let Some(dialog) = node.get() {
            heed(open, dialog, FRAMES_MAX);
        }
    });
    node
}

/// Opens or closes it. A page that is come to with an open dialog is built before it is put into
/// the document, and the browser opens no dialog outside: it is tried again in the next frame.
fn heed(open: RwSignal<bool>, dialog: HtmlDialogElement, frames_left: u32) {
    match (open.try_get_untracked() == Some(true), dialog.open()) {
        (true, false) if dialog.is_connected() => {
            // Refused only outside the document.
            let _ = dialog.show_modal();
        }
        (true, false) if frames_left > 0 => {
            request_animation_frame(move || heed(open, dialog, frames_left - 1));
        }
        (false, true) => dialog.close(),
        _ => {}
    }
}

/// A modal dialog. It sets `open` to false when the person closes it.
#[component]
pub fn Dialog(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// What it is about.
    #[prop(into)]
    title: Signal<String>,
    /// Name of the button that closes it.
    #[prop(into)]
    close_label: String,
    /// How wide it may get.
    #[prop(optional)]
    size: DialogSize,
    /// Its buttons, at the foot.
    #[prop(optional, into)]
    footer: Option<ViewFnOnce>,
    /// The content.
    children: Children,
) -> impl IntoView {
    let node = follow(open);
    view! {
        <dialog class="dialog" data-size=size.as_str() aria-label=title node_ref=node
            on:close=move |_| open.set(false)>
            <h2 class="dialog-title">{title}</h2>
            <div class="dialog-body">{children()}</div>
            {footer.map(|footer| view! { <div class="dialog-foot actions">{footer.run()}</div> })}
            // Last, though it is seen first: the dialog opens with the focus on
            // its first field, or on the button that does nothing.
            <span class="dialog-close">
                <IconButton glyph=Glyph::X label=close_label on:click=move |_| open.set(false)/>
            </span>
        </dialog>
    }
}

/// Asks before something is done that cannot be taken back.
#[component]
pub fn ConfirmDialog(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// The question.
    #[prop(into)]
    title: Signal<String>,
    /// Text of the button that does it; say what, not "yes".
    #[prop(into)]
    confirm_label: String,
    /// Text of the button that does nothing.
    #[prop(into)]
    cancel_label: String,
    /// Whether it destroys or interrupts something.
    #[prop(optional)]
    danger: bool,
    /// Whether it is being done.
    #[prop(optional, into)]
    busy: Signal<bool>,
    /// Why it may not be done now.
    #[prop(optional, into)]
    disabled_reason: MaybeProp<String>,
    /// Does it. The caller closes the dialog by `open` when it is done.
    #[prop(into)]
    on_confirm: Callback<()>,
    /// What will happen.
    children: Children,
) -> impl IntoView {
    let variant = if danger {
        ButtonVariant::Danger
    } else {
        ButtonVariant::Primary
    };
    let close_label = cancel_label.clone();
    view! {
        <Dialog open title close_label size=DialogSize::Small footer=move || view! {
            <Button on:click=move |_| open.set(false)>{cancel_label}</Button>
            <Button variant busy disabled_reason on:click=move |_| on_confirm.run(())>{confirm_label}</Button>
        }>
            {children()}
        </Dialog>
    }
}
