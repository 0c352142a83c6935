//! The sink's mail server: a real conversation in SMTP, with STARTTLS or encrypted from
//! the start, that goes wrong where a story says so.

use super::{Heard, MAIL_ATTEMPT, Reply, Shared, held};
use mail_parser::MessageParser;
use serde_json::json;
use std::sync::Arc;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader},
    net::TcpStream,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, crypto::ring, pki_types::PrivatePkcs8KeyDer},
};

/// What nobody sends in one line.
const LINE_BYTES_MAX: usize = 100_000;

/// A certificate for this machine that it gives itself: what shows it, and its DER.
pub(super) fn certificate() -> (TlsAcceptor, Vec<u8>) {
    let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
    let made = rcgen::generate_simple_self_signed(names).expect("a certificate");
    let key = PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions of TLS")
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key.into())
        .expect("a certificate and its key");
    let acceptor = TlsAcceptor::from(Arc::new(config));
    (acceptor, made.cert.der().to_vec())
}

/// Serves one connection.
pub(super) async fn serve(state: Shared, stream: TcpStream, tls: TlsAcceptor, implicit: bool) {
    let reply = held(&state).next_reply();
    let mut call = Call {
        state,
        reply,
        sealed: implicit,
        login: Vec::new(),
        from: String::new(),
        to: Vec::new(),
    };
    let mut stream = stream;
    if !implicit {
        if call.talk(&mut stream, true).await != Some(Ends::Seal) {
            return;
        }
        call.sealed = true;
    }
    if let Ok(mut sealed) = tls.accept(stream).await {
        call.talk(&mut sealed, implicit).await;
    }
}

#[derive(PartialEq)]
enum Ends {
    Seal,
    Quit,
}

/// One connection, and what was said in it.
struct Call {
    state: Shared,
    reply: Reply,
    sealed: bool,
    login: Vec<String>,
    from: String,
    to: Vec<String>,
}

impl Call {
    /// The conversation, until it ends or breaks off.
    async fn talk<S: AsyncRead + AsyncWrite + Unpin>(
        &mut self,
        stream: &mut S,
        greets: bool,
    ) -> Option<Ends> {
        let mut stream = BufReader::new(stream);
        if greets {
            let line = self.answer("greeting", "220 mail.test ESMTP");
            say(&mut stream, &line).await?;
        }
        loop {
            let line = hear(&mut stream).await?;
            held(&self.state).commands.push(line.clone());
            let verb = line.split([' ', ':']).next().unwrap_or_default();
            let usual = match verb {
                "EHLO" => self.offers(),
                "STARTTLS" => "220 go on".to_owned(),
                "AUTH" => {
                    self.login.push(line.clone());
                    "235 2.7.0 welcome".to_owned()
                }
                "MAIL" => {
                    self.from.clone_from(&line);
                    "250 2.1.0 ok".to_owned()
                }
                "RCPT" => "250 2.1.5 ok".to_owned(),
                "DATA" => "354 go on".to_owned(),
                "QUIT" => "221 bye".to_owned(),
                _ => "500 what?".to_owned(),
            };
            let answer = self.answer(&line, &usual);
            if self.reply == Reply::Flood {
                while say(&mut stream, "250-and so on, and so on, and so on")
                    .await
                    .is_some()
                {}
            }
            if verb == "RCPT" && answer == usual {
                self.to.push(line.clone());
            }
            say(&mut stream, &answer).await?;
            match verb {
                "STARTTLS" if answer == usual => return Some(Ends::Seal),
                "QUIT" => return Some(Ends::Quit),
                "DATA" if answer == usual => self.take(&mut stream).await?,
                _ => {}
            }
        }
    }

    /// Takes the message. It counts as heard whatever the answer is.
    async fn take<S: AsyncRead + AsyncWrite + Unpin>(
        &mut self,
        stream: &mut BufReader<&mut S>,
    ) -> Option<()> {
        let mut text = String::new();
        loop {
            let line = hear(stream).await?;
            if line == "." {
                break;
            }
            // RFC 5321, 4.5.2: a dot that begins a line was doubled.
            text.push_str(line.strip_prefix('.').unwrap_or(&line));
            text.push_str("\r\n");
        }
        let heard = self.heard(text);
        let number = {
            let mut state = held(&self.state);
            state.mails += 1;
            state.heard.push(heard);
            state.mails
        };
        match self.reply {
            Reply::Drop => return None,
            Reply::Slow => tokio::time::sleep(2 * MAIL_ATTEMPT).await,
            _ => {}
        }
        let line = self.answer("message", &format!("250 2.0.0 queued as {number}"));
        say(stream, &line).await
    }

    fn heard(&mut self, text: String) -> Heard {
        let mail = MessageParser::default().parse(text.as_bytes());
        let mail = mail.expect("a message that another program can read");
        let headers = mail.headers_raw();
        let headers = headers.map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()));
        Heard {
            method: String::new(),
            path: super::MAIL.to_owned(),
            headers: headers.collect(),
            body: json!({
                "from": self.from,
                "to": std::mem::take(&mut self.to),
                "login": self.login,
                "sealed": self.sealed,
                "subject": mail.subject(),
                "text": mail.body_text(0),
            }),
            text,
        }
    }

    fn offers(&self) -> String {
        match (self.sealed, &self.reply) {
            (true, _) => "250-mail.test\r\n250 AUTH LOGIN PLAIN".to_owned(),
            (false, Reply::NoTls) => "250-mail.test\r\n250 AUTH LOGIN PLAIN".to_owned(),
            (false, _) => "250-mail.test\r\n250 STARTTLS".to_owned(),
        }
    }

    /// The usual answer, or what the story wants at this step.
    fn answer(&self, step: &str, usual: &str) -> String {
        match &self.reply {
            Reply::Says(at, line) if step.starts_with(at) => (*line).to_owned(),
            _ => usual.to_owned(),
        }
    }
}

async fn say<S: AsyncWrite + Unpin>(stream: &mut S, line: &str) -> Option<()> {
    let line = format!("{line}\r\n");
    stream.write_all(line.as_bytes()).await.ok()?;
    stream.flush().await.ok()
}

async fn hear<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut BufReader<S>) -> Option<String> {
    let mut line = Vec::new();
    let read = stream.read_until(b'\n', &mut line).await.ok()?;
    let whole = line
        .strip_suffix(b"\r\n")
        .filter(|_| read < LINE_BYTES_MAX)?;
    Some(String::from_utf8_lossy(whole).into_owned())
}
