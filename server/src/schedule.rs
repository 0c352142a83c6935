//! `lamplighter schedule`: what a schedule's file means, with no server and no AWS.
//!
//! What it prints for programs is a contract: fields may be added, never renamed.

use crate::{
    cli::print,
    compose::StartError,
    tables::{json, table},
};
use clap::{Args, Subcommand, ValueEnum};
use domain::{
    i18n::{Lang, refusals},
    limits,
    schedules::{
        self, Dates, Rule, Schedule, Timetable, Zones, answers,
        compile::{Report, compile, verify},
        day_range, preview,
    },
    time::{Timestamp, Zone},
};
use files::read_schedule;
use jiff::{ToSpan as _, civil::Date};
use serde::Serialize;
use std::{
    fmt,
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
};

/// For whom something is printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    #[default]
    Table,
    /// For programs.
    Json,
}

/// What can be asked of a schedule's file.
#[derive(Debug, Subcommand)]
pub(crate) enum Ask {
    /// Tell which capacity holds at some instants.
    At {
        /// The schedule: YAML or JSON.
        file: PathBuf,
        /// An instant such as 2026-03-02T08:00:00+09:00; repeat for several.
        #[arg(long = "at", value_name = "TIME", required = true)]
        instants: Vec<String>,
        /// For people or for programs.
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// List every change of the coming days, and what a reader would not expect.
    Preview(Days),
    /// Print the AWS objects that carry the schedule out for so many days.
    ///
    /// They are good until the last of these days is over, which the answer tells
    /// (`good_until`, for people on standard error): windows that repeat go on after
    /// it, but overrides, exceptions and windows with dates that lie later are not in
    /// them (`later`). Compile again, for later days, before then.
    Compile(Days),
    /// Run those objects under AWS's rules and compare every minute.
    Verify(Days),
}

/// A schedule and some days of it.
#[derive(Debug, Args)]
pub(crate) struct Days {
    /// The schedule: YAML or JSON.
    file: PathBuf,
    /// The first day, by the clock of the schedule's zone; today when left out.
    #[arg(long, value_name = "DATE", value_parser = date)]
    from: Option<Date>,
    /// How many days.
    #[arg(long, value_name = "N", default_value_t = limits::COMPILE_DAYS_DEFAULT,
          value_parser = clap::value_parser!(i64).range(1..=limits::SCHEDULE_DAYS_MAX))]
    days: i64,
    /// For people or for programs.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

fn date(text: &str) -> Result<Date, String> {
    let years = limits::SCHEDULE_YEAR_MIN..=limits::SCHEDULE_YEAR_MAX;
    let date = text.parse::<Date>().ok();
    date.filter(|date| date.to_string() == text && years.contains(&date.year()))
        .ok_or_else(|| "write a date such as 2026-03-02".to_owned())
}

/// Answers on standard output. Code 1 tells that something is not as it should be.
pub(crate) fn run(ask: Ask, now: Timestamp) -> Result<ExitCode, StartError> {
    let told = tell(ask, now)?;
    print(&told.text);
    if let Some(note) = &told.note {
        // Nowhere is left to say that standard error is closed.
        let _ = io::stderr().write_all(note.as_bytes());
    }
    let finding = told.finding;
    Ok(match finding {
        true => ExitCode::from(1),
        false => ExitCode::SUCCESS,
    })
}

/// What is printed.
struct Told {
    text: String,
    /// For people, beside what was asked for.
    note: Option<String>,
    /// Something is not as it should be.
    finding: bool,
}

