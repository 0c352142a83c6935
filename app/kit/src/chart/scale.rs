//! A straight line between values and places. A place is a fraction: 0 at the
//! start of the axis, 1 at its end.

/// Maps the values `from..=to` to the places `0..=1`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    from: f64,
    to: f64,
}

impl Scale {
    /// A scale over a range; an empty or unordered one is widened by one, so
    /// that nothing is divided by zero.
    #[must_use]
    pub fn new(from: f64, to: f64) -> Self {
        if to > from {
            Self { from, to }
        } else {
            Self {
                from,
                to: from + 1.0,
            }
        }
    }

    /// First value of the range.
    #[must_use]
    pub const fn from(self) -> f64 {
        self.from
    }

    /// Last value of the range.
    #[must_use]
    pub const fn to(self) -> f64 {
        self.to
    }

    /// Place of a value; outside `0..=1` for a value outside the range.
    #[must_use]
    pub fn place(self, value: f64) -> f64 {
        (value - self.from) / (self.to - self.from)
    }

    /// Value at a place.
    #[must_use]
    pub fn value(self, place: f64) -> f64 {
        self.from + place * (self.to - self.from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_and_values_are_each_others_inverse() {
        for (from, to, value, place) in [
            (0.0, 10.0, 5.0, 0.5),
            (0.0, 10.0, 0.0, 0.0),
            (0.0, 10.0, 12.0, 1.2),
            (-4.0, 4.0, -2.0, 0.25),
            (
                1_700_000_000_000.0,
                1_700_000_060_000.0,
                1_700_000_015_000.0,
                0.25,
            ),
        ] {
            let scale = Scale::new(from, to);
            assert!(
                (scale.place(value) - place).abs() < 1e-9,
                "{from}..{to} at {value}"
            );
            assert!(
                (scale.value(place) - value).abs() < 1e-3,
                "{from}..{to} from {place}"
            );
        }
    }

    #[test]
    fn an_empty_range_is_widened() {
        assert_eq!(Scale::new(3.0, 3.0).place(3.0), 0.0);
        assert_eq!(Scale::new(3.0, 1.0).to(), 4.0);
    }
}
