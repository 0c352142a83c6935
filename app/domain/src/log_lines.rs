//! Lines of CloudWatch Logs around an alarm: which log groups tell of its metric, which time is
//! looked at, and how much of what programs wrote is shown.
//!
//! A program may write anything into its log. So a line is cut, control characters in it are
//! made visible, and all lines together are bounded. Nothing here is kept in the database.

use crate::{alarms::MetricRef, limits, time::Timestamp};
use serde::{Deserialize, Serialize};

/// What programs write when something went wrong, as runtimes of Lambda do; any of these words
/// (Amazon CloudWatch Logs User Guide, "Filter pattern syntax").
pub const FAILURES: &str =
    "?ERROR ?Error ?Exception ?Traceback ?FATAL ?panicked ?\"Task timed out\" ?\"Status: error\"";
/// Where what AWS itself reports begins; no metric filter can write there.
const AWS: &str = "AWS/";
/// Namespaces beside those that agents of AWS write and no metric filter of people's.
const AGENTS: [&str; 4] = [
    "CWAgent",
    "ContainerInsights",
    "ECS/ContainerInsights",
    "CloudWatchSynthetics",
];

/// Where the lines that a metric tells of are.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum LogSource {
    /// One log group, known by the service's own naming.
    Group {
        /// Its name.
        name: String,
        /// Which lines are looked for first; empty for all.
        pattern: String,
    },
    /// Those whose metric filters make the metric.
    Filters {
        /// The metric's namespace.
        namespace: String,
        /// The metric's name.
        metric: String,
    },
}

impl LogSource {
    /// Where a metric's lines are; none where nothing names a log group.
    #[must_use]
    pub fn of(metric: &MetricRef) -> Option<Self> {
        let dimension = |wanted: &str| {
            let mut pairs = metric.dimensions.iter();
            pairs.find(|(name, _)| name == wanted).map(|(_, v)| v)
        };
        let group = |name: String| {
            let pattern = match metric.name.as_str() {
                "Errors" => FAILURES.to_owned(),
                _ => String::new(),
            };
            Some(Self::Group { name, pattern })
        };
        match metric.namespace.as_str() {
            "AWS/Lambda" => group(format!("/aws/lambda/{}", dimension("FunctionName")?)),
            "LambdaInsights" => group(format!("/aws/lambda/{}", dimension("function_name")?)),
            "AWS/CodeBuild" => group(format!("/aws/codebuild/{}", dimension("ProjectName")?)),
            "AWS/Logs" => group(dimension("LogGroupName")?.clone()),
            other if other.starts_with(AWS) || AGENTS.contains(&other) => None,
            _ => Some(Self::Filters {
                namespace: metric.namespace.clone(),
                metric: metric.name.clone(),
            }),
        }
    }
}

/// A metric filter: what of a log group becomes a metric.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct MetricFilter {
    /// The log group.
    pub group: String,
    /// The filter's name.
    pub name: String,
    /// Which lines count; empty for all.
    pub pattern: String,
    /// Names of the metric's dimensions, and which field of a line gives each.
    pub dimensions: Vec<(String, String)>,
}

impl MetricFilter {
    /// Whether it makes this very metric: one with other dimensions is another metric.
    #[must_use]
    pub fn makes(&self, metric: &MetricRef) -> bool {
        let mut own: Vec<&str> = self.dimensions.iter().map(|(n, _)| n.as_str()).collect();
        let mut wanted: Vec<&str> = metric.dimensions.iter().map(|(n, _)| n.as_str()).collect();
        own.sort_unstable();
        wanted.sort_unstable();
        own == wanted
    }

    /// The pattern of the lines that gave the metric its values, with its dimensions where the
    /// pattern is one of JSON: only that can be narrowed by fields.
    #[must_use]
    pub fn pattern_of(&self, metric: &MetricRef) -> String {
        let whole = self.pattern.trim();
        let inner = whole.strip_prefix('{').and_then(|x| x.strip_suffix('}'));
        let Some(inner) = inner else {
            return self.pattern.clone();
        };
        let mut narrowed = format!("({})", inner.trim());
        for (name, field) in &self.dimensions {
            let mut given = metric.dimensions.iter();
            let Some((_, value)) = given.find(|(given, _)| given == name) else {
                continue;
            };
            let is_plain = |text: &str| !text.contains(['"', '\\', '*']);
            if !field.starts_with("$.") || !is_plain(value) {
                return self.pattern.clone();
            }
            narrowed.push_str(&format!(" && ({field} = \"{value}\")"));
        }
        match self.dimensions.is_empty() {
            true => self.pattern.clone(),
            false => format!("{{ {narrowed} }}"),
        }
    }
}

