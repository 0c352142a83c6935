//! Mail: what a letter is, whom it reaches, and that nobody else reads it.

use super::{check, fails, full_of, hostile, post};
use connect::{Email, MailAddress, MailRoute, MailServer, MailTls, Roots, Timeouts};
use domain::{
    i18n::Lang,
    ids::DeliveryId,
    limits::MAIL_SUBJECT_CHARS_MAX,
    notifications::{Event, FailureKind},
};
use ports::Channel as _;
use std::time::Duration;
use testkit::{Reply, Sink};
use tokio::net::TcpListener;

const OPS: [&str; 1] = ["ops@example.com"];
/// `\0lamp\0s3cret`.
const PLAIN: &str = "AUTH PLAIN AGxhbXAAczNjcmV0";

/// Mailboxes, by a server at this port.
fn by_port(port: u16, tls: MailTls) -> Email {
    let mailbox = || MailAddress::parse(OPS[0]).expect("a mailbox");
    let route = MailRoute {
        server: MailServer::new("127.0.0.1", port, tls).expect("a server"),
        from: mailbox(),
        to: vec![mailbox()],
    };
    let timeouts = Timeouts {
        attempt: Duration::from_millis(300),
        ..Timeouts::mail()
    };
    Email::new(route, None, &Roots::Machine, timeouts).expect("mailboxes")
}

#[tokio::test]
async fn a_letter_is_one_that_mail_programs_know() {
    let sink = Sink::start().await;
    let mail = sink.mail(MailTls::None, None, &OPS);
    let receipt = mail.send(&post("web-5xx")).await.expect("taken");
    assert_eq!(receipt.id, "250 2.0.0 queued as 1");
    assert_eq!(receipt.reference, None);
    let heard = sink.take().remove(0);
    assert_eq!(heard.body["from"], "MAIL FROM:<lamp@example.com>");
    assert_eq!(heard.body["to"][0], "RCPT TO:<ops@example.com>");
    assert_eq!(heard.body["subject"], "P1 ALARM · prod · web-5xx");
    let read = heard.body["text"].as_str().expect("a text");
    insta::assert_snapshot!("letter", heard.text.replace("\r\n", "\n"));
    insta::assert_snapshot!("letter_as_read", read.replace("\r\n", "\n"));
}

#[tokio::test]
async fn a_letter_in_korean_arrives_as_it_was_written() {
    let sink = Sink::start().await;
    let mail = sink.mail(MailTls::None, None, &OPS);
    let mut post = post("결제 오류율");
    post.lang = Lang::Ko;
    mail.send(&post).await.expect("taken");
    let heard = sink.take().remove(0);
    assert!(heard.text.is_ascii(), "{}", heard.text);
    assert_eq!(heard.body["subject"], "P1 경보 발생 · prod · 결제 오류율");
    let read = heard.body["text"].as_str().expect("a text");
    assert!(read.contains("P1 경보 발생 · prod · 결제 오류율"), "{read}");
}

#[tokio::test]
async fn a_repeat_is_the_same_letter_and_one_life_is_one_thread() {
    let sink = Sink::start().await;
    let mail = sink.mail(MailTls::None, None, &OPS);
    let mut first = post("web-5xx");
    let unsure = [
        (Reply::Drop, FailureKind::Uncertain),
        (Reply::Slow, FailureKind::Uncertain),
    ];
    let mut letters = Vec::new();
    for (reply, kind) in unsure {
        assert_eq!(fails(&sink, &*mail, reply, &first).await.kind, kind);
        letters.append(&mut sink.take());
        first.now = first.now.plus_ms(60_000);
    }
    mail.send(&first).await.expect("taken");
    letters.append(&mut sink.take());
    assert_eq!(letters.len(), 3);
    assert!(letters.iter().all(|letter| letter.text == letters[0].text));
    let id = format!("<{}@example.com>", first.id);
    assert_eq!(letters[0].headers["message-id"], id);

    let over = ports::Post {
        id: DeliveryId::from_parts(1, 9),
        event: Event::Resolved,
        ..first.clone()
    };
    mail.send(&over).await.expect("taken");
    let over = sink.take().remove(0);
    assert_ne!(over.headers["message-id"], id);
    for header in ["references", "in-reply-to"] {
        assert_eq!(over.headers[header], letters[0].headers[header]);
        assert_eq!(
            over.headers[header],
            format!("<{}@example.com>", first.thread)
        );
    }
}

