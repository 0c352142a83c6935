//! The forms about one person: adding, changing, a new password.

use super::{
    model, role_choices,
    rpc::{add_person, change_person, reset_password},
};
use crate::{
    shared::{Sending, environment_choices, text_error},
    texts::{common, settings as t, sign_in},
    viewer::use_viewing,
};
use api::people::{NewPerson, PersonChange, PersonRow};
use domain::{
    i18n::Lang,
    limits,
    people::{Grant, Reach, Role},
    text::{self, TextError},
};
use kit::{
    Button, ButtonType, ButtonVariant, Checkbox, Dialog, Field, Form, Input, InputKind, Select,
    Tone,
};
use leptos::prelude::*;

/// A role and where, as chosen.
#[derive(Clone, Copy)]
struct GrantChoice {
    role: RwSignal<String>,
    place: RwSignal<String>,
}

impl GrantChoice {
    fn new() -> Self {
        Self {
            role: RwSignal::new(Role::Viewer.as_str().into()),
            place: RwSignal::new(String::new()),
        }
    }

    /// Shows a person's first grant.
    fn show(self, grants: &[Grant]) {
        let first = grants.first();
        self.role.set(
            first
                .map_or(Role::Viewer, |grant| grant.role)
                .as_str()
                .into(),
        );
        let place = match first.map(|grant| &grant.reach) {
            Some(Reach::Only(list)) => list.first().map(ToString::to_string),
            _ => None,
        };
        self.place.set(place.unwrap_or_default());
    }

    fn read(self) -> Grant {
        model::read_grant(&self.role.get_untracked(), &self.place.get_untracked())
    }
}

/// The two fields of a grant. The ids tell the two forms of the page apart.
fn grant_fields(choice: GrantChoice, sending: Sending, form: &str) -> impl IntoView + use<> {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let (role_id, place_id) = (format!("{form}-role"), format!("{form}-place"));
    view! {
        <div class="form-row">
            <Field name="role" id=role_id label=t::role(lang) error=sending.error_of("grants")>
                <Select name="role" choices=role_choices(viewing, Role::Admin) value=choice.role
                    on_change=move |text| choice.role.set(text)/>
            </Field>
            <Field name="place" id=place_id label=t::reach(lang)>
                <Select name="place" choices=environment_choices(viewing) value=choice.place
                    on_change=move |text| choice.place.set(text)/>
            </Field>
        </div>
    }
}

/// Says what is wrong with a name as typed.
fn check_name(sending: Sending, lang: Lang, name: &str) -> Option<String> {
    let told = |error: TextError| {
        sending.refuse(
            "name",
            text_error(lang, &error, t::person_name_missing(lang)),
        );
    };
    text::line(name).map_err(told).ok()
}

/// Says what is wrong with the length of a password.
fn check_password(sending: Sending, lang: Lang, password: &str) {
    if !model::has_password_length(password) {
        let (least, most) = (limits::PASSWORD_CHARS_MIN, limits::PASSWORD_CHARS_MAX);
        sending.refuse("password", sign_in::bad_password(lang, least, most));
    }
}

/// Adds a person.
#[component]
pub(super) fn Add(open: RwSignal<bool>, on_change: Callback<()>) -> impl IntoView {
    let lang = use_viewing().lang;
    let sending = Sending::new();
    let typed_login = RwSignal::new(String::new());
    let typed_name = RwSignal::new(String::new());
    let password = RwSignal::new(String::new());
    let choice = GrantChoice::new();
    let submit = move |_: leptos::ev::SubmitEvent| {
        sending.clear();
        let address = text::login(&typed_login.get_untracked());
        if let Err(error) = &address {
            sending.refuse(
                "login",
                text_error(lang, error, common::not_an_address(lang)),
            );
        }
        let called = check_name(sending, lang, &typed_name.get_untracked());
        check_password(sending, lang, &password.get_untracked());
        let (Ok(login), Some(name), false) = (address, called, sending.has_errors()) else {
            return;
        };
        let person = NewPerson {
            login,
            name,
            password: password.get_untracked(),
            grants: vec![choice.read()],
        };
        sending.send(add_person(person), move |_id| {
            let _ = open.try_set(false);
            for field in [typed_login, typed_name, password] {
                let _ = field.try_set(String::new());
            }
            sending.say(Tone::Ok, t::person_added(lang));
            on_change.run(());
        });
    };
    view! {
        <Dialog open title=t::add_person(lang) close_label=common::close(lang)>
            <Form on:submit=submit>
                <Field name="login" id="add-login" label=t::login(lang) required=true error=sending.error_of("login")>
                    <Input name="login" kind=InputKind::Email autocomplete="off" value=typed_login
                        on_input=move |text| typed_login.set(text) maxlength=limits::LOGIN_CHARS_MAX as u32/>
                </Field>
                <Field name="name" id="add-name" label=t::person_name(lang) required=true error=sending.error_of("name")>
                    <Input name="name" autocomplete="off" value=typed_name
                        on_input=move |text| typed_name.set(text) maxlength=limits::LINE_CHARS_MAX as u32/>
                </Field>
                <Field name="password" id="add-password" label=t::first_password(lang) required=true
                    hint=t::first_password_hint(lang, limits::PASSWORD_CHARS_MIN) error=sending.error_of("password")>
                    <Input name="password" kind=InputKind::Password autocomplete="new-password" value=password
                        on_input=move |text| password.set(text) maxlength=limits::PASSWORD_CHARS_MAX as u32/>
                </Field>
                {grant_fields(choice, sending, "add")}
                {sending.failed()}
                <div class="actions">
                    <Button on:click=move |_| open.set(false)>{common::cancel(lang)}</Button>
                    <Button kind=ButtonType::Submit variant=ButtonVariant::Primary busy=sending.busy>{t::add_person(lang)}</Button>
                </div>
            </Form>
        </Dialog>
    }
}

