//! SVG path data in a square of [`SIDE`] units, y downwards. The square is
//! stretched over the plot; strokes are not.

use std::fmt::Write;

/// Width and height of the drawing square.
pub const SIDE: f64 = 1_000.0;

/// A point in places (0..=1 on both axes, y upwards); no y where no value is.
pub type Point = (f64, Option<f64>);

/// Straight lines between neighbours; a missing value leaves a gap, and a value
/// alone between two gaps is a dot.
#[must_use]
pub fn linear(points: &[Point]) -> String {
    let mut data = String::new();
    for run in runs(points) {
        move_to(&mut data, run[0]);
        for &point in &run[1..] {
            line_to(&mut data, point);
        }
        if run.len() == 1 {
            data.push_str("h0");
        }
    }
    data
}

/// Each value holds until the next one: right angles. The last value before a
/// gap holds until the gap's x; the very last one until `until`, if it is later.
#[must_use]
pub fn step_after(points: &[Point], until: Option<f64>) -> String {
    let mut data = String::new();
    for run in stepped_runs(points, until) {
        move_to(&mut data, run[0]);
        for &point in &run[1..] {
            line_to(&mut data, point);
        }
        if run.len() == 1 {
            data.push_str("h0");
        }
    }
    data
}

/// The surface between the straight lines and `base` (a place on the y axis).
#[must_use]
pub fn area(points: &[Point], base: f64) -> String {
    surface(runs(points), base)
}

/// The surface between the steps and `base` (a place on the y axis).
#[must_use]
pub fn step_area(points: &[Point], until: Option<f64>, base: f64) -> String {
    surface(stepped_runs(points, until), base)
}

fn surface(runs: Vec<Vec<(f64, f64)>>, base: f64) -> String {
    let mut data = String::new();
    for run in runs.into_iter().filter(|run| run.len() > 1) {
        move_to(&mut data, (run[0].0, base));
        for &point in &run {
            line_to(&mut data, point);
        }
        line_to(&mut data, (run[run.len() - 1].0, base));
        data.push('Z');
    }
    data
}

/// Stretches of neighbours that all have a value; none is empty.
fn runs(points: &[Point]) -> Vec<Vec<(f64, f64)>> {
    points
        .split(|(_, y)| y.is_none())
        .map(|run| {
            run.iter()
                .filter_map(|&(x, y)| y.map(|y| (x, y)))
                .collect::<Vec<_>>()
        })
        .filter(|run| !run.is_empty())
        .collect()
}

fn stepped_runs(points: &[Point], until: Option<f64>) -> Vec<Vec<(f64, f64)>> {
    let mut finished = Vec::new();
    let mut run: Vec<(f64, f64)> = Vec::new();
    for &(x, y) in points {
        if let Some(&(_, before)) = run.last() {
            run.push((x, before));
        }
        match y {
            Some(y) => run.push((x, y)),
            None if run.is_empty() => {}
            None => finished.push(std::mem::take(&mut run)),
        }
    }
    if let (Some(&(x, y)), Some(until)) = (run.last(), until)
        && until > x
    {
        run.push((until, y));
    }
    if !run.is_empty() {
        finished.push(run);
    }
    finished
}

fn move_to(data: &mut String, point: (f64, f64)) {
    data.push('M');
    push_point(data, point);
}

fn line_to(data: &mut String, point: (f64, f64)) {
    data.push('L');
    push_point(data, point);
}

fn push_point(data: &mut String, (x, y): (f64, f64)) {
    // Writing to a string cannot fail. A tenth of a unit is a fifth of a pixel
    // on the widest screen.
    let _ = write!(data, "{} {}", tenth(x * SIDE), tenth((1.0 - y) * SIDE));
}

fn tenth(value: f64) -> f64 {
    // Adding zero turns -0 into 0.
    (value * 10.0).round() / 10.0 + 0.0
}

/// A place as an SVG percentage with two decimals.
#[must_use]
pub fn percent(place: f64) -> String {
    format!("{}%", (place * 10_000.0).round() / 100.0 + 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FLAT: [Point; 2] = [(0.0, Some(0.5)), (1.0, Some(0.5))];
    const GAP: [Point; 5] = [
        (0.0, Some(0.0)),
        (0.25, Some(1.0)),
        (0.5, None),
        (0.75, Some(0.5)),
        (1.0, Some(0.25)),
    ];
    const ALONE: [Point; 3] = [(0.0, None), (0.5, Some(0.5)), (1.0, None)];

    #[test]
    fn lines_leave_gaps() {
        assert_eq!(linear(&FLAT), "M0 500L1000 500");
        assert_eq!(linear(&GAP), "M0 1000L250 0M750 500L1000 750");
        assert_eq!(linear(&ALONE), "M500 500h0");
        assert_eq!(linear(&[]), "");
        assert_eq!(linear(&[(0.5, None)]), "");
    }

    #[test]
    fn steps_hold_their_value() {
        assert_eq!(step_after(&FLAT, None), "M0 500L1000 500L1000 500");
        assert_eq!(
            step_after(&GAP, None),
            "M0 1000L250 1000L250 0L500 0M750 500L1000 500L1000 750"
        );
        assert_eq!(step_after(&[(0.25, Some(1.0))], Some(0.75)), "M250 0L750 0");
        assert_eq!(step_after(&[(0.25, Some(1.0))], Some(0.1)), "M250 0h0");
        assert_eq!(step_after(&ALONE, Some(1.0)), "M500 500L1000 500");
    }

    #[test]
    fn surfaces_close_on_their_base() {
        assert_eq!(area(&FLAT, 0.0), "M0 1000L0 500L1000 500L1000 1000Z");
        assert_eq!(area(&ALONE, 0.0), "");
        assert_eq!(
            step_area(&[(0.0, Some(1.0))], Some(1.0), 0.0),
            "M0 1000L0 0L1000 0L1000 1000Z"
        );
    }

    #[test]
    fn percentages_are_short() {
        assert_eq!(percent(0.0), "0%");
        assert_eq!(percent(-0.000_001), "0%");
        assert_eq!(percent(1.0 / 3.0), "33.33%");
        assert_eq!(percent(1.0), "100%");
    }
}
