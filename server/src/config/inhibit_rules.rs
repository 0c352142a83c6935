//! `[[inhibit_rules]]`: which alarms hold which others back.

use super::{ConfigError, Source};
use domain::{inhibitions::InhibitRule, labels::LabelMatchers, limits};
use serde::Deserialize;
use toml::Spanned;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct InhibitSection {
    source_matchers: Spanned<String>,
    target_matchers: Spanned<String>,
    #[serde(default)]
    equal: Vec<String>,
}

pub(super) fn check(
    given: Vec<InhibitSection>,
    source: &Source,
) -> Result<Vec<InhibitRule>, ConfigError> {
    let mut checked = Vec::with_capacity(given.len());
    for section in given {
        let first = &section.source_matchers;
        let most = limits::INHIBIT_RULES_MAX;
        if checked.len() == most {
            let what = format!("is of one rule more than {most}");
            return Err(source.value(first, "inhibit_rules.source_matchers", what));
        }
        let labels = limits::INHIBIT_LABELS_MAX;
        if section.equal.len() > labels {
            let what = format!("is of a rule with more than {labels} labels in `equal`");
            return Err(source.value(first, "inhibit_rules.source_matchers", what));
        }
        let matchers = |given: &Spanned<String>, name: &str| {
            let key = format!("inhibit_rules.{name}");
            let matchers: Result<LabelMatchers, _> = given.get_ref().parse();
            let matchers = matchers.map_err(|what| source.value(given, &key, what))?;
            let fits_all = match name {
                "source_matchers" => matchers.fits_nothing_known(),
                _ => matchers == LabelMatchers::default(),
            };
            if fits_all {
                let what = "fits every alarm: name a label that it must have, as \
                    alertname=\"ClusterDown\"";
                return Err(source.value(given, &key, what));
            }
            Ok(matchers)
        };
        checked.push(InhibitRule {
            source_matchers: matchers(first, "source_matchers")?,
            target_matchers: matchers(&section.target_matchers, "target_matchers")?,
            equal: section.equal,
        });
    }
    Ok(checked)
}

#[cfg(test)]
mod tests {
    use super::super::tests::load;

    #[test]
    fn rules_are_read_as_alertmanager_writes_matchers() {
        let rule = |source: &str, target: &str| {
            format!(
                "[[inhibit_rules]]\nsource_matchers = '{source}'\ntarget_matchers = '{target}'\n\
                 equal = [\"environment\"]\n[alarms.flapping]\ntimes = 4\nwithin_minutes = 30\n"
            )
        };
        let config = load(&rule("alertname=\"Down\"", "priority=~\"P[34]\""), &[]);
        let routing = config.expect("a configuration").routing;
        assert_eq!(routing.inhibit_rules[0].equal, ["environment"]);
        assert_eq!(routing.flapping.expect("a rule").times, 4);
        for (source, target, expected) in [
            (
                "",
                "priority=P3",
                "line 2: `inhibit_rules.source_matchers` fits every alarm",
            ),
            (
                "a=b",
                "",
                "line 3: `inhibit_rules.target_matchers` fits every alarm",
            ),
            ("a~b", "c=d", "comes one of =, !=, =~ and !~"),
        ] {
            let error = load(&rule(source, target), &[]).expect_err("an error");
            assert!(error.contains(expected), "{error}");
        }
        let once = rule("a=b", "c=d").replace("times = 4", "times = 1");
        let error = load(&once, &[]).expect_err("an error");
        assert!(
            error.contains("line 6: `alarms.flapping.times` is 1; write 2 to"),
            "{error}"
        );
    }
}
