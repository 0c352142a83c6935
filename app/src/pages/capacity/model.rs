//! The chart of a target, and the form of a scale event between text and value.

use crate::{
    shared::{COUNT_AXIS, text_error},
    texts::{capacity as t, events},
};
use api::capacity::{CapacitySample, TargetDetail};
use domain::{
    capacity::{Capacity, TargetKind, Timing},
    i18n::Lang,
    ids::TargetId,
    limits,
    scale_events::{Hold, ScaleEvent},
    text,
    time::{HOUR_MS, Timestamp, Zone},
};
use kit::chart::{Band, ChartData, Series};

/// Capacity over time, with the times of scale events shaded.
pub(super) fn chart(lang: Lang, samples: &[CapacitySample], detail: &TargetDetail) -> ChartData {
    let samples = up_to_now(samples, present(detail));
    let from_ms = samples.first().map_or(0, |sample| sample.at.ms());
    let to_ms = samples.last().map_or(0, |sample| sample.at.ms());
    let series = |name: &str, value: fn(&CapacitySample) -> u32| {
        let points = samples
            .iter()
            .map(|sample| (sample.at.ms(), Some(f64::from(value(sample)))));
        Series::new(name, points.collect())
    };
    let bands = detail.events.iter().filter_map(|event| {
        let (from, to) = (event.from.ms().max(from_ms), event.until.ms().min(to_ms));
        (from < to).then(|| Band {
            from_ms: from,
            to_ms: to,
            label: t::event(lang).into(),
            tone: kit::Tone::Info,
        })
    });
    let mut lines = vec![series(t::in_service(lang), |sample| sample.in_service)];
    if detail.target.reference.kind.is_switched() {
        lines.push(series(t::switched_on(lang), |sample| sample.desired));
        lines.push(series(t::all(lang), |sample| sample.max));
    } else {
        lines.push(series(t::desired(lang), |sample| sample.desired));
        lines.push(series(t::min(lang), |sample| sample.min));
        lines.push(series(t::max(lang), |sample| sample.max));
    }
    ChartData {
        from_ms,
        to_ms,
        series: lines,
        bands: bands.collect(),
        y_max: Some(COUNT_AXIS),
        ..ChartData::default()
    }
}

/// What AWS shows now, as a sample.
fn present(detail: &TargetDetail) -> CapacitySample {
    let Capacity { min, desired, max } = detail.target.capacity;
    CapacitySample {
        at: detail.read_at,
        min,
        desired,
        max,
        in_service: detail.target.in_service,
    }
}

/// Samples that end with what AWS shows now, which may be newer than the last of them:
/// the legend tells the last.
fn up_to_now(samples: &[CapacitySample], now: CapacitySample) -> Vec<CapacitySample> {
    let is_newer = samples.last().is_some_and(|last| last.at < now.at);
    let now = is_newer.then_some(now);
    samples.iter().copied().chain(now).collect()
}

/// When an action fires, in its own terms: the expression is read in its own zone.
pub(super) fn timing(lang: Lang, zone: &Zone, timing: &Timing) -> String {
    match timing {
        Timing::Once { at } => format!("{} {}", t::once(lang), zone.minute_text(*at)),
        Timing::Recurring {
            expression,
            timezone,
            starts_at,
            ends_at,
        } => {
            let mut text = format!("{expression} · {timezone}");
            for (word, at) in [(t::starts(lang), starts_at), (t::ends(lang), ends_at)] {
                if let Some(at) = at {
                    text.push_str(&format!(" · {word} {}", zone.minute_text(*at)));
                }
            }
            text
        }
    }
}

/// What a scale event is made for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Subject {
    pub target: TargetId,
    pub name: String,
    pub kind: TargetKind,
    pub capacity: Capacity,
}

/// The form as text, as it is typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Draft {
    pub hold: String,
    pub count: String,
    pub start: String,
    pub from: String,
    pub until: String,
    pub reason: String,
}

/// The word of "at least" in the form.
pub(super) const AT_LEAST: &str = "at_least";
/// The word of "exactly" in the form.
pub(super) const EXACTLY: &str = "exactly";
/// The word of a start at once in the form.
pub(super) const NOW: &str = "now";
/// The word of a planned start in the form.
pub(super) const PLANNED: &str = "planned";
/// A new event is offered to last this long, and a planned one to begin after it.
const OFFERED_MS: i64 = HOUR_MS;

