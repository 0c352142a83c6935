//! Finds or makes a Rust toolchain that compiles for the browser. In this order:
//!
//! 1. the active toolchain has the wasm32 target: use it;
//! 2. a toolchain that step 4 finished before is there: use it;
//! 3. unless `LAMPLIGHTER_WASM_TOOLCHAIN=debian` or `RUSTUP_AUTO_INSTALL=0` forbids it,
//!    `rustup target add`;
//! 4. Debian's packages: unpacked into a folder of the user's own (nothing is installed on the
//!    system), the wasm32 standard library compiled once from Debian's source, and the folder linked
//!    into rustup. The browser's half may then be built by a newer compiler than the server's.
//!
//! A finished toolchain carries a stamp with the package version and the revision of this layout.

use std::env;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

use crate::failure::{Failure, Outcome};
use crate::process::{capture, command, find_program, run};
use crate::repo::Repo;
use crate::scratch::Scratch;

/// The browser's platform.
pub const TARGET: &str = "wasm32-unknown-unknown";
/// Name under which the assembled toolchain is linked into rustup.
const NAME: &str = "debian-wasm";
const HOST: &str = "x86_64-unknown-linux-gnu";
/// Changes when this file changes the layout of the assembled folder.
const REVISION: &str = "r2";
/// How long rustup may try to download before the packages are tried.
const RUSTUP_SECONDS_MAX: &str = "120";

/// Name of the toolchain to use, `None` for the active one.
///
/// # Errors
/// No way to a wasm32 standard library worked; the message says what each one needs.
pub fn ensure(repo: &Repo) -> Outcome<Option<String>> {
    if has_target(repo, None) {
        return Ok(None);
    }
    let folder = folder()?;
    if is_finished(&folder) && has_target(repo, Some(NAME)) {
        return Ok(Some(NAME.into()));
    }
    if rustup_may_download() && rustup_adds_target(repo) && has_target(repo, None) {
        return Ok(None);
    }
    println!("    rustup has no {TARGET}: assembling a toolchain from Debian's packages");
    if !is_finished(&folder) {
        assemble(repo, &folder)?;
    }
    link(repo, &folder)?;
    if !has_target(repo, Some(NAME)) {
        return Err(Failure::new(
            format!("the toolchain in {} has no {TARGET}", folder.display()),
            "remove that folder and run this again",
        ));
    }
    Ok(Some(NAME.into()))
}

fn has_target(repo: &Repo, toolchain: Option<&str>) -> bool {
    let mut rustc = command(repo, "rustc");
    rustc.args(["--print", "target-libdir", "--target", TARGET]);
    if let Some(toolchain) = toolchain {
        rustc.env("RUSTUP_TOOLCHAIN", toolchain);
    }
    let Ok(output) = capture(&mut rustc, "") else {
        return false;
    };
    has_std(Path::new(output.trim()))
}

fn has_std(folder: &Path) -> bool {
    let Ok(entries) = fs::read_dir(folder) else {
        return false;
    };
    entries.flatten().any(|entry| {
        let name = entry.file_name().to_string_lossy().into_owned();
        name.starts_with("libstd-") && name.ends_with(".rlib")
    })
}

fn folder() -> Outcome<PathBuf> {
    let data = match env::var_os("XDG_DATA_HOME") {
        Some(folder) => PathBuf::from(folder),
        None => home()?.join(".local/share"),
    };
    Ok(data.join(NAME))
}

fn home() -> Outcome<PathBuf> {
    env::var_os("HOME").map(PathBuf::from).ok_or_else(|| {
        Failure::new(
            "HOME is not set",
            "set HOME or XDG_DATA_HOME to a folder of yours",
        )
    })
}

/// A stamp of any package version counts: a security update of the distribution is no reason to
/// assemble everything again. Another revision of the layout is.
fn is_finished(folder: &Path) -> bool {
    fs::read_to_string(folder.join(".stamp")).is_ok_and(|stamp| stamp_is_current(&stamp))
}

fn stamp_is_current(stamp: &str) -> bool {
    stamp.trim().rsplit(' ').next() == Some(REVISION)
}

fn rustup_may_download() -> bool {
    env::var("LAMPLIGHTER_WASM_TOOLCHAIN").as_deref() != Ok("debian")
        && env::var("RUSTUP_AUTO_INSTALL").as_deref() != Ok("0")
        && find_program("rustup").is_some()
}

fn rustup_adds_target(repo: &Repo) -> bool {
    let mut add = match find_program("timeout") {
        Some(timeout) => {
            let mut add = command(repo, timeout);
            add.args([RUSTUP_SECONDS_MAX, "rustup"]);
            add
        }
        None => command(repo, "rustup"),
    };
    run(add.args(["target", "add", TARGET]), "").is_ok()
}

