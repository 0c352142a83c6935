//! Calendars of other programs: their times are freezes, and schedules name them for
//! the days on which no window starts.
//!
//! **The cast.** The configuration names calendars; `work::calendars` reads each of
//! them now and then and makes its times freezes, which are lifted where they were
//! named: in the calendar. A schedule holds the days of its calendars as people approved
//! them; where a calendar names others, `work::calendar_edits` proposes an edit. A calendar that cannot be read, or not understood, leaves
//! its freezes as they were: what was to be left alone still is. A file that somebody
//! has at hand is imported once instead, and makes freezes like any that people declare.

use crate::{
    Services,
    cx::{AuditEntryExt, Cx},
    environments,
    failure::{Failure, Outcome},
    freezes, off_thread, texts,
};
use api::{
    calendars::{CalendarRow, NewCalendar},
    schedules::ScheduleCalendar,
};
use domain::{
    calendars::{self, Calendar, Occurrence},
    changes::Change,
    estate::Environment,
    freezes::Freeze,
    i18n::Lang,
    ids::FreezeId,
    limits,
    people::Reach,
    policy::Action,
    schedules::{Dates, Schedule, ScheduleDraft},
    text,
    time::{Timestamp, Zone},
};
use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// What an imported calendar is called in errors about its lines.
const IMPORTED: &str = "calendar.ics";

/// A calendar with what this process knows of it.
pub struct Subscription {
    /// As it is configured.
    pub calendar: Calendar,
    pub(crate) reader: Arc<dyn ports::Calendar>,
    seen: Mutex<Option<Seen>>,
}

/// The last whole reading.
#[derive(Debug, Clone)]
struct Seen {
    etag: String,
    at: Timestamp,
}

impl Subscription {
    /// A calendar that this process has not read yet.
    #[must_use]
    pub fn new(calendar: Calendar, reader: Arc<dyn ports::Calendar>) -> Self {
        Self {
            calendar,
            reader,
            seen: Mutex::default(),
        }
    }

    fn seen(&self) -> MutexGuard<'_, Option<Seen>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The mark to ask with; none where the calendar is to be read whole.
    pub(crate) fn mark(&self, now: Timestamp) -> Option<String> {
        let seen = self.seen().clone()?;
        let fresh = (0..limits::CALENDAR_WHOLE_MS).contains(&now.since_ms(seen.at));
        fresh.then_some(seen.etag)
    }

    /// Remembers the mark of what has just been made freezes.
    pub(crate) fn note(&self, etag: Option<String>, at: Timestamp) {
        *self.seen() = etag.map(|etag| Seen { etag, at });
    }
}

/// The calendars that touch what the caller sees, and how they do.
///
/// # Errors
/// `unauthenticated`.
pub async fn list(s: &Services, cx: &Cx) -> Outcome<Vec<CalendarRow>> {
    let sees = cx.sees()?;
    let known = s.store.read().calendars().await?;
    let mut rows = Vec::new();
    for Subscription { calendar, .. } in &s.calendars {
        let Some(within) = environments_seen(calendar, &sees) else {
            continue;
        };
        let known = known.iter().find(|row| row.name == calendar.name);
        rows.push(CalendarRow {
            name: calendar.name.clone(),
            place: calendar.place.clone(),
            environments: within,
            freezes: calendar.freezes,
            timezone: calendar.timezone.clone(),
            read_at: known.and_then(|row| row.read_at),
            error: known.and_then(|row| row.error.clone()),
        });
    }
    Ok(rows)
}

/// Its environments that are within reach; none where nothing of it is.
fn environments_seen(calendar: &Calendar, sees: &Reach) -> Option<Vec<Environment>> {
    let named = &calendar.environments;
    let within: Vec<_> = named.iter().filter(|e| sees.covers(e)).cloned().collect();
    (named.is_empty() || !within.is_empty()).then_some(within)
}

/// The calendars that a schedule names, and how they do.
pub(crate) async fn of_schedule(
    s: &Services,
    schedule: &Schedule,
) -> Outcome<Vec<ScheduleCalendar>> {
    let named = schedule.exceptions().iter();
    let named: BTreeSet<&String> = named.filter_map(|one| one.calendar.as_ref()).collect();
    if named.is_empty() {
        return Ok(Vec::new());
    }
    let known = s.store.read().calendars().await?;
    let row = |name: &String| {
        let known = known.iter().find(|row| row.name == *name);
        ScheduleCalendar {
            name: name.clone(),
            read_at: known.and_then(|row| row.read_at),
            error: known.and_then(|row| row.error.clone()),
            followed: s.calendars.iter().any(|one| one.calendar.name == *name),
        }
    };
    Ok(named.into_iter().map(row).collect())
}

