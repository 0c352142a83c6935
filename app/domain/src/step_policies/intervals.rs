//! Which values an alarm delivers, which of them a step takes, and what is left
//! over: intervals of doubles with exact ends.
//!
//! Above the threshold a step takes `[lower, upper)`, below it `(lower, upper]`,
//! so an end is a cut right before or right after a number. A stretch in which
//! no double lies is empty, however it is written.

use super::{Comparison, Step};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// On which side of the threshold an alarm goes off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ThresholdSide))]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Too much.
    Above,
    /// Too little.
    Below,
}

/// Values of a metric without a step.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = MetricInterval))]
pub struct Interval {
    /// Lower end; none for minus infinity.
    pub from: Option<f64>,
    /// Upper end; none for infinity.
    pub to: Option<f64>,
    /// The lower end belongs to it.
    pub from_inclusive: bool,
    /// The upper end belongs to it.
    pub to_inclusive: bool,
}

/// A place between two neighbouring doubles.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Cut {
    /// The number it lies at.
    at: f64,
    /// Right after it, not right before.
    after: bool,
}

/// Right after minus infinity, which no metric reaches.
const LOWEST: Cut = Cut {
    at: f64::NEG_INFINITY,
    after: true,
};
/// Right before infinity.
const HIGHEST: Cut = Cut {
    at: f64::INFINITY,
    after: false,
};

impl Cut {
    /// A cut at a number; a sum that overflowed is as good as unbounded.
    fn new(at: f64, after: bool) -> Self {
        if at == f64::INFINITY {
            return HIGHEST;
        }
        if at == f64::NEG_INFINITY {
            return LOWEST;
        }
        // Adding zero makes one zero of the two, which order would tell apart.
        Self {
            at: at + 0.0,
            after,
        }
    }

    /// The least double right of it.
    fn next(self) -> f64 {
        if self.after {
            self.at.next_up()
        } else {
            self.at
        }
    }

    fn order(self, other: Self) -> Ordering {
        self.next().total_cmp(&other.next())
    }

    fn bound(self) -> Option<f64> {
        self.at.is_finite().then_some(self.at)
    }
}

/// A stretch between two cuts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Span {
    start: Cut,
    end: Cut,
}

impl Span {
    fn is_empty(self) -> bool {
        self.start.order(self.end).is_ge()
    }

    fn contains(self, metric: f64) -> bool {
        self.start.next() <= metric && metric < self.end.next()
    }

    /// Whether some value lies in both.
    pub(super) fn meets(self, other: Self) -> bool {
        let start = later(self.start, other.start);
        let end = earlier(self.end, other.end);
        !Self { start, end }.is_empty()
    }

    /// As people and programs are told.
    fn interval(self) -> Interval {
        let (from, to) = (self.start.bound(), self.end.bound());
        Interval {
            from,
            to,
            from_inclusive: from.is_some() && !self.start.after,
            to_inclusive: to.is_some() && self.end.after,
        }
    }
}

fn later(a: Cut, b: Cut) -> Cut {
    if a.order(b).is_lt() { b } else { a }
}

fn earlier(a: Cut, b: Cut) -> Cut {
    if b.order(a).is_lt() { b } else { a }
}

impl Comparison {
    /// The sides on which an alarm of this comparison goes off.
    #[must_use]
    pub const fn sides(self) -> &'static [Side] {
        match self {
            Self::GreaterOrEqual | Self::Greater | Self::AboveBand => &[Side::Above],
            Self::Less | Self::LessOrEqual | Self::BelowBand => &[Side::Below],
            Self::OutsideBand => &[Side::Below, Side::Above],
        }
    }

    /// The values on one side that an alarm delivers.
    pub(super) fn delivers(self, side: Side, threshold: f64) -> Span {
        match side {
            Side::Above => Span {
                start: Cut::new(threshold, self != Self::GreaterOrEqual),
                end: HIGHEST,
            },
            Side::Below => Span {
                start: LOWEST,
                end: Cut::new(threshold, self == Self::LessOrEqual),
            },
        }
    }
}

