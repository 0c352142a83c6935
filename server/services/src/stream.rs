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
    i18n::Lang,
    ids::PersonId,
    limits,
    people::Reach,
    policy::{Action, Resource},
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{
    sync::broadcast::{
        Receiver, Sender,
        error::RecvError::{Closed, Lagged},
    },
    time::{Interval, MissedTickBehavior, interval},
};

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
    places: Arc<Places>,
    /// The last row of the feed that was told; none before the first turn.
    pub(crate) cursor: tokio::sync::Mutex<Option<i64>>,
}

impl Default for Hub {
    fn default() -> Self {
        Self {
            sender: Sender::new(limits::STREAM_LAG_MAX),
            places: Arc::default(),
            cursor: tokio::sync::Mutex::default(),
        }
    }
}

impl Hub {
    /// How many follow.
    #[must_use]
    pub fn followers(&self) -> u32 {
        self.places.lock().values().sum()
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
    /// When the clock is told next, whatever else happens.
    ticks: Interval,
    _place: Place,
}

/// How many places each person holds; those who hold none are left out.
#[derive(Debug, Default)]
struct Places(Mutex<HashMap<PersonId, u32>>);

impl Places {
    fn lock(&self) -> MutexGuard<'_, HashMap<PersonId, u32>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A follower's place, counted while it is held.
#[derive(Debug)]
struct Place {
    all: Arc<Places>,
    person: PersonId,
}

impl Place {
    /// Takes one; the message says why there is none.
    fn take(all: &Arc<Places>, person: PersonId, lang: Lang) -> Result<Self, String> {
        let mut held = all.lock();
        if held.values().sum::<u32>() >= limits::STREAM_CLIENTS_MAX {
            return Err(texts::too_many_followers(lang).to_owned());
        }
        let own = held.entry(person).or_default();
        if *own >= limits::STREAMS_PER_PERSON_MAX {
            return Err(texts::too_many_own_followers(lang, *own));
        }
        *own += 1;
        Ok(Self {
            all: Arc::clone(all),
            person,
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut held = self.all.lock();
        if let Some(own) = held.get_mut(&self.person) {
            *own -= 1;
            if *own == 0 {
                held.remove(&self.person);
            }
        }
    }
}

/// Begins to follow.
///
/// # Errors
/// `unauthenticated`; `too_many` when [`limits::STREAM_CLIENTS_MAX`] follow, or
/// [`limits::STREAMS_PER_PERSON_MAX`] of this person.
pub fn follow(s: &Services, cx: &Cx) -> Outcome<Follower> {
    let actor = cx.authorize(Action::ManageSelf, Resource::Own)?;
    let hub = &s.hub;
    let place = Place::take(&hub.places, actor.person, cx.lang)
        .map_err(|message| ApiError::new(ErrorCode::TooMany, message))?;
    let mut ticks = interval(Duration::from_millis(limits::STREAM_TICK_MS));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks.reset();
    Ok(Follower {
        s: s.clone(),
        receiver: hub.sender.subscribe(),
        sees: cx.sees()?,
        ticks,
        _place: place,
    })
}

impl Follower {
    /// The next piece of news that this follower may see; now and then a
    /// [`News::Tick`], also while much happens. Never ends by itself.
    pub async fn next(&mut self) -> News {
        loop {
            let received = tokio::select! {
                received = self.receiver.recv() => received,
                _ = self.ticks.tick() => return News::Tick { at: self.s.clock.now() },
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
