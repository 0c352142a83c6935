//! From a resource to a view: placeholder, content, or what went wrong.

use crate::{
    paths,
    rpc::{UiError, set_page_status},
    texts::common as t,
    viewer::use_viewing,
};
use api::ErrorCode;
use kit::{EmptyState, ErrorState, Glyph, LinkButton, Skeleton};
use leptos::{either::Either, prelude::*};
use leptos_meta::Title;
use leptos_router::hooks::use_location;
use serde::{Serialize, de::DeserializeOwned};

/// Shows what a resource holds. The content gets plain values; only this file
/// touches the resource.
pub(crate) fn loaded<T, V>(
    resource: Resource<Result<T, UiError>>,
    view: impl Fn(T) -> V + Clone + Send + Sync + 'static,
) -> AnyView
where
    T: Clone + Serialize + DeserializeOwned + Send + Sync + 'static,
    V: IntoView + 'static,
{
    shown(resource, view, 6, failed)
}

/// The same for a part of a page: its failure is not the page's.
pub(crate) fn loaded_part<T, V>(
    resource: Resource<Result<T, UiError>>,
    view: impl Fn(T) -> V + Clone + Send + Sync + 'static,
) -> AnyView
where
    T: Clone + Serialize + DeserializeOwned + Send + Sync + 'static,
    V: IntoView + 'static,
{
    shown(resource, view, 3, failed_part)
}

fn shown<T, V>(
    resource: Resource<Result<T, UiError>>,
    view: impl Fn(T) -> V + Clone + Send + Sync + 'static,
    lines: u8,
    failed: fn(&UiError, Option<Callback<()>>) -> AnyView,
) -> AnyView
where
    T: Clone + Serialize + DeserializeOwned + Send + Sync + 'static,
    V: IntoView + 'static,
{
    let lang = use_viewing().lang;
    let retry = Callback::new(move |()| resource.refetch());
    let turn = StoredValue::new(false);
    view! {
        <Transition fallback=move || view! { <Skeleton label=t::loading(lang) lines/> }>
            {move || {
                let view = view.clone();
                Suspend::new(async move {
                    match resource.await {
                        Ok(value) => put_anew(turn, view(value)),
                        Err(error) => failed(&error, Some(retry)),
                    }
                })
            }}
        </Transition>
    }
    .into_any()
}

/// Puts a view in place of the last one instead of patching it into it: they
/// take turns on two sides. Leptos 0.8 would leave the listeners that were given
/// to components (`on:click`, `on:submit`) where they are and add the new ones,
/// and those of before would act on signals that are gone.
pub(crate) fn put_anew(turn: StoredValue<bool>, view: impl IntoView + 'static) -> AnyView {
    let right = turn.try_get_value().unwrap_or_default();
    turn.try_update_value(|right| *right = !*right);
    let side: Either<AnyView, AnyView> = if right {
        Either::Right(view.into_any())
    } else {
        Either::Left(view.into_any())
    };
    side.into_any()
}

/// A page that could not be shown; it sets the status of the answer.
pub(crate) fn failed(error: &UiError, retry: Option<Callback<()>>) -> AnyView {
    set_page_status(error.status());
    if error.code() == Some(ErrorCode::NotFound) {
        return missing();
    }
    let lang = use_viewing().lang;
    view! { <Title text=t::failed_title(lang)/> {failed_part(error, retry)} }.into_any()
}

/// A part of a page that could not be shown.
pub(crate) fn failed_part(error: &UiError, retry: Option<Callback<()>>) -> AnyView {
    let lang = use_viewing().lang;
    let message = error.message(lang);
    if error.code() == Some(ErrorCode::Unauthenticated) {
        let here = use_location().pathname;
        return view! {
            <EmptyState glyph=Glyph::Lock title=message>
                <LinkButton href=move || paths::sign_in(&here.get())>{t::sign_in(lang)}</LinkButton>
            </EmptyState>
        }
        .into_any();
    }
    if error.code() == Some(ErrorCode::Forbidden) {
        return view! { <EmptyState glyph=Glyph::Lock title=t::forbidden_title(lang) text=message/> }
            .into_any();
    }
    let reference = error.reference();
    match retry {
        Some(retry) => view! {
            <ErrorState title=t::failed_title(lang) text=message reference=reference
                retry_label=t::retry(lang) on_retry=retry/>
        }
        .into_any(),
        None => {
            view! { <ErrorState title=t::failed_title(lang) text=message reference=reference/> }
                .into_any()
        }
    }
}

/// There is no such thing, or none that the viewer may know of.
pub(crate) fn missing() -> AnyView {
    let lang = use_viewing().lang;
    set_page_status(ErrorCode::NotFound.status());
    view! {
        <Title text=t::missing_title(lang)/>
        <EmptyState glyph=Glyph::Search title=t::missing_title(lang) text=t::missing_text(lang)>
            <LinkButton href=paths::overview()>{t::to_overview(lang)}</LinkButton>
        </EmptyState>
    }
    .into_any()
}
