//! Reads the command line: flags in any order, each known to the command that takes it.

use crate::failure::{Failure, Outcome};

/// What is left of the command line.
#[derive(Debug, Clone)]
pub struct Arguments {
    words: Vec<String>,
    /// Everything after `--`, for the program that a command runs.
    rest: Vec<String>,
}

impl Arguments {
    /// The words after the command's name.
    pub fn new(words: impl IntoIterator<Item = String>) -> Self {
        let mut words: Vec<String> = words.into_iter().collect();
        let mut rest = Vec::new();
        if let Some(at) = words.iter().position(|word| word == "--") {
            rest = words.split_off(at + 1);
            words.pop();
        }
        Self { words, rest }
    }

    /// Whether the flag was given; it is taken away.
    pub fn flag(&mut self, name: &str) -> bool {
        let before = self.words.len();
        self.words.retain(|word| word != name);
        self.words.len() != before
    }

    /// The value after the last `name`; every occurrence is taken away.
    ///
    /// # Errors
    /// The name stands at the end with no value.
    pub fn value(&mut self, name: &str) -> Outcome<Option<String>> {
        Ok(self.values(name)?.pop())
    }

    /// The values after every `name`, in order.
    ///
    /// # Errors
    /// The name stands at the end with no value.
    pub fn values(&mut self, name: &str) -> Outcome<Vec<String>> {
        let mut values = Vec::new();
        while let Some(at) = self.words.iter().position(|word| word == name) {
            if at + 1 >= self.words.len() {
                return Err(Failure::new(
                    format!("{name} needs a value"),
                    "see `cargo xtask help`",
                ));
            }
            values.push(self.words.remove(at + 1));
            self.words.remove(at);
        }
        Ok(values)
    }

    /// The words after `--`.
    ///
    /// # Errors
    /// A word is left that no flag has taken.
    pub fn finish(self) -> Outcome<Vec<String>> {
        match self.words.first() {
            None => Ok(self.rest),
            Some(word) => Err(Failure::new(
                format!("unknown argument {word:?}"),
                "see `cargo xtask help`",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(text: &str) -> Arguments {
        Arguments::new(text.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn flags_values_and_the_rest() {
        let mut given = arguments("--only fmt --release --only unit -- -E name --only x");
        assert!(given.flag("--release"));
        assert!(!given.flag("--release"));
        assert_eq!(
            given.values("--only"),
            Ok(vec!["fmt".to_owned(), "unit".to_owned()])
        );
        assert_eq!(
            given.finish().map(|rest| rest.join(" ")),
            Ok("-E name --only x".to_owned())
        );
    }

    #[test]
    fn what_nobody_knows_is_refused() {
        let failure = arguments("--relaese").finish().expect_err("misspelt");
        assert!(failure.what.contains("--relaese"), "{failure}");
        assert!(arguments("--listen").value("--listen").is_err());
    }
}
