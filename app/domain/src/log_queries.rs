//! Queries of CloudWatch Logs Insights that run on a schedule, and the alarm of each: which
//! time is asked about, what an answer means, and what a day may cost.
//!
//! An alarm goes off when a query answers more rows than it may. Whatever keeps a query from
//! answering is no good news: it is INSUFFICIENT_DATA with the reason in words, never OK.

use crate::{
    alarms::AlarmState,
    estate::{Environment, Scope},
    limits,
    names::short_name,
    sources::{AlarmNotes, AlarmReport, Link, LinkKind},
    time::{DAY_MS, MINUTE_MS, Timestamp},
};
use std::{collections::BTreeMap, fmt::Write as _};

short_name! {
    /// A query's name in the configuration, and its alarm's: 1 to 32 of `a-z 0-9 -`.
    LogQueryName,
    /// Why a text is no name of a query.
    LogQueryNameError
}

/// Bytes of a gigabyte, as budgets count them.
const GIGABYTE: u64 = 1_000_000_000;

/// A query as the configuration tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogQuery {
    /// Its name, which is its alarm's.
    pub name: LogQueryName,
    /// Account and region.
    pub scope: Scope,
    /// The log groups that it reads.
    pub groups: Vec<String>,
    /// What it asks, in the language of Logs Insights.
    pub text: String,
    /// Minutes from one run to the next.
    pub every_minutes: u32,
    /// Minutes that one run looks at.
    pub window_minutes: u32,
    /// The rows that it may answer.
    pub above: u32,
    /// Where its alarm belongs.
    pub environment: Environment,
    /// The labels of its alarm.
    pub labels: BTreeMap<String, String>,
    /// What its alarm is about; may be empty.
    pub description: String,
    /// Gigabytes that it may scan in a day.
    pub scan_gb_a_day: u32,
}

/// What is asked of the cloud.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogQueryRun {
    /// The log groups.
    pub groups: Vec<String>,
    /// The query.
    pub text: String,
    /// From, inclusive; a whole minute.
    pub from: Timestamp,
    /// Until; a whole minute.
    pub until: Timestamp,
}

/// How a query ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogQueryEnd {
    /// With so many rows, at most [`limits::LOG_QUERY_ROWS_MAX`].
    Rows(u32),
    /// Not in time: it was stopped.
    Stopped,
    /// AWS gave up on it, in its word: `Failed`, `Cancelled`, `Timeout`.
    GivenUp(String),
}

/// What a run came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogQueryAnswer {
    /// How it ended.
    pub end: LogQueryEnd,
    /// What AWS scanned for it and charges.
    pub bytes_scanned: u64,
}

/// What of a query's alarm a run tells: its state, and why in English.
pub type Verdict = (AlarmState, String);

impl LogQuery {
    /// The run whose time it is now: it ends a minute ago, on a whole minute. What no run answered
    /// about since the last one that did, for AWS did not or nobody was at work, is asked again, up
    /// to a day of it.
    #[must_use]
    pub fn run_at(&self, now: Timestamp, answered: Option<Timestamp>) -> LogQueryRun {
        let until = now.plus_ms(-limits::LOG_QUERY_LATE_MS).floor_minute();
        let from = until.plus_ms(-i64::from(self.window_minutes) * MINUTE_MS);
        let first = until.plus_ms(-i64::from(limits::LOG_QUERY_MINUTES_MAX) * MINUTE_MS);
        let from = answered.map_or(from, |answered| from.min(answered.max(first)));
        LogQueryRun {
            groups: self.groups.clone(),
            text: self.text.clone(),
            from,
            until,
        }
    }

    /// Whether a run that ends then is due after one that ended at `last`. One far ahead was
    /// made by a clock that was, and counts for nothing.
    #[must_use]
    pub fn is_due(&self, last: Option<Timestamp>, until: Timestamp) -> bool {
        let every_ms = i64::from(self.every_minutes) * MINUTE_MS;
        last.is_none_or(|last| until >= last.plus_ms(every_ms) || is_ahead(last, until))
    }

    /// Whether nothing may be scanned any more today.
    #[must_use]
    pub fn is_spent(&self, today_bytes: u64) -> bool {
        today_bytes >= u64::from(self.scan_gb_a_day) * GIGABYTE
    }

