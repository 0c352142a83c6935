//! The scheduled actions of one target: what AWS accepts, and what is due.

use super::Refusal;
use domain::{
    capacity::{ScheduledAction, TargetKind, Timing},
    cron,
    time::Timestamp,
};

struct Entry {
    action: ScheduledAction,
    /// As it is reckoned with: a rate without a start counts from when it was made.
    reckoned: ScheduledAction,
    next: Option<Timestamp>,
}

impl Entry {
    fn new(kind: TargetKind, action: ScheduledAction, now: Timestamp) -> Result<Self, Refusal> {
        let mut reckoned = action.clone();
        if let Timing::Recurring {
            expression,
            starts_at: starts_at @ None,
            ..
        } = &mut reckoned.timing
            && expression.trim_start().starts_with("rate(")
        {
            *starts_at = Some(now);
        }
        let next = cron::next_firing(kind, &reckoned, now).map_err(|error| {
            let words = match kind {
                TargetKind::EcsService => "Schedule expression is invalid",
                _ => "Given recurrence string is invalid",
            };
            Refusal::invalid(format!("{words}: {} ({})", error.expression, error.reason))
        })?;
        Ok(Self {
            action,
            reckoned,
            next,
        })
    }

    const fn ends_at(&self) -> Option<Timestamp> {
        match &self.action.timing {
            Timing::Once { at } => Some(*at),
            Timing::Recurring { ends_at, .. } => *ends_at,
        }
    }

    /// When something happens to it: it runs, or its end removes it.
    fn event(&self) -> Option<Timestamp> {
        match (self.next, self.ends_at()) {
            (Some(next), Some(end)) => Some(next.min(end)),
            (next, end) => next.or(end),
        }
    }
}

/// The scheduled actions of a target, by name.
pub(super) struct Schedule {
    kind: TargetKind,
    entries: Vec<Entry>,
}

impl Schedule {
    pub const fn new(kind: TargetKind) -> Self {
        Self {
            kind,
            entries: Vec::new(),
        }
    }

    /// Creates or replaces an action, as AWS would.
    pub fn put(&mut self, mut action: ScheduledAction, now: Timestamp) -> Result<(), Refusal> {
        action.next_run_at = None;
        if self.kind == TargetKind::EcsService {
            action.capacity.desired = None;
        }
        self.check(&action, now)?;
        let entry = Entry::new(self.kind, action, now)?;
        let others = || {
            let name = &entry.action.name;
            self.entries
                .iter()
                .filter(move |other| other.action.name != *name)
        };
        let most = self.kind.actions_max();
        if others().count() >= most {
            return Err(Refusal::invalid(format!(
                "LimitExceeded: you have already reached the limit of {most} scheduled actions"
            )));
        }
        // EC2 Auto Scaling User Guide, "Scheduled scaling": a unique start time each.
        if self.kind == TargetKind::Asg
            && let Some(other) =
                others().find(|other| entry.next.is_some() && other.next == entry.next)
        {
            return Err(Refusal::invalid(format!(
                "AlreadyExists: scheduled action {} has the same start time; each start time of a \
                 group must be unique",
                other.action.name
            )));
        }
        self.delete(&entry.action.name.clone());
        let place = self
            .entries
            .partition_point(|other| other.action.name < entry.action.name);
        self.entries.insert(place, entry);
        Ok(())
    }

    fn check(&self, action: &ScheduledAction, now: Timestamp) -> Result<(), Refusal> {
        let name = &action.name;
        let forbidden = match self.kind {
            TargetKind::EcsService => name.contains([':', '/', '|']),
            _ => name.chars().any(char::is_control),
        };
        if name.is_empty() || name.len() > 255 || forbidden {
            return Err(Refusal::invalid(format!(
                "1 validation error detected: value '{}' at 'scheduledActionName' failed to \
                 satisfy constraint",
                name.chars().take(64).collect::<String>()
            )));
        }
        let sets = action.capacity;
        if sets.min.is_none() && sets.desired.is_none() && sets.max.is_none() {
            return Err(Refusal::invalid(
                "at least one of min, max and desired capacity must be specified",
            ));
        }
        super::group::check_order(self.kind, sets.min, sets.max)?;
        match &action.timing {
            Timing::Once { at } if *at <= now => {
                Err(Refusal::invalid("Given start time is in the past"))
            }
            Timing::Recurring {
                starts_at: Some(start),
                ..
            } if *start <= now => Err(Refusal::invalid("Given start time is in the past")),
            Timing::Recurring {
                ends_at: Some(end), ..
            } if *end <= now => Err(Refusal::invalid("Given end time is in the past")),
            Timing::Recurring {
                starts_at: Some(start),
                ends_at: Some(end),
                ..
            } if end <= start => Err(Refusal::invalid("End time must be after start time")),
            _ => Ok(()),
        }
    }

    /// Deletes an action; one that is not there is fine.
    pub fn delete(&mut self, name: &str) {
        self.entries.retain(|entry| entry.action.name != name);
    }

    /// When the next action runs or ends.
    pub fn next_event(&self) -> Option<Timestamp> {
        self.entries.iter().filter_map(Entry::event).min()
    }

    /// The actions that run now, by time and name. One-time actions and those
    /// past their end are gone afterwards.
    pub fn take_due(&mut self, now: Timestamp) -> Vec<ScheduledAction> {
        let mut due = Vec::new();
        for entry in &mut self.entries {
            while let Some(at) = entry.next.filter(|at| *at <= now) {
                due.push((at, entry.action.clone()));
                // It was readable when it was put.
                entry.next = cron::next_firing(self.kind, &entry.reckoned, at).unwrap_or(None);
            }
        }
        self.entries
            .retain(|entry| entry.ends_at().is_none_or(|end| end > now));
        due.sort_by(|a, b| (a.0, &a.1.name).cmp(&(b.0, &b.1.name)));
        due.into_iter().map(|(_, action)| action).collect()
    }

    /// As described to the caller; Application Auto Scaling tells no next run.
    pub fn list(&self) -> Vec<ScheduledAction> {
        let tells = self.kind == TargetKind::Asg;
        let shown = |entry: &Entry| ScheduledAction {
            next_run_at: entry.next.filter(|_| tells),
            ..entry.action.clone()
        };
        self.entries.iter().map(shown).collect()
    }
}
