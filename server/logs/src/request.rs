//! The request line: method, address, protocol, and what the address consists of.

use crate::fields::is_none;
use memchr::{memchr, memchr2, memchr3, memrchr};

/// A request line as a load balancer writes it, taken apart: `GET http://host:80/path HTTP/1.1`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Request<'a> {
    /// `GET` and so on; none of a request that could not be understood.
    pub method: Option<&'a [u8]>,
    /// The address, spaces included if the client sent some.
    pub url: Option<&'a [u8]>,
    /// `HTTP/1.1` and so on.
    pub protocol: Option<&'a [u8]>,
}

impl<'a> Request<'a> {
    /// Takes a request line apart.
    #[must_use]
    pub fn read(line: &'a [u8]) -> Self {
        let line = line.trim_ascii();
        if is_none(line) {
            return Self::default();
        }
        let (method, rest) = match memchr(b' ', line) {
            None => (line, &[][..]),
            Some(end) => (&line[..end], line[end..].trim_ascii_start()),
        };
        let (url, protocol) = match memrchr(b' ', rest) {
            Some(end) if is_protocol(&rest[end + 1..]) => {
                (rest[..end].trim_ascii_end(), &rest[end + 1..])
            }
            _ => (rest, &[][..]),
        };
        let some = |text: &'a [u8]| (!is_none(text)).then_some(text);
        Self {
            method: some(method),
            url: some(url),
            protocol: some(protocol),
        }
    }

    /// The host's name, as the client wrote it, without the port.
    #[must_use]
    pub fn host(&self) -> Option<&'a [u8]> {
        let (authority, _) = split(self.url?)?;
        let name = match memrchr(b'@', authority) {
            None => authority,
            Some(end) => &authority[end + 1..],
        };
        let port = if name.starts_with(b"[") {
            memchr(b']', name).map(|end| end + 1)
        } else {
            memchr(b':', name)
        };
        let name = port.map_or(name, |end| &name[..end]);
        (!name.is_empty()).then_some(name)
    }

    /// The path without the query; none of a request that could not be understood.
    #[must_use]
    pub fn path(&self) -> Option<&'a [u8]> {
        let url = self.url?;
        let path = match split(url) {
            // A load balancer writes `-` for a path that it did not understand.
            Some((authority, [])) if authority.ends_with(b"-") => return None,
            Some((authority, [])) if authority.ends_with(b"*") => return Some(b"*"),
            Some((_, path)) => path,
            None if url.starts_with(b"/") => url,
            None => return None,
        };
        let end = memchr2(b'?', b'#', path).unwrap_or(path.len());
        Some(if end == 0 { b"/" } else { &path[..end] })
    }
}

fn is_protocol(word: &[u8]) -> bool {
    word == b"-" || word.starts_with(b"HTTP/")
}

/// Host with port, and the rest, of an absolute address.
fn split(url: &[u8]) -> Option<(&[u8], &[u8])> {
    let rest = url[memchr(b':', url)?..].strip_prefix(b"://")?;
    let end = memchr3(b'/', b'?', b'#', rest).unwrap_or(rest.len());
    Some(rest.split_at(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: Option<&[u8]>) -> &str {
        bytes.map_or("–", |bytes| str::from_utf8(bytes).expect("text"))
    }

    #[test]
    fn a_request_line_is_taken_apart() {
        for (line, expected) in [
            (
                "GET http://www.example.com:80/ HTTP/1.1",
                [
                    "GET",
                    "http://www.example.com:80/",
                    "HTTP/1.1",
                    "www.example.com",
                    "/",
                ],
            ),
            (
                "POST https://a.b:443/hello world?q=a b HTTP/2.0",
                [
                    "POST",
                    "https://a.b:443/hello world?q=a b",
                    "HTTP/2.0",
                    "a.b",
                    "/hello world",
                ],
            ),
            (
                "GET https://example.com HTTP/2.0",
                ["GET", "https://example.com", "HTTP/2.0", "example.com", "/"],
            ),
            (
                "GET https://example.com?q=/x HTTP/2.0",
                [
                    "GET",
                    "https://example.com?q=/x",
                    "HTTP/2.0",
                    "example.com",
                    "/",
                ],
            ),
            (
                "GET http://[2001:db8::1]:80/a#b HTTP/1.1",
                [
                    "GET",
                    "http://[2001:db8::1]:80/a#b",
                    "HTTP/1.1",
                    "[2001:db8::1]",
                    "/a",
                ],
            ),
            (
                "GET http://me:secret@a.b:80/x HTTP/1.1",
                ["GET", "http://me:secret@a.b:80/x", "HTTP/1.1", "a.b", "/x"],
            ),
            (
                "- http://a.b:80- -",
                ["–", "http://a.b:80-", "–", "a.b", "–"],
            ),
            (
                "- http://a.b:80- - ",
                ["–", "http://a.b:80-", "–", "a.b", "–"],
            ),
            (
                "OPTIONS http://a.b:80* HTTP/1.1",
                ["OPTIONS", "http://a.b:80*", "HTTP/1.1", "a.b", "*"],
            ),
            (
                "GET /only/path",
                ["GET", "/only/path", "–", "–", "/only/path"],
            ),
            (
                "CONNECT a.b:443 HTTP/1.1",
                ["CONNECT", "a.b:443", "HTTP/1.1", "–", "–"],
            ),
            ("GET", ["GET", "–", "–", "–", "–"]),
            ("-", ["–"; 5]),
            ("", ["–"; 5]),
            (" ", ["–"; 5]),
        ] {
            let request = Request::read(line.as_bytes());
            let found = [
                request.method,
                request.url,
                request.protocol,
                request.host(),
                request.path(),
            ];
            assert_eq!(found.map(text), expected, "{line}");
        }
    }
}
