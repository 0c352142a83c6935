//! Where alarms come from: CloudWatch, which is read, and sources that call us.
//!
//! A source tells of an alarm as often as it likes, late, twice and in any order. What
//! identifies an alarm is its set of labels; what orders its states is the time at which
//! the source says they began. [`counts_from`] is the whole rule.

use crate::{
    alarms::AlarmState,
    estate::{Environment, Scope},
    limits,
    names::short_name,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt, fmt::Write as _};

short_name! {
    /// A source's name in the configuration: 1 to 32 of `a-z 0-9 -`.
    SourceName,
    /// Why a text is no name of a source.
    SourceNameError
}

/// What kind of system an alarm comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// Read from CloudWatch.
    Cloudwatch,
    /// Prometheus, by its Alertmanager.
    Prometheus,
    /// Grafana's alerting.
    Grafana,
    /// What AWS tells by events.
    Event,
    /// Whatever posts JSON, by a mapping.
    Json,
    /// Ourselves, of a source that must call and does not.
    Heartbeat,
    /// Ourselves, of a query of logs that runs on a schedule.
    LogQuery,
    /// Nobody: a drill, which is never counted.
    Drill,
}

impl SourceKind {
    /// All.
    pub const ALL: [Self; 8] = [
        Self::Cloudwatch,
        Self::Prometheus,
        Self::Grafana,
        Self::Event,
        Self::Json,
        Self::Heartbeat,
        Self::LogQuery,
        Self::Drill,
    ];

    /// All but drills: what something really set off.
    #[must_use]
    pub fn real() -> Vec<Self> {
        let all = Self::ALL.into_iter();
        all.filter(|kind| !kind.is_drill()).collect()
    }

    /// The word stored and shown to programs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cloudwatch => "cloudwatch",
            Self::Prometheus => "prometheus",
            Self::Grafana => "grafana",
            Self::Event => "event",
            Self::Json => "json",
            Self::Heartbeat => "heartbeat",
            Self::LogQuery => "log_query",
            Self::Drill => "drill",
        }
    }

    /// Whether its alarms are exercises: measures and counts leave them out.
    #[must_use]
    pub const fn is_drill(self) -> bool {
        matches!(self, Self::Drill)
    }

    /// Reads what [`SourceKind::as_str`] wrote.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// A system that calls us: the kinds that the configuration knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HookKind {
    /// An Alertmanager, by its webhook.
    Prometheus,
    /// Grafana, by a webhook contact point.
    Grafana,
    /// EventBridge, by an API destination.
    Eventbridge,
    /// Whatever posts JSON, by a mapping.
    Json,
    /// What only has to call.
    Heartbeat,
}

impl HookKind {
    /// All.
    pub const ALL: [Self; 5] = [
        Self::Prometheus,
        Self::Grafana,
        Self::Eventbridge,
        Self::Json,
        Self::Heartbeat,
    ];

    /// The kind of source of its alarms.
    #[must_use]
    pub const fn kind(self) -> SourceKind {
        match self {
            Self::Prometheus => SourceKind::Prometheus,
            Self::Grafana => SourceKind::Grafana,
            Self::Eventbridge => SourceKind::Event,
            Self::Json => SourceKind::Json,
            Self::Heartbeat => SourceKind::Heartbeat,
        }
    }

    /// The word of the configuration.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Prometheus => "prometheus",
            Self::Grafana => "grafana",
            Self::Eventbridge => "eventbridge",
            Self::Json => "json",
            Self::Heartbeat => "heartbeat",
        }
    }

    /// The path that it calls for a source of this name.
    #[must_use]
    pub fn path(self, name: &SourceName) -> String {
        let kind = match self {
            Self::Prometheus => "alertmanager",
            other => other.as_str(),
        };
        format!("/hooks/{kind}/{name}")
    }

    /// Reads what [`HookKind::as_str`] wrote.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|hook| hook.as_str() == text)
    }
}

