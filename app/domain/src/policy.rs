//! The whole policy: Role × Action × Resource → allowed, refused or unseen.
//!
//! Services ask with a literal sentence, `authorize(Action::DecideChange,
//! Resource::In(&environment))`; which role that takes is written here and
//! nowhere else. `policy_matrix.txt` is the rendered table and a test holds
//! the two together.

use crate::{
    estate::Environment,
    people::{Actor, Role},
};
use serde::{Deserialize, Serialize};

/// What can be done. [`Action::least_role`] says by whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// See alarms, targets, changes and freezes.
    View,
    /// Change one's own profile, password, sessions and tokens.
    ManageSelf,
    /// Acknowledge an alarm.
    AcknowledgeAlarm,
    /// Silence alarms, and end a silence.
    SilenceAlarms,
    /// Say who is on call instead of whoever's turn it is.
    ManageOnCall,
    /// Start a drill, and end one.
    StartDrill,
    /// Send a message again that was given up; test a channel.
    SendNotifications,
    /// See messages of queues that were set aside; take them in again or let go of them.
    ManageSetAside,
    /// Read lines of logs, which can hold secrets and what is personal.
    ReadLogs,
    /// Propose, edit and withdraw a change request; end a running scale event.
    ProposeChange,
    /// Say something about a change request.
    CommentChange,
    /// Have a change request carried out at once, without an approval.
    BreakGlass,
    /// Approve or reject a change request; review one that nobody approved.
    DecideChange,
    /// Read the audit log.
    ReadAudit,
    /// Approve a change request during a freeze.
    DecideFrozenChange,
    /// Declare and lift freezes.
    ManageFreezes,
    /// Add people and give them roles.
    ManagePeople,
    /// See how the console itself is doing.
    ReadSystem,
    /// Turn the sandbox's clock and weather.
    ControlSandbox,
}

impl Action {
    /// All.
    pub const ALL: [Self; 19] = [
        Self::View,
        Self::ManageSelf,
        Self::AcknowledgeAlarm,
        Self::SilenceAlarms,
        Self::ManageOnCall,
        Self::StartDrill,
        Self::SendNotifications,
        Self::ManageSetAside,
        Self::ReadLogs,
        Self::ProposeChange,
        Self::CommentChange,
        Self::BreakGlass,
        Self::DecideChange,
        Self::ReadAudit,
        Self::DecideFrozenChange,
        Self::ManageFreezes,
        Self::ManagePeople,
        Self::ReadSystem,
        Self::ControlSandbox,
    ];

    /// The least role that may do it.
    #[must_use]
    pub const fn least_role(self) -> Role {
        match self {
            Self::View | Self::ManageSelf => Role::Viewer,
            Self::AcknowledgeAlarm
            | Self::SilenceAlarms
            | Self::ManageOnCall
            | Self::StartDrill
            | Self::SendNotifications
            | Self::ManageSetAside
            | Self::ReadLogs
            | Self::ProposeChange
            | Self::CommentChange
            | Self::BreakGlass
            | Self::ControlSandbox => Role::Operator,
            Self::DecideChange | Self::ReadAudit => Role::Approver,
            Self::DecideFrozenChange
            | Self::ManageFreezes
            | Self::ManagePeople
            | Self::ReadSystem => Role::Admin,
        }
    }
}

/// What it is done to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resource<'a> {
    /// Something in an environment.
    In(&'a Environment),
    /// Something that belongs to the whole installation.
    Installation,
    /// The actor's own account.
    Own,
}

/// The answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Go on.
    Allowed,
    /// The actor may know of it but may not do this.
    Refused {
        /// The least role that may.
        needs: Role,
    },
    /// The actor may not even know of it: answer as if it did not exist.
    Unseen,
}

/// Judges one act.
#[must_use]
pub fn judge(actor: &Actor, action: Action, resource: Resource<'_>) -> Verdict {
    let needs = action.least_role();
    let held = match resource {
        Resource::Own => actor.grants.iter().map(|grant| grant.role).max(),
        Resource::Installation => actor.role_everywhere(),
        Resource::In(environment) => match actor.role_in(environment) {
            None => return Verdict::Unseen,
            held => held,
        },
    };
    if held.is_some_and(|role| role >= needs) {
        Verdict::Allowed
    } else {
        Verdict::Refused { needs }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ids::PersonId,
        people::{Grant, Reach},
    };
    use std::fmt::Write as _;

    fn actor(role: Role, reach: Reach) -> Actor {
        Actor {
            person: PersonId::from_parts(0, 0),
            name: "x".into(),
            grants: vec![Grant { role, reach }],
        }
    }

    /// Renders Role × Action for things inside and outside the actor's reach.
    fn matrix() -> String {
        let (prod, dev) = (Environment::from("prod"), Environment::from("dev"));
        let mut text = String::from(
            "Each cell: own | an environment in reach | one out of reach | the installation,\n\
             for a grant everywhere / for a grant in prod only. y allowed, n refused, - unseen.\n\n",
        );
        for action in Action::ALL {
            let name = serde_json::to_string(&action).expect("a word");
            let _ = write!(text, "{:<22}", name.trim_matches('"'));
            for role in Role::ALL {
                let _ = write!(text, " {:>8} ", role.as_str());
                for (place, reach) in [Reach::All, Reach::Only(vec![prod.clone()])]
                    .into_iter()
                    .enumerate()
                {
                    if place == 1 {
                        text.push('/');
                    }
                    let actor = actor(role, reach);
                    for resource in [
                        Resource::Own,
                        Resource::In(&prod),
                        Resource::In(&dev),
                        Resource::Installation,
                    ] {
                        text.push(match judge(&actor, action, resource) {
                            Verdict::Allowed => 'y',
                            Verdict::Refused { .. } => 'n',
                            Verdict::Unseen => '-',
                        });
                    }
                }
            }
            text.push('\n');
        }
        text
    }

    #[test]
    fn the_rendered_matrix_is_the_one_reviewed() {
        let kept = include_str!("policy_matrix.txt");
        assert!(
            matrix() == kept,
            "the policy changed; review and keep this:\n{}",
            matrix()
        );
    }
}