    /// What an answer tells.
    #[must_use]
    pub fn judge(&self, answer: &LogQueryAnswer) -> Verdict {
        let above = self.above;
        match &answer.end {
            LogQueryEnd::Rows(rows) if *rows > above => {
                let or_more = match *rows >= limits::LOG_QUERY_ROWS_MAX {
                    true => " or more",
                    false => "",
                };
                let reason = format!("{}{or_more}, more than {above}", counted(*rows));
                (AlarmState::Alarm, reason)
            }
            LogQueryEnd::Rows(rows) => {
                let reason = format!("{}, not more than {above}", counted(*rows));
                (AlarmState::Ok, reason)
            }
            LogQueryEnd::Stopped => unknown(format!(
                "the query had not ended after {} seconds and was stopped",
                limits::LOG_QUERY_MS / 1_000
            )),
            LogQueryEnd::GivenUp(word) => unknown(format!("AWS gave up on the query: {word}")),
        }
    }

    /// What a spent budget tells.
    #[must_use]
    pub fn spent(&self, today_bytes: u64) -> Verdict {
        unknown(format!(
            "the budget of {} GB a day is spent: {} scanned today; it runs again after midnight UTC",
            self.scan_gb_a_day,
            in_words(today_bytes)
        ))
    }

    /// Its alarm.
    #[must_use]
    pub fn report(&self, verdict: &Verdict, state_at: Timestamp) -> AlarmReport {
        let (state, reason) = verdict;
        let note = |name: &str, text: &str| {
            let text: String = text.chars().take(limits::ANNOTATION_CHARS_MAX).collect();
            (name.to_owned(), text)
        };
        AlarmReport {
            name: self.name.as_str().to_owned(),
            description: self.description.clone(),
            state: *state,
            state_at,
            reason: reason.clone(),
            notes: AlarmNotes {
                labels: self.labels.clone(),
                annotations: BTreeMap::from([
                    note("query", &self.text),
                    note("log_groups", &self.groups.join(", ")),
                ]),
                links: Link::new(LinkKind::Rule, &self.console_url())
                    .or_else(|| Link::new(LinkKind::Rule, &self.console_page()))
                    .into_iter()
                    .collect(),
            },
        }
    }

    /// Logs Insights in the AWS console.
    fn console_page(&self) -> String {
        let region = self.scope.region.as_str();
        let host = self.scope.console_host();
        format!("https://{host}/cloudwatch/home?region={region}#logsV2:logs-insights")
    }

    /// The same with the query filled in, as the console itself writes it.
    fn console_url(&self) -> String {
        let mut groups = String::new();
        for group in &self.groups {
            // Writing to a String cannot fail.
            let _ = write!(groups, "~'{}", starred(group));
        }
        format!(
            "{}$3FqueryDetail$3D~(end~0~start~-{}~timeType~'RELATIVE~unit~'seconds~editorString~'{}~source~({groups}))",
            self.console_page(),
            u64::from(self.window_minutes) * 60,
            starred(&self.text),
        )
    }
}

/// Whether an instant lies further ahead than clocks may be apart.
#[must_use]
pub fn is_ahead(at: Timestamp, now: Timestamp) -> bool {
    at > now.plus_ms(limits::CLOCKS_APART_MS)
}

/// The day whose budget is used then: it begins at midnight UTC.
#[must_use]
pub fn day_of(now: Timestamp) -> Timestamp {
    Timestamp::from_ms(now.ms().div_euclid(DAY_MS) * DAY_MS)
}

/// That nothing is known, and why.
#[must_use]
pub fn unknown(reason: String) -> Verdict {
    let most = limits::LOG_QUERY_REASON_CHARS_MAX;
    let reason = reason.chars().take(most).collect();
    (AlarmState::InsufficientData, reason)
}

fn counted(rows: u32) -> String {
    match rows {
        1 => "1 row".to_owned(),
        rows => format!("{rows} rows"),
    }
}

/// A number of bytes as people read it: `1.2 GB`.
#[must_use]
pub fn in_words(bytes: u64) -> String {
    for (unit, size) in [("GB", GIGABYTE), ("MB", 1_000_000), ("kB", 1_000)] {
        if bytes >= size {
            let tenths = bytes / (size / 10);
            return format!("{}.{} {unit}", tenths / 10, tenths % 10);
        }
    }
    format!("{bytes} B")
}