/// Where one alarm comes from.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Origin {
    /// CloudWatch in an account and region.
    Cloudwatch(Scope),
    /// What AWS told by events in an account and region.
    Event(Scope),
    /// A source that calls us.
    Hook(HookKind, SourceName),
    /// A query of logs in an account and region.
    LogQuery(Scope),
    /// A drill, as if in an account and region.
    Drill(Option<Scope>),
}

impl Origin {
    /// Of the alarm of a source that must call and does not, whatever its kind. It stands
    /// beside what the source itself tells and is none of it.
    #[must_use]
    pub const fn heartbeat(source: SourceName) -> Self {
        Self::Hook(HookKind::Heartbeat, source)
    }

    /// The kind of source.
    #[must_use]
    pub const fn kind(&self) -> SourceKind {
        match self {
            Self::Cloudwatch(_) => SourceKind::Cloudwatch,
            Self::Event(_) => SourceKind::Event,
            Self::Hook(hook, _) => hook.kind(),
            Self::LogQuery(_) => SourceKind::LogQuery,
            Self::Drill(_) => SourceKind::Drill,
        }
    }

    /// The account and region; none of what lies outside of AWS.
    #[must_use]
    pub const fn scope(&self) -> Option<&Scope> {
        match self {
            Self::Cloudwatch(scope) | Self::Event(scope) | Self::LogQuery(scope) => Some(scope),
            Self::Drill(scope) => scope.as_ref(),
            Self::Hook(..) => None,
        }
    }

    /// The name of the source that called; none of what is read.
    #[must_use]
    pub const fn source_name(&self) -> Option<&SourceName> {
        match self {
            Self::Cloudwatch(_) | Self::Event(_) | Self::LogQuery(_) | Self::Drill(_) => None,
            Self::Hook(_, name) => Some(name),
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cloudwatch(scope) | Self::Event(scope) | Self::LogQuery(scope) => scope.fmt(f),
            Self::Hook(_, name) => name.fmt(f),
            Self::Drill(_) => f.write_str(SourceKind::Drill.as_str()),
        }
    }
}

/// How the environment of a source's alarms is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EnvironmentRule {
    /// All belong to one.
    To(Environment),
    /// A label tells.
    ByLabel(String),
}

impl EnvironmentRule {
    /// The environment of an alarm with these labels.
    #[must_use]
    pub fn environment(&self, labels: &BTreeMap<String, String>) -> Environment {
        match self {
            Self::To(environment) => environment.clone(),
            Self::ByLabel(label) => labels
                .get(label)
                .and_then(|value| Environment::parse(value))
                .unwrap_or_else(Environment::untagged),
        }
    }
}

/// What a link of an alarm leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LinkKind {
    /// What to do about it.
    Runbook,
    /// The rule or the query that made it go off.
    Rule,
    /// A dashboard.
    Dashboard,
    /// The panel that shows it.
    Panel,
    /// The source's own page for silencing it.
    Silence,
}

/// An address that an alarm came with. It was written elsewhere, so nothing but http and
/// https passes: whoever clicks must not run a script.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Link {
    /// What it leads to.
    pub kind: LinkKind,
    /// The address.
    pub url: String,
}

impl Link {
    /// Takes an address; none when it is no address of a web page.
    #[must_use]
    pub fn new(kind: LinkKind, url: &str) -> Option<Self> {
        let url = url.trim();
        let rest = ["https://", "http://"]
            .iter()
            .find_map(|scheme| url.strip_prefix(scheme));
        let odd = |c: char| c.is_control() || c.is_whitespace() || matches!(c, '"' | '<' | '>');
        let fits = rest
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '['))
            && url.len() <= limits::LINK_BYTES_MAX
            && !url.contains(odd);
        fits.then(|| Self {
            kind,
            url: url.to_owned(),
        })
    }
}

/// What a source tells beside the state.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AlarmNotes {
    /// What identifies it.
    pub labels: BTreeMap<String, String>,
    /// What else is said of it.
    pub annotations: BTreeMap<String, String>,
    /// Where to read on.
    pub links: Vec<Link>,
}

