//! Lines of logs around an alarm, read when somebody looks.
//!
//! Programs write secrets and what is personal into their logs. So lines are for those who look
//! after the environment, they go into no database and no audit entry, and what is held in
//! memory, for half a minute, is what was shown.

use super::{chart::transitions, percent_encoded, seen};
use crate::{
    Services, asking::may_ask, cx::Cx, failure::Outcome, health::KeptFault,
    texts::log_lines as texts,
};
use api::log_lines::{AlarmLogs, LogGroupLines};
use domain::{
    alarms::{AlarmState, MetricRef},
    estate::Scope,
    ids::AlarmId,
    limits,
    log_lines::{LogLines, LogQuestion, LogSource, window},
    policy::{Action, Resource},
    sources::Origin,
    time::Timestamp,
};
use ports::{CloudError, CloudErrorKind};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};
use store::AlarmRow;

/// What was read around alarms, by the alarm and since when it stands as it does.
#[derive(Debug, Default)]
pub(crate) struct Kept(Mutex<HashMap<(AlarmId, Timestamp), Arc<Reading>>>);

/// One reading.
#[derive(Debug)]
struct Reading {
    at: Timestamp,
    from: Timestamp,
    until: Timestamp,
    groups: Vec<Read>,
    left_out: usize,
}

/// What one log group answered.
#[derive(Debug)]
struct Read {
    group: String,
    filter: Option<String>,
    pattern: String,
    answer: Result<LogLines, CloudError>,
}

impl Reading {
    fn is_fresh(&self, now: Timestamp) -> bool {
        (0..limits::LOG_LINES_KEPT_MS).contains(&now.since_ms(self.at))
    }

    /// What could not be read is asked for again at once.
    fn is_whole(&self) -> bool {
        self.groups.iter().all(|read| read.answer.is_ok())
    }
}

impl Kept {
    fn fresh(&self, key: (AlarmId, Timestamp), now: Timestamp) -> Option<Arc<Reading>> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|_, reading| reading.is_fresh(now));
        kept.get(&key).map(Arc::clone)
    }

    fn keep(&self, key: (AlarmId, Timestamp), reading: &Arc<Reading>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if reading.is_whole() && kept.len() < limits::LOG_ALARMS_KEPT_MAX {
            kept.insert(key, Arc::clone(reading));
        }
    }
}

/// Lines of logs around the last time that an alarm went off. A cloud that does not answer is no
/// error: the answer says so.
///
/// # Errors
/// `not_found`, `forbidden`; `too_many` in a minute.
pub async fn log_lines(s: &Services, cx: &Cx, id: AlarmId) -> Outcome<AlarmLogs> {
    let row = seen(s, cx, id).await?;
    cx.authorize(Action::ReadLogs, Resource::In(&row.environment))?;
    let nothing = |note: String, missing: Option<String>| AlarmLogs {
        from: row.state_at,
        until: row.state_at,
        groups: Vec::new(),
        left_out: 0,
        note: Some(note),
        missing,
    };
    let (Origin::Cloudwatch(scope), Some(metric)) = (&row.origin, &row.rule.metric) else {
        return Ok(nothing(texts::unnamed(cx.lang).into(), None));
    };
    let Some(source) = LogSource::of(metric) else {
        return Ok(nothing(texts::unnamed(cx.lang).into(), None));
    };
    let key = (id, row.state_at);
    let reading = match s.log_lines.fresh(key, cx.now) {
        Some(reading) => reading,
        None => {
            may_ask(s, cx)?;
            let (from, until) = window(went_off_at(s, &row).await?, cx.now);
            let asked = asked(s, scope, metric, source).await;
            let (asked, left_out) = match asked {
                Ok(asked) => asked,
                Err(error) if error.kind == CloudErrorKind::Denied => {
                    let note = texts::filters_denied(cx.lang).to_owned();
                    return Ok(nothing(note, Some(error.action.to_owned())));
                }
                Err(error) => return Ok(nothing(KeptFault::from(&error).told(cx), None)),
            };
            let groups = read(s, scope, asked, (from, until)).await;
            let reading = Arc::new(Reading {
                at: cx.now,
                from,
                until,
                groups,
                left_out,
            });
            s.log_lines.keep(key, &reading);
            reading
        }
    };
    if reading.groups.is_empty() {
        let name = format!("{} {}", metric.namespace, metric.name);
        return Ok(nothing(texts::no_filter(cx.lang, &name), None));
    }
    let time = (reading.from, reading.until);
    let groups = reading.groups.iter();
    Ok(AlarmLogs {
        from: reading.from,
        until: reading.until,
        groups: groups.map(|read| told(s, cx, scope, time, read)).collect(),
        left_out: u32::try_from(reading.left_out).unwrap_or(u32::MAX),
        note: None,
        missing: None,
    })
}

/// When it went off last. Where that is not known, its lines come before it was well again.
async fn went_off_at(s: &Services, row: &AlarmRow) -> Outcome<Timestamp> {
    if row.state == AlarmState::Alarm {
        return Ok(row.state_at);
    }
    let from = row.state_at.plus_ms(-limits::ALARM_HISTORY_MS);
    let changes = transitions(s, row, from, row.state_at.plus_ms(1)).await?;
    let last = changes.iter().find(|one| one.to == AlarmState::Alarm);
    let before = row.state_at.plus_ms(-limits::LOG_AFTER_MS);
    Ok(last.map_or(before, |one| one.at))
}

