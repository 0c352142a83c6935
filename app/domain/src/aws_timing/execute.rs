//! The executor: objects and a state in, the state over time out.

use super::{Fault, Object, ObjectKind, Resource, State, UNIVERSAL_TARGET, firings::firings};
use crate::{
    capacity::{Capacity, CapacityChange},
    limits,
    schedules::SpotShare,
    time::{Timestamp, Zone},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

/// What AWS made of the objects.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Run {
    /// Every change of state of every resource, the first at the start of the run.
    pub states: BTreeMap<Resource, Vec<(Timestamp, State)>>,
    /// Databases that AWS started by itself.
    pub restarts: Vec<Restart>,
}

/// AWS starts a database that has been stopped for seven days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restart {
    /// Which.
    pub resource: Resource,
    /// When.
    pub at: Timestamp,
}

/// What one firing does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
// What comes of a plan has the same name.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = TimerEffect))]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Sets sizes of a group or a node group.
    Sizes(CapacityChange),
    /// Sets bounds of a service.
    Bounds(CapacityChange),
    /// Sets how a group buys its instances.
    Mix(SpotShare),
    /// Starts or stops.
    Running(bool),
}

impl Effect {
    /// What of a resource it sets: two of one aspect in one instant collide.
    pub(super) const fn aspect(self) -> &'static str {
        match self {
            Self::Sizes(_) | Self::Bounds(_) => "sizes",
            Self::Mix(_) => "mix",
            Self::Running(_) => "running",
        }
    }
}

struct Firing<'a> {
    at: Timestamp,
    object: &'a Object,
    effect: Effect,
}

/// Runs objects that were put just before `from` until `until`.
///
/// # Errors
/// [`Fault`] when AWS would refuse an object, when two act at one instant, or
/// when what would happen is not documented.
pub fn run(
    objects: &[Object],
    start: &BTreeMap<Resource, State>,
    zones: &dyn Fn(&str) -> Option<Zone>,
    range: Range<Timestamp>,
) -> Result<Run, Fault> {
    check_names(objects)?;
    let mut by_resource: BTreeMap<Resource, Vec<Firing<'_>>> =
        start.keys().map(|key| (key.clone(), Vec::new())).collect();
    let mut counts: BTreeMap<(ObjectKind, Resource), usize> = BTreeMap::new();
    for object in objects {
        let zone = zones(&object.timezone)
            .ok_or_else(|| Fault::refused(object, "its time zone is unknown"))?;
        let (resource, effect) = call(object)?;
        *counts.entry((object.kind, resource.clone())).or_default() += 1;
        let list = by_resource.entry(resource).or_default();
        for at in firings(object, &zone, &range)? {
            list.push(Firing { at, object, effect });
        }
    }
    check_counts(counts)?;
    let mut result = Run::default();
    for (resource, mut list) in by_resource {
        list.sort_by_key(|firing| firing.at);
        check_collisions(&resource, &list)?;
        let first = start.get(&resource).copied().unwrap_or_default();
        let (states, restarts) = play(&resource, first, &list, &range)?;
        result.states.insert(resource, states);
        result.restarts.extend(restarts);
    }
    Ok(result)
}

/// Lengths and characters are those of the API references.
fn check_names(objects: &[Object]) -> Result<(), Fault> {
    let mut seen = BTreeSet::new();
    for object in objects {
        let chars = object.name.chars().count();
        let fits = match object.kind {
            ObjectKind::AsgScheduledAction => (1..=255).contains(&chars),
            ObjectKind::AppautoscalingScheduledAction => {
                (1..=256).contains(&chars) && !object.name.contains([':', '/', '|'])
            }
            ObjectKind::SchedulerSchedule => {
                let allowed = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
                (1..=64).contains(&chars) && object.name.chars().all(allowed)
            }
        };
        if !fits {
            return Err(Fault::refused(object, "the service takes no such name"));
        }
        // A schedule's name is unique among all schedules, an action's in its target.
        let owner = match object.kind {
            ObjectKind::SchedulerSchedule => "",
            _ => object.target.as_str(),
        };
        if !seen.insert((object.kind, owner, object.name.as_str())) {
            return Err(Fault::refused(object, "another has the same name"));
        }
    }
    Ok(())
}

fn check_counts(counts: BTreeMap<(ObjectKind, Resource), usize>) -> Result<(), Fault> {
    for ((kind, resource), count) in counts {
        let count_max = quota(kind);
        if count > count_max {
            return Err(Fault::TooMany {
                resource,
                count,
                count_max,
            });
        }
    }
    Ok(())
}

/// Objects that a service keeps for one target.
pub const fn quota(kind: ObjectKind) -> usize {
    match kind {
        ObjectKind::AsgScheduledAction => limits::ASG_SCHEDULED_ACTIONS_MAX,
        ObjectKind::AppautoscalingScheduledAction => limits::APPLICATION_SCHEDULED_ACTIONS_MAX,
        ObjectKind::SchedulerSchedule => limits::SCHEDULER_SCHEDULES_MAX,
    }
}

