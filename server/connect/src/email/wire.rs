//! The stream to a mail server: encrypted as the configuration wants it, and bounded
//! in what it takes in.
//!
//! The mail library gets a stream that is encrypted already, also where a conversation
//! begins in the clear (STARTTLS, RFC 3207): what was said before is forgotten, and
//! whatever a stranger adds to it is refused.

use super::{MailServer, MailTls};
use crate::client::{ClientError, failed};
use domain::{
    limits::{MAIL_ADDRESSES_MAX, MAIL_HEARD_BYTES_MAX, MAIL_REPLY_BYTES_MAX},
    notifications::FailureKind,
};
use hyper_rustls::ConfigBuilderExt as _;
use lettre::transport::smtp::{client::AsyncTokioStream, extension::ClientId};
use ports::SendError;
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, ServerName},
};
use std::{
    fmt, io,
    net::{IpAddr, SocketAddr},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf},
    net::{TcpStream, lookup_host},
    time::timeout,
};
use tokio_rustls::TlsConnector;

/// What the library waits for first, and a server says only once.
const GREETING: &[u8] = b"220 \r\n";

/// Who vouches for a mail server.
#[derive(Debug, Clone, Default)]
pub enum Roots {
    /// Whom this machine trusts.
    #[default]
    Machine,
    /// This certificate alone, in DER.
    Only(Vec<u8>),
}

/// What makes a stream encrypted.
#[derive(Clone)]
pub(super) struct Seal {
    connector: TlsConnector,
    host: ServerName<'static>,
}

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seal")
    }
}

impl Seal {
    pub fn new(host: ServerName<'static>, roots: &Roots) -> Result<Self, ClientError> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(io::Error::other)?;
        let config = match roots {
            Roots::Machine => config.with_native_roots()?,
            Roots::Only(certificate) => {
                let mut store = RootCertStore::empty();
                let certificate = CertificateDer::from_slice(certificate).into_owned();
                store.add(certificate).map_err(io::Error::other)?;
                config.with_root_certificates(store)
            }
        };
        Ok(Self {
            connector: TlsConnector::from(Arc::new(config.with_no_client_auth())),
            host,
        })
    }

    /// A stream that is encrypted from here on, and gives what is `ahead` first.
    async fn put_on(
        &self,
        stream: TcpStream,
        ahead: &'static [u8],
    ) -> Result<Box<dyn AsyncTokioStream>, SendError> {
        let peer = stream.peer_addr().map_err(unreachable)?;
        let sealed = self.connector.connect(self.host.clone(), stream).await;
        let sealed = sealed.map_err(|error| {
            let message = format!("it cannot be spoken to encrypted: {error}");
            failed(FailureKind::Unreachable, message)
        })?;
        Ok(Box::new(Wire::new(sealed, peer, ahead)))
    }
}

/// Connects to a server, and tells how we are to be called there: by our own address,
/// for many servers send those away who call themselves by another's.
pub(super) async fn connect(
    server: &MailServer,
    seal: Option<&Seal>,
    within: Duration,
) -> Result<(Box<dyn AsyncTokioStream>, ClientId), SendError> {
    let mut stream = reach(server, within).await?;
    let hello = match stream.local_addr().map_err(unreachable)?.ip() {
        IpAddr::V4(ip) => ClientId::Ipv4(ip),
        IpAddr::V6(ip) => ClientId::Ipv6(ip),
    };
    let wire = match (server.tls, seal) {
        (MailTls::Implicit, Some(seal)) => seal.put_on(stream, b"").await?,
        (MailTls::Required, Some(seal)) => {
            start_tls(&mut stream, &hello).await?;
            seal.put_on(stream, GREETING).await?
        }
        (MailTls::None, _) => {
            let peer = stream.peer_addr().map_err(unreachable)?;
            Box::new(Wire::new(stream, peer, b""))
        }
        (_, None) => {
            return Err(failed(
                FailureKind::Denied,
                "there is nothing to encrypt by",
            ));
        }
    };
    Ok((wire, hello))
}

/// Connects to the first of the server's addresses that answers: some of each family, each
/// with its share of the time, for one that swallows everything must not hide the others.
async fn reach(server: &MailServer, within: Duration) -> Result<TcpStream, SendError> {
    let late = || failed(FailureKind::Unreachable, "no connection in time");
    let looked_up = timeout(within, lookup_host((server.host(), server.port)));
    let found = looked_up.await.map_err(|_| late())?.map_err(unreachable)?;
    let (four, six): (Vec<SocketAddr>, Vec<SocketAddr>) = found.partition(SocketAddr::is_ipv4);
    let some = |of: Vec<SocketAddr>| of.into_iter().take(MAIL_ADDRESSES_MAX);
    // Longer than until a lost first packet is sent again.
    let share = within / 2;
    let mut last = late();
    for address in some(six).chain(some(four)) {
        match timeout(share, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) => last = unreachable(error),
            Err(_) => last = late(),
        }
    }
    Err(last)
}

