//! Any JSON, by a mapping: what calls us, and we do not know.

use crate::{
    FileError,
    expressions::{Expression, Fault, leaves},
};
use domain::{
    limits,
    mappings::{MappingText, StateWord},
    sources::{AlarmNotes, AlarmReport, Link, LinkKind, series_name},
    time::Timestamp,
};
use jmespath::{Rcvar, Variable};
use std::{collections::BTreeMap, fmt, sync::Arc};

/// What the body is called in an error.
const BODY: &str = "body";

/// A number of this size is milliseconds since 1970, a smaller one seconds: as seconds it
/// would be in the year 5138, as milliseconds in 1973.
const MILLISECONDS_FROM: i64 = 100_000_000_000;

/// Why a mapping cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct MappingError {
    /// The key: `labels`.
    pub key: &'static str,
    /// The column of its expression, from 1; none when it is about the whole.
    pub column: Option<usize>,
    /// What is wrong and what to do.
    pub message: String,
}

impl fmt::Display for MappingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.message)?;
        match self.column {
            Some(column) => write!(f, " (column {column})"),
            None => Ok(()),
        }
    }
}

/// A mapping that can be used. Clones share what was compiled.
#[derive(Clone)]
pub struct Mapping {
    text: MappingText,
    compiled: Arc<Compiled>,
}

struct Compiled {
    alerts: Option<Expression>,
    labels: Expression,
    state: Expression,
    at: Option<Expression>,
    description: Option<Expression>,
    reason: Option<Expression>,
    link: Option<Expression>,
}

impl fmt::Debug for Mapping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text.fmt(f)
    }
}

impl PartialEq for Mapping {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Mapping {}

impl Mapping {
    /// Compiles a mapping.
    ///
    /// # Errors
    /// [`MappingError`] names the expression that is wrong, and where.
    pub fn compile(text: MappingText) -> Result<Self, MappingError> {
        for (key, words) in [("alarm_when", &text.alarm_when), ("ok_when", &text.ok_when)] {
            if words.len() > limits::STATE_WORDS_MAX || !words.iter().all(StateWord::is_short) {
                let message = format!(
                    "has more than {} values, or one of more than {} characters",
                    limits::STATE_WORDS_MAX,
                    limits::STATE_WORD_CHARS_MAX
                );
                return Err(MappingError {
                    key,
                    column: None,
                    message,
                });
            }
        }
        let optional = |key, given: &Option<String>| {
            let given = given.as_deref().map(|given| compile(key, given));
            given.transpose()
        };
        let compiled = Compiled {
            alerts: optional("alerts", &text.alerts)?,
            labels: compile("labels", &text.labels)?,
            state: compile("state", &text.state)?,
            at: optional("at", &text.at)?,
            description: optional("description", &text.description)?,
            reason: optional("reason", &text.reason)?,
            link: optional("link", &text.link)?,
        };
        compiled.check_cost()?;
        Ok(Self {
            text,
            compiled: Arc::new(compiled),
        })
    }

    /// As it was written.
    #[must_use]
    pub const fn text(&self) -> &MappingText {
        &self.text
    }

    /// Reads the alerts of one call that came now. One that does not say since when has its
    /// state since the call: it is dated just after it, which `domain::sources::counts_from`
    /// takes for now, or for the same life where the state is told again.
    ///
    /// # Errors
    /// [`FileError`] says what is wrong with the body, and in which alert.
    pub fn read(&self, body: &[u8], now: Timestamp) -> Result<Vec<AlarmReport>, FileError> {
        let whole: Variable = serde_json::from_slice(body).map_err(|error| FileError {
            line: Some(error.line()),
            ..FileError::whole(BODY, error.to_string())
        })?;
        self.compiled.check_size(&whole)?;
        let whole = Rcvar::new(whole);
        let Some(expression) = &self.compiled.alerts else {
            return Ok(vec![self.report("", &whole, now.plus_ms(1))?]);
        };
        let found = find(expression, &whole, || "alerts".to_owned())?;
        let alerts = match &*found {
            Variable::Array(list) => list.as_slice(),
            Variable::Object(_) => std::slice::from_ref(&found),
            other => {
                let message = format!("gives {}; a list or an object is needed", shown(other));
                return Err(at_field("alerts".into(), message));
            }
        };
        if alerts.len() > limits::MAPPED_ALERTS_MAX {
            let most = limits::MAPPED_ALERTS_MAX;
            let message = format!("gives {} alerts; {most} at most", alerts.len());
            return Err(at_field("alerts".into(), message));
        }
        let mut reports = Vec::new();
        let mut undated = now;
        for (index, alert) in alerts.iter().enumerate() {
            // Of two about one alarm the later in the list counts.
            undated = undated.plus_ms(1);
            reports.push(self.report(&format!("alerts[{index}]."), alert, undated)?);
        }
        Ok(reports)
    }