impl Step {
    /// The values that the step takes on one side; none when a bound is no number.
    pub(super) fn takes(self, side: Side, threshold: f64) -> Option<Span> {
        let cut = |bound: Option<f64>, open| match bound.map(|bound| threshold + bound) {
            None => Some(open),
            Some(sum) if sum.is_nan() => None,
            Some(sum) => Some(Cut::new(sum, side == Side::Below)),
        };
        let span = Span {
            start: cut(self.lower, LOWEST)?,
            end: cut(self.upper, HIGHEST)?,
        };
        Some(span).filter(|span| !span.is_empty())
    }
}

/// The step that AWS takes for a value of the metric; none when the alarm does
/// not go off at it, or when no step fits.
#[must_use]
pub fn step_for(
    steps: &[Step],
    comparison: Comparison,
    threshold: f64,
    metric: f64,
) -> Option<&Step> {
    let side = *comparison
        .sides()
        .iter()
        .find(|side| comparison.delivers(**side, threshold).contains(metric))?;
    steps.iter().find(|step| {
        step.takes(side, threshold)
            .is_some_and(|span| span.contains(metric))
    })
}

/// The values that an alarm delivers and no step takes, ascending.
#[must_use]
pub fn uncovered(steps: &[Step], comparison: Comparison, threshold: f64) -> Vec<Interval> {
    let mut left = Vec::new();
    for side in comparison.sides() {
        let taken = steps
            .iter()
            .filter_map(|step| step.takes(*side, threshold))
            .collect();
        left.extend(without(comparison.delivers(*side, threshold), taken));
    }
    left.into_iter().map(Span::interval).collect()
}

/// What lies between the steps themselves, as distances from the threshold.
#[must_use]
pub fn holes(steps: &[Step]) -> Vec<Interval> {
    let taken: Vec<Span> = steps
        .iter()
        .filter_map(|step| step.takes(Side::Above, 0.0))
        .collect();
    let whole = taken.iter().copied().reduce(|all, span| Span {
        start: earlier(all.start, span.start),
        end: later(all.end, span.end),
    });
    whole.map_or_else(Vec::new, |whole| {
        without(whole, taken)
            .into_iter()
            .map(Span::interval)
            .collect()
    })
}

/// A stretch less others.
fn without(whole: Span, mut taken: Vec<Span>) -> Vec<Span> {
    taken.sort_by(|a, b| a.start.order(b.start));
    let mut left = Vec::new();
    let mut reached = whole.start;
    for span in taken {
        left.push(Span {
            start: reached,
            end: earlier(span.start, whole.end),
        });
        reached = later(reached, span.end);
    }
    left.push(Span {
        start: reached,
        end: whole.end,
    });
    left.retain(|span| !span.is_empty());
    left
}

