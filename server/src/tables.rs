//! What commands print: a table for people, or one JSON document for programs.

use serde::Serialize;

/// One document and nothing else.
pub(crate) fn json(document: &impl Serialize) -> String {
    // Texts, numbers and lists: nothing that JSON cannot hold.
    let mut text = serde_json::to_string_pretty(document).unwrap_or_default();
    text.push('\n');
    text
}

/// Columns as wide as what stands in them; nothing at all without rows.
pub(crate) fn table(head: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let rows: Vec<Vec<String>> = rows.collect();
    if rows.is_empty() {
        return String::new();
    }
    let head: Vec<String> = head.iter().map(|&title| title.to_owned()).collect();
    let lines = || [&head].into_iter().chain(&rows);
    let width = |column: usize| {
        let cells = lines().filter_map(|line| line.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    let mut text = String::new();
    for line in lines() {
        let mut written = String::new();
        for (cell, width) in line.iter().zip(&widths) {
            written.push_str(&format!("{cell:width$}  "));
        }
        text.push_str(written.trim_end());
        text.push('\n');
    }
    text
}

/// Names come from a file: none may move the cursor or colour a terminal.
pub(crate) fn plain(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { '�' } else { c })
        .collect()
}
