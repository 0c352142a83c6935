//! `[[log_queries]]`: queries of logs that run on a schedule.

use super::{ConfigError, Source, check_account, check_region, on_call::new_name, watched};
use aws::AwsEstate;
use domain::{
    estate::{Environment, Scope},
    limits,
    log_queries::{LogQuery, LogQueryName},
};
use serde::Deserialize;
use std::{collections::BTreeMap, ops::RangeInclusive};
use toml::Spanned;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LogQuerySection {
    name: Spanned<String>,
    account: Spanned<String>,
    region: Spanned<String>,
    log_groups: Spanned<Vec<Spanned<String>>>,
    query: Spanned<String>,
    every_minutes: Option<Spanned<u32>>,
    window_minutes: Option<Spanned<u32>>,
    above: Option<Spanned<u32>>,
    environment: Option<Spanned<String>>,
    #[serde(default)]
    labels: BTreeMap<String, Spanned<String>>,
    description: Option<Spanned<String>>,
    scan_gb_a_day: Option<Spanned<u32>>,
}

pub(super) fn check(
    given: Vec<LogQuerySection>,
    estate: &mut AwsEstate,
    source: &Source,
) -> Result<Vec<LogQuery>, ConfigError> {
    let mut checked: Vec<LogQuery> = Vec::new();
    for section in given {
        let before = checked.iter().map(|query| &query.name);
        let (key, most) = ("log_queries.name", limits::LOG_QUERIES_MAX);
        let name: LogQueryName = new_name(&section.name, key, before, most, source)?;
        checked.push(section.check(name, estate, source)?);
    }
    Ok(checked)
}

impl LogQuerySection {
    fn check(
        self,
        name: LogQueryName,
        estate: &mut AwsEstate,
        source: &Source,
    ) -> Result<LogQuery, ConfigError> {
        let minutes = limits::LOG_QUERY_MINUTES_MIN..=limits::LOG_QUERY_MINUTES_MAX;
        let number = |given: Option<&Spanned<u32>>, key, default, within: RangeInclusive<u32>| {
            within_or(given, (key, default), &within, source)
        };
        let every_minutes = number(
            self.every_minutes.as_ref(),
            "log_queries.every_minutes",
            limits::LOG_QUERY_MINUTES_MIN,
            minutes,
        )?;
        Ok(LogQuery {
            name,
            scope: self.check_scope(estate, source)?,
            groups: self.check_groups(source)?,
            text: self.check_text(source)?,
            every_minutes,
            window_minutes: number(
                self.window_minutes.as_ref(),
                "log_queries.window_minutes",
                every_minutes,
                1..=limits::LOG_QUERY_MINUTES_MAX,
            )?,
            above: number(
                self.above.as_ref(),
                "log_queries.above",
                0,
                0..=limits::LOG_QUERY_ROWS_MAX - 1,
            )?,
            environment: self.check_environment(source)?,
            labels: self.check_labels(source)?,
            description: self.check_description(source)?,
            scan_gb_a_day: number(
                self.scan_gb_a_day.as_ref(),
                "log_queries.scan_gb_a_day",
                limits::LOG_QUERY_SCAN_GB_DEFAULT,
                1..=limits::LOG_QUERY_SCAN_GB_MAX,
            )?,
        })
    }

    /// Its credentials run the query, so the estate must name it.
    fn check_scope(&self, estate: &mut AwsEstate, source: &Source) -> Result<Scope, ConfigError> {
        let scope = Scope {
            account: check_account(&self.account, "log_queries.account", source)?,
            region: check_region(&self.region, "log_queries.region", source)?,
        };
        let watched = watched(estate, &scope).ok_or_else(|| {
            let what = format!("is asked in {scope}, which estate.accounts does not name");
            source.value(&self.account, "log_queries.account", what)
        })?;
        watched.log_queries = true;
        Ok(scope)
    }

    fn check_groups(&self, source: &Source) -> Result<Vec<String>, ConfigError> {
        let key = "log_queries.log_groups";
        let (given, most) = (self.log_groups.get_ref(), limits::LOG_QUERY_GROUPS_MAX);
        if !(1..=most).contains(&given.len()) {
            let what = format!("must name 1 to {most} log groups");
            return Err(source.value(&self.log_groups, key, what));
        }
        // CreateLogGroup's own rule.
        let is_group = |text: &str| {
            let fits = |c: char| c.is_ascii_alphanumeric() || "_-/.#".contains(c);
            (1..=limits::LOG_GROUP_CHARS_MAX).contains(&text.len()) && text.chars().all(fits)
        };
        let mut groups: Vec<String> = Vec::with_capacity(given.len());
        for one in given {
            let text = one.get_ref();
            if !is_group(text) {
                let what = format!("`{text}` is not the name of a log group, as /aws/lambda/enrol");
                return Err(source.value(one, key, what));
            }
            if groups.contains(text) {
                return Err(source.value(one, key, format!("names {text} twice")));
            }
            groups.push(text.clone());
        }
        Ok(groups)
    }

    fn check_text(&self, source: &Source) -> Result<String, ConfigError> {
        let (text, most) = (self.query.get_ref().trim(), limits::LOG_QUERY_CHARS_MAX);
        if !(1..=most).contains(&text.chars().count()) {
            let what = format!("must have 1 to {most} characters");
            return Err(source.value(&self.query, "log_queries.query", what));
        }
        Ok(text.to_owned())
    }

    fn check_environment(&self, source: &Source) -> Result<Environment, ConfigError> {
        let Some(given) = &self.environment else {
            return Ok(Environment::untagged());
        };
        let what = "is not the name of an environment";
        Environment::parse(given.get_ref())
            .ok_or_else(|| source.value(given, "log_queries.environment", what))
    }