fn tell(ask: Ask, now: Timestamp) -> Result<Told, StartError> {
    match ask {
        Ask::At {
            file,
            instants,
            format,
        } => {
            let questions = questions(instants)?;
            let (schedule, zones) = open(&file)?;
            let answers = answers(&timetable(&schedule, &zones)?, &questions);
            let rows = answers.at.iter().map(|answer| {
                let level = answer.capacity.to_string();
                vec![answer.at.clone(), answer.rule.clone(), level]
            });
            Ok(Told {
                text: format.of(&answers, || table(&["at", "rule", "capacity"], rows)),
                note: None,
                finding: false,
            })
        }
        Ask::Preview(days) => days.ask(now, |timetable, first, _| {
            let preview = preview(timetable, first, days.days, Lang::En);
            let changes = preview.transitions.iter().map(|change| {
                let level = change.capacity.to_string();
                vec![change.at.clone(), change.rule.clone(), level]
            });
            let notes = preview
                .notes
                .iter()
                .map(|note| vec![note.at.clone(), note.kind.clone(), note.message.clone()]);
            let tables = || {
                let changes = table(&["from", "rule", "capacity"], changes);
                let notes = table(&["at", "note", "what happens"], notes);
                format!("{changes}\n{notes}")
            };
            Told {
                text: days.format.of(&preview, tables),
                note: None,
                finding: false,
            }
        }),
        Ask::Compile(days) => days.ask(now, |timetable, _, (from, until)| {
            let compiled = compile(timetable, from, until);
            let answer = Compilation {
                report: compiled.report(Lang::En),
                good_until: timetable.zone().rfc_3339(until),
                later: later(timetable, until),
            };
            let objects = compiled.objects.iter().map(|object| {
                let instant = |at: Option<Timestamp>| {
                    at.map_or("–".to_owned(), |at| timetable.zone().rfc_3339(at))
                };
                vec![
                    object.name.clone(),
                    object.target.clone(),
                    object.recurrence.clone().unwrap_or_else(|| "once".into()),
                    instant(object.start),
                    instant(object.end),
                    object.input.to_string(),
                ]
            });
            let refused = compiled.refused.iter();
            let refused = refused.map(|refusal| vec![refusals::refusal(Lang::En, refusal)]);
            let tables = || {
                let head = ["name", "target", "recurrence", "start", "end", "input"];
                format!("{}{}", table(&head, objects), table(&["refused"], refused))
            };
            Told {
                text: days.format.of(&answer, tables),
                note: (days.format == Format::Table).then(|| answer.note()),
                finding: !compiled.refused.is_empty(),
            }
        }),
        Ask::Verify(days) => days.ask(now, |timetable, _, (from, until)| {
            let verified = verify(timetable, &compile(timetable, from, until), from, until);
            let words = || match &verified.first_difference {
                None => format!("equal in each of {} minutes\n", verified.minutes),
                Some(difference) => format!(
                    "not equal: {}\n",
                    refusals::difference(Lang::En, difference)
                ),
            };
            Told {
                text: days.format.of(&verified, words),
                note: None,
                finding: !verified.equal,
            }
        }),
    }
}

/// Compiled objects, and how long they are good.
#[derive(Serialize)]
struct Compilation<'a> {
    #[serde(flatten)]
    report: Report<'a>,
    good_until: String,
    later: Vec<Later>,
}

/// A rule that the objects do not carry out, or not any more.
#[derive(Serialize)]
struct Later {
    rule: String,
    /// The first instant at which it counts.
    from: String,
}

impl Compilation<'_> {
    fn note(&self) -> String {
        let good_until = &self.good_until;
        let mut note = format!("good until {good_until}; compile again before then\n");
        for Later { rule, from } in &self.later {
            note.push_str(&format!("not in these objects: {rule}, from {from}\n"));
        }
        note
    }
}

