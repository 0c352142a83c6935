//! Puts the built client inside the binary.
//!
//! With `LAMPLIGHTER_EMBED_SITE` set to the site's folder, every file below it
//! becomes a row of a table of `include_bytes!`. Without it the table is empty
//! and the server reads the folder at run time.

use std::{
    env,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-env-changed=LAMPLIGHTER_EMBED_SITE");
    println!("cargo::rerun-if-changed=build.rs");
    let mut table = String::from("&[\n");
    if let Some(site) = env::var_os("LAMPLIGHTER_EMBED_SITE").map(PathBuf::from) {
        println!(
            "cargo::rerun-if-changed={}",
            site.join("manifest.json").display()
        );
        let mut files = Vec::new();
        collect(&site, &mut files)?;
        files.sort();
        for file in files {
            let name = file
                .strip_prefix(&site)?
                .to_string_lossy()
                .replace('\\', "/");
            writeln!(
                table,
                "    ({:?}, include_bytes!({:?})),",
                format!("/{name}"),
                file
            )?;
        }
    }
    table.push(']');
    let out = PathBuf::from(env::var("OUT_DIR")?).join("site.rs");
    fs::write(out, table)?;
    Ok(())
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}
