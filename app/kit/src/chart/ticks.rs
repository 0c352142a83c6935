//! Where an axis is labelled: round numbers, and round moments of the viewer's
//! civil day.

use domain::time::{DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS};

/// Distances of time ticks a person counts in.
const STEPS_MS: [i64; 23] = [
    SECOND_MS,
    5 * SECOND_MS,
    15 * SECOND_MS,
    30 * SECOND_MS,
    MINUTE_MS,
    2 * MINUTE_MS,
    5 * MINUTE_MS,
    10 * MINUTE_MS,
    15 * MINUTE_MS,
    30 * MINUTE_MS,
    HOUR_MS,
    2 * HOUR_MS,
    3 * HOUR_MS,
    4 * HOUR_MS,
    6 * HOUR_MS,
    12 * HOUR_MS,
    DAY_MS,
    2 * DAY_MS,
    7 * DAY_MS,
    14 * DAY_MS,
    30 * DAY_MS,
    90 * DAY_MS,
    365 * DAY_MS,
];

/// No axis carries more labels than this, whatever was asked for.
const TICKS_MAX: usize = 24;

/// Round values that cover `from..=to`: the first is not above `from`, the last
/// not below `to`. About `wanted` of them (at least two), one, two, two and a
/// half or five times a power of ten apart.
#[must_use]
pub fn nice_ticks(from: f64, to: f64, wanted: usize) -> Vec<f64> {
    let (from, to) = cleaned(from, to);
    let gaps = wanted.clamp(2, TICKS_MAX) - 1;
    let step = nice_step((to - from) / gaps as f64);
    let first = (from / step + 1e-9).floor();
    let last = (to / step - 1e-9).ceil();
    let mut ticks = Vec::new();
    let mut index = first;
    while index <= last && ticks.len() < TICKS_MAX {
        // Counting whole steps, not adding them up: 0.1 added ten times is not 1.
        ticks.push(index * step);
        index += 1.0;
    }
    ticks
}

fn cleaned(from: f64, to: f64) -> (f64, f64) {
    match (from.is_finite(), to.is_finite()) {
        (true, true) if to > from => (from, to),
        (true, _) => (from, from + 1.0),
        (false, _) => (0.0, 1.0),
    }
}

fn nice_step(raw: f64) -> f64 {
    let power = 10_f64.powf(raw.log10().floor());
    let factor = raw / power;
    let nice = if factor <= 1.0 {
        1.0
    } else if factor <= 2.0 {
        2.0
    } else if factor <= 2.5 {
        2.5
    } else if factor <= 5.0 {
        5.0
    } else {
        10.0
    };
    nice * power
}

/// Moments on a time axis and how far they are apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeTicks {
    /// Distance of two ticks in milliseconds: a label can leave out what does
    /// not change at that distance.
    pub step_ms: i64,
    /// Instants in Unix milliseconds, ascending, within the range.
    pub at_ms: Vec<i64>,
}

