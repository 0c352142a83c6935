//! PagerDuty: calls whoever is on duty (Events API v2).

use crate::{Address, Client, Secret, seals::is_pagerdutys};
use async_trait::async_trait;
use domain::{
    alarms::Priority,
    channels::ChannelName,
    i18n::{Lang, notifications as words},
    notifications::{AlarmTold, ChangeTold, Event},
};
use http::HeaderMap;
use ports::{Channel, Post, Receipt, SendError};
use serde_json::{Value, json};

/// Where PagerDuty takes events; `https://events.eu.pagerduty.com` in its European region.
const BASE: &str = "https://events.pagerduty.com";
/// Characters of a summary (Events API v2, "PD-CEF").
const SUMMARY_CHARS_MAX: usize = 1_024;

/// A service in PagerDuty.
#[derive(Debug, Clone)]
pub struct Pagerduty {
    client: Client,
    base: String,
    key: Secret,
}

impl Pagerduty {
    /// The service with this integration key. `base` is another region's address.
    #[must_use]
    pub fn new(client: Client, base: Option<&Address>, key: Secret) -> Self {
        Self {
            client,
            base: base.map_or_else(|| BASE.to_owned(), Address::base),
            key,
        }
    }

    /// A change event: it calls nobody, and stands beside the incidents of its service
    /// (PagerDuty, "Send a Change Event").
    fn change(&self, post: &Post, change: &ChangeTold) -> Value {
        let summary = words::headline(post.lang, post.event, &post.message);
        let mut body = json!({
            "routing_key": self.key.reveal(),
            "payload": {
                "summary": summary.chars().take(SUMMARY_CHARS_MAX).collect::<String>(),
                "source": "lamplighter",
                "timestamp": change.at.to_string(),
                "custom_details": {
                    "change": change.id,
                    "kind": change.kind,
                    "target": change.target,
                    "environment": change.environment,
                    "state": change.state,
                    "by": post.message.by,
                    "reason": post.message.note,
                },
            },
        });
        if let Some(link) = &post.link {
            body["links"] = json!([{ "href": link, "text": "Lamplighter" }]);
        }
        body
    }

    fn body(&self, post: &Post) -> Value {
        let action = match post.event {
            Event::Firing | Event::Test | Event::Digest | Event::Changed => "trigger",
            Event::Acknowledged => "acknowledge",
            Event::Resolved => "resolve",
            // The contract names no such event for this kind of channel; told again, an
            // open incident stays as it is.
            Event::Released => "trigger",
        };
        let mut body = json!({
            "routing_key": self.key.reveal(),
            "event_action": action,
            // The same for all of one life of an alarm: PagerDuty calls once for it.
            "dedup_key": post.thread.to_string(),
        });
        if action != "trigger" {
            return body;
        }
        let headline = words::headline(post.lang, post.event, &post.message);
        let alarm = post.message.alarm.as_ref();
        let mut payload = json!({
            "summary": headline.chars().take(SUMMARY_CHARS_MAX).collect::<String>(),
            "source": alarm.map_or_else(|| "lamplighter".to_owned(), AlarmTold::place),
            "severity": alarm.map_or("info", |alarm| severity(alarm.priority)),
        });
        if let Some(alarm) = alarm {
            payload["timestamp"] = alarm.state_at.to_string().into();
            payload["component"] = alarm.name.as_str().into();
            payload["group"] = alarm.environment.as_str().into();
            payload["custom_details"] = json!({
                "reason": alarm.reason,
                "priority": alarm.priority.as_str(),
                "state": alarm.state.as_str(),
            });
            // Its severity is that of what it plays, or it would not call whom it tries.
            if alarm.drill {
                payload["custom_details"]["drill"] = true.into();
            }
        }
        body["payload"] = payload;
        body["client"] = "Lamplighter".into();
        if let Some(link) = &post.link {
            body["client_url"] = link.as_str().into();
        }
        body
    }
}

#[async_trait]
impl Channel for Pagerduty {
    async fn send(&self, post: &Post) -> Result<Receipt, SendError> {
        let (path, body) = match &post.message.change {
            Some(change) => ("/v2/change/enqueue", self.change(post, change)),
            None => ("/v2/enqueue", self.body(post)),
        };
        let address = format!("{}{path}", self.base);
        let body = body.to_string();
        let answer = self.client.post(&address, HeaderMap::new(), body.into());
        answer.await?.check(&self.key)?;
        Ok(Receipt {
            id: post.thread.to_string(),
            reference: None,
        })
    }
}

/// By which PagerDuty's words come in for one channel.
#[derive(Debug)]
pub struct PagerdutyDoor {
    /// The channel.
    pub channel: ChannelName,
    /// Its language.
    pub lang: Lang,
    secret: Secret,
}

impl PagerdutyDoor {
    /// A channel's door, and the secret by which its webhook subscription signs.
    #[must_use]
    pub const fn new(channel: ChannelName, lang: Lang, secret: Secret) -> Self {
        Self {
            channel,
            lang,
            secret,
        }
    }

    /// Whether this channel's subscription wrote this body.
    #[must_use]
    pub fn proves(&self, headers: &HeaderMap, body: &[u8]) -> bool {
        is_pagerdutys(&self.secret, headers, body)
    }
}

const fn severity(priority: Priority) -> &'static str {
    match priority {
        Priority::P1 => "critical",
        Priority::P2 => "error",
        Priority::P3 => "warning",
        Priority::P4 => "info",
    }
}
