//! Queries of CloudWatch Logs Insights (Amazon CloudWatch Logs API Reference, StartQuery,
//! GetQueryResults and StopQuery): started, looked at until they end, and stopped when they
//! take too long or nobody waits any more. What runs on is charged on.

use crate::{
    log_lines::{Logs, MODEL},
    permissions::Action,
    signed::{Request, Signed},
};
use domain::{
    limits::{LOG_QUERY_MS, LOG_QUERY_PAUSE_MS, LOG_QUERY_ROWS_MAX},
    log_queries::{LogQueryAnswer, LogQueryEnd, LogQueryRun},
};
use ports::{CloudError, CloudErrorKind};
use serde::{Deserialize, de::IgnoredAny};
use serde_json::{Value, json};
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

impl Logs {
    /// Runs a query to its end.
    ///
    /// # Errors
    /// As every call.
    pub async fn run_query(&self, run: &LogQueryRun) -> Result<LogQueryAnswer, CloudError> {
        let query = Running::start(&self.signed, run).await?;
        let time = Duration::from_millis(LOG_QUERY_MS);
        if let Ok(answer) = tokio::time::timeout(time, query.answer()).await {
            return answer;
        }
        let bytes_scanned = query.scanned();
        match query.stop().await {
            // Whoever may not stop it should hear of it: it is charged on.
            Err(error) if error.kind == CloudErrorKind::Denied => return Err(error),
            _ => {}
        }
        Ok(LogQueryAnswer {
            end: LogQueryEnd::Stopped,
            bytes_scanned,
        })
    }

    /// Asks about a log group and a query that nobody has, to see whether it may be asked.
    ///
    /// # Errors
    /// As every call.
    pub async fn probe_query(&self, action: Action, nobody: &str) -> Result<(), CloudError> {
        let question = match action {
            Action::StartQuery => json!({
                "logGroupNames": [nobody], "queryString": "limit 1", "startTime": 0, "endTime": 60,
            }),
            _ => json!({ "queryId": nobody }),
        };
        let request = Request::target(MODEL, action, &question);
        self.signed.send(action, request).await.map(|_| ())
    }
}

/// A query that was started; dropped before it has ended, it is stopped behind one's back.
struct Running {
    signed: Arc<Signed>,
    /// None once there is nothing to stop.
    id: Mutex<Option<String>>,
    scanned: Mutex<u64>,
}

impl Running {
    async fn start(signed: &Arc<Signed>, run: &LogQueryRun) -> Result<Self, CloudError> {
        // AWS counts in seconds and takes the last one in: what lies on the border of two runs
        // is counted twice rather than never.
        let question = json!({
            "logGroupNames": run.groups,
            "queryString": run.text,
            "startTime": run.from.seconds(),
            "endTime": run.until.seconds(),
            "limit": LOG_QUERY_ROWS_MAX,
        });
        let action = Action::StartQuery;
        let request = Request::target(MODEL, action, &question);
        let started: StartedJson = signed.json(action, request).await?;
        Ok(Self {
            signed: Arc::clone(signed),
            id: Mutex::new(Some(started.query_id)),
            scanned: Mutex::new(0),
        })
    }

    /// Looks until it has ended.
    async fn answer(&self) -> Result<LogQueryAnswer, CloudError> {
        let action = Action::GetQueryResults;
        let question = self.question(held(&self.id).as_deref());
        loop {
            let request = Request::target(MODEL, action, &question);
            let page: ResultsJson = self.signed.json(action, request).await?;
            let scanned = whole(page.statistics.unwrap_or_default().bytes_scanned);
            *held(&self.scanned) = scanned;
            let end = match page.status.as_str() {
                "Complete" => {
                    let rows = u32::try_from(page.results.unwrap_or_default().len());
                    let rows = rows.unwrap_or(u32::MAX).min(LOG_QUERY_ROWS_MAX);
                    LogQueryEnd::Rows(rows)
                }
                // What AWS may call it tomorrow is no answer either, and ends with the time.
                "Scheduled" | "Running" | "Unknown" | "" => {
                    tokio::time::sleep(Duration::from_millis(LOG_QUERY_PAUSE_MS)).await;
                    continue;
                }
                given_up => LogQueryEnd::GivenUp(given_up.to_owned()),
            };
            *held(&self.id) = None;
            return Ok(LogQueryAnswer {
                end,
                bytes_scanned: scanned,
            });
        }
    }

    fn scanned(&self) -> u64 {
        *held(&self.scanned)
    }

    async fn stop(self) -> Result<(), CloudError> {
        let id = held(&self.id).take();
        stop(&self.signed, self.question(id.as_deref())).await
    }

    fn question(&self, id: Option<&str>) -> Value {
        json!({ "queryId": id.unwrap_or_default() })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let Some(id) = held(&self.id).take() else {
            return;
        };
        // At the very end of the process nobody is left to do it, and AWS ends it by itself.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return;
        };
        let (signed, question) = (Arc::clone(&self.signed), json!({ "queryId": id }));
        runtime.spawn(async move {
            // Where it cannot be stopped, it ends by itself; nobody waits for this.
            let _ = stop(&signed, question).await;
        });
    }
}

async fn stop(signed: &Signed, question: Value) -> Result<(), CloudError> {
    let action = Action::StopQuery;
    let request = Request::target(MODEL, action, &question);
    signed.send(action, request).await.map(|_| ())
}

fn held<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// AWS writes bytes as a number with a fraction.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a conversion to an integer that is out of range takes the nearest"
)]
fn whole(bytes: f64) -> u64 {
    bytes as u64
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct StartedJson {
    query_id: String,
}

#[derive(Debug, Deserialize)]
struct ResultsJson {
    #[serde(default)]
    status: String,
    results: Option<Vec<IgnoredAny>>,
    statistics: Option<StatisticsJson>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct StatisticsJson {
    #[serde(default)]
    bytes_scanned: f64,
}
