//! Processes: what AWS does to a target by itself, and what of it can be suspended.

use crate::capacity::TargetKind;
use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! processes {
    ($($(#[$doc:meta])* $name:ident = $word:literal;)*) => {
        /// A process of AWS that can be suspended on a target.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub enum Process {
            $($(#[$doc])* #[serde(rename = $word)] $name,)*
        }

        impl Process {
            /// All of every kind of target.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// AWS's own word.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }
        }
    };
}

processes! {
    /// Of a group: starts instances.
    Launch = "Launch";
    /// Of a group: ends instances.
    Terminate = "Terminate";
    /// Of a group: gives new instances to the load balancer.
    AddToLoadBalancer = "AddToLoadBalancer";
    /// Of a group: lets alarms run its policies.
    AlarmNotification = "AlarmNotification";
    /// Of a group: spreads instances over the zones evenly.
    AzRebalance = "AZRebalance";
    /// Of a group: finds instances that are not healthy.
    HealthCheck = "HealthCheck";
    /// Of a group: replaces instances by those of a new template.
    InstanceRefresh = "InstanceRefresh";
    /// Of a group: replaces instances that are not healthy.
    ReplaceUnhealthy = "ReplaceUnhealthy";
    /// Of a group: runs scheduled actions.
    ScheduledActions = "ScheduledActions";
    /// Of a service: lets policies remove tasks.
    DynamicScalingIn = "DynamicScalingIn";
    /// Of a service: lets policies add tasks.
    DynamicScalingOut = "DynamicScalingOut";
    /// Of a service: runs scheduled actions.
    ScheduledScaling = "ScheduledScaling";
}

/// Of the kind [`TargetKind::Asg`] (EC2 Auto Scaling User Guide, "Suspend and resume
/// Amazon EC2 Auto Scaling processes").
const OF_GROUPS: &[Process] = &[
    Process::Launch,
    Process::Terminate,
    Process::AddToLoadBalancer,
    Process::AlarmNotification,
    Process::AzRebalance,
    Process::HealthCheck,
    Process::InstanceRefresh,
    Process::ReplaceUnhealthy,
    Process::ScheduledActions,
];

/// Of the kind [`TargetKind::EcsService`] (Application Auto Scaling API Reference,
/// SuspendedState).
const OF_SERVICES: &[Process] = &[
    Process::DynamicScalingIn,
    Process::DynamicScalingOut,
    Process::ScheduledScaling,
];

impl Process {
    /// Those that targets of a kind have.
    #[must_use]
    pub const fn of(kind: TargetKind) -> &'static [Self] {
        match kind {
            TargetKind::Asg => OF_GROUPS,
            TargetKind::EcsService => OF_SERVICES,
            TargetKind::Ec2Tag | TargetKind::Rds | TargetKind::RdsCluster | TargetKind::Eks => &[],
        }
    }

    /// Scheduled actions run by it.
    #[must_use]
    pub const fn runs_actions(self) -> bool {
        matches!(self, Self::ScheduledActions | Self::ScheduledScaling)
    }

    /// Policies act by it.
    #[must_use]
    pub const fn runs_policies(self) -> bool {
        matches!(
            self,
            Self::AlarmNotification | Self::DynamicScalingIn | Self::DynamicScalingOut
        )
    }
}

/// Whether AWS runs no scheduled action while these are suspended.
#[must_use]
pub fn stop_actions(suspended: &[String]) -> bool {
    let mut runners = Process::ALL.iter().filter(|one| one.runs_actions());
    runners.any(|runner| suspended.iter().any(|word| word == runner.as_str()))
}

impl fmt::Display for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_process_is_of_one_kind_of_target_and_has_awss_word() {
        for process in Process::ALL {
            let of = TargetKind::ALL.map(|kind| Process::of(kind).contains(process));
            assert_eq!(of.iter().filter(|is| **is).count(), 1, "{process}");
            let word = serde_json::to_value(process).expect("a word");
            assert_eq!(word, process.as_str());
        }
    }
}
