//! Signing in: plain form posts, which work without the browser's program.

use crate::{
    paths::{self, Query},
    texts::sign_in as t,
    viewer::{Viewing, role, use_viewing},
};
use domain::{i18n::Lang, limits, people::Role};
use kit::{
    Button, ButtonType, ButtonVariant, Callout, Card, Field, Form, Glyph, HiddenInput, Icon, Input,
    InputKind, Tone,
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

/// The page at `/sign-in`.
#[component]
pub(crate) fn SignInPage() -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let query = Query::parse(&use_location().search.get_untracked());
    let next = paths::parse_local(query.get("next").unwrap_or_default());
    let sandbox = viewing
        .sandbox()
        .then(|| view! { <SandboxPeople next=next.clone()/> });
    let title = if viewing.sandbox() {
        t::or_password(lang)
    } else {
        t::title(lang)
    };
    // Only beside what is said about it: the address may be somebody else's.
    let login = match query.get("error") {
        Some("wrong" | "throttled") => viewing.typed().login,
        _ => String::new(),
    };
    view! {
        <Title text=t::title(lang)/>
        <main class="signin" id="main">
            <p class="brand"><Icon glyph=Glyph::Lamp/><span>{crate::texts::common::product(lang)}</span></p>
            <h1 class="visually-hidden">{t::title(lang)}</h1>
            {remark(lang, &query)}
            {sandbox}
            <Card title>
                <Form action=paths::SIGN_IN_POST>
                    <HiddenInput name="next" value=next.clone()/>
                    <Field name="login" label=t::login(lang) required=true>
                        <Input name="login" kind=InputKind::Email value=login autocomplete="username" maxlength=limits::LOGIN_CHARS_MAX as u32/>
                    </Field>
                    <Field name="password" label=t::password(lang) required=true>
                        <Input name="password" kind=InputKind::Password autocomplete="current-password" maxlength=limits::PASSWORD_CHARS_MAX as u32/>
                    </Field>
                    <div class="actions">
                        <Button kind=ButtonType::Submit variant=ButtonVariant::Primary>{t::submit(lang)}</Button>
                    </div>
                </Form>
            </Card>
            {language(viewing)}
        </main>
    }
    .into_any()
}

/// What came of the last attempt.
fn remark(lang: Lang, query: &Query) -> Option<AnyView> {
    let minutes = query
        .get("minutes")
        .and_then(|text| text.parse::<u32>().ok());
    let (tone, text) = match query.get("error")? {
        "wrong" => (Tone::Alarm, t::wrong(lang).to_owned()),
        "throttled" => (
            Tone::Warning,
            minutes.map_or_else(
                || t::throttled(lang).to_owned(),
                |minutes| t::throttled_for(lang, minutes),
            ),
        ),
        "expired" => (Tone::Info, t::expired(lang).to_owned()),
        "signed_out" => (Tone::Info, t::signed_out(lang).to_owned()),
        _ => (Tone::Alarm, t::failed(lang).to_owned()),
    };
    Some(view! { <div role="alert"><Callout tone>{text}</Callout></div> }.into_any())
}

/// One button for each person of the sandbox.
#[component]
fn SandboxPeople(next: String) -> impl IntoView {
    let lang = use_viewing().lang;
    let does = |role: Role| match role {
        Role::Viewer => t::viewer_does(lang),
        Role::Operator => t::operator_does(lang),
        Role::Approver => t::approver_does(lang),
        Role::Admin => t::admin_does(lang),
    };
    let people = Role::ALL.map(|one| {
        let next = next.clone();
        view! {
            <form class="sandbox-person" method="post" action=paths::SANDBOX_SIGN_IN_POST>
                <HiddenInput name="next" value=next/>
                <HiddenInput name="role" value=one.as_str().to_owned()/>
                <Button kind=ButtonType::Submit glyph=Glyph::User>{t::as_role(lang, role(lang, one))}</Button>
                <span class="muted">{does(one)}</span>
            </form>
        }
    });
    let people = people.collect_view();
    view! {
        <Card title=t::sandbox_title(lang)>
            <p>{t::sandbox_text(lang)}</p>
            <div class="stack">{people}</div>
        </Card>
    }
}

/// The other language, kept by the server for strangers.
fn language(viewing: Viewing) -> impl IntoView {
    let other = match viewing.lang {
        Lang::En => Lang::Ko,
        Lang::Ko => Lang::En,
    };
    let location = use_location();
    let (path, search) = (
        location.pathname.get_untracked(),
        location.search.get_untracked(),
    );
    let here = if search.is_empty() {
        path
    } else {
        format!("{path}?{search}")
    };
    view! {
        <form class="signin-language" method="post" action=paths::PREFERENCES_POST>
            <HiddenInput name="next" value=here/>
            <HiddenInput name="lang" value=other.tag().to_owned()/>
            <Button kind=ButtonType::Submit variant=ButtonVariant::Ghost glyph=Glyph::Globe attr:lang=other.tag()>
                {t::other_language(viewing.lang)}
            </Button>
        </form>
    }
}