    fn report(
        &self,
        place: &str,
        alert: &Rcvar,
        undated: Timestamp,
    ) -> Result<AlarmReport, FileError> {
        let compiled = &self.compiled;
        let look = |key: &str, expression: &Expression| {
            find(expression, alert, || format!("{place}{key}"))
        };
        let optional = |key: &str, expression: &Option<Expression>| match expression {
            Some(expression) => look(key, expression).map(Some),
            None => Ok(None),
        };
        let wrong = |key: &str, message: String| at_field(format!("{place}{key}"), message);

        let named = look("labels", &compiled.labels)?;
        let labels = labels(&named).map_err(|message| wrong("labels", message))?;
        let told = look("state", &compiled.state)?;
        let state = word(&told)
            .ok_or_else(|| {
                let what = "a text, a whole number or a boolean is needed";
                wrong("state", format!("gives {}; {what}", shown(&told)))
            })
            .and_then(|value| {
                self.text.state_of(&value).ok_or_else(|| {
                    let what = "which is neither in alarm_when nor in ok_when";
                    wrong("state", format!("is {}, {what}", shown(&told)))
                })
            })?;
        let state_at = match optional("at", &compiled.at)? {
            Some(value) => instant(&value).map_err(|message| wrong("at", message))?,
            None => None,
        };
        let text = |key: &str, expression: &Option<Expression>| {
            let value = optional(key, expression)?;
            let value = value.map(|value| scalar(&value).ok_or(value)).transpose();
            value
                .map(|text| text.flatten().unwrap_or_default())
                .map_err(|value| wrong(key, format!("gives {}; a text is needed", shown(&value))))
        };
        let description = cut(&text("description", &compiled.description)?);
        let reason = match compiled.reason {
            Some(_) => cut(&text("reason", &compiled.reason)?),
            None => description.clone(),
        };
        let links = optional("link", &compiled.link)?;
        Ok(AlarmReport {
            name: series_name(&labels),
            description,
            state,
            state_at: state_at.unwrap_or(undated),
            reason,
            notes: AlarmNotes {
                labels,
                annotations: BTreeMap::new(),
                links: links.map(|value| addresses(&value)).unwrap_or_default(),
            },
        })
    }
}

impl Compiled {
    /// By how much the expressions may multiply a body: what finds the alerts multiplies all that
    /// is looked up in them.
    fn cost(&self) -> u64 {
        let optional = [&self.at, &self.description, &self.reason, &self.link];
        let each = optional.into_iter().flatten();
        let each = each.chain([&self.labels, &self.state]);
        let each = each.fold(0_u64, |sum, one| sum.saturating_add(one.cost));
        let all = self.alerts.as_ref().map_or(1, |alerts| alerts.cost);
        all.saturating_mul(each)
    }

    /// That a body is not so large that what they make of it would take the machine.
    fn check_size(&self, body: &Variable) -> Result<(), FileError> {
        let values = leaves(body);
        let made = values.saturating_mul(self.cost());
        if made <= limits::MAPPED_VALUES_MAX {
            return Ok(());
        }
        let message = format!(
            "has {values} values, of which the mapping could make {made}; at most {} are made: \
             send fewer alerts at a time, or let the expressions name fields",
            limits::MAPPED_VALUES_MAX
        );
        Err(FileError::whole(BODY, message))
    }

    /// That they do not multiply a body by too much.
    fn check_cost(&self) -> Result<(), MappingError> {
        if self.cost() <= limits::MAPPING_COST_MAX {
            return Ok(());
        }
        let (key, cost) = match &self.alerts {
            Some(alerts) if alerts.cost > self.labels.cost => ("alerts", alerts.cost),
            _ => ("labels", self.labels.cost),
        };
        let message = format!(
            "multiplies what it is given by up to {cost}; with the other expressions that is more \
             than {}: name fields instead of whole objects, and nest fewer lists",
            limits::MAPPING_COST_MAX
        );
        Err(MappingError {
            key,
            column: None,
            message,
        })
    }
}

fn compile(key: &'static str, text: &str) -> Result<Expression, MappingError> {
    Expression::compile(text).map_err(|Fault { column, message }| MappingError {
        key,
        column,
        message: format!(
            "`{}`: {message}",
            cut_to(text, limits::SHOWN_VALUE_CHARS_MAX)
        ),
    })
}

fn find(
    expression: &Expression,
    data: &Rcvar,
    field: impl FnOnce() -> String,
) -> Result<Rcvar, FileError> {
    expression.find(data).map_err(|fault| {
        let place = fault
            .column
            .map(|column| format!(" (column {column} of its expression)"));
        at_field(
            field(),
            format!("{}{}", fault.message, place.unwrap_or_default()),
        )
    })
}

fn at_field(field: String, message: String) -> FileError {
    FileError {
        field,
        ..FileError::whole(BODY, message)
    }
}

fn labels(value: &Variable) -> Result<BTreeMap<String, String>, String> {
    let Variable::Object(object) = value else {
        return Err(format!("gives {}; an object is needed", shown(value)));
    };
    let mut labels = BTreeMap::new();
    for (name, value) in object {
        // What is not there identifies nothing.
        let Some(text) = scalar(value).ok_or_else(|| {
            let what = "a text, a number or a boolean is needed";
            format!(
                "`{}` is {}; {what}",
                cut_to(name, limits::SHOWN_VALUE_CHARS_MAX),
                shown(value)
            )
        })?
        else {
            continue;
        };
        // As in Prometheus, a label without a value is none.
        if !text.is_empty() {
            labels.insert(name.clone(), text);
        }
    }
    let too_long = |text: &String| text.len() > limits::LABEL_BYTES_MAX;
    let any_long = labels
        .iter()
        .any(|(name, value)| too_long(name) || too_long(value));
    if labels.len() > limits::LABELS_MAX || any_long {
        return Err(format!(
            "has more than {} labels, or one of more than {} bytes",
            limits::LABELS_MAX,
            limits::LABEL_BYTES_MAX
        ));
    }
    match labels.is_empty() {
        true => Err("gives no label, and labels are what identifies an alarm".to_owned()),
        false => Ok(labels),
    }
}

/// A value as a text: `None` for null, nothing at all for lists and objects.
#[expect(
    clippy::option_option,
    reason = "no text and not a text are two things"
)]
fn scalar(value: &Variable) -> Option<Option<String>> {
    match value {
        Variable::Null => Some(None),
        Variable::String(text) => Some(Some(text.clone())),
        // `5` and `5.0` are one number.
        Variable::Number(number) => Some(Some(
            whole(number).map_or_else(|| number.to_string(), |number| number.to_string()),
        )),
        Variable::Bool(flag) => Some(Some(flag.to_string())),
        _ => None,
    }
}

