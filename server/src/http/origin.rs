//! From where a request comes: our own pages, a program with a token, or
//! somebody else's page in a browser that is signed in here.
//!
//! The last is refused for everything that changes something. A browser says
//! where a request comes from (`Origin`, and `Sec-Fetch-Site`: Fetch Metadata),
//! and no page can forge either. A request with a cookie, or with neither cookie
//! nor token, must show at least one of the two; a token without a cookie needs
//! none, for no browser adds it by itself.
//!
//! Without a public address the server serves this machine only, and then the
//! name it is called by must be this machine's: a foreign name that was made to
//! point here ("DNS rebinding") is turned away.

use super::{Web, answer::refuse, session};
use api::ErrorCode;
use axum::{
    extract::{ConnectInfo, Request, State},
    http::{Extensions, HeaderMap, HeaderName, Method, StatusCode, header},
    middleware::Next,
    response::Response,
};
use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

/// How the outside reaches us.
#[derive(Debug, Clone, Default)]
pub struct Door {
    /// The address people type: scheme, host, port, no slash at the end. None:
    /// this machine only.
    pub public_url: Option<String>,
    /// Where a proxy that is trusted tells the client's address.
    pub proxy_header: Option<HeaderName>,
}

impl Door {
    /// People come over HTTPS.
    #[must_use]
    pub fn is_https(&self) -> bool {
        let url = self.public_url.as_deref();
        url.is_some_and(|url| url.starts_with("https://"))
    }

    /// Whether we are called by our own name.
    pub fn knows_host(&self, headers: &HeaderMap) -> bool {
        self.public_url.is_some() || host(headers).is_some_and(is_this_machine)
    }

    /// Whether an `Origin` is our own.
    fn is_own(&self, origin: &str, headers: &HeaderMap) -> bool {
        match &self.public_url {
            Some(url) => origin.eq_ignore_ascii_case(url),
            None => origin.strip_prefix("http://").is_some_and(|named| {
                host(headers).is_some_and(|own| named.eq_ignore_ascii_case(own))
            }),
        }
    }

    /// We speak no TLS ourselves, so people who type https come through a proxy, on
    /// this machine or another. While its header is not trusted, the peer's address
    /// is the proxy's and tells nobody from anybody.
    fn hides_clients(&self) -> bool {
        self.is_https() && self.proxy_header.is_none()
    }

    /// The client's address as we believe it: the peer's, or what the trusted
    /// proxy added last to its header (what comes before may be the client's
    /// own invention). None where it would be everybody's.
    #[must_use]
    pub fn client(&self, headers: &HeaderMap, extensions: &Extensions) -> Option<IpAddr> {
        if self.hides_clients() {
            return None;
        }
        let told = self.proxy_header.as_ref().and_then(|name| {
            let last = headers.get_all(name).iter().next_back()?.to_str().ok()?;
            address(last.rsplit(',').next()?.trim())
        });
        let peer = extensions.get::<ConnectInfo<SocketAddr>>();
        told.or_else(|| peer.map(|peer| peer.0.ip()))
    }
}

/// An address as proxies write it: some add the port.
fn address(text: &str) -> Option<IpAddr> {
    let with_port = || text.parse().ok().map(|socket: SocketAddr| socket.ip());
    text.parse().ok().or_else(with_port)
}

fn host(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::HOST)?.to_str().ok()
}

/// Whether `host`, with or without a port, names this machine.
fn is_this_machine(host: &str) -> bool {
    if let Ok(address) = host.parse::<SocketAddr>() {
        return address.ip().is_loopback();
    }
    let bare = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(host);
    if let Ok(address) = bare.parse::<IpAddr>() {
        return address.is_loopback();
    }
    let (name, port) = host.split_once(':').unwrap_or((host, "0"));
    name.eq_ignore_ascii_case("localhost") && port.parse::<u16>().is_ok()
}

/// Refuses what comes from somebody else's page.
pub async fn guard(State(web): State<Arc<Web>>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    if !web.door.knows_host(headers) {
        let message = "this server answers for this machine only; to reach it by a name, set \
                       public_url in its configuration";
        return refuse(StatusCode::MISDIRECTED_REQUEST, ErrorCode::Invalid, message);
    }
    match judge(&web.door, request.method(), headers) {
        Ok(()) => next.run(request).await,
        Err(message) => refuse(StatusCode::FORBIDDEN, ErrorCode::Forbidden, message),
    }
}