/// The days that a followed calendar names, as it was last read, by the clock of a zone;
/// the inner error is why they cannot be told.
pub(crate) async fn days(
    s: &Services,
    (sees, lang): (&Reach, Lang),
    name: &str,
    zone: &Zone,
) -> Outcome<Result<Dates, String>> {
    let mut named = s.calendars.iter().filter(|one| one.calendar.name == name);
    let followed = named.any(|one| environments_seen(&one.calendar, sees).is_some());
    let text = match followed {
        true => s.store.read().calendar_text(name).await?,
        false => None,
    };
    let Some(text) = text else {
        return Ok(Err(texts::calendar_not_followed(lang, name)));
    };
    let (name, zone) = (name.to_owned(), zone.clone());
    let days = off_thread::run(move || files::parse_calendar(&name, &text, &zone)).await?;
    Ok(days.map_err(|error| error.to_string()))
}

/// A change whose schedule holds the days of its calendars: those that they name now, or
/// those of the schedule of its name that stands. Nobody hides other days behind the name
/// of a calendar.
///
/// # Errors
/// `invalid`.
pub(crate) async fn filled(s: &Services, cx: &Cx, change: Change) -> Outcome<Change> {
    let Change::ApplySchedule {
        scope,
        schedule,
        takes_over,
        reason,
    } = change
    else {
        return Ok(change);
    };
    let standing = s.store.read().schedule(schedule.name()).await?;
    let standing = standing.map(|row| row.schedule);
    let sees = cx.sees()?;
    let zone = Zone::named(schedule.zone().as_str()).map_err(Failure::defect)?;
    let mut draft = ScheduleDraft::from(*schedule);
    for exception in &mut draft.exceptions {
        let Some(name) = &exception.calendar else {
            exception.calendar_dates = None;
            continue;
        };
        let approved = standing.iter().flat_map(Schedule::exceptions);
        let mut approved = approved.filter(|one| one.calendar.as_ref() == Some(name));
        let given = &exception.calendar_dates;
        if given.is_some() && approved.any(|one| one.calendar_dates == *given) {
            continue;
        }
        match days(s, (&sees, cx.lang), name, &zone).await? {
            Ok(days) if given.as_ref().is_none_or(|given| *given == days) => {
                exception.calendar_dates = Some(days);
            }
            Ok(_) => {
                let why = texts::calendar_other_days(cx.lang, name);
                return Err(cx.invalid("exceptions", why).into());
            }
            Err(why) => return Err(cx.invalid("exceptions", why).into()),
        }
    }
    let schedule = Schedule::try_from(draft).map_err(Failure::defect)?;
    Ok(Change::ApplySchedule {
        scope,
        schedule: Box::new(schedule),
        takes_over,
        reason,
    })
}

/// Makes a freeze of every time that a calendar names in the coming months, once.
/// Days are the caller's, and so are times that name no zone.
///
/// # Errors
/// `forbidden`; `invalid` with the line that is not understood; `conflict` when there
/// are too many freezes.
pub async fn import(s: &Services, cx: &Cx, new: NewCalendar) -> Outcome<Vec<FreezeId>> {
    let named = environments::named(cx, &new.environments)?;
    environments::authorize(cx, Action::ManageFreezes, &named)?;
    let reason = cx.text("reason", text::note(&new.reason))?;
    let (zone, until) = (cx.zone.clone(), calendars::horizon(cx.now));
    let read = move || files::parse_times(IMPORTED, &new.calendar, &zone, until);
    let found = off_thread::run(read).await?;
    let found = found.map_err(|error| cx.invalid("calendar", error.to_string()))?;
    let ahead = calendars::ahead(found, cx.now, IMPORTED).map_err(|_| {
        cx.invalid(
            "calendar",
            texts::calendar_full(
                cx.lang,
                limits::CALENDAR_FREEZES_MAX,
                limits::CALENDAR_AHEAD_DAYS,
            ),
        )
    })?;
    if ahead.is_empty() {
        return Err(cx
            .invalid(
                "calendar",
                texts::calendar_empty(cx.lang, limits::CALENDAR_AHEAD_DAYS),
            )
            .into());
    }
    let declared: Vec<Freeze> = (ahead.into_iter())
        .map(|one| freeze(s, cx.now, one, named.clone(), &reason, None))
        .collect();
    let actor = cx.actor()?.person;
    let mut tx = s.store.begin().await?;
    if !freezes::have_room(tx.read(), declared.len(), 0).await? {
        return Err(cx.conflict(texts::freezes_full(cx.lang)).into());
    }
    for freeze in &declared {
        tx.insert_freeze(freeze, Some(actor), cx.now).await?;
        let audit = cx.audit("freeze.declare", freeze.id)?;
        tx.audit(&audit.detail(&freezes::told(freeze))).await?;
    }
    tx.commit().await?;
    Ok(declared.into_iter().map(|freeze| freeze.id).collect())
}

/// A time as a freeze.
pub(crate) fn freeze(
    s: &Services,
    now: Timestamp,
    one: Occurrence,
    environments: Vec<Environment>,
    reason: &str,
    calendar: Option<&str>,
) -> Freeze {
    Freeze {
        id: FreezeId::from_parts(now.ms(), s.ids.random()),
        name: one.title,
        environments,
        from: one.from,
        until: one.until,
        reason: reason.to_owned(),
        calendar: calendar.map(str::to_owned),
    }
}
