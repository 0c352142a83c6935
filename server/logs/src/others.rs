//! Lines that other parts of Elastic Load Balancing write into the same buckets. They are
//! counted as ignored, not as rejected: nothing is wrong with them.

use crate::{row::Kind, times::Times};

/// A line that is no request of an Application Load Balancer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Other {
    /// Nothing stands on it.
    #[error("an empty line")]
    Blank,
    /// What AWS writes once to see whether it may.
    #[error("AWS's test of the bucket")]
    Test,
    /// A connection of a Network Load Balancer.
    #[error("a line of a Network Load Balancer's access log")]
    Network,
    /// A request of a Classic Load Balancer.
    #[error("a line of a Classic Load Balancer's access log")]
    Classic,
    /// A connection of an Application Load Balancer.
    #[error("a line of a connection log")]
    Connection,
    /// A health check of an Application Load Balancer.
    #[error("a line of a health check log")]
    HealthCheck,
    /// A request of a type that is not known; AWS says to ignore those.
    #[error("a request of an unknown type")]
    UnknownType,
}

/// How AWS names the objects that it writes once to see whether it may.
const TEST_OBJECT: (&str, &str) = ("ELB", "LogTestFile");

impl Other {
    /// Whether a file of this name is AWS's test of the bucket.
    pub(crate) fn is_test_file(name: &str) -> bool {
        name.starts_with(TEST_OBJECT.0) && name.ends_with(TEST_OBJECT.1)
    }

    /// Recognises a line by its first words.
    pub(crate) fn recognise(line: &[u8], times: &mut Times) -> Option<Self> {
        if line.trim_ascii().is_empty() {
            return Some(Self::Blank);
        }
        if line.starts_with(b"Enable ") && contains(line, b"Log for ELB: ") {
            return Some(Self::Test);
        }
        let mut words = line.split(|&byte| byte == b' ');
        let mut word = || words.next().unwrap_or_default();
        let (first, second, third) = (word(), word(), word());
        let (fourth, _, sixth) = (word(), word(), word());
        if times.read(first).is_some() {
            return Self::beginning_with_time(second, third, fourth);
        }
        let is_version = matches!(second, [b'0'..=b'9', b'.', b'0'..=b'9']);
        if first == b"tls" && is_version && fourth.starts_with(b"net/") {
            return Some(Self::Network);
        }
        times.read(second)?;
        if third.starts_with(b"net/") {
            return Some(Self::Network);
        }
        if matches!(sixth, b"PASS" | b"FAIL") && contains(fourth, b":") {
            return Some(Self::HealthCheck);
        }
        let unknown = Kind::read(first).is_none() && is_type(first);
        (unknown && third.starts_with(b"app/")).then_some(Self::UnknownType)
    }

    fn beginning_with_time(second: &[u8], third: &[u8], fourth: &[u8]) -> Option<Self> {
        let is_port = |text: &[u8]| !text.is_empty() && text.iter().all(u8::is_ascii_digit);
        if is_port(third) && is_port(fourth) {
            return Some(Self::Connection);
        }
        let is_address = |text: &[u8]| text == b"-" || contains(text, b":");
        let classic = !second.is_empty() && contains(third, b":") && is_address(fourth);
        classic.then_some(Self::Classic)
    }
}

fn is_type(word: &[u8]) -> bool {
    let plain = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    (1..=16).contains(&word.len()) && word.iter().all(plain)
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    memchr::memmem::find(text, part).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_other_logs_are_recognised() {
        for (line, expected) in [
            ("", Some(Other::Blank)),
            (" \t", Some(Other::Blank)),
            (
                "Enable AccessLog for ELB: my-alb at 2016-08-10T10:53:23.000Z",
                Some(Other::Test),
            ),
            (
                "Enable ConnectionLog for ELB: my-alb at 2023-11-10T10:53:23.000Z",
                Some(Other::Test),
            ),
            (
                "tls 2.0 2018-12-20T02:59:40 net/my-nlb/c6e77e28c25b2234 g3d4b5e8bb8464cd \
                 72.21.218.154:51341 172.100.100.185:443 5 2 98 246 - - - \
                 ECDHE-RSA-AES128-SHA tlsv12 - my-nlb.elb.us-east-2.amazonaws.com",
                Some(Other::Network),
            ),
            (
                "2015-05-13T23:39:43.945958Z my-clb 192.168.131.39:2817 10.0.0.1:80 0.000073 \
                 0.001048 0.000057 200 200 0 29 \"GET http://a:80/ HTTP/1.1\" \"curl/7.38.0\" - -",
                Some(Other::Classic),
            ),
            (
                "2015-05-13T23:39:43.945958Z my-clb 192.168.131.39:2817 - -1 -1 -1 - - 0 0 \
                 \"- - - \" \"-\" - -",
                Some(Other::Classic),
            ),
            (
                "2023-10-04T17:05:15.514108Z 203.0.113.1 36280 443 TLSv1.2 \
                 ECDHE-RSA-AES128-GCM-SHA256 4.036 \"CN=a\" NotBefore=x;NotAfter=y 01 Success TID_0",
                Some(Other::Connection),
            ),
            (
                "http 2025-10-31T12:44:59.875678Z 0.019584011 172.31.20.97:80 my-targets PASS 200 -",
                Some(Other::HealthCheck),
            ),
            (
                "h3 2027-01-01T00:00:00.000000Z app/my-alb/50dc6c495c0c9188 1.2.3.4:5 -",
                Some(Other::UnknownType),
            ),
            ("h3 yesterday app/my-alb/50dc6c495c0c9188", None),
            (
                "HTTP 2027-01-01T00:00:00.000000Z app/my-alb/50dc6c495c0c9188",
                None,
            ),
            (
                "http 2027-01-01T00:00:00.000000Z app/my-alb/50dc6c495c0c9188",
                None,
            ),
            ("2015-05-13T23:39:43.945958Z", None),
            ("hello, world", None),
        ] {
            let found = Other::recognise(line.as_bytes(), &mut Times::default());
            assert_eq!(found, expected, "{line}");
        }
    }

    #[test]
    fn test_objects_have_aws_names() {
        for (name, expected) in [
            ("ELBAccessLogTestFile", true),
            ("ELBConnectionLogTestFile", true),
            ("ELBHealthCheckLogTestFile", true),
            ("ELBAccessLogTestFile.gz", false),
            ("access.log", false),
        ] {
            assert_eq!(Other::is_test_file(name), expected, "{name}");
        }
    }
}
