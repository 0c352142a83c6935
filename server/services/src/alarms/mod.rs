//! Alarms: list, detail, chart, history, acknowledgement. What AWS says about
//! them comes in by the poll worker.

mod acknowledge;
mod chart;
mod log_lines;

pub use acknowledge::{acknowledge, unacknowledge};
pub use chart::{chart, history};
pub use log_lines::log_lines;
pub(crate) use {
    acknowledge::{Again, lapse, news, take_on},
    chart::range,
    log_lines::Kept as KeptLines,
};

use crate::{
    Services, cx::Cx, failure::Outcome, inhibitions, notifications::outbox, page, silences,
};
use api::{
    Page,
    alarms::{
        Acknowledgement, AlarmCount, AlarmDetail, AlarmQuery, AlarmRow as AlarmView, AlarmSort,
        Inhibited,
    },
};
use domain::{
    alarms::{FlapRule, MetricRef},
    capacity::{TargetKind, TargetRef},
    estate::{Environment, Scope},
    i18n,
    ids::AlarmId,
    labels::{self, LabelMatchers, Labels},
    limits,
    policy::{Action, Resource},
    silences::Silence,
    sources::{Origin, SourceName},
    time::{MINUTE_MS, Timestamp},
};
use store::AlarmRow;

/// A page of alarms that the caller sees.
///
/// # Errors
/// `unauthenticated`.
pub async fn list(s: &Services, cx: &Cx, query: AlarmQuery) -> Outcome<Page<AlarmView>> {
    let filter = store::AlarmFilter {
        reach: cx.sees()?,
        states: page::any_of(cx, "state", query.state)?,
        environments: page::any_of(cx, "environment", query.environment)?,
        priorities: page::any_of(cx, "priority", query.priority)?,
        sources: page::any_of(cx, "source", query.source)?,
        acknowledged: query.acknowledged,
        text: page::search(cx, "text", &query.text)?,
        sort: match query.sort {
            AlarmSort::Urgency => store::AlarmSort::Urgency,
            AlarmSort::Newest => store::AlarmSort::Newest,
            AlarmSort::Name => store::AlarmSort::Name,
        },
    };
    let (slice, paged) = page::of(query.page);
    let found = s.store.read().alarm_page(&filter, slice).await?;
    let silences = s.store.read().silences_at(cx.now).await?;
    Ok(paged.fill(found, |row| listed(row, &silences)))
}

/// How many there are, by state, priority and environment.
///
/// # Errors
/// `unauthenticated`.
pub async fn count(s: &Services, cx: &Cx) -> Outcome<Vec<AlarmCount>> {
    let counts = s.store.read().alarm_counts(&cx.sees()?).await?;
    let view = |count: store::AlarmCount| AlarmCount {
        state: count.state,
        priority: count.priority,
        environment: count.environment,
        count: count.count,
    };
    Ok(counts.into_iter().map(view).collect())
}

/// One alarm.
///
/// # Errors
/// `not_found`.
pub async fn detail(s: &Services, cx: &Cx, id: AlarmId) -> Outcome<AlarmDetail> {
    let row = seen(s, cx, id).await?;
    let mut read = s.store.read();
    let scope = row.origin.scope();
    let watched = scope.zip(row.rule.metric.as_ref());
    let target = match watched.and_then(|(scope, metric)| target_of(scope, metric)) {
        Some(reference) => read.target_by_reference(&reference).await?,
        None => None,
    };
    let (health, configured) = match (&row.origin, scope) {
        (Origin::Drill(_), _) => (None, true),
        (_, Some(scope)) => (read.scope_health_of(scope).await?, s.reads(scope)),
        (origin, None) => (None, s.hears(origin)),
    };
    let console_url = match &row.origin {
        Origin::Cloudwatch(scope) if s.sandbox.is_none() => Some(console_url(scope, &row.name)),
        _ => None,
    };
    let active = read.silences_at(cx.now).await?;
    let matchers = exactly(&row);
    let view = in_full(&row, &active);
    // Those that begin while the page is looked at show then.
    let ahead = read
        .silences_since(cx.now, limits::SILENCES_LISTED_MAX)
        .await?;
    let sees = cx.sees()?;
    let about = silences::about(&ahead, &row).cloned();
    let silences = about
        .map(|silence| silences::row(cx, silence, &sees))
        .collect();
    let reading = row.clone().into_reading();
    let next_told = outbox::next_told(s, s.store.read(), &row, cx.now).await?;
    let minutes = s.settings.acknowledgement_minutes;
    let taken_on = row.acknowledgement.as_ref().zip(minutes);
    let held_by = inhibitions::held_by(s, s.store.read(), &row, cx.now).await?;
    Ok(AlarmDetail {
        inhibited: held_by.map(|(by, ended_at)| {
            let sees = cx
                .refusal(Action::View, Resource::In(&by.environment))
                .is_none();
            Inhibited {
                by: sees.then_some(by.id),
                name: sees.then_some(by.name),
                until: ended_at.map(|at| at.plus_ms(limits::INHIBITOR_GRACE_MS)),
            }
        }),
        flapping: flapping(s, row.id, cx.now).await?,
        next_told,
        acknowledged_until: taken_on
            .map(|(taken, minutes)| taken.at.plus_ms(i64::from(minutes) * MINUTE_MS)),
        definition: reading
            .and_then(|reading| reading.definition())
            .map(Box::new),
        row: view,
        arn: row.arn,
        kind: row.kind,
        description: row.description,
        rule: row.rule,
        actions_enabled: row.actions_enabled,
        alarm_actions: row.alarm_actions,
        priority_because: because(s, cx, row.priority_rule),
        priority_rule: row.priority_rule,
        // One that the caller may not see is not mentioned either.
        target: target
            .filter(|target| {
                let environment = Resource::In(&target.target.environment);
                cx.refusal(Action::View, environment).is_none()
            })
            .map(|target| target.id),
        read_at: health.and_then(|h| h.read_at).unwrap_or(row.first_seen_at),
        gone: row.gone_at.is_some(),
        configured,
        notes: row.notes,
        console_url,
        matchers,
        silences,
    })
}

