//! The HTTP client of all channels.

use crate::Secret;
use bytes::Bytes;
use domain::{
    limits::{self, CHANNEL_ANSWER_BYTES_MAX, CHANNEL_MESSAGE_CHARS_MAX},
    notifications::FailureKind,
    time::SECOND_MS,
};
use http::{HeaderMap, Method, Request, Response, StatusCode, Uri, header};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client as HyperClient, connect::HttpConnector},
    rt::TokioExecutor,
};
use ports::SendError;
use std::{fmt, net::IpAddr, time::Duration};
use tokio::time::timeout;

/// What we call ourselves.
const USER_AGENT: &str = concat!("Lamplighter/", env!("CARGO_PKG_VERSION"));

/// How long things may take.
#[derive(Debug, Clone, Copy)]
pub struct Timeouts {
    /// Until a connection stands.
    pub connect: Duration,
    /// Until the answer has been read.
    pub attempt: Duration,
}

impl Timeouts {
    /// Those of mail, whose servers take longer.
    #[must_use]
    pub fn mail() -> Self {
        Self {
            attempt: Duration::from_millis(limits::MAIL_ATTEMPT_MS),
            ..Self::default()
        }
    }
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_millis(limits::CHANNEL_CONNECT_MS),
            attempt: Duration::from_millis(limits::CHANNEL_ATTEMPT_MS),
        }
    }
}

/// Why there is no client.
#[derive(Debug)]
pub struct ClientError(std::io::Error);

impl From<std::io::Error> for ClientError {
    fn from(error: std::io::Error) -> Self {
        Self(error)
    }
}

impl fmt::Display for ClientError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "this machine's certificates of authorities cannot be read; install ca-certificates",
        )
    }
}

impl std::error::Error for ClientError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

/// Whether a host is this machine itself, so that nobody else reads what is sent there.
pub(crate) fn is_this_machine(host: &str) -> bool {
    let host = host.trim_matches(['[', ']']);
    host == "localhost" || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}

/// An address that messages may be sent to: https, or this machine itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address(Uri);

/// Why a text is no such address; stands after a key's name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Not an address.
    #[error("is not an address; write it as https://hooks.example.com/lamplighter")]
    Form,
    /// Others could read it on the way.
    #[error("is plain http, which others can read on its way: write https")]
    Plain,
    /// A name or password in it would be shown with it.
    #[error(
        "holds a name or password, which would be shown: give secrets by secret_env or secret_file"
    )]
    Secret,
}

impl Address {
    /// Reads an address.
    ///
    /// # Errors
    /// [`AddressError`] says what to write instead.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let uri: Uri = text.parse().map_err(|_| AddressError::Form)?;
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err(AddressError::Form);
        };
        if authority.as_str().contains('@') {
            return Err(AddressError::Secret);
        }
        match scheme {
            "https" => Ok(Self(uri)),
            "http" if is_this_machine(authority.host()) => Ok(Self(uri)),
            "http" => Err(AddressError::Plain),
            _ => Err(AddressError::Form),
        }
    }

    /// The host, for people. The rest of an address may be a secret.
    #[must_use]
    pub fn host(&self) -> &str {
        self.0.host().unwrap_or_default()
    }

    /// All of it.
    pub(crate) fn whole(&self) -> String {
        self.0.to_string()
    }

    /// Without a slash at the end, for a path to be added.
    pub(crate) fn base(&self) -> String {
        self.whole().trim_end_matches('/').to_owned()
    }
}

/// What a channel answered.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// The client; clones share its connections.
#[derive(Debug, Clone)]
pub struct Client {
    http: HyperClient<HttpsConnector<HttpConnector>, Full<Bytes>>,
    attempt: Duration,
}

impl Client {
    /// Makes one that trusts whom this machine trusts.
    ///
    /// # Errors
    /// [`ClientError`] when the machine's certificates cannot be read.
    pub fn new(timeouts: Timeouts) -> Result<Self, ClientError> {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_connect_timeout(Some(timeouts.connect));
        let https = HttpsConnectorBuilder::new()
            .with_provider_and_native_roots(rustls::crypto::ring::default_provider())
            .map_err(ClientError)?
            .https_or_http()
            .enable_http1()
            .wrap_connector(tcp);
        Ok(Self {
            http: HyperClient::builder(TokioExecutor::new()).build(https),
            attempt: timeouts.attempt,
        })
    }

    /// Posts JSON to an address; the answer whatever its status, which
    /// [`Answer::check`] reads.
    pub(crate) async fn post(
        &self,
        address: &str,
        headers: HeaderMap,
        body: Bytes,
    ) -> Result<Answer, SendError> {
        self.call(Method::POST, address, headers, body).await
    }

    /// Sends JSON to an address by a method, as [`Client::post`] does.
    pub(crate) async fn call(
        &self,
        method: Method,
        address: &str,
        headers: HeaderMap,
        body: Bytes,
    ) -> Result<Answer, SendError> {
        let mut request = Request::builder()
            .method(method)
            .uri(address)
            .header(header::CONTENT_TYPE, "application/json; charset=utf-8")
            .header(header::USER_AGENT, USER_AGENT)
            .body(Full::new(body))
            .map_err(|error| failed(FailureKind::Refused, error))?;
        request.headers_mut().extend(headers);
        match timeout(self.attempt, self.answer(request)).await {
            Ok(answer) => answer,
            Err(_) => Err(failed(FailureKind::Uncertain, "no answer in time")),
        }
    }

