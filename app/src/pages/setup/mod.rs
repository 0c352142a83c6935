//! The first person: reached once, by the link in the server's log.

use crate::{
    paths::{self, Query},
    texts::sign_in as t,
    viewer::use_viewing,
};
use domain::{i18n::Lang, limits};
use kit::{
    Button, ButtonType, ButtonVariant, Callout, Card, Field, Form, Glyph, HiddenInput, Icon, Input,
    InputKind, Tone,
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

/// What the server refused, by field.
fn refusal(lang: Lang, error: Option<&str>, field: &str) -> Option<String> {
    if error != Some(field) {
        return None;
    }
    Some(match field {
        "login" => t::bad_login(lang).into(),
        "name" => t::bad_name(lang, limits::LINE_CHARS_MAX),
        "password" => t::bad_password(lang, limits::PASSWORD_CHARS_MIN, limits::PASSWORD_CHARS_MAX),
        _ => t::bad_token(lang).into(),
    })
}

/// The page at `/setup`.
#[component]
pub(crate) fn SetupPage() -> impl IntoView {
    let lang = use_viewing().lang;
    let query = Query::parse(&use_location().search.get_untracked());
    let error = query.get("error");
    let wrong = |field| refusal(lang, error, field);
    let token = query.get("token").unwrap_or_default().to_owned();
    let no_token = token.is_empty().then(|| t::no_token(lang).to_owned());
    let trouble = wrong("token").or(no_token);
    let is_good = trouble.is_none();
    let typed = use_viewing().typed();
    let (login, name, password) = (wrong("login"), wrong("name"), wrong("password"));
    view! {
        <Title text=t::setup_title(lang)/>
        <main class="signin" id="main">
            <p class="brand"><Icon glyph=Glyph::Lamp/><span>{crate::texts::common::product(lang)}</span></p>
            <h1>{t::setup_title(lang)}</h1>
            {trouble.map(|text| view! {
                <div role="alert"><Callout tone=Tone::Alarm>{text}</Callout></div>
                <p><a href=paths::sign_in("")>{t::sign_in_instead(lang)}</a></p>
            })}
            {is_good.then(move || view! { <Card>
                <p>{t::setup_text(lang)}</p>
                <Form action=paths::SETUP_POST>
                    <HiddenInput name="token" value=token/>
                    <Field name="login" label=t::login(lang) required=true error=login>
                        <Input name="login" kind=InputKind::Email autocomplete="username" value=typed.login maxlength=limits::LOGIN_CHARS_MAX as u32/>
                    </Field>
                    <Field name="name" label=t::name(lang) required=true error=name>
                        <Input name="name" autocomplete="name" value=typed.name maxlength=limits::LINE_CHARS_MAX as u32/>
                    </Field>
                    <Field name="password" label=t::new_password(lang) required=true error=password
                        hint=t::password_hint(lang, limits::PASSWORD_CHARS_MIN)>
                        <Input name="password" kind=InputKind::Password autocomplete="new-password" maxlength=limits::PASSWORD_CHARS_MAX as u32/>
                    </Field>
                    <div class="actions">
                        <Button kind=ButtonType::Submit variant=ButtonVariant::Primary>{t::setup_submit(lang)}</Button>
                    </div>
                </Form>
            </Card> })}
        </main>
    }
    .into_any()
}
