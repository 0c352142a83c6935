//! E-mail by SMTP (RFC 5321): a mail for each message, a thread of mail for each life
//! of an alarm.
//!
//! ```text
//! Message-ID: <dlv_…@sender>             the same at every attempt
//! In-Reply-To, References: <thr_…@sender>  the same for all of one life
//! Auto-Submitted: auto-generated         nobody's absence answers
//! ```
//!
//! What fails before the message was given surely did not arrive. Once it was given and
//! no answer came, it may have: it is sent again under the same Message-ID.

mod wire;

pub use wire::Roots;

use crate::{
    Secret, Timeouts,
    client::{ClientError, failed, is_this_machine},
};
use async_trait::async_trait;
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use domain::{
    i18n::notifications as words,
    limits::{
        CHANNEL_MESSAGE_CHARS_MAX, MAIL_ADDRESS_CHARS_MAX, MAIL_QUIT_MS, MAIL_REFUSALS_TOLD_MAX,
        MAIL_SUBJECT_CHARS_MAX,
    },
    notifications::FailureKind,
    text,
    time::Timestamp,
};
use lettre::{
    Address, Message,
    message::{
        Mailbox, SinglePart,
        header::{HeaderName, HeaderValue},
    },
    transport::smtp::{
        self,
        authentication::{Credentials, Mechanism},
        client::AsyncSmtpConnection,
        commands::{Data, Mail as MailFrom, Rcpt},
        response::Severity,
    },
};
use ports::{Channel, Post, Receipt, SendError};
use rustls::pki_types::ServerName;
use std::{
    error::Error as _,
    time::{Duration, SystemTime},
};
use tokio::time::timeout;
use wire::Seal;

const AUTO_SUBMITTED: HeaderName = HeaderName::new_from_ascii_str("Auto-Submitted");

/// How a mail server is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailTls {
    /// Encrypted after STARTTLS, or not at all.
    Required,
    /// Encrypted from the start.
    Implicit,
    /// In the clear: on this machine only.
    None,
}

impl MailTls {
    /// All.
    pub const ALL: [Self; 3] = [Self::Required, Self::Implicit, Self::None];

    /// The word in the configuration.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::Implicit => "implicit",
            Self::None => "none",
        }
    }

    /// Reads what [`MailTls::as_str`] wrote.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tls| tls.as_str() == text)
    }

    /// The usual port (RFC 8314, 3; RFC 5321, 4.5.4.2).
    #[must_use]
    pub const fn port(self) -> u16 {
        match self {
            Self::Required => 587,
            Self::Implicit => 465,
            Self::None => 25,
        }
    }
}

/// A mailbox: `ana@example.com`, or `Ana <ana@example.com>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailAddress(Mailbox);

impl MailAddress {
    /// Reads one; none when a text is no mailbox, or one that not every server can write
    /// to: its address is in plain letters and without quotes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (name, address) = match text.strip_suffix('>').and_then(|t| t.rsplit_once('<')) {
            Some((name, address)) => (name.trim(), address),
            None => ("", text),
        };
        let plain = |c: char| c.is_ascii_graphic() && !"<>\"\\,;:()[]".contains(c);
        if !address.chars().all(plain) || address.len() > MAIL_ADDRESS_CHARS_MAX {
            return None;
        }
        let address: Address = address.parse().ok()?;
        let name = match name {
            "" => None,
            name => Some(text::line(name.trim_matches('"')).ok()?),
        };
        Some(Self(Mailbox::new(name, address)))
    }

    /// Its address.
    #[must_use]
    pub fn address(&self) -> &str {
        self.0.email.as_ref()
    }
}

/// A mail server, and how it is spoken to.
#[derive(Debug, Clone)]
pub struct MailServer {
    name: ServerName<'static>,
    host: String,
    /// Its port.
    pub port: u16,
    /// How it is spoken to.
    pub tls: MailTls,
}