impl Interval {
    /// A value inside, one that a metric might well have: not below zero where
    /// there is a choice, and near the end that is bounded.
    #[must_use]
    pub fn example(&self) -> Option<f64> {
        let span = Span {
            start: self
                .from
                .map_or(LOWEST, |from| Cut::new(from, !self.from_inclusive)),
            end: self
                .to
                .map_or(HIGHEST, |to| Cut::new(to, self.to_inclusive)),
        };
        let liked = match (self.from, self.to) {
            (None, None) => 0.0,
            (Some(from), None) if self.from_inclusive => from,
            (Some(from), None) => from + from.abs().max(1.0) / 100.0,
            (None, Some(to)) if to > 0.0 => 0.0,
            (None, Some(to)) if self.to_inclusive => to,
            (None, Some(to)) => to - to.abs().max(1.0) / 100.0,
            (Some(from), Some(to)) => from / 2.0 + to / 2.0,
        };
        [liked, span.start.next(), span.end.next().next_down()]
            .into_iter()
            .find(|value| value.is_finite() && span.contains(*value))
            .map(|value| value + 0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(lower: impl Into<Option<f64>>, upper: impl Into<Option<f64>>) -> Step {
        Step {
            lower: lower.into(),
            upper: upper.into(),
            adjustment: 1,
        }
    }

    fn check(comparison: Comparison, threshold: f64, steps: &[Step], expected: &str) {
        let left: Vec<String> = uncovered(steps, comparison, threshold)
            .iter()
            .map(|interval| {
                let end = |bound: Option<f64>| bound.map_or("∞".into(), |b| b.to_string());
                let open = if interval.from_inclusive { '[' } else { '(' };
                let close = if interval.to_inclusive { ']' } else { ')' };
                format!("{open}{} {}{close}", end(interval.from), end(interval.to))
            })
            .collect();
        assert_eq!(left.join(" "), expected, "{comparison:?} {threshold}");
    }

    #[test]
    fn what_is_left_over_has_exact_ends() {
        use Comparison::{Greater, GreaterOrEqual, Less, LessOrEqual, OutsideBand};
        let (one, none) = ([step(0.0, None)], None::<f64>);
        check(GreaterOrEqual, 50.0, &one, "");
        check(Greater, 50.0, &one, "");
        check(Less, 50.0, &one, "(∞ 50)");
        // The watchbot's own trouble: at exactly 0 nothing fits.
        check(LessOrEqual, 1.0, &[step(-1.0, 0.0)], "(∞ 0]");
        check(Less, 1.0, &[step(none, 0.0)], "");
        check(LessOrEqual, 1.0, &[step(none, 0.0)], "");
        check(LessOrEqual, 1.0, &[step(none, -0.5)], "(0.5 1]");
        check(Less, 1.0, &[step(none, -0.5)], "(0.5 1)");
        check(
            GreaterOrEqual,
            60.0,
            &[step(60.0, 80.0), step(80.0, none)],
            "[60 120)",
        );
        check(
            Greater,
            60.0,
            &[step(0.0, 10.0), step(20.0, 30.0)],
            "[70 80) [90 ∞)",
        );
        check(OutsideBand, 0.0, &[step(0.0, none)], "(∞ 0)");
        check(GreaterOrEqual, 50.0, &[], "[50 ∞)");
    }

    #[test]
    fn a_stretch_without_a_double_is_no_gap() {
        let tiny = f64::from_bits(1);
        let steps = [step(tiny, None)];
        // Greater than 50 and greater than or equal to 50 + tiny is the same.
        check(Comparison::Greater, 50.0, &steps, "");
        check(Comparison::Greater, 0.0, &steps, "");
        check(
            Comparison::GreaterOrEqual,
            0.0,
            &steps,
            "[0 0.000…)".replace("0.000…", &tiny.to_string()).as_str(),
        );
    }

    #[test]
    fn hostile_numbers_neither_panic_nor_hide_a_gap() {
        let wild = [
            f64::NAN,
            f64::INFINITY,
            f64::NEG_INFINITY,
            f64::MAX,
            f64::MIN,
            -0.0,
            f64::MIN_POSITIVE,
        ];
        for threshold in wild {
            for lower in wild {
                for upper in wild {
                    for comparison in [Comparison::Greater, Comparison::OutsideBand] {
                        let steps = [step(lower, upper), step(upper, None)];
                        for interval in uncovered(&steps, comparison, threshold) {
                            let example = interval.example();
                            assert!(
                                example.is_none_or(|value| step_for(
                                    &steps, comparison, threshold, value
                                )
                                .is_none()),
                                "{interval:?} {example:?}"
                            );
                        }
                    }
                }
            }
        }
        check(
            Comparison::Greater,
            f64::MAX,
            &[step(0.0, f64::MAX), step(f64::MAX, None)],
            "",
        );
    }
}
