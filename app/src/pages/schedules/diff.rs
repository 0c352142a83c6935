//! What differs between two texts, line by line.

/// A line of either text, or of both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum DiffLine {
    /// In both.
    Kept(String),
    /// Only in the old one.
    Gone(String),
    /// Only in the new one.
    Added(String),
}

/// The lines of both texts in order, by their longest common subsequence: as few
/// lines gone and added as can be.
pub(super) fn diff(old: &str, new: &str) -> Vec<DiffLine> {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    // How long the longest common subsequence of what follows two places is.
    let mut common = vec![vec![0_usize; new.len() + 1]; old.len() + 1];
    for (at, before) in old.iter().enumerate().rev() {
        for (to, after) in new.iter().enumerate().rev() {
            common[at][to] = if before == after {
                common[at + 1][to + 1] + 1
            } else {
                common[at + 1][to].max(common[at][to + 1])
            };
        }
    }
    let (mut at, mut to) = (0, 0);
    let mut lines = Vec::with_capacity(old.len().max(new.len()));
    loop {
        let line = match (old.get(at), new.get(to)) {
            (None, None) => return lines,
            (Some(before), Some(after)) if before == after => {
                (at, to) = (at + 1, to + 1);
                DiffLine::Kept((*before).to_owned())
            }
            (Some(before), after)
                if after.is_none() || common[at + 1][to] >= common[at][to + 1] =>
            {
                at += 1;
                DiffLine::Gone((*before).to_owned())
            }
            (_, after) => {
                to += 1;
                DiffLine::Added(after.copied().unwrap_or_default().to_owned())
            }
        };
        lines.push(line);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(old: &str, new: &str, expected: &str) {
        let lines = diff(old, new).into_iter().map(|line| match line {
            DiffLine::Kept(text) => format!(" {text}"),
            DiffLine::Gone(text) => format!("-{text}"),
            DiffLine::Added(text) => format!("+{text}"),
        });
        assert_eq!(lines.collect::<Vec<_>>().join("\n"), expected);
    }

    #[test]
    fn only_what_changed_is_told_apart() {
        check("a\nb\nc", "a\nb\nc", " a\n b\n c");
        check("a\nb\nc", "a\nx\nc", " a\n-b\n+x\n c");
        check("", "a", "+a");
        check("a\nb", "", "-a\n-b");
        check("a\nb", "b\na", "-a\n b\n+a");
    }
}
