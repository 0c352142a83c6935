//! What the configuration says about the estate, as plain data. Where it is
//! read from is the server's matter.

use domain::{
    estate::{AccountId, Region},
    limits,
};
use std::{collections::HashSet, time::Duration};

/// The tag that names the environment of a group or service, when the
/// configuration does not say.
pub const ENVIRONMENT_TAG: &str = "Environment";

/// One account of the estate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountConfig {
    /// Twelve digits. The credentials must belong to it.
    pub id: AccountId,
    /// A profile of the shared AWS configuration; none for the default chain.
    pub profile: Option<String>,
    /// A role to assume with those credentials.
    pub role_arn: Option<String>,
    /// The external id that the role's trust policy asks for.
    pub external_id: Option<String>,
    /// The regions watched, in the order shown.
    pub regions: Vec<Region>,
}

/// How long calls may take and how often they are tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// For a connection to stand.
    pub connect_ms: u64,
    /// For one attempt.
    pub attempt_ms: u64,
    /// For a call with all its attempts.
    pub operation_ms: u64,
    /// Attempts at one call, the first included.
    pub attempts_max: u32,
    /// First pause between two attempts.
    pub pause_ms: u64,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect_ms: limits::AWS_CONNECT_MS,
            attempt_ms: limits::AWS_ATTEMPT_MS,
            operation_ms: limits::AWS_OPERATION_MS,
            attempts_max: limits::AWS_ATTEMPTS_MAX,
            pause_ms: limits::AWS_PAUSE_MS,
        }
    }
}

impl Timeouts {
    pub(crate) fn time_outs(self) -> aws_smithy_types::timeout::TimeoutConfig {
        aws_smithy_types::timeout::TimeoutConfig::builder()
            .connect_timeout(Duration::from_millis(self.connect_ms))
            .operation_attempt_timeout(Duration::from_millis(self.attempt_ms))
            .operation_timeout(Duration::from_millis(self.operation_ms))
            .build()
    }

    pub(crate) fn retries(self) -> aws_smithy_types::retry::RetryConfig {
        aws_smithy_types::retry::RetryConfig::standard()
            .with_max_attempts(self.attempts_max)
            .with_initial_backoff(Duration::from_millis(self.pause_ms))
    }
}

/// The estate: every account and region that is watched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwsEstate {
    /// The accounts, in the order shown.
    pub accounts: Vec<AccountConfig>,
    /// Key of the tag that names the environment; upper and lower case alike.
    pub environment_tag: String,
    /// Time-outs and attempts.
    pub timeouts: Timeouts,
}

impl Default for AwsEstate {
    fn default() -> Self {
        Self {
            accounts: Vec::new(),
            environment_tag: ENVIRONMENT_TAG.to_owned(),
            timeouts: Timeouts::default(),
        }
    }
}

/// What is wrong with an estate, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {reason}")]
pub struct EstateError {
    /// The field: `accounts[1].regions`, accounts counted from 0.
    pub field: String,
    /// What is wrong and what to do.
    pub reason: String,
}

impl AwsEstate {
    /// Checks what can be checked without asking AWS.
    ///
    /// # Errors
    /// [`EstateError`] for the first field that cannot be used.
    pub fn check(&self) -> Result<(), EstateError> {
        let error = |field: String, reason: String| Err(EstateError { field, reason });
        if self.accounts.len() > limits::ACCOUNTS_MAX {
            let reason = format!("has more than {} accounts", limits::ACCOUNTS_MAX);
            return error("accounts".into(), reason);
        }
        if self.environment_tag.trim().is_empty() {
            let reason = format!("is empty; name a tag key such as `{ENVIRONMENT_TAG}`");
            return error("environment_tag".into(), reason);
        }
        let mut seen = HashSet::new();
        for (number, account) in self.accounts.iter().enumerate() {
            let field = |name: &str| format!("accounts[{number}].{name}");
            if let Err((name, reason)) = account.check() {
                return error(field(name), reason);
            }
            if !seen.insert(&account.id) {
                let reason = format!(
                    "{} stands here twice; give one entry all its regions",
                    account.id
                );
                return error(field("id"), reason);
            }
        }
        self.timeouts.check()
    }
}

