//! A temporary folder that goes away with its owner. Its name cannot be guessed and it is its
//! owner's alone: what stands under a name that everybody can foretell may be somebody else's
//! trap, and this tool may run as root.

use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::Outcome;
use crate::process::{capture, command};
use crate::repo::Repo;

/// The folder; dropping this removes it.
#[derive(Debug)]
pub struct Scratch(PathBuf);

impl Scratch {
    /// Makes one among the system's temporary files; its name begins with the project's.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn new(repo: &Repo) -> Outcome<Self> {
        let mut mktemp = command(repo, "mktemp");
        mktemp.args(["--directory", "--tmpdir", "lamplighter-XXXXXXXXXX"]);
        let made = capture(&mut mktemp, "make room in the folder for temporary files")?;
        Ok(Self(PathBuf::from(made.trim_end_matches('\n'))))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // A leftover in the temporary folder harms nobody.
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn a_scratch_folder_is_its_owners_alone_and_goes_with_it() {
        let repo = Repo::here();
        let (one, other) = (Scratch::new(&repo), Scratch::new(&repo));
        let (one, other) = (one.expect("a folder"), other.expect("another"));
        assert_ne!(one.path(), other.path());
        let mode = fs::metadata(one.path())
            .expect("there")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o700);
        let path = one.path().to_path_buf();
        fs::write(path.join("file"), "x").expect("written");
        drop(one);
        assert!(!path.exists());
    }
}
