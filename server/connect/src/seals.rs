//! What proves that Slack or PagerDuty calls: an HMAC over the very bytes that came.
//!
//! A signature says who wrote a body and, in Slack's case, when. It does not say that the body
//! comes for the first time: whoever takes it must be able to take it twice.

use crate::Secret;
use domain::{limits, time::Timestamp};
use http::HeaderMap;
use ring::hmac;

/// Whether Slack wrote this body not long ago ("Verifying requests from Slack"): one signature
/// of version 0 over the time and the body.
#[must_use]
pub fn is_slacks(secret: &Secret, headers: &HeaderMap, body: &[u8], now: Timestamp) -> bool {
    let written = only(headers, "x-slack-request-timestamp");
    let signature = only(headers, "x-slack-signature").and_then(|text| text.strip_prefix("v0="));
    let Some((written, signature)) = written.zip(signature) else {
        return false;
    };
    // The digits are signed as they stand, so there is one way to write them.
    let digits = written.bytes().all(|byte| byte.is_ascii_digit());
    let Some(seconds) = written.parse::<i64>().ok().filter(|_| digits) else {
        return false;
    };
    let apart = now.seconds().abs_diff(seconds);
    if apart > limits::SIGNED_CALL_APART_MS.unsigned_abs() / 1_000 {
        return false;
    }
    let mut signed = format!("v0:{written}:").into_bytes();
    signed.extend_from_slice(body);
    fits(secret, &signed, signature)
}

/// Whether PagerDuty wrote this body ("Webhooks v3", "Verifying signatures"): any of the
/// signatures of version 1 over the body. Others may be of a secret that is about to change.
#[must_use]
pub fn is_pagerdutys(secret: &Secret, headers: &HeaderMap, body: &[u8]) -> bool {
    let Some(given) = only(headers, "x-pagerduty-signature") else {
        return false;
    };
    let signatures = given.split(',').take(limits::CALL_SIGNATURES_MAX);
    let mut signatures = signatures.filter_map(|one| one.trim().strip_prefix("v1="));
    signatures.any(|signature| fits(secret, body, signature))
}

/// The one value of a header: of two nobody could say which of them was meant.
fn only<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let first = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(first)
}

/// Compared in constant time: how long it takes tells nothing of the signature.
fn fits(secret: &Secret, signed: &[u8], signature: &str) -> bool {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.reveal().as_bytes());
    let tag = hex::decode(signature);
    tag.is_ok_and(|tag| hmac::verify(&key, signed, &tag).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderName;

    /// The example in Slack's own documentation.
    const SECRET: &str = "8f742231b10e8888abcd99yyyzzz85a5";
    const WRITTEN: &str = "1531420618";
    const SIGNATURE: &str = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";
    const BODY: &str = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow\
        &channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner\
        &command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands\
        %2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN\
        &trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";

    fn secret(text: &str) -> Secret {
        Secret::new(text).expect("a secret")
    }

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(
                HeaderName::from_static(name),
                value.parse().expect("a value"),
            );
        }
        headers
    }

    fn slacks(written: &str, signature: &str) -> HeaderMap {
        headers(&[
            ("x-slack-request-timestamp", written),
            ("x-slack-signature", signature),
        ])
    }

    fn seconds_later(seconds: i64) -> Timestamp {
        Timestamp::from_ms((1_531_420_618 + seconds) * 1_000)
    }

    #[test]
    fn slacks_own_example_is_slacks_for_five_minutes() {
        let call = slacks(WRITTEN, SIGNATURE);
        for (seconds, expected) in [
            (0, true),
            (300, true),
            (-300, true),
            (301, false),
            (-301, false),
        ] {
            let now = seconds_later(seconds);
            let proved = is_slacks(&secret(SECRET), &call, BODY.as_bytes(), now);
            assert_eq!(proved, expected, "{seconds} s");
        }
    }

    #[test]
    fn no_byte_of_a_call_of_slack_can_be_another() {
        let now = seconds_later(0);
        let call = slacks(WRITTEN, SIGNATURE);
        for at in 0..BODY.len() {
            let mut body = BODY.as_bytes().to_vec();
            body[at] ^= 1;
            assert!(!is_slacks(&secret(SECRET), &call, &body, now), "byte {at}");
        }
        let check = |headers: HeaderMap| is_slacks(&secret(SECRET), &headers, BODY.as_bytes(), now);
        assert!(check(call.clone()));
        assert!(!is_slacks(&secret("other"), &call, BODY.as_bytes(), now));
        // Within the time, but not the one that was signed; and other ways to write that one.
        for written in ["1531420619", "+1531420618", "01531420618", "", "x", "-1"] {
            assert!(!check(slacks(written, SIGNATURE)), "{written:?}");
        }
        let bare = SIGNATURE.trim_start_matches("v0=");
        for signature in [
            "",
            "v0=",
            "v0=zz",
            bare,
            &format!("v1={bare}"),
            &SIGNATURE[..20],
        ] {
            assert!(!check(slacks(WRITTEN, signature)), "{signature:?}");
        }
        assert!(!check(HeaderMap::new()));
        let mut twice = call;
        twice.append("x-slack-signature", SIGNATURE.parse().expect("a value"));
        assert!(!check(twice));
    }

    #[test]
    fn any_signature_of_pagerduty_proves_a_body() {
        // printf '{"event":{}}' | openssl dgst -sha256 -hmac new (and: -hmac old)
        let new = "v1=0d5cab0c827eb0e2c3e768bddfd40c5bc2565180758eca978f08c3a28b03bb45";
        let old = "v1=2e1f8ac4275fbc9d5a4e7d438013ae65f819e6647583c7830bac68fc590a55db";
        let check = |given: &str, body: &str| {
            let headers = headers(&[("x-pagerduty-signature", given)]);
            is_pagerdutys(&secret("new"), &headers, body.as_bytes())
        };
        let body = "{\"event\":{}}";
        for good in [
            new.to_owned(),
            format!("{old},{new}"),
            format!("{new}, {old}"),
        ] {
            assert!(check(&good, body), "{good}");
            assert!(!check(&good, "{\"event\":{} }"), "{good}");
        }
        let late = format!(
            "{}{new}",
            format!("{old},").repeat(limits::CALL_SIGNATURES_MAX)
        );
        let bare = new.trim_start_matches("v1=");
        for bad in ["", ",", "v1=", old, bare, &format!("v2={bare}"), &late] {
            assert!(!check(bad, body), "{bad}");
        }
    }
}
