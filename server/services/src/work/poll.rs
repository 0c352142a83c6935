//! Reads one account and region: alarms, targets, requests.
//!
//! Only the holder of the scope's lease reads, so that two servers do not ask
//! AWS twice. What AWS says is the truth about its state; a reading that fails
//! is recorded with the scope's health and changes nothing else.

use super::backfill;
use crate::{
    Services,
    alarms::{Labelled, environment_of, labels_before_priority, news as alarm_news},
    failure::Outcome,
    health::KeptFault,
    notifications::outbox,
    settings::LoadBalancer,
};
use api::system::WorkerReport;
use domain::{
    alarms::{AlarmReading, MetricRef, prioritise},
    capacity::Target,
    estate::{Environment, Scope},
    ids::{AlarmId, TargetId},
    labels::Labels,
    sources::SourceKind,
    time::{DAY_MS, MINUTE_MS, Timestamp},
};
use ports::{CloudError, MetricRequest};
use std::collections::HashMap;
use store::{AlarmInput, FeedEntry, FeedTopic, MetricSample, TargetNews, TargetNewsKind, metric};

/// Period of the requests metric.
const REQUESTS_PERIOD_MS: i64 = 5 * MINUTE_MS;
/// CloudWatch completes a load balancer's sums a little late.
const REQUESTS_LATE_MS: i64 = 3 * REQUESTS_PERIOD_MS;

/// One turn.
pub(super) async fn turn(s: &Services, scope: &Scope) -> Outcome<WorkerReport> {
    if !take_lease(s, scope).await? {
        return Ok(WorkerReport::Elsewhere);
    }
    // From before the calls: what is written to AWS while they run is newer.
    let read_at = s.clock.now();
    let (targets, alarms, requests) = futures::join!(
        s.cloud.targets(scope),
        s.cloud.alarms(scope),
        requests(s, scope)
    );
    let failed = [targets.as_ref().err(), alarms.as_ref().err()];
    let failed = failed.into_iter().flatten().next().cloned();
    let report = WorkerReport::Read {
        alarms: alarms.as_ref().map_or(0, Vec::len),
        targets: targets.as_ref().map_or(0, Vec::len),
    };
    let known = match &targets {
        Ok(targets) => environments(targets.iter()),
        Err(_) => {
            let kept = s.store.read().targets(&domain::people::Reach::All).await?;
            environments(kept.iter().map(|row| &row.target))
        }
    };
    let alarms = alarms.map(|readings| inputs(s, scope, &known, readings));
    save(
        s,
        scope,
        read_at,
        targets.ok(),
        alarms.ok(),
        requests,
        failed.as_ref(),
    )
    .await?;
    match failed {
        Some(error) => Err(error.into()),
        None => Ok(report),
    }
}

async fn take_lease(s: &Services, scope: &Scope) -> Outcome<bool> {
    let now = s.clock.now();
    let period_ms = i64::try_from(s.settings.poll_period_ms).unwrap_or(MINUTE_MS);
    let until = now.plus_ms((3 * period_ms).max(MINUTE_MS));
    let mut tx = s.store.begin().await?;
    let held = tx
        .take_lease(&format!("poll {scope}"), &s.holder, now, until)
        .await?;
    tx.commit().await?;
    Ok(held)
}

/// The environment of every target, by its kind and name.
fn environments<'a>(targets: impl Iterator<Item = &'a Target>) -> HashMap<String, Environment> {
    targets
        .map(|target| (target.reference.to_string(), target.environment.clone()))
        .collect()
}

/// What is saved of each alarm: its reading, environment and priority.
fn inputs(
    s: &Services,
    scope: &Scope,
    known: &HashMap<String, Environment>,
    readings: Vec<AlarmReading>,
) -> Vec<AlarmInput> {
    let input = |reading: AlarmReading| {
        let environment = environment_of(
            s,
            scope,
            &reading.name,
            reading.rule.metric.as_ref(),
            |target| known.get(&target.to_string()).cloned(),
        );
        let rules = &s.settings.priority_rules;
        let labels = labels_before_priority(&Labelled {
            name: &reading.name,
            own: &Labels::new(),
            metric: reading.rule.metric.as_ref(),
            scope: Some(scope),
            source: SourceKind::Cloudwatch.as_str(),
            environment: &environment,
        });
        let (priority, priority_rule) = prioritise(rules, &environment, &reading.name, &labels);
        AlarmInput {
            reading,
            environment,
            priority,
            priority_rule,
        }
    };
    readings.into_iter().map(input).collect()
}

/// Requests per minute at one load balancer.
struct Requests {
    samples: Vec<MetricSample>,
    read: Vec<(String, Timestamp)>,
}