/// A group refuses a second action at the same instant. EventBridge Scheduler
/// fires somewhere inside the minute, so two calls in one have no order.
fn check_collisions(resource: &Resource, sorted: &[Firing<'_>]) -> Result<(), Fault> {
    let mut last: BTreeMap<(&str, bool), &Firing<'_>> = BTreeMap::new();
    for firing in sorted {
        let by_minute = firing.object.kind == ObjectKind::SchedulerSchedule;
        let instant = |firing: &Firing<'_>| match by_minute {
            true => firing.at.floor_minute(),
            false => firing.at,
        };
        let key = (firing.effect.aspect(), by_minute);
        if let Some(before) = last.insert(key, firing)
            && instant(before) == instant(firing)
        {
            return Err(Fault::Collision {
                first: before.object.name.clone(),
                second: firing.object.name.clone(),
                resource: resource.clone(),
                at: firing.at,
            });
        }
    }
    Ok(())
}

type States = Vec<(Timestamp, State)>;

fn play(
    resource: &Resource,
    first: State,
    firings: &[Firing<'_>],
    range: &Range<Timestamp>,
) -> Result<(States, Vec<Restart>), Fault> {
    let restarts_itself = matches!(
        resource,
        Resource::Database { .. } | Resource::DatabaseCluster { .. }
    );
    let mut state = first;
    if state.running == Some(false) {
        state.stopped_at.get_or_insert(range.start);
    }
    let mut states = vec![(range.start, state)];
    let mut restarts = Vec::new();
    let mut restart_until = |until: Timestamp, state: &mut State, states: &mut States| {
        let due = state
            .stopped_at
            .map(|stopped| {
                stopped
                    .plus_ms(limits::DATABASE_STOPPED_MS_MAX)
                    .max(range.start)
            })
            .filter(|due| restarts_itself && *due <= until && range.contains(due));
        if let Some(due) = due {
            state.running = Some(true);
            state.stopped_at = None;
            set(states, due, *state);
            restarts.push(Restart {
                resource: resource.clone(),
                at: due,
            });
        }
    };
    for firing in firings {
        restart_until(firing.at, &mut state, &mut states);
        apply(firing, &mut state)?;
        set(&mut states, firing.at, state);
    }
    restart_until(range.end, &mut state, &mut states);
    Ok((states, restarts))
}

/// The last state of an instant is the one that holds.
fn set(states: &mut States, at: Timestamp, state: State) {
    match states.last_mut() {
        Some(last) if last.0 == at => last.1 = state,
        Some(last) if last.1 == state => {}
        _ => states.push((at, state)),
    }
}

fn apply(firing: &Firing<'_>, state: &mut State) -> Result<(), Fault> {
    let refused = |reason: &str| Fault::refused(firing.object, reason);
    match firing.effect {
        Effect::Sizes(change) => {
            let sizes = changed(state.sizes, change)
                .ok_or_else(|| refused("it leaves a size unset that was never known"))?;
            // "The desired capacity must be inside": asked for outside, it is refused.
            if change
                .desired
                .is_some_and(|desired| desired != sizes.desired)
            {
                return Err(refused("desired lies outside of min and max"));
            }
            state.sizes = Some(ordered(sizes).ok_or_else(|| refused("min is above max"))?);
        }
        // Application Auto Scaling sets the bounds, then brings the count inside.
        Effect::Bounds(change) => {
            let sizes = changed(state.sizes, change)
                .ok_or_else(|| refused("it leaves a bound unset that was never known"))?;
            state.sizes = Some(ordered(sizes).ok_or_else(|| refused("min is above max"))?);
        }
        Effect::Mix(mix) => state.mix = Some(mix),
        Effect::Running(true) => {
            state.running = Some(true);
            state.stopped_at = None;
        }
        // To stop what is stopped is an error that changes nothing: the seven days go on.
        Effect::Running(false) => {
            state.running = Some(false);
            state.stopped_at.get_or_insert(firing.at);
        }
    }
    Ok(())
}

/// Unset is not zero: what is unset stays as it is.
fn changed(before: Option<Capacity>, change: CapacityChange) -> Option<Capacity> {
    match (before, change.min, change.max) {
        (Some(before), ..) => Some(before.with(change)),
        (None, Some(min), Some(max)) => {
            let unknown = Capacity {
                min,
                desired: min,
                max,
            };
            Some(unknown.with(change))
        }
        (None, ..) => None,
    }
}

fn ordered(sizes: Capacity) -> Option<Capacity> {
    Some(sizes).filter(|sizes| sizes.is_ordered())
}

/// What an object does to what, read from what its service would be given.
pub(super) fn call(object: &Object) -> Result<(Resource, Effect), Fault> {
    let input = Input { object };
    match object.kind {
        ObjectKind::AsgScheduledAction => {
            let name = object.target.clone();
            let change = input.sizes(&object.input, ["MinSize", "DesiredCapacity", "MaxSize"])?;
            Ok((Resource::Group { name }, Effect::Sizes(change)))
        }
        ObjectKind::AppautoscalingScheduledAction => {
            let name = object
                .target
                .strip_prefix("service/")
                .ok_or_else(|| Fault::refused(object, "not the id of an ECS service"))?;
            let change = input.sizes(&object.input, ["MinCapacity", "", "MaxCapacity"])?;
            let name = name.to_owned();
            Ok((Resource::Service { name }, Effect::Bounds(change)))
        }
        ObjectKind::SchedulerSchedule => universal_call(&input),
    }
}

fn universal_call(input: &Input<'_>) -> Result<(Resource, Effect), Fault> {
    let object = input.object;
    let action = object.target.strip_prefix(UNIVERSAL_TARGET).unwrap_or("");
    let (resource, effect) = match action {
        "autoscaling:updateAutoScalingGroup" => {
            let name = input.text("/AutoScalingGroupName")?;
            let mix = "/MixedInstancesPolicy/InstancesDistribution";
            let mix = SpotShare {
                on_demand_base: input.number(&format!("{mix}/OnDemandBaseCapacity"))?,
                on_demand_percent: input
                    .number(&format!("{mix}/OnDemandPercentageAboveBaseCapacity"))?,
            };
            (Resource::Group { name }, Effect::Mix(mix))
        }
        "eks:updateNodegroupConfig" => {
            let sizes = object.input.pointer("/ScalingConfig");
            let change = input.sizes(
                sizes.unwrap_or(&Value::Null),
                ["MinSize", "DesiredSize", "MaxSize"],
            )?;
            if change.max == Some(0) {
                return Err(Fault::refused(object, "a node group's max is 1 or more"));
            }
            let resource = Resource::NodeGroup {
                cluster: input.text("/ClusterName")?,
                name: input.text("/NodegroupName")?,
            };
            (resource, Effect::Sizes(change))
        }
        "rds:startDBInstance" | "rds:stopDBInstance" => {
            let name = input.text("/DbInstanceIdentifier")?;
            let starts = action.contains("start");
            (Resource::Database { name }, Effect::Running(starts))
        }
        "rds:startDBCluster" | "rds:stopDBCluster" => {
            let name = input.text("/DbClusterIdentifier")?;
            let starts = action.contains("start");
            (Resource::DatabaseCluster { name }, Effect::Running(starts))
        }
        "ssm:startAutomationExecution" => {
            let starts = match input.text("/DocumentName")?.as_str() {
                "AWS-StartEC2Instance" => true,
                "AWS-StopEC2Instance" => false,
                _ => return Err(Fault::refused(object, "another document")),
            };
            let key = input.text("/Targets/0/Key")?;
            let key = key
                .strip_prefix("tag:")
                .filter(|_| object.input["TargetParameterName"] == "InstanceId")
                .ok_or_else(|| Fault::refused(object, "no tag names its instances"))?;
            let resource = Resource::TaggedInstances {
                key: key.to_owned(),
                value: input.text("/Targets/0/Values/0")?,
            };
            (resource, Effect::Running(starts))
        }
        _ => return Err(Fault::refused(object, "an unknown call")),
    };
    Ok((resource, effect))
}

/// Reads an object's input as its service would.
struct Input<'a> {
    object: &'a Object,
}

impl Input<'_> {
    fn text(&self, pointer: &str) -> Result<String, Fault> {
        let value = self.object.input.pointer(pointer).and_then(Value::as_str);
        value
            .map(str::to_owned)
            .ok_or_else(|| self.missing(pointer))
    }

    fn number(&self, pointer: &str) -> Result<u32, Fault> {
        let value = self.object.input.pointer(pointer);
        number(value).ok_or_else(|| self.missing(pointer))
    }

    /// Any of the three, at least one.
    fn sizes(&self, value: &Value, names: [&str; 3]) -> Result<CapacityChange, Fault> {
        let read = |name: &str| match value.get(name) {
            None => Ok(None),
            given => number(given).map(Some).ok_or_else(|| self.missing(name)),
        };
        let change = CapacityChange {
            min: read(names[0])?,
            desired: read(names[1])?,
            max: read(names[2])?,
        };
        if change == CapacityChange::default() {
            return Err(self.missing(names[0]));
        }
        Ok(change)
    }

    fn missing(&self, what: &str) -> Fault {
        Fault::refused(self.object, format!("its input has no {what}"))
    }
}

fn number(value: Option<&Value>) -> Option<u32> {
    value?.as_u64()?.try_into().ok()
}
