//! What a schedule has on a target already, and the calls that change it.

use super::{ScheduleBase, ScheduleSituation};
use crate::{
    aws_timing::{self, Fault, NO_END_MS, Object, ObjectKind, Replacement, replace},
    capacity::{ScheduledAction, Target, TargetRef, Timing},
    plan::Call,
    schedules::{ScheduleName, compile::object_prefix},
    time::Timestamp,
    timers::Timer,
};
use std::ops::Range;

pub(super) const fn is_timer(object: &Object) -> bool {
    matches!(object.kind, ObjectKind::SchedulerSchedule)
}

/// What stands on a target: the schedule's own objects, and all other actions.
pub(super) struct Own<'a> {
    now: Timestamp,
    /// How the names of its actions begin.
    prefix: String,
    target: &'a TargetRef,
    own: Vec<&'a ScheduledAction>,
    pub foreign: Vec<&'a ScheduledAction>,
    timers: Vec<&'a Timer>,
    timer_role: Option<&'a str>,
}

/// A replacement, told by what is put and what is deleted.
pub(super) struct Replaced {
    pub puts: Vec<Object>,
    pub deletes: Vec<Object>,
    /// What AWS has afterwards.
    pub objects: Vec<Object>,
}

impl Replaced {
    pub fn of(replacement: Replacement) -> Self {
        let mut replaced = Self {
            puts: Vec::new(),
            deletes: Vec::new(),
            objects: replacement.objects,
        };
        for step in replacement.steps {
            match step {
                aws_timing::Step::Put { object } => replaced.puts.push(object),
                aws_timing::Step::Delete { object } => replaced.deletes.push(object),
            }
        }
        replaced
    }
}

impl<'a> Own<'a> {
    pub fn of(
        target: &'a Target,
        schedule: &ScheduleName,
        &ScheduleSituation {
            taken,
            now,
            timer_role,
            ..
        }: &ScheduleSituation<'a>,
    ) -> Self {
        let reference = &target.reference;
        let prefix = object_prefix(ObjectKind::of_actions(reference.kind), schedule);
        let is_own = |action: &&ScheduledAction| {
            let key = || (reference.clone(), action.name.clone());
            action.name.starts_with(&prefix) || taken.contains(&key())
        };
        let (own, foreign) = target.actions.iter().partition(is_own);
        let timer_prefix = object_prefix(ObjectKind::SchedulerSchedule, schedule);
        let timers = target.timers.iter();
        let timers = timers.filter(|timer| timer.object.name.starts_with(&timer_prefix));
        Self {
            now,
            prefix,
            target: reference,
            own,
            foreign,
            timers: timers.collect(),
            timer_role,
        }
    }

    /// The objects that stand there: those that do what they were put for, and odd
    /// ones, which somebody has edited. AWS would not fire them, or nobody knows when.
    fn standing(
        &self,
        situation: &ScheduleSituation<'_>,
        horizon: &Range<Timestamp>,
    ) -> (Vec<Object>, Vec<Object>) {
        let readable = |object: &Object| {
            replace(std::slice::from_ref(object), &[], situation.zones, horizon).is_ok()
        };
        let actions = self.own.iter();
        let actions = actions.map(|action| (Object::of_action(self.target, action), true));
        let timers = self.timers.iter().map(|timer| {
            let calls = timer.enabled && Some(timer.role_arn.as_str()) == self.timer_role;
            (timer.object.clone(), calls)
        });
        let (whole, odd): (Vec<_>, Vec<_>) = actions
            .chain(timers)
            .partition(|(object, calls)| *calls && readable(object));
        let objects = |some: Vec<(Object, bool)>| some.into_iter().map(|(object, _)| object);
        (objects(whole).collect(), objects(odd).collect())
    }

    /// Everything of its own.
    pub fn objects(&self) -> Vec<Object> {
        let actions = self.own.iter();
        let actions = actions.map(|action| Object::of_action(self.target, action));
        let timers = self.timers.iter().map(|timer| timer.object.clone());
        actions.chain(timers).collect()
    }

