//! Migrations: the same steps, in the same order, for both databases. What the steps do alike is
//! the store's own test; here only their names are looked at.

use std::collections::BTreeSet;

use super::{Finding, SourceFile};

const FOLDERS: [&str; 2] = ["migrations/sqlite/", "migrations/postgres/"];

/// Names that stand in one folder only, that are malformed, or that share a number.
pub fn check(files: &[SourceFile]) -> Vec<Finding> {
    let names = FOLDERS.map(|folder| names_in(files, folder));
    let mut findings = Vec::new();
    for (index, folder) in FOLDERS.iter().enumerate() {
        let other = 1 - index;
        for missing in names[other].difference(&names[index]) {
            let message = format!("missing, though {}{missing} exists", FOLDERS[other]);
            findings.push(Finding::new(format!("{folder}{missing}"), 0, message));
        }
        let mut numbers = BTreeSet::new();
        for name in &names[index] {
            let path = format!("{folder}{name}");
            match number(name) {
                None => findings.push(Finding::new(path, 0, "call it NNNN_what_it_does.sql")),
                Some(number) if !numbers.insert(number) => {
                    findings.push(Finding::new(path, 0, "another step has the same number"));
                }
                Some(_) => {}
            }
        }
        findings.extend(gap(folder, &numbers));
    }
    findings
}

fn names_in<'a>(files: &'a [SourceFile], folder: &str) -> BTreeSet<&'a str> {
    files
        .iter()
        .filter_map(|file| file.path.strip_prefix(folder))
        .filter(|name| name.ends_with(".sql"))
        .collect()
}

/// The number of `NNNN_what_it_does.sql`.
fn number(name: &str) -> Option<u32> {
    let (digits, rest) = name.split_once('_')?;
    let words = rest.strip_suffix(".sql")?;
    let well_formed = digits.len() == 4
        && !words.is_empty()
        && words
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if well_formed {
        digits.parse().ok()
    } else {
        None
    }
}

/// Steps count from 1 without gaps: a gap is a step that was lost, or will come in between.
fn gap(folder: &str, numbers: &BTreeSet<u32>) -> Option<Finding> {
    let missing = (1..)
        .zip(numbers)
        .find(|(expected, number)| expected != *number)?
        .0;
    Some(Finding::new(
        folder,
        0,
        format!("step {missing:04} is missing"),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::file;

    fn check_names(sqlite: &[&str], postgres: &[&str], expect: &[&str]) {
        let mut files = Vec::new();
        for (folder, names) in FOLDERS.iter().zip([sqlite, postgres]) {
            files.extend(
                names
                    .iter()
                    .map(|name| file(&format!("{folder}{name}"), "")),
            );
        }
        let found: Vec<String> = check(&files)
            .into_iter()
            .map(|finding| format!("{} {}", finding.path, finding.message))
            .collect();
        assert_eq!(found.len(), expect.len(), "{found:?}");
        for (found, expect) in found.iter().zip(expect) {
            assert!(found.contains(expect), "{found} / {expect}");
        }
    }

    #[test]
    fn both_databases_have_the_same_steps() {
        let both = ["0001_people.sql", "0002_alarms.sql"];
        check_names(&both, &both, &[]);
        check_names(
            &both,
            &both[..1],
            &["migrations/postgres/0002_alarms.sql missing"],
        );
        check_names(
            &both[..1],
            &both,
            &["migrations/sqlite/0002_alarms.sql missing"],
        );
    }

    #[test]
    fn malformed_doubled_and_lost_steps_are_named() {
        let odd = ["1_people.sql"];
        check_names(&odd, &odd, &["NNNN_what", "NNNN_what"]);
        let twice = ["0001_a.sql", "0001_b.sql"];
        check_names(&twice, &twice, &["same number", "same number"]);
        let lost = ["0001_a.sql", "0003_b.sql"];
        check_names(&lost, &lost, &["step 0002", "step 0002"]);
    }
}
