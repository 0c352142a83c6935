//! A console whose every text is hostile, as it shows itself.

use super::{Fake, MARKUP, at, scope};
use api::{
    ApiResult,
    system::{System, SystemView, TopicView, WorkerKind, WorkerReport, WorkerRow},
};
use domain::sns::{TopicArn, TopicState};

#[async_trait::async_trait]
impl System for Fake {
    async fn system(&self) -> ApiResult<SystemView> {
        self.one(|| SystemView {
            version: "0.1.0".into(),
            database: "sqlite".into(),
            started_at: at(-600),
            workers: vec![WorkerRow {
                name: "notify ops".into(),
                kind: WorkerKind::Notify {
                    channel: "ops".parse().expect("a name"),
                },
                period_ms: 60_000,
                begun_at: Some(at(-1)),
                took_ms: Some(12),
                runs: 10,
                failures: 1,
                report: Some(WorkerReport::SentThenFailed {
                    messages: 2,
                    error: MARKUP.into(),
                }),
                error: Some(MARKUP.into()),
            }],
            stream_clients: 3,
            scopes: vec![],
            topics: vec![TopicView {
                source: "aws".parse().expect("a name"),
                topic: TopicArn::named(&scope(), "alarms"),
                state: TopicState::Waiting,
                told_at: Some(at(-5)),
                heard_at: None,
                messages: 0,
                error: Some(MARKUP.into()),
            }],
            approvals: vec![("prod".into(), 2)],
        })
    }
}