impl AccountConfig {
    fn check(&self) -> Result<(), (&'static str, String)> {
        if AccountId::parse(self.id.as_str()).is_none() {
            let reason = format!("`{}` is not an account; write its twelve digits", self.id);
            return Err(("id", reason));
        }
        if self.regions.is_empty() || self.regions.len() > limits::REGIONS_PER_ACCOUNT_MAX {
            let reason = format!(
                "name 1 to {} regions such as `us-east-1`",
                limits::REGIONS_PER_ACCOUNT_MAX
            );
            return Err(("regions", reason));
        }
        let mut seen = HashSet::new();
        for region in &self.regions {
            if !looks_like_region(region.as_str()) {
                let reason = format!("`{region}` is not a region; write it as `us-east-1`");
                return Err(("regions", reason));
            }
            if !seen.insert(region) {
                return Err(("regions", format!("`{region}` stands here twice")));
            }
        }
        if let Some(arn) = &self.role_arn
            && !looks_like_role(arn)
        {
            let reason =
                format!("`{arn}` is not a role; write it as `arn:aws:iam::123456789012:role/name`");
            return Err(("role_arn", reason));
        }
        if self.external_id.is_some() && self.role_arn.is_none() {
            let reason = "has a use only together with role_arn".to_owned();
            return Err(("external_id", reason));
        }
        Ok(())
    }
}

impl Timeouts {
    fn check(&self) -> Result<(), EstateError> {
        for (name, value) in [
            ("connect_ms", self.connect_ms),
            ("attempt_ms", self.attempt_ms),
            ("operation_ms", self.operation_ms),
            ("attempts_max", u64::from(self.attempts_max)),
        ] {
            if value == 0 {
                return Err(EstateError {
                    field: format!("timeouts.{name}"),
                    reason: "must be at least 1".to_owned(),
                });
            }
        }
        Ok(())
    }
}

/// A region ends up in host names: nothing but its own letters may pass.
fn looks_like_region(text: &str) -> bool {
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (1..=32).contains(&text.len()) && text.contains('-') && text.bytes().all(fits)
}

fn looks_like_role(arn: &str) -> bool {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    matches!(parts.as_slice(), ["arn", _, "iam", "", account, name]
        if AccountId::parse(account).is_some() && name.starts_with("role/") && name.len() > 5)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account() -> AccountConfig {
        AccountConfig {
            id: AccountId::from("123456789012"),
            profile: None,
            role_arn: None,
            external_id: None,
            regions: vec![Region::from("us-east-1"), Region::from("ap-northeast-2")],
        }
    }

    fn check(change: impl FnOnce(&mut AwsEstate)) -> String {
        let mut estate = AwsEstate {
            accounts: vec![account()],
            ..AwsEstate::default()
        };
        change(&mut estate);
        estate
            .check()
            .map_or_else(|error| error.to_string(), |()| "ok".into())
    }

    #[test]
    fn a_wrong_estate_is_refused_with_the_field() {
        assert_eq!(check(|_| ()), "ok");
        assert_eq!(
            check(|e| e.accounts[0].id = AccountId::from("12345")),
            "accounts[0].id: `12345` is not an account; write its twelve digits"
        );
        assert!(check(|e| e.accounts.push(account())).starts_with("accounts[1].id:"));
        assert!(check(|e| e.accounts[0].regions.clear()).starts_with("accounts[0].regions:"));
        assert!(
            check(|e| e.accounts[0].regions[0] = Region::from("evil.example/"))
                .starts_with("accounts[0].regions: `evil.example/`")
        );
        assert!(check(|e| e.accounts[0].regions[1] = Region::from("us-east-1")).ends_with("twice"));
        assert!(
            check(|e| e.accounts[0].role_arn = Some("ops".into()))
                .starts_with("accounts[0].role_arn: `ops`")
        );
        assert!(
            check(|e| e.accounts[0].external_id = Some("x".into()))
                .starts_with("accounts[0].external_id:")
        );
        assert!(check(|e| e.environment_tag = " ".into()).starts_with("environment_tag:"));
        assert!(check(|e| e.timeouts.attempt_ms = 0).starts_with("timeouts.attempt_ms:"));
    }
}
