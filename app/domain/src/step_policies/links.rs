//! Which alarm runs which policy: joined by the alarms' actions, and by the
//! alarms that AWS lists with a policy.
//!
//! One document may hold several regions and accounts, so a name counts only
//! where there is no ARN to go by.

use super::{Alarm, AlarmLink, Document, Policy};
use std::collections::{BTreeSet, HashMap};

/// What stands in every ARN of a scaling policy, of both services.
const POLICY_ARN_MARK: &str = ":scalingPolicy:";
/// Application Auto Scaling lets an alarm's action end with who made it.
const CREATED_BY_MARK: &str = ":createdBy/";

/// The pairs of a document.
pub(super) struct Links<'a> {
    /// Positions of policies and of the alarms that run them when they go off.
    pub(super) pairs: BTreeSet<(usize, usize)>,
    /// The same for alarms that are well again.
    pub(super) on_ok: BTreeSet<(usize, usize)>,
    /// The same for alarms with too little data.
    pub(super) on_insufficient_data: BTreeSet<(usize, usize)>,
    /// Alarms that a policy names and the document does not hold.
    pub(super) unheld: Vec<(usize, &'a str)>,
    /// Actions for policies that the document does not hold, with the alarm.
    pub(super) unknown: Vec<(usize, &'a str)>,
}

/// Joins a document.
pub(super) fn links<'a>(policies: &'a [Policy], alarms: &'a [Alarm]) -> Links<'a> {
    let mut links = Links {
        pairs: BTreeSet::new(),
        on_ok: BTreeSet::new(),
        on_insufficient_data: BTreeSet::new(),
        unheld: Vec::new(),
        unknown: Vec::new(),
    };
    let known = PolicyIndex::new(policies);
    for (at, alarm) in alarms.iter().enumerate() {
        for action in &alarm.alarm_actions {
            match known.find(action) {
                Some(policy) => {
                    links.pairs.insert((policy, at));
                }
                None if action.contains(POLICY_ARN_MARK) => links.unknown.push((at, action)),
                None => {}
            }
        }
        let ran_by = |actions: &[String]| -> Vec<(usize, usize)> {
            let policies = actions.iter().filter_map(|action| known.find(action));
            policies.map(|policy| (policy, at)).collect()
        };
        links.on_ok.extend(ran_by(&alarm.ok_actions));
        links
            .on_insufficient_data
            .extend(ran_by(&alarm.insufficient_data_actions));
    }
    let held = AlarmIndex::new(alarms);
    for (at, policy) in policies.iter().enumerate() {
        for link in &policy.alarms {
            match held.find(link) {
                // AWS lists an alarm with a policy for whichever of its states.
                Some(alarm) if elsewhere(&links, (at, alarm)) => {}
                Some(alarm) => {
                    links.pairs.insert((at, alarm));
                }
                None => links.unheld.push((at, &link.name)),
            }
        }
    }
    links
}

fn elsewhere(links: &Links<'_>, pair: (usize, usize)) -> bool {
    links.on_ok.contains(&pair) || links.on_insufficient_data.contains(&pair)
}

/// Policies by what an action may call them.
struct PolicyIndex<'a> {
    by_arn: HashMap<&'a str, usize>,
    /// Name and target of those whose ARN was not given.
    by_name: HashMap<(&'a str, Option<&'a str>), usize>,
}

impl<'a> PolicyIndex<'a> {
    fn new(policies: &'a [Policy]) -> Self {
        let mut index = Self {
            by_arn: HashMap::new(),
            by_name: HashMap::new(),
        };
        for (at, policy) in policies.iter().enumerate() {
            match &policy.arn {
                Some(arn) => index.by_arn.entry(arn).or_insert(at),
                None => index
                    .by_name
                    .entry((&policy.name, policy.target.as_deref()))
                    .or_insert(at),
            };
        }
        index
    }

    fn find(&self, action: &str) -> Option<usize> {
        let arn = arn_of(action);
        if let Some(at) = self.by_arn.get(arn) {
            return Some(*at);
        }
        let (target, name) = named(arn)?;
        let by_name = |target| self.by_name.get(&(name, target));
        by_name(Some(target)).or_else(|| by_name(None)).copied()
    }
}

/// The ARN in an action, without who made it.
fn arn_of(action: &str) -> &str {
    let parts = action.split_once(CREATED_BY_MARK);
    parts.map_or(action, |(arn, _)| arn)
}

/// Target and name of the policy that an action runs; none of what runs none.
pub(super) fn policy_of(action: &str) -> Option<(&str, &str)> {
    named(arn_of(action))
}

/// Target and name of the policy that an ARN is of:
/// `…:scalingPolicy:ID:autoScalingGroupName/GROUP:policyName/NAME`, or
/// `…:scalingPolicy:ID:resource/NAMESPACE/RESOURCE:policyName/NAME`.
fn named(arn: &str) -> Option<(&str, &str)> {
    let (_, rest) = arn.split_once(POLICY_ARN_MARK)?;
    let (_, rest) = rest.split_once(':')?;
    let (target, name) = rest.split_once(":policyName/")?;
    let group = target.strip_prefix("autoScalingGroupName/");
    let resource = || {
        let (_, resource) = target.strip_prefix("resource/")?.split_once('/')?;
        Some(resource)
    };
    Some((group.or_else(resource)?, name))
}

/// Alarms by what a policy may call them.
struct AlarmIndex<'a> {
    by_arn: HashMap<&'a str, usize>,
    by_name: HashMap<&'a str, Vec<usize>>,
    alarms: &'a [Alarm],
}

impl<'a> AlarmIndex<'a> {
    fn new(alarms: &'a [Alarm]) -> Self {
        let mut index = Self {
            by_arn: HashMap::new(),
            by_name: HashMap::new(),
            alarms,
        };
        for (at, alarm) in alarms.iter().enumerate() {
            if let Some(arn) = &alarm.arn {
                index.by_arn.entry(arn).or_insert(at);
            }
            index.by_name.entry(&alarm.name).or_default().push(at);
        }
        index
    }

    fn find(&self, link: &AlarmLink) -> Option<usize> {
        let Some(arn) = &link.arn else {
            return self.by_name.get(link.name.as_str())?.first().copied();
        };
        let without_arn = || {
            let named = self.by_name.get(link.name.as_str())?;
            named.iter().find(|at| self.alarms[**at].arn.is_none())
        };
        self.by_arn.get(arn.as_str()).or_else(without_arn).copied()
    }
}

/// The name of the policy that an action is for, to tell people of it.
pub(super) fn policy_name(action: &str) -> &str {
    policy_of(action).map_or_else(|| arn_of(action), |(_, name)| name)
}

/// The lists of a document, empty where they were not read.
pub(super) fn lists(document: &Document) -> (&[Policy], &[Alarm]) {
    (
        document.policies.as_deref().unwrap_or_default(),
        document.alarms.as_deref().unwrap_or_default(),
    )
}
