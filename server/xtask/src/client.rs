//! The browser's half: compiles `web` for wasm32, binds it, splits and optimises it in a release, adds
//! the style sheet, and seals all into `target/site` for the server.

use std::collections::BTreeMap;
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

/// Budget of the browser's program: what a page that comes first may fetch of it, in brotli.
const WASM_BROTLI_BYTES_MAX: u64 = 350 * 1024;

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
    build.args(["rustc", "--package", "web", "--target", TARGET]);
    if release {
        build.args(["--profile", "wasm-release", "--features", "split"]);
        // Where code refers to other code: splitting goes by it.
        build.args(["--", "-Clink-arg=--emit-relocs"]);
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
    let mut packer = server::debug_command(repo);
    packer.args(["--bin", "bundle"]);
    if release {
        packer.args(["--features", "bundle/split"]);
    }
    run(&mut packer, "mend the compiler's errors above")?;
    let bundle = repo.target().join("debug/bundle");
    let staging = repo.target().join("client-staging");
    if staging.exists() {
        fs::remove_dir_all(&staging).map_err(|error| Failure::file("remove", &staging, &error))?;
    }
    fs::create_dir_all(&staging).map_err(|error| Failure::file("create", &staging, &error))?;

    let folder = if release { "wasm-release" } else { "debug" };
    let mut wasm = repo
        .client_target()
        .join(TARGET)
        .join(folder)
        .join("web.wasm");
    if release {
        run(
            command(repo, &bundle).arg("split").arg(&wasm).arg(&staging),
            "run `cargo xtask client --release` again after mending the message above",
        )?;
        wasm = staging.join("first.wasm");
    }
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
        fs::remove_file(&wasm).map_err(|error| Failure::file("remove", &wasm, &error))?;
        optimise_all(repo, &staging)?;
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

fn optimise_all(repo: &Repo, staging: &Path) -> Outcome {
    let modules = tools::ensure_node_packages(repo)?;
    let unreadable = |error| Failure::file("read", staging, &error);
    for entry in fs::read_dir(staging).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "wasm")
        {
            optimise(repo, &modules, &path)?;
        }
    }
    Ok(())
}

fn optimise(repo: &Repo, modules: &Path, wasm: &Path) -> Outcome {
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
    /// Area of the console to the addresses of the files that its pages need beside the first.
    pub areas: BTreeMap<String, Vec<String>>,
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
            areas: serde_json::from_value(manifest["areas"].clone()).ok()?,
        })
    }

    /// The area whose pages need the most of the browser's program when they come first, and how
    /// much that is in brotli. There is none in a debug build, which is neither split nor packed.
    fn heaviest_area(&self) -> Option<(&str, u64)> {
        let packed = |wanted: &dyn Fn(&str) -> bool| -> Option<u64> {
            let wanted = self.files.iter().filter(|file| wanted(&file.path));
            wanted.map(|file| file.brotli_bytes).sum()
        };
        let first = packed(&|path| path.ends_with("_bg.wasm"))?;
        let areas = self.areas.iter().filter_map(|(area, paths)| {
            let own = packed(&|path| paths.iter().any(|own| own == path))?;
            Some((area.as_str(), first + own))
        });
        areas.max_by_key(|(_, bytes)| *bytes)
    }

    /// A line that sets the browser's program beside its budget; nothing in a debug build.
    fn describe_budget(&self) -> String {
        let Some((area, bytes)) = self.heaviest_area() else {
            return String::new();
        };
        let verdict = if bytes > WASM_BROTLI_BYTES_MAX {
            format!("OVER by {}", bytes - WASM_BROTLI_BYTES_MAX)
        } else {
            "kept".to_owned()
        };
        format!(
            "    budget: wasm of a first page {WASM_BROTLI_BYTES_MAX} in brotli; \
             the most is {bytes} ({area}): {verdict}\n"
        )
    }

    /// Lines with every file's name and sizes, and the budget.
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
        text.push_str(&self.describe_budget());
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
    fn the_budget_is_set_beside_the_heaviest_first_page() {
        let site = |of_alarms: u64| {
            let text = format!(
                r#"{{"build_id":"0123456789abcdef","areas":{{"alarms":["/a.wasm"],"changes":["/c.wasm"]}},
                "files":[{{"path":"/lamplighter_bg.wasm","bytes":9,"br":300000,"gz":5}},
                {{"path":"/a.wasm","bytes":9,"br":{of_alarms},"gz":5}},
                {{"path":"/c.wasm","bytes":9,"br":50000,"gz":5}}]}}"#
            );
            Site::parse(&text).expect("a manifest").describe_budget()
        };
        assert!(site(40_000).ends_with("the most is 350000 (changes): kept\n"));
        assert!(site(60_000).ends_with("the most is 360000 (alarms): OVER by 1600\n"));
    }

    #[test]
    fn the_manifest_is_read_with_and_without_compressed_siblings() {
        let site = Site::parse(
            r#"{"build_id":"0123456789abcdef","areas":{},"files":[
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
        assert_eq!(site.describe_budget(), "");
        assert_eq!(Site::parse("{}"), None);
        assert_eq!(Site::parse("not json"), None);
    }
}