/// Why there is no such server; stands after a key's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MailServerError {
    /// Not a host.
    #[error("is not the name of a host; write it as smtp.example.com, and its port in `port`")]
    Form,
    /// Others could read it on the way.
    #[error("is not this machine, so its mail must be encrypted: leave `tls` out")]
    Plain,
}

impl MailServer {
    /// A server by its name.
    ///
    /// # Errors
    /// [`MailServerError`] says what to write instead.
    pub fn new(host: &str, port: u16, tls: MailTls) -> Result<Self, MailServerError> {
        let name = ServerName::try_from(host.to_owned()).map_err(|_| MailServerError::Form)?;
        if tls == MailTls::None && !is_this_machine(host) {
            return Err(MailServerError::Plain);
        }
        Ok(Self {
            name,
            host: host.to_owned(),
            port,
            tls,
        })
    }

    /// Its name.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }
}

/// By whom mail is sent to a server: never where others could read the password.
#[derive(Debug, Clone)]
pub struct MailLogin {
    /// The name there.
    pub user: String,
    /// Its password.
    pub password: Secret,
}

/// Where mail goes.
#[derive(Debug, Clone)]
pub struct MailRoute {
    /// By which server.
    pub server: MailServer,
    /// As whom.
    pub from: MailAddress,
    /// To whom.
    pub to: Vec<MailAddress>,
}

/// Mailboxes, by a mail server.
#[derive(Debug, Clone)]
pub struct Email {
    route: MailRoute,
    login: Option<MailLogin>,
    seal: Option<Seal>,
    timeouts: Timeouts,
}

/// How far a conversation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Greeting,
    Login,
    Sender,
    Recipient,
    Data,
    Letter,
}

impl Step {
    const fn word(self) -> &'static str {
        match self {
            Self::Greeting => "us",
            Self::Login => "AUTH",
            Self::Sender => "MAIL FROM",
            Self::Recipient => "RCPT TO",
            Self::Data => "DATA",
            Self::Letter => "the message",
        }
    }
}

impl Email {
    /// Mailboxes, by a server that `roots` vouch for.
    ///
    /// # Errors
    /// [`ClientError`] when the machine's certificates cannot be read.
    pub fn new(
        route: MailRoute,
        login: Option<MailLogin>,
        roots: &Roots,
        timeouts: Timeouts,
    ) -> Result<Self, ClientError> {
        let seal = match route.server.tls {
            MailTls::None => None,
            _ => Some(Seal::new(route.server.name.clone(), roots)?),
        };
        Ok(Self {
            route,
            login,
            seal,
            timeouts,
        })
    }

    /// The mail as it is sent: the same bytes at every attempt.
    fn letter(&self, post: &Post) -> Result<Vec<u8>, SendError> {
        let MailRoute { from, to, .. } = &self.route;
        let domain = from.0.email.domain();
        let thread = format!("<{}@{domain}>", post.thread);
        let mut letter = Message::builder()
            .from(from.0.clone())
            .subject(subject(post))
            .date(date(post.created_at))
            .message_id(Some(format!("<{}@{domain}>", post.id)))
            // What all of one life answer to was never sent, so none of them must be first.
            .in_reply_to(thread.clone())
            .references(thread)
            .raw_header(HeaderValue::new(AUTO_SUBMITTED, "auto-generated".into()));
        for to in to {
            letter = letter.to(to.0.clone());
        }
        let letter = letter.singlepart(SinglePart::plain(body(post)));
        let letter = letter.map_err(|error| failed(FailureKind::Refused, error))?;
        Ok(letter.formatted())
    }

