//! A small HTTP/1.1 client for loopback: waits for servers, and loads them in `bench` over kept
//! connections. It follows no redirects, knows no TLS and believes only the two body framings that
//! our own server uses.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

/// How long one answer may take.
const ANSWER_MAX: Duration = Duration::from_secs(30);
/// Largest body read: the biggest page is far smaller.
const BODY_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Longest header line read.
const LINE_BYTES_MAX: u64 = 64 * 1024;

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// Status code.
    pub status: u16,
    /// Header names in lower case, with their values.
    pub headers: Vec<(String, String)>,
    /// The body, without its framing.
    pub body: Vec<u8>,
}

impl Response {
    /// The first value of a header; the name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }
}

/// One connection, kept between requests.
#[derive(Debug)]
pub struct Connection {
    authority: String,
    reader: BufReader<TcpStream>,
}

/// One GET over a connection of its own.
///
/// # Errors
/// Nobody listens, or the answer is not HTTP/1.1.
pub fn get(authority: &str, path: &str) -> io::Result<Response> {
    Connection::open(authority)?.request("GET", path, &[], b"")
}

impl Connection {
    /// Connects to `host:port`.
    ///
    /// # Errors
    /// Nobody listens.
    pub fn open(authority: &str) -> io::Result<Self> {
        let stream = TcpStream::connect(authority)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(ANSWER_MAX))?;
        stream.set_write_timeout(Some(ANSWER_MAX))?;
        Ok(Self {
            authority: authority.into(),
            reader: BufReader::new(stream),
        })
    }

    /// Sends a request and reads the whole answer.
    ///
    /// # Errors
    /// The connection broke, or the answer is not HTTP/1.1 with a known length.
    pub fn request(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> io::Result<Response> {
        self.send(method, path, headers, body)?;
        let (status, headers) = self.read_head()?;
        let mut response = Response {
            status,
            headers,
            body: Vec::new(),
        };
        if method != "HEAD" && status != 204 && status != 304 {
            response.body = self.read_body(&response)?;
        }
        Ok(response)
    }

    /// Sends a request and leaves the body to [`Connection::read_line`]: for event streams.
    ///
    /// # Errors
    /// The connection broke, or the answer is not HTTP/1.1.
    pub fn open_stream(&mut self, path: &str, headers: &[(&str, &str)]) -> io::Result<u16> {
        self.send("GET", path, headers, b"")?;
        Ok(self.read_head()?.0)
    }

    /// The next line of a stream. Chunk framing, where there is any, comes as lines of its own.
    ///
    /// # Errors
    /// The connection broke or ended.
    pub fn read_line(&mut self) -> io::Result<String> {
        let mut bytes = Vec::new();
        (&mut self.reader)
            .take(LINE_BYTES_MAX)
            .read_until(b'\n', &mut bytes)?;
        if bytes.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(String::from_utf8_lossy(&bytes)
            .trim_end_matches(['\r', '\n'])
            .to_owned())
    }

    fn send(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> io::Result<()> {
        let mut text = format!("{method} {path} HTTP/1.1\r\nhost: {}\r\n", self.authority);
        for (name, value) in headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        if method != "GET" {
            text.push_str(&format!("content-length: {}\r\n", body.len()));
        }
        text.push_str("\r\n");
        let mut bytes = text.into_bytes();
        bytes.extend_from_slice(body);
        self.reader.get_mut().write_all(&bytes)
    }

    fn read_head(&mut self) -> io::Result<(u16, Vec<(String, String)>)> {
        let line = self.read_line()?;
        let status = line
            .strip_prefix("HTTP/1.1 ")
            .and_then(|rest| rest.get(..3))
            .and_then(|code| code.parse().ok())
            .ok_or_else(|| malformed(&format!("status line {line:?}")))?;
        let mut headers = Vec::new();
        loop {
            let line = self.read_line()?;
            if line.is_empty() {
                return Ok((status, headers));
            }
            if let Some((name, value)) = line.split_once(':') {
                headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
            }
        }
    }

    fn read_body(&mut self, response: &Response) -> io::Result<Vec<u8>> {
        if let Some(length) = response.header("content-length") {
            let length = length.parse().map_err(|_| malformed("content-length"))?;
            return self.read_exactly(length);
        }
        if response.header("transfer-encoding") != Some("chunked") {
            return Err(malformed("a body without a length"));
        }
        let mut body = Vec::new();
        loop {
            let line = self.read_line()?;
            let digits = line.split(';').next().unwrap_or_default();
            let size = usize::from_str_radix(digits, 16).map_err(|_| malformed("chunk size"))?;
            if body.len() + size > BODY_BYTES_MAX {
                return Err(malformed("a body too long"));
            }
            body.extend(self.read_exactly(size)?);
            self.read_line()?;
            if size == 0 {
                return Ok(body);
            }
        }
    }

    fn read_exactly(&mut self, length: usize) -> io::Result<Vec<u8>> {
        if length > BODY_BYTES_MAX {
            return Err(malformed("a body too long"));
        }
        let mut bytes = vec![0; length];
        self.reader.read_exact(&mut bytes)?;
        Ok(bytes)
    }
}

fn malformed(what: &str) -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        format!("not an answer of ours: {what}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;
    use std::thread;

    /// Answers one request after the other on one connection with these texts.
    fn served(answers: &'static [&'static str]) -> String {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let authority = listener.local_addr().expect("its address").to_string();
        thread::spawn(move || {
            let (stream, _) = listener.accept().expect("a client");
            let mut reader = BufReader::new(stream);
            for answer in answers {
                let mut line = String::new();
                while reader.read_line(&mut line).is_ok_and(|count| count > 2) {
                    line.clear();
                }
                reader.get_mut().write_all(answer.as_bytes()).expect("sent");
            }
        });
        authority
    }

    #[test]
    fn a_kept_connection_reads_both_framings() {
        let authority = served(&[
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A: b\r\n\r\nhello",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n",
            "HTTP/1.1 303 See Other\r\ncontent-length: 0\r\nlocation: /\r\n\r\n",
        ]);
        let mut connection = Connection::open(&authority).expect("connected");
        let first = connection.request("GET", "/", &[], b"").expect("an answer");
        assert_eq!(
            (first.status, first.body.as_slice()),
            (200, b"hello".as_slice())
        );
        assert_eq!(first.header("x-a"), Some("b"));
        let second = connection.request("GET", "/", &[], b"").expect("an answer");
        assert_eq!(second.body, b"abcde");
        let third = connection.request("GET", "/", &[], b"").expect("an answer");
        assert_eq!((third.status, third.header("location")), (303, Some("/")));
    }

    #[test]
    fn nonsense_is_an_error_not_a_panic() {
        for answer in [
            &["SSH-2.0\r\n\r\n"],
            &["HTTP/1.1 200 OK\r\n\r\n"],
            &["HTTP/1.1 200 OK\r\ncontent-length: many\r\n\r\n"],
            &["HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n"],
        ] {
            assert!(get(&served(answer), "/").is_err(), "{answer:?}");
        }
    }
}
