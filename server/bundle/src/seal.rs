//! Sealing: gives the finished files of the client one content hash, moves them below a folder of
//! that name and writes the manifest that the server reads. Files below `pkg/` never change under
//! their address, so a browser may keep them for ever.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// Hex digits of the content hash kept in addresses: 64 bits, far beyond accident.
const BUILD_ID_DIGITS: usize = 16;
/// Extensions worth compressing; everything else a browser fetches is compressed already.
const COMPRESSIBLE: [&str; 5] = ["css", "js", "svg", "wasm", "json"];
/// Where splitting leaves which files the pages of each area need beside the first one.
pub const AREAS_FILE: &str = "areas.json";
/// The page's icon, when the style folder has one.
const ICON: &str = "favicon.svg";
/// Brotli's and gzip's best, since this is done once per release.
const BROTLI_QUALITY_MAX: u32 = 11;
const BROTLI_WINDOW_BITS: u32 = 22;

/// Seals the files of `staging` into `site` and returns the build's id.
///
/// In a release every compressible file gets `.br` and `.gz` siblings. Older builds in `site` are
/// removed after the manifest names the new one.
///
/// # Errors
/// Text that names the file or folder that could not be read or written.
pub fn seal(staging: &Path, site: &Path, release: bool) -> Result<String, String> {
    let files = read_tree(staging)?;
    if files.is_empty() {
        return Err(format!("nothing to seal in {}", staging.display()));
    }
    let build_id = build_id(&files, release);
    let folder = site.join("pkg").join(&build_id);
    if !folder.exists() {
        write_build(&files, &folder, release)?;
    }
    let manifest = manifest(&files, &build_id, &folder)?;
    write_atomically(&site.join("manifest.json"), manifest.to_string().as_bytes())?;
    remove_others(&site.join("pkg"), &build_id)?;
    Ok(build_id)
}

/// Relative path (with `/`) to content, in path order.
fn read_tree(root: &Path) -> Result<BTreeMap<String, Vec<u8>>, String> {
    let mut files = BTreeMap::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).map_err(|error| at("read", &folder, &error))?;
        for entry in entries {
            let path = entry.map_err(|error| at("read", &folder, &error))?.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let content = fs::read(&path).map_err(|error| at("read", &path, &error))?;
            files.insert(relative(root, &path), content);
        }
    }
    Ok(files)
}

fn relative(root: &Path, path: &Path) -> String {
    let below = path.strip_prefix(root).unwrap_or(path);
    let parts: Vec<_> = below
        .components()
        .map(|part| part.as_os_str().to_string_lossy())
        .collect();
    parts.join("/")
}

/// Lengths are hashed beside names and contents, so that no two trees run together alike. Whether
/// there are compressed siblings counts too: an address stands for everything that answers to it.
fn build_id(files: &BTreeMap<String, Vec<u8>>, release: bool) -> String {
    let mut hash = Sha256::new();
    hash.update([u8::from(release)]);
    for (name, content) in files {
        for part in [name.as_bytes(), content] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
    }
    let mut digits = hex::encode(hash.finalize());
    digits.truncate(BUILD_ID_DIGITS);
    digits
}

/// Writes under a temporary name first: a half-written folder never carries a build's address.
fn write_build(
    files: &BTreeMap<String, Vec<u8>>,
    folder: &Path,
    release: bool,
) -> Result<(), String> {
    let unfinished = folder.with_extension("unfinished");
    if unfinished.exists() {
        fs::remove_dir_all(&unfinished).map_err(|error| at("remove", &unfinished, &error))?;
    }
    for (name, content) in files {
        let path = unfinished.join(name);
        let parent = path.parent().unwrap_or(&unfinished);
        fs::create_dir_all(parent).map_err(|error| at("create", parent, &error))?;
        fs::write(&path, content).map_err(|error| at("write", &path, &error))?;
        if release && is_compressible(name) {
            write_siblings(&path, content)?;
        }
    }
    fs::rename(&unfinished, folder).map_err(|error| at("rename", &unfinished, &error))
}

fn is_compressible(name: &str) -> bool {
    Path::new(name)
        .extension()
        .and_then(|extension| extension.to_str())
        .is_some_and(|extension| COMPRESSIBLE.contains(&extension))
}

fn write_siblings(path: &Path, content: &[u8]) -> Result<(), String> {
    let brotli_path = sibling(path, "br");
    fs::write(&brotli_path, brotli_of(content)?)
        .map_err(|error| at("write", &brotli_path, &error))?;

    let gzip_path = sibling(path, "gz");
    let file = fs::File::create(&gzip_path).map_err(|error| at("write", &gzip_path, &error))?;
    let mut gzip = flate2::write::GzEncoder::new(file, flate2::Compression::best());
    gzip.write_all(content)
        .and_then(|()| gzip.finish().map(drop))
        .map_err(|error| at("write", &gzip_path, &error))
}

