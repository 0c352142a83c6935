//! `cargo xtask tidy`: the rules of the project's layout that a compiler cannot see. Each rule is a
//! pure function from the project's files (or cargo's metadata) to findings, with a test that shows
//! it catching a violation.

mod layers;
mod migrations;
mod source;
mod text;

use std::fs;

use serde_json::Value;

use crate::failure::{Failure, Outcome};
use crate::process::{capture, cargo, command};
use crate::repo::Repo;

/// A text file of the project.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// From the project's top folder, with `/`.
    pub path: String,
    /// Its content.
    pub text: String,
}

/// A broken rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The file.
    pub path: String,
    /// The line, from 1; 0 when it is about the whole file.
    pub line: usize,
    /// What is wrong and what to do instead.
    pub message: String,
}

impl Finding {
    fn new(path: impl Into<String>, line: usize, message: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            line,
            message: message.into(),
        }
    }
}

/// Checks every rule.
///
/// # Errors
/// A rule is broken (all findings are printed before), or git or cargo could not be asked.
pub fn check(repo: &Repo) -> Outcome {
    let files = read_files(repo)?;
    let metadata = read_metadata(repo)?;
    let mut findings = Vec::new();
    findings.extend(layers::check_metadata(&metadata));
    findings.extend(layers::check_manifests(&files));
    findings.extend(source::check(&files));
    findings.extend(text::check(&files));
    findings.extend(migrations::check(&files));
    findings.sort();
    for Finding {
        path,
        line,
        message,
    } in &findings
    {
        eprintln!("{path}:{line}: {message}");
    }
    if findings.is_empty() {
        println!("    {} files are tidy", files.len());
        return Ok(());
    }
    Err(Failure::new(
        format!("{} findings in {} files", findings.len(), files.len()),
        "mend the lines above; the rules and their reasons are in server/xtask/src/tidy",
    ))
}

/// What git knows and what it would add: not the ignored, not the deleted, not the binary.
fn read_files(repo: &Repo) -> Outcome<Vec<SourceFile>> {
    let list = capture(
        command(repo, "git").args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ]),
        "run this in a clone of the project",
    )?;
    let paths = list.split('\0').filter(|path| !path.is_empty());
    Ok(paths
        .filter_map(|path| {
            let text = fs::read_to_string(repo.root().join(path)).ok()?;
            Some(SourceFile {
                path: path.to_owned(),
                text,
            })
        })
        .collect())
}

fn read_metadata(repo: &Repo) -> Outcome<Value> {
    let text = capture(
        cargo(repo, None).args(["metadata", "--no-deps", "--format-version", "1"]),
        "mend the Cargo.toml that cargo names above",
    )?;
    serde_json::from_str(&text).map_err(|error| {
        Failure::new(
            format!("cargo metadata is not JSON: {error}"),
            "update cargo",
        )
    })
}

#[cfg(test)]
fn file(path: &str, text: &str) -> SourceFile {
    SourceFile {
        path: path.to_owned(),
        text: text.to_owned(),
    }
}