/// How often an alarm went off lately, where that is flapping.
async fn flapping(s: &Services, id: AlarmId, now: Timestamp) -> Outcome<Option<FlapRule>> {
    let Some(rule) = s.settings.routing.flapping else {
        return Ok(None);
    };
    let mut read = s.store.read();
    let went_off = read.went_off_since(&[id], rule.since(now)).await?;
    let times = went_off.get(&id).copied().unwrap_or_default();
    let times = u32::try_from(times).unwrap_or(u32::MAX);
    Ok((times >= rule.times).then_some(FlapRule { times, ..rule }))
}

/// What a rule that gave a priority looks at.
fn because(s: &Services, cx: &Cx, number: u32) -> Option<String> {
    let index = usize::try_from(number).ok()?.checked_sub(1)?;
    let rule = s.settings.priority_rules.get(index)?;
    Some(i18n::priorities::because(cx.lang, rule))
}

/// An alarm that the caller may see.
pub(crate) async fn seen(s: &Services, cx: &Cx, id: AlarmId) -> Outcome<AlarmRow> {
    let row = s.store.read().alarm(id).await?;
    let row = row.ok_or_else(|| cx.not_found())?;
    cx.authorize(Action::View, Resource::In(&row.environment))?;
    Ok(row)
}

/// The target that a metric is about, if it is of a kind we know.
pub(crate) fn target_of(scope: &Scope, metric: &MetricRef) -> Option<TargetRef> {
    let dimension = |wanted: &str| {
        let found = metric.dimensions.iter().find(|(name, _)| name == wanted);
        found.map(|(_, value)| value.as_str())
    };
    let (kind, name) = if let Some(group) = dimension("AutoScalingGroupName") {
        (TargetKind::Asg, group.to_owned())
    } else if let Some(database) = dimension("DBInstanceIdentifier") {
        (TargetKind::Rds, database.to_owned())
    } else if let Some(cluster) = dimension("DBClusterIdentifier") {
        (TargetKind::RdsCluster, cluster.to_owned())
    } else {
        let (cluster, service) = (dimension("ClusterName")?, dimension("ServiceName")?);
        (TargetKind::EcsService, format!("{cluster}/{service}"))
    };
    Some(TargetRef {
        scope: scope.clone(),
        kind,
        name,
    })
}

/// An alarm belongs where its target or load balancer does; else its name tells.
pub(crate) fn environment_of(
    s: &Services,
    scope: &Scope,
    name: &str,
    metric: Option<&MetricRef>,
    of_target: impl FnOnce(&TargetRef) -> Option<Environment>,
) -> Environment {
    let target = metric.and_then(|metric| target_of(scope, metric));
    let of_balancer = || {
        let balancer = metric.and_then(|m| m.dimensions.iter().find(|(n, _)| n == "LoadBalancer"));
        let (_, balancer) = balancer?;
        let mut configured = s.settings.load_balancers.iter();
        configured
            .find(|lb| lb.scope == *scope && lb.load_balancer == *balancer)
            .map(|lb| lb.environment.clone())
    };
    target
        .and_then(|target| of_target(&target))
        .or_else(of_balancer)
        .or_else(|| Environment::from_name(name))
        .unwrap_or_else(Environment::untagged)
}

/// What matchers look at.
pub(crate) fn labels(row: &AlarmRow) -> Labels {
    let source = match &row.origin {
        // A drill plays a source.
        Origin::Drill(_) => row.notes.labels.get("source").map(String::as_str),
        origin => origin.source_name().map(SourceName::as_str),
    };
    let mut labels = labels_before_priority(&Labelled {
        name: &row.name,
        own: &row.notes.labels,
        metric: row.rule.metric.as_ref(),
        scope: row.origin.scope(),
        source: source.unwrap_or(row.origin.kind().as_str()),
        environment: &row.environment,
    });
    labels.insert("priority".to_owned(), row.priority.as_str().to_owned());
    labels
}

