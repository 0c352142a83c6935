//! Advice: where a schedule and the usual week of its target do not fit, and what to
//! change.

use super::{Edit, QUARTER_MS, QUARTERS_A_DAY, QUARTERS_A_WEEK, TooLittle, Traffic, Week};
use crate::{
    limits,
    schedules::{
        DayTime, Level, LevelChange, Rule, Schedule, SpotChange, Timetable, Weekdays, Window, Zones,
    },
    time::{Timestamp, Zone},
};
use jiff::ToSpan;

/// Days of the week that are looked at together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WeekPart {
    /// All of them, or those of the window that it is about.
    Every,
    /// Monday to Friday.
    Weekdays,
    /// Saturday and Sunday.
    Weekends,
}

/// Something to change, and the numbers behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advice {
    /// What.
    pub edit: Edit,
    /// On which days.
    pub days: WeekPart,
    /// By how many minutes: earlier, later, or for so long.
    pub minutes: u32,
    /// Members that are planned there now: of those that are not enough the fewest, of
    /// those that are too many the minimum.
    pub planned: u32,
    /// Members that it takes there at most.
    pub needed: u32,
    /// Requests there at most in a quarter hour.
    pub requests: u32,
}

/// A quarter hour of the week to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quarter {
    /// Its start.
    pub at: Timestamp,
    /// Members that the schedule gives it.
    pub planned: u32,
    /// Members that it takes at most.
    pub needed: u32,
}

/// How a schedule fits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fit {
    /// Days of traffic that it was compared with.
    pub days: u32,
    /// Requests in a quarter hour that one member has been seen to carry.
    pub carried: u32,
    /// The week to come.
    pub quarters: Vec<Quarter>,
    /// What to change: at most one thing for each end of a window, and one of what is
    /// not used.
    pub advice: Vec<Advice>,
}

/// Compares a schedule with traffic. It looks at the week after this one, without
/// exceptions and overrides: what holds for a time only is no reason to change a
/// schedule. None where there is nothing to count: what is only on or off.
///
/// # Errors
/// [`TooLittle`] says what is not known.
pub fn compare(
    schedule: &Schedule,
    zones: &Zones,
    traffic: &Traffic,
    now: Timestamp,
) -> Result<Option<Fit>, TooLittle> {
    let Some(plan) = Plan::of(schedule, zones, now) else {
        return Ok(None);
    };
    let week = Week::of(traffic, &plan.zone)?;
    let carried = traffic.carried()?;
    let demand = |slot: &Slot| Demand {
        requests: week.most_at(&plan.zone, slot.at),
        needed: week.needed_at(&plan.zone, slot.at, carried),
    };
    let demand: Vec<Demand> = plan.slots.iter().map(demand).collect();
    let mut advice = Vec::new();
    for (index, window) in schedule.windows().iter().enumerate() {
        advice.extend(earlier(&plan, &demand, index, window));
        advice.extend(later(&plan, &demand, index, window));
    }
    advice.extend(quiet(&plan, &demand));
    advice.retain(|advice| holds(schedule, zones, &plan, &demand, &advice.edit, now));
    let quarters = plan
        .slots
        .iter()
        .zip(&demand)
        .map(|(slot, demand)| Quarter {
            at: slot.at,
            planned: slot.wanted(),
            needed: demand.needed,
        });
    Ok(Some(Fit {
        days: week.days,
        carried,
        quarters: quarters.collect(),
        advice,
    }))
}

/// A quarter hour of the week and what is wanted in it.
#[derive(Clone, Copy)]
struct Slot {
    at: Timestamp,
    rule: Rule,
    level: Level,
}

impl Slot {
    /// Members that the schedule gives it: what is wanted, or the least.
    fn wanted(self) -> u32 {
        match self.level {
            Level::Group { capacity, .. } => capacity.desired,
            Level::Bounds { min, .. } => min,
            Level::Power { .. } => 0,
        }
    }

    /// Members that it has at least.
    fn floor(self) -> u32 {
        match self.level {
            Level::Group { capacity, .. } => capacity.min,
            Level::Bounds { min, .. } => min,
            Level::Power { .. } => 0,
        }
    }
}

/// What comes in a quarter hour of the week, and what that takes.
#[derive(Clone, Copy)]
struct Demand {
    requests: u32,
    needed: u32,
}

/// A week of a schedule by quarter hours, from Monday 00:00 of the coming one on.
struct Plan {
    zone: Zone,
    slots: Vec<Slot>,
}

