//! Messages of topics as SNS posts them to an HTTPS endpoint.
//!
//! A field that is signed is taken as the very text that it is: what is read twice is read the
//! same both times, or the signature would stand for something else.

use crate::FileError;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use domain::{
    limits,
    sns::{
        CertificateUrl, ConfirmToken, Seal, SignatureVersion, TopicArn, TopicMessage,
        TopicMessageKind, signed_text,
    },
    time::Timestamp,
};
use serde_json::{Map, Value};

/// What is signed of what was published, in the order of the signature.
const NOTIFICATION: [&str; 6] = [
    "Message",
    "MessageId",
    "Subject",
    "Timestamp",
    "TopicArn",
    "Type",
];

/// What is signed of a message about a subscription. Amazon's own messages of both kinds are
/// signed with these fields (AWS SDK for Java 2, the test data of `sns-message-manager`). Its
/// validator for JavaScript leaves the token out of the second; no message that it would take
/// was ever seen.
const CONFIRMATION: [&str; 7] = [
    "Message",
    "MessageId",
    "SubscribeURL",
    "Timestamp",
    "Token",
    "TopicArn",
    "Type",
];

/// What is signed and would let people subscribe us, or end that, by a click.
const SECRET: [&str; 2] = ["SubscribeURL", "Token"];

/// Reads a message. Nothing of it is proved yet.
///
/// # Errors
/// [`FileError`] names the field.
pub fn read_topic_message(body: &[u8]) -> Result<TopicMessage, FileError> {
    let fields = object(body)?;
    let signed = signed(&fields)?;
    let kind = match fields.get("Type").and_then(Value::as_str) {
        Some("Notification") => TopicMessageKind::Notification,
        Some("SubscriptionConfirmation") => TopicMessageKind::Subscription(token(&fields)?),
        _ => TopicMessageKind::Unsubscription,
    };
    let mut pairs = Vec::with_capacity(signed.len());
    for &name in signed {
        // A message without a subject has none to sign, however that is written.
        if name == "Subject" && fields.get(name).is_none_or(Value::is_null) {
            continue;
        }
        let value = text(&fields, name)?;
        // The signature does not tell where a field ends. A message may have lines; were there
        // any in another field, one signed text could be read as two different messages.
        if name != "Message" && value.chars().any(char::is_control) {
            return Err(wrong(name, "has a control character"));
        }
        pairs.push((name, value));
    }
    let id = text(&fields, "MessageId")?;
    let fits = id.bytes().all(|byte| byte.is_ascii_graphic());
    if id.is_empty() || !fits || id.len() > limits::TOPIC_MESSAGE_ID_CHARS_MAX {
        return Err(wrong("MessageId", "is no id of SNS"));
    }
    let topic = TopicArn::parse(text(&fields, "TopicArn")?)
        .ok_or_else(|| wrong("TopicArn", "is no ARN of a topic"))?;
    let at: Timestamp = text(&fields, "Timestamp")?
        .parse()
        .map_err(|_| wrong("Timestamp", "is no time"))?;
    let seal = seal(&fields, &topic, signed_text(&pairs))?;
    Ok(TopicMessage {
        kind,
        id: id.to_owned(),
        topic,
        at,
        seal,
    })
}

fn object(body: &[u8]) -> Result<Map<String, Value>, FileError> {
    let value = serde_json::from_slice(body);
    match value.map_err(|error| FileError::json("message", &error))? {
        Value::Object(fields) => Ok(fields),
        _ => Err(FileError::whole("message", "this is no JSON object")),
    }
}

/// The fields that are signed of a message of this type.
fn signed(fields: &Map<String, Value>) -> Result<&'static [&'static str], FileError> {
    let Some(kind) = fields.get("Type") else {
        return Err(wrong(
            "Type",
            "is missing: this is no message of SNS as it signs them. Where raw message delivery \
             is enabled for the subscription, disable it",
        ));
    };
    match kind.as_str() {
        Some("Notification") => Ok(&NOTIFICATION),
        Some("SubscriptionConfirmation" | "UnsubscribeConfirmation") => Ok(&CONFIRMATION),
        _ => Err(wrong(
            "Type",
            "is none of Notification, SubscriptionConfirmation, UnsubscribeConfirmation",
        )),
    }
}

fn seal(fields: &Map<String, Value>, topic: &TopicArn, signed: String) -> Result<Seal, FileError> {
    let version = match text(fields, "SignatureVersion")? {
        "1" => SignatureVersion::One,
        "2" => SignatureVersion::Two,
        _ => return Err(wrong("SignatureVersion", "is neither 1 nor 2")),
    };
    let signature = BASE64_STANDARD
        .decode(text(fields, "Signature")?)
        .ok()
        .filter(|bytes| bytes.len() <= limits::TOPIC_SIGNATURE_BYTES_MAX)
        .ok_or_else(|| wrong("Signature", "is no signature in base64"))?;
    let url = text(fields, "SigningCertURL")?;
    let certificate = CertificateUrl::of(topic, url).ok_or_else(|| {
        wrong(
            "SigningCertURL",
            "is not an address of SNS in the region of the topic",
        )
    })?;
    Ok(Seal {
        version,
        signature,
        certificate,
        text: signed,
    })
}

fn token(fields: &Map<String, Value>) -> Result<ConfirmToken, FileError> {
    ConfirmToken::new(text(fields, "Token")?).ok_or_else(|| wrong("Token", "is no token of SNS"))
}

fn text<'a>(fields: &'a Map<String, Value>, name: &str) -> Result<&'a str, FileError> {
    match fields.get(name) {
        None => Err(wrong(name, "is missing")),
        Some(Value::String(text)) => Ok(text),
        Some(_) => Err(wrong(name, "is no text")),
    }
}

fn wrong(field: &str, message: &str) -> FileError {
    FileError {
        field: field.to_owned(),
        ..FileError::whole("message", message)
    }
}

/// What a message says by what is signed of it and by nothing else, as JSON: whoever carries it
/// can add fields, and what is kept is shown to people. Without what would let them subscribe
/// us, or end that, by a click.
///
/// # Errors
/// [`FileError`] when it is no message of SNS.
pub fn signed_part(body: &[u8]) -> Result<String, FileError> {
    let mut fields = object(body)?;
    let signed = signed(&fields)?;
    fields.retain(|name, _| signed.contains(&name.as_str()) && !SECRET.contains(&name.as_str()));
    Ok(Value::Object(fields).to_string())
}
