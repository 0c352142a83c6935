//! Takes a line apart into the fields of an access log.
//!
//! Fields are separated by spaces, and some stand in quotes. Within quotes, what a client sent may
//! hold anything; AWS does not say how it writes a quote there. So a quote that follows a
//! backslash belongs to the text, and when a line makes no sense that way, the second try
//! ([`Quotes::Stray`]) ends a text where the fields after it look like those that belong there.

/// The fields that AWS documents, in their order. New ones are only ever added at the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "AWS's own names")]
pub enum Field {
    Type,
    Time,
    Elb,
    Client,
    Target,
    RequestProcessingTime,
    TargetProcessingTime,
    ResponseProcessingTime,
    ElbStatusCode,
    TargetStatusCode,
    ReceivedBytes,
    SentBytes,
    Request,
    UserAgent,
    SslCipher,
    SslProtocol,
    TargetGroupArn,
    TraceId,
    DomainName,
    ChosenCertArn,
    MatchedRulePriority,
    RequestCreationTime,
    ActionsExecuted,
    RedirectUrl,
    ErrorReason,
    TargetPortList,
    TargetStatusCodeList,
    Classification,
    ClassificationReason,
    ConnTraceId,
    TransformedHost,
    TransformedUri,
    RequestTransformStatus,
}

/// How many fields AWS documents.
const KNOWN: usize = 33;

/// Fields of the first format, of 2016.
const FEWEST: usize = 17;

/// The fields and AWS's names of them.
pub const FIELDS: [(Field, &str); KNOWN] = [
    (Field::Type, "type"),
    (Field::Time, "time"),
    (Field::Elb, "elb"),
    (Field::Client, "client"),
    (Field::Target, "target"),
    (Field::RequestProcessingTime, "request_processing_time"),
    (Field::TargetProcessingTime, "target_processing_time"),
    (Field::ResponseProcessingTime, "response_processing_time"),
    (Field::ElbStatusCode, "elb_status_code"),
    (Field::TargetStatusCode, "target_status_code"),
    (Field::ReceivedBytes, "received_bytes"),
    (Field::SentBytes, "sent_bytes"),
    (Field::Request, "request"),
    (Field::UserAgent, "user_agent"),
    (Field::SslCipher, "ssl_cipher"),
    (Field::SslProtocol, "ssl_protocol"),
    (Field::TargetGroupArn, "target_group_arn"),
    (Field::TraceId, "trace_id"),
    (Field::DomainName, "domain_name"),
    (Field::ChosenCertArn, "chosen_cert_arn"),
    (Field::MatchedRulePriority, "matched_rule_priority"),
    (Field::RequestCreationTime, "request_creation_time"),
    (Field::ActionsExecuted, "actions_executed"),
    (Field::RedirectUrl, "redirect_url"),
    (Field::ErrorReason, "error_reason"),
    (Field::TargetPortList, "target_port_list"),
    (Field::TargetStatusCodeList, "target_status_code_list"),
    (Field::Classification, "classification"),
    (Field::ClassificationReason, "classification_reason"),
    (Field::ConnTraceId, "conn_trace_id"),
    (Field::TransformedHost, "transformed_host"),
    (Field::TransformedUri, "transformed_uri"),
    (Field::RequestTransformStatus, "request_transform_status"),
];

impl Field {
    /// AWS's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        FIELDS[self as usize].1
    }

    const fn is_at(self, index: usize) -> bool {
        self as usize == index
    }
}

/// Where a quoted text ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quotes {
    /// At the first quote that does not follow a backslash and that a space or nothing follows.
    Escaped,
    /// At the first quote after which the line goes on as it should.
    Stray,
}

/// Why a line cannot be taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Fewer fields than the first format had: so many.
    TooFew(usize),
    /// A quoted text has no end, or a field has a quote in it.
    Quotes,
}

/// The fields of a line.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fields<'a> {
    values: [&'a [u8]; KNOWN],
    count: usize,
    tail: &'a [u8],
}

impl<'a> Fields<'a> {
    pub(crate) fn split(line: &'a [u8], quotes: Quotes) -> Result<Self, Fault> {
        let mut fields = Self {
            values: [&[]; KNOWN],
            count: 0,
            tail: line,
        };
        for (index, value) in fields.values.iter_mut().enumerate() {
            let Some((text, rest)) = next(fields.tail, index, quotes)? else {
                break;
            };
            *value = text;
            fields.count = index + 1;
            fields.tail = rest;
        }
        if fields.count < FEWEST {
            return Err(Fault::TooFew(fields.count));
        }
        let mut tail = fields.tail;
        while let Some((_, rest)) = next(tail, KNOWN, Quotes::Escaped)? {
            tail = rest;
        }
        Ok(fields)
    }