/// Round civil moments in `from_ms..=to_ms`, at most `wanted` of them.
/// `offset_ms` is what the viewer's zone adds to UTC; over a change of the
/// clocks the ticks keep the offset given.
#[must_use]
pub fn time_ticks(from_ms: i64, to_ms: i64, offset_ms: i64, wanted: usize) -> TimeTicks {
    let wanted = i64::try_from(wanted.clamp(1, TICKS_MAX)).unwrap_or(1);
    let span_ms = to_ms.saturating_sub(from_ms).max(0);
    let longest_ms = STEPS_MS[STEPS_MS.len() - 1];
    let step_ms = STEPS_MS
        .into_iter()
        .find(|step| span_ms / step < wanted)
        .unwrap_or_else(|| longest_ms.saturating_mul(span_ms / longest_ms / wanted + 1));
    let mut at_ms = Vec::new();
    let local_from = from_ms.saturating_add(offset_ms);
    let mut tick = local_from
        .div_euclid(step_ms)
        .saturating_mul(step_ms)
        .saturating_sub(offset_ms);
    if tick < from_ms {
        tick = tick.saturating_add(step_ms);
    }
    while tick <= to_ms && at_ms.len() < TICKS_MAX {
        at_ms.push(tick);
        tick = tick.saturating_add(step_ms);
    }
    TimeTicks { step_ms, at_ms }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_nice(from: f64, to: f64, wanted: usize, expected: &[f64]) {
        let ticks = nice_ticks(from, to, wanted);
        let same = ticks.len() == expected.len()
            && ticks
                .iter()
                .zip(expected)
                .all(|(a, b)| (a - b).abs() < 1e-9);
        assert!(
            same,
            "{from}..{to} by {wanted}: {ticks:?}, not {expected:?}"
        );
    }

    #[test]
    fn value_ticks_are_round_and_cover_the_range() {
        check_nice(0.0, 100.0, 5, &[0.0, 25.0, 50.0, 75.0, 100.0]);
        check_nice(0.0, 7.0, 5, &[0.0, 2.0, 4.0, 6.0, 8.0]);
        check_nice(0.0, 1.0, 6, &[0.0, 0.2, 0.4, 0.6, 0.8, 1.0]);
        check_nice(-3.0, 3.0, 4, &[-4.0, -2.0, 0.0, 2.0, 4.0]);
        check_nice(0.0, 0.03, 4, &[0.0, 0.01, 0.02, 0.03]);
        check_nice(980.0, 1020.0, 5, &[980.0, 990.0, 1000.0, 1010.0, 1020.0]);
        check_nice(
            0.0,
            1_234_567.0,
            5,
            &[0.0, 500_000.0, 1_000_000.0, 1_500_000.0],
        );
    }

    #[test]
    fn impossible_ranges_still_get_an_axis() {
        check_nice(5.0, 5.0, 3, &[5.0, 5.5, 6.0]);
        check_nice(f64::NAN, 2.0, 3, &[0.0, 0.5, 1.0]);
        check_nice(0.0, f64::INFINITY, 3, &[0.0, 0.5, 1.0]);
        check_nice(0.0, 10.0, 0, &[0.0, 10.0]);
    }

    fn check_time(
        from_ms: i64,
        to_ms: i64,
        offset_ms: i64,
        wanted: usize,
        step_ms: i64,
        expected: &[i64],
    ) {
        let expected = TimeTicks {
            step_ms,
            at_ms: expected.to_vec(),
        };
        assert_eq!(time_ticks(from_ms, to_ms, offset_ms, wanted), expected);
    }

    #[test]
    fn time_ticks_stand_on_round_civil_moments() {
        let seoul = 9 * HOUR_MS;
        check_time(
            0,
            HOUR_MS,
            0,
            6,
            15 * MINUTE_MS,
            &[0, 900_000, 1_800_000, 2_700_000, 3_600_000],
        );
        // Midnight in Seoul is 15:00 UTC.
        check_time(
            0,
            2 * DAY_MS,
            seoul,
            3,
            DAY_MS,
            &[15 * HOUR_MS, 39 * HOUR_MS],
        );
        check_time(
            90_000,
            200_000,
            0,
            4,
            30_000,
            &[90_000, 120_000, 150_000, 180_000],
        );
        // Before 1970.
        check_time(-90_000, 30_000, 0, 3, 60_000, &[-60_000, 0]);
        // India is half an hour off.
        check_time(
            0,
            3 * HOUR_MS,
            5 * HOUR_MS + 30 * MINUTE_MS,
            4,
            HOUR_MS,
            &[1_800_000, 5_400_000, 9_000_000],
        );
    }

    #[test]
    fn the_number_of_time_ticks_is_bounded() {
        assert_eq!(time_ticks(10, 5, 0, 6).at_ms, Vec::<i64>::new());
        for wanted in 1..=12 {
            let day_s = DAY_MS / SECOND_MS;
            let years_s = [20, 73, 900].map(|years| years * 365 * day_s);
            for span in [1, 7, 59, 61, 3_600, day_s, 31 * day_s]
                .into_iter()
                .chain(years_s)
            {
                let count = time_ticks(12_345, 12_345 + span * SECOND_MS, 0, wanted)
                    .at_ms
                    .len();
                assert!(
                    count <= wanted + 1,
                    "{count} ticks for {wanted} over {span} s"
                );
            }
        }
    }
}