/// What the labels of an alarm are made of.
pub(crate) struct Labelled<'a> {
    /// Its name.
    pub name: &'a str,
    /// Those that its source gave it.
    pub own: &'a Labels,
    /// The metric that it watches.
    pub metric: Option<&'a MetricRef>,
    /// Its account and region.
    pub scope: Option<&'a Scope>,
    /// Who told of it.
    pub source: &'a str,
    /// Where it belongs.
    pub environment: &'a Environment,
}

/// What the rules that give an alarm its priority look at; a `priority` among them is its
/// source's own.
pub(crate) fn labels_before_priority(of: &Labelled<'_>) -> Labels {
    let mut labels = of.own.clone();
    let mut add = |name: &str, value: &str| labels.insert(name.to_owned(), value.to_owned());
    if let Some(metric) = of.metric {
        for (name, value) in &metric.dimensions {
            add(name, value);
        }
        add("namespace", &metric.namespace);
        add("metric", &metric.name);
    }
    if let Some(scope) = of.scope {
        add("account", scope.account.as_str());
        add("region", scope.region.as_str());
    }
    // Where it belongs and how much it matters is not its source's to say.
    add("source", of.source);
    add("environment", of.environment.as_str());
    let named = labels.entry(labels::NAME.to_owned());
    named.or_insert_with(|| of.name.to_owned());
    labels
}

/// Matchers that fit an alarm: what a source reports is its labels, any other is its name.
pub(crate) fn exactly(row: &AlarmRow) -> String {
    if matches!(row.origin, Origin::Drill(_)) {
        // They would fit the alarm that it plays.
        return String::new();
    }
    let labels = labels(row);
    let all = labels
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    let own = all
        .clone()
        .filter(|(name, _)| row.notes.labels.contains_key(*name));
    let named = all.filter(|(name, _)| *name == labels::NAME);
    let (own, named) = (LabelMatchers::exactly(own), LabelMatchers::exactly(named));
    let mut written = [own, named]
        .into_iter()
        .map(|matchers| matchers.to_string());
    // Of very many labels the name must do.
    let is_readable = |text: &String| text.parse::<LabelMatchers>().is_ok();
    let found = written.find(|text| !text.is_empty() && is_readable(text));
    found.unwrap_or_default()
}

/// As in a list: the reason is cut.
pub(crate) fn listed(row: AlarmRow, silences: &[Silence]) -> AlarmView {
    let mut view = in_full(&row, silences);
    if view.reason.chars().count() > limits::LISTED_REASON_CHARS_MAX {
        view.reason = view
            .reason
            .chars()
            .take(limits::LISTED_REASON_CHARS_MAX)
            .collect();
        view.reason.push('…');
    }
    view
}

fn in_full(row: &AlarmRow, silences: &[Silence]) -> AlarmView {
    AlarmView {
        id: row.id,
        name: row.name.clone(),
        scope: row.origin.scope().cloned(),
        source: row.origin.kind(),
        source_name: row.origin.source_name().cloned(),
        environment: row.environment.clone(),
        priority: row.priority,
        state: row.state,
        state_at: row.state_at,
        reason: row.reason.clone(),
        acknowledged: row.acknowledgement.as_ref().map(|ack| Acknowledgement {
            by: ack.name.clone(),
            at: ack.at,
            note: ack.note.clone(),
        }),
        silenced_until: silences::until(silences, row),
        version: row.version,
    }
}

/// The alarm's page in the AWS console.
fn console_url(scope: &Scope, name: &str) -> String {
    let (host, region, name) = (
        scope.console_host(),
        scope.region.as_str(),
        percent_encoded(name),
    );
    format!("https://{host}/cloudwatch/home?region={region}#alarmsV2:alarm/{name}")
}

/// RFC 3986, 2.1: everything but unreserved characters.
fn percent_encoded(text: &str) -> String {
    use std::fmt::Write as _;
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_metric_names_its_target_by_its_dimensions() {
        let scope = Scope {
            account: "111122223333".into(),
            region: "ap-northeast-2".into(),
        };
        let target = |dimensions: &[(&str, &str)]| {
            let dimensions = dimensions.iter().map(|(n, v)| ((*n).into(), (*v).into()));
            let metric = MetricRef {
                namespace: "AWS/EC2".into(),
                name: "CPUUtilization".into(),
                dimensions: dimensions.collect(),
                statistic: "Average".into(),
                period_s: 60,
                unit: String::new(),
            };
            target_of(&scope, &metric).map(|t| (t.kind.as_str(), t.name))
        };
        assert_eq!(
            target(&[("AutoScalingGroupName", "web-prod")]),
            Some(("asg", "web-prod".into()))
        );
        assert_eq!(
            target(&[("ClusterName", "prod"), ("ServiceName", "enrol")]),
            Some(("ecs_service", "prod/enrol".into()))
        );
        assert_eq!(target(&[("ClusterName", "prod")]), None);
        assert_eq!(target(&[("LoadBalancer", "app/x/1")]), None);
    }

    #[test]
    fn hostile_names_stay_inside_the_link() {
        assert_eq!(percent_encoded("a b/\"<가"), "a%20b%2F%22%3C%EA%B0%80");
    }
}
