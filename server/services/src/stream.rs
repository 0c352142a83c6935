//! Live news: one hub for the whole process, one follower for each browser.
//!
//! Writers leave a row in the feed in the transaction that changes the state;
//! the feed worker turns each row into news once, and every follower gets the
//! pieces that its reach covers. A follower that is too slow, or that was there
//! before the hub could read the feed, is told to read everything again.

use crate::{Services, cx::Cx, failure::Outcome, texts};
use api::{ApiError, ErrorCode, stream::News};
use domain::{
    estate::Environment,
    limits,
    people::Reach,
    policy::{Action, Resource},
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};
use tokio::sync::broadcast::{
    Receiver, Sender,
    error::RecvError::{Closed, Lagged},
};

/// How often a follower hears the server's clock.
const TICK: Duration = Duration::from_secs(5);

/// One piece of news and whom it concerns.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    /// Only those who see this environment; none for everybody.
    pub environment: Option<Environment>,
    /// The news.
    pub news: Arc<News>,
}

/// Where news comes together.
#[derive(Debug)]
pub struct Hub {
    sender: Sender<Told>,
    followers: Arc<AtomicU32>,
    /// The last row of the feed that was told; none before the first turn.
    pub(crate) cursor: tokio::sync::Mutex<Option<i64>>,
}

impl Default for Hub {
    fn default() -> Self {
        Self {
            sender: Sender::new(limits::STREAM_LAG_MAX),
            followers: Arc::default(),
            cursor: tokio::sync::Mutex::default(),
        }
    }
}

impl Hub {
    /// How many follow.
    #[must_use]
    pub fn followers(&self) -> u32 {
        self.followers.load(Ordering::Relaxed)
    }

    /// Tells all followers.
    pub(crate) fn tell(&self, told: Told) {
        // No receiver means that nobody follows: that is fine.
        let _ = self.sender.send(told);
    }
}

/// Somebody who follows. Dropping it ends the following.
#[derive(Debug)]
pub struct Follower {
    s: Services,
    receiver: Receiver<Told>,
    sees: Reach,
    _place: Place,
}

/// A follower's place, counted while it is held.
#[derive(Debug)]
struct Place(Arc<AtomicU32>);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Begins to follow.
///
/// # Errors
/// `unauthenticated`; `too_many` when [`limits::STREAM_CLIENTS_MAX`] follow.
pub fn follow(s: &Services, cx: &Cx) -> Outcome<Follower> {
    cx.authorize(Action::ManageSelf, Resource::Own)?;
    let hub = &s.hub;
    let place = Place(hub.followers.clone());
    let before = place.0.fetch_add(1, Ordering::Relaxed);
    if usize::try_from(before).is_ok_and(|count| count >= limits::STREAM_CLIENTS_MAX) {
        let message = texts::too_many_followers(cx.lang);
        return Err(ApiError::new(ErrorCode::TooMany, message).into());
    }
    Ok(Follower {
        s: s.clone(),
        receiver: hub.sender.subscribe(),
        sees: cx.sees()?,
        _place: place,
    })
}

impl Follower {
    /// The next piece of news that this follower may see; a [`News::Tick`] when
    /// nothing else has happened for a while. Never ends by itself.
    pub async fn next(&mut self) -> News {
        let tick = tokio::time::sleep(TICK);
        tokio::pin!(tick);
        loop {
            let received = tokio::select! {
                received = self.receiver.recv() => received,
                () = &mut tick => return News::Tick { at: self.s.clock.now() },
            };
            match received {
                Ok(told) if self.concerns(&told) => return told.news.as_ref().clone(),
                Ok(_) => {}
                Err(Lagged(_)) => {
                    // What was missed is missed; what comes after it is fresh.
                    self.receiver = self.receiver.resubscribe();
                    return News::Reload;
                }
                // The hub lives as long as `s` does, which this follower holds.
                Err(Closed) => return News::Reload,
            }
        }
    }

    fn concerns(&self, told: &Told) -> bool {
        told.environment
            .as_ref()
            .is_none_or(|environment| self.sees.covers(environment))
    }
}
