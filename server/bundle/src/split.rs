//! Splitting: makes one file of the browser's program for each area of the console, and one for all
//! that several of them share. `app::areas` marks where; the compiler's relocations tell what is
//! needed from there on, and from nowhere else.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use wasm_split_cli_support::{Options, transform};

use crate::OUT_NAME;
use crate::seal::AREAS_FILE;

/// The module through which the first file fetches the others.
const LINK_FILE: &str = "lamplighter_areas.js";
/// The file that all pages need; wasm-bindgen must still process it.
const FIRST_FILE: &str = "first.wasm";

/// Splits `wasm` into files in `out`, and leaves there, for sealing, which ones each area needs.
///
/// # Errors
/// Text that names the file that could not be read, split or written.
pub fn split(wasm: &Path, out: &Path) -> Result<(), String> {
    let input = fs::read(wasm).map_err(|error| format!("{}: {error}", wasm.display()))?;
    let first = out.join(FIRST_FILE);
    let (link, main) = (format!("./{LINK_FILE}"), format!("./{OUT_NAME}.js"));
    let mut options = Options::new(&input);
    options.output_dir = out;
    options.main_out_path = &first;
    options.link_name = &link;
    options.main_module = &main;
    let parts = transform(options).map_err(|error| format!("{}: {error:#}", wasm.display()))?;

    // In order: the build's id is made of the text.
    let areas: BTreeMap<String, Vec<String>> = parts
        .prefetch_map
        .into_iter()
        .map(|(area, stems)| {
            let files = stems.iter().map(|stem| format!("{stem}.wasm"));
            (area, files.collect())
        })
        .collect();
    let path = out.join(AREAS_FILE);
    let text = serde_json::json!(areas).to_string();
    fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))
}
