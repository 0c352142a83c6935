//! From the objects that AWS has to those that it should have, in calls that are
//! safe to stop after any of them.
//!
//! New objects are put before old ones are deleted, so there is never a moment
//! without any. AWS refuses an object whose next firing is that of another, and an
//! old one often stands exactly where a new one must; then the new one takes the
//! old one's name, and the put is an update in place. What fires as it did is left
//! alone, whatever its name.

use super::{
    Fault, Object, ObjectKind, Resource,
    execute::{call, quota},
    firings::next_firing,
};
use crate::time::{Timestamp, Zone};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, ops::Range};

/// One call. To delete what is gone already counts as done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "call", rename_all = "snake_case")]
pub enum Step {
    /// Make it, or update the one of that name.
    Put {
        /// As it is to be.
        object: Object,
    },
    /// Take it away.
    Delete {
        /// As it was.
        object: Object,
    },
}

/// How to come from old objects to new ones.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Replacement {
    /// The calls, in order.
    pub steps: Vec<Step>,
    /// The new objects under the names that they bear afterwards.
    pub objects: Vec<Object>,
}

/// An object with what decides whether another can stand beside it.
struct Known<'a> {
    object: &'a Object,
    /// Objects of one owner must not meet.
    owner: (ObjectKind, Resource, &'static str),
    /// None when it will not fire again.
    next: Option<Timestamp>,
    /// The start, unless it keeps the object from no firing.
    start: Option<Timestamp>,
}

impl Known<'_> {
    fn same_owner(&self, other: &Self) -> bool {
        self.owner == other.owner
    }

    fn same_name(&self, other: &Self) -> bool {
        self.object.name == other.object.name && self.object.kind == other.object.kind
    }

    fn same_next(&self, other: &Self) -> bool {
        self.next.is_some() && self.next == other.next
    }

    fn does_the_same(&self, other: &Self) -> bool {
        let (one, two) = (self.object, other.object);
        self.same_next(other)
            && self.start == other.start
            && (
                &one.target,
                one.end,
                &one.recurrence,
                &one.timezone,
                &one.input,
            ) == (
                &two.target,
                two.end,
                &two.recurrence,
                &two.timezone,
                &two.input,
            )
    }
}

/// Plans the replacement of objects in AWS at the start of `horizon`; firings
/// after its end are not looked at.
///
/// # Errors
/// [`Fault`] when an object is none that AWS would take.
pub fn replace(
    old: &[Object],
    new: &[Object],
    zones: &dyn Fn(&str) -> Option<Zone>,
    horizon: &Range<Timestamp>,
) -> Result<Replacement, Fault> {
    let known = |object| know(object, zones, horizon);
    let old: Vec<Known<'_>> = old.iter().map(known).collect::<Result<_, _>>()?;
    let new: Vec<Known<'_>> = new.iter().map(known).collect::<Result<_, _>>()?;
    let mut pairs = Pairs {
        of_new: vec![None; new.len()],
        taken: vec![false; old.len()],
    };
    let rules: [fn(&Known<'_>, &Known<'_>) -> bool; 5] = [
        |new, old| new.does_the_same(old) && new.same_name(old),
        |new, old| new.does_the_same(old),
        |new, old| new.same_next(old) && new.same_name(old),
        |new, old| new.same_next(old),
        |new, old| new.same_name(old),
    ];
    for rule in rules {
        pairs.join(&new, &old, rule);
    }
    pairs.make_room(&new, &old);

    let mut names: BTreeSet<String> = old.iter().map(|old| old.object.name.clone()).collect();
    let mut result = Replacement::default();
    let mut updates = Vec::new();
    for (new, pair) in new.iter().zip(&pairs.of_new) {
        let mut object = new.object.clone();
        match pair.map(|place| &old[place]) {
            Some(old) => {
                object.name.clone_from(&old.object.name);
                if !new.does_the_same(old) {
                    let object = object.clone();
                    updates.push(Step::Put { object });
                }
            }
            None => {
                object.name = free_name(&object.name, &names);
                names.insert(object.name.clone());
                let object = object.clone();
                result.steps.push(Step::Put { object });
            }
        }
        result.objects.push(object);
    }
    result.steps.extend(updates);
    let left = old.iter().zip(pairs.taken).filter(|(_, taken)| !taken);
    result.steps.extend(left.map(|(old, _)| Step::Delete {
        object: old.object.clone(),
    }));
    Ok(result)
}

fn know<'a>(
    object: &'a Object,
    zones: &dyn Fn(&str) -> Option<Zone>,
    horizon: &Range<Timestamp>,
) -> Result<Known<'a>, Fault> {
    let zone = zones(&object.timezone)
        .ok_or_else(|| Fault::refused(object, "its time zone is unknown"))?;
    let (resource, effect) = call(object)?;
    let next = next_firing(object, &zone, horizon)?;
    let mut start = object.start.filter(|start| *start >= horizon.start);
    if start.is_some() && object.recurrence.is_some() {
        let unbound = Object {
            start: None,
            ..object.clone()
        };
        start = start.filter(|_| next_firing(&unbound, &zone, horizon) != Ok(next));
    }
    Ok(Known {
        object,
        owner: (object.kind, resource, effect.aspect()),
        next,
        start,
    })
}

/// Which new object takes the place of which old one.
struct Pairs {
    of_new: Vec<Option<usize>>,
    taken: Vec<bool>,
}

impl Pairs {
    /// Joins those that a rule joins, first come first served.
    fn join(
        &mut self,
        new: &[Known<'_>],
        old: &[Known<'_>],
        rule: impl Fn(&Known<'_>, &Known<'_>) -> bool,
    ) {
        for (new, pair) in new.iter().zip(&mut self.of_new) {
            if pair.is_some() {
                continue;
            }
            let fits = |place: &usize| {
                !self.taken[*place] && new.same_owner(&old[*place]) && rule(new, &old[*place])
            };
            *pair = (0..old.len()).find(fits);
            if let Some(place) = *pair {
                self.taken[place] = true;
            }
        }
    }

    /// Where old and new together are more than AWS keeps for one target, new ones
    /// take the places of old ones that would be deleted anyway.
    fn make_room(&mut self, new: &[Known<'_>], old: &[Known<'_>]) {
        for place in 0..new.len() {
            let alone = self.of_new[place].is_none();
            let added = new.iter().zip(&self.of_new).take(place + 1);
            let added =
                added.filter(|(other, pair)| pair.is_none() && other.same_owner(&new[place]));
            let kept = old.iter().filter(|old| old.same_owner(&new[place]));
            if alone && added.count() + kept.count() > quota(new[place].object.kind) {
                let left =
                    |other: &usize| !self.taken[*other] && new[place].same_owner(&old[*other]);
                self.of_new[place] = (0..old.len()).find(left);
                if let Some(other) = self.of_new[place] {
                    self.taken[other] = true;
                }
            }
        }
    }
}

/// The name, or with the first number that makes it new.
fn free_name(name: &str, names: &BTreeSet<String>) -> String {
    let numbered = (2..).map(|number| format!("{name}-{number}"));
    std::iter::once(name.to_owned())
        .chain(numbered)
        .find(|name| !names.contains(name))
        .unwrap_or_default()
}
