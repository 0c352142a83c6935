//! `[[drills]]`: drills that begin by themselves, as on the first Tuesday of each month.

use super::{ConfigError, Source, channels::word, digests::recurrence, on_call::new_name};
use domain::{
    alarms::Priority,
    drills::{DrillName, RecurringDrill},
    estate::Environment,
    limits,
    schedules::{DayTime, Monthdays, Weekdays},
    text,
};
use serde::Deserialize;
use toml::Spanned;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DrillSection {
    name: Spanned<String>,
    environment: Spanned<String>,
    timezone: Spanned<String>,
    at: Spanned<DayTime>,
    days: Option<Weekdays>,
    monthdays: Option<Monthdays>,
    plays: Option<Spanned<String>>,
    priority: Option<Spanned<String>>,
    minutes: Option<Spanned<u32>>,
    acknowledge_minutes: Option<Spanned<u32>>,
}

pub(super) fn check(
    given: Vec<DrillSection>,
    source: &Source,
) -> Result<Vec<RecurringDrill>, ConfigError> {
    let mut checked: Vec<RecurringDrill> = Vec::new();
    for section in given {
        let before = checked.iter().map(|drill| &drill.name);
        let most = limits::RECURRING_DRILLS_MAX;
        let name: DrillName = new_name(&section.name, "drills.name", before, most, source)?;
        checked.push(section.check(name, source)?);
    }
    Ok(checked)
}

impl DrillSection {
    fn check(self, name: DrillName, source: &Source) -> Result<RecurringDrill, ConfigError> {
        let when = recurrence(
            "drills",
            (&self.timezone, &self.at),
            (self.days.as_ref(), self.monthdays.as_ref()),
            source,
        )?;
        let given = &self.environment;
        let environment = Environment::parse(given.get_ref()).ok_or_else(|| {
            let what = "is not the name of an environment";
            source.value(given, "drills.environment", what)
        })?;
        let plays = match &self.plays {
            None => name.to_string(),
            Some(given) => text::line(given.get_ref()).map_err(|_| {
                let what = "is not a name of an alarm in one line";
                source.value(given, "drills.plays", what)
            })?,
        };
        let priorities = || Priority::ALL.map(Priority::as_str).join(", ");
        let priority = self.priority.as_ref().map(|given| {
            word(
                given,
                "drills.priority",
                source,
                Priority::parse,
                priorities,
            )
        });
        let minutes = minutes(self.minutes.as_ref(), "drills.minutes", source)?;
        let acknowledge = self.acknowledge_minutes.as_ref();
        let acknowledge = minutes_of(acknowledge, "drills.acknowledge_minutes", source)?;
        if let Some(given) = &self.acknowledge_minutes
            && *given.get_ref() > minutes
        {
            let what = format!("is {}, but it lasts {minutes} minutes", given.get_ref());
            return Err(source.value(given, "drills.acknowledge_minutes", what));
        }
        Ok(RecurringDrill {
            name,
            when,
            environment,
            plays,
            priority: priority.transpose()?,
            minutes,
            acknowledge_minutes: acknowledge,
        })
    }
}

fn minutes(given: Option<&Spanned<u32>>, key: &str, source: &Source) -> Result<u32, ConfigError> {
    let minutes = minutes_of(given, key, source)?;
    Ok(minutes.unwrap_or(limits::DRILL_MINUTES_DEFAULT))
}

fn minutes_of(
    given: Option<&Spanned<u32>>,
    key: &str,
    source: &Source,
) -> Result<Option<u32>, ConfigError> {
    let Some(given) = given else {
        return Ok(None);
    };
    match *given.get_ref() {
        minutes @ 1..=limits::DRILL_MINUTES_MAX => Ok(Some(minutes)),
        minutes => {
            let most = limits::DRILL_MINUTES_MAX;
            let what = format!("is {minutes}; write 1 to {most} minutes");
            Err(source.value(given, key, what))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::load;

    #[test]
    fn a_drill_recurs_on_the_first_tuesday_of_each_month() {
        let text = "[[drills]]\nname = \"monthly\"\nenvironment = \"prod\"\ntimezone = \"Asia/Seoul\"\n\
                    at = \"10:00\"\ndays = [\"tue\"]\nmonthdays = [\"1..7\"]\npriority = \"P1\"\n\
                    plays = \"HighErrorRate\"\nacknowledge_minutes = 5\n";
        let config = load(text, &[]).expect("a configuration");
        let drill = &config.drills[0];
        assert_eq!((drill.plays.as_str(), drill.minutes), ("HighErrorRate", 10));
        assert_eq!(drill.acknowledge_minutes, Some(5));
        for (right, wrong, error) in [
            (
                "Asia/Seoul",
                "Seoul",
                "line 4: `drills.timezone` is refused",
            ),
            (
                "\"10:00\"",
                "\"24:00\"",
                "line 5: `drills.at` is the end of a day",
            ),
            (
                "= 5",
                "= 0",
                "line 10: `drills.acknowledge_minutes` is 0; write 1 to",
            ),
            (
                "\"P1\"",
                "\"P9\"",
                "line 8: `drills.priority` is `P9`, not one of: P1, P2",
            ),
            (
                "\"prod\"",
                "\"a b\"",
                "line 3: `drills.environment` is not the name",
            ),
        ] {
            let error_told = load(&text.replace(right, wrong), &[]).expect_err("an error");
            assert!(error_told.contains(error), "{error_told}");
        }
    }
}