#[tokio::test]
async fn an_answer_says_whether_the_letter_arrived() {
    use FailureKind::{Denied, Limited, Refused, Uncertain, Unreachable};
    let sink = Sink::start().await;
    let mail = sink.mail(MailTls::None, None, &OPS);
    let table = [
        ("greeting", "421 4.3.2 too many connections", Limited),
        ("greeting", "554 5.7.1 go away", Denied),
        ("greeting", "HTTP/1.1 400 Bad Request", Unreachable),
        ("EHLO", "502 5.5.1 what?", Denied),
        ("MAIL", "451 4.3.0 later", Limited),
        ("MAIL", "530 5.7.0 sign in first", Denied),
        ("MAIL", "553 5.1.8 no such sender", Refused),
        ("RCPT", "450 4.2.0 greylisted", Limited),
        ("RCPT", "550 5.1.1 no such user", Refused),
        ("DATA", "452 4.3.1 full", Limited),
        ("message", "451 4.3.0 later", Limited),
        ("message", "554 5.6.0 spam", Refused),
        ("message", "what?", Uncertain),
    ];
    for (step, line, kind) in table {
        let error = fails(&sink, &*mail, Reply::Says(step, line), &post("x")).await;
        assert_eq!(error.kind, kind, "{step} {line}: {error}");
        assert_eq!(
            sink.take().len(),
            usize::from(step == "message"),
            "{step} {line}"
        );
    }
    check(&sink, &*mail, &post("x"), [(Reply::Flood, Unreachable)]).await;
    // Nobody listens; and somebody who never greets.
    let silent = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let silent_port = silent.local_addr().expect("an address").port();
    for (port, tls) in [
        (1, MailTls::None),
        (silent_port, MailTls::None),
        (silent_port, MailTls::Required),
        (silent_port, MailTls::Implicit),
    ] {
        let error = by_port(port, tls)
            .send(&post("x"))
            .await
            .expect_err("nobody");
        assert_eq!(error.kind, Unreachable, "{port} {tls:?}: {error}");
    }
}

#[tokio::test]
async fn whoever_is_refused_for_good_does_not_keep_the_others_from_hearing() {
    let sink = Sink::start().await;
    let to = ["ana@example.com", "gone@example.com", "bo@example.com"];
    let mail = sink.mail(MailTls::None, None, &to);
    sink.reply([Reply::Says("RCPT TO:<gone@", "550 5.1.1 no such user")]);
    let receipt = mail.send(&post("x")).await.expect("taken");
    assert_eq!(
        receipt.id,
        "250 2.0.0 queued as 1; not to gone@example.com: it answered 550 to RCPT TO: \
         5.1.1 no such user"
    );
    let heard = sink.take().remove(0);
    let to: Vec<_> = heard.body["to"]
        .as_array()
        .expect("a list")
        .iter()
        .collect();
    assert_eq!(
        to,
        ["RCPT TO:<ana@example.com>", "RCPT TO:<bo@example.com>"]
    );
    // Neither does whoever is to be tried later: a full mailbox may stay full.
    sink.reply([Reply::Says("RCPT TO:<bo@", "452 4.2.2 over quota")]);
    let receipt = mail.send(&post("x")).await.expect("taken");
    assert!(
        receipt
            .id
            .contains("not to bo@example.com: it answered 452"),
        "{receipt:?}"
    );
    assert_eq!(sink.take().len(), 1);
    // Where nobody is taken, all are tried again.
    let alone = sink.mail(MailTls::None, None, &["bo@example.com"]);
    let later = Reply::Says("RCPT TO:<bo@", "451 4.7.1 later");
    check(&sink, &*alone, &post("x"), [(later, FailureKind::Limited)]).await;
    sink.expect(&[]);
}