/// A question for lines of a log group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogQuestion {
    /// The log group.
    pub group: String,
    /// Which lines; empty for all.
    pub pattern: String,
    /// From, inclusive.
    pub from: Timestamp,
    /// Until, inclusive.
    pub until: Timestamp,
    /// How many at most.
    pub lines_max: usize,
}

/// A line of a log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LogLine {
    /// When, by the clock of whoever wrote it.
    pub at: Timestamp,
    /// The log stream.
    pub stream: String,
    /// What was written; its end may be missing.
    pub text: String,
    /// The end is missing.
    pub cut: bool,
}

impl LogLine {
    /// Reads one: cut, and without what would not be seen.
    #[must_use]
    pub fn read(at: Timestamp, stream: &str, message: &str) -> Self {
        let (text, cut) = bounded(message.trim_end(), limits::ALARM_LOG_LINE_BYTES_MAX);
        Self {
            at,
            stream: bounded(stream, limits::ALARM_LOG_LINE_BYTES_MAX).0,
            text,
            cut,
        }
    }

    const fn size_bytes(&self) -> usize {
        self.stream.len() + self.text.len()
    }
}

/// The beginning of a text, in which control characters are made visible: they could make a
/// reader see what is not there.
fn bounded(text: &str, bytes_max: usize) -> (String, bool) {
    let mut kept = String::new();
    for letter in text.chars() {
        let is_layout = letter == '\n' || letter == '\t';
        let turns = matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        let letter = match (letter.is_control() && !is_layout) || turns {
            true => char::REPLACEMENT_CHARACTER,
            false => letter,
        };
        if kept.len() + letter.len_utf8() > bytes_max {
            return (kept, true);
        }
        kept.push(letter);
    }
    (kept, false)
}

/// Lines of one log group, the oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LogLines {
    /// The lines.
    pub lines: Vec<LogLine>,
    /// There are more, or there may be.
    pub more: bool,
}

impl LogLines {
    /// Leaves out what passes a number of lines, and of bytes, of which what is kept is taken.
    pub fn bound(&mut self, lines_max: usize, bytes_left: &mut usize) {
        let mut kept = 0;
        for line in self.lines.iter().take(lines_max) {
            let Some(left) = bytes_left.checked_sub(line.size_bytes()) else {
                break;
            };
            *bytes_left = left;
            kept += 1;
        }
        self.more |= kept < self.lines.len();
        self.lines.truncate(kept);
    }
}

