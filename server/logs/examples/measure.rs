//! Measures how fast access logs are counted, beside the system's own tools:
//!
//! ```text
//! cargo run --release -p logs --example measure -- make FOLDER   # 1,000,000 lines in 48 files
//! cargo run --release -p logs --example measure -- FOLDER [THREADS]
//! time zcat FOLDER/*.gz | wc -l
//! ```

use flate2::{Compression, write::GzEncoder};
use logs::{Range, Report, list_files, scan};
use std::{
    env,
    error::Error,
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::Path,
    time::Instant,
};

const FILES: u64 = 48;
const LINES: u64 = 1_000_000;
const ROUNDS: usize = 5;

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = env::args().skip(1).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["make", folder] => make(Path::new(folder)),
        [folder] => measure(Path::new(folder), None),
        [folder, threads] => measure(Path::new(folder), Some(threads)),
        _ => Err("write: make FOLDER, or FOLDER [THREADS]".into()),
    }
}

#[expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a measuring tool reads the machine's clock and prints its figure"
)]
fn measure(folder: &Path, threads: Option<&str>) -> Result<(), Box<dyn Error>> {
    let files = list_files(&[folder.to_owned()])?;
    let threads = threads.map(str::parse).transpose()?;
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let aggregate = scan(&files, Range::default(), threads, &|_| ())?;
        let report = Report::new(aggregate, 20);
        let (lines, ms) = (report.lines.parsed, start.elapsed().as_millis());
        println!("{lines} requests in {ms} ms");
    }
    Ok(())
}

/// Writes a day of a shop: many paths and clients, some hundred user agents, 34 fields.
fn make(folder: &Path) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(folder)?;
    let mut state = 42_u64;
    for file in 0..FILES {
        let path = folder.join(format!("{file:02}.log.gz"));
        let gzip = GzEncoder::new(File::create(path)?, Compression::default());
        let mut out = BufWriter::new(gzip);
        for line in 0..LINES / FILES {
            write_line(&mut out, file, line, &mut state)?;
        }
        out.into_inner()
            .map_err(io::IntoInnerError::into_error)?
            .finish()?;
    }
    Ok(())
}

fn write_line(out: &mut impl Write, file: u64, line: u64, state: &mut u64) -> io::Result<()> {
    let mut roll = |end: u64| {
        *state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (*state >> 33) % end
    };
    let second = file * 1_800 + line * 1_800 / (LINES / FILES);
    let time = format!(
        "2026-03-02T{:02}:{:02}:{:02}.{:06}Z",
        second / 3_600,
        second / 60 % 60,
        second % 60,
        roll(1_000_000)
    );
    let (client, port) = (roll(60_000), roll(60_000));
    let (zone, status) = (
        roll(6),
        [200, 200, 200, 200, 200, 302, 404, 502][roll(8) as usize],
    );
    let path = match roll(4) {
        0 => format!("/course/{}/edit", roll(50_000)),
        1 => format!(
            "/api/v1/orders/{:08x}-{:04x}-4000-8000-{:012x}",
            roll(1 << 31),
            roll(1 << 16),
            roll(1 << 31)
        ),
        2 => format!("/static/app.{:08x}.js", roll(40)),
        _ => format!("/search?q={:x}&page={}", roll(1 << 31), roll(9)),
    };
    let agent = format!(
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{}.0.{}.0 Safari/537.36",
        100 + roll(30),
        roll(20)
    );
    let (before, target) = (roll(3), roll(30) * roll(30));
    let (trace, random) = (roll(1 << 31), roll(1 << 31));
    writeln!(
        out,
        "h2 {time} app/shop/50dc6c495c0c9188 {}.{}.{}.9:{port} 10.0.{zone}.7:8080 0.{before:03} 0.{target:03} 0.000 {status} {status} {} {} \
         \"GET https://shop.example.com:443{path} HTTP/2.0\" \"{agent}\" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 \
         arn:aws:elasticloadbalancing:ap-northeast-2:123456789012:targetgroup/shop/73e2d6bc24d8a067 \
         \"Root=1-{trace:08x}-{random:024x}\" \"shop.example.com\" \
         \"arn:aws:acm:ap-northeast-2:123456789012:certificate/12345678-1234-1234-1234-123456789012\" 5 {time} \
         \"waf,forward\" \"-\" \"-\" \"10.0.{zone}.7:8080\" \"{status}\" \"-\" \"-\" TID_{random:032x} \"-\" \"-\" \"-\" 10.0.{zone}.9",
        client >> 8,
        client & 255,
        client % 7,
        roll(2_000),
        roll(100_000)
    )
}
