//! What people say to each other about a change request. It follows the news; what
//! somebody is typing stays.

use super::rpc::comment_on_change;
use crate::{
    live::Fresh,
    shared::{Moment, Sending, text_error},
    texts::comments as t,
    viewer::use_viewing,
};
use api::changes::{ChangeDetail, CommentView};
use domain::{i18n::Lang, limits, text};
use kit::{
    Button, ButtonType, Card, EmptyState, Field, Form, Glyph, TextArea, Timeline, TimelineItem,
    Tone,
};
use leptos::prelude::*;

/// The card of the comments, with room for another.
#[component]
pub(super) fn Comments(fresh: Fresh<ChangeDetail>) -> impl IntoView {
    let lang = use_viewing().lang;
    let sending = Sending::new();
    let draft = RwSignal::new(String::new());
    let said = Memo::new(move |_| fresh.value.with(|detail| detail.comments.clone()));
    let refused = Signal::derive(move || fresh.value.with(|detail| detail.comment_refused.clone()));
    let submit = move |_: leptos::ev::SubmitEvent| {
        sending.clear();
        let text = match text::note(&draft.get_untracked()) {
            Ok(text) => text,
            Err(error) => {
                sending.refuse("text", text_error(lang, &error, t::missing(lang)));
                return;
            }
        };
        let id = fresh.value.with_untracked(|detail| detail.row.id);
        sending.send(comment_on_change(id, text), move |()| {
            let _ = draft.try_set(String::new());
            sending.say(Tone::Ok, t::said_toast(lang));
            fresh.refresh();
        });
    };
    view! {
        <Card title=t::title(lang)>
            {move || list(lang, said.get())}
            <Form on:submit=submit>
                <Field name="comment" label=t::comment(lang) error=sending.error_of("text")>
                    <TextArea name="comment" value=draft on_input=move |text| draft.set(text)
                        maxlength=limits::NOTE_CHARS_MAX as u32/>
                </Field>
                {sending.failed()}
                <div class="actions">
                    <Button kind=ButtonType::Submit busy=sending.busy disabled_reason=refused>{t::say(lang)}</Button>
                </div>
            </Form>
        </Card>
    }
}

fn list(lang: Lang, said: Vec<CommentView>) -> AnyView {
    if said.is_empty() {
        return view! { <EmptyState glyph=Glyph::Users title=t::empty(lang) text=t::empty_text(lang)/> }
            .into_any();
    }
    let items = said.into_iter().map(|comment| {
        let at = comment.at;
        view! {
            <TimelineItem tone=Tone::Neutral title=comment.name when=move || view! { <Moment at/> }>
                <p class="prose break">{comment.text}</p>
            </TimelineItem>
        }
    });
    let items = items.collect_view();
    view! { <Timeline label=t::title(lang)>{items}</Timeline> }.into_any()
}
