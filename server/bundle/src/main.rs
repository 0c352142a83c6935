//! Packs the browser's program: in a release splits the compiled client by area, runs wasm-bindgen
//! over it, and seals the site that the server sends. `cargo xtask client` calls it; it is a program of its own because its
//! dependencies are large and everything else in `xtask` must stay quick to build.
//!
//! It reads and writes only the folders named on its command line, and never opens a socket.

#![expect(
    clippy::print_stdout,
    reason = "a command-line tool speaks on standard output"
)]

mod seal;
#[cfg(feature = "split")]
mod split;

use std::path::Path;
use std::process::ExitCode;

const USAGE: &str = "usage: bundle split WASM_FILE OUT_FOLDER (when built with feature `split`)
       bundle bindgen WASM_FILE OUT_FOLDER [--release]
       bundle seal STAGING_FOLDER SITE_FOLDER [--release]
       bundle size FILE";

/// Name of the browser's program: `lamplighter.js` and `lamplighter_bg.wasm`.
const OUT_NAME: &str = "lamplighter";

fn main() -> ExitCode {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let release = arguments.iter().any(|argument| argument == "--release");
    arguments.retain(|argument| argument != "--release");
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();

    let outcome = match words.as_slice() {
        #[cfg(feature = "split")]
        ["split", wasm, out] => split::split(Path::new(wasm), Path::new(out)),
        ["bindgen", wasm, out] => bindgen(Path::new(wasm), Path::new(out), release),
        ["seal", staging, site] => {
            seal::seal(Path::new(staging), Path::new(site), release).map(drop)
        }
        ["size", file] => seal::brotli_size(Path::new(file)).map(|(plain, brotli)| {
            println!("{plain} bytes, brotli {brotli}");
        }),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("bundle: {message}");
            ExitCode::FAILURE
        }
    }
}

/// Writes the module pair and its snippets into `out`. A debug build keeps function names, so that
/// a panic in the browser names its place.
fn bindgen(wasm: &Path, out: &Path, release: bool) -> Result<(), String> {
    let mut bindgen = wasm_bindgen_cli_support::Bindgen::new();
    bindgen
        .input_path(wasm)
        .out_name(OUT_NAME)
        .typescript(false)
        .keep_debug(false)
        // The parts of a split program find the first one through what the linker exported.
        .keep_lld_exports(release)
        .remove_name_section(release)
        .remove_producers_section(release);
    bindgen
        .web(true)
        .and_then(|bindgen| bindgen.generate(out))
        .map_err(|error| {
            format!(
                "wasm-bindgen could not process {}: {error:#}",
                wasm.display()
            )
        })
}
