//! Schedules that stand: list and detail; and what the text of one means. They come
//! and go by change requests alone.

use crate::{
    Services, calendars, changes,
    cx::Cx,
    failure::{Failure, Outcome},
    targets, texts,
    work::calendar_edits,
};
use api::schedules::{
    Adoption, NextChange, ScheduleDetail, SchedulePart, ScheduleReading,
    ScheduleRow as ScheduleView, TextError,
};
use domain::{
    i18n::refusals,
    ids::TargetId,
    limits,
    policy::{Action, Resource},
    schedules::{Dates, Schedule, ScheduleName, Timetable, Zones, adopt},
    time::{Timestamp, Zone},
};
use files::{FileError, parse_schedule, write_schedule};
use std::{collections::HashMap, iter};
use store::{DriftRow, ScheduleRow};

/// What a schedule is called that has no name: in errors of its text, which pages
/// leave out, and where a target's name makes none.
const TEXT: &str = "schedule";

/// Schedules that the caller sees.
///
/// # Errors
/// `unauthenticated`.
pub async fn list(s: &Services, cx: &Cx) -> Outcome<Vec<ScheduleView>> {
    let reach = cx.sees()?;
    let mut read = s.store.read();
    let rows = read.schedules(&reach).await?;
    let mut views = Vec::with_capacity(rows.len());
    for row in rows {
        let drift = read.drift_of(row.change).await?;
        views.push(view(&row, drift.as_ref(), cx.now)?);
    }
    Ok(views)
}

/// One schedule.
///
/// # Errors
/// `not_found`.
pub async fn detail(s: &Services, cx: &Cx, name: String) -> Outcome<ScheduleDetail> {
    let name = ScheduleName::new(&name).map_err(|_| cx.not_found())?;
    let mut read = s.store.read();
    let row = read.schedule(&name).await?.ok_or_else(|| cx.not_found())?;
    let place = Resource::In(&row.environment);
    cx.authorize(Action::View, place)?;
    let drift = read.drift_of(row.change).await?;
    let calendars = calendars::of_schedule(s, &row.schedule).await?;
    let calendar_edit = calendar_edits::waiting(s, &name).await?;
    let mut parts = Vec::with_capacity(row.targets.len());
    for part in &row.targets {
        let target = read.target_by_reference(&part.target).await?;
        parts.push(SchedulePart {
            id: target.map(|target| target.id),
            target: part.target.clone(),
            objects: part.objects.clone(),
        });
    }
    let changes = read
        .changes_of_schedule(&name, limits::SCHEDULE_CHANGES_MAX)
        .await?;
    let mut listed = Vec::with_capacity(changes.len());
    for change in changes {
        // The name may have been used elsewhere before.
        if cx
            .refusal(Action::View, Resource::In(&change.environment))
            .is_some()
        {
            continue;
        }
        let row = read.listed_change(change.id).await?;
        listed.extend(row.map(|row| changes::listed(s, row, cx.now)));
    }
    Ok(ScheduleDetail {
        row: view(&row, drift.as_ref(), cx.now)?,
        reading: reading(row.schedule)?,
        parts,
        drift_since: drift.as_ref().map(|drift| drift.since),
        drift_by: drift.as_ref().and_then(|drift| {
            let (learnt, _) = drift.attribution.as_ref()?;
            Some(learnt.clone())
        }),
        differences: drift.map(|drift| drift.differences).unwrap_or_default(),
        calendars,
        calendar_edit,
        changes: listed,
        propose_refused: cx.refusal(Action::ProposeChange, place),
    })
}

/// A target's scheduled actions as a schedule that does the same.
///
/// # Errors
/// `not_found`.
pub async fn adoption(s: &Services, cx: &Cx, target: TargetId) -> Outcome<Adoption> {
    let row = targets::seen(s, cx, target).await?;
    let standing = s.store.read().schedules_of(target).await?;
    let target = &row.target;
    let adopted = match standing.first() {
        Some(standing) => Err(texts::has_schedule(cx.lang, standing)),
        None => {
            let zone = |name: &str| Zone::named(name).ok();
            let name = free_name(s, &target.reference.name).await?;
            adopt(name, target, &zone, cx.now)
                .map_err(|refused| refusals::adoption(cx.lang, &refused))
        }
    };
    let names = target.actions.iter().map(|action| action.name.clone());
    let (reading, takes_over, refused) = match adopted {
        Ok(schedule) => (reading(schedule)?, names.collect(), None),
        Err(refused) => (ScheduleReading::default(), Vec::new(), Some(refused)),
    };
    Ok(Adoption {
        scope: target.reference.scope.clone(),
        reading,
        takes_over,
        refused,
    })
}

