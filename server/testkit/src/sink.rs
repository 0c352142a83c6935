//! What stands in for Slack, PagerDuty and a webhook's receiver: a real HTTP server
//! that answers as a story wants and remembers what it heard. Whatever a story does
//! not expect fails it.

use connect::{Address, Client, Pagerduty, Secret, Slack, Timeouts, Webhook};
use domain::{
    channels::{Channel, ChannelKind},
    i18n::Lang,
};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

/// How long a channel of a story waits for an answer.
const ATTEMPT: Duration = Duration::from_millis(300);
/// What nobody sends.
const REQUEST_BYTES_MAX: usize = 1024 * 1024;

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// What the real receiver would say.
    Ok,
    /// A status, and seconds of `Retry-After` if there are any.
    Status(u16, Option<u32>),
    /// Slack's own way of saying no: status 200 and an error.
    SlackError(&'static str),
    /// What it heard counts, but the connection ends without an answer.
    Drop,
    /// What it heard counts, but the answer comes too late.
    Slow,
}

/// A request, as it came.
#[derive(Debug, Clone, PartialEq)]
pub struct Heard {
    /// Its path.
    pub path: String,
    /// Its headers, names in lower case.
    pub headers: BTreeMap<String, String>,
    /// Its body as it is.
    pub text: String,
    /// Its body read.
    pub body: Value,
}

impl Heard {
    /// In a line: the channel, what happened, the alarm. `slack post web-cpu P1 ALARM`.
    #[must_use]
    pub fn told(&self) -> String {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        match self.path.as_str() {
            "/chat.postMessage" => format!("slack post: {}", first_line(&self.body["text"])),
            "/chat.update" => format!(
                "slack edit {}: {}",
                text(&self.body["ts"]),
                first_line(&self.body["text"])
            ),
            "/v2/enqueue" => format!(
                "pagerduty {}: {}",
                text(&self.body["event_action"]),
                text(&self.body["payload"]["summary"])
            ),
            _ => format!("webhook: {}", text(&self.body["text"])),
        }
    }
}

fn first_line(text: &Value) -> String {
    let text = text.as_str().unwrap_or_default();
    text.lines().next().unwrap_or_default().to_owned()
}

#[derive(Debug, Default)]
struct State {
    /// Answers in turn; then [`Reply::Ok`], or what `always` says.
    replies: VecDeque<Reply>,
    always: Option<Reply>,
    heard: Vec<Heard>,
    posts: u32,
}

type Shared = Arc<Mutex<State>>;

/// The receiver of all channels of a story.
#[derive(Debug)]
pub struct Sink {
    address: String,
    state: Shared,
}

impl Sink {
    /// Listens on a free port of this machine for as long as the story runs.
    ///
    /// # Panics
    /// When there is none.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let state = Shared::default();
        let heard = Arc::clone(&state);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(Arc::clone(&heard), stream));
            }
        });
        Self {
            address: format!("http://{address}"),
            state,
        }
    }

    /// The next requests get these answers, one each.
    pub fn reply(&self, replies: impl IntoIterator<Item = Reply>) {
        self.lock().replies.extend(replies);
    }

    /// From now on every request gets this answer; none for the usual one.
    pub fn always(&self, reply: Option<Reply>) {
        self.lock().always = reply;
    }

    /// Takes what was heard, whatever it was.
    #[must_use]
    pub fn take(&self) -> Vec<Heard> {
        std::mem::take(&mut self.lock().heard)
    }

    /// Exactly this was heard since the last look, in this order.
    ///
    /// # Panics
    /// When it was not.
    #[track_caller]
    pub fn expect(&self, expected: &[&str]) {
        let told: Vec<String> = self.take().iter().map(Heard::told).collect();
        assert_eq!(told, expected);
    }

    /// A channel of this kind, named like it, that sends here.
    ///
    /// # Panics
    /// For the inbox, which needs no network.
    #[must_use]
    pub fn channel(&self, kind: ChannelKind) -> (Channel, Arc<dyn ports::Channel>) {
        let timeouts = Timeouts {
            connect: ATTEMPT,
            attempt: ATTEMPT,
        };
        let client = Client::new(timeouts).expect("a client");
        let address = Address::parse(&self.address).expect("an address");
        let secret = Secret::new("s3cret").expect("a secret");
        let sender: Arc<dyn ports::Channel> = match kind {
            ChannelKind::Slack => Arc::new(Slack::new(client, Some(&address), "C0OPS", secret)),
            ChannelKind::Pagerduty => Arc::new(Pagerduty::new(client, Some(&address), secret)),
            ChannelKind::Webhook => Arc::new(Webhook::new(client, &address, secret)),
            ChannelKind::Inbox => panic!("an inbox is the sandbox's"),
        };
        let channel = Channel {
            name: kind.as_str().parse().expect("a name"),
            kind,
            lang: Lang::En,
            place: "here".into(),
        };
        (channel, sender)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        held(&self.state)
    }
}

