//! People: roles and what they are granted where.

use crate::{estate::Environment, ids::PersonId};
use serde::{Deserialize, Serialize};

/// A role. Each can do what the one before it can, and more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Looks.
    Viewer,
    /// Acknowledges and proposes.
    Operator,
    /// Decides on what others propose.
    Approver,
    /// Runs the console; approves during a freeze.
    Admin,
}

impl Role {
    /// All, least first.
    pub const ALL: [Self; 4] = [Self::Viewer, Self::Operator, Self::Approver, Self::Admin];

    /// The word stored and shown to programs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Operator => "operator",
            Self::Approver => "approver",
            Self::Admin => "admin",
        }
    }

    /// Reads what [`Role::as_str`] wrote.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }
}

/// Where a role holds.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// Every environment, present and future.
    All,
    /// These environments only.
    Only(Vec<Environment>),
}

impl Reach {
    /// Whether the environment is within reach.
    #[must_use]
    pub fn covers(&self, environment: &Environment) -> bool {
        match self {
            Self::All => true,
            Self::Only(list) => list.contains(environment),
        }
    }
}

/// A role somewhere.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Grant {
    /// The role.
    pub role: Role,
    /// Where.
    pub reach: Reach,
}

/// Who acts: a person, by a session or by a token that may narrow the grants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The person.
    pub person: PersonId,
    /// The name shown in the audit log.
    pub name: String,
    /// What the actor holds. A token's grants are already cut to its scope.
    pub grants: Vec<Grant>,
}

/// The highest role that grants give in an environment.
#[must_use]
pub fn role_in(grants: &[Grant], environment: &Environment) -> Option<Role> {
    let fitting = grants
        .iter()
        .filter(|grant| grant.reach.covers(environment));
    fitting.map(|grant| grant.role).max()
}

impl Actor {
    /// The console itself: it asks for what nobody has, and decides nothing.
    #[must_use]
    pub fn console() -> Self {
        Self {
            person: PersonId::from_parts(0, 0),
            name: "Lamplighter".into(),
            grants: Vec::new(),
        }
    }

    /// The highest role held in an environment.
    #[must_use]
    pub fn role_in(&self, environment: &Environment) -> Option<Role> {
        role_in(&self.grants, environment)
    }

    /// The highest role held everywhere: the one that counts for what belongs
    /// to no environment.
    #[must_use]
    pub fn role_everywhere(&self) -> Option<Role> {
        let fitting = self.grants.iter().filter(|grant| grant.reach == Reach::All);
        fitting.map(|grant| grant.role).max()
    }

    /// What the actor may see, for list queries: all environments or some.
    #[must_use]
    pub fn sees(&self) -> Reach {
        let mut seen = Vec::new();
        for grant in &self.grants {
            match &grant.reach {
                Reach::All => return Reach::All,
                Reach::Only(list) => seen.extend(list.iter().cloned()),
            }
        }
        seen.sort();
        seen.dedup();
        Reach::Only(seen)
    }
}