impl Draft {
    /// What a new event starts from.
    pub fn new(zone: &Zone, capacity: Capacity, now: Timestamp) -> Self {
        let later = zone.field_text(now.plus_ms(OFFERED_MS).ceil_minute());
        Self {
            hold: AT_LEAST.into(),
            count: capacity.desired.to_string(),
            start: NOW.into(),
            from: later.clone(),
            until: later,
            reason: String::new(),
        }
    }

    /// Chooses how it starts. An end that a planned start overtakes moves on.
    pub fn choose_start(&mut self, zone: &Zone, start: String) {
        self.start = start;
        let (from, until) = (zone.parse_field(&self.from), zone.parse_field(&self.until));
        if let (PLANNED, Ok(from), Ok(until)) = (self.start.as_str(), from, until)
            && until <= from
        {
            self.until = zone.field_text(from.plus_ms(OFFERED_MS));
        }
    }

    /// Takes a stretch of time over, as far as it is still to come.
    pub fn choose_span(
        &mut self,
        zone: &Zone,
        (from, until): (Timestamp, Timestamp),
        now: Timestamp,
    ) {
        if until > now {
            self.until = zone.field_text(until);
        }
        if from > now {
            self.start = PLANNED.into();
            self.from = zone.field_text(from);
        }
    }

    /// An event as it was proposed.
    pub fn of(zone: &Zone, event: &ScaleEvent) -> Self {
        let hold = match event.hold {
            Hold::AtLeast => AT_LEAST,
            Hold::Exactly => EXACTLY,
        };
        Self {
            hold: hold.into(),
            count: event.count.to_string(),
            start: if event.from.is_some() { PLANNED } else { NOW }.into(),
            from: zone.field_text(event.from.unwrap_or(event.until)),
            until: zone.field_text(event.until),
            reason: event.reason.clone(),
        }
    }

    /// The event that is asked for.
    ///
    /// # Errors
    /// The fields that cannot be read, each with what to do.
    pub fn read(
        &self,
        lang: Lang,
        zone: &Zone,
        target: TargetId,
    ) -> Result<ScaleEvent, FieldErrors> {
        let mut errors = Vec::new();
        let count = read_count(self).or_else(|| {
            fail(
                &mut errors,
                "count",
                events::count_missing(lang, limits::CAPACITY_MAX),
            )
        });
        let from = match self.start.as_str() {
            PLANNED => instant(&mut errors, lang, zone, "from", &self.from),
            _ => None,
        };
        let until = instant(&mut errors, lang, zone, "until", &self.until);
        if from.is_some() && until <= from && until.is_some() {
            errors.push(("until", events::time_order(lang).to_owned()));
        }
        let reason = match text::note(&self.reason) {
            Ok(reason) => Some(reason),
            Err(error) => fail(
                &mut errors,
                "reason",
                text_error(lang, &error, events::reason_missing(lang)),
            ),
        };
        let (Some(count), Some(until), Some(reason), true) =
            (count, until, reason, errors.is_empty())
        else {
            return Err(errors);
        };
        Ok(ScaleEvent {
            target,
            hold: if self.hold == EXACTLY {
                Hold::Exactly
            } else {
                Hold::AtLeast
            },
            count,
            from,
            until,
            reason,
        })
    }

    /// The same for a preview: the reason changes nothing and may still be missing.
    pub fn read_for_preview(
        &self,
        lang: Lang,
        zone: &Zone,
        target: TargetId,
    ) -> Option<ScaleEvent> {
        let mut draft = self.clone();
        if text::note(&draft.reason).is_err() {
            draft.reason = "–".into();
        }
        draft.read(lang, zone, target).ok()
    }
}

/// Whether a draft asks to hold "at least" what the minimum, which it never
/// lowers, holds anyway.
pub(super) fn keeps_minimum(draft: &Draft, min: u32) -> bool {
    draft.hold == AT_LEAST && read_count(draft).is_some_and(|count| count <= min)
}

/// The count as it is typed, if it is one.
pub(super) fn read_count(draft: &Draft) -> Option<u32> {
    let count = draft.count.trim().parse().ok();
    count.filter(|count| *count <= limits::CAPACITY_MAX)
}