/// An alarm as one call of a source tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlarmReport {
    /// Unique in its source: see [`series_name`].
    pub name: String,
    /// Its description; may be empty.
    pub description: String,
    /// Its state.
    pub state: AlarmState,
    /// Since when, by the source's clock.
    pub state_at: Timestamp,
    /// Why, in the source's words.
    pub reason: String,
    /// What else there is.
    pub notes: AlarmNotes,
}

/// The label that names an alarm of Prometheus and Grafana.
const NAME_LABEL: &str = "alertname";

/// What people call an alarm, and its identity at once: `HighCpu{instance="web-1",job="node"}`,
/// as Prometheus writes a series. Equal labels are the same alarm, whatever the fingerprint.
#[must_use]
pub fn series_name(labels: &BTreeMap<String, String>) -> String {
    let mut name = labels.get(NAME_LABEL).cloned().unwrap_or_default();
    let others = labels.iter().filter(|(label, _)| *label != NAME_LABEL);
    let mut before = '{';
    for (label, value) in others {
        // Writing to a string does not fail.
        let _ = write!(name, "{before}{label}={value:?}");
        before = ',';
    }
    if before == ',' || name.is_empty() {
        let _ = write!(name, "{}}}", if before == ',' { "" } else { "{" });
    }
    name.replace(char::is_control, "\u{fffd}")
}

/// What is held of an alarm when a source calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeldState {
    /// Its state.
    pub state: AlarmState,
    /// Since when.
    pub state_at: Timestamp,
    /// It has left the list.
    pub gone: bool,
}

/// Since when a told state counts; none when it is old news.
///
/// A source's clock may be ahead. A state that begins in our future would stand against
/// all that follows, so it begins now, and the same state told again is the same life.
#[must_use]
pub fn counts_from(
    held: Option<HeldState>,
    told: (AlarmState, Timestamp),
    now: Timestamp,
) -> Option<Timestamp> {
    let (state, told_at) = told;
    let at = told_at.min(now);
    let Some(held) = held else {
        return Some(at);
    };
    let same = !held.gone && held.state == state;
    if told_at > now {
        // It begins as it comes, after what is known: also where another server's clock was
        // ahead of ours, or ours has stepped back.
        return Some(match same {
            true => held.state_at,
            false => now.max(held.state_at.plus_ms(1)),
        });
    }
    (at > held.state_at || same && at == held.state_at).then_some(at)
}

