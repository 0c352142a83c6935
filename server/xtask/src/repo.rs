//! Where things are: every path that this tool reads or writes, from the project's top folder.

use std::env;
use std::path::{Path, PathBuf};

/// The project's folders.
#[derive(Debug, Clone)]
pub struct Repo {
    root: PathBuf,
    target: PathBuf,
}

impl Repo {
    /// The project that this tool was built from.
    pub fn here() -> Self {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = manifest
            .ancestors()
            .nth(2)
            .unwrap_or(manifest)
            .to_path_buf();
        let target = match env::var_os("CARGO_TARGET_DIR") {
            Some(folder) => root.join(folder),
            None => root.join("target"),
        };
        Self { root, target }
    }

    /// The top folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Cargo's target folder; everything this tool writes is below it, except `node_modules`.
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// Cargo's target folder of the browser's half. Apart, because the two halves choose different
    /// features of the same crates and would otherwise rebuild each other's.
    pub fn client_target(&self) -> PathBuf {
        self.target.join("client")
    }

    /// What the server sends as files.
    pub fn site(&self) -> PathBuf {
        self.target.join("site")
    }

    /// The browser tests and their Node packages.
    pub fn end2end(&self) -> PathBuf {
        self.root.join("end2end")
    }

    /// Output of background programs, and stamps of finished installations.
    pub fn scratch(&self) -> PathBuf {
        self.target.join("xtask")
    }

    /// The built server.
    pub fn server_binary(&self, release: bool) -> PathBuf {
        self.target
            .join(if release { "release" } else { "debug" })
            .join("lamplighter")
    }
}
