//! M out of N: how CloudWatch judges datapoints, and the words it finds
//! (CloudWatch User Guide, "Using Amazon CloudWatch alarms").

use domain::{
    alarms::{AlarmReading, AlarmState, definition::MissingData},
    step_policies::Comparison,
    time::Timestamp,
};
use std::collections::VecDeque;

/// A period's value; none where nothing was reported.
#[derive(Debug, Clone, Copy)]
pub(super) struct Point {
    pub at: Timestamp,
    pub value: Option<f64>,
}

const fn phrase(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Greater => "greater than",
        Comparison::GreaterOrEqual => "greater than or equal to",
        Comparison::Less => "less than",
        Comparison::LessOrEqual => "less than or equal to",
        // There are no bands here.
        Comparison::OutsideBand | Comparison::BelowBand | Comparison::AboveBand => "outside",
    }
}

/// When a metric alarm goes off.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rule {
    pub comparison: Comparison,
    pub threshold: f64,
    pub periods: usize,
    pub must_breach: usize,
    pub missing: MissingData,
}

/// A state and what it rests on; the words are found only when they are needed.
pub(super) struct Verdict<'a> {
    pub state: AlarmState,
    pub grounds: Grounds<'a>,
}

pub(super) enum Grounds<'a> {
    Points(Rule, &'a VecDeque<Point>),
    Child(Option<&'a AlarmReading>),
}

impl Rule {
    fn breaches(&self, point: &Point) -> bool {
        point
            .value
            .is_some_and(|value| self.comparison.breaches(value, self.threshold))
    }

    /// Judges a full window of an alarm that stands so.
    pub fn judge<'a>(&self, held: AlarmState, window: &'a VecDeque<Point>) -> Verdict<'a> {
        let known = window.iter().filter(|point| point.value.is_some()).count();
        let mut breaching = window.iter().filter(|point| self.breaches(point)).count();
        if self.missing == MissingData::Breaching {
            breaching += window.len() - known;
        }
        let state = if known == 0 && self.missing == MissingData::Missing {
            AlarmState::InsufficientData
        } else if known == 0 && self.missing == MissingData::Ignore {
            held
        } else if breaching >= self.must_breach {
            AlarmState::Alarm
        } else {
            AlarmState::Ok
        };
        Verdict {
            state,
            grounds: Grounds::Points(*self, window),
        }
    }
}

impl Verdict<'_> {
    /// Since when its grounds have stood; none where they are those of now.
    pub fn since(&self) -> Option<Timestamp> {
        match self.grounds {
            Grounds::Points(..) => None,
            Grounds::Child(child) => child.map(|child| child.state_at),
        }
    }

    /// Why, in CloudWatch's words. The datapoints are told as `ago_ms` older than
    /// they are: those on which a state rests that has stood for so long.
    pub fn reason(&self, ago_ms: i64) -> String {
        match &self.grounds {
            Grounds::Points(rule, window) => self.points(rule, window, ago_ms),
            Grounds::Child(child) => child.map_or_else(String::new, |child| {
                let at = child.state_at.to_jiff();
                format!(
                    "{} transitioned to {} at {}",
                    child.arn,
                    word(child.state),
                    at.strftime("%A %d %B, %Y %H:%M:%S UTC")
                )
            }),
        }
    }

    fn points(&self, rule: &Rule, window: &VecDeque<Point>, ago_ms: i64) -> String {
        let periods = window.len();
        let known = window.iter().filter(|point| point.value.is_some()).count();
        if self.state == AlarmState::InsufficientData {
            return match periods {
                1 => "Insufficient Data: 1 datapoint was unknown.".into(),
                _ => format!("Insufficient Data: {periods} datapoints were unknown."),
            };
        }
        if known == 0 {
            let (count, were) = match periods {
                1 => ("1 period".to_owned(), "1 missing datapoint was".to_owned()),
                _ => (
                    format!("{periods} periods"),
                    format!("{periods} missing datapoints were"),
                ),
            };
            let treated = match rule.missing {
                MissingData::Breaching => "Breaching",
                _ => "NonBreaching",
            };
            return format!(
                "Threshold Crossed: no datapoints were received for {count} and {were} treated as \
                 [{treated}]."
            );
        }
        let on = self.state == AlarmState::Alarm;
        let told: Vec<_> = window
            .iter()
            .filter(|point| point.value.is_some() && rule.breaches(point) == on)
            .collect();
        let values: Vec<_> = told
            .iter()
            .filter_map(|point| {
                let at = point.at.plus_ms(-ago_ms).to_jiff();
                let at = at.strftime("%d/%m/%y %H:%M:%S");
                Some(format!("{:?} ({at})", rounded(point.value?)))
            })
            .collect();
        let were = match (told.len(), on) {
            (1, true) => "was",
            (1, false) => "was not",
            (_, true) => "were",
            (_, false) => "were not",
        };
        let (least, change) = match on {
            true => (rule.must_breach, "OK -> ALARM"),
            false => (periods + 1 - rule.must_breach, "ALARM -> OK"),
        };
        let points = if least == 1 {
            "datapoint"
        } else {
            "datapoints"
        };
        format!(
            "Threshold Crossed: {} out of the last {periods} datapoints [{}] {were} {} the \
             threshold ({:?}) (minimum {least} {points} for {change} transition).",
            told.len(),
            values.join(", "),
            phrase(rule.comparison),
            rule.threshold,
        )
    }
}