/// Whether a request may go on, or why not.
fn judge(door: &Door, method: &Method, headers: &HeaderMap) -> Result<(), &'static str> {
    if matches!(*method, Method::GET | Method::HEAD) {
        return Ok(());
    }
    let text = |name: HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or(""));
    let site = text(HeaderName::from_static("sec-fetch-site"));
    if site.is_some_and(|site| site != "same-origin") {
        return Err("this comes from another site's page (Sec-Fetch-Site)");
    }
    match text(header::ORIGIN) {
        Some(origin) if !door.is_own(origin, headers) => {
            Err("this comes from another site's page (Origin)")
        }
        Some(_) => Ok(()),
        None if site.is_some() => Ok(()),
        None if session::bearer(headers).is_some() && !session::has_cookie(headers) => Ok(()),
        None => Err("send an Origin header of this server, or a token instead of a cookie"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &str)| {
            (
                HeaderName::from_static(name),
                value.parse().expect("a value"),
            )
        };
        pairs.iter().map(pair).collect()
    }

    #[test]
    fn a_proxy_may_write_the_port_behind_the_address() {
        let check = |text: &str| address(text).map(|address| address.to_string());
        for text in ["192.0.2.1", "192.0.2.1:4711"] {
            assert_eq!(check(text).as_deref(), Some("192.0.2.1"));
        }
        for text in ["2001:db8::1", "[2001:db8::1]:4711"] {
            assert_eq!(check(text).as_deref(), Some("2001:db8::1"));
        }
        assert_eq!(check("unknown"), None);
    }

    #[test]
    fn only_our_own_pages_and_tokens_without_cookies_change_anything() {
        let local = Door::default();
        let public = Door {
            public_url: Some("https://ops.example.com".into()),
            proxy_header: None,
        };
        let own = ("host", "127.0.0.1:8080");
        let cookie = ("cookie", "a=b; lamplighter=x");
        let secure_cookie = ("cookie", "__Host-lamplighter=x");
        let token = ("authorization", "Bearer x");
        for (door, pairs, passes) in [
            (&local, vec![own, ("origin", "http://127.0.0.1:8080")], true),
            (
                &local,
                vec![own, ("origin", "http://127.0.0.1:8081")],
                false,
            ),
            (
                &local,
                vec![own, ("origin", "https://127.0.0.1:8080")],
                false,
            ),
            (&local, vec![own, ("origin", "null")], false),
            (&local, vec![own, ("origin", "http://evil.example")], false),
            (&local, vec![own, ("sec-fetch-site", "same-origin")], true),
            (&local, vec![own, ("sec-fetch-site", "same-site")], false),
            (
                &local,
                vec![own, ("sec-fetch-site", "cross-site"), token],
                false,
            ),
            (&local, vec![own, ("sec-fetch-site", "none")], false),
            (
                &local,
                vec![
                    own,
                    ("sec-fetch-site", "same-origin"),
                    ("origin", "http://evil.example"),
                ],
                false,
            ),
            (&local, vec![own], false),
            (&local, vec![own, cookie], false),
            (&local, vec![own, token], true),
            (&local, vec![own, token, cookie], false),
            (&local, vec![own, token, secure_cookie], false),
            (
                &local,
                vec![own, token, cookie, ("origin", "http://127.0.0.1:8080")],
                true,
            ),
            (
                &public,
                vec![("host", "any"), ("origin", "https://ops.example.com")],
                true,
            ),
            (
                &public,
                vec![("host", "evil.example"), ("origin", "https://evil.example")],
                false,
            ),
            (
                &public,
                vec![
                    ("host", "ops.example.com"),
                    ("origin", "http://ops.example.com"),
                ],
                false,
            ),
        ] {
            let headers = headers(&pairs);
            let verdict = judge(door, &Method::POST, &headers);
            assert_eq!(verdict.is_ok(), passes, "{pairs:?}: {verdict:?}");
            assert_eq!(judge(door, &Method::GET, &headers), Ok(()));
            assert_eq!(judge(door, &Method::DELETE, &headers), verdict);
        }
    }

    #[test]
    fn a_foreign_name_is_not_this_machine() {
        for name in [
            "localhost",
            "LOCALHOST:8080",
            "127.0.0.1",
            "127.0.0.1:1",
            "[::1]:8080",
            "[::1]",
        ] {
            assert!(is_this_machine(name), "{name}");
        }
        for name in [
            "evil.example",
            "evil.example:8080",
            "127.0.0.1.evil.example",
            "10.0.0.1",
            "",
            "localhost:x",
            "[::2]:1",
        ] {
            assert!(!is_this_machine(name), "{name}");
        }
    }

    #[test]
    fn a_proxy_on_this_machine_without_a_trusted_header_hides_the_clients() {
        let peer = |address: [u8; 4]| {
            let mut extensions = Extensions::new();
            extensions.insert(ConnectInfo(SocketAddr::from((address, 1))));
            extensions
        };
        let public = Door {
            public_url: Some("https://ops.example.com".into()),
            proxy_header: None,
        };
        let trusting = Door {
            proxy_header: Some(HeaderName::from_static("x-forwarded-for")),
            ..public.clone()
        };
        let is_known = |door: &Door, address: [u8; 4]| {
            door.client(&HeaderMap::new(), &peer(address)).is_some()
        };
        assert!(!is_known(&public, [127, 0, 0, 1]));
        assert!(!is_known(&public, [10, 0, 0, 1]));
        assert!(is_known(&trusting, [127, 0, 0, 1]));
        assert!(is_known(&Door::default(), [127, 0, 0, 1]));
    }

    #[test]
    fn a_client_cannot_invent_its_address() {
        let mut extensions = Extensions::new();
        extensions.insert(ConnectInfo(SocketAddr::from(([10, 0, 0, 1], 1))));
        let told = headers(&[("x-forwarded-for", "192.0.2.66, 198.51.100.7")]);
        let proxied = Door {
            public_url: None,
            proxy_header: Some(HeaderName::from_static("x-forwarded-for")),
        };
        let address =
            |door: &Door, told: &HeaderMap| door.client(told, &extensions).map(|a| a.to_string());
        assert_eq!(
            address(&Door::default(), &told).as_deref(),
            Some("10.0.0.1")
        );
        assert_eq!(address(&proxied, &told).as_deref(), Some("198.51.100.7"));
        assert_eq!(
            address(&proxied, &HeaderMap::new()).as_deref(),
            Some("10.0.0.1")
        );
    }
}