/// Comes to terms with a server that what follows is encrypted.
async fn start_tls(stream: &mut TcpStream, hello: &ClientId) -> Result<(), SendError> {
    reply(stream).await?;
    say(stream, &format!("EHLO {hello}\r\n")).await?;
    let offers = reply(stream).await?;
    let offered = |line: &str| {
        let word = line.get(4..).unwrap_or_default().trim();
        word.eq_ignore_ascii_case("STARTTLS")
    };
    if !offers.lines().any(offered) {
        let message = "it offers no STARTTLS, and nothing is sent unencrypted: \
                       set tls = \"implicit\" if it is encrypted from the start";
        return Err(failed(FailureKind::Denied, message));
    }
    say(stream, "STARTTLS\r\n").await?;
    reply(stream).await.map(drop)
}

async fn say(stream: &mut TcpStream, words: &str) -> Result<(), SendError> {
    stream
        .write_all(words.as_bytes())
        .await
        .map_err(unreachable)
}

/// Reads one reply that is a yes: all of it, and nothing after it.
async fn reply(stream: &mut TcpStream) -> Result<String, SendError> {
    let mut said = Vec::new();
    let mut part = [0_u8; 512];
    loop {
        let read = stream.read(&mut part).await.map_err(unreachable)?;
        said.extend_from_slice(&part[..read]);
        if read == 0 || said.len() > MAIL_REPLY_BYTES_MAX {
            return Err(failed(FailureKind::Unreachable, "it gave no whole reply"));
        }
        match Reply::of(&String::from_utf8_lossy(&said)) {
            Reply::Half => {}
            Reply::No(code, words) => {
                return Err(super::refusal(super::Step::Greeting, Some(code), &words));
            }
            Reply::Yes => return Ok(String::from_utf8_lossy(&said).into_owned()),
            Reply::Odd => {
                let message = "what it said is no reply, or more than one";
                return Err(failed(FailureKind::Unreachable, message));
            }
        }
    }
}

/// What a server has said so far.
#[derive(Debug, PartialEq, Eq)]
enum Reply {
    Half,
    Yes,
    No(u16, String),
    Odd,
}

impl Reply {
    fn of(said: &str) -> Self {
        let Some(whole) = said.strip_suffix("\r\n") else {
            return Self::Half;
        };
        let mut lines = whole.split("\r\n").peekable();
        let mut words = String::new();
        while let Some(line) = lines.next() {
            let code = line.get(..3).and_then(|code| code.parse::<u16>().ok());
            let (goes_on, is_last) = (line.get(3..4) == Some("-"), lines.peek().is_none());
            let Some(code) = code else {
                return Self::Odd;
            };
            words = format!("{words} {}", line.get(4..).unwrap_or_default());
            match (goes_on, is_last, code) {
                (true, false, _) => {}
                (true, true, _) => return Self::Half,
                (false, false, _) => return Self::Odd,
                (false, true, 200..=299) => return Self::Yes,
                (false, true, 400..=599) => return Self::No(code, words),
                (false, true, _) => return Self::Odd,
            }
        }
        Self::Odd
    }
}

fn unreachable(error: io::Error) -> SendError {
    failed(FailureKind::Unreachable, error)
}

/// A stream that gives what is ahead, and then at most so much.
struct Wire<S> {
    stream: S,
    peer: SocketAddr,
    ahead: &'static [u8],
    left: usize,
}

impl<S> Wire<S> {
    fn new(stream: S, peer: SocketAddr, ahead: &'static [u8]) -> Self {
        Self {
            stream,
            peer,
            ahead,
            left: MAIL_HEARD_BYTES_MAX,
        }
    }
}

impl<S> fmt::Debug for Wire<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Wire({})", self.peer)
    }
}

impl<S: AsyncRead + AsyncWrite + Send + Sync + Unpin> AsyncTokioStream for Wire<S> {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.peer)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Wire<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let wire = self.get_mut();
        if !wire.ahead.is_empty() {
            let (now, later) = wire.ahead.split_at(wire.ahead.len().min(into.remaining()));
            into.put_slice(now);
            wire.ahead = later;
            return Poll::Ready(Ok(()));
        }
        if wire.left == 0 {
            return Poll::Ready(Err(io::Error::other("it said more than anybody reads")));
        }
        let before = into.filled().len();
        let polled = Pin::new(&mut wire.stream).poll_read(context, into);
        wire.left = wire.left.saturating_sub(into.filled().len() - before);
        // Servers answer in other encodings, too, and their words are for people only.
        for byte in &mut into.filled_mut()[before..] {
            if !byte.is_ascii() {
                *byte = b'?';
            }
        }
        polled
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Wire<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_is_whole_and_alone() {
        let check = |said: &str, expected: Reply| assert_eq!(Reply::of(said), expected, "{said:?}");
        check("", Reply::Half);
        check("220 mail", Reply::Half);
        check("220 mail\r\n", Reply::Yes);
        check("250-mail\r\n", Reply::Half);
        check("250-mail\r\n250 STARTTLS\r\n", Reply::Yes);
        check("421 later\r\n", Reply::No(421, " later".into()));
        check("554-no\r\n554 go\r\n", Reply::No(554, " no go".into()));
        // Somebody on the way adds to what the server says.
        check("220 go\r\n250 mine\r\n", Reply::Odd);
        check("220 go\r\n250-mine\r\n", Reply::Odd);
        check("HTTP/1.1 400 x\r\n", Reply::Odd);
        check("é\r\n", Reply::Odd);
        check("999 x\r\n", Reply::Odd);
    }
}
