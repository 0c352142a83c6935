//! Small translations between AWS's types and ours.

use aws_smithy_types::DateTime;
use domain::{estate::Environment, step_policies::Step, time::Timestamp};

/// An instant, to the millisecond.
pub fn instant(at: &DateTime) -> Timestamp {
    at.to_millis()
        .map_or(Timestamp::default(), Timestamp::from_ms)
}

/// An instant for AWS.
pub fn date_time(at: Timestamp) -> DateTime {
    DateTime::from_millis(at.ms())
}

/// AWS counts in signed integers and never goes below zero.
pub fn count(number: i32) -> u32 {
    u32::try_from(number).unwrap_or(0)
}

/// A size for AWS; what does not fit is far beyond every quota.
pub fn size(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

/// One step of a policy. A bound that is no finite number bounds nothing.
pub fn step(lower: Option<f64>, upper: Option<f64>, adjustment: i32) -> Step {
    Step {
        lower: lower.filter(|bound| bound.is_finite()),
        upper: upper.filter(|bound| bound.is_finite()),
        adjustment,
    }
}

/// The environment of a thing: its tag, else a guess from its name.
pub fn environment<'a>(
    tag: &str,
    tags: impl IntoIterator<Item = (&'a str, &'a str)>,
    name: &str,
) -> Environment {
    tags.into_iter()
        .find(|(key, _)| key.eq_ignore_ascii_case(tag))
        .and_then(|(_, value)| Environment::parse(value))
        .or_else(|| Environment::from_name(name))
        .unwrap_or_else(Environment::untagged)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tag_wins_over_the_name_and_an_unusable_tag_does_not_count() {
        let check = |tags: &[(&str, &str)], name| {
            environment("Environment", tags.iter().copied(), name)
                .as_str()
                .to_owned()
        };
        assert_eq!(check(&[("ENVIRONMENT", "Prod")], "dev-web"), "prod");
        assert_eq!(check(&[("environment", "a b")], "dev-web"), "dev");
        assert_eq!(check(&[("Name", "prod")], "web"), "untagged");
    }
}
