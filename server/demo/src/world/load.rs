//! From requests and members to load: how busy, how slow, how many failures.
//! Curves of a queue: gentle until nearly full, then steep.

use crate::{
    chance::swing,
    estate::{TargetPlan, Work},
    history::{Measure, Row},
    traffic::Demand,
};

/// CPU of a member with nothing to do, in percent.
const CPU_IDLE: f64 = 4.0;
/// CPU that full work adds, in percent.
const CPU_WORK: f64 = 88.0;
/// Above this share of what the members can do, some requests fail.
const FAILS_FROM: f64 = 0.94;
/// Seconds after which a load balancer gives up (its idle time-out's default).
const LATENCY_S_MAX: f64 = 60.0;
/// One request in so many fails for reasons of its own.
const FAILS_ANYWAY: f64 = 150_000.0;

/// The utilisation at which CPU shows so many percent.
pub(super) fn busy_at_cpu(percent: f64) -> f64 {
    (percent - CPU_IDLE) / CPU_WORK
}

/// Requests a second for a target.
pub(super) fn arriving_rps(plan: &TargetPlan, demand: Demand) -> f64 {
    let rush = (plan.rush_factor - 1.0).mul_add(demand.rush, 1.0);
    demand.rps * plan.share * rush
}

/// What one minute with `serving` members looked like; `backlog` is what the
/// queue holds, before and after.
pub(super) fn measure(
    plan: &TargetPlan,
    demand: Demand,
    serving: u32,
    backlog: &mut f64,
    key: u64,
    minute: i64,
) -> Row {
    let mut row = Row::EMPTY;
    let rps = arriving_rps(plan, demand);
    let able_rps = f64::from(serving) * plan.member_rps;
    let requests = (rps * 60.0).round();
    row.set(Measure::Requests, requests);
    let busy = match plan.work {
        Work::Queue => queue(&mut row, rps, able_rps, backlog),
        Work::Front | Work::Behind => answer(&mut row, plan, requests, rps / able_rps, key, minute),
    };
    if serving > 0 {
        let cpu = CPU_WORK.mul_add(busy.min(1.0), CPU_IDLE) + swing(key, minute) * 1.5;
        row.set(Measure::Cpu, cpu.clamp(0.4, 99.6));
    }
    row
}

/// Works off what waits; answers how busy that was.
fn queue(row: &mut Row, rps: f64, able_rps: f64, backlog: &mut f64) -> f64 {
    let waiting = *backlog + rps * 60.0;
    let done = waiting.min(able_rps * 60.0);
    // A queue keeps messages for four days at first (Amazon SQS); so does this one.
    *backlog = (waiting - done).min(rps.max(1.0) * 4.0 * 86_400.0);
    row.set(Measure::Backlog, backlog.round());
    // What waits longest has waited as long as it takes to get through the rest.
    row.set(
        Measure::AgeS,
        (*backlog / able_rps.max(rps).max(1.0)).round(),
    );
    if able_rps > 0.0 {
        done / (able_rps * 60.0)
    } else {
        0.0
    }
}

/// Answers at once or fails; `busy` is not finite when nobody serves.
fn answer(
    row: &mut Row,
    plan: &TargetPlan,
    requests: f64,
    busy: f64,
    key: u64,
    minute: i64,
) -> f64 {
    if requests < 1.0 {
        return 0.0;
    }
    let failing = if busy.is_finite() {
        let some = ((busy - FAILS_FROM) * 0.1).max(0.0);
        some.max(1.0 - 1.0 / busy.max(1.0))
    } else {
        1.0
    };
    let luck = swing(!key, minute).mul_add(0.5, 0.5);
    row.set(
        Measure::Errors,
        (requests * failing + requests / FAILS_ANYWAY + luck).floor(),
    );
    if busy.is_finite() {
        let waiting = 0.35 * busy / (1.0 - busy.min(0.97));
        let over = (busy / 0.97).max(1.0).powi(3);
        let wobble = swing(key.rotate_left(7), minute).mul_add(0.05, 1.0);
        let latency_s = plan.latency_s * (1.0 + waiting) * over * wobble;
        row.set(Measure::LatencyS, latency_s.min(LATENCY_S_MAX));
    }
    busy
}
