//! Reads how many tests passed and failed from what each test runner prints at its end.

use crate::test::Counts;

/// nextest: `Summary [ 1.2s] 12 tests run: 10 passed (1 slow), 1 failed, 1 timed out, 3 skipped`.
/// Whatever ran and did not pass has failed.
pub fn nextest_summary(line: &str) -> Option<Counts> {
    let text = without_colours(line);
    let rest = text
        .trim_start()
        .strip_prefix("Summary [")?
        .split_once(']')?
        .1;
    let (run, outcomes) = rest.split_once(" run:")?;
    // Stopped early it prints "3/12 tests": the nine that did not run did not pass either.
    let run = run
        .split_whitespace()
        .next()?
        .split('/')
        .next_back()?
        .parse::<u64>()
        .ok()?;
    let passed = number_before(outcomes, "passed").unwrap_or(0);
    Some(Counts {
        passed,
        failed: run.saturating_sub(passed),
    })
}

/// Rust's own test runner: `test result: ok. 3 passed; 0 failed; 1 ignored; …`.
pub fn libtest_summary(line: &str) -> Option<Counts> {
    let text = without_colours(line);
    let rest = text.trim_start().strip_prefix("test result:")?;
    Some(Counts {
        passed: number_before(rest, "passed")?,
        failed: number_before(rest, "failed")?,
    })
}

/// Our own browser runner: `end2end: 12 passed, 0 failed`.
pub fn end2end_summary(line: &str) -> Option<Counts> {
    let rest = line.trim().strip_prefix("end2end:")?;
    Some(Counts {
        passed: number_before(rest, "passed")?,
        failed: number_before(rest, "failed")?,
    })
}

fn number_before(text: &str, word: &str) -> Option<u64> {
    let mut words = text
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty());
    let mut previous = words.next()?;
    for next in words {
        if next == word {
            return previous.parse().ok();
        }
        previous = next;
    }
    None
}

/// Drops the escape sequences of coloured output.
fn without_colours(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        if letter != '\u{1b}' {
            text.push(letter);
            continue;
        }
        for letter in letters.by_ref() {
            if letter.is_ascii_alphabetic() {
                break;
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summaries_of_nextest() {
        for (line, passed, failed) in [
            (
                "     Summary [   0.123s] 12 tests run: 12 passed, 0 skipped",
                12,
                0,
            ),
            (
                "     Summary [   0.1s] 1 test run: 1 passed, 3 skipped",
                1,
                0,
            ),
            (
                "     Summary [  10.9s] 12 tests run: 9 passed (1 slow, 1 flaky), 2 failed, 1 timed out, 4 skipped",
                9,
                3,
            ),
            (
                "     Summary [   0.1s] 2 tests run: 0 passed, 2 failed, 0 skipped",
                0,
                2,
            ),
            (
                "\u{1b}[32;1m     Summary\u{1b}[0m [   0.1s] \u{1b}[1m5\u{1b}[0m tests run: \u{1b}[1m5\u{1b}[0m \u{1b}[32;1mpassed\u{1b}[0m",
                5,
                0,
            ),
            (
                "     Summary [   0.1s] 3/12 tests run: 2 passed, 1 failed, 0 skipped",
                2,
                10,
            ),
        ] {
            assert_eq!(
                nextest_summary(line),
                Some(Counts { passed, failed }),
                "{line}"
            );
        }
        assert_eq!(
            nextest_summary("        PASS [   0.004s] domain alarms::tests::x"),
            None
        );
    }

    #[test]
    fn summaries_of_the_other_runners() {
        assert_eq!(
            libtest_summary("test result: FAILED. 3 passed; 2 failed; 1 ignored; 0 measured"),
            Some(Counts {
                passed: 3,
                failed: 2
            })
        );
        assert_eq!(libtest_summary("test a::b ... ok"), None);
        assert_eq!(
            end2end_summary("end2end: 12 passed, 1 failed"),
            Some(Counts {
                passed: 12,
                failed: 1
            })
        );
        assert_eq!(end2end_summary("12 passed, 1 failed"), None);
    }
}
