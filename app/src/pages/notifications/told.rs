//! Who was told of one alarm, when, and whether it arrived.

use super::{model, rpc::list_notifications};
use crate::{
    live::keep_fresh,
    paths,
    shared::{Moment, loaded_part},
    texts::notifications as t,
    viewer::use_viewing,
};
use api::{
    Page, PageQuery,
    notifications::{NotificationQuery, NotificationRow},
    stream::News,
};
use domain::ids::AlarmId;
use kit::{Card, EmptyState, Glyph, Timeline, TimelineItem};
use leptos::prelude::*;

/// Messages shown beside an alarm.
const SHOWN: u32 = 10;

fn about(alarm: AlarmId) -> NotificationQuery {
    NotificationQuery {
        alarm: Some(alarm),
        page: PageQuery {
            offset: 0,
            limit: SHOWN,
        },
        ..NotificationQuery::default()
    }
}

/// The newest messages about an alarm.
#[component]
pub(crate) fn Told(alarm: AlarmId) -> impl IntoView {
    let lang = use_viewing().lang;
    let page = Resource::new(|| (), move |()| list_notifications(about(alarm)));
    view! {
        <Card title=t::told(lang)>
            {loaded_part(page, move |page| view! { <Messages alarm page/> })}
        </Card>
    }
}

#[component]
fn Messages(alarm: AlarmId, page: Page<NotificationRow>) -> impl IntoView {
    let lang = use_viewing().lang;
    let concerns = move |news: &News| matches!(news, News::Notification { alarm: told } if *told == Some(alarm));
    let list = keep_fresh(page, concerns, move || list_notifications(about(alarm)));
    move || {
        list.value.with(|page| {
            if page.rows.is_empty() {
                let (title, text) = (t::told_nobody(lang), t::told_nobody_text(lang));
                return view! { <EmptyState glyph=Glyph::Bell title text/> }.into_any();
            }
            let items = page.rows.iter().cloned().map(item).collect_view();
            let more = (page.total > u64::from(SHOWN)).then(|| {
                let query = NotificationQuery {
                    alarm: Some(alarm),
                    ..NotificationQuery::default()
                };
                view! { <a href=paths::notifications(&query)>{t::all_of_it(lang)}</a> }
            });
            view! { <Timeline label=t::told(lang)>{items}</Timeline> {more} }.into_any()
        })
    }
}

fn item(row: NotificationRow) -> impl IntoView {
    let lang = use_viewing().lang;
    let (tone, state) = model::state(lang, row.state);
    let at = row.attempted_at.unwrap_or(row.created_at);
    let failure = row.failure;
    view! {
        <TimelineItem tone title=row.channel.to_string() who=state
            when=move || view! { <Moment at seconds=true/> }>
            <p>{row.text}</p>
            {failure.map(|failure| view! { <p class="muted">{failure}</p> })}
        </TimelineItem>
    }
}
