//! One's own API tokens.

use super::{
    head, model, role_choices,
    rpc::{list_tokens, make_token, revoke_token},
};
use crate::{
    paths,
    shared::{Ago, Moment, Sending, loaded_part, text_error},
    texts::{common, settings as t},
    viewer::{role, use_viewing},
};
use api::tokens::{NewToken, TokenRow};
use domain::{limits, people::Role, text};
use kit::{
    Button, ButtonSize, ButtonType, ButtonVariant, Callout, Card, Cell, Column, ConfirmDialog,
    CopyText, Dialog, EmptyState, Field, Form, Glyph, Input, NumberInput, Row, Select, Table, Tone,
};
use leptos::prelude::*;

/// The page at `/settings/tokens`.
#[component]
pub(crate) fn TokensPage() -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let tokens = Resource::new(|| (), |()| list_tokens());
    let reload = Callback::new(move |()| tokens.refetch());
    let making = RwSignal::new(false);
    view! {
        {head(viewing, paths::tokens(), t::tokens(lang))}
        <div class="stack settings">
            <p>{t::tokens_text(lang)} " " <a href=paths::OPENAPI rel="external">{t::openapi(lang)}</a></p>
            <Card title=t::tokens(lang) flush=true actions=move || view! {
                <Button size=ButtonSize::Small glyph=Glyph::Plus on:click=move |_| making.set(true)>{t::make_token(lang)}</Button>
            }>
                {loaded_part(tokens, move |tokens| view! { <Tokens tokens on_change=reload/> })}
            </Card>
        </div>
        <Make open=making on_change=reload/>
    }
    .into_any()
}

#[component]
fn Tokens(tokens: Vec<TokenRow>, on_change: Callback<()>) -> impl IntoView {
    let lang = use_viewing().lang;
    if tokens.is_empty() {
        return view! { <EmptyState glyph=Glyph::Key title=t::tokens_empty(lang)/> }.into_any();
    }
    let columns = vec![
        Column::text(t::token_name(lang)),
        Column::text(t::role(lang)),
        Column::text(t::made(lang)),
        Column::text(t::expires(lang)),
        Column::text(t::last_used(lang)),
        Column::actions(common::actions(lang)),
    ];
    let rows = tokens
        .into_iter()
        .map(|token| view! { <Token token on_change/> })
        .collect_view();
    view! { <Table caption=t::tokens(lang) columns dense=true>{rows}</Table> }.into_any()
}

#[component]
fn Token(token: TokenRow, on_change: Callback<()>) -> impl IntoView {
    let lang = use_viewing().lang;
    let revoking = RwSignal::new(false);
    let sending = Sending::new();
    let id = token.id;
    let revoke = move |()| {
        sending.send(revoke_token(id), move |()| {
            sending.say(Tone::Ok, t::revoked(lang));
            on_change.run(());
        });
    };
    let used = match token.used_at {
        Some(at) => view! { <Ago at/> }.into_any(),
        None => t::never(lang).into_any(),
    };
    view! {
        <Row>
            <Cell heading=true>{token.name}</Cell>
            <Cell label=t::role(lang)>{role(lang, token.role)}</Cell>
            <Cell label=t::made(lang)><Moment at=token.created_at/></Cell>
            <Cell label=t::expires(lang)><Moment at=token.expires_at/></Cell>
            <Cell label=t::last_used(lang)>{used}</Cell>
            <Cell label=common::actions(lang)>
                <Button size=ButtonSize::Small on:click=move |_| revoking.set(true)>{t::revoke(lang)}</Button>
                <ConfirmDialog open=revoking title=t::revoke_title(lang) confirm_label=t::revoke(lang)
                    cancel_label=common::cancel(lang) danger=true busy=sending.busy on_confirm=revoke>
                    {t::revoke_text(lang)}
                </ConfirmDialog>
            </Cell>
        </Row>
    }
}

/// Makes a token, and shows its secret in place of the form: the only time.
#[component]
fn Make(open: RwSignal<bool>, on_change: Callback<()>) -> impl IntoView {
    let lang = use_viewing().lang;
    let made = RwSignal::new(None::<String>);
    // With the dialog goes the secret.
    Effect::new(move |_| {
        if !open.get() {
            made.set(None);
        }
    });
    // The form stays one and the same until there is a secret.
    let secret = Memo::new(move |_| made.get());
    view! {
        <Dialog open title=t::make_token(lang) close_label=common::close(lang)>
            {move || match secret.get() {
                None => view! { <MakeForm open made on_change/> }.into_any(),
                Some(secret) => view! { <Made secret open/> }.into_any(),
            }}
        </Dialog>
    }
}

#[component]
fn Made(secret: String, open: RwSignal<bool>) -> impl IntoView {
    let lang = use_viewing().lang;
    view! {
        <Callout tone=Tone::Ok title=t::token_secret(lang)>
            <p>{t::token_made(lang)}</p>
            <CopyText text=secret copy_label=common::copy(lang) copied_label=common::copied(lang)/>
        </Callout>
        <div class="actions">
            <Button variant=ButtonVariant::Primary on:click=move |_| open.set(false)>{t::token_done(lang)}</Button>
        </div>
    }
}

#[component]
fn MakeForm(
    open: RwSignal<bool>,
    made: RwSignal<Option<String>>,
    on_change: Callback<()>,
) -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let sending = Sending::new();
    let name = RwSignal::new(String::new());
    let chosen = RwSignal::new(Role::Viewer.as_str().to_owned());
    let days = RwSignal::new(limits::TOKEN_DAYS_OFFERED.to_string());
    let most = viewing
        .viewer()
        .map_or(Role::Viewer, |viewer| viewer.role());
    let submit = move |_: leptos::ev::SubmitEvent| {
        sending.clear();
        let name = text::line(&name.get_untracked());
        let days = model::read_days(&days.get_untracked());
        if let Err(error) = &name {
            sending.refuse("name", text_error(lang, error, t::name_missing(lang)));
        }
        if days.is_none() {
            sending.refuse("days", t::days_invalid(lang, model::DAYS_MAX));
        }
        let (Ok(name), Some(days)) = (name, days) else {
            return;
        };
        let token = NewToken {
            name,
            role: Role::parse(&chosen.get_untracked()).unwrap_or(Role::Viewer),
            days,
        };
        sending.send(make_token(token), move |token| {
            // Shown even when the dialog was closed meanwhile: it is the only time.
            let _ = (made.try_set(Some(token.secret)), open.try_set(true));
            sending.say(Tone::Ok, t::token_made_toast(lang));
            on_change.run(());
        });
    };
    view! {
        <Form on:submit=submit>
            <Field name="name" label=t::token_name(lang) required=true error=sending.error_of("name")>
                <Input name="name" value=name on_input=move |text| name.set(text) autocomplete="off"
                    maxlength=limits::LINE_CHARS_MAX as u32/>
            </Field>
            <Field name="role" label=t::token_role(lang) error=sending.error_of("role")>
                <Select name="role" choices=role_choices(viewing, most) value=chosen on_change=move |text| chosen.set(text)/>
            </Field>
            <Field name="days" label=t::token_days(lang) required=true error=sending.error_of("days")>
                <NumberInput name="days" value=days min=1 max=model::DAYS_MAX step="1" on_input=move |text| days.set(text)/>
            </Field>
            {sending.failed()}
            <div class="actions">
                <Button on:click=move |_| open.set(false)>{common::cancel(lang)}</Button>
                <Button kind=ButtonType::Submit variant=ButtonVariant::Primary busy=sending.busy>{t::make_token(lang)}</Button>
            </div>
        </Form>
    }
}