/// Changes the person that is being edited.
#[component]
pub(super) fn Edit(editing: RwSignal<Option<PersonRow>>, on_change: Callback<()>) -> impl IntoView {
    let lang = use_viewing().lang;
    let sending = Sending::new();
    let open = RwSignal::new(false);
    let name = RwSignal::new(String::new());
    let disabled = RwSignal::new(false);
    let choice = GrantChoice::new();
    // The dialog is the browser's: it opens when a person is picked, with what
    // stands in that person's row.
    Effect::new(move |_| {
        editing.with(|person| {
            let Some(person) = person else { return };
            name.set(person.name.clone());
            disabled.set(person.disabled);
            choice.show(&person.grants);
            sending.clear();
            open.set(true);
        });
    });
    let title = Signal::derive(move || {
        let name = editing.with(|person| person.as_ref().map(|p| p.name.clone()));
        t::edit_person_title(lang, &name.unwrap_or_default())
    });
    let submit = move |_: leptos::ev::SubmitEvent| {
        sending.clear();
        let called = check_name(sending, lang, &name.get_untracked());
        let (Some(name), Some(person)) = (called, editing.get_untracked()) else {
            return;
        };
        // Grants beyond the first are kept: this form shows one.
        let mut grants = vec![choice.read()];
        grants.extend(person.grants.into_iter().skip(1));
        let change = PersonChange {
            name,
            grants,
            disabled: disabled.get_untracked(),
            version: Some(person.version),
        };
        sending.send(change_person(person.id, change), move |()| {
            let _ = open.try_set(false);
            sending.say(Tone::Ok, t::person_saved(lang));
            on_change.run(());
        });
    };
    view! {
        <Dialog open title close_label=common::close(lang)>
            <div class="stack">
                <Form on:submit=submit>
                    <Field name="name" id="edit-name" label=t::person_name(lang) required=true error=sending.error_of("name")>
                        <Input name="name" autocomplete="off" value=name
                            on_input=move |text| name.set(text) maxlength=limits::LINE_CHARS_MAX as u32/>
                    </Field>
                    {grant_fields(choice, sending, "edit")}
                    <Checkbox name="disabled" label=t::disabled(lang) hint=t::disabled_hint(lang) checked=disabled
                        on_change=move |yes| disabled.set(yes)/>
                    {sending.failed()}
                    <div class="actions">
                        <Button on:click=move |_| open.set(false)>{common::cancel(lang)}</Button>
                        <Button kind=ButtonType::Submit variant=ButtonVariant::Primary busy=sending.busy>{common::save(lang)}</Button>
                    </div>
                </Form>
                <ResetPassword editing open/>
            </div>
        </Dialog>
    }
}

#[component]
fn ResetPassword(editing: RwSignal<Option<PersonRow>>, open: RwSignal<bool>) -> impl IntoView {
    let lang = use_viewing().lang;
    let sending = Sending::new();
    let password = RwSignal::new(String::new());
    // What was typed for one person is not offered for another.
    Effect::new(move |_| {
        editing.track();
        password.set(String::new());
        sending.clear();
    });
    let submit = move |_: leptos::ev::SubmitEvent| {
        sending.clear();
        check_password(sending, lang, &password.get_untracked());
        if sending.has_errors() {
            return;
        }
        let Some(id) = editing.with_untracked(|person| person.as_ref().map(|p| p.id)) else {
            return;
        };
        sending.send(reset_password(id, password.get_untracked()), move |()| {
            let _ = (password.try_set(String::new()), open.try_set(false));
            sending.say(Tone::Ok, t::password_reset(lang));
        });
    };
    view! {
        <Form on:submit=submit>
            <Field name="password" id="reset-password" label=t::reset_password(lang) hint=t::reset_text(lang)
                error=sending.error_of("password")>
                <Input name="password" kind=InputKind::Password autocomplete="new-password" value=password
                    on_input=move |text| password.set(text) maxlength=limits::PASSWORD_CHARS_MAX as u32/>
            </Field>
            {sending.failed()}
            <div class="actions">
                <Button kind=ButtonType::Submit variant=ButtonVariant::Danger busy=sending.busy>{t::reset_password(lang)}</Button>
            </div>
        </Form>
    }
}
