//! Lines for tests: one of every field, changed as a test likes.

use logs::{Aggregate, Range, Reading, Times, read_file, read_line};
use serde_json::Value;
use std::{io::Read, ops::ControlFlow, path::Path};

/// A line of the format of 2025.
pub const LINE: &str = "https 2026-03-02T01:02:03.456789Z app/web/50dc6c495c0c9188 192.0.2.7:2817 \
    10.0.0.1:80 0.001 0.020 0.003 200 200 34 366 \"GET https://www.example.com:443/course/7?a=b HTTP/2.0\" \
    \"Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/130.0\" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 \
    arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/web/73e2d6bc24d8a067 \
    \"Root=1-58337262-36d228ad5d99923122bbe354\" \"www.example.com\" \
    \"arn:aws:acm:us-east-2:123456789012:certificate/12345678\" 7 2026-03-02T01:02:03.432000Z \
    \"waf,forward\" \"-\" \"-\" \"10.0.0.1:80\" \"200\" \"-\" \"-\" TID_dc57cebed65b444ebc8177bb698fe166 \
    \"-\" \"-\" \"-\"";

/// [`LINE`] with some parts replaced; each must be there.
pub fn line(changes: &[(&str, &str)]) -> String {
    changes.iter().fold(LINE.to_owned(), |line, (from, to)| {
        assert!(line.contains(from), "{from} is not in the line");
        line.replacen(from, to, 1)
    })
}

/// What is told of a line: its object, or the words of what is wrong.
pub fn told(line: &[u8]) -> Value {
    let mut out = Vec::new();
    let reading = read_line(line, &mut Times::default());
    reading.write(1, &mut out).expect("written");
    serde_json::from_slice(&out).expect("one object")
}

/// What is counted of a file.
pub fn counted(name: &str, file: impl Read, range: Range) -> Aggregate {
    let mut aggregate = Aggregate::new(range);
    let count = |line, text: &[u8], reading: Reading<'_>| {
        aggregate.add(name, line, text, reading);
        ControlFlow::Continue(())
    };
    read_file(Path::new(name), file, count).expect("readable");
    aggregate.add_file();
    aggregate
}