/// Requests of the scope's load balancers since they were last read: a day at
/// the first time. A failure costs a gap in a chart, not the reading.
async fn requests(s: &Services, scope: &Scope) -> Requests {
    let mut requests = Requests {
        samples: Vec::new(),
        read: Vec::new(),
    };
    let now = s.clock.now();
    let until = Timestamp::from_ms(now.ms().div_euclid(REQUESTS_PERIOD_MS) * REQUESTS_PERIOD_MS);
    let balancers = s.settings.load_balancers.iter();
    for balancer in balancers.filter(|balancer| balancer.scope == *scope) {
        let last = s.requests_read_until(&balancer.load_balancer);
        if last.is_some_and(|last| last == until) {
            continue;
        }
        let day_ago = until.plus_ms(-DAY_MS);
        let from = last.map_or(day_ago, |last| last.plus_ms(-REQUESTS_LATE_MS).max(day_ago));
        match count_requests(s, balancer, from, until).await {
            Ok(samples) => {
                requests.samples.extend(samples);
                requests.read.push((balancer.load_balancer.clone(), until));
            }
            Err(error) => {
                let name = &balancer.load_balancer;
                tracing::warn!(load_balancer = %name, error = %error, "requests could not be read");
            }
        }
    }
    requests
}

async fn count_requests(
    s: &Services,
    balancer: &LoadBalancer,
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<MetricSample>, CloudError> {
    let request = MetricRequest {
        metric: MetricRef {
            namespace: "AWS/ApplicationELB".into(),
            name: "RequestCount".into(),
            dimensions: vec![("LoadBalancer".into(), balancer.load_balancer.clone())],
            statistic: "Sum".into(),
            period_s: 300,
            unit: String::new(),
        },
        from,
        until,
    };
    let series = s.cloud.metric(&balancer.scope, &request).await?;
    let minutes = f64::from(series.period_s.max(60)) / 60.0;
    let points = series.at.into_iter().zip(series.values);
    let sample = |(at, sum): (Timestamp, f64)| MetricSample {
        metric: metric::REQUESTS_PER_MINUTE.into(),
        environment: balancer.environment.clone(),
        source: balancer.load_balancer.clone(),
        at,
        value: sum / minutes,
    };
    Ok(points.map(sample).collect())
}

/// One transaction: what was read, and what the feed says of it.
async fn save(
    s: &Services,
    scope: &Scope,
    read_at: Timestamp,
    targets: Option<Vec<Target>>,
    alarms: Option<Vec<AlarmInput>>,
    requests: Requests,
    failed: Option<&CloudError>,
) -> Outcome<()> {
    let mut feed = Vec::new();
    let mut new = Vec::new();
    let mut tx = s.store.begin().await?;
    let health = tx.read().scope_health_of(scope).await?;
    let first_reading = health
        .as_ref()
        .is_none_or(|health| health.read_at.is_none());
    let was_unread = health.is_some_and(|health| health.error.is_some());
    if was_unread != failed.is_some() {
        feed.push(scope_news(scope));
    }
    if let Some(targets) = targets {
        let mut new_id = || TargetId::from_parts(read_at.ms(), s.ids.random());
        let news = tx
            .save_targets(scope, &targets, read_at, &mut new_id)
            .await?;
        let is_new = |news: &&TargetNews| news.what == TargetNewsKind::New;
        new.extend(news.iter().filter(is_new).map(|news| news.id));
        feed.extend(news.into_iter().map(target_news));
        tx.sample_capacity(scope, read_at.floor_minute()).await?;
    }
    if let Some(alarms) = alarms {
        let mut new_id = || AlarmId::from_parts(read_at.ms(), s.ids.random());
        let news = tx.save_alarms(scope, &alarms, read_at, &mut new_id).await?;
        // Before anybody is told of them: what stands among them may hold others back again.
        tx.alarms_read(scope, read_at).await?;
        feed.extend(news.iter().map(|news| alarm_news(&news.row)));
        let told = outbox::alarms_changed(s, &mut tx, &news, first_reading, read_at).await?;
        feed.extend(told);
    }
    if !requests.samples.is_empty() {
        tx.insert_metric_samples(&requests.samples).await?;
    }
    match failed {
        Some(error) => {
            tx.scope_failed(scope, read_at, &KeptFault::from(error).to_json())
                .await?
        }
        None => tx.scope_read(scope, read_at).await?,
    }
    if !feed.is_empty() {
        tx.feed(&feed, read_at).await?;
    }
    tx.commit().await?;
    s.note_requests_read(requests.read);
    if !new.is_empty() {
        backfill::fill(s, scope, &new, first_reading, read_at).await?;
    }
    if !feed.is_empty() {
        s.signals.feed();
        s.signals.notify();
        s.signals.watch();
    }
    Ok(())
}

/// What the feed says when an account and region can no longer be read, or again.
fn scope_news(scope: &Scope) -> FeedEntry {
    FeedEntry {
        topic: FeedTopic::Scope,
        subject: scope.to_string(),
        environment: Environment::new(""),
        version: 0,
    }
}

/// What the feed says about a target that was read.
pub(super) fn target_news(news: TargetNews) -> FeedEntry {
    FeedEntry {
        topic: FeedTopic::Target,
        subject: news.id.to_string(),
        environment: news.environment,
        version: 0,
    }
}