    /// One conversation, up to the server's answer; `given` from the instant at which the
    /// server may have the message.
    async fn converse(
        &self,
        letter: &[u8],
        given: &mut bool,
    ) -> Result<(AsyncSmtpConnection, Receipt), SendError> {
        let route = &self.route;
        let no = |step| move |error: smtp::Error| self.no(step, &error);
        let within = self.timeouts.connect;
        let (wire, hello) = wire::connect(&route.server, self.seal.as_ref(), within).await?;
        let mut smtp = AsyncSmtpConnection::connect_with_transport(wire, &hello)
            .await
            .map_err(no(Step::Greeting))?;
        self.sign_in(&mut smtp).await?;
        let from = route.from.0.email.clone();
        let sender = smtp.command(MailFrom::new(Some(from), Vec::new())).await;
        sender.map_err(no(Step::Sender))?;
        let refusals = self.name_recipients(&mut smtp).await?;
        smtp.command(Data).await.map_err(no(Step::Data))?;
        *given = true;
        let answer = smtp.message(letter).await.map_err(no(Step::Letter))?;
        if answer.code().severity != Severity::PositiveCompletion {
            let message = format!("it answered {} to the message", answer.code());
            return Err(failed(FailureKind::Uncertain, message));
        }
        let words = answer.first_line().unwrap_or_default();
        let mut id = format!("{} {words}", answer.code());
        for refusal in refusals {
            id = format!("{id}; {refusal}");
        }
        let receipt = Receipt {
            id: clean(&id, CHANNEL_MESSAGE_CHARS_MAX),
            reference: None,
        };
        Ok((smtp, receipt))
    }

    async fn sign_in(&self, smtp: &mut AsyncSmtpConnection) -> Result<(), SendError> {
        let Some(MailLogin { user, password }) = &self.login else {
            return Ok(());
        };
        if self.seal.is_none() {
            let message = "the password is not sent unencrypted: nobody signs in without tls";
            return Err(failed(FailureKind::Denied, message));
        }
        let login = Credentials::new(user.clone(), password.reveal().to_owned());
        let signed = smtp
            .auth(&[Mechanism::Plain, Mechanism::Login], &login)
            .await;
        signed
            .map(drop)
            .map_err(|error| self.no(Step::Login, &error))
    }

    /// Names the recipients, and tells which of them the server does not take, now or ever:
    /// these must not keep the others from hearing.
    async fn name_recipients(
        &self,
        smtp: &mut AsyncSmtpConnection,
    ) -> Result<Vec<String>, SendError> {
        let mut refusals = Vec::new();
        let mut all_are = FailureKind::Refused;
        for to in &self.route.to {
            let named = smtp
                .command(Rcpt::new(to.0.email.clone(), Vec::new()))
                .await;
            let Err(error) = named else {
                continue;
            };
            let error = self.no(Step::Recipient, &error);
            match error.kind {
                FailureKind::Refused => {}
                FailureKind::Denied if all_are == FailureKind::Limited => {}
                FailureKind::Limited | FailureKind::Denied => all_are = error.kind,
                _ => return Err(error),
            }
            refusals.push(format!("not to {}: {}", to.address(), error.message));
        }
        if refusals.len() == self.route.to.len() {
            return Err(failed(all_are, refusals.join("; ")));
        }
        let more = refusals.len().saturating_sub(MAIL_REFUSALS_TOLD_MAX);
        refusals.truncate(MAIL_REFUSALS_TOLD_MAX);
        if more > 0 {
            refusals.push(format!("and not to {more} more"));
        }
        Ok(refusals)
    }

    /// What a failure at a step means.
    fn no(&self, step: Step, error: &smtp::Error) -> SendError {
        let cause = error.source().map(ToString::to_string).unwrap_or_default();
        let cause = self.hidden_in(&cause);
        match error.status() {
            Some(code) => refusal(step, Some(code.into()), &cause),
            // No way of signing in that both know.
            None if step == Step::Login && error.is_client() => failed(FailureKind::Denied, cause),
            None => refusal(step, None, &cause),
        }
    }

    /// A text of the server, in which the password may have come back, without it.
    fn hidden_in(&self, text: &str) -> String {
        let Some(MailLogin { user, password }) = &self.login else {
            return text.to_owned();
        };
        let whole = BASE64.encode(format!("\0{user}\0{}", password.reveal()));
        let alone = BASE64.encode(password.reveal());
        password.hidden_in(&text.replace(&whole, "…").replace(&alone, "…"))
    }
}

