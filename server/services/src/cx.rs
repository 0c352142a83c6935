//! Who asks, when and in which language: the first argument of every use case.

use crate::{failure::Failure, texts};
use api::{ApiError, ErrorCode};
use domain::{
    audit::{AuditEntry, AuditOutcome},
    estate::Environment,
    i18n::Lang,
    ids::{SessionId, TokenId},
    people::{Actor, Reach, Role},
    policy::{Action, Resource, Verdict, judge},
    text::TextError,
    time::{Timestamp, Zone},
};

/// One call: made for each request by whoever received it.
#[derive(Debug, Clone)]
pub struct Cx {
    /// Who asks; none when nobody is signed in.
    pub actor: Option<Actor>,
    /// The session they ask by; none for a token.
    pub session: Option<SessionId>,
    /// The token they ask by; none for a session.
    pub token: Option<TokenId>,
    /// When the request came.
    pub now: Timestamp,
    /// The language of messages.
    pub lang: Lang,
    /// The zone in which times are written.
    pub zone: Zone,
    /// To find what happened in the log.
    pub request_id: String,
}

impl Cx {
    /// Who asks.
    ///
    /// # Errors
    /// `unauthenticated` when nobody is signed in.
    pub fn actor(&self) -> Result<&Actor, ApiError> {
        let message = texts::sign_in_first(self.lang);
        self.actor
            .as_ref()
            .ok_or_else(|| ApiError::new(ErrorCode::Unauthenticated, message))
    }

    /// Asks the policy.
    ///
    /// # Errors
    /// `unauthenticated`; `not_found` for what the actor may not know of;
    /// `forbidden`, naming the role that is needed.
    pub fn authorize(&self, action: Action, resource: Resource<'_>) -> Result<&Actor, ApiError> {
        let actor = self.actor()?;
        match judge(actor, action, resource) {
            Verdict::Allowed => Ok(actor),
            Verdict::Unseen => Err(self.not_found()),
            Verdict::Refused { needs } => Err(self.needs_role(needs)),
        }
    }

    /// Why the actor may not do something, in their language; none if they may.
    #[must_use]
    pub fn refusal(&self, action: Action, resource: Resource<'_>) -> Option<String> {
        self.authorize(action, resource)
            .err()
            .map(|error| error.message)
    }

    /// Whether the actor may do something.
    #[must_use]
    pub fn may(&self, action: Action, resource: Resource<'_>) -> bool {
        self.authorize(action, resource).is_ok()
    }

    /// What the actor sees, for list queries.
    ///
    /// # Errors
    /// `unauthenticated` when nobody is signed in.
    pub fn sees(&self) -> Result<Reach, ApiError> {
        Ok(self.actor()?.sees())
    }

    /// Where the actor may do something, for list queries.
    ///
    /// # Errors
    /// `unauthenticated`; `forbidden` when it is nowhere.
    pub fn reach_for(&self, action: Action) -> Result<Reach, ApiError> {
        let actor = self.actor()?;
        let needs = action.least_role();
        let mut grants = actor.grants.clone();
        grants.retain(|grant| grant.role >= needs);
        if grants.is_empty() {
            return Err(self.needs_role(needs));
        }
        let narrowed = Actor {
            grants,
            ..actor.clone()
        };
        Ok(narrowed.sees())
    }

    fn needs_role(&self, needs: Role) -> ApiError {
        let role = texts::role(self.lang, needs);
        ApiError::new(ErrorCode::Forbidden, texts::needs_role(self.lang, role))
    }

    /// "There is no such thing, or none that you may know of."
    #[must_use]
    pub fn not_found(&self) -> ApiError {
        ApiError::new(ErrorCode::NotFound, texts::not_found(self.lang))
    }

    /// "The thing has moved on."
    #[must_use]
    pub fn conflict(&self, message: impl Into<String>) -> ApiError {
        ApiError::new(ErrorCode::Conflict, message)
    }

    /// One wrong field.
    #[must_use]
    pub fn invalid(&self, field: &str, message: impl Into<String>) -> ApiError {
        let message = message.into();
        let fields = vec![api::FieldError {
            field: field.into(),
            message: message.clone(),
        }];
        ApiError {
            fields,
            ..ApiError::new(ErrorCode::Invalid, message)
        }
    }

    /// A text that a person typed, checked; the field's name goes into the error.
    ///
    /// # Errors
    /// `invalid` with what is wrong with it.
    pub fn text<T>(&self, field: &str, checked: Result<T, TextError>) -> Result<T, ApiError> {
        checked.map_err(|error| self.invalid(field, texts::text_error(self.lang, &error)))
    }

    /// An audit entry of this call about `subject`.
    ///
    /// # Errors
    /// `unauthenticated` when nobody is signed in.
    pub fn audit(&self, action: &str, subject: impl ToString) -> Result<AuditEntry, ApiError> {
        let actor = self.actor()?;
        Ok(AuditEntry {
            at: self.now,
            actor: actor.person.to_string(),
            actor_name: actor.name.clone(),
            action: action.into(),
            subject: subject.to_string(),
            environment: String::new(),
            outcome: AuditOutcome::Done,
            detail_json: "{}".into(),
            request_id: self.request_id.clone(),
        })
    }
}

/// Completes an [`AuditEntry`] in one expression.
pub trait AuditEntryExt: Sized {
    /// In which environment.
    #[must_use]
    fn within(self, environment: &Environment) -> Self;
    /// With what else there is to know; never a secret.
    #[must_use]
    fn detail(self, detail: &serde_json::Value) -> Self;
    /// How it ended.
    #[must_use]
    fn ended(self, outcome: AuditOutcome) -> Self;
}

impl AuditEntryExt for AuditEntry {
    fn within(mut self, environment: &Environment) -> Self {
        environment.as_str().clone_into(&mut self.environment);
        self
    }

    fn detail(mut self, detail: &serde_json::Value) -> Self {
        self.detail_json = detail.to_string();
        self
    }

    fn ended(mut self, outcome: AuditOutcome) -> Self {
        self.outcome = outcome;
        self
    }
}

/// An audit entry of a worker.
#[must_use]
pub fn system_audit(now: Timestamp, action: &str, subject: impl ToString) -> AuditEntry {
    AuditEntry {
        at: now,
        actor: "system".into(),
        actor_name: Actor::console().name,
        action: action.into(),
        subject: subject.to_string(),
        environment: String::new(),
        outcome: AuditOutcome::Done,
        detail_json: "{}".into(),
        request_id: String::new(),
    }
}

/// Turns what a use case answered into what the caller is told.
///
/// # Errors
/// The failure as an [`ApiError`] that is safe to show and names the request.
pub fn settle<T>(cx: &Cx, outcome: Result<T, Failure>) -> Result<T, ApiError> {
    outcome.map_err(|failure| failure.told(cx))
}
