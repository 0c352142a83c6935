//! One's own password and sessions.

use super::{
    head, model,
    rpc::{change_password, end_session, list_sessions},
};
use crate::{
    paths,
    shared::{Ago, Moment, Sending, loaded_part},
    texts::{common, settings as t, sign_in},
    viewer::use_viewing,
};
use api::people::SessionRow;
use domain::limits;
use kit::{
    Badge, Button, ButtonSize, ButtonType, ButtonVariant, Card, Cell, Column, ConfirmDialog, Field,
    Form, Input, InputKind, Row, Table, Tone,
};
use leptos::prelude::*;

/// The page at `/settings/security`.
#[component]
pub(crate) fn SecurityPage() -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let sessions = Resource::new(|| (), |()| list_sessions());
    let reload = Callback::new(move |()| sessions.refetch());
    view! {
        {head(viewing, paths::security(), t::security(lang))}
        <div class="stack settings">
            <Card title=t::password(lang)><PasswordForm on_change=reload/></Card>
            <Card title=t::sessions(lang) flush=true>
                {loaded_part(sessions, move |sessions| view! { <Sessions sessions on_change=reload/> })}
            </Card>
        </div>
    }
    .into_any()
}

#[component]
fn PasswordForm(on_change: Callback<()>) -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let sending = Sending::new();
    let (current, new) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let login = viewing
        .viewer()
        .map(|viewer| viewer.login)
        .unwrap_or_default();
    let submit = move |_: leptos::ev::SubmitEvent| {
        sending.clear();
        if current.with_untracked(String::is_empty) {
            sending.refuse("current", t::current_missing(lang));
        }
        if !new.with_untracked(|new| model::has_password_length(new)) {
            let (least, most) = (limits::PASSWORD_CHARS_MIN, limits::PASSWORD_CHARS_MAX);
            sending.refuse("new", sign_in::bad_password(lang, least, most));
        }
        if sending.has_errors() {
            return;
        }
        sending.send(
            change_password(current.get_untracked(), new.get_untracked()),
            move |()| {
                let _ = (current.try_set(String::new()), new.try_set(String::new()));
                sending.say(Tone::Ok, t::password_changed(lang));
                on_change.run(());
            },
        );
    };
    view! {
        <Form on:submit=submit>
            // For the browser's password store: whose password this is.
            <div class="visually-hidden" aria-hidden="true" inert>
                <Input name="login" kind=InputKind::Email value=login autocomplete="username" aria_label=t::login(lang)/>
            </div>
            <Field name="current" label=t::current_password(lang) required=true error=sending.error_of("current")>
                <Input name="current" kind=InputKind::Password autocomplete="current-password" value=current
                    on_input=move |text| current.set(text) maxlength=limits::PASSWORD_CHARS_MAX as u32/>
            </Field>
            <Field name="new" label=t::new_password(lang) required=true error=sending.error_of("new")
                hint=t::password_hint(lang, limits::PASSWORD_CHARS_MIN)>
                <Input name="new" kind=InputKind::Password autocomplete="new-password" value=new
                    on_input=move |text| new.set(text) maxlength=limits::PASSWORD_CHARS_MAX as u32/>
            </Field>
            {sending.failed()}
            <div class="actions">
                <Button kind=ButtonType::Submit variant=ButtonVariant::Primary busy=sending.busy>{t::change_password(lang)}</Button>
            </div>
        </Form>
    }
}

#[component]
fn Sessions(sessions: Vec<SessionRow>, on_change: Callback<()>) -> impl IntoView {
    let lang = use_viewing().lang;
    let columns = vec![
        Column::text(t::browser(lang)),
        Column::text(t::signed_in(lang)),
        Column::text(t::last_used(lang)),
        Column::actions(common::actions(lang)),
    ];
    let rows = sessions
        .into_iter()
        .map(|session| view! { <Session session on_change/> })
        .collect_view();
    view! { <Table caption=t::sessions(lang) columns dense=true>{rows}</Table> }
}

#[component]
fn Session(session: SessionRow, on_change: Callback<()>) -> impl IntoView {
    let lang = use_viewing().lang;
    let ending = RwSignal::new(false);
    let sending = Sending::new();
    let id = session.id;
    let end = move |()| {
        sending.send(end_session(id), move |()| {
            sending.say(Tone::Ok, t::session_ended(lang));
            on_change.run(());
        });
    };
    let last = if session.current {
        view! { <Badge tone=Tone::Ok>{t::this_one(lang)}</Badge> }.into_any()
    } else {
        view! {
            <Button size=ButtonSize::Small on:click=move |_| ending.set(true)>{t::end_session(lang)}</Button>
            <ConfirmDialog open=ending title=t::end_session_title(lang) confirm_label=t::end_session(lang)
                cancel_label=common::cancel(lang) danger=true busy=sending.busy on_confirm=end>
                {t::end_session_text(lang)}
            </ConfirmDialog>
        }
        .into_any()
    };
    view! {
        <Row>
            <Cell heading=true><span title=session.agent>{session.device}</span></Cell>
            <Cell label=t::signed_in(lang)><Moment at=session.created_at/></Cell>
            <Cell label=t::last_used(lang)><Ago at=session.used_at/></Cell>
            <Cell label=common::actions(lang)>{last}</Cell>
        </Row>
    }
}
