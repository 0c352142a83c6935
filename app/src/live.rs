//! Live news: one stream of server-sent events for the whole application.
//!
//! **Flow.** Once the browser runs the application, [`Live::connect`] opens the
//! stream. Each piece of news is handed to whoever listens, in the order in
//! which it came; nothing is coalesced here. Whenever it opens, everybody is told
//! to read again: what happened since the page was rendered, or while the
//! connection was closed, is not known. On the server nothing is opened.
//!
//! **Closed on purpose.** A page that nobody sees closes its stream: a browser
//! speaks to one server over six connections of HTTP/1.1 at most, and a few
//! forgotten tabs would hold them all. It opens again when the page is shown.
//!
//! **Broken.** The connection is opened again after a growing pause. A browser
//! does not tell a stream's status, so the page asks for something small first:
//! whoever is not signed in any more is led to the sign-in page, and back here.

use crate::{layout::count_alarms, paths, rpc::UiError};
use api::{ErrorCode, stream::News};
use domain::{limits, time::Timestamp};
use leptos::{prelude::*, task::spawn_local};
use std::{future::Future, sync::Arc, time::Duration};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{EventSource, MessageEvent};

/// How the stream stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connection {
    /// Being opened for the first time.
    Opening,
    /// News arrives.
    Live,
    /// Broken; it is tried again.
    Lost,
}

type Listener = Arc<dyn Fn(&News) + Send + Sync>;

/// The stream and the server's clock.
#[derive(Clone, Copy)]
pub struct Live {
    /// The server's clock, as last heard.
    pub now: RwSignal<Timestamp>,
    /// How the stream stands.
    pub connection: RwSignal<Connection>,
    listeners: StoredValue<Vec<(u64, Listener)>>,
    last_id: StoredValue<u64>,
}

/// The stream of this application, or a silent one outside it.
#[must_use]
pub fn use_live() -> Live {
    use_context().unwrap_or_else(|| Live::new(Timestamp::default()))
}

impl Live {
    /// A stream that is not open yet.
    #[must_use]
    pub fn new(now: Timestamp) -> Self {
        Self {
            now: RwSignal::new(now),
            connection: RwSignal::new(Connection::Opening),
            listeners: StoredValue::new(Vec::new()),
            last_id: StoredValue::new(0),
        }
    }

    /// Listens until the component that asked is gone; not at all where the stream itself is: the
    /// server may still write a page that nobody waits for any more.
    pub fn listen(self, listener: impl Fn(&News) + Send + Sync + 'static) {
        let Some(id) = self.last_id.try_get_value().map(|last| last + 1) else {
            return;
        };
        self.last_id.try_set_value(id);
        self.listeners
            .try_update_value(|all| all.push((id, Arc::new(listener))));
        on_cleanup(move || {
            self.listeners
                .try_update_value(|all| all.retain(|(own, _)| *own != id));
        });
    }

    /// Tells everybody. A copy of the list is walked: a listener may leave or join.
    pub fn tell(self, news: &News) {
        if let News::Tick { at } = news {
            self.now.set(*at);
        }
        let listeners = self.listeners.try_get_value().unwrap_or_default();
        for (_, listener) in listeners {
            listener(news);
        }
    }

    /// Opens the stream while the page is seen; called once, in the browser.
    pub fn connect(self) {
        let line = Line {
            live: self,
            source: StoredValue::new_local(None),
            turn: StoredValue::new(0),
        };
        line.open(limits::STREAM_PAUSE_MS_MIN);
        let _ = window_event_listener(leptos::ev::visibilitychange, move |_| {
            if document().hidden() {
                line.close(Connection::Opening);
            } else {
                line.open(limits::STREAM_PAUSE_MS_MIN);
            }
        });
    }
}

/// The browser's connection.
#[derive(Clone, Copy)]
struct Line {
    live: Live,
    source: StoredValue<Option<EventSource>, LocalStorage>,
    /// Counts openings and closings: what belongs to an earlier one is too late.
    turn: StoredValue<u32>,
}

