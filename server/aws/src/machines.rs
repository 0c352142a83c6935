//! EC2 instances by tag as targets: every value of a watched key is one. Who carries
//! the tag is on or off; how many there are is nobody's to set.

use crate::{connect::Clients, convert::environment, ec2::Ec2Instance};
use domain::{
    capacity::{Capacity, Instance, Target, TargetKind, TargetRef},
    estate::{Environment, Scope},
    schedules::Power,
};
use ports::CloudError;
use std::collections::BTreeMap;

/// EC2's words for an instance that is no more.
const GONE: [&str; 2] = ["shutting-down", "terminated"];

/// Every tag of the watched keys that an instance carries.
pub async fn read_all(
    clients: &Clients,
    scope: &Scope,
    tag: &str,
) -> Result<Vec<Target>, CloudError> {
    let mut targets = Vec::new();
    for key in &clients.watch.instance_tags {
        let found = clients.ec2.filtered("tag-key", &[key]).await?;
        let mut by_value: BTreeMap<String, Vec<Ec2Instance>> = BTreeMap::new();
        for instance in found {
            if let Some(value) = instance.tag(key).map(str::to_owned) {
                by_value.entry(value).or_default().push(instance);
            }
        }
        for (value, instances) in by_value {
            targets.extend(target(scope, tag, format!("{key}={value}"), instances));
        }
    }
    Ok(targets)
}

/// One tag; none when no instance carries it.
pub async fn read_one(
    clients: &Clients,
    wanted: &TargetRef,
    tag: &str,
) -> Result<Option<Target>, CloudError> {
    let (key, value) = wanted.name.split_once('=').unwrap_or_default();
    if !clients.watch.instance_tags.iter().any(|one| one == key) {
        return Ok(None);
    }
    let filter = format!("tag:{key}");
    let found = clients.ec2.filtered(&filter, &[value]).await?;
    Ok(target(&wanted.scope, tag, wanted.name.clone(), found))
}

/// Starts or stops the instances that are named.
pub async fn set_power(
    clients: &Clients,
    power: Power,
    instances: &[String],
) -> Result<(), CloudError> {
    match instances {
        // AWS refuses a call that names none.
        [] => Ok(()),
        named => clients.ec2.set_power(power, named, false).await,
    }
}

fn target(scope: &Scope, tag: &str, name: String, mut found: Vec<Ec2Instance>) -> Option<Target> {
    found.retain(|instance| !GONE.contains(&instance.state.as_str()));
    found.sort_by(|one, other| one.id.cmp(&other.id));
    let environment = shared_environment(tag, &name, &found)?;
    let instances: Vec<Instance> = found.into_iter().map(Instance::from).collect();
    let count = |test: fn(&Instance) -> bool| {
        let fitting = instances.iter().filter(|instance| test(instance));
        u32::try_from(fitting.count()).unwrap_or(u32::MAX)
    };
    Some(Target {
        reference: TargetRef {
            scope: scope.clone(),
            kind: TargetKind::Ec2Tag,
            name,
        },
        environment,
        capacity: Capacity::switched(count(Instance::is_on), count(|_| true)),
        in_service: count(Instance::in_service),
        pending: count(|instance| instance.lifecycle_state == "pending"),
        instances,
        suspended: Vec::new(),
        mix: None,
        policies: Vec::new(),
        actions: Vec::new(),
        timers: Vec::new(),
    })
}

/// The environment of who carries the tag; none where nobody does. Where they are of
/// several, it is production's if it is of any: its people are to decide.
fn shared_environment(tag: &str, name: &str, found: &[Ec2Instance]) -> Option<Environment> {
    let of = |instance: &Ec2Instance| {
        let tags = instance.tags.iter();
        let tags = tags.map(|(key, value)| (key.as_str(), value.as_str()));
        environment(tag, tags, name)
    };
    let mut all: Vec<Environment> = found.iter().map(of).collect();
    all.sort_unstable();
    let production = all.iter().find(|one| one.as_str() == "prod");
    production.or(all.first()).cloned()
}
