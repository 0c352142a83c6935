//! `[alarms]`: how alarms get their priority, when they flap, and how long somebody has one.

use super::{ConfigError, Source};
use domain::{
    alarms::{FlapRule, PriorityRule},
    limits,
};
use serde::Deserialize;
use toml::Spanned;

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct AlarmsSection {
    pub(super) priority: Option<Vec<PriorityRule>>,
    acknowledgement_minutes: Option<Spanned<u32>>,
    pub(super) flapping: Option<FlappingSection>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FlappingSection {
    times: Spanned<u32>,
    within_minutes: Spanned<u32>,
}

impl FlappingSection {
    pub(super) fn check(&self, source: &Source) -> Result<FlapRule, ConfigError> {
        let within = |given: &Spanned<u32>, key: &str, least: u32, most: u32| {
            let number = *given.get_ref();
            if (least..=most).contains(&number) {
                return Ok(number);
            }
            let key = format!("alarms.flapping.{key}");
            Err(source.value(given, &key, format!("is {number}; write {least} to {most}")))
        };
        let (least, most) = (limits::FLAPPING_TIMES_MIN, limits::FLAPPING_TIMES_MAX);
        let longest = limits::FLAPPING_MINUTES_MAX;
        Ok(FlapRule {
            times: within(&self.times, "times", least, most)?,
            within_minutes: within(&self.within_minutes, "within_minutes", 1, longest)?,
        })
    }
}

impl AlarmsSection {
    pub(super) fn check_acknowledgement(
        &self,
        source: &Source,
    ) -> Result<Option<u32>, ConfigError> {
        let Some(given) = &self.acknowledgement_minutes else {
            return Ok(None);
        };
        let (minutes, most) = (*given.get_ref(), limits::ACKNOWLEDGEMENT_MINUTES_MAX);
        if !(1..=most).contains(&minutes) {
            let what = format!("is {minutes}; write 1 to {most}, or leave it out for no time-out");
            return Err(source.value(given, "alarms.acknowledgement_minutes", what));
        }
        Ok(Some(minutes))
    }
}
