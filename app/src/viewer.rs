//! Who is looking. The server hands a [`Visitor`] to the application; it
//! travels with the page, so that both sides render from the same value:
//! language, zone, theme and clock never come from the machine.

use crate::texts::common as t;
use api::people::{Theme, Viewer};
use domain::{
    estate::Environment,
    i18n::Lang,
    people::{Actor, Role},
    policy::{Action, Resource, Verdict, judge},
    time::{Timestamp, TimestampError, Zone},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What a stranger typed into a form that was refused; never a password.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Typed {
    /// The address.
    pub login: String,
    /// The name.
    pub name: String,
}

/// Who asked for a page, signed in or not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visitor {
    /// The person, if somebody is signed in.
    pub viewer: Option<Viewer>,
    /// Their language.
    pub lang: Lang,
    /// Light or dark.
    pub theme: Theme,
    /// What they typed into a form that was just refused.
    pub typed: Typed,
    /// The sandbox is running.
    pub sandbox: bool,
}

/// The visitor as components hold it: cheap to copy into closures.
#[derive(Clone, Copy, Debug)]
pub struct Viewing {
    /// The language of every text.
    pub lang: Lang,
    visitor: StoredValue<Visitor>,
}

/// The visitor of this page.
#[must_use]
pub fn use_viewing() -> Viewing {
    use_context().unwrap_or_else(|| Viewing::new(Visitor::default()))
}

impl Viewing {
    /// Holds a visitor.
    #[must_use]
    pub fn new(visitor: Visitor) -> Self {
        Self {
            lang: visitor.lang,
            visitor: StoredValue::new(visitor),
        }
    }

    /// The person, if somebody is signed in.
    #[must_use]
    pub fn viewer(self) -> Option<Viewer> {
        self.visitor.with_value(|visitor| visitor.viewer.clone())
    }

    /// What was typed into a form that was just refused; empty where there was none.
    #[must_use]
    pub fn typed(self) -> Typed {
        self.visitor.with_value(|visitor| visitor.typed.clone())
    }

    /// Whether the sandbox is running.
    #[must_use]
    pub fn sandbox(self) -> bool {
        self.visitor.with_value(|visitor| visitor.sandbox)
    }

    /// The environments that can be filtered by.
    #[must_use]
    pub fn environments(self) -> Vec<Environment> {
        self.viewer()
            .map(|viewer| viewer.environments)
            .unwrap_or_default()
    }

    /// The server's clock when the page was made.
    #[must_use]
    pub fn loaded_at(self) -> Timestamp {
        self.visitor.with_value(|visitor| {
            visitor
                .viewer
                .as_ref()
                .map_or_else(Timestamp::default, |v| v.now)
        })
    }

    /// The person's zone; UTC for a stranger.
    #[must_use]
    pub fn zone(self) -> Zone {
        self.visitor.with_value(|visitor| {
            visitor
                .viewer
                .as_ref()
                .map_or_else(Zone::utc, |v| v.zone.clone())
        })
    }

    fn with_zone<T>(self, read: impl FnOnce(&Zone) -> T) -> T {
        self.visitor.with_value(|visitor| match &visitor.viewer {
            Some(viewer) => read(&viewer.zone),
            None => read(&Zone::utc()),
        })
    }

    /// `2026-03-01 09:00` in the person's zone.
    #[must_use]
    pub fn minute(self, at: Timestamp) -> String {
        self.with_zone(|zone| zone.minute_text(at))
    }

    /// `2026-03-01 09:00:05` in the person's zone.
    #[must_use]
    pub fn second(self, at: Timestamp) -> String {
        self.with_zone(|zone| {
            let minute = zone.minute_text(at);
            let day = minute.split(' ').next().unwrap_or_default();
            format!("{day} {}", zone.second_text(at))
        })
    }

    /// The zone's name and offset at an instant: `Asia/Seoul, UTC+09:00`.
    #[must_use]
    pub fn zone_text(self, at: Timestamp) -> String {
        self.with_zone(|zone| format!("{}, UTC{}", zone.name(), zone.offset_text(at)))
    }

    /// The value of a `datetime-local` field.
    #[must_use]
    pub fn field(self, at: Timestamp) -> String {
        self.with_zone(|zone| zone.field_text(at))
    }

    /// Reads a `datetime-local` field.
    ///
    /// # Errors
    /// [`TimestampError`] when it holds no time.
    pub fn parse_field(self, text: &str) -> Result<Timestamp, TimestampError> {
        self.with_zone(|zone| zone.parse_field(text))
    }

    /// What the zone adds to UTC at an instant, in milliseconds.
    #[must_use]
    pub fn offset_ms(self, at: Timestamp) -> i64 {
        self.with_zone(|zone| i64::from(zone.rules().to_offset(at.to_jiff()).seconds()) * 1_000)
    }

    /// Why this may not be done in an environment; none if it may. The services
    /// decide again: this only says it before.
    #[must_use]
    pub fn refused_in(self, action: Action, environment: &Environment) -> Option<String> {
        self.refused(action, Resource::In(environment))
    }

    /// Why this may not be done to the installation; none if it may.
    #[must_use]
    pub fn refused_here(self, action: Action) -> Option<String> {
        self.refused(action, Resource::Installation)
    }

    /// Why this may be done nowhere; none if it may somewhere.
    #[must_use]
    pub fn refused_everywhere(self, action: Action) -> Option<String> {
        self.refused(action, Resource::Own)
    }

    fn refused(self, action: Action, resource: Resource<'_>) -> Option<String> {
        let viewer = self.viewer()?;
        let actor = Actor {
            person: viewer.id,
            name: viewer.name,
            grants: viewer.grants,
        };
        match judge(&actor, action, resource) {
            Verdict::Allowed => None,
            Verdict::Refused { needs } => Some(t::needs_role(self.lang, role(self.lang, needs))),
            Verdict::Unseen => Some(t::out_of_reach(self.lang).into()),
        }
    }
}

/// A role's name.
#[must_use]
pub fn role(lang: Lang, role: Role) -> &'static str {
    match role {
        Role::Viewer => t::role_viewer(lang),
        Role::Operator => t::role_operator(lang),
        Role::Approver => t::role_approver(lang),
        Role::Admin => t::role_admin(lang),
    }
}

/// `2026-03-01 00:00:05 UTC`: the tooltip of every instant.
#[must_use]
pub fn utc_text(at: Timestamp) -> String {
    let utc = Zone::utc();
    let minute = utc.minute_text(at);
    let day = minute.split(' ').next().unwrap_or_default();
    format!("{day} {} UTC", utc.second_text(at))
}
