//! `lamplighter doctor`: is everything there that the console needs, and if
//! not, what to do.

use crate::{
    cli::{Format, print},
    compose::{self, StartError},
    config::{ChannelConfig, Config, SourceConfig},
};
use aws::AwsCloud;
use connect::{Client, Timeouts};
use domain::{estate::Scope, limits};
use ports::{CloudErrorKind, Probe, ProbeOutcome};
use serde::Serialize;
use services::{
    Services,
    sign_in::sandbox::{Belongs, belongs},
};
use std::{
    env,
    fmt::{self, Write as _},
    process::ExitCode,
    sync::Arc,
};
use store::StoreError;

/// Of an account without a role for EventBridge Scheduler, which many do without.
const NO_TIMER_ROLE: &str = "not set: schedules that change how a group buys its instances are \
    refused here";

/// How one thing stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Verdict {
    Ok,
    /// Could not be found out, and nothing depends on it being found out.
    Unknown,
    /// Something is to be done.
    Finding,
    /// An outside system did not answer.
    Failed,
}

/// One line of the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Check {
    /// Database, clock, a source, a channel, or an account and region.
    place: String,
    /// What was looked at.
    what: String,
    verdict: Verdict,
    /// What was found.
    found: String,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<String>,
}

impl Check {
    fn new(place: &str, what: &str, verdict: Verdict, found: impl Into<String>) -> Self {
        Self {
            place: place.into(),
            what: what.into(),
            verdict,
            found: found.into(),
            fix: None,
        }
    }

    fn fix(self, fix: impl Into<String>) -> Self {
        Self {
            fix: Some(fix.into()),
            ..self
        }
    }
}

/// Looks at everything and prints a report.
///
/// # Errors
/// [`StartError`] when the configuration itself cannot be used.
pub async fn run(config: &Config, format: Format) -> Result<ExitCode, StartError> {
    let mut checks = Vec::new();
    match compose::open_store(config).await {
        Ok(store) => {
            checks.push(schema(&store).await);
            let services = compose::services(config, store);
            checks.push(clock(&services).await);
            estate(&services, &mut checks).await;
            checks.push(beyond());
        }
        Err(StartError::Store(error)) => checks.push(unreachable(&error)),
        Err(other) => return Err(other),
    }
    checks.extend(config.sources.iter().map(source));
    if !config.channels.is_empty() {
        let client = Client::new(Timeouts::default())?;
        let cloud = Arc::new(AwsCloud::new(&config.estate));
        let channel = |given| channel(given, &client, &cloud);
        checks.extend(config.channels.iter().map(channel));
    }
    print(&match format {
        Format::Text => text(&checks),
        Format::Json => format!("{:#}\n", serde_json::json!({ "checks": checks })),
    });
    Ok(exit_code(&checks))
}

/// A channel's secret is there, if it has one. Whether it is the right one, a test on
/// the page tells.
fn channel(given: &ChannelConfig, client: &Client, cloud: &Arc<AwsCloud>) -> Check {
    let found = given.channel.place.clone();
    let read = compose::sender(given, client.clone(), cloud).map(drop);
    let read = read.map_err(|error| error.told());
    secret("channel", &given.channel.name, read, found)
}

/// A source's token is there.
fn source(given: &SourceConfig) -> Check {
    let found = given.kind.as_str().to_owned();
    let read = given.token.read(&|name| env::var(name).ok()).map(drop);
    let read = read.map_err(|error| error.to_string());
    secret("source", &given.name, read, found)
}

fn secret(what: &str, name: &impl fmt::Display, read: Result<(), String>, found: String) -> Check {
    let place = format!("{what} {name}");
    match read {
        Ok(()) => Check::new(&place, "secret", Verdict::Ok, found),
        Err(error) => Check::new(&place, "secret", Verdict::Finding, error)
            .fix("set the variable, or write the file, that the configuration names"),
    }
}

fn exit_code(checks: &[Check]) -> ExitCode {
    let any = |wanted| checks.iter().any(|check| check.verdict == wanted);
    ExitCode::from(match (any(Verdict::Failed), any(Verdict::Finding)) {
        (true, _) => 3,
        (false, true) => 1,
        (false, false) => 0,
    })
}