    fn check_labels(&self, source: &Source) -> Result<BTreeMap<String, String>, ConfigError> {
        let (most, bytes) = (limits::LABELS_MAX, limits::LABEL_BYTES_MAX);
        let mut labels = BTreeMap::new();
        for (name, value) in &self.labels {
            let fits = |text: &str| (1..=bytes).contains(&text.len());
            if labels.len() == most || !fits(name) || !fits(value.get_ref()) {
                let what = format!("must be at most {most} names and values of 1 to {bytes} bytes");
                return Err(source.value(value, &format!("log_queries.labels.{name}"), what));
            }
            labels.insert(name.clone(), value.get_ref().clone());
        }
        Ok(labels)
    }

    fn check_description(&self, source: &Source) -> Result<String, ConfigError> {
        let Some(given) = &self.description else {
            return Ok(String::new());
        };
        let most = limits::ALARM_DESCRIPTION_CHARS_MAX;
        if given.get_ref().chars().count() > most {
            let what = format!("must have at most {most} characters");
            return Err(source.value(given, "log_queries.description", what));
        }
        Ok(given.get_ref().clone())
    }
}

fn within_or(
    given: Option<&Spanned<u32>>,
    (key, default): (&str, u32),
    within: &RangeInclusive<u32>,
    source: &Source,
) -> Result<u32, ConfigError> {
    let Some(given) = given else {
        return Ok(default);
    };
    if !within.contains(given.get_ref()) {
        let what = format!("must be {} to {}", within.start(), within.end());
        return Err(source.value(given, key, what));
    }
    Ok(*given.get_ref())
}

#[cfg(test)]
mod tests {
    use super::{super::tests::load, *};

    const ESTATE: &str =
        "[[estate.accounts]]\nid = \"111122223333\"\nregions = [\"ap-northeast-2\"]\n";
    const QUERY: &str = "[[log_queries]]\nname = \"enrol-errors\"\naccount = \"111122223333\"\n\
                         region = \"ap-northeast-2\"\nlog_groups = [\"/aws/lambda/enrol\"]\n\
                         query = \"filter @message like /ERROR/\"\n";

    #[test]
    fn a_query_is_read_with_its_usual_numbers() {
        let text = format!("{ESTATE}{QUERY}");
        let config = load(&text, &[]).expect("a configuration");
        let query = &config.log_queries[0];
        assert_eq!((query.every_minutes, query.window_minutes), (5, 5));
        assert_eq!((query.above, query.scan_gb_a_day), (0, 20));
        assert_eq!(query.environment, Environment::untagged());
        assert!(config.estate.accounts[0].watch.log_queries);

        let more = "every_minutes = 15\nabove = 9\nenvironment = \"prod\"\nscan_gb_a_day = 1\n\
                    labels = { team = \"payments\" }\n";
        let config = load(&format!("{text}{more}"), &[]).expect("a configuration");
        let query = &config.log_queries[0];
        assert_eq!((query.every_minutes, query.window_minutes), (15, 15));
        assert_eq!((query.above, query.scan_gb_a_day), (9, 1));
        assert_eq!(query.labels["team"], "payments");
    }

    #[test]
    fn what_is_wrong_with_a_query_is_told_with_its_line() {
        let with = |line: &str| format!("{ESTATE}{QUERY}{line}\n");
        let instead = |old: &str, new: &str| with("").replace(old, new);
        let long = format!(
            "query = \"{}\"",
            "x".repeat(limits::LOG_QUERY_CHARS_MAX + 1)
        );
        for (text, error) in [
            (with("evry = 1"), "F line 10: unknown field `evry`"),
            (
                with("every_minutes = 4"),
                "F line 10: `log_queries.every_minutes` must be 5 to 1440",
            ),
            (
                with("window_minutes = 1441"),
                "F line 10: `log_queries.window_minutes` must be 1 to 1440",
            ),
            (
                with("above = 1000"),
                "F line 10: `log_queries.above` must be 0 to 999",
            ),
            (
                with("scan_gb_a_day = 0"),
                "F line 10: `log_queries.scan_gb_a_day` must be 1 to 100000",
            ),
            (
                with("environment = \"a b\""),
                "F line 10: `log_queries.environment` is not the name of an environment",
            ),
            (
                with("labels = { team = \"\" }"),
                "F line 10: `log_queries.labels.team` must be at most 64 names",
            ),
            (
                instead("enrol-errors", "a b"),
                "F line 5: `log_queries.name`",
            ),
            (
                format!("{}{QUERY}", with("")),
                "F line 12: `log_queries.name`",
            ),
            (
                instead("account = \"111122223333\"", "account = \"1\""),
                "F line 6: `log_queries.account` is `1`; an AWS account is twelve digits",
            ),
            (
                instead("region = \"ap-northeast-2\"", "region = \"us-east-1\""),
                "F line 6: `log_queries.account` is asked in 111122223333/us-east-1, which",
            ),
            (
                instead("[\"/aws/lambda/enrol\"]", "[]"),
                "F line 8: `log_queries.log_groups` must name 1 to 50",
            ),
            (
                instead("[\"/aws/lambda/enrol\"]", "[\"/a\", \"/a\"]"),
                "F line 8: `log_queries.log_groups` names /a twice",
            ),
            (
                instead("[\"/aws/lambda/enrol\"]", "[\"a b\"]"),
                "F line 8: `log_queries.log_groups` `a b` is not the name",
            ),
            (
                instead("query = \"filter @message like /ERROR/\"", &long),
                "F line 9: `log_queries.query` must have 1 to 10000 characters",
            ),
        ] {
            let found = load(&text, &[]).expect_err("an error");
            assert!(found.starts_with(error), "{found}\n{error}");
        }
    }
}
