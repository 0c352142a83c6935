//! The form that puts somebody on call instead of whoever's turn it is.

use super::rpc::add_cover;
use crate::{
    live::use_live,
    shared::{Sending, text_error},
    texts::{common, events, on_call as t},
    viewer::{Viewing, use_viewing},
};
use api::on_call::NewCover;
use domain::{
    limits,
    on_call::{RotationName, Shift},
    text,
};
use kit::{
    Button, ButtonType, ButtonVariant, Choice, DateTimeInput, Dialog, Field, Form, Select,
    TextArea, Tone,
};
use leptos::prelude::*;

/// What is asked for, as it is typed.
#[derive(Clone, PartialEq)]
pub(super) struct Wanted {
    rotation: RotationName,
    contact: String,
    from: String,
    until: String,
    note: String,
}

impl Wanted {
    /// All of a shift, or what is left of it.
    pub(super) fn of(viewing: Viewing, rotation: &RotationName, shift: &Shift) -> Self {
        let is_later = shift.from > use_live().now.get_untracked();
        Self {
            rotation: rotation.clone(),
            contact: String::new(),
            from: match is_later {
                true => viewing.field(shift.from),
                false => String::new(),
            },
            until: viewing.field(shift.until),
            note: String::new(),
        }
    }

    /// Tells each field that cannot be read.
    fn read(&self, viewing: Viewing, sending: Sending) -> Option<NewCover> {
        let lang = viewing.lang;
        let contact = self.contact.parse().map_err(|_| {
            sending.refuse("contact", t::who_missing(lang));
        });
        let from = match self.from.as_str() {
            "" => Ok(None),
            from => viewing.parse_field(from).map(Some).map_err(|_| {
                sending.refuse("from", events::time_missing(lang));
            }),
        };
        let until = viewing.parse_field(&self.until).map_err(|_| {
            sending.refuse("until", t::until_missing(lang));
        });
        let note = text::optional_note(&self.note).map_err(|error| {
            sending.refuse("note", text_error(lang, &error, ""));
        });
        Some(NewCover {
            rotation: self.rotation.clone(),
            contact: contact.ok()?,
            from: from.ok()?,
            until: until.ok()?,
            note: note.ok()?.unwrap_or_default(),
        })
    }
}

/// Asks for a cover, in a dialog that is open while something is wanted.
#[component]
pub(super) fn CoverForm(
    /// What is wanted.
    wanted: RwSignal<Option<Wanted>>,
    /// Who can be put on call.
    people: Vec<String>,
    /// Told when one was added.
    on_added: Callback<()>,
) -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let sending = Sending::new();
    let open = RwSignal::new(false);
    Effect::new(move |_| {
        if wanted.with(Option::is_some) && !open.get_untracked() {
            sending.clear();
            open.set(true);
        }
    });
    Effect::new(move |_| {
        if !open.get() {
            wanted.set(None);
        }
    });
    let of = move |read: fn(&Wanted) -> String| {
        Signal::derive(move || wanted.with(|one| one.as_ref().map(read).unwrap_or_default()))
    };
    let edit = move |change: &dyn Fn(&mut Wanted)| {
        wanted.update(|one| {
            if let Some(one) = one {
                change(one);
            }
        });
    };
    let mut choices = vec![Choice::new("", "–")];
    choices.extend(people.iter().map(|name| Choice::new(name, name)));
    let zone = events::zone_hint(lang, &viewing.zone_text(use_live().now.get_untracked()));
    let submit = move |_: leptos::ev::SubmitEvent| {
        sending.clear();
        let cover = wanted.with_untracked(|one| one.as_ref()?.read(viewing, sending));
        let Some(cover) = cover else {
            return;
        };
        sending.send(add_cover(cover), move |_id| {
            let _ = open.try_set(false);
            sending.say(Tone::Ok, t::added_toast(lang));
            on_added.run(());
        });
    };
    view! {
        <Dialog open title=t::cover_title(lang) close_label=common::close(lang)>
            <Form on:submit=submit>
                <p><span class="muted">{t::rotation(lang)} ": "</span> {of(|one| one.rotation.to_string())}</p>
                <Field name="contact" label=t::who(lang) required=true error=sending.error_of("contact")>
                    <Select name="contact" choices value=of(|one| one.contact.clone())
                        on_change=move |text| edit(&|one| one.contact.clone_from(&text))/>
                </Field>
                <div class="form-row">
                    <Field name="from" label=t::from(lang) hint=t::from_hint(lang) error=sending.error_of("from")>
                        <DateTimeInput name="from" value=of(|one| one.from.clone())
                            on_input=move |text: String| edit(&|one| one.from.clone_from(&text))/>
                    </Field>
                    <Field name="until" label=t::until(lang) required=true hint=zone error=sending.error_of("until")>
                        <DateTimeInput name="until" value=of(|one| one.until.clone())
                            on_input=move |text: String| edit(&|one| one.until.clone_from(&text))/>
                    </Field>
                </div>
                <Field name="note" label=t::note(lang) hint=common::optional(lang) error=sending.error_of("note")>
                    <TextArea name="note" value=of(|one| one.note.clone()) maxlength=limits::NOTE_CHARS_MAX as u32
                        on_input=move |text: String| edit(&|one| one.note.clone_from(&text))/>
                </Field>
                {sending.failed()}
                <div class="actions">
                    <Button on:click=move |_| open.set(false)>{common::cancel(lang)}</Button>
                    <Button kind=ButtonType::Submit variant=ButtonVariant::Primary busy=sending.busy>{t::cover(lang)}</Button>
                </div>
            </Form>
        </Dialog>
    }
    .into_any()
}