/// What is bound to dates after an instant: nothing that repeats stands for it.
fn later(timetable: &Timetable<'_>, after: Timestamp) -> Vec<Later> {
    let schedule = timetable.schedule();
    let zone = timetable.zone();
    let next = |dates: &Dates, zone: &Zone, minutes: i16| {
        let today = zone.civil(after).date();
        let ranges = dates.ranges().iter().filter(|range| range.last >= today);
        // What starts today may have started already; tomorrow's has not.
        let days = ranges.flat_map(|range| {
            let first = range.first.max(today);
            [first, first.saturating_add(1.days())].map(|day| (day <= range.last).then_some(day))
        });
        let mut starts = days.flatten().map(|day| {
            let midnight = day.at(0, 0, 0, 0);
            zone.instant(midnight.saturating_add(i64::from(minutes).minutes()))
        });
        starts.find(|start| *start >= after)
    };
    let overrides = schedule.overrides().iter().enumerate();
    let overrides = overrides
        .filter(|(_, one)| one.until > after)
        .map(|(index, one)| (Rule::Override(index), one.from.max(after)));
    let exceptions = schedule.exceptions().iter().enumerate();
    let exceptions = exceptions.filter_map(|(index, one)| {
        let from = next(&one.all_dates(), zone, 0)?;
        Some((Rule::Exception(index), from))
    });
    let windows = schedule.windows().iter().enumerate();
    let windows = windows.filter_map(|(index, window)| match &window.days {
        schedules::Days::Dates(dates) => {
            let zone = Zone::named(window.zone.as_str()).ok()?;
            let from = next(dates, &zone, window.from.minutes())?;
            Some((Rule::Window(index), from))
        }
        schedules::Days::Pattern { .. } => None,
    });
    let found = overrides.chain(exceptions).chain(windows);
    let found = found.map(|(rule, from)| Later {
        rule: rule.text(schedule),
        from: zone.rfc_3339(from),
    });
    found.collect()
}

