//! How fresh the estate's data is, account by account and region by region.

use crate::{Services, cx::Cx, failure::Outcome, texts};
use api::overview::ScopeHealth;
use domain::{
    estate::{Environment, Scope},
    policy::{Action, Resource},
};
use ports::{CloudError, CloudErrorKind};
use serde::{Deserialize, Serialize};

/// A failed call as it is kept, to be told in any language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KeptFault {
    /// What kind.
    pub kind: CloudErrorKind,
    /// The call in IAM's words.
    pub action: String,
    /// What the other side said.
    pub message: String,
}

impl From<&CloudError> for KeptFault {
    fn from(error: &CloudError) -> Self {
        Self {
            kind: error.kind,
            action: error.action.into(),
            message: error.message.clone(),
        }
    }
}

impl KeptFault {
    /// As one text for the database.
    pub fn to_json(&self) -> String {
        // A struct of texts always serialises.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// For this caller: our sentence, and after it the call and the other side's
    /// words for those who look after the console. The words may name roles and
    /// accounts: they are not for everybody.
    pub fn told(&self, cx: &Cx) -> String {
        self.worded(cx, cx.may(Action::ReadSystem, Resource::Installation))
    }

    /// The same about a change in this environment: who may change it there mends
    /// it there, and can only do so by the other side's own words.
    pub fn told_within(&self, cx: &Cx, environment: &Environment) -> String {
        let mends = cx.may(Action::ProposeChange, Resource::In(environment));
        self.worded(
            cx,
            mends || cx.may(Action::ReadSystem, Resource::Installation),
        )
    }

    fn worded(&self, cx: &Cx, in_full: bool) -> String {
        match in_full {
            true => texts::cloud_failed(cx.lang, self.kind, &self.action, &self.message),
            false => texts::cloud_kind(cx.lang, self.kind).into(),
        }
    }
}

/// A fault that was kept as [`KeptFault::to_json`] writes it, for this caller.
pub(crate) fn told(cx: &Cx, kept: &str) -> String {
    match serde_json::from_str::<KeptFault>(kept) {
        Ok(fault) => fault.told(cx),
        Err(_) => texts::internal(cx.lang).into(),
    }
}

/// The configured scopes that could not be read at the last attempt.
///
/// # Errors
/// The database's.
pub async fn unread(s: &Services) -> Outcome<Vec<String>> {
    let rows = s.store.read().scope_health().await?;
    let failing = |scope: &Scope| {
        let mut rows = rows.iter();
        rows.any(|row| row.scope == *scope && row.error.is_some())
    };
    let scopes = s.cloud.scopes().into_iter().filter(failing);
    Ok(scopes.map(|scope| scope.to_string()).collect())
}

/// Every configured scope, in the order of the configuration; one that was
/// never read has neither reading nor error.
pub(crate) async fn scopes(s: &Services, cx: &Cx) -> Outcome<Vec<ScopeHealth>> {
    let rows = s.store.read().scope_health().await?;
    let health = s.cloud.scopes().into_iter().map(|scope| {
        let row = rows.iter().find(|row| row.scope == scope);
        ScopeHealth {
            scope: scope.to_string(),
            read_at: row.and_then(|row| row.read_at),
            error: row
                .and_then(|row| row.error.as_deref())
                .map(|kept| told(cx, kept)),
        }
    });
    Ok(health.collect())
}