#[async_trait]
impl Channel for Email {
    async fn send(&self, post: &Post) -> Result<Receipt, SendError> {
        let letter = self.letter(post)?;
        let mut given = false;
        let spoken = timeout(self.timeouts.attempt, self.converse(&letter, &mut given)).await;
        let (mut smtp, receipt) = match spoken {
            Ok(spoken) => spoken?,
            Err(_) if given => return Err(failed(FailureKind::Uncertain, "no answer in time")),
            Err(_) => return Err(failed(FailureKind::Unreachable, "no answer in time")),
        };
        // It has the message, whatever it says to a good-bye.
        let _ = timeout(Duration::from_millis(MAIL_QUIT_MS), smtp.quit()).await;
        Ok(receipt)
    }
}

/// What a server's no at a step means: 4xx is "not now", 5xx "never" (RFC 5321, 4.2.1),
/// but who we are and whether we may speak at all somebody can mend.
fn refusal(step: Step, code: Option<u16>, words: &str) -> SendError {
    let Some(code) = code else {
        let kind = match step {
            Step::Letter => FailureKind::Uncertain,
            _ => FailureKind::Unreachable,
        };
        return failed(kind, format!("it did not answer {}: {words}", step.word()));
    };
    let kind = match (step, code) {
        (_, ..500) => FailureKind::Limited,
        // RFC 4954, 6: sign in first, with another mechanism, or as somebody else.
        (Step::Greeting | Step::Login, _) | (_, 530 | 534 | 535 | 538) => FailureKind::Denied,
        // RFC 3463, 3.8: what policy forbids somebody can allow; of a letter, its content is meant.
        (Step::Sender | Step::Recipient | Step::Data, _)
            if words.trim_start().starts_with("5.7.") =>
        {
            FailureKind::Denied
        }
        // Gmail's word for a day's quota, which another day lifts.
        _ if words.trim_start().starts_with("5.4.5 ") => FailureKind::Limited,
        _ => FailureKind::Refused,
    };
    let words = words.trim();
    failed(
        kind,
        format!("it answered {code} to {}: {words}", step.word()),
    )
}

fn subject(post: &Post) -> String {
    let headline = words::headline(post.lang, post.event, &post.message);
    // What looks like an encoded word (RFC 2047) would be read as one. With a space that
    // nobody sees in it, it is encoded itself.
    clean(
        &headline.replace("=?", "=\u{200b}?"),
        MAIL_SUBJECT_CHARS_MAX,
    )
}

/// The message in plain text: whole, where the subject is cut.
fn body(post: &Post) -> String {
    let line = |text: &str| clean(text, usize::MAX);
    let headline = words::headline(post.lang, post.event, &post.message);
    let mut lines = vec![line(&headline), String::new()];
    if let Some(alarm) = &post.message.alarm {
        if !alarm.reason.is_empty() {
            lines.push(line(&alarm.reason));
        }
        lines.push(format!("{} · {}", line(&alarm.place()), alarm.state_at));
        lines.push(String::new());
    }
    if let Some(note) = &post.message.note {
        lines.extend(note.lines().map(|one| format!("> {}", line(one))));
        lines.push(String::new());
    }
    if let Some(link) = &post.link {
        lines.push(link.clone());
        lines.push(String::new());
    }
    lines.push("-- ".into());
    lines.push("Lamplighter\n".into());
    lines.join("\n")
}

/// One line of at most so many characters, the last of them dots where it was longer.
fn clean(text: &str, chars_max: usize) -> String {
    let mut line: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(chars_max)
        .collect();
    if text.chars().nth(chars_max).is_some() {
        line.pop();
        line.push('…');
    }
    line
}