impl Plan {
    /// None where there is nothing to count: what is only on or off.
    fn of(schedule: &Schedule, zones: &Zones, now: Timestamp) -> Option<Self> {
        if matches!(schedule.base(), Level::Power { .. }) {
            return None;
        }
        let mut draft = schedule.draft().clone();
        draft.exceptions.clear();
        draft.overrides.clear();
        let plain = Schedule::try_from(draft).ok()?;
        let timetable = Timetable::new(&plain, zones).ok()?;
        let zone = timetable.zone().clone();
        let today = zone.civil(now).date();
        let to_monday = 7 - i64::from(today.weekday().to_monday_zero_offset());
        let monday = today.saturating_add(to_monday.days());
        let at = |slot: usize| {
            let quarter = i64::try_from(slot).unwrap_or(0);
            let day = monday.saturating_add((quarter / 96).days());
            let minutes = (quarter % 96) * 15;
            zone.instant(day.at(0, 0, 0, 0).saturating_add(minutes.minutes()))
        };
        let (first, end) = (at(0), at(QUARTERS_A_WEEK));
        let line = timetable.timeline(first, end);
        let mut slots: Vec<Slot> = Vec::with_capacity(QUARTERS_A_WEEK);
        for at in (0..QUARTERS_A_WEEK).map(at) {
            let past = line.partition_point(|transition| transition.at <= at);
            let held = line.get(past.checked_sub(1)?)?;
            slots.push(Slot {
                at,
                rule: held.rule,
                level: held.level,
            });
        }
        Some(Self { zone, slots })
    }
}

/// Whether the edited schedule gives nowhere less than it did, unless that is enough, and
/// is another at all.
fn holds(
    schedule: &Schedule,
    zones: &Zones,
    before: &Plan,
    demand: &[Demand],
    edit: &Edit,
    now: Timestamp,
) -> bool {
    let after = edit.of(schedule).ok();
    let Some(after) = after.and_then(|after| Plan::of(&after, zones, now)) else {
        return false;
    };
    let pairs = before.slots.iter().zip(&after.slots);
    let differs = pairs
        .clone()
        .any(|(before, after)| before.level != after.level);
    let enough = pairs.zip(demand);
    let mut enough = enough.map(|((before, after), demand)| {
        after.wanted() >= before.wanted() || after.wanted() >= demand.needed
    });
    differs && enough.all(|enough| enough)
}

/// How many quarter hours in a row lack members, as they come.
fn lacking(slots: &[Slot], demand: &[Demand], places: impl Iterator<Item = usize>) -> Vec<usize> {
    places
        .take(limits::FIT_SHIFT_QUARTERS_MAX)
        .take_while(|&place| {
            let pair = slots.get(place).zip(demand.get(place));
            pair.is_some_and(|(slot, demand)| demand.needed > slot.wanted())
        })
        .collect()
}

/// What most of a window's edges lack, as the numbers of an advice; the edges come with
/// the quarter hours that lack something.
fn shortage(
    plan: &Plan,
    demand: &[Demand],
    edges: &[Vec<usize>],
    edit: impl Fn(i16) -> Option<Edit>,
) -> Option<Advice> {
    let short = edges.iter().filter(|places| !places.is_empty()).count();
    if short == 0 || short * 2 < edges.len() {
        return None;
    }
    let quarters = edges.iter().map(Vec::len).max()?;
    let minutes = i16::try_from(quarters * 15).ok()?;
    let places = edges.iter().flatten();
    let worst = places.max_by_key(|&&place| demand.get(place).map(|demand| demand.needed))?;
    let (slot, demand) = plan.slots.get(*worst).zip(demand.get(*worst))?;
    Some(Advice {
        edit: edit(minutes)?,
        days: WeekPart::Every,
        minutes: u32::from(minutes.unsigned_abs()),
        planned: slot.wanted(),
        needed: demand.needed,
        requests: demand.requests,
    })
}

/// A time of day so many minutes later; none where that is another day.
fn shifted(time: DayTime, minutes: i16) -> Option<DayTime> {
    let minutes = time.minutes().checked_add(minutes)?;
    DayTime::new(minutes.div_euclid(60), minutes.rem_euclid(60))
}

/// A window that raises the capacity, and before whose start there is too little.
fn earlier(plan: &Plan, demand: &[Demand], index: usize, window: &Window) -> Option<Advice> {
    let edges = edges(plan, |before, after| {
        let starts = before.rule != Rule::Window(index) && after.rule == Rule::Window(index);
        starts && after.wanted() > before.wanted()
    });
    let before = edges.map(|place| lacking(&plan.slots, demand, (0..place).rev()));
    let edit = |minutes: i16| {
        Some(Edit::Start {
            window: window.name.clone(),
            at: shifted(window.from, -minutes)?,
        })
    };
    shortage(plan, demand, &before.collect::<Vec<_>>(), edit)
}

/// A window that lowers the capacity at its end, and after which there is too little.
fn later(plan: &Plan, demand: &[Demand], index: usize, window: &Window) -> Option<Advice> {
    let edges = edges(plan, |before, after| {
        let ends = before.rule == Rule::Window(index) && after.rule != Rule::Window(index);
        ends && after.wanted() < before.wanted()
    });
    let after = edges.map(|place| lacking(&plan.slots, demand, place..plan.slots.len()));
    let edit = |minutes: i16| {
        Some(Edit::End {
            window: window.name.clone(),
            at: shifted(window.to, minutes)?,
        })
    };
    shortage(plan, demand, &after.collect::<Vec<_>>(), edit)
}

