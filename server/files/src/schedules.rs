//! Schedule files.

use crate::{FileError, calendars::parse_calendar, tree};
use domain::{
    limits,
    schedules::{Dates, Schedule, ScheduleDraft, ZoneName},
    text,
    time::Zone,
};
use serde_json::Value;
use std::{fs, io, io::Read as _, path::Path};

/// Days and runs of days of a calendar that are told beside its name.
const DAYS_TOLD_MAX: usize = 100;

/// Reads a schedule's file and the calendars that it names, which stand beside it.
///
/// # Errors
/// [`FileError`] names the file, the line, the field and what to do.
pub fn read_schedule(path: &Path) -> Result<Schedule, FileError> {
    let name = path.display().to_string();
    let text = read_text(path, limits::SCHEDULE_FILE_BYTES_MAX)
        .map_err(|reason| FileError::whole(&name, reason))?;
    parse_schedule(&name, &text, |calendar, zone| {
        let path = path.with_file_name("").join(calendar);
        let name = path.display().to_string();
        let text = read_text(&path, limits::CALENDAR_FILE_BYTES_MAX).map_err(|reason| {
            let followed = path.extension().is_none() && !path.exists();
            let hint = format!(
                "; `{calendar}` may be a calendar that a server follows: save what it holds as \
                 `{calendar}.ics` beside the schedule and name that"
            );
            FileError::whole(&name, reason + if followed { &hint } else { "" })
        })?;
        parse_calendar(&name, &text, zone)
    })
}

/// Reads the text of a schedule's file. `calendar` is asked for the dates of each
/// calendar by its name in the file and the zone of the schedule.
///
/// # Errors
/// [`FileError`] names the file, the line, the field and what to do; those of
/// `calendar` are passed on.
pub fn parse_schedule(
    file: &str,
    text: &str,
    mut calendar: impl FnMut(&str, &Zone) -> Result<Dates, FileError>,
) -> Result<Schedule, FileError> {
    if text.len() > limits::SCHEDULE_FILE_BYTES_MAX {
        return Err(FileError::whole(
            file,
            too_long(limits::SCHEDULE_FILE_BYTES_MAX),
        ));
    }
    let fail = |line, path: &[String], message: String| FileError {
        file: file.to_owned(),
        line,
        field: field_text(path),
        message,
    };
    let root = tree::parse(text).map_err(|error| fail(Some(error.line), &[], error.message))?;
    let mut draft: ScheduleDraft = tree::read(&root)
        .map_err(|error: tree::ReadError| fail(error.line, &error.path(), error.message))?;
    let zone = |path: &[&str], name: &ZoneName| {
        Zone::named(name.as_str()).map_err(|_| {
            let path: Vec<String> = path.iter().map(|&step| step.to_owned()).collect();
            let line = root.follow(&path).line;
            fail(Some(line), &path, no_zone(name))
        })
    };
    let own = zone(&["timezone"], &draft.timezone)?;
    for (index, window) in draft.windows.iter().enumerate() {
        if let Some(name) = &window.timezone {
            zone(&["windows", &index.to_string(), "timezone"], name)?;
        }
    }
    for exception in &mut draft.exceptions {
        if let (Some(name), None) = (&exception.calendar, &exception.calendar_dates) {
            exception.calendar_dates = Some(calendar(name, &own)?);
        }
    }
    Schedule::try_from(draft).map_err(|error| {
        let line = root.follow(&error.path).line;
        fail(Some(line), &error.path, error.problem.to_string())
    })
}

/// Writes a schedule as YAML, always the same for the same schedule.
///
/// What a calendar held is told in a comment only: it is read again with its name.
#[must_use]
pub fn write_schedule(schedule: &Schedule) -> String {
    let mut text = String::new();
    // A draft is made of texts, numbers, lists and maps with text keys: all JSON.
    if let Ok(Value::Object(fields)) = serde_json::to_value(schedule.draft()) {
        for (key, value) in fields {
            write_field(&mut text, "", &key, &value);
        }
    }
    text
}

/// A field of the outermost map, or of an item of one of its lists.
fn write_field(text: &mut String, indent: &str, key: &str, value: &Value) {
    let lists_maps = |items: &[Value]| items.iter().any(Value::is_object);
    match value {
        Value::Array(items) if indent.is_empty() && lists_maps(items) => {
            text.push_str(&format!("{key}:\n"));
            for item in items {
                let mut lead = "  - ";
                for (key, value) in item.as_object().into_iter().flatten() {
                    text.push_str(lead);
                    write_field(text, "    ", key, value);
                    lead = "    ";
                }
            }
        }
        Value::Array(days) if key == "calendar_dates" => {
            let told = days.iter().filter_map(Value::as_str).take(DAYS_TOLD_MAX);
            let told: Vec<&str> = told.collect();
            let more = match days.len().saturating_sub(DAYS_TOLD_MAX) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            text.push_str(&format!("# its days: {}{more}\n", told.join(", ")));
        }
        value => text.push_str(&format!("{key}: {}\n", flow(value))),
    }
}

/// A value on one line.
fn flow(value: &Value) -> String {
    match value {
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(flow).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(fields) => {
            let field = |(key, value): (&String, &Value)| format!("{key}: {}", flow(value));
            let fields: Vec<String> = fields.iter().map(field).collect();
            format!("{{ {} }}", fields.join(", "))
        }
        Value::String(word) if is_plain(word) => word.clone(),
        // A text in JSON's quotes is one in YAML's.
        value => value.to_string(),
    }
}

/// Whether a text means itself without quotes, in every edition of YAML.
fn is_plain(text: &str) -> bool {
    let words = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"];
    let letter = |c: char| c.is_ascii_alphanumeric() || "-_./#".contains(c);
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(letter)
        && !words.contains(&text.to_ascii_lowercase().as_str())
}

fn read_text(path: &Path, bytes_max: usize) -> Result<String, String> {
    let told = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => "there is no such file; check the path".to_owned(),
        io::ErrorKind::InvalidData => "this is not UTF-8 text; save it as UTF-8".to_owned(),
        _ => format!("the file cannot be read: {error}"),
    };
    let file = fs::File::open(path).map_err(told)?;
    let mut text = String::new();
    let most = u64::try_from(bytes_max).unwrap_or(u64::MAX);
    let read = file.take(most.saturating_add(1)).read_to_string(&mut text);
    match read.map_err(told)? {
        length if length > bytes_max => Err(too_long(bytes_max)),
        _ => Ok(text
            .strip_prefix('\u{feff}')
            .map_or(text.clone(), str::to_owned)),
    }
}

fn too_long(bytes_max: usize) -> String {
    format!("the file is longer than {bytes_max} bytes; split it")
}

fn no_zone(name: &ZoneName) -> String {
    let hint = match text::nearest(name.as_str(), Zone::names()) {
        Some(near) => format!("did you mean {near}?"),
        None => "write one such as Asia/Seoul".to_owned(),
    };
    format!("there is no time zone `{name}`; {hint}")
}

/// `windows[2].capacity.min`.
fn field_text(path: &[String]) -> String {
    let mut field = String::new();
    for step in path {
        match step.parse::<usize>() {
            Ok(index) => field.push_str(&format!("[{index}]")),
            Err(_) if field.is_empty() => field.push_str(step),
            Err(_) => field.push_str(&format!(".{step}")),
        }
    }
    field
}
