//! Files as they come from S3, from other programs, and from people with bad intentions.

use crate::rows::{LINE, counted, line};
use flate2::{Compression, write::GzEncoder};
use logs::{LineReader, Progress, Range, Report, list_files, scan};
use serde_json::{Value, json};
use std::{
    fs,
    io::{self, Read, Write as _},
    num::NonZero,
    sync::Mutex,
};
use tempfile::TempDir;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("written");
    encoder.finish().expect("finished")
}

fn report_of(name: &str, file: impl Read) -> Value {
    json!(Report::new(counted(name, file, Range::default()), 20))
}

fn lines(total: u64, parsed: u64, rejected: u64, ignored: u64) -> Value {
    json!({"total": total, "parsed": parsed, "rejected": rejected, "ignored": ignored})
}

#[test]
fn plain_and_gzip_files_are_told_by_their_content() {
    let text = format!("{LINE}\n{LINE}\n");
    let twice = [gzip(text.as_bytes()), gzip(text.as_bytes())].concat();
    for (name, bytes, expected) in [
        ("plain", text.clone().into_bytes(), lines(2, 2, 0, 0)),
        (
            "plain though named otherwise.gz",
            text.clone().into_bytes(),
            lines(2, 2, 0, 0),
        ),
        ("gzip", gzip(text.as_bytes()), lines(2, 2, 0, 0)),
        ("gzip in two members.gz", twice, lines(4, 4, 0, 0)),
        (
            "no end of line.gz",
            gzip(LINE.as_bytes()),
            lines(1, 1, 0, 0),
        ),
        ("nothing", Vec::new(), lines(0, 0, 0, 0)),
        ("nothing.gz", gzip(b""), lines(0, 0, 0, 0)),
        (
            "ends of lines as on Windows",
            text.replace('\n', "\r\n").into_bytes(),
            lines(2, 2, 0, 0),
        ),
        (
            "byte order mark",
            format!("\u{feff}{text}").into_bytes(),
            lines(2, 2, 0, 0),
        ),
        (
            "byte order mark.gz",
            gzip(format!("\u{feff}{text}").as_bytes()),
            lines(2, 2, 0, 0),
        ),
        (
            "byte order mark alone",
            "\u{feff}".into(),
            lines(1, 0, 0, 1),
        ),
        (
            "empty lines",
            format!("\n{LINE}\n\n \r\n").into_bytes(),
            lines(4, 1, 0, 3),
        ),
        (
            "not UTF-8",
            line(&[("Chrome", "\u{1}")])
                .replace('\u{1}', "")
                .into_bytes(),
            lines(1, 1, 0, 0),
        ),
    ] {
        assert_eq!(report_of(name, &*bytes)["lines"], expected, "{name}");
    }
}

#[test]
fn what_is_not_utf_8_is_counted_and_told_with_replacements() {
    let mut bytes = LINE.as_bytes().to_vec();
    let at = LINE.find("course").expect("there");
    bytes[at] = 0xff;
    let report = report_of("x", &*bytes);
    assert_eq!(
        report["paths"],
        json!([{"path": "/\u{fffd}ourse/7", "requests": 1}])
    );
}

#[test]
fn lines_of_other_logs_and_aws_own_tests_are_ignored() {
    let others = "Enable AccessLog for ELB: web at 2016-08-10T10:53:23.000Z\n\
        2015-05-13T23:39:43.945958Z web 192.0.2.7:2817 10.0.0.1:80 0.000073 0.001048 0.000057 200 200 0 29 \"GET http://a:80/ HTTP/1.1\" \"curl/7.38.0\" - -\n\
        tls 2.0 2018-12-20T02:59:40 net/web/c6e77e28c25b2234 g3d4b5e8bb8464cd 72.21.218.154:51341 172.100.100.185:443 5 2 98 246 - - - - - -\n";
    let report = report_of("x", format!("{others}{LINE}\nhello\n").as_bytes());
    assert_eq!(report["lines"], lines(5, 1, 1, 3));
    let reject = json!([{"file": "x", "line": 5, "reason": "not a line of a load balancer's log", "sample": "hello"}]);
    assert_eq!(report["rejects"], reject);
    let report = report_of("AWSLogs/1/ELBAccessLogTestFile", &b"anything\nat all"[..]);
    assert_eq!(report["lines"], lines(2, 0, 0, 2));
}