impl Days {
    /// Opens the file and answers for its days.
    fn ask(
        &self,
        now: Timestamp,
        answer: impl FnOnce(&Timetable<'_>, Date, (Timestamp, Timestamp)) -> Told,
    ) -> Result<Told, StartError> {
        let (schedule, zones) = open(&self.file)?;
        let timetable = timetable(&schedule, &zones)?;
        let zone = timetable.zone();
        let first = self.from.unwrap_or_else(|| zone.civil(now).date());
        let range = day_range(zone, first, self.days);
        Ok(answer(&timetable, first, range))
    }
}

impl Format {
    fn of(self, document: &impl Serialize, words: impl FnOnce() -> String) -> String {
        match self {
            Self::Json => json(document),
            Self::Table => words(),
        }
    }
}

fn questions(instants: Vec<String>) -> Result<Vec<(String, Timestamp)>, StartError> {
    let most = limits::SCHEDULE_INSTANTS_MAX;
    if instants.len() > most {
        return Err(StartError::Usage(format!(
            "--at: at most {most} instants in one call"
        )));
    }
    let read = |text: String| match text.parse() {
        Ok(at) => Ok((text, at)),
        Err(error) => Err(StartError::Usage(format!("--at: {error}"))),
    };
    instants.into_iter().map(read).collect()
}

fn open(file: &Path) -> Result<(Schedule, Zones), StartError> {
    let usage = |error: &dyn fmt::Display| StartError::Usage(error.to_string());
    let schedule = read_schedule(file).map_err(|error| usage(&error))?;
    let zones = Zones::named_by(&schedule).map_err(|error| usage(&error))?;
    Ok((schedule, zones))
}

fn timetable<'a>(schedule: &'a Schedule, zones: &'a Zones) -> Result<Timetable<'a>, StartError> {
    Timetable::new(schedule, zones).map_err(|error| StartError::Usage(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;
    use std::fs;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(subcommand)]
        ask: Ask,
    }

    const OFFICE: &str = "\
name: office-hours
timezone: America/New_York
targets:
  - asg: web-prod
base: { min: 0, desired: 0, max: 0 }
windows:
  - name: day
    days: [mon..fri]
    from: \"08:00\"
    to: \"20:00\"
    capacity: { min: 2, desired: 2, max: 6 }
  - name: night
    days: [sat]
    from: \"20:00\"
    to: \"02:30\"
    capacity: { min: 1, desired: 1, max: 6 }
exceptions:
  - dates: [2026-03-06]
    use: base
overrides:
  - { from: \"2026-03-05T09:00:00-05:00\", until: \"2026-03-05T10:00:00-05:00\", capacity: { min: 8, desired: 8, max: 12 }, reason: sale }
";

    /// What is printed for a file and the words of a command line after it.
    fn asked(file: &str, words: &[&str]) -> Result<Told, StartError> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("office.yaml");
        fs::write(&path, file).expect("written");
        let path = path.display().to_string();
        let (ask, options) = words.split_first().expect("a word");
        let line = ["schedule", ask, &path]
            .into_iter()
            .chain(options.iter().copied());
        let line = Line::try_parse_from(line).expect("a command");
        tell(line.ask, "2026-03-05T12:00:00Z".parse().expect("a time"))
    }

    #[test]
    fn answers_for_programs_keep_their_shape() {
        let at = [
            "at",
            "--at",
            "2026-03-05T09:30:00-05:00",
            "--at",
            "2026-03-02T22:00:00+09:00",
            "--at",
            "2026-03-06T15:00:00Z",
            "--format",
            "json",
        ];
        let days = ["--from", "2026-03-05", "--days", "4", "--format", "json"];
        let days = |ask| [&[ask][..], &days].concat();
        for (name, words) in [
            ("at", at.to_vec()),
            ("preview", days("preview")),
            ("compile", days("compile")),
            ("verify", days("verify")),
        ] {
            let told = asked(OFFICE, &words).expect(name);
            assert!(!told.finding, "{name}");
            insta::assert_snapshot!(format!("schedule_{name}"), told.text);
        }
    }

    #[test]
    fn people_get_tables_and_today() {
        let told = asked(OFFICE, &["preview", "--days", "2"]).expect("a preview");
        insta::assert_snapshot!("schedule_preview_table", told.text);
        let told = asked(OFFICE, &["verify"]).expect("a proof");
        assert_eq!(
            told.text, "equal in each of 86340 minutes\n",
            "the clock changes once"
        );
    }

    #[test]
    fn compiled_objects_tell_until_when_they_are_good_and_what_lies_later() {
        let later = "  - name: festival
    dates: [2026-03-08..2026-03-20]
    from: \"07:00\"
    to: \"08:00\"
    timezone: Asia/Seoul
    capacity: { min: 3, desired: 3, max: 6 }
exceptions:
  - dates: [2026-12-25]
    use: base
";
        let head = OFFICE.split("exceptions:").next().unwrap_or_default();
        let office = format!("{head}{later}");
        let days = ["compile", "--from", "2026-03-01", "--days", "10"];
        let told = asked(&office, &days).expect("objects");
        assert_eq!(
            told.note.as_deref(),
            Some(
                "good until 2026-03-11T00:00:00-04:00; compile again before then\n\
                 not in these objects: exception:0, from 2026-12-25T00:00:00-05:00\n\
                 not in these objects: window:festival, from 2026-03-11T18:00:00-04:00\n"
            )
        );
        let told = asked(&office, &[&days[..], &["--format", "json"]].concat()).expect("objects");
        assert_eq!(told.note, None);
        let answer: serde_json::Value = serde_json::from_str(&told.text).expect("JSON");
        assert_eq!(answer["good_until"], "2026-03-11T00:00:00-04:00");
        assert_eq!(answer["later"][0]["rule"], "exception:0");

        let short = ["compile", "--from", "2026-03-04", "--days", "1"];
        let note = asked(OFFICE, &short).expect("objects").note;
        let note = note.expect("a note");
        assert!(
            note.contains("override:0, from 2026-03-05T09:00:00-05:00"),
            "{note}"
        );
        assert!(
            note.contains("exception:0, from 2026-03-06T00:00:00-05:00"),
            "{note}"
        );
    }

    #[test]
    fn what_is_wrong_with_a_file_is_told_with_its_line_and_ends_with_code_2() {
        let bad = OFFICE.replace("America/New_York", "EST");
        let error = asked(&bad, &["preview"]).map(|_| ()).expect_err("no zone");
        assert_eq!(error.exit_code(), 2);
        let told = error.told();
        let expected = "office.yaml line 2, `timezone`: `EST` is not an IANA time zone name; write \
                        America/New_York";
        assert!(told.ends_with(expected), "{told}");
        let error = asked(OFFICE, &["at", "--at", "noon"])
            .map(|_| ())
            .expect_err("no time");
        assert_eq!(
            error.told(),
            "--at: `noon` is not a time; write it as 2026-03-01T09:00:00+09:00"
        );
    }
}