fn unreachable(error: &StoreError) -> Check {
    let (verdict, fix) = match error {
        StoreError::Url(_) => (Verdict::Finding, "correct database.url"),
        StoreError::NewerSchema { .. } => (Verdict::Finding, "install the newer version again"),
        _ => (
            Verdict::Failed,
            "start the database, or correct database.url",
        ),
    };
    let source = std::error::Error::source(error).map(|source| format!(": {source}"));
    let found = format!("{error}{}", source.unwrap_or_default());
    Check::new("database", "open", verdict, found).fix(fix)
}

async fn schema(store: &store::Store) -> Check {
    let kind = store.kind().as_str();
    match store.needs_migration().await {
        Ok(false) => Check::new(
            "database",
            "schema",
            Verdict::Ok,
            format!("{kind}, up to date"),
        ),
        // What nobody has used yet is made by the first start.
        Ok(true) if matches!(store.schema_version().await, Ok(0)) => Check::new(
            "database",
            "schema",
            Verdict::Ok,
            format!("{kind}, empty: `serve` makes what it needs"),
        ),
        Ok(true) => Check::new(
            "database",
            "schema",
            Verdict::Finding,
            format!("{kind}, not up to date"),
        )
        .fix("run `lamplighter migrate`; `serve` does it, too"),
        Err(error) => Check::new("database", "schema", Verdict::Failed, error.to_string()),
    }
}

/// What others of its kind need, and this version does not.
fn beyond() -> Check {
    let found = "none needed: alarms are polled, and access logs are read from files";
    Check::new("estate", "queues and tables", Verdict::Ok, found)
}

/// The clock is sane when it has not gone back behind what was written. Without
/// a migrated database there is nothing to compare it with.
async fn clock(s: &Services) -> Check {
    let now = s.clock.now();
    let mut read = s.store.read();
    let newest = match read.audit_head().await {
        Ok((seq, _)) if seq > 0 => read.audit_batch(seq - 1, 1).await.ok(),
        _ => None,
    };
    let newest = newest
        .and_then(|rows| rows.into_iter().next())
        .map(|row| row.entry.at);
    let behind = |at| now.since_ms(at) < -limits::CLOCK_BEHIND_MS_MAX;
    if newest.is_some_and(behind) && matches!(belongs(s).await, Ok(Belongs::ToSandbox)) {
        let found = format!("{now}; a sandbox wrote this database, by a clock of its own");
        return Check::new("clock", "time", Verdict::Ok, found);
    }
    match newest {
        Some(at) if behind(at) => {
            let found = format!("it is {now}, but the audit log was written at {at}");
            Check::new("clock", "time", Verdict::Finding, found)
                .fix("set the clock; use chrony or systemd-timesyncd")
        }
        _ => Check::new("clock", "time", Verdict::Ok, now.to_string()),
    }
}

async fn estate(s: &Services, checks: &mut Vec<Check>) {
    let scopes = s.cloud.scopes();
    if scopes.is_empty() {
        let check = Check::new(
            "estate",
            "accounts",
            Verdict::Finding,
            "no account is configured",
        )
        .fix("name one under [[estate.accounts]]");
        checks.push(check);
    }
    for scope in scopes {
        account(s, &scope, checks).await;
    }
}

async fn account(s: &Services, scope: &Scope, checks: &mut Vec<Check>) {
    let place = scope.to_string();
    match s.cloud.identity(scope).await {
        Ok(identity) => {
            checks.push(Check::new(&place, "credentials", Verdict::Ok, identity.arn));
            let role = s.cloud.timer_role(scope);
            let found = role.unwrap_or_else(|| NO_TIMER_ROLE.to_owned());
            checks.push(Check::new(&place, "scheduler_role_arn", Verdict::Ok, found));
        }
        Err(error) => {
            let (verdict, fix) = match error.kind {
                CloudErrorKind::Unavailable | CloudErrorKind::Throttled => {
                    (Verdict::Failed, "check the network and try again")
                }
                _ => (
                    Verdict::Finding,
                    "check profile, role_arn and external_id of this account",
                ),
            };
            let check = Check::new(&place, "credentials", verdict, error.to_string()).fix(fix);
            checks.push(check);
            // Without credentials every permission would fail in the same words.
            return;
        }
    }
    checks.extend(
        s.cloud
            .probe(scope)
            .await
            .into_iter()
            .map(|probe| permission(&place, probe)),
    );
}