fn link(repo: &Repo, folder: &Path) -> Outcome {
    run(
        command(repo, "rustup")
            .args(["toolchain", "link", NAME])
            .arg(folder),
        "install rustup, or a Rust toolchain that has the wasm32-unknown-unknown target",
    )
}

/// The package version, and what it says of itself.
struct Packages {
    /// As Debian writes it, for the stamp: `1.96.0+dfsg1-1~deb12u2`.
    version: String,
    /// Rust's own version: `1.96.0`.
    upstream: String,
    /// LLVM's major version: `22`.
    llvm: String,
}

fn assemble(repo: &Repo, folder: &Path) -> Outcome {
    if find_program("apt-get").is_none() || env::consts::ARCH != "x86_64" {
        return Err(Failure::new(
            format!(
                "there is no {TARGET} standard library, and no Debian packages for this machine"
            ),
            format!("run `rustup target add {TARGET}` where it can download"),
        ));
    }
    let packages = find_packages(repo)?;
    let scratch = Scratch::new(repo)?;
    let root = download(repo, &packages, scratch.path())?;
    let fresh = folder.with_extension("new");
    remove(&fresh)?;
    lay_out(repo, &packages, &root, &fresh)?;
    compile_std(repo, &packages, &root, &fresh, scratch.path())?;
    write(
        &fresh.join(".stamp"),
        &format!("{} {REVISION}\n", packages.version),
    )?;
    remove(folder)?;
    fs::rename(&fresh, folder).map_err(|error| Failure::file("rename", &fresh, &error))
}

fn find_packages(repo: &Repo) -> Outcome<Packages> {
    let mut version = candidate(repo);
    if version.is_none() {
        crate::tools::apt_update(repo)?;
        version = candidate(repo);
    }
    let version = version.ok_or_else(|| {
        Failure::new(
            format!(
                "apt has no package rustc-web of version {} or newer",
                env!("CARGO_PKG_RUST_VERSION")
            ),
            format!("run `rustup target add {TARGET}`, or add Debian's main and security sources"),
        )
    })?;
    let upstream = version.split('+').next().unwrap_or(&version).to_owned();
    let std_package = format!("libstd-rust-web-{}", short(&upstream));
    let shown = capture(
        command(repo, "apt-cache").args(["show", "--no-all-versions", &std_package]),
        "run `apt-get update`",
    )?;
    let llvm = llvm_major(&shown).ok_or_else(|| {
        Failure::new(
            format!("{std_package} names no libllvm"),
            format!("run `rustup target add {TARGET}`"),
        )
    })?;
    Ok(Packages {
        version,
        upstream,
        llvm,
    })
}

/// What apt would install, if it can build this workspace. Package lists of some months ago know
/// only compilers that cannot, and say nothing of it.
fn candidate(repo: &Repo) -> Option<String> {
    let text = capture(command(repo, "apt-cache").args(["policy", "rustc-web"]), "").ok()?;
    let version = text
        .lines()
        .find_map(|line| line.trim().strip_prefix("Candidate: "))?;
    is_new_enough(version).then(|| version.to_owned())
}

/// Whether a package version (`1.96.0+dfsg1-1~deb12u2`) is at least the workspace's `rust-version`.
fn is_new_enough(version: &str) -> bool {
    let numbers = |text: &str| -> Vec<u32> {
        let upstream = text.split('+').next().unwrap_or(text);
        upstream.split('.').map_while(|n| n.parse().ok()).collect()
    };
    numbers(version) >= numbers(env!("CARGO_PKG_RUST_VERSION"))
}

/// `1.96.0` → `1.96`
fn short(upstream: &str) -> String {
    upstream
        .rsplit_once('.')
        .map_or(upstream, |(head, _)| head)
        .to_owned()
}

/// The digits after `libllvm` in a package's dependencies.
fn llvm_major(shown: &str) -> Option<String> {
    let after = shown
        .lines()
        .find(|line| line.starts_with("Depends:"))?
        .split("libllvm")
        .nth(1)?;
    let digits: String = after.chars().take_while(char::is_ascii_digit).collect();
    (!digits.is_empty()).then_some(digits)
}

fn download(repo: &Repo, packages: &Packages, scratch: &Path) -> Outcome<PathBuf> {
    let (debs, root) = (scratch.join("debs"), scratch.join("root"));
    create(&debs)?;
    create(&root)?;
    let mut names = vec![
        "rustc-web".to_owned(),
        "libstd-rust-web-dev".to_owned(),
        format!("libstd-rust-web-{}", short(&packages.upstream)),
        "rust-web-src".to_owned(),
        "rust-web-clippy".to_owned(),
        format!("lld-{}", packages.llvm),
        format!("libllvm{}", packages.llvm),
    ];
    if find_program("patchelf").is_none() {
        names.push("patchelf".to_owned());
    }
    println!(
        "    downloading {} packages, rustc {}",
        names.len(),
        packages.version
    );
    run(
        command(repo, "apt-get")
            .current_dir(&debs)
            .args(["download", "-qq", "-o", "APT::Sandbox::User=root"])
            .args(&names),
        "run `apt-get update` and check the network",
    )?;
    for entry in fs::read_dir(&debs).map_err(|error| Failure::file("read", &debs, &error))? {
        let path = entry
            .map_err(|error| Failure::file("read", &debs, &error))?
            .path();
        run(
            command(repo, "dpkg").arg("-x").arg(path).arg(&root),
            "check the free disk space",
        )?;
    }
    Ok(root)
}