/// Size of a file as it is, and in brotli, both in bytes.
///
/// # Errors
/// The file cannot be read.
pub fn brotli_size(path: &Path) -> Result<(usize, usize), String> {
    let content = fs::read(path).map_err(|error| at("read", path, &error))?;
    Ok((content.len(), brotli_of(&content)?.len()))
}

fn brotli_of(content: &[u8]) -> Result<Vec<u8>, String> {
    let mut packed = Vec::new();
    let mut brotli = brotli::CompressorWriter::new(
        &mut packed,
        64 * 1024,
        BROTLI_QUALITY_MAX,
        BROTLI_WINDOW_BITS,
    );
    brotli
        .write_all(content)
        .map_err(|error| format!("cannot compress: {error}"))?;
    drop(brotli);
    Ok(packed)
}

fn sibling(path: &Path, extension: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(extension);
    PathBuf::from(name)
}

/// The manifest: `build_id`, the addresses of the files that a page links (`js`, `wasm`, `css` and,
/// when there is one, `icon`), those that each area's pages need beside them (`areas`), and every
/// file with its size in bytes as it is, in brotli and in gzip (absent when there is no such
/// sibling).
fn manifest(
    files: &BTreeMap<String, Vec<u8>>,
    build_id: &str,
    folder: &Path,
) -> Result<Value, String> {
    let address = |name: &str| format!("/pkg/{build_id}/{name}");
    let mut list = Vec::with_capacity(files.len());
    for (name, content) in files {
        let mut entry = json!({ "path": address(name), "bytes": content.len() });
        for extension in ["br", "gz"] {
            let path = sibling(&folder.join(name), extension);
            if path.exists() {
                let size = fs::metadata(&path)
                    .map_err(|error| at("read", &path, &error))?
                    .len();
                entry[extension] = json!(size);
            }
        }
        list.push(entry);
    }
    let mut manifest = json!({ "build_id": build_id, "files": list });
    for (key, name) in [
        ("js", "lamplighter.js"),
        ("wasm", "lamplighter_bg.wasm"),
        ("css", "lamplighter.css"),
    ] {
        if !files.contains_key(name) {
            return Err(format!("{name} is missing among the files to seal"));
        }
        manifest[key] = json!(address(name));
    }
    if files.contains_key(ICON) {
        manifest["icon"] = json!(address(ICON));
    }
    manifest["areas"] = json!(areas(files, address)?);
    Ok(manifest)
}

/// Area to addresses; none in a program that was not split.
fn areas(
    files: &BTreeMap<String, Vec<u8>>,
    address: impl Fn(&str) -> String,
) -> Result<BTreeMap<String, Vec<String>>, String> {
    let Some(json) = files.get(AREAS_FILE) else {
        return Ok(BTreeMap::new());
    };
    let areas: BTreeMap<String, Vec<String>> =
        serde_json::from_slice(json).map_err(|error| format!("{AREAS_FILE}: {error}"))?;
    let addresses = areas.into_iter().map(|(area, names)| {
        let names = names.iter().map(|name| address(name));
        (area, names.collect())
    });
    Ok(addresses.collect())
}

fn write_atomically(path: &Path, content: &[u8]) -> Result<(), String> {
    let unfinished = sibling(path, "unfinished");
    fs::write(&unfinished, content).map_err(|error| at("write", &unfinished, &error))?;
    fs::rename(&unfinished, path).map_err(|error| at("rename", &unfinished, &error))
}

fn remove_others(folder: &Path, keep: &str) -> Result<(), String> {
    for entry in fs::read_dir(folder).map_err(|error| at("read", folder, &error))? {
        let entry = entry.map_err(|error| at("read", folder, &error))?;
        if entry.file_name() != keep {
            fs::remove_dir_all(entry.path())
                .map_err(|error| at("remove", &entry.path(), &error))?;
        }
    }
    Ok(())
}