impl Drop for Sink {
    /// Whatever nobody expected fails the story.
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        let heard: Vec<String> = self.lock().heard.iter().map(Heard::told).collect();
        assert!(heard.is_empty(), "nobody expected {heard:?}");
    }
}

/// A lock that outlives a story's panic.
fn held(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn serve(state: Shared, mut stream: TcpStream) {
    let Some(heard) = read(&mut stream).await else {
        return;
    };
    let (reply, answer) = held(&state).answer(heard);
    match reply {
        Reply::Drop => return,
        Reply::Slow => tokio::time::sleep(3 * ATTEMPT).await,
        Reply::Ok | Reply::Status(..) | Reply::SlackError(_) => {}
    }
    // Whoever asked may have given up waiting.
    let _ = stream.write_all(answer.as_bytes()).await;
}

impl State {
    /// Remembers a request, and answers it as the story wants.
    fn answer(&mut self, heard: Heard) -> (Reply, String) {
        let reply = self.replies.pop_front();
        let reply = reply.or_else(|| self.always.clone()).unwrap_or(Reply::Ok);
        if heard.path == "/chat.postMessage" {
            self.posts += 1;
        }
        let slack = json!({ "ok": true, "channel": "C0OPS", "ts": match heard.body["ts"].as_str() {
            Some(edited) => edited.to_owned(),
            None => format!("{}.0", self.posts),
        }});
        let (status, retry_after, body) = match &reply {
            Reply::Status(status, retry_after) => (*status, *retry_after, json!({})),
            Reply::SlackError(error) => (200, None, json!({ "ok": false, "error": error })),
            Reply::Ok | Reply::Drop | Reply::Slow => match heard.path.as_str() {
                "/v2/enqueue" => (202, None, json!({ "status": "success" })),
                "/" => (204, None, json!({})),
                _ => (200, None, slack),
            },
        };
        self.heard.push(heard);
        let body = body.to_string();
        let retry_after = retry_after.map_or(String::new(), |s| format!("retry-after: {s}\r\n"));
        let length = if status == 204 { 0 } else { body.len() };
        let head = format!(
            "HTTP/1.1 {status} x\r\n{retry_after}connection: close\r\ncontent-length: {length}\r\n\r\n"
        );
        (reply, format!("{head}{}", &body[..length]))
    }
}

/// Reads one request; none when it breaks off.
async fn read(stream: &mut TcpStream) -> Option<Heard> {
    let mut bytes = Vec::new();
    let head_ends = loop {
        if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break at;
        }
        more(stream, &mut bytes).await?;
    };
    let head = String::from_utf8_lossy(&bytes[..head_ends]).into_owned();
    let mut lines = head.lines();
    let path = lines.next()?.split(' ').nth(1)?.to_owned();
    let headers: BTreeMap<String, String> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()))
        .collect();
    let length: usize = headers.get("content-length")?.parse().ok()?;
    while bytes.len() < head_ends + 4 + length {
        more(stream, &mut bytes).await?;
    }
    let body = &bytes[head_ends + 4..];
    Some(Heard {
        path,
        headers,
        text: String::from_utf8_lossy(body).into_owned(),
        body: serde_json::from_slice(body).unwrap_or_default(),
    })
}

async fn more(stream: &mut TcpStream, bytes: &mut Vec<u8>) -> Option<()> {
    let mut part = [0_u8; 4_096];
    let read = stream.read(&mut part).await.ok()?;
    bytes.extend_from_slice(&part[..read]);
    (read > 0 && bytes.len() < REQUEST_BYTES_MAX).then_some(())
}