    /// Asks an address for what it has, unless it has what this mark stands for; the
    /// answer whatever its status, with a body of at most so many bytes.
    pub(crate) async fn get(
        &self,
        address: &str,
        etag: Option<&str>,
        bytes_max: usize,
    ) -> Result<Response<Bytes>, SendError> {
        let mut request = Request::get(address).header(header::USER_AGENT, USER_AGENT);
        if let Some(etag) = etag {
            request = request.header(header::IF_NONE_MATCH, etag);
        }
        let request = request
            .body(Full::default())
            .map_err(|error| failed(FailureKind::Refused, error))?;
        let asked = async {
            let answer = self.http.request(request).await;
            let (head, body) = answer
                .map_err(|error| failed(FailureKind::Unreachable, causes(&error)))?
                .into_parts();
            let body = Limited::new(body, bytes_max).collect().await;
            let body = body.map_err(|error| failed(FailureKind::Refused, causes(&*error)))?;
            Ok(Response::from_parts(head, body.to_bytes()))
        };
        match timeout(self.attempt, asked).await {
            Ok(answer) => answer,
            Err(_) => Err(failed(FailureKind::Unreachable, "no answer in time")),
        }
    }

    async fn answer(&self, request: Request<Full<Bytes>>) -> Result<Answer, SendError> {
        let response = self.http.request(request).await.map_err(|error| {
            if error.is_connect() {
                failed(FailureKind::Unreachable, causes(&error))
            } else {
                failed(FailureKind::Uncertain, causes(&error))
            }
        })?;
        let (head, body) = response.into_parts();
        let body = Limited::new(body, CHANNEL_ANSWER_BYTES_MAX).collect().await;
        Ok(Answer {
            status: head.status,
            headers: head.headers,
            // Whoever answered has decided; of a body that breaks off nothing is needed.
            body: body.map(|body| body.to_bytes()).unwrap_or_default(),
        })
    }
}

impl Answer {
    /// `Retry-After` in seconds (RFC 9110, 10.2.3); its other form, a date, is not
    /// read: the usual pause takes its place.
    pub fn retry_after_ms(&self) -> Option<i64> {
        let given = self.headers.get(header::RETRY_AFTER)?.to_str().ok()?;
        let seconds: i64 = given.trim().parse().ok()?;
        (seconds >= 0).then(|| seconds.saturating_mul(SECOND_MS))
    }

    /// Reads the status.
    pub fn check(self, secret: &Secret) -> Result<Self, SendError> {
        let status = self.status;
        if status.is_success() {
            return Ok(self);
        }
        let kind = match status.as_u16() {
            429 => FailureKind::Limited,
            408 | 500.. => FailureKind::Uncertain,
            400 | 413 | 415 | 422 => FailureKind::Refused,
            _ => FailureKind::Denied,
        };
        let words = secret.hidden_in(&String::from_utf8_lossy(&self.body));
        let message = match status.is_redirection() {
            true => format!("it answered {status}, and redirects are not followed"),
            false => format!("it answered {status}: {}", words.trim()),
        };
        Err(SendError {
            retry_after_ms: self.retry_after_ms(),
            ..failed(kind, message)
        })
    }
}

/// A failure in words of a bounded length.
pub(crate) fn failed(kind: FailureKind, message: impl ToString) -> SendError {
    let message = message.to_string();
    let clean = message
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c });
    SendError {
        kind,
        retry_after_ms: None,
        message: clean.take(CHANNEL_MESSAGE_CHARS_MAX).collect(),
    }
}

/// An error with all its causes: the library's own words name only the step.
fn causes(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        words = format!("{words}: {error}");
        cause = error.source();
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_go_encrypted_or_stay_on_this_machine() {
        let check = |text: &str, expected: Result<&str, AddressError>| {
            let found = Address::parse(text);
            let host = found.as_ref().map(|address| address.host());
            assert_eq!(host, expected.as_ref().copied(), "{text}");
        };
        check("https://hooks.example.com/x?y", Ok("hooks.example.com"));
        check("http://127.0.0.1:9/x", Ok("127.0.0.1"));
        check("http://[::1]:9/x", Ok("[::1]"));
        check("http://localhost/x", Ok("localhost"));
        check("http://hooks.example.com/", Err(AddressError::Plain));
        check("https://u:p@hooks.example.com/", Err(AddressError::Secret));
        check("ftp://hooks.example.com/", Err(AddressError::Form));
        check("/hooks", Err(AddressError::Form));
        check("hooks.example.com", Err(AddressError::Form));
    }

    #[test]
    fn a_status_says_whether_to_try_again() {
        use FailureKind::{Denied, Limited, Refused, Uncertain};
        let secret = Secret::new("s3cret").expect("a secret");
        for (status, kind) in [
            (301, Denied),
            (400, Refused),
            (401, Denied),
            (404, Denied),
            (408, Uncertain),
            (413, Refused),
            (429, Limited),
            (500, Uncertain),
            (503, Uncertain),
        ] {
            let answer = Answer {
                status: StatusCode::from_u16(status).expect("a status"),
                headers: [(header::RETRY_AFTER, http::HeaderValue::from(7))]
                    .into_iter()
                    .collect(),
                body: Bytes::from_static(b"no\ns3cret"),
            };
            let error = answer.check(&secret).expect_err("a failure");
            assert_eq!(
                (error.kind, error.retry_after_ms),
                (kind, Some(7_000)),
                "{status}"
            );
            assert!(!error.message.contains("s3cret"), "{}", error.message);
            assert!(!error.message.contains('\n'), "{}", error.message);
        }
    }
}