    /// From what is there to what is wanted. What is odd is put again or deleted.
    pub fn replaced(
        &self,
        wanted: &[Object],
        situation: &ScheduleSituation<'_>,
        horizon: &Range<Timestamp>,
    ) -> Result<Replaced, Fault> {
        let (old, odd) = self.standing(situation, horizon);
        let replacement = replace(&old, wanted, situation.zones, horizon)?;
        let mut replaced = Replaced::of(replacement);
        let kept = |odd: &Object| replaced.objects.iter().any(|kept| kept.name == odd.name);
        let odd: Vec<_> = odd.into_iter().filter(|odd| !kept(odd)).collect();
        replaced.deletes.extend(odd);
        Ok(replaced)
    }

    fn action(&self, name: &str) -> Option<&ScheduledAction> {
        let mut own = self.own.iter().copied();
        own.find(|action| action.name == name)
    }

    fn timer(&self, name: &str) -> Option<&Timer> {
        let mut timers = self.timers.iter().copied();
        timers.find(|timer| timer.object.name == name)
    }

    /// Whether one of its name stands there.
    pub fn stands(&self, object: &Object) -> bool {
        match is_timer(object) {
            true => self.timer(&object.name).is_some(),
            false => self.action(&object.name).is_some(),
        }
    }

    /// Puts an object; none for what could not be put.
    pub fn put(&self, object: Object) -> Option<Call> {
        let target = self.target.clone();
        if is_timer(&object) {
            return Some(Call::PutTimer {
                target,
                replaces: self.stands(&object),
                timer: Timer::new(object, self.timer_role?),
            });
        }
        let action = object.action()?;
        Some(Call::PutScheduledAction { target, action })
    }

    pub fn delete(&self, object: &Object) -> Call {
        let target = self.target.clone();
        let name = object.name.clone();
        match is_timer(object) {
            true => Call::DeleteTimer { target, name },
            false => Call::DeleteScheduledAction { target, name },
        }
    }

    /// Puts back what stands there in the place of an object, over it or when it is
    /// gone.
    pub fn put_back(&self, over: &Object, replaces: bool) -> Option<Call> {
        let target = self.target.clone();
        if is_timer(over) {
            return Some(Call::PutTimer {
                target,
                timer: self.timer(&over.name)?.clone().as_of(self.now),
                replaces,
            });
        }
        let mut action = self.action(&over.name)?.clone().due_after(self.now)?;
        action.next_run_at = None;
        Some(Call::PutScheduledAction {
            target,
            action: without_end_of(action, over),
        })
    }

    pub fn base(&self, target: &Target, objects: &[Object]) -> ScheduleBase {
        let kept = |actions: &[&ScheduledAction]| {
            let plain = actions.iter().map(|action| ScheduledAction {
                next_run_at: None,
                ..(*action).clone()
            });
            let mut plain: Vec<_> = plain.collect();
            plain.sort_by(|one, other| one.name.cmp(&other.name));
            plain
        };
        let taken = self.own.iter().copied();
        let taken: Vec<_> = taken
            .filter(|action| !action.name.starts_with(&self.prefix))
            .collect();
        let mut suspended = target.suspended.clone();
        suspended.sort();
        let timer_role = self.timer_role.filter(|_| objects.iter().any(is_timer));
        ScheduleBase {
            scales_itself: target.scales_itself(),
            suspended,
            actions: kept(&self.foreign),
            taken: kept(&taken),
            timer_role: timer_role.map(str::to_owned),
        }
    }
}

/// What is put back over an action that ends: a put that names no end may leave the
/// one that is there.
fn without_end_of(mut before: ScheduledAction, over: &Object) -> ScheduledAction {
    if let Timing::Recurring {
        ends_at: end @ None,
        ..
    } = &mut before.timing
        && over.end.is_some()
    {
        *end = Some(Timestamp::from_ms(NO_END_MS));
    }
    before
}