/// As the console escapes a text in its addresses.
fn starred(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(escaped, "*{byte:02x}");
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query() -> LogQuery {
        LogQuery {
            name: "enrol-errors".parse().expect("a name"),
            scope: Scope {
                account: "111122223333".into(),
                region: "ap-northeast-2".into(),
            },
            groups: vec!["/aws/lambda/enrol".into()],
            text: "filter @message like /ERROR/".into(),
            every_minutes: 5,
            window_minutes: 10,
            above: 2,
            environment: "prod".into(),
            labels: BTreeMap::new(),
            description: String::new(),
            scan_gb_a_day: 20,
        }
    }

    #[test]
    fn a_run_looks_at_whole_minutes_that_end_a_minute_ago() {
        let run = query().run_at(Timestamp::from_ms(60 * MINUTE_MS + 59_999), None);
        let minute = |n: i64| Timestamp::from_ms(n * MINUTE_MS);
        assert_eq!((run.from, run.until), (minute(49), minute(59)));
        for (last, until, expected) in [
            (None, 59, true),
            (Some(54), 59, true),
            (Some(55), 59, false),
            (Some(59), 59, false),
            (Some(60), 59, false),
            // A clock was hours ahead.
            (Some(300), 59, true),
        ] {
            let due = query().is_due(last.map(minute), minute(until));
            assert_eq!(due, expected, "{last:?} {until}");
        }
    }

    #[test]
    fn only_an_answer_is_good_news() {
        use AlarmState::{Alarm, InsufficientData, Ok};
        let check = |end: LogQueryEnd| {
            query().judge(&LogQueryAnswer {
                end,
                bytes_scanned: 1,
            })
        };
        for (end, state, reason) in [
            (LogQueryEnd::Rows(0), Ok, "0 rows, not more than 2"),
            (LogQueryEnd::Rows(2), Ok, "2 rows, not more than 2"),
            (LogQueryEnd::Rows(3), Alarm, "3 rows, more than 2"),
            (
                LogQueryEnd::Rows(1_000),
                Alarm,
                "1000 rows or more, more than 2",
            ),
            (
                LogQueryEnd::Stopped,
                InsufficientData,
                "the query had not ended after 60 seconds and was stopped",
            ),
            (
                LogQueryEnd::GivenUp("Failed".into()),
                InsufficientData,
                "AWS gave up on the query: Failed",
            ),
        ] {
            assert_eq!(check(end), (state, reason.to_owned()));
        }
    }

    #[test]
    fn a_day_has_a_budget_and_begins_at_midnight() {
        let (almost, whole) = (19_999_999_999, 20_000_000_000);
        assert!(!query().is_spent(almost) && query().is_spent(whole));
        let (state, reason) = query().spent(whole);
        assert_eq!(state, AlarmState::InsufficientData);
        assert!(
            reason.contains("20 GB a day is spent: 20.0 GB scanned"),
            "{reason}"
        );
        let t = Timestamp::from_ms;
        assert_eq!(day_of(t(DAY_MS - 1)), t(0));
        assert_eq!(day_of(t(DAY_MS)), t(DAY_MS));
        for (bytes, words) in [
            (0, "0 B"),
            (999, "999 B"),
            (1_240_000, "1.2 MB"),
            (1_960_000_000, "1.9 GB"),
        ] {
            assert_eq!(in_words(bytes), words);
        }
    }

    #[test]
    fn its_alarm_shows_the_query_and_leads_to_the_console() {
        let verdict = (AlarmState::Alarm, "3 rows, more than 2".to_owned());
        let report = query().report(&verdict, Timestamp::from_ms(7));
        assert_eq!(report.name, "enrol-errors");
        assert_eq!(
            report.notes.annotations["query"],
            "filter @message like /ERROR/"
        );
        assert_eq!(report.notes.annotations["log_groups"], "/aws/lambda/enrol");
        assert_eq!(
            report.notes.links[0].url,
            "https://console.aws.amazon.com/cloudwatch/home?region=ap-northeast-2#logsV2:logs-insights\
             $3FqueryDetail$3D~(end~0~start~-600~timeType~'RELATIVE~unit~'seconds~editorString\
             ~'filter*20*40message*20like*20*2fERROR*2f~source~(~'*2faws*2flambda*2fenrol))"
        );
        // What no address can hold leads to the page where it can be typed.
        let long = LogQuery {
            text: "x".repeat(limits::LOG_QUERY_CHARS_MAX),
            ..query()
        };
        let report = long.report(&verdict, Timestamp::from_ms(7));
        assert!(report.notes.links[0].url.ends_with("#logsV2:logs-insights"));
        let shown = report.notes.annotations["query"].chars().count();
        assert_eq!(shown, limits::ANNOTATION_CHARS_MAX);
    }
}