/// What is wrong with the fields of a form, in order.
type FieldErrors = Vec<(&'static str, String)>;

fn fail<T>(errors: &mut FieldErrors, field: &'static str, message: impl Into<String>) -> Option<T> {
    errors.push((field, message.into()));
    None
}

fn instant(
    errors: &mut FieldErrors,
    lang: Lang,
    zone: &Zone,
    field: &'static str,
    text: &str,
) -> Option<Timestamp> {
    match zone.parse_field(text) {
        Ok(at) => Some(at),
        Err(_) => fail(errors, field, events::time_missing(lang)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chart_ends_with_what_aws_shows_now() {
        let sample = |second: i64, desired| CapacitySample {
            at: Timestamp::from_ms(second * 1_000),
            min: 2,
            desired,
            max: 40,
            in_service: 13,
        };
        let samples = [sample(0, 12), sample(30, 13)];
        let desired = |now| {
            let all = up_to_now(&samples, now).into_iter();
            all.map(|sample| sample.desired).collect::<Vec<_>>()
        };
        assert_eq!(desired(sample(41, 22)), [12, 13, 22]);
        // The same reading, or an older one.
        assert_eq!(desired(sample(30, 13)), [12, 13]);
        assert_eq!(desired(sample(0, 12)), [12, 13]);
        assert!(
            up_to_now(&[], sample(41, 22)).is_empty(),
            "a chart needs a past"
        );
    }

    fn target() -> TargetId {
        TargetId::from_parts(0, 7)
    }

    fn draft() -> Draft {
        Draft {
            hold: EXACTLY.into(),
            count: " 12 ".into(),
            start: PLANNED.into(),
            from: "2026-03-01T10:00".into(),
            until: "2026-03-01T12:00".into(),
            reason: "sale".into(),
        }
    }

    fn fields(draft: &Draft) -> Vec<&'static str> {
        match draft.read(Lang::En, &Zone::utc(), target()) {
            Ok(_) => Vec::new(),
            Err(errors) => errors.into_iter().map(|(field, _)| field).collect(),
        }
    }

    #[test]
    fn a_form_reads_back_as_it_was_filled_in() {
        let zone = Zone::utc();
        let event = draft()
            .read(Lang::En, &zone, target())
            .expect("a good form");
        assert_eq!((event.count, event.hold), (12, Hold::Exactly));
        let again = Draft::of(&zone, &event).read(Lang::Ko, &zone, target());
        assert_eq!(again, Ok(event));
    }

    #[test]
    fn each_mistake_is_told_at_its_field() {
        let changed = |change: fn(&mut Draft)| {
            let mut draft = draft();
            change(&mut draft);
            fields(&draft)
        };
        assert_eq!(changed(|d| d.count = "-1".into()), ["count"]);
        assert_eq!(changed(|d| d.count = "1.5".into()), ["count"]);
        assert_eq!(changed(|d| d.count = "99999999999".into()), ["count"]);
        assert_eq!(changed(|d| d.from = String::new()), ["from"]);
        assert_eq!(changed(|d| d.until = "2026-03-01T10:00".into()), ["until"]);
        assert_eq!(changed(|d| d.reason = "  ".into()), ["reason"]);
        assert_eq!(changed(|d| d.reason = "x".repeat(2_001)), ["reason"]);
        assert_eq!(
            changed(|d| {
                d.count = String::new();
                d.until = "soon".into();
            }),
            ["count", "until"]
        );
        assert!(
            changed(|d| {
                d.start = NOW.into();
                d.from = String::new();
            })
            .is_empty()
        );
    }

    #[test]
    fn a_new_event_is_offered_whole_however_it_starts() {
        let zone = Zone::utc();
        let capacity = Capacity {
            min: 2,
            desired: 4,
            max: 12,
        };
        let now = Timestamp::from_ms(1_700_000_000_000);
        for start in [NOW, PLANNED] {
            let mut draft = Draft::new(&zone, capacity, now);
            draft.reason = "sale".into();
            draft.choose_start(&zone, start.into());
            let event = draft.read(Lang::En, &zone, target()).expect("a whole form");
            let from = event.from.unwrap_or(now.ceil_minute());
            assert_eq!(event.until.since_ms(from), OFFERED_MS, "{start}");
        }
    }

    #[test]
    fn at_least_never_lowers_the_minimum() {
        let keeps = |hold: &str, count: &str| {
            let draft = Draft {
                hold: hold.into(),
                count: count.into(),
                ..draft()
            };
            keeps_minimum(&draft, 4)
        };
        assert!(keeps(AT_LEAST, "0") && keeps(AT_LEAST, "4"));
        assert!(!keeps(AT_LEAST, "5") && !keeps(EXACTLY, "0") && !keeps(AT_LEAST, "many"));
    }

    #[test]
    fn a_preview_needs_no_reason() {
        let mut draft = draft();
        draft.reason.clear();
        assert!(
            draft
                .read_for_preview(Lang::En, &Zone::utc(), target())
                .is_some()
        );
        draft.count.clear();
        assert!(
            draft
                .read_for_preview(Lang::En, &Zone::utc(), target())
                .is_none()
        );
    }
}