/// A log group to be read.
struct Asked {
    group: String,
    filter: Option<String>,
    pattern: String,
}

/// Which log groups are read, and how many are not.
async fn asked(
    s: &Services,
    scope: &Scope,
    metric: &MetricRef,
    source: LogSource,
) -> Result<(Vec<Asked>, usize), CloudError> {
    let (namespace, name) = match source {
        LogSource::Group { name, pattern } => {
            let asked = Asked {
                group: name,
                filter: None,
                pattern,
            };
            return Ok((vec![asked], 0));
        }
        LogSource::Filters { namespace, metric } => (namespace, metric),
    };
    let mut filters = s.cloud.metric_filters(scope, &namespace, &name).await?;
    filters.retain(|filter| filter.makes(metric));
    let shown = filters.len().min(limits::LOG_FILTERS_READ_MAX);
    let left_out = filters.len() - shown;
    let asked = filters.into_iter().take(shown).map(|filter| Asked {
        pattern: filter.pattern_of(metric),
        group: filter.group,
        filter: Some(filter.name),
    });
    Ok((asked.collect(), left_out))
}

async fn read(
    s: &Services,
    scope: &Scope,
    asked: Vec<Asked>,
    time: (Timestamp, Timestamp),
) -> Vec<Read> {
    let lines_max = limits::LOG_LINES_MAX / asked.len().max(1);
    let groups = asked.into_iter().map(|asked| async move {
        let first = lines(s, scope, &asked, &asked.pattern, lines_max, time).await;
        // Words that are looked for without anybody having asked for them may be the wrong ones.
        let guessed = asked.filter.is_none() && !asked.pattern.is_empty();
        match first {
            Ok(found) if guessed && found.lines.is_empty() => Read {
                answer: lines(s, scope, &asked, "", lines_max, time).await,
                group: asked.group,
                filter: None,
                pattern: String::new(),
            },
            answer => Read {
                answer,
                group: asked.group,
                filter: asked.filter,
                pattern: asked.pattern,
            },
        }
    });
    let mut groups = futures::future::join_all(groups).await;
    let mut bytes_left = limits::LOG_BYTES_MAX;
    for group in &mut groups {
        match &mut group.answer {
            Ok(found) => found.bound(lines_max, &mut bytes_left),
            Err(error) => {
                tracing::debug!(scope = %scope, error = %error, "a log group could not be read");
            }
        }
    }
    groups
}

async fn lines(
    s: &Services,
    scope: &Scope,
    asked: &Asked,
    pattern: &str,
    lines_max: usize,
    (from, until): (Timestamp, Timestamp),
) -> Result<LogLines, CloudError> {
    let question = LogQuestion {
        group: asked.group.clone(),
        pattern: pattern.to_owned(),
        from,
        until,
        lines_max,
    };
    s.cloud.log_lines(scope, &question).await
}

fn told(
    s: &Services,
    cx: &Cx,
    scope: &Scope,
    time: (Timestamp, Timestamp),
    read: &Read,
) -> LogGroupLines {
    let (lines, more) = match &read.answer {
        Ok(found) => (found.lines.clone(), found.more),
        Err(_) => (Vec::new(), false),
    };
    let denied = |error: &&CloudError| error.kind == CloudErrorKind::Denied;
    let missing = read.answer.as_ref().err().filter(denied);
    let note = match &read.answer {
        Ok(found) if !found.lines.is_empty() => None,
        Ok(_) if read.pattern.is_empty() => Some(texts::none(cx.lang, &read.group)),
        Ok(_) => Some(texts::none_fits(cx.lang, &read.group)),
        Err(error) => Some(match error.kind {
            CloudErrorKind::Denied => texts::denied(cx.lang, &read.group),
            CloudErrorKind::NotFound => texts::absent(cx.lang, &read.group),
            _ => KeptFault::from(error).told(cx),
        }),
    };
    LogGroupLines {
        group: read.group.clone(),
        filter: read.filter.clone(),
        pattern: read.pattern.clone(),
        lines,
        more,
        note,
        missing: missing.map(|error| error.action.to_owned()),
        // The sandbox has no console.
        console_url: s
            .sandbox
            .is_none()
            .then(|| console_url(scope, &read.group, time)),
    }
}

/// The log group's page in the AWS console, which encodes what stands after the `#` twice and
/// writes `$` for `%`.
fn console_url(scope: &Scope, group: &str, (from, until): (Timestamp, Timestamp)) -> String {
    let region = scope.region.as_str();
    let group = percent_encoded(&percent_encoded(group)).replace('%', "$");
    format!(
        "https://{}/cloudwatch/home?region={region}#logsV2:log-groups/log-group/{group}/log-events\
         $3Fstart$3D{}$26end$3D{}",
        scope.console_host(),
        from.ms(),
        until.ms()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_console_is_told_the_log_group_and_the_time() {
        let scope = Scope {
            account: "111122223333".into(),
            region: "ap-northeast-2".into(),
        };
        let time = (Timestamp::from_ms(1_000), Timestamp::from_ms(2_000));
        assert_eq!(
            console_url(&scope, "/aws/lambda/pay#1", time),
            "https://console.aws.amazon.com/cloudwatch/home?region=ap-northeast-2#logsV2:log-groups\
             /log-group/$252Faws$252Flambda$252Fpay$25231/log-events$3Fstart$3D1000$26end$3D2000"
        );
    }
}
