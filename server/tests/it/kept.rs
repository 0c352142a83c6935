//! Texts that outsiders see, kept in files and compared.

use std::{env, fs, path::Path};

/// Compares a text with the kept file; `LAMPLIGHTER_KEEP=1` keeps the new one,
/// to be reviewed like code.
pub fn check(file: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests")
        .join(file);
    if env::var("LAMPLIGHTER_KEEP").as_deref() == Ok("1") {
        fs::write(&path, text).expect("the file is written");
        return;
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    if kept == text {
        return;
    }
    let differs = kept.lines().zip(text.lines()).position(|(a, b)| a != b);
    let line = differs.unwrap_or_else(|| kept.lines().count().min(text.lines().count()));
    panic!(
        "tests/{file} differs at line {}:\nkept: {:?}\nnow:  {:?}\nreview, then keep it with LAMPLIGHTER_KEEP=1",
        line + 1,
        kept.lines().nth(line),
        text.lines().nth(line),
    );
}
