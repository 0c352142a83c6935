//! An editor of routes that tells, before anybody commits to them, whom each alarm would reach.

use super::{
    model,
    rpc::{show_routing, try_routes},
};
use crate::{
    paths,
    shared::{Moment, Sending, alarm_chip, breakable, environment_badge, priority_badge},
    texts::{alarms, common, notifications as t},
    viewer::use_viewing,
};
use api::notifications::{RouteChange, RouteTrial, RouteTried};
use domain::{i18n::Lang, limits};
use kit::{
    Badge, Button, ButtonType, ButtonVariant, Callout, Card, Cell, Column, Field, Form, Row, Table,
    TextArea, Tone,
};
use leptos::prelude::*;

/// Other routes, and what they would change.
#[component]
pub(super) fn TryRoutes(
    /// The routes in force, as the configuration may write them.
    text: String,
) -> impl IntoView {
    let lang = use_viewing().lang;
    let sending = Sending::new();
    let answer = RwSignal::new(None::<RouteTried>);
    let typed = RwSignal::new(text);
    let submit = move |_: leptos::ev::SubmitEvent| {
        let trial = RouteTrial {
            text: typed.get_untracked(),
            at: None,
        };
        answer.set(None);
        sending.send(try_routes(trial), move |tried| {
            answer.try_set(Some(tried));
        });
    };
    let begin_anew = move |_| {
        answer.set(None);
        sending.send(show_routing(), move |routing| {
            let _ = typed.try_set(routing.text);
        });
    };
    view! {
        <Card title=t::try_routes(lang)>
            <p class="muted">{t::try_routes_text(lang)}</p>
            <Form on:submit=submit>
                <div class="route-text">
                    <Field name="text" label=t::try_label(lang) hint=t::try_hint(lang) error=sending.error_of("text")>
                        <TextArea name="text" value=typed rows=16 on_input=move |text| typed.set(text)
                            maxlength=limits::ROUTES_TEXT_BYTES_MAX as u32/>
                    </Field>
                </div>
                {sending.failed()}
                <div class="actions">
                    <Button on:click=begin_anew>{t::try_anew(lang)}</Button>
                    <Button kind=ButtonType::Submit variant=ButtonVariant::Primary busy=sending.busy>{t::try_it(lang)}</Button>
                </div>
            </Form>
            <div role="status">{move || answer.get().map(|tried| outcome(lang, tried))}</div>
        </Card>
    }
}

fn outcome(lang: Lang, tried: RouteTried) -> impl IntoView {
    let tone = match (tried.nobody_after > tried.nobody_before, tried.changed) {
        (true, _) => Tone::Warning,
        (false, 0) => Tone::Ok,
        (false, _) => Tone::Info,
    };
    let title = t::try_changed(lang, tried.changed, tried.looked_at);
    let unheard = t::try_unheard(lang, tried.nobody_after, tried.nobody_before);
    let not_looked_at = tried.total.saturating_sub(u64::from(tried.looked_at));
    let not_looked_at = (not_looked_at > 0).then(|| t::try_not_looked_at(lang, not_looked_at));
    let more = (tried.changed as usize).saturating_sub(tried.rows.len());
    let more =
        (more > 0).then(|| view! { <p class="card-note muted">{t::try_more(lang, more)}</p> });
    let instants = tried.at.len();
    let columns = vec![
        Column::text(alarms::title(lang)),
        Column::text(common::environment(lang)),
        Column::text(t::at(lang)),
        Column::text(t::try_before(lang)),
        Column::text(t::try_after(lang)),
    ];
    let has_rows = !tried.rows.is_empty();
    let rows = tried.rows.into_iter().map(|row| line(lang, row));
    let rows = rows.collect_view();
    view! {
        <Callout tone title>
            {unheard} " " {not_looked_at} " " <span class="muted">{t::try_at(lang, instants)}</span>
        </Callout>
        {has_rows.then(|| view! {
            <Table caption=t::try_result(lang) columns dense=true>{rows}</Table>
            {more}
        })}
    }
}

fn line(lang: Lang, row: RouteChange) -> impl IntoView {
    let lost = row.after.is_nobody();
    view! {
        <Row>
            <Cell heading=true>
                <span class="row">{priority_badge(row.priority, row.state)} {alarm_chip(lang, row.state)}
                    <a href=paths::alarm(row.alarm)>{breakable(&row.name)}</a></span>
            </Cell>
            <Cell label=common::environment(lang)>{environment_badge(&row.environment)}</Cell>
            <Cell label=t::at(lang)><Moment at=row.at/></Cell>
            <Cell label=t::try_before(lang)>{model::reached(lang, &row.before)}</Cell>
            <Cell label=t::try_after(lang)>
                {match lost {
                    true => view! { <Badge tone=Tone::Alarm>{t::try_nobody(lang)}</Badge> }.into_any(),
                    false => model::reached(lang, &row.after).into_any(),
                }}
            </Cell>
        </Row>
    }
}