fn date(at: Timestamp) -> SystemTime {
    let ms = u64::try_from(at.ms()).unwrap_or_default();
    SystemTime::UNIX_EPOCH + Duration::from_millis(ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mailbox_is_one_that_every_server_can_write_to() {
        let check = |text: &str, expected: Option<&str>| {
            let found = MailAddress::parse(text);
            assert_eq!(
                found.as_ref().map(MailAddress::address),
                expected,
                "{text:?}"
            );
        };
        check("ana@example.com", Some("ana@example.com"));
        check(
            " on-call+aws@mail.example.com ",
            Some("on-call+aws@mail.example.com"),
        );
        check("당번 <duty@example.com>", Some("duty@example.com"));
        check("\"Lamp, lighter\" <l@example.com>", Some("l@example.com"));
        for bad in [
            "",
            "ana",
            "ana@",
            "@example.com",
            "a@b@example.com",
            "a b@example.com",
            "a@example.com, b@example.com",
            "\"a b\"@example.com",
            "a@example.com>\r\nRCPT TO:<b@example.com",
            "Ana\r\nBcc: <a@example.com>",
            "안나@example.com",
            "Ana <a@example.com> <b@example.com>x",
        ] {
            check(bad, None);
        }
        check(&format!("{}@example.com", "a".repeat(300)), None);
    }

    #[test]
    fn mail_goes_encrypted_or_stays_on_this_machine() {
        let check = |host: &str, tls, expected| {
            let found = MailServer::new(host, 25, tls).map(|server| server.host().to_owned());
            assert_eq!(found, expected, "{host}");
        };
        let ok = |host: &str| Ok(host.to_owned());
        check(
            "smtp.example.com",
            MailTls::Required,
            ok("smtp.example.com"),
        );
        check(
            "smtp.example.com",
            MailTls::Implicit,
            ok("smtp.example.com"),
        );
        check("192.0.2.1", MailTls::Required, ok("192.0.2.1"));
        for here in ["localhost", "127.0.0.1", "::1"] {
            check(here, MailTls::None, ok(here));
        }
        check(
            "smtp.example.com",
            MailTls::None,
            Err(MailServerError::Plain),
        );
        check("192.0.2.1", MailTls::None, Err(MailServerError::Plain));
        for bad in [
            "",
            "smtp.example.com:587",
            "smtp://x",
            "a b",
            "메일.example.com",
        ] {
            check(bad, MailTls::Required, Err(MailServerError::Form));
        }
    }

    #[test]
    fn a_no_says_whether_to_try_again() {
        use FailureKind::{Denied, Limited, Refused, Uncertain, Unreachable};
        for (step, code, kind) in [
            (Step::Greeting, Some(421), Limited),
            (Step::Greeting, Some(554), Denied),
            (Step::Greeting, None, Unreachable),
            (Step::Login, Some(454), Limited),
            (Step::Login, Some(535), Denied),
            (Step::Login, None, Unreachable),
            (Step::Sender, Some(530), Denied),
            (Step::Sender, Some(553), Refused),
            (Step::Recipient, Some(450), Limited),
            (Step::Recipient, Some(550), Refused),
            (Step::Data, Some(452), Limited),
            (Step::Data, None, Unreachable),
            (Step::Letter, Some(451), Limited),
            (Step::Letter, Some(554), Refused),
            (Step::Letter, None, Uncertain),
        ] {
            assert_eq!(refusal(step, code, "x").kind, kind, "{step:?} {code:?}");
        }
        for (step, words, kind) in [
            (Step::Recipient, "5.7.1 Relay access denied", Denied),
            (Step::Letter, "5.7.1 looks like spam", Refused),
            (
                Step::Letter,
                "5.4.5 Daily user sending limit exceeded",
                Limited,
            ),
            (Step::Recipient, "5.1.1 no such user", Refused),
        ] {
            assert_eq!(refusal(step, Some(550), words).kind, kind, "{words}");
        }
    }

    #[test]
    fn a_line_is_cut_and_stays_one() {
        assert_eq!(clean("a\r\nb\tc", 10), "a  b c");
        assert_eq!(clean("경보가 울립니다", 5), "경보가 …");
        assert_eq!(clean("12345", 5), "12345");
    }
}
