//! Prometheus' Alertmanager as Debian packages it: a test has it really send to us, and the bench
//! measures beside it. It is unpacked below `target/peers` and not installed: the package would start
//! a service that listens on every interface. Debian's build reads its templates from one fixed
//! place outside, so those two files alone are copied there.

use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::{Failure, Outcome};
use crate::process::{command, find_program, run};
use crate::repo::Repo;
use crate::tools;

/// Debian's name of the package and of the program.
const PACKAGE: &str = "prometheus-alertmanager";

/// Where Debian's build looks for its templates.
const TEMPLATES: &str = "/usr/share/prometheus/alertmanager";

/// The program; fetched when it is not there yet.
///
/// # Errors
/// It cannot be fetched; the message has what to do by hand.
pub fn ensure(repo: &Repo) -> Outcome<PathBuf> {
    // As others name it.
    if let Some(program) = find_program(PACKAGE).or_else(|| find_program("alertmanager")) {
        return Ok(program);
    }
    let folder = repo.target().join("peers").join("alertmanager");
    let program = folder.join("usr/bin").join(PACKAGE);
    if !program.is_file() {
        unpack(repo, &folder)?;
    }
    for name in ["default.tmpl", "email.tmpl"] {
        let place = Path::new(TEMPLATES).join(name);
        if !place.is_file() {
            let own = folder.join(TEMPLATES.trim_start_matches('/')).join(name);
            let mut copy = tools::as_root(repo);
            copy.args(["install", "-D", "--mode=644"])
                .args([&own, &place]);
            let remedy = format!("copy {} to {} as root", own.display(), place.display());
            run(&mut copy, &remedy)?;
        }
    }
    Ok(program)
}

fn unpack(repo: &Repo, folder: &Path) -> Outcome {
    let remedy = "put Alertmanager 0.25 or newer on the PATH as `alertmanager`";
    if find_program("apt-get").is_none() || find_program("dpkg-deb").is_none() {
        return Err(Failure::new(
            "there is no Alertmanager, and no apt-get to fetch it",
            remedy,
        ));
    }
    println!("    unpacking {PACKAGE} into {}", folder.display());
    let made = fs::create_dir_all(folder);
    made.map_err(|error| Failure::file("make", folder, &error))?;
    let fetch = || {
        run(
            command(repo, "apt-get")
                .current_dir(folder)
                .args(["download", "-qq", PACKAGE]),
            remedy,
        )
    };
    // The package lists of a fresh machine may be empty or old; refreshing them always is slow.
    if fetch().is_err() {
        tools::apt_update(repo)?;
        fetch()?;
    }
    let files = fs::read_dir(folder).map_err(|error| Failure::file("read", folder, &error))?;
    let mut packages = files.filter_map(|file| Some(file.ok()?.path()));
    let package = packages.find(|path| path.extension().is_some_and(|name| name == "deb"));
    let package = package.ok_or_else(|| Failure::new("apt-get fetched no package", remedy))?;
    run(
        command(repo, "dpkg-deb")
            .arg("--extract")
            .args([package.as_path(), folder]),
        remedy,
    )?;
    fs::remove_file(&package).map_err(|error| Failure::file("remove", &package, &error))
}
