//! `[[digests]]`: when what is not urgent is told.

use super::{ConfigError, Source, on_call::new_name};
use domain::{
    digests::{Digest, DigestName},
    limits,
    recurrences::Recurrence,
    schedules::{DayTime, Days, Monthdays, Weekdays},
    time::Zone,
};
use serde::Deserialize;
use toml::Spanned;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DigestSection {
    name: Spanned<String>,
    timezone: Spanned<String>,
    at: Spanned<DayTime>,
    days: Option<Weekdays>,
}

pub(super) fn check(
    given: Vec<DigestSection>,
    source: &Source,
) -> Result<Vec<Digest>, ConfigError> {
    let mut checked: Vec<Digest> = Vec::new();
    for section in given {
        let before = checked.iter().map(|digest| &digest.name);
        let most = limits::DIGESTS_MAX;
        let name: DigestName = new_name(&section.name, "digests.name", before, most, source)?;
        let when = recurrence(
            "digests",
            (&section.timezone, &section.at),
            (section.days.as_ref(), None),
            source,
        )?;
        checked.push(Digest { name, when });
    }
    Ok(checked)
}

/// A local time on days of the week and of the month, of an entry of that section.
pub(super) fn recurrence(
    section: &str,
    (timezone, at): (&Spanned<String>, &Spanned<DayTime>),
    (days, monthdays): (Option<&Weekdays>, Option<&Monthdays>),
    source: &Source,
) -> Result<Recurrence, ConfigError> {
    let zone = Zone::named(timezone.get_ref()).map_err(|error| {
        let what = format!("is refused: {error}");
        source.value(timezone, &format!("{section}.timezone"), what)
    })?;
    let key = format!("{section}.at");
    if *at.get_ref() == DayTime::MIDNIGHT_AFTER {
        let what = "is the end of a day; write \"00:00\" of the next";
        return Err(source.value(at, &key, what));
    }
    let days = Days::of(days, monthdays, None, None);
    let days = days.ok_or_else(|| source.value(at, &key, "is on no day"))?;
    Ok(Recurrence {
        zone,
        days,
        at: *at.get_ref(),
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::load;

    #[test]
    fn routes_name_a_digest_that_is_there() {
        let text = |route: &str, at: &str| {
            format!(
                "[[channels]]\nname = \"ops\"\nkind = \"slack\"\nchannel = \"C0123\"\nsecret_env = \"TOKEN\"\n\
                 [[digests]]\nname = \"morning\"\ntimezone = \"Asia/Seoul\"\nat = \"{at}\"\ndays = [\"mon..fri\"]\n\
                 [[routes]]\nchannels = [\"ops\"]\ndigest = \"{route}\"\n"
            )
        };
        let config = load(&text("morning", "09:00"), &[]).expect("a configuration");
        assert_eq!(config.routing.digests[0].when.to_string(), "mon..fri 09:00");
        assert!(config.routing.routes[0].digest.is_some());
        for (route, at, expected) in [
            (
                "mornin",
                "09:00",
                "`routes.digest` is `mornin`, not one of: morning; did you mean",
            ),
            (
                "morning",
                "24:00",
                "line 9: `digests.at` is the end of a day",
            ),
        ] {
            let error = load(&text(route, at), &[]).expect_err("an error");
            assert!(error.contains(expected), "{error}");
        }
    }
}