fn word(value: &Variable) -> Option<StateWord> {
    match value {
        Variable::String(text) => Some(StateWord::Text(text.clone())),
        Variable::Bool(flag) => Some(StateWord::Flag(*flag)),
        Variable::Number(number) => whole(number).map(StateWord::Number),
        _ => None,
    }
}

/// A whole number, also one that a function wrote as `1.0`.
fn whole(number: &serde_json::Number) -> Option<i64> {
    number.as_i64().or_else(|| {
        let text = number.to_string();
        text.strip_suffix(".0")?.parse().ok()
    })
}

/// Since when; none for null and for an empty text.
fn instant(value: &Variable) -> Result<Option<Timestamp>, String> {
    let wrong = || {
        let what =
            "a time as 2026-03-02T09:00:00Z, or seconds or milliseconds since 1970, is needed";
        format!("is {}; {what}", shown(value))
    };
    let number = match value {
        Variable::Null => return Ok(None),
        Variable::String(text) => {
            let text = text.trim();
            if text.is_empty() {
                return Ok(None);
            }
            if !text.bytes().all(|byte| byte.is_ascii_digit()) {
                return text.parse().map(Some).map_err(|_| wrong());
            }
            text.parse().ok()
        }
        Variable::Number(number) => match number.as_i64() {
            Some(number) => Some(number),
            // With a fraction it is seconds; of more than a millisecond nothing is kept.
            None => number
                .to_string()
                .split_once('.')
                .and_then(|(whole, fraction)| {
                    let fraction: String = fraction.chars().chain("000".chars()).take(3).collect();
                    let (whole, fraction): (i64, i64) =
                        (whole.parse().ok()?, fraction.parse().ok()?);
                    let ms = whole.checked_mul(1_000)?.checked_add(fraction)?;
                    (whole < MILLISECONDS_FROM)
                        .then_some(ms)
                        .filter(|ms| *ms >= MILLISECONDS_FROM)
                }),
        },
        _ => None,
    };
    let number = number.filter(|number| *number >= 0).ok_or_else(wrong)?;
    let ms = match number < MILLISECONDS_FROM {
        true => number.saturating_mul(1_000),
        false => number,
    };
    // No later than the latest that can be read as seconds.
    match ms < MILLISECONDS_FROM.saturating_mul(1_000) {
        true => Ok(Some(Timestamp::from_ms(ms))),
        false => Err(wrong()),
    }
}

/// The addresses of web pages among what a link's expression gives.
fn addresses(value: &Variable) -> Vec<Link> {
    let values = match value {
        Variable::Array(list) => list.as_slice(),
        other => {
            return other
                .as_string()
                .and_then(|url| link(url))
                .into_iter()
                .collect();
        }
    };
    let texts = values.iter().filter_map(|value| value.as_string());
    let links = texts.filter_map(|url| link(url));
    links.take(limits::MAPPED_LINKS_MAX).collect()
}

fn link(url: &str) -> Option<Link> {
    Link::new(LinkKind::Rule, url)
}

fn cut(text: &str) -> String {
    cut_to(text, limits::ANNOTATION_CHARS_MAX)
}

fn cut_to(text: &str, chars: usize) -> String {
    text.chars().take(chars).collect()
}

/// A value in an error.
fn shown(value: &Variable) -> String {
    match value {
        Variable::Null => "null".to_owned(),
        Variable::Array(list) => format!("a list of {}", list.len()),
        Variable::Object(object) => format!("an object of {}", object.len()),
        Variable::Expref(_) => "an expression".to_owned(),
        Variable::String(text) => format!("`{}`", cut_to(text, limits::SHOWN_VALUE_CHARS_MAX)),
        Variable::Bool(flag) => flag.to_string(),
        Variable::Number(number) => number.to_string(),
    }
}
