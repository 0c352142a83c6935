//! Takes connections: so many at a time, each with so long to say what it wants, and to read
//! on in what it is told.

use axum::{Router, body::Body, extract::ConnectInfo, http::Request};
use domain::limits;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use std::{
    io::{self, ErrorKind, IoSlice},
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
    sync::{Semaphore, watch},
    time::{Sleep, sleep},
};
use tower::ServiceExt as _;

/// Serves until asked to close; then ends when the requests under way have.
pub async fn serve(listener: TcpListener, router: Router, closing: watch::Receiver<bool>) {
    let patience = Duration::from_millis(limits::ANSWER_STALL_MS);
    serve_with(patience, listener, router, closing).await;
}

async fn serve_with(
    patience: Duration,
    listener: TcpListener,
    router: Router,
    mut closing: watch::Receiver<bool>,
) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(Duration::from_millis(limits::REQUEST_HEADERS_MS));
    let places = Arc::new(Semaphore::new(limits::CONNECTIONS_MAX));
    let graceful = GracefulShutdown::new();
    loop {
        let taken = tokio::select! {
            _ = closing.wait_for(|closing| *closing) => break,
            taken = async { (Arc::clone(&places).acquire_owned().await, take(&listener).await) } => taken,
        };
        let (place, (stream, peer)) = taken;
        let router = router.clone();
        let service = service_fn(move |request: Request<Incoming>| {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(ConnectInfo(peer));
            router.clone().oneshot(request)
        });
        let stream = TokioIo::new(Impatient::new(stream, patience));
        let connection = graceful.watch(http.serve_connection(stream, service));
        tokio::spawn(async move {
            // A client that breaks off, or is too slow, is its own matter.
            if let Err(error) = connection.await {
                tracing::debug!(%peer, %error, "a connection broke off");
            }
            drop(place);
        });
    }
    graceful.shutdown().await;
}

/// The next connection. One that cannot be taken, such as for want of file
/// descriptors, is waited out: those that stand will end.
async fn take(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                // News must not wait for a packet to fill.
                let _ = stream.set_nodelay(true);
                return (stream, peer);
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be taken");
                tokio::time::sleep(Duration::from_millis(limits::ACCEPT_PAUSE_MS)).await;
            }
        }
    }
}

/// A connection that ends when an answer waits too long for its reader: whoever reads nothing
/// must not keep a place.
struct Impatient {
    stream: TcpStream,
    patience: Duration,
    /// Runs while a write waits.
    stalled: Option<Pin<Box<Sleep>>>,
}

impl Impatient {
    fn new(stream: TcpStream, patience: Duration) -> Self {
        Self {
            stream,
            patience,
            stalled: None,
        }
    }

    fn wrote(
        &mut self,
        cx: &mut Context<'_>,
        outcome: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        if outcome.is_ready() {
            self.stalled = None;
            return outcome;
        }
        let patience = self.patience;
        let stalled = self
            .stalled
            .get_or_insert_with(|| Box::pin(sleep(patience)));
        ready!(stalled.as_mut().poll(cx));
        Poll::Ready(Err(ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for Impatient {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Impatient {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.wrote(cx, outcome)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
        self.wrote(cx, outcome)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::routing::get;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    /// More than the machine's buffers take.
    const MUCH: usize = 64 << 20;

    #[tokio::test]
    async fn who_reads_nothing_loses_the_connection() {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let router = Router::new().route("/", get(|| async { vec![b'x'; MUCH] }));
        let (_close, closing) = watch::channel(false);
        let patience = Duration::from_millis(200);
        tokio::spawn(serve_with(patience, listener, router, closing));
        let mut answers = Vec::new();
        for pause in [Duration::ZERO, 10 * patience] {
            let mut client = TcpStream::connect(address).await.expect("connected");
            client
                .write_all(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
                .await
                .expect("asked");
            sleep(pause).await;
            let mut answer = Vec::new();
            // Where it was broken off the end may come as a reset.
            let _ = client.read_to_end(&mut answer).await;
            answers.push(answer.len());
        }
        assert!(answers[0] > MUCH && answers[1] < MUCH, "{answers:?}");
    }
}
