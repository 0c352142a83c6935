//! Query strings: what is written into an address, and read back out of one that anybody may
//! have typed.

use api::page::PageQuery;
use domain::limits;

/// The pairs of a query string, in order. It reads the raw text itself: the
/// router decodes values twice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query(Vec<(String, String)>);

impl Query {
    /// Reads `a=1&b=x+y`, with or without the question mark.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let text = text.strip_prefix('?').unwrap_or(text);
        let pairs = text.split('&').filter(|pair| !pair.is_empty());
        Self(
            pairs
                .map(|pair| {
                    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                    (decode(name), decode(value))
                })
                .collect(),
        )
    }

    /// The first value of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        let pair = self.0.iter().find(|(own, _)| own == name);
        pair.map(|(_, value)| value.as_str())
    }

    /// All values of that name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(own, _)| own == name)
            .map(|(_, value)| value.as_str())
    }

    /// A pair more, unless its value is empty.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        let value = value.into();
        if !value.is_empty() {
            self.0.push((name.to_owned(), value));
        }
        self
    }

    pub(super) fn with_all<T>(self, name: &str, values: &[T], text: impl Fn(&T) -> String) -> Self {
        values
            .iter()
            .fold(self, |query, value| query.with(name, text(value)))
    }

    pub(super) fn with_page(self, page: PageQuery) -> Self {
        let offset = (page.offset > 0).then(|| page.offset.to_string());
        let limit = (page.limit != limits::PAGE_ROWS_DEFAULT).then(|| page.limit.to_string());
        self.with("offset", offset.unwrap_or_default())
            .with("limit", limit.unwrap_or_default())
    }

    pub(super) fn page(&self) -> PageQuery {
        let number = |name| self.get(name).and_then(|text| text.parse().ok());
        PageQuery {
            offset: number("offset").unwrap_or(0),
            limit: number("limit").unwrap_or(limits::PAGE_ROWS_DEFAULT),
        }
        .bounded()
    }

    pub(super) fn read_all<T>(&self, name: &str, read: impl Fn(&str) -> Option<T>) -> Vec<T> {
        self.all(name).filter_map(read).collect()
    }

    pub(super) fn text(&self) -> String {
        let text = self.get("text").unwrap_or_default().trim();
        text.chars().take(limits::SEARCH_CHARS_MAX).collect()
    }

    /// The address of a path with this query.
    #[must_use]
    pub fn on(&self, path: &str) -> String {
        let pairs: Vec<String> = self
            .0
            .iter()
            .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
            .collect();
        if pairs.is_empty() {
            path.to_owned()
        } else {
            format!("{path}?{}", pairs.join("&"))
        }
    }
}

/// Percent-encodes everything but RFC 3986's unreserved characters.
pub(super) fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// Decodes a form value (WHATWG URL, 5.1): `+` is a space, `%XX` a byte; what
/// is not UTF-8 becomes U+FFFD.
pub(super) fn decode(text: &str) -> String {
    let hex = |byte: u8| char::from(byte).to_digit(16);
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let pair = bytes.get(at + 1).zip(bytes.get(at + 2));
        let escaped = pair.and_then(|(&high, &low)| Some(hex(high)? * 16 + hex(low)?));
        match (bytes[at], escaped) {
            (b'%', Some(byte)) => {
                // Two hexadecimal digits are at most 255.
                out.push(byte as u8);
                at += 2;
            }
            (b'+', _) => out.push(b' '),
            (byte, _) => out.push(byte),
        }
        at += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}