#[tokio::test]
async fn a_password_goes_encrypted_or_not_at_all() {
    let sink = Sink::start().await;
    let login = Some(("lamp", "s3cret"));
    for tls in [MailTls::Required, MailTls::Implicit] {
        let mail = sink.mail(tls, login, &OPS);
        mail.send(&post("x")).await.expect("taken");
        let heard = sink.take().remove(0);
        assert_eq!(heard.body["sealed"], true, "{tls:?}");
        assert_eq!(heard.body["login"][0], PLAIN, "{tls:?}");
        drop(sink.take_commands());
    }

    let mail = sink.mail(MailTls::Required, login, &OPS);
    let error = fails(&sink, &*mail, Reply::NoTls, &post("x")).await;
    assert_eq!(error.kind, FailureKind::Denied);
    assert!(error.message.contains("offers no STARTTLS"), "{error}");
    let said = sink.take_commands();
    assert!(said.len() == 1 && said[0].starts_with("EHLO"), "{said:?}");

    // Somebody on the way speaks for the server.
    let mine = Reply::Says("STARTTLS", "220 go on\r\n250 AUTH PLAIN");
    let error = fails(&sink, &*mail, mine, &post("x")).await;
    assert_eq!(error.kind, FailureKind::Unreachable, "{error}");
    assert_eq!(sink.take_commands().len(), 2);

    // Nobody vouches for the server.
    let other = Sink::start().await;
    let roots = Roots::Only(other.certificate());
    for tls in [MailTls::Required, MailTls::Implicit] {
        let mail = sink.mail_trusting(&roots, tls, login, &OPS);
        let error = mail.send(&post("x")).await.expect_err("a stranger");
        assert_eq!(error.kind, FailureKind::Unreachable, "{error}");
        assert!(error.message.contains("encrypted"), "{error}");
    }
    assert!(
        !sink
            .take_commands()
            .iter()
            .any(|said| said.starts_with("AUTH"))
    );

    let mail = sink.mail(MailTls::None, login, &OPS);
    let error = fails(&sink, &*mail, Reply::NoTls, &post("x")).await;
    assert_eq!(error.kind, FailureKind::Denied);
    assert!(
        !sink
            .take_commands()
            .iter()
            .any(|said| said.starts_with("AUTH"))
    );
    sink.expect(&[]);
}

#[tokio::test]
async fn a_wrong_password_is_told_without_it() {
    let sink = Sink::start().await;
    let mail = sink.mail(MailTls::Required, Some(("lamp", "s3cret")), &OPS);
    let no = Reply::Says("AUTH", "535 5.7.8 no AGxhbXAAczNjcmV0 s3cret czNjcmV0");
    let error = fails(&sink, &*mail, no, &post("x")).await;
    assert_eq!(error.kind, FailureKind::Denied);
    assert_eq!(error.message, "it answered 535 to AUTH: 5.7.8 no … … …");
    let later = Reply::Says("AUTH", "454 4.7.0 later");
    check(&sink, &*mail, &post("x"), [(later, FailureKind::Limited)]).await;
}

#[tokio::test]
async fn no_name_becomes_a_header_or_a_command() {
    let sink = Sink::start().await;
    let mail = sink.mail(MailTls::None, None, &OPS);
    for name in hostile() {
        let post = full_of(&name);
        mail.send(&post).await.expect(&name);
        let heard = sink.take().remove(0);
        let (head, _) = heard.text.split_once("\r\n\r\n").expect("a head");
        let mut names: Vec<_> = heard.headers.keys().map(String::as_str).collect();
        names.sort_unstable();
        assert_eq!(
            names,
            [
                "auto-submitted",
                "content-transfer-encoding",
                "content-type",
                "date",
                "from",
                "in-reply-to",
                "message-id",
                "mime-version",
                "references",
                "subject",
                "to",
            ],
            "{head}"
        );
        assert_eq!(heard.body["to"].as_array().map(Vec::len), Some(1));
        assert!(heard.text.lines().all(|line| line.len() <= 998), "{name}");
        assert!(heard.text.is_ascii(), "{name}");
        let one_line: String = name
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        let whole = format!("P1 ALARM · prod · {one_line}");
        let subject = heard.body["subject"].as_str().expect("a subject");
        // What looks encoded is told as it is, but for a space that nobody sees.
        let told = subject.replace('\u{200b}', "");
        match whole.chars().count() <= MAIL_SUBJECT_CHARS_MAX {
            true => assert_eq!(told, whole.trim_end()),
            false => assert_eq!(subject.chars().count(), MAIL_SUBJECT_CHARS_MAX),
        }
        let read = heard.body["text"].as_str().expect("a text");
        assert!(read.starts_with(&whole), "{read}");
    }
}