/// The places of quarter hours that begin what this is asked for.
fn edges(plan: &Plan, is_edge: impl Fn(Slot, Slot) -> bool) -> impl Iterator<Item = usize> {
    let pairs = plan.slots.iter().zip(plan.slots.iter().skip(1));
    pairs
        .enumerate()
        .filter(move |(_, (before, after))| is_edge(**before, **after))
        .map(|(place, _)| place + 1)
}

/// The days that are looked at together: all, or those of the week's parts.
const DAYS: [(WeekPart, &[usize], &[&str]); 3] = [
    (WeekPart::Every, &[0, 1, 2, 3, 4, 5, 6], &[]),
    (WeekPart::Weekdays, &[0, 1, 2, 3, 4], &["mon..fri"]),
    (WeekPart::Weekends, &[5, 6], &["sat", "sun"]),
];

/// The time of day in which most of the minimum is not used, on every day, or else on
/// working days, or else on weekends. One member always stays: what is nothing at all
/// is for people to say.
fn quiet(plan: &Plan, demand: &[Demand]) -> Option<Advice> {
    DAYS.into_iter()
        .find_map(|(part, days, words)| quiet_on(plan, demand, part, days, words))
}

/// A stretch of the day on some days of the week.
#[derive(Clone, Copy)]
struct Stretch {
    from: usize,
    to: usize,
    level: Level,
    floor: u32,
    needed: u32,
    requests: u32,
}

impl Stretch {
    /// Members times quarter hours that it would save on a day.
    fn saved(&self) -> u64 {
        u64::from(self.floor - self.needed) * (self.to - self.from) as u64
    }
}

fn quiet_on(
    plan: &Plan,
    demand: &[Demand],
    part: WeekPart,
    days: &[usize],
    words: &[&str],
) -> Option<Advice> {
    let mut best: Option<Stretch> = None;
    for from in 0..QUARTERS_A_DAY {
        let mut stretch: Option<Stretch> = None;
        for quarter in from..QUARTERS_A_DAY {
            stretch = longer(plan, demand, days, stretch, quarter);
            let Some(stretch) = stretch else {
                break;
            };
            let long = stretch.to - stretch.from >= limits::FIT_QUIET_QUARTERS_MIN;
            if long && best.is_none_or(|best| stretch.saved() > best.saved()) {
                best = Some(stretch);
            }
        }
    }
    let best = best?;
    let time = |quarter: usize| {
        let minutes = i16::try_from(quarter * 15).ok()?;
        DayTime::new(minutes / 60, minutes % 60)
    };
    Some(Advice {
        edit: Edit::Quiet {
            days: Weekdays::parse(words).ok().filter(|_| !words.is_empty()),
            from: time(best.from)?,
            to: time(best.to)?,
            capacity: lowered(best.level, best.needed)?,
        },
        days: part,
        minutes: u32::try_from((best.to - best.from) as i64 * QUARTER_MS / 60_000).ok()?,
        planned: best.floor,
        needed: best.needed,
        requests: best.requests,
    })
}

/// A stretch with one quarter hour more; none where that is another capacity or is used.
fn longer(
    plan: &Plan,
    demand: &[Demand],
    days: &[usize],
    stretch: Option<Stretch>,
    quarter: usize,
) -> Option<Stretch> {
    let first = plan.slots.get(days.first()? * QUARTERS_A_DAY + quarter)?;
    let mut longer = stretch.unwrap_or(Stretch {
        from: quarter,
        to: quarter,
        level: first.level,
        floor: first.floor(),
        needed: 1,
        requests: 0,
    });
    longer.to = quarter + 1;
    for day in days {
        let place = day * QUARTERS_A_DAY + quarter;
        let (slot, demand) = plan.slots.get(place).zip(demand.get(place))?;
        if slot.level != longer.level {
            return None;
        }
        longer.needed = longer.needed.max(demand.needed);
        longer.requests = longer.requests.max(demand.requests);
    }
    (longer.needed < longer.floor).then_some(longer)
}

/// A capacity with fewer members at least, and no more wanted than that.
fn lowered(level: Level, needed: u32) -> Option<LevelChange> {
    match level {
        Level::Group { capacity, spot } => Some(LevelChange {
            min: Some(needed),
            desired: Some(needed),
            max: Some(capacity.max),
            spot: spot.map(|spot| SpotChange {
                on_demand_base: Some(spot.on_demand_base),
                on_demand_percent: Some(spot.on_demand_percent),
            }),
            state: None,
        }),
        Level::Bounds { max, .. } => Some(LevelChange {
            min: Some(needed),
            max: Some(max),
            ..LevelChange::default()
        }),
        Level::Power { .. } => None,
    }
}
