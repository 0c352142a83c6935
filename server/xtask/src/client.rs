//! The browser's half: compiles `web` for wasm32, binds it, optimises it in a release, adds the
//! style sheet, and seals all into `target/site` for the server.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::failure::{Failure, Outcome};
use crate::process::{cargo, command, run};
use crate::repo::Repo;
use crate::stopwatch::phase;
use crate::wasm_toolchain::TARGET;
use crate::{server, style, tools};

/// What `wasm-opt` may assume of a browser. They are named one by one: its `--all-features` writes
/// encodings that browsers reject, and the page then silently stays static.
const WASM_OPT: [&str; 9] = [
    "-Oz",
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
    "--strip-producers",
];

/// Compiles the client with `toolchain` (`None`: the active one). In a release this takes minutes.
///
/// # Errors
/// It does not compile.
pub fn compile(repo: &Repo, toolchain: Option<&str>, release: bool) -> Outcome {
    run(
        &mut compile_command(repo, toolchain, release),
        "mend the compiler's errors above",
    )
}

/// The command of [`compile`].
pub fn compile_command(repo: &Repo, toolchain: Option<&str>, release: bool) -> Command {
    let mut build = cargo(repo, toolchain);
    build.env("CARGO_TARGET_DIR", repo.client_target());
    build.args(["build", "--package", "web", "--target", TARGET]);
    if release {
        build.args(["--profile", "wasm-release"]);
    } else {
        // A browser shows function names, never lines: without them the module is a fraction of
        // its size, and each edit reaches the page seconds earlier.
        build.env("CARGO_PROFILE_DEV_DEBUG", "false");
    }
    build
}

/// Binds, optimises and seals what [`compile`] made. Quick in a debug build.
///
/// # Errors
/// The packer does not compile, or one of its steps fails.
pub fn pack(repo: &Repo, release: bool) -> Outcome<Site> {
    run(
        server::debug_command(repo).args(["--bin", "bundle"]),
        "mend the compiler's errors above",
    )?;
    let bundle = repo.target().join("debug/bundle");
    let staging = repo.target().join("client-staging");
    if staging.exists() {
        fs::remove_dir_all(&staging).map_err(|error| Failure::file("remove", &staging, &error))?;
    }
    fs::create_dir_all(&staging).map_err(|error| Failure::file("create", &staging, &error))?;

    let folder = if release { "wasm-release" } else { "debug" };
    let wasm = repo
        .client_target()
        .join(TARGET)
        .join(folder)
        .join("web.wasm");
    let mut bindgen = command(repo, &bundle);
    bindgen.arg("bindgen").arg(&wasm).arg(&staging);
    if release {
        bindgen.arg("--release");
    }
    run(
        &mut bindgen,
        "run `cargo xtask client` again after mending the message above",
    )?;
    if release {
        optimise(repo, &staging.join("lamplighter_bg.wasm"))?;
    }

    let sheet_path = staging.join("lamplighter.css");
    fs::write(&sheet_path, style::bundle(repo)?)
        .map_err(|error| Failure::file("write", &sheet_path, &error))?;
    for asset in style::assets(repo)? {
        let copy = staging.join(asset.file_name().unwrap_or_default());
        fs::copy(&asset, &copy).map_err(|error| Failure::file("copy", &asset, &error))?;
    }

    let mut seal = command(repo, &bundle);
    seal.arg("seal").arg(&staging).arg(repo.site());
    if release {
        seal.arg("--release");
    }
    run(&mut seal, "check the free disk space")?;
    Site::read(repo)
}

/// Compiles and packs, with a line for each phase.
///
/// # Errors
/// Those of [`compile`] and [`pack`].
pub fn build(repo: &Repo, toolchain: Option<&str>, release: bool) -> Outcome<Site> {
    phase("client: compile for the browser", || {
        compile(repo, toolchain, release)
    })?;
    phase("client: bind and pack", || pack(repo, release))
}

fn optimise(repo: &Repo, wasm: &Path) -> Outcome {
    let modules = tools::ensure_node_packages(repo)?;
    let optimised = wasm.with_extension("optimised");
    run(
        command(repo, modules.join(".bin/wasm-opt"))
            .args(WASM_OPT)
            .arg(wasm)
            .arg("-o")
            .arg(&optimised),
        "remove end2end/node_modules and run this again",
    )?;
    fs::rename(&optimised, wasm).map_err(|error| Failure::file("rename", &optimised, &error))
}

/// The sealed site as its manifest tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// Content hash of the whole, 16 hex digits.
    pub build_id: String,
    /// Every file.
    pub files: Vec<SiteFile>,
}

/// One file of the site with its sizes in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteFile {
    /// Its address, from `/pkg/`.
    pub path: String,
    /// As it is.
    pub bytes: u64,
    /// In brotli, in a release.
    pub brotli_bytes: Option<u64>,
    /// In gzip, in a release.
    pub gzip_bytes: Option<u64>,
}

impl Site {
    /// Reads the manifest of the site built last.
    ///
    /// # Errors
    /// There is none, or it is not what the packer writes.
    pub fn read(repo: &Repo) -> Outcome<Self> {
        let path = repo.site().join("manifest.json");
        Self::parse(&tools::read(&path)?).ok_or_else(|| {
            Failure::new(
                format!("{} is not a manifest", path.display()),
                "run `cargo xtask client`",
            )
        })
    }

    fn parse(text: &str) -> Option<Self> {
        let manifest: Value = serde_json::from_str(text).ok()?;
        let files = manifest["files"].as_array()?;
        Some(Self {
            build_id: manifest["build_id"].as_str()?.to_owned(),
            files: files.iter().map(SiteFile::parse).collect::<Option<_>>()?,
        })
    }

    /// Lines with every file's name and sizes.
    pub fn describe(&self) -> String {
        let mut text = String::new();
        for file in &self.files {
            let name = file.path.rsplit('/').next().unwrap_or(&file.path);
            text.push_str(&format!("    {name}: {} bytes", file.bytes));
            if let (Some(brotli), Some(gzip)) = (file.brotli_bytes, file.gzip_bytes) {
                text.push_str(&format!(", brotli {brotli}, gzip {gzip}"));
            }
            text.push('\n');
        }
        text
    }
}

impl SiteFile {
    fn parse(entry: &Value) -> Option<Self> {
        Some(Self {
            path: entry["path"].as_str()?.to_owned(),
            bytes: entry["bytes"].as_u64()?,
            brotli_bytes: entry["br"].as_u64(),
            gzip_bytes: entry["gz"].as_u64(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manifest_is_read_with_and_without_compressed_siblings() {
        let site = Site::parse(
            r#"{"build_id":"0123456789abcdef","files":[
                {"path":"/pkg/0123456789abcdef/lamplighter.js","bytes":10,"br":4,"gz":5},
                {"path":"/pkg/0123456789abcdef/favicon.svg","bytes":7}]}"#,
        )
        .expect("a manifest");
        assert_eq!(site.files[0].brotli_bytes, Some(4));
        assert_eq!(site.files[1].gzip_bytes, None);
        assert_eq!(
            site.describe(),
            "    lamplighter.js: 10 bytes, brotli 4, gzip 5\n    favicon.svg: 7 bytes\n"
        );
        assert_eq!(Site::parse("{}"), None);
        assert_eq!(Site::parse("not json"), None);
    }
}