fn at(verb: &str, path: &Path, error: &std::io::Error) -> String {
    format!("cannot {verb} {}: {error}", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read as _;

    struct Folders {
        _root: tempfile::TempDir,
        staging: PathBuf,
        site: PathBuf,
    }

    fn folders() -> Folders {
        let root = tempfile::tempdir().expect("a temporary folder");
        let staging = root.path().join("staging");
        let site = root.path().join("site");
        fs::create_dir_all(staging.join("snippets/a")).expect("staging");
        fs::create_dir_all(site.join("pkg")).expect("site");
        for (name, content) in [
            ("lamplighter.js", "export default 1;".repeat(200)),
            ("lamplighter_bg.wasm", "\0asm".repeat(500)),
            ("lamplighter.css", "a{color:red}".repeat(300)),
            ("snippets/a/b.js", "export const b = 1;".into()),
        ] {
            fs::write(staging.join(name), content).expect("a staged file");
        }
        Folders {
            _root: root,
            staging,
            site,
        }
    }

    fn read_manifest(site: &Path) -> Value {
        let text = fs::read_to_string(site.join("manifest.json")).expect("a manifest");
        serde_json::from_str(&text).expect("valid JSON")
    }

    #[test]
    fn every_address_in_the_manifest_is_a_file() {
        let folders = folders();
        let id = seal(&folders.staging, &folders.site, false).expect("sealed");
        let manifest = read_manifest(&folders.site);
        assert_eq!(manifest["build_id"], json!(id));
        assert_eq!(id.len(), BUILD_ID_DIGITS);
        let listed = manifest["files"].as_array().expect("a list");
        assert_eq!(listed.len(), 4);
        for address in [&manifest["js"], &manifest["wasm"], &manifest["css"]]
            .into_iter()
            .chain(listed.iter().map(|file| &file["path"]))
        {
            let address = address.as_str().expect("an address");
            assert!(folders.site.join(&address[1..]).is_file(), "{address}");
        }
        assert!(
            listed.iter().all(|file| file.get("br").is_none()),
            "debug compresses nothing"
        );
    }

    #[test]
    fn a_changed_byte_changes_the_address_and_the_old_build_goes() {
        let folders = folders();
        let before = seal(&folders.staging, &folders.site, false).expect("sealed");
        assert_eq!(
            before,
            seal(&folders.staging, &folders.site, false).expect("sealed again")
        );
        fs::write(folders.staging.join("lamplighter.css"), "a{color:blue}").expect("an edit");
        let after = seal(&folders.staging, &folders.site, false).expect("sealed");
        assert_ne!(before, after);
        assert!(!folders.site.join("pkg").join(before).exists());
    }

    #[test]
    fn release_siblings_decompress_to_the_same_bytes() {
        let folders = folders();
        let id = seal(&folders.staging, &folders.site, true).expect("sealed");
        let path = folders.site.join("pkg").join(id).join("lamplighter.css");
        let plain = fs::read(&path).expect("the file");
        let mut unpacked = Vec::new();
        brotli::Decompressor::new(fs::File::open(sibling(&path, "br")).expect("brotli"), 4096)
            .read_to_end(&mut unpacked)
            .expect("valid brotli");
        assert_eq!(unpacked, plain);
        unpacked.clear();
        flate2::read::GzDecoder::new(fs::File::open(sibling(&path, "gz")).expect("gzip"))
            .read_to_end(&mut unpacked)
            .expect("valid gzip");
        assert_eq!(unpacked, plain);
    }

    #[test]
    fn an_icon_is_linked_when_there_is_one() {
        let folders = folders();
        seal(&folders.staging, &folders.site, false).expect("sealed");
        assert_eq!(read_manifest(&folders.site).get("icon"), None);
        fs::write(folders.staging.join(ICON), "<svg/>").expect("an icon");
        let id = seal(&folders.staging, &folders.site, false).expect("sealed");
        let address = format!("/pkg/{id}/{ICON}");
        assert_eq!(read_manifest(&folders.site)["icon"], json!(address));
    }

    #[test]
    fn each_area_tells_the_addresses_of_its_files() {
        let folders = folders();
        let areas = r#"{"alarms":["split_alarms.wasm"]}"#;
        fs::write(folders.staging.join(AREAS_FILE), areas).expect("areas");
        fs::write(folders.staging.join("split_alarms.wasm"), "\0asm").expect("a part");
        let id = seal(&folders.staging, &folders.site, false).expect("sealed");
        let address = format!("/pkg/{id}/split_alarms.wasm");
        assert!(folders.site.join(&address[1..]).is_file());
        let manifest = read_manifest(&folders.site);
        assert_eq!(manifest["areas"], json!({ "alarms": [address] }));
    }

    #[test]
    fn a_missing_part_is_named() {
        let folders = folders();
        fs::remove_file(folders.staging.join("lamplighter_bg.wasm")).expect("removed");
        let message = seal(&folders.staging, &folders.site, false).expect_err("refused");
        assert!(message.contains("lamplighter_bg.wasm"), "{message}");
    }
}
