//! What holds for every text file: clean ends of lines, nothing unfinished, nothing of one person's
//! machine, and no file that has outgrown its one subject.

use super::{Finding, SourceFile};

/// Longest source file, in lines, tests included.
///
/// A file has one noun. Past some 700 lines a reader no longer holds it in mind and two people no
/// longer edit it without meeting; the files that grew past it in practice had two subjects, and
/// each half got a better name than the whole. Generated text (lock files, snapshots) is not read
/// by people and may be longer; so may prose.
const LINES_MAX: usize = 700;

/// Marks of unfinished work.
const UNFINISHED: [&str; 5] = [
    concat!("to", "do!("),
    concat!("unimple", "mented!("),
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("XX", "X"),
];

/// Folders of one machine. They count where a path begins.
const MACHINE_FOLDERS: [&str; 4] = [
    concat!("/ro", "ot/"),
    concat!("/ho", "me/"),
    concat!("/wo", "rk/"),
    concat!("/Us", "ers/"),
];

/// Addresses of package registries: every user's tools are set up for their own.
const REGISTRIES: [&str; 5] = [
    concat!("index.crates", ".io"),
    concat!("static.crates", ".io"),
    concat!("registry.npm", "js.org"),
    concat!("py", "pi.org"),
    concat!("files.python", "hosted.org"),
];

/// Every rule about text.
pub fn check(files: &[SourceFile]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files {
        if is_generated(&file.path) {
            check_lock(file, &mut findings);
            continue;
        }
        check_length(file, &mut findings);
        check_ends(file, &mut findings);
        for (index, line) in file.text.lines().enumerate() {
            if let Some(message) = refused(&file.path, line) {
                findings.push(Finding::new(&file.path, index + 1, message));
            }
        }
    }
    findings
}

fn is_generated(path: &str) -> bool {
    path.ends_with("Cargo.lock") || path.ends_with("package-lock.json") || path.ends_with(".snap")
}

fn check_lock(file: &SourceFile, findings: &mut Vec<Finding>) {
    if file.path.ends_with("package-lock.json") && file.text.contains("\"resolved\"") {
        let message = "the lock names a download address: keep end2end/.npmrc, and run \
                       `npm install --package-lock-only` again";
        findings.push(Finding::new(&file.path, 0, message));
    }
}

fn check_length(file: &SourceFile, findings: &mut Vec<Finding>) {
    let is_source = [".rs", ".css", ".mjs", ".js", ".sql"]
        .iter()
        .any(|end| file.path.ends_with(end));
    let lines = file.text.lines().count();
    if is_source && lines > LINES_MAX {
        let message = format!("{lines} lines, at most {LINES_MAX}: split it at its second subject");
        findings.push(Finding::new(&file.path, 0, message));
    }
}

fn check_ends(file: &SourceFile, findings: &mut Vec<Finding>) {
    if file.text.contains('\r') {
        findings.push(Finding::new(
            &file.path,
            0,
            "carriage returns: end lines with \\n alone",
        ));
    }
    if !file.text.is_empty() && !file.text.ends_with('\n') {
        findings.push(Finding::new(&file.path, 0, "the last line has no end"));
    }
}

fn refused(path: &str, line: &str) -> Option<String> {
    if line.ends_with([' ', '\t']) {
        return Some("white space at the end of the line".to_owned());
    }
    if let Some(word) = UNFINISHED.iter().find(|word| stands_alone(line, word)) {
        return Some(format!(
            "{word:?}: finish it, or write what is not done where users read it"
        ));
    }
    if let Some(folder) = MACHINE_FOLDERS
        .iter()
        .find(|folder| begins_path(line, folder))
    {
        return Some(format!("{folder:?}: a path of one machine"));
    }
    // The licence's own text is not ours to judge; it names none of these.
    let host = REGISTRIES.iter().find(|host| line.contains(*host))?;
    Some(format!(
        "{host:?} in {path}: registries are the user's own setting"
    ))
}

fn stands_alone(line: &str, word: &str) -> bool {
    let name_like = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, found)| {
        let before = line[..at].chars().next_back();
        let after = line[at + found.len()..].chars().next();
        !before.is_some_and(name_like) && (found.ends_with('(') || !after.is_some_and(name_like))
    })
}

fn begins_path(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        before.is_none_or(|c| !(c.is_alphanumeric() || "/._-*})>~".contains(c)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::file;

    fn messages(path: &str, text: &str) -> Vec<String> {
        check(&[file(path, text)])
            .into_iter()
            .map(|finding| finding.message)
            .collect()
    }

    #[test]
    fn each_rule_catches_its_violation() {
        for (text, part) in [
            ("a \n", "white space"),
            ("a\r\n", "carriage"),
            ("a", "no end"),
            (concat!("// TO", "DO later\n"), "finish"),
            (concat!("let a = to", "do!();\n"), "finish"),
            (concat!("path = \"/ro", "ot/x\"\n"), "one machine"),
            (concat!("cd /ho", "me/me\n"), "one machine"),
            (concat!("https://py", "pi.org/x\n"), "registries"),
        ] {
            let found = messages("README.md", text);
            assert_eq!(found.len(), 1, "{text:?}: {found:?}");
            assert!(found[0].contains(part), "{text:?}: {found:?}");
        }
        let long = "x\n".repeat(LINES_MAX + 1);
        assert!(messages("app/src/a.rs", &long)[0].contains("701 lines"));
        let lock = "{ \"resolved\": \"https://x\" }\n";
        assert!(messages("end2end/package-lock.json", lock)[0].contains("download address"));
    }

    #[test]
    fn what_only_looks_alike_is_left_alone() {
        for text in [
            "services/src/work/driver.rs\n",
            "the home page\n",
            "MASTODON and TODOS\n",
            "https://crates.io/crates/x\n",
            "a `{}/home/` path\n",
        ] {
            assert_eq!(messages("README.md", text), [""; 0], "{text:?}");
        }
        let long = "x\n".repeat(LINES_MAX + 1);
        assert_eq!(messages("README.md", &long), [""; 0]);
        assert_eq!(messages("Cargo.lock", &long), [""; 0]);
        assert_eq!(messages("app/src/a.rs", &"x\n".repeat(LINES_MAX)), [""; 0]);
    }
}
