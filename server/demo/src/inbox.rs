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
    routes::{EscalationStep, Matchers, Route, Routing},
};
use ports::{Channel, Post, Receipt, SendError};
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Whoever is on duty in the sandbox.
const ON_CALL: &str = "on-call";
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
        channels: named(ON_CALL).into_iter().collect(),
        escalation: vec![EscalationStep {
            after_minutes: LEAD_AFTER_MINUTES,
            channels: named(LEAD).into_iter().collect(),
        }],
        goes_on: true,
        ..Route::default()
    };
    let team = Route {
        matchers: Matchers {
            priority: vec![Priority::P1, Priority::P2, Priority::P3],
            ..Matchers::default()
        },
        channels: named(TEAM).into_iter().collect(),
        ..Route::default()
    };
    Routing::of(vec![urgent, team])
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
    fn every_route_of_the_sandbox_tells_a_channel_that_is_there() {
        let channels = channels();
        let routes = routing().routes;
        let first = routes.iter().flat_map(|route| &route.channels);
        let steps = routes.iter().flat_map(|route| &route.escalation);
        let mut told = first.chain(steps.flat_map(|step| &step.channels));
        assert_eq!(channels.len(), 3);
        assert!(told.all(|name| channels.iter().any(|channel| channel.name == *name)));
        assert!(routes.iter().all(|route| route.channels.len() == 1));
    }
}