/// The time that is looked at when an alarm went off then.
#[must_use]
pub fn window(went_off_at: Timestamp, now: Timestamp) -> (Timestamp, Timestamp) {
    let from = went_off_at.plus_ms(-limits::LOG_BEFORE_MS);
    let until = went_off_at.plus_ms(limits::LOG_AFTER_MS).min(now);
    // A clock behind AWS's would look at no time at all.
    (from, until.max(went_off_at))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metric(namespace: &str, name: &str, dimensions: &[(&str, &str)]) -> MetricRef {
        let pairs = dimensions.iter();
        MetricRef {
            namespace: namespace.into(),
            name: name.into(),
            dimensions: pairs.map(|(n, v)| ((*n).into(), (*v).into())).collect(),
            statistic: "Sum".into(),
            period_s: 60,
            unit: String::new(),
        }
    }

    #[test]
    fn a_metric_names_its_log_group_or_the_filters_that_make_it() {
        let group = |name: &str, pattern: &str| {
            Some(LogSource::Group {
                name: name.into(),
                pattern: pattern.into(),
            })
        };
        let filters = Some(LogSource::Filters {
            namespace: "Shop".into(),
            metric: "Failures".into(),
        });
        let function = [("FunctionName", "pay"), ("Resource", "pay:live")];
        for (metric, expected) in [
            (
                metric("AWS/Lambda", "Errors", &function),
                group("/aws/lambda/pay", FAILURES),
            ),
            (
                metric("AWS/Lambda", "Throttles", &function),
                group("/aws/lambda/pay", ""),
            ),
            (metric("AWS/Lambda", "Errors", &[]), None),
            (
                metric("AWS/CodeBuild", "FailedBuilds", &[("ProjectName", "web")]),
                group("/aws/codebuild/web", ""),
            ),
            (
                metric("AWS/Logs", "IncomingBytes", &[("LogGroupName", "/app")]),
                group("/app", ""),
            ),
            (metric("AWS/EC2", "CPUUtilization", &[]), None),
            (metric("CWAgent", "mem_used_percent", &[]), None),
            (metric("Shop", "Failures", &[("Service", "web")]), filters),
        ] {
            assert_eq!(LogSource::of(&metric), expected, "{metric:?}");
        }
    }

    #[test]
    fn a_filter_makes_the_metric_of_its_own_dimensions_and_its_lines_are_narrowed_to_them() {
        let filter = |pattern: &str, dimensions: &[(&str, &str)]| MetricFilter {
            group: "/app".into(),
            name: "errors".into(),
            pattern: pattern.into(),
            dimensions: metric("", "", dimensions).dimensions,
        };
        let web = metric("Shop", "Failures", &[("Service", "web")]);
        let by_service = [("Service", "$.service")];
        let json = "{ $.level = \"error\" || $.status = 500 }";
        assert!(filter(json, &by_service).makes(&web));
        assert!(!filter(json, &[]).makes(&web));
        assert_eq!(
            filter(json, &by_service).pattern_of(&web),
            "{ ($.level = \"error\" || $.status = 500) && ($.service = \"web\") }"
        );
        let plain = metric("Shop", "Failures", &[]);
        assert_eq!(filter(json, &[]).pattern_of(&plain), json);
        let columns = "[ip, user, status = 5*]";
        assert_eq!(filter(columns, &[("S", "$user")]).pattern_of(&web), columns);
        let hostile = metric("Shop", "Failures", &[("Service", "a\" || $.x = \"")]);
        assert_eq!(filter(json, &by_service).pattern_of(&hostile), json);
    }

    #[test]
    fn the_time_around_an_alarm_ends_now_at_the_latest() {
        let t = |minutes: i64| Timestamp::from_ms(minutes * 60_000);
        assert_eq!(window(t(60), t(600)), (t(55), t(70)));
        assert_eq!(window(t(60), t(62)), (t(55), t(62)));
        assert_eq!(window(t(60), t(59)), (t(55), t(60)));
    }

    #[test]
    fn whatever_a_program_wrote_is_bounded_and_seen() {
        // Every kind of letter, in texts of every length: a multiplier that meets them all.
        let mut seed = 7_u64;
        for length in 0..400_usize {
            let mut text = String::new();
            for _ in 0..length * 7 {
                seed = seed
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                let number = u32::try_from(seed >> 43).unwrap_or_default();
                let near = [number % 128, number % 0x3000, number % 0x11_0000];
                let code = near[(seed >> 20) as usize % near.len()];
                text.push(char::from_u32(code).unwrap_or('가'));
            }
            let line = LogLine::read(Timestamp::from_ms(0), &text, &text);
            assert!(line.text.len() <= limits::ALARM_LOG_LINE_BYTES_MAX);
            assert!(line.stream.len() <= limits::ALARM_LOG_LINE_BYTES_MAX);
            let hidden = |c: char| c.is_control() && c != '\n' && c != '\t';
            assert!(!line.text.contains(hidden) && !line.text.contains('\u{202e}'));
            let shown = line.text.chars().count();
            let whole = text.trim_end().chars().count();
            assert_eq!(line.cut, shown < whole, "{length}");
            let same = line.text.chars().zip(text.chars());
            let same = same.filter(|(shown, _)| *shown != char::REPLACEMENT_CHARACTER);
            assert!(same.into_iter().all(|(shown, written)| shown == written));
        }
    }

    #[test]
    fn lines_are_bounded_by_number_and_bytes_and_what_is_left_out_is_said() {
        let line = |text: &str| LogLine::read(Timestamp::from_ms(0), "s", text);
        let all = LogLines {
            lines: vec![line("aaa"), line("bbb"), line("ccc")],
            more: false,
        };
        let check = |lines_max: usize, bytes: usize| {
            let (mut lines, mut left) = (all.clone(), bytes);
            lines.bound(lines_max, &mut left);
            (lines.lines.len(), lines.more, left)
        };
        assert_eq!(check(3, 100), (3, false, 88));
        assert_eq!(check(2, 100), (2, true, 92));
        assert_eq!(check(3, 9), (2, true, 1));
        assert_eq!(check(3, 3), (0, true, 3));
    }
}
