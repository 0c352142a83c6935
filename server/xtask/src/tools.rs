//! Programs that the tests need and a fresh machine may lack: installed here when it can be done
//! without asking, or named with the command that installs them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::{Failure, Outcome};
use crate::process::{capture, command, find_program, run};
use crate::repo::Repo;

/// The version that the counts of `cargo xtask test` are read from.
const NEXTEST_VERSION: &str = "0.9.143";

/// Makes sure that `cargo nextest` is there.
///
/// # Errors
/// It is missing and cannot be compiled.
pub fn ensure_nextest(repo: &Repo) -> Outcome {
    if capture(command(repo, "cargo").args(["nextest", "--version"]), "").is_ok() {
        return Ok(());
    }
    run(
        command(repo, "cargo").args([
            "install",
            "--locked",
            &format!("cargo-nextest@{NEXTEST_VERSION}"),
        ]),
        "install cargo-nextest by hand",
    )
}

/// The browser of the end-to-end tests: `CHROMIUM` or the distribution's.
///
/// # Errors
/// There is none and it cannot be installed.
pub fn ensure_chromium(repo: &Repo) -> Outcome<PathBuf> {
    if let Some(path) = std::env::var_os("CHROMIUM") {
        return Ok(path.into());
    }
    let found = || {
        ["chromium", "chromium-browser"]
            .into_iter()
            .find_map(find_program)
    };
    if found().is_none() {
        apt_install(repo, &["chromium", "fonts-noto-cjk"])?;
    } else if !has_korean_font(repo) {
        apt_install(repo, &["fonts-noto-cjk"])?;
    }
    found().ok_or_else(|| {
        Failure::new(
            "there is no chromium",
            "install it, or name its program in CHROMIUM",
        )
    })
}

/// Without one, pages in Korean are measured and pictured as empty boxes.
fn has_korean_font(repo: &Repo) -> bool {
    match capture(command(repo, "fc-list").args([":lang=ko", "family"]), "") {
        Ok(families) => !families.trim().is_empty(),
        Err(_) => false,
    }
}

/// The Node packages of `end2end`, exactly as its lock file says. Returns the folder.
///
/// # Errors
/// Node is missing, or the packages cannot be fetched.
pub fn ensure_node_packages(repo: &Repo) -> Outcome<PathBuf> {
    let folder = repo.end2end();
    let lock_path = folder.join("package-lock.json");
    let lock = read(&lock_path)?;
    let modules = folder.join("node_modules");
    let stamp = repo.scratch().join("node-packages.stamp");
    if modules.is_dir() && fs::read_to_string(&stamp).is_ok_and(|stamped| stamped == lock) {
        return Ok(modules);
    }
    if find_program("npm").is_none() {
        return Err(Failure::new(
            "there is no npm",
            "install Node.js 20.10 or newer with npm (Debian: `apt-get install nodejs npm`)",
        ));
    }
    run(
        command(repo, "npm").current_dir(&folder).args([
            "ci",
            "--no-fund",
            "--no-audit",
            "--silent",
        ]),
        "check the network, and that package.json and package-lock.json agree",
    )?;
    write_stamp(&stamp, &lock)?;
    Ok(modules)
}

/// Installs Debian packages, as root or through `sudo -n`, without questions.
///
/// # Errors
/// There is no apt-get, no right to install, or no such package; the message has the command.
pub fn apt_install(repo: &Repo, packages: &[&str]) -> Outcome {
    let list = packages.join(" ");
    let remedy = format!("install by hand: `apt-get install {list}` (or your system's names)");
    if find_program("apt-get").is_none() {
        return Err(Failure::new(
            format!("missing: {list}, and there is no apt-get"),
            remedy,
        ));
    }
    println!("    installing {list}");
    let install = || {
        run(
            as_root(repo)
                .args(["apt-get", "install", "-y", "-qq", "--no-install-recommends"])
                .args(packages),
            &remedy,
        )
    };
    // The package lists of a fresh machine may be empty or old; refreshing them always is slow.
    if install().is_ok() {
        return Ok(());
    }
    apt_update(repo)?;
    install()
}

/// Refreshes the package lists.
///
/// # Errors
/// apt-get failed.
pub fn apt_update(repo: &Repo) -> Outcome {
    run(
        as_root(repo).args(["apt-get", "update", "-qq"]),
        "check the network and /etc/apt",
    )
}

/// The beginning of a command that needs root's rights: as root, or through `sudo -n`.
pub fn as_root(repo: &Repo) -> Command {
    let mut command = if is_root(repo) {
        command(repo, "env")
    } else {
        command(repo, "sudo")
    };
    if !is_root(repo) {
        command.args(["-n", "env"]);
    }
    command.arg("DEBIAN_FRONTEND=noninteractive");
    command
}

/// Whether this tool runs as root.
pub fn is_root(repo: &Repo) -> bool {
    capture(command(repo, "id").arg("-u"), "").is_ok_and(|id| id.trim() == "0")
}

/// Writes the mark of a finished installation.
///
/// # Errors
/// The file cannot be written.
pub fn write_stamp(path: &Path, text: &str) -> Outcome {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder).map_err(|error| Failure::file("create", folder, &error))?;
    fs::write(path, text).map_err(|error| Failure::file("write", path, &error))
}

/// The text of a file of the project.
///
/// # Errors
/// The file cannot be read.
pub fn read(path: &Path) -> Outcome<String> {
    fs::read_to_string(path).map_err(|error| Failure::file("read", path, &error))
}