/// A schedule's name made of a target's, that no standing schedule has.
async fn free_name(s: &Services, target: &str) -> Outcome<ScheduleName> {
    let letters = target.to_lowercase();
    let words: Vec<&str> = letters
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let mut stem = words.join("-");
    // Room for a number behind it.
    stem.truncate(limits::SCHEDULE_NAME_CHARS_MAX - 8);
    let stem = match stem.trim_end_matches('-') {
        // A name in other letters leaves nothing.
        "" => TEXT,
        stem => stem,
    };
    let numbered = (2..).map(|number| format!("{stem}-{number}"));
    for name in iter::once(stem.to_owned()).chain(numbered) {
        let name = ScheduleName::new(&name).map_err(Failure::defect)?;
        if s.store.read().schedule(&name).await?.is_none() {
            return Ok(name);
        }
    }
    Err(Failure::defect("numbers do not end"))
}

/// Reads the text of a schedule.
///
/// # Errors
/// `unauthenticated`.
pub async fn read(s: &Services, cx: &Cx, text: String) -> Outcome<ScheduleReading> {
    let sees = cx.sees()?;
    // First to learn which calendars it names: their days are in the database.
    let mut named: Vec<(String, Zone)> = Vec::new();
    let _ = parse_schedule(TEXT, &text, |name, zone| {
        let one = (name.to_owned(), zone.clone());
        if named.len() < limits::SCHEDULE_EXCEPTIONS_MAX && !named.contains(&one) {
            named.push(one);
        }
        Ok(Dates::default())
    });
    let mut known = HashMap::new();
    for (name, zone) in named {
        let days = calendars::days(s, (&sees, cx.lang), &name, &zone).await?;
        known.insert(name, days);
    }
    let days = |name: &str, _: &Zone| {
        let days = known.get(name).cloned();
        let days = days.unwrap_or_else(|| Err(format!("`{name}` is no calendar")));
        days.map_err(|why| FileError {
            file: TEXT.into(),
            line: None,
            field: "exceptions".into(),
            message: format!("{why}; write its dates out"),
        })
    };
    match parse_schedule(TEXT, &text, days) {
        Ok(schedule) => reading(schedule),
        Err(error) => Ok(ScheduleReading {
            text,
            error: Some(TextError {
                line: error.line.and_then(|line| u32::try_from(line).ok()),
                field: error.field,
                message: error.message,
            }),
            ..ScheduleReading::default()
        }),
    }
}

fn reading(schedule: Schedule) -> Outcome<ScheduleReading> {
    let zones = schedule.zones().into_iter();
    let zones = zones.map(|zone| Zone::named(zone.as_str()).map_err(Failure::defect));
    Ok(ScheduleReading {
        zones: zones.collect::<Result<_, _>>()?,
        text: write_schedule(&schedule),
        schedule: Some(schedule),
        error: None,
    })
}

fn view(row: &ScheduleRow, drift: Option<&DriftRow>, now: Timestamp) -> Outcome<ScheduleView> {
    let schedule = &row.schedule;
    let zones = Zones::named_by(schedule).map_err(Failure::defect)?;
    let timetable = Timetable::new(schedule, &zones).map_err(Failure::defect)?;
    let (rule, level) = timetable.capacity_at(now);
    let next = timetable.next(now, 1).into_iter().next();
    Ok(ScheduleView {
        name: schedule.name().to_string(),
        environment: row.environment.clone(),
        scope: row.scope.clone(),
        kind: schedule.kind(),
        targets: schedule.targets().iter().map(ToString::to_string).collect(),
        timezone: schedule.zone().to_string(),
        rule: rule.text(schedule),
        level,
        next: next.map(|next| NextChange {
            at: next.at,
            rule: next.rule.text(schedule),
            level: next.level,
        }),
        good_until: row.good_until,
        drift: drift.map_or(0, |drift| {
            u32::try_from(drift.differences.len()).unwrap_or(u32::MAX)
        }),
        change: row.change,
        applied_at: row.applied_at,
    })
}