/// Arranges the unpacked files as a rustup toolchain. Everything finds its libraries relative to
/// itself, so that the folder needs no environment.
fn lay_out(repo: &Repo, packages: &Packages, root: &Path, fresh: &Path) -> Outcome {
    let usr = root.join("usr");
    let (bin, lib) = (fresh.join("bin"), fresh.join("lib"));
    let host_bin = lib.join("rustlib").join(HOST).join("bin");
    create(&bin)?;
    create(&lib.join("rustlib").join(TARGET).join("lib"))?;
    for program in ["rustc", "rustdoc", "clippy-driver", "cargo-clippy"] {
        copy(repo, &usr.join("bin").join(program), &bin)?;
    }
    let libraries = usr.join("lib/x86_64-linux-gnu");
    for path in matching(&libraries, |name| {
        (name.starts_with("librustc_driver-") && name.ends_with(".so"))
            || (name.starts_with("libLLVM") && name.contains(".so"))
    })? {
        copy(repo, &path, &lib)?;
    }
    copy(
        repo,
        &usr.join("lib/rustlib").join(HOST),
        &lib.join("rustlib"),
    )?;

    // rustc looks for its linker here, and in gcc-ld/ when called as `-fuse-ld=lld`.
    remove(&host_bin)?;
    create(&host_bin.join("gcc-ld"))?;
    let linker = host_bin.join("rust-lld");
    let lld = usr
        .join("lib")
        .join(format!("llvm-{}", packages.llvm))
        .join("bin/lld");
    copy(repo, &lld, &linker)?;
    for name in ["ld.lld", "ld64.lld", "lld-link", "wasm-ld"] {
        let alias = host_bin.join("gcc-ld").join(name);
        symlink("../rust-lld", &alias).map_err(|error| Failure::file("link", &alias, &error))?;
    }

    let patchelf = find_program("patchelf").unwrap_or_else(|| usr.join("bin/patchelf"));
    let set_rpath = |file: &Path, rpath: &str| {
        run(
            command(repo, &patchelf)
                .args(["--set-rpath", rpath])
                .arg(file),
            "install the package patchelf",
        )
    };
    set_rpath(&linker, "$ORIGIN/../../..")?;
    for program in ["rustc", "rustdoc", "clippy-driver"] {
        set_rpath(&bin.join(program), "$ORIGIN/../lib")?;
    }
    for driver in matching(&lib, |name| name.starts_with("librustc_driver-"))? {
        set_rpath(&driver, "$ORIGIN")?;
    }

    let cargo = capture(
        command(repo, "rustup").args(["which", "cargo"]),
        "install rustup",
    )?;
    copy(repo, Path::new(cargo.trim()), &bin)?;
    borrow_rustfmt(repo, &bin)?;
    check_libraries(repo, fresh, &linker)
}

/// rustfmt is not packaged: two scripts call the default toolchain's.
fn borrow_rustfmt(repo: &Repo, bin: &Path) -> Outcome {
    let active = capture(
        command(repo, "rustup")
            .args(["show", "active-toolchain"])
            .env_remove("RUSTUP_TOOLCHAIN"),
        "install rustup and a default toolchain",
    )?;
    let host_toolchain = active.split_whitespace().next().unwrap_or("stable");
    for tool in ["rustfmt", "cargo-fmt"] {
        let path = bin.join(tool);
        write(
            &path,
            &format!("#!/bin/sh\nexec rustup run {host_toolchain} {tool} \"$@\"\n"),
        )?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755))
            .map_err(|error| Failure::file("make executable", &path, &error))?;
    }
    Ok(())
}

fn check_libraries(repo: &Repo, fresh: &Path, linker: &Path) -> Outcome {
    let mut ldd = command(repo, "ldd");
    ldd.arg(fresh.join("bin/rustc")).arg(linker);
    ldd.args(matching(&fresh.join("lib"), |name| {
        name.starts_with("librustc_driver-")
    })?);
    let text = capture(&mut ldd, "install the package libc-bin")?;
    let missing: Vec<&str> = text
        .lines()
        .filter(|line| line.contains("not found"))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(Failure::new(
        format!(
            "libraries of the compiler are missing:\n{}",
            missing.join("\n")
        ),
        "run `apt-get install libz3-4 libedit2 libxml2 libffi8 libzstd1`",
    ))
}

