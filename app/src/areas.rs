//! Where the browser gets the code of a page from.
//!
//! A release splits the browser's program: the first file holds the frame and what a stranger sees,
//! and each area of the console is a file of its own, fetched when one of its pages is first shown,
//! with files of what several areas share. The areas are `overview`, `watch` (alarms, activity),
//! `plan` (capacity, changes), `schedules` and `settings`: each noun alone would be as many files
//! again, and one file for all would spare nobody anything. On the server and in a debug build a page is a plain
//! call.
//!
//! **Flow.** The router asks a [`Page`] to get ready before it leaves the page before, then to show
//! itself. The server names the files of an area in the page's head, so that a browser fetches them
//! beside the first one. When a file cannot be had (a newer server does not keep those of the last
//! one, or the network is down), a page that one goes to is asked from the server as a whole, and a
//! page that the server rendered stays as it came: its links and forms work without us.

use crate::shared::put_anew;
use leptos::prelude::*;
use leptos_router::{ChooseView, hooks::use_location};
use std::{future::pending, pin::Pin};

type Work<T> = Pin<Box<dyn Future<Output = Result<T, NotFetched>>>>;

/// The code of an area could not be fetched; why is in the browser's console.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NotFetched;

#[cfg(feature = "split")]
impl From<leptos::wasm_split::SplitLoaderError> for NotFetched {
    fn from(_: leptos::wasm_split::SplitLoaderError) -> Self {
        Self
    }
}

/// A page of an area, as the router takes it. [`page!`] makes one.
#[derive(Clone, Copy)]
pub(crate) struct Page {
    /// The area's name.
    pub(crate) area: &'static str,
    /// Fetches the code.
    pub(crate) fetch: fn() -> Work<()>,
    /// Fetches the code and shows the page.
    pub(crate) show: fn() -> Work<AnyView>,
}

/// Whose turn it is of two sides: a page never stands in the place of one of the same shape, or
/// what that listened for would still be done.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PageTurn(StoredValue<bool>);

impl PageTurn {
    /// Before the first page.
    pub(crate) fn new() -> Self {
        Self(StoredValue::new(false))
    }
}

impl ChooseView for Page {
    async fn choose(self) -> AnyView {
        announce(self.area);
        let location = use_location();
        let turn = use_context::<PageTurn>();
        match (self.show)().await {
            Ok(view) => match turn {
                Some(turn) => put_anew(turn.0, view),
                None => view,
            },
            Err(NotFetched) => {
                let hydrating = Owner::current_shared_context()
                    .is_some_and(|context| context.during_hydration());
                if !hydrating {
                    let path = location.pathname.get_untracked();
                    let search = location.search.get_untracked();
                    let address = if search.is_empty() {
                        path
                    } else {
                        format!("{path}?{search}")
                    };
                    // It fails only for a malformed address, and the router could read this one.
                    let _ = window().location().set_href(&address);
                }
                pending().await
            }
        }
    }

    async fn preload(&self) {
        // A failure comes again, and is handled, when the page is to be shown.
        let _ = (self.fetch)().await;
    }
}

/// Names the files of an area in the head of the page that is rendered on the server.
#[cfg(feature = "ssr")]
fn announce(area: &str) {
    use leptos_meta::Link;
    let assets = use_context::<crate::PageAssets>().unwrap_or_default();
    for href in assets.areas.get(area).into_iter().flatten().cloned() {
        // A `Link` gives nothing to where it stands; rendering it puts it into the head.
        let link = view! {
            <Link rel="preload" href as_="fetch" type_="application/wasm" crossorigin="anonymous"/>
        };
        let _ = link.to_html();
    }
}

#[cfg(not(feature = "ssr"))]
const fn announce(_area: &str) {}

/// A [`Page`] of an area: `page!(watch, pages::alarms::AlarmsPage)`.
macro_rules! page {
    ($area:ident, $page:path) => {{
        use $crate::areas::{NotFetched, Page};

        #[cfg(feature = "split")]
        use ::leptos::wasm_split;
        #[cfg(feature = "split")]
        #[wasm_split::wasm_split($area, wasm_split_path = wasm_split, preload(load), fallible)]
        fn show() -> Result<AnyView, NotFetched> {
            Ok($page().into_any())
        }
        #[cfg(feature = "split")]
        async fn fetch() -> Result<(), NotFetched> {
            Ok(load().await?)
        }

        #[cfg(not(feature = "split"))]
        async fn show() -> Result<AnyView, NotFetched> {
            Ok($page().into_any())
        }
        #[cfg(not(feature = "split"))]
        async fn fetch() -> Result<(), NotFetched> {
            Ok(())
        }

        Page {
            area: stringify!($area),
            fetch: || Box::pin(fetch()),
            show: || Box::pin(show()),
        }
    }};
}
pub(crate) use page;
