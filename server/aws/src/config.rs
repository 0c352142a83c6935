//! What the configuration says about the estate, as types that hold nothing
//! unusable. Whoever reads the configuration finds what is wrong with it, and
//! where; nothing is checked here again.

use domain::{
    estate::{AccountId, Region},
    limits,
    queues::QueueRef,
    sns::TopicArn,
};
use std::{fmt, time::Duration};

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
    pub role: Option<AssumedRole>,
    /// The role under which EventBridge Scheduler calls; none where it is not used.
    pub timer_role: Option<RoleArn>,
    /// The regions watched, in the order shown.
    pub regions: Vec<Region>,
    /// What is watched there besides groups and services.
    pub watch: Watch,
}

/// What of an account is watched besides groups and services: each takes permissions of
/// its own, so nothing is unless it is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Watch {
    /// RDS instances and Aurora clusters.
    pub databases: bool,
    /// Managed node groups of EKS.
    pub node_groups: bool,
    /// Change Calendars of Systems Manager.
    pub calendars: bool,
    /// Keys of tags: the instances that carry a value of one are a target.
    pub instance_tags: Vec<String>,
    /// Queues from which events are taken.
    pub queues: Vec<QueueRef>,
    /// Topics that tell us by HTTPS.
    pub topics: Vec<TopicArn>,
    /// Telephones are texted from here.
    pub texts: bool,
    /// Queries of logs run here.
    pub log_queries: bool,
}

impl Watch {
    /// What of it is in a region.
    pub(crate) fn within(&self, region: Option<&aws_types::region::Region>) -> Self {
        let mut watch = self.clone();
        let here = region.map(AsRef::as_ref);
        watch
            .queues
            .retain(|queue| here == Some(queue.scope.region.as_str()));
        watch
            .topics
            .retain(|topic| here == Some(topic.scope().region.as_str()));
        watch
    }
}

/// A role that is assumed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssumedRole {
    /// Which.
    pub arn: RoleArn,
    /// The external id that the role's trust policy asks for.
    pub external_id: Option<String>,
}

/// The name of a role, `arn:aws:iam::123456789012:role/name`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleArn(String);

impl RoleArn {
    /// Reads one, of any partition and with any path.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let parts: Vec<&str> = text.splitn(6, ':').collect();
        let fits = matches!(parts.as_slice(), ["arn", partition, "iam", "", account, name]
            if partition.starts_with("aws") && AccountId::parse(account).is_some()
                && name.strip_prefix("role/").is_some_and(|name| !name.is_empty()));
        fits.then(|| Self(text.to_owned()))
    }

    /// The account in which it is.
    #[must_use]
    pub fn account(&self) -> &str {
        self.0.split(':').nth(4).unwrap_or_default()
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RoleArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_name_of_a_role_is_one() {
        for good in [
            "arn:aws:iam::123456789012:role/name",
            "arn:aws-cn:iam::123456789012:role/a/path/name",
        ] {
            assert_eq!(RoleArn::parse(good).expect(good).as_str(), good);
        }
        for bad in [
            "",
            "ops",
            "arn:aws:iam::123456789012:role/",
            "arn:aws:iam::12345:role/name",
            "arn:aws:iam::123456789012:user/name",
            "arn:aws:sts::123456789012:role/name",
            "arn::iam::123456789012:role/name",
            "arn:aws:iam:us-east-1:123456789012:role/name",
        ] {
            assert_eq!(RoleArn::parse(bad), None, "{bad}");
        }
    }
}
