//! Topics of SNS that may tell us, and how our subscriptions to them stand.

use crate::{
    shared::Ago,
    texts::{common, settings as t},
};
use api::system::TopicView;
use domain::{i18n::Lang, sns::TopicState};
use kit::{Card, Cell, Column, Row, StateChip, Table, Tone};
use leptos::prelude::*;

/// The card; nothing where no source names a topic.
pub(super) fn card(lang: Lang, topics: Signal<Vec<TopicView>>) -> impl IntoView {
    let is_empty = Memo::new(move |_| topics.with(Vec::is_empty));
    move || (!is_empty.get()).then(|| table(lang, topics)).into_any()
}

fn table(lang: Lang, topics: Signal<Vec<TopicView>>) -> impl IntoView {
    let columns = vec![
        Column::text(t::topic(lang)),
        Column::text(t::source(lang)),
        Column::text(common::state(lang)),
        Column::text(t::topic_since(lang)),
        Column::text(t::topic_heard(lang)),
        Column::number(t::topic_messages(lang)),
        Column::text(t::result(lang)),
    ];
    let rows = move || {
        topics
            .get()
            .into_iter()
            .map(|topic| row(lang, topic))
            .collect_view()
    };
    view! {
        <Card title=t::topics(lang) flush=true>
            <Table caption=t::topics(lang) columns dense=true>{rows}</Table>
        </Card>
    }
}

fn row(lang: Lang, topic: TopicView) -> impl IntoView {
    let (tone, label, remark) = match topic.state {
        TopicState::Unheard => {
            let remark = t::topic_remark_unheard(lang);
            (Tone::Unknown, t::topic_unheard(lang), Some(remark))
        }
        TopicState::Waiting => (Tone::Warning, t::topic_waiting(lang), None),
        TopicState::Confirmed => {
            let remark = t::topic_remark_confirmed(lang);
            (Tone::Ok, t::topic_confirmed(lang), Some(remark))
        }
        TopicState::Refused => (Tone::Alarm, t::topic_refused(lang), None),
        TopicState::Unsubscribed => {
            let remark = t::topic_remark_unsubscribed(lang);
            (Tone::Alarm, t::topic_unsubscribed(lang), Some(remark))
        }
    };
    let since = topic.told_at.map(|at| view! { <Ago at/> });
    let heard = topic.heard_at.map(|at| view! { <Ago at/> });
    let remark = topic.error.or(remark.map(str::to_owned));
    view! {
        <Row>
            <Cell heading=true><span class="break">{topic.topic.to_string()}</span></Cell>
            <Cell label=t::source(lang)>{topic.source.to_string()}</Cell>
            <Cell label=common::state(lang)><StateChip tone label/></Cell>
            <Cell label=t::topic_since(lang)>{since}</Cell>
            <Cell label=t::topic_heard(lang)>{heard}</Cell>
            <Cell label=t::topic_messages(lang) numeric=true>{topic.messages}</Cell>
            <Cell label=t::result(lang)><span class="break">{remark}</span></Cell>
        </Row>
    }
}
