//! What other routes would change: whom an alarm would reach by these and by those.

use super::{EscalationStep, Moment, Routing, Subject, Verdict, explain};
use crate::{
    channels::ChannelName,
    digests::DigestName,
    limits,
    on_call::RotationName,
    time::{HOUR_MS, Timestamp},
};
use serde::{Deserialize, Serialize};

/// Whom an alarm reaches that goes off and that nobody takes on.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Reached {
    /// Told at once.
    pub at_once: Vec<ChannelName>,
    /// Told when named hours or somebody's quiet hours are over.
    pub later: Vec<ChannelName>,
    /// The rotations by which whoever is on call is told of it at once or later.
    pub on_call: Vec<RotationName>,
    /// Told in these digests.
    pub digests: Vec<ReachedIn>,
    /// Told while nobody takes it on.
    pub escalation: Vec<EscalationStep>,
}

/// A digest, and by which channels it tells of an alarm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReachedIn {
    /// Which.
    pub digest: DigestName,
    /// The channels.
    pub channels: Vec<ChannelName>,
}

impl Reached {
    /// Whether nobody ever hears of it.
    #[must_use]
    pub const fn is_nobody(&self) -> bool {
        self.at_once.is_empty()
            && self.later.is_empty()
            && self.digests.is_empty()
            && self.escalation.is_empty()
    }
}

/// Whom the routes reach with an alarm at a moment.
#[must_use]
pub fn reached(routing: &Routing, subject: &Subject, moment: Moment<'_>) -> Reached {
    let explanation = explain(routing, subject, moment);
    let mut reached = Reached::default();
    for step in &explanation.steps {
        let Verdict::Tells {
            people,
            later,
            digest,
            ..
        } = &step.verdict
        else {
            continue;
        };
        if let Some(digest) = digest {
            let is_known = reached.digests.iter().any(|known| known.digest == *digest);
            let channels = explanation.told_in(digest);
            if !is_known && !channels.is_empty() {
                reached.digests.push(ReachedIn {
                    digest: digest.clone(),
                    channels,
                });
            }
            continue;
        }
        for rotation in people.iter().filter_map(|person| person.rotation.as_ref()) {
            if !reached.on_call.contains(rotation) {
                reached.on_call.push(rotation.clone());
            }
        }
        for step in later {
            if !reached.escalation.contains(step) {
                reached.escalation.push(step.clone());
            }
        }
    }
    reached.escalation.sort_by_key(|step| step.after_minutes);
    reached.at_once = explanation.told;
    reached.later = explanation.quiet;
    reached
}

/// The instants at which routes are compared: one, and within a week of it the first at which each
/// time interval holds and the first at which it does not, to the hour. What changes in somebody's
/// night is no change at noon.
#[must_use]
pub fn instants(routing: &Routing, at: Timestamp) -> Vec<Timestamp> {
    let mut instants = vec![at];
    let hours: Vec<Timestamp> = (0..7 * 24).map(|hour| at.plus_ms(hour * HOUR_MS)).collect();
    for interval in &routing.time_intervals {
        for holds in [true, false] {
            let mut hours = hours.iter().copied();
            instants.extend(hours.find(|hour| interval.holds(*hour) == holds));
        }
    }
    instants.sort_unstable();
    instants.dedup();
    instants.truncate(limits::ROUTE_TRIAL_INSTANTS_MAX);
    instants
}
