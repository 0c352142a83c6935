//! Any address that takes signed JSON.
//!
//! ```text
//! POST /…
//! Idempotency-Key: dlv_…           the same at every attempt
//! Lamplighter-Timestamp: 1772409600
//! Lamplighter-Signature: v1=<hex of HMAC-SHA256(secret, "<timestamp>.<body>")>
//!
//! {"version":"1","id":"dlv_…","thread":"thr_…","event":"firing","text":"…","alarm":{…},…}
//! ```

use crate::{Address, Client, Secret, client::failed};
use async_trait::async_trait;
use bytes::Bytes;
use domain::{i18n::notifications as words, notifications::FailureKind};
use http::{HeaderMap, HeaderName, HeaderValue};
use ports::{Channel, Post, Receipt, SendError};
use ring::hmac;
use serde_json::json;

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const TIMESTAMP: HeaderName = HeaderName::from_static("lamplighter-timestamp");
const SIGNATURE: HeaderName = HeaderName::from_static("lamplighter-signature");

/// An address that takes signed JSON.
#[derive(Debug, Clone)]
pub struct Webhook {
    client: Client,
    address: String,
    secret: Secret,
}

impl Webhook {
    /// An address, and the secret that signs what is sent there.
    #[must_use]
    pub fn new(client: Client, address: &Address, secret: Secret) -> Self {
        Self {
            client,
            address: address.whole(),
            secret,
        }
    }
}

#[async_trait]
impl Channel for Webhook {
    async fn send(&self, post: &Post) -> Result<Receipt, SendError> {
        let mut body = json!({
            "version": "1",
            "id": post.id,
            "thread": post.thread,
            "event": post.event,
            "at": post.created_at,
            "text": words::headline(post.lang, post.event, &post.message),
            "drill": post.message.alarm.as_ref().is_some_and(|alarm| alarm.drill),
            "alarm": post.message.alarm,
            "by": post.message.by,
            "note": post.message.note,
            "link": post.link,
        });
        if let Some(change) = &post.message.change {
            body["change"] = json!(change);
        }
        let body = body.to_string();
        let timestamp = post.now.seconds().to_string();
        let headers = [
            (IDEMPOTENCY_KEY, post.id.to_string()),
            (SIGNATURE, signature(&self.secret, &timestamp, &body)),
            (TIMESTAMP, timestamp),
        ];
        let headers: HeaderMap = headers
            .into_iter()
            .map(|(name, value)| Ok((name, HeaderValue::try_from(value)?)))
            .collect::<Result<_, http::header::InvalidHeaderValue>>()
            .map_err(|error| failed(FailureKind::Refused, error))?;
        let answer = self.client.post(&self.address, headers, Bytes::from(body));
        let answer = answer.await?.check(&self.secret)?;
        Ok(Receipt {
            id: answer.status.as_u16().to_string(),
            reference: None,
        })
    }
}

/// The signature of a body sent at a time.
fn signature(secret: &Secret, timestamp: &str, body: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.reveal().as_bytes());
    let tag = hmac::sign(&key, format!("{timestamp}.{body}").as_bytes());
    format!("v1={}", hex::encode(tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_what_openssl_makes_of_it() {
        // printf '1772409600.{"a":1}' | openssl dgst -sha256 -hmac key
        let secret = Secret::new("key").expect("a secret");
        assert_eq!(
            signature(&secret, "1772409600", "{\"a\":1}"),
            "v1=0a13ee800065d794e078023695aa0bf893a6cf8c1cca2e6f65042e8dc643cebe"
        );
    }
}