fn permission(place: &str, probe: Probe) -> Check {
    let check = |verdict, found: String| Check::new(place, &probe.action, verdict, found);
    match probe.outcome {
        ProbeOutcome::Ok => check(Verdict::Ok, probe.used_for.clone()),
        ProbeOutcome::Unknown { ref why } => check(Verdict::Unknown, why.clone()),
        ProbeOutcome::Denied => {
            let found = format!("denied; needed: {}", probe.used_for);
            match aws::policy_line(&probe.action) {
                Some(line) => check(Verdict::Finding, found).fix(line),
                None => check(Verdict::Finding, found),
            }
        }
    }
}

fn text(checks: &[Check]) -> String {
    let mut out = String::new();
    for check in checks {
        let mark = match check.verdict {
            Verdict::Ok => "ok     ",
            Verdict::Unknown => "unknown",
            Verdict::Finding => "finding",
            Verdict::Failed => "failed ",
        };
        // Writing to a String cannot fail.
        let _ = writeln!(
            out,
            "{mark}  {}  {}: {}",
            check.place, check.what, check.found
        );
        if let Some(fix) = &check.fix {
            let _ = writeln!(out, "         to do: {fix}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn probe(outcome: ProbeOutcome) -> Check {
        let probe = Probe {
            action: "autoscaling:UpdateAutoScalingGroup".into(),
            used_for: "apply".into(),
            outcome,
        };
        permission("123456789012/us-east-1", probe)
    }

    #[test]
    fn a_missing_permission_comes_with_the_line_that_grants_it() {
        let check = probe(ProbeOutcome::Denied);
        assert_eq!(check.verdict, Verdict::Finding);
        let fix = check.fix.clone().expect("a line");
        assert!(
            fix.contains("\"autoscaling:UpdateAutoScalingGroup\"") && fix.contains("Allow"),
            "{fix}"
        );
        assert!(text(&[check]).contains("to do: {"));
    }

    #[test]
    fn a_channel_is_found_with_a_secret_that_can_be_its_own() {
        let folder = tempfile::tempdir().expect("a folder");
        let (secret, file) = (folder.path().join("secret"), folder.path().join("c.toml"));
        let client = Client::new(Timeouts::default()).expect("a client");
        let check = |kind: &str, held: &str, expected: Result<&str, &str>| {
            std::fs::write(&secret, held).expect("written");
            let lines = match kind {
                "email" => "server = \"localhost\"\nfrom = \"a@b.c\"\nto = [\"a@b.c\"]".into(),
                _ => format!("secret_file = {:?}", secret.display().to_string()),
            };
            let text = format!("[[channels]]\nname = \"c\"\nkind = \"{kind}\"\n{lines}\n");
            std::fs::write(&file, text).expect("written");
            let config = Config::load(Some(&file), &|_| None).expect("a configuration");
            let cloud = Arc::new(AwsCloud::new(&config.estate));
            let found = channel(&config.channels[0], &client, &cloud);
            let (verdict, words) = match expected {
                Ok(words) => (Verdict::Ok, words),
                Err(words) => (Verdict::Finding, words),
            };
            assert_eq!(found.verdict, verdict, "{}", found.found);
            assert!(found.found.contains(words), "{}", found.found);
            assert!(!found.found.contains("s3cret"), "{}", found.found);
        };
        let webhook = "https://discord.com/api/webhooks/1/s3cret\n";
        check("discord", webhook, Ok("Discord"));
        check(
            "discord",
            "https://discord.com/s3cret",
            Err("is not a webhook's"),
        );
        check("discord", "s3cret", Err("is not an address"));
        check(
            "teams",
            "https://x.example/?sig=s3cret",
            Ok("Microsoft Teams"),
        );
        check(
            "teams",
            "http://x.example/?sig=s3cret",
            Err("is plain http"),
        );
        check("pagerduty", "s3cret", Ok("PagerDuty"));
        check("pagerduty", "", Err("nothing that could be a secret"));
        check("email", "", Ok("a@b.c"));
    }

    #[test]
    fn the_exit_code_tells_findings_from_failures() {
        let code = |verdicts: &[Verdict]| {
            let checks: Vec<_> = verdicts
                .iter()
                .map(|verdict| Check::new("a", "b", *verdict, "c"))
                .collect();
            format!("{:?}", exit_code(&checks))
        };
        let expected = |code: u8| format!("{:?}", ExitCode::from(code));
        assert_eq!(code(&[Verdict::Ok, Verdict::Unknown]), expected(0));
        assert_eq!(code(&[Verdict::Ok, Verdict::Finding]), expected(1));
        assert_eq!(code(&[Verdict::Finding, Verdict::Failed]), expected(3));
    }
}
