//! Routes as the configuration writes them, so that whoever wants others can begin with these.

use super::{EscalationStep, Recipients, Route};
use std::fmt::{self, Display, Write as _};

/// Routes as `[[routes]]` of TOML.
#[must_use]
pub fn toml(routes: &[Route]) -> String {
    let mut text = String::new();
    // Writing into a string does not fail.
    let _ = level(&mut text, routes, "routes");
    text.trim_start().to_owned()
}

fn level(out: &mut String, routes: &[Route], table: &str) -> fmt::Result {
    for route in routes {
        writeln!(out, "\n[[{table}]]")?;
        let on = &route.matchers;
        list(out, "environment", &on.environment)?;
        list(out, "priority", &each(&on.priority, |one| one.as_str()))?;
        list(out, "name_contains", &on.name_contains)?;
        list(out, "account", &on.account)?;
        list(out, "region", &on.region)?;
        list(out, "state", &each(&on.state, |one| one.as_str()))?;
        let labels = on.labels.to_string();
        if !labels.is_empty() {
            writeln!(out, "labels = {}", quoted(&labels))?;
        }
        recipients(out, &route.recipients)?;
        list(out, "mute_time_intervals", &route.mute_time_intervals)?;
        list(out, "active_time_intervals", &route.active_time_intervals)?;
        if let Some(digest) = &route.digest {
            writeln!(out, "digest = {}", quoted(digest.as_str()))?;
        }
        if let Some(grouping) = &route.grouping {
            list(out, "group_by", &grouping.by)?;
            writeln!(out, "group_wait_seconds = {}", grouping.wait_seconds)?;
            writeln!(
                out,
                "group_interval_minutes = {}",
                grouping.interval_minutes
            )?;
        }
        if route.goes_on {
            out.push_str("continue = true\n");
        }
        for step in &route.escalation {
            escalation(out, step, table)?;
        }
        level(out, &route.routes, &format!("{table}.routes"))?;
    }
    Ok(())
}

fn escalation(out: &mut String, step: &EscalationStep, table: &str) -> fmt::Result {
    writeln!(out, "\n[[{table}.escalation]]")?;
    writeln!(out, "after_minutes = {}", step.after_minutes)?;
    recipients(out, &step.recipients)
}

fn recipients(out: &mut String, told: &Recipients) -> fmt::Result {
    list(out, "channels", &told.channels)?;
    list(out, "contacts", &told.contacts)?;
    list(out, "on_call", &told.on_call)
}

fn each<T>(values: &[T], word: impl Fn(&T) -> &'static str) -> Vec<&'static str> {
    values.iter().map(word).collect()
}

fn list<T: Display>(out: &mut String, key: &str, values: &[T]) -> fmt::Result {
    if values.is_empty() {
        return Ok(());
    }
    let values: Vec<_> = values.iter().map(|one| quoted(&one.to_string())).collect();
    writeln!(out, "{key} = [{}]", values.join(", "))
}

/// A basic string of TOML 1.0.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
