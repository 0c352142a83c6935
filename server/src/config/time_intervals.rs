//! `[[time_intervals]]`: named hours in which routes are mute or active.

use super::{ConfigError, Source};
use domain::{
    limits,
    time::Zone,
    time_intervals::{HoursDraft, TimeInterval, TimeIntervalName},
};
use serde::Deserialize;
use toml::Spanned;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TimeIntervalSection {
    name: Spanned<String>,
    timezone: Spanned<String>,
    windows: Vec<HoursDraft>,
}

pub(super) fn check(
    given: Vec<TimeIntervalSection>,
    source: &Source,
) -> Result<Vec<TimeInterval>, ConfigError> {
    let mut checked: Vec<TimeInterval> = Vec::new();
    for section in given {
        let key = "time_intervals.name";
        let written = section.name.get_ref();
        let name: TimeIntervalName = written.parse().map_err(|error| {
            source.value(&section.name, key, format!("is `{written}`; {error}"))
        })?;
        if checked.iter().any(|interval| *interval.name() == name) {
            let what = format!("is `{name}` a second time; give each time interval its own name");
            return Err(source.value(&section.name, key, what));
        }
        if checked.len() >= limits::TIME_INTERVALS_MAX {
            let what = format!("is one more than {}", limits::TIME_INTERVALS_MAX);
            return Err(source.value(&section.name, key, what));
        }
        let zone = Zone::named(section.timezone.get_ref()).map_err(|error| {
            source.value(
                &section.timezone,
                "time_intervals.timezone",
                format!("is refused: {error}"),
            )
        })?;
        let interval = TimeInterval::new(name, zone, &section.windows)
            .map_err(|error| source.value(&section.name, "time_intervals", error))?;
        checked.push(interval);
    }
    Ok(checked)
}

#[cfg(test)]
mod tests {
    use super::super::tests::load;

    const NIGHTS: &str = "[[time_intervals]]\nname = \"nights\"\ntimezone = \"Asia/Seoul\"\n";

    #[test]
    fn hours_are_written_as_the_windows_of_a_schedule() {
        let windows = "windows = [{ days = [\"mon..fri\"], from = \"22:00\", to = \"07:00\" }]\n";
        let config = load(&format!("{NIGHTS}{windows}"), &[]).expect("a configuration");
        let interval = &config.routing.time_intervals[0];
        assert_eq!(interval.to_string(), "mon..fri 22:00–07:00");
        assert_eq!(interval.zone().name(), "Asia/Seoul");
    }

    #[test]
    fn what_is_wrong_is_told_where_it_stands() {
        let check = |text: &str, place: &str, message: &str| {
            let error = load(text, &[]).expect_err("an error");
            assert!(error.contains(place) && error.contains(message), "{error}");
        };
        check(&format!("{NIGHTS}windows = []\n"), "line 2", "needs 1 to");
        let odd = "windows = [{ days = [\"moon\"], from = \"22:00\", to = \"07:00\" }]\n";
        check(
            &format!("{NIGHTS}{odd}"),
            "line 4",
            "`moon` is not a day of the week",
        );
        let kst = NIGHTS.replace("Asia/Seoul", "KST");
        let day = "windows = [{ from = \"22:00\", to = \"07:00\" }]\n";
        check(&format!("{kst}{day}"), "line 3", "KST");
        let twice = format!("{NIGHTS}{day}{NIGHTS}{day}");
        check(&twice, "line 6", "a second time");
    }
}
