//! What went wrong and what to do about it: the only error of this tool. Every step that can fail
//! says both, because its reader has just cloned the project.

use std::fmt;
use std::path::Path;

/// The result of every step.
pub type Outcome<T = ()> = Result<T, Failure>;

/// A step that did not work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What happened, naming the program, file or address.
    pub what: String,
    /// What the reader can do now.
    pub remedy: String,
}

impl Failure {
    /// A failure with its remedy.
    pub fn new(what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            remedy: remedy.into(),
        }
    }

    /// A file or folder that could not be used: `verb` is "read", "write" and so on.
    pub fn file(verb: &str, path: &Path, error: &std::io::Error) -> Self {
        Self::new(
            format!("cannot {verb} {}: {error}", path.display()),
            "check that the path exists, that it belongs to you and that the disk is not full",
        )
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}\n  what to do: {}", self.what, self.remedy)
    }
}
