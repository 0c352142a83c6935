//! The sandbox's inbox: a channel that keeps what it is sent, for looking at. A
//! fault of the sandbox is its fault too.

use crate::cloud::{DemoCloud, Fault};
use async_trait::async_trait;
use domain::{
    alarms::Priority,
    channels::{Channel as Configured, ChannelKind, ChannelName},
    i18n::Lang,
    limits::INBOX_MESSAGES_MAX,
    notifications::FailureKind,
    on_call::{Contact, ContactName, Roster, Rotation, ShiftLength},
    people::Reach,
    routes::{EscalationStep, Matchers, Recipients, Route, Routing},
    time::Zone,
};
use ports::{Channel, Post, Receipt, SendError};
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Whoever is on duty in the sandbox.
const ON_CALL: &str = "on-call";
/// Who is told by it.
const ROTATION: &str = "production";
/// Everybody in the sandbox.
const TEAM: &str = "team";
/// Who is told in the sandbox when nobody else takes an alarm on.
const LEAD: &str = "lead";
/// After so many minutes.
const LEAD_AFTER_MINUTES: u32 = 30;

/// The channels of the sandbox when the configuration names none.
#[must_use]
pub fn channels() -> Vec<Configured> {
    let channel = |name| Configured {
        name,
        kind: ChannelKind::Inbox,
        lang: Lang::En,
        place: "sandbox".into(),
        changes: Reach::Only(Vec::new()),
    };
    [ON_CALL, TEAM, LEAD]
        .into_iter()
        .filter_map(named)
        .map(channel)
        .collect()
}

/// Their routes: what is P1 in production goes to whoever is on duty, and to the lead when
/// nobody takes it on; all but what is merely good to know goes to the team.
#[must_use]
pub fn routing() -> Routing {
    let urgent = Route {
        matchers: Matchers {
            environment: vec!["prod".into()],
            priority: vec![Priority::P1],
            ..Matchers::default()
        },
        recipients: Recipients {
            on_call: ROTATION.parse().into_iter().collect(),
            ..Recipients::default()
        },
        escalation: vec![EscalationStep {
            after_minutes: LEAD_AFTER_MINUTES,
            recipients: Recipients::of(named(LEAD).into_iter().collect()),
        }],
        goes_on: true,
        ..Route::default()
    };
    let team = Route {
        matchers: Matchers {
            priority: vec![Priority::P1, Priority::P2, Priority::P3],
            ..Matchers::default()
        },
        recipients: Recipients::of(named(TEAM).into_iter().collect()),
        ..Route::default()
    };
    Routing {
        roster: roster(),
        ..Routing::of(vec![urgent, team])
    }
}

/// Who takes turns in production: week by week, and all by one telephone that goes round.
fn roster() -> Roster {
    let names = ["mina", "jun", "sora"];
    let names: Vec<ContactName> = names.iter().filter_map(|name| name.parse().ok()).collect();
    let contact = |name: &ContactName| Contact {
        name: name.clone(),
        channels: named(ON_CALL).into_iter().collect(),
        quiet_hours: Vec::new(),
    };
    let rotation = || {
        let name = ROTATION.parse().ok()?;
        let (zone, monday) = (
            Zone::named("Asia/Seoul").ok()?,
            "2026-01-05T09:00".parse().ok()?,
        );
        Rotation::new(name, zone, monday, ShiftLength::Days(7), names.clone()).ok()
    };
    Roster {
        contacts: names.iter().map(contact).collect(),
        rotations: rotation().into_iter().collect(),
        ..Roster::default()
    }
}

fn named(name: &str) -> Option<ChannelName> {
    name.parse().ok()
}

/// A channel that keeps what it is sent. Clones share it.
#[derive(Clone)]
pub struct Inbox {
    cloud: Arc<DemoCloud>,
    posts: Arc<Mutex<VecDeque<Post>>>,
}

impl Inbox {
    pub(crate) fn new(cloud: Arc<DemoCloud>) -> Self {
        Self {
            cloud,
            posts: Arc::default(),
        }
    }

    /// What it was sent, oldest first; a message that came twice once.
    #[must_use]
    pub fn posts(&self) -> Vec<Post> {
        self.lock().iter().cloned().collect()
    }

    /// A panic while a post was put in leaves the others.
    fn lock(&self) -> MutexGuard<'_, VecDeque<Post>> {
        self.posts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Channel for Inbox {
    async fn send(&self, post: &Post) -> Result<Receipt, SendError> {
        let kind = match self.cloud.fault_now() {
            Fault::None => None,
            Fault::Throttled => Some(FailureKind::Limited),
            Fault::Unavailable => Some(FailureKind::Unreachable),
            Fault::Denied => Some(FailureKind::Denied),
        };
        if let Some(kind) = kind {
            return Err(SendError {
                kind,
                retry_after_ms: None,
                message: "the sandbox is told to fail".into(),
            });
        }
        let mut posts = self.lock();
        posts.retain(|kept| kept.id != post.id);
        posts.push_back(post.clone());
        while posts.len() > INBOX_MESSAGES_MAX {
            posts.pop_front();
        }
        Ok(Receipt {
            id: post.id.to_string(),
            reference: None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_the_routes_of_the_sandbox_name_is_there() {
        let channels = channels();
        assert_eq!(channels.len(), 3);
        let Routing { routes, roster, .. } = routing();
        let steps = routes.iter().flat_map(|route| &route.escalation);
        let steps = steps.map(|step| &step.recipients);
        let named: Vec<_> = routes
            .iter()
            .map(|route| &route.recipients)
            .chain(steps)
            .collect();
        assert!(named.iter().all(|recipients| !recipients.is_empty()));
        let people = roster.contacts.iter().flat_map(|contact| &contact.channels);
        let mut told = named.iter().flat_map(|one| &one.channels).chain(people);
        assert!(told.all(|name| channels.iter().any(|channel| channel.name == *name)));
        let mut turns = named.iter().flat_map(|one| &one.on_call);
        assert!(turns.all(|name| roster.rotation(name).is_some()));
        let mut people = roster.rotations.iter().flat_map(Rotation::contacts);
        assert!(people.all(|name| roster.contact(name).is_some()));
    }
}
