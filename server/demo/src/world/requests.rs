//! What load balancers sent to a target, by quarter hour, as CloudWatch would have it
//! for weeks: requests come from the stream itself, which is known at any minute; before
//! the world began, so many members served them that they were about half busy.

use super::{World, load::arriving_rps};
use crate::{estate::Work, history::Measure};
use domain::{
    capacity::{TargetKind, TargetRef},
    fit::{QUARTER_MS, Traffic},
    time::{MINUTE_MS, Timestamp},
};

/// How busy members were before the world began, as a share of what fills one.
const BUSY: f64 = 0.55;
const QUARTER_MINUTES: i64 = QUARTER_MS / MINUTE_MS;

impl World {
    /// The requests of `[from, until)`; none for what stands behind no load balancer.
    pub fn requests(
        &self,
        reference: &TargetRef,
        from: Timestamp,
        until: Timestamp,
    ) -> Option<Traffic> {
        let mut groups = self.groups.iter().enumerate();
        let (subject, group) = groups.find(|(_, group)| group.reference == *reference)?;
        let is_registered = matches!(reference.kind, TargetKind::Asg | TargetKind::EcsService);
        if group.plan.work == Work::Queue || !is_registered {
            return None;
        }
        let stream = self.readings.streams.get(group.plan.stream)?;
        let first = from.ms().div_euclid(QUARTER_MS);
        let end = until.ms().div_euclid(QUARTER_MS);
        let (mut requests, mut per_member) = (Vec::new(), Vec::new());
        for quarter in first..end {
            let middle = quarter * QUARTER_MINUTES + QUARTER_MINUTES / 2;
            let rps = arriving_rps(&group.plan, stream.demand(middle));
            let count = (rps * 60.0 * QUARTER_MINUTES as f64).round();
            let serving = self
                .readings
                .history
                .get(subject, Measure::InService, middle);
            let serving = serving.unwrap_or_else(|| (rps / (group.plan.member_rps * BUSY)).ceil());
            let some = (count >= 1.0).then_some(count as u32);
            requests.push(some);
            per_member.push(
                some.filter(|_| serving >= 1.0)
                    .map(|_| (count / serving) as u32),
            );
        }
        Some(Traffic {
            first: Timestamp::from_ms(first * QUARTER_MS),
            requests,
            per_member,
        })
    }
}
