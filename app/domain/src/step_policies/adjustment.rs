//! What an adjustment does to a capacity, and how a policy's adjustments read. The
//! target's bounds come after it.

use super::{Adjusting, AdjustmentType, Movement, Step};

/// The change that an adjustment makes to a capacity, before the target's
/// minimum and maximum hold it.
///
/// A percentage is rounded as AWS does: toward zero, but never to nothing; then
/// the least magnitude counts. For a percentage of no capacity AWS documents
/// nothing: it is nothing, unless a least magnitude says otherwise.
#[must_use]
pub fn adjustment(
    kind: AdjustmentType,
    amount: i32,
    magnitude_min: Option<u32>,
    capacity: u32,
) -> i64 {
    let (amount, capacity) = (i64::from(amount), i64::from(capacity));
    match kind {
        AdjustmentType::ChangeInCapacity => amount,
        AdjustmentType::ExactCapacity => amount - capacity,
        AdjustmentType::PercentChangeInCapacity => {
            let hundredfold = capacity * amount;
            let rounded = match hundredfold / 100 {
                0 => hundredfold.signum(),
                whole => whole,
            };
            let magnitude = rounded.abs().max(i64::from(magnitude_min.unwrap_or(0)));
            amount.signum() * magnitude
        }
    }
}

/// A policy's adjustments in one line, in AWS's own terms:
/// `ChangeInCapacity: 0 to 10 → +1, from 10 → +2`.
#[must_use]
pub fn summary(adjusting: &Adjusting) -> String {
    let amount = |amount: i32| match adjusting.kind {
        AdjustmentType::ExactCapacity => amount.to_string(),
        _ => format!("{amount:+}"),
    };
    let adjustments = match &adjusting.movement {
        Movement::Simple { adjustment } => amount(*adjustment),
        Movement::Steps { steps, .. } => {
            let step = |step: &Step| format!("{} → {}", range(step), amount(step.adjustment));
            let steps: Vec<String> = steps.iter().map(step).collect();
            steps.join(", ")
        }
    };
    format!("{}: {adjustments}", adjusting.kind.as_str())
}

fn range(step: &Step) -> String {
    match (step.lower, step.upper) {
        (Some(lower), Some(upper)) => format!("{lower} to {upper}"),
        (Some(lower), None) => format!("from {lower}"),
        (None, Some(upper)) => format!("to {upper}"),
        (None, None) => "always".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::step_policies::Aggregation;

    #[test]
    fn adjustments_read_in_one_line() {
        let check = |kind, movement, expected: &str| {
            let adjusting = Adjusting {
                kind,
                magnitude_min: None,
                movement,
            };
            assert_eq!(summary(&adjusting), expected);
        };
        let steps = |steps: &[(Option<f64>, Option<f64>, i32)]| Movement::Steps {
            steps: steps
                .iter()
                .map(|(lower, upper, adjustment)| Step {
                    lower: *lower,
                    upper: *upper,
                    adjustment: *adjustment,
                })
                .collect(),
            aggregation: Aggregation::Average,
        };
        check(
            AdjustmentType::ChangeInCapacity,
            steps(&[(Some(0.0), Some(10.5), 1), (Some(10.5), None, 2)]),
            "ChangeInCapacity: 0 to 10.5 → +1, from 10.5 → +2",
        );
        check(
            AdjustmentType::ExactCapacity,
            steps(&[(None, Some(0.0), 2)]),
            "ExactCapacity: to 0 → 2",
        );
        check(
            AdjustmentType::PercentChangeInCapacity,
            Movement::Simple { adjustment: -10 },
            "PercentChangeInCapacity: -10",
        );
    }

    #[test]
    fn percentages_round_toward_zero_but_never_to_nothing() {
        let percent = AdjustmentType::PercentChangeInCapacity;
        for (amount, magnitude_min, capacity, change) in [
            // The user guide's examples: 12.7 → 12, 0.67 → 1, −0.58 → −1, −6.67 → −6.
            (127, None, 10, 12),
            (67, None, 1, 1),
            (-58, None, 1, -1),
            (-667, None, 1, -6),
            (10, None, 10, 1),
            (10, None, 1, 1),
            (100, None, 7, 7),
            (-100, None, 7, -7),
            (0, None, 50, 0),
            (0, Some(3), 50, 0),
            // 25 percent of 4 is 1, and the least is 2 (API reference).
            (25, Some(2), 4, 2),
            (-25, Some(2), 4, -2),
            (25, Some(2), 400, 100),
            (50, None, 0, 0),
            (50, Some(1), 0, 1),
            (i32::MIN, None, u32::MAX, -92_233_720_347_072_921),
            (i32::MAX, None, u32::MAX, 92_233_720_304_123_248),
        ] {
            assert_eq!(
                adjustment(percent, amount, magnitude_min, capacity),
                change,
                "{amount} % of {capacity}, at least {magnitude_min:?}"
            );
        }
    }

    #[test]
    fn counts_are_taken_as_they_are() {
        for (kind, amount, capacity, change) in [
            (AdjustmentType::ChangeInCapacity, 3, 10, 3),
            (AdjustmentType::ChangeInCapacity, -3, 1, -3),
            (AdjustmentType::ExactCapacity, 4, 10, -6),
            (AdjustmentType::ExactCapacity, 0, u32::MAX, -4_294_967_295),
        ] {
            assert_eq!(adjustment(kind, amount, Some(50), capacity), change);
        }
    }
}
