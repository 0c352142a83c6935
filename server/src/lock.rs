//! One server at a time on a SQLite file. A second would do the first one's work
//! again, and a second sandbox would begin by deleting the first one's database.
//!
//! The operating system holds the lock and lets go of it with the process,
//! however that ends. So who holds it knows that nobody else is at work.
//! PostgreSQL needs none: there servers share the work.

use crate::{compose::StartError, config::Config};
use std::{
    fs::{File, OpenOptions, TryLockError},
    path::Path,
};

/// The lock, held until it is dropped.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock of the configured database; none where it needs none.
    /// The file's folder must be there.
    ///
    /// # Errors
    /// [`StartError::Usage`] names the folder that another server serves;
    /// [`StartError::Machine`] when there can be no lock.
    pub fn take(config: &Config) -> Result<Option<Self>, StartError> {
        let Some(database) = config.sqlite_file() else {
            return Ok(None);
        };
        // By its own name: two links to one file are one database.
        let file = database.canonicalize().unwrap_or_else(|_| database.clone());
        let mut name = file.into_os_string();
        name.push(".lock");
        let path = Path::new(&name);
        let failed = |source| StartError::Machine {
            what: format!("{} cannot be locked", path.display()),
            source,
        };
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt as _;
            options.mode(0o600);
        }
        if let Some(folder) = path.parent().filter(|folder| !folder.exists()) {
            return Err(StartError::Usage(format!(
                "the folder {} does not exist; make it first",
                folder.display()
            )));
        }
        let file = options.open(path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(TryLockError::Error(source)) => Err(failed(source)),
            Err(TryLockError::WouldBlock) => {
                let folder = database.parent().unwrap_or(&database);
                Err(StartError::Usage(format!(
                    "another lamplighter serves the database in {}: stop it, or name another \
                     folder with --data",
                    folder.display()
                )))
            }
        }
    }
}
