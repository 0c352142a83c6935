//! The timeline: what is planned for targets, and what was there, over the same days.

use crate::{
    Services, changes,
    cx::Cx,
    failure::{Failure, Outcome},
    freezes, page, targets, texts,
};
use api::timeline::{ActualStep, Lane, Timeline, TimelineQuery};
use domain::{
    capacity::{Capacity, ScheduledAction, Target},
    changes::Change,
    limits,
    plan::{ScheduleTarget, action_owner},
    schedules::{Timetable, Zones},
    time::{DAY_MS, MINUTE_MS, Timestamp},
    timeline::{
        Move, PlannedStep, action_moves, days_later, event_moves, found, midnight, planned,
        schedule_moves,
    },
};
use store::{CapacitySample, ChangeRow, ScheduleRow, TargetFilter, TargetRow};

/// Of the days shown, this part lies before today.
const BEFORE_TODAY: u32 = 4;

/// Planned and actual capacity of a page of targets, by environment and name.
///
/// # Errors
/// `unauthenticated`; `invalid` days or start.
pub async fn timeline(s: &Services, cx: &Cx, query: TimelineQuery) -> Outcome<Timeline> {
    let sees = cx.sees()?;
    let shown = Shown::of(cx, &query)?;
    let filter = TargetFilter {
        environments: query.environment,
        text: page::search(cx, "text", &query.text)?,
        ..TargetFilter::within(sees.clone())
    };
    let (slice, paged) = page::of(query.page);
    let mut read = s.store.read();
    let found = read.target_page(&filter, slice).await?;
    let ids: Vec<_> = found.rows.iter().map(|row| row.id).collect();
    let schedules = read.schedules_on(&ids).await?;
    let events = read.events_over(&ids, shown.start, shown.until).await?;
    let end = shown.until.min(cx.now.plus_ms(1));
    let samples = read.last_samples(&ids, shown.from, end, shown.part_ms);
    let samples = samples.await?;
    let frozen = read.freezes_between(shown.from, shown.until).await?;
    let zones = zones_of(&schedules)?;
    let timetables = timetables(&schedules, &zones)?;
    let lane = |row: TargetRow| {
        let mut standing = schedules.iter();
        let schedule = standing.find(|one| part_of(one, &row.target).is_some());
        let own = samples.get(&row.id).map_or(&[][..], Vec::as_slice);
        let events: Vec<_> = events
            .iter()
            .filter(|event| event.target == Some(row.id))
            .collect();
        Lane {
            target: row.id,
            scales_itself: row.target.scales_itself(),
            planned: shown.planned(&row, &timetables, &events, own),
            actual: shown.actual(own),
            schedule: schedule.map(|one| one.schedule.name().to_string()),
            events: events
                .iter()
                .filter_map(|event| targets::event(event, cx.now))
                .collect(),
            reference: row.target.reference,
            environment: row.target.environment,
            suspended: row.target.suspended,
        }
    };
    Ok(Timeline {
        from: shown.from,
        until: shown.until,
        now: cx.now,
        lanes: paged.fill(found, lane),
        freezes: freezes::seen(frozen, &sees),
    })
}

fn zones_of(schedules: &[ScheduleRow]) -> Outcome<Vec<Zones>> {
    let named = |row: &ScheduleRow| Zones::named_by(&row.schedule).map_err(Failure::defect);
    schedules.iter().map(named).collect()
}

/// A schedule that stands, with its timetable.
type Standing<'a> = (&'a ScheduleRow, Timetable<'a>);

fn timetables<'a>(schedules: &'a [ScheduleRow], zones: &'a [Zones]) -> Outcome<Vec<Standing<'a>>> {
    let standing = |(row, zones): (&'a ScheduleRow, &'a Zones)| {
        let timetable = Timetable::new(&row.schedule, zones).map_err(Failure::defect)?;
        Ok((row, timetable))
    };
    schedules.iter().zip(zones).map(standing).collect()
}

/// What a schedule has done to a target, if it stands on it.
fn part_of<'a>(standing: &'a ScheduleRow, target: &Target) -> Option<&'a ScheduleTarget> {
    let mut parts = standing.targets.iter();
    parts.find(|part| part.target == target.reference)
}