/// What a person can read: four decimals.
fn rounded(value: f64) -> f64 {
    (value * 10_000.0).round() / 10_000.0
}

const fn word(state: AlarmState) -> &'static str {
    match state {
        AlarmState::Ok => "OK",
        AlarmState::Alarm => "ALARM",
        AlarmState::InsufficientData => "INSUFFICIENT_DATA",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(
        (must_breach, missing): (usize, MissingData),
        values: &[Option<f64>],
        state: AlarmState,
        reason: &str,
    ) {
        let rule = Rule {
            comparison: Comparison::Greater,
            threshold: 80.0,
            periods: values.len(),
            must_breach,
            missing,
        };
        let begin: Timestamp = "2026-03-01T09:00:00Z".parse().expect("a time");
        let mut window = VecDeque::new();
        for (minute, value) in (0..).zip(values) {
            let at = begin.plus_ms(minute * 60_000);
            window.push_front(Point { at, value: *value });
        }
        let verdict = rule.judge(AlarmState::Ok, &window);
        assert_eq!(verdict.state, state, "{values:?}");
        assert_eq!(verdict.reason(0), reason);
    }

    #[test]
    fn enough_breaching_datapoints_make_an_alarm_and_cloudwatch_says_why() {
        let strict = MissingData::Missing;
        check(
            (2, strict),
            &[Some(91.25), Some(10.0), Some(85.0)],
            AlarmState::Alarm,
            "Threshold Crossed: 2 out of the last 3 datapoints [85.0 (01/03/26 09:02:00), 91.25 \
             (01/03/26 09:00:00)] were greater than the threshold (80.0) (minimum 2 datapoints for \
             OK -> ALARM transition).",
        );
        check(
            (3, strict),
            &[Some(91.0), Some(92.0), Some(80.0)],
            AlarmState::Ok,
            "Threshold Crossed: 1 out of the last 3 datapoints [80.0 (01/03/26 09:02:00)] was not \
             greater than the threshold (80.0) (minimum 1 datapoint for ALARM -> OK transition).",
        );
        check(
            (1, strict),
            &[None, None],
            AlarmState::InsufficientData,
            "Insufficient Data: 2 datapoints were unknown.",
        );
        check(
            (1, MissingData::NotBreaching),
            &[None],
            AlarmState::Ok,
            "Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint \
             was treated as [NonBreaching].",
        );
        check(
            (2, MissingData::Breaching),
            &[None, None],
            AlarmState::Alarm,
            "Threshold Crossed: no datapoints were received for 2 periods and 2 missing datapoints \
             were treated as [Breaching].",
        );
    }
}