impl Line {
    /// Closes what is open, and makes late whatever was still to come of it.
    fn close(self, connection: Connection) -> u32 {
        self.turn.update_value(|turn| *turn = turn.wrapping_add(1));
        if let Some(source) = self.source.try_update_value(Option::take).flatten() {
            source.close();
        }
        self.live.connection.set(connection);
        self.turn.get_value()
    }

    /// Opens the stream; if that fails, again after a pause.
    fn open(self, pause_ms: u64) {
        let turn = self.close(self.live.connection.get_untracked());
        let in_time = move || self.turn.get_value() == turn;
        if document().hidden() {
            return;
        }
        let Ok(source) = EventSource::new(paths::STREAM) else {
            return self.open_later(turn, pause_ms);
        };
        let opened = Closure::<dyn Fn()>::new(move || {
            if in_time() {
                self.live.connection.set(Connection::Live);
                self.live.tell(&News::Reload);
            }
        });
        source.set_onopen(Some(opened.into_js_value().unchecked_ref()));

        let heard = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            let text = event.data().as_string().unwrap_or_default();
            // News of a newer server that this page does not know is not for it.
            if let (true, Ok(news)) = (in_time(), serde_json::from_str::<News>(&text)) {
                self.live.tell(&news);
            }
        });
        source.set_onmessage(Some(heard.into_js_value().unchecked_ref()));

        let failed = Closure::<dyn Fn()>::new(move || {
            if in_time() {
                // The browser's own reconnecting gives up on an HTTP error; ours does not.
                let was_live = self.live.connection.get_untracked() == Connection::Live;
                let pause_ms = if was_live {
                    limits::STREAM_PAUSE_MS_MIN
                } else {
                    pause_ms
                };
                let turn = self.close(Connection::Lost);
                self.look_why(turn, pause_ms);
            }
        });
        source.set_onerror(Some(failed.into_js_value().unchecked_ref()));
        self.source.set_value(Some(source));
    }

    /// Asks whether somebody is still signed in, and goes on accordingly.
    fn look_why(self, turn: u32, pause_ms: u64) {
        spawn_local(async move {
            match count_alarms().await {
                Err(error) if error.code() == Some(ErrorCode::Unauthenticated) => sign_in_again(),
                _ => self.open_later(turn, pause_ms),
            }
        });
    }

    fn open_later(self, turn: u32, pause_ms: u64) {
        let next_ms = (pause_ms * 2).min(limits::STREAM_PAUSE_MS_MAX);
        set_timeout(
            move || {
                if self.turn.get_value() == turn {
                    self.open(next_ms);
                }
            },
            Duration::from_millis(pause_ms),
        );
    }
}

/// Leads to the sign-in page, and from there back to this one.
fn sign_in_again() {
    let location = window().location();
    let here = location.pathname().unwrap_or_default() + &location.search().unwrap_or_default();
    // Fails only where there is no window left.
    let _ = location.replace(&paths::session_over(&here));
}

/// A view's data that is read again when news concerns it.
pub struct Fresh<T: 'static> {
    /// The data, as last read.
    pub value: RwSignal<T>,
    /// When it was last read, by the server's clock.
    pub read_at: RwSignal<Timestamp>,
    /// The last reading failed: it is tried again, and what stands there may be over.
    pub failed: RwSignal<bool>,
    refresh: Callback<()>,
}

impl<T> Clone for Fresh<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Fresh<T> {}

impl<T> Fresh<T> {
    /// Reads again now.
    pub fn refresh(self) {
        self.refresh.run(());
    }
}