#[test]
fn damaged_gzip_files_give_what_they_hold_and_say_what_is_missing() {
    let mut text = String::new();
    for number in 0..2_000 {
        text += &line(&[(
            "/course/7?a=b",
            &format!("/course/{number}?{}", number * 7_919 % 10_007),
        )]);
        text.push('\n');
    }
    let whole = gzip(text.as_bytes());
    for end in [2, 10, whole.len() / 2, whole.len() - 8, whole.len() - 1] {
        let report = report_of("cut.gz", &whole[..end]);
        let counts = &report["lines"];
        assert_eq!(counts["rejected"], 1, "{end}");
        let (total, parsed) = (counts["total"].as_u64(), counts["parsed"].as_u64());
        assert_eq!(total, parsed.map(|parsed| parsed + 1), "{end}");
        assert_eq!(report["rejects"][0]["line"].as_u64(), total, "{end}");
        let reason = report["rejects"][0]["reason"].as_str().expect("a reason");
        assert!(
            reason.starts_with("the gzip data are damaged: "),
            "{end}: {reason}"
        );
        if end > whole.len() / 3 {
            assert!(parsed > Some(500), "{end}: {parsed:?}");
        }
    }
    let mut wrong = whole.clone();
    let sum_at = wrong.len() - 8;
    wrong[sum_at] ^= 1;
    assert_eq!(
        report_of("wrong sum.gz", &*wrong)["lines"],
        lines(2_001, 2_000, 1, 0)
    );
    let garbage = [&whole[..], b"garbage"].concat();
    assert_eq!(
        report_of("garbage behind.gz", &*garbage)["lines"],
        lines(2_001, 2_000, 1, 0)
    );
}

#[test]
fn long_lines_are_read_and_overlong_ones_passed_over() {
    let path = format!("/{}", "a".repeat(900_000));
    let long = line(&[("/course/7", &path)]);
    let report = report_of("x", format!("{LINE}\n{long}\n{LINE}").as_bytes());
    assert_eq!(report["lines"], lines(3, 3, 0, 0));
    let told = report["paths"][1]["path"].as_str().expect("a path");
    assert_eq!(told, &path[..1_024]);
    for overlong in [(1 << 20) + 1, 10 << 20] {
        let overlong = "x".repeat(overlong);
        for text in [
            format!("{LINE}\n{overlong}\n{LINE}\n"),
            format!("{LINE}\r\n{LINE}\r\n{overlong}"),
        ] {
            let report = report_of("x", text.as_bytes());
            assert_eq!(report["lines"], lines(3, 2, 1, 0));
            assert_eq!(report["rejects"][0]["reason"], "longer than 1048576 bytes");
            let sample = report["rejects"][0]["sample"].as_str().expect("a sample");
            assert_eq!(sample, format!("{}…", "x".repeat(200)));
            let zipped = report_of("x", &*gzip(text.as_bytes()));
            assert_eq!(zipped["lines"], report["lines"]);
        }
    }
}

#[test]
fn a_line_may_end_anywhere_in_what_is_read_at_a_time() {
    struct Piecemeal<'a>(&'a [u8], usize);
    impl Read for Piecemeal<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let end = self.1.min(buffer.len()).min(self.0.len());
            let (now, later) = self.0.split_at(end);
            buffer[..end].copy_from_slice(now);
            self.0 = later;
            Ok(end)
        }
    }
    let text: Vec<String> = (0..300)
        .map(|number| "ab".repeat(number * 37 % 1_000))
        .collect();
    let joined = text.join("\n");
    for piece in [1, 2, 3, 7, 4_096, 262_144, usize::MAX] {
        let mut reader = LineReader::new(Piecemeal(joined.as_bytes(), piece)).expect("readable");
        for (index, expected) in text.iter().enumerate() {
            let (number, line) = reader.next_line().expect("readable").expect("a line");
            assert_eq!(number, index as u64 + 1);
            assert_eq!(line.expect("not rejected"), expected.as_bytes(), "{piece}");
        }
        assert!(reader.next_line().expect("readable").is_none());
        assert!(reader.next_line().expect("readable").is_none());
    }
}