/// Since when a state is told to be that a source may tell again and again with the time of its
/// message: while it stands it is the same life. What Prometheus and its like tell is the time
/// at which it began, and another time another life.
#[must_use]
pub fn began(
    kind: SourceKind,
    held: Option<HeldState>,
    told: (AlarmState, Timestamp),
) -> Timestamp {
    let (state, at) = told;
    match held {
        Some(held) if kind == SourceKind::Json && !held.gone && held.state == state => {
            at.min(held.state_at)
        }
        _ => at,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        let pair = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        pairs.iter().map(pair).collect()
    }

    #[test]
    fn an_alarm_is_named_by_its_labels_as_prometheus_names_a_series() {
        for (pairs, name) in [
            (
                &[
                    ("job", "node"),
                    ("alertname", "HighCpu"),
                    ("instance", "web-1:9100"),
                ][..],
                r#"HighCpu{instance="web-1:9100",job="node"}"#,
            ),
            (&[("alertname", "Watchdog")][..], "Watchdog"),
            (&[("a", "x\"y")][..], r#"{a="x\"y"}"#),
            (&[][..], "{}"),
        ] {
            assert_eq!(series_name(&labels(pairs)), name);
        }
    }

    #[test]
    fn news_counts_by_the_time_it_began_and_never_backwards() {
        use AlarmState::{Alarm, Ok};
        let t = Timestamp::from_ms;
        let held = |state, ms, gone| {
            Some(HeldState {
                state,
                state_at: t(ms),
                gone,
            })
        };
        for (held, told, expected) in [
            (None, (Ok, 5), Some(5)),
            (None, (Alarm, 200), Some(100)),
            (held(Alarm, 10, false), (Alarm, 10), Some(10)),
            (held(Alarm, 10, false), (Ok, 20), Some(20)),
            (held(Ok, 20, false), (Alarm, 10), None),
            (held(Ok, 20, false), (Alarm, 20), None),
            (held(Ok, 20, false), (Ok, 15), None),
            (held(Alarm, 10, false), (Alarm, 30), Some(30)),
            // The source's clock is ahead: one life, and its end still counts.
            (held(Alarm, 90, false), (Alarm, 200), Some(90)),
            (held(Alarm, 90, false), (Ok, 200), Some(100)),
            (held(Ok, 20, true), (Ok, 20), None),
            (held(Ok, 20, true), (Alarm, 10), None),
            (held(Ok, 20, true), (Alarm, 21), Some(21)),
        ] {
            let found = counts_from(held, (told.0, t(told.1)), t(100));
            assert_eq!(found, expected.map(t), "{held:?} {told:?}");
        }
    }

    #[test]
    fn what_is_told_without_a_time_counts_whatever_clocks_did() {
        use AlarmState::{Alarm, Ok};
        let t = Timestamp::from_ms;
        // Held by a server whose clock was ahead, or by ours before it stepped back.
        let held = HeldState {
            state: Alarm,
            state_at: t(150),
            gone: false,
        };
        let undated = t(101);
        assert_eq!(counts_from(Some(held), (Ok, undated), t(100)), Some(t(151)));
        assert_eq!(
            counts_from(Some(held), (Alarm, undated), t(100)),
            Some(t(150))
        );
        // What says when it began keeps its order.
        assert_eq!(counts_from(Some(held), (Ok, t(99)), t(100)), None);
    }

    #[test]
    fn a_reminder_of_what_stands_is_the_same_life() {
        use AlarmState::{Alarm, Ok};
        let t = Timestamp::from_ms;
        let held = HeldState {
            state: Alarm,
            state_at: t(10),
            gone: false,
        };
        for (kind, held, told, expected) in [
            (SourceKind::Json, Some(held), (Alarm, t(20)), 10),
            (SourceKind::Json, Some(held), (Alarm, t(5)), 5),
            (SourceKind::Json, Some(held), (Ok, t(20)), 20),
            (
                SourceKind::Json,
                Some(HeldState { gone: true, ..held }),
                (Alarm, t(20)),
                20,
            ),
            (SourceKind::Json, None, (Alarm, t(20)), 20),
            (SourceKind::Prometheus, Some(held), (Alarm, t(20)), 20),
        ] {
            assert_eq!(began(kind, held, told), t(expected), "{kind:?} {told:?}");
        }
    }

    #[test]
    fn only_web_pages_are_linked() {
        for good in [
            "https://wiki.example/x?y#z",
            "http://10.0.0.1:9090/graph",
            "http://[::1]/",
        ] {
            assert!(Link::new(LinkKind::Rule, good).is_some(), "{good}");
        }
        for bad in [
            "javascript:alert(1)",
            "data:text/html,x",
            "//wiki.example",
            "https://",
            "https:///x",
            "https://a b",
            "HTTPS://x\"onclick",
            "/relative",
        ] {
            assert_eq!(Link::new(LinkKind::Rule, bad), None, "{bad}");
        }
        let long = format!("https://x/{}", "a".repeat(limits::LINK_BYTES_MAX));
        assert_eq!(Link::new(LinkKind::Rule, &long), None);
    }

    #[test]
    fn the_environment_is_the_sources_or_a_labels() {
        let by_label = EnvironmentRule::ByLabel("env".into());
        assert_eq!(
            by_label.environment(&labels(&[("env", "Prod")])).as_str(),
            "prod"
        );
        assert_eq!(
            by_label.environment(&labels(&[("env", "p/q")])).as_str(),
            "untagged"
        );
        let fixed = EnvironmentRule::To("staging".into());
        assert_eq!(
            fixed.environment(&labels(&[("env", "prod")])).as_str(),
            "staging"
        );
    }
}