    /// A field's text as it was written; none when the line is of a time before the field.
    pub(crate) fn get(&self, field: Field) -> Option<&'a [u8]> {
        let values = self.values.get(..self.count)?;
        values.get(field as usize).copied()
    }

    /// A field's text; none for `-` too.
    pub(crate) fn text(&self, field: Field) -> Option<&'a [u8]> {
        self.get(field).filter(|text| !is_none(text))
    }

    /// Fields behind those that AWS documents.
    pub(crate) fn unknown(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let mut tail = self.tail;
        std::iter::from_fn(move || {
            let (text, rest) = next(tail, KNOWN, Quotes::Escaped).ok()??;
            tail = rest;
            Some(text)
        })
    }
}

/// Whether a field says that there is nothing to say.
pub(crate) fn is_none(text: &[u8]) -> bool {
    matches!(text, b"-" | b"")
}

/// One field and what follows it.
type Split<'a> = (&'a [u8], &'a [u8]);

fn next(rest: &[u8], index: usize, quotes: Quotes) -> Result<Option<Split<'_>>, Fault> {
    let spaces = rest.iter().take_while(|&&byte| byte == b' ').count();
    let rest = &rest[spaces..];
    let Some(inside) = rest.strip_prefix(b"\"") else {
        return (!rest.is_empty()).then(|| bare(rest)).transpose();
    };
    let mut looked = 0;
    while let Some(at) = position([b'"', b'"'], &inside[looked..]) {
        let end = looked + at;
        let (text, after) = (&inside[..end], &inside[end + 1..]);
        let ends = match quotes {
            Quotes::Escaped => {
                !is_escaped(text)
                    && (after.first().is_none_or(|&byte| byte == b' ') || is_glued(after, index))
            }
            Quotes::Stray => goes_on(after, index),
        };
        if ends {
            return Ok(Some((text, after)));
        }
        looked = end + 1;
    }
    Err(Fault::Quotes)
}

/// A field without quotes.
fn bare(rest: &[u8]) -> Result<Split<'_>, Fault> {
    match position([b' ', b'"'], rest) {
        None => Ok((rest, &[])),
        Some(end) if rest[end] == b' ' => Ok(rest.split_at(end)),
        // A text before it was ended too early.
        Some(_) => Err(Fault::Quotes),
    }
}

/// Whether what follows a text that ends like this belongs to it.
fn is_escaped(text: &[u8]) -> bool {
    let backslashes = text.iter().rev().take_while(|&&byte| byte == b'\\');
    backslashes.count() % 2 == 1
}

/// AWS's own examples of 2018 have no space between the certificate and the rule's number.
fn is_glued(after: &[u8], index: usize) -> bool {
    let priority = || after.split(|&byte| byte == b' ').next();
    Field::ChosenCertArn.is_at(index)
        && priority().is_some_and(|text| text.iter().all(u8::is_ascii_digit))
}

/// Whether a line goes on like this after a field in quotes.
fn goes_on(after: &[u8], index: usize) -> bool {
    if Field::Request.is_at(index) {
        // The user agent.
        return after.starts_with(b" \"");
    }
    if Field::UserAgent.is_at(index) {
        // Cipher, protocol and target group are without quotes.
        let mut words = after.split(|&byte| byte == b' ');
        return words.next() == Some(b"") && words.take(3).all(|word| !word.contains(&b'"'));
    }
    matches!(after.first(), None | Some(b' ' | b'"')) || is_glued(after, index)
}

/// Where the first of two bytes is. Most fields are so short that calling a search of vectors
/// takes longer than eight bytes at a time do.
fn position(bytes: [u8; 2], text: &[u8]) -> Option<usize> {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const HIGH: u64 = u64::from_ne_bytes([0x80; 8]);
    let (words, rest) = text.as_chunks();
    for (index, &word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(word);
        let hits = bytes.map(|byte| {
            // The lowest byte of 0 is marked, and perhaps some above it.
            let zero_at = word ^ (ONES * u64::from(byte));
            zero_at.wrapping_sub(ONES) & !zero_at & HIGH
        });
        let hits = hits[0] | hits[1];
        if hits != 0 {
            return Some(8 * index + (hits.trailing_zeros() / 8) as usize);
        }
    }
    let found = rest.iter().position(|byte| bytes.contains(byte))?;
    Some(8 * words.len() + found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_two_bytes_is_found_wherever_it_is() {
        for length in 0..40 {
            for at in 0..length {
                for (byte, filling) in [(b' ', b'!'), (b'"', b'#'), (b' ', 0xff), (b'"', 0x80)] {
                    let mut text = vec![filling; length];
                    assert_eq!(position([b' ', b'"'], &text), None);
                    text[at] = byte;
                    // What follows does not matter.
                    if let Some(next) = text.get_mut(at + 1) {
                        *next = b'!';
                    }
                    assert_eq!(position([b' ', b'"'], &text), Some(at), "{length}");
                }
            }
        }
    }
}
