//! `lamplighter policy lint`: scaling policies against the alarms that run them,
//! from a file that the AWS command line wrote. It asks AWS nothing.

use crate::{
    cli::{Format, print},
    compose::StartError,
    tables::plain,
};
use domain::{
    checks::Severity,
    i18n::{Lang, step_policies as words},
    limits,
    step_policies::{
        self, Document,
        report::{Report, Row},
    },
};
use std::{
    fmt::Write as _,
    fs::File,
    io::{self, Read, Write as _},
    path::Path,
    process::ExitCode,
};

/// Judges a file, or standard input for `-`, and prints what was found.
///
/// # Errors
/// [`StartError::Usage`] when it cannot be read.
pub fn run(file: &Path, lang: Lang, format: Format) -> Result<ExitCode, StartError> {
    let unreadable = |name: &str, why: &dyn std::fmt::Display| {
        StartError::Usage(format!("cannot read {name}: {why}"))
    };
    let (name, bytes) = if file.as_os_str() == "-" {
        ("standard input".to_owned(), read(io::stdin().lock()))
    } else {
        (file.display().to_string(), File::open(file).and_then(read))
    };
    let bytes = bytes.map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => unreadable(&name, &words::no_such_file(lang)),
        _ => unreadable(&name, &error),
    })?;
    let document = Document::read(&bytes).map_err(|error| unreadable(&name, &error))?;
    let others = Document::other_fields(&bytes);
    if !others.is_empty() {
        let shown = others.iter().take(limits::FIELDS_NAMED_MAX);
        let shown: Vec<_> = shown.map(|name| format!("`{}`", plain(name))).collect();
        let note = words::not_looked_at(lang, &shown.join(", "));
        // Nowhere is left to say that standard error is closed.
        let _ = writeln!(io::stderr(), "{note}");
    }
    let report = Report::new(lang, &step_policies::lint(&document));
    print(&match format {
        Format::Text => table(lang, &document, &report),
        Format::Json => format!("{:#}\n", serde_json::json!(report)),
    });
    Ok(ExitCode::from(u8::from(!report.findings.is_empty())))
}

/// One byte more than is taken, so that more than that is noticed.
fn read(from: impl Read) -> io::Result<Vec<u8>> {
    let bytes_max = u64::try_from(limits::POLICY_DOCUMENT_BYTES_MAX).unwrap_or(u64::MAX);
    let mut bytes = Vec::new();
    from.take(bytes_max.saturating_add(1))
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn table(lang: Lang, document: &Document, report: &Report) -> String {
    let mut out = String::new();
    for row in &report.findings {
        // Writing to a String cannot fail.
        let _ = writeln!(out, "{}", head(row));
        let _ = writeln!(out, "         {}", plain(&row.message));
        let fix = words::to_do(lang, &plain(&row.fix));
        let _ = writeln!(out, "         {fix}");
    }
    let policies = document.policies.as_ref().map_or(0, Vec::len);
    let alarms = document.alarms.as_ref().map_or(0, Vec::len);
    let counts = words::counts(lang, policies, alarms, report.findings.len());
    let _ = writeln!(out, "{counts}");
    out
}

fn head(row: &Row) -> String {
    let mark = match row.severity {
        Severity::Error => "error  ",
        Severity::Warning => "warning",
        Severity::Info => "info   ",
    };
    let target = row.target.as_deref().map(|target| format!("{target} "));
    let alarm = row.alarm.as_deref().map(|alarm| format!("  alarm {alarm}"));
    plain(&format!(
        "{mark}  {}  {}{}{}",
        row.rule,
        target.unwrap_or_default(),
        row.policy,
        alarm.unwrap_or_default()
    ))
}
