//! Forms, and the frame around one form control: label, hint and error, wired
//! to it by id.
//!
//! [`Field`] provides its ids by context; the control inside reads them. So a
//! control needs no id of its own, and cannot forget its error. An error goes
//! as soon as its control is touched again: it was about what stood there.

use crate::Tone;
use crate::ToneMark;
use leptos::{context::Provider, ev, prelude::*};

/// Counts how often the form around was sent.
#[derive(Clone, Copy)]
struct Sent(RwSignal<u32>);

/// A form. Without `action` it is sent by the caller's `on:submit` alone; with
/// it, it is posted there, and works before the browser's program runs.
///
/// The browser checks nothing: it would speak its own language, one field at a
/// time, in bubbles that pass. What is wrong is said at the [`Field`]s.
#[component]
pub fn Form(
    /// Where it is posted.
    #[prop(optional, into)]
    action: Option<String>,
    /// The fields and buttons.
    children: Children,
) -> impl IntoView {
    let posted = action.is_some();
    let sent = RwSignal::new(0_u32);
    view! {
        <form class="form" novalidate method=posted.then_some("post") action=action
            on:submit=move |event| {
                sent.update(|times| *times = times.wrapping_add(1));
                if !posted {
                    event.prevent_default();
                }
            }>
            <Provider value=Sent(sent)>{children()}</Provider>
        </form>
    }
}

/// An error that is gone once its control was touched, until the form around is
/// sent again; without a form, until it is told anew.
pub(crate) fn until_touched(error: MaybeProp<String>) -> (Signal<Option<String>>, RwSignal<bool>) {
    let touched = RwSignal::new(false);
    let sent = use_context::<Sent>();
    Effect::new(move |_| {
        match sent {
            Some(Sent(times)) => times.track(),
            None => error.track(),
        }
        touched.set(false);
    });
    let shown = Signal::derive(move || error.get().filter(|_| !touched.get()));
    (shown, touched)
}

/// What a control learns from the field around it.
#[derive(Clone, Debug)]
pub(crate) struct FieldWiring {
    /// The control's id.
    pub(crate) id: Option<String>,
    /// The ids of hint and error that are there now.
    pub(crate) described_by: Signal<Option<String>>,
    /// `true` while there is an error.
    pub(crate) invalid: Signal<bool>,
    /// Whether an answer is needed.
    pub(crate) required: bool,
}

impl FieldWiring {
    /// The wiring of the field around, or none at all.
    pub(crate) fn current() -> Self {
        use_context::<Self>().unwrap_or_else(|| Self {
            id: None,
            described_by: Signal::default(),
            invalid: Signal::default(),
            required: false,
        })
    }

    /// The value of `aria-invalid`.
    pub(crate) fn aria_invalid(&self) -> impl Fn() -> Option<&'static str> + Clone + Send + use<> {
        let invalid = self.invalid;
        move || invalid.get().then_some("true")
    }

    /// The value of `aria-required`. Not `required`: the browser would stop the
    /// form with words of its own language instead of ours.
    pub(crate) fn aria_required(&self) -> Option<&'static str> {
        self.required.then_some("true")
    }
}

/// Label, hint and error around one control.
#[component]
pub fn Field(
    /// The control's name; also its id, so it is unique on its page
    /// (or give `id`).
    #[prop(into)]
    name: String,
    /// What is asked.
    #[prop(into)]
    label: Signal<String>,
    /// How to answer.
    #[prop(optional, into)]
    hint: MaybeProp<String>,
    /// What is wrong with the answer and what to do.
    #[prop(optional, into)]
    error: MaybeProp<String>,
    /// What is wrong with the answer while it is being typed.
    #[prop(optional, into)]
    typed: MaybeProp<String>,
    /// Whether an answer is needed; marks the label.
    #[prop(optional)]
    required: bool,
    /// The control's id, when `name` occurs twice on the page.
    #[prop(optional, into)]
    id: Option<String>,
    /// The control.
    children: Children,
) -> impl IntoView {
    let id = id.unwrap_or_else(|| format!("field-{name}"));
    let hint_id = format!("{id}-hint");
    let error_id = format!("{id}-error");
    let (told, touched) = until_touched(error);
    let error = Signal::derive(move || typed.get().or_else(|| told.get()));
    let described_by = {
        let (hint_id, error_id) = (hint_id.clone(), error_id.clone());
        Signal::derive(
            move || match (hint.get().is_some(), error.get().is_some()) {
                (false, false) => None,
                (true, false) => Some(hint_id.clone()),
                (false, true) => Some(error_id.clone()),
                (true, true) => Some(format!("{error_id} {hint_id}")),
            },
        )
    };
    let invalid = Signal::derive(move || error.get().is_some());
    let wiring = FieldWiring {
        id: Some(id.clone()),
        described_by,
        invalid,
        required,
    };
    view! {
        <div class="field" data-invalid=move || invalid.get().then_some("true")
            on:input=move |_: ev::Event| touched.set(true) on:change=move |_: ev::Event| touched.set(true)>
            <label class="field-label" for=id>
                {label}
                {required.then(|| view! { <span class="field-required" aria-hidden="true">"*"</span> })}
            </label>
            <Provider value=wiring>{children()}</Provider>
            {move || error.get().map(|text| view! {
                <p class="field-error" id=error_id.clone()><ToneMark tone=Tone::Alarm/><span>{text}</span></p>
            })}
            {move || hint.get().map(|text| view! {
                <p class="field-hint" id=hint_id.clone()>{text}</p>
            })}
        </div>
    }
}
