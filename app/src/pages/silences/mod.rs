//! Silences: those that hold, that will and that did; adding and ending them.

mod form;
mod rpc;

pub(crate) use form::SilenceForm;

use crate::{
    live::use_live,
    pages::notifications::{View, tabs},
    shared::{Moment, Sending, environment_badges, loaded},
    texts::{common, silences as t},
    viewer::use_viewing,
};
use api::{
    silences::{SilenceRow, SilenceScope},
    stream::News,
};
use domain::{i18n::Lang, policy::Action, silences::SilenceState};
use kit::{
    Button, ButtonSize, ButtonVariant, Callout, Card, Cell, Column, ConfirmDialog, EmptyState,
    Glyph, PageHeader, Row, StateChip, Table, Tone,
};
use leptos::prelude::*;
use leptos_meta::Title;
use rpc::{end_silence, list_silences};

/// The page at `/alarms/silences`.
#[component]
pub(crate) fn SilencesPage() -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let silences = Resource::new(|| (), |()| list_silences());
    let reload = Callback::new(move |()| silences.refetch());
    use_live().listen(move |news| {
        if matches!(news, News::Reload) {
            reload.run(());
        }
    });
    let adding = RwSignal::new(false);
    let refused = viewing.refused_everywhere(Action::SilenceAlarms);
    view! {
        <Title text=t::title(lang)/>
        <PageHeader title=t::title(lang) subtitle=t::subtitle(lang)
            actions=move || view! {
                <Button variant=ButtonVariant::Primary glyph=Glyph::Plus disabled_reason=refused
                    on:click=move |_| adding.set(true)>{t::add(lang)}</Button>
            }/>
        {tabs(viewing, View::Silences)}
        {loaded(silences, move |silences| list(lang, silences, reload))}
        <SilenceForm open=adding scope=SilenceScope::default() on_added=reload/>
    }
    .into_any()
}

fn list(lang: Lang, silences: Vec<SilenceRow>, reload: Callback<()>) -> AnyView {
    if silences.is_empty() {
        let (title, text) = (t::empty(lang), t::empty_text(lang));
        return view! { <Card><EmptyState glyph=Glyph::Bell title text/></Card> }.into_any();
    }
    let columns = vec![
        Column::text(t::what(lang)),
        Column::text(common::state(lang)),
        Column::text(t::period(lang)),
        Column::text(t::comment(lang)),
        Column::text(t::by(lang)),
        Column::actions(common::actions(lang)),
    ];
    let rows = silences.into_iter();
    let rows = rows.map(|silence| view! { <Line silence reload/> });
    let rows = rows.collect_view();
    view! { <Card flush=true><Table caption=t::title(lang) columns>{rows}</Table></Card> }
        .into_any()
}

#[component]
fn Line(silence: SilenceRow, reload: Callback<()>) -> impl IntoView {
    let lang = use_viewing().lang;
    let now = use_live().now;
    let (from, until) = (silence.from, silence.until);
    let state = Memo::new(move |_| SilenceState::of(from, until, now.get()));
    let chip = move || {
        let (tone, label) = match state.get() {
            SilenceState::Pending => (Tone::Info, t::pending(lang)),
            SilenceState::Active => (Tone::Warning, t::active(lang)),
            SilenceState::Expired => (Tone::Neutral, t::expired(lang)),
        };
        view! { <StateChip tone label/> }
    };
    let (ending, sending) = (RwSignal::new(false), Sending::new());
    let id = silence.id;
    let end = move |()| {
        sending.send(end_silence(id), move |()| {
            sending.say(Tone::Ok, t::ended_toast(lang));
            let _ = ending.try_set(false);
            reload.run(());
        });
    };
    let ended = silence.ended_by.map(|name| t::ended_by(lang, &name));
    let refused = silence.end_refused;
    let button = move || {
        let refused = refused.clone();
        (state.get() != SilenceState::Expired).then(|| view! {
            <Button size=ButtonSize::Small disabled_reason=refused on:click=move |_| ending.set(true)>{t::end(lang)}</Button>
        })
    };
    view! {
        <Row>
            <Cell heading=true>{scope_text(lang, &silence.scope)}</Cell>
            <Cell label=common::state(lang)>{chip}</Cell>
            <Cell label=t::period(lang)><Moment at=from/> " – " <Moment at=until/></Cell>
            <Cell label=t::comment(lang)><span class="prose">{silence.comment}</span></Cell>
            <Cell label=t::by(lang)>{silence.by} {ended.map(|ended| view! { <p class="muted">{ended}</p> })}</Cell>
            <Cell label=common::actions(lang)>
                {button}
                <ConfirmDialog open=ending title=t::end_title(lang) confirm_label=t::end(lang)
                    cancel_label=common::cancel(lang) busy=sending.busy on_confirm=end>
                    {t::end_text(lang)}
                </ConfirmDialog>
            </Cell>
        </Row>
    }
}

fn scope_text(lang: Lang, scope: &SilenceScope) -> AnyView {
    let labels = match scope.matchers.as_str() {
        "" => view! { <span class="muted">{t::every_label(lang)}</span> }.into_any(),
        matchers => {
            let matchers = matchers.to_owned();
            view! { <code class="break">{matchers}</code> }.into_any()
        }
    };
    view! { {environment_badges(lang, &scope.environments)} " " {labels} }.into_any()
}

/// Why nobody is told of an alarm now; nothing where somebody is.
pub(crate) fn silenced(lang: Lang, silences: Vec<SilenceRow>) -> AnyView {
    let now = use_live().now;
    let one = move |silence: SilenceRow| {
        let (from, until) = (silence.from, silence.until);
        let (title, comment) = (t::who(lang, &silence.by), silence.comment);
        let holds =
            Memo::new(move |_| SilenceState::of(from, until, now.get()) == SilenceState::Active);
        let shown = move || {
            let (title, comment) = (title.clone(), comment.clone());
            view! {
                <Callout tone=Tone::Warning title=title>
                    <span class="prose">{comment}</span> " "
                    <span class="muted">{t::until(lang)} ": " <Moment at=until/></span>
                </Callout>
            }
        };
        move || holds.get().then(&shown)
    };
    silences.into_iter().map(one).collect_view().into_any()
}