#[test]
fn gzip_data_that_expand_without_end_are_given_up() {
    // Zeros, 1 MB of gzip data for every GB; twice as many as are allowed.
    let member = gzip(&vec![0; 64 << 20]);
    let bomb: Vec<u8> = member.repeat(32);
    let report = report_of("bomb.gz", &*bomb);
    assert_eq!(report["lines"], lines(1, 0, 1, 0));
    let reason = "the gzip data expand to more than 100 times their size: not a log";
    assert_eq!(report["rejects"][0]["reason"], reason);
}

#[test]
fn folders_are_looked_through_and_each_file_is_counted_once() {
    let folder = TempDir::new().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    fs::create_dir_all(at("2026/03/02")).expect("made");
    fs::write(
        at("2026/03/02/b.log.gz"),
        gzip(format!("{LINE}\n").as_bytes()),
    )
    .expect("written");
    fs::write(at("a.log"), LINE).expect("written");
    fs::write(at("2026/.hidden"), "not a log").expect("written");
    fs::write(
        at("ELBAccessLogTestFile"),
        "Enable AccessLog for ELB: web at now",
    )
    .expect("written");
    let paths = [at("a.log"), folder.path().to_owned(), at("2026")];
    let files = list_files(&paths).expect("readable");
    let names = ["2026/03/02/b.log.gz", "ELBAccessLogTestFile", "a.log"].map(at);
    assert_eq!(files, names);
    let heard = Mutex::new(Vec::new());
    let hear = |progress: Progress| heard.lock().expect("heard").push(progress);
    let aggregate = scan(&files, Range::default(), None, &hear).expect("readable");
    let report = json!(Report::new(aggregate, 20));
    assert_eq!(report["files"], 3);
    assert_eq!(report["lines"], lines(3, 2, 0, 1));
    let last = heard.into_inner().expect("heard").pop();
    assert_eq!(
        last,
        Some(Progress {
            files: 3,
            of: 3,
            lines: 3
        })
    );
    let error = list_files(&[at("none")]).expect_err("not there");
    assert!(error.to_string().starts_with("cannot read "), "{error}");
    assert!(error.to_string().contains("none: "), "{error}");
    let gone = [at("a.log"), at("gone")];
    let error = scan(&gone, Range::default(), None, &|_| ()).expect_err("not there");
    assert!(error.to_string().contains("gone: "), "{error}");
}

#[test]
fn the_report_is_the_same_for_any_order_of_files_and_number_of_threads() {
    let folder = TempDir::new().expect("a folder");
    let mut dice = crate::dice::Dice(3);
    let mut paths = Vec::new();
    for file in 0..24 {
        let mut text = String::new();
        for _ in 0..dice.below(400) {
            text += &crate::random::Drawn::draw(&mut dice).write();
            text += dice.one_of(&["\n", "\n", "\n", "\nrubbish\n"]);
        }
        let path = folder.path().join(format!("{file}.log"));
        fs::write(&path, text).expect("written");
        paths.push(path);
    }
    let mut reports = Vec::new();
    for threads in [1, 2, 7, 64] {
        paths.rotate_left(5);
        paths.swap(0, 9);
        let files = list_files(&paths).expect("readable");
        let aggregate =
            scan(&files, Range::default(), NonZero::new(threads), &|_| ()).expect("readable");
        reports.push(json!(Report::new(aggregate, 50)).to_string());
    }
    assert!(reports[0].contains("rubbish"));
    for report in &reports {
        assert_eq!(report, &reports[0]);
    }
}
