//! What stands in for Slack, PagerDuty, Discord, Teams, a webhook's receiver and a mail
//! server: a real server of HTTP and of SMTP that answers as a story wants and remembers
//! what it heard. Whatever a story does not expect fails it.

mod mail;

use connect::{
    Address, Client, Discord, Email, MailAddress, MailLogin, MailRoute, MailServer, MailTls,
    Pagerduty, Roots, Secret, Slack, Teams, Timeouts, Webhook,
};
use domain::{
    channels::{Channel, ChannelKind},
    i18n::Lang,
    people::Reach,
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
/// Where mail is heard, in the place of a path.
const MAIL: &str = "smtp";
/// Where the webhook of Discord is.
const DISCORD: &str = "/api/webhooks/7/s3cret";
/// Where the workflow of Teams is.
const TEAMS: &str = "/workflows/7/triggers/manual/paths/invoke";
/// How long a mailbox of a story does: a conversation, and what encrypts it.
const MAIL_ATTEMPT: Duration = Duration::from_millis(1_000);
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
    /// A status and a body of JSON.
    Json(u16, &'static str),
    /// What the mail server says at a step: at a command that begins so, as its `greeting`,
    /// or to the `message`.
    Says(&'static str, &'static str),
    /// The mail server offers no encryption, but asks for a password.
    NoTls,
    /// The mail server talks and talks.
    Flood,
    /// What it heard counts, but the connection ends without an answer.
    Drop,
    /// What it heard counts, but the answer comes too late.
    Slow,
}

/// A request, as it came.
#[derive(Debug, Clone, PartialEq)]
pub struct Heard {
    /// Its method; none of mail.
    pub method: String,
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
        let embed = &self.body["embeds"][0]["title"];
        let path = self.path.as_str();
        if let Some(rest) = path.strip_prefix(DISCORD) {
            return match rest.strip_prefix("/messages/") {
                Some(id) => format!("discord edit {id}: {}", text(embed)),
                None => format!("discord post: {}", text(embed)),
            };
        }
        if path.starts_with(TEAMS) {
            let card = &self.body["attachments"][0]["content"];
            return format!("teams: {}", text(&card["body"][0]["inlines"][0]["text"]));
        }
        match path {
            MAIL => format!("email: {}", text(&self.body["subject"])),
            "/chat.postMessage" => format!("slack post: {}", first_line(&self.body["text"])),
            "/chat.update" => format!(
                "slack edit {}: {}",
                text(&self.body["ts"]),
                first_line(&self.body["text"])
            ),
            "/chat.postEphemeral" => format!(
                "slack whisper {}: {}",
                text(&self.body["user"]),
                text(&self.body["text"])
            ),
            "/v2/enqueue" => format!(
                "pagerduty {}: {}",
                text(&self.body["event_action"]),
                text(&self.body["payload"]["summary"])
            ),
            "/v2/change/enqueue" => {
                format!(
                    "pagerduty change: {}",
                    text(&self.body["payload"]["summary"])
                )
            }
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
    /// What the mail server was told outside of messages.
    commands: Vec<String>,
    mails: u32,
    posts: u32,
}

type Shared = Arc<Mutex<State>>;

/// The receiver of all channels of a story.
#[derive(Debug)]
pub struct Sink {
    address: String,
    /// The ports of the mail server: in the clear at first, and encrypted from the start.
    mail_ports: [u16; 2],
    /// Its certificate.
    certificate: Vec<u8>,
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
        let (acceptor, certificate) = mail::certificate();
        let mut mail_ports = [0, 0];
        for (port, implicit) in mail_ports.iter_mut().zip([false, true]) {
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
            *port = listener.local_addr().expect("an address").port();
            let (heard, acceptor) = (Arc::clone(&state), acceptor.clone());
            tokio::spawn(async move {
                while let Ok((stream, _)) = listener.accept().await {
                    let (heard, acceptor) = (Arc::clone(&heard), acceptor.clone());
                    tokio::spawn(mail::serve(heard, stream, acceptor, implicit));
                }
            });
        }
        Self {
            address: format!("http://{address}"),
            mail_ports,
            certificate,
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

    /// Takes the commands that the mail server was given.
    #[must_use]
    pub fn take_commands(&self) -> Vec<String> {
        std::mem::take(&mut self.lock().commands)
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
            ChannelKind::Slack => Arc::new(self.slack()),
            ChannelKind::Pagerduty => Arc::new(Pagerduty::new(client, Some(&address), secret)),
            ChannelKind::Webhook => Arc::new(Webhook::new(client, &address, secret)),
            ChannelKind::Email => self.mail(MailTls::None, None, &["ops@example.com"]),
            ChannelKind::Discord => {
                Arc::new(Discord::new(client, &self.at(DISCORD)).expect("a webhook"))
            }
            ChannelKind::Teams => {
                let address = self.at(&format!("{TEAMS}?sig=s3cret"));
                Arc::new(Teams::new(client, &address).expect("a workflow"))
            }
            // AWS's own way is proved beside AWS: here it counts what becomes of each outcome.
            ChannelKind::Sms => Arc::new(Webhook::new(client, &address, secret)),
            ChannelKind::Inbox => panic!("an inbox is the sandbox's"),
        };
        let channel = Channel {
            name: kind.as_str().parse().expect("a name"),
            kind,
            lang: Lang::En,
            place: "here".into(),
            changes: Reach::Only(Vec::new()),
        };
        (channel, sender)
    }

    /// A channel in Slack that sends here.
    ///
    /// # Panics
    /// When this machine makes no calls.
    #[must_use]
    pub fn slack(&self) -> Slack {
        let timeouts = Timeouts {
            connect: ATTEMPT,
            attempt: ATTEMPT,
        };
        let client = Client::new(timeouts).expect("a client");
        let address = Address::parse(&self.address).expect("an address");
        let secret = Secret::new("s3cret").expect("a secret");
        Slack::new(client, Some(&address), "C0OPS", secret)
    }

    /// Mailboxes, by this sink's mail server.
    ///
    /// # Panics
    /// When they are none.
    #[must_use]
    pub fn mail(
        &self,
        tls: MailTls,
        login: Option<(&str, &str)>,
        to: &[&str],
    ) -> Arc<dyn ports::Channel> {
        let roots = Roots::Only(self.certificate());
        self.mail_trusting(&roots, tls, login, to)
    }

    /// As [`Sink::mail`], where others vouch for the server.
    ///
    /// # Panics
    /// When they are none.
    #[must_use]
    pub fn mail_trusting(
        &self,
        roots: &Roots,
        tls: MailTls,
        login: Option<(&str, &str)>,
        to: &[&str],
    ) -> Arc<dyn ports::Channel> {
        let mailbox = |text: &str| MailAddress::parse(text).expect("a mailbox");
        let [clear, implicit] = self.mail_ports;
        let port = if tls == MailTls::Implicit {
            implicit
        } else {
            clear
        };
        let route = MailRoute {
            server: MailServer::new("127.0.0.1", port, tls).expect("a server"),
            from: mailbox("램프라이터 <lamp@example.com>"),
            to: to.iter().map(|to| mailbox(to)).collect(),
        };
        let login = login.map(|(user, password)| MailLogin {
            user: user.to_owned(),
            password: Secret::new(password).expect("a password"),
        });
        let timeouts = Timeouts {
            connect: MAIL_ATTEMPT,
            attempt: MAIL_ATTEMPT,
        };
        Arc::new(Email::new(route, login, roots, timeouts).expect("mailboxes"))
    }

    /// The certificate by which its mail server is known, in DER.
    #[must_use]
    pub fn certificate(&self) -> Vec<u8> {
        self.certificate.clone()
    }

    fn at(&self, path: &str) -> Address {
        Address::parse(&format!("{}{path}", self.address)).expect("an address")
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
        _ => {}
    }
    // Whoever asked may have given up waiting.
    let _ = stream.write_all(answer.as_bytes()).await;
}

impl State {
    /// What the story wants next.
    fn next_reply(&mut self) -> Reply {
        let reply = self.replies.pop_front();
        reply.or_else(|| self.always.clone()).unwrap_or(Reply::Ok)
    }

    /// Remembers a request, and answers it as the story wants.
    fn answer(&mut self, heard: Heard) -> (Reply, String) {
        let reply = self.next_reply();
        if ["/chat.postMessage", &format!("{DISCORD}?wait=true")].contains(&heard.path.as_str()) {
            self.posts += 1;
        }
        let slack = json!({ "ok": true, "channel": "C0OPS", "ts": match heard.body["ts"].as_str() {
            Some(edited) => edited.to_owned(),
            None => format!("{}.0", self.posts),
        }});
        let (status, retry_after, body) = match &reply {
            Reply::Status(status, retry_after) => (*status, *retry_after, json!({})),
            Reply::SlackError(error) => (200, None, json!({ "ok": false, "error": error })),
            Reply::Json(status, body) => {
                let body = serde_json::from_str(body).expect("JSON");
                (*status, None, body)
            }
            _ if heard.path.starts_with(DISCORD) => {
                let edited = heard
                    .path
                    .rsplit_once("/messages/")
                    .map(|(_, id)| id.to_owned());
                let id = edited.unwrap_or_else(|| self.posts.to_string());
                (200, None, json!({ "id": id }))
            }
            _ if heard.path.starts_with(TEAMS) => (202, None, json!({})),
            _ => match heard.path.as_str() {
                "/v2/enqueue" | "/v2/change/enqueue" => (202, None, json!({ "status": "success" })),
                "/" => (204, None, json!({})),
                _ => (200, None, slack),
            },
        };
        self.heard.push(heard);
        let body = body.to_string();
        let retry_after = retry_after.map_or(String::new(), |s| format!("retry-after: {s}\r\n"));
        let length = if status == 204 { 0 } else { body.len() };
        let run = if status == 202 {
            "x-ms-workflow-run-id: run-1\r\n"
        } else {
            ""
        };
        let head = format!(
            "HTTP/1.1 {status} x\r\n{run}{retry_after}connection: close\r\ncontent-length: {length}\r\n\r\n"
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
    let mut words = lines.next()?.split(' ');
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
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
        method,
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
