//! The style sheet: every `.css` file below `style/`, in path order, in one file. The numbers in
//! the names are the order of the cascade; there is no import and no other tool.

use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::{Failure, Outcome};
use crate::repo::Repo;

/// Files that are sent as they are (icons, fonts) live here.
const ASSETS: &str = "assets";

/// The whole style sheet; each part is preceded by its path, so that the browser's inspector leads
/// back to the source.
///
/// # Errors
/// A file cannot be read.
pub fn bundle(repo: &Repo) -> Outcome<String> {
    bundle_folder(&repo.root().join("style"))
}

/// The files of `style/assets`, in path order; none when there is no such folder.
///
/// # Errors
/// The folder cannot be read.
pub fn assets(repo: &Repo) -> Outcome<Vec<PathBuf>> {
    let folder = repo.root().join("style").join(ASSETS);
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    files_below(&folder)
}

fn bundle_folder(folder: &Path) -> Outcome<String> {
    let mut sheet = String::new();
    for path in files_below(folder)? {
        if path.extension().is_none_or(|extension| extension != "css") {
            continue;
        }
        let text =
            fs::read_to_string(&path).map_err(|error| Failure::file("read", &path, &error))?;
        let name = path
            .strip_prefix(folder)
            .unwrap_or(&path)
            .display()
            .to_string();
        sheet.push_str(&format!("/* {name} */\n{}\n", text.trim_end()));
    }
    Ok(sheet)
}

fn files_below(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let entries =
            fs::read_dir(&folder).map_err(|error| Failure::file("read", &folder, &error))?;
        for entry in entries {
            let path = entry
                .map_err(|error| Failure::file("read", &folder, &error))?
                .path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch::Scratch;

    #[test]
    fn parts_come_in_path_order_and_only_css_counts() {
        let scratch = Scratch::new(&Repo::here()).expect("a folder");
        let root = scratch.path();
        for (name, text) in [
            ("50-pages/alarms.css", ".alarms{}"),
            ("00-layers.css", "@layer a, b;\n\n"),
            ("40-kit/button.css", ".button{}"),
            ("readme.txt", "not a style"),
        ] {
            let path = root.join(name);
            fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            fs::write(path, text).expect("a file");
        }
        let sheet = bundle_folder(root).expect("a style sheet");
        assert_eq!(
            sheet,
            "/* 00-layers.css */\n@layer a, b;\n\
             /* 40-kit/button.css */\n.button{}\n\
             /* 50-pages/alarms.css */\n.alarms{}\n"
        );
    }
}