/// Compiles the standard library once. Debian strips some optional crates from its vendored folder,
/// so the unmodified lock file is resolved against the registry (its checksums are in the lock).
fn compile_std(
    repo: &Repo,
    packages: &Packages,
    root: &Path,
    fresh: &Path,
    scratch: &Path,
) -> Outcome {
    println!("    compiling the {TARGET} standard library, once");
    let source = root
        .join("usr/src")
        .join(format!("rustc-{}", packages.upstream));
    let built = scratch.join("target");
    let mut cargo = command(repo, fresh.join("bin/cargo"));
    for name in [
        "RUSTC_WRAPPER",
        "CARGO_ENCODED_RUSTFLAGS",
        "CARGO_BUILD_TARGET",
        "RUSTUP_TOOLCHAIN",
    ] {
        cargo.env_remove(name);
    }
    cargo
        .current_dir(source.join("library"))
        .env("RUSTC", fresh.join("bin/rustc"))
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_TARGET_DIR", &built)
        // Without it the file is called libstd.rlib and rustc does not find it.
        .env("__CARGO_DEFAULT_LIB_METADATA", "stablestd")
        .env("CARGO_PROFILE_DIST_DEBUG", "0")
        .env("CARGO_INCREMENTAL", "0")
        .env(
            "RUSTFLAGS",
            format!(
                "-Zforce-unstable-if-unmarked --remap-path-prefix={}=/rustc/{}",
                source.display(),
                packages.upstream
            ),
        )
        .args([
            "build",
            "-q",
            "--locked",
            "--profile",
            "dist",
            "--target",
            TARGET,
        ])
        .args(["--manifest-path", "sysroot/Cargo.toml", "-p", "sysroot"]);
    run(
        &mut cargo,
        "check the network and the free disk space, and run this again",
    )?;

    let target_lib = fresh.join("lib/rustlib").join(TARGET).join("lib");
    let deps = built.join(TARGET).join("dist/deps");
    for rlib in matching(&deps, |name| {
        name.ends_with(".rlib") && !name.starts_with("libsysroot-")
    })? {
        copy(repo, &rlib, &target_lib)?;
    }
    let source_copy = fresh.join("lib/rustlib/src/rust");
    create(&source_copy)?;
    copy(repo, &source.join("library"), &source_copy)
}

fn matching(folder: &Path, keep: impl Fn(&str) -> bool) -> Outcome<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).map_err(|error| Failure::file("read", folder, &error))?;
    let paths = entries.flatten().map(|entry| entry.path());
    Ok(paths
        .filter(|path| {
            path.file_name()
                .and_then(|name| name.to_str())
                .is_some_and(&keep)
        })
        .collect())
}

fn copy(repo: &Repo, from: &Path, to: &Path) -> Outcome {
    run(
        command(repo, "cp").arg("-a").arg(from).arg(to),
        "check the free disk space",
    )
}

fn create(folder: &Path) -> Outcome {
    fs::create_dir_all(folder).map_err(|error| Failure::file("create", folder, &error))
}

fn write(path: &Path, text: &str) -> Outcome {
    fs::write(path, text).map_err(|error| Failure::file("write", path, &error))
}

fn remove(folder: &Path) -> Outcome {
    if !folder.exists() {
        return Ok(());
    }
    fs::remove_dir_all(folder).map_err(|error| Failure::file("remove", folder, &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_counts_for_its_layout_not_for_its_package_version() {
        assert!(stamp_is_current("1.96.0+dfsg1-1~deb12u2 r2\n"));
        assert!(stamp_is_current("1.99.0+dfsg1-1~deb12u1 r2"));
        assert!(!stamp_is_current("1.96.0+dfsg1-1~deb12u2 r1"));
        assert!(!stamp_is_current(""));
    }

    #[test]
    fn a_compiler_too_old_for_the_workspace_is_no_candidate() {
        assert!(is_new_enough("1.96.0+dfsg1-1~deb12u2"));
        assert!(is_new_enough(env!("CARGO_PKG_RUST_VERSION")));
        assert!(!is_new_enough("1.85.0+dfsg3-1~deb12u3"));
        assert!(!is_new_enough("(none)"));
    }

    #[test]
    fn the_llvm_version_comes_from_the_dependencies() {
        let shown = "Package: x\nDepends: libc6 (>= 2.34), libllvm22, libstdc++6 (>= 11)\n";
        assert_eq!(llvm_major(shown).as_deref(), Some("22"));
        assert_eq!(llvm_major("Depends: libc6\n"), None);
        assert_eq!(short("1.96.0"), "1.96");
    }
}
