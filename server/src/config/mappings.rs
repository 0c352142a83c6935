//! `[sources.mapping]`: where the alarms are in what a source of kind `json` posts.

use super::{ConfigError, Source};
use domain::mappings::{MappingText, StateWord};
use files::Mapping;
use serde::Deserialize;
use toml::Spanned;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MappingSection {
    alerts: Option<Spanned<String>>,
    labels: Spanned<String>,
    state: Spanned<String>,
    alarm_when: Option<Spanned<Vec<StateWord>>>,
    ok_when: Option<Spanned<Vec<StateWord>>>,
    at: Option<Spanned<String>>,
    description: Option<Spanned<String>>,
    reason: Option<Spanned<String>>,
    link: Option<Spanned<String>>,
}

impl MappingSection {
    /// Compiles it, so that what is wrong is told now and not at the first call.
    pub(super) fn check(self, source: &Source) -> Result<Mapping, ConfigError> {
        let text =
            |given: &Option<Spanned<String>>| given.as_ref().map(|given| given.get_ref().clone());
        let words = |given: &Option<Spanned<Vec<StateWord>>>| {
            given
                .as_ref()
                .map(|given| given.get_ref().clone())
                .unwrap_or_default()
        };
        let mapping = MappingText {
            alerts: text(&self.alerts),
            labels: self.labels.get_ref().clone(),
            state: self.state.get_ref().clone(),
            alarm_when: words(&self.alarm_when),
            ok_when: words(&self.ok_when),
            at: text(&self.at),
            description: text(&self.description),
            reason: text(&self.reason),
            link: text(&self.link),
        };
        Mapping::compile(mapping).map_err(|error| {
            let key = format!("sources.mapping.{}", error.key);
            let span = match error.key {
                "alerts" => self.alerts.as_ref().map(Spanned::span),
                "state" => Some(self.state.span()),
                "alarm_when" => self.alarm_when.as_ref().map(Spanned::span),
                "ok_when" => self.ok_when.as_ref().map(Spanned::span),
                "at" => self.at.as_ref().map(Spanned::span),
                "description" => self.description.as_ref().map(Spanned::span),
                "reason" => self.reason.as_ref().map(Spanned::span),
                "link" => self.link.as_ref().map(Spanned::span),
                _ => Some(self.labels.span()),
            };
            let place = Spanned::new(span.unwrap_or_else(|| self.labels.span()), ());
            source.value(&place, &key, error.to_string())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::load;
    use domain::mappings::StateWord;

    const SOURCE: &str = "[[sources]]\nname = \"own\"\nkind = \"json\"\ntoken_env = \"T\"\n\
        [sources.mapping]\n";

    #[test]
    fn a_mapping_is_compiled_when_the_configuration_is_read() {
        let text = format!(
            "{SOURCE}labels = \"{{ alertname: title }}\"\nstate = \"status\"\n\
             alarm_when = [\"bad\", 2, true]\n"
        );
        let config = load(&text, &[]).expect("a configuration");
        let mapping = config.sources[0].mapping.as_ref().expect("a mapping");
        assert_eq!(
            mapping.text().alarm_when,
            [
                StateWord::Text("bad".into()),
                StateWord::Number(2),
                StateWord::Flag(true)
            ]
        );
    }

    #[test]
    fn what_is_wrong_with_a_mapping_is_told_with_its_line_and_column() {
        for (lines, error) in [
            (
                "state = \"s\"\nlabels = \"{ a: b\"",
                "F line 7: `sources.mapping.labels` `{ a: b`: Expected \'}\' or \',\' -- found Eof (column 7)",
            ),
            (
                "labels = \"@\"\nstate = \"nope(s)\"",
                "F line 7: `sources.mapping.state` `nope(s)`: there is no function `nope` (column 5)",
            ),
            ("labels = \"@\"", "F line 5: missing field `state`"),
            (
                "labels = \"@\"\nstate = \"s\"\nlabel = \"x\"",
                "F line 8: unknown field `label`",
            ),
        ] {
            let found = load(&format!("{SOURCE}{lines}\n"), &[]).expect_err("an error");
            assert!(found.starts_with(error), "{found}\n{error}");
        }
    }
}
