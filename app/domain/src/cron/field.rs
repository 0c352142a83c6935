//! One field of a cron expression: which numbers it names.
//!
//! Lists, ranges, steps and names are the same in both dialects; what differs
//! is told by the caller.

/// What a field may hold.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field {
    /// Its name, for messages.
    pub name: &'static str,
    /// Least number.
    pub least: u16,
    /// Greatest number.
    pub most: u16,
    /// Three-letter names of the numbers from `least` on.
    pub names: &'static [&'static str],
    /// `a/n` means "from a in steps of n" (EventBridge, Application Auto
    /// Scaling). In crontab(5) a step follows a range or `*` only.
    pub step_after_number: bool,
}

/// Names of the months, from 1.
pub(super) const MONTHS: [&str; 12] = [
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
];
/// Names of the days of the week, from Sunday.
pub(super) const WEEKDAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

impl Field {
    /// The numbers that a text names, ascending.
    pub fn parse(&self, text: &str) -> Result<Vec<u16>, String> {
        let mut numbers = Vec::new();
        for item in text.split(',') {
            numbers.extend(self.item(item)?);
        }
        numbers.sort_unstable();
        numbers.dedup();
        Ok(numbers)
    }

    /// One number or name.
    pub fn number(&self, text: &str) -> Result<u16, String> {
        let named = self
            .names
            .iter()
            .zip(self.least..)
            .find(|(name, _)| name.eq_ignore_ascii_case(text))
            .map(|(_, number)| number);
        let number = named.or_else(|| digits(text)).ok_or_else(|| {
            let text: String = text.chars().take(32).collect();
            format!(
                "`{text}` cannot stand in the {} field; {}",
                self.name,
                self.holds()
            )
        })?;
        if (self.least..=self.most).contains(&number) {
            return Ok(number);
        }
        Err(format!(
            "{} {number} does not exist; {}",
            self.name,
            self.holds()
        ))
    }

    fn holds(&self) -> String {
        let Self {
            name, least, most, ..
        } = self;
        match (self.names.first(), self.names.last()) {
            (Some(first), Some(last)) => format!("{name} is {least}–{most} or {first}–{last}"),
            _ => format!("{name} is {least}–{most}"),
        }
    }

    fn item(&self, item: &str) -> Result<impl Iterator<Item = u16> + use<>, String> {
        let (range, step) = match item.split_once('/') {
            Some((range, step)) => (range, Some(self.step(step)?)),
            None => (item, None),
        };
        let (first, last) = match range.split_once('-') {
            _ if range == "*" => (self.least, self.most),
            Some((first, last)) => (self.number(first)?, self.number(last)?),
            None if step.is_none() => {
                let number = self.number(range)?;
                (number, number)
            }
            None if self.step_after_number => (self.number(range)?, self.most),
            None => {
                return Err(format!(
                    "in the {} field a step follows a range or *, as in *{}",
                    self.name,
                    item.trim_start_matches(|c| c != '/')
                ));
            }
        };
        if first > last {
            return Err(format!(
                "the range {range} of the {} field runs backwards; write it as two ranges",
                self.name
            ));
        }
        Ok((first..=last).step_by(usize::from(step.unwrap_or(1))))
    }

    fn step(&self, text: &str) -> Result<u16, String> {
        digits(text)
            .filter(|step| (1..=self.most).contains(step))
            .ok_or_else(|| {
                let most = self.most;
                format!(
                    "a step of the {} field is a number from 1 to {most}",
                    self.name
                )
            })
    }
}

/// Up to four digits and nothing else.
pub(super) fn digits(text: &str) -> Option<u16> {
    let fits = (1..=4).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    fits.then(|| text.parse().ok()).flatten()
}

/// Numbers below 32 as bits.
pub(super) fn bits(numbers: &[u16]) -> u32 {
    numbers.iter().fold(0, |bits, number| bits | 1 << number)
}
