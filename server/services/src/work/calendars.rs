//! Reads the calendars of the configuration, makes their times freezes and tells the
//! schedules that name them.

use crate::{
    Services,
    calendars::{Subscription, freeze},
    cx::{AuditEntryExt, system_audit},
    failure::{Failure, Outcome},
    freezes, off_thread,
    work::calendar_edits,
};
use api::system::WorkerReport;
use domain::{
    calendars::{ahead, compare, horizon},
    limits,
    time::{Timestamp, Zone},
};
use ports::CalendarReading;
use serde_json::json;

/// One turn.
pub(super) async fn turn(s: &Services) -> Outcome<WorkerReport> {
    let now = s.clock.now();
    // A look without a lock: mostly nobody follows any.
    if s.calendars.is_empty() && s.store.read().calendars().await?.is_empty() {
        return Ok(WorkerReport::Followed { read: 0, failed: 0 });
    }
    let mut tx = s.store.begin().await?;
    let until = now.plus_ms(limits::CALENDARS_LEASE_MS);
    let held = tx.take_lease("calendars", &s.holder, now, until).await?;
    tx.commit().await?;
    if !held {
        return Ok(WorkerReport::Elsewhere);
    }
    let known = s.store.read().calendars().await?;
    let (mut read, mut failed) = (Vec::new(), 0_u32);
    for subscription in &s.calendars {
        let name = &subscription.calendar.name;
        let before = known.iter().find(|row| row.name == *name);
        let rests = |tried_at| (0..limits::CALENDAR_PAUSE_MS).contains(&now.since_ms(tried_at));
        if before.is_some_and(|row| rests(row.tried_at)) {
            continue;
        }
        // What went wrong with one must not hold up those behind it.
        match refresh(s, subscription, now).await? {
            Ok(()) => read.push(name.as_str()),
            Err(why) => {
                tracing::warn!(calendar = %name, error = %why, "a calendar could not be read");
                failed += 1;
                let mut tx = s.store.begin().await?;
                tx.calendar_failed(name, now, &why).await?;
                tx.commit().await?;
            }
        }
    }
    let configured = |name: &str| s.calendars.iter().any(|one| one.calendar.name == name);
    for row in known.iter().filter(|row| !configured(&row.name)) {
        forget(s, &row.name, now).await?;
    }
    calendar_edits::draft_all(s, &read, now).await?;
    let read = u32::try_from(read.len()).unwrap_or(u32::MAX);
    Ok(WorkerReport::Followed { read, failed })
}

/// Reads one and keeps what it names; the inner error is why it could not be.
async fn refresh(
    s: &Services,
    subscription: &Subscription,
    now: Timestamp,
) -> Outcome<Result<(), String>> {
    let calendar = &subscription.calendar;
    let mark = subscription.mark(now);
    let (text, etag) = match subscription.reader.read(mark.as_deref()).await {
        Err(error) => return Ok(Err(error.to_string())),
        Ok(CalendarReading::Unchanged) => {
            let mut tx = s.store.begin().await?;
            tx.calendar_read(&calendar.name, now).await?;
            tx.commit().await?;
            return Ok(Ok(()));
        }
        Ok(CalendarReading::Text { text, etag }) => (text, etag),
    };
    if text.contains('\0') {
        return Ok(Err("it holds a character that is none (NUL)".into()));
    }
    let zone = Zone::named(&calendar.timezone).map_err(Failure::defect)?;
    let (name, held, until) = (calendar.name.clone(), text.clone(), horizon(now));
    let read = move || files::parse_times(&name, &held, &zone, until);
    let wanted = match off_thread::run(read).await? {
        Ok(_) if !calendar.freezes => Ok(Vec::new()),
        Ok(found) => ahead(found, now, &calendar.name).map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    };
    let wanted = match wanted {
        Ok(wanted) => wanted,
        Err(why) => return Ok(Err(why)),
    };
    let mut tx = s.store.begin().await?;
    let standing = tx.read().freezes_of(&calendar.name, now).await?;
    let changes = compare(&standing, &wanted, calendar);
    let (declared, lifted) = (changes.declared.len(), changes.lifted.len());
    if !freezes::have_room(tx.read(), declared, lifted).await? {
        return Ok(Err(format!(
            "there is room for {} freezes",
            limits::FREEZES_MAX
        )));
    }
    for id in changes.lifted {
        tx.delete_freeze(id).await?;
    }
    for one in changes.declared {
        let environments = calendar.environments.clone();
        let freeze = freeze(s, now, one, environments, "", Some(&calendar.name));
        tx.insert_freeze(&freeze, None, now).await?;
    }
    if declared + lifted > 0 {
        let audit = system_audit(now, "calendar.follow", &calendar.name);
        let detail = json!({ "declared": declared, "lifted": lifted });
        tx.audit(&audit.detail(&detail)).await?;
    }
    tx.calendar_read(&calendar.name, now).await?;
    tx.put_calendar_text(&calendar.name, &text).await?;
    tx.commit().await?;
    subscription.note(etag, now);
    Ok(Ok(()))
}

/// Lets go of a calendar that is configured no more.
async fn forget(s: &Services, name: &str, now: Timestamp) -> Outcome<()> {
    let mut tx = s.store.begin().await?;
    let standing = tx.read().freezes_of(name, now).await?;
    for freeze in &standing {
        tx.delete_freeze(freeze.id).await?;
    }
    tx.forget_calendar(name).await?;
    let audit = system_audit(now, "calendar.forget", name);
    let detail = json!({ "lifted": standing.len() });
    tx.audit(&audit.detail(&detail)).await?;
    tx.commit().await?;
    Ok(())
}