/// What part of time is shown.
struct Shown {
    from: Timestamp,
    until: Timestamp,
    now: Timestamp,
    /// From when on everything is known that leads to the first step.
    start: Timestamp,
    /// Actual capacity is told once for each part.
    part_ms: i64,
}

impl Shown {
    fn of(cx: &Cx, query: &TimelineQuery) -> Result<Self, api::ApiError> {
        if !(1..=limits::TIMELINE_DAYS_MAX).contains(&query.days) {
            let message = texts::out_of_range(cx.lang, 1, limits::TIMELINE_DAYS_MAX);
            return Err(cx.invalid("days", message));
        }
        let days = |count: u32| i32::try_from(count).unwrap_or(i32::MAX);
        let back = -days(query.days / BEFORE_TODAY);
        let from = query
            .from
            .unwrap_or_else(|| midnight(&cx.zone, cx.now, back));
        let ahead_ms = from.since_ms(cx.now);
        if !(-limits::TIMELINE_BEFORE_MS..=limits::TIMELINE_AHEAD_MS).contains(&ahead_ms) {
            let (before, ahead) = (limits::TIMELINE_BEFORE_MS, limits::TIMELINE_AHEAD_MS);
            let message = texts::timeline_range(cx.lang, before / DAY_MS, ahead / DAY_MS);
            return Err(cx.invalid("from", message));
        }
        let until = days_later(&cx.zone, from, days(query.days));
        let minutes = until.since_ms(from) / limits::TIMELINE_POINTS_MAX + MINUTE_MS - 1;
        Ok(Self {
            from,
            until,
            now: cx.now,
            start: from.min(cx.now),
            // Whole minutes: samples are kept by the minute.
            part_ms: minutes / MINUTE_MS * MINUTE_MS,
        })
    }

    /// The line of a target: what was first seen of it, and all that moves it since.
    fn planned(
        &self,
        row: &TargetRow,
        timetables: &[Standing<'_>],
        events: &[&ChangeRow],
        samples: &[(Timestamp, CapacitySample)],
    ) -> Vec<PlannedStep> {
        let target = &row.target;
        let kind = target.reference.kind;
        let mut moves: Vec<Move> = Vec::new();
        let mut objects = Vec::new();
        for (standing, timetable) in timetables {
            if let Some(part) = part_of(standing, target) {
                let since = self.start.max(standing.applied_at);
                let scales_itself = target.scales_itself();
                moves.extend(schedule_moves(timetable, scales_itself, since, self.until));
                objects.extend(&part.objects);
            }
        }
        for event in events {
            if let Change::ScaleEvent(wanted) = &event.change {
                let life = changes::life_of(event, wanted, self.now);
                moves.extend(event_moves(event.id, &event.plan, life));
            }
        }
        // Those of schedules and events are told already.
        let is_foreign = |action: &&ScheduledAction| {
            let owner = action_owner(&action.name);
            let of_event = owner.is_some_and(|id| events.iter().any(|event| event.id == id));
            !of_event && !objects.iter().any(|object| object.name == action.name)
        };
        for action in target.actions.iter().filter(is_foreign) {
            // What cannot be read is shown on the target's page, and is no part of any plan.
            let fired = action_moves(kind, action, self.start, self.until);
            moves.extend(fired.unwrap_or_default());
        }
        moves.push(found(row.read_at, target.capacity));
        let first = samples.first().map(|(_, sample)| Capacity {
            min: sample.min,
            desired: sample.desired,
            max: sample.max,
        });
        planned(
            first.unwrap_or(target.capacity),
            moves,
            self.from,
            self.until,
        )
    }

    /// What was in service: where it changed, and where nobody looked.
    fn actual(&self, samples: &[(Timestamp, CapacitySample)]) -> Vec<ActualStep> {
        let mut steps: Vec<ActualStep> = Vec::new();
        let mut step = |at, in_service| {
            if steps.last().map(|last| last.in_service) != Some(in_service) {
                steps.push(ActualStep { at, in_service });
            }
        };
        let mut next = self.from;
        for (part, sample) in samples {
            if *part > next {
                step(next, None);
            }
            step(sample.at, Some(sample.in_service));
            next = part.plus_ms(self.part_ms);
        }
        if !samples.is_empty() {
            step(next.min(self.now), None);
        }
        steps
    }
}