/// Keeps data fresh: news that `concerns` it makes it be read again, never
/// twice at once, and never faster than a person could follow. A reading that
/// fails leaves the last data standing and is tried again, and one that brings
/// nothing new leaves the page untouched.
pub fn keep_fresh<T, F>(
    initial: T,
    concerns: impl Fn(&News) -> bool + Send + Sync + 'static,
    load: impl Fn() -> F + Send + Sync + 'static,
) -> Fresh<T>
where
    T: PartialEq + Send + Sync + 'static,
    F: Future<Output = Result<T, UiError>> + 'static,
{
    let value = RwSignal::new(initial);
    let (read_at, failed) = (
        RwSignal::new(use_live().now.get_untracked()),
        RwSignal::new(false),
    );
    let reader = Reader {
        value,
        read_at,
        failed,
        now: use_live().now,
        reading: StoredValue::new(false),
        stale: StoredValue::new(false),
        load: Arc::new(load),
    };
    let refresh = Callback::new(move |()| reader.read());
    use_live().listen(move |news| {
        if matches!(news, News::Reload) || concerns(news) {
            refresh.run(());
        }
    });
    Fresh {
        value,
        read_at,
        failed,
        refresh,
    }
}

struct Reader<T: 'static, L> {
    value: RwSignal<T>,
    read_at: RwSignal<Timestamp>,
    failed: RwSignal<bool>,
    now: RwSignal<Timestamp>,
    reading: StoredValue<bool>,
    stale: StoredValue<bool>,
    load: Arc<L>,
}

impl<T, L> Clone for Reader<T, L> {
    fn clone(&self) -> Self {
        Self {
            load: Arc::clone(&self.load),
            ..*self
        }
    }
}

impl<T, L, F> Reader<T, L>
where
    T: PartialEq + Send + Sync + 'static,
    L: Fn() -> F + Send + Sync + 'static,
    F: Future<Output = Result<T, UiError>> + 'static,
{
    fn read(&self) {
        // None: the view is gone.
        match self.reading.try_get_value() {
            Some(false) => self.reading.set_value(true),
            Some(true) => return self.stale.set_value(true),
            None => return,
        }
        let reader = self.clone();
        spawn_local(async move {
            let began = reader.now.try_get_untracked().unwrap_or_default();
            let answer = (reader.load)().await;
            let failed = answer.is_err();
            if let Ok(new) = answer {
                let is_news = reader.value.try_with_untracked(|old| *old != new);
                if is_news == Some(true) {
                    let _ = reader.value.try_set(new);
                }
                let _ = reader.read_at.try_set(began);
            }
            if reader
                .failed
                .try_get_untracked()
                .is_some_and(|was| was != failed)
            {
                let _ = reader.failed.try_set(failed);
            }
            // News that could not be read is not lost: nobody tells it again.
            let pause_ms = match failed {
                true => limits::READ_AGAIN_MS,
                false => limits::READ_PAUSE_MS,
            };
            if failed {
                let _ = reader.stale.try_set_value(true);
            }
            set_timeout(move || reader.finish(), Duration::from_millis(pause_ms));
        });
    }

    fn finish(&self) {
        if self.reading.try_set_value(false).is_some() {
            return;
        }
        if self.stale.try_get_value() == Some(true) {
            self.stale.set_value(false);
            self.read();
        }
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn everybody_hears_all_news_in_order_until_they_leave() {
        let owner = Owner::new();
        owner.with(|| {
            let live = Live::new(Timestamp::default());
            let heard = StoredValue::new(Vec::new());
            let guest = Owner::new();
            guest.with(|| {
                live.listen(move |news| heard.update_value(|all| all.push(news.clone())));
            });
            let tick = |ms| News::Tick {
                at: Timestamp::from_ms(ms),
            };
            live.tell(&tick(1));
            live.tell(&tick(2));
            guest.cleanup();
            live.tell(&tick(3));
            assert_eq!(heard.get_value(), [tick(1), tick(2)]);
            assert_eq!(live.now.get_untracked(), Timestamp::from_ms(3));
        });
    }
}
